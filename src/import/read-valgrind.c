// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Valgrind: the summaries that its tools print ("==PID== ..."), massif's file and callgrind's and
 * cachegrind's. Several processes in one text are runs of their own names ("process 4711") if
 * there are more than one. Formats: the Valgrind manual, ms_print(1), "Callgrind Format".
 */
#include <stdlib.h>

#include "import/metric.h"

struct valgrind {
	struct import *im;
	struct intern pids;
	uint32_t *runs; /* numbers of the runs, in the order of their pids */
	size_t n, cap;
	uint32_t run; /* METRIC_LAST_RUN where there are no processes */
};

static void add(struct valgrind *g, const char *name, double v, struct str unit, uint64_t no)
{
	struct variable *var = metric_add(g->im, str_of(name), metric_count(v), unit, no);

	if (!var)
		return;
	if (g->run != METRIC_LAST_RUN)
		var->run = g->run;
	if (!var->better)
		var->better = BETTER_LOWER;
}

/* ---- what the tools print ---- */

/* "40 bytes in 2 blocks", "1 errors from 1 contexts (suppressed: 0 from 0)", "1 allocs, 2 frees,
 * 3 bytes allocated": the numbers in order. */
static size_t numbers_of(struct str s, double *v, size_t max)
{
	size_t n = 0;

	while (s.n && n < max) {
		if (s.p[0] >= '0' && s.p[0] <= '9' && metric_cut_number(&s, &v[n]))
			n++;
		else
			s = str_from(s, 1);
	}
	return n;
}

struct summary {
	struct str label;
	const char *name[3]; /* of its numbers */
	struct str unit[3];
};

static const struct summary summaries[] = {
	{STR("ERROR SUMMARY: "), {"valgrind.errors", "valgrind.error_contexts"}, {{0}}},
	{STR("in use at exit: "),
	 {"valgrind.in_use_at_exit", "valgrind.in_use_at_exit.blocks"},
	 {STR("bytes")}},
	{STR("total heap usage: "),
	 {"valgrind.allocs", "valgrind.frees", "valgrind.allocated"},
	 {{0}, {0}, STR("bytes")}},
	{STR("definitely lost: "),
	 {"valgrind.definitely_lost", "valgrind.definitely_lost.blocks"},
	 {STR("bytes")}},
	{STR("indirectly lost: "),
	 {"valgrind.indirectly_lost", "valgrind.indirectly_lost.blocks"},
	 {STR("bytes")}},
	{STR("possibly lost: "),
	 {"valgrind.possibly_lost", "valgrind.possibly_lost.blocks"},
	 {STR("bytes")}},
	{STR("still reachable: "),
	 {"valgrind.still_reachable", "valgrind.still_reachable.blocks"},
	 {STR("bytes")}},
	{STR("suppressed: "),
	 {"valgrind.suppressed", "valgrind.suppressed.blocks"},
	 {STR("bytes")}},
};

/* The events of a cache tool: "I   refs:      657,331", "LL misses: 5,290 (...)" */
static const struct {
	struct str label;
	const char *name;
} caches[] = {
	{STR("I refs"), "valgrind.instructions"},   {STR("I1 misses"), "valgrind.i1_misses"},
	{STR("LLi misses"), "valgrind.lli_misses"}, {STR("D refs"), "valgrind.data_refs"},
	{STR("D1 misses"), "valgrind.d1_misses"},   {STR("LLd misses"), "valgrind.lld_misses"},
	{STR("LL refs"), "valgrind.ll_refs"},       {STR("LL misses"), "valgrind.ll_misses"},
	{STR("Branches"), "valgrind.branches"},     {STR("Mispredicts"), "valgrind.mispredicts"},
};

/* The label without double blanks, for comparing. */
static struct str squeeze(struct str s, char *z, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < max; i++)
		if (s.p[i] != ' ' || (n && z[n - 1] != ' '))
			z[n++] = s.p[i];
	return str_trim((struct str){z, n});
}

static bool summary_line(struct valgrind *g, struct str s, uint64_t no)
{
	char z[32];
	size_t colon = str_find_char(s, ':');
	struct str label = squeeze(str_head(s, colon), z, sizeof(z));
	double v[3];

	for (size_t i = 0; i < ARRAY_SIZE(summaries); i++) {
		const struct summary *m = &summaries[i];
		struct str rest = s;
		size_t n;

		if (!import_skip(&rest, m->label))
			continue;
		n = numbers_of(rest, v, 3);
		for (size_t k = 0; k < n && m->name[k]; k++)
			add(g, m->name[k], v[k], m->unit[k], no);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++)
		if (str_eq(caches[i].label, label) && numbers_of(str_from(s, colon), v, 1)) {
			add(g, caches[i].name, v[0], STR(""), no);
			return true;
		}
	if (str_starts(s, STR("All heap blocks were freed")))
		add(g, "valgrind.definitely_lost", 0, STR("bytes"), no);
	return false;
}

/* "==4711== ": cut off; the process. Also with a time: "==00:00:01.234 4711== ". */
static bool cut_pid(struct str *line, struct str *pid)
{
	struct str s = *line;
	size_t end;

	if (!import_skip(&s, STR("==")))
		return false;
	end = str_find(s, STR("=="));
	*pid = str_head(s, end);
	while (str_find_char(*pid, ' ') < pid->n)
		*pid = str_from(*pid, str_find_char(*pid, ' ') + 1);
	*line = str_trim(str_from(s, end + 2));
	return end < s.n && pid->n && pid->n < 12 && str_trim(*pid).n == pid->n &&
	       pid->p[0] >= '0' && pid->p[0] <= '9';
}

