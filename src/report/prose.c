// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Markdown in a page: see prose.h. libcmark-gfm reads it into a tree; what could act is replaced
 * there by text, and libcmark-gfm writes the tree. Each node is changed when the walk leaves it, so
 * that what the walk goes to next stays in place.
 */
#include "report/prose.h"

#include <stdlib.h>

#include "base/mem.h"
#include "config.h"
#include "report/markup.h"
#include "text/markdown.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

bool prose_is_link(struct str word)
{
	static const char *const parts[] = {"://", "www.", "mailto:", "xmpp:"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (str_contains_nocase(word, str_of(parts[i])))
			return true;
	for (size_t i = 0; i + 1 < word.n; i++)
		if (word.p[i] == '@' ||
		    ((word.p[i] == '#' || word.p[i] == '!') && digit(word.p[i + 1])))
			return true;
	return str_starts(word, STR("GH-"));
}

#if HAVE_CMARK
#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>

struct prose {
	unsigned shift;  /* of headings */
	unsigned before; /* level of the heading before */
};

static void insert(cmark_node *before, cmark_node_type type, const char *text)
{
	cmark_node *n = cmark_node_new(type);

	cmark_node_set_literal(n, text);
	if (!cmark_node_insert_before(before, n))
		cmark_node_free(n);
}

/* The node becomes text of another kind. */
static void replace(cmark_node *n, cmark_node_type type, const char *text)
{
	insert(n, type, text);
	cmark_node_free(n);
}

static void insert_part(cmark_node *before, cmark_node_type type, struct str part)
{
	CLEANUP_BUF struct buf b = {0};

	if (!part.n)
		return;
	buf_add_str(&b, part);
	insert(before, type, buf_cstr(&b));
}

/* Words that a forge would make links of stand in code spans. */
static void fix_text(cmark_node *n)
{
	struct str s = str_of(cmark_node_get_literal(n));
	size_t done = 0, at = 0;

	while (at < s.n) {
		size_t end = at;

		while (end < s.n && s.p[end] != ' ')
			end++;
		if (prose_is_link((struct str){s.p + at, end - at})) {
			insert_part(n, CMARK_NODE_TEXT, (struct str){s.p + done, at - done});
			insert_part(n, CMARK_NODE_CODE, (struct str){s.p + at, end - at});
			done = end;
		}
		at = end + 1;
	}
	if (!done)
		return;
	insert_part(n, CMARK_NODE_TEXT, str_from(s, done));
	cmark_node_free(n);
}

/* Its text, then its address, unless that is the text. */
static void fix_link(cmark_node *n)
{
	struct str url = str_of(cmark_node_get_url(n));
	cmark_node *child = cmark_node_first_child(n);
	const char *only = child && !cmark_node_next(child) ? cmark_node_get_literal(child) : NULL;
	bool same = only && str_ends(url, str_of(only));

	while ((child = cmark_node_first_child(n)))
		if (!cmark_node_insert_before(n, child))
			cmark_node_free(child);
	if (!same && url.n) {
		insert(n, CMARK_NODE_TEXT, " (");
		insert_part(n, CMARK_NODE_CODE, url);
		insert(n, CMARK_NODE_TEXT, ")");
	}
	cmark_node_free(n);
}

/* Only line breaks stay, which people need in tables. */
static void fix_html(cmark_node *n)
{
	struct str s = str_of(cmark_node_get_literal(n));

	if (str_eq_nocase(s, STR("<br>")) || str_eq_nocase(s, STR("<br/>")) ||
	    str_eq_nocase(s, STR("<br />")))
		cmark_node_set_literal(n, "<br>");
	else
		replace(n, CMARK_NODE_CODE, s.p);
}

/* A forge draws some languages: here they are code. */
static void fix_code_block(cmark_node *n)
{
	static const char *const drawn[] = {"mermaid", "geojson", "topojson",
					    "stl",     "math",    "plantuml"};
	struct str info = str_of(cmark_node_get_fence_info(n));
	bool word = info.n && info.n < 20;

	for (size_t i = 0; i < info.n; i++)
		word = word && ((info.p[i] | 32) >= 'a' && (info.p[i] | 32) <= 'z');
	for (size_t i = 0; i < ARRAY_SIZE(drawn); i++)
		word = word && !str_eq_nocase(info, str_of(drawn[i]));
	if (!word)
		cmark_node_set_fence_info(n, info.n ? "text" : "");
}

static void fix_heading(cmark_node *n, struct prose *p)
{
	unsigned level = (unsigned)cmark_node_get_heading_level(n) + p->shift;

	level = level > p->before + 1 ? p->before + 1 : level;
	level = level > 6 ? 6 : level;
	p->before = level;
	cmark_node_set_heading_level(n, (int)level);
}

static void fix(cmark_node *n, struct prose *p)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_TEXT: fix_text(n); break;
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE: fix_link(n); break;
	case CMARK_NODE_HTML_INLINE: fix_html(n); break;
	case CMARK_NODE_HTML_BLOCK:
		replace(n, CMARK_NODE_CODE_BLOCK, cmark_node_get_literal(n));
		break;
	case CMARK_NODE_CODE_BLOCK: fix_code_block(n); break;
	case CMARK_NODE_HEADING: fix_heading(n, p); break;
	default: break;
	}
}

