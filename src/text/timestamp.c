// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Shapes are short patterns run by one small matcher (run()):
 *
 *   Y y     year of four, of two digits        M D     month, day of two digits
 *   n       month of one digit
 *   d       day of one or two digits, maybe blank-padded     b a  name of the month, of the weekday
 *   h m s   two digits                         H I S   hour, minute, second of one or two digits
 *   f F     fraction, optional (. or ,), required (any of . , :)
 *   z       zone, optional: Z +hh +hhmm +hh:mm, or after a blank also a name or GMT+hh:mm
 *   p       AM or PM, optional                 w       the same, required
 *   e       seconds since the epoch: 10 digits, or 13, 16, 19 for ms, us, ns
 *   k       seconds since boot, blank-padded, with a fraction
 *   t       TAI64N: @ and 24 hexadecimal digits
 *
 * All else stands for itself. Invariants: (1) a match ends where no digit or letter follows;
 * (2) ranges are checked by run(), not by the fast plan, which sees columns known to be times;
 * (3) of several shapes the longest match wins, then the first in the table.
 */
#include "text/timestamp.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define DAY      INT64_C(86400)
#define NS       INT64_C(1000000000)
#define MONTHS   "janfebmaraprmayjunjulaugsepoctnovdec\0" /* see name3() */
#define WEEKDAYS "monwedthutuefrisatsun\0"
#define YEAR_0   (-719528) /* days from 1970-01-01 to 0000-01-01 */

static const struct shape {
	const char *pat;
	enum timestamp_place place;
} shapes[] = {
	{"Y-M-DTh:m:sfz", 0},
	{"Y-M-D h:m:sfz", 0},
	{"Y-M-D h:m:sF", 0},
	{"Y/M/D h:m:sfz", 0},
	{"Y.M.D h:m:sfz", 0},
	{"Y-M-D-h.m.sf", 0},
	{"Y-M-D_h:m:sf", 0},
	{"Y-M-D_h-m-sf", 0},
	{"Y-M-D-h:m:sf", 0},
	{"Y/M/D-h:m:sf", 0},
	{"Y-M-D h.m.sf", 0},
	{"Y-M-D, h:m:sf", 0},
	{"a Y-M-D h:m:sfz", 0},
	{"y/M/D h:m:sf", 0},
	{"y-M-D h:m:sf", 0},
	{"yMD hms", 0},
	{"yMD h:m:sf", 0},
	{"yMD H:m:s", 0},
	{"YMDThmsfz", 0},
	{"YMD-hmsf", 0},
	{"YMD_hmsf", 0},
	{"YMD hmsf", 0},
	{"YMDhmsf", 0},
	{"YMD h:m:sf", 0},
	{"YMD h:m:sf", TIMESTAMP_LETTER},
	{"YMD-H:I:SF", 0},
	{"YMD-h:m:sf", 0},
	{"YMDTh:m:sfz", 0},
	{"b d h:m:sfz", 0},
	{"b d Y h:m:sfz", 0},
	{"b d, Y h:m:sfz", 0},
	{"b d, Y H:m:sfp", 0},
	{"b d, Y, H:m:sfp", 0},
	{"b d h:m:sf Y", 0},
	{"Y b d h:m:sfz", 0},
	{"a b d h:m:sf Y", 0},
	{"a b d h:m:sfz Y", 0},
	{"a b d Y h:m:sfz", 0},
	{"a b d H:m:s pz Y", 0},
	{"a d b Y h:m:sfz", 0},
	{"a d b Y H:m:s wz", 0},
	{"a, d b Y h:m:sfz", 0},
	{"d b Y h:m:sfz", 0},
	{"d-b-Y h:m:sfz", 0},
	{"d-b-y h:m:sf", 0},
	{"d/b/Y:h:m:sfz", 0},
	{"d/b/Y h:m:sfz", 0},
	{"d b h:m:sf", 0},
	{"M-D h:m:sf", 0},
	{"M/D h:m:sf", 0},
	{"M.D h:m:sf", 0},
	{"M/D/Y h:m:sfz", 0},
	{"M/D/Y H:m:sfp", 0},
	{"M/D/Y, H:m:sfp", 0},
	{"D/M/Y h:m:sfz", 0},
	{"D/M/Y H:m:sfp", 0},
	{"D/M/Y, H:m:sfp", 0},
	{"M/D/y h:m:sf", 0},
	{"D.M.Y h:m:sfz", 0},
	{"D-M-Y h:m:sfz", 0},
	{"h:m:sfz", 0},
	{"H:m:sfp", 0},
	{"MD h:m:sf", TIMESTAMP_LETTER},
	{"nD h:m:sf", TIMESTAMP_LETTER},
	{"MD/hmsf", TIMESTAMP_BRACKET},
	{"k", TIMESTAMP_BRACKET},
	{"ef", 0},
	{"t", 0},
};

