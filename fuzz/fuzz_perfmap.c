// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a perf map: what is found holds the address, and parts of names lie within them. */
#include <stdlib.h>

#include "unwind/perfmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool within(struct str part, struct str of)
{
	return !part.n || (part.p >= of.p && part.p + part.n <= of.p + of.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct perfmap p;

	perfmap_parse(&p, (struct str){(const char *)data, n});
	for (size_t i = 0; i < p.n; i++) {
		const struct perf_symbol *s = perfmap_find(&p, p.items[i].start);
		struct str function, file;
		uint32_t line;

		if (s && p.items[i].start - s->start >= s->size)
			abort();
		perfmap_split(p.items[i].name, &function, &file, &line);
		if (!function.n || !within(file, p.items[i].name))
			abort();
	}
	free(p.items);
	return 0;
}
