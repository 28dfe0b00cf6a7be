// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What time says: GNU time -v and its short form, and the time of bash, ksh, POSIX (-p), zsh, tcsh
 * and fish. The variables are the same for all: time.elapsed, time.user, time.system, time.max_rss
 * and so on. A text with several measurements gives repetitions.
 */
#include "import/bench.h"

/* "0:01.25", "1:02:03", "0m1.234s", "1,5s", "1.5" */
static bool clock_time(struct str s, double *out)
{
	double total = 0, v;
	struct str part;

	while (s.n) {
		size_t n = 0;

		while (n < s.n && (strchr("0123456789.,", s.p[n])))
			n++;
		part = str_head(s, n);
		s = str_from(s, n);
		if (!import_number(part, &v))
			return false;
		if (!s.n || str_eq(s, STR("s"))) {
			*out = total + v;
			return true;
		}
		if (s.p[0] == 'm' || s.p[0] == ':')
			total = (total + v) * 60;
		else if (s.p[0] == 'h')
			total = (total + v) * 3600;
		else
			return false;
		s = str_from(s, 1);
	}
	return false;
}

/* ---- GNU time -v ---- */

static const struct {
	struct str label;
	const char *what;
	struct str unit;
} verbose[] = {
	{STR("User time (seconds)"), "user", STR("s")},
	{STR("System time (seconds)"), "system", STR("s")},
	{STR("Elapsed (wall clock) time (h:mm:ss or m:ss)"), "elapsed", STR("s")},
	{STR("Percent of CPU this job got"), "cpu", STR("%")},
	{STR("Maximum resident set size (kbytes)"), "max_rss", STR("kbytes")},
	{STR("Major (requiring I/O) page faults"), "major_faults", STR("")},
	{STR("Minor (reclaiming a frame) page faults"), "minor_faults", STR("")},
	{STR("Voluntary context switches"), "voluntary_switches", STR("")},
	{STR("Involuntary context switches"), "involuntary_switches", STR("")},
	{STR("Swaps"), "swaps", STR("")},
	{STR("File system inputs"), "fs_inputs", STR("")},
	{STR("File system outputs"), "fs_outputs", STR("")},
	{STR("Socket messages sent"), "messages_sent", STR("")},
	{STR("Socket messages received"), "messages_received", STR("")},
	{STR("Signals delivered"), "signals", STR("")},
	{STR("Exit status"), "exit_status", STR("")},
};

static void text(struct bench *b, const char *name, struct str s, uint64_t no)
{
	struct variable *v = import_add_variable(b->im, str_of(name), value_text(s));

	if (v)
		v->line = no;
}

static bool verbose_line(struct bench *b, struct str line, uint64_t no)
{
	struct str s = str_trim(line);
	double v;

	if (import_skip(&s, STR("Command being timed: "))) {
		if (s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"')
			s = (struct str){s.p + 1, s.n - 2};
		text(b, "time.command", s, no);
		return true;
	}
	if (import_skip(&s, STR("Command terminated by signal ")) && str_double(s, &v)) {
		bench_rep(b, "signal", v, STR(""), no);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(verbose); i++) {
		struct str rest = s;

		if (!import_skip(&rest, verbose[i].label) || !import_skip(&rest, STR(": ")))
			continue;
		if (rest.n && rest.p[rest.n - 1] == '%')
			rest.n--;
		if (clock_time(rest, &v))
			bench_rep(b, verbose[i].what, v, verbose[i].unit, no);
		return true;
	}
	return false;
}

/* ---- one line of words: "label value" or "value label" ---- */

static const struct {
	struct str word;
	const char *what;
} words[] = {
	{STR("real"), "elapsed"},  {STR("user"), "user"},       {STR("sys"), "system"},
	{STR("system"), "system"}, {STR("elapsed"), "elapsed"}, {STR("total"), "elapsed"},
};

static const char *what_of(struct str word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(words[i].word, word))
			return words[i].what;
	return NULL;
}

/* bash, ksh, time -p: "real  0m1.234s" */
static bool label_line(struct bench *b, struct str line, uint64_t no)
{
	struct str rest = line, word = metric_cut_word(&rest), value = metric_cut_word(&rest);
	const char *what = line.n && line.p[0] != ' ' ? what_of(word) : NULL;
	double v;

	if (!what || str_trim(rest).n || !clock_time(value, &v))
		return false;
	bench_rep(b, what, v, STR("s"), no);
	return true;
}

/* GNU's short form: "0.00user 0.01system 0:00.02elapsed 90%CPU (0avgtext+0avgdata
 * 1620maxresident)k" and "0inputs+0outputs (0major+86minor)pagefaults 0swaps" */
