// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Templates that are the same statement although the miner tells them apart, because the header of
 * the line was recognised in one log only, or because the line is an event of its own in one log
 * and a continuation in the other. Two are the same when their texts, their first messages or their
 * first raw lines are equal after numbers, values, rulers and a leading level are masked, and their
 * levels do not contradict each other. Where that was needed because a line is an event in one log
 * only, single lines are compared in the same way: templates of the two readings may be cut unlike.
 */
#include "compare/logdiff-priv.h"
#include "text/level.h"

#define KEY_MAX 512 /* bytes of a text that count */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* Length of a run of letters and digits; *number: is it a number, maybe hexadecimal? */
static size_t run_of(struct str s, bool *number)
{
	size_t n = 0, digits = 0, hex = 0;

	while (n < s.n && (is_alpha(s.p[n]) || is_digit(s.p[n]))) {
		digits += is_digit(s.p[n]);
		hex += is_digit(s.p[n]) || ((s.p[n] | 32) >= 'a' && (s.p[n] | 32) <= 'f');
		n++;
	}
	*number = n && (digits == n || (digits && hex == n && n >= 6));
	return n;
}

/* "Jan", "Tuesday": parts of dates. */
static bool is_calendar(struct str s)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
					    "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue",
					    "Wed", "Thu", "Fri", "Sat", "Sun"};

	for (size_t i = 0; s.n == 3 && i < ARRAY_SIZE(names); i++)
		if (str_eq(s, str_of(names[i])))
			return true;
	return false;
}

/* "[ERROR] x", "WARNING: x": x; *level, if it is not known, from there. */
static struct str after_level(struct str s, enum level *level)
{
	enum level own;
	size_t from = 0, n = 0;

	while (from < s.n && from < 3 && !is_alpha(s.p[from]))
		from++;
	while (from + n < s.n && is_alpha(s.p[from + n]))
		n++;
	own = level_of_word((struct str){s.p + from, n});
	if (n == 0 || from + n >= s.n || (s.p[from + n] != ':' && s.p[from + n] != ']') ||
	    own == LEVEL_UNKNOWN)
		return s;
	if (*level == LEVEL_UNKNOWN)
		*level = own;
	return str_trim(str_from(s, from + n + 1));
}

/* A masked text, and the level that goes with it. */
struct key {
	uint64_t text;
	enum level level;
};

#define LEVEL_ANY (LEVEL_FATAL + 1)

static struct key key_of(struct str text, enum level level)
{
	struct str s = after_level(str_trim(str_head(text, KEY_MAX)), &level);
	char out[KEY_MAX + 1];
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		bool number;
		struct str rest = str_from(s, i);
		size_t run = run_of(rest, &number);
		char c = s.p[i];

		if (run == 0 && str_starts(rest, STR("<*>"))) {
			number = true;
			run = 3;
		}
		if (number || (run && is_calendar(str_head(rest, run)))) {
			if (n == 0 || out[n - 1] != '0')
				out[n++] = '0';
		} else if (run) {
			memcpy(out + n, rest.p, run);
			n += run;
		} else if (c == ' ' || c == '\t') {
			if (n && out[n - 1] != ' ')
				out[n++] = ' ';
		} else if (n < 3 || out[n - 1] != c || out[n - 2] != c || out[n - 3] != c) {
			out[n++] = c;
		}
		i += run ? run : 1;
	}
	return (struct key){hash_bytes(out, n, 0), level};
}

#define KEYS_MAX     3
#define EXAMPLES_MAX 4096 /* templates of a side of which a line is read */

struct aliases {
	struct ld *d;
	struct map keys; /* of text and level -> template */
	struct arena arena;
	size_t examples[2];
};

/* Keys of a template: of its text, and of the message and the raw form of its first line. */
static size_t keys_of(struct aliases *x, uint32_t side, uint32_t t, struct key keys[KEYS_MAX])
{
	struct ld *d = x->d;
	const struct template *tmpl = templates_get(d->in->templates, t);
	struct logdiff_line line;

	keys[0] = key_of(tmpl->text, tmpl->level);
	if (d->tmpl[t].count[!side] || x->examples[side]++ >= EXAMPLES_MAX)
		return 1;
	d->in->line(d->in->arg, side, d->tmpl[t].log[side], d->tmpl[t].no[side], &x->arena, &line);
	keys[1] = key_of(line.message, tmpl->level);
	keys[2] = key_of(line.raw, tmpl->level);
	if (x->arena.total > ((size_t)8 << 20)) {
		arena_release(&x->arena);
		arena_init(&x->arena);
	}
	return 3;
}

static void add_good(struct aliases *x, uint32_t t)
{
	struct key keys[KEYS_MAX];
	size_t n = keys_of(x, 0, t, keys);

	for (size_t i = 0; i < n; i++) {
		map_put(&x->keys, hash_word(keys[i].text, keys[i].level), t, NULL);
		map_put(&x->keys, hash_word(keys[i].text, LEVEL_ANY), t, NULL);
	}
}

/* Equal texts are the same at the same level, or when one of the levels is not known. */
static bool find_good(struct aliases *x, uint32_t t, uint32_t *good)
{
	struct key keys[KEYS_MAX];
	size_t n = keys_of(x, 1, t, keys);

	for (size_t i = 0; i < n; i++) {
		enum level l = keys[i].level;

		if (map_get(&x->keys, hash_word(keys[i].text, l == LEVEL_UNKNOWN ? LEVEL_ANY : l),
			    good) ||
		    map_get(&x->keys, hash_word(keys[i].text, LEVEL_UNKNOWN), good))
			return true;
	}
	return false;
}

uint64_t ld_line_key(struct str raw, enum level level)
{
	struct key k = key_of(raw, level);

	return hash_word(k.text, k.level >= LEVEL_ERROR);
}

/* Count t, which is on the bad side only, as good. */
static void merge(struct ld *d, uint32_t t, uint32_t good)
{
	struct ld_tmpl *x = &d->tmpl[t], *y = &d->tmpl[good];

	if (y->count[1] == 0 || x->log[1] < y->log[1] ||
	    (x->log[1] == y->log[1] && x->no[1] < y->no[1])) {
		y->log[1] = x->log[1];
		y->no[1] = x->no[1];
	}
	y->count[1] += x->count[1];
	x->count[1] = 0;
	d->alias[t] = good;
	if (x->cont != y->cont)
		d->mixed = true;
}

void ld_alias(struct ld *d)
{
	struct aliases x = {.d = d};

	arena_init(&x.arena);
	for (uint32_t t = 0; t < d->ntmpl; t++)
		if (d->tmpl[t].count[0] && !d->tmpl[t].blank)
			add_good(&x, t);
	for (uint32_t t = 0; t < d->ntmpl; t++) {
		uint32_t good;

		if (!d->tmpl[t].count[0] && d->tmpl[t].count[1] && !d->tmpl[t].blank &&
		    find_good(&x, t, &good))
			merge(d, t, good);
	}
	arena_release(&x.arena);
	map_release(&x.keys);
}
