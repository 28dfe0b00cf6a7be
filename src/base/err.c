// SPDX-License-Identifier: GPL-3.0-or-later
/* Error values: see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/exit.h"

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	if (err) {
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
	}
	return -(int)code;
}

int err_errno(struct err *err, const char *fmt, ...)
{
	int saved = errno;

	if (err) {
		va_list ap;
		int n;

		va_start(ap, fmt);
		n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
		if (n >= 0 && (size_t)n < sizeof(err->msg))
			snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, ": %s",
				 strerror(saved));
	}
	return -ERR_SYSTEM;
}

int err_prepend(struct err *err, int code, const char *fmt, ...)
{
	if (err) {
		char old[sizeof(err->msg)];
		va_list ap;
		int n;

		memcpy(old, err->msg, sizeof(old));
		va_start(ap, fmt);
		n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
		va_end(ap);
		if (n >= 0 && (size_t)n < sizeof(err->msg))
			snprintf(err->msg + n, sizeof(err->msg) - (size_t)n, "%.*s",
				 (int)(sizeof(err->msg) - (size_t)n - 1), old);
	}
	return code;
}

int err_append(struct err *err, int code, const char *fmt, ...)
{
	if (err) {
		size_t n = strlen(err->msg);
		va_list ap;

		va_start(ap, fmt);
		vsnprintf(err->msg + n, sizeof(err->msg) - n, fmt, ap);
		va_end(ap);
	}
	return code;
}

int err_exit_status(int code)
{
	switch (-code) {
	case 0: return EXIT_DONE;
	case ERR_USAGE: return EXIT_USAGE;
	case ERR_INPUT: return EXIT_INPUT;
	case ERR_NOTFOUND: return EXIT_SYSTEM;
	case ERR_SYSTEM: return EXIT_SYSTEM;
	case ERR_LIMIT: return EXIT_INPUT;
	case ERR_UNDECIDED: return EXIT_UNDECIDED;
	default: return EXIT_BUG;
	}
}
