// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "mine/mine-priv.h"

/* The canonical form with <*>, <time> and <date> for the mask bytes. */
static void canonical(mask_classify_fn *f, struct str msg, struct buf *out)
{
	char text[MASK_ROOM];
	size_t n = mask_message(f, msg, text);

	buf_clear(out);
	for (size_t i = 0; i < n; i++)
		switch (text[i]) {
		case MASK_ANY: BUF_LIT(out, "<*>"); break;
		case MASK_TIME: BUF_LIT(out, "<time>"); break;
		case MASK_DATE: BUF_LIT(out, "<date>"); break;
		default: buf_add_char(out, text[i]);
		}
}

static const struct {
	const char *message, *canonical;
} mask_cases[] = {
	{"", ""},
	{"   ", ""},
	{"plain words only", "plain words only"},
	{"  two   blanks \t and a\ttab  ", "two blanks and a tab"},
	/* numbers */
	{"took 12 ms", "took <*> ms"},
	{"took 12ms.", "took <*>."},
	{"at -3, +4.5 and 1e-7", "at <*>, <*> and <*>"},
	{"-5 is -_-777", "<*> is <*>"},
	{"50% of 16K", "<*>% of <*>"},
	{"0xdeadbeef 7f3a9c00 cafebabe12", "<*> <*> <*>"},
	{"v1.2.3 version 6.1.0-18", "<*> version <*>"},
	{"1##2##3", "<*>##<*>##<*>"},
	{"field.............0", "field.............<*>"},
	/* times and dates */
	{"at 12:34:56.789", "at <time>"},
	{"on 2026-11-23 12:34", "on <date> <time>"},
	{"2026-11-23T12:34:56Z", "<*>"},
	/* addresses */
	{"from 10.1.2.3:80", "from <*>"},
	{"10.1.2.3:80:Got it", "<*>:Got it"},
	{"bssid 5c:50:15:36:bc:03", "bssid <*>"},
	{"addr fe80::1ff:fe00:1", "addr <*>"},
	{"host db-7.eu.example.org:5432", "host <*>"},
	{"a.com:443 a.c:443 b.org", "<*> a.c:<*> b.org"},
	{"id 123e4567-e89b-12d3-a456-426614174000", "id <*>"},
	{"a9b8c7-x.y -3-a 2026-1-2 2026-11-x 12-", "<*> <*> <date> <*> <*>-"},
	/* names with numbers */
	{"ssh2 on eth0, tty2", "ssh2 on eth0, tty2"},
	{"core.10019 CPU#3 jetty-6.1.26", "core.<*> CPU#<*> jetty-<*>"},
	{"blk_-123 task_1_22_333", "<*> <*>"},
	{"worker@1a2b3c4d pid:77", "worker@<*> pid:<*>"},
	{"pkg-1.2.3-4.noarch.rpm", "<*>"},
	{"a=1,b=x7", "a=<*>,b=x7"},
	{"(1)[2]{3}<4>\"5\"'6'|7|", "(<*>)[<*>]{<*>}<<*>>\"<*>\"'<*>'|<*>|"},
	/* paths and URLs */
	{"open /var/log/x.log: denied", "open <*>: denied"},
	{"open /var/log/x.log.", "open <*>."},
	{"get https://a.b/c?d=1&e=f now", "get <*> now"},
	{"file:/a/b ./run ../up ~/home", "file:<*> <*> <*> <*>"},
	{"C:\\Windows\\x.dll loaded", "<*> loaded"},
	{"com.example/.Main", "<*>"},
	{"read/write error, and/or n/a", "read/write error, and/or n/a"},
	{"a / b // c", "a / b // c"},
	/* bytes that could be taken for masks */
	{"\001\002\003 \033[0m", "??? ?[<*>"},
};

static void masking(void **state)
{
	struct buf b CLEANUP_BUF = {0};

	for (size_t i = 0; i < ARRAY_SIZE(mask_cases); i++) {
		struct str m = str_of(mask_cases[i].message);
		char *exact = mem_alloc(m.n); /* nothing behind the message may be read */

		memcpy(exact, m.p, m.n);
		m.p = exact;
		canonical(mask_classifier(), m, &b);
		assert_string_equal(buf_cstr(&b), mask_cases[i].canonical);
		canonical(mask_classifier_scalar(), m, &b);
		assert_string_equal(buf_cstr(&b), mask_cases[i].canonical);
		free(exact);
	}
}

