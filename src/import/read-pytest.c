// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What pytest prints, with -v, -q, xdist and colours, also between other lines. With -v every test
 * has a line; without, a character, and names come from the short summary: those that passed keep a
 * number (progress.h). What is said of failures stands in sections under headings.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/hash.h"
#include "import/progress.h"
#include "import/readers.h"

enum place { OUTSIDE, RUNNING, TELLING, SUMMARY, DURATIONS, OTHER };

/* "____ TestC.test_exc ____" and what follows; the next of the same title, index + 1. */
struct section {
	size_t next;
	struct buf text;
};

/* Of sections of one title: first and last that is not yet taken, index + 1. */
struct head {
	size_t first, last;
};

struct pytest {
	struct import *im;
	struct import_lines lines;
	struct progress progress;
	enum place place;
	struct intern ids; /* of the results: file::name */
	size_t *results;   /* by id: index + 1 */
	size_t nresults, cap_results;
	struct buf pending; /* the id that awaits its status: output came between */
	struct str file;    /* whose characters come */
	struct section *sections;
	size_t nsections, cap_sections;
	struct intern titles;
	struct head *heads; /* by id of the title */
	size_t nheads, cap_heads;
};

static const struct outcome {
	struct str word;
	enum test_status status;
	bool expected;
} outcomes[] = {
	{STR("PASSED"), TEST_PASSED, false}, {STR("FAILED"), TEST_FAILED, false},
	{STR("ERROR"), TEST_ERROR, false},   {STR("SKIPPED"), TEST_SKIPPED, false},
	{STR("XFAIL"), TEST_SKIPPED, true},  {STR("XPASS"), TEST_PASSED, true},
};

/* "test_a.py::TestC::test_exc" -> file and the rest; a file alone failed to be collected. */
static void split_id(struct str id, struct str *file, struct str *name)
{
	size_t n = str_find(id, STR("::"));

	*file = str_head(id, n);
	*name = n < id.n ? str_from(id, n + 2) : STR("(collection)");
}

static bool is_id(struct str s)
{
	size_t n = str_find(s, STR("::"));

	return n > 0 && n < s.n && str_find_char(str_head(s, n), ' ') == n;
}

/* The result of that id and outcome, which is named or made if there is none. */
static struct test_result *result_of(struct pytest *p, struct str id, const struct outcome *o)
{
	struct str file, name;
	struct test_result *t;
	uint32_t i = intern_add(&p->ids, id);

	if (i == p->nresults)
		array_push(p->results, p->nresults, p->cap_results) = 0;
	if (p->results[i])
		return &p->im->tests[p->results[i] - 1];
	split_id(id, &file, &name);
	t = progress_name(&p->progress, file, name, o->status, o->expected);
	if (!t)
		t = import_add_test(p->im, file, name, o->status);
	if (!t)
		return NULL;
	t->expected = o->expected;
	t->line = t->line ? t->line : p->lines.no;
	p->results[i] = (size_t)(t - p->im->tests) + 1;
	return t;
}

static const struct str teardown = STR(" (teardown)");

/* A test that ended and then is in error is two for pytest: its teardown is one of its own. */
static struct test_result *end_test(struct pytest *p, struct str id, const struct outcome *o)
{
	struct test_result *t = result_of(p, id, o);
	CLEANUP_BUF struct buf b = {0};

	if (!t || o->status != TEST_ERROR || t->status == TEST_ERROR)
		return t;
	buf_add_str(&b, id);
	buf_add_str(&b, teardown);
	return result_of(p, buf_str(&b), o);
}

/* "(not today)" after the status */
static void reason(struct pytest *p, struct test_result *t, struct str s)
{
	size_t n = s.n;

	if (!t || t->message.n || !import_skip(&s, STR("(")))
		return;
	while (n && (n > s.n || s.p[n - 1] != ')'))
		n--;
	if (n)
		t->message = import_name(p->im, str_head(s, n - 1));
}

/* The outcome that s begins with as a word. */
static const struct outcome *outcome_at(struct str s)
{
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (str_starts(s, outcomes[i].word) &&
		    (s.n == outcomes[i].word.n || s.p[outcomes[i].word.n] == ' '))
			return &outcomes[i];
	return NULL;
}

