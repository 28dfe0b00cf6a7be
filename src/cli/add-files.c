// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What `inquest add` is given, as files in memory: text by log/input (compressed data and archives
 * too), anything else mapped as it is. A folder that a reader takes as a whole is one file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/add.h"
#include "cli/corefile.h"
#include "log/sniff.h"
#include "log/walk.h"
#include "text/secret.h"

static struct add_file *new_file(struct add *a, struct str name, struct str rel, struct str data)
{
	struct add_file *f = &array_push(a->files, a->nfiles, a->cap_files);

	*f = (struct add_file){.name = name, .rel = rel, .data = data, .kind = "file"};
	import_init(&f->im);
	return f;
}

/* All that follows works with text without secrets: what is taken out of its place, such as the
 * template of a message, may lack what tells that it is one. Lines stay where they are. */
static struct str hidden(struct add *a, struct str data)
{
	struct buf b = {0};

	if (!secret_found(data))
		return data;
	secret_redact(&b, data);
	array_push(a->texts, a->ntexts, a->cap_texts) = b;
	return buf_str(&b);
}

struct add_file *add_text(struct add *a, const char *name, struct buf *text)
{
	struct add_file *f;

	array_push(a->texts, a->ntexts, a->cap_texts) = *text;
	f = new_file(a, str_of(name), str_of(name), hidden(a, buf_str(text)));
	*text = (struct buf){0};
	f->text = true;
	return f;
}

/* What a regular file begins with, and all that it is if that is less than SNIFF_HEAD bytes. */
struct head {
	char *bytes;
	size_t n;
	struct sniff is;
	bool regular;
};

static int look(const char *path, struct head *h, struct err *err)
{
	CLEANUP_FD int fd = -1;
	struct stat st;
	ssize_t n;

	*h = (struct head){0};
	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	h->regular = true;
	h->bytes = mem_alloc(SNIFF_HEAD);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	n = fd < 0 ? -1 : read(fd, h->bytes, SNIFF_HEAD);
	if (n < 0)
		return err_errno(err, "%s: cannot read", path);
	h->n = (size_t)n;
	sniff((struct str){h->bytes, h->n}, &h->is);
	return 0;
}

/* A small file of a folder: a copy needs no map and no descriptor, of which there are few. */
static bool open_small(struct add *a, const char *path, struct str rel, const struct head *h)
{
	struct str data = str_from((struct str){h->bytes, h->n}, h->is.skip);
	bool text = h->is.kind == SNIFF_TEXT;
	struct add_file *f;

	if (!h->regular || !rel.n || !h->n || h->n == SNIFF_HEAD ||
	    (!text && h->is.kind != SNIFF_BINARY) || (text && memchr(h->bytes, 0, h->n)))
		return false;
	data = arena_str(&a->arena, data);
	f = new_file(a, arena_str(&a->arena, str_of(path)), rel, text ? hidden(a, data) : data);
	f->text = text;
	return true;
}

static int open_binary(struct add *a, const char *path, struct str rel, struct err *err)
{
	struct file_map map;
	int rc = file_map_path(&map, path, err);

	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	array_push(a->maps, a->nmaps, a->cap_maps) = map;
	new_file(a, arena_str(&a->arena, str_of(path)), rel, (struct str){map.data, map.size});
	return 0;
}

/* As a core is read: all else that is compressed is text. */
static int open_packed_core(struct add *a, const char *path, struct str rel, struct err *err)
{
	struct file_map map;
	int fd, rc = corefile_open(path, a->cli->tmpdir, &fd, err);

	if (rc)
		return rc;
	rc = file_map_fd(&map, fd, err);
	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	array_push(a->maps, a->nmaps, a->cap_maps) = map;
	new_file(a, arena_str(&a->arena, str_of(path)), rel, (struct str){map.data, map.size});
	return 0;
}

static int open_by(struct add *a, const char *path, struct str rel, const struct head *h,
		   struct err *err)
{
	struct loginput_opts opts = {.tmpdir = a->cli->tmpdir};
	size_t before = a->inputs.n;
	bool packed = h->is.kind == SNIFF_GZIP || h->is.kind == SNIFF_PACKED;
	int rc;

