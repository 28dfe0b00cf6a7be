// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "compare/logdiff.h"
#include "log/reader.h"
#include "logset/entity.h"

/* Two logs in memory, mined together, and their comparison. */
struct pair {
	struct str text[2];
	struct logreader *reader[2];
	struct logrec *recs[2];
	struct logdiff_log logs[2];
	struct templates *templates;
	struct logdiff diff;
};

static void scan(void *arg, uint32_t side, uint32_t log,
		 void (*fn)(void *fnarg, uint64_t no, const struct logline *line,
			    const struct event_time *time),
		 void *fnarg)
{
	struct pair *p = arg;
	struct logcursor c;
	struct logline line;

	logcursor_init(&c, p->reader[side], 0, 0, p->text[side].n);
	while (logcursor_next(&c, &line)) {
		struct event_time time = {0};

		if (line.head)
			logreader_time(p->reader[side], &line, &time);
		fn(fnarg, line.no, &line, &time);
	}
	logcursor_release(&c);
}

static void fetch(void *arg, uint32_t side, uint32_t log, uint64_t no, struct arena *a,
		  struct logdiff_line *out)
{
	struct pair *p = arg;
	struct logcursor c;
	struct logline line;

	*out = (struct logdiff_line){0};
	logcursor_init(&c, p->reader[side], 0, 0, p->text[side].n);
	while (logcursor_next(&c, &line)) {
		if (line.no != no)
			continue;
		out->raw = arena_str(a, line.raw);
		out->message = arena_str(a, line.message);
		out->level = line.level;
		break;
	}
	logcursor_release(&c);
}

static void mine(struct pair *p, uint32_t side, struct miner *m, struct map *entities,
		 struct str key)
{
	struct logcursor c;
	struct logline line;
	size_t n = 0, cap = 0;
	uint32_t entity = LOGREC_NONE;

	logcursor_init(&c, p->reader[side], 0, 0, p->text[side].n);
	while (logcursor_next(&c, &line)) {
		if (line.head) {
			uint64_t e = entity_of(&line, &(struct entity_source){.request_key = key});

			entity =
				e ? map_put(entities, e, (uint32_t)entities->n, NULL) : LOGREC_NONE;
		}
		array_push(p->recs[side], n, cap) =
			(struct logrec){.tmpl = miner_add(m, &line) | (line.head ? 0 : LOGREC_CONT),
					.entity = entity};
	}
	logcursor_release(&c);
	p->logs[side] = (struct logdiff_log){.recs = p->recs[side], .n = n};
}

static void compare_keyed(struct pair *p, const char *good, const char *bad, struct str key)
{
	struct miner *m = miner_new();
	struct map entities = {0};
	struct logdiff_input in = {.arg = p, .line = fetch, .scan = scan};

	*p = (struct pair){.text = {str_of(good), str_of(bad)}};
	for (uint32_t side = 0; side < 2; side++) {
		p->reader[side] = logreader_new(p->text[side], NULL);
		mine(p, side, m, &entities, key);
		in.side[side] = (struct logdiff_side){.logs = &p->logs[side], .n = 1};
	}
	p->templates = templates_new(&m, 1, NULL);
	for (uint32_t side = 0; side < 2; side++)
		for (uint64_t i = 0; i < p->logs[side].n; i++) {
			struct logrec *r = &p->recs[side][i];

			r->tmpl = templates_of_shape(p->templates, 0, r->tmpl & ~LOGREC_CONT) |
				  (r->tmpl & LOGREC_CONT);
		}
	in.templates = p->templates;
	logdiff_run(&p->diff, &in);
	miner_free(m);
	map_release(&entities);
}

static void compare(struct pair *p, const char *good, const char *bad)
{
	compare_keyed(p, good, bad, (struct str){0});
}

static void release(struct pair *p)
{
	logdiff_release(&p->diff);
	templates_free(p->templates);
	for (uint32_t side = 0; side < 2; side++) {
		logreader_free(p->reader[side]);
		free(p->recs[side]);
	}
}

static const struct logdiff_finding *find(const struct pair *p, enum finding_kind kind)
{
	for (size_t i = 0; i < p->diff.nfindings; i++)
		if (p->diff.findings[i].kind == kind)
			return &p->diff.findings[i];
	return NULL;
}

/* A log of n steps with lines of its own before and after. */
static char *steps(const char *before, int n, const char *after)
{
	struct buf b = {0};

	buf_add_str(&b, str_of(before));
	for (int i = 0; i < n; i++)
		buf_printf(&b, "step %d of the plan done\n", i);
	buf_add_str(&b, str_of(after));
	buf_add_char(&b, '\0');
	return b.p;
}

