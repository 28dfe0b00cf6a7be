// SPDX-License-Identifier: GPL-3.0-or-later
/* Readers of reports of tests: each case is recognised, and read to what stands beside it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "import/import.h"

/* "P suite:name 0.5 [message]": a line a result. */
static void render(const struct import *im, struct buf *b)
{
	static const char letters[] = "PFES";

	for (size_t i = 0; i < im->ntests; i++) {
		const struct test_result *t = &im->tests[i];

		buf_printf(b, "%c%s " STR_FMT ":" STR_FMT, letters[t->status],
			   t->expected ? "x" : "", STR_ARG(t->suite), STR_ARG(t->name));
		if (!isnan(t->seconds))
			buf_printf(b, " %g", t->seconds);
		if (t->message.n)
			buf_printf(b, " [" STR_FMT "]", STR_ARG(t->message));
		buf_add_char(b, '\n');
	}
}

static bool has_note(const struct import *im, const char *text)
{
	for (size_t i = 0; i < im->nnotes; i++)
		if (str_contains(im->notes[i].text, str_of(text)))
			return true;
	return false;
}

struct sample {
	const char *reader; /* NULL: no reader is sure */
	const char *text;
	const char *results;
	const char *note; /* NULL: there is none at all */
};

static void check(const struct sample *c)
{
	CLEANUP_BUF struct buf got = {0};
	struct import_file f = {STR("report"), str_of(c->text)};
	const struct import_reader *r = import_recognise(f.path, f.data);
	struct import im;
	struct err err = {0};

	if (!c->reader) {
		assert_null(r);
		return;
	}
	assert_non_null(r);
	assert_string_equal(r->name, c->reader);
	import_init(&im);
	if (import_read(&im, r, &f, 1, &err))
		fail_msg("%s: %s", c->reader, err.msg);
	render(&im, &got);
	assert_string_equal(buf_cstr(&got), c->results);
	if (c->note ? !has_note(&im, c->note) : im.nnotes > 0)
		fail_msg("%s: note \"%s\" of %zu: " STR_FMT, c->text, c->note ? c->note : "",
			 im.nnotes, STR_ARG(im.nnotes ? im.notes[0].text : STR("")));
	import_release(&im);
}

#define CHECK_ALL(cases)                                       \
	do {                                                   \
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) \
			check(&(cases)[i]);                    \
	} while (0)

static void test_tap(void **state)
{
	static const struct sample cases[] = {
		{"tap", "1..2\nok 1 - a\nnot ok 2 - b # TODO later\n", "P :a\nSx :b [later]\n",
		 NULL},
		{"tap", "TAP version 14\nok a\nnot ok\n# said\n1..2\n", "P :a\nF :2 [said]\n",
		 NULL},
		{"tap", "1..3\nok 1 x\nok 2 y # SKIP: no net\n",
		 "P :x\nS :y [no net]\nE :(plan) [planned 3 tests, but ran 2]\n", NULL},
		{"tap", "1..3\nok 1 x\nBail out! disk full\n", "P :x\nE :(bail out) [disk full]\n",
		 NULL},
		{"tap", "1..0 # SKIP nothing here\n", "", "all skipped: nothing here"},
		{"tap", "1..2\nok 2 - b\nok 1 - a\n", "P :b\nP :a\n", "test 2 comes where 1"},
		{"tap", "1..1\nok 1 - a \\# TODO b # TODO c\n",
		 "P :a \\# TODO b [passed unexpectedly: c]\n", NULL},
		{"tap", "1..1\n    ok 1 - in\n    not ok 2 - deep\n    1..2\nnot ok 1 - out\n",
		 "F :out [deep]\n", NULL},
		{"tap",
		 "1..2\nnot ok 1 - y\n  ---\n  message: 'boom'\n  duration_ms: 12.5\n  ...\nok 2\n",
		 "F :y 0.0125 [boom]\nP :2\n", "have no time"},
		{"tap", "1..1\nok 1 addition in 32ms\n", "P :addition 0.032\n", NULL},
		{"tap", "t/a.t .. \nok 1 - a\n1..1\nok\nt/b.t .. \nok 1 - a\n1..1\nok\n",
		 "P t/a.t:a\nP t/b.t:a\n", NULL},
		{"tap",
		 "not ok 1 a\n  ---\n  error: |-\n    Expected values to be equal:\n    \n    1 "
		 "!== 2\n"
		 "    \n  code: 'ERR'\n  ...\n1..1\n",
		 "F :a [Expected values to be equal: 1 !== 2]\n", NULL},
		{"tap", /* Mocha's */
		 "not ok 1 a\n  boom\n  more\n      at f (x.js:1:2)\nnot ok 2 b\n  bang\n# tests "
		 "2\n1..2\n",
		 "F :a [boom]\nF :b [bang]\n", NULL},
		/* a log of GitHub's or GitLab's runners */
		{"tap",
		 "2024-05-06T07:08:09.0123456Z 1..1\n2024-05-06T07:08:09.0123457Z not ok 1 a\n"
		 "2024-05-06T07:08:09.0123457Z # why\n",
		 "F :a [why]\n", NULL},
		{"tap",
		 "2024-05-06T07:08:09.012345Z 00O 1..1\n2024-05-06T07:08:09.012345Z 00O \x1b[32mok "
		 "1 a\n",
		 "P :a\n", NULL},
		{NULL, "everything is ok\nok then\nnot ok either\n", NULL, NULL},
	};

	CHECK_ALL(cases);
}

