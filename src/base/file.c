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

int file_replace_open(struct file_replace *r, const char *path, struct err *err)
{
	CLEANUP_FREE char *tmp = NULL;
	mode_t mask;
	int fd;

	if (strcmp(path, "-") == 0) {
		*r = (struct file_replace){.f = stdout};
		return 0;
	}
	if (asprintf(&tmp, "%s.tmp-XXXXXX", path) < 0)
		abort();
	fd = mkostemp(tmp, O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, "%s: cannot create", path);
	mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	*r = (struct file_replace){.f = fdopen(fd, "w"), .path = mem_strdup(path), .tmp = tmp};
	tmp = NULL;
	if (!r->f)
		abort();
	return 0;
}

int file_replace_commit(struct file_replace *r, struct err *err)
{
	bool bad = fflush(r->f) != 0 || ferror(r->f);
	int rc = 0;

	if (!r->tmp) {
		rc = bad ? err_errno(err, "stdout") : 0;
		*r = (struct file_replace){0};
		return rc;
	}
	bad = bad || fsync(fileno(r->f)) != 0;
	if (bad || rename(r->tmp, r->path) != 0) {
		rc = err_errno(err, "%s: cannot write", r->path);
		file_replace_abort(r);
		return rc;
	}
	fclose(r->f);
	free(r->path);
	free(r->tmp);
	*r = (struct file_replace){0};
	return 0;
}

void file_replace_abort(struct file_replace *r)
{
	if (r->tmp) {
		fclose(r->f);
		unlink(r->tmp);
	}
	free(r->path);
	free(r->tmp);
	*r = (struct file_replace){0};
}
