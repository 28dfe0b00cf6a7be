// SPDX-License-Identifier: GPL-3.0-or-later
/* Running a learnt format over a line: the hot path of reading. See log-priv.h. */
#include "log/log-priv.h"

#include <stdlib.h>

#include "log/record.h"
#include "text/level.h"
#include "text/scan.h"

#define UNTIL_MAX 160 /* bytes of a column that ends at a separator */
#define GROUP_MAX 400
#define TAG_MAX   120
#define TAG_WORDS 3

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool digit(char c)
{
	return (unsigned)(c - '0') <= 9;
}

static inline const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p <= ' ' && blank(*p)) /* one comparison for most */
		p++;
	return p;
}

/* Where a field of a line goes. */
static const uint16_t slots[FIELD_COUNT] = {
	[FIELD_TIME] = offsetof(struct logline, time_text),
	[FIELD_LEVEL] = offsetof(struct logline, level_text),
	[FIELD_HOST] = offsetof(struct logline, host),
	[FIELD_PROCESS] = offsetof(struct logline, process),
	[FIELD_THREAD] = offsetof(struct logline, thread),
	[FIELD_FUNCTION] = offsetof(struct logline, function),
	[FIELD_SOURCE] = offsetof(struct logline, source),
};

static inline void set_field(struct logline *line, unsigned field, struct str value)
{
	if (field != FIELD_NONE)
		memcpy((char *)line + slots[field], &value, sizeof(value));
}

static struct str trimmed(const char *p, const char *end)
{
	p = skip_blanks(p, end);
	while (end > p && blank(end[-1]))
		end--;
	return (struct str){p, (size_t)(end - p)};
}

/* Cut the next run of digits off. */
static struct str next_number(struct str *s)
{
	size_t i = 0, n;

	while (i < s->n && !digit(s->p[i]))
		i++;
	for (n = i; n < s->n && digit(s->p[n]); n++)
		;
	*s = str_from(*s, i);
	i = n - i;
	*s = str_from(*s, i);
	return (struct str){s->p - i, i};
}

/* The inside of a bracket group or an atom that holds several fields. */
static void split_inside(const struct op *op, struct str in, struct logline *line)
{
	size_t i = in.n;

	if (op->split == SPLIT_CLASS_AT) {
		size_t at;

		while (i > 0 && in.p[i - 1] != '@')
			i--;
		if (i > 0) {
			at = i - 1;
			for (i = at; i > 0 && in.p[i - 1] != ':'; i--)
				;
			line->source = str_from(in, i);
			line->function = (struct str){in.p + i, at - i};
			line->thread = (struct str){in.p, i ? i - 1 : 0};
			while (line->thread.n && line->thread.p[line->thread.n - 1] == ':')
				line->thread.n--;
			return;
		}
	} else if (op->split == SPLIT_LINE_HASH) {
		for (i = in.n; i > 0 && digit(in.p[i - 1]); i--)
			;
		i -= i > 0;
		line->source = in;
		line->function = str_head(in, i);
		return;
	} else if (op->split == SPLIT_PID_TID) {
		line->process = next_number(&in);
		line->thread = next_number(&in);
		return;
	} else if (op->split == SPLIT_MODULE) {
		while (i > 0 && in.p[i - 1] != ':' && in.p[i - 1] != '/')
			i--;
		line->level_text = str_from(in, i);
		line->level = level_of_word(line->level_text);
		in.n = i ? i - 1 : 0;
		if (in.p[in.n] == '/')
			line->thread = in;
		else
			line->function = in;
		return;
	} else if (op->split == SPLIT_TAG) {
		i = str_find_char(in, '[');
		if (i < in.n && in.p[in.n - 1] == ']') {
			line->process = (struct str){in.p + i + 1, in.n - i - 2};
			in.n = i;
		}
	} else if (op->split == SPLIT_FIRST_WORD) {
		in = str_head(in, str_find_char(in, ' '));
	}
	if (in.n == 1 && in.p[0] == '-')
		in.n = 0;
	set_field(line, op->field, in);
}

/*
 * Where a tag may end, or what may not stand in one: its colons, brackets and blanks from p on; end
 * if there are none.
 */
