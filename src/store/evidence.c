// SPDX-License-Identifier: GPL-3.0-or-later
/* Evidence: see evidence.h. The file is made by base/file.h: unnamed until it is whole and synced.
 */
#include "store/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "text/secret.h"

static int sync_folder(const char *dir, struct err *err)
{
	CLEANUP_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		return err_errno(err, "%s: cannot sync", dir);
	return 0;
}

/* dir exists afterwards; its parent must. */
static int make_folder(const char *dir, const char *parent, struct err *err)
{
	if (mkdir(dir, 0777) == 0)
		return sync_folder(parent, err);
	return errno == EEXIST ? 0 : err_errno(err, "%s: cannot make the folder", dir);
}

static int write_file(const char *path, const char *dir, struct str bytes, struct err *err)
{
	struct file_replace f;
	int rc = file_replace_open(&f, path, err);

	if (rc)
		return rc;
	if (bytes.n && fwrite(bytes.p, 1, bytes.n, f.f) != bytes.n) {
		rc = err_errno(err, "%s: cannot write", path);
		file_replace_abort(&f);
		return rc;
	}
	fchmod(fileno(f.f), 0444); /* it is never changed */
	rc = file_replace_commit(&f, err);
	return rc ? rc : sync_folder(dir, err);
}

int evidence_put(const char *dir, struct str bytes, bool redact, char hash[EVIDENCE_HASH + 1],
		 struct err *err)
{
	CLEANUP_BUF struct buf redacted = {0};
	CLEANUP_FREE char *path = NULL, *sub = NULL, *parent = NULL;
	char name[EVIDENCE_HASH + 1];
	struct stat st;
	int rc;

	if (redact && secret_redact(&redacted, bytes))
		bytes = buf_str(&redacted);
	sha256_hex(bytes, name);
	if (asprintf(&parent, "%s/..", dir) < 0 || asprintf(&sub, "%s/%.2s", dir, name) < 0 ||
	    asprintf(&path, "%s/%s", sub, name) < 0)
		abort();
	rc = make_folder(dir, parent, err);
	if (!rc)
		rc = make_folder(sub, dir, err);
	if (!rc && (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size != bytes.n))
		rc = write_file(path, sub, bytes, err);
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
