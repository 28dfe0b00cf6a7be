// SPDX-License-Identifier: GPL-3.0-or-later
/* See record.h. */
#include "text/record.h"

#include "base/mem.h"
#include "text/json.h"
#include "text/timestamp.h"

struct str run_verdict_name(enum run_verdict v)
{
	static const struct str names[] = {
		[RUN_UNKNOWN] = {"unknown", 7}, [RUN_GOOD] = {"good", 4}, [RUN_BAD] = {"bad", 3}};

	return names[(unsigned)v < ARRAY_SIZE(names) ? v : RUN_UNKNOWN];
}

struct str run_state_name(enum run_state s)
{
	static const struct str names[] = {[RUN_COMPLETE] = {"complete", 8},
					   [RUN_RUNNING] = {"running", 7},
					   [RUN_INTERRUPTED] = {"interrupted", 11}};

	return names[(unsigned)s < ARRAY_SIZE(names) ? s : RUN_COMPLETE];
}

void run_started(int64_t started_ns, struct buf *out)
{
	struct event_time t = {.ns = started_ns,
			       .digits = 3,
			       .known = started_ns != 0,
			       .has_zone = true,
			       .has_date = true,
			       .has_year = true};

	timestamp_format(&t, out);
}

void run_value(struct value v, struct buf *out)
{
	switch (v.kind) {
	case VALUE_NONE: break;
	case VALUE_INT: buf_i64(out, v.integer); break;
	case VALUE_TEXT: buf_add_str(out, v.text); break;
	case VALUE_REAL:
		if (isnan(v.real))
			BUF_LIT(out, "nan");
		else if (isinf(v.real))
			buf_printf(out, "%sinf", v.real < 0 ? "-" : "");
		else
			json_add_real(out, v.real);
		break;
	}
}
