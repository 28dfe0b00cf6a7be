// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What git knows of a work tree: see vcs.h.
 *
 * The hash of the difference is made of the files as they are in the work tree, of those that
 * differ from HEAD and those that are not tracked: it is the same wherever these files are the
 * same, and needs no diff of git's, which the configuration could change.
 */
#include "vcs/vcs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/sha256.h"
#include "vcs/git.h"

/* Of what differs so many files and bytes are read; the rest counts by size and time. */
#define MAX_FILES  2000
#define MAX_HASHED ((uint64_t)256 << 20)
#define SMALL      ((size_t)64 << 10) /* read rather than mapped */

/* "https://user:password@host/path" and "user@host:path" without who. */
static struct str without_user(struct arena *a, struct str url)
{
	struct str mark = STR("://");
	size_t at = str_find(url, mark), from = at < url.n ? at + mark.n : 0, end = from,
	       user = from;

	while (end < url.n && url.p[end] != '/' && (from || url.p[end] != ':'))
		end++;
	for (size_t i = from; i < end; i++)
		if (url.p[i] == '@')
			user = i + 1;
	return str_of(arena_printf(a, STR_FMT STR_FMT, STR_ARG(str_head(url, from)),
				   STR_ARG(str_from(url, user))));
}

/*
 * "scope NUL key LF value NUL" ...: the address of origin; and what the repository itself says of
 * filters is overridden.
 */
static void read_config(struct git *g, struct str text, struct vcs_state *s)
{
	struct str scope, entry;

	while (str_next(&text, 0, &scope) && str_next(&text, 0, &entry)) {
		size_t lf = str_find_char(entry, '\n');
		struct str key = str_head(entry, lf), value = str_from(entry, lf + 1);

		if (str_eq(key, STR("remote.origin.url")))
			s->remote = without_user(g->arena, value);
		if (str_starts(key, STR("filter.")) &&
		    (str_eq(scope, STR("local")) || str_eq(scope, STR("worktree"))))
			git_add_setting(g, key, str_ends(key, STR(".required")) ? "false" : "");
	}
}

/* ---- the difference ---- */

struct difference {
	struct str root;
	struct buf text; /* a record a file, of which the hash is made */
	uint64_t hashed, files;
};

