// SPDX-License-Identifier: GPL-3.0-or-later
/* Cores made in memory: a good one, cut off anywhere, and ones that lie. */
#include "unit.h"

#include <elf.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <sys/user.h>

#include "base/buf.h"
#include "base/file.h"
#include "state/corefind.h"
#include "state/look.h"

#define STACK    UINT64_C(0x7ffd00000000)
#define CODE     UINT64_C(0x400000)
#define PIECE    4096
#define LOADS    3 /* code that was not dumped, data, stack */
#define SEGMENTS (LOADS + 1)
#define NOTES    (sizeof(Elf64_Ehdr) + SEGMENTS * sizeof(Elf64_Phdr))

/* A core with its parts at hand: change them, then make() it. */
struct made {
	Elf64_Ehdr head;
	Elf64_Phdr segments[SEGMENTS];
	struct buf notes;
	unsigned char data[PIECE], stack[PIECE];
};

static void add_note(struct buf *b, uint32_t type, const void *desc, size_t n)
{
	Elf64_Nhdr h = {.n_namesz = 5, .n_descsz = (uint32_t)n, .n_type = type};

	buf_add(b, &h, sizeof(h));
	buf_add(b, "CORE\0\0\0\0", 8);
	buf_add(b, desc, n);
	while (b->n % 4)
		buf_add_char(b, 0);
}

static void add_thread(struct buf *b, int tid, int signal, uint64_t pc, uint64_t sp)
{
	struct elf_prstatus st = {.pr_pid = tid, .pr_cursig = (short)signal};
	struct user_regs_struct r = {.rip = pc, .rsp = sp, .rbp = sp + 64, .rax = 1, .r15 = 15};

	memcpy(st.pr_reg, &r, sizeof(r));
	add_note(b, NT_PRSTATUS, &st, sizeof(st));
}

static void add_files(struct buf *b)
{
	static const char name[] = "/nowhere/program\0/nowhere/library";
	uint64_t words[] = {2, PIECE, CODE, CODE + PIECE, 0, CODE + PIECE, CODE + 2 * PIECE, 1};
	char desc[sizeof(words) + sizeof(name)];

	memcpy(desc, words, sizeof(words));
	memcpy(desc + sizeof(words), name, sizeof(name));
	add_note(b, NT_FILE, desc, sizeof(desc));
}

static void add_process(struct buf *b)
{
	struct elf_prpsinfo ps = {.pr_pid = 100, .pr_ppid = 1, .pr_uid = 1000};

	memcpy(ps.pr_fname, "program", 8);
	memcpy(ps.pr_psargs, "program --all ", 15);
	add_note(b, NT_PRPSINFO, &ps, sizeof(ps));
}

static void add_signal(struct buf *b, int signal, int code, uint64_t addr, int sender)
{
	siginfo_t s = {.si_signo = signal, .si_code = code};

	if (sender)
		s.si_pid = sender;
	else
		s.si_addr = (void *)(uintptr_t)addr;
	add_note(b, NT_SIGINFO, &s, sizeof(s));
}

static void begin(struct made *m)
{
	uint64_t starts[LOADS] = {CODE, CODE + PIECE, STACK};
	unsigned flags[LOADS] = {PF_R | PF_X, PF_R | PF_W, PF_R | PF_W};

	*m = (struct made){.head = {.e_type = ET_CORE,
				    .e_machine = EM_X86_64,
				    .e_version = EV_CURRENT,
				    .e_phoff = sizeof(Elf64_Ehdr),
				    .e_ehsize = sizeof(Elf64_Ehdr),
				    .e_phentsize = sizeof(Elf64_Phdr),
				    .e_phnum = SEGMENTS}};
	memcpy(m->head.e_ident, ELFMAG, SELFMAG);
	m->head.e_ident[EI_CLASS] = ELFCLASS64;
	m->head.e_ident[EI_DATA] = ELFDATA2LSB;
	m->head.e_ident[EI_VERSION] = EV_CURRENT;
	m->segments[0] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = NOTES};
	for (size_t i = 0; i < LOADS; i++)
		m->segments[i + 1] = (Elf64_Phdr){.p_type = PT_LOAD,
						  .p_flags = flags[i],
						  .p_vaddr = starts[i],
						  .p_memsz = PIECE,
						  .p_filesz = i ? PIECE : 0};
	memset(m->data, 'd', PIECE);
	for (size_t i = 0; i < PIECE; i += 8) /* return addresses, as it were */
		memcpy(m->stack + i, &(uint64_t){CODE + 0x100 + i}, 8);
}

