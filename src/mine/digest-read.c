// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Reading a digest. The form is exactly the one that digest_write() gives: keys in that order, no
 * blanks between them, shapes, values and steps in rising order, all bounds kept. So whatever is
 * accepted is a digest that the program could have written, and the parser is a list of what must
 * come next; the first thing that does not is the error, with its line and byte.
 */
#include "mine/digest-priv.h"
#include "mine/slots.h"
#include "text/level.h"
#include "text/quote.h"

#include <math.h>

struct reading {
	struct str rest; /* of the line */
	struct str line;
	uint64_t no;
	struct digest *d;
	struct arena *arena;
	struct buf text;
	size_t values, steps, bytes; /* in all so far */
	struct err *err;
};

static int bad(const struct reading *r, const char *what)
{
	return err_set(r->err, ERR_INPUT, "line %llu, byte %zu: %s, as of %s",
		       (unsigned long long)r->no, r->line.n - r->rest.n + 1, what, DIGEST_SCHEMA);
}

static int beyond(const struct reading *r, const char *what)
{
	return err_set(r->err, ERR_LIMIT, "line %llu: more %s than a digest holds",
		       (unsigned long long)r->no, what);
}

static bool accept(struct reading *r, const char *lit)
{
	struct str s = str_of(lit);

	if (!str_starts(r->rest, s))
		return false;
	r->rest = str_from(r->rest, s.n);
	return true;
}

static int expect(struct reading *r, const char *lit)
{
	char what[64];

	if (accept(r, lit))
		return 0;
	snprintf(what, sizeof(what), "expected %s", lit);
	return bad(r, what);
}

/* lit and then a number up to max. */
static int number(struct reading *r, const char *lit, uint64_t max, uint64_t *v)
{
	int rc = expect(r, lit);
	size_t n = 0;

	if (rc)
		return rc;
	while (n < r->rest.n && mask_is_digit(r->rest.p[n]))
		n++;
	if (!str_u64(str_head(r->rest, n), v) || *v > max)
		return bad(r, "expected a number within its range");
	r->rest = str_from(r->rest, n);
	return 0;
}

static int real(struct reading *r, const char *lit, double *v)
{
	int rc = expect(r, lit);
	size_t n = 0;

	if (rc)
		return rc;
	while (n < r->rest.n && r->rest.p[n] != ',')
		n++;
	if (!str_double(str_head(r->rest, n), v) || !isfinite(*v))
		return bad(r, "expected a number");
	r->rest = str_from(r->rest, n);
	return 0;
}

/* A string of up to max bytes, copied. */
static int string(struct reading *r, size_t max, struct str *s)
{
	buf_clear(&r->text);
	if (!quote_cut(&r->rest, &r->text))
		return bad(r, "expected a string");
	if (r->text.n > max)
		return bad(r, "the string is too long");
	*s = arena_str(r->arena, buf_str(&r->text));
	return 0;
}

static int read_place(struct reading *r, const char *lit, struct digest_place *p)
{
	int rc = expect(r, lit);

	if (!rc)
		rc = string(r, DIGEST_NAME_MAX, &p->name);
	if (!rc)
		rc = number(r, ",", DIGEST_MAX_COUNT, &p->line);
	if (!rc)
		rc = expect(r, ",");
	if (!rc)
		rc = string(r, DIGEST_RAW_MAX, &p->raw);
	return rc ? rc : expect(r, "]");
}

static int read_values(struct reading *r, const struct digest_shape *s, uint32_t k)
{
	struct digest_value v[DIGEST_SLOT_VALUES];
	struct digest_slot *slot = &s->slots[k];
	uint32_t n = 0;

	for (; !accept(r, "]"); n++) {
		int rc = expect(r, n ? ",[" : "[");

		if (!rc && n == DIGEST_SLOT_VALUES)
			rc = beyond(r, "values");
		if (!rc)
			rc = string(r, DIGEST_VALUE_MAX, &v[n].text);
		if (!rc)
			rc = number(r, ",", DIGEST_MAX_COUNT, &v[n].count);
		if (!rc)
			rc = expect(r, "]");
		if (rc)
			return rc;
		v[n].hash = digest_value_hash(s->hash, k, v[n].text);
		if (n && v[n].hash <= v[n - 1].hash)
			return bad(r, "values out of order");
	}
	r->values += n;
	if (r->values > DIGEST_MAX_VALUES)
		return beyond(r, "values");
	slot->nvalues = n;
	slot->values = arena_alloc(r->arena, n * sizeof(*v));
	if (n)
		memcpy(slot->values, v, n * sizeof(*v));
	return 0;
}

