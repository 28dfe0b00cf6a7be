// SPDX-License-Identifier: GPL-3.0-or-later
/* The kernel's log: see kernlog.h. */
#include "state/kernlog.h"

#include <signal.h>
#include <stdlib.h>

#define SHOWN      8     /* of those who held memory */
#define STACK_NEAR 65536 /* bytes that one call takes of the stack */

void kernlog_init(struct kernlog *k, struct death_clues *c)
{
	*k = (struct kernlog){.clues = c, .where = STR("")};
}

void kernlog_release(struct kernlog *k)
{
	free(k->tasks);
}

/* The text behind a word; false: the line does not have it. */
static bool behind(struct str line, const char *word, struct str *rest)
{
	size_t at = str_find(line, str_of(word));

	if (at == line.n)
		return false;
	*rest = str_from(line, at + strlen(word));
	return true;
}

/* The number at the beginning of s, blanks before it skipped; false: there is none. */
static bool leading(struct str *s, uint64_t *out)
{
	size_t n = 0;

	while (s->n && s->p[0] == ' ')
		*s = str_from(*s, 1);
	while (n < s->n && (unsigned)(s->p[n] - '0') <= 9)
		n++;
	if (!n || !str_u64(str_head(*s, n), out))
		return false;
	*s = str_from(*s, n);
	return true;
}

static uint64_t number_behind(struct str line, const char *word)
{
	struct str rest;
	uint64_t v;

	return behind(line, word, &rest) && leading(&rest, &v) ? v : 0;
}

static uint64_t hex_at(struct str s)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n && i < 16; i++) {
		char c = s.p[i], low = (char)(c | 32);

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint64_t)(c - '0');
		else if (low >= 'a' && low <= 'f')
			v = v << 4 | (uint64_t)(low - 'a' + 10);
		else
			break;
	}
	return v;
}

static uint64_t hex_behind(struct str line, const char *word)
{
	struct str rest;

	return behind(line, word, &rest) ? hex_at(rest) : 0;
}

static uint64_t kilobytes(uint64_t n)
{
	return n > UINT64_MAX / 1024 ? UINT64_MAX : n * 1024;
}

static int small(uint64_t v)
{
	return v <= INT32_MAX ? (int)v : 0;
}

/* "1234 (python3)" */
static void process(struct str s, int *pid, struct str *name)
{
	uint64_t v;
	size_t close;

	*pid = 0;
	*name = STR("");
	if (!leading(&s, &v))
		return;
	*pid = small(v);
	if (!str_starts(s, STR(" (")))
		return;
	s = str_from(s, 2);
	close = str_find_char(s, ')');
	if (close < s.n)
		*name = str_head(s, close);
}

/* "name[1234]" or "name:1234 " that ends at byte `end`: the name begins after the last blank. */
static void process_before(struct str line, size_t end, struct str *name, int *pid)
{
	struct str s = str_head(line, end), number;
	size_t open = s.n, from;
	uint64_t v;

	*name = STR("");
	*pid = 0;
	while (open > 0 && s.p[open - 1] != '[' && s.p[open - 1] != ':')
		open--;
	if (!open)
		return;
	number = str_from(s, open);
	if (leading(&number, &v))
		*pid = small(v);
	from = open - 1;
	while (from > 0 && s.p[from - 1] != ' ')
		from--;
	*name = (struct str){s.p + from, open - 1 - from};
}

/* ---- the OOM killer's report ---- */

static void begin_report(struct kernlog *k)
{
	k->group = k->system = k->has_table = k->has_usage = k->ended = k->others = false;
	k->ntasks = 0;
	k->limit_line = (struct death_evidence){.text = STR("")};
	k->where = STR("");
	k->usage = k->limit = 0;
}

/* "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name" */
static bool table_head(struct kernlog *k, struct str line)
{
	size_t at = str_find(line, STR("uid  tgid")), n = 0;
	struct str rest = str_from(line, at), word;

	if (at == line.n || !str_contains(str_head(line, at), STR("pid")))
		return false;
	k->ntasks = 0;
	while (n < ARRAY_SIZE(k->columns) && str_next(&rest, ' ', &word)) {
		word = str_trim(word);
		if (!word.n || word.n >= sizeof(k->columns[0]))
			continue;
		memcpy(k->columns[n], word.p, word.n);
		k->columns[n++][word.n] = '\0';
	}
	k->ncolumns = n;
	k->has_table = n > 3;
	return true;
}