/* Notes as a kernel would write them. */
static void usual(struct made *m, int signal, int code, uint64_t addr, int sender)
{
	begin(m);
	add_thread(&m->notes, 101, signal, CODE + 0x20, STACK + 0x800);
	add_process(&m->notes);
	add_signal(&m->notes, signal, code, addr, sender);
	add_files(&m->notes);
	add_thread(&m->notes, 102, 0, CODE + 0x40, STACK + 0xc00);
}

/* Offsets and sizes that were left 0 are filled in. */
static void make(struct made *m, struct buf *out)
{
	uint64_t at = NOTES + m->notes.n;

	m->segments[0].p_filesz = m->segments[0].p_filesz ? m->segments[0].p_filesz : m->notes.n;
	for (size_t i = 2; i < SEGMENTS; i++, at += PIECE)
		if (!m->segments[i].p_offset)
			m->segments[i].p_offset = at;
	buf_clear(out);
	buf_add(out, &m->head, sizeof(m->head));
	buf_add(out, m->segments, sizeof(m->segments));
	buf_add(out, m->notes.p, m->notes.n);
	buf_add(out, m->data, PIECE);
	buf_add(out, m->stack, PIECE);
	buf_release(&m->notes);
}

static int file_of(struct str bytes)
{
	int fd = memfd_create("core", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, bytes.p, bytes.n, NULL), 0);
	return fd;
}

static int look(struct look *l, struct str bytes, struct stack_death *d, struct err *err)
{
	struct look_opts o = {.unwind = {.lines = UNWIND_LINES_OWN}, .locals = true};

	return look_core(l, file_of(bytes), &o, d, err);
}

static void test_good(void **state)
{
	struct made m;
	struct buf b = {0};
	struct core c;
	char text[16];
	struct err err;

	usual(&m, SIGSEGV, SEGV_MAPERR, 0x10, 0);
	make(&m, &b);
	assert_int_equal(core_open(&c, file_of(buf_str(&b)), &(struct core_where){0}, &err), 0);
	assert_int_equal(c.nthreads, 2);
	assert_int_equal(c.threads[0].tid, 101);
	assert_int_equal(c.threads[1].tid, 102);
	assert_int_equal(c.threads[0].regs.r[IMAGE_PC], CODE + 0x20);
	assert_int_equal(c.threads[0].regs.r[IMAGE_SP], STACK + 0x800);
	assert_int_equal(c.threads[0].regs.r[15], 15);
	assert_int_equal(c.signal, SIGSEGV);
	assert_int_equal(c.fault, 0x10);
	assert_int_equal(c.pid, 100);
	assert_int_equal(c.parent, 1);
	assert_int_equal(c.uid, 1000);
	assert_str(c.name, "program");
	assert_str(c.command, "program --all");
	assert_false(c.truncated);
	assert_int_equal(c.image.nmaps, 3);
	assert_str(c.maps[0].path, "/nowhere/program");
	assert_str(c.maps[1].path, "/nowhere/library");
	assert_int_equal(c.maps[1].offset, PIECE);
	assert_int_equal(c.maps[0].prot, IMAGE_READ | IMAGE_EXEC);
	assert_true(c.image.read(c.image.arg, CODE + PIECE, text, sizeof(text)));
	assert_memory_equal(text, "dddddddddddddddd", 16);
	/* Not dumped, and no such file; beyond the end; across it; nowhere. */
	assert_false(c.image.read(c.image.arg, CODE, text, 1));
	assert_false(c.image.read(c.image.arg, CODE + 2 * PIECE, text, 1));
	assert_false(c.image.read(c.image.arg, CODE + 2 * PIECE - 8, text, 16));
	assert_false(c.image.read(c.image.arg, UINT64_MAX - 4, text, 16));
	assert_true(c.image.read(c.image.arg, STACK + PIECE - 16, text, 16));
	core_release(&c);
	buf_release(&b);
}

