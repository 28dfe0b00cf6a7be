// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Values as they are read: cells become values, texts at first only by their numbers. All that a
 * batch lacks are sorted by number, so that each text is asked for and kept once.
 */
#include <stdlib.h>

#include "store/store-priv.h"

struct value value_of(const struct db_cell *cells)
{
	if (cells[0].kind == DB_INT)
		return value_int(cells[0].integer);
	if (cells[1].kind == DB_REAL)
		return value_real(cells[1].real);
	if (cells[2].kind == DB_TEXT)
		return value_text(cells[2].text);
	return value_real(NAN);
}

void texts_take(struct texts *t, const struct db_cell *cells, struct value *v)
{
	*v = value_of(cells);
	if (cells[2].kind == DB_INT)
		array_push(t->items, t->n, t->cap) = (struct text_lacking){cells[2].integer, v};
}

static int by_id(const void *x, const void *y)
{
	const struct text_lacking *a = x, *b = y;

	return (a->id > b->id) - (a->id < b->id);
}

static bool take_text(void *arg, const struct db_cell *cells, size_t n)
{
	struct texts *t = arg;
	struct str text = arena_str(t->a, cells[1].text);
	size_t lo = 0, hi = t->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (t->items[mid].id < cells[0].integer)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < t->n && t->items[lo].id == cells[0].integer; lo++)
		*t->items[lo].value = value_text(text);
	return true;
}

int texts_look_up(struct store *s, struct texts *t, struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};
	struct db_cell ids[STORE_NAMES];
	int rc = 0;

	if (!t->n)
		return 0;
	qsort(t->items, t->n, sizeof(*t->items), by_id);
	BUF_LIT(&sql, "SELECT id, text FROM string WHERE id IN (");
	db_add_list(&sql, 1, STORE_NAMES);
	buf_add_char(&sql, ')');
	for (size_t i = 0, k = 0; !rc && i < t->n; i++) {
		if (i == 0 || t->items[i].id != t->items[i - 1].id)
			ids[k++] = db_int(t->items[i].id);
		if (!k || (k < STORE_NAMES && i + 1 < t->n))
			continue;
		for (; k < STORE_NAMES; k++)
			ids[k] = ids[0];
		k = 0;
		rc = s->db->ops->query(s->db, buf_cstr(&sql), ids, STORE_NAMES, take_text, t, err);
	}
	t->n = 0;
	return rc;
}
