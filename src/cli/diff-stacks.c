// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest diff of snapshots of threads: see diff-stacks.h. */
#include "cli/diff-stacks.h"

#include <stdlib.h>

#include "base/file.h"
#include "import/stacks.h"
#include "report/stackdiff.h"

#define SNAPSHOT_MOST ((size_t)1 << 30)

static bool begins_so(const char *path)
{
	struct file_map map;
	bool is;

	if (file_map_path(&map, path, NULL) != 0)
		return false;
	is = stacks_recognise((struct str){map.data, map.size});
	file_map_release(&map);
	return is;
}

bool diff_stacks_given(const struct diff_stacks *d)
{
	return begins_so(d->before) && begins_so(d->after);
}

static int read_snapshot(const char *path, char **data, struct arena *a, struct stacks *st,
			 struct err *err)
{
	size_t n;
	int rc = file_read_small(path, SNAPSHOT_MOST, data, &n, err);

	if (rc)
		return rc;
	rc = stacks_read(st, a, (struct str){*data, n}, err);
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

int diff_stacks(struct cli *cli, const struct diff_stacks *d, int *status, struct err *err)
{
	CLEANUP_FREE char *x = NULL, *y = NULL;
	struct stacks before, after;
	struct stackdiff diff;
	struct arena a;
	int rc;

	arena_init(&a);
	rc = read_snapshot(d->before, &x, &a, &before, err);
	if (!rc)
		rc = read_snapshot(d->after, &y, &a, &after, err);
	if (!rc) {
		struct stacks_look look = {.color = cli->color_out,
					   .width = (size_t)cli->width,
					   .verbose = d->verbose};
		struct stackdiff_report r = {.diff = &diff,
					     .before = &before,
					     .after = &after,
					     .before_name = str_of(d->before),
					     .after_name = str_of(d->after),
					     .command = str_of(d->command)};
		CLEANUP_BUF struct buf out = {0};

		stackdiff_run(&diff, &before, &after);
		if (d->json)
			stackdiff_json(&r, &out);
		else
			stackdiff_text(&r, &look, &out);
		rc = command_output(&out, err);
		*status = diff.n > diff.count[STACKDIFF_SAME] ? EXIT_FOUND : EXIT_DONE;
		stackdiff_release(&diff);
	}
	arena_release(&a);
	return rc;
}