#define NSHAPES (sizeof(shapes) / sizeof(shapes[0]))

struct parts {
	int year, month, day, hour, min, sec, zone, half; /* half: 1 AM, 2 PM */
	int64_t ns, epoch;                                /* fraction; seconds of e, k and t */
	uint8_t digits;
	bool has_year, has_date, has_zone, since;
};

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

static bool letter(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25;
}

/* min ... max digits as a number; -1 if there are fewer. */
static int number(const char **pp, const char *end, int min, int max)
{
	const char *p = *pp;
	int v = 0, n = 0;

	while (n < max && p < end && digit(*p)) {
		v = v * 10 + (*p++ - '0');
		n++;
	}
	*pp = p;
	return n < min ? -1 : v;
}

static int name3(const char **pp, const char *end, const char *names)
{
	const char *p = *pp;

	if (end - p < 3)
		return -1;
	for (int i = 0; names[3 * i]; i++) {
		if ((p[0] | 32) == names[3 * i] && (p[1] | 32) == names[3 * i + 1] &&
		    (p[2] | 32) == names[3 * i + 2] && (p + 3 == end || !letter(p[3]))) {
			*pp = p + 3;
			return i;
		}
	}
	return -1;
}

static void fraction(const char **pp, const char *end, struct parts *t)
{
	const char *p = *pp;

	for (t->digits = 0, t->ns = 0; p < end && digit(*p); p++) {
		if (t->digits < 9) {
			t->ns = t->ns * 10 + (*p - '0');
			t->digits++;
		}
	}
	for (int i = t->digits; i < 9; i++)
		t->ns *= 10;
	*pp = p;
}

static const struct zone {
	char name[6];
	int16_t minutes; /* ZONE_VAGUE: several places use it, so it does not tell */
} zones[] = {
#define ZONE_VAGUE 9999
	{"UTC", 0},          {"GMT", 0},    {"CEST", 120}, {"CET", 60},         {"EEST", 180},
	{"EET", 120},        {"WEST", 60},  {"WET", 0},    {"EST", -300},       {"EDT", -240},
	{"CST", ZONE_VAGUE}, {"CDT", -300}, {"MST", -420}, {"MDT", -360},       {"PST", -480},
	{"PDT", -420},       {"JST", 540},  {"KST", 540},  {"IST", ZONE_VAGUE}, {"BST", ZONE_VAGUE},
	{"MSK", 180},        {"AEST", 600}, {"AEDT", 660}, {"HKT", 480},        {"SGT", 480},
	{"NZST", 720},       {"NZDT", 780}, {"Z", 0},
};

static bool zone_offset(const char **pp, const char *end, struct parts *t)
{
	const char *p = *pp;
	int sign = *p == '-' ? -1 : 1, h, m = 0;

	p++;
	h = number(&p, end, 2, 2);
	if (h < 0 || h > 15)
		return false;
	if (p + 2 < end && *p == ':' && digit(p[1]))
		p++;
	if (p < end && digit(*p)) {
		m = number(&p, end, 2, 2);
		if (m < 0 || m > 59)
			return false;
	}
	if (p < end && (digit(*p) || letter(*p)))
		return false;
	t->zone = sign * (h * 3600 + m * 60);
	t->has_zone = true;
	*pp = p;
	return true;
}

