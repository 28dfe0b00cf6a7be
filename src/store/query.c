// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Reading runs with their values. The runs that a condition left are read in batches; for each
 * batch the values of its columns are fetched, many columns a query: by the range of the runs'
 * numbers where most in it are wanted, else number by number. Texts come as their numbers, and each
 * is looked up once a batch.
 */
#include <stdlib.h>

#include "store/store-priv.h"

#define BATCH_CELLS  ((size_t)1 << 16)
#define BATCH_RUNS   ((size_t)8192)
#define FEW          16    /* as long as less than one run in so many is wanted, they are named */
#define HISTORY_RUNS 65536 /* of a part of a history, for a client holds a whole result */
#define DENSE        3     /* values are read by range if at least one run in so many is wanted */
#define NAMES        STORE_NAMES
#define COLUMNS      128 /* columns of one query at most */
#define FILL         16  /* its lists of columns are filled up to so many */

/* A column asked for; several may be the same variable. */
struct column {
	int64_t variable; /* 0: no run has it */
	size_t at;
};

struct reading {
	struct store *s;
	const struct store_query *q;
	struct run_set set;
	struct column *columns; /* by variable */
	size_t ncolumns;
	bool (*row)(void *arg, const struct store_row *r);
	void *arg;
	uint64_t given;
	/* The batch. */
	struct arena arena;
	struct texts texts;
	struct store_row *rows;
	int64_t *numbers; /* of the rows, in their order */
	struct value *values;
	size_t n, max, seen;
	size_t found; /* index of the run that was looked for last */
	int64_t last; /* number read last */
};

static int query(struct reading *r, const char *sql, const struct db_cell *params, size_t n,
		 db_row_fn *row, struct err *err)
{
	return r->s->db->ops->query(r->s->db, sql, params, n, row, r, err);
}

/* ---- columns ---- */

static int by_variable(const void *x, const void *y)
{
	const struct column *a = x, *b = y;

	if (a->variable != b->variable)
		return a->variable < b->variable ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static int find_columns(struct reading *r, struct err *err)
{
	size_t n = r->q->ncolumns, k = 0;
	int rc = 0;

	r->columns = mem_alloc(n * sizeof(*r->columns));
	for (size_t i = 0; !rc && i < n; i++) {
		struct db_cell name = db_text(r->q->columns[i]);

		r->columns[k] = (struct column){.at = i};
		rc = r->s->db->ops->query(r->s->db, "SELECT id FROM variable WHERE name = $1",
					  &name, 1, db_first_int, &r->columns[k].variable, err);
		k += r->columns[k].variable != 0;
	}
	r->ncolumns = k;
	qsort(r->columns, k, sizeof(*r->columns), by_variable);
	return rc;
}

/* ---- values of a batch ---- */

/* Index of a run in the batch, whose numbers rise or fall; n if it is not there. Mostly it is the
 * one after the last (before it, if they fall). */
static size_t find_row(struct reading *r, int64_t no)
{
	size_t lo = 0, hi = r->n, next = r->q->newest_first ? r->found - 1 : r->found + 1;

	if (next < r->n && r->numbers[next] == no)
		return r->found = next;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int64_t at = r->numbers[mid];

		if (at == no)
			return r->found = mid;
		if ((at < no) != r->q->newest_first)
			lo = mid + 1;
		else
			hi = mid;
	}
	return r->n;
}

static bool take_value(void *arg, const struct db_cell *cells, size_t n)
{
	struct reading *r = arg;
	size_t row = find_row(r, cells[1].integer), lo = 0, hi = r->ncolumns;

	if (row == r->n)
		return true;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (r->columns[mid].variable < cells[0].integer)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < r->ncolumns && r->columns[lo].variable == cells[0].integer; lo++)
		texts_take(&r->texts, cells + 2,
			   &r->values[row * r->q->ncolumns + r->columns[lo].at]);
	return true;
}

/* SELECT ... of so many variables and runs named, or a range of runs (0). CAST, because PostgreSQL
 * only makes a hash table of a list that has the column's type. */
static void value_query(struct buf *sql, size_t nvariables, size_t nruns)
{
	BUF_LIT(sql, "SELECT variable, run, integer, real, text FROM value WHERE variable IN (");
	for (size_t i = 0; i < nvariables; i++)
		buf_printf(sql, "%sCAST($%zu AS INTEGER)", i ? "," : "", i + 1);
	if (nruns) {
		BUF_LIT(sql, ") AND run IN (");
		db_add_list(sql, nvariables + 1, nruns);
		buf_add_char(sql, ')');
	} else {
		buf_printf(sql, ") AND run BETWEEN $%zu AND $%zu", nvariables + 1, nvariables + 2);
	}
}

