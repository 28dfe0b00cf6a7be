// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest run: a command, its output passed on as it comes, and what was seen of it recorded.
 * Before the command begins, all that is known then goes to the run's journal (live.h); while it
 * runs, its output and samples; at its end how it ended. The record is made from the journal.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/casefile.h"
#include "cli/command.h"
#include "cli/live.h"
#include "cli/workspace.h"
#include "exec/environment.h"
#include "exec/exec.h"
#include "text/json.h"
#include "import/import.h"
#include "text/secret.h"
#include "vcs/vcs.h"

#define MSEC       INT64_C(1000000)
#define SEC        (1000 * MSEC)
#define SAMPLE_NS  (100 * MSEC)
#define MAX_CONFIG ((size_t)64 << 20)

struct values {
	const char *as, *name, *store, *time_limit, *case_name;
	struct option_list set, config, input, pattern;
	uint64_t memory_limit;
	bool no_record, no_capture, quiet, json, help;
};

static const struct option options[] = {
	{OPTION_CHOICE, 0, "as", "good|bad", "which kind of run this is",
	 offsetof(struct values, as)},
	{OPTION_STRING, 0, "name", "NAME", "a name for the run", offsetof(struct values, name)},
	{OPTION_LIST, 0, "set", "VAR=VALUE", "record a variable (may be repeated)",
	 offsetof(struct values, set)},
	{OPTION_LIST, 0, "config", "FILE", "record the keys of a JSON, YAML, TOML or INI file",
	 offsetof(struct values, config)},
	{OPTION_LIST, 0, "input", "FILE", "record the hash of a file that is read",
	 offsetof(struct values, input)},
	{OPTION_LIST, 0, "pattern", "REGEX",
	 "record named groups in the output, such as 'loss=(?<loss>[0-9.]+)'",
	 offsetof(struct values, pattern)},
	{OPTION_HEAD, 0, NULL, NULL, "Limits:", 0},
	{OPTION_STRING, 0, "time-limit", "TIME", "end it after 90s, 5m, 1h30m",
	 offsetof(struct values, time_limit)},
	{OPTION_NUMBER, 0, "memory-limit", "BYTES",
	 "end it when its processes together take more (4G)",
	 offsetof(struct values, memory_limit)},
	{OPTION_HEAD, 0, NULL, NULL, "Recording:", 0},
	{OPTION_FLAG, 0, "no-record", NULL, "run it within the limits, record nothing",
	 offsetof(struct values, no_record)},
	{OPTION_FLAG, 0, "no-capture", NULL,
	 "it writes to the terminal itself; its output is not recorded",
	 offsetof(struct values, no_capture)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "file or postgresql://... (default: .inquest/store.db)", offsetof(struct values, store)},
	CASEFILE_OPTION(struct values, case_name),
	{OPTION_FLAG, 'q', "quiet", NULL, "no line about the run at its end",
	 offsetof(struct values, quiet)},
	{OPTION_FLAG, 0, "json", NULL, "that line as JSON (on stderr too: stdout is the command's)",
	 offsetof(struct values, json)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct values, help)},
	{.kind = OPTION_END},
};

/* One run. */
struct runner {
	const struct values *v;
	struct cli *cli;
	char **argv;
	struct workspace workspace;
	char *cache; /* folder of what is slow to find out */
	struct live live;
	bool recording;
	int64_t before_ns; /* what capturing took before the command began */
	struct exec_result r;
	bool stdout_gone; /* nobody reads it any more */
	char *noted;      /* the case that lists the run among its good or bad ones; NULL: none */
};

/* ---- signals: what is meant for the command reaches it ---- */

static volatile int stop_signal;
static volatile int terminal_group; /* the terminal's ^C goes to the command as well as to us */

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!(terminal_group && info->si_code == SI_KERNEL))
		stop_signal = sig;
}

/* Signals that are ignored stay so (nohup). */
static void catch_signals(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction s = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO}, old;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &s, NULL);
}