/* May a name of the table begin so? Most lines have a level here, which this rules out. */
static bool zone_begins(char a, char b)
{
	switch (a) {
	case 'A':
	case 'W': return b == 'E';
	case 'B':
	case 'I':
	case 'J':
	case 'K': return b == 'S';
	case 'C':
	case 'E': return b == 'E' || b == 'S' || b == 'D';
	case 'M':
	case 'P': return b == 'S' || b == 'D';
	case 'G': return b == 'M';
	case 'H': return b == 'K';
	case 'N': return b == 'Z';
	case 'S': return b == 'G';
	case 'U': return b == 'T';
	case 'Z': return true;
	default: return false;
	}
}

static bool zone_name(const char **pp, const char *end, struct parts *t)
{
	if (!zone_begins(**pp, *pp + 1 < end ? (*pp)[1] : 0))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		size_t n = strlen(zones[i].name);
		const char *p = *pp + n;

		if ((size_t)(end - *pp) < n || memcmp(*pp, zones[i].name, n) != 0 ||
		    (p < end && (letter(*p) || digit(*p) || *p == '_')))
			continue;
		t->has_zone = zones[i].minutes != ZONE_VAGUE;
		t->zone = t->has_zone ? zones[i].minutes * 60 : 0;
		*pp = p;
		if (p < end && (*p == '+' || *p == '-'))
			zone_offset(pp, end, t);
		return true;
	}
	return false;
}

/* The zone is optional: nothing is consumed where none stands. */
static void zone(const char **pp, const char *end, struct parts *t)
{
	const char *p = *pp;

	if (p < end && *p == ' ')
		p++;
	if (p == end)
		return;
	if (*p == '+' || (*p == '-' && p + 2 < end && digit(p[1]))) {
		if (zone_offset(&p, end, t))
			*pp = p;
	} else if (zone_name(&p, end, t)) {
		*pp = p;
	}
}

static bool epoch(const char **pp, const char *end, struct parts *t)
{
	const char *p = *pp;
	int64_t v = 0;
	int n = 0;

	while (p < end && digit(*p) && n < 20) {
		v = n < 18 ? v * 10 + (*p - '0') : v;
		n++;
		p++;
	}
	if ((n != 10 && n != 13 && n != 16 && n != 19) || (**pp != '1' && **pp != '2'))
		return false;
	if (**pp == '2' && (*pp)[1] > '1')
		return false;
	p = *pp;
	v = 0;
	for (int i = 0; i < 10; i++)
		v = v * 10 + (*p++ - '0');
	t->epoch = v;
	fraction(&p, end, t); /* none if n is 10 */
	t->since = t->has_date = t->has_year = t->has_zone = true;
	*pp = p;
	return true;
}

static bool since_boot(const char **pp, const char *end, struct parts *t)
{
	const char *p = *pp;
	int64_t v = 0;
	int n = 0;

	while (p < end && *p == ' ' && p - *pp < 12)
		p++;
	for (; p < end && digit(*p) && n < 10; n++)
		v = v * 10 + (*p++ - '0');
	if (n == 0 || p == end || *p != '.')
		return false;
	p++;
	fraction(&p, end, t);
	if (t->digits < 3)
		return false;
	t->epoch = v;
	t->since = true;
	*pp = p;
	return true;
}

static bool tai64n(const char **pp, const char *end, struct parts *t)
{
	uint64_t v[2] = {0, 0};

	if (end - *pp < 25 || **pp != '@' || (*pp)[1] != '4')
		return false;
	for (int i = 1; i < 25; i++) {
		char c = (*pp)[i];
		int d = digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (d < 0)
			return false;
		v[i > 16] = v[i > 16] << 4 | (unsigned)d;
	}
	/* 2^62 is 1970 in TAI, which was 10 s ahead of UTC then. */
	t->epoch = (int64_t)(v[0] - (UINT64_C(1) << 62)) - 10;
	t->ns = (int64_t)(v[1] % NS);
	t->digits = 9;
	t->since = t->has_date = t->has_year = t->has_zone = true;
	*pp += 25;
	return t->epoch >= 0 && t->epoch < INT64_C(1) << 33;
}

