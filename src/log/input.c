// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Whatever was named becomes a source of bytes; its beginning tells what it is; text of a regular
 * file is used where it is mapped, other text is spooled, packed data gives new sources.
 *
 * Invariants:
 * 1. One spool for each loginputs_add(), mapped at its end: until then the inputs in it have only
 *    their place (struct place), afterwards their maps are views of s->spools.
 * 2. Whatever fails is undone to a mark (struct mark); what is named must be a log, what is found
 *    inside something else is left out with a note.
 */
#include "log/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "config.h"
#if HAVE_ZLIB
#include "log/gunzip.h"
#endif
#include "log/sniff.h"
#include "log/spool.h"
#include "log/unpack.h"
#include "log/walk.h"
#include "text/utf16.h"

#define DEFAULT_SPOOL   (UINT64_C(16) << 30)
#define DEFAULT_MEMBERS 100000
#define FIFO_WAIT_MS    10000
#define DEPTH_MAX       8                   /* archives in archives */
#define NAME_MAX_SHOWN  1024                /* bytes of a member's name */
#define ZEROS_MAX       ((uint64_t)1 << 30) /* before text, where they take time to unpack */
#define SMALL_FILE      ((size_t)64 << 10)  /* of a directory: copied, saves a map and a fd */
#define SKIPPED_NAMED   3                   /* names given in the note about skipped files */
#define PIPEFS          0x50495045          /* statfs type of pipes that have no name */

struct place {
	bool spooled;
	uint64_t at, n;
};

struct adder {
	struct loginputs *s;
	const struct loginput_opts *o;
	struct spool spool;
	struct place *places; /* of the inputs from first on */
	size_t nplaces, places_cap;
	size_t first, first_note;
	uint32_t max_members;
	struct buf skipped; /* names */
	uint64_t nskipped;
};

/* One thing that may be a log. */
struct item {
	struct str name, rel;
	bool named;           /* by the user: must be a log */
	unsigned depth;       /* of archives around it */
	struct file_map *map; /* of a regular file, or NULL; taken over if it is used */
};

struct mark {
	size_t n;
	uint64_t spooled;
};

static int take(struct adder *a, struct source *src, const struct item *it, struct err *err);

static struct str str_copy(struct str s)
{
	char *p = mem_alloc(s.n + 1);

	memcpy(p, s.p, s.n);
	p[s.n] = 0;
	return (struct str){p, s.n};
}

static struct str str_take(struct buf *b)
{
	struct str s = {buf_cstr(b), b->n};

	*b = (struct buf){0};
	return s;
}

void loginputs_init(struct loginputs *s)
{
	*s = (struct loginputs){0};
}

static void release_input(struct loginput *in)
{
	free((void *)(uintptr_t)in->name.p);
	free((void *)(uintptr_t)in->rel.p);
	free((void *)(uintptr_t)in->note.p);
	file_map_release(&in->map);
}

void loginputs_release(struct loginputs *s)
{
	for (size_t i = 0; i < s->n; i++)
		release_input(&s->in[i]);
	for (size_t i = 0; i < s->nnotes; i++)
		free((void *)(uintptr_t)s->notes[i].p);
	for (size_t i = 0; i < s->nspools; i++)
		file_map_release(&s->spools[i]);
	free(s->in);
	free(s->notes);
	free(s->spools);
	loginputs_init(s);
}

static struct mark mark(const struct adder *a)
{
	return (struct mark){a->s->n, a->spool.n};
}

static void undo(struct adder *a, struct mark m)
{
	while (a->s->n > m.n)
		release_input(&a->s->in[--a->s->n]);
	a->nplaces = m.n - a->first;
	spool_cut(&a->spool, m.spooled);
}

static void add_note(struct adder *a, struct str name, const char *text)
{
	struct buf b = {0};

	buf_add_str(&b, name);
	buf_printf(&b, ": %s", text);
	array_push(a->s->notes, a->s->nnotes, a->s->notes_cap) = str_take(&b);
}

static struct loginput *add_input(struct adder *a, const struct item *it, struct place where)
{
	struct loginput *in = &array_push(a->s->in, a->s->n, a->s->cap);

	*in = (struct loginput){.name = str_copy(it->name),
				.rel = str_copy(it->rel),
				.map = {.data = "", .fd = -1}};
	array_push(a->places, a->nplaces, a->places_cap) = where;
	return in;
}

