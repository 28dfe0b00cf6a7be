// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Where the value of a name ends. In doubt it ends later: what is left of a password behind the
 * mark would be told.
 */
#include "text/secret-priv.h"

#define BLANKS_MAX 64  /* between name, sign and value */
#define LOOK_MAX   200 /* how far back a line's beginning is looked for */

/* Ways in which a quote is written, the longer before those that they begin with. */
const struct str secret_quotes[SECRET_QUOTES] = {
	STR("\"\"\""), STR("'''"),   STR("\\\\\\\""), STR("\\\""), STR("\\'"),     STR("\\u0022"),
	STR("\""),     STR("'"),     STR("`"),        STR("%22"),  STR("\\u0027"), STR("&quot;"),
	STR("&#34;"),  STR("&#39;"), STR("&apos;"),   STR("%27"),
};

size_t secret_quote_at(struct str s, size_t at)
{
	if (at >= s.n || !memchr("\"'\\`%&", s.p[at], 6))
		return 0;
	for (size_t i = 0; i < SECRET_QUOTES; i++)
		if (secret_at(s, at, secret_quotes[i]))
			return i + 1;
	return 0;
}

bool secret_line_end(struct str s, size_t at)
{
	return at >= s.n || s.p[at] == '\n' || s.p[at] == '\r' || s.p[at] == '\0';
}

size_t secret_to_line_end(struct str s, size_t at)
{
	while (!secret_line_end(s, at))
		at++;
	return at;
}

size_t secret_skip_blanks(struct str s, size_t at)
{
	size_t end = at + BLANKS_MAX;

	while (at < s.n && at < end && secret_blank_char(s.p[at]))
		at++;
	return at;
}

/* ESC [ ... m */
size_t secret_skip_colour(struct str s, size_t at)
{
	/* also where the control character was replaced */
	while (secret_at(s, at, STR("\033[")) || secret_at(s, at, STR("?["))) {
		size_t i = at + 2;

		while (i < s.n && i < at + 16 && (secret_digit(s.p[i]) || s.p[i] == ';'))
			i++;
		if (i >= s.n || s.p[i] != 'm')
			break;
		at = i + 1;
	}
	return at;
}

/* A word of a shell goes on behind a closing quote: 'a'"b"c; to where it ends. */
static size_t shell_end(struct str s, size_t at)
{
	while (!secret_line_end(s, at) && !strchr(" \t,;:)]}>\\&|<.", s.p[at]) &&
	       !secret_at(s, at, STR("/>"))) {
		size_t from = at;
		char q = s.p[at++];

		if (q != '"' && q != '\'')
			continue;
		while (!secret_line_end(s, at) && s.p[at] != q)
			at++;
		if (secret_line_end(s, at))
			return from; /* it closes one that was before all this */
		at++;
	}
	return at;
}

/* Where the value ends that begins at at, behind that quote. */
size_t secret_quoted_end(struct str s, size_t at, struct str quote)
{
	char q = quote.p[quote.n - 1];

	for (size_t i = at; i < s.n; i++) {
		if (quote.n != 3 && secret_line_end(s, i))
			return i;
		if (quote.n == 1 && s.p[i] == '\\' && q != '`') {
			i++;
			continue;
		}
		if (s.p[i] != quote.p[0] || !secret_at(s, i, quote))
			continue;
		if (quote.n > 1 && i > at && s.p[i - 1] == '\\')
			continue;
		if (quote.n == 1 && i > at && i + 1 < s.n && s.p[i + 1] == q) {
			i++; /* doubled: part of it */
			continue;
		}
		at = quote.n == 1 ? shell_end(s, i + 1) : i + 1;
		return at > i + 1 ? at : i;
	}
	return s.n;
}

/* Does "name=" or "name:" begin at at? */
bool secret_begins_pair(struct str s, size_t at)
{
	size_t i = at;

	while (i < s.n && i < at + 40 && secret_name_char(s.p[i]))
		i++;
	return i > at && i < s.n && (s.p[i] == '=' || s.p[i] == ':');
}

