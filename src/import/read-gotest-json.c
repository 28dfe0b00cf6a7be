// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * `go test -json` (pkg.go.dev/cmd/test2json): an event a line. Results are the events pass, fail
 * and skip of tests; a test that started and has no such event, and a package that failed without a
 * failed test (its build, init(), TestMain), are errors.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "import/bench.h"
#include "import/json.h"
#include "import/readers.h"

struct gotest {
	struct import *im;
	struct bench bench;
	struct intern tests; /* "package\0test" */
	struct open *open;   /* by its id */
	size_t nopen, cap_open;
	struct intern packages;
	struct package *pkgs; /* by its id */
	size_t npkgs, cap_pkgs;
	struct buf key;
	uint64_t line;
};

/* A test that is running. */
struct open {
	uint32_t package;
	size_t name_at; /* in the interned key */
	bool running;
	size_t next; /* of its package, index + 1 */
	struct buf output;
};

struct package {
	size_t tests;      /* the last of them, index + 1 */
	size_t failed;     /* tests */
	struct buf output; /* of no test, or of its build */
};

static const struct {
	struct str word;
	enum test_status status;
} actions[] = {
	{STR("pass"), TEST_PASSED},
	{STR("fail"), TEST_FAILED},
	{STR("skip"), TEST_SKIPPED},
};

static uint32_t package_of(struct gotest *g, struct str name)
{
	uint32_t id = intern_add(&g->packages, name);

	if (id == g->npkgs)
		array_push(g->pkgs, g->npkgs, g->cap_pkgs) = (struct package){0};
	return id;
}

static struct open *test_of(struct gotest *g, struct str package, struct str test)
{
	uint32_t id;

	buf_clear(&g->key);
	buf_add_str(&g->key, package);
	buf_add_char(&g->key, 0);
	buf_add_str(&g->key, test);
	id = intern_add(&g->tests, buf_str(&g->key));
	if (id == g->nopen) {
		uint32_t in = package_of(g, package);

		array_push(g->open, g->nopen, g->cap_open) = (struct open){
			.package = in, .name_at = package.n + 1, .next = g->pkgs[in].tests};
		g->pkgs[in].tests = g->nopen;
	}
	return &g->open[id];
}

static struct str name_of(const struct gotest *g, const struct open *o)
{
	return str_from(g->tests.strs[o - g->open], o->name_at);
}

/* Without the lines that only say where a test begins and ends. */
static void explain(struct import *im, struct test_result *t, struct str said)
{
	CLEANUP_BUF struct buf b = {0};
	struct str line, panic = {0};

	while (str_next(&said, '\n', &line)) {
		struct str s = str_trim(line);

		if (str_starts(s, STR("=== ")) || str_starts(s, STR("--- ")))
			continue;
		if (!panic.p && str_starts(s, STR("panic: ")))
			panic = s;
		import_keep(&b, line);
	}
	import_explain(im, t, buf_str(&b));
	if (panic.p) {
		t->message = import_name(im, panic);
		t->detail = import_text(im, buf_str(&b));
	}
}

static void end_test(struct gotest *g, struct open *o, enum test_status status, double seconds)
{
	struct test_result *t =
		import_add_test(g->im, g->packages.strs[o->package], name_of(g, o), status);

	if (t) {
		t->line = g->line;
		t->seconds = seconds;
		if (status != TEST_PASSED)
			explain(g->im, t, buf_str(&o->output));
	}
	g->pkgs[o->package].failed += status == TEST_FAILED;
	o->running = false;
	buf_release(&o->output);
}

/* It printed that it passed, after a line without a newline: go 1.19 and before then tell no end.
 */
static bool passed_unsaid(struct gotest *g, struct open *o)
{
	struct str said = buf_str(&o->output), name = name_of(g, o);
	size_t at = str_find(said, STR("--- PASS: "));

	said = str_from(said, at + strlen("--- PASS: "));
	if (!str_starts(said, name) || !str_starts(str_from(said, name.n), STR(" (")))
		return false;
	import_note(g->im, g->line, STR_FMT " passed, but no event says so: left out",
		    STR_ARG(str_head(name, 80)));
	return true;
}

