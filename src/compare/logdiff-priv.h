/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the comparison of logs share. Steps, in this order:
 *   logdiff.c        counts of templates on both sides; in the end all findings, ranked
 *   logdiff-alias.c  templates that are one statement, read differently
 *   logdiff-scan.c   the texts: symptoms, values (logdiff-values.c), and the walk:
 *   logdiff-digest.c the same for digests
 *   logdiff-walk.c   which statement follows which, per thread or request, and after how long
 *   logdiff-next.c   what is missing; counts, threads
 *   logdiff-lines.c  which lines of the bad side matter, and in which order; new templates
 *   logdiff-rest.c   when nothing was found: what one side alone has
 *   logdiff-first.c  the first divergence, and the chains back from symptoms
 */
#pragma once

#include "base/hash.h"
#include "compare/logdiff.h"

#define LOGDIFF_MAX_NOVEL ((size_t)1 << 20) /* novel lines looked at one by one */
#define LOGDIFF_MAX_PAIRS ((size_t)1 << 17) /* distinct pairs "B directly after A" */
#define LOGDIFF_FETCHES   20000             /* lines asked for one by one of a long log */
#define LOGDIFF_PER_TMPL  64                /* of them, of one template */
#define LOGDIFF_END       UINT32_MAX        /* successor: the thread or request ends */

#define NOVEL_CUT 0.9 /* novelty from which a line is a deviation by itself */

struct ld_tmpl {
	uint64_t count[2]; /* lines */
	uint32_t log[2];   /* where it is first */
	uint64_t no[2];
	uint32_t fetched[2];
	struct symptom sym; /* of its first line seen on the bad side, else on the good one */
	bool has_values;
	bool blank;     /* nothing at all, and no header */
	bool cont;      /* continues an event */
	bool empty;     /* no word and no value: an empty message, a ruler */
	uint32_t slots; /* its first slot in ld.slots */
};

/* A line of the bad side that no good log has, or not with that value. */
struct ld_novel {
	uint32_t log;
	uint64_t no;
	uint32_t tmpl, entity;
	float novelty;
	struct symptom sym;
	bool calm;      /* an exception under a head that calls it no error */
	uint32_t value; /* 1 + index of the unseen value, 0: new template */
};

enum ld_mark_kind { MARK_SEED, MARK_FOLLOW, MARK_FRAME, MARK_GAP, MARK_NOVEL };

/* A line of the bad side that matters. */
struct ld_mark {
	uint32_t log;
	uint64_t no;
	uint32_t tmpl, entity;
	enum ld_mark_kind kind;
	float weight;   /* orders the lines; more is earlier */
	uint32_t block; /* lines that belong together */
};

/* A statement: a template, and the place that prints it where lines name it. */
struct ld_node {
	uint32_t tmpl; /* UINT32_MAX: no statement but the beginning of a thread or request */
	uint64_t n[2]; /* events */
};

/* Times between two events, ns. */
struct ld_gap {
	uint32_t n[2];
	uint32_t longer; /* bad ones longer than max[0] */
	uint32_t log;    /* the longest bad one */
	uint64_t from, no;
	int64_t max[2];
	double sum[2];
};

/* B directly after A in one thread, request or log. */
struct ld_pair {
	uint32_t a, b; /* nodes; b may be LOGDIFF_END */
	uint64_t n[2];
	uint32_t log[2];       /* where it is first */
	uint64_t at[2], no[2]; /* there: A (0: beginning), and B (A again if it ends there) */
	struct ld_gap gap;
};

/* One parameter of a template. */
struct ld_slot {
	uint64_t n[2];       /* words of it seen */
	uint64_t unseen;     /* bad ones that are not in good */
	uint64_t numbers[2]; /* numbers seen */
	uint64_t outside;    /* bad ones outside the range of the good ones */
	double min, max;     /* that range */
	struct str constant; /* the only good word, while there is one */
	bool varies;         /* more than one good word */
	bool open;           /* not all good values are known: nothing is unseen */
	uint32_t farthest;   /* 1 + value of the number farthest outside */
};

/* A value of the bad side that no good log has at its place. */
struct ld_value {
	uint32_t tmpl, slot, log, entity;
	uint64_t no;
	struct str text; /* at most LD_VALUE_MAX bytes of it */
	double distance; /* number: how far outside the range, in widths of it; else 0 */
	bool number;
};

#define LD_SLOTS      16 /* parameters of a template that are looked at */
#define LD_VALUE_MAX  ((size_t)96)
#define LD_MAX_VALUES ((size_t)1 << 16)
#define LD_MAX_SEEN   ((size_t)1 << 20)

