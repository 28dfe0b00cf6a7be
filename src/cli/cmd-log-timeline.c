// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest log timeline: what happened when, over several logs. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/logrow.h"
#include "cli/logs.h"
#include "log/exception.h"
#include "logset/timeline.h"
#include "report/rows.h"
#include "report/style.h"
#include "text/level.h"

#define MARKS       6
#define TIME_WIDTH  15 /* columns of a time of day, microseconds */
#define GAP_WIDTH   8
#define MARKS_WIDTH 13
#define EVENT_BYTES ((size_t)1 << 20) /* in which an exception is looked for */
#define MESSAGE_MIN 40                /* columns that a message gets on the narrowest terminal */

struct values {
	struct logs_values logs;
	struct logfilter_values filter;
	bool all;
};

static const struct option options[] = {
	{OPTION_FLAG, 'a', "all", NULL, "every event, not only those that matter",
	 offsetof(struct values, all)},
	LOGFILTER_OPTIONS(struct values, filter),
	LOGS_OUTPUT_OPTIONS(struct values, logs),
	LOGS_OPTIONS(struct values, logs),
	{.kind = OPTION_END},
};

static const struct rows_column columns[] = {
	{"time", ROWS_STRING, 0},     {"gap_ns", ROWS_NUMBER, 0}, {"file", ROWS_STRING, 0},
	{"line", ROWS_NUMBER, 0},     {"marks", ROWS_LIST, 0},    {"silence_ns", ROWS_NUMBER, 0},
	{"left_out", ROWS_NUMBER, 0}, {"level", ROWS_STRING, 0},  {"template", ROWS_STRING, 0},
	{"message", ROWS_STRING, 0},
};

static const struct {
	unsigned mark;
	const char *word;
} marks[] = {
	{TIMELINE_START, "start"},     {TIMELINE_FIRST | TIMELINE_LAST, "only"},
	{TIMELINE_FIRST, "first"},     {TIMELINE_LAST, "last"},
	{TIMELINE_END, "end"},         {TIMELINE_SILENCE, "silence"},
	{TIMELINE_SYMPTOM, "symptom"}, {TIMELINE_WARNING, "warning"},
};

struct printing {
	const struct timeline *t;
	struct rows_file rows; /* all forms but text */
	struct buf b, date;    /* date: of the row before */
	bool text, color, several, any;
	size_t width, place_width;
	int64_t before; /* key of the row before */
	int write_errno;
};

static size_t mark_words(unsigned m, struct str *words)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if ((m & marks[i].mark) != marks[i].mark)
			continue;
		words[n++] = str_of(marks[i].word);
		m &= ~marks[i].mark;
	}
	return n;
}

/* Since the row before; false if that cannot be told. */
static bool gap_of(const struct printing *p, const struct timeline_row *r, int64_t *ns)
{
	return p->any && p->t->clocks[r->file].timed && p->before != INT64_MIN &&
	       !__builtin_sub_overflow(r->key, p->before, ns);
}

static void add_duration(struct buf *b, int64_t ns)
{
	const int64_t ms = ns / 1000000, s = ms / 1000, min = s / 60, h = min / 60;

	if (ms < 1000)
		buf_printf(b, "%lldms", (long long)ms);
	else if (s < 100)
		buf_printf(b, "%lld.%02llds", (long long)s, (long long)(ms % 1000 / 10));
	else if (min < 100)
		buf_printf(b, "%lldm%02llds", (long long)min, (long long)(s % 60));
	else if (h < 48)
		buf_printf(b, "%lldh%02lldm", (long long)h, (long long)(min % 60));
	else
		buf_printf(b, "%lldd%02lldh", (long long)(h / 24), (long long)(h % 24));
}

/* Blanks up to the end of a column of which so much is used, and what parts it from the next. */
static void pad_to(struct buf *b, size_t used, size_t width)
{
	style_pad(b, used < width ? width - used : 0);
	BUF_LIT(b, "  ");
}

/* The event's own time where all logs meet; a date that was not yet said gets a line of its own. */
static void add_time(struct printing *p, const struct timeline_row *r,
		     const struct event_time *time)
{
	const struct timeline_clock *c = &p->t->clocks[r->file];
	struct event_time t = *time;
	struct buf b CLEANUP_BUF = {0};
	struct str date = {NULL, 0}, clock;

	t.ns += c->shift;
	t.has_date = t.has_date || c->shift;
	t.has_year = t.has_year || c->shift;
	t.digits = t.digits < 6 ? t.digits : 6;
	if (t.has_zone && !p->t->utc)
		t.ns += t.zone * INT64_C(1000000000);
	t.has_zone = false;
	t.zone = 0;
	timestamp_format(&t, &b);
	clock = buf_str(&b);
	if (str_find_char(clock, 'T') < clock.n)
		str_next(&clock, 'T', &date);
	if (date.n && !str_eq(date, buf_str(&p->date))) {
		buf_clear(&p->date);
		buf_add_str(&p->date, date);
		style_add(&p->b, p->color, STYLE_BOLD, date);
		buf_add_char(&p->b, '\n');
	}
	buf_add_str(&p->b, clock);
	pad_to(&p->b, clock.n, TIME_WIDTH);
}

