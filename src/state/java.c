// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A JVM's dump of its threads: see java.h. A line that begins with a quote and has a native number
 * begins a thread, lines that begin with "at" are its frames. Behind the threads the JVM tells the
 * deadlocks that it found: a quoted name, what that thread waits for, by whom that is held. Names
 * may hold quotes themselves: the last quote before what must follow ends them.
 */
#include "state/java.h"

#include <stdlib.h>

#include "base/hash.h"

#define THREADS_MOST ((size_t)1 << 17)
#define FRAMES_MOST  ((size_t)1 << 22) /* of all */

struct lock {
	uint64_t address;
	size_t thread;
};

struct parser {
	struct arena *a;
	struct java_thread *threads;
	size_t n, cap;
	struct frame *frames; /* of the thread at hand */
	size_t nframes, capframes, all;
	struct lock *locks;
	size_t nlocks, caplocks;
	struct map names;           /* hash -> thread */
	struct java_thread *waiter; /* of the deadlock at hand */
	size_t deadlocks;
};

static bool number(struct str s, const char *after, uint64_t *out)
{
	size_t at = str_find(s, str_of(after));
	uint64_t v = 0;
	bool hex, any = false;

	if (at >= s.n)
		return false;
	s = str_from(s, at + strlen(after));
	hex = str_starts(s, STR("0x"));
	for (size_t i = hex ? 2 : 0; i < s.n; i++) {
		char c = s.p[i];
		int d = c >= '0' && c <= '9'          ? c - '0'
			: hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
						      : -1;

		if (d < 0 || v >> 59)
			break;
		v = v * (hex ? 16 : 10) + (uint64_t)d;
		any = true;
	}
	*out = v;
	return any;
}

/* The text in quotes at the start, up to the last quote before `before` (NULL: of all). */
static bool quoted(struct str line, const char *before, struct str *out)
{
	size_t end = before ? str_find(line, str_of(before)) : line.n;

	if (!line.n || line.p[0] != '"')
		return false;
	while (end > 1 && line.p[end - 1] != '"')
		end--;
	if (end <= 1)
		return false;
	*out = (struct str){line.p + 1, end - 2};
	return true;
}

static void end_thread(struct parser *p)
{
	struct java_thread *t = p->n ? &p->threads[p->n - 1] : NULL;

	if (t && p->nframes) {
		t->frames = arena_alloc(p->a, p->nframes * sizeof(*t->frames));
		memcpy(t->frames, p->frames, p->nframes * sizeof(*t->frames));
		t->nframes = p->nframes;
	}
	p->nframes = 0;
}

static bool begin_thread(struct parser *p, struct str line)
{
	uint64_t native;
	struct str name;

	if (!quoted(line, " prio=", &name) && !quoted(line, " os_prio=", &name))
		return false;
	if (!number(line, " nid=", &native) || native > INT32_MAX || p->n >= THREADS_MOST)
		return false;
	end_thread(p);
	map_put(&p->names, hash_str(name), (uint32_t)p->n, NULL);
	array_push(p->threads, p->n, p->cap) = (struct java_thread){
		.name = name, .native = (int)native, .lock_type = STR(""), .holder = STR("")};
	return true;
}

/* Neither the program's nor its libraries': what comes with Java. */
static bool is_system(struct str function)
{
	static const char *const packages[] = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

	for (size_t i = 0; i < ARRAY_SIZE(packages); i++)
		if (str_starts(function, str_of(packages[i])))
			return true;
	return false;
}

/* "java.lang.Thread.run(java.base@17.0.15/Thread.java:840)" */
static void add_frame(struct parser *p, struct str text)
{
	size_t open = str_find_char(text, '('), colon;
	struct frame f = {.language = FRAME_JAVA,
			  .function = str_head(text, open),
			  .symbol = STR(""),
			  .module = STR(""),
			  .file = STR("")};
	struct str place;
	uint64_t line;
	const char *slash;

	if (!open || open + 1 >= text.n || text.p[text.n - 1] != ')' || p->all >= FRAMES_MOST)
		return;
	place = (struct str){text.p + open + 1, text.n - open - 2};
	slash = memrchr(place.p, '/', place.n);
	if (slash)
		place = str_from(place, (size_t)(slash - place.p) + 1);
	colon = str_find_char(place, ':');
	if (colon < place.n && str_u64(str_from(place, colon + 1), &line) && line <= UINT32_MAX) {
		f.file = str_head(place, colon);
		f.line = (uint32_t)line;
	} else if (str_ends(place, STR(".java"))) {
		f.file = place;
	}
	f.own = !is_system(f.function);
	p->all++;
	array_push(p->frames, p->nframes, p->capframes) = f;
}

/* "<0x...> (a java.lang.Object)" after what is said of it. */
static bool lock_of(struct str text, const char *after, uint64_t *address, struct str *type)
{
	size_t at = str_find(text, STR("(a "));

	if (!str_starts(text, str_of(after)) || !number(text, "<", address))
		return false;
	*type = at < text.n ? str_from(text, at + 3) : STR("");
	*type = str_head(*type, str_find_char(*type, ')'));
	return true;
}

