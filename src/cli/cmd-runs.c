// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest runs: the table of runs x variables. What a column holds and whether it varies is learnt
 * in a first pass (over all runs for --differing, else over those that text is laid out by).
 */
#include <fnmatch.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/hash.h"
#include "cli/command.h"
#include "cli/derived.h"
#include "cli/runs.h"
#include "report/rows.h"
#include "store/evidence.h"
#include "text/json.h"

#define FIELDS    6   /* columns before the variables */
#define TEXT_MOST 256 /* variables that a terminal is laid out for */
#define TEXT_FEW  16  /* of text that goes elsewhere */
#define RANK_VARIES \
	100 /* of the most useful variable; what has a greater rank is left out sooner */

struct values {
	bool json, jsonl, csv, differing, newest, check, help;
	const char *where, *store, *sql, *color;
	struct option_list columns, define, undefine;
	uint64_t limit;
};

static const struct option options[] = {
	{OPTION_STRING, 0, "where", "EXPR",
	 "only runs that satisfy it: 'loss.last > 2 and verdict == bad'",
	 offsetof(struct values, where)},
	{OPTION_LIST, 0, "columns", "GLOB,...", "only these variables: 'loss.*,env.*'",
	 offsetof(struct values, columns)},
	{OPTION_FLAG, 0, "differing", NULL, "only variables that differ among these runs",
	 offsetof(struct values, differing)},
	{OPTION_NUMBER, 0, "limit", "N", "at most N runs", offsetof(struct values, limit)},
	{OPTION_FLAG, 0, "newest", NULL, "what was added last comes first",
	 offsetof(struct values, newest)},
	{OPTION_LIST, 0, "define", "NAME=EXPR",
	 "instead: a variable that is computed of others: 'speed = work / time', 'end = "
	 "last(loss)'",
	 offsetof(struct values, define)},
	{OPTION_LIST, 0, "undefine", "NAME", "instead: take a definition back",
	 offsetof(struct values, undefine)},
	{OPTION_STRING, 0, "sql", "QUERY", "instead: a query that reads the store's tables",
	 offsetof(struct values, sql)},
	{OPTION_FLAG, 0, "check", NULL, "instead: is the store sound, and is its evidence there?",
	 offsetof(struct values, check)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "file or postgresql:// address (default: .inquest/store.db)",
	 offsetof(struct values, store)},
	{OPTION_FLAG, 0, "json", NULL, "one JSON document", offsetof(struct values, json)},
	{OPTION_FLAG, 0, "jsonl", NULL, "one JSON object a line", offsetof(struct values, jsonl)},
	{OPTION_FLAG, 0, "csv", NULL, "CSV with a header row", offsetof(struct values, csv)},
	{OPTION_CHOICE, 0, "color", "auto|always|never", "colour (default: auto)",
	 offsetof(struct values, color)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct values, help)},
	{.kind = OPTION_END},
};

static const struct rows_column fields[FIELDS] = {
	{"id", ROWS_FIXED, 0},      {"name", ROWS_STRING, 2},     {"verdict", ROWS_FIXED, 1},
	{"state", ROWS_FIXED, 101}, {"started", ROWS_FIXED, 103}, {"command", ROWS_PROSE, 5000},
};

/* A variable as a column, and what the first pass saw of it. */
struct column {
	const struct store_variable *v;
	char *name; /* "var.name" where a field has its name */
	bool derived, varies, words;
	uint64_t present, changes; /* from one run to the next, in a sample */
	uint64_t last;             /* hash of the text seen last */
	struct value first;        /* text is in the table's arena */
};

struct table {
	const struct values *values;
	enum rows_form form;
	size_t width; /* of the terminal, 0: none */
	struct arena arena;
	struct derived derived;
	struct store_variable *variables;
	struct column *columns;
	size_t n, dropped; /* columns; those that text leaves out */
	struct str *names; /* of the columns' variables */
	uint64_t runs;     /* seen by the first pass */
	struct rows_column *heads;
	struct rows_file out;
};

