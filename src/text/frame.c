// SPDX-License-Identifier: GPL-3.0-or-later
/* See frame.h. */
#include "text/frame.h"

#include "base/mem.h"

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

/* Take ":12" or ":12:3" off the end of a place; the line, 0 if there is none. */
static uint32_t take_line(struct str *place)
{
	uint64_t n[2] = {0, 0};
	int found = 0;

	while (found < 2) {
		size_t i = place->n;

		while (i > 0 && digit(place->p[i - 1]))
			i--;
		if (i == place->n || i < 2 || place->p[i - 1] != ':' ||
		    !str_u64(str_from(*place, i), &n[found]))
			break;
		place->n = i - 1;
		found++;
	}
	/* The last one found stands first: line, then column. */
	return found && n[found - 1] <= UINT32_MAX ? (uint32_t)n[found - 1] : 0;
}

bool frame_place(struct str s, struct frame_text *f)
{
	struct str place = str_head(s, str_find(s, STR(" +0x")));
	uint32_t line = take_line(&place);

	if (!line)
		return false;
	f->file = place;
	f->line = line;
	return true;
}

/* Index of the bracket that the last one closes; s.n if none. */
static size_t matching_open(struct str s)
{
	size_t depth = 0;

	for (size_t i = s.n; i-- > 0;) {
		if (s.p[i] == ')')
			depth++;
		else if (s.p[i] == '(' && --depth == 0)
			return i;
	}
	return s.n;
}

static bool frame_dotnet(struct str s, size_t in, struct frame_text *f)
{
	struct str place = str_from(s, in + 4);
	size_t line = str_find(place, STR(":line "));
	uint64_t n;

	if (line == place.n || !str_u64(str_trim(str_from(place, line + 6)), &n))
		return false;
	f->function = str_head(s, str_find_char(s, '('));
	f->file = str_head(place, line);
	f->line = (uint32_t)n;
	return true;
}

bool frame_at(struct str s, struct frame_text *f)
{
	struct str inside;
	size_t open, in;

	if (!str_starts(s, STR("at ")))
		return false;
	s = str_trim(str_from(s, 3));
	*f = (struct frame_text){0};
	if (str_ends(s, STR(" {"))) /* Node prints the error's own fields after the last frame */
		s.n -= 2;
	in = str_find(s, STR(" in "));
	if (in < s.n && frame_dotnet(s, in, f))
		return true;
	if (!s.n || s.p[s.n - 1] != ')') {
		/* Java may append where the class came from: "(A.java:3) ~[a.jar:1]". */
		size_t jar = str_find(s, STR(") ~["));

		jar = jar < s.n ? jar : str_find(s, STR(") ["));
		if (jar == s.n)
			return frame_place(s, f);
		s = str_head(s, jar + 1);
	}
	open = matching_open(s);
	if (open == s.n || open == 0)
		return false;
	inside = (struct str){s.p + open + 1, s.n - open - 2};
	f->function = str_trim(str_head(s, open));
	f->line = take_line(&inside);
	if (f->line || str_ends(inside, STR(".java")))
		f->file = inside;
	return true;
}

bool frame_python(struct str s, struct frame_text *f)
{
	struct str file;
	size_t quote, comma;
	uint64_t line;

	if (!str_starts(s, STR("File \"")))
		return false;
	s = str_from(s, 6);
	quote = str_find(s, STR("\", line "));
	if (quote == s.n)
		return false;
	file = str_head(s, quote);
	s = str_from(s, quote + 8);
	comma = str_find_char(s, ',');
	if (!str_u64(str_trim(str_head(s, comma)), &line))
		return false;
	*f = (struct frame_text){.file = file, .line = (uint32_t)line};
	s = str_from(s, comma);
	if (str_starts(s, STR(", in ")))
		f->function = str_trim(str_from(s, 5));
	return true;
}

/* "func (args) at file:12", "func (args) from lib.so" */
static bool frame_gdb(struct str s, struct frame_text *f)
{
	size_t at = str_find(s, STR(") at ")), from = str_find(s, STR(") from "));
	size_t end = at < s.n ? at : from, args = str_find(s, STR(" ("));

	if (end == s.n && !(s.n && s.p[s.n - 1] == ')' && args < s.n))
		return false;
	if (args == s.n)
		return false;
	f->function = str_head(s, args);
	if (at < s.n) {
		f->file = str_from(s, at + 5);
		f->line = take_line(&f->file);
	} else if (from < s.n) {
		f->file = str_from(s, from + 7);
	}
	return true;
}

