// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest report of one run: its record, and what its logs say. */
#include "cli/report.h"
#include "report/page-run.h"
#include "text/shell.h"

const char *report_command(struct report *r, const char *verb, struct str word)
{
	CLEANUP_BUF struct buf b = {0};

	buf_printf(&b, "inquest %s", verb);
	if (r->v->store) {
		BUF_LIT(&b, " --store ");
		shell_add_word(&b, str_of(r->v->store));
	}
	if (word.n) {
		buf_add_char(&b, ' ');
		shell_add_word(&b, word);
	}
	return arena_str(&r->arena, buf_str(&b)).p;
}

struct str report_title(const struct report *r, const char *title)
{
	return str_of(r->v->title ? r->v->title : title);
}

int report_run(struct report *r, const char *word, struct page *p, struct err *err)
{
	struct report_symptoms symptoms;
	struct run_record run;
	struct page_run in = {.run = &run};
	int rc = derived_get(&r->records.derived, r->records.store, str_of(word), &r->arena, &run,
			     err);

	if (!rc)
		rc = report_symptoms(r, &run, &symptoms, err);
	if (rc)
		return rc;
	in.symptoms = symptoms.items;
	in.nsymptoms = symptoms.n;
	in.logs = symptoms.logs;
	in.away = symptoms.away;
	in.command = report_command(r, "runs show", run.id);
	in.command_json = report_command(r, "runs show --json", run.id);
	page_init(p,
		  report_title(r, arena_printf(&r->arena, "Run " STR_FMT,
					       STR_ARG(run.name.n ? run.name : run.id))),
		  str_of(r->made_by));
	page_run(p, &in);
	return 0;
}
