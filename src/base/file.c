// SPDX-License-Identifier: GPL-3.0-or-later
/* Files: see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

void file_close_cleanup(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

int file_map_fd(struct file_map *m, int fd, struct err *err)
{
	struct stat st;
	void *p = NULL;

	if (fstat(fd, &st) < 0) {
		int rc = err_errno(err, "fstat");

		close(fd);
		return rc;
	}
	if (st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED) {
			int rc = err_errno(err, "mmap");

			close(fd);
			return rc;
		}
		madvise(p, (size_t)st.st_size, MADV_SEQUENTIAL);
	}
	*m = (struct file_map){.data = p ? p : "", .size = (size_t)st.st_size, .fd = fd};
	return 0;
}

int file_map_path(struct file_map *m, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_errno(err, "cannot open");
	return file_map_fd(m, fd, err);
}

bool file_map_shrank(const struct file_map *m)
{
	struct stat st;

	return m->fd >= 0 && fstat(m->fd, &st) == 0 && (size_t)st.st_size < m->size + m->skipped;
}

void file_map_skip(struct file_map *m, size_t n)
{
	m->data += n;
	m->size -= n;
	m->skipped += n;
}

void file_map_release(struct file_map *m)
{
	if (m->data && m->fd >= 0) {
		if (m->size + m->skipped)
			munmap((void *)(uintptr_t)(m->data - m->skipped), m->size + m->skipped);
		close(m->fd);
	}
	*m = (struct file_map){.fd = -1};
}

int file_temp(const char *dir, int *out, struct err *err)
{
	CLEANUP_FREE char *path = NULL;
	int fd;

	if (!dir || !*dir)
		dir = "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0) { /* a file system without O_TMPFILE */
		if (asprintf(&path, "%s/inquest-XXXXXX", dir) < 0)
			abort();
		fd = mkostemp(path, O_CLOEXEC);
		if (fd < 0)
			return err_errno(err, "cannot make a temporary file in %s (set TMPDIR)",
					 dir);
		unlink(path);
	}
	*out = fd;
	return 0;
}

int file_write_all(int fd, const void *data, size_t n, struct err *err)
{
	const char *p = data;

	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_errno(err, "write");
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

int file_read_small(const char *path, size_t max, char **data, size_t *n, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *p = NULL;
	size_t len = 0, cap = 0;

	if (fd < 0)
		return err_errno(err, "%s: cannot open", path);
	for (;;) {
		ssize_t k;

		if (len + 1 >= cap) {
			cap = cap ? cap * 2 : 4096;
			p = mem_realloc(p, cap, 1);
		}
		k = read(fd, p + len, cap - len - 1);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			free(p);
			return err_errno(err, "%s: read", path);
		}
		if (k == 0)
			break;
		len += (size_t)k;
		if (len > max) {
			free(p);
			return err_set(err, ERR_LIMIT, "%s: larger than %zu bytes", path, max);
		}
	}
	p[len] = 0;
	*data = p;
	*n = len;
	return 0;
}

/*
 * An unnamed file in the folder of path; where there are none, or without /proc to name them by,
 * one with a name in *tmp.
 */
static int open_beside(const char *path, char **tmp)
{
	CLEANUP_FREE char *dir = mem_strdup(path);
	char *slash = strrchr(dir, '/');
	mode_t mask;
	int fd = -1;

	if (slash)
		slash[1] = 0;
	if (access("/proc/self/fd", X_OK) == 0)
		fd = open(slash ? dir : ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
	if (fd >= 0)
		return fd;
	if (asprintf(tmp, "%s.tmp-XXXXXX", path) < 0)
		abort();
	fd = mkostemp(*tmp, O_CLOEXEC);
	mask = umask(0);
	umask(mask);
	if (fd >= 0)
		fchmod(fd, 0666 & ~mask);
	return fd;
}

/* Give the unnamed file a name beside its place. */
static int name_beside(struct file_replace *r)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fileno(r->f));
	for (unsigned i = 0; i < 100; i++) {
		if (asprintf(&r->tmp, "%s.tmp-%d-%u", r->path, getpid(), i) < 0)
			abort();
		if (linkat(AT_FDCWD, link, AT_FDCWD, r->tmp, AT_SYMLINK_FOLLOW) == 0)
			return 0;
		free(r->tmp);
		r->tmp = NULL;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

int file_replace_open(struct file_replace *r, const char *path, struct err *err)
{
	CLEANUP_FREE char *real = realpath(path, NULL), *tmp = NULL;
	struct stat st;
	bool as_is;
	int fd;

	if (strcmp(path, "-") == 0) {
		*r = (struct file_replace){.f = stdout};
		return 0;
	}
	as_is = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	fd = as_is ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
		   : open_beside(real ? real : path, &tmp);
	if (fd < 0)
		return err_errno(err, "%s: cannot create", path);
	*r = (struct file_replace){.f = fdopen(fd, "w"), .tmp = tmp};
	if (!r->f)
		abort();
	if (!as_is)
		r->path = mem_strdup(real ? real : path);
	tmp = NULL;
	return 0;
}

static int give_name(struct file_replace *r, bool bad, struct err *err)
{
	int rc = 0;

	if (r->path)
		bad = bad || (!r->tmp && name_beside(r) != 0) || rename(r->tmp, r->path) != 0;
	if (bad)
		rc = err_errno(err, "%s: cannot write", r->path ? r->path : "output");
	if (!bad && r->tmp) /* that name is gone */
		*r->tmp = 0;
	file_replace_abort(r);
	return rc;
}

int file_replace_commit(struct file_replace *r, struct err *err)
{
	bool bad = fflush(r->f) != 0 || ferror(r->f) || (r->path && fsync(fileno(r->f)) != 0);

	return give_name(r, bad, err);
}

int file_replace_name(struct file_replace *r, struct err *err)
{
	return give_name(r, ferror(r->f) != 0, err);
}

void file_replace_abort(struct file_replace *r)
{
	if (r->f && r->f != stdout)
		fclose(r->f);
	if (r->tmp && *r->tmp)
		unlink(r->tmp);
	free(r->path);
	free(r->tmp);
	*r = (struct file_replace){0};
}
