// SPDX-License-Identifier: GPL-3.0-or-later
/* Results in XML, by a table of names: see xmlcase.h. */
#include "import/xmlcase.h"

struct reading {
	const struct xmlcase *c;
	void *arg;
	size_t open;    /* index + 1 of the result that is open */
	size_t ignored; /* depth of the element whose texts are ignored */
	struct str parent;
	struct buf message, detail, output;
};

static bool is(struct str name, const char *what)
{
	return what && str_eq(name, str_of(what));
}

static enum test_status outcome(const struct xmlcase *c, struct str word)
{
	for (const struct xmlcase_outcome *o = c->outcomes; o->word; o++)
		if (str_eq_nocase(word, str_of(o->word)))
			return o->status;
	return TEST_PASSED;
}

static void open_case(struct reading *r, const struct xml *x)
{
	const struct xmlcase *c = r->c;
	struct str suite = c->suite ? xml_attr(x, c->suite) : STR("");
	struct test_result *t =
		import_add_test(x->im, suite.n ? suite : r->parent, xml_attr(x, c->name),
				outcome(c, xml_attr(x, c->outcome)));

	if (!t)
		return;
	t->line = x->line;
	t->seconds = xml_seconds(x, c->time);
	r->open = x->im->ntests;
}

static void close_case(struct reading *r, struct import *im)
{
	struct test_result *t = &im->tests[r->open - 1];
	struct str message = buf_str(&r->message);

	if (t->status == TEST_FAILED || t->status == TEST_ERROR)
		buf_add_str(&r->detail, buf_str(&r->output));
	import_explain(im, t, message.n ? message : buf_str(&r->detail));
	if (message.n && r->detail.n) {
		CLEANUP_BUF struct buf all = {0};

		buf_add_str(&all, t->detail);
		if (all.n)
			buf_add_char(&all, '\n');
		buf_add_str(&all, buf_str(&r->detail));
		t->detail = import_text(im, buf_str(&all));
	}
	r->open = 0;
	buf_clear(&r->message);
	buf_clear(&r->detail);
	buf_clear(&r->output);
}

static void start(struct xml *x, struct str name)
{
	struct reading *r = x->arg;
	bool opens = is(name, r->c->element);

	if (is(name, r->c->parent))
		r->parent = import_name(x->im, xml_attr(x, "name"));
	if (!r->ignored && is(name, r->c->ignore))
		r->ignored = x->depth;
	if (opens && r->open)
		close_case(r, x->im);
	if (opens)
		open_case(r, x);
	if (r->c->extra)
		r->c->extra(x, name, r->open ? &x->im->tests[r->open - 1] : NULL, r->arg);
}

static void end(struct xml *x, struct str name, struct str text)
{
	struct reading *r = x->arg;

	if (r->ignored == x->depth)
		r->ignored = 0;
	if (!r->open || r->ignored)
		return;
	if (is(name, r->c->message))
		import_keep(r->message.n ? &r->detail : &r->message, text);
	else if (is(name, r->c->trace))
		import_keep(&r->detail, text);
	else if (is(name, r->c->output))
		import_keep(&r->output, text);
	else if (is(name, r->c->element))
		close_case(r, x->im);
}

int xmlcase_read(struct import *im, const struct xmlcase *c, struct str data, void *arg,
		 struct err *err)
{
	static const struct xml_handler handler = {start, end};
	struct reading r = {.c = c, .arg = arg};
	int rc = xml_parse(im, data, &handler, &r, err);

	buf_release(&r.message);
	buf_release(&r.detail);
	buf_release(&r.output);
	return rc;
}
