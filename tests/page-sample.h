/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages for the tests: one that has everything, and one whose every text is hostile. */
#pragma once

#include <math.h>
#include <stdlib.h>

#include "report/page.h"

#define HOSTILE                                                                                \
	"</script><!-- ]]> <img src=x onerror=alert(1)> \"onload=\"alert(1) 'x' &lt; `|` *b* " \
	"[a](javascript:alert(1)) https://evil.example/x www.evil.example @someone #12 "       \
	"\xe2\x80\xae"                                                                         \
	"txt.exe\xe2\x80\xac \x1b[31mred\x1b[0m \x01\x7f\xff\xc3( \xe2\x80\xa8 <b>"

enum { SAMPLE_STEPS = 1200, SAMPLE_COMMITS = 160 };

/* Numbers in 0 ... 1 that are the same everywhere. */
static double sample_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return (double)(*state >> 8) / (1 << 24);
}

static size_t sample_evidence(struct page *p, const char *source, uint64_t line,
			      const struct str *lines, size_t n, size_t at, const char *command)
{
	return page_evidence(
		p,
		&(struct page_evidence){
			.source = str_of(source),
			.hash = STR(
				"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
			.line = line,
			.lines = lines,
			.nlines = n,
			.at = at,
			.reproduce = str_of(command)});
}

static void sample_curve(struct page *p)
{
	static double x[SAMPLE_STEPS], low[SAMPLE_STEPS], high[SAMPLE_STEPS], good[SAMPLE_STEPS],
		bad[SAMPLE_STEPS];
	uint32_t seed = 1;

	for (int i = 0; i < SAMPLE_STEPS; i++) {
		double base = .35 + 7 * exp(-i / 90.), noise = .06 * (sample_random(&seed) - .5);

		x[i] = i * 10;
		good[i] = base * (1 + noise / 3);
		low[i] = base * .93;
		high[i] = base * 1.07;
		bad[i] = base * (1 + noise) + (i > 620 ? (i - 620) * .0012 : 0);
	}
	bad[900] = bad[901] = NAN;
	page_chart(p,
		   &(struct page_chart){
			   .title = "Loss: today's run against five good ones",
			   .x_name = "step",
			   .y_name = "loss",
			   .log = true,
			   .lines = (struct plot_line[]){{.n = SAMPLE_STEPS,
							  .x = x,
							  .y = low,
							  .y_high = high,
							  .style = STYLE_DIM,
							  .name = "2 deviations between them"},
							 {.n = SAMPLE_STEPS,
							  .x = x,
							  .y = good,
							  .style = STYLE_GOOD,
							  .name = "good, mean"},
							 {.n = SAMPLE_STEPS,
							  .x = x,
							  .y = bad,
							  .style = STYLE_BAD,
							  .name = "bad"}},
			   .nlines = 3,
			   .events = (struct page_event[]){{6240, 6200, 6480, "leaves the band"}},
			   .nevents = 1});
}

static void sample_history(struct page *p)
{
	static double x[SAMPLE_COMMITS], y[SAMPLE_COMMITS], level[SAMPLE_COMMITS];
	uint32_t seed = 7;

	for (int i = 0; i < SAMPLE_COMMITS; i++) {
		x[i] = i;
		level[i] = i < 96 ? 41.2 : 49.8;
		y[i] = level[i] * (1 + .03 * (sample_random(&seed) - .5) + (i % 37 == 5 ? .12 : 0));
	}
	page_chart(p,
		   &(struct page_chart){
			   .title = "bench.time over 160 commits",
			   .x_name = "commit",
			   .y_name = "ms",
			   .points = true,
			   .lines = (struct plot_line[]){{.n = SAMPLE_COMMITS,
							  .x = x,
							  .y = y,
							  .style = STYLE_PLAIN,
							  .name = "median of a commit"}},
			   .nlines = 1,
			   .events = (struct page_event[]){{96, 94, 99, "41.2 to 49.8 ms (+21 %)"}},
			   .nevents = 1});
}

static void sample_cells(struct page *p, size_t cite)
{
	static const struct page_column columns[] = {
		{"variable", false}, {"good", true}, {"bad", true},     {"ratio", true},
		{"interval", true},  {"p", true},    {"verdict", false}};
	static const char *const rows[][7] = {
		{"latency.p99", "212 ms", "431 ms", "2.03", "1.94 ... 2.12", "0.0002", "worse"},
		{"rss.peak", "1.21 GB", "1.22 GB", "1.01", "0.99 ... 1.02", "0.61",
		 "equivalent within 5 %"},
		{"throughput", "1,840 /s", "1,905 /s", "1.04", "1.01 ... 1.06", "0.03", "better"},
		{"env.OMP_NUM_THREADS", "8", "4", "", "", "", "differs"},
		{"config.pool.max_connections_per_upstream_host", "64", "16", "", "", "",
		 "differs"},
	};

	page_table(p, columns, ARRAY_SIZE(columns));
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++)
		for (size_t c = 0; c < ARRAY_SIZE(columns); c++) {
			struct page_line *l = page_cell(p);
			enum page_mark mark = c == 0 ? PAGE_CODE : PAGE_PLAIN;

			if (c == 6)
				mark = r == 0   ? PAGE_BAD
				       : r == 2 ? PAGE_GOOD
				       : r == 1 ? PAGE_FAINT
						: PAGE_WARN;
			page_add(p, l, mark, str_of(rows[r][c]));
			if (c == 6 && r == 4) {
				page_add(p, l, PAGE_PLAIN, STR(" "));
				page_cite(p, l, cite);
			}
		}
}

