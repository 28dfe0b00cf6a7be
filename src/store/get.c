// SPDX-License-Identifier: GPL-3.0-or-later
/* All of one run. */
#include <stdlib.h>

#include "store/store-priv.h"
#include "text/utf8.h"

struct getting {
	struct store *s;
	struct str wanted;
	struct arena *a;
	struct run_record r;
	int64_t no;
	size_t found; /* runs that it may be */
	struct buf ids;
	size_t cap_variables, cap_series, cap_tests, cap_evidence;
};

static bool candidate(void *arg, const struct db_cell *cells, size_t n)
{
	struct getting *g = arg;

	g->found++;
	g->no = cells[0].integer;
	if (g->found <= 5)
		buf_printf(&g->ids, "%s" STR_FMT, g->found > 1 ? ", " : "",
			   STR_ARG(str_head(cells[1].text, 40)));
	return true;
}

/* By the whole id, its beginning, its beginning without "r-", then by name. */
static int find(struct getting *g, struct err *err)
{
	static const char by_start[] =
		"SELECT no, id FROM run WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 6";
	static const struct {
		const char *query, *prefix;
	} ways[] = {
		{"SELECT no, id FROM run WHERE id = $1", ""},
		{by_start, ""},
		{by_start, "r-"},
		{"SELECT no, id FROM run WHERE name = $1 AND name <> '' ORDER BY no DESC LIMIT 6",
		 ""},
	};
	int rc = 0;

	if (!g->wanted.n || !utf8_valid(g->wanted) || str_find_char(g->wanted, 0) < g->wanted.n)
		return err_set(err, ERR_NOTFOUND, "no such run");
	for (size_t i = 0; !rc && !g->found && i < ARRAY_SIZE(ways); i++) {
		char *from = arena_printf(g->a, "%s" STR_FMT, ways[i].prefix, STR_ARG(g->wanted));
		/* above all that begin so: no id holds the greatest code point */
		char *to = arena_printf(g->a, "%s\xf4\x8f\xbf\xbf", from);
		const struct db_cell params[] = {db_text(str_of(from)), db_text(str_of(to))};

		rc = g->s->db->ops->query(g->s->db, ways[i].query, params,
					  ways[i].query == by_start ? 2 : 1, candidate, g, err);
	}
	if (!rc && !g->found)
		rc = err_set(err, ERR_NOTFOUND, "no run '" STR_FMT "' in %s",
			     STR_ARG(str_head(g->wanted, 60)), g->s->db->name);
	if (!rc && g->found > 1)
		rc = err_set(err, ERR_USAGE, "'" STR_FMT "' may be several runs: %s%s",
			     STR_ARG(str_head(g->wanted, 60)), buf_cstr(&g->ids),
			     g->found > 5 ? ", ..." : "");
	return rc;
}

static struct str text(struct getting *g, const struct db_cell *c)
{
	return c->kind == DB_TEXT ? arena_str(g->a, c->text) : STR("");
}

static bool take_run(void *arg, const struct db_cell *c, size_t n)
{
	struct getting *g = arg;

	g->r.id = text(g, &c[0]);
	g->r.name = text(g, &c[1]);
	g->r.verdict = (enum run_verdict)c[2].integer;
	g->r.state = (enum run_state)c[3].integer;
	g->r.started_ns = c[4].integer;
	g->r.command = text(g, &c[5]);
	return false;
}

static bool take_variable(void *arg, const struct db_cell *c, size_t n)
{
	struct getting *g = arg;
	struct run_record *r = &g->r;
	struct variable *v = &array_push(r->variables, r->nvariables, g->cap_variables);

	*v = (struct variable){
		.name = text(g, &c[0]),
		.unit = text(g, c[6].kind == DB_TEXT ? &c[6] : &c[1]),
		.better = (enum better)(c[7].kind == DB_INT ? c[7].integer : c[2].integer),
		.value = value_of(&c[3]),
		.n = c[8].kind == DB_INT ? (uint64_t)c[8].integer : 1,
		.spread = c[9].kind == DB_REAL ? c[9].real : NAN,
		.line = (uint64_t)c[10].integer,
	};
	if (v->value.kind == VALUE_TEXT)
		v->value.text = arena_str(g->a, v->value.text);
	return true;
}

