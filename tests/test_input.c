// SPDX-License-Identifier: GPL-3.0-or-later
/* Where logs come from: every kind of file, and one test for each way it can fail. */
#include "unit.h"

#include <archive.h>
#include <archive_entry.h>
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

/* "byte 123" becomes "byte N": such numbers depend on the libraries. */
static void mask_number(struct buf *b, struct str after)
{
	size_t i = str_find(buf_str(b), after) + after.n, n = 0;

	while (i + n < b->n && b->p[i + n] >= '0' && b->p[i + n] <= '9')
		n++;
	if (n) {
		b->p[i] = 'N';
		memmove(b->p + i + 1, b->p + i + n, b->n - i - n);
		b->n -= n - 1;
	}
}

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
	if (rc) {
		buf_clear(&got);
		buf_add_str(&got, str_of(err.msg));
	}
	if (strstr(c->want, "byte N"))
		mask_number(&got, STR("byte "));
	if (strstr(c->want, "from N"))
		mask_number(&got, STR("from "));
	if (str_ends(str_of(c->want), STR(": ")) && got.n > strlen(c->want))
		got.n = strlen(c->want); /* the rest is the library's */
	assert_string_equal(buf_cstr(&got), c->want);
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
		 "/dev/zero: over the limit of 1 MiB for unpacked data and streams, at byte "
		 "1048576",
		 -ERR_LIMIT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i], &o);
}

/* Standard input, replaced by what a command leads to. */
static void standard_input(void **state)
{
	static const struct {
		const char *command; /* its output is stdin; or NULL: file is */
		const char *path, *want;
	} cases[] = {
		{"echo x", "-", "-=x\n;"},
		{"echo x | gzip", "/dev/stdin", "stdin=x\n;"},
		{":", "/dev/fd/0", "0=;"},
		{"sleep .2; echo x", "-", "-=x\n;"},
		{"zip -q - a b 2>&1", "-", "a=1\n2\n;b=2\n;"},
		{NULL, "-", "-=2\n;"}, /* the first two bytes are read already */
	};
	int saved = dup(STDIN_FILENO);

	sh("seq 2 >a; echo 2 >b");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		FILE *f = cases[i].command ? popen(cases[i].command, "r") : fopen("a", "r");

		assert_non_null(f);
		if (!cases[i].command)
			assert_int_equal(lseek(fileno(f), 2, SEEK_SET), 2);
		assert_int_equal(dup2(fileno(f), STDIN_FILENO), STDIN_FILENO);
		check(&(struct input_case){cases[i].path, NULL, cases[i].want, 0},
		      &(struct loginput_opts){.fifo_wait_ms = 50});
		if (cases[i].command)
			pclose(f);
		else
			fclose(f);
	}
	dup2(saved, STDIN_FILENO);
	close(saved);
}

static void no_room(void **state)
{
	check(
		&(struct input_case){
			"x.gz", "echo x | gzip >x.gz",
			"x.gz: cannot make a temporary file in /nowhere (set TMPDIR): No "
			"such file or directory",
			-ERR_SYSTEM},
		&(struct loginput_opts){.tmpdir = "/nowhere"});
}

/* More small files than could be open at once, in the order of their names. */
static void many_files(void **state)
{
	struct loginputs s;
	struct err err = {0};

	sh("mkdir many; cd many; for i in $(seq 10000 12999); do echo $i >$i; done");
	loginputs_init(&s);
	assert_int_equal(loginputs_add(&s, "many", NULL, &err), 0);
	assert_int_equal(s.n, 3000);
	for (size_t i = 0; i < s.n; i++) {
		uint64_t v;

		assert_true(
			str_u64(str_trim((struct str){s.in[i].map.data, s.in[i].map.size}), &v));
		assert_int_equal(v, 10000 + i);
	}
	assert_int_equal(s.nspools, 1);
	loginputs_release(&s);
}

/* A mapped file that shrinks is noticed; what failed leaves the set as it was. */
static void sets(void **state)
{
	CLEANUP_BUF struct buf got = {0};
	struct loginputs s;
	struct err err;

	sh("echo one >one; mkdir d; gzip <one >d/a; (cat d/a; echo) | head -c 20 >d/cut;"
	   "gzip <one >c.gz; printf XX | dd of=c.gz bs=1 seek=11 conv=notrunc status=none; cp c.gz "
	   "d");
	loginputs_init(&s);
	assert_int_equal(loginputs_add(&s, "one", NULL, &err), 0);
	assert_int_equal(loginputs_add(&s, "c.gz", NULL, &err), -ERR_INPUT);
	assert_int_equal(s.n, 1);
	assert_int_equal(loginputs_add(&s, "d", NULL, &err), 0);
	show(&s, &got);
	assert_true(str_starts(buf_str(&got), STR("one=one\n;a=one\n;cut=one\n[truncated")));
	assert_true(str_contains(buf_str(&got), STR("|d/c.gz: damaged at byte ")));
	assert_false(file_map_shrank(&s.in[0].map));
	assert_false(file_map_shrank(&s.in[1].map));
	sh(": >one");
	assert_true(file_map_shrank(&s.in[0].map));
	loginputs_release(&s);
}

