// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * When the chosen events were, and where a log was silent.
 *
 * One pass over all heads by several threads, each part alone: the place in time of each row is the
 * largest time so far, which in a part is known but for what came before it; joining the parts in
 * order supplies that. Times between events go into a histogram (eight classes an octave), the
 * longest of each part are kept; when the whole log is known, those that are unusual become rows.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/task.h"
#include "logset/timeline-priv.h"

#define SECOND  INT64_C(1000000000)
#define DAY     (86400 * SECOND)
#define CLASSES 512
#define LONGEST 64 /* times between events kept of a part */

#define UNUSUAL 10           /* times the 99th percentile */
#define SILENCE SECOND       /* shorter ones never count */
#define FEW     10           /* of fewer gaps none is unusual */
#define SPAN    (1000 * DAY) /* of logs that all are without times */

struct silence {
	int64_t ns, key;
	uint64_t line;
	uint32_t tmpl;
};

struct part {
	bool any;
	int64_t first_ns; /* the first time in it, and the event that has it */
	uint64_t first_line;
	uint32_t first_tmpl;
	struct timeline_reading end;
	uint32_t *classes; /* NULL until needed */
	struct silence *longest;
	size_t n;
};

struct scan {
	struct timeline *t;
	const size_t *from;
	struct part *parts;
};

static unsigned class_of(int64_t ns)
{
	unsigned octave;

	if (ns < 8)
		return ns > 0 ? (unsigned)ns : 0;
	octave = 63 - (unsigned)__builtin_clzll((uint64_t)ns);
	return (octave - 2) * 8 + (unsigned)(ns >> (octave - 3) & 7);
}

/* The upper end of a class. */
static int64_t class_end(unsigned c)
{
	if (c < 8)
		return c;
	return (int64_t)(((UINT64_C(9) + c % 8) << (c / 8 - 1)) - 1);
}

int64_t timeline_read(const struct timeline_clock *c, struct timeline_reading *r,
		      const struct event_time *t)
{
	int64_t ns = t->ns + r->add + c->shift;

	if (!t->known)
		return r->max;
	if (c->wrap && r->known && ns < r->last - c->wrap / 2) {
		r->add += c->wrap;
		ns += c->wrap;
	}
	r->last = ns;
	if (!r->known || ns > r->max)
		r->max = ns;
	r->known = true;
	return r->max;
}

int64_t timeline_position(const struct timeline *t, uint32_t file, uint64_t line)
{
	uint64_t n = t->set->files[file].nlines;

	return t->from + (int64_t)((__int128)(t->to - t->from) * (line - 1) / (n > 1 ? n - 1 : 1));
}

static void keep_silence(struct part *p, struct silence s)
{
	size_t i = p->n;

	if (!p->longest)
		p->longest = mem_alloc(LONGEST * sizeof(*p->longest));
	if (p->n == LONGEST && p->longest[p->n - 1].ns >= s.ns)
		return;
	if (p->n < LONGEST)
		p->n++;
	else
		i--;
	for (; i && p->longest[i - 1].ns < s.ns; i--)
		p->longest[i] = p->longest[i - 1];
	p->longest[i] = s;
}

static void count_gap(struct part *p, int64_t ns, int64_t key, const struct logline *line,
		      uint32_t tmpl)
{
	if (!p->classes)
		p->classes = mem_zalloc(CLASSES * sizeof(*p->classes));
	p->classes[class_of(ns)]++;
	if (ns >= SILENCE)
		keep_silence(p, (struct silence){ns, key, line->no, tmpl});
}