static bool ends_by(struct str s, size_t at, const char *more)
{
	return secret_line_end(s, at) || secret_blank_char(s.p[at]) || strchr(more, s.p[at]) ||
	       secret_at(s, at, STR("/>"));
}

/* Does an unquoted value end before s.p[i]? */
static bool ends_before(const struct secret_place *p, size_t i)
{
	struct str s = p->s;
	char c = s.p[i];

	if (secret_alnum(c))
		return false;
	switch (c) {
	case ' ':
	case '\t':
	case '<':
	case '\033': return true;
	case '"':
	case '\'':
	case '`':
		if (c == p->open && !(i + 1 < s.n && secret_alnum(s.p[i + 1])))
			return true;
		return ends_by(s, i + 1, ",;:)]}>\\\"'.");
	case '\\':
		return i + 2 <= s.n && i + 1 < s.n && (s.p[i + 1] == '"' || s.p[i + 1] == '\'') &&
		       ends_by(s, i + 2, ",;:)]}>\\\"'.");
	case '&':
		if (secret_at(s, i, STR("&quot;")) || secret_at(s, i, STR("&#")) ||
		    secret_at(s, i, STR("&amp;")) || secret_at(s, i, STR("&lt;")))
			return true;
		return ends_by(s, i + 1, "\"'") || secret_begins_pair(s, i + 1);
	case ',':
	case ';':
	case '|': return ends_by(s, i + 1, "\"'") || secret_begins_pair(s, i + 1);
	case ')':
	case ']':
	case '}': return ends_by(s, i + 1, "\"'`,;.)]}:>\\");
	case '>': return ends_by(s, i + 1, "\"'");
	default: return false;
	}
}

size_t secret_word_end(const struct secret_place *p, size_t at)
{
	while (!secret_line_end(p->s, at) && !ends_before(p, at))
		at++;
	return at;
}

size_t secret_line_start(struct str s, size_t at)
{
	size_t least = at > LOOK_MAX ? at - LOOK_MAX : 0;

	while (at > least && s.p[at - 1] != '\n')
		at--;
	return at;
}

/* Nothing before the name on its line but what a file of settings has there. */
bool secret_leads_line(const struct secret_place *p)
{
	static const struct str lead[] = {STR("export "), STR("set "),        STR("setenv "),
					  STR("ENV "),    STR("ARG "),        STR("+ "),
					  STR("- "),      STR("declare -x "), STR("> "),
					  STR("< "),      STR("RUN ")};
	size_t i = secret_line_start(p->s, p->from);

	if (i > 0 && p->s.p[i - 1] != '\n')
		return false;
	for (;;) {
		size_t k;

		i = secret_skip_blanks(p->s, i);
		for (k = 0; k < ARRAY_SIZE(lead) && !secret_at(p->s, i, lead[k]);)
			k++;
		if (k == ARRAY_SIZE(lead))
			break;
		i += lead[k].n;
	}
	while (i < p->from && strchr("\"'-#;[${", p->s.p[i]))
		i++;
	return i == p->from;
}

/* How much of the line of at stands at the beginning of the line at next too, digits being alike:
 * the time and source before each line of a log. */
size_t secret_same_start(struct str s, size_t at, size_t next)
{
	size_t start = secret_line_start(s, at), blank = 0;

	if (start > 0 && s.p[start - 1] != '\n')
		return 0;
	for (size_t i = 0; start + i < at && !secret_line_end(s, next + i); i++) {
		char a = s.p[start + i], b = s.p[next + i];

		if (a != b && !(secret_digit(a) && secret_digit(b)))
			break;
		if (secret_blank_char(a) || a == '|' || a == '+' || a == '-')
			blank = i + 1;
	}
	return blank;
}

/* Where a line begins behind what it shares with the line of at; nl is the end of the line before.
 * *in: how much further in it is than that line. */