/* "test_a.py::test_ok PASSED (why)   [ 7%]" */
static bool verbose_line(struct pytest *p, struct str s)
{
	for (size_t i = str_find(s, STR("::")); i < s.n; i++) {
		const struct outcome *o = s.p[i] == ' ' ? outcome_at(str_from(s, i + 1)) : NULL;

		if (!o)
			continue;
		reason(p, end_test(p, str_trim(str_head(s, i)), o),
		       str_trim(str_from(s, i + 1 + o->word.n)));
		buf_clear(&p->pending);
		return true;
	}
	return false;
}

/* "[gw0] [ 50%] PASSED test_a.py::test_ok": xdist */
static bool worker_line(struct pytest *p, struct str s)
{
	const struct outcome *o;

	if (!import_skip(&s, STR("[gw")))
		return false;
	s = str_trim(str_from(s, str_find_char(s, ']') + 1));
	if (str_starts(s, STR("[")))
		s = str_trim(str_from(s, str_find_char(s, ']') + 1));
	o = outcome_at(s);
	if (o && is_id(str_trim(str_from(s, o->word.n))))
		end_test(p, str_trim(str_from(s, o->word.n)), o);
	return o != NULL;
}

/* "[100%]" or "[3/13]" at the end is taken off. */
static bool take_percent(struct str *s)
{
	size_t n = s->n;

	if (!n || s->p[n - 1] != ']')
		return false;
	while (n && s->p[n - 1] != '[')
		n--;
	if (!n || (str_find_char(str_from(*s, n), '%') == s->n - n &&
		   str_find_char(str_from(*s, n), '/') == s->n - n))
		return false;
	*s = str_trim(str_head(*s, n - 1));
	return true;
}

/* "test_a.py ..F..FEsxX.F.    [100%]"; the file is left out where a line only goes on. */
static bool progress_line(struct pytest *p, struct str s)
{
	bool percent = take_percent(&s);
	size_t n = str_find_char(s, ' ');
	struct str chars = n < s.n ? str_trim(str_from(s, n)) : s;

	if (!progress_is(chars) || (p->place != RUNNING && !percent))
		return false;
	if (n < s.n) {
		if (str_find_char(str_head(s, n), '.') == n)
			return false;
		p->file = import_name(p->im, str_head(s, n));
	}
	progress_add(&p->progress, p->file, chars, p->lines.no);
	return true;
}

/* A test's line: with -v, by a worker, or as characters. */
static bool running_line(struct pytest *p, struct str line)
{
	struct str s = str_trim(line);
	const struct outcome *o;

	if (is_id(s)) {
		if (verbose_line(p, s))
			return true;
		buf_clear(&p->pending); /* "test_a.py::test_ok what it printed" */
		buf_add_str(&p->pending, str_head(s, str_find_char(s, ' ')));
		return true;
	}
	o = p->pending.n ? outcome_at(s) : NULL;
	if (o) {
		end_test(p, buf_str(&p->pending), o);
		buf_clear(&p->pending);
		return true;
	}
	return worker_line(p, s) || progress_line(p, s);
}

/* Where " - why" begins; parameters may hold the same. */
static size_t why_at(struct str s)
{
	size_t dash = str_find(s, STR(" - ")), end;

	if (str_find_char(s, '[') > dash)
		return dash;
	end = str_find(s, STR("] - "));
	return end < s.n ? end + 1 : str_ends(s, STR("]")) ? s.n : dash;
}

/* "FAILED test_a.py::test_fail - why"; "SKIPPED [1] test_a.py:9: why" has no name. */
static bool summary_line(struct pytest *p, struct str s)
{
	const struct outcome *o = outcome_at(s);
	struct test_result *t;
	size_t n;

	if (!o)
		return false;
	s = str_trim(str_from(s, o->word.n));
	if (str_starts(s, STR("[")))
		return true;
	n = why_at(s);
	t = end_test(p, str_trim(str_head(s, n)), o);
	if (t && n < s.n)
		t->message = import_name(p->im, str_trim(str_from(s, n + 3)));
	return true;
}

/* "0.02s call     test_a.py::test_fail" */
static bool duration_line(struct pytest *p, struct str s)
{
	struct test_result *t;
	size_t n = str_find_char(s, ' ');
	double v;
	uint32_t i;

	if (n == s.n || !str_ends(str_head(s, n), STR("s")) || !import_seconds(str_head(s, n), &v))
		return false;
	s = str_trim(str_from(s, n));
	s = str_trim(str_from(s, str_find_char(s, ' ')));
	if (!intern_find(&p->ids, s, &i) || !p->results[i])
		return true;
	t = &p->im->tests[p->results[i] - 1];
	t->seconds = (isnan(t->seconds) ? 0 : t->seconds) + v;
	return true;
}

