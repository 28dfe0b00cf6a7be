// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Modules: see module.h. Maps of one file that follow each other are one module. The bias is that
 * of the loadable segment which the first map holds. libdwfl's own symbol look-up is linear, so a
 * table sorted by address is made of what it reads.
 */
#include "unwind/module.h"

#include <elf.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"

#define MEMORY_MOST ((uint64_t)64 << 20) /* bytes of a module read from memory */
#define NOTES_MOST  200
#define HEADERS     512 /* bytes of the file's and the program's headers */
#define PAGE        ((uint64_t)4096)

void modules_note(struct modules *ms, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (ms->nnotes >= NOTES_MOST)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < ms->nnotes; i++)
		if (str_eq(ms->notes[i], str_of(text)))
			return;
	array_push(ms->notes, ms->nnotes, ms->capnotes) = arena_str(&ms->arena, str_of(text));
}

static bool is_file(const struct image_map *m)
{
	return m->path.n && (m->path.p[0] == '/' || str_eq(m->path, STR("[vdso]")));
}

static bool same_file(const struct image_map *a, const struct image_map *b)
{
	return a->inode == b->inode && a->device == b->device && str_eq(a->path, b->path);
}

/* CPython, wherever it is installed: the program is what it runs. */
static bool is_interpreter(struct str path)
{
	static const char *const parts[] = {"/python3", "/libpython3", "/site-packages/",
					    "/lib/python3."};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (str_contains(path, str_of(parts[i])))
			return true;
	return false;
}

static bool is_system(struct str path)
{
	static const char *const folders[] = {"/lib/",       "/lib32/",     "/lib64/",
					      "/usr/lib/",   "/usr/lib32/", "/usr/lib64/",
					      "/nix/store/", "[vdso]"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (str_starts(path, str_of(folders[i])))
			return true;
	return is_interpreter(path);
}

static void add_module(struct modules *ms, size_t *cap, const struct image_map *first)
{
	array_push(ms->items, ms->n, *cap) = (struct module){
		.start = first->start,
		.first = first,
		.path = first->path,
		.own = !is_system(first->path),
	};
}

/* Files are handed over when a module is reported: there is nothing to find. */
static int find_nothing(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			char **path, Elf **elf)
{
	(void)module, (void)data, (void)name, (void)base, (void)path, (void)elf;
	return -1;
}

int modules_init(struct modules *ms, const struct image *im, bool online, struct err *err)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = find_nothing,
		.find_debuginfo = debugfiles_find,
	};
	size_t cap = 0;
	int rc;

	*ms = (struct modules){.image = im};
	arena_init(&ms->arena);
	rc = debugfiles_new(&ms->debug, im->root, online, err);
	if (rc)
		return rc;
	elf_version(EV_CURRENT);
	ms->dwfl = dwfl_begin(&callbacks);
	if (!ms->dwfl)
		return err_set(err, ERR_SYSTEM, "libdw cannot be used");
	for (size_t i = 0; i < im->nmaps; i++) {
		const struct image_map *m = &im->maps[i];
		struct module *last = ms->n ? &ms->items[ms->n - 1] : NULL;

		if (!is_file(m))
			continue;
		/* The same file again from its start on is another load of it. */
		if (!last || !same_file(last->first, m) || m->offset == 0)
			add_module(ms, &cap, m);
		ms->items[ms->n - 1].end = m->end;
	}
	return 0;
}

void modules_release(struct modules *ms)
{
	for (size_t i = 0; i < ms->n; i++) {
		symbols_release(&ms->items[i].symbols);
		free(ms->items[i].units);
	}
	free(ms->items);
	free(ms->notes);
	if (ms->dwfl)
		dwfl_end(ms->dwfl);
	debugfiles_free(ms->debug);
	arena_release(&ms->arena);
}

