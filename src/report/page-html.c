// SPDX-License-Identifier: GPL-3.0-or-later
/* A page as HTML: see page-html.h. Blocks in their order; the figures are in page-html-figure.c. */
#include "report/page-html.h"

#include <stdlib.h>

#include "base/sha256.h"
#include "report/assets.h"
#include "report/markup.h"
#include "report/page-html-priv.h"
#include "report/prose.h"

#define TOC_LEVEL  3
#define BACK_LINKS 8

static const struct mark {
	const char *open, *close;
} marks[] = {
	[PAGE_PLAIN] = {"", ""},
	[PAGE_STRONG] = {"<strong>", "</strong>"},
	[PAGE_CODE] = {"<code>", "</code>"},
	[PAGE_FAINT] = {"<span class=\"faint\">", "</span>"},
	[PAGE_GOOD] = {"<span class=\"good\">", "</span>"},
	[PAGE_BAD] = {"<span class=\"bad\">", "</span>"},
	[PAGE_WARN] = {"<span class=\"warn\">", "</span>"},
};

void html_cite(struct html *h, size_t evidence)
{
	if (evidence == 0 || evidence > h->p->nevidence) {
		buf_printf(h->out, "[E%zu]", evidence);
		return;
	}
	buf_printf(h->out, "<a class=\"cite\" id=\"c%zu-%zu\" href=\"#e%zu\">[E%zu]</a>", evidence,
		   ++h->cited[evidence - 1], evidence, evidence);
}

static void add_line(struct html *h, const struct page_line *l)
{
	for (const struct page_span *s = l->first; s; s = s->next) {
		if (s->mark == PAGE_CITE) {
			html_cite(h, s->number);
		} else if (s->mark == PAGE_HEADING) {
			buf_printf(h->out, "<a href=\"#s%zu\">", s->number);
			markup_add(h->out, s->text);
			BUF_LIT(h->out, "</a>");
		} else {
			buf_add_str(h->out, str_of(marks[s->mark].open));
			markup_add(h->out, s->text);
			buf_add_str(h->out, str_of(marks[s->mark].close));
		}
	}
}

static void wrapped(struct html *h, const char *open, const struct page_line *l, const char *close)
{
	buf_add_str(h->out, str_of(open));
	add_line(h, l);
	buf_add_str(h->out, str_of(close));
}