static void text_left_out(struct printing *p, const struct timeline_row *r)
{
	struct buf line CLEANUP_BUF = {0};

	style_pad(&line, TIME_WIDTH + 2 + GAP_WIDTH + 2);
	BUF_LIT(&line, "... ");
	style_count(&line, r->left_out);
	buf_add_str(&line, r->left_out == 1 ? STR(" event") : STR(" events"));
	if (p->several) {
		BUF_LIT(&line, " of ");
		style_add_foreign(&line, p->t->set->files[r->file].name, 60);
	}
	BUF_LIT(&line, " left out");
	style_add(&p->b, p->color, STYLE_DIM, buf_str(&line));
	buf_add_char(&p->b, '\n');
}

static enum style style_of(unsigned m)
{
	return m & TIMELINE_SYMPTOM                        ? STYLE_BAD
	       : m & (TIMELINE_WARNING | TIMELINE_SILENCE) ? STYLE_WARN
							   : STYLE_PLAIN;
}

/* What the event's other lines say of an exception: mostly more than the first line. */
static void add_exception(const struct logset_file *f, const struct logline *head, struct buf *b)
{
	const struct exception *e = NULL;
	struct arena a;
	struct str text;
	uint64_t lines;

	arena_init(&a);
	text = logset_event_text(f, head, &lines);
	if (lines > 1)
		e = exception_parse(&a, str_head(text, EVENT_BYTES));
	if (e && !str_contains(logline_text(head), e->type)) {
		BUF_LIT(b, " / ");
		buf_add_str(b, e->type);
		if (e->message.n)
			BUF_LIT(b, ": ");
		buf_add_str(b, e->message);
	}
	arena_release(&a);
}

static void text_row(struct printing *p, const struct timeline_row *r, const struct logline *line,
		     const struct event_time *time)
{
	struct str words[MARKS + 1];
	size_t n = mark_words(r->marks, words), at;
	struct buf cell CLEANUP_BUF = {0}, message CLEANUP_BUF = {0};
	int64_t ns;

	if (r->left_out)
		text_left_out(p, r);
	add_time(p, r, time);
	if (gap_of(p, r, &ns) && ns >= 1000000) {
		buf_add_char(&cell, '+');
		add_duration(&cell, ns);
	}
	style_pad(&p->b, cell.n < GAP_WIDTH ? GAP_WIDTH - cell.n : 0);
	style_add(&p->b, p->color, r->marks & TIMELINE_SILENCE ? STYLE_WARN : STYLE_DIM,
		  buf_str(&cell));
	BUF_LIT(&p->b, "  ");
	buf_clear(&cell);
	at = style_add_foreign(&cell, p->t->set->files[r->file].name, 40);
	buf_add_char(&cell, ':');
	buf_u64(&cell, r->line);
	at += 1 + (size_t)snprintf(NULL, 0, "%llu", (unsigned long long)r->line);
	style_add(&p->b, p->color, STYLE_PLACE, buf_str(&cell));
	pad_to(&p->b, at, p->place_width);
	buf_clear(&cell);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_add_char(&cell, ' ');
		buf_add_str(&cell, words[i]);
	}
	at = cell.n;
	style_add(&p->b, p->color, style_of(r->marks), buf_str(&cell));
	pad_to(&p->b, at, MARKS_WIDTH);
	at = TIME_WIDTH + GAP_WIDTH + p->place_width + 8 + (at > MARKS_WIDTH ? at : MARKS_WIDTH);
	if (r->marks & TIMELINE_SILENCE) {
		BUF_LIT(&message, "(silent for ");
		add_duration(&message, r->silence);
		BUF_LIT(&message, ") ");
	}
	at += message.n;
	buf_clear(&cell);
	buf_add_str(&cell, logline_text(line));
	if (r->marks & TIMELINE_SYMPTOM)
		add_exception(&p->t->set->files[r->file], line, &cell);
	style_add_foreign(&message, buf_str(&cell),
			  !p->width                     ? 0
			  : p->width > at + MESSAGE_MIN ? p->width - at
							: MESSAGE_MIN);
	style_add(&p->b, p->color, style_of(r->marks), buf_str(&message));
	buf_add_char(&p->b, '\n');
}

