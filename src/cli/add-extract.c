// SPDX-License-Identifier: GPL-3.0-or-later
/* Variables from what logs say: see add-extract.h. */
#include "cli/add-extract.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/conffile.h"
#include "cli/fill.h"
#include "import/import.h"
#include "store/evidence.h"
#include "text/pattern.h"

#define MAX_CONF      ((size_t)16 << 20)
#define MAX_VARIABLES 1000
#define MAX_LINE      ((size_t)64 << 10)

struct definition {
	struct str name, regex, template;
	struct pattern *pattern;
	bool fresh;
	bool computed; /* from other variables, not from logs */
};

struct extract_set {
	struct arena arena;
	struct definition *d;
	size_t n, cap;
};

void extract_free(struct extract_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n; i++)
		pattern_free(set->d[i].pattern);
	free(set->d);
	arena_release(&set->arena);
	free(set);
}

static struct definition *definition_of(struct extract_set *set, struct str name)
{
	struct definition *d;

	for (size_t i = 0; i < set->n; i++)
		if (str_eq(set->d[i].name, name))
			return &set->d[i];
	d = &array_push(set->d, set->n, set->cap);
	*d = (struct definition){.name = arena_str(&set->arena, name)};
	return d;
}

static int set_regex(struct extract_set *set, struct definition *d, struct str regex,
		     struct err *err)
{
	struct pattern *p;
	int rc = pattern_new(&p, regex, err);

	if (rc)
		return rc;
	pattern_free(d->pattern);
	d->pattern = p;
	d->regex = arena_str(&set->arena, regex);
	return 0;
}

/* ---- inquest.conf ---- */

static int read_key(void *arg, struct str section, struct str key, struct str value,
		    struct err *err)
{
	struct extract_set *set = arg;
	struct definition *d;

	if (!str_starts(section, STR("variable ")))
		return 0;
	if (set->n == MAX_VARIABLES)
		return err_set(err, ERR_LIMIT, "more than %d variables", MAX_VARIABLES);
	d = definition_of(set, str_trim(str_from(section, 9)));
	if (str_eq(key, STR("define")))
		d->computed = true; /* cli/derived.h */
	if (str_eq(key, STR("regex")))
		return set_regex(set, d, value, err);
	if (str_eq(key, STR("template")))
		d->template = arena_str(&set->arena, value);
	return 0;
}

int extract_load(struct extract_set **out, const struct workspace *w, struct err *err)
{
	struct extract_set *set = mem_zalloc(sizeof(*set));
	struct conffile conf;
	int rc = conffile_read(&conf, w, err);

	arena_init(&set->arena);
	if (!rc) {
		rc = ini_parse(buf_str(&conf.text), read_key, set, err);
		if (rc)
			rc = err_prepend(err, rc, "%s: ", conf.path);
	}
	conffile_release(&conf);
	if (rc)
		extract_free(set);
	else
		*out = set;
	return rc;
}

int extract_save(const struct extract_set *set, const struct workspace *w, struct err *err)
{
	struct conffile conf;
	int rc = conffile_read(&conf, w, err);

	for (size_t i = 0; !rc && i < set->n; i++) {
		const struct definition *d = &set->d[i];
		const struct ini_pair pairs[] = {{STR("template"), d->template},
						 {STR("regex"), d->regex}};
		CLEANUP_BUF struct buf section = {0};

		if (!d->fresh)
			continue;
		buf_printf(&section, "variable " STR_FMT, STR_ARG(d->name));
		conffile_set(&conf, buf_str(&section), pairs, ARRAY_SIZE(pairs));
	}
	if (!rc)
		rc = conffile_write(&conf, err);
	conffile_release(&conf);
	return rc;
}

/* ---- defining ---- */

/* The text of a known template by its id or a beginning of it. */
static int find_template(const struct workspace *w, struct arena *a, struct str id,
			 struct str *text, struct err *err)
{
	CLEANUP_FREE char *path = NULL, *data = NULL;
	struct str rest, line, found = {0};
	size_t n, matches = 0;

