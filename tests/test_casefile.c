// SPDX-License-Identifier: GPL-3.0-or-later
/* Cases as files: which one, several writers at once, writers that are killed. */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/casefile.h"

#define WRITERS  8
#define ROWS     12
#define KILLS    40
#define BIG_TEXT 400000 /* bytes, so that writing takes a while */

static int setup(void **state)
{
	char *dir = mem_strdup("/tmp/inquest-case-XXXXXX");

	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir(".git", 0777), 0);
	unsetenv("INQUEST_CASE");
	*state = dir;
	return 0;
}

static int teardown(void **state)
{
	char command[100];

	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	assert_int_equal(system(command), 0);
	free(*state);
	return 0;
}

static char *made(const char *title)
{
	struct err err;
	char *path;

	if (casefile_create(NULL, title, NULL, &path, &err))
		fail_msg("%s", err.msg);
	return path;
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void which_case(void **state)
{
	struct err err;
	struct casefile f;
	char *path, *one, *two;
	bool named;

	assert_int_equal(casefile_find(NULL, &path, &named, &err), -ERR_NOTFOUND);
	one = made("First one");
	assert_int_equal(casefile_find(NULL, &path, &named, &err), 0);
	assert_string_equal(path, one);
	assert_false(named);
	free(path);

	two = made("Second one");
	assert_int_equal(casefile_find(NULL, &path, &named, &err), -ERR_USAGE);
	assert_non_null(strstr(err.msg, "first-one.md, rca/"));
	assert_int_equal(casefile_find("second-one", &path, &named, &err), 0);
	assert_string_equal(path, two);
	assert_true(named);
	free(path);
	assert_int_equal(casefile_find("one", &path, &named, &err), -ERR_USAGE);
	assert_int_equal(casefile_find("ne", &path, &named, &err), -ERR_NOTFOUND);
	setenv("INQUEST_CASE", one, 1);
	assert_int_equal(casefile_find(NULL, &path, &named, &err), 0);
	assert_string_equal(path, one);
	free(path);
	unsetenv("INQUEST_CASE");

	/* a closed one does not count, nor what is no case; a broken one does */
	assert_int_equal(casefile_open(&f, two, true, &err), 0);
	assert_int_equal(casedoc_set(f.doc, "status", STR("closed"), &err), 0);
	assert_int_equal(casefile_commit(&f, &err), 0);
	casefile_release(&f);
	write_text("rca/README.md", "# Cases\n");
	assert_int_equal(casefile_find(NULL, &path, &named, &err), 0);
	assert_string_equal(path, one);
	free(path);
	write_text(one, "---\ninquest: 1\n<<<<<<< x\n---\n");
	assert_int_equal(casefile_open(&f, NULL, false, &err), -ERR_INPUT);
	assert_memory_equal(err.msg, one, strlen(one));
	assert_non_null(strstr(err.msg, ".md:3:1: a mark of an unfinished merge"));
	assert_int_equal(casefile_open(&f, "rca", false, &err), -ERR_SYSTEM);
	free(one);
	free(two);
}

static void from_a_folder_below(void **state)
{
	char *path = made("x"), *found;
	struct err err;
	bool named;

	assert_int_equal(mkdir("a", 0777), 0);
	assert_int_equal(mkdir("a/b", 0777), 0);
	assert_int_equal(chdir("a/b"), 0);
	assert_int_equal(casefile_find(NULL, &found, &named, &err), 0);
	assert_memory_equal(found, "../../rca/", 10);
	assert_string_equal(found + 6, path);
	free(found);
	free(path);
}

/* Names of files: safe characters only, and none twice. */
static void names(void **state)
{
	static const struct {
		const char *title, *ends;
	} cases[] = {
		{"Checkout p99 doubled in 2.3.0", "-checkout-p99-doubled-in-2-3-0.md"},
		{"Checkout: p99 doubled in 2.3.0!", "-checkout-p99-doubled-in-2-3-0-2.md"},
		{"../../etc/passwd", "-etc-passwd.md"},
		{"Gr\xc3\xb6\xc3\x9f"
		 "e \xc3\x89t\xc3\xa9",
		 "-grosse-ete.md"},
		{"\xe6\x97\xa5\xe6\x9c\xac", "-case.md"},
		{"-- --", "-case-2.md"},
		{"one two three four five six seven eight nine ten eleven twelve",
		 "-one-two-three-four-five-six-seven-eight-nine-ten.md"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		 "-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.md"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *path = made(cases[i].title);

		if (!str_ends(str_of(path), str_of(cases[i].ends)) ||
		    strlen(path) != strlen(cases[i].ends) + strlen("rca/2026-01-01"))
			fail_msg("%s", path);
		free(path);
	}
}

static void cannot_create(void **state)
{
	struct err err;
	char *path;

	write_text("file", "");
	assert_int_equal(casefile_create("file", "t", NULL, &path, &err), -ERR_SYSTEM);
	assert_int_equal(casefile_create("a/b/c", "t", NULL, &path, &err), -ERR_SYSTEM);
	assert_int_equal(casefile_create(NULL, "", NULL, &path, &err), -ERR_USAGE);
	assert_int_equal(casefile_create(NULL, "t", "\xff", &path, &err), -ERR_INPUT);
	assert_int_equal(casefile_create("dir//", "t", "p99", &path, &err), 0);
	assert_memory_equal(path, "dir/2", 5);
	free(path);
}

static bool add_row(const char *path, const char *what, struct err *err)
{
	static const char *const columns[] = {"id", "what"};
	struct casefile f;
	struct str cells[2];
	struct arena a;
	int rc = casefile_open(&f, path, true, err);

	if (rc)
		return false;
	arena_init(&a);
	cells[0] = casedoc_next_id(f.doc, "Symptoms", 'S', &a);
	cells[1] = str_of(what);
	rc = casedoc_put_row(f.doc, "Symptoms", columns, cells, 2, err);
	if (!rc)
		rc = casefile_commit(&f, err);
	arena_release(&a);
	casefile_release(&f);
	return rc == 0;
}

static void writers_wait_for_each_other(void **state)
{
	char *path = made("busy");
	struct casedoc_table t;
	struct casefile f;
	struct arena a;
	struct err err;

	for (int i = 0; i < WRITERS; i++) {
		if (fork() == 0) {
			for (int k = 0; k < ROWS; k++)
				if (!add_row(path, "x", &err))
					_exit(1);
			_exit(0);
		}
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		wait(&status);
		assert_int_equal(status, 0);
	}
	arena_init(&a);
	assert_int_equal(casefile_open(&f, path, false, &err), 0);
	assert_int_equal(casedoc_table(f.doc, "Symptoms", &a, &t, &err), 0);
	assert_int_equal(t.nrows, WRITERS * ROWS);
	assert_str(casedoc_cell(&t, t.nrows - 1, "id"), "S96");
	arena_release(&a);
	casefile_release(&f);
	free(path);
}

/* A writer is killed at any moment: the document is the old one or the new one, whole. */
static void killed_writers_leave_it_whole(void **state)
{
	char *path = made("killed"), *text = mem_alloc(BIG_TEXT + 1);
	size_t rows = 0;
	struct casefile f;
	struct err err;

	memset(text, 'x', BIG_TEXT);
	text[BIG_TEXT] = 0;
	assert_int_equal(casefile_open(&f, path, true, &err), 0);
	assert_int_equal(casedoc_add_prose(f.doc, "Conclusion", str_of(text), &err), 0);
	assert_int_equal(casefile_commit(&f, &err), 0);
	casefile_release(&f);
	for (unsigned i = 0; i < KILLS; i++) {
		struct timespec pause = {0, (long)(i * 37 % KILLS) * 150000};
		int done[2]; /* a byte for each row that is written */
		char byte;
		struct casedoc_problem *p;
		struct casedoc_table t;
		struct arena a;
		pid_t pid;

		assert_int_equal(pipe(done), 0);
		pid = fork();
		if (pid == 0) {
			while (add_row(path, "x", &err) && write(done[1], "", 1) == 1)
				;
			_exit(1);
		}
		close(done[1]);
		assert_int_equal(read(done[0], &byte, 1), 1);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		for (rows++; read(done[0], &byte, 1) == 1;)
			rows++;
		close(done[0]);
		arena_init(&a);
		if (casefile_open(&f, path, false, &err))
			fail_msg("%s", err.msg);
		assert_int_equal(casedoc_check(f.doc, &a, &p), 0);
		assert_int_equal(casedoc_table(f.doc, "Symptoms", &a, &t, &err), 0);
		assert_true(t.nrows >= rows);
		rows = t.nrows;
		assert_true(str_contains(casedoc_text(f.doc), str_of(text)));
		arena_release(&a);
		casefile_release(&f);
	}
	free(path);
	free(text);
}

static void changed_meanwhile(void **state)
{
	char *path = made("edited"), *data;
	struct casefile f;
	struct err err;
	size_t n;
	FILE *editor;

	assert_int_equal(casefile_open(&f, path, true, &err), 0);
	assert_int_equal(casedoc_set(f.doc, "outcome", STR("p99"), &err), 0);
	editor = fopen(path, "a");
	fputs("a person was here\n", editor);
	fclose(editor);
	assert_int_equal(casefile_commit(&f, &err), -ERR_SYSTEM);
	assert_non_null(strstr(err.msg, "was changed meanwhile"));
	casefile_release(&f);
	assert_int_equal(file_read_small(path, 1 << 20, &data, &n, &err), 0);
	assert_non_null(strstr(data, "a person was here\n"));
	assert_null(strstr(data, "p99"));
	free(data);

	/* and gone altogether */
	assert_int_equal(casefile_open(&f, path, true, &err), 0);
	assert_int_equal(casedoc_set(f.doc, "outcome", STR("p99"), &err), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(casefile_commit(&f, &err), -ERR_SYSTEM);
	casefile_release(&f);
	free(path);
}

static void permissions_stay(void **state)
{
	char *path = made("mode");
	struct casefile f;
	struct stat st;
	struct err err;

	assert_int_equal(chmod(path, 0640), 0);
	assert_true(add_row(path, "x", &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	/* no change, no writing */
	assert_int_equal(casefile_open(&f, path, true, &err), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(casefile_commit(&f, &err), 0);
	casefile_release(&f);
	assert_true(casefile_open(&f, path, true, &err) < 0);
	free(path);
}

static void settled_when_opened(void **state)
{
	CLEANUP_BUF struct buf notes = {0};
	char *path = made("merged");
	struct casefile f;
	struct err err;

	write_text(path,
		   "---\ninquest: 1\ntitle: t\nstatus: open\ngood:\n<<<<<<< a\n- r-1\n=======\n"
		   "- r-2\n>>>>>>> b\n---\n");
	assert_int_equal(casefile_open_settled(&f, path, &notes, &err), 0);
	assert_true(notes.n > 0);
	assert_int_equal(casefile_commit(&f, &err), 0);
	casefile_release(&f);
	assert_int_equal(casefile_open(&f, path, false, &err), 0);
	assert_str(casedoc_get(f.doc, "good"), "[r-1, r-2]");
	casefile_release(&f);
	write_text(path, "---\ninquest: 1\n---\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n");
	assert_int_equal(casefile_open_settled(&f, path, &notes, &err), -ERR_INPUT);
	assert_non_null(strstr(err.msg, ".md:4:1: this conflict"));
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(which_case, setup, teardown),
		cmocka_unit_test_setup_teardown(from_a_folder_below, setup, teardown),
		cmocka_unit_test_setup_teardown(names, setup, teardown),
		cmocka_unit_test_setup_teardown(cannot_create, setup, teardown),
		cmocka_unit_test_setup_teardown(writers_wait_for_each_other, setup, teardown),
		cmocka_unit_test_setup_teardown(killed_writers_leave_it_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(permissions_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(settled_when_opened, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
