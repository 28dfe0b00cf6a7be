/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of this room share. A canonical message is the text of a message in which blanks
 * are collapsed and each masked piece is one of the bytes below; no other control byte is in it.
 */
#pragma once

#include "base/buf.h"
#include "base/hash.h"
#include "mine/mine.h"

enum mask_byte {
	MASK_ANY = 1,  /* a value */
	MASK_TIME = 2, /* a time of day */
	MASK_DATE = 3, /* a calendar date */
};

/* Bytes of a message that count; what is longer ends in one more value. */
#define MASK_MAX ((size_t)4096)

/* Room that mask_message() needs for its result. */
#define MASK_ROOM (MASK_MAX + 64)

/* Bitmaps of a message, and a zero word behind them. */
struct mask_bits {
	uint64_t delim[MASK_MAX / 64 + 1];
	uint64_t look[MASK_MAX / 64 + 1]; /* digits, slashes, second blanks, control bytes */
	uint64_t word[MASK_MAX / 64 + 1]; /* letters, digits, '_', bytes from 0x80 on */
	uint64_t digit[MASK_MAX / 64 + 1];
	uint64_t join[MASK_MAX / 64 + 1]; /* '.' and '-' */
};

/* The first set bit at i or after it; n if there is none before n. */
static inline size_t mask_next(const uint64_t *bits, size_t i, size_t n)
{
	size_t k = i / 64;
	uint64_t w;

	if (i >= n)
		return n;
	w = bits[k] & (~UINT64_C(0) << (i % 64));
	while (!w) {
		if (++k * 64 >= n)
			return n;
		w = bits[k];
	}
	i = k * 64 + (size_t)__builtin_ctzll(w);
	return i < n ? i : n;
}

/* The first clear bit at i or after it; n if there is none before n. */
static inline size_t mask_next_clear(const uint64_t *bits, size_t i, size_t n)
{
	size_t k = i / 64;
	uint64_t w;

	if (i >= n)
		return n;
	w = ~bits[k] & (~UINT64_C(0) << (i % 64));
	while (!w) {
		if (++k * 64 >= n)
			return n;
		w = ~bits[k];
	}
	i = k * 64 + (size_t)__builtin_ctzll(w);
	return i < n ? i : n;
}

/* One past the last set bit before i, not before from. */
static inline size_t mask_after_last(const uint64_t *bits, size_t i, size_t from)
{
	size_t k = i / 64;
	uint64_t w = bits[k] & ~(~UINT64_C(0) << (i % 64));

	while (!w) {
		if (k * 64 <= from)
			return from;
		w = bits[--k];
	}
	i = k * 64 + 64 - (size_t)__builtin_clzll(w);
	return i > from ? i : from;
}

static inline bool mask_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

