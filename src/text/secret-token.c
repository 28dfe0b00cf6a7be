// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Secrets that tell by their own form: prefixes that their issuers document, keys in PEM, tokens of
 * the JSON web kind (RFC 7519), users with passwords in URLs (RFC 3986), hashes of crypt(5). Where
 * a prefix is short, the rest must be as long as it is issued and hold digits and letters.
 */
#include "text/secret-priv.h"

#define LOOK_MAX 512
#define MARK_MAX 40 /* bytes of a mark */

size_t secret_run(struct str s, size_t at, enum secret_set set)
{
	size_t i = at;

	for (; i < s.n; i++) {
		char c = s.p[i];

		if (secret_alnum(c) && (set != SET_HEX || secret_digit(c) || (c | 32) <= 'f'))
			continue;
		if (set >= SET_WORD && set != SET_HEX && (c == '_' || c == '-'))
			continue;
		if (set >= SET_BASE64 && set != SET_HEX && (c == '+' || c == '/' || c == '='))
			continue;
		if (set == SET_DOTTED && (c == '.' || c == '~' || c == '%' || c == ':'))
			continue;
		break;
	}
	return i - at;
}

static bool give(struct secret_span *out, size_t from, size_t to, const char *kind)
{
	*out = (struct secret_span){.from = from, .to = to, .kind = kind};
	return true;
}

/* Is at in a mark that was put in place of a secret: "[redacted GitHub token]"? */
static bool in_mark(struct str s, size_t at)
{
	size_t from = at, end = at > MARK_MAX ? at - MARK_MAX : 0;

	while (from > end && s.p[from] != '[' && s.p[from] != ']')
		from--;
	return secret_at(s, from, STR("[redacted "));
}

/* A piece of a name: the whole name around it decides. */
bool secret_find_named(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t from = at, to = at + r->min;

	while (from > 0 && at - from < 80 && secret_name_char(s.p[from - 1]))
		from--;
	while (to < s.n && to - at < 120 && secret_name_char(s.p[to]))
		to++;
	/* the n of \n, the m of a colour */
	if (from > 1 && s.p[from - 1] == '\\' && strchr("nrt", s.p[from]) && from < at)
		from++;
	if (from > 1 && s.p[from - 1] == '[' && s.p[from - 2] == '\033')
		while (from < at && s.p[from - 1] != 'm')
			from++;
	if (to - from >= 40 && secret_is_random((struct str){s.p + from, to - from}))
		return false; /* a secret rather than its name */
	return !in_mark(s, at) && secret_named(s, from, to, out);
}

static size_t back_while(struct str s, size_t at, size_t max, const char *stop)
{
	size_t i = at;

	while (i > 0 && at - i < max && !strchr(stop, s.p[i - 1]))
		i--;
	return i;
}

/* Does a host's name or address stand at at, up to a port or the path? */
static bool looks_like_host(struct str s, size_t at, size_t end)
{
	for (; at < end && !strchr("/?#", s.p[at]); at++)
		if (s.p[at] == '.' || s.p[at] == ':')
			return true;
	return at == end;
}

static bool is_port(struct str s, size_t at, size_t end)
{
	while (at < end && secret_digit(s.p[at]))
		at++;
	return at == end;
}

/* scheme://user:password@host, scheme://token@host. A password may hold @, / and ?. */
bool secret_find_url(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	size_t from = at + 3, end = from, host = 0, colon = 0, slash = 0;

	for (; end < s.n && !strchr(" \t\r\n\"'<>`\\|", s.p[end]) && s.p[end] &&
	       end - from < LOOK_MAX;
	     end++) {
		char c = s.p[end];

		if (c == ':' && !colon && !slash)
			colon = end;
		else if ((c == '/' || c == '?' || c == '#') && !slash)
			slash = end;
		else if (c == ',' && !colon) /* a list of addresses */
			break;
		else if (c == '@' && (!host || !slash || !looks_like_host(s, host + 1, end)))
			host = end;
	}
	if (!host || (slash && host > slash && (!colon || is_port(s, colon + 1, slash))))
		return false;
	if (colon && colon < host) {
		struct str v = {s.p + colon + 1, host - colon - 1};

		return v.n && !secret_is_placeholder(v) && give(out, colon + 1, host, "password");
	}
	return secret_is_random((struct str){s.p + from, host - from}) &&
	       give(out, from, host, "token");
}

