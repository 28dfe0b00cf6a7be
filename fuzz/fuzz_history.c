// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a file of `inquest history`, and its change points: places are in order. The first
 * byte says which columns are wanted. */
#include <stdlib.h>

#include "cli/history.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct changepoints *c, size_t n)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct change *f = &c->changes[i];

		if (f->from < 1 || f->from > f->index || f->index > f->to || f->to >= n ||
		    f->begin >= f->index || f->end <= f->index || f->end > n)
			abort();
		if (i && f->index <= c->changes[i - 1].index)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	unsigned char what = n ? data[0] : 0;
	struct history_values v = {
		.value = what & 1 ? "v" : NULL,
		.reference = what & 2 ? "r" : NULL,
		.step = what & 4 ? "s" : NULL,
		.label = what & 8 ? "l" : NULL,
	};
	struct changepoint_options o = {(enum changepoint_mode)(what / 16 % 3), .005, 1};
	struct changepoints c;
	struct history h = {0};
	struct err err;

	arena_init(&h.arena);
	if (n && !history_read_data(&h, &v, (struct str){(const char *)data + 1, n - 1}, &err) &&
	    !changepoint_find(h.value, h.reference, h.n, &o, &h.arena, &c, &err))
		check(&c, h.n);
	arena_release(&h.arena);
	return 0;
}