static void test_death(void **state)
{
	static const struct {
		int signal, code;
		uint64_t addr;
		int sender;
		const char *text, *fault;
		int told; /* sender */
	} cases[] = {
		{SIGSEGV, SEGV_MAPERR, 0, 0, "address not mapped", "a null pointer", 0},
		{SIGSEGV, SEGV_MAPERR, 0x18, 0, "address not mapped",
		 "24 bytes from a null pointer", 0},
		{SIGSEGV, SEGV_MAPERR, 0x12340000000, 0, "address not mapped",
		 "memory that is not mapped: freed, or never there (a wild pointer)", 0},
		{SIGSEGV, SEGV_MAPERR, STACK - 8, 0, "address not mapped",
		 "just below the stack: the stack is full (endless recursion, or a very large "
		 "local variable)",
		 0},
		{SIGSEGV, SI_KERNEL, 0, 0, "an address that no program can have",
		 "an address outside of what a program can have (a damaged pointer)", 0},
		{SIGSEGV, SEGV_ACCERR, CODE + 8, 0, "access not permitted there",
		 "/nowhere/program, which may not be written", 0},
		{SIGBUS, BUS_ADRERR, CODE + 8, 0,
		 "beyond the end of a mapped file, or no memory left for it", "/nowhere/program",
		 0},
		{SIGFPE, FPE_INTDIV, CODE, 0, "division of an integer by zero", "", 0},
		{SIGILL, ILL_ILLOPN, CODE, 0, "illegal operand", "", 0},
		{SIGTERM, SI_USER, 0, 4711, "sent by kill()", "", 4711},
		{SIGSEGV, SI_USER, 0, 4711, "sent by kill()", "", 4711},
		{SIGABRT, SI_TKILL, 0, 100, "sent by a thread: abort(), raise() or pthread_kill()",
		 "", 0},
		{SIGSEGV, 77, 0x18, 0, "", "24 bytes from a null pointer", 0},
		{63, 77, 0, 0, "", "", 0},
	};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stack_death d;
		struct look l;
		struct made m;
		struct err err;

		usual(&m, cases[i].signal, cases[i].code, cases[i].addr, cases[i].sender);
		make(&m, &b);
		assert_int_equal(look(&l, buf_str(&b), &d, &err), 0);
		assert_int_equal(d.signal, cases[i].signal);
		if (!str_eq(d.code, str_of(cases[i].text)) ||
		    !str_eq(d.fault, str_of(cases[i].fault)))
			fail_msg("case %zu: " STR_FMT "; " STR_FMT, i, STR_ARG(d.code),
				 STR_ARG(d.fault));
		assert_int_equal(d.sender, cases[i].told);
		assert_int_equal(l.stacks.nthreads, 2);
		assert_true(l.stacks.threads[0].crashed);
		assert_false(l.stacks.threads[1].crashed);
		look_release(&l);
	}
	buf_release(&b);
}

#define LOCK (CODE + PIECE + 64)

/* A thread that was taken out of a futex call, as it left its registers. */
static void add_waiter(struct buf *b, int tid, int64_t rax, uint64_t word, uint64_t tls)
{
	struct elf_prstatus st = {.pr_pid = tid};
	struct user_regs_struct r = {.rip = CODE + 0x60,
				     .rsp = STACK + 0x400,
				     .orig_rax = 202,
				     .rax = (uint64_t)rax,
				     .rdi = word,
				     .rsi = 128, /* FUTEX_WAIT_PRIVATE */
				     .rdx = 2,
				     .fs_base = tls};

	memcpy(st.pr_reg, &r, sizeof(r));
	add_note(b, NT_PRSTATUS, &st, sizeof(st));
}

/* A mutex that is locked, with who waits, and its owner; a thread's own struct. */
static void put_lock(struct made *m, size_t at, uint32_t owner)
{
	uint32_t words[] = {2, 1, owner};

	memcpy(m->data + at, words, sizeof(words));
}

static uint64_t put_self(struct made *m, size_t at, uint32_t tid)
{
	uint64_t self = CODE + PIECE + at;

	memcpy(m->data + at + 16, &self, sizeof(self));
	memcpy(m->data + at + 720, &tid, sizeof(tid));
	return self;
}

