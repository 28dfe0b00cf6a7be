// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The value of a name: what stands between the two (password=, "password": , <password>, --password
 * x, name="password" value=), and how it is written.
 */
#include "text/secret-priv.h"

#define LOOK_MAX 200 /* how far other things are looked for */

/* Between a name and its value; the longer ones first. */
static const struct {
	struct str sign;
	bool definite; /* unlike a colon, which also stands in sentences */
} signs[] = {
	{STR("=&gt;"), true}, {STR("-&gt;"), true},   {STR("=>"), true},      {STR("=="), true},
	{STR("="), true},     {STR(":="), true},      {STR("::"), false},     {STR(":"), false},
	{STR("->"), true},    {STR("%3D"), true},     {STR("%3d"), true},     {STR("%3A"), true},
	{STR("%3a"), true},   {STR("\\u003d"), true}, {STR("\\u003a"), true}, {STR("&#61;"), true},
	{STR("\t"), false},
};

/* "SecretStr(", "Some(", "string(8) ", b"...": what may stand before a quoted value. */
static size_t skip_wrapping(struct str s, size_t at)
{
	size_t i = at, open;

	if (i < s.n && (s.p[i] == '[' || s.p[i] == '('))
		i = secret_skip_blanks(s, i + 1);
	if (i + 1 < s.n && strchr("bBuUrRfFL@", s.p[i]) && strchr("\"'", s.p[i + 1]))
		return i + 1;
	for (open = i; open < s.n && open < i + 40 && secret_name_char(s.p[open]);)
		open++;
	if (open > i && open + 1 < s.n && s.p[open] == '(') {
		if (secret_quote_at(s, open + 1))
			return open + 1;
		if (secret_at(s, i, STR("string("))) {
			while (open < s.n && open < i + 40 && s.p[open] != ')')
				open++;
			if (secret_quote_at(s, secret_skip_blanks(s, open + 1)))
				return secret_skip_blanks(s, open + 1);
		}
	}
	return secret_quote_at(s, i) || secret_at(s, at, STR("[")) ? i : at;
}

static bool take(const struct secret_place *p, const struct secret_name *n, size_t from, size_t to,
		 bool definite, struct secret_span *out)
{
	struct str v = {p->s.p + from, to - from};

	if (from >= to || to > p->s.n || str_contains(str_head(v, 12), STR("[redacted")) ||
	    !secret_accepts(n, v, definite))
		return false;
	*out = (struct secret_span){.from = from, .to = to, .kind = n->kind};
	return true;
}

/* A value in quotes at p->at. */
static bool take_quoted(struct secret_place *p, const struct secret_name *n, size_t quote,
			struct secret_span *out)
{
	size_t from = p->at + secret_quotes[quote - 1].n;

	if (secret_at(p->s, from, STR("-----BEGIN")))
		return false; /* that rule knows its lines */
	return take(p, n, from, secret_quoted_end(p->s, from, secret_quotes[quote - 1]), true, out);
}

/* A sentence rather than a setting: "password: must be ..."; its next word may still be one. */
static bool plain_word(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!secret_letter(v.p[i]) || (i && v.p[i] >= 'A' && v.p[i] <= 'Z'))
			return false;
	return true;
}

static bool is_one_word(struct str s, size_t from, size_t to)
{
	return !memchr(s.p + from, ' ', to - from) && !memchr(s.p + from, '/', to - from);
}

/* A setting whose value stands alone on the next line, further in. */
static bool next_line(struct secret_place *p)
{
	long in;
	size_t at = secret_line_text(p->s, p->from, p->at, &in);

	if (!secret_leads_line(p) && !secret_same_start(p->s, p->from, p->at + 1))
		return false;
	if (in <= 0 || secret_line_end(p->s, at) || secret_begins_pair(p->s, at) ||
	    p->s.p[at] == '-')
		return false;
	p->at = at;
	return true;
}

