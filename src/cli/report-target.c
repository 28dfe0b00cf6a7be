// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What `inquest report` was asked for. One word names a run (by id, the beginning of it, or name)
 * or a case; several words are runs that are compared. A word that may be several things is an
 * error that says which, and how to say it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/casefile.h"
#include "cli/report.h"

#define MAX_NAMES 10000 /* that are looked at for one that is near */

/* ---- what there is ---- */

static bool is_file(const char *word)
{
	struct stat st;

	return stat(word, &st) == 0 && S_ISREG(st.st_mode);
}

/* Does it name a case: a document, or one under rca/? */
static bool is_case(const char *word, char **path)
{
	struct casefile f;
	bool named;
	int rc;

	*path = NULL;
	if (!is_file(word)) {
		rc = casefile_find(word, path, &named, NULL);
		if (!rc && is_file(*path))
			return true;
		free(rc ? NULL : *path);
		*path = NULL;
		return rc == -ERR_USAGE; /* several */
	}
	if (!str_ends(str_of(word), STR(".md"))) {
		if (casefile_open(&f, word, false, NULL))
			return false;
		casefile_release(&f);
	}
	*path = mem_strdup(word);
	return true;
}

/* 0: one run; -ERR_NOTFOUND; -ERR_USAGE: several. */
static int find_run(struct report *r, const char *word, struct run_record *run, struct err *err)
{
	if (!r->records.store)
		return -ERR_NOTFOUND;
	return store_get(r->records.store, str_of(word), &r->arena, run, err);
}

/* ---- what is near ---- */

struct names {
	const char **items;
	size_t n, cap;
	struct arena *a;
};

static bool take_name(void *arg, const struct store_row *row)
{
	struct names *n = arg;

	if (row->name.n && (!n->n || strcmp(n->items[n->n - 1], row->name.p) != 0))
		array_push(n->items, n->n, n->cap) = arena_str(n->a, row->name).p;
	return n->n < MAX_NAMES;
}

static void take_cases(struct names *n)
{
	char **paths;
	size_t count;

	if (casefile_list(&paths, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		const char *slash = strrchr(paths[i], '/');
		struct str stem = str_of(slash ? slash + 1 : paths[i]);

		if (str_ends(stem, STR(".md")))
			stem.n -= 3;
		array_push(n->items, n->n, n->cap) = arena_str(n->a, stem).p;
	}
	casefile_list_free(paths, count);
}

static int nothing(struct report *r, const char *word, struct err *err)
{
	struct names n = {.a = &r->arena};
	const char *near;
	struct err ignored;

	if (is_file(word))
		return err_set(err, ERR_INPUT,
			       "%s: is no case; reports are of recorded runs (inquest add records "
			       "files), inquest diff compares files",
			       word);
	if (strpbrk(word, "=<>~!") || strcmp(word, "good") == 0 || strcmp(word, "bad") == 0)
		return err_set(err, ERR_USAGE,
			       "'%s' is of several runs: name also what they are compared with",
			       word);
	take_cases(&n);
	if (r->records.store &&
	    store_runs(r->records.store, &(struct store_query){.newest_first = true}, take_name, &n,
		       &ignored))
		n.n = 0;
	near = options_suggest(word, n.items, n.n);
	free(n.items);
	if (near)
		return err_set(err, ERR_NOTFOUND,
			       "no run and no case is called '%s'; did you mean '%s'?", word, near);
	return err_set(err, ERR_NOTFOUND,
		       r->records.store
			       ? "no run and no case is called '%s'; inquest runs lists runs"
			       : "no case is called '%s', and there are no recorded runs here",
		       word);
}

/* ---- one word ---- */

static int find_one(struct report *r, const char *word, struct report_target *t, struct err *err)
{
	CLEANUP_FREE char *path = NULL;
	struct run_record run;
	bool is = is_case(word, &path);
	int rc = find_run(r, word, &run, err);

	if (is && rc != -ERR_NOTFOUND)
		return err_set(err, ERR_USAGE,
			       "'%s' is a case (%s) and a run%s" STR_FMT "): say --case '%s', or "
			       "the run's id",
			       word, path ? path : "several", rc ? "'s name (" : " (",
			       STR_ARG(rc ? STR("several") : run.id), word);
	if (is) {
		*t = (struct report_target){REPORT_CASE, word, NULL};
		return 0;
	}
	if (rc == -ERR_NOTFOUND)
		return nothing(r, word, err);
	if (rc)
		return rc;
	*t = (struct report_target){REPORT_RUN, run.id.p,
				    run.name.n ? arena_str(&r->arena, run.name).p : run.id.p};
	return 0;
}

/* ---- several ---- */

static void add(struct option_list *l, const char *word)
{
	array_push(l->items, l->n, l->cap) = word;
}

/*
 * The recorded verdicts tell the sides if there are good runs and others; else the first word is
 * what the others are compared with.
 */
static int split(struct report *r, struct report_values *v, const struct option_list *words)
{
	CLEANUP_FREE bool *good = mem_zalloc(words->n);
	size_t ngood = 0;
	bool single = true;

	for (size_t i = 0; i < words->n; i++) {
		struct run_record run;

		single = single && !find_run(r, words->items[i], &run, NULL);
		good[i] = single && run.verdict == RUN_GOOD;
		ngood += good[i];
	}
	r->sides = single ? "Which runs count as good is what was recorded of them." : NULL;
	if (!single || !ngood || ngood == words->n) {
		memset(good, 0, words->n);
		good[0] = true;
		if (single)
			r->sides = "The first that was named counts as good here, the others as "
				   "bad.";
	}
	for (size_t i = 0; i < words->n; i++)
		add(good[i] ? &v->good : &v->bad, words->items[i]);
	return 0;
}

static int sides(struct report *r, struct report_values *v, const struct option_list *words,
		 struct report_target *t, struct err *err)
{
	*t = (struct report_target){.kind = REPORT_RUNS, .name = "runs"};
	if (v->good.n && v->bad.n && words->n)
		return err_set(err, ERR_USAGE, "'%s' is one too many: runs are good or bad here",
			       words->items[0]);
	if (!v->good.n && !v->bad.n)
		return split(r, v, words);
	if (v->good.n > 1 && !v->bad.n && !words->n)
		add(&v->bad, v->good.items[--v->good.n]);
	for (size_t i = 0; i < words->n; i++)
		add(v->bad.n ? &v->good : &v->bad, words->items[i]);
	if (!v->good.n || !v->bad.n)
		return err_set(err, ERR_USAGE, "name good runs and bad ones");
	return 0;
}

int report_find(struct report *r, struct report_values *v, const struct option_list *words,
		struct report_target *t, struct err *err)
{
	if (v->given && (words->n || v->good.n || v->bad.n))
		return err_set(err, ERR_USAGE,
			       "--case says what the report is about: '%s' is one "
			       "too many",
			       words->n ? words->items[0] : "--good or --bad");
	if (v->good.n || v->bad.n)
		return sides(r, v, words, t, err);
	if (!words->n) {
		*t = (struct report_target){REPORT_CASE, v->given, NULL};
		return 0;
	}
	if (strcmp(words->items[0], "history") == 0) {
		if (words->n != 2)
			return err_set(err, ERR_USAGE,
				       "history of which metric? One has to be "
				       "named");
		*t = (struct report_target){REPORT_HISTORY, words->items[1],
					    arena_printf(&r->arena, "history-%s", words->items[1])};
		return 0;
	}
	if (words->n == 1)
		return find_one(r, words->items[0], t, err);
	return sides(r, v, words, t, err);
}
