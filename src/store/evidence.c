// SPDX-License-Identifier: GPL-3.0-or-later
/* Evidence: see evidence.h. Files are made by base/file.h: unnamed until they are whole and synced.
 */
#include "store/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "text/secret.h"

#define STEP 512 /* files that are put on disk together: each is open until then */
#define FEW  4   /* so many are synced one by one: the whole file system may have more to write */

struct evidence_batch {
	char *dir;
	struct intern seen; /* hashes that were added */
	struct file_replace file[STEP];
	size_t n;
	bool parent, top, sub[256]; /* folders with names that may not be on disk */
};

static int sync_at(const char *path, int (*sync)(int fd), struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && sync(fd) == 0 ? 0 : err_errno(err, "%s: cannot sync", path);
}

static int sync_below(const char *dir, const char *name, struct err *err)
{
	CLEANUP_FREE char *path = NULL;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	return sync_at(path, fsync, err);
}

static int make_folder(const char *dir, bool *made, struct err *err)
{
	if (mkdir(dir, 0777) == 0)
		*made = true;
	else if (errno != EEXIST)
		return err_errno(err, "%s: cannot make the folder", dir);
	return 0;
}

static int write_file(struct file_replace *f, const char *path, struct str bytes, struct err *err)
{
	int rc = file_replace_open(f, path, err);

	if (rc)
		return rc;
	if ((bytes.n && fwrite(bytes.p, 1, bytes.n, f->f) != bytes.n) || fflush(f->f) != 0) {
		rc = err_errno(err, "%s: cannot write", path);
		file_replace_abort(f);
		return rc;
	}
	fchmod(fileno(f->f), 0444); /* it is never changed */
	return 0;
}

/* Those that are written: on disk first, then by name. */
static int name_files(struct evidence_batch *b, struct err *err)
{
	int rc = b->n > FEW ? sync_at(b->dir, syncfs, err) : 0;

	for (size_t i = 0; !rc && i < b->n && b->n <= FEW; i++)
		if (fsync(fileno(b->file[i].f)) != 0)
			rc = err_errno(err, "%s: cannot write", b->file[i].path);
	for (size_t i = 0; i < b->n; i++)
		if (rc)
			file_replace_abort(&b->file[i]);
		else
			rc = file_replace_name(&b->file[i], err);
	b->n = 0;
	return rc;
}

static int sync_folders(struct evidence_batch *b, struct err *err)
{
	size_t n = 0;
	char name[3];
	int rc = 0;

	for (size_t i = 0; i < ARRAY_SIZE(b->sub); i++)
		n += b->sub[i];
	if (n > FEW)
		return sync_at(b->dir, syncfs, err);
	for (unsigned i = 0; !rc && i < ARRAY_SIZE(b->sub); i++) {
		snprintf(name, sizeof(name), "%02x", i & 0xff);
		rc = b->sub[i] ? sync_below(b->dir, name, err) : 0;
	}
	if (!rc && b->top)
		rc = sync_at(b->dir, fsync, err);
	if (!rc && b->parent)
		rc = sync_below(b->dir, "..", err);
	return rc;
}

struct evidence_batch *evidence_begin(const char *dir)
{
	struct evidence_batch *b = mem_zalloc(sizeof(*b));

	b->dir = mem_strdup(dir);
	intern_init(&b->seen);
	return b;
}

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Bytes of that name, if they are not there. */
static int keep(struct evidence_batch *b, const char *name, struct str bytes, struct err *err)
{
	CLEANUP_FREE char *path = NULL, *sub = NULL;
	unsigned folder = nibble(name[0]) * 16 + nibble(name[1]);
	struct stat st;
	int rc = 0;

	if (asprintf(&sub, "%s/%.2s", b->dir, name) < 0 || asprintf(&path, "%s/%s", sub, name) < 0)
		abort();
	if (!b->sub[folder])
		rc = make_folder(b->dir, &b->parent, err);
	if (!rc && !b->sub[folder])
		rc = make_folder(sub, &b->top, err);
	/* What is there may be another program's of just now. */
	b->sub[folder] = true;
	if (rc || (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == bytes.n))
		return rc;
	rc = write_file(&b->file[b->n], path, bytes, err);
	b->n += !rc;
	return !rc && b->n == STEP ? name_files(b, err) : rc;
}

int evidence_add(struct evidence_batch *b, struct str bytes, bool redact,
		 char hash[EVIDENCE_HASH + 1], struct err *err)
{
	CLEANUP_BUF struct buf redacted = {0};
	char name[EVIDENCE_HASH + 1];
	uint32_t id;
	int rc = 0;

	if (redact && secret_redact(&redacted, bytes))
		bytes = buf_str(&redacted);
	sha256_hex(bytes, name);
	if (!intern_find(&b->seen, str_of(name), &id)) {
		rc = keep(b, name, bytes, err);
		intern_add(&b->seen, str_of(name));
	}
	if (!rc)
		memcpy(hash, name, sizeof(name));
	return rc;
}

void evidence_abort(struct evidence_batch *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++)
		file_replace_abort(&b->file[i]);
	intern_release(&b->seen);
	free(b->dir);
	free(b);
}

int evidence_end(struct evidence_batch *b, struct err *err)
{
	int rc = name_files(b, err);

	if (!rc)
		rc = sync_folders(b, err);
	evidence_abort(b);
	return rc;
}

int evidence_put(const char *dir, struct str bytes, bool redact, char hash[EVIDENCE_HASH + 1],
		 struct err *err)
{
	struct evidence_batch *b = evidence_begin(dir);
	char name[EVIDENCE_HASH + 1];
	int rc = evidence_add(b, bytes, redact, name, err);

	if (rc) {
		evidence_abort(b);
		return rc;
	}
	rc = evidence_end(b, err);
	if (!rc)
		memcpy(hash, name, sizeof(name));
	return rc;
}

int evidence_path(const char *dir, struct str hash, char **path, struct err *err)
{
	for (size_t i = 0; i < hash.n; i++)
		if (!strchr("0123456789abcdef", hash.p[i]) || !hash.p[i])
			hash.n = 0;
	if (hash.n != EVIDENCE_HASH)
		return err_set(err, ERR_USAGE,
			       "'" STR_FMT "' names no evidence: %d hexadecimal "
			       "digits do",
			       STR_ARG(str_head(hash, 80)), EVIDENCE_HASH);
	if (asprintf(path, "%s/%.2s/" STR_FMT, dir, hash.p, STR_ARG(hash)) < 0)
		abort();
	return 0;
}

int evidence_check(const char *dir, struct str hash, struct err *err)
{
	CLEANUP_FREE char *path = NULL;
	char found[EVIDENCE_HASH + 1];
	struct file_map map;
	int rc = evidence_path(dir, hash, &path, err);

	if (!rc)
		rc = file_map_path(&map, path, err);
	if (rc)
		return path ? err_prepend(err, rc, "%s: ", path) : rc;
	sha256_hex((struct str){map.data, map.size}, found);
	file_map_release(&map);
	return str_eq(hash, str_of(found))
		       ? 0
		       : err_set(err, ERR_INPUT, "%s: was changed since it was kept", path);
}
