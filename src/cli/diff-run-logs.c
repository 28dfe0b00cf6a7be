// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Kept logs of recorded runs: see diff-run-logs.h. Of each side the newest runs that have logs are
 * read, MAX_RUNS of them, as long as their logs are no larger than MAX_BYTES in all.
 */
#include "cli/diff-run-logs.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "import/import.h"
#include "log/sniff.h"
#include "report/style.h"
#include "store/evidence.h"

#define MAX_RUNS  8
#define MAX_LOGS  64 /* of one run */
#define MAX_BYTES ((uint64_t)128 << 20)

/* A log that is kept, and where. */
struct kept {
	struct str name;
	char *path;
	uint64_t size;
};

struct kept_logs {
	const struct run_record *run;
	int side;
	struct kept logs[MAX_LOGS];
	size_t n, away; /* away: recorded, but not on this machine */
	uint64_t size;
};

/* The output of a test program is a log too, unless it is a report for machines; what is no text is
 * none. */
static bool is_log(const struct run_evidence *e, const char *path)
{
	CLEANUP_BUF struct buf kind = {0};
	const struct import_reader *reader;
	struct file_map map;
	struct sniff what;
	struct str head;
	struct err err;
	bool report;

	buf_add_str(&kind, e->kind);
	reader = import_reader_named(buf_cstr(&kind));
	if (!str_eq(e->kind, STR("log")) && (!reader || !reader->tests))
		return false;
	if (file_map_path(&map, path, &err))
		return false;
	head = str_head((struct str){map.data, map.size}, SNIFF_HEAD);
	sniff(head, &what);
	head = str_trim(head);
	report = reader && head.n && strchr("<{[", head.p[0]);
	file_map_release(&map);
	return what.kind != SNIFF_BINARY && !report;
}

static void find_kept(struct kept_logs *k, const struct run_record *r, const char *dir)
{
	*k = (struct kept_logs){.run = r};
	for (size_t i = 0; i < r->nevidence && k->n < MAX_LOGS; i++) {
		const struct run_evidence *e = &r->evidence[i];
		struct stat st;
		char *path;

		if (evidence_path(dir, e->hash, &path, NULL))
			continue;
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && is_log(e, path)) {
			k->logs[k->n++] = (struct kept){e->name, path, (uint64_t)st.st_size};
			k->size += (uint64_t)st.st_size;
			continue;
		}
		k->away += str_eq(e->kind, STR("log")) && access(path, F_OK) != 0;
		free(path);
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
	struct kept_logs *read; /* of the runs that are read */
	size_t nread, cap;
	size_t added[2]; /* logs of each side */
	bool several;    /* some run has several logs */
	struct rundiff_log_run *runs;
	size_t n;
};

/* What cannot be read as a log, such as output that is no text, is left out with a note. */
static void add_logs(struct reading *r, const struct kept_logs *k)
{
	struct logs *l = &r->d->logs;

	for (size_t i = 0; i < k->n; i++) {
		CLEANUP_BUF struct buf name = {0}, shown = {0};
		struct err err;

		buf_printf(&name, STR_FMT ":" STR_FMT, STR_ARG(k->run->id),
			   STR_ARG(pair_name(k, i)));
		if (!logset_add_named(&l->set, k->logs[i].path, buf_str(&name),
				      r->several ? pair_name(k, i) : STR(""), (uint32_t)k->side,
				      &l->opts, &err)) {
			r->added[k->side]++;
			continue;
		}
		style_add_foreign(&shown, buf_str(&name), 0);
		fprintf(stderr, "inquest: %s: not compared: %s\n", buf_cstr(&shown), err.msg);
	}
}

/* left: runs and bytes that may still be read of its side. */
static void choose_run(struct reading *r, int side, const struct run_record *run, size_t *runs_left,
		       uint64_t *bytes_left)
{
	struct rundiff_log_run *out = &r->runs[r->n++];
	struct kept_logs k;

	find_kept(&k, run, r->o->evidence);
	k.side = side;
	*out = (struct rundiff_log_run){.id = run->id, .side = side, .logs = k.n, .away = k.away};
	out->state = !k.n && !k.away                                      ? RUNDIFF_LOGS_NONE
		     : !k.n                                               ? RUNDIFF_LOGS_AWAY
		     : r->o->all || (*runs_left && k.size <= *bytes_left) ? RUNDIFF_LOGS_READ
									  : RUNDIFF_LOGS_CAPPED;
	if (out->state != RUNDIFF_LOGS_READ) {
		kept_release(&k);
		return;
	}
	*runs_left -= *runs_left > 0;
	*bytes_left -= k.size < *bytes_left ? k.size : *bytes_left;
	r->several = r->several || k.n > 1;
	array_push(r->read, r->nread, r->cap) = k;
}

/* How many of a side are read. */
static size_t choose_side(struct reading *r, int side)
{
	size_t n = r->o->n[side], before = r->nread, runs_left = MAX_RUNS;
	const struct run_record **order = arena_alloc(&r->d->arena, (n + 1) * sizeof(*order));
	uint64_t bytes_left = MAX_BYTES;

	for (size_t i = 0; i < n; i++)
		order[i] = &r->o->runs[side][i];
	if (n)
		qsort(order, n, sizeof(*order), by_age);
	for (size_t i = 0; i < n; i++)
		choose_run(r, side, order[i], &runs_left, &bytes_left);
	return r->nread - before;
}

static int read_logs(struct reading *r, struct cli *cli, struct err *err)
{
	int rc = logs_init(&r->d->logs, cli, r->o->values, err);

	r->d->opened = !rc;
	for (size_t i = 0; !rc && i < r->nread; i++)
		add_logs(r, &r->read[i]);
	if (rc || !r->added[0] || !r->added[1])
		return rc;
	diff_logs_compare(&r->d->diff, cli, &r->d->logs, r->o->command, r->o->verbose);
	r->d->compared = true;
	r->d->report.report = &r->d->diff.report;
	r->d->report.errors = diff_logs_errors(&r->d->diff);
	return 0;
}

int diff_run_logs(struct diff_run_logs *d, struct cli *cli, const struct diff_run_logs_opts *o,
		  struct err *err)
{
	struct reading r = {.d = d, .o = o};
	size_t read[2];
	int rc = 0;

	*d = (struct diff_run_logs){0};
	arena_init(&d->arena);
	r.runs = arena_alloc(&d->arena, (o->n[0] + o->n[1] + 1) * sizeof(*r.runs));
	for (int side = 0; side < 2; side++)
		read[side] = choose_side(&r, side);
	d->report = (struct rundiff_logs){.runs = r.runs, .n = r.n, .all = o->command};
	if (read[0] && read[1])
		rc = read_logs(&r, cli, err);
	for (size_t i = 0; i < r.nread; i++)
		kept_release(&r.read[i]);
	free(r.read);
	return rc;
}

void diff_run_logs_release(struct diff_run_logs *d)
{
	if (d->compared)
		diff_logs_release(&d->diff);
	if (d->opened)
		logs_release(&d->logs);
	arena_release(&d->arena);
}
