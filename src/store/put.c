// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Writing. All rows of a call are collected first, then inserted table by table; in SQLite values
 * sorted by (variable, run), as they lie in the store, so that a batch of runs touches each page
 * once; in PostgreSQL run by run, so that those of one run stand in one page of the heap.
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
	if (s->db->by_key && (columns == value_columns || columns == detail_columns))
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

/* Runs that are put, with different ids. */
struct putting {
	struct prepared *runs;
	size_t n;
};

static struct prepared *run_of(struct putting *put, struct str id)
{
	for (size_t i = 0; i < put->n; i++)
		if (str_eq(put->runs[i].r.id, id))
			return &put->runs[i];
	return NULL;
}

static bool row_there(void *arg, const struct db_cell *cells, size_t n)
{
	struct prepared *p = run_of(arg, cells[1].text);

	if (p && !p->no) {
		p->no = cells[0].integer;
		p->known = str_eq(cells[2].text,
				  (struct str){(const char *)p->content, sizeof(p->content)});
	}
	return true;
}

static bool row_inserted(void *arg, const struct db_cell *cells, size_t n)
{
	struct prepared *p = run_of(arg, cells[1].text);

	if (p) {
		p->no = cells[0].integer;
		p->fresh = true;
	}
	return true;
}

/* Those of a chunk that the store has get their numbers. */
static int find_there(struct store *s, struct putting *chunk, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct db_cell ids[STORE_CHUNK];

	for (size_t i = 0; i < chunk->n; i++)
		ids[i] = db_text(chunk->runs[i].r.id);
	BUF_LIT(&text, "SELECT no, id, content FROM run WHERE id IN (");
	db_add_list(&text, 1, chunk->n);
	buf_add_char(&text, ')');
	return sql(s, buf_cstr(&text), ids, chunk->n, row_there, chunk, err);
}

/* What a run is apart from its id, from $2 on. */
enum { RUN_CELLS = 7 };
static void run_cells(const struct prepared *p, struct db_cell first, struct db_cell *cells)
{
	cells[0] = first;
	cells[1] = db_text(p->r.name);
	cells[2] = db_int(p->r.verdict);
	cells[3] = db_int(p->r.state);
	cells[4] = db_int(p->r.started_ns);
	cells[5] = db_text(p->r.command);
	cells[6] = db_blob(p->content, sizeof(p->content));
}

/* Numbers rise in the order of the rows. */
static int insert_missing(struct store *s, struct putting *chunk, struct err *err)
{
	CLEANUP_BUF struct buf text = {0};
	struct db_cell cells[STORE_CHUNK * RUN_CELLS];
	size_t n = 0;

	BUF_LIT(&text, "INSERT INTO run (id, name, verdict, state, started, command, content) "
		       "VALUES ");
	for (size_t i = 0; i < chunk->n; i++) {
		struct prepared *p = &chunk->runs[i];

		if (p->no)
			continue;
		buf_printf(&text, "%s(", n ? "," : "");
		db_add_list(&text, n + 1, RUN_CELLS);
		buf_add_char(&text, ')');
		run_cells(p, db_text(p->r.id), cells + n);
		n += RUN_CELLS;
	}
	BUF_LIT(&text, " ON CONFLICT (id) DO NOTHING RETURNING no, id");
	return n ? sql(s, buf_cstr(&text), cells, n, row_inserted, chunk, err) : 0;
}

/* The same content again: only what people give is new. */
static int update_known(struct store *s, struct prepared *p, struct err *err)
{
	const struct db_cell cells[] = {db_int(p->no), db_text(p->r.name), db_int(p->r.verdict),
					db_int(p->r.state)};

	return sql(s,
		   "UPDATE run SET name = CASE WHEN $2 = '' THEN name ELSE $2 END, "
		   "verdict = CASE WHEN $3 = 0 THEN verdict ELSE $3 END, state = $4 "
		   "WHERE no = $1",
		   cells, ARRAY_SIZE(cells), NULL, NULL, err);
}

