/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of a run that is under way: .inquest/live/NAME/, append-only, so that whatever kills
 * us, what was recorded is there. The record of a run is always made from its journal: by the run
 * itself at its end, or, where it was killed, by the next command that opens the store
 * (live_take_left()).
 *
 *   facts.jsonl     {"run":{...}}, {"variable":...}, {"pattern":...}, and at the end
 * {"complete":true}; locked (flock(2)) while the run lives samples.jsonl   what the process tree
 * takes stdout, stderr  the output as it came, LIVE_MAX_OUTPUT bytes together times.jsonl     when
 * lines of the output came: {"at_ns":..,"stream":"out","line":..,"bytes":..}, line being the number
 * of that stream's line to which the first byte belongs
 *
 * The folder is for its owner only: output may hold secrets, which are redacted when it is taken
 * in.
 */
#pragma once

#include "base/buf.h"
#include "exec/exec.h"
#include "store/store.h"

#define LIVE_MAX_OUTPUT ((uint64_t)64 << 20)

struct live {
	char *dir;
	int facts, samples, out, err, times; /* files */
	uint64_t kept;                       /* bytes of output */
	uint64_t lines[2];                   /* seen so far, of stdout and stderr */
	struct buf line;                     /* scratch */
	int error;                           /* the first errno of writing; recording then ends */
};

/* What is known of a run before it begins. */
struct live_run {
	struct str name, command; /* as in run_record; redacted */
	enum run_verdict verdict;
	int64_t started_ns;
};

/* parent: .inquest/live, made if .inquest is there. */
int live_begin(struct live *l, const char *parent, const struct live_run *run,
	       struct err *err) ERR_CHECK;
void live_variable(struct live *l, const struct variable *v);
void live_value(struct live *l, const char *name, struct value v, const char *unit);
void live_pattern(struct live *l, const char *regex);
void live_output(struct live *l, enum exec_stream s, int64_t at_ns, struct str bytes);
void live_sample(struct live *l, const struct exec_sample *s);
/* A text that is evidence of the run: name "kernel" or "stacks". */
void live_text(struct live *l, const char *name, struct str text);
void live_complete(struct live *l, int64_t started_ns);
/* Close; remove: as if it had never been. */
void live_end(struct live *l, bool remove);

/* Where the record of a run goes. */
struct workspace;
struct live_target {
	struct store *store;
	const char *evidence_dir;
	const struct workspace *workspace; /* whose variables from logs (add-extract.h) it gets */
};

/*
 * Make the record of the journal in dir, store it, and remove the journal. *id gets the run's id,
 * in the arena. Notes of readers on what they could not read go to notes, a line each.
 */
int live_take(const char *dir, const struct live_target *t, struct arena *a, struct str *id,
	      struct buf *notes, struct err *err) ERR_CHECK;
/* Whether there is a journal in parent whose run is no more. */
bool live_left(const char *parent);
/* All journals in parent whose run is no more; *n: how many. Those that cannot be read stay. */
int live_take_left(const char *parent, const struct live_target *t, size_t *n,
		   struct err *err) ERR_CHECK;
