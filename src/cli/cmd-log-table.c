// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest log table: one row an event; or the log split by thread, or stripped for plain diff. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/logrow.h"
#include "cli/logs.h"
#include "cli/ordered.h"
#include "log/exception.h"
#include "report/rows.h"

#define MAX_FRAMES 200
#define MAX_EVENT  ((size_t)1 << 20) /* bytes of an event in which an exception is looked for */
#define MAX_SPLIT  500               /* files open at a time */

struct values {
	struct logs_values logs;
	struct logfilter_values filter;
	const char *split, *output;
	bool strip;
};

static const struct option options[] = {
	LOGFILTER_OPTIONS(struct values, filter),
	LOGS_OUTPUT_OPTIONS(struct values, logs),
	{OPTION_CHOICE, 0, "split", "thread|process|host|function|level",
	 "write the lines of each thread (process, ...) to a file of its own, with -o",
	 offsetof(struct values, split)},
	{OPTION_STRING, 'o', "output", "DIR", "folder for --split",
	 offsetof(struct values, output)},
	{OPTION_FLAG, 0, "strip", NULL,
	 "the log with times, ids and other variables masked, for plain diff",
	 offsetof(struct values, strip)},
	LOGS_OPTIONS(struct values, logs),
	{.kind = OPTION_END},
};

/* What only JSON has, which may grow: CSV's columns are a promise. */
enum json_column {
	JSON_LINES = LOGROW_COLUMNS,
	JSON_TYPE,
	JSON_MESSAGE,
	JSON_FRAMES,
	JSON_COLUMNS
};

static const struct rows_column columns[JSON_COLUMNS] = {
	[LOGROW_FILE] = {"file", ROWS_STRING, 2},
	[LOGROW_LINE] = {"line", ROWS_NUMBER, 0},
	[LOGROW_TIME] = {"time", ROWS_FIXED, 0},
	[LOGROW_LEVEL] = {"level", ROWS_FIXED, 0},
	[LOGROW_HOST] = {"host", ROWS_STRING, 4},
	[LOGROW_PROCESS] = {"process", ROWS_STRING, 4},
	[LOGROW_THREAD] = {"thread", ROWS_STRING, 1},
	[LOGROW_FUNCTION] = {"function", ROWS_STRING, 3},
	[LOGROW_SOURCE] = {"source", ROWS_STRING, 5},
	[LOGROW_TEMPLATE] = {"template", ROWS_FIXED, 1},
	[LOGROW_MESSAGE] = {"message", ROWS_PROSE, 0},
	[LOGROW_PARAMS] = {"params", ROWS_LIST, 6},
	[JSON_LINES] = {"lines", ROWS_NUMBER, 0},
	[JSON_TYPE] = {"exception_type", ROWS_STRING, 0},
	[JSON_MESSAGE] = {"exception_message", ROWS_STRING, 0},
	[JSON_FRAMES] = {"frames", ROWS_LIST, 0},
};

struct table {
	const struct logset *set;
	struct logfilter filter;
	struct rows rows;
};

/* Call fn for each event of a part that passes the filter, until it says false. */
static void each_event(const struct table *t, size_t part, bool (*fn)(void *arg, struct logrow *r),
		       void *arg)
{
	const struct logset_file *f = &t->set->files[t->set->parts[part].file];
	struct logcursor c;
	struct logrow row = {.set = t->set, .file = f, .cursor = &c};
	struct logline line;
	bool more = true;

	logset_part_cursor(t->set, part, &c);
	while (more && logcursor_next(&c, &line)) {
		if (!line.head)
			continue;
		logrow_set(&row, &line, f->recs[line.no - 1].tmpl & ~LOGREC_CONT);
		if (logfilter_passes(&t->filter, &row))
			more = fn(arg, &row);
	}
	logcursor_release(&c);
	logrow_release(&row);
}

/* "function (file:line)", innermost first. */
static void add_frames(struct rows_out *o, const struct exception *e, struct arena *a)
{
	struct str frames[MAX_FRAMES];
	size_t n = e->nframes < MAX_FRAMES ? e->nframes : MAX_FRAMES;

	for (size_t i = 0; i < n; i++) {
		const struct exception_frame *f = &e->frames[i];
		const char *text;

		if (f->file.n)
			text = arena_printf(a, STR_FMT " (" STR_FMT ":%u)", STR_ARG(f->function),
					    STR_ARG(f->file), f->line);
		else
			text = arena_printf(a, STR_FMT, STR_ARG(f->function));
		frames[i] = str_of(text);
	}
	rows_list(o, frames, n);
}

/* The event's exception; of a single line that looks like none nothing is asked. */
static void add_exception(struct rows_out *o, const struct logrow *r)
{
	const struct exception *e = NULL;
	struct arena a;
	struct str text;
	uint64_t lines;

	arena_init(&a);
	text = logset_event_text(r->file, r->line, &lines);
	if (lines > 1)
		e = exception_parse(&a, str_head(text, MAX_EVENT));
	rows_count(o, lines);
	if (e) {
		rows_string(o, e->type);
		rows_string(o, e->message);
		add_frames(o, e, &a);
	} else {
		rows_none(o);
		rows_none(o);
		rows_list(o, NULL, 0);
	}
	arena_release(&a);
}

