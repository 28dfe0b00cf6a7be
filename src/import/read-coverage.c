// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Coverage of code, in total: lcov's .info files (geninfo(1)), its list, the summaries of lcov,
 * genhtml and gcovr, what gcov prints, and the TOTAL of llvm-cov report and coverage.py. Variables
 * are "coverage.lines" (the share, 0 to 1), "coverage.lines.hit", "coverage.lines.found"; the same
 * of functions, branches and regions.
 */
#include "import/metric.h"

enum what { LINES, FUNCTIONS, BRANCHES, REGIONS, WHATS };

static const char *const names[WHATS] = {"lines", "functions", "branches", "regions"};

struct totals {
	double hit[WHATS], found[WHATS];
	uint64_t line; /* of the last */
};

static void add(struct import *im, const struct totals *t, enum what w)
{
	static const char *const parts[] = {"", ".hit", ".found"};
	double v[] = {t->found[w] > 0 ? t->hit[w] / t->found[w] : NAN, t->hit[w], t->found[w]};

	if (!(t->found[w] > 0))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		CLEANUP_BUF struct buf name = {0};
		struct variable *var;

		buf_printf(&name, "coverage.%s%s", names[w], parts[i]);
		var = metric_add(im, buf_str(&name), i ? metric_count(v[i]) : value_real(v[i]),
				 STR(""), t->line);
		if (var)
			var->better = i < 2 ? BETTER_HIGHER : BETTER_UNKNOWN;
	}
}

static void count(struct totals *t, enum what w, double hit, double found, uint64_t line)
{
	if (!(hit >= 0) || !(found >= 0) || found > 1e15 || hit > 1e15)
		return;
	t->hit[w] += hit;
	t->found[w] += found;
	t->line = line;
}

/* ---- .info: one record a file ---- */

struct record {
	double hit[WHATS], found[WHATS];
	double each[WHATS], each_hit[WHATS]; /* told one by one */
	bool open;
};

static void end_record(struct totals *t, struct record *r, uint64_t line)
{
	for (int w = 0; w < WHATS; w++) { /* totals may be left out */
		bool told = r->found[w] > 0;

		count(t, (enum what)w, (told ? r->hit : r->each_hit)[w],
		      (told ? r->found : r->each)[w], line);
	}
	*r = (struct record){0};
}

static void info_line(struct totals *t, struct record *r, struct str line, uint64_t no)
{
	static const struct {
		struct str tag;
		enum what what;
		bool hit;
	} tags[] = {
		{STR("LF:"), LINES, false},      {STR("LH:"), LINES, true},
		{STR("FNF:"), FUNCTIONS, false}, {STR("FNH:"), FUNCTIONS, true},
		{STR("BRF:"), BRANCHES, false},  {STR("BRH:"), BRANCHES, true},
	};
	static const struct {
		struct str tag;
		enum what what;
		int cell; /* that says how often */
	} ones[] = {
		{STR("DA:"), LINES, 1}, {STR("FNDA:"), FUNCTIONS, 0}, {STR("BRDA:"), BRANCHES, 3}};
	struct str s = line;
	double v;

	r->open = r->open || str_starts(line, STR("SF:"));
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (import_skip(&s, tags[i].tag) && metric_number(s, &v)) {
			(tags[i].hit ? r->hit : r->found)[tags[i].what] = v;
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(ones); i++)
		if (import_skip(&s, ones[i].tag)) {
			for (int k = 0; k < ones[i].cell; k++)
				s = str_from(s, str_find_char(s, ',') + 1);
			s = str_head(s, str_find_char(s, ','));
			r->each[ones[i].what]++;
			r->each_hit[ones[i].what] += metric_number(s, &v) && v > 0;
			return;
		}
	if (str_starts(line, STR("end_of_record"))) {
		end_record(t, r, no);
	}
}

/* ---- texts ---- */

/* "  lines......: 85.7% (12 of 14 lines)", "lines: 85.0% (17 out of 20)" */
static bool summary_line(struct totals *t, struct str line, uint64_t no)
{
	struct str s = str_trim(line);
	double hit, found;

	for (int w = 0; w < REGIONS; w++) {
		struct str rest = s;

		if (!import_skip(&rest, str_of(names[w])))
			continue;
		while (import_skip(&rest, STR(".")))
			;
		if (!import_skip(&rest, STR(":")) || !str_contains(rest, STR("%")))
			return false;
		rest = str_from(rest, str_find_char(rest, '(') + 1);
		if (!metric_cut_number(&rest, &hit))
			return false;
		rest = str_trim(rest);
		import_skip(&rest, STR("out "));
		if (!import_skip(&rest, STR("of ")) || !metric_cut_number(&rest, &found))
			return false;
		count(t, (enum what)w, hit, found, no);
		return true;
	}
	return false;
}