static void test_go(void **state)
{
	static const struct sample cases[] = {
		{"gotest",
		 "=== RUN   TestA\n    a_test.go:9: no\n--- FAIL: TestA (0.50s)\nFAIL\n"
		 "FAIL\tp/a\t0.5s\n",
		 "F p/a:TestA 0.5 [a_test.go:9: no]\n", NULL},
		/* without -v only failures have lines */
		{"gotest",
		 "--- FAIL: TestA (0.01s)\n    --- FAIL: TestA/sub (0.00s)\n        "
		 "a_test.go:5: bad\nFAIL\nFAIL\tp\t0.1s\nFAIL\n",
		 "F p:TestA 0.01\nF p:TestA/sub 0 [a_test.go:5: bad]\n", NULL},
		{"gotest", "# p/b\nb.go:1:2: undefined: x\nFAIL\tp/b [build failed]\n",
		 "E p/b:(package) [build failed]\n", NULL},
		{"gotest", "panic: init\n\ngoroutine 1 [running]:\nFAIL\tp/c\t0.003s\n",
		 "E p/c:(package) [panic: init]\n", NULL},
		{"gotest",
		 "=== RUN   TestA\npanic: boom\n\ngoroutine 7 [running]:\nFAIL\tp\t0.1s\n",
		 "E p:TestA [panic: boom]\n", NULL},
		{"gotest",
		 "=== RUN   TestA\nno newline--- PASS: TestA (0.00s)\nPASS\nok  \tp\t1s\n",
		 "P p:TestA 0\n", NULL},
		{"gotest",
		 "=== RUN   TestA\n--- SKIP: TestA (0.00s)\n    a_test.go:3: why\nok  \tp\t1s\n",
		 "S p:TestA 0 [a_test.go:3: why]\n", NULL},
		/* the end of a test that failed stands behind what the last one printed; a build
		 * that failed stands before it */
		{"gotest",
		 "# p/b [p/b.test]\nb.go:1:2: undefined: x\nprinted--- FAIL: TestA (0.00s)\n"
		 "    a_test.go:4: why\nFAIL\nFAIL\tp/a\t0.1s\nFAIL\tp/b [build failed]\n",
		 "F p/a:TestA 0 [printed]\nE p/b:(package) [build failed]\n", "have no time"},
		{"gotest",
		 "--- FAIL: TestP (0.00s)\npanic: too late [recovered]\n\tpanic: too late\n\n"
		 "goroutine 1 [running]:\nFAIL\tp\t0.1s\n",
		 "F p:TestP 0 [panic: too late [recovered]]\n", NULL},
		{"gotest", "?   \tp\t[no test files]\nok  \tq\t(cached)\n", "", NULL},
		{"gotest-json",
		 "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestA\"}\n"
		 "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"TestA\",\"Output\":\"x--- "
		 "PASS: TestA "
		 "(0.00s)\\n\"}\n"
		 "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestB\"}\n"
		 "{\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"TestB\",\"Elapsed\":1}\n"
		 "{\"Action\":\"fail\",\"Package\":\"p\",\"Elapsed\":1}\n",
		 "F p:TestB 1\n", "TestA passed, but no event says so"},
		{"gotest-json",
		 "building\n{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"T\"}\n"
		 "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"T\",\"Output\":\"    t.go:1: "
		 "x\\n\"}\n"
		 "{\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"T\",\"Elapsed\":0.25}\n"
		 "{\"Action\":\"fail\",\"Package\":\"p\",\"Elapsed\":0.3}\n",
		 "F p:T 0.25 [t.go:1: x]\n", NULL},
		{"gotest-json",
		 "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"T\"}\n"
		 "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"T\",\"Output\":\"panic: "
		 "gone\\n\"}\n"
		 "{\"Action\":\"fail\",\"Package\":\"p\",\"Elapsed\":0.3}\n",
		 "E p:T [panic: gone]\n", NULL},
		/* a benchmark has no end */
		{"gotest-json",
		 "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"BenchmarkX\"}\n"
		 "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"BenchmarkX\",\"Output\":"
		 "\"BenchmarkX-8 100 5 ns/op\\n\"}\n"
		 "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"BenchmarkY\"}\n"
		 "{\"Action\":\"pass\",\"Package\":\"p\"}\n",
		 "", NULL},
		{"gotest-json",
		 "{\"ImportPath\":\"p [p.test]\",\"Action\":\"build-output\",\"Output\":\"x.go:1: "
		 "bad\\n\"}\n"
		 "{\"ImportPath\":\"p [p.test]\",\"Action\":\"build-fail\"}\n"
		 "{\"Action\":\"start\",\"Package\":\"p\"}\n"
		 "{\"Action\":\"fail\",\"Package\":\"p\",\"Elapsed\":0,\"FailedBuild\":\"p "
		 "[p.test]\"}\n",
		 "E p:(package) [x.go:1: bad]\n", NULL},
	};

	CHECK_ALL(cases);
}