static void end_package(struct gotest *g, uint32_t id, bool failed)
{
	struct package *p = &g->pkgs[id];
	struct test_result *t;

	for (size_t i = p->tests; i; i = g->open[i - 1].next) {
		if (failed && g->open[i - 1].running && !passed_unsaid(g, &g->open[i - 1])) {
			p->failed++;
			end_test(g, &g->open[i - 1], TEST_ERROR, NAN);
		}
		g->open[i - 1].running = false; /* benchmarks that passed have no end */
	}
	p->tests = 0;
	if (failed && !p->failed) {
		t = import_add_test(g->im, g->packages.strs[id], STR("(package)"), TEST_ERROR);
		if (t) {
			t->line = g->line;
			explain(g->im, t, buf_str(&p->output));
		}
	}
	p->failed = 0;
	buf_release(&p->output);
}

static void output(struct gotest *g, struct str package, struct str test, struct str text)
{
	struct str name;
	bool measured = false;
	double seconds;
	struct buf *b;

	if (str_starts(text, STR("Benchmark")))
		measured =
			bench_go_line(&g->bench, package, str_trim(text), g->line, &name, &seconds);
	if (test.n && measured)
		test_of(g, package, test)->running = false;
	if (test.n) {
		b = &test_of(g, package, test)->output;
	} else {
		uint32_t id = package_of(g, package);

		b = &g->pkgs[id].output;
	}
	if (b->n <= IMPORT_MAX_TEXT) /* pieces of lines: as they are */
		buf_add_str(b, str_head(text, IMPORT_MAX_TEXT));
}

static void event(struct gotest *g, const struct jsontree *t)
{
	struct str action = import_member(t, "Action"), package = import_member(t, "Package");
	struct str test = import_member(t, "Test");

	if (str_eq(action, STR("output"))) {
		output(g, package, test, import_member(t, "Output"));
	} else if (str_eq(action, STR("build-output"))) {
		output(g, import_member(t, "ImportPath"), STR(""), import_member(t, "Output"));
	} else if (str_eq(action, STR("run")) && test.n) {
		test_of(g, package, test)->running = true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (!str_eq(action, actions[i].word))
			continue;
		if (test.n)
			end_test(g, test_of(g, package, test), actions[i].status,
				 jsontree_number(jsontree_get(t, "Elapsed")));
		else if (actions[i].status != TEST_SKIPPED)
			end_package(g, package_of(g, package), actions[i].status == TEST_FAILED);
	}
}

/* A build's output belongs to "pkg [pkg.test]", its failure to the package. */
static void move_build(struct gotest *g, const struct jsontree *t)
{
	struct str build = import_member(t, "FailedBuild");
	uint32_t from, to;

	if (!build.n)
		return;
	from = package_of(g, build);
	to = package_of(g, import_member(t, "Package"));
	if (from != to)
		import_keep(&g->pkgs[to].output, buf_str(&g->pkgs[from].output));
}

static int recognise(struct str path, struct str head)
{
	return import_objects_have(head, "Action", NULL, "Package") ? 95 : 0;
}

static void release(struct gotest *g)
{
	for (size_t i = 0; i < g->nopen; i++)
		buf_release(&g->open[i].output);
	for (size_t i = 0; i < g->npkgs; i++)
		buf_release(&g->pkgs[i].output);
	free(g->open);
	free(g->pkgs);
	intern_release(&g->tests);
	intern_release(&g->packages);
	buf_release(&g->key);
	bench_release(&g->bench);
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct gotest g = {.im = im};
	struct import_objects objects;
	const struct jsontree *t;

	import_objects_init(&objects, files[0].data);
	bench_init(&g.bench, im);
	intern_init(&g.tests);
	intern_init(&g.packages);
	while ((t = import_next_object(&objects, &im->skipped_lines))) {
		g.line = objects.lines.no;
		move_build(&g, t);
		event(&g, t);
	}
	for (size_t i = 0; i < g.nopen; i++) /* the report is cut off */
		if (g.open[i].running)
			end_test(&g, &g.open[i], TEST_ERROR, NAN);
	bench_end(&g.bench);
	release(&g);
	import_objects_release(&objects);
	return 0;
}

const struct import_reader read_gotest_json = {
	.name = "gotest-json",
	.what = "go test -json",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
