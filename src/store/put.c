// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Writing. All rows of a call are collected first, then inserted table by table; values sorted by
 * (variable, run), as they lie in the store, so that a batch of runs touches each page once.
 */
#include <stdlib.h>

#include "store/store-priv.h"
#include "text/utf8.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "series are little-endian doubles");

#define MAX_CELLS ((size_t)4 << 20) /* collected before they are inserted */

static const char value_columns[] = "variable,run,integer,real,text",
		  detail_columns[] = "variable,run,n,spread,unit,better,line",
		  series_columns[] = "run,no,name,unit,axis,better,line,n,x,y",
		  test_columns[] = "run,no,suite,name,status,expected,seconds,message,detail,line",
		  evidence_columns[] = "run,no,hash,name,kind";

struct pending {
	struct table_rows values, details, series, tests, evidence;
};

static void pending_release(struct pending *p)
{
	free(p->values.cells);
	free(p->details.cells);
	free(p->series.cells);
	free(p->tests.cells);
	free(p->evidence.cells);
}

/* ---- what needs numbers of the database ---- */

static void note_variables(struct store *s, const struct variable *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		dict_add(&s->variables, v[i].name, v[i].unit, v[i].better);
		if (v[i].value.kind == VALUE_TEXT)
			dict_add(&s->strings, v[i].value.text, STR(""), BETTER_UNKNOWN);
	}
}

static void note_run(struct store *s, const struct run_record *r)
{
	note_variables(s, r->variables, r->nvariables);
	for (size_t i = 0; i < r->ntests; i++) {
		const struct test_result *t = &r->tests[i];
		const struct str texts[] = {t->suite, t->name, t->message, t->detail};

		for (size_t k = 0; k < ARRAY_SIZE(texts); k++)
			dict_add(&s->strings, texts[k], STR(""), BETTER_UNKNOWN);
	}
}

static struct db_cell string_id(struct store *s, struct str text)
{
	uint32_t i = dict_add(&s->strings, text, STR(""), BETTER_UNKNOWN);

	return db_int(s->strings.entries[i].id);
}

/* ---- rows ---- */

static void add_value(struct store *s, struct pending *p, const struct variable *v, int64_t run)
{
	uint32_t i = dict_add(&s->variables, v->name, v->unit, v->better);
	const struct dict_entry *e = &s->variables.entries[i];
	bool own_unit = !str_eq(v->unit, e->unit), own_better = v->better != e->better;

	table_add(&p->values, db_int(e->id));
	table_add(&p->values, db_int(run));
	table_add(&p->values, v->value.kind == VALUE_INT ? db_int(v->value.integer) : db_null());
	table_add(&p->values, v->value.kind == VALUE_REAL ? db_real(v->value.real) : db_null());
	table_add(&p->values,
		  v->value.kind == VALUE_TEXT ? string_id(s, v->value.text) : db_null());
	if (v->n <= 1 && isnan(v->spread) && !own_unit && !own_better && !v->line)
		return;
	table_add(&p->details, db_int(e->id));
	table_add(&p->details, db_int(run));
	table_add(&p->details, db_int((int64_t)v->n));
	table_add(&p->details, db_real(v->spread));
	table_add(&p->details, own_unit ? db_text(v->unit) : db_null());
	table_add(&p->details, own_better ? db_int(v->better) : db_null());
	table_add(&p->details, db_int((int64_t)v->line));
}

static void add_series(struct pending *p, const struct series *s, size_t no, int64_t run)
{
	table_add(&p->series, db_int(run));
	table_add(&p->series, db_int((int64_t)no));
	table_add(&p->series, db_text(s->name));
	table_add(&p->series, db_text(s->unit));
	table_add(&p->series, db_text(s->axis));
	table_add(&p->series, db_int(s->better));
	table_add(&p->series, db_int((int64_t)s->line));
	table_add(&p->series, db_int((int64_t)s->n));
	table_add(&p->series, db_blob(s->x, s->n * sizeof(*s->x)));
	table_add(&p->series, db_blob(s->y, s->n * sizeof(*s->y)));
}