#define PYTEST_HEAD "============ test session starts ============\ncollected 3 items\n\n"

static void test_python(void **state)
{
	static const struct sample cases[] = {
		{"pytest",
		 PYTEST_HEAD
		 "t.py .Fs     [100%]\n\n====== FAILURES ======\n______ test_b ______\n"
		 "E   assert 1 == 2\n====== short test summary info ======\n"
		 "FAILED t.py::test_b\n====== 1 failed, 1 passed, 1 skipped in 0.5s ======\n",
		 "P t.py:#1\nF t.py:test_b [assert 1 == 2]\nS t.py:#3\n", NULL},
		{"pytest",
		 PYTEST_HEAD
		 "t.py::T::test_a PASSED [ 50%]\nt.py::test_b[x y] XFAIL (known) [100%]\n"
		 "====== 1 passed, 1 xfailed in 0.5s ======\n",
		 "P t.py:T::test_a\nSx t.py:test_b[x y] [known]\n", NULL},
		/* what a test prints stands between its name and its end */
		{"pytest", PYTEST_HEAD "t.py::test_a hello\nPASSED\n====== 2 passed in 1s ======\n",
		 "P t.py:test_a\n", "states passed 2, but holds 1"},
		{"pytest",
		 PYTEST_HEAD
		 "[gw1] [ 50%] PASSED t.py::test_a \n[gw0] [100%] FAILED t.py::test_b \n"
		 "====== 1 failed, 1 passed in 1s ======\n",
		 "P t.py:test_a\nF t.py:test_b\n", NULL},
		{"pytest",
		 PYTEST_HEAD
		 "====== ERRORS ======\n____ ERROR collecting t.py ____\nE   No module\n"
		 "====== short test summary info ======\nERROR t.py\n"
		 "====== 1 error in 0.1s ======\n",
		 "E t.py:(collection) [No module]\n", NULL},
		/* a teardown that fails; parameters that look like a reason */
		{"pytest",
		 PYTEST_HEAD "t.py::test_a PASSED [ 50%]\nt.py::test_a ERROR [ 50%]\n"
			     "t.py::test_b[x - y] FAILED [100%]\n====== ERRORS ======\n"
			     "____ ERROR at teardown of test_a ____\nE   gone\n"
			     "====== short test summary info ======\n"
			     "FAILED t.py::test_b[x - y] - assert 0\nERROR t.py::test_a\n"
			     "====== 1 failed, 1 passed, 1 error in 0.1s ======\n",
		 "P t.py:test_a\nE t.py:test_a (teardown) [gone]\nF t.py:test_b[x - y] [assert "
		 "0]\n",
		 NULL},
		{"pytest", "..F    [100%]\nFAILED t.py::a - no\n1 failed, 2 passed in 0.12s\n",
		 "P :#1\nP :#2\nF :#3\n", NULL},
		{"unittest",
		 "test_a (m.T) ... ok\ntest_b (m.T.test_b)\nSays what it does ... FAIL\n\n"
		 "======================================================================\n"
		 "FAIL: test_b (m.T.test_b)\nSays what it does\n"
		 "----------------------------------------------------------------------\n"
		 "Traceback (most recent call last):\n  File \"x.py\", line 4\nAssertionError: "
		 "1\n\n"
		 "----------------------------------------------------------------------\n"
		 "Ran 2 tests in 0.001s\n\nFAILED (failures=1)\n",
		 "P m.T:test_a\nF m.T:test_b [AssertionError: 1]\n", NULL},
		{"unittest",
		 ".F.\n"
		 "======================================================================\n"
		 "FAIL: test_b (m.T)\n"
		 "----------------------------------------------------------------------\n"
		 "Traceback (most recent call last):\n  File \"x.py\", line 4\nAssertionError\n\n"
		 "----------------------------------------------------------------------\n"
		 "Ran 4 tests in 0.001s\n\nFAILED (failures=1)\n",
		 "P :#1\nF m.T:test_b [AssertionError]\nP :#3\n", "states tests 4, but holds 3"},
		/* two subtests failed: two characters, one test */
		{"unittest",
		 ".FF\n"
		 "======================================================================\n"
		 "FAIL: test_b (m.T.test_b) (i=1)\n"
		 "----------------------------------------------------------------------\n"
		 "Traceback (most recent call last):\n  File \"x.py\", line 4\nAssertionError: "
		 "1\n\n"
		 "======================================================================\n"
		 "FAIL: test_b (m.T.test_b) (i=2)\n"
		 "----------------------------------------------------------------------\n"
		 "Traceback (most recent call last):\n  File \"x.py\", line 4\nAssertionError: "
		 "2\n\n"
		 "----------------------------------------------------------------------\n"
		 "Ran 2 tests in 0.001s\n\nFAILED (failures=2)\n",
		 "P :#1\nF m.T:test_b [AssertionError: 1]\n", NULL},
		{"unittest",
		 "test_a (m.T) ... printed\nok\ntest_c (m.T) ... \n"
		 "  test_c (m.T) (i=1) ... ERROR\n"
		 "setUpClass (m.U) ... ERROR\n"
		 "----------------------------------------------------------------------\n"
		 "Ran 2 tests in 0.001s\n",
		 "P m.T:test_a\nE m.T:test_c\nE m.U:(setUpClass)\n", NULL},
		{NULL, "3 passed the exam\nRan 5 tests in 0.1s\n===== a heading =====\n", NULL,
		 NULL},
	};

	CHECK_ALL(cases);
}

