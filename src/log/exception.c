// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The exception in an event's text. One walk over its lines: a line is a head (it names the type),
 * a frame, a link ("Caused by:", "During handling of ...", the end of an inner stack), or neither.
 * Each head opens a part; a link says which part is the cause of which. Python prints causes first
 * and frames outermost first, .NET the inner stack before the outer; all others the other way
 * round. The walk ends where a second report begins.
 */
#include "log/exception.h"

#include <stdlib.h>

#include "text/frame.h"

#define PARTS_MAX   32
#define MESSAGE_MAX 30   /* lines of a message between its first one and the frames */
#define FRAMES_MAX  4096 /* of one exception: a stack overflow prints thousands */

enum style { STYLE_AT, STYLE_PYTHON, STYLE_GO, STYLE_RUST, STYLE_NUMBERED, STYLE_NONE };

struct part {
	struct str type, message;
	enum style style;
	struct exception_frame *frames;
	size_t nframes, capframes;
	int cause;     /* index; -1: none */
	bool closed;   /* its stack is complete */
	uint64_t last; /* number of its last frame, if they have numbers */
};

struct walk {
	struct part part[PARTS_MAX];
	int n, top, at;       /* parts, the one reported, the one that frames go to (-1: none) */
	int outer[PARTS_MAX]; /* the part around an inner one of .NET */
	struct str before;    /* the line above */
	struct str error;     /* the last line that begins with "Error: " or "Error [" */
	unsigned error_lines; /* since then */
	bool chained;         /* the next traceback has the last part as its cause */
	bool message_next;
	bool suppressed; /* frames of a suppressed exception go nowhere */
	bool done;
};

static bool letter(char c)
{
	return (unsigned)((c | 32) - 'a') <= 25;
}

static bool name_char(char c)
{
	return letter(c) || (unsigned)(c - '0') <= 9 || strchr("._$", c);
}

static struct str unindented(struct str s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t'))
		i++;
	return str_trim(str_from(s, i));
}

/* The name at the beginning of s; empty if none. */
static struct str leading_name(struct str s)
{
	size_t i = 0;

	if (!s.n || !letter(s.p[0]))
		return str_head(s, 0);
	while (i < s.n && (name_char(s.p[i]) || (s.p[i] == '/' && i)))
		i++;
	/* C++ and Rust paths */
	while (i + 2 < s.n && s.p[i] == ':' && s.p[i + 1] == ':' && letter(s.p[i + 2]))
		for (i += 2; i < s.n && name_char(s.p[i]); i++)
			;
	return str_head(s, i);
}

static bool names_exception(struct str name)
{
	static const struct str ends[] = {STR("Error"),     STR("Exception"), STR("Throwable"),
					  STR("Interrupt"), STR("Exit"),      STR("Warning"),
					  STR("Failure")};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (name.n > ends[i].n && str_ends(name, ends[i]))
			return true;
	return false;
}

/* "type: message", "type [CODE]: message", "type"; any: any name will do. */
static bool head_of(struct str s, bool any, struct str *type, struct str *message)
{
	struct str name = leading_name(s), rest = str_from(s, name.n);

	if (!name.n || (!any && !names_exception(name)))
		return false;
	if (str_starts(rest, STR(" ["))) {
		size_t i = str_find(rest, STR("]:"));

		rest = i < rest.n ? str_from(rest, i + 1) : rest;
	}
	if (rest.n && rest.p[0] != ':')
		return false;
	if (rest.n > 1 && rest.p[1] != ' ')
		return false;
	*type = name;
	*message = str_trim(str_from(rest, 1));
	return true;
}

static struct part *add_part(struct walk *w, enum style style)
{
	struct part *p;

	if (w->n == PARTS_MAX) {
		w->done = true;
		return &w->part[w->n - 1];
	}
	p = &w->part[w->n];
	*p = (struct part){.style = style, .cause = -1};
	w->outer[w->n] = -1;
	w->at = w->n++;
	w->suppressed = false;
	return p;
}

static struct part *current(struct walk *w)
{
	return w->at >= 0 ? &w->part[w->at] : NULL;
}

static void add_frame(struct walk *w, const struct frame_text *f)
{
	struct part *p = current(w);

	if (!p || p->nframes >= FRAMES_MAX || w->suppressed)
		return;
	array_push(p->frames, p->nframes, p->capframes) =
		(struct exception_frame){f->function, f->file, f->line, frame_is_own(f)};
}

/* A head that starts a report of its own; ends the walk if there is one already. */
static bool begins(struct walk *w)
{
	if (w->n)
		w->done = true;
	return !w->n;
}

