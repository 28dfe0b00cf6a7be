// SPDX-License-Identifier: GPL-3.0-or-later
/* Cores among what is left of a program: where they lie, and what they say (see remains.h). */
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "config.h"
#include "cli/remains.h"
#include "exec/environment.h"
#include "exec/exec.h"
#if HAVE_STACKS
#include "report/stacks.h"
#include "state/look.h"
#endif

#define MAX_PATTERN 4096
#define DUMP_NS     (INT64_C(60) * 1000000000)

#if HAVE_STACKS
/* An evidence of death by a signal; ends: and it ended by that. */
static struct death_clue clue(const char *name, enum death_cause cause, const char *text,
			      struct str what, int ends)
{
	return (struct death_clue){.cause = cause,
				   .sure = DEATH_PROVEN,
				   .weight = DEATH_CERTAIN,
				   .from = {str_of(text), str_of(name), 0},
				   .what = what,
				   .name = STR(""),
				   .ends = ends != 0,
				   .sig = ends};
}

static const char *place_of(struct arena *a, const struct stack_thread *t)
{
	for (size_t i = 0; t && i < t->nframes; i++) {
		const struct frame *f = &t->frames[i];

		if (!f->own || !f->function.n)
			continue;
		if (f->file.n)
			return arena_printf(a, ", in " STR_FMT " (" STR_FMT ":%u)",
					    STR_ARG(f->function), STR_ARG(f->file), f->line);
		return arena_printf(a, ", in " STR_FMT, STR_ARG(f->function));
	}
	return "";
}

static enum death_cause cause_of(const struct stack_death *d)
{
	switch (d->signal) {
	case SIGABRT: return DEATH_ABORT;
	case SIGSYS: return DEATH_SECCOMP;
	case SIGSEGV:
		if (str_contains(d->fault, STR("stack")))
			return DEATH_STACK;
		return DEATH_FAULT;
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGTRAP: return DEATH_FAULT;
	default: return DEATH_SENT;
	}
}

/* An exception's message and assert()'s text explain an abort; an address a fault. */
static struct death_clue explain(struct arena *a, const char *name, const struct stack_death *d,
				 const struct stack_thread *t, int ends)
{
	const char *place = place_of(a, t), *sig = sigabbrev_np(d->signal), *text;
	bool memory = str_contains(d->exception, STR("bad_alloc"));
	struct str what;

	if (d->exception.n) {
		text = arena_printf(a, "exception " STR_FMT ": " STR_FMT, STR_ARG(d->exception),
				    STR_ARG(d->what));
		what = str_of(arena_printf(a, STR_FMT "%s" STR_FMT "%s", STR_ARG(d->exception),
					   d->what.n ? ": " : "", STR_ARG(d->what), place));
		return clue(name, memory ? DEATH_ALLOCATION : DEATH_EXCEPTION, text, what, ends);
	}
	if (d->message.n) {
		what = str_of(arena_printf(a, STR_FMT "%s", STR_ARG(d->message), place));
		return clue(name,
			    str_contains(d->message, STR("Assertion")) ? DEATH_ASSERT : DEATH_ABORT,
			    arena_str(a, d->message).p, what, ends);
	}
	if (d->sender) {
		text = arena_printf(a, "signal %d was sent by process %d", d->signal, d->sender);
		what = str_of(arena_printf(a, "SIG%s, by process %d", sig ? sig : "?", d->sender));
		return clue(name, DEATH_SENT, text, what, ends);
	}
	text = d->has_address ? arena_printf(a, "signal %d at address %#llx%s%s", d->signal,
					     (unsigned long long)d->address, d->fault.n ? ", " : "",
					     d->fault.n ? arena_str(a, d->fault).p : "")
			      : arena_printf(a, "signal %d", d->signal);
	what = str_of(arena_printf(a, "SIG%s%s" STR_FMT "%s" STR_FMT "%s", sig ? sig : "?",
				   d->code.n ? ", " : "", STR_ARG(d->code), d->fault.n ? ": " : "",
				   STR_ARG(d->fault), place));
	return clue(name, cause_of(d), text, what, ends);
}

struct str remains_held(struct remains *r, const struct stack_death *d,
			const struct stack_thread *t, bool own)
{
	struct death_clue c = explain(&r->arena, "held", d, t, own ? d->signal : 0);

	/* Of SIGPIPE and the like the signal itself says more than that it was sent. */
	if (c.cause != DEATH_SENT || d->sender)
		death_clue_add(&r->clues, &c);
	return c.what;
}