/* -----BEGIN ... PRIVATE KEY-----: up to the end's mark; without it, what looks like its lines. */
bool secret_find_pem(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	struct str head = str_head(str_from(s, at), 80), rest;
	size_t from = at + 11 + str_find(str_from(head, 11), STR("-----")) + 5, end, to;

	if (!str_contains(head, STR("PRIVATE KEY")) || from > s.n)
		return false;
	rest = str_head(str_from(s, from), (size_t)1 << 16);
	end = str_find(rest, STR("-----END "));
	if (end < rest.n)
		return give(out, from, from + end, "private key");
	for (to = from; to < s.n;) { /* cut off: lines that end in a long run of base64 */
		size_t eol = to + str_find_char(str_from(s, to), '\n'), i = eol;

		while (i > to && (s.p[i - 1] == '\r' || secret_run(s, i - 1, SET_BASE64)) &&
		       eol - i < 4096)
			i--;
		if (to > from && eol - i < 16)
			break;
		to = eol < s.n ? eol + 1 : s.n;
	}
	return give(out, from, to, "private key");
}

/* PuTTY's own form: lines after Private-Lines: N, which may have become words. */
bool secret_find_putty(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t from = at + r->start.n, to;

	while (from < s.n && secret_digit(s.p[from]))
		from++;
	for (to = from; to < s.n;) {
		size_t start = secret_line_end(s, to) ? secret_next_text(s, at, to, to + 2)
						      : secret_skip_blanks(s, to);
		size_t n = secret_run(s, start, SET_BASE64);

		if (n < 16 || memchr(s.p + start, '-', n))
			break;
		to = start + n;
	}
	return to > from + 1 && give(out, from + 1, to, "private key");
}

/* -----BEGIN in base64, unless CERTIFICATE or PUBLIC follows. */
bool secret_find_pem64(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t from = at + r->start.n, n = secret_run(s, from, SET_BASE64);

	return n >= 40 && !secret_at(s, from, STR("BDRVJU")) &&
	       !secret_at(s, from, STR("BQVUJM")) && !secret_at(s, from, STR("BYNT")) &&
	       give(out, at, from + n, "private key");
}

/* Three parts of base64url; the first begins with {" */
bool secret_find_jwt(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	size_t i = at, parts = 0;

	for (;;) {
		size_t n = secret_run(s, i, SET_WORD);

		if (parts < 2 && n < 8)
			return false;
		parts++;
		i += n;
		if (i >= s.n || s.p[i] != '.' || parts == 5)
			break;
		i++;
	}
	return parts >= 2 && give(out, at, i, "token");
}

/* "Bearer x" where no header's name stands before it. */
bool secret_find_scheme(struct str s, size_t at, const struct secret_rule *r,
			struct secret_span *out)
{
	size_t from = at + r->start.n, n;
	struct str v;

	while (from < s.n && s.p[from] == ' ')
		from++;
	n = secret_run(s, from, SET_DOTTED);
	v = (struct str){s.p + from, n};
	if (n < 8 || secret_is_placeholder(v))
		return false;
	for (size_t i = 0; i < n; i++)
		if (secret_digit(v.p[i]) || v.p[i] == '=' || n >= 24)
			return give(out, from, from + n, r->kind);
	return false;
}

static int base64_value(char c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : secret_digit(c)      ? c - '0' + 52
	       : c == '+' || c == '-' ? 62
	       : c == '/' || c == '_' ? 63
				      : -1;
}

