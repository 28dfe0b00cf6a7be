// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Lines of an input with their header fields. Invariants: (1) a reader does not change after
 * logreader_new(), so that any number of cursors may use it at once; (2) formats are tried in a
 * fixed order, so a line's fields depend on the line alone (of two-line records, and of the rule
 * above a report, on what follows too); (3) whether it is a head depends on the cursor's state
 * besides, which is a function of the last few lines; (4) logreader_cuts() cuts where all possible
 * states have become one.
 */
#include "log/reader-priv.h"

#include <stdlib.h>

#include "log/multiline.h"
#include "log/record.h"
#include "text/level.h"

#define STATE_PARTIAL UINT32_C(0x40000000) /* the line goes on with the one before it */
#define STATE_SEEN    UINT32_C(0x80000000) /* a header has been seen */
#define STATE_BELOW   UINT32_C(0x20000000) /* a second line may follow */
#define STATE_FLAGS   (STATE_PARTIAL | STATE_SEEN | STATE_BELOW)
#define STATE_BARE    UINT32_C(0x00010000) /* counts lines without header, up to BARE_MAX */
#define STATE_BARES   UINT32_C(0x00ff0000)
#define BARE_MAX      30 /* more of them in a row belong to no event: another program's output */
#define CUT_STATES    192
#define CUT_LINES     4096 /* lines to look at for a place to cut */

/* What a format that failed left behind. */
static void clear_fields(struct logline *line, const struct logline *wrapped)
{
	line->level = LEVEL_UNKNOWN;
	line->fields = line->time_text = line->level_text = line->host = (struct str){NULL, 0};
	line->process = line->thread = line->function = line->source = (struct str){NULL, 0};
	if (!wrapped)
		return;
	line->time_text = wrapped->time_text;
	line->host = wrapped->host;
	line->process = wrapped->process;
}

bool reader_header(const struct logreader *r, struct str text, struct buf *scratch,
		   struct logline *line, struct str *inner, unsigned *flags)
{
	struct logline part, wrapped;
	bool have_part = false, wrap = r->wrap != WRAP_NONE && r->wrap != WRAP_JOURNAL;

	*inner = text;
	*flags = 0;
	if (wrap) {
		wrap_open(r->wrap, text, scratch, line, inner, flags);
		wrapped = *line;
	}
	for (uint32_t i = 0; i < r->nformats; i++) {
		bool whole, ok = format_match(r->formats[i], *inner, scratch, line, &whole);

		if (ok && (whole || !have_part)) {
			line->format = i;
			if (wrap && wrapped.time_text.n)
				line->time_text = wrapped.time_text;
			if (whole)
				return true;
			part = *line;
			have_part = true;
		}
		clear_fields(line, wrap ? &wrapped : NULL);
	}
	/* No header was there to its end: the first of those that begin it. */
	if (have_part) {
		*line = part;
		return true;
	}
	line->message = *inner;
	line->format = FORMAT_NONE;
	return false;
}

/* ---- heads ---- */

bool reader_second_line(struct str s)
{
	struct token t[2];

	return lex_header(s, t, 2) == 2 && t[0].kind == TOKEN_LEVEL && t[1].kind == TOKEN_PUNCT &&
	       t[1].sub == ':';
}

/* A line without header in a log with headers. */
static bool bare_head(struct str text, unsigned mode, uint32_t *state)
{
	uint32_t bares = *state & STATE_BARES, lines = *state & ~STATE_BARES;
	bool own = !multiline_step(text, mode, &lines);

	if (own && bares < BARE_MAX * STATE_BARE)
		bares += STATE_BARE;
	*state = lines | bares;
	return own && bares == BARE_MAX * STATE_BARE;
}

static bool journal_head(struct str text)
{
	return str_starts(text, STR("__CURSOR="));
}

/* Is the line a head? matched: a format fitted; inner: the text without its wrapper. */
static bool is_head(const struct logreader *r, const struct logline *line, bool matched,
		    struct str inner, unsigned flags, uint32_t *state)
{
	uint32_t lines = *state & ~STATE_FLAGS, keep = *state & STATE_SEEN;
	bool goes_on = (*state & STATE_PARTIAL) || (flags & WRAP_CONTINUES);
	unsigned mode = r->wrap == WRAP_NONE ? 0 : MULTILINE_ATTACH | MULTILINE_TRACES;
	bool head;

	if (r->wrap == WRAP_JOURNAL) {
		*state = 0;
		return journal_head(inner);
	}
	if (matched && r->formats[line->format]->bare && !line->level_text.n && !line->function.n) {
		keep |= STATE_SEEN;
		head = !multiline_step(line->message, mode | MULTILINE_TRACES, &lines);
	} else if (matched) {
		keep |= STATE_SEEN;
		lines = 0;
		head = true;
	} else if (r->headed && keep) {
		head = bare_head(inner, mode, &lines);
	} else {
		head = !multiline_step(inner, mode, &lines);
	}
	if (*state & STATE_BELOW && head && reader_second_line(inner) &&
	    !(matched && r->formats[line->format]->timed))
		head = false;
	if (matched && r->formats[line->format]->below == BELOW_LEVEL)
		keep |= STATE_BELOW;
	*state = lines | keep | (flags & WRAP_PARTIAL ? STATE_PARTIAL : 0);
	return head && !goes_on;
}