/* It is no log: an error if it was named, else left out and counted. */
static int refuse(struct adder *a, const struct item *it, const struct sniff *what, struct err *err)
{
	if (it->named)
		return err_set(err, ERR_INPUT, "not a log but %s (byte %zu)%s%s", what->what,
			       what->at, what->hint ? "; " : "", what->hint ? what->hint : "");
	if (a->nskipped++ < SKIPPED_NAMED)
		buf_printf(&a->skipped, "%s" STR_FMT " (%s)", a->nskipped > 1 ? ", " : "",
			   STR_ARG(it->rel), what->what);
	return 0;
}

static int refuse_zeros(struct adder *a, const struct item *it, uint64_t zeros, struct err *err)
{
	struct sniff s = {.what = zeros < ZEROS_MAX
					  ? "nothing except NUL bytes"
					  : "nothing except NUL bytes in its first gigabyte"};

	return refuse(a, it, &s, err);
}

static void note_zeros(struct loginput *in, uint64_t zeros)
{
	struct buf b = {0};

	if (!zeros)
		return;
	buf_printf(&b, "%llu NUL bytes at the beginning left out", (unsigned long long)zeros);
	in->note = str_take(&b);
}

static size_t count_zeros(struct str s)
{
	size_t i = 0;

	while (i + 8 <= s.n && memcmp(s.p + i, "\0\0\0\0\0\0\0", 8) == 0)
		i += 8;
	while (i < s.n && !s.p[i])
		i++;
	return i;
}

/* Where it is mapped. A hole at the beginning (a log cut while it is written) is skipped quickly.
 */
static int take_mapped(struct adder *a, const struct item *it, size_t skip, struct err *err)
{
	struct file_map *m = it->map;
	size_t zeros = 0;

	file_map_skip(m, skip);
	if (m->size && !m->data[0]) {
		off_t data = lseek(m->fd, 0, SEEK_DATA);

		if (data < 0)
			data = errno == ENXIO ? (off_t)m->size : 0;
		zeros = (size_t)data < m->size ? (size_t)data : m->size;
		zeros += count_zeros((struct str){m->data + zeros, m->size - zeros});
		if (zeros == m->size)
			return refuse_zeros(a, it, 0, err);
		file_map_skip(m, zeros);
	}
	struct loginput *in = add_input(a, it, (struct place){0});

	in->map = *m;
	*m = (struct file_map){.fd = -1};
	note_zeros(in, zeros);
	return 0;
}

static int spool_text(struct adder *a, struct source *src, const struct sniff *what,
		      uint64_t *zeros, struct err *err)
{
	struct utf16 u = {.big_endian = what->kind == SNIFF_UTF16BE};
	uint64_t begin = a->spool.n;
	CLEANUP_BUF struct buf utf8 = {0};
	size_t skip = what->skip;
	struct str chunk;
	int rc;

	for (;;) {
		rc = source_next(src, &chunk, err);
		if (rc)
			return rc;
		if (!chunk.n)
			break;
		chunk = str_from(chunk, skip); /* the peeked head comes in one piece */
		skip = 0;
		if (what->kind != SNIFF_TEXT) {
			buf_clear(&utf8);
			utf16_add(&u, chunk.p, chunk.n, &utf8);
			chunk = buf_str(&utf8);
		} else if (a->spool.n == begin) {
			size_t n = count_zeros(chunk);

			*zeros += n;
			if (n == chunk.n && *zeros >= ZEROS_MAX)
				return 0; /* a bomb: what comes then is not waited for */
			rc = spool_skip(&a->spool, n, err);
			if (rc)
				return rc;
			chunk = str_from(chunk, n);
		}
		rc = spool_add(&a->spool, chunk, err);
		if (rc)
			return rc;
	}
	buf_clear(&utf8);
	utf16_end(&u, &utf8);
	return spool_add(&a->spool, buf_str(&utf8), err);
}

