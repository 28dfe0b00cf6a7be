// SPDX-License-Identifier: GPL-3.0-or-later
/* See record.h. The names below are those of the common libraries and of OpenTelemetry and ECS. */
#include "log/record.h"

#include "text/jsonscan.h"
#include "text/level.h"

#define REST_MAX   96 /* fields kept for the end of the message */
#define NAME_BYTES 96 /* bytes of a field's dotted name */

enum name {
	NAME_TIME = FIELD_TIME,
	NAME_LEVEL = FIELD_LEVEL,
	NAME_HOST = FIELD_HOST,
	NAME_PROCESS = FIELD_PROCESS,
	NAME_THREAD = FIELD_THREAD,
	NAME_FUNCTION = FIELD_FUNCTION,
	NAME_SOURCE = FIELD_SOURCE,
	NAME_MESSAGE = FIELD_COUNT,
	NAME_FILE,
	NAME_LINE,
	NAME_DROP,
	NAME_COUNT,
};

/* Of two names for the same field in one record the one further up counts. */
static const struct {
	struct str name;
	enum name field;
} names_table[] = {
	{STR("time"), NAME_TIME},
	{STR("ts"), NAME_TIME},
	{STR("timestamp"), NAME_TIME},
	{STR("@timestamp"), NAME_TIME},
	{STR("@t"), NAME_TIME},
	{STR("datetime"), NAME_TIME},
	{STR("asctime"), NAME_TIME},
	{STR("date"), NAME_TIME},
	{STR("t"), NAME_TIME},
	{STR("eventTime"), NAME_TIME},
	{STR("Timestamp"), NAME_TIME},
	{STR("timeMillis"), NAME_TIME},
	{STR("instant.epochSecond"), NAME_TIME},
	{STR("t.$date"), NAME_TIME},
	{STR("__REALTIME_TIMESTAMP"), NAME_TIME},
	{STR("level"), NAME_LEVEL},
	{STR("lvl"), NAME_LEVEL},
	{STR("severity"), NAME_LEVEL},
	{STR("levelname"), NAME_LEVEL},
	{STR("log.level"), NAME_LEVEL},
	{STR("loglevel"), NAME_LEVEL},
	{STR("logLevel"), NAME_LEVEL},
	{STR("log_level"), NAME_LEVEL},
	{STR("level_name"), NAME_LEVEL},
	{STR("severityText"), NAME_LEVEL},
	{STR("SeverityText"), NAME_LEVEL},
	{STR("LogLevel"), NAME_LEVEL},
	{STR("Level"), NAME_LEVEL},
	{STR("@l"), NAME_LEVEL},
	{STR("priority"), NAME_LEVEL},
	{STR("PRIORITY"), NAME_LEVEL},
	{STR("s"), NAME_LEVEL},
	{STR("msg"), NAME_MESSAGE},
	{STR("message"), NAME_MESSAGE},
	{STR("fields.message"), NAME_MESSAGE},
	{STR("MESSAGE"), NAME_MESSAGE},
	{STR("Message"), NAME_MESSAGE},
	{STR("@m"), NAME_MESSAGE},
	{STR("@mt"), NAME_MESSAGE},
	{STR("short_message"), NAME_MESSAGE},
	{STR("body"), NAME_MESSAGE},
	{STR("Body"), NAME_MESSAGE},
	{STR("event"), NAME_MESSAGE},
	{STR("text"), NAME_MESSAGE},
	{STR("log"), NAME_MESSAGE},
	{STR("logger"), NAME_FUNCTION},
	{STR("logger_name"), NAME_FUNCTION},
	{STR("loggerName"), NAME_FUNCTION},
	{STR("log.logger"), NAME_FUNCTION},
	{STR("SourceContext"), NAME_FUNCTION},
	{STR("Properties.SourceContext"), NAME_FUNCTION},
	{STR("Category"), NAME_FUNCTION},
	{STR("category"), NAME_FUNCTION},
	{STR("component"), NAME_FUNCTION},
	{STR("name"), NAME_FUNCTION},
	{STR("target"), NAME_FUNCTION},
	{STR("module"), NAME_FUNCTION},
	{STR("tag"), NAME_FUNCTION},
	{STR("class"), NAME_FUNCTION},
	{STR("c"), NAME_FUNCTION},
	{STR("SYSLOG_IDENTIFIER"), NAME_FUNCTION},
	{STR("thread"), NAME_THREAD},
	{STR("thread_name"), NAME_THREAD},
	{STR("threadName"), NAME_THREAD},
	{STR("process.thread.name"), NAME_THREAD},
	{STR("process.thread.id"), NAME_THREAD},
	{STR("threadId"), NAME_THREAD},
	{STR("thread_id"), NAME_THREAD},
	{STR("tid"), NAME_THREAD},
	{STR("ctx"), NAME_THREAD},
	{STR("TID"), NAME_THREAD},
	{STR("pid"), NAME_PROCESS},
	{STR("process"), NAME_PROCESS},
	{STR("process.pid"), NAME_PROCESS},
	{STR("processId"), NAME_PROCESS},
	{STR("process_id"), NAME_PROCESS},
	{STR("rank"), NAME_PROCESS},
	{STR("SYSLOG_PID"), NAME_PROCESS},
	{STR("_PID"), NAME_PROCESS},
	{STR("host"), NAME_HOST},
	{STR("hostname"), NAME_HOST},
	{STR("host.name"), NAME_HOST},
	{STR("host.hostname"), NAME_HOST},
	{STR("_HOSTNAME"), NAME_HOST},
	{STR("caller"), NAME_SOURCE},
	{STR("source"), NAME_SOURCE},
	{STR("src"), NAME_SOURCE},
	{STR("file"), NAME_FILE},
	{STR("filename"), NAME_FILE},
	{STR("source.file"), NAME_FILE},
	{STR("log.origin.file.name"), NAME_FILE},
	{STR("CODE_FILE"), NAME_FILE},
	{STR("line"), NAME_LINE},
	{STR("lineno"), NAME_LINE},
	{STR("line_number"), NAME_LINE},
	{STR("source.line"), NAME_LINE},
	{STR("log.origin.file.line"), NAME_LINE},
	{STR("CODE_LINE"), NAME_LINE},
	{STR("SYSLOG_FACILITY"), NAME_DROP},
	{STR("SYSLOG_TIMESTAMP"), NAME_DROP},
	{STR("CODE_FUNC"), NAME_DROP},
};