/* "user: bob pass: x": what "pass" is there. */
static bool told_user(const struct secret_place *p)
{
	size_t start = secret_line_start(p->s, p->from);
	struct str line = {p->s.p + start, p->from - start};

	return str_contains_nocase(line, STR("user")) || str_contains_nocase(line, STR("login"));
}

static bool take_bare(struct secret_place *p, const struct secret_name *n, struct secret_span *out)
{
	struct str s = p->s;
	bool leads = secret_leads_line(p);
	size_t end;

	if (n->strength == SECRET_COOKIE || n->strength == SECRET_HEADER)
		return take(p, n, p->at, secret_header_end(p), p->definite, out);
	if (p->at < s.n && (s.p[p->at] == '|' || s.p[p->at] == '>') &&
	    n->strength >= SECRET_TOKEN && secret_block_value(p, out)) {
		out->kind = n->kind;
		out->quote = false;
		return true;
	}
	if (p->at < s.n && secret_line_end(s, p->at) && next_line(p))
		p->loose = leads = true;
	end = secret_bare_end(p);
	if (!p->definite && !p->quoted && !leads && p->loose && !p->open) {
		struct str v = {s.p + p->at, end - p->at};
		bool last = secret_line_end(s, end) || !secret_blank_char(s.p[end]);

		if (plain_word(v) && !last)
			return false;
	}
	leads = leads && n->sure;
	if (n->pass && !n->compound && !leads)
		leads = told_user(p) && s.p[p->from] == 'p';
	else if (n->pass && !n->compound) /* "pass: x", but not "PASS: tests/x" */
		leads = s.p[p->from] == 'p' && is_one_word(s, p->at, end);
	leads = leads || p->definite || p->quoted;
	if (!take(p, n, p->at, end, leads, out) &&
	    !take(p, n, p->at, secret_word_end(p, p->at), leads, out))
		return false;
	out->quote = p->quoted && (secret_digit(s.p[p->at]) || s.p[p->at] == '-');
	return true;
}

/* "password: | x": a block of YAML whose line breaks became blanks. */
static size_t past_block_mark(const struct secret_place *p)
{
	size_t mark = p->at, text;

	if (mark >= p->s.n || !strchr("|>", p->s.p[mark]) || !p->s.p[mark])
		return p->at;
	mark++;
	if (mark < p->s.n && strchr("+-", p->s.p[mark]) && p->s.p[mark])
		mark++;
	text = secret_skip_blanks(p->s, mark);
	return text > mark && !secret_line_end(p->s, text) ? text : p->at;
}

static bool take_value(struct secret_place *p, const struct secret_name *n, struct secret_span *out)
{
	size_t at = secret_skip_colour(p->s, p->at), quote;

	while (secret_at(p->s, at, STR("*")) && at < p->at + 2) /* **Password:** x */
		at++;
	p->at = secret_skip_colour(p->s, secret_skip_blanks(p->s, at));
	if (secret_at(p->s, p->at, STR("[redacted")))
		return false;
	p->at = past_block_mark(p);
	at = skip_wrapping(p->s, p->at);
	quote = secret_quote_at(p->s, at);
	if (quote || at != p->at)
		p->at = at;
	if (quote && n->strength != SECRET_COOKIE && n->strength != SECRET_HEADER)
		return take_quoted(p, n, quote, out);
	if (quote) {
		size_t from = at + secret_quotes[quote - 1].n;

		return take(p, n, from, secret_quoted_end(p->s, from, secret_quotes[quote - 1]),
			    true, out);
	}
	return take_bare(p, n, out);
}

/* "--password x", "--password", "x": the next argument, be it on the next line of a list. */
static bool next_argument(struct secret_place *p, const struct secret_name *n, size_t at,
			  struct secret_span *out)
{
	struct str s = p->s;
	size_t i = secret_skip_blanks(s, at);
	long in;