/* ---- cursors ---- */

void logcursor_init(struct logcursor *c, const struct logreader *r, uint64_t from,
		    uint64_t lines_before, uint64_t end)
{
	*c = (struct logcursor){
		.reader = r, .at = from, .end = end, .no = lines_before, .last = UINT64_MAX};
	if (c->end > r->data.n)
		c->end = r->data.n;
}

void logcursor_release(struct logcursor *c)
{
	buf_release(&c->scratch);
}

/* Workflow commands of CI systems: "##[error]text", "::error file=a.c::text". */
static void ci_level(struct logline *line)
{
	struct str m = line->message, word;
	size_t i;

	if (str_starts(m, STR("##["))) {
		i = str_find_char(m, ']');
		word = str_from(str_head(m, i), 3);
		m = str_from(m, i + 1);
	} else if (str_starts(m, STR("::"))) {
		m = str_from(m, 2);
		i = str_find(m, STR("::"));
		word = str_head(m, str_find_char(str_head(m, i), ' '));
		m = str_from(m, i + 2);
	} else {
		return;
	}
	if (!str_eq(word, STR("error")) && !str_eq(word, STR("warning")) &&
	    !str_eq(word, STR("notice")) && !str_eq(word, STR("debug")))
		return;
	line->level_text = word;
	line->level = level_of_word(word);
	line->message = m;
}

/* The second line of a two-line record gives level and message. */
static void read_below(const struct logcursor *c, const struct format *f, struct logline *line)
{
	const char *p = c->reader->data.p + c->at, *end = c->reader->data.p + c->end;
	struct str text = {p, 0};
	struct token t[2];
	bool control;

	if (p >= end)
		return;
	text.n = (size_t)(line_end(p, end, &control) - p);
	text = str_trim(str_head(text, LOG_LINE_MAX));
	if (f->below == BELOW_TEXT) {
		struct str name = line->message;

		if (!text.n || (*p != ' ' && *p != '\t'))
			return;
		line->function = str_head(name, str_find_char(name, '['));
		line->message = text;
		return;
	}
	if (lex_header(text, t, 2) != 2 || t[0].kind != TOKEN_LEVEL || t[1].sub != ':')
		return;
	line->function = (struct str){line->function.n ? line->function.p : line->message.p, 0};
	line->function.n = (size_t)(line->message.p + line->message.n - line->function.p);
	line->level_text = (struct str){text.p + t[0].at, t[0].n};
	line->level = level_of_word(line->level_text);
	line->message = str_trim(str_from(text, t[1].at + 1u));
}

/*
 * The rule of = above a sanitizer's report says nothing: the report's first line is the message. It
 * must lie in the input itself, for the scratch buffer is the line's.
 */
static __attribute__((noinline)) void read_report(const struct logcursor *c, struct logline *line)
{
	struct logcursor ahead = *c;
	struct logline next;

	if (c->ahead || !line->head)
		return;
	ahead.ahead = true;
	ahead.scratch = (struct buf){0};
	ahead.last = UINT64_MAX;
	while (multiline_at_rule(ahead.state) && logcursor_next(&ahead, &next) && !next.head) {
		const char *p = next.message.p;

		if (multiline_under_rule(ahead.state) && p >= next.raw.p &&
		    p < next.raw.p + next.raw.n)
			line->message = next.message;
	}
	logcursor_release(&ahead);
}

/* Everything about the line but its place. */
static void read_line(struct logcursor *c, struct str text, struct logline *line)
{
	const struct logreader *r = c->reader;
	struct str inner;
	unsigned flags;
	bool matched = reader_header(r, text, &c->scratch, line, &inner, &flags);

	line->head = is_head(r, line, matched, inner, flags, &c->state) || line->no == 1;
	if (r->wrap == WRAP_JOURNAL) {
		uint64_t rest = c->end - line->offset;

		if (line->head &&
		    record_journal(&r->names,
				   str_head((struct str){line->raw.p, rest}, LOG_LINE_MAX),
				   &c->scratch, line))
			return;
		line->message = text;
		return;
	}
	if (matched && r->formats[line->format]->below)
		read_below(c, r->formats[line->format], line);
	if (line->message.n <= 4)
		return;
	if (line->message.p[0] == '#' || line->message.p[0] == ':')
		ci_level(line);
	else if (line->message.p[0] == '=')
		read_report(c, line);
}