static int read_slots(struct reading *r, struct digest_shape *s)
{
	size_t most = r->d->coarse ? 0 : slots_count(s->text);
	int rc = expect(r, ",\"slots\":[");

	if (rc)
		return rc;
	most = most < DIGEST_MAX_SLOTS ? most : DIGEST_MAX_SLOTS;
	s->slots = arena_zalloc(r->arena, most * sizeof(*s->slots));
	while (!accept(r, "]")) {
		struct digest_slot *k = &s->slots[s->nslots];

		if (s->nslots == most)
			return bad(r, "more slots than the shape has");
		rc = number(r, s->nslots ? ",{\"n\":" : "{\"n\":", DIGEST_MAX_COUNT, &k->n);
		if (!rc)
			rc = number(r, ",\"numbers\":", k->n, &k->numbers);
		if (!rc)
			rc = real(r, ",\"min\":", &k->min);
		if (!rc)
			rc = real(r, ",\"max\":", &k->max);
		if (!rc)
			rc = expect(r, ",\"values\":[");
		if (!rc)
			rc = read_values(r, s, s->nslots);
		if (!rc)
			rc = expect(r, "}");
		if (rc)
			return rc;
		s->nslots++;
	}
	return 0;
}

/* One target with its gaps; steps already in r->text are those before. */
static int read_step(struct reading *r, uint32_t *n)
{
	struct digest_step step, before = {0};
	uint64_t v;
	int rc = number(r, *n ? ",[" : "[", r->d->nshapes - 1, &v);

	if (rc)
		return rc;
	step.to = (uint32_t)v;
	do {
		if (*n)
			memcpy(&before, r->text.p + r->text.n - sizeof(before), sizeof(before));
		rc = number(r, ",", DIGEST_GAPS - 1, &v);
		step.gap = (uint32_t)v;
		if (!rc)
			rc = number(r, ",", DIGEST_MAX_COUNT, &step.count);
		if (rc)
			return rc;
		if (*n && (step.to < before.to || (step.to == before.to && step.gap <= before.gap)))
			return bad(r, "steps out of order");
		if (++r->steps > DIGEST_MAX_STEPS)
			return beyond(r, "steps");
		buf_add(&r->text, &step, sizeof(step));
		(*n)++;
	} while (!accept(r, "]"));
	return 0;
}

static int read_steps(struct reading *r, struct digest_shape *s)
{
	int rc = expect(r, ",\"steps\":[");

	buf_clear(&r->text);
	while (!rc && !accept(r, "]"))
		rc = read_step(r, &s->nsteps);
	if (rc)
		return rc;
	if (s->nsteps && r->d->coarse)
		return bad(r, "steps of coarse shapes");
	s->steps = arena_alloc(r->arena, s->nsteps * sizeof(*s->steps));
	if (s->nsteps)
		memcpy(s->steps, r->text.p, s->nsteps * sizeof(*s->steps));
	return 0;
}

static int read_level(struct reading *r, struct digest_shape *s)
{
	char lit[32];

	if (!accept(r, ",\"level\":\""))
		return bad(r, "expected the level");
	for (int l = LEVEL_FATAL; l >= LEVEL_UNKNOWN; l--) {
		snprintf(lit, sizeof(lit), "%s\",\"continuation\":", level_name((enum level)l));
		if (accept(r, lit)) {
			s->level = (enum level)l;
			s->continuation = accept(r, "true");
			return s->continuation ? 0 : expect(r, "false");
		}
	}
	return bad(r, "no such level");
}

static int check_text(struct reading *r, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' && !mask_is_slot(text.p[i]))
			return bad(r, "a control byte in a shape");
	r->bytes += text.n + 1;
	return r->bytes > SHAPES_TEXT_MAX && r->d->coarse < MASK_COARSE ? beyond(r, "text") : 0;
}

