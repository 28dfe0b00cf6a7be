// SPDX-License-Identifier: GPL-3.0-or-later
/* What killed a program, in words: see core.h. */
#include <signal.h>

#include "state/core.h"

#define NULL_PAGE UINT64_C(65536)

const char *core_code(int signal, int code)
{
	static const struct {
		int signal, code;
		const char *text;
	} codes[] = {
		{SIGSEGV, SEGV_MAPERR, "address not mapped"},
		{SIGSEGV, SEGV_ACCERR, "access not permitted there"},
		{SIGSEGV, SI_KERNEL, "an address that no program can have"},
		{SIGBUS, BUS_ADRALN, "address not aligned"},
		{SIGBUS, BUS_ADRERR, "beyond the end of a mapped file, or no memory left for it"},
		{SIGBUS, BUS_OBJERR, "hardware error"},
		{SIGBUS, BUS_MCEERR_AR, "memory error of the hardware"},
		{SIGFPE, FPE_INTDIV, "division of an integer by zero"},
		{SIGFPE, FPE_INTOVF, "overflow of an integer division"},
		{SIGFPE, FPE_FLTDIV, "division by zero"},
		{SIGFPE, FPE_FLTINV, "invalid operation on floating point numbers"},
		{SIGILL, ILL_ILLOPN, "illegal operand"},
		{SIGILL, ILL_ILLOPC, "illegal instruction"},
		{SIGTRAP, TRAP_BRKPT, "breakpoint"},
		{SIGTRAP, SI_KERNEL, "breakpoint"},
		{SIGSYS, 1, "a system call that seccomp forbids"},
		{0, SI_USER, "sent by kill()"},
		{0, SI_QUEUE, "sent by sigqueue()"},
		{0, SI_TKILL, "sent by a thread: abort(), raise() or pthread_kill()"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if ((codes[i].signal == signal || !codes[i].signal) && codes[i].code == code)
			return codes[i].text;
	return "";
}

/* Is addr in the gap below the stack of the thread that died, near its stack pointer? */
static bool is_below_stack(const struct core *c, uint64_t addr)
{
	uint64_t sp = c->threads[0].regs.r[IMAGE_SP];
	const struct image_map *m = image_find(&c->image, addr);
	uint64_t distance = addr > sp ? addr - sp : sp - addr;

	return distance < (UINT64_C(1) << 20) && (!m || !(m->prot & IMAGE_WRITE));
}

struct str core_describe_fault(const struct core *c, struct arena *a)
{
	const struct image_map *m = image_find(&c->image, c->fault);
	uint64_t pc = c->threads[0].regs.r[IMAGE_PC];
	const char *place = m && m->path.n ? m->path.p : "memory without a file";

	if (c->signal == SIGSEGV && c->code == SI_KERNEL)
		return STR("an address outside of what a program can have (a damaged pointer)");
	if (c->fault < NULL_PAGE)
		return str_of(c->fault ? arena_printf(a, "%llu bytes from a null pointer",
						      (unsigned long long)c->fault)
				       : "a null pointer");
	if (is_below_stack(c, c->fault))
		return STR("just below the stack: the stack is full (endless recursion, or a very "
			   "large local variable)");
	if (!m)
		return STR("memory that is not mapped: freed, or never there (a wild pointer)");
	if (c->fault == pc && !(m->prot & IMAGE_EXEC))
		return str_of(arena_printf(a,
					   "%s, which is no code: a wrong function pointer or a "
					   "damaged return address",
					   place));
	if (c->signal == SIGSEGV && !(m->prot & IMAGE_WRITE))
		return str_of(arena_printf(a, "%s, which may not be written", place));
	return str_of(place);
}