/* Who waits for whom, by numbers that are the process's own: a debugger's are another namespace's.
 */
static void test_waits(void **state)
{
	struct buf b = {0};
	struct stack_death d;
	struct look l;
	struct made m;
	struct err err;

	usual(&m, SIGSEGV, SEGV_MAPERR, 0x10, 0);
	put_lock(&m, 64, 7);
	put_lock(&m, 128, 8);
	add_waiter(&m.notes, 103, -512, LOCK, put_self(&m, 512, 8));
	add_waiter(&m.notes, 104, -516, LOCK + 64, put_self(&m, 1536, 7));
	add_waiter(&m.notes, 105, 0, LOCK, 0);
	add_waiter(&m.notes, 106, -512, CODE + 12 * PIECE, 0);
	add_waiter(&m.notes, 107, -512, LOCK, CODE + PIECE + 8);
	make(&m, &b);
	assert_int_equal(look(&l, buf_str(&b), &d, &err), 0);
	assert_int_equal(l.stacks.nthreads, 7);
	assert_int_equal(l.stacks.threads[1].wait, WAIT_NONE);
	assert_int_equal(l.stacks.threads[2].wait, WAIT_MUTEX);
	assert_int_equal(l.stacks.threads[2].inner, 8);
	assert_int_equal(l.stacks.threads[2].waits_for, 104);
	assert_int_equal(l.stacks.threads[2].state, 'S');
	assert_str(l.stacks.threads[2].system_call, "futex(0x401040, WAIT, 2, no limit)");
	assert_int_equal(l.stacks.threads[3].waits_for, 103);
	assert_int_equal(l.stacks.threads[4].wait, WAIT_NONE); /* the call had come to its end */
	assert_int_equal(l.stacks.threads[4].state, ' ');
	assert_int_equal(l.stacks.threads[5].wait, WAIT_CONDITION); /* memory is not there */
	assert_int_equal(l.stacks.threads[6].inner, 107);           /* its own struct is none */
	assert_int_equal(l.stacks.threads[6].waits_for, 104);
	assert_int_equal(l.stacks.ndeadlocks, 1);
	assert_int_equal(l.stacks.deadlocks[0].n, 2);
	assert_int_equal(l.stacks.deadlocks[0].nbehind, 1);
	look_release(&l);
	buf_release(&b);
}

/* Cut off anywhere: an error that says so, or what is left. */
static void test_cut(void **state)
{
	struct buf b = {0};
	struct made m;

	usual(&m, SIGSEGV, SEGV_MAPERR, 0x10, 0);
	make(&m, &b);
	for (size_t n = 0; n < b.n; n += n < NOTES + 2000 ? 20 : 100) {
		struct stack_death d;
		struct look l;
		struct err err = {""};
		int rc = look(&l, str_head(buf_str(&b), n), &d, &err);

		if (rc) {
			assert_int_equal(rc, -ERR_INPUT);
			assert_true(err.msg[0] != 0);
			continue;
		}
		assert_true(n > NOTES + sizeof(struct elf_prstatus));
		assert_true(d.truncated);
		assert_int_equal(d.signal, SIGSEGV);
		assert_int_equal(l.stacks.threads[0].tid, 101);
		assert_int_equal(l.stacks.nnotes > 0, 1);
		look_release(&l);
	}
	buf_release(&b);
}

static void lie_class(struct made *m)
{
	m->head.e_ident[EI_CLASS] = ELFCLASS32;
}

static void lie_order(struct made *m)
{
	m->head.e_ident[EI_DATA] = ELFDATA2MSB;
	m->head.e_type = __builtin_bswap16(ET_CORE);
	m->head.e_machine = __builtin_bswap16(EM_S390);
}

static void lie_bits(struct made *m)
{
	m->head.e_ident[EI_CLASS] = ELFCLASS32;
	m->head.e_machine = EM_386;
}

static void lie_unknown(struct made *m)
{
	m->head.e_machine = 4711;
}

static void lie_machine(struct made *m)
{
	m->head.e_machine = EM_AARCH64;
}

