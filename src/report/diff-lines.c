// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison of logs for editors and pipelines: see diff.h. */
#include <jansson.h>
#include <stdlib.h>

#include "base/hash.h"
#include "report/diff.h"
#include "report/style.h"
#include "text/markdown.h"

static struct str name_of(const struct diff_report *r, const struct evidence *e)
{
	return r->in->side[e->side].logs[e->file].name;
}

void diff_report_lines(const struct diff_report *r, struct buf *out)
{
	for (size_t i = 0; i < r->diff->nlines; i++) {
		const struct evidence *e = &r->diff->lines[i];

		for (uint32_t k = 0; k < e->nlines; k++) {
			style_add_foreign(out, name_of(r, e), 0);
			buf_add_char(out, ':');
			buf_u64(out, e->line + k);
			buf_add_char(out, '\n');
		}
	}
}

/* "new: the line's text (note)". */
static void message(const struct diff_report *r, const struct logdiff_finding *f, size_t width,
		    struct buf *out)
{
	struct logdiff_line line;
	struct arena a;

	arena_init(&a);
	r->in->line(r->in->arg, f->where.side, f->where.file, f->where.line, &a, &line);
	buf_printf(out, "%s: ", diff_kind_name(f->kind));
	style_add_foreign(out, str_trim(line.raw), width);
	if (f->note.n) {
		BUF_LIT(out, " (");
		style_add_foreign(out, f->note, width);
		buf_add_char(out, ')');
	}
	arena_release(&a);
}

void diff_report_vim(const struct diff_report *r, struct buf *out)
{
	for (size_t i = 0; i < r->diff->nfindings; i++) {
		const struct logdiff_finding *f = &r->diff->findings[i];

		style_add_foreign(out, name_of(r, &f->where), 0);
		buf_add_char(out, ':');
		buf_u64(out, f->where.line);
		BUF_LIT(out, ":1: ");
		message(r, f, 200, out);
		buf_add_char(out, '\n');
	}
}

/* Property values and messages of workflow commands escape these bytes as %XX. */
static void github_escape(struct buf *out, struct str s, bool property)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '%' || c < ' ' || c == 127 || (property && (c == ':' || c == ',')))
			buf_printf(out, "%%%02X", c);
		else
			buf_add_char(out, (char)c);
	}
}

void diff_report_github(const struct diff_report *r, struct buf *out)
{
	for (size_t i = 0; i < r->diff->nfindings; i++) {
		const struct logdiff_finding *f = &r->diff->findings[i];
		struct buf text = {0};

		if (f->trigger)
			continue;
		buf_printf(out, "::%s file=", f->rank == 1 ? "error" : "warning");
		github_escape(out, name_of(r, &f->where), true);
		buf_printf(out, ",line=%llu,title=inquest %u::", (unsigned long long)f->where.line,
			   f->rank);
		message(r, f, 300, &text);
		github_escape(out, buf_str(&text), false);
		buf_add_char(out, '\n');
		buf_release(&text);
	}
}

void diff_report_gitlab(const struct diff_report *r, struct buf *out)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < r->diff->nfindings; i++) {
		const struct logdiff_finding *f = &r->diff->findings[i];
		struct str name = name_of(r, &f->where);
		struct buf b = {0}, path = {0};
		char print[17];

		if (f->trigger)
			continue;
		message(r, f, 300, &b);
		style_add_foreign(&path, name, 0);
		snprintf(print, sizeof(print), "%016llx",
			 (unsigned long long)hash_bytes(b.p, b.n, f->where.line));
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:s, s:{s:s, s:{s:I}}}",
						"description", buf_cstr(&b), "check_name",
						diff_kind_name(f->kind), "fingerprint", print,
						"severity", f->rank == 1 ? "critical" : "minor",
						"location", "path", buf_cstr(&path), "lines",
						"begin", (json_int_t)f->where.line));
		buf_release(&b);
		buf_release(&path);
	}
	text = json_dumps(list, JSON_INDENT(2));
	buf_add_str(out, str_of(text));
	buf_add_char(out, '\n');
	free(text);
	json_decref(list);
}

static void add_code(struct buf *out, struct str s)
{
	CLEANUP_BUF struct buf b = {0};

	style_add_foreign(&b, s, 160);
	markdown_code(out, buf_str(&b), true);
}

void diff_report_markdown(const struct diff_report *r, struct buf *out)
{
	BUF_LIT(out, "### What differs from the good run\n\n"
		     "| no | kind | where | line | good | bad |\n"
		     "| --- | --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < r->diff->nfindings; i++) {
		const struct logdiff_finding *f = &r->diff->findings[i];
		struct logdiff_line line;
		struct arena a;

		if (f->trigger && !r->verbose)
			continue;
		arena_init(&a);
		r->in->line(r->in->arg, f->where.side, f->where.file, f->where.line, &a, &line);
		buf_printf(out, "| %u | %s | ", f->rank, diff_kind_name(f->kind));
		add_code(out, name_of(r, &f->where));
		buf_printf(out, ":%llu | ", (unsigned long long)f->where.line);
		add_code(out, str_trim(line.raw));
		buf_printf(out, " | %llu | %llu |\n", (unsigned long long)f->good_count,
			   (unsigned long long)f->bad_count);
		arena_release(&a);
	}
	BUF_LIT(out, "\nReproduce with ");
	add_code(out, str_of(r->command));
	BUF_LIT(out, "\n");
}
