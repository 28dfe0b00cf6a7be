// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What was read of reports, and the choice of a reader: see import.h. A reader is asked about the
 * head of a file and, if none is sure, about its tail: a build's log tells the results in the end.
 */
#include "import/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "config.h"
#include "import/readers.h"
#include "text/utf16.h"

/* The first of those that are equally sure is taken: the more special formats come first. */
const struct import_reader *const import_readers[] = {
/* results of tests */
#if HAVE_EXPAT
	&read_junit,
	&read_nunit,
	&read_xunit,
	&read_trx,
	&read_ctest_xml,
	&read_catch2_xml,
#endif
	&read_gotest_json,
	&read_libtest_json,
	&read_dart_json,
	&read_gtest_json,
	&read_jest_json,
	&read_mocha_json,
	&read_rspec_json,
	&read_gotest,
	&read_pytest,
	&read_unittest,
	&read_ctest,
	&read_libtest,
	&read_gtest,
	&read_catch2,
	&read_tap,
	/* benchmarks and metrics */
	&read_jmh,
	&read_hyperfine,
	&read_gbench,
	&read_pytest_benchmark,
	&read_benchmarkdotnet,
	&read_vitest_bench,
	&read_bmf,
	&read_action_benchmark,
	&read_criterion,
	&read_benchmarkjs,
	&read_iai,
	&read_asv,
	&read_perf_stat,
	&read_valgrind,
	&read_time,
	&read_tensorboard,
	&read_mlruns,
	&read_trainer_state,
	&read_coverage,
	&read_table,
	&read_jsonl,
	NULL,
};

void import_init(struct import *im)
{
	*im = (struct import){0};
	arena_init(&im->arena);
}

void import_release(struct import *im)
{
	free(im->runs);
	free(im->variables);
	free(im->series);
	free(im->tests);
	free(im->notes);
	arena_release(&im->arena);
	*im = (struct import){0};
}

/* ---- adding ---- */

static bool room(struct import *im, size_t n)
{
	im->full = im->full || n >= IMPORT_MAX_ROWS;
	return n < IMPORT_MAX_ROWS;
}

static uint32_t last_run(const struct import *im)
{
	return im->nruns ? (uint32_t)(im->nruns - 1) : 0;
}

uint32_t import_add_run(struct import *im, struct str name)
{
	if (room(im, im->nruns))
		array_push(im->runs, im->nruns, im->cap_runs) = import_name(im, name);
	return last_run(im);
}

struct variable *import_add_variable(struct import *im, struct str name, struct value v)
{
	struct variable *var;

	if (!room(im, im->nvariables))
		return NULL;
	if (v.kind == VALUE_TEXT)
		v.text = import_text(im, v.text);
	var = &array_push(im->variables, im->nvariables, im->cap_variables);
	*var = (struct variable){.name = import_name(im, name),
				 .value = v,
				 .n = 1,
				 .spread = NAN,
				 .run = last_run(im)};
	return var;
}

struct test_result *import_add_test(struct import *im, struct str suite, struct str name,
				    enum test_status status)
{
	struct test_result *t;

	if (!room(im, im->ntests))
		return NULL;
	t = &array_push(im->tests, im->ntests, im->cap_tests);
	*t = (struct test_result){.suite = import_name(im, suite),
				  .name = import_name(im, name),
				  .status = status,
				  .seconds = NAN,
				  .run = last_run(im)};
	return t;
}

struct series *import_add_series(struct import *im, struct str name, struct str axis)
{
	struct series *s;

	if (!room(im, im->nseries))
		return NULL;
	s = &array_push(im->series, im->nseries, im->cap_series);
	*s = (struct series){
		.name = import_name(im, name), .axis = import_name(im, axis), .run = last_run(im)};
	return s;
}

/* Twice the room, in the arena: the old one is lost until the end, half of the whole at most. */
static double *grow(struct import *im, const double *old, size_t n)
{
	double *p = arena_alloc(&im->arena, (n ? 2 * n : 8) * sizeof(*p));

	if (n)
		memcpy(p, old, n * sizeof(*p));
	return p;
}