static int take_spooled(struct adder *a, struct source *src, const struct item *it,
			const struct sniff *what, struct err *err)
{
	uint64_t begin = a->spool.n, zeros = 0;
	struct loginput *in;
	int rc = spool_text(a, src, what, &zeros, err);

	if (rc)
		return rc;
	if (src->note[0] && a->spool.n == begin)
		return err_set(err, ERR_INPUT, "%s, nothing can be recovered", src->note);
	if (zeros && a->spool.n == begin)
		return refuse_zeros(a, it, zeros, err);
	in = add_input(a, it, (struct place){true, begin, a->spool.n - begin});
	note_zeros(in, zeros);
	if (src->note[0]) {
		struct buf b = {0};

		buf_printf(&b, "%s; %llu bytes recovered", src->note,
			   (unsigned long long)(a->spool.n - begin));
		free((void *)(uintptr_t)in->note.p);
		in->note = str_take(&b);
	}
	return 0;
}

/* "app.log.gz" pairs with "app.log". */
static struct str without_suffix(struct str rel)
{
	static const char *const suffixes[] = {".gz", ".xz", ".zst", ".bz2", ".lz4"};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		struct str z = str_of(suffixes[i]);

		if (rel.n > z.n && str_ends(rel, z))
			return str_head(rel, rel.n - z.n);
	}
	return rel;
}

static void add_member_name(struct buf *b, struct str name, size_t no)
{
	if (!name.n)
		buf_printf(b, "member %zu", no);
	name = str_head(name, NAME_MAX_SHOWN);
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		buf_add_char(b, c < 32 || c == 127 ? '?' : name.p[i]);
	}
}

static int take_member(struct adder *a, const struct item *outer, const struct unpack_member *m,
		       size_t no, struct err *err)
{
	CLEANUP_BUF struct buf name = {0};
	struct item it = {.depth = outer->depth + 1};
	int rc;

	if (!m->archive) { /* the content of packed data has no name of its own */
		it.name = outer->name;
		it.rel = without_suffix(outer->rel);
		it.named = outer->named;
		return take(a, m->content, &it, err);
	}
	if (!m->file)
		return 0;
	buf_add_str(&name, outer->name);
	buf_add_char(&name, ':');
	add_member_name(&name, m->name, no);
	it.name = buf_str(&name);
	it.rel = without_suffix(str_from(it.name, outer->name.n + 1));
	if (m->encrypted)
		return refuse(a, &it, &(struct sniff){.what = "encrypted"}, err);

	struct mark before = mark(a);

	rc = take(a, m->content, &it, err);
	if (rc != -ERR_INPUT || m->content->failed)
		return rc;
	undo(a, before);
	add_note(a, it.name, err->msg);
	return 0;
}

static int take_members(struct adder *a, struct unpack *u, const struct item *it, struct err *err)
{
	struct unpack_member m;
	size_t before = a->s->n, no = 0;
	int rc;

	while ((rc = unpack_next(u, &m, err)) > 0) {
		if (no++ == a->max_members)
			return err_set(err, ERR_LIMIT, "more than %u members in the archive",
				       a->max_members);
		rc = take_member(a, it, &m, no, err);
		if (rc)
			return rc;
	}
	if (rc)
		return rc;
	if (a->s->n == before && it->named && unpack_note(u))
		return err_set(err, ERR_INPUT, "%s, nothing can be recovered", unpack_note(u));
	if (unpack_note(u) && (a->s->n == before || !a->s->in[a->s->n - 1].note.n))
		add_note(a, it->name, unpack_note(u));
	if (a->s->n == before && it->named)
		return err_set(err, ERR_INPUT, "no logs in this archive%s%s",
			       a->skipped.n ? ", only " : "",
			       a->skipped.n ? buf_cstr(&a->skipped) : "");
	return 0;
}

static int take_unpacked(struct adder *a, struct source *src, const struct item *it,
			 struct err *err)
{
	struct unpack *u;
	int rc = unpack_new(&u, src, err);

	if (rc)
		return rc;
	rc = take_members(a, u, it, err);
	unpack_free(u);
	return rc;
}

#if HAVE_ZLIB
static int take_gzip(struct adder *a, struct source *src, const struct item *outer, struct err *err)
{
	struct item it = {.name = outer->name,
			  .rel = without_suffix(outer->rel),
			  .named = outer->named,
			  .depth = outer->depth + 1};
	struct gunzip g;
	int rc;

	gunzip_init(&g, src);
	rc = take(a, &g.base, &it, err);
	gunzip_release(&g);
	return rc;
}
#else
static int take_gzip(struct adder *a, struct source *src, const struct item *outer, struct err *err)
{
	return take_unpacked(a, src, outer, err);
}
#endif

