// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as what is left of a program, the kernel's log among it: a verdict with all its text.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "state/lastwords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint64_t touch(const struct death *d)
{
	uint64_t h = hash_str(d->sentence) ^ hash_str(d->ending) ^ hash_str(d->next);

	for (size_t i = 0; i < d->nevidence; i++)
		h = hash_word(h, hash_str(d->evidence[i].text) ^ hash_str(d->evidence[i].file));
	for (size_t i = 0; i < d->nothers; i++)
		h = hash_word(h, hash_str(d->others[i].why));
	for (size_t i = 0; i < d->nruled_out; i++)
		h = hash_word(h, hash_str(d->ruled_out[i].why));
	for (size_t i = 0; i < d->nmemory; i++)
		h = hash_word(h, hash_str(d->memory[i].name));
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct death_facts f = {.cpu_seconds = -1};
	struct death_clues c;
	struct death d;
	struct arena a;

	arena_init(&a);
	death_clues_init(&c, &a);
	lastwords_text(&c, STR("f"), (struct str){(const char *)data, n});
	f.clues = &c;
	death_judge(&f, &a, &d);
	if (c.n > 16 * DEATH_CAUSES || touch(&d) == 1)
		abort();
	f.command = (struct str){(const char *)data, n < 64 ? n : 64};
	f.seconds = n & 1 ? 2 : 0;
	f.ended = true;
	f.sig = n % 32;
	death_judge(&f, &a, &d);
	if (touch(&d) == 1)
		abort(); /* never: it uses the hash */
	death_clues_release(&c);
	arena_release(&a);
	return 0;
}