	if (secret_at(s, i, STR(",")))
		i = secret_skip_blanks(s, i + 1);
	if (i < s.n && secret_line_end(s, i)) {
		size_t text = secret_line_text(s, p->from, i, &in);

		if (secret_at(s, text, STR("- ")))
			text += 2;
		if (text > 2 && secret_at(s, text - 2, STR("- ")))
			i = secret_skip_blanks(s, text);
	}
	if (secret_at(s, i, STR("- "))) /* such a list on one line */
		i = secret_skip_blanks(s, i + 2);
	if (i == at || secret_line_end(s, i) || s.p[i] == '-')
		return false;
	p->at = i;
	p->definite = true;
	return take_value(p, n, out);
}

/* name="DB_PASSWORD" value="x"; "name": "DB_PASSWORD", "value": "x"; <key>password</key>
 * <string>x</string>: the name is itself a value, its own follows. */
static bool paired_value(struct secret_place *p, const struct secret_name *n, size_t at,
			 struct secret_span *out)
{
	static const struct str words[] = {STR("value"), STR("string"), STR("val"), STR("content")};
	struct str s = p->s;
	size_t i = at, k, end = at + LOOK_MAX < s.n ? at + LOOK_MAX : s.n;
	bool tag = secret_at(s, i, STR("</"));

	if (tag)
		while (i < end && s.p[i] != '>')
			i++;
	while (i < end && strchr(" \t,>\"'\\", s.p[i]) && s.p[i])
		i++;
	if (i < end && secret_line_end(s, i))
		i = secret_next_text(s, p->from, i, i + 2);
	while (i < end && strchr(" \t<\"'", s.p[i]) && s.p[i])
		i++;
	for (k = 0; k < ARRAY_SIZE(words); k++)
		if (secret_at(s, i, words[k]) ||
		    (i + words[k].n <= s.n &&
		     str_eq_nocase(str_head(str_from(s, i), words[k].n), words[k])))
			break;
	if (k == ARRAY_SIZE(words) || i == at)
		return false;
	i += words[k].n;
	if (tag ? !secret_at(s, i, STR(">")) : (i < s.n && secret_name_char(s.p[i])))
		return false;
	while (i < end && strchr(" \t:=>\\", s.p[i]) && s.p[i] && !secret_quote_at(s, i))
		i++;
	/* the quote that closes "value" */
	if (i < end && !tag && secret_quote_at(s, i)) {
		size_t after =
			secret_skip_blanks(s, i + secret_quotes[secret_quote_at(s, i) - 1].n);

		if (after < end && (s.p[after] == ':' || s.p[after] == '='))
			i = secret_skip_blanks(s, after + 1);
	}
	p->at = i;
	p->definite = true;
	if (tag) {
		size_t close = i + str_find_char(str_from(s, i), '<');

		return take(p, n, i, close, true, out);
	}
	return take_value(p, n, out);
}

/* <password>x</password>, <password type="y">x, <![CDATA[x]]> */
static bool element_value(struct secret_place *p, const struct secret_name *n,
			  struct secret_span *out)
{
	struct str s = p->s, cdata = STR("<![CDATA[");
	size_t i = p->to, end = p->to + LOOK_MAX < s.n ? p->to + LOOK_MAX : s.n, close;

	while (i < end && s.p[i] != '>' && s.p[i] != '<' && !secret_line_end(s, i))
		i++;
	if (i >= end || s.p[i] != '>' || s.p[i - 1] == '/')
		return false;
	i++;
	if (secret_at(s, i, cdata)) {
		i += cdata.n;
		close = i + str_find(str_from(s, i), STR("]]>"));
	} else {
		close = i + str_find_char(str_from(s, i), '<');
	}
	return take(p, n, i, close, true, out);
}

/* The same where line breaks became blanks. */
static bool in_form(const struct secret_place *p)
{
	size_t start = secret_line_start(p->s, p->from);

	return str_contains((struct str){p->s.p + start, p->from - start}, STR("form-data"));
}

/* name="password", an empty line, the value: a part of a form as it is sent. */
static bool form_value(struct secret_place *p, const struct secret_name *n, size_t at,
		       struct secret_span *out)
{
	struct str s = p->s;