static double *doubles(struct getting *g, const struct db_cell *c, size_t n)
{
	double *d = arena_zalloc(g->a, n * sizeof(*d));

	if (c->text.n == n * sizeof(*d) && n)
		memcpy(d, c->text.p, c->text.n);
	return d;
}

static bool take_series(void *arg, const struct db_cell *c, size_t n)
{
	struct getting *g = arg;
	size_t points = c[6].text.n / sizeof(double); /* not what the row claims */

	array_push(g->r.series, g->r.nseries, g->cap_series) = (struct series){
		.name = text(g, &c[0]),
		.unit = text(g, &c[1]),
		.axis = text(g, &c[2]),
		.better = (enum better)c[3].integer,
		.line = (uint64_t)c[4].integer,
		.n = points,
		.x = doubles(g, &c[5], points),
		.y = doubles(g, &c[6], points),
	};
	return true;
}

static bool take_test(void *arg, const struct db_cell *c, size_t n)
{
	struct getting *g = arg;

	array_push(g->r.tests, g->r.ntests, g->cap_tests) = (struct test_result){
		.suite = text(g, &c[0]),
		.name = text(g, &c[1]),
		.status = (enum test_status)c[2].integer,
		.expected = c[3].integer != 0,
		.seconds = c[4].kind == DB_REAL ? c[4].real : NAN,
		.message = text(g, &c[5]),
		.detail = text(g, &c[6]),
		.line = (uint64_t)c[7].integer,
	};
	return true;
}

static bool take_evidence(void *arg, const struct db_cell *c, size_t n)
{
	struct getting *g = arg;

	array_push(g->r.evidence, g->r.nevidence, g->cap_evidence) =
		(struct run_evidence){text(g, &c[0]), text(g, &c[1]), text(g, &c[2])};
	return true;
}

static const struct {
	const char *query;
	db_row_fn *row;
} parts[] = {
	{"SELECT id, name, verdict, state, started, command FROM run WHERE no = $1", take_run},
	{"SELECT n.name, n.unit, n.better, v.integer, v.real, s.text, d.unit, d.better, d.n, "
	 "d.spread, d.line FROM variable n JOIN value v ON v.variable = n.id AND v.run = $1 LEFT "
	 "JOIN string s ON s.id = v.text LEFT JOIN detail d ON d.variable = n.id AND d.run = $1 "
	 "ORDER BY n.name",
	 take_variable},
	{"SELECT name, unit, axis, better, line, x, y FROM series WHERE run = $1 ORDER BY no",
	 take_series},
	{"SELECT a.text, b.text, t.status, t.expected, t.seconds, c.text, d.text, t.line FROM "
	 "test t LEFT JOIN string a ON a.id = t.suite LEFT JOIN string b ON b.id = t.name LEFT "
	 "JOIN string c ON c.id = t.message LEFT JOIN string d ON d.id = t.detail WHERE t.run = $1 "
	 "ORDER BY t.no",
	 take_test},
	{"SELECT hash, name, kind FROM evidence WHERE run = $1 ORDER BY no", take_evidence},
};

/* A growing array becomes the arena's. */
static void *settle(struct arena *a, void *items, size_t n, size_t size)
{
	void *kept = arena_alloc(a, n * size);

	if (n)
		memcpy(kept, items, n * size);
	free(items);
	return kept;
}

static int get(struct store *s, void *arg, struct err *err)
{
	struct getting *g = arg;
	struct run_record *r = &g->r;
	struct db_cell run;
	int rc = find(g, err);

	run = db_int(g->no);
	for (size_t i = 0; !rc && i < ARRAY_SIZE(parts); i++)
		rc = s->db->ops->query(s->db, parts[i].query, &run, 1, parts[i].row, g, err);
	r->variables = settle(g->a, r->variables, r->nvariables, sizeof(*r->variables));
	r->series = settle(g->a, r->series, r->nseries, sizeof(*r->series));
	r->tests = settle(g->a, r->tests, r->ntests, sizeof(*r->tests));
	r->evidence = settle(g->a, r->evidence, r->nevidence, sizeof(*r->evidence));
	return rc;
}

int store_get(struct store *s, struct str id, struct arena *a, struct run_record *r,
	      struct err *err)
{
	struct getting g = {.s = s, .wanted = id, .a = a};
	int rc = store_transaction(s, false, get, &g, err);

	buf_release(&g.ids);
	if (!rc)
		*r = g.r;
	return rc;
}
