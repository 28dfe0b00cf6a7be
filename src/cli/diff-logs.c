// SPDX-License-Identifier: GPL-3.0-or-later
/* Logs that were added, compared: see diff-logs.h. */
#include "cli/diff-logs.h"

#include <unistd.h>

#include "text/shell.h"
#include "text/timestamp.h"

/* A time as --since takes it: logs without a year or a date are asked without. */
static void since_word(const struct event_time *t, struct buf *b)
{
	struct buf time = {0};
	struct str s;
	size_t at;

	timestamp_format(t, &time);
	s = buf_str(&time);
	at = str_find_char(s, 'T');
	if (!t->has_date) {
		s = str_from(s, at + 1);
	} else if (!t->has_year && at < s.n) {
		time.p[at] = ' ';
		s = str_from(s, 5);
	}
	if (s.n) {
		BUF_LIT(b, "--since ");
		shell_add_word(b, s);
		buf_add_char(b, ' ');
	}
	buf_release(&time);
}

/*
 * A log as an argument: its file, or the archive that it is a member of and which member. false:
 * it cannot be read again (standard input).
 */
static bool log_words(struct str name, struct buf *b)
{
	CLEANUP_BUF struct buf path = {0}, where = {0};

	buf_add_str(&path, name);
	while (access(buf_cstr(&path), F_OK) != 0) {
		while (path.n && path.p[path.n - 1] != ':')
			path.n--;
		if (!path.n)
			return false;
		path.n--;
	}
	if (path.n < name.n) {
		BUF_LIT(&where, "file == \"");
		buf_add_str(&where, name);
		BUF_LIT(&where, "\"");
		BUF_LIT(b, "--where ");
		shell_add_word(b, buf_str(&where));
		buf_add_char(b, ' ');
	}
	shell_add_word(b, buf_str(&path));
	return true;
}

/* What to look at next: the bad log from shortly before the divergence on. */
static const char *next_command(const struct logdiff *d, const struct logdiff_input *in,
				struct buf *b)
{
	const struct evidence *e = d->first.has_common ? &d->first.common[1] : &d->first.next[1];
	struct logdiff_line line;
	struct arena a;

	if (!d->first.found || !e->nlines || in->side[1].logs[e->file].sparse)
		return NULL;
	arena_init(&a);
	in->line(in->arg, e->side, e->file, e->line, &a, &line);
	BUF_LIT(b, "inquest log timeline ");
	since_word(&line.time, b);
	arena_release(&a);
	return log_words(in->side[1].logs[e->file].name, b) ? buf_cstr(b) : NULL;
}

void diff_logs_compare(struct diff_logs *d, struct cli *cli, struct logs *logs, const char *command,
		       bool verbose)
{
	*d = (struct diff_logs){0};
	logs_mine(logs, cli);
	diff_input_init(&d->input, logs);
	logdiff_run(&d->diff, &d->input.in);
	d->report = (struct diff_report){.diff = &d->diff,
					 .in = &d->input.in,
					 .command = command,
					 .next = next_command(&d->diff, &d->input.in, &d->next),
					 .color = cli->color_out,
					 .verbose = verbose,
					 .width = (size_t)cli->width};
}

void diff_logs_release(struct diff_logs *d)
{
	logdiff_release(&d->diff);
	diff_input_release(&d->input);
	buf_release(&d->next);
}

bool diff_logs_differ(const struct diff_logs *d)
{
	return d->diff.nfindings || d->diff.first.found;
}

size_t diff_logs_errors(const struct diff_logs *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->diff.nfindings; i++) {
		const struct logdiff_finding *f = &d->diff.findings[i];

		n += (f->kind == FINDING_NEW || f->kind == FINDING_VALUE) &&
		     f->symptom >= SYMPTOM_VERDICT;
	}
	return n;
}
