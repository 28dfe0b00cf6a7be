// SPDX-License-Identifier: GPL-3.0-or-later
/* make_runs STORE EVIDENCE: a store with three runs for tests/runs.bats. */
#include <math.h>
#include <stdio.h>

#include "store/evidence.h"
#include "store/store.h"

int main(int argc, char **argv)
{
	double x[] = {1, 2, 3}, y[] = {1, NAN, 0.25};
	struct variable v[3][5] = {
		{{.name = STR("loss"),
		  .value = value_real(0.5),
		  .unit = STR("s"),
		  .better = BETTER_LOWER,
		  .n = 20,
		  .spread = 0.125},
		 {.name = STR("n"), .value = value_int(1), .spread = NAN},
		 {.name = STR("host"), .value = value_text(STR("a")), .spread = NAN},
		 {.name = STR("test.a b"), .value = value_int(1), .spread = NAN},
		 {.name = STR("name"), .value = value_text(STR("x")), .spread = NAN}},
		{{.name = STR("loss"),
		  .value = value_real(INFINITY),
		  .unit = STR("s"),
		  .better = BETTER_LOWER,
		  .spread = NAN},
		 {.name = STR("n"), .value = value_real(2), .spread = NAN},
		 {.name = STR("host"), .value = value_text(STR("a")), .spread = NAN}},
		{{.name = STR("loss"),
		  .value = value_real(NAN),
		  .unit = STR("s"),
		  .better = BETTER_LOWER,
		  .spread = NAN},
		 {.name = STR("n"), .value = value_int(9007199254740993), .spread = NAN},
		 {.name = STR("host"), .value = value_text(STR("a")), .spread = NAN}},
	};
	struct series curve = {.name = STR("curve"), .axis = STR("step"), .n = 3, .x = x, .y = y};
	struct test_result tests[] = {{.suite = STR("suite"), .name = STR("good"), .seconds = NAN},
				      {.suite = STR("suite"),
				       .name = STR("bad"),
				       .status = TEST_FAILED,
				       .seconds = 0.25,
				       .message = STR("expected 1"),
				       .detail = STR("line 1\nline 2")}};
	struct run_evidence evidence = {.name = STR("app.log"), .kind = STR("log")};
	struct run_record r[] = {
		{.name = STR("first"),
		 .verdict = RUN_GOOD,
		 .started_ns = INT64_C(1795399265250000001),
		 .command = STR("make check"),
		 .variables = v[0],
		 .nvariables = 5,
		 .series = &curve,
		 .nseries = 1,
		 .tests = tests,
		 .ntests = 2,
		 .evidence = &evidence,
		 .nevidence = 1},
		{.name = STR("second"),
		 .command = STR("echo \033[31mred\033[m"),
		 .variables = v[1],
		 .nvariables = 3},
		{.name = STR("third"),
		 .verdict = RUN_BAD,
		 .state = RUN_RUNNING,
		 .variables = v[2],
		 .nvariables = 3},
	};
	char hash[EVIDENCE_HASH + 1];
	struct store *s;
	struct err err;
	int rc;

	if (argc != 3)
		return 2;
	rc = evidence_put(argv[2], STR("a log\n"), true, hash, &err);
	evidence.hash = str_of(hash);
	if (!rc)
		rc = store_open(&s, argv[1], STORE_CREATE, &err);
	if (!rc) {
		rc = store_put_all(s, r, 3, &err);
		store_close(s);
	}
	if (rc)
		fprintf(stderr, "make_runs: %s\n", err.msg);
	return rc ? 4 : 0;
}