struct ld {
	const struct logdiff_input *in;
	struct arena *arena; /* the result's */
	struct arena tmp;    /* until the end of the run */
	struct ld_tmpl *tmpl;
	uint32_t *alias; /* template of the miner -> the one that stands for it */
	size_t ntmpl;
	bool partial;       /* see struct logdiff */
	uint32_t nentities; /* highest entity + 1; one more index stands for none */
	uint64_t lines[2], heads[2];
	bool digests;          /* there are some: statements are not told apart by their place */
	bool open[2];          /* not all steps of the side are known: what is not there may be */
	bool crowded;          /* too many distinct pairs: steps say nothing */
	bool mixed;            /* headers were recognised in some logs only */
	struct map good_lines; /* if mixed: ld_line_key() of the good lines */
	struct ld_node *nodes; /* the first ntmpl are templates, the next one is the beginning */
	size_t nnodes, capnodes;
	uint32_t *changed; /* template of good -> 1 + the one that stands there now */
	struct ld_pair *pairs;
	size_t npairs, cappairs;
	struct map pair_of; /* hash of (a, b) -> pair */
	struct ld_slot *slots;
	size_t nslots;
	struct map value_seen; /* hash of (template, slot, value) */
	struct ld_value *values;
	size_t nvalues, capvalues;
	struct ld_novel *novel;
	size_t nnovel, capnovel;
	struct ld_mark *marks; /* in the order of the logs */
	size_t nmarks, capmarks;
	struct logdiff_finding *found;
	size_t nfound, capfound;
};

static inline uint32_t ld_tmpl_of(const struct ld *d, const struct logrec *r)
{
	return d->alias[r->tmpl & ~LOGREC_CONT];
}

static inline bool ld_is_head(const struct logrec *r)
{
	return !(r->tmpl & LOGREC_CONT);
}

/*
 * Is a line an event for what follows what? A head is, and what is one where its statement was read
 * with its header; beside digests, whose steps are counted, all heads are.
 */
static inline bool ld_is_event(const struct ld *d, const struct logrec *r)
{
	const struct ld_tmpl *t = &d->tmpl[ld_tmpl_of(d, r)];

	return d->digests ? ld_is_head(r) && !t->blank : !t->cont && !t->empty;
}

/* The thread or request of a line, as far as lines are known. */
static inline uint32_t ld_entity_at(const struct ld *d, uint32_t side, uint32_t log, uint64_t no)
{
	const struct logdiff_log *l = &d->in->side[side].logs[log];

	return no && no <= l->n ? l->recs[no - 1].entity : LOGREC_NONE;
}

/* 2 x (log-likelihood of two rates - of one): k of n against m of l; about chi-square, 1 df. */
double ld_g2(double k, double n, double m, double l);
/* Confidence 0 ... 1 that goes with it. */
double ld_confidence(double g2);

struct logdiff_finding *ld_add(struct ld *d, enum finding_kind kind, uint32_t tmpl, double score);
struct evidence ld_at(uint32_t side, uint32_t log, uint64_t no, uint32_t nlines);
/* Lines of the event whose head is line no. */
uint32_t ld_event_lines(const struct ld *d, uint32_t side, uint32_t log, uint64_t no);
uint32_t ld_pair_find(const struct ld *d, uint32_t a, uint32_t b); /* UINT32_MAX: none */

void ld_alias(struct ld *d);
/* What a raw line says, masked as for ld_alias(). */
uint64_t ld_line_key(struct str raw, enum level level);
void ld_next_findings(struct ld *d);
void ld_count_findings(struct ld *d);
void ld_thread_findings(struct ld *d);
void ld_scan(struct ld *d);
void ld_values_see(struct ld *d, uint32_t side, uint32_t log, uint64_t no, uint32_t tmpl,
		   struct str message);
/* The word with its made-up pieces masked, and its length; 0 if nothing of it says anything. */
size_t ld_mask_word(struct str s, char *out, size_t room);
double ld_value_novelty(const struct ld *d, const struct ld_value *v);
bool ld_value_is_version(const struct ld *d, const struct ld_value *v);
void ld_value_findings(struct ld *d);
void ld_lines_mark(struct ld *d);
void ld_lines_findings(struct ld *d);
void ld_lines_order(struct ld *d, struct logdiff *out);
void ld_promote(struct ld *d);
void ld_first(struct ld *d, struct logdiff *out);
void ld_chains(struct ld *d, struct logdiff *out);
void ld_gap_findings(struct ld *d);
void ld_rest_findings(struct ld *d);

struct ld_novel *ld_novel_add(struct ld *d, uint32_t side, uint32_t log, uint64_t no,
			      uint32_t tmpl);
/* A value of parameter slot, so many times. */
void ld_value_see(struct ld *d, struct evidence at, uint32_t tmpl, uint32_t slot, struct str text,
		  uint64_t times);
/* n good values of parameter slot, all of them numbers. */
void ld_range_see(struct ld *d, uint32_t tmpl, uint32_t slot, double min, double max, uint64_t n);

struct ld_walk;
struct ld_walk *ld_walk_new(struct ld *d);
void ld_walk_free(struct ld_walk *w);
void ld_walk_begin(struct ld_walk *w, uint32_t side, uint32_t log);
/* The next event; place: hash of where its statement stands, 0 unknown; time may be NULL. */
void ld_walk_head(struct ld_walk *w, uint64_t no, uint32_t tmpl, uint64_t place, uint32_t entity,
		  const struct event_time *time);
void ld_walk_end(struct ld_walk *w);
/* Pairs counted elsewhere: add->n[side], its places there and gap.n, .sum, .max of the side. */
void ld_walk_add(struct ld_walk *w, uint32_t side, const struct ld_pair *add);

void ld_digest_count(struct ld *d, uint32_t side);
void ld_digest_see(struct ld *d, struct ld_walk *w, uint32_t side);
