// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * libarchive between two sources: see unpack.h. Truncated data ends early, with a note; what is
 * damaged otherwise is an error that names the offset in the packed data.
 */
#include "log/unpack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "log/libarchive.h"

struct unpack {
	struct source content; /* first: pull_member() casts */
	struct libarchive l;
	struct archive *a;
	struct source *from;
	uint64_t at; /* next byte of from->memory */
	int from_rc; /* the source failed: this is what counts, not libarchive's view of it */
	struct err from_err;
	bool any, ended; /* members were seen; there are no more */
	char note[256];
};

static la_ssize_t on_read(struct archive *a, void *arg, const void **p)
{
	struct unpack *u = arg;
	struct str chunk;

	if (u->from->memory.p) {
		chunk = str_head(str_from(u->from->memory, u->at), SOURCE_CHUNK);
		u->at += chunk.n;
	} else {
		u->from_rc = source_next(u->from, &chunk, &u->from_err);
		if (u->from_rc) {
			u->l.archive_set_error(a, EIO, "source");
			return ARCHIVE_FATAL;
		}
	}
	*p = chunk.p;
	return (la_ssize_t)chunk.n;
}

static la_int64_t on_skip(struct archive *a, void *arg, la_int64_t want)
{
	struct unpack *u = arg;
	uint64_t left = u->from->memory.n - u->at;
	uint64_t n = want < 0 ? 0 : (uint64_t)want < left ? (uint64_t)want : left;

	u->at += n;
	return (la_int64_t)n;
}

static la_int64_t on_seek(struct archive *a, void *arg, la_int64_t offset, int whence)
{
	struct unpack *u = arg;
	la_int64_t size = (la_int64_t)u->from->memory.n;
	la_int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)u->at : size;
	la_int64_t to;

	if (__builtin_add_overflow(base, offset, &to) || to < 0 || to > size)
		return ARCHIVE_FATAL;
	u->at = (uint64_t)to;
	return to;
}

/* Bytes of packed data used so far. */
static uint64_t position(const struct unpack *u)
{
	la_int64_t n = u->l.archive_filter_bytes(u->a, -1);

	if (n >= 0)
		return (uint64_t)n;
	return u->from->memory.p ? u->at : u->from->given;
}

/*
 * Did the packed data end too early? libarchive says so, or it used all of it up and fails with a
 * message that can mean this, or with none, because it did not get the bytes it asked for.
 */
static bool too_early(const struct unpack *u, const char *why)
{
	bool all = u->from->memory.p ? position(u) >= u->from->memory.n : u->from->ended;

	if (!why || str_contains_nocase(str_of(why), STR("truncated")))
		return all || why;
	return all && (str_contains_nocase(str_of(why), STR("no progress is possible")) || /* xz */
		       str_ends(str_of(why), STR("decompression failed (-5)")));           /* zip */
}

/* What to make of libarchive's last error: 0 for an end that came early, noted. */
static int damaged(struct unpack *u, struct err *err)
{
	const char *why = u->l.archive_error_string(u->a);
	unsigned long long at = position(u);

	if (u->from_rc) {
		if (err)
			*err = u->from_err;
		return u->from_rc;
	}
	if (u->from->note[0]) {
		memcpy(u->note, u->from->note, sizeof(u->note));
		return 0;
	}
	if (too_early(u, why)) {
		snprintf(u->note, sizeof(u->note), "truncated at byte %llu of the packed data", at);
		return 0;
	}
	return err_set(err, ERR_INPUT, "damaged at byte %llu of the packed data: %s", at,
		       why ? why : "unknown error");
}

/*
 * Blocks of the current member. Holes of sparse files are left out: NUL bytes are no text. A
 * warning here is a wrong checksum or size.
 */