	if (asprintf(&path, "%s/templates.tsv", w->dir) < 0)
		abort();
	if (file_read_small(path, MAX_CONF, &data, &n, err))
		return err_set(err, ERR_NOTFOUND, "no log has been added here yet");
	rest = (struct str){data, n};
	while (rest.n && str_next(&rest, '\n', &line)) {
		size_t tab = str_find_char(line, '\t');
		struct str name = str_head(line, tab);

		if (!str_starts(name, id))
			continue;
		line = str_from(line, tab + 1);
		line = str_from(line, str_find_char(line, '\t') + 1);
		if (found.n && str_eq(found, line))
			continue;
		found = line;
		if (++matches && name.n == id.n)
			break;
	}
	if (!found.n || !id.n)
		return err_set(err, ERR_NOTFOUND,
			       "no template '" STR_FMT "' in the logs added so far "
			       "(inquest log templates FILE lists them)",
			       STR_ARG(str_head(id, 60)));
	*text = arena_str(a, found);
	return 0;
}

/* The template as a regular expression whose first group is parameter no. */
static int template_regex(struct str text, uint64_t no, struct buf *b, struct err *err)
{
	uint64_t params = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (str_starts(str_from(text, i), STR("<*>"))) {
			params++;
			buf_add_str(b, params == no ? STR("(") : STR("(?:"));
			buf_add_str(b, i == 0 ? STR("\\S+") : STR(".*?"));
			buf_add_char(b, ')');
			i += 2;
		} else if (c == ' ') {
			BUF_LIT(b, "\\s+");
		} else {
			if ((unsigned)((c | 32) - 'a') > 25 && (unsigned)(c - '0') > 9 &&
			    c != '_' && !(c & 0x80))
				buf_add_char(b, '\\');
			buf_add_char(b, c);
		}
	}
	BUF_LIT(b, "\\s*$");
	if (no == 0 || no > params)
		return err_set(err, ERR_USAGE, "the template has %llu parameters: " STR_FMT,
			       (unsigned long long)params, STR_ARG(str_head(text, 200)));
	return 0;
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/",
			    s.p[i]))
			return false;
	return s.n && s.n <= 200;
}

int extract_define(struct extract_set *set, const struct workspace *w, const char *spec,
		   struct err *err)
{
	struct str s = str_of(spec), name = str_head(s, str_find_char(s, '=')), text = {0};
	struct str what = str_from(s, name.n + 1);
	CLEANUP_BUF struct buf regex = {0};
	struct definition *d;
	int rc = 0;

	if (!is_name(name) || !what.n)
		return err_set(err, ERR_USAGE,
			       "--extract takes NAME=TEMPLATE:PARAM or 'NAME=/regex/', not '%s'",
			       spec);
	if (what.n > 2 && what.p[0] == '/' && what.p[what.n - 1] == '/') {
		buf_add(&regex, what.p + 1, what.n - 2);
		if (!memchr(regex.p, '(', regex.n))
			rc = err_set(err, ERR_USAGE, "--extract '%s': the expression has no group",
				     spec);
		else if (memchr(regex.p, '\n', regex.n))
			rc = err_set(err, ERR_USAGE, "--extract '%s': one line, please", spec);
	} else {
		struct str id = str_head(what, str_find_char(what, ':'));
		uint64_t no;

		if (!str_u64(str_from(what, id.n + 1), &no))
			rc = err_set(
				err, ERR_USAGE,
				"--extract '%s': after TEMPLATE: stands the parameter's number",
				spec);
		if (!rc)
			rc = find_template(w, &set->arena, id, &text, err);
		if (!rc)
			rc = template_regex(text, no, &regex, err);
	}
	if (rc)
		return rc;
	d = definition_of(set, name);
	if (d->computed)
		return err_set(err, ERR_USAGE,
			       "--extract '%s': the name is taken by a definition (inquest runs "
			       "--undefine removes it)",
			       spec);
	d->template = text;
	d->fresh = true;
	rc = set_regex(set, d, buf_str(&regex), err);
	return rc ? err_prepend(err, rc, "--extract '%s': ", spec) : 0;
}