/* Index of the last word. */
static size_t last_word(struct str s)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != ' ')
		i--;
	return i;
}

static bool is_place(struct str s)
{
	return str_find_char(s, '/') < s.n || (take_line(&s) && s.n);
}

bool frame_number(struct str *s)
{
	size_t i = 1;

	if (s->n < 4 || s->p[0] != '#' || !digit(s->p[1]))
		return false;
	while (i < s->n && digit(s->p[i]))
		i++;
	if (i == s->n || s->p[i] != ' ')
		return false;
	*s = str_trim(str_from(*s, i));
	return true;
}

bool frame_numbered(struct str s, struct frame_text *f)
{
	size_t word;

	if (!frame_number(&s))
		return false;
	*f = (struct frame_text){0};
	if (str_starts(s, STR("0x"))) {
		bool in;

		s = str_trim(str_from(s, str_find_char(s, ' ')));
		in = str_starts(s, STR("in "));
		s = str_from(s, in ? 3 : 0);
	}
	if (str_contains(s, STR(") at ")) || str_contains(s, STR(") from "))) {
		if (frame_gdb(s, f))
			return true;
	}
	/* "(BuildId: ...)", "(module+0x12)" */
	while (s.n && s.p[s.n - 1] == ')') {
		size_t open = matching_open(s);
		struct str in = open < s.n ? str_from(s, open + 1) : s;

		if (open == s.n ||
		    (!str_starts(in, STR("BuildId")) && !str_contains(in, STR("+0x"))))
			break;
		s = str_trim(str_head(s, open));
	}
	/* What is not known: the place, or the function too. */
	if (str_ends(s, STR(" <null>")))
		s = str_trim(str_head(s, s.n - 7));
	if (str_eq(s, STR("<null>")))
		return true;
	word = last_word(s);
	if (word && is_place(str_from(s, word))) {
		f->file = str_from(s, word);
		f->line = take_line(&f->file);
		s = str_trim(str_head(s, word));
	} else if (frame_gdb(s, f)) {
		return true;
	}
	f->function = s;
	return true;
}

bool frame_go(struct str s, struct frame_text *f)
{
	size_t open;

	*f = (struct frame_text){0};
	if (str_starts(s, STR("created by "))) {
		s = str_from(s, 11);
		f->function = str_head(s, str_find(s, STR(" in goroutine ")));
		return true;
	}
	if (!s.n || s.p[s.n - 1] != ')')
		return false;
	open = matching_open(s);
	if (open == 0 || open == s.n || str_find_char(str_head(s, open), ' ') < open)
		return false;
	f->function = str_head(s, open);
	return true;
}

bool frame_is_own(const struct frame_text *f)
{
	static const struct str functions[] = {
		STR("java."),     STR("javax."),       STR("jdk."),         STR("sun."),
		STR("java.base"), STR("System."),      STR("Microsoft."),   STR("scala."),
		STR("kotlin."),   STR("__"),           STR("_start"),       STR("start_thread"),
		STR("core::"),    STR("alloc::"),      STR("std::"),        STR("runtime."),
		STR("testing."),  STR("clone"),        STR("Module._"),     STR("rust_"),
		STR("Object.<"),  STR("process."),     STR("pthread_"),     STR("malloc"),
		STR("free"),      STR("operator new"), STR("operator del"), STR("com.sun."),
	};
	static const struct str files[] = {
		STR("/usr/"),        STR("/lib/"),       STR("/rustc/"),     STR("node:"),
		STR("<frozen "),     STR("internal/"),   STR("/lib/python"), STR("site-packages/"),
		STR("libsanitizer"), STR("../sysdeps/"), STR("./nptl/"),     STR("node_modules/"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (str_starts(f->function, functions[i]))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (str_starts(f->file, files[i]) || (i >= 6 && str_contains(f->file, files[i])))
			return false;
	return f->function.n || f->file.n;
}
