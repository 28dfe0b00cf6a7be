// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Conditions as queries. Each comparison is one query over one stretch of the value table (or over
 * the runs) that yields the numbers of its runs; "and", "or" and "not" work on sets of bits. That
 * takes time linear in the runs whatever the database's planner thinks, and needs one text for
 * SQLite and PostgreSQL. What SQL cannot say as text/where.h means it (regular expressions, the
 * order of numbers among words) is fetched and tested here.
 */
#include <stdlib.h>

#include "base/sha256.h"
#include "store/store-priv.h"
#include "text/where.h"

#define MAX_NUMBER INT32_MAX /* what a run's number has room for in PostgreSQL */
#define MAX_STACK  80        /* beyond the nesting that text/where.h allows */

static const char *const fields_of_runs[] = {"id",    "name",    "verdict",
					     "state", "started", "command"};
enum { FIELD_ID, FIELD_NAME, FIELD_VERDICT, FIELD_STATE, FIELD_STARTED, FIELD_COMMAND, NFIELDS };

void run_set_init(struct run_set *set, int64_t max, bool full)
{
	size_t n = (size_t)(max >> 6) + 1;

	*set = (struct run_set){.words = mem_alloc(n * 8), .max = max};
	memset(set->words, full ? 0xff : 0, n * 8);
}

void run_set_release(struct run_set *set)
{
	free(set->words);
	*set = (struct run_set){0};
}

struct selecting {
	struct store *s;
	struct arena arena;
	const char **names; /* that may stand on the left: fields, then variables */
	int64_t *ids;       /* of the variables among them */
	size_t n, cap, nids, cap_ids;
	int64_t max;
	struct run_set stack[MAX_STACK];
	unsigned depth;
};

static bool add_run(void *arg, const struct db_cell *cells, size_t n)
{
	run_set_add(arg, cells[0].integer);
	return true;
}

static void invert(struct run_set *set)
{
	for (int64_t i = 0; i <= set->max >> 6; i++)
		set->words[i] = ~set->words[i];
}

static int ask(struct selecting *q, const char *sql, const struct db_cell *params, size_t n,
	       struct run_set *set, struct err *err)
{
	return q->s->db->ops->query(q->s->db, sql, params, n, add_run, set, err);
}

/* ---- comparisons tested here ---- */

struct testing {
	const struct where_leaf *leaf;
	struct run_set *set;
	struct str (*text)(const struct db_cell *cell, struct buf *room);
	struct buf room;
};

static bool test_run(void *arg, const struct db_cell *cells, size_t n)
{
	struct testing *t = arg;

	buf_clear(&t->room);
	if (where_leaf_test(t->leaf, t->text(cells + 1, &t->room)))
		run_set_add(t->set, cells[0].integer);
	return true;
}

static int test_all(struct selecting *q, const char *sql, const struct db_cell *params, size_t n,
		    struct testing *t, struct err *err)
{
	int rc = q->s->db->ops->query(q->s->db, sql, params, n, test_run, t, err);

	buf_release(&t->room);
	return rc;
}

static struct str as_it_is(const struct db_cell *cell, struct buf *room)
{
	return cell->text;
}

static struct str as_started(const struct db_cell *cell, struct buf *room)
{
	run_started(cell->integer, room);
	return buf_str(room);
}

static struct str as_value(const struct db_cell *cells, struct buf *room)
{
	run_value(value_of(cells), room);
	return buf_str(room);
}

/* ---- fields of runs ---- */

/* The words that hold, as their numbers. */
static int words_of_runs(struct selecting *q, const struct where_leaf *l, struct run_set *set,
			 struct err *err)
{
	struct db_cell numbers[3];

	for (unsigned i = 0; i < 3; i++) {
		struct str word = l->field == FIELD_VERDICT ? run_verdict_name((enum run_verdict)i)
							    : run_state_name((enum run_state)i);

		numbers[i] = db_int(where_leaf_test(l, word) ? (int)i : -1);
	}
	return ask(q,
		   l->field == FIELD_VERDICT ? "SELECT no FROM run WHERE verdict IN ($1, $2, $3)"
					     : "SELECT no FROM run WHERE state IN ($1, $2, $3)",
		   numbers, 3, set, err);
}

/* id == x, id in (x, y ...), through its index; words that are numbers may be written otherwise. */
static int named_runs(struct selecting *q, const struct where_leaf *l, struct run_set *set,
		      struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};
	int rc = 0;

	buf_printf(&sql, "SELECT no FROM run WHERE %s IN (", fields_of_runs[l->field]);
	db_add_list(&sql, 1, STORE_CHUNK);
	buf_add_char(&sql, ')');
	for (size_t at = 0; !rc && at < l->n; at += STORE_CHUNK) {
		struct db_cell keys[STORE_CHUNK];

		for (size_t i = 0; i < STORE_CHUNK; i++)
			keys[i] = db_text(l->values[at + i < l->n ? at + i : l->n - 1].text);
		rc = ask(q, buf_cstr(&sql), keys, STORE_CHUNK, set, err);
	}
	return rc;
}

