// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Symbols by address: see module.h. A symbol table has tens of thousands of them in the order of
 * the linker: keys are sorted by their digits, in as many passes as the span of the addresses
 * needs; what begins at the same address is then put in order by how well it names what is there.
 */
#include <stdlib.h>

#include "unwind/module.h"

#define DIGIT_BITS 11
#define DIGITS     (1U << DIGIT_BITS)

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

struct symbol *symbols_sort(struct symbol *symbols, size_t n)
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
