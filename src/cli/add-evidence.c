// SPDX-License-Identifier: GPL-3.0-or-later
/* Evidence of `inquest add`: the bytes of every file, without secrets, and what templates its logs
 * have. */
#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/add.h"
#include "mine/mine.h"
#include "store/evidence.h"
#include "text/secret.h"

#define MAX_TEMPLATES ((size_t)4 << 20) /* bytes of known templates */

/* Secrets in what is no text are overwritten, so that its length and its form stay. */
static int keep_binary(struct add *a, struct str data, char *hash, struct err *err)
{
	CLEANUP_FREE char *copy = mem_alloc(data.n + 1);

	memcpy(copy, data.p, data.n);
	secret_blank(copy, data.n);
	return evidence_put(a->workspace.evidence, (struct str){copy, data.n}, false, hash, err);
}

static int keep(struct add *a, struct add_file *f, struct str data, struct err *err)
{
	char hash[EVIDENCE_HASH + 1];
	int rc;

	if (data.n > ADD_MAX_EVIDENCE) {
		add_note(f, "larger than 1 GB: not kept as evidence");
		return 0;
	}
	rc = f->text || f->parts ? evidence_put(a->workspace.evidence, data, false, hash, err)
				 : keep_binary(a, data, hash, err);
	if (!rc)
		f->hashes[f->nhashes++] = arena_str(&a->arena, str_of(hash));
	return rc;
}

int add_evidence(struct add *a, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < a->nfiles; i++) {
		struct add_file *f = &a->files[i];

		f->hashes = arena_alloc(&a->arena, (f->nparts + 1) * sizeof(*f->hashes));
		if (!f->parts)
			rc = keep(a, f, f->data, err);
		for (size_t k = 0; !rc && k < f->nparts; k++)
			rc = keep(a, f, f->parts[k].data, err);
	}
	return rc;
}

/* ---- templates of earlier logs: with them a statement has one id in all runs ---- */

static char *templates_path(const struct add *a)
{
	char *path;

	if (asprintf(&path, "%s/templates.tsv", a->workspace.dir) < 0)
		abort();
	return path;
}

int add_read_templates(struct add *a, struct templates_known **known, struct err *err)
{
	CLEANUP_FREE char *path = templates_path(a), *data = NULL;
	size_t n;
	int rc;

	*known = NULL;
	if (file_read_small(path, MAX_TEMPLATES, &data, &n, err))
		return 0; /* none yet, or not to be read: ids are then of these logs alone */
	*known = templates_known_new();
	rc = templates_known_add(*known, (struct str){data, n}, err);
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

static bool has_line(struct str text, struct str line)
{
	for (size_t at = str_find(text, line); at < text.n;) {
		if ((at == 0 || text.p[at - 1] == '\n') &&
		    (at + line.n == text.n || text.p[at + line.n] == '\n'))
			return true;
		text = str_from(text, at + 1);
		at = str_find(text, line);
	}
	return false;
}

int add_keep_templates(struct add *a, struct err *err)
{
	CLEANUP_FREE char *path = templates_path(a), *data = NULL;
	struct str rest = buf_str(&a->templates), line, old;
	CLEANUP_BUF struct buf fresh = {0};
	struct file_replace out;
	size_t n = 0;
	int rc;

	if (!rest.n)
		return 0;
	if (file_read_small(path, MAX_TEMPLATES, &data, &n, err))
		n = 0;
	old = (struct str){data ? data : "", n};
	while (str_next(&rest, '\n', &line))
		if (line.n && old.n + fresh.n + line.n + 1 < MAX_TEMPLATES &&
		    !has_line(old, line)) {
			buf_add_str(&fresh, line);
			buf_add_char(&fresh, '\n');
		}
	if (!fresh.n)
		return 0;
	rc = file_replace_open(&out, path, err);
	if (rc)
		return rc;
	fwrite(old.p, 1, old.n, out.f);
	fwrite(fresh.p, 1, fresh.n, out.f);
	return file_replace_commit(&out, err);
}
