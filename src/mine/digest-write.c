// SPDX-License-Identifier: GPL-3.0-or-later
/* A digest as a file: docs/formats.md. What is in it stands in a fixed order, so equal digests are
 * equal files. */
#include "mine/digest-priv.h"
#include "text/level.h"
#include "text/quote.h"

static void field(struct buf *b, const char *name, uint64_t v)
{
	buf_add_str(b, str_of(name));
	buf_u64(b, v);
}

static void write_place(struct buf *b, const char *name, const struct digest_place *p)
{
	buf_add_str(b, str_of(name));
	quote_add(b, p->name);
	buf_add_char(b, ',');
	buf_u64(b, p->line);
	buf_add_char(b, ',');
	quote_add(b, p->raw);
	buf_add_char(b, ']');
}

static void write_slot(struct buf *b, const struct digest_slot *s)
{
	field(b, "{\"n\":", s->n);
	field(b, ",\"numbers\":", s->numbers);
	buf_printf(b, ",\"min\":%.17g,\"max\":%.17g,\"values\":[", s->min, s->max);
	for (uint32_t i = 0; i < s->nvalues; i++) {
		if (i)
			buf_add_char(b, ',');
		buf_add_char(b, '[');
		quote_add(b, s->values[i].text);
		field(b, ",", s->values[i].count);
		buf_add_char(b, ']');
	}
	BUF_LIT(b, "]}");
}

static void write_steps(struct buf *b, const struct digest_shape *s)
{
	for (uint32_t i = 0; i < s->nsteps; i++) {
		const struct digest_step *t = &s->steps[i];

		if (!i || t->to != t[-1].to) {
			field(b, i ? "],[" : "[", t->to);
		}
		field(b, ",", t->gap);
		field(b, ",", t->count);
	}
	if (s->nsteps)
		buf_add_char(b, ']');
}

static void write_shape(struct buf *b, const struct digest_shape *s)
{
	BUF_LIT(b, "{\"shape\":");
	quote_add(b, s->text);
	BUF_LIT(b, ",\"level\":\"");
	buf_add_str(b, str_of(level_name(s->level)));
	BUF_LIT(b, "\",\"continuation\":");
	buf_add_str(b, s->continuation ? STR("true") : STR("false"));
	field(b, ",\"count\":", s->count);
	field(b, ",\"runs\":", s->runs);
	field(b, ",\"least\":", s->least);
	field(b, ",\"most\":", s->most);
	field(b, ",\"begins\":", s->begins);
	field(b, ",\"ends\":", s->ends);
	write_place(b, ",\"first\":[", &s->first);
	write_place(b, ",\"last\":[", &s->last);
	BUF_LIT(b, ",\"slots\":[");
	for (uint32_t k = 0; k < s->nslots; k++) {
		if (k)
			buf_add_char(b, ',');
		write_slot(b, &s->slots[k]);
	}
	BUF_LIT(b, "],\"steps\":[");
	write_steps(b, s);
	BUF_LIT(b, "]}\n");
}

void digest_write(const struct digest *d, struct buf *b)
{
	BUF_LIT(b, "{\"schema\":\"" DIGEST_SCHEMA "\"");
	field(b, ",\"runs\":", d->runs);
	field(b, ",\"files\":", d->files);
	field(b, ",\"lines\":", d->lines);
	field(b, ",\"bytes\":", d->bytes);
	field(b, ",\"coarse\":", d->coarse);
	field(b, ",\"shapes\":", d->nshapes);
	BUF_LIT(b, "}\n");
	for (uint32_t i = 0; i < d->nshapes; i++)
		write_shape(b, &d->shapes[i]);
}
