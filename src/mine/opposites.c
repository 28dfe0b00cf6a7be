// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Opposites. Words of one group tell outcomes apart, so they are never values of one parameter,
 * alone or as a part of an identifier (ACTION_UP, ACTION_DOWN).
 */
#include "mine/mine-priv.h"

#include <stdlib.h>

static const char *const groups[] = {
	"started stopped paused resumed suspended",
	"start stop pause resume suspend restart restarted",
	"starting stopping pausing resuming suspending restarting",
	"running stopped finished killed failed",
	"success failure error",
	"succeeded failed",
	"successful unsuccessful",
	"successfully unsuccessfully",
	"passed failed",
	"pass fail",
	"ok error",
	"error warning info debug",
	"up down",
	"on off",
	"in out",
	"yes no",
	"true false",
	"open close",
	"opened closed",
	"opening closing",
	"enabled disabled",
	"enable disable",
	"enabling disabling",
	"connected disconnected",
	"connect disconnect",
	"online offline",
	"active inactive",
	"activated deactivated",
	"available unavailable",
	"reachable unreachable",
	"alive dead",
	"healthy unhealthy",
	"valid invalid",
	"known unknown",
	"expected unexpected",
	"normal abnormal",
	"complete incomplete",
	"completed incomplete",
	"loaded unloaded",
	"load unload",
	"added removed deleted",
	"add remove delete",
	"adding removing deleting",
	"created destroyed",
	"create destroy",
	"creating destroying",
	"acquired released",
	"acquire release",
	"acquiring releasing",
	"locked unlocked",
	"lock unlock",
	"allowed denied",
	"allow deny",
	"accepted rejected refused",
	"accept reject refuse",
	"granted revoked",
	"grant revoke",
	"mounted unmounted",
	"mount unmount",
	"registered unregistered deregistered",
	"register unregister",
	"attached detached",
	"attach detach",
	"login logout",
	"push pop",
	"get set",
	"get put post delete head patch",
	"read write",
	"reading writing",
	"send receive",
	"sent received",
	"sending receiving",
	"begin end",
	"beginning ending",
	"enter exit leave",
	"entering exiting leaving",
	"before after",
	"first last",
	"min max",
	"high low",
	"new old",
	"input output",
	"source destination",
	"src dest",
	"local remote",
	"client server",
	"master slave",
	"leader follower",
	"looking leading following",
	"parent child",
	"increase decrease",
	"increased decreased",
	"increment decrement",
};

#define WORD_GROUPS 4   /* groups that a word is in, at most */
#define PARTS_MAX   24  /* parts of an identifier that are looked at */
#define VALUE_MAX   128 /* longer values have no opposite */

struct opposites {
	struct intern words;
	uint8_t of[1024][WORD_GROUPS]; /* group + 1, 0: no more */
};

struct opposites *opposites_new(void)
{
	struct opposites *o = mem_zalloc(sizeof(*o));

	intern_init(&o->words);
	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		struct str rest = str_of(groups[g]), w;

		while (str_next(&rest, ' ', &w)) {
			uint8_t *of = o->of[intern_add(&o->words, w)];

			while (*of)
				of++;
			*of = (uint8_t)(g + 1);
		}
	}
	return o;
}

void opposites_free(struct opposites *o)
{
	if (!o)
		return;
	intern_release(&o->words);
	free(o);
}

bool opposites_has(const struct opposites *o, struct str word)
{
	uint32_t id;

	return intern_find(&o->words, word, &id);
}

/* A word of some group as it occurs in a value. */
struct occurrence {
	uint64_t frame; /* the value around the word, and the group */
	uint32_t word, value;
};

struct occurrences {
	struct occurrence *o;
	size_t n, cap;
};

static int by_frame(const void *pa, const void *pb)
{
	const struct occurrence *a = pa, *b = pb;

	if (a->frame != b->frame)
		return a->frame < b->frame ? -1 : 1;
	return a->word < b->word ? -1 : a->word > b->word;
}

/* The end of the part that begins at i: a run of letters (small ones after capitals), or a mark. */
static size_t part_end(struct str s, size_t i)
{
	size_t to = i;

	while (to < s.n && s.p[to] >= 'A' && s.p[to] <= 'Z')
		to++;
	if (to > i + 1 && to < s.n && s.p[to] >= 'a' && s.p[to] <= 'z')
		return to - 1; /* HTTPServer */
	while (to < s.n && s.p[to] >= 'a' && s.p[to] <= 'z')
		to++;
	return to > i ? to : i + 1;
}

static void add_value(const struct opposites *op, struct str value, uint32_t id,
		      struct occurrences *out)
{
	char low[VALUE_MAX];
	uint16_t at[PARTS_MAX + 1];
	size_t n = 0;

	if (value.n > VALUE_MAX)
		return;
	for (size_t i = 0; i < value.n && n < PARTS_MAX; i = part_end(value, i))
		at[n++] = (uint16_t)i;
	at[n] = (uint16_t)value.n;
	for (size_t i = 0; i < value.n; i++)
		low[i] = (char)(value.p[i] >= 'A' && value.p[i] <= 'Z' ? value.p[i] | 32
								       : value.p[i]);
	for (size_t k = 0; k < n; k++) {
		struct str w = {low + at[k], (size_t)at[k + 1] - at[k]};
		uint64_t frame;
		uint32_t word;

		if (!intern_find(&op->words, w, &word))
			continue;
		frame = hash_word(hash_bytes(low, at[k], 1),
				  hash_bytes(low + at[k + 1], value.n - at[k + 1], 2));
		for (size_t g = 0; g < WORD_GROUPS && op->of[word][g]; g++)
			array_push(out->o, out->n, out->cap) =
				(struct occurrence){hash_word(frame, op->of[word][g]), word, id};
	}
}

void opposites_mark(const struct opposites *op, const struct str *values, size_t n, bool *out)
{
	struct occurrences oc = {0};

	for (size_t i = 0; i < n; i++) {
		out[i] = false;
		add_value(op, values[i], (uint32_t)i, &oc);
	}
	if (oc.n)
		qsort(oc.o, oc.n, sizeof(*oc.o), by_frame);
	for (size_t i = 0, to; i < oc.n; i = to) {
		for (to = i + 1; to < oc.n && oc.o[to].frame == oc.o[i].frame;)
			to++;
		if (oc.o[i].word != oc.o[to - 1].word)
			for (size_t k = i; k < to; k++)
				out[oc.o[k].value] = true;
	}
	free(oc.o);
}
