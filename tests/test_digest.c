// SPDX-License-Identifier: GPL-3.0-or-later
/* Digests: merging is associative and commutative, parts and threads leave no trace, files read and
 * write back to the same bytes, and what is no digest is refused. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "mine/digest-build.h"
#include "mine/slots.h"

/* Generated logs: what they have plenty of. */
enum kind { PLAIN, VALUES, STEPS, WORDS, MIXED, KINDS };

struct log {
	char *text; /* lines end in \n */
	size_t n, nlines;
	const char *name;
};

static uint64_t rnd(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static void word(struct buf *b, uint64_t n)
{
	do
		buf_add_char(b, (char)('a' + n % 26));
	while ((n /= 26));
}

static void message(struct buf *b, enum kind kind, uint64_t *seed)
{
	uint64_t r = rnd(seed);

	switch (kind) {
	case VALUES: /* 64 shapes x 4 slots, no end of values */
		word(b, 1000 + r % 4096);
		buf_printf(b, " took %u ms of %u.%02u, id %08x%08x at /srv/%llu\n",
			   (unsigned)rnd(seed), (unsigned)rnd(seed) % 1000,
			   (unsigned)rnd(seed) % 100, (unsigned)rnd(seed), (unsigned)rnd(seed),
			   (unsigned long long)rnd(seed));
		break;
	case STEPS: /* any of 600 follows any */
		BUF_LIT(b, "state ");
		word(b, 700 + r % 600);
		buf_add_char(b, '\n');
		break;
	case WORDS: /* no end of shapes */
		BUF_LIT(b, "said ");
		word(b, r);
		word(b, rnd(seed));
		BUF_LIT(b, " to item_x");
		word(b, rnd(seed) % 50);
		buf_add_char(b, '\n');
		break;
	case MIXED: message(b, (enum kind)(r % MIXED), seed); break;
	default:
		buf_printf(b, "request %u from 10.0.0.%u took %u ms \"q\\\xff\"\n", (unsigned)r,
			   (unsigned)rnd(seed) % 256, (unsigned)rnd(seed) % 90);
	}
}

static void log_make(struct log *l, const char *name, enum kind kind, size_t lines, uint64_t seed)
{
	struct buf b = {0};

	for (size_t i = 0; i < lines; i++)
		message(&b, kind, &seed);
	*l = (struct log){.text = b.p, .n = b.n, .nlines = lines, .name = name};
}

struct places {
	const struct log *logs;
	const size_t *log_of, *before; /* of each part: its log, the lines before it */
};

static void place(void *arg, uint32_t part, uint64_t no, uint64_t offset, struct digest_place *out)
{
	const struct places *p = arg;
	const struct log *l = &p->logs[p->log_of[part]];
	struct str raw = str_from((struct str){l->text, l->n}, offset);

	*out = (struct digest_place){str_of(l->name), p->before[part] + no,
				     str_head(raw, str_find_char(raw, '\n'))};
}

/* Lines that say so are continuations; every third line is of one of five threads. */
static void feed(struct digest_builder *b, const struct log *l, size_t from, size_t to)
{
	struct str rest = {l->text, l->n}, raw;
	size_t no = 0;

	while (str_next(&rest, '\n', &raw) && no < to) {
		struct logline line = {.raw = raw, .message = raw, .head = raw.n % 7 != 3};
		struct event_time time = {.known = raw.n % 5 != 0, .ns = (int64_t)(no * 7777777)};

		line.offset = (uint64_t)(raw.p - l->text);
		line.level = raw.n % 11 == 0 ? LEVEL_ERROR : LEVEL_INFO;
		if (no++ >= from)
			digest_builder_add(b, &line, raw.n % 3 ? 0 : 1 + raw.n % 5, &time);
	}
}

#define MAX_PARTS 32

/* One run's digest of n logs, each read in so many parts by so many builders. */
static void digest_of(struct digest *d, const struct log *logs, size_t n, size_t parts,
		      size_t builders)
{
	struct digest_builder *b[4];
	struct digest_seam seams[MAX_PARTS];
	size_t log_of[MAX_PARTS], before[MAX_PARTS], part = 0;

	for (size_t i = 0; i < builders; i++)
		b[i] = digest_builder_new();
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < parts; k++, part++) {
			size_t from = logs[i].nlines * k / parts;
			size_t w = (part * 7 + k) % builders;

			assert_true(part < MAX_PARTS);
			log_of[part] = i;
			before[part] = from;
			seams[k] = (struct digest_seam){.builder = (uint32_t)w};
			digest_builder_begin(b[w], (uint32_t)part);
			feed(b[w], &logs[i], from, logs[i].nlines * (k + 1) / parts);
			digest_builder_end(b[w], &seams[k]);
		}
		digest_sew(b, seams, parts);
	}
	digest_build(d, b, builders, n, place,
		     &(struct places){.logs = logs, .log_of = log_of, .before = before});
	for (size_t i = 0; i < builders; i++)
		digest_builder_free(b[i]);
}

