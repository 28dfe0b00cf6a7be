// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a JVM's dump of its threads, put among native frames. */
#include <stdlib.h>

#include "state/java.h"

#define NATIVE 5
#define MOST   7

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct frame native(uint8_t kind)
{
	return (struct frame){.pc = kind,
			      .module = kind & 1 ? STR("/lib/libjvm.so") : STR(""),
			      .trust = kind & 2 ? FRAME_GUESSED : FRAME_EXACT};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct java_dump d;
	struct arena a;

	arena_init(&a);
	if (!java_parse((struct str){(const char *)data, n}, &a, &d) && d.n)
		abort();
	for (size_t i = 0; i < d.n; i++) {
		struct frame frames[NATIVE];
		struct stack_thread t = {.frames = frames, .nframes = i % (NATIVE + 1)};

		for (size_t k = 0; k < NATIVE; k++)
			frames[k] = native(n ? data[(i * NATIVE + k) % n] : 0);
		t.complete = i & 1;
		java_merge(&t, &d.threads[i], MOST, &a);
		if (t.nframes > MOST && d.threads[i].nframes)
			abort();
		if (d.threads[i].native < 0 || t.skipped_at > t.nframes)
			abort();
		for (size_t k = 0; k < t.nframes; k++)
			if (t.frames[k].language == FRAME_JAVA && !t.frames[k].function.n)
				abort();
	}
	arena_release(&a);
	return 0;
}
