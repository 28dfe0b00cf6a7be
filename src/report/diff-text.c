// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison of logs on one screen: see diff.h. */
#include "report/diff.h"

#include "report/style.h"

#define SCREEN_FINDINGS 8 /* without -v */
#define CONTEXT_LINES   2 /* before the divergence */

static const char *const kind_names[] = {
	[FINDING_NEW] = "new",       [FINDING_MISSING] = "missing", [FINDING_COUNT] = "count",
	[FINDING_ORDER] = "order",   [FINDING_VALUE] = "value",     [FINDING_GAP] = "slower",
	[FINDING_THREAD] = "thread",
};

const char *diff_kind_name(enum finding_kind kind)
{
	return kind_names[kind];
}

static const struct logdiff_log *log_of(const struct diff_report *r, const struct evidence *e)
{
	return &r->in->side[e->side].logs[e->file];
}

static void get_line(const struct diff_report *r, const struct evidence *e, uint64_t no,
		     struct arena *a, struct logdiff_line *line)
{
	r->in->line(r->in->arg, e->side, e->file, no, a, line);
}

static void heading(const struct diff_report *r, struct buf *out, const char *text)
{
	buf_add_char(out, '\n');
	style_add(out, r->color, STYLE_BOLD, str_of(text));
	buf_add_char(out, '\n');
}

/* "bad.log:17" padded to width. */
static size_t place(const struct diff_report *r, struct buf *out, const struct evidence *e,
		    uint64_t no, size_t pad)
{
	struct buf text = {0};
	size_t n;

	n = style_add_foreign(&text, log_of(r, e)->name, 60);
	buf_add_char(&text, ':');
	buf_u64(&text, no);
	n = n + text.n - str_find_char(buf_str(&text), ':');
	style_add(out, r->color, STYLE_PLACE, buf_str(&text));
	if (n < pad)
		style_pad(out, pad - n);
	buf_release(&text);
	return n;
}

static size_t room(const struct diff_report *r, size_t used)
{
	if (!r->width)
		return 0;
	return r->width > used + 20 ? r->width - used : 20;
}

static void log_line(const struct diff_report *r, struct buf *out, const struct evidence *e,
		     uint64_t no, const char *mark, enum style style, size_t pad)
{
	struct arena a;
	struct logdiff_line line;
	struct buf text = {0};

	arena_init(&a);
	get_line(r, e, no, &a, &line);
	BUF_LIT(out, "  ");
	place(r, out, e, no, pad);
	buf_printf(out, " %s ", mark);
	style_add_foreign(&text, line.raw, room(r, pad + 5));
	style_add(out, r->color, style, buf_str(&text));
	buf_add_char(out, '\n');
	buf_release(&text);
	arena_release(&a);
}

static size_t place_width(const struct diff_report *r, const struct evidence *e)
{
	struct buf b = {0};
	size_t n = style_add_foreign(&b, log_of(r, e)->name, 60);

	buf_clear(&b);
	buf_u64(&b, e->line + e->nlines);
	n += 1 + b.n;
	buf_release(&b);
	return n;
}

static void divergence(const struct diff_report *r, struct buf *out)
{
	const struct logdiff_divergence *d = &r->diff->first;
	size_t pad = 0;

	if (!d->found)
		return;
	heading(r, out, "First divergence");
	for (int s = 0; s < 2; s++) {
		size_t w = d->next[s].nlines ? place_width(r, &d->next[s]) : 0;

		pad = w > pad ? w : pad;
	}
	if (d->has_common) {
		uint64_t no = d->common[1].line;

		for (uint64_t k = no > CONTEXT_LINES ? no - CONTEXT_LINES + 1 : 1; k <= no; k++)
			log_line(r, out, &d->common[1], k, " ", STYLE_DIM, pad);
	} else {
		BUF_LIT(out, "  from the first line on\n");
	}
	for (int s = 0; s < 2; s++) {
		const struct evidence *e = &d->next[s];
		const char *mark = s ? "+" : "-";

		if (!e->nlines) {
			buf_printf(out, "  %s ends here\n", s ? "the bad log" : "the good log");
			continue;
		}
		for (uint32_t k = 0; k < e->nlines && k < 4; k++)
			log_line(r, out, e, e->line + k, mark, s ? STYLE_BAD : STYLE_GOOD, pad);
	}
}

