/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * XML (expat), streamed: elements with their attributes and text. Declarations of entities are
 * refused, and so is nesting deeper than XML_MAX_DEPTH. Control characters, which no XML may hold
 * but reports do (colours of a terminal), become blanks; text that is not in the encoding that it
 * declares is read as ISO-8859-1; what follows the document is left out; each gives a note.
 */
#pragma once

#include "import/import.h"

#define XML_MAX_DEPTH 1000

struct xml {
	struct import *im;
	uint64_t line; /* of the tag */
	size_t depth;  /* of the element, from 1 */
	void *arg;
	const char *const *attrs;
};

/* Names are without their prefix. text: what stood since the last tag, cut to IMPORT_MAX_TEXT. */
struct xml_handler {
	void (*start)(struct xml *x, struct str name);
	void (*end)(struct xml *x, struct str name, struct str text);
};

/* -ERR_INPUT: "line 12: ..." */
int xml_parse(struct import *im, struct str data, const struct xml_handler *h, void *arg,
	      struct err *err) ERR_CHECK;

/* At a start tag: the value of an attribute, empty if there is none. */
struct str xml_attr(const struct xml *x, const char *name);
bool xml_has(const struct xml *x, const char *name);
/* An attribute in seconds, NAN if there is none; a note if it cannot be read. */
double xml_seconds(const struct xml *x, const char *name);

/* The name of a document's first element, without its prefix; empty if it does not begin as XML. */
struct str xml_root(struct str head);