/* "0000-" is what timestamp_format() writes where no year is known. */
static bool year(const char **pp, const char *end, struct parts *t, bool two)
{
	t->year = number(pp, end, two ? 2 : 4, two ? 2 : 4);
	t->has_year = two || t->year != 0;
	if (two && t->year >= 0)
		t->year += t->year < 70 ? 2000 : 1900;
	if (!t->has_year)
		return *pp < end && **pp == '-';
	return two ? t->year >= 0 : t->year >= 1900 && t->year < 2200;
}

static bool half(const char **pp, const char *end, struct parts *t)
{
	const char *p = *pp;

	if (p < end && *p == ' ')
		p++;
	if (end - p >= 2 && (p[1] | 32) == 'm' && ((p[0] | 32) == 'a' || (p[0] | 32) == 'p')) {
		t->half = (p[0] | 32) == 'a' ? 1 : 2;
		*pp = p + 2;
		return true;
	}
	return false;
}

/* One letter of a pattern that stands for a number within lo ... hi. */
static bool ranged(const char **pp, const char *end, int min, int lo, int hi, int *out)
{
	*out = number(pp, end, min, 2);
	return *out >= lo && *out <= hi;
}

static bool step(char op, const char **pp, const char *end, struct parts *t)
{
	const char *p = *pp;

	switch (op) {
	case 'Y':
	case 'y': return year(pp, end, t, op == 'y');
	case 'M': return ranged(pp, end, 2, 1, 12, &t->month);
	case 'n': t->month = number(pp, end, 1, 1); return t->month >= 1;
	case 'd':
		if (p + 1 < end && *p == ' ' && digit(p[1]))
			++*pp;
		return ranged(pp, end, 1, 1, 31, &t->day);
	case 'D': return ranged(pp, end, 2, 1, 31, &t->day);
	case 'h':
	case 'H': return ranged(pp, end, op == 'h' ? 2 : 1, 0, 24, &t->hour);
	case 'm':
	case 'I': return ranged(pp, end, op == 'm' ? 2 : 1, 0, 59, &t->min);
	case 's':
	case 'S': return ranged(pp, end, op == 's' ? 2 : 1, 0, 60, &t->sec);
	case 'b': t->month = 1 + name3(pp, end, MONTHS); return t->month > 0;
	case 'a': return name3(pp, end, WEEKDAYS) >= 0;
	case 'f':
		if (end - p < 2 || (*p != '.' && *p != ',') || !digit(p[1]))
			return true;
		++*pp;
		fraction(pp, end, t);
		return true;
	case 'F':
		if (end - p < 2 || (*p != '.' && *p != ',' && *p != ':') || !digit(p[1]))
			return false;
		++*pp;
		fraction(pp, end, t);
		/* "7:5:9:75" counts milliseconds without zeros in front. */
		for (; *p == ':' && t->digits < 3; t->digits++)
			t->ns /= 10;
		return true;
	case 'z': zone(pp, end, t); return true;
	case 'p': half(pp, end, t); return true;
	case 'w': return half(pp, end, t);
	case 'e': return epoch(pp, end, t);
	case 'k': return since_boot(pp, end, t);
	case 't': return tai64n(pp, end, t);
	default:
		if (p == end || *p != op)
			return false;
		++*pp;
		return true;
	}
}

static size_t run(const char *pat, struct str s, struct parts *t)
{
	const char *p = s.p, *end = s.p + s.n;

	*t = (struct parts){.month = -1, .hour = -1};
	for (; *pat; pat++)
		if (!step(*pat, &p, end, t))
			return 0;
	/* "2024-01-02T03:04" within a longer number, or a word that begins with digits. */
	if (p < end && (digit(*p) || letter(*p)))
		return 0;
	return (size_t)(p - s.p);
}

/*
 * Can any shape begin so? Learning asks at every word of a thousand lines, and nearly all of them
 * are told apart by their first letters or by how many digits they begin with.
 */
