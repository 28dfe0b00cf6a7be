// SPDX-License-Identifier: GPL-3.0-or-later
/* Whether a text looks like a secret: not a word that stands for one, random, or fit for a name. */
#include "text/secret-priv.h"

/* Instead of a value, in any case. */
static const struct str stand_ins[] = {
	STR("true"),      STR("false"),     STR("yes"),     STR("no"),       STR("on"),
	STR("off"),       STR("null"),      STR("nil"),     STR("none"),     STR("undefined"),
	STR("empty"),     STR("unset"),     STR("set"),     STR("unknown"),  STR("required"),
	STR("optional"),  STR("hidden"),    STR("masked"),  STR("redacted"), STR("filtered"),
	STR("removed"),   STR("omitted"),   STR("changed"), STR("expired"),  STR("invalid"),
	STR("missing"),   STR("incorrect"), STR("wrong"),   STR("default"),  STR("string"),
	STR("str"),       STR("text"),      STR("bytes"),   STR("int"),      STR("bool"),
	STR("(null)"),    STR("n/a"),       STR("enabled"), STR("disabled"), STR("not set"),
	STR("not found"), STR("ok"),        STR("failed"),  STR("success"),  STR("present"),
	STR("absent"),
};

/* What begins a reference to a secret that is kept elsewhere, or the mark of one taken out. */
static const struct str references[] = {
	STR("[redacted"),  STR("[REDACTED"), STR("[FILTERED"), STR("[MASKED"),
	STR("[hidden"),    STR("<redacted"), STR("<REDACTED"), STR("<hidden"),
	STR("<masked"),    STR("(redacted"), STR("${"),        STR("$("),
	STR("{{"),         STR("#{"),        STR("%("),        STR("process.env"),
	STR("os.environ"), STR("os.getenv"), STR("getenv("),   STR("ENV["),
	STR("ENC["),       STR("vault:"),    STR("!vault"),    STR("!Ref"),
	STR("!Sub"),       STR("arn:aws:"),  STR("env:"),      STR("System.getenv"),
	STR("secrets."),   STR("env."),      STR("var."),      STR("%s"),
	STR("%d"),         STR("{}"),        STR("[object "),
};

static bool all_same(struct str v)
{
	if (v.n < 3 || (secret_alnum(v.p[0]) && (v.p[0] | 32) != 'x'))
		return false;
	for (size_t i = 1; i < v.n; i++)
		if (v.p[i] != v.p[0])
			return false;
	return true;
}

/* $NAME, %NAME% */
static bool names_variable(struct str v)
{
	size_t end = v.n;

	if (v.n < 3 || (v.p[0] != '$' && v.p[0] != '%'))
		return false;
	if (v.p[0] == '%' && v.p[--end] != '%')
		return false;
	for (size_t i = 1; i < end; i++)
		if (!(v.p[i] >= 'A' && v.p[i] <= 'Z') && v.p[i] != '_' &&
		    !(i > 1 && secret_digit(v.p[i])))
			return false;
	return true;
}

bool secret_is_placeholder(struct str v)
{
	while (v.n > 1 && strchr(".,;:", v.p[v.n - 1]))
		v.n--;
	if (!v.n)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(references); i++)
		if (str_starts(v, references[i]))
			return true;
	if (v.n <= 10)
		for (size_t i = 0; i < ARRAY_SIZE(stand_ins); i++)
			if (str_eq_nocase(v, stand_ins[i]))
				return true;
	return all_same(v) || names_variable(v) ||
	       (v.p[0] == '<' && v.p[v.n - 1] == '>' && !str_contains(v, STR("/")));
}

struct look {
	size_t digits, lower, upper, hex, other;
};

static struct look look_at(struct str v)
{
	struct look l = {0};

	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		l.digits += secret_digit(c);
		l.lower += c >= 'a' && c <= 'z';
		l.upper += c >= 'A' && c <= 'Z';
		l.hex += secret_digit(c) || (unsigned)((c | 32) - 'a') <= 5;
		l.other += !secret_alnum(c);
	}
	return l;
}

/*
 * Of random bytes: hexadecimal digits of 128 bits or more, or letters of both cases and digits. A
 * UUID, a number, a path and a name are none.
 */
