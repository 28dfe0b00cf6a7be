// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inquest run: a command, its output passed on as it comes, and what was seen of it recorded.
 * Before the command begins, all that is known then goes to the run's journal (live.h); while it
 * runs, its output and samples; at its end how it ended. The record is made from the journal.
 */
#include <errno.h>
#include <fcntl.h>
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
#include "cli/run.h"
#include "exec/environment.h"
#include "import/import.h"
#include "text/secret.h"
#include "vcs/vcs.h"

#define MSEC       INT64_C(1000000)
#define SEC        (1000 * MSEC)
#define SAMPLE_NS  (100 * MSEC)
#define MAX_CONFIG ((size_t)64 << 20)

static const struct option options[] = {
	{OPTION_CHOICE, 0, "as", "good|bad", "which kind of run this is",
	 offsetof(struct run_values, as)},
	{OPTION_STRING, 0, "name", "NAME", "a name for the run", offsetof(struct run_values, name)},
	{OPTION_LIST, 0, "set", "VAR=VALUE", "record a variable (may be repeated)",
	 offsetof(struct run_values, set)},
	{OPTION_LIST, 0, "config", "FILE", "record the keys of a JSON, YAML, TOML or INI file",
	 offsetof(struct run_values, config)},
	{OPTION_LIST, 0, "input", "FILE", "record the hash of a file that is read",
	 offsetof(struct run_values, input)},
	{OPTION_LIST, 0, "pattern", "REGEX",
	 "record named groups in the output, such as 'loss=(?<loss>[0-9.]+)'",
	 offsetof(struct run_values, pattern)},
	{OPTION_HEAD, 0, NULL, NULL, "Limits:", 0},
	{OPTION_STRING, 0, "time-limit", "TIME", "end it after 90s, 5m, 1h30m",
	 offsetof(struct run_values, time_limit)},
	{OPTION_NUMBER, 0, "memory-limit", "BYTES",
	 "end it when its processes together take more (4G)",
	 offsetof(struct run_values, memory_limit)},
	{OPTION_STRING, 0, "hang-after", "TIME",
	 "when it has printed nothing for that long, show what every thread of it is doing,\n"
	 "and whether it is hung; it runs on",
	 offsetof(struct run_values, hang_after)},
	{OPTION_STRING, 0, "hold-on", "WHEN",
	 "stop it and all its processes, to look at it: 'signal', before one ends a process of\n"
	 "it; 'exit', before it exits; else a REGEX, at the first line of output that matches.\n"
	 "ENTER or the signal CONT to inquest lets it go on",
	 offsetof(struct run_values, hold_on)},
	{OPTION_HEAD, 0, NULL, NULL, "Recording:", 0},
	{OPTION_FLAG, 0, "no-record", NULL, "run it within the limits, record nothing",
	 offsetof(struct run_values, no_record)},
	{OPTION_FLAG, 0, "no-capture", NULL,
	 "it writes to the terminal itself; its output is not recorded",
	 offsetof(struct run_values, no_capture)},
	{OPTION_STRING, 0, "store", "WHERE",
	 "file or postgresql://... (default: .inquest/store.db)",
	 offsetof(struct run_values, store)},
	CASEFILE_OPTION(struct run_values, case_name),
	{OPTION_FLAG, 'q', "quiet", NULL, "no line about the run at its end",
	 offsetof(struct run_values, quiet)},
	{OPTION_FLAG, 0, "json", NULL, "that line as JSON (on stderr too: stdout is the command's)",
	 offsetof(struct run_values, json)},
	{OPTION_FLAG, 'h', "help", NULL, "this text", offsetof(struct run_values, help)},
	{.kind = OPTION_END},
};

/* ---- signals: what is meant for the command reaches it ---- */

static volatile int any_signal;     /* that we got */
static volatile int stop_signal;    /* that is to end the command */
static volatile int terminal_group; /* the terminal's ^C goes to the command as well as to us */

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	any_signal = sig;
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
	run_watch_output(&x->watch, s, bytes);
	pass_on(x, s == EXEC_STDOUT ? STDOUT_FILENO : STDERR_FILENO, bytes);
	run_hold_output(&x->hold, s, bytes);
}

static void on_sample(void *arg, const struct exec_sample *s)
{
	struct runner *x = arg;

	if (x->recording)
		live_sample(&x->live, s);
	run_watch_sample(&x->watch, s);
}

static void on_start(void *arg, int pid)
{
	struct runner *x = arg;

	x->watch.pid = pid;
}

static void on_held(void *arg, const struct exec_held *held)
{
	struct runner *x = arg;

	run_hold_held(&x->hold, held);
}

static void on_time_up(void *arg, int pid)
{
	struct runner *x = arg;

	run_watch_snapshot(&x->watch, pid, "where it stood when its time was up");
}

/* ---- before ---- */

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * SEC + t.tv_nsec;
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
	const struct run_values *v = x->v;
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

