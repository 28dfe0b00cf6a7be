// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Logs of `inquest add`: one pass over each. Every event's first line goes to one miner, so that
 * all logs share templates; what it says of failure is asked once for each distinct shape. Events
 * of several lines are looked at for exceptions and call stacks. In the end shapes become
 * templates: those that state failures are symptoms, and with the rare ones their counts are
 * variables.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "cli/add.h"
#include "text/secret.h"
#include "log/exception.h"
#include "mine/mine.h"
#include "text/level.h"
#include "text/timestamp.h"

#define MAX_EVENT   ((size_t)64 << 10) /* bytes of an event in which an exception is looked for */
#define MAX_PARSES  ((uint64_t)1 << 18)
#define MAX_MESSAGE 30 /* lines of an exception's message that stands in events of its own */
#define STACK_HEAD  3  /* lines in which the report of a crash begins */

/* A distinct message, by the first that was seen. */
struct shape {
	uint64_t count;
	uint64_t line;
	uint32_t file;
	enum symptom_class class;
	enum level level;
	bool exception; /* its events have one */
	struct str seen;
};

/* An event that names an exception without frames: they may follow after more of its message. */
struct held {
	uint64_t offset, end, line; /* end 0: none */
	uint32_t shape;
	bool tells; /* it is a symptom by itself */
	struct str seen;
};

struct reading {
	struct add *a;
	struct miner *miner;
	struct shape *shapes;
	size_t nshapes, cap_shapes;
	uint64_t lines, events, errors, warnings, parses;
	struct arena scratch; /* of one event */
	/* Of the file being read. */
	uint32_t file;
	uint64_t events0; /* of the files before */
	uint64_t stack;   /* line of its first exception or call stack */
	struct logreader *reader;
	struct event_time first, last;
	bool timed;
	/* Of the event being read. */
	uint64_t offset, line;
	uint32_t shape;
	unsigned nlines;
	struct held held;
	bool looks; /* like one that may have an exception */
};

static struct str text_of(const struct add_file *f)
{
	return f->rest.p ? f->rest : f->data;
}

/* ---- exceptions ---- */

/* "Error [ERR_CODE]": the code belongs to the type, behind which it stands in text. */
static struct str with_code(struct str type, struct str text)
{
	struct str rest = {type.p + type.n, (size_t)(text.p + text.n - type.p) - type.n};
	size_t end = str_find_char(rest, ']');

	if (!type.n || !str_starts(rest, STR(" [")) || end > 60 || end == rest.n)
		return type;
	return (struct str){type.p, type.n + end + 1};
}

/* text: in which e was found. */
static void symptom_of_exception(struct reading *r, const struct exception *e, struct str text,
				 struct grouping_symptom *s)
{
	const struct exception *root = exception_root(e);

	*s = (struct grouping_symptom){.kind = root->type.n ? GROUPING_EXCEPTION : GROUPING_STACK};
	s->type = root->type.p >= text.p && root->type.p < text.p + text.n
			  ? with_code(root->type, text)
			  : root->type;
	s->text = root->message;
	if (str_starts(s->text, STR("on address 0x")) ||
	    str_starts(s->text, STR("on unknown address")))
		s->text = STR(""); /* where it was in memory this time */
	for (size_t i = 0; i < root->nframes; i++)
		grouping_add_frame(s, &r->scratch, root->frames[i].function, root->frames[i].file,
				   root->frames[i].own);
}

/* How many lines into the text the exception is named. */
static uint64_t line_within(const struct exception *e, struct str text)
{
	if (!e->type.n || e->type.p < text.p || e->type.p >= text.p + text.n)
		return 0;
	return str_count_char((struct str){text.p, (size_t)(e->type.p - text.p)}, '\n');
}

/* A call stack that says nothing of whose it is, or a name without frames, is no symptom. */
static bool tells(const struct exception *e, unsigned nlines)
{
	return e->type.n ? e->nframes > 0 || e->message.n > 0 : e->nframes > 1 && nlines > 2;
}

