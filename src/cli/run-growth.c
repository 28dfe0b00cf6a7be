// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Growth along a run: see run-growth.h. A counter that falls began anew (the steps of an epoch):
 * what it had reached is added from then on. One that falls often is none.
 */
#include "cli/run-growth.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/pattern.h"

#define POINTS     4096
#define NOISE      4e6 /* bytes */
#define NEAR_PEAK  .8  /* PSS of less memory tells nothing of the peak */
#define MANY_FALLS 20  /* one in so many steps, and some */

#define WORDS                                                                                      \
	"step|iteration|iter|epoch|batch|round|cycle|loop|request|job|task|item|generation|frame|" \
	"tick|test|case"

static const char *const words[] = {"step",       "iteration", "iter",    "epoch", "batch", "round",
				    "cycle",      "loop",      "request", "job",   "task",  "item",
				    "generation", "frame",     "tick",    "test",  "case"};

/* What it counts by its word, and what tqdm prints. */
static const char *const usual[] = {
	"(?i)\\b(?<word>" WORDS ")s?\\b[\"']?\\s*[=:#]?\\s*\\[?\\s*(?<value>\\d{1,15})\\b",
	"\\|\\s*(?<iteration>\\d{1,15})/\\d+ \\[",
};

static void points_init(struct run_points *p)
{
	*p = (struct run_points){.x = mem_alloc(POINTS * sizeof(*p->x)),
				 .y = mem_alloc(POINTS * sizeof(*p->y)),
				 .every = 1};
}

static void points_release(struct run_points *p)
{
	free(p->x);
	free(p->y);
}

static void points_add(struct run_points *p, double x, double y)
{
	if (p->seen++ % p->every)
		return;
	if (p->n == POINTS) {
		for (size_t i = 0; i < POINTS / 2; i++) {
			p->x[i] = p->x[2 * i];
			p->y[i] = p->y[2 * i];
		}
		p->n = POINTS / 2;
		p->every *= 2;
	}
	p->x[p->n] = x;
	p->y[p->n++] = y;
}

static void add_pattern(struct run_growth *g, const char *regex)
{
	struct pattern *p;
	struct err err;

	if (pattern_new(&p, str_of(regex), &err) == 0)
		array_push(g->patterns, g->npatterns, g->cappatterns) = p;
}

void run_growth_init(struct run_growth *g)
{
	*g = (struct run_growth){.share = 1};
	points_init(&g->by_time);
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		add_pattern(g, usual[i]);
}

void run_growth_release(struct run_growth *g)
{
	points_release(&g->by_time);
	for (size_t i = 0; i < g->ncounters; i++)
		points_release(&g->counters[i].points);
	for (size_t i = 0; i < g->npatterns; i++)
		pattern_free(g->patterns[i]);
	free(g->patterns);
}

/* The group that is named as a counter is: its number, and the name. */
static size_t counting_group(const struct pattern *p, const char **name)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t group = pattern_group(p, words[i]);

		*name = words[i];
		if (group)
			return group;
	}
	return 0;
}

void run_growth_pattern(struct run_growth *g, const char *regex)
{
	const char *name;

	add_pattern(g, regex);
	if (g->npatterns && !counting_group(g->patterns[g->npatterns - 1], &name) &&
	    g->npatterns > ARRAY_SIZE(usual))
		pattern_free(g->patterns[--g->npatterns]);
}

static struct run_counter *counter_of(struct run_growth *g, struct str word)
{
	struct run_counter *c;
	size_t n = word.n < sizeof(c->word) - 1 ? word.n : sizeof(c->word) - 1;

	for (size_t i = 0; i < g->ncounters; i++)
		if (str_eq_nocase(str_of(g->counters[i].word), word))
			return &g->counters[i];
	if (g->ncounters == RUN_COUNTERS)
		return NULL;
	c = &g->counters[g->ncounters++];
	*c = (struct run_counter){.before = -1};
	for (size_t i = 0; i < n; i++)
		c->word[i] = (char)tolower((unsigned char)word.p[i]);
	points_init(&c->points);
	return c;
}