/* The first row at line or behind it. */
static size_t first_row(const struct timeline *t, size_t lo, size_t hi, uint64_t line)
{
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->rows[mid].line < line)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void scan_part(void *arg, size_t index, unsigned worker)
{
	struct scan *s = arg;
	const struct logset *set = s->t->set;
	const struct logset_part *at = &set->parts[index];
	const struct logset_file *f = &set->files[at->file];
	const struct timeline_clock *clock = &s->t->clocks[at->file];
	size_t end = s->from[at->file + 1];
	size_t row = first_row(s->t, s->from[at->file], end, at->line0 + 1);
	struct part *p = &s->parts[index];
	struct logcursor c;
	struct logline line;

	logset_part_cursor(set, index, &c);
	while (logcursor_next(&c, &line)) {
		uint32_t tmpl = f->recs[line.no - 1].tmpl;
		int64_t before = p->end.last, key;
		struct event_time time;

		if (!line.head || (tmpl & TIMELINE_SKIP))
			continue;
		logcursor_time(&c, &line, &time);
		key = timeline_read(clock, &p->end, &time);
		if (time.known && !p->any) {
			p->any = true;
			p->first_ns = p->end.last;
			p->first_line = line.no;
			p->first_tmpl = tmpl;
		} else if (time.known) {
			int64_t ns = p->end.last - before;

			count_gap(p, ns > 0 ? ns : 0, key, &line, tmpl);
		}
		if (row < end && s->t->rows[row].line == line.no) {
			s->t->rows[row].key = key;
			s->t->rows[row++].carried = !p->end.known;
		}
	}
	logcursor_release(&c);
}

/* What joining the parts of one log gives. */
struct whole {
	struct timeline_reading r;
	uint64_t classes[CLASSES], gaps;
	struct silence *silences;
	size_t n, cap;
};

static void join_part(struct whole *w, struct part *p, struct timeline_clock *clock)
{
	int64_t add = w->r.add;

	if (!p->any)
		return;
	if (clock->wrap && w->r.known && p->first_ns + add < w->r.last - clock->wrap / 2)
		add += clock->wrap;
	if (w->r.known) {
		int64_t ns = p->first_ns + add - w->r.last;

		w->classes[class_of(ns > 0 ? ns : 0)]++;
		w->gaps++;
		if (ns >= SILENCE)
			array_push(w->silences, w->n, w->cap) = (struct silence){
				ns, p->first_ns + add, p->first_line, p->first_tmpl};
	} else {
		clock->from = p->first_ns;
		w->r.max = p->end.max;
	}
	for (size_t i = 0; p->classes && i < CLASSES; i++) {
		w->classes[i] += p->classes[i];
		w->gaps += p->classes[i];
	}
	for (size_t i = 0; i < p->n; i++) {
		p->longest[i].key += add;
		array_push(w->silences, w->n, w->cap) = p->longest[i];
	}
	w->r.known = true;
	w->r.add = add + p->end.add;
	w->r.last = p->end.last + add;
	w->r.max = p->end.max + add > w->r.max ? p->end.max + add : w->r.max;
	clock->to = w->r.max;
}

/* The longest time between events of a log that is usual. */
static int64_t usual_gap(const struct whole *w)
{
	uint64_t few = w->gaps / 100 > 3 ? w->gaps / 100 : 3, above = 0;
	unsigned c = CLASSES - 1;

	/* a short log has no 99th percentile: its three longest gaps do not count */
	if (w->gaps < FEW)
		return INT64_MAX;
	while (c && above + w->classes[c] <= few)
		above += w->classes[c--];
	if (class_end(c) > INT64_MAX / UNUSUAL)
		return INT64_MAX;
	return class_end(c) * UNUSUAL > SILENCE ? class_end(c) * UNUSUAL : SILENCE;
}

static void add_silences(struct timeline *t, uint32_t file, const struct whole *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->silences[i].ns > t->clocks[file].usual)
			array_push(t->rows, t->n, t->cap) =
				(struct timeline_row){.file = file,
						      .tmpl = w->silences[i].tmpl,
						      .line = w->silences[i].line,
						      .key = w->silences[i].key,
						      .silence = w->silences[i].ns,
						      .marks = TIMELINE_SILENCE};
}

