// SPDX-License-Identifier: GPL-3.0-or-later
/* User-defined formats: regular expressions with named groups and lnav's format files. */
#include "log/log-priv.h"

#include <stdlib.h>

struct logformat_set {
	size_t n;
};

struct logformat_set *logformat_set_new(void)
{
	return mem_zalloc(sizeof(struct logformat_set));
}

void logformat_set_free(struct logformat_set *s)
{
	free(s);
}

int logformat_set_add_regex(struct logformat_set *s, struct str name, struct str regex,
			    struct err *err)
{
	(void)s;
	(void)regex;
	return err_set(err, ERR_INPUT, "format " STR_FMT ": not supported yet", STR_ARG(name));
}

int logformat_set_add_lnav(struct logformat_set *s, struct str json, struct err *err)
{
	(void)s;
	(void)json;
	return err_set(err, ERR_INPUT, "lnav formats are not supported yet");
}

size_t userformat_count(const struct logformat_set *s)
{
	return s->n;
}

const struct userformat *userformat_get(const struct logformat_set *s, size_t i)
{
	(void)s;
	(void)i;
	return NULL;
}

bool userformat_match(const struct userformat *u, struct str text, struct buf *scratch,
		      struct logline *line)
{
	(void)u;
	(void)text;
	(void)scratch;
	(void)line;
	return false;
}

bool userformat_timed(const struct userformat *u)
{
	(void)u;
	return false;
}
