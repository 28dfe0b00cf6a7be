// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest report: one page about a run, a comparison of runs, a metric's history or a case, to show
 * to others. What it is about is found in report-target.c, filled in by report-*.c, and written as
 * HTML or Markdown here.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/casefile.h"
#include "cli/report.h"
#include "report/page-html.h"
#include "report/page-md.h"
#include "text/shell.h"

#define MAX_NAME 80 /* bytes of a file's name that we choose */

static const struct option options[] = {
	{OPTION_STRING, 'o', "output", "FILE",
	 "FILE.html or FILE.md, '-' is stdout (default: named after what it is about)",
	 offsetof(struct report_values, output)},
	{OPTION_CHOICE, 0, "format", "html|md", "form of the page (default: by FILE; html)",
	 offsetof(struct report_values, format)},
	{OPTION_FLAG, 0, "force", NULL, "replace a file even if it is no report",
	 offsetof(struct report_values, force)},
	{OPTION_WORDS, 'g', "good", "RUN...", "a comparison: runs that worked",
	 offsetof(struct report_values, good)},
	{OPTION_WORDS, 'b', "bad", "RUN...", "and those that failed",
	 offsetof(struct report_values, bad)},
	CASEFILE_OPTION(struct report_values, given),
	{OPTION_STRING, 0, "metric", "NAME",
	 "a comparison: judge by this variable or curve alone; a case: instead of its outcome",
	 offsetof(struct report_values, metric)},
	{OPTION_STRING, 0, "within", "PERCENT",
	 "a comparison: metrics that differ by less are equivalent (default: 5)",
	 offsetof(struct report_values, within)},
	{OPTION_STRING, 0, "title", "TEXT", "the page's title",
	 offsetof(struct report_values, title)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "file or postgresql:// address (default: .inquest/store.db)",
	 offsetof(struct report_values, store)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct report_values, help)},
	{.kind = OPTION_END},
};

/* ---- where it goes ---- */

static bool wants_markdown(const struct report_values *v, const char *path, struct err *err,
			   int *rc)
{
	struct str s = str_of(path);
	bool md = str_ends(s, STR(".md")) || str_ends(s, STR(".markdown"));

	if (v->format)
		return strcmp(v->format, "md") == 0;
	if (strcmp(path, "-") != 0 && !md && !str_ends(s, STR(".html")) &&
	    !str_ends(s, STR(".htm")))
		*rc = err_set(err, ERR_USAGE,
			      "%s: neither .html nor .md; --format says what it is to be", path);
	return md;
}

/* A file's name of what a report is about: no other characters than are safe anywhere. */
static const char *default_name(struct report *r, const char *what, bool md)
{
	CLEANUP_BUF struct buf b = {0};

	for (const char *c = what; *c && b.n < MAX_NAME; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || *c == '.' || *c == '_';

		if (plain && (*c != '.' || b.n))
			buf_add_char(&b, *c);
		else if (b.n && b.p[b.n - 1] != '-')
			buf_add_char(&b, '-');
	}
	while (b.n && b.p[b.n - 1] == '-')
		b.n--;
	return arena_printf(&r->arena, STR_FMT "%s", STR_ARG(b.n ? buf_str(&b) : STR("report")),
			    md ? ".md" : ".html");
}

/* The name of the case's document, without folder and ending. */
static const char *case_name(struct report *r, const char *given)
{
	CLEANUP_FREE char *path = NULL;
	const char *slash;
	struct str stem;
	bool named;

	if (casefile_find(given, &path, &named, NULL))
		return "case";
	slash = strrchr(path, '/');
	stem = str_of(slash ? slash + 1 : path);
	if (str_ends(stem, STR(".md")))
		stem.n -= 3;
	return arena_printf(&r->arena, STR_FMT "-report", STR_ARG(stem));
}

/* Does it look like a page or a picture of ours? */
static bool is_report(struct str text)
{
	static const struct {
		struct str begin, mark;
	} looks[] = {{STR("<!DOCTYPE html>"), STR("inquest report")},
		     {STR("<svg class=\"chart "), STR("")},
		     {STR("<svg xmlns="), STR("class=\"dg\"")},
		     {STR("# "), STR("\nMade by\n\n```sh\ninquest report")}};

	for (size_t i = 0; i < ARRAY_SIZE(looks); i++)
		if (str_starts(text, looks[i].begin) && str_contains(text, looks[i].mark))
			return true;
	return false;
}

/* Is there nothing, or something that a report may replace: an earlier one, a device? */
static int may_replace(const struct report_values *v, const char *path, struct err *err)
{
	CLEANUP_FREE char *data = NULL;
	struct stat st;
	size_t n;

	if (v->force || strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    !st.st_size)
		return 0;
	if (!file_read_small(path, SIZE_MAX / 2, &data, &n, err) &&
	    is_report((struct str){data, n}))
		return 0;
	return err_set(err, ERR_USAGE,
		       "%s: there is such a file, and it is no report; --force replaces it", path);
}

static int write_file(const char *path, const struct buf *b, struct err *err)
{
	struct file_replace f;
	int rc = file_replace_open(&f, path, err);

	if (rc)
		return rc;
	fwrite(b->p, 1, b->n, f.f); /* the commit notices failures */
	return file_replace_commit(&f, err);
}

/* ---- Markdown: with its pictures beside it ---- */

static struct str stem_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str name = str_of(slash ? slash + 1 : path);
	size_t dot = name.n;

	for (size_t i = 1; i < name.n; i++)
		if (name.p[i] == '.')
			dot = i;
	return str_head(name, dot);
}

/* A picture's path: in the folder of the page. */
static char *beside(struct report *r, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return arena_printf(&r->arena, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, name);
}

