// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Rows: see rows.h. CSV and JSON go straight into the buffer, without an allocation per cell; in
 * text every cell becomes a string first, which is measured, kept or padded.
 */
#include "report/rows.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "report/style.h"
#include "text/csv.h"
#include "text/json.h"

#define GAP         2  /* blanks between columns of text */
#define PAD_MAX     40 /* where nothing is cut, cells wider than this stand out */
#define NARROW      8  /* cells are not cut below this */
#define WRITE_BYTES ((size_t)256 << 10)

void rows_init(struct rows *r, enum rows_form form, const char *schema,
	       const struct rows_column *columns, unsigned n, size_t width, bool color)
{
	assert(n > 0);
	*r = (struct rows){.form = form,
			   .schema = schema,
			   .columns = columns,
			   .n = n,
			   .width = width,
			   .color = color,
			   .widths = mem_alloc(n * sizeof(*r->widths)),
			   .key_ends = mem_alloc(n * sizeof(*r->key_ends))};
	for (unsigned i = 0; i < n; i++) {
		buf_add_char(&r->keys, i ? ',' : '{');
		json_add_string(&r->keys, str_of(columns[i].name));
		buf_add_char(&r->keys, ':');
		r->key_ends[i] = r->keys.n;
		r->widths[i] = width ? 0 : (unsigned)strlen(columns[i].name);
	}
}

void rows_release(struct rows *r)
{
	buf_release(&r->keys);
	free(r->widths);
	free(r->key_ends);
}

static void head_text(const struct rows *r, struct buf *b)
{
	struct buf line = {0};
	struct rows_out o;

	rows_out_init(&o, r, &line);
	rows_begin(&o);
	for (unsigned i = 0; i < r->n; i++)
		rows_string(&o, str_of(r->columns[i].name));
	rows_out_release(&o);
	style_add(b, r->color, STYLE_BOLD, buf_str(&line));
	buf_add_char(b, '\n');
	buf_release(&line);
}

void rows_head(const struct rows *r, struct str members, struct buf *b)
{
	switch (r->form) {
	case ROWS_TEXT: head_text(r, b); break;
	case ROWS_CSV:
		for (unsigned i = 0; i < r->n; i++) {
			if (i)
				buf_add_char(b, ',');
			csv_add_cell(b, str_of(r->columns[i].name));
		}
		buf_add_char(b, '\n');
		break;
	case ROWS_JSONL: break;
	case ROWS_JSON:
		buf_printf(b, "{\"schema\":\"inquest.%s/1\",", r->schema);
		buf_add_str(b, members);
		BUF_LIT(b, "\"rows\":[");
		break;
	}
}

void rows_tail(const struct rows *r, struct buf *b)
{
	if (r->form == ROWS_JSON)
		BUF_LIT(b, "\n]}\n");
}

size_t rows_separator(const struct rows *r)
{
	return r->form == ROWS_JSON ? 1 : 0;
}

bool rows_measuring(const struct rows *r)
{
	return r->form == ROWS_TEXT && r->measured < ROWS_SAMPLE;
}

/* What a column of text needs at least. */
static size_t least(const struct rows *r, unsigned i)
{
	static const size_t least_of[] = {
		[ROWS_STRING] = 12, [ROWS_NUMBER] = SIZE_MAX, [ROWS_FIXED] = SIZE_MAX,
		[ROWS_PROSE] = 40,  [ROWS_LIST] = 12,
	};
	size_t n = least_of[r->columns[i].kind];

	return r->widths[i] < n ? r->widths[i] : n;
}

static size_t sum_widths(const struct rows *r, bool at_least)
{
	size_t sum = 0;

	for (unsigned i = 0; i < r->n; i++)
		if (r->widths[i])
			sum += (at_least ? least(r, i) : r->widths[i]) + GAP;
	return sum ? sum - GAP : 0;
}

/* Leave columns out, highest rank first and from the right, until the rest can be made to fit. */
static void leave_out(struct rows *r)
{
	while (sum_widths(r, true) > r->width) {
		unsigned out = r->n;

		for (unsigned i = 0; i < r->n; i++)
			if (r->widths[i] && r->columns[i].rank &&
			    (out == r->n || r->columns[i].rank >= r->columns[out].rank))
				out = i;
		if (out == r->n)
			return;
		r->widths[out] = 0;
		r->left_out++;
	}
}

/* Prose may be three times as wide as names before it counts as wide. */
static size_t wideness(const struct rows *r, unsigned i)
{
	return r->columns[i].kind == ROWS_PROSE ? r->widths[i] / 3 : r->widths[i];
}

/* Take from the widest columns that have more than they need. */
static void narrow(struct rows *r)
{
	for (size_t sum = sum_widths(r, false); sum > r->width; sum--) {
		unsigned widest = r->n;

		for (unsigned i = 0; i < r->n; i++)
			if (r->widths[i] > least(r, i) &&
			    (widest == r->n || wideness(r, i) > wideness(r, widest)))
				widest = i;
		if (widest == r->n)
			return;
		r->widths[widest]--;
	}
}