/* 100,000 different lines in big, packed by each filter: each must come back, and if cut in the
 * middle, give its beginning with a note. */
static void packed(void **state)
{
	static const char *const filters[] = {"gzip", "xz", "zstd", "bzip2", "lz4"};
	struct file_map big;
	struct err err;

	sh("seq 1000000 1100000 >big");
	assert_int_equal(file_map_path(&big, "big", &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		struct archive_entry *e = archive_entry_new();
		struct archive *a = archive_write_new();
		struct loginputs s;

		assert_int_equal(archive_write_add_filter_by_name(a, filters[i]), ARCHIVE_OK);
		/* Small blocks: else all of it is one. */
		archive_write_set_filter_option(a, "lz4", "block-size", "4");
		archive_write_set_filter_option(a, "bzip2", "compression-level", "1");
		assert_int_equal(archive_write_set_format_raw(a), ARCHIVE_OK);
		assert_int_equal(archive_write_open_filename(a, "packed"), ARCHIVE_OK);
		archive_entry_set_filetype(e, AE_IFREG);
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(a, big.data, big.size), big.size);
		archive_write_free(a);
		archive_entry_free(e);

		loginputs_init(&s);
		assert_int_equal(loginputs_add(&s, "packed", NULL, &err), 0);
		assert_int_equal(s.in[0].map.size, big.size);
		assert_memory_equal(s.in[0].map.data, big.data, big.size);
		assert_int_equal(s.in[0].note.n, 0);
		assert_int_equal(s.spooled, big.size);
		sh("truncate -s $(($(stat -c %s packed) * 3 / 4)) packed");
		if (loginputs_add(&s, "packed", NULL, &err) != 0)
			fail_msg("%s: %s", filters[i], err.msg);
		assert_in_range(s.in[1].map.size, big.size / 4, big.size * 4 / 5);
		assert_memory_equal(s.in[1].map.data, big.data, s.in[1].map.size);
		assert_true(str_starts(s.in[1].note, STR("truncated at byte ")));
		loginputs_release(&s);
	}
	file_map_release(&big);
}

static void archives(void **state)
{
	static const struct input_case cases[] = {
		{"z.zip", "mkdir d; echo 1 >d/a.log; echo 2 >b; zip -qr z.zip b d",
		 "b=2\n;d/a.log=1\n;", 0},
		{"t", "tar cf t b d", "b=2\n;d/a.log=1\n;", 0},
		{"t", "tar czf t b d", "b=2\n;d/a.log=1\n;", 0},
		{"t", "tar cJf t b d", "b=2\n;d/a.log=1\n;", 0},
		{"t.zst", "tar cf - b d | zstd -q >t.zst", "b=2\n;d/a.log=1\n;", 0},
		{"t", "tar cf t --transform \"s,^b,../../e$(printf '\\033')vil,\" -P b",
		 "../../e?vil=2\n;", 0},
		{"t", "gzip -k b; tar czf t.tgz b.gz; zip -q9 t.zip t.tgz; tar cf t t.zip b.gz",
		 "b=2\n;b=2\n;", 0},
		{"two", "(gzip <b; gzip <d/a.log) >two", "two=2\n1\n;", 0},
		{"pad.gz", "(gzip <b; head -c 9 /dev/zero) >pad.gz", "pad=2\n;", 0},
		{"junk.gz", "(gzip <b; echo junk) >junk.gz",
		 "junk=2\n[what follows byte 22 is no gzip data; 2 bytes recovered];", 0},
		{"e.gz", ": | gzip >e.gz", "e=;", 0},
		{"e.xz", ": | xz >e.xz", "e=;", 0},
		{"x.gz", "printf 'x\\0y\\0' | iconv -f UTF-16LE -t UTF-16 | gzip >x.gz", "x=xy;",
		 0},
		{"sparse", "truncate -s 9M s; echo end >>s; tar cSf sparse s", "s=end\n;", 0},
		{"link", "ln b hard; ln -s b soft; tar cf link b hard soft", "b=2\n;", 0},
		{"z.zip", "cp /bin/true d/true; zip -qr z.zip d",
		 "b=2\n;d/a.log=1\n;|z.zip: 1 skipped: d/true (an ELF file (program, library or "
		 "core "
		 "dump))",
		 0},
		{"none.zip", "zip -q none.zip d/true",
		 "none.zip: no logs in this archive, only d/true (an ELF file (program, library or "
		 "core "
		 "dump))",
		 -ERR_INPUT},
		{"true.gz", "gzip <d/true >true.gz",
		 "true.gz: not a log but an ELF file (program, library or core dump) (byte 0)",
		 -ERR_INPUT},
		{"crypt.zip", "zip -qP secret crypt.zip b",
		 "crypt.zip: no logs in this archive, only b (encrypted)", -ERR_INPUT},
		{"deep",
		 "cp b deep; for i in 1 2 3 4 5 6 7 8 9; do gzip deep; mv deep.gz deep; done",
		 "deep: not a log but an archive nested too deeply (byte 0)", -ERR_INPUT},
		{"z", "printf 'PK\\5\\6' >z; head -c 18 /dev/zero >>z",
		 "z: no logs in this archive", -ERR_INPUT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i], NULL);
}

