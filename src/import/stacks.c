// SPDX-License-Identifier: GPL-3.0-or-later
/* Snapshots of threads in JSON: see stacks.h. What a later minor form adds is passed over. */
#include "import/stacks.h"

#include <stdlib.h>

#include "base/hash.h"
#include "text/jsontree.h"

#define SCHEMA "inquest.stacks/1"

bool stacks_recognise(struct str head)
{
	return str_contains(str_head(head, 256), STR("\"" SCHEMA "\""));
}

static uint64_t number(const struct jsontree *t, const char *key)
{
	const struct jsontree *v = jsontree_get(t, key);

	return v && v->kind == JSONTREE_INT && v->integer > 0 ? (uint64_t)v->integer : 0;
}

static struct str text(const struct jsontree *t, const char *key)
{
	struct str s = jsontree_text(jsontree_get(t, key));

	return s.p ? s : STR("");
}

/* "0x55d0" */
static uint64_t address(struct arena *a, const struct jsontree *t, const char *key)
{
	return strtoull(arena_str(a, text(t, key)).p, NULL, 16);
}

/* Which of the names a value is; 0 if none. */
static unsigned word(struct str s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, str_of(names[i])))
			return (unsigned)i;
	return 0;
}

static void read_frame(struct arena *a, const struct jsontree *t, struct frame *f)
{
	static const char *const languages[] = {"native", "python", "jit", "kernel", "java"};
	static const char *const trusts[] = {"exact", "frame pointer", "guessed"};

	*f = (struct frame){
		.pc = address(a, t, "pc"),
		.in_module = address(a, t, "in_module"),
		.offset = number(t, "offset"),
		.function = text(t, "function"),
		.symbol = text(t, "symbol"),
		.module = text(t, "module"),
		.file = text(t, "file"),
		.line = (uint32_t)number(t, "line"),
		.inlined = jsontree_true(jsontree_get(t, "inlined")),
		.own = jsontree_true(jsontree_get(t, "own")),
		.signal = jsontree_true(jsontree_get(t, "signal")),
		.language = (enum frame_language)word(text(t, "language"), languages,
						      ARRAY_SIZE(languages)),
		.trust = (enum frame_trust)word(text(t, "trust"), trusts, ARRAY_SIZE(trusts)),
	};
}

static void read_wait(const struct jsontree *t, struct stack_thread *out)
{
	static const char *const kinds[] = {"none",   "mutex",   "rwlock", "join", "condition",
					    "child",  "pipe",    "socket", "lock", "file",
					    "poll",   "sleep",   "signal", "gil",  "monitor",
					    "kernel", "stopped", "other"};
	const struct jsontree *w = jsontree_get(t, "waits_for");

	out->wait = (enum wait_kind)word(text(w, "kind"), kinds, ARRAY_SIZE(kinds));
	out->wait_text = text(w, "text");
	out->waits_for = (int)number(w, "id");
}

static void read_thread(struct arena *a, const struct jsontree *t, struct stack_thread *out)
{
	static const char *const hows[] = {"none", "bpf", "nostop", "stop", "core"};
	const struct jsontree *frames = jsontree_get(t, "frames"), *f;
	struct str state = text(t, "state");

	*out = (struct stack_thread){
		.pid = (int)number(t, "pid"),
		.tid = (int)number(t, "tid"),
		.name = text(t, "name"),
		.state = state.n ? state.p[0] : ' ',
		.how = (enum stack_how)word(text(t, "how"), hows, ARRAY_SIZE(hows)),
		.why_not = text(t, "why_not"),
		.system_call = text(t, "system_call"),
		.kernel_wait = text(t, "kernel_wait"),
		.crashed = jsontree_true(jsontree_get(t, "crashed")),
		.complete = jsontree_true(jsontree_get(t, "complete")),
		.holds_gil = jsontree_true(jsontree_get(t, "holds_gil")),
		.cpu_ns = -1,
	};
	read_wait(t, out);
	out->frames = arena_alloc(a, (jsontree_count(frames) + 1) * sizeof(*out->frames));
	for (f = jsontree_first(frames); f; f = f->next)
		read_frame(a, f, &out->frames[out->nframes++]);
}

static void read_process(const struct jsontree *t, struct stack_process *p)
{
	*p = (struct stack_process){
		.pid = (int)number(t, "pid"),
		.parent = (int)number(t, "parent"),
		.name = text(t, "name"),
		.command = text(t, "command"),
		.deleted = jsontree_true(jsontree_get(t, "deleted")),
	};
}

