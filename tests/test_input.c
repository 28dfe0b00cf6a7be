// SPDX-License-Identifier: GPL-3.0-or-later
/* Where logs come from: every kind of file, and one test for each way it can fail. */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "log/input.h"

static int in_new_dir(void **state)
{
	char *dir = mem_strdup("/tmp/inquest-test-XXXXXX");

	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	*state = dir;
	return 0;
}

static int remove_dir(void **state)
{
	CLEANUP_BUF struct buf b = {0};

	assert_int_equal(chdir("/"), 0);
	buf_printf(&b, "rm -rf '%s'", (char *)*state);
	assert_int_equal(system(buf_cstr(&b)), 0);
	free(*state);
	return 0;
}

static void sh(const char *command)
{
	if (system(command) != 0)
		fail_msg("%s", command);
}

/* What was read, as "rel=content;" each, then the notes after "|". */
static void show(const struct loginputs *s, struct buf *b)
{
	buf_clear(b);
	for (size_t i = 0; i < s->n; i++) {
		buf_add_str(b, s->in[i].rel);
		buf_add_char(b, '=');
		buf_add(b, s->in[i].map.data, s->in[i].map.size);
		if (s->in[i].note.n)
			buf_printf(b, "[" STR_FMT "]", STR_ARG(s->in[i].note));
		buf_add_char(b, ';');
	}
	for (size_t i = 0; i < s->nnotes; i++)
		buf_printf(b, "|" STR_FMT, STR_ARG(s->notes[i]));
}

struct input_case {
	const char *path, *make,
		*want; /* shell command that makes path (may be NULL); what is shown */
	int rc;        /* if not 0, want is the message */
};

static void check(const struct input_case *c, const struct loginput_opts *o)
{
	CLEANUP_BUF struct buf got = {0};
	struct loginputs s;
	struct err err = {0};
	int rc;

	if (c->make)
		sh(c->make);
	loginputs_init(&s);
	rc = loginputs_add(&s, c->path, o, &err);
	show(&s, &got);
	if (rc != c->rc)
		fail_msg("%s: %d %s", c->path, rc, err.msg);
	assert_string_equal(rc ? err.msg : buf_cstr(&got), c->want);
	if (rc)
		assert_int_equal(s.n + s.nnotes + s.nspools, 0);
	loginputs_release(&s);
}

static void files(void **state)
{
	static const struct input_case cases[] = {
		{"a.log", "printf 'x\\ny' >a.log", "a.log=x\ny;", 0},
		{"empty", ": >empty", "empty=;", 0},
		{"/dev/null", NULL, "null=;", 0},
		{"bom", "printf '\\357\\273\\277x' >bom", "bom=x;", 0},
		{"bom0", "printf '\\357\\273\\277' >bom0", "bom0=;", 0},
		{"le", "printf '\\377\\376x\\0\\n\\0\\075\\330\\000\\336' >le",
		 "le=x\n\xf0\x9f\x98\x80;", 0},
		{"be", "printf '\\376\\377\\0x\\0\\344\\330' >be", "be=x\xc3\xa4\xef\xbf\xbd;", 0},
		{"nobom", "printf '2\\0000\\0002\\0006\\0-\\0001\\0001\\0\\n\\0' >nobom",
		 "nobom=2026-11\n;", 0},
		{"hole", "truncate -s 1M hole; printf 'x\\n' >>hole",
		 "hole=x\n[1048576 NUL bytes at the beginning left out];", 0},
		{"fix",
		 "for i in 1 2 3 4 5 6 7 8 9; do printf '8=FIX\\0019=12\\00135=A\\001\\n';"
		 " done | head -c 32 >fix",
		 "fix=8=FIX\0019=12\00135=A\001\n8=FIX\0019=12\00135=A;", 0},
		{"zeros", "truncate -s 70000 zeros",
		 "zeros: not a log but nothing except NUL bytes (byte 0)", -ERR_INPUT},
		{"png", "printf '\\211PNG\\r\\n\\032\\n' >png",
		 "png: not a log but a PNG image (byte 0)", -ERR_INPUT},
		{"j", "printf LPKSHHRH >j",
		 "j: not a log but a systemd journal file (byte 0); give inquest the output of "
		 "journalctl --file=FILE -o export",
		 -ERR_INPUT},
		{"bin", "printf 'text\\0\\1\\2\\3\\4\\5' >bin",
		 "bin: not a log but binary data (byte 4)", -ERR_INPUT},
		{"none", NULL, "none: no such file or directory", -ERR_NOTFOUND},
		{"a.log/x", NULL, "a.log/x: no such file or directory", -ERR_NOTFOUND},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i], NULL);
}

static void directories(void **state)
{
	static const struct input_case cases[] = {
		{"d",
		 "mkdir -p d/b d/a d/z; echo 1 >d/b/x; echo 2 >d/a/y; echo 3 >d/a-b;"
		 "ln -s .. d/a/up; ln -s ../../d d/b/loop; ln -s ../b/x d/a/link;"
		 "mkfifo d/z/fifo; printf '\\211PNG\\r\\n' >d/z/p.png; ln -s nowhere d/z/gone",
		 "a/link=1\n;a/y=2\n;a-b=3\n;|d/z/gone: No such file or directory|d: 2 skipped: "
		 "z/fifo "
		 "(no regular file), z/p.png (a PNG image)",
		 0},
		{"e", "mkdir e", "e: no logs in this directory", -ERR_INPUT},
		{"f", "mkdir f; printf GIF89a >f/g",
		 "f: no logs in this directory, only g (a GIF image)", -ERR_INPUT},
		{"g/", "mkdir g; echo x >g/y", "y=x\n;", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i], NULL);
	check(&(struct input_case){"d", NULL, "d: more than 5 files", -ERR_LIMIT},
	      &(struct loginput_opts){.max_members = 5});
}

static void streams(void **state)
{
	static const struct loginput_opts o = {.max_spool = 1 << 20, .fifo_wait_ms = 50};
	static const struct input_case cases[] = {
		{"fifo", "mkfifo fifo",
		 "fifo: nothing writes to this FIFO (waited 0.05 s): start the program that writes "
		 "to it first",
		 -ERR_SYSTEM},
		{"slow", "mkfifo slow; (exec >slow; sleep .3; echo late) & sleep .1",
		 "slow=late\n;", 0},
		{"/dev/zero", NULL,
		 "/dev/zero: over the limit of 0.0009766 GiB for unpacked data and streams, at "
		 "byte 0",
		 -ERR_LIMIT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i], &o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(directories, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(streams, in_new_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
