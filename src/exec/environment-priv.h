/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inner header of environment.h: what its files share. */
#pragma once

#include "base/buf.h"
#include "exec/environment.h"

#define ENVIRONMENT_MAX_TEXT ((size_t)4096) /* bytes of a value; what is longer is cut */

/* Where variables go. */
struct capture {
	struct arena *arena;
	const struct environment_opts *o; /* NULL in environment_config() and _arguments() */
	struct variable **out;
	size_t *n, *cap;
	struct map *secrets; /* as environment_settings() has it; NULL */
};

/* All copy; control characters in names and texts become blanks, secrets are replaced. */
void capture_value(struct capture *c, struct str name, struct value v, const char *unit);
void capture_text(struct capture *c, struct str name, struct str text);
/* A number if it looks like one (and writes back the same), else a text. */
void capture_guess(struct capture *c, struct str name, struct str text);

/* A text remembered under a name while key is the same; false: not known. */
bool cache_get(const char *dir, const char *name, struct str key, struct buf *out);
void cache_put(const char *dir, const char *name, struct str key, struct str text);
/* What tells whether a file changed: "path device inode size mtime"; false if it is not there. */
bool cache_key(struct buf *key, const char *path);

/* The program of a command, the interpreter of a script, their libraries, compilers. */
void capture_program(struct capture *c);
void capture_tools(struct capture *c);
void capture_packages(struct capture *c);