static void hash_content(struct difference *d, const char *path, const struct stat *st)
{
	char hex[SHA256_HEX + 1], link[4096];
	CLEANUP_FREE char *data = NULL;
	struct file_map m;
	struct err err;
	size_t size;
	ssize_t n;

	if (S_ISLNK(st->st_mode) && (n = readlink(path, link, sizeof(link))) > 0) {
		buf_add(&d->text, link, (size_t)n);
	} else if (!S_ISREG(st->st_mode)) {
		BUF_LIT(&d->text, "-");
	} else if (d->files++ >= MAX_FILES || (uint64_t)st->st_size > MAX_HASHED - d->hashed) {
		buf_printf(&d->text, "%jd %jd.%09ld", (intmax_t)st->st_size,
			   (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	} else if ((size_t)st->st_size <= SMALL) {
		if (file_read_small(path, SMALL * 2, &data, &size, &err))
			return;
		sha256_hex((struct str){data, size}, hex);
		buf_add(&d->text, hex, SHA256_HEX);
		d->hashed += size;
	} else if (file_map_path(&m, path, &err) == 0) {
		sha256_hex((struct str){m.data, m.size}, hex);
		buf_add(&d->text, hex, SHA256_HEX);
		d->hashed += m.size;
		file_map_release(&m);
	}
}

static void add_file(struct difference *d, struct str name, struct str submodule)
{
	CLEANUP_BUF struct buf path = {0};
	struct stat st;

	buf_printf(&path, STR_FMT "/" STR_FMT, STR_ARG(d->root), STR_ARG(name));
	buf_add_str(&d->text, name);
	buf_add_char(&d->text, 0);
	if (submodule.n)
		buf_add_str(&d->text, submodule);
	else if (lstat(buf_cstr(&path), &st) < 0)
		BUF_LIT(&d->text, "gone");
	else {
		buf_printf(&d->text, "%o ", (unsigned)st.st_mode & (S_IFMT | S_IXUSR));
		hash_content(d, buf_cstr(&path), &st);
	}
	buf_add_char(&d->text, 0);
}

/* An entry of git status --porcelain=v2 -z: fields parted by blanks, then the path. */
static void read_entry(struct difference *d, struct str entry)
{
	size_t fields = entry.p[0] == '?' ? 1 : entry.p[0] == '1' ? 8 : entry.p[0] == 'u' ? 10 : 0;
	struct str rest = entry, field, submodule = STR("");

	for (size_t i = 0; i < fields; i++) {
		if (!str_next(&rest, ' ', &field))
			return;
		if (i == 2 && field.n && field.p[0] == 'S')
			submodule = entry;
	}
	if (fields)
		add_file(d, rest, submodule);
}

static void read_status(struct git *g, struct str text, struct vcs_state *s)
{
	struct difference d = {.root = s->root};
	struct str entry, oid = STR("# branch.oid "), head = STR("# branch.head ");
	char hex[SHA256_HEX + 1];

	while (str_next(&text, 0, &entry)) {
		if (str_starts(entry, oid)) {
			if (!str_eq(str_from(entry, oid.n), STR("(initial)")))
				s->commit = arena_str(g->arena, str_from(entry, oid.n));
		} else if (str_starts(entry, head)) {
			if (!str_eq(str_from(entry, head.n), STR("(detached)")))
				s->branch = arena_str(g->arena, str_from(entry, head.n));
		} else if (entry.n > 1 && entry.p[0] != '#') {
			s->dirty = true;
			read_entry(&d, entry);
		}
	}
	if (s->dirty) {
		sha256_hex(buf_str(&d.text), hex);
		s->diff_hash = arena_str(g->arena, str_of(hex));
	}
	buf_release(&d.text);
}

/* Of a commit object: "committer NAME <MAIL> SECONDS ZONE". */
static void read_commit(struct str text, struct vcs_state *s)
{
	struct str line, word = STR("committer ");
	size_t at;

	while (str_next(&text, '\n', &line) && line.n) {
		if (!str_starts(line, word))
			continue;
		for (at = line.n; at > 0 && line.p[at - 1] != '>'; at--)
			;
		line = str_trim(str_from(line, at));
		if (!str_i64(str_head(line, str_find_char(line, ' ')), &s->commit_time))
			s->commit_time = 0;
		return;
	}
}

int vcs_state(const char *dir, struct arena *a, struct vcs_state *out, struct err *err)
{
	struct vcs_state s = {0};
	CLEANUP_BUF struct buf b = {0};
	struct git g;
	int rc;

	git_init(&g, dir, a);
	rc = git_run(&g, "rev-parse --show-toplevel", &b, err);
	if (!rc) {
		s.root = arena_str(a, str_trim(buf_str(&b)));
		rc = git_run(&g, "config -z --list --show-scope", &b, err);
	}
	if (!rc) {
		read_config(&g, buf_str(&b), &s);
		rc = git_run(&g,
			     "status --porcelain=v2 --branch -z --untracked-files=all "
			     "--ignore-submodules=dirty --no-renames --no-ahead-behind",
			     &b, err);
	}
	if (!rc) {
		read_status(&g, buf_str(&b), &s);
		if (s.commit.n)
			rc = git_run(&g, "cat-file commit HEAD", &b, err);
	}
	if (!rc) {
		if (s.commit.n)
			read_commit(buf_str(&b), &s);
		*out = s;
	}
	git_release(&g);
	return rc;
}

int vcs_order(const char *dir, struct arena *a, const struct str *commits, size_t n, int64_t *place,
	      struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct map places = {0};
	struct str rest, line;
	struct git g;
	uint32_t count = 0;
	int rc;

	git_init(&g, dir, a);
	rc = git_run(&g, "rev-list --topo-order --reverse --all HEAD", &b, err);
	rest = buf_str(&b);
	while (!rc && str_next(&rest, '\n', &line))
		map_put(&places, hash_str(line), count++, NULL);
	for (size_t i = 0; i < n && !rc; i++) {
		uint32_t at;

		place[i] = map_get(&places, hash_str(commits[i]), &at) ? (int64_t)at : -1;
	}
	map_release(&places);
	git_release(&g);
	return rc;
}

static void add(struct variable **out, size_t *n, size_t *cap, const char *name, struct value v)
{
	array_push(*out, *n, *cap) = (struct variable){
		.name = str_of(name), .value = v, .unit = STR(""), .n = 1, .spread = NAN};
}

void vcs_variables(struct arena *a, const struct vcs_state *s, struct variable **out, size_t *n,
		   size_t *cap)
{
	if (s->commit.n)
		add(out, n, cap, "git.commit", value_text(s->commit));
	if (s->branch.n)
		add(out, n, cap, "git.branch", value_text(s->branch));
	if (s->remote.n)
		add(out, n, cap, "git.remote", value_text(s->remote));
	add(out, n, cap, "git.dirty", value_int(s->dirty));
	if (s->diff_hash.n)
		add(out, n, cap, "git.diff", value_text(s->diff_hash));
	if (s->commit_time)
		add(out, n, cap, "git.commit_time", value_int(s->commit_time));
}
