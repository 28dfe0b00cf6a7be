// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Source lines: see lines.h. The unit of an address is found by a table of the ranges of all
 * units, made once, as .debug_aranges is absent or incomplete for some compilers.
 */
#include "unwind/lines.h"

#include <dwarf.h>
#include <stdlib.h>

#define LINES_DEPTH 64 /* of scopes within each other */
#define UNITS_MOST  ((size_t)1 << 20)

struct unit_range {
	uint64_t start, end;
	Dwarf_Off die;
};

static int by_start(const void *a, const void *b)
{
	const struct unit_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void add_ranges(struct module *m, size_t *cap, Dwarf_Die *die)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &start, &end)) > 0 && m->nunits < UNITS_MOST)
		if (start < end)
			array_push(m->units, m->nunits, *cap) =
				(struct unit_range){start, end, dwarf_dieoffset(die)};
}

static void read_units(struct module *m)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;
	uint8_t type;
	size_t cap = 0;

	m->has_units = true;
	while (dwarf_get_units(m->dwarf, cu, &cu, NULL, &type, &die, NULL) == 0)
		if (type == DW_UT_compile || type == DW_UT_skeleton)
			add_ranges(m, &cap, &die);
	if (m->nunits)
		qsort(m->units, m->nunits, sizeof(*m->units), by_start);
}

static bool find_unit(struct module *m, uint64_t pc, Dwarf_Die *out)
{
	size_t low = 0, high;

	if (!m->has_units)
		read_units(m);
	high = m->nunits;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->units[mid].start <= pc)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || pc >= m->units[low - 1].end)
		return false;
	return dwarf_offdie(m->dwarf, m->units[low - 1].die, out) != NULL;
}

static const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	const char *name = NULL;

	if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attr) ||
	    dwarf_attr_integrate(die, DW_AT_MIPS_linkage_name, &attr))
		name = dwarf_formstring(&attr);
	if (!name && dwarf_attr_integrate(die, DW_AT_name, &attr))
		name = dwarf_formstring(&attr);
	return name;
}

static int number_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;
	Dwarf_Word v = 0;

	if (dwarf_attr(die, attribute, &attr) && dwarf_formudata(&attr, &v) == 0 && v < INT32_MAX)
		return (int)v;
	return 0;
}

/* Where an inlined call stands in the code that it was put into. */
static void call_place(Dwarf_Die *unit, Dwarf_Die *inlined, struct line_scope *s)
{
	Dwarf_Files *files;
	size_t n;
	int file = number_of(inlined, DW_AT_call_file);

	s->line = number_of(inlined, DW_AT_call_line);
	s->column = number_of(inlined, DW_AT_call_column);
	if (dwarf_getsrcfiles(unit, &files, &n) == 0 && file >= 0 && (size_t)file < n)
		s->file = dwarf_filesrc(files, (size_t)file, NULL, NULL);
}

static void code_place(Dwarf_Die *unit, uint64_t pc, struct line_scope *s)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, pc);

	if (!line)
		return;
	s->file = dwarf_linesrc(line, NULL, NULL);
	dwarf_lineno(line, &s->line);
	dwarf_linecol(line, &s->column);
}

static bool is_function(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram;
}

/* The innermost function at pc below a scope. dwarf_getscopes() does not look into namespaces,
 * where clang and rustc put functions. */
static bool innermost(Dwarf_Die *scope, uint64_t pc, Dwarf_Die *found, unsigned depth)
{
	Dwarf_Die child;

	if (depth > LINES_DEPTH || dwarf_child(scope, &child) != 0)
		return false;
	do {
		int tag = dwarf_tag(&child);
		bool name_space = tag == DW_TAG_namespace || tag == DW_TAG_module;

		if (name_space && innermost(&child, pc, found, depth + 1))
			return true;
		if (name_space || dwarf_haspc(&child, pc) != 1)
			continue;
		if (is_function(&child))
			*found = child;
		return innermost(&child, pc, found, depth + 1) || is_function(&child);
	} while (dwarf_siblingof(&child, &child) == 0);
	return false;
}

/* The innermost function at pc, and what it stands in: the calls it was inlined by, not (as
 * dwarf_getscopes() goes on) where its source stands. */
static int scopes_of(Dwarf_Die *unit, uint64_t pc, Dwarf_Die **chain)
{
	Dwarf_Die function;

	return innermost(unit, pc, &function, 0) ? dwarf_getscopes_die(&function, chain) : 0;
}

/* From the innermost scope outwards: inlined calls, up to the function. */
static void read_scopes(Dwarf_Die *unit, uint64_t pc, struct lines *out)
{
	Dwarf_Die *scopes = NULL;
	int n = scopes_of(unit, pc, &scopes);

	for (int i = 0; i < n && out->n < LINES_INLINED; i++) {
		struct line_scope *s = &out->scopes[out->n];

		if (!is_function(&scopes[i]))
			continue;
		*s = (struct line_scope){.die = scopes[i], .name = name_of(&scopes[i])};
		if (out->n == 0)
			code_place(unit, pc, s);
		else
			call_place(unit, &out->scopes[out->n - 1].die, s);
		out->n++;
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
			break;
	}
	free(scopes);
}

void lines_find(struct modules *ms, struct module *m, uint64_t pc, struct lines *out)
{
	out->n = 0;
	if (!module_open(ms, m))
		return;
	if (!m->has_dwarf) {
		m->has_dwarf = true;
		m->dwarf = dwfl_module_getdwarf(m->dwfl, &m->dwarf_bias);
	}
	if (!m->dwarf || !find_unit(m, pc - m->dwarf_bias, &out->unit))
		return;
	read_scopes(&out->unit, pc - m->dwarf_bias, out);
	if (!out->n) { /* assembler: lines without functions */
		out->scopes[0] = (struct line_scope){0};
		code_place(&out->unit, pc - m->dwarf_bias, &out->scopes[0]);
		out->n = out->scopes[0].file != NULL;
	}
}
