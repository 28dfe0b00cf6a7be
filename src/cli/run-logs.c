// SPDX-License-Identifier: GPL-3.0-or-later
/* The command that compares the kept logs of a good and a bad run: see run-logs.h. */
#include "cli/run-logs.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/evidence.h"
#include "text/shell.h"

#define MAX_TRIED 20 /* runs that are looked at for logs */
#define MAX_LOGS  16 /* of one run */

/* The logs that are kept of a run, as they are named and where they lie. */
static size_t logs_of(const struct workspace *w, struct store *s, struct str id, struct arena *a,
		      struct run_evidence *logs, size_t max)
{
	struct run_record r;
	size_t n = 0;

	if (store_get(s, id, a, &r, NULL))
		return 0;
	for (size_t i = 0; i < r.nevidence && n < max; i++) {
		CLEANUP_FREE char *path = NULL;

		if (!str_eq(r.evidence[i].kind, STR("log")) ||
		    evidence_path(w->evidence, r.evidence[i].hash, &path, NULL) ||
		    access(path, R_OK) != 0)
			continue;
		logs[n] = r.evidence[i];
		logs[n++].hash = arena_str(a, str_of(path));
	}
	return n;
}

/* The latest of these runs of which logs are kept. */
static size_t latest_logs(const struct workspace *w, struct store *s, const struct str *ids,
			  size_t n, struct arena *a, struct run_evidence *logs)
{
	size_t found = 0;

	for (size_t i = 0; !found && i < n && i < MAX_TRIED; i++)
		found = logs_of(w, s, ids[n - 1 - i], a, logs, MAX_LOGS);
	return found;
}

/* As seen from the current folder, if it is above. */
static struct str from_here(struct str path)
{
	CLEANUP_FREE char *here = getcwd(NULL, 0);
	size_t n = here ? strlen(here) : 0;

	if (n && path.n > n + 1 && str_starts(path, str_of(here)) && path.p[n] == '/')
		return str_from(path, n + 1);
	return path;
}

static const char *diff_command(const struct run_evidence *good, size_t ngood,
				const struct run_evidence *bad, size_t nbad, struct arena *a)
{
	CLEANUP_BUF struct buf b = {0};
	size_t g = 0, k = 0;

	for (size_t i = 0; i < ngood * nbad; i++) { /* of one name, if there are such */
		if (!str_eq(good[i / nbad].name, bad[i % nbad].name))
			continue;
		g = i / nbad;
		k = i % nbad;
		break;
	}
	BUF_LIT(&b, "inquest diff ");
	shell_add_word(&b, from_here(good[g].hash));
	buf_add_char(&b, ' ');
	shell_add_word(&b, from_here(bad[k].hash));
	return arena_str(a, buf_str(&b)).p;
}

const char *run_logs_diff(const struct workspace *w, struct store *s, const struct str *good,
			  size_t ngood, const struct str *bad, size_t nbad, struct arena *a)
{
	struct run_evidence g[MAX_LOGS], b[MAX_LOGS];
	size_t ng = latest_logs(w, s, good, ngood, a, g), nb = latest_logs(w, s, bad, nbad, a, b);

	return ng && nb ? diff_command(g, ng, b, nb, a) : NULL;
}
