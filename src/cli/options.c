// SPDX-License-Identifier: GPL-3.0-or-later
/* Option tables: see options.h. */
#include "cli/options.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static const struct option *find_long(const struct option *table, struct str name)
{
	for (const struct option *o = table; o->kind != OPTION_END; o++)
		if (o->name && str_eq(name, str_of(o->name)))
			return o;
	return NULL;
}

static const struct option *find_letter(const struct option *table, char c)
{
	for (const struct option *o = table; o->kind != OPTION_END; o++)
		if (o->letter && o->letter == c)
			return o;
	return NULL;
}

static bool takes_arg(const struct option *o)
{
	return o->kind != OPTION_FLAG && o->kind != OPTION_COUNT;
}

static bool choice_ok(const char *words, const char *given)
{
	struct str rest = str_of(words), word;

	while (str_next(&rest, '|', &word))
		if (str_eq(word, str_of(given)))
			return true;
	return false;
}

static bool parse_number(const char *s, uint64_t *out)
{
	static const char suffixes[] = "kMGT";
	struct str t = str_of(s);
	const char *suffix;
	unsigned shift = 0;
	uint64_t v;

	if (t.n && (suffix = strchr(suffixes, t.p[t.n - 1]))) {
		shift = 10 * ((unsigned)(suffix - suffixes) + 1);
		t.n--;
	}
	if (!str_u64(t, &v) || v > UINT64_MAX >> shift)
		return false;
	*out = v << shift;
	return true;
}

static int store(const struct option *o, const char *arg, void *values, struct err *err)
{
	void *field = (char *)values + o->offset;

	switch (o->kind) {
	case OPTION_FLAG: *(bool *)field = true; return 0;
	case OPTION_COUNT: ++*(unsigned *)field; return 0;
	case OPTION_STRING: *(const char **)field = arg; return 0;
	case OPTION_NUMBER:
		if (!parse_number(arg, field))
			return err_set(err, ERR_USAGE, "--%s takes a whole number, not '%s'",
				       o->name, arg);
		return 0;
	case OPTION_WORDS:
	case OPTION_LIST: {
		struct option_list *l = field;

		array_push(l->items, l->n, l->cap) = arg;
		return 0;
	}
	case OPTION_CHOICE:
		if (!choice_ok(o->arg, arg))
			return err_set(err, ERR_USAGE, "--%s takes one of %s, not '%s'", o->name,
				       o->arg, arg);
		*(const char **)field = arg;
		return 0;
	default: return 0;
	}
}

static int unknown_option(const struct option *table, const char *given, struct err *err)
{
	const char *names[64], *near;
	size_t n = 0;

	for (const struct option *o = table; o->kind != OPTION_END && n < ARRAY_SIZE(names); o++)
		if (o->name)
			names[n++] = o->name;
	near = options_suggest(given, names, n);
	if (near)
		return err_set(err, ERR_USAGE, "no option --%s; did you mean --%s?", given, near);
	return err_set(err, ERR_USAGE, "no option --%s; --help lists them", given);
}

/* Where words go that follow an option; NULL: to the rest. */
static struct option_list *words_of(const struct option *o, void *values)
{
	return o->kind == OPTION_WORDS ? (void *)((char *)values + o->offset) : NULL;
}

static int parse_long(const struct option *table, int argc, char **argv, int *i, void *values,
		      struct option_list **words, struct err *err)
{
	struct str given = str_of(argv[*i] + 2);
	size_t eq = str_find_char(given, '=');
	const struct option *o = find_long(table, str_head(given, eq));
	const char *arg = eq < given.n ? given.p + eq + 1 : NULL;

	if (!o)
		return unknown_option(table, argv[*i] + 2, err);
	if (!takes_arg(o)) {
		if (arg)
			return err_set(err, ERR_USAGE, "--%s takes no argument", o->name);
	} else if (!arg) {
		if (*i + 1 >= argc)
			return err_set(err, ERR_USAGE, "--%s needs an argument: %s", o->name,
				       o->arg);
		arg = argv[++*i];
	}
	*words = words_of(o, values);
	return store(o, arg, values, err);
}