static void test_native(void **state)
{
	static const struct sample cases[] = {
		{"gtest",
		 "[ RUN      ] A.Ok\n[       OK ] A.Ok (3 ms)\n[ RUN      ] A.Bad\na.cc:2: "
		 "Failure\n"
		 "Value of: x\nfoo[  FAILED  ] A.Bad, where GetParam() = (1) (0 ms)\n"
		 "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.Bad\n",
		 "P A:Ok 0.003\nF A:Bad 0 [a.cc:2: Failure: Value of: x]\n", NULL},
		{"gtest",
		 "[ RUN      ] A.B\na.cc:2: Failure\nExpected equality of these values:\n  1\n  2\n"
		 "[  FAILED  ] A.B (0 ms)\n",
		 "F A:B 0 [a.cc:2: Failure: Expected equality of these values: 1 2]\n", NULL},
		/* --gtest_color=yes; --gtest_brief=1, where what a test said stands before its end
		 */
		{"gtest",
		 "\x1b[0;32m[ RUN      ] \x1b[mA.Ok\n\x1b[0;32m[       OK ] \x1b[mA.Ok (1 ms)\n",
		 "P A:Ok 0.001\n", NULL},
		{"gtest",
		 "a.cc:4: Failure\nValue of: false\n[  FAILED  ] R/P.V/1, where GetParam() = 3 (2 "
		 "ms)\n"
		 "[==========] 3 tests from 2 test suites ran. (6 ms total)\n[  PASSED  ] 2 "
		 "tests.\n",
		 "F R/P:V/1 0.002 [a.cc:4: Failure: Value of: false]\nP :#1\nP :#2\n",
		 "have no time"},
		{"gtest", "[==========] Running 1 test.\n[ RUN      ] A.Dies\nSegmentation fault\n",
		 "E A:Dies [did not end]\n", NULL},
		{"ctest", /* a pattern of two lines */
		 "1/1 Test #1: rx ....***Failed  Required regular expression not found. "
		 "Regex=[bye\n"
		 "]  0.01 sec\n\n0% tests passed, 1 tests failed out of 1\n",
		 "F :rx 0.01 [Failed  Required regular expression not found. Regex=[bye ]]\n",
		 NULL},
		{"ctest", /* --repeat until-pass:3 */
		 "1/2 Test #1: a ....***Failed    0.25 sec\n      Start 1: a\n"
		 "    Test #1: a ....   Passed    0.5 sec\n"
		 "2/2 Test #2: b ....***Failed    0.25 sec\n      Start 2: b\n"
		 "    Test #2: b ....***Timeout   0.5 sec\n\n"
		 "50% tests passed, 1 tests failed out of 2\n",
		 "P :a 0.5 [passed when repeated]\nE :b 0.5 [Timeout]\n", NULL},
		{"ctest",
		 "      Start 1: a b\n 1/2 Test #1: a b ......   Passed    0.10 sec\n"
		 "2/2 Test #2: c ....***Exception: SegFault  0.02 sec\nbefore\n\n"
		 "50% tests passed, 1 tests failed out of 2\n",
		 "P :a b 0.1\nE :c 0.02 [Exception: SegFault]\n", NULL},
		{"ctest",
		 "test 1\n    Start 1: a\n\n1: Test command: /x\n1: hello\n"
		 "1/1 Test #1: a ......***Failed  Required regular expression not found. Regex=[x] "
		 " "
		 "1,5 sec\n\n0% tests passed, 2 tests failed out of 2\n",
		 "F :a 1.5 [Failed  Required regular expression not found. Regex=[x]]\n",
		 "failed tests 2, but holds 1"},
		{"libtest",
		 "     Running unittests src/lib.rs (target/debug/deps/x-01)\n\nrunning 3 tests\n"
		 "test a ... ok <0.001s>\ntest b ... printed\nFAILED\ntest c ... ignored, slow\n\n"
		 "failures:\n\n---- b stdout ----\nthread 'b' panicked at src/lib.rs:1:2:\nwhy "
		 "not\n\n"
		 "failures:\n    b\n\n"
		 "test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out\n",
		 "P unittests src/lib.rs:a 0.001\nF unittests src/lib.rs:b [why not]\n"
		 "S unittests src/lib.rs:c [slow]\n",
		 "passed 2, but holds 1"},
		{"libtest",
		 "running 1 test\ntest a ... FAILED\nfailures:\n---- a stdout ----\n"
		 "thread 'a' panicked at 'old way', src/lib.rs:1:2\nerror: could not compile `y` "
		 "(lib)\n",
		 "F :a [old way]\n", NULL},
		{"libtest",
		 "running 4 tests\n.i 2/4\nb --- FAILED\nF\nfailures:\n\n---- c stdout ----\nno\n\n"
		 "test result: FAILED. 1 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out\n",
		 "P :#1\nS :#2\nF :b\nF :c [no]\n", NULL},
		{"libtest", "error: could not compile `y` (lib)\nrunning 1 test\ntest a ... \n",
		 "E y:(build) [error: could not compile `y` (lib)]\nE :a [did not end]\n", NULL},
		{"libtest-json",
		 "{\"type\":\"suite\",\"event\":\"started\",\"test_count\":2}\n"
		 "{\"type\":\"test\",\"event\":\"started\",\"name\":\"a\"}\n"
		 "{\"type\":\"test\",\"name\":\"a\",\"event\":\"ok\",\"exec_time\":\"0.5s\"}\n"
		 "{\"type\":\"test\",\"name\":\"b\",\"event\":\"failed\",\"stdout\":\"bad\\n\"}\n"
		 "{\"type\":\"suite\",\"event\":\"failed\",\"passed\":1,\"failed\":2,\"ignored\":0}"
		 "\n",
		 "P :a 0.5\nF :b [bad]\n", "failed 2, but holds 1"},
		{"catch2",
		 "x is a Catch2 v3.4.0 host application.\nRun with -? for options\n\n"
		 "----------------------------------------------------------------------\nsums\n"
		 "  of "
		 "two\n----------------------------------------------------------------------\n"
		 "a.cpp:3\n"
		 "......................................................................\n\n"
		 "a.cpp:5: FAILED:\n  REQUIRE( 1 == 2 )\n\n"
		 "======================================================================\n"
		 "test cases: 2 | 1 passed | 1 failed\n",
		 "F x:sums [a.cpp:5: FAILED: REQUIRE( 1 == 2 )]\nP x:#1\n", NULL},
		{"catch2", "All tests passed (4 assertions in 2 test cases)\n", "P :#1\nP :#2\n",
		 NULL},
		{"catch2", "test cases: 999999999 | 999999999 passed\n", "",
		 "states passed test cases 999999999"},
	};

	CHECK_ALL(cases);
}

