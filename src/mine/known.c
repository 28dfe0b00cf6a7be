// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Templates that are known beforehand. A shape belongs to a known template of its level if both
 * have the same skeleton of delimiters and each word of the template is equal to the shape's or is
 * a parameter. Of several, the one with most literal bytes counts; then the smaller id.
 *
 * Two forms are read: "id<TAB>level<TAB>text" and JSON lines with the keys id, level and template
 * (continuation: true or false if the template is only one of continuation lines or of heads).
 */
#include "mine/mine-priv.h"
#include "text/level.h"

#include <stdlib.h>

#define KNOWN_MAX ((size_t)1 << 20) /* templates */

struct known {
	struct str id, text; /* text: as in the file, with <*> */
	struct str canonical;
	struct pieces u;
	uint64_t skeleton;
	size_t literal; /* bytes that are not parameters */
	enum level level;
	bool continuation;
};

struct templates_known {
	struct arena arena;
	struct known *k;
	size_t n, cap;
	struct map first; /* skeleton -> index of the last one added */
	uint32_t *next;   /* chain of the same skeleton; UINT32_MAX ends it */
	size_t nnext, capnext;
};

struct templates_known *templates_known_new(void)
{
	struct templates_known *k = mem_zalloc(sizeof(*k));

	arena_init(&k->arena);
	return k;
}

void templates_known_free(struct templates_known *k)
{
	if (!k)
		return;
	arena_release(&k->arena);
	map_release(&k->first);
	free(k->k);
	free(k->next);
	free(k);
}

static uint64_t skeleton(const struct pieces *u, enum level level, bool continuation)
{
	uint64_t h = hash_word((uint64_t)level << 1 | continuation, HASH_K1);

	for (size_t i = 0; i < u->n; i++)
		h = hash_word(h, u->p[i].kind == PIECE_DELIM ? hash_str(u->p[i].s) : 3);
	return h;
}

/* <*> to the byte that stands for a value. */
static struct str canonical(struct arena *a, struct str text)
{
	struct buf b CLEANUP_BUF = {0};

	for (size_t i = 0; i < text.n; i++) {
		if (str_starts(str_from(text, i), STR("<*>"))) {
			buf_add_char(&b, MASK_ANY);
			i += 2;
		} else {
			buf_add_char(&b, (unsigned char)text.p[i] < ' ' ? '?' : text.p[i]);
		}
	}
	return arena_str(a, buf_str(&b));
}

static void add(struct templates_known *k, struct str id, enum level level, bool continuation,
		struct str text)
{
	struct known n = {.level = level, .continuation = continuation};
	uint32_t at, slot = (uint32_t)k->n;
	uint64_t key;

	n.id = arena_str(&k->arena, id);
	n.text = arena_str(&k->arena, text);
	n.canonical = canonical(&k->arena, n.text);
	n.u = units_cut(&k->arena, n.canonical);
	n.skeleton = skeleton(&n.u, level, continuation);
	for (size_t i = 0; i < n.canonical.n; i++)
		n.literal += n.canonical.p[i] != MASK_ANY;
	array_push(k->k, k->n, k->cap) = n;
	/* Chains grow at their head: the map keeps the first, so its successor moves. */
	key = n.skeleton;
	at = map_put(&k->first, key, slot, NULL);
	array_push(k->next, k->nnext, k->capnext) = UINT32_MAX;
	if (at != slot) {
		k->next[slot] = k->next[at];
		k->next[at] = slot;
	}
}

/* A template of heads, of continuations, or (-1) of both. */
static void add_kinds(struct templates_known *k, struct str id, struct str level, int continuation,
		      struct str text)
{
	for (int c = 0; c <= 1; c++)
		if (continuation < 0 || continuation == c)
			add(k, id, level_of_word(level), c, text);
}

/* A JSON string at *s (its quote included) to b; false if it is none. */
static bool json_string(struct str *s, struct buf *b)
{
	size_t i = 1;

	buf_clear(b);
	if (!s->n || *s->p != '"')
		return false;
	for (; i < s->n && s->p[i] != '"'; i++) {
		char c = s->p[i];

		if (c == '\\') {
			const char *from = "nrtbf", *to = "\n\r\t\b\f", *e;

			if (++i == s->n)
				return false;
			c = s->p[i];
			if (c == 'u') {
				/* the writer uses it for control bytes only, which are no template
				 * text */
				i += 4;
				c = '?';
			} else if (c && (e = strchr(from, c)) != NULL) {
				c = to[e - from];
			}
		}
		buf_add_char(b, c);
	}
	if (i >= s->n)
		return false;
	*s = str_from(*s, i + 1);
	return true;
}

static struct str skip_blanks(struct str s)
{
	while (s.n && (*s.p == ' ' || *s.p == '\t'))
		s = str_from(s, 1);
	return s;
}

/* Skip a value that is no string: up to the next comma or brace outside of strings. */
static struct str skip_value(struct str s, struct buf *scratch)
{
	int depth = 0;

	while (s.n) {
		if (*s.p == '"') {
			if (!json_string(&s, scratch))
				return str_from(s, s.n);
			continue;
		}
		if (*s.p == '{' || *s.p == '[')
			depth++;
		else if ((*s.p == '}' || *s.p == ']') && depth-- == 0)
			return s;
		else if (*s.p == ',' && !depth)
			return s;
		s = str_from(s, 1);
	}
	return s;
}

