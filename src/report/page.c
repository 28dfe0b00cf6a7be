// SPDX-License-Identifier: GPL-3.0-or-later
/* A report before it is HTML or Markdown: see page.h. Blocks and spans are lists in one arena. */
#include "report/page.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "text/utf8.h"
#include "text/visible.h"

/* What a page shows of a character: see page.h. */
static uint32_t shown(uint32_t c)
{
	bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
	bool direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
	bool none = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);

	if (c == '\t')
		return c;
	if (c == 0x2028 || c == 0x2029)
		return ' ';
	return control || direction || none ? UTF8_REPLACEMENT : c;
}

static void clean_line(struct buf *out, struct str line, size_t most, struct buf *scratch)
{
	struct str seen, head;

	buf_clear(scratch);
	seen = visible_text(line, scratch);
	head = str_head(seen, most);
	while (head.n < seen.n && head.n && (seen.p[head.n] & 0xc0) == 0x80)
		head.n--;
	for (size_t i = 0; i < head.n;) {
		uint32_t c;

		i += utf8_decode(str_from(seen, i), &c);
		utf8_encode(out, shown(c));
	}
	if (head.n < seen.n)
		buf_printf(out, " ... (%zu bytes)", seen.n);
}

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

/* A clean copy, with lines of so many bytes at most. */
static struct str keep_lines(struct page *p, struct str s, size_t most)
{
	CLEANUP_BUF struct buf b = {0}, scratch = {0};

	if (s.n <= most && is_plain(s))
		return arena_str(&p->arena, s);
	for (;;) {
		size_t end = str_find_char(s, '\n');

		clean_line(&b, str_head(s, end), most, &scratch);
		if (end == s.n)
			break;
		buf_add_char(&b, '\n');
		s = str_from(s, end + 1);
	}
	return arena_str(&p->arena, buf_str(&b));
}

static struct str keep(struct page *p, struct str s)
{
	return keep_lines(p, s, PAGE_LINE_MAX);
}

/* What is of no use when it is cut. */
static struct str keep_whole(struct page *p, struct str s)
{
	return keep_lines(p, s, SIZE_MAX);
}

void page_init(struct page *p, struct str title, struct str made_by)
{
	*p = (struct page){0};
	arena_init(&p->arena);
	p->title = keep(p, title);
	p->made_by = keep_whole(p, made_by);
}

void page_release(struct page *p)
{
	for (struct page_block *b = p->first; b; b = b->next)
		free(b->lines);
	free(p->evidence);
	arena_release(&p->arena);
}

static struct page_block *add_block(struct page *p, enum page_kind kind)
{
	struct page_block *b = arena_zalloc(&p->arena, sizeof(*b));

	b->kind = kind;
	if (p->last)
		p->last->next = b;
	else
		p->first = b;
	p->last = b;
	return b;
}

static struct page_line *add_line(struct page *p, struct page_block *b)
{
	struct page_line *l = arena_zalloc(&p->arena, sizeof(*l));

	array_push(b->lines, b->nlines, b->cap) = l;
	return l;
}

/* The last block if it is of that kind, else a new one. */
static struct page_block *same_block(struct page *p, enum page_kind kind)
{
	return p->last && p->last->kind == kind ? p->last : add_block(p, kind);
}

size_t page_heading(struct page *p, unsigned level, struct str text)
{
	struct page_block *b = add_block(p, PAGE_SECTION);

	b->level = level;
	b->text = keep(p, text);
	return b->number = ++p->nsections;
}

struct page_line *page_text(struct page *p)
{
	return add_line(p, add_block(p, PAGE_TEXT));
}

struct page_line *page_item(struct page *p)
{
	return add_line(p, same_block(p, PAGE_LIST));
}

struct page_line *page_fact(struct page *p, struct str name)
{
	struct page_block *b = same_block(p, PAGE_FACTS);

	page_add(p, add_line(p, b), PAGE_PLAIN, name);
	return add_line(p, b);
}

void page_table(struct page *p, const struct page_column *columns, size_t n)
{
	struct page_block *b = add_block(p, PAGE_TABLE);
	struct page_column *copy = arena_alloc(&p->arena, n * sizeof(*copy));

	for (size_t i = 0; i < n; i++) {
		copy[i] = columns[i];
		copy[i].name = keep(p, str_of(columns[i].name)).p;
	}
	b->columns = copy;
	b->ncolumns = n;
}

struct page_line *page_cell(struct page *p)
{
	return add_line(p, same_block(p, PAGE_TABLE));
}

void page_command(struct page *p, struct str text)
{
	add_block(p, PAGE_COMMAND)->text = keep_whole(p, text);
}

void page_verbatim(struct page *p, struct str text)
{
	add_block(p, PAGE_VERBATIM)->text = keep(p, text);
}

void page_prose(struct page *p, struct str markdown)
{
	add_block(p, PAGE_PROSE)->text = keep_whole(p, markdown);
}