void record_names_init(struct map *names)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(names_table); i++)
		map_put(names, hash_str(names_table[i].name), i, NULL);
}

#define NAME_OWN 1000 /* in the map: + field */

void record_names_own(struct map *names, struct str name, enum field f)
{
	map_put(names, hash_str(name), NAME_OWN + (uint32_t)f, NULL);
}

struct leaf {
	struct str value;
	bool escaped;
};

struct rest {
	uint32_t at, n; /* its name in the name buffer */
	struct leaf leaf;
	bool quoted;
};

struct record {
	const struct map *names;
	struct leaf field[NAME_COUNT];
	uint32_t rank[NAME_COUNT]; /* 1 + index in the table; 0: none yet */
	struct rest rest[REST_MAX];
	size_t nrest, nnames;
	char text[4096]; /* the names of the rest */
};

/* A field under its dotted name. */
static void record_add(struct record *r, struct str name, struct leaf leaf, bool quoted)
{
	uint32_t i;
	enum name f;

	if (leaf.value.n == 0 && !quoted)
		return;
	if (map_get(r->names, hash_str(name), &i)) {
		if (i >= NAME_OWN) {
			r->rank[i - NAME_OWN] = 1;
			r->field[i - NAME_OWN] = leaf;
			return;
		}
		f = names_table[i].field;
		if (f == NAME_DROP)
			return;
		if (!r->rank[f] || i + 2 < r->rank[f]) {
			r->rank[f] = i + 2;
			r->field[f] = leaf;
			return;
		}
	}
	/* The journal's own fields: the cursor, the boot id, ... */
	if (name.n && name.p[0] == '_')
		return;
	if (r->nrest == REST_MAX || r->nnames + name.n > sizeof(r->text))
		return;
	r->rest[r->nrest++] = (struct rest){(uint32_t)r->nnames, (uint32_t)name.n, leaf, quoted};
	memcpy(r->text + r->nnames, name.p, name.n);
	r->nnames += name.n;
}

/* Control characters have no place in a field. */
static void blank_controls(struct buf *b, size_t from)
{
	for (size_t i = from; i < b->n; i++)
		if ((unsigned char)b->p[i] < 0x20 && b->p[i] != '\t')
			b->p[i] = ' ';
}

static struct str add_value(struct buf *b, struct leaf leaf)
{
	size_t from = b->n;

	if (!leaf.escaped)
		return leaf.value;
	jsonscan_unescape(leaf.value, b);
	blank_controls(b, from);
	return (struct str){b->p + from, b->n - from};
}

static bool plain(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == ' ' || v.p[i] == '"' || v.p[i] == '=' || v.p[i] == '\t')
			return false;
	return v.n > 0;
}

