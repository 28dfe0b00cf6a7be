// SPDX-License-Identifier: GPL-3.0-or-later
/* What the values of a column look like: the ground on which fields.c says what they mean. */
#include "log/learn.h"

#include "base/hash.h"
#include "text/level.h"

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

static bool letter(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25;
}

struct str sample_text(const struct sample *s, size_t c)
{
	struct str v = {s->line.p + s->t[c].at, s->t[c].n};

	if (s->t[c].kind == TOKEN_GROUP && v.n >= 2)
		v = str_trim((struct str){v.p + 1, v.n - 2});
	return v;
}

static bool is_fileline(struct str v)
{
	size_t i, dot;

	if (v.n > 4 && v.p[v.n - 1] == ')') { /* file.cc(12) */
		i = str_find_char(v, '(');
		return i > 2 && i + 2 < v.n && digit(v.p[i + 1]) && memchr(v.p, '.', i) != NULL;
	}
	i = v.n;
	while (i > 0 && digit(v.p[i - 1]))
		i--;
	if (i == v.n || i < 4 || v.p[i - 1] != ':')
		return false;
	v.n = i - 1;
	dot = v.n;
	while (dot > 0 && v.p[dot - 1] != '.' && v.p[dot - 1] != '/')
		dot--;
	return dot > 1 && v.p[dot - 1] == '.' && v.n - dot >= 1 && v.n - dot <= 5 &&
	       letter(v.p[dot]);
}

static bool is_idlike(struct str v)
{
	size_t run = 0, digits = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
			run++;
			digits += digit(c);
			if (run >= 8 && digits >= 2)
				return true;
		} else {
			run = digits = 0;
		}
	}
	return false;
}

bool sample_idlike(const struct sample *s, size_t c)
{
	return is_idlike(sample_text(s, c));
}

static bool is_date(struct str v)
{
	if (v.n != 10 || v.p[4] != v.p[7] || !strchr("-./", v.p[4]))
		return false;
	for (size_t i = 0; i < 10; i++)
		if (i != 4 && i != 7 && !digit(v.p[i]))
			return false;
	return true;
}

/* "app.db:connect:16": module, function and line */
static bool is_codeline(struct str v)
{
	size_t i = v.n, colon;

	while (i > 0 && digit(v.p[i - 1]))
		i--;
	if (i == v.n || i < 4 || v.p[i - 1] != ':' || !(letter(v.p[0]) || v.p[0] == '_'))
		return false;
	colon = str_find_char(v, ':');
	return colon + 1 < i - 1 &&
	       (letter(v.p[colon + 1]) || v.p[colon + 1] == '_' || v.p[colon + 1] == '<');
}

/* name followed by sep and digits up to the end */
static bool ends_in_line(struct str v, char sep)
{
	size_t i = v.n;

	while (i > 0 && digit(v.p[i - 1]))
		i--;
	return i < v.n && i > 1 && v.p[i - 1] == sep && letter(v.p[0] == '/' ? 'a' : v.p[0]);
}

static bool is_facility(struct str v)
{
	static const struct str names[] = {
		STR("kern"),   STR("user"), STR("mail"),   STR("daemon"), STR("auth"),
		STR("syslog"), STR("lpr"),  STR("news"),   STR("uucp"),   STR("authpriv"),
		STR("ftp"),    STR("cron"), STR("local0"), STR("local1"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(v, names[i]))
			return true;
	return false;
}

/* "pid 12:tid 34", "12#34", "12:M", "#12" */
static bool is_numpair(struct str v)
{
	size_t i = str_starts(v, STR("pid ")) ? 4 : v.n > 1 && v.p[0] == '#' ? 1 : 0, from = i;

	while (i < v.n && digit(v.p[i]))
		i++;
	if (i > from && from == 1)
		return i == v.n;
	if (i == from || i == v.n)
		return false;
	if (from)
		return v.p[i] == ':' || v.p[i] == ',';
	if (v.p[i] == ':')
		return i + 2 == v.n && letter(v.p[i + 1]);
	for (from = i + 1; v.p[i] == '#' && from < v.n; from++)
		if (!digit(v.p[from]))
			return false;
	return v.p[i] == '#' && v.n > i + 1;
}

/* "core:error", "Server thread/WARN": a level after a name */
static bool is_module(struct str v)
{
	size_t i = v.n;

	while (i > 0 && letter(v.p[i - 1]))
		i--;
	return i > 1 && i < v.n && (v.p[i - 1] == ':' || v.p[i - 1] == '/') &&
	       level_of_word(str_from(v, i)) != LEVEL_UNKNOWN;
}

static size_t hex_length(struct str v)
{
	size_t i = v.n > 2 && v.p[0] == '0' && v.p[1] == 'x' ? 2 : 0;

	while (i < v.n && (digit(v.p[i]) || (v.p[i] >= 'a' && v.p[i] <= 'f') ||
			   (v.p[i] >= 'A' && v.p[i] <= 'F')))
		i++;
	return i;
}

/* An address of IPv4 or IPv6 and nothing else. */
static bool is_address(struct str v)
{
	size_t digits = 0, dots = 0, colons = 0, hex = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		digits += digit(c);
		hex += (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		dots += c == '.';
		colons += c == ':';
	}
	if (digits + hex + dots + colons != v.n || v.n < 3 || v.n > 45)
		return false;
	return colons ? colons >= 2 && colons <= 7 && (dots == 0 || dots == 3)
		      : dots == 3 && !hex && digits >= 4 && digits <= 12;
}

/* A path, or the name of a log that may be numbered or dated: app.log, app.log.2024-05-01. */
static bool is_filename(struct str v)
{
	static const struct str ends[] = {STR(".log"), STR(".out"), STR(".err"), STR(".txt")};

	if (v.n > 2 && v.p[0] == '/' && memchr(v.p + 1, '/', v.n - 1))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t at = str_find(v, ends[i]), after = at + ends[i].n;

		if (at > 0 && at < v.n && (after == v.n || strchr(".-_:", v.p[after])))
			return true;
	}
	return false;
}

