// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The errors that valgrind's tools tell, as symptoms: its reader makes variables of the summaries
 * only. An error is a line after "==PID== " that a stack follows ("   at 0x...: f (x.c:3)", "   by
 * ..."); only its first stack is its own, the others say where memory came from. A block that is
 * still reachable at the end is no error.
 */
#include "cli/add.h"

/* Cut "==123== " off. */
static bool cut_pid(struct str *s)
{
	struct str rest = *s;
	size_t n;

	if (!import_skip(&rest, STR("==")))
		return false;
	n = str_find(rest, STR("=="));
	for (size_t i = 0; i < n; i++)
		if (rest.p[i] < '0' || rest.p[i] > '9')
			return false;
	if (!n || n + 2 > rest.n)
		return false;
	*s = str_from(rest, n + 2);
	import_skip(s, STR(" "));
	return true;
}

struct place {
	struct str function, file;
	bool own;
};

/* "   at 0x109165: h (v.c:3)", "   by 0x48417B4: malloc (in /usr/lib/x.so)" */
static bool cut_frame(struct str s, struct place *p)
{
	size_t n;

	s = str_trim(s);
	if (!import_skip(&s, STR("at 0x")) && !import_skip(&s, STR("by 0x")))
		return false;
	s = str_from(s, str_find(s, STR(": ")) + 2);
	n = s.n;
	while (n && s.p[n - 1] != '(')
		n--;
	*p = (struct place){.function = s, .own = true};
	if (!n)
		return s.n > 0;
	p->function = str_trim(str_head(s, n - 1));
	p->file = str_from(s, n);
	p->file.n -= p->file.n && p->file.p[p->file.n - 1] == ')';
	p->own = !str_starts(p->file, STR("in /usr/")) && !str_starts(p->file, STR("in /lib"));
	p->file = str_starts(p->file, STR("in ")) ? STR("")
						  : str_head(p->file, str_find_char(p->file, ':'));
	return p->function.n > 0;
}

/* "100 bytes in 1 blocks are definitely lost in loss record 1 of 1": the type is what does not
 * change from run to run. */
static void head_of(struct str s, struct grouping_symptom *y)
{
	size_t n = str_find(s, STR(" in loss record "));
	size_t at = str_find(s, STR(" are "));

	*y = (struct grouping_symptom){.kind = GROUPING_EXCEPTION, .type = s};
	if (n == s.n || at > n) {
		n = str_find(s, STR(" at 0x")); /* a data race's */
		y->type = str_head(s, n);
		return;
	}
	y->text = str_head(s, at);
	y->type = str_head(str_from(s, at + 5), n - at - 5);
}

/* The lines of the program itself may be worth a look as a log: in their places, alone. */
static void keep_rest(struct add *a, struct add_file *f)
{
	struct buf *b = &array_push(a->texts, a->ntexts, a->cap_texts);
	struct str text = f->data, line;

	*b = (struct buf){0};
	buf_reserve(b, text.n);
	while (text.n && str_next(&text, '\n', &line)) {
		struct str s = line;

		buf_add_str(b, line);
		if (cut_pid(&s))
			memset(b->p + b->n - line.n, ' ', line.n);
		if (b->n < f->data.n)
			buf_add_char(b, '\n');
	}
	f->rest = buf_str(b);
}

void add_valgrind(struct add *a, uint32_t file)
{
	struct str text = a->files[file].data, line, head = {0};
	struct grouping_symptom y = {0};
	uint64_t no = 0, head_line = 0;
	bool open = false;
	struct place p;

	while (text.n && str_next(&text, '\n', &line)) {
		no++;
		line = str_trim(line);
		if (!cut_pid(&line))
			continue; /* of the program itself */
		if (!cut_frame(line, &p)) {
			if (open)
				add_symptom(a, &y, file, head_line)->rank = 950;
			open = false;
			/* What is indented belongs to the error above. */
			head = line.n && line.p[0] != ' ' ? line : STR("");
			head_line = no;
			continue;
		}
		if (head.n) {
			head_of(head, &y);
			open = !str_eq(y.type, STR("still reachable"));
			head = STR("");
		}
		if (open)
			grouping_add_frame(&y, &a->arena, p.function, p.file, p.own);
	}
	if (open)
		add_symptom(a, &y, file, head_line)->rank = 950;
	if (a->files[file].also_log)
		keep_rest(a, &a->files[file]);
}
