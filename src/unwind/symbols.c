// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Symbols by address: see module.h. libdwfl knows where a module's table is, in a file of its own
 * perhaps; but it looks for the section of each symbol that it hands out, so a table that lies in
 * one of the files that it names is used where it lies. Of the others a table is made.
 *
 * Tens of thousands of symbols are in the order of the linker: keys are sorted by their digits, in
 * as many passes as the span of the addresses needs. Keys are addresses from the module's start on,
 * in 32 bits: what lies elsewhere is not of it.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "unwind/module.h"

#define SYMBOLS_MOST ((size_t)1 << 24)
#define PLACES_MOST  64 /* of one name among all names */
#define NESTED_MOST  64
#define DIGIT_BITS   12
#define DIGITS       (1U << DIGIT_BITS)

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

/* Of two symbols at one address: does x say better what is there? */
static bool is_better(const struct symbol *x, const struct symbol *y)
{
	if (x->data != y->data)
		return y->data;
	if ((x->size == 0) != (y->size == 0))
		return y->size == 0;
	if (x->global != y->global)
		return x->global;
	if (plainness(x->name) != plainness(y->name))
		return plainness(x->name) > plainness(y->name);
	return strcmp(x->name, y->name) < 0;
}

/* Does a symbol name a place of this module? Its address then is addr. */
static inline bool is_wanted(const struct module *m, const GElf_Sym *s, uint64_t *addr)
{
	const struct symbols *t = &m->symbols;
	int type = GELF_ST_TYPE(s->st_info);

	/* Absolute ones are names of versions and the like. */
	if (s->st_shndx == SHN_UNDEF || s->st_shndx == SHN_ABS || !s->st_name ||
	    s->st_name >= t->names_size)
		return false;
	*addr = s->st_value + t->bias;
	if (*addr < m->start || *addr - m->start > UINT32_MAX)
		return false;
	if (type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_OBJECT)
		return true;
	/* Names are looked at only where they must be: most lie in pages that nothing else needs.
	 */
	return type == STT_NOTYPE && t->names[s->st_name] != '$' && t->names[s->st_name] != '.';
}

static bool get(const struct module *m, size_t i, struct symbol *out)
{
	const GElf_Sym *s = &m->symbols.table[i];

	out->size = s->st_size;
	out->name = m->symbols.names + s->st_name;
	out->global = GELF_ST_BIND(s->st_info) != STB_LOCAL;
	out->data = GELF_ST_TYPE(s->st_info) == STT_OBJECT;
	return is_wanted(m, s, &out->start);
}

/*
 * Does s say better than best (NULL: nothing yet) what is at addr? One that holds it, then one
 * without a size; then the nearest, since symbols may lie within each other.
 */
static bool improves(const struct symbol *s, const struct symbol *best, uint64_t addr)
{
	if (s->start > addr || (s->size && addr - s->start >= s->size))
		return false;
	if (!best || (s->size == 0) != (best->size == 0))
		return !best || s->size;
	return s->start != best->start ? s->start > best->start : is_better(s, best);
}

