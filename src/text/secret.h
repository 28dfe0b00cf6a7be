/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Secrets in text: tokens, keys, passwords, by the name in front of them (password=,
 * Authorization:,
 * --token), by their own form (prefixes of known kinds, PEM blocks, user:password@ in URLs, JSON
 * web tokens), and by their randomness where a name hints at one. What is found is replaced by
 * "[redacted KIND]"; the same secret gives the same text, without telling anything of it.
 */
#pragma once

#include "base/buf.h"

/* Append s to out with its secrets replaced; how many were. */
size_t secret_redact(struct buf *out, struct str s);
/* The same for the value of something named: an environment variable, a key of a configuration. */
size_t secret_redact_value(struct buf *out, struct str name, struct str value);
/* Whether there is a secret in it at all. */
bool secret_found(struct str s);
