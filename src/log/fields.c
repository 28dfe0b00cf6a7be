// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What the columns of a learnt header mean, and the ops that read them. A column's kind decides
 * where it can; otherwise its values (numbers, file:line, dotted names, ids) and its place.
 */
#include "log/learn.h"

struct meaning {
	const struct learner *l;
	uint32_t n;
	size_t ncols;
	bool have[FIELD_COUNT];
	bool tag;       /* some column is a tag */
	size_t threads; /* bracket columns that may name a thread */
	size_t text;    /* the column that best names who speaks; SIZE_MAX if none */
};

static bool mostly(const struct meaning *m, uint32_t part)
{
	return (uint64_t)part * 10 >= (uint64_t)m->n * 9;
}

static enum field take(struct meaning *m, enum field f)
{
	if (m->have[f])
		return FIELD_NONE;
	m->have[f] = true;
	return f;
}

static enum field group_field(struct meaning *m, const struct stats *st)
{
	if (mostly(m, st->fileline) || mostly(m, st->atline))
		return take(m, FIELD_SOURCE);
	if (mostly(m, st->module) || mostly(m, st->numpair)) /* taken apart: see split_of() */
		return FIELD_NONE;
	if (mostly(m, st->facility) || mostly(m, st->code))
		return FIELD_NONE;
	if (mostly(m, st->numeric))
		return m->have[FIELD_PROCESS] ? take(m, FIELD_THREAD) : take(m, FIELD_PROCESS);
	if (mostly(m, st->threadlike))
		return take(m, FIELD_THREAD);
	if ((mostly(m, st->dotted) || st->scoped * 2 > m->n) && !m->tag &&
	    !m->have[FIELD_FUNCTION] && !st->blanks)
		return take(m, FIELD_FUNCTION);
	if (mostly(m, st->idlike) && m->threads > 1)
		return FIELD_NONE; /* a trace id beside the thread's name */
	if (!m->have[FIELD_THREAD])
		return take(m, FIELD_THREAD);
	return m->tag ? FIELD_NONE : take(m, FIELD_FUNCTION);
}

static enum field atom_field(struct meaning *m, size_t c, const struct column *col)
{
	const struct stats *st = &col->stats;
	const struct learner *l = m->l;

	if (mostly(m, st->fileline) || mostly(m, st->hashline))
		return take(m, FIELD_SOURCE);
	if (c > 0 && l->cols[c - 1].names_id)
		return take(m, FIELD_THREAD);
	if (mostly(m, st->threadlike))
		return take(m, FIELD_THREAD);
	if (mostly(m, st->numpair) || mostly(m, st->facility))
		return FIELD_NONE;
	if (mostly(m, st->date) || st->repeat * 10 >= m->n * 8 || st->dash * 2 > m->n ||
	    mostly(m, st->filename) || mostly(m, st->code))
		return FIELD_NONE;
	if (mostly(m, st->numeric)) {
		if (l->timed && c < l->anchor && st->distinct * 2 > m->n)
			return FIELD_NONE; /* a running number */
		if (c + 1 < m->ncols && mostly(m, col[1].stats.address) &&
		    (st->zero || st->distinct * 10 > m->n))
			return FIELD_NONE; /* how long a client was served */
		if (st->zero && l->timed && c == l->anchor + 1)
			return take(m, FIELD_THREAD);
		if (st->distinct <= 2 && st->width <= 1 && m->n > 8)
			return FIELD_NONE; /* a flag */
		/* glog and its kin write the thread's number after their glued time. */
		if (m->have[FIELD_PROCESS] || (l->cols[0].kind == TOKEN_LETTER && l->anchor == 1))
			return take(m, FIELD_THREAD);
		return take(m, FIELD_PROCESS);
	}
	if (mostly(m, st->hex))
		return take(m, FIELD_THREAD);
	if (mostly(m, st->address) && !m->have[FIELD_HOST])
		return take(m, FIELD_HOST);
	if (c == m->text)
		return take(m, FIELD_FUNCTION);
	if (st->width < 2)
		return FIELD_NONE;
	if (m->have[FIELD_LEVEL] && m->have[FIELD_FUNCTION] && st->distinct > 1)
		return take(m, FIELD_THREAD);
	if (!m->have[FIELD_HOST] && !m->have[FIELD_LEVEL] &&
	    (c < l->anchor || st->hostlike * 2 > m->n ||
	     (m->tag && c > 0 && l->cols[c - 1].kind == TOKEN_TIME)))
		return take(m, FIELD_HOST);
	return FIELD_NONE;
}

