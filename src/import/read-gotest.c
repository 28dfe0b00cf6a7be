// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What `go test` prints, with -v and without, for one package or many, also between the lines of a
 * build. A package's tests stand before its summary ("ok  pkg  0.1s"); tests of several run at the
 * same time within it, so output belongs to the test that was last named. What failed outside of
 * its tests (a build, an init(), TestMain) becomes the result "(package)" with status error, a
 * test that never ended one with status error; benchmarks are results too.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/hash.h"
#include "import/bench.h"
#include "import/readers.h"

struct gotest {
	struct import *im;
	struct import_lines lines;
	struct bench bench;

	/* of the package that is open */
	size_t first;        /* its first result */
	struct intern names; /* of its tests: which is the last of that name */
	size_t *latest;      /* index of the result, by id of its name */
	size_t nlatest, cap_latest;
	struct buf *outputs; /* of its results */
	size_t noutputs, cap_outputs;
	size_t current;  /* whose output it is, index + 1 */
	struct buf rest; /* output of no test */
	bool failed;     /* "FAIL" was printed */
	bool panicked;
	size_t panic_in;    /* the failed test that it is of, index + 1 */
	struct buf package; /* of its benchmarks: "pkg: " */
	double coverage;    /* in percent; NAN: unknown */

	/* "# package": what the compiler said, by the package's name */
	struct intern builds;
	struct buf *said;
	size_t nsaid, cap_said;
	size_t build; /* the one that is open, index + 1 */
};

/* Ends of tests: "--- PASS: TestA (0.10s)", "--- FAIL: TestB (0.02 seconds)". */
static const struct {
	struct str start;
	enum test_status status;
} ends[] = {
	{STR("--- PASS: "), TEST_PASSED},
	{STR("--- FAIL: "), TEST_FAILED},
	{STR("--- SKIP: "), TEST_SKIPPED},
	{STR("--- BENCH: "), TEST_PASSED},
};

static struct str cut_word(struct str *s)
{
	struct str word;

	*s = str_trim(*s);
	word = str_head(*s, 0);
	while (word.n < s->n && s->p[word.n] != ' ' && s->p[word.n] != '\t')
		word.n++;
	*s = str_trim(str_from(*s, word.n));
	return word;
}

/* A new result of that name, without an end as yet. */
static struct test_result *open_test(struct gotest *g, struct str name)
{
	struct test_result *t = import_add_test(g->im, STR(""), name, TEST_ERROR);
	uint32_t id;

	if (!t)
		return NULL;
	t->line = g->lines.no;
	id = intern_add(&g->names, name);
	if (id == g->nlatest)
		array_push(g->latest, g->nlatest, g->cap_latest) = 0;
	g->latest[id] = g->im->ntests;
	array_push(g->outputs, g->noutputs, g->cap_outputs) = (struct buf){0};
	g->current = g->im->ntests;
	return t;
}

/* The last result of that name in the package; a new one if there is none. */
static struct test_result *find_test(struct gotest *g, struct str name)
{
	uint32_t id;

	if (!intern_find(&g->names, name, &id))
		return open_test(g, name);
	g->current = g->latest[id];
	return &g->im->tests[g->current - 1];
}

/* "TestA (0.10s)", "TestB (0.02 seconds)"; s: after "--- PASS: " */
static bool end_of(struct str s, struct str *name, double *seconds)
{
	size_t n = str_find(s, STR(" ("));
	struct str time = str_trim(str_from(s, n + 2));

	*seconds = NAN;
	*name = str_trim(str_head(s, n));
	if (n == s.n) /* "--- BENCH: BenchmarkX-8" */
		return name->n && str_starts(*name, STR("Benchmark"));
	if (!str_ends(time, STR(")")))
		return false;
	time.n--;
	if (str_ends(time, STR(" seconds")))
		time.n -= strlen(" seconds");
	return name->n && import_seconds(time, seconds);
}

/* Without the "-8" for the number of processors. */
static struct str bench_name(struct str s)
{
	size_t n = s.n;

