// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest runs show, inquest runs remove: one run. */
#include <math.h>
#include <stddef.h>

#include "cli/command.h"
#include "cli/derived.h"
#include "report/rows.h"
#include "report/style.h"
#include "text/json.h"

struct values {
	bool json, help;
	const char *store, *color;
	const struct workspace *workspace;
};

#define COMMON                                                                                \
	{OPTION_STRING,                                                                       \
	 0,                                                                                   \
	 "store",                                                                             \
	 "WHERE",                                                                             \
	 "file or postgresql:// address (default: .inquest/store.db)",                        \
	 offsetof(struct values, store)},                                                     \
		{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct values, help)}, \
	{                                                                                     \
		.kind = OPTION_END                                                            \
	}

static const struct option show_options[] = {
	{OPTION_FLAG, 0, "json", NULL, "one JSON document", offsetof(struct values, json)},
	{OPTION_CHOICE, 0, "color", "auto|always|never", "colour (default: auto)",
	 offsetof(struct values, color)},
	COMMON,
};
static const struct option remove_options[] = {COMMON};

static const char *const better_names[] = {"", "lower", "higher"};
static const char *const status_names[] = {"passed", "failed", "error", "skipped"};

/* ---- text ---- */

static void add_real(struct rows_out *o, double v)
{
	char text[40];

	if (isnan(v)) {
		rows_none(o);
		return;
	}
	snprintf(text, sizeof(text), "%.6g", v);
	rows_string(o, str_of(text));
}

static void begin_table(struct cli *cli, const char *title, size_t n,
			const struct rows_column *columns, unsigned ncolumns, struct rows_file *f)
{
	printf("\n%s (%zu)\n", title, n);
	rows_file_init(f, ROWS_TEXT, "run", columns, ncolumns, (size_t)cli->table_width,
		       cli->color_out, STR(""), stdout);
}

static int print_variables(struct cli *cli, const struct run_record *r, struct err *err)
{
	static const struct rows_column columns[] = {
		{"variable", ROWS_STRING, 0}, {"value", ROWS_STRING, 0},  {"unit", ROWS_FIXED, 1},
		{"n", ROWS_NUMBER, 3},        {"spread", ROWS_NUMBER, 2}, {"better", ROWS_FIXED, 4},
	};
	struct rows_file f;

	if (!r->nvariables)
		return 0;
	begin_table(cli, "Variables", r->nvariables, columns, ARRAY_SIZE(columns), &f);
	for (size_t i = 0; i < r->nvariables; i++) {
		const struct variable *v = &r->variables[i];
		CLEANUP_BUF struct buf b = {0};

		run_value(v->value, &b);
		rows_begin(&f.out);
		rows_string(&f.out, v->name);
		rows_string(&f.out, buf_str(&b));
		rows_string(&f.out, v->unit);
		if (v->n > 1)
			rows_count(&f.out, v->n);
		else
			rows_none(&f.out);
		add_real(&f.out, v->spread);
		rows_string(&f.out, str_of(better_names[v->better <= 2 ? v->better : 0]));
		rows_end(&f.out);
		if (!rows_file_next(&f))
			break;
	}
	return rows_file_close(&f, err);
}

static int print_series(struct cli *cli, const struct run_record *r, struct err *err)
{
	static const struct rows_column columns[] = {
		{"series", ROWS_STRING, 0}, {"n", ROWS_NUMBER, 0},   {"first", ROWS_NUMBER, 1},
		{"last", ROWS_NUMBER, 0},   {"unit", ROWS_FIXED, 2}, {"axis", ROWS_FIXED, 3},
		{"from", ROWS_NUMBER, 4},   {"to", ROWS_NUMBER, 4},
	};
	struct rows_file f;

	if (!r->nseries)
		return 0;
	begin_table(cli, "Series", r->nseries, columns, ARRAY_SIZE(columns), &f);
	for (size_t i = 0; i < r->nseries; i++) {
		const struct series *s = &r->series[i];

		rows_begin(&f.out);
		rows_string(&f.out, s->name);
		rows_count(&f.out, s->n);
		add_real(&f.out, s->n ? s->y[0] : NAN);
		add_real(&f.out, s->n ? s->y[s->n - 1] : NAN);
		rows_string(&f.out, s->unit);
		rows_string(&f.out, s->axis);
		add_real(&f.out, s->n ? s->x[0] : NAN);
		add_real(&f.out, s->n ? s->x[s->n - 1] : NAN);
		rows_end(&f.out);
	}
	return rows_file_close(&f, err);
}

