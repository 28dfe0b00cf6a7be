// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Values of parameters. Words are compared after what looks made up for one run (digits,
 * hexadecimal and random pieces) is masked; versions as they stand; numbers by their range.
 *
 * How new an unseen word is follows from how often the bad logs have an unseen word at that place:
 * u of n times gives 1 - (u + 1/2) / (n + 1). A directory made for the run is unseen every time and
 * says nothing; one unseen name among sixty known ones says much.
 */
#include <stdlib.h>

#include "compare/logdiff-priv.h"

#define RANGE_MIN     8   /* good numbers that make a range */
#define VALUE_TOP     .4  /* score of an unseen word */
#define RANGE_TOP     .25 /* score of a number outside its range */
#define VERSION_SCORE .6
#define MAX_PER_SLOT  4 /* findings of one parameter */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_hex(char c)
{
	return is_digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f');
}

/* 1.2.3, v10.0.1-rc1, but no address: three numbers at least, four only with more behind them. */
static bool is_version(struct str s)
{
	size_t i = s.n && (s.p[0] == 'v' || s.p[0] == 'V'), numbers = 0;

	for (;;) {
		size_t from = i;

		while (i < s.n && is_digit(s.p[i]))
			i++;
		if (i == from)
			break;
		numbers++;
		if (i == s.n || s.p[i] != '.')
			break;
		i++;
	}
	if (numbers < 3 || (numbers == 4 && i == s.n) || (i < s.n && s.p[i] == ':'))
		return false;
	return i == s.n || strchr("-+.~_", s.p[i]) || is_alpha(s.p[i]);
}