/* When, as people would say it: the time if there is one, and which event of the log. */
static struct str when(struct reading *r, const struct logline *line)
{
	CLEANUP_BUF struct buf b = {0};
	struct event_time t;

	logreader_time(r->reader, line, &t);
	if (t.known)
		timestamp_format(&t, &b);
	buf_printf(&b, b.n ? " (event %llu)" : "event %llu",
		   (unsigned long long)(r->events - r->events0));
	return arena_str(&r->a->arena, buf_str(&b));
}

/* The same of the event that ends now. */
static struct str when_now(struct reading *r)
{
	const struct add_file *f = &r->a->files[r->file];
	struct str seen = STR("");
	struct logcursor c;
	struct logline line;

	logcursor_init(&c, r->reader, r->offset, r->line - 1, f->data.n);
	if (logcursor_next(&c, &line))
		seen = when(r, &line);
	logcursor_release(&c);
	return seen;
}

static void record(struct reading *r, const struct exception *e, struct str text, uint64_t line,
		   struct str seen)
{
	struct grouping_symptom s;
	struct add_symptom *y;

	line += line_within(e, text);
	symptom_of_exception(r, e, text, &s);
	y = add_symptom(r->a, &s, r->file, line);
	if (y->count == 1)
		y->seen = seen.p ? seen : when_now(r);
	y->rank = 1000;
	if (line < r->stack)
		r->stack = line;
}

static struct str held_text(const struct reading *r, uint64_t end)
{
	const char *from = text_of(&r->a->files[r->file]).p + r->held.offset;

	return str_head((struct str){from, end - r->held.offset}, MAX_EVENT);
}

/* No frames came. */
static void let_go(struct reading *r)
{
	const struct exception *e;
	struct str text;

	if (r->held.end && r->held.tells) {
		text = held_text(r, r->held.end);
		e = exception_parse(&r->scratch, text);
		if (e)
			record(r, e, text, r->held.line, r->held.seen);
	}
	r->held.end = 0;
}

static void hold(struct reading *r, uint64_t end, bool tells)
{
	let_go(r);
	r->held = (struct held){r->offset, end, r->line, r->shape, tells, when_now(r)};
}

/* A stack that names no exception, if one was named shortly before: both are one. */
static bool join(struct reading *r, uint64_t end)
{
	const struct exception *e;
	struct str text;

	if (!r->held.end || r->line - r->held.line > MAX_MESSAGE)
		return false;
	text = held_text(r, end);
	e = exception_parse(&r->scratch, text);
	if (!e || !e->type.n || !e->nframes)
		return false;
	record(r, e, text, r->held.line, r->held.seen);
	if (r->held.shape < r->nshapes)
		r->shapes[r->held.shape].exception = true;
	r->held.end = 0;
	return true;
}

/* "Error: ...": a name that says nothing unless frames follow. */
static bool names_error(struct str text)
{
	struct str line;

	while (str_next(&text, '\n', &line)) {
		while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
			line = str_from(line, 1);
		if (str_starts(line, STR("Error: ")) || str_starts(line, STR("Error [")))
			return true;
	}
	return false;
}

static void end_event(struct reading *r, uint64_t end)
{
	struct add_file *f = &r->a->files[r->file];
	struct str text = {text_of(f).p + r->offset, end - r->offset};
	struct exception *e;
	bool plain;

	if (!r->nlines)
		return;
	plain = names_error(str_head(text, MAX_EVENT));
	if ((r->nlines == 1 && !r->looks && !plain) || r->parses++ >= MAX_PARSES)
		return;
	text = str_head(text, MAX_EVENT);
	e = exception_parse(&r->scratch, text);
	if (e && !tells(e, r->nlines))
		e = NULL;
	if (e && r->shape < r->nshapes)
		r->shapes[r->shape].exception = true;
	if (e ? e->type.n && !e->nframes && !e->cause : plain) {
		hold(r, end, e != NULL);
	} else if (e && (e->type.n || !join(r, end))) {
		let_go(r);
		record(r, e, text, r->line, (struct str){0});
	}
	arena_release(&r->scratch);
	arena_init(&r->scratch);
}

