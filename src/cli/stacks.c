// SPDX-License-Identifier: GPL-3.0-or-later
/* What the commands about stacks share: see stacks.h. */
#include "cli/stacks.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "text/shell.h"

static enum unwind_lines lines_of(const char *word)
{
	if (word && strcmp(word, "all") == 0)
		return UNWIND_LINES_ALL;
	return word && strcmp(word, "none") == 0 ? UNWIND_LINES_NONE : UNWIND_LINES_OWN;
}

/* A server that does not answer is not waited for as long as the library would; see
 * debuginfod_find_debuginfo(3). */
static int allow_servers(struct err *err)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	if (!urls || !*urls)
		return err_set(err, ERR_USAGE,
			       "--debuginfod: no server to ask: DEBUGINFOD_URLS is not set");
	setenv("DEBUGINFOD_TIMEOUT", "10", 0);
	setenv("DEBUGINFOD_MAXTIME", "120", 0);
	return 0;
}

int stacks_opts(const struct stacks_values *v, struct look_opts *o, struct err *err)
{
	int rc = v->debuginfod ? allow_servers(err) : 0;

	if (rc)
		return rc;
	if (v->json && v->folded)
		return err_set(err, ERR_USAGE, "--json and --folded exclude each other");
	o->unwind.online = v->debuginfod;
	o->unwind.lines = lines_of(v->lines);
	o->unwind.max_frames = v->frames;
	o->arguments = v->args || v->locals;
	o->locals = v->locals;
	return 0;
}

static void death_text(const struct stack_death *d, bool color, struct buf *out)
{
	struct buf head = {0};

	if (!d->signal || d->signal == SIGSTOP) /* gcore */
		BUF_LIT(&head, "of a process that lived: no signal ended it");
	else
		buf_printf(&head, "died of signal %d (%s)", d->signal, strsignal(d->signal));
	style_add(out, color, STYLE_BAD, buf_str(&head));
	buf_release(&head);
	if (d->code.n)
		buf_printf(out, ": " STR_FMT, STR_ARG(d->code));
	buf_add_char(out, '\n');
	if (d->has_address)
		buf_printf(out, "address:   %#llx\n", (unsigned long long)d->address);
	if (d->fault.n)
		buf_printf(out, "there is:  " STR_FMT "\n", STR_ARG(d->fault));
	if (d->sender)
		buf_printf(out, "sent by:   process %d\n", d->sender);
	if (d->exception.n) {
		BUF_LIT(out, "exception: ");
		style_add_foreign(out, d->exception, 0);
		if (d->what.n)
			BUF_LIT(out, ": ");
		style_add_foreign(out, d->what, 0);
		buf_printf(out, "%s\n", d->handled ? " (caught, and being handled)" : "");
	}
	if (d->message.n) {
		BUF_LIT(out, "message:   ");
		style_add_foreign(out, d->message, 0);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

static void verdict_text(struct str verdict, bool color, struct buf *out)
{
	struct buf text = {0};

	style_add_foreign(&text, verdict, 0);
	style_add(out, color, STYLE_BOLD, buf_str(&text));
	BUF_LIT(out, "\n\n");
	buf_release(&text);
}

int stacks_print(struct cli *cli, const struct stacks_print *p, const struct stacks *st, int argc,
		 char **argv, struct err *err)
{
	struct stacks_look look = {.color = cli->color_out,
				   .width = (size_t)cli->width,
				   .verbose = p->values->verbose};
	struct buf out = {0}, command = {0};
	int rc;

	BUF_LIT(&command, "inquest");
	for (int i = 0; i < argc; i++) {
		buf_add_char(&command, ' ');
		shell_add_word(&command, str_of(argv[i]));
	}
	if (p->values->json)
		stacks_json(st, buf_str(&command), &out);
	else if (p->values->folded)
		stacks_folded(st, &out);
	else if (p->death)
		death_text(p->death, cli->color_out, &out);
	else if (st->verdict)
		verdict_text(st->verdict->sentence, cli->color_out, &out);
	if (!p->values->json && !p->values->folded)
		stacks_text(st, &look, &out);
	rc = command_output(&out, err);
	buf_release(&command);
	buf_release(&out);
	return rc;
}
