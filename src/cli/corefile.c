// SPDX-License-Identifier: GPL-3.0-or-later
/* Cores as files: see corefile.h. */
#include "cli/corefile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/add.h"
#include "cli/unpacked.h"
#include "log/sniff.h"
#include "log/unpack.h"

#define HEAD     64 /* of an ELF file */
#define BLOCK    ((size_t)4096)
#define MOST_GIB 64

/* A regular file, its first bytes, and whether it is compressed. */
static int look(const char *path, int *fd, struct str *head, char bytes[HEAD], bool *packed)
{
	struct sniff what;
	struct stat st;
	ssize_t n;

	*head = STR("");
	*packed = false;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (*fd < 0 || fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode))
		return *fd;
	n = pread(*fd, bytes, HEAD, 0);
	if (n > 0)
		*head = (struct str){bytes, (size_t)n};
	sniff(*head, &what);
	*packed = what.kind == SNIFF_GZIP || what.kind == SNIFF_PACKED;
	return *fd;
}

bool corefile_is(const char *path)
{
	char bytes[HEAD];
	struct str head;
	CLEANUP_FD int fd = -1;
	bool packed, all, is;
	struct unpacked u;

	if (look(path, &fd, &head, bytes, &packed) < 0)
		return false;
	if (!packed)
		return add_is_core(head);
	unpacked_init(&u);
	is = unpacked_head(&u, path, HEAD, &all, NULL) == 0 && add_is_core(u.data);
	unpacked_release(&u);
	return is;
}

static bool is_zero(struct str s)
{
	return !s.n || (!s.p[0] && memcmp(s.p, s.p + 1, s.n - 1) == 0);
}

/* At offset at; blocks of zeros are left out, and what is not written reads as zeros. */
static int write_sparse(int fd, uint64_t at, struct str s, struct err *err)
{
	while (s.n) {
		size_t n = 0;

		while (n < s.n && is_zero(str_head(str_from(s, n), BLOCK)))
			n += str_head(str_from(s, n), BLOCK).n;
		s = str_from(s, n);
		at += n;
		for (n = 0; n < s.n && !is_zero(str_head(str_from(s, n), BLOCK));)
			n += str_head(str_from(s, n), BLOCK).n;
		if (n && lseek(fd, (off_t)at, SEEK_SET) < 0)
			return err_errno(err, "lseek");
		if (n && file_write_all(fd, s.p, n, err))
			return -ERR_SYSTEM;
		s = str_from(s, n);
		at += n;
	}
	return 0;
}

static int spread(struct source *from, const char *dir, int *fd, struct err *err)
{
	uint64_t at = 0;
	int rc = file_temp(dir, fd, err);

	while (!rc) {
		struct str piece;

		rc = source_next(from, &piece, err);
		if (rc)
			return rc;
		if (!piece.n)
			break;
		if (at + piece.n > (uint64_t)MOST_GIB << 30)
			return err_set(err, ERR_LIMIT,
				       "unpacked it is larger than %d GiB: unpack it yourself "
				       "(zstd -d, xz -d, lz4 -d)",
				       MOST_GIB);
		rc = write_sparse(*fd, at, piece, err);
		at += piece.n;
	}
	if (!rc && ftruncate(*fd, (off_t)at) < 0)
		rc = err_errno(err, "ftruncate");
	return !rc ? 0
		   : err_prepend(err, rc,
				 "temporary file in %s (set TMPDIR to a place with room): ", dir);
}

static int unpack(struct file_map *map, const char *dir, int *fd, struct err *err)
{
	struct unpack_member m;
	struct unpack *u;
	struct source src;
	int rc;

	source_init_memory(&src, (struct str){map->data, map->size});
	rc = unpack_new(&u, &src, err);
	if (!rc) {
		rc = unpack_next(u, &m, err);
		if (rc == 0 || (rc == 1 && m.archive))
			rc = err_set(err, ERR_INPUT, "no core file (an archive, or empty)");
		else if (rc == 1)
			rc = spread(m.content, dir, fd, err);
		unpack_free(u);
	}
	source_release(&src);
	return rc;
}

int corefile_open(const char *path, const char *tmpdir, int *out, struct err *err)
{
	char bytes[HEAD];
	CLEANUP_FD int temp = -1;
	struct file_map map;
	struct str head;
	bool packed;
	int fd, rc;

	if (look(path, &fd, &head, bytes, &packed) < 0)
		return err_errno(err, "%s", path);
	if (!packed) {
		*out = fd;
		return 0;
	}
	rc = file_map_fd(&map, fd, err);
	if (!rc) {
		rc = unpack(&map, tmpdir && *tmpdir ? tmpdir : "/tmp", &temp, err);
		file_map_release(&map);
	}
	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	*out = temp;
	temp = -1;
	return 0;
}