/* "Basic x": base64 of user:password. */
bool secret_find_basic(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t from = at + r->start.n, n = secret_run(s, from, SET_BASE64);
	unsigned bits = 0, have = 0;
	bool colon = false;

	for (size_t i = from; i < from + n && s.p[i] != '='; i++) {
		bits = bits << 6 | ((unsigned)base64_value(s.p[i]) & 63);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if ((bits >> have & 0xff) < 32)
			return false;
		colon = colon || (bits >> have & 0xff) == ':';
	}
	return n >= 8 && colon && give(out, from, from + n, "credentials");
}

/* https://hooks.example/services/...: who knows the address may post. */
bool secret_find_hook(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	size_t from = at + r->start.n, n = secret_run(s, from, SET_BASE64);

	return n >= r->min && give(out, from, from + n, r->kind);
}

/* digits:AA..., a bot's token */
bool secret_find_bot(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	size_t from = at, n = secret_run(s, at + 1, SET_WORD);

	while (from > 0 && at - from < 12 && secret_digit(s.p[from - 1]))
		from--;
	return n >= 33 && n <= 40 && at - from >= 8 && give(out, from, at + 1 + n, r->kind);
}

/* user:password@tcp(host), user/password@//host */
bool secret_find_dsn(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	bool oracle = r->start.p[0] == 't'; /* thin:user/password@ */
	size_t from, to = at;

	if (oracle) {
		from = at + r->start.n;
		to = from;
		while (to < s.n && to - from < 200 && !strchr(" \t\n\"'@", s.p[to]))
			to++;
		if (to >= s.n || s.p[to] != '@')
			return false;
	} else {
		from = back_while(s, at, 200, " \t\n\"'`=");
	}
	while (from < to && s.p[from] != (oracle ? '/' : ':'))
		from++;
	from++;
	return from < to && !secret_is_placeholder((struct str){s.p + from, to - from}) &&
	       give(out, from, to, "password");
}

/* --from-literal=name=value: all values are */
bool secret_find_literal(struct str s, size_t at, const struct secret_rule *r,
			 struct secret_span *out)
{
	size_t from = at + r->start.n, to;

	while (from < s.n && secret_name_char(s.p[from]))
		from++;
	to = ++from;
	while (to < s.n && !strchr(" \t\r\n\"'", s.p[to]))
		to++;
	return from < s.n && s.p[from - 1] == '=' &&
	       !secret_is_placeholder((struct str){s.p + from, to - from}) && to > from &&
	       give(out, from, to, r->kind);
}

/* IDENTIFIED BY 'x' */
bool secret_find_quoted(struct str s, size_t at, const struct secret_rule *r,
			struct secret_span *out)
{
	size_t from = at + r->start.n, to;

	if (from >= s.n || (s.p[from] != '\'' && s.p[from] != '"'))
		return false;
	for (to = from + 1; to < s.n && s.p[to] != s.p[from] && s.p[to] != '\n';)
		to++;
	return to > from + 1 && give(out, from + 1, to, r->kind);
}

/* host:port:database:user:password, as in .pgpass: alone on its line whatever it is, else a word */
bool secret_find_pgpass(struct str s, size_t at, const struct secret_rule *r,
			struct secret_span *out)
{
	size_t from = back_while(s, at, 200, "\n \t\"'>`([="), to = at + r->start.n;
	bool within = from == at || (from > 0 && s.p[from - 1] != '\n');

	for (int fields = 0; fields < 2; fields++) {
		size_t start = to;

		while (to < s.n && (secret_name_char(s.p[to]) || s.p[to] == '*'))
			to++;
		if (to == start || to >= s.n || s.p[to++] != ':')
			return false;
	}
	from = to;
	while (to < s.n && !strchr("\r\n\"'<", s.p[to]) &&
	       !(within && strchr(" \t`)];,|\033", s.p[to])))
		to++;
	return to > from && give(out, from, to, "password");
}

/* Characters before the mark and after it: "abc8Q~...", "...-us12". */
bool secret_find_inside(struct str s, size_t at, const struct secret_rule *r,
			struct secret_span *out)
{
	size_t from = at, n = secret_run(s, at + r->start.n, SET_DOTTED);
	bool mailchimp = r->start.p[0] == '-';