static inline const char *tag_mark(const char *p, const char *end)
{
	const struct scan_set blanks = {{':', ' ', '\t', ' '}}, brackets = {{'(', '[', ')', ']'}};

#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		unsigned bits = scan_bits(blanks, p) | scan_bits(brackets, p);

		if (bits)
			return p + __builtin_ctz(bits);
	}
#endif
	while (p < end && !scan_in(blanks, *p) && !scan_in(brackets, *p))
		p++;
	return p;
}

/*
 * The end of "name: " (at the colon); NULL if the text begins with no such thing. *brackets: there
 * are some in it.
 */
static const char *tag_end(const char *p, const char *end, bool *brackets)
{
	const char *start = p, *limit = end - p > TAG_MAX ? p + TAG_MAX : end;
	int words = 0, depth = 0;

	*brackets = false;
	if (p == end || *p == ':' || *p == '"' || *p == '\'')
		return NULL;
	for (p = tag_mark(p, limit); p < limit; p = tag_mark(p + 1, limit)) {
		if (*p == ':') {
			if (p + 1 == end || blank(p[1]))
				return p;
		} else if (!blank(*p)) {
			depth += *p == '(' || *p == '[' ? 1 : -1;
			*brackets = true;
		} else if (p > start && p[-1] != ' ' && !depth && ++words >= TAG_WORDS) {
			while (p < limit && *p == ' ')
				p++;
			return p < limit && *p == ':' && (p + 1 == end || blank(p[1])) ? p : NULL;
		}
	}
	return NULL;
}

/* The name of name[pid], name[pid] (more); the id goes to process. */
static struct str tag_name(struct str tag, const struct op *op, struct logline *line)
{
	size_t open = str_find_char(tag, '['), i, from;

	if (open == tag.n && tag.n && tag.p[tag.n - 1] == ')')
		open = str_find_char(tag, '(');
	for (from = open + 1; from < tag.n && tag.p[from] == ' '; from++)
		;
	for (i = from; i < tag.n && digit(tag.p[i]); i++)
		;
	if (op->field == FIELD_FUNCTION && open > 0 && i > from && i < tag.n &&
	    (tag.p[i] == ']' || tag.p[i] == ')')) {
		line->process = (struct str){tag.p + from, i - from};
		tag.n = open;
	}
	return tag;
}

static const char *run_tag(const struct op *op, const char *p, const char *end,
			   struct logline *line)
{
	bool brackets;
	const char *q = tag_end(p, end, &brackets);
	struct str tag;

	if (!q)
		return NULL;
	tag = (struct str){p, (size_t)(q - p)};
	if (brackets)
		tag = tag_name(tag, op, line);
	if (op->split)
		split_inside(op, tag, line);
	else
		set_field(line, op->field, trimmed(tag.p, tag.p + tag.n));
	return q + 1;
}

static const char *run_priority(const char *p, const char *end, struct logline *line)
{
	unsigned v = 0;
	const char *q = p;

	if (q == end || *q != '<')
		return NULL;
	for (q++; q < end && digit(*q) && q - p < 4; q++)
		v = v * 10 + (unsigned)(*q - '0');
	if (q == end || *q != '>' || q == p + 1 || v > 191)
		return NULL;
	line->level = level_of_priority(v);
	line->level_text = (struct str){p + 1, (size_t)(q - p - 1)};
	return q + 1;
}

static const char *run_level(const struct op *op, const char *p, const char *end,
			     struct logline *line)
{
	const char *q = p;

	if (op->kind == OP_LETTER)
		q += q < end;
	else
		q = scan_alnum(q, end);
	if (q == p)
		return NULL;
	line->level_text = (struct str){p, (size_t)(q - p)};
	if (op->kind == OP_LETTER)
		line->level = level_of_letter(*p);
	else
		line->level = end - p >= 8 ? level_of_word8(line->level_text)
					   : level_of_word(line->level_text);
	if (line->level == LEVEL_UNKNOWN && !op->arg)
		return NULL;
	return q;
}

static const char *run_char(const struct op *op, const char *p, const char *end)
{
	if (p == end || *p != op->arg)
		return NULL;
	p++;
	if (op->arg == '-' || op->arg == '=')
		while (p < end && *p == op->arg)
			p++;
	return p;
}

