// SPDX-License-Identifier: GPL-3.0-or-later
/* What `inquest run` prints of a run at its end: see run.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/run.h"
#include "report/death.h"
#include "report/json-object.h"

const char *run_end_name(enum exec_end end)
{
	static const char *const names[] = {
		[EXEC_EXITED] = "exited",       [EXEC_SIGNALED] = "signal",
		[EXEC_TIMEOUT] = "time limit",  [EXEC_MEMORY] = "memory limit",
		[EXEC_STOPPED] = "interrupted",
	};

	return names[end];
}

int run_exit_code(const struct exec_result *r)
{
	return r->sig ? 128 + r->sig : r->code;
}

static void add_bytes(struct buf *b, uint64_t n)
{
	if (n < 10 << 20)
		buf_printf(b, "%.1f MB", (double)n / 1e6);
	else
		buf_printf(b, "%.0f MB", (double)n / 1e6);
}

static void add_peak(struct buf *b, const struct exec_result *r)
{
	BUF_LIT(b, ", peak memory ");
	if (!r->peak_rss)
		BUF_LIT(b, "at most ");
	add_bytes(b, r->peak_rss ? r->peak_rss : r->rss_floor);
}

static void add_end(struct buf *b, const struct exec_result *r)
{
	if (r->end == EXEC_EXITED) {
		buf_printf(b, "exit %d", r->code);
	} else {
		buf_printf(b, "%s", run_end_name(r->end));
		if (r->sig)
			buf_printf(b, " (%s%s)", strsignal(r->sig), r->core ? ", core" : "");
		else
			buf_printf(b, " (exit %d)", r->code);
	}
	if (r->oom_kills)
		BUF_LIT(b, ", out of memory");
}

static const struct death_words death_words = {death_word, death_sure_word};

/* What ended it, where that is more than an exit status says; the stack of what crashed. */
static void add_death(const struct runner *x, struct buf *b)
{
	const struct death *d = &x->death;
	struct str notes = buf_str(&x->watch.remains.notes), note;

	if (d->cause == DEATH_NONE || x->r.end == EXEC_STOPPED ||
	    (d->cause == DEATH_EXIT && d->nevidence && !d->evidence[0].file.n))
		return;
	death_lines(d, &death_words, b);
	while (notes.n && str_next(&notes, '\n', &note))
		buf_printf(b, "inquest: " STR_FMT "\n", STR_ARG(note));
	if (x->watch.remains.stacks.n && !x->hold.shown) {
		BUF_LIT(b, "inquest: the thread that died:\n");
		buf_add_str(b, buf_str(&x->watch.remains.stacks));
	}
}

static bool of_memory(enum death_cause cause)
{
	static const enum death_cause causes[] = {
		DEATH_OOM_GROUP,   DEATH_OOM_SYSTEM,   DEATH_OOM,
		DEATH_OOM_DAEMON,  DEATH_MEMORY_LIMIT, DEATH_RLIMIT_AS,
		DEATH_RLIMIT_DATA, DEATH_ALLOCATION,   DEATH_EVICTED};

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (cause == causes[i])
			return true;
	return false;
}

static void add_leak(struct buf *b, const struct run_grown *g, uint64_t room)
{
	double left = growth_until(&g->growth, (double)room);

	BUF_LIT(b, "inquest: its memory rose all along, by ");
	if (g->step)
		buf_printf(b, "%.3g MB a%s %s (%.3g MB a second)", g->per_step / 1e6,
			   strchr("aeiou", *g->step) ? "n" : "", g->step, g->growth.rate / 1e6);
	else
		buf_printf(b, "%.3g MB a second", g->growth.rate / 1e6);
	if (isfinite(left))
		buf_printf(b, "; at that rate %.0f MB are full %.3g s later", (double)room / 1e6,
			   left);
	BUF_LIT(b, "\n");
}

/* A leak is worth a line of its own; the rest where memory is what ended it. */
static void add_growth(const struct runner *x, struct buf *b)
{
	uint64_t room = run_watch_room(&x->watch);
	struct run_grown g;

	run_watch_growth(&x->watch, &g);
	if (g.growth.kind == GROWTH_LEAK)
		add_leak(b, &g, room);
	if (!of_memory(x->death.cause))
		return;
	if (g.growth.kind == GROWTH_STEP)
		buf_printf(b,
			   "inquest: its memory rose once, %.3g s after it began, to %.0f MB, and "
			   "stayed\n",
			   g.growth.at, g.growth.level / 1e6);
	if (g.growth.kind == GROWTH_SAW)
		BUF_LIT(b, "inquest: its memory rose and fell, its floor stayed: no leak\n");
	if (g.alike > 1)
		buf_printf(b,
			   "inquest: at its peak %u processes took about %.0f MB each, and %.0f MB "
			   "the rest: %llu such fit into %.0f MB\n",
			   g.alike, (double)g.each / 1e6, (double)g.rest / 1e6,
			   (unsigned long long)g.fit, (double)room / 1e6);
}

