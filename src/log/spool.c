// SPDX-License-Identifier: GPL-3.0-or-later
/* Spooling: see spool.h. */
#include "log/spool.h"

#include <unistd.h>

#define SPOOL_WAIT ((size_t)1 << 20)

void spool_init(struct spool *s, const char *tmpdir, uint64_t cap, struct progress *progress)
{
	*s = (struct spool){.tmpdir = tmpdir && *tmpdir ? tmpdir : "/tmp",
			    .cap = cap,
			    .limit = cap,
			    .progress = progress,
			    .fd = -1};
}

void spool_release(struct spool *s)
{
	file_close_cleanup(&s->fd);
	buf_release(&s->wait);
	s->fd = -1;
}

static int write_out(struct spool *s, struct str bytes, struct err *err)
{
	int rc;

	if (s->fd < 0) {
		rc = file_temp(s->tmpdir, &s->fd, err);
		if (rc)
			return rc;
	}
	rc = file_write_all(s->fd, bytes.p, bytes.n, err);
	if (rc)
		return err_prepend(
			err, rc,
			"temporary file in %s (set TMPDIR to a place with room): ", s->tmpdir);
	return 0;
}

static int check_cap(struct spool *s, uint64_t n, struct err *err)
{
	bool gib = s->limit >= UINT64_C(1) << 30;

	if (n <= s->cap - s->n)
		return 0;
	return err_set(err, ERR_LIMIT,
		       "over the limit of %.4g %s for unpacked data and streams, at byte %llu",
		       (double)s->limit / (gib ? 1 << 30 : 1 << 20), gib ? "GiB" : "MiB",
		       (unsigned long long)(s->limit - s->cap + s->n));
}

int spool_skip(struct spool *s, uint64_t n, struct err *err)
{
	int rc = check_cap(s, n, err);

	if (!rc)
		s->cap -= n;
	return rc;
}

int spool_add(struct spool *s, struct str bytes, struct err *err)
{
	int rc = check_cap(s, bytes.n, err);

	if (rc)
		return rc;
	progress_step(s->progress, bytes.n);
	if (s->wait.n + bytes.n > SPOOL_WAIT) {
		rc = write_out(s, buf_str(&s->wait), err);
		if (rc)
			return rc;
		buf_clear(&s->wait);
	}
	if (bytes.n >= SPOOL_WAIT / 2 && !s->wait.n) {
		rc = write_out(s, bytes, err);
		if (rc)
			return rc;
	} else {
		buf_add_str(&s->wait, bytes);
	}
	s->n += bytes.n;
	return 0;
}

void spool_cut(struct spool *s, uint64_t n)
{
	uint64_t written = s->n - s->wait.n;

	if (n >= written) {
		s->wait.n = n - written;
	} else {
		buf_clear(&s->wait);
		if (ftruncate(s->fd, (off_t)n) == 0)
			lseek(s->fd, (off_t)n, SEEK_SET);
	}
	s->n = n;
}

int spool_map(struct spool *s, struct file_map *m, struct err *err)
{
	int rc = write_out(s, buf_str(&s->wait), err), fd = s->fd;

	if (rc)
		return rc;
	s->fd = -1;
	spool_release(s);
	s->n = 0;
	return file_map_fd(m, fd, err);
}
