// SPDX-License-Identifier: GPL-3.0-or-later
/* Pages: what is kept of text, and what HTML, Markdown and SVG make of it. */
#include "unit.h"

#include <math.h>
#include <stdio.h>

#include "base/file.h"
#include "config.h"
#include "page-sample.h"
#include "report/page-html.h"
#include "report/page-md.h"
#include "report/pareto.h"
#include "report/prose.h"
#include "report/svg.h"
#include "report/thin.h"
#include "text/markdown.h"
#include "text/utf8.h"

#define assert_has(b, text)   assert_true(str_contains(buf_str(b), str_of(text)))
#define assert_lacks(b, text) assert_false(str_contains(buf_str(b), str_of(text)))

static void text_is_clean(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"plain", "plain"},
		{"a\tb\nc\n", "a\tb\nc\n"},
		{"\x1b[31mred\x1b[0m", "red"},
		{"a\x01\x7f", "a\ufffd\ufffd"},
		{"a\xff\xc3(", "a\ufffd\ufffd("},
		{"\u202Egnp.exe", "\ufffdgnp.exe"},
		{"a\u2028b", "a b"},
		{"\ufdd0\uffff", "\ufffd\ufffd"},
		{"one\r\n two\r\n", "one\n two\n"},
		{"\u05d0 \U0001f600", "\u05d0 \U0001f600"},
	};
	struct page p;

	page_init(&p, STR("t"), STR("m"));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct page_line *l = page_text(&p);

		page_add(&p, l, PAGE_PLAIN, str_of(cases[i].in));
		assert_string_equal(l->first->text.p, cases[i].out);
	}
	page_release(&p);
}

static void lines_are_cut(void **state)
{
	CLEANUP_BUF struct buf b = {0};
	struct page p;

	for (size_t i = 0; i < PAGE_LINE_MAX; i++)
		BUF_LIT(&b, "\u00e4");
	page_init(&p, STR("t"), buf_str(&b));
	assert_int_equal(p.made_by.n, 2 * PAGE_LINE_MAX);
	page_prose(&p, buf_str(&b));
	assert_int_equal(p.last->text.n, 2 * PAGE_LINE_MAX);
	page_verbatim(&p, buf_str(&b));
	assert_true(str_ends(p.last->text, STR("\u00e4 ... (8192 bytes)")));
	assert_true(utf8_valid(p.last->text));
	page_release(&p);
}

static void evidence_once(void **state)
{
	struct str line = STR("x\x01"), other = STR("y");
	struct page_evidence e = {.source = STR("a.log"), .lines = &line, .nlines = 1, .line = 3};
	struct page p;

	page_init(&p, STR("t"), STR("m"));
	assert_int_equal(page_evidence(&p, &e), 1);
	assert_int_equal(page_evidence(&p, &e), 1);
	e.lines = &other;
	assert_int_equal(page_evidence(&p, &e), 2);
	e.line = 4;
	assert_int_equal(page_evidence(&p, &e), 3);
	page_release(&p);
}

/* As page_sample writes them. */
static void same_as_file(struct str s, const char *path)
{
	struct err err;
	char *data;
	size_t n;

	assert_int_equal(file_read_small(path, 1 << 20, &data, &n, &err), 0);
	if (!str_eq(s, (struct str){data, n}))
		fail_msg("%s differs from:\n" STR_FMT, path, STR_ARG(s));
	free(data);
}

static void golden(void **state)
{
	CLEANUP_BUF struct buf html = {0}, md = {0};
	struct page_files files = {0};
	struct page p;

	small_fill(&p);
	page_html(&p, &html);
	page_md(&p, STR("small"), &files, &md);
	same_as_file(sample_body(&html), "tests/pages/small.html");
	same_as_file(buf_str(&md), "tests/pages/small.md");
	assert_int_equal(files.n, 2);
	assert_string_equal(files.files[0].name, "small-1.svg");
	same_as_file(buf_str(&files.files[0].bytes), "tests/pages/small-1.svg");
	page_files_release(&files);
	page_release(&p);
}