void rows_measured(struct rows *r)
{
	size_t most = r->width ? r->width : PAD_MAX, sum;
	bool any = false;
	unsigned last = 0;

	r->measured = ROWS_SAMPLE;
	for (unsigned i = 0; i < r->n; i++)
		any = any || r->widths[i];
	for (unsigned i = 0; i < r->n; i++) {
		size_t name = strlen(r->columns[i].name);

		if ((r->widths[i] || !any) && r->widths[i] < name)
			r->widths[i] = (unsigned)name;
		if (r->widths[i] > most && r->columns[i].kind != ROWS_NUMBER)
			r->widths[i] = (unsigned)most;
	}
	if (!r->width)
		return;
	leave_out(r);
	narrow(r);
	for (unsigned i = 0; i < r->n; i++)
		last = r->widths[i] ? i : last;
	sum = sum_widths(r, false);
	if (sum < r->width && r->columns[last].kind != ROWS_NUMBER)
		r->widths[last] += (unsigned)(r->width - sum); /* later rows may be longer */
}

void rows_out_init(struct rows_out *o, const struct rows *r, struct buf *b)
{
	*o = (struct rows_out){.rows = r, .b = b};
}

void rows_out_measure(struct rows_out *o, struct rows *r)
{
	*o = (struct rows_out){.rows = r, .measure = r};
}

void rows_out_release(struct rows_out *o)
{
	buf_release(&o->scratch);
}

void rows_begin(struct rows_out *o)
{
	o->column = 0;
	o->gap = 0;
	o->over = 0;
	if (o->rows->form == ROWS_JSON)
		buf_add(o->b, &",\n"[o->first], 2 - (size_t)o->first);
	o->first = false;
}

static void measure_cell(struct rows *r, unsigned column, struct str s)
{
	struct buf b = {0};
	size_t n = style_add_foreign(&b, s, 0);

	if (n > r->widths[column])
		r->widths[column] = n < UINT16_MAX ? (unsigned)n : UINT16_MAX;
	buf_release(&b);
}

static void show_cell(struct rows_out *o, unsigned column, struct str s)
{
	const struct rows *r = o->rows;
	size_t width = r->widths[column], n;

	if (!width)
		return;
	if (r->columns[column].kind == ROWS_NUMBER) {
		style_pad(o->b, o->gap + (width > s.n ? width - s.n : 0));
		buf_add_str(o->b, s);
		o->gap = GAP;
		o->over += s.n > width ? s.n - width : 0;
		return;
	}
	if (r->width && o->over) { /* what numbers took too much, text gives back */
		size_t give = width > NARROW + o->over ? o->over
			      : width > NARROW         ? width - NARROW
						       : 0;

		width -= give;
		o->over -= give;
	}
	if (s.n) {
		style_pad(o->b, o->gap);
		o->gap = 0;
	}
	n = style_add_foreign(o->b, s, r->width ? width : 0);
	o->gap += (width > n ? width - n : 0) + GAP;
}

static void text_cell(struct rows_out *o, unsigned column, struct str s)
{
	if (o->measure) {
		measure_cell(o->measure, column, s);
	} else if (o->kept) {
		buf_add_str(&o->kept->bytes, s);
		array_push(o->kept->ends, o->kept->n, o->kept->cap) = o->kept->bytes.n;
	} else {
		show_cell(o, column, s);
	}
}

/* What stands before a cell of CSV or JSON. */
static inline void next_cell(struct rows_out *o)
{
	const struct rows *r = o->rows;
	unsigned i = o->column++;

	assert(i < r->n);
	if (r->form == ROWS_CSV) {
		if (i)
			buf_add_char(o->b, ',');
	} else if (r->form != ROWS_TEXT) {
		size_t from = i ? r->key_ends[i - 1] : 0;

		buf_add(o->b, r->keys.p + from, r->key_ends[i] - from);
	}
}

void rows_string(struct rows_out *o, struct str s)
{
	next_cell(o);
	if (o->rows->form == ROWS_CSV) {
		if (s.n)
			csv_add_cell(o->b, s);
	} else if (o->rows->form == ROWS_TEXT) {
		text_cell(o, o->column - 1, s);
	} else {
		json_add_string(o->b, s);
	}
}

void rows_cells(struct rows_out *o, const struct str *s, size_t n)
{
	const struct rows *r = o->rows;

	if (r->form == ROWS_CSV && n) {
		next_cell(o);
		csv_add_cells(o->b, s, n, o->around);
		o->column += (unsigned)n - 1;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (r->form != ROWS_TEXT && r->columns[o->column].kind == ROWS_NUMBER) {
			next_cell(o);
			buf_add_str(o->b, s[i]);
		} else {
			rows_string(o, s[i]);
		}
	}
}

