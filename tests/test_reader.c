// SPDX-License-Identifier: GPL-3.0-or-later
/* What tests/logs does not have: odd line ends, control characters, mixtures, user-defined formats,
 * reading in parts. */
#include "unit.h"

#include <glob.h>
#include <stdlib.h>

#include "base/file.h"
#include "log/reader.h"

/* "H level|host|process|thread|function|source|message" a line, H for a head, . for others */
static void dump(struct str data, const struct logformat_set *own, struct buf *out)
{
	struct logreader *r = logreader_new(data, own);
	struct logcursor c;
	struct logline l;

	logcursor_init(&c, r, 0, 0, data.n);
	while (logcursor_next(&c, &l)) {
		buf_add_char(out, l.head ? 'H' : '.');
		buf_add_char(out, ' ');
		buf_printf(out,
			   STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT
				   "|" STR_FMT "\n",
			   STR_ARG(l.level_text), STR_ARG(l.host), STR_ARG(l.process),
			   STR_ARG(l.thread), STR_ARG(l.function), STR_ARG(l.source),
			   STR_ARG(logline_text(&l)));
	}
	logcursor_release(&c);
	logreader_free(r);
}

static const struct {
	const char *text, *want;
} cases[] = {
	{"", ""},
	{"\n", "H ||||||\n"},
	{"a", "H ||||||a\n"},
	{"a\r\nb\r\n", "H ||||||a\nH ||||||b\n"},
	{"10%\r20%\r\r\n\r\r\n", "H ||||||20%\n. ||||||\n"},
	{"\x1b[31mred\x1b[0m \x1b]0;t\abell\x1b(B\n", "H ||||||red bell\n"},
	{"\xef\xbb\xbf"
	 "2024-01-02 03:04:05 INFO a.b: x\n2024-01-02 03:04:06 WARN a.c: y\n",
	 "H INFO||||a.b||x\nH WARN||||a.c||y\n"},
	/* A word in the place of the level; a line that ends early; a continuation. */
	{"2024-01-02 03:04:05 INFO a.b: x\n2024-01-02 03:04:05 WARN a.c: y\n2024-01-02 03:04:06\n"
	 "  more\nplain\n",
	 "H INFO||||a.b||x\nH WARN||||a.c||y\nH ||||||\n. ||||||  more\n. ||||||plain\n"},
	{"head\n  detail\n\n  own\nnext\n",
	 "H ||||||head\n. ||||||  detail\n. ||||||\nH ||||||  own\nH ||||||next\n"},
	{"{\"level\":\"warn\",\"msg\":\"a \\\"b\\\"\\u00e9\",\"k\":{\"n\":1,\"s\":\"x y\"},\"z\":"
	 "[1,2]}\n",
	 "H warn||||||a \"b\"\xc3\xa9 k.n=1 k.s=\"x y\" z=[1,2]\n"},
	{"ts=1 level=info msg=\"a b\" n=3\n", "H info||||||a b n=3\n"},
	/* A rule takes its message from the report under it, from nothing else. */
	{"==========\n==1==ERROR: AddressSanitizer: x\n  #0 0x1 in f\n==========\nx\n==========\n",
	 "H ||||||==1==ERROR: AddressSanitizer: x\n. ||||||==1==ERROR: AddressSanitizer: x\n"
	 ". ||||||  #0 0x1 in f\nH ||||||==========\nH ||||||x\nH ||||||==========\n"},
	{"2024-01-02 03:04:05 ==========\n2024-01-02 03:04:05 WARNING: ThreadSanitizer: race\n"
	 "2024-01-02 03:04:05   #0 f\n2024-01-02 03:04:05 ==========\n2024-01-02 03:04:05 on\n",
	 "H ||||||WARNING: ThreadSanitizer: race\n. ||||||WARNING: ThreadSanitizer: race\n"
	 ". ||||||  #0 f\n. ||||||==========\nH ||||||on\n"},
	/* A bracket that opens with a word for a level: alone in it, it is one. */
	{"2024-01-02 03:04:05 [Log part=1, dir=/a] x\n2024-01-02 03:04:06 [Log part=2, dir=/a] y\n"
	 "2024-01-02 03:04:07 [Log part=3, dir=/a] z\n2024-01-02 03:04:08 [Log part=1, dir=/a] w\n",
	 "H ||||||[Log part=1, dir=/a] x\nH ||||||[Log part=2, dir=/a] y\n"
	 "H ||||||[Log part=3, dir=/a] z\nH ||||||[Log part=1, dir=/a] w\n"},
	{"[note] a\n[trace] b\n[log] c\n", "H note||||||a\nH trace||||||b\nH log||||||c\n"},
	/* Sentences that recur are no columns, and "fine" without a colon is no level. */
	{"error: cannot open [disk1] now\nfine 1\nerror: cannot open [disk2] now\nfine 2\n"
	 "error: cannot open [disk1] now\nfine 3\nerror: cannot open [disk3] now\nfine 4\n",
	 "H error||||||cannot open [disk1] now\nH ||||||fine 1\n"
	 "H error||||||cannot open [disk2] now\nH ||||||fine 2\n"
	 "H error||||||cannot open [disk1] now\nH ||||||fine 3\n"
	 "H error||||||cannot open [disk3] now\nH ||||||fine 4\n"},
	/* A time at the end is no header, however many lines end so. */
	{"Jul  1 10:01:25 box ftpd[107]: connection from 10.0.1.1 () at Sun Jul  1 10:01:25 2005\n"
	 "Jul  2 10:02:25 box ftpd[207]: connection from 10.0.2.1 () at Sun Jul  2 10:02:25 2005\n"
	 "Jul  3 10:03:25 box ftpd[307]: connection from 10.0.3.1 () at Sun Jul  3 10:03:25 2005\n"
	 "Jul  4 10:04:25 box ftpd[407]: connection from 10.0.4.1 () at Sun Jul  4 10:04:25 2005\n"
	 "Jul  5 10:05:25 box ftpd[507]: connection from 10.0.5.1 () at Sun Jul  5 10:05:25 2005\n"
	 "Jul  6 10:06:25 box ftpd[607]: connection from 10.0.6.1 () at Sun Jul  6 10:06:25 2005\n"
	 "Jul  7 10:07:25 box ftpd[707]: connection from 10.0.7.1 () at Sun Jul  7 10:07:25 2005\n"
	 "Jul  8 10:08:25 box ftpd[807]: connection from 10.0.8.1 () at Sun Jul  8 10:08:25 2005\n"
	 "Jul  9 11:00:25 box su(pam)[017]: session opened for user news\n"
	 "Jul  9 11:01:25 box su(pam)[117]: session closed for user news\n"
	 "Jul  9 11:02:25 box cups[217]: cupsd shutdown succeeded\n"
	 "Jul  9 11:03:25 box sshd(pam)[317]: check pass; user unknown\n",
	 "H |box|107||ftpd||connection from 10.0.1.1 () at Sun Jul  1 10:01:25 2005\n"
	 "H |box|207||ftpd||connection from 10.0.2.1 () at Sun Jul  2 10:02:25 2005\n"
	 "H |box|307||ftpd||connection from 10.0.3.1 () at Sun Jul  3 10:03:25 2005\n"
	 "H |box|407||ftpd||connection from 10.0.4.1 () at Sun Jul  4 10:04:25 2005\n"
	 "H |box|507||ftpd||connection from 10.0.5.1 () at Sun Jul  5 10:05:25 2005\n"
	 "H |box|607||ftpd||connection from 10.0.6.1 () at Sun Jul  6 10:06:25 2005\n"
	 "H |box|707||ftpd||connection from 10.0.7.1 () at Sun Jul  7 10:07:25 2005\n"
	 "H |box|807||ftpd||connection from 10.0.8.1 () at Sun Jul  8 10:08:25 2005\n"
	 "H |box|017||su(pam)||session opened for user news\n"
	 "H |box|117||su(pam)||session closed for user news\n"
	 "H |box|217||cups||cupsd shutdown succeeded\n"
	 "H |box|317||sshd(pam)||check pass; user unknown\n"},
	{"::error file=a.c,line=3::no such thing\n", "H error||||||no such thing\n"},
};