static void test_json(void **state)
{
	static const struct sample cases[] = {
		{"gtest-json",
		 "{\"tests\":3,\"testsuites\":[{\"name\":\"A\",\"testsuite\":[{\"name\":\"a\","
		 "\"status\":\"RUN\",\"time\":\"0.5s\"},{\"name\":\"b\",\"failures\":[{\"failure\":"
		 "\"a.cc:2\\nno\"}]}]}]}",
		 "P A:a 0.5\nF A:b [a.cc:2: no]\n", "tests 3, but holds 2"},
		{"mocha-json", /* a hook */
		 "{\"stats\":{\"tests\":1,\"failures\":1},\"tests\":[{\"title\":\"t\","
		 "\"fullTitle\":\"s t\","
		 "\"err\":{}}],\"failures\":[{\"title\":\"\\\"before all\\\" "
		 "hook\",\"fullTitle\":\"s "
		 "\\\"before all\\\" hook\",\"err\":{\"message\":\"no db\"}}]}",
		 "P s:t\nF s:\"before all\" hook [no db]\n", NULL},
		{"mocha-json",
		 "{\"stats\":{\"tests\":2,\"failures\":1},\"tests\":[{\"title\":\"t\","
		 "\"fullTitle\":"
		 "\"S t\",\"duration\":5,\"err\":{\"message\":\"m\",\"stack\":\"s\"}},{\"title\":"
		 "\"u\",\"fullTitle\":\"S u\",\"err\":{}}],\"pending\":[{\"fullTitle\":\"S u\"}]}",
		 "F S:t 0.005 [m]\nS S:u\n", NULL},
		/* cut off */
		{"mocha-json",
		 "{\"stats\":{\"tests\":1},\"tests\":[{\"title\":\"t\",\"fullTitle\":\"t\"}",
		 "P :t\n", "cut off"},
		{"jest-json",
		 "{\"numFailedTests\":1,\"numTotalTests\":2,\"testResults\":[{\"name\":\"a.js\","
		 "\"assertionResults\":[{\"ancestorTitles\":[\"A\",\"B\"],\"title\":\"t\","
		 "\"status\":"
		 "\"failed\",\"duration\":5,\"failureMessages\":[\"no\\nat "
		 "x\"]},{\"ancestorTitles\":[],"
		 "\"title\":\"u\",\"status\":\"todo\"}]},{\"name\":\"b.js\",\"status\":\"failed\","
		 "\"message\":\"syntax\",\"assertionResults\":[]}]}",
		 "F A \xe2\x80\xba B:t 0.005 [no]\nS a.js:u\nE b.js:(file) [syntax]\n",
		 "have no time"},
		{"rspec-json",
		 "{\"version\":\"3\",\"examples\":[{\"description\":\"d\",\"full_description\":\"G "
		 "d\",\"status\":\"failed\",\"run_time\":0.5,\"exception\":{\"class\":\"E\","
		 "\"message\":\"m\"}}],\"summary\":{\"errors_outside_of_examples_count\":1},"
		 "\"messages\":[\"load error\"]}",
		 "F G:d 0.5 [E: m]\nE :(outside of examples) [load error]\n", "have no time"},
		{"dart-json",
		 "{\"suite\":{\"id\":0,\"path\":\"a.dart\"},\"type\":\"suite\"}\n"
		 "{\"test\":{\"id\":1,\"name\":\"loading "
		 "a.dart\",\"suiteID\":0},\"type\":\"testStart\","
		 "\"time\":0}\n"
		 "{\"testID\":1,\"result\":\"success\",\"hidden\":true,\"type\":\"testDone\","
		 "\"time\":1}\n"
		 "{\"test\":{\"id\":2,\"name\":\"t\",\"suiteID\":0},\"type\":\"testStart\","
		 "\"time\":10}\n"
		 "{\"testID\":2,\"error\":\"bad\",\"stackTrace\":\"s\",\"type\":\"error\"}\n"
		 "{\"testID\":2,\"result\":\"failure\",\"type\":\"testDone\",\"time\":30}\n"
		 "{\"test\":{\"id\":3,\"name\":\"u\",\"suiteID\":0},\"type\":\"testStart\","
		 "\"time\":40}\n",
		 "F a.dart:t 0.02 [bad]\nE a.dart:u\n", "have no time"},
		{NULL, "{\"level\":\"info\",\"msg\":\"tests\"}\n", NULL, NULL},
	};

	CHECK_ALL(cases);
}