/* Of a row behind "[ 1234] ": every column is a number but the last, the name. */
static bool row_cells(struct kernlog *k, struct str rest, struct death_memory *m)
{
	for (size_t i = 0; i + 1 < k->ncolumns; i++) {
		bool negative;
		uint64_t v;

		while (rest.n && rest.p[0] == ' ')
			rest = str_from(rest, 1);
		negative = rest.n && rest.p[0] == '-';
		if (negative)
			rest = str_from(rest, 1);
		if (!leading(&rest, &v) || (rest.n && rest.p[0] != ' '))
			return false;
		if (strcmp(k->columns[i], "rss") == 0)
			m->rss = v > UINT64_MAX / 4096 ? 0 : v * 4096;
		else if (strcmp(k->columns[i], "swapents") == 0)
			m->swap = v > UINT64_MAX / 4096 ? 0 : v * 4096;
	}
	m->name = str_trim(rest);
	return m->name.n > 0;
}

static bool table_row(struct kernlog *k, struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		struct death_memory m = {.name = STR("")};
		struct str rest = str_from(line, i + 1);
		uint64_t pid;

		if (line.p[i] != '[' || !leading(&rest, &pid) || !rest.n || rest.p[0] != ']' ||
		    !row_cells(k, str_from(rest, 1), &m))
			continue;
		m.pid = small(pid);
		m.name = arena_str(k->clues->arena, str_head(m.name, 64));
		if (k->ntasks < KERNLOG_TASKS)
			array_push(k->tasks, k->ntasks, k->captasks) = m;
		return true;
	}
	return false;
}

static int by_memory(const void *a, const void *b)
{
	const struct death_memory *x = a, *y = b;
	uint64_t u = x->rss + x->swap, v = y->rss + y->swap;

	return u < v ? 1 : u > v ? -1 : x->pid - y->pid;
}

static void give_table(struct kernlog *k, int killed)
{
	struct death_clues *c = k->clues;

	c->nmemory = 0;
	for (size_t i = 0; i < k->ntasks; i++)
		if (k->tasks[i].pid == killed)
			k->tasks[i].killed = true;
	if (k->ntasks)
		qsort(k->tasks, k->ntasks, sizeof(*k->tasks), by_memory);
	for (size_t i = 0; i < k->ntasks; i++)
		if (i < SHOWN || k->tasks[i].killed)
			array_push(c->memory, c->nmemory, c->capmemory) = k->tasks[i];
}

/* How the sentence ends: "limit 100 MiB of /docker/x". */
static struct str limit_text(struct kernlog *k)
{
	struct arena *a = k->clues->arena;

	if (k->limit && k->where.n)
		return str_of(arena_printf(a, "limit %s of " STR_FMT, death_size(a, k->limit),
					   STR_ARG(k->where)));
	if (k->limit)
		return str_of(arena_printf(a, "limit %s", death_size(a, k->limit)));
	return k->where;
}

static void add_limit_line(struct kernlog *k, const struct death_clue *kill)
{
	struct death_clue c = {.cause = kill->cause,
			       .sure = DEATH_LIKELY,
			       .weight = DEATH_FAIR,
			       .from = k->limit_line,
			       .what = limit_text(k),
			       .name = kill->name,
			       .pid = kill->pid};

	if (k->limit_line.text.n)
		death_clue_add(k->clues, &c);
}

/* "Killed process 1234 (x) total-vm:...": the end of a report, or its only line. Of two lines of
 * one kill (older kernels say "Kill process" first) only that one counts. */