/* The fields without a place of their own, " key=value" each. */
static void add_rest(const struct record *r, struct buf *b, size_t limit)
{
	size_t from = b->n;

	for (size_t i = 0; i < r->nrest; i++) {
		const struct rest *x = &r->rest[i];
		bool quote = x->quoted && !plain(x->leaf.value);

		if (b->n - from + x->n + x->leaf.value.n + 4 > limit)
			break;
		buf_add_char(b, ' ');
		buf_add(b, r->text + x->at, x->n);
		buf_add_char(b, '=');
		if (quote)
			buf_add_char(b, '"');
		buf_add_str(b, x->leaf.value);
		if (quote)
			buf_add_char(b, '"');
	}
}

/* The message's first line; its other lines and the other fields right behind it. */
static void compose(struct record *r, struct buf *b, size_t limit, struct logline *line)
{
	const struct leaf *m = &r->field[NAME_MESSAGE];
	size_t from = b->n, n;
	struct str v;

	if (!b->p)
		buf_reserve(b, 1);
	if (r->nrest == 0 && !m->escaped) {
		line->message = m->value.p ? str_trim(m->value) : (struct str){b->p + from, 0};
		return;
	}
	if (m->escaped)
		jsonscan_unescape(m->value, b);
	else
		buf_add_str(b, m->value);
	v = str_trim((struct str){b->p + from, b->n - from});
	if (v.n)
		memmove(b->p + from, v.p, v.n);
	b->n = from + v.n;
	v.p = b->p + from;
	v = str_head(v, str_find_char(v, '\n'));
	n = str_trim(v).n;
	blank_controls(b, from);
	add_rest(r, b, limit);
	line->message = (struct str){b->p + from, n};
	line->fields = (struct str){b->p + from + n, b->n - from - n};
}

/* Fill the line; false if the record names neither time, level nor message. */
static bool record_finish(struct record *r, struct buf *b, size_t size, struct logline *line)
{
	struct str *slots[] = {
		[NAME_TIME] = &line->time_text, [NAME_LEVEL] = &line->level_text,
		[NAME_HOST] = &line->host,      [NAME_PROCESS] = &line->process,
		[NAME_THREAD] = &line->thread,  [NAME_FUNCTION] = &line->function,
		[NAME_SOURCE] = &line->source,
	};

	if (!r->rank[NAME_MESSAGE] && !r->rank[NAME_TIME] && !r->rank[NAME_LEVEL])
		return false;
	for (size_t f = NAME_TIME; f <= NAME_SOURCE; f++)
		if (r->rank[f])
			*slots[f] = add_value(b, r->field[f]);
	if (line->level_text.n)
		line->level = level_of_any(line->level_text);
	if (!line->source.n && r->rank[NAME_FILE]) {
		size_t from = b->n;

		buf_add_str(b, r->field[NAME_FILE].value);
		if (r->rank[NAME_LINE]) {
			buf_add_char(b, ':');
			buf_add_str(b, r->field[NAME_LINE].value);
		}
		line->source = (struct str){b->p + from, b->n - from};
	}
	compose(r, b, size * 2 + 2048, line);
	return true;
}

static bool json_field(const struct jsonscan_leaf *leaf, void *arg)
{
	struct record *r = arg;
	char name[NAME_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < leaf->depth; i++) {
		if (n + leaf->path[i].n + 1 > sizeof(name))
			return true;
		if (i)
			name[n++] = '.';
		memcpy(name + n, leaf->path[i].p, leaf->path[i].n);
		n += leaf->path[i].n;
	}
	record_add(r, (struct str){name, n}, (struct leaf){leaf->value, leaf->escaped},
		   leaf->kind == JSONSCAN_STRING);
	return true;
}

static void record_init(struct record *r, const struct map *names)
{
	r->names = names;
	r->nrest = r->nnames = 0;
	memset(r->rank, 0, sizeof(r->rank));
	memset(r->field, 0, sizeof(r->field));
}

bool record_json(const struct map *names, struct str text, struct buf *scratch,
		 struct logline *line)
{
	struct record r;

	text = str_trim(text);
	if (text.n < 2 || text.p[0] != '{' || text.p[text.n - 1] != '}')
		return false;
	record_init(&r, names);
	return jsonscan_leaves(text, json_field, &r) && record_finish(&r, scratch, text.n, line);
}

static bool name_char(char c)
{
	return ((unsigned)((c | 32) - 'a') <= 25) || (c >= '0' && c <= '9') || strchr("_.@/-", c);
}

/* Cut name=value off; false if the text does not begin with one. */
static bool logfmt_pair(struct str *s, struct str *name, struct leaf *leaf, bool *quoted)
{
	const char *p = s->p, *end = s->p + s->n, *q;

	while (p < end && *p == ' ')
		p++;
	for (q = p; q < end && *q && name_char(*q); q++)
		;
	if (q == p || q == end || *q != '=')
		return false;
	*name = (struct str){p, (size_t)(q - p)};
	p = ++q;
	*quoted = p < end && *p == '"';
	leaf->escaped = false;
	if (*quoted) {
		for (p = ++q; q < end && *q != '"'; q++) {
			if (*q == '\\' && q + 1 < end) {
				leaf->escaped = true;
				q++;
			}
		}
		if (q >= end)
			return false;
		leaf->value = (struct str){p, (size_t)(q - p)};
		q++;
	} else {
		while (q < end && *q != ' ')
			q++;
		leaf->value = (struct str){p, (size_t)(q - p)};
	}
	*s = str_from(*s, (size_t)(q - s->p));
	return true;
}