/* The module as the memory holds it: segments at their places in a file. */
static int file_of_memory(struct modules *ms, const struct module *m)
{
	uint64_t size = m->end - m->start;
	CLEANUP_FREE unsigned char *page = mem_alloc(PAGE);
	int fd;

	if (size > MEMORY_MOST || m->first->offset != 0)
		return -1;
	if (!ms->image->read(ms->image->arg, m->start, page, PAGE) ||
	    memcmp(page, ELFMAG, SELFMAG) != 0)
		return -1;
	fd = memfd_create("module", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	for (uint64_t at = 0; at < size; at += PAGE) {
		const struct image_map *map = image_find(ms->image, m->start + at);
		uint64_t in_file;

		if (!map || !ms->image->read(ms->image->arg, m->start + at, page, PAGE))
			continue;
		in_file = map->path.p[0] == '[' ? at : map->offset + (m->start + at - map->start);
		if (in_file > MEMORY_MOST ||
		    pwrite(fd, page, PAGE, (off_t)in_file) != (ssize_t)PAGE)
			break;
	}
	return fd;
}

/* Where the segment that the first map holds wants to be; false if there is none. */
static bool find_bias(Elf *elf, const struct module *m, uint64_t *bias)
{
	size_t n;

	if (elf_getphdrnum(elf, &n) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (!gelf_getphdr(elf, (int)i, &ph) || ph.p_type != PT_LOAD)
			continue;
		if ((ph.p_offset & ~(PAGE - 1)) > m->first->offset ||
		    m->first->offset >= ph.p_offset + ph.p_filesz)
			continue;
		*bias = m->first->start - m->first->offset + ph.p_offset - ph.p_vaddr;
		return true;
	}
	return false;
}

/* Without a build id: are the headers those in memory? */
static bool same_headers(struct modules *ms, const struct module *m, Elf *elf)
{
	unsigned char mapped[HEADERS];
	size_t size;
	const char *file = elf_rawfile(elf, &size);

	if (m->first->offset || !file || size < sizeof(mapped) ||
	    !ms->image->read(ms->image->arg, m->start, mapped, sizeof(mapped)))
		return true;
	return memcmp(file, mapped, sizeof(mapped)) == 0;
}

/* Is the file the one that was mapped? Compares its build id's bytes with the memory's. */
static bool same_build(struct modules *ms, const struct module *m, Elf *elf, uint64_t bias)
{
	struct build_id id = build_id_of(elf);
	size_t n = id.n, phnum;

	if (elf_getphdrnum(elf, &phnum) != 0)
		return true;
	if (!n)
		return same_headers(ms, m, elf);
	for (size_t i = 0; i < phnum; i++) {
		GElf_Phdr ph;
		unsigned char note[1024];
		size_t size;

		if (!gelf_getphdr(elf, (int)i, &ph) || ph.p_type != PT_NOTE)
			continue;
		size = ph.p_filesz < sizeof(note) ? ph.p_filesz : sizeof(note);
		if (!ms->image->read(ms->image->arg, ph.p_vaddr + bias, note, size))
			continue;
		for (size_t at = 0; at + 16 + n <= size; at += 4) {
			if (memcmp(note + at, "\4\0\0\0", 4) != 0 ||
			    memcmp(note + at + 8, "\3\0\0\0GNU\0", 8) != 0)
				continue;
			return memcmp(note + at + 16, id.bytes, n) == 0;
		}
	}
	return true;
}

static bool report(struct modules *ms, struct module *m, int fd, bool check)
{
	Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	uint64_t bias = 0;
	bool good = elf && elf_kind(elf) == ELF_K_ELF && find_bias(elf, m, &bias);
	bool same = good && (!check || same_build(ms, m, elf, bias));
	const char *name;
	void **data;

	m->no_elf = !elf || elf_kind(elf) != ELF_K_ELF;
	if (elf)
		elf_end(elf);
	if (good && !same)
		modules_note(ms, "%.*s: the file is another build than the mapped one",
			     (int)m->path.n, m->path.p);
	if (!same) {
		close(fd);
		return false;
	}
	dwfl_report_begin_add(ms->dwfl);
	name = arena_str(&ms->arena, m->path).p;
	m->dwfl = dwfl_report_elf(ms->dwfl, name, name, fd, bias, true);
	dwfl_report_end(ms->dwfl, NULL, NULL);
	if (!m->dwfl) {
		close(fd);
		return false;
	}
	dwfl_module_info(m->dwfl, &data, NULL, NULL, NULL, NULL, NULL, NULL);
	*data = ms->debug;
	m->bias = bias;
	return true;
}

/* What is mapped, from a server: by the build id that its memory has. */
static bool report_asked(struct modules *ms, struct module *m, int memory)
{
	Elf *elf = elf_begin(memory, ELF_C_READ, NULL);
	struct build_id id = build_id_of(elf);
	int fd = debugfiles_executable(ms->debug, &id);

	if (elf)
		elf_end(elf);
	return fd >= 0 && report(ms, m, fd, true);
}

static bool open_one(struct modules *ms, struct module *m)
{
	int fd = m->path.p[0] == '/' ? ms->image->open(ms->image->arg, m->first) : -1, memory;
	bool missing = fd < 0;

	if (!missing && report(ms, m, fd, true))
		return true;
	memory = file_of_memory(ms, m);
	if (memory < 0)
		return false;
	if (report_asked(ms, m, memory)) {
		close(memory);
		return true;
	}
	if (!report(ms, m, memory, false))
		return false;
	m->missing = missing;
	return true;
}

bool module_open(struct modules *ms, struct module *m)
{
	if (m->opened)
		return m->dwfl != NULL;
	m->opened = true;
	if (!open_one(ms, m)) {
		if (m->no_elf) /* data that may be executed, as a runtime keeps it */
			return false;
		modules_note(ms, "%.*s: cannot be read, neither as a file nor in memory",
			     (int)m->path.n, m->path.p);
		return false;
	}
	m->eh = dwfl_module_eh_cfi(m->dwfl, &m->eh_bias);
	return true;
}

struct module *modules_find(struct modules *ms, uint64_t addr)
{
	size_t low = 0, high = ms->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ms->items[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == ms->n || ms->items[low].start > addr)
		return NULL;
	/* Memory without a name between the maps of a file is not the file's. */
	if (!image_find(ms->image, addr) || !is_file(image_find(ms->image, addr)))
		return NULL;
	return &ms->items[low];
}

uint64_t module_section(struct module *m, const char *name)
{
	GElf_Addr bias;
	Elf *elf = m->dwfl ? dwfl_module_getelf(m->dwfl, &bias) : NULL;
	Elf_Scn *section = NULL;
	size_t names;

	if (!elf || elf_getshdrstrndx(elf, &names) != 0)
		return 0;
	while ((section = elf_nextscn(elf, section)) != NULL) {
		GElf_Shdr sh;
		const char *found;

		if (!gelf_getshdr(section, &sh))
			continue;
		found = elf_strptr(elf, names, sh.sh_name);
		if (found && strcmp(found, name) == 0 && sh.sh_addr)
			return sh.sh_addr + bias;
	}
	return 0;
}