	while (from > 0 && at - from < 64 &&
	       (mailchimp ? secret_run(s, from - 1, SET_HEX)
			  : secret_alnum(s.p[from - 1]) || strchr("_-.~", s.p[from - 1])))
		from--;
	if (mailchimp)
		return at - from >= 32 && secret_digit(s.p[at + 3 < s.n ? at + 3 : at]) &&
		       give(out, at - 32, at + 3 + n, r->kind);
	return at - from >= 3 && n >= r->min && give(out, from, at + r->start.n + n, r->kind);
}

/* "pat", 14 characters, a dot, 64 hexadecimal digits */
bool secret_find_airtable(struct str s, size_t at, const struct secret_rule *r,
			  struct secret_span *out)
{
	size_t dot = at + r->start.n + 14;

	return secret_run(s, at + r->start.n, SET_ALNUM) == 14 && secret_at(s, dot, STR(".")) &&
	       secret_run(s, dot + 1, SET_HEX) >= r->min &&
	       give(out, at, dot + 1 + secret_run(s, dot + 1, SET_HEX), r->kind);
}

/* $6$salt$hash */
bool secret_find_crypt(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t to = at + r->start.n, dollars = 0;

	while (to < s.n && (secret_alnum(s.p[to]) || strchr("./$,=+-", s.p[to])) && s.p[to]) {
		dollars += s.p[to] == '$';
		to++;
	}
	return to - at >= r->min && dollars > 0 && give(out, at, to, "password hash");
}

/* ---- what announces a secret without naming it ---- */

/* The word right behind: "AUTH PLAIN x", "is generated for root@localhost: x". */
bool secret_find_word(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	size_t from = at + r->start.n, to = from;

	while (to < s.n && s.p[to] && !strchr(" \t\r\n\"'", s.p[to]))
		to++;
	return to - from >= r->min && !secret_is_placeholder((struct str){s.p + from, to - from}) &&
	       give(out, from, to, r->kind);
}

static size_t word_end(struct str s, size_t at)
{
	while (at < s.n && s.p[at] && !strchr(" \t\r\n\"'`", s.p[at]))
		at++;
	return at;
}

/* "a1 LOGIN bob x" of IMAP, RFC 9051: nothing else on the line. */
bool secret_find_login(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t i = at + r->start.n, from, to;

	if (!at || !secret_digit(s.p[at - 1])) /* the tag */
		return false;
	i += secret_at(s, i, STR("\""));
	i = word_end(s, i);
	i += secret_at(s, i, STR("\""));
	from = secret_skip_blanks(s, i);
	if (from == i)
		return false;
	from += secret_at(s, from, STR("\""));
	to = word_end(s, from);
	return to > from && !secret_is_placeholder((struct str){s.p + from, to - from}) &&
	       give(out, from, to, r->kind);
}

/* send "x\r" of expect(1), where a password was asked for right before */
bool secret_find_send(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	size_t from = at + r->start.n, to = from, start = at > 120 ? at - 120 : 0;
	struct str before = {s.p + start, at - start};

	while (!secret_line_end(s, to) && s.p[to] != '"' && s.p[to] != '\\')
		to++;
	return to > from && s.p[from] != '$' &&
	       (str_contains(before, STR("assword")) || str_contains(before, STR("assphrase"))) &&
	       give(out, from, to, r->kind);
}

static bool mixed_word(struct str s, size_t from, size_t to, size_t min)
{
	bool digit = false, letter = false;

	for (size_t i = from; i < to; i++) {
		digit = digit || secret_digit(s.p[i]);
		letter = letter || secret_letter(s.p[i]);
	}
	return digit && letter && to >= from + min;
}

static bool has_capitals(struct str s, size_t from, size_t to)
{
	while (from < to && !(s.p[from] >= 'A' && s.p[from] <= 'Z'))
		from++;
	return from < to;
}

