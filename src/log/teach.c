// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a reader learns of its input: a sample of its lines (the beginning, and some from later
 * places, so that a preamble does not decide), their wrapper, the records and the headers in them,
 * the headers inside those, and whether lines without a header belong to the one above.
 */
#include <stdlib.h>

#include "log/multiline.h"
#include "log/reader-priv.h"
#include "log/record.h"

#define SAMPLE_HEAD   1000 /* lines from the beginning */
#define SAMPLE_PLACES 16   /* later places */
#define SAMPLE_LINES  48   /* lines from each of them */
#define SAMPLE_BYTES  4096 /* of a line that are looked at */
#define INNER_MAX     8    /* formats inside one format */

struct sampling {
	struct arena arena;
	struct str *lines;
	size_t n, cap;
};

/* Up to max lines from offset on; the offset after them. */
static size_t sample_lines(struct sampling *s, struct str data, size_t at, size_t max)
{
	CLEANUP_BUF struct buf scratch = {0};

	while (at < data.n && max--) {
		const char *p = data.p + at;
		bool control;
		const char *nl = line_end(p, data.p + data.n, &control);
		struct str raw = {p, (size_t)(nl - p)}, text;

		if (control && raw.n && nl[-1] == '\r')
			raw.n--;
		text = line_text(str_head(raw, SAMPLE_BYTES), at == 0, control, &scratch);
		if (text.n && text.p == scratch.p)
			text = arena_str(&s->arena, text);
		array_push(s->lines, s->n, s->cap) = text;
		at = (size_t)(nl - data.p) + 1;
	}
	return at;
}

static void sample(struct sampling *s, struct str data)
{
	size_t at = sample_lines(s, data, 0, SAMPLE_HEAD), start = at, rest = data.n - at;

	if (at >= data.n)
		return;
	for (size_t i = 0; i < SAMPLE_PLACES && at < data.n; i++) {
		size_t from = start + rest / SAMPLE_PLACES * i;
		const char *nl;

		if (from < at)
			from = at;
		nl = memchr(data.p + from, '\n', data.n - from);
		if (!nl)
			break;
		at = sample_lines(s, data, (size_t)(nl - data.p) + 1, SAMPLE_LINES);
	}
}

/* Replace the lines by what is inside their wrapper. */
static void unwrap(struct sampling *s, enum wrap w)
{
	CLEANUP_BUF struct buf scratch = {0};

	for (size_t i = 0; i < s->n; i++) {
		struct logline line = {0};
		struct str inner;
		unsigned flags;

		buf_clear(&scratch);
		buf_reserve(&scratch, RECORD_ROOM(s->lines[i].n));
		if (!wrap_open(w, s->lines[i], &scratch, &line, &inner, &flags))
			continue;
		s->lines[i] = w == WRAP_DOCKER ? arena_str(&s->arena, inner) : inner;
	}
}

static struct format *record_format(enum format_kind kind, const struct map *names)
{
	struct format *f = mem_zalloc(sizeof(*f));

	f->kind = kind;
	f->names = names;
	f->shape = TIMESTAMP_NONE;
	f->timed = true;
	return f;
}

/* The format of RFC 5424: <34>1 time host app process id [data] message. */
static struct format *syslog_format(unsigned shape)
{
	static const enum field fields[] = {FIELD_HOST, FIELD_FUNCTION, FIELD_PROCESS, FIELD_NONE};
	struct format *f = mem_zalloc(sizeof(*f));
	struct op *op = f->ops;

	(op++)->kind = OP_PRIORITY;
	(op++)->kind = OP_ATOM;
	(op++)->kind = OP_BLANK;
	op->kind = OP_TIME;
	op->field = FIELD_TIME;
	timestamp_plan_init(&op++->plan, shape);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		(op++)->kind = OP_BLANK;
		op->kind = OP_ATOM;
		op->field = (uint8_t)fields[i];
		(op++)->split = SPLIT_DASH;
	}
	(op++)->kind = OP_BLANK;
	(op++)->kind = OP_DATA;
	(op++)->kind = OP_SKIP;
	f->nops = (uint32_t)(op - f->ops);
	f->required = f->nops - 1;
	f->shape = (uint8_t)shape;
	f->timed = true;
	return f;
}

