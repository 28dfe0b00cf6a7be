/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reports in XML whose results are elements with everything in attributes but the texts: NUnit,
 * xunit.net, TRX. A table of names says which they are.
 */
#pragma once

#include "import/xml.h"

struct xmlcase_outcome {
	const char *word;
	enum test_status status;
};

struct xmlcase {
	const char *element;             /* of a result */
	const char *name, *suite, *time; /* its attributes; suite may be NULL */
	const char *outcome;
	const struct xmlcase_outcome *outcomes; /* ends in NULL; other words: passed */
	const char *parent;          /* whose attribute "name" is the suite if there is none */
	const char *message, *trace; /* elements inside of it */
	const char *output;          /* shown of those that failed */
	const char *ignore;          /* texts inside of it say what was said before */
	/* More at a result's start or at other elements, or NULL. */
	void (*extra)(struct xml *x, struct str element, struct test_result *open, void *arg);
};

int xmlcase_read(struct import *im, const struct xmlcase *c, struct str data, void *arg,
		 struct err *err) ERR_CHECK;