static int write_markdown(struct report *r, const struct page *p, const char *path, struct err *err)
{
	bool out = strcmp(path, "-") == 0;
	CLEANUP_BUF struct buf b = {0};
	struct page_files files = {0};
	int rc = 0;

	page_md(p, out ? STR("report") : stem_of(path), &files, &b);
	for (size_t i = 0; !rc && !out && i < files.n; i++)
		rc = may_replace(r->v, beside(r, path, files.files[i].name), err);
	for (size_t i = 0; !rc && !out && i < files.n; i++)
		rc = write_file(beside(r, path, files.files[i].name), &files.files[i].bytes, err);
	if (!rc && out)
		rc = command_output(&b, err);
	else if (!rc)
		rc = write_file(path, &b, err);
	if (!rc && out && files.n)
		fprintf(stderr,
			"inquest: the page's %zu pictures are not written; -o FILE.md "
			"writes them beside it\n",
			files.n);
	if (!rc && !out)
		fprintf(stderr, "inquest: %s%s\n", path,
			files.n ? ", with its pictures beside it" : "");
	page_files_release(&files);
	return rc;
}

static int write_html(const struct page *p, const char *path, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	int rc;

	page_html(p, &b);
	if (strcmp(path, "-") == 0)
		return command_output(&b, err);
	rc = write_file(path, &b, err);
	if (!rc)
		fprintf(stderr, "inquest: %s\n", path);
	return rc;
}

/* ---- the command ---- */

static int fill(struct report *r, const struct report_target *t, struct page *p, struct err *err)
{
	switch (t->kind) {
	case REPORT_CASE: return report_case(r, t->word, p, err);
	case REPORT_RUN: return report_run(r, t->word, p, err);
	case REPORT_RUNS: return report_runs(r, p, err);
	case REPORT_HISTORY: return report_history(r, t->word, p, err);
	}
	return 0;
}

static int write_page(struct report *r, const struct report_target *t, struct err *err)
{
	const struct report_values *v = r->v;
	const char *path = v->output;
	struct page p;
	int rc = 0;
	bool md;

	if (!path)
		path = default_name(r, t->kind == REPORT_CASE ? case_name(r, t->word) : t->name,
				    v->format && strcmp(v->format, "md") == 0);
	md = wants_markdown(v, path, err, &rc);
	if (!rc)
		rc = may_replace(v, path, err);
	if (!rc)
		rc = fill(r, t, &p, err);
	if (rc)
		return rc;
	rc = md ? write_markdown(r, &p, path, err) : write_html(&p, path, err);
	page_release(&p);
	return rc;
}

/* A case can do without records. */
static int open_records(struct report *r, struct err *err)
{
	int rc = records_open(&r->records, r->v->store, err);

	if (rc == -ERR_NOTFOUND && !r->v->store)
		return 0;
	return rc;
}

/* What needs them says what is missing. */
static int needs_records(const struct report *r, const struct report_target *t, struct err *err)
{
	struct store *s;

	if (r->records.store || t->kind == REPORT_CASE)
		return 0;
	return workspace_open(&r->records.workspace, STORE_READ, &s, err);
}

static const char *command_line(struct arena *a, int argc, char **argv)
{
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "inquest report");
	for (int i = 1; i < argc; i++) {
		buf_add_char(&b, ' ');
		shell_add_word(&b, str_of(argv[i]));
	}
	return arena_str(a, buf_str(&b)).p;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct report_values v = {0};
	struct report r = {.cli = cli, .v = &v};
	struct report_target t;
	struct option_list words = {0};
	struct err err = {""};
	int rc = options_parse(options, argc, argv, &v, &words, &err), status;

	arena_init(&r.arena);
	r.made_by = command_line(&r.arena, argc, argv);
	if (!rc)
		rc = open_records(&r, &err);
	if (!rc)
		rc = report_find(&r, &v, &words, &t, &err);
	if (!rc)
		rc = needs_records(&r, &t, &err);
	if (!rc)
		rc = write_page(&r, &t, &err);
	status = command_status(&cmd_report, rc, &err);
	records_release(&r.records);
	arena_release(&r.arena);
	options_list_release(&words);
	options_list_release(&v.good);
	options_list_release(&v.bad);
	return status;
}

const struct command cmd_report = {
	.name = "report",
	.stage = "conclude",
	.summary = "one page to show to others: a case, a run, a comparison, a history",
	.usage = "[OPTIONS] [CASE]\n[OPTIONS] RUN\n[OPTIONS] RUN RUN...\n"
		 "[OPTIONS] --good RUN... --bad RUN...\n[OPTIONS] history METRIC",
	.details =
		"Without a word it is about the open case. Every claim on the page stands beside "
		"the\n"
		"lines that show it and the command that shows them again. HTML is one file that "
		"needs\n"
		"nothing else; of Markdown the pictures lie beside it as SVG. The same records "
		"give the\n"
		"same bytes. A file that is no report is replaced only with --force.\n"
		"\n"
		"RUN is an id, the beginning of one, or a name; in a comparison also `good`, "
		"`bad` or a\n"
		"condition as for runs --where. Of several runs without --good and --bad those "
		"recorded\n"
		"as good are compared with the others, or the first with the rest.\n"
		"\n"
		"Diagrams are drawn by Graphviz's dot; without it their source is shown.",
	.examples = "the open case, for a browser\tinquest report\n"
		    "a run, for the issue tracker\tinquest report r-4f1c2a -o run.md\n"
		    "good runs against bad ones\tinquest report --good good --bad bad -o p99.html\n"
		    "when it became slower\tinquest report history bench.sort.time -o sort.html",
	.options = options,
	.run = run,
};
