// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * A command's configuration files and arguments as variables: see environment.h. JSON by jansson,
 * YAML by libyaml, INI and TOML by a
 * reader of lines below. Nesting is followed to MAX_DEPTH, MAX_KEYS keys a file are taken.
 */
#include "exec/environment-priv.h"
#include "text/secret.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/sha256.h"
#include "config.h"

#if HAVE_YAML
#include <yaml.h>
#endif

#define MAX_DEPTH      32
#define MAX_YAML_DEPTH 200
#define MAX_ANCHORS    1000
#define MAX_KEYS       10000
#define MAX_VISITS     100000
#define MAX_SIZE       ((size_t)16 << 20) /* larger files are kept by their hash only */

/* Where in the file: the dotted name so far. */
struct place {
	struct capture *c;
	struct buf name;
	size_t ends[MAX_DEPTH + 1]; /* of the name, for each depth */
	unsigned depth;
	size_t keys, visits, tables;
};

/* Go one level down; a depth that is too great is entered, but has no names. */
static void enter(struct place *p, struct str key)
{
	if (p->depth < MAX_DEPTH) {
		p->ends[p->depth] = p->name.n;
		if (p->name.n)
			buf_add_char(&p->name, '.');
		buf_add_str(&p->name, key);
	}
	p->depth++;
}

static void enter_number(struct place *p, size_t i)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", i);
	enter(p, str_of(text));
}

static void leave(struct place *p)
{
	if (--p->depth < MAX_DEPTH)
		p->name.n = p->ends[p->depth];
}

/* quoted: it is a text, whatever it looks like. */
static void leaf(struct place *p, struct str value, bool quoted)
{
	if (p->depth > MAX_DEPTH || p->keys++ >= MAX_KEYS)
		return;
	if (quoted)
		capture_text(p->c, buf_str(&p->name), value);
	else
		capture_guess(p->c, buf_str(&p->name), value);
}

/* ---- JSON ---- */

static void walk_json(struct place *p, const json_t *v)
{
	CLEANUP_FREE char *text = NULL;
	const char *key;
	json_t *child;
	size_t i;

	if (p->depth > MAX_DEPTH)
		return;
	if (json_is_object(v)) {
		json_object_foreach ((json_t *)(uintptr_t)v, key, child) {
			enter(p, str_of(key));
			walk_json(p, child);
			leave(p);
		}
	} else if (json_is_array(v)) {
		json_array_foreach (v, i, child) {
			enter_number(p, i);
			walk_json(p, child);
			leave(p);
		}
	} else if (json_is_string(v)) {
		leaf(p, (struct str){json_string_value(v), json_string_length(v)}, true);
	} else {
		text = json_dumps(v, JSON_ENCODE_ANY);
		if (text)
			leaf(p, str_of(text), false);
	}
}

static int read_json(struct place *p, struct str data, struct err *err)
{
	json_error_t e;
	json_t *v = json_loadb(data.p, data.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);

	if (!v)
		return err_set(err, ERR_INPUT, "line %d: column %d: %s", e.line, e.column, e.text);
	walk_json(p, v);
	json_decref(v);
	return 0;
}

/* ---- YAML ---- */

#if HAVE_YAML
/* A node that is referred to (*anchor) is walked again: what that costs, visits limits. */
static void walk_yaml(struct place *p, yaml_document_t *d, const yaml_node_t *v)
{
	struct str s;

	if (!v || p->depth > MAX_DEPTH || p->visits++ >= MAX_VISITS)
		return;
	switch (v->type) {
	case YAML_SCALAR_NODE:
		s = (struct str){(const char *)v->data.scalar.value, v->data.scalar.length};
		leaf(p, s, v->data.scalar.style != YAML_PLAIN_SCALAR_STYLE);
		return;
	case YAML_SEQUENCE_NODE:
		for (const yaml_node_item_t *i = v->data.sequence.items.start;
		     i < v->data.sequence.items.top; i++) {
			enter_number(p, (size_t)(i - v->data.sequence.items.start));
			walk_yaml(p, d, yaml_document_get_node(d, *i));
			leave(p);
		}
		return;
	case YAML_MAPPING_NODE:
		for (const yaml_node_pair_t *i = v->data.mapping.pairs.start;
		     i < v->data.mapping.pairs.top; i++) {
			const yaml_node_t *key = yaml_document_get_node(d, i->key);

			if (!key || key->type != YAML_SCALAR_NODE)
				continue;
			s = (struct str){(const char *)key->data.scalar.value,
					 key->data.scalar.length};
			enter(p, s);
			walk_yaml(p, d, yaml_document_get_node(d, i->value));
			leave(p);
		}
		return;
	default: return;
	}
}

