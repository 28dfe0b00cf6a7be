// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The beginning of a line as typed tokens, for learning. Tokens end at blanks and at the
 * punctuation that headers use; the recognisers (timestamps, levels, brackets) come first.
 */
#include "log/log-priv.h"

#include "text/level.h"
#include "text/scan.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

static bool letter(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25;
}

size_t lex_group(struct str s, size_t max)
{
	char open = s.n ? s.p[0] : 0;
	char close = open == '[' ? ']' : open == '(' ? ')' : open == '<' ? '>' : 0;
	const char *p = s.p, *end = p + (s.n < max ? s.n : max);
	size_t depth = 1;

	if (!close)
		return 0;
	while ((p = scan_for((struct scan_set){{open, close, open, close}}, p + 1, end)) < end) {
		depth += *p == open ? 1 : (size_t)-1;
		if (!depth)
			return (size_t)(p - s.p) + 1;
	}
	return 0;
}

/* Words that are levels in a column of levels only. */
static bool level_is_sure(struct str s)
{
	static const struct str unsure[] = {
		STR("log"),     STR("system"), STR("normal"), STR("config"),
		STR("note"),    STR("panic"),  STR("alert"),  STR("trace"),
		STR("failure"), STR("fail"),   STR("fine"),   STR("warnings"),
	};
	bool capital = true;

	for (size_t i = 0; i < s.n; i++)
		capital = capital && !(s.p[i] >= 'a' && s.p[i] <= 'z');
	for (size_t i = 0; i < ARRAY_SIZE(unsure); i++)
		if (str_eq_nocase(s, unsure[i]))
			return capital && i >= 4;
	return true;
}

static size_t word_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && (letter(s.p[n]) || digit(s.p[n])))
		n++;
	return n;
}

static bool level_token(struct str s, struct token *t)
{
	size_t n = word_length(s);
	struct str word = str_head(s, n);

	if (n < 3 || level_of_word(word) == LEVEL_UNKNOWN)
		return false;
	if (n < s.n && !blank(s.p[n]) && !strchr(":]|,)>;-/", s.p[n]))
		return false;
	if (n + 1 < s.n && s.p[n] == '-' && !blank(s.p[n + 1]))
		return false;
	t->kind = TOKEN_LEVEL;
	t->sub = level_is_sure(word);
	t->n = (uint16_t)n;
	return true;
}

/*
 * May the level t be all that the bracket of in says, or is there only a field behind it? "[Log
 * partition=3]" opens with a word of a message.
 */
static bool level_in_bracket(struct str in, const struct token *t)
{
	struct str rest = str_from(in, t->n);
	unsigned shape;

	if (!rest.n || rest.p[0] == '-')
		return false;
	if (t->sub || strchr("]:", rest.p[0]))
		return true;
	while (rest.n && blank(rest.p[0]))
		rest = str_from(rest, 1);
	return timestamp_match(rest, TIMESTAMP_BARE, &shape) > 0;
}

/* "[" that opens something read token by token: a timestamp or a level follows. */
static bool opens_fields(struct str s)
{
	struct str in = str_from(s, 1);
	struct token t;
	unsigned shape;

	if (timestamp_match(in, TIMESTAMP_BRACKET, &shape))
		return true;
	while (in.n && in.p[0] == ' ')
		in = str_from(in, 1);
	if (in.n > 2 && strchr("VDIWEFTN", in.p[0]) && in.p[1] == ' ') {
		in = str_from(in, 2);
		return timestamp_match(in, TIMESTAMP_BARE, &shape) > 0;
	}
	if (in.n > 2 && strchr("VDIWEFT", in.p[0]) &&
	    timestamp_match(str_from(in, 1), TIMESTAMP_LETTER, &shape))
		return true;
	if (level_token(in, &t) && level_in_bracket(in, &t))
		return true;
	/* [pid:tid:time:... */
	for (int i = 0; i < 2; i++) {
		size_t n = 0;

		while (n < in.n && digit(in.p[n]))
			n++;
		if (n == 0 || n == in.n || in.p[n] != ':')
			return false;
		in = str_from(in, n + 1);
		if (timestamp_match(in, TIMESTAMP_BRACKET, &shape))
			return true;
	}
	return false;
}

/* A run up to a blank, a bar, or a comma, colon or semicolon before a blank. */
static size_t atom_length(struct str s, char tight)
{
	size_t i = 0;

	for (; i < s.n; i++) {
		char c = s.p[i];

		if (blank(c) || c == '|')
			break;
		if (tight && i && c == tight)
			break;
		if (strchr(",:;", c) && (i + 1 == s.n || blank(s.p[i + 1])))
			break;
		if (c == ']' && !memchr(s.p, '[', i))
			break;
	}
	return i;
}

/*
 * Is the run of n bytes the name of a tag, a colon and a blank after it? The colon may be padded
 * ("chatty  : x"), and a number in brackets may be part of the name ("chatty  (   13): x").
 */
static bool colon_after(struct str s, size_t n, bool brackets, size_t *tag)
{
	size_t i = n;

	while (brackets && i < s.n && (blank(s.p[i]) || digit(s.p[i]) || strchr("()", s.p[i])))
		i++;
	if (!brackets) {
		while (i < s.n && s.p[i] == ' ')
			i++;
	}
	if (i == s.n || s.p[i] != ':' || (i + 1 < s.n && !blank(s.p[i + 1])))
		return false;
	if (brackets)
		*tag = i;
	return true;
}

