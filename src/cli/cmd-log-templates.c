// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest log templates: the constant parts of a log's messages, with counts. */
#include <stddef.h>
#include <stdlib.h>

#include "cli/logs.h"
#include "report/rows.h"
#include "text/level.h"

#define EXAMPLE_BYTES 2000

struct values {
	struct logs_values logs;
	bool continuations;
};

static const struct option options[] = {
	LOGS_OUTPUT_OPTIONS(struct values, logs),
	{OPTION_FLAG, 0, "continuations", NULL,
	 "also the lines below the first of an event (stack traces)",
	 offsetof(struct values, continuations)},
	LOGS_OPTIONS(struct values, logs),
	{.kind = OPTION_END},
};

static const struct rows_column columns[] = {
	{"id", ROWS_FIXED, 0},       {"count", ROWS_NUMBER, 0},  {"share", ROWS_NUMBER, 2},
	{"level", ROWS_FIXED, 0},    {"first", ROWS_FIXED, 1},   {"last", ROWS_FIXED, 4},
	{"template", ROWS_PROSE, 0}, {"example", ROWS_PROSE, 3},
};

/* Where a template stands. */
struct use {
	uint32_t tmpl;
	uint32_t first_file, last_file;
	uint64_t count;
	uint64_t first, last; /* lines */
};

static struct use *count_uses(const struct logset *s, bool continuations, uint64_t *total)
{
	struct use *uses = mem_zalloc(templates_count(s->templates) * sizeof(*uses));

	*total = 0;
	for (uint32_t i = 0; i < s->nfiles; i++) {
		const struct logset_file *f = &s->files[i];

		for (uint64_t k = 0; k < f->nlines; k++) {
			uint32_t tmpl = f->recs[k].tmpl;
			struct use *u = &uses[tmpl & ~LOGREC_CONT];

			if ((tmpl & LOGREC_CONT) && !continuations)
				continue;
			++*total;
			if (!u->count++) {
				u->first_file = i;
				u->first = k + 1;
			}
			u->last_file = i;
			u->last = k + 1;
		}
	}
	return uses;
}

/* Most frequent first, then by content, which is how templates are numbered. */
static int by_count(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->tmpl < y->tmpl ? -1 : 1;
}

static void add_place(struct rows_out *o, const struct logset *s, uint32_t file, uint64_t line)
{
	struct buf b = {0};

	buf_add_str(&b, s->files[file].name);
	buf_add_char(&b, ':');
	buf_u64(&b, line);
	rows_string(o, buf_str(&b));
	buf_release(&b);
}

static void add_example(struct rows_out *o, const struct logset *s, const struct use *u)
{
	struct logcursor c;
	struct logline line;

	logset_seek(s, u->first_file, u->first, &c);
	if (logcursor_next(&c, &line))
		rows_string(o, str_head(logline_text(&line), EXAMPLE_BYTES));
	else
		rows_none(o);
	logcursor_release(&c);
}

/* As a fraction of one, to the millionth. */
static double share_of(uint64_t count, uint64_t total)
{
	uint64_t millionths = total ? count * 1000000 / total : 0;

	return (double)millionths / 1e6;
}

static int print(struct cli *cli, struct logs *l, const void *values, struct err *err)
{
	const struct values *v = values;
	const struct logset *s = &l->set;
	struct rows_file f;
	struct use *uses;
	uint64_t total;
	size_t n;

	logs_mine(l, cli);
	n = templates_count(s->templates);
	uses = count_uses(s, v->continuations, &total);

	for (uint32_t i = 0; i < n; i++)
		uses[i].tmpl = i;
	qsort(uses, n, sizeof(*uses), by_count);
	rows_file_init(&f, logs_form(&v->logs), "log-templates", columns, ARRAY_SIZE(columns),
		       (size_t)cli->table_width, cli->color_out, STR(""), stdout);
	for (size_t i = 0; i < n && uses[i].count; i++) {
		const struct template *t = templates_get(s->templates, uses[i].tmpl);
		struct rows_out *o = &f.out;

		rows_begin(o);
		rows_string(o, t->id);
		rows_count(o, uses[i].count);
		rows_real(o, share_of(uses[i].count, total));
		rows_string(o, str_of(level_name(t->level)));
		add_place(o, s, uses[i].first_file, uses[i].first);
		add_place(o, s, uses[i].last_file, uses[i].last);
		rows_string(o, t->text);
		add_example(o, s, &uses[i]);
		rows_end(o);
		if (!rows_file_next(&f))
			break;
	}
	free(uses);
	return rows_file_close(&f, err);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};

	return logs_main(&cmd_log_templates, cli, argc, argv, &v, &v.logs, NULL, print);
}

const struct command cmd_log_templates = {
	.name = "log templates",
	.stage = "analyse",
	.front = true,
	.summary = "the constant parts of the messages, with counts and places",
	.usage = "[OPTIONS] FILE...",
	.details = "A template is what a log statement always prints; <*> stands for what varies.\n"
		   "Its id is the same in every log. Give the output of --jsonl to --templates of\n"
		   "later commands, and messages that one log alone cannot tell apart are decided\n"
		   "as they were then.",
	.examples = "what this log consists of\tinquest log templates app.log\n"
		    "keep the templates of a good day\tinquest log templates --jsonl app.log "
		    ">templates.jsonl",
	.options = options,
	.run = run,
};