static bool killed(struct kernlog *k, struct str line, struct str file, uint64_t no)
{
	struct death_clue c = {.sure = DEATH_PROVEN,
			       .weight = DEATH_CERTAIN,
			       .from = {line, file, no},
			       .ends = true,
			       .sig = SIGKILL};
	struct str rest;

	if (!behind(line, "Killed process ", &rest))
		return false;
	process(rest, &c.pid, &c.name);
	if (!c.pid)
		return false;
	if (k->ended && !k->others)
		begin_report(k);
	k->group = k->group || str_contains_nocase(line, STR("memory cgroup out of memory"));
	c.cause = k->group ? DEATH_OOM_GROUP
		  : k->system || k->has_table || str_contains(line, STR("Out of memory"))
			  ? DEATH_OOM_SYSTEM
			  : DEATH_OOM;
	c.what = k->group ? limit_text(k) : STR("");
	k->clues->memory_note =
		k->group ? arena_str(k->clues->arena, c.what) : STR("of the whole machine");
	give_table(k, c.pid);
	death_clue_add(k->clues, &c);
	add_limit_line(k, &c);
	k->ended = true;
	return true;
}

/* "oom-kill:constraint=CONSTRAINT_MEMCG,...,oom_memcg=/a,task_memcg=/a/b,task=x,pid=1,uid=0" */
static void constraint(struct kernlog *k, struct str rest)
{
	struct str group;

	if (str_starts(rest, STR("CONSTRAINT_MEMCG"))) {
		k->group = true;
		if (behind(rest, "oom_memcg=", &group))
			k->where = arena_str(k->clues->arena,
					     str_head(group, str_find_char(group, ',')));
	}
}

/* A line that tells of the kill to come. */
static bool fact_line(struct kernlog *k, struct str line, struct str file, uint64_t no)
{
	struct str rest;

	/* Older kernels announce whom they will kill in a line of its own. */
	if (str_contains(line, STR("ut of memory: Kill process "))) {
		k->group = k->group || str_contains(line, STR("Memory cgroup out of memory"));
		k->system = !k->group;
		return true;
	}
	if (behind(line, "oom-kill:constraint=", &rest)) {
		constraint(k, rest);
		return true;
	}
	/* before 4.19 */
	if (str_contains(line, STR(" killed as a result of limit of "))) {
		k->group = true;
		if (behind(line, " killed as a result of limit of ", &rest))
			k->where = arena_str(k->clues->arena, str_trim(rest));
		return true;
	}
	if (behind(line, "memory: usage ", &rest) && leading(&rest, &k->usage)) {
		k->usage = kilobytes(k->usage);
		k->limit = kilobytes(number_behind(rest, "limit "));
		k->limit_line = (struct death_evidence){arena_str(k->clues->arena, line), file, no};
		k->has_usage = true;
		return true;
	}
	return table_head(k, line);
}

/* Reports may lack their first line: they are long, and people cut them. */
static bool begins_another(struct str line)
{
	static const char *const words[] = {"ut of memory: Kill process ", "oom-kill:constraint=",
					    " killed as a result of limit of ", "memory: usage ",
					    "uid  tgid"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_contains(line, str_of(words[i])))
			return true;
	return false;
}

static bool report_line(struct kernlog *k, struct str line, struct str file, uint64_t no)
{
	if (str_contains(line, STR(" invoked oom-killer: "))) {
		begin_report(k);
		return true;
	}
	if (k->ended && str_contains(line, STR("killed due to memory.oom.group set"))) {
		k->others = true;
		k->limit_line.text = STR(""); /* one piece of evidence is enough */
		return true;
	}
	if (k->ended && begins_another(line))
		begin_report(k);
	return !k->ended && (fact_line(k, line, file, no) || (k->has_table && table_row(k, line)));
}

/* ---- everything else ---- */

static void add(struct kernlog *k, const struct death_evidence *from, enum death_cause cause,
		enum death_sure sure, int sig, struct str name, int pid, struct str what)
{
	struct death_clue c = {.cause = cause,
			       .sure = sure,
			       .weight = sure == DEATH_PROVEN ? DEATH_STRONG : DEATH_FAIR,
			       .from = *from,
			       .what = what,
			       .name = name,
			       .pid = pid,
			       .ends = sig != 0,
			       .sig = sig};

	death_clue_add(k->clues, &c);
}

static const char *access_kind(uint64_t error)
{
	if (error & 16)
		return "an instruction was fetched";
	return error & 2 ? "a write" : "a read";
}

