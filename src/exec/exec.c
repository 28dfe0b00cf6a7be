// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Running one command: see exec.h. The supervisor (supervise.h) starts, ends and reaps; this side
 * takes the output, the samples, and decides when the command is to be ended, all in one ppoll()
 * loop in the caller's thread.
 *
 * Samples: one every sample_ns, but after one that took t of CPU time none for 300 t, so that
 * however large the tree is, sampling takes at most 0.33 % of one processor. At the beginning they
 * are closer: twice as far apart each time, up to sample_ns.
 */
#include "exec/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "exec/cgroup.h"
#include "exec/groupstat.h"
#include "exec/hold.h"
#include "exec/program.h"
#include "exec/supervise.h"

#define MSEC         INT64_C(1000000)
#define CHUNK        ((size_t)128 << 10)
#define PIPE_SIZE    (1 << 20) /* a command that writes in bursts need not wait for us */
#define STOP_NS      (100 * MSEC)
#define SAMPLE_SHARE 300
#define TOLD_MOST    (MSEC / 2) /* CPU time of a callback that counts as a cost of sampling */
#define PSS_MOST     ((uint64_t)512 << 20)
#define PSS_SHARE    4000          /* after t of CPU time for it none for 4000 t */
#define PSS_PROCESS  40000         /* ns */
#define PSS_MB       10000         /* ns */
#define FIRST_NS     (5 * MSEC)    /* between the first samples, which then become rarer */
#define BACKUP_NS    (5000 * MSEC) /* the supervisor ends it then, should we not */

struct source {
	enum exec_stream stream;
	int read_fd, write_fd; /* -1: none */
};

struct running {
	const struct exec_opts *o;
	struct supervise *s;
	struct exec_result *r;
	struct source out, err;
	int event_fd;
	bool started, ended; /* on_start() was called; the command itself has ended */
	enum exec_end why;   /* what we ended it for; EXEC_EXITED: nothing */
	int64_t next_sample; /* by CLOCK_MONOTONIC; 0: none */
	int64_t time_up;     /* the same; 0: none, or the supervisor sees to it */
	uint64_t taken, cpu_ns, minor_faults, major_faults;
	char *chunk;
	struct tree tree;
	struct hold hold;
	struct groupstat group;
	int64_t next_pss; /* by CLOCK_MONOTONIC */
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000 * MSEC + t.tv_nsec;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int open_source(struct source *s, struct err *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return err_errno(err, "cannot make a pipe");
	s->read_fd = fds[0];
	s->write_fd = fds[1];
	fcntl(s->read_fd, F_SETFL, O_NONBLOCK);
	fcntl(s->read_fd, F_SETPIPE_SZ, PIPE_SIZE);
	return 0;
}

/* Read what is there, at most limit bytes; false at the end of the stream. */
static bool take(struct running *x, struct source *s, size_t limit)
{
	const struct exec_opts *o = x->o;
	ssize_t n = read(s->read_fd, x->chunk, limit < CHUNK ? limit : CHUNK);
	uint64_t room = o->output_max - x->taken;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0) {
		close_fd(&s->read_fd);
		return false;
	}
	x->r->output_bytes += (uint64_t)n;
	if ((uint64_t)n < room)
		room = (uint64_t)n;
	if (room && o->on_output)
		o->on_output(o->arg, s->stream, now_ns(CLOCK_MONOTONIC) - x->s->start_ns,
			     (struct str){x->chunk, room});
	x->taken += room;
	return true;
}

/* What the command left in a pipe: that much at most, since somebody may still write. */
static void drain(struct running *x, struct source *s)
{
	struct pollfd p = {.fd = s->read_fd, .events = POLLIN};
	size_t left = PIPE_SIZE;

	while (s->read_fd >= 0 && left && poll(&p, 1, 0) > 0) {
		uint64_t before = x->r->output_bytes;

		if (!take(x, s, left))
			break;
		left -= x->r->output_bytes - before;
	}
}

static void end_command(struct running *x, enum exec_end why, int sig)
{
	if (x->why != EXEC_EXITED || atomic_load(&x->s->state) >= SUPERVISE_DONE)
		return;
	x->why = why;
	hold_end(&x->hold);
	supervise_end(x->s, sig);
}

/* What was counted of a process that nobody waited for is gone with it. */
static void keep_rising(uint64_t *now, uint64_t *before)
{
	if (*now < *before)
		*now = *before;
	*before = *now;
}

