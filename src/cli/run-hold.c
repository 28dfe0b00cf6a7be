// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Holding a command: see run-hold.h. SIGSTOP goes to each process of the tree until no new ones
 * are found; a parent's wait for its child sees nothing of it (it would need WUNTRACED).
 */
#include "cli/run-hold.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "exec/tree.h"
#include "report/style.h"
#include "text/pattern.h"

#define LINE_MOST ((size_t)64 << 10)
#define ROUNDS    20 /* of a tree that forks while it is stopped */
#define NAP_MS    200

static volatile int go_on;

static void on_continue(int sig)
{
	(void)sig;
	go_on = 1;
}

int run_hold_init(struct run_hold *h, const char *regex, const volatile int *stop, struct err *err)
{
	int rc;

	*h = (struct run_hold){.stop = stop};
	if (!regex)
		return 0;
	rc = pattern_new(&h->pattern, str_of(regex), err);
	return rc ? err_prepend(err, rc, "--hold-on: ") : 0;
}

void run_hold_release(struct run_hold *h)
{
	pattern_free(h->pattern);
	h->pattern = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(h->line); i++)
		buf_release(&h->line[i]);
}

static void signal_all(const struct tree *t, int pid, int sig)
{
	kill(pid, sig);
	for (size_t i = 0; i < t->n; i++)
		kill(t->pids[i], sig);
}

static void stop_tree(struct tree *t, int pid)
{
	size_t before = SIZE_MAX;

	for (int i = 0; i < ROUNDS && t->n != before; i++) {
		before = i ? t->n : SIZE_MAX;
		tree_walk(t, pid);
		signal_all(t, pid, SIGSTOP);
	}
}

static void tell(struct run_hold *h, struct str line, bool terminal)
{
	CLEANUP_BUF struct buf b = {0};

	BUF_LIT(&b, "inquest: held at: ");
	style_add_foreign(&b, line, 200);
	buf_printf(&b,
		   "\ninquest: look at it: inquest stacks --tree %d, or gdb -p %d; go on: %skill "
		   "-CONT %d\n",
		   h->pid, h->pid, terminal ? "ENTER, or " : "", (int)getpid());
	fwrite(b.p, 1, b.n, stderr);
}

static void wait_for_word(struct run_hold *h, int tty)
{
	struct sigaction s = {.sa_handler = on_continue}, old;
	struct pollfd p = {.fd = tty, .events = POLLIN};
	char key;

	go_on = 0;
	sigaction(SIGCONT, &s, &old);
	while (!go_on && !*h->stop && kill(h->pid, 0) == 0) {
		int n = poll(&p, tty >= 0, NAP_MS);

		if (n > 0 && (read(tty, &key, 1) <= 0 || key == '\n'))
			break;
	}
	sigaction(SIGCONT, &old, NULL);
}

static void hold(struct run_hold *h, struct str line)
{
	struct tree *t = mem_zalloc(sizeof(*t));
	CLEANUP_FD int tty = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (tty >= 0 && tcgetpgrp(tty) != getpgrp()) { /* reading there would stop us */
		close(tty);
		tty = -1;
	}
	stop_tree(t, h->pid);
	tell(h, line, tty >= 0);
	wait_for_word(h, tty);
	signal_all(t, h->pid, SIGCONT);
	free(t);
	pattern_free(h->pattern);
	h->pattern = NULL;
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
		if (pattern_find(h->pattern, buf_str(line)))
			hold(h, buf_str(line));
		buf_clear(line);
	}
}