/* Values of n of the columns: params[0 ... n-1] are theirs. */
static int fetch_columns(struct reading *r, struct db_cell *params, size_t n, struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};
	int64_t first = r->numbers[0], last = r->numbers[r->n - 1];
	int rc = 0;

	if (first > last) {
		first = last;
		last = r->numbers[0];
	}
	if ((uint64_t)(last - first) / DENSE <= r->n) {
		value_query(&sql, n, 0);
		params[n] = db_int(first);
		params[n + 1] = db_int(last);
		return query(r, buf_cstr(&sql), params, n + 2, take_value, err);
	}
	value_query(&sql, n, NAMES);
	for (size_t at = 0; !rc && at < r->n; at += NAMES) {
		for (size_t i = 0; i < NAMES; i++)
			params[n + i] = db_int(r->numbers[at + i < r->n ? at + i : r->n - 1]);
		rc = query(r, buf_cstr(&sql), params, n + NAMES, take_value, err);
	}
	return rc;
}

static int fetch_values(struct reading *r, struct err *err)
{
	struct db_cell params[COLUMNS + NAMES];
	int rc = 0;

	memset(r->values, 0, r->n * r->q->ncolumns * sizeof(*r->values));
	for (size_t at = 0; !rc && at < r->ncolumns; at += COLUMNS) {
		size_t left = r->ncolumns - at, n = left < COLUMNS ? left : COLUMNS, i = 0;

		for (; i < n || i % FILL; i++)
			params[i] = db_int(r->columns[at + (i < n ? i : n - 1)].variable);
		rc = fetch_columns(r, params, i, err);
	}
	return rc ? rc : texts_look_up(r->s, &r->texts, err);
}

/* ---- runs ---- */

#define RUN_COLUMNS "SELECT no, id, name, verdict, state, started, command FROM run "

static struct store_row row_of(struct arena *a, const struct db_cell *cells)
{
	return (struct store_row){
		.id = arena_str(a, cells[1].text),
		.name = arena_str(a, cells[2].text),
		.verdict = (enum run_verdict)cells[3].integer,
		.state = (enum run_state)cells[4].integer,
		.started_ns = cells[5].integer,
		.command = arena_str(a, cells[6].text),
	};
}

static bool take_run(void *arg, const struct db_cell *cells, size_t n)
{
	struct reading *r = arg;

	r->seen++;
	r->last = cells[0].integer;
	if (!run_set_has(&r->set, r->last) || r->n == r->max)
		return r->n < r->max;
	r->numbers[r->n] = r->last;
	r->rows[r->n] = row_of(&r->arena, cells);
	r->n++;
	return true;
}

/* The next runs in order, of which those in the set are kept. */
static int read_onwards(struct reading *r, bool *end, struct err *err)
{
	const struct db_cell params[] = {db_int(r->last), db_int((int64_t)r->max)};
	int rc;

	r->seen = 0;
	rc = query(r,
		   r->q->newest_first ? RUN_COLUMNS "WHERE no < $1 ORDER BY no DESC LIMIT $2"
				      : RUN_COLUMNS "WHERE no > $1 ORDER BY no LIMIT $2",
		   params, 2, take_run, err);
	*end = r->seen < r->max;
	return rc;
}

/* The next number after r->last that is in the set. */
static bool next_in_set(const struct reading *r, int64_t *no)
{
	int step = r->q->newest_first ? -1 : 1;
	int64_t i = *no + step;

	for (; i >= 0 && i <= r->set.max; i += step) {
		uint64_t word = r->set.words[i >> 6];

		if (!word && (step > 0 ? (i & 63) == 0 : (i & 63) == 63)) {
			i += 63 * step; /* nothing in it */
			continue;
		}
		if (word >> (i & 63) & 1) {
			*no = i;
			return true;
		}
	}
	return false;
}