static void lie_type(struct made *m)
{
	m->head.e_type = ET_DYN;
}

static void lie_magic(struct made *m)
{
	m->head.e_ident[1] = 'F';
}

static void lie_offset(struct made *m)
{
	m->head.e_phoff = UINT64_MAX - 8;
}

static void lie_entry(struct made *m)
{
	m->head.e_phentsize = 8;
}

static void lie_count(struct made *m)
{
	m->head.e_phnum = PN_XNUM - 1;
}

static void lie_extended(struct made *m)
{
	m->head.e_phnum = PN_XNUM; /* and no section says how many */
}

static void lie_extended_far(struct made *m)
{
	m->head.e_phnum = PN_XNUM;
	m->head.e_shoff = UINT64_MAX - 16;
}

static void lie_no_notes(struct made *m)
{
	m->segments[0].p_type = PT_NULL;
}

static void lie_notes_away(struct made *m)
{
	m->segments[0].p_offset = UINT64_C(1) << 60;
}

static void lie_note_name(struct made *m)
{
	memset(m->notes.p, 0xff, 4);
}

static void lie_note_size(struct made *m)
{
	memset(m->notes.p + 4, 0xff, 4);
}

/* Errors, each of its kind. */
static void test_errors(void **state)
{
	static const struct {
		void (*lie)(struct made *m);
		const char *text;
	} cases[] = {
		{lie_class, "32-bit pointers (x32)"},  {lie_order, "for IBM Z (s390x)"},
		{lie_machine, "for 64-bit ARM"},       {lie_type, "but no core"},
		{lie_bits, "for 32-bit x86 (i386)"},   {lie_unknown, "ELF machine 4711"},
		{lie_magic, "no core file"},           {lie_offset, "damaged or cut off"},
		{lie_entry, "damaged or cut off"},     {lie_count, "damaged or cut off"},
		{lie_extended, "headers are damaged"}, {lie_extended_far, "headers are damaged"},
		{lie_no_notes, "no thread"},           {lie_notes_away, "no thread"},
		{lie_note_name, "no thread"},          {lie_note_size, "no thread"},
	};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stack_death d;
		struct look l;
		struct made m;
		struct err err = {""};

		usual(&m, SIGSEGV, SEGV_MAPERR, 0x10, 0);
		cases[i].lie(&m);
		make(&m, &b);
		assert_int_equal(look(&l, buf_str(&b), &d, &err), -ERR_INPUT);
		if (!strstr(err.msg, cases[i].text))
			fail_msg("case %zu: %s", i, err.msg);
	}
	buf_release(&b);
}

static void lie_memory(struct made *m)
{
	m->segments[3].p_memsz = UINT64_MAX;
}

static void lie_wrap(struct made *m)
{
	m->segments[3].p_memsz = UINT64_MAX - STACK;
}

static void lie_file_size(struct made *m)
{
	m->segments[3].p_filesz = m->segments[3].p_memsz = UINT64_C(1) << 46;
}

static void lie_file_offset(struct made *m)
{
	m->segments[3].p_offset = UINT64_MAX - 100;
}

static void lie_overlap(struct made *m)
{
	m->segments[1].p_vaddr = STACK - 100;
	m->segments[1].p_memsz = UINT64_C(1) << 40;
	m->segments[2].p_vaddr = STACK + 8;
}

static void lie_all_the_same(struct made *m)
{
	for (size_t i = 1; i < SEGMENTS; i++)
		m->segments[i].p_vaddr = STACK;
}

static void lie_empty(struct made *m)
{
	for (size_t i = 1; i < SEGMENTS; i++)
		m->segments[i].p_memsz = 0;
}

static void lie_stack_pointer(struct made *m)
{
	add_thread(&m->notes, 103, 0, UINT64_MAX, UINT64_MAX);
	add_thread(&m->notes, 104, 0, STACK, STACK + PIECE - 3);
	add_thread(&m->notes, -5, -1, 0, 0);
}

static void lie_notes(struct made *m)
{
	add_note(&m->notes, NT_PRSTATUS, "short", 5);
	add_note(&m->notes, NT_PRPSINFO, "", 0);
	add_note(&m->notes, NT_SIGINFO, "x", 1);
	add_note(&m->notes, NT_AUXV, "123456789012345", 15);
	add_note(&m->notes, NT_FILE, "", 0);
}