/* Rows of a part whose place depends on the parts before it. */
static void settle_rows(struct timeline *t, size_t *row, size_t end, uint64_t last_line,
			int64_t before, int64_t add)
{
	for (; *row < end && t->rows[*row].line <= last_line; ++*row) {
		struct timeline_row *r = &t->rows[*row];

		if (r->carried || r->key + add < before)
			r->key = before;
		else
			r->key += add;
	}
}

/* The parts of a log with times. */
static void join_parts(struct scan *s, uint32_t file)
{
	struct timeline *t = s->t;
	const struct logset_file *f = &t->set->files[file];
	struct timeline_clock *clock = &t->clocks[file];
	struct whole *w = mem_zalloc(sizeof(*w));
	size_t row = s->from[file], end = s->from[file + 1];

	for (size_t i = f->part0; i < f->part0 + f->nparts; i++) {
		const struct logset_part *at = &t->set->parts[i];
		int64_t before = w->r.known ? w->r.max : INT64_MIN;
		size_t n = w->n;

		join_part(w, &s->parts[i], clock);
		settle_rows(t, &row, end, at->line0 + at->nlines, before,
			    w->r.add - s->parts[i].end.add);
		for (; n < w->n; n++)
			if (w->silences[n].key < before)
				w->silences[n].key = before;
	}
	clock->usual = usual_gap(w);
	for (row = s->from[file]; row < end && t->rows[row].key == INT64_MIN; row++)
		t->rows[row].key = clock->from; /* lines above the first time */
	add_silences(t, file, w);
	free(w->silences);
	free(w);
}

/* The first time of a log tells what its times know. */
static void learn_clock(struct timeline *t, uint32_t file)
{
	const struct logset_file *f = &t->set->files[file];
	struct timeline_clock *clock = &t->clocks[file];
	struct logcursor c;
	struct logline line;

	logset_seek(t->set, file, 1, &c);
	while (!clock->timed && logcursor_next(&c, &line)) {
		if (!line.head || (f->recs[line.no - 1].tmpl & TIMELINE_SKIP))
			continue;
		logreader_time(f->reader, &line, &clock->as);
		clock->timed = clock->as.known;
	}
	logcursor_release(&c);
	if (clock->timed && !clock->as.has_date)
		clock->wrap = DAY;
	else if (clock->timed && !clock->as.has_year)
		clock->wrap = 366 * DAY;
}

/* How much of a date the times of a log have: 2 with year, 1 without, 0 none. */
static int rank_of(const struct timeline_clock *c)
{
	return c->as.has_year ? 2 : c->as.has_date ? 1 : 0;
}

/* Days from 1970-01-01 to the 1st of January of a year. */
static int64_t days_to_year(int64_t y)
{
	return 365 * y + (y + 3) / 4 - (y + 99) / 100 + (y + 399) / 400 - 719528;
}

/* What to add to times without year, so that from comes next to ref. */
static int64_t year_shift(int64_t from, int64_t ref, int64_t *year)
{
	int64_t guess = 1970 + ref / (365 * DAY), best = 0;

	*year = 0;
	for (int64_t y = guess - 2; y <= guess + 1; y++) {
		bool leap = (y % 4 == 0 && y % 100) || y % 400 == 0;
		bool after_february = from >= 60 * DAY; /* counted in year 0, a leap year */
		int64_t shift = (days_to_year(y) - (after_february && !leap)) * DAY;

		if (!*year || llabs(from + shift - ref) < llabs(from + best - ref)) {
			best = shift;
			*year = y;
		}
	}
	return best;
}

static int64_t day_shift(int64_t from, int64_t ref)
{
	int64_t days = (ref - from) / DAY;

	if ((ref - from) % DAY > DAY / 2)
		days++;
	else if ((ref - from) % DAY < -DAY / 2)
		days--;
	return days * DAY;
}

static void note(struct buf *notes, struct str name, const char *text)
{
	buf_add_str(notes, name);
	buf_add_str(notes, str_of(text));
	buf_add_char(notes, '\n');
}

