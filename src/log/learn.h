/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside log/: the state of learning one group of lines, shared by learn.c and fields.c. */
#pragma once

#include "log/log-priv.h"

#define COLUMNS_MAX 18

struct sample {
	struct str whole, line; /* line: after the columns that tabs separate */
	struct token t[HEADER_MAX_TOKENS];
	uint16_t base;
	uint8_t n, tabs;
};

/* What the values of a column look like: numbers of lines. */
struct stats {
	uint32_t distinct;
	uint32_t numeric;    /* digits only */
	uint32_t idlike;     /* eight or more hexadecimal digits with a digit among them, UUIDs */
	uint32_t fileline;   /* name.ext:123 */
	uint32_t hashline;   /* name#123 */
	uint32_t atline;     /* ...:name@123 */
	uint32_t numpair;    /* pid 1:tid 2, 1#2, 1:M */
	uint32_t threadlike; /* says that it is a thread */
	uint32_t hex;        /* eight or more hexadecimal digits and nothing else */
	uint32_t scoped;     /* app::db */
	uint32_t pidded;     /* name[12] */
	uint32_t facility;   /* a facility of syslog */
	uint32_t dotted;     /* org.example.Name */
	uint32_t date;       /* 2005.06.03 */
	uint32_t dash;       /* - */
	uint32_t hostlike;   /* an address, or a name with digits */
	uint32_t address;    /* 10.0.0.1, fe80::1 */
	uint32_t filename;   /* /var/log/app.log, app.log.1 */
	uint32_t code;       /* the number of a message: MY-010116 */
	uint32_t pairs;      /* holds blanks and key=value */
	uint32_t zero;       /* 0: no process has this id */
	uint32_t blanks;     /* holds blanks */
	uint32_t module;     /* a level word after a colon: [core:error] */
	uint32_t padded;     /* the next token begins after two blanks or more, or a tab */
	uint32_t repeat;     /* the same as in an earlier column */
	uint16_t width;      /* of the longest value */
};

struct column {
	uint8_t kind, sub;
	bool gapless;  /* no blank before it */
	bool loose;    /* a column of levels that holds other words too */
	bool names_id; /* a constant tag whose id follows */
	char until;    /* an atom that ends at this separator, blanks in it */
	uint8_t field;
	struct stats stats;
};

struct learner {
	struct sample **alive; /* the lines that have fitted so far */
	size_t nalive;
	struct sample **group;  /* all lines that are learnt together */
	struct sample **before; /* they as they were before the last column */
	struct column cols[COLUMNS_MAX];
	size_t anchor; /* column of the first timestamp (or 0) */
	unsigned tabs;
	bool timed, have_level;
	bool tailed; /* nearly all lines end in the name of who speaks */
};

/* Separators may be padded: "info  :" beside "notice:". */
static inline bool any_gap(const struct token *t)
{
	return t->kind == TOKEN_PUNCT && strchr(":|]", t->sub);
}

/* Walk the columns of l->alive; how many belong to the header. */
size_t learn_columns(struct learner *l);
/* The text of token c; of a group its inside. */
struct str sample_text(const struct sample *s, size_t c);
void column_stats(const struct learner *l, size_t c, struct column *col);
/* Is token c a hexadecimal id, a UUID or the like? */
bool sample_idlike(const struct sample *s, size_t c);
/* The format of the first n columns; NULL if they do not make one. */
struct format *format_build(struct learner *l, size_t n);