static bool walk_python(struct walk *w, struct str s, bool indented)
{
	struct part *p = current(w), *q;
	struct frame_text f;

	if (str_starts(s, STR("Traceback (most recent call last)"))) {
		if (w->n && !w->chained) {
			w->done = true;
			return true;
		}
		q = add_part(w, STYLE_PYTHON);
		if (w->chained)
			q->cause = w->n - 2;
		w->top = w->n - 1;
		w->chained = false;
		return true;
	}
	if (STYLE_PYTHON != (p ? p->style : STYLE_NONE))
		return false;
	if (str_starts(s, STR("During handling of the above exception")) ||
	    str_starts(s, STR("The above exception was the direct cause"))) {
		w->chained = true;
		return true;
	}
	if (!p->closed && frame_python(s, &f)) {
		add_frame(w, &f);
		return true;
	}
	if (!p->closed && !indented && s.n) {
		p->closed = true;
		if (!head_of(s, true, &p->type, &p->message))
			p->type = s;
		return true;
	}
	return true; /* source lines */
}

static bool walk_links(struct walk *w, struct str s)
{
	struct str type, message, rest = s;
	struct part *p;
	int outer = w->at;
	bool dotnet;

	if (str_starts(s, STR("Suppressed: "))) {
		w->suppressed = true;
		return true;
	}
	if (str_starts(s, STR("--- End of inner"))) {
		if (w->at >= 0 && w->outer[w->at] >= 0)
			w->at = w->outer[w->at];
		return true;
	}
	dotnet = str_starts(s, STR("---> "));
	if (dotnet)
		rest = str_from(s, 5);
	else if (str_starts(s, STR("Caused by: ")))
		rest = str_from(s, 11);
	else if (str_starts(s, STR("[cause]: ")))
		rest = str_from(s, 9);
	else
		return false;
	if (w->n == 0 || w->n == PARTS_MAX || !head_of(rest, true, &type, &message))
		return w->n > 0;
	/* The cause belongs to the innermost part so far. */
	outer = dotnet ? w->at : w->n - 1;
	p = add_part(w, STYLE_AT);
	p->type = type;
	p->message = message;
	w->part[outer < 0 ? 0 : outer].cause = w->n - 1;
	w->outer[w->n - 1] = dotnet ? outer : -1;
	return true;
}

/* "Error: ", "Error [CODE]: ": too plain a name unless frames follow. */
static bool plain_error(struct str s)
{
	return str_starts(s, STR("Error: ")) || str_starts(s, STR("Error ["));
}

/* The exception that a line names somewhere. */
static bool named_in(struct walk *w, struct str s)
{
	struct str type, message;
	struct part *p;

	for (size_t i = 0; i < s.n; i++) {
		if ((i && name_char(s.p[i - 1])) || !letter(s.p[i]))
			continue;
		struct str rest = str_from(s, i);

		if (head_of(rest, plain_error(rest), &type, &message)) {
			p = add_part(w, STYLE_AT);
			p->type = type;
			p->message = message;
			return true;
		}
	}
	return false;
}

/* Whose frame this is: named in the line above, or where a message of several lines began. */
static void named_before(struct walk *w)
{
	if (!named_in(w, w->before) &&
	    !(w->error.n && w->error_lines <= MESSAGE_MAX && named_in(w, w->error)))
		add_part(w, STYLE_AT);
}

static bool walk_at(struct walk *w, struct str s)
{
	struct frame_text f;
	struct part *p = current(w);

	if (!str_starts(s, STR("at ")))
		return false;
	if (p && p->style == STYLE_RUST) {
		if (p->nframes && frame_place(str_from(s, 3), &f)) {
			p->frames[p->nframes - 1].file = f.file;
			p->frames[p->nframes - 1].line = f.line;
			f.function = p->frames[p->nframes - 1].function;
			p->frames[p->nframes - 1].own = frame_is_own(&f);
		}
		return true;
	}
	if (!frame_at(s, &f))
		return false;
	if (!p)
		named_before(w);
	add_frame(w, &f);
	return true;
}

static void walk_rust(struct walk *w, struct str s)
{
	struct part *p = add_part(w, STYLE_RUST);
	size_t i = str_find(s, STR(" panicked at "));
	struct str rest = str_from(s, i + 13);

	p->type = STR("panic");
	if (rest.n && rest.p[0] == '\'') { /* until 1.72: 'message', file:line:column */
		size_t end = str_find(rest, STR("', "));

		p->message = str_head(str_from(rest, 1), end - 1);
	} else {
		w->message_next = true;
	}
}

