// SPDX-License-Identifier: GPL-3.0-or-later
/* Definitions of derived variables, and their place in inquest.conf: see derived.h. */
#include "cli/derived.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/conffile.h"
#include "cli/options.h"
#include "cli/settings.h"
#include "stats/series.h"

#define MAX_CONF        ((size_t)16 << 20)
#define MAX_DEFINITIONS 1000
#define MAX_NAME        200

static const char *const fields[] = {"id", "name", "verdict", "state", "started", "command"};

static struct expr_reduction reductions[SERIES_REDUCTIONS];

static void know_reductions(void)
{
	for (size_t i = 0; i < SERIES_REDUCTIONS; i++)
		reductions[i] = (struct expr_reduction){series_functions[i].name,
							series_functions[i].parameter};
}

void derived_call_name(const struct expr_call *call, struct buf *out)
{
	const struct series_function *f = &series_functions[call->reduction];

	buf_printf(out, "%s(" STR_FMT, f->name, STR_ARG(call->series));
	if (f->parameter) {
		buf_add_char(out, ',');
		run_value(value_real(call->parameter), out);
	}
	buf_add_char(out, ')');
}

bool derived_is_call(struct str name)
{
	struct str head = str_head(name, str_find_char(name, '('));

	if (!str_ends(name, STR(")")))
		return false;
	for (size_t i = 0; i < SERIES_REDUCTIONS; i++)
		if (str_eq(head, str_of(series_functions[i].name)))
			return true;
	return false;
}

static struct definition *find(const struct derived *d, struct str name)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq(d->d[i].name, name))
			return &d->d[i];
	return NULL;
}

const struct definition *derived_find(const struct derived *d, struct str name)
{
	const struct definition *found = find(d, name);

	return found && !found->shadowed ? found : NULL;
}

/* ---- cycles ---- */

enum mark { NEW, OPEN, DONE };

static int visit(const struct derived *d, size_t at, enum mark *marks, struct buf *path,
		 struct err *err)
{
	const struct str *names;
	size_t n = expr_names(d->d[at].expr, &names), length = path->n;
	int rc = 0;

	buf_printf(path, "%s" STR_FMT, length ? " -> " : "", STR_ARG(d->d[at].name));
	if (marks[at] == OPEN)
		return err_set(err, ERR_INPUT, "'" STR_FMT "' is defined by itself: " STR_FMT,
			       STR_ARG(d->d[at].name), STR_ARG(buf_str(path)));
	marks[at] = OPEN;
	for (size_t i = 0; !rc && i < n; i++) {
		const struct definition *next = find(d, names[i]);

		if (next && marks[next - d->d] != DONE)
			rc = visit(d, (size_t)(next - d->d), marks, path, err);
	}
	marks[at] = DONE;
	path->n = length;
	return rc;
}

static int check_cycles(const struct derived *d, struct err *err)
{
	CLEANUP_FREE enum mark *marks = mem_zalloc((d->n + 1) * sizeof(*marks));
	int rc = 0;

	for (size_t i = 0; !rc && i < d->n; i++) {
		CLEANUP_BUF struct buf path = {0};

		if (marks[i] == NEW)
			rc = visit(d, i, marks, &path, err);
	}
	return rc;
}

/* ---- reading ---- */

struct reading {
	struct derived *d;
	const char *path;
	struct str text;
};

static int set_better(struct definition *d, struct str value, struct err *err)
{
	if (!str_eq(value, STR("lower")) && !str_eq(value, STR("higher")))
		return err_set(err, ERR_INPUT, "better is lower or higher, not '" STR_FMT "'",
			       STR_ARG(str_head(value, 40)));
	d->better = value.p[0] == 'l' ? BETTER_LOWER : BETTER_HIGHER;
	return 0;
}

/* The definition that a section is about: new ones begin without an expression. */
static struct definition *of_section(struct reading *r, struct str section)
{
	struct str name = str_trim(str_from(section, 9));
	struct definition *d = find(r->d, name);

	if (d)
		return strcmp(d->path, r->path) == 0 ? d : NULL; /* the first file counts */
	d = &array_push(r->d->d, r->d->n, r->d->cap);
	*d = (struct definition){.name = arena_str(&r->d->arena, name),
				 .path = mem_strdup(r->path)};
	return d;
}

static int read_key(void *arg, struct str section, struct str key, struct str value,
		    struct err *err)
{
	struct reading *r = arg;
	struct definition *d;
	struct expr *e;
	int rc;

	if (!str_starts(section, STR("variable ")))
		return 0;
	if (r->d->n == MAX_DEFINITIONS)
		return err_set(err, ERR_LIMIT, "more than %d variables", MAX_DEFINITIONS);
	d = of_section(r, section);
	if (d && str_eq(key, STR("define"))) {
		rc = expr_new(&e, value, reductions, SERIES_REDUCTIONS, err);
		if (rc)
			return -ERR_INPUT;
		expr_free(d->expr);
		d->expr = e;
		d->text = arena_str(&r->d->arena, value);
		d->line = ini_line(r->text, key);
	} else if (d && str_eq(key, STR("unit"))) {
		d->unit = arena_str(&r->d->arena, value);
	} else if (d && str_eq(key, STR("better"))) {
		return set_better(d, value, err);
	}
	return 0;
}