/* gcov: "Lines executed:85.71% of 14", "Taken at least once:50.00% of 4", one block a file, after
 * "File 'x.c'"; blocks of functions and the line that sums all up count nothing. */
static bool gcov_line(struct totals *t, struct str line, bool *in_file, uint64_t no)
{
	static const struct {
		struct str label;
		enum what what;
	} labels[] = {{STR("Lines executed:"), LINES}, {STR("Taken at least once:"), BRANCHES}};
	double percent, found;

	if (!line.n || str_starts(line, STR("File '")))
		*in_file = line.n > 0;
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		struct str s = line;

		if (import_skip(&s, labels[i].label) && metric_cut_number(&s, &percent) &&
		    import_skip(&s, STR("% of ")) && metric_cut_number(&s, &found)) {
			if (*in_file)
				count(t, labels[i].what, round(percent * found / 100), found, no);
			return true;
		}
	}
	return false;
}

/* llvm-cov report: groups of found, missed, share in the order of its heading; coverage.py: Stmts,
 * Miss, [Branch, BrPart,] Cover. heading: which. */
static void total_line(struct totals *t, struct str line, struct str heading, uint64_t no)
{
	static const enum what order[] = {REGIONS, FUNCTIONS, LINES, BRANCHES};
	static const enum what lines[] = {LINES};
	bool python = str_contains(heading, STR(" Stmts "));
	size_t n = python ? ARRAY_SIZE(lines) : ARRAY_SIZE(order);
	double found, missed;

	metric_cut_word(&line); /* TOTAL */
	for (size_t i = 0; i < n; i++) {
		if (!metric_cut_number(&line, &found) || !metric_cut_number(&line, &missed))
			return;
		metric_cut_word(&line); /* "75.00%", "-" */
		count(t, python ? lines[i] : order[i], found - missed, found, no);
	}
}

static bool is_heading(struct str line)
{
	return (str_starts(line, STR("Filename ")) && str_contains(line, STR(" Missed "))) ||
	       (str_starts(line, STR("Name ")) && str_contains(line, STR(" Stmts ")) &&
		str_contains(line, STR(" Miss ")));
}

/* lcov --list: "      Total:|66.7%     12|50.0%     2|    -      0" */
static bool list_line(struct totals *t, struct str line, uint64_t no)
{
	static const enum what order[] = {LINES, FUNCTIONS, BRANCHES};
	struct str s = str_trim(line), cell;
	double percent, found;

	if (!import_skip(&s, STR("Total:|")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(order) && str_next(&s, '|', &cell); i++)
		if (metric_cut_number(&cell, &percent) && import_skip(&cell, STR("%"))) {
			cell = str_trim(cell);
			if (metric_cut_number(&cell, &found))
				count(t, order[i], round(percent * found / 100), found, no);
		}
	return true;
}

/* What the file is: its first line that tells. */
enum form { NONE, INFO, TEXT };

static enum form form_of(struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct totals t = {0};
	struct str line;
	bool heading = false, in_file = false;

	while (import_next_line(&l, &line)) {
		if (str_starts(line, STR("SF:")))
			return INFO;
		heading = heading || is_heading(line);
		if (list_line(&t, line, l.no) || summary_line(&t, line, l.no) ||
		    gcov_line(&t, line, &in_file, l.no) ||
		    (heading && str_starts(line, STR("TOTAL"))))
			return TEXT;
	}
	return NONE;
}

static int recognise(struct str path, struct str head)
{
	enum form f = form_of(head);

	return f == INFO ? 85 : f == TEXT ? 65 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(files->data);
	bool info = form_of(files->data) == INFO, in_file = false;
	CLEANUP_BUF struct buf heading = {0};
	struct totals t = {0};
	struct record r = {0};
	struct str line;

	while (import_next_line(&l, &line)) {
		if (info) {
			info_line(&t, &r, line, l.no);
		} else if (is_heading(line)) {
			buf_clear(&heading);
			buf_add_str(&heading, line);
		} else if (heading.n && str_starts(line, STR("TOTAL"))) {
			total_line(&t, line, buf_str(&heading), l.no);
		} else if (!list_line(&t, line, l.no) && !summary_line(&t, line, l.no) &&
			   !gcov_line(&t, line, &in_file, l.no)) {
			im->skipped_lines += line.n > 0;
		}
	}
	if (info && r.open) {
		import_note(im, l.no, "the last record has no end: the file is cut off");
		end_record(&t, &r, l.no);
	}
	for (int w = 0; w < WHATS; w++)
		add(im, &t, (enum what)w);
	return 0;
}

const struct import_reader read_coverage = {
	.name = "coverage",
	.what = "coverage: lcov, gcov, gcovr, llvm-cov, coverage.py",
	.recognise = recognise,
	.read = read_file,
};