static void merge2(struct digest *out, const struct digest *a, const struct digest *b)
{
	digest_merge(out, (const struct digest *const[]){a, b}, 2);
}

static void assert_same(const struct digest *a, const struct digest *b)
{
	struct buf x = {0}, y = {0};
	size_t i = 0;

	digest_write(a, &x);
	digest_write(b, &y);
	while (i < x.n && i < y.n && x.p[i] == y.p[i])
		i++;
	if (i < x.n || i < y.n) {
		size_t from = i > 60 ? i - 60 : 0;

		print_message("differ at %zu of %zu and %zu:\n%.120s\n%.120s\n", i, x.n, y.n,
			      x.p + from, y.p + from);
	}
	assert_int_equal(x.n, y.n);
	assert_memory_equal(x.p, y.p, x.n);
	buf_release(&x);
	buf_release(&y);
}

static const size_t lines_of[KINDS] = {
	[PLAIN] = 500, [VALUES] = 12000, [STEPS] = 40000, [WORDS] = 20000, [MIXED] = 15000};

static void test_laws(void **state)
{
	for (enum kind kind = 0; kind < KINDS; kind++) {
		struct log logs[3];
		struct digest d[3], ab, ba, bc, ab_c, a_bc, all;

		for (size_t i = 0; i < 3; i++) {
			/* the second log differs in kind: bounds meet logs that keep them */
			log_make(&logs[i], (const char *const[]){"b", "a", "c"}[i],
				 i == 1 ? PLAIN : kind, lines_of[kind], kind * 10 + i + 1);
			digest_of(&d[i], &logs[i], 1, 1, 1);
		}
		merge2(&ab, &d[0], &d[1]);
		merge2(&ba, &d[1], &d[0]);
		merge2(&bc, &d[1], &d[2]);
		merge2(&ab_c, &ab, &d[2]);
		merge2(&a_bc, &d[0], &bc);
		digest_merge(&all, (const struct digest *const[]){&d[2], &d[0], &d[1]}, 3);
		assert_same(&ab, &ba);
		assert_same(&ab_c, &a_bc);
		assert_same(&ab_c, &all);
		assert_int_equal(all.runs, 3);
		assert_int_equal(all.lines, 3 * lines_of[kind]);
		assert_int_equal(all.coarse > 0, kind == WORDS);
		digest_release(&ab);
		digest_release(&ba);
		digest_release(&bc);
		digest_release(&ab_c);
		digest_release(&a_bc);
		digest_release(&all);
		for (size_t i = 0; i < 3; i++) {
			digest_release(&d[i]);
			free(logs[i].text);
		}
	}
}

