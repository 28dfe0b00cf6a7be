// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a run is watched for: see run-watch.h. The kernel's log is read from where it ended when the
 * command began (/dev/kmsg). Its process ids are those of the first pid namespace: elsewhere which
 * process a line means cannot be told, and a verdict is then likely at most.
 */
#include "cli/run-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "config.h"
#include "state/lastwords.h"
#if HAVE_STACKS
#include "cli/core-written.h"
#include "report/stacks.h"
#include "state/hang.h"
#include "state/look.h"
#endif

#define TAIL                ((size_t)128 << 10)
#define FRESH               4096
#define RECORD              8192 /* of /dev/kmsg */
#define KERNEL_MAX          ((size_t)4 << 20)
#define PIDS_MAX            16384
#define PIDS                ((size_t)1 << 22) /* the kernel's PID_MAX_LIMIT */
#define SEC                 INT64_C(1000000000)
#define COARSE              (SEC / 50)  /* times of files lag behind the clock by a tick */
#define SECOND_LOOK         (2 * SEC)   /* between the two snapshots of a hang */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCu /* linux/proc_ns.h: PROC_PID_INIT_INO */

static int64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * SEC + t.tv_nsec;
}

void run_watch_init(struct run_watch *w, const char *tmpdir)
{
	*w = (struct run_watch){.kmsg = -1, .talk = true, .psi_of_group = -1};
	w->seen = mem_zalloc(PIDS / 8);
	run_growth_init(&w->growth);
	remains_init(&w->remains);
	w->remains.tmpdir = tmpdir;
}

static void drop_look(struct run_watch *w)
{
#if HAVE_STACKS
	if (w->look)
		look_release(w->look);
#endif
	free(w->look);
	w->look = NULL;
}

void run_watch_release(struct run_watch *w)
{
	drop_look(w);
	free(w->seen);
	run_growth_release(&w->growth);
	if (w->kmsg >= 0)
		close(w->kmsg);
	buf_release(&w->out.text);
	buf_release(&w->err.text);
	buf_release(&w->kernel);
	buf_release(&w->group);
	buf_release(&w->stacks);
	remains_release(&w->remains);
}

void run_watch_begin(struct run_watch *w)
{
	w->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (w->kmsg >= 0 && lseek(w->kmsg, 0, SEEK_END) < 0) {
		close(w->kmsg);
		w->kmsg = -1;
	}
	w->started_ns = now_ns(CLOCK_REALTIME) - COARSE;
	w->silent_since = now_ns(CLOCK_MONOTONIC);
	if (cgroup_memory_of(0, &w->group))
		cgroup_memory_read(buf_cstr(&w->group), &w->before);
}

/* ---- output ---- */

/* Keep at least the last half of what fits, from a line's beginning on. */
static void shorten(struct run_tail *t)
{
	size_t from = t->text.n - TAIL / 2;
	size_t line = from + str_find_char(str_from(buf_str(&t->text), from), '\n') + 1;

	if (line > t->text.n) {
		line = from;
		t->cut = true;
	}
	t->dropped += str_count_char(str_head(buf_str(&t->text), line), '\n');
	memmove(t->text.p, t->text.p + line, t->text.n - line);
	t->text.n -= line;
}

void run_watch_output(struct run_watch *w, enum exec_stream s, struct str bytes)
{
	struct run_tail *t = s == EXEC_STDERR ? &w->err : &w->out;

	w->silent_since = now_ns(CLOCK_MONOTONIC);
	w->looked = false;
	w->first_look = 0;
	t->fresh += bytes.n;
	while (bytes.n) {
		struct str piece = str_head(bytes, TAIL / 2);

		buf_add_str(&t->text, piece);
		if (t->text.n > TAIL)
			shorten(t);
		bytes = str_from(bytes, piece.n);
	}
}

void run_watch_newline(const struct run_watch *w)
{
	const struct str out = buf_str(&w->out.text), err = buf_str(&w->err.text);

	if ((err.n && !str_ends(err, STR("\n"))) ||
	    (out.n && !str_ends(out, STR("\n")) && isatty(STDOUT_FILENO)))
		fputc('\n', stderr);
}

void run_watch_resumed(struct run_watch *w)
{
	w->silent_since = now_ns(CLOCK_MONOTONIC);
}

/* ---- stacks ---- */