static bool matches(const struct option_list *globs, const char *name)
{
	bool found = !globs->n;

	for (size_t i = 0; !found && i < globs->n; i++) {
		struct str rest = str_of(globs->items[i]), glob;

		while (!found && str_next(&rest, ',', &glob)) {
			char *pattern = mem_alloc(glob.n + 1);

			memcpy(pattern, glob.p, glob.n);
			pattern[glob.n] = 0;
			found = fnmatch(pattern, name, 0) == 0;
			free(pattern);
		}
	}
	return found;
}

static void choose_columns(struct table *t)
{
	size_t n;

	derived_variables(&t->derived, &t->arena, &t->variables, &n);
	t->columns = arena_zalloc(&t->arena, n * sizeof(*t->columns));
	for (size_t i = 0; i < n; i++) {
		const char *prefix = "";
		char *name;

		for (size_t k = 0; k < FIELDS; k++)
			if (str_eq(t->variables[i].name, str_of(fields[k].name)))
				prefix = "var.";
		name = arena_printf(&t->arena, "%s" STR_FMT, prefix, STR_ARG(t->variables[i].name));
		if (matches(&t->values->columns, name))
			t->columns[t->n++] = (struct column){
				.v = &t->variables[i],
				.name = name,
				.derived = derived_find(&t->derived, t->variables[i].name)};
	}
}

static bool same(struct value a, struct value b)
{
	if (a.kind != b.kind)
		return a.kind != VALUE_TEXT && b.kind != VALUE_TEXT && a.kind && b.kind &&
		       value_number(a) == value_number(b);
	switch (a.kind) {
	case VALUE_INT: return a.integer == b.integer;
	case VALUE_REAL: return a.real == b.real || (isnan(a.real) && isnan(b.real));
	case VALUE_TEXT: return str_eq(a.text, b.text);
	default: return true;
	}
}

static bool look_at(void *arg, const struct store_row *r)
{
	struct table *t = arg;

	for (size_t i = 0; i < t->n; i++) {
		struct column *c = &t->columns[i];
		struct value v = r->values[i];

		c->words |= v.kind == VALUE_TEXT;
		if (v.kind == VALUE_NONE)
			continue;
		if (v.kind == VALUE_TEXT && t->runs < ROWS_SAMPLE) {
			uint64_t hash = hash_str(v.text);

			c->changes += c->present && hash != c->last;
			c->last = hash;
		}
		if (!c->present++) {
			c->first = v;
			if (v.kind == VALUE_TEXT)
				c->first.text = arena_str(&t->arena, v.text);
		} else if (!c->varies) {
			c->varies = !same(c->first, v);
		}
	}
	t->runs++;
	return t->values->differing || t->runs < ROWS_SAMPLE;
}

static bool differs(const struct table *t, const struct column *c)
{
	return c->varies || (c->present && c->present < t->runs);
}

/* What differs between any two runs and seldom says why. */
static bool is_noise(const struct column *c)
{
	static const struct str names[] = {
		STR("load."),      STR("memory.available"), STR("run.faults."),
		STR("run.output"), STR("run.samples"),      STR("run.switches."),
		STR("fds."),       STR("processes."),       STR("threads."),
		STR("read."),      STR("write."),
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_starts(c->v->name, names[i]))
			return true;
	return c->words && c->present > 3 && c->changes + 1 == c->present; /* texts like ids */
}

/* How much a column tells: one that people defined, then what varies, and what is better or worse
 * before what is not. */
static unsigned use(const struct column *c)
{
	return (c->derived ? 8U : 0) + (c->varies ? 4 : 0) + (is_noise(c) ? 0 : 2) +
	       (c->v->better ? 1 : 0);
}

static int by_use(const void *x, const void *y)
{
	const struct column *a = *(struct column *const *)x, *b = *(struct column *const *)y;

	if (use(a) != use(b))
		return use(a) > use(b) ? -1 : 1;
	if (a->present != b->present)
		return a->present > b->present ? -1 : 1;
	return (a > b) - (a < b);
}

static void set_names(struct table *t)
{
	t->names = arena_alloc(&t->arena, t->n * sizeof(*t->names));
	for (size_t i = 0; i < t->n; i++)
		t->names[i] = t->columns[i].v->name;
}