/* ---- lines ---- */

static void note_time(struct reading *r, const struct logline *line)
{
	struct event_time t;

	logreader_time(r->reader, line, &t);
	if (!t.known)
		return;
	if (!r->timed)
		r->first = t;
	r->timed = true;
	r->last = t;
}

static void begin_event(struct reading *r, const struct logline *line)
{
	uint32_t id = miner_add(r->miner, line);
	struct shape *s;

	r->events++;
	r->offset = line->offset;
	r->line = line->no;
	r->nlines = 1;
	r->shape = id;
	if (id >= r->nshapes) {
		struct symptom y = symptom_of(logline_text(line), line->level);

		while (id >= r->nshapes)
			array_push(r->shapes, r->nshapes, r->cap_shapes) = (struct shape){0};
		s = &r->shapes[id];
		*s = (struct shape){.line = line->no, .file = r->file, .level = y.level};
		s->class = y.advice || y.passed || y.frame ? SYMPTOM_NONE : y.class;
		s->exception = y.typed;
		if (s->class >= SYMPTOM_VERDICT)
			s->seen = when(r, line);
		note_time(r, line);
	}
	s = &r->shapes[id];
	s->count++;
	r->looks = s->exception;
	r->errors += s->level >= LEVEL_ERROR;
	r->warnings += s->level == LEVEL_WARN;
}

/* The reader's first format names something beside the message: it is a log, not any text. */
static bool has_headers(const struct logreader *r)
{
	const char *f = logreader_format(r, 0);

	return f && strcmp(f, "message") != 0 && *f;
}

static void read_file(struct reading *r, uint32_t index)
{
	struct add_file *f = &r->a->files[index];
	struct logline line, last = {0};
	struct logcursor c;

	r->file = index;
	r->stack = UINT64_MAX;
	r->events0 = r->events;
	r->reader = logreader_new(text_of(f), r->a->formats);
	r->timed = false;
	r->nlines = 0;
	logcursor_init(&c, r->reader, 0, 0, f->data.n);
	while (logcursor_next(&c, &line)) {
		if (line.head || !r->nlines) {
			end_event(r, line.offset);
			begin_event(r, &line);
		} else {
			r->nlines++;
		}
		f->lines++;
		last = line;
	}
	end_event(r, f->data.n);
	let_go(r);
	if (last.raw.p && r->timed)
		note_time(r, &last);
	logcursor_release(&c);
	r->lines += f->lines;
	if (r->stack <= STACK_HEAD && !has_headers(r->reader) && !f->also_log)
		f->kind = "stack";
	if (r->timed && r->first.has_zone && r->first.has_date && r->first.has_year &&
	    (!r->a->started_ns || r->first.ns < r->a->started_ns))
		r->a->started_ns = r->first.ns;
	logreader_free(r->reader);
}

/* ---- templates ---- */

/* A template by its shapes. */
struct use {
	uint32_t tmpl;
	uint64_t count;
	const struct shape *first; /* in the order of files and lines */
	enum symptom_class class;
	enum level level;
	bool exception;
};

static bool earlier(const struct shape *x, const struct shape *y)
{
	return x->file != y->file ? x->file < y->file : x->line < y->line;
}

static struct use *uses_of(const struct reading *r, const struct templates *t)
{
	size_t n = templates_count(t);
	struct use *uses = mem_zalloc((n + 1) * sizeof(*uses));

	for (uint32_t i = 0; i < r->nshapes; i++) {
		const struct shape *s = &r->shapes[i];
		uint32_t k = templates_of_shape(t, 0, i);
		struct use *u;

		if (!s->count || k >= n)
			continue;
		u = &uses[k];
		u->tmpl = k;
		u->count += s->count;
		u->exception = u->exception || s->exception;
		if (s->class > u->class)
			u->class = s->class;
		if (s->level > u->level)
			u->level = s->level;
		if (!u->first || earlier(s, u->first))
			u->first = s;
	}
	return uses;
}

