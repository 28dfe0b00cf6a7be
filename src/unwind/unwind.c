// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Unwinding: see unwind.h. From the registers of a frame the rules give those of its caller, until
 * a rule says that there is none. A stack pointer must rise from frame to frame, but for a change
 * of stacks (signal handlers, coroutines), of which only a few are believed: so cyclic frames end.
 * Without rules a frame pointer is followed if it points to a saved one and to code behind a call;
 * without that the next address behind a call on the stack is taken. Only the outermost and the
 * innermost frames of a very deep stack are kept.
 */
#include "unwind/unwind.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "unwind/lines.h"
#include "unwind/names.h"
#include "unwind/rules.h"
#include "unwind/values.h"

#define FRAMES        1000
#define WALK_MOST     ((uint64_t)1 << 24) /* frames of a thread */
#define WALK_ALL      ((uint64_t)1 << 26) /* of all threads: what claims more is no program */
#define SCAN_WORDS    512
#define STACKS_MOST   8 /* changes of stacks */
#define MAP_FILE      ((size_t)256 << 20)
#define REGS_IN_FRAME 40 /* of a signal, from its struct ucontext */

/* A frame before it has a name. */
struct step {
	struct image_regs regs;
	uint64_t cfa;
	enum frame_trust trust;
	bool call; /* pc is where a call returns to */
	bool signal;
};

struct unwind {
	const struct image *image;
	struct unwind_opts opts;
	struct modules modules;
	struct rules_cache rules;
	struct names names;
	struct perfmap perfmap;
	char *perfmap_text;
	struct arena arena;
	struct step *steps; /* of the last thread: what was kept */
	size_t nsteps;
	uint64_t walked; /* frames so far, of all threads */
};

/* Anybody may put a file into /tmp: one of the process's user, of root, or our own. */
static bool is_trusted(const struct unwind *u, const struct stat *st)
{
	struct stat process;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d", u->image->pid);
	return st->st_uid == 0 || st->st_uid == geteuid() ||
	       (stat(path, &process) == 0 && st->st_uid == process.st_uid);
}

static void use_perfmap(struct unwind *u, int fd)
{
	struct err err;
	char path[64];
	size_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (file_read_small(path, MAP_FILE, &u->perfmap_text, &n, &err) == 0)
		perfmap_parse(&u->perfmap, (struct str){u->perfmap_text, n});
	else
		u->perfmap_text = NULL;
}

/* It lies where the process sees /tmp, by the number that it knows itself by. */
static void read_perfmap(struct unwind *u)
{
	const struct image *im = u->image;
	char root[64], path[64];
	struct stat st;
	int fd;

	if (!im->pid)
		return;
	snprintf(root, sizeof(root), "/proc/%d/root", im->pid);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", im->inner ? im->inner : im->pid);
	fd = image_open_file(root, path);
	if (fd < 0)
		return;
	if (fstat(fd, &st) != 0 || !is_trusted(u, &st))
		modules_note(&u->modules, "%s belongs to another user: it is not used", path);
	else if (st.st_mtim.tv_sec + 1 < im->started_ns / 1000000000)
		modules_note(&u->modules, "%s is older than the process: it is not used", path);
	else
		use_perfmap(u, fd);
	close(fd);
}

int unwind_new(struct unwind **out, const struct image *image, const struct unwind_opts *o,
	       struct err *err)
{
	struct unwind *u = mem_zalloc(sizeof(*u));
	int rc;

	u->image = image;
	u->opts = *o;
	if (!u->opts.max_frames)
		u->opts.max_frames = FRAMES;
	if (u->opts.max_frames < 2)
		u->opts.max_frames = 2;
	rc = modules_init(&u->modules, image, o->online, err);
	if (rc) {
		unwind_free(u);
		return rc;
	}
	read_perfmap(u);
	u->names = (struct names){.modules = &u->modules,
				  .perfmap = u->perfmap.n ? &u->perfmap : NULL,
				  .lines = o->lines};
	u->steps = mem_alloc(u->opts.max_frames * sizeof(*u->steps));
	*out = u;
	return 0;
}

void unwind_free(struct unwind *u)
{
	if (!u)
		return;
	rules_release(&u->rules);
	names_release(&u->names);
	modules_release(&u->modules);
	free(u->perfmap.items);
	free(u->perfmap_text);
	free(u->steps);
	arena_release(&u->arena);
	free(u);
}

static bool is_code(const struct unwind *u, uint64_t addr)
{
	const struct image_map *m = image_find(u->image, addr);

	return m && (m->prot & IMAGE_EXEC);
}

