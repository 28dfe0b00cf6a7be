// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * From a canonical message to pieces: value words and dates are masked, then the text is cut at
 * delimiters, and lists and quoted values are joined. All of it happens once a shape, not once a
 * line.
 */
#include "mine/mine-priv.h"

static const char any_value[] = {MASK_ANY};

/* Words that are values wherever they stand. */
static bool is_value_word(struct str w)
{
	static const char *const words[] = {"true", "false", "null", "root"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq_nocase(w, str_of(words[i])))
			return true;
	return false;
}

static bool is_name_of_time(struct str w, const char *names)
{
	if (w.n != 3)
		return false;
	for (; *names; names += 3)
		if (!memcmp(w.p, names, 3))
			return true;
	return false;
}

static struct str word_at(struct str s, size_t i)
{
	size_t to = i;

	while (to < s.n && mask_is_word(s.p[to]))
		to++;
	return (struct str){s.p + i, to - i};
}

static bool slot_after_blank(struct str s, size_t i)
{
	return i + 1 < s.n && s.p[i] == ' ' && mask_is_slot(s.p[i + 1]);
}

/*
 * "Tue Jul 26 05:47:42 PDT 2005" in canonical form, any prefix down to "Jul 26"; its end, or i if
 * there is none at i.
 */
static size_t date_end(struct str s, size_t i)
{
	struct str w = word_at(s, i);
	size_t at = i;

	if (is_name_of_time(w, "MonTueWedThuFriSatSun")) {
		at += 3;
		if (at < s.n && s.p[at] == ',')
			at++;
		if (at == s.n || s.p[at] != ' ')
			return i;
		w = word_at(s, ++at);
	}
	if (!is_name_of_time(w, "JanFebMarAprMayJunJulAugSepOctNovDec") ||
	    !slot_after_blank(s, at + 3))
		return i;
	at += 5;
	if (!slot_after_blank(s, at) || s.p[at + 1] != MASK_TIME)
		return at;
	at += 2;
	if (at < s.n && s.p[at] == ' ') {
		w = word_at(s, at + 1);
		if ((w.n == 3 || w.n == 4) && slot_after_blank(s, at + 1 + w.n)) {
			bool capitals = true;

			for (size_t k = 0; k < w.n; k++)
				capitals &= w.p[k] >= 'A' && w.p[k] <= 'Z';
			if (capitals)
				return at + 3 + w.n;
		}
	}
	return slot_after_blank(s, at) ? at + 2 : at;
}

/* "<1 sec", a value below something: its end, or i if there is none at i. */
static size_t below_end(struct str s, size_t i)
{
	static const char *const units[] = {"s",   "sec",  "secs", "second", "seconds", "ms",
					    "min", "mins", "us",   "B",      "KB",      "MB"};
	size_t at = i + 2;

	if (s.p[i] != '<' || (i && s.p[i - 1] != ' ') || at > s.n || !mask_is_slot(s.p[i + 1]))
		return i;
	if (at + 1 < s.n && s.p[at] == ' ') {
		struct str w = word_at(s, at + 1);

		for (size_t k = 0; k < ARRAY_SIZE(units); k++)
			if (str_eq(w, str_of(units[k]))) {
				at += 1 + w.n;
				break;
			}
	}
	if (at < s.n && s.p[at] == '>')
		return i; /* a pair of brackets */
	return at == s.n || at > i + 2 || s.p[at] != ' ' ? at : i;
}

/* Append a value, joined with the one before if nothing but a full stop is between them. */
static void add_value(struct buf *b)
{
	size_t n = b->n;

	if (n && b->p[n - 1] == MASK_ANY)
		return;
	if (n >= 2 && b->p[n - 1] == '.' && b->p[n - 2] == MASK_ANY) {
		b->n--;
		return;
	}
	buf_add_char(b, MASK_ANY);
}

struct str units_normalise(struct arena *a, struct str s)
{
	struct buf b CLEANUP_BUF = {0};