static void sample_bars(struct page *p, size_t cite)
{
	page_bars(
		p,
		&(struct page_bars){
			.title = "Where the time of the slow requests goes",
			.unit = "s",
			.bars = (struct page_bar[]){{STR("waiting for a connection of the pool"),
						     412.5, cite},
						    {STR("SELECT ... FROM orders JOIN order_lines "
							 "USING (order_id) WHERE customer_id = ?"),
						     118.2, 0},
						    {STR("rendering"), 61, 0},
						    {STR("TLS handshakes"), 22.4, 0},
						    {STR("garbage collection"), 9.1, 0}},
			.n = 5});
}

static const char sample_svg[] =
	"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"Diagram of H1\" "
	"viewBox=\"0 0 420 90\" width=\"420\">"
	"<g fill=\"none\" stroke=\"currentColor\"><rect x=\"1\" y=\"25\" width=\"100\" "
	"height=\"36\" rx=\"8\"/>"
	"<rect x=\"160\" y=\"25\" width=\"100\" height=\"36\" rx=\"8\"/><rect x=\"318\" y=\"25\" "
	"width=\"100\" height=\"36\" rx=\"8\"/>"
	"<path d=\"M101 43h55m-7-5l7 5-7 5M260 43h54m-7-5l7 5-7 5\"/></g>"
	"<g fill=\"currentColor\" font-family=\"sans-serif\" font-size=\"15\" "
	"text-anchor=\"middle\"><text x=\"51\" y=\"48\">pool_size</text>"
	"<text x=\"210\" y=\"48\">wait</text><text x=\"368\" y=\"48\">latency</text></g></svg>";

static const char sample_prose[] =
	"Since **2.3.0** the p99 of `/checkout` has doubled. Nothing else changed, says "
	"everybody.\n\n"
	"# What we know\n\n1. Only hosts with the *new* image are slow.\n2. A restart does not "
	"help.\n\n"
	"- [x] reproduced on staging\n- [ ] reproduced on a laptop\n\n"
	"| host | image | p99 |\n| --- | --- | ---: |\n| a1 | 2.2.9 | 212 |\n| a2 | 2.3.0 | 431 "
	"|\n\n"
	"See [the dashboard](https://grafana.example/d/1) and ask @ops. <b>Really</b>.\n\n"
	"```dagitty\ndag { pool_size -> wait -> latency }\n```\n\n> It must be the database.\n";