	while (n && isdigit((unsigned char)s.p[n - 1]))
		n--;
	return n && n < s.n && s.p[n - 1] == '-' ? str_head(s, n - 1) : s;
}

static bool is_test_name(struct str s)
{
	static const struct str starts[] = {STR("Test"), STR("Example"), STR("Fuzz")};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (str_starts(s, starts[i]))
			return str_find_char(s, ' ') == s.n;
	return false;
}

/* Anywhere in the line, since the last output may lack its newline: then only of a test that is
 * known, or looks like one. */
static bool test_ends(struct gotest *g, struct str line)
{
	struct str s = str_trim(line), name;
	struct test_result *t;
	double seconds;
	uint32_t id;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t at = str_find(s, ends[i].start);

		if (at == s.n || !end_of(str_from(s, at + ends[i].start.n), &name, &seconds))
			continue;
		if (str_starts(name, STR("Benchmark")))
			name = bench_name(name);
		if (at && !intern_find(&g->names, name, &id) && !is_test_name(name))
			continue;
		g->build = 0;
		t = find_test(g, name);
		if (!t)
			return true;
		if (at)
			import_keep(&g->outputs[g->current - 1 - g->first], str_head(s, at));
		t->status = ends[i].status;
		if (!isnan(seconds))
			t->seconds = seconds;
		if (t->status == TEST_PASSED) /* nobody will ask what it printed */
			buf_release(&g->outputs[g->current - 1 - g->first]);
		return true;
	}
	return false;
}

static bool test_event(struct gotest *g, struct str line)
{
	struct str name, word;

	if (!import_skip(&line, STR("=== ")))
		return false;
	word = cut_word(&line);
	name = cut_word(&line);
	if (!name.n)
		g->current = 0; /* "=== NAME": of no test */
	else if (str_eq(word, STR("RUN")))
		open_test(g, name);
	else if (str_eq(word, STR("CONT")) || str_eq(word, STR("NAME")))
		find_test(g, name);
	else if (str_eq(word, STR("PAUSE")))
		g->current = 0;
	else
		return false;
	g->build = 0;
	return true;
}

static bool benchmark(struct gotest *g, struct str line)
{
	struct test_result *t;
	struct str name;
	double seconds;
	size_t open = g->current;

	if (!bench_go_line(&g->bench, buf_str(&g->package), line, g->lines.no, &name, &seconds))
		return false;
	t = find_test(g, bench_name(name));
	if (t) {
		t->status = TEST_PASSED;
		if (!isnan(seconds))
			t->seconds = (isnan(t->seconds) ? 0 : t->seconds) + seconds;
	}
	g->current = open;
	return true;
}

/* The name alone: a benchmark of -v that begins. */
static bool benchmark_begins(struct gotest *g, struct str line)
{
	if (!str_starts(line, STR("Benchmark")) || line.n <= strlen("Benchmark") ||
	    islower((unsigned char)line.p[9]) || memchr(line.p, ' ', line.n) ||
	    memchr(line.p, '\t', line.n) || memchr(line.p, ':', line.n))
		return false;
	find_test(g, line);
	return true;
}

/* "coverage: 10.0% of statements" */
static bool coverage(struct gotest *g, struct str s)
{
	return import_skip(&s, STR("coverage: ")) &&
	       import_number(str_head(s, str_find_char(s, '%')), &g->coverage);
}

static void add_coverage(struct gotest *g, struct str package)
{
	struct variable *v = import_add_variable(
		g->im,
		str_of(arena_printf(&g->im->arena, "coverage%s" STR_FMT, package.n ? "." : "",
				    STR_ARG(str_head(package, IMPORT_MAX_NAME)))),
		value_real(g->coverage));

	if (!v)
		return;
	v->unit = STR("%");
	v->better = BETTER_HIGHER;
	v->line = g->lines.no;
}

