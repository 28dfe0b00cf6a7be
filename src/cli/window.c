// SPDX-License-Identifier: GPL-3.0-or-later
/* Spans of time: see window.h. */
#include "cli/window.h"

#include <time.h>

#include "text/timestamp.h"

#define SEC INT64_C(1000000000)
#define DAY (86400 * SEC)

static int64_t east_of(int64_t ns)
{
	time_t t = (time_t)(ns / SEC);
	struct tm tm;

	localtime_r(&t, &tm);
	return tm.tm_gmtoff * SEC;
}

void window_init(struct window *w, int64_t from_ns, int64_t to_ns)
{
	*w = (struct window){from_ns, to_ns, east_of(from_ns)};
}

/* A time as a log without zone, and perhaps without year, would write it. */
static int64_t as_written(const struct window *w, int64_t ns, const struct event_time *t)
{
	time_t s = (time_t)((ns + (t->has_zone ? 0 : w->east_ns)) / SEC);
	struct tm tm;

	if (t->has_year)
		return s * SEC;
	gmtime_r(&s, &tm);
	tm.tm_year = 100; /* 2000 has a 29th of February as the year 0 has */
	return (timegm(&tm) - 946684800) * SEC;
}

bool window_has(const struct window *w, const struct event_time *t)
{
	return !t->has_date ||
	       (t->ns >= as_written(w, w->from_ns, t) && t->ns <= as_written(w, w->to_ns, t));
}

int window_parse(const char *text, int64_t *ns, struct err *err)
{
	struct event_time t = {0};
	struct timespec now;
	int64_t today;

	if (!timestamp_decode(str_of(text), TIMESTAMP_NONE, &t) || t.elapsed ||
	    (t.has_date && !t.has_year))
		return err_set(err, ERR_USAGE,
			       "'%s' is no time; write it as 2026-11-26T13:00:00Z or 13:00:00",
			       text);
	*ns = t.has_zone ? t.ns : t.ns - east_of(t.ns);
	if (t.has_date)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	today = now.tv_sec * SEC + east_of(now.tv_sec * SEC);
	*ns = today - today % DAY + t.ns - east_of(now.tv_sec * SEC);
	return 0;
}