static void lie_files(struct made *m)
{
	uint64_t words[] = {UINT64_MAX, UINT64_MAX, 0, 1, 2};

	buf_release(&m->notes);
	add_thread(&m->notes, 101, 11, CODE, STACK);
	add_note(&m->notes, NT_FILE, words, sizeof(words));
}

static void lie_file_names(struct made *m)
{
	uint64_t words[] = {2, UINT64_MAX, 10, 5, UINT64_MAX, CODE, CODE + PIECE, UINT64_MAX};

	buf_release(&m->notes);
	add_thread(&m->notes, 101, 11, CODE, STACK);
	add_note(&m->notes, NT_FILE, words, sizeof(words));
}

static void lie_vdso(struct made *m)
{
	uint64_t words[] = {AT_SYSINFO_EHDR, STACK, 0, 0};

	add_note(&m->notes, NT_AUXV, words, sizeof(words));
}

static void lie_endless_notes(struct made *m)
{
	m->segments[0].p_filesz = UINT64_MAX;
}

/* The stack points to itself, and every word to the next. */
static void lie_cyclic(struct made *m)
{
	for (size_t i = 0; i < PIECE; i += 16) {
		memcpy(m->stack + i, &(uint64_t){STACK + i}, 8);
		memcpy(m->stack + i + 8, &(uint64_t){CODE + 0x20}, 8);
	}
}

/* Lies that leave something: it ends, in little memory, and gives what can be had. */
static void test_lies(void **state)
{
	static void (*const lies[])(struct made * m) = {
		lie_memory,       lie_wrap,  lie_file_size,     lie_file_offset, lie_overlap,
		lie_all_the_same, lie_empty, lie_stack_pointer, lie_notes,       lie_files,
		lie_file_names,   lie_vdso,  lie_endless_notes, lie_cyclic,
	};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		struct stack_death d;
		struct look l;
		struct made m;
		struct err err = {""};

		usual(&m, SIGSEGV, SEGV_MAPERR, 0x10, 0);
		lies[i](&m);
		make(&m, &b);
		assert_int_equal(look(&l, buf_str(&b), &d, &err), 0);
		assert_true(l.stacks.nthreads >= 1);
		assert_int_equal(l.stacks.threads[0].tid, 101);
		for (size_t t = 0; t < l.stacks.nthreads; t++)
			assert_true(l.stacks.threads[t].nframes <= 1000);
		look_release(&l);
	}
	buf_release(&b);
}

/* A file that the notes name may be anything: only what is a plain file is opened. */
static void test_no_device(void **state)
{
	static const char *const paths[] = {"/dev/zero", "/proc/self/mem", "/", "relative", ""};
	struct buf b = {0};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		uint64_t words[] = {1, PIECE, CODE, CODE + PIECE, 0};
		char desc[sizeof(words) + 32] = {0}, byte;
		struct made m;
		struct core c;
		struct err err;
		int fd;

		begin(&m);
		add_thread(&m.notes, 101, 11, CODE, STACK);
		memcpy(desc, words, sizeof(words));
		memcpy(desc + sizeof(words), paths[i], strlen(paths[i]));
		add_note(&m.notes, NT_FILE, desc, sizeof(desc));
		make(&m, &b);
		assert_int_equal(core_open(&c, file_of(buf_str(&b)), &(struct core_where){0}, &err),
				 0);
		fd = c.image.open(c.image.arg, &c.maps[0]);
		assert_int_equal(fd, -1);
		assert_false(c.image.read(c.image.arg, CODE, &byte, 1));
		core_release(&c);
	}
	buf_release(&b);
}