static void lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP_BUF struct buf out = {0};

		dump(str_of(cases[i].text), NULL, &out);
		if (strcmp(buf_cstr(&out), cases[i].want) != 0)
			print_message("# %s#   %s", cases[i].text, buf_cstr(&out));
		assert_string_equal(buf_cstr(&out), cases[i].want);
	}
}

static void long_line(void **state)
{
	size_t n = LOG_LINE_MAX + 10;
	char *text = mem_alloc(n + 3);
	struct logreader *r;
	struct logcursor c;
	struct logline l;

	(void)state;
	memset(text, 'x', n);
	text[100] = 0;
	text[n] = '\n';
	text[n + 1] = 'y';
	r = logreader_new((struct str){text, n + 2}, NULL);
	logcursor_init(&c, r, 0, 0, n + 2);
	assert_true(logcursor_next(&c, &l));
	assert_true(l.cut);
	assert_int_equal(l.raw.n, LOG_LINE_MAX);
	assert_true(logcursor_next(&c, &l));
	assert_false(l.cut);
	assert_int_equal(l.no, 2);
	assert_str(l.message, "y");
	assert_false(logcursor_next(&c, &l));
	logcursor_release(&c);
	logreader_free(r);
	free(text);
}

static void collect(const struct logreader *r, uint64_t from, uint64_t before, uint64_t end,
		    struct buf *out, uint64_t *last)
{
	struct logcursor c;
	struct logline l;

