/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON for the readers of tests: documents, and lines that hold an object each. */
#pragma once

#include "import/import.h"
#include "text/jsontree.h"

/* Objects on lines of their own; other lines count as skipped. */
struct import_objects {
	struct import_lines lines;
	struct arena arena; /* of the object last read */
};

void import_objects_init(struct import_objects *o, struct str data);
void import_objects_release(struct import_objects *o);
/* The next object, valid until the one after it; NULL at the end. skipped may be NULL. */
const struct jsontree *import_next_object(struct import_objects *o, uint64_t *skipped);

/* Does one of the first lines hold an object with these strings? value may be NULL: any. */
bool import_objects_have(struct str head, const char *key, const char *value, const char *other);

/* Where a document begins: at the first line that begins with a bracket (build tools print lines
 * before it); data.n if there is none. */
size_t import_document_start(struct str data);
/*
 * The document, in the arena; -ERR_INPUT with a line. One that is cut off gives what it holds, and
 * a note; text behind it is noted too.
 */
int import_tree(struct import *im, struct arena *a, struct str data, const struct jsontree **root,
		struct err *err) ERR_CHECK;
/* The same if it must be an object. */
int import_document(struct import *im, struct arena *a, struct str data,
		    const struct jsontree **root, struct err *err) ERR_CHECK;
/* Of the beginning of a document: does it have these members? */
bool import_document_has(struct str head, const char *const *keys);

/* The text of a member. */
static inline struct str import_member(const struct jsontree *t, const char *key)
{
	return jsontree_text(jsontree_get(t, key));
}