static void clear_package(struct gotest *g)
{
	for (size_t i = 0; i < g->noutputs; i++)
		buf_release(&g->outputs[i]);
	g->noutputs = g->nlatest = 0;
	intern_release(&g->names);
	intern_init(&g->names);
	g->first = g->im->ntests;
	g->current = 0;
	g->failed = g->panicked = false;
	g->panic_in = 0;
	g->coverage = NAN;
	buf_clear(&g->rest);
	buf_clear(&g->package);
}

/* The line that tells most: of a panic, else the first. */
static void explain(struct import *im, struct test_result *t, struct str said)
{
	struct str line, rest = said;

	import_explain(im, t, said);
	while (str_next(&rest, '\n', &line)) {
		line = str_trim(line);
		if (str_starts(line, STR("panic: ")) || str_starts(line, STR("fatal error: "))) {
			t->message = import_name(im, line);
			t->detail = import_text(im, said);
			return;
		}
	}
}

static void add_broken(struct gotest *g, struct str package, struct str why, struct str said)
{
	struct test_result *t = import_add_test(g->im, package, STR("(package)"), TEST_ERROR);

	if (!t)
		return;
	t->line = g->lines.no;
	explain(g->im, t, said);
	if (why.n) {
		t->message = import_name(g->im, why);
		t->detail = import_text(g->im, said);
	}
}

/* The package's tests get its name; failed: it did, so something has to have failed. */
static void close_package(struct gotest *g, struct str package, bool failed, struct str why)
{
	struct str suite = import_name(g->im, package), said = buf_str(&g->rest);
	size_t n = g->im->ntests - g->first;
	bool bad = false;
	uint32_t id;

	for (size_t i = 0; i < n; i++) {
		struct test_result *t = &g->im->tests[g->first + i];

		t->suite = suite;
		if (t->status == TEST_ERROR) {
			if (!g->outputs[i].n)
				import_keep(&g->outputs[i], said);
			explain(g->im, t, buf_str(&g->outputs[i]));
			if (!str_starts(t->message, STR("panic: ")))
				t->message = STR("did not end");
		} else if (t->status != TEST_PASSED) {
			if (g->panic_in == g->first + i + 1)
				import_keep(&g->outputs[i], said);
			explain(g->im, t, buf_str(&g->outputs[i]));
		}
		bad = bad || t->status == TEST_FAILED || t->status == TEST_ERROR;
	}
	if (failed && intern_find(&g->builds, package, &id))
		said = buf_str(&g->said[id]);
	if (failed && !bad)
		add_broken(g, package, why, said);
	if (!isnan(g->coverage))
		add_coverage(g, package);
	clear_package(g);
}

/* "0.160s", "(cached)", "[no tests to run]": what follows a package's name in its summary. */
static bool summary_tail(struct str s)
{
	double v;
	struct str word = cut_word(&s);

	return str_starts(word, STR("[")) || str_eq(word, STR("(cached)")) ||
	       (str_ends(word, STR("s")) && import_seconds(word, &v)) ||
	       str_eq(word, STR("coverage:"));
}

/* "ok  pkg  0.1s", "FAIL  pkg [build failed]", "?  pkg  [no test files]" */
static bool package_ends(struct gotest *g, struct str line)
{
	struct str word = cut_word(&line), package = cut_word(&line), why = line;
	bool failed = str_eq(word, STR("FAIL"));

	if (!failed && !str_eq(word, STR("ok")) && !str_eq(word, STR("?")))
		return false;
	if (!package.n || !summary_tail(line))
		return false;
	if (str_starts(why, STR("[")) && str_find_char(why, ']') < why.n)
		why = (struct str){why.p + 1, str_find_char(why, ']') - 1};
	else
		why = STR("");
	coverage(g, str_from(line, str_find(line, STR("coverage: "))));
	close_package(g, package, failed, why);
	g->build = 0;
	return true;
}