static bool any_number(const struct where_leaf *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->values[i].numeric)
			return true;
	return false;
}

static int leaf_of_run(struct selecting *q, const struct where_leaf *l, struct run_set *set,
		       struct err *err)
{
	static const char *const queries[] = {
		"SELECT no, id FROM run",      "SELECT no, name FROM run",    NULL, NULL,
		"SELECT no, started FROM run", "SELECT no, command FROM run",
	};
	struct testing t = {.leaf = l, .set = set, .text = as_it_is};

	if (l->field == FIELD_VERDICT || l->field == FIELD_STATE)
		return words_of_runs(q, l, set, err);
	if (l->field <= FIELD_NAME && l->op == WHERE_EQ && !any_number(l))
		return named_runs(q, l, set, err);
	if (l->field == FIELD_STARTED)
		t.text = as_started;
	return test_all(q, queries[l->field], NULL, 0, &t, err);
}

/* ---- variables ---- */

static const char *order_sign(enum where_op op)
{
	return op == WHERE_LT ? "<" : op == WHERE_LE ? "<=" : op == WHERE_GT ? ">" : ">=";
}

/* v < 3: numbers by their value, texts too where they are numbers, else by their bytes. */
static int ordered_runs(struct selecting *q, const struct where_leaf *l, int64_t variable,
			struct run_set *set, struct err *err)
{
	const struct where_value *v = &l->values[0];
	const char *sign = order_sign(l->op);
	const struct db_cell params[] = {
		db_int(variable),
		v->whole ? db_int(v->integer) : db_real(v->number),
		db_real(v->number),
		db_text(v->text),
	};
	CLEANUP_BUF struct buf sql = {0};

	/* As CASE a value is tested as what it is, and as nothing else. */
	buf_printf(&sql,
		   "SELECT run FROM value WHERE variable = $1 AND CASE WHEN text IS NOT NULL THEN "
		   "text IN (SELECT id FROM string WHERE number %s $3 OR number IS NULL AND text "
		   "%s $4) WHEN real IS NOT NULL THEN real %s $3 ELSE integer %s $2 END",
		   sign, sign, sign, sign);
	return ask(q, buf_cstr(&sql), params, ARRAY_SIZE(params), set, err);
}

/* What a value of a condition may equal: a whole number, a real, a text. */
static void equals(const struct where_value *v, unsigned char hash[SHA256_BYTES],
		   struct db_cell *integer, struct db_cell *real, struct db_cell *text)
{
	bool whole = v->numeric && v->number >= -9e15 && v->number <= 9e15 &&
		     (double)(int64_t)v->number == v->number;

	*integer = v->whole ? db_int(v->integer) : whole ? db_int((int64_t)v->number) : db_null();
	*real = v->numeric                     ? db_real(v->number)
		: str_eq(v->text, STR("inf"))  ? db_real(INFINITY)
		: str_eq(v->text, STR("-inf")) ? db_real(-INFINITY)
					       : db_null();
	sha256(v->text, hash);
	*text = db_blob(hash, 16);
}

static int equal_runs(struct selecting *q, const struct where_leaf *l, int64_t variable,
		      struct run_set *set, struct err *err)
{
	enum { MOST = 16 };
	size_t n = l->n == 1 ? 1 : MOST; /* values of one query */
	struct db_cell params[1 + 3 * MOST] = {db_int(variable)};
	CLEANUP_BUF struct buf sql = {0};
	int rc = 0;

	BUF_LIT(&sql, "SELECT run FROM value WHERE variable = $1 AND CASE WHEN text IS NOT NULL "
		      "THEN text IN (SELECT id FROM string WHERE number IN (");
	db_add_list(&sql, 2 + n, n);
	BUF_LIT(&sql, ") OR hash IN (");
	db_add_list(&sql, 2 + 2 * n, n);
	BUF_LIT(&sql, ")) WHEN real IS NOT NULL THEN real IN (");
	db_add_list(&sql, 2 + n, n);
	BUF_LIT(&sql, ") ELSE integer IN (");
	db_add_list(&sql, 2, n);
	BUF_LIT(&sql, ") END");
	for (size_t at = 0; !rc && at < l->n; at += n) {
		unsigned char hashes[MOST][SHA256_BYTES];

		for (size_t i = 0; i < n; i++)
			equals(&l->values[at + i < l->n ? at + i : l->n - 1], hashes[i],
			       &params[1 + i], &params[1 + n + i], &params[1 + 2 * n + i]);
		rc = ask(q, buf_cstr(&sql), params, 1 + 3 * n, set, err);
	}
	for (size_t i = 0; !rc && i < l->n; i++)
		if (str_eq(l->values[i].text, STR("nan")))
			rc = ask(q,
				 "SELECT run FROM value WHERE variable = $1 AND integer IS NULL "
				 "AND real IS NULL AND text IS NULL",
				 params, 1, set, err);
	return rc;
}

