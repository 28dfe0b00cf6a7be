// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Secrets in text: see secret.h. At every byte the next three, letters in one case, are looked up
 * in a table of the rules that begin so; few places of ordinary text have one. A rule looks forward
 * and a bounded stretch back, and says where the secret stands, if there is one. What a program's
 * flags tell is looked for once for its line and waits until the pass gets there. Places with
 * escapes are looked at twice, as they stand and without (secret-plain.c).
 */
#include "text/secret.h"

#include "text/secret-priv.h"

#define FILTER_BITS 16
#define TABLE_BITS  10

/* Rules by their first three bytes; 1 is the first rule, 0 none. The filter alone is looked at for
 * most bytes. */
struct table {
	uint64_t filter[(1 << FILTER_BITS) / 64];
	uint16_t head[1 << TABLE_BITS];
	uint16_t next[512];
};

struct pass {
	const struct table *t;
	struct str s;
	size_t program; /* whose arguments are looked at; SIZE_MAX: none */
	struct secret_span waiting;
	struct secret_column column; /* of a table; its next secret */
	struct secret_span cell;
};

static inline uint32_t three(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	uint32_t w = (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16;

	return ((w | 0x202020) * UINT32_C(0x9e3779b1)) >> (32 - FILTER_BITS);
}

static inline bool passes(const struct table *t, uint32_t h)
{
	return t->filter[h / 64] >> (h % 64) & 1;
}

static void table_init(struct table *t)
{
	memset(t->filter, 0, sizeof(t->filter));
	memset(t->head, 0, sizeof(t->head));
	for (size_t i = secret_nrules; i-- > 0;) { /* so that earlier rules come first */
		uint32_t h = three(secret_rules[i].start.p), k = h % (1 << TABLE_BITS);

		t->filter[h / 64] |= UINT64_C(1) << (h % 64);
		t->next[i + 1] = t->head[k];
		t->head[k] = (uint16_t)(i + 1);
	}
}

/* May a token begin here? Not inside a word; behind an escape such as \n, %20 or a colour it may.
 */
static bool begins_token(struct str s, size_t at)
{
	char c = at ? s.p[at - 1] : ' ';

	if (!secret_alnum(c))
		return true;
	if (at >= 2 && s.p[at - 2] == '\\' && strchr("nrtbf", c))
		return true;
	if (at >= 3 && (s.p[at - 3] == '%' || s.p[at - 3] == '='))
		return secret_run(s, at - 2, SET_HEX) >= 2;
	if (at >= 6 && s.p[at - 6] == '\\' && s.p[at - 5] == 'u')
		return true;
	return c == 'm' && at >= 2 && (secret_digit(s.p[at - 2]) || s.p[at - 2] == '[');
}

static bool mixed(struct str v)
{
	bool digit = false, letter = false;

	for (size_t i = 0; i < v.n; i++) {
		digit = digit || secret_digit(v.p[i]);
		letter = letter || secret_letter(v.p[i]);
	}
	return digit && letter;
}

static bool find_token(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t from = at + r->start.n, n = secret_run(s, from, r->set);

	while (n && strchr(".:%~", s.p[from + n - 1]))
		n--;
	if (n < r->min || !begins_token(s, at) || (r->mixed && !mixed((struct str){s.p + from, n})))
		return false;
	*out = (struct secret_span){.from = at, .to = from + n, .kind = r->kind};
	return true;
}

static bool rule_fits(const struct secret_rule *r, struct str s, size_t at)
{
	struct str here = {s.p + at, r->start.n};

	if (here.n > s.n - at || (here.n > 3 && ((here.p[3] ^ r->start.p[3]) & ~0x20)))
		return false;
	return r->name ? str_eq_nocase(here, r->start) : str_eq(here, r->start);
}

/* The newest program is the one whose arguments are looked at further. */
static void add_program(struct pass *p, size_t at)
{
	struct secret_span span;

	if (!secret_command(p->s, at, at, &span))
		return;
	p->program = at;
	if (span.from < p->waiting.from)
		p->waiting = span;
}

static void next_cell(struct pass *p, size_t at)
{
	do
		if (!secret_column_next(p->s, &p->column, &p->cell))
			p->cell.from = SIZE_MAX;
	while (p->cell.from < at);
}

static bool try_rules(struct pass *p, size_t at, uint32_t rule, struct secret_span *out)
{
	for (; rule; rule = p->t->next[rule]) {
		const struct secret_rule *r = &secret_rules[rule - 1];

		if (!rule_fits(r, p->s, at))
			continue;
		if (r->program) {
			add_program(p, at);
		} else if (r->find ? r->find(p->s, at, r, out) : find_token(p->s, at, r, out)) {
			return true;
		} else if (r->name && p->cell.from == SIZE_MAX &&
			   secret_column_of(p->s, at, &p->column)) {
			next_cell(p, at);
		}
	}
	return false;
}

/* The next secret from at on, which is not before the one found last. */
static bool next_secret(struct pass *p, size_t at, struct secret_span *out)
{
	size_t end = p->s.n >= 3 ? p->s.n - 2 : 0, i = at;
	const struct table *t = p->t;
	const char *text = p->s.p;

	if (p->waiting.from < at && !secret_command(p->s, p->program, at, &p->waiting))
		p->waiting.from = SIZE_MAX;
	if (p->cell.from < at)
		next_cell(p, at);
	for (;;) {
		size_t next = p->cell.from < p->waiting.from ? p->cell.from : p->waiting.from;
		size_t stop = next < end ? next : end;
		uint32_t h = 0;

		while (i < stop && !passes(t, h = three(text + i)))
			i++;
		if (i >= stop)
			break;
		if (try_rules(p, i, t->head[h % (1 << TABLE_BITS)], out) && out->to > at &&
		    out->to > out->from && !secret_at(p->s, out->from, STR("[redacted "))) {
			if (out->from > p->waiting.from)
				*out = p->waiting; /* which is to be given first */
			if (out->from > p->cell.from)
				*out = p->cell;
			if (out->from < at)
				out->from = at;
			return true;
		}
		i++;
	}
	*out = p->cell.from < p->waiting.from ? p->cell : p->waiting;
	return out->from != SIZE_MAX;
}

static void pass_init(struct pass *p, const struct table *t, struct str s)
{
	if (!s.n)
		s = STR("");
	*p = (struct pass){
		.t = t, .s = s, .waiting = {.from = SIZE_MAX}, .cell = {.from = SIZE_MAX}};
}

/* Secrets of the text as it stands and of what it was before it was escaped: where both tell of
 * one, all that either says. */
struct finder {
	struct table t;
	struct pass raw, plain;
	struct secret_plain text;
	struct secret_span a, b; /* the next of each; from is SIZE_MAX: none */
	size_t end;              /* of what plain gave last */
};

static void next_raw(struct finder *f, size_t at)
{
	if (!next_secret(&f->raw, at, &f->a))
		f->a.from = SIZE_MAX;
}

static void next_plain(struct finder *f)
{
	if (!next_secret(&f->plain, f->end, &f->b)) {
		f->b.from = SIZE_MAX;
		return;
	}
	f->end = f->b.to;
	f->b.from = secret_plain_place(&f->text, f->b.from);
	f->b.to = secret_plain_end(&f->text, f->b.to);
}

static void finder_init(struct finder *f, struct str s)
{
	table_init(&f->t);
	secret_plain_init(&f->text, s);
	pass_init(&f->raw, &f->t, s);
	pass_init(&f->plain, &f->t, buf_str(&f->text.text));
	f->end = 0;
	next_raw(f, 0);
	next_plain(f);
}

static void finder_release(struct finder *f)
{
	secret_plain_release(&f->text);
}

static bool finder_next(struct finder *f, struct secret_span *out)
{
	*out = f->a.from <= f->b.from ? f->a : f->b;
	if (out->from == SIZE_MAX)
		return false;
	for (;;) {
		if (f->a.from < out->to) {
			if (f->a.to > out->to)
				out->to = f->a.to;
			next_raw(f, f->a.to);
		} else if (f->b.from < out->to) {
			if (f->b.to > out->to)
				out->to = f->b.to;
			next_plain(f);
		} else {
			return true;
		}
	}
}

/* The lines that a secret took stay lines, so that places in the text stay what they were. */
static void add_mark(struct buf *out, const struct secret_span *span, struct str secret)
{
	buf_printf(out, "%s[redacted %s]%s", span->quote ? "\"" : "", span->kind,
		   span->quote ? "\"" : "");
	for (size_t n = str_count_char(secret, '\n'); n; n--)
		buf_add_char(out, '\n');
}

static void add_span(struct buf *out, struct str s, const struct secret_span *span)
{
	add_mark(out, span, (struct str){s.p + span->from, span->to - span->from});
}

size_t secret_redact(struct buf *out, struct str s)
{
	struct secret_span span;
	size_t at = 0, found = 0;
	struct finder f;

	for (finder_init(&f, s); finder_next(&f, &span); at = span.to) {
		buf_add(out, s.p + at, span.from - at);
		add_span(out, s, &span);
		found++;
	}
	if (s.n)
		buf_add(out, s.p + at, s.n - at);
	finder_release(&f);
	return found;
}

bool secret_found(struct str s)
{
	struct secret_span span;
	struct finder f;
	bool found;

	finder_init(&f, s);
	found = finder_next(&f, &span);
	finder_release(&f);
	return found;
}

size_t secret_blank(char *bytes, size_t n)
{
	struct secret_span span;
	size_t found = 0;
	struct finder f;

	for (finder_init(&f, (struct str){bytes, n}); finder_next(&f, &span); found++)
		memset(bytes + span.from, 'x', span.to - span.from);
	finder_release(&f);
	return found;
}

size_t secret_redact_value(struct buf *out, struct str name, struct str value)
{
	struct secret_name n = secret_name_of(name);

	if (n.strength == SECRET_NONE || !secret_accepts(&n, value, true))
		return secret_redact(out, value);
	add_mark(out, &(struct secret_span){.kind = n.kind}, value);
	return 1;
}

size_t secret_redact_arg(struct buf *out, char *const *argv, size_t i)
{
	struct str w = str_of(argv[i]);
	struct secret_span span;

	if (!secret_argument(argv, i, &span))
		return secret_redact(out, w);
	buf_add(out, w.p, span.from);
	add_span(out, w, &span);
	buf_add_str(out, str_from(w, span.to));
	return 1;
}
