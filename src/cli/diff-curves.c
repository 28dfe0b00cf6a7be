// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff of curves. A file is one if a reader of import/ that gives no results of tests finds
 * series in its first lines. Series of one name are compared; what the bad run alone has is left
 * out, and said.
 */
#include "cli/diff-curves.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "import/import.h"
#include "report/curve.h"

/* A file and the series in it. */
struct source {
	struct file_map map;
	struct import im;
};

struct curves {
	struct source *good, *bad; /* one each for every path */
	size_t ngood;
	struct curve_metric *metrics;
	size_t n, cap;
};

/* The reader that takes these bytes for curves; NULL: none. */
static const struct import_reader *reader_of(const char *path, struct str data)
{
	struct str head = str_head(data, IMPORT_HEAD);
	const struct import_reader *r = import_recognise(str_of(path), data);
	struct import_file f = {str_of(path), head};
	struct import im;
	struct err err;
	bool curves;

	if (!r || r->tests || r->folder)
		return NULL;
	if (head.n == data.n)
		return r;
	/* As far as whole lines go; what is no text is cut off anywhere. */
	while (f.data.n && f.data.p[f.data.n - 1] != '\n')
		f.data.n--;
	if (!f.data.n)
		f.data = head;
	import_init(&im);
	curves = !import_read(&im, r, &f, 1, &err) && im.nseries;
	import_release(&im);
	return curves ? r : NULL;
}

static int source_open(struct source *s, const char *path, bool *curves, struct err *err)
{
	struct import_file f = {.path = str_of(path)};
	const struct import_reader *r;
	int rc = file_map_path(&s->map, path, err);

	import_init(&s->im);
	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	f.data = (struct str){s->map.data, s->map.size};
	r = reader_of(path, f.data);
	*curves = r != NULL;
	if (r)
		rc = import_read(&s->im, r, &f, 1, err);
	*curves = !rc && s->im.nseries;
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

static void source_release(struct source *s)
{
	import_release(&s->im);
	file_map_release(&s->map);
}

static bool holds_curves(const char *path)
{
	struct source s = {.map = {.fd = -1}};
	struct err err;
	struct stat st;
	bool curves = false;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	if (file_map_path(&s.map, path, &err))
		return false;
	curves = reader_of(path, (struct str){s.map.data, s.map.size}) != NULL;
	file_map_release(&s.map);
	return curves;
}

static const struct series *series_named(const struct import *im, struct str name)
{
	for (size_t i = 0; i < im->nseries; i++)
		if (str_eq(im->series[i].name, name))
			return &im->series[i];
	return NULL;
}

static struct curve curve_of(const char *path, const struct series *s)
{
	return (struct curve){str_of(path), s->x, s->y, s->n};
}

/* A metric that the bad run and some good ones have. */
static void add_metric(struct curves *c, const struct diff_curves *d, const struct series *bad)
{
	struct curve *v = mem_realloc(NULL, c->ngood + 1, sizeof(*v));
	struct curve_metric m = {
		.name = bad->name, .axis = bad->axis, .good = v, .bad = &v[c->ngood]};

	v[c->ngood] = curve_of(d->bad->items[0], bad);
	for (size_t i = 0; i < c->ngood; i++) {
		const struct series *s = series_named(&c->good[i].im, bad->name);

		if (s)
			v[m.ngood++] = curve_of(d->good->items[i], s);
	}
	if (!m.ngood) {
		free(v);
		return;
	}
	curvediff_run(&m.diff, m.good, m.ngood, m.bad);
	array_push(c->metrics, c->n, c->cap) = m;
}

static int add_metrics(struct curves *c, const struct diff_curves *d, struct err *err)
{
	const struct import *bad = &c->bad->im;
	CLEANUP_BUF struct buf names = {0};

	for (size_t i = 0; i < bad->nseries; i++) {
		buf_printf(&names, "%s" STR_FMT, i ? ", " : "", STR_ARG(bad->series[i].name));
		if (!d->metric || str_eq(bad->series[i].name, str_of(d->metric)))
			add_metric(c, d, &bad->series[i]);
	}
	if (c->n)
		return 0;
	if (d->metric && !series_named(bad, str_of(d->metric)))
		return err_set(err, ERR_INPUT, "%s: no series '%s'; it has: %s", d->bad->items[0],
			       d->metric, buf_cstr(&names));
	return err_set(err, ERR_INPUT, "%s: the good runs have none of its series: %s",
		       d->bad->items[0], buf_cstr(&names));
}

static int read_sources(struct curves *c, const struct diff_curves *d, struct err *err)
{
	bool curves;
	int rc = 0;

	c->good = mem_zalloc((d->good->n + 1) * sizeof(*c->good));
	c->bad = &c->good[d->good->n];
	for (size_t i = 0; i <= d->good->n; i++)
		import_init(&c->good[i].im);
	for (; !rc && c->ngood < d->good->n; c->ngood++) {
		rc = source_open(&c->good[c->ngood], d->good->items[c->ngood], &curves, err);
		if (!rc && !curves)
			rc = err_set(err, ERR_INPUT, "%s: no curve in it",
				     d->good->items[c->ngood]);
	}
	return rc ? rc : source_open(c->bad, d->bad->items[0], &curves, err);
}

/* What is asked about if nothing is: a loss, else what leaves its band. */
static size_t main_metric(const struct curves *c)
{
	size_t best = 0;
	unsigned best_rank = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct curvediff *d = &c->metrics[i].diff;
		bool loss = str_contains(c->metrics[i].name, STR("loss"));
		unsigned rank = 1 + 2 * loss + (d->verdict == CURVE_DEPARTS);

		/* A validation has a tenth of the steps. */
		if (rank > best_rank || (rank == best_rank && d->n > 2 * c->metrics[best].diff.n)) {
			best = i;
			best_rank = rank;
		}
	}
	return best;
}

