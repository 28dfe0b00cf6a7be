// SPDX-License-Identifier: GPL-3.0-or-later
/* Metrics of any text by a regular expression: see import_pattern() in import.h. The first match is
 * kept until a second one tells that there are series. */
#include "text/pattern.h"

#include "import/metric.h"

struct matches {
	struct import *im;
	struct metric_curves curves;
	const struct pattern *pattern;
	const char *name[PATTERN_GROUPS]; /* NULL: none */
	size_t axis;                      /* number of the group; 0: none */
	uint64_t n;
	struct str first[PATTERN_GROUPS]; /* of the first match, in the arena */
	uint64_t first_line;
	uint64_t texts; /* of series: left out */
};

static int find_groups(struct matches *m, struct err *err)
{
	static const char *const axes[] = {"epoch", "step"};
	bool any = false;

	for (size_t i = 1; i < PATTERN_GROUPS; i++) {
		m->name[i] = pattern_group_name(m->pattern, i);
		any = any || m->name[i];
	}
	if (!any)
		return err_set(err, ERR_USAGE,
			       "the regular expression names no group: write (?<loss>[0-9.]+)");
	for (size_t i = 0; i < ARRAY_SIZE(axes); i++) {
		size_t group = pattern_group(m->pattern, axes[i]);

		m->axis = group ? group : m->axis;
	}
	return 0;
}

/* A number, also with commas. */
static struct value value_of(struct str s)
{
	struct value v = metric_value(s);
	double d;

	return v.kind == VALUE_TEXT && metric_grouped(s, &d) ? value_real(d) : v;
}

static void add_points(struct matches *m, const struct str *groups, uint64_t no, uint64_t line)
{
	double x = m->axis ? value_number(value_of(groups[m->axis])) : NAN;

	for (size_t i = 1; i < PATTERN_GROUPS; i++) {
		struct value v;

		if (!m->name[i] || i == m->axis || !groups[i].n)
			continue;
		v = value_of(groups[i]);
		m->texts += v.kind == VALUE_TEXT;
		if (v.kind == VALUE_INT || v.kind == VALUE_REAL)
			metric_point(&m->curves, METRIC_LAST_RUN, str_of(m->name[i]), STR(""),
				     m->axis ? str_of(m->name[m->axis]) : STR("match"),
				     isnan(x) ? (double)no : x, value_number(v), line);
	}
}

static void add_variables(struct matches *m)
{
	for (size_t i = 1; i < PATTERN_GROUPS; i++)
		if (m->name[i] && m->first[i].n)
			metric_add(m->im, str_of(m->name[i]), value_of(m->first[i]), STR(""),
				   m->first_line);
}

static void match(struct matches *m, const struct str *groups, uint64_t line)
{
	m->n++;
	if (m->n == 1) {
		for (size_t i = 1; i < PATTERN_GROUPS; i++)
			if (m->name[i])
				m->first[i] = import_text(m->im, groups[i]);
		m->first_line = line;
		return;
	}
	if (m->n == 2)
		add_points(m, m->first, 1, m->first_line);
	add_points(m, groups, m->n, line);
}

static void match_line(struct matches *m, struct str line, uint64_t no)
{
	struct str groups[PATTERN_GROUPS];
	size_t from = 0;

	while (from <= line.n && pattern_match_at(m->pattern, line, from, groups)) {
		size_t end = groups[0].p ? (size_t)(groups[0].p - line.p) + groups[0].n : from;

		match(m, groups, no);
		from = end > from ? end : from + 1; /* past an empty match */
	}
}

int import_pattern(struct import *im, struct str regex, struct str data, struct err *err)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct matches m = {.im = im};
	struct pattern *p;
	struct str line;
	int rc = pattern_new(&p, regex, err);

	if (rc)
		return rc;
	m.pattern = p;
	metric_curves_init(&m.curves, im);
	rc = find_groups(&m, err);
	while (!rc && import_next_line(&l, &line))
		match_line(&m, line, l.no);
	if (!rc && !im->nruns)
		import_add_run(im, STR(""));
	if (m.n == 1)
		add_variables(&m);
	if (!rc && !m.n)
		import_note(im, 0, "the pattern matches nothing");
	if (m.texts)
		import_note(im, 0, "%llu texts that are no numbers are left out",
			    (unsigned long long)m.texts);
	metric_curves_release(&m.curves);
	pattern_free(p);
	return rc;
}