/* ---- filling ---- */

struct matches {
	uint64_t n, numbers, line;
	double mean, square; /* Welford's running mean and sum of squares */
	struct str last;     /* in the arena */
};

static void take_match(struct matches *m, struct arena *a, struct str value, uint64_t line)
{
	double v;

	m->n++;
	m->line = line;
	if (!str_eq(m->last, value) || !m->last.p)
		m->last = arena_str(a, value);
	if (str_double(value, &v) && isfinite(v)) {
		double off = v - m->mean;

		m->numbers++;
		m->mean += off / (double)m->numbers;
		m->square += off * (v - m->mean);
	}
}

static void match_file(const struct extract_set *set, struct str data, struct arena *a,
		       struct matches *m)
{
	struct str groups[PATTERN_GROUPS], line;
	uint64_t no = 0;

	while (data.n && str_next(&data, '\n', &line)) {
		no++;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		for (size_t i = 0; i < set->n; i++)
			if (set->d[i].pattern &&
			    pattern_match(set->d[i].pattern, str_head(line, MAX_LINE), groups) &&
			    groups[1].p)
				take_match(&m[i], a, groups[1], no);
	}
}

static void add_value(struct variable *v, struct arena *a, const struct definition *d,
		      const struct matches *m)
{
	int64_t i;
	double real;

	*v = (struct variable){
		.name = arena_str(a, d->name), .n = m->n, .spread = NAN, .line = m->line};
	v->value = str_i64(m->last, &i)         ? value_int(i)
		   : str_double(m->last, &real) ? value_real(real)
						: value_text(m->last);
	if (m->numbers == m->n && m->n > 1)
		v->spread = sqrt(m->square / (double)(m->n - 1));
}

int extract_run(const struct extract_set *set, const char *evidence_dir, struct arena *a,
		const struct run_record *r, struct variable **v, size_t *n, size_t *cap,
		struct err *err)
{
	CLEANUP_FREE struct matches *m = mem_zalloc((set->n + 1) * sizeof(*m));
	int rc = 0;

	for (size_t i = 0; !rc && set->n && i < r->nevidence; i++) {
		CLEANUP_FREE char *path = NULL;
		struct file_map map;

		if (str_eq(r->evidence[i].kind, STR("core")) ||
		    str_eq(r->evidence[i].kind, STR("times")))
			continue;
		rc = evidence_path(evidence_dir, r->evidence[i].hash, &path, err);
		if (rc || access(path, R_OK) != 0)
			continue; /* evidence of another machine */
		rc = file_map_path(&map, path, err);
		if (rc)
			return err_prepend(err, rc, "%s: ", path);
		match_file(set, (struct str){map.data, map.size}, a, m);
		file_map_release(&map);
	}
	for (size_t i = 0; !rc && i < set->n; i++)
		if (m[i].n)
			add_value(&array_push(*v, *n, *cap), a, &set->d[i], &m[i]);
	return rc;
}

struct filling {
	const struct extract_set *set;
	const char *evidence;
};

static int compute(const void *arg, struct arena *a, struct run_record *r, struct variable **v,
		   size_t *n, size_t *cap, struct err *err)
{
	const struct filling *f = arg;

	return extract_run(f->set, f->evidence, a, r, v, n, cap, err);
}

int extract_fill(const struct extract_set *set, const struct workspace *w, struct store *s,
		 uint64_t *runs, uint64_t *filled, struct err *err)
{
	const struct filling from = {set, w->evidence};
	const struct fill f = {compute, &from, "SELECT id FROM run ORDER BY no"};

	return fill_runs(&f, s, runs, filled, err);
}