size_t secret_line_text(struct str s, size_t at, size_t nl, long *in)
{
	size_t next, same, start = secret_line_start(s, at), text;

	while (secret_at(s, nl, STR("\r")))
		nl++;
	next = nl < s.n ? nl + 1 : s.n;
	same = secret_same_start(s, at, next);
	while (same > 0 && secret_blank_char(s.p[start + same - 1]))
		same--; /* blanks that are no more than the indent */
	text = secret_skip_blanks(s, next + same);
	*in = (long)(text - next) - (long)(secret_skip_blanks(s, start + same) - start);
	return text;
}

/* The first text on the lines below nl, where the line of at ends, before limit. */
size_t secret_next_text(struct str s, size_t at, size_t nl, size_t limit)
{
	long in;

	while (nl < limit && nl < s.n && secret_line_end(s, nl)) {
		size_t text = secret_line_text(s, at, nl, &in);

		if (!secret_line_end(s, text))
			return text;
		nl = text;
	}
	return nl < s.n ? nl : s.n;
}

static char before_blanks(struct str s, size_t at)
{
	while (at > 0 && secret_blank_char(s.p[at - 1]))
		at--;
	return at > 0 ? s.p[at - 1] : '\n';
}

/* Another setting, an option or a path among the words up to end: a command follows the value. */
static bool command_follows(struct str s, size_t at, size_t end)
{
	for (size_t i = at; i < end; i++) {
		if (!secret_blank_char(s.p[i]))
			continue;
		if (i + 1 < end && (s.p[i + 1] == '-' || s.p[i + 1] == '/' || s.p[i + 1] == '#' ||
				    s.p[i + 1] == '.' || secret_begins_pair(s, i + 1)))
			return true;
	}
	return false;
}

/* Where an unquoted value ends. */
size_t secret_bare_end(const struct secret_place *p)
{
	struct str s = p->s;
	size_t word = secret_word_end(p, p->at), end = secret_to_line_end(s, word);

	if (p->flag || p->open || word == end || !secret_blank_char(s.p[word]))
		return word;
	if (before_blanks(s, p->from) == ';') { /* a connection string: up to the next ; */
		for (size_t i = word; i < end; i++)
			if (strchr(";\"'<", s.p[i]))
				return i;
		return end;
	}
	if (!secret_leads_line(p) || (!p->loose && command_follows(s, word, end)))
		return word;
	while (end > p->at && secret_blank_char(s.p[end - 1]))
		end--;
	return end;
}

static bool header_ends(const struct secret_place *p, size_t i)
{
	char c = p->s.p[i];

	if (p->open && c == p->open)
		return true;
	if (c == '\\')
		return i + 1 < p->s.n && strchr("rn\"", p->s.p[i + 1]);
	return c == '<' || ((c == '"' || c == '\'') && (ends_by(p->s, i + 1, ",;)]}>\\") ||
							secret_at(p->s, i + 1, STR("/>"))));
}

/* The rest of a header line: to the quote that stands before the name, or the end of the line. */
size_t secret_header_end(const struct secret_place *p)
{
	bool inside = false; /* of quotes of its own: realm="x", nonce="y" */
	size_t i = p->at;

	for (; !secret_line_end(p->s, i); i++) {
		if (p->s.p[i] == '"' && i > p->at && (inside || p->s.p[i - 1] == '='))
			inside = !inside;
		else if (!inside && header_ends(p, i))
			break;
	}
	while (i > p->at && secret_blank_char(p->s.p[i - 1]))
		i--;
	return i;
}

/* Lines below that are further in than the name's: the block that | or > announces in YAML. */
bool secret_block_value(const struct secret_place *p, struct secret_span *out)
{
	struct str s = p->all;
	size_t end = secret_to_line_end(s, p->at), text;
	long in;

	for (size_t i = p->at + 1; i < end; i++)
		if (!strchr("+-0123456789 ", s.p[i]))
			return false;
	out->from = out->to = 0;
	while (end < s.n && s.p[end]) {
		text = secret_line_text(s, p->from, end, &in);
		if (text >= s.n || (in <= 0 && !secret_line_end(s, text)))
			break;
		end = secret_to_line_end(s, text);
		if (end == text)
			continue;
		out->from = out->from ? out->from : text;
		out->to = end;
	}
	return out->to > out->from;
}