void import_add_point(struct import *im, struct series *s, double x, double y)
{
	size_t n = s->n;

	if (!room(im, n) || im->arena.total > IMPORT_MAX_TOTAL) {
		im->full = true;
		return;
	}
	if (n == 0 || (n >= 8 && (n & (n - 1)) == 0)) { /* full at 8, 16, 32 ... */
		s->x = grow(im, s->x, n);
		s->y = grow(im, s->y, n);
	}
	s->x[n] = x;
	s->y[n] = y;
	s->n++;
}

void import_note(struct import *im, uint64_t line, const char *fmt, ...)
{
	struct import_note *note;
	char text[1024];
	va_list ap;

	if (im->nnotes > IMPORT_MAX_NOTES)
		return;
	note = &array_push(im->notes, im->nnotes, im->cap_notes);
	if (im->nnotes > IMPORT_MAX_NOTES) {
		*note = (struct import_note){0, STR("more notes are left out")};
		return;
	}
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*note = (struct import_note){line, import_text(im, str_of(text))};
}

void import_claim(struct import *im, uint64_t line, const char *what, uint64_t claimed,
		  uint64_t found)
{
	if (claimed != found)
		import_note(im, line, "the report states %s %llu, but holds %llu", what,
			    (unsigned long long)claimed, (unsigned long long)found);
}

/* ---- the choice of a reader ---- */

