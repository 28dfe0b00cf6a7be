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

/* Within one second only the fraction of the text before is replaced. */
static struct str time_text(struct logrow *r)
{
	const struct event_time *t = logrow_time(r), *last = &r->text_time;
	const int64_t second = 1000000000;
	const size_t fraction_at = sizeof("0000-00-00T00:00:00.") - 1;
	uint64_t frac = (uint64_t)(t->ns - r->text_second);

	if (frac < (uint64_t)second && r->time_text.n > fraction_at + t->digits - 1 && t->known &&
	    t->has_date && t->ns >= 0 && t->zone == last->zone && t->digits == last->digits &&
	    t->digits && t->has_zone == last->has_zone && t->has_year == last->has_year) {
		char *p = r->time_text.p + fraction_at;
		uint32_t v = (uint32_t)frac;

		for (int i = t->digits; i < 9; i++)
			v /= 10;
		for (int i = t->digits; i-- > 0; v /= 10)
			p[i] = (char)('0' + v % 10);
	} else {
		buf_clear(&r->time_text);
		timestamp_format(t, &r->time_text);
		r->text_second = t->ns - t->ns % second - (t->ns % second < 0 ? second : 0);
	}
	r->text_time = *t;
	return buf_str(&r->time_text);
}

static struct str line_number(struct logrow *r)
{
	int n = snprintf(r->number, sizeof(r->number), "%llu", (unsigned long long)r->line->no);

	return (struct str){r->number, (size_t)n};
}

struct str logrow_cell(void *row, unsigned column)
{
	struct logrow *r = row;

	switch ((enum logrow_column)column) {
	case LOGROW_FILE: return r->file->name;
	case LOGROW_LINE: return line_number(r);
	case LOGROW_TIME: return time_text(r);
	case LOGROW_LEVEL: return r->line->level_text;
	case LOGROW_HOST: return r->line->host;
	case LOGROW_PROCESS: return r->line->process;
	case LOGROW_THREAD: return r->line->thread;
	case LOGROW_FUNCTION: return r->line->function;
	case LOGROW_SOURCE: return r->line->source;
	case LOGROW_TEMPLATE: return templates_get(r->set->templates, r->tmpl)->id;
	case LOGROW_MESSAGE: return r->line->message;
	case LOGROW_PARAMS: return params_text(r);
	default: return STR("");
	}
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
	buf_release(&r->time_text);
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
