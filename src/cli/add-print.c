// SPDX-License-Identifier: GPL-3.0-or-later
/* What `inquest add` did, for people and as JSON. */
#include <math.h>
#include <stdio.h>

#include "cli/add.h"
#include "report/style.h"
#include "text/json.h"

#define SHOWN 12 /* symptoms on the screen */

/* ---- JSON ---- */

static void key_string(struct buf *b, const char *key, struct str s)
{
	buf_printf(b, ",\"%s\":", key);
	json_add_string(b, s);
}

static void key_count(struct buf *b, const char *key, uint64_t n)
{
	buf_printf(b, ",\"%s\":%llu", key, (unsigned long long)n);
}

static void add_value(struct buf *b, const struct value *v)
{
	if (v->kind == VALUE_INT)
		buf_i64(b, v->integer);
	else if (v->kind == VALUE_REAL)
		json_add_real(b, v->real);
	else
		json_add_string(b, v->text);
}

static void add_variables(struct buf *b, const struct variable *v, size_t n, bool *any)
{
	static const char *const better[] = {"null", "\"lower\"", "\"higher\""};

	for (size_t i = 0; i < n; i++) {
		buf_add_str(b, *any ? STR(",{\"name\":") : STR("{\"name\":"));
		*any = true;
		json_add_string(b, v[i].name);
		BUF_LIT(b, ",\"value\":");
		add_value(b, &v[i].value);
		key_string(b, "unit", v[i].unit);
		buf_printf(b, ",\"better\":%s", better[v[i].better]);
		key_count(b, "n", v[i].n);
		BUF_LIT(b, ",\"spread\":");
		json_add_real(b, v[i].spread);
		key_count(b, "run", v[i].run);
		key_count(b, "line", v[i].line);
		buf_add_char(b, '}');
	}
}

static void add_notes(struct buf *b, const struct buf *notes)
{
	struct str rest = buf_str(notes), line;
	bool any = false;

	BUF_LIT(b, ",\"notes\":[");
	while (rest.n && str_next(&rest, '\n', &line)) {
		if (any)
			buf_add_char(b, ',');
		any = true;
		json_add_string(b, line);
	}
	buf_add_char(b, ']');
}

static void add_one_symptom(struct buf *b, const struct add *a, const struct add_symptom *y)
{
	BUF_LIT(b, "{\"id\":");
	if (y->id.n)
		json_add_string(b, y->id);
	else
		BUF_LIT(b, "null");
	key_string(b, "key", str_of(y->key));
	key_string(b, "kind", str_of(grouping_kind_name(y->is.kind)));
	key_string(b, "what", y->what);
	key_string(b, "type", y->is.kind < GROUPING_ERROR ? y->is.type : STR(""));
	BUF_LIT(b, ",\"frames\":");
	json_add_strings(b, y->is.frames, y->is.nframes);
	key_count(b, "count", y->count);
	key_string(b, "file", a->files[y->file].name);
	key_count(b, "line", y->line);
	key_string(b, "first_seen", y->seen.n ? y->seen : STR(""));
	key_string(b, "why", str_of(y->why));
	BUF_LIT(b, ",\"quality\":");
	json_add_real(b, y->quality);
	buf_printf(b, ",\"new\":%s", y->fresh ? "true" : "false");
	key_string(b, "in_good", y->in_good);
	buf_add_char(b, '}');
}

static void add_symptoms(struct buf *b, const struct add *a, int64_t file)
{
	bool any = false;

	BUF_LIT(b, ",\"symptoms\":[");
	for (size_t i = 0; i < a->nsymptoms; i++) {
		if (file >= 0 && a->symptoms[i].file != (uint32_t)file)
			continue;
		if (any)
			buf_add_char(b, ',');
		any = true;
		add_one_symptom(b, a, &a->symptoms[i]);
	}
	buf_add_char(b, ']');
}

/* How many results of tests, and of which kind. */
static void add_tests(struct buf *b, const struct import *im)
{
	uint64_t n[TEST_SKIPPED + 1] = {0};
	double seconds = 0;

	for (size_t i = 0; i < im->ntests; i++) {
		n[im->tests[i].status]++;
		seconds += isnan(im->tests[i].seconds) ? 0 : im->tests[i].seconds;
	}
	key_count(b, "cases", im->ntests);
	key_count(b, "passed", n[TEST_PASSED]);
	key_count(b, "failed", n[TEST_FAILED]);
	key_count(b, "error", n[TEST_ERROR]);
	key_count(b, "skipped", n[TEST_SKIPPED]);
	BUF_LIT(b, ",\"time_sum\":");
	json_add_real(b, seconds);
}