static bool is_syslog(struct str s, unsigned *shape)
{
	size_t i = str_find_char(str_head(s, 6), '>');

	return s.n > 10 && s.p[0] == '<' && i + 3 < s.n && s.p[i] == '>' && s.p[i + 1] == '1' &&
	       s.p[i + 2] == ' ' && timestamp_match(str_from(s, i + 3), TIMESTAMP_BARE, shape);
}

/* Formats that are known by their look rather than learnt: at most max. */
static size_t known_formats(const struct str *lines, size_t n, const struct map *names,
			    struct format **out, size_t max)
{
	size_t json = 0, logfmt = 0, syslog = 0, nout = 0;
	unsigned shape = 0;

	for (size_t i = 0; i < n; i++) {
		if (record_is_json(names, lines[i]))
			json++;
		else if (record_is_logfmt(names, lines[i]))
			logfmt++;
		else if (is_syslog(lines[i], &shape))
			syslog++;
	}
	if (json * 50 >= n && json && nout < max)
		out[nout++] = record_format(FORMAT_JSON, names);
	if (logfmt * 20 >= n && logfmt && nout < max)
		out[nout++] = record_format(FORMAT_LOGFMT, names);
	if (syslog * 20 >= n && syslog && nout < max)
		out[nout++] = syslog_format(shape);
	return nout;
}

static bool any_matches(struct format *const *f, size_t n, struct str text, struct buf *scratch)
{
	struct logline line = {0};
	bool whole;

	buf_clear(scratch);
	buf_reserve(scratch, RECORD_ROOM(text.n));
	for (size_t i = 0; i < n; i++)
		if (format_match(f[i], text, scratch, &line, &whole))
			return true;
	return false;
}

static bool says_who(const struct format *f)
{
	for (uint32_t i = 0; i < f->nops; i++)
		if (f->ops[i].field == FIELD_FUNCTION)
			return true;
	return false;
}

/* The headers inside the messages of format f: learnt from them alone. */
static void learn_inner(struct format *f, const struct str *lines, size_t n,
			const struct map *names)
{
	CLEANUP_BUF struct buf scratch = {0};
	struct str *messages = mem_alloc((n + 1) * sizeof(*messages));
	struct format *known[INNER_MAX], *tail;
	size_t m = 0, nknown;

	for (size_t i = 0; i < n; i++) {
		struct logline line = {0};
		bool whole;

		buf_clear(&scratch);
		buf_reserve(&scratch, RECORD_ROOM(lines[i].n));
		/* A message in the scratch buffer is a record's: it has no header inside. */
		if (format_match(f, lines[i], &scratch, &line, &whole) && line.message.n)
			messages[m++] = line.message;
	}
	nknown = m >= 3 ? known_formats(messages, m, names, known, INNER_MAX) : 0;
	for (size_t i = 0; i < nknown; i++)
		f->inner[f->ninner++] = known[i];
	tail = says_who(f) ? NULL : tail_learn(messages, m);
	if (tail)
		f->inner[f->ninner++] = tail;
	else if (m >= 8)
		f->ninner += (uint32_t)learn_formats(messages, m, f, f->inner + f->ninner,
						     INNER_MAX - f->ninner);
	free(messages);
}

/* "name[12]" and nothing else */
static bool is_event_id(struct str s)
{
	size_t i = str_find_char(s, '[');

	return i > 0 && i + 2 < s.n && s.p[s.n - 1] == ']' && str_find_char(s, ' ') == s.n;
}

/* Which formats have their message on the line below? */
static void learn_below(struct logreader *r, const struct sampling *s)
{
	size_t count[FORMATS_MAX] = {0}, level[FORMATS_MAX] = {0}, text[FORMATS_MAX] = {0};
	CLEANUP_BUF struct buf scratch = {0};

	for (size_t i = 0; i + 1 < s->n; i++) {
		struct logline line = {0};
		struct str inner, next = s->lines[i + 1];
		unsigned flags;

		buf_clear(&scratch);
		buf_reserve(&scratch, 2 * RECORD_ROOM(s->lines[i].n));
		if (!reader_header(r, s->lines[i], &scratch, &line, &inner, &flags))
			continue;
		count[line.format]++;
		level[line.format] += !line.level_text.n && reader_second_line(next);
		text[line.format] += is_event_id(line.message) && next.n > 2 && next.p[0] == ' ' &&
				     next.p[1] == ' ';
	}
	for (uint32_t i = 0; i < r->nformats; i++) {
		struct format *f = r->formats[i];

		if (count[i] >= 2 && level[i] * 10 >= count[i] * 8)
			f->below = BELOW_LEVEL;
		else if (count[i] >= 2 && text[i] * 10 >= count[i] * 8)
			f->below = BELOW_TEXT;
		if (f->below)
			f->bare = false;
	}
}