static bool add_json(struct templates_known *k, struct str s)
{
	struct buf key CLEANUP_BUF = {0}, id CLEANUP_BUF = {0}, text CLEANUP_BUF = {0};
	struct buf level CLEANUP_BUF = {0}, scratch CLEANUP_BUF = {0};
	bool has_text = false;
	int continuation = -1; /* not said */

	for (s = str_from(s, 1);;) {
		struct buf *to = &scratch;
		struct str value;

		s = skip_blanks(s);
		if (!json_string(&s, &key))
			return false;
		s = skip_blanks(s);
		if (!s.n || *s.p != ':')
			return false;
		s = skip_blanks(str_from(s, 1));
		if (str_eq(buf_str(&key), STR("id")))
			to = &id;
		else if (str_eq(buf_str(&key), STR("level")))
			to = &level;
		else if (str_eq(buf_str(&key), STR("template")))
			to = &text;
		value = s;
		if (s.n && *s.p == '"') {
			if (!json_string(&s, to))
				return false;
			has_text |= to == &text;
		} else {
			s = skip_value(s, &scratch);
		}
		if (str_eq(buf_str(&key), STR("continuation")))
			continuation = str_starts(value, STR("true"));
		s = skip_blanks(s);
		if (!s.n)
			return false;
		if (*s.p == '}')
			break;
		s = str_from(s, 1);
	}
	if (!id.n || !has_text)
		return false;
	add_kinds(k, buf_str(&id), buf_str(&level), continuation, buf_str(&text));
	return true;
}

int templates_known_add(struct templates_known *k, struct str text, struct err *err)
{
	struct str line;
	size_t no = 0;

	while (str_next(&text, '\n', &line)) {
		struct str id, level;
		size_t tab, tab2;
		bool ok;

		no++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!line.n)
			continue;
		tab = str_find_char(line, '\t');
		id = str_head(line, tab);
		level = str_from(line, tab + 1);
		tab2 = str_find_char(level, '\t');
		if (*line.p == '{') {
			ok = add_json(k, line);
		} else {
			ok = tab && tab2 < level.n;
			if (ok)
				add_kinds(k, id, str_head(level, tab2), -1,
					  str_from(level, tab2 + 1));
		}
		if (!ok || k->n > KNOWN_MAX) {
			return ok ? err_set(err, ERR_LIMIT, "more than %zu templates", KNOWN_MAX)
				  : err_set(err, ERR_INPUT,
					    "line %zu: neither id, level and text with tabs "
					    "between "
					    "them nor a JSON object with id and template",
					    no);
		}
	}
	return 0;
}

/* Does a piece of a known template match a piece of a shape? Values match anything. */
static bool piece_matches(struct str pattern, struct str s)
{
	size_t i = 0, k = 0, star = SIZE_MAX, mark = 0;

	while (k < s.n) {
		if (i < pattern.n && pattern.p[i] == MASK_ANY) {
			star = i++;
			mark = k;
		} else if (i < pattern.n && pattern.p[i] == s.p[k]) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			k = ++mark;
		} else {
			return false;
		}
	}
	while (i < pattern.n && pattern.p[i] == MASK_ANY)
		i++;
	return i == pattern.n;
}

static bool matches(const struct known *n, const struct pieces *u)
{
	if (n->u.n != u->n)
		return false;
	for (size_t i = 0; i < u->n; i++)
		if (!str_eq(n->u.p[i].s, u->p[i].s) &&
		    (u->p[i].kind == PIECE_DELIM || !piece_matches(n->u.p[i].s, u->p[i].s)))
			return false;
	return true;
}

static bool better(const struct known *a, const struct known *b)
{
	if (!b || a->literal != b->literal)
		return !b || a->literal > b->literal;
	return str_cmp(a->id, b->id) < 0;
}

static const struct known *best_of(const struct templates_known *k, const struct row *r,
				   const struct pieces *u, const struct known *best)
{
	uint32_t i;

	if (!map_get(&k->first, skeleton(u, r->level, r->continuation), &i))
		return best;
	for (; i != UINT32_MAX; i = k->next[i])
		if (k->k[i].level == r->level && k->k[i].continuation == r->continuation &&
		    matches(&k->k[i], u) && better(&k->k[i], best))
			best = &k->k[i];
	return best;
}

bool known_match(const struct templates_known *k, struct arena *a, struct row *r)
{
	const struct known *best;
	struct pieces forms[8];
	struct lists lists;

	forms[0] = units_cut(a, r->text);
	units_join_quoted(&forms[0]);
	forms[1] = units_join_brackets(a, &forms[0], &lists);
	for (size_t i = 0; i < 2; i++)
		forms[2 + i] = units_join_lists(a, &forms[i], &lists);
	for (size_t i = 0; i < 4; i++)
		forms[4 + i] = units_join_sizes(a, &forms[i]);
	best = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		best = best_of(k, r, &forms[i], best);
	if (!best)
		return false;
	r->result = best->text;
	r->known_id = best->id;
	return true;
}