static int pull_member(struct source *s, struct str *chunk, struct err *err)
{
	struct unpack *u = (struct unpack *)s;
	const void *p = "";
	size_t n = 0;
	la_int64_t offset;
	int rc;

	do
		rc = u->l.archive_read_data_block(u->a, &p, &n, &offset);
	while (rc == ARCHIVE_RETRY || (rc == ARCHIVE_OK && n == 0));
	if (rc == ARCHIVE_OK) {
		*chunk = (struct str){p, n};
		return 0;
	}
	if (rc != ARCHIVE_EOF) {
		rc = damaged(u, err);
		if (rc)
			return rc;
		memcpy(s->note, u->note, sizeof(s->note));
	}
	*chunk = (struct str){"", 0};
	return 0;
}

static void support(struct unpack *u)
{
	u->l.archive_read_support_filter_gzip(u->a);
	u->l.archive_read_support_filter_xz(u->a);
	u->l.archive_read_support_filter_zstd(u->a);
	u->l.archive_read_support_filter_bzip2(u->a);
	u->l.archive_read_support_filter_lz4(u->a);
	u->l.archive_read_support_format_tar(u->a);
	u->l.archive_read_support_format_zip(u->a);
	u->l.archive_read_support_format_raw(u->a);
	u->l.archive_read_support_format_empty(u->a);
}

int unpack_new(struct unpack **out, struct source *from, struct err *err)
{
	struct libarchive l;
	struct unpack *u;
	int rc = LIBRARY_LOAD(&l, LIBARCHIVE_FUNCTIONS, "libarchive.so.13",
			      "libarchive for what is packed (Debian's package libarchive13)", err);

	if (rc)
		return rc;
	u = mem_zalloc(sizeof(*u));
	u->l = l;
	u->from = from;
	u->a = u->l.archive_read_new();
	if (!u->a)
		abort();
	support(u);
	u->l.archive_read_set_callback_data(u->a, u);
	u->l.archive_read_set_read_callback(u->a, on_read);
	if (from->memory.p) {
		u->l.archive_read_set_skip_callback(u->a, on_skip);
		u->l.archive_read_set_seek_callback(u->a, on_seek);
	}
	if (u->l.archive_read_open1(u->a) != ARCHIVE_OK)
		rc = damaged(u, err);
	if (!rc && u->note[0])
		rc = err_set(err, ERR_INPUT, "%s", u->note);
	if (rc) {
		unpack_free(u);
		return rc;
	}
	*out = u;
	return 0;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	source_release(&u->content);
	u->l.archive_read_free(u->a);
	free(u);
}

static void fill_member(struct unpack *u, struct archive_entry *e, struct unpack_member *m)
{
	const char *name = u->l.archive_entry_pathname(e);

	if (!name)
		name = u->l.archive_entry_pathname_utf8(e);
	*m = (struct unpack_member){
		.name = name ? str_of(name) : STR(""),
		.archive = u->l.archive_format(u->a) != ARCHIVE_FORMAT_RAW,
		.file = u->l.archive_entry_filetype(e) == AE_IFREG &&
			!u->l.archive_entry_hardlink(e),
		.encrypted = u->l.archive_entry_is_data_encrypted(e) > 0,
		.content = &u->content,
	};
	source_release(&u->content);
	u->content = (struct source){.pull = pull_member};
}

int unpack_next(struct unpack *u, struct unpack_member *m, struct err *err)
{
	struct archive_entry *e;
	int rc;

	if (u->ended || u->note[0])
		return 0;
	do
		rc = u->l.archive_read_next_header(u->a, &e);
	while (rc == ARCHIVE_RETRY);
	if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		if (u->l.archive_format(u->a) == ARCHIVE_FORMAT_RAW &&
		    u->l.archive_filter_count(u->a) == 1)
			return err_set(err, ERR_INPUT, "damaged at byte 0: no complete header");
		u->any = true;
		fill_member(u, e, m);
		return 1;
	}
	u->ended = true;
	if (rc != ARCHIVE_EOF)
		return damaged(u, err);
	if (!u->any && u->l.archive_format(u->a) == ARCHIVE_FORMAT_EMPTY) {
		u->any = true;
		source_init_memory(&u->content, STR(""));
		*m = (struct unpack_member){.file = true, .content = &u->content};
		return 1;
	}
	return 0;
}

const char *unpack_note(const struct unpack *u)
{
	return u->note[0] ? u->note : NULL;
}