static bool went_wrong(const struct test_result *t)
{
	return t->status == TEST_FAILED || t->status == TEST_ERROR;
}

static int print_tests(struct cli *cli, const struct run_record *r, struct err *err)
{
	static const struct rows_column columns[] = {
		{"test", ROWS_STRING, 0},
		{"status", ROWS_FIXED, 0},
		{"seconds", ROWS_NUMBER, 1},
		{"message", ROWS_PROSE, 0},
	};
	struct rows_file f;
	size_t wrong = 0;

	for (size_t i = 0; i < r->ntests; i++)
		wrong += went_wrong(&r->tests[i]);
	if (r->ntests)
		printf("\nTests: %zu, of which %zu failed\n", r->ntests, wrong);
	if (!wrong)
		return 0;
	begin_table(cli, "Failed tests", wrong, columns, ARRAY_SIZE(columns), &f);
	for (size_t i = 0; i < r->ntests; i++) {
		const struct test_result *t = &r->tests[i];
		CLEANUP_BUF struct buf name = {0};

		if (!went_wrong(t))
			continue;
		buf_printf(&name, STR_FMT "%s" STR_FMT, STR_ARG(t->suite), t->suite.n ? "." : "",
			   STR_ARG(t->name));
		rows_begin(&f.out);
		rows_string(&f.out, buf_str(&name));
		rows_string(&f.out, str_of(status_names[t->status]));
		add_real(&f.out, t->seconds);
		rows_string(&f.out, t->message);
		rows_end(&f.out);
	}
	return rows_file_close(&f, err);
}

static int print_evidence(struct cli *cli, const struct run_record *r, struct err *err)
{
	static const struct rows_column columns[] = {
		{"evidence", ROWS_STRING, 0}, {"kind", ROWS_FIXED, 0}, {"hash", ROWS_STRING, 0}};
	struct rows_file f;

	if (!r->nevidence)
		return 0;
	begin_table(cli, "Evidence", r->nevidence, columns, ARRAY_SIZE(columns), &f);
	for (size_t i = 0; i < r->nevidence; i++) {
		rows_begin(&f.out);
		rows_string(&f.out, r->evidence[i].name);
		rows_string(&f.out, r->evidence[i].kind);
		rows_string(&f.out, r->evidence[i].hash);
		rows_end(&f.out);
	}
	return rows_file_close(&f, err);
}

static void print_field(const char *name, struct str value)
{
	CLEANUP_BUF struct buf b = {0};

	if (!value.n)
		return;
	style_add_foreign(&b, value, 0);
	printf("%-8s " STR_FMT "\n", name, STR_ARG(buf_str(&b)));
}

static int print_text(struct cli *cli, const struct run_record *r, struct err *err)
{
	CLEANUP_BUF struct buf started = {0};
	int rc;

	run_started(r->started_ns, &started);
	print_field("run", r->id);
	print_field("name", r->name);
	print_field("verdict", run_verdict_name(r->verdict));
	print_field("state", run_state_name(r->state));
	print_field("started", buf_str(&started));
	print_field("command", r->command);
	rc = print_variables(cli, r, err);
	if (!rc)
		rc = print_series(cli, r, err);
	if (!rc)
		rc = print_tests(cli, r, err);
	return rc ? rc : print_evidence(cli, r, err);
}

/* ---- JSON ---- */

static void key(struct buf *b, const char *name, const char *before)
{
	buf_printf(b, "%s\"%s\":", before, name);
}

