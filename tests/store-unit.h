/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the store share: a place for one, in SQLite or, when INQUEST_TEST_POSTGRES
 * names a server, there. */
#pragma once

#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/store.h"

struct place {
	char dir[32];
	char where[300];
	bool sqlite;
};

static int empty_postgres(const char *address)
{
	char command[400];

	snprintf(command, sizeof(command),
		 "psql -q -X -c 'DROP SCHEMA IF EXISTS inquest CASCADE' '%s' 2>/dev/null", address);
	return system(command); /* NOLINT */
}

static int set_up(void **state)
{
	const char *address = getenv("INQUEST_TEST_POSTGRES");
	struct place *p = mem_zalloc(sizeof(*p));

	strcpy(p->dir, "/tmp/inquest-store-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->sqlite = !address;
	if (address)
		assert_int_equal(empty_postgres(address), 0);
	snprintf(p->where, sizeof(p->where), "%s%s", address ? address : p->dir,
		 address ? "" : "/store.db");
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	assert_int_equal(system(command), 0); /* NOLINT */
	free(p);
	return 0;
}

#define OK(call)                                           \
	do {                                               \
		struct err e_ = {""};                      \
		struct err *e = &e_;                       \
		if ((call) != 0)                           \
			fail_msg("%s: %s", #call, e->msg); \
	} while (0)

#define FAILS(code, part, call)                                                      \
	do {                                                                         \
		struct err e_ = {""};                                                \
		struct err *e = &e_;                                                 \
		int rc_ = (call);                                                    \
		if (rc_ != -(code))                                                  \
			fail_msg("%s: %d, not %d: %s", #call, rc_, -(code), e->msg); \
		if (!strstr(e->msg, part))                                           \
			fail_msg("%s: '%s' is not in: %s", #call, part, e->msg);     \
	} while (0)

static inline struct variable var(const char *name, struct value v)
{
	return (struct variable){.name = str_of(name), .value = v, .n = 1, .spread = NAN};
}

static inline void put_one(struct store *s, const char *name, struct variable *v, size_t n,
			   char id[24])
{
	struct run_record r = {
		.name = str_of(name), .variables = v, .nvariables = n, .started_ns = 1};

	OK(store_put(s, &r, NULL, e));
	if (id)
		snprintf(id, 24, STR_FMT, STR_ARG(r.id));
}

static inline bool join_cells(void *arg, const struct str *cells, size_t n, bool head)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(arg, STR_FMT "%c", STR_ARG(cells[i]), i + 1 < n ? ',' : ';');
	return true;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
