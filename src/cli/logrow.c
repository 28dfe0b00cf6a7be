// SPDX-License-Identifier: GPL-3.0-or-later
/* Events as rows, and their selection: see logrow.h. */
#include "cli/logrow.h"

#include "text/level.h"

const char *const logrow_names[LOGROW_COLUMNS] = {
	[LOGROW_FILE] = "file",       [LOGROW_LINE] = "line",
	[LOGROW_TIME] = "time",       [LOGROW_LEVEL] = "level",
	[LOGROW_HOST] = "host",       [LOGROW_PROCESS] = "process",
	[LOGROW_THREAD] = "thread",   [LOGROW_FUNCTION] = "function",
	[LOGROW_SOURCE] = "source",   [LOGROW_TEMPLATE] = "template",
	[LOGROW_MESSAGE] = "message", [LOGROW_PARAMS] = "params",
};

void logrow_set(struct logrow *r, const struct logline *line, uint32_t tmpl)
{
	r->line = line;
	r->tmpl = tmpl;
	r->has_time = r->has_params = false;
	r->cells[LOGROW_FILE] = r->file->name;
	r->cells[LOGROW_LEVEL] = line->level_text;
	r->cells[LOGROW_HOST] = line->host;
	r->cells[LOGROW_PROCESS] = line->process;
	r->cells[LOGROW_THREAD] = line->thread;
	r->cells[LOGROW_FUNCTION] = line->function;
	r->cells[LOGROW_SOURCE] = line->source;
	r->cells[LOGROW_TEMPLATE] = templates_get(r->set->templates, tmpl)->id;
	r->cells[LOGROW_MESSAGE] = line->message;
}

const struct event_time *logrow_time(struct logrow *r)
{
	if (!r->has_time) {
		logcursor_time(r->cursor, r->line, &r->time);
		r->has_time = true;
	}
	return &r->time;
}

void logrow_params(struct logrow *r)
{
	if (r->has_params)
		return;
	r->nparams = templates_params(r->set->templates, r->tmpl, logline_text(r->line), r->params,
				      MINE_MAX_PARAMS);
	r->has_params = true;
}

static struct str params_text(struct logrow *r)
{
	logrow_params(r);
	buf_clear(&r->params_text);
	for (size_t i = 0; i < r->nparams; i++) {
		if (i)
			buf_add_char(&r->params_text, ' ');
		buf_add_str(&r->params_text, r->params[i]);
	}
	return buf_str(&r->params_text);
}

static struct str time_text(struct logrow *r)
{
	const struct event_time *t = logrow_time(r);

	if (!t->known)
		return STR("");
	return timestamp_text_cached(&r->cursor->time, r->line->time_text, t);
}

/* Mostly that of the line before, plus one. */
static struct str line_number(struct logrow *r)
{
	uint64_t no = r->line->no;
	char *last = r->number.n ? &r->number.p[r->number.n - 1] : NULL;

	if (last && no == r->number_is + 1 && *last < '9') {
		++*last;
	} else if (!last || no != r->number_is) {
		buf_clear(&r->number);
		buf_u64(&r->number, no);
	}
	r->number_is = no;
	return buf_str(&r->number);
}

struct str logrow_cell(void *row, unsigned column)
{
	struct logrow *r = row;

	switch (column) {
	case LOGROW_LINE: return line_number(r);
	case LOGROW_TIME: return time_text(r);
	case LOGROW_PARAMS: return params_text(r);
	default: return r->cells[column];
	}
}

const struct str *logrow_cells(struct logrow *r)
{
	r->cells[LOGROW_LINE] = line_number(r);
	r->cells[LOGROW_TIME] = time_text(r);
	return r->cells;
}

static int parse_bound(const char *text, const char *option, struct event_time *t, struct err *err)
{
	CLEANUP_BUF struct buf day = {0}; /* when text is a day: its beginning */

	if (!text)
		return 0;
	buf_printf(&day, "%sT00:00:00", text);
	if (!timestamp_decode(str_of(text), TIMESTAMP_NONE, t) &&
	    !timestamp_decode(buf_str(&day), TIMESTAMP_NONE, t))
		return err_set(err, ERR_USAGE,
			       "--%s takes a time (2024-05-01T12:00:00, 2024-05-01, 12:00:00), "
			       "not '%s'",
			       option, text);
	return 0;
}

int logfilter_init(struct logfilter *f, const struct logfilter_values *v, struct err *err)
{
	int rc = 0;

	*f = (struct logfilter){.any = v->where || v->since || v->until || v->level || v->grep};
	if (v->level) {
		f->level = level_of_any(str_of(v->level));
		if (f->level == LEVEL_UNKNOWN)
			rc = err_set(err, ERR_USAGE,
				     "--level takes one of trace debug info notice warn error "
				     "fatal, not '%s'",
				     v->level);
	}
	if (!rc)
		rc = parse_bound(v->since, "since", &f->since, err);
	if (!rc)
		rc = parse_bound(v->until, "until", &f->until, err);
	if (!rc && v->where)
		rc = where_new(&f->where, str_of(v->where), logrow_names, LOGROW_COLUMNS, err);
	if (!rc && v->grep)
		rc = pattern_new(&f->grep, str_of(v->grep), err);
	if (rc)
		logfilter_release(f);
	return rc;
}

void logrow_release(struct logrow *r)
{
	buf_release(&r->number);
	buf_release(&r->params_text);
}

int logfilter_check(const struct logfilter_values *v, struct err *err)
{
	struct logfilter f;
	int rc = logfilter_init(&f, v, err);

	if (!rc)
		logfilter_release(&f);
	return rc;
}

void logfilter_release(struct logfilter *f)
{
	where_free(f->where);
	pattern_free(f->grep);
	*f = (struct logfilter){0};
}

/*
 * Time of a bound and of an event in one frame: a bound of a time of day only compares with the
 * event's time of day; years and zones count where both know them.
 */
static int64_t bound_ns(const struct event_time *bound, const struct event_time *t)
{
	const int64_t day = INT64_C(86400000000000);
	int64_t local = t->ns + (t->has_zone ? t->zone * INT64_C(1000000000) : 0);

	if (!bound->has_date)
		return t->ns - ((local % day) + day) % day + bound->ns;
	if (bound->has_zone || !t->has_zone)
		return bound->ns;
	return bound->ns - t->zone * INT64_C(1000000000);
}

bool logfilter_passes(const struct logfilter *f, struct logrow *r)
{
	if (!f->any)
		return true;
	if (f->level && r->line->level < f->level)
		return false;
	if (f->since.known || f->until.known) {
		const struct event_time *t = logrow_time(r);

		if (!t->known || (f->since.known && t->ns < bound_ns(&f->since, t)) ||
		    (f->until.known && t->ns >= bound_ns(&f->until, t)))
			return false;
	}
	if (f->grep && !pattern_find(f->grep, r->line->raw))
		return false;
	return !f->where || where_test(f->where, logrow_cell, r);
}
