// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "text/symptom.h"

static const struct {
	const char *text;
	enum level level;
	enum symptom_class class;
} table[] = {
	/* what failed, with its type or place */
	{"java.io.IOException: No space left on device", LEVEL_UNKNOWN, SYMPTOM_CAUSE},
	{"src/Parser.java:[3,13] cannot find symbol Foo", LEVEL_ERROR, SYMPTOM_CAUSE},
	{"run.c:716: error: expected expression before token", LEVEL_UNKNOWN, SYMPTOM_CAUSE},
	{"fatal: unsafe repository ('/w' is owned by someone else)", LEVEL_UNKNOWN, SYMPTOM_CAUSE},
	{"Error [ERR_INVALID_ARG]: Invalid main target", LEVEL_UNKNOWN, SYMPTOM_CAUSE},
	{"connect failed with ECONNREFUSED on port 80", LEVEL_UNKNOWN, SYMPTOM_CAUSE},
	{"thread 'main' panicked at src/main.rs:4:5:", LEVEL_UNKNOWN, SYMPTOM_CAUSE},
	/* what failed */
	{"cp: cannot stat '/tmp/x': No such file or directory", LEVEL_UNKNOWN, SYMPTOM_FAILURE},
	{"pool worker gave back its lease too late", LEVEL_ERROR, SYMPTOM_FAILURE},
	{"the operation timed out while waiting for a lease", LEVEL_UNKNOWN, SYMPTOM_FAILURE},
	/* bare results and headlines */
	{"BUILD FAILURE", LEVEL_INFO, SYMPTOM_VERDICT},
	{"COMPILATION ERROR :", LEVEL_ERROR, SYMPTOM_VERDICT},
	{"10 tests completed, 1 failed", LEVEL_UNKNOWN, SYMPTOM_VERDICT},
	{"##[error]Process completed with exit code 1.", LEVEL_UNKNOWN, SYMPTOM_VERDICT},
	{"", LEVEL_ERROR, SYMPTOM_VERDICT},
	/* maybe */
	{"unexpected end of the stream", LEVEL_UNKNOWN, SYMPTOM_SOFT},
	{"could not reach the mirror, using the cache", LEVEL_WARN, SYMPTOM_SOFT},
	/* nothing: negated, part of a name, quoted, passed */
	{"Tests run: 4, Failures: 0, Errors: 0, Skipped: 0", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"compiled with 0 errors", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"finished without errors", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"ok=1 changed=0 unreachable=0 failed=0", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"Downloading error-handling.jar", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"fail-fast: --fail-fast given", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"if [[ \"failure\" == \"success\" ]]; then", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"test_timeout_error (x.TestErrors) ... ok", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"tests/test_error.py::test_failure PASSED", LEVEL_UNKNOWN, SYMPTOM_NONE},
	{"listening on port 8080", LEVEL_INFO, SYMPTOM_NONE},
	{"", LEVEL_UNKNOWN, SYMPTOM_NONE},
};

static void classes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct symptom s = symptom_of(str_of(table[i].text), table[i].level);

		if (s.class != table[i].class)
			fail_msg("\"%s\": %d, not %d", table[i].text, (int)s.class,
				 (int)table[i].class);
	}
}

static void frames(void **state)
{
	static const char *const yes[] = {
		"\tat org.example.Foo.bar(Foo.java:12)",
		"    at java.io.File.createNewFile (File.java:1026)",
		"\t... 12 more",
		"Caused by: java.io.IOException: x",
		"  File \"/usr/lib/x.py\", line 88, in trace",
		"    #1 0x55e0a958742c in u8_byte2char run.c:716",
		"#0  main () at x.c:1",
		"    at Module._load (node:internal/modules/cjs/loader:1038:27)",
		"    at /app/server.js:12:3",
	};
	static const char *const no[] = {
		"at the end of the day", "#define X 1", "# comment", "...", "File not found", "",
	};

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (!symptom_of(str_of(yes[i]), LEVEL_UNKNOWN).frame)
			fail_msg("no frame: %s", yes[i]);
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		if (symptom_of(str_of(no[i]), LEVEL_UNKNOWN).frame)
			fail_msg("a frame: %s", no[i]);
}

static void advice(void **state)
{
	static const char *const yes[] = {
		"Re-run Maven using the -X switch to enable full debug logging.",
		"> Run with --stacktrace option to get the stack trace.",
		"note: run with `RUST_BACKTRACE=1` to see more",
		"For more information about the errors, please read the following articles:",
		"* Try:",
		"[ERROR] [Help 1] http://example.org",
	};

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (!symptom_of(str_of(yes[i]), LEVEL_UNKNOWN).advice)
			fail_msg("no advice: %s", yes[i]);
	assert_false(symptom_of(STR("Trying other mirror."), LEVEL_UNKNOWN).advice);
	assert_false(symptom_of(STR("seen 3 packets"), LEVEL_UNKNOWN).advice);
}

static void levels(void **state)
{
	assert_int_equal(symptom_of(STR("error: x"), LEVEL_UNKNOWN).level, LEVEL_ERROR);
	assert_int_equal(symptom_of(STR("[WARN] x"), LEVEL_UNKNOWN).level, LEVEL_WARN);
	assert_int_equal(symptom_of(STR("error x"), LEVEL_UNKNOWN).level, LEVEL_UNKNOWN);
	assert_int_equal(symptom_of(STR("x error: y"), LEVEL_UNKNOWN).level, LEVEL_UNKNOWN);
	assert_int_equal(symptom_of(STR("error: x"), LEVEL_INFO).level, LEVEL_INFO);
}

/* Any bytes: no crash, no endless loop. */
static void hostile(void **state)
{
	char text[300];
	uint64_t x = 88172645463325252U;

	for (int round = 0; round < 2000; round++) {
		size_t n = (size_t)round % sizeof(text);

		for (size_t i = 0; i < n; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			text[i] = round % 3 ? " .:-[]()\"'`0aE=#\\"[x % 17] : (char)x;
		}
		symptom_of((struct str){text, n}, (enum level)(x % 8));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes), cmocka_unit_test(frames),  cmocka_unit_test(advice),
		cmocka_unit_test(levels),  cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