static void add_test(struct store *s, struct pending *p, const struct test_result *t, size_t no,
		     int64_t run)
{
	table_add(&p->tests, db_int(run));
	table_add(&p->tests, db_int((int64_t)no));
	table_add(&p->tests, string_id(s, t->suite));
	table_add(&p->tests, string_id(s, t->name));
	table_add(&p->tests, db_int(t->status));
	table_add(&p->tests, db_int(t->expected));
	table_add(&p->tests, db_real(t->seconds));
	table_add(&p->tests, string_id(s, t->message));
	table_add(&p->tests, string_id(s, t->detail));
	table_add(&p->tests, db_int((int64_t)t->line));
}

static void add_run(struct store *s, struct pending *p, const struct prepared *r)
{
	for (size_t i = 0; i < r->r.nvariables; i++)
		add_value(s, p, &r->r.variables[i], r->no);
	for (size_t i = 0; i < r->r.nseries; i++)
		add_series(p, &r->r.series[i], i, r->no);
	for (size_t i = 0; i < r->r.ntests; i++)
		add_test(s, p, &r->r.tests[i], i, r->no);
	for (size_t i = 0; i < r->r.nevidence; i++) {
		table_add(&p->evidence, db_int(r->no));
		table_add(&p->evidence, db_int((int64_t)i));
		table_add(&p->evidence, db_text(r->r.evidence[i].hash));
		table_add(&p->evidence, db_text(r->r.evidence[i].name));
		table_add(&p->evidence, db_text(r->r.evidence[i].kind));
	}
}

static int by_variable_and_run(const void *x, const void *y)
{
	const struct db_cell *a = x, *b = y;

	if (a[0].integer != b[0].integer)
		return a[0].integer < b[0].integer ? -1 : 1;
	return (a[1].integer > b[1].integer) - (a[1].integer < b[1].integer);
}

/* A table's rows go in; n columns. */
static int flush_table(struct store *s, const char *table, const char *columns,
		       struct table_rows *t, struct err *err)
{
	size_t n = 1 + str_count_char(str_of(columns), ','), rows = t->n / n;
	int rc;

	if (!rows)
		return 0;
	if (columns == value_columns || columns == detail_columns)
		qsort(t->cells, rows, n * sizeof(*t->cells), by_variable_and_run);
	rc = s->db->ops->insert(s->db, table, columns, t->cells, n, rows, err);
	t->n = 0;
	return rc;
}

static int flush(struct store *s, struct pending *p, struct err *err)
{
	int rc = flush_table(s, "value", value_columns, &p->values, err);

	if (!rc)
		rc = flush_table(s, "detail", detail_columns, &p->details, err);
	if (!rc)
		rc = flush_table(s, "series", series_columns, &p->series, err);
	if (!rc)
		rc = flush_table(s, "test", test_columns, &p->tests, err);
	if (!rc)
		rc = flush_table(s, "evidence", evidence_columns, &p->evidence, err);
	return rc;
}

/* ---- the row of a run ---- */

static int sql(struct store *s, const char *text, const struct db_cell *params, size_t n,
	       db_row_fn *row, void *arg, struct err *err)
{
	return s->db->ops->query(s->db, text, params, n, row, arg, err);
}

static int remove_parts(struct store *s, int64_t no, struct err *err)
{
	static const char *const queries[] = {
		"DELETE FROM value WHERE run = $1 AND variable IN (SELECT id FROM variable)",
		"DELETE FROM detail WHERE run = $1 AND variable IN (SELECT id FROM variable)",
		"DELETE FROM series WHERE run = $1",
		"DELETE FROM test WHERE run = $1",
		"DELETE FROM evidence WHERE run = $1",
	};
	struct db_cell run = db_int(no);
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(queries); i++)
		rc = sql(s, queries[i], &run, 1, NULL, NULL, err);
	return rc;
}

/* What is there under an id. */
struct there {
	const struct prepared *p;
	int64_t no; /* 0: nothing */
	bool same;
};

static bool row_there(void *arg, const struct db_cell *cells, size_t n)
{
	struct there *t = arg;

	t->no = cells[0].integer;
	t->same = str_eq(cells[1].text,
			 (struct str){(const char *)t->p->content, sizeof(t->p->content)});
	return false;
}

static bool row_number(void *arg, const struct db_cell *cells, size_t n)
{
	*(int64_t *)arg = cells[0].integer;
	return false;
}

