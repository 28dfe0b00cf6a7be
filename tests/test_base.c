// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/exit.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/task.h"

static void str_numbers(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} cases[] = {
		{"0", true, 0},
		{"18446744073709551615", true, UINT64_MAX},
		{"18446744073709551616", false, 0},
		{"", false, 0},
		{"12a", false, 0},
		{"-1", false, 0},
	};
	int64_t i;
	double d;

	for (size_t k = 0; k < ARRAY_SIZE(cases); k++) {
		uint64_t v = 0;

		assert_int_equal(str_u64(str_of(cases[k].text), &v), cases[k].ok);
		assert_true(v == cases[k].value);
	}
	assert_true(str_i64(STR("-42"), &i) && i == -42);
	assert_false(str_i64(STR("-"), &i));
	assert_true(str_double(STR("1.5e3"), &d) && d == 1500.0);
	assert_false(str_double(STR("1.5x"), &d));
	assert_false(str_double(STR(" 1"), &d));
}

static void str_cutting(void **state)
{
	struct str rest = STR("a,,b"), part;

	assert_true(str_next(&rest, ',', &part));
	assert_str(part, "a");
	assert_true(str_next(&rest, ',', &part));
	assert_str(part, "");
	assert_true(str_next(&rest, ',', &part));
	assert_str(part, "b");
	assert_false(str_next(&rest, ',', &part));
	assert_str(str_trim(STR(" \tx y\r\n")), "x y");
	assert_int_equal(str_find(STR("hello"), STR("ll")), 2);
	assert_int_equal(str_find(STR("hello"), STR("lx")), 5);
	assert_true(str_contains_nocase(STR("An ERROR here"), STR("error")));
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_starts(STR("abc"), STR("ab")) && str_ends(STR("abc"), STR("bc")));
}

static void arena_keeps_what_it_gave(void **state)
{
	struct arena a;
	struct str kept[500];

	arena_init(&a);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		char *p = arena_bytes(&a, i * 97);

		memset(p, (int)(i & 0xff), i * 97);
		kept[i] = (struct str){p, i * 97};
		assert_int_equal((uintptr_t)arena_alloc(&a, 24) & 15, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		for (size_t j = 0; j < kept[i].n; j++)
			assert_int_equal((unsigned char)kept[i].p[j], i & 0xff);
	assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
	arena_release(&a);
}

static void buf_grows(void **state)
{
	struct buf b = {0};

	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	assert_int_equal(b.n, 10 * 2 + 90 * 3 + 900 * 4);
	buf_clear(&b);
	buf_i64(&b, INT64_MIN);
	buf_u64(&b, 0);
	assert_string_equal(buf_cstr(&b), "-92233720368547758080");
	buf_release(&b);
}

static void map_and_intern(void **state)
{
	struct map m = {0};
	struct intern t;
	uint32_t v;
	bool fresh;

	for (uint64_t k = 0; k < 5000; k++)
		assert_int_equal(map_put(&m, k * 3, (uint32_t)k, &fresh), k);
	assert_int_equal(map_put(&m, 9, 77, &fresh), 3);
	assert_false(fresh);
	assert_true(map_get(&m, 4999 * 3, &v) && v == 4999);
	assert_false(map_get(&m, 1, &v));
	map_release(&m);

	intern_init(&t);
	assert_int_equal(intern_add(&t, STR("one")), 0);
	assert_int_equal(intern_add(&t, STR("two")), 1);
	assert_int_equal(intern_add(&t, STR("one")), 0);
	assert_true(intern_find(&t, STR("two"), &v) && v == 1);
	assert_false(intern_find(&t, STR("three"), &v));
	assert_str(t.strs[1], "two");
	intern_release(&t);
}

static void hash_is_stable(void **state)
{
	/* Template ids are made of these values: a change breaks ids that users have stored. */
	uint64_t seen[64];

	for (size_t n = 0; n < 64; n++) {
		char text[64];

		memset(text, 'a', sizeof(text));
		seen[n] = hash_bytes(text, n, 0);
		for (size_t k = 0; k < n; k++)
			assert_true(seen[k] != seen[n]);
	}
	assert_true(hash_bytes("inquest", 7, 0) == hash_bytes("inquest", 7, 0));
	assert_true(hash_bytes("inquest", 7, 0) != hash_bytes("inquest", 7, 1));
}

static void err_text(void **state)
{
	struct err e;

	assert_int_equal(err_set(&e, ERR_INPUT, "bad %d", 7), -ERR_INPUT);
	assert_int_equal(err_prepend(&e, -ERR_INPUT, "a.log:%d: ", 3), -ERR_INPUT);
	assert_string_equal(e.msg, "a.log:3: bad 7");
	assert_int_equal(err_exit_status(-ERR_INPUT), EXIT_INPUT);
	assert_int_equal(err_exit_status(0), EXIT_DONE);
	assert_int_equal(err_set(NULL, ERR_USAGE, "x"), -ERR_USAGE);
}

static void file_replace_is_all_or_nothing(void **state)
{
	char dir[] = "/tmp/inquest-test-XXXXXX", path[64], link[64], *data;
	struct file_replace r;
	struct err e;
	size_t n;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x", dir);
	assert_int_equal(file_replace_open(&r, path, &e), 0);
	fputs("one", r.f);
	assert_int_equal(file_replace_commit(&r, &e), 0);
	assert_int_equal(file_replace_open(&r, path, &e), 0);
	fputs("two", r.f);
	file_replace_abort(&r);
	assert_int_equal(file_read_small(path, 100, &data, &n, &e), 0);
	assert_string_equal(data, "one");
	free(data);
	assert_int_equal(file_read_small(path, 2, &data, &n, &e), -ERR_LIMIT);
	assert_int_equal(file_read_small("/nonexistent/x", 2, &data, &n, &e), -ERR_SYSTEM);
	assert_int_equal(file_replace_open(&r, "/nonexistent/x", &e), -ERR_SYSTEM);
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink("x", link), 0);
	assert_int_equal(file_replace_open(&r, link, &e), 0);
	fputs("three", r.f);
	assert_int_equal(file_replace_commit(&r, &e), 0);
	assert_int_equal(unlink(path), 0); /* what the link names was replaced */
	unlink(link);
	assert_int_equal(rmdir(dir), 0); /* no temporary file stays behind */
	assert_int_equal(file_replace_open(&r, "/dev/full", &e), 0); /* a device stays one */
	fputs("four", r.f);
	assert_int_equal(file_replace_commit(&r, &e), -ERR_SYSTEM);
}

static void count_part(void *arg, size_t part, unsigned worker)
{
	unsigned char *seen = arg;

	seen[part]++;
}

static void task_runs_each_part_once(void **state)
{
	unsigned char seen[1000] = {0};

	task_run(4, sizeof(seen), count_part, seen);
	for (size_t i = 0; i < sizeof(seen); i++)
		assert_int_equal(seen[i], 1);
	task_run(4, 0, count_part, seen);
	assert_int_equal(seen[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(str_numbers),
		cmocka_unit_test(str_cutting),
		cmocka_unit_test(arena_keeps_what_it_gave),
		cmocka_unit_test(buf_grows),
		cmocka_unit_test(map_and_intern),
		cmocka_unit_test(hash_is_stable),
		cmocka_unit_test(err_text),
		cmocka_unit_test(file_replace_is_all_or_nothing),
		cmocka_unit_test(task_runs_each_part_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