static void count(struct run_growth *g, struct str word, struct str value)
{
	struct run_counter *c = counter_of(g, word);
	uint64_t v;

	if (!c || !str_u64(value, &v))
		return;
	if ((double)v + c->base < c->value) {
		c->falls++;
		c->base = c->value;
	}
	c->value = c->base + (double)v;
}

static void look_at_line(struct run_growth *g, struct str line)
{
	for (size_t i = 0; i < g->npatterns; i++) {
		struct str groups[PATTERN_GROUPS];
		const struct pattern *p = g->patterns[i];
		const char *name = "";
		size_t word = pattern_group(p, "word"), value = pattern_group(p, "value"), from = 0;

		if (!word || !value)
			value = counting_group(p, &name);
		while (pattern_match_at(p, line, from, groups) && groups[0].n) {
			count(g, word ? groups[word] : str_of(name), groups[value]);
			from = (size_t)(groups[0].p - line.p) + groups[0].n;
		}
	}
}

/* Progress bars end their lines in CR. */
static void look_at_output(struct run_growth *g, struct str text)
{
	struct str line, piece;

	while (text.n && str_next(&text, '\n', &line))
		while (line.n && str_next(&line, '\r', &piece))
			look_at_line(g, piece);
}

void run_growth_sample(struct run_growth *g, const struct exec_sample *s, struct str out,
		       struct str err)
{
	points_add(&g->by_time, (double)s->at_ns / 1e9, (double)s->rss);
	look_at_output(g, out);
	look_at_output(g, err);
	for (size_t i = 0; i < g->ncounters; i++) {
		struct run_counter *c = &g->counters[i];

		if (c->value > c->before)
			points_add(&c->points, c->value, (double)s->rss);
		c->before = c->value;
	}
	if (s->pss != EXEC_UNKNOWN && s->pss && s->pss < s->rss && s->rss >= g->share_rss) {
		g->share = (double)s->pss / (double)s->rss;
		g->share_rss = s->rss;
	}
	if (s->rss > g->peak_rss) {
		g->peak_rss = s->rss;
		g->peak_alike = s->alike;
		g->peak_alike_rss = s->alike_rss;
	}
}

/* Per what it leaks: the counter that says so and was seen most often. */
static void find_step(const struct run_growth *g, struct run_grown *r)
{
	size_t most = 0;

	for (size_t i = 0; i < g->ncounters; i++) {
		const struct run_counter *c = &g->counters[i];
		struct growth by_step;

		if (c->falls > 2 + c->points.seen / MANY_FALLS || c->points.n <= most)
			continue;
		growth_find(c->points.x, c->points.y, c->points.n, NOISE, &by_step);
		if (by_step.kind != GROWTH_LEAK)
			continue;
		most = c->points.n;
		r->step = c->word;
		r->per_step = by_step.rate;
	}
}

void run_growth_find(const struct run_growth *g, uint64_t peak, uint64_t room, struct run_grown *r)
{
	const struct run_points *p = &g->by_time;

	*r = (struct run_grown){.per_step = (double)NAN, .alike = 1, .each = peak};
	growth_find(p->x, p->y, p->n, NOISE, &r->growth);
	if (r->growth.kind == GROWTH_LEAK)
		find_step(g, r);
	if (g->peak_alike > 1) {
		r->alike = g->peak_alike;
		r->each = g->peak_alike_rss / g->peak_alike;
		if ((double)g->share_rss >= NEAR_PEAK * (double)g->peak_rss)
			r->each = (uint64_t)((double)r->each * g->share);
		r->rest = g->peak_rss - g->peak_alike_rss;
	}
	r->fit = room > r->rest ? growth_workers(room - r->rest, r->each) : 0;
}
