// SPDX-License-Identifier: GPL-3.0-or-later
/* Any text as a condition: testing a row and walking the condition agree. */
#include <stdlib.h>

#include "text/where.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const fields[] = {"level", "n", "text", "a b"};
static const struct str cells[] = {{"warn", 4}, {"9007199254740993", 16}, {"pool", 4}, {"", 0}};

#define MAX_STACK 4096

struct stack {
	bool holds[MAX_STACK];
	size_t n;
};

static struct str get(void *row, unsigned field)
{
	return cells[field];
}

static int leaf(void *arg, const struct where_leaf *l, struct err *err)
{
	struct stack *s = arg;

	if (s->n == MAX_STACK || !l->n)
		abort();
	s->holds[s->n++] = where_leaf_test(l, cells[l->field]);
	return 0;
}

static int join(void *arg, enum where_op op, struct err *err)
{
	struct stack *s = arg;

	if (s->n < (op == WHERE_NOT ? 1 : 2))
		abort();
	if (op == WHERE_NOT) {
		s->holds[s->n - 1] = !s->holds[s->n - 1];
		return 0;
	}
	s->n--;
	if (op == WHERE_AND)
		s->holds[s->n - 1] = s->holds[s->n - 1] && s->holds[s->n];
	else
		s->holds[s->n - 1] = s->holds[s->n - 1] || s->holds[s->n];
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct where_visitor visitor = {leaf, join};
	struct stack s = {.n = 0};
	struct where *w;
	struct err err;

	if (n > 4096 || where_new(&w, (struct str){(const char *)data, n}, fields, 4, &err))
		return 0;
	if (where_walk(w, &visitor, &s, &err) || s.n != 1 || s.holds[0] != where_test(w, get, NULL))
		abort();
	where_free(w);
	return 0;
}
