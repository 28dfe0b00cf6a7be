// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Separate files of debug information: see debugfile.h. A file counts if its build id is the one
 * that is wanted or, of programs without one, if it has the checksum that the link says. A file may
 * refer to another one that several share (dwz): libdwfl asks for it by its name and a checksum of
 * 0; its build id stands in the DWARF that is open by then.
 */
#include "unwind/debugfile.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "unwind/image.h"
#include "unwind/libdebuginfod.h"

#define DEBUG     "/usr/lib/debug"
#define PATH_MOST 4096

struct debugfiles {
	const char *roots[2]; /* NULL: where we are */
	size_t nroots;
	bool asking; /* for the file of a module: libdwfl may come back in between */
	struct libdebuginfod lib;
	struct debuginfod_client *client; /* NULL: no server is asked */
	size_t unanswered;
};

/* What a file is known by. */
struct wanted {
	struct build_id id;
	GElf_Word crc; /* if there is no id */
};

struct build_id build_id_of(Elf *elf)
{
	struct build_id id = {.n = 0};
	const void *bytes;
	ssize_t n = elf ? dwelf_elf_gnu_build_id(elf, &bytes) : 0;

	if (n > 0 && n <= BUILD_ID_MOST) {
		id.n = (size_t)n;
		memcpy(id.bytes, bytes, id.n);
	}
	return id;
}

bool build_id_same(const struct build_id *a, const struct build_id *b)
{
	return a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0;
}

int debugfiles_new(struct debugfiles **out, const char *root, bool online, struct err *err)
{
	struct debugfiles *d = mem_zalloc(sizeof(*d));
	int rc = 0;

	d->nroots = 1;
	if (root)
		d->roots[d->nroots++] = root;
	if (online)
		rc = LIBRARY_LOAD(&d->lib, LIBDEBUGINFOD_FUNCTIONS, "libdebuginfod.so.1",
				  "the library of debuginfod (Debian package libdebuginfod1)", err);
	if (!rc && online) {
		d->client = d->lib.debuginfod_begin();
		if (!d->client)
			rc = err_set(err, ERR_SYSTEM, "the library of debuginfod cannot be used");
	}
	if (rc) {
		free(d);
		return rc;
	}
	*out = d;
	return 0;
}

void debugfiles_free(struct debugfiles *d)
{
	if (d && d->client)
		d->lib.debuginfod_end(d->client);
	free(d);
}

size_t debugfiles_unanswered(const struct debugfiles *d)
{
	return d->unanswered;
}

