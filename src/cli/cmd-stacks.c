// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest stacks: what every thread of a process is doing, and who waits for whom. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/stacks.h"
#include "exec/cgroup.h"
#include "state/hang.h"
#include "text/pattern.h"

struct values {
	struct stacks_values stacks;
	const char *name, *tree, *how, *watch;
	bool java;
};

static const struct option options[] = {
	{OPTION_STRING, 0, "name", "PATTERN",
	 "all processes whose name or command line matches the regular expression",
	 offsetof(struct values, name)},
	{OPTION_STRING, 0, "tree", "PID", "this process and all that it started",
	 offsetof(struct values, tree)},
	{OPTION_STRING, 0, "watch", "TIME",
	 "is it hung? look twice, so far apart (2s), and say what it is",
	 offsetof(struct values, watch)},
	{OPTION_CHOICE, 0, "how", "auto|bpf|nostop|stop",
	 "auto: blocked threads untouched, running ones stopped for some microseconds;\n"
	 "bpf: the same, registers by the kernel (root), or an error; nostop: no thread is\n"
	 "stopped; stop: all at the same time, one moment",
	 offsetof(struct values, how)},
	{OPTION_FLAG, 0, "java", NULL,
	 "ask JVMs for Java's frames and locks, by jstack or jcmd; each stops all its threads\n"
	 "for a moment",
	 offsetof(struct values, java)},
	STACKS_OPTIONS(struct values, stacks),
	{.kind = OPTION_END},
};

struct chosen {
	int *pids;
	size_t n, cap;
};

static int number(const char *text, int *pid, struct err *err)
{
	uint64_t v;

	if (!str_u64(str_of(text), &v) || v == 0 || v > INT32_MAX)
		return err_set(err, ERR_USAGE, "'%s' is no process id (--name finds by name)",
			       text);
	*pid = (int)v;
	return 0;
}

static bool matches(void *arg, struct str name, struct str command)
{
	const struct pattern *p = arg;

	return pattern_find(p, name) || pattern_find(p, command);
}

static int choose_named(struct chosen *c, const char *text, struct err *err)
{
	struct pattern *p;
	int rc = pattern_new(&p, str_of(text), err);

	if (rc)
		return err_prepend(err, rc, "--name: ");
	c->n = look_named(matches, p, &c->pids);
	pattern_free(p);
	return c->n ? 0 : err_set(err, ERR_NOTFOUND, "no process matches '%s'", text);
}

static int choose(struct chosen *c, const struct values *v, const struct option_list *rest,
		  struct err *err)
{
	int pid = 0, rc = 0;

	if ((rest->n != 0) + (v->name != NULL) + (v->tree != NULL) != 1)
		return err_set(err, ERR_USAGE,
			       rest->n ? "process ids, --name and --tree exclude each other"
				       : "which process? (a process id, --name or --tree)");
	if (v->name)
		return choose_named(c, v->name, err);
	if (v->tree) {
		rc = number(v->tree, &pid, err);
		if (!rc)
			c->n = look_tree(pid, &c->pids);
		return rc;
	}
	for (size_t i = 0; i < rest->n && !rc; i++) {
		rc = number(rest->items[i], &pid, err);
		if (!rc)
			array_push(c->pids, c->n, c->cap) = pid;
	}
	return rc;
}

static enum snapshot_way way_of(const char *how)
{
	static const char *const words[] = {"auto", "bpf", "nostop", "stop"};

	for (unsigned i = 0; how && i < ARRAY_SIZE(words); i++)
		if (strcmp(how, words[i]) == 0)
			return (enum snapshot_way)i;
	return SNAPSHOT_AUTO;
}

/* What a control group says of CPU that it was not given; false: nothing. */
static bool read_throttle(int pid, uint64_t *times, uint64_t *usec)
{
	CLEANUP_BUF struct buf text = {0};
	struct str rest, line, periods = STR("nr_throttled "), v1 = STR("throttled_time "),
			       v2 = STR("throttled_usec ");

	if (!cgroup_read_of(pid, &text, "cpu", "cpu.stat", "cpu.stat"))
		return false;
	*times = *usec = 0;
	rest = buf_str(&text);
	while (str_next(&rest, '\n', &line)) {
		if (str_starts(line, periods))
			str_u64(str_from(line, periods.n), times);
		else if (str_starts(line, v2))
			str_u64(str_from(line, v2.n), usec);
		else if (str_starts(line, v1) && str_u64(str_from(line, v1.n), usec))
			*usec /= 1000; /* nanoseconds in version 1 */
	}
	return true;
}

