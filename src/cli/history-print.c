// SPDX-License-Identifier: GPL-3.0-or-later
/* What `inquest history` prints: one JSON object, or a picture and a line for each change. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "cli/history.h"
#include "report/spark.h"
#include "report/style.h"
#include "report/json-object.h"
#include "text/shell.h"

#define HEIGHT     6  /* rows of the picture */
#define COVARIATES 8  /* shown for each change */
#define NAME       60 /* columns of a foreign name */
#define SHORT_ID   10

/* ---- JSON ---- */

/* The last value that surely is of the old level, and the first that surely is of the new one. */
static void add_ends(struct buf *b, const char *key, const struct str *names,
		     const struct change *c)
{
	if (!names)
		return;
	object_key(b, key);
	BUF_LIT(b, "{");
	object_text_or_null(b, "before", names[c->from - 1]);
	object_text_or_null(b, "after", names[c->to]);
	BUF_LIT(b, "}");
}

static void add_change(struct buf *b, const struct history *h, const struct change *c,
		       const struct history_covariates *covariates)
{
	BUF_LIT(b, "{");
	object_count(b, "index", c->index);
	object_count(b, "from", c->from);
	object_count(b, "to", c->to);
	object_real(b, "ratio", c->ratio);
	object_real(b, "low", c->low);
	object_real(b, "high", c->high);
	object_real(b, "before", c->before);
	object_real(b, "after", c->after);
	object_real(b, "slope_before", c->slope_before);
	object_real(b, "slope_after", c->slope_after);
	object_count(b, "begin", c->begin);
	object_count(b, "end", c->end);
	object_real(b, "score", c->score);
	object_bool(b, "machine", c->machine);
	if (h->step)
		object_real(b, "step", h->step[c->index]);
	add_ends(b, "labels", h->label, c);
	add_ends(b, "commits", h->commit, c);
	add_ends(b, "runs", h->run, c);
	if (covariates) {
		object_key(b, "covariates");
		BUF_LIT(b, "[");
		for (size_t i = 0; i < covariates->n; i++) {
			buf_printf(b, "%s{", i ? ", " : "");
			object_text_or_null(b, "name", covariates->items[i].name);
			object_text_or_null(b, "before", covariates->items[i].before);
			object_text_or_null(b, "after", covariates->items[i].after);
			BUF_LIT(b, "}");
		}
		BUF_LIT(b, "]");
	}
	BUF_LIT(b, "}");
}

static void add_changes(struct buf *b, const char *key, const struct history *h,
			const struct change *c, size_t n,
			const struct history_covariates *covariates)
{
	object_key(b, key);
	BUF_LIT(b, "[");
	for (size_t i = 0; i < n; i++) {
		if (i)
			BUF_LIT(b, ", ");
		add_change(b, h, &c[i], covariates ? &covariates[i] : NULL);
	}
	BUF_LIT(b, "]");
}

void history_print_json(struct history *h, const struct changepoints *c,
			const struct history_covariates *covariates)
{
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "{");
	object_text_or_null(&b, "schema", STR("inquest.history/1"));
	object_text_or_null(&b, "metric", h->metric);
	object_text_or_null(&b, "reference", h->reference_name);
	object_text_or_null(&b, "source", h->source);
	object_text_or_null(&b, "order",
			    h->by_commit ? STR("commit")
			    : h->run     ? STR("time")
					 : STR("file"));
	object_count(&b, "values", h->n);
	object_count(&b, "left_out", c->left_out);
	object_text_or_null(&b, "model",
			    c->model == CHANGEPOINT_TREND ? STR("trend") : STR("level"));
	object_bool(&b, "logs", c->logs);
	object_bool(&b, "enough", c->used >= CHANGEPOINT_MIN);
	object_real(&b, "noise", c->noise);
	object_real(&b, "autocorrelation", c->autocorrelation);
	add_changes(&b, "changes", h, c->changes, c->n, covariates);
	add_changes(&b, "machine", h, c->machine, c->nmachine, NULL);
	BUF_LIT(&b, "}\n");
	fwrite(b.p, 1, b.n, stdout);
}

