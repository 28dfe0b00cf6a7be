// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a snapshot of threads: compared with itself, printed, written and read again. */
#include <stdlib.h>

#include "compare/stackdiff.h"
#include "import/stacks.h"
#include "report/stacks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void use(const struct stacks *st, struct arena *a)
{
	struct stacks_look look = {.width = 80};
	struct stackdiff d;
	struct stacks again;
	struct buf out = {0};
	struct err err;

	stackdiff_run(&d, st, st);
	if (!d.by_place && d.count[STACKDIFF_NEW] + d.count[STACKDIFF_GONE])
		abort();
	stackdiff_release(&d);
	stacks_text(st, &look, &out);
	stacks_folded(st, &out);
	out.n = 0;
	stacks_json(st, STR("fuzz"), &out);
	if (stacks_read(&again, a, buf_str(&out), &err) || again.nthreads != st->nthreads ||
	    again.ngroups != st->ngroups)
		abort();
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str s = {(const char *)data, n};
	struct stacks st;
	struct arena a;
	struct err err;

	arena_init(&a);
	if (stacks_recognise(s) && !stacks_read(&st, &a, s, &err))
		use(&st, &a);
	arena_release(&a);
	return 0;
}