#if HAVE_STACKS
static struct look *take(struct run_watch *w, const int *pids, size_t n)
{
	struct look_opts o = {.unwind = {.lines = UNWIND_LINES_OWN}};
	struct look *l = mem_zalloc(sizeof(*l));
	struct err err;
	int rc = n ? look_take(l, pids, n, &o, &err) : -ERR_NOTFOUND;

	if (!rc)
		return l;
	/* That it has just ended is no news. */
	if (rc != -ERR_NOTFOUND && w->talk && !w->refused)
		fprintf(stderr, "inquest: no stacks: %s\n", err.msg);
	w->refused = w->refused || rc != -ERR_NOTFOUND;
	free(l);
	return NULL;
}

static void show(struct run_watch *w, const char *why, const struct look *l)
{
	struct stacks_look how = {.width = 100};
	size_t from = w->stacks.n;

	buf_printf(&w->stacks, "%s\n", why);
	stacks_text(&l->stacks, &how, &w->stacks);
	if (w->talk)
		run_watch_newline(w);
	if (w->talk)
		fprintf(stderr, "inquest: " STR_FMT, STR_ARG(str_from(buf_str(&w->stacks), from)));
}

void run_watch_snapshot(struct run_watch *w, int pid, const char *why)
{
	int *pids = NULL;
	size_t n = look_tree(pid, &pids);
	struct look *l = take(w, pids, n);

	if (l) {
		show(w, why, l);
		look_release(l);
	}
	free(l);
	free(pids);
}

/* Two snapshots, so that it can be told what moves. */
static void look_at_silence(struct run_watch *w, const struct exec_sample *s)
{
	int64_t now = now_ns(CLOCK_MONOTONIC);
	struct hang_verdict v;
	struct look *second;

	if (!w->hang_ns || w->looked || now - w->silent_since < w->hang_ns)
		return;
	if (!w->first_look) {
		drop_look(w);
		w->look = take(w, s->pids, s->npids);
		w->first_look = now;
		return;
	}
	if (now - w->first_look < SECOND_LOOK)
		return;
	w->looked = true;
	second = take(w, s->pids, s->npids);
	if (second && w->look) {
		const struct stacks *both[] = {&w->look->stacks, &second->stacks};
		char why[600];

		hang_judge(both, 2, NULL, &second->arena, &v);
		snprintf(why, sizeof(why), "no output for %lld s: %.*s",
			 (long long)((now - w->silent_since) / SEC), (int)v.sentence.n,
			 v.sentence.p);
		show(w, why, second);
	}
	if (second)
		look_release(second);
	free(second);
	drop_look(w);
}
bool run_watch_held(struct run_watch *w, const struct exec_held *held, struct buf *b)
{
	struct look_opts o = {.snapshot = {.way = SNAPSHOT_STOP},
			      .unwind = {.lines = UNWIND_LINES_OWN}};
	struct stacks_look how = {.width = 100};
	const struct stack_thread *t = NULL;
	struct stack_death d;
	struct look l;
	struct err err;
	size_t from = b->n;

	if (look_take(&l, &held->pid, 1, &o, &err)) {
		buf_printf(b, "\ninquest: its stack cannot be had: %s\n", err.msg);
		return false;
	}
	for (size_t i = 0; i < l.stacks.nthreads; i++)
		if (l.stacks.threads[i].tid == held->tid)
			t = &l.stacks.threads[i];
	if (t && l.stacks.nthreads > 1)
		buf_printf(b, ", thread %d", held->tid);
	if (t && held->why == EXEC_HOLD_SIGNAL && look_death(&l, held->tid, &held->info, &d))
		buf_printf(b, ": " STR_FMT,
			   STR_ARG(remains_held(&w->remains, &d, t, held->pid == w->pid)));
	BUF_LIT(b, "\n");
	if (t)
		stacks_frames(t, &how, b);
	buf_add_str(&w->stacks, str_from(buf_str(b), from));
	look_release(&l);
	return t != NULL;
}
#else
bool run_watch_held(struct run_watch *w, const struct exec_held *held, struct buf *b)
{
	(void)w, (void)held;
	BUF_LIT(b, "\n");
	return false;
}

void run_watch_snapshot(struct run_watch *w, int pid, const char *why)
{
	(void)w;
	(void)pid;
	(void)why;
}

static void look_at_silence(struct run_watch *w, const struct exec_sample *s)
{
	(void)w;
	(void)s;
}
#endif

/* ---- samples ---- */

