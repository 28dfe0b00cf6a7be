// SPDX-License-Identifier: GPL-3.0-or-later
/* Files that may be compressed: see unpacked.h. */
#include "cli/unpacked.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/sniff.h"
#include "log/unpack.h"

void unpacked_init(struct unpacked *u)
{
	*u = (struct unpacked){.map = {.fd = -1}};
	loginputs_init(&u->inputs);
}

void unpacked_release(struct unpacked *u)
{
	free(u->head);
	loginputs_release(&u->inputs);
	file_map_release(&u->map);
}

/* Map it; *packed: whether it is compressed, or an archive. */
static int map_file(struct unpacked *u, const char *path, bool *packed, struct err *err)
{
	int rc = file_map_path(&u->map, path, err);
	struct sniff what;
	size_t dot;

	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	u->name = str_of(path);
	u->data = (struct str){u->map.data, u->map.size};
	sniff(str_head(u->data, SNIFF_HEAD), &what);
	*packed = what.kind == SNIFF_GZIP || what.kind == SNIFF_PACKED;
	if (*packed) {
		for (dot = u->name.n; dot > 0 && path[dot - 1] != '.' && path[dot - 1] != '/';)
			dot--;
		if (dot > 1 && path[dot - 1] == '.')
			u->name.n = dot - 1;
	}
	return 0;
}

int unpacked_open(struct unpacked *u, const char *path, const struct loginput_opts *o,
		  struct err *err)
{
	bool packed;
	int rc = map_file(u, path, &packed, err);

	if (rc || !packed)
		return rc;
	rc = loginputs_add(&u->inputs, path, o, err);
	if (!rc && u->inputs.n != 1)
		rc = err_set(err, ERR_INPUT, "%s: an archive of %zu files", path, u->inputs.n);
	if (!rc)
		u->data = (struct str){u->inputs.in[0].map.data, u->inputs.in[0].map.size};
	return rc;
}

/* The content of compressed data, up to max + 1 bytes; valid as long as the archive is. */
static int peek(struct unpack *archive, size_t max, struct str *head, struct err *err)
{
	struct unpack_member m;
	int rc = unpack_next(archive, &m, err);

	*head = STR("");
	if (rc <= 0)
		return rc;
	return m.archive ? err_set(err, ERR_INPUT, "an archive")
			 : source_peek(m.content, max + 1, head, err);
}

static int unpack_head(struct unpacked *u, size_t max, bool *all, struct err *err)
{
	struct unpack *archive;
	struct source src;
	struct str head;
	int rc;

	source_init_memory(&src, u->data);
	rc = unpack_new(&archive, &src, err);
	if (!rc) {
		rc = peek(archive, max, &head, err);
		if (!rc) {
			*all = head.n <= max;
			u->head = mem_alloc(head.n + 1);
			memcpy(u->head, head.p, head.n);
			u->data = str_head((struct str){u->head, head.n}, max);
		}
		unpack_free(archive);
	}
	source_release(&src);
	return rc;
}

int unpacked_head(struct unpacked *u, const char *path, size_t max, bool *all, struct err *err)
{
	bool packed = false;
	int rc = map_file(u, path, &packed, err);

	if (rc)
		return rc;
	if (packed)
		return unpack_head(u, max, all, err);
	*all = u->data.n <= max;
	u->data = str_head(u->data, max);
	return 0;
}
