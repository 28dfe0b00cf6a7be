// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <time.h>

#include "text/timestamp.h"

#define NONE ""

static const struct {
	const char *text;  /* begins with the timestamp */
	const char *stamp; /* the timestamp itself; NULL: there is none */
	const char *rfc;   /* as formatted */
	enum timestamp_place place;
} cases[] = {
	{"2024-06-14T15:16:01Z x", "2024-06-14T15:16:01Z", "2024-06-14T15:16:01Z", 0},
	{"2024-06-14T15:16:01.250+02:00 x", "2024-06-14T15:16:01.250+02:00",
	 "2024-06-14T15:16:01.250+02:00", 0},
	{"2024-06-14T15:16:01,250+0530", "2024-06-14T15:16:01,250+0530",
	 "2024-06-14T15:16:01.250+05:30", 0},
	{"2024-06-14T15:16:01-08", "2024-06-14T15:16:01-08", "2024-06-14T15:16:01-08:00", 0},
	{"2024-06-14T15:16:01.123456789Z", "2024-06-14T15:16:01.123456789Z",
	 "2024-06-14T15:16:01.123456789Z", 0},
	{"2024-06-14 15:16:01.5 INFO", "2024-06-14 15:16:01.5", "2024-06-14T15:16:01.5", 0},
	{"2024-06-14 15:16:01 +0200 x", "2024-06-14 15:16:01 +0200", "2024-06-14T15:16:01+02:00",
	 0},
	{"2024-06-14 15:16:01.678 UTC [1]", "2024-06-14 15:16:01.678 UTC",
	 "2024-06-14T15:16:01.678Z", 0},
	{"2024-06-14 15:16:01:678 x", "2024-06-14 15:16:01:678", "2024-06-14T15:16:01.678", 0},
	{"2015-10-18 18:01:47,978 INFO", "2015-10-18 18:01:47,978", "2015-10-18T18:01:47.978", 0},
	{"2005-06-03-15.42.50.675872 R", "2005-06-03-15.42.50.675872", "2005-06-03T15:42:50.675872",
	 0},
	{"2009/11/10 23:00:00.000001 x", "2009/11/10 23:00:00.000001", "2009-11-10T23:00:00.000001",
	 0},
	{"2016-09-28 04:30:30, Info", "2016-09-28 04:30:30", "2016-09-28T04:30:30", 0},
	{"Jun 14 15:16:01 combo", "Jun 14 15:16:01", "0000-06-14T15:16:01", 0},
	{"0000-06-14T15:16:01 x", "0000-06-14T15:16:01", "0000-06-14T15:16:01", 0},
	{"00000614151601 x", NULL, NULL, 0},
	{"Jul  1 09:00:55 h", "Jul  1 09:00:55", "0000-07-01T09:00:55", 0},
	{"Nov 9 12:01:01 h", "Nov 9 12:01:01", "0000-11-09T12:01:01", 0},
	{"Feb 29 12:01:01.5 h", "Feb 29 12:01:01.5", "0000-02-29T12:01:01.5", 0},
	{"Jun 14 2024 15:16:01 h", "Jun 14 2024 15:16:01", "2024-06-14T15:16:01", 0},
	{"2024 Jun 14 15:16:01 h", "2024 Jun 14 15:16:01", "2024-06-14T15:16:01", 0},
	{"Sun Dec 04 04:47:44 2005] x", "Sun Dec 04 04:47:44 2005", "2005-12-04T04:47:44",
	 TIMESTAMP_BRACKET},
	{"Sun Dec 04 04:47:44.123456 2005]", "Sun Dec 04 04:47:44.123456 2005",
	 "2005-12-04T04:47:44.123456", TIMESTAMP_BRACKET},
	{"Mon Jun 14 15:16:01 UTC 2024", "Mon Jun 14 15:16:01 UTC 2024", "2024-06-14T15:16:01Z", 0},
	{"Mon Jun 14 15:16:01 CEST 2024", "Mon Jun 14 15:16:01 CEST 2024",
	 "2024-06-14T15:16:01+02:00", 0},
	{"Mon, 14 Jun 2024 15:16:01 GMT", "Mon, 14 Jun 2024 15:16:01 GMT", "2024-06-14T15:16:01Z",
	 0},
	{"Mon 2024-06-14 15:16:01 UTC h", "Mon 2024-06-14 15:16:01 UTC", "2024-06-14T15:16:01Z", 0},
	{"10/Oct/2000:13:55:36 -0700] x", "10/Oct/2000:13:55:36 -0700", "2000-10-10T13:55:36-07:00",
	 TIMESTAMP_BRACKET},
	{"23-Nov-2026 02:15:45.867 x", "23-Nov-2026 02:15:45.867", "2026-11-23T02:15:45.867", 0},
	{"3 Nov 2026 02:15:17,987 x", "3 Nov 2026 02:15:17,987", "2026-11-03T02:15:17.987", 0},
	{"23 Nov 2026 02:15:17,987 x", "23 Nov 2026 02:15:17,987", "2026-11-23T02:15:17.987", 0},
	{"17/06/09 20:10:40 INFO", "17/06/09 20:10:40", "2017-06-09T20:10:40", 0},
	{"081109 203615 148", "081109 203615", "2008-11-09T20:36:15", 0},
	{"20171223-22:15:29:606|x", "20171223-22:15:29:606", "2017-12-23T22:15:29.606", 0},
	{"20171224-0:7:20:44|x", "20171224-0:7:20:44", "2017-12-24T00:07:20.044", 0},
	{"20240614T151601Z x", "20240614T151601Z", "2024-06-14T15:16:01Z", 0},
	{"20240614151601 x", "20240614151601", "2024-06-14T15:16:01", 0},
	{"0102 15:04:05.123456 1 f.go:1]", "0102 15:04:05.123456", "0000-01-02T15:04:05.123456",
	 TIMESTAMP_LETTER},
	{"20240102 15:04:05.123456 1", "20240102 15:04:05.123456", "2024-01-02T15:04:05.123456",
	 TIMESTAMP_LETTER},
	{"0102/150405.123456:ERROR", "0102/150405.123456", "0000-01-02T15:04:05.123456",
	 TIMESTAMP_BRACKET},
	{"03-17 16:13:38.811 1", "03-17 16:13:38.811", "0000-03-17T16:13:38.811", 0},
	{"10.30 16:49:06] x", "10.30 16:49:06", "0000-10-30T16:49:06", TIMESTAMP_BRACKET},
	{"6/14/2024, 3:16:01 PM x", NULL, NULL, 0},
	{"06/14/2024, 3:16:01 PM x", "06/14/2024, 3:16:01 PM", "2024-06-14T15:16:01", 0},
	{"31/12/2024 12:16:01 x", "31/12/2024 12:16:01", "2024-12-31T12:16:01", 0},
	{"06/14/2024 12:16:01 AM x", "06/14/2024 12:16:01 AM", "2024-06-14T00:16:01", 0},
	{"14.06.2024 15:16:01 x", "14.06.2024 15:16:01", "2024-06-14T15:16:01", 0},
	{"Jan 02, 2024 3:04:05 PM org", "Jan 02, 2024 3:04:05 PM", "2024-01-02T15:04:05", 0},
	{"16:42:09.486 x", "16:42:09.486", "0000-01-01T16:42:09.486", 0},
	{"7:05:59 x", "7:05:59", "0000-01-01T07:05:59", 0},
	{"1718378161 x", "1718378161", "2024-06-14T15:16:01Z", 0},
	{"1718378161.25 x", "1718378161.25", "2024-06-14T15:16:01.25Z", 0},
	{"1718378161250 x", "1718378161250", "2024-06-14T15:16:01.250Z", 0},
	{"1718378161250123 x", "1718378161250123", "2024-06-14T15:16:01.250123Z", 0},
	{"1718378161250123456 x", "1718378161250123456", "2024-06-14T15:16:01.250123456Z", 0},
	{"@4000000066c3d4f51f2b3c4d x", "@4000000066c3d4f51f2b3c4d",
	 "2024-08-19T23:27:39.522927181Z", 0},
	{"    0.000014] x", "    0.000014", NONE, TIMESTAMP_BRACKET},
	{"12345.678901] x", "12345.678901", NONE, TIMESTAMP_BRACKET},
	/* none */
	{"0.000014 x", NULL, NULL, 0},
	{"1118378161x", NULL, NULL, 0},
	{"12345678901 x", NULL, NULL, 0},
	{"2024-13-14T15:16:01Z", NULL, NULL, 0},
	{"2024-06-14T25:16:01Z", NULL, NULL, 0},
	{"2024-06-14", NULL, NULL, 0},
	{"2024-06-14T15:16", NULL, NULL, 0},
	{"Junk 14 15:16:01", NULL, NULL, 0},
	{"1.2.3.4 x", NULL, NULL, 0},
	{"0102 15:04:05 x", NULL, NULL, 0},
	{"", NULL, NULL, 0},
};

