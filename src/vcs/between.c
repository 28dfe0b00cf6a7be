// SPDX-License-Identifier: GPL-3.0-or-later
/* What lies between two commits: vcs_between() of vcs.h, by commands of git that only read objects.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "vcs/git.h"
#include "vcs/vcs.h"

#define CALL_LIMIT INT64_C(10000000000)

bool vcs_is_commit(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!strchr("0123456789abcdef", id.p[i]))
			return false;
	return id.n == 40 || id.n == 64;
}

/* git ARGS, with up to two ids in place of %.*s. */
__attribute__((format(printf, 4, 5))) static int run(struct git *g, struct buf *out,
						     struct err *err, const char *form, ...)
{
	char args[512];
	va_list ap;

	va_start(ap, form);
	vsnprintf(args, sizeof(args), form, ap);
	va_end(ap);
	return git_run(g, args, out, err);
}

static bool succeeds(const char *dir, const char *args)
{
	CLEANUP_BUF struct buf out = {0};
	struct arena a;
	struct git g;
	struct err err;
	bool yes;

	arena_init(&a);
	git_init(&g, dir, &a);
	g.limit_ns = CALL_LIMIT;
	yes = !git_run(&g, args, &out, &err);
	git_release(&g);
	arena_release(&a);
	return yes;
}

bool vcs_has_commit(const char *dir, struct str id)
{
	char args[128];

	if (!vcs_is_commit(id))
		return false;
	snprintf(args, sizeof(args), "cat-file -e " STR_FMT "^{commit}", STR_ARG(id));
	return succeeds(dir, args);
}

bool vcs_descends(const char *dir, struct str commit, struct str old)
{
	char args[256];

	if (!vcs_is_commit(commit) || !vcs_is_commit(old))
		return false;
	snprintf(args, sizeof(args), "merge-base --is-ancestor " STR_FMT " " STR_FMT, STR_ARG(old),
		 STR_ARG(commit));
	return succeeds(dir, args);
}

/* "ID NUL SECONDS NUL TITLE NUL" ... */
static void read_commits(struct arena *a, struct str text, struct code_range *r)
{
	struct code_commit *list = arena_alloc(a, CODE_COMMITS * sizeof(*list));
	struct str id, time, title;

	while (r->ncommits < CODE_COMMITS && str_next(&text, 0, &id) && str_next(&text, 0, &time) &&
	       str_next(&text, 0, &title)) {
		struct code_commit *c = &list[r->ncommits++];

		*c = (struct code_commit){.id = arena_str(a, id), .title = arena_str(a, title)};
		if (!str_i64(time, &c->time))
			c->time = 0;
	}
	r->commits = list;
}

/* The most lines first. */
static int by_lines(const void *pa, const void *pb)
{
	const struct code_file *a = pa, *b = pb;
	uint64_t x = a->added + a->removed, y = b->added + b->removed;

	return x != y ? (x > y ? -1 : 1) : str_cmp(a->path, b->path);
}

/* "ADDED TAB REMOVED TAB PATH NUL" ...; both "-" of what is no text. */
static void read_files(struct arena *a, struct str text, struct code_range *r)
{
	struct code_file *list = NULL, *kept;
	size_t n = 0, cap = 0;
	struct str entry, added, removed;

	while (str_next(&text, 0, &entry)) {
		struct code_file f = {0};

		if (!str_next(&entry, '\t', &added) || !str_next(&entry, '\t', &removed) ||
		    !entry.n)
			continue;
		f.path = entry;
		f.binary = !str_u64(added, &f.added) || !str_u64(removed, &f.removed);
		r->added += f.added;
		r->removed += f.removed;
		array_push(list, n, cap) = f;
	}
	if (n)
		qsort(list, n, sizeof(*list), by_lines);
	r->changed = n;
	r->nfiles = n < CODE_FILES ? n : CODE_FILES;
	kept = arena_alloc(a, (r->nfiles + 1) * sizeof(*kept));
	for (size_t i = 0; i < r->nfiles; i++) {
		kept[i] = list[i];
		kept[i].path = arena_str(a, list[i].path);
	}
	free(list);
	r->files = kept;
	r->has_files = true;
}

static int read_relation(struct git *g, struct str good, struct str bad, struct code_range *r,
			 struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct str rest, left = {0}, right = {0};
	int rc = run(g, &b, err, "rev-list --left-right --count " STR_FMT "..." STR_FMT,
		     STR_ARG(good), STR_ARG(bad));

	if (rc)
		return rc;
	rest = str_trim(buf_str(&b));
	str_next(&rest, '\t', &left);
	str_next(&rest, '\t', &right);
	if (!str_u64(left, &r->only_good) || !str_u64(right, &r->only_bad))
		return err_set(err, ERR_SYSTEM, "git rev-list says something else than expected");
	if (!run(g, &b, err, "merge-base " STR_FMT " " STR_FMT, STR_ARG(good), STR_ARG(bad)))
		r->base = arena_str(g->arena, str_trim(buf_str(&b)));
	r->relation = !r->base.n                      ? CODE_UNRELATED
		      : !r->only_good && !r->only_bad ? CODE_SAME
		      : !r->only_good                 ? CODE_FORWARD
		      : !r->only_bad                  ? CODE_BACKWARD
						      : CODE_APART;
	return 0;
}

static int read_range(struct git *g, struct str good, struct str bad, struct code_range *r,
		      struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct err ignored;
	bool back;
	int rc = read_relation(g, good, bad, r, err);

	if (rc || r->relation == CODE_SAME)
		return rc;
	back = r->relation == CODE_BACKWARD;
	rc = run(g, &b, err,
		 "log -z --no-show-signature --no-color --max-count=%d "
		 "--format=%%H%%x00%%ct%%x00%%s " STR_FMT ".." STR_FMT,
		 CODE_COMMITS, STR_ARG(back ? bad : good), STR_ARG(back ? good : bad));
	if (rc)
		return rc;
	read_commits(g->arena, buf_str(&b), r);
	buf_clear(&b);
	if (!run(g, &b, &ignored,
		 "diff-tree -r -z --numstat --no-renames --no-ext-diff --no-textconv " STR_FMT
		 " " STR_FMT,
		 STR_ARG(good), STR_ARG(bad)))
		read_files(g->arena, buf_str(&b), r);
	return 0;
}

int vcs_between(const char *dir, struct arena *a, struct str good, struct str bad,
		struct code_range *out, struct err *err)
{
	struct code_range r = {0};
	struct git g;
	int rc;

	if (!vcs_is_commit(good) || !vcs_is_commit(bad))
		return err_set(err, ERR_USAGE, "no ids of commits");
	git_init(&g, dir, a);
	g.limit_ns = CALL_LIMIT;
	rc = read_range(&g, good, bad, &r, err);
	git_release(&g);
	if (!rc)
		*out = r;
	return rc;
}
