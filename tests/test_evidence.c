// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Evidence in batches: the bytes are on disk before they have a name, and names before the end. The
 * calls that put them there are watched in place of libc's, and made to fail.
 */
#include "store-unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "store/evidence.h"

static struct {
	const char *dir;
	unsigned files, folders, whole; /* synced: files, folders, file systems */
	unsigned named;                 /* that had a name at the last sync of any but a folder */
	bool fail;
} seen;

/* Files below dir that have their name; others are a defect. */
static unsigned count_named(const char *dir)
{
	unsigned n = 0;
	DIR *top = opendir(dir);
	struct dirent *sub, *e;

	while (top && (sub = readdir(top))) {
		char path[300];
		DIR *d;

		if (sub->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, sub->d_name);
		d = opendir(path);
		assert_non_null(d);
		while ((e = readdir(d)))
			if (e->d_name[0] != '.') {
				assert_int_equal(strlen(e->d_name), EVIDENCE_HASH);
				n++;
			}
		closedir(d);
	}
	if (top)
		closedir(top);
	return n;
}

int fsync(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	if (S_ISDIR(st.st_mode)) {
		seen.folders++;
	} else {
		seen.files++;
		seen.named = count_named(seen.dir);
	}
	errno = EIO;
	return seen.fail ? -1 : (int)syscall(SYS_fsync, fd);
}

int syncfs(int fd)
{
	seen.whole++;
	seen.named = count_named(seen.dir);
	errno = EIO;
	return seen.fail ? -1 : (int)syscall(SYS_syncfs, fd);
}

static void begin(char *dir, size_t size, const struct place *p)
{
	snprintf(dir, size, "%s/evidence", p->dir);
	memset(&seen, 0, sizeof(seen));
	seen.dir = dir;
}

static void add_numbers(struct evidence_batch *b, unsigned from, unsigned to)
{
	char hash[EVIDENCE_HASH + 1], text[32];

	for (unsigned i = from; i < to; i++) {
		snprintf(text, sizeof(text), "number %u\n", i);
		OK(evidence_add(b, str_of(text), true, hash, e));
	}
}

static void one(void **state)
{
	char dir[64], hash[EVIDENCE_HASH + 1];

	begin(dir, sizeof(dir), *state);
	OK(evidence_put(dir, STR("x\n"), true, hash, e));
	assert_int_equal(seen.files, 1);
	assert_int_equal(seen.named, 0);
	assert_int_equal(seen.folders, 3); /* the name's, that folder's, and dir's own */
	assert_int_equal(seen.whole, 0);
	OK(evidence_check(dir, str_of(hash), e));
}

static void many(void **state)
{
	struct evidence_batch *b;
	char dir[64];

	begin(dir, sizeof(dir), *state);
	b = evidence_begin(dir);
	add_numbers(b, 0, 100);
	add_numbers(b, 0, 100); /* nothing is written twice */
	assert_int_equal(count_named(dir), 0);
	OK(evidence_end(b, e));
	assert_int_equal(seen.files, 0);
	assert_int_equal(seen.whole, 2); /* the bytes, with no name yet; the names */
	assert_int_equal(count_named(dir), 100);
	b = evidence_begin(dir);
	add_numbers(b, 0, 1500);
	assert_true(count_named(dir) >= 1000); /* a step is named when it is full */
	assert_true(seen.named < count_named(dir));
	OK(evidence_end(b, e));
	assert_int_equal(count_named(dir), 1500);
}

static void left(void **state)
{
	struct evidence_batch *b;
	char dir[64];

	begin(dir, sizeof(dir), *state);
	b = evidence_begin(dir);
	add_numbers(b, 0, 20);
	evidence_abort(b);
	evidence_abort(NULL);
	assert_int_equal(count_named(dir), 0);
}

static void not_synced(void **state)
{
	static const unsigned sizes[] = {1, 20};
	char dir[64], hash[EVIDENCE_HASH + 1] = "as it was";

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct evidence_batch *b;

		begin(dir, sizeof(dir), *state);
		b = evidence_begin(dir);
		add_numbers(b, 0, sizes[i]);
		seen.fail = true;
		FAILS(ERR_SYSTEM, "evidence", evidence_end(b, e));
		assert_int_equal(count_named(dir), 0);
	}
	FAILS(ERR_SYSTEM, "cannot", evidence_put(dir, STR("x\n"), true, hash, e));
	assert_string_equal(hash, "as it was");
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(one), TEST(many), TEST(left), TEST(not_synced)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