static void test_parts_and_files(void **state)
{
	for (enum kind kind = 0; kind < KINDS; kind++) {
		struct log logs[2];
		struct digest one, cut, each[2], merged;

		log_make(&logs[0], "a", kind, lines_of[kind], 99);
		log_make(&logs[1], "b", kind, lines_of[kind], 77);
		digest_of(&one, logs, 2, 1, 1);
		digest_of(&cut, logs, 2, 9, 3);
		assert_same(&one, &cut);
		digest_of(&each[0], &logs[0], 1, 2, 2);
		digest_of(&each[1], &logs[1], 1, 1, 1);
		merge2(&merged, &each[0], &each[1]);
		assert_int_equal(merged.runs, 2);
		digest_seal(&merged); /* all that differs */
		assert_same(&one, &merged);
		digest_release(&one);
		digest_release(&cut);
		digest_release(&each[0]);
		digest_release(&each[1]);
		digest_release(&merged);
		free(logs[0].text);
		free(logs[1].text);
	}
}

static void test_bounds(void **state)
{
	for (enum kind kind = 0; kind < KINDS; kind++) {
		struct log log;
		struct digest d;
		size_t values = 0, steps = 0;

		log_make(&log, "a", kind, 3 * lines_of[kind], 5);
		digest_of(&d, &log, 1, 1, 1);
		for (uint32_t i = 0; i < d.nshapes; i++) {
			steps += d.shapes[i].nsteps;
			for (uint32_t k = 0; k < d.shapes[i].nslots; k++)
				values += d.shapes[i].slots[k].nvalues;
		}
		assert_true(values <= DIGEST_MAX_VALUES);
		assert_true(steps <= DIGEST_MAX_STEPS);
		assert_int_equal(values == DIGEST_MAX_VALUES, kind == VALUES);
		assert_int_equal(steps == DIGEST_MAX_STEPS, kind == STEPS);
		digest_release(&d);
		free(log.text);
	}
}

static void test_round_trip(void **state)
{
	for (enum kind kind = 0; kind < KINDS; kind++) {
		struct log log;
		struct digest d, again;
		struct buf text = {0};
		struct err err = {0};

		log_make(&log, "\xff\"\\\n\x01", kind, lines_of[kind], 3);
		digest_of(&d, &log, 1, 1, 1);
		digest_write(&d, &text);
		assert_true(digest_recognise(buf_str(&text)));
		assert_int_equal(digest_read(&again, buf_str(&text), &err), 0);
		assert_same(&d, &again);
		digest_release(&d);
		digest_release(&again);
		buf_release(&text);
		free(log.text);
	}
}

static void test_contents(void **state)
{
	static char text[] = "open 7\nread 512\nread 90\nopen 8\nread 512\nclose\n";
	struct log log = {text, sizeof(text) - 1, 6, "x.log"};
	struct digest d;
	const struct digest_shape *close, *open, *read;

	digest_of(&d, &log, 1, 1, 1);
	assert_int_equal(d.nshapes, 3);
	close = &d.shapes[0];
	open = &d.shapes[1];
	read = &d.shapes[2];
	assert_str(open->text, "open \x01");
	assert_int_equal(open->count, 2);
	assert_int_equal(open->first.line, 1);
	assert_int_equal(open->last.line, 4);
	assert_str(open->last.raw, "open 8");
	assert_str(open->last.name, "x.log");
	assert_int_equal(read->slots[0].n, 3);
	assert_int_equal(read->slots[0].numbers, 3);
	assert_true(read->slots[0].min == 90 && read->slots[0].max == 512);
	assert_int_equal(read->slots[0].nvalues, 2);
	assert_int_equal(close->runs, 1);
	assert_int_equal(read->most, 3);
	digest_release(&d);
}

