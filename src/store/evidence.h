/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw evidence, kept by content: DIR/ab/abcdef... named by the SHA-256 of what was added (before
 * redaction; text is redacted before it is written). Files appear whole or not at all, and are
 * never changed.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define EVIDENCE_HASH 64 /* hexadecimal digits */

/* Keep bytes; hash gets EVIDENCE_HASH digits and a NUL. redact: it is text that people will read.
 */
int evidence_put(const char *dir, struct str bytes, bool redact, char hash[EVIDENCE_HASH + 1],
		 struct err *err) ERR_CHECK;
/* The path of what is kept under hash, which is checked to be one; the caller frees it. */
int evidence_path(const char *dir, struct str hash, char **path, struct err *err) ERR_CHECK;
