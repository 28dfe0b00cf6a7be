// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff: good against bad. It tells by content what it was given; logs, directories of logs,
 * archives and digests of logs so far.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/logs.h"
#include "compare/logdiff.h"
#include "report/diff.h"
#include "text/timestamp.h"

struct values {
	struct logs_values logs;
	struct option_list good, bad;
	bool lines, vim;
	const char *format;
	unsigned verbose;
};

static const struct option options[] = {
	{OPTION_LIST, 'g', "good", "LOG", "a log of a run that worked (may be repeated)",
	 offsetof(struct values, good)},
	{OPTION_LIST, 'b', "bad", "LOG", "a log of a run that failed (may be repeated)",
	 offsetof(struct values, bad)},
	{OPTION_COUNT, 'v', "verbose", NULL, "all findings, with what follows from each",
	 offsetof(struct values, verbose)},
	{OPTION_FLAG, 0, "json", NULL, "one JSON document (inquest.diff/1)",
	 offsetof(struct values, logs.json)},
	{OPTION_FLAG, 0, "lines", NULL, "only file:line of the bad side, best first",
	 offsetof(struct values, lines)},
	{OPTION_FLAG, 0, "vim", NULL, "file:line:col: message, for vim -q",
	 offsetof(struct values, vim)},
	{OPTION_CHOICE, 0, "format", "github|gitlab|markdown",
	 "annotations or a comment for a pipeline", offsetof(struct values, format)},
	LOGS_OPTIONS(struct values, logs),
	{OPTION_END},
};

/* What the call-backs of the analysis need: files of both sides in the set. */
struct sides {
	struct logs *logs;
	uint32_t *files[2]; /* index in the set of each side's logs */
};

static void fetch_line(void *arg, uint32_t side, uint32_t log, uint64_t no, struct arena *a,
		       struct logdiff_line *out)
{
	struct sides *s = arg;
	uint32_t file = s->files[side][log];
	const struct logset *set = &s->logs->set;
	struct logcursor c;
	struct logline line;

	*out = (struct logdiff_line){0};
	logset_seek(set, file, no, &c);
	if (logcursor_next(&c, &line)) {
		out->raw = arena_str(a, line.raw);
		out->message = arena_str(a, logline_text(&line));
		out->level = line.level;
		logreader_time(set->files[file].reader, &line, &out->time);
	}
	logcursor_release(&c);
}

static void scan_log(void *arg, uint32_t side, uint32_t log,
		     void (*fn)(void *fnarg, uint64_t no, const struct logline *line,
				const struct event_time *time),
		     void *fnarg)
{
	struct sides *s = arg;
	const struct logset *set = &s->logs->set;
	const struct logset_file *f = &set->files[s->files[side][log]];

	for (size_t p = f->part0; p < f->part0 + f->nparts; p++) {
		struct logcursor c;
		struct logline line;

		logset_part_cursor(set, p, &c);
		while (logcursor_next(&c, &line)) {
			struct event_time time = {0};

			if (line.head)
				logcursor_time(&c, &line, &time);
			fn(fnarg, line.no, &line, &time);
		}
		logcursor_release(&c);
	}
}

static void make_input(struct sides *s, struct logdiff_input *in, struct arena *a)
{
	const struct logset *set = &s->logs->set;

	*in = (struct logdiff_input){
		.templates = set->templates, .arg = s, .line = fetch_line, .scan = scan_log};
	for (uint32_t side = 0; side < 2; side++) {
		struct logdiff_log *logs = arena_zalloc(a, set->nfiles * sizeof(*logs));
		size_t n = 0;

		s->files[side] = arena_zalloc(a, set->nfiles * sizeof(uint32_t));
		for (uint32_t i = 0; i < set->nfiles; i++) {
			const struct logset_file *f = &set->files[i];

			if (f->side != side)
				continue;
			s->files[side][n] = i;
			logs[n++] = (struct logdiff_log){
				.name = f->name, .recs = f->recs, .n = f->nlines};
		}
		in->side[side] = (struct logdiff_side){.logs = logs, .n = n};
	}
}

/* A word as a shell takes it. */
static void shell_word(struct buf *b, const char *w)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "_-./=:,@%+";

	if (*w && w[strspn(w, safe)] == 0) {
		buf_add_str(b, str_of(w));
		return;
	}
	buf_add_char(b, '\'');
	for (; *w; w++) {
		if (*w == '\'')
			BUF_LIT(b, "'\\''");
		else
			buf_add_char(b, *w);
	}
	buf_add_char(b, '\'');
}

static const char *command_line(int argc, char **argv, struct buf *b)
{
	BUF_LIT(b, "inquest diff");
	for (int i = 1; i < argc; i++) {
		buf_add_char(b, ' ');
		shell_word(b, argv[i]);
	}
	return buf_cstr(b);
}

static void print(const struct values *v, const struct diff_report *r)
{
	struct buf out = {0};

	if (v->logs.json)
		diff_report_json(r, &out);
	else if (v->lines)
		diff_report_lines(r, &out);
	else if (v->vim)
		diff_report_vim(r, &out);
	else if (!v->format)
		diff_report_text(r, &out);
	else if (strcmp(v->format, "github") == 0)
		diff_report_github(r, &out);
	else if (strcmp(v->format, "gitlab") == 0)
		diff_report_gitlab(r, &out);
	else
		diff_report_markdown(r, &out);
	fwrite(buf_cstr(&out), 1, out.n, stdout);
	buf_release(&out);
}

