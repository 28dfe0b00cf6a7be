// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A page as Markdown: see page-md.h. Spans of one kind are joined before they are escaped, so that
 * no markup can come about where two meet.
 */
#include "report/page-md.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/pareto.h"
#include "report/prose.h"
#include "report/svg.h"
#include "text/markdown.h"

#define VALUES ((size_t)20) /* rows under bars */

struct md {
	const struct page *p;
	struct str stem;
	struct page_files *files;
	struct buf *out;
	unsigned level; /* of the last heading */
	bool *linked;   /* headings that something links to */
};

/* Spans that look the same. */
enum look { TEXT, STRONG, CODE, CITE, HEADING };

static enum look look_of(const struct page_span *s)
{
	switch (s->mark) {
	case PAGE_STRONG:
	case PAGE_GOOD:
	case PAGE_BAD:
	case PAGE_WARN: return STRONG;
	case PAGE_CODE: return CODE;
	case PAGE_CITE: return CITE;
	case PAGE_HEADING: return HEADING;
	default: return TEXT;
	}
}

static bool ends_word(char c)
{
	return strchr(".,;:!?)]\"'", c) != NULL;
}

/* Words that a forge would make links of stand in code spans. */
static void add_words(struct buf *out, struct str s, char before, char after, bool cell)
{
	size_t done = 0, at = 0;

	while (at < s.n) {
		size_t end = at, next;

		while (end < s.n && s.p[end] != ' ' && s.p[end] != '\n')
			end++;
		next = end + 1;
		if (prose_is_link((struct str){s.p + at, end - at})) {
			while (end > at + 1 && ends_word(s.p[end - 1]))
				end--;
			markdown_escape(out, (struct str){s.p + done, at - done}, done ? 0 : before,
					0);
			markdown_code(out, (struct str){s.p + at, end - at}, cell);
			done = end;
		}
		at = next;
	}
	markdown_escape(out, str_from(s, done), done ? 0 : before, after);
}

/* Would this begin something else than a paragraph? */
static bool begins_block(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i)
		return i < s.n && (s.p[i] == '.' || s.p[i] == ')') &&
		       (i + 1 == s.n || s.p[i + 1] == ' ');
	return s.n && strchr("#-+>=[:", s.p[0]);
}

static void add_begin(struct buf *out, struct str *s)
{
	size_t i = 0;

	while (s->n && (s->p[0] == ' ' || s->p[0] == '\t' || s->p[0] == '\n'))
		*s = str_from(*s, 1);
	if (!begins_block(*s))
		return;
	while (s->p[i] >= '0' && s->p[i] <= '9')
		i++;
	buf_add(out, s->p, i);
	buf_add_char(out, '\\');
	buf_add_char(out, s->p[i]);
	*s = str_from(*s, i + 1);
}

static void add_text(struct buf *out, struct str s, bool first, bool last, bool cell)
{
	char after = last ? ' ' : 0;

	if (first && !cell)
		add_begin(out, &s);
	if (!last && str_ends(s, STR("!"))) { /* before [ it would begin an image */
		add_words(out, str_head(s, s.n - 1), first ? ' ' : 0, 0, cell);
		BUF_LIT(out, "\\!");
		return;
	}
	add_words(out, s, first ? ' ' : 0, after, cell);
}

static void add_strong(struct buf *out, struct str s, bool cell)
{
	struct str in = str_trim(s);

	if (s.n && s.p[0] == ' ')
		buf_add_char(out, ' ');
	if (in.n) {
		BUF_LIT(out, "**");
		add_words(out, in, 0, 0, cell);
		BUF_LIT(out, "**");
	}
	if (in.n && s.p[s.n - 1] == ' ')
		buf_add_char(out, ' ');
}

/* Text between brackets. */
static void add_label(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] > ' ' && strchr("[]()\\`*_<>&~!|@#", s.p[i]))
			buf_add_char(out, '\\');
		buf_add_char(out, s.p[i] == '\n' ? ' ' : s.p[i]);
	}
}

static void add_cite(struct md *m, size_t evidence)
{
	if (evidence && evidence <= m->p->nevidence)
		buf_printf(m->out, "[[E%zu]](#e%zu)", evidence, evidence);
	else
		buf_printf(m->out, "\\[E%zu\\]", evidence);
}

static void add_line(struct md *m, const struct page_line *l, bool cell)
{
	CLEANUP_BUF struct buf text = {0};

	for (const struct page_span *s = l->first, *next; s; s = next) {
		enum look look = look_of(s);

		buf_clear(&text);
		buf_add_str(&text, s->text);
		for (next = s->next; next && look_of(next) == look && look < CITE;
		     next = next->next)
			buf_add_str(&text, next->text);
		if (look == TEXT) {
			add_text(m->out, buf_str(&text), s == l->first, !next, cell);
		} else if (look == STRONG) {
			add_strong(m->out, buf_str(&text), cell);
		} else if (look == CODE) {
			markdown_code(m->out, buf_str(&text), cell);
		} else if (look == CITE) {
			add_cite(m, s->number);
		} else {
			buf_add_char(m->out, '[');
			add_label(m->out, s->text);
			buf_printf(m->out, "](#s%zu)", s->number);
		}
	}
}