/* Few are wanted: name them. */
static int read_named(struct reading *r, bool *end, struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};
	struct db_cell params[NAMES];
	int64_t no = r->last, last = no;
	size_t max = r->max < NAMES ? r->max : NAMES, n = 0;
	int rc;

	for (; n < max && next_in_set(r, &no); n++)
		params[n] = db_int(last = no);
	*end = n < max;
	if (!n)
		return 0;
	for (size_t i = n; i < NAMES; i++)
		params[i] = params[n - 1];
	BUF_LIT(&sql, RUN_COLUMNS "WHERE no IN (");
	db_add_list(&sql, 1, NAMES);
	buf_printf(&sql, ") ORDER BY no%s", r->q->newest_first ? " DESC" : "");
	rc = query(r, buf_cstr(&sql), params, NAMES, take_run, err);
	r->last = last;
	return rc;
}

/* Give the batch to the caller; false: he has enough. */
static bool give(struct reading *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->q->limit && r->given == r->q->limit)
			return false;
		r->given++;
		r->rows[i].values = r->values + i * r->q->ncolumns;
		if (!r->row(r->arg, &r->rows[i]))
			return false;
	}
	return true;
}

static size_t count(const struct run_set *set)
{
	size_t n = 0;

	for (int64_t i = 0; i <= set->max >> 6; i++)
		n += (size_t)__builtin_popcountll(set->words[i]);
	return n;
}

static int read_batches(struct reading *r, struct err *err)
{
	bool end = false, named_runs = count(&r->set) <= (size_t)r->set.max / FEW;
	int rc = 0;

	r->last = r->q->newest_first ? r->set.max + 1 : -1;
	while (!rc && !end) {
		arena_release(&r->arena);
		r->n = 0;
		rc = named_runs ? read_named(r, &end, err) : read_onwards(r, &end, err);
		if (!rc && r->n && r->ncolumns)
			rc = fetch_values(r, err);
		if (!rc && !give(r))
			break;
	}
	return rc;
}

static size_t batch_size(const struct store_query *q)
{
	size_t max = BATCH_CELLS / (q->ncolumns + 1);

	max = max > BATCH_RUNS ? BATCH_RUNS : max < NAMES ? NAMES : max;
	return q->limit && q->limit < max ? (size_t)q->limit : max;
}

static int read_runs(struct store *s, void *arg, struct err *err)
{
	struct reading *r = arg;
	int rc = select_runs(s, r->q->where, &r->set, err);

	if (!rc)
		rc = find_columns(r, err);
	r->texts.a = &r->arena;
	r->max = batch_size(r->q);
	r->rows = mem_alloc(r->max * sizeof(*r->rows));
	r->numbers = mem_alloc(r->max * sizeof(*r->numbers));
	r->values = mem_zalloc(r->max * r->q->ncolumns * sizeof(*r->values));
	if (!rc)
		rc = read_batches(r, err);
	arena_release(&r->arena);
	run_set_release(&r->set);
	free(r->texts.items);
	free(r->columns);
	free(r->rows);
	free(r->numbers);
	free(r->values);
	return rc;
}

int store_runs(struct store *s, const struct store_query *q,
	       bool (*row)(void *arg, const struct store_row *r), void *arg, struct err *err)
{
	struct reading r = {.s = s, .q = q, .row = row, .arg = arg};

	return store_transaction(s, false, read_runs, &r, err);
}

/* ---- runs by number ---- */

struct naming {
	struct arena *a;
	const int64_t *numbers;
	struct store_row *rows;
	size_t n;
};

static bool take_named(void *arg, const struct db_cell *cells, size_t n)
{
	struct naming *g = arg;

	for (size_t i = 0; i < g->n; i++)
		if (g->numbers[i] == cells[0].integer)
			g->rows[i] = row_of(g->a, cells);
	return true;
}

static int name_runs(struct store *s, void *arg, struct err *err)
{
	const struct naming *all = arg;
	CLEANUP_BUF struct buf sql = {0};
	int rc = 0;

	BUF_LIT(&sql, RUN_COLUMNS "WHERE no IN (");
	db_add_list(&sql, 1, NAMES);
	buf_add_char(&sql, ')');
	for (size_t at = 0; !rc && at < all->n; at += NAMES) {
		struct naming g = {.a = all->a,
				   .numbers = all->numbers + at,
				   .rows = all->rows + at,
				   .n = all->n - at < NAMES ? all->n - at : NAMES};
		struct db_cell params[NAMES];

		for (size_t i = 0; i < NAMES; i++)
			params[i] = db_int(g.numbers[i < g.n ? i : 0]);
		rc = s->db->ops->query(s->db, buf_cstr(&sql), params, NAMES, take_named, &g, err);
	}
	return rc;
}