/* Logs whose times know less are brought next to those that know most. */
static void align(struct timeline *t, struct buf *notes)
{
	int most = -1;
	int64_t ref = INT64_MAX;

	for (size_t i = 0; i < t->set->nfiles; i++) {
		const struct timeline_clock *c = &t->clocks[i];

		if (!c->timed || rank_of(c) < most)
			continue;
		if (rank_of(c) > most)
			ref = INT64_MAX;
		most = rank_of(c);
		ref = c->from < ref ? c->from : ref;
	}
	for (size_t i = 0; i < t->set->nfiles; i++) {
		struct timeline_clock *c = &t->clocks[i];
		struct str name = t->set->files[i].name;
		char text[80];
		int64_t year;

		if (!c->timed || rank_of(c) == most)
			continue;
		if (rank_of(c) == 0) {
			c->shift = day_shift(c->from, ref);
			note(notes, name, ": its times have no date; put next to the other logs");
		} else {
			c->shift = year_shift(c->from, ref, &year);
			snprintf(text, sizeof(text), ": its times have no year; taken as %d",
				 (int)year);
			note(notes, name, text);
		}
		c->from += c->shift;
		c->to += c->shift;
	}
}

/* Which zone to show times in, and what cannot be known of zones. */
static void compare_zones(struct timeline *t, struct buf *notes)
{
	const struct timeline_clock *zoned = NULL, *local = NULL;

	for (size_t i = 0; i < t->set->nfiles; i++) {
		const struct timeline_clock *c = &t->clocks[i];

		if (!c->timed)
			continue;
		if (c->as.has_zone && zoned && zoned->as.zone != c->as.zone)
			t->utc = true;
		if (c->as.has_zone)
			zoned = c;
		else
			local = c;
	}
	if (!zoned || !local)
		return;
	t->utc = true;
	for (size_t i = 0; i < t->set->nfiles; i++)
		if (t->clocks[i].timed && !t->clocks[i].as.has_zone)
			note(notes, t->set->files[i].name,
			     ": its times have no zone; taken as UTC");
}

/* The span of all times, and how logs without any are placed in it. */
static void find_span(struct timeline *t, struct buf *notes)
{
	bool any = false;

	t->to = SPAN;
	for (size_t i = 0; i < t->set->nfiles; i++) {
		const struct timeline_clock *c = &t->clocks[i];

		if (!c->timed)
			continue;
		t->from = !any || c->from < t->from ? c->from : t->from;
		t->to = !any || c->to > t->to ? c->to : t->to;
		any = true;
	}
	if (!any && t->set->nfiles > 1) {
		BUF_LIT(notes, "no log has times: interleaved by position\n");
		return;
	}
	for (size_t i = 0; any && i < t->set->nfiles; i++)
		if (!t->clocks[i].timed && t->set->files[i].nlines)
			note(notes, t->set->files[i].name,
			     ": has no times; its events are placed by their position");
}

void timeline_times(struct timeline *t, const size_t *from, unsigned threads, struct buf *notes)
{
	struct scan s = {.t = t, .from = from};

	s.parts = mem_zalloc(t->set->nparts * sizeof(*s.parts));
	for (uint32_t i = 0; i < t->set->nfiles; i++)
		learn_clock(t, i);
	task_run(threads, t->set->nparts, scan_part, &s);
	for (uint32_t i = 0; i < t->set->nfiles; i++)
		if (t->clocks[i].timed)
			join_parts(&s, i);
	for (size_t i = 0; i < t->set->nparts; i++) {
		free(s.parts[i].classes);
		free(s.parts[i].longest);
	}
	free(s.parts);
	align(t, notes);
	compare_zones(t, notes);
	find_span(t, notes);
	for (size_t i = 0; i < t->n; i++) {
		struct timeline_row *r = &t->rows[i];

		if (t->clocks[r->file].timed)
			r->key += t->clocks[r->file].shift;
		else
			r->key = timeline_position(t, r->file, r->line);
	}
}