/* Are we what a terminal's keys speak to? */
static bool in_foreground(void)
{
	CLEANUP_FD int tty = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return tty >= 0 && tcgetpgrp(tty) == getpgrp();
}

/* ---- while it runs ---- */

/* Pass on; a reader that went away is what SIGPIPE is for, as if the command had written itself. */
static void pass_on(struct runner *x, int fd, struct str bytes)
{
	while (bytes.n && !x->stdout_gone) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n >= 0) {
			bytes = str_from(bytes, (size_t)n);
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = fd, .events = POLLOUT};

			poll(&p, 1, 1000);
		} else if (errno == EPIPE) {
			x->stdout_gone = true;
			stop_signal = SIGPIPE;
		} else if (errno != EINTR) {
			return;
		}
	}
}

static void on_output(void *arg, enum exec_stream s, int64_t at_ns, struct str bytes)
{
	struct runner *x = arg;

	if (x->recording)
		live_output(&x->live, s, at_ns, bytes);
	pass_on(x, s == EXEC_STDOUT ? STDOUT_FILENO : STDERR_FILENO, bytes);
}

static void on_sample(void *arg, const struct exec_sample *s)
{
	struct runner *x = arg;

	live_sample(&x->live, s);
}

/* ---- before ---- */

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * SEC + t.tv_nsec;
}

/* "90s", "5m", "1h30m"; a number alone is seconds. */
static int parse_time(const char *text, int64_t *ns, struct err *err)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
	double sum = 0;
	const char *p = text;

	while (*p) {
		char *end;
		double v = strtod(p, &end), scale = 0;
		size_t n = strspn(end, "abcdefghijklmnopqrstuvwxyz");

		for (size_t i = 0; i < ARRAY_SIZE(units); i++)
			if (n == strlen(units[i].name) && memcmp(end, units[i].name, n) == 0)
				scale = units[i].seconds;
		if (n == 0 && !*end && p == text)
			scale = 1;
		if (end == p || scale == 0 || !isfinite(v) || v < 0)
			break;
		sum += v * scale;
		p = end + n;
	}
	if (*p || p == text || sum <= 0 || sum > 1e9)
		return err_set(err, ERR_USAGE, "--time-limit takes 90s, 5m or 1h30m, not '%s'",
			       text);
	*ns = (int64_t)(sum * 1e9);
	return 0;
}

/* The command as one would type it. */
static void command_line(struct buf *out, char *const *argv)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "%+,-./:=@_";
	CLEANUP_BUF struct buf b = {0};

	for (size_t i = 0; argv[i]; i++) {
		CLEANUP_BUF struct buf safe = {0};
		const char *w = argv[i];

		if (b.n)
			buf_add_char(&b, ' ');
		if (*w && strspn(w, plain) == strlen(w)) {
			buf_add_str(&b, str_of(w));
			continue;
		}
		/* A script in one argument: quoted once more its secrets look like others. */
		secret_redact_arg(&safe, argv, i);
		buf_add_char(&b, '\'');
		for (w = buf_cstr(&safe); *w; w++) {
			if (*w == '\'')
				BUF_LIT(&b, "'\\''");
			else
				buf_add_char(&b, *w);
		}
		buf_add_char(&b, '\'');
	}
	secret_redact(out, buf_str(&b));
}

static struct value guess(struct arena *a, struct str name, struct str text)
{
	CLEANUP_BUF struct buf b = {0};
	int64_t i;
	double d;

	if (str_i64(text, &i))
		return value_int(i);
	if (str_double(text, &d))
		return value_real(d);
	secret_redact_value(&b, name, text);
	return value_text(arena_str(a, buf_str(&b)));
}

static void record_set(struct runner *x, struct arena *a)
{
	for (size_t i = 0; i < x->v->set.n; i++) {
		struct str s = str_of(x->v->set.items[i]),
			   name = str_head(s, str_find_char(s, '='));

		live_variable(&x->live,
			      &(struct variable){.name = name,
						 .value = guess(a, name, str_from(s, name.n + 1))});
	}
}