	if (open_small(a, path, rel, h))
		return 0;
	if (h->regular && packed && corefile_is(path))
		return open_packed_core(a, path, rel.n ? rel : str_of(path), err);
	rc = h->regular && h->is.kind == SNIFF_BINARY
		     ? open_binary(a, path, rel.n ? rel : str_of(path), err)
		     : loginputs_add(&a->inputs, path, &opts, err);
	if (rc)
		return rc;
	for (size_t i = before; i < a->inputs.n; i++) {
		const struct loginput *in = &a->inputs.in[i];
		struct add_file *f = new_file(a, in->name, rel.n ? rel : in->rel,
					      hidden(a, (struct str){in->map.data, in->map.size}));

		f->text = true;
		if (in->note.n)
			add_note(f, STR_FMT, STR_ARG(in->note));
	}
	return 0;
}

/* rel: empty for what the user named. */
static int open_file(struct add *a, const char *path, struct str rel, struct err *err)
{
	size_t first = a->nfiles;
	struct head h;
	int rc = look(path, &h, err);

	if (!rc)
		rc = open_by(a, path, rel, &h, err);
	free(h.bytes);
	if (!rc && a->nfiles == first + 1 && h.regular &&
	    str_eq(a->files[first].name, str_of(path)))
		a->files[first].path = mem_strdup(path);
	return rc;
}

/* The reader that takes the whole folder, if one is sure. */
static const struct import_reader *folder_reader(const struct import_file *parts, size_t n)
{
	for (size_t i = 0; import_readers[i]; i++) {
		const struct import_reader *r = import_readers[i];

		if (!r->folder)
			continue;
		for (size_t k = 0; k < n; k++)
			if (r->recognise(parts[k].path, str_head(parts[k].data, IMPORT_HEAD)) >=
			    IMPORT_SURE)
				return r;
	}
	return NULL;
}

/* The files added from index first on as one, if a reader takes them so. */
static void join_folder(struct add *a, const char *path, size_t first)
{
	size_t n = a->nfiles - first;
	struct import_file *parts;
	const struct import_reader *r;
	const char *slash = strrchr(path, '/'), *base = slash && slash[1] ? slash + 1 : path;
	struct add_file *f;

	if (!n)
		return;
	parts = arena_alloc(&a->arena, n * sizeof(*parts));
	for (size_t i = 0; i < n; i++) {
		f = &a->files[first + i];
		parts[i].path =
			str_of(arena_printf(&a->arena, "%s/" STR_FMT, base, STR_ARG(f->rel)));
		parts[i].data = f->data;
	}
	r = folder_reader(parts, n);
	if (!r)
		return;
	for (size_t i = 0; i < n; i++) {
		import_release(&a->files[first + i].im);
		buf_release(&a->files[first + i].notes);
		free(a->files[first + i].path);
	}
	a->nfiles = first;
	f = new_file(a, arena_str(&a->arena, str_of(path)), str_of(base), STR(""));
	f->reader = r;
	f->parts = parts;
	f->nparts = n;
}

static int open_folder(struct add *a, const char *path, struct err *err)
{
	struct walk w = {0};
	size_t first = a->nfiles;
	int rc;

	rc = walk_dir(&w, path, ADD_MAX_FILES, err);
	for (size_t i = 0; !rc && i < w.n; i++) {
		const struct walk_file *f = &w.files[i];
		struct err one;

		if (f->error || !S_ISREG(f->mode)) {
			if (f->error)
				buf_printf(&a->notes, "%s: %s\n", f->path, strerror(f->error));
			continue;
		}
		if (open_file(a, f->path, arena_str(&a->arena, str_of(f->rel)), &one))
			buf_printf(&a->notes, "left out: %s\n", one.msg);
	}
	walk_release(&w);
	if (!rc)
		join_folder(a, path, first);
	if (!rc && a->nfiles == first)
		return err_set(err, ERR_INPUT, "%s: nothing in it that can be added", path);
	return rc;
}

int add_open(struct add *a, const char *path, struct err *err)
{
	size_t first = a->nfiles, notes = a->inputs.nnotes;
	struct stat st;
	int rc;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return open_folder(a, path, err);
	rc = open_file(a, path, STR(""), err);
	if (rc)
		return rc;
	if (a->nfiles == first + 1)
		a->files[first].named = true;
	for (size_t i = notes; i < a->inputs.nnotes; i++)
		buf_printf(&a->notes, STR_FMT "\n", STR_ARG(a->inputs.notes[i]));
	return 0;
}