static size_t *read_ids(struct arena *a, const struct jsontree *list, const struct stacks *st,
			const struct map *by_tid, size_t *n)
{
	size_t *out = arena_alloc(a, (jsontree_count(list) + 1) * sizeof(*out));
	uint32_t at;

	*n = 0;
	for (const struct jsontree *t = jsontree_first(list); t; t = t->next)
		if (t->kind == JSONTREE_INT && map_get(by_tid, (uint64_t)t->integer, &at) &&
		    at < st->nthreads)
			out[(*n)++] = at;
	return out;
}

/* What was found among the threads, by their ids. */
static void read_found(struct stacks *st, struct arena *a, const struct jsontree *root)
{
	const struct jsontree *list = jsontree_get(root, "deadlocks"), *t;
	struct map by_tid = {0};

	for (size_t i = 0; i < st->nthreads; i++)
		map_put(&by_tid, (uint64_t)st->threads[i].tid, (uint32_t)i, NULL);
	st->deadlocks = arena_alloc(a, (jsontree_count(list) + 1) * sizeof(*st->deadlocks));
	for (t = jsontree_first(list); t; t = t->next) {
		struct stack_deadlock *d = &st->deadlocks[st->ndeadlocks++];

		d->threads = read_ids(a, jsontree_get(t, "threads"), st, &by_tid, &d->n);
		d->behind = read_ids(a, jsontree_get(t, "behind"), st, &by_tid, &d->nbehind);
	}
	list = jsontree_get(root, "groups");
	st->groups = arena_alloc(a, (jsontree_count(list) + 1) * sizeof(*st->groups));
	for (t = jsontree_first(list); t; t = t->next) {
		struct stack_group *g = &st->groups[st->ngroups++];

		g->threads = read_ids(a, t, st, &by_tid, &g->n);
	}
	map_release(&by_tid);
}

static void read_death(struct stacks *st, struct arena *a, const struct jsontree *t)
{
	struct stack_death *d;

	if (!t || t->kind != JSONTREE_OBJECT)
		return;
	d = arena_zalloc(a, sizeof(*d));
	d->signal = (int)number(t, "signal");
	d->code = text(t, "cause");
	d->has_address = text(t, "address").n > 0;
	d->address = address(a, t, "address");
	d->fault = text(t, "there");
	d->sender = (int)number(t, "sender");
	d->message = text(t, "message");
	d->exception = text(t, "exception");
	d->what = text(t, "what");
	d->truncated = jsontree_true(jsontree_get(t, "truncated"));
	st->death = d;
}

static void read_verdict(struct stacks *st, struct arena *a, const struct jsontree *t)
{
	struct stack_verdict *v;

	if (!t || t->kind != JSONTREE_OBJECT)
		return;
	v = arena_alloc(a, sizeof(*v));
	*v = (struct stack_verdict){text(t, "kind"), text(t, "sentence")};
	st->verdict = v;
}

int stacks_read(struct stacks *st, struct arena *a, struct str data, struct err *err)
{
	struct jsontree_doc doc;
	const struct jsontree *list, *t;
	int rc = jsontree_read(&doc, a, data, 1, err);

	*st = (struct stacks){0};
	if (rc)
		return rc;
	if (!str_eq(text(doc.root, "schema"), STR(SCHEMA)))
		return err_set(err, ERR_INPUT, "no snapshot of threads (" SCHEMA ")");
	if (doc.cut)
		return err_set(err, ERR_INPUT, "the document is cut off");
	st->taken_ns = (int64_t)number(doc.root, "taken_ns");
	list = jsontree_get(doc.root, "processes");
	st->processes = arena_alloc(a, (jsontree_count(list) + 1) * sizeof(*st->processes));
	for (t = jsontree_first(list); t; t = t->next)
		read_process(t, &st->processes[st->nprocesses++]);
	list = jsontree_get(doc.root, "threads");
	st->threads = arena_alloc(a, (jsontree_count(list) + 1) * sizeof(*st->threads));
	for (t = jsontree_first(list); t; t = t->next)
		read_thread(a, t, &st->threads[st->nthreads++]);
	read_found(st, a, doc.root);
	read_death(st, a, jsontree_get(doc.root, "death"));
	read_verdict(st, a, jsontree_get(doc.root, "verdict"));
	return 0;
}