static void add_text(struct buf *b, const char *before, const char *name, struct str value)
{
	key(b, name, before);
	json_add_string(b, value);
}

/* What JSON has no number for is a string. */
static void add_number(struct buf *b, double v)
{
	if (isfinite(v)) {
		json_add_real(b, v);
		return;
	}
	buf_add_char(b, '"');
	run_value(value_real(v), b);
	buf_add_char(b, '"');
}

static void add_known(struct buf *b, const char *before, const char *name, double v)
{
	key(b, name, before);
	if (isnan(v))
		BUF_LIT(b, "null");
	else
		add_number(b, v);
}

static void add_better(struct buf *b, enum better better)
{
	if (better == BETTER_LOWER || better == BETTER_HIGHER)
		add_text(b, ",", "better", str_of(better_names[better]));
	else
		BUF_LIT(b, ",\"better\":null");
}

static void add_variable(struct buf *b, const struct variable *v)
{
	add_text(b, "{", "name", v->name);
	key(b, "value", ",");
	if (v->value.kind == VALUE_INT)
		buf_i64(b, v->value.integer);
	else if (v->value.kind == VALUE_REAL)
		add_number(b, v->value.real);
	else
		json_add_string(b, v->value.text);
	add_text(b, ",", "unit", v->unit);
	add_better(b, v->better);
	buf_printf(b, ",\"n\":%llu", (unsigned long long)v->n);
	add_known(b, ",", "spread", v->spread);
	buf_add_char(b, '}');
}

static void add_series(struct buf *b, const struct series *s)
{
	add_text(b, "{", "name", s->name);
	add_text(b, ",", "unit", s->unit);
	add_text(b, ",", "axis", s->axis);
	add_better(b, s->better);
	for (int k = 0; k < 2; k++) {
		const double *v = k ? s->y : s->x;

		key(b, k ? "y" : "x", ",");
		buf_add_char(b, '[');
		for (size_t i = 0; i < s->n; i++) {
			if (i)
				buf_add_char(b, ',');
			add_number(b, v[i]);
		}
		buf_add_char(b, ']');
	}
	buf_add_char(b, '}');
}

static void add_test(struct buf *b, const struct test_result *t)
{
	add_text(b, "{", "suite", t->suite);
	add_text(b, ",", "name", t->name);
	add_text(b, ",", "status",
		 str_of(status_names[(unsigned)t->status < 4 ? t->status : TEST_SKIPPED]));
	buf_printf(b, ",\"expected\":%s", t->expected ? "true" : "false");
	add_known(b, ",", "seconds", t->seconds);
	add_text(b, ",", "message", t->message);
	add_text(b, ",", "detail", t->detail);
	buf_add_char(b, '}');
}

static void add_evidence(struct buf *b, const struct run_evidence *e)
{
	add_text(b, "{", "hash", e->hash);
	add_text(b, ",", "name", e->name);
	add_text(b, ",", "kind", e->kind);
	buf_add_char(b, '}');
}

