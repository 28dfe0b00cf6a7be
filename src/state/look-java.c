// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Java in the stacks of a process. A JVM alone knows its frames: jstack or jcmd, run as the user
 * that the JVM runs as, makes it stop all its threads for a moment and print them, and that only if
 * a user asks. That is after the native stacks were taken. What waits for what it says of one
 * moment.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "exec/exec.h"
#include "exec/program.h"
#include "state/java.h"
#include "state/look-priv.h"
#include "state/waits.h"

#define LIMIT_NS  INT64_C(10000000000)
#define DUMP_MOST ((size_t)256 << 20)
#define FRAMES    1000
#define WORDS     10

struct asker {
	const struct snapshot *s;
	const struct look_opts *o;
	struct arena *a;
};

static bool is_jvm(const struct snapshot *s)
{
	for (size_t i = 0; i < s->image.nmaps; i++)
		if (str_ends(s->image.maps[i].path, STR("/libjvm.so")))
			return true;
	return false;
}

/*
 * The program beside the JVM's own, else in PATH. Of a container the one in it is not run: it is
 * not ours to trust.
 */
static const char *find_program(const struct asker *k, const char *name)
{
	CLEANUP_BUF struct buf path = {0};
	struct str exe;
	const char *slash;

	if (!k->s->image.root && proc_link(k->s->pid, "exe", &path)) {
		exe = buf_str(&path);
		slash = memrchr(exe.p, '/', exe.n);
		exe = slash ? str_head(exe, (size_t)(slash - exe.p)) : exe;
		exe = arena_str(k->a, exe);
		slash = arena_printf(k->a, STR_FMT "/%s", STR_ARG(exe), name);
		if (access(slash, X_OK) == 0)
			return slash;
	}
	if (program_find(&path, name, k->o->java_env, NULL) != 0)
		return NULL;
	return arena_str(k->a, str_of(path.p)).p;
}

/* As the JVM's user, which is all that it lets near it. */
static void as_user(const struct asker *k, const char **argv, size_t *n)
{
	struct stat st;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", k->s->pid);
	if (geteuid() != 0 || stat(path, &st) != 0 || st.st_uid == 0)
		return;
	argv[(*n)++] = "setpriv";
	argv[(*n)++] = arena_printf(k->a, "--reuid=%u", st.st_uid);
	argv[(*n)++] = arena_printf(k->a, "--regid=%u", st.st_gid);
	argv[(*n)++] = "--clear-groups";
}

/* The dump; why not, if there is none. */
static const char *ask(const struct asker *k, struct buf *out)
{
	static const char *const programs[] = {"jstack", "jcmd"};
	const char *why = "neither jstack nor jcmd is here (they come with a JDK)";

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const char *argv[WORDS] = {NULL}, *program = find_program(k, programs[i]);
		struct exec_result r;
		struct err err;
		size_t n = 0;

		if (!program)
			continue;
		as_user(k, argv, &n);
		argv[n++] = program;
		argv[n++] = arena_printf(k->a, "%d", k->s->pid);
		if (i == 1)
			argv[n++] = "Thread.print";
		buf_clear(out);
		if (exec_output((char *const *)(uintptr_t)argv, k->o->java_env, NULL, LIMIT_NS,
				DUMP_MOST, out, &r, &err) != 0)
			why = arena_printf(k->a, "%s: %s", programs[i], err.msg);
		else if (r.end == EXEC_TIMEOUT)
			return arena_printf(k->a, "%s had no answer in 10 s", programs[i]);
		else if (r.end != EXEC_EXITED || r.code)
			why = arena_printf(k->a, "%s failed", programs[i]);
		else
			return NULL;
	}
	return why;
}

static struct stack_thread *by_inner(const struct map *index, struct stack_thread *threads,
				     int native)
{
	uint32_t at;

	return native > 0 && map_get(index, (uint64_t)native, &at) ? &threads[at] : NULL;
}

static void say_wait(struct stack_thread *t, const struct java_thread *jt,
		     const struct stack_thread *holder, struct arena *a)
{
	const char *what = jt->lock_type.n ? arena_str(a, jt->lock_type).p : "a lock";

	t->wait = WAIT_MONITOR;
	t->wait_address = jt->lock;
	t->waits_for = holder ? holder->tid : 0;
	t->wait_text =
		str_of(holder ? arena_printf(a, "%s %#llx held by %s", what,
					     (unsigned long long)jt->lock, waits_thread(holder, a))
			      : arena_printf(a, "%s %#llx", what, (unsigned long long)jt->lock));
}

static void merge(struct look *l, const struct snapshot *s, struct stack_thread *threads,
		  const struct java_dump *d, size_t most)
{
	struct map index = {0}, names = {0};

	for (size_t i = 0; i < s->n; i++)
		map_put(&index, (uint64_t)threads[i].inner, (uint32_t)i, NULL);
	for (size_t i = 0; i < d->n; i++) {
		struct stack_thread *t = by_inner(&index, threads, d->threads[i].native);

		map_put(&names, hash_str(d->threads[i].name), (uint32_t)i, NULL);
		if (t)
			java_merge(t, &d->threads[i], most ? most : FRAMES, &l->arena);
	}
	for (size_t i = 0; i < d->n; i++) {
		const struct java_thread *jt = &d->threads[i];
		struct stack_thread *t = by_inner(&index, threads, jt->native), *holder = NULL;
		uint32_t at;

		if (!t || !jt->lock)
			continue;
		if (jt->holder.n && map_get(&names, hash_str(jt->holder), &at))
			holder = by_inner(&index, threads, d->threads[at].native);
		say_wait(t, jt, holder, &l->arena);
	}
	map_release(&index);
	map_release(&names);
}

void look_java(struct look *l, size_t at, struct stack_thread *threads, const struct look_opts *o,
	       size_t *notes)
{
	const struct snapshot *s = &l->snapshots[at];
	struct asker k = {s, o, &l->arena};
	struct java_dump dump;
	struct buf text = {0};
	const char *why = NULL;

	if (!is_jvm(s))
		return;
	if (!o->java_env) {
		look_note(l,
			  str_of(arena_printf(
				  &l->arena,
				  "process %d is a JVM: --java asks it for the frames and "
				  "locks of Java, for which it stops all its threads for "
				  "a moment",
				  s->pid)),
			  notes);
		return;
	}
	for (size_t i = 0; i < s->n && !why; i++)
		if (s->threads[i].state == 'T' || s->threads[i].state == 't')
			why = "it is stopped, and could not answer";
	if (!why)
		why = ask(&k, &text);
	if (!why && !java_parse(arena_str(&l->arena, buf_str(&text)), &l->arena, &dump))
		why = "its dump of threads has none";
	if (why)
		look_note(l, str_of(arena_printf(&l->arena, "Java of process %d: %s", s->pid, why)),
			  notes);
	else
		merge(l, s, threads, &dump, o->unwind.max_frames);
	buf_release(&text);
}
