// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Programs that take secrets as arguments, in a line of a shell or in a list of quoted arguments.
 * Long options that say what they take (--password) are found by their name, not here.
 */
#include "text/secret-priv.h"

#define LINE_MAX  1024
#define WORDS_MAX 40 /* arguments looked at */

enum take {
	TAKE_NEXT,     /* -a x */
	TAKE_ATTACHED, /* -px only: -p alone asks for it */
	TAKE_EITHER,
	TAKE_USER,    /* -u user:password, the part after the colon */
	TAKE_PERCENT, /* -U user%password */
	TAKE_SLASH,   /* user/password@service, wherever it stands */
	TAKE_COLON,   /* pass:x, wherever it stands */
	TAKE_SHARE,   /* behind \\\\host\\share or /user:x */
	TAKE_THIRD,   /* the third argument that is no option; with -n, the second */
};

static const struct {
	struct str program, flag;
	enum take take;
	const char *kind;
} takes[] = {
	{STR("mysql"), STR("-p"), TAKE_ATTACHED, "password"},
	{STR("mariadb"), STR("-p"), TAKE_ATTACHED, "password"},
	{STR("curl"), STR("-u"), TAKE_USER, "password"},
	{STR("curl"), STR("--user"), TAKE_USER, "password"},
	{STR("curl"), STR("-U"), TAKE_USER, "password"},
	{STR("curl"), STR("--proxy-user"), TAKE_USER, "password"},
	{STR("curl"), STR("-b"), TAKE_NEXT, "cookie"},
	{STR("curl"), STR("-E"), TAKE_USER, "password"},
	{STR("curl"), STR("--cert"), TAKE_USER, "password"},
	{STR("curl"), STR("--oauth2-bearer"), TAKE_NEXT, "token"},
	{STR("curl"), STR("--pass"), TAKE_NEXT, "password"},
	{STR("http"), STR("-a"), TAKE_USER, "password"},
	{STR("http"), STR("--auth"), TAKE_USER, "password"},
	{STR("lftp"), STR("-u"), TAKE_USER, "password"},
	{STR("sshpass"), STR("-p"), TAKE_EITHER, "password"},
	{STR("redis-cli"), STR("-a"), TAKE_NEXT, "password"},
	{STR("docker"), STR("-p"), TAKE_NEXT, "password"},
	{STR("podman"), STR("-p"), TAKE_NEXT, "password"},
	{STR("skopeo"), STR("--creds"), TAKE_USER, "password"},
	{STR("skopeo"), STR("--src-creds"), TAKE_USER, "password"},
	{STR("skopeo"), STR("--dest-creds"), TAKE_USER, "password"},
	{STR("helm"), STR("-p"), TAKE_NEXT, "password"},
	{STR("az login"), STR("-p"), TAKE_NEXT, "password"},
	{STR("oc login"), STR("-p"), TAKE_NEXT, "password"},
	{STR("twine"), STR("-p"), TAKE_NEXT, "password"},
	{STR("ldap"), STR("-w"), TAKE_EITHER, "password"},
	{STR("mongo"), STR("-p"), TAKE_EITHER, "password"},
	{STR("sqlcmd"), STR("-P"), TAKE_EITHER, "password"},
	{STR("sqlplus"), STR(""), TAKE_SLASH, "password"},
	{STR("openssl"), STR(""), TAKE_COLON, "password"},
	{STR("openssl"), STR("-k"), TAKE_NEXT, "password"},
	{STR("openssl"), STR("-K"), TAKE_NEXT, "key"},
	{STR("7z"), STR("-p"), TAKE_ATTACHED, "password"},
	{STR("rar"), STR("-p"), TAKE_ATTACHED, "password"},
	{STR("rar"), STR("-hp"), TAKE_ATTACHED, "password"},
	{STR("zip"), STR("-P"), TAKE_EITHER, "password"},
	{STR("htpasswd"), STR(""), TAKE_THIRD, "password"},
	{STR("smbclient"), STR("-U"), TAKE_PERCENT, "password"},
	{STR("snmp"), STR("-c"), TAKE_NEXT, "password"},
	{STR("snmp"), STR("-A"), TAKE_NEXT, "password"},
	{STR("snmp"), STR("-X"), TAKE_NEXT, "password"},
	{STR("ipmitool"), STR("-P"), TAKE_NEXT, "password"},
	{STR("freerdp"), STR("/p:"), TAKE_ATTACHED, "password"},
	{STR("freerdp"), STR("-p"), TAKE_NEXT, "password"},
	{STR("isql"), STR("-P"), TAKE_EITHER, "password"},
	{STR("osql"), STR("-P"), TAKE_EITHER, "password"},
	{STR("bcp"), STR("-P"), TAKE_EITHER, "password"},
	{STR("useradd"), STR("-p"), TAKE_NEXT, "password"},
	{STR("usermod"), STR("-p"), TAKE_NEXT, "password"},
	{STR("net use"), STR(""), TAKE_SHARE, "password"},
	{STR("wget"), STR("--header"), TAKE_USER, "credentials"},
};

