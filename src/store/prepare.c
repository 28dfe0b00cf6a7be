// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A run made ready to be stored. Its id is a hash of its content in a form without ambiguity: every
 * text has its length before it, variables are sorted by name, reals are their bits. So the same
 * run has the same id wherever and in whatever order it was read.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/sha256.h"
#include "store/store-priv.h"
#include "text/secret.h"
#include "text/utf8.h"

#define MAX_ID 40

/* Valid UTF-8 without NUL, which PostgreSQL refuses: what is not becomes U+FFFD. */
static struct str clean(struct arena *a, struct str s)
{
	CLEANUP_BUF struct buf b = {0};

	if (utf8_valid(s) && str_find_char(s, 0) == s.n)
		return s;
	while (s.n) {
		uint32_t c;
		size_t n = utf8_decode(s, &c);

		utf8_encode(&b, c ? c : UTF8_REPLACEMENT);
		s = str_from(s, n);
	}
	return arena_str(a, buf_str(&b));
}

/* The same without secrets; name may be empty. */
static struct str safe(struct arena *a, struct str name, struct str s)
{
	CLEANUP_BUF struct buf b = {0};
	size_t found = name.n ? secret_redact_value(&b, name, s) : secret_redact(&b, s);

	return clean(a, found ? arena_str(a, buf_str(&b)) : s);
}

static int too_long(struct str s, size_t max, const char *what, struct str of, struct err *err)
{
	return s.n > max ? err_set(err, ERR_LIMIT, "%s '" STR_FMT "': longer than %zu bytes", what,
				   STR_ARG(str_head(of, 60)), max)
			 : 0;
}

static int by_name(const void *x, const void *y)
{
	const struct variable *a = x, *b = y;
	int c = str_cmp(a->name, b->name);

	return c ? c : (a->run > b->run) - (a->run < b->run);
}

int prepare_variables(struct arena *a, const struct variable *v, size_t n, struct variable **out,
		      size_t *nout, struct err *err)
{
	struct variable *kept;
	size_t k = 0;

	if (n > STORE_MAX_LIST)
		return err_set(err, ERR_LIMIT, "a run of more than %zu variables", STORE_MAX_LIST);
	kept = arena_alloc(a, n * sizeof(*kept));
	for (size_t i = 0; i < n; i++) {
		struct variable *to = &kept[k];
		int rc = too_long(v[i].name, STORE_MAX_NAME, "variable", v[i].name, err);

		if (!rc)
			rc = too_long(v[i].value.text, STORE_MAX_TEXT, "variable", v[i].name, err);
		if (!rc)
			rc = too_long(v[i].unit, STORE_MAX_NAME, "unit of", v[i].name, err);
		if (!rc && !v[i].name.n)
			rc = err_set(err, ERR_INPUT, "a variable without a name");
		if (rc)
			return rc;
		if (v[i].value.kind == VALUE_NONE)
			continue;
		*to = v[i];
		to->name = clean(a, v[i].name);
		to->unit = clean(a, v[i].unit);
		to->run = (uint32_t)k; /* their order, which qsort does not keep */
		if (to->value.kind == VALUE_TEXT)
			to->value.text = safe(a, to->name, v[i].value.text);
		k++;
	}
	qsort(kept, k, sizeof(*kept), by_name);
	n = k;
	k = 0;
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || !str_eq(kept[i].name, kept[i + 1].name))
			kept[k++] = kept[i];
	*out = kept;
	*nout = k;
	return 0;
}

static int prepare_series(struct arena *a, struct run_record *r, struct err *err)
{
	struct series *s = arena_alloc(a, r->nseries * sizeof(*s));

	for (size_t i = 0; i < r->nseries; i++) {
		s[i] = r->series[i];
		if (s[i].n > STORE_MAX_POINTS)
			return err_set(err, ERR_LIMIT, "series '" STR_FMT "': more than %zu points",
				       STR_ARG(str_head(s[i].name, 60)), STORE_MAX_POINTS);
		s[i].name = clean(a, str_head(s[i].name, STORE_MAX_NAME));
		s[i].unit = clean(a, str_head(s[i].unit, STORE_MAX_NAME));
		s[i].axis = clean(a, str_head(s[i].axis, STORE_MAX_NAME));
	}
	r->series = s;
	return 0;
}

static int prepare_tests(struct arena *a, struct run_record *r, struct err *err)
{
	struct test_result *t = arena_alloc(a, r->ntests * sizeof(*t));

	for (size_t i = 0; i < r->ntests; i++) {
		int rc;

		t[i] = r->tests[i];
		rc = too_long(t[i].message, STORE_MAX_TEXT, "message of test", t[i].name, err);
		if (!rc)
			rc = too_long(t[i].detail, STORE_MAX_TEXT, "output of test", t[i].name,
				      err);
		if (rc)
			return rc;
		t[i].suite = clean(a, str_head(t[i].suite, STORE_MAX_NAME));
		t[i].name = clean(a, str_head(t[i].name, STORE_MAX_NAME));
		t[i].message = safe(a, STR(""), t[i].message);
		t[i].detail = safe(a, STR(""), t[i].detail);
	}
	r->tests = t;
	return 0;
}