#if HAVE_EXPAT
static void test_xml(void **state)
{
	static const struct sample cases[] = {
		{"junit",
		 "<testsuites><testcase name='a'/></testsuites>\n\nThe following warnings\n",
		 "P :a\n", "what follows the document is left out"},
		{"junit", "<testcase name='a' classname='C' time='1,234.5'/>", "P C:a 1234.5\n",
		 NULL},
		{"junit",
		 "<?xml version='1.0'?><!-- c --><testsuite name='S' tests='3'>"
		 "<testcase name='a' time='1,5'><skipped/><failure message='m'>t</failure>"
		 "<error message='gravest'/></testcase>"
		 "<testcase name='b' time='NaN' status='disabled'/></testsuite>",
		 "E S:a 1.5 [gravest]\nS S:b\n", "tests 3, but holds 2"},
		{"junit", "<testsuite><testcase name='a' time='inf'/></testsuite>", "P :a\n",
		 "time is no time: inf"},
		{"junit",
		 "<testsuites><testsuite name='o'><testsuite name='i'><testcase name='a'>"
		 "<failure type='T'/></testcase></testsuite><testcase name='b'><skipped "
		 "type='pytest.xfail' message='known'/></testcase></testsuite></testsuites>",
		 "F i:a [T]\nSx o:b [known]\n", NULL},
		{"junit",
		 "<testsuite><testcase name='a'><flakyFailure/></testcase>"
		 "<testcase name='a'><failure message='x'/><rerunFailure/></testcase></testsuite>",
		 "P :a [passed after 1 failed attempt]\nF :a [x]\n", "has the name of another"},
		/* bytes that are no UTF-8, and a colour in the text */
		{"junit",
		 "<testsuite><testcase "
		 "name='\xe4'><failure>\x1b[31mno</failure></testcase></testsuite>",
		 "F :\xc3\xa4 [[31mno]\n", "read as ISO-8859-1"},
		{"junit",
		 "<?xml version='1.0' encoding='utf-16'?><testsuite><testcase "
		 "name='a'/></testsuite>",
		 "P :a\n", NULL},
		{"nunit",
		 "<test-run><test-suite name='S'><test-case name='a' result='Failed' label='Error' "
		 "duration='0.5'><failure><message>m</message><stack-trace>s</stack-trace></"
		 "failure>"
		 "<assertions><assertion><message>m</message></assertion></assertions></test-case>"
		 "<test-case name='b' classname='C' result='Skipped'/></test-suite></test-run>",
		 "E S:a 0.5 [m]\nS C:b\n", NULL},
		{"nunit",
		 "<test-results><test-suite name='S'><results><test-case name='a' "
		 "executed='False'/>"
		 "<test-case name='b' executed='True' success='False' time='0.5'/></results>"
		 "</test-suite></test-results>",
		 "S S:a\nF S:b 0.5\n", NULL},
		{"xunit",
		 "<assemblies><assembly><errors><error type='fixture' "
		 "name='F'/></errors><collection>"
		 "<test name='a' type='T' time='0.5' result='Fail'><failure><message>m</message>"
		 "</failure></test><test name='b' type='T' result='Skip'/></collection></assembly>"
		 "</assemblies>",
		 "E F:(fixture) [fixture]\nF T:a 0.5 [m]\nS T:b\n", "have no time"},
		{"trx",
		 "<TestRun><Results><UnitTestResult testName='a' testId='1' outcome='Failed' "
		 "duration='00:01:00.5'><Output><ErrorInfo><Message>m</Message></ErrorInfo></"
		 "Output>"
		 "</UnitTestResult></Results><TestDefinitions><UnitTest id='1'><TestMethod "
		 "className='N.C'/></UnitTest></TestDefinitions></TestRun>",
		 "F N.C:a 60.5 [m]\n", NULL},
		{"ctest-xml",
		 "<Site><Testing><TestList><Test>./a</Test></TestList><Test "
		 "Status='failed'><Name>a</Name>"
		 "<Results><NamedMeasurement name='Exit "
		 "Code'><Value>SEGFAULT</Value></NamedMeasurement>"
		 "<NamedMeasurement name='Execution Time'><Value>0.5</Value></NamedMeasurement>"
		 "<Measurement><Value>out</Value></Measurement></Results></Test>"
		 "<Test Status='notrun'><Name>b</Name><Results><NamedMeasurement name='Completion "
		 "Status'><Value>Disabled</Value></NamedMeasurement></Results></Test></Testing></"
		 "Site>",
		 "E :a 0.5 [SEGFAULT]\nS :b [Disabled]\n", NULL},
		{"catch2-xml",
		 "<Catch2TestRun name='x'><TestCase name='a'><Expression success='false' "
		 "filename='a.cpp' line='3'><Original>1 == 2</Original></Expression><OverallResult "
		 "success='false' durationInSeconds='0.5'/></TestCase><TestCase name='b'>"
		 "<OverallResult success='true' skips='1'/></TestCase></Catch2TestRun>",
		 "F x:a 0.5 [a.cpp:3: failed: 1 == 2]\nS x:b\n", NULL},
		{NULL, "<html><body>testsuite</body></html>", NULL, NULL},
	};

	CHECK_ALL(cases);
}