/* libyaml's time grows with the square of both depth and anchors: look at the events first, which
 * come before the rest is read. */
static int check_yaml(struct str data, struct err *err)
{
	yaml_parser_t parser;
	yaml_event_t e;
	unsigned depth = 0, anchors = 0;
	bool end = false;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)data.p, data.n);
	while (!end && depth <= MAX_YAML_DEPTH && anchors <= MAX_ANCHORS &&
	       yaml_parser_parse(&parser, &e)) {
		bool seq = e.type == YAML_SEQUENCE_START_EVENT;
		bool map = e.type == YAML_MAPPING_START_EVENT;

		depth += seq || map;
		depth -= e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT;
		anchors += (seq && e.data.sequence_start.anchor) ||
			   (map && e.data.mapping_start.anchor) ||
			   (e.type == YAML_SCALAR_EVENT && e.data.scalar.anchor);
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	end = depth > MAX_YAML_DEPTH || anchors > MAX_ANCHORS;
	if (end)
		err_set(err, ERR_LIMIT, "line %zu: %s", parser.mark.line + 1,
			anchors > MAX_ANCHORS ? "too many anchors" : "nested too deep");
	yaml_parser_delete(&parser);
	return end ? -ERR_LIMIT : 0; /* what is wrong besides, loading tells */
}

/* Of several documents in one file the second is "1.key", and so on. */
static int read_yaml(struct place *p, struct str data, struct err *err)
{
	yaml_parser_t parser;
	yaml_document_t d;
	int rc = check_yaml(data, err);

	if (rc)
		return rc;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)data.p, data.n);
	for (size_t i = 0; !rc; i++) {
		const yaml_node_t *root;

		if (!yaml_parser_load(&parser, &d)) {
			rc = err_set(err, ERR_INPUT, "line %zu: %s", parser.problem_mark.line + 1,
				     parser.problem ? parser.problem : "not YAML");
			break;
		}
		root = yaml_document_get_root_node(&d);
		if (root && i)
			enter_number(p, i);
		walk_yaml(p, &d, root);
		if (root && i)
			leave(p);
		yaml_document_delete(&d);
		if (!root)
			break;
	}
	yaml_parser_delete(&parser);
	return rc;
}
#else
static int read_yaml(struct place *p, struct str data, struct err *err)
{
	return 0;
}
#endif

/* ---- INI, TOML, properties: lines ---- */

/* The first c outside of quotes; s.n if there is none. */
static size_t find_outside(struct str s, char c)
{
	char quote = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (quote)
			quote = s.p[i] == quote ? 0 : quote;
		else if (s.p[i] == c)
			return i;
		else if (s.p[i] == '"' || s.p[i] == '\'')
			quote = s.p[i];
	}
	return s.n;
}

/* Without what stands behind " #" or " ;". An apostrophe that opens no quote is no quote. */
static struct str without_comment(struct str s)
{
	size_t from = 0;

	if (s.n && (s.p[0] == '"' || s.p[0] == '\'' || s.p[0] == '[')) {
		size_t end = find_outside(s, '#');

		return str_trim(str_head(s, end));
	}
	for (from = 0; from + 1 < s.n; from++)
		if ((s.p[from] == ' ' || s.p[from] == '\t') &&
		    (s.p[from + 1] == '#' || s.p[from + 1] == ';'))
			return str_trim(str_head(s, from));
	return s;
}

static int open_brackets(struct str s)
{
	char quote = 0;
	int n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (quote)
			quote = s.p[i] == quote ? 0 : quote;
		else if (s.p[i] == '"' || s.p[i] == '\'')
			quote = s.p[i];
		else if (s.p[i] == '#')
			break;
		else
			n += (s.p[i] == '[') - (s.p[i] == ']');
	}
	return n;
}

/* The rest of a value that goes on: an array of TOML to its last bracket, a text to its """. */
static void more_lines(struct buf *value, struct str *rest, size_t *no)
{
	struct str line, quotes = STR("\"\"\"");
	bool text = str_starts(buf_str(value), quotes);
	int open = text ? 0 : open_brackets(buf_str(value));

	if (!text && (!value->n || value->p[0] != '['))
		return;
	while (text ? str_find(str_from(buf_str(value), 3), quotes) + 3 == value->n : open > 0) {
		if (!str_next(rest, '\n', &line))
			return;
		++*no;
		if (!text)
			line = str_head(line, find_outside(line, '#'));
		open += text ? 0 : open_brackets(line);
		buf_add_char(value, text ? '\n' : ' ');
		buf_add_str(value, text ? line : str_trim(line));
	}
}

