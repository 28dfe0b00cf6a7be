// SPDX-License-Identifier: GPL-3.0-or-later
/* The exceptions in the events of tests/logs, as exceptions.csv says, and cases of our own. */
#include "unit.h"

#include <stdlib.h>

#include "base/file.h"
#include "log/exception.h"
#include "log/reader.h"

/* The text of the event whose first line is no, as a user of the reader would join it. */
static void event_text(const char *name, uint64_t no, struct buf *out)
{
	CLEANUP_BUF struct buf path = {0};
	struct file_map map;
	struct logreader *r;
	struct logcursor c;
	struct logline line;

	buf_printf(&path, "tests/logs/%s", name);
	assert_int_equal(file_map_path(&map, buf_cstr(&path), NULL), 0);
	r = logreader_new((struct str){map.data, map.size}, NULL);
	logcursor_init(&c, r, 0, 0, map.size);
	while (logcursor_next(&c, &line)) {
		if (line.no > no && line.head)
			break;
		if (line.no < no)
			continue;
		buf_add_str(out, line.raw);
		buf_add_char(out, '\n');
	}
	logcursor_release(&c);
	logreader_free(r);
	file_map_release(&map);
}

/* One cell of a CSV line (quotes doubled inside quotes). */
static void cell(const char **p, struct buf *out)
{
	bool quoted = **p == '"';

	buf_clear(out);
	for (*p += quoted; **p && **p != '\n'; ++*p) {
		if (quoted && **p == '"') {
			++*p;
			if (**p != '"')
				break;
		} else if (!quoted && **p == ',') {
			break;
		}
		buf_add_char(out, **p);
	}
	*p += **p == ',';
}

static bool same(const struct buf *want, struct str got)
{
	return want->n == 0 || str_eq(buf_str(want), got);
}

static void recorded(void **state)
{
	char *text, *row, *save = NULL;
	size_t n, rows = 0, bad = 0;
	struct buf c[8] = {0};

	(void)state;
	assert_int_equal(file_read_small("tests/logs/exceptions.csv", 1 << 20, &text, &n, NULL), 0);
	text = mem_realloc(text, n + 1, 1);
	text[n] = 0;
	for (row = strtok_r(text, "\n", &save); (row = strtok_r(NULL, "\n", &save)) != NULL;) {
		CLEANUP_BUF struct buf event = {0}, place = {0};
		const char *p = row;
		struct arena a;
		const struct exception *e;

		for (int i = 0; i < 8; i++)
			cell(&p, &c[i]);
		arena_init(&a);
		event_text(buf_cstr(&c[0]), strtoull(buf_cstr(&c[1]), NULL, 10), &event);
		e = exception_parse(&a, buf_str(&event));
		for (int depth = atoi(buf_cstr(&c[2])); e && depth > 0; depth--)
			e = e->cause;
		if (e && e->nframes && e->frames[0].file.n)
			buf_printf(&place, STR_FMT ":%u", STR_ARG(e->frames[0].file),
				   e->frames[0].line);
		if (!e || !same(&c[3], e->type) || !same(&c[4], e->message) ||
		    strtoull(buf_cstr(&c[5]), NULL, 10) != e->nframes ||
		    (e->nframes && !same(&c[6], e->frames[0].function)) ||
		    !same(&c[7], buf_str(&place))) {
			print_message("# %s\n", row);
			if (e)
				print_message("#   " STR_FMT " | " STR_FMT " | %zu | " STR_FMT
					      " | %s\n",
					      STR_ARG(e->type), STR_ARG(e->message), e->nframes,
					      STR_ARG(e->nframes ? e->frames[0].function : e->type),
					      buf_cstr(&place));
			bad++;
		}
		rows++;
		arena_release(&a);
	}
	for (int i = 0; i < 8; i++)
		buf_release(&c[i]);
	free(text);
	assert_true(rows > 50);
	assert_int_equal(bad, 0);
}

