// SPDX-License-Identifier: GPL-3.0-or-later
/* See derived-plan.h. */
#include "cli/derived-plan.h"

#include <math.h>
#include <stdlib.h>

#include "text/where.h"

enum slot_kind { SLOT_FIELD, SLOT_STORED, SLOT_DERIVED };

struct plan_slot {
	struct str name;
	enum slot_kind kind;
	unsigned index; /* of the field; of the column */
	const struct expr *expr;
	unsigned *names, *calls; /* slots of its inputs */
	struct value *inputs;    /* room for their values: names, then calls */
	size_t nnames, ncalls;
};

enum { FIELD_ID, FIELD_NAME, FIELD_VERDICT, FIELD_STATE, FIELD_STARTED, FIELD_COMMAND, NFIELDS };
static const char *const fields[NFIELDS] = {"id", "name", "verdict", "state", "started", "command"};

static unsigned field_of(struct str name)
{
	unsigned i = 0;

	while (i < NFIELDS && !str_eq(name, str_of(fields[i])))
		i++;
	return i;
}

void plan_init(struct plan *p, const struct derived *d)
{
	*p = (struct plan){.d = d};
	arena_init(&p->arena);
}

void plan_release(struct plan *p)
{
	free(p->slots);
	free(p->columns);
	free(p->values);
	buf_release(&p->started);
	arena_release(&p->arena);
}

static unsigned add_slot(struct plan *p, struct plan_slot slot)
{
	array_push(p->slots, p->n, p->cap) = slot;
	p->values = mem_realloc(p->values, p->cap, sizeof(*p->values));
	return (unsigned)p->n - 1;
}

static void add_inputs(struct plan *p, struct plan_slot *slot)
{
	const struct expr_call *calls;
	const struct str *names;

	slot->nnames = expr_names(slot->expr, &names);
	slot->ncalls = expr_calls(slot->expr, &calls);
	slot->names = arena_alloc(&p->arena, (slot->nnames + 1) * sizeof(*slot->names));
	slot->calls = arena_alloc(&p->arena, (slot->ncalls + 1) * sizeof(*slot->calls));
	slot->inputs =
		arena_alloc(&p->arena, (slot->nnames + slot->ncalls + 1) * sizeof(*slot->inputs));
	for (size_t i = 0; i < slot->nnames; i++)
		slot->names[i] = plan_add(p, names[i], true);
	for (size_t i = 0; i < slot->ncalls; i++) {
		CLEANUP_BUF struct buf b = {0};

		derived_call_name(&calls[i], &b);
		slot->calls[i] = plan_add(p, buf_str(&b), false);
	}
}

unsigned plan_add(struct plan *p, struct str name, bool with_fields)
{
	unsigned field = with_fields ? field_of(name) : NFIELDS;
	const struct definition *def;
	struct plan_slot slot = {0};

	if (with_fields && str_starts(name, STR("var.")) && field_of(str_from(name, 4)) < NFIELDS)
		name = str_from(name, 4);
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->slots[i].name, name) &&
		    (p->slots[i].kind == SLOT_FIELD) == (field < NFIELDS))
			return (unsigned)i;
	slot.name = arena_str(&p->arena, name);
	def = derived_find(p->d, name);
	if (field < NFIELDS) {
		slot.kind = SLOT_FIELD;
		slot.index = field;
	} else if (def) {
		slot.kind = SLOT_DERIVED;
		slot.expr = def->expr;
		add_inputs(p, &slot);
	} else {
		slot.kind = SLOT_STORED;
		slot.index = (unsigned)p->ncolumns;
		array_push(p->columns, p->ncolumns, p->cap_columns) = slot.name;
	}
	return add_slot(p, slot);
}

static struct value field_value(struct plan *p, const struct store_row *r, unsigned field)
{
	switch (field) {
	case FIELD_ID: return value_text(r->id);
	case FIELD_NAME: return value_text(r->name);
	case FIELD_VERDICT: return value_text(run_verdict_name(r->verdict));
	case FIELD_STATE: return value_text(run_state_name(r->state));
	case FIELD_COMMAND: return value_text(r->command);
	default: break;
	}
	buf_clear(&p->started);
	run_started(r->started_ns, &p->started);
	return value_text(buf_str(&p->started));
}

static struct value derived_value(const struct plan *p, const struct plan_slot *slot)
{
	for (size_t i = 0; i < slot->nnames; i++)
		slot->inputs[i] = p->values[slot->names[i]];
	for (size_t i = 0; i < slot->ncalls; i++)
		slot->inputs[slot->nnames + i] = p->values[slot->calls[i]];
	return expr_value(slot->expr, slot->inputs, slot->inputs + slot->nnames);
}

const struct value *plan_values(struct plan *p, const struct store_row *row)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct plan_slot *s = &p->slots[i];

		p->values[i] = s->kind == SLOT_STORED  ? row->values[s->index]
			       : s->kind == SLOT_FIELD ? field_value(p, row, s->index)
						       : derived_value(p, s);
	}
	return p->values;
}