static void add_heading(struct md *m, const struct page_block *b)
{
	m->level = b->level < 2 ? 2 : b->level > m->level + 1 ? m->level + 1 : b->level;
	if (m->linked[b->number])
		buf_printf(m->out, "<a id=\"s%zu\"></a>\n\n", b->number);
	for (unsigned i = 0; i < m->level; i++)
		buf_add_char(m->out, '#');
	buf_add_char(m->out, ' ');
	if (str_ends(b->text, STR("#"))) {
		add_words(m->out, str_head(b->text, b->text.n - 1), ' ', 0, false);
		BUF_LIT(m->out, "\\#");
	} else {
		add_words(m->out, b->text, ' ', ' ', false);
	}
	BUF_LIT(m->out, "\n\n");
}

static void add_facts(struct md *m, const struct page_block *b)
{
	for (size_t i = 0; i + 1 < b->nlines; i += 2) {
		BUF_LIT(m->out, "- ");
		add_line(m, b->lines[i], false);
		BUF_LIT(m->out, ": ");
		add_line(m, b->lines[i + 1], false);
		buf_add_char(m->out, '\n');
	}
	buf_add_char(m->out, '\n');
}

static void add_list(struct md *m, const struct page_block *b)
{
	for (size_t i = 0; i < b->nlines; i++) {
		BUF_LIT(m->out, "- ");
		add_line(m, b->lines[i], false);
		buf_add_char(m->out, '\n');
	}
	buf_add_char(m->out, '\n');
}

static void add_table(struct md *m, const struct page_block *b)
{
	for (size_t i = 0; i < b->ncolumns; i++) {
		BUF_LIT(m->out, "| ");
		add_words(m->out, str_of(b->columns[i].name), ' ', ' ', true);
		buf_add_char(m->out, ' ');
	}
	BUF_LIT(m->out, "|\n");
	for (size_t i = 0; i < b->ncolumns; i++)
		buf_add_str(m->out, b->columns[i].number ? STR("| ---: ") : STR("| --- "));
	BUF_LIT(m->out, "|\n");
	for (size_t i = 0; b->ncolumns && i < b->nlines; i++) {
		BUF_LIT(m->out, "| ");
		add_line(m, b->lines[i], true);
		buf_add_str(m->out,
			    (i + 1) % b->ncolumns && i + 1 < b->nlines ? STR(" ") : STR(" |\n"));
	}
	buf_add_char(m->out, '\n');
}

/* A file beside, and the picture that shows it. The file's bytes are the caller's to fill in. */
static struct buf *add_file(struct md *m, size_t number, struct str title)
{
	struct page_file *f = &array_push(m->files->files, m->files->n, m->files->cap);

	*f = (struct page_file){0};
	if (asprintf(&f->name, STR_FMT "-%zu.svg", STR_ARG(m->stem), number) < 0)
		abort();
	BUF_LIT(m->out, "![");
	add_label(m->out, title);
	BUF_LIT(m->out, "](");
	for (const char *c = f->name; *c; c++) {
		if ((*c >= '0' && *c <= '9') || ((*c | 32) >= 'a' && (*c | 32) <= 'z') ||
		    strchr("-_.", *c))
			buf_add_char(m->out, *c);
		else
			buf_printf(m->out, "%%%02X", (unsigned char)*c);
	}
	BUF_LIT(m->out, ")\n\n");
	return &f->bytes;
}

static void add_chart(struct md *m, const struct page_block *b)
{
	const struct page_chart *c = b->chart;

	svg_chart(add_file(m, b->number, str_of(c->title)), c, SVG_FILE, b->number);
	for (size_t i = 0; i < c->nevents; i++) {
		const struct page_event *e = &c->events[i];

		buf_printf(m->out, "%zu. ", i + 1);
		add_text(m->out, str_of(e->text), true, false, false);
		BUF_LIT(m->out, " (");
		page_event_place(m->out, e);
		BUF_LIT(m->out, ")\n");
	}
	if (c->nevents)
		buf_add_char(m->out, '\n');
}

static void add_bars(struct md *m, const struct page_block *b)
{
	struct pareto p;

	svg_bars(add_file(m, b->number, str_of(b->bars->title)), b->bars, SVG_FILE, b->number);
	pareto_init(&p, b->bars);
	BUF_LIT(m->out, "| name | ");
	add_words(m->out, str_of(b->bars->unit), ' ', ' ', true);
	BUF_LIT(m->out, " | running share |\n| --- | ---: | ---: |\n");
	for (size_t i = 0; i < p.n && i < VALUES; i++) {
		BUF_LIT(m->out, "| ");
		add_text(m->out, p.bars[i]->name, true, false, true);
		if (p.bars[i]->evidence) {
			buf_add_char(m->out, ' ');
			add_cite(m, p.bars[i]->evidence);
		}
		buf_printf(m->out, " | %.6g | %.1f %% |\n", p.bars[i]->value, 100 * p.running[i]);
	}
	if (p.n > VALUES)
		buf_printf(m->out, "| %zu more | | |\n", p.n - VALUES);
	buf_add_char(m->out, '\n');
	pareto_release(&p);
}