/* The command may be put into another group by itself: counters are then those of there. */
static void follow_group(struct run_watch *w, int pid)
{
	CLEANUP_BUF struct buf dir = {0};

	if (!cgroup_memory_of(pid, &dir) || str_eq(buf_str(&dir), buf_str(&w->group)))
		return;
	buf_clear(&w->group);
	buf_add_str(&w->group, buf_str(&dir));
	cgroup_memory_read(buf_cstr(&w->group), &w->before);
}

uint64_t run_watch_room(const struct run_watch *w)
{
	if (w->limit)
		return w->limit;
	return w->after.limit ? w->after.limit
			      : (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

void run_watch_growth(const struct run_watch *w, struct run_grown *g)
{
	run_growth_find(&w->growth, w->peak_rss, run_watch_room(w), g);
}

/* Whole lines (of progress bars too, which end in CR) that came since the last sample, at most the
 * last FRESH bytes. */
static struct str fresh_lines(struct run_tail *t)
{
	struct str text = buf_str(&t->text);
	size_t end;

	if (t->fresh > FRESH || t->fresh > text.n)
		t->fresh = text.n < FRESH ? text.n : FRESH;
	text = str_from(text, text.n - t->fresh);
	for (end = text.n; end && text.p[end - 1] != '\n' && text.p[end - 1] != '\r'; end--)
		;
	t->fresh = text.n - end;
	return str_head(text, end);
}

static void follow_growth(struct run_watch *w, const struct exec_sample *s)
{
	run_growth_sample(&w->growth, s, fresh_lines(&w->out), fresh_lines(&w->err));
	for (size_t i = 0; i < EXEC_PSI; i++)
		if (isfinite(s->psi[i]))
			w->psi_of_group = s->psi_of_group;
}

void run_watch_sample(struct run_watch *w, const struct exec_sample *s)
{
	for (size_t i = 0; i < s->npids && w->remains.npids < PIDS_MAX; i++) {
		size_t pid = (size_t)s->pids[i];

		if (pid >= PIDS || w->seen[pid / 8] & 1 << pid % 8)
			continue;
		w->seen[pid / 8] |= (unsigned char)(1 << pid % 8);
		remains_pid(&w->remains, s->pids[i]);
	}
	if (s->npids)
		follow_group(w, s->pids[0]);
	follow_growth(w, s);
	look_at_silence(w, s);
}

/* ---- the end ---- */

static bool first_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == FIRST_PID_NAMESPACE;
}

/* The kernel names threads where it tells of faults: one of ours, if the command died of that
 * signal and began before it. Another's of the same moment would be taken for it, unless it has
 * another name. */
static void adopt_thread(const struct run_watch *w, const struct exec_result *r,
			 struct death_clue *c)
{
	struct str name = w->remains.facts.command;

	if (!c->pid || !r->sig || c->sig != r->sig || c->pid <= r->pid || c->sig == SIGKILL)
		return;
	name = str_head(name, str_find_char(name, ' '));
	while (str_find_char(name, '/') < name.n)
		name = str_from(name, str_find_char(name, '/') + 1);
	if (!str_eq(c->name, str_head(name, 15)) && c->sure > DEATH_LIKELY)
		c->sure = DEATH_LIKELY;
	c->pid = r->pid;
}

/* Does the kernel speak of one of ours, as far as can be told? */
static bool concerns(const struct run_watch *w, const struct exec_result *r,
		     const struct death_clue *c)
{
	size_t pid = (size_t)c->pid;

	if (!c->pid || c->pid == r->pid || !r->samples || !first_namespace())
		return true;
	if (pid < PIDS && w->seen[pid / 8] & 1 << pid % 8)
		return true;
	/* Children that were too short-lived to be seen: the counter of its own group tells of
	 * them, or their end was passed on. */
	if (c->cause == DEATH_OOM_GROUP && w->after.oom_kills > w->before.oom_kills)
		return c->pid > r->pid;
	return c->sig && r->code == 128 + c->sig && c->pid > r->pid;
}

/* A record of /dev/kmsg, "6,1234,5678,-;message" and, after blanks, fields: its message. False at
 * the end. */
static bool next_record(int fd, char record[RECORD], struct str *message)
{
	ssize_t n;
	struct str text;

	do
		n = read(fd, record, RECORD);
	while (n < 0 && (errno == EPIPE || errno == EINTR)); /* EPIPE: overwritten meanwhile */
	if (n <= 0)
		return false;
	text = (struct str){record, (size_t)n};
	text = str_from(text, str_find_char(text, ';') + 1);
	*message = str_head(text, str_find_char(text, '\n'));
	return true;
}

static void take_memory(struct death_clues *to, struct death_clues *from)
{
	if (!from->nmemory)
		return;
	to->nmemory = 0;
	for (size_t i = 0; i < from->nmemory; i++)
		array_push(to->memory, to->nmemory, to->capmemory) = from->memory[i];
	to->memory_note = from->memory_note;
}

/* Lines that tell something are kept, unless it turns out that they tell it of another's process.
 */
static void read_kernel(struct run_watch *w, const struct exec_result *r)
{
	CLEANUP_BUF struct buf pending = {0};
	struct death_clues one;
	struct kernlog k;
	char record[RECORD];
	struct str line;
	uint64_t no = 0, lines = 0;

	if (w->kmsg < 0)
		return;
	death_clues_init(&one, &w->remains.arena);
	kernlog_init(&k, &one);
	while (next_record(w->kmsg, record, &line)) {
		if (!kernlog_line(&k, line, STR("kernel"), no + lines + 1))
			continue;
		buf_add_str(&pending, line);
		buf_add_char(&pending, '\n');
		lines++;
		if (!one.n && pending.n < KERNEL_MAX)
			continue; /* a report goes on */
		for (size_t i = 0; i < one.n; i++)
			adopt_thread(w, r, &one.items[i]);
		if (one.n && concerns(w, r, &one.items[0]) && w->kernel.n < KERNEL_MAX) {
			for (size_t i = 0; i < one.n; i++)
				death_clue_add(&w->remains.clues, &one.items[i]);
			take_memory(&w->remains.clues, &one);
			buf_add_str(&w->kernel, buf_str(&pending));
			no += lines;
		}
		buf_clear(&pending);
		lines = 0;
		death_clues_release(&one);
		death_clues_init(&one, &w->remains.arena);
	}
	kernlog_release(&k);
	death_clues_release(&one);
	w->remains.facts.kernel_read = true;
}

static void read_tail(struct run_watch *w, struct run_tail *t, const char *name)
{
	struct lastwords words;
	struct str text = buf_str(&t->text), line;
	uint64_t no = t->dropped;

	lastwords_init(&words, &w->remains.clues, str_of(name));
	while (text.n && str_next(&text, '\n', &line)) {
		if (str_ends(line, STR("\r")))
			line.n--;
		lastwords_line(&words, line, line, ++no);
	}
	lastwords_release(&words);
}

#if HAVE_STACKS
static void read_core(struct run_watch *w, const struct exec_result *r)
{
	const struct death_rlimit *limit = &w->remains.facts.limits[DEATH_LIMIT_CORE];
	const struct core_wanted want = {.pid = r->pid,
					 .since_ns = w->started_ns,
					 .dumped = r->core,
					 .off = limit->known && limit->soft == 0,
					 .tmpdir = w->remains.tmpdir};
	struct core_written core;
	struct err err;

	if (!r->core && r->code <= 128)
		return;
	core_written_open(&core, &want, &w->remains.arena);
	if (core.fd >= 0 && remains_core(&w->remains, core.fd, core.name, &err))
		buf_printf(&w->remains.notes, "%s\n", err.msg);
	else if (core.fd < 0 && r->core && *core.why)
		buf_printf(&w->remains.notes, "%s\n", core.why);
}
#else
static void read_core(struct run_watch *w, const struct exec_result *r)
{
	(void)w;
	(void)r;
}
#endif

static void set_facts(struct run_watch *w, const struct exec_result *r)
{
	static const enum death_ours ours[] = {[EXEC_EXITED] = DEATH_NOT_OURS,
					       [EXEC_SIGNALED] = DEATH_NOT_OURS,
					       [EXEC_TIMEOUT] = DEATH_OUR_TIME,
					       [EXEC_MEMORY] = DEATH_OUR_MEMORY,
					       [EXEC_STOPPED] = DEATH_OUR_STOP};
	struct death_facts *f = &w->remains.facts;

	f->ended = true;
	f->code = r->sig ? 0 : r->code;
	f->sig = r->sig;
	f->core = r->core;
	f->ours = ours[r->end];
	f->cpu_seconds = (double)(r->user_ns + r->system_ns) / 1e9;
	f->seconds = (double)r->wall_ns / 1e9;
	f->peak_rss = r->peak_rss;
	f->has_oom = w->before.counts && w->after.counts;
	f->oom_before = w->before.oom_kills;
	f->oom_after = w->after.oom_kills;
	f->group_limit = w->after.limit;
	f->group_peak = w->after.peak;
	death_parse_limits(str_of(r->limits), f->limits);
	if (first_namespace())
		f->pid = r->pid;
	if (!first_namespace() || !r->samples)
		f->npids = 0;
}

static void record_growth(const struct run_watch *w, struct live *l)
{
	struct run_grown g;

	run_watch_growth(w, &g);
	if (g.growth.kind != GROWTH_UNDECIDED)
		live_value(l, "run.growth", value_text(str_of(growth_word(g.growth.kind))), "");
	if (g.growth.kind == GROWTH_LEAK)
		live_variable(l, &(struct variable){.name = STR("run.growth.rate"),
						    .value = value_real(g.growth.rate),
						    .unit = STR("bytes/s"),
						    .better = BETTER_LOWER});
	if (g.step) {
		live_variable(l, &(struct variable){.name = STR("run.growth.per_step"),
						    .value = value_real(g.per_step),
						    .unit = STR("bytes"),
						    .better = BETTER_LOWER});
		live_value(l, "run.growth.step", value_text(str_of(g.step)), "");
	}
	if (g.alike > 1) {
		live_value(l, "run.workers", value_int(g.alike), "");
		live_value(l, "run.workers.each", value_int((int64_t)g.each), "bytes");
		live_value(l, "run.workers.fit", value_int((int64_t)g.fit), "");
	}
}

void run_watch_record(const struct run_watch *w, const struct death *d, struct live *l)
{
	static const char *const names[] = {
		[DEATH_LIMIT_AS] = "run.limit.as",       [DEATH_LIMIT_DATA] = "run.limit.data",
		[DEATH_LIMIT_CPU] = "run.limit.cpu",     [DEATH_LIMIT_FSIZE] = "run.limit.fsize",
		[DEATH_LIMIT_NPROC] = "run.limit.nproc", [DEATH_LIMIT_NOFILE] = "run.limit.nofile",
		[DEATH_LIMIT_STACK] = "run.limit.stack", [DEATH_LIMIT_CORE] = "run.limit.core"};
	const struct death_facts *f = &w->remains.facts;
	struct death_rlimit ours[DEATH_LIMITS] = {0};
	CLEANUP_FREE char *text = NULL;
	struct err err;
	size_t n;

	if (d->cause != DEATH_NONE) {
		live_value(l, "run.death", value_text(str_of(death_word(d->cause))), "");
		live_value(l, "run.death.sure", value_text(str_of(death_sure_word(d->sure))), "");
		live_value(l, "run.kernel_read", value_int(f->kernel_read), "");
	}
	if (f->has_oom) {
		live_value(l, "run.oom_before", value_int((int64_t)f->oom_before), "");
		live_value(l, "run.oom_count", value_int((int64_t)f->oom_after), "");
	}
	if (f->group_limit) {
		live_value(l, "run.group_limit", value_int((int64_t)f->group_limit), "bytes");
		live_value(l, "run.group_peak", value_int((int64_t)f->group_peak), "bytes");
	}
	if (!file_read_small("/proc/self/limits", 65536, &text, &n, &err))
		death_parse_limits((struct str){text, n}, ours);
	for (size_t i = 0; i < DEATH_LIMITS; i++)
		if (f->limits[i].known && f->limits[i].soft != DEATH_UNLIMITED &&
		    f->limits[i].soft != ours[i].soft)
			live_value(l, names[i], value_int((int64_t)f->limits[i].soft), "");
	record_growth(w, l);
	if (w->psi_of_group >= 0)
		live_value(l, "psi.of", value_text(w->psi_of_group ? STR("group") : STR("machine")),
			   "");
	live_text(l, "kernel", buf_str(&w->kernel));
	live_text(l, "stacks", buf_str(&w->stacks));
}

void run_watch_end(struct run_watch *w, const struct exec_result *r, struct death *d)
{
	if (w->group.n)
		cgroup_memory_read(buf_cstr(&w->group), &w->after);
	set_facts(w, r);
	w->peak_rss = r->peak_rss;
	if (r->sig || r->code || r->end != EXEC_EXITED) {
		read_kernel(w, r);
		read_tail(w, &w->out, "stdout");
		read_tail(w, &w->err, "stderr");
		read_core(w, r);
	}
	remains_judge(&w->remains, d);
}
