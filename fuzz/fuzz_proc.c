// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as each file of /proc, and as a perf map. The first byte says which. */
#include <stdlib.h>

#include "state/calls.h"
#include "state/proc.h"
#include "unwind/perfmap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void maps(struct str s)
{
	struct image_map *m;
	struct arena a;
	size_t count;

	arena_init(&a);
	count = proc_parse_maps(s, &a, &m);
	for (size_t i = 0; i < count; i++)
		if (m[i].start >= m[i].end || (i && m[i].start < m[i - 1].end) ||
		    m[i].path.p[m[i].path.n])
			abort(); /* in order, apart, and paths fit for open() */
	arena_release(&a);
}

static void stat_line(struct str s)
{
	struct proc_stat st;

	if (proc_parse_stat(s, &st) && (st.name.p < s.p || st.name.p + st.name.n > s.p + s.n))
		abort();
}

static void status(struct str s)
{
	struct proc_status st;

	if (proc_parse_status(s, &st) && !st.pid)
		abort();
}

static void syscall_line(struct str s)
{
	struct proc_syscall c;
	struct buf text = {0};

	if (proc_parse_syscall(s, &c))
		call_text(&text, &c);
	buf_release(&text);
}

static void perf(struct str s)
{
	struct perfmap p;
	const struct perf_symbol *found;

	perfmap_parse(&p, s);
	for (size_t i = 0; i < p.n && i < 100; i++) {
		found = perfmap_find(&p, p.items[i].start);
		if (found && found->start != p.items[i].start)
			abort();
	}
	free(p.items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const readers[])(struct str s) = {maps, stat_line, status, syscall_line,
							perf};
	struct str s = {(const char *)data, n};

	if (n)
		readers[data[0] % ARRAY_SIZE(readers)](str_from(s, 1));
	return 0;
}
