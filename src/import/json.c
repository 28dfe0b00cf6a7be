// SPDX-License-Identifier: GPL-3.0-or-later
/* JSON for the readers of tests: see json.h. */
#include "import/json.h"

void import_objects_init(struct import_objects *o, struct str data)
{
	*o = (struct import_objects){.lines = IMPORT_LINES(data)};
	arena_init(&o->arena);
}

void import_objects_release(struct import_objects *o)
{
	import_lines_release(&o->lines);
	arena_release(&o->arena);
}

const struct jsontree *import_next_object(struct import_objects *o, uint64_t *skipped)
{
	struct jsontree_doc doc;
	struct str line;

	while (import_next_line(&o->lines, &line)) {
		line = str_trim(line);
		arena_release(&o->arena);
		if (str_starts(line, STR("{")) &&
		    jsontree_read(&doc, &o->arena, line, o->lines.no, NULL) == 0 && !doc.cut &&
		    !str_trim(doc.rest).n)
			return doc.root;
		if (skipped)
			*skipped += line.n > 0;
	}
	return NULL;
}

bool import_objects_have(struct str head, const char *key, const char *value, const char *other)
{
	struct import_objects o;
	const struct jsontree *t;
	bool found = false;

	if (!str_contains(head, str_of(key)))
		return false;
	import_objects_init(&o, head);
	while (!found && (t = import_next_object(&o, NULL))) {
		struct str s = import_member(t, key);

		found = s.n && (!value || str_eq(s, str_of(value))) && jsontree_get(t, other);
	}
	import_objects_release(&o);
	return found;
}

/* "[INFO] ..." of a build tool is no array. */
static bool begins_document(struct str s)
{
	if (s.n < 2)
		return s.n && (s.p[0] == '{' || s.p[0] == '[');
	if (s.p[0] == '{')
		return strchr(" \t\r\n\"}", s.p[1]) != NULL;
	return s.p[0] == '[' && strchr(" \t\r\n\"{[]-0123456789", s.p[1]) != NULL;
}

size_t import_document_start(struct str data)
{
	size_t at = 0;

	while (at < data.n) {
		struct str line = str_from(data, at);
		size_t blank = 0;

		while (blank < line.n && (line.p[blank] == ' ' || line.p[blank] == '\t'))
			blank++;
		if (begins_document(str_from(line, blank)))
			return at;
		at += str_find_char(line, '\n') + 1;
	}
	return data.n;
}

int import_tree(struct import *im, struct arena *a, struct str data, const struct jsontree **root,
		struct err *err)
{
	size_t start = import_document_start(data);
	uint64_t line = 1 + str_count_char(str_head(data, start), '\n');
	struct jsontree_doc doc;
	int rc = jsontree_read(&doc, a, str_from(data, start), line, err);

	if (rc)
		return rc;
	if (!doc.root)
		return err_set(err, ERR_INPUT, "line 1: no object of JSON");
	if (doc.cut)
		import_note(im, doc.line, "the document is cut off here");
	else if (doc.rest.n)
		import_note(im, doc.line, "what follows the document is left out");
	*root = doc.root;
	return 0;
}

int import_document(struct import *im, struct arena *a, struct str data,
		    const struct jsontree **root, struct err *err)
{
	const struct jsontree *t = NULL;
	int rc = import_tree(im, a, data, &t, err);

	if (rc)
		return rc;
	if (!t || t->kind != JSONTREE_OBJECT)
		return err_set(err, ERR_INPUT, "line 1: no object of JSON");
	*root = t;
	return 0;
}

bool import_document_has(struct str head, const char *const *keys)
{
	struct jsontree_doc doc;
	struct arena a;
	bool has = str_starts(str_trim(head), STR("{"));

	for (size_t i = 0; has && keys[i]; i++)
		has = str_contains(head, str_of(keys[i]));
	if (!has)
		return false;
	arena_init(&a);
	has = jsontree_read(&doc, &a, head, 1, NULL) == 0 && doc.root;
	for (size_t i = 0; has && keys[i]; i++)
		has = jsontree_get(doc.root, keys[i]) != NULL;
	arena_release(&a);
	return has;
}
