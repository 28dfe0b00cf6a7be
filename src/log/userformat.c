// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * User-defined formats: regular expressions with named groups, and lnav's format files
 * (docs.lnav.org, "Log formats"): "regex", "timestamp-field", "level-field", "level", "body-field",
 * "opid-field" and "json". What lnav uses for display only ("value", "line-format", "title") is
 * accepted and has no effect. Of several regular expressions in one lnav format each becomes a
 * format of its own here, in the file's order.
 */
#include "log/log-priv.h"

#include <stdlib.h>

#include "log/record.h"
#include "text/jsonscan.h"
#include "text/level.h"
#include "text/pattern.h"

#define FORMATS_OWN_MAX 1000
#define LEVELS_MAX      16

/* Names of groups, ours and lnav's, per field; FIELD_COUNT is the message. */
static const struct {
	const char *name;
	uint8_t field;
} group_names[] = {
	{"time", FIELD_TIME},
	{"timestamp", FIELD_TIME},
	{"level", FIELD_LEVEL},
	{"host", FIELD_HOST},
	{"log_hostname", FIELD_HOST},
	{"hostname", FIELD_HOST},
	{"process", FIELD_PROCESS},
	{"pid", FIELD_PROCESS},
	{"log_pid", FIELD_PROCESS},
	{"thread", FIELD_THREAD},
	{"tid", FIELD_THREAD},
	{"thread_id", FIELD_THREAD},
	{"opid", FIELD_THREAD},
	{"function", FIELD_FUNCTION},
	{"logger", FIELD_FUNCTION},
	{"module", FIELD_FUNCTION},
	{"class", FIELD_FUNCTION},
	{"component", FIELD_FUNCTION},
	{"log_procname", FIELD_FUNCTION},
	{"source", FIELD_SOURCE},
	{"src_file", FIELD_SOURCE},
	{"message", FIELD_COUNT},
	{"body", FIELD_COUNT},
};

struct level_map {
	enum level level;
	struct pattern *pattern;
};

/* What one format of an lnav file says; shared by its regular expressions. */
struct lnav {
	struct arena arena;
	struct str name, field[FIELD_COUNT + 1]; /* names of fields; empty: the usual ones */
	struct level_map levels[LEVELS_MAX];
	size_t nlevels;
	bool json;
};

struct userformat {
	struct pattern *pattern;        /* NULL: JSON lines */
	uint8_t group[FIELD_COUNT + 1]; /* number of the group of each field; 0: none */
	struct map names;               /* of JSON lines */
	struct lnav *lnav;              /* NULL: of a regular expression alone */
};

struct logformat_set {
	struct userformat *formats;
	size_t n, cap;
	struct lnav **lnavs;
	size_t nlnavs, caplnavs;
};

struct logformat_set *logformat_set_new(void)
{
	return mem_zalloc(sizeof(struct logformat_set));
}

static void lnav_free(struct lnav *l)
{
	for (size_t i = 0; i < l->nlevels; i++)
		pattern_free(l->levels[i].pattern);
	arena_release(&l->arena);
	free(l);
}

void logformat_set_free(struct logformat_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++) {
		pattern_free(s->formats[i].pattern);
		map_release(&s->formats[i].names);
	}
	for (size_t i = 0; i < s->nlnavs; i++)
		lnav_free(s->lnavs[i]);
	free(s->formats);
	free(s->lnavs);
	free(s);
}

size_t userformat_count(const struct logformat_set *s)
{
	return s->n;
}

const struct userformat *userformat_get(const struct logformat_set *s, size_t i)
{
	return &s->formats[i];
}

bool userformat_timed(const struct userformat *u)
{
	return !u->pattern || u->group[FIELD_TIME];
}