static int status_of(const struct curves *c)
{
	bool known = true;

	for (size_t i = 0; i < c->n; i++) {
		enum curve_verdict v = c->metrics[i].diff.verdict;

		if (v == CURVE_DEPARTS || v == CURVE_PARTS)
			return EXIT_FOUND;
		known = known && v != CURVE_UNKNOWN;
	}
	return known ? EXIT_DONE : EXIT_UNDECIDED;
}

static int print(struct cli *cli, const struct curves *c, const struct diff_curves *d,
		 struct err *err)
{
	struct curve_report r = {.metrics = c->metrics,
				 .n = c->n,
				 .main = main_metric(c),
				 .command = d->command,
				 .color = cli->color_out,
				 .utf8 = cli->utf8,
				 .verbose = d->verbose,
				 .width = (size_t)cli->width};
	CLEANUP_BUF struct buf out = {0};

	if (d->json)
		curve_report_json(&r, &out);
	else
		curve_report_text(&r, &out);
	if ((fwrite(buf_cstr(&out), 1, out.n, stdout) != out.n || fflush(stdout) != 0) &&
	    errno != EPIPE)
		return err_errno(err, "output");
	return 0;
}

static void curves_release(struct curves *c, const struct diff_curves *d)
{
	for (size_t i = 0; i < c->n; i++) {
		curvediff_release(&c->metrics[i].diff);
		free((void *)c->metrics[i].good);
	}
	free(c->metrics);
	for (size_t i = 0; c->good && i <= d->good->n; i++)
		source_release(&c->good[i]);
	free(c->good);
}

bool diff_curves_given(const struct diff_curves *d)
{
	if (!d->good->n || d->bad->n != 1 || !holds_curves(d->bad->items[0]))
		return false;
	for (size_t i = 0; i < d->good->n; i++)
		if (!holds_curves(d->good->items[i]))
			return false;
	return true;
}

int diff_curves(struct cli *cli, const struct diff_curves *d, int *status, struct err *err)
{
	struct curves c = {0};
	int rc = read_sources(&c, d, err);

	if (!rc)
		rc = add_metrics(&c, d, err);
	if (!rc)
		rc = print(cli, &c, d, err);
	if (!rc)
		*status = status_of(&c);
	curves_release(&c, d);
	return rc;
}
