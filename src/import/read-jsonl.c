// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Metrics as JSON: lines of objects, an array of objects, or one object. Nested keys are dotted. If
 * objects have a key that counts along a run (step, epoch ...), numbers are series over it, else
 * each object is a run. In a single object, an array of numbers is a series over its index (so
 * stores Keras its history).
 */
#include <stdio.h>

#include "import/bench-json.h"

struct rows {
	struct import *im;
	struct metric_curves curves;
	struct buf path;
	struct str axis;  /* empty: objects are runs */
	uint64_t objects; /* read so far */
	bool several;
	struct intern texts; /* "key=text" in series: said once, the first time */
	size_t arrays;
};

/* Call fn for each leaf of t; path holds its dotted name. No deeper than the tree's cap. */
typedef void leaf_fn(struct rows *r, const struct jsontree *leaf, void *arg);

static void leaves(struct rows *r, const struct jsontree *t, leaf_fn *fn, void *arg)
{
	const struct jsontree *open[JSONTREE_DEPTH];
	size_t length[JSONTREE_DEPTH], depth = 0;

	buf_clear(&r->path);
	for (t = jsontree_first(t); t || depth;) {
		size_t n = r->path.n;

		if (!t) {
			depth--;
			r->path.n = length[depth];
			t = open[depth]->next;
			continue;
		}
		if (n && n < IMPORT_MAX_NAME)
			buf_add_char(&r->path, '.');
		if (n < IMPORT_MAX_NAME)
			buf_add_str(&r->path, str_head(t->key, IMPORT_MAX_NAME));
		if (t->kind == JSONTREE_OBJECT && depth < JSONTREE_DEPTH) {
			open[depth] = t;
			length[depth++] = n;
			t = t->first;
			continue;
		}
		fn(r, t, arg);
		r->path.n = n;
		t = t->next;
	}
}

/* ---- what the objects are ---- */

struct look {
	struct str axis;
	unsigned rank;
	size_t numbers, words;
	size_t axes;          /* objects that have an axis */
	uint64_t keys, first; /* hashes of the keys: of this object, of the first */
	size_t like_first;    /* objects with the same keys */
};

/* Keys of logs: then it is one, and no table of metrics. */
static bool is_log_key(struct str key)
{
	static const struct str keys[] = {STR("msg"),      STR("message"),   STR("level"),
					  STR("severity"), STR("levelname"), STR("Action")};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (str_eq(keys[i], key))
			return true;
	return false;
}

static void look_at(struct rows *r, const struct jsontree *leaf, void *arg)
{
	struct look *l = arg;
	unsigned rank = metric_axis(buf_str(&r->path));

	l->keys = hash_word(l->keys, hash_str(buf_str(&r->path)));
	if (leaf->kind != JSONTREE_INT && leaf->kind != JSONTREE_REAL) {
		l->words += leaf->kind == JSONTREE_STRING && is_log_key(buf_str(&r->path));
		return;
	}
	l->numbers++;
	if (!rank || rank >= METRIC_AXIS_TIME)
		return;
	l->axes++;
	if (!l->rank || rank < l->rank) {
		l->rank = rank;
		l->axis = arena_str(&r->im->arena, buf_str(&r->path));
	}
}

/* ---- adding ---- */

struct row {
	double x;
	uint64_t line;
};

static void add_array(struct rows *r, const struct jsontree *t)
{
	size_t i = 0;

	for (const struct jsontree *v = jsontree_first(t); v; v = v->next, i++)
		if (jsontree_is_number(v))
			metric_point(&r->curves, METRIC_LAST_RUN, buf_str(&r->path), STR(""),
				     STR("index"), (double)i, jsontree_number(v), v->line);
}

static void add_leaf(struct rows *r, const struct jsontree *leaf, void *arg)
{
	const struct row *row = arg;
	struct str name = buf_str(&r->path);
	struct value v = bench_json_value(leaf);
	bool number = v.kind == VALUE_INT || v.kind == VALUE_REAL;

	if (leaf->kind == JSONTREE_ARRAY && !r->several) {
		add_array(r, leaf);
		return;
	}
	r->arrays += leaf->kind == JSONTREE_ARRAY;
	if (v.kind == VALUE_NONE || (!isnan(row->x) && str_eq(name, r->axis)))
		return;
	if (!isnan(row->x) && number) {
		metric_point(&r->curves, METRIC_LAST_RUN, name, STR(""), r->axis, row->x,
			     value_number(v), row->line);
		return;
	}
	if (r->axis.n) { /* a text beside a series: once is enough */
		size_t before = r->texts.n;

		intern_add(&r->texts, name);
		if (r->texts.n == before)
			return;
	}
	metric_add(r->im, name, v, STR(""), row->line);
}

static void run_name(struct rows *r, const struct jsontree *leaf, void *arg)
{
	struct str *name = arg;

	if (!name->n && leaf->kind == JSONTREE_STRING && metric_is_run(buf_str(&r->path)))
		*name = leaf->text;
}

static void axis_value(struct rows *r, const struct jsontree *leaf, void *arg)
{
	if (str_eq(buf_str(&r->path), r->axis))
		*(double *)arg = jsontree_number(leaf);
}

static void add_object(struct rows *r, const struct jsontree *t, uint64_t line)
{
	struct row row = {.x = NAN, .line = line};
	struct str name = {0};
	char number[40];

	r->objects++;
	if (r->axis.n) {
		leaves(r, t, axis_value, &row.x);
	} else if (r->several) {
		leaves(r, t, run_name, &name);
		snprintf(number, sizeof(number), "object %llu", (unsigned long long)r->objects);
		import_add_run(r->im, name.n ? name : str_of(number));
	}
	leaves(r, t, add_leaf, &row);
}