	if (at < s.n && secret_line_end(s, at) && in_form(p))
		p->at = secret_next_text(s, p->from, at, at + LOOK_MAX);
	else if (secret_at(s, at, STR("\r\n\r\n")) || secret_at(s, at, STR("\n\n")))
		p->at = secret_next_text(s, p->from, at, at + LOOK_MAX);
	else if (secret_at(s, at, STR("  ")) && in_form(p))
		return take(p, n, at + 2, secret_word_end(p, at + 2), true, out);
	else
		return false;
	return take(p, n, p->at, secret_to_line_end(s, p->at), true, out);
}

/* "login x password y" of .netrc, "requirepass x" of a file of settings, "password hunter2". */
static bool next_word(struct secret_place *p, const struct secret_name *n, size_t at,
		      struct secret_span *out)
{
	struct str s = p->s, v, line, name = {s.p + p->from, p->to - p->from};
	size_t start = secret_line_start(s, p->from), end;
	bool netrc, mixed = false, digits = false;

	if (n->strength < SECRET_TOKEN || n->strength > SECRET_STRONG)
		return false;
	if (secret_at(s, at, STR("is ")) || secret_at(s, at, STR("was ")))
		at = secret_skip_blanks(s, at + (s.p[at] == 'i' ? 2 : 3));
	if (secret_at(s, at, STR("is: ")))
		at += 4;
	p->at = at;
	end = secret_word_end(p, at);
	v = (struct str){s.p + at, end - at};
	line = (struct str){s.p + start, p->from - start};
	netrc = str_eq_nocase(name, STR("requirepass")) || str_eq_nocase(name, STR("masterauth")) ||
		str_contains(line, STR("login ")) || str_contains(line, STR("machine ")) ||
		str_ends(line, STR("set ")) || (n->sure && str_ends(line, STR("ENV "))) ||
		(n->compound && str_contains(line, STR(" set ")));
	for (size_t i = 0; i < v.n; i++) {
		digits = digits || secret_digit(v.p[i]);
		mixed = mixed || secret_letter(v.p[i]);
	}
	mixed = mixed && digits && v.n >= 6 && p->at <= p->to + 5 &&
		!str_contains_nocase(v, STR("sha")) && n->strength == SECRET_STRONG && !n->pass;
	if (secret_leads_line(p) && secret_line_end(s, end))
		netrc = netrc || !plain_word(v) ||
			!(str_eq(name, STR("password")) || n->strength < SECRET_STRONG ||
			  (name.p[0] >= 'A' && name.p[0] <= 'Z'));
	else if (!mixed && !netrc)
		return false;
	return (netrc || mixed) && take(p, n, at, end, netrc, out);
}

/* The sign at at; false if there is none. */
static bool take_sign(struct secret_place *p, size_t at)
{
	if (!memchr("=:-%\\&\t", p->s.p[at], 7))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		size_t after = at + signs[i].sign.n;

		if (!secret_at(p->s, at, signs[i].sign))
			continue;
		p->at = secret_skip_blanks(p->s, after);
		p->definite = signs[i].definite || p->quoted || p->flag;
		p->loose = p->at > after;
		if (p->quoted && p->at < p->s.n && secret_line_end(p->s, p->at)) /* var_dump() */
			p->at = secret_next_text(p->s, p->from, p->at, p->at + 2);
		return true;
	}
	return false;
}

/* Behind the name: quotes, brackets, colours. */
static size_t skip_closers(struct secret_place *p)
{
	size_t at = secret_skip_colour(p->s, p->to), q = secret_quote_at(p->s, at);

	if (q) {
		at += secret_quotes[q - 1].n;
		p->quoted = true;
	}
	while (at < p->s.n && at < p->to + 16 && strchr("]*", p->s.p[at]) && p->s.p[at])
		at++;
	return secret_skip_colour(p->s, at);
}

