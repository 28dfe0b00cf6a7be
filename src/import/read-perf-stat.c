// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * perf stat: what it prints, -x (any separator) and -j. Variables are "perf.EVENT", of an event of
 * one place (--per-socket, -A) "perf.S0.EVENT"; intervals (-I) make series over seconds. Derived
 * metrics are "perf.EVENT.UNIT". What perf writes after +- is the standard error of the mean, in
 * per cent: times the root of the number of runs it is the deviation. Counts that were scaled up
 * because the counter was shared have their share of time in "perf.EVENT.running". Formats:
 * perf-stat(1).
 */
#include <stdlib.h>

#include "import/bench-json.h"

struct count {
	struct str where;   /* "S0", "CPU1"; empty: everywhere */
	double time;        /* of an interval; NAN: the whole run */
	struct value value; /* VALUE_NONE: not counted, or not supported */
	struct str unit, event;
	double error;   /* of the mean, per cent; NAN: unknown */
	double running; /* per cent; NAN: unknown */
	double metric;
	struct str metric_unit;
	uint64_t line;
};

struct perf {
	struct bench b; /* its names begin with "perf." */
	struct metric_curves curves;
	uint64_t runs; /* -r; 0: unknown */
	bool intervals;
	struct buf last; /* the event of the line before */
	size_t missing;  /* events without a count */
	struct buf names_missing;
	uint64_t line_missing;
};

static const struct count no_count = {.time = NAN, .error = NAN, .running = NAN, .metric = NAN};

/* "<not counted>", "1016484", "54.000000"; false if it is nothing of these. */
static bool parse_value(struct str s, struct value *out)
{
	double v;

	*out = (struct value){0};
	if (str_starts(s, STR("<not")))
		return true;
	*out = metric_value(s);
	if (out->kind == VALUE_INT)
		return true;
	if (!import_number(s, &v))
		return false;
	*out = metric_count(v);
	return true;
}

/* Names: the place and the event; what is appended by bench_add() comes after. */
static void name_event(struct perf *p, struct str where, struct str event)
{
	struct buf *n = &p->b.name;

	buf_clear(n);
	BUF_LIT(n, "perf.");
	if (where.n) {
		buf_add_str(n, str_head(where, 64));
		buf_add_char(n, '.');
	}
	buf_add_str(n, str_head(event, IMPORT_MAX_NAME));
	p->b.prefix = n->n;
}

static void add_metric(struct perf *p, double v, struct str unit, uint64_t line)
{
	CLEANUP_BUF struct buf what = {0};
	struct metric_unit u;
	struct variable *var;

	buf_add_char(&what, '.');
	if (metric_unit(unit, &u)) /* "K/sec": the event's rate */
		BUF_LIT(&what, "rate");
	else
		buf_add_str(&what, str_head(unit, IMPORT_MAX_NAME));
	if (!unit.n || !isfinite(v))
		return;
	var = bench_add(&p->b, buf_cstr(&what), value_real(v),
			str_eq(u.base, STR("1/s")) ? unit : STR(""), line);
	if (var) /* more events a second are neither */
		var->better = BETTER_UNKNOWN;
}

static void add_missing(struct perf *p, const struct count *c)
{
	if (!p->missing++)
		p->line_missing = c->line;
	if (p->names_missing.n < 500) {
		if (p->names_missing.n)
			BUF_LIT(&p->names_missing, ", ");
		buf_add_str(&p->names_missing, str_head(c->event, 100));
	}
}

static void add_count(struct perf *p, const struct count *c)
{
	struct variable *var;

	name_event(p, c->where, c->event);
	if (c->value.kind == VALUE_NONE) {
		add_missing(p, c);
		return;
	}
	if (!isnan(c->time)) {
		metric_point(&p->curves, METRIC_LAST_RUN, buf_str(&p->b.name), c->unit, STR("s"),
			     c->time, value_number(c->value), c->line);
		return;
	}
	var = bench_add(&p->b, "", c->value, c->unit, c->line);
	if (var && (p->runs > 1 || !isnan(c->error)))
		var->n = p->runs;
	if (var && p->runs && c->error >= 0)
		var->spread =
			fabs(value_number(var->value)) * c->error / 100 * sqrt((double)p->runs);
	if (c->running < 99.995)
		bench_add(&p->b, ".running", value_real(c->running / 100), STR(""), c->line);
	add_metric(p, c->metric, c->metric_unit, c->line);
}