void html_scroll_open(struct html *h, struct str name)
{
	BUF_LIT(h->out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	markup_add(h->out, name);
	BUF_LIT(h->out, "\">\n");
}

static void add_heading(struct html *h, const struct page_block *b)
{
	h->level = b->level < 2 ? 2 : b->level > h->level + 1 ? h->level + 1 : b->level;
	h->section = b->text;
	buf_printf(h->out, "<h%u id=\"s%zu\">", h->level, b->number);
	markup_add(h->out, b->text);
	buf_printf(h->out, "</h%u>\n", h->level);
}

static void add_list(struct html *h, const struct page_block *b)
{
	BUF_LIT(h->out, "<ul>\n");
	for (size_t i = 0; i < b->nlines; i++)
		wrapped(h, "<li>", b->lines[i], "</li>\n");
	BUF_LIT(h->out, "</ul>\n");
}

static void add_facts(struct html *h, const struct page_block *b)
{
	BUF_LIT(h->out, "<dl class=\"facts\">\n");
	for (size_t i = 0; i + 1 < b->nlines; i += 2) {
		wrapped(h, "<div><dt>", b->lines[i], "</dt>");
		wrapped(h, "<dd>", b->lines[i + 1], "</dd></div>\n");
	}
	BUF_LIT(h->out, "</dl>\n");
}

static void add_table(struct html *h, const struct page_block *b)
{
	html_scroll_open(h, h->section);
	BUF_LIT(h->out, "<table>\n<caption>");
	markup_add(h->out, h->section);
	BUF_LIT(h->out, "</caption>\n<thead><tr>");
	for (size_t i = 0; i < b->ncolumns; i++) {
		buf_add_str(h->out, b->columns[i].number ? STR("<th scope=\"col\" class=\"n\">")
							 : STR("<th scope=\"col\">"));
		markup_add_z(h->out, b->columns[i].name);
		BUF_LIT(h->out, "</th>");
	}
	BUF_LIT(h->out, "</tr></thead>\n<tbody>\n");
	for (size_t row = 0; b->ncolumns && row < b->nlines; row += b->ncolumns) {
		BUF_LIT(h->out, "<tr>");
		for (size_t i = 0; i < b->ncolumns; i++) {
			static const struct page_line none;
			const struct page_line *l = row + i < b->nlines ? b->lines[row + i] : &none;

			wrapped(h, b->columns[i].number ? "<td class=\"n\">" : "<td>", l, "</td>");
		}
		BUF_LIT(h->out, "</tr>\n");
	}
	BUF_LIT(h->out, "</tbody>\n</table>\n</div>\n");
}

void html_pre(struct html *h, const char *class, struct str text)
{
	buf_printf(h->out, "<pre class=\"%s\"><code>", class);
	markup_add(h->out, text);
	BUF_LIT(h->out, "</code></pre>\n");
}

static void add_block(struct html *h, const struct page_block *b)
{
	switch (b->kind) {
	case PAGE_SECTION: add_heading(h, b); break;
	case PAGE_TEXT: wrapped(h, "<p>", b->lines[0], "</p>\n"); break;
	case PAGE_LIST: add_list(h, b); break;
	case PAGE_FACTS: add_facts(h, b); break;
	case PAGE_TABLE: add_table(h, b); break;
	case PAGE_COMMAND: html_pre(h, "command", b->text); break;
	case PAGE_VERBATIM: html_pre(h, "box", b->text); break;
	case PAGE_PROSE:
		BUF_LIT(h->out, "<div class=\"prose\">\n");
		prose_html(h->out, b->text, h->level);
		BUF_LIT(h->out, "</div>\n");
		break;
	case PAGE_CHART: html_chart(h, b); break;
	case PAGE_BARS: html_bars(h, b); break;
	case PAGE_DIAGRAM: html_diagram(h, b); break;
	}
}

/* The lines, each with its number, the one that is meant marked. */
static void add_quote(struct html *h, const struct page_evidence *e)
{
	if (!e->nlines)
		return;
	BUF_LIT(h->out, "<div class=\"quote\">\n");
	for (size_t i = 0; i < e->nlines; i++) {
		bool at = i == e->at;

		buf_add_str(h->out, at ? STR("<mark class=\"row\">") : STR("<div class=\"row\">"));
		if (e->line)
			buf_printf(h->out, "<span class=\"no\">%llu</span>",
				   (unsigned long long)(e->line + i));
		BUF_LIT(h->out, "<code>");
		markup_add(h->out, e->lines[i]);
		BUF_LIT(h->out, "</code>");
		buf_add_str(h->out, at ? STR("</mark>\n") : STR("</div>\n"));
	}
	BUF_LIT(h->out, "</div>\n");
}

static void add_meta(struct html *h, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_printf(h->out, "<div><dt>%s</dt><dd><code>", name);
	markup_add(h->out, value);
	BUF_LIT(h->out, "</code></dd></div>\n");
}

static void add_evidence(struct html *h, size_t no)
{
	const struct page_evidence *e = &h->p->evidence[no - 1];

	buf_printf(h->out,
		   "<article class=\"evidence\" id=\"e%zu\" tabindex=\"-1\">\n"
		   "<h3><span class=\"cite\">E%zu</span> <code>",
		   no, no);
	markup_add(h->out, e->source);
	if (e->line)
		buf_printf(h->out, ":%llu",
			   (unsigned long long)(e->line + (e->at < e->nlines ? e->at : 0)));
	BUF_LIT(h->out, "</code></h3>\n");
	add_quote(h, e);
	BUF_LIT(h->out, "<dl class=\"meta\">\n");
	add_meta(h, "Show it", e->reproduce);
	add_meta(h, "SHA-256", e->hash);
	if (h->cited[no - 1]) {
		BUF_LIT(h->out, "<div class=\"back\"><dt>Cited</dt><dd>");
		for (size_t i = 1; i <= h->cited[no - 1] && i <= BACK_LINKS; i++)
			buf_printf(h->out,
				   "<a href=\"#c%zu-%zu\" aria-label=\"Back to citation %zu of "
				   "E%zu\">↩ %zu</a> ",
				   no, i, i, no, i);
		if (h->cited[no - 1] > BACK_LINKS)
			buf_printf(h->out, "of %zu", h->cited[no - 1]);
		BUF_LIT(h->out, "</dd></div>\n");
	}
	BUF_LIT(h->out, "</dl>\n</article>\n");
}

/* Contents: the sections of the first two levels; 2 ... 3 as they are shown. */
static void add_contents(struct html *h)
{
	unsigned level = 1;

	if (!h->p->nsections)
		return;
	BUF_LIT(h->out, "<nav aria-label=\"Contents\">\n<p>Contents</p>\n<ul>\n");
	for (const struct page_block *b = h->p->first; b; b = b->next) {
		if (b->kind != PAGE_SECTION)
			continue;
		level = b->level < 2 ? 2 : b->level > level + 1 ? level + 1 : b->level;
		if (level > TOC_LEVEL)
			continue;
		buf_printf(h->out, "<li class=\"l%u\"><a href=\"#s%zu\">", level, b->number);
		markup_add(h->out, b->text);
		BUF_LIT(h->out, "</a></li>\n");
	}
	if (h->p->nevidence)
		BUF_LIT(h->out, "<li class=\"l2\"><a href=\"#evidence\">Evidence</a></li>\n");
	BUF_LIT(h->out, "</ul>\n</nav>\n");
}

/* A source expression of a policy: what has this hash is allowed. */
static void add_hash(struct buf *out, struct str text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char sum[SHA256_BYTES + 1] = {0};

	sha256(text, sum);
	BUF_LIT(out, " 'sha256-");
	for (size_t i = 0; i < SHA256_BYTES; i += 3) {
		uint32_t v = (uint32_t)sum[i] << 16 | (uint32_t)sum[i + 1] << 8 | sum[i + 2];

		for (unsigned k = 0; k < 4; k++)
			buf_add_char(out,
				     i + k > SHA256_BYTES ? '=' : digits[v >> (18 - 6 * k) & 63]);
	}
	buf_add_char(out, '\'');
}

/* The style sheets within a diagram's picture. */
static void add_diagram_hashes(struct buf *out, const struct page *p)
{
	for (const struct page_block *b = p->first; b; b = b->next) {
		struct str s, text;

		if (b->kind != PAGE_DIAGRAM)
			continue;
		for (s = b->diagram->svg; s.n;) {
			s = str_from(s, str_find(s, STR("<style")));
			s = str_from(s, str_find_char(s, '>') + 1);
			text = str_head(s, str_find(s, STR("</style>")));
			if (text.n < s.n)
				add_hash(out, text);
			s = str_from(s, text.n);
		}
	}
}

static void add_element(struct buf *out, const char *name, struct str text)
{
	buf_printf(out, "<%s>", name);
	buf_add_str(out, text);
	buf_printf(out, "</%s>\n", name);
}

static bool has_charts(const struct page *p)
{
	for (const struct page_block *b = p->first; b; b = b->next)
		if (b->kind == PAGE_CHART && asset_uplot_js().n)
			return true;
	return false;
}

static void add_head(struct html *h, struct str style)
{
	struct buf *out = h->out;

	BUF_LIT(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		     "style-src");
	add_hash(out, style);
	if (h->scripts)
		add_hash(out, asset_uplot_css());
	add_diagram_hashes(out, h->p);
	BUF_LIT(out, "; script-src");
	if (h->scripts) {
		add_hash(out, asset_uplot_js());
		add_hash(out, asset_page_js());
	} else {
		BUF_LIT(out, " 'none'");
	}
	BUF_LIT(out, "; base-uri 'none'; form-action 'none'\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta name=\"color-scheme\" content=\"light dark\">\n"
		     "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	markup_add(out, h->p->title);
	BUF_LIT(out, "</title>\n");
	add_element(out, "style", style);
	if (h->scripts)
		add_element(out, "style", asset_uplot_css());
	BUF_LIT(out, "</head>\n");
}

static void add_body(struct html *h)
{
	struct buf *out = h->out;

	BUF_LIT(out, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
		     "<header>\n<h1>");
	markup_add(out, h->p->title);
	BUF_LIT(out, "</h1>\n");
	if (h->p->lead.first)
		wrapped(h, "<p class=\"lead\">", &h->p->lead, "</p>\n");
	BUF_LIT(out, "</header>\n");
	add_contents(h);
	BUF_LIT(out, "<main id=\"main\" tabindex=\"-1\">\n");
	for (const struct page_block *b = h->p->first; b; b = b->next)
		add_block(h, b);
	if (h->p->nevidence)
		BUF_LIT(out, "<h2 id=\"evidence\">Evidence</h2>\n");
	for (size_t i = 1; i <= h->p->nevidence; i++)
		add_evidence(h, i);
	BUF_LIT(out, "</main>\n");
	if (h->p->made_by.n) {
		BUF_LIT(out, "<footer>\n<p>Made by</p>\n");
		html_pre(h, "command", h->p->made_by);
		BUF_LIT(out, "</footer>\n");
	}
	if (h->scripts) {
		add_element(out, "script", asset_uplot_js());
		add_element(out, "script", asset_page_js());
	}
	BUF_LIT(out, "</body>\n</html>\n");
}

void page_html(const struct page *p, struct buf *out)
{
	CLEANUP_BUF struct buf style = {0};
	struct html h = {.p = p,
			 .out = out,
			 .level = 1,
			 .section = p->title,
			 .scripts = has_charts(p),
			 .cited = mem_zalloc((p->nevidence + 1) * sizeof(*h.cited))};

	buf_add_str(&style, asset_colors_css());
	BUF_LIT(&style, "@media screen and (prefers-color-scheme:dark){\n");
	buf_add_str(&style, asset_dark_css());
	BUF_LIT(&style, "}\n");
	buf_add_str(&style, asset_chart_css());
	buf_add_str(&style, asset_page_css());
	add_head(&h, buf_str(&style));
	add_body(&h);
	free(h.cited);
}