static bool at_quoted(const struct secret_place *p, size_t at)
{
	return secret_quote_at(p->s, at) != 0;
}

/* "<password", "<ns:password" */
static bool opens_element(const struct secret_place *p)
{
	size_t i = p->from;

	if (i > 0 && p->s.p[i - 1] == ':')
		for (i--; i > 0 && p->from - i < 40 && secret_name_char(p->s.p[i - 1]);)
			i--;
	return i > 0 && p->s.p[i - 1] == '<';
}

/* What stands before the quote that opens the name; 0 if nothing. */
static char before_quote(const struct secret_place *p)
{
	size_t i = p->from;

	if (!i || !strchr("\"'", p->s.p[i - 1]))
		return 0;
	for (i--; i > 0 && secret_blank_char(p->s.p[i - 1]);)
		i--;
	return i ? p->s.p[i - 1] : 0;
}

/* define('DB_PASSWORD', 'x'); <entry key="db.password">x</entry>; at: behind the quote */
static bool quoted_name(struct secret_place *p, const struct secret_name *n, size_t at,
			struct secret_span *out)
{
	struct str s = p->s;
	size_t after = secret_skip_blanks(s, at);

	if (!p->quoted || after >= s.n)
		return false;
	if (s.p[after] == ',' && before_quote(p) == '(') {
		p->at = secret_skip_blanks(s, after + 1);
		p->definite = true;
		return at_quoted(p, p->at) && take_value(p, n, out);
	}
	if (s.p[at] == '>' && before_quote(p) == '=') {
		size_t line = at + str_find_char(str_from(s, at), '\n');
		size_t close = at + str_find_char(str_from(s, at), '<');

		return close < line && take(p, n, at + 1, close, true, out);
	}
	return false;
}

static bool named(struct str all, size_t from, size_t to, struct secret_span *out)
{
	struct str s = str_head(all, to + SECRET_HORIZON);
	struct secret_place p = {.s = s, .all = all, .from = from, .to = to};
	struct secret_name n;
	size_t at, after;

	while (p.to > p.from && strchr("-.", s.p[p.to - 1]))
		p.to--;
	for (; p.from < p.to && strchr("-.", s.p[p.from]); p.from++)
		p.flag = p.flag || s.p[p.from] == '-';
	if (p.from == p.to)
		return false;
	if (p.from > 0 && strchr("\"'`", s.p[p.from - 1]))
		p.open = s.p[p.from - 1];
	at = skip_closers(&p);
	if (p.quoted)
		p.open = 0;
	after = secret_skip_blanks(s, at);
	if (after >= s.n)
		return false;
	n = secret_name_of((struct str){s.p + p.from, p.to - p.from});
	if (n.strength == SECRET_NONE)
		return false;
	if (opens_element(&p) && element_value(&p, &n, out))
		return true;
	if (take_sign(&p, after))
		return take_value(&p, &n, out);
	if (p.flag && next_argument(&p, &n, at, out))
		return true;
	if (s.p[after] == '(' && at_quoted(&p, after + 1)) {
		p.at = after + 1;
		p.definite = true;
		return take_value(&p, &n, out);
	}
	if (quoted_name(&p, &n, at, out))
		return true;
	if (paired_value(&p, &n, at, out) || form_value(&p, &n, at, out))
		return true;
	if (after > at && !p.quoted && !n.pass && at_quoted(&p, after)) {
		p.at = after;
		return take_value(&p, &n, out);
	}
	return after > at && !p.quoted && next_word(&p, &n, after, out);
}

bool secret_named(struct str s, size_t from, size_t to, struct secret_span *out)
{
	bool quoted;

	if (!named(s, from, to, out))
		return false;
	if (out->to != to + SECRET_HORIZON)
		return true;
	quoted = strchr("\"'`", s.p[out->from - 1]);
	while (!secret_line_end(s, out->to) && !strchr("\"'<", s.p[out->to]) &&
	       (quoted || !secret_blank_char(s.p[out->to])))
		out->to++;
	return true;
}