static uint64_t rnd(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	return *s ^= *s << 17;
}

/* Both classifiers agree, on all lengths and bytes; a canonical form is never longer. */
static void mask_random(void **state)
{
	static const char some[] = "  \t/\\:.-_=,;()[]\"'#@%abfgXYZ0123456789\001\377";
	char msg[5000], a[MASK_ROOM], b[MASK_ROOM];
	uint64_t s = 42;

	for (int round = 0; round < 4000; round++) {
		size_t n = rnd(&s) % (round % 50 ? 200 : sizeof(msg)), na, nb;

		for (size_t i = 0; i < n; i++)
			msg[i] = some[rnd(&s) % (sizeof(some) - 1)];
		na = mask_message(mask_classifier(), (struct str){msg, n}, a);
		nb = mask_message(mask_classifier_scalar(), (struct str){msg, n}, b);
		assert_true(na <= n && na <= MASK_MAX + 1);
		assert_int_equal(na, nb);
		assert_memory_equal(a, b, na);
	}
}

/* A message that a miner has seen before, but for its digits, gets the shape that masking gives. */
static void seen_before(void **state)
{
	static const char some[] = "  /:.-_=,[#abfgX0000000\377";
	char msg[200], text[MASK_ROOM];
	struct miner *m = miner_new();
	uint64_t s = 9;

	for (int round = 0; round < 6000; round++) {
		size_t n = rnd(&s) % (round % 8 ? 24 : sizeof(msg));
		struct logline line = {.head = round % 3, .level = round % 2};

		for (size_t i = 0; i < n; i++)
			msg[i] = some[rnd(&s) % (sizeof(some) - 1)];
		for (int again = 0; again < 8; again++) {
			char *exact = mem_alloc(n); /* nothing behind the message may be read */
			const struct shape *shape;
			uint32_t id;

			if (again == 6 && n) /* the same but for one byte */
				msg[rnd(&s) % n] ^= 1;
			for (size_t i = 0; i < n; i++)
				if (mask_is_digit(msg[i]))
					msg[i] = (char)('0' + rnd(&s) % 10);
			memcpy(exact, msg, n);
			line.message = (struct str){exact, n};
			id = miner_add(m, &line);
			shape = &m->shapes[id];
			assert_int_equal(shape->text.n,
					 mask_message(m->classify, line.message, text));
			assert_memory_equal(shape->text.p, text, shape->text.n);
			assert_true(shape->level == line.level);
			assert_true(shape->continuation == !line.head);
			free(exact);
		}
	}
	miner_free(m);
}

/* Coarser forms: what they mask; and a coarser form of a form is that of the message. */
static void coarse_forms(void **state)
{
	static const struct {
		unsigned form;
		const char *message, *want;
	} cases[] = {
		{1, "for user bob k=foo, state=up on eth0", "for user <*> k=<*>, state=up on <*>"},
		{1, "a.b.C (word) 'x' \"GET\" core.12", "a.b.C (<*>) '<*>' \"<*>\" core.<*>"},
		{2, "a.b.C did camelCase core.12", "<*> did <*> <*>"},
		{3, "Cache xyzzy miss, Status up: foo Bar", "Cache <*> miss, Status up: <*> <*>"},
		{4, "one two three", "one <*>"},
		{5, "one two three", "<*>"},
		{5, "", ""},
	};
	static const char *const words[] = {
		"user", "bob",     "k=v",      "state=up",   "eth0",    "(x)", "a.b.C",
		"for",  "\"GET\"", "12:30:01", "2026-11-23", "core.12", "x:",  "[foo]",
		"/a/b", "=",       "don't",    "name",       "E1.",     "zzz",
	};
	struct buf b CLEANUP_BUF = {0};
	struct coarsener *o = coarsener_new();
	char c[MASK_ROOM], d[MASK_ROOM], e[MASK_ROOM], f[MASK_ROOM];
	uint64_t s = 11;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t n = mask_message(mask_classifier(), str_of(cases[i].message), c);

		n = mask_coarsen(o, cases[i].form, (struct str){c, n}, d);
		buf_clear(&b);
		for (size_t k = 0; k < n; k++) {
			if (mask_is_slot(d[k]))
				BUF_LIT(&b, "<*>");
			else
				buf_add_char(&b, d[k]);
		}
		assert_string_equal(buf_cstr(&b), cases[i].want);
	}
	for (int round = 0; round < 3000; round++) {
		size_t n, nd, ne, nf;

		buf_clear(&b);
		for (uint64_t k = rnd(&s) % 9; k--;)
			buf_printf(&b, "%s%s", words[rnd(&s) % ARRAY_SIZE(words)],
				   rnd(&s) % 4 ? " " : "");
		n = mask_message(mask_classifier(), buf_str(&b), c);
		for (unsigned i = 1; i <= MASK_COARSE; i++)
			for (unsigned k = i; k <= MASK_COARSE; k++) {
				nd = mask_coarsen(o, i, (struct str){c, n}, d);
				ne = mask_coarsen(o, k, (struct str){d, nd}, e);
				nf = mask_coarsen(o, k, (struct str){c, n}, f);
				assert_int_equal(ne, nf);
				assert_memory_equal(e, f, ne);
			}
	}
	coarsener_free(o);
}

