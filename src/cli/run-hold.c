// SPDX-License-Identifier: GPL-3.0-or-later
/* Holding a command: see run-hold.h. */
#include "cli/run-hold.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/run-watch.h"
#include "exec/hold.h"
#include "report/style.h"
#include "text/pattern.h"

#define LINE_MOST ((size_t)64 << 10)
#define NAP_MS    200

static volatile int go_on;

static void on_continue(int sig)
{
	(void)sig;
	go_on = 1;
}

int run_hold_init(struct run_hold *h, const char *on, const volatile int *seen,
		  struct run_watch *watch, struct err *err)
{
	int rc;

	*h = (struct run_hold){.seen = seen, .watch = watch};
	if (!on)
		return 0;
	if (strcmp(on, "signal") == 0) {
		h->on = EXEC_HOLD_SIGNAL;
		return 0;
	}
	if (strcmp(on, "exit") == 0) {
		h->on = EXEC_HOLD_EXIT;
		return 0;
	}
	h->on = EXEC_HOLD_OUTPUT;
	rc = pattern_new(&h->pattern, str_of(on), err);
	return rc ? err_prepend(err, rc, "--hold-on: ") : 0;
}

static void forget_pattern(struct run_hold *h)
{
	pattern_free(h->pattern);
	h->pattern = NULL;
}

void run_hold_release(struct run_hold *h)
{
	forget_pattern(h);
	for (size_t i = 0; i < ARRAY_SIZE(h->line); i++)
		buf_release(&h->line[i]);
	buf_release(&h->matched);
}

void run_hold_output(struct run_hold *h, enum exec_stream s, struct str bytes)
{
	struct buf *line = &h->line[s == EXEC_STDERR];

	while (h->pattern && bytes.n) {
		size_t n = str_find_char(bytes, '\n');

		if (line->n < LINE_MOST)
			buf_add_str(line, str_head(bytes, n));
		if (n == bytes.n)
			return;
		bytes = str_from(bytes, n + 1);
		if (pattern_find(h->pattern, buf_str(line))) {
			buf_add_str(&h->matched, buf_str(line));
			h->now = true;
			forget_pattern(h);
		}
		buf_clear(line);
	}
}

/* What holds it, and the stack of the thread. */
static void tell_what(struct run_hold *h, const struct exec_held *held, struct buf *b)
{
	const char *sig;

	switch (held->why) {
	case EXEC_HOLD_SIGNAL:
		sig = sigabbrev_np(held->info.si_signo);
		if (sig)
			buf_printf(b, "inquest: held before SIG%s", sig);
		else
			buf_printf(b, "inquest: held before signal %d", held->info.si_signo);
		buf_printf(b, " ends process %d", held->pid);
		break;
	case EXEC_HOLD_EXIT:
		buf_printf(b, "inquest: held before process %d exits with status %d", held->pid,
			   held->code);
		break;
	default:
		BUF_LIT(b, "inquest: held at: ");
		style_add_foreign(b, buf_str(&h->matched), 200);
		BUF_LIT(b, "\n");
		return;
	}
	h->shown = run_watch_held(h->watch, held, b);
}

static void tell(struct run_hold *h, const struct exec_held *held, bool terminal)
{
	CLEANUP_BUF struct buf b = {0};

	run_watch_newline(h->watch);
	tell_what(h, held, &b);
	buf_printf(&b,
		   "inquest: look at it: inquest stacks --tree %d, or gdb -p %d; go on: %skill "
		   "-CONT %d\n",
		   held->pid, held->pid, terminal ? "ENTER, or " : "", (int)getpid());
	fwrite(b.p, 1, b.n, stderr);
}

/* Until it may go on; false: somebody else let it go on, or ended it. */
static bool wait_for_word(struct run_hold *h, int pid, int tty)
{
	struct sigaction s = {.sa_handler = on_continue}, old;
	struct pollfd p = {.fd = tty, .events = POLLIN};
	bool lasts = true;
	char key;

	sigaction(SIGCONT, &s, &old);
	for (bool stood = false; lasts && !go_on && !*h->seen;) {
		int n = poll(&p, tty >= 0, NAP_MS);

		if (n > 0 && (read(tty, &key, 1) <= 0 || key == '\n'))
			break;
		lasts = hold_lasts(pid) || (!stood && kill(pid, 0) == 0);
		stood |= lasts;
	}
	sigaction(SIGCONT, &old, NULL);
	return lasts;
}

void run_hold_held(struct run_hold *h, const struct exec_held *held)
{
	CLEANUP_FD int tty = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (tty >= 0 && tcgetpgrp(tty) != getpgrp()) { /* reading there would stop us */
		close(tty);
		tty = -1;
	}
	go_on = 0;
	tell(h, held, tty >= 0);
	if (!wait_for_word(h, held->pid, tty))
		fprintf(stderr, "inquest: it goes on, or has ended: somebody else saw to that\n");
	run_watch_resumed(h->watch);
}
