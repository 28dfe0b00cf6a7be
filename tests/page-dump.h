/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A page as plain text, for tests of those who fill pages: `code`, *strong*, !bad!, +good+, ~warn~,
 * (faint), [evidence]. One line a block, item or row.
 */
#pragma once

#include "base/buf.h"
#include "report/page.h"
#include "unit.h"

static void dump_line(struct buf *b, const struct page_line *l)
{
	static const char marks[] = {[PAGE_STRONG] = '*', [PAGE_CODE] = '`', [PAGE_GOOD] = '+',
				     [PAGE_BAD] = '!',    [PAGE_WARN] = '~', [PAGE_HEADING] = 0};

	for (const struct page_span *s = l->first; s; s = s->next) {
		char mark = marks[s->mark];

		if (s->mark == PAGE_CITE) {
			buf_printf(b, "[%zu]", s->number);
			continue;
		}
		if (mark)
			buf_add_char(b, mark);
		buf_add_str(b, s->text);
		if (mark)
			buf_add_char(b, mark);
	}
}

static void dump_chart(struct buf *b, const struct page_chart *c)
{
	buf_printf(b, "chart %s (%s, %s)%s%s\n", c->title, c->x_name, c->y_name,
		   c->log ? " log" : "", c->points ? " points" : "");
	for (size_t i = 0; i < c->nlines; i++) {
		const struct plot_line *l = &c->lines[i];

		buf_printf(b, "  %s: %zu points", l->name, l->n);
		for (size_t k = 0; k < l->n && l->n <= 8; k++)
			buf_printf(b, " %g,%g", l->x[k], l->y[k]);
		buf_add_char(b, '\n');
	}
	for (size_t i = 0; i < c->nevents; i++)
		buf_printf(b, "  at %g (%g - %g): %s\n", c->events[i].at, c->events[i].low,
			   c->events[i].high, c->events[i].text);
}

static void dump_lines(struct buf *b, const struct page_block *k)
{
	for (size_t i = 0; i < k->nlines; i++) {
		size_t columns = k->kind == PAGE_TABLE   ? k->ncolumns
				 : k->kind == PAGE_FACTS ? 2
							 : 1;

		if (k->kind == PAGE_LIST)
			BUF_LIT(b, "- ");
		dump_line(b, k->lines[i]);
		buf_add_str(b, (i + 1) % columns ? STR(" | ") : STR("\n"));
	}
}

static void dump_block(struct buf *b, const struct page_block *k)
{
	switch (k->kind) {
	case PAGE_SECTION:
		buf_printf(b, "%.*s " STR_FMT "\n", (int)k->level, "####", STR_ARG(k->text));
		break;
	case PAGE_TABLE:
		for (size_t i = 0; i < k->ncolumns; i++)
			buf_printf(b, "%s%s", i ? " | " : "", k->columns[i].name);
		buf_add_char(b, '\n');
		dump_lines(b, k);
		break;
	case PAGE_TEXT:
	case PAGE_LIST:
	case PAGE_FACTS: dump_lines(b, k); break;
	case PAGE_COMMAND: buf_printf(b, "$ " STR_FMT "\n", STR_ARG(k->text)); break;
	case PAGE_VERBATIM:
	case PAGE_PROSE: buf_printf(b, "<<\n" STR_FMT "\n>>\n", STR_ARG(k->text)); break;
	case PAGE_CHART: dump_chart(b, k->chart); break;
	case PAGE_BARS:
		buf_printf(b, "bars %s (%s)\n", k->bars->title, k->bars->unit);
		for (size_t i = 0; i < k->bars->n; i++)
			buf_printf(b, "  %g " STR_FMT "\n", k->bars->bars[i].value,
				   STR_ARG(k->bars->bars[i].name));
		break;
	case PAGE_DIAGRAM:
		buf_printf(b, "diagram " STR_FMT "%s\n" STR_FMT "\n", STR_ARG(k->diagram->title),
			   k->diagram->svg.n ? " (drawn)" : "", STR_ARG(k->diagram->source));
		break;
	}
}

static void dump_page(struct buf *b, const struct page *p)
{
	buf_printf(b, "# " STR_FMT "\n", STR_ARG(p->title));
	dump_line(b, &p->lead);
	buf_add_char(b, '\n');
	for (const struct page_block *k = p->first; k; k = k->next)
		dump_block(b, k);
	for (size_t i = 0; i < p->nevidence; i++) {
		const struct page_evidence *e = &p->evidence[i];

		buf_printf(b, "[%zu] " STR_FMT "%s" STR_FMT "\n", i + 1, STR_ARG(e->source),
			   e->hash.n ? " " : "", STR_ARG(e->hash));
		for (size_t k = 0; k < e->nlines; k++)
			buf_printf(b, "%c%llu: " STR_FMT "\n", k == e->at ? '>' : ' ',
				   (unsigned long long)(e->line ? e->line + k : k + 1),
				   STR_ARG(e->lines[k]));
		if (e->reproduce.n)
			buf_printf(b, "  $ " STR_FMT "\n", STR_ARG(e->reproduce));
	}
	buf_printf(b, "made by: " STR_FMT "\n", STR_ARG(p->made_by));
}

static inline void assert_has(const struct buf *b, const char *want)
{
	if (!strstr(buf_cstr((struct buf *)b), want))
		fail_msg("no '%s' in:\n%s", want, buf_cstr((struct buf *)b));
}

static inline void assert_lacks(const struct buf *b, const char *what)
{
	if (strstr(buf_cstr((struct buf *)b), what))
		fail_msg("'%s' in:\n%s", what, buf_cstr((struct buf *)b));
}
