// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The code of good and bad runs: see diff-code.h. If a side has several commits, the newest good
 * one is compared with the oldest bad one that descends from it; a commit that both sides have,
 * which the code can not tell apart, only if there is no other.
 */
#include "cli/diff-code.h"

#include <stdlib.h>

#include "base/hash.h"
#include "text/shell.h"
#include "vcs/vcs.h"

#define MAX_CHECKS 20 /* of descent: each starts a git */
#define SHOWN      12 /* digits */

/* The commits of a side, as its runs name them. */
struct commits {
	struct str *id;
	int64_t *place;
	bool *both; /* the other side has it too */
	size_t n;
};

static const struct variable *variable_of(const struct rundiff_run *r, const char *name)
{
	for (size_t i = 0; i < r->nvariables; i++)
		if (str_eq(r->variables[i].name, str_of(name)))
			return &r->variables[i];
	return NULL;
}

static struct str text_of(const struct rundiff_run *r, const char *name)
{
	const struct variable *v = variable_of(r, name);

	return v && v->value.kind == VALUE_TEXT ? v->value.text : STR("");
}

static void find_commits(struct arena *a, const struct rundiff_side *side, struct commits *c)
{
	struct map seen = {0};

	*c = (struct commits){.id = arena_alloc(a, (side->n + 1) * sizeof(*c->id)),
			      .place = arena_zalloc(a, (side->n + 1) * sizeof(*c->place)),
			      .both = arena_zalloc(a, (side->n + 1) * sizeof(*c->both))};
	for (size_t i = 0; i < side->n; i++) {
		struct str id = text_of(&side->runs[i], "git.commit");
		bool fresh = false;

		if (vcs_is_commit(id))
			map_put(&seen, hash_str(id), 0, &fresh);
		if (fresh)
			c->id[c->n++] = id;
	}
	map_release(&seen);
}

static size_t mark_both(struct commits c[2])
{
	struct map good = {0};
	size_t n = 0;

	for (uint32_t i = 0; i < c[0].n; i++)
		map_put(&good, hash_str(c[0].id[i]), i, NULL);
	for (size_t i = 0; i < c[1].n; i++) {
		uint32_t at;

		if (!map_get(&good, hash_str(c[1].id[i]), &at))
			continue;
		c[0].both[at] = c[1].both[i] = true;
		n++;
	}
	map_release(&good);
	return n;
}

/* Index of the newest commit, or if oldest, the oldest one after a place; SIZE_MAX: none. */
static size_t pick(const struct commits *c, bool oldest, int64_t after)
{
	size_t best = SIZE_MAX;

	for (size_t i = 0; i < c->n; i++) {
		if (c->both[i] || c->place[i] <= after)
			continue;
		if (best == SIZE_MAX || (c->place[i] < c->place[best]) == oldest)
			best = i;
	}
	return best;
}

/* Places of the commits in the history; what is not in it is -1. */
static void find_places(struct arena *a, const char *root, struct commits *c)
{
	struct err err;

	if (vcs_order(root, a, c->id, c->n, c->place, &err))
		for (size_t i = 0; i < c->n; i++)
			c->place[i] = -1;
}

static struct str oldest_descendant(const char *root, const struct commits *bad, struct str good,
				    int64_t place)
{
	struct str first = {0};

	for (size_t k = 0; k < MAX_CHECKS; k++) {
		size_t i = pick(bad, true, place);

		if (i == SIZE_MAX)
			break;
		if (vcs_descends(root, bad->id[i], good))
			return bad->id[i];
		first = first.n ? first : bad->id[i];
		place = bad->place[i];
	}
	return first;
}

/* Of one that is neither of both sides nor placed, any. */
static struct str last_of(const struct commits *c)
{
	for (size_t i = c->n; i-- > 0;)
		if (!c->both[i])
			return c->id[i];
	return STR("");
}