static void same(void **state)
{
	char *log = steps("start\n", 20, "all good\n");
	struct pair p;

	compare(&p, log, log);
	assert_int_equal(p.diff.nfindings, 0);
	assert_int_equal(p.diff.nlines, 0);
	assert_false(p.diff.first.found);
	release(&p);
	free(log);
	compare(&p, "", "");
	assert_int_equal(p.diff.nfindings, 0);
	release(&p);
	compare(&p, "", "a line\n");
	assert_true(p.diff.first.found);
	assert_false(p.diff.first.has_common);
	release(&p);
	compare(&p, "a line\n", "");
	assert_true(p.diff.first.found);
	assert_int_equal(p.diff.first.next[0].line, 1);
	assert_int_equal(p.diff.first.next[1].nlines, 0);
	release(&p);
}

/* A symptom that the good run states too, of something else: its value differs, it is not new. */
static void known_symptom(void **state)
{
	struct pair p;
	char *good = steps("start\n", 9,
			   "error: no route to \"db1\" known\nerror: no route to \"db2\" known\n"
			   "error: no route to \"db1\" known\nerror: no route to \"db2\" known\n"
			   "error: no route to \"db1\" known\nerror: no route to \"db2\" known\n");
	char *bad = steps("start\n", 9,
			  "error: no route to \"db1\" known\nerror: no route to \"db2\" known\n"
			  "error: no route to \"cache\" known\n");

	compare(&p, good, bad);
	assert_int_equal(p.diff.nfindings, 1);
	assert_int_equal(p.diff.findings[0].kind, FINDING_VALUE);
	assert_string_equal(p.diff.findings[0].note.p, "parameter 1: \"cache\"");
	release(&p);
	free(good);
	free(bad);
}

/* A block: the statement of what failed, its frames, the cause; advice and verdict come last. */
static void block(void **state)
{
	char *good = steps("start\n", 9, "tests passed\nFinished: SUCCESS\n");
	char *bad = steps("start\n", 9,
			  "java.io.IOException: disk quota of the user is used up\n"
			  "\tat org.example.Foo.bar(Foo.java:12)\n"
			  "\tat org.example.Main.main(Main.java:7)\n"
			  "\n"
			  "Run with --stacktrace option to get the stack trace.\n"
			  "Finished: FAILURE\n");
	struct pair p;

	compare(&p, good, bad);
	assert_true(p.diff.nlines >= 4);
	assert_int_equal(p.diff.lines[0].line, 11);
	for (size_t i = 0; i < p.diff.nlines; i++)
		assert_int_not_equal(p.diff.lines[i].line, 15);
	assert_int_equal(p.diff.findings[0].kind, FINDING_NEW);
	assert_int_equal(p.diff.findings[0].symptom, SYMPTOM_CAUSE);
	assert_int_equal(p.diff.findings[0].where.line, 11);
	assert_int_equal(p.diff.findings[0].where.nlines, 3);
	assert_true(p.diff.first.has_common);
	assert_int_equal(p.diff.first.common[0].line, 10);
	assert_int_equal(p.diff.first.common[1].line, 10);
	assert_int_equal(p.diff.first.next[0].line, 11);
	assert_int_equal(p.diff.first.next[1].line, 11);
	assert_non_null(find(&p, FINDING_MISSING));
	assert_int_equal(find(&p, FINDING_MISSING)->where.side, 0);
	release(&p);
	free(good);
	free(bad);
}

/* The version that changed before the error which names it comes first. */
static void version(void **state)
{
	struct pair p;

	compare(&p, "using left-pad@1.3.0\nusing other-lib@2.0.1\nbuild begins\nbuild done\n",
		"using left-pad@1.4.0\nusing other-lib@2.0.1\nbuild begins\n"
		"Error: Cannot find the entry of left-pad in /w/node_modules\n");
	assert_int_equal(p.diff.findings[0].kind, FINDING_VALUE);
	assert_int_equal(p.diff.findings[0].where.line, 1);
	assert_str(p.diff.findings[0].note, "1.3.0 -> 1.4.0");
	assert_int_equal(p.diff.lines[0].line, 1);
	assert_int_equal(p.diff.lines[1].line, 4);
	assert_int_equal(p.diff.first.next[1].line, 1);
	assert_int_equal(p.diff.nchains, 1);
	assert_int_equal(p.diff.chains[0].steps[0].where.line, 1);
	assert_str(p.diff.chains[0].steps[0].shared, "left-pad");
	release(&p);
}