static bool utf16_mark(struct str s, struct utf16 *u)
{
	static const struct {
		struct str start;
		bool big;
	} marks[] = {
		{STR("\xff\xfe"), false},
		{STR("\xfe\xff"), true},
		{STR("<\0"), false}, /* XML without a mark */
		{STR("\0<"), true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (str_starts(s, marks[i].start)) {
			*u = (struct utf16){.big_endian = marks[i].big};
			return true;
		}
	return false;
}

/* As UTF-8 without a mark, in b if it was not. */
static struct str plain(struct str s, struct buf *b)
{
	struct utf16 u;

	if (utf16_mark(s, &u)) {
		utf16_add(&u, s.p, s.n, b);
		utf16_end(&u, b);
		s = buf_str(b);
	}
	return str_starts(s, STR("\xef\xbb\xbf")) ? str_from(s, 3) : s;
}

static const struct import_reader *surest(struct str path, struct str part)
{
	const struct import_reader *best = NULL;
	int most = IMPORT_SURE - 1;

	for (size_t i = 0; import_readers[i]; i++) {
		int sure = import_readers[i]->recognise(path, part);

		if (sure > most) {
			most = sure;
			best = import_readers[i];
		}
	}
	return best;
}

const struct import_reader *import_recognise(struct str path, struct str data)
{
	CLEANUP_BUF struct buf b = {0};
	struct utf16 u;
	const struct import_reader *r = surest(path, plain(str_head(data, IMPORT_HEAD), &b));
	struct str tail;

	if (r || data.n <= IMPORT_HEAD || utf16_mark(data, &u))
		return r;
	tail = str_from(data, data.n - IMPORT_HEAD);
	return surest(path, str_from(tail, str_find_char(tail, '\n') + 1));
}

const struct import_reader *import_reader_named(const char *name)
{
	for (size_t i = 0; import_readers[i]; i++)
		if (!strcmp(import_readers[i]->name, name))
			return import_readers[i];
	return NULL;
}

/* ---- reading ---- */

struct totals {
	uint64_t count[TEST_SKIPPED + 1];
	double seconds;
	bool timed;
};

/* The variable of that name and run is set; there may be one from a file read before. */
static struct variable *set_variable(struct import *im, struct str name, uint32_t run,
				     struct value v)
{
	struct variable *var;

	for (size_t i = 0; i < im->nvariables; i++)
		if (im->variables[i].run == run && str_eq(im->variables[i].name, name)) {
			im->variables[i].value = v;
			return &im->variables[i];
		}
	var = import_add_variable(im, name, v);
	if (var)
		var->run = run;
	return var;
}

static void add_totals(struct import *im, const struct totals *t, uint32_t run)
{
	static const struct {
		struct str name;
		enum test_status status;
		enum better better;
	} counts[] = {
		{STR("tests.passed"), TEST_PASSED, BETTER_HIGHER},
		{STR("tests.failed"), TEST_FAILED, BETTER_LOWER},
		{STR("tests.error"), TEST_ERROR, BETTER_LOWER},
		{STR("tests.skipped"), TEST_SKIPPED, BETTER_UNKNOWN},
	};
	struct variable *v;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		v = set_variable(im, counts[i].name, run,
				 value_int((int64_t)t->count[counts[i].status]));
		if (v)
			v->better = counts[i].better;
	}
	if (!t->timed)
		return;
	v = set_variable(im, STR("tests.seconds"), run, value_real(t->seconds));
	if (v) {
		v->unit = STR("s");
		v->better = BETTER_LOWER;
	}
}

static void count_tests(struct import *im)
{
	struct totals *totals = mem_zalloc((im->nruns ? im->nruns : 1) * sizeof(*totals));

	for (size_t i = 0; i < im->ntests; i++) {
		struct totals *t = &totals[im->tests[i].run];

		t->count[im->tests[i].status]++;
		if (!isnan(im->tests[i].seconds)) {
			t->seconds += im->tests[i].seconds;
			t->timed = true;
		}
	}
	for (size_t r = 0; r < im->nruns; r++)
		add_totals(im, &totals[r], (uint32_t)r);
	free(totals);
}

/* Names that stand for several results cannot be told apart in another run. */
static void note_duplicates(struct import *im, size_t from)
{
	struct map seen = {0};
	size_t twice = 0, example = 0;

	for (size_t i = from; i < im->ntests; i++) {
		const struct test_result *t = &im->tests[i];
		bool fresh;

		if (str_starts(t->name, STR("#"))) /* progress.h: nameless */
			continue;
		map_put(&seen, hash_word(hash_word(t->run, hash_str(t->suite)), hash_str(t->name)),
			0, &fresh);
		if (!fresh && !twice++)
			example = i;
	}
	if (twice)
		import_note(im, im->tests[example].line,
			    "%zu result%s the name of another, such as " STR_FMT, twice,
			    twice == 1 ? " has" : "s have", STR_ARG(im->tests[example].name));
	map_release(&seen);
}

/* A sum of some of the times must not pass for that of all. */
static void note_untimed(struct import *im, size_t from)
{
	size_t timed = 0, untimed = 0;

	for (size_t i = from; i < im->ntests; i++) {
		timed += !isnan(im->tests[i].seconds);
		untimed += isnan(im->tests[i].seconds) && im->tests[i].status != TEST_SKIPPED;
	}
	if (timed && untimed)
		import_note(im, 0,
			    "%zu of %zu results have no time: tests.seconds is that of the rest",
			    untimed, im->ntests - from);
}

static void finish(struct import *im, const struct import_reader *r, size_t ntests)
{
	im->format = r->name;
	if (!im->nruns)
		import_add_run(im, STR(""));
	if (r->tests || im->ntests > ntests) {
		note_duplicates(im, ntests);
		note_untimed(im, ntests);
		count_tests(im);
	}
	if (im->full)
		import_note(im, 0,
			    "too long: of more than %zu rows or %zu MB of text the rest is "
			    "left out",
			    IMPORT_MAX_ROWS, IMPORT_MAX_TOTAL >> 20);
}

int import_read(struct import *im, const struct import_reader *r, const struct import_file *files,
		size_t n, struct err *err)
{
	struct import before = *im;
	struct import_file *in = arena_alloc(&im->arena, n * sizeof(*in));
	int rc;

	im->full = false;
	for (size_t i = 0; i < n; i++) {
		struct buf b = {0};

		in[i] = (struct import_file){files[i].path, plain(files[i].data, &b)};
		if (b.n)
			in[i].data = arena_str(&im->arena, in[i].data);
		buf_release(&b);
	}
	rc = r->read(im, in, n, err);
	if (rc) {
		im->nruns = before.nruns;
		im->nvariables = before.nvariables;
		im->nseries = before.nseries;
		im->ntests = before.ntests;
		im->nnotes = before.nnotes;
		im->skipped_lines = before.skipped_lines;
		im->file_runs = before.file_runs;
		return rc;
	}
	finish(im, r, before.ntests);
	return 0;
}
