/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw evidence, kept by content: DIR/ab/abcdef... named by the SHA-256 of the bytes as they are
 * stored (text is redacted first, so what is added once more is the same file). Files appear whole
 * or not at all, are on disk when evidence_put() or evidence_end() returns, and are never changed.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define EVIDENCE_HASH 64 /* hexadecimal digits */

/* Keep bytes; hash gets EVIDENCE_HASH digits and a NUL. redact: it is text that people will read.
 * dir is made if its parent is there. */
int evidence_put(const char *dir, struct str bytes, bool redact, char hash[EVIDENCE_HASH + 1],
		 struct err *err) ERR_CHECK;
/*
 * Many at once: a few hundred are written, put on disk together, and named then, so that also after
 * a power cut a name has its bytes. What was added may be cited once evidence_end() has returned 0;
 * it frees the batch in any case, as evidence_abort() does, which leaves what was not named yet.
 */
struct evidence_batch;
struct evidence_batch *evidence_begin(const char *dir);
int evidence_add(struct evidence_batch *b, struct str bytes, bool redact,
		 char hash[EVIDENCE_HASH + 1], struct err *err) ERR_CHECK;
int evidence_end(struct evidence_batch *b, struct err *err) ERR_CHECK;
void evidence_abort(struct evidence_batch *b);
/* The path of what is kept under hash, which is checked to be one (-ERR_USAGE); the caller frees
 * it. Whether it is there is another question. */
int evidence_path(const char *dir, struct str hash, char **path, struct err *err) ERR_CHECK;
/* Whether it is there (-ERR_SYSTEM) with the bytes that it had (-ERR_INPUT). */
int evidence_check(const char *dir, struct str hash, struct err *err) ERR_CHECK;