/* Another writer removed it just now: the transaction is tried again. */
static int removed_meanwhile(struct store *s, struct str id, struct err *err)
{
	s->db->again = true;
	return err_set(err, ERR_SYSTEM, "%s: run '" STR_FMT "' was removed while it was added",
		       s->db->name, STR_ARG(id));
}

/* Its row is changed first: that keeps other writers from its parts. */
static int replace_run(struct store *s, struct prepared *p, struct err *err)
{
	struct db_cell cells[RUN_CELLS];
	int64_t no = 0;
	int rc;

	run_cells(p, db_int(p->no), cells);
	rc = sql(s,
		 "UPDATE run SET name = $2, verdict = $3, state = $4, started = $5, command = $6, "
		 "content = $7 WHERE no = $1 RETURNING no",
		 cells, RUN_CELLS, db_first_int, &no, err);
	if (!rc && !no)
		return removed_meanwhile(s, p->r.id, err);
	return rc ? rc : remove_parts(s, no, err);
}

static int by_number(const void *x, const void *y)
{
	const struct prepared *a = *(struct prepared *const *)x, *b = *(struct prepared *const *)y;

	return (a->no > b->no) - (a->no < b->no);
}

/* Those that were there, in the order of their numbers, lest two writers wait for each other. */
static int change_there(struct store *s, struct putting *chunk, struct err *err)
{
	struct prepared *there[STORE_CHUNK];
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; i < chunk->n; i++)
		if (!chunk->runs[i].fresh)
			there[n++] = &chunk->runs[i];
	if (n)
		qsort(there, n, sizeof(*there), by_number);
	for (size_t i = 0; !rc && i < n; i++)
		rc = !there[i]->no     ? removed_meanwhile(s, there[i]->r.id, err)
		     : there[i]->known ? update_known(s, there[i], err)
				       : replace_run(s, there[i], err);
	return rc;
}

/* Give the runs of a chunk their numbers; their parts then have to be added unless it is known. */
static int place_runs(struct store *s, struct putting *chunk, struct err *err)
{
	int rc;

	for (size_t i = 0; i < chunk->n; i++) {
		chunk->runs[i].no = 0;
		chunk->runs[i].known = chunk->runs[i].fresh = false;
	}
	rc = find_there(s, chunk, err);
	if (!rc)
		rc = insert_missing(s, chunk, err);
	for (size_t i = 0; !rc && i < chunk->n; i++)
		if (!chunk->runs[i].no) { /* another writer was faster */
			rc = find_there(s, chunk, err);
			break;
		}
	return rc ? rc : change_there(s, chunk, err);
}

static int put_runs(struct store *s, void *arg, struct err *err)
{
	const struct putting *put = arg;
	struct pending pending = {0};
	int rc;

	for (size_t i = 0; i < put->n; i++)
		note_run(s, &put->runs[i].r);
	rc = dict_resolve_variables(s, err);
	if (!rc)
		rc = dict_resolve_strings(s, err);
	for (size_t at = 0; !rc && at < put->n; at += STORE_CHUNK) {
		struct putting chunk = {put->runs + at,
					put->n - at < STORE_CHUNK ? put->n - at : STORE_CHUNK};

		rc = place_runs(s, &chunk, err);
		for (size_t i = 0; !rc && i < chunk.n; i++) {
			if (!chunk.runs[i].known)
				add_run(s, &pending, &chunk.runs[i]);
			if (pending.values.n + pending.tests.n > MAX_CELLS)
				rc = flush(s, &pending, err);
		}
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

/* Its number, and it is kept from other writers until the transaction ends. */
static int lock_run(struct store *s, struct str id, int64_t *no, struct err *err)
{
	struct db_cell cell = db_text(id);
	int rc;

	*no = 0;
	if (!utf8_valid(id) || str_find_char(id, 0) < id.n)
		return err_set(err, ERR_NOTFOUND, "no such run");
	rc = sql(s, "UPDATE run SET state = state WHERE id = $1 RETURNING no", &cell, 1,
		 db_first_int, no, err);
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
	int rc = lock_run(s, c->id, &no, err);

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
	int rc = lock_run(s, c->id, &no, err);

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
	int rc = lock_run(s, c->id, &no, err);

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