static void word_lists(void **state)
{
	struct opposites *o = opposites_new();

	assert_true(opposites_has(o, STR("unsuccessfully")) && opposites_has(o, STR("on")));
	assert_false(opposites_has(o, STR("whole")));
	opposites_free(o);
	assert_true(mask_announces(STR("User")) && mask_announces(STR("application")));
	assert_false(mask_announces(STR("of")));
	for (struct str rest = str_of(mask_common_words), a = {0}, w; str_next(&rest, ' ', &w);
	     a = w)
		assert_true(w.n && str_cmp(a, w) < 0); /* sorted, none twice */
}

static uint32_t add(struct miner *m, enum level level, const char *message)
{
	return miner_add(
		m, &(struct logline){.head = true, .level = level, .message = str_of(message)});
}

struct merge_case {
	const char *what;
	const char *messages[10];
	const char *templates[10]; /* of each message */
};

static const struct merge_case merge_cases[] = {
	{"words need five values",
	 {"link up alpha now", "link up beta now", "link up gamma now", "link up delta now"},
	 {"link up alpha now", "link up beta now", "link up gamma now", "link up delta now"}},
	{"five words",
	 {"go alpha now", "go beta now", "go gamma now", "go delta now", "go eps now"},
	 {"go <*> now", "go <*> now", "go <*> now", "go <*> now", "go <*> now"}},
	{"never the first word",
	 {"a is up", "b is up", "c is up", "d is up", "e is up"},
	 {"a is up", "b is up", "c is up", "d is up", "e is up"}},
	{"names after a noun",
	 {"session for user ann", "session for user bob", "session for user eve"},
	 {"session for user <*>", "session for user <*>", "session for user <*>"}},
	{"key=value, two at once",
	 {"x a=foo b=bar", "x a=baz b=qux"},
	 {"x a=<*> b=<*>", "x a=<*> b=<*>"}},
	{"opposites stay apart",
	 {"x state=up", "x state=down", "y k=ACTION_UP", "y k=ACTION_DOWN", "z m=vm Started",
	  "z m=vm Paused"},
	 {"x state=up", "x state=down", "y k=ACTION_UP", "y k=ACTION_DOWN", "z m=vm Started",
	  "z m=vm Paused"}},
	{"empty and optional",
	 {"from 10.0.0.1 () ok", "from 10.0.0.2 (host) ok", "user= x", "user=joe x"},
	 {"from <*> (<*>) ok", "from <*> (<*>) ok", "user=<*> x", "user=<*> x"}},
	{"lists of any length",
	 {"delete blk_111 blk_222 blk_333", "delete blk_1111 blk_2222", "fans 1 2 3", "fans 4 5 6",
	  "ips 10.0.0.1,10.0.0.2 x", "ips 10.0.0.3 x"},
	 {"delete <*>", "delete <*>", "fans <*> <*> <*>", "fans <*> <*> <*>", "ips <*> x",
	  "ips <*> x"}},
	{"lists of words",
	 {"go k=x s=[a, b, c] [z]", "go k=y s=[a, d] [z]", "at: [a,b]", "at: [c,d]", "at: [e]"},
	 {"go k=<*> s=[<*>] [z]", "go k=<*> s=[<*>] [z]", "at: [<*>]", "at: [<*>]", "at: [<*>]"}},
	{"size units",
	 {"free 93.0 B, max 2 MB", "free 1.2 KB, max 2 MB", "used 5 MB", "used 6 MB"},
	 {"free <*>, max <*>", "free <*>, max <*>", "used <*> MB", "used <*> MB"}},
	{"dates and value words",
	 {"at Tue Jul 26 05:47:42 2005", "at Wed Jul 27 05:47:42 PDT 2005",
	  "on 2026-11-23 10:00:01, ok", "is True", "is null", "what?null"},
	 {"at <*>", "at <*>", "on <*>, ok", "is <*>", "is <*>", "what?null"}},
	{"values below something",
	 {"lifetime 00:01", "lifetime <1 sec", "x <1 y>", "if 3 <4 z"},
	 {"lifetime <*>", "lifetime <*>", "x <<*> y>", "if <*> <<*> z"}},
	{"identifiers with digits",
	 {"on eth0", "on eth1", "on wlan2", "use ssh2", "use ssh2"},
	 {"on <*>", "on <*>", "on <*>", "use ssh2", "use ssh2"}},
	{"a request line",
	 {"\"GET /a HTTP/1.1\" 200", "\"GET /b HTTP/1.1\" 404"},
	 {"\"GET <*>\" <*>", "\"GET <*>\" <*>"}},
};