static void counts(struct buf *out, const struct logdiff_finding *f)
{
	if (f->kind == FINDING_NEW) {
		if (f->bad_count > 1) {
			BUF_LIT(out, " x");
			style_count(out, f->bad_count);
		}
	} else if (f->good_count != f->bad_count) {
		buf_add_char(out, ' ');
		style_count(out, f->good_count);
		BUF_LIT(out, " -> ");
		style_count(out, f->bad_count);
	}
}

static void finding(const struct diff_report *r, struct buf *out, const struct logdiff_finding *f)
{
	struct arena a;
	struct logdiff_line line;
	struct buf head = {0};

	arena_init(&a);
	get_line(r, &f->where, f->where.line, &a, &line);
	buf_printf(&head, "%3u  %-8s", f->rank, kind_names[f->kind]);
	style_add(out, r->color, f->kind == FINDING_MISSING ? STYLE_GOOD : STYLE_BAD,
		  buf_str(&head));
	buf_clear(&head);
	place(r, out, &f->where, f->where.line, 0);
	counts(out, f);
	if (f->nmore)
		buf_printf(out, " (+%zu lines)", f->nmore);
	if (f->trigger)
		buf_printf(out, " follows from %u", f->trigger);
	BUF_LIT(out, "\n       ");
	style_add_foreign(out, line.raw, room(r, 8));
	buf_add_char(out, '\n');
	if (f->note.n) {
		BUF_LIT(out, "       ");
		style_add_foreign(&head, f->note, room(r, 8));
		style_add(out, r->color, STYLE_DIM, buf_str(&head));
		buf_add_char(out, '\n');
	}
	buf_release(&head);
	arena_release(&a);
}

static void findings(const struct diff_report *r, struct buf *out)
{
	size_t shown = 0, hidden = 0;

	heading(r, out, "What differs");
	for (size_t i = 0; i < r->diff->nfindings; i++) {
		const struct logdiff_finding *f = &r->diff->findings[i];

		if (!r->verbose && (shown == SCREEN_FINDINGS || f->trigger)) {
			hidden++;
			continue;
		}
		finding(r, out, f);
		shown++;
	}
	if (hidden)
		buf_printf(out, "  and %zu more (-v shows all)\n", hidden);
}

static void side_line(const struct diff_report *r, struct buf *out, uint32_t side)
{
	const struct logdiff_side *s = &r->in->side[side];
	uint64_t lines = 0;

	for (size_t i = 0; i < s->n; i++)
		lines += s->logs[i].n;
	style_add(out, r->color, side ? STYLE_BAD : STYLE_GOOD, side ? STR("bad ") : STR("good"));
	buf_add_char(out, ' ');
	for (size_t i = 0; i < s->n && i < 3; i++) {
		buf_add_char(out, ' ');
		style_add_foreign(out, s->logs[i].name, 60);
	}
	if (s->n > 3)
		buf_printf(out, " and %zu more", s->n - 3);
	BUF_LIT(out, ", ");
	style_count(out, lines);
	BUF_LIT(out, " lines\n");
}

void diff_report_text(const struct diff_report *r, struct buf *out)
{
	side_line(r, out, 0);
	side_line(r, out, 1);
	if (!r->diff->nfindings && !r->diff->first.found) {
		BUF_LIT(out, "\nNothing differs beyond what varies from run to run.\n");
		return;
	}
	divergence(r, out);
	if (r->diff->nfindings)
		findings(r, out);
	if (r->next) {
		BUF_LIT(out, "\nNext: ");
		buf_add_str(out, str_of(r->next));
		buf_add_char(out, '\n');
	}
}