/* One unseen name among known ones is a deviation; names that change in every line are not. */
static void values(void **state)
{
	struct buf good = {0}, bad = {0};
	struct pair p;

	for (int i = 0; i < 40; i++) {
		buf_printf(&good, "copying hook /etc/hooks/part%c%c/run\n", 'a' + i % 26,
			   'a' + i / 26);
		buf_printf(&bad, "copying hook /etc/hooks/part%c%c/run\n", 'a' + i % 26,
			   'a' + i / 26);
		buf_printf(&good, "temporary place /var/run/good%c%c/x\n", 'a' + i % 26,
			   'a' + i / 26);
		buf_printf(&bad, "temporary place /var/run/fresh%c%c/x\n", 'a' + i % 26,
			   'a' + i / 26);
	}
	buf_printf(&bad, "copying hook /etc/hooks/surprise/run\n");
	compare(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p));
	assert_int_equal(p.diff.nlines, 1);
	assert_int_equal(p.diff.lines[0].line, 81);
	assert_non_null(find(&p, FINDING_VALUE));
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

/* A request that ends before its usual next statement; other known branches are no loss. */
static void missing(void **state)
{
	struct buf good = {0}, bad = {0};
	const struct logdiff_finding *f;
	struct pair p;

	for (int i = 0; i < 30; i++) {
		buf_printf(&good, "request_id=a%03d look up the customer\n", i);
		buf_printf(&bad, "request_id=b%03d look up the customer\n", i);
		buf_printf(&good, "request_id=a%03d customer has %d orders\n", i, i);
		if (i % 3)
			buf_printf(&bad, "request_id=b%03d customer has %d orders\n", i, i);
		buf_printf(&good, "request_id=a%03d answer sent\n", i);
		buf_printf(&bad, "request_id=b%03d answer sent\n", i);
	}
	compare_keyed(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p),
		      STR("request_id="));
	f = find(&p, FINDING_MISSING);
	assert_non_null(f);
	assert_int_equal(f->where.side, 0);
	assert_int_equal(f->where.line, 2);
	assert_int_equal(f->good_count, 30);
	assert_int_equal(f->bad_count, 20);
	assert_true(str_contains(f->note, STR("30 of 30 in good, 20 of 30 in bad")));
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

static void add_timed(struct buf *b, int seconds, const char *text)
{
	buf_printf(b, "2024-05-01 10:%02d:%02d.000 INFO  %s\n", seconds / 60, seconds % 60, text);
}

static void gap(void **state)
{
	struct buf good = {0}, bad = {0};
	const struct logdiff_finding *f;
	struct pair p;

	for (int i = 0; i < 10; i++) {
		add_timed(&good, 10 * i, "query sent");
		add_timed(&good, 10 * i + 1, "rows received");
		add_timed(&bad, 10 * i, "query sent");
		add_timed(&bad, 10 * i + 7, "rows received");
	}
	compare(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p));
	f = find(&p, FINDING_GAP);
	assert_non_null(f);
	assert_int_equal(f->where.line % 2, 0);
	assert_int_equal(f->at.line + 1, f->where.line);
	assert_true(str_contains(f->note, STR("1 s -> 7 s")));
	assert_int_equal(p.diff.nlines, 0);
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

/* A setting that reads otherwise is a value; that its old text is missing follows from it. */
static void changed(void **state)
{
	const struct logdiff_finding *f, *gone;
	struct pair p;

	compare(&p, "begin\ncompression method is GZIP\ncache ready\nserving\nend\n",
		"begin\ncompression method is PLAIN\ncache ready\nserving\nend\n");
	f = find(&p, FINDING_VALUE);
	gone = find(&p, FINDING_MISSING);
	assert_non_null(f);
	assert_str(f->note, "GZIP -> PLAIN");
	assert_int_equal(f->where.line, 2);
	assert_non_null(gone);
	assert_int_equal(gone->trigger, f->rank);
	assert_int_equal(p.diff.first.next[0].line, 2);
	assert_int_equal(p.diff.first.next[1].line, 2);
	release(&p);
}

/* As often, but of ten times the lines: the shares tell. */
static void shares(void **state)
{
	const struct logdiff_finding *f;
	struct buf good = {0}, bad = {0};
	struct pair p;

	for (int i = 0; i < 10000; i++) {
		if (i < 1000)
			buf_printf(&good, "step %d of the plan done\n", i);
		buf_printf(&bad, "step %d of the plan done\n", i);
		if (i < 500) {
			buf_printf(&good, "cache saved\n");
			buf_printf(&bad, "cache saved\n");
		}
	}
	compare(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p));
	f = find(&p, FINDING_COUNT);
	assert_non_null(f);
	assert_str(f->note, "33.3 % -> 4.76 % of the lines");
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