static void merging(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(merge_cases); i++) {
		const struct merge_case *c = &merge_cases[i];
		struct miner *m = miner_new();
		struct templates *t;
		uint32_t shape[10];
		size_t n = 0;

		for (; n < 10 && c->messages[n]; n++)
			shape[n] = add(m, LEVEL_INFO, c->messages[n]);
		t = templates_new(&m, 1, NULL);
		for (size_t k = 0; k < n; k++) {
			const struct template *tp =
				templates_get(t, templates_of_shape(t, 0, shape[k]));

			if (!str_eq(tp->text, str_of(c->templates[k])))
				fail_msg("%s: \"%s\" gives \"" STR_FMT "\"", c->what,
					 c->messages[k], STR_ARG(tp->text));
		}
		templates_free(t);
		miner_free(m);
	}
}

/* Any order, any number of miners: the same templates. */
static void order_does_not_matter(void **state)
{
	enum { N = 600 };
	char msgs[N][80];
	struct buf want CLEANUP_BUF = {0}, got CLEANUP_BUF = {0};
	uint64_t s = 7;

	for (int i = 0; i < N; i++)
		snprintf(msgs[i], sizeof(msgs[i]), "%s user %s%d did %s of w%d k=%s",
			 rnd(&s) & 1 ? "the" : "a", rnd(&s) & 1 ? "u" : "v", (int)(rnd(&s) % 9),
			 rnd(&s) & 1 ? "start" : "stop", (int)(rnd(&s) % 30),
			 rnd(&s) & 1 ? "yes" : "maybe");
	for (unsigned round = 0; round < 6; round++) {
		size_t nm = round % 3 + 1;
		struct miner *m[3];
		struct templates *t;

		for (size_t k = 0; k < nm; k++)
			m[k] = miner_new();
		for (size_t i = 0; i < N; i++)
			add(m[i * 7 % nm], LEVEL_WARN, msgs[(i * (round * 2 + 1) * 7 + round) % N]);
		t = templates_new(m, nm, NULL);
		buf_clear(&got);
		for (uint32_t i = 0; i < templates_count(t); i++) {
			const struct template *tp = templates_get(t, i);

			buf_printf(&got, STR_FMT " %d " STR_FMT "\n", STR_ARG(tp->id), tp->level,
				   STR_ARG(tp->text));
		}
		if (!round)
			buf_add_str(&want, buf_str(&got));
		assert_string_equal(buf_cstr(&want), buf_cstr(&got));
		templates_free(t);
		for (size_t k = 0; k < nm; k++)
			miner_free(m[k]);
	}
}