/* ---- conditions ---- */

struct plan_filter {
	struct plan *plan;
	struct where *where;
	struct arena arena;
	const char **names; /* fields of the condition: those of runs, then variables */
	unsigned *slots;    /* of the fields; only those that it asks for are set */
	bool *used;
	size_t n;
	struct buf rest, text;
	const struct value *values; /* of the run that is tested */
	bool *stack;
	size_t nstack, cap_stack;
};

static bool is_derived(void *arg, unsigned field)
{
	const struct plan_filter *f = arg;

	return field >= NFIELDS && f->plan->slots[f->slots[field]].kind == SLOT_DERIVED;
}

static int note_field(void *arg, const struct where_leaf *l, struct err *err)
{
	struct plan_filter *f = arg;

	if (!f->used[l->field])
		f->slots[l->field] = plan_add(f->plan, str_of(f->names[l->field]), true);
	f->used[l->field] = true;
	return 0;
}

static int no_join(void *arg, enum where_op op, struct err *err)
{
	return 0;
}

static void list_names(struct plan_filter *f)
{
	struct store_variable *v;
	size_t n;

	derived_variables(f->plan->d, &f->arena, &v, &n);
	f->names = arena_alloc(&f->arena, (NFIELDS + n) * sizeof(*f->names));
	memcpy(f->names, fields, sizeof(fields));
	for (size_t i = 0; i < n; i++)
		f->names[NFIELDS + i] = arena_printf(&f->arena, "%s" STR_FMT,
						     field_of(v[i].name) < NFIELDS ? "var." : "",
						     STR_ARG(v[i].name));
	f->n = NFIELDS + n;
	f->slots = arena_zalloc(&f->arena, f->n * sizeof(*f->slots));
	f->used = arena_zalloc(&f->arena, f->n * sizeof(*f->used));
}

int plan_filter_new(struct plan_filter **out, struct plan *p, struct str where, struct err *err)
{
	static const struct where_visitor visitor = {note_field, no_join};
	struct plan_filter *f = mem_zalloc(sizeof(*f));
	int rc;

	arena_init(&f->arena);
	f->plan = p;
	list_names(f);
	rc = where_new(&f->where, where, f->names, f->n, err);
	if (!rc)
		rc = where_walk(f->where, &visitor, f, err);
	if (rc) {
		plan_filter_free(f);
		return rc;
	}
	where_without(f->where, is_derived, f, &f->rest);
	*out = f;
	return 0;
}

void plan_filter_free(struct plan_filter *f)
{
	if (!f)
		return;
	where_free(f->where);
	buf_release(&f->rest);
	buf_release(&f->text);
	free(f->stack);
	arena_release(&f->arena);
	free(f);
}

struct str plan_filter_rest(const struct plan_filter *f)
{
	return buf_str(&f->rest);
}

/* A run that lacks a variable satisfies no comparison but !=, !~ and == ''. */
static bool test_missing(const struct where_leaf *l)
{
	bool empty = false;

	for (size_t i = 0; i < l->n; i++)
		empty |= !l->values[i].text.n;
	return l->op == WHERE_NE ? !empty : l->op == WHERE_EQ ? empty : l->op == WHERE_NOMATCH;
}

/* Numbers in an order without making text of them; what is not finite is text to conditions. */
static bool test_real(const struct where_leaf *l, double x)
{
	double y = l->values[0].number;

	switch (l->op) {
	case WHERE_LT: return x < y;
	case WHERE_LE: return x <= y;
	case WHERE_GT: return x > y;
	default: return x >= y;
	}
}

static int test_leaf(void *arg, const struct where_leaf *l, struct err *err)
{
	struct plan_filter *f = arg;
	struct value v = f->values[f->slots[l->field]];
	bool order =
		l->op == WHERE_LT || l->op == WHERE_LE || l->op == WHERE_GT || l->op == WHERE_GE;
	bool *out = &array_push(f->stack, f->nstack, f->cap_stack);

	if (v.kind == VALUE_NONE) {
		*out = test_missing(l);
	} else if (v.kind == VALUE_REAL && order && l->values[0].numeric && !l->severity) {
		*out = test_real(l, v.real);
	} else {
		buf_clear(&f->text);
		run_value(v, &f->text);
		*out = where_leaf_test(l, buf_str(&f->text));
	}
	return 0;
}

static int join(void *arg, enum where_op op, struct err *err)
{
	struct plan_filter *f = arg;
	bool *a = &f->stack[f->nstack - 1];

	if (op == WHERE_NOT) {
		*a = !*a;
		return 0;
	}
	a[-1] = op == WHERE_AND ? a[-1] && a[0] : a[-1] || a[0];
	f->nstack--;
	return 0;
}

bool plan_filter_test(struct plan_filter *f, const struct value *values)
{
	static const struct where_visitor visitor = {test_leaf, join};
	struct err err;

	f->values = values;
	f->nstack = 0;
	return where_walk(f->where, &visitor, f, &err) == 0 && f->stack[0];
}