/* What to look at next: the bad log from shortly before the divergence on. */
static const char *next_command(const struct logdiff *d, const struct logdiff_input *in,
				struct buf *b)
{
	const struct evidence *e = d->first.has_common ? &d->first.common[1] : &d->first.next[1];
	struct logdiff_line line;
	struct buf time = {0};
	struct arena a;

	if (!d->first.found || !e->nlines)
		return NULL;
	arena_init(&a);
	in->line(in->arg, e->side, e->file, e->line, &a, &line);
	timestamp_format(&line.time, &time);
	BUF_LIT(b, "inquest log timeline ");
	if (time.n) {
		BUF_LIT(b, "--since ");
		shell_word(b, buf_cstr(&time));
		buf_add_char(b, ' ');
	}
	shell_word(b, arena_str(&a, in->side[1].logs[e->file].name).p);
	buf_release(&time);
	arena_release(&a);
	return buf_cstr(b);
}

/* Compare what was opened; whether something differs. */
static bool compare(struct cli *cli, struct logs *logs, const struct values *v, const char *command)
{
	struct sides sides = {.logs = logs};
	struct logdiff_input in;
	struct logdiff diff;
	struct buf next = {0};
	struct arena a;
	bool differs;

	arena_init(&a);
	logs_mine(logs, cli);
	make_input(&sides, &in, &a);
	logdiff_run(&diff, &in);
	print(v, &(struct diff_report){.diff = &diff,
				       .in = &in,
				       .command = command,
				       .next = next_command(&diff, &in, &next),
				       .color = cli->color_out,
				       .verbose = v->verbose > 0,
				       .width = (size_t)cli->width});
	differs = diff.nfindings || diff.first.found;
	logdiff_release(&diff);
	buf_release(&next);
	arena_release(&a);
	return differs;
}

static int add_all(struct logs *logs, const struct option_list *paths, uint32_t side,
		   struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < paths->n; i++)
		rc = logs_add(logs, paths->items[i], side, err);
	return rc;
}

/* GOOD BAD stand for --good GOOD --bad BAD. */
static int sort_paths(struct values *v, const struct option_list *rest, struct err *err)
{
	size_t i = 0;

	if (!v->good.n && i < rest->n)
		array_push(v->good.items, v->good.n, v->good.cap) = rest->items[i++];
	if (!v->bad.n && i < rest->n)
		array_push(v->bad.items, v->bad.n, v->bad.cap) = rest->items[i++];
	if (i < rest->n)
		return err_set(err, ERR_USAGE,
			       "'%s' is one too many: name several with --good and --bad",
			       rest->items[i]);
	if (!v->good.n || !v->bad.n)
		return err_set(err, ERR_USAGE, "name a good log and a bad one");
	if (v->logs.json + v->lines + v->vim + (v->format != NULL) > 1)
		return err_set(err, ERR_USAGE,
			       "--json, --lines, --vim and --format exclude each other");
	return 0;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct logs logs = {0};
	struct buf command = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status = EXIT_DONE;

	if (!rc)
		rc = sort_paths(&v, &rest, &err);
	if (!rc)
		rc = logs_init(&logs, cli, &v.logs, &err);
	if (!rc)
		rc = add_all(&logs, &v.good, 0, &err);
	if (!rc)
		rc = add_all(&logs, &v.bad, 1, &err);
	if (!rc)
		status = compare(cli, &logs, &v, command_line(argc, argv, &command)) ? EXIT_FOUND
										     : EXIT_DONE;
	else
		status = rc == -ERR_USAGE ? command_usage(&cmd_diff, &err) : command_fail(rc, &err);
	logs_release(&logs);
	logs_values_release(&v.logs);
	options_list_release(&v.good);
	options_list_release(&v.bad);
	options_list_release(&rest);
	buf_release(&command);
	return status;
}

const struct command cmd_diff = {
	.name = "diff",
	.stage = "analyse",
	.front = true,
	.summary = "good against bad: when and how it went off track, and what differs",
	.usage = "[OPTIONS] GOOD BAD\n[OPTIONS] --good LOG... --bad LOG...",
	.details = "GOOD and BAD are logs: files, directories (paired by the names in them), "
		   "archives,\n"
		   "compressed or not, or - for standard input. Prints the first divergence, what\n"
		   "differs, ranked by how much it explains, and the way back from each symptom.\n"
		   "Exit status: 0 nothing differs, 1 something does.",
	.examples =
		"yesterday's green build against today's red one\tinquest diff green.log red.log\n"
		"several good runs: what varies among them is no finding\tinquest diff --good "
		"a.log "
		"--good b.log --bad c.log\n"
		"walk the findings in an editor\tinquest diff --vim green.log red.log | vim -q -\n"
		"comment on a pull request\tinquest diff --format markdown green.log red.log",
	.options = options,
	.run = run,
};