static void levels_and_continuations(void **state)
{
	struct miner *m = miner_new();
	struct logline line = {.message = STR("same text 1"), .level = LEVEL_INFO, .head = true};
	uint32_t a = miner_add(m, &line), b, c;
	struct templates *t;

	line.level = LEVEL_ERROR;
	b = miner_add(m, &line);
	line.head = false;
	c = miner_add(m, &line);
	t = templates_new(&m, 1, NULL);
	assert_int_equal(templates_count(t), 3);
	a = templates_of_shape(t, 0, a);
	b = templates_of_shape(t, 0, b);
	c = templates_of_shape(t, 0, c);
	assert_false(str_eq(templates_get(t, a)->id, templates_get(t, b)->id));
	assert_false(str_eq(templates_get(t, c)->id, templates_get(t, b)->id));
	assert_true(templates_get(t, c)->continuation);
	assert_int_equal(templates_get(t, a)->count, 1);
	templates_free(t);
	miner_free(m);
}

static size_t params_of_text(struct str text, struct str message, struct str *params, size_t max)
{
	struct arena a;
	size_t n;

	arena_init(&a);
	n = plan_params(plan_new(&a, text), message, params, max);
	arena_release(&a);
	return n;
}

static void parameters(void **state)
{
	static const struct {
		const char *text, *message, *params[4];
	} cases[] = {
		{"took <*> ms", "took  12 ms", {"12"}},
		{"<*> to <*>", "a b to c d ", {"a b", "c d"}},
		{"at <*>.", "at /a/b.c.", {"/a/b.c"}},
		{"user=<*> x", "user= x", {""}},
		{"from <*> (<*>) at <*>",
		 "from 1.2.3.4 () at Tue Jul  1",
		 {"1.2.3.4", "", "Tue Jul  1"}},
		{"constant", "constant", {NULL}},
		{"other <*>", "constant 1", {NULL}},
		{"a <*> b <*>", "a 1 c 2", {NULL}},
		{"<*> (of at least <*>) is?", "a (b) c (of at  least 5) is\001", {"a (b) c", "5"}},
		{"<*>, <*> of <*>",
		 "more than sixteen bytes, more than sixteen, again of x",
		 {"more than sixteen bytes", "more than sixteen, again", "x"}},
		{"<*>?<*>)", "bell\007, a\tb)", {"bell", ", a\tb"}},
		{"<*>", "", {""}},
	};
	struct str p[MINE_MAX_PARAMS];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t n = params_of_text(str_of(cases[i].text), str_of(cases[i].message), p,
					  MINE_MAX_PARAMS),
		       want = 0;

		for (; want < 4 && cases[i].params[want]; want++)
			assert_true(want < n && str_eq(p[want], str_of(cases[i].params[want])));
		assert_int_equal(n, want);
	}
	assert_int_equal(params_of_text(STR("<*> <*> <*>"), STR("1 2 3"), p, 2), 2);
}

static void known_templates(void **state)
{
	struct templates_known *k = templates_known_new();
	struct miner *m = miner_new();
	struct templates *t;
	struct err err = {0};
	uint32_t a, b, c, d;
	const struct template *tp;

	assert_int_equal(templates_known_add(
				 k,
				 STR("aa01\tinfo\tsession for user <*>\n\n"
				     "{\"id\": \"bb02\", \"count\": 3, \"level\": \"info\", \"x\": "
				     "[1, {\"a\": \"]\"}], \"template\": \"free \\\"<*>\\\" of "
				     "<*>\"}\n"),
				 &err),
			 0);
	a = add(m, LEVEL_INFO, "session for user ann");
	b = add(m, LEVEL_INFO, "free \"abc\" of 93.0 B");
	c = add(m, LEVEL_ERROR, "session for user ann");
	d = miner_add(
		m, &(struct logline){.level = LEVEL_INFO, .message = STR("session for user bob")});
	t = templates_new(&m, 1, k);
	assert_str(templates_get(t, templates_of_shape(t, 0, d))->id, "aa01");
	tp = templates_get(t, templates_of_shape(t, 0, a));
	assert_str(tp->id, "aa01");
	assert_str(tp->text, "session for user <*>");
	tp = templates_get(t, templates_of_shape(t, 0, b));
	assert_str(tp->id, "bb02");
	tp = templates_get(t, templates_of_shape(t, 0, c));
	assert_str(tp->text, "session for user ann");
	templates_free(t);
	miner_free(m);
	templates_known_free(k);
}

