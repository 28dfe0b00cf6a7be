/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Perf maps: names of code that a runtime made (Node.js, Java with an agent, .NET, Python 3.12),
 * a line "START SIZE name" each in /tmp/perf-PID.map.
 */
#pragma once

#include "base/mem.h"
#include "base/str.h"

struct perf_symbol {
	uint64_t start, size;
	struct str name;
};

struct perfmap {
	struct perf_symbol *items; /* by address */
	size_t n;
};

/* Of text; names are slices of it. Lines that are none are skipped. Release with free(items). */
void perfmap_parse(struct perfmap *p, struct str text);
/*
 * A name that says where it comes from: V8's "JS:*name /dir/file.js:3:21" ("LazyCompile:" in old
 * ones; the sign says how it was compiled), Python's "py::name:/dir/file.py". file: empty if it
 * says none; line 0: unknown.
 */
void perfmap_split(struct str name, struct str *function, struct str *file, uint32_t *line);
/* NULL: none there. */
const struct perf_symbol *perfmap_find(const struct perfmap *p, uint64_t addr);