	logcursor_init(&c, r, from, before, end);
	while (logcursor_next(&c, &l))
		buf_printf(out, "%llu %llu %d " STR_FMT "|" STR_FMT "\n", (unsigned long long)l.no,
			   (unsigned long long)l.offset, l.head, STR_ARG(l.level_text),
			   STR_ARG(logline_text(&l)));
	*last = c.no;
	logcursor_release(&c);
}

/* Read in parts of about any size, a log has the same lines, heads and messages. */
static void parts(void **state)
{
	static const size_t sizes[] = {1, 100, 700, 5000};
	glob_t g;

	(void)state;
	assert_int_equal(glob("tests/logs/*.log", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		CLEANUP_BUF struct buf whole = {0};
		struct file_map map;
		struct logreader *r;
		uint64_t last;

		assert_int_equal(file_map_path(&map, g.gl_pathv[i], NULL), 0);
		r = logreader_new((struct str){map.data, map.size}, NULL);
		collect(r, 0, 0, map.size, &whole, &last);
		for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
			CLEANUP_BUF struct buf pieces = {0};
			uint64_t *cuts;
			size_t n = logreader_cuts(r, sizes[k], &cuts);

			last = 0;
			for (size_t p = 0; p < n; p++)
				collect(r, cuts[p], last, cuts[p + 1], &pieces, &last);
			free(cuts);
			if (!str_eq(buf_str(&whole), buf_str(&pieces)))
				print_message("# %s in parts of %zu\n", g.gl_pathv[i], sizes[k]);
			assert_true(str_eq(buf_str(&whole), buf_str(&pieces)));
		}
		logreader_free(r);
		file_map_release(&map);
	}
	globfree(&g);
}

static const char lnav_text[] =
	"{\"$schema\": \"x\", \"shop_log\": {\"title\": \"Shop\", \"regex\": {\"std\": "
	"{\"pattern\": "
	"\"^(?<ts>\\\\d+-\\\\d+-\\\\d+ \\\\d+:\\\\d+:\\\\d+) <(?<sev>\\\\w+)> "
	"(?<req>\\\\S+) (?<body>.*)$\"}},\n \"timestamp-field\": \"ts\", \"level-field\": \"sev\", "
	"\"opid-field\": \"req\", \"level\": {\"error\": \"^bad$\", \"info\": \"^good\"},\n"
	" \"value\": {\"req\": {\"kind\": \"string\", \"identifier\": true}}},\n"
	"\"shop_json\": {\"json\": true, \"timestamp-field\": \"when\", \"level-field\": "
	"\"meta/how\", \"body-field\": \"what\", \"line-format\": [{\"field\": \"when\"}, \" "
	"x\"]}}\n";

static void user_formats(void **state)
{
	static const char text[] = "2024-01-02 03:04:05 <bad> r7 out of stock\n"
				   "2024-01-02 03:04:06 <good> r8 sold\n"
				   "{\"when\":\"2024-01-02T03:04:07Z\",\"meta\":{\"how\":\"bad\"},"
				   "\"what\":\"torn\",\"n\":1}\n"
				   "%x% worker-3 says: hello\n";
	struct logformat_set *s = logformat_set_new();
	CLEANUP_BUF struct buf out = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(logformat_set_add_lnav(s, str_of(lnav_text), &err), 0);
	assert_int_equal(logformat_set_add_regex(s, STR("own"),
						 STR("^%x% (?<thread>\\S+) says: (?<message>.*)"),
						 &err),
			 0);
	dump(str_of(text), s, &out);
	assert_string_equal(buf_cstr(&out), "H bad|||r7|||out of stock\nH good|||r8|||sold\n"
					    "H bad||||||torn n=1\nH |||worker-3|||hello\n");
	logformat_set_free(s);
}

static void bad_formats(void **state)
{
	static const char *const bad[] = {"",
					  "[]",
					  "{",
					  "{\"a\":1}",
					  "{\"a\":{\"title\":\"x\"}}",
					  "{\"a\":{\"regex\":{\"x\":{\"pattern\":\"(\"}}}}"};
	struct logformat_set *s = logformat_set_new();
	struct err err = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_true(logformat_set_add_lnav(s, str_of(bad[i]), &err) < 0);
	assert_int_equal(logformat_set_add_regex(s, STR("x"), STR("(?<a>"), &err), -ERR_USAGE);
	assert_int_equal(logformat_set_add_regex(s, STR("x"), STR("abc"), &err), -ERR_INPUT);
	logformat_set_free(s);
	logformat_set_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(long_line),
					   cmocka_unit_test(parts), cmocka_unit_test(user_formats),
					   cmocka_unit_test(bad_formats)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