/*
 * Is a line without a header a continuation in this log? Where headers have a time and most lines
 * that could have one do; headers without a time must be nearly everywhere.
 */
static bool is_headed(const struct logreader *r, const struct sampling *s)
{
	CLEANUP_BUF struct buf scratch = {0};
	size_t timed = 0, untimed = 0, bare = 0;
	uint32_t state = 0;
	bool below = false;

	for (size_t i = 0; i < s->n; i++) {
		struct logline line = {0};
		struct str inner;
		unsigned flags;

		buf_clear(&scratch);
		buf_reserve(&scratch, 2 * RECORD_ROOM(s->lines[i].n));
		if (reader_header(r, s->lines[i], &scratch, &line, &inner, &flags)) {
			bool second = below && reader_second_line(inner);

			timed += r->formats[line.format]->timed;
			untimed += !r->formats[line.format]->timed && !second;
			below = r->formats[line.format]->below == BELOW_LEVEL;
			state = 0;
		} else {
			if (!multiline_step(inner, 0, &state) && (timed || untimed) &&
			    !(below && reader_second_line(inner)))
				bare += !multiline_looks_like_trace(inner);
			below = false;
		}
	}
	return (timed && timed >= bare) || (timed + untimed >= 5 && timed + untimed >= 9 * bare);
}

static void user_formats(struct logreader *r, const struct sampling *s,
			 const struct logformat_set *own)
{
	CLEANUP_BUF struct buf scratch = {0};

	for (size_t i = 0; own && i < userformat_count(own) && r->nformats < FORMATS_MAX; i++) {
		struct format *f = record_format(FORMAT_USER, &r->names);
		size_t k = 0;

		f->user = userformat_get(own, i);
		f->timed = userformat_timed(f->user);
		while (k < s->n && !any_matches(&f, 1, s->lines[k], &scratch))
			k++;
		if (k < s->n)
			r->formats[r->nformats++] = f;
		else
			format_free(f);
	}
}

/* The lines that none of the reader's formats reads. */
static size_t unread(const struct logreader *r, const struct sampling *s, struct str *out)
{
	CLEANUP_BUF struct buf scratch = {0};
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		if (!any_matches(r->formats, r->nformats, s->lines[i], &scratch))
			out[n++] = s->lines[i];
	return n;
}

static void learn_all(struct logreader *r, struct sampling *s, const struct logformat_set *own)
{
	struct str *lines = mem_alloc((s->n + 1) * sizeof(*lines));
	uint32_t first;
	size_t n;

	user_formats(r, s, own);
	n = unread(r, s, lines);
	r->nformats += (uint32_t)known_formats(lines, n, &r->names, r->formats + r->nformats,
					       FORMATS_MAX - r->nformats);
	n = unread(r, s, lines);
	first = r->nformats;
	r->nformats += (uint32_t)learn_formats(lines, n, NULL, r->formats + r->nformats,
					       FORMATS_MAX - r->nformats);
	for (uint32_t i = first; i < r->nformats; i++)
		learn_inner(r->formats[i], lines, n, &r->names);
	free(lines);
}

void teach(struct logreader *r, const struct logformat_set *own)
{
	struct sampling s = {0};

	arena_init(&s.arena);
	record_names_init(&r->names);
	sample(&s, r->data);
	r->wrap = wrap_learn(s.lines, s.n);
	if (r->wrap != WRAP_NONE && r->wrap != WRAP_JOURNAL)
		unwrap(&s, r->wrap);
	if (r->wrap != WRAP_JOURNAL) {
		enum wrap wrap = r->wrap;

		learn_all(r, &s, own);
		r->wrap = WRAP_NONE; /* the sample is unwrapped already */
		learn_below(r, &s);
		r->headed = is_headed(r, &s);
		r->wrap = wrap;
	}
	free(s.lines);
	arena_release(&s.arena);
}