bool record_logfmt(const struct map *names, struct str text, struct buf *scratch,
		   struct logline *line)
{
	struct record r;
	struct str rest = text, name;
	struct leaf leaf;
	bool quoted;
	size_t n = 0;

	record_init(&r, names);
	for (; logfmt_pair(&rest, &name, &leaf, &quoted); n++)
		record_add(&r, name, leaf, quoted);
	rest = str_trim(rest);
	if (n < 2 || (rest.n && r.rank[NAME_MESSAGE] == 0 && r.rank[NAME_LEVEL] == 0))
		return false;
	if (rest.n && !r.rank[NAME_MESSAGE]) {
		r.rank[NAME_MESSAGE] = 1;
		r.field[NAME_MESSAGE] = (struct leaf){rest, false};
	}
	return record_finish(&r, scratch, text.n, line);
}

static uint64_t little_endian(const char *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

bool record_journal(const struct map *names, struct str text, struct buf *scratch,
		    struct logline *line)
{
	struct record r;
	struct str rest = text, field;
	size_t size = 0;

	record_init(&r, names);
	while (rest.n && rest.p[0] != '\n') {
		size_t nl = str_find_char(rest, '\n'), eq;
		struct str name, value;

		field = str_head(rest, nl);
		/* The next entry, even if no blank line stands before it. */
		if (size && str_starts(field, STR("__CURSOR=")))
			break;
		eq = str_find_char(field, '=');
		name = str_head(field, eq);
		value = str_from(field, eq + 1);
		rest = str_from(rest, nl + 1);
		if (eq == field.n) {
			/* A binary value: its size in 8 bytes, the value, a newline. */
			uint64_t n = rest.n >= 8 ? little_endian(rest.p) : UINT64_MAX;

			if (n >= rest.n - 8)
				break;
			value = (struct str){rest.p + 8, (size_t)n};
			value = str_head(value, str_find_char(value, '\n'));
			rest = str_from(rest, (size_t)n + 9);
		}
		size += name.n + value.n;
		record_add(&r, name, (struct leaf){value, false}, true);
	}
	return record_finish(&r, scratch, size, line);
}

static bool docker_field(const struct jsonscan_leaf *leaf, void *arg)
{
	struct leaf *f = arg;

	if (leaf->depth == 1 && leaf->kind == JSONSCAN_STRING) {
		if (str_eq(leaf->path[0], STR("log")))
			f[0] = (struct leaf){leaf->value, leaf->escaped};
		else if (str_eq(leaf->path[0], STR("time")))
			f[1] = (struct leaf){leaf->value, leaf->escaped};
		else if (str_eq(leaf->path[0], STR("stream")))
			f[2] = (struct leaf){leaf->value, leaf->escaped};
	}
	return true;
}

bool record_docker(struct str text, struct buf *scratch, struct logline *line)
{
	struct leaf f[3] = {0};
	size_t from = scratch->n;

	if (text.n < 10 || text.p[0] != '{' || !jsonscan_leaves(text, docker_field, f) ||
	    !f[0].value.p || !f[1].value.p || !f[2].value.p)
		return false;
	jsonscan_unescape(f[0].value, scratch);
	while (scratch->n > from &&
	       (scratch->p[scratch->n - 1] == '\n' || scratch->p[scratch->n - 1] == '\r'))
		scratch->n--;
	line->message = (struct str){scratch->p + from, scratch->n - from};
	line->time_text = f[1].value;
	return true;
}

static bool is_record(bool (*read)(const struct map *, struct str, struct buf *, struct logline *),
		      const struct map *names, struct str text)
{
	CLEANUP_BUF struct buf b = {0};
	struct logline line = {0};

	buf_reserve(&b, RECORD_ROOM(text.n));
	return read(names, text, &b, &line) && (line.time_text.n || line.level_text.n);
}

bool record_is_json(const struct map *names, struct str text)
{
	return text.n > 8 && text.p[0] == '{' && is_record(record_json, names, text);
}

bool record_is_logfmt(const struct map *names, struct str text)
{
	size_t eq = str_find_char(text, '=');

	return eq > 0 && eq < 24 && eq + 1 < text.n && str_find_char(text, ' ') > eq &&
	       is_record(record_logfmt, names, text);
}
