// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Names of variables and texts, and the numbers that the database gives them. Keys are looked up
 * in chunks; those it does not know are inserted, where another writer may be faster (which is no
 * conflict), and looked up again. They go in sorted by key, so that two writers never wait for each
 * other crosswise.
 */
#include <stdlib.h>

#include "base/sha256.h"
#include "store/store-priv.h"
#include "text/where.h"

#define MAX_KEPT ((size_t)64 << 20) /* bytes of keys */
#define HASH     16                 /* bytes of a string's hash that are its key */

void dict_init(struct dict *d)
{
	*d = (struct dict){0};
	intern_init(&d->keys);
}

void dict_release(struct dict *d)
{
	intern_release(&d->keys);
	free(d->entries);
	*d = (struct dict){0};
}

uint32_t dict_add(struct dict *d, struct str key, struct str unit, enum better better)
{
	size_t before = d->keys.n;
	uint32_t i = intern_add(&d->keys, key);

	if (d->keys.n == before)
		return i;
	if (d->keys.n > d->cap) {
		d->cap = d->keys.cap;
		d->entries = mem_realloc(d->entries, d->cap, sizeof(*d->entries));
	}
	d->entries[i] = (struct dict_entry){.unit = unit.n ? arena_str(&d->keys.arena, unit) : unit,
					    .better = better};
	return i;
}

/* One that the database is to be asked for. */
struct wanted {
	struct db_cell key;
	uint32_t entry;
};

struct lookup {
	struct dict *dict;
	struct wanted *wanted; /* sorted */
	size_t n;
};

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const struct wanted *)a)->key.text, ((const struct wanted *)b)->key.text);
}

static bool found(void *arg, const struct db_cell *cells, size_t n)
{
	struct lookup *l = arg;
	struct wanted key = {.key = cells[1]};
	const struct wanted *w = bsearch(&key, l->wanted, l->n, sizeof(*w), by_key);
	struct dict_entry *e;

	if (!w)
		return true;
	e = &l->dict->entries[w->entry];
	e->id = cells[0].integer;
	if (n > 2) {
		e->unit = arena_str(&l->dict->keys.arena, cells[2].text);
		e->better = (enum better)cells[3].integer;
	}
	return true;
}

static int look_up(struct store *s, struct lookup *l, const char *select, struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};
	int rc = 0;

	buf_printf(&sql, "%s (", select);
	db_add_list(&sql, 1, STORE_CHUNK);
	buf_add_char(&sql, ')');
	for (size_t at = 0; !rc && at < l->n; at += STORE_CHUNK) {
		struct db_cell keys[STORE_CHUNK];

		for (size_t i = 0; i < STORE_CHUNK; i++) /* the last one fills the chunk up */
			keys[i] = l->wanted[at + i < l->n ? at + i : l->n - 1].key;
		rc = s->db->ops->query(s->db, buf_cstr(&sql), keys, STORE_CHUNK, found, l, err);
	}
	return rc;
}

static bool any_new(const struct lookup *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (!l->dict->entries[l->wanted[i].entry].id)
			return true;
	return false;
}

/* What is inserted of a variable or a string: three cells. */
static void new_row(const struct dict *d, const struct wanted *w, struct db_cell row[3])
{
	const struct dict_entry *e = &d->entries[w->entry];
	struct str key = d->keys.strs[w->entry];
	double number;

	row[0] = w->key;
	if (w->key.kind == DB_TEXT) {
		row[1] = db_text(e->unit);
		row[2] = db_int(e->better);
	} else {
		row[1] = db_text(key);
		row[2] = where_number(key, &number) ? db_real(number) : db_null();
	}
}

static int insert_new(struct store *s, struct lookup *l, const char *into, struct err *err)
{
	CLEANUP_BUF struct buf sql = {0};
	struct db_cell cells[STORE_CHUNK * 3];
	size_t rows = 0;
	int rc = 0;

	buf_printf(&sql, "INSERT INTO %s VALUES ", into);
	for (size_t i = 0; i < STORE_CHUNK; i++)
		buf_printf(&sql, "%s($%zu,$%zu,$%zu)", i ? "," : "", 3 * i + 1, 3 * i + 2,
			   3 * i + 3);
	BUF_LIT(&sql, " ON CONFLICT DO NOTHING");
	for (size_t i = 0; !rc && i <= l->n; i++) {
		if (i < l->n && !l->dict->entries[l->wanted[i].entry].id)
			new_row(l->dict, &l->wanted[i], &cells[3 * rows++]);
		if (rows < STORE_CHUNK && (i < l->n || !rows))
			continue;
		for (; rows < STORE_CHUNK; rows++)
			memcpy(&cells[3 * rows], cells, 3 * sizeof(*cells));
		rows = 0;
		rc = s->db->ops->query(s->db, buf_cstr(&sql), cells, ARRAY_SIZE(cells), NULL, NULL,
				       err);
	}
	return rc;
}

/* What a key is looked up by: variables by their name, strings by a hash, in hashes. */
static struct db_cell key_of(struct str text, unsigned char *hashes, size_t i)
{
	unsigned char hash[SHA256_BYTES];

	if (!hashes)
		return db_text(text);
	sha256(text, hash);
	memcpy(hashes + i * HASH, hash, HASH);
	return db_blob(hashes + i * HASH, HASH);
}

static int resolve(struct store *s, struct dict *d, bool hashed, const char *select,
		   const char *into, struct err *err)
{
	struct lookup l = {.dict = d,
			   .wanted = mem_alloc((d->keys.n - d->resolved) * sizeof(*l.wanted))};
	unsigned char *hashes = hashed ? mem_alloc((d->keys.n - d->resolved) * HASH) : NULL;
	int rc;

	for (uint32_t i = d->resolved; i < d->keys.n; i++) {
		l.wanted[l.n] = (struct wanted){key_of(d->keys.strs[i], hashes, l.n), i};
		l.n++;
	}
	qsort(l.wanted, l.n, sizeof(*l.wanted), by_key);
	rc = look_up(s, &l, select, err);
	if (!rc && any_new(&l)) {
		rc = insert_new(s, &l, into, err);
		if (!rc)
			rc = look_up(s, &l, select, err);
		if (!rc && any_new(&l))
			rc = err_set(err, ERR_INPUT, "%s: the store does not keep what it is given",
				     s->db->name);
	}
	if (!rc)
		d->resolved = (uint32_t)d->keys.n;
	free(hashes);
	free(l.wanted);
	return rc;
}

int dict_resolve_variables(struct store *s, struct err *err)
{
	return resolve(s, &s->variables, false,
		       "SELECT id, name, unit, better FROM variable WHERE name IN",
		       "variable (name, unit, better)", err);
}

int dict_resolve_strings(struct store *s, struct err *err)
{
	return resolve(s, &s->strings, true, "SELECT id, hash FROM string WHERE hash IN",
		       "string (hash, text, number)", err);
}

void dict_trim(struct dict *d)
{
	if (d->keys.arena.total > MAX_KEPT) {
		dict_release(d);
		dict_init(d);
	}
}