/* Of several word columns the first with three values or more speaks; a host does not. */
static size_t text_column(const struct learner *l, size_t n)
{
	size_t best = SIZE_MAX, host = SIZE_MAX;
	bool level = false;

	for (size_t c = 0; c < n; c++) {
		const struct stats *st = &l->cols[c].stats;
		uint32_t lines = (uint32_t)l->nalive;

		level = level || l->cols[c].kind == TOKEN_LEVEL;
		if (l->cols[c].kind != TOKEN_ATOM || (c && l->cols[c - 1].names_id) ||
		    st->numeric * 2 > lines || st->date * 2 > lines || st->dash * 2 > lines ||
		    st->repeat * 10 >= lines * 8 || st->fileline * 2 > lines ||
		    st->hashline * 2 > lines || st->numpair * 2 > lines ||
		    st->facility * 2 > lines || st->hex * 2 > lines || st->threadlike * 2 > lines ||
		    st->filename * 2 > lines || st->code * 2 > lines)
			continue;
		if (host == SIZE_MAX && !level &&
		    (st->hostlike * 2 > lines || (l->timed && c < l->anchor && l->anchor > 1))) {
			host = c;
			continue;
		}
		if (best == SIZE_MAX || (l->cols[best].stats.distinct < 3 && st->distinct >= 3))
			best = c;
	}
	return best;
}

/* A tag that is no name: file:line or numbers. */
static bool tag_split(const struct meaning *m, const struct stats *st)
{
	return mostly(m, st->fileline) || mostly(m, st->numpair);
}

static void assign(struct learner *l, size_t n)
{
	struct meaning m = {.l = l, .n = (uint32_t)l->nalive, .ncols = n, .text = SIZE_MAX};
	size_t time = SIZE_MAX;

	for (size_t c = 0; c < n; c++) {
		struct column *col = &l->cols[c];

		m.threads += col->kind == TOKEN_GROUP && !mostly(&m, col->stats.numeric) &&
			     !mostly(&m, col->stats.fileline) && !mostly(&m, col->stats.module);
		if (col->kind == TOKEN_TAG && !col->names_id && !tag_split(&m, &col->stats))
			m.tag = true;
		if (col->kind == TOKEN_TIME &&
		    (time == SIZE_MAX ||
		     timestamp_rank(col->sub) > timestamp_rank(l->cols[time].sub)))
			time = c;
	}
	if (!m.tag)
		m.text = text_column(l, n);
	for (size_t c = 0; c < n; c++) {
		struct column *col = &l->cols[c];

		switch (col->kind) {
		case TOKEN_TIME: col->field = c == time ? FIELD_TIME : FIELD_NONE; break;
		case TOKEN_LEVEL:
		case TOKEN_LETTER:
		case TOKEN_SYMBOL: col->field = take(&m, FIELD_LEVEL); break;
		case TOKEN_TAG:
			if (col->names_id)
				col->field = FIELD_NONE;
			else if (mostly(&m, col->stats.fileline))
				col->field = take(&m, FIELD_SOURCE);
			else if (mostly(&m, col->stats.numpair))
				col->field = FIELD_NONE;
			else
				col->field = take(&m, FIELD_FUNCTION);
			break;
		case TOKEN_GROUP: col->field = group_field(&m, &col->stats); break;
		case TOKEN_ATOM: col->field = atom_field(&m, c, col); break;
		default: col->field = FIELD_NONE;
		}
	}
}

static struct op *add_op(struct format *f, enum op_kind kind)
{
	struct op *op = &f->ops[f->nops++];

	*op = (struct op){.kind = (uint8_t)kind};
	return op;
}

static enum split split_of(const struct stats *st, uint32_t n)
{
	if (st->atline * 10 >= n * 8)
		return SPLIT_CLASS_AT;
	if (st->module * 10 >= n * 9)
		return SPLIT_MODULE;
	if (st->numpair * 10 >= n * 9)
		return SPLIT_PID_TID;
	if (st->hashline * 10 >= n * 9)
		return SPLIT_LINE_HASH;
	if (st->pidded * 2 > n)
		return SPLIT_TAG;
	if (st->idlike * 2 > n && st->blanks)
		return SPLIT_FIRST_WORD;
	return SPLIT_NONE;
}