/* Benchmarks count their rows; of others every variable and series is one. */
static uint64_t rows_of(const struct add_file *f, struct str *first)
{
	const struct import *im = &f->im;
	bool tests = f->reader && f->reader->tests;
	uint64_t n = 0, line = UINT64_MAX;

	*first = tests && im->ntests ? im->tests[0].name : STR("");
	for (size_t i = 0; i < im->nvariables; i++) {
		const struct variable *v = &im->variables[i];

		if (str_starts(v->name, STR("tests.")) || str_eq(v->name, STR("bench.rows")))
			continue;
		n++;
		if (!first->n)
			*first = v->name;
		if (!tests && v->line && v->line < line && str_starts(v->name, STR("bench."))) {
			*first = v->name;
			line = v->line;
		}
	}
	for (size_t i = 0; i < im->nvariables; i++)
		if (str_eq(im->variables[i].name, STR("bench.rows")))
			return (uint64_t)im->variables[i].value.integer;
	if (!first->n && im->nseries)
		*first = im->series[0].name;
	return n + im->nseries;
}

static void add_hashes(struct buf *b, const struct add_file *f)
{
	CLEANUP_FREE struct str *kept = mem_alloc((f->nhashes + 1) * sizeof(*kept));
	size_t n = 0;

	for (size_t i = 0; i < f->nhashes; i++)
		if (f->hashes[i].n)
			kept[n++] = f->hashes[i];
	json_add_strings(b, kept, n);
}

static void add_file(struct buf *b, const struct add *a, uint32_t i)
{
	const struct add_file *f = &a->files[i];
	bool any = false;
	struct str first;
	uint64_t rows = rows_of(f, &first);

	BUF_LIT(b, "{\"file\":");
	json_add_string(b, f->name);
	key_string(b, "kind", str_of(f->kind));
	BUF_LIT(b, ",\"reader\":");
	if (f->reader)
		json_add_string(b, str_of(f->reader->name));
	else
		BUF_LIT(b, "null");
	BUF_LIT(b, ",\"unreadable\":");
	if (f->error.n)
		json_add_string(b, buf_str(&f->error));
	else
		BUF_LIT(b, "null");
	BUF_LIT(b, ",\"evidence\":");
	add_hashes(b, f);
	key_count(b, "lines", f->lines);
	key_count(b, "skipped_lines", f->im.skipped_lines);
	add_tests(b, &f->im);
	key_count(b, "runs", f->im.nruns);
	key_count(b, "rows", rows);
	key_string(b, "first_name", first);
	add_symptoms(b, a, i);
	BUF_LIT(b, ",\"variables\":[");
	add_variables(b, f->im.variables, f->im.nvariables, &any);
	if (f->nvariables)
		add_variables(b, a->variables + f->first_variable, f->nvariables, &any);
	BUF_LIT(b, "],\"series\":[");
	for (size_t k = 0; k < f->im.nseries; k++) {
		buf_add_str(b, k ? STR(",{\"name\":") : STR("{\"name\":"));
		json_add_string(b, f->im.series[k].name);
		key_string(b, "axis", f->im.series[k].axis);
		key_count(b, "run", f->im.series[k].run);
		key_count(b, "n", f->im.series[k].n);
		buf_add_char(b, '}');
	}
	buf_add_char(b, ']');
	add_notes(b, &f->notes);
	buf_add_char(b, '}');
}

static const char *verdict(const struct add *a)
{
	return a->verdict == RUN_GOOD ? "good" : a->verdict == RUN_BAD ? "bad" : "unknown";
}

void add_print_json(const struct add *a)
{
	CLEANUP_BUF struct buf b = {0};
	bool any = false;

	BUF_LIT(&b, "{\"schema\":\"inquest.add/1\",\"run\":");
	if (a->run_id.n)
		json_add_string(&b, a->run_id);
	else
		BUF_LIT(&b, "null");
	key_string(&b, "verdict", str_of(verdict(a)));
	buf_printf(&b, ",\"known\":%s,\"runs\":", a->run_known ? "true" : "false");
	json_add_strings(&b, a->more_runs, a->nmore_runs);
	BUF_LIT(&b, ",\"case\":");
	if (a->case_path)
		json_add_string(&b, str_of(a->case_path));
	else
		BUF_LIT(&b, "null");
	BUF_LIT(&b, ",\"files\":[");
	for (uint32_t i = 0; i < a->nfiles; i++) {
		if (i)
			buf_add_char(&b, ',');
		add_file(&b, a, i);
	}
	buf_add_char(&b, ']');
	add_symptoms(&b, a, -1);
	BUF_LIT(&b, ",\"variables\":[");
	add_variables(&b, a->variables, a->nvariables, &any);
	buf_add_char(&b, ']');
	add_notes(&b, &a->notes);
	BUF_LIT(&b, "}\n");
	fwrite(b.p, 1, b.n, stdout);
}

/* ---- for people ---- */

static void say_count(struct buf *b, const char *sep, uint64_t n, const char *what)
{
	buf_add_str(b, str_of(sep));
	style_count(b, n);
	buf_printf(b, " %s%s", what, n == 1 ? "" : "s");
}

static void say_tests(struct buf *b, const struct import *im)
{
	static const char *const names[] = {"passed", "failed", "error", "skipped"};
	uint64_t n[TEST_SKIPPED + 1] = {0};

	for (size_t i = 0; i < im->ntests; i++)
		n[im->tests[i].status]++;
	say_count(b, ": ", im->ntests, "test");
	for (size_t i = 0; i <= TEST_SKIPPED; i++)
		if (n[i])
			buf_printf(b, ", %llu %s", (unsigned long long)n[i], names[i]);
}