static bool may_begin(struct str s, enum timestamp_place place)
{
	const char *p = s.p, *end = s.p + s.n;
	size_t n = 0;
	char c;

	if (s.n < 7)
		return false;
	if (letter(*p))
		return name3(&p, end, MONTHS) >= 0 || name3(&p, end, WEEKDAYS) >= 0;
	if (!digit(*p))
		return *p == '@' || *p == ' ';
	if (place != TIMESTAMP_BARE)
		return true;
	while (n < s.n && n < 11 && digit(p[n]))
		n++;
	c = n < s.n ? p[n] : 0;
	if (c == ' ' && n <= 4) /* "14 Jun", "2024 Jun 14" */
		return n + 1 < s.n && letter(p[n + 1]);
	switch (n) {
	case 1: return c == '-' || c == '/' || c == ':';
	case 2:
	case 4: return c == '-' || c == '/' || c == '.' || c == ':';
	case 6: return c == ' ';
	case 8: return c == ' ' || c == '-' || c == '_' || c == 'T';
	default: return n > 9;
	}
}

size_t timestamp_match(struct str s, enum timestamp_place place, unsigned *shape)
{
	size_t best = 0;
	struct parts t;

	if (!may_begin(s, place))
		return 0;
	s.n = s.n < TIMESTAMP_MAX + 1 ? s.n : TIMESTAMP_MAX + 1;
	for (unsigned i = 0; i < NSHAPES; i++) {
		size_t n;

		if (shapes[i].place != TIMESTAMP_BARE && shapes[i].place != place)
			continue;
		if (shapes[i].place == TIMESTAMP_BARE && place == TIMESTAMP_LETTER)
			continue;
		n = run(shapes[i].pat, s, &t);
		if (n > best) {
			best = n;
			*shape = i;
		}
	}
	return best;
}

/* Append n offsets to the plan; false if there is no room. */
static bool plan_add(struct timestamp_plan *plan, int n, unsigned fold, char from, unsigned span)
{
	for (int i = 0; i < n; i++) {
		if (plan->fixed == sizeof(plan->from))
			return false;
		plan->fold[plan->fixed] = (uint8_t)fold;
		plan->from[plan->fixed] = (uint8_t)from;
		plan->span[plan->fixed++] = (uint8_t)span;
	}
	return true;
}

/* A digit for which a blank may stand: bit 4 makes '0' of ' '. */
static bool plan_add_padded(struct timestamp_plan *plan)
{
	if (!plan_add(plan, 1, 0x10, '0', 9))
		return false;
	plan->padded |= UINT32_C(1) << (plan->fixed - 1);
	return true;
}

void timestamp_plan_init(struct timestamp_plan *plan, unsigned shape)
{
	const char *p = shapes[shape].pat;

	*plan = (struct timestamp_plan){.shape = (uint8_t)shape};
	memset(plan->span, 0xff, sizeof(plan->span));
	for (; *p; p++) {
		bool ok;

		if (strchr("yMDhms", *p))
			ok = plan_add(plan, 2, 0, '0', 9);
		else if (*p == 'Y')
			ok = plan_add(plan, 4, 0, '0', 9);
		else if (*p == 'b' || *p == 'a')
			ok = plan_add(plan, 3, 0x20, 'a', 25);
		else if (*p == 'd')
			ok = plan_add_padded(plan) && plan_add(plan, 1, 0, '0', 9);
		else
			ok = !strchr("HISfFzpwkten", *p) && plan_add(plan, 1, 0, *p, 0);
		if (!ok)
			break;
	}
	plan->rest = p;
}

void timestamp_plan_learn(struct timestamp_plan *plan, struct str stamp)
{
	const char *blank = stamp.n ? memrchr(stamp.p, ' ', stamp.n) : NULL;

	if (blank && blank + 1 < stamp.p + stamp.n)
		plan->zoned = plan->zoned || letter(blank[1]) || blank[1] == '+' || blank[1] == '-';
}

