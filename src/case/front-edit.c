// SPDX-License-Identifier: GPL-3.0-or-later
/* Changing the front matter of a case: see casedoc.h. */
#include "case/casedoc-priv.h"
#include "text/utf8.h"

static int refuse_other(const struct front_key *k, struct err *err)
{
	return err_set(err, ERR_INPUT,
		       "%llu:1: the value of '" STR_FMT "' is %s, which is not understood here and "
		       "so not changed",
		       (unsigned long long)k->line, STR_ARG(k->name), k->why);
}

static int refuse_list(const struct front_key *k, const char *what, struct err *err)
{
	return err_set(err, ERR_INPUT, "%llu:1: the value of '" STR_FMT "' is %s",
		       (unsigned long long)k->line, STR_ARG(k->name), what);
}

static int find_key(const struct casedoc *d, const char *key, const struct front_key **out,
		    struct err *err)
{
	const struct front_key *k = front_find(&d->front, str_of(key));

	for (size_t i = 0; k && i < d->front.n; i++) {
		const struct front_key *other = &d->front.keys[i];

		if (other != k && str_eq(other->name, k->name))
			return err_set(
				err, ERR_INPUT,
				"%llu:1: the key '%s' stands here again, first in line %llu; "
				"delete one of them",
				(unsigned long long)other->line, key, (unsigned long long)k->line);
	}
	if (k && k->kind == FRONT_OTHER)
		return refuse_other(k, err);
	*out = k;
	return 0;
}

static bool has_item(const struct casedoc *d, const char *key, struct str item)
{
	const struct front_key *k = front_find(&d->front, str_of(key));

	for (size_t i = 0; k && i < k->nitems; i++)
		if (str_eq(k->items[i].text, item))
			return true;
	return false;
}

/* Put with in place of some bytes, if then the key has this item; an empty one needs not. */
static int splice(struct casedoc *d, size_t start, size_t end, const struct buf *with,
		  const char *key, struct str item, struct err *err)
{
	struct casedoc *fresh;
	int rc = casedoc_spliced(d, &(struct splice){start, end, buf_str(with)}, 1, &fresh, err);

	if (rc)
		return rc;
	if (item.n && !has_item(fresh, key, item)) {
		uint64_t column, line = casedoc_line_at(casedoc_text(d), start, &column);

		casedoc_free(fresh);
		return err_set(err, ERR_INPUT,
			       "%llu:1: cannot write '%s' here: what stands around it in the front "
			       "matter is not understood",
			       (unsigned long long)line, key);
	}
	casedoc_become(d, fresh);
	return 0;
}

static int check_text(struct str s, const char *key, struct err *err)
{
	if (!utf8_valid(s))
		return err_set(err, ERR_INPUT, "the value for '%s' is no UTF-8", key);
	return 0;
}

int casedoc_set(struct casedoc *d, const char *key, struct str value, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	const struct front_key *k = NULL;
	int rc = find_key(d, key, &k, err);

	if (!rc)
		rc = check_text(value, key, err);
	if (rc)
		return rc;
	if (k && k->kind != FRONT_SCALAR)
		return refuse_list(k, "a list, not one text", err);
	if (str_eq(casedoc_get(d, key), value))
		return 0;
	if (!k)
		buf_printf(&b, "%s: ", key);
	else if (d->text.p[k->value - 1] == ':')
		BUF_LIT(&b, " ");
	if (value.n)
		front_add_scalar(&b, value, false);
	if (k)
		return splice(d, k->value, k->value_end, &b, key, value, err);
	buf_add_str(&b, str_of(casedoc_eol_at(d, d->front.close)));
	return splice(d, d->front.close, d->front.close, &b, key, value, err);
}

/* Where an item goes among those of a list: a sorted one stays so. */
static size_t place_in(const struct front_key *k, struct str item)
{
	size_t at = 0;

	for (size_t i = 1; i < k->nitems; i++)
		if (str_cmp(k->items[i - 1].text, k->items[i].text) >= 0)
			return k->nitems;
	while (at < k->nitems && str_cmp(k->items[at].text, item) < 0)
		at++;
	return at;
}

static void add_item_line(const struct casedoc *d, struct buf *b, size_t at, unsigned indent,
			  struct str item)
{
	for (unsigned i = 0; i < indent; i++)
		buf_add_char(b, ' ');
	BUF_LIT(b, "- ");
	front_add_scalar(b, item, false);
	buf_add_str(b, str_of(casedoc_eol_at(d, at)));
}

/* Before ] : people's own layout of the list stays as it is. */
static int add_to_flow(struct casedoc *d, const struct front_key *k, const char *key,
		       struct str item, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	size_t at = k->close;
	char before;

	while (at && strchr(" \t", d->text.p[at - 1]))
		at--;
	before = d->text.p[at - 1];
	if (before == '\n')
		return refuse_list(k, "a list over several lines; write it as lines \"- item\"",
				   err);
	if (before != '[')
		buf_add_str(&b, before == ',' ? STR(" ") : STR(", "));
	front_add_scalar(&b, item, true);
	return splice(d, at, at, &b, key, item, err);
}

int casedoc_add_to_list(struct casedoc *d, const char *key, struct str item, struct err *err)
{
	CLEANUP_BUF struct buf b = {0};
	const struct front_key *k = NULL;
	size_t at, place;
	int rc = find_key(d, key, &k, err);

	if (!rc)
		rc = check_text(item, key, err);
	if (rc)
		return rc;
	if (has_item(d, key, item))
		return 0;
	if (k && k->kind == FRONT_SCALAR && k->nitems)
		return refuse_list(k, "one text, not a list: write [a, b]", err);
	if (k && k->kind == FRONT_FLOW)
		return add_to_flow(d, k, key, item, err);
	if (k && k->kind == FRONT_BLOCK && k->nitems) {
		place = place_in(k, item);
		at = place < k->nitems ? k->items[place].start : k->items[place - 1].end;
		add_item_line(d, &b, at, k->indent, item);
		return splice(d, at, at, &b, key, item, err);
	}
	at = k ? k->end : d->front.close;
	if (!k)
		buf_printf(&b, "%s:%s", key, casedoc_eol_at(d, at));
	add_item_line(d, &b, at, k && k->kind == FRONT_BLOCK ? k->indent : 2, item);
	return splice(d, at, at, &b, key, item, err);
}
