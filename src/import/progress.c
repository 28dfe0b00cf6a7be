// SPDX-License-Identifier: GPL-3.0-or-later
/* Results shown as characters: see progress.h. */
#include "import/progress.h"

#include <stdio.h>

static const struct {
	enum test_status status;
	char c;
	bool expected;
} chars[] = {
	{TEST_PASSED, '.', false},  {TEST_FAILED, 'F', false}, {TEST_ERROR, 'E', false},
	{TEST_SKIPPED, 's', false}, {TEST_SKIPPED, 'x', true}, {TEST_PASSED, 'X', true},
	{TEST_PASSED, 'u', true}, /* unittest: an unexpected success */
};

static size_t find(char c)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(chars) && chars[i].c != c)
		i++;
	return i;
}

void progress_init(struct progress *p, struct import *im)
{
	*p = (struct progress){.im = im, .first = im->ntests};
	for (size_t i = 0; i < PROGRESS_KINDS; i++)
		p->next[i] = p->first;
}

bool progress_is(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (find(s.p[i]) == ARRAY_SIZE(chars) && s.p[i] != 'R' && s.p[i] != ',')
			return false;
	return s.n > 0;
}

void progress_add(struct progress *p, struct str suite, struct str s, uint64_t line)
{
	if (!str_eq(suite, p->suite)) {
		p->suite = import_name(p->im, suite);
		p->n = 0;
	}
	for (size_t i = 0; i < s.n; i++) {
		size_t k = find(s.p[i]);
		struct test_result *t;
		char name[24];

		if (k == ARRAY_SIZE(chars)) /* 'R', ',': runs that do not count */
			continue;
		snprintf(name, sizeof(name), "#%llu", (unsigned long long)++p->n);
		t = import_add_test(p->im, STR(""), str_of(name), chars[k].status);
		if (!t)
			return;
		t->suite = p->suite;
		t->line = line;
		t->expected = chars[k].expected;
	}
}

void progress_end(struct progress *p)
{
	for (size_t i = p->first; i < p->im->ntests; i++) {
		struct test_result *t = &p->im->tests[i];

		if (t->status != TEST_PASSED || !t->expected)
			continue;
		t->expected = false;
		t->message = STR("passed unexpectedly");
	}
}

bool progress_nameless(const struct test_result *t)
{
	return t->name.n && t->name.p[0] == '#';
}

struct test_result *progress_name(struct progress *p, struct str suite, struct str name,
				  enum test_status status, bool expected)
{
	size_t *next = &p->next[(size_t)status * 2 + expected];

	for (; *next < p->im->ntests; ++*next) {
		struct test_result *t = &p->im->tests[*next];

		if (t->status != status || t->expected != expected || !progress_nameless(t))
			continue;
		t->suite = import_name(p->im, suite);
		t->name = import_name(p->im, name);
		++*next;
		return t;
	}
	return NULL;
}
