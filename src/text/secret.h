/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Secrets in text: tokens, keys, passwords, by the name in front of them (password=,
 * Authorization:, --token, <apiKey>), by their own form (prefixes of known kinds, PEM blocks,
 * user:password@ in URLs, JSON web tokens), by the program that takes them as an argument (curl -u,
 * mysql -p), and by their randomness where a name only hints at one. What is found is replaced by
 * "[redacted KIND]"; the same secret gives the same text, without telling anything of it. Text that
 * was redacted before stays as it is.
 *
 * One pass; the work is linear in the text, whatever it holds. Where it is in doubt a password is
 * taken to end later rather than earlier; hashes, UUIDs and ids without such a name stay.
 */
#pragma once

#include "base/buf.h"

/* Append s to out with its secrets replaced; how many were. */
size_t secret_redact(struct buf *out, struct str s);
/* The same for the value of something named: an environment variable, a key of a configuration. */
size_t secret_redact_value(struct buf *out, struct str name, struct str value);
/* The same for argument i of a command, of which argv[0 ... i] are given: flags such as -p mean
 * what the program and the argument before them say. */
size_t secret_redact_arg(struct buf *out, char *const *argv, size_t i);
/* Whether there is a secret in it at all. */
bool secret_found(struct str s);
/* Overwrite the secrets in n bytes at p with 'x', of data whose length must not change. */
size_t secret_blank(char *p, size_t n);
