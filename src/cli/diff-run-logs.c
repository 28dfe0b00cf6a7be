// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Kept logs of recorded runs: see diff-run-logs.h. Of each side the newest runs are read, MAX_RUNS
 * that have logs, as long as these are no larger than MAX_BYTES in all.
 */
#include "cli/diff-run-logs.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "store/evidence.h"

#define MAX_RUNS  8
#define MAX_LOGS  64 /* of one run */
#define MAX_BYTES ((uint64_t)256 << 20)

/* A log that is kept, and where. */
struct kept {
	struct str name;
	char *path;
	uint64_t size;
};

struct kept_logs {
	struct kept logs[MAX_LOGS];
	size_t n, away; /* away: recorded, but not on this machine */
	uint64_t size;
};

static void find_kept(struct kept_logs *k, const struct run_record *r, const char *dir)
{
	*k = (struct kept_logs){0};
	for (size_t i = 0; i < r->nevidence && k->n < MAX_LOGS; i++) {
		struct stat st;
		char *path;

		if (!str_eq(r->evidence[i].kind, STR("log")) ||
		    evidence_path(dir, r->evidence[i].hash, &path, NULL))
			continue;
		if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
			k->away++;
			free(path);
			continue;
		}
		k->logs[k->n++] = (struct kept){r->evidence[i].name, path, (uint64_t)st.st_size};
		k->size += (uint64_t)st.st_size;
	}
}

static void kept_release(struct kept_logs *k)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->logs[i].path);
}

static struct str base_name(struct str s)
{
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != '/' && s.p[at - 1] != ':')
		at--;
	return at < s.n ? str_from(s, at) : s;
}

/* How a log is called, which pairs it with those of other runs: its name without folders, if no
 * other of the run has that. */
static struct str pair_name(const struct kept_logs *k, size_t i)
{
	struct str base = base_name(k->logs[i].name);

	for (size_t j = 0; j < k->n; j++)
		if (j != i && str_eq(base_name(k->logs[j].name), base))
			return k->logs[i].name;
	return base;
}

/* The newest first; of those that started together the one that was named last. */
static int by_age(const void *a, const void *b)
{
	const struct run_record *x = *(const struct run_record *const *)a,
				*y = *(const struct run_record *const *)b;

	if (x->started_ns != y->started_ns)
		return x->started_ns > y->started_ns ? -1 : 1;
	return x > y ? -1 : x < y;
}

struct reading {
	struct diff_run_logs *d;
	const struct diff_run_logs_opts *o;
	bool several; /* some run has several logs */
	uint64_t size;
	struct rundiff_log_run *runs;
	size_t n;
};

static int add_logs(struct reading *r, int side, const struct run_record *run,
		    const struct kept_logs *k, struct err *err)
{
	struct logs *l = &r->d->logs;
	int rc = 0;

	for (size_t i = 0; !rc && i < k->n; i++) {
		CLEANUP_BUF struct buf name = {0};

		buf_printf(&name, STR_FMT ":" STR_FMT, STR_ARG(run->id), STR_ARG(pair_name(k, i)));
		rc = logset_add_named(&l->set, k->logs[i].path, buf_str(&name),
				      r->several ? pair_name(k, i) : STR(""), (uint32_t)side,
				      &l->opts, err);
	}
	return rc;
}

static int read_run(struct reading *r, int side, const struct run_record *run, size_t *read,
		    struct err *err)
{
	struct rundiff_log_run *out = &r->runs[r->n++];
	struct kept_logs k;
	int rc = 0;

	*out = (struct rundiff_log_run){.id = run->id, .side = side};
	find_kept(&k, run, r->o->evidence);
	out->logs = k.n;
	out->away = k.away;
	out->state = k.n ? RUNDIFF_LOGS_READ : k.away ? RUNDIFF_LOGS_AWAY : RUNDIFF_LOGS_NONE;
	if (k.n && !r->o->all && (*read == MAX_RUNS || k.size > MAX_BYTES - r->size))
		out->state = RUNDIFF_LOGS_CAPPED;
	if (out->state == RUNDIFF_LOGS_READ) {
		r->size += k.size < MAX_BYTES - r->size ? k.size : MAX_BYTES - r->size;
		++*read;
		rc = add_logs(r, side, run, &k, err);
	}
	kept_release(&k);
	return rc;
}

static int read_side(struct reading *r, int side, size_t *read, struct err *err)
{
	size_t n = r->o->n[side];
	const struct run_record **order = arena_alloc(&r->d->arena, (n + 1) * sizeof(*order));
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = &r->o->runs[side][i];
	if (n)
		qsort(order, n, sizeof(*order), by_age);
	for (size_t i = 0; !rc && i < n; i++)
		rc = read_run(r, side, order[i], read, err);
	return rc;
}

static bool any_several(const struct diff_run_logs_opts *o)
{
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < o->n[side]; i++) {
			size_t logs = 0;

			for (size_t k = 0; k < o->runs[side][i].nevidence; k++)
				logs += str_eq(o->runs[side][i].evidence[k].kind, STR("log"));
			if (logs > 1)
				return true;
		}
	return false;
}

int diff_run_logs(struct diff_run_logs *d, struct cli *cli, const struct diff_run_logs_opts *o,
		  struct err *err)
{
	struct reading r = {.d = d, .o = o, .several = any_several(o)};
	size_t read[2] = {0};
	int rc;

	*d = (struct diff_run_logs){0};
	arena_init(&d->arena);
	r.runs = arena_alloc(&d->arena, (o->n[0] + o->n[1] + 1) * sizeof(*r.runs));
	rc = logs_init(&d->logs, cli, o->values, err);
	d->opened = !rc;
	for (int side = 0; !rc && side < 2; side++)
		rc = read_side(&r, side, &read[side], err);
	if (rc)
		return rc;
	d->report = (struct rundiff_logs){.runs = r.runs, .n = r.n, .all = o->command};
	if (!read[0] || !read[1])
		return 0;
	diff_logs_compare(&d->diff, cli, &d->logs, o->command, o->verbose);
	d->compared = true;
	d->report.report = &d->diff.report;
	d->report.errors = diff_logs_errors(&d->diff);
	return 0;
}

void diff_run_logs_release(struct diff_run_logs *d)
{
	if (d->compared)
		diff_logs_release(&d->diff);
	if (d->opened)
		logs_release(&d->logs);
	arena_release(&d->arena);
}