static bool is_leaf(cmark_node *n)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_HTML_BLOCK:
	case CMARK_NODE_CODE_BLOCK:
	case CMARK_NODE_TEXT:
	case CMARK_NODE_CODE:
	case CMARK_NODE_HTML_INLINE: return true;
	default: return false;
	}
}

/* Headings begin below the one above, wherever their levels begin. */
static unsigned shift_of(cmark_node *root, unsigned level)
{
	cmark_iter *it = cmark_iter_new(root);
	unsigned least = 6;

	while (cmark_iter_next(it) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);

		if (cmark_node_get_type(n) == CMARK_NODE_HEADING &&
		    (unsigned)cmark_node_get_heading_level(n) < least)
			least = (unsigned)cmark_node_get_heading_level(n);
	}
	cmark_iter_free(it);
	return level + 1 > least ? level + 1 - least : 0;
}

static void fix_all(cmark_node *root, unsigned level)
{
	struct prose p = {.shift = shift_of(root, level), .before = level};
	cmark_iter *it = cmark_iter_new(root);
	cmark_event_type e;

	while ((e = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *n = cmark_iter_get_node(it);

		if (n != root && (e == CMARK_EVENT_EXIT || is_leaf(n)))
			fix(n, &p);
	}
	cmark_iter_free(it);
}

static cmark_node *parse(struct str markdown, unsigned level, cmark_parser **parser)
{
	static const char *const extensions[] = {"table", "strikethrough", "tasklist"};
	cmark_node *root;

	cmark_gfm_core_extensions_ensure_registered();
	*parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		cmark_parser_attach_syntax_extension(*parser,
						     cmark_find_syntax_extension(extensions[i]));
	cmark_parser_feed(*parser, markdown.p, markdown.n);
	root = cmark_parser_finish(*parser);
	fix_all(root, level);
	return root;
}

/* Tables get boxes of their own and their headings a scope. Text has no < left to be taken for it.
 */
static void add_html(struct buf *out, struct str s)
{
	static const struct {
		const char *is, *becomes;
	} tags[] = {
		{"<table>", "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
			    "aria-label=\"Table\">\n<table>"},
		{"</table>", "</table>\n</div>"},
		{"<th>", "<th scope=\"col\">"},
		{"<th ", "<th scope=\"col\" "},
	};

	while (s.n) {
		size_t at = str_find_char(s, '<'), i;

		buf_add_str(out, str_head(s, at));
		s = str_from(s, at);
		for (i = 0; i < ARRAY_SIZE(tags) && !str_starts(s, str_of(tags[i].is)); i++)
			;
		if (i < ARRAY_SIZE(tags)) {
			buf_add_str(out, str_of(tags[i].becomes));
			s = str_from(s, strlen(tags[i].is));
		} else if (s.n) {
			buf_add_char(out, '<');
			s = str_from(s, 1);
		}
	}
}

static bool prose(struct buf *out, struct str markdown, unsigned level, bool html)
{
	cmark_parser *parser;
	cmark_node *root;
	char *text;

	if (markdown.n > PROSE_MAX)
		return false;
	root = parse(markdown, level, &parser);
	text = html ? cmark_render_html(root, CMARK_OPT_UNSAFE, /* no HTML but <br> is left */
					cmark_parser_get_syntax_extensions(parser))
		    : cmark_render_commonmark(root, CMARK_OPT_DEFAULT, 0);
	if (html)
		add_html(out, str_of(text));
	else
		buf_add_str(out, str_of(text));
	free(text);
	cmark_node_free(root);
	cmark_parser_free(parser);
	return true;
}
#else
static bool prose(struct buf *out, struct str markdown, unsigned level, bool html)
{
	return false;
}
#endif

void prose_html(struct buf *out, struct str markdown, unsigned level)
{
	if (prose(out, markdown, level, true))
		return;
	BUF_LIT(out, "<pre class=\"box\"><code>");
	markup_add(out, markdown);
	BUF_LIT(out, "</code></pre>\n");
}

void prose_md(struct buf *out, struct str markdown, unsigned level)
{
	if (!prose(out, markdown, level, false))
		markdown_fence(out, "text", markdown);
}