static void sample_fill(struct page *p)
{
	static const struct str log[] = {
		STR("12:03:07.108 INFO  acquire: 16 of 16 connections in use"),
		STR("12:03:07.311 INFO  acquire: 16 of 16 connections in use, 41 waiting"),
		STR("12:03:07.412 ERROR TimeoutError: pool exhausted after 30000 ms "
		    "(upstream=orders-db-primary.internal.example:5432, waiting=57, in_use=16, "
		    "max=16) in acquire()"),
		STR("12:03:07.415 WARN  request 8812 failed")};
	static const struct str conf[] = {STR("pool:"),
					  STR("  max_connections_per_upstream_host: 16"),
					  STR("  timeout: 30s")};
	struct page_line *l;
	size_t e1, e2, h;

	page_init(p, STR("Checkout p99 doubled in 2.3.0"),
		  STR("inquest report rca/2026-11-20-checkout-p99.md -o checkout.html"));
	e1 = sample_evidence(p, "app.log", 1421, log, 4, 2,
			     "inquest log table --where 'line >= 1421 and line < 1425' app.log");
	e2 = sample_evidence(p, "config/pool.yaml", 12, conf, 3, 1,
			     "inquest diff good bad --only config");
	page_add(p, &p->lead, PAGE_PLAIN, STR("The connection pool is exhausted: it holds "));
	page_add(p, &p->lead, PAGE_STRONG, STR("16 connections instead of 64"));
	page_add(p, &p->lead, PAGE_PLAIN, STR(" since commit "));
	page_add(p, &p->lead, PAGE_CODE, STR("4f1c2a9"));
	page_add(p, &p->lead, PAGE_PLAIN, STR(" "));
	page_cite(p, &p->lead, e2);
	page_add(p, &p->lead, PAGE_PLAIN, STR(", and requests wait for it "));
	page_cite(p, &p->lead, e1);
	page_add(p, &p->lead, PAGE_PLAIN,
		 STR(". Supported by 40 runs, confirmed by intervention in both directions."));

	page_heading(p, 2, STR("Question"));
	l = page_fact(p, STR("status"));
	page_add(p, l, PAGE_GOOD, STR("closed"));
	l = page_fact(p, STR("outcome"));
	page_add(p, l, PAGE_CODE, STR("latency.p99"));
	l = page_fact(p, STR("good runs"));
	page_add(p, l, PAGE_PLAIN, STR("20: "));
	page_add(p, l, PAGE_CODE, STR("r-4f1c2a"));
	page_add(p, l, PAGE_PLAIN, STR(", "));
	page_add(p, l, PAGE_CODE, STR("r-90bb17"));
	page_add(p, l, PAGE_FAINT, STR(" and 18 more"));
	page_prose(p, str_of(sample_prose));

	h = page_heading(p, 2, STR("What differs"));
	l = page_text(p);
	page_add(p, l, PAGE_PLAIN,
		 STR("20 good runs against 20 bad ones, interleaved; Holm's correction over 31 "
		     "metrics."));
	sample_cells(p, e2);
	page_heading(p, 3, STR("First divergence"));
	l = page_item(p);
	page_add(p, l, PAGE_CODE, STR("app.log:1423"));
	page_add(p, l, PAGE_PLAIN, STR(" has an error that no good run has "));
	page_cite(p, l, e1);
	page_verbatim(
		p,
		STR("  good  acquire: 9 of 64 connections in use\n- bad   acquire: 16 of 16 "
		    "connections in use\n+ bad   TimeoutError: pool exhausted after 30000 ms\n"));
	page_heading(p, 3, STR("Where the time goes"));
	sample_bars(p, e1);

	page_heading(p, 2, STR("When it began"));
	l = page_text(p);
	page_add(p, l, PAGE_PLAIN,
		 STR("One change among 160 commits, within an interval of five; "));
	page_link(p, l, h, STR("what differs"));
	page_add(p, l, PAGE_PLAIN, STR(" between its ends is one setting."));
	sample_history(p);
	page_heading(p, 2, STR("Curves"));
	sample_curve(p);

	page_heading(p, 2, STR("Hypotheses"));
	page_heading(p, 3, STR("H1 The connection pool is exhausted"));
	l = page_text(p);
	page_add(p, l, PAGE_PLAIN, STR("Prior 0.30, posterior "));
	page_add(p, l, PAGE_STRONG, STR("0.97"));
	page_add(p, l, PAGE_PLAIN, STR("."));
	page_diagram(p, &(struct page_diagram){STR("Diagram of H1"),
					       STR("dag { pool_size -> wait -> latency }"),
					       STR(sample_svg)});
	page_heading(p, 2, STR("To see it again"));
	page_command(p,
		     STR("inquest repeat -n 20 --set "
			 "config.pool.max_connections_per_upstream_host=64 -- ./bench checkout"));
}

