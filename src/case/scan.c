// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A scanner over lines: the first phase of CommonMark's parsing strategy (spec 0.30, appendix "A
 * parsing strategy"; GFM 0.29 for tables), without building a tree. For each line the open
 * containers (quotations, list items) are matched, then new ones opened, then what is left of the
 * line belongs to a leaf: paragraph, fence, indented code, HTML, table. The state is a short stack
 * and one leaf, so that the cost is one pass over the bytes.
 *
 * Left out on purpose: link reference definitions (they count as paragraphs), and the exact grammar
 * of a lone HTML tag.
 */
#include "case/scan.h"

#define MAX_DEPTH 64 /* containers; deeper ones are read as text */
#define NO_BLOCK  SIZE_MAX

enum leaf { LEAF_NONE, LEAF_PARAGRAPH, LEAF_FENCE, LEAF_CODE, LEAF_HTML, LEAF_TABLE };

struct container {
	bool item;        /* of a list; else a quotation */
	bool filled;      /* something stands in the item */
	unsigned columns; /* that belong to the item */
};

/* Where in a line; a tab may be consumed in part: col is then inside of it. */
struct cursor {
	const char *p, *end;
	unsigned col;
};

struct scanner {
	struct blocks *out;
	const char *base;
	struct container stack[MAX_DEPTH];
	unsigned depth;
	enum leaf leaf;
	size_t block;         /* of the leaf in out; NO_BLOCK: it is not at the top level */
	char fence;           /* its character */
	size_t fence_len;     /* how many */
	const char *html_end; /* text that ends it; NULL: a blank line */
	struct str last;      /* the paragraph's last line: may be the header of a table */
	const char *para;     /* where the paragraph begins */
	uint64_t para_no;
	struct str line; /* with its line break */
	uint64_t no;
};

bool scan_line(struct str *rest, struct str *line)
{
	size_t n;

	if (!rest->n)
		return false;
	n = str_find_char(*rest, '\n');
	*line = str_head(*rest, n + 1);
	*rest = str_from(*rest, line->n);
	return true;
}