/* The text between the marks of "=== FAILURES ===". */
static bool heading(struct str s, char mark, struct str *title)
{
	s = str_trim(s);
	if (s.n < 5 || s.p[0] != mark || s.p[s.n - 1] != mark)
		return false;
	while (s.n && s.p[0] == mark)
		s = str_from(s, 1);
	while (s.n && s.p[s.n - 1] == mark)
		s.n--;
	*title = str_trim(s);
	return title->n > 0 && title->p[0] != mark && s.p[0] == ' ' && s.p[s.n - 1] == ' ';
}

/* The counts of the last line, by status and then those that were expected. */
enum { XFAILED = TEST_SKIPPED + 1, XPASSED };
static const struct str counted[] = {
	[TEST_PASSED] = STR("passed"),   [TEST_FAILED] = STR("failed"), [TEST_ERROR] = STR("error"),
	[TEST_SKIPPED] = STR("skipped"), [XFAILED] = STR("xfailed"),    [XPASSED] = STR("xpassed"),
};

/* "3 failed, 6 passed, 1 error in 0.37s (0:00:12)" */
static bool final_line(struct str s, uint64_t counts[], double *seconds)
{
	size_t at = str_find(s, STR(" in "));
	struct str list = str_head(s, at), part, tail = str_from(s, at + 4);
	bool any = false;

	if (at == s.n || !import_seconds(str_head(tail, str_find_char(tail, ' ')), seconds))
		return false;
	while (str_next(&list, ',', &part)) {
		uint64_t v;
		size_t n;

		part = str_trim(part);
		n = str_find_char(part, ' ');
		if (!str_u64(str_head(part, n), &v))
			return str_eq(part, STR("no tests ran"));
		part = str_trim(str_from(part, n));
		for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
			if (str_starts(part, counted[i])) {
				counts[i] += v;
				any = true;
			}
	}
	return any;
}

/* ---- sections: what is said of failures ---- */

/* "ERROR at setup of test_x" and "ERROR collecting test_b.py" become "E:test_x", "E:test_b.py". */
static void section_key(struct str title, struct buf *key)
{
	size_t n;

	buf_clear(key);
	if (import_skip(&title, STR("ERROR "))) {
		n = str_find(title, STR(" of "));
		if (n < title.n)
			title = str_from(title, n + 4);
		else
			import_skip(&title, STR("collecting "));
		BUF_LIT(key, "E:");
	}
	buf_add_str(key, title);
}

/* The same of a result: TestC::test_exc is called TestC.test_exc there. */
static void result_key(const struct test_result *t, struct buf *key)
{
	struct str s = str_eq(t->name, STR("(collection)")) ? t->suite : t->name;

	buf_clear(key);
	if (t->status == TEST_ERROR)
		BUF_LIT(key, "E:");
	if (str_ends(s, teardown))
		s.n -= teardown.n;
	for (size_t i = 0; i < s.n; i++) {
		bool colons = s.p[i] == ':' && i + 1 < s.n && s.p[i + 1] == ':';

		buf_add_char(key, colons ? '.' : s.p[i]);
		i += colons;
	}
}

static void open_section(struct pytest *p, struct str title)
{
	CLEANUP_BUF struct buf key = {0};
	uint32_t id;

	section_key(title, &key);
	id = intern_add(&p->titles, buf_str(&key));
	if (id == p->nheads)
		array_push(p->heads, p->nheads, p->cap_heads) = (struct head){0};
	array_push(p->sections, p->nsections, p->cap_sections) = (struct section){0};
	if (p->heads[id].last)
		p->sections[p->heads[id].last - 1].next = p->nsections;
	else
		p->heads[id].first = p->nsections;
	p->heads[id].last = p->nsections;
}

static struct str first_error(struct str text)
{
	struct str line;

	while (str_next(&text, '\n', &line))
		if (import_skip(&line, STR("E  ")) && str_trim(line).n)
			return str_trim(line);
	return STR("");
}

static void take_section(struct pytest *p, struct test_result *t, struct buf *key)
{
	struct section *c;
	uint32_t id;

	result_key(t, key);
	if (!intern_find(&p->titles, buf_str(key), &id) || !p->heads[id].first)
		return;
	c = &p->sections[p->heads[id].first - 1]; /* those of one title come in order */
	p->heads[id].first = c->next;
	t->detail = import_text(p->im, buf_str(&c->text));
	if (!t->message.n)
		t->message = import_name(p->im, first_error(buf_str(&c->text)));
	if (!t->message.n)
		import_explain(p->im, t, buf_str(&c->text));
}