/* Shared memory matters where there are several processes. Of large ones it is not looked at. */
static void sample_pss(struct running *x, struct exec_sample *s, int64_t at, int64_t *spent)
{
	int64_t begin = now_ns(CLOCK_THREAD_CPUTIME_ID);

	s->pss = EXEC_UNKNOWN;
	/* About that long it takes (bench/exec.c): not before that has its share of the run. */
	*spent = s->processes * PSS_PROCESS + (int64_t)(s->rss >> 20) * PSS_MB;
	if (s->processes < 2 || s->rss > PSS_MOST || at < x->next_pss ||
	    s->at_ns < *spent * PSS_SHARE) {
		*spent = 0;
		return;
	}
	s->pss = tree_pss(&x->tree);
	*spent = now_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
	x->next_pss = at + *spent * PSS_SHARE;
}

static void sample(struct running *x)
{
	const struct exec_opts *o = x->o;
	int64_t begin = now_ns(CLOCK_THREAD_CPUTIME_ID), at = now_ns(CLOCK_MONOTONIC), rest, told,
		spent;
	struct exec_sample s = {.at_ns = at - x->s->start_ns};

	tree_walk(&x->tree, x->s->self);
	tree_sample(&x->tree, &s);
	s.pids = x->tree.pids;
	s.npids = x->tree.n;
	if (s.processes) {
		x->r->samples++;
		keep_rising(&s.cpu_ns, &x->cpu_ns);
		keep_rising(&s.minor_faults, &x->minor_faults);
		keep_rising(&s.major_faults, &x->major_faults);
		if (o->sample_ns)
			groupstat_sample(&x->group, x->s->pid, at, &s);
		sample_pss(x, &s, at, &spent);
		begin += spent; /* has a share of its own */
		if (s.rss > x->r->peak_rss)
			x->r->peak_rss = s.rss;
		told = now_ns(CLOCK_THREAD_CPUTIME_ID);
		if (o->on_sample)
			o->on_sample(o->arg, &s);
		/* Who does more with it than to write it down does that seldom: no cost of samples.
		 */
		told = now_ns(CLOCK_THREAD_CPUTIME_ID) - told;
		if (told > TOLD_MOST)
			begin += told - TOLD_MOST;
		if (o->memory_limit && s.rss > o->memory_limit)
			end_command(x, EXEC_MEMORY, SIGTERM);
	}
	rest = (now_ns(CLOCK_THREAD_CPUTIME_ID) - begin) * SAMPLE_SHARE;
	x->next_sample = at + (rest > o->sample_ns ? rest : o->sample_ns);
	if (!o->sample_ns && rest < 100 * MSEC)
		x->next_sample = at + 100 * MSEC;
	if (s.at_ns < o->sample_ns && rest < s.at_ns + FIRST_NS)
		x->next_sample = at + s.at_ns + FIRST_NS; /* a short run is worth some too */
}

/* Not getrusage(): that has the peak of whoever started us. */
static uint64_t own_peak_rss(void)
{
	CLEANUP_FREE char *data = NULL;
	struct str rest, line, word = STR("VmHWM:"), kb;
	struct err err;
	uint64_t v;
	size_t n;

	if (file_read_small("/proc/self/status", 65536, &data, &n, &err))
		return 0;
	rest = (struct str){data, n};
	while (str_next(&rest, '\n', &line)) {
		if (!str_starts(line, word))
			continue;
		kb = str_trim(str_from(line, word.n));
		return str_u64(str_head(kb, str_find_char(kb, ' ')), &v) ? v * 1024 : 0;
	}
	return 0;
}

/* The supervisor tells of a new state; false when it has nothing more to do. */
static bool next_state(struct running *x)
{
	const struct exec_opts *o = x->o;
	uint64_t events;
	int state;

	if (read(x->event_fd, &events, sizeof(events)) < 0)
		return true;
	state = atomic_load(&x->s->state); /* after the events: what comes now is told again */
	if (state == SUPERVISE_WAITING && !x->hold.begun && !x->hold.error)
		hold_begin(&x->hold);
	if (state >= SUPERVISE_RUNNING && !x->started) {
		x->started = true;
		x->r->rss_floor = own_peak_rss();
		close_fd(&x->out.write_fd);
		close_fd(&x->err.write_fd);
		if (o->sample_ns || o->memory_limit)
			x->next_sample = now_ns(CLOCK_MONOTONIC) + MSEC;
		if (o->sample_ns)
			groupstat_init(&x->group, x->s->pid, now_ns(CLOCK_MONOTONIC));
		if (o->on_time_up && o->time_limit_ns)
			x->time_up = x->s->start_ns + o->time_limit_ns;
		if (o->on_start)
			o->on_start(o->arg, x->s->pid);
	}
	if (state >= SUPERVISE_ENDED) {
		x->ended = true;
		x->next_sample = x->time_up = 0;
	}
	return state != SUPERVISE_FAILED && state < SUPERVISE_DONE;
}

