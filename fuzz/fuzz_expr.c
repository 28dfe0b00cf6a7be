// SPDX-License-Identifier: GPL-3.0-or-later
/* Any text as an expression: its value, of inputs of every kind, is a value. */
#include <math.h>
#include <stdlib.h>

#include "text/expr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MOST 8192 /* inputs of one expression: less than its bytes */

static const struct expr_reduction reductions[] = {
	{"last", false}, {"min", false}, {"time_to", true}};

static void check(const struct expr *e, unsigned turn)
{
	static struct value names[MOST], calls[MOST];
	const struct value kinds[] = {{0},
				      value_int(INT64_MIN),
				      value_int(-1),
				      value_real(NAN),
				      value_real(1e308),
				      value_real(-INFINITY),
				      value_text(STR("a")),
				      value_text(STR("12")),
				      value_text((struct str){0})};
	const struct expr_call *c;
	const struct str *s;
	size_t n = expr_names(e, &s), k = expr_calls(e, &c);
	struct value v;

	if (n > MOST || k > MOST)
		abort();
	for (size_t i = 0; i < n; i++)
		names[i] = kinds[(i * 7 + turn) % ARRAY_SIZE(kinds)];
	for (size_t i = 0; i < k; i++) {
		if (c[i].reduction >= ARRAY_SIZE(reductions) || !c[i].series.n)
			abort();
		calls[i] = kinds[(i * 5 + turn) % ARRAY_SIZE(kinds)];
	}
	v = expr_value(e, names, calls);
	if (v.kind > VALUE_TEXT || (v.kind == VALUE_TEXT && v.text.n > 4096))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct expr *e;
	struct err err;

	if (n > 4096 || expr_new(&e, (struct str){(const char *)data, n}, reductions,
				 ARRAY_SIZE(reductions), &err))
		return 0;
	for (unsigned turn = 0; turn < 9; turn++)
		check(e, turn);
	expr_free(e);
	return 0;
}