/* Read by the named reader; the error begins with this. */
static void refused(const char *reader, const char *text, size_t n, const char *why)
{
	struct import_file f = {STR("report.xml"), {text, n}};
	struct import im;
	struct err err = {0};

	import_init(&im);
	import_add_test(&im, STR("before"), STR("stays"), TEST_PASSED);
	assert_int_equal(import_read(&im, import_reader_named(reader), &f, 1, &err), -ERR_INPUT);
	if (strncmp(err.msg, why, strlen(why)) != 0)
		fail_msg("\"%s\" instead of \"%s\"", err.msg, why);
	assert_int_equal(im.ntests, 1);
	import_release(&im);
}

static void test_xml_refused(void **state)
{
	static const char *const texts[][2] = {
		{"<testsuite>\n<testcase name='a'/>\n", "line 3: not well-formed XML: "},
		{"", "line 1: not well-formed XML: no element"},
		{"<testsuite><testcase></testsuite>", "line 1: not well-formed XML: mismatched"},
		{"<!DOCTYPE a [\n<!ENTITY b 'bb'>\n<!ENTITY c "
		 "'&b;&b;'>]>\n<testsuite>&c;</testsuite>",
		 "line 2: the document declares entities"},
		{"<!DOCTYPE a [<!ENTITY b SYSTEM "
		 "'file:///etc/passwd'>]>\n<testsuite>&b;</testsuite>",
		 "line 1: the document declares entities"},
	};
	CLEANUP_BUF struct buf deep = {0};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		refused("junit", texts[i][0], strlen(texts[i][0]), texts[i][1]);
	for (int i = 0; i < 100000; i++)
		BUF_LIT(&deep, "<testsuite>\n");
	refused("junit", deep.p, deep.n, "line 1001: elements are nested too deep");
	refused("nunit", "<test-run>", 10, "line 1: not well-formed XML");
	refused("xunit", "<assemblies>", 12, "line 1: not well-formed XML");
	refused("trx", "<TestRun>", 9, "line 1: not well-formed XML");
	refused("ctest-xml", "<Site>", 6, "line 1: not well-formed XML");
	refused("catch2-xml", "<Catch2TestRun>", 15, "line 1: not well-formed XML");
	refused("gtest-json", "[1]", 3, "line 1: no object of JSON");
	refused("mocha-json", "{\n\"a\" 1}", 8, "line 2: ");
	refused("jest-json", "[]", 2, "line 1: no object of JSON");
	refused("rspec-json", "", 0, "line 1: no object of JSON");
}

