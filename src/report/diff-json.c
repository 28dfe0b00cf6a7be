// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison of logs as JSON (inquest.diff/1, docs/formats.md): see diff.h. */
#include <jansson.h>
#include <stdlib.h>

#include "report/diff.h"
#include "text/utf8.h"

/* A JSON string of foreign bytes: invalid UTF-8 becomes U+FFFD. */
static json_t *foreign(struct str s)
{
	struct buf b = {0};
	json_t *j;

	for (size_t i = 0; i < s.n;) {
		uint32_t c;

		i += utf8_decode(str_from(s, i), &c);
		utf8_encode(&b, c);
	}
	j = json_stringn(b.p ? b.p : "", b.n);
	buf_release(&b);
	return j;
}

static json_t *evidence(const struct diff_report *r, const struct evidence *e)
{
	const struct logdiff_log *log = &r->in->side[e->side].logs[e->file];
	struct logdiff_line line;
	struct arena a;
	json_t *j;

	arena_init(&a);
	r->in->line(r->in->arg, e->side, e->file, e->line, &a, &line);
	j = json_pack("{s:s, s:o, s:I, s:I, s:o}", "side", e->side ? "bad" : "good", "file",
		      foreign(log->name), "line", (json_int_t)e->line, "lines",
		      (json_int_t)e->nlines, "text", foreign(line.raw));
	arena_release(&a);
	return j;
}

static json_t *divergence(const struct diff_report *r)
{
	const struct logdiff_divergence *d = &r->diff->first;
	json_t *j;

	if (!d->found)
		return json_null();
	j = json_object();
	json_object_set_new(j, "last_common_good",
			    d->has_common ? evidence(r, &d->common[0]) : json_null());
	json_object_set_new(j, "last_common_bad",
			    d->has_common ? evidence(r, &d->common[1]) : json_null());
	json_object_set_new(j, "good", d->next[0].nlines ? evidence(r, &d->next[0]) : json_null());
	json_object_set_new(j, "bad", d->next[1].nlines ? evidence(r, &d->next[1]) : json_null());
	return j;
}

static json_t *finding(const struct diff_report *r, const struct logdiff_finding *f)
{
	const struct template *t = templates_get(r->in->templates, f->tmpl);
	json_t *j = json_object(), *list = json_array();

	json_array_append_new(list, evidence(r, &f->where));
	for (size_t i = 0; i < f->nmore; i++)
		json_array_append_new(list, evidence(r, &f->more[i]));
	json_object_set_new(j, "rank", json_integer(f->rank));
	json_object_set_new(j, "kind", json_string(diff_kind_name(f->kind)));
	json_object_set_new(j, "template", foreign(t->id));
	json_object_set_new(j, "text", foreign(t->text));
	json_object_set_new(j, "good_count", json_integer((json_int_t)f->good_count));
	json_object_set_new(j, "bad_count", json_integer((json_int_t)f->bad_count));
	json_object_set_new(j, "score", json_real(f->score));
	json_object_set_new(j, "note", foreign(f->note));
	json_object_set_new(j, "trigger", f->trigger ? json_integer(f->trigger) : json_null());
	json_object_set_new(j, "evidence", list);
	return j;
}

static void add_object(const struct diff_report *r, size_t flags, struct buf *out)
{
	json_t *j = json_object(), *list = json_array();
	char *text;

	for (size_t i = 0; i < r->diff->nfindings; i++)
		json_array_append_new(list, finding(r, &r->diff->findings[i]));
	json_object_set_new(j, "schema", json_string("inquest.diff/1"));
	json_object_set_new(j, "command", foreign(str_of(r->command)));
	json_object_set_new(j, "first_divergence", divergence(r));
	json_object_set_new(j, "findings", list);
	json_object_set_new(j, "partial", json_boolean(r->diff->partial));
	text = json_dumps(j, flags | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(17));
	buf_add_str(out, str_of(text));
	free(text);
	json_decref(j);
}

void diff_report_object(const struct diff_report *r, struct buf *out)
{
	add_object(r, JSON_COMPACT, out);
}

void diff_report_json(const struct diff_report *r, struct buf *out)
{
	add_object(r, JSON_INDENT(2), out);
	buf_add_char(out, '\n');
}