struct facts {
	struct arena *a;
	struct variable *v;
	size_t n, cap;
};

/* A file's hash, and with keys what is in it. One that cannot be read is an error before the run.
 */
static int record_file(struct facts *f, const char *path, bool keys, struct err *err)
{
	struct str name = str_of(path), data;
	struct file_map m;
	int rc = file_map_path(&m, path, err);

	if (rc)
		return err_prepend(err, rc, "%s: ", path);
	data = (struct str){m.data, m.size};
	rc = environment_config(f->a, name, data, keys, &f->v, &f->n, &f->cap, err);
	file_map_release(&m);
	if (rc == -ERR_INPUT || rc == -ERR_LIMIT) { /* that may be what is wrong: run it */
		fprintf(stderr, "inquest: %s\n", err->msg);
		rc = 0;
	}
	return rc;
}

static int record_surroundings(struct runner *x, struct arena *a, struct err *err)
{
	struct environment_opts o = {
		.envp = environ, .argv = x->argv, .cache_dir = x->cache, .nofile = x->cli->nofile};
	struct facts f = {.a = a};
	struct vcs_state git;
	struct err ignored;
	int rc = 0;

	for (size_t i = 0; !rc && i < x->v->config.n; i++)
		rc = record_file(&f, x->v->config.items[i], true, err);
	for (size_t i = 0; !rc && i < x->v->input.n; i++)
		rc = record_file(&f, x->v->input.items[i], false, err);
	if (!rc) {
		environment_arguments(a, x->argv, &f.v, &f.n, &f.cap);
		environment_capture(a, &o, &f.v, &f.n, &f.cap);
		if (!vcs_state(".", a, &git, &ignored))
			vcs_variables(a, &git, &f.v, &f.n, &f.cap);
	}
	for (size_t i = 0; !rc && i < f.n; i++)
		live_variable(&x->live, &f.v[i]);
	free(f.v);
	return rc;
}

static int begin_recording(struct runner *x, struct err *err)
{
	const struct values *v = x->v;
	CLEANUP_BUF struct buf command = {0};
	struct live_run run = {.name = str_of(v->name ? v->name : ""),
			       .started_ns = now_ns(CLOCK_REALTIME)};
	int64_t begin = now_ns(CLOCK_MONOTONIC);
	struct arena a;
	int rc;

	if (v->as)
		run.verdict = strcmp(v->as, "good") == 0 ? RUN_GOOD : RUN_BAD;
	command_line(&command, x->argv);
	run.command = buf_str(&command);
	rc = workspace_find(&x->workspace, v->store, err);
	if (!rc)
		rc = workspace_make(&x->workspace, err);
	if (!rc && asprintf(&x->cache, "%s/cache", x->workspace.dir) < 0)
		abort();
	if (!rc)
		rc = live_begin(&x->live, x->workspace.live, &run, err);
	if (rc)
		return rc;
	x->recording = true;
	arena_init(&a);
	for (size_t i = 0; i < v->pattern.n; i++)
		live_pattern(&x->live, v->pattern.items[i]);
	record_set(x, &a);
	rc = record_surroundings(x, &a, err);
	arena_release(&a);
	x->before_ns = now_ns(CLOCK_MONOTONIC) - begin;
	return rc;
}

/* ---- after ---- */

static const char *end_name(enum exec_end end)
{
	static const char *const names[] = {
		[EXEC_EXITED] = "exited",       [EXEC_SIGNALED] = "signal",
		[EXEC_TIMEOUT] = "time limit",  [EXEC_MEMORY] = "memory limit",
		[EXEC_STOPPED] = "interrupted",
	};

	return names[end];
}

static int exit_code(const struct exec_result *r)
{
	return r->sig ? 128 + r->sig : r->code;
}