static void say_lines(struct buf *b, const char *before, struct str text)
{
	struct str line;

	while (text.n && str_next(&text, '\n', &line)) {
		buf_add_str(b, str_of(before));
		style_add_foreign(b, line, 0);
		buf_add_char(b, '\n');
	}
}

static void say_file(struct buf *b, const struct add *a, uint32_t i)
{
	const struct add_file *f = &a->files[i];
	uint64_t symptoms = 0;
	struct str first;

	for (size_t k = 0; k < a->nsymptoms; k++)
		symptoms += a->symptoms[k].file == i;
	style_add_foreign(b, f->name, 0);
	buf_printf(b, "  %s", f->reader ? f->reader->what : f->kind);
	if (f->known)
		BUF_LIT(b, ", which the run has already");
	if (f->lines && !f->reader)
		say_count(b, ", ", f->lines, "line");
	if (f->im.ntests)
		say_tests(b, &f->im);
	else if (f->im.nvariables || f->im.nseries)
		say_count(b, ": ", rows_of(f, &first), "value");
	if (f->nvariables)
		say_count(b, ", ", f->nvariables, "variable");
	if (symptoms)
		say_count(b, ", ", symptoms, "symptom");
	buf_add_char(b, '\n');
	say_lines(b, "  cannot be read: ", buf_str(&f->error));
	say_lines(b, "  ", buf_str(&f->notes));
}

static void say_symptom(struct buf *b, const struct add *a, const struct add_symptom *y)
{
	struct buf place = {0};

	buf_printf(b, "  %-4.*s %-11s ", STR_ARG(y->id.n ? y->id : STR("-")),
		   grouping_kind_name(y->is.kind));
	style_add_foreign(b, y->what, a->cli->width > 60 ? (size_t)a->cli->width - 20 : 40);
	BUF_LIT(b, "\n       ");
	style_add_foreign(&place, a->files[y->file].name, 0);
	if (y->line)
		buf_printf(&place, ":%llu", (unsigned long long)y->line);
	style_add(b, a->cli->color_out, STYLE_PLACE, buf_str(&place));
	if (y->count > 1)
		buf_printf(b, ", %llu times", (unsigned long long)y->count);
	if (y->in_good.n)
		buf_printf(b, "; the good run " STR_FMT " has it too", STR_ARG(y->in_good));
	else if (y->fresh)
		BUF_LIT(b, "; new");
	else if (y->id.n)
		buf_printf(b, "; %s (%.2f)", *y->why ? y->why : "known", y->quality);
	buf_add_char(b, '\n');
	buf_release(&place);
}

static void say_symptoms(struct buf *b, const struct add *a)
{
	size_t shown = a->nsymptoms < SHOWN ? a->nsymptoms : SHOWN;

	if (!a->nsymptoms)
		return;
	BUF_LIT(b, "\nSymptoms\n");
	for (size_t i = 0; i < shown; i++)
		say_symptom(b, a, &a->symptoms[i]);
	if (shown < a->nsymptoms)
		buf_printf(b, "  and %zu more (--json has all)\n", a->nsymptoms - shown);
}

static void say_run(struct buf *b, const struct add *a)
{
	buf_add_char(b, '\n');
	if (a->v->dry_run) {
		BUF_LIT(b, "Nothing is recorded (--dry-run).\n");
		return;
	}
	if (a->run_id.n)
		buf_printf(b, "Run " STR_FMT "%s%s%s\n", STR_ARG(a->run_id),
			   a->verdict == RUN_UNKNOWN ? "" : ", ",
			   a->verdict == RUN_UNKNOWN ? "" : verdict(a),
			   a->run_known ? ": known already, nothing changed" : "");
	if (a->nmore_runs) {
		say_count(b, "", a->nmore_runs, "run");
		buf_printf(b, ": " STR_FMT "%s\n", STR_ARG(a->more_runs[0]),
			   a->nmore_runs > 1 ? " and so on" : "");
	}
	if (a->runs)
		buf_printf(b, "The new variables have a value in %llu of %llu runs.\n",
			   (unsigned long long)a->filled, (unsigned long long)a->runs);
	if (a->case_path)
		buf_printf(b, "Case %s\n\nNext: inquest status\n", a->case_path);
	else if (a->run_id.n || a->nmore_runs)
		BUF_LIT(b, "There is no open case, so that symptoms are in the record only: "
			   "inquest new \"TITLE\", then add again.\n");
}

void add_print(const struct add *a)
{
	CLEANUP_BUF struct buf b = {0};

	for (uint32_t i = 0; i < a->nfiles; i++)
		say_file(&b, a, i);
	say_symptoms(&b, a);
	if (a->notes.n)
		buf_add_char(&b, '\n');
	say_lines(&b, "Note: ", buf_str(&a->notes));
	say_run(&b, a);
	fwrite(b.p, 1, b.n, stdout);
}
