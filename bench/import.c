// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the readers of reports see of each file, as one JSON object a line: bench/reports.py
 * compares it with what is right.
 *   import [--reader NAME] [-v] FILE...    -v: every result, variable and note too
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "import/import.h"
#include "text/json.h"

static void key_string(struct buf *b, const char *key, struct str s)
{
	buf_printf(b, ",\"%s\":", key);
	json_add_string(b, s);
}

static void key_int(struct buf *b, const char *key, uint64_t v)
{
	buf_printf(b, ",\"%s\":%llu", key, (unsigned long long)v);
}

static const struct variable *variable(const struct import *im, struct str name)
{
	for (size_t i = 0; i < im->nvariables; i++)
		if (str_eq(im->variables[i].name, name))
			return &im->variables[i];
	return NULL;
}

/* "(package)", "(plan)": what failed outside of any testcase. */
static bool is_case(const struct test_result *t)
{
	return !(t->name.n && t->name.p[0] == '(' && t->name.p[t->name.n - 1] == ')');
}

static void add_tests(struct buf *b, const struct import *im)
{
	const struct variable *plan = variable(im, STR("tests.planned"));
	uint64_t n[TEST_SKIPPED + 1] = {0}, expected = 0, todo_passed = 0, outside = 0, bail = 0;
	double seconds = 0;

	for (size_t i = 0; i < im->ntests; i++) {
		const struct test_result *t = &im->tests[i];

		n[t->status]++;
		expected += t->expected;
		todo_passed += str_starts(t->message, STR("passed unexpectedly"));
		outside += !is_case(t);
		bail += str_eq(t->name, STR("(bail out)"));
		if (!isnan(t->seconds))
			seconds += t->seconds;
	}
	key_int(b, "cases", im->ntests);
	key_int(b, "outside", outside);
	key_int(b, "passed", n[TEST_PASSED]);
	key_int(b, "failed", n[TEST_FAILED]);
	key_int(b, "error", n[TEST_ERROR]);
	key_int(b, "skipped", n[TEST_SKIPPED]);
	BUF_LIT(b, ",\"time_sum\":");
	json_add_real(b, seconds);
	key_int(b, "ok", n[TEST_PASSED] + n[TEST_SKIPPED] - expected);
	key_int(b, "not_ok", n[TEST_FAILED]);
	key_int(b, "skip", n[TEST_SKIPPED] - expected);
	key_int(b, "todo", expected + todo_passed);
	key_int(b, "bail", bail);
	if (plan)
		key_int(b, "plan", (uint64_t)plan->value.integer);
}

/* Benchmarks: how many rows, and each variable with its value, number of samples and line. */
static void add_rows(struct buf *b, const struct import *im)
{
	const struct variable *rows = variable(im, STR("bench.rows"));
	bool any = false;

	key_int(b, "rows", rows ? (uint64_t)rows->value.integer : 0);
	BUF_LIT(b, ",\"bench\":{");
	for (size_t i = 0; i < im->nvariables; i++) {
		const struct variable *v = &im->variables[i];

		if (!str_starts(v->name, STR("bench.")) || !v->line)
			continue;
		if (any)
			buf_add_char(b, ',');
		any = true;
		json_add_string(b, v->name);
		BUF_LIT(b, ":[");
		json_add_real(b, value_number(v->value));
		buf_printf(b, ",%llu,%llu]", (unsigned long long)v->n, (unsigned long long)v->line);
	}
	buf_add_char(b, '}');
}

static void add_all(struct buf *b, const struct import *im)
{
	static const char *const better[] = {"", "lower", "higher"};
	static const char *const status[] = {"passed", "failed", "error", "skipped"};

	for (size_t i = 0; i < im->ntests; i++) {
		const struct test_result *t = &im->tests[i];

		printf("%llu: %s%s [" STR_FMT "] [" STR_FMT "] %g\n", (unsigned long long)t->line,
		       status[t->status], t->expected ? " (expected)" : "", STR_ARG(t->suite),
		       STR_ARG(t->name), t->seconds);
		if (t->message.n)
			printf("\tmessage: " STR_FMT "\n", STR_ARG(t->message));
		if (t->detail.n)
			printf("\tdetail: " STR_FMT "\n", STR_ARG(t->detail));
	}
	for (size_t i = 0; i < im->nvariables; i++) {
		const struct variable *v = &im->variables[i];

		printf("%llu: %u " STR_FMT " = ", (unsigned long long)v->line, v->run,
		       STR_ARG(v->name));
		if (v->value.kind == VALUE_TEXT)
			printf("\"" STR_FMT "\"\n", STR_ARG(v->value.text));
		else
			printf("%.10g " STR_FMT " %s, n = %llu, spread %g\n",
			       value_number(v->value), STR_ARG(v->unit), better[v->better],
			       (unsigned long long)v->n, v->spread);
	}
	for (size_t i = 0; i < im->nseries; i++) {
		const struct series *s = &im->series[i];

		printf("%llu: %u series " STR_FMT " [" STR_FMT "] %s over " STR_FMT ":",
		       (unsigned long long)s->line, s->run, STR_ARG(s->name), STR_ARG(s->unit),
		       better[s->better], STR_ARG(s->axis));
		for (size_t k = 0; k < s->n && k < 5; k++)
			printf(" (%g, %g)", s->x[k], s->y[k]);
		printf(" %zu points\n", s->n);
	}
	for (size_t i = 0; i < im->nruns; i++)
		printf("run %zu " STR_FMT "\n", i, STR_ARG(im->runs[i]));
}

static void read_file(const char *path, const struct import_reader *r, bool all, struct buf *b)
{
	struct file_map map;
	struct import_file f = {.path = str_of(path)};
	struct import im;
	struct err err = {0};

	if (file_map_path(&map, path, &err)) {
		fprintf(stderr, "import: %s\n", err.msg);
		exit(4);
	}
	f.data = (struct str){map.data, map.size};
	import_init(&im);
	BUF_LIT(b, "{\"file\":");
	json_add_string(b, f.path);
	r = r ? r : import_recognise(f.path, f.data);
	key_string(b, "format", r ? str_of(r->name) : STR(""));
	if (!r || import_read(&im, r, &f, 1, &err)) {
		BUF_LIT(b, ",\"parse\":\"error\"");
		key_string(b, "why", r ? str_of(err.msg) : STR("not recognised"));
	}
	add_tests(b, &im);
	add_rows(b, &im);
	key_int(b, "skipped_lines", im.skipped_lines);
	BUF_LIT(b, ",\"notes\":[");
	for (size_t i = 0; i < im.nnotes; i++) {
		CLEANUP_BUF struct buf note = {0};

		buf_printf(&note, "line %llu: " STR_FMT, (unsigned long long)im.notes[i].line,
			   STR_ARG(im.notes[i].text));
		if (i)
			buf_add_char(b, ',');
		json_add_string(b, buf_str(&note));
	}
	BUF_LIT(b, "]}\n");
	if (all)
		add_all(b, &im);
	import_release(&im);
	file_map_release(&map);
}

int main(int argc, char **argv)
{
	const struct import_reader *r = NULL;
	struct buf b = {0};
	bool all = false;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v")) {
			all = true;
		} else if (!strcmp(argv[i], "--reader") && i + 1 < argc) {
			r = import_reader_named(argv[++i]);
			if (!r) {
				fprintf(stderr, "import: no reader is called %s\n", argv[i]);
				return 2;
			}
		} else {
			buf_clear(&b);
			read_file(argv[i], r, all, &b);
			fwrite(b.p, 1, b.n, stdout);
		}
	}
	buf_release(&b);
	return 0;
}
