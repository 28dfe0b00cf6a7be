// SPDX-License-Identifier: GPL-3.0-or-later
/* Opening logs for a command: see logs.h. */
#include "cli/logs.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/settings.h"
#include "report/style.h"

#define MAX_KNOWN_FILE ((size_t)256 << 20)

static int read_known(struct logs *l, const struct logs_values *v, struct err *err)
{
	for (size_t i = 0; i < v->known.n; i++) {
		CLEANUP_FREE char *data = NULL;
		size_t n;
		int rc = file_read_small(v->known.items[i], MAX_KNOWN_FILE, &data, &n, err);

		if (rc)
			return rc;
		if (!l->known)
			l->known = templates_known_new();
		rc = templates_known_add(l->known, (struct str){data, n}, err);
		if (rc)
			return err_prepend(err, rc, "%s: ", v->known.items[i]);
	}
	return 0;
}

static int read_formats(struct logs *l, const struct logs_values *v, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < v->formats.n; i++)
		rc = settings_read(v->formats.items[i], &l->formats, err);
	return rc ? rc : settings_read_default(&l->formats, err);
}

int logs_init(struct logs *l, struct cli *cli, const struct logs_values *v, struct err *err)
{
	int rc;

	*l = (struct logs){.opts = {.input = {.tmpdir = cli->tmpdir, .progress = cli->progress},
				    .threads = v->threads > 256 ? 256
					       : v->threads     ? (unsigned)v->threads
								: task_cpus(),
				    .progress = cli->progress}};
	command_color(cli, v->color);
	logset_init(&l->set);
	if (v->json + v->csv + v->jsonl > 1)
		rc = err_set(err, ERR_USAGE, "--json, --jsonl and --csv exclude each other");
	else
		rc = read_known(l, v, err);
	if (!rc)
		rc = read_formats(l, v, err);
	if (rc)
		logs_release(l);
	l->opts.known = l->known;
	l->opts.formats = l->formats;
	return rc;
}

int logs_add(struct logs *l, const char *path, uint32_t side, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;

	if (is_stdin && l->stdin_taken)
		return err_set(err, ERR_USAGE, "standard input (-) can be read only once");
	l->stdin_taken |= is_stdin;
	return logset_add(&l->set, path, side, &l->opts, err);
}

/* Names of files and archive members may hold anything: made harmless for the terminal. */
static void print_foreign(struct str s)
{
	CLEANUP_BUF struct buf b = {0};

	style_add_foreign(&b, s, 0);
	fprintf(stderr, "inquest: " STR_FMT "\n", STR_ARG(buf_str(&b)));
}

/* What templates_coarse() numbers from 1 on. */
static const char *const coarse_forms[] = {
	"words where values stand count as values",
	"words where values stand and names count as values",
	"all but common words count as values",
	"only their first words tell them apart",
	"all count as one",
};

/* What a user should know of the reading of one file. */
static void print_file_notes(const struct logset_file *f)
{
	CLEANUP_BUF struct buf b = {0};

	buf_add_str(&b, f->name);
	if (f->note.n) {
		buf_printf(&b, ": " STR_FMT, STR_ARG(f->note));
		print_foreign(buf_str(&b));
	}
	b.n = f->name.n;
	if (file_map_shrank(&f->input->map)) /* its lines are then partly zeros */
		buf_printf(&b, ": shrank while it was read");
	else if (f->cut_lines)
		buf_printf(&b, ": %llu %s longer than %zu bytes: only the beginning is read",
			   (unsigned long long)f->cut_lines,
			   f->cut_lines == 1 ? "line is" : "lines are", LOG_LINE_MAX);
	if (b.n > f->name.n)
		print_foreign(buf_str(&b));
}

static void print_notes(const struct logset *s)
{
	for (size_t i = 0; i < s->inputs.nnotes; i++)
		print_foreign(s->inputs.notes[i]);
	for (size_t i = 0; i < s->nfiles; i++)
		print_file_notes(&s->files[i]);
	if (s->coarse && s->coarse <= ARRAY_SIZE(coarse_forms))
		fprintf(stderr, "inquest: too many different messages to keep apart: %s\n",
			coarse_forms[s->coarse - 1]);
}

int logs_open(struct logs *l, struct cli *cli, const struct logs_values *v,
	      const struct option_list *paths, struct err *err)
{
	int rc = logs_init(l, cli, v, err);

	for (size_t i = 0; !rc && i < paths->n; i++)
		rc = logs_add(l, paths->items[i], 0, err);
	return rc;
}

enum rows_form logs_form(const struct logs_values *v)
{
	return v->json ? ROWS_JSON : v->jsonl ? ROWS_JSONL : v->csv ? ROWS_CSV : ROWS_TEXT;
}

void logs_mine(struct logs *l, struct cli *cli)
{
	if (cli->progress)
		cli->progress->total = logset_size(&l->set);
	logset_mine(&l->set, &l->opts);
	print_notes(&l->set);
}

void logs_digest(struct logs *l, uint32_t side, struct cli *cli, struct digest *out)
{
	if (cli->progress)
		cli->progress->total = logset_size(&l->set);
	logset_digest(&l->set, side, &l->opts, out);
	print_notes(&l->set);
}

int logs_write_digest(const char *path, const struct digest *d, struct err *err)
{
	struct buf text CLEANUP_BUF = {0};
	struct file_replace out;
	int rc = file_replace_open(&out, path, err);

	if (rc)
		return rc;
	digest_write(d, &text);
	errno = 0;
	if (fwrite(text.p, 1, text.n, out.f) != text.n && errno == EPIPE && !out.path)
		return 0; /* the reader went away: quietly */
	return file_replace_commit(&out, err);
}

int logs_main(const struct command *c, struct cli *cli, int argc, char **argv, void *values,
	      struct logs_values *v, int (*check)(const void *values, struct err *err),
	      int (*work)(struct cli *cli, struct logs *l, const void *values, struct err *err))
{
	struct option_list paths = {0};
	struct logs logs = {0};
	struct err err;
	int rc = options_parse(c->options, argc, argv, values, &paths, &err), status;

	if (!rc && !paths.n)
		rc = err_set(&err, ERR_USAGE, "name a log");
	if (!rc && check)
		rc = check(values, &err);
	if (!rc)
		rc = logs_open(&logs, cli, v, &paths, &err);
	if (!rc)
		rc = work(cli, &logs, values, &err);
	status = command_status(c, rc, &err);
	logs_release(&logs);
	logs_values_release(v);
	options_list_release(&paths);
	return status;
}

void logs_release(struct logs *l)
{
	logset_release(&l->set);
	templates_known_free(l->known);
	logformat_set_free(l->formats);
	*l = (struct logs){0};
}

void logs_values_release(struct logs_values *v)
{
	options_list_release(&v->known);
	options_list_release(&v->formats);
}
