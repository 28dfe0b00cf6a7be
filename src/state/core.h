/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Core files (core(5)): an ELF file with the memory of a process that died, and notes about its
 * threads, its files and the signal. Read piece by piece as asked for, so that its size does not
 * matter; truncated ones give what they hold. Memory of files that was not dumped is read from the
 * files, if they are still the same builds.
 */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "state/proc.h"
#include "unwind/image.h"

struct core_thread {
	int tid;
	int inner;  /* what it calls itself: in a core by a debugger, tid is another namespace's */
	int signal; /* that it got; of the first thread, the one that killed the process */
	struct image_regs regs;
	uint64_t tls;             /* fs_base: the thread's struct pthread */
	struct proc_syscall call; /* that it was blocked in; else running */
	char state;               /* S blocked in it; R in none; ' ' in one that came to its end */
};

struct core_file {
	uint64_t start, end, offset;
	struct str path;
	int fd;             /* -1: not opened; -2: it cannot be, or is another */
	int64_t changed_ns; /* when it was changed last; 0: it was not opened */
};

/* Where the files lie that a core names: it may be of a container or another machine. */
struct core_where {
	const char *root; /* a folder that their paths begin in, or else are as they are; NULL */
	const char *exe;  /* the program; NULL: where the core says */
};

struct core {
	struct arena arena;
	struct image image;
	struct image_map *maps;
	struct core_thread *threads; /* the one that died first */
	size_t nthreads, capthreads;
	struct core_file *files;
	size_t nfiles;
	struct core_block *blocks;     /* of files, read lately */
	struct core_segment *segments; /* by address */
	size_t nsegments;
	int fd;
	struct core_where where;
	uint64_t size;      /* of the file */
	int64_t written_ns; /* when, since 1970 */
	int pid, parent;
	uint32_t uid;
	struct str name, command;
	int signal;    /* 0: unknown */
	bool has_info; /* code, fault and sender are known */
	int code;
	uint64_t fault;
	int sender;           /* pid that sent it, for kill(); 0 */
	uint64_t vdso, entry; /* of the program; 0: unknown */
	bool truncated;       /* segments lie beyond the end of the file */
	bool no_stack;        /* set by who looked: a thread\'s was left out */
};

/* fd is taken over. -ERR_INPUT: no core, one of another machine, or a damaged one. */
int core_open(struct core *c, int fd, const struct core_where *where, struct err *err) ERR_CHECK;
void core_release(struct core *c);

/* Is the memory at addr in the core itself? */
bool core_has(const struct core *c, uint64_t addr);
/* Was a file used that changed after the core was written, and that nothing in the core can be
 * compared with? */
bool core_is_doubtful(const struct core *c, const struct core_file *f);
/* By a debugger, of a process that went on: no signal killed it. */
bool core_lived(const struct core *c);
/* What is at an address that could not be used, in words: "the null page", "beyond the end of the
 * stack", "memory that is not mapped". */
struct str core_describe_fault(const struct core *c, struct arena *a);
/* The kind of a signal's code: "address not mapped", "sent by kill()"; empty if it says nothing. */
const char *core_code(int signal, int code);