bool secret_is_random(struct str v)
{
	struct look l = look_at(v);
	size_t signs = 0;

	if (l.hex == v.n)
		return v.n >= 32 && l.digits < v.n && l.digits > 1;
	for (size_t i = 0; i < v.n; i++) {
		signs += strchr("+/=_-~%.", v.p[i]) != NULL && v.p[i];
		if (!secret_alnum(v.p[i]) && !(strchr("+/=_-~%.", v.p[i]) && v.p[i]))
			return false;
	}
	return v.n >= 16 && l.digits && l.lower && l.upper && signs <= 2 + v.n / 8;
}

/* It, or what stands before a sign that ends a word: "x.log", "x;y". */
static bool begins_random(struct str v)
{
	size_t i = 0;

	if (v.n > 2 && v.p[1] == '.') /* "s.x" */
		i = 2;
	while (i < v.n && v.p[i] && !strchr(";|:,.()[]{}", v.p[i]))
		i++;
	return secret_is_random(v) || (i < v.n && secret_is_random(str_head(v, i)));
}

static bool accepts_token(const struct secret_name *n, struct str v, bool definite)
{
	struct look l = look_at(v);
	size_t letters = l.lower + l.upper;

	if (memchr(v.p, ' ', v.n) && !(l.digits && definite))
		return false;
	if (letters == 0)
		return l.digits >= (str_eq(str_of(n->kind), STR("code")) ? 4 : 8) && definite &&
		       l.digits == v.n;
	if (str_starts(v, STR("0x")) && v.n <= 18)
		return false;
	if (v.p[0] == '/' || v.p[0] == '(' || memchr(v.p, '{', v.n)) /* a path, an object */
		return secret_is_random(v);
	if (n->compound && n->sure && (definite || (v.n >= 24 && l.digits && l.other <= 1)))
		return v.n >= 4;
	if (definite && n->sure)
		return v.n >= 16 || (v.n >= 6 && l.digits);
	return begins_random(v) || (v.n >= 24 && l.digits && !l.other);
}

/* "Basic x", "Bearer x", a scheme that says how, then what; or something random. */
static bool accepts_header(struct str v)
{
	static const struct str schemes[] = {
		STR("Basic"), STR("Bearer"), STR("Digest"),      STR("Negotiate"), STR("NTLM"),
		STR("Token"), STR("ApiKey"), STR("AWS4-"),       STR("AWS "),      STR("OAuth"),
		STR("SSWS"),  STR("Splunk"), STR("GoogleLogin"), STR("Hawk"),      STR("SharedKey"),
		STR("DPoP"),  STR("Bot"),    STR("Api-Key"),     STR("Key"),       STR("Signature"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
		struct str rest = str_from(v, schemes[i].n);

		if (!str_eq_nocase(str_head(v, schemes[i].n), schemes[i]) || !rest.n)
			continue;
		rest = str_trim(rest);
		return rest.n >= 4 && !secret_is_placeholder(rest) && rest.p[0] != '(' &&
		       !(look_at(rest).lower == rest.n && rest.n < 16);
	}
	return secret_is_random(str_head(v, str_find_char(v, ' ')));
}

bool secret_accepts(const struct secret_name *n, struct str v, bool definite)
{
	struct look l;

	if (secret_is_placeholder(v))
		return false;
	while (v.n > 1 && strchr(".,;:", v.p[v.n - 1])) /* of the sentence */
		v.n--;
	switch (n->strength) {
	case SECRET_NONE: return false;
	case SECRET_WEAK: return begins_random(v);
	case SECRET_TOKEN: return accepts_token(n, v, definite);
	case SECRET_COOKIE: return str_contains(v, STR("=")) || secret_is_random(v);
	case SECRET_HEADER: return accepts_header(v);
	case SECRET_STRONG: break;
	}
	if (n->folder && v.p[0] == '/')
		return false;
	l = look_at(v);
	if (!n->sure && !definite)
		return begins_random(v);
	if (n->pass && !n->compound) /* "PASS: test", "pass: 12" */
		return definite && l.digits < v.n && v.p[0] != '(';
	return l.digits + l.lower + l.upper > 0 || v.n >= 6;
}
