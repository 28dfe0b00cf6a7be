// SPDX-License-Identifier: GPL-3.0-or-later
/* Why a program died: see death.h. */
#include "report/death.h"

#include "report/json-object.h"

#define INDENT 2

static void add_place(struct buf *out, bool color, const struct death_evidence *e)
{
	CLEANUP_BUF struct buf place = {0};

	style_add_foreign(&place, e->file, 0);
	if (e->line)
		buf_printf(&place, ":%llu", (unsigned long long)e->line);
	style_add(out, color, STYLE_PLACE, buf_str(&place));
}

static void add_evidence(struct buf *out, bool color, size_t width, const struct death_evidence *e)
{
	style_pad(out, INDENT);
	if (e->file.n) {
		add_place(out, color, e);
		BUF_LIT(out, "  ");
	}
	style_add_foreign(out, e->text, width);
	buf_add_char(out, '\n');
}

static void add_others(struct buf *out, const char *head, const struct death_other *o, size_t n,
		       const struct death_words *w, bool color, size_t width)
{
	if (!n)
		return;
	buf_add_char(out, '\n');
	style_add(out, color, STYLE_BOLD, str_of(head));
	buf_add_char(out, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "  %-14s ", w->cause(o[i].cause));
		style_add_foreign(out, o[i].why, width);
		buf_add_char(out, '\n');
	}
}

static void add_size(struct buf *out, uint64_t bytes)
{
	buf_printf(out, "%9.1f MB", (double)bytes / 1e6);
}

static void add_memory(struct buf *out, const struct death *d, bool color)
{
	CLEANUP_BUF struct buf head = {0};

	if (!d->nmemory)
		return;
	BUF_LIT(&head, "Who held the memory");
	if (d->memory_note.n) {
		BUF_LIT(&head, " (");
		style_add_foreign(&head, d->memory_note, 80);
		BUF_LIT(&head, ")");
	}
	buf_add_char(out, '\n');
	style_add(out, color, STYLE_BOLD, buf_str(&head));
	buf_add_char(out, '\n');
	for (size_t i = 0; i < d->nmemory; i++) {
		const struct death_memory *m = &d->memory[i];

		buf_printf(out, "  %8d ", m->pid);
		add_size(out, m->rss);
		if (m->swap) {
			BUF_LIT(out, " +");
			add_size(out, m->swap);
			BUF_LIT(out, " swapped");
		}
		BUF_LIT(out, "  ");
		style_add_foreign(out, m->name, 40);
		if (m->killed)
			style_add(out, color, STYLE_BAD, STR("  <- killed"));
		buf_add_char(out, '\n');
	}
}

static enum style style_of(const struct death *d)
{
	if (d->cause == DEATH_NONE)
		return STYLE_GOOD;
	return d->cause == DEATH_UNKNOWN ? STYLE_WARN : STYLE_BAD;
}

void death_text(const struct death *d, const struct death_words *w, bool color, size_t width,
		struct buf *out)
{
	CLEANUP_BUF struct buf verdict = {0};

	style_add_foreign(&verdict, d->sentence, 0);
	style_add(out, color, style_of(d), buf_str(&verdict));
	buf_add_char(out, '\n');
	if (d->cause != DEATH_UNKNOWN && d->cause != DEATH_NONE)
		buf_printf(out, "%s: %s\n", w->sure(d->sure), w->cause(d->cause));
	if (d->ending.n) {
		BUF_LIT(out, "ending: ");
		style_add_foreign(out, d->ending, 0);
		buf_add_char(out, '\n');
	}
	if (d->nevidence) {
		buf_add_char(out, '\n');
		style_add(out, color, STYLE_BOLD, STR("Evidence"));
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < d->nevidence; i++)
		add_evidence(out, color, width, &d->evidence[i]);
	add_memory(out, d, color);
	add_others(out, "Possible too", d->others, d->nothers, w, color, width);
	add_others(out, "Ruled out", d->ruled_out, d->nruled_out, w, color, width);
	if (d->next.n) {
		BUF_LIT(out, "\nNext: ");
		style_add_foreign(out, d->next, 0);
		buf_add_char(out, '\n');
	}
}

void death_lines(const struct death *d, const struct death_words *w, struct buf *out)
{
	bool excluded = d->cause == DEATH_UNKNOWN || d->cause == DEATH_SENT;

	BUF_LIT(out, "inquest: ");
	style_add_foreign(out, d->sentence, 0);
	if (d->cause != DEATH_UNKNOWN)
		buf_printf(out, " [%s: %s]", w->sure(d->sure), w->cause(d->cause));
	buf_add_char(out, '\n');
	for (size_t i = 0; i < d->nevidence && i < 2; i++) {
		/* A fact says what the sentence does, if it is not the only evidence. */
		if (str_contains(d->sentence, d->evidence[i].text) || (i && !d->evidence[i].file.n))
			continue;
		BUF_LIT(out, "inquest:   ");
		if (d->evidence[i].file.n) {
			add_place(out, false, &d->evidence[i]);
			BUF_LIT(out, ": ");
		}
		style_add_foreign(out, d->evidence[i].text, 160);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; excluded && i < d->nruled_out && i < 3; i++) {
		buf_printf(out, "inquest:   not %s: ", w->cause(d->ruled_out[i].cause));
		style_add_foreign(out, d->ruled_out[i].why, 160);
		buf_add_char(out, '\n');
	}
}

static void json_others(struct buf *out, const char *key, const struct death_other *o, size_t n,
			const struct death_words *w)
{
	object_list(out, key);
	for (size_t i = 0; i < n; i++) {
		object_begin(out, NULL);
		object_text(out, "cause", str_of(w->cause(o[i].cause)));
		object_text(out, "why", o[i].why);
		object_end(out);
	}
	object_list_end(out);
}

void death_json(const struct death *d, const struct death_words *w, struct buf *out)
{
	object_text(out, "cause", str_of(w->cause(d->cause)));
	object_text(out, "sure", str_of(w->sure(d->sure)));
	object_text(out, "sentence", d->sentence);
	object_text_or_null(out, "ending", d->ending);
	object_list(out, "evidence");
	for (size_t i = 0; i < d->nevidence; i++) {
		object_begin(out, NULL);
		object_text(out, "text", d->evidence[i].text);
		object_text_or_null(out, "file", d->evidence[i].file);
		if (d->evidence[i].line)
			object_count(out, "line", d->evidence[i].line);
		else
			object_null(out, "line");
		object_end(out);
	}
	object_list_end(out);
	json_others(out, "possible_too", d->others, d->nothers, w);
	json_others(out, "ruled_out", d->ruled_out, d->nruled_out, w);
	object_list(out, "memory");
	for (size_t i = 0; i < d->nmemory; i++) {
		object_begin(out, NULL);
		object_count(out, "pid", (uint64_t)d->memory[i].pid);
		object_text(out, "name", d->memory[i].name);
		object_count(out, "rss", d->memory[i].rss);
		object_count(out, "swap", d->memory[i].swap);
		object_bool(out, "killed", d->memory[i].killed);
		object_end(out);
	}
	object_list_end(out);
	object_text_or_null(out, "memory_note", d->memory_note);
	object_text_or_null(out, "next", d->next);
}