/* Look twice; the verdict is said before the stacks of the second look. */
static int watch(const struct chosen *c, int64_t apart, const struct look_opts *o,
		 struct look *look, struct stack_verdict *verdict, struct err *err)
{
	struct timespec nap = {apart / 1000000000, apart % 1000000000};
	const struct stacks *both[2] = {0};
	struct hang_throttle t = {0};
	struct hang_verdict v;
	struct look first;
	bool throttle;
	int rc = look_take(&first, c->pids, c->n, o, err);

	if (rc)
		return rc;
	throttle = read_throttle(c->pids[0], &t.before, &t.before_usec);
	while (nanosleep(&nap, &nap) < 0 && errno == EINTR)
		;
	throttle = throttle && read_throttle(c->pids[0], &t.after, &t.after_usec);
	rc = look_take(look, c->pids, c->n, o, err);
	if (!rc) {
		both[0] = &first.stacks;
		both[1] = &look->stacks;
		hang_judge(both, 2, throttle ? &t : NULL, &look->arena, &v);
		*verdict = (struct stack_verdict){str_of(hang_word(v.kind)), v.sentence};
		look->stacks.verdict = verdict;
	}
	look_release(&first);
	return rc;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct chosen chosen = {0};
	struct stack_verdict verdict;
	int64_t apart = 0;
	struct err err = {""};
	struct look_opts o = {0};
	struct look look;
	int rc = options_parse(options, argc, argv, &v, &rest, &err);

	if (!rc)
		rc = stacks_opts(&v.stacks, &o, &err);
	if (!rc && v.watch)
		rc = options_time("watch", v.watch, &apart, &err);
	if (!rc && v.watch && apart < HANG_APART_NS)
		rc = err_set(&err, ERR_USAGE,
			     "--watch: half a second at least (2s), to see what moves");
	if (!rc)
		rc = choose(&chosen, &v, &rest, &err);
	command_color(cli, v.stacks.color);
	if (!rc) {
		o.snapshot.way = way_of(v.how);
		o.java_env = v.java ? environ : NULL;
		rc = v.watch ? watch(&chosen, apart, &o, &look, &verdict, &err)
			     : look_take(&look, chosen.pids, chosen.n, &o, &err);
	}
	if (!rc) {
		struct stacks_print p = {.values = &v.stacks};

		rc = stacks_print(cli, &p, &look.stacks, argc, argv, &err);
		look_release(&look);
	}
	free(chosen.pids);
	options_list_release(&rest);
	return rc ? command_status(&cmd_stacks, rc, &err) : EXIT_DONE;
}

const struct command cmd_stacks = {
	.name = "stacks",
	.stage = "observe",
	.front = true,
	.summary = "what every thread of a process is doing, and who waits for whom",
	.usage = "PID... [OPTIONS]\n--name PATTERN [OPTIONS]\n--tree PID [OPTIONS]",
	.details =
		"Blocked threads are read as they stand, without a stop or a signal: no system "
		"call\n"
		"of theirs ends early. Running ones are stopped for the time it takes to copy "
		"their\n"
		"registers and stack; frames are worked out afterwards, from the copy. Owners of\n"
		"mutexes, threads that are joined, children and pipes are followed; a circle is\n"
		"printed as a deadlock. Threads in the same place stand together, the likely\n"
		"culprit first. Of CPython (3.8 to 3.14) Python's frames stand where they were\n"
		"called from, with who holds the interpreter's lock (GIL) or an RLock.",
	.examples = "a program that hangs\tinquest stacks 4711\n"
		    "is it hung, or slow\tinquest stacks 4711 --watch 2s\n"
		    "all of a test's processes\tinquest stacks --tree 4711\n"
		    "by name, every frame\tinquest stacks --name '^worker' -v\n"
		    "a flame graph's input\tinquest stacks 4711 --folded",
	.options = options,
	.run = run,
};