static bool walk_sanitizer(struct walk *w, struct str s)
{
	size_t i = str_find(s, STR("Sanitizer: "));
	struct part *p;
	struct str rest;

	if (i == s.n || (!str_contains(str_head(s, i), STR("ERROR: ")) &&
			 !str_contains(str_head(s, i), STR("WARNING: "))))
		return false;
	if (!begins(w))
		return true;
	p = add_part(w, STYLE_NUMBERED);
	rest = str_from(s, i + 11);
	p->type = str_head(rest, str_find(rest, STR(" (pid=")));
	if (p->type.n == rest.n && !str_starts(rest, STR("detected "))) {
		p->type = str_head(rest, str_find_char(rest, ' '));
		p->message = str_trim(str_from(rest, p->type.n));
	}
	return true;
}

/* The kind of an error of UndefinedBehaviorSanitizer, by the name that clang gives its check. */
static struct str kind_of_undefined(struct str message)
{
	static const struct {
		struct str says, kind;
	} kinds[] = {
		{STR("unsigned integer overflow"), STR("unsigned-integer-overflow")},
		{STR("signed integer overflow"), STR("signed-integer-overflow")},
		{STR("negation of "), STR("signed-integer-overflow")},
		{STR("division by zero"), STR("division-by-zero")},
		{STR("shift exponent "), STR("shift-exponent")},
		{STR("left shift of "), STR("shift-base")},
		{STR(" out of bounds for type "), STR("out-of-bounds-index")},
		{STR("misaligned address "), STR("misaligned-pointer-use")},
		{STR("insufficient space for an object"), STR("insufficient-object-size")},
		{STR("does not point to an object of type"), STR("dynamic-type-mismatch")},
		{STR("incorrect function type"), STR("function-type-mismatch")},
		{STR("not a valid value for type 'bool'"), STR("invalid-bool-load")},
		{STR("not a valid value for type"), STR("invalid-enum-load")},
		{STR("outside the range of representable values"), STR("float-cast-overflow")},
		{STR("variable length array bound"), STR("non-positive-vla-index")},
		{STR("unreachable program point"), STR("unreachable-call")},
		{STR("without returning a value"), STR("missing-return")},
		{STR("to never be null"), STR("invalid-null-argument")},
		{STR("to never return null"), STR("invalid-null-return")},
		{STR(" offset "), STR("pointer-overflow")},
		{STR("pointer index expression"), STR("pointer-overflow")},
		{STR("implicit conversion from"), STR("implicit-conversion")},
		{STR("null pointer"), STR("null-pointer-use")},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_contains(message, kinds[i].says))
			return kinds[i].kind;
	return STR("undefined-behavior");
}

/* Heads that say in words of their own what happened. */
static bool walk_heads(struct walk *w, struct str s)
{
	struct part *p;
	size_t i;

	if (str_starts(s, STR("panic: ")) || str_starts(s, STR("fatal error: "))) {
		/* A panic while panicking: the first one is reported. */
		p = current(w);
		if ((p && p->style == STYLE_GO && !p->nframes) || !begins(w))
			return true;
		i = str_find_char(s, ' ') + 1;
		p = add_part(w, STYLE_GO);
		p->type = s.p[0] == 'p' ? STR("panic") : STR("fatal error");
		p->message = str_from(s, s.p[0] == 'p' ? i : 13);
		p->message = str_head(p->message, str_find(p->message, STR(" [recovered]")));
		return true;
	}
	if (str_starts(s, STR("thread '")) && str_contains(s, STR(" panicked at "))) {
		if (begins(w))
			walk_rust(w, s);
		return true;
	}
	if (str_starts(s, STR("terminate called after throwing an instance of '"))) {
		if (!begins(w))
			return true;
		p = add_part(w, STYLE_NONE);
		p->type = str_from(s, 48);
		p->type.n -= p->type.n && p->type.p[p->type.n - 1] == '\'';
		return true;
	}
	i = str_find(s, STR(": runtime error: "));
	if (i < s.n && i < 400) {
		if (!begins(w))
			return true;
		p = add_part(w, STYLE_NUMBERED);
		p->type = kind_of_undefined(str_from(s, i + 17));
		p->message = str_from(s, i + 17);
		return true;
	}
	i = str_find(s, STR(" with signal SIG"));
	if (str_starts(s, STR("Program ")) && i < s.n && begins(w)) {
		p = add_part(w, STYLE_NUMBERED);
		p->type = str_from(s, i + 13);
		p->message = str_trim(str_from(p->type, str_find_char(p->type, ',') + 1));
		p->type = str_head(p->type, str_find_char(p->type, ','));
		return true;
	}
	return walk_sanitizer(w, s);
}

/* Only the report's first stack: numbers rise in it. What gdb says on opening a core is the frame
 * where it stands, with which the stack that is asked for begins again. */
