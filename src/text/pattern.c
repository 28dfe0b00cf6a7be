// SPDX-License-Identifier: GPL-3.0-or-later
/* Regular expressions: see pattern.h. */
#include "text/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/mem.h"

#define MATCH_LIMIT UINT32_C(1000000)
#define HEAP_LIMIT  UINT32_C(20000) /* KiB */

struct pattern {
	pcre2_code *code;
	pcre2_match_context *limits;
};

int pattern_new(struct pattern **out, struct str regex, struct err *err)
{
	int error;
	size_t at;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)regex.p, regex.n, PCRE2_NEVER_BACKSLASH_C,
					 &error, &at, NULL);
	struct pattern *p;

	if (!code) {
		unsigned char why[200];

		pcre2_get_error_message(error, why, sizeof(why));
		return err_set(err, ERR_USAGE, "regular expression, column %zu: %s", at + 1, why);
	}
	p = mem_zalloc(sizeof(*p));
	p->code = code;
	p->limits = pcre2_match_context_create(NULL);
	if (!p->limits)
		abort();
	pcre2_set_match_limit(p->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(p->limits, HEAP_LIMIT);
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* without one it is only slower */
	*out = p;
	return 0;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_match_context_free(p->limits);
	pcre2_code_free(p->code);
	free(p);
}

bool pattern_find(const struct pattern *p, struct str s)
{
	pcre2_match_data *m = pcre2_match_data_create(1, NULL);
	int rc;

	if (!m)
		abort();
	rc = pcre2_match(p->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, 0, 0, m, p->limits);
	pcre2_match_data_free(m);
	return rc >= 0;
}

size_t pattern_group(const struct pattern *p, const char *name)
{
	int n = pcre2_substring_number_from_name(p->code, (PCRE2_SPTR)name);

	return n > 0 && n < PATTERN_GROUPS ? (size_t)n : 0;
}

bool pattern_match(const struct pattern *p, struct str s, struct str groups[PATTERN_GROUPS])
{
	return pattern_match_at(p, s, 0, groups);
}

const char *pattern_group_name(const struct pattern *p, size_t i)
{
	PCRE2_SPTR table = NULL;
	uint32_t n = 0, size = 0;

	pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &n);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
	for (uint32_t k = 0; k < n; k++, table += size) /* two bytes of the number, the name */
		if (((size_t)table[0] << 8 | table[1]) == i)
			return (const char *)table + 2;
	return NULL;
}

bool pattern_match_at(const struct pattern *p, struct str s, size_t from,
		      struct str groups[PATTERN_GROUPS])
{
	pcre2_match_data *m = pcre2_match_data_create(PATTERN_GROUPS, NULL);
	const PCRE2_SIZE *at;
	int rc;

	if (!m)
		abort();
	rc = pcre2_match(p->code, (PCRE2_SPTR)(s.p ? s.p : ""), s.n, from, 0, m, p->limits);
	memset(groups, 0, PATTERN_GROUPS * sizeof(*groups));
	at = pcre2_get_ovector_pointer(m);
	for (int i = 0; i < (rc == 0 ? PATTERN_GROUPS : rc); i++)
		/* \K may put the beginning of the whole match after its end. */
		if (at[2 * i] != PCRE2_UNSET && at[2 * i + 1] >= at[2 * i])
			groups[i] = (struct str){s.p + at[2 * i], at[2 * i + 1] - at[2 * i]};
	pcre2_match_data_free(m);
	return rc >= 0;
}