	for (size_t i = 0; i < s.n;) {
		struct str w = word_at(s, i);
		size_t to = i;
		char before = i ? s.p[i - 1] : ' ', after = i + w.n < s.n ? s.p[i + w.n] : ' ';

		to = w.n ? date_end(s, i) : below_end(s, i);
		if (to > i) {
			add_value(&b);
			i = to;
		} else if (w.n && before != '?' && after != '?' && is_value_word(w) &&
			   !(after == '=' && (*w.p | 32) == 'r')) {
			add_value(&b);
			i += w.n;
		} else if (w.n) {
			buf_add_str(&b, w);
			i += w.n;
		} else if (mask_is_slot(s.p[i])) {
			if (s.p[i] == MASK_DATE && slot_after_blank(s, i + 1) &&
			    s.p[i + 2] == MASK_TIME)
				i += 2;
			add_value(&b);
			i++;
		} else {
			buf_add_char(&b, s.p[i++]);
		}
	}
	return arena_str(a, buf_str(&b));
}

static enum piece_kind kind_of(struct str s)
{
	bool slot = false, digit = false;

	for (size_t i = 0; i < s.n; i++) {
		slot |= mask_is_slot(s.p[i]);
		digit |= mask_is_digit(s.p[i]);
	}
	if (slot)
		return s.n == 1 ? PIECE_VALUE : PIECE_PART;
	return digit ? PIECE_SOFT : PIECE_WORD;
}

static bool is_stop(char c)
{
	return c == '.' || c == ':' || c == '!' || c == '?';
}

/* The bracket or quote that closes c; 0 if c opens nothing. */
static char closing(char c)
{
	switch (c) {
	case '(': return ')';
	case '[': return ']';
	case '{': return '}';
	case '<': return '>';
	case '"':
	case '\'': return c;
	default: return 0;
	}
}

/* Could a value stand between these two neighbouring delimiters? */
static bool is_hole(char c, char next)
{
	return next == closing(c) || (c == '=' && strchr(" ,;)]}", next));
}

static void push(struct pieces *u, struct str s, enum piece_kind kind)
{
	u->p[u->n++] = (struct piece){s, kind};
}

struct pieces units_cut(struct arena *a, struct str s)
{
	struct pieces u = {arena_alloc(a, (2 * s.n + 1) * sizeof(*u.p)), 0};

	for (size_t i = 0; i < s.n;) {
		size_t to = i, end;

		if (mask_is_delim(s.p[i])) {
			char next = i + 1 < s.n ? s.p[i + 1] : ' ';

			push(&u, (struct str){s.p + i, 1}, PIECE_DELIM);
			if (is_hole(s.p[i], next))
				push(&u, (struct str){s.p + i + 1, 0}, PIECE_EMPTY);
			i++;
			continue;
		}
		while (to < s.n && !mask_is_delim(s.p[to]))
			to++;
		end = to;
		if (to == s.n || s.p[to] == ' ' || s.p[to] == ',' || s.p[to] == ';')
			while (end > i && is_stop(s.p[end - 1]))
				end--;
		if (end > i)
			push(&u, (struct str){s.p + i, end - i},
			     kind_of((struct str){s.p + i, end - i}));
		if (end < to)
			push(&u, (struct str){s.p + end, to - end}, PIECE_DELIM);
		i = to;
	}
	return u;
}

static bool is_delim(const struct piece *p, char c)
{
	return p->kind == PIECE_DELIM && p->s.n == 1 && *p->s.p == c;
}

void units_join_quoted(struct pieces *u)
{
	size_t n = 0, open = SIZE_MAX;

	for (size_t i = 0; i < u->n; i++) {
		if (is_delim(&u->p[i], '"')) {
			if (open == SIZE_MAX) {
				open = n;
			} else {
				while (n >= open + 4 && u->p[n - 1].kind == PIECE_VALUE &&
				       is_delim(&u->p[n - 2], ' ') &&
				       u->p[n - 3].kind == PIECE_VALUE)
					n -= 2;
				open = SIZE_MAX;
			}
		}
		u->p[n++] = u->p[i];
	}
	u->n = n;
}

/* Pieces from one value of a list to the next, if a separator (one of , and blank and both) and a
 * value are at i: 2 or 3; else 0. */
static size_t separator(const struct pieces *u, size_t i)
{
	if (i + 1 >= u->n || !(is_delim(&u->p[i], ' ') || is_delim(&u->p[i], ',')))
		return 0;
	if (u->p[i + 1].kind == PIECE_VALUE)
		return 2;
	return i + 2 < u->n && is_delim(&u->p[i], ',') && is_delim(&u->p[i + 1], ' ') &&
			       u->p[i + 2].kind == PIECE_VALUE
		       ? 3
		       : 0;
}