static void *copy_bytes(struct page *p, const void *from, size_t n)
{
	void *to = arena_alloc(&p->arena, n);

	if (n)
		memcpy(to, from, n);
	return to;
}

static const char *copy_name(struct page *p, const char *s)
{
	return s ? keep(p, str_of(s)).p : "";
}

static void copy_line(struct page *p, struct plot_line *l)
{
	size_t bytes = l->n * sizeof(double);

	l->x = copy_bytes(p, l->x, bytes);
	l->y = copy_bytes(p, l->y, bytes);
	if (l->y_high)
		l->y_high = copy_bytes(p, l->y_high, bytes);
	l->name = copy_name(p, l->name);
}

void page_chart(struct page *p, const struct page_chart *c)
{
	struct page_block *b = add_block(p, PAGE_CHART);
	struct page_chart *copy = copy_bytes(p, c, sizeof(*c));
	struct plot_line *lines = copy_bytes(p, c->lines, c->nlines * sizeof(*lines));
	struct page_event *events = copy_bytes(p, c->events, c->nevents * sizeof(*events));

	for (size_t i = 0; i < c->nlines; i++)
		copy_line(p, &lines[i]);
	for (size_t i = 0; i < c->nevents; i++)
		events[i].text = copy_name(p, events[i].text);
	copy->title = copy_name(p, c->title);
	copy->x_name = copy_name(p, c->x_name);
	copy->y_name = copy_name(p, c->y_name);
	copy->lines = lines;
	copy->events = events;
	b->chart = copy;
	b->number = ++p->nfigures;
}

void page_bars(struct page *p, const struct page_bars *bars)
{
	struct page_block *b = add_block(p, PAGE_BARS);
	struct page_bars *copy = copy_bytes(p, bars, sizeof(*bars));
	struct page_bar *items = copy_bytes(p, bars->bars, bars->n * sizeof(*items));

	for (size_t i = 0; i < bars->n; i++)
		items[i].name = keep(p, items[i].name);
	copy->title = copy_name(p, bars->title);
	copy->unit = copy_name(p, bars->unit);
	copy->bars = items;
	b->bars = copy;
	b->number = ++p->nfigures;
}

void page_diagram(struct page *p, const struct page_diagram *d)
{
	struct page_block *b = add_block(p, PAGE_DIAGRAM);
	struct page_diagram *copy = arena_alloc(&p->arena, sizeof(*copy));

	*copy = (struct page_diagram){.title = keep(p, d->title),
				      .source = keep(p, d->source),
				      .svg = arena_str(&p->arena, d->svg)};
	b->diagram = copy;
	b->number = ++p->nfigures;
}

static bool same_evidence(const struct page_evidence *a, const struct page_evidence *b)
{
	if (!str_eq(a->source, b->source) || !str_eq(a->hash, b->hash) || a->line != b->line ||
	    a->at != b->at || a->nlines != b->nlines)
		return false;
	for (size_t i = 0; i < a->nlines; i++)
		if (!str_eq(a->lines[i], b->lines[i]))
			return false;
	return true;
}

size_t page_evidence(struct page *p, const struct page_evidence *e)
{
	struct page_evidence copy = *e;
	struct str *lines = arena_alloc(&p->arena, e->nlines * sizeof(*lines));

	for (size_t i = 0; i < e->nlines; i++)
		lines[i] = keep(p, e->lines[i]);
	copy.source = keep(p, e->source);
	copy.hash = keep(p, e->hash);
	copy.reproduce = keep_whole(p, e->reproduce);
	copy.lines = lines;
	for (size_t i = 0; i < p->nevidence; i++)
		if (same_evidence(&p->evidence[i], &copy))
			return i + 1;
	array_push(p->evidence, p->nevidence, p->capevidence) = copy;
	return p->nevidence;
}

static struct page_span *add_span(struct page *p, struct page_line *l, enum page_mark mark)
{
	struct page_span *s = arena_zalloc(&p->arena, sizeof(*s));

	s->mark = mark;
	if (l->last)
		l->last->next = s;
	else
		l->first = s;
	l->last = s;
	return s;
}

void page_add(struct page *p, struct page_line *l, enum page_mark mark, struct str text)
{
	add_span(p, l, mark)->text = keep(p, text);
}

void page_addf(struct page *p, struct page_line *l, enum page_mark mark, const char *fmt, ...)
{
	CLEANUP_FREE char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	page_add(p, l, mark, (struct str){text, (size_t)n});
}

void page_cite(struct page *p, struct page_line *l, size_t evidence)
{
	add_span(p, l, PAGE_CITE)->number = evidence;
}

void page_link(struct page *p, struct page_line *l, size_t heading, struct str words)
{
	struct page_span *s = add_span(p, l, PAGE_HEADING);

	s->number = heading;
	s->text = keep(p, words);
}

void page_event_place(struct buf *out, const struct page_event *e)
{
	buf_printf(out, "at %.10g", e->at);
	if (isfinite(e->low) && isfinite(e->high) && e->low < e->high)
		buf_printf(out, ", between %.10g and %.10g", e->low, e->high);
}