/* Copy a short text, without the cost of a call. */
static inline char *mask_copy(char *o, const char *p, size_t n)
{
	if (n >= 16) {
		for (size_t i = 0; i + 16 <= n; i += 16)
			memcpy(o + i, p + i, 16);
		memcpy(o + n - 16, p + n - 16, 16);
	} else if (n >= 8) {
		memcpy(o, p, 8);
		memcpy(o + n - 8, p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(o, p, 4);
		memcpy(o + n - 4, p + n - 4, 4);
	} else if (n) {
		o[0] = p[0];
		o[n / 2] = p[n / 2];
		o[n - 1] = p[n - 1];
	}
	return o + n;
}

/* Bits i ... to-1, the first 64 of them. */
static inline uint64_t mask_window(const uint64_t *bits, size_t i, size_t to)
{
	unsigned shift = i % 64;
	uint64_t w = bits[i / 64] >> shift;

	if (shift)
		w |= bits[i / 64 + 1] << (64 - shift);
	return to - i < 64 ? w & ~(~UINT64_C(0) << (to - i)) : w;
}

typedef void mask_classify_fn(const char *p, size_t n, struct mask_bits *bits);

/* The fastest classifier that this machine runs, and the one that runs on all. */
mask_classify_fn *mask_classifier(void);
mask_classify_fn *mask_classifier_scalar(void);

/* Write the canonical form of msg to out; its length. */
size_t mask_message(mask_classify_fn *classify, struct str msg, char *out);

/* Write the canonical form of the chunk of m at from ... to-1 (in which nothing is a delimiter but
 * '=') to o; its end. */
char *mask_chunk(char *o, const struct mask_bits *bits, struct str m, size_t from, size_t to);
/* Does a chunk that begins so go on over '='? */
bool mask_spans_equals(struct str chunk);

/* Delimiters: they end a chunk and are part of a template's skeleton. */
static inline bool mask_is_delim(char c)
{
	switch (c) {
	case ' ':
	case '\t':
	case ',':
	case ';':
	case '=':
	case '(':
	case ')':
	case '[':
	case ']':
	case '{':
	case '}':
	case '<':
	case '>':
	case '"':
	case '\'':
	case '|': return true;
	default:
		return (unsigned char)c < 0x20 && c != MASK_ANY && c != MASK_TIME && c != MASK_DATE;
	}
}

static inline bool mask_is_slot(char c)
{
	return c == MASK_ANY || c == MASK_TIME || c == MASK_DATE;
}

/* Letters, digits, underscore and bytes of other scripts: what words are made of. */
static inline bool mask_is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static inline bool mask_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Coarser forms of a canonical message, for logs without end of distinct shapes. Form 1 masks words
 * that stand where values do, and those with digits; 2 also identifiers; 3 also words that are not
 * common in messages; 4 keeps the first word only; 5 is the same for all messages. To coarsen a
 * coarser form gives the same as to coarsen the canonical message.
 */
#define MASK_COARSE 5
struct coarsener;
struct coarsener *coarsener_new(void);
void coarsener_free(struct coarsener *c);
size_t mask_coarsen(const struct coarsener *c, unsigned form, struct str canonical, char *out);

/* Words that messages are made of, in any program; blanks between them. */
extern const char mask_common_words[];

/* Does the word announce a name: user, file, host? */
bool mask_announces(struct str word);
/* Dots, slashes and such inside, capitals after small letters, or digits. */
bool mask_is_identifier(struct str word);

/* Distinct canonical messages. */
struct shape {
	struct str text; /* canonical */
	uint64_t hash;
	uint64_t count; /* messages */
	enum level level;
	bool continuation;
};

/* Messages seen before: see recent.c. */
#define RECENT_NONE UINT32_MAX
struct recent;
struct recent *recent_new(void);
void recent_free(struct recent *r);
/* The shape kept for a message that is the same but for digits; RECENT_NONE if there is none. */
uint32_t recent_find(struct recent *r, struct str m, enum level level, bool continuation);
/*
 * Keep the shape of the message looked for last, for as long as the miner lives. The n bytes of its
 * canonical form are followed by 16 zeros.
 */
void recent_keep(struct recent *r, const char *canonical, size_t n, uint32_t shape);

/* Shapes of one miner before it turns to the next coarser form, and bytes of their texts. */
#define SHAPES_MAX      ((size_t)1 << 15)
#define SHAPES_TEXT_MAX ((size_t)6 << 20)

struct miner {
	mask_classify_fn *classify;
	struct coarsener *coarsener;
	struct recent *recent;
	struct arena arena;
	struct shape *shapes;
	size_t nshapes, capshapes;
	uint64_t *slots; /* open addressing: high half of the hash, shape + 1; 0 free */
	size_t nslots;   /* a power of two */
	unsigned mode;   /* 0: canonical as it is, else the coarser form in use */
	size_t base;     /* shapes kept before the mode began */
	size_t base_text;
	char text[MASK_ROOM], coarse[MASK_ROOM];
};

/* Opposites: words that must not become values of one parameter. */
struct opposites;
struct opposites *opposites_new(void);
void opposites_free(struct opposites *o);
/* Is it in any group? Small letters only. */
bool opposites_has(const struct opposites *o, struct str word);
/* Mark in out[] those of the n distinct values that have an opposite among them. */
void opposites_mark(const struct opposites *o, const struct str *values, size_t n, bool *out);

/* One piece of a canonical message: a delimiter or a unit between delimiters. */
enum piece_kind {
	PIECE_DELIM,
	PIECE_EMPTY, /* nothing where a value could be: (), "", key= */
	PIECE_VALUE, /* masked as a whole */
	PIECE_PART,  /* partly masked */
	PIECE_SOFT,  /* literal, with digits */
	PIECE_WORD,  /* literal */
};

struct piece {
	struct str s;
	enum piece_kind kind;
};

struct pieces {
	struct piece *p;
	size_t n;
};

/* Normalised text of a canonical message: value words and dates masked. */
struct str units_normalise(struct arena *a, struct str canonical);
/* Cut a normalised text; empty pieces inserted. */
struct pieces units_cut(struct arena *a, struct str text);
/* Values that end a quoted string become one. */
void units_join_quoted(struct pieces *u);
/* Runs of values with one separator become one. */
struct lists {
	size_t longest;   /* values in the longest run; 1: there are no lists */
	uint64_t lengths; /* hash of where the runs are and how long */
	bool loose;       /* a separator is not a bare comma */
};
typedef struct pieces units_join_fn(struct arena *a, const struct pieces *u, struct lists *info);
struct pieces units_join_lists(struct arena *a, const struct pieces *u, struct lists *info);
/* So do the words in brackets of "key=[a, b]". */
struct pieces units_join_brackets(struct arena *a, const struct pieces *u, struct lists *info);
/* Is piece i a size unit behind a value? Leave such units out. */
bool units_is_size(const struct pieces *u, size_t i);
struct pieces units_join_sizes(struct arena *a, const struct pieces *u);
/* Text again, <*> for values, neighbours joined. */
struct str units_text(struct arena *a, const struct pieces *u);

/* One distinct shape on its way to a template. */
struct row {
	struct str text; /* normalised */
	enum level level;
	bool continuation;
	uint64_t count;
	struct pieces u;
	struct str result;   /* template text */
	struct str known_id; /* of a known template; else empty */
	uint32_t tmpl;
};

/* Find the known template of r; sets result and known_id (slices of k). */
bool known_match(const struct templates_known *k, struct arena *a, struct row *r);

/* The text of a template, prepared for finding parameters: the literals around them. */
struct plan {
	size_t n; /* parameters + 1 */
	struct str lit[];
};
struct plan *plan_new(struct arena *a, struct str text);
/* The parameters of a message under it, at most max; how many. */
size_t plan_params(const struct plan *p, struct str message, struct str *params, size_t max);

/* Decide the templates of rows (distinct, sorted by content): sets u and result. */
void merge_rows(struct arena *a, struct row *rows, size_t n);

/*
 * Rows of one level whose pieces have the same delimiters in the same places: a table of word ids,
 * n rows by width words. Word 0 is "any value".
 */
struct join {
	struct row *rows;
	const uint32_t *index; /* of the group's rows */
	size_t n, width;
	uint32_t *w;    /* n * width */
	uint64_t *hash; /* of each row's words: a sum, so that one word can be taken out */
	size_t *at;     /* piece of each word column */
	struct intern *words;
	const struct opposites *opposites;
};
void join_group(struct join *g);