/* Where the kernel has a signal handler return to: mov $15,%rax; syscall (rt_sigreturn). */
static bool is_trampoline(const struct unwind *u, uint64_t addr)
{
	unsigned char b[9];

	return u->image->read(u->image->arg, addr, b, sizeof(b)) &&
	       memcmp(b, "\x48\xc7\xc0\x0f\0\0\0\x0f\x05", sizeof(b)) == 0;
}

/* Is there a call right before addr? (Intel SDM: E8 rel32; FF /2 with its forms of addresses.) */
static bool is_return(const struct unwind *u, uint64_t addr)
{
	unsigned char b[7];

	if (addr < sizeof(b) || !is_code(u, addr - 1) ||
	    !u->image->read(u->image->arg, addr - sizeof(b), b, sizeof(b)))
		return false;
	if (b[2] == 0xe8)
		return true;
	for (size_t length = 2; length <= 7; length++) {
		const unsigned char *op = b + 7 - length;

		if (op[0] == 0xff && (op[1] >> 3 & 7) == 2)
			return true;
	}
	return is_trampoline(u, addr);
}

static bool known(const struct image_regs *regs, unsigned reg)
{
	return regs->known >> reg & 1;
}

static void set(struct image_regs *regs, unsigned reg, uint64_t value)
{
	regs->r[reg] = value;
	regs->known |= UINT32_C(1) << reg;
}

/* Does the call before addr go to the function that holds pc? Only direct calls can tell. */
static bool calls_function_of(struct unwind *u, uint64_t addr, uint64_t pc)
{
	struct module *m = modules_find(&u->modules, pc);
	struct symbol s;
	unsigned char b[5];
	int32_t distance;

	if (!m || !module_symbol(m, pc, &s) ||
	    !u->image->read(u->image->arg, addr - sizeof(b), b, sizeof(b)) || b[0] != 0xe8)
		return false;
	memcpy(&distance, b + 1, sizeof(distance));
	return addr + (uint64_t)(int64_t)distance == s.start;
}

/*
 * A frame pointer that nobody told us: a place on the stack that looks like a saved one below a
 * return address. The first from where this function was called, which is no guess any more; else
 * the first of all.
 */
static bool guess_frame_pointer(struct unwind *u, struct frame_view *v, enum frame_trust *trust)
{
	uint64_t sp = v->regs.r[IMAGE_SP], guess = 0;
	const struct image_map *m = image_find(u->image, sp);

	for (unsigned i = 0; m && i < SCAN_WORDS; i++) {
		uint64_t at = sp + i * UINT64_C(8), pair[2];

		if (!frame_read(v, at, pair, sizeof(pair)))
			break;
		if (pair[0] <= at || pair[0] >= m->end || pair[0] % 8 != 0 ||
		    !is_return(u, pair[1]))
			continue;
		if (calls_function_of(u, pair[1], v->regs.r[IMAGE_PC])) {
			set(&v->regs, IMAGE_RBP, at);
			*trust = FRAME_POINTER;
			return true;
		}
		guess = guess ? guess : at;
	}
	if (!guess)
		return false;
	set(&v->regs, IMAGE_RBP, guess);
	*trust = FRAME_GUESSED;
	return true;
}

static bool find_cfa(struct unwind *u, const struct rules *r, struct frame_view *v,
		     enum frame_trust *trust)
{
	struct location l;

	if (r->plain_cfa) {
		if (r->cfa_reg >= IMAGE_REGS)
			return false;
		if (!known(&v->regs, r->cfa_reg)) {
			if (r->cfa_reg != IMAGE_RBP || !guess_frame_pointer(u, v, trust))
				return false;
		}
		v->cfa = v->regs.r[r->cfa_reg] + (uint64_t)r->cfa_offset;
		return true;
	}
	l = location_eval(v, r->cfa, r->ncfa, NULL);
	v->cfa = l.value;
	return l.kind == LOCATION_ADDRESS || l.kind == LOCATION_VALUE;
}

/* One register of the caller; false if it has none, or it is lost. */
static bool apply(const struct rule *rule, const struct frame_view *v, unsigned reg, uint64_t *out)
{
	struct location l;

	switch (rule->kind) {
	case RULE_SAME: *out = v->regs.r[reg]; return known(&v->regs, reg);
	case RULE_AT_CFA: return frame_read(v, v->cfa + (uint64_t)rule->offset, out, 8);
	case RULE_EXPRESSION:
		l = location_eval(v, rule->ops, rule->nops, &v->cfa);
		*out = l.value;
		if (l.kind == LOCATION_REGISTER) {
			*out = l.value < IMAGE_REGS ? v->regs.r[l.value] : 0;
			return l.value < IMAGE_REGS && known(&v->regs, (unsigned)l.value);
		}
		return l.kind == LOCATION_ADDRESS ? frame_read(v, l.value, out, 8)
						  : l.kind == LOCATION_VALUE;
	case RULE_UNDEFINED:
	default: return false;
	}
}