static void shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf out = {0};
		struct str s = str_of(cases[i].text);
		struct event_time t;
		unsigned shape = TIMESTAMP_NONE;
		size_t n = timestamp_match(s, cases[i].place, &shape);

		if (n != (cases[i].stamp ? strlen(cases[i].stamp) : 0))
			print_message("# %s: %zu bytes\n", cases[i].text, n);
		assert_int_equal(n, cases[i].stamp ? strlen(cases[i].stamp) : 0);
		if (!n)
			continue;
		assert_true(timestamp_decode(str_head(s, n), shape, &t));
		timestamp_format(&t, &out);
		if (strcmp(buf_cstr(&out), cases[i].rfc) != 0)
			print_message("# %s: %s\n", cases[i].text, buf_cstr(&out));
		assert_string_equal(buf_cstr(&out), cases[i].rfc);
		/* Without knowing the shape the result is the same. */
		assert_true(timestamp_decode(str_head(s, n), TIMESTAMP_NONE, &t));
	}
}

/* The fast plan says the same as the patterns, also near the end of the text. */
static void plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct timestamp_plan plan;
		CLEANUP_BUF struct buf longer = {0};
		unsigned shape = 0;
		size_t n = timestamp_match(str_of(cases[i].text), cases[i].place, &shape);

		if (!n)
			continue;
		timestamp_plan_init(&plan, shape);
		timestamp_plan_learn(&plan, str_head(str_of(cases[i].text), n));
		buf_printf(&longer, "%s%40s", cases[i].text, "|");
		assert_int_equal(timestamp_check(&plan, str_of(cases[i].text)), n);
		assert_int_equal(timestamp_check(&plan, buf_str(&longer)), n);
		if (longer.p[0] < '0' || longer.p[0] > '9')
			continue;
		longer.p[0] = '?';
		assert_int_equal(timestamp_check(&plan, buf_str(&longer)), 0);
	}
}

/* Days of leap years and before 1970, told by the C library. */
static void days(void **state)
{
	(void)state;
	for (int64_t sec = -2208988800; sec < 7000000000; sec += 86400 * 13 + 3601) {
		struct event_time t = {.ns = sec * 1000000000,
				       .known = true,
				       .has_date = true,
				       .has_year = true,
				       .has_zone = true},
				  back;
		CLEANUP_BUF struct buf out = {0};
		char want[64];
		time_t at = (time_t)sec;
		struct tm tm;

		gmtime_r(&at, &tm);
		strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%SZ", &tm);
		timestamp_format(&t, &out);
		assert_string_equal(buf_cstr(&out), want);
		assert_true(timestamp_decode(buf_str(&out), TIMESTAMP_NONE, &back));
		assert_int_equal(back.ns, t.ns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(plans),
					   cmocka_unit_test(days)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