static struct str unquote(struct str s, bool *quoted)
{
	size_t n = s.n >= 6 && str_starts(s, STR("\"\"\"")) && str_ends(s, STR("\"\"\"")) ? 3 : 1;

	*quoted = s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0];
	return *quoted ? (struct str){s.p + n, s.n - 2 * n} : s;
}

/* A section or a key: "a.b" or "a"."b" or 'a'; quotes go. */
static void enter_name(struct place *p, struct str name)
{
	CLEANUP_BUF struct buf b = {0};

	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] != '"' && name.p[i] != '\'')
			buf_add_char(&b, name.p[i]);
	enter(p, buf_str(&b));
}

/* "[name]" of TOML's arrays of tables counts as one more section: "name.0", "name.1". */
static void enter_section(struct place *p, struct str name)
{
	CLEANUP_BUF struct buf b = {0};

	if (name.n && name.p[0] == '[') {
		buf_printf(&b, STR_FMT ".%zu", STR_ARG(str_trim(str_from(name, 1))), p->tables++);
		name = buf_str(&b);
	}
	enter_name(p, name);
}

static int key_value(struct place *p, struct str line, struct str *rest, size_t *no,
		     struct err *err)
{
	CLEANUP_BUF struct buf value = {0};
	size_t at = find_outside(line, '=');
	struct str s;
	bool quoted;

	if (at == line.n)
		at = find_outside(line, ':');
	if (at == line.n || at == 0)
		return err_set(err, ERR_INPUT, "line %zu: neither '[section]' nor 'key = value'",
			       *no);
	buf_add_str(&value, without_comment(str_trim(str_from(line, at + 1))));
	more_lines(&value, rest, no);
	s = unquote(buf_str(&value), &quoted);
	enter_name(p, str_trim(str_head(line, at)));
	leaf(p, s, quoted);
	leave(p);
	return 0;
}

static int read_lines(struct place *p, struct str data, struct err *err)
{
	bool in_section = false;
	struct str line;
	size_t no = 0;

	while (str_next(&data, '\n', &line)) {
		int rc;

		no++;
		line = str_trim(line);
		if (!line.n || line.p[0] == '#' || line.p[0] == ';' || line.p[0] == '!')
			continue;
		if (str_starts(line, STR("export ")))
			line = str_trim(str_from(line, 7));
		if (line.p[0] == '[') {
			size_t end = find_outside(line, ']');

			if (end == line.n)
				return err_set(err, ERR_INPUT, "line %zu: ']' is missing", no);
			if (in_section)
				leave(p);
			enter_section(p, str_trim((struct str){line.p + 1, end - 1}));
			in_section = true;
			continue;
		}
		rc = key_value(p, line, &data, &no, err);
		if (rc)
			return rc;
	}
	if (in_section)
		leave(p);
	return 0;
}

/* ---- what a file is ---- */

/* strict: by its name it is that, and what cannot be read is worth an error. */
static const struct kind {
	const char *suffix;
	int (*read)(struct place *p, struct str data, struct err *err);
	bool strict;
} kinds[] = {
	{".json", read_json, true},  {".yaml", read_yaml, true},  {".yml", read_yaml, true},
	{".toml", read_lines, true}, {".ini", read_lines, true},  {".properties", read_lines, true},
	{".env", read_lines, true},  {".cfg", read_lines, false}, {".conf", read_lines, false},
};

static const struct kind *kind_of(struct str path, struct str data)
{
	static const struct kind json = {"", read_json, false};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_ends(path, str_of(kinds[i].suffix)))
			return &kinds[i];
	data = str_trim(data);
	return data.n && data.p[0] == '{' ? &json : NULL;
}

static int read_config(struct capture *c, struct str path, struct str data, bool keys,
		       struct err *err)
{
	struct place p = {.c = c};
	const struct kind *k = kind_of(path, data);
	char hex[SHA256_HEX + 1];
	CLEANUP_BUF struct buf name = {0};
	size_t before;
	int rc;

	while (str_starts(path, STR("./")))
		path = str_from(path, 2);
	buf_printf(&name, "file." STR_FMT ".hash", STR_ARG(path));
	sha256_hex(data, hex);
	capture_value(c, buf_str(&name), value_text(arena_str(c->arena, str_of(hex))), "");
	if (!keys || !k || data.n > MAX_SIZE)
		return 0;
	before = *c->n;
	buf_printf(&p.name, "config." STR_FMT, STR_ARG(path));
	rc = k->read(&p, data, err);
	buf_release(&p.name);
	if (!rc && p.keys > MAX_KEYS)
		rc = err_set(err, ERR_LIMIT, "more than %d keys: the rest is left out", MAX_KEYS);
	else if (rc && !k->strict) {
		*c->n = before;
		rc = 0;
	}
	return rc ? err_prepend(err, rc, STR_FMT ": ", STR_ARG(path)) : 0;
}