static void test_slots(void **state)
{
	static const struct {
		const char *canonical, *message, *values; /* values joined by | */
	} cases[] = {
		{"took \x01 ms", "took 5 ms", "5"},
		{"took \x01 ms", "  took \t 5  ms ", "5"},
		{"\x01", "5", "5"},
		{"a=\x01,b=\x01", "a=1,b=22", "1|22"},
		{"GET \x01 done", "GET http://h/?a=b&c=d done", "http://h/?a=b&c=d"},
		{"core.\x01 (\x01)", "core.77 (x9999)", "77|x9999"},
		{"\x01:x\x01: end", "10.0.0.1:x7: end", "10.0.0.1|7"},
		{"at \x01.", "at 1.2.3.", "1.2.3"},
		{"[\x02] \x03!", "[12:00:01] 2026-01-02!", "12:00:01|2026-01-02"},
		{"none", "none", ""},
		{"took \x01 ms", "took 5 s", ""},
		{"took \x01", "tock 5", ""},
		{"took \x01 ms", "took", ""},
		{"a?\x01",
		 "a\x02"
		 "9",
		 "9"},
		{"", "", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str values[8];
		size_t n =
			slots_of(str_of(cases[i].canonical), str_of(cases[i].message), values, 8);
		struct buf b = {0};

		for (size_t k = 0; k < n; k++) {
			if (k)
				buf_add_char(&b, '|');
			buf_add_str(&b, values[k]);
		}
		assert_string_equal(buf_cstr(&b), cases[i].values);
		buf_release(&b);
	}
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
		bool is;
	} cases[] = {
		{"0", 0, true},
		{"-12.5", -12.5, true},
		{"+3", 3, true},
		{"1.25", 1.25, true},
		{"007", 7, true},
		{"-0", 0, true},
		{"", 0, false},
		{"-", 0, false},
		{".5", 0, false},
		{"5.", 0, false},
		{"1.2.3", 0, false},
		{"1e5", 0, false},
		{"0x10", 0, false},
		{"12ms", 0, false},
		{"9999999999999999", 1e16, true},
		{"12345678901234567", 0, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		double v = 0;

		assert_int_equal(digest_number(str_of(cases[i].text), &v), cases[i].is);
		assert_true(v == cases[i].value);
	}
}

static void test_gaps(void **state)
{
	static const struct {
		int64_t ns;
		uint32_t gap;
	} cases[] = {{-5, 1},   {0, 1},        {999, 1},         {1000, 2},      {1999, 2},
		     {2000, 3}, {1000000, 11}, {1000000000, 21}, {INT64_MAX, 55}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(digest_gap(cases[i].ns), cases[i].gap);
		if (cases[i].ns < INT64_MAX)
			assert_true(cases[i].ns < digest_gap_end(cases[i].gap));
	}
}

#define HEAD(coarse, shapes)                                                               \
	"{\"schema\":\"inquest.digest/1\",\"runs\":1,\"files\":1,\"lines\":1,\"bytes\":1," \
	"\"coarse\":" coarse ",\"shapes\":" shapes "}\n"
#define SHAPE(text, level, slots, steps)                                                       \
	"{\"shape\":" text ",\"level\":\"" level "\",\"continuation\":false,\"count\":1,"      \
	"\"runs\":1,\"least\":1,\"most\":1,\"begins\":0,\"ends\":0,\"first\":[\"f\",1,\"r\"]," \
	"\"last\":[\"f\",1,\"r\"],\"slots\":[" slots "],\"steps\":[" steps "]}\n"
#define SLOT "{\"n\":1,\"numbers\":0,\"min\":0,\"max\":0,\"values\":[[\"v\",1]]}"

static void test_bad_files(void **state)
{
	static const struct {
		const char *text, *message; /* NULL: good */
	} cases[] = {
		{HEAD("0", "0"), NULL},
		{HEAD("0", "1") SHAPE("\"a \\u0001\"", "info", SLOT, "[0,1,5,2,6]"), NULL},
		{HEAD("0", "2") SHAPE("\"a\"", "", "", "") SHAPE("\"a\"", "info", "", ""), NULL},
		{"", "ends within line 1"},
		{"{", "ends within line 1"},
		{"hello\n", "byte 1: expected {\"schema\":\"inquest.digest/1\""},
		{"{\"schema\":\"inquest.digest/2\",\n",
		 "expected {\"schema\":\"inquest.digest/1\""},
		{HEAD("0", "1"), "ends within line 2"},
		{HEAD("6", "0"), "line 1, byte"},
		{HEAD("0", "32769"), "within its range"},
		{HEAD("0", "-1"), "expected a number"},
		{HEAD("0", "99999999999999999999999"), "expected a number"},
		{HEAD("9223372036854775808", "0"), "expected a number"},
		{HEAD("0", "0") "x\n", "line 2, byte 1: expected the end of the file"},
		{HEAD("0", "1") SHAPE("a", "info", "", ""), "expected a string"},
		{HEAD("0", "1") SHAPE("\"\\ud800\"", "info", "", ""), "expected a string"},
		{HEAD("0", "1") SHAPE("\"\\u0007\"", "info", "", ""), "a control byte"},
		{HEAD("0", "1") SHAPE("\"a\"", "loud", "", ""), "no such level"},
		{HEAD("0", "1") SHAPE("\"a\"", "info", SLOT, ""), "more slots than the shape has"},
		{HEAD("1", "1") SHAPE("\"\\u0001\"", "info", SLOT, ""), "more slots"},
		{HEAD("1", "1") SHAPE("\"a\"", "info", "", "[0,0,1]"), "steps of coarse shapes"},
		{HEAD("0", "1") SHAPE("\"a\"", "info", "", "[1,0,1]"), "within its range"},
		{HEAD("0", "1") SHAPE("\"a\"", "info", "", "[0,64,1]"), "within its range"},
		{HEAD("0", "1") SHAPE("\"a\"", "info", "", "[0,5,1,5,1]"), "steps out of order"},
		{HEAD("0", "1") SHAPE("\"a\"", "info", "", "[0,5,1],[0,4,1]"),
		 "steps out of order"},
		{HEAD("0", "1") SHAPE("\"a\"", "info", "", "[0]"), "expected ,"},
		{HEAD("0", "2") SHAPE("\"b\"", "info", "", "") SHAPE("\"a\"", "info", "", ""),
		 "line 3"},
		{HEAD("0", "2") SHAPE("\"a\"", "info", "", "") SHAPE("\"a\"", "info", "", ""),
		 "shapes out of order"},
		{HEAD("0", "1")
			 SHAPE("\"\\u0001\"", "info",
			       "{\"n\":1,\"numbers\":2,\"min\":0,\"max\":0,\"values\":[]}", ""),
		 "within its range"},
		{HEAD("0", "1")
			 SHAPE("\"\\u0001\"", "info",
			       "{\"n\":1,\"numbers\":1,\"min\":inf,\"max\":0,\"values\":[]}", ""),
		 "expected a number"},
		{HEAD("0", "1")
			 SHAPE("\"\\u0001\"", "info",
			       "{\"n\":1,\"numbers\":1,\"min\":0,\"max\":0,\"values\":[[\"v\",1],"
			       "[\"v\",1]]}",
			       ""),
		 "values out of order"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct digest d;
		struct err err = {0};
		int rc = digest_read(&d, str_of(cases[i].text), &err);

		if (!cases[i].message) {
			assert_int_equal(rc, 0);
			digest_release(&d);
			continue;
		}
		assert_true(rc == -ERR_INPUT || rc == -ERR_LIMIT);
		if (!strstr(err.msg, cases[i].message))
			print_message("case %zu: %s\n", i, err.msg);
		assert_non_null(strstr(err.msg, cases[i].message));
	}
}

/* No prefix of a digest is one. */
static void test_truncated(void **state)
{
	struct log log;
	struct digest d;
	struct buf text = {0};

	log_make(&log, "a", PLAIN, 20, 1);
	digest_of(&d, &log, 1, 1, 1);
	digest_write(&d, &text);
	for (size_t n = 0; n < text.n; n++) {
		struct digest out;
		struct err err = {0};

		assert_int_equal(digest_read(&out, (struct str){text.p, n}, &err), -ERR_INPUT);
	}
	digest_release(&d);
	buf_release(&text);
	free(log.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_laws),      cmocka_unit_test(test_parts_and_files),
		cmocka_unit_test(test_bounds),    cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_contents),  cmocka_unit_test(test_slots),
		cmocka_unit_test(test_numbers),   cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_bad_files), cmocka_unit_test(test_truncated),
	};

	return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
