/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside log/: records whose fields carry names: JSON objects and logfmt on a line, entries of the
 * journal's export format. A field without a place of its own follows the message as name=value.
 */
#pragma once

#include "base/hash.h"
#include "log/log-priv.h"

/* Bytes that reading a record of n bytes may add to the scratch buffer. */
#define RECORD_ROOM(n) ((n)*3 + 4096)

/* The names of fields, made ready for look-up. */
void record_names_init(struct map *names);
/* Of a user's own format: this name means that field, before all others. FIELD_COUNT: the message.
 * To be called before record_names_init() for the same map. */
void record_names_own(struct map *names, struct str name, enum field f);

/*
 * Read the record text. false if it is none; then nothing has changed but the scratch buffer.
 * scratch must have RECORD_ROOM bytes left: nothing in it moves.
 */
bool record_json(const struct map *names, struct str text, struct buf *scratch,
		 struct logline *line);
bool record_logfmt(const struct map *names, struct str text, struct buf *scratch,
		   struct logline *line);
/* An entry of `journalctl -o export` that begins at text; its fields. */
bool record_journal(const struct map *names, struct str text, struct buf *scratch,
		    struct logline *line);
/* Docker's {"log": "...", "stream": ..., "time": ...}: the inner line goes to message. */
bool record_docker(struct str text, struct buf *scratch, struct logline *line);

/* Does the line look like such a record: one that names a time, a level or a message? */
bool record_is_json(const struct map *names, struct str text);
bool record_is_logfmt(const struct map *names, struct str text);