static void add_fence(struct md *m, const char *language, struct str text)
{
	markdown_fence(m->out, language, text);
	buf_add_char(m->out, '\n');
}

static void add_diagram(struct md *m, const struct page_block *b)
{
	const struct page_diagram *d = b->diagram;

	if (d->svg.n) {
		buf_add_str(add_file(m, b->number, d->title), d->svg);
		BUF_LIT(m->out, "<details><summary>Source</summary>\n\n");
	}
	add_fence(m, "text", d->source);
	if (d->svg.n)
		BUF_LIT(m->out, "</details>\n\n");
}

static void add_block(struct md *m, const struct page_block *b)
{
	switch (b->kind) {
	case PAGE_SECTION: add_heading(m, b); break;
	case PAGE_TEXT:
		add_line(m, b->lines[0], false);
		BUF_LIT(m->out, "\n\n");
		break;
	case PAGE_LIST: add_list(m, b); break;
	case PAGE_FACTS: add_facts(m, b); break;
	case PAGE_TABLE: add_table(m, b); break;
	case PAGE_COMMAND: add_fence(m, "sh", b->text); break;
	case PAGE_VERBATIM: add_fence(m, "text", b->text); break;
	case PAGE_PROSE:
		prose_md(m->out, b->text, m->level);
		buf_add_char(m->out, '\n');
		break;
	case PAGE_CHART: add_chart(m, b); break;
	case PAGE_BARS: add_bars(m, b); break;
	case PAGE_DIAGRAM: add_diagram(m, b); break;
	}
}

static void add_quote(struct md *m, const struct page_evidence *e)
{
	CLEANUP_BUF struct buf b = {0};

	for (size_t i = 0; i < e->nlines; i++) {
		buf_add_str(&b, i == e->at ? STR("> ") : STR("  "));
		if (e->line)
			buf_printf(&b, "%6llu  ", (unsigned long long)(e->line + i));
		buf_add_str(&b, e->lines[i]);
		buf_add_char(&b, '\n');
	}
	if (e->nlines)
		add_fence(m, "text", buf_str(&b));
}

static void add_evidence(struct md *m, size_t no)
{
	const struct page_evidence *e = &m->p->evidence[no - 1];
	CLEANUP_BUF struct buf place = {0};

	buf_printf(m->out, "### E%zu\n\n", no);
	buf_add_str(&place, e->source);
	if (e->line)
		buf_printf(&place, ":%llu",
			   (unsigned long long)(e->line + (e->at < e->nlines ? e->at : 0)));
	markdown_code(m->out, buf_str(&place), false);
	if (e->hash.n) {
		BUF_LIT(m->out, ", SHA-256 ");
		markdown_code(m->out, e->hash, false);
	}
	BUF_LIT(m->out, "\n\n");
	add_quote(m, e);
	if (e->reproduce.n)
		add_fence(m, "sh", e->reproduce);
}

/* Only headings that are linked to get an anchor. */
static void find_links(struct md *m)
{
	for (const struct page_block *b = m->p->first; b; b = b->next)
		for (size_t i = 0; i < b->nlines; i++)
			for (const struct page_span *s = b->lines[i]->first; s; s = s->next)
				if (s->mark == PAGE_HEADING && s->number <= m->p->nsections)
					m->linked[s->number] = true;
}

void page_md(const struct page *p, struct str stem, struct page_files *files, struct buf *out)
{
	struct md m = {.p = p,
		       .stem = stem,
		       .files = files,
		       .out = out,
		       .level = 1,
		       .linked = mem_zalloc(p->nsections + 1)};

	find_links(&m);
	BUF_LIT(out, "# ");
	add_words(out, p->title, ' ', ' ', false);
	BUF_LIT(out, "\n\n");
	if (p->lead.first) {
		add_line(&m, &p->lead, false);
		BUF_LIT(out, "\n\n");
	}
	for (const struct page_block *b = p->first; b; b = b->next)
		add_block(&m, b);
	if (p->nevidence)
		BUF_LIT(out, "## Evidence\n\n");
	for (size_t i = 1; i <= p->nevidence; i++)
		add_evidence(&m, i);
	if (p->made_by.n) {
		BUF_LIT(out, "---\n\nMade by\n\n");
		markdown_fence(out, "sh", p->made_by);
	}
	free(m.linked);
}

void page_files_release(struct page_files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->files[i].name);
		buf_release(&f->files[i].bytes);
	}
	free(f->files);
	*f = (struct page_files){0};
}
