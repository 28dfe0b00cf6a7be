// SPDX-License-Identifier: GPL-3.0-or-later
/* Text and numbers of reports: see import.h. */
#include <math.h>

#include "import/import.h"
#include "text/utf8.h"
#include "text/visible.h"

#define SAID_LINES 3 /* appended to a headline that ends in a colon */
#define SAID_MAX   160

static bool clean(struct str s, bool one_line)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && (one_line || (c != '\n' && c != '\t'))) || c == 0x7f)
			return false;
	}
	return utf8_valid(s);
}

/* One line's text with what is no text replaced. */
static void add_clean(struct buf *b, struct str s, bool one_line)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t c;

		i += utf8_decode(str_from(s, i), &c);
		if (c == '\n' || c == '\t')
			buf_add_char(b, one_line ? ' ' : (char)c);
		else
			utf8_encode(b, c < 0x20 || c == 0x7f ? UTF8_REPLACEMENT : c);
	}
}

/* Not cut inside of a character. */
static struct str cut(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	for (s.n = max; s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80; s.n--)
		;
	return s;
}

static struct str copy(struct import *im, struct str s, size_t max, bool one_line)
{
	CLEANUP_BUF struct buf b = {0};
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(s);
	struct str line, kept = cut(s, max - 3);
	bool shortened = kept.n < s.n;

	if (!s.n)
		return STR("");
	if (im->arena.total > IMPORT_MAX_TOTAL) {
		im->full = true;
		return STR("");
	}
	if (!shortened && clean(s, one_line))
		return arena_str(&im->arena, s);
	l.rest = kept;
	while (import_next_line(&l, &line)) {
		if (l.no > 1)
			buf_add_char(&b, one_line ? ' ' : '\n');
		add_clean(&b, line, one_line);
	}
	if (b.n > max - 3) { /* what was replaced became longer */
		b.n = cut(buf_str(&b), max - 3).n;
		shortened = true;
	}
	if (shortened)
		BUF_LIT(&b, "...");
	return arena_str(&im->arena, buf_str(&b));
}

struct str import_text(struct import *im, struct str s)
{
	return copy(im, s, IMPORT_MAX_TEXT, false);
}

struct str import_name(struct import *im, struct str s)
{
	return copy(im, s, IMPORT_MAX_NAME, true);
}

/* "g.cc:2", "g.cc:2: Failure", "c.cc:5: FAILED:": a place alone says too little. */
static bool is_place(struct str line)
{
	static const struct str ends[] = {STR(": Failure"), STR(": Skipped"), STR(": FAILED:")};
	size_t n = line.n;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (str_ends(line, ends[i]))
			return true;
	if (str_eq(line, STR("unknown file"))) /* gtest: of an exception */
		return true;
	while (n && line.p[n - 1] >= '0' && line.p[n - 1] <= '9')
		n--;
	return n > 1 && n < line.n && line.p[n - 1] == ':' &&
	       str_find_char(str_head(line, n), ' ') == n;
}

/* The next line that is not blank, without blanks around it. */
static bool next_text(struct str *rest, struct str *line)
{
	while (str_next(rest, '\n', line)) {
		*line = str_trim(*line);
		if (line->n)
			return true;
	}
	return false;
}

/* "Expected equality of these values:" says nothing without them: what the next lines say. */
static void add_said(struct buf *b, struct str rest)
{
	size_t indent = 0, lines = 0;
	struct str raw;

	while (lines < SAID_LINES && rest.p && str_next(&rest, '\n', &raw)) {
		struct str line = str_trim(raw);
		size_t blanks = line.n ? (size_t)(line.p - raw.p) : 0;

		if (!line.n)
			continue;
		if (lines && blanks < indent)
			return; /* something else begins */
		if (b->n + line.n > SAID_MAX || str_starts(line, STR("at ")) ||
		    str_starts(line, STR("File ")) || str_starts(line, STR("#")))
			return;
		buf_add_char(b, ' ');
		buf_add_str(b, line);
		indent = lines++ ? indent : blanks;
	}
}

struct str import_headline(struct import *im, struct str *text)
{
	CLEANUP_BUF struct buf b = {0};
	struct str line;

	if (!next_text(text, &line))
		return STR("");
	buf_add_str(&b, line);
	if (is_place(line) && next_text(text, &line)) {
		if (b.p[b.n - 1] != ':')
			buf_add_char(&b, ':');
		buf_add_char(&b, ' ');
		buf_add_str(&b, line);
	}
	if (text->p && str_ends(buf_str(&b), STR(":")))
		add_said(&b, *text);
	return import_name(im, buf_str(&b));
}

void import_explain(struct import *im, struct test_result *t, struct str text)
{
	struct str message = import_headline(im, &text);

	if (!message.n)
		return;
	t->message = message;
	while (text.n && strchr(" \t\r\n", text.p[text.n - 1]))
		text.n--;
	t->detail = text.p ? import_text(im, text) : STR("");
}

void import_keep(struct buf *b, struct str s)
{
	if (b->n > IMPORT_MAX_TEXT || (!b->n && !str_trim(s).n))
		return;
	buf_add_str(b, str_head(s, IMPORT_MAX_TEXT));
	if (b->p[b->n - 1] != '\n')
		buf_add_char(b, '\n');
}

/*
 * Commas: together with a point, or more than one, they part thousands; a single one is a decimal
 * point.
 */
bool import_number(struct str s, double *out)
{
	char z[64];
	size_t commas = str_count_char(s, ','), n = 0;
	bool thousands = commas > 1 || (commas && str_find_char(s, '.') < s.n);
	double v;

	s = str_trim(s);
	if (s.n >= sizeof(z))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ',')
			z[n++] = s.p[i];
		else if (!thousands)
			z[n++] = '.';
	if (!str_double((struct str){z, n}, &v) || !isfinite(v))
		return false;
	*out = v;
	return true;
}

bool import_seconds(struct str s, double *out)
{
	static const struct {
		struct str name;
		double seconds;
	} units[] = {
		{STR("ns"), 1e-9}, {STR("us"), 1e-6}, {STR("\u00b5s"), 1e-6},
		{STR("ms"), 1e-3}, {STR("sec"), 1},   {STR("s"), 1},
	};
	double v, scale = 1;

	s = str_trim(s);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!str_ends(s, units[i].name))
			continue;
		s = str_trim(str_head(s, s.n - units[i].name.n));
		scale = units[i].seconds;
		break;
	}
	if (!import_number(s, &v))
		return false;
	*out = v * scale;
	return true;
}

void import_lines_release(struct import_lines *l)
{
	buf_release(&l->scratch);
}

/* Length of "2024-05-06T07:08:09.0123456Z " */
static size_t stamp_of(struct str s)
{
	size_t n = s.n > 20 && s.p[10] == 'T' ? visible_stamp(s) : 0;

	return n && str_contains(str_head(s, n), STR("Z ")) ? n : 0;
}

bool import_next_line(struct import_lines *l, struct str *line)
{
	struct str raw;

	if (!l->rest.n || !str_next(&l->rest, '\n', &raw)) /* text after the last \n is no line */
		return false;
	l->no++;
	l->at = raw.p;
	if (raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	buf_clear(&l->scratch);
	*line = visible_text(raw, &l->scratch);
	if (l->no == 1)
		l->stamped = stamp_of(*line) > 0;
	if (l->stamped)
		*line = str_from(*line, stamp_of(*line));
	return true;
}
