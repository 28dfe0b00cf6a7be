// SPDX-License-Identifier: GPL-3.0-or-later
/* Configuration files: see ini.h. */
#include "text/ini.h"

#include "base/mem.h"

int ini_parse(struct str text,
	      int (*fn)(void *arg, struct str section, struct str key, struct str value,
			struct err *err),
	      void *arg, struct err *err)
{
	struct str section = STR(""), line;
	size_t no = 0;

	while (str_next(&text, '\n', &line)) {
		size_t eq;
		int rc;

		no++;
		line = str_trim(line);
		if (!line.n || line.p[0] == '#' || line.p[0] == ';')
			continue;
		if (line.p[0] == '[') {
			if (line.p[line.n - 1] != ']')
				return err_set(err, ERR_INPUT, "line %zu: ']' is missing", no);
			section = str_trim((struct str){line.p + 1, line.n - 2});
			continue;
		}
		eq = str_find_char(line, '=');
		if (eq == line.n || eq == 0)
			return err_set(err, ERR_INPUT,
				       "line %zu: neither '[section]' nor 'key = value'", no);
		rc = fn(arg, section, str_trim(str_head(line, eq)),
			str_trim(str_from(line, eq + 1)), err);
		if (rc)
			return err_prepend(err, rc, "line %zu: ", no);
	}
	return 0;
}

size_t ini_line(struct str text, struct str slice)
{
	return str_count_char((struct str){text.p, (size_t)(slice.p - text.p)}, '\n') + 1;
}

/* [name]: the section that a line begins. */
static bool section_of(struct str line, struct str *name)
{
	line = str_trim(line);
	if (line.n < 2 || line.p[0] != '[')
		return false;
	*name = str_trim((struct str){line.p + 1, line.n - 2});
	return true;
}

/* The pair for the key that a line sets, n if none does. */
static size_t pair_of(struct str line, const struct ini_pair *pairs, size_t n)
{
	struct str key = str_trim(str_head(line, str_find_char(line, '=')));
	size_t i = 0;

	while (i < n && !str_eq(pairs[i].key, key))
		i++;
	return i;
}

static void add_pair(const struct ini_pair *pair, struct buf *out)
{
	if (!pair->value.p)
		return;
	buf_add_str(out, pair->key);
	BUF_LIT(out, " = ");
	buf_add_str(out, pair->value);
	buf_add_char(out, '\n');
}

static void add_rest(const struct ini_pair *pairs, size_t n, bool *done, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!done[i])
			add_pair(&pairs[i], out);
		done[i] = true;
	}
}

static void add_line(struct str line, struct buf *out)
{
	buf_add_str(out, line);
	buf_add_char(out, '\n');
}

/* Lines that may belong to the next section: blank ones and comments. */
static bool is_between(struct str line)
{
	line = str_trim(line);
	return !line.n || line.p[0] == '#' || line.p[0] == ';';
}

void ini_set(struct str text, struct str section, const struct ini_pair *pairs, size_t n,
	     struct buf *out)
{
	CLEANUP_FREE bool *done = mem_zalloc(n + 1);
	CLEANUP_BUF struct buf between = {0};
	struct str rest = text, line, name;
	bool inside = false, found = false;

	while (rest.n && str_next(&rest, '\n', &line)) {
		size_t i = inside ? pair_of(line, pairs, n) : n;

		if (section_of(line, &name)) {
			if (inside)
				add_rest(pairs, n, done, out);
			inside = str_eq(name, section);
			found |= inside;
		} else if (is_between(line)) {
			add_line(line, &between);
			continue;
		}
		buf_add_str(out, buf_str(&between));
		buf_clear(&between);
		if (i == n || section_of(line, &name))
			add_line(line, out);
		else if (!done[i])
			add_pair(&pairs[i], out);
		if (i < n)
			done[i] = true;
	}
	if (!found) {
		buf_add_str(out, buf_str(&between));
		buf_printf(out, "%s[" STR_FMT "]\n", out->n ? "\n" : "", STR_ARG(section));
		buf_clear(&between);
	}
	if (inside || !found)
		add_rest(pairs, n, done, out);
	buf_add_str(out, buf_str(&between));
}

void ini_remove(struct str text, struct str section, struct buf *out)
{
	CLEANUP_BUF struct buf between = {0};
	struct str rest = text, line, name;
	bool inside = false;

	while (rest.n && str_next(&rest, '\n', &line)) {
		if (section_of(line, &name)) {
			inside = str_eq(name, section);
		} else if (is_between(line)) {
			add_line(line, &between);
			continue;
		}
		if (!inside)
			buf_add_str(out, buf_str(&between));
		if (!inside)
			add_line(line, out);
		buf_clear(&between);
	}
	buf_add_str(out, buf_str(&between));
}