static void same_bytes_twice(void **state)
{
	CLEANUP_BUF struct buf a = {0}, b = {0};
	struct page p;

	sample_fill(&p);
	page_html(&p, &a);
	page_html(&p, &b);
	assert_true(str_eq(buf_str(&a), buf_str(&b)));
	page_release(&p);
}

static void prose_cases(void **state)
{
	static const struct {
		const char *in, *html, *md;
	} cases[] = {
		{"a *b*", "<p>a <em>b</em></p>", "a *b*\n"},
		{"# t\n\n## u", "<h3>t</h3>\n<h4>u</h4>", "### t\n\n#### u\n"},
		{"### t\n\n# u\n\n### v", "<h3>t</h3>\n<h3>u</h3>\n<h4>v</h4>",
		 "### t\n\n### u\n\n#### v\n"},
		{"[a](http://x.example)", "<p>a (<code>http://x.example</code>)</p>",
		 "a (`http://x.example`)\n"},
		{"[a](javascript:x)", "<p>a (<code>javascript:x</code>)</p>",
		 "a (`javascript:x`)\n"},
		{"<http://x.example>", "<p><code>http://x.example</code></p>",
		 "`http://x.example`\n"},
		{"![a](b.png)", "<p>a (<code>b.png</code>)</p>", "a (`b.png`)\n"},
		{"[![i](a)](b)", "<p>i (<code>a</code>) (<code>b</code>)</p>", "i (`a`) (`b`)\n"},
		{"see http://x.example now", "<p>see <code>http://x.example</code> now</p>",
		 "see `http://x.example` now\n"},
		{"@u #1 a@b.example",
		 "<p><code>@u</code> <code>#1</code> <code>a@b.example</code></p>",
		 "`@u` `#1` `a@b.example`\n"},
		{"a <b onclick=x>c", "<p>a <code>&lt;b onclick=x&gt;</code>c</p>",
		 "a `<b onclick=x>`c\n"},
		{"<script>x</script>", "<pre><code>&lt;script&gt;x&lt;/script&gt;\n</code></pre>",
		 "    <script>x</script>\n"},
		{"```mermaid\nx\n```", "<pre><code class=\"language-text\">x\n</code></pre>",
		 "``` text\nx\n```\n"},
		{"```c\nx\n```", "<pre><code class=\"language-c\">x\n</code></pre>",
		 "``` c\nx\n```\n"},
		{"| a |\n| - |\n| b<br>c |",
		 "<th scope=\"col\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b<br>c</td>",
		 "| a |\n| --- |\n| b<br>c |\n"},
		{"- [x] a", "<input type=\"checkbox\" checked=\"\" disabled=\"\" /> a",
		 "- [x] a\n"},
		{"~~a~~", "<p><del>a</del></p>", "~~a~~\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf html = {0}, md = {0};

		prose_html(&html, str_of(cases[i].in), 2);
		prose_md(&md, str_of(cases[i].in), 2);
		if (!HAVE_CMARK) {
			assert_has(&html, "<pre class=\"box\"><code>");
			assert_has(&md, cases[i].in);
			continue;
		}
		if (!str_contains(buf_str(&html), str_of(cases[i].html)))
			fail_msg("%s: %s", cases[i].in, buf_cstr(&html));
		if (!str_eq(buf_str(&md), str_of(cases[i].md)))
			fail_msg("%s: %s", cases[i].in, buf_cstr(&md));
	}
}

static void prose_too_long(void **state)
{
	CLEANUP_BUF struct buf b = {0}, html = {0}, md = {0};

	for (size_t i = 0; i <= PROSE_MAX; i++)
		buf_add_char(&b, '*');
	prose_html(&html, buf_str(&b), 2);
	prose_md(&md, buf_str(&b), 2);
	assert_true(str_starts(buf_str(&html), STR("<pre class=\"box\"><code>***")));
	assert_true(str_starts(buf_str(&md), STR("```text\n***")));
}

static void words_that_are_links(void **state)
{
	static const struct {
		const char *word;
		bool is;
	} cases[] = {
		{"http://x", true}, {"WWW.x.example", true},
		{"mailto:a", true}, {"@a", true},
		{"a@b", true},      {"#1", true},
		{"a/b#12", true},   {"!7", true},
		{"GH-1", true},     {"#", false},
		{"C#", false},      {"a:b", false},
		{"@", false},       {"", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(prose_is_link(str_of(cases[i].word)), cases[i].is);
}

static void markdown_cases(void **state)
{
	static const struct {
		const char *in, *text, *code;
	} cases[] = {
		{"a_b", "a_b", "`a_b`"}, {"a|b", "a\\|b", "`a\\|b`"},
		{"`", "\\`", "`` ` ``"}, {"a``b", "a\\`\\`b", "```a``b```"},
		{"", "", "`  `"},        {"a\nb", "a<br>b", "`a b`"},
		{"x]", "x\\]", "`x]`"},  {"<", "\\<", "`<`"},
		{"\\", "\\\\", "`\\`"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf text = {0}, code = {0};

		markdown_escape(&text, str_of(cases[i].in), 0, 0);
		markdown_code(&code, str_of(cases[i].in), true);
		buf_cstr(&text);
		assert_string_equal(text.n ? text.p : "", cases[i].text);
		assert_string_equal(buf_cstr(&code), cases[i].code);
	}
}

static void paragraphs_stay_paragraphs(void **state)
{
	static const struct {
		const char *in, *md;
	} cases[] = {
		{"# a", "\\# a\n\n"},     {"- a", "\\- a\n\n"}, {"12. a", "12\\. a\n\n"},
		{"12.5 a", "12.5 a\n\n"}, {"  a", "a\n\n"},     {"[a]: /b", "\\[a]: /b\n\n"},
		{"> a", "\\> a\n\n"},     {"=", "\\=\n\n"},     {"a", "a\n\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf md = {0};
		struct page_files files = {0};
		struct page p;

		page_init(&p, STR("t"), STR(""));
		page_add(&p, page_text(&p), PAGE_PLAIN, str_of(cases[i].in));
		page_md(&p, STR("s"), &files, &md);
		assert_string_equal(buf_cstr(&md) + 5, cases[i].md);
		page_release(&p);
	}
}

static void spans_that_meet(void **state)
{
	CLEANUP_BUF struct buf md = {0};
	struct page_files files = {0};
	struct page_line *l;
	struct page p;

	page_init(&p, STR("t"), STR(""));
	l = page_text(&p);
	page_add(&p, l, PAGE_PLAIN, STR("[a"));
	page_add(&p, l, PAGE_FAINT, STR("](b) wow!"));
	page_cite(&p, l, 1);
	page_add(&p, l, PAGE_STRONG, STR(" b "));
	page_add(&p, l, PAGE_BAD, STR("*"));
	page_add(&p, l, PAGE_CODE, STR("c"));
	page_add(&p, l, PAGE_CODE, STR("d"));
	page_md(&p, STR("s"), &files, &md);
	assert_string_equal(buf_cstr(&md) + 5, "\\[a\\](b) wow\\!\\[E1\\] **b \\***`cd`\n\n");
	page_release(&p);
}

static void headings_in_order(void **state)
{
	CLEANUP_BUF struct buf html = {0}, md = {0};
	struct page_files files = {0};
	struct page p;

	page_init(&p, STR("t"), STR(""));
	page_heading(&p, 4, STR("a"));
	page_heading(&p, 4, STR("b #"));
	page_heading(&p, 0, STR("c"));
	page_html(&p, &html);
	page_md(&p, STR("s"), &files, &md);
	assert_has(&html, "<h2 id=\"s1\">a</h2>\n<h3 id=\"s2\">b #</h3>\n<h2 id=\"s3\">c</h2>");
	assert_string_equal(buf_cstr(&md) + 5, "## a\n\n### b \\#\n\n## c\n\n");
	page_release(&p);
}

/* Data cannot end its element; a diagram's style sheet is allowed by its hash. */
static void scripts_and_styles(void **state)
{
	CLEANUP_BUF struct buf html = {0};
	double x = 1, y = 2;
	struct page p;

	page_init(&p, STR("t"), STR(""));
	page_diagram(&p, &(struct page_diagram){STR("d"), STR("s"),
						STR("<?xml?><svg><style>a{}</style></svg>")});
	page_chart(&p, &(struct page_chart){
			       .title = "</script>&\u2028",
			       .x_name = "",
			       .y_name = "",
			       .lines = &(struct plot_line){.n = 1, .x = &x, .y = &y, .name = "l"},
			       .nlines = 1});
	page_html(&p, &html);
	assert_has(&html, "sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk=");
	assert_lacks(&html, "<?xml");
	if (HAVE_UPLOT)
		assert_has(&html, "{\"title\":\"\\u003c/script\\u003e\\u0026 \"");
	else
		assert_has(&html, "script-src 'none'");
	page_release(&p);
}

static void big(void **state)
{
	static const struct page_column columns[] = {{"a", false}, {"b", true}};
	CLEANUP_BUF struct buf line = {0}, html = {0}, md = {0};
	struct page_files files = {0};
	struct page p;

	for (size_t i = 0; i < 1 << 20; i++)
		buf_add_char(&line, "<a &"[i % 4]);
	page_init(&p, buf_str(&line), STR(""));
	page_table(&p, columns, 2);
	for (size_t i = 0; i < 10000; i++) {
		page_addf(&p, page_cell(&p), PAGE_CODE, "row %zu", i);
		page_add(&p, page_cell(&p), PAGE_PLAIN, STR("1"));
	}
	page_add(&p, page_cell(&p), PAGE_PLAIN, STR("only one")); /* a row that is not full */
	page_verbatim(&p, buf_str(&line));
	page_html(&p, &html);
	page_md(&p, STR("s"), &files, &md);
	assert_has(&html, "<td><code>row 9999</code></td><td class=\"n\">1</td></tr>\n"
			  "<tr><td>only one</td><td class=\"n\"></td></tr>");
	assert_has(&md, "| `row 9999` | 1 |\n| only one |\n");
	assert_in_range(html.n, 100000, 2000000);
	page_release(&p);
}

static void thin_lines(void **state)
{
	enum { N = 10000 };
	double x[N], y[N], high[N], total = 0;
	struct plot_line l = {.n = N, .x = x, .y = y};
	struct thin t;
	size_t gaps = 0;

	for (size_t i = 0; i < N; i++) {
		x[i] = (double)i;
		y[i] = (i >= 4000 && i < 4500) ? NAN : i == 777 ? 50 : i == 778 ? -50 : 1;
		high[i] = y[i] + 2;
	}
	thin_init(&t, &l, 100);
	assert_in_range(t.n, 100, 200);
	for (size_t i = 0; i < t.n; i++) {
		gaps += isnan(t.y[i]);
		total += isnan(t.y[i]) ? 0 : fabs(t.y[i]) > 2 ? t.y[i] : 0;
		assert_true(i == 0 || t.x[i] > t.x[i - 1]);
	}
	assert_int_equal(gaps, 5);
	assert_true(total == 0); /* both are there */
	thin_release(&t);
	l.y_high = high;
	thin_init(&t, &l, 100);
	assert_int_equal(t.n, 100);
	assert_true(t.y[7] == -50 && t.high[7] == 52);
	thin_release(&t);
	l.n = 5;
	thin_init(&t, &l, 100);
	assert_int_equal(t.n, 5);
	thin_release(&t);
}

static void pareto_order(void **state)
{
	struct page_bar bars[] = {{STR("a"), 1, 0},       {STR("b"), NAN, 0}, {STR("c"), 3, 0},
				  {STR("d"), -2, 0},      {STR("e"), 0, 0},   {STR("f"), 1, 0},
				  {STR("g"), INFINITY, 0}};
	struct pareto p;

	pareto_init(&p, &(struct page_bars){"t", "u", bars, ARRAY_SIZE(bars)});
	assert_int_equal(p.n, 3);
	assert_ptr_equal(p.bars[0], &bars[2]);
	assert_ptr_equal(p.bars[1], &bars[0]);
	assert_ptr_equal(p.bars[2], &bars[5]);
	assert_true(p.running[0] == .6 && p.running[2] == 1);
	pareto_release(&p);
}

/* Whatever the values: a picture, and no number in it that is none. */
static void odd_charts(void **state)
{
	static const double values[][3] = {
		{1, 1, 1},          {NAN, NAN, NAN},          {INFINITY, 1, -INFINITY},
		{1e308, -1e308, 0}, {1e-300, 2e-300, 3e-300}, {-1, 0, 5},
		{0, 0, 0},          {1e18, 2e18, 1e-18}};
	static const double steps[][3] = {
		{1, 2, 3}, {5, 5, 5}, {NAN, NAN, NAN}, {-1e308, 0, 1e308}, {1e15, 1e15, 1e15 + 1}};

	for (size_t i = 0; i < ARRAY_SIZE(values) * ARRAY_SIZE(steps) * 4; i++) {
		const double *x = steps[i % ARRAY_SIZE(steps)];
		const double *y = values[i / ARRAY_SIZE(steps) % ARRAY_SIZE(values)];
		size_t form = i / ARRAY_SIZE(steps) / ARRAY_SIZE(values);
		CLEANUP_BUF struct buf out = {0};

		svg_chart(
			&out,
			&(struct page_chart){
				.title = "t",
				.x_name = "x",
				.y_name = "y",
				.lines = (struct plot_line[]){{.n = 3, .x = x, .y = y, .name = "a"},
							      {.n = 3,
							       .x = x,
							       .y = y,
							       .y_high = values[0],
							       .name = "b"}},
				.nlines = 2,
				.events = (struct page_event[]){{2, 1, NAN, "e"},
								{NAN, NAN, NAN, "f"}},
				.nevents = 2,
				.log = form & 1,
				.points = form & 2},
			SVG_NARROW, 1);
		assert_true(str_ends(buf_str(&out), STR("</svg>\n")));
		assert_in_range(out.n, 100, 20000);
		if (str_contains(buf_str(&out), STR("nan")) ||
		    str_contains(buf_str(&out), STR("inf ")))
			fail_msg("%zu: %s", i, buf_cstr(&out));
	}
}

static void odd_bars(void **state)
{
	struct page_bar bars[40];
	CLEANUP_BUF struct buf none = {0}, many = {0};

	for (size_t i = 0; i < ARRAY_SIZE(bars); i++)
		bars[i] = (struct page_bar){STR("\"<&>"), 1 + (double)(i % 7), 0};
	svg_bars(&none, &(struct page_bars){"t", "u", bars, 0}, SVG_FILE, 1);
	assert_has(&none, ">no values</text>");
	svg_bars(&many, &(struct page_bars){"t", "u", bars, 40}, SVG_WIDE, 1);
	assert_has(&many, ">25 others</text>");
	assert_has(&many, ">&quot;&lt;&amp;&gt;</text>");
}

static void names_of_files(void **state)
{
	CLEANUP_BUF struct buf md = {0};
	struct page_files files = {0};
	struct page p;

	page_init(&p, STR("t"), STR(""));
	page_bars(&p, &(struct page_bars){"a](b)!", "u", NULL, 0});
	page_md(&p, STR("a b)\u00e9"), &files, &md);
	assert_has(&md, "![a\\]\\(b\\)\\!](a%20b%29%C3%A9-1.svg)");
	assert_string_equal(files.files[0].name, "a b)\u00e9-1.svg");
	page_files_release(&files);
	assert_int_equal(files.n, 0);
	page_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_clean),      cmocka_unit_test(lines_are_cut),
		cmocka_unit_test(evidence_once),      cmocka_unit_test(golden),
		cmocka_unit_test(same_bytes_twice),   cmocka_unit_test(prose_cases),
		cmocka_unit_test(prose_too_long),     cmocka_unit_test(words_that_are_links),
		cmocka_unit_test(markdown_cases),     cmocka_unit_test(paragraphs_stay_paragraphs),
		cmocka_unit_test(spans_that_meet),    cmocka_unit_test(headings_in_order),
		cmocka_unit_test(scripts_and_styles), cmocka_unit_test(big),
		cmocka_unit_test(thin_lines),         cmocka_unit_test(pareto_order),
		cmocka_unit_test(odd_charts),         cmocka_unit_test(odd_bars),
		cmocka_unit_test(names_of_files),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
