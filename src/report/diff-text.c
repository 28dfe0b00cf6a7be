// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A comparison of logs on one screen: see diff.h. Lines are shown without their header but for the
 * time of day and the level; names of logs without the folders that they share.
 */
#include "report/diff.h"

#include "report/style.h"
#include "text/level.h"
#include "text/timestamp.h"

#define SCREEN_CHAINS 2
#define SCREEN_STEPS  4
#define PARAGRAPH     200 /* lines of an event that are looked at */
#define NAME_COLUMNS  40
#define SIDE_LOGS     3 /* names of logs in the first lines */

static const char *const kind_names[] = {
	[FINDING_NEW] = "new",       [FINDING_MISSING] = "missing", [FINDING_COUNT] = "count",
	[FINDING_ORDER] = "order",   [FINDING_VALUE] = "value",     [FINDING_GAP] = "slower",
	[FINDING_THREAD] = "thread",
};

const char *diff_kind_name(enum finding_kind kind)
{
	return kind_names[kind];
}

struct limits {
	size_t findings;  /* without -v */
	uint64_t context; /* lines before the divergence */
	uint64_t after;   /* from the divergence on */
};

static const struct limits whole_screen = {8, 2, 3}, part_of_screen = {4, 1, 2};

struct screen {
	const struct diff_report *r;
	const struct limits *limits;
	struct buf *out;
	size_t strip; /* bytes of folders that all names share */
};

static struct str full_name(const struct diff_report *r, const struct evidence *e)
{
	return r->in->side[e->side].logs[e->file].name;
}

/* Bytes up to the last slash that all names share; 0 when two logs would then look the same. */
static size_t shared_folders(const struct diff_report *r)
{
	struct str first = r->in->side[0].n ? r->in->side[0].logs[0].name : STR("");
	size_t n = first.n;

	for (uint32_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < r->in->side[s].n; i++) {
			struct str name = r->in->side[s].logs[i].name;
			size_t k = 0;

			while (k < n && k < name.n && name.p[k] == first.p[k])
				k++;
			n = k;
		}
	}
	while (n && first.p[n - 1] != '/')
		n--;
	return n;
}

static void heading(struct screen *s, const char *text)
{
	buf_add_char(s->out, '\n');
	style_add(s->out, s->r->color, STYLE_BOLD, str_of(text));
	buf_add_char(s->out, '\n');
}

/* "bad.log:17" into b; its columns. */
static size_t place_text(struct screen *s, const struct evidence *e, uint64_t no, struct buf *b)
{
	size_t n, before;

	buf_clear(b);
	n = style_add_foreign(b, str_from(full_name(s->r, e), s->strip), NAME_COLUMNS);
	before = b->n;
	buf_add_char(b, ':');
	buf_u64(b, no);
	return n + b->n - before;
}

static void place(struct screen *s, const struct evidence *e, uint64_t no, size_t pad)
{
	struct buf text = {0};
	size_t n = place_text(s, e, no, &text);

	style_add(s->out, s->r->color, STYLE_PLACE, buf_str(&text));
	style_pad(s->out, pad > n ? pad - n : 0);
	buf_release(&text);
}

static size_t room(const struct screen *s, size_t used)
{
	if (!s->r->width)
		return 0;
	return s->r->width > used + 20 ? s->r->width - used : 20;
}

/* The time of day of an RFC 3339 text, down to milliseconds. */
static void add_clock(const struct event_time *t, struct buf *b)
{
	struct buf full = {0};
	struct str s;
	size_t at;

	timestamp_format(t, &full);
	s = buf_str(&full);
	at = str_find_char(s, 'T');
	if (at < s.n) {
		s = str_head(str_from(s, at + 1), 12);
		at = 0;
		while (at < s.n &&
		       ((s.p[at] >= '0' && s.p[at] <= '9') || s.p[at] == ':' || s.p[at] == '.'))
			at++;
		buf_add_str(b, str_head(s, at));
		buf_add_char(b, ' ');
	}
	buf_release(&full);
}

/*
 * The line of an event that says more than its first: of an error mostly the second, the exception;
 * of what ends in a colon ("Traceback ...:") the last of its paragraph that is not indented.
 */
static void add_telling_line(struct screen *s, const struct evidence *e, uint64_t no,
			     const struct logdiff_line *head, struct arena *a, struct buf *b)
{
	const struct logdiff_log *log = &s->r->in->side[e->side].logs[e->file];
	bool headline = str_ends(str_trim(head->message), STR(":"));
	struct logdiff_line line = {0};
	struct str telling = STR("");

	if (log->sparse || (!headline && head->level < LEVEL_WARN))
		return;
	for (uint64_t k = no; k < log->n && k < no + PARAGRAPH; k++) {
		if (!(log->recs[k].tmpl & LOGREC_CONT))
			break;
		s->r->in->line(s->r->in->arg, e->side, e->file, k + 1, a, &line);
		if (!str_trim(line.raw).n)
			break;
		if (!headline || (line.raw.p[0] != ' ' && line.raw.p[0] != '\t'))
			telling = str_trim(line.raw);
		if (!headline)
			break;
	}
	if (telling.n) {
		BUF_LIT(b, " / ");
		buf_add_str(b, telling);
	}
}