static int take_packed(struct adder *a, struct source *src, const struct item *it,
		       const struct sniff *what, struct err *err)
{
	int rc;

	if (it->depth == DEPTH_MAX)
		return refuse(a, it, &(struct sniff){.what = "an archive nested too deeply"}, err);
	rc = (what->kind == SNIFF_GZIP ? take_gzip : take_unpacked)(a, src, it, err);
	if (rc == -ERR_LIMIT && src->memory.p && it->depth == 0)
		return err_append(err, rc, ", from %zu packed bytes", src->memory.n);
	return rc;
}

static int take(struct adder *a, struct source *src, const struct item *it, struct err *err)
{
	struct sniff what;
	struct str head;
	int rc = source_peek(src, SNIFF_HEAD, &head, err);

	if (rc)
		return rc;
	sniff(head, &what);
	switch (what.kind) {
	case SNIFF_BINARY: return refuse(a, it, &what, err);
	case SNIFF_GZIP:
	case SNIFF_PACKED: return take_packed(a, src, it, &what, err);
	case SNIFF_TEXT:
		if (it->map && (it->named || it->map->size > SMALL_FILE))
			return take_mapped(a, it, what.skip, err);
		return take_spooled(a, src, it, &what, err);
	default: return take_spooled(a, src, it, &what, err);
	}
}

static int take_stream(struct adder *a, int fd, const struct item *it, mode_t mode, struct err *err)
{
	struct source_fd src;
	struct statfs fs;
	int wait = 0, rc;

	/* A pipe without a name has had its writer when we got it. */
	if (S_ISFIFO(mode) && !(fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS))
		wait = a->o->fifo_wait_ms ? a->o->fifo_wait_ms : FIFO_WAIT_MS;
	source_fd_init(&src, fd, wait);
	rc = take(a, &src.base, it, err);
	source_fd_release(&src);
	return rc;
}

/* fd is taken over. from: what was read of a regular file before (stdin). */
static int take_fd(struct adder *a, int fd, struct item *it, struct err *err)
{
	struct file_map map;
	struct source src;
	struct stat st;
	off_t from;
	int rc;

	if (fstat(fd, &st) != 0) {
		rc = err_errno(err, "cannot be looked at");
		close(fd);
		return rc;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) { /* files of /proc have no size */
		rc = take_stream(a, fd, it, st.st_mode, err);
		close(fd);
		return rc;
	}
	from = lseek(fd, 0, SEEK_CUR);
	rc = file_map_fd(&map, fd, err);
	if (rc)
		return rc;
	if (from > 0)
		file_map_skip(&map, (uint64_t)from < map.size ? (size_t)from : map.size);
	it->map = &map;
	source_init_memory(&src, (struct str){map.data, map.size});
	rc = take(a, &src, it, err);
	source_release(&src);
	file_map_release(&map);
	return rc;
}

static int open_input(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENOTDIR)
		return err_set(err, ERR_NOTFOUND, "no such file or directory");
	if (errno == EMFILE)
		return err_set(err, ERR_SYSTEM, "too many open files: raise the limit (ulimit -n)");
	return err_errno(err, "cannot open");
}

static int take_found(struct adder *a, const struct walk_file *f, struct err *err)
{
	struct item it = {.name = str_of(f->path), .rel = str_of(f->rel)};
	struct mark before = mark(a);
	int fd, rc;

	if (f->error) {
		add_note(a, it.name, strerror(f->error));
		return 0;
	}
	if (!S_ISREG(f->mode))
		return refuse(a, &it, &(struct sniff){.what = "no regular file"}, err);
	fd = open_input(f->path, err);
	if (fd < 0) {
		add_note(a, it.name, err->msg);
		return 0;
	}
	rc = take_fd(a, fd, &it, err);
	if (rc == -ERR_INPUT) {
		undo(a, before);
		add_note(a, it.name, err->msg);
		return 0;
	}
	return rc ? err_prepend(err, rc, "%s: ", f->rel) : 0;
}

