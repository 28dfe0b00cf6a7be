// SPDX-License-Identifier: GPL-3.0-or-later
/* Clues, and what they are made of: see death.h. */
#include <stdlib.h>

#include "state/death-priv.h"

#define OF_CAUSE  16 /* clues that are kept of a cause */
#define LINE_MOST ((size_t)400)

void death_clues_init(struct death_clues *c, struct arena *a)
{
	*c = (struct death_clues){.arena = a, .memory_note = STR("")};
}

void death_clues_release(struct death_clues *c)
{
	free(c->items);
	free(c->memory);
}

static struct str copy(struct arena *a, struct str s)
{
	return s.n ? arena_str(a, str_head(s, LINE_MOST)) : STR("");
}

void death_clues_append(struct death_clues *c, const struct death_clue *clue)
{
	struct death_clue *to = &array_push(c->items, c->n, c->cap);

	*to = *clue;
	to->from.text = copy(c->arena, str_trim(clue->from.text));
	to->from.file = copy(c->arena, clue->from.file);
	to->what = copy(c->arena, str_trim(clue->what));
	to->name = copy(c->arena, clue->name);
}

void death_clue_add(struct death_clues *c, const struct death_clue *clue)
{
	size_t i = c->n;

	if (c->of_cause[clue->cause] < OF_CAUSE) {
		c->of_cause[clue->cause]++;
	} else { /* instead of the latest of the cause */
		while (i > 0 && c->items[i - 1].cause != clue->cause)
			i--;
		memmove(&c->items[i - 1], &c->items[i], (c->n - i) * sizeof(*c->items));
		c->n--;
	}
	death_clues_append(c, clue);
}

const char *death_size(struct arena *a, uint64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};

	for (size_t i = ARRAY_SIZE(units); i > 0; i--)
		if (bytes && bytes % (UINT64_C(1) << 10 * i) == 0 &&
		    (i > 1 || bytes < UINT64_C(10) << 20))
			return arena_printf(a, "%llu %s", (unsigned long long)(bytes >> 10 * i),
					    units[i - 1]);
	if (bytes >= 10000000000)
		return arena_printf(a, "%.1f GB", (double)bytes / 1e9);
	return bytes >= 1000000 ? arena_printf(a, "%.1f MB", (double)bytes / 1e6)
				: arena_printf(a, "%llu bytes", (unsigned long long)bytes);
}

bool death_parse_limits(struct str text, struct death_rlimit limits[DEATH_LIMITS])
{
	static const struct {
		struct str name;
		enum death_limit limit;
	} rows[] = {
		{STR("Max address space"), DEATH_LIMIT_AS},
		{STR("Max data size"), DEATH_LIMIT_DATA},
		{STR("Max cpu time"), DEATH_LIMIT_CPU},
		{STR("Max file size"), DEATH_LIMIT_FSIZE},
		{STR("Max processes"), DEATH_LIMIT_NPROC},
		{STR("Max open files"), DEATH_LIMIT_NOFILE},
		{STR("Max stack size"), DEATH_LIMIT_STACK},
		{STR("Max core file size"), DEATH_LIMIT_CORE},
	};
	bool any = false;
	struct str line;

	while (str_next(&text, '\n', &line)) {
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct str rest = str_trim(str_from(line, rows[i].name.n)), word;
			uint64_t v[2];
			size_t n = 0;

			if (!str_starts(line, rows[i].name))
				continue;
			while (n < 2 && str_next(&rest, ' ', &word)) {
				rest = str_trim(rest);
				if (str_eq(word, STR("unlimited")))
					v[n] = DEATH_UNLIMITED;
				else if (!str_u64(word, &v[n]))
					break;
				n++;
			}
			if (n < 2)
				continue;
			limits[rows[i].limit] = (struct death_rlimit){true, v[0], v[1]};
			any = true;
		}
	}
	return any;
}
