// SPDX-License-Identifier: GPL-3.0-or-later
/* See jsontree.h. Arrays and objects that are open stand on a stack; a value is hung into the
 * topmost one when it begins, so that whatever the text ends with is in the tree. */
#include "text/jsontree.h"

#include <math.h>
#include <stdlib.h>

#include "text/jsonscan.h"

#define NUMBER_MAX 512 /* bytes */

struct parser {
	const char *p, *end;
	uint64_t line;
	struct arena *arena;
	size_t nodes;
	struct jsontree *open[JSONTREE_DEPTH];
	size_t depth;
	struct err *err;
};

static int fault(const struct parser *s, const char *what)
{
	return err_set(s->err, ERR_INPUT, "line %llu: JSON: %s", (unsigned long long)s->line, what);
}

static void skip_blanks(struct parser *s)
{
	for (; s->p < s->end; s->p++) {
		if (*s->p == '\n')
			s->line++;
		else if (*s->p != ' ' && *s->p != '\t' && *s->p != '\r')
			break;
	}
}

/* A string at its opening quote. 1: read; 0: the text ends inside of it (out is what there is). */
static int string(struct parser *s, struct str *out)
{
	const char *from = ++s->p;
	bool escaped = false, closed;

	for (; s->p < s->end && *s->p != '"'; s->p++) {
		if (*s->p == '\\') {
			escaped = true;
			s->p += s->p + 1 < s->end;
		}
		s->line += *s->p == '\n';
	}
	closed = s->p < s->end;
	*out = (struct str){from, (size_t)(s->p - from)};
	s->p += closed;
	if (escaped) {
		CLEANUP_BUF struct buf b = {0};

		jsonscan_unescape(*out, &b);
		*out = arena_str(s->arena, buf_str(&b));
	}
	return closed;
}

static bool word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '+' ||
	       c == '-' || c == '.';
}

static bool number(struct str w, struct jsontree *t)
{
	char z[NUMBER_MAX], *end;

	for (size_t i = 0; i < w.n; i++)
		if (!strchr("+-.eE0123456789", w.p[i]))
			return false;
	t->kind = JSONTREE_INT;
	if (str_i64(w, &t->integer))
		return true;
	t->kind = JSONTREE_REAL;
	if (w.n < 64)
		return str_double(w, &t->real);
	/* More digits than a double has: the first of them tell. */
	if (w.n >= sizeof(z))
		return false;
	memcpy(z, w.p, w.n);
	z[w.n] = 0;
	t->real = strtod(z, &end);
	return end == z + w.n;
}

static bool word(struct str w, struct jsontree *t)
{
	static const struct {
		const char *text;
		enum jsontree_kind kind;
		double real;
	} words[] = {
		{"null", JSONTREE_NULL, 0},         {"true", JSONTREE_BOOL, 1},
		{"false", JSONTREE_BOOL, 0},        {"NaN", JSONTREE_REAL, NAN},
		{"nan", JSONTREE_REAL, NAN},        {"-nan", JSONTREE_REAL, NAN},
		{"-NaN", JSONTREE_REAL, NAN},       {"Infinity", JSONTREE_REAL, INFINITY},
		{"inf", JSONTREE_REAL, INFINITY},   {"-Infinity", JSONTREE_REAL, -INFINITY},
		{"-inf", JSONTREE_REAL, -INFINITY},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_eq(w, str_of(words[i].text)))
			continue;
		t->kind = words[i].kind;
		if (t->kind == JSONTREE_BOOL)
			t->truth = words[i].real != 0;
		else
			t->real = words[i].real;
		return true;
	}
	return number(w, t);
}

/* A node in the topmost open value, or the root. */
static struct jsontree *add(struct parser *s, struct jsontree_doc *doc, struct str key)
{
	struct jsontree *t = arena_zalloc(s->arena, sizeof(*t)), *in;

	t->line = (uint32_t)s->line;
	t->key = key;
	s->nodes++;
	if (!s->depth) {
		doc->root = t;
		return t;
	}
	in = s->open[s->depth - 1];
	if (in->last)
		in->last->next = t;
	else
		in->first = t;
	in->last = t;
	return t;
}

