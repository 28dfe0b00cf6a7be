// SPDX-License-Identifier: GPL-3.0-or-later
/* Stacks of a core file, and why its program died: see look.h. */
#include <signal.h>
#include <stdlib.h>

#include "state/look-priv.h"
#include "state/waits.h"
#include "unwind/cxx.h"

#define STACK_READ ((size_t)256 << 10) /* bytes of a stack that are read at once */
#define STACKS_ALL ((uint64_t)1 << 30) /* of all; then that much of each: */
#define STACK_MIN  ((size_t)8 << 10)
#define PIECE      ((size_t)64 << 10)
#define TEXT_MOST  4096
#define LACKS      ": names and lines are missing (--exe and --root say where)"
#define FUTEX_CALL 202 /* of x86-64 */

/* The stack of a thread, as far as the core has it, into a buffer that is used again. What lies
 * deeper is read where it is. */
static struct image_stack read_stack(struct core *c, const struct image_regs *regs, uint64_t *all,
				     struct buf *b)
{
	uint64_t sp = regs->r[IMAGE_SP];
	const struct image_map *m = image_find(&c->image, sp);
	size_t want = *all < STACKS_ALL ? STACK_READ : STACK_MIN;

	if (!m || m->end - sp < want)
		want = m ? (size_t)(m->end - sp) : 0;
	buf_clear(b);
	if (m && !core_has(c, sp) && !c->truncated)
		c->no_stack = true;
	while (b->n < want) {
		size_t n = want - b->n < PIECE ? want - b->n : PIECE;

		buf_reserve(b, n);
		if (!c->image.read(c->image.arg, sp + b->n, b->p + b->n, n))
			break;
		b->n += n;
		*all += n;
	}
	return (struct image_stack){sp, (const unsigned char *)b->p, b->n};
}

static struct str read_text(struct look *l, uint64_t addr)
{
	const struct image *im = &l->core->image;
	char text[TEXT_MOST];
	size_t n = 0;

	while (n < sizeof(text) && im->read(im->arg, addr + n, text + n, 1) && text[n])
		n++;
	return arena_str(&l->arena, str_trim((struct str){text, n}));
}

/* glibc keeps what assert() and its own checks print: a struct of its size, then the text. */
static struct str abort_message(struct look *l)
{
	const struct image *im = &l->core->image;
	uint64_t at = unwind_symbol(l->unwinds[0], "libc", "__abort_msg"), text;

	if (!at || !im->read(im->arg, at, &text, sizeof(text)) || !text)
		return STR("");
	return read_text(l, text + sizeof(uint32_t));
}

static void find_death(struct look *l, const struct image_stack *stack, struct stack_death *d)
{
	struct core *c = l->core;
	struct cxx_exception e;
	bool faults = c->has_info && !c->sender && c->code != SI_KERNEL &&
		      (c->signal == SIGSEGV || c->signal == SIGBUS);

	*d = (struct stack_death){.signal = c->signal,
				  .code = STR(""),
				  .fault = STR(""),
				  .message = STR(""),
				  .exception = STR(""),
				  .what = STR(""),
				  .sender = c->sender != c->pid ? c->sender : 0,
				  .truncated = c->truncated};
	if (c->has_info)
		d->code = str_of(core_code(c->signal, c->code));
	if (faults) {
		d->has_address = true;
		d->address = c->fault;
	}
	if (faults || (c->signal == SIGSEGV && c->has_info && c->code == SI_KERNEL))
		d->fault = core_describe_fault(c, &l->arena);
	if (c->signal != SIGABRT)
		return;
	d->message = abort_message(l);
	if (cxx_find_exception(&c->image, stack, &l->arena, &e)) {
		d->exception = e.type;
		d->what = e.what;
	}
}

/*
 * Its threads as a snapshot of one moment, whose memory is read where it lies: so that what they
 * wait for is found as of live ones.
 */
static void make_snapshot(struct look *l)
{
	struct core *c = l->core;
	struct snapshot *s = mem_zalloc(sizeof(*s));

	l->snapshots = s;
	l->n = 1;
	arena_init(&s->arena);
	s->pid = c->pid;
	s->image = c->image;
	s->n = c->nthreads;
	s->threads = mem_zalloc(s->n * sizeof(*s->threads));
	for (size_t i = 0; i < s->n; i++) {
		const struct core_thread *from = &c->threads[i];
		struct snapshot_thread *t = &s->threads[i];

		*t = (struct snapshot_thread){.tid = from->tid,
					      .status = {.pid = from->tid, .inner = from->inner},
					      .state = from->state,
					      .how = STACK_CORE,
					      .exact = true,
					      .regs = from->regs,
					      .call = from->call};
		t->has_futex =
			t->call.number == FUTEX_CALL &&
			s->image.read(s->image.arg, t->call.args[0], t->futex, sizeof(t->futex));
	}
}

