// SPDX-License-Identifier: GPL-3.0-or-later
/* Benchmarks in what runners of tests print: see bench.h. Go's format: the proposal "Go Benchmark
 * Data Format" (golang.org/design/14313-benchmark-format). */
#include "import/bench.h"

/* ---- go test -bench ---- */

static const char *go_what(struct str unit)
{
	static const struct {
		struct str unit;
		const char *what;
	} known[] = {
		{STR("ns/op"), "time"},
		{STR("B/op"), "allocated"},
		{STR("allocs/op"), "allocs"},
		{STR("MB/s"), "throughput"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(known[i].unit, unit))
			return known[i].what;
	return NULL;
}

bool bench_go_line(struct bench *b, struct str package, struct str line, uint64_t no,
		   struct str *name, double *seconds)
{
	CLEANUP_BUF struct buf full = {0};
	struct str rest = line, count, value, unit;
	uint64_t n;
	double v;
	bool any = false;

	*name = metric_cut_word(&rest);
	*seconds = NAN;
	count = metric_cut_word(&rest);
	if (!str_starts(line, STR("Benchmark")) || !str_u64(count, &n))
		return false;
	buf_add_str(&full, package);
	if (package.n)
		buf_add_char(&full, '.');
	buf_add_str(&full, *name);
	while ((value = metric_cut_word(&rest)).n && (unit = metric_cut_word(&rest)).n) {
		const char *what = go_what(unit);
		CLEANUP_BUF struct buf own = {0};

		if (!metric_grouped(value, &v))
			break;
		if (!any)
			bench_row(b, buf_str(&full));
		any = true;
		if (str_eq(unit, STR("ns/op")))
			*seconds = (double)n * v * 1e-9;
		buf_add_str(&own, unit);
		bench_rep(b, what ? what : buf_cstr(&own), v, unit, no);
	}
	return any;
}

/* ---- cargo bench: libtest's own, and criterion ---- */

/* "test x ... bench:  1,234.5 ns/iter (+/- 975) = 12 MB/s"; what follows +/- is the distance of
 * largest and smallest, no deviation. */
static bool libtest_line(struct bench *b, struct str line, uint64_t no)
{
	static const struct str mark = STR(" ... bench:");
	size_t at = str_find(line, mark);
	struct str rest = str_from(line, at + mark.n), w;
	double v;

	if (!str_starts(line, STR("test ")) || at < 6 || at == line.n ||
	    !metric_cut_number(&rest, &v))
		return false;
	w = metric_cut_word(&rest);
	bench_row(b, str_trim((struct str){line.p + 5, at - 5}));
	bench_rep(b, "time", v, w, no);
	at = str_find(rest, STR("(+/- "));
	if (at < rest.n) {
		rest = str_from(rest, at + 5);
		if (metric_cut_number(&rest, &v))
			bench_rep(b, "time.range", v, w, no);
	}
	at = str_find(rest, STR(") = "));
	rest = str_from(rest, at + 4);
	if (metric_cut_number(&rest, &v))
		bench_rep(b, "throughput", v, metric_cut_word(&rest), no);
	return true;
}

/* "[3.4623 µs 3.4632 µs 3.4641 µs]": a confidence interval and the estimate in it */
static bool interval(struct str s, double v[3], struct str *unit)
{
	struct metric_unit u, first;

	s = str_trim(s);
	if (!import_skip(&s, STR("[")))
		return false;
	for (int i = 0; i < 3; i++) {
		struct str w;

		if (!metric_cut_number(&s, &v[i]))
			return false;
		w = metric_cut_word(&s);
		if (w.n && w.p[w.n - 1] == ']')
			w.n--;
		if (!metric_unit(w, &u)) /* "%": a change */
			return false;
		if (i == 0) {
			first = u;
			*unit = w;
		}
		v[i] *= u.factor / first.factor;
	}
	return true;
}

static void add_interval(struct bench *b, const char *what, const double v[3], struct str unit,
			 uint64_t no)
{
	CLEANUP_BUF struct buf name = {0};

	bench_sum(b, what, v[1], unit, b->samples, NAN, no);
	buf_printf(&name, "%s.lower", what);
	bench_sum(b, buf_cstr(&name), v[0], unit, b->samples, NAN, no);
	buf_clear(&name);
	buf_printf(&name, "%s.upper", what);
	bench_sum(b, buf_cstr(&name), v[2], unit, b->samples, NAN, no);
}

/* The name stands before "time:", or alone in the line above if it is long. */
static bool criterion_line(struct bench *b, struct str line, uint64_t no)
{
	static const struct str time = STR("time:"), rate = STR("thrpt:");
	size_t at = str_find(line, time);
	struct str name, unit, collect = STR(": Collecting ");
	double v[3];

	if (at < line.n && interval(str_from(line, at + time.n), v, &unit)) {
		name = str_trim(str_head(line, at));
		bench_row(b, name.n ? name : buf_str(&b->pending));
		b->samples = b->stage ? b->samples : 0; /* of another benchmark */
		b->stage = 0;
		add_interval(b, "time", v, unit, no);
		buf_clear(&b->pending);
		return true;
	}
	at = str_find(line, rate);
	if (at < line.n && b->rows && !str_trim(str_head(line, at)).n &&
	    interval(str_from(line, at + rate.n), v, &unit)) {
		add_interval(b, "throughput", v, unit, no);
		return true;
	}
	at = str_find(line, collect);
	if (str_starts(line, STR("Benchmarking ")) && at < line.n) {
		line = str_from(line, at + collect.n);
		b->stage = str_u64(metric_cut_word(&line), &b->samples);
		return true;
	}
	if (line.n && line.p[0] != ' ' && !str_starts(line, STR("Benchmarking "))) {
		buf_clear(&b->pending);
		buf_add_str(&b->pending, str_trim(str_head(line, IMPORT_MAX_NAME)));
	}
	return false;
}

bool bench_rust_line(struct bench *b, struct str line, uint64_t no)
{
	return libtest_line(b, line, no) || criterion_line(b, line, no);
}

/* ---- Catch2 ---- */

/*
 * benchmark name    samples  iterations  estimated     1: the heading's first line was seen
 * ---------------------------------------------
 * Fibonacci 10          100         208  7.1968 ms     2: a row is awaited; long names wrap
 *                    344 ns      341 ns     349 ns     3: the mean and its interval
 *                     19 ns       11 ns      29 ns     4: the standard deviation
 */
enum { CATCH2_NONE, CATCH2_HEADING, CATCH2_ROW, CATCH2_MEAN, CATCH2_DEVIATION };

static bool cut_quantity(struct str *s, double *v, struct str *unit)
{
	struct metric_unit u;

	if (!metric_cut_number(s, v))
		return false;
	*unit = metric_cut_word(s);
	return metric_unit(*unit, &u);
}

/* "NAME  100  208  7.1968 ms": the name may end in numbers itself. */
static bool catch2_row(struct bench *b, struct str line)
{
	struct str w[4] = {{0}}, s = str_trim(line);
	uint64_t iterations;
	struct metric_unit u;
	double v;

	for (int i = 3; i >= 0; i--) {
		size_t from = s.n;

		while (from && s.p[from - 1] != ' ')
			from--;
		w[i] = str_from(s, from);
		s = str_trim(str_head(s, from));
	}
	if (!metric_grouped(w[2], &v) || !metric_unit(w[3], &u) || !str_u64(w[1], &iterations) ||
	    !str_u64(w[0], &b->samples))
		return false;
	if (b->pending.n && s.n)
		buf_add_char(&b->pending, ' ');
	buf_add_str(&b->pending, s);
	bench_row(b, buf_str(&b->pending));
	buf_clear(&b->pending);
	return true;
}

static void catch2_mean(struct bench *b, struct str line, uint64_t no)
{
	struct metric_unit u;
	struct str unit;

	b->stage = CATCH2_ROW;
	if (!cut_quantity(&line, &b->value[0], &unit))
		return;
	metric_unit(unit, &u);
	b->value[0] *= u.factor;
	b->pending_line = no;
	b->stage = CATCH2_DEVIATION;
}

static void catch2_deviation(struct bench *b, struct str line)
{
	struct metric_unit u = {NAN, {0}};
	struct str unit;
	double v = NAN;

	if (cut_quantity(&line, &v, &unit))
		metric_unit(unit, &u);
	bench_sum(b, "time", b->value[0], STR("s"), b->samples, v * u.factor, b->pending_line);
	b->stage = CATCH2_ROW;
}

bool bench_catch2_line(struct bench *b, struct str line, uint64_t no)
{
	struct str s = str_trim(line);

	if (str_starts(s, STR("benchmark name ")) && str_contains(s, STR(" samples "))) {
		b->stage = CATCH2_HEADING;
		return true;
	}
	if (b->stage == CATCH2_NONE)
		return false;
	if (str_starts(s, STR("-----"))) {
		b->stage = b->stage == CATCH2_HEADING ? CATCH2_ROW : CATCH2_NONE;
		buf_clear(&b->pending);
		return b->stage != CATCH2_NONE;
	}
	if (str_starts(s, STR("=====")) || str_starts(s, STR("....."))) {
		b->stage = CATCH2_NONE;
		return false;
	}
	if (!s.n || b->stage == CATCH2_HEADING)
		return true;
	if (b->stage == CATCH2_MEAN)
		catch2_mean(b, line, no);
	else if (b->stage == CATCH2_DEVIATION)
		catch2_deviation(b, line);
	else if (catch2_row(b, s))
		b->stage = CATCH2_MEAN;
	else if (b->pending.n < IMPORT_MAX_NAME) {
		if (b->pending.n)
			buf_add_char(&b->pending, ' ');
		buf_add_str(&b->pending, str_head(s, IMPORT_MAX_NAME));
	}
	return true;
}
