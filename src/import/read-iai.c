// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * iai, iai-callgrind and gungraun (Rust benchmarks that count instructions): a name in the first
 * column, indented counts below it. Their successors write "new|old (change)" behind a count.
 *
 *   bench_short
 *     Instructions:                1735
 *     L1 Accesses:                 2364 (+1.5%)
 */
#include "import/bench.h"

static const struct {
	struct str label;
	const char *what;
} counts[] = {
	{STR("Instructions"), "instructions"},
	{STR("L1 Accesses"), "l1_accesses"},
	{STR("L2 Accesses"), "l2_accesses"},
	{STR("RAM Accesses"), "ram_accesses"},
	{STR("L1 Hits"), "l1_hits"},
	{STR("L2 Hits"), "l2_hits"},
	{STR("LL Hits"), "ll_hits"},
	{STR("RAM Hits"), "ram_hits"},
	{STR("L1 Data Accesses"), "l1_data_accesses"},
	{STR("Total read+write"), "total_read_write"},
	{STR("Estimated Cycles"), "estimated_cycles"},
};

static bool count_line(struct bench *b, struct str line, uint64_t no)
{
	size_t colon = str_find_char(line, ':');
	struct str label = str_trim(str_head(line, colon));
	struct str rest = str_from(line, colon + 1);
	struct variable *v;
	double n;

	if (!line.n || line.p[0] != ' ')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		if (!str_eq(counts[i].label, label) || !metric_cut_number(&rest, &n))
			continue;
		if (!b->stage)
			bench_row(b, buf_str(&b->pending));
		b->stage = 1;
		v = bench_add(b, counts[i].what, metric_count(n), STR(""), no);
		if (v) /* less work is better, be it hits */
			v->better = strstr(counts[i].what, "hits") ? BETTER_UNKNOWN : BETTER_LOWER;
		return true;
	}
	return false;
}

static void read_lines(struct bench *b, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;

	while (import_next_line(&l, &line)) {
		if (count_line(b, line, l.no))
			continue;
		b->im->skipped_lines += line.n > 0;
		if (!line.n || line.p[0] == ' ')
			continue;
		buf_clear(&b->pending);
		buf_add_str(&b->pending, str_trim(str_head(line, IMPORT_MAX_NAME)));
		b->stage = 0;
	}
}

static int recognise(struct str path, struct str head)
{
	return str_contains(head, STR("\n  Instructions: ")) &&
			       str_contains(head, STR("\n  Estimated Cycles: "))
		       ? 85
		       : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_BENCH struct bench b;

	bench_init(&b, im);
	read_lines(&b, files->data);
	bench_end(&b);
	return 0;
}

const struct import_reader read_iai = {
	.name = "iai",
	.what = "iai, iai-callgrind, gungraun",
	.recognise = recognise,
	.read = read_file,
};