/* UTF-16 in both orders, with and without a mark. */
static void test_utf16(void **state)
{
	static const char text[] = "<testsuite><testcase name='a'/></testsuite>";

	for (int i = 0; i < 4; i++) {
		CLEANUP_BUF struct buf b = {0};
		struct import_file f = {STR("r.xml"), {0}};
		struct import im;
		bool big = i & 1;

		if (i & 2)
			buf_add(&b, big ? "\xfe\xff" : "\xff\xfe", 2);
		for (size_t k = 0; k < sizeof(text) - 1; k++) {
			buf_add_char(&b, big ? 0 : text[k]);
			buf_add_char(&b, big ? text[k] : 0);
		}
		f.data = buf_str(&b);
		assert_ptr_equal(import_recognise(f.path, f.data), import_reader_named("junit"));
		import_init(&im);
		assert_int_equal(import_read(&im, import_reader_named("junit"), &f, 1, NULL), 0);
		assert_int_equal(im.ntests, 1);
		assert_str(im.tests[0].name, "a");
		import_release(&im);
	}
}
#endif

static const struct variable *variable(const struct import *im, const char *name)
{
	for (size_t i = 0; i < im->nvariables; i++)
		if (str_eq(im->variables[i].name, str_of(name)))
			return &im->variables[i];
	return NULL;
}

static void test_totals(void **state)
{
	static const char text[] =
		"1..4\nok 1 a # time=500ms\nnot ok 2 b\nok 3 c # SKIP\nBail out!\n";
	struct import_file f = {STR("a.tap"), STR(text)};
	struct import im;

	import_init(&im);
	for (int i = 1; i <= 2; i++) { /* the totals are of all that was read */
		assert_int_equal(import_read(&im, import_reader_named("tap"), &f, 1, NULL), 0);
		assert_string_equal(im.format, "tap");
		assert_int_equal(variable(&im, "tests.passed")->value.integer, i);
		assert_int_equal(variable(&im, "tests.failed")->value.integer, i);
		assert_int_equal(variable(&im, "tests.skipped")->value.integer, i);
		assert_int_equal(variable(&im, "tests.error")->value.integer, i);
		assert_true(fabs(variable(&im, "tests.seconds")->value.real - 0.5 * i) < 1e-9);
	}
	assert_str(variable(&im, "tests.seconds")->unit, "s");
	assert_int_equal(variable(&im, "tests.failed")->better, BETTER_LOWER);
	assert_int_equal(im.nruns, 1);
	import_release(&im);
}

/* The results stand at the end of a long log. */
static void test_tail(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct import_file f = {STR("build.log"), {0}};
	struct import im;

	while (b.n < 2 * IMPORT_HEAD)
		BUF_LIT(&b, "cc -c something.c\n");
	BUF_LIT(&b, "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \tp\t0.1s\n");
	f.data = buf_str(&b);
	assert_ptr_equal(import_recognise(f.path, f.data), import_reader_named("gotest"));
	import_init(&im);
	assert_int_equal(import_read(&im, import_reader_named("gotest"), &f, 1, NULL), 0);
	assert_int_equal(im.ntests, 1);
	assert_int_equal(im.skipped_lines, 2 * IMPORT_HEAD / 18 + 1);
	import_release(&im);
	assert_null(import_reader_named("nosuch"));
}

static void test_text(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct import im;
	struct str s;

	import_init(&im);
	s = import_text(&im, STR("a\tb\r\nc\x01\xff\x1b[1md"));
	assert_str(s, "a\tb\nc\xef\xbf\xbd\xef\xbf\xbd"
		      "d");
	assert_str(import_name(&im, STR("a\nb\tc")), "a b c");
	while (b.n < IMPORT_MAX_TEXT + 10)
		BUF_LIT(&b, "\xc3\xa4");
	s = import_text(&im, buf_str(&b));
	assert_true(s.n <= IMPORT_MAX_TEXT && str_ends(s, STR("\xc3\xa4...")));
	assert_true(import_name(&im, buf_str(&b)).n <= IMPORT_MAX_NAME);
	for (int i = 0; i < 2000; i++)
		import_note(&im, 1, "note %d", i);
	assert_int_equal(im.nnotes, IMPORT_MAX_NOTES + 1);
	assert_str(im.notes[im.nnotes - 1].text, "more notes are left out");
	import_release(&im);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		double seconds; /* NAN: refused */
	} cases[] = {
		{"1.5", 1.5},    {"1,234.5", 1234.5}, {"1,5", 1.5},         {"1,234,567", 1234567},
		{"12 ms", .012}, {"3us", 3e-6},       {"3\xc2\xb5s", 3e-6}, {"0.5s", .5},
		{"2 sec", 2},    {"nan", NAN},        {"inf", NAN},         {"1e999", NAN},
		{"", NAN},       {"s", NAN},          {"abc", NAN},         {"1.2.3", NAN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double v = NAN;
		bool ok = import_seconds(str_of(cases[i].text), &v);

		if (ok == !!isnan(cases[i].seconds) || (ok && fabs(v - cases[i].seconds) > 1e-12))
			fail_msg("%s: %g", cases[i].text, v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tap),
		cmocka_unit_test(test_go),
		cmocka_unit_test(test_python),
		cmocka_unit_test(test_native),
		cmocka_unit_test(test_json),
#if HAVE_EXPAT
		cmocka_unit_test(test_xml),
		cmocka_unit_test(test_xml_refused),
		cmocka_unit_test(test_utf16),
#endif
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
