// SPDX-License-Identifier: GPL-3.0-or-later
/* New variables for stored runs: see fill.h. Each run is read, filled and written by itself. */
#include "cli/fill.h"

#include <stdlib.h>

struct ids {
	struct arena arena;
	struct str *id;
	size_t n, cap;
};

static bool take_id(void *arg, const struct str *cells, size_t n, bool head)
{
	struct ids *ids = arg;

	if (!head)
		array_push(ids->id, ids->n, ids->cap) = arena_str(&ids->arena, cells[0]);
	return true;
}

static int fill_one(const struct fill *f, struct store *s, struct str id, uint64_t *filled,
		    struct err *err)
{
	struct variable *v = NULL;
	size_t n = 0, cap = 0;
	struct run_record r;
	struct arena a;
	int rc;

	arena_init(&a);
	rc = store_get(s, id, &a, &r, err);
	if (!rc)
		rc = f->compute(f->arg, &a, &r, &v, &n, &cap, err);
	if (!rc && n) {
		rc = store_add_variables(s, id, v, n, err);
		++*filled;
	}
	free(v);
	arena_release(&a);
	return rc == -ERR_NOTFOUND ? 0 : rc;
}

int fill_runs(const struct fill *f, struct store *s, uint64_t *runs, uint64_t *filled,
	      struct err *err)
{
	struct ids ids = {0};
	int rc;

	*runs = *filled = 0;
	arena_init(&ids.arena);
	rc = store_sql(s, str_of(f->runs), take_id, &ids, err);
	for (size_t i = 0; !rc && i < ids.n; i++) {
		rc = fill_one(f, s, ids.id[i], filled, err);
		++*runs;
	}
	free(ids.id);
	arena_release(&ids.arena);
	return rc;
}