int store_numbered(struct store *s, const int64_t *numbers, size_t n, struct arena *a,
		   struct store_row **rows, struct err *err)
{
	struct naming g = {
		.a = a, .numbers = numbers, .rows = arena_zalloc(a, n * sizeof(*g.rows)), .n = n};
	int rc = store_transaction(s, false, name_runs, &g, err);

	if (!rc)
		*rows = g.rows;
	return rc;
}

/* ---- history ---- */

struct history {
	struct str variable, where;
	struct run_set set;
	struct texts texts;
	struct store_point *points; /* with room for all runs of the set */
	size_t n, cap;
};

static bool keep_point(void *arg, const struct db_cell *cells, size_t n)
{
	struct history *h = arg;

	if (!run_set_has(&h->set, cells[0].integer) || h->n == h->cap)
		return true;
	h->points[h->n].run = cells[0].integer;
	texts_take(&h->texts, cells + 1, &h->points[h->n].value);
	h->n++;
	return true;
}

static int read_history(struct store *s, void *arg, struct err *err)
{
	struct history *h = arg;
	struct db_cell name = db_text(h->variable);
	int64_t id = 0;
	int rc = s->db->ops->query(s->db, "SELECT id FROM variable WHERE name = $1", &name, 1,
				   db_first_int, &id, err);

	if (!rc && id)
		rc = select_runs(s, h->where, &h->set, err);
	if (rc || !id)
		return rc;
	h->cap = count(&h->set); /* what is not used stays untouched memory */
	h->points = arena_alloc(h->texts.a, h->cap * sizeof(*h->points));
	for (int64_t from = -1; !rc && from < h->set.max; from += HISTORY_RUNS) {
		const struct db_cell params[] = {db_int(id), db_int(from),
						 db_int(from + HISTORY_RUNS)};

		rc = s->db->ops->query(s->db,
				       "SELECT run, integer, real, text FROM value WHERE "
				       "variable = $1 AND run > $2 AND run <= $3 ORDER BY run",
				       params, 3, keep_point, h, err);
		if (!rc)
			rc = texts_look_up(s, &h->texts, err);
	}
	run_set_release(&h->set);
	return rc;
}

int store_history(struct store *s, struct str variable, struct str where, struct arena *a,
		  struct store_point **points, size_t *n, struct err *err)
{
	struct history h = {.variable = variable, .where = where, .texts.a = a};
	int rc = store_transaction(s, false, read_history, &h, err);

	free(h.texts.items);
	if (!rc) {
		*points = h.points;
		*n = h.n;
	}
	return rc;
}

/* ---- variables ---- */

struct listing {
	bool count;
	struct arena *a;
	struct store_variable *v;
	size_t n, cap;
};

static bool list_variable(void *arg, const struct db_cell *cells, size_t n)
{
	struct listing *l = arg;

	array_push(l->v, l->n, l->cap) = (struct store_variable){
		.name = arena_str(l->a, cells[0].text),
		.unit = arena_str(l->a, cells[1].text),
		.better = (enum better)cells[2].integer,
		.runs = (uint64_t)cells[3].integer,
	};
	return true;
}

static int list_variables(struct store *s, void *arg, struct err *err)
{
	struct listing *l = arg;

	l->n = 0; /* it may be the second try */
	return s->db->ops->query(
		s->db,
		l->count ? "SELECT n.name, n.unit, n.better, c.runs FROM variable n JOIN (SELECT "
			   "variable, count(*) AS runs FROM value GROUP BY variable) c ON "
			   "c.variable = n.id ORDER BY n.name"
			 : "SELECT n.name, n.unit, n.better, 0 FROM variable n WHERE EXISTS "
			   "(SELECT 1 FROM value v WHERE v.variable = n.id) ORDER BY n.name",
		NULL, 0, list_variable, l, err);
}

int store_variables(struct store *s, bool count, struct arena *a, struct store_variable **v,
		    size_t *n, struct err *err)
{
	struct listing l = {.count = count, .a = a};
	int rc = store_transaction(s, false, list_variables, &l, err);

	if (!rc) {
		*v = arena_alloc(a, l.n * sizeof(*l.v));
		if (l.n)
			memcpy(*v, l.v, l.n * sizeof(*l.v));
		*n = l.n;
	}
	free(l.v);
	return rc;
}
