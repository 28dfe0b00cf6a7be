// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Core files: see core.h. Every number in them is checked against the size of the file before it is
 * used; counts have caps.
 */
#include "state/core.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/procfs.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <unistd.h>

#include "base/file.h"

#define SEGMENTS_MOST ((size_t)1 << 20)
#define NOTES_MOST    ((size_t)256 << 20) /* of all together */
#define THREADS_MOST  ((size_t)1 << 17)
#define FILES_MOST    ((size_t)1 << 20)
#define PAGE          4096
#define BLOCK         ((size_t)16 << 10)
#define BLOCKS        256

struct core_segment {
	uint64_t start, memory, file, offset; /* sizes in memory and in the file */
	unsigned prot;
};

/* A piece of a file that was read. */
struct core_block {
	int fd;
	uint64_t block;
	size_t n; /* 0: nothing */
	unsigned char *bytes;
};

static int64_t ns_of(const struct stat *st)
{
	return st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec;
}

static bool read_at(const struct core *c, uint64_t offset, void *to, size_t n)
{
	while (n) {
		ssize_t got = pread(c->fd, to, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to = (char *)to + got;
		offset += (uint64_t)got;
		n -= (size_t)got;
	}
	return true;
}

/*
 * The same of small pieces, of the core or of a file that it names: by blocks, of which some are
 * kept, as the unwinder reads words next to each other. Places that collide push each other out.
 */
static bool read_block(struct core *c, int fd, uint64_t offset, void *to, size_t n)
{
	while (n) {
		uint64_t block = offset / BLOCK;
		struct core_block *b = &c->blocks[(block * 31 + (uint64_t)fd) % BLOCKS];
		size_t in = offset % BLOCK, some = n < BLOCK - in ? n : BLOCK - in;

		if (!b->bytes)
			b->bytes = mem_alloc(BLOCK);
		if (!b->n || b->fd != fd || b->block != block) {
			ssize_t got = pread(fd, b->bytes, BLOCK, (off_t)(block * BLOCK));

			*b = (struct core_block){fd, block, got > 0 ? (size_t)got : 0, b->bytes};
		}
		if (in + some > b->n)
			return false;
		memcpy(to, b->bytes + in, some);
		to = (char *)to + some;
		offset += some;
		n -= some;
	}
	return true;
}

static const struct core_segment *segment_of(const struct core *c, uint64_t addr)
{
	size_t low = 0, high = c->nsegments;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->segments[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || addr - c->segments[low - 1].start >= c->segments[low - 1].memory)
		return NULL;
	return &c->segments[low - 1];
}

static struct core_file *file_of(const struct core *c, uint64_t addr)
{
	size_t low = 0, high = c->nfiles;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->files[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || addr >= c->files[low - 1].end)
		return NULL;
	return &c->files[low - 1];
}

static bool is_program(const struct core *c, const struct core_file *f)
{
	const struct core_file *program = c->entry ? file_of(c, c->entry) : c->files;

	return program && str_eq(f->path, program->path);
}

/* The part of a file that its first page is in. */
static const struct core_file *first_part(const struct core *c, const struct core_file *f)
{
	while (f > c->files && f->offset && str_eq(f[-1].path, f->path))
		f--;
	return f;
}

enum sameness { SAME, OTHER, UNKNOWN };

/* Is it the file that was mapped? Its first page, which nothing changes, holds its build id. */
static enum sameness compare(const struct core *c, const struct core_file *f, int fd)
{
	const struct core_file *first = first_part(c, f);
	const struct core_segment *s = segment_of(c, first->start);
	unsigned char dumped[PAGE], now[PAGE];
	ssize_t n = pread(fd, now, sizeof(now), 0);

	if (first->offset || !s || first->start - s->start + PAGE > s->file || n <= 0 ||
	    !read_at(c, s->offset + (first->start - s->start), dumped, sizeof(dumped)))
		return UNKNOWN;
	return memcmp(dumped, now, (size_t)n) == 0 ? SAME : OTHER;
}

/* A file that the core names; of what lies in no root only the very same. */
static int open_named(const struct core *c, struct core_file *f)
{
	struct stat st;
	int fd;

	if (c->where.exe && is_program(c, f))
		fd = open(c->where.exe, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	else
		fd = image_open_file(c->where.root, f->path.p);
	if (fd < 0 && c->where.root) {
		fd = image_open_file(NULL, f->path.p);
		if (fd >= 0 && compare(c, f, fd) != SAME) {
			close(fd);
			fd = -1;
		}
	}
	if (fd >= 0 && fstat(fd, &st) == 0)
		f->changed_ns = ns_of(&st);
	return fd;
}

static int open_file(const struct core *c, struct core_file *f)
{
	if (f->fd != -1)
		return f->fd;
	f->fd = open_named(c, f);
	if (f->fd >= 0 && compare(c, f, f->fd) == OTHER) {
		close(f->fd);
		f->fd = -1;
	}
	if (f->fd < 0)
		f->fd = -2;
	return f->fd;
}

/* One piece that lies in one segment and in one file. */
static size_t read_piece(struct core *c, uint64_t addr, void *to, size_t n)
{
	const struct core_segment *s = segment_of(c, addr);
	uint64_t in = s ? addr - s->start : 0;
	struct core_file *f;

	if (!s)
		return 0;
	if (in < s->file) {
		n = s->file - in < n ? (size_t)(s->file - in) : n;
		if (n >= BLOCK)
			return read_at(c, s->offset + in, to, n) ? n : 0;
		return read_block(c, c->fd, s->offset + in, to, n) ? n : 0;
	}
	n = s->memory - in < n ? (size_t)(s->memory - in) : n;
	f = file_of(c, addr);
	if (!f || open_file(c, f) < 0)
		return 0;
	n = f->end - addr < n ? (size_t)(f->end - addr) : n;
	return read_block(c, f->fd, f->offset + (addr - f->start), to, n) ? n : 0;
}

static bool read_memory(void *arg, uint64_t addr, void *to, size_t n)
{
	while (n) {
		size_t got = read_piece(arg, addr, to, n);

		if (!got)
			return false;
		addr += got;
		to = (char *)to + got;
		n -= got;
	}
	return true;
}

static int open_mapped(void *arg, const struct image_map *m)
{
	struct core *c = arg;
	struct core_file *f = file_of(c, m->start);

	return f ? open_named(c, f) : -1;
}

/* A note's descriptor: text up to a NUL of a field of n bytes. */
static struct str field(struct core *c, const char *p, size_t n)
{
	return arena_str(&c->arena, (struct str){p, strnlen(p, n)});
}

/*
 * The system call that a thread was blocked in. Who is taken out of one to be dumped, or stopped by
 * a debugger, finds one of the codes that tell the kernel to begin it anew.
 * Source: Linux, include/linux/errno.h, arch/x86/kernel/signal.c.
 */
static struct proc_syscall call_of(const struct user_regs_struct *r)
{
	static const int64_t again[] = {-EINTR, -512, -513, -514, -516};
	struct proc_syscall call = {.running = true, .number = -1};

	for (size_t i = 0; i < ARRAY_SIZE(again) && (int64_t)r->orig_rax >= 0; i++)
		if ((int64_t)r->rax == again[i])
			call = (struct proc_syscall){
				.number = (int64_t)r->orig_rax,
				.args = {r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9},
				.sp = r->rsp,
				.pc = r->rip};
	return call;
}

static void note_thread(struct core *c, const unsigned char *d, size_t n)
{
	struct elf_prstatus st;
	struct user_regs_struct r;

	if (n < sizeof(st) || c->nthreads >= THREADS_MOST)
		return;
	memcpy(&st, d, sizeof(st));
	memcpy(&r, st.pr_reg, sizeof(r));
	array_push(c->threads, c->nthreads, c->capthreads) = (struct core_thread){
		.tid = st.pr_pid,
		.inner = st.pr_pid,
		.signal = st.pr_cursig,
		.regs = {.r = {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9,
			       r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip},
			 .known = (UINT32_C(1) << IMAGE_REGS) - 1},
		.tls = r.fs_base,
		.call = call_of(&r),
		.state = (int64_t)r.orig_rax < 0 ? 'R' : ' ',
	};
	if (!c->threads[c->nthreads - 1].call.running)
		c->threads[c->nthreads - 1].state = 'S';
	if (c->nthreads == 1)
		c->signal = st.pr_cursig;
}

static void note_process(struct core *c, const unsigned char *d, size_t n)
{
	struct elf_prpsinfo ps;

	if (n < sizeof(ps))
		return;
	memcpy(&ps, d, sizeof(ps));
	c->pid = ps.pr_pid;
	c->parent = ps.pr_ppid;
	c->uid = ps.pr_uid;
	c->name = field(c, ps.pr_fname, sizeof(ps.pr_fname));
	c->command = str_trim(field(c, ps.pr_psargs, sizeof(ps.pr_psargs)));
}

static void note_signal(struct core *c, const unsigned char *d, size_t n)
{
	siginfo_t s;

	if (n < sizeof(s) || c->has_info)
		return;
	memcpy(&s, d, sizeof(s));
	c->has_info = true;
	c->signal = s.si_signo;
	c->code = s.si_code;
	if (s.si_code == SI_USER || s.si_code == SI_TKILL || s.si_code == SI_QUEUE)
		c->sender = s.si_pid;
	else
		c->fault = (uint64_t)(uintptr_t)s.si_addr;
}

static void note_auxv(struct core *c, const unsigned char *d, size_t n)
{
	for (size_t i = 0; i + 16 <= n; i += 16) {
		uint64_t pair[2];

		memcpy(pair, d + i, sizeof(pair));
		if (pair[0] == AT_SYSINFO_EHDR)
			c->vdso = pair[1];
		if (pair[0] == AT_ENTRY)
			c->entry = pair[1];
	}
}

/* count, page size, count of {start, end, offset in pages}, then the names. */
static void note_files(struct core *c, const unsigned char *d, size_t n)
{
	uint64_t head[2], entry[3];
	size_t names, at;

	if (n < sizeof(head) || c->files)
		return;
	memcpy(head, d, sizeof(head));
	if (head[0] > FILES_MOST || head[0] > (n - sizeof(head)) / sizeof(entry))
		return;
	at = names = sizeof(head) + (size_t)head[0] * sizeof(entry);
	c->files = arena_alloc(&c->arena, ((size_t)head[0] + 1) * sizeof(*c->files));
	for (size_t i = 0; i < head[0] && at < n; i++) {
		size_t length = strnlen((const char *)d + at, n - at);

		memcpy(entry, d + sizeof(head) + i * sizeof(entry), sizeof(entry));
		if (entry[0] < entry[1])
			c->files[c->nfiles++] = (struct core_file){
				.start = entry[0],
				.end = entry[1],
				.offset = entry[2] * head[1],
				.path = field(c, (const char *)d + at, length),
				.fd = -1,
			};
		at += length + 1;
	}
}

static void read_notes(struct core *c, const unsigned char *p, size_t n)
{
	static const struct {
		uint32_t type;
		void (*read)(struct core *c, const unsigned char *d, size_t n);
	} kinds[] = {{NT_PRSTATUS, note_thread},
		     {NT_PRPSINFO, note_process},
		     {NT_SIGINFO, note_signal},
		     {NT_AUXV, note_auxv},
		     {NT_FILE, note_files}};

	for (size_t at = 0; n - at >= sizeof(Elf64_Nhdr);) {
		Elf64_Nhdr h;
		size_t name, desc;

		memcpy(&h, p + at, sizeof(h));
		at += sizeof(h);
		name = ((size_t)h.n_namesz + 3) & ~(size_t)3;
		desc = ((size_t)h.n_descsz + 3) & ~(size_t)3;
		if (name > n - at || h.n_descsz > n - at - name)
			return;
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (kinds[i].type == h.n_type)
				kinds[i].read(c, p + at + name, h.n_descsz);
		at += name;
		if (desc > n - at)
			return;
		at += desc;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct core_segment *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static int by_file_start(const void *a, const void *b)
{
	const struct core_file *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void add_segment(struct core *c, const Elf64_Phdr *ph, size_t *cap)
{
	struct core_segment s = {.start = ph->p_vaddr,
				 .memory = ph->p_memsz,
				 .file = ph->p_filesz,
				 .offset = ph->p_offset,
				 .prot = (ph->p_flags & PF_R ? IMAGE_READ : 0u) |
					 (ph->p_flags & PF_W ? IMAGE_WRITE : 0u) |
					 (ph->p_flags & PF_X ? IMAGE_EXEC : 0u)};

	if (!s.memory || s.start + s.memory < s.start)
		return;
	if (s.file > s.memory)
		s.file = s.memory;
	if (s.offset > c->size || s.file > c->size - s.offset) {
		c->truncated = true;
		s.file = s.offset < c->size ? c->size - s.offset : 0;
	}
	array_push(c->segments, c->nsegments, *cap) = s;
}

/* e_type and e_machine lie at the same place in headers of 32 bits. */
static int other_machine(const Elf64_Ehdr *h, struct err *err)
{
	static const struct {
		unsigned machine;
		const char *name;
	} machines[] = {
		{EM_386, "32-bit x86 (i386)"},
		{EM_X86_64, "x86-64 with 32-bit pointers (x32)"},
		{EM_ARM, "32-bit ARM"},
		{EM_AARCH64, "64-bit ARM (aarch64)"},
		{EM_RISCV, "RISC-V"},
		{EM_PPC, "32-bit PowerPC"},
		{EM_PPC64, "64-bit PowerPC"},
		{EM_S390, "IBM Z (s390x)"},
		{EM_MIPS, "MIPS"},
		{EM_LOONGARCH, "LoongArch"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == h->e_machine)
			return err_set(err, ERR_INPUT,
				       "a core of a program for %s: cores of x86-64 are read (gdb, "
				       "or gdb-multiarch, reads others)",
				       machines[i].name);
	return err_set(err, ERR_INPUT,
		       "a core of a program for another machine than x86-64 (ELF machine %u)",
		       h->e_machine);
}

static int read_headers(struct core *c, struct err *err)
{
	Elf64_Ehdr h;
	size_t count, cap = 0, left = NOTES_MOST;
	CLEANUP_FREE Elf64_Phdr *ph = NULL;

	if (!read_at(c, 0, &h, sizeof(h)) || memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
		return err_set(err, ERR_INPUT, "this is no core file (no ELF header)");
	if (h.e_ident[EI_DATA] == ELFDATA2MSB) {
		h.e_type = __builtin_bswap16(h.e_type);
		h.e_machine = __builtin_bswap16(h.e_machine);
	}
	if (h.e_type != ET_CORE)
		return err_set(err, ERR_INPUT, "an ELF file, but no core: a program or library");
	if (h.e_ident[EI_CLASS] != ELFCLASS64 || h.e_ident[EI_DATA] != ELFDATA2LSB ||
	    h.e_machine != EM_X86_64)
		return other_machine(&h, err);
	count = h.e_phnum;
	if (count == PN_XNUM) {
		Elf64_Shdr s;

		if (!h.e_shoff || !read_at(c, h.e_shoff, &s, sizeof(s)))
			return err_set(err, ERR_INPUT, "the core's headers are damaged");
		count = s.sh_info;
	}
	if (h.e_phentsize != sizeof(*ph) || count > SEGMENTS_MOST || h.e_phoff > c->size ||
	    count * sizeof(*ph) > c->size - h.e_phoff)
		return err_set(err, ERR_INPUT, "the core's headers are damaged or cut off");
	ph = mem_alloc(count * sizeof(*ph) + 1);
	if (!read_at(c, h.e_phoff, ph, count * sizeof(*ph)))
		return err_set(err, ERR_INPUT, "the core's headers cannot be read");
	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE unsigned char *notes = NULL;
		size_t n = ph[i].p_filesz < left ? (size_t)ph[i].p_filesz : left;

		if (ph[i].p_type == PT_LOAD)
			add_segment(c, &ph[i], &cap);
		if (ph[i].p_type != PT_NOTE || ph[i].p_offset > c->size)
			continue;
		if (n > c->size - ph[i].p_offset)
			n = (size_t)(c->size - ph[i].p_offset);
		left -= n;
		notes = mem_alloc(n + 1);
		if (read_at(c, ph[i].p_offset, notes, n))
			read_notes(c, notes, n);
	}
	return 0;
}

/*
 * Debuggers write no segment for what they leave to the files: of the files in the notes those
 * parts that no segment holds. What may be done there is not told; most often it is code.
 */
static void fill_gaps(struct core *c)
{
	size_t n = c->nsegments, cap = n, k = 0;
	uint64_t at = 0;

	for (size_t i = 0; i < c->nfiles; i++) {
		const struct core_file *f = &c->files[i];

		at = at < f->start ? f->start : at;
		while (at < f->end) {
			uint64_t to = f->end, start = at;

			while (k < n && c->segments[k].start + c->segments[k].memory <= at)
				k++;
			if (k < n && c->segments[k].start < to) {
				to = c->segments[k].start;
				at = to + c->segments[k].memory;
			} else {
				at = to;
			}
			if (to > start)
				array_push(c->segments, c->nsegments, cap) = (struct core_segment){
					.start = start,
					.memory = to - start,
					.prot = IMAGE_READ | IMAGE_EXEC,
				};
		}
	}
	if (c->nsegments > n)
		qsort(c->segments, c->nsegments, sizeof(*c->segments), by_start);
}

/* Maps: a segment each, with the file that the notes say. Overlapping ones are lies. */
static void make_maps(struct core *c)
{
	uint64_t last = 0;

	c->maps = arena_alloc(&c->arena, (c->nsegments + 1) * sizeof(*c->maps));
	for (size_t i = 0; i < c->nsegments; i++) {
		const struct core_segment *s = &c->segments[i];
		const struct core_file *f = file_of(c, s->start);
		struct image_map *m;

		if (s->start < last)
			continue;
		last = s->start + s->memory;
		m = &c->maps[c->image.nmaps++];
		*m = (struct image_map){.start = s->start,
					.end = last,
					.prot = s->prot,
					.path = f ? f->path : STR("")};
		if (f)
			m->offset = f->offset + (s->start - f->start);
		else if (c->vdso && c->vdso == s->start)
			m->path = STR("[vdso]");
	}
	c->image.maps = c->maps;
}

/* glibc's struct pthread: itself at 16, its tid at 720, ever since there was x86-64. */
static void find_inner(struct core *c, struct core_thread *t)
{
	uint64_t self;
	int32_t tid;

	if (t->tls && t->tls % 8 == 0 && read_memory(c, t->tls + 16, &self, sizeof(self)) &&
	    self == t->tls && read_memory(c, t->tls + 720, &tid, sizeof(tid)) && tid > 0)
		t->inner = tid;
}

int core_open(struct core *c, int fd, const struct core_where *where, struct err *err)
{
	struct stat st;
	int rc;

	*c = (struct core){.fd = fd, .name = STR(""), .command = STR(""), .where = *where};
	arena_init(&c->arena);
	c->blocks = mem_zalloc(BLOCKS * sizeof(*c->blocks));
	c->image = (struct image){
		.read = read_memory, .open = open_mapped, .arg = c, .root = where->root};
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		rc = err_set(err, ERR_INPUT, "a core must be a file (unpack it first)");
	else
		c->size = (uint64_t)st.st_size, c->written_ns = ns_of(&st),
		rc = read_headers(c, err);
	if (!rc && !c->nthreads)
		rc = err_set(err, ERR_INPUT, "the core has no thread in its notes%s",
			     c->truncated ? ": it is cut off" : "");
	if (rc) {
		core_release(c);
		return rc;
	}
	if (c->nsegments)
		qsort(c->segments, c->nsegments, sizeof(*c->segments), by_start);
	if (c->nfiles)
		qsort(c->files, c->nfiles, sizeof(*c->files), by_file_start);
	fill_gaps(c);
	make_maps(c);
	for (size_t i = 0; i < c->nthreads; i++)
		find_inner(c, &c->threads[i]);
	return 0;
}

void core_release(struct core *c)
{
	for (size_t i = 0; i < c->nfiles; i++)
		if (c->files[i].fd >= 0)
			close(c->files[i].fd);
	for (size_t i = 0; i < BLOCKS; i++)
		free(c->blocks[i].bytes);
	close(c->fd);
	free(c->blocks);
	free(c->threads);
	free(c->segments);
	arena_release(&c->arena);
}

bool core_has(const struct core *c, uint64_t addr)
{
	const struct core_segment *s = segment_of(c, addr);

	return s && addr - s->start < s->file;
}

bool core_is_doubtful(const struct core *c, const struct core_file *f)
{
	return f->changed_ns > c->written_ns && !f->offset && !core_has(c, f->start);
}

bool core_lived(const struct core *c)
{
	return !c->signal || c->signal == SIGSTOP;
}
