// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Exceptions of CPython: what a thread has raised and not caught yet; else what it is handling, the
 * innermost first. Up to 3.11 what is raised may be a type and a text, with no object made of them
 * yet. The text is the first argument that is one: OSError has a number before it.
 */
#include "unwind/python-priv.h"

#define OB_SIZE   16
#define ARGS      24 /* of an exception: a tuple */
#define TEXT_MOST 4096
#define NEST_MOST 64
#define ARGS_MOST 2

static struct str text_of(struct python_reader *r, uint64_t object)
{
	struct str text;

	if (!object || !str_eq(python_type(r, object), STR("str")) ||
	    !python_text(r, object, TEXT_MOST, &text))
		return STR("");
	return text;
}

static struct str first_text(struct python_reader *r, uint64_t tuple)
{
	uint64_t n = python_pointer(r, tuple + OB_SIZE);
	struct str text = STR("");

	for (uint64_t i = 0; i < n && i < ARGS_MOST && !text.n; i++)
		text = text_of(r, python_pointer(r, tuple + r->l.tuple_items + i * 8));
	return text;
}

static uint64_t handled(struct python_reader *r, uint64_t state)
{
	uint64_t item = python_pointer(r, state + r->l.ts_handled);

	for (unsigned i = 0; item && i < NEST_MOST; i++) {
		uint64_t value = python_pointer(r, item + r->l.ei_value);

		if (value && !str_eq(python_type(r, value), STR("NoneType")))
			return value;
		item = python_pointer(r, item + r->l.ei_previous);
	}
	return 0;
}

bool python_find_exception(const struct image *im, const struct python_where *w,
			   const struct python_thread *pt, struct arena *a,
			   struct python_exception *out)
{
	struct python_reader r = {.im = im, .minor = w->minor, .arena = a};
	struct python_exception e = {.text = STR("")};
	uint64_t type = 0, value = 0;

	if (!python_layout(im, w->runtime, w->minor, &r.l) || !r.l.ts_raised)
		return false;
	if (r.l.ts_raised_as)
		type = python_pointer(&r, pt->state + r.l.ts_raised_as);
	value = python_pointer(&r, pt->state + r.l.ts_raised);
	e.handled = !type && !value;
	if (e.handled)
		value = handled(&r, pt->state);
	e.type = type ? python_type_name(&r, type) : value ? python_type(&r, value) : STR("");
	if (!e.type.n)
		return false;
	e.text = text_of(&r, value);
	if (!e.text.n && value)
		e.text = first_text(&r, str_eq(python_type(&r, value), STR("tuple"))
						? value
						: python_pointer(&r, value + ARGS));
	*out = e;
	return true;
}
