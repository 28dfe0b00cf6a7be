// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest runs --define, --undefine. */
#include <stdio.h>

#include "cli/derived.h"
#include "cli/runs.h"

struct defining {
	struct workspace w;
	struct store *s; /* NULL: there is none yet */
	struct derived d;
	bool open;
};

static int reopen(struct defining *f, enum store_mode mode, struct err *err)
{
	int rc;

	if (f->open)
		derived_release(&f->d);
	store_close(f->s);
	f->s = NULL;
	f->open = false;
	rc = workspace_open(&f->w, mode, &f->s, err);
	if (rc && rc != -ERR_NOTFOUND)
		return rc;
	rc = derived_load(&f->d, &f->w, f->s, err);
	f->open = !rc;
	return rc;
}

static bool count_run(void *arg, const struct store_row *row)
{
	uint64_t *n = arg;

	n[0]++;
	n[1] += row->values[0].kind != VALUE_NONE;
	return true;
}

/* "speed = work / time: 12 of 12 runs have it" */
static int report(struct defining *f, const struct definition *def, struct err *err)
{
	struct store_query q = {.columns = &def->name, .ncolumns = 1};
	uint64_t n[2] = {0, 0};
	int rc = f->s ? derived_runs(&f->d, f->s, &q, count_run, n, err) : 0;

	if (rc)
		return rc;
	printf(STR_FMT " = " STR_FMT ": ", STR_ARG(def->name), STR_ARG(def->text));
	if (!n[0])
		puts("no runs are recorded yet");
	else
		printf("%llu of %llu run%s ha%s it\n", (unsigned long long)n[1],
		       (unsigned long long)n[0], n[0] == 1 ? "" : "s", n[1] == 1 ? "s" : "ve");
	return 0;
}

/* What definitions take of series, if any does. */
static int fill(struct defining *f, struct err *err)
{
	const struct expr_call *calls;
	uint64_t runs, filled;
	bool any = false;
	int rc;

	for (size_t i = 0; i < f->d.n; i++)
		any |= expr_calls(f->d.d[i].expr, &calls) > 0;
	if (!any || !f->s)
		return 0;
	rc = reopen(f, STORE_WRITE, err);
	if (!rc && f->s)
		rc = derived_fill(&f->d, f->s, &runs, &filled, err);
	return rc ? rc : reopen(f, STORE_READ, err);
}

static struct str name_of(const char *spec)
{
	return str_trim(str_head(str_of(spec), str_find_char(str_of(spec), '=')));
}

static int work(struct defining *f, const struct option_list *define,
		const struct option_list *undefine, struct err *err)
{
	int rc = reopen(f, STORE_READ, err);

	for (size_t i = 0; !rc && i < undefine->n; i++) {
		rc = derived_undefine(&f->d, &f->w, str_of(undefine->items[i]), err);
		if (!rc)
			printf("%s is not defined any more\n", undefine->items[i]);
	}
	for (size_t i = 0; !rc && i < define->n; i++)
		rc = derived_define(&f->d, &f->w, str_of(define->items[i]), err);
	if (!rc && define->n)
		rc = fill(f, err);
	for (size_t i = 0; !rc && i < define->n; i++) {
		const struct definition *def = derived_find(&f->d, name_of(define->items[i]));

		if (def)
			rc = report(f, def, err);
	}
	return rc;
}

int runs_define(const struct option_list *define, const struct option_list *undefine,
		const char *store, struct err *err)
{
	struct defining f = {.open = false};
	int rc = workspace_find(&f.w, store, err);

	if (!rc)
		rc = work(&f, define, undefine, err);
	if (f.open)
		derived_release(&f.d);
	store_close(f.s);
	workspace_release(&f.w);
	return rc;
}