/* The groups of the format's pattern; false if none is known. */
static bool find_groups(struct userformat *u)
{
	bool any = false;

	for (size_t f = 0; f <= FIELD_COUNT; f++) {
		char name[80];

		if (!u->lnav || !u->lnav->field[f].n || u->lnav->field[f].n >= sizeof(name))
			continue;
		memcpy(name, u->lnav->field[f].p, u->lnav->field[f].n);
		name[u->lnav->field[f].n] = 0;
		u->group[f] = (uint8_t)pattern_group(u->pattern, name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(group_names); i++) {
		uint8_t *g = &u->group[group_names[i].field];

		if (!*g)
			*g = (uint8_t)pattern_group(u->pattern, group_names[i].name);
	}
	for (size_t f = 0; f <= FIELD_COUNT; f++)
		any = any || u->group[f];
	return any;
}

static int add_pattern(struct logformat_set *s, struct str name, struct str regex,
		       struct lnav *lnav, struct err *err)
{
	struct userformat u = {.lnav = lnav};
	int rc;

	if (s->n >= FORMATS_OWN_MAX)
		return err_set(err, ERR_LIMIT, "more than %d formats", FORMATS_OWN_MAX);
	rc = pattern_new(&u.pattern, regex, err);
	if (rc)
		return err_prepend(err, rc, "format " STR_FMT ": ", STR_ARG(name));
	if (!find_groups(&u) && !lnav) {
		pattern_free(u.pattern);
		return err_set(err, ERR_INPUT,
			       "format " STR_FMT ": no group named time, level, host, process, "
			       "thread, function, source or message",
			       STR_ARG(name));
	}
	array_push(s->formats, s->n, s->cap) = u;
	return 0;
}

int logformat_set_add_regex(struct logformat_set *s, struct str name, struct str regex,
			    struct err *err)
{
	return add_pattern(s, name, regex, NULL, err);
}

/* ---- lnav's files ---- */

struct file {
	struct logformat_set *set;
	struct lnav *now; /* the format that the leaves so far belong to */
	size_t first;     /* index of its first pattern */
	struct err *err;
	int rc;
};

static struct str unescaped(struct arena *a, struct str s)
{
	CLEANUP_BUF struct buf b = {0};

	jsonscan_unescape(s, &b);
	return arena_str(a, buf_str(&b));
}

/* "/log/level" and "log/level" are paths into the object; names here are dotted. */
static struct str dotted(struct arena *a, struct str s)
{
	char *p;

	s = unescaped(a, str_from(s, s.n && s.p[0] == '/'));
	p = arena_bytes(a, s.n + 1);
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] == '/' ? '.' : s.p[i];
	return (struct str){p, s.n};
}

/* The patterns came before the names of the fields perhaps: look the groups up again. */
static void end_format(struct file *f)
{
	struct lnav *l = f->now;

	f->now = NULL;
	if (!l)
		return;
	for (size_t i = f->first; i < f->set->n; i++) {
		memset(f->set->formats[i].group, 0, sizeof(f->set->formats[i].group));
		find_groups(&f->set->formats[i]);
	}
	if (l->json && f->set->n < FORMATS_OWN_MAX) {
		struct userformat u = {.lnav = l};

		for (size_t i = 0; i <= FIELD_COUNT; i++)
			if (l->field[i].n)
				record_names_own(&u.names, l->field[i], (enum field)i);
		record_names_init(&u.names);
		array_push(f->set->formats, f->set->n, f->set->cap) = u;
	}
}

static void begin_format(struct file *f, struct str name)
{
	f->now = mem_zalloc(sizeof(*f->now));
	arena_init(&f->now->arena);
	f->now->name = arena_str(&f->now->arena, name);
	f->first = f->set->n;
	array_push(f->set->lnavs, f->set->nlnavs, f->set->caplnavs) = f->now;
}

static int add_level(struct lnav *l, struct str name, struct str regex, struct err *err)
{
	struct level_map m = {.level = level_of_any(name)};
	int rc;

	if (l->nlevels == LEVELS_MAX)
		return 0;
	if (str_eq(name, STR("stats")) || m.level == LEVEL_UNKNOWN)
		m.level = LEVEL_DEBUG;
	rc = pattern_new(&m.pattern, regex, err);
	if (rc)
		return err_prepend(err, rc, "level " STR_FMT ": ", STR_ARG(name));
	l->levels[l->nlevels++] = m;
	return 0;
}

