// SPDX-License-Identifier: GPL-3.0-or-later
/* Text of XML and HTML without its entities, and where each place of it stands in the original. */
#include <stdlib.h>

#include "text/secret-priv.h"

static const struct {
	struct str name;
	char c;
} entities[] = {
	{STR("&quot;"), '"'}, {STR("&apos;"), '\''}, {STR("&lt;"), '<'},
	{STR("&gt;"), '>'},   {STR("&amp;"), '&'},   {STR("&nbsp;"), ' '},
};

/* The length of the entity at at, 0 if there is none; what it stands for. */
static size_t entity_at(struct str s, size_t at, char *c)
{
	struct str digits = str_head(str_from(s, at + 2), 8);
	size_t n = str_find_char(digits, ';'), base = 10, i = 0, value = 0;

	for (size_t k = 0; k < ARRAY_SIZE(entities); k++)
		if (secret_at(s, at, entities[k].name)) {
			*c = entities[k].c;
			return entities[k].name.n;
		}
	if (!secret_at(s, at, STR("&#")) || n == digits.n)
		return 0;
	if (n && (digits.p[0] | 32) == 'x') {
		base = 16;
		i = 1;
	}
	if (i == n)
		return 0;
	for (; i < n; i++) {
		char d = digits.p[i];
		size_t v = secret_digit(d) ? (size_t)(d - '0') : (size_t)((d | 32) - 'a') + 10;

		if (v >= base)
			return 0;
		value = value * base + v;
	}
	*c = (char)value;
	return value > 0 && value < 128 ? n + 3 : 0;
}

bool secret_is_escaped(struct str s)
{
	char c;

	for (size_t i = 0; i < s.n; i++) {
		const char *amp = memchr(s.p + i, '&', s.n - i);

		if (!amp)
			return false;
		i = (size_t)(amp - s.p);
		if (entity_at(s, i, &c))
			return true;
	}
	return false;
}

void secret_plain_init(struct secret_plain *p, struct str s)
{
	size_t cap = 0;
	char c;

	*p = (struct secret_plain){0};
	buf_reserve(&p->text, s.n);
	for (size_t i = 0; i < s.n;) {
		size_t run = str_find_char(str_from(s, i), '&'), n;

		buf_add(&p->text, s.p + i, run);
		i += run;
		if (i == s.n)
			break;
		n = entity_at(s, i, &c);
		buf_add_char(&p->text, n ? c : '&');
		i += n ? n : 1;
		if (n)
			array_push(p->shifts, p->n, cap) =
				(struct secret_shift){.plain = p->text.n, .raw = i};
	}
}

size_t secret_plain_place(struct secret_plain *p, size_t at)
{
	while (p->next < p->n && p->shifts[p->next].plain <= at)
		p->next++;
	if (!p->next)
		return at;
	return p->shifts[p->next - 1].raw + (at - p->shifts[p->next - 1].plain);
}

void secret_plain_release(struct secret_plain *p)
{
	buf_release(&p->text);
	free(p->shifts);
}
