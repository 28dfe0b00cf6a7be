// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest diff of curves. A file is one if a reader of import/ that gives no results of tests finds
 * series in its first lines. Series of one name are compared; what the bad run alone has is left
 * out, and said.
 */
#include "cli/diff-curves.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cli/unpacked.h"
#include "import/import.h"
#include "report/curve.h"

#define MAX_METRICS 10000

/* A file and the series in it. */
struct source {
	const char *path;
	struct unpacked file;
	struct import im;
};

struct curves {
	struct source *sources; /* of the good curves, then of the bad ones */
	size_t ngood, nbad;
	struct curve_metric *metrics; /* by bad curve */
	size_t n, cap;
};

/* The reader that takes what a file begins with for curves; NULL: none. */
static const struct import_reader *reader_of(struct str name, struct str head, bool all)
{
	const struct import_reader *r = import_recognise(name, head);
	struct import_file f = {name, head};
	struct import im;
	struct err err;
	bool curves;

	if (!r || r->tests || r->folder)
		return NULL;
	if (all)
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

static int source_open(struct source *s, const struct loginput_opts *o, struct err *err)
{
	struct import_file f;
	const struct import_reader *r;
	int rc = unpacked_open(&s->file, s->path, o, err);

	if (rc)
		return rc;
	f = (struct import_file){s->file.name, s->file.data};
	r = reader_of(f.path, str_head(f.data, IMPORT_HEAD), f.data.n <= IMPORT_HEAD);
	if (r)
		rc = import_read(&s->im, r, &f, 1, err);
	if (!rc && !s->im.nseries)
		rc = err_set(err, ERR_INPUT, "no curve in it");
	return rc ? err_prepend(err, rc, "%s: ", s->path) : 0;
}

static void source_release(struct source *s)
{
	import_release(&s->im);
	unpacked_release(&s->file);
}

static bool holds_curves(const char *path)
{
	struct unpacked u;
	struct err err;
	struct stat st;
	bool curves = false, all;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	unpacked_init(&u);
	if (!unpacked_head(&u, path, IMPORT_HEAD, &all, &err))
		curves = reader_of(u.name, u.data, all) != NULL;
	unpacked_release(&u);
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

/* A metric that a bad run and some good ones have. */
static void add_metric(struct curves *c, const struct source *from, const struct series *bad)
{
	struct curve *v = mem_realloc(NULL, c->ngood + 1, sizeof(*v));
	struct curve_metric m = {
		.name = bad->name, .axis = bad->axis, .good = v, .bad = &v[c->ngood]};

	v[c->ngood] = curve_of(from->path, bad);
	for (size_t i = 0; i < c->ngood; i++) {
		const struct series *s = series_named(&c->sources[i].im, bad->name);

		if (s)
			v[m.ngood++] = curve_of(c->sources[i].path, s);
	}
	if (!m.ngood) {
		free(v);
		return;
	}
	curvediff_run(&m.diff, m.good, m.ngood, m.bad);
	array_push(c->metrics, c->n, c->cap) = m;
}

/* Of one bad run. */
static int add_metrics(struct curves *c, const struct diff_curves *d, const struct source *bad,
		       struct err *err)
{
	CLEANUP_BUF struct buf names = {0};
	size_t before = c->n;

	for (size_t i = 0; i < bad->im.nseries; i++) {
		const struct series *s = &bad->im.series[i];

		buf_printf(&names, "%s" STR_FMT, i ? ", " : "", STR_ARG(s->name));
		if (!d->metric || str_eq(s->name, str_of(d->metric)))
			add_metric(c, bad, s);
	}
	if (c->n > MAX_METRICS)
		return err_set(err, ERR_LIMIT, "more than %d curves: name one --metric",
			       MAX_METRICS);
	if (c->n > before)
		return 0;
	if (d->metric && !series_named(&bad->im, str_of(d->metric)))
		return err_set(err, ERR_INPUT, "%s: no series '%s'; it has: %s", bad->path,
			       d->metric, buf_cstr(&names));
	return err_set(err, ERR_INPUT, "%s: the good runs have none of its series: %s", bad->path,
		       buf_cstr(&names));
}

static int read_sources(struct curves *c, struct cli *cli, const struct diff_curves *d,
			struct err *err)
{
	const struct loginput_opts opts = {.tmpdir = cli->tmpdir};
	int rc = 0;

	c->ngood = d->good->n;
	c->nbad = d->bad->n;
	c->sources = mem_zalloc((c->ngood + c->nbad) * sizeof(*c->sources));
	for (size_t i = 0; i < c->ngood + c->nbad; i++) {
		struct source *s = &c->sources[i];

		s->path = i < c->ngood ? d->good->items[i] : d->bad->items[i - c->ngood];
		unpacked_init(&s->file);
		import_init(&s->im);
	}
	for (size_t i = 0; !rc && i < c->ngood + c->nbad; i++)
		rc = source_open(&c->sources[i], &opts, err);
	for (size_t i = 0; !rc && i < c->nbad; i++)
		rc = add_metrics(c, d, &c->sources[c->ngood + i], err);
	return rc;
}

static bool departs_before(const struct curvediff *a, const struct curvediff *b)
{
	return a->departure.found && (!b->departure.found || a->departure.step < b->departure.step);
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
	for (size_t i = 0; i < c->n; i++) /* the first of several runs to leave it */
		if (str_eq(c->metrics[i].name, c->metrics[best].name) &&
		    departs_before(&c->metrics[i].diff, &c->metrics[best].diff))
			best = i;
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

static int write_svg(const struct curve_report *r, const char *path, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	struct file_replace f;
	int rc = file_replace_open(&f, path, err);

	if (rc)
		return rc;
	curve_report_svg(r, &b);
	fwrite(buf_cstr(&b), 1, b.n, f.f); /* the commit notices failures */
	return file_replace_commit(&f, err);
}

static int print(struct cli *cli, const struct curves *c, const struct diff_curves *d,
		 struct err *err)
{
	struct curve_report r = {.metrics = c->metrics,
				 .n = c->n,
				 .main = main_metric(c),
				 .nbad = c->nbad,
				 .command = d->command,
				 .color = cli->color_out,
				 .utf8 = cli->utf8,
				 .verbose = d->verbose,
				 .width = (size_t)cli->width};
	CLEANUP_BUF struct buf out = {0};

	if (d->svg) {
		int rc = write_svg(&r, d->svg, err);

		if (rc)
			return rc;
	}
	if (d->json)
		curve_report_json(&r, &out);
	else
		curve_report_text(&r, &out);
	return command_output(&out, err);
}

static void curves_release(struct curves *c)
{
	for (size_t i = 0; i < c->n; i++) {
		curvediff_release(&c->metrics[i].diff);
		free((void *)c->metrics[i].good);
	}
	free(c->metrics);
	for (size_t i = 0; c->sources && i < c->ngood + c->nbad; i++)
		source_release(&c->sources[i]);
	free(c->sources);
}

/* Nothing, or the names of columns and no row: of a training that has not begun. */
static bool is_bare(const char *path)
{
	struct unpacked u;
	struct err err;
	struct stat st;
	bool all, bare = false;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	unpacked_init(&u);
	if (!unpacked_head(&u, path, IMPORT_HEAD, &all, &err))
		bare = all && str_count_char(str_trim(u.data), '\n') == 0;
	unpacked_release(&u);
	return bare;
}

bool diff_curves_given(const struct diff_curves *d)
{
	bool all = d->good->n && d->bad->n;

	for (size_t i = 0; all && i < d->bad->n; i++)
		all = holds_curves(d->bad->items[i]) || is_bare(d->bad->items[i]);
	for (size_t i = 0; all && i < d->good->n; i++)
		all = holds_curves(d->good->items[i]);
	return all;
}

int diff_curves(struct cli *cli, const struct diff_curves *d, int *status, struct err *err)
{
	struct curves c = {0};
	int rc = read_sources(&c, cli, d, err);

	if (!rc)
		rc = print(cli, &c, d, err);
	if (!rc)
		*status = status_of(&c);
	curves_release(&c);
	return rc;
}