static void record_result(struct runner *x)
{
	const struct exec_result *r = &x->r;
	const struct {
		const char *name;
		struct value value;
		const char *unit;
		enum better better;
	} facts[] = {
		{"run.exit", value_int(exit_code(r)), "", BETTER_UNKNOWN},
		{"run.end", value_text(str_of(end_name(r->end))), "", BETTER_UNKNOWN},
		{"run.wall", value_real((double)r->wall_ns / 1e9), "s", BETTER_LOWER},
		{"run.user", value_real((double)r->user_ns / 1e9), "s", BETTER_LOWER},
		{"run.system", value_real((double)r->system_ns / 1e9), "s", BETTER_LOWER},
		{"run.output", value_int((int64_t)r->output_bytes), "bytes", BETTER_UNKNOWN},
		{"run.output_kept", value_int((int64_t)x->live.kept), "bytes", BETTER_UNKNOWN},
		{"run.faults.major", value_int((int64_t)r->major_faults), "", BETTER_LOWER},
		{"run.faults.minor", value_int((int64_t)r->minor_faults), "", BETTER_LOWER},
		{"run.switches.voluntary", value_int((int64_t)r->voluntary), "", BETTER_UNKNOWN},
		{"run.switches.involuntary", value_int((int64_t)r->involuntary), "", BETTER_LOWER},
		{"run.oom_kills", value_int((int64_t)r->oom_kills), "", BETTER_LOWER},
		{"run.left_behind", value_int(r->left_behind), "", BETTER_LOWER},
		{"run.samples", value_int((int64_t)r->samples), "", BETTER_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		live_variable(&x->live, &(struct variable){.name = str_of(facts[i].name),
							   .value = facts[i].value,
							   .unit = str_of(facts[i].unit),
							   .better = facts[i].better});
	if (r->sig)
		live_value(&x->live, "run.signal", value_int(r->sig), "");
	if (r->peak_rss)
		live_variable(&x->live, &(struct variable){.name = STR("rss.peak"),
							   .value = value_int((int64_t)r->peak_rss),
							   .unit = STR("bytes"),
							   .better = BETTER_LOWER});
	live_complete(&x->live, r->started_ns);
}

/* The journal becomes a record. */
static int store_record(struct runner *x, struct arena *a, struct str *id, struct buf *notes,
			struct err *err)
{
	CLEANUP_FREE char *dir = mem_strdup(x->live.dir);
	struct live_target target = {.evidence_dir = x->workspace.evidence,
				     .workspace = &x->workspace};
	int rc = workspace_open(&x->workspace, STORE_CREATE, &target.store, err);

	if (!rc && x->live.error) {
		errno = x->live.error;
		rc = err_errno(err, "not all could be recorded");
	}
	if (!rc) {
		rc = live_take(dir, &target, a, id, notes, err);
		live_end(&x->live, false);
	}
	if (target.store)
		store_close(target.store);
	return rc && !id->n ? err_append(err, rc, "; what was seen lies in %s", dir) : rc;
}

static void add_bytes(struct buf *b, uint64_t n)
{
	if (n < 10 << 20)
		buf_printf(b, "%.1f MB", (double)n / 1e6);
	else
		buf_printf(b, "%.0f MB", (double)n / 1e6);
}

static void add_peak(struct buf *b, const struct exec_result *r)
{
	BUF_LIT(b, ", peak memory ");
	if (!r->peak_rss)
		BUF_LIT(b, "at most ");
	add_bytes(b, r->peak_rss ? r->peak_rss : r->rss_floor);
}

static void add_end(struct buf *b, const struct exec_result *r)
{
	if (r->end == EXEC_EXITED) {
		buf_printf(b, "exit %d", r->code);
	} else {
		buf_printf(b, "%s", end_name(r->end));
		if (r->sig)
			buf_printf(b, " (%s%s)", strsignal(r->sig), r->core ? ", core" : "");
		else
			buf_printf(b, " (exit %d)", r->code);
	}
	if (r->oom_kills)
		BUF_LIT(b, ", out of memory");
}

/* One line: what it was, where it is, what next. */
static void print_text(const struct runner *x, struct str id)
{
	const struct exec_result *r = &x->r;
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "inquest: ");
	if (id.n)
		buf_printf(&b, "run " STR_FMT ": ", STR_ARG(id));
	add_end(&b, r);
	buf_printf(&b, ", %.3f s", (double)r->wall_ns / 1e9);
	add_peak(&b, r);
	if (x->recording && r->output_bytes > x->live.kept && !x->v->no_capture)
		buf_printf(&b, ", %llu of %llu bytes of output kept",
			   (unsigned long long)x->live.kept, (unsigned long long)r->output_bytes);
	if (r->left_behind)
		buf_printf(&b, ", %u process%s left behind ended", r->left_behind,
			   r->left_behind > 1 ? "es" : "");
	if (id.n)
		buf_printf(&b, "; in %s%s%s; next: inquest %s", x->workspace.store,
			   x->noted ? " and " : "", x->noted ? x->noted : "",
			   x->noted ? "status" : "runs");
	BUF_LIT(&b, "\n");
	fwrite(b.p, 1, b.n, stderr);
}

static void print_json(const struct runner *x, struct str id)
{
	const struct exec_result *r = &x->r;
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "{\"schema\":\"inquest.run-result/1\",\"id\":");
	json_add_string(&b, id);
	BUF_LIT(&b, ",\"end\":");
	json_add_string(&b, str_of(end_name(r->end)));
	buf_printf(&b,
		   ",\"exit\":%d,\"signal\":%d,\"core\":%s,\"wall_ns\":%lld,\"user_ns\":%lld,"
		   "\"system_ns\":%lld,\"peak_rss\":%llu,\"rss_floor\":%llu,\"oom_kills\":%llu,"
		   "\"output_bytes\":%llu,\"output_kept\":%llu,\"samples\":%llu,\"left_behind\":%u,"
		   "\"added_ns\":%lld,\"before_ns\":%lld,\"sampler_ns\":%lld,\"store\":",
		   exit_code(r), r->sig, r->core ? "true" : "false", (long long)r->wall_ns,
		   (long long)r->user_ns, (long long)r->system_ns, (unsigned long long)r->peak_rss,
		   (unsigned long long)r->rss_floor, (unsigned long long)r->oom_kills,
		   (unsigned long long)r->output_bytes, (unsigned long long)x->live.kept,
		   (unsigned long long)r->samples, r->left_behind, (long long)r->added_ns,
		   (long long)x->before_ns, (long long)r->sampler_ns);
	json_add_string(&b, str_of(x->workspace.store ? x->workspace.store : ""));
	BUF_LIT(&b, ",\"case\":");
	if (x->noted)
		json_add_string(&b, str_of(x->noted));
	else
		BUF_LIT(&b, "null");
	BUF_LIT(&b, "}\n");
	fwrite(b.p, 1, b.n, stderr);
}