/* "-" or [id name="value" ...][...]; quotes hide brackets, backslashes hide quotes. */
static const char *run_data(const char *p, const char *end)
{
	bool quoted = false;

	if (p < end && *p == '-')
		return p + 1;
	if (p == end || *p != '[')
		return NULL;
	for (p++; p < end; p++) {
		if (*p == '\\' && quoted && p + 1 < end)
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (*p == ']' && !quoted && (p + 1 == end || p[1] != '['))
			return p + 1;
	}
	return NULL;
}

static const char *run_span(const struct op *op, const char *p, const char *end,
			    struct logline *line)
{
	struct str in;
	const char *q = p;

	if (op->kind == OP_GROUP) {
		size_t n;

		if (p == end || *p != op->arg)
			return NULL;
		n = lex_group((struct str){p, (size_t)(end - p)}, GROUP_MAX);
		if (!n)
			return NULL;
		q = p + n;
		in = trimmed(p + 1, q - 1);
	} else if (op->kind == OP_UNTIL) {
		in = (struct str){p, (size_t)(end - p)};
		in = str_head(in, UNTIL_MAX);
		in.n = str_find(in, op->lit);
		if (p + in.n == end || in.n >= UNTIL_MAX)
			return NULL;
		q = p + in.n + op->lit.n;
		in = trimmed(in.p, in.p + in.n);
	} else {
		q = scan_for((struct scan_set){{' ', '\t', op->arg, op->arg}}, p, end);
		if (q == p)
			return NULL;
		/* "name:" before a blank, where the colon is an op of its own */
		if (op->lit.n && q - p > 1 && q[-1] == op->lit.p[0])
			q--;
		in = (struct str){p, (size_t)(q - p)};
	}
	if (op->split)
		split_inside(op, in, line);
	else
		set_field(line, op->field, in);
	return q;
}

static inline const char *run_op(const struct op *op, const char *p, const char *end,
				 struct logline *line)
{
	size_t n;

	switch (op->kind) {
	case OP_TIME:
		n = timestamp_check(&op->plan, (struct str){p, (size_t)(end - p)});
		if (op->field == FIELD_TIME && n)
			line->time_text = (struct str){p, n};
		return n ? p + n : NULL;
	case OP_LEVEL:
	case OP_LETTER: return run_level(op, p, end, line);
	case OP_PRIORITY: return run_priority(p, end, line);
	case OP_TAG: return run_tag(op, p, end, line);
	case OP_SYMBOL:
		if (p == end || !strchr(".-*#", *p))
			return NULL;
		line->level_text = (struct str){p, 1};
		line->level = *p == '#'   ? LEVEL_WARN
			      : *p == '*' ? LEVEL_NOTICE
			      : *p == '-' ? LEVEL_INFO
					  : LEVEL_DEBUG;
		return p + 1;
	case OP_DATA: return run_data(p, end);
	case OP_CHAR: return run_char(op, p, end);
	case OP_BLANK: return p == end ? p : blank(*p) ? p + 1 : NULL;
	case OP_SKIP: return skip_blanks(p, end);
	default: return run_span(op, p, end, line);
	}
}

bool format_ops(const struct format *f, struct str text, struct logline *out, bool *whole)
{
	const char *p = text.p ? text.p : "", *end = p + text.n;

	*whole = true;
	for (uint32_t i = 0; i < f->nops; i++) {
		const struct op *op = &f->ops[i];
		const char *q;

		/* Every other op: worth a branch of its own. */
		if (op->kind == OP_BLANKS) {
			q = skip_blanks(p, end);
			if (q == p && p < end)
				q = NULL;
		} else {
			q = run_op(op, p, end, out);
		}
		if (!q) {
			if (i < f->required)
				return false;
			*whole = false;
			p = skip_blanks(p, end); /* the header ends early */
			break;
		}
		p = q;
	}
	out->message = (struct str){p, (size_t)(end - p)};
	return true;
}

static void prefer(struct str *to, struct str from)
{
	if (from.n)
		*to = from;
}