/* The offsets of the 32 bytes at p that are not as the plan wants them. */
static inline uint32_t mismatches(const struct timestamp_plan *plan, const char *p)
{
	uint32_t bad = 0;

#ifdef __SSE2__
	for (int i = 0; i < 32; i += 16) {
		__m128i v = _mm_loadu_si128((const void *)(p + i)), at;

		v = _mm_or_si128(v, _mm_loadu_si128((const void *)(plan->fold + i)));
		at = _mm_sub_epi8(v, _mm_loadu_si128((const void *)(plan->from + i)));
		v = _mm_min_epu8(at, _mm_loadu_si128((const void *)(plan->span + i)));
		bad |= (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, at)) << i;
	}
	bad = ~bad;
#else
	for (int i = 0; i < plan->fixed; i++) {
		uint8_t at = (uint8_t)(((uint8_t)p[i] | plan->fold[i]) - plan->from[i]);

		bad |= (uint32_t)(at > plan->span[i]) << i;
	}
#endif
	/* The fold makes digits of more than the blank. */
	for (uint32_t m = plan->padded; m; m &= m - 1) {
		char c = p[__builtin_ctz(m)];

		if (c != ' ' && !digit(c))
			bad |= m & -m;
	}
	return bad;
}

/* By the shape's pattern, from the first byte on. */
static __attribute__((noinline)) size_t check_pattern(const struct timestamp_plan *plan,
						      struct str s)
{
	struct parts t;

	return run(shapes[plan->shape].pat, s, &t);
}

static __attribute__((noinline)) const char *zone_end(const struct timestamp_plan *plan,
						      const char *p, const char *end)
{
	struct parts t;

	if (p < end && (*p == '+' || *p == '-' || *p == 'Z' || (*p == ' ' && plan->zoned)))
		zone(&p, end, &t);
	return p;
}

/* The first bytes of a text that is shorter than what mismatches() reads. */
static __attribute__((noinline)) uint32_t mismatches_short(const struct timestamp_plan *plan,
							   struct str s)
{
	char room[32] = {0};

	memcpy(room, s.p, s.n);
	return mismatches(plan, room);
}

size_t timestamp_check(const struct timestamp_plan *plan, struct str s)
{
	const char *p = s.p + plan->fixed, *end = s.p + s.n;
	uint32_t bad;

	if (plan->fixed < 8)
		return check_pattern(plan, s);
	if (s.n < plan->fixed)
		return 0;
	bad = s.n < 32 ? mismatches_short(plan, s) : mismatches(plan, s.p);
	/* A day of one digit may stand there without its blank. */
	if (bad)
		return plan->padded && !(bad & (plan->padded & 7 ? 1 : 7)) ? check_pattern(plan, s)
									   : 0;
	for (const char *rest = plan->rest; *rest; rest++) {
		if (*rest == 'f') {
			if (p + 1 < end && (*p == '.' || *p == ',') && digit(p[1]))
				for (p += 2; p < end && digit(*p); p++)
					;
		} else if (*rest == 'z') {
			p = zone_end(plan, p, end);
		} else {
			return check_pattern(plan, s);
		}
	}
	if (p < end && (digit(*p) || letter(*p)))
		return 0;
	return (size_t)(p - s.p);
}