static bool nap(const struct running *x, struct timespec *t)
{
	int64_t now = now_ns(CLOCK_MONOTONIC),
		left = x->next_sample ? x->next_sample - now : INT64_MAX;

	if (x->time_up && left > x->time_up - now)
		left = x->time_up - now;
	if (x->o->stop && left > STOP_NS)
		left = STOP_NS;
	if (left == INT64_MAX)
		return false;
	if (left < 0)
		left = 0;
	*t = (struct timespec){left / (1000 * MSEC), left % (1000 * MSEC)};
	return true;
}

/* Before we look at the tree the tracer must be gone: there can be but one. */
static void time_is_up(struct running *x)
{
	x->time_up = 0;
	hold_end(&x->hold);
	x->o->on_time_up(x->o->arg, x->s->pid);
	end_command(x, EXEC_TIMEOUT, SIGTERM);
}

/* on_held(), for as long as it takes: time does not count. */
static void while_held(struct running *x, const struct exec_held *h)
{
	int64_t begin = now_ns(CLOCK_MONOTONIC), held;

	atomic_store(&x->s->held, true);
	if (x->o->on_held)
		x->o->on_held(x->o->arg, h);
	held = now_ns(CLOCK_MONOTONIC) - begin;
	atomic_fetch_add(&x->s->held_ns, held);
	atomic_store(&x->s->held, false);
	x->r->held_ns += held;
	x->time_up += x->time_up ? held : 0;
}

static void hold_at_output(struct running *x)
{
	struct exec_held h = {.why = EXEC_HOLD_OUTPUT, .pid = x->s->pid, .tid = x->s->pid};

	*x->o->hold = false;
	hold_stop(&x->tree, x->s->self);
	while_held(x, &h);
	hold_continue(&x->tree, x->s->self);
}

/* Output first: it was written before. */
static void hold_at_event(struct running *x)
{
	drain(x, &x->out);
	drain(x, &x->err);
	atomic_store(&x->hold.state, HOLD_WATCHING);
	while_held(x, &x->hold.held);
	hold_go(&x->hold);
}

static void attend(struct running *x)
{
	for (bool more = true; more;) {
		struct pollfd p[] = {{.fd = x->event_fd, .events = POLLIN},
				     {.fd = x->out.read_fd, .events = POLLIN},
				     {.fd = x->err.read_fd, .events = POLLIN}};
		struct timespec t;

		if (ppoll(p, ARRAY_SIZE(p), nap(x, &t) ? &t : NULL, NULL) < 0)
			p[0].revents = p[1].revents = p[2].revents = 0;
		if (x->o->stop && *x->o->stop && x->started)
			end_command(x, EXEC_STOPPED, *x->o->stop);
		if (p[1].revents)
			take(x, &x->out, CHUNK);
		if (p[2].revents)
			take(x, &x->err, CHUNK);
		if (p[0].revents)
			more = next_state(x);
		if (x->o->hold && *x->o->hold && x->started && !x->ended)
			hold_at_output(x);
		/* The supervisor may not have got so far as to tell that it runs. */
		if (x->started && atomic_load(&x->hold.state) == HOLD_HELD)
			hold_at_event(x);
		if (x->next_sample && now_ns(CLOCK_MONOTONIC) >= x->next_sample)
			sample(x);
		if (x->time_up && now_ns(CLOCK_MONOTONIC) >= x->time_up)
			time_is_up(x);
	}
	hold_end(&x->hold);
	drain(x, &x->out);
	drain(x, &x->err);
}

/*
 * Who stops us may only follow: systemd ends what is left of a unit when the kernel has killed one
 * of it. What died of another signal than those it got from us had died already.
 */
static bool had_died(const struct running *x, int sig)
{
	return x->why == EXEC_STOPPED && sig != atomic_load(&x->s->order) &&
	       !(sig == SIGKILL && x->s->killed);
}