bool logcursor_next(struct logcursor *c, struct logline *line)
{
	const struct logreader *r = c->reader;
	const char *p = r->data.p + c->at, *end = r->data.p + c->end, *nl;
	struct str text;
	bool control;

	if (c->at >= c->end || c->no >= c->last)
		return false;
	nl = line_end(p, end, &control);
	/* Field by field: the compiler would clear the whole by a string instruction, which is slow
	 * to start. */
	line->raw = (struct str){p, (size_t)(nl - p)};
	line->offset = c->at;
	line->no = ++c->no;
	line->head = line->cut = false;
	line->format = 0;
	line->message = (struct str){NULL, 0};
	clear_fields(line, NULL);
	c->at = (uint64_t)(nl - r->data.p) + (nl < end);
	if (control && line->raw.n && nl[-1] == '\r')
		line->raw.n--;
	if (line->raw.n > LOG_LINE_MAX) {
		line->raw.n = LOG_LINE_MAX;
		line->cut = true;
	}
	buf_clear(&c->scratch);
	if (r->composes || control)
		buf_reserve(&c->scratch, 2 * RECORD_ROOM(line->raw.n));
	text = line->raw;
	if (control || line->offset == 0)
		text = line_text(line->raw, line->offset == 0, control, &c->scratch);
	read_line(c, text, line);
	return true;
}

/* ---- readers ---- */

struct logreader *logreader_new(struct str data, const struct logformat_set *own)
{
	struct logreader *r = mem_zalloc(sizeof(*r));

	r->data = data;
	teach(r, own);
	r->composes = r->wrap == WRAP_DOCKER || r->wrap == WRAP_JOURNAL;
	for (uint32_t i = 0; i < r->nformats; i++) {
		r->composes = r->composes || format_composes(r->formats[i]);
		r->formats[i]->about = format_describe(r->formats[i]);
	}
	return r;
}

void logreader_free(struct logreader *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->nformats; i++)
		format_free(r->formats[i]);
	map_release(&r->names);
	free(r);
}

const char *logreader_format(const struct logreader *r, uint32_t f)
{
	return f < r->nformats ? r->formats[f]->about : NULL;
}

static unsigned shape_of(const struct logreader *r, const struct logline *line)
{
	return line->format < r->nformats ? r->formats[line->format]->shape : TIMESTAMP_NONE;
}

void logreader_time(const struct logreader *r, const struct logline *line, struct event_time *t)
{
	if (!line->time_text.n || !timestamp_decode(line->time_text, shape_of(r, line), t))
		*t = (struct event_time){0};
}

void logcursor_time(struct logcursor *c, const struct logline *line, struct event_time *t)
{
	if (!line->time_text.n ||
	    !timestamp_decode_cached(&c->time, line->time_text, shape_of(c->reader, line), t))
		*t = (struct event_time){0};
}

/* ---- parts ---- */

/*
 * The first place from `at` (a line's first byte) on where reading may begin afresh: all states
 * that may stand before it lead to a head and to the same state as a fresh start does. The size if
 * there is none near.
 */
static size_t cut_from(const struct logreader *r, size_t at, struct buf *scratch)
{
	uint32_t states[CUT_STATES];
	size_t n = multiline_states(states, CUT_STATES / 3);

	for (size_t i = 0; i < n; i++) {
		states[n + i] = states[i] | STATE_PARTIAL;
		states[2 * n + i] = states[i] | STATE_BELOW;
	}
	n *= 3;
	for (size_t k = 0; k < CUT_LINES && at < r->data.n; k++) {
		const char *p = r->data.p + at, *nl;
		struct logline line = {.raw = {p, 0}};
		struct str inner;
		unsigned flags;
		uint32_t fresh = 0;
		bool control, matched, good;

		nl = line_end(p, r->data.p + r->data.n, &control);
		line.raw.n = (size_t)(nl - p);
		if (control && line.raw.n && nl[-1] == '\r')
			line.raw.n--;
		line.raw = str_head(line.raw, LOG_LINE_MAX);
		buf_clear(scratch);
		buf_reserve(scratch, 2 * RECORD_ROOM(line.raw.n));
		matched = reader_header(r, line_text(line.raw, false, control, scratch), scratch,
					&line, &inner, &flags);
		good = is_head(r, &line, matched, inner, flags, &fresh) &&
		       (!r->headed || fresh & STATE_SEEN);
		for (size_t i = 0; i < n; i++) {
			bool head = is_head(r, &line, matched, inner, flags, &states[i]);

			good = good && head && (states[i] & ~STATE_SEEN) == (fresh & ~STATE_SEEN);
		}
		if (good)
			return at;
		at = (size_t)(nl - r->data.p) + 1;
	}
	return r->data.n;
}

size_t logreader_cuts(const struct logreader *r, size_t want, uint64_t **cuts)
{
	CLEANUP_BUF struct buf scratch = {0};
	uint64_t *out = NULL;
	size_t n = 0, cap = 0, at = want;

	array_push(out, n, cap) = 0;
	while (want && at < r->data.n) {
		const char *nl = memchr(r->data.p + at, '\n', r->data.n - at);

		if (!nl)
			break;
		at = cut_from(r, (size_t)(nl - r->data.p) + 1, &scratch);
		if (at >= r->data.n)
			break;
		array_push(out, n, cap) = at;
		at += want;
	}
	array_push(out, n, cap) = r->data.n;
	*cuts = out;
	return n - 1;
}