static int read_file(struct derived *d, const char *path, struct err *err)
{
	CLEANUP_FREE char *data = NULL;
	struct reading r = {.d = d, .path = path};
	size_t n;
	int rc;

	if (access(path, F_OK) != 0)
		return 0;
	rc = file_read_small(path, MAX_CONF, &data, &n, err);
	r.text = (struct str){data, n};
	if (!rc && n && data[0] != '{')
		rc = ini_parse(r.text, read_key, &r, err);
	return rc ? err_prepend(err, rc, "%s: ", path) : 0;
}

static void drop(struct derived *d, size_t i)
{
	expr_free(d->d[i].expr);
	free(d->d[i].path);
	d->n--;
	memmove(d->d + i, d->d + i + 1, (d->n - i) * sizeof(*d->d));
}

static int load(struct derived *d, const struct workspace *w, struct err *err)
{
	CLEANUP_FREE char *user = settings_user_path();
	struct conffile conf;
	int rc = conffile_read(&conf, w, err);

	if (!rc)
		rc = read_file(d, conf.path, err);
	if (!rc && user && strcmp(user, conf.path) != 0)
		rc = read_file(d, user, err);
	for (size_t i = d->n; i-- > 0;)
		if (!d->d[i].expr)
			drop(d, i); /* taken from logs: cli/add-extract.h */
	if (!rc) {
		rc = check_cycles(d, err);
		if (rc)
			rc = err_prepend(err, rc, "%s: ", conf.path);
	}
	conffile_release(&conf);
	return rc;
}

static int by_name(const void *name, const void *v)
{
	return str_cmp(*(const struct str *)name, ((const struct store_variable *)v)->name);
}

static bool is_recorded(const struct derived *d, struct str name)
{
	return d->nrecorded &&
	       bsearch(&name, d->recorded, d->nrecorded, sizeof(*d->recorded), by_name);
}

int derived_load(struct derived *d, const struct workspace *w, struct store *s, struct err *err)
{
	int rc;

	*d = (struct derived){0};
	arena_init(&d->arena);
	know_reductions();
	rc = load(d, w, err);
	if (!rc && s)
		rc = store_variables(s, false, &d->arena, &d->recorded, &d->nrecorded, err);
	for (size_t i = 0; !rc && i < d->n; i++) {
		d->d[i].shadowed = is_recorded(d, d->d[i].name);
		if (d->d[i].shadowed)
			fprintf(stderr,
				"inquest: %s:%zu: '" STR_FMT
				"' is recorded by runs, too: what they "
				"recorded is shown, not the definition\n",
				d->d[i].path, d->d[i].line, STR_ARG(d->d[i].name));
	}
	if (rc)
		derived_release(d);
	return rc;
}

void derived_release(struct derived *d)
{
	while (d->n)
		drop(d, d->n - 1);
	free(d->d);
	arena_release(&d->arena);
	*d = (struct derived){0};
}

/* ---- defining ---- */

static bool is_field(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (str_eq(name, str_of(fields[i])))
			return true;
	return false;
}

/* A name that conditions and expressions can take, quoted or not, and that a section can have. */
static int check_name(const struct derived *d, struct str name, struct err *err)
{
	if (!name.n || name.n > MAX_NAME)
		return err_set(err, ERR_USAGE, "the name before '=' has 1 to %d bytes", MAX_NAME);
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 127 ||
		    strchr("[]\"'()", name.p[i]))
			return err_set(err, ERR_USAGE,
				       "'" STR_FMT
				       "': a name holds no quotes, brackets, parentheses "
				       "or control characters",
				       STR_ARG(name));
	if (is_field(name))
		return err_set(err, ERR_USAGE, "'" STR_FMT "' is a field of every run",
			       STR_ARG(name));
	if (is_recorded(d, name))
		return err_set(err, ERR_USAGE,
			       "runs have recorded a variable '" STR_FMT "': take another name",
			       STR_ARG(name));
	return 0;
}

/* A recorded name that was meant: one of which the name is the part before a sign that expressions
 * take as an operator, or one that is nearly the same. */
static const char *meant(const struct derived *d, struct str name)
{
	CLEANUP_FREE const char **names =
		mem_alloc((d->nrecorded + d->n + 1) * sizeof(const char *));
	CLEANUP_FREE char *given = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->nrecorded; i++) {
		struct str v = d->recorded[i].name;

		if (v.n > name.n && str_starts(v, name) && strchr("+-*/^ ", v.p[name.n]))
			return v.p;
		names[n++] = v.p;
	}
	for (size_t i = 0; i < d->n; i++)
		names[n++] = d->d[i].name.p;
	if (asprintf(&given, STR_FMT, STR_ARG(name)) < 0)
		abort();
	return options_suggest(given, names, n);
}