int environment_config(struct arena *a, struct str path, struct str data, bool keys,
		       struct variable **out, size_t *n, size_t *cap, struct err *err)
{
	struct capture c = {a, NULL, out, n, cap, NULL};

	return read_config(&c, path, data, keys, err);
}

int environment_settings(struct arena *a, struct str path, struct str data, struct map *secrets,
			 struct variable **out, size_t *n, size_t *cap, struct err *err)
{
	struct capture c = {a, NULL, out, n, cap, secrets};

	return read_config(&c, path, data, true, err);
}

/* ---- arguments ---- */

static bool is_option(struct str w)
{
	return w.n > 1 && w.p[0] == '-' && !(w.p[1] >= '0' && w.p[1] <= '9') && w.p[1] != '.';
}

/* The names taken so far, and how often each was wanted. */
struct taken {
	struct intern names;
	unsigned *uses;
	size_t n, cap;
};

static unsigned *uses_of(struct taken *t, struct str name)
{
	uint32_t id = intern_add(&t->names, name);

	if (id == t->n)
		array_push(t->uses, t->n, t->cap) = 0;
	return &t->uses[id];
}

/* An option that is given more than once is "arg.I", "arg.I.2", ... */
static void add_option(struct capture *c, struct taken *t, struct str name, struct str value)
{
	CLEANUP_BUF struct buf b = {0};
	unsigned times = ++*uses_of(t, name);

	buf_printf(&b, "arg." STR_FMT, STR_ARG(name));
	while (times > 1) {
		b.n = name.n + 4;
		buf_printf(&b, ".%u", times);
		if (++*uses_of(t, str_from(buf_str(&b), 4)) == 1)
			break;
		times = ++*uses_of(t, name); /* there is an option --I.2 */
	}
	capture_guess(c, buf_str(&b), value);
}

/* One word that is an option; *used: the next one is its value. */
static void option(struct capture *c, struct taken *t, struct str w, const char *next, bool *used)
{
	bool is_long = str_starts(w, STR("--"));
	struct str name = str_from(w, is_long ? 2 : 1), value = STR("true");
	size_t eq = str_find_char(name, '=');

	if (eq < name.n) {
		value = str_from(name, eq + 1);
		name = str_head(name, eq);
	} else if (!is_long && name.n > 1 && name.p[1] >= '0' && name.p[1] <= '9') {
		value = str_from(name, 1); /* -j4 */
		name = str_head(name, 1);
	} else if (next && !is_option(str_of(next)) && (is_long || name.n == 1) &&
		   strcmp(next, "-") != 0) {
		value = str_of(next);
		*used = true;
	}
	add_option(c, t, name, value);
}

/* What a word means depends on the program and the word before it: before words are cut up. */
static char *const *without_secrets(struct arena *a, char *const *argv)
{
	CLEANUP_BUF struct buf b = {0};
	size_t n = 0;
	char **safe;

	while (argv && argv[n])
		n++;
	safe = arena_alloc(a, (n + 1) * sizeof(*safe));
	for (size_t i = 0; i < n; i++) {
		buf_clear(&b);
		secret_redact_arg(&b, argv, i);
		safe[i] = arena_printf(a, "%s", buf_cstr(&b));
	}
	safe[n] = NULL;
	return safe;
}

void environment_arguments(struct arena *a, char *const *argv, struct variable **out, size_t *n,
			   size_t *cap)
{
	struct capture c = {a, NULL, out, n, cap, NULL};
	struct taken t = {0};
	bool only_rest = false;
	unsigned no = 0;

	intern_init(&t.names);
	argv = without_secrets(a, argv);
	for (size_t i = 0; argv && argv[i] && i < MAX_KEYS; i++) {
		struct str w = str_of(argv[i]);
		bool used = false;
		char name[16];

		if (i && !only_rest && str_eq(w, STR("--"))) {
			only_rest = true;
		} else if (i && !only_rest && is_option(w)) {
			option(&c, &t, w, argv[i + 1], &used);
			i += used;
		} else {
			snprintf(name, sizeof(name), "%u", no++);
			add_option(&c, &t, str_of(name), w);
		}
	}
	intern_release(&t.names);
	free(t.uses);
}

bool environment_is_config(struct str name)
{
	static const struct str ends[] = {STR(".json"), STR(".yaml"), STR(".yml"),
					  STR(".toml"), STR(".ini"),  STR(".cfg"),
					  STR(".conf"), STR(".env"),  STR(".properties")};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (str_ends(name, ends[i]))
			return true;
	return false;
}