static int finish(struct runner *x)
{
	CLEANUP_BUF struct buf notes = {0};
	struct str id = STR("");
	struct arena a;
	struct err err;
	int rc = 0;

	arena_init(&a);
	if (x->recording) {
		record_result(x);
		rc = store_record(x, &a, &id, &notes, &err);
		if (!rc && x->v->as)
			rc = casefile_note_run(x->v->case_name, strcmp(x->v->as, "good") == 0, id,
					       &x->noted, &err);
	}
	if (x->v->json)
		print_json(x, id);
	else if (!x->v->quiet)
		print_text(x, id);
	if (notes.n && !x->v->quiet) {
		struct str rest = buf_str(&notes), line;

		while (rest.n && str_next(&rest, '\n', &line))
			fprintf(stderr, "inquest: " STR_FMT "\n", STR_ARG(line));
	}
	if (rc)
		fprintf(stderr, "inquest: %s\n", err.msg);
	free(x->noted);
	arena_release(&a);
	return exit_code(&x->r);
}

/* As a shell does: 127 if there is no such command, 126 if it cannot be run. */
static int not_started(struct runner *x, int rc, const struct err *err)
{
	fprintf(stderr, "inquest: %s\n", err->msg);
	if (x->recording)
		live_end(&x->live, true);
	return rc == -ERR_NOTFOUND ? 127 : 126;
}

