// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include "base/buf.h"
#include "pyimage.h"

static struct pyimage im;
static struct arena arena;

static bool read_all(struct python *out)
{
	return python_read(&im.image, &im.where, &arena, out);
}

static int set_up(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

/* One line, then one two further on from byte 6 of the code on; in the form of the version. */
static uint64_t some_lines(void)
{
	static const unsigned char pairs[] = {6, 2, 4, 0}, ranges[] = {6, 0, 8, 2, 4, 0x80},
				   entries[] = {0x80 | 13 << 3 | 2, 0, 0x80 | 12 << 3 | 3, 1, 2,
						0x80 | 15 << 3 | 1};

	if (im.where.minor <= 9)
		return py_bytes(&im, pairs, sizeof(pairs));
	return im.where.minor == 10 ? py_bytes(&im, ranges, sizeof(ranges))
				    : py_bytes(&im, entries, sizeof(entries));
}

/* inner <- middle <- outer, the innermost two in one run of the loop, if the version has such. */
static uint64_t three_frames(void)
{
	static const uint16_t middle[] = {0x4e2d, 'm', 0xd800};
	static const uint32_t outer[] = {0x1d54f, 'o'};
	unsigned place = im.where.minor >= 14 ? 16 : 2;
	uint64_t lines = some_lines(), f = 0;

	if (im.where.minor >= 12)
		f = py_entry(&im, 0);
	f = py_frame(&im,
		     py_code(&im, py_str_at(&im, outer, 2, 4, place), "/srv/app/o.py", 30, lines),
		     8, true, f);
	if (im.where.minor >= 12)
		f = py_entry(&im, f);
	f = py_frame(&im,
		     py_code(&im, py_str_at(&im, middle, 3, 2, place),
			     "/usr/lib/python3.11/threading.py", 20, lines),
		     2, true, f);
	return py_frame(&im,
			py_code(&im, py_str_at(&im, "inn\xe9r", 5, 1, place), "i.py", 10, lines),
			-2, false, f);
}

static void check_three(const struct python_thread *t, unsigned minor)
{
	static const size_t runs[] = {2, 1};

	assert_int_equal(t->nframes, 3);
	assert_true(t->exact && t->complete);
	assert_str(t->frames[0].function, "inn\xc3\xa9r");
	assert_str(t->frames[0].file, "i.py");
	assert_int_equal(t->frames[0].line, 10);
	assert_true(t->frames[0].own);
	assert_str(t->frames[1].function, "\xe4\xb8\xadm\xef\xbf\xbd");
	assert_int_equal(t->frames[1].line, 20);
	assert_false(t->frames[1].own);
	assert_str(t->frames[2].function, "\xf0\x9d\x95\x8fo");
	assert_int_equal(t->frames[2].line, 32);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(t->frames[i].language, FRAME_PYTHON);
	if (minor <= 10) {
		assert_int_equal(t->nruns, 3);
	} else {
		assert_int_equal(t->nruns, 2);
		assert_memory_equal(t->runs, runs, sizeof(runs));
	}
}

static void versions(void **state)
{
	(void)state;
	for (unsigned minor = PYTHON_OLDEST; minor <= PYTHON_NEWEST; minor++) {
		struct python p;

		assert_true(py_init(&im, minor));
		py_thread(&im, 0x7000, 41, 0);
		py_thread(&im, 0x8000, 42, three_frames());
		assert_true(read_all(&p));
		assert_int_equal(p.tested, minor != 14);
		assert_int_equal(p.nthreads, 2);
		check_three(&p.threads[0], minor);
		assert_int_equal(p.threads[0].ident, 0x8000);
		assert_int_equal(p.threads[0].tid, minor >= 11 ? 42 : 0);
		assert_int_equal(p.threads[1].nframes, 0);
		assert_true(p.threads[1].complete);
	}
}

/* glibc's own number is believed before CPython's, which is that of the parent after fork(). */
static void numbers(void **state)
{
	struct python p;
	uint64_t tcb;
	int tid = 77;

	(void)state;
	py_init(&im, 11);
	tcb = py_new(&im, 800);
	py_set(&im, tcb, tcb);
	py_set(&im, tcb + 16, tcb);
	py_put(&im, tcb + 720, &tid, sizeof(tid));
	py_thread(&im, tcb, 42, 0);
	assert_true(read_all(&p));
	assert_int_equal(p.threads[0].tid, 77);
	py_set(&im, tcb + 16, 0);
	assert_true(read_all(&p));
	assert_int_equal(p.threads[0].tid, 42);
}

static void kept_in_pieces(void **state)
{
	struct python p;
	uint64_t t, f;

	(void)state;
	py_init(&im, 11);
	f = three_frames();
	t = py_thread(&im, 0, 1, f);
	/* The innermost frame lies in the piece, whose end it reaches; the others do not. */
	py_set(&im, t + im.l.ts_chunk, f);
	py_set(&im, t + im.l.ts_chunk + 8, f + 80);
	assert_true(read_all(&p));
	check_three(&p.threads[0], 11);
	/* Garbage there: each on its own. */
	py_set(&im, t + im.l.ts_chunk + 8, UINT64_MAX);
	assert_true(read_all(&p));
	check_three(&p.threads[0], 11);
	py_set(&im, t + im.l.ts_chunk, 8);
	py_set(&im, t + im.l.ts_chunk + 8, 800);
	assert_true(read_all(&p));
	check_three(&p.threads[0], 11);
}

static void lock(void **state)
{
	(void)state;
	for (unsigned minor = PYTHON_OLDEST; minor <= PYTHON_NEWEST; minor++) {
		uint64_t gil, first;
		struct python p;

		py_init(&im, minor);
		gil = im.where.runtime + im.l.gil;
		if (im.l.gil_pointer) {
			gil = py_new(&im, 256);
			py_set(&im, im.interpreter + im.l.gil, gil);
		}
		first = py_thread(&im, 1, 1, 0);
		py_thread(&im, 2, 2, 0);
		py_set(&im, gil + im.l.gil_holder, first);
		assert_true(read_all(&p));
		assert_int_equal(p.ngils, 1);
		assert_int_equal(p.gils[0].holder, 2); /* it held it last */
		assert_false(p.threads[1].holds_gil);
		py_put(&im, gil + im.l.gil_locked, "\1", 1);
		assert_true(read_all(&p));
		assert_int_equal(p.gils[0].holder, 1);
		assert_true(p.threads[1].holds_gil);
		assert_false(p.threads[0].holds_gil);
		assert_int_equal(p.gils[0].start, gil + im.l.gil_locked + 16);
		py_set(&im, gil + im.l.gil_holder, 0x1234);
		assert_true(read_all(&p));
		assert_int_equal(p.gils[0].holder, 2);
	}
}

static void again(void **state)
{
	uint64_t first, second, gil;
	struct python p;

	(void)state;
	py_init(&im, 11);
	first = py_thread(&im, 1, 1, 0);
	second = py_thread(&im, 2, 2, 0);
	gil = im.where.runtime + im.l.gil;
	py_put(&im, gil + im.l.gil_locked, "\1", 1);
	py_set(&im, gil + im.l.gil_holder, first);
	assert_true(read_all(&p));
	assert_true(p.threads[1].holds_gil);
	/* The lock has changed hands, and the second has begun to run. */
	py_set(&im, gil + im.l.gil_holder, second);
	memcpy(&gil, im.bytes + (second - PY_BASE) + im.l.ts_cframe, 8);
	py_set(&im, gil + im.l.ts_frame, three_frames());
	python_read_again(&im.image, &arena, &p, 0);
	check_three(&p.threads[0], 11);
	assert_true(p.threads[0].holds_gil);
	assert_false(p.threads[1].holds_gil);
	assert_int_equal(p.gils[0].holder, 0);
	/* Another thread's state lies there by now. */
	py_set(&im, second + im.l.ts_ident, 3);
	python_read_again(&im.image, &arena, &p, 0);
	assert_int_equal(p.threads[0].nframes, 0);
	assert_int_equal(p.threads[0].nruns, 0);
}

/* What an image of 3.11 is damaged by, and the frames that are left. */
static void damage(void **state)
{
	static const struct {
		const char *what;
		int field; /* of the outermost frame: 0 previous, 1 code; 2: of the middle one */
		uint64_t value;
		size_t frames;
		bool complete;
	} cases[] = {
		{"nothing", -1, 0, 3, true},
		{"no more memory", 0, UINT64_C(0x10000000), 3, false},
		{"the end of the address space", 0, UINT64_C(0xfffffffffffffff8), 3, false},
		{"an odd address", 0, PY_BASE + 3, 3, false},
		{"no code", 1, 0, 2, false},
		{"code that is none", 1, PY_BASE + 64, 2, false},
		{"code beyond memory", 1, UINT64_C(0x7fffffff0000), 2, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t outer = 0, inner;
		struct python p;

		py_init(&im, 11);
		inner = three_frames();
		memcpy(&outer, im.bytes + (inner - PY_BASE) + im.l.fr_previous, 8);
		memcpy(&outer, im.bytes + (outer - PY_BASE) + im.l.fr_previous, 8);
		if (cases[i].field >= 0)
			py_set(&im, outer + (cases[i].field ? im.l.fr_code : im.l.fr_previous),
			       cases[i].value);
		py_thread(&im, 1, 1, inner);
		if (!read_all(&p) || p.threads[0].nframes != cases[i].frames ||
		    p.threads[0].complete != cases[i].complete)
			fail_msg("%s: %zu frames", cases[i].what, p.threads[0].nframes);
	}
}

static void circles(void **state)
{
	uint64_t f, g, t, code;
	struct python p;

	(void)state;
	py_init(&im, 11);
	code = py_code(&im, py_str(&im, "f"), "f.py", 1, 0);
	f = py_frame(&im, code, 0, false, 0);
	g = py_frame(&im, code, 0, false, f);
	py_set(&im, f + im.l.fr_previous, g);
	t = py_thread(&im, 1, 1, g);
	py_set(&im, t + im.l.ts_next, py_thread(&im, 2, 2, g)); /* two threads lead to each other */
	py_set(&im, im.interpreter + im.l.is_next, im.interpreter);
	assert_true(read_all(&p));
	assert_int_equal(p.nthreads, 2);
	assert_true(p.threads[0].nframes < 8);
	assert_false(p.threads[0].complete);
	/* A thread of another interpreter ends the list. */
	py_set(&im, t + im.l.ts_interp, 0);
	assert_true(read_all(&p));
	assert_int_equal(p.nthreads, 1);
}

/* Wherever memory ends, and whatever a word becomes, it is read to some end. */
static void garbage(void **state)
{
	static const uint64_t values[] = {0, 1, PY_BASE, PY_BASE + 1400, UINT64_MAX, 1ULL << 47};
	struct python p;
	struct python_exception e;

	(void)state;
	for (unsigned minor = PYTHON_OLDEST; minor <= PYTHON_NEWEST; minor++) {
		static struct pyimage whole;
		uint64_t inner;

		py_init(&im, minor);
		inner = three_frames();
		py_thread(&im, 1, 1, inner);
		py_thread(&im, 2, 2, inner);
		whole = im;
		for (im.n = 0; im.n < whole.used; im.n += 24)
			if (read_all(&p) && p.nthreads)
				python_find_exception(&im.image, &im.where, &p.threads[0], &arena,
						      &e);
		for (size_t at = 0; at < whole.used; at += 8) {
			for (size_t v = 0; v < ARRAY_SIZE(values); v++) {
				memcpy(im.bytes, whole.bytes, sizeof(im.bytes));
				im.n = whole.n;
				py_set(&im, PY_BASE + at, values[v]);
				read_all(&p);
			}
			arena_release(&arena);
			arena_init(&arena);
		}
	}
}

static void refused(void **state)
{
	struct python p;
	struct python_layout l;

	(void)state;
	py_init(&im, 11);
	assert_false(read_all(&p)); /* no threads */
	assert_false(python_layout(&im.image, PY_BASE, 7, &l));
	assert_false(python_layout(&im.image, PY_BASE, 15, &l));
	assert_false(python_layout_tested(15));
	for (unsigned minor = 13; minor <= 14; minor++) {
		static const struct {
			unsigned word;
			uint64_t value;
		} cases[] = {
			{0, 0},          /* no table */
			{2, 1},          /* a build without the lock */
			{1, 0x30b02f0},  /* of another version */
			{3, 1ULL << 40}, /* a struct of absurd size */
			{5, 901},        /* a place beyond its struct */
			{18, 1}, /* the lock's parts before it: 3.14's flag, 3.13's holder */
		};

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			py_init(&im, minor);
			py_set(&im, PY_BASE + 8 * cases[i].word, cases[i].value);
			if (python_layout(&im.image, PY_BASE, minor, &l))
				fail_msg("3.%u: case %zu", minor, i);
		}
	}
}

static uint32_t line_at(unsigned minor, const unsigned char *table, size_t n, int at)
{
	struct python p;

	py_init(&im, minor);
	py_thread(&im, 1, 1,
		  py_frame(&im,
			   py_code(&im, py_str(&im, "f"), "f.py", 100, py_bytes(&im, table, n)), at,
			   true, 0));
	assert_true(read_all(&p));
	return p.threads[0].frames[0].line;
}

static void lines(void **state)
{
	static const unsigned char pairs[] = {0, 5, 10, 255, 255, 0, 1, 1},
				   ranges[] = {4, 0, 4, 0x80, 0, 3, 4, 0xff},
				   /* a long one: line +70 (varint, two groups), 3 numbers; none;
				    * no columns: line -3; 2 bytes of columns of the short form */
		entries[] = {0x80 | 14 << 3 | 1,
			     0x40 | 12,
			     2,
			     3,
			     0x41,
			     1,
			     4,
			     0x80 | 15 << 3 | 0,
			     0x80 | 13 << 3 | 0,
			     7,
			     0x80 | 0 << 3 | 7,
			     0x7f};
	static const struct {
		unsigned minor;
		const unsigned char *table;
		size_t n;
		int at;
		uint32_t line;
	} cases[] = {
		{8, pairs, sizeof(pairs), -1, 100},
		{8, pairs, sizeof(pairs), 0, 105},
		{9, pairs, sizeof(pairs), 9, 105},
		{9, pairs, sizeof(pairs), 10, 104},
		{9, pairs, sizeof(pairs), 266, 105},
		{9, pairs, sizeof(pairs), 9999, 105},
		{10, ranges, sizeof(ranges), -2, 100},
		{10, ranges, sizeof(ranges), 2, 100},
		{10, ranges, sizeof(ranges), 4, 0}, /* belongs to no line */
		{10, ranges, sizeof(ranges), 8, 102},
		{10, ranges, sizeof(ranges), 12, 0}, /* behind the table */
		{11, entries, sizeof(entries), 0, 170},
		{12, entries, sizeof(entries), 2, 170},
		{11, entries, sizeof(entries), 4, 0},
		{13, entries, sizeof(entries), 6, 167},
		{14, entries, sizeof(entries), 22, 167},
		{11, entries, sizeof(entries), 24, 0},
		{11, entries, 1, 0, 100}, /* cut off */
		{11, entries, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t got = line_at(cases[i].minor, cases[i].table, cases[i].n, cases[i].at);

		if (got != cases[i].line)
			fail_msg("case %zu: line %u, not %u", i, got, cases[i].line);
	}
}

/* An exception of a type, with a number and perhaps a text as arguments. */
static uint64_t exception(const char *type, const char *text)
{
	uint64_t e = py_new(&im, 64), args = py_new(&im, 64);

	py_set(&im, e + 8, py_type(&im, type));
	py_set(&im, e + 24, args);
	py_set(&im, args + 8, py_type(&im, "tuple"));
	py_set(&im, args + 16, text ? 2 : 1);
	py_set(&im, args + im.l.tuple_items, py_new(&im, 32));
	if (text)
		py_set(&im, args + im.l.tuple_items + 8, py_str(&im, text));
	return e;
}

static void exceptions(void **state)
{
	struct python_exception e;
	struct python_thread t = {0};

	(void)state;
	for (unsigned minor = PYTHON_OLDEST; minor < PYTHON_NEWEST; minor++) {
		uint64_t item, none, outer;

		py_init(&im, minor);
		t.state = py_thread(&im, 1, 1, 0);
		assert_false(python_find_exception(&im.image, &im.where, &t, &arena, &e));
		item = py_new(&im, 64);
		outer = py_new(&im, 64);
		none = py_new(&im, 16);
		py_set(&im, none + 8, py_type(&im, "NoneType"));
		py_set(&im, t.state + im.l.ts_handled, item);
		py_set(&im, item + im.l.ei_value, none);
		py_set(&im, item + im.l.ei_previous, outer);
		assert_false(python_find_exception(&im.image, &im.where, &t, &arena, &e));
		py_set(&im, outer + im.l.ei_value, exception("OSError", "no such thing"));
		assert_true(python_find_exception(&im.image, &im.where, &t, &arena, &e));
		assert_str(e.type, "OSError");
		assert_str(e.text, "no such thing");
		assert_true(e.handled);
		py_set(&im, t.state + im.l.ts_raised, exception("app.Error", NULL));
		assert_true(python_find_exception(&im.image, &im.where, &t, &arena, &e));
		assert_str(e.type, "app.Error");
		assert_int_equal(e.text.n, 0);
		assert_false(e.handled);
		if (!im.l.ts_raised_as)
			continue;
		/* Yet to be made: a type and a text. */
		py_set(&im, t.state + im.l.ts_raised, py_str(&im, "later"));
		py_set(&im, t.state + im.l.ts_raised_as, py_type(&im, "KeyError"));
		assert_true(python_find_exception(&im.image, &im.where, &t, &arena, &e));
		assert_str(e.type, "KeyError");
		assert_str(e.text, "later");
	}
	py_init(&im, 14);
	assert_false(python_find_exception(&im.image, &im.where, &t, &arena, &e));
}

static uint64_t lock_object(const char *type, uint64_t semaphore, uint64_t owner, uint64_t count)
{
	uint64_t o = py_new(&im, 48);

	py_set(&im, o + 8, py_type(&im, type));
	py_set(&im, o + 16, semaphore);
	py_set(&im, o + 24, owner);
	py_set(&im, o + 32, count);
	return o;
}

static void locks(void **state)
{
	static const struct {
		const char *type;
		uint64_t semaphore, count;
		enum python_lock_kind kind;
		uint64_t owner;
	} cases[] = {
		{"_thread.RLock", 0x5000, 2, PYTHON_RLOCK, 0x7000},
		{"_thread.RLock", 0x5000, 0, PYTHON_RLOCK, 0}, /* just released */
		{"_thread.lock", 0x5000, 1, PYTHON_LOCK, 0},
		{"_thread.RLock", 0x6000, 1, PYTHON_NO_LOCK, 0},
		{"other", 0x5000, 1, PYTHON_NO_LOCK, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t words[] = {0, 3, UINT64_MAX, PY_BASE + 8, 0}, owner;
		struct image_stack stack = {0x7ff0000, (unsigned char *)words, sizeof(words)};

		py_init(&im, 11);
		words[4] = lock_object(cases[i].type, cases[i].semaphore, 0x7000, cases[i].count);
		assert_int_equal(python_find_lock(&im.image, &stack, 0x5000, &owner),
				 cases[i].kind);
		assert_int_equal(owner, cases[i].owner);
		assert_int_equal(python_find_lock(&im.image, &stack, 0, &owner), PYTHON_NO_LOCK);
	}
}

/*
 * Merged stacks, innermost first. Native: E the evaluation loop, I one inlined into the next, other
 * letters are functions; '|' is where frames were left out. Python: a run is a word of digits.
 */
static const struct {
	const char *native, *python, *merged;
	bool complete, exact;
	size_t most;
} merges[] = {
	{"aEbEc", "01 2", "a01b2c", true, true, 0},
	{"aIEc", "0", "aI0c", true, true, 0},
	{"ab", "", "ab", true, true, 0},
	{"aEbEc", "01", "aEb01c", true, false, 0},        /* one came in meanwhile */
	{"aEc", "0 12 3", "a0123c", true, false, 0},      /* or went */
	{"", "01 2", "012", true, false, 0},              /* no native stack */
	{"aEbE", "0 1 23 4", "a0b1234", false, false, 0}, /* the native one breaks off */
	{"aEb|cEd", "0 12 34 5", "a0b|c5d", true, false, 0},
	{"aE|cEd", "0", "a0|cEd", true, false, 0},
	{"aEc", "012345", "a0|5c", true, true, 4},
	{"aEb|cEd", "0 12", "a0|2d", true, true, 4},
	{"aE", "- 1", "aE1", false, false, 0},
	{"aEb", "-", "aEb", true, true, 0},
};

static void native_frames(struct stack_thread *t, struct frame *frames, const char *text)
{
	*t = (struct stack_thread){.frames = frames, .exact = true};
	for (; *text; text++) {
		struct frame *f = &frames[t->nframes];

		if (*text == '|') {
			t->skipped = 5;
			t->skipped_at = t->nframes;
			continue;
		}
		*f = (struct frame){.function = {text, 1}, .inlined = *text == 'I', .own = true};
		if (*text == 'E' || *text == 'I')
			f->function = STR("_PyEval_EvalFrameDefault.cold");
		t->nframes++;
	}
}

static void python_frames(struct python_thread *pt, struct frame *frames, size_t *runs,
			  const char *text)
{
	*pt = (struct python_thread){
		.frames = frames, .runs = runs, .exact = true, .complete = true};
	for (; *text; text++) {
		if (!pt->nruns || *text == ' ')
			runs[pt->nruns++] = 0;
		if (*text == ' ' || *text == '-')
			continue;
		runs[pt->nruns - 1]++;
		frames[pt->nframes++] =
			(struct frame){.function = {text, 1}, .language = FRAME_PYTHON};
	}
}

static void merged_text(const struct stack_thread *t, struct buf *out)
{
	for (size_t i = 0; i < t->nframes; i++) {
		const struct frame *f = &t->frames[i];

		if (t->skipped && i == t->skipped_at)
			buf_add_char(out, '|');
		buf_add_char(out, f->inlined ? 'I' : f->function.n > 1 ? 'E' : *f->function.p);
		if (f->function.n > 1 && f->own)
			fail_msg("the interpreter's are not own");
	}
}

static void merging(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(merges); i++) {
		struct frame native[16], python[16];
		size_t runs[16];
		struct stack_thread t;
		struct python_thread pt;
		struct buf text = {0};

		native_frames(&t, native, merges[i].native);
		t.complete = merges[i].complete;
		python_frames(&pt, python, runs, merges[i].python);
		python_merge(&t, &pt, merges[i].most, &arena);
		merged_text(&t, &text);
		buf_add_char(&text, '\0');
		if (strcmp(text.p, merges[i].merged) != 0 || t.exact != merges[i].exact)
			fail_msg("%s with %s: %s, not %s", merges[i].native, merges[i].python,
				 text.p, merges[i].merged);
		buf_release(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),       cmocka_unit_test(numbers),
		cmocka_unit_test(kept_in_pieces), cmocka_unit_test(lock),
		cmocka_unit_test(damage),         cmocka_unit_test(circles),
		cmocka_unit_test(garbage),        cmocka_unit_test(again),
		cmocka_unit_test(refused),        cmocka_unit_test(lines),
		cmocka_unit_test(exceptions),     cmocka_unit_test(locks),
		cmocka_unit_test(merging),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
