/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors that a caller handles. A function that can fail returns 0 or one of the negative codes
 * below and fills a struct err with a message fit for a user; callers prepend context.
 */
#pragma once

#include <stdarg.h>

enum err_code {
	ERR_USAGE = 1, /* the request itself is wrong */
	ERR_INPUT,     /* input is not what it claims to be */
	ERR_NOTFOUND,  /* something named does not exist */
	ERR_SYSTEM,    /* I/O, permission, a missing tool */
	ERR_LIMIT,     /* a cap on size, time or count was reached */
	ERR_UNDECIDED, /* not enough evidence */
};

struct err {
	char msg[1024]; /* empty: no error yet */
};

#define ERR_CHECK        __attribute__((warn_unused_result))
#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Set the message (err may be NULL: the code alone then tells) and return -code. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) ERR_PRINTF(3, 4);

/* As err_set with ERR_SYSTEM, and append ": " and strerror(errno). */
int err_errno(struct err *err, const char *fmt, ...) ERR_PRINTF(2, 3);

/* Put context before the message ("app.log:12: "), and hand code through. */
int err_prepend(struct err *err, int code, const char *fmt, ...) ERR_PRINTF(3, 4);

/* Put more after the message, and hand code through. */
int err_append(struct err *err, int code, const char *fmt, ...) ERR_PRINTF(3, 4);

/* The program's exit status for a negative code (or 0): see base/exit.h. */
int err_exit_status(int code);