static bool add_row(void *arg, struct logrow *r)
{
	struct rows_out *o = arg;

	rows_begin(o);
	rows_cells(o, logrow_cells(r), LOGROW_PARAMS);
	logrow_params(r);
	rows_list(o, r->params, r->nparams);
	if (o->rows->n == JSON_COLUMNS)
		add_exception(o, r);
	rows_end(o);
	return true;
}

static void format_part(void *arg, size_t part, struct buf *out)
{
	struct table *t = arg;
	struct rows_out o;

	rows_out_init(&o, &t->rows, out);
	o.around = t->set->files[t->set->parts[part].file].data;
	each_event(t, part, add_row, &o);
	rows_out_release(&o);
}

struct measuring {
	struct rows *rows;
	struct rows_out out;
};

static bool measure_row(void *arg, struct logrow *r)
{
	struct measuring *m = arg;

	add_row(&m->out, r);
	return rows_measuring(m->rows);
}

static void measure(struct table *t)
{
	struct measuring m = {.rows = &t->rows};

	rows_out_measure(&m.out, &t->rows);
	for (size_t i = 0; i < t->set->nparts && rows_measuring(&t->rows); i++)
		each_event(t, i, measure_row, &m);
	rows_out_release(&m.out);
	rows_measured(&t->rows);
}

static int print_table(struct cli *cli, struct table *t, const struct logs *l,
		       const struct logs_values *v, struct err *err)
{
	bool json = logs_form(v) == ROWS_JSON || logs_form(v) == ROWS_JSONL;
	struct buf edge = {0};
	int rc;

	rows_init(&t->rows, logs_form(v), "log-table", columns,
		  json ? (unsigned)JSON_COLUMNS : (unsigned)LOGROW_COLUMNS,
		  (size_t)cli->table_width, cli->color_out);
	if (t->rows.form == ROWS_TEXT)
		measure(t);
	rows_head(&t->rows, STR(""), &edge);
	fwrite(buf_cstr(&edge), 1, edge.n, stdout);
	rc = ordered_output(l->opts.threads, t->set->nparts, format_part, t,
			    rows_separator(&t->rows), stdout, err);
	buf_clear(&edge);
	rows_tail(&t->rows, &edge);
	fwrite(buf_cstr(&edge), 1, edge.n, stdout);
	buf_release(&edge);
	rows_release(&t->rows);
	return rc;
}

static bool strip_row(void *arg, struct logrow *r)
{
	struct buf *out = arg;
	const struct template *t = templates_get(r->set->templates, r->tmpl);

	if (r->line->level_text.n) {
		buf_add_str(out, r->line->level_text);
		buf_add_char(out, ' ');
	}
	if (r->line->function.n) {
		buf_add_str(out, r->line->function);
		BUF_LIT(out, ": ");
	}
	buf_add_str(out, t->text);
	buf_add_char(out, '\n');
	for (uint64_t no = r->line->no; no < r->file->nlines; no++) {
		uint32_t tmpl = r->file->recs[no].tmpl;

		if (!(tmpl & LOGREC_CONT))
			break;
		buf_add_char(out, '\t');
		buf_add_str(out, templates_get(r->set->templates, tmpl & ~LOGREC_CONT)->text);
		buf_add_char(out, '\n');
	}
	return true;
}

static void strip_part(void *arg, size_t part, struct buf *out)
{
	each_event(arg, part, strip_row, out);
}

struct split {
	const struct logset *set;
	const char *dir;
	unsigned column;
	struct intern names;
	struct file_replace *files;
	size_t nfiles, cap;
	struct err *err;
	int rc;
};

/* A cell as a file name: what is not a letter, digit, dash or dot becomes an underscore. */
static void split_path(const struct split *s, struct str cell, struct buf *b)
{
	buf_printf(b, "%s/%s-", s->dir, logrow_names[s->column]);
	for (size_t i = 0; i < cell.n && i < 100; i++) {
		char c = cell.p[i];
		bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
			     c == '-' || c == '.';

		buf_add_char(b, plain ? c : '_');
	}
	if (!cell.n)
		BUF_LIT(b, "none");
	BUF_LIT(b, ".log");
}

static int split_file(struct split *s, struct str cell, FILE **f)
{
	struct buf path = {0};
	uint32_t id;
	int rc = 0;

	split_path(s, cell, &path); /* names that look the same share a file */
	if (!intern_find(&s->names, buf_str(&path), &id)) {
		if (s->nfiles == MAX_SPLIT)
			rc = err_set(s->err, ERR_LIMIT,
				     "more than %d files: choose lines with --where", MAX_SPLIT);
		else
			rc = file_replace_open(&array_push(s->files, s->nfiles, s->cap),
					       buf_cstr(&path), s->err);
		if (rc)
			s->nfiles -= s->nfiles < MAX_SPLIT;
		else
			id = intern_add(&s->names, buf_str(&path));
	}
	buf_release(&path);
	if (!rc)
		*f = s->files[id].f;
	return rc;
}