/* A line of a log as people want it: time of day, level, message. */
static void log_text(struct screen *s, const struct evidence *e, uint64_t no, bool clock,
		     size_t width, struct buf *b)
{
	struct logdiff_line line;
	struct buf whole = {0};
	struct arena a;

	arena_init(&a);
	s->r->in->line(s->r->in->arg, e->side, e->file, no, &a, &line);
	if (clock && line.time.known)
		add_clock(&line.time, &whole);
	if (line.level >= LEVEL_WARN && line.message.n < line.raw.n) {
		for (const char *p = level_name(line.level); *p; p++)
			buf_add_char(&whole, (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p));
		buf_add_char(&whole, ' ');
	}
	if (line.message.n)
		buf_add_str(&whole, line.message);
	else if (!whole.n) /* a header alone has been said by its time and level */
		buf_add_str(&whole, line.raw);
	add_telling_line(s, e, no, &line, &a, &whole);
	style_add_foreign(b, buf_str(&whole), width);
	buf_release(&whole);
	arena_release(&a);
}

static void styled_line(struct screen *s, const struct evidence *e, uint64_t no, bool clock,
			enum style style, size_t used)
{
	struct buf b = {0};

	log_text(s, e, no, clock, room(s, used), &b);
	style_add(s->out, s->r->color, style, buf_str(&b));
	buf_add_char(s->out, '\n');
	buf_release(&b);
}

static void marked_line(struct screen *s, const struct evidence *e, uint64_t no, char mark,
			enum style style, size_t pad)
{
	BUF_LIT(s->out, "  ");
	place(s, e, no, pad);
	buf_printf(s->out, " %c ", mark);
	styled_line(s, e, no, true, style, pad + 5);
}

static size_t wider(struct screen *s, const struct evidence *e, uint64_t no, size_t pad)
{
	struct buf b = {0};
	size_t n = place_text(s, e, no, &b);

	buf_release(&b);
	return n > pad ? n : pad;
}

/* Lines of one side from the divergence on. */
static void after(struct screen *s, const struct evidence *e, size_t pad)
{
	const struct logdiff_log *log = &s->r->in->side[e->side].logs[e->file];

	if (!e->nlines && s->r->in->side[e->side].ndigests)
		return; /* a digest cannot tell */
	if (!e->nlines) {
		buf_printf(s->out, "  the %s log has nothing more there\n",
			   e->side ? "bad" : "good");
		return;
	}
	for (uint64_t k = 0; k < s->limits->after && (e->line + k <= log->n || k < e->nlines); k++)
		marked_line(s, e, e->line + k, e->side ? '+' : '-',
			    k >= e->nlines ? STYLE_DIM
			    : e->side      ? STYLE_BAD
					   : STYLE_GOOD,
			    pad);
}

static void divergence(struct screen *s)
{
	const struct logdiff_divergence *d = &s->r->diff->first;
	size_t pad = 0;

	for (int side = 0; side < 2; side++)
		if (d->next[side].nlines)
			pad = wider(s, &d->next[side], d->next[side].line + s->limits->after, pad);
	if (d->has_common) {
		uint64_t no = d->common[1].line + d->common[1].nlines - 1;
		uint64_t first = no > s->limits->context ? no - s->limits->context + 1 : 1;
		bool sparse = s->r->in->side[1].logs[d->common[1].file].sparse;

		for (uint64_t k = sparse ? no : first; k <= no; k++)
			marked_line(s, &d->common[1], k, ' ', STYLE_DIM, pad);
	} else if (!s->r->in->side[1].logs[d->next[1].file].sparse) {
		BUF_LIT(s->out, "  from the first line on\n");
	}
	after(s, &d->next[0], pad);
	after(s, &d->next[1], pad);
}

static void counts(struct buf *out, const struct logdiff_finding *f)
{
	if (f->kind == FINDING_NEW && f->good_count == 0) {
		if (f->bad_count > 1) {
			BUF_LIT(out, ", ");
			style_count(out, f->bad_count);
			BUF_LIT(out, " times");
		}
	} else if (f->good_count != f->bad_count && f->kind != FINDING_VALUE) {
		BUF_LIT(out, ", ");
		style_count(out, f->good_count);
		BUF_LIT(out, " in good, ");
		style_count(out, f->bad_count);
		BUF_LIT(out, " in bad");
	}
}

static void finding(struct screen *s, const struct logdiff_finding *f)
{
	struct buf head = {0};

	buf_printf(&head, "%3u  %-8s", f->rank, kind_names[f->kind]);
	style_add(s->out, s->r->color, f->kind == FINDING_MISSING ? STYLE_GOOD : STYLE_BAD,
		  buf_str(&head));
	buf_clear(&head);
	place(s, &f->where, f->where.line, 0);
	counts(s->out, f);
	if (f->trigger)
		buf_printf(s->out, ", follows from %u", f->trigger);
	if (f->note.n) {
		BUF_LIT(&head, "  ");
		style_add_foreign(&head, f->note, room(s, 40));
		style_add(s->out, s->r->color, STYLE_WARN, buf_str(&head));
	}
	BUF_LIT(s->out, "\n       ");
	styled_line(s, &f->where, f->where.line, true, STYLE_PLAIN, 8);
	buf_release(&head);
}