/* Where the text of a number goes: straight out, or through the scratch buffer. */
static struct buf *number_begin(struct rows_out *o)
{
	next_cell(o);
	if (o->rows->form != ROWS_TEXT)
		return o->b;
	buf_clear(&o->scratch);
	return &o->scratch;
}

static void number_end(struct rows_out *o)
{
	if (o->rows->form == ROWS_TEXT)
		text_cell(o, o->column - 1, buf_str(&o->scratch));
}

void rows_count(struct rows_out *o, uint64_t v)
{
	buf_u64(number_begin(o), v);
	number_end(o);
}

void rows_int(struct rows_out *o, int64_t v)
{
	buf_i64(number_begin(o), v);
	number_end(o);
}

void rows_real(struct rows_out *o, double v)
{
	if (!isfinite(v)) {
		rows_none(o);
		return;
	}
	json_add_real(number_begin(o), v);
	number_end(o);
}

void rows_list(struct rows_out *o, const struct str *s, size_t n)
{
	next_cell(o);
	if (o->rows->form == ROWS_CSV) {
		csv_add_strings(o->b, s, n, o->around);
	} else if (o->rows->form == ROWS_TEXT) {
		buf_clear(&o->scratch);
		json_add_strings(&o->scratch, s, n);
		text_cell(o, o->column - 1, n ? buf_str(&o->scratch) : STR(""));
	} else {
		json_add_strings(o->b, s, n);
	}
}

void rows_none(struct rows_out *o)
{
	next_cell(o);
	if (o->rows->form == ROWS_TEXT)
		text_cell(o, o->column - 1, STR(""));
	else if (o->rows->form != ROWS_CSV)
		BUF_LIT(o->b, "null");
}

void rows_end(struct rows_out *o)
{
	assert(o->column == o->rows->n);
	if (o->measure)
		o->measure->measured++;
	if (o->measure || o->kept)
		return;
	switch (o->rows->form) {
	case ROWS_JSONL: BUF_LIT(o->b, "}\n"); break;
	case ROWS_JSON: buf_add_char(o->b, '}'); break;
	case ROWS_CSV:
		if (o->rows->n == 1 && (!o->b->n || o->b->p[o->b->n - 1] == '\n'))
			BUF_LIT(o->b, "\"\""); /* an empty line would be no row */
		buf_add_char(o->b, '\n');
		break;
	case ROWS_TEXT: buf_add_char(o->b, '\n'); break;
	}
}

void rows_file_init(struct rows_file *f, enum rows_form form, const char *schema,
		    const struct rows_column *columns, unsigned n, size_t width, bool color,
		    struct str members, FILE *stream)
{
	*f = (struct rows_file){.f = stream};
	rows_init(&f->rows, form, schema, columns, n, width, color);
	rows_out_init(&f->out, &f->rows, &f->buf);
	f->out.first = true;
	if (form == ROWS_TEXT)
		f->out.kept = &f->kept;
	else
		rows_head(&f->rows, members, &f->buf);
}

static void write_buf(struct rows_file *f)
{
	if (!f->write_errno && f->buf.n && fwrite(f->buf.p, 1, f->buf.n, f->f) != f->buf.n)
		f->write_errno = errno;
	buf_clear(&f->buf);
}

/* The widths are known now: what was kept can be shown. */
static void show_kept(struct rows_file *f)
{
	struct rows_kept *k = &f->kept;
	unsigned n = f->rows.n;
	size_t from = 0;

	f->out.kept = NULL;
	for (size_t i = 0; i < k->n; from = k->ends[i++])
		measure_cell(&f->rows, (unsigned)(i % n),
			     (struct str){k->bytes.p + from, k->ends[i] - from});
	rows_measured(&f->rows);
	rows_head(&f->rows, STR(""), &f->buf);
	from = 0;
	for (size_t i = 0; i < k->n; from = k->ends[i++]) {
		if (i % n == 0)
			rows_begin(&f->out);
		rows_string(&f->out, (struct str){k->bytes.p + from, k->ends[i] - from});
		if (i % n == n - 1)
			rows_end(&f->out);
	}
	buf_release(&k->bytes);
	free(k->ends);
	*k = (struct rows_kept){0};
}

bool rows_file_next(struct rows_file *f)
{
	if (f->out.kept && f->kept.n == (size_t)ROWS_SAMPLE * f->rows.n)
		show_kept(f);
	if (f->buf.n >= WRITE_BYTES)
		write_buf(f);
	return !f->write_errno;
}

int rows_file_close(struct rows_file *f, struct err *err)
{
	int rc = 0;

	if (f->out.kept)
		show_kept(f);
	rows_tail(&f->rows, &f->buf);
	write_buf(f);
	if (!f->write_errno && fflush(f->f) != 0)
		f->write_errno = errno;
	if (f->write_errno && f->write_errno != EPIPE) {
		errno = f->write_errno;
		rc = err_errno(err, "output");
	}
	rows_out_release(&f->out);
	buf_release(&f->buf);
	rows_release(&f->rows);
	return rc;
}
