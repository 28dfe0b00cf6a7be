// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Benchmarks of JavaScript as text: benchmark.js ("fib(10) x 1,431,759 ops/sec ±0.74% (93 runs
 * sampled)"; the percentage is half of a 95 % confidence interval), and console.timeEnd() as Node
 * and Deno print it ("fib: 7617ms - timer ended", "fib: 1.234s").
 */
#include "import/bench.h"

#define Z95 1.96 /* what benchmark.js takes from 31 samples on */

static const struct str per_second = STR(" ops/sec");

/* Where the name ends: at the last " x " before the rate; 0 if there is none. */
static size_t name_length(struct str line, size_t end)
{
	for (size_t i = end; i >= 4; i--)
		if (!memcmp(line.p + i - 3, " x ", 3))
			return i - 3;
	return 0;
}

static bool rate_line(struct bench *b, struct str line, uint64_t no)
{
	size_t end = str_find(line, per_second), name;
	struct str rest = str_from(line, end + per_second.n);
	double v, percent, spread = NAN;
	uint64_t n = 0;

	name = end < line.n ? name_length(line, end) : 0;
	if (!name || !metric_grouped((struct str){line.p + name + 3, end - name - 3}, &v))
		return false;
	rest = str_trim(rest);
	if (import_skip(&rest, STR("\u00b1")) && metric_cut_number(&rest, &percent) &&
	    import_skip(&rest, STR("% ("))) {
		if (!str_u64(metric_cut_word(&rest), &n))
			n = 0;
		if (n > 1)
			spread = v * percent / 100 / Z95 * sqrt((double)n);
	}
	bench_row(b, str_trim(str_head(line, name)));
	bench_sum(b, "throughput", v, STR("ops/s"), n, spread, no);
	return true;
}

/* sure: only with Deno's or Node's words after it, else a line of a log may look the same. */
static bool timer_line(struct bench *b, struct str line, uint64_t no, bool sure)
{
	struct str s = line, unit;
	struct metric_unit u;
	size_t at = s.n;
	double v;

	if (str_ends(s, STR(" - timer ended")))
		s.n -= STR(" - timer ended").n;
	else if (sure)
		return false;
	for (at = s.n; at >= 3 && memcmp(s.p + at - 2, ": ", 2) != 0;)
		at--;
	if (at < 3 || !metric_quantity(str_from(s, at), &v, &unit) || !metric_unit(unit, &u) ||
	    !str_eq(u.base, STR("s")))
		return false;
	bench_row(b, str_head(s, at - 2));
	bench_rep(b, "time", v, unit, no);
	return true;
}

static void read_lines(struct bench *b, struct str data, bool sure)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;

	while (import_next_line(&l, &line))
		if (!rate_line(b, line, l.no) && !timer_line(b, line, l.no, sure))
			b->im->skipped_lines += line.n > 0;
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_BENCH struct bench b;
	struct import im;
	int sure;

	import_init(&im);
	bench_init(&b, &im);
	if (str_contains(head, per_second) || str_contains(head, STR(" - timer ended")))
		read_lines(&b, head, true);
	sure = b.rows ? 80 : 0;
	import_release(&im);
	return sure;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH struct bench b;

	bench_init(&b, im);
	read_lines(&b, files->data, false);
	bench_end(&b);
	return 0;
}

const struct import_reader read_benchmarkjs = {
	.name = "benchmarkjs",
	.what = "benchmark.js and timers of the JavaScript console",
	.recognise = recognise,
	.read = read_file,
};