/* Does a column stay, which is so high among all by its use? */
static bool stays(const struct table *t, const struct column *c, size_t rank)
{
	if (t->values->differing && !differs(t, c))
		return false;
	if (t->width)
		return rank < TEXT_MOST && c->present;
	return t->values->differing || t->values->columns.n ||
	       (rank < TEXT_FEW && c->present &&
		(c->derived || t->runs < 2 || (differs(t, c) && !is_noise(c))));
}

/* Columns that differ; on a terminal those of most use, in other text, unless they were asked for,
 * few of those that differ. */
static void drop_columns(struct table *t)
{
	struct column **order = arena_alloc(&t->arena, t->n * sizeof(*order));
	bool *keep = arena_zalloc(&t->arena, t->n);
	size_t n = t->n, k = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = &t->columns[i];
	qsort(order, n, sizeof(*order), by_use);
	for (size_t i = 0; i < n; i++)
		keep[order[i] - t->columns] = stays(t, order[i], i);
	for (size_t i = 0; i < n; i++)
		if (keep[i])
			t->columns[k++] = t->columns[i];
	t->dropped = t->values->differing ? 0 : n - k;
	t->n = k;
	set_names(t);
}

static void set_heads(struct table *t)
{
	struct column **order = arena_alloc(&t->arena, t->n * sizeof(*order));

	t->heads = arena_alloc(&t->arena, (FIELDS + t->n) * sizeof(*t->heads));
	memcpy(t->heads, fields, sizeof(fields));
	for (size_t i = 0; i < t->n; i++)
		order[i] = &t->columns[i];
	qsort(order, t->n, sizeof(*order), by_use);
	for (size_t i = 0; i < t->n; i++)
		t->heads[FIELDS + (order[i] - t->columns)] = (struct rows_column){
			order[i]->name, order[i]->words ? ROWS_STRING : ROWS_NUMBER,
			RANK_VARIES + (unsigned)i};
}

/* Text is for people: six digits; the other forms are exact. */
static void add_value(struct rows_out *o, enum rows_form form, struct value v, struct buf *b)
{
	buf_clear(b);
	if (v.kind == VALUE_NONE) {
		rows_none(o);
	} else if (v.kind == VALUE_INT) {
		rows_int(o, v.integer);
	} else if (v.kind == VALUE_REAL && isfinite(v.real) && form != ROWS_TEXT) {
		rows_real(o, v.real);
	} else {
		if (v.kind == VALUE_REAL && isfinite(v.real))
			buf_printf(b, "%.6g", v.real);
		else
			run_value(v, b);
		rows_string(o, buf_str(b));
	}
}

static bool print_row(void *arg, const struct store_row *r)
{
	struct table *t = arg;
	struct rows_out *o = &t->out.out;
	CLEANUP_BUF struct buf b = {0};
	bool text = t->form == ROWS_TEXT;

	rows_begin(o);
	rows_string(o, r->id);
	rows_string(o, r->name);
	rows_string(o, text && r->verdict == RUN_UNKNOWN ? STR("") : run_verdict_name(r->verdict));
	rows_string(o, text && r->state == RUN_COMPLETE ? STR("") : run_state_name(r->state));
	run_started(r->started_ns, &b);
	if (b.n || text)
		rows_string(o, buf_str(&b));
	else
		rows_none(o);
	rows_string(o, r->command);
	for (size_t i = 0; i < t->n; i++)
		add_value(o, t->form, r->values[i], &b);
	rows_end(o);
	return rows_file_next(&t->out);
}

/* "variables":[{"name":"loss.last","unit":"s","better":"lower"}], */
static void add_variables(const struct table *t, struct buf *b)
{
	static const char *const better[] = {"null", "\"lower\"", "\"higher\""};

	BUF_LIT(b, "\"variables\":[");
	for (size_t i = 0; i < t->n; i++) {
		const struct store_variable *v = t->columns[i].v;

		buf_printf(b, "%s{\"name\":", i ? "," : "");
		json_add_string(b, str_of(t->columns[i].name));
		BUF_LIT(b, ",\"unit\":");
		json_add_string(b, v->unit);
		buf_printf(b, ",\"better\":%s", better[v->better <= 2 ? v->better : 0]);
		if (t->columns[i].derived) {
			BUF_LIT(b, ",\"define\":");
			json_add_string(b, derived_find(&t->derived, v->name)->text);
		}
		buf_add_char(b, '}');
	}
	BUF_LIT(b, "],");
}

