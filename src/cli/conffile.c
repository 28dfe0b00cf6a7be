// SPDX-License-Identifier: GPL-3.0-or-later
/* See conffile.h. */
#include "cli/conffile.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

#define MAX_CONF ((size_t)16 << 20)

int conffile_read(struct conffile *c, const struct workspace *w, struct err *err)
{
	CLEANUP_FREE char *data = NULL;
	size_t n;
	int rc = 0;

	*c = (struct conffile){0};
	if (asprintf(&c->path, "%s/inquest.conf", w->root) < 0)
		abort();
	if (access(c->path, F_OK) != 0)
		return 0;
	rc = file_read_small(c->path, MAX_CONF, &data, &n, err);
	if (!rc)
		buf_add(&c->text, data, n);
	return rc;
}

void conffile_release(struct conffile *c)
{
	free(c->path);
	buf_release(&c->text);
	*c = (struct conffile){0};
}

void conffile_set(struct conffile *c, struct str section, const struct ini_pair *pairs, size_t n)
{
	struct buf changed = {0};

	ini_set(buf_str(&c->text), section, pairs, n, &changed);
	buf_release(&c->text);
	c->text = changed;
}

void conffile_remove(struct conffile *c, struct str section)
{
	struct buf changed = {0};

	ini_remove(buf_str(&c->text), section, &changed);
	buf_release(&c->text);
	c->text = changed;
}

int conffile_write(const struct conffile *c, struct err *err)
{
	struct file_replace out;
	int rc = file_replace_open(&out, c->path, err);

	if (rc)
		return rc;
	fwrite(c->text.p, 1, c->text.n, out.f);
	return file_replace_commit(&out, err);
}
