// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as every text of a page: the HTML has no address but its own fragments and no script,
 * and the Markdown none either, as libcmark-gfm reads it.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "config.h"
#include "report/page-html.h"
#include "report/page-md.h"
#include "text/utf8.h"
#if HAVE_CMARK
#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_addresses(struct str s, struct str attribute)
{
	for (;;) {
		size_t at = str_find(s, attribute);

		if (at == s.n)
			return;
		s = str_from(s, at + attribute.n);
		if (s.n && s.p[0] != '#')
			abort();
	}
}

static void check_html(struct str s)
{
	struct str body = str_from(s, str_find(s, STR("<body>")));

	if (!utf8_valid(s) || str_contains(body, STR("<script")) || str_contains(body, STR("<img")))
		abort();
	check_addresses(body, STR("href=\""));
	check_addresses(body, STR("src=\""));
}

#if HAVE_CMARK
static bool is_ours(struct str html)
{
	return str_starts(html, STR("<a id=\"s")) || str_eq(html, STR("</a>")) ||
	       str_eq(html, STR("<br>")) || str_starts(html, STR("<!-- end list -->"));
}

static void check_node(cmark_node *n)
{
	const char *url = cmark_node_get_url(n);

	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_LINK:
		if (url[0] != '#')
			abort();
		break;
	case CMARK_NODE_IMAGE: abort();
	case CMARK_NODE_HTML_INLINE:
	case CMARK_NODE_HTML_BLOCK:
		if (!is_ours(str_of(cmark_node_get_literal(n))))
			abort();
		break;
	default: break;
	}
}

static void check_md(struct str s)
{
	static const char *const names[] = {"autolink", "strikethrough", "table"};
	cmark_parser *parser;
	cmark_node *root;
	cmark_iter *it;

	cmark_gfm_core_extensions_ensure_registered();
	parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(names[i]));
	cmark_parser_feed(parser, s.p, s.n);
	root = cmark_parser_finish(parser);
	it = cmark_iter_new(root);
	while (cmark_iter_next(it) != CMARK_EVENT_DONE)
		check_node(cmark_iter_get_node(it));
	cmark_iter_free(it);
	cmark_node_free(root);
	cmark_parser_free(parser);
}
#else
static void check_md(struct str s)
{
}
#endif

static void fill(struct page *p, struct str text)
{
	static const struct page_column columns[] = {{"a", false}, {"b", true}};
	struct page_line *l;
	size_t evidence = page_evidence(
		p, &(struct page_evidence){.source = text, .lines = &text, .nlines = 1, .line = 1});

	page_heading(p, 2, text);
	page_prose(p, text);
	l = page_text(p);
	for (enum page_mark m = PAGE_PLAIN; m <= PAGE_WARN; m++)
		page_add(p, l, m, str_from(text, m * 3));
	page_cite(p, l, evidence);
	page_add(p, l, PAGE_PLAIN, text);
	page_link(p, l, 1, text);
	page_add(p, page_item(p), PAGE_STRONG, text);
	page_add(p, page_fact(p, text), PAGE_PLAIN, text);
	page_table(p, columns, 2);
	page_add(p, page_cell(p), PAGE_CODE, text);
	page_add(p, page_cell(p), PAGE_PLAIN, text);
	page_verbatim(p, text);
	page_command(p, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = {(const char *)data, n};
	CLEANUP_BUF struct buf html = {0}, md = {0};
	struct page_files files = {0};
	struct page p;

	page_init(&p, text, text);
	fill(&p, text);
	page_html(&p, &html);
	page_md(&p, STR("page"), &files, &md);
	check_html(buf_str(&html));
	check_md(buf_str(&md));
	page_files_release(&files);
	page_release(&p);
	return 0;
}