static void fill_result(const struct running *x)
{
	const struct supervise *s = x->s;
	struct exec_result *r = x->r;

	r->end = x->why;
	if (s->timed_out && r->end == EXEC_EXITED)
		r->end = EXEC_TIMEOUT;
	if (WIFSIGNALED(s->status)) {
		r->sig = WTERMSIG(s->status);
		r->core = WCOREDUMP(s->status);
		if (r->end == EXEC_EXITED || had_died(x, r->sig))
			r->end = EXEC_SIGNALED;
	} else {
		r->code = WEXITSTATUS(s->status);
	}
	r->pid = s->pid;
	memcpy(r->limits, s->limits, sizeof(r->limits));
	r->started_ns = s->real_ns;
	r->wall_ns = s->end_ns - s->start_ns;
	r->added_ns = s->loaded_ns - s->start_ns;
	r->user_ns = s->user_ns;
	r->system_ns = s->system_ns;
	r->max_rss = s->max_rss;
	if (r->max_rss > r->rss_floor && r->max_rss > r->peak_rss)
		r->peak_rss = r->max_rss;
	r->minor_faults = s->minor_faults;
	r->major_faults = s->major_faults;
	r->voluntary = s->voluntary;
	r->involuntary = s->involuntary;
	r->left_behind = s->left_behind;
}

/* What the caller of nohup, or a shell in the background, wants ignored stays so; SIGPIPE, which
 * we may ignore ourselves, does not. */
static void default_signals(sigset_t *set)
{
	static const int kept[] = {SIGHUP, SIGINT, SIGQUIT};
	struct sigaction old;

	sigfillset(set);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (sigaction(kept[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			sigdelset(set, kept[i]);
}

static int set_attr(posix_spawnattr_t *attr, bool same_group)
{
	sigset_t set;
	int rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
							POSIX_SPAWN_SETSIGDEF);

	if (!rc)
		rc = posix_spawnattr_setpgroup(attr, same_group ? getpgrp() : 0);
	default_signals(&set);
	if (!rc)
		rc = posix_spawnattr_setsigdefault(attr, &set);
	sigemptyset(&set);
	return rc ? rc : posix_spawnattr_setsigmask(attr, &set);
}

static int add_files(posix_spawn_file_actions_t *files, const struct running *x)
{
	const struct exec_opts *o = x->o;
	int rc = o->stdin_fd < 0
			 ? posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0)
			 : posix_spawn_file_actions_adddup2(files, o->stdin_fd, 0);

	if (!rc && !o->pass_output)
		rc = posix_spawn_file_actions_adddup2(files, x->out.write_fd, 1);
	if (!rc && !o->pass_output)
		rc = posix_spawn_file_actions_adddup2(files, x->err.write_fd, 2);
	return rc || !o->dir ? rc : posix_spawn_file_actions_addchdir_np(files, o->dir);
}

/* The supervisor in a thread of its own; attend() in this one. */
static int supervise(struct running *x, struct err *err)
{
	pthread_t thread;
	int rc = supervise_new_thread(&thread, supervise_thread, x->s);

	errno = rc;
	if (rc)
		return err_errno(err, "cannot start a thread");
	attend(x);
	pthread_join(thread, NULL);
	supervise_reap(x->s);
	if (x->s->state == SUPERVISE_LOST)
		return err_set(err, ERR_SYSTEM, "%s: its supervisor was killed", x->o->argv[0]);
	return 0;
}

/* argv[0] of the script is its path. */
static char **script_argv(const char *path, char *const *argv)
{
	size_t n = 0;
	char **v;

	while (argv[n])
		n++;
	v = mem_alloc((n + 2) * sizeof(*v));
	v[0] = (char *)(uintptr_t) "/bin/sh";
	v[1] = (char *)(uintptr_t)path;
	memcpy(v + 2, argv + 1, n * sizeof(*v));
	return v;
}

static int not_started(const char *name, int error, struct err *err)
{
	errno = error;
	if (error != ENOENT)
		return err_errno(err, "cannot run %s", name);
	err_set(err, ERR_NOTFOUND, "there is no command '%s'", name);
	errno = error; /* formatting may have set it */
	return -ERR_NOTFOUND;
}

static int not_traced(const char *name, int error, struct err *err)
{
	err_set(err, ERR_SYSTEM,
		"%s may not be traced, which holding it at a signal or exit takes: %s (see "
		"/proc/sys/kernel/yama/ptrace_scope; in a container CAP_SYS_PTRACE helps)",
		name, strerror(error));
	errno = error;
	return -ERR_SYSTEM;
}

static int spawn_and_attend(struct running *x, const char *path, struct err *err)
{
	const struct exec_opts *o = x->o;
	CLEANUP_FREE char **script = script_argv(path, o->argv);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int rc;

	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_init(&files);
	x->s->path = path;
	x->s->argv = o->argv;
	x->s->envp = o->envp;
	x->s->script_argv = script;
	x->s->attr = &attr;
	x->s->files = &files;
	x->s->nofile = o->nofile;
	x->s->time_limit_ns = o->time_limit_ns;
	if (o->time_limit_ns && o->on_time_up)
		x->s->time_limit_ns += BACKUP_NS;
	x->s->grace_ns = o->grace_ns;
	x->s->event_fd = x->event_fd;
	x->s->traced = o->hold_on != EXEC_HOLD_NONE;
	x->group = (struct groupstat){{-1, -1, -1}, .memory = -1, .swap = -1};
	x->hold = (struct hold){.on = o->hold_on, .s = x->s, .event_fd = x->event_fd, .go_fd = -1};
	errno = set_attr(&attr, o->same_group);
	if (!errno)
		errno = add_files(&files, x);
	rc = errno ? err_errno(err, "cannot run %s", o->argv[0]) : supervise(x, err);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	groupstat_release(&x->group);
	if (!rc && x->hold.error)
		rc = not_traced(o->argv[0], x->hold.error, err);
	else if (!rc && x->s->state == SUPERVISE_FAILED)
		rc = not_started(o->argv[0], x->s->error, err);
	return rc;
}

static int open_all(struct running *x, struct err *err)
{
	int rc = 0;

	x->s = supervise_new();
	x->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!x->s || x->event_fd < 0)
		return err_errno(err, "cannot run %s", x->o->argv[0]);
	if (!x->o->pass_output) {
		rc = open_source(&x->out, err);
		if (!rc)
			rc = open_source(&x->err, err);
	}
	return rc;
}