/* What text leaves out is told: on a terminal what does not fit, else what differs least. */
static void tell_left_out(const struct table *t)
{
	size_t n = t->dropped + t->out.rows.left_out;

	if (n && t->width)
		fprintf(stderr,
			"inquest: %zu columns do not fit (--columns chooses, --differing, --csv)\n",
			n);
	else if (n)
		fprintf(stderr,
			"inquest: %zu of %zu variables are not shown: they are alike, or tell less "
			"(--columns '*' shows all, --differing those that differ; --csv and --json "
			"have all)\n",
			n, t->n + n);
}

static int print_table(struct cli *cli, struct table *t, struct store *s, struct err *err)
{
	const struct values *v = t->values;
	CLEANUP_BUF struct buf members = {0};
	struct store_query q = {.where = str_of(v->where ? v->where : ""),
				.limit = v->limit,
				.newest_first = v->newest};
	int rc = 0, closed;

	choose_columns(t);
	set_names(t);
	q.columns = t->names;
	q.ncolumns = t->n;
	if (v->differing || t->form == ROWS_TEXT) {
		rc = derived_runs(&t->derived, s, &q, look_at, t, err);
		if (!rc)
			drop_columns(t);
		q.columns = t->names;
		q.ncolumns = t->n;
	}
	if (rc)
		return rc;
	set_heads(t);
	add_variables(t, &members);
	rows_file_init(&t->out, t->form, "runs", t->heads, (unsigned)(FIELDS + t->n), t->width,
		       cli->color_out, buf_str(&members), stdout);
	rc = derived_runs(&t->derived, s, &q, print_row, t, err);
	closed = rows_file_close(&t->out, rc ? NULL : err);
	if (!rc && !closed)
		tell_left_out(t);
	return rc ? rc : closed;
}

/* With the definitions of derived variables. */
static int show_table(struct cli *cli, struct table *t, const struct workspace *w, struct store *s,
		      struct err *err)
{
	int rc = derived_load(&t->derived, w, s, err);

	if (rc)
		return rc;
	rc = print_table(cli, t, s, err);
	derived_release(&t->derived);
	return rc;
}

/* ---- --sql ---- */

struct query_out {
	enum rows_form form;
	struct cli *cli;
	struct arena arena;
	struct rows_file out;
	bool open;
};

static bool print_cells(void *arg, const struct str *cells, size_t n, bool head)
{
	struct query_out *q = arg;

	if (head) {
		struct rows_column *c = arena_zalloc(&q->arena, n * sizeof(*c));

		for (size_t i = 0; i < n; i++) {
			c[i].name = arena_str(&q->arena, cells[i]).p;
			c[i].kind = ROWS_STRING;
		}
		rows_file_init(&q->out, q->form, "runs-sql", c, (unsigned)n,
			       (size_t)q->cli->table_width, q->cli->color_out, STR(""), stdout);
		q->open = true;
		return true;
	}
	rows_begin(&q->out.out);
	for (size_t i = 0; i < n; i++) {
		if (cells[i].p)
			rows_string(&q->out.out, cells[i]);
		else
			rows_none(&q->out.out);
	}
	rows_end(&q->out.out);
	return rows_file_next(&q->out);
}

static int print_query(struct cli *cli, const struct values *v, enum rows_form form,
		       struct store *s, struct err *err)
{
	struct query_out q = {.form = form, .cli = cli};
	int rc, closed = 0;

	arena_init(&q.arena);
	rc = store_sql(s, str_of(v->sql), print_cells, &q, err);
	if (q.open)
		closed = rows_file_close(&q.out, rc ? NULL : err);
	arena_release(&q.arena);
	return rc ? rc : closed;
}

/* ---- --check ---- */

struct checking {
	const char *dir;
	uint64_t sound, absent;
	int rc;
	struct err *err;
};

