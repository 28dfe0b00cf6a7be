/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests of readers of benchmarks and metrics: what was read as text, a line a result of a test,
 * a variable ("i": an integer; < and > say which way is better), a series ("name(axis) x:y ..."), a
 * run but the first, a note.
 */
#pragma once

#include "unit.h"

#include <string.h>

#include "import/metric.h"

static void render(const struct import *im, struct buf *b)
{
	static const char better[] = "?<>", status[] = "PFES";

	for (size_t i = 0; i < im->ntests; i++)
		buf_printf(b, "%c " STR_FMT " [" STR_FMT "]\n", status[im->tests[i].status],
			   STR_ARG(im->tests[i].name), STR_ARG(im->tests[i].message));
	for (size_t i = 0; i < im->nvariables; i++) {
		const struct variable *v = &im->variables[i];

		if (str_starts(v->name, STR("tests.")))
			continue;
		if (v->run)
			buf_printf(b, "%u ", v->run);
		if (v->value.kind == VALUE_TEXT)
			buf_printf(b, STR_FMT " = '" STR_FMT "'", STR_ARG(v->name),
				   STR_ARG(v->value.text));
		else if (v->value.kind == VALUE_INT)
			buf_printf(b, STR_FMT " = %lldi", STR_ARG(v->name),
				   (long long)v->value.integer);
		else
			buf_printf(b, STR_FMT " = %.7g", STR_ARG(v->name), v->value.real);
		if (v->unit.n)
			buf_printf(b, " " STR_FMT, STR_ARG(v->unit));
		if (v->better)
			buf_printf(b, " %c", better[v->better]);
		if (v->n != 1)
			buf_printf(b, " n=%llu", (unsigned long long)v->n);
		if (!isnan(v->spread))
			buf_printf(b, " sd=%.4g", v->spread);
		buf_add_char(b, '\n');
	}
	for (size_t i = 0; i < im->nseries; i++) {
		const struct series *s = &im->series[i];

		if (s->run)
			buf_printf(b, "%u ", s->run);
		buf_printf(b, STR_FMT "(" STR_FMT ")", STR_ARG(s->name), STR_ARG(s->axis));
		if (s->unit.n)
			buf_printf(b, " " STR_FMT, STR_ARG(s->unit));
		if (s->better)
			buf_printf(b, " %c", better[s->better]);
		for (size_t k = 0; k < s->n; k++)
			buf_printf(b, " %g:%.6g", s->x[k], s->y[k]);
		buf_add_char(b, '\n');
	}
	for (size_t i = 1; i < im->nruns; i++)
		buf_printf(b, "run %zu " STR_FMT "\n", i, STR_ARG(im->runs[i]));
	for (size_t i = 0; i < im->nnotes; i++)
		buf_printf(b, "note %llu: " STR_FMT "\n", (unsigned long long)im->notes[i].line,
			   STR_ARG(im->notes[i].text));
}

struct sample {
	const char *reader, *path, *text, *results;
};

static void check(const struct sample *c)
{
	CLEANUP_BUF struct buf got = {0};
	struct import_file f = {str_of(c->path), str_of(c->text)};
	const struct import_reader *r = import_recognise(f.path, f.data);
	struct import im;
	struct err err = {0};

	if (!r)
		fail_msg("not recognised: %s", c->text);
	assert_string_equal(r->name, c->reader);
	import_init(&im);
	if (import_read(&im, r, &f, 1, &err))
		fail_msg("%s: %s", c->reader, err.msg);
	render(&im, &got);
	assert_string_equal(buf_cstr(&got), c->results);
	import_release(&im);
}

#define CHECK_ALL(cases)                                       \
	do {                                                   \
		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) \
			check(&(cases)[i]);                    \
	} while (0)
