// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest close: a case ends with its conclusion, the evidence for it, and a regression test. */
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "case/summary.h"
#include "cli/casefile.h"
#include "cli/command.h"
#include "text/secret.h"

struct values {
	const char *given, *conclusion, *evidence, *test, *no_test;
};

static const struct option options[] = {
	CASEFILE_OPTION(struct values, given),
	{OPTION_STRING, 0, "conclusion", "TEXT", "the cause, in your words (Markdown)",
	 offsetof(struct values, conclusion)},
	{OPTION_STRING, 0, "evidence", "ID,ID",
	 "what shows it: ids of symptoms, experiments, hypotheses, predictions, runs",
	 offsetof(struct values, evidence)},
	{OPTION_STRING, 0, "test", "PATH", "the regression test", offsetof(struct values, test)},
	{OPTION_STRING, 0, "no-test", "REASON", "why there can be none",
	 offsetof(struct values, no_test)},
	{.kind = OPTION_END},
};

/* Ask on the terminal; an empty line ends. The text is the arena's, NULL if nothing was said. */
static const char *ask(struct arena *a, const char *question, bool lines)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_FREE char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	fprintf(stderr, "%s\n", question);
	do {
		fputs("> ", stderr);
		n = getline(&line, &cap, stdin);
		if (n > 0 && str_trim((struct str){line, (size_t)n}).n)
			buf_add(&b, line, (size_t)n);
		else
			n = 0;
	} while (lines && n > 0);
	return b.n ? arena_str(a, str_trim(buf_str(&b))).p : NULL;
}

/* Ask for what neither the document nor the options say. */
static void ask_missing(struct values *v, const struct casedoc *d, struct arena *a)
{
	struct case_summary s;

	case_summary(d, STR(""), false, 0, a, &s);
	if (!v->conclusion && !s.conclusion.n)
		v->conclusion = ask(a, "What was the cause? (an empty line ends)", true);
	if (!v->evidence && !s.nevidence)
		v->evidence = ask(a, "Which rows and runs show it? (S1, E2, r-4f1c2a)", false);
	if (!v->test && !v->no_test && !s.test.n)
		v->test =
			ask(a, "Which file is the regression test? (empty: there is none)", false);
	if (!v->test && !v->no_test && !s.test.n)
		v->no_test = ask(a, "Why can there be none?", false);
}

static void missing(struct buf *b, const char *what)
{
	buf_printf(b, "\n  %s", what);
}

/* Evidence must stand in the document. */
static void check_evidence(const struct casedoc *d, const char *ids, struct buf *b)
{
	struct str rest = str_of(ids), id;
	size_t n = 0;

	while (str_next(&rest, ',', &id)) {
		id = str_trim(id);
		if (!id.n)
			continue;
		n++;
		if (!casedoc_has_id(d, id))
			buf_printf(b,
				   "\n  evidence '" STR_FMT
				   "': no row, hypothesis or run of that id",
				   STR_ARG(str_head(id, 60)));
	}
	if (!n)
		missing(b, "evidence: which rows and runs show it (--evidence ID,ID)");
}

/* The test's path as it is kept: from the root of the repository. */
static const char *path_from_root(const char *path, struct arena *a)
{
	CLEANUP_FREE char *root = casefile_root();
	CLEANUP_FREE char *top = realpath(*root ? root : ".", NULL), *real = realpath(path, NULL);
	struct str full = str_of(real ? real : ""), prefix = str_of(top ? top : "");

	if (!real || !top || !str_starts(full, prefix) || full.p[prefix.n] != '/')
		return path;
	return arena_str(a, str_from(full, prefix.n + 1)).p;
}

/* A list of what a case needs to be closed, empty if nothing. */
static void find_missing(const struct casedoc *d, const struct values *v, struct arena *a,
			 struct buf *b)
{
	struct casedoc_problem *p;
	struct case_summary s;
	size_t n = casedoc_check(d, a, &p);

	case_summary(d, STR(""), false, n, a, &s);
	if (n)
		buf_printf(b,
			   "\n  a sound document: %zu %s wrong, the first in line %llu (inquest "
			   "status --check)",
			   n, n == 1 ? "thing is" : "things are", (unsigned long long)p[0].line);
	if (!s.symptoms.nrows && !s.nbad)
		missing(b, "what was wrong: a symptom or a bad run (inquest add, inquest run)");
	if (!s.conclusion.n && !(v->conclusion && *v->conclusion))
		missing(b, "the conclusion: what the cause was (--conclusion TEXT)");
	if (v->evidence)
		check_evidence(d, v->evidence, b);
	else if (!s.nevidence)
		missing(b, "evidence: which rows and runs show it (--evidence ID,ID)");
	if (v->test && access(v->test, F_OK) != 0)
		buf_printf(b, "\n  the test '%s': there is no such file", v->test);
	else if (!v->test && !s.test.n && !(v->no_test && *v->no_test))
		missing(b, "the regression test (--test PATH, or --no-test REASON)");
}