static void enter_process(struct valgrind *g, struct str pid)
{
	CLEANUP_BUF struct buf name = {0};
	uint32_t id = intern_add(&g->pids, pid);

	if (id == g->n) {
		BUF_LIT(&name, "process ");
		buf_add_str(&name, pid);
		array_push(g->runs, g->n, g->cap) =
			import_add_run(g->im, id ? buf_str(&name) : STR(""));
	}
	g->run = g->runs[id];
}

static void read_text(struct valgrind *g, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line, pid;
	struct variable *var;

	while (import_next_line(&l, &line)) {
		if (!cut_pid(&line, &pid)) {
			g->im->skipped_lines += line.n > 0;
			continue;
		}
		enter_process(g, pid);
		if (import_skip(&line, STR("Command: "))) {
			var = import_add_variable(g->im, STR("valgrind.command"), value_text(line));
			if (var) {
				var->run = g->run;
				var->line = l.no;
			}
		} else {
			summary_line(g, line, l.no);
		}
	}
}

/* ---- massif ---- */

static void read_massif(struct valgrind *g, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	CLEANUP_CURVES struct metric_curves curves;
	struct str line, axis = STR("time");
	double time = NAN, heap = 0, extra = 0, stacks = 0, peak = 0, v;
	uint64_t peak_line = 0;

	metric_curves_init(&curves, g->im);
	while (import_next_line(&l, &line)) {
		struct str s = line;

		if (import_skip(&s, STR("time_unit: "))) {
			axis = str_eq(s, STR("i"))    ? STR("instructions")
			       : str_eq(s, STR("ms")) ? STR("ms")
						      : STR("bytes");
		} else if (import_skip(&s, STR("time=")) && metric_number(s, &v)) {
			time = v;
		} else if (import_skip(&s, STR("mem_heap_B=")) && metric_number(s, &v)) {
			heap = v;
		} else if (import_skip(&s, STR("mem_heap_extra_B=")) && metric_number(s, &v)) {
			extra = v;
		} else if (import_skip(&s, STR("mem_stacks_B=")) && metric_number(s, &v)) {
			stacks = v;
			metric_point(&curves, METRIC_LAST_RUN, STR("massif.total"), STR("bytes"),
				     axis, time, heap + extra + stacks, l.no);
			if (heap + extra + stacks >= peak) {
				peak = heap + extra + stacks;
				peak_line = l.no;
			}
		}
	}
	add(g, "massif.peak", peak, STR("bytes"), peak_line);
}

/* ---- callgrind.out, cachegrind.out ---- */

static void read_events(struct valgrind *g, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	CLEANUP_BUF struct buf events = {0}, totals = {0}, name = {0};
	struct str line, e, t, names, numbers;
	uint64_t no = 0;
	double v;

	while (import_next_line(&l, &line)) {
		struct str s = line;

		if (import_skip(&s, STR("events:"))) {
			buf_clear(&events);
			buf_add_str(&events, s);
		} else if (import_skip(&s, STR("totals:")) || import_skip(&s, STR("summary:"))) {
			buf_clear(&totals);
			buf_add_str(&totals, s);
			no = l.no;
		}
	}
	names = buf_str(&events);
	numbers = buf_str(&totals);
	while ((e = metric_cut_word(&names)).n && (t = metric_cut_word(&numbers)).n) {
		buf_clear(&name);
		BUF_LIT(&name, "callgrind.");
		buf_add_str(&name, e);
		if (metric_number(t, &v))
			add(g, buf_cstr(&name), v, STR(""), no);
	}
	if (!no)
		import_note(g->im, 0, "no totals: the file is cut off");
}

/* ---- which of them ---- */

static void (*form_of(struct str head))(struct valgrind *, struct str)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line, pid;

	if (str_contains(head, STR("\nmem_heap_B=")))
		return read_massif;
	if (str_contains(head, STR("\nevents: ")) && str_contains(head, STR("\nfn=")))
		return read_events;
	if (!str_contains(head, STR("== ")))
		return NULL;
	while (import_next_line(&l, &line))
		if (cut_pid(&line, &pid) && (str_starts(line, STR("Using Valgrind-")) ||
					     str_starts(line, STR("ERROR SUMMARY: ")) ||
					     str_starts(line, STR("HEAP SUMMARY:"))))
			return read_text;
	return NULL;
}

static int recognise(struct str path, struct str head)
{
	return form_of(head) ? 82 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	void (*form)(struct valgrind *, struct str) = form_of(files->data);
	struct valgrind g = {.im = im, .run = METRIC_LAST_RUN};

	intern_init(&g.pids);
	if (form)
		form(&g, files->data);
	intern_release(&g.pids);
	free(g.runs);
	return form ? 0 : err_set(err, ERR_INPUT, "nothing of a tool of Valgrind is in it");
}

const struct import_reader read_valgrind = {
	.name = "valgrind",
	.what = "Valgrind: memcheck, massif, callgrind, cachegrind",
	.recognise = recognise,
	.read = read_file,
};