static void add_leveled(struct buf *b, int i, const char *thread, const char *text)
{
	buf_printf(b, "2024-05-01 10:00:%02d.000 %s %s\n", i % 60, thread, text);
}

/* An exception that its head calls a warning ranks below an error that comes later. */
static void calm(void **state)
{
	struct buf good = {0}, bad = {0};
	struct pair p;

	for (int i = 0; i < 40; i++) {
		add_leveled(&good, i, "INFO  [main]", "request served");
		add_leveled(&bad, i, "INFO  [main]", "request served");
		if (i == 5) {
			add_leveled(&bad, i, "WARN  [main]", "client went away");
			buf_printf(&bad, "java.io.EOFException: stream closed by the peer\n"
					 "\tat org.example.Net.read(Net.java:5)\n");
		}
	}
	add_leveled(&bad, 41, "ERROR [main]", "cannot write the journal of the store");
	buf_printf(&bad, "java.io.IOException: No space left on device\n"
			 "\tat org.example.Journal.write(Journal.java:9)\n");
	compare(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p));
	assert_int_equal(p.diff.findings[0].where.line, 44);
	assert_int_equal(p.diff.findings[0].where.nlines, 3);
	assert_int_equal(p.diff.findings[0].symptom, SYMPTOM_CAUSE);
	assert_int_equal(p.diff.lines[0].line, 44);
	assert_int_equal(p.diff.lines[1].line, 45);
	assert_int_equal(p.diff.first.next[1].line, 7);
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

/* A thread that falls silent; one that pauses as long in the good log is none. */
static void thread(void **state)
{
	struct buf good = {0}, bad = {0};
	const struct logdiff_finding *f;
	struct pair p;

	for (int i = 0; i < 60; i++) {
		add_leveled(&good, i, "INFO  [flusher]", "buffer flushed");
		add_leveled(&good, i, "INFO  [main]", "request served");
		if (i < 20)
			add_leveled(&bad, i, "INFO  [flusher]", "buffer flushed");
		add_leveled(&bad, i, "INFO  [main]", "request served");
	}
	compare(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p));
	f = find(&p, FINDING_THREAD);
	assert_non_null(f);
	assert_int_equal(f->where.line, 39);
	assert_int_equal(f->bad_count, 20);
	release(&p);
	compare(&p, bad.p, bad.p);
	assert_null(find(&p, FINDING_THREAD));
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

/* One of 400 statements, none like another, in any order. */
static void add_shuffled(struct buf *b, uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	BUF_LIT(b, "so");
	for (uint64_t i = 0; i < *x % 20; i++)
		BUF_LIT(b, " on");
	for (uint64_t i = 0; i < *x / 32 % 20; i++)
		BUF_LIT(b, " (and)");
	buf_add_char(b, '\n');
}

/* More pairs of events than are kept: what is gone altogether is still found, by its count. */
static void crowded(void **state)
{
	struct buf good = {0}, bad = {0};
	uint64_t x = 88172645463325252U;
	const struct logdiff_finding *f;
	struct pair p;

	for (int i = 0; i < 150000; i++) {
		add_shuffled(&good, &x);
		add_shuffled(&bad, &x);
		if (i % 100 == 0)
			buf_printf(&good, "the watchman calls the hour\n");
	}
	compare(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p));
	f = find(&p, FINDING_MISSING);
	assert_non_null(f);
	assert_int_equal(f->good_count, 1500);
	assert_int_equal(f->note.n, 0);
	assert_int_equal(f->bad_count, 0);
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

/* What stands under a header in one log and alone in the other is the same. */
static void header(void **state)
{
	struct buf good = {0}, bad = {0};
	struct pair p;

	for (int i = 0; i < 30; i++) {
		buf_printf(&good, "2024-05-01 10:00:%02d INFO  item %d stored\n", i, i);
		buf_printf(&bad, "item %d stored\n", i);
	}
	buf_printf(&bad, "shelf is full\n");
	compare(&p, (buf_add_char(&good, '\0'), good.p), (buf_add_char(&bad, '\0'), bad.p));
	assert_int_equal(p.diff.nlines, 1);
	assert_int_equal(p.diff.lines[0].line, 31);
	release(&p);
	buf_release(&good);
	buf_release(&bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same),    cmocka_unit_test(known_symptom),
		cmocka_unit_test(block),   cmocka_unit_test(version),
		cmocka_unit_test(values),  cmocka_unit_test(missing),
		cmocka_unit_test(gap),     cmocka_unit_test(header),
		cmocka_unit_test(changed), cmocka_unit_test(shares),
		cmocka_unit_test(calm),    cmocka_unit_test(thread),
		cmocka_unit_test(crowded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