/* ---- text ---- */

/* "CPU0", "S0", "S0-D0-C0", "N0" */
static bool is_place(struct str w)
{
	size_t n = str_starts(w, STR("CPU")) ? 3 : w.n && strchr("SDCN", w.p[0]) ? 1 : 0;

	return n && n < w.n && w.p[n] >= '0' && w.p[n] <= '9';
}

/* "( +-  3.53% )" and "(83.32%)" at the end */
static void percents(struct str s, struct count *c)
{
	double v;

	for (;;) {
		size_t at = str_find_char(s, '(');
		struct str in = str_trim(str_from(s, at + 1));
		bool error = import_skip(&in, STR("+-"));

		if (at == s.n)
			return;
		if (metric_cut_number(&in, &v) && in.n && in.p[0] == '%') {
			if (error)
				c->error = v;
			else
				c->running = v;
		}
		s = str_from(s, at + 1);
	}
}

/* "#    0.046 CPUs utilized            ( +- ..." */
static void derived(struct str s, struct count *c)
{
	size_t at = str_find_char(s, '#');
	struct str m = str_from(s, at + 1);

	/* They always have decimals: a comma is their point. */
	if (!import_number(metric_cut_word(&m), &c->metric)) {
		c->metric = NAN;
		return;
	}
	m = str_head(m, str_find_char(m, '('));
	c->metric_unit = str_trim(m);
}

/* After the elapsed time's number: "seconds time elapsed", "+- 0.00287 seconds time elapsed" */
static bool total_line(struct perf *p, struct str line, uint64_t no)
{
	static const struct {
		struct str label;
		const char *what;
	} totals[] = {{STR("seconds time elapsed"), "elapsed"},
		      {STR("seconds user"), "user"},
		      {STR("seconds sys"), "system"}};
	struct str s = line;
	double v, error = NAN;
	struct variable *var;

	if (!metric_cut_number(&s, &v))
		return false;
	s = str_trim(s);
	if (import_skip(&s, STR("+-")) && !metric_cut_number(&s, &error))
		return false;
	s = str_trim(s);
	for (size_t i = 0; i < ARRAY_SIZE(totals); i++) {
		if (!str_starts(s, totals[i].label))
			continue;
		name_event(p, STR(""), str_of(totals[i].what));
		var = bench_add(&p->b, "", value_real(v), STR("s"), no);
		if (var && !isnan(error)) {
			var->n = p->runs;
			var->spread = p->runs && error >= 0 ? error * sqrt((double)p->runs) : NAN;
		}
		return true;
	}
	return false;
}

/* Counts have no decimals: what looks like a point parts thousands. */
static bool text_value(struct str s, bool unit, struct value *out)
{
	CLEANUP_BUF struct buf b = {0};

	for (size_t i = 0; i < s.n; i++)
		if (unit || (s.p[i] != '.' && s.p[i] != ','))
			buf_add_char(&b, s.p[i]);
	return parse_value(buf_str(&b), out);
}

static bool count_line(struct perf *p, struct str line, struct count *c)
{
	struct str s = line, w, next, rest, value;
	double v;

	c->time = NAN;
	rest = s;
	w = metric_cut_word(&rest);
	if (p->intervals && metric_number(w, &v)) {
		c->time = v;
		s = rest;
		w = metric_cut_word(&rest);
	}
	if (is_place(w)) {
		c->where = w;
		s = rest;
		next = metric_cut_word(&rest); /* the number of its processors, except after CPU0 */
		if (!str_starts(w, STR("CPU")) && metric_number(next, &v))
			s = rest;
	}
	s = str_trim(s);
	if (str_starts(s, STR("<not"))) {
		size_t n = str_find_char(s, '>');

		value = str_head(s, n + 1);
		s = str_from(s, n + 1);
	} else {
		value = metric_cut_word(&s);
	}
	w = metric_cut_word(&s);
	rest = s;
	next = metric_cut_word(&rest);
	if (next.n && next.p[0] != '#' && next.p[0] != '(') {
		c->unit = w;
		w = next;
		s = rest;
	}
	c->event = w;
	if (!text_value(value, c->unit.n > 0, &c->value))
		return false;
	derived(s, c);
	percents(str_from(s, str_find_char(s, '(')), c);
	return w.n > 0 && w.p[0] != '#';
}