/* How many were not shown. */
static size_t findings(struct screen *s)
{
	size_t shown = 0, hidden = 0;

	for (size_t i = 0; i < s->r->diff->nfindings; i++) {
		const struct logdiff_finding *f = &s->r->diff->findings[i];

		if (!s->r->verbose && (shown == s->limits->findings || f->trigger)) {
			hidden++;
			continue;
		}
		finding(s, f);
		shown++;
	}
	return hidden;
}

static void chain(struct screen *s, const struct logdiff_chain *c)
{
	const struct logdiff_finding *f = &s->r->diff->findings[c->rank - 1];
	size_t from = 0, pad = wider(s, &f->where, f->where.line, 0);

	/* The earliest is what one looks for; of the rest those next to the symptom. */
	for (size_t i = 0; i < c->n; i++)
		pad = wider(s, &c->steps[i].where, c->steps[i].where.line, pad);
	for (size_t i = 0; i < c->n; i++) {
		const struct logdiff_step *step = &c->steps[i];

		if (!s->r->verbose && c->n > SCREEN_STEPS && i == 1) {
			from = c->n - SCREEN_STEPS + 1;
			buf_printf(s->out, "    ... %zu more\n", from - 1);
		}
		if (i && i < from)
			continue;
		BUF_LIT(s->out, "    ");
		place(s, &step->where, step->where.line, pad);
		BUF_LIT(s->out, "  ");
		styled_line(s, &step->where, step->where.line, true, STYLE_PLAIN, pad + 6);
	}
	BUF_LIT(s->out, "  > ");
	place(s, &f->where, f->where.line, pad);
	BUF_LIT(s->out, "  ");
	styled_line(s, &f->where, f->where.line, true, STYLE_BAD, pad + 6);
}

static void chains(struct screen *s)
{
	size_t shown = 0;

	for (size_t i = 0; i < s->r->diff->nchains; i++) {
		if (!s->r->diff->chains[i].n || (!s->r->verbose && shown == SCREEN_CHAINS))
			continue;
		if (!shown++)
			heading(s, "Back from the symptom");
		chain(s, &s->r->diff->chains[i]);
	}
}

static void side_line(struct screen *s, uint32_t side)
{
	const struct logdiff_side *in = &s->r->in->side[side];
	size_t shown = 0, more = 0;
	uint64_t lines = 0;

	style_add(s->out, s->r->color, side ? STYLE_BAD : STYLE_GOOD,
		  side ? STR("bad ") : STR("good"));
	for (size_t i = 0; i < in->ndigests; i++) {
		BUF_LIT(s->out, "  ");
		style_add_foreign(s->out, in->digests[i].name, 0);
		BUF_LIT(s->out, " (");
		style_count(s->out, in->digests[i].digest->runs);
		buf_add_str(s->out,
			    in->digests[i].digest->runs == 1 ? STR(" run)") : STR(" runs)"));
		lines += in->digests[i].digest->lines;
	}
	for (size_t i = 0; i < in->n; i++) {
		lines += in->logs[i].n;
		if (in->logs[i].sparse || shown++ >= SIDE_LOGS) {
			more += !in->logs[i].sparse;
			continue;
		}
		BUF_LIT(s->out, "  ");
		style_add_foreign(s->out, in->logs[i].name, 0);
	}
	if (more)
		buf_printf(s->out, " and %zu more", more);
	BUF_LIT(s->out, ": ");
	style_count(s->out, lines);
	BUF_LIT(s->out, " lines\n");
}

void diff_report_text(const struct diff_report *r, struct buf *out)
{
	struct screen s = {.r = r, .limits = &whole_screen, .out = out, .strip = shared_folders(r)};
	size_t hidden = 0;

	side_line(&s, 0);
	side_line(&s, 1);
	if (!r->diff->nfindings && !r->diff->first.found) {
		BUF_LIT(out, "\nNothing differs beyond what varies from run to run.\n");
		return;
	}
	if (r->diff->first.found) {
		heading(&s, "First divergence");
		divergence(&s);
	}
	if (r->diff->nfindings) {
		heading(&s, "What differs");
		hidden = findings(&s);
	}
	if (hidden)
		buf_printf(out, "  and %zu more (-v shows all)\n", hidden);
	chains(&s);
	if (r->diff->partial)
		buf_printf(out,
			   "\nOf logs with more than %llu lines, times between events and most "
			   "values were not compared.\n",
			   (unsigned long long)LOGDIFF_SCAN_MAX);
	if (r->next) {
		BUF_LIT(out, "\nNext: ");
		buf_add_str(out, str_of(r->next));
		buf_add_char(out, '\n');
	}
}

size_t diff_report_part(const struct diff_report *r, struct buf *out)
{
	struct screen s = {
		.r = r, .limits = &part_of_screen, .out = out, .strip = shared_folders(r)};

	if (r->diff->first.found)
		divergence(&s);
	return findings(&s);
}