/* Does the function that holds pc begin with "push %rbp", after "endbr64" perhaps? */
static bool saves_frame_pointer(struct unwind *u, uint64_t pc)
{
	struct module *m = modules_find(&u->modules, pc);
	struct symbol s;
	unsigned char b[5];

	if (!m || !module_symbol(m, pc, &s) ||
	    !u->image->read(u->image->arg, s.start, b, sizeof(b)))
		return true; /* who knows */
	return b[memcmp(b, "\xf3\x0f\x1e\xfa", 4) == 0 ? 4 : 0] == 0x55;
}

enum outcome { CALLER, LAST, LOST };

static enum outcome by_rules(struct unwind *u, const struct rules *r, struct step *s,
			     struct frame_view *v, struct step *next)
{
	enum frame_trust trust = FRAME_EXACT;

	if (!find_cfa(u, r, v, &trust))
		return LOST;
	s->cfa = v->cfa;
	s->regs = v->regs; /* with the frame pointer that was found: values may need it */
	s->signal = r->signal;
	if (r->regs[IMAGE_PC].kind == RULE_UNDEFINED)
		return LAST;
	*next = (struct step){.trust = trust, .call = !r->signal};
	for (unsigned i = 0; i < IMAGE_REGS; i++) {
		uint64_t value;

		if (apply(&r->regs[i], v, i, &value))
			set(&next->regs, i, value);
	}
	if (!known(&next->regs, IMAGE_SP))
		set(&next->regs, IMAGE_SP, v->cfa);
	return known(&next->regs, IMAGE_PC) ? CALLER : LOST;
}

static void take(struct step *next, enum frame_trust trust, uint64_t pc, uint64_t cfa)
{
	*next = (struct step){.trust = trust, .call = true};
	set(&next->regs, IMAGE_PC, pc);
	set(&next->regs, IMAGE_SP, cfa);
}

static bool by_frame_pointer(const struct unwind *u, const struct frame_view *v, struct step *next)
{
	uint64_t fp = v->regs.r[IMAGE_RBP], sp = v->regs.r[IMAGE_SP], pair[2];
	const struct image_map *m = image_find(u->image, sp);

	if (!known(&v->regs, IMAGE_RBP) || fp % 8 != 0 || fp < sp || !m || fp >= m->end ||
	    !frame_read(v, fp, pair, sizeof(pair)) || !is_return(u, pair[1]))
		return false;
	take(next, FRAME_POINTER, pair[1], fp + 16);
	set(&next->regs, IMAGE_RBP, pair[0]);
	return true;
}

static bool by_search(const struct unwind *u, const struct frame_view *v, struct step *next)
{
	uint64_t sp = v->regs.r[IMAGE_SP], word;

	for (unsigned i = 0; i < SCAN_WORDS; i++) {
		uint64_t at = sp + i * UINT64_C(8);

		if (!frame_read(v, at, &word, sizeof(word)))
			return false;
		if (!is_return(u, word))
			continue;
		take(next, FRAME_GUESSED, word, at + 8);
		if (known(&v->regs, IMAGE_RBP) && v->regs.r[IMAGE_RBP] > at)
			set(&next->regs, IMAGE_RBP, v->regs.r[IMAGE_RBP]);
		return true;
	}
	return false;
}

/*
 * Of what a signal broke off, whose handler returns to code without rules (Go, musl): the kernel
 * put its registers on the stack. Source: Linux, arch/x86/include/uapi/asm/sigcontext.h.
 */
static bool by_signal_frame(const struct unwind *u, struct step *s, const struct frame_view *v,
			    struct step *next)
{
	static const unsigned char order[] = {8, 9, 10, 11, 12, 13, 14, 15, 5,
					      4, 6, 3,  1,  0,  2,  7,  16};
	uint64_t saved[ARRAY_SIZE(order)];

	if (!known(&v->regs, IMAGE_SP) || !is_trampoline(u, v->regs.r[IMAGE_PC]) ||
	    !frame_read(v, v->regs.r[IMAGE_SP] + REGS_IN_FRAME, saved, sizeof(saved)))
		return false;
	*next = (struct step){.trust = FRAME_EXACT};
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		set(&next->regs, order[i], saved[i]);
	s->signal = true;
	s->cfa = v->regs.r[IMAGE_SP];
	return true;
}

