// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Symbols by address: see module.h. libdwfl knows where a module's table is, in a file of its own
 * perhaps; but it looks for the section of each symbol that it hands out, so a table that lies in
 * one of the files that it names is read directly. Tens of thousands of symbols are in the order of
 * the linker: keys are sorted by their digits, in as many passes as the span of the addresses
 * needs; what begins at the same address is then put in order by how well it names what is there.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "unwind/module.h"

#define SYMBOLS_MOST ((size_t)1 << 24)
#define DIGIT_BITS   11
#define DIGITS       (1U << DIGIT_BITS)

struct key {
	uint64_t start; /* from the lowest of all */
	uint32_t at;
};

/* Of several names for one address the plainest is shown: not "__GI_read", not "read@@GLIBC_2". */
static unsigned plainness(const char *name)
{
	unsigned n = 8;

	if (strchr(name, '@'))
		n -= 1;
	if (strncmp(name, "__GI_", 5) == 0)
		n -= 4;
	if (name[0] == '_')
		n -= name[1] == '_' ? 3 : 2;
	return n;
}

/* The last one is the one that is found. */
static int by_worth(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->data != y->data)
		return x->data ? -1 : 1;
	if ((x->size == 0) != (y->size == 0))
		return x->size == 0 ? -1 : 1;
	if (x->global != y->global)
		return x->global ? 1 : -1;
	if (plainness(x->name) != plainness(y->name))
		return plainness(x->name) > plainness(y->name) ? 1 : -1;
	return strcmp(y->name, x->name);
}

static void sort_by_digit(const struct key *from, struct key *to, size_t n, unsigned shift)
{
	size_t ends[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		ends[from[i].start >> shift & (DIGITS - 1)]++;
	for (size_t d = 0; d < DIGITS; d++) {
		size_t count = ends[d];

		ends[d] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[ends[from[i].start >> shift & (DIGITS - 1)]++] = from[i];
}

/* Keys in rising order; room is as large as keys, and one of both is returned. */
static const struct key *sort_keys(struct key *keys, struct key *room, size_t n, uint64_t span)
{
	for (unsigned shift = 0; shift < 64 && span >> shift; shift += DIGIT_BITS) {
		struct key *sorted = room;

		sort_by_digit(keys, room, n, shift);
		room = keys;
		keys = sorted;
	}
	return keys;
}

static struct symbol *sort(struct symbol *symbols, size_t n)
{
	struct key *keys = mem_alloc(2 * n * sizeof(*keys));
	struct symbol *out = mem_alloc(n * sizeof(*out));
	uint64_t low = UINT64_MAX, high = 0;
	const struct key *sorted;

	for (size_t i = 0; i < n; i++) {
		low = symbols[i].start < low ? symbols[i].start : low;
		high = symbols[i].start > high ? symbols[i].start : high;
	}
	for (size_t i = 0; i < n; i++)
		keys[i] = (struct key){symbols[i].start - low, (uint32_t)i};
	sorted = sort_keys(keys, keys + n, n, n ? high - low : 0);
	for (size_t i = 0; i < n; i++)
		out[i] = symbols[sorted[i].at];
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && out[k].start == out[i].start; k++)
			;
		if (k - i > 1)
			qsort(out + i, k - i, sizeof(*out), by_worth);
	}
	free(keys);
	free(symbols);
	return out;
}

static bool is_wanted(const GElf_Sym *sym, const char *name)
{
	int type = GELF_ST_TYPE(sym->st_info);

	/* Absolute ones are names of versions and the like. */
	if (!name || !*name || sym->st_shndx == SHN_UNDEF || sym->st_shndx == SHN_ABS)
		return false;
	return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT ||
	       (type == STT_NOTYPE && name[0] != '$' && name[0] != '.');
}

static void add(struct module *m, size_t *cap, const GElf_Sym *sym, uint64_t addr, const char *name)
{
	if (!is_wanted(sym, name))
		return;
	array_push(m->symbols, m->nsymbols, *cap) = (struct symbol){
		.start = addr,
		.size = sym->st_size,
		.name = name,
		.global = GELF_ST_BIND(sym->st_info) != STB_LOCAL,
		.data = GELF_ST_TYPE(sym->st_info) == STT_OBJECT,
	};
}