static int prepare_evidence(struct arena *a, struct run_record *r, struct err *err)
{
	struct run_evidence *e = arena_alloc(a, r->nevidence * sizeof(*e));

	for (size_t i = 0; i < r->nevidence; i++) {
		e[i] = r->evidence[i];
		if (e[i].hash.n != SHA256_HEX)
			return err_set(err, ERR_INPUT, "evidence '" STR_FMT "': no SHA-256",
				       STR_ARG(str_head(e[i].hash, 70)));
		e[i].hash = clean(a, e[i].hash);
		e[i].name = safe(a, STR(""), str_head(e[i].name, STORE_MAX_NAME));
		e[i].kind = clean(a, str_head(e[i].kind, STORE_MAX_NAME));
	}
	r->evidence = e;
	return 0;
}

static void add_text(struct buf *b, struct str s)
{
	uint64_t n = s.n;

	buf_add(b, &n, sizeof(n));
	buf_add_str(b, s);
}

static void add_number(struct buf *b, uint64_t v)
{
	buf_add(b, &v, sizeof(v));
}

/* One NaN is as good as another. */
static void add_real(struct buf *b, double v)
{
	if (v != v)
		v = NAN;
	buf_add(b, &v, sizeof(v));
}

static void add_variables(struct buf *b, const struct run_record *r)
{
	add_number(b, r->nvariables);
	for (size_t i = 0; i < r->nvariables; i++) {
		const struct variable *v = &r->variables[i];

		add_text(b, v->name);
		add_text(b, v->unit);
		add_number(b, v->value.kind);
		if (v->value.kind == VALUE_INT)
			add_number(b, (uint64_t)v->value.integer);
		else if (v->value.kind == VALUE_REAL)
			add_real(b, v->value.real);
		else
			add_text(b, v->value.text);
		add_number(b, v->n);
		add_real(b, v->spread);
	}
}

static void add_content(struct buf *b, const struct run_record *r)
{
	add_number(b, (uint64_t)r->started_ns);
	add_text(b, r->command);
	add_variables(b, r);
	add_number(b, r->nseries);
	for (size_t i = 0; i < r->nseries; i++) {
		const struct series *s = &r->series[i];

		add_text(b, s->name);
		add_text(b, s->unit);
		add_text(b, s->axis);
		add_number(b, s->n);
		buf_add(b, s->x, s->n * sizeof(*s->x));
		buf_add(b, s->y, s->n * sizeof(*s->y));
	}
	add_number(b, r->ntests);
	for (size_t i = 0; i < r->ntests; i++) {
		const struct test_result *t = &r->tests[i];

		add_text(b, t->suite);
		add_text(b, t->name);
		add_number(b, t->status);
		add_number(b, t->expected);
		add_real(b, t->seconds);
		add_text(b, t->message);
		add_text(b, t->detail);
	}
	add_number(b, r->nevidence);
	for (size_t i = 0; i < r->nevidence; i++) {
		add_text(b, r->evidence[i].hash);
		add_text(b, r->evidence[i].name);
		add_text(b, r->evidence[i].kind);
	}
}

static int check_record(const struct run_record *r, struct err *err)
{
	if (r->nseries > STORE_MAX_LIST || r->ntests > STORE_MAX_LIST ||
	    r->nevidence > STORE_MAX_LIST)
		return err_set(err, ERR_LIMIT,
			       "a run of more than %zu series, tests or pieces of evidence",
			       STORE_MAX_LIST);
	if (r->id.n > MAX_ID)
		return err_set(err, ERR_INPUT, "run id '" STR_FMT "...' is too long",
			       STR_ARG(str_head(r->id, 30)));
	return 0;
}

int prepare_run(struct arena *a, const struct run_record *r, struct prepared *out, struct err *err)
{
	struct prepared p = {.r = *r};
	CLEANUP_BUF struct buf content = {0};
	char hex[SHA256_HEX + 1];
	int rc = check_record(r, err);

	if (!rc)
		rc = prepare_variables(a, r->variables, r->nvariables, &p.r.variables,
				       &p.r.nvariables, err);
	if (!rc)
		rc = prepare_series(a, &p.r, err);
	if (!rc)
		rc = prepare_tests(a, &p.r, err);
	if (!rc)
		rc = prepare_evidence(a, &p.r, err);
	if (rc)
		return rc;
	p.r.name = safe(a, STR(""), str_head(r->name, STORE_MAX_NAME));
	p.r.command = safe(a, STR(""), str_head(r->command, STORE_MAX_TEXT));
	add_content(&content, &p.r);
	sha256(buf_str(&content), p.content);
	if (r->id.n) {
		p.r.id = clean(a, r->id);
	} else {
		sha256_hex(buf_str(&content), hex);
		p.r.id = str_of(arena_printf(a, "r-%.16s", hex));
	}
	*out = p;
	return 0;
}