static void damaged(void **state)
{
	static const struct input_case cases[] = {
		{"t.gz", "seq 3 >t; gzip -k t; truncate -s -3 t.gz; seq 100 >t",
		 "t=1\n2\n3\n[truncated at byte N of the packed data; 6 bytes recovered];", 0},
		{"c.gz",
		 "gzip -c t >c.gz; printf XX | dd of=c.gz bs=1 seek=60 conv=notrunc status=none",
		 "c.gz: damaged at byte N of the packed data: ", -ERR_INPUT},
		{"h.gz", "printf '\\37\\213\\10' >h.gz",
		 "h.gz: truncated at byte 3 of the packed data, nothing can be recovered",
		 -ERR_INPUT},
		{"h.xz", "xz -c t | head -c 9 >h.xz", "h.xz: ", -ERR_INPUT},
		{"c.xz",
		 "xz -c t >c.xz; printf XX | dd of=c.xz bs=1 seek=60 conv=notrunc status=none",
		 "c.xz: damaged at byte N of the packed data: ", -ERR_INPUT},
		{"c.zst",
		 "zstd -qc t >c.zst; printf XX | dd of=c.zst bs=1 seek=60 conv=notrunc status=none",
		 "c.zst: damaged at byte N of the packed data: ", -ERR_INPUT},
		{"c.zip",
		 "zip -q c.zip t; printf XX | dd of=c.zip bs=1 seek=80 conv=notrunc status=none",
		 "c.zip: damaged at byte N of the packed data: ", -ERR_INPUT},
		{"crc.zip",
		 "zip -q0 crc.zip t; printf XX | dd of=crc.zip bs=1 seek=90 conv=notrunc "
		 "status=none",
		 "crc.zip: damaged at byte N of the packed data: ", -ERR_INPUT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(&cases[i], NULL);
}

static void limits(void **state)
{
	static const struct loginput_opts o = {.max_spool = 1 << 20, .max_members = 3};
	static const struct input_case cases[] = {
		{"bomb.gz", "yes | head -c 4M | gzip >bomb.gz",
		 "bomb.gz: over the limit of 1 MiB for unpacked data and streams, at byte N, from "
		 "N packed bytes",
		 -ERR_LIMIT},
		{"zero.gz", "head -c 4M /dev/zero | gzip >zero.gz",
		 "zero.gz: over the limit of 1 MiB for unpacked data and streams, at byte N, from "
		 "N packed bytes",
		 -ERR_LIMIT},
		{"bomb.zst", "yes | head -c 4M | zstd -q >bomb.zst",
		 "bomb.zst: over the limit of 1 MiB for unpacked data and streams, at byte N, from "
		 "N packed bytes",
		 -ERR_LIMIT},
		{"many.tar", "touch 1 2 3 4; tar cf many.tar 1 2 3 4",
		 "many.tar: more than 3 members in the archive, from N packed bytes", -ERR_LIMIT},
		{"in.zip", "zip -q in.zip bomb.gz",
		 "in.zip: over the limit of 1 MiB for unpacked data and streams, at byte N, from N "
		 "packed bytes",
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
		cmocka_unit_test_setup_teardown(standard_input, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(no_room, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(many_files, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(sets, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(packed, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(archives, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(damaged, in_new_dir, remove_dir),
		cmocka_unit_test_setup_teardown(limits, in_new_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
