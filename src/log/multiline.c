// SPDX-License-Identifier: GPL-3.0-or-later
/* Records of several lines: which lines without a header belong to the event above them. */
#include "log/log-priv.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str unindented(struct str s)
{
	size_t i = 0;

	while (i < s.n && blank(s.p[i]))
		i++;
	return str_from(s, i);
}

bool multiline_looks_like_trace(struct str text)
{
	static const struct str marks[] = {
		STR("at "),   STR("Caused by: "), STR("... "),        STR("Suppressed: "),
		STR("File "), STR("goroutine "),  STR("Traceback ("), STR("#0 "),
	};
	struct str s = unindented(text);

	if (s.n < text.n)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (str_starts(s, marks[i]))
			return true;
	return s.n == 0;
}

/* State: bit 0: the line before was blank. */
bool multiline_continues(struct str text, uint32_t *state)
{
	struct str s = unindented(text);
	bool after_blank = *state & 1;

	*state = s.n == 0;
	if (s.n == 0)
		return true;
	if (str_starts(s, STR("Caused by: ")) || str_starts(s, STR("Suppressed: ")))
		return true;
	if (s.n == text.n || after_blank)
		return false;
	return str_starts(s, STR("at ")) || str_starts(s, STR("... ")) || s.n < text.n;
}