static void known_errors(void **state)
{
	static const char *const bad[] = {
		"no tabs",          "id\tlevel",      "{\"id\":\"x\"}",
		"{\"template\":1}", "{\"id\":\"x\",", "{\"id\":\"x\",\"template\":\"y",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct templates_known *k = templates_known_new();
		struct err err = {0};

		assert_int_equal(templates_known_add(k, str_of(bad[i]), &err), -ERR_INPUT);
		assert_non_null(strstr(err.msg, "line 1"));
		templates_known_free(k);
	}
}

/* A log without end of shapes turns coarse, alike for one miner and for three. */
static void endless_shapes(void **state)
{
	struct miner *one = miner_new(), *three[3];
	struct templates *a, *b;
	uint64_t s = 3;

	for (size_t k = 0; k < 3; k++)
		three[k] = miner_new();
	for (size_t i = 0; i < 3 * SHAPES_MAX; i++) {
		char w[40];
		size_t n = 0;

		for (; n < 24; n++)
			w[n] = n % 8 == 7 ? ' ' : (char)('a' + rnd(&s) % 26);
		w[n] = 0;
		add(one, LEVEL_INFO, w);
		add(three[i % 3], LEVEL_INFO, w);
	}
	assert_true(one->nshapes < (MASK_COARSE + 1) * SHAPES_MAX);
	a = templates_new(&one, 1, NULL);
	b = templates_new(three, 3, NULL);
	assert_true(templates_coarse(a) > 0);
	assert_int_equal(templates_coarse(a), templates_coarse(b));
	assert_int_equal(templates_count(a), templates_count(b));
	for (uint32_t i = 0; i < templates_count(a); i++) {
		assert_true(str_eq(templates_get(a, i)->text, templates_get(b, i)->text));
		assert_true(templates_get(a, i)->count == templates_get(b, i)->count);
	}
	templates_free(a);
	templates_free(b);
	miner_free(one);
	for (size_t k = 0; k < 3; k++)
		miner_free(three[k]);
}

/* A log with more names than shapes are kept: its other templates stay as they are. */
static void endless_names(void **state)
{
	struct miner *m = miner_new();
	struct templates *t;
	uint64_t s = 5;
	uint32_t other = add(m, LEVEL_INFO, "service started"), name = 0, miss = 0;

	for (size_t i = 0; i < 2 * SHAPES_MAX; i++) {
		char line[80], word[9];

		for (int k = 0; k < 8; k++)
			word[k] = (char)('a' + rnd(&s) % 26);
		word[8] = 0;
		snprintf(line, sizeof(line), "Failed login for invalid user %s from 10.0.0.%d",
			 word, (int)(i % 200));
		name = add(m, LEVEL_INFO, line);
		if (i % 2) {
			snprintf(line, sizeof(line), "cache %s miss on eth1", word);
			miss = add(m, LEVEL_INFO, line);
		}
	}
	t = templates_new(&m, 1, NULL);
	assert_int_equal(templates_count(t), 3);
	assert_str(templates_get(t, templates_of_shape(t, 0, miss))->text, "cache <*> miss on <*>");
	assert_str(templates_get(t, templates_of_shape(t, 0, other))->text, "service started");
	assert_str(templates_get(t, templates_of_shape(t, 0, name))->text,
		   "Failed login for invalid user <*> from <*>");
	templates_free(t);
	miner_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masking),
		cmocka_unit_test(mask_random),
		cmocka_unit_test(seen_before),
		cmocka_unit_test(coarse_forms),
		cmocka_unit_test(word_lists),
		cmocka_unit_test(merging),
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(levels_and_continuations),
		cmocka_unit_test(parameters),
		cmocka_unit_test(known_templates),
		cmocka_unit_test(known_errors),
		cmocka_unit_test(endless_shapes),
		cmocka_unit_test(endless_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