/* ---- text ---- */

static bool wants_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strcasestr(v, "UTF-8") || strcasestr(v, "UTF8");
	}
	return false;
}

static void add_head(struct buf *b, const struct history *h, const struct changepoints *c)
{
	BUF_LIT(b, "history of ");
	style_add_foreign(b, h->metric, NAME);
	if (h->reference_name.n) {
		BUF_LIT(b, " / ");
		style_add_foreign(b, h->reference_name, NAME);
	}
	BUF_LIT(b, ", ");
	style_add_foreign(b, h->source, NAME);
	BUF_LIT(b, ": ");
	style_count(b, h->n);
	buf_printf(b, " value%s", h->n == 1 ? "" : "s");
	if (c->left_out) {
		BUF_LIT(b, ", ");
		style_count(b, c->left_out);
		BUF_LIT(b, " left out (no finite number)");
	}
	if (h->by_commit)
		BUF_LIT(b, ", in the order of commits");
	buf_add_char(b, '\n');
}

static void add_picture(struct cli *cli, struct history *h, const struct changepoints *c,
			struct buf *b)
{
	struct spark s = {.n = h->n, .height = HEIGHT, .utf8 = wants_utf8()};
	double *y = mem_alloc((h->n + 1) * sizeof(*y));
	size_t *marks = mem_alloc((c->n + 1) * sizeof(*marks));

	for (size_t i = 0; i < h->n; i++)
		y[i] = h->reference ? h->value[i] / h->reference[i] : h->value[i];
	for (size_t i = 0; i < c->n; i++)
		marks[i] = c->changes[i].index;
	s.y = y;
	s.marks = marks;
	s.nmarks = c->n;
	s.width = (size_t)cli->width < 100 ? (size_t)cli->width : 100;
	s.color = cli->color_out;
	spark_add(b, &s);
	free(y);
	free(marks);
}

static void add_id(struct buf *b, struct str id)
{
	style_add_foreign(b, str_head(id, SHORT_ID), 0);
}

/* "at 62 (60-63), 3f2a...c1d0 - 99ab..." */
static void add_place(struct buf *b, const struct history *h, const struct change *c)
{
	buf_printf(b, "at %zu", c->index);
	if (c->from != c->to)
		buf_printf(b, " (%zu to %zu)", c->from, c->to);
	if (h->step)
		buf_printf(b, ", step %.15g", h->step[c->index]);
	if (h->label) {
		BUF_LIT(b, ", after ");
		style_add_foreign(b, h->label[c->from - 1], NAME);
		BUF_LIT(b, ", up to ");
		style_add_foreign(b, h->label[c->to], NAME);
	}
	if (h->commit && h->commit[c->to].n) {
		BUF_LIT(b, ", commits ");
		add_id(b, h->commit[c->from - 1]);
		BUF_LIT(b, "..");
		add_id(b, h->commit[c->to]);
	}
}

static void add_size(struct buf *b, const struct changepoints *p, const struct change *c)
{
	buf_printf(b, "%.6g -> %.6g", c->before, c->after);
	if (isfinite(c->ratio))
		buf_printf(b, "  %+.2f %%", 100 * (c->ratio - 1));
	if (isfinite(c->low) && isfinite(c->high))
		buf_printf(b, " (%+.2f to %+.2f %%)", 100 * (c->low - 1), 100 * (c->high - 1));
	if (p->model == CHANGEPOINT_TREND && p->logs)
		buf_printf(b, "  growth a step %+.3g %% -> %+.3g %%", 100 * c->slope_before,
			   100 * c->slope_after);
	else if (p->model == CHANGEPOINT_TREND)
		buf_printf(b, "  growth a step %+.4g -> %+.4g", c->slope_before, c->slope_after);
}