/* As a core of this moment would tell it. */
bool look_death(struct look *l, int tid, const siginfo_t *info, struct stack_death *d)
{
	struct snapshot *s = &l->snapshots[0];
	struct core_thread thread = {.tid = tid, .signal = info->si_signo};
	bool sent = info->si_code <= 0;
	struct core c = {.image = s->image,
			 .threads = &thread,
			 .pid = s->pid,
			 .signal = info->si_signo,
			 .has_info = true,
			 .code = info->si_code,
			 .fault = sent ? 0 : (uint64_t)(uintptr_t)info->si_addr,
			 .sender = sent ? info->si_pid : 0};

	for (size_t i = 0; i < s->n; i++) {
		if (s->threads[i].tid != tid)
			continue;
		thread.regs = s->threads[i].regs;
		l->core = &c;
		find_death(l, &s->threads[i].stack, d);
		l->core = NULL;
		return true;
	}
	return false;
}

static void fill_thread(const struct core *c, const struct core_thread *from,
			struct stack_thread *t)
{
	*t = (struct stack_thread){.pid = c->pid,
				   .tid = from->tid,
				   .inner = from->inner,
				   .name = from->inner == c->pid ? c->name : STR(""),
				   .state = from->state,
				   .how = STACK_CORE,
				   .why_not = STR(""),
				   .exact = true,
				   .crashed = from == c->threads && !core_lived(c),
				   .cpu_ns = -1,
				   .system_call = STR(""),
				   .wait_text = STR(""),
				   .kernel_wait = STR("")};
}

static void say(struct look *l, size_t *cap, const char *text)
{
	look_note(l, str_of(text), cap);
}

static void add_notes(struct look *l, size_t *cap)
{
	struct arena *a = &l->arena;
	struct str path = STR("");
	size_t missing;
	const struct str *notes;
	size_t n = unwind_notes(l->unwinds[0], &notes);

	for (size_t i = 0; i < n; i++)
		look_note(l, notes[i], cap);
	missing = unwind_missing(l->unwinds[0], &path);
	if (missing == 1)
		say(l, cap, arena_printf(a, STR_FMT ": the file is not here" LACKS, STR_ARG(path)));
	else if (missing)
		say(l, cap,
		    arena_printf(a, STR_FMT " and %zu more: the files are not here" LACKS,
				 STR_ARG(path), missing - 1));
	for (size_t i = 0; i < l->core->nfiles; i++)
		if (core_is_doubtful(l->core, &l->core->files[i]))
			say(l, cap,
			    arena_printf(a,
					 STR_FMT ": changed after the core was written: if it is "
						 "another build, what is said of it is wrong",
					 STR_ARG(l->core->files[i].path)));
	if (l->core->no_stack)
		say(l, cap,
		    "stacks were not dumped: bit 0 of /proc/PID/coredump_filter was not set "
		    "(core(5))");
	if (l->core->truncated)
		say(l, cap, "the core is cut off: some of its memory is missing");
}

int look_core(struct look *l, int fd, const struct look_opts *o, struct stack_death *death,
	      struct err *err)
{
	struct stacks *st = &l->stacks;
	struct core *c = mem_zalloc(sizeof(*c));
	struct buf bytes = {0};
	uint64_t all = 0;
	size_t notes = 0;
	int rc;

	*l = (struct look){0};
	rc = core_open(c, fd, &o->core, err);
	if (rc) {
		free(c);
		return rc;
	}
	l->core = c;
	make_snapshot(l);
	l->unwinds = mem_zalloc(sizeof(struct unwind *));
	rc = unwind_new(&l->unwinds[0], &l->snapshots[0].image, &o->unwind, err);
	if (rc) {
		look_release(l);
		return rc;
	}
	st->nprocesses = 1;
	st->processes = arena_zalloc(&l->arena, sizeof(*st->processes));
	*st->processes = (struct stack_process){
		.pid = c->pid, .parent = c->parent, .name = c->name, .command = c->command};
	st->nthreads = c->nthreads;
	st->threads = arena_zalloc(&l->arena, c->nthreads * sizeof(*st->threads));
	for (size_t i = 0; i < c->nthreads; i++) {
		struct image_stack stack = read_stack(c, &c->threads[i].regs, &all, &bytes);

		fill_thread(c, &c->threads[i], &st->threads[i]);
		unwind_thread(l->unwinds[0], &c->threads[i].regs, &stack, &st->threads[i]);
		if (o->arguments || o->locals)
			unwind_values(l->unwinds[0], &stack, o->arguments, o->locals,
				      &st->threads[i]);
		if (i == 0)
			find_death(l, &stack, death);
	}
	buf_release(&bytes);
	waits_find(&l->snapshots[0], st->threads, NULL, &l->arena);
	look_python_core(l, &o->unwind, death, &notes);
	st->death = memcpy(arena_alloc(&l->arena, sizeof(*death)), death, sizeof(*death));
	waits_deadlocks(st, &l->arena);
	waits_groups(st, &l->arena);
	add_notes(l, &notes);
	return 0;
}