/* "AUTH x", "AUTH user x" of Redis, if there are digits and letters in it */
bool secret_find_auth(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	size_t from = at + r->start.n, to = word_end(s, from);

	if (at && secret_name_char(s.p[at - 1]) &&
	    (s.p[at - 1] != '-' || (at > 1 && s.p[at - 2] != '\n')))
		return false;
	if (!mixed_word(s, from, to, r->min)) {
		from = secret_skip_blanks(s, to);
		to = word_end(s, from);
		if (!secret_line_end(s, secret_skip_blanks(s, to)) && !secret_quote_at(s, to) &&
		    !has_capitals(s, from, to))
			return false; /* "AUTH failed for ..." */
	}
	return mixed_word(s, from, to, r->min) && give(out, from, to, r->kind);
}

/* What stands behind the first sign of the rule: " s.x", exactly that many random characters. */
bool secret_find_after(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t from = at + r->start.n, n = secret_run(s, from, SET_WORD);

	return n == r->min && secret_is_random((struct str){s.p + from, n}) &&
	       give(out, at + 1, from + n, r->kind);
}

/* Behind the colon, or alone on the next line that is not blank. */
bool secret_find_below(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t limit = at + SECRET_HORIZON, from = at + r->start.n - 1, to, nl;

	while (!secret_line_end(s, from) && s.p[from] != ':' && from < at + LOOK_MAX)
		from++;
	from = secret_skip_blanks(s, from + 1);
	nl = from < s.n && secret_line_end(s, from) ? from : s.n;
	if (nl < s.n)
		from = secret_next_text(s, at, nl, limit);
	for (to = from; to < s.n && s.p[to] && !strchr(" \t\r\n\"'`,;()[]<>", s.p[to]);)
		to++;
	return to >= from + r->min &&
	       (nl == s.n || secret_line_end(s, secret_skip_blanks(s, to))) &&
	       give(out, from, to, r->kind);
}

/* "echo x | docker login --password-stdin", "echo user:x | chpasswd" */
bool secret_find_echo(struct str s, size_t at, const struct secret_rule *r, struct secret_span *out)
{
	static const struct str takers[] = {STR("--password-stdin"), STR("sudo -S"),
					    STR("passwd --stdin"),   STR("--with-token"),
					    STR("--passphrase-fd"),  STR("chpasswd")};
	struct str line = str_head(str_from(s, at + r->start.n), SECRET_HORIZON), v;
	size_t bar, i = 0;

	line = str_head(line, str_find_char(line, '\n'));
	bar = str_find_char(line, '|');
	while (i < ARRAY_SIZE(takers) && !str_contains(str_from(line, bar), takers[i]))
		i++;
	if (bar == line.n || i == ARRAY_SIZE(takers))
		return false;
	v = str_trim(str_head(line, bar));
	if (str_starts(v, STR("-n ")) || str_starts(v, STR("-e ")))
		v = str_trim(str_from(v, 3));
	if (v.n > 2 && strchr("\"'", v.p[0]) && v.p[v.n - 1] == v.p[0])
		v = (struct str){v.p + 1, v.n - 2};
	if (i + 1 == ARRAY_SIZE(takers))
		v = str_from(v, str_find_char(v, ':') + 1);
	return v.n && v.p[0] != '$' && !secret_is_placeholder(v) &&
	       give(out, (size_t)(v.p - s.p), (size_t)(v.p - s.p) + v.n, r->kind);
}

/* "$ANSIBLE_VAULT;1.1;AES256" and lines of hexadecimal digits, be they joined */
bool secret_find_vault(struct str s, size_t at, const struct secret_rule *r,
		       struct secret_span *out)
{
	size_t from = 0, to = 0, i = at + r->start.n;

	while (i < s.n && i < at + 80 && s.p[i] != ' ' && !secret_line_end(s, i))
		i++;
	while (i < s.n) {
		size_t start = secret_line_end(s, i)
				       ? secret_next_text(s, from ? from : at, i, i + 256)
				       : secret_skip_blanks(s, i);
		size_t n = secret_run(s, start, SET_HEX);

		if (n < 8)
			break;
		from = from ? from : start;
		i = to = start + n;
	}
	return to && give(out, from, to, r->kind);
}