static void walk_numbered(struct walk *w, struct str s, const struct frame_text *f)
{
	struct part *p = current(w);
	uint64_t no = 0;

	str_u64(str_head(str_from(s, 1), str_find_char(s, ' ') - 1), &no);
	if (!p) /* a debugger's stack: no exception, but a place */
		p = add_part(w, STYLE_NUMBERED);
	if (p->nframes && no <= p->last) {
		p->closed = p->closed || p->nframes > 1 || !str_starts(p->type, STR("SIG")) ||
			    !str_eq(p->frames[0].function, f->function);
		if (!p->closed)
			p->nframes = 0;
	}
	if (!p->closed)
		add_frame(w, f);
	p->last = no;
}

/* Lines of a stack whose style is known: Go, Rust, numbered. */
static bool walk_stack(struct walk *w, struct str s, bool indented)
{
	struct part *p = current(w);
	struct frame_text f;
	uint64_t n;

	if (s.n && s.p[0] == '#' && frame_numbered(s, &f)) {
		walk_numbered(w, s, &f);
		return true;
	}
	if (!p)
		return false;
	if (p->style == STYLE_GO) {
		if (s.n == 0)
			p->closed = p->nframes > 0;
		else if (!p->closed && indented && p->nframes && frame_place(s, &f)) {
			p->frames[p->nframes - 1].file = f.file;
			p->frames[p->nframes - 1].line = f.line;
		} else if (!p->closed && !indented && frame_go(s, &f))
			add_frame(w, &f);
		return true;
	}
	if (p->style == STYLE_RUST && str_u64(str_head(s, str_find(s, STR(": "))), &n)) {
		f = (struct frame_text){.function = str_from(s, str_find(s, STR(": ")) + 2)};
		add_frame(w, &f);
		return true;
	}
	return false;
}

static bool walk_named(struct walk *w, struct str s)
{
	struct str type, message;
	struct part *p;

	if (str_starts(s, STR("Exception in thread \""))) {
		s = str_from(s, 21);
		s = str_from(s, str_find(s, STR("\" ")) + 2);
	} else if (str_starts(s, STR("Unhandled exception. "))) {
		s = str_from(s, 21);
	} else if (str_starts(s, STR("Uncaught "))) {
		s = str_from(s, 9);
	}
	if (!head_of(s, false, &type, &message))
		return false;
	if (!begins(w))
		return true;
	p = add_part(w, STYLE_AT);
	p->type = type;
	p->message = message;
	return true;
}

static void walk_line(struct walk *w, struct str line)
{
	struct str s = unindented(line);
	bool indented = s.n && s.p != line.p;
	struct part *p = current(w);

	if (w->message_next) {
		w->message_next = false;
		p->message = s;
		return;
	}
	if (p && p->style == STYLE_NONE && str_starts(s, STR("what():"))) {
		p->message = str_trim(str_from(s, 7));
		return;
	}
	if (walk_at(w, s) || walk_links(w, s) || walk_python(w, s, indented) || walk_heads(w, s) ||
	    walk_stack(w, s, indented))
		return;
	walk_named(w, s);
}

static struct exception *build(struct arena *a, struct walk *w)
{
	struct exception *all;

	if (w->n == 0)
		return NULL;
	all = arena_zalloc(a, (size_t)w->n * sizeof(*all));
	for (int i = 0; i < w->n; i++) {
		struct part *p = &w->part[i];

		all[i].type = p->type;
		all[i].message = p->message;
		all[i].nframes = p->nframes;
		all[i].frames = arena_alloc(a, (p->nframes + 1) * sizeof(*p->frames));
		for (size_t k = 0; k < p->nframes; k++)
			all[i].frames[k] =
				p->frames[p->style == STYLE_PYTHON ? p->nframes - 1 - k : k];
		all[i].cause = p->cause > i || (p->cause >= 0 && p->style == STYLE_PYTHON)
				       ? &all[p->cause]
				       : NULL;
		free(p->frames);
	}
	return &all[w->top];
}

struct exception *exception_parse(struct arena *a, struct str text)
{
	struct walk *w = mem_zalloc(sizeof(*w));
	struct exception *e;
	struct str line;

	w->at = -1;
	while (!w->done && str_next(&text, '\n', &line)) {
		walk_line(w, line);
		w->before = line;
		w->error_lines++;
		if (plain_error(unindented(line))) {
			w->error = line;
			w->error_lines = 0;
		}
	}
	e = build(a, w);
	free(w);
	return e;
}

const struct exception *exception_root(const struct exception *e)
{
	while (e && e->cause)
		e = e->cause;
	return e;
}