/* All of a section; false if it is damaged. */
static bool read_section(struct module *m, Elf *elf, Elf_Scn *section, size_t link, uint64_t bias)
{
	Elf_Data *table = elf_getdata(section, NULL), *names;
	Elf_Scn *strings = elf_getscn(elf, link);
	size_t cap = 0, n;

	names = strings ? elf_getdata(strings, NULL) : NULL;
	if (!table || !names || !names->d_size || !names->d_buf ||
	    ((const char *)names->d_buf)[names->d_size - 1])
		return false;
	n = table->d_size / sizeof(Elf64_Sym);
	for (size_t i = 0; i < n && m->nsymbols < SYMBOLS_MOST; i++) {
		GElf_Sym sym;

		if (gelf_getsym(table, (int)i, &sym) && sym.st_name < names->d_size)
			add(m, &cap, &sym, sym.st_value + bias,
			    (const char *)names->d_buf + sym.st_name);
	}
	return true;
}

static Elf_Scn *find_section(Elf *elf, unsigned type, GElf_Shdr *sh)
{
	Elf_Scn *s = NULL;

	while ((s = elf_nextscn(elf, s)) != NULL)
		if (gelf_getshdr(s, sh) && sh->sh_type == type)
			return s;
	return NULL;
}

/* Where a file's first segment lies: the same in a file of debug information. */
static uint64_t first_segment(Elf *elf)
{
	size_t n;

	if (elf_getphdrnum(elf, &n) != 0)
		return UINT64_MAX;
	for (size_t i = 0; i < n; i++) {
		GElf_Phdr ph;

		if (gelf_getphdr(elf, (int)i, &ph) && ph.p_type == PT_LOAD)
			return ph.p_vaddr;
	}
	return UINT64_MAX;
}

static Elf *open_apart(const char *path, Elf *of)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	Elf *elf = fd >= 0 ? elf_begin(fd, ELF_C_READ_MMAP, NULL) : NULL;
	GElf_Shdr sh;

	/* What is read by then is read from the mapped file, or not at all. */
	if (elf &&
	    (elf_cntl(elf, ELF_C_FDREAD) != 0 || gelf_getclass(elf) != ELFCLASS64 ||
	     first_segment(elf) != first_segment(of) || !find_section(elf, SHT_SYMTAB, &sh))) {
		elf_end(elf);
		elf = NULL;
	}
	if (fd >= 0)
		close(fd);
	return elf;
}

static bool read_directly(struct module *m)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(m->dwfl, &bias);
	const char *apart = NULL;
	Elf_Scn *section;
	GElf_Shdr sh;

	if (!elf || gelf_getclass(elf) != ELFCLASS64)
		return false;
	section = find_section(elf, SHT_SYMTAB, &sh);
	if (section)
		return read_section(m, elf, section, sh.sh_link, bias);
	dwfl_module_info(m->dwfl, NULL, NULL, NULL, NULL, NULL, NULL, &apart);
	m->symbols_elf = apart ? open_apart(apart, elf) : NULL;
	section = m->symbols_elf ? find_section(m->symbols_elf, SHT_SYMTAB, &sh) : NULL;
	return section && read_section(m, m->symbols_elf, section, sh.sh_link, bias);
}

void symbols_read(struct module *m)
{
	int count = dwfl_module_getsymtab(m->dwfl); /* opens what file they are in */
	size_t cap;

	m->has_symbols = true;
	if (!read_directly(m)) {
		cap = m->nsymbols;
		for (int i = 0; i < count && m->nsymbols < SYMBOLS_MOST; i++) {
			GElf_Sym sym;
			GElf_Addr addr;
			const char *name =
				dwfl_module_getsym_info(m->dwfl, i, &sym, &addr, NULL, NULL, NULL);

			add(m, &cap, &sym, addr, name);
		}
	}
	if (m->nsymbols)
		m->symbols = sort(m->symbols, m->nsymbols);
}