static bool split_row(void *arg, struct logrow *r)
{
	struct split *s = arg;
	struct str text;
	uint64_t lines;
	FILE *f;

	s->rc = split_file(s, logrow_cell(r, s->column), &f);
	if (s->rc)
		return false;
	text = logset_event_text(r->file, r->line, &lines);
	fwrite(text.p, 1, text.n, f);
	fputc('\n', f);
	return true;
}

/* The folder that was made for --split, until files are in it. */
static const char *volatile made_folder;

static void remove_folder(void)
{
	if (made_folder)
		rmdir(made_folder); /* fails if something is in it */
}

static void on_killed(int sig)
{
	remove_folder();
	raise(sig); /* its default action, which SA_RESETHAND has set */
}

/* Nothing else is to be left behind: the files have no name before they are complete. */
static int make_folder(const char *dir, struct err *err)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
	struct sigaction now = {.sa_handler = on_killed, .sa_flags = (int)SA_RESETHAND}, before;
	sigset_t held, old;
	int rc = 0;

	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaddset(&held, signals[i]);
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(signals[i], &now, NULL);
	}
	/* No signal between the making and the note of it. */
	pthread_sigmask(SIG_BLOCK, &held, &old);
	if (mkdir(dir, 0777) == 0)
		made_folder = dir;
	else if (errno != EEXIST || access(dir, W_OK) != 0)
		rc = err_errno(err, "%s: cannot create", dir);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return rc;
}

static int write_split(struct table *t, const struct values *v, struct err *err)
{
	struct split s = {.set = t->set, .dir = v->output, .err = err};

	while (strcmp(logrow_names[s.column], v->split) != 0)
		s.column++;
	intern_init(&s.names);
	s.rc = make_folder(s.dir, err);
	for (size_t i = 0; !s.rc && i < t->set->nparts; i++)
		each_event(t, i, split_row, &s);
	for (size_t i = 0; i < s.nfiles; i++) {
		if (s.rc)
			file_replace_abort(&s.files[i]);
		else
			s.rc = file_replace_commit(&s.files[i], err);
	}
	if (s.rc)
		remove_folder();
	else
		fprintf(stderr, "inquest: %zu files in %s\n", s.nfiles, s.dir);
	free(s.files);
	intern_release(&s.names);
	return s.rc;
}

static int check(const void *values, struct err *err)
{
	const struct values *v = values;

	if (!v->split != !v->output)
		return err_set(err, ERR_USAGE, "--split and -o DIR go together");
	if ((v->split != NULL) + v->strip + (logs_form(&v->logs) != ROWS_TEXT) > 1)
		return err_set(err, ERR_USAGE, "--split, --strip and --csv exclude each other");
	return logfilter_check(&v->filter, err);
}

static int list(struct cli *cli, struct logs *l, const void *values, struct err *err)
{
	const struct values *v = values;
	struct table t = {.set = &l->set};
	int rc = logfilter_init(&t.filter, &v->filter, err);

	if (rc)
		return rc;
	logs_mine(l, cli);
	if (v->split)
		rc = write_split(&t, v, err);
	else if (v->strip)
		rc = ordered_output(l->opts.threads, t.set->nparts, strip_part, &t, 0, stdout, err);
	else
		rc = print_table(cli, &t, l, &v->logs, err);
	logfilter_release(&t.filter);
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};

	return logs_main(&cmd_log_table, cli, argc, argv, &v, &v.logs, check, list);
}

const struct command cmd_log_table = {
	.name = "log table",
	.stage = "analyse",
	.front = true,
	.summary = "one row an event, its header fields and parameters in columns",
	.usage = "[OPTIONS] FILE...",
	.details =
		"FILE is a log, a directory or archive of logs, compressed or not, or - for\n"
		"standard input. A record of several lines, such as a stack trace, is one event.\n"
		"Headers are recognised without configuration; formats of your own go into\n"
		"inquest.conf. --where takes comparisons of columns (== != < <= > >= ~ !~ in)\n"
		"joined by and, or, not.",
	.examples =
		"a table for a spreadsheet\tinquest log table --csv app.log\n"
		"what thread 7 did before the crash\tinquest log table --where 'thread == 7' "
		"--until 12:03:07 app.log\n"
		"warnings and worse of all members of an archive\tinquest log table --level warn "
		"logs.zip\n"
		"one file a thread\tinquest log table --split thread -o threads app.log\n"
		"plain diff without timestamps\tdiff <(inquest log table --strip a.log) "
		"<(inquest log table --strip b.log)",
	.options = options,
	.run = run,
};