static enum outcome without_rules(struct unwind *u, bool first, struct step *s,
				  struct frame_view *v, struct step *next)
{
	uint64_t word, sp = v->regs.r[IMAGE_SP], pc = v->regs.r[IMAGE_PC];

	if (!known(&v->regs, IMAGE_SP))
		return LOST;
	/* A call to where there is no code, or a function that has put nothing on the stack: its
	 * caller's address lies on top. */
	if (first && frame_read(v, sp, &word, 8) && is_return(u, word) &&
	    (!is_code(u, pc) || calls_function_of(u, word, pc) || !saves_frame_pointer(u, pc))) {
		take(next, FRAME_EXACT, word, sp + 8);
		for (unsigned i = 0; i < IMAGE_SP; i++)
			if (known(&v->regs, i))
				set(&next->regs, i, v->regs.r[i]);
		for (unsigned i = IMAGE_SP + 1; i < IMAGE_PC; i++)
			if (known(&v->regs, i))
				set(&next->regs, i, v->regs.r[i]);
	} else if (!by_frame_pointer(u, v, next) && !by_search(u, v, next)) {
		return LOST;
	}
	s->cfa = next->regs.r[IMAGE_SP];
	return CALLER;
}

static enum outcome find_caller(struct unwind *u, const struct image_stack *stack, bool first,
				struct step *s, struct step *next)
{
	struct frame_view v = {.image = u->image, .stack = stack, .regs = s->regs};
	uint64_t pc = s->regs.r[IMAGE_PC];
	const struct rules *r = rules_find(&u->rules, &u->modules, pc - s->call);
	enum outcome o;

	if (!r && s->call) {
		if (by_signal_frame(u, s, &v, next))
			return CALLER;
		/* No call before it, but a function that begins there: Go has what broke off a
		 * function look as if it were called from it. */
		r = rules_find(&u->rules, &u->modules, pc);
		s->call = !r;
	}
	o = r ? by_rules(u, r, s, &v, next) : LOST;

	if (o == LOST)
		o = without_rules(u, first, s, &v, next);
	if (o == CALLER && next->regs.r[IMAGE_PC] == 0)
		return LAST;
	return o;
}

/* Does the stack go on upwards, or change in a way that happens? The innermost function may have
 * nothing on it: vfork() keeps its return address in a register. */
static bool goes_up(const struct step *s, const struct step *next, bool first, unsigned *changes)
{
	uint64_t from = s->regs.r[IMAGE_SP], to = next->regs.r[IMAGE_SP];

	if (to % 8 != 0)
		return false;
	if (to > from || (to == from && first))
		return true;
	return (s->signal || to + 4096 < from) && ++*changes <= STACKS_MOST;
}

/* All frames of a thread: the first and the last of them into steps; how many there are. */
static uint64_t walk(struct unwind *u, const struct image_regs *regs,
		     const struct image_stack *stack, bool *complete)
{
	size_t most = u->opts.max_frames, half = most / 2;
	struct step s = {.regs = *regs}, next;
	unsigned changes = 0;
	uint64_t n = 0;

	*complete = false;
	for (;;) {
		enum outcome o = find_caller(u, stack, n == 0, &s, &next);

		u->steps[n < half ? n : half + (n - half) % (most - half)] = s;
		n++;
		*complete = o == LAST;
		if (o != CALLER || n >= WALK_MOST || ++u->walked >= WALK_ALL ||
		    !goes_up(&s, &next, n == 1, &changes))
			return n;
		s = next;
	}
}

/* The kept ones in order. */
static void put_in_order(struct unwind *u, uint64_t n)
{
	size_t most = u->opts.max_frames, half = most / 2, ring = most - half, turn;
	struct step *copy;

	u->nsteps = n < most ? (size_t)n : most;
	turn = n > most ? (size_t)((n - half) % ring) : 0;
	if (!turn)
		return;
	copy = mem_alloc(ring * sizeof(*copy));
	for (size_t i = 0; i < ring; i++)
		copy[i] = u->steps[half + (turn + i) % ring];
	memcpy(u->steps + half, copy, ring * sizeof(*copy));
	free(copy);
}

static void add_frames(struct unwind *u, const struct step *s, struct stack_thread *t, size_t *cap)
{
	const struct named *n = names_find(&u->names, s->regs.r[IMAGE_PC], s->call && !s->signal);

	for (size_t i = 0; i < n->n; i++) {
		struct frame *f = &array_push(t->frames, t->nframes, *cap);

		*f = n->frames[i];
		f->pc = s->regs.r[IMAGE_PC];
		f->cfa = s->cfa;
		f->trust = s->trust;
		f->signal = s->signal;
	}
}

