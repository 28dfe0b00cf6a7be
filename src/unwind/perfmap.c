// SPDX-License-Identifier: GPL-3.0-or-later
/* Perf maps: see perfmap.h. What a later line says of an address counts: code is made again. */
#include "unwind/perfmap.h"

#include <stdlib.h>

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
