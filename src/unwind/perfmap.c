// SPDX-License-Identifier: GPL-3.0-or-later
/* Perf maps: see perfmap.h. What a later line says of an address counts: code is made again. */
#include "unwind/perfmap.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MOST ((size_t)1 << 22)

static bool hex(struct str *s, uint64_t *out)
{
	size_t i = 0;

	*out = 0;
	for (; i < s->n && i < 16; i++) {
		char c = s->p[i];
		int d = c >= '0' && c <= '9'                 ? c - '0'
			: (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
							     : -1;

		if (d < 0)
			break;
		*out = *out << 4 | (uint64_t)d;
	}
	if (!i || i == s->n || s->p[i] != ' ')
		return false;
	*s = str_from(*s, i + 1);
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct perf_symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->name.p < y->name.p ? -1 : x->name.p > y->name.p;
}

void perfmap_parse(struct perfmap *p, struct str text)
{
	struct str line;
	size_t cap = 0;

	*p = (struct perfmap){0};
	while (str_next(&text, '\n', &line) && p->n < LINES_MOST) {
		struct perf_symbol s;

		if (!hex(&line, &s.start) || !hex(&line, &s.size) || !line.n)
			continue;
		s.name = line;
		array_push(p->items, p->n, cap) = s;
	}
	if (p->n)
		qsort(p->items, p->n, sizeof(*p->items), by_start);
}

/* ":NUMBER" at the end of s, which is cut off. */
static bool cut_number(struct str *s, uint32_t *out)
{
	size_t i = s->n;
	uint64_t v;

	while (i && s->p[i - 1] >= '0' && s->p[i - 1] <= '9')
		i--;
	if (i < 2 || s->p[i - 1] != ':' || !str_u64(str_from(*s, i), &v) || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	*s = str_head(*s, i - 1);
	return true;
}

static void split_v8(struct str name, struct str *function, struct str *file, uint32_t *line)
{
	size_t blank = str_find_char(name, ' ');
	uint32_t number, before;

	if (blank + 1 >= name.n)
		return;
	*file = str_from(name, blank + 1);
	name = str_head(name, blank);
	if (name.n && strchr("*~^+", name.p[0]))
		name = str_from(name, 1);
	*function = name.n ? name : STR("(anonymous)");
	/* line and column, or the line alone */
	if (!cut_number(file, &number))
		return;
	*line = cut_number(file, &before) ? before : number;
}

void perfmap_split(struct str name, struct str *function, struct str *file, uint32_t *line)
{
	static const char *const v8[] = {"JS:", "LazyCompile:", "Function:", "Script:", "Eval:"};
	struct str rest;
	size_t colon;

	*function = name;
	*file = STR("");
	*line = 0;
	for (size_t i = 0; i < ARRAY_SIZE(v8); i++)
		if (str_starts(name, str_of(v8[i]))) {
			split_v8(str_from(name, strlen(v8[i])), function, file, line);
			return;
		}
	if (!str_starts(name, STR("py::")))
		return;
	rest = str_from(name, 4);
	colon = str_find_char(rest, ':');
	if (!colon || colon + 1 >= rest.n)
		return;
	*function = str_head(rest, colon);
	*file = str_from(rest, colon + 1);
}

const struct perf_symbol *perfmap_find(const struct perfmap *p, uint64_t addr)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (p->items[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || addr - p->items[low - 1].start >= p->items[low - 1].size)
		return NULL;
	return &p->items[low - 1];
}