static void cells(struct printing *p, const struct timeline_row *r, const struct logline *line,
		  const struct event_time *time)
{
	struct rows_out *o = &p->rows.out;
	struct str words[MARKS + 1];
	int64_t ns;

	rows_begin(o);
	buf_clear(&p->b);
	timestamp_format(time, &p->b);
	rows_string(o, buf_str(&p->b));
	if (gap_of(p, r, &ns))
		rows_int(o, ns);
	else
		rows_none(o);
	rows_string(o, p->t->set->files[r->file].name);
	rows_count(o, r->line);
	rows_list(o, words, mark_words(r->marks, words));
	if (r->marks & TIMELINE_SILENCE)
		rows_int(o, r->silence);
	else
		rows_none(o);
	rows_count(o, r->left_out);
	rows_string(o, str_of(level_name(line->level)));
	rows_string(o, templates_get(p->t->set->templates, r->tmpl)->id);
	rows_string(o, line->message);
	rows_end(o);
}

/* False: stop, nobody reads on. */
static bool print(struct printing *p, const struct timeline_row *r, const struct logline *line)
{
	struct event_time time;
	bool go_on = true;

	logreader_time(p->t->set->files[r->file].reader, line, &time);
	if (p->text) {
		text_row(p, r, line, &time);
		go_on = fwrite(p->b.p, 1, p->b.n, stdout) == p->b.n;
		p->write_errno = go_on ? 0 : errno;
		buf_clear(&p->b);
	} else {
		cells(p, r, line, &time);
		go_on = rows_file_next(&p->rows);
	}
	p->any = true;
	p->before = p->t->clocks[r->file].timed ? r->key : INT64_MIN;
	return go_on;
}

static void print_chosen(struct printing *p)
{
	bool go_on = true;

	for (size_t i = 0; i < p->t->n && go_on; i++) {
		const struct timeline_row *r = &p->t->rows[i];
		struct logcursor c;
		struct logline line;

		logset_seek(p->t->set, r->file, r->line, &c);
		if (logcursor_next(&c, &line))
			go_on = print(p, r, &line);
		logcursor_release(&c);
	}
}

/* One log while all are merged. */
struct stream {
	struct logcursor cursor;
	struct logline line;
	struct timeline_reading reading;
	int64_t key;
	bool live;
};

/* The stream's next event. */
static void advance(const struct timeline *t, struct stream *s, uint32_t file)
{
	const struct logset_file *f = &t->set->files[file];
	struct event_time time;

	do {
		s->live = logcursor_next(&s->cursor, &s->line);
	} while (s->live && (!s->line.head || (f->recs[s->line.no - 1].tmpl & TIMELINE_SKIP)));
	if (!s->live)
		return;
	if (!t->clocks[file].timed) {
		s->key = timeline_position(t, file, s->line.no);
		return;
	}
	logcursor_time(&s->cursor, &s->line, &time);
	s->key = timeline_read(&t->clocks[file], &s->reading, &time);
	if (!s->reading.known)
		s->key = t->clocks[file].from;
}

/* Restore the heap of files, smallest key first, from i downwards. */
static void sift(const struct stream *s, uint32_t *heap, size_t n, size_t i)
{
	for (;;) {
		size_t best = i;
		uint32_t swap;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < n; k++)
			if (s[heap[k]].key < s[heap[best]].key ||
			    (s[heap[k]].key == s[heap[best]].key && heap[k] < heap[best]))
				best = k;
		if (best == i)
			return;
		swap = heap[i];
		heap[i] = heap[best];
		heap[best] = swap;
		i = best;
	}
}

static void print_all(struct printing *p)
{
	const struct timeline *t = p->t;
	struct stream *s = mem_zalloc(t->set->nfiles * sizeof(*s));
	uint32_t *heap = mem_alloc(t->set->nfiles * sizeof(*heap));
	size_t n = 0, next = 0;
	bool go_on = true;

	for (uint32_t i = 0; i < t->set->nfiles; i++) {
		const struct logset_file *f = &t->set->files[i];

		logcursor_init(&s[i].cursor, f->reader, 0, 0, f->data.n);
		advance(t, &s[i], i);
		if (s[i].live)
			heap[n++] = i;
	}
	for (size_t i = n; i-- > 0;)
		sift(s, heap, n, i);
	while (n && go_on) {
		uint32_t file = heap[0];
		struct timeline_row row = {
			.file = file,
			.line = s[file].line.no,
			.key = s[file].key,
			.tmpl = t->set->files[file].recs[s[file].line.no - 1].tmpl};

		if (next < t->n && t->rows[next].file == file && t->rows[next].line == row.line)
			row = t->rows[next++];
		row.left_out = 0;
		go_on = print(p, &row, &s[file].line);
		advance(t, &s[file], file);
		if (!s[file].live)
			heap[0] = heap[--n];
		sift(s, heap, n, 0);
	}
	for (uint32_t i = 0; i < t->set->nfiles; i++)
		logcursor_release(&s[i].cursor);
	free(s);
	free(heap);
}

