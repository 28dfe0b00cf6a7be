// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Lines of an input with their header fields. Invariants: (1) a reader does not change after
 * logreader_new(), so that any number of cursors may use it at once; (2) whether a line is a head
 * depends on the line and the cursor's state only, and logreader_cuts() cuts where the state is
 * known.
 */
#include "log/log-priv.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SAMPLE_HEAD   1000 /* lines from the beginning */
#define SAMPLE_PLACES 16   /* later places */
#define SAMPLE_LINES  48   /* lines from each of them */
#define SAMPLE_BYTES  4096 /* of a line that are looked at */

static bool format_any(const struct logreader *r, struct str text, uint32_t *last,
		       struct logline *line)
{
	uint32_t first = *last;

	if (first < r->nformats && format_match(r->formats[first], text, line)) {
		line->format = first;
		return true;
	}
	for (uint32_t i = 0; i < r->nformats; i++) {
		if (i != first && format_match(r->formats[i], text, line)) {
			line->format = *last = i;
			return true;
		}
	}
	return false;
}

/* ---- lines ---- */

/*
 * The end of the line at p: the \n or end. *control is set if the line holds a control character
 * other than a tab (the \r of a CRLF too).
 */
static const char *line_end(const char *p, const char *end, bool *control)
{
	*control = false;
#ifdef __SSE2__
	while (end - p >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)p);
		__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
		__m128i tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
		unsigned nl = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
		unsigned ctl = (unsigned)_mm_movemask_epi8(_mm_andnot_si128(tab, low));

		if (nl) {
			*control = *control || (ctl & (nl - 1) & ~nl);
			return p + __builtin_ctz(nl);
		}
		*control = *control || ctl;
		p += 16;
	}
#endif
	for (; p < end && *p != '\n'; p++)
		*control = *control || ((unsigned char)*p < 0x20 && *p != '\t');
	return p;
}

static struct str visible_line(struct str raw, bool first, bool control, struct buf *scratch)
{
	buf_clear(scratch);
	if (first && str_starts(raw, STR("\xef\xbb\xbf")))
		raw = str_from(raw, 3);
	return control ? visible_text(raw, scratch) : raw;
}

void logcursor_init(struct logcursor *c, const struct logreader *r, uint64_t from,
		    uint64_t lines_before, uint64_t end)
{
	*c = (struct logcursor){.reader = r, .at = from, .end = end, .no = lines_before};
	if (c->end > r->data.n)
		c->end = r->data.n;
}

void logcursor_release(struct logcursor *c)
{
	buf_release(&c->scratch);
}

bool logcursor_next(struct logcursor *c, struct logline *line)
{
	const struct logreader *r = c->reader;
	const char *p = r->data.p + c->at, *end = r->data.p + c->end, *nl;
	struct str text;
	bool control;

	if (c->at >= c->end)
		return false;
	nl = line_end(p, end, &control);
	*line = (struct logline){.raw = {p, (size_t)(nl - p)}, .offset = c->at, .no = ++c->no};
	c->at = (uint64_t)(nl - r->data.p) + (nl < end);
	if (control && line->raw.n && nl[-1] == '\r')
		line->raw.n--;
	if (line->raw.n > LOG_LINE_MAX) {
		line->raw.n = LOG_LINE_MAX;
		line->cut = true;
	}
	text = line->raw;
	if (control || line->offset == 0)
		text = visible_line(line->raw, line->offset == 0, control, &c->scratch);
	line->format = FORMAT_NONE;
	if (format_any(r, text, &c->last_format, line)) {
		line->head = true;
		c->state = 0;
		return true;
	}
	line->message = text;
	if (line->no == 1)
		line->head = true;
	else if (r->headed)
		line->head = false;
	else
		line->head = !multiline_continues(text, &c->state);
	return true;
}

/* ---- learning ---- */

struct sampling {
	struct arena arena;
	struct str *lines;
	size_t n, cap;
};