static int insert_run(struct store *s, struct prepared *p, struct err *err)
{
	const struct run_record *r = &p->r;
	const struct db_cell cells[] = {
		db_text(r->id),
		db_text(r->name),
		db_int(r->verdict),
		db_int(r->state),
		db_int(r->started_ns),
		db_text(r->command),
		db_blob(p->content, sizeof(p->content)),
	};

	return sql(s,
		   "INSERT INTO run (id, name, verdict, state, started, command, content) "
		   "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING no",
		   cells, ARRAY_SIZE(cells), row_number, &p->no, err);
}

/* The same content again: only what people give is new. */
static int update_known(struct store *s, struct prepared *p, struct err *err)
{
	const struct db_cell cells[] = {db_int(p->no), db_text(p->r.name), db_int(p->r.verdict),
					db_int(p->r.state)};

	p->known = true;
	return sql(s,
		   "UPDATE run SET name = CASE WHEN $2 = '' THEN name ELSE $2 END, "
		   "verdict = CASE WHEN $3 = 0 THEN verdict ELSE $3 END, state = $4 "
		   "WHERE no = $1",
		   cells, ARRAY_SIZE(cells), NULL, NULL, err);
}

static int replace_run(struct store *s, struct prepared *p, struct err *err)
{
	const struct run_record *r = &p->r;
	const struct db_cell cells[] = {
		db_int(p->no),
		db_text(r->name),
		db_int(r->verdict),
		db_int(r->state),
		db_int(r->started_ns),
		db_text(r->command),
		db_blob(p->content, sizeof(p->content)),
	};
	int rc = remove_parts(s, p->no, err);

	return rc ? rc
		  : sql(s,
			"UPDATE run SET name = $2, verdict = $3, state = $4, started = $5, "
			"command = $6, content = $7 WHERE no = $1",
			cells, ARRAY_SIZE(cells), NULL, NULL, err);
}

/* Give the run its number; its parts then have to be added unless it is known. */
static int place_run(struct store *s, struct prepared *p, struct err *err)
{
	static const char find[] = "SELECT no, content FROM run WHERE id = $1";
	struct db_cell id = db_text(p->r.id);
	struct there t = {.p = p};
	int rc = sql(s, find, &id, 1, row_there, &t, err);

	p->no = 0;
	p->known = false;
	if (!rc && !t.no) {
		rc = insert_run(s, p, err);
		if (rc || p->no)
			return rc;
		rc = sql(s, find, &id, 1, row_there, &t, err); /* another writer was faster */
	}
	if (rc)
		return rc;
	p->no = t.no;
	return t.same ? update_known(s, p, err) : replace_run(s, p, err);
}

struct putting {
	struct prepared *runs;
	size_t n;
};

static int put_runs(struct store *s, void *arg, struct err *err)
{
	struct putting *put = arg;
	struct pending pending = {0};
	int rc;

	for (size_t i = 0; i < put->n; i++)
		note_run(s, &put->runs[i].r);
	rc = dict_resolve_variables(s, err);
	if (!rc)
		rc = dict_resolve_strings(s, err);
	for (size_t i = 0; !rc && i < put->n; i++) {
		rc = place_run(s, &put->runs[i], err);
		if (!rc && !put->runs[i].known)
			add_run(s, &pending, &put->runs[i]);
		if (!rc && pending.values.n + pending.tests.n > MAX_CELLS)
			rc = flush(s, &pending, err);
	}
	if (!rc)
		rc = flush(s, &pending, err);
	pending_release(&pending);
	return rc;
}

/* Of several with one id only the last is put: the others' rows may not be there yet. */
static void drop_repeated(struct putting *put)
{
	struct intern seen;
	size_t k = put->n;

	intern_init(&seen);
	for (size_t i = put->n; i-- > 0;)
		if (intern_add(&seen, put->runs[i].r.id) == seen.n - 1 && put->n - k < seen.n)
			put->runs[--k] = put->runs[i];
	intern_release(&seen);
	put->runs += k;
	put->n -= k;
}

static int put_all(struct store *s, struct run_record *r, size_t n, bool *known, struct err *err)
{
	struct arena a;
	struct putting put = {0};
	struct str *ids;
	int rc = 0;

	arena_init(&a);
	put.runs = arena_alloc(&a, n * sizeof(*put.runs));
	ids = arena_alloc(&a, n * sizeof(*ids));
	for (; !rc && put.n < n; put.n++) {
		rc = prepare_run(&a, &r[put.n], &put.runs[put.n], err);
		if (!rc)
			ids[put.n] = put.runs[put.n].r.id;
	}
	if (!rc) {
		drop_repeated(&put);
		rc = store_transaction(s, true, put_runs, &put, err);
	}
	for (size_t i = 0; !rc && i < n; i++)
		if (!r[i].id.n)
			r[i].id = arena_str(&s->ids, ids[i]);
	if (!rc && known)
		*known = put.runs[0].known;
	arena_release(&a);
	return rc;
}