/* ---- lines ---- */

/* Each object on a line of its own; fn returns false to stop. */
static int each_line(struct rows *r, struct str data, bool notes,
		     bool (*fn)(struct rows *r, const struct jsontree *t, uint64_t line, void *arg),
		     void *arg)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;
	bool go_on = true;

	while (go_on && import_next_line(&l, &line)) {
		struct jsontree_doc doc;
		struct arena arena;
		struct err err;
		int rc;

		line = str_trim(line);
		if (!line.n)
			continue;
		arena_init(&arena);
		rc = line.p[0] == '{' ? jsontree_read(&doc, &arena, line, l.no, &err) : 1;
		if (rc == 0 && !doc.cut)
			go_on = fn(r, doc.root, l.no, arg);
		else if (notes && rc <= 0)
			import_note(r->im, l.no, "%s", rc ? err.msg : "the line is cut off");
		else if (notes)
			r->im->skipped_lines++;
		arena_release(&arena);
	}
	return 0;
}

static bool look_fn(struct rows *r, const struct jsontree *t, uint64_t line, void *arg)
{
	struct look *l = arg;

	l->keys = 0;
	leaves(r, t, look_at, l);
	if (!r->objects)
		l->first = l->keys;
	l->like_first += l->keys == l->first;
	return ++r->objects < 100;
}

static bool add_fn(struct rows *r, const struct jsontree *t, uint64_t line, void *arg)
{
	add_object(r, t, line);
	return !r->im->full;
}

static bool is_lines(struct str head)
{
	struct str first, rest = str_trim(head);
	struct jsontree_doc doc;
	struct arena arena;
	bool is;

	if (!str_next(&rest, '\n', &first) || !first.n || first.p[0] != '{')
		return false;
	arena_init(&arena);
	is = jsontree_read(&doc, &arena, first, 1, NULL) == 0 && !doc.cut && !str_trim(doc.rest).n;
	arena_release(&arena);
	return is;
}

static void rows_init(struct rows *r, struct import *im)
{
	*r = (struct rows){.im = im};
	metric_curves_init(&r->curves, im);
	intern_init(&r->texts);
}

static void rows_release(struct rows *r)
{
	metric_curves_release(&r->curves);
	intern_release(&r->texts);
	buf_release(&r->path);
}

static void read_lines(struct rows *r, struct str data)
{
	struct look look = {0};

	each_line(r, data, false, look_fn, &look);
	r->axis = look.axis;
	r->several = r->objects > 1;
	r->objects = 0;
	each_line(r, data, true, add_fn, NULL);
}

/* ---- one document ---- */

static int read_document(struct rows *r, struct str data, struct err *err)
{
	CLEANUP_BENCH_DOC struct bench_doc d;
	struct look look = {0};
	const struct jsontree *t;
	int rc = bench_doc_read(&d, r->im, data, err);

	if (rc)
		return rc;
	if (d.root->kind == JSONTREE_OBJECT) {
		add_object(r, d.root, d.root->line);
		return 0;
	}
	for (t = jsontree_first(d.root); t && look_fn(r, t, t->line, &look); t = t->next)
		;
	r->axis = look.axis;
	r->several = r->objects > 1;
	r->objects = 0;
	for (t = jsontree_first(d.root); t && !r->im->full; t = t->next)
		if (t->kind == JSONTREE_OBJECT)
			add_object(r, t, t->line);
	return 0;
}

/* A document may be anything (a configuration): its name must say that it is metrics. */
static bool is_metrics_name(struct str path)
{
	static const struct str words[] = {STR("metric"),  STR("result"),  STR("score"),
					   STR("history"), STR("summary"), STR("stats")};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_contains_nocase(path, words[i]))
			return str_ends(path, STR(".json"));
	return false;
}

static int recognise(struct str path, struct str head)
{
	struct look look = {0};
	struct import im;
	struct rows r;
	int sure = 0;

	if (!head.n || (head.p[0] != '{' && head.p[0] != '['))
		return 0;
	import_init(&im);
	rows_init(&r, &im);
	if (is_lines(head)) {
		each_line(&r, head, false, look_fn, &look);
		/* Steps, or a table: messages of a tool have keys as they need them. */
		if (!look.words &&
		    (look.axes * 2 >= r.objects ||
		     (look.numbers && r.objects > 1 && look.like_first * 5 >= r.objects * 4)))
			sure = look.numbers ? 60 : 0;
	}
	if (!sure && is_metrics_name(path))
		sure = 55;
	rows_release(&r);
	import_release(&im);
	return sure;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct rows r;
	int rc = 0;

	rows_init(&r, im);
	if (is_lines(files->data))
		read_lines(&r, files->data);
	else
		rc = read_document(&r, files->data, err);
	if (!rc && !r.objects)
		rc = err_set(err, ERR_INPUT, "line 1: no object with metrics");
	if (r.arrays)
		import_note(im, 0, "%zu array%s left out", r.arrays,
			    r.arrays == 1 ? " is" : "s are");
	rows_release(&r);
	return rc;
}

const struct import_reader read_jsonl = {
	.name = "jsonl",
	.what = "metrics as JSON lines or a JSON document",
	.recognise = recognise,
	.read = read_file,
};