struct str scan_chomp(struct str line)
{
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static unsigned tab_width(unsigned col)
{
	return 4 - col % 4;
}

/* Columns of the blanks at the cursor; *first is what follows them. */
static unsigned indent_of(const struct cursor *c, const char **first)
{
	unsigned col = c->col;
	const char *p = c->p;

	for (; p < c->end && blank(*p); p++)
		col += *p == ' ' ? 1 : tab_width(col);
	*first = p;
	return col - c->col;
}

static void skip_columns(struct cursor *c, unsigned n)
{
	while (n && c->p < c->end && blank(*c->p)) {
		unsigned w = *c->p == ' ' ? 1 : tab_width(c->col);

		if (w <= n)
			c->p++;
		else
			w = n;
		c->col += w;
		n -= w;
	}
}

/* Behind the blanks and n more bytes. */
static void skip_to(struct cursor *c, const char *first, unsigned indent, size_t n)
{
	c->p = first + n;
	c->col += indent + (unsigned)n;
}

static size_t run_of(const char *p, const char *end, char c)
{
	const char *q = p;

	while (q < end && *q == c)
		q++;
	return (size_t)(q - p);
}

static bool only_blanks(const char *p, const char *end)
{
	while (p < end && blank(*p))
		p++;
	return p == end;
}

/* Tables. */

static struct str trim_blanks(struct str s)
{
	while (s.n && (blank(s.p[0]) || s.p[0] == '\v' || s.p[0] == '\f'))
		s = str_from(s, 1);
	while (s.n && (blank(s.p[s.n - 1]) || s.p[s.n - 1] == '\v' || s.p[s.n - 1] == '\f'))
		s.n--;
	return s;
}

size_t scan_cells(struct str row, struct str *cells, size_t max)
{
	size_t n = 0, from = 0;

	row = trim_blanks(scan_chomp(row));
	if (row.n && row.p[0] == '|')
		from = 1;
	for (size_t i = from; i < row.n; i++) {
		if (row.p[i] != '|' || (i && row.p[i - 1] == '\\'))
			continue;
		if (n < max)
			cells[n] = (struct str){row.p + from, i - from};
		n++;
		from = i + 1;
	}
	if (from < row.n) {
		if (n < max)
			cells[n] = str_from(row, from);
		n++;
	}
	return n;
}

/* One cell of a delimiter row: -, with a colon at either end. */
static bool is_marker(struct str s)
{
	s = trim_blanks(s);
	if (s.n && s.p[0] == ':')
		s = str_from(s, 1);
	if (s.n && s.p[s.n - 1] == ':')
		s.n--;
	return s.n && run_of(s.p, s.p + s.n, '-') == s.n;
}

/* Cells of a delimiter row; 0 if it is none. */
static size_t delimiters(struct str row)
{
	struct str rest = trim_blanks(row), cell;
	size_t n = 0;

	if (rest.n && rest.p[0] == '|')
		rest = str_from(rest, 1);
	if (rest.n && rest.p[rest.n - 1] == '|')
		rest.n--;
	while (str_next(&rest, '|', &cell)) {
		if (!is_marker(cell))
			return 0;
		n++;
	}
	return n;
}

/* Blocks. */

static size_t offset(const struct scanner *s, const char *p)
{
	return (size_t)(p - s->base);
}

/* A block that begins with this line, if it stands at the top level. */
static size_t add_block(struct scanner *s, enum block_kind kind)
{
	if (s->depth)
		return NO_BLOCK;
	array_push(s->out->v, s->out->n, s->out->cap) = (struct block){
		.kind = kind,
		.line = s->no,
		.start = offset(s, s->line.p),
		.end = offset(s, s->line.p) + s->line.n,
	};
	return s->out->n - 1;
}

/* This line belongs to the leaf's block. */
static void extend(struct scanner *s)
{
	if (s->block != NO_BLOCK)
		s->out->v[s->block].end = offset(s, s->line.p) + s->line.n;
}

static void close_leaf(struct scanner *s)
{
	s->leaf = LEAF_NONE;
	s->block = NO_BLOCK;
}

static void leaf_done(struct scanner *s)
{
	if (s->block != NO_BLOCK)
		s->out->v[s->block].open = false;
	close_leaf(s);
}

static void open_leaf(struct scanner *s, enum leaf leaf, size_t block)
{
	if (s->depth)
		s->stack[s->depth - 1].filled = true;
	s->leaf = leaf;
	s->block = block;
}

static void add_heading(struct scanner *s, unsigned level, const char *p, const char *end)
{
	struct str text = trim_blanks((struct str){p, (size_t)(end - p)});
	size_t i;

	open_leaf(s, LEAF_NONE, NO_BLOCK);
	i = add_block(s, BLOCK_HEADING);
	if (i == NO_BLOCK)
		return;
	s->out->v[i].level = level;
	s->out->v[i].text = text;
}

/* # Title ## */
static bool atx_heading(struct scanner *s, const char *p, const char *end)
{
	size_t n = run_of(p, end, '#');
	const char *last = end;

	if (n < 1 || n > 6 || (p + n < end && !blank(p[n])))
		return false;
	p += n;
	while (last > p && blank(last[-1]))
		last--;
	end = last;
	while (last > p && last[-1] == '#')
		last--;
	if (last == p || blank(last[-1]))
		end = last;
	add_heading(s, (unsigned)n, p, end);
	return true;
}

/* Lines from here on are no stray ones after all. */
static void drop_stray(struct scanner *s, uint64_t from)
{
	struct blocks *b = s->out;

	while (!s->depth && b->n && b->v[b->n - 1].kind == BLOCK_STRAY &&
	       b->v[b->n - 1].line >= from)
		b->n--;
}

static size_t line_start(const struct scanner *s, const char *p)
{
	while (p > s->base && p[-1] != '\n')
		p--;
	return offset(s, p);
}

/* The paragraph so far is a heading, this line below it all = or -. */
static bool setext_heading(struct scanner *s, const char *p, const char *end)
{
	size_t n = p < end && (*p == '=' || *p == '-') ? run_of(p, end, *p) : 0;

	if (!n || !only_blanks(p + n, end))
		return false;
	drop_stray(s, s->para_no);
	add_heading(s, *p == '=' ? 1 : 2, s->para, s->last.p + s->last.n);
	if (!s->depth) { /* it begins above */
		struct block *b = &s->out->v[s->out->n - 1];

		b->start = line_start(s, s->para);
		b->line = s->para_no;
	}
	return true;
}

static bool open_fence(struct scanner *s, const char *p, const char *end)
{
	size_t n = run_of(p, end, *p);

	if ((*p != '`' && *p != '~') || n < 3)
		return false;
	if (*p == '`' && memchr(p + n, '`', (size_t)(end - p) - n))
		return false;
	s->fence = *p;
	s->fence_len = n;
	open_leaf(s, LEAF_FENCE, add_block(s, BLOCK_FENCE));
	if (s->block != NO_BLOCK)
		s->out->v[s->block].open = true;
	return true;
}

static bool thematic_break(const char *p, const char *end)
{
	char c = *p;
	size_t n = 0;

	if (c != '*' && c != '-' && c != '_')
		return false;
	for (; p < end; p++) {
		if (*p == c)
			n++;
		else if (!blank(*p))
			return false;
	}
	return n >= 3;
}

/* HTML. */

static const char *const html_blocks[] = {
	"address", "article",  "aside",   "base",     "basefont", "blockquote", "body",
	"caption", "center",   "col",     "colgroup", "dd",       "details",    "dialog",
	"dir",     "div",      "dl",      "dt",       "fieldset", "figcaption", "figure",
	"footer",  "form",     "frame",   "frameset", "h1",       "h2",         "h3",
	"h4",      "h5",       "h6",      "head",     "header",   "hr",         "html",
	"iframe",  "legend",   "li",      "link",     "main",     "menu",       "menuitem",
	"nav",     "noframes", "ol",      "optgroup", "option",   "p",          "param",
	"section", "source",   "summary", "table",    "tbody",    "td",         "tfoot",
	"th",      "thead",    "title",   "tr",       "track",    "ul",
};

static const struct {
	const char *begin, *end;
} html_raw[] = {
	{"<script", "</script>"},     {"<pre", "</pre>"}, {"<style", "</style>"},
	{"<textarea", "</textarea>"}, {"<!--", "-->"},    {"<?", "?>"},
	{"<![CDATA[", "]]>"},
};

static bool letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool alnum(char c)
{
	return letter(c) || (c >= '0' && c <= '9');
}

static bool begins_nocase(struct str s, struct str with)
{
	return s.n >= with.n && str_eq_nocase(str_head(s, with.n), with);
}

/* A tag's name at s ("<div" or "</div"); empty if there is none. */
static struct str tag_name(struct str s)
{
	struct str name = str_from(s, s.n > 1 && s.p[1] == '/' ? 2 : 1);
	size_t n = 0;