/* Columns that "file:line" needs at most. */
static size_t place_width(const struct logset *s)
{
	size_t most = 5;

	for (size_t i = 0; i < s->nfiles; i++) {
		struct buf b CLEANUP_BUF = {0};
		size_t n = style_add_foreign(&b, s->files[i].name, 40);

		n += 1 + (size_t)snprintf(NULL, 0, "%llu", (unsigned long long)s->files[i].nlines);
		most = n > most ? n : most;
	}
	return most;
}

struct filtering {
	struct logset *set;
	const struct logfilter *filter;
};

/* Mark the events of a part that the conditions leave out. */
static void filter_part(void *arg, size_t part, unsigned worker)
{
	const struct filtering *f = arg;
	struct logset_file *file = &f->set->files[f->set->parts[part].file];
	struct logcursor c;
	struct logrow row = {.set = f->set, .file = file, .cursor = &c};
	struct logline line;

	logset_part_cursor(f->set, part, &c);
	while (logcursor_next(&c, &line)) {
		struct logrec *r = &file->recs[line.no - 1];

		if (!line.head)
			continue;
		logrow_set(&row, &line, r->tmpl);
		if (!logfilter_passes(f->filter, &row))
			r->tmpl |= TIMELINE_SKIP;
	}
	logcursor_release(&c);
	logrow_release(&row);
}

static int timeline(struct cli *cli, struct logs *logs, const struct values *v,
		    const struct logfilter *filter, struct err *err)
{
	struct timeline t;
	struct printing p = {.t = &t,
			     .text = !(v->logs.json || v->logs.jsonl || v->logs.csv),
			     .color = cli->color_out,
			     .width = isatty(STDOUT_FILENO) ? (size_t)cli->width : 0,
			     .several = logs->set.nfiles > 1};
	struct buf notes CLEANUP_BUF = {0};
	unsigned threads = logs->opts.threads ? logs->opts.threads : task_cpus();
	int rc = 0;

	logs_mine(logs, cli);
	if (filter->any)
		task_run(threads, logs->set.nparts, filter_part,
			 &(struct filtering){.set = &logs->set, .filter = filter});
	timeline_init(&t, &logs->set, threads, &notes);
	for (struct str rest = buf_str(&notes), note; str_next(&rest, '\n', &note);)
		if (note.n)
			fprintf(stderr, "inquest: " STR_FMT "\n", STR_ARG(note));
	p.place_width = place_width(&logs->set);
	if (!p.text)
		rows_file_init(&p.rows,
			       v->logs.csv    ? ROWS_CSV
			       : v->logs.json ? ROWS_JSON
					      : ROWS_JSONL,
			       "log-timeline", columns, ARRAY_SIZE(columns), 0, false, STR(""),
			       stdout);
	if (v->all)
		print_all(&p);
	else
		print_chosen(&p);
	if (!p.text)
		rc = rows_file_close(&p.rows, err);
	else if (fflush(stdout) != 0 && !p.write_errno)
		p.write_errno = errno;
	if (p.write_errno && p.write_errno != EPIPE) {
		errno = p.write_errno;
		rc = err_errno(err, "output");
	}
	buf_release(&p.b);
	buf_release(&p.date);
	timeline_release(&t);
	return rc;
}

static int check(const void *values, struct err *err)
{
	return logfilter_check(&((const struct values *)values)->filter, err);
}

static int show(struct cli *cli, struct logs *logs, const void *values, struct err *err)
{
	const struct values *v = values;
	struct logfilter filter;
	int rc = logfilter_init(&filter, &v->filter, err);

	if (!rc)
		rc = timeline(cli, logs, v, &filter, err);
	logfilter_release(&filter);
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};

	return logs_main(&cmd_log_timeline, cli, argc, argv, &v, &v.logs, check, show);
}

const struct command cmd_log_timeline = {
	.name = "log timeline",
	.stage = "analyse",
	.front = true,
	.summary = "what happened when, over several logs, in one order",
	.usage = "[OPTIONS] FILE...",
	.details = "The events of all FILEs merged by time, in UTC where the logs know their zone; "
		   "each\n"
		   "log keeps its own order. Shown is what matters: the first and the last event "
		   "of each\n"
		   "log and of each template, silences that are unusual for the log, and symptoms\n"
		   "(errors, exceptions, crash reports); how many events are left out between is "
		   "said.\n"
		   "Logs without times are interleaved by position.",
	.examples = "a server and its client, side by side\tinquest log timeline server.log "
		    "client.log\n"
		    "the minute of the crash, with every event\tinquest log timeline --all --since "
		    "12:03:00 --until 12:04:00 *.log\n"
		    "for a program\tinquest log timeline --jsonl server.log client.log",
	.options = options,
	.run = run,
};