#define LIST(b, r, member, n, add)                     \
	do {                                           \
		buf_printf(b, ",\n\"%s\":[", #member); \
		for (size_t i = 0; i < (r)->n; i++) {  \
			if (i)                         \
				BUF_LIT(b, ",\n");     \
			add(b, &(r)->member[i]);       \
		}                                      \
		buf_add_char(b, ']');                  \
	} while (0)

static int print_json(const struct run_record *r, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_BUF struct buf started = {0};

	run_started(r->started_ns, &started);
	BUF_LIT(&b, "{\"schema\":\"inquest.run/1\"");
	add_text(&b, ",", "id", r->id);
	add_text(&b, ",", "name", r->name);
	add_text(&b, ",", "verdict", run_verdict_name(r->verdict));
	add_text(&b, ",", "state", run_state_name(r->state));
	key(&b, "started", ",");
	if (started.n)
		json_add_string(&b, buf_str(&started));
	else
		BUF_LIT(&b, "null");
	buf_printf(&b, ",\"started_ns\":%lld", (long long)r->started_ns);
	add_text(&b, ",", "command", r->command);
	LIST(&b, r, variables, nvariables, add_variable);
	LIST(&b, r, series, nseries, add_series);
	LIST(&b, r, tests, ntests, add_test);
	LIST(&b, r, evidence, nevidence, add_evidence);
	BUF_LIT(&b, "}\n");
	if (fwrite(b.p, 1, b.n, stdout) != b.n)
		return err_errno(err, "output");
	return 0;
}

/* ---- the commands ---- */

static int show(struct cli *cli, const struct values *v, struct store *s, struct str run,
		struct err *err)
{
	struct run_record r;
	struct derived d;
	struct arena a;
	int rc = derived_load(&d, v->workspace, s, err);

	if (rc)
		return rc;
	arena_init(&a);
	rc = derived_get(&d, s, run, &a, &r, err);
	if (!rc)
		rc = v->json ? print_json(&r, err) : print_text(cli, &r, err);
	arena_release(&a);
	derived_release(&d);
	return rc;
}

static int remove_one(struct cli *cli, const struct values *v, struct store *s, struct str run,
		      struct err *err)
{
	struct run_record r;
	struct arena a;
	int rc;

	arena_init(&a);
	rc = store_get(s, run, &a, &r, err);
	if (!rc)
		rc = store_remove(s, r.id, err);
	if (!rc)
		printf("removed " STR_FMT "\n", STR_ARG(r.id));
	arena_release(&a);
	return rc;
}

static int each_run(const struct command *c, struct cli *cli, int argc, char **argv,
		    enum store_mode mode,
		    int (*work)(struct cli *cli, const struct values *v, struct store *s,
				struct str run, struct err *err))
{
	struct workspace w = {0};
	struct values v = {.workspace = &w};
	struct option_list runs = {0};
	struct store *s = NULL;
	struct err err = {""};
	int rc = options_parse(c->options, argc, argv, &v, &runs, &err), status;

	if (!rc && !runs.n)
		rc = err_set(&err, ERR_USAGE, "name a run: its id, the beginning of it, or a name");
	if (!rc && v.json && runs.n > 1)
		rc = err_set(&err, ERR_USAGE, "--json shows one run");
	command_color(cli, v.color);
	if (!rc)
		rc = workspace_find(&w, v.store, &err);
	if (!rc)
		rc = workspace_open(&w, mode, &s, &err);
	for (size_t i = 0; !rc && i < runs.n; i++) {
		if (i && mode == STORE_READ)
			puts("");
		rc = work(cli, &v, s, str_of(runs.items[i]), &err);
	}
	status = command_status(c, rc, &err);
	store_close(s);
	workspace_release(&w);
	options_list_release(&runs);
	return status;
}

static int run_show(struct cli *cli, int argc, char **argv)
{
	return each_run(&cmd_runs_show, cli, argc, argv, STORE_READ, show);
}

static int run_remove(struct cli *cli, int argc, char **argv)
{
	return each_run(&cmd_runs_remove, cli, argc, argv, STORE_WRITE, remove_one);
}

const struct command cmd_runs_show = {
	.name = "runs show",
	.stage = "analyse",
	.summary = "all of one run: variables, series, failed tests, evidence",
	.usage = "[OPTIONS] RUN...",
	.details = "RUN is an id, a beginning of one that is unique, or a name.",
	.examples = "all of it, series point by point\tinquest runs show --json r-4f1c2a",
	.options = show_options,
	.run = run_show,
};

const struct command cmd_runs_remove = {
	.name = "runs remove",
	.stage = "analyse",
	.summary = "take runs out of the store; their evidence stays",
	.usage = "[OPTIONS] RUN...",
	.details = "RUN is an id, a beginning of one that is unique, or a name. What cannot be\n"
		   "found ends the command; the runs before it are removed.",
	.examples = "forget a run\tinquest runs remove r-4f1c2a",
	.options = remove_options,
	.run = run_remove,
};