int exec_run(const struct exec_opts *o, struct exec_result *r, struct err *err)
{
	struct exec_result result = {0};
	struct running *x = mem_zalloc(sizeof(*x));
	CLEANUP_BUF struct buf path = {0};
	CLEANUP_FREE char *chunk = o->pass_output ? NULL : mem_alloc(CHUNK);
	int64_t cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
	uint64_t oom = cgroup_oom_kills();
	int rc = program_find(&path, o->argv[0], o->envp, o->dir);

	x->o = o;
	x->r = &result;
	x->chunk = chunk;
	x->event_fd = -1;
	x->out = (struct source){EXEC_STDOUT, -1, -1};
	x->err = (struct source){EXEC_STDERR, -1, -1};
	rc = rc ? not_started(o->argv[0], rc, err) : open_all(x, err);
	if (!rc)
		rc = spawn_and_attend(x, buf_cstr(&path), err);
	if (!rc) {
		fill_result(x);
		result.oom_kills = cgroup_oom_kills() - oom;
		result.sampler_ns = now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu + x->s->cpu_ns;
		*r = result;
	}
	cpu = errno; /* is told to the caller */
	close_fd(&x->out.read_fd);
	close_fd(&x->out.write_fd);
	close_fd(&x->err.read_fd);
	close_fd(&x->err.write_fd);
	close_fd(&x->event_fd);
	supervise_free(x->s);
	free(x);
	errno = (int)cpu;
	return rc;
}

struct collect {
	struct buf *out;
	size_t max;
};

static void collect(void *arg, enum exec_stream s, int64_t at_ns, struct str bytes)
{
	struct collect *c = arg;

	(void)at_ns;
	if (s == EXEC_STDOUT && c->out->n <= c->max)
		buf_add_str(c->out, bytes);
}

int exec_output(char *const *argv, char *const *envp, const char *dir, int64_t time_limit_ns,
		size_t max, struct buf *out, struct exec_result *r, struct err *err)
{
	struct collect c = {out, max};
	struct exec_opts o = {.argv = argv,
			      .envp = envp,
			      .dir = dir,
			      .stdin_fd = -1,
			      .output_max = UINT64_MAX,
			      .time_limit_ns = time_limit_ns,
			      .on_output = collect,
			      .arg = &c};
	int rc;

	buf_clear(out);
	rc = exec_run(&o, r, err);
	if (!rc && out->n > max)
		rc = err_set(err, ERR_LIMIT, "%s: writes more than %zu bytes", argv[0], max);
	return rc;
}
