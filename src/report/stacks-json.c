// SPDX-License-Identifier: GPL-3.0-or-later
/* Stacks as JSON (inquest.stacks/1, docs/formats.md): see stacks.h. Addresses are text, "0x...". */
#include "report/json-object.h"
#include "report/stacks.h"

static void address(struct buf *b, const char *key, uint64_t v)
{
	object_key(b, key);
	buf_printf(b, "\"%#llx\"", (unsigned long long)v);
}

static void add_values(struct buf *b, const struct frame *f)
{
	if (!f->nvalues)
		return;
	object_list(b, "values");
	for (size_t i = 0; i < f->nvalues; i++) {
		object_begin(b, NULL);
		object_text(b, "name", f->values[i].name);
		object_text(b, "type", f->values[i].type);
		object_text(b, "value", f->values[i].text);
		object_bool(b, "argument", f->values[i].argument);
		object_end(b);
	}
	object_list_end(b);
}

static void add_frame(struct buf *b, const struct frame *f)
{
	static const char *const languages[] = {"native", "python", "jit", "kernel", "java"};
	static const char *const trusts[] = {"exact", "frame pointer", "guessed"};

	object_begin(b, NULL);
	address(b, "pc", f->pc);
	object_text_or_null(b, "function", f->function);
	object_text_or_null(b, "symbol", f->symbol);
	object_count(b, "offset", f->offset);
	object_text_or_null(b, "module", f->module);
	address(b, "in_module", f->in_module);
	object_text_or_null(b, "file", f->file);
	object_count(b, "line", f->line);
	object_bool(b, "inlined", f->inlined);
	object_text(b, "language", str_of(languages[f->language]));
	object_text(b, "trust", str_of(trusts[f->trust]));
	object_bool(b, "own", f->own);
	object_bool(b, "signal", f->signal);
	add_values(b, f);
	object_end(b);
}

static void add_wait(struct buf *b, const struct stack_thread *t)
{
	if (t->wait == WAIT_NONE) {
		object_null(b, "waits_for");
		return;
	}
	object_begin(b, "waits_for");
	object_text(b, "kind", str_of(stacks_wait(t->wait)));
	object_text(b, "text", t->wait_text);
	if (t->waits_for)
		object_count(b, "id", (uint64_t)t->waits_for);
	else
		object_null(b, "id");
	if (t->wait_address)
		address(b, "address", t->wait_address);
	object_end(b);
}

static void add_thread(struct buf *b, const struct stack_thread *t)
{
	char state[2] = {t->state, 0};

	object_begin(b, NULL);
	object_count(b, "pid", (uint64_t)t->pid);
	object_count(b, "tid", (uint64_t)t->tid);
	object_text(b, "name", t->name);
	object_text(b, "state", str_of(state));
	object_text(b, "how", str_of(stacks_how(t->how)));
	object_bool(b, "exact", t->exact);
	object_bool(b, "crashed", t->crashed);
	object_text_or_null(b, "why_not", t->why_not);
	object_text_or_null(b, "system_call", t->system_call);
	object_text_or_null(b, "kernel_wait", t->kernel_wait);
	add_wait(b, t);
	object_bool(b, "holds_gil", t->holds_gil);
	object_bool(b, "complete", t->complete);
	object_count(b, "skipped", t->skipped);
	object_list(b, "frames");
	for (size_t i = 0; i < t->nframes; i++)
		add_frame(b, &t->frames[i]);
	object_list_end(b);
	object_list(b, "kernel_stack");
	for (size_t i = 0; i < t->nkernel; i++)
		object_text(b, NULL, t->kernel_stack[i]);
	object_list_end(b);
	object_end(b);
}

static void add_tids(struct buf *b, const char *key, const struct stacks *st, const size_t *threads,
		     size_t n)
{
	object_list(b, key);
	for (size_t i = 0; i < n; i++)
		object_count(b, NULL, (uint64_t)st->threads[threads[i]].tid);
	object_list_end(b);
}

static void add_deadlock(struct buf *b, const struct stacks *st, const struct stack_deadlock *d)
{
	object_begin(b, NULL);
	add_tids(b, "threads", st, d->threads, d->n);
	add_tids(b, "behind", st, d->behind, d->nbehind);
	object_end(b);
}

static void add_process(struct buf *b, const struct stack_process *p)
{
	object_begin(b, NULL);
	object_count(b, "pid", (uint64_t)p->pid);
	object_count(b, "parent", (uint64_t)p->parent);
	object_text(b, "name", p->name);
	object_text(b, "command", p->command);
	object_bool(b, "deleted", p->deleted);
	object_end(b);
}

static void add_death(struct buf *b, const struct stack_death *d)
{
	if (!d) {
		object_null(b, "death");
		return;
	}
	object_begin(b, "death");
	object_count(b, "signal", (uint64_t)d->signal);
	object_text_or_null(b, "cause", d->code);
	if (d->has_address)
		address(b, "address", d->address);
	else
		object_null(b, "address");
	object_text_or_null(b, "there", d->fault);
	if (d->sender)
		object_count(b, "sender", (uint64_t)d->sender);
	else
		object_null(b, "sender");
	object_text_or_null(b, "message", d->message);
	object_text_or_null(b, "exception", d->exception);
	object_text_or_null(b, "what", d->what);
	object_bool(b, "truncated", d->truncated);
	object_end(b);
}

void stacks_json(const struct stacks *st, struct str command, struct buf *b)
{
	object_begin(b, NULL);
	object_text(b, "schema", STR("inquest.stacks/1"));
	object_text(b, "command", command);
	object_count(b, "taken_ns", (uint64_t)st->taken_ns);
	object_count(b, "pause_ns", (uint64_t)st->pause_ns);
	object_count(b, "disturbed", st->disturbed);
	add_death(b, st->death);
	if (st->verdict) {
		object_begin(b, "verdict");
		object_text(b, "kind", st->verdict->kind);
		object_text(b, "sentence", st->verdict->sentence);
		object_end(b);
	} else {
		object_null(b, "verdict");
	}
	object_list(b, "processes");
	for (size_t i = 0; i < st->nprocesses; i++)
		add_process(b, &st->processes[i]);
	object_list_end(b);
	object_list(b, "deadlocks");
	for (size_t i = 0; i < st->ndeadlocks; i++)
		add_deadlock(b, st, &st->deadlocks[i]);
	object_list_end(b);
	object_list(b, "groups");
	for (size_t i = 0; i < st->ngroups; i++)
		add_tids(b, NULL, st, st->groups[i].threads, st->groups[i].n);
	object_list_end(b);
	object_list(b, "threads");
	for (size_t i = 0; i < st->nthreads; i++)
		add_thread(b, &st->threads[i]);
	object_list_end(b);
	object_list(b, "notes");
	for (size_t i = 0; i < st->nnotes; i++)
		object_text(b, NULL, st->notes[i]);
	object_list_end(b);
	object_end(b);
	buf_add_char(b, '\n');
}