/* "crash[2433]: segfault at 7ffc ip 0000557e sp 00007ffc error 6 in crash[557e15c6a000+1000]" */
/* Memory right at the stack pointer is always there, unless the stack may not grow any more. */
static bool is_overflow(uint64_t at, uint64_t sp)
{
	return sp && at >= sp - STACK_NEAR && at <= sp + 4096;
}

static bool segfault(struct kernlog *k, const struct death_evidence *from)
{
	struct arena *a = k->clues->arena;
	struct str rest, name, addr, module = STR("");
	size_t at = str_find(from->text, STR(": segfault at "));
	uint64_t error;
	bool stack;
	int pid;

	if (at == from->text.n || !behind(from->text, ": segfault at ", &rest))
		return false;
	process_before(from->text, at, &name, &pid);
	addr = str_head(rest, str_find_char(rest, ' '));
	error = hex_behind(rest, " error ");
	stack = is_overflow(hex_at(rest), hex_behind(rest, " sp "));
	if (behind(rest, " in ", &module))
		module = str_head(module, str_find_char(module, ' '));
	add(k, from, stack ? DEATH_STACK : DEATH_FAULT, DEATH_PROVEN, SIGSEGV, name, pid,
	    str_of(arena_printf(
		    a, "SIGSEGV, %s at address 0x" STR_FMT "%s%s" STR_FMT, access_kind(error),
		    STR_ARG(addr),
		    addr.n <= 3 || str_eq(addr, STR("0000000000000000")) ? " (the null page)" : "",
		    module.n ? ", in " : "", STR_ARG(module))));
	return true;
}

/* "traps: x[123] general protection fault ip:...", "traps: x[12] trap divide error ip:..." */
static bool trap(struct kernlog *k, const struct death_evidence *from)
{
	static const struct {
		const char *words;
		int sig;
		const char *what;
	} table[] = {
		{" general protection fault", SIGSEGV, "SIGSEGV, an address that cannot be one"},
		{" general protection ip", SIGSEGV, "SIGSEGV, an address that cannot be one"},
		{" trap divide error", SIGFPE, "SIGFPE, an integer division by zero"},
		{" trap invalid opcode", SIGILL, "SIGILL, an instruction that is none"},
		{" trap int3", SIGTRAP, "SIGTRAP, a breakpoint instruction"},
		{" trap stack segment", SIGBUS, "SIGBUS"},
		{" trap alignment check", SIGBUS, "SIGBUS, misaligned memory"},
	};
	struct str rest, name;
	int pid;

	if (!behind(from->text, "traps: ", &rest))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		size_t at = str_find(rest, str_of(table[i].words));

		if (at == rest.n)
			continue;
		process_before(rest, at > 0 && rest.p[at - 1] == ']' ? at - 1 : at, &name, &pid);
		add(k, from, DEATH_FAULT, DEATH_PROVEN, table[i].sig, name, pid,
		    str_of(table[i].what));
		return true;
	}
	return false;
}

static struct str quoted(struct str line, const char *key)
{
	struct str rest;

	if (!behind(line, key, &rest))
		return STR("");
	return str_head(rest, str_find_char(rest, '"'));
}

/* "audit: type=1326 audit(...): ... pid=1 comm="x" exe="/x" sig=31 arch=c000003e syscall=56 ..." */
static bool seccomp(struct kernlog *k, const struct death_evidence *from)
{
	struct arena *a = k->clues->arena;
	struct str line = from->text;

	if ((!str_contains(line, STR("type=1326")) && !str_contains(line, STR("type=SECCOMP"))) ||
	    !str_contains(line, STR(" sig=31")))
		return false;
	add(k, from, DEATH_SECCOMP, DEATH_PROVEN, SIGSYS, quoted(line, "comm=\""),
	    small(number_behind(line, " pid=")),
	    str_of(arena_printf(a, "system call %llu",
				(unsigned long long)number_behind(line, "syscall="))));
	return true;
}