int remains_core(struct remains *r, int fd, const char *name, struct err *err)
{
	struct look_opts o = {.unwind = {.lines = UNWIND_LINES_OWN}};
	struct stacks_look how = {.width = 100};
	struct stack_death d;
	struct look look;
	int rc = look_core(&look, fd, &o, &d, err);

	if (rc)
		return err_prepend(err, rc, "%s: ", name);
	if (d.signal || d.exception.n) {
		struct death_clue c = explain(&r->arena, name, &d, look.stacks.threads, d.signal);

		death_clue_add(&r->clues, &c);
	}
	if (!r->stacks.n && look.stacks.nthreads)
		stacks_frames(&look.stacks.threads[0], &how, &r->stacks);
	look_release(&look);
	r->read++;
	return 0;
}
#else
int remains_core(struct remains *r, int fd, const char *name, struct err *err)
{
	(void)err;
	close(fd);
	buf_printf(&r->notes, "%s: this build reads no cores (elfutils was missing)\n", name);
	return 0;
}
#endif

static bool read_setting(const char *path, struct buf *out)
{
	CLEANUP_FREE char *data = NULL;
	struct err err;
	size_t n;

	if (file_read_small(path, MAX_PATTERN, &data, &n, &err))
		return false;
	buf_add_str(out, str_trim((struct str){data, n}));
	return true;
}

/* core(5): %p and the like; what is not known here may be anything. */
static void expand(struct str pattern, int pid, struct buf *out)
{
	bool has_pid = false;

	for (size_t i = 0; i < pattern.n; i++) {
		char c = pattern.p[i];

		if (c != '%' || i + 1 == pattern.n) {
			if (strchr("*?[\\", c))
				buf_add_char(out, '\\');
			buf_add_char(out, c);
			continue;
		}
		c = pattern.p[++i];
		if (c == '%') {
			buf_add_char(out, '%');
		} else if (c == 'p' || c == 'P') {
			buf_printf(out, "%d", pid);
			has_pid = true;
		} else {
			buf_add_char(out, '*');
		}
	}
	if (!has_pid) {
		CLEANUP_BUF struct buf uses = {0};

		if (read_setting("/proc/sys/kernel/core_uses_pid", &uses) &&
		    !str_eq(buf_str(&uses), STR("0")))
			buf_printf(out, ".%d", pid);
	}
}

static char *newest(const char *pattern, int64_t since_ns)
{
	glob_t g = {0};
	char *best = NULL;
	int64_t best_ns = since_ns;

	if (glob(pattern, GLOB_NOSORT, NULL, &g) == 0) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			struct stat st;
			int64_t ns;

			if (stat(g.gl_pathv[i], &st) < 0 || !S_ISREG(st.st_mode))
				continue;
			ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
			if (ns < best_ns)
				continue;
			best_ns = ns;
			free(best);
			best = mem_strdup(g.gl_pathv[i]);
		}
	}
	globfree(&g);
	return best;
}

/* systemd-coredump keeps it compressed: coredumpctl writes it out, into a file without a name. */
static char *from_systemd(int pid)
{
	static char path[] = "/proc/self/fd/0", name[] = "coredumpctl", dump[] = "dump",
		    output[] = "--output";
	char number[16];
	char *argv[] = {name, dump, output, path, number, NULL};
	struct exec_result result = {0};
	CLEANUP_BUF struct buf out = {0};
	char *at = mem_strdup("/tmp/inquest-core-XXXXXX");
	struct err err;
	int fd = mkostemp(at, O_CLOEXEC);

	if (fd < 0) {
		free(at);
		return NULL;
	}
	close(fd);
	argv[3] = at;
	buf_printf(&out, "%d", pid);
	memcpy(number, buf_cstr(&out), out.n + 1);
	if (!exec_output(argv, environ, NULL, DUMP_NS, 65536, &out, &result, &err) &&
	    !result.code && !result.sig)
		return at;
	unlink(at);
	free(at);
	return NULL;
}

char *remains_find_core(int pid, int64_t since_ns, const char **why)
{
	CLEANUP_BUF struct buf pattern = {0}, path = {0};
	char *found;

	*why = "";
	if (!read_setting("/proc/sys/kernel/core_pattern", &pattern))
		return NULL;
	if (pattern.n && pattern.p[0] == '|') {
		found = str_contains(buf_str(&pattern), STR("systemd-coredump")) ? from_systemd(pid)
										 : NULL;
		if (!found)
			*why = "its core went to another program (kernel.core_pattern)";
		return found;
	}
	expand(buf_str(&pattern), pid, &path);
	found = newest(buf_cstr(&path), since_ns);
	if (!found)
		*why = "no core was written where kernel.core_pattern says";
	return found;
}