static const struct {
	const char *text, *type, *message, *function, *root;
	size_t nframes, own; /* own: index of the first frame of the program itself */
} cases[] = {
	{"2024 ERROR x failed: java.io.IOException: gone\n\tat java.io.R.read(R.java:1)\n"
	 "\tat org.a.B.c(B.java:2) ~[a.jar:1.0]\nCaused by: a.b.C\n\tat x.Y.z(Native Method)\n",
	 "java.io.IOException", "gone", "java.io.R.read", "a.b.C", 2, 1},
	{"panic: index out of range [recovered]\n\tpanic: again\n\ngoroutine 7 [running]:\n"
	 "main.f({0x1, 0x2})\n\t/src/a.go:3 +0x1d\n",
	 "panic", "index out of range", "main.f", "panic", 1, 0},
	{"thread 'w' panicked at 'boom', src/a.rs:2:3\nnote: run with `RUST_BACKTRACE=1`\n",
	 "panic", "boom", NULL, "panic", 0, 0},
	{"Program terminated with signal SIGSEGV, Segmentation fault.\n"
	 "#0  0x01 in f (n=1) at a.c:3\n#1  main () at a.c:9\n",
	 "SIGSEGV", "Segmentation fault.", "f", "SIGSEGV", 2, 0},
	{"Traceback (most recent call last):\n  File \"/usr/lib/python3.11/x.py\", line 1, in a\n"
	 "    b()\nKeyboardInterrupt\n",
	 "KeyboardInterrupt", "", "a", "KeyboardInterrupt", 1, SIZE_MAX},
	/* what gdb says on opening a core, and the stack that was asked for, with variables */
	{"Program terminated with signal SIGSEGV, Segmentation fault.\n"
	 "#0  0x01 in sum (list=0x0) at a.c:3\n3\t\ttotal += 1;\n#0  0x01 in sum (list=0x0) at "
	 "a.c:3\n"
	 "        i = 2\n#1  0x02 in handle (name=0x3 \"x\") at a.c:7\n#2  0x04 in main () at "
	 "a.c:9\n",
	 "SIGSEGV", "Segmentation fault.", "sum", "SIGSEGV", 3, 0},
	/* a second stack of one function is not the first one begun again */
	{"==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1\n    #0 0x1 in f "
	 "a.c:1\n\n"
	 "freed by thread T0 here:\n    #0 0x2 in f a.c:2\n    #1 0x3 in g a.c:3\n",
	 "heap-use-after-free", "on address 0x1", "f", "heap-use-after-free", 1, 0},
	{"WARNING: ThreadSanitizer: data race (pid=1)\n  Read of size 4 by thread T2:\n"
	 "    #0 <null> <null> (libx.so+0x1)\n    #1 start(int) <null> (app+0x2)\n"
	 "    #2 calls::operator()() /srv/race.cc:14 (app+0x3)\n",
	 "data race", "", "", "data race", 3, 1},
	{"a.c:1:2: runtime error: division by zero\n    #0 0x1 in f /srv/a.c:1:2\n",
	 "division-by-zero", "division by zero", "f", "division-by-zero", 1, 0},
	{"Error: no lease\nfrom pool a\n\n    at take (/srv/a.js:1:2)\n", "Error", "no lease",
	 "take", "Error", 1, 0},
	{"Error: no\n    at async run (file:///srv/a.mjs:1:2)\n    at /srv/b.js:3:4\n"
	 "  [cause]: TypeError: y\n      at z (/srv/c.js:5:6)\n",
	 "Error", "no", "async run", "TypeError", 2, 0},
};

static void own_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arena a;
		const struct exception *e;
		size_t own = 0;

		arena_init(&a);
		e = exception_parse(&a, str_of(cases[i].text));
		assert_non_null(e);
		assert_true(str_eq(e->type, str_of(cases[i].type)));
		assert_true(str_eq(e->message, str_of(cases[i].message)));
		assert_int_equal(e->nframes, cases[i].nframes);
		if (cases[i].function)
			assert_true(str_eq(e->frames[0].function, str_of(cases[i].function)));
		while (own < e->nframes && !e->frames[own].own)
			own++;
		if (e->nframes)
			assert_int_equal(own < e->nframes ? own : SIZE_MAX, cases[i].own);
		assert_true(str_eq(exception_root(e)->type, str_of(cases[i].root)));
		arena_release(&a);
	}
}

static void undefined(void **state)
{
	static const struct {
		const char *says, *type;
	} t[] = {
		{"signed integer overflow: 1 + 2 cannot be", "signed-integer-overflow"},
		{"unsigned integer overflow: 1 - 2 cannot be", "unsigned-integer-overflow"},
		{"negation of -2147483648 cannot be", "signed-integer-overflow"},
		{"shift exponent 32 is too large", "shift-exponent"},
		{"left shift of negative value -1", "shift-base"},
		{"index 7 out of bounds for type 'int [4]'", "out-of-bounds-index"},
		{"store to misaligned address 0x1 for type", "misaligned-pointer-use"},
		{"load of address 0x1 with insufficient space for an object of type 'int'",
		 "insufficient-object-size"},
		{"member call on address 0x1 which does not point to an object of type 'B'",
		 "dynamic-type-mismatch"},
		{"call to function f through pointer to incorrect function type 'void (*)()'",
		 "function-type-mismatch"},
		{"load of value 3, which is not a valid value for type 'bool'",
		 "invalid-bool-load"},
		{"load of value 3, which is not a valid value for type 'E'", "invalid-enum-load"},
		{"1e+30 is outside the range of representable values of type 'int'",
		 "float-cast-overflow"},
		{"variable length array bound evaluates to non-positive value -1",
		 "non-positive-vla-index"},
		{"execution reached an unreachable program point", "unreachable-call"},
		{"execution reached the end of a value-returning function without returning a "
		 "value",
		 "missing-return"},
		{"null pointer passed as argument 1, which is declared to never be null",
		 "invalid-null-argument"},
		{"null pointer returned from function declared to never return null",
		 "invalid-null-return"},
		{"applying non-zero offset 4 to null pointer", "pointer-overflow"},
		{"pointer index expression with base 0x1 overflowed to 0x0", "pointer-overflow"},
		{"implicit conversion from type 'int' of value 300", "implicit-conversion"},
		{"load of null pointer of type 'int'", "null-pointer-use"},
		{"something that no one has heard of", "undefined-behavior"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		CLEANUP_BUF struct buf b = {0};
		const struct exception *e;
		struct arena a;

		arena_init(&a);
		buf_printf(&b, "a.c:1:2: runtime error: %s\n", t[i].says);
		e = exception_parse(&a, buf_str(&b));
		assert_non_null(e);
		if (!str_eq(e->type, str_of(t[i].type)))
			fail_msg("%s: " STR_FMT, t[i].says, STR_ARG(e->type));
		arena_release(&a);
	}
}

static void none(void **state)
{
	static const char *const texts[] = {
		"",      "\n",        "all is well", "at noon: 3",
		"Error", "errors: 0", "0 failures",  "ERROR: disk is full"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct arena a;

		arena_init(&a);
		assert_null(exception_parse(&a, str_of(texts[i])));
		arena_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(recorded), cmocka_unit_test(own_cases),
					   cmocka_unit_test(undefined), cmocka_unit_test(none)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