/* The inner header's fields win, but for time and host. */
static void merge_inner(struct logline *line, const struct logline *inner)
{
	if (!line->time_text.n)
		line->time_text = inner->time_text;
	if (!line->host.n)
		line->host = inner->host;
	if (inner->level_text.n) {
		line->level_text = inner->level_text;
		line->level = inner->level;
	}
	prefer(&line->process, inner->process);
	prefer(&line->thread, inner->thread);
	prefer(&line->function, inner->function);
	prefer(&line->source, inner->source);
	line->message = inner->message;
	if (inner->fields.n)
		line->fields = inner->fields;
	else if (line->fields.p != line->message.p + line->message.n)
		line->fields.n = 0; /* a record within a record: only the inner one's count */
}

static bool match_one(const struct format *f, struct str text, struct buf *scratch,
		      struct logline *line, bool *whole)
{
	*whole = true;
	switch (f->kind) {
	case FORMAT_OPS: return format_ops(f, text, line, whole);
	case FORMAT_JSON: return record_json(f->names, text, scratch, line);
	case FORMAT_LOGFMT: return record_logfmt(f->names, text, scratch, line);
	case FORMAT_USER: return userformat_match(f->user, text, scratch, line);
	}
	return false;
}

bool format_match(const struct format *f, struct str text, struct buf *scratch, struct logline *out,
		  bool *whole)
{
	if (f->kind == FORMAT_OPS) {
		if (!format_ops(f, text, out, whole))
			return false;
	} else {
		/* A wrapper's fields stay unless the record has its own. */
		struct logline line = {0};

		if (!match_one(f, text, scratch, &line, whole))
			return false;
		merge_inner(out, &line);
	}
	for (uint32_t i = 0; i < f->ninner; i++) {
		struct logline line = {0};
		bool inner;

		if (match_one(f->inner[i], out->message, scratch, &line, &inner)) {
			merge_inner(out, &line);
			break;
		}
	}
	return true;
}

char *format_describe(const struct format *f)
{
	static const char *const names[FIELD_COUNT] = {"*",       "time",   "level",    "host",
						       "process", "thread", "function", "source"};
	struct buf b = {0};

	if (f->kind != FORMAT_OPS) {
		buf_printf(&b, "%s",
			   f->kind == FORMAT_JSON     ? "JSON"
			   : f->kind == FORMAT_LOGFMT ? "logfmt"
						      : "user-defined");
	}
	for (uint32_t i = 0; f->kind == FORMAT_OPS && i < f->nops; i++) {
		const struct op *op = &f->ops[i];
		const char *name = op->split == SPLIT_CLASS_AT    ? "thread:function@line"
				   : op->split == SPLIT_LINE_HASH ? "function#line"
				   : op->split == SPLIT_MODULE    ? "function:level"
				   : op->split == SPLIT_PID_TID   ? "process/thread"
								  : names[op->field];

		if (op->kind == OP_CHAR)
			buf_add_char(&b, op->arg);
		else if (op->kind == OP_BLANKS || op->kind == OP_BLANK)
			buf_add_char(&b, ' ');
		else if (op->kind == OP_GROUP)
			buf_printf(&b, "%c%s%c", op->arg, name,
				   op->arg == '['   ? ']'
				   : op->arg == '(' ? ')'
						    : '>');
		else if (op->kind == OP_PRIORITY)
			BUF_LIT(&b, "<level>");
		else if (op->kind == OP_TAG)
			buf_printf(&b, "%s:", name);
		else if (op->kind == OP_UNTIL)
			buf_printf(&b, "%s" STR_FMT, name, STR_ARG(op->lit));
		else if (op->kind != OP_SKIP)
			buf_printf(&b, "%s", name);
	}
	if (b.n && b.p[b.n - 1] != ' ')
		buf_add_char(&b, ' ');
	for (uint32_t i = 0; i < f->ninner; i++) {
		CLEANUP_FREE char *inner = format_describe(f->inner[i]);

		buf_printf(&b, "{%s} ", inner);
	}
	BUF_LIT(&b, "message");
	buf_add_char(&b, 0);
	return b.p;
}

bool format_composes(const struct format *f)
{
	bool yes = f->kind != FORMAT_OPS;

	for (uint32_t i = 0; i < f->ninner; i++)
		yes = yes || f->inner[i]->kind != FORMAT_OPS;
	return yes;
}

void format_free(struct format *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; i < f->ninner; i++)
		format_free(f->inner[i]);
	free(f->about);
	free(f);
}