static int take_directory(struct adder *a, const char *dir, struct err *err)
{
	struct walk w;
	int rc = walk_dir(&w, dir, a->max_members, err);

	for (size_t i = 0; !rc && i < w.n; i++)
		rc = take_found(a, &w.files[i], err);
	if (!rc && a->s->n == a->first)
		rc = err_set(err, ERR_INPUT, "no logs in this directory%s%s",
			     a->skipped.n ? ", only " : "",
			     a->skipped.n ? buf_cstr(&a->skipped) : "");
	walk_release(&w);
	return rc;
}

static int take_stdin(struct adder *a, struct err *err)
{
	struct item it = {.name = STR("-"), .rel = STR("-"), .named = true};
	int fd;

	if (isatty(STDIN_FILENO))
		return err_set(err, ERR_USAGE,
			       "standard input is a terminal: name a file or pipe a log into it");
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		return err_errno(err, "standard input");
	return take_fd(a, fd, &it, err);
}

/* /dev/stdin and /dev/fd/N: what is open already, instead of opening it anew. */
static int inherited_fd(const char *path)
{
	uint64_t n;

	if (strcmp(path, "/dev/stdin") == 0)
		return STDIN_FILENO;
	if (!str_starts(str_of(path), STR("/dev/fd/")) || !str_u64(str_of(path + 8), &n) ||
	    n > INT32_MAX)
		return -1;
	return (int)n;
}

static int take_path(struct adder *a, const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	struct item it = {.name = str_of(path),
			  .rel = str_of(slash && slash[1] ? slash + 1 : path),
			  .named = true};
	int fd = inherited_fd(path);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return take_directory(a, path, err);
	fd = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
	if (fd < 0)
		fd = open_input(path, err);
	return fd < 0 ? fd : take_fd(a, fd, &it, err);
}

/* The spool becomes a map, the inputs in it become views. */
static int settle(struct adder *a, struct err *err)
{
	struct file_map m;
	int rc;

	if (a->spool.n == 0)
		return 0;
	a->s->spooled += a->spool.n;
	rc = spool_map(&a->spool, &m, err);
	if (rc)
		return rc;
	array_push(a->s->spools, a->s->nspools, a->s->spools_cap) = m;
	for (size_t i = 0; i < a->nplaces; i++) {
		const struct place *p = &a->places[i];

		if (p->spooled && p->n)
			a->s->in[a->first + i].map =
				(struct file_map){.data = m.data + p->at, .size = p->n, .fd = -1};
	}
	return 0;
}

static void note_skipped(struct adder *a, const char *path)
{
	CLEANUP_BUF struct buf b = {0};

	if (!a->nskipped)
		return;
	buf_printf(&b, "%llu skipped: %s%s", (unsigned long long)a->nskipped, buf_cstr(&a->skipped),
		   a->nskipped > SKIPPED_NAMED ? ", ..." : "");
	add_note(a, str_of(path), buf_cstr(&b));
}

int loginputs_add(struct loginputs *s, const char *path, const struct loginput_opts *o,
		  struct err *err)
{
	static const struct loginput_opts defaults = {0};
	uint64_t max = o && o->max_spool ? o->max_spool : DEFAULT_SPOOL;
	struct adder a = {.s = s, .o = o ? o : &defaults, .first = s->n, .first_note = s->nnotes};
	struct err e = {0};
	int rc;

	a.max_members = a.o->max_members ? a.o->max_members : DEFAULT_MEMBERS;
	spool_init(&a.spool, a.o->tmpdir, max > s->spooled ? max - s->spooled : 0, a.o->progress);
	rc = strcmp(path, "-") == 0 ? take_stdin(&a, &e) : take_path(&a, path, &e);
	if (!rc)
		rc = settle(&a, &e);
	if (rc) {
		undo(&a, (struct mark){a.first, 0});
		while (s->nnotes > a.first_note)
			free((void *)(uintptr_t)s->notes[--s->nnotes].p);
		err_set(err, (enum err_code) - rc, "%s: %s", path, e.msg);
	} else {
		note_skipped(&a, path);
	}
	spool_release(&a.spool);
	buf_release(&a.skipped);
	free(a.places);
	return rc;
}

void loginputs_name(struct loginputs *s, size_t i, struct str name, struct str rel)
{
	struct loginput *in = &s->in[i];
	struct str old_name = in->name, old_rel = in->rel;

	in->name = str_copy(name);
	in->rel = str_copy(rel);
	free((void *)(uintptr_t)old_name.p);
	free((void *)(uintptr_t)old_rel.p);
}
