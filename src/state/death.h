/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why a program died: from facts and clues to a verdict. Pure.
 *
 * A clue is one thing that was read or seen and speaks for one cause: a line of output, of the
 * kernel's log, a field of a container's state. Those that contradict how the program ended are
 * ruled out (a program that was killed did not die of its exception); of the others the one that
 * tells most wins, the later of equal ones. What a limit explains is the limit's: an allocation
 * that failed under a limit of the address space. How sure a verdict is never exceeds what its best
 * clue can prove: SIGKILL alone, or status 137, proves nothing.
 *
 * Sources: signal(7), setrlimit(2), wait(2), cgroups(7), the kernel's mm/oom_kill.c for what its
 * counters count, bash(1) for exit statuses.
 */
#pragma once

#include "base/mem.h"
#include "types/death.h"

/* How much a clue tells of its cause, compared with clues of others. */
enum death_weight {
	DEATH_STRANGE,     /* of another process, as far as can be told: told, never the cause */
	DEATH_WEAK = 1,    /* a word that may mean much: "Killed" */
	DEATH_FAIR = 3,    /* an error of that kind was reported; it may have been handled */
	DEATH_STRONG = 6,  /* it ended by that, says whoever was there */
	DEATH_CERTAIN = 9, /* nothing more telling is known of such ends */
};

struct death_clue {
	enum death_cause cause;
	enum death_sure sure; /* the most that it proves */
	enum death_weight weight;
	struct death_evidence from;
	struct str what; /* goes into the sentence: "std::bad_alloc", "limit 100 MB", "scancel" */
	struct str name; /* of the process that it speaks of; empty: not said */
	int pid;         /* that process; 0: not said */
	/* How the program ended, if the clue says so (any cause): */
	bool ends;
	int code, sig;
	int usual; /* the exit status that goes with it, if nobody else makes one of it; 0: any */
	/* Of a text: which one, and how many lines that tell nothing followed. */
	unsigned log; /* 0: no text's */
	uint64_t after;
};

/* Collected by readers; text is the arena's or longer-lived. At most 16 of a cause are kept: the
 * first and the latest. */
struct death_clues {
	struct arena *arena;
	struct death_clue *items;
	size_t n, cap;
	uint16_t of_cause[DEATH_CAUSES];
	unsigned logs;               /* texts that were read so far */
	struct death_memory *memory; /* of the last report */
	size_t nmemory, capmemory;
	struct str memory_note;
};

void death_clues_init(struct death_clues *c, struct arena *a);
void death_clues_release(struct death_clues *c);
void death_clue_add(struct death_clues *c, const struct death_clue *clue);

enum death_limit {
	DEATH_LIMIT_AS,
	DEATH_LIMIT_DATA,
	DEATH_LIMIT_CPU, /* seconds */
	DEATH_LIMIT_FSIZE,
	DEATH_LIMIT_NPROC,
	DEATH_LIMIT_NOFILE,
	DEATH_LIMIT_STACK,
	DEATH_LIMIT_CORE,
	DEATH_LIMITS
};

#define DEATH_UNLIMITED UINT64_MAX

/* /proc/PID/limits; false: it is none. What it does not have stays as it was. */
struct death_rlimit {
	bool known;
	uint64_t soft, hard;
};
bool death_parse_limits(struct str text, struct death_rlimit limits[DEATH_LIMITS]);

enum death_ours { DEATH_NOT_OURS, DEATH_OUR_TIME, DEATH_OUR_MEMORY, DEATH_OUR_STOP };

struct death_facts {
	bool ended; /* code and sig are known, as wait(2) tells */
	int code, sig;
	bool core;
	enum death_ours ours; /* we ended it ourselves */
	int pid;              /* its own; 0: unknown */
	const int *pids;      /* all that were seen of its process tree; none: unknown */
	size_t npids;
	double cpu_seconds; /* of the tree; < 0: unknown */
	double seconds;     /* from beginning to end; 0: unknown */
	struct str command; /* its words, as for a shell; empty: unknown */
	uint64_t peak_rss;  /* bytes; 0: unknown */
	/* The oom_kill counter of its control group. */
	bool has_oom;
	uint64_t oom_before, oom_after;
	uint64_t group_limit, group_peak; /* bytes; 0: unknown or none */
	bool kernel_read;                 /* the kernel's log of that time is among the clues */
	struct death_rlimit limits[DEATH_LIMITS];
	const struct death_clues *clues;
};

/* The verdict; all in the arena. */
void death_judge(const struct death_facts *f, struct arena *a, struct death *d);

/* "oom-cgroup": for JSON, variables and tests. */
const char *death_word(enum death_cause cause);
const char *death_sure_word(enum death_sure sure); /* "likely" */
/* What a status means to those who made it, as far as that is usual; NULL: nothing. */
const char *death_code_meaning(int code);

/* 104857600 as "100 MiB" where that is exact, else "104.9 MB". In the arena. */
const char *death_size(struct arena *a, uint64_t bytes);