/* " Performance counter stats for 'sleep 0.02' (3 runs):" */
static bool title_line(struct perf *p, struct str line, uint64_t no)
{
	struct str s = str_trim(line), command, w;
	size_t open = s.n;
	struct variable *var;

	if (!import_skip(&s, STR("Performance counter stats for ")))
		return false;
	p->runs = 1;
	for (open = s.n; open && s.p[open - 1] != '(';)
		open--;
	w = str_from(s, open);
	if (open && str_contains(w, STR(" runs)")) && !str_u64(metric_cut_word(&w), &p->runs))
		p->runs = 0;
	command = str_trim(str_head(s, open ? open - 1 : s.n));
	while (command.n && command.p[command.n - 1] == ':')
		command.n--;
	if (command.n > 1 && command.p[0] == '\'' && command.p[command.n - 1] == '\'')
		command = (struct str){command.p + 1, command.n - 2};
	var = import_add_variable(p->b.im, STR("perf.command"), value_text(command));
	if (var)
		var->line = no;
	return true;
}

static void read_text(struct perf *p, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	bool open = false;
	struct str line;

	while (import_next_line(&l, &line)) {
		struct count c = no_count;
		struct str s = str_trim(line);

		c.line = l.no;
		if (title_line(p, line, l.no)) {
			open = true;
		} else if (str_starts(s, STR("#")) && str_contains(s, STR(" counts unit events"))) {
			p->intervals = true;
			open = true;
		} else if (open && total_line(p, line, l.no)) {
			continue;
		} else if (open && count_line(p, line, &c)) {
			buf_clear(&p->last);
			buf_add_str(&p->last, c.event);
			add_count(p, &c);
		} else if (open && str_starts(s, STR("#")) && p->last.n) { /* one more metric */
			derived(s, &c);
			name_event(p, STR(""), buf_str(&p->last));
			add_metric(p, c.metric, c.metric_unit, l.no);
		} else {
			p->b.im->skipped_lines += s.n > 0;
		}
	}
}

/* ---- -x ---- */

#define MAX_FIELDS 16

static size_t split(struct str line, char sep, struct str f[MAX_FIELDS])
{
	size_t n = 0;

	while (n < MAX_FIELDS && str_next(&line, sep, &f[n]))
		n++;
	return n;
}

static bool is_value(struct str s)
{
	double v;

	return str_starts(s, STR("<not")) || metric_number(s, &v);
}

/* [time,] [place, [cpus,]] value, unit, event, [error%,] runtime, running, metric, its unit */
static bool fields(const struct str *f, size_t n, struct count *c)
{
	size_t k = 0;
	double v;

	for (; k < 4 && k + 4 < n; k++) {
		bool event = f[k + 2].n && !is_value(f[k + 2]) &&
			     (unsigned)((f[k + 2].p[0] | 32) - 'a') <= 25;

		if (is_value(f[k]) && !is_value(f[k + 1]) && event)
			break;
		if (k == 0 && metric_number(f[k], &v))
			c->time = v;
		else if (is_place(f[k]))
			c->where = f[k];
		else if (!metric_number(f[k], &v))
			return false;
	}
	if (k == 4 || k + 4 >= n)
		return false;
	if (!parse_value(f[k], &c->value))
		return false;
	c->unit = f[k + 1];
	c->event = f[k + 2];
	k += 3;
	if (f[k].n && f[k].p[f[k].n - 1] == '%') {
		if (!metric_number(str_head(f[k], f[k].n - 1), &c->error))
			c->error = NAN;
		k++;
	}
	if (k + 1 >= n || !metric_number(f[k], &v) || !metric_number(f[k + 1], &c->running))
		return false;
	if (k + 3 < n && metric_number(f[k + 2], &v)) {
		c->metric = v;
		c->metric_unit = f[k + 3];
	}
	return true;
}