static int set_evidence(struct casedoc *d, const char *ids, struct err *err)
{
	struct str rest = str_of(ids), id;
	int rc = 0;

	while (!rc && str_next(&rest, ',', &id)) {
		id = str_trim(id);
		if (id.n)
			rc = casedoc_add_to_list(d, "evidence", id, err);
	}
	return rc;
}

/* What people type may hold secrets, as what programs print may. */
static struct str without_secrets(struct arena *a, const char *text)
{
	CLEANUP_BUF struct buf b = {0};

	if (secret_redact(&b, str_of(text)))
		fputs("inquest close: what looks like a secret was taken out of the text\n",
		      stderr);
	return arena_str(a, buf_str(&b));
}

/* Put it all into the document. */
static int conclude(struct casedoc *d, const struct values *v, struct arena *a, struct err *err)
{
	time_t now = time(NULL);
	char date[32];
	struct tm tm;
	int rc = 0;

	localtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	if (v->conclusion) {
		rc = casedoc_add_section(d, "Conclusion", err);
		if (!rc)
			rc = casedoc_add_prose(d, "Conclusion", without_secrets(a, v->conclusion),
					       err);
	}
	if (!rc && v->evidence)
		rc = set_evidence(d, v->evidence, err);
	if (!rc && v->test)
		rc = casedoc_set(d, "test", str_of(path_from_root(v->test, a)), err);
	else if (!rc && v->no_test)
		rc = casedoc_set(d, "test",
				 str_of(arena_printf(a, "none (" STR_FMT ")",
						     STR_ARG(without_secrets(a, v->no_test)))),
				 err);
	if (!rc)
		rc = casedoc_set(d, "status", STR("closed"), err);
	if (!rc)
		rc = casedoc_set(d, "closed", str_of(date), err);
	return rc;
}

static int close_case(struct casefile *f, const struct values *v, struct arena *a, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	int rc;

	if (str_eq(casedoc_get(f->doc, "status"), STR("closed")))
		return err_set(err, ERR_USAGE,
			       "%s: is closed already; to open it again, write "
			       "\"status: open\" in line %llu",
			       f->path, (unsigned long long)casedoc_key_line(f->doc, "status"));
	find_missing(f->doc, v, a, &b);
	if (b.n)
		return err_set(err, ERR_UNDECIDED, "%s: stays open; missing:%s", f->path,
			       buf_cstr(&b));
	rc = conclude(f->doc, v, a, err);
	if (rc)
		return err_prepend(err, rc, "%s:", f->path);
	return casefile_commit(f, err);
}

/* Ask first, without a lock: people take their time. */
static int ask_and_close(struct values *v, struct arena *a, struct err *err)
{
	struct casefile f;
	int rc = 0;

	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		rc = casefile_open(&f, v->given, false, err);
		if (rc)
			return rc;
		if (!str_eq(casedoc_get(f.doc, "status"), STR("closed")))
			ask_missing(v, f.doc, a);
		casefile_release(&f);
	}
	rc = casefile_open(&f, v->given, true, err);
	if (rc)
		return rc;
	rc = close_case(&f, v, a, err);
	if (!rc)
		printf("%s: closed\n", f.path);
	casefile_release(&f);
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct arena a;
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err);

	arena_init(&a);
	if (!rc && (rest.n > 1 || (rest.n && v.given)))
		rc = err_set(&err, ERR_USAGE, "name one case");
	if (!rc && v.test && v.no_test)
		rc = err_set(&err, ERR_USAGE, "--test and --no-test exclude each other");
	if (!rc && rest.n)
		v.given = rest.items[0];
	if (!rc)
		rc = ask_and_close(&v, &a, &err);
	options_list_release(&rest);
	arena_release(&a);
	return command_status(&cmd_close, rc, &err);
}

const struct command cmd_close = {
	.name = "close",
	.stage = "conclude",
	.front = false,
	.summary = "end a case with its conclusion, evidence and regression test",
	.usage = "[OPTIONS] [CASE]",
	.details =
		"Asks on a terminal for what is missing; elsewhere, and if it stays missing, says\n"
		"so and leaves the case open (exit status 5). The conclusion may stand in the\n"
		"document already.",
	.examples =
		"with everything at once\tinquest close --conclusion \"The pool was too small\" "
		"--evidence S1,E2 --test tests/test_pool.c",
	.options = options,
	.run = run,
};