/* One line: what it was, where it is, what next. */
void run_print_text(const struct runner *x, struct str id)
{
	const struct exec_result *r = &x->r;
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "inquest: ");
	if (id.n)
		buf_printf(&b, "run " STR_FMT ": ", STR_ARG(id));
	add_end(&b, r);
	buf_printf(&b, ", %.3f s", (double)r->wall_ns / 1e9);
	if (r->held_ns)
		buf_printf(&b, " (held for %.3f s of it)", (double)r->held_ns / 1e9);
	add_peak(&b, r);
	if (x->recording && r->output_bytes > x->live.kept && !x->v->no_capture)
		buf_printf(&b, ", %llu of %llu bytes of output kept",
			   (unsigned long long)x->live.kept, (unsigned long long)r->output_bytes);
	if (r->left_behind)
		buf_printf(&b, ", %u process%s left behind ended", r->left_behind,
			   r->left_behind > 1 ? "es" : "");
	if (id.n)
		buf_printf(&b, "; in %s%s%s; next: inquest %s", x->workspace.store,
			   x->noted ? " and " : "", x->noted ? x->noted : "",
			   x->noted ? "status" : "runs");
	BUF_LIT(&b, "\n");
	add_growth(x, &b);
	add_death(x, &b);
	fwrite(b.p, 1, b.n, stderr);
}

static void add_growth_json(const struct runner *x, struct buf *b)
{
	uint64_t room = run_watch_room(&x->watch);
	bool leak;
	struct run_grown g;

	run_watch_growth(&x->watch, &g);
	leak = g.growth.kind == GROWTH_LEAK;
	object_begin(b, "growth");
	object_text(b, "kind", str_of(growth_word(g.growth.kind)));
	object_real(b, "bytes_per_second", leak ? g.growth.rate : (double)NAN);
	if (g.step)
		object_text(b, "step", str_of(g.step));
	else
		object_null(b, "step");
	object_real(b, "bytes_per_step", g.per_step);
	object_real(b, "step_at", g.growth.kind == GROWTH_STEP ? g.growth.at : (double)NAN);
	object_real(b, "seconds_to_limit", growth_until(&g.growth, (double)room));
	object_count(b, "limit", room);
	object_count(b, "alike", g.alike);
	object_count(b, "bytes_each", g.each);
	object_count(b, "bytes_rest", g.rest);
	object_count(b, "workers", g.fit);
	object_end(b);
}

void run_print_json(const struct runner *x, struct str id)
{
	const struct exec_result *r = &x->r;
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "{\"schema\":\"inquest.run-result/1\",\"id\":");
	json_add_string(&b, id);
	BUF_LIT(&b, ",\"end\":");
	json_add_string(&b, str_of(run_end_name(r->end)));
	buf_printf(&b,
		   ",\"exit\":%d,\"signal\":%d,\"core\":%s,\"wall_ns\":%lld,\"user_ns\":%lld,"
		   "\"system_ns\":%lld,\"peak_rss\":%llu,\"rss_floor\":%llu,\"oom_kills\":%llu,"
		   "\"output_bytes\":%llu,\"output_kept\":%llu,\"samples\":%llu,\"left_behind\":%u,"
		   "\"held_ns\":%lld,\"added_ns\":%lld,\"before_ns\":%lld,\"sampler_ns\":%lld,"
		   "\"store\":",
		   run_exit_code(r), r->sig, r->core ? "true" : "false", (long long)r->wall_ns,
		   (long long)r->user_ns, (long long)r->system_ns, (unsigned long long)r->peak_rss,
		   (unsigned long long)r->rss_floor, (unsigned long long)r->oom_kills,
		   (unsigned long long)r->output_bytes, (unsigned long long)x->live.kept,
		   (unsigned long long)r->samples, r->left_behind, (long long)r->held_ns,
		   (long long)r->added_ns, (long long)x->before_ns, (long long)r->sampler_ns);
	json_add_string(&b, str_of(x->workspace.store ? x->workspace.store : ""));
	BUF_LIT(&b, ",\"case\":");
	if (x->noted)
		json_add_string(&b, str_of(x->noted));
	else
		BUF_LIT(&b, "null");
	add_growth_json(x, &b);
	object_begin(&b, "death");
	death_json(&x->death, &death_words, &b);
	object_end(&b);
	BUF_LIT(&b, "}\n");
	fwrite(b.p, 1, b.n, stderr);
}