static int parse_letters(const struct option *table, int argc, char **argv, int *i, void *values,
			 struct option_list **words, struct err *err)
{
	for (const char *p = argv[*i] + 1; *p; p++) {
		const struct option *o = find_letter(table, *p);
		const char *arg = NULL;
		int rc;

		if (!o)
			return err_set(err, ERR_USAGE, "no option -%c; --help lists them", *p);
		if (takes_arg(o)) {
			if (p[1])
				arg = p + 1;
			else if (*i + 1 < argc)
				arg = argv[++*i];
			else
				return err_set(err, ERR_USAGE, "-%c needs an argument: %s", *p,
					       o->arg);
		}
		rc = store(o, arg, values, err);
		*words = words_of(o, values);
		if (rc)
			return rc;
		if (arg)
			return 0;
	}
	return 0;
}

int options_parse(const struct option *table, int argc, char **argv, void *values,
		  struct option_list *rest, struct err *err)
{
	struct option_list *words = NULL;
	bool only_rest = false;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];
		int rc = 0;

		if (only_rest || a[0] != '-' || !a[1]) {
			struct option_list *l = words && !only_rest ? words : rest;

			array_push(l->items, l->n, l->cap) = a;
		} else if (strcmp(a, "--") == 0) {
			only_rest = true;
		} else if (a[1] == '-') {
			rc = parse_long(table, argc, argv, &i, values, &words, err);
		} else {
			rc = parse_letters(table, argc, argv, &i, values, &words, err);
		}
		if (rc)
			return rc;
	}
	return 0;
}

void options_list_release(struct option_list *l)
{
	free(l->items);
	*l = (struct option_list){0};
}

/* Further lines of a help text stand below the first. */
static void print_indented(const char *help, FILE *f)
{
	for (; *help; help++) {
		fputc(*help, f);
		if (*help == '\n')
			fprintf(f, "  %-25s ", "");
	}
	fputc('\n', f);
}

void options_print(const struct option *table, FILE *f)
{
	for (const struct option *o = table; o->kind != OPTION_END; o++) {
		char left[64];
		int n;

		if (o->kind == OPTION_HEAD) {
			fprintf(f, "\n%s\n", o->help);
			continue;
		}
		if (o->letter)
			n = snprintf(left, sizeof(left), "-%c, --%s", o->letter, o->name);
		else
			n = snprintf(left, sizeof(left), "    --%s", o->name);
		if (takes_arg(o))
			snprintf(left + n, sizeof(left) - (size_t)n, "=%s", o->arg);
		if (strlen(left) > 25)
			fprintf(f, "  %s\n  %-25s ", left, "");
		else
			fprintf(f, "  %-25s ", left);
		print_indented(o->help, f);
	}
}

/* Levenshtein distance of two short words; more than 31 letters count as far. */
static size_t distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), row[32];

	if (na > 31 || nb > 31)
		return 99;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diag = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diag + (a[i - 1] != b[j - 1]);

			diag = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *options_suggest(const char *given, const char *const *words, size_t n)
{
	const char *best = NULL;
	size_t best_d = 3; /* two slips at most */

	for (size_t i = 0; i < n; i++) {
		size_t d = distance(given, words[i]);

		if (d < best_d && d < strlen(words[i])) {
			best = words[i];
			best_d = d;
		}
	}
	return best;
}

int options_time(const char *option, const char *text, int64_t *ns, struct err *err)
{
	static const struct {
		const char *name;
		double seconds;
	} units[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
	double sum = 0;
	const char *p = text;

	while (*p) {
		char *end;
		double v = strtod(p, &end), scale = 0;
		size_t n = strspn(end, "abcdefghijklmnopqrstuvwxyz");

		for (size_t i = 0; i < ARRAY_SIZE(units); i++)
			if (n == strlen(units[i].name) && memcmp(end, units[i].name, n) == 0)
				scale = units[i].seconds;
		if (n == 0 && !*end && p == text)
			scale = 1;
		if (end == p || scale == 0 || !isfinite(v) || v < 0)
			break;
		sum += v * scale;
		p = end + n;
	}
	if (*p || p == text || sum <= 0 || sum > 1e9)
		return err_set(err, ERR_USAGE, "--%s takes 90s, 5m or 1h30m, not '%s'", option,
			       text);
	*ns = (int64_t)(sum * 1e9);
	return 0;
}
