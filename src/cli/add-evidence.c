// SPDX-License-Identifier: GPL-3.0-or-later
/* Evidence of `inquest add`: the bytes of every file, without secrets, and what templates its logs
 * have. */
#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/add.h"
#include "log/sniff.h"
#include "mine/mine.h"
#include "store/evidence.h"
#include "text/secret.h"

#define MAX_TEMPLATES ((size_t)4 << 20) /* bytes of known templates */

/* Secrets in what is no text are overwritten, so that its length and its form stay. */
static int keep_binary(struct evidence_batch *b, struct str data, char *hash, struct err *err)
{
	CLEANUP_FREE char *copy = mem_alloc(data.n + 1);

	memcpy(copy, data.p, data.n);
	secret_blank(copy, data.n);
	return evidence_add(b, (struct str){copy, data.n}, false, hash, err);
}

static bool is_text(const struct add_file *f, struct str data)
{
	struct sniff s;

	if (!f->parts)
		return f->text;
	sniff(str_head(data, SNIFF_HEAD), &s);
	return s.kind != SNIFF_BINARY;
}

/* hash is not kept if the file is not. Text has lost its secrets when it was opened. */
static int keep(struct add *a, struct evidence_batch *b, struct add_file *f, struct str data,
		struct str *kept, struct err *err)
{
	char hash[EVIDENCE_HASH + 1];
	int rc;

	if (data.n > ADD_MAX_EVIDENCE) {
		add_note(f, "larger than 1 GB: not kept as evidence");
		return 0;
	}
	rc = is_text(f, data) ? evidence_add(b, data, false, hash, err)
			      : keep_binary(b, data, hash, err);
	if (!rc)
		*kept = arena_str(&a->arena, str_of(hash));
	return rc;
}

/* What is of none of several runs, such as that of a deleted one, nothing would cite. */
static bool is_cited(const struct add_file *f, size_t part)
{
	return f->im.nruns < 2 || !f->im.file_runs || f->im.file_runs[part] != IMPORT_NO_RUN;
}

static int keep_parts(struct add *a, struct evidence_batch *b, struct add_file *f, struct err *err)
{
	uint64_t left = 0;
	int rc = 0;

	for (size_t k = 0; !rc && k < f->nparts; k++)
		if (is_cited(f, k))
			rc = keep(a, b, f, f->parts[k].data, &f->hashes[k], err);
		else
			left++;
	if (left)
		add_note(f, "of no run, and not kept as evidence: %llu files",
			 (unsigned long long)left);
	return rc;
}

int add_evidence(struct add *a, struct err *err)
{
	struct evidence_batch *b = evidence_begin(a->workspace.evidence);
	int rc = 0;

	for (size_t i = 0; !rc && i < a->nfiles; i++) {
		struct add_file *f = &a->files[i];

		f->nhashes = f->parts ? f->nparts : 1;
		f->hashes = arena_zalloc(&a->arena, f->nhashes * sizeof(*f->hashes));
		rc = f->parts ? keep_parts(a, b, f, err)
			      : keep(a, b, f, f->data, &f->hashes[0], err);
	}
	if (!rc)
		return evidence_end(b, err);
	evidence_abort(b);
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
