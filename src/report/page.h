/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A report before it is HTML or Markdown: blocks in order, whose text is made of spans. Those who
 * fill a page know what was found and nothing of escaping; those who write it out (page-html.h,
 * page-md.h) know nothing of runs or logs. All text may come from anywhere: no span can carry
 * markup, a script or an address that works.
 *
 * Every claim cites its evidence: page_evidence() takes the quoted lines and gives a number, which
 * page_cite() makes a link to them. Evidence stands at the end of the page, in the order of its
 * numbers.
 *
 * Slices that are handed in are copied, and what is kept is clean: valid UTF-8 without escape
 * sequences and, but for line ends and tabs, control characters; these, what overrides the
 * direction of text and what is no character become U+FFFD. Of lines longer than PAGE_LINE_MAX
 * bytes the beginning is kept, but for prose and commands. Pointers to lines stay valid until
 * page_release().
 */
#pragma once

#include "base/mem.h"
#include "report/plot.h"

#define PAGE_LINE_MAX 4096

enum page_mark {
	PAGE_PLAIN,
	PAGE_STRONG,
	PAGE_CODE,  /* names, values, places */
	PAGE_FAINT, /* what matters less */
	PAGE_GOOD,
	PAGE_BAD,
	PAGE_WARN,
	PAGE_CITE,   /* number: of evidence */
	PAGE_HEADING /* number: of a heading; text: its words */
};

struct page_span {
	struct page_span *next;
	enum page_mark mark;
	struct str text;
	size_t number;
};

/* A paragraph, an item, a cell: spans one after another. */
struct page_line {
	struct page_span *first, *last;
};

enum page_kind {
	PAGE_SECTION,  /* heading */
	PAGE_TEXT,     /* line */
	PAGE_LIST,     /* lines: its items */
	PAGE_FACTS,    /* lines: names and values in turn */
	PAGE_TABLE,    /* columns; lines: cells, row by row */
	PAGE_COMMAND,  /* text: to paste into a shell */
	PAGE_VERBATIM, /* text: as it stands */
	PAGE_PROSE,    /* text: Markdown that people wrote */
	PAGE_CHART,
	PAGE_BARS,
	PAGE_DIAGRAM,
};

struct page_column {
	const char *name;
	bool number; /* to the right */
};

/* What a vertical line in a chart points at, with an interval about it. */
struct page_event {
	double at, low, high; /* low and high: NAN if there is none */
	const char *text;
};

struct buf;

/* "at 96, between 94 and 99" */
void page_event_place(struct buf *out, const struct page_event *e);

/* Lines along steps; see plot.h for what they hold. Colours: the line's style. */
struct page_chart {
	const char *title, *x_name, *y_name;
	const struct plot_line *lines;
	size_t nlines;
	const struct page_event *events;
	size_t nevents;
	bool log;    /* the values' scale; all are above 0 then */
	bool points; /* values on their own: dots, not joined */
};

/* A Pareto chart: bars from the greatest to the least with the running share of the total. */
struct page_bar {
	struct str name;
	double value;
	size_t evidence; /* 0: none */
};

struct page_bars {
	const char *title, *unit;
	const struct page_bar *bars;
	size_t n;
};

/*
 * A picture of a diagram, drawn by us (report/diagram.h), and what it was drawn from. svg is one
 * <svg> element with its xmlns, a role and a name, ids that no other diagram has, no script, no
 * style attribute and no address; it is shown as it is, in the colour of the text (currentColor).
 */
struct page_diagram {
	struct str title, source;
	struct str svg; /* empty: there is none, the source is shown */
};

struct page_evidence {
	struct str source; /* "app.log", "run r-4f1c2a, stderr"; no address is made of it */
	struct str hash;   /* of the bytes, as kept; may be empty */
	uint64_t line;     /* of the first of lines, from 1; 0: unknown */
	const struct str *lines;
	size_t nlines;
	size_t at;            /* the line that is meant: index; nlines: all */
	struct str reproduce; /* the command that shows it; may be empty */
};

struct page_block {
	struct page_block *next;
	enum page_kind kind;
	struct str text;
	unsigned level; /* of a section: 2 ... 4 */
	size_t number;  /* of a section, a chart, bars or a diagram: each from 1 */
	struct page_line **lines;
	size_t nlines, cap;
	const struct page_column *columns;
	size_t ncolumns;
	const struct page_chart *chart;
	const struct page_bars *bars;
	const struct page_diagram *diagram;
};

struct page {
	struct arena arena;
	struct str title, made_by; /* made_by: the command that makes it again */
	struct page_line lead;     /* what was found, in a sentence or two, under the title */
	struct page_block *first, *last;
	struct page_evidence *evidence;
	size_t nevidence, capevidence;
	size_t nsections, nfigures;
};

void page_init(struct page *p, struct str title, struct str made_by);
void page_release(struct page *p);

/* Blocks. A heading's number is for page_link(). */
size_t page_heading(struct page *p, unsigned level, struct str text);
struct page_line *page_text(struct page *p);
struct page_line *page_item(struct page *p);                  /* next ones: the same list */
struct page_line *page_fact(struct page *p, struct str name); /* next ones: the same block */
void page_table(struct page *p, const struct page_column *columns, size_t n);
struct page_line *page_cell(struct page *p); /* the next one of the table just begun, by rows */
void page_command(struct page *p, struct str text);
void page_verbatim(struct page *p, struct str text);
void page_prose(struct page *p, struct str markdown);
void page_chart(struct page *p, const struct page_chart *c);
void page_bars(struct page *p, const struct page_bars *b);
void page_diagram(struct page *p, const struct page_diagram *d);

/* The same place twice has one number. */
size_t page_evidence(struct page *p, const struct page_evidence *e);

/* Spans. */
void page_add(struct page *p, struct page_line *l, enum page_mark mark, struct str text);
void page_addf(struct page *p, struct page_line *l, enum page_mark mark, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void page_cite(struct page *p, struct page_line *l, size_t evidence);
void page_link(struct page *p, struct page_line *l, size_t heading, struct str words);