static void record_result(struct runner *x)
{
	const struct exec_result *r = &x->r;
	const struct {
		const char *name;
		struct value value;
		const char *unit;
		enum better better;
	} facts[] = {
		{"run.exit", value_int(run_exit_code(r)), "", BETTER_UNKNOWN},
		{"run.end", value_text(str_of(run_end_name(r->end))), "", BETTER_UNKNOWN},
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
	if (r->held_ns)
		live_value(&x->live, "run.held", value_real((double)r->held_ns / 1e9), "s");
	if (r->sig)
		live_value(&x->live, "run.signal", value_int(r->sig), "");
	if (r->peak_rss)
		live_variable(&x->live, &(struct variable){.name = STR("rss.peak"),
							   .value = value_int((int64_t)r->peak_rss),
							   .unit = STR("bytes"),
							   .better = BETTER_LOWER});
	run_watch_record(&x->watch, &x->death, &x->live);
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

static int finish(struct runner *x)
{
	CLEANUP_BUF struct buf notes = {0}, command = {0};
	struct str id = STR("");
	struct arena a;
	struct err err;
	int rc = 0;

	arena_init(&a);
	command_line(&command, x->argv);
	x->watch.remains.facts.command = buf_str(&command);
	run_watch_end(&x->watch, &x->r, &x->death);
	if (x->recording) {
		record_result(x);
		rc = store_record(x, &a, &id, &notes, &err);
		if (!rc && x->v->as)
			rc = casefile_note_run(x->v->case_name, strcmp(x->v->as, "good") == 0, id,
					       &x->noted, &err);
	}
	if (x->v->json || !x->v->quiet || rc)
		run_watch_newline(&x->watch);
	if (x->v->json)
		run_print_json(x, id);
	else if (!x->v->quiet)
		run_print_text(x, id);
	if (notes.n && !x->v->quiet) {
		struct str rest = buf_str(&notes), line;

		while (rest.n && str_next(&rest, '\n', &line))
			fprintf(stderr, "inquest: " STR_FMT "\n", STR_ARG(line));
	}
	if (rc)
		fprintf(stderr, "inquest: %s\n", err.msg);
	free(x->noted);
	arena_release(&a);
	return run_exit_code(&x->r);
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
		.sample_ns = SAMPLE_NS,
		.on_output = on_output,
		.on_sample = on_sample,
		.on_time_up = on_time_up,
		.on_start = on_start,
		.hold_on = x->hold.on == EXEC_HOLD_OUTPUT ? EXEC_HOLD_NONE : x->hold.on,
		.hold = &x->hold.now,
		.on_held = on_held,
		.arg = x,
		.stop = &stop_signal,
	};
	struct err err;
	int rc;

	terminal_group = o.same_group;
	catch_signals();
	run_watch_begin(&x->watch);
	rc = exec_run(&o, &x->r, &err);
	return rc ? not_started(x, rc, &err) : finish(x);
}

static int check(const struct run_values *v, const struct option_list *rest, enum exec_hold on,
		 int64_t *time_limit, int64_t *hang, struct err *err)
{
	int rc = 0;

	if (!rest->n)
		return err_set(err, ERR_USAGE, "name a command after --");
	if (v->time_limit)
		rc = options_time("time-limit", v->time_limit, time_limit, err);
	if (!rc && v->no_capture && (v->hang_after || on == EXEC_HOLD_OUTPUT))
		rc = err_set(err, ERR_USAGE,
			     "--%s looks at the output, which --no-capture does not see",
			     v->hang_after ? "hang-after" : "hold-on");
	if (!rc && v->hang_after)
		rc = options_time("hang-after", v->hang_after, hang, err);
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
	struct run_values v = {0};
	struct option_list rest = {0};
	struct runner x = {.v = &v, .cli = cli};
	int64_t time_limit = 0, hang = 0;
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status;

	if (!rc)
		rc = run_hold_init(&x.hold, v.hold_on, &any_signal, &x.watch, &err);
	if (!rc)
		rc = check(&v, &rest, x.hold.on, &time_limit, &hang, &err);
	run_watch_init(&x.watch, cli->tmpdir);
	x.watch.hang_ns = hang;
	x.watch.limit = v.memory_limit;
	for (size_t i = 0; !rc && i < v.pattern.n; i++)
		run_growth_pattern(&x.watch.growth, v.pattern.items[i]);
	x.watch.talk = !v.quiet && !v.json;
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
	run_watch_release(&x.watch);
	run_hold_release(&x.hold);
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
		"stop it before it crashes, to attach a debugger\tinquest run --hold-on signal -- "
		"./server\n"
		"with a limit, and a metric of its output\tinquest run --as bad --time-limit 5m "
		"--pattern 'loss=(?<loss>[0-9.]+)' -- ./train.py\n"
		"what it was given\tinquest run --config app.yaml --input data.csv --set "
		"branch=main -- make test",
	.options = options,
	.run = run,
};