static bool short_line(struct bench *b, struct str line, uint64_t no)
{
	static const struct {
		struct str label;
		const char *what;
		struct str unit;
	} parts[] = {
		{STR("user "), "user", STR("s")},
		{STR("system "), "system", STR("s")},
		{STR("elapsed "), "elapsed", STR("s")},
		{STR("%CPU "), "cpu", STR("%")},
		{STR("maxresident)k"), "max_rss", STR("kbytes")},
		{STR("inputs+"), "fs_inputs", STR("")},
		{STR("outputs ("), "fs_outputs", STR("")},
		{STR("major+"), "major_faults", STR("")},
		{STR("minor)pagefaults"), "minor_faults", STR("")},
		{STR("swaps"), "swaps", STR("")},
	};
	double v;

	if (!(str_contains(line, STR("elapsed ")) && str_contains(line, STR("%CPU ("))) &&
	    !(str_contains(line, STR("inputs+")) && str_contains(line, STR(")pagefaults "))))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t at = str_find(line, parts[i].label), from = at;

		while (from && strchr("0123456789.:,", line.p[from - 1]))
			from--;
		if (at < line.n && clock_time((struct str){line.p + from, at - from}, &v))
			bench_rep(b, parts[i].what, v, parts[i].unit, no);
	}
	return true;
}

/* zsh: "sleep 1  0.00s user 0.00s system 0% cpu 1.005 total" */
static bool zsh_line(struct bench *b, struct str line, uint64_t no)
{
	static const struct {
		struct str label;
		const char *what;
	} parts[] = {
		{STR(" user "), "user"}, {STR(" system "), "system"}, {STR(" total"), "elapsed"}};
	double v[3];
	size_t at = 0;

	if (!str_ends(line, STR(" total")) || !str_contains(line, STR("% cpu ")))
		return false;
	for (int i = 0; i < 3; i++) {
		size_t from;

		/* of the command's own words the first " user " may be one: the last counts */
		for (at = line.n; at && !str_starts(str_from(line, at), parts[i].label); at--)
			;
		for (from = at; from && line.p[from - 1] != ' '; from--)
			;
		if (!clock_time((struct str){line.p + from, at - from}, &v[i]))
			return false;
	}
	for (int i = 0; i < 3; i++)
		bench_rep(b, parts[i].what, v[i], STR("s"), no);
	return true;
}

/* tcsh: "0.001u 0.004s 0:01.00 0.0%	0+0k 0+0io 0pf+0w" */
static bool tcsh_line(struct bench *b, struct str line, uint64_t no)
{
	struct str rest = line, user = metric_cut_word(&rest), sys = metric_cut_word(&rest);
	struct str elapsed = metric_cut_word(&rest);
	double u, s, e;

	if (!str_ends(line, STR("w")) || !str_contains(line, STR("pf+")) || user.n < 2 ||
	    user.p[user.n - 1] != 'u' || !clock_time(str_head(user, user.n - 1), &u) ||
	    !clock_time(sys, &s) || !clock_time(elapsed, &e))
		return false;
	bench_rep(b, "user", u, STR("s"), no);
	bench_rep(b, "system", s, STR("s"), no);
	bench_rep(b, "elapsed", e, STR("s"), no);
	return true;
}

/* fish: "Executed in    1.01 secs      fish           external", "   usr time    0.56 millis" */
static bool fish_line(struct bench *b, struct str line, uint64_t no)
{
	static const struct {
		struct str label;
		const char *what;
	} labels[] = {{STR("Executed in "), "elapsed"},
		      {STR("usr time "), "user"},
		      {STR("sys time "), "system"}};
	struct str s = str_trim(line), unit;
	struct metric_unit u;
	double v;

	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		if (!import_skip(&s, labels[i].label) || !metric_cut_number(&s, &v))
			continue;
		unit = metric_cut_word(&s);
		if (!metric_unit(unit, &u))
			return false;
		bench_rep(b, labels[i].what, v, unit, no);
		return true;
	}
	return false;
}

static void read_lines(struct bench *b, struct str data)
{
	static bool (*const forms[])(struct bench *, struct str, uint64_t) = {
		verbose_line, label_line, short_line, zsh_line, tcsh_line, fish_line};
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;

	/* These are no benchmarks: time.user, not bench.NAME.user. */
	buf_clear(&b->name);
	BUF_LIT(&b->name, "time.");
	b->prefix = b->name.n;
	while (import_next_line(&l, &line)) {
		size_t i = 0;

		while (i < ARRAY_SIZE(forms) && !forms[i](b, line, l.no))
			i++;
		b->im->skipped_lines += i == ARRAY_SIZE(forms) && line.n;
	}
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_BENCH struct bench b;
	struct import im;
	int sure = 0;

	import_init(&im);
	bench_init(&b, &im);
	read_lines(&b, head);
	/* elapsed, user and system time: all three, at the end of whatever it was */
	if (b.ngroups >= 3)
		sure = b.ngroups >= ARRAY_SIZE(verbose) ? 75 : im.skipped_lines < 20 ? 60 : 50;
	import_release(&im);
	return sure;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	bench_text(im, files->data, read_lines);
	return 0;
}

const struct import_reader read_time = {
	.name = "time",
	.what = "GNU time, and the time of shells",
	.recognise = recognise,
	.read = read_file,
};