/* ---- sessions ---- */

static void open_session(struct pytest *p)
{
	progress_init(&p->progress, p->im);
	intern_init(&p->ids);
	intern_init(&p->titles);
	p->nresults = p->nheads = p->nsections = 0;
	p->file = STR("");
	p->place = OUTSIDE;
	buf_clear(&p->pending);
}

static void close_session(struct pytest *p)
{
	CLEANUP_BUF struct buf key = {0};

	progress_end(&p->progress);
	for (size_t i = p->progress.first; i < p->im->ntests; i++)
		if (p->im->tests[i].status == TEST_FAILED || p->im->tests[i].status == TEST_ERROR)
			take_section(p, &p->im->tests[i], &key);
	for (size_t i = 0; i < p->nsections; i++)
		buf_release(&p->sections[i].text);
	intern_release(&p->ids);
	intern_release(&p->titles);
}

/* The totals against what was found, and the time that passed. */
static bool check(struct pytest *p, struct str title)
{
	uint64_t counts[ARRAY_SIZE(counted)] = {0}, found[ARRAY_SIZE(counted)] = {0};
	struct variable *v;
	double seconds;

	if (!final_line(title, counts, &seconds))
		return false;
	for (size_t i = p->progress.first; i < p->im->ntests; i++) {
		const struct test_result *t = &p->im->tests[i];
		size_t k = (size_t)t->status;

		if (t->expected)
			k = t->status == TEST_PASSED ? XPASSED : XFAILED;
		found[k]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		import_claim(p->im, p->lines.no, counted[i].p, counts[i], found[i]);
	v = import_add_variable(p->im, STR("tests.wall"), value_real(seconds));
	if (v) {
		v->unit = STR("s");
		v->better = BETTER_LOWER;
		v->line = p->lines.no;
	}
	return true;
}

/* A line of "=": what comes next. */
static void main_heading(struct pytest *p, struct str title)
{
	if (str_starts(title, STR("test session starts"))) {
		close_session(p);
		open_session(p);
		p->place = RUNNING;
	} else if (check(p, title)) {
		p->place = OTHER;
	} else if (str_eq(title, STR("FAILURES")) || str_eq(title, STR("ERRORS"))) {
		p->place = TELLING;
	} else if (str_starts(title, STR("short test summary"))) {
		p->place = SUMMARY;
	} else {
		p->place = str_starts(title, STR("slowest ")) ? DURATIONS : OTHER;
	}
}

static void read_line(struct pytest *p, struct str line)
{
	struct str title;

	if (heading(line, '=', &title)) {
		main_heading(p, title);
		return;
	}
	switch (p->place) {
	case RUNNING:
	case OUTSIDE:
		if (running_line(p, line) || check(p, line))
			return;
		break;
	case TELLING:
		if (heading(line, '_', &title))
			open_section(p, title);
		else if (p->nsections)
			import_keep(&p->sections[p->nsections - 1].text, line);
		return;
	case SUMMARY:
		if (summary_line(p, line) || check(p, line))
			return;
		break;
	case DURATIONS:
		if (duration_line(p, line) || check(p, line))
			return;
		break;
	case OTHER:
		if (check(p, line))
			return;
		break;
	}
	p->im->skipped_lines += p->place == OUTSIDE && str_trim(line).n > 0;
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(head);
	uint64_t counts[ARRAY_SIZE(counted)] = {0};
	struct str line, title;
	double seconds;

	while (import_next_line(&l, &line)) {
		bool head_line = heading(line, '=', &title);

		if (head_line && str_starts(title, STR("test session starts")))
			return 90;
		if (final_line(head_line ? title : line, counts, &seconds))
			return head_line ? 90 : 80;
	}
	return 0;
}

static int read(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct pytest p = {.im = im, .lines = IMPORT_LINES(files[0].data)};
	struct str line;

	open_session(&p);
	while (import_next_line(&p.lines, &line))
		read_line(&p, line);
	close_session(&p);
	free(p.results);
	free(p.heads);
	free(p.sections);
	buf_release(&p.pending);
	import_lines_release(&p.lines);
	return 0;
}

const struct import_reader read_pytest = {
	.name = "pytest",
	.what = "pytest, with -v or not",
	.recognise = recognise,
	.read = read,
	.tests = true,
};
