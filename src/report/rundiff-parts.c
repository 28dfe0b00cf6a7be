// SPDX-License-Identifier: GPL-3.0-or-later
/* Parts of a comparison of runs that are no tables of variables: see rundiff-priv.h. */
#include <time.h>

#include "report/rundiff-priv.h"

#define SCREEN_COMMITS 5 /* without -v */
#define SCREEN_FILES   5
#define PATH_COLUMNS   60
#define ID_DIGITS      12

/* ---- logs ---- */

/* What is left out of one side, for one reason. */
static void add_left_out(struct buf *b, const struct rundiff_logs *l, int side,
			 enum rundiff_logs_state state, const char *why)
{
	size_t n = 0, all = 0;
	struct str first = {0};

	for (size_t i = 0; i < l->n; i++) {
		if (l->runs[i].side != side)
			continue;
		all++;
		if (l->runs[i].state == state && !n++)
			first = l->runs[i].id;
	}
	if (!n)
		return;
	buf_printf(b, "  %zu of %zu %s %s %s", n, all, side ? "bad" : "good",
		   all == 1 ? "run" : "runs", why);
	if (n == 1)
		buf_printf(b, " (" STR_FMT ")", STR_ARG(first));
	buf_add_char(b, '\n');
}

void rundiff_add_logs(struct buf *b, const struct rundiff_report *rep)
{
	const struct rundiff_logs *l = rep->logs;
	size_t hidden, recorded = 0, missing = 0, capped = 0;

	for (size_t i = 0; l && i < l->n; i++) {
		capped += l->runs[i].state == RUNDIFF_LOGS_CAPPED;
		recorded += l->runs[i].state != RUNDIFF_LOGS_NONE;
		missing += l->runs[i].state == RUNDIFF_LOGS_READ ? l->runs[i].away : 0;
	}
	if (!recorded)
		return;
	rundiff_add_heading(b, rep, "What their logs say");
	for (int side = 0; side < 2; side++) {
		add_left_out(b, l, side, RUNDIFF_LOGS_NONE, "without a log");
		add_left_out(b, l, side, RUNDIFF_LOGS_AWAY,
			     "with logs that are not on this machine");
		add_left_out(b, l, side, RUNDIFF_LOGS_CAPPED, "not read, to be quick");
	}
	if (missing)
		buf_printf(b, "  %zu more logs are not on this machine\n", missing);
	if (!l->report) {
		if (capped)
			buf_printf(b, "  All: %s\n", l->all);
		else
			BUF_LIT(b, "  one side has none to compare\n");
		return;
	}
	if (!l->report->diff->nfindings && !l->report->diff->first.found) {
		BUF_LIT(b, "  nothing differs beyond what varies from run to run\n");
		return;
	}
	hidden = diff_report_part(l->report, b);
	if (hidden)
		buf_printf(b, "  and %zu more\n", hidden);
	buf_printf(b, "  All: %s\n", l->all);
}

/* ---- code ---- */

