/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A program's memory as the unwinder sees it, be it a live process, copies taken from one, or a
 * core file: what is mapped where, a way to read it, and a way to open the mapped files. Nothing
 * here is trusted: maps may lie, memory may be garbage, files may not be those that were mapped.
 */
#pragma once

#include "base/str.h"

enum { IMAGE_READ = 1, IMAGE_WRITE = 2, IMAGE_EXEC = 4 };

struct image_map {
	uint64_t start, end; /* addresses; end is past it */
	uint64_t offset;     /* in the file */
	uint64_t inode;      /* 0: no file, or unknown */
	uint64_t device;
	unsigned prot;
	bool deleted;    /* the file has no name any more */
	struct str path; /* without " (deleted)"; "[stack]", "[vdso]", empty */
};

struct image {
	const struct image_map *maps; /* in rising order, apart from each other */
	size_t nmaps;
	/* n bytes at addr; false if any of them is not there. */
	bool (*read)(void *arg, uint64_t addr, void *to, size_t n);
	/* The file that is mapped there: a descriptor that the caller closes, or -1. */
	int (*open)(void *arg, const struct image_map *map);
	void *arg;
	/* Of a live process, for its perf map: */
	int pid;            /* 0: none */
	int inner;          /* as it sees itself: its innermost pid namespace */
	int64_t started_ns; /* since 1970; 0: unknown */
	const char *root;   /* a folder that its paths begin in, for other files than the mapped
			       ones; NULL: as here */
};

/* The map that holds addr; NULL if none does. */
const struct image_map *image_find(const struct image *im, uint64_t addr);

/*
 * A file that what is looked at names: a descriptor to read it, or -1. It may name anything: only a
 * plain file is opened, as opening a device may do something, and those of /proc, of no size, may
 * block. root: a folder that no name leads out of, not by ".." or a symbolic link either; or NULL.
 */
int image_open_file(const char *root, const char *path);

/* Registers by their DWARF numbers of x86-64: 0 rax, 1 rdx, 2 rcx, 3 rbx, 4 rsi, 5 rdi, 6 rbp, 7
 * rsp, 8 ... 15, 16 rip (System V ABI, AMD64 supplement, figure 3.36). */
#define IMAGE_REGS 17
#define IMAGE_RBP  6
#define IMAGE_SP   7
#define IMAGE_PC   16

struct image_regs {
	uint64_t r[IMAGE_REGS];
	uint32_t known; /* bit i: r[i] is */
};

/* A copy of the memory from a thread's stack pointer on; read first, before image.read. */
struct image_stack {
	uint64_t addr;
	const unsigned char *bytes;
	size_t n;
};