__attribute__((unused)) static void hostile_fill(struct page *p)
{
	static const struct str bad = STR(HOSTILE);
	static const double x[] = {0, 1, 2, 3}, y[] = {1, NAN, INFINITY, -1e308};
	struct page_column columns[] = {{HOSTILE, false}, {"</th>", true}};
	struct page_line *l;
	size_t e;

	page_init(p, bad, bad);
	page_add(p, &p->lead, PAGE_STRONG, bad);
	e = page_evidence(p, &(struct page_evidence){.source = bad,
						     .hash = bad,
						     .line = 1,
						     .lines = &bad,
						     .nlines = 1,
						     .reproduce = bad});
	page_heading(p, 4, bad);
	for (enum page_mark m = PAGE_PLAIN; m <= PAGE_WARN; m++) {
		l = page_text(p);
		page_add(p, l, m, bad);
		page_cite(p, l, e);
	}
	page_cite(p, page_item(p), 999);
	page_add(p, page_item(p), PAGE_PLAIN, bad);
	page_add(p, page_fact(p, bad), PAGE_CODE, bad);
	page_table(p, columns, 2);
	page_add(p, page_cell(p), PAGE_PLAIN, bad);
	page_add(p, page_cell(p), PAGE_CODE, bad);
	page_link(p, page_cell(p), 1, bad);
	page_command(p, bad);
	page_verbatim(p, bad);
	page_prose(p, bad);
	page_prose(p, STR("# a\n\n### b\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1) "
			  "\"t\") ![i](http://evil.example/p.png) <http://evil.example> "
			  "http://evil.example\n\n[ref]: http://evil.example\n\n[ref] <b "
			  "onclick=alert(1)>bold</b>\n\n```mermaid\nclick A href "
			  "\"http://evil.example\"\n```\n\n"
			  "| a |\n| - |\n| <br> `a\\|b` <i> |\n"));
	page_chart(p,
		   &(struct page_chart){
			   .title = HOSTILE,
			   .x_name = HOSTILE,
			   .y_name = HOSTILE,
			   .lines = (struct plot_line[]){{.n = 4, .x = x, .y = y, .name = HOSTILE}},
			   .nlines = 1,
			   .events = (struct page_event[]){{1, NAN, NAN, HOSTILE}},
			   .nevents = 1});
	page_bars(p, &(struct page_bars){
			     HOSTILE, HOSTILE,
			     (struct page_bar[]){{bad, 2, e}, {bad, NAN, 0}, {bad, -1, 0}}, 3});
	page_diagram(p, &(struct page_diagram){bad, bad, STR("")});
}

/* Short: for golden files. */
static void small_fill(struct page *p)
{
	static const struct page_column columns[] = {{"what", false}, {"ms", true}};
	static const double x[] = {1, 2, 3, 4}, y[] = {10, 12, NAN, 40};
	static const struct str lines[] = {STR("start"), STR("<stop> & \"go\"")};
	struct page_line *l;
	size_t e;

	page_init(p, STR("A <b>"), STR("inquest report x"));
	e = page_evidence(p, &(struct page_evidence){.source = STR("a.log"),
						     .hash = STR("ab12"),
						     .line = 7,
						     .lines = lines,
						     .nlines = 2,
						     .at = 1,
						     .reproduce = STR("sed -n 8p a.log")});
	page_add(p, &p->lead, PAGE_PLAIN, STR("It stops "));
	page_cite(p, &p->lead, e);
	page_add(p, &p->lead, PAGE_PLAIN, STR("."));
	page_heading(p, 2, STR("Figures"));
	page_add(p, page_fact(p, STR("status")), PAGE_BAD, STR("worse"));
	page_table(p, columns, 2);
	page_add(p, page_cell(p), PAGE_CODE, STR("a|b"));
	l = page_cell(p);
	page_add(p, l, PAGE_PLAIN, STR("4.5 "));
	page_cite(p, l, e);
	page_chart(p, &(struct page_chart){.title = "Time",
					   .x_name = "commit",
					   .y_name = "ms",
					   .lines = (struct plot_line[]){{.n = 4,
									  .x = x,
									  .y = y,
									  .style = STYLE_BAD,
									  .name = "bad"}},
					   .nlines = 1,
					   .events = (struct page_event[]){{3, 2, 4, "slower"}},
					   .nevents = 1});
	page_bars(p,
		  &(struct page_bars){"Parts", "s",
				      (struct page_bar[]){{STR("b"), 1, 0}, {STR("a"), 3, e}}, 2});
	page_command(p, STR("make"));
}

/* What does not change with the style sheet and the scripts. */
static struct str sample_body(const struct buf *html)
{
	struct str s = str_from(buf_str(html), str_find(buf_str(html), STR("<body>")));

	return str_head(s, str_find(s, STR("<footer>")));
}
