// SPDX-License-Identifier: GPL-3.0-or-later
/* Names of addresses: see names.h. */
#include "unwind/names.h"

#include <libiberty/demangle.h>
#include <stdlib.h>

#include "unwind/lines.h"

#define NAME_MOST ((size_t)16 << 10) /* longer names are shown as they are in the file */

struct str names_demangle(struct arena *a, const char *s)
{
	char *plain = NULL;
	struct str out;

	/* The version of a symbol of a library, "read@@GLIBC_2.2.5", is no part of its name. */
	if (strchr(s, '@') > s)
		s = arena_str(a, str_head(str_of(s), (size_t)(strchr(s, '@') - s))).p;
	if (s[0] == '_' && (s[1] == 'Z' || s[1] == 'R') && strlen(s) < NAME_MOST)
		plain = cplus_demangle(s, DMGL_PARAMS | DMGL_ANSI | DMGL_AUTO);
	out = arena_str(a, str_of(plain ? plain : s));
	free(plain);
	return out;
}

static size_t slot_of(const struct names *c, uint64_t pc, bool call)
{
	size_t i = (size_t)((pc * 2 + call) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (c->cap - 1);

	while (c->items[i].used && (c->items[i].pc != pc || c->items[i].call != call))
		i = (i + 1) & (c->cap - 1);
	return i;
}

static void make_room(struct names *c)
{
	struct names old = *c;

	if (c->n * 2 < c->cap)
		return;
	c->cap = old.cap ? old.cap * 2 : 256;
	c->items = mem_zalloc(c->cap * sizeof(*c->items));
	for (size_t i = 0; i < old.cap; i++)
		if (old.items[i].used)
			c->items[slot_of(c, old.items[i].pc, old.items[i].call)] = old.items[i];
	free(old.items);
}

static struct str str_or_empty(struct arena *a, const char *s)
{
	return s ? arena_str(a, str_of(s)) : STR("");
}

static void place(struct names *c, struct frame *f, const struct line_scope *s)
{
	f->file = str_or_empty(&c->arena, s->file);
	f->line = s->line > 0 ? (uint32_t)s->line : 0;
	f->column = s->column > 0 ? (uint32_t)s->column : 0;
}

/* The frames of what DWARF says; the last one is what the symbol is of. */
static void by_lines(struct names *c, struct named *n, const struct lines *l, const struct frame *f)
{
	n->n = l->n;
	n->frames = arena_zalloc(&c->arena, l->n * sizeof(*n->frames));
	for (size_t i = 0; i < l->n; i++) {
		n->frames[i] = *f;
		n->frames[i].inlined = i + 1 < l->n;
		place(c, &n->frames[i], &l->scopes[i]);
		if (i + 1 < l->n) {
			n->frames[i].symbol = STR("");
			n->frames[i].offset = 0;
			n->frames[i].function = STR("");
		}
		/* A demangled symbol says more than a name without its class. */
		if (l->scopes[i].name && !(i + 1 == l->n && f->symbol.n))
			n->frames[i].function = names_demangle(&c->arena, l->scopes[i].name);
	}
}

static void by_perfmap(struct names *c, struct frame *f, uint64_t at)
{
	const struct perf_symbol *s = c->perfmap ? perfmap_find(c->perfmap, at) : NULL;

	if (!s)
		return;
	f->language = FRAME_JIT;
	f->own = true;
	perfmap_split(s->name, &f->function, &f->file, &f->line);
	f->offset = at - s->start;
}

static void name(struct names *c, struct named *n)
{
	uint64_t at = n->pc - n->call;
	struct module *m = modules_find(c->modules, at);
	struct frame f = {
		.function = STR(""), .symbol = STR(""), .file = STR(""), .module = STR("")};
	struct symbol s;
	struct lines l = {0};

	if (!m) {
		by_perfmap(c, &f, at);
	} else {
		module_open(c->modules, m);
		f.module = m->path;
		f.own = m->own;
		f.in_module = n->pc - (m->dwfl ? m->bias : m->start);
		if (module_symbol(m, at, &s)) {
			f.function = names_demangle(&c->arena, s.name);
			if (!str_eq(f.function, str_of(s.name)))
				f.symbol = str_of(s.name);
			f.offset = n->pc - s.start;
		}
		if (c->lines == UNWIND_LINES_ALL || (c->lines == UNWIND_LINES_OWN && m->own))
			lines_find(c->modules, m, at, &l);
	}
	if (l.n) {
		by_lines(c, n, &l, &f);
		return;
	}
	n->frames = arena_alloc(&c->arena, sizeof(f));
	n->frames[0] = f;
	n->n = 1;
}

const struct named *names_find(struct names *c, uint64_t pc, bool call)
{
	struct named *n;

	make_room(c);
	n = &c->items[slot_of(c, pc, call)];
	if (n->used)
		return n;
	*n = (struct named){.pc = pc, .used = true, .call = call};
	c->n++;
	name(c, n);
	return n;
}

void names_release(struct names *c)
{
	free(c->items);
	arena_release(&c->arena);
	*c = (struct names){0};
}