static void sort_by_digit(const struct symbol_key *from, struct symbol_key *to, size_t n,
			  unsigned shift)
{
	uint32_t ends[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < n; i++)
		ends[from[i].start >> shift & (DIGITS - 1)]++;
	for (size_t d = 0; d < DIGITS; d++) {
		uint32_t count = ends[d];

		ends[d] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[ends[from[i].start >> shift & (DIGITS - 1)]++] = from[i];
}

/* The other half of the keys' memory is room to sort in. */
static void sort(struct module *m)
{
	struct symbols *t = &m->symbols;
	struct symbol_key *keys = mem_alloc(2 * t->n * sizeof(*keys)), *room = keys + t->n;
	uint32_t span = 0;
	uint64_t addr;

	t->order_memory = keys;
	for (size_t i = 0; i < t->n; i++) {
		if (!is_wanted(m, &t->table[i], &addr))
			continue;
		keys[t->norder] = (struct symbol_key){(uint32_t)(addr - m->start), (uint32_t)i};
		span |= keys[t->norder++].start;
	}
	for (unsigned shift = 0; shift < 32 && span >> shift; shift += DIGIT_BITS) {
		struct symbol_key *sorted = room;

		sort_by_digit(keys, room, t->norder, shift);
		room = keys;
		keys = sorted;
	}
	t->order = keys;
}

/* Use the table of a section; false if it is damaged. */
static bool use_section(struct symbols *t, Elf *elf, Elf_Scn *section, size_t link, uint64_t bias)
{
	const Elf_Data *table = elf_getdata(section, NULL), *names;
	Elf_Scn *names_section = elf_getscn(elf, link);

	names = names_section ? elf_getdata(names_section, NULL) : NULL;
	if (!table || !table->d_buf || table->d_type != ELF_T_SYM || !names || !names->d_size ||
	    !names->d_buf || ((const char *)names->d_buf)[names->d_size - 1])
		return false;
	t->table = table->d_buf; /* GElf_Sym is Elf64_Sym */
	t->n = table->d_size / sizeof(*t->table);
	t->n = t->n < SYMBOLS_MOST ? t->n : SYMBOLS_MOST;
	t->names = names->d_buf;
	t->names_size = names->d_size;
	t->bias = bias;
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
	struct build_id id = build_id_of(elf), wanted = build_id_of(of);

	/* What is read by then is read from the mapped file, or not at all. */
	if (elf && (elf_cntl(elf, ELF_C_FDREAD) != 0 || gelf_getclass(elf) != ELFCLASS64 ||
		    first_segment(elf) != first_segment(of) || !build_id_same(&id, &wanted) ||
		    !find_section(elf, SHT_SYMTAB, &sh))) {
		elf_end(elf);
		elf = NULL;
	}
	if (fd >= 0)
		close(fd);
	return elf;
}

/* The table where it lies, if it is a complete one. */
static bool use_file(struct module *m)
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
		return use_section(&m->symbols, elf, section, sh.sh_link, bias);
	dwfl_module_info(m->dwfl, NULL, NULL, NULL, NULL, NULL, NULL, &apart);
	m->symbols.elf = apart ? open_apart(apart, elf) : NULL;
	section = m->symbols.elf ? find_section(m->symbols.elf, SHT_SYMTAB, &sh) : NULL;
	return section && use_section(&m->symbols, m->symbols.elf, section, sh.sh_link, bias);
}

/* What libdwfl puts together: exported symbols, those of .gnu_debugdata, of a module in memory. */
static void make_table(struct module *m, int count)
{
	struct symbols *t = &m->symbols;
	GElf_Sym *table = count > 0 ? mem_alloc((size_t)count * sizeof(*table)) : NULL;
	struct buf names = {0};

	buf_add_char(&names, '\0');
	for (int i = 0; i < count && t->n < SYMBOLS_MOST && names.n < UINT32_MAX / 2; i++) {
		GElf_Sym sym;
		GElf_Addr addr;
		const char *name =
			dwfl_module_getsym_info(m->dwfl, i, &sym, &addr, NULL, NULL, NULL);

		if (!name || !*name)
			continue;
		sym.st_name = (GElf_Word)names.n;
		sym.st_value = addr;
		table[t->n++] = sym;
		buf_add_str(&names, str_of(name));
		buf_add_char(&names, '\0');
	}
	t->table = t->own[0] = table;
	t->names = t->own[1] = names.p;
	t->names_size = names.n;
	t->bias = 0;
}

static bool has_symbols(struct module *m)
{
	if (m->dwfl && !m->symbols.read) {
		int count = dwfl_module_getsymtab(m->dwfl); /* opens what file they are in */

		m->symbols.read = true;
		if (!use_file(m))
			make_table(m, count);
	}
	return m->symbols.n > 0;
}

/* In the order: the one that is found lies among the nearest before addr. */
bool module_symbol(struct module *m, uint64_t addr, struct symbol *best)
{
	const struct symbols *t = &m->symbols;
	size_t low = 0, high;
	bool found = false;
	struct symbol s;

	if (!has_symbols(m))
		return false;
	if (!t->order)
		sort(m);
	high = t->norder;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->start + t->order[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	for (size_t i = low; i > 0 && low - i < NESTED_MOST; i--) {
		if (!get(m, t->order[i - 1].at, &s) || !improves(&s, found ? best : NULL, addr))
			continue;
		*best = s;
		found = true;
	}
	return found;
}

/* The name is looked for where all names lie; it may be the end of a longer one there. */
uint64_t module_address(struct module *m, const char *name)
{
	const struct symbols *t = &m->symbols;
	const char *p;
	struct symbol s;

	if (!has_symbols(m))
		return 0;
	p = t->names;
	for (unsigned tries = 0; tries < PLACES_MOST; tries++, p++) {
		p = memmem(p, t->names_size - (size_t)(p - t->names), name, strlen(name) + 1);
		if (!p)
			break;
		for (size_t i = 0; i < t->n; i++)
			if (t->table[i].st_name == (size_t)(p - t->names) && get(m, i, &s))
				return s.start;
	}
	return 0;
}

void symbols_release(struct symbols *s)
{
	free(s->own[0]);
	free(s->own[1]);
	free(s->order_memory);
	if (s->elf)
		elf_end(s->elf);
}
