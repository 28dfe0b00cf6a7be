// SPDX-License-Identifier: GPL-3.0-or-later
/* make_history STORE: a store with one run for every line "commit seconds value reference compiler"
 * of stdin, "-" being none; for tests/history.bats. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/store.h"

#define MOST 1000

static void add(struct run_record *r, const char *name, struct value v, enum better better)
{
	r->variables[r->nvariables++] = (struct variable){
		.name = str_of(name), .value = v, .better = better, .spread = NAN};
}

int main(int argc, char **argv)
{
	static struct run_record runs[MOST];
	char word[5][128];
	struct arena a;
	struct store *s;
	struct err err = {""};
	size_t n = 0;
	int rc;

	arena_init(&a);
	while (n < MOST && scanf("%127s %127s %127s %127s %127s", word[0], word[1], word[2],
				 word[3], word[4]) == 5) {
		struct run_record *r = &runs[n++];

		r->variables = arena_zalloc(&a, 8 * sizeof(*r->variables));
		r->command = STR("make bench");
		if (*word[1] != '-')
			r->started_ns = atoll(word[1]) * INT64_C(1000000000);
		if (*word[0] != '-')
			add(r, "git.commit", value_text(arena_str(&a, str_of(word[0]))), 0);
		if (*word[2] != '-')
			add(r, "bench.time", value_real(atof(word[2])), BETTER_LOWER);
		if (*word[3] != '-')
			add(r, "bench.time.reference", value_real(atof(word[3])), 0);
		add(r, "compiler", value_text(arena_str(&a, str_of(word[4]))), 0);
		add(r, "pid", value_int((int64_t)n), 0);
	}
	rc = argc == 2 ? store_open(&s, argv[1], STORE_CREATE, &err) : -ERR_USAGE;
	if (!rc) {
		rc = store_put_all(s, runs, n, &err);
		store_close(s);
	}
	if (rc)
		fprintf(stderr, "make_history: %s\n", err.msg);
	arena_release(&a);
	return rc ? 1 : 0;
}
