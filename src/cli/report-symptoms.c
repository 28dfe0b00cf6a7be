// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The symptoms in the logs of a recorded run: found anew in the evidence, by what `inquest add`
 * finds them with, so that a report can quote their lines.
 */
#include <stdlib.h>
#include <unistd.h>

#include "cli/add.h"
#include "cli/report.h"
#include "cli/settings.h"
#include "store/evidence.h"

#define QUOTED 40 /* symptoms whose lines are quoted */

/* Read the logs that are here; their names are those of the record. */
static int open_logs(struct add *a, const struct run_record *run, struct report_symptoms *out,
		     const struct run_evidence **of, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < run->nevidence; i++) {
		const struct run_evidence *e = &run->evidence[i];
		CLEANUP_FREE char *path = NULL;
		size_t first = a->nfiles;

		if (!str_eq(e->kind, STR("log")))
			continue;
		if (evidence_path(a->workspace.evidence, e->hash, &path, NULL) ||
		    access(path, R_OK) != 0) {
			out->away++;
			continue;
		}
		rc = add_open(a, path, err);
		if (rc) {
			rc = err_prepend(err, rc, STR_FMT ": ", STR_ARG(str_head(e->name, 200)));
			break;
		}
		out->logs++;
		for (size_t k = first; k < a->nfiles && k < run->nevidence; k++) {
			a->files[k].name = a->files[k].rel = e->name;
			of[k] = e;
		}
	}
	return rc;
}

static int by_rank(const void *pa, const void *pb)
{
	const struct add_symptom *a = pa, *b = pb;

	if (a->rank != b->rank)
		return a->rank > b->rank ? -1 : 1;
	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static struct page_symptom symptom(struct report *r, const struct add *a,
				   const struct add_symptom *s, const struct run_record *run,
				   const struct run_evidence *const *of, bool quoted)
{
	const struct add_file *f = &a->files[s->file];
	struct page_symptom out = {
		.kind = str_of(grouping_kind_name(s->is.kind)),
		.what = arena_str(&r->arena, s->what),
		.seen = arena_str(&r->arena, s->seen),
		.count = s->count,
	};

	if (s->line && s->file < run->nevidence && of[s->file] && quoted)
		out.quote = report_quote_text(r, run, of[s->file], f->data, s->line);
	return out;
}

int report_symptoms(struct report *r, const struct run_record *run, struct report_symptoms *out,
		    struct err *err)
{
	struct add_values v = {0};
	struct add a = {.cli = r->cli, .v = &v};
	const struct run_evidence **of =
		arena_zalloc(&r->arena, (run->nevidence + 1) * sizeof(*of));
	int rc;

	*out = (struct report_symptoms){0};
	arena_init(&a.arena);
	loginputs_init(&a.inputs);
	rc = workspace_find(&a.workspace, r->v->store, err);
	if (!rc)
		rc = settings_read_default(&a.formats, err);
	if (!rc)
		rc = open_logs(&a, run, out, of, err);
	if (!rc)
		rc = add_read(&a, err);
	if (!rc)
		rc = add_logs(&a, err);
	if (!rc && a.nsymptoms) {
		qsort(a.symptoms, a.nsymptoms, sizeof(*a.symptoms), by_rank);
		out->items = arena_alloc(&r->arena, a.nsymptoms * sizeof(*out->items));
		while (out->n < a.nsymptoms) {
			out->items[out->n] =
				symptom(r, &a, &a.symptoms[out->n], run, of, out->n < QUOTED);
			out->n++;
		}
	}
	add_release(&a);
	return rc;
}
