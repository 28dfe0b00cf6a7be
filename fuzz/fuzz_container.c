// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a container's state. */
#include <stdlib.h>

#include "base/hash.h"
#include "state/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = {(const char *)data, n};
	struct death_clues c;
	struct arena a;
	struct err err;
	size_t found = 0;
	uint64_t h = container_is(text) ? 2 : 3;

	arena_init(&a);
	death_clues_init(&c, &a);
	if (container_read(&c, STR("f"), text, &found, &err) && !err.msg[0])
		abort();
	for (size_t i = 0; i < c.n; i++)
		h = hash_word(h, hash_str(c.items[i].from.text) ^ hash_str(c.items[i].what) ^
					 hash_str(c.items[i].name));
	if (c.n > found || !h)
		abort();
	death_clues_release(&c);
	arena_release(&a);
	return 0;
}