static int run_command(struct runner *x, int64_t time_limit)
{
	struct exec_opts o = {
		.argv = x->argv,
		.envp = environ,
		.stdin_fd = STDIN_FILENO,
		.pass_output = x->v->no_capture,
		.same_group = in_foreground(),
		.nofile = x->cli->nofile,
		.output_max = UINT64_MAX,
		.time_limit_ns = time_limit,
		.memory_limit = x->v->memory_limit,
		.sample_ns = x->recording ? SAMPLE_NS : 0,
		.on_output = on_output,
		.on_sample = x->recording ? on_sample : NULL,
		.arg = x,
		.stop = &stop_signal,
	};
	struct err err;
	int rc;

	terminal_group = o.same_group;
	catch_signals();
	rc = exec_run(&o, &x->r, &err);
	return rc ? not_started(x, rc, &err) : finish(x);
}

static int check(const struct values *v, const struct option_list *rest, int64_t *time_limit,
		 struct err *err)
{
	int rc = 0;

	if (!rest->n)
		return err_set(err, ERR_USAGE, "name a command after --");
	if (v->time_limit)
		rc = parse_time(v->time_limit, time_limit, err);
	for (size_t i = 0; !rc && i < v->set.n; i++) {
		const char *eq = strchr(v->set.items[i], '=');

		if (!eq || eq == v->set.items[i])
			rc = err_set(err, ERR_USAGE, "--set takes VAR=VALUE, not '%s'",
				     v->set.items[i]);
	}
	for (size_t i = 0; !rc && i < v->pattern.n; i++) {
		struct import im;

		/* Before the command runs, not after it: is it one, has it names? */
		import_init(&im);
		rc = import_pattern(&im, str_of(v->pattern.items[i]), STR(""), err);
		if (rc)
			rc = err_prepend(err, rc, "--pattern: ");
		import_release(&im);
	}
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct runner x = {.v = &v, .cli = cli};
	int64_t time_limit = 0;
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status;

	if (!rc)
		rc = check(&v, &rest, &time_limit, &err);
	array_push(rest.items, rest.n, rest.cap) = NULL;
	x.argv = (char **)(uintptr_t)rest.items;
	if (!rc && !v.no_record)
		rc = begin_recording(&x, &err);
	if (!rc) {
		status = run_command(&x, time_limit);
	} else {
		status = command_status(&cmd_run, rc, &err);
		if (x.recording)
			live_end(&x.live, true);
	}
	if (x.live.dir)
		live_end(&x.live, false);
	workspace_release(&x.workspace);
	free(x.cache);
	options_list_release(&v.set);
	options_list_release(&v.config);
	options_list_release(&v.input);
	options_list_release(&v.pattern);
	options_list_release(&rest);
	return status;
}

const struct command cmd_run = {
	.name = "run",
	.stage = "observe",
	.front = true,
	.summary = "run a command and record all that may matter about it",
	.usage = "[OPTIONS] -- COMMAND [ARGUMENT...]",
	.details =
		"The command's output and exit status are passed through (128 + n for signal n, "
		"127 "
		"if\n"
		"there is no such command). Recorded are: how it ended, times, memory, the "
		"resources\n"
		"of its process tree along the run, its output, its arguments, the environment "
		"(kernel,\n"
		"processor, limits, packages, libraries, compilers, some variables), the state of "
		"git,\n"
		"files that are named, and the metrics and test results that its output holds. "
		"What "
		"it\n"
		"leaves running is ended. Until the end all lies in .inquest/live, so that a run "
		"that is\n"
		"killed is recorded too, by the next run.",
	.examples =
		"a run that shows how it should be\tinquest run --as good -- ./train.py --lr 0.1\n"
		"with a limit, and a metric of its output\tinquest run --as bad --time-limit 5m "
		"--pattern 'loss=(?<loss>[0-9.]+)' -- ./train.py\n"
		"what it was given\tinquest run --config app.yaml --input data.csv --set "
		"branch=main -- make test",
	.options = options,
	.run = run,
};