static void add_covariates(struct buf *b, const struct history_covariates *v)
{
	for (size_t i = 0; i < v->n && i < COVARIATES; i++) {
		const struct history_covariate *c = &v->items[i];

		BUF_LIT(b, "       ");
		style_add_foreign(b, c->name, NAME);
		BUF_LIT(b, ": ");
		style_add_foreign(b, c->before.n ? c->before : STR("(none)"), NAME);
		BUF_LIT(b, " -> ");
		style_add_foreign(b, c->after.n ? c->after : STR("(none)"), NAME);
		buf_add_char(b, '\n');
	}
	if (v->n > COVARIATES)
		buf_printf(b, "       and %zu more (--json has all)\n", v->n - COVARIATES);
}

static void add_machine(struct buf *b, const struct changepoints *c)
{
	if (!c->nmachine)
		return;
	buf_printf(b, "\nThe machine itself changed (by the reference) at");
	for (size_t i = 0; i < c->nmachine && i < 10; i++)
		buf_printf(b, "%s %zu (%+.1f %%)", i ? "," : "", c->machine[i].index,
			   100 * (c->machine[i].ratio - 1));
	if (c->nmachine > 10)
		buf_printf(b, " and %zu more", c->nmachine - 10);
	buf_add_char(b, '\n');
}

static void add_next(struct buf *b, const struct history *h, const struct change *worst)
{
	if (!h->run || !worst)
		return;
	BUF_LIT(b, "\nNext: inquest history ");
	shell_add_word(b, h->metric);
	BUF_LIT(b, " --restore\n");
}

void history_print_text(struct cli *cli, struct history *h, const struct changepoints *c,
			const struct history_covariates *covariates)
{
	CLEANUP_BUF struct buf b = {0};

	add_head(&b, h, c);
	buf_add_char(&b, '\n');
	add_picture(cli, h, c, &b);
	buf_add_char(&b, '\n');
	if (c->used < CHANGEPOINT_MIN)
		buf_printf(&b,
			   "Not enough: %zu values can be used, %d are the fewest that can tell\n",
			   c->used, CHANGEPOINT_MIN);
	else if (!c->n)
		buf_printf(&b, "No change\n");
	for (size_t i = 0; i < c->n; i++) {
		const struct change *f = &c->changes[i];

		buf_printf(&b, "%3zu  ", i + 1);
		add_size(&b, c, f);
		BUF_LIT(&b, "  ");
		add_place(&b, h, f);
		if (f->machine)
			BUF_LIT(&b, "  (machine: the reference moved too)");
		buf_add_char(&b, '\n');
		if (covariates)
			add_covariates(&b, &covariates[i]);
	}
	add_machine(&b, c);
	add_next(&b, h, history_worst(h, c));
	fwrite(b.p, 1, b.n, stdout);
}

/* ---- --restore ---- */

/* A full id: nothing else is offered for pasting. */
static bool is_commit(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isxdigit((unsigned char)s.p[i]))
			return false;
	return s.n == 40 || s.n == 64;
}

int history_print_restore(struct history *h, struct store *s, const struct changepoints *c,
			  struct err *err)
{
	const struct change *f = history_worst(h, c);
	CLEANUP_BUF struct buf b = {0};
	struct run_record r;
	int rc;

	if (!f) {
		puts("Nothing to restore: no change for the worse");
		return 0;
	}
	rc = store_get(s, h->run[f->from - 1], &h->arena, &r, err);
	if (rc)
		return rc;
	buf_printf(&b, "The last run before it changed: ");
	style_add_foreign(&b, r.id, 0);
	buf_printf(&b, ", %.6g (since then %.6g)\n", h->value[f->from - 1], f->after);
	if (is_commit(h->commit[f->from - 1]))
		buf_printf(&b, "  git checkout " STR_FMT "\n", STR_ARG(h->commit[f->from - 1]));
	if (r.command.n) {
		BUF_LIT(&b, "  ");
		style_add_foreign(&b, r.command, 0);
		buf_add_char(&b, '\n');
	} else {
		BUF_LIT(&b, "  its command was not recorded\n");
	}
	fwrite(b.p, 1, b.n, stdout);
	return 0;
}