static int add_leaf(struct file *f, const struct jsonscan_leaf *leaf)
{
	static const struct {
		struct str key;
		enum field field;
	} keys[] = {
		{STR("timestamp-field"), FIELD_TIME},   {STR("level-field"), FIELD_LEVEL},
		{STR("opid-field"), FIELD_THREAD},      {STR("body-field"), FIELD_COUNT},
		{STR("hostname-field"), FIELD_HOST},    {STR("module-field"), FIELD_FUNCTION},
		{STR("thread-id-field"), FIELD_THREAD}, {STR("src-file-field"), FIELD_SOURCE},
	};
	struct lnav *l = f->now;
	struct str key = leaf->path[1];

	if (leaf->depth == 2 && str_eq(key, STR("json")))
		l->json = str_eq(leaf->value, STR("true"));
	for (size_t i = 0; leaf->depth == 2 && i < ARRAY_SIZE(keys); i++)
		if (str_eq(key, keys[i].key) && !l->field[keys[i].field].n)
			l->field[keys[i].field] = dotted(&l->arena, leaf->value);
	if (leaf->depth == 4 && str_eq(key, STR("regex")) &&
	    str_eq(leaf->path[3], STR("pattern"))) {
		CLEANUP_BUF struct buf name = {0};

		buf_printf(&name, STR_FMT "/" STR_FMT, STR_ARG(l->name), STR_ARG(leaf->path[2]));
		return add_pattern(f->set, buf_str(&name), unescaped(&l->arena, leaf->value), l,
				   f->err);
	}
	if (leaf->depth == 3 && str_eq(key, STR("level")) && leaf->kind == JSONSCAN_STRING)
		return add_level(l, leaf->path[2], unescaped(&l->arena, leaf->value), f->err);
	return 0;
}

static bool lnav_leaf(const struct jsonscan_leaf *leaf, void *arg)
{
	struct file *f = arg;

	if (leaf->depth < 2) /* "$schema" */
		return true;
	if (!f->now || !str_eq(f->now->name, leaf->path[0])) {
		end_format(f);
		begin_format(f, leaf->path[0]);
	}
	f->rc = add_leaf(f, leaf);
	return f->rc == 0;
}

int logformat_set_add_lnav(struct logformat_set *s, struct str json, struct err *err)
{
	struct file f = {.set = s, .err = err};
	size_t before = s->n;
	bool ok = jsonscan_leaves(json, lnav_leaf, &f);

	if (ok)
		end_format(&f);
	if (ok && s->n > before)
		return 0;
	while (s->n > before) {
		struct userformat *u = &s->formats[--s->n];

		pattern_free(u->pattern);
		map_release(&u->names);
	}
	if (f.rc)
		return f.rc;
	return err_set(err, ERR_INPUT, ok ? "no log format in it" : "not a JSON object");
}

/* ---- reading ---- */

static void map_level(const struct userformat *u, struct logline *line)
{
	if (!line->level_text.n)
		return;
	line->level = level_of_any(line->level_text);
	for (size_t i = 0; u->lnav && i < u->lnav->nlevels; i++) {
		if (pattern_find(u->lnav->levels[i].pattern, line->level_text)) {
			line->level = u->lnav->levels[i].level;
			return;
		}
	}
}

bool userformat_match(const struct userformat *u, struct str text, struct buf *scratch,
		      struct logline *line)
{
	struct str g[PATTERN_GROUPS];
	struct str *slots[] = {
		[FIELD_TIME] = &line->time_text, [FIELD_LEVEL] = &line->level_text,
		[FIELD_HOST] = &line->host,      [FIELD_PROCESS] = &line->process,
		[FIELD_THREAD] = &line->thread,  [FIELD_FUNCTION] = &line->function,
		[FIELD_SOURCE] = &line->source,  [FIELD_COUNT] = &line->message,
	};

	if (!u)
		return tail_match(text, line);
	if (!u->pattern) {
		if (!record_json(&u->names, text, scratch, line))
			return false;
	} else {
		if (!pattern_match(u->pattern, text, g))
			return false;
		for (size_t f = FIELD_TIME; f <= FIELD_COUNT; f++)
			if (u->group[f] && g[u->group[f]].p)
				*slots[f] = g[u->group[f]];
		line->message = u->group[FIELD_COUNT] ? str_trim(line->message) : text;
	}
	map_level(u, line);
	return true;
}