/* "NVRM: Xid (PCI:0000:3b:00): 79, pid=1234, name=python, GPU has fallen off the bus." */
static bool xid(struct kernlog *k, const struct death_evidence *from)
{
	static const struct {
		unsigned no;
		const char *what;
	} known[] = {
		{13, "Xid 13, an exception of the graphics engine: most often a wrong address in a "
		     "kernel of the program"},
		{31, "Xid 31, a page fault: most often a wrong address in a kernel of the program"},
		{43, "Xid 43, the program's work was stopped after a fault of its own"},
		{45, "Xid 45, its work was ended, after another error or because it was killed"},
		{48, "Xid 48, memory with an error that cannot be corrected"},
		{63, "Xid 63, memory was taken out of use"},
		{64, "Xid 64, broken memory could not be taken out of use"},
		{74, "Xid 74, NVLink"},
		{79, "Xid 79, the card is no longer to be reached: power, heat or the slot"},
		{94, "Xid 94, memory error, contained"},
		{95, "Xid 95, memory error, not contained"},
		{119, "Xid 119, the card's own processor does not answer"},
		{120, "Xid 120, the card's own processor failed"},
	};
	struct arena *a = k->clues->arena;
	struct str rest, name = STR("");
	uint64_t no;

	if (!behind(from->text, "NVRM: Xid", &rest) || !behind(rest, "): ", &rest) ||
	    !leading(&rest, &no))
		return false;
	if (behind(rest, "name=", &name))
		name = str_head(name, str_find_char(name, ','));
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].no != no)
			continue;
		add(k, from, DEATH_GPU, DEATH_PROVEN, 0, name, small(number_behind(rest, "pid=")),
		    str_of(known[i].what));
		return true;
	}
	add(k, from, DEATH_GPU, DEATH_LIKELY, 0, name, small(number_behind(rest, "pid=")),
	    str_of(arena_printf(a, "Xid %llu", (unsigned long long)no)));
	return true;
}

/* "INFO: task x:123 blocked for more than 120 seconds." is no death, but tells where it hung. */
static bool other_line(struct kernlog *k, const struct death_evidence *from)
{
	static const struct {
		const char *words, *also;
		enum death_cause cause;
		enum death_sure sure;
		const char *what;
	} table[] = {
		{"fork rejected by pids controller", NULL, DEATH_PIDS_LIMIT, DEATH_LIKELY,
		 "pids.max"},
		{"Kernel panic - not syncing", NULL, DEATH_NODE, DEATH_PROVEN,
		 "the kernel panicked"},
		{"BUG: soft lockup", NULL, DEATH_HARDWARE, DEATH_POSSIBLE,
		 "a processor was stuck in the kernel"},
		{" blocked for more than ", " seconds", DEATH_HARDWARE, DEATH_POSSIBLE,
		 "a task was stuck in the kernel: a disk, a network file system"},
		{"[Hardware Error]", NULL, DEATH_HARDWARE, DEATH_LIKELY, "a hardware error"},
		{"due to hardware memory corruption", NULL, DEATH_HARDWARE, DEATH_PROVEN,
		 "broken memory"},
		{"I/O error, dev ", NULL, DEATH_HARDWARE, DEATH_LIKELY, "a disk"},
		{"EXT4-fs error", NULL, DEATH_HARDWARE, DEATH_LIKELY, "a damaged file system"},
		{"CPU Watchdog Timeout", NULL, DEATH_RLIMIT_CPU, DEATH_PROVEN, "RLIMIT_CPU"},
		{"reboot: Restarting system", NULL, DEATH_NODE, DEATH_LIKELY, "it was restarted"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (!str_contains(from->text, str_of(table[i].words)) ||
		    (table[i].also && !str_contains(from->text, str_of(table[i].also))))
			continue;
		add(k, from, table[i].cause, table[i].sure, 0, STR(""), 0, str_of(table[i].what));
		return true;
	}
	return false;
}

bool kernlog_line(struct kernlog *k, struct str line, struct str file, uint64_t no)
{
	struct death_evidence from = {line, file, no};

	return killed(k, line, file, no) || report_line(k, line, file, no) || segfault(k, &from) ||
	       trap(k, &from) || seccomp(k, &from) || xid(k, &from) || other_line(k, &from);
}