static void add_commit(struct buf *b, const struct code_commit *c)
{
	time_t t = (time_t)c->time;
	struct tm tm;
	char day[32] = "";

	if (gmtime_r(&t, &tm))
		strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	buf_printf(b, "    " STR_FMT "  %s  ", STR_ARG(str_head(c->id, ID_DIGITS)), day);
	style_add_foreign(b, c->title, PATH_COLUMNS);
	buf_add_char(b, '\n');
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void add_relation(struct buf *b, const struct code_range *r)
{
	unsigned long long good = r->only_good, bad = r->only_bad;

	switch (r->relation) {
	case CODE_SAME: BUF_LIT(b, "the same\n"); break;
	case CODE_FORWARD:
		buf_printf(b, "%llu commit%s, each on top of good\n", bad, plural(bad));
		break;
	case CODE_BACKWARD:
		buf_printf(b, "good is the newer one, by %llu commit%s that bad lacks\n", good,
			   plural(good));
		break;
	case CODE_APART:
		buf_printf(b,
			   "neither descends from the other: since " STR_FMT
			   " good has %llu commit%s of its own, bad %llu\n",
			   STR_ARG(str_head(r->base, ID_DIGITS)), good, plural(good), bad);
		break;
	case CODE_UNRELATED: BUF_LIT(b, "no common ancestor is here (a shallow clone?)\n"); break;
	}
}

static void add_commits(struct buf *b, const struct rundiff_report *rep)
{
	const struct code_range *r = rep->code->range;
	uint64_t all = r->relation == CODE_BACKWARD ? r->only_good : r->only_bad;
	size_t max = rep->verbose ? r->ncommits : SCREEN_COMMITS, shown = 0;

	for (; shown < r->ncommits && shown < max; shown++)
		add_commit(b, &r->commits[shown]);
	if (all > shown)
		buf_printf(b, "    %llu more\n", (unsigned long long)(all - shown));
}

static void add_files(struct buf *b, const struct rundiff_report *rep)
{
	const struct code_range *r = rep->code->range;
	size_t max = rep->verbose ? r->nfiles : SCREEN_FILES, shown = 0;

	if (!r->has_files) {
		BUF_LIT(b, "  too much differs to count the lines\n");
		return;
	}
	buf_printf(b, "  %llu file%s changed, %llu line%s added, %llu removed\n",
		   (unsigned long long)r->changed, plural(r->changed), (unsigned long long)r->added,
		   plural(r->added), (unsigned long long)r->removed);
	for (; shown < r->nfiles && shown < max; shown++) {
		const struct code_file *f = &r->files[shown];

		BUF_LIT(b, "    ");
		style_add_foreign(b, f->path, PATH_COLUMNS);
		if (f->binary)
			BUF_LIT(b, "  binary\n");
		else
			buf_printf(b, "  +%llu -%llu\n", (unsigned long long)f->added,
				   (unsigned long long)f->removed);
	}
	if (r->changed > shown)
		buf_printf(b, "    %llu more\n", (unsigned long long)(r->changed - shown));
}

/* Which of several commits of a side it is: diff-code.c chooses. */
static void add_chosen(struct buf *b, struct str id, size_t n, const char *which, const char *side)
{
	buf_add_str(b, str_head(id, ID_DIGITS));
	if (n > 1)
		buf_printf(b, " (%sof %zu %s ones)", which, n, side);
}

static void add_changes(struct buf *b, const struct rundiff_report *rep)
{
	const struct rundiff_code *c = rep->code;

	if (!c->dirty[0] && !c->dirty[1])
		return;
	buf_printf(b, "  uncommitted changes: in %zu of %zu good and %zu of %zu bad runs, ",
		   c->dirty[0], rep->side[0].n, c->dirty[1], rep->side[1].n);
	buf_add_str(b, c->same_changes ? STR("the same ones\n") : STR("not the same ones\n"));
}

void rundiff_add_code(struct buf *b, const struct rundiff_report *rep)
{
	const struct rundiff_code *c = rep->code;

	if (!c || (!c->good.n && !c->dirty[0] && !c->dirty[1]))
		return;
	rundiff_add_heading(b, rep, "Between the commits");
	if (c->good.n) {
		bool forward = c->range && c->range->relation == CODE_FORWARD;

		BUF_LIT(b, "  ");
		add_chosen(b, c->good, c->commits[0], forward ? "the newest " : "", "good");
		BUF_LIT(b, " .. ");
		add_chosen(b, c->bad, c->commits[1], forward ? "the oldest after it " : "", "bad");
		BUF_LIT(b, ": ");
		if (c->range)
			add_relation(b, c->range);
		else
			buf_printf(b, "%s\n", c->problem);
	}
	if (c->range) {
		add_commits(b, rep);
		add_files(b, rep);
	}
	if (c->both)
		buf_printf(b, "  %zu commit%s with good and bad runs alike\n", c->both,
			   c->both == 1 ? "" : "s");
	add_changes(b, rep);
}