/* Days from 1970-01-01 (proleptic Gregorian). */
static int64_t days_of(int y, int m, int d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void date_of(int64_t days, int *y, int *m, int *d)
{
	int64_t era, doe, yoe, doy, mp;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	doe = days - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp + (mp < 10 ? 3 : -9));
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

static void assemble(const struct parts *p, struct event_time *t)
{
	int64_t sec, days = 0;
	int hour = p->hour;

	*t = (struct event_time){.known = true, .digits = p->digits};
	if (p->since) {
		t->has_date = p->has_date;
		t->has_year = p->has_year;
		t->has_zone = p->has_zone;
		t->elapsed = !p->has_date;
		t->ns = p->epoch * NS + p->ns;
		return;
	}
	if (p->half)
		hour = hour % 12 + (p->half == 2 ? 12 : 0);
	if (p->month > 0) {
		t->has_date = true;
		t->has_year = p->has_year;
		days = days_of(p->has_year ? p->year : 0, p->month, p->day);
		/* Year 0 as counted here overflows 64 bits: see event_time, ns is then relative to
		 * the beginning of year 0. */
		if (!p->has_year)
			days -= YEAR_0;
	}
	t->has_zone = p->has_zone;
	t->zone = p->zone;
	sec = days * DAY + hour * 3600 + p->min * 60 + p->sec - p->zone;
	t->ns = sec * NS + p->ns;
}

bool timestamp_decode(struct str s, unsigned shape, struct event_time *t)
{
	struct parts p;
	size_t n;

	if (shape >= NSHAPES || run(shapes[shape].pat, s, &p) != s.n) {
		n = 0;
		for (int place = 0; place < 3 && n != s.n; place++)
			n = timestamp_match(s, (enum timestamp_place)place, &shape);
		if (s.n == 0 || n != s.n)
			return false;
		run(shapes[shape].pat, s, &p);
	}
	assemble(&p, t);
	return true;
}

unsigned timestamp_day_first(unsigned shape)
{
	const char *pat = shapes[shape].pat;

	if (strncmp(pat, "M/D/Y", 5) != 0)
		return TIMESTAMP_NONE;
	for (unsigned i = 0; i < NSHAPES; i++)
		if (strncmp(shapes[i].pat, "D/M/Y", 5) == 0 && !strcmp(shapes[i].pat + 5, pat + 5))
			return i;
	return TIMESTAMP_NONE;
}

bool timestamp_is_day_first(unsigned shape)
{
	return strncmp(shapes[shape].pat, "D/M/Y", 5) == 0;
}

int timestamp_rank(unsigned shape)
{
	const char *p = shapes[shape].pat;
	bool since = strchr(p, 'e') || strchr(p, 't');

	return (strchr(p, 'Y') || strchr(p, 'y') || since ? 8 : 0) +
	       (strchr(p, 'M') || strchr(p, 'b') || since ? 4 : 0) +
	       (strchr(p, 'f') || strchr(p, 'F') ? 2 : 0) - (since ? 1 : 0);
}

const char *timestamp_name(unsigned shape)
{
	return shape < NSHAPES ? shapes[shape].pat : "";
}

/* The last n digits of v. */
static char *put_digits(char *p, uint32_t v, int n)
{
	for (int i = n; i-- > 0; v /= 10)
		p[i] = (char)('0' + v % 10);
	return p + n;
}

static char *put_mark(char *p, char mark, uint32_t v)
{
	*p++ = mark;
	return put_digits(p, v, 2);
}

/* Years have four digits, a fraction nine, so that TIMESTAMP_MAX is room enough. */
static size_t format_time(const struct event_time *t, char *out)
{
	int64_t ns = t->ns, sec, frac, days;
	int y, m, d, zone = t->zone;
	char *p = out;

	if (!t->known || t->elapsed)
		return 0;
	sec = ns / NS;
	frac = ns % NS;
	if (frac < 0) {
		frac += NS;
		sec--;
	}
	sec += zone;
	days = sec / DAY;
	sec %= DAY;
	if (sec < 0) {
		sec += DAY;
		days--;
	}
	date_of(t->has_year ? days : days + YEAR_0, &y, &m, &d);
	p = put_digits(p, (uint32_t)y, 4);
	p = put_mark(p, '-', (uint32_t)m);
	p = put_mark(p, '-', (uint32_t)d);
	p = put_mark(p, 'T', (uint32_t)(sec / 3600));
	p = put_mark(p, ':', (uint32_t)(sec / 60 % 60));
	p = put_mark(p, ':', (uint32_t)(sec % 60));
	if (t->digits) {
		for (int i = t->digits; i < 9; i++)
			frac /= 10;
		*p++ = '.';
		p = put_digits(p, (uint32_t)frac, t->digits);
	}
	if (t->has_zone && zone == 0) {
		*p++ = 'Z';
	} else if (t->has_zone) {
		p = put_mark(p, zone < 0 ? '-' : '+', (uint32_t)abs(zone) / 3600);
		p = put_mark(p, ':', (uint32_t)abs(zone) / 60 % 60);
	}
	return (size_t)(p - out);
}

void timestamp_format(const struct event_time *t, struct buf *out)
{
	buf_reserve(out, TIMESTAMP_MAX);
	out->n += format_time(t, out->p + out->n);
}

typedef uint64_t words __attribute__((vector_size(16)));

/* The bits in which 16 bytes of s at i are not as the cache wants them. */
static inline words difference(const struct timestamp_cache *c, const char *s, size_t i)
{
	words a, b, same;

	memcpy(&a, s + i, 16);
	memcpy(&b, c->raw + i, 16);
	memcpy(&same, c->same + i, 16);
	return (a ^ b) & same;
}

/* Do the two differ at most in the fraction's digits, which stand where they stood? *ns: those. */
static bool same_second(const struct timestamp_cache *c, struct str s, unsigned shape, int64_t *ns)
{
	static const int64_t units[] = {0,     100000000, 10000000, 1000000, 100000,
					10000, 1000,      100,      10,      1};
	char room[16] = {0};
	const char *p = s.p;
	bool bad = false;
	int64_t v = 0;
	words w;

	if (s.n != c->raw_n || shape != c->shape)
		return false;
	if (s.n < 16)
		p = memcpy(room, s.p, s.n);
	w = difference(c, p, 0);
	for (size_t i = 16; i < s.n; i += 16)
		w |= difference(c, p, i + 16 < s.n ? i : s.n - 16);
	for (size_t i = c->frac_at; i < (size_t)c->frac_at + c->frac_n; i++) {
		bad |= !digit(s.p[i]);
		v = v * 10 + (s.p[i] - '0');
	}
	*ns = v * units[c->frac_n];
	return !bad && !(w[0] | w[1]);
}

static int64_t fraction_ns(const char *p, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < 9; i++)
		v = v * 10 + (i < n ? p[i] - '0' : 0);
	return v;
}

