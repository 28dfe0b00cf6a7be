// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A name behind the message: "text (org.example.Name)", as log4j's "%m (%c)" writes it. It is an
 * inner format of its own, because what is learnt from left to right ends before the message.
 */
#include "log/log-priv.h"

static bool name_char(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25 || (unsigned)(c - '0') <= 9 || c == '_' || c == '$';
}

bool tail_match(struct str text, struct logline *line)
{
	size_t open, dots = 0;

	while (text.n && text.p[text.n - 1] == ' ')
		text.n--;
	if (text.n < 6 || text.p[text.n - 1] != ')')
		return false;
	for (open = text.n - 1; open > 0 && text.p[open - 1] != '('; open--) {
		if (text.p[open - 1] == '.' && name_char(text.p[open]) && open > 1 &&
		    name_char(text.p[open - 2]))
			dots++;
		else if (!name_char(text.p[open - 1]))
			return false;
	}
	if (open < 3 || text.p[open - 2] != ' ' || !dots)
		return false;
	line->function = (struct str){text.p + open, text.n - 1 - open};
	line->message = str_trim(str_head(text, open - 2));
	return line->message.n > 0;
}

bool tail_usual(size_t have, size_t n)
{
	return have >= 8 && have * 10 >= n * 9;
}

struct format *tail_learn(const struct str *messages, size_t n)
{
	struct format *f;
	size_t have = 0;

	for (size_t i = 0; i < n; i++) {
		struct logline line = {0};

		have += tail_match(messages[i], &line);
	}
	if (!tail_usual(have, n))
		return NULL;
	f = mem_zalloc(sizeof(*f));
	f->kind = FORMAT_USER;
	f->shape = TIMESTAMP_NONE;
	f->rank = (uint32_t)have;
	return f;
}