/* "# package/name [package/name.test]": the compiler speaks. */
static bool build_begins(struct gotest *g, struct str line)
{
	struct str package;
	uint32_t id;

	if (!import_skip(&line, STR("# ")))
		return false;
	package = cut_word(&line);
	if (!package.n || (line.n && line.p[0] != '['))
		return false;
	id = intern_add(&g->builds, package);
	if (id == g->nsaid)
		array_push(g->said, g->nsaid, g->cap_said) = (struct buf){0};
	g->build = (size_t)id + 1;
	return true;
}

/* "goos: linux", "coverage: 10% of statements in ./...": about the package */
static bool about_package(struct gotest *g, struct str line)
{
	static const struct str starts[] = {STR("goos: "), STR("goarch: "),     STR("cpu: "),
					    STR("pkg: "),  STR("exit status "), STR("testing: ")};

	if (coverage(g, line))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (!str_starts(line, starts[i]))
			continue;
		if (str_starts(line, STR("pkg: "))) {
			buf_clear(&g->package);
			buf_add_str(&g->package, str_trim(str_from(line, 5)));
		}
		return true;
	}
	return false;
}

static void panics(struct gotest *g)
{
	g->panicked = true;
	g->build = 0;
	if (!g->panic_in && g->current && g->im->tests[g->current - 1].status == TEST_FAILED)
		g->panic_in = g->current;
}

static void read_line(struct gotest *g, struct str line)
{
	struct str s = str_trim(line);

	if (test_event(g, line) || test_ends(g, line) || benchmark(g, s) || package_ends(g, line))
		return;
	if (str_eq(line, STR("PASS")) || str_eq(line, STR("FAIL")) || str_eq(line, STR("SKIP"))) {
		g->failed = g->failed || line.p[0] == 'F';
		g->current = 0;
		return;
	}
	if (build_begins(g, line) || about_package(g, line) || benchmark_begins(g, line))
		return;
	if (str_starts(line, STR("panic: ")) || str_starts(line, STR("fatal error: ")))
		panics(g);
	if (g->build)
		import_keep(&g->said[g->build - 1], line);
	else if (g->current && !g->panicked)
		import_keep(&g->outputs[g->current - 1 - g->first], line);
	else
		import_keep(&g->rest, line);
	g->im->skipped_lines += s.n && !g->build && !g->current && !g->panicked;
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line, name, word, package;
	double seconds;
	int sure = 0;

	while (sure < 90 && import_next_line(&l, &line)) {
		if (str_starts(line, STR("=== RUN ")))
			return 90;
		for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
			if (str_starts(line, ends[i].start) &&
			    end_of(str_from(line, ends[i].start.n), &name, &seconds))
				return 90;
		if (str_starts(line, STR("Benchmark")) && str_contains(line, STR(" ns/op")))
			sure = 70;
		word = cut_word(&line);
		package = cut_word(&line);
		if (package.n && summary_tail(line) &&
		    (str_eq(word, STR("ok")) || str_eq(word, STR("FAIL")) ||
		     (str_eq(word, STR("?")) && str_starts(line, STR("[no test files")))))
			sure = 80;
	}
	return sure;
}

static void release(struct gotest *g)
{
	clear_package(g);
	for (size_t i = 0; i < g->nsaid; i++)
		buf_release(&g->said[i]);
	free(g->said);
	free(g->outputs);
	free(g->latest);
	intern_release(&g->names);
	intern_release(&g->builds);
	buf_release(&g->rest);
	buf_release(&g->package);
	bench_release(&g->bench);
	import_lines_release(&g->lines);
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct gotest g = {.im = im, .lines = IMPORT_LINES(files[0].data)};
	struct str line;

	bench_init(&g.bench, im);
	intern_init(&g.names);
	intern_init(&g.builds);
	clear_package(&g);
	while (import_next_line(&g.lines, &line))
		read_line(&g, line);
	if (g.noutputs)
		close_package(&g, STR(""), g.failed, STR(""));
	bench_end(&g.bench);
	release(&g);
	return 0;
}

const struct import_reader read_gotest = {
	.name = "gotest",
	.what = "go test, with -v or not",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
