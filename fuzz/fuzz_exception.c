// SPDX-License-Identifier: GPL-3.0-or-later
/* Bytes as an event's text: the chain of causes ends, every slice can be touched. */
#include <stdlib.h>

#include "base/hash.h"
#include "log/exception.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a;
	uint64_t h = 0;
	int depth = 0;

	arena_init(&a);
	for (const struct exception *e =
		     exception_parse(&a, (struct str){(const char *)data, size});
	     e; e = e->cause) {
		if (++depth > 1000)
			abort();
		h = hash_word(h, hash_str(e->type) ^ hash_str(e->message));
		for (size_t i = 0; i < e->nframes; i++)
			h = hash_word(h, hash_str(e->frames[i].function) ^
						 hash_str(e->frames[i].file));
	}
	arena_release(&a);
	if (h == 1)
		abort(); /* never: it uses the hash */
	return 0;
}
