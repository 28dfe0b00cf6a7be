// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Templates that are the same statement although the miner tells them apart, because the header of
 * the line was recognised in one log only, or because the line is an event of its own in one log
 * and a continuation in the other. Two are the same when their texts, their first messages or their
 * first raw lines are equal after numbers, values, rulers and a leading level are masked.
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

/* "[ERROR] x", "WARNING: x": x. */
static struct str after_level(struct str s)
{
	size_t from = 0, n = 0;

	while (from < s.n && from < 3 && !is_alpha(s.p[from]))
		from++;
	while (from + n < s.n && is_alpha(s.p[from + n]))
		n++;
	if (n == 0 || from + n >= s.n || (s.p[from + n] != ':' && s.p[from + n] != ']') ||
	    level_of_word((struct str){s.p + from, n}) == LEVEL_UNKNOWN)
		return s;
	return str_trim(str_from(s, from + n + 1));
}

static uint64_t key_of(struct str text)
{
	struct str s = after_level(str_trim(str_head(text, KEY_MAX)));
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
	return n ? hash_bytes(out, n, 0) : 0;
}

/* Keys of a template by its first line on a side. */
static void example_keys(const struct ld *d, uint32_t side, uint32_t t, struct arena *a,
			 uint64_t keys[2])
{
	const struct ld_tmpl *x = &d->tmpl[t];
	struct logdiff_line line;

	d->in->line(d->in->arg, side, x->log[side], x->no[side], a, &line);
	keys[0] = key_of(line.message);
	keys[1] = key_of(line.raw);
}

static void add_good(struct ld *d, struct map *keys, uint32_t t, struct arena *a)
{
	uint64_t key = key_of(templates_get(d->in->templates, t)->text), more[2];

	if (key)
		map_put(keys, key, t, NULL);
	if (d->tmpl[t].count[1])
		return;
	example_keys(d, 0, t, a, more);
	for (int i = 0; i < 2; i++)
		if (more[i])
			map_put(keys, more[i], t, NULL);
}

static bool find_good(struct ld *d, const struct map *keys, uint32_t t, struct arena *a,
		      uint32_t *good)
{
	uint64_t more[2];

	if (map_get(keys, key_of(templates_get(d->in->templates, t)->text), good))
		return true;
	example_keys(d, 1, t, a, more);
	return (more[0] && map_get(keys, more[0], good)) ||
	       (more[1] && map_get(keys, more[1], good));
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
}

void ld_alias(struct ld *d)
{
	struct map keys = {0};
	struct arena a;

	arena_init(&a);
	for (uint32_t t = 0; t < d->ntmpl; t++)
		if (d->tmpl[t].count[0] && !d->tmpl[t].blank)
			add_good(d, &keys, t, &a);
	for (uint32_t t = 0; t < d->ntmpl; t++) {
		uint32_t good;

		if (d->tmpl[t].count[0] || !d->tmpl[t].count[1] || d->tmpl[t].blank)
			continue;
		if (find_good(d, &keys, t, &a, &good))
			merge(d, t, good);
		if (a.total > ((size_t)8 << 20)) {
			arena_release(&a);
			arena_init(&a);
		}
	}
	arena_release(&a);
	map_release(&keys);
}
