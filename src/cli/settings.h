/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings from files: ./inquest.conf or the nearest one in a directory above (up to the root of
 * the repository), then $XDG_CONFIG_HOME/inquest/inquest.conf. What there is:
 *
 *   (before any section) store = path of the store (relative to the file) or postgresql://...
 *   [log-format NAME]    regex = a PCRE2 expression with named groups (time level host process
 *                        thread function source message)
 *                        lnav = path of a format file of lnav (JSON)
 *   [variable NAME]      cli/add-extract.h, cli/derived.h
 *
 * Anything else is warned of on stderr, once, with its place.
 */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "log/reader.h"

/* Read one file of settings, or a format file of lnav, into formats (made when first needed). */
int settings_read(const char *path, struct logformat_set **formats, struct err *err) ERR_CHECK;
/* The value of a key before any section in the first of the files that apply and has it; NULL if
 * none does. A relative path becomes one from the file's folder. The caller frees it. */
int settings_value(const char *key, char **value, struct err *err) ERR_CHECK;
/* Read the files that apply here; none is no error. */
int settings_read_default(struct logformat_set **formats, struct err *err) ERR_CHECK;

/* $XDG_CONFIG_HOME/inquest/inquest.conf, which need not exist; NULL if there is no home. The caller
 * frees it. */
char *settings_user_path(void);

/* Call fn for each of the files that apply and are there, the one that counts first first. *stop:
 * no more. */
typedef int settings_file_fn(void *arg, const char *path, bool *stop, struct err *err);
int settings_files(settings_file_fn *fn, void *arg, struct err *err) ERR_CHECK;

#define SETTINGS_KEYS 8
struct settings_section {
	const char *kind; /* "log-format"; empty: before any section */
	const char *keys[SETTINGS_KEYS];
};
/* The first word of a section. */
struct str settings_kind(struct str section);
/* Whether there is such a setting; if not, why says so and what may have been meant. */
bool settings_known(struct str section, struct str key, struct buf *why);