static void column_op(struct format *f, const struct learner *l, size_t c)
{
	const struct column *col = &l->cols[c];
	const struct stats *st = &col->stats;
	const struct column *next = c + 1 < COLUMNS_MAX ? col + 1 : NULL;
	uint32_t n = (uint32_t)l->nalive;
	struct op *op;

	switch (col->kind) {
	case TOKEN_TIME:
		op = add_op(f, OP_TIME);
		timestamp_plan_init(&op->plan, col->sub);
		for (size_t i = 0; i < l->nalive; i++)
			timestamp_plan_learn(&op->plan, sample_text(l->alive[i], c));
		break;
	case TOKEN_LEVEL:
	case TOKEN_LETTER:
		op = add_op(f, col->kind == TOKEN_LEVEL ? OP_LEVEL : OP_LETTER);
		op->arg = l->timed && col->loose;
		break;
	case TOKEN_TAG:
		op = add_op(f, OP_TAG);
		if (st->numpair * 10 >= n * 9)
			op->split = SPLIT_PID_TID;
		break;
	case TOKEN_GROUP:
		op = add_op(f,
			    col->sub == '<' && c == 0 && st->numeric == n ? OP_PRIORITY : OP_GROUP);
		op->arg = (char)col->sub;
		op->split = (uint8_t)split_of(st, n);
		break;
	case TOKEN_ATOM:
		op = add_op(f, col->until ? OP_UNTIL : OP_ATOM);
		if (col->until)
			op->lit = col->until == '|' ? STR("|") : STR(" - ");
		else if (next && next->kind == TOKEN_PUNCT && next->gapless)
			op->arg = (char)next->sub;
		op->split = (uint8_t)split_of(st, n);
		break;
	case TOKEN_SYMBOL: op = add_op(f, OP_SYMBOL); break;
	default: op = add_op(f, OP_CHAR); op->arg = (char)col->sub;
	}
	op->field = col->field;
}

struct format *format_build(struct learner *l, size_t n)
{
	struct format *f = mem_zalloc(sizeof(*f));
	size_t strong = 0;

	assign(l, n);
	for (unsigned i = 0; i < l->tabs; i++) {
		struct op *op = add_op(f, OP_UNTIL);

		op->lit = STR("\t");
		op->field = i == 0 ? FIELD_HOST : i == 1 ? FIELD_FUNCTION : FIELD_NONE;
	}
	for (size_t c = 0; c < n && f->nops + 3 < FORMAT_MAX_OPS; c++) {
		const struct column *col = &l->cols[c];
		bool joined = c > 0 && l->cols[c - 1].until;

		if (joined && (col->kind == TOKEN_PUNCT)) {
			add_op(f, OP_SKIP); /* the separator went with the column before it */
			continue;
		}
		if (col->kind == TOKEN_PUNCT && strchr(":|]", col->sub))
			add_op(f, OP_SKIP);
		else if (c && !col->gapless)
			add_op(f, OP_BLANKS);
		column_op(f, l, c);
		if (col->kind == TOKEN_TIME || col->kind == TOKEN_LEVEL ||
		    col->kind == TOKEN_LETTER)
			strong = f->timed ? strong : f->nops;
		f->timed = f->timed || col->kind == TOKEN_TIME;
		if (col->kind == TOKEN_TIME && col->field == FIELD_TIME)
			f->shape = col->sub;
	}
	/* Text after a time alone keeps its indentation. */
	add_op(f, n == 1 || (n == 3 && l->cols[2].kind == TOKEN_PUNCT) ? OP_BLANK : OP_SKIP);
	/* "fine: text": without the colon it is a word like others. */
	if (!f->timed && f->nops > 2 && f->ops[0].kind == OP_LEVEL && f->ops[1].kind == OP_SKIP &&
	    f->ops[2].kind == OP_CHAR && f->ops[2].arg == ':')
		strong = 3;
	f->required = (uint32_t)strong;
	f->bare = f->timed;
	for (uint32_t i = 0; i < f->nops; i++) {
		uint8_t field = f->ops[i].field;

		f->bare = f->bare &&
			  (field == FIELD_NONE || field == FIELD_TIME || field == FIELD_HOST) &&
			  f->ops[i].split == SPLIT_NONE;
	}
	/* "[time]": the bracket belongs to it. */
	if (strong < f->nops && f->ops[strong].kind == OP_CHAR && f->ops[strong].arg == ']')
		f->required++;
	return f;
}
