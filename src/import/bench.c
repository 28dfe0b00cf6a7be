// SPDX-License-Identifier: GPL-3.0-or-later
/* Gathering benchmarks: see bench.h. */
#include "import/bench.h"

#include <stdlib.h>

#define RECENT 64 /* variables among which a deviation looks for its own */

struct bench_group {
	double *v;
	size_t n, cap;
	struct metric_unit unit;
	struct str raw_unit; /* in the arena of the names */
	enum better better;
	uint64_t line;
};

void bench_init(struct bench *b, struct import *im)
{
	*b = (struct bench){.im = im};
	intern_init(&b->once);
	intern_init(&b->reps);
}

void bench_release(struct bench *b)
{
	for (size_t i = 0; i < b->ngroups; i++)
		free(b->groups[i].v);
	free(b->groups);
	free(b->uses);
	intern_release(&b->once);
	intern_release(&b->reps);
	buf_release(&b->name);
	buf_release(&b->pending);
}

static void end_prefix(struct bench *b)
{
	buf_add_char(&b->name, '.');
	b->prefix = b->name.n;
}

void bench_row(struct bench *b, struct str name)
{
	b->rows++;
	b->params = false;
	buf_clear(&b->name);
	BUF_LIT(&b->name, "bench.");
	buf_add_str(&b->name, str_head(name, IMPORT_MAX_NAME));
	end_prefix(b);
}

void bench_param(struct bench *b, struct str key, struct str value)
{
	if (b->prefix > IMPORT_MAX_NAME)
		return;
	b->name.n = b->prefix - (b->params ? 2 : 1); /* "." or ")." */
	buf_add_char(&b->name, b->params ? ',' : '(');
	b->params = true;
	buf_add_str(&b->name, str_head(key, IMPORT_MAX_NAME));
	buf_add_char(&b->name, '=');
	buf_add_str(&b->name, str_head(value, IMPORT_MAX_NAME));
	buf_add_char(&b->name, ')');
	end_prefix(b);
}

static struct str name_of(struct bench *b, const char *what)
{
	b->name.n = b->prefix;
	buf_add_str(&b->name, str_of(what));
	return buf_str(&b->name);
}

void bench_rep(struct bench *b, const char *what, double v, struct str unit, uint64_t line)
{
	uint32_t id;
	struct bench_group *g;

	if (b->total >= IMPORT_MAX_ROWS) {
		b->im->full = true;
		return;
	}
	b->total++;
	id = intern_add(&b->reps, name_of(b, what));
	if (id == b->ngroups) {
		g = &array_push(b->groups, b->ngroups, b->cap_groups);
		*g = (struct bench_group){.raw_unit = arena_str(&b->reps.arena, unit),
					  .line = line};
		metric_unit(g->raw_unit, &g->unit);
		g->better = metric_better(str_of(what), g->unit.base);
	}
	g = &b->groups[id];
	if (!str_eq(unit, g->raw_unit)) { /* 999 ns, then 1.01 us */
		struct metric_unit u;

		metric_unit(unit, &u);
		v *= u.factor / g->unit.factor;
	}
	array_push(g->v, g->n, g->cap) = v;
}

/* A name not used before; b->name holds it. */
static struct str fresh_name(struct bench *b, uint64_t line)
{
	size_t n = b->name.n;
	uint32_t id = intern_add(&b->once, buf_str(&b->name));

	if (id == b->nuses)
		array_push(b->uses, b->nuses, b->cap_uses) = 0;
	if (++b->uses[id] == 1)
		return buf_str(&b->name);
	buf_printf(&b->name, "#%u", b->uses[id]);
	if (b->uses[id] == 2)
		import_note(b->im, line, "the name %.*s comes again: now " STR_FMT, (int)n,
			    b->name.p, STR_ARG(buf_str(&b->name)));
	return buf_str(&b->name);
}

struct variable *bench_add(struct bench *b, const char *what, struct value v, struct str unit,
			   uint64_t line)
{
	struct variable *var;

	name_of(b, what);
	var = metric_add(b->im, fresh_name(b, line), v, unit, line);
	/* What is measured tells which way is better, not what the benchmark is called. */
	if (var && *what && v.kind != VALUE_TEXT)
		var->better = metric_better(str_of(what), var->unit);
	return var;
}

void bench_sum(struct bench *b, const char *what, double v, struct str unit, uint64_t n,
	       double spread, uint64_t line)
{
	struct variable *var = bench_add(b, what, value_real(v), unit, line);
	struct metric_unit u;

	if (!var)
		return;
	metric_unit(unit, &u);
	var->n = n;
	var->spread = spread >= 0 ? spread * u.factor : NAN;
}

void bench_spread(struct bench *b, const char *what, double spread, struct str unit)
{
	struct str name = name_of(b, what);
	struct metric_unit u;

	metric_unit(unit, &u);
	for (size_t i = b->im->nvariables; i-- > 0 && b->im->nvariables - i <= RECENT;)
		if (str_eq(b->im->variables[i].name, name)) {
			b->im->variables[i].spread = spread >= 0 ? spread * u.factor : NAN;
			return;
		}
}

/* A count stays an integer. */
static struct value measured(double v, struct str base)
{
	return str_eq(base, STR("")) || str_eq(base, STR("bytes")) ? metric_count(v)
								   : value_real(v);
}

static void end_group(struct bench *b, struct str name, struct bench_group *g)
{
	struct series *s;
	struct variable *var;
	double spread;

	for (size_t i = 0; i < g->n; i++)
		g->v[i] *= g->unit.factor;
	s = g->n > 1 ? import_add_series(b->im, name, STR("repetition")) : NULL;
	if (s) {
		s->unit = import_name(b->im, g->unit.base);
		s->better = g->better;
		s->line = g->line;
		for (size_t i = 0; i < g->n; i++)
			import_add_point(b->im, s, (double)(i + 1), g->v[i]);
	}
	spread = metric_stddev(g->v, g->n);
	var = metric_add(b->im, name, measured(metric_median(g->v, g->n), g->unit.base),
			 g->unit.base, g->line);
	if (!var)
		return;
	var->better = g->better;
	var->n = g->n;
	var->spread = spread;
}

void bench_end(struct bench *b)
{
	for (size_t i = 0; i < b->ngroups; i++)
		end_group(b, b->reps.strs[i], &b->groups[i]);
	if (b->rows)
		metric_add(b->im, STR("bench.rows"), value_int((int64_t)b->rows), STR(""), 0);
}

void bench_text(struct import *im, struct str data, void (*read)(struct bench *b, struct str data))
{
	CLEANUP_BENCH struct bench b;

	bench_init(&b, im);
	read(&b, data);
	bench_end(&b);
}