int store_put(struct store *s, struct run_record *r, bool *known, struct err *err)
{
	return put_all(s, r, 1, known, err);
}

int store_put_all(struct store *s, struct run_record *r, size_t n, struct err *err)
{
	return n ? put_all(s, r, n, NULL, err) : 0;
}

/* ---- changes of a run that is there ---- */

struct change {
	struct str id;
	const struct variable *variables;
	size_t n;
	enum run_verdict verdict;
};

static int run_number(struct store *s, struct str id, int64_t *no, struct err *err)
{
	struct db_cell cell = db_text(id);
	int rc;

	*no = 0;
	if (!utf8_valid(id) || str_find_char(id, 0) < id.n)
		return err_set(err, ERR_NOTFOUND, "no such run");
	rc = sql(s, "SELECT no FROM run WHERE id = $1", &cell, 1, row_number, no, err);
	if (!rc && !*no)
		rc = err_set(err, ERR_NOTFOUND, "no run '" STR_FMT "' in %s",
			     STR_ARG(str_head(id, 40)), s->db->name);
	return rc;
}

static int add_variables(struct store *s, void *arg, struct err *err)
{
	const struct change *c = arg;
	struct pending pending = {0};
	int64_t no;
	int rc = run_number(s, c->id, &no, err);

	note_variables(s, c->variables, c->n);
	if (!rc)
		rc = dict_resolve_variables(s, err);
	if (!rc)
		rc = dict_resolve_strings(s, err);
	for (size_t i = 0; !rc && i < c->n; i++) {
		const struct variable *v = &c->variables[i];
		uint32_t at = dict_add(&s->variables, v->name, v->unit, v->better);
		const struct db_cell key[] = {db_int(s->variables.entries[at].id), db_int(no)};

		rc = sql(s, "DELETE FROM value WHERE variable = $1 AND run = $2", key, 2, NULL,
			 NULL, err);
		if (!rc)
			rc = sql(s, "DELETE FROM detail WHERE variable = $1 AND run = $2", key, 2,
				 NULL, NULL, err);
		add_value(s, &pending, v, no);
	}
	if (!rc)
		rc = flush(s, &pending, err);
	pending_release(&pending);
	return rc;
}

int store_add_variables(struct store *s, struct str id, const struct variable *v, size_t n,
			struct err *err)
{
	struct change c = {.id = id};
	struct variable *prepared;
	struct arena a;
	int rc;

	arena_init(&a);
	rc = prepare_variables(&a, v, n, &prepared, &c.n, err);
	if (!rc) {
		c.variables = prepared;
		rc = store_transaction(s, true, add_variables, &c, err);
	}
	arena_release(&a);
	return rc;
}

static int set_verdict(struct store *s, void *arg, struct err *err)
{
	const struct change *c = arg;
	struct db_cell cells[2];
	int64_t no;
	int rc = run_number(s, c->id, &no, err);

	cells[0] = db_int(no);
	cells[1] = db_int(c->verdict);
	return rc ? rc
		  : sql(s, "UPDATE run SET verdict = $2 WHERE no = $1", cells, 2, NULL, NULL, err);
}

int store_set_verdict(struct store *s, struct str id, enum run_verdict v, struct err *err)
{
	struct change c = {.id = id, .verdict = v};

	return store_transaction(s, true, set_verdict, &c, err);
}

static int remove_run(struct store *s, void *arg, struct err *err)
{
	const struct change *c = arg;
	struct db_cell run;
	int64_t no;
	int rc = run_number(s, c->id, &no, err);

	run = db_int(no);
	if (!rc)
		rc = remove_parts(s, no, err);
	return rc ? rc : sql(s, "DELETE FROM run WHERE no = $1", &run, 1, NULL, NULL, err);
}

int store_remove(struct store *s, struct str id, struct err *err)
{
	struct change c = {.id = id};

	return store_transaction(s, true, remove_run, &c, err);
}