static bool in_order(const struct digest_shape *a, const struct digest_shape *b)
{
	int c = str_cmp(a->text, b->text);

	if (c)
		return c < 0;
	return a->level < b->level || (a->level == b->level && a->continuation < b->continuation);
}

static int read_counts(struct reading *r, struct digest_shape *s)
{
	const struct {
		const char *lit;
		uint64_t *v;
	} counts[] = {{",\"count\":", &s->count},   {",\"runs\":", &s->runs},
		      {",\"least\":", &s->least},   {",\"most\":", &s->most},
		      {",\"begins\":", &s->begins}, {",\"ends\":", &s->ends}};
	int rc = 0;

	for (size_t i = 0; !rc && i < ARRAY_SIZE(counts); i++)
		rc = number(r, counts[i].lit, DIGEST_MAX_COUNT, counts[i].v);
	return rc;
}

static int read_shape(struct reading *r, uint32_t i)
{
	struct digest_shape *s = &r->d->shapes[i];
	int rc = expect(r, "{\"shape\":");

	if (!rc)
		rc = string(r, MASK_ROOM, &s->text);
	if (!rc)
		rc = check_text(r, s->text);
	if (!rc)
		rc = read_level(r, s);
	if (!rc && i && !in_order(s - 1, s))
		rc = bad(r, "shapes out of order");
	s->hash = digest_shape_hash(s->text, s->level, s->continuation);
	if (!rc)
		rc = read_counts(r, s);
	if (!rc)
		rc = read_place(r, ",\"first\":[", &s->first);
	if (!rc)
		rc = read_place(r, ",\"last\":[", &s->last);
	if (!rc)
		rc = read_slots(r, s);
	if (!rc)
		rc = read_steps(r, s);
	return rc ? rc : expect(r, "}");
}

static int read_head(struct reading *r)
{
	uint64_t coarse, shapes;
	int rc = expect(r, "{\"schema\":\"" DIGEST_SCHEMA "\"");

	if (!rc)
		rc = number(r, ",\"runs\":", DIGEST_MAX_COUNT, &r->d->runs);
	if (!rc)
		rc = number(r, ",\"files\":", DIGEST_MAX_COUNT, &r->d->files);
	if (!rc)
		rc = number(r, ",\"lines\":", DIGEST_MAX_COUNT, &r->d->lines);
	if (!rc)
		rc = number(r, ",\"bytes\":", DIGEST_MAX_COUNT, &r->d->bytes);
	if (!rc)
		rc = number(r, ",\"coarse\":", MASK_COARSE, &coarse);
	if (!rc)
		rc = number(r, ",\"shapes\":", SHAPES_MAX, &shapes);
	if (!rc)
		rc = expect(r, "}");
	if (rc)
		return rc;
	r->d->coarse = (unsigned)coarse;
	r->d->nshapes = (uint32_t)shapes;
	r->d->shapes = arena_zalloc(r->arena, shapes * sizeof(*r->d->shapes));
	return 0;
}

bool digest_recognise(struct str text)
{
	return str_starts(text, STR("{\"schema\":\"inquest.digest/"));
}

/* The next line, which must be there and end in \n. */
static int next_line(struct reading *r, struct str *text)
{
	size_t n = str_find_char(*text, '\n');

	r->no++;
	if (n == text->n)
		return err_set(r->err, ERR_INPUT, "the digest ends within line %llu",
			       (unsigned long long)r->no);
	r->line = r->rest = str_head(*text, n);
	*text = str_from(*text, n + 1);
	return 0;
}

int digest_read(struct digest *out, struct str text, struct err *err)
{
	struct digest d = {0};
	struct reading r = {.d = &d, .arena = &d.arena, .err = err};
	int rc = next_line(&r, &text);

	arena_init(&d.arena);
	if (!rc)
		rc = read_head(&r);
	for (uint32_t i = 0; !rc; i++) {
		if (r.rest.n)
			rc = bad(&r, "expected the end of the line");
		if (rc || i == d.nshapes)
			break;
		rc = next_line(&r, &text);
		if (!rc)
			rc = read_shape(&r, i);
	}
	if (!rc && text.n) {
		r.no++;
		r.line = r.rest = text;
		rc = bad(&r, "expected the end of the file");
	}
	buf_release(&r.text);
	if (rc)
		digest_release(&d);
	else
		*out = d;
	return rc;
}