	if (!name.n || !letter(name.p[0]))
		return str_head(name, 0);
	while (n < name.n && (alnum(name.p[n]) || name.p[n] == '-'))
		n++;
	return str_head(name, n);
}

/* Does HTML begin here that ends with a blank line? alone: also a lone tag of any name. */
static bool html_tag(struct str s, bool alone)
{
	struct str name = tag_name(s), after = str_from(s, (size_t)(name.p + name.n - s.p));
	size_t close;

	if (!name.n)
		return false;
	if (!after.n || blank(after.p[0]) || after.p[0] == '>' || str_starts(after, STR("/>")))
		for (size_t i = 0; i < ARRAY_SIZE(html_blocks); i++)
			if (str_eq_nocase(name, str_of(html_blocks[i])))
				return true;
	close = str_find_char(after, '>');
	return alone && close < after.n && (!close || blank(after.p[0]) || after.p[0] == '/') &&
	       str_find_char(str_head(after, close), '<') == close &&
	       only_blanks(after.p + close + 1, after.p + after.n);
}

static bool html_ends(const struct scanner *s, struct str rest)
{
	return s->html_end && str_contains_nocase(rest, str_of(s->html_end));
}

static bool open_html(struct scanner *s, const char *p, const char *end, bool paragraph)
{
	struct str rest = {p, (size_t)(end - p)};
	bool raw = false;

	s->html_end = NULL;
	for (size_t i = 0; *p == '<' && i < ARRAY_SIZE(html_raw); i++) {
		struct str begin = str_of(html_raw[i].begin);

		if (!begins_nocase(rest, begin))
			continue;
		if (letter(begin.p[1]) && rest.n > begin.n && !blank(rest.p[begin.n]) &&
		    rest.p[begin.n] != '>')
			continue;
		s->html_end = html_raw[i].end;
		raw = true;
		break;
	}
	if (!raw && rest.n > 2 && p[0] == '<' && p[1] == '!' && letter(p[2])) {
		s->html_end = ">";
		raw = true;
	}
	if (!raw && (*p != '<' || !html_tag(rest, !paragraph)))
		return false;
	open_leaf(s, LEAF_HTML,
		  str_starts(rest, STR("<!--")) ? add_block(s, BLOCK_COMMENT) : NO_BLOCK);
	if (s->block != NO_BLOCK)
		s->out->v[s->block].open = true;
	if (html_ends(s, rest))
		leaf_done(s);
	return true;
}

/* Containers. */

static void push(struct scanner *s, struct container c)
{
	if (s->depth)
		s->stack[s->depth - 1].filled = true;
	close_leaf(s);
	s->stack[s->depth++] = c;
}

static bool open_quote(struct scanner *s, struct cursor *c, const char *p, unsigned indent)
{
	if (*p != '>' || s->depth == MAX_DEPTH)
		return false;
	skip_to(c, p, indent, 1);
	skip_columns(c, 1);
	push(s, (struct container){.item = false});
	return true;
}

/* Bytes of a list marker at p; one that stands in a paragraph must look like a list. */
static size_t list_marker(const char *p, const char *end, bool paragraph)
{
	size_t n = 0;

	if (*p == '-' || *p == '+' || *p == '*') {
		n = 1;
	} else {
		while (p + n < end && n < 10 && p[n] >= '0' && p[n] <= '9')
			n++;
		if (n < 1 || n > 9 || p + n >= end || (p[n] != '.' && p[n] != ')'))
			return 0;
		if (paragraph && (n != 1 || *p != '1'))
			return 0;
		n++;
	}
	if (p + n < end && !blank(p[n]))
		return 0;
	return paragraph && only_blanks(p + n, end) ? 0 : n;
}

static bool open_item(struct scanner *s, struct cursor *c, const char *p, unsigned indent,
		      bool paragraph)
{
	size_t n = list_marker(p, c->end, paragraph);
	struct cursor after;
	const char *first;
	unsigned gap;

	if (!n || s->depth == MAX_DEPTH)
		return false;
	skip_to(c, p, indent, n);
	after = *c;
	gap = indent_of(&after, &first);
	if (gap > 4 || first == c->end) /* code, or nothing, on the marker's line */
		gap = 1;
	skip_columns(c, gap);
	push(s, (struct container){.item = true, .columns = indent + (unsigned)n + gap});
	return true;
}

/* How many open containers go on in this line; the cursor is then behind what they take. */
static unsigned match_containers(const struct scanner *s, struct cursor *c)
{
	unsigned i;

	for (i = 0; i < s->depth; i++) {
		const struct container *k = &s->stack[i];
		const char *p;
		unsigned indent = indent_of(c, &p);

		if (!k->item) {
			if (indent > 3 || p == c->end || *p != '>')
				break;
			skip_to(c, p, indent, 1);
			skip_columns(c, 1);
		} else if (indent >= k->columns) {
			skip_columns(c, k->columns);
		} else if (p == c->end && k->filled) {
			skip_to(c, p, indent, 0);
		} else {
			break;
		}
	}
	return i;
}

/* Code and HTML, whose lines are nothing else. Whether the line is dealt with. */
static bool continue_raw(struct scanner *s, const struct cursor *c)
{
	const char *p;
	unsigned indent = indent_of(c, &p);

	switch (s->leaf) {
	case LEAF_FENCE:
		extend(s);
		if (indent < 4 && p < c->end && *p == s->fence) {
			size_t n = run_of(p, c->end, s->fence);

			if (n >= s->fence_len && only_blanks(p + n, c->end))
				leaf_done(s);
		}
		return true;
	case LEAF_HTML:
		if (!s->html_end && p == c->end) {
			leaf_done(s);
			return true;
		}
		extend(s);
		if (html_ends(s, (struct str){p, (size_t)(c->end - p)}))
			leaf_done(s);
		return true;
	case LEAF_CODE:
		if (indent >= 4 || p == c->end)
			return true;
		close_leaf(s);
		return false;
	default: return false;
	}
}

/* The line above is a header and this one its delimiter row. */
static bool open_table(struct scanner *s, const char *p, const char *end)
{
	size_t n = delimiters((struct str){p, (size_t)(end - p)});
	struct block *b;

	if (!n || scan_cells(s->last, NULL, 0) != n)
		return false;
	if (s->depth) {
		open_leaf(s, LEAF_TABLE, NO_BLOCK);
		return true;
	}
	drop_stray(s, s->no - 1);
	open_leaf(s, LEAF_TABLE, add_block(s, BLOCK_TABLE));
	b = &s->out->v[s->block];
	b->rows = b->end;
	b->line--;
	b->start = line_start(s, s->last.p);
	return true;
}

/* A line of text: of the paragraph, of the table, or a new paragraph. */
static void add_text(struct scanner *s, const char *p, const char *end)
{
	struct str text = {p, (size_t)(end - p)};
	bool fresh = s->leaf != LEAF_PARAGRAPH;

	if (s->leaf == LEAF_TABLE && !str_eq(trim_blanks(text), STR("|"))) {
		extend(s);
		return;
	}
	open_leaf(s, LEAF_PARAGRAPH, NO_BLOCK);
	if (fresh) {
		s->para = p;
		s->para_no = s->no;
	}
	if (*p == '|' && (fresh || s->last.p[0] != '|'))
		add_block(s, BLOCK_STRAY);
	s->last = text;
}

/* What may begin at the cursor; true: the line is used up. */
static bool open_block(struct scanner *s, struct cursor *c, bool *container)
{
	bool paragraph = s->leaf == LEAF_PARAGRAPH;
	const char *p;
	unsigned indent = indent_of(c, &p);

	*container = false;
	if (p == c->end) {
		close_leaf(s);
		return true;
	}
	if (indent >= 4) {
		if (paragraph)
			return false;
		open_leaf(s, LEAF_CODE, NO_BLOCK);
		return true;
	}
	if (open_quote(s, c, p, indent)) {
		*container = true;
		return false;
	}
	if (atx_heading(s, p, c->end) || open_fence(s, p, c->end) ||
	    open_html(s, p, c->end, paragraph) || (paragraph && setext_heading(s, p, c->end)))
		return true;
	if (thematic_break(p, c->end)) {
		open_leaf(s, LEAF_NONE, NO_BLOCK);
		return true;
	}
	if (open_item(s, c, p, indent, paragraph)) {
		*container = true;
		return false;
	}
	return paragraph && open_table(s, p, c->end);
}

static void scan_one(struct scanner *s)
{
	struct str content = scan_chomp(s->line);
	struct cursor c = {content.p, content.p + content.n, 0};
	unsigned matched = match_containers(s, &c), depth = s->depth;
	enum leaf leaf = s->leaf;
	bool all = matched == depth, lazy = !all && leaf == LEAF_PARAGRAPH, container;
	const char *p;

	if (all && continue_raw(s, &c))
		return;
	if (!all) { /* as if the rest were closed, unless the line turns out to be lazy */
		s->depth = matched;
		s->leaf = LEAF_NONE;
	}
	do {
		container = false;
		if (!(lazy && indent_of(&c, &p) >= 4 && p < c.end) && open_block(s, &c, &container))
			return;
		lazy = lazy && !container;
	} while (container);
	indent_of(&c, &p);
	if (lazy) { /* the paragraph of a container that the line does not continue */
		s->depth = depth;
		s->leaf = leaf;
		s->last = (struct str){p, 0}; /* no header of a table */
	} else {
		add_text(s, p, c.end);
	}
}

void scan_blocks(struct str text, size_t from, uint64_t line, struct blocks *b)
{
	struct scanner s = {.out = b, .base = text.p, .block = NO_BLOCK, .no = line};
	struct str rest = str_from(text, from);

	for (; scan_line(&rest, &s.line); s.no++)
		scan_one(&s);
}
