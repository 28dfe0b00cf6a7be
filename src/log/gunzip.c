// SPDX-License-Identifier: GPL-3.0-or-later
/* gzip: see gunzip.h. */
#include "log/gunzip.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define GUNZIP_ROOM ((size_t)256 << 10)
#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, a gzip header */

static unsigned long long position(const struct gunzip *g)
{
	return g->fed - g->z.avail_in;
}

/* More packed bytes for zlib; avail_in stays 0 at their end. */
static int feed(struct gunzip *g, struct err *err)
{
	struct str chunk;
	int rc;

	if (g->z.avail_in)
		return 0;
	rc = source_next(g->from, &chunk, err);
	if (rc)
		return rc;
	g->z.next_in = (const Bytef *)chunk.p;
	g->z.avail_in = (uInt)chunk.n;
	g->fed += chunk.n;
	return 0;
}

/* After a member: another one, or padding that does not matter, to the end. */
static int next_member(struct gunzip *g, bool *more, struct err *err)
{
	int rc = feed(g, err);

	if (rc)
		return rc;
	*more = g->z.avail_in && *g->z.next_in == 0x1f;
	if (*more && inflateReset(&g->z) != Z_OK)
		abort();
	if (!*more && g->z.avail_in && *g->z.next_in)
		snprintf(g->base.note, sizeof(g->base.note),
			 "what follows byte %llu is no gzip data", position(g));
	return 0;
}

static int pull_gunzip(struct source *s, struct str *chunk, struct err *err)
{
	struct gunzip *g = (struct gunzip *)s;
	bool more = !g->done;
	int rc, z;

	g->z.next_out = (Bytef *)g->room;
	g->z.avail_out = GUNZIP_ROOM;
	while (more && g->z.avail_out) {
		rc = feed(g, err);
		if (rc)
			return rc;
		if (!g->z.avail_in) {
			snprintf(s->note, sizeof(s->note),
				 "truncated at byte %llu of the packed data", position(g));
			more = false;
			break;
		}
		z = inflate(&g->z, Z_NO_FLUSH);
		if (z == Z_STREAM_END) {
			rc = next_member(g, &more, err);
			if (rc)
				return rc;
		} else if (z != Z_OK) {
			return err_set(err, ERR_INPUT,
				       "damaged at byte %llu of the packed data: %s", position(g),
				       g->z.msg ? g->z.msg : "no gzip data");
		}
	}
	*chunk = (struct str){g->room, GUNZIP_ROOM - g->z.avail_out};
	g->done = !more;
	return 0;
}

void gunzip_init(struct gunzip *g, struct source *from)
{
	*g = (struct gunzip){.base = {.pull = pull_gunzip}, .from = from};
	g->room = mem_alloc(GUNZIP_ROOM);
	if (inflateInit2(&g->z, GZIP_WINDOW) != Z_OK)
		abort();
}

void gunzip_release(struct gunzip *g)
{
	inflateEnd(&g->z);
	free(g->room);
	source_release(&g->base);
}