/* A value at its first byte. 1: read, or opened; 0: the text ends in it. */
static int value(struct parser *s, struct jsontree_doc *doc, struct str key)
{
	struct jsontree *t, got = {.kind = JSONTREE_STRING};
	const char *from = s->p;

	if (s->nodes >= JSONTREE_MAX)
		return err_set(s->err, ERR_LIMIT, "line %llu: JSON: more than %zu values",
			       (unsigned long long)s->line, JSONTREE_MAX);
	if (*s->p == '"') {
		int closed = string(s, &got.text);

		t = add(s, doc, key);
		t->kind = got.kind;
		t->text = got.text;
		return closed;
	}
	if (*s->p == '{' || *s->p == '[') {
		if (s->depth == JSONTREE_DEPTH)
			return err_set(s->err, ERR_LIMIT, "line %llu: JSON: nested deeper than %d",
				       (unsigned long long)s->line, JSONTREE_DEPTH);
		t = add(s, doc, key);
		t->kind = *s->p == '{' ? JSONTREE_OBJECT : JSONTREE_ARRAY;
		s->open[s->depth++] = t;
		s->p++;
		return 1;
	}
	while (s->p < s->end && word_char(*s->p))
		s->p++;
	if (s->p == s->end && s->depth)
		return 0; /* half a word may look like a whole one */
	if (!word((struct str){from, (size_t)(s->p - from)}, &got))
		return fault(s, s->p == from ? "a value is missing" : "neither number nor word");
	t = add(s, doc, key);
	t->kind = got.kind;
	memcpy(&t->text, &got.text, sizeof(t->text));
	return 1;
}

/* A member's key and colon. 1, 0: the text ends. */
static int key_of(struct parser *s, struct str *key)
{
	if (*s->p != '"')
		return fault(s, "a key in quotes is missing");
	if (!string(s, key))
		return 0;
	skip_blanks(s);
	if (s->p == s->end)
		return 0;
	if (*s->p != ':')
		return fault(s, "a colon is missing after a key");
	s->p++;
	skip_blanks(s);
	return s->p < s->end;
}

/* One step within the topmost open value. 1; 0: the text ends. */
static int step(struct parser *s, struct jsontree_doc *doc)
{
	struct jsontree *in = s->open[s->depth - 1];
	bool object = in->kind == JSONTREE_OBJECT;
	struct str key = {0};
	int rc;

	skip_blanks(s);
	if (s->p == s->end)
		return 0;
	if (*s->p == (object ? '}' : ']')) {
		s->p++;
		s->depth--;
		return 1;
	}
	if (in->last) {
		if (*s->p != ',')
			return fault(s, "a comma or a closing bracket is missing");
		s->p++;
		skip_blanks(s);
		if (s->p == s->end)
			return 0;
		if (*s->p == (object ? '}' : ']'))
			return 1; /* a comma too many: lenient */
	}
	rc = object ? key_of(s, &key) : 1;
	return rc > 0 ? value(s, doc, key) : rc;
}

int jsontree_read(struct jsontree_doc *doc, struct arena *a, struct str data, uint64_t line,
		  struct err *err)
{
	struct jsontree_doc d = {0};
	struct parser s = {.line = line, .arena = a, .err = err};
	int rc = 1;

	if (str_starts(data, STR("\xef\xbb\xbf")))
		data = str_from(data, 3);
	s.p = data.p;
	s.end = data.p + data.n;
	skip_blanks(&s);
	if (s.p < s.end)
		rc = value(&s, &d, (struct str){0});
	while (rc > 0 && s.depth)
		rc = step(&s, &d);
	if (rc < 0)
		return rc;
	d.cut = rc == 0;
	skip_blanks(&s);
	d.rest = (struct str){s.p, (size_t)(s.end - s.p)};
	d.line = s.line;
	*doc = d;
	return 0;
}

const struct jsontree *jsontree_first(const struct jsontree *t)
{
	return t && t->kind >= JSONTREE_ARRAY ? t->first : NULL;
}

const struct jsontree *jsontree_get(const struct jsontree *t, const char *key)
{
	struct str want = str_of(key);
	const struct jsontree *found = NULL;

	if (!t || t->kind != JSONTREE_OBJECT)
		return NULL;
	for (t = t->first; t; t = t->next)
		if (str_eq(t->key, want))
			found = t;
	return found;
}

size_t jsontree_count(const struct jsontree *t)
{
	size_t n = 0;

	for (t = jsontree_first(t); t; t = t->next)
		n++;
	return n;
}

struct str jsontree_text(const struct jsontree *t)
{
	return t && t->kind == JSONTREE_STRING ? t->text : (struct str){0};
}

/* The number that t stands for, if it does. */
static bool as_number(const struct jsontree *t, double *v)
{
	struct jsontree got;

	if (!t)
		return false;
	if (t->kind == JSONTREE_STRING) {
		if (!word(t->text, &got))
			return false;
		t = &got;
	}
	if (t->kind != JSONTREE_INT && t->kind != JSONTREE_REAL)
		return false;
	*v = t->kind == JSONTREE_INT ? (double)t->integer : t->real;
	return true;
}

double jsontree_number(const struct jsontree *t)
{
	double v;

	return as_number(t, &v) ? v : NAN;
}

bool jsontree_is_number(const struct jsontree *t)
{
	double v;

	return as_number(t, &v);
}

bool jsontree_true(const struct jsontree *t)
{
	return t && t->kind == JSONTREE_BOOL && t->truth;
}
