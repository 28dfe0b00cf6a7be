// SPDX-License-Identifier: GPL-3.0-or-later
/* Folded stacks, as flame graph programs read them: see stacks.h. */
#include "report/stacks.h"

/* Neither ; nor a line break nor what a terminal would obey may stand in a name. */
static void add_word(struct buf *out, struct str s)
{
	size_t from = out->n;

	style_add_foreign(out, s, 0);
	for (size_t i = from; i < out->n; i++)
		if (out->p[i] == ';')
			out->p[i] = ':';
}

static struct str process_name(const struct stacks *st, int pid)
{
	for (size_t i = 0; i < st->nprocesses; i++)
		if (st->processes[i].pid == pid)
			return st->processes[i].name;
	return STR("?");
}

void stacks_folded(const struct stacks *st, struct buf *out)
{
	for (size_t g = 0; g < st->ngroups; g++) {
		const struct stack_thread *t = &st->threads[st->groups[g].threads[0]];

		add_word(out, process_name(st, t->pid));
		for (size_t i = t->nframes; i-- > 0;) {
			const struct frame *f = &t->frames[i];

			buf_add_char(out, ';');
			if (f->function.n)
				add_word(out, f->function);
			else
				buf_printf(out, "%#llx", (unsigned long long)f->pc);
		}
		buf_printf(out, " %zu\n", st->groups[g].n);
	}
}