/* Index of the first rule of the program that begins at at, which may have path and suffix. */
static size_t program_at(struct str s, size_t at, size_t *end)
{
	if (at > 1 && ((s.p[at - 1] == '-' && s.p[at - 2] == '\n') ||
		       (s.p[at - 1] == 'm' && secret_digit(s.p[at - 2]))))
		; /* of a patch, behind a colour */
	else if (at > 1 && (secret_alnum(s.p[at - 1]) || strchr("-_.", s.p[at - 1])) &&
		 !secret_at(s, at, STR("zip")) && !secret_at(s, at, STR("rar")) &&
		 !secret_at(s, at, STR("freerdp")))
		return ARRAY_SIZE(takes);
	for (size_t i = 0; i < ARRAY_SIZE(takes); i++) {
		size_t to = at + takes[i].program.n;

		if (!secret_at(s, at, takes[i].program))
			continue;
		while (to < s.n && (secret_alnum(s.p[to]) || s.p[to] == '_' || s.p[to] == '-'))
			to++; /* mysqldump, ldapsearch */
		*end = to;
		if (to < s.n && (strchr(" \t\"'", s.p[to])))
			return i;
	}
	return ARRAY_SIZE(takes);
}

static bool same_program(size_t a, size_t b)
{
	return str_eq(takes[a].program, takes[b].program);
}

/* Past what parts arguments in a line or a list. */
static size_t skip_between(struct str s, size_t i, size_t end)
{
	while (i < end && strchr(" \t,[]", s.p[i]) && s.p[i] && !secret_at(s, i, STR("[redacted ")))
		i++;
	return i;
}

/* The next argument from *at on, quotes left out; false at the end of the command. */
static bool next_word(struct str s, size_t *at, size_t end, struct str *word)
{
	size_t i = *at, from;
	char q;

	i = skip_between(s, i, end);
	if (i < end && (s.p[i] == '"' || s.p[i] == '\'') && i + 1 < end &&
	    strchr(" \t,])}", s.p[i + 1]) && i > *at) /* the quote that closes the list's item */
		i++;
	i = skip_between(s, i, end);
	if (i >= end || strchr("|;&\n", s.p[i]))
		return false;
	q = s.p[i];
	if (q == '"' || q == '\'') {
		from = ++i;
		while (i < end && s.p[i] != q && s.p[i] != '\n')
			i += s.p[i] == '\\' && q == '"' && i + 1 < end ? 2 : 1;
		if (i > end)
			i = end;
		*word = (struct str){s.p + from, i - from};
		*at = i < end ? i + 1 : end;
		return true;
	}
	for (from = i; i < end && !strchr(" \t\n\r", s.p[i]) && s.p[i]; i++)
		if (secret_at(s, i, STR("[redacted ")))
			i += 10; /* a mark is one word */
		else if (strchr("\"'", s.p[i]) &&
			 (i + 1 >= end || strchr(" ,\t\n])};", s.p[i + 1])))
			break;
	*word = (struct str){s.p + from, i - from};
	*at = i < end && strchr("\"'", s.p[i]) ? i + 1 : i;
	if (!word->n)
		*at = i + 1;
	return true;
}

/* The secret's part of a value that a flag takes. */
static bool part_of(enum take take, struct str v, struct str *out)
{
	size_t i = 0;

	if (take == TAKE_USER)
		i = str_find_char(v, ':') + 1;
	else if (take == TAKE_PERCENT)
		i = str_find_char(v, '%') + 1;
	if (i > v.n || (take == TAKE_USER && secret_at(v, i, STR("//"))))
		return false;
	*out = str_from(v, i);
	return out->n > 0;
}

/* Does argument w, after the argument before, hold a secret by rule i? */
static bool by_rule(size_t i, struct str before, struct str w, struct str *out)
{
	enum take take = takes[i].take;
	struct str flag = takes[i].flag;
	size_t slash, at;

	switch (take) {
	case TAKE_SLASH:
		slash = str_find_char(w, '/');
		at = slash + 1;
		if (slash == 0 || slash == w.n || w.p[0] == '-' || w.p[0] == '@')
			return false;
		*out = str_from(w, at);
		*out = str_head(*out, str_find_char(*out, '@'));
		return out->n && !str_contains(*out, STR("/"));
	case TAKE_COLON: *out = str_from(w, 5); return str_starts(w, STR("pass:")) && out->n;
	case TAKE_THIRD: return false;
	case TAKE_SHARE:
		*out = w;
		return w.n && !strchr("/*\\", w.p[0]) &&
		       (str_starts(before, STR("\\")) || str_starts(before, STR("/user:")) ||
			str_starts(before, STR("/USER:")));
	case TAKE_ATTACHED: *out = str_from(w, flag.n); return str_starts(w, flag) && out->n;
	case TAKE_EITHER:
		*out = str_from(w, flag.n);
		if (str_starts(w, flag) && out->n)
			return true;
		break;
	case TAKE_NEXT:
	case TAKE_USER:
	case TAKE_PERCENT:
		if (str_starts(w, flag) && w.n > flag.n && flag.n > 2 && w.p[flag.n] == '=')
			return part_of(take, str_from(w, flag.n + 1), out);
		if (take != TAKE_NEXT && flag.n == 2 && str_starts(w, flag) && w.n > 2)
			return part_of(take, str_from(w, 2), out);
		break;
	}
	return str_eq(before, flag) && part_of(take, w, out);
}