/* Up to max lines from offset on; the offset after them. */
static size_t sample_lines(struct sampling *s, struct str data, size_t at, size_t max)
{
	struct buf scratch = {0};

	while (at < data.n && max--) {
		const char *p = data.p + at;
		bool control;
		const char *nl = line_end(p, data.p + data.n, &control);
		struct str raw = {p, (size_t)(nl - p)}, text;

		if (control && raw.n && nl[-1] == '\r')
			raw.n--;
		text = visible_line(str_head(raw, SAMPLE_BYTES), at == 0, control, &scratch);
		if (text.n && text.p == scratch.p)
			text = arena_str(&s->arena, text);
		array_push(s->lines, s->n, s->cap) = text;
		at = (size_t)(nl - data.p) + 1;
	}
	buf_release(&scratch);
	return at;
}

static void sample(struct sampling *s, struct str data)
{
	size_t at = sample_lines(s, data, 0, SAMPLE_HEAD);

	if (at >= data.n)
		return;
	for (size_t i = 0, rest = data.n - at, start = at; i < SAMPLE_PLACES; i++) {
		size_t from = start + rest / SAMPLE_PLACES * i;
		const char *nl;

		if (from < at)
			from = at;
		nl = memchr(data.p + from, '\n', data.n - from);
		if (!nl)
			break;
		at = sample_lines(s, data, (size_t)(nl - data.p) + 1, SAMPLE_LINES);
		if (at >= data.n)
			break;
	}
}

/* Is a line without a header a continuation in this log? */
static bool is_headed(const struct logreader *r, const struct sampling *s)
{
	size_t timed = 0, bare = 0;
	uint32_t last = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct logline line = {0};

		if (format_any(r, s->lines[i], &last, &line))
			timed += r->formats[line.format]->timed;
		else if (timed && !multiline_looks_like_trace(s->lines[i]))
			bare++;
	}
	return timed > 0 && timed >= bare;
}

struct logreader *logreader_new(struct str data, const struct logformat_set *own)
{
	struct logreader *r = mem_zalloc(sizeof(*r));
	struct sampling s = {0};

	(void)own;
	r->data = data;
	arena_init(&s.arena);
	sample(&s, data);
	r->nformats = (uint32_t)learn_formats(s.lines, s.n, r->formats, FORMATS_MAX);
	r->headed = is_headed(r, &s);
	free(s.lines);
	arena_release(&s.arena);
	return r;
}

void logreader_free(struct logreader *r)
{
	if (!r)
		return;
	for (uint32_t i = 0; i < r->nformats; i++)
		format_free(r->formats[i]);
	free(r);
}

const char *logreader_format(const struct logreader *r, uint32_t f)
{
	return f < r->nformats ? r->formats[f]->about : NULL;
}

void logreader_time(const struct logreader *r, const struct logline *line, struct event_time *t)
{
	unsigned shape = TIMESTAMP_NONE;

	*t = (struct event_time){0};
	if (!line->time_text.n)
		return;
	if (line->format < r->nformats)
		shape = r->formats[line->format]->shape;
	if (!timestamp_decode(line->time_text, shape, t))
		*t = (struct event_time){0};
}

/* ---- parts ---- */

/* Is this line a head whatever stands before it? */
static bool sure_head(const struct logreader *r, struct str raw, struct buf *scratch)
{
	struct logline line = {0};
	uint32_t last = 0;
	struct str text = visible_line(raw, false, true, scratch);

	if (format_any(r, text, &last, &line))
		return true;
	return !r->headed && text.n && !multiline_looks_like_trace(text);
}

size_t logreader_cuts(const struct logreader *r, size_t want, uint64_t **cuts)
{
	uint64_t *out = NULL;
	size_t n = 0, cap = 0, at = want;
	struct buf scratch = {0};

	array_push(out, n, cap) = 0;
	while (want && at < r->data.n) {
		const char *p = memchr(r->data.p + at, '\n', r->data.n - at), *nl;

		if (!p)
			break;
		p++;
		at = (size_t)(p - r->data.p);
		if (at >= r->data.n)
			break;
		nl = memchr(p, '\n', r->data.n - at);
		if (!nl)
			break;
		if (!sure_head(r, (struct str){p, (size_t)(nl - p)}, &scratch))
			continue;
		array_push(out, n, cap) = at;
		at += want;
	}
	if (out[n - 1] != r->data.n || n == 1)
		array_push(out, n, cap) = r->data.n;
	buf_release(&scratch);
	*cuts = out;
	return n - 1;
}