static bool check_evidence(void *arg, const struct str *cells, size_t n, bool head)
{
	struct checking *c = arg;
	int rc = head ? 0 : evidence_check(c->dir, cells[0], c->err);

	c->sound += !head && !rc;
	c->absent += rc == -ERR_SYSTEM; /* it may lie with somebody else */
	c->rc = rc == -ERR_SYSTEM ? 0 : rc;
	return !c->rc;
}

static int check(const struct workspace *w, struct store *s, struct err *err)
{
	struct checking c = {.dir = w->evidence, .err = err};
	int rc = store_check(s, err);

	if (!rc)
		rc = store_sql(s, STR("SELECT DISTINCT hash FROM evidence ORDER BY hash"),
			       check_evidence, &c, err);
	if (!rc)
		rc = c.rc;
	if (rc)
		return rc;
	printf("%s: sound\nevidence: %llu sound", w->store, (unsigned long long)c.sound);
	if (c.absent)
		printf(", %llu not here", (unsigned long long)c.absent);
	puts("");
	return 0;
}

static int check_options(const struct values *v, const struct option_list *rest, struct err *err)
{
	if (rest->n)
		return err_set(err, ERR_USAGE,
			       "'%s' is no option; there are: runs show RUN, runs remove RUN",
			       rest->items[0]);
	if (v->json + v->csv + v->jsonl > 1)
		return err_set(err, ERR_USAGE, "--json, --jsonl and --csv exclude each other");
	if ((v->sql || v->check) && (v->where || v->columns.n || v->differing))
		return err_set(err, ERR_USAGE, "--sql and --check take no conditions or columns");
	if ((v->define.n || v->undefine.n) &&
	    (v->sql || v->check || v->where || v->columns.n || v->differing || v->limit ||
	     v->newest || v->json || v->csv || v->jsonl))
		return err_set(err, ERR_USAGE, "--define and --undefine print no table");
	return 0;
}

static int work(struct cli *cli, const struct values *v, struct err *err)
{
	struct table t = {.values = v};
	struct store *s = NULL;
	struct workspace w;
	int rc = workspace_find(&w, v->store, err);

	t.form = v->json ? ROWS_JSON : v->jsonl ? ROWS_JSONL : v->csv ? ROWS_CSV : ROWS_TEXT;
	t.width = t.form == ROWS_TEXT ? (size_t)cli->table_width : 0;
	command_color(cli, v->color);
	arena_init(&t.arena);
	if (!rc)
		rc = workspace_open(&w, STORE_READ, &s, err);
	if (!rc)
		rc = v->check ? check(&w, s, err)
		     : v->sql ? print_query(cli, v, t.form, s, err)
			      : show_table(cli, &t, &w, s, err);
	store_close(s);
	arena_release(&t.arena);
	workspace_release(&w);
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct err err = {""};
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status;

	if (!rc)
		rc = check_options(&v, &rest, &err);
	if (!rc)
		rc = v.define.n || v.undefine.n ? runs_define(&v.define, &v.undefine, v.store, &err)
						: work(cli, &v, &err);
	status = command_status(&cmd_runs, rc, &err);
	options_list_release(&v.columns);
	options_list_release(&v.define);
	options_list_release(&v.undefine);
	options_list_release(&rest);
	return status;
}

const struct command cmd_runs = {
	.name = "runs",
	.stage = "analyse",
	.summary = "the table of runs and their variables",
	.usage = "[OPTIONS]",
	.details =
		"Every run is a row, every variable a column. Conditions compare numbers as\n"
		"numbers; id, name, verdict, state, started and command can be asked for too. A\n"
		"name with blanks is quoted: '\"test.a b\" == 1'. A run that lacks a variable\n"
		"satisfies only != and == ''. On a terminal, what varies is shown first; --csv\n"
		"and --json have all.",
	.examples = "the last ten\tinquest runs --newest --limit 10\n"
		    "what is different about the bad ones\tinquest runs --where 'verdict == bad' "
		    "--differing\n"
		    "for a spreadsheet\tinquest runs --columns 'loss.*,lr' --csv",
	.options = options,
	.run = run,
};