/* States it a failure? A bare verdict counts where the log's own level says error. */
static bool is_failure(const struct use *u)
{
	return u->class >= SYMPTOM_FAILURE ||
	       (u->class == SYMPTOM_VERDICT && u->level >= LEVEL_ERROR);
}

static unsigned rank_of(const struct use *u)
{
	return (unsigned)u->class * 100 + (unsigned)u->level * 10 + (u->count < 3 ? 5 : 0);
}

/* What tells most first: failures, then rare ones. */
static int by_weight(const void *x, const void *y)
{
	const struct use *a = x, *b = y;

	if (is_failure(a) != is_failure(b))
		return is_failure(a) ? -1 : 1;
	if (is_failure(a) && rank_of(a) != rank_of(b))
		return rank_of(a) > rank_of(b) ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	return a->tmpl < b->tmpl ? -1 : 1;
}

static void add_error(struct reading *r, const struct use *u, const struct template *t)
{
	struct grouping_symptom s = {.kind = GROUPING_ERROR, .text = t->text};
	struct add_symptom *y;

	if (!is_failure(u) || u->exception)
		return;
	y = add_symptom(r->a, &s, u->first->file, u->first->line);
	y->count += u->count - 1;
	y->seen = u->first->seen;
	y->rank = rank_of(u);
}

static void keep_template(struct add *a, const struct template *t)
{
	CLEANUP_BUF struct buf b = {0};

	if (secret_redact(&b, t->text) || str_find_char(t->text, '\n') < t->text.n)
		return;
	buf_printf(&a->templates, STR_FMT "\t%s\t" STR_FMT "\n", STR_ARG(t->id),
		   level_name(t->level), STR_ARG(t->text));
}

static void add_templates(struct reading *r, const struct templates *t)
{
	struct use *uses = uses_of(r, t);
	size_t n = templates_count(t), counted = 0;

	for (size_t i = 0; i < n; i++)
		if (uses[i].count)
			keep_template(r->a, templates_get(t, (uint32_t)i));
	qsort(uses, n, sizeof(*uses), by_weight);
	for (size_t i = 0; i < n && uses[i].count; i++) {
		const struct template *tmpl = templates_get(t, uses[i].tmpl);

		add_error(r, &uses[i], tmpl);
		if (counted++ >= ADD_MAX_COUNTS)
			continue;
		add_variable(r->a,
			     str_of(arena_printf(&r->a->arena, "log." STR_FMT ".count",
						 STR_ARG(tmpl->id))),
			     value_int((int64_t)uses[i].count));
	}
	free(uses);
}

static void add_totals(struct reading *r)
{
	add_variable(r->a, STR("log.lines"), value_int((int64_t)r->lines));
	add_variable(r->a, STR("log.events"), value_int((int64_t)r->events));
	add_variable(r->a, STR("log.errors"), value_int((int64_t)r->errors))->better = BETTER_LOWER;
	add_variable(r->a, STR("log.warnings"), value_int((int64_t)r->warnings))->better =
		BETTER_LOWER;
}

int add_logs(struct add *a, struct err *err)
{
	struct reading r = {.a = a, .miner = miner_new()};
	struct templates_known *known = NULL;
	struct templates *t;
	int rc = add_read_templates(a, &known, err);

	arena_init(&r.scratch);
	for (uint32_t i = 0; !rc && i < a->nfiles; i++)
		if (strcmp(a->files[i].kind, "log") == 0 || a->files[i].also_log)
			read_file(&r, i);
	if (!rc && r.events) {
		t = templates_new(&r.miner, 1, known);
		add_templates(&r, t);
		add_totals(&r);
		templates_free(t);
	}
	templates_known_free(known);
	miner_free(r.miner);
	free(r.shapes);
	arena_release(&r.scratch);
	return rc;
}
