/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What surrounds a run, as variables: kernel, processor and its governor, memory, limits of the
 * cgroup, load, locale, time zone, compiler and interpreter versions, the shared libraries of a
 * program, packages, and of the environment the variables of an allow-list. Each part is one entry
 * of a table in environment.c; what is slow has a cache file, valid while what it was made of is
 * unchanged. No value leaves without secret_redact_value().
 */
#pragma once

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "types/record.h"

struct environment_opts {
	char *const *envp;     /* of the command */
	char *const *argv;     /* of the command; NULL: none */
	const char *dir;       /* in which it runs; NULL: ours */
	const char *cache_dir; /* NULL: no cache; made if its parent is there */
	uint64_t nofile;       /* its soft limit of open files; 0: ours */
	const char *const
		*allow; /* more names of environment variables, * at the end; ends in NULL */
};

/* Append to *out; text is in the arena. Never fails: what cannot be had is absent. */
void environment_capture(struct arena *a, const struct environment_opts *o, struct variable **out,
			 size_t *n, size_t *cap);
/*
 * The content of a configuration file (JSON, YAML, TOML or INI by its name and look) as variables
 * "config.FILE.key.key"; a file of another kind, or without keys asked for, as its hash only.
 * Always also "file.FILE.hash". -ERR_INPUT with the line where a file is not what its name says,
 * -ERR_LIMIT past 10,000 keys: the variables up to there are there, and so is the hash.
 */
int environment_config(struct arena *a, struct str path, struct str data, bool keys,
		       struct variable **out, size_t *n, size_t *cap, struct err *err) ERR_CHECK;
/*
 * The same with its keys, and without secrets becoming alike: secrets (may be NULL) gets for
 * hash_str() of each name whose value lost one, or its end, a hash of what it was.
 */
int environment_settings(struct arena *a, struct str path, struct str data, struct map *secrets,
			 struct variable **out, size_t *n, size_t *cap, struct err *err) ERR_CHECK;
/* Does a file of this name hold settings, as far as a name can tell? */
bool environment_is_config(struct str name);
/*
 * What a program prints of an environment, told by its look: env, sysctl -a, lscpu, ulimit -a, and
 * lists of packages (dpkg, apt, rpm, pip, conda, npm). NULL: it is nothing such.
 */
struct environment_dump;
const struct environment_dump *environment_dump_of(struct str data);
const char *environment_dump_program(const struct environment_dump *d); /* "pip freeze" */
const char *environment_dump_holds(const struct environment_dump *d);   /* "packages" */
/* Its names and values, sorted by name; values are texts. What changes by itself from one call to
 * the next is left out and counted. secrets: as above. -ERR_LIMIT: too many. */
int environment_dump_read(const struct environment_dump *d, struct arena *a, struct str data,
			  struct map *secrets, struct variable **out, size_t *n, size_t *cap,
			  uint64_t *left_out, struct err *err) ERR_CHECK;
/* The arguments of a command as variables "arg.NAME" (--name value, --name=value, -n value) and
 * "arg.0", "arg.1" for the rest. */
void environment_arguments(struct arena *a, char *const *argv, struct variable **out, size_t *n,
			   size_t *cap);