static bool give(struct str s, struct str v, const char *kind, struct secret_span *out)
{
	size_t from = (size_t)(v.p - s.p);

	*out = (struct secret_span){.from = from, .to = from + v.n, .kind = kind};
	return true;
}

/* Does argument w count, of those of which the one wanted is a secret? */
static bool counts(struct str before, struct str w, unsigned *wanted)
{
	if (w.n && w.p[0] == '-') {
		*wanted -= *wanted == 3 && str_find_char(w, 'n') < w.n;
		return false;
	}
	return w.n && !str_eq(before, STR("-C")) && !str_eq(before, STR("-r"));
}

bool secret_command(struct str s, size_t at, size_t from, struct secret_span *out)
{
	size_t end = at, stop, first = program_at(s, at, &end);
	struct str before = {0}, w, v, all = s;
	unsigned words = 0, left = WORDS_MAX, wanted = 3;

	if (first == ARRAY_SIZE(takes))
		return false;
	stop = end + str_find_char(str_head(str_from(s, end), LINE_MAX), '\n');
	s = str_head(s, stop);
	while (left-- && next_word(s, &end, stop, &w)) {
		size_t pos = (size_t)(w.p - s.p);

		for (size_t i = first; i < ARRAY_SIZE(takes) && same_program(i, first); i++)
			if (pos + w.n > from && by_rule(i, before, w, &v) &&
			    (size_t)(v.p - s.p) >= from && !secret_is_placeholder(v))
				return give(all, v, takes[i].kind, out);
		if (takes[first].take == TAKE_THIRD && counts(before, w, &wanted) &&
		    ++words == wanted)
			return pos >= from && !secret_is_placeholder(w) &&
			       give(all, w, takes[first].kind, out);
		before = w;
	}
	return false;
}

/* The rules of the program whose name an argument is. */
static bool is_program(const char *arg, size_t rule)
{
	const char *slash = strrchr(arg, '/');
	struct str name = str_of(slash ? slash + 1 : arg), p = takes[rule].program;

	return str_starts(name, str_head(p, str_find_char(p, ' '))) ||
	       (p.p[0] != 'm' && p.n > 2 && str_ends(name, p));
}

/* The word that counts of those after argv[from]: "htpasswd -b file bob x". */
static bool is_third(char *const *argv, size_t from, size_t i)
{
	unsigned words = 0, wanted = 3;
	bool last = false;

	for (size_t k = from + 1; k <= i; k++) {
		last = counts(str_of(argv[k - 1]), str_of(argv[k]), &wanted);
		words += last;
	}
	return last && words == wanted;
}

bool secret_argument(char *const *argv, size_t i, struct secret_span *out)
{
	struct str w = str_of(argv[i]), before = i ? str_of(argv[i - 1]) : STR(""), v;
	struct secret_name n;
	size_t at = 0;

	if (i == 0)
		return false;
	/* Of the command itself, or of one that it runs: env, sudo, timeout 5 mysql -p... */
	for (size_t k = 0; k < ARRAY_SIZE(takes); k++)
		for (size_t from = i; from-- > 0 && i - from <= WORDS_MAX;)
			if (is_program(argv[from], k) &&
			    (by_rule(k, before, w, &v) || (takes[k].take == TAKE_THIRD &&
							   is_third(argv, from, i) && (v = w).n)) &&
			    !secret_is_placeholder(v))
				return give(w, v, takes[k].kind, out);
	while (at < before.n && before.p[at] == '-')
		at++;
	n = secret_name_of(str_from(before, at));
	if (at == 0 && i > 1 && strcmp(argv[i - 2], "set") == 0)
		at = n.compound; /* aws configure set aws_secret_access_key x */
	if (at == 0 || n.strength == SECRET_NONE || (w.n && w.p[0] == '-') ||
	    str_contains(before, STR("=")) || !secret_accepts(&n, w, true))
		return false;
	*out = (struct secret_span){.from = 0, .to = w.n, .kind = n.kind};
	return true;
}