static void choose(struct arena *a, const char *root, struct commits c[2], struct rundiff_code *r)
{
	size_t newest;

	r->good = last_of(&c[0]);
	r->bad = last_of(&c[1]);
	if (c[0].n == 1 && c[1].n == 1)
		return;
	find_places(a, root, &c[0]);
	find_places(a, root, &c[1]);
	newest = pick(&c[0], false, -1);
	if (newest == SIZE_MAX)
		return;
	r->good = c[0].id[newest];
	r->bad = oldest_descendant(root, &c[1], r->good, c[0].place[newest]);
	if (!r->bad.n) {
		newest = pick(&c[1], false, -1);
		r->bad = newest == SIZE_MAX ? last_of(&c[1]) : c[1].id[newest];
	}
}

static void find_changes(const struct rundiff_side side[2], struct rundiff_code *r)
{
	struct str first = {0};

	r->same_changes = true;
	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < side[s].n; i++) {
			struct str diff = text_of(&side[s].runs[i], "git.diff");

			r->dirty[s] += diff.n > 0;
			first = first.n ? first : diff;
			r->same_changes = r->same_changes && diff.n && str_eq(diff, first);
		}
}

/* Where a commit can be had from, if a run says so and it can be nothing but an address. */
static struct str remote_of(const struct rundiff_side *side, struct str commit)
{
	for (size_t i = 0; i < side->n; i++) {
		struct str remote = text_of(&side->runs[i], "git.remote");

		if (str_eq(text_of(&side->runs[i], "git.commit"), commit) && remote.n &&
		    remote.p[0] != '-' && !str_contains(remote, STR("::")))
			return remote;
	}
	return STR("");
}

static void add_fetch(const struct rundiff_side *side, struct str commit, struct buf *next)
{
	struct str remote = remote_of(side, commit);

	BUF_LIT(next, "Next: git fetch ");
	if (remote.n) {
		shell_add_word(next, remote);
		buf_printf(next, " " STR_FMT "\n", STR_ARG(commit));
	} else {
		BUF_LIT(next, "--all\n");
	}
}

/* Those of the two that are not here, and how to get them. */
static void explain(struct diff_code *c, struct arena *a, const char *root,
		    const struct rundiff_side side[2], const struct err *err, struct buf *next)
{
	static const char *const names[] = {"good", "bad"};
	const struct str ids[2] = {c->report.good, c->report.bad};
	CLEANUP_BUF struct buf why = {0};

	for (int s = 0; s < 2; s++) {
		if (vcs_has_commit(root, ids[s]))
			continue;
		buf_printf(&why, "%scommit " STR_FMT " of the %s runs is not in this repository",
			   why.n ? "; " : "", STR_ARG(str_head(ids[s], SHOWN)), names[s]);
		add_fetch(&side[s], ids[s], next);
	}
	if (!why.n)
		buf_printf(&why, "what lies between the commits is not known: %s", err->msg);
	c->report.problem = arena_str(a, buf_str(&why)).p;
}

void diff_code(struct diff_code *c, struct arena *a, const char *root,
	       const struct rundiff_side side[2])
{
	struct rundiff_code *r = &c->report;
	CLEANUP_BUF struct buf next = {0};
	struct commits commits[2];
	struct err err = {0};

	*c = (struct diff_code){0};
	for (int s = 0; s < 2; s++) {
		find_commits(a, &side[s], &commits[s]);
		r->commits[s] = commits[s].n;
	}
	find_changes(side, r);
	r->both = mark_both(commits);
	choose(a, root, commits, r);
	if (!r->good.n || !r->bad.n) {
		r->good = r->bad = STR("");
		return;
	}
	if (vcs_between(root, a, r->good, r->bad, &c->range, &err)) {
		explain(c, a, root, side, &err, &next);
	} else {
		bool back = c->range.relation == CODE_BACKWARD;

		r->range = &c->range;
		buf_printf(&next, "Next: git log -p %.*s..%.*s\n", SHOWN,
			   (back ? r->bad : r->good).p, SHOWN, (back ? r->good : r->bad).p);
	}
	c->next = next.n ? arena_str(a, buf_str(&next)).p : NULL;
}
