// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Front matter: see front.h. The subset of YAML 1.2 is so small that a library would only add what
 * has to be refused afterwards: libyaml knows where a value stands, but neither keeps comments nor
 * tells how a value is to be changed in place.
 */
#include "case/front.h"

#include <stdlib.h>

#include "case/scan.h"
#include "text/quote.h"

#define MAX_KEYS 1000

struct reading {
	struct front *f;
	struct str text; /* of the document */
	size_t at, end;  /* of the front matter's lines that are left */
	uint64_t no;     /* of the line at at */
	struct arena *a;
};

static size_t offset(const struct reading *r, const char *p)
{
	return (size_t)(p - r->text.p);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str skip_blanks(struct str s)
{
	while (s.n && blank(s.p[0]))
		s = str_from(s, 1);
	return s;
}

/* Nothing, or a comment: # at the beginning of a line or behind a blank. There is a byte before s.
 */
static bool only_comment(struct str s)
{
	struct str rest = skip_blanks(s);

	return !rest.n || (rest.p[0] == '#' && (blank(rest.p[-1]) || rest.p[-1] == '\n'));
}

/* The next line without its line break; what is left of the front matter stays as it is. */
static bool peek(const struct reading *r, struct str *line, size_t *n)
{
	struct str rest = {r->text.p + r->at, r->end - r->at};

	if (!scan_line(&rest, line))
		return false;
	*n = line->n;
	*line = scan_chomp(*line);
	return true;
}

static void step(struct reading *r, size_t n)
{
	r->at += n;
	r->no++;
}

static void problem(struct reading *r, uint64_t line, uint64_t column, const char *text)
{
	array_push(r->f->problems, r->f->nproblems, r->f->capproblems) =
		(struct front_problem){line, column, text};
}

/* Where a plain scalar ends: at a comment, in a list also at , and ]. */
static size_t plain_length(struct str s, bool flow)
{
	size_t n = 0;

	while (n < s.n && !(s.p[n] == '#' && n && blank(s.p[n - 1])) &&
	       !(flow && strchr(",[]{}", s.p[n])))
		n++;
	while (n && blank(s.p[n - 1]))
		n--;
	return n;
}

/* 'it''s' */
static bool cut_single(struct str *rest, struct buf *b)
{
	size_t i = 1;

	for (; i < rest->n; i++) {
		if (rest->p[i] != '\'') {
			buf_add_char(b, rest->p[i]);
		} else if (i + 1 < rest->n && rest->p[i + 1] == '\'') {
			buf_add_char(b, rest->p[i++]);
		} else {
			*rest = str_from(*rest, i + 1);
			return true;
		}
	}
	return false;
}

static bool is_null(struct str s)
{
	return !s.n || str_eq(s, STR("~")) || str_eq(s, STR("null"));
}

/*
 * Cut one scalar off *rest. NULL, or what it is instead. *null: it stands for nothing.
 */
static const char *cut_scalar(struct str *rest, bool flow, struct arena *a, struct str *out,
			      bool *null)
{
	CLEANUP_BUF struct buf b = {0};
	char c = rest->n ? rest->p[0] : 0;
	size_t n;

	*null = false;
	if (c == '"' || c == '\'') {
		if (!(c == '"' ? quote_cut(rest, &b) : cut_single(rest, &b)))
			return "a quoted text that does not end on its line, or has an escape "
			       "that is not known";
		*out = arena_str(a, buf_str(&b));
		return NULL;
	}
	if (c && strchr("|>", c))
		return "a text of several lines";
	if (c && strchr("&*!%@`?", c))
		return "a tag, an anchor or a reserved sign";
	if (c && strchr("[{", c))
		return "a list or a map in another one";
	n = plain_length(*rest, flow);
	*out = str_head(*rest, n);
	*null = is_null(*out);
	*rest = str_from(*rest, n);
	return NULL;
}

static void add_item(struct front_key *k, struct str text, uint64_t line, size_t start, size_t end)
{
	array_push(k->items, k->nitems, k->capitems) =
		(struct front_item){.text = text, .line = line, .start = start, .end = end};
}

static void other(struct front_key *k, const char *why)
{
	k->kind = FRONT_OTHER;
	k->why = why;
	k->nitems = 0;
}

/* A flow list from its [ on, over lines; r->at is behind its first line. */
static void read_flow(struct reading *r, struct front_key *k, struct str rest)
{
	bool want = true; /* an item may come; else a comma */

	k->kind = FRONT_FLOW;
	rest = str_from(rest, 1);
	for (;;) {
		struct str item;
		const char *why;
		bool null;
		size_t n;

		if (only_comment(rest)) {
			bool more = peek(r, &rest, &n);

			if (!more ||
			    (!only_comment(rest) && !blank(rest.p[0]) && rest.p[0] != ']')) {
				other(k, "a list without its ]");
				return;
			}
			step(r, n);
			continue;
		}
		rest = skip_blanks(rest);
		if (rest.p[0] == ']')
			break;
		if (rest.p[0] == ',') {
			rest = str_from(rest, 1);
			want = true;
			continue;
		}
		why = want ? cut_scalar(&rest, true, r->a, &item, &null) : "a list without commas";
		if (why) {
			other(k, why);
			return;
		}
		if (!null)
			add_item(k, item, r->no - 1, 0, 0);
		want = false;
	}
	k->close = offset(r, rest.p);
	if (!only_comment(str_from(rest, 1)))
		other(k, "a list with something behind its ]");
}

/* The line's dash and what follows it, or nothing. */
static bool list_item(struct str line, struct str *rest)
{
	*rest = skip_blanks(line);
	if (!rest->n || rest->p[0] != '-' || (rest->n > 1 && !blank(rest->p[1])))
		return false;
	*rest = skip_blanks(str_from(*rest, 1));
	return true;
}

/* Lines that belong to a key whose value does not stand behind its colon. */
static void read_below(struct reading *r, struct front_key *k)
{
	struct str line, rest;
	const char *why = NULL;
	size_t n;

	while (peek(r, &line, &n)) {
		struct str item;
		bool null;

		if (only_comment(line)) { /* of the list only if an item follows */
			struct reading ahead = *r;
			struct str next = line;

			while (only_comment(next) && peek(&ahead, &next, &n))
				step(&ahead, n);
			ahead.at -= only_comment(next) ? 0 : n;
			ahead.no -= only_comment(next) ? 0 : 1;
			if (only_comment(next) || !(list_item(next, &rest) || blank(next.p[0])))
				break;
			*r = ahead;
			continue;
		}
		if (!list_item(line, &rest)) {
			if (!blank(line.p[0]))
				break;
			why = "a map, or a text of several lines";
		} else if (!why) {
			why = cut_scalar(&rest, false, r->a, &item, &null);
			if (!why && !only_comment(rest))
				why = "something behind a quoted text";
			if (!why && !null)
				add_item(k, item, r->no, r->at, r->at + n);
			if (k->kind != FRONT_BLOCK)
				k->indent = (unsigned)(skip_blanks(line).p - line.p);
			k->kind = FRONT_BLOCK;
		}
		step(r, n);
		k->end = r->at;
	}
	if (why)
		other(k, why);
}

/* The value of a key: what stands behind the colon, and the lines below. */
static void read_value(struct reading *r, struct front_key *k, struct str after)
{
	struct str rest = skip_blanks(after), line, item;
	const char *why;
	bool null;
	size_t n;

	k->value = offset(r, rest.n && !only_comment(after) ? rest.p : after.p);
	k->value_end = k->value;
	k->end = r->at;
	if (only_comment(after)) {
		read_below(r, k);
		return;
	}
	if (rest.p[0] == '[') {
		read_flow(r, k, rest);
		k->end = r->at;
		return;
	}
	why = cut_scalar(&rest, false, r->a, &item, &null);
	if (!why && !only_comment(rest))
		why = "something behind a quoted text";
	if (why)
		other(k, why);
	else if (!null)
		add_item(k, item, k->line, 0, 0);
	k->value_end = offset(r, rest.p);
	if (peek(r, &line, &n) && line.n && blank(line.p[0]) && !only_comment(line)) {
		other(k, why ? why : "a text of several lines");
		while (peek(r, &line, &n) && (only_comment(line) || blank(line.p[0])))
			step(r, n);
		k->end = r->at;
	}
}

/* "key:" at the beginning of the line; its length, 0 if there is none. */
static size_t key_length(struct str line)
{
	for (size_t i = 0; i < line.n && line.p[i] != '#'; i++)
		if (line.p[i] == ':' && (i + 1 == line.n || blank(line.p[i + 1])))
			return i;
	return 0;
}

static void read_keys(struct reading *r)
{
	struct str line;
	size_t n;

	while (r->f->n < MAX_KEYS && peek(r, &line, &n)) {
		struct front_key k = {.kind = FRONT_SCALAR, .line = r->no, .start = r->at};
		size_t len = line.n && !blank(line.p[0]) ? key_length(line) : 0;

		step(r, n);
		if (only_comment(line))
			continue;
		if (!len) {
			problem(r, k.line, 1, "not understood; here stand lines \"key: value\"");
			continue;
		}
		k.name = str_trim(str_head(line, len));
		read_value(r, &k, str_from(line, len + 1));
		array_push(r->f->keys, r->f->n, r->f->cap) = k;
	}
}

static bool is_rule(struct str line, const char *rule)
{
	line = scan_chomp(line);
	while (line.n && blank(line.p[line.n - 1]))
		line.n--;
	return str_eq(line, str_of(rule));
}

int front_parse(struct front *f, struct str text, struct arena *a, struct err *err)
{
	static const char none[] = "1:1: no front matter: a case begins with a line --- and the "
				   "key \"inquest: 1\"";
	struct str rest = text, line;
	struct reading r = {.f = f, .text = text, .no = 2, .a = a};

	*f = (struct front){0};
	if (str_starts(rest, STR("\xef\xbb\xbf")))
		rest = str_from(rest, 3);
	if (!scan_line(&rest, &line) || !is_rule(line, "---"))
		return err_set(err, ERR_INPUT, "%s", none);
	r.at = offset(&r, rest.p);
	f->body_line = 2;
	for (;;) {
		if (!scan_line(&rest, &line))
			return err_set(err, ERR_INPUT,
				       "1:1: the front matter has no end: no second line ---");
		f->body_line++;
		if (is_rule(line, "---") || is_rule(line, "..."))
			break;
	}
	f->close = r.end = offset(&r, line.p);
	f->body = offset(&r, line.p) + line.n;
	read_keys(&r);
	if (f->n == MAX_KEYS) {
		front_release(f);
		return err_set(err, ERR_LIMIT, "%llu:1: more than %d keys in the front matter",
			       (unsigned long long)r.no, MAX_KEYS - 1);
	}
	return 0;
}

void front_release(struct front *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->keys[i].items);
	free(f->keys);
	free(f->problems);
	*f = (struct front){0};
}

const struct front_key *front_find(const struct front *f, struct str name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->keys[i].name, name))
			return &f->keys[i];
	return NULL;
}

/* Would YAML take it for something else than text, or end it early? */
static bool needs_quotes(struct str s, bool flow)
{
	static const char *const words[] = {"~", "null", "true", "false", "yes", "no", "on", "off"};

	if (!s.n || strchr("-?:,[]{}#&*!|>'\"%@`= \t", s.p[0]) || blank(s.p[s.n - 1]) ||
	    s.p[s.n - 1] == ':')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq_nocase(s, str_of(words[i])))
			return true;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c == 0x7f || (c == '#' && blank(s.p[i - 1])) ||
		    (c == ':' && blank(s.p[i + 1])) || (flow && strchr(",[]{}", c)))
			return true;
	}
	return false;
}

void front_add_scalar(struct buf *b, struct str s, bool flow)
{
	if (needs_quotes(s, flow))
		quote_add(b, s);
	else
		buf_add_str(b, s);
}