struct pieces units_join_lists(struct arena *a, const struct pieces *u, struct lists *info)
{
	struct pieces out = {arena_alloc(a, u->n * sizeof(*u->p)), 0};

	*info = (struct lists){.longest = 1};
	for (size_t i = 0; i < u->n; i++) {
		size_t sep, values = 1;
		char c;

		push(&out, u->p[i].s, u->p[i].kind);
		sep = u->p[i].kind == PIECE_VALUE ? separator(u, i + 1) : 0;
		if (!sep)
			continue;
		c = *u->p[i + 1].s.p;
		while (separator(u, i + 1) == sep && *u->p[i + 1].s.p == c) {
			i += sep;
			values++;
		}
		if (values > info->longest)
			info->longest = values;
		info->lengths = hash_word(hash_word(info->lengths, out.n), values);
		info->loose |= sep != 2 || c != ',';
	}
	return out;
}

/* Pieces of "[a, b, c]" at i, *items its items; 0 if that is no list of single units. */
static size_t bracket_list(const struct pieces *u, size_t i, size_t *items)
{
	size_t at = i + 1;

	if (!is_delim(&u->p[i], '['))
		return 0;
	for (*items = 1; at + 1 < u->n && u->p[at].kind != PIECE_DELIM; (*items)++) {
		if (is_delim(&u->p[at + 1], ']'))
			return at + 2 - i;
		if (!is_delim(&u->p[at + 1], ','))
			return 0;
		at += 2;
		if (at < u->n && is_delim(&u->p[at], ' '))
			at++;
	}
	return 0;
}

/* Does piece i come after '=' or ':', blanks between them or not? */
static bool is_keyed(const struct pieces *u, size_t i)
{
	while (i && is_delim(&u->p[i - 1], ' '))
		i--;
	return i && (is_delim(&u->p[i - 1], '=') || is_delim(&u->p[i - 1], ':'));
}

struct pieces units_join_brackets(struct arena *a, const struct pieces *u, struct lists *info)
{
	struct pieces out = {arena_alloc(a, u->n * sizeof(*u->p)), 0};

	*info = (struct lists){.longest = 1};
	for (size_t i = 0, n, items; i < u->n; i += n) {
		n = is_keyed(u, i) ? bracket_list(u, i, &items) : 0;
		push(&out, u->p[i].s, u->p[i].kind);
		if (!n) {
			n = 1;
			continue;
		}
		push(&out, (struct str){any_value, 1}, PIECE_VALUE);
		push(&out, u->p[i + n - 1].s, PIECE_DELIM);
		if (items > info->longest)
			info->longest = items;
		info->lengths = hash_word(hash_word(info->lengths, out.n), items);
	}
	return out;
}

bool units_is_size(const struct pieces *u, size_t i)
{
	static const char *const units[] = {"B",   "KB",  "MB",    "GB", "TB", "kB", "KiB",
					    "MiB", "GiB", "bytes", "K",  "M",  "G"};

	if (i < 2 || u->p[i - 2].kind != PIECE_VALUE || !str_eq(u->p[i - 1].s, STR(" ")))
		return false;
	for (size_t k = 0; k < ARRAY_SIZE(units); k++)
		if (str_eq(u->p[i].s, str_of(units[k])))
			return true;
	return false;
}

struct pieces units_join_sizes(struct arena *a, const struct pieces *u)
{
	struct pieces out = {arena_alloc(a, u->n * sizeof(*u->p)), 0};

	for (size_t i = 0; i < u->n; i++) {
		if (i + 1 < u->n && units_is_size(u, i + 1))
			i++; /* the blank and the unit */
		else
			push(&out, u->p[i].s, u->p[i].kind);
	}
	return out;
}

struct str units_text(struct arena *a, const struct pieces *u)
{
	struct buf b CLEANUP_BUF = {0}, t CLEANUP_BUF = {0};

	for (size_t i = 0; i < u->n; i++)
		for (size_t k = 0; k < u->p[i].s.n; k++) {
			if (u->p[i].s.p[k] == MASK_ANY)
				add_value(&b);
			else
				buf_add_char(&b, u->p[i].s.p[k]);
		}
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == MASK_ANY)
			BUF_LIT(&t, "<*>");
		else
			buf_add_char(&t, b.p[i]);
	}
	return arena_str(a, buf_str(&t));
}
