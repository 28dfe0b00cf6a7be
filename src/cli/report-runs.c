// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest report of runs against runs: what `inquest diff` finds, as a page. */
#include <stdlib.h>

#include "cli/report.h"
#include "text/shell.h"

/* The hash of a log that is called RUN:NAME, as it is recorded. */
static struct str hash_of(void *arg, struct str log)
{
	struct report *r = arg;
	size_t colon = str_find_char(log, ':');
	struct run_record run;

	if (!r->records.store ||
	    store_get(r->records.store, str_head(log, colon), &r->arena, &run, NULL))
		return STR("");
	for (size_t i = 0; i < run.nevidence; i++)
		if (str_eq(run.evidence[i].name, str_from(log, colon + 1)))
			return run.evidence[i].hash;
	return STR("");
}

static void add_words(struct buf *b, const char *option, const struct option_list *words)
{
	buf_printf(b, " %s", option);
	for (size_t i = 0; i < words->n; i++) {
		buf_add_char(b, ' ');
		shell_add_word(b, str_of(words->items[i]));
	}
}

static const char *diff_command(struct report *r, const struct report_compare *c, bool verbose)
{
	CLEANUP_BUF struct buf b = {0};

	buf_printf(&b, "%s", report_command(r, verbose ? "diff -v" : "diff", STR("")));
	if (c->metric) {
		BUF_LIT(&b, " --metric ");
		shell_add_word(&b, str_of(c->metric));
	}
	if (r->v->within) {
		BUF_LIT(&b, " --within ");
		shell_add_word(&b, str_of(r->v->within));
	}
	add_words(&b, "--good", c->good);
	add_words(&b, "--bad", c->bad);
	return arena_str(&r->arena, buf_str(&b)).p;
}

struct filling {
	struct report *r;
	const struct report_compare *c;
	struct page_runs in;
};

static int fill(const void *arg, const struct rundiff_report *rep, struct err *err)
{
	const struct filling *f = arg;
	struct page_runs in = f->in;

	in.report = rep;
	f->c->fill(f->c->arg, &in);
	return 0;
}

int report_compare(struct report *r, const struct report_compare *c, struct err *err)
{
	const struct logs_values logs = {0};
	struct filling f = {.r = r,
			    .c = c,
			    .in = {.compare = diff_command(r, c, false),
				   .verbose = diff_command(r, c, true),
				   .hash = hash_of,
				   .arg = r}};
	struct diff_runs d = {.good = c->good,
			      .bad = c->bad,
			      .store = r->v->store,
			      .metric = c->metric,
			      .command = f.in.compare,
			      .values = &logs,
			      .print_runs = fill,
			      .print_arg = &f,
			      .equivalence = .05};
	int status;

	if (r->v->within && (!str_double(str_of(r->v->within), &d.equivalence) ||
			     !(d.equivalence >= 0 && d.equivalence <= 1000)))
		return err_set(err, ERR_USAGE, "--within takes a percentage, not '%s'",
			       r->v->within);
	if (r->v->within)
		d.equivalence /= 100;
	return diff_runs(r->cli, &d, &status, err);
}

struct whole {
	struct report *r;
	struct page *p;
};

static void fill_page(void *arg, struct page_runs *in)
{
	struct whole *w = arg;

	in->sides = w->r->sides;
	page_init(w->p, report_title(w->r, "Good runs against bad ones"), str_of(w->r->made_by));
	page_runs(w->p, in);
}

int report_runs(struct report *r, struct page *p, struct err *err)
{
	struct whole w = {r, p};
	const struct report_compare c = {.good = &r->v->good,
					 .bad = &r->v->bad,
					 .metric = r->v->metric,
					 .fill = fill_page,
					 .arg = &w};

	return report_compare(r, &c, err);
}
