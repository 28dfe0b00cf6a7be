/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular expressions (PCRE2, JIT where there is one), with limits on the work of one match. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct pattern;

/* Compile; -ERR_USAGE with the column of the fault. Bytes, not code points: logs are not always
 * UTF-8. */
int pattern_new(struct pattern **p, struct str regex, struct err *err) ERR_CHECK;
void pattern_free(struct pattern *p);

/* Does it match anywhere in s? A match that takes too much work counts as none. Safe from several
 * threads. */
bool pattern_find(const struct pattern *p, struct str s);

#define PATTERN_GROUPS 64
/* The number of the group (?<name>...); 0 if there is none. */
size_t pattern_group(const struct pattern *p, const char *name);
/* As pattern_find; the text of groups 0 (the whole match) ... goes to groups, empty for those that
 * took no part and those the pattern does not have. */
bool pattern_match(const struct pattern *p, struct str s, struct str groups[PATTERN_GROUPS]);
/* The same from byte `from` on; what stands before is still seen (by ^, \b, lookbehind). */
bool pattern_match_at(const struct pattern *p, struct str s, size_t from,
		      struct str groups[PATTERN_GROUPS]);
/* The name of group i; NULL if it has none. */
const char *pattern_group_name(const struct pattern *p, size_t i);
