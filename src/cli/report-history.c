// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest report of a metric's history: what `inquest history` finds, as a page. */
#include "cli/history.h"
#include "cli/report.h"
#include "report/page-history.h"

int report_read_history(struct report *r, struct str metric, struct report_history *out,
			struct err *err)
{
	const struct history_values values = {.store = r->v->store};
	const struct changepoint_options o = {.min_effect = HISTORY_MIN_EFFECT,
					      .min_sd = HISTORY_MIN_SD};
	struct page_history *in = &out->page;
	struct history_covariates *covariates;
	struct run_record *last;
	int rc;

	*out = (struct report_history){0};
	arena_init(&out->history.arena);
	rc = history_read_runs(&out->history, r->records.store, &r->records.derived, metric,
			       &values, r->records.workspace.root, err);
	if (!rc)
		rc = changepoint_find(out->history.value, out->history.reference, out->history.n,
				      &o, &out->history.arena, &out->found, err);
	if (rc)
		return rc;
	covariates = arena_zalloc(&out->history.arena, (out->found.n + 1) * sizeof(*covariates));
	for (size_t i = 0; !rc && i < out->found.n; i++)
		rc = history_covariates(&out->history, r->records.store, &out->found.changes[i],
					&covariates[i], err);
	*in = (struct page_history){.history = &out->history,
				    .found = &out->found,
				    .covariates = covariates,
				    .worst = history_worst(&out->history, &out->found),
				    .command = report_command(r, "history", metric),
				    .command_json = report_command(r, "history --json", metric)};
	if (!rc && in->worst) {
		last = arena_alloc(&out->history.arena, sizeof(*last));
		rc = store_get(r->records.store, out->history.run[in->worst->from - 1],
			       &out->history.arena, last, err);
		in->restore = last;
	}
	return rc;
}

void report_history_release(struct report_history *h)
{
	arena_release(&h->history.arena);
}

int report_history(struct report *r, const char *metric, struct page *p, struct err *err)
{
	struct report_history h;
	int rc = report_read_history(r, str_of(metric), &h, err);

	if (!rc) {
		page_init(p, report_title(r, arena_printf(&r->arena, "History of %s", metric)),
			  str_of(r->made_by));
		page_history(p, &h.page);
	}
	report_history_release(&h);
	return rc;
}