/* Where core_pattern(5) puts the core of a process, as a pattern. */
static void test_pattern(void **state)
{
	static const struct {
		const char *pattern, *of_42, *of_any;
	} cases[] = {
		{"core.%p", "core.42", "core.*"},
		{"/cores/%e.%P.%t", "/cores/*.42.*", "/cores/*.*.*"},
		{"a*b?[c\\d%%-%p", "a\\*b\\?\\[c\\\\d%-42", "a\\*b\\?\\[c\\\\d%-*"},
		{"%p%", "42%", "*%"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf b = {0};

		corefind_glob(str_of(cases[i].pattern), 42, &b);
		assert_string_equal(buf_cstr(&b), cases[i].of_42);
		buf_clear(&b);
		corefind_glob(str_of(cases[i].pattern), 0, &b);
		assert_string_equal(buf_cstr(&b), cases[i].of_any);
		buf_release(&b);
	}
}

/* systemd's names, with what it escapes. */
static void test_names(void **state)
{
	static const char *const names[] = {
		"core.python3\\x2e11.0.0123456789abcdef0123456789abcdef.4711.1795733880000000.zst",
		"core.odd\\x2\\xzz.0.0123456789abcdef0123456789abcdef.12.1795733880000000.xz",
	};
	char dir[] = "/tmp/inquest-cores-XXXXXX", path[256];
	struct corefind f;
	struct arena a;

	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		FILE *out;

		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		out = fopen(path, "w");
		assert_non_null(out);
		fputs("not looked into", out);
		fclose(out);
	}
	arena_init(&a);
	corefind_look(&f, "python3.11", dir, &a);
	assert_int_equal(f.n, 1);
	assert_true(str_eq(f.items[0].program, STR("python3.11")));
	assert_int_equal(f.items[0].pid, 4711);
	assert_true(f.items[0].packed);
	corefind_look(&f, "odd\\x2\\xzz", dir, &a);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.items[0].pid, 12);
	arena_release(&a);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
}

/* Where the files of a core are: beneath a folder, or where a user says; and only the same ones. */
static void test_where(void **state)
{
	char root[] = "/tmp/inquest-root-XXXXXX", folder[64], program[128], outside[128], text[4];
	struct core_where where = {.root = root};
	struct buf b = {0};
	struct made m;
	struct core c;
	struct err err;
	FILE *f;

	assert_non_null(mkdtemp(root));
	snprintf(folder, sizeof(folder), "%s/nowhere", root);
	snprintf(program, sizeof(program), "%s/program", folder);
	snprintf(outside, sizeof(outside), "%s/library", folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	f = fopen(program, "w");
	assert_non_null(f);
	for (int i = 0; i < PIECE; i++)
		fputc('p', f);
	fclose(f);
	/* A name that leads out of the root leads into it. */
	assert_int_equal(symlink("/nowhere/../../../nowhere/program", outside), 0);

	usual(&m, SIGSEGV, SEGV_MAPERR, 0x10, 0);
	make(&m, &b);
	assert_int_equal(core_open(&c, file_of(buf_str(&b)), &where, &err), 0);
	assert_true(c.image.read(c.image.arg, CODE, text, sizeof(text)));
	assert_memory_equal(text, "pppp", 4);
	close(c.image.open(c.image.arg, &c.maps[1]));
	assert_true(c.files[1].changed_ns > 0);
	c.written_ns = c.files[0].changed_ns - 1;
	assert_true(core_is_doubtful(&c, &c.files[0]));
	core_release(&c);

	where = (struct core_where){.exe = program};
	assert_int_equal(core_open(&c, file_of(buf_str(&b)), &where, &err), 0);
	assert_true(c.image.read(c.image.arg, CODE, text, sizeof(text)));
	core_release(&c);

	/* Its first page is in the core, and is another. */
	usual(&m, SIGSEGV, SEGV_MAPERR, 0x10, 0);
	m.segments[1].p_filesz = PIECE;
	m.segments[1].p_memsz = PIECE;
	make(&m, &b);
	assert_int_equal(core_open(&c, file_of(buf_str(&b)), &where, &err), 0);
	assert_true(core_has(&c, CODE));
	assert_false(core_has(&c, CODE + 4 * PIECE));
	core_release(&c);
	unlink(outside);
	unlink(program);
	rmdir(folder);
	rmdir(root);
	buf_release(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),    cmocka_unit_test(test_death),
		cmocka_unit_test(test_cut),     cmocka_unit_test(test_errors),
		cmocka_unit_test(test_lies),    cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_pattern), cmocka_unit_test(test_names),
		cmocka_unit_test(test_waits),   cmocka_unit_test(test_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