void unwind_thread(struct unwind *u, const struct image_regs *regs, const struct image_stack *stack,
		   struct stack_thread *t)
{
	uint64_t n;
	size_t cap = 0;
	struct frame *frames;

	t->frames = NULL;
	t->nframes = t->skipped_at = 0;
	t->skipped = 0;
	u->nsteps = 0;
	if (!known(regs, IMAGE_PC))
		return;
	n = walk(u, regs, stack, &t->complete);
	put_in_order(u, n);
	for (size_t i = 0; i < u->nsteps; i++) {
		if (n > u->nsteps && i == u->opts.max_frames / 2) {
			t->skipped = n - u->nsteps;
			t->skipped_at = t->nframes;
		}
		add_frames(u, &u->steps[i], t, &cap);
	}
	frames = arena_alloc(&u->arena, t->nframes * sizeof(*frames));
	memcpy(frames, t->frames, t->nframes * sizeof(*frames));
	free(t->frames);
	t->frames = frames;
}

/* The values of the frames at one pc, of which there are several if calls were inlined. */
static void add_values(struct unwind *u, const struct step *s, const struct image_stack *stack,
		       const struct values_wanted *w, struct frame *frames, size_t n)
{
	uint64_t at = s->regs.r[IMAGE_PC] - s->call;
	struct module *m = modules_find(&u->modules, at);
	struct frame_view v = {.image = u->image, .stack = stack, .regs = s->regs, .cfa = s->cfa};
	struct lines l;

	if (!m || !m->own)
		return;
	lines_find(&u->modules, m, at, &l);
	v.bias = m->dwarf_bias;
	for (size_t i = 0; i < l.n && i < n; i++)
		values_of(&l.scopes[i].die, &l.scopes[l.n - 1].die, at - m->dwarf_bias, &v, w,
			  &u->arena, &frames[i]);
}

void unwind_values(struct unwind *u, const struct image_stack *stack, bool arguments, bool locals,
		   struct stack_thread *t)
{
	const struct values_wanted w = {arguments, locals};
	size_t at = 0;

	for (size_t i = 0; i < u->nsteps && at < t->nframes; i++) {
		size_t n = 1;

		while (at + n < t->nframes && t->frames[at + n - 1].inlined)
			n++;
		add_values(u, &u->steps[i], stack, &w, t->frames + at, n);
		at += n;
	}
}

static uint64_t find_address(struct unwind *u, const char *module, const char *name,
			     uint64_t (*find)(struct module *m, const char *name))
{
	for (size_t i = 0; i < u->modules.n; i++) {
		struct module *m = &u->modules.items[i];
		uint64_t addr;

		if (module && !str_contains(m->path, str_of(module)))
			continue;
		addr = module_open(&u->modules, m) ? find(m, name) : 0;
		if (addr)
			return addr;
	}
	return 0;
}

uint64_t unwind_symbol(struct unwind *u, const char *module, const char *symbol)
{
	return find_address(u, module, symbol, module_address);
}

uint64_t unwind_section(struct unwind *u, const char *module, const char *section)
{
	return find_address(u, module, section, module_section);
}

void unwind_describe(struct unwind *u, uint64_t addr, struct arena *a, struct str *out)
{
	struct module *m = modules_find(&u->modules, addr);
	const struct image_map *map = image_find(u->image, addr);
	struct symbol s;

	if (m && module_open(&u->modules, m) && module_symbol(m, addr, &s) &&
	    addr - s.start < (s.size ? s.size : 4096)) {
		struct str name = names_demangle(a, s.name);

		*out = str_of(addr == s.start ? arena_printf(a, STR_FMT, STR_ARG(name))
					      : arena_printf(a, STR_FMT "+%llu", STR_ARG(name),
							     (unsigned long long)(addr - s.start)));
	} else {
		*out = map ? map->path : STR("");
	}
}

size_t unwind_missing(const struct unwind *u, struct str *path)
{
	size_t n = 0;

	for (size_t i = u->modules.n; i > 0; i--) {
		const struct module *m = &u->modules.items[i - 1];

		if (!m->missing || m->path.p[0] != '/')
			continue;
		*path = m->path;
		n++;
	}
	return n;
}

size_t unwind_notes(struct unwind *u, const struct str **notes)
{
	size_t n = debugfiles_unanswered(u->modules.debug);

	if (n)
		modules_note(&u->modules, "debuginfod: no server answered for %zu file%s", n,
			     n == 1 ? "" : "s");
	*notes = u->modules.notes;
	return u->modules.nnotes;
}

struct str unwind_demangle(struct arena *a, struct str s)
{
	return names_demangle(a, arena_str(a, s).p);
}