static int check_inputs(const struct derived *d, const struct definition *def, struct err *err)
{
	const struct str *names;
	size_t n = expr_names(def->expr, &names);

	for (size_t i = 0; d->nrecorded && i < n; i++) {
		struct str name = names[i];
		const char *near;

		if (str_starts(name, STR("var.")) && is_field(str_from(name, 4)))
			name = str_from(name, 4);
		else if (is_field(name) || find(d, name))
			continue;
		if (is_recorded(d, name))
			continue;
		near = meant(d, name);
		return err_set(err, ERR_USAGE, "no run has a variable '" STR_FMT "'%s%s%s",
			       STR_ARG(name), near ? "; did you mean \"" : "", near ? near : "",
			       near ? "\"?" : "");
	}
	return 0;
}

/* A section that takes the name from logs. */
struct looking {
	struct str section;
	bool found;
};

static int look_for(void *arg, struct str section, struct str key, struct str value,
		    struct err *err)
{
	struct looking *l = arg;

	l->found |= str_eq(section, l->section) && str_eq(key, STR("regex"));
	return 0;
}

static int save(struct conffile *conf, const struct definition *def, struct err *err)
{
	const struct ini_pair pair = {STR("define"), def->text};
	CLEANUP_BUF struct buf section = {0};
	struct looking l = {0};
	int rc;

	buf_printf(&section, "variable " STR_FMT, STR_ARG(def->name));
	l.section = buf_str(&section);
	rc = ini_parse(buf_str(&conf->text), look_for, &l, err);
	if (!rc && l.found)
		rc = err_set(err, ERR_USAGE, "'" STR_FMT "' is taken from logs (add --extract)",
			     STR_ARG(def->name));
	if (rc)
		return rc;
	conffile_set(conf, buf_str(&section), &pair, 1);
	return conffile_write(conf, err);
}

/* Put it among the others, in the place of one with its name; also one that is then refused. */
static int put(struct derived *d, struct definition *new, struct err *err)
{
	struct definition *old = find(d, new->name);
	int rc;

	if (old) {
		new->unit = old->unit;
		new->better = old->better;
		drop(d, (size_t)(old - d->d));
	}
	array_push(d->d, d->n, d->cap) = *new;
	if (d->n > MAX_DEFINITIONS)
		return err_set(err, ERR_LIMIT, "more than %d variables", MAX_DEFINITIONS);
	rc = check_inputs(d, &d->d[d->n - 1], err);
	if (!rc && check_cycles(d, err))
		rc = -ERR_USAGE;
	return rc;
}

int derived_define(struct derived *d, const struct workspace *w, struct str spec, struct err *err)
{
	size_t eq = str_find_char(spec, '=');
	struct definition new = {.name = arena_str(&d->arena, str_trim(str_head(spec, eq))),
				 .text = arena_str(&d->arena, str_trim(str_from(spec, eq + 1)))};
	struct conffile conf;
	int rc = check_name(d, new.name, err);

	if (!rc && (eq == spec.n || !new.text.n || str_find_char(new.text, '\n') < new.text.n))
		rc = err_set(err, ERR_USAGE, "'NAME = EXPRESSION' is wanted, on one line");
	if (!rc)
		rc = expr_new(&new.expr, new.text, reductions, SERIES_REDUCTIONS, err);
	if (rc)
		return err_prepend(err, rc, "--define '" STR_FMT "': ", STR_ARG(spec));
	rc = conffile_read(&conf, w, err);
	if (rc) {
		expr_free(new.expr);
	} else {
		new.path = mem_strdup(conf.path);
		rc = put(d, &new, err);
	}
	if (!rc)
		rc = save(&conf, &new, err);
	conffile_release(&conf);
	return rc ? err_prepend(err, rc, "--define '" STR_FMT "': ", STR_ARG(spec)) : 0;
}

int derived_undefine(struct derived *d, const struct workspace *w, struct str name, struct err *err)
{
	struct definition *def = find(d, name);
	CLEANUP_BUF struct buf section = {0};
	struct conffile conf;
	int rc = conffile_read(&conf, w, err);

	if (!rc && (!def || strcmp(def->path, conf.path) != 0))
		rc = err_set(err, ERR_NOTFOUND, "%s defines no '" STR_FMT "'", conf.path,
			     STR_ARG(name));
	if (!rc) {
		buf_printf(&section, "variable " STR_FMT, STR_ARG(name));
		conffile_remove(&conf, buf_str(&section));
		rc = conffile_write(&conf, err);
	}
	if (!rc)
		drop(d, (size_t)(def - d->d));
	conffile_release(&conf);
	return rc;
}