/* Where the fraction's digits stand: the only ones of that number and value behind a mark. */
static void find_fraction(struct timestamp_cache *c)
{
	size_t n = c->time.digits;
	int64_t ns = c->time.ns % NS;

	memset(c->same, 0xff, sizeof(c->same));
	c->frac_at = c->raw_n;
	c->frac_n = 0;
	if (n < 3)
		return;
	for (size_t i = c->raw_n - n; i > 0; i--) {
		char mark = c->raw[i - 1];

		if ((mark != '.' && mark != ',') || !digit(c->raw[i]))
			continue;
		if (fraction_ns(c->raw + i, n) == ns) {
			c->frac_at = (uint8_t)i;
			c->frac_n = (uint8_t)n;
			c->time.ns -= ns;
			memset(c->same + i, 0, n);
		}
		return;
	}
}

bool timestamp_decode_cached(struct timestamp_cache *c, struct str s, unsigned shape,
			     struct event_time *t)
{
	int64_t ns;

	if (c->raw_n && same_second(c, s, shape, &ns)) {
		*t = c->time;
		t->ns += ns;
		return true;
	}
	if (!timestamp_decode(s, shape, t))
		return false;
	c->raw_n = c->text_n = 0;
	if (s.n > sizeof(c->raw) || s.n <= t->digits || t->ns < 0)
		return true;
	memset(c->raw, 0, sizeof(c->raw));
	memcpy(c->raw, s.p, s.n);
	c->raw_n = (uint8_t)s.n;
	c->shape = shape;
	c->time = *t;
	find_fraction(c);
	return true;
}

struct str timestamp_text_cached(struct timestamp_cache *c, struct str s,
				 const struct event_time *t)
{
	const size_t frac_at = sizeof("0000-00-00T00:00:00.") - 1;

	if (!c->raw_n || !c->text_n)
		c->text_n = (uint8_t)format_time(t, c->text);
	else
		for (size_t i = 0; i < c->frac_n; i++)
			c->text[frac_at + i] = s.p[c->frac_at + i];
	return (struct str){c->text, c->text_n};
}