static void note(struct parser *p, struct str text)
{
	struct java_thread *t = &p->threads[p->n - 1];
	uint64_t address;
	struct str type;

	if (lock_of(text, "waiting to lock ", &address, &type) ||
	    lock_of(text, "waiting to re-lock ", &address, &type) ||
	    lock_of(text, "parking to wait for ", &address, &type)) {
		t->lock = address;
		t->lock_type = type;
	} else if (lock_of(text, "waiting on ", &address, &type)) {
		t->condition = address;
	} else if (lock_of(text, "locked ", &address, &type) && p->all < FRAMES_MOST) {
		p->all++;
		array_push(p->locks, p->nlocks, p->caplocks) = (struct lock){address, p->n - 1};
	}
}

static struct java_thread *named(struct parser *p, struct str name)
{
	uint32_t at;

	if (!map_get(&p->names, hash_str(name), &at) || !str_eq(p->threads[at].name, name))
		return NULL;
	return &p->threads[at];
}

/* Of the deadlocks behind the threads. */
static void deadlock_line(struct parser *p, struct str line)
{
	struct str held = STR("which is held by "), name;

	if (str_starts(line, STR("Found one Java-level deadlock"))) {
		p->deadlocks++;
		p->waiter = NULL;
	} else if (str_ends(line, STR("\":")) && quoted(line, NULL, &name)) {
		p->waiter = named(p, name);
	} else if (p->waiter && str_starts(str_trim(line), held) &&
		   quoted(str_from(str_trim(line), held.n), NULL, &name) && named(p, name)) {
		p->waiter->holder = name;
	}
}

static int by_address(const void *a, const void *b)
{
	const struct lock *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return (x->thread > y->thread) - (x->thread < y->thread);
}

/* Who waits for a monitor waits for who has locked it, and has not given it back by wait(). */
static void find_holders(struct parser *p)
{
	if (p->nlocks)
		qsort(p->locks, p->nlocks, sizeof(*p->locks), by_address);
	for (size_t i = 0; i < p->n; i++) {
		struct java_thread *t = &p->threads[i];
		struct lock key = {.address = t->lock}, *found = NULL;
		size_t low = 0, high = p->nlocks;

		while (t->lock && low < high) {
			size_t mid = low + (high - low) / 2;

			if (p->locks[mid].address < key.address)
				low = mid + 1;
			else
				high = mid;
		}
		for (; low < p->nlocks && p->locks[low].address == key.address; low++)
			if (t->lock && p->locks[low].thread != i &&
			    p->threads[p->locks[low].thread].condition != t->lock)
				found = &p->locks[low];
		if (found && !t->holder.n)
			t->holder = p->threads[found->thread].name;
	}
}

bool java_parse(struct str text, struct arena *a, struct java_dump *out)
{
	struct parser p = {.a = a};
	struct str line;
	bool behind = false; /* the threads */

	while (str_next(&text, '\n', &line)) {
		struct str rest = str_trim(line);

		behind = behind || str_starts(line, STR("Found one Java-level deadlock"));
		if (behind)
			deadlock_line(&p, str_trim(line).p == line.p ? rest : line);
		else if (begin_thread(&p, rest) || !p.n)
			continue;
		else if (str_starts(rest, STR("at ")))
			add_frame(&p, str_from(rest, 3));
		else if (str_starts(rest, STR("- ")))
			note(&p, str_from(rest, 2));
	}
	end_thread(&p);
	find_holders(&p);
	*out = (struct java_dump){.n = p.n, .deadlocks = p.deadlocks};
	out->threads = arena_alloc(a, p.n * sizeof(*out->threads) + 1);
	if (p.n)
		memcpy(out->threads, p.threads, p.n * sizeof(*out->threads));
	map_release(&p.names);
	free(p.threads);
	free(p.frames);
	free(p.locks);
	return out->n > 0;
}

/* Made by the JVM as it ran: code in no file. */
static bool is_made(const struct frame *f)
{
	return !f->module.n && !f->signal;
}

void java_merge(struct stack_thread *t, const struct java_thread *jt, size_t most, struct arena *a)
{
	size_t from = 0, to, n, head;
	struct frame *all;

	t->name = jt->name;
	if (!jt->nframes)
		return;
	while (from < t->nframes && !is_made(&t->frames[from]))
		from++;
	to = t->nframes;
	while (to > from && !is_made(&t->frames[to - 1]))
		to--;
	/* Where the native stack ends before Java's code, or goes astray in it, Java's is the end.
	 */
	if (!t->complete || to == from)
		to = t->nframes;
	for (size_t i = from; i < to; i++)
		if (t->frames[i].trust == FRAME_GUESSED)
			to = t->nframes;
	n = from + jt->nframes + (t->nframes - to);
	all = arena_alloc(a, n * sizeof(*all));
	memcpy(all, t->frames, from * sizeof(*all));
	memcpy(all + from, jt->frames, jt->nframes * sizeof(*all));
	if (t->nframes > to)
		memcpy(all + from + jt->nframes, t->frames + to, (t->nframes - to) * sizeof(*all));
	t->skipped = t->skipped_at = 0;
	if (most && n > most) {
		head = most / 2;
		memmove(all + head, all + n - (most - head), (most - head) * sizeof(*all));
		t->skipped = n - most;
		t->skipped_at = head;
		n = most;
	}
	t->frames = all;
	t->nframes = n;
	t->complete = true;
}