/* A run that lacks the variable has the empty text. */
static int add_lacking(struct selecting *q, const struct where_leaf *l, int64_t variable,
		       struct run_set *set, struct err *err)
{
	struct db_cell id = db_int(variable);
	struct run_set with;
	bool empty = false;
	int rc;

	for (size_t i = 0; i < l->n; i++)
		empty |= !l->values[i].text.n;
	if (!empty)
		return 0;
	run_set_init(&with, q->max, false);
	rc = ask(q, "SELECT run FROM value WHERE variable = $1", &id, 1, &with, err);
	for (int64_t i = 0; !rc && i <= q->max >> 6; i++)
		set->words[i] |= ~with.words[i];
	run_set_release(&with);
	return rc;
}

static int leaf_of_variable(struct selecting *q, const struct where_leaf *l, struct run_set *set,
			    struct err *err)
{
	struct db_cell variable = db_int(q->ids[l->field - NFIELDS]);
	struct where_leaf positive = *l;
	struct testing t = {.leaf = &positive, .set = set, .text = as_value};
	bool inverse = l->op == WHERE_NE || l->op == WHERE_NOMATCH;
	int rc;

	if (inverse)
		positive.op = l->op == WHERE_NE ? WHERE_EQ : WHERE_MATCH;
	if (positive.op == WHERE_EQ) {
		rc = equal_runs(q, &positive, variable.integer, set, err);
		if (!rc)
			rc = add_lacking(q, &positive, variable.integer, set, err);
	} else if (positive.op != WHERE_MATCH && l->values[0].numeric) {
		rc = ordered_runs(q, &positive, variable.integer, set, err);
	} else {
		rc = test_all(q,
			      "SELECT v.run, v.integer, v.real, CASE WHEN v.text IS NOT NULL THEN "
			      "(SELECT s.text FROM string s WHERE s.id = v.text) END FROM value v "
			      "WHERE v.variable = $1",
			      &variable, 1, &t, err);
	}
	if (inverse)
		invert(set);
	return rc;
}

/* ---- the condition ---- */

static int leaf(void *arg, const struct where_leaf *l, struct err *err)
{
	struct selecting *q = arg;
	struct run_set *set;

	if (q->depth == MAX_STACK)
		return err_set(err, ERR_USAGE, "condition: nested too deeply");
	set = &q->stack[q->depth++];
	run_set_init(set, q->max, false);
	return l->field < NFIELDS ? leaf_of_run(q, l, set, err) : leaf_of_variable(q, l, set, err);
}

static int join(void *arg, enum where_op op, struct err *err)
{
	struct selecting *q = arg;
	struct run_set *a, *b = &q->stack[q->depth - 1];

	if (op == WHERE_NOT) {
		invert(b);
		return 0;
	}
	a = b - 1;
	for (int64_t i = 0; i <= q->max >> 6; i++)
		a->words[i] =
			op == WHERE_AND ? a->words[i] & b->words[i] : a->words[i] | b->words[i];
	run_set_release(b);
	q->depth--;
	return 0;
}

static bool add_name(void *arg, const struct db_cell *cells, size_t n)
{
	struct selecting *q = arg;
	struct str name = cells[1].text;
	const char *prefix = "";

	for (unsigned i = 0; i < NFIELDS; i++)
		if (str_eq(name, str_of(fields_of_runs[i])))
			prefix = "var.";
	array_push(q->ids, q->nids, q->cap_ids) = cells[0].integer;
	array_push(q->names, q->n, q->cap) =
		arena_printf(&q->arena, "%s" STR_FMT, prefix, STR_ARG(name));
	return true;
}

static int evaluate(struct selecting *q, struct str text, struct run_set *set, struct err *err)
{
	static const struct where_visitor visitor = {leaf, join};
	struct where *w;
	int rc = q->s->db->ops->query(q->s->db, "SELECT id, name FROM variable ORDER BY name", NULL,
				      0, add_name, q, err);

	if (!rc)
		rc = where_new(&w, text, q->names, q->n, err);
	if (rc)
		return rc;
	rc = where_walk(w, &visitor, q, err);
	where_free(w);
	if (!rc) {
		*set = q->stack[0];
		q->depth = 0;
	}
	return rc;
}

int select_runs(struct store *s, struct str where, struct run_set *set, struct err *err)
{
	struct selecting q = {.s = s};
	int rc = s->db->ops->query(s->db, "SELECT max(no) FROM run", NULL, 0, db_first_int, &q.max,
				   err);

	if (rc)
		return rc;
	if (q.max < 0 || q.max > MAX_NUMBER)
		return err_set(err, ERR_LIMIT, "%s: more than %d runs", s->db->name, MAX_NUMBER);
	if (!where.n) {
		run_set_init(set, q.max, true);
		return 0;
	}
	arena_init(&q.arena);
	for (size_t i = 0; i < NFIELDS; i++)
		array_push(q.names, q.n, q.cap) = fields_of_runs[i];
	rc = evaluate(&q, where, set, err);
	while (q.depth)
		run_set_release(&q.stack[--q.depth]);
	free(q.names);
	free(q.ids);
	arena_release(&q.arena);
	return rc;
}