static void bare_token(struct str s, const struct token *prev, struct token *t)
{
	bool glued = prev && t->gap == GAP_NONE, after = glued && prev->kind == TOKEN_PUNCT;
	/* Columns without blanks between: "INFO:orders:text", "time,INFO,name,text" */
	char sub = prev && after ? (char)prev->sub : 'x';
	char tight = strchr(":[", sub) ? ':' : strchr(",;", sub) ? sub : 0;
	bool colon = (s.p[0] == ':' && prev && (s.n == 1 || s.p[1] != ':')) ||
		     (glued && strchr(",;", s.p[0])) ||
		     (glued && s.p[0] == '/' && prev->kind == TOKEN_LEVEL);
	size_t n = atom_length(s, tight);
	unsigned shape;

	if (n == 0 || colon || (prev && prev->kind == TOKEN_LETTER && prev->sub == 2) ||
	    (n == 1 && strchr("-|:,;=>/*#", s.p[0]))) {
		t->kind = TOKEN_PUNCT;
		t->sub = (uint8_t)s.p[0];
		t->n = 1;
		return;
	}
	if ((s.p[0] == '-' || s.p[0] == '=') && n <= 5) {
		size_t i = 0;

		while (i < n && s.p[i] == s.p[0])
			i++;
		if (i == n) {
			t->kind = TOKEN_PUNCT;
			t->sub = (uint8_t)s.p[0];
			t->n = (uint16_t)n;
			return;
		}
	}
	if (n == 1 && s.p[0] >= 'A' && s.p[0] <= 'Z') {
		t->kind = TOKEN_LETTER;
		t->sub = 0;
		t->n = 1;
		return;
	}
	if (n > 1 && strchr("VDIWEFT", s.p[0]) &&
	    timestamp_match(str_from(s, 1), TIMESTAMP_LETTER, &shape)) {
		t->kind = TOKEN_LETTER;
		t->sub = 1;
		t->n = 1;
		return;
	}
	if (n > 2 && s.p[1] == '/' && strchr("VDIWEFA", s.p[0]) && (!prev || t->gap)) {
		t->kind = TOKEN_LETTER;
		t->sub = 2;
		t->n = 1;
		return;
	}
	t->kind = memchr(s.p, '{', n) ? TOKEN_QUOTED : TOKEN_ATOM;
	if (t->kind == TOKEN_ATOM && !tight && colon_after(s, n, prev && prev->sub == '/', &n))
		t->kind = TOKEN_TAG;
	t->n = (uint16_t)n;
}

static void next_token(struct str s, const struct token *prev, struct token *t)
{
	enum timestamp_place place = TIMESTAMP_BARE;
	unsigned shape;
	size_t n;

	if (prev && prev->kind == TOKEN_PUNCT && strchr("[:", prev->sub) && t->gap == GAP_NONE)
		place = TIMESTAMP_BRACKET;
	if (prev && prev->kind == TOKEN_LETTER && prev->sub == 1)
		place = TIMESTAMP_LETTER;
	n = timestamp_match(s, place, &shape);
	if (n) {
		t->kind = TOKEN_TIME;
		t->sub = (uint8_t)shape;
		t->n = (uint16_t)n;
		return;
	}
	if (level_token(s, t))
		return;
	if (s.p[0] == '[' && opens_fields(s)) {
		t->kind = TOKEN_PUNCT;
		t->sub = '[';
		t->n = 1;
		return;
	}
	n = strchr("[(<", s.p[0]) ? lex_group(s, 256) : 0;
	if (n) {
		t->kind = TOKEN_GROUP;
		t->sub = (uint8_t)s.p[0];
		t->n = (uint16_t)n;
		return;
	}
	if (s.p[0] == '"' || s.p[0] == '\'' || s.p[0] == '{') {
		t->kind = TOKEN_QUOTED;
		t->n = 1;
		return;
	}
	if (strchr("])", s.p[0])) {
		t->kind = TOKEN_PUNCT;
		t->sub = (uint8_t)s.p[0];
		t->n = 1;
		return;
	}
	bare_token(s, prev, t);
}

size_t lex_header(struct str line, struct token *t, size_t max)
{
	struct str s = str_head(line, HEADER_MAX_BYTES);
	size_t at = 0, n = 0;

	while (n < max) {
		size_t from = at;
		bool tab = false;
		unsigned shape;

		/* Seconds since boot are padded with blanks after their bracket. */
		if (!(n && t[n - 1].kind == TOKEN_PUNCT && t[n - 1].sub == '[' && at < s.n &&
		      timestamp_match(str_from(s, at), TIMESTAMP_BRACKET, &shape))) {
			for (; at < s.n && blank(s.p[at]); at++)
				tab = tab || s.p[at] == '\t';
		}
		if (at >= s.n || s.p[at] == 0)
			break;
		t[n] = (struct token){.at = (uint16_t)at};
		t[n].gap = tab              ? GAP_TAB
			   : at == from     ? GAP_NONE
			   : at == from + 1 ? GAP_BLANK
					    : GAP_BLANKS;
		next_token(str_from(s, at), n ? &t[n - 1] : NULL, &t[n]);
		if (t[n].n == 0)
			break;
		at += t[n].n;
		if (t[n].kind == TOKEN_TAG)
			at += str_find_char(str_from(s, at), ':') + 1;
		n++;
		if (t[n - 1].kind == TOKEN_QUOTED)
			break;
	}
	return n;
}