/* Capitals, perhaps a dash, three digits or more: MY-010116, ORA-00600. */
static bool is_code(struct str v)
{
	size_t i = 0, from;

	while (i < v.n && v.p[i] >= 'A' && v.p[i] <= 'Z')
		i++;
	if (i == 0 || i > 6)
		return false;
	i += i < v.n && (v.p[i] == '-' || v.p[i] == '_');
	for (from = i; i < v.n && digit(v.p[i]); i++)
		;
	return i == v.n && i - from >= 3;
}

static void value_stats(struct str v, struct stats *st)
{
	size_t digits = 0, letters = 0, dots = 0, colons = 0, other = 0, dashes = 0;

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		digits += digit(c);
		letters += letter(c);
		dots += c == '.' && i && i + 1 < v.n;
		colons += c == ':';
		dashes += c == '-';
		other += !digit(c) && !letter(c) && !strchr(".-_$:", c);
		if (c == ' ') {
			st->blanks++;
			other += 100;
		}
	}
	st->numeric += digits == v.n && v.n > 0;
	st->idlike += is_idlike(v);
	st->fileline += is_fileline(v);
	st->hashline += ends_in_line(v, '#') || is_codeline(v);
	st->atline += ends_in_line(v, '@') && colons > 0;
	st->dotted += dots >= 1 && letters > digits && other == 0 && !is_fileline(v);
	st->date += is_date(v);
	st->numpair += is_numpair(v);
	st->facility += is_facility(v);
	st->hex += v.n >= 8 && hex_length(v) == v.n && digits > 0;
	st->scoped += str_contains(v, STR("::"));
	st->threadlike += str_contains_nocase(v, STR("thread")) || str_starts(v, STR("worker-")) ||
			  str_starts(v, STR("pool-"));
	st->dash += v.n == 1 && v.p[0] == '-';
	st->hostlike += other == 0 &&
			((digits && letters && v.n >= 4) || (dots == 3 && !letters) || dashes);
	st->address += is_address(v);
	st->filename += is_filename(v);
	st->code += is_code(v);
	st->pairs += other >= 100 && memchr(v.p, '=', v.n) != NULL;
	st->zero += v.n == 1 && v.p[0] == '0';
	if (v.n > st->width)
		st->width = (uint16_t)v.n;
	st->module += is_module(v);
	st->pidded += digits > 0 && v.p[v.n - 1] == ']' && letter(v.p[0]);
}

static bool repeats(const struct sample *s, size_t c)
{
	struct str v = sample_text(s, c);

	for (size_t i = 0; i < c; i++)
		if (s->t[i].kind == TOKEN_ATOM && s->t[i].n >= 3 &&
		    str_contains(v, sample_text(s, i)))
			return true;
	return false;
}

void column_stats(const struct learner *l, size_t c, struct column *col)
{
	struct stats *st = &col->stats;
	struct map seen = {0};

	memset(st, 0, sizeof(*st));
	for (size_t i = 0; i < l->nalive; i++) {
		const struct sample *s = l->alive[i];
		struct str v = sample_text(s, c);

		/* name[pid]: the name only */
		map_put(&seen,
			hash_str(col->kind == TOKEN_TAG ? str_head(v, str_find_char(v, '[')) : v),
			0, NULL);
		value_stats(v, st);
		st->repeat += repeats(s, c);
		st->padded += c + 1 < s->n &&
			      (s->t[c + 1].gap == GAP_BLANKS || s->t[c + 1].gap == GAP_TAB);
	}
	st->distinct = (uint32_t)seen.n;
	map_release(&seen);
}