static bool csv_line(struct str line, struct count *c)
{
	static const char seps[] = ",;|\t";
	struct str f[MAX_FIELDS];

	for (size_t i = 0; i < sizeof(seps) - 1; i++) {
		*c = no_count;
		if (str_count_char(line, seps[i]) >= 4 && fields(f, split(line, seps[i], f), c))
			return true;
	}
	return false;
}

static void read_csv(struct perf *p, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;
	struct count c;

	while (import_next_line(&l, &line)) {
		if (csv_line(line, &c)) {
			c.line = l.no;
			add_count(p, &c);
		} else {
			p->b.im->skipped_lines += line.n && line.p[0] != '#';
		}
	}
}

/* ---- -j ---- */

static void json_count(struct perf *p, const struct jsontree *t, uint64_t no)
{
	static const char *const places[] = {"cpu", "core", "die", "socket", "node"};
	const struct jsontree *value = jsontree_get(t, "counter-value");
	struct count c = no_count;

	for (size_t i = 0; i < ARRAY_SIZE(places) && !c.where.n; i++)
		c.where = jsontree_text(jsontree_get(t, places[i]));
	c.line = no;
	c.time = jsontree_number(jsontree_get(t, "interval"));
	c.value = bench_json_value(value);
	if (c.value.kind == VALUE_TEXT && !parse_value(c.value.text, &c.value))
		value = NULL;
	c.unit = jsontree_text(jsontree_get(t, "unit"));
	c.event = jsontree_text(jsontree_get(t, "event"));
	c.error = jsontree_number(jsontree_get(t, "variance"));
	c.running = jsontree_number(jsontree_get(t, "pcnt-running"));
	c.metric = jsontree_number(jsontree_get(t, "metric-value"));
	c.metric_unit = jsontree_text(jsontree_get(t, "metric-unit"));
	if (value && c.event.n)
		add_count(p, &c);
}

static void read_json(struct perf *p, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;

	while (import_next_line(&l, &line)) {
		struct jsontree_doc doc;
		struct arena arena;
		struct err err;

		if (!str_starts(line, STR("{"))) {
			p->b.im->skipped_lines += line.n && line.p[0] != '#';
			continue;
		}
		arena_init(&arena);
		if (jsontree_read(&doc, &arena, line, l.no, &err))
			import_note(p->b.im, l.no, "%s", err.msg);
		else
			json_count(p, doc.root, l.no);
		arena_release(&arena);
	}
}

/* ---- which of them ---- */

enum form { NONE, TEXT, CSV, JSON };

static enum form form_of(struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	struct str line;
	struct count c;

	if (str_contains(head, STR("\"counter-value\"")) && str_contains(head, STR("\"event\"")))
		return JSON;
	if (str_contains(head, STR("Performance counter stats for ")) ||
	    str_contains(head, STR(" counts unit events")))
		return TEXT;
	while (import_next_line(&l, &line)) {
		if (!line.n || line.p[0] == '#')
			continue;
		return csv_line(line, &c) ? CSV : NONE;
	}
	return NONE;
}

static int recognise(struct str path, struct str head)
{
	return form_of(head) ? 88 : 0;
}

static void perf_release(struct perf *p)
{
	bench_release(&p->b);
	metric_curves_release(&p->curves);
	buf_release(&p->last);
	buf_release(&p->names_missing);
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	static void (*const forms[])(struct perf *, struct str) = {
		[NONE] = read_text, [TEXT] = read_text, [CSV] = read_csv, [JSON] = read_json};
	struct perf p = {0};

	bench_init(&p.b, im);
	metric_curves_init(&p.curves, im);
	forms[form_of(files->data)](&p, files->data);
	if (p.missing)
		import_note(im, p.line_missing,
			    "%zu event%s not counted on that machine, or not supported: " STR_FMT,
			    p.missing, p.missing == 1 ? " was" : "s were",
			    STR_ARG(buf_str(&p.names_missing)));
	bench_end(&p.b);
	perf_release(&p);
	return 0;
}

const struct import_reader read_perf_stat = {
	.name = "perf-stat",
	.what = "perf stat: text, -x and -j",
	.recognise = recognise,
	.read = read_file,
};
