// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What bench/case.py and tests/case_oracle.py need of the case document:
 *
 *	bench_case scan FILE      its headings and rows, a JSON array a line
 *	bench_case escape FILE    texts, separated by NUL, as rows of a table
 *	bench_case edit N SEED    N edits by program and person in turn: see casework.h
 *	bench_case merge N SEED DIR    N pairs of branches, merged by git merge-file in DIR
 *	bench_case speed FILE     seconds of CPU to parse, to put one row, to check
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "case/casedoc-priv.h"
#include "casework.h"
#include "text/json.h"

#define MAX_FILE ((size_t)256 << 20)

static struct str read_file(const char *path)
{
	struct err err;
	char *data;
	size_t n;

	if (file_read_small(path, MAX_FILE, &data, &n, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(4);
	}
	return (struct str){data, n};
}

static void print_row(struct str line, uint64_t no, struct arena *a)
{
	struct str cells[MAX_COLUMNS];
	size_t n = scan_cells(line, cells, MAX_COLUMNS);
	struct buf b = {0};

	for (size_t i = 0; i < n; i++)
		cells[i] = cell_unescape(cells[i], a);
	json_add_strings(&b, cells, n);
	printf("[\"row\",%llu," STR_FMT "]\n", (unsigned long long)no, STR_ARG(buf_str(&b)));
	buf_release(&b);
}

static int scan(const char *path)
{
	struct str text = read_file(path);
	struct blocks blocks = {0};
	struct arena a;

	arena_init(&a);
	scan_blocks(text, 0, 1, &blocks);
	for (size_t i = 0; i < blocks.n; i++) {
		const struct block *b = &blocks.v[i];
		struct str rest = {text.p + b->start, b->end - b->start}, line;

		if (b->kind == BLOCK_HEADING)
			printf("[\"heading\",%llu,%u]\n", (unsigned long long)b->line, b->level);
		if (b->kind != BLOCK_TABLE)
			continue;
		for (uint64_t no = b->line; scan_line(&rest, &line); no++)
			if (no != b->line + 1)
				print_row(line, no, &a);
	}
	free(blocks.v);
	free((char *)(uintptr_t)text.p);
	arena_release(&a);
	return 0;
}

static int escape(const char *path)
{
	struct str text = read_file(path), rest = text, one;

	puts("| id |\n| --- |");
	while (str_next(&rest, 0, &one)) {
		struct buf b = {0};

		cell_escape(&b, one);
		printf("| " STR_FMT " |\n", STR_ARG(buf_str(&b)));
		buf_release(&b);
	}
	free((char *)(uintptr_t)text.p);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int speed(const char *path)
{
	static const char *const columns[] = {"id", "kind", "what"};
	const struct str cells[] = {STR("S999999"), STR("exception"), STR("one more")};
	struct str text = read_file(path);
	struct casedoc_problem *p;
	struct casedoc *d;
	double t[4];
	struct arena a;
	struct err err;

	t[0] = now();
	if (casedoc_parse(&d, text, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 3;
	}
	t[1] = now();
	if (casedoc_put_row(d, "Symptoms", columns, cells, 3, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 3;
	}
	t[2] = now();
	arena_init(&a);
	casedoc_check(d, &a, &p);
	t[3] = now();
	printf("%zu bytes, CPU: parse %.3f s, put a row %.3f s, check %.3f s\n", text.n,
	       t[1] - t[0], t[2] - t[1], t[3] - t[2]);
	arena_release(&a);
	casedoc_free(d);
	free((char *)(uintptr_t)text.p);
	return 0;
}

static int result(const char *what, unsigned long long n, const struct casework_result *r)
{
	printf("%llu %s: %llu edits by the program, %llu by hand, %llu refused; %llu clean merges, "
	       "%llu conflicts settled, %llu reported; %s\n",
	       n, what, (unsigned long long)r->program, (unsigned long long)r->person,
	       (unsigned long long)r->refused, (unsigned long long)r->clean,
	       (unsigned long long)r->settled, (unsigned long long)r->reported,
	       r->fault[0] ? r->fault : "every byte as it should be");
	return r->fault[0] != 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	struct casework_result r = {0};
	uint64_t n = 0, seed = 0;

	if (argc > 3 && (!str_u64(str_of(argv[2]), &n) || !str_u64(str_of(argv[3]), &seed)))
		return 2;
	if (strcmp(what, "scan") == 0)
		return scan(argv[2]);
	if (strcmp(what, "escape") == 0)
		return escape(argv[2]);
	if (strcmp(what, "speed") == 0)
		return speed(argv[2]);
	if (strcmp(what, "edit") == 0 && argc > 3) {
		casework_edits(n, seed, &r);
		return result("edits", n, &r);
	}
	if (strcmp(what, "merge") == 0 && argc > 4) {
		casework_merges(n, seed, argv[4], &r);
		return result("merges", n, &r);
	}
	fputs("usage: see the head of bench/case.c\n", stderr);
	return 2;
}
