// SPDX-License-Identifier: GPL-3.0-or-later
/* Metrics of an output: see metrics.h. */
#include "cli/metrics.h"

#include <stdlib.h>

#include "import/import.h"

struct metrics {
	struct import im;
	struct buf notes;
};

struct metrics *metrics_new(void)
{
	struct metrics *m = mem_zalloc(sizeof(*m));

	import_init(&m->im);
	return m;
}

void metrics_free(struct metrics *m)
{
	import_release(&m->im);
	buf_release(&m->notes);
	free(m);
}

void metrics_read(struct metrics *m, struct str name, struct str data)
{
	const struct import_reader *r = import_recognise(name, data);
	struct import_file file = {name, data};
	struct err err;

	if (!r || r->folder)
		return;
	file.data = arena_str(&m->im.arena, data); /* slices of what is read may point into it */
	if (import_read(&m->im, r, &file, 1, &err))
		buf_printf(&m->notes, STR_FMT ": %s\n", STR_ARG(name), err.msg);
}

void metrics_pattern(struct metrics *m, const char *regex, struct str data)
{
	struct err err;

	if (import_pattern(&m->im, str_of(regex), data, &err))
		buf_printf(&m->notes, "--pattern '%s': %s\n", regex, err.msg);
}

static bool has_series(const struct run_record *r, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(r->series[i].name, name))
			return true;
	return false;
}

void metrics_add(const struct metrics *m, struct run_record *r, size_t *cap, struct arena *a)
{
	const struct import *im = &m->im;
	struct series *all = arena_alloc(a, (r->nseries + im->nseries + 1) * sizeof(*all));
	size_t own = r->nvariables, own_series = r->nseries;

	for (size_t i = 0; i < im->nvariables; i++) {
		bool known = false;

		for (size_t k = 0; k < own && !known; k++)
			known = str_eq(r->variables[k].name, im->variables[i].name);
		if (!known)
			array_push(r->variables, r->nvariables, *cap) = im->variables[i];
	}
	if (r->nseries)
		memcpy(all, r->series, r->nseries * sizeof(*all));
	r->series = all;
	for (size_t i = 0; i < im->nseries; i++)
		if (!has_series(r, own_series, im->series[i].name))
			all[r->nseries++] = im->series[i];
	r->tests = im->tests;
	r->ntests = im->ntests;
}

void metrics_notes(const struct metrics *m, struct buf *out)
{
	buf_add_str(out, buf_str(&m->notes));
	for (size_t i = 0; i < m->im.nnotes; i++)
		buf_printf(out, STR_FMT "\n", STR_ARG(m->im.notes[i].text));
}
