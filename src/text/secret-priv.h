/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside text/secret*.c: the rules, each of which looks at one place of the text. */
#pragma once

#include "base/mem.h"
#include "text/secret.h"

/* A secret's place in the text. */
struct secret_span {
	size_t from, to;
	const char *kind;
	bool quote; /* put quotes around what replaces it: a bare number in JSON */
};

/* How much a name says about its value. */
enum secret_strength {
	SECRET_NONE,
	SECRET_WEAK,   /* a secret if it looks random: "key", "signature" */
	SECRET_TOKEN,  /* unless it is a plain word or a small number: "token" */
	SECRET_STRONG, /* whatever it is: "password" */
	SECRET_COOKIE, /* to the end of the line, if there is a = in it: "Cookie" */
	SECRET_HEADER, /* to the end of the line, after a scheme: "Authorization" */
};

struct secret_name {
	enum secret_strength strength;
	const char *kind;
	bool compound; /* of several words: "client_secret", "authToken" */
	bool sure;     /* nothing follows the word that might change what it means */
	bool folder;   /* PWD, OLDPWD: of a shell, unless the value is no path */
	bool pass;     /* by the word "pass", which is also a verdict of tests */
};

/* secret-name.c */
struct secret_name secret_name_of(struct str name);
bool secret_name_char(char c);

/* secret-look.c */
bool secret_is_placeholder(struct str v);
bool secret_is_random(struct str v);
/* Whether value is one; how it was written: after = or in quotes (definite), or after a colon. */
bool secret_accepts(const struct secret_name *n, struct str value, bool definite);
/* What is known of the place between name and value. */
struct secret_place {
	struct str s; /* the text, no further than SECRET_HORIZON behind the name */
	struct str all;
	size_t from, to; /* the name, without dashes before it */
	size_t at;       /* where the value begins */
	bool flag;       /* the name had dashes before it */
	bool quoted;     /* a quote stood behind the name */
	bool definite;
	bool loose; /* blanks stood before the value */
	char open;  /* the quote right before the name, 0 if none */
};

/* secret-end.c */
#define SECRET_QUOTES 16
/* Ways in which a quote is written, the longer before those that they begin with. */
extern const struct str secret_quotes[SECRET_QUOTES];
size_t secret_quote_at(struct str s, size_t at);
bool secret_line_end(struct str s, size_t at);
size_t secret_to_line_end(struct str s, size_t at);
size_t secret_skip_blanks(struct str s, size_t at);
size_t secret_skip_colour(struct str s, size_t at);
size_t secret_quoted_end(struct str s, size_t at, struct str quote);
bool secret_begins_pair(struct str s, size_t at);
size_t secret_word_end(const struct secret_place *p, size_t at);
size_t secret_line_start(struct str s, size_t at);
bool secret_leads_line(const struct secret_place *p);
size_t secret_same_start(struct str s, size_t at, size_t next);
size_t secret_line_text(struct str s, size_t at, size_t nl, long *in);
size_t secret_next_text(struct str s, size_t at, size_t nl, size_t limit);
size_t secret_bare_end(const struct secret_place *p);
size_t secret_header_end(const struct secret_place *p);
bool secret_block_value(const struct secret_place *p, struct secret_span *out);

/* How far behind a name is looked before it is decided that a value is one: a value that is none
 * may be looked at again from the next name on. One that is goes on to its end. */
#define SECRET_HORIZON ((size_t)1024)

/* secret-value.c */
/* The value of the name s.p[from ... to-1]. */
bool secret_named(struct str s, size_t from, size_t to, struct secret_span *out);

/* Something that tells by itself. Case counts, unless it is a name. */
struct secret_rule {
	struct str start;
	const char *kind;
	/* NULL: the run of these characters after start, at least min of them, is the secret */
	bool (*find)(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out);
	uint16_t min;
	enum secret_set { SET_ALNUM, SET_WORD, SET_BASE64, SET_HEX, SET_DOTTED } set;
	bool mixed;   /* digits and letters must be among them */
	bool name;    /* a piece of a name, in any case */
	bool program; /* a program's name, whose arguments are to be looked at */
};
/* secret-token.c: each looks at one place where its rule's start stands. */
typedef bool secret_finder(struct str s, size_t at, const struct secret_rule *r,
			   struct secret_span *out);
secret_finder secret_find_quoted, secret_find_airtable, secret_find_basic, secret_find_bot,
	secret_find_crypt, secret_find_dsn, secret_find_hook, secret_find_inside, secret_find_jwt,
	secret_find_literal, secret_find_named, secret_find_pem, secret_find_pem64,
	secret_find_below, secret_find_echo, secret_find_vault, secret_find_word, secret_find_after,
	secret_find_auth, secret_find_login, secret_find_send, secret_find_pgpass,
	secret_find_putty, secret_find_scheme, secret_find_url;

/* secret-rules.c: the earlier counts where several start alike. */
extern const struct secret_rule secret_rules[];
extern const size_t secret_nrules;
/* Characters of the set from at on. */
size_t secret_run(struct str s, size_t at, enum secret_set set);

/* secret-plain.c: text without escapes, of the places that have any */
struct secret_shift {
	size_t plain, raw; /* the places behind an escape */
	bool dropped;      /* which stands for nothing */
};
struct secret_plain {
	struct buf text; /* empty where nothing is escaped */
	struct secret_shift *shifts;
	size_t n, cap, next;
	bool query; /* written text is of a URL */
};
void secret_plain_init(struct secret_plain *p, struct str s);
/* Where place at of the text stands in the original; to be asked for rising places. */
size_t secret_plain_place(struct secret_plain *p, size_t at);
size_t secret_plain_end(struct secret_plain *p, size_t at); /* the same for what ends there */
void secret_plain_release(struct secret_plain *p);

/* secret-table.c */
struct secret_column {
	size_t line; /* the end of the line looked at last */
	size_t index, fields;
	struct secret_name name;
	const char *kind;
	char sep;
};
/* Does a name of which at is part say that a column below it holds secrets? */
bool secret_column_of(struct str s, size_t at, struct secret_column *c);
/* Its next cell with one; false at the end of the table. */
bool secret_column_next(struct str s, struct secret_column *c, struct secret_span *out);

/* secret-command.c */
/* A program whose name begins at at: the first secret among its arguments from position from on. */
bool secret_command(struct str s, size_t at, size_t from, struct secret_span *out);
/* The part of argument i that is a secret by the program or the argument before it. */
bool secret_argument(char *const *argv, size_t i, struct secret_span *out);

static inline bool secret_digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

static inline bool secret_letter(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25;
}

static inline bool secret_alnum(char c)
{
	return secret_digit(c) || secret_letter(c);
}

static inline bool secret_blank_char(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool secret_at(struct str s, size_t at, struct str what)
{
	return at <= s.n && str_starts(str_from(s, at), what);
}