/* A version, or a name with one at its end: "is-promise@2.1.0", "core-9.2.0-SNAPSHOT". */
static bool has_version(struct str s)
{
	if (str_find_char(s, '/') < s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (is_digit(s.p[i]) && (i == 0 || strchr("@-_:=vV", s.p[i - 1])))
			return is_version(str_from(s, i));
	return false;
}

/* 42, 1.5, 12ms, 3.4kB: the number, without its unit. */
static bool is_number(struct str s, double *v)
{
	size_t n = 0, unit, dots = 0;

	while (n < s.n && (is_digit(s.p[n]) || (s.p[n] == '.' && n) || (n == 0 && s.p[n] == '-'))) {
		dots += s.p[n] == '.';
		n++;
	}
	unit = s.n - n;
	if (n == 0 || dots > 1 || unit > 4)
		return false;
	for (size_t i = n; i < s.n; i++)
		if (!is_alpha(s.p[i]) && s.p[i] != '%')
			return false;
	return str_double(str_head(s, n), v);
}

/* A piece of a name that seems made up: letters and digits mixed, or case that jumps about. */
static bool is_random(struct str s)
{
	unsigned digits = 0, jumps = 0;
	bool hex = true;

	for (size_t i = 0; i < s.n; i++) {
		digits += is_digit(s.p[i]);
		hex = hex && is_hex(s.p[i]);
		if (i && is_alpha(s.p[i]) && is_alpha(s.p[i - 1]))
			jumps += (s.p[i] & 32) != (s.p[i - 1] & 32);
	}
	if (s.n < 6)
		return false;
	return (digits && (hex || digits * 4 >= s.n)) || (digits && jumps >= 2) ||
	       (jumps >= 4 && s.n <= 12);
}

size_t ld_mask_word(struct str s, char *out, size_t room)
{
	size_t n = 0, letters = 0, i = 0;

	while (i < s.n && n < room) {
		size_t from = i;

		while (i < s.n && (is_alpha(s.p[i]) || is_digit(s.p[i]) || (s.p[i] & 0x80)))
			i++;
		if (i == from) {
			out[n++] = s.p[i++];
			continue;
		}
		if (is_random((struct str){s.p + from, i - from})) {
			out[n++] = '0';
			continue;
		}
		for (size_t k = from; k < i && n < room; k++) {
			if (is_digit(s.p[k])) {
				if (n == 0 || out[n - 1] != '0')
					out[n++] = '0';
				continue;
			}
			letters++;
			out[n++] = s.p[k];
		}
	}
	return letters >= 2 ? n : 0;
}

/* A parameter of a line of one side, so many times. */
struct seen {
	struct evidence at;
	uint32_t tmpl, slot;
	struct str text;
	uint64_t times;
};

static struct ld_slot *slot_at(const struct ld *d, const struct seen *v)
{
	return &d->slots[d->tmpl[v->tmpl].slots + v->slot];
}

static struct ld_value *add_value(struct ld *d, const struct seen *v)
{
	struct ld_value *x;

	if (d->nvalues == LD_MAX_VALUES)
		return NULL;
	x = &array_push(d->values, d->nvalues, d->capvalues);
	*x = (struct ld_value){.tmpl = v->tmpl,
			       .slot = v->slot,
			       .log = v->at.file,
			       .no = v->at.line,
			       .entity = ld_entity_at(d, 1, v->at.file, v->at.line),
			       .text = arena_str(&d->tmp, str_head(v->text, LD_VALUE_MAX))};
	return x;
}

static void see_number(struct ld *d, const struct seen *v, double x)
{
	struct ld_slot *s = slot_at(d, v);
	uint32_t side = v->at.side;
	double width, out;
	struct ld_value *new;

	if (side == 0) {
		s->min = s->numbers[0] == 0 || x < s->min ? x : s->min;
		s->max = s->numbers[0] == 0 || x > s->max ? x : s->max;
	}
	s->numbers[side] += v->times;
	if (side == 0 || s->open || s->numbers[0] < RANGE_MIN || (x >= s->min && x <= s->max))
		return;
	s->outside += v->times;
	width = s->max > s->min ? s->max - s->min : s->max > 0 ? s->max : 1;
	out = (x > s->max ? x - s->max : s->min - x) / width;
	if (s->farthest && d->values[s->farthest - 1].distance >= out)
		return;
	new = add_value(d, v);
	if (!new)
		return;
	new->number = true;
	new->distance = out;
	s->farthest = (uint32_t)d->nvalues;
}

static void see_word(struct ld *d, const struct seen *v, struct str word)
{
	struct ld_slot *s = slot_at(d, v);
	uint64_t h = hash_bytes(word.p, word.n, hash_word(0, (uint64_t)v->tmpl << 8 | v->slot));
	struct str text = str_head(v->text, LD_VALUE_MAX);
	uint32_t side = v->at.side, seen;

	s->n[side] += v->times;
	if (side == 0) {
		if (d->value_seen.n < LD_MAX_SEEN)
			map_put(&d->value_seen, h, 0, NULL);
		else
			s->varies = true;
		if (s->n[0] == v->times)
			s->constant = arena_str(&d->tmp, text);
		else if (!str_eq(s->constant, text))
			s->varies = true;
		return;
	}
	if (s->open || d->value_seen.n >= LD_MAX_SEEN || map_get(&d->value_seen, h, &seen))
		return;
	s->unseen += v->times;
	add_value(d, v);
}

void ld_value_see(struct ld *d, struct evidence at, uint32_t tmpl, uint32_t slot, struct str text,
		  uint64_t times)
{
	struct seen v = {at, tmpl, slot, text, times};
	char word[256], room[DIGEST_VALUE_MAX];
	double x;
	size_t len;

	if (d->digests)
		v.text = digest_value_text(text, room); /* long ones are alike on both sides */
	if (has_version(v.text)) {
		see_word(d, &v, v.text);
	} else if (is_number(v.text, &x)) {
		see_number(d, &v, x);
	} else {
		len = ld_mask_word(v.text, word, sizeof(word));
		if (len)
			see_word(d, &v, (struct str){word, len});
	}
}

void ld_range_see(struct ld *d, uint32_t tmpl, uint32_t slot, double min, double max, uint64_t n)
{
	struct seen v = {.tmpl = tmpl, .slot = slot, .times = n};

	see_number(d, &v, min);
	v.times = 0;
	see_number(d, &v, max);
}

void ld_values_see(struct ld *d, uint32_t side, uint32_t log, uint64_t no, uint32_t tmpl,
		   struct str message)
{
	struct str params[LD_SLOTS];
	size_t n = templates_params(d->in->templates, tmpl, message, params, LD_SLOTS);

	for (uint32_t i = 0; i < n && i < LD_SLOTS; i++)
		ld_value_see(d, ld_at(side, log, no, 1), tmpl, i, params[i], 1);
}

static const struct ld_slot *slot_of(const struct ld *d, const struct ld_value *v)
{
	return &d->slots[d->tmpl[v->tmpl].slots + v->slot];
}

bool ld_value_is_version(const struct ld *d, const struct ld_value *v)
{
	const struct ld_slot *s = slot_of(d, v);

	return !v->number && !s->varies && has_version(v->text) && has_version(s->constant);
}

double ld_value_novelty(const struct ld *d, const struct ld_value *v)
{
	const struct ld_slot *s = slot_of(d, v);

	return 1 - ((double)s->unseen + .5) / ((double)s->n[1] + 1);
}

static void add_number_finding(struct ld *d, const struct ld_value *v)
{
	const struct ld_slot *s = slot_of(d, v);
	struct logdiff_finding *f;

	/* What is outside most of the time is an id or a clock. */
	if (s->outside * 2 > s->numbers[1] || v->distance < 1 ||
	    s->farthest != (uint32_t)(v - d->values) + 1)
		return;
	f = ld_add(d, FINDING_VALUE, v->tmpl, RANGE_TOP * (1 - 1 / (1 + v->distance)));
	f->where = ld_at(1, v->log, v->no, 1);
	f->entity = v->entity;
	f->note = str_of(arena_printf(d->arena, "parameter %u: %g ... %g -> " STR_FMT, v->slot + 1,
				      s->min, s->max, STR_ARG(v->text)));
}

static void add_word_finding(struct ld *d, const struct ld_value *v, uint32_t *per_slot)
{
	const struct ld_slot *s = slot_of(d, v);
	bool version = ld_value_is_version(d, v);
	double novelty = ld_value_novelty(d, v);
	struct logdiff_finding *f;

	if (!version && novelty < .5)
		return;
	if (per_slot[s - d->slots]++ >= MAX_PER_SLOT)
		return;
	f = ld_add(d, FINDING_VALUE, v->tmpl, version ? VERSION_SCORE : VALUE_TOP * novelty);
	f->where = ld_at(1, v->log, v->no, 1);
	f->entity = v->entity;
	if (s->varies)
		f->note = str_of(arena_printf(d->arena, "parameter %u: \"" STR_FMT "\"",
					      v->slot + 1, STR_ARG(v->text)));
	else
		f->note = str_of(arena_printf(d->arena, STR_FMT " -> " STR_FMT,
					      STR_ARG(s->constant), STR_ARG(v->text)));
}

void ld_value_findings(struct ld *d)
{
	uint32_t *per_slot = arena_zalloc(&d->tmp, (d->nslots + 1) * sizeof(*per_slot));

	for (size_t i = 0; i < d->nvalues; i++) {
		if (d->values[i].number)
			add_number_finding(d, &d->values[i]);
		else
			add_word_finding(d, &d->values[i], per_slot);
	}
}