/* CRC-32 (ISO 3309), as .gnu_debuglink has it: of the whole file. */
static bool has_crc(int fd, GElf_Word wanted)
{
	uint32_t crc = UINT32_MAX;
	struct stat st;
	unsigned char *p;

	if (fstat(fd, &st) != 0 || st.st_size <= 0)
		return false;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return false;
	for (off_t i = 0; i < st.st_size; i++) {
		crc ^= p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	munmap(p, (size_t)st.st_size);
	return ~crc == wanted;
}

static bool is_wanted(int fd, const struct wanted *w)
{
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	struct build_id id;
	bool good = elf && elf_kind(elf) == ELF_K_ELF && gelf_getclass(elf) == ELFCLASS64;

	id = build_id_of(good ? elf : NULL);
	if (elf)
		elf_end(elf);
	if (!good)
		return false;
	return w->id.n ? build_id_same(&id, &w->id) : has_crc(fd, w->crc);
}

/* One place: a descriptor, its name in out; or -1. */
static int try(const char *root, const struct wanted *w, struct buf *path, char **out)
{
	int fd;

	if (path->n >= PATH_MOST)
		return -1;
	buf_add_char(path, '\0');
	fd = image_open_file(root, path->p);
	if (fd >= 0 && is_wanted(fd, w)) {
		*out = mem_alloc((root ? strlen(root) : 0) + path->n);
		sprintf(*out, "%s%s", root ? root : "", path->p);
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Without the last "/" and what follows; false: it has none. */
static bool folder_of(struct str file, struct str *folder)
{
	const char *end = memrchr(file.p, '/', file.n);

	*folder = str_head(file, end ? (size_t)(end - file.p) : 0);
	return end != NULL;
}

static int by_id(const struct debugfiles *d, const struct wanted *w, char **out)
{
	int fd = -1;

	for (size_t r = 0; w->id.n >= 2 && r < d->nroots && fd < 0; r++) {
		CLEANUP_BUF struct buf path = {0};

		BUF_LIT(&path, DEBUG "/.build-id/");
		for (size_t i = 0; i < w->id.n; i++)
			buf_printf(&path, "%02x%s", w->id.bytes[i], i == 0 ? "/" : "");
		BUF_LIT(&path, ".debug");
		fd = try(d->roots[r], w, &path, out);
	}
	return fd;
}

/* Beside the file, in a folder .debug there, in the system's folder. */
static int by_link(const struct debugfiles *d, const struct wanted *w, struct str file,
		   struct str link, char **out)
{
	static const struct {
		const char *before, *after;
	} places[] = {{"", "/"}, {"", "/.debug/"}, {DEBUG, "/"}};
	struct str folder;
	int fd = -1;

	if (!link.n || str_find_char(link, '/') < link.n || !folder_of(file, &folder))
		return -1;
	for (size_t i = 0; i < d->nroots * ARRAY_SIZE(places) && fd < 0; i++) {
		CLEANUP_BUF struct buf path = {0};

		buf_printf(&path, "%s" STR_FMT "%s" STR_FMT, places[i % 3].before, STR_ARG(folder),
			   places[i % 3].after, STR_ARG(link));
		fd = try(d->roots[i / ARRAY_SIZE(places)], w, &path, out);
	}
	return fd;
}

/* The file that a file of debug information shares with others: a path, or one from where that is.
 */
static int shared(const struct debugfiles *d, const struct wanted *w, struct str file,
		  struct str link, char **out)
{
	CLEANUP_BUF struct buf path = {0};
	struct str folder;
	int fd = by_id(d, w, out);

	if (fd >= 0 || !w->id.n)
		return fd;
	if (link.p[0] != '/' && folder_of(file, &folder))
		buf_printf(&path, STR_FMT "/", STR_ARG(folder));
	buf_add_str(&path, link);
	return try(NULL, w, &path, out);
}

static int ask(struct debugfiles *d, const struct build_id *id, bool executable, char **path)
{
	int fd;

	if (!d->client || !id->n)
		return -1;
	fd = (executable ? d->lib.debuginfod_find_executable : d->lib.debuginfod_find_debuginfo)(
		d->client, id->bytes, (int)id->n, path);
	d->unanswered += fd < 0 && fd != -ENOENT;
	return fd < 0 ? -1 : fd;
}

int debugfiles_executable(struct debugfiles *d, const struct build_id *id)
{
	return ask(d, id, true, NULL);
}

int debugfiles_find(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
		    const char *file, const char *link, GElf_Word crc, char **path)
{
	struct debugfiles *d = *data;
	struct wanted w = {.crc = crc};
	GElf_Addr bias;
	int fd;

	(void)name, (void)base;
	if (d->asking || !file)
		return -1;
	d->asking = true;
	if (link && !crc) {
		Dwarf *dwarf = dwfl_module_getdwarf(module, &bias);
		const char *alt;
		const void *bytes;
		ssize_t n = dwarf ? dwelf_dwarf_gnu_debugaltlink(dwarf, &alt, &bytes) : 0;

		if (n > 0 && n <= BUILD_ID_MOST) {
			w.id.n = (size_t)n;
			memcpy(w.id.bytes, bytes, w.id.n);
		}
		fd = shared(d, &w, str_of(file), str_of(link), path);
	} else {
		w.id = build_id_of(dwfl_module_getelf(module, &bias));
		fd = by_id(d, &w, path);
		if (fd < 0 && link)
			fd = by_link(d, &w, str_of(file), str_of(link), path);
	}
	if (fd < 0)
		fd = ask(d, &w.id, false, path);
	d->asking = false;
	return fd;
}
