// SPDX-License-Identifier: GPL-3.0-or-later
/* Lines of the evidence, quoted for a report: only what is kept by hash is read, never a path that
 * a document names. */
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/report.h"
#include "store/evidence.h"
#include "text/secret.h"
#include "text/shell.h"

#define BEFORE 2 /* lines around the one that is meant */
#define AFTER  8

/* Where evidence lies, as seen from the root of the repository. */
static struct str folder_of(const struct workspace *w)
{
	struct str path = str_of(w->evidence), root = str_of(w->root);

	return str_starts(path, root) && path.p[root.n] == '/' ? str_from(path, root.n + 1) : path;
}

static struct str safe(struct report *r, struct str line)
{
	CLEANUP_BUF struct buf b = {0};

	secret_redact(&b, line);
	return arena_str(&r->arena, buf_str(&b));
}

const struct page_evidence *report_quote_text(struct report *r, const struct run_record *run,
					      const struct run_evidence *of, struct str text,
					      uint64_t no)
{
	struct page_evidence *e = arena_zalloc(&r->arena, sizeof(*e));
	struct str *lines = arena_alloc(&r->arena, (BEFORE + 1 + AFTER) * sizeof(*lines)), line;
	uint64_t from = no > BEFORE ? no - BEFORE : 1, at = 0;
	CLEANUP_BUF struct buf path = {0}, command = {0};

	while (str_next(&text, '\n', &line) && ++at <= no + AFTER)
		if (at >= from)
			lines[e->nlines++] = safe(r, line);
	if (no < from || no - from >= e->nlines)
		return NULL;
	e->lines = lines;
	e->line = from;
	e->at = no - from;
	e->source = str_of(arena_printf(&r->arena, "run " STR_FMT ", " STR_FMT, STR_ARG(run->id),
					STR_ARG(str_head(of->name, 200))));
	e->hash = of->hash;
	buf_printf(&path, STR_FMT "/%.2s/" STR_FMT, STR_ARG(folder_of(&r->records.workspace)),
		   of->hash.p, STR_ARG(of->hash));
	buf_printf(&command, "sed -n %llu,%llup ", (unsigned long long)e->line,
		   (unsigned long long)(e->line + e->nlines - 1));
	shell_add_word(&command, buf_str(&path));
	e->reproduce = arena_str(&r->arena, buf_str(&command));
	return e;
}

/* "app.log:12", or with a column behind it. */
static bool split_place(struct str where, struct str *name, uint64_t *line)
{
	size_t colon = where.n;

	while (colon && where.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || !str_u64(str_trim(str_from(where, colon)), line) || !*line)
		return false;
	*name = str_head(where, colon - 1);
	return true;
}

const struct page_evidence *report_quote(struct report *r, const struct run_record *run,
					 struct str where)
{
	const struct page_evidence *e = NULL;
	struct str name;
	uint64_t line;

	if (!split_place(str_trim(where), &name, &line))
		return NULL;
	for (size_t i = 0; i < run->nevidence && !e; i++) {
		CLEANUP_FREE char *path = NULL;
		struct file_map map;

		if (!str_eq(run->evidence[i].name, name) ||
		    evidence_path(r->records.workspace.evidence, run->evidence[i].hash, &path,
				  NULL) ||
		    access(path, R_OK) != 0 || file_map_path(&map, path, NULL))
			continue;
		e = report_quote_text(r, run, &run->evidence[i], (struct str){map.data, map.size},
				      line);
		file_map_release(&map);
	}
	return e;
}
