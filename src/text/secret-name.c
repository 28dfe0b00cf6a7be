// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What a name says about its value. The name is cut into words (at signs, and where case changes);
 * the last word that hints at a secret decides, and what follows it may take that back:
 * token_count, passwordFile.
 */
#include "text/secret-priv.h"

#define WORDS_MAX 16

struct hint {
	struct str word;
	enum secret_strength strength;
	const char *kind;
};

/* As whole words. */
static const struct hint words[] = {
	{STR("password"), SECRET_STRONG, "password"},
	{STR("passwords"), SECRET_STRONG, "password"},
	{STR("passwd"), SECRET_STRONG, "password"},
	{STR("passwort"), SECRET_STRONG, "password"},
	{STR("passphrase"), SECRET_STRONG, "password"},
	{STR("passcode"), SECRET_STRONG, "password"},
	{STR("pass"), SECRET_STRONG, "password"},
	{STR("pwd"), SECRET_STRONG, "password"},
	{STR("pw"), SECRET_STRONG, "password"},
	{STR("secret"), SECRET_STRONG, "secret"},
	{STR("secrets"), SECRET_TOKEN, "secret"},
	{STR("credential"), SECRET_TOKEN, "credentials"},
	{STR("credentials"), SECRET_TOKEN, "credentials"},
	{STR("cred"), SECRET_TOKEN, "credentials"},
	{STR("creds"), SECRET_TOKEN, "credentials"},
	{STR("psk"), SECRET_STRONG, "key"},
	{STR("mnemonic"), SECRET_STRONG, "secret"},
	{STR("token"), SECRET_TOKEN, "token"},
	{STR("tokens"), SECRET_WEAK, "token"},
	{STR("jwt"), SECRET_TOKEN, "token"},
	{STR("bearer"), SECRET_TOKEN, "token"},
	{STR("otp"), SECRET_TOKEN, "code"},
	{STR("totp"), SECRET_TOKEN, "code"},
	{STR("pin"), SECRET_TOKEN, "code"},
	{STR("cvv"), SECRET_TOKEN, "code"},
	{STR("auth"), SECRET_TOKEN, "credentials"},
	{STR("authorization"), SECRET_HEADER, "credentials"},
	{STR("authentication"), SECRET_HEADER, "credentials"},
	{STR("cookie"), SECRET_COOKIE, "cookie"},
	{STR("cookies"), SECRET_COOKIE, "cookie"},
	{STR("session"), SECRET_WEAK, "session"},
	{STR("sessionid"), SECRET_WEAK, "session"},
	{STR("sessid"), SECRET_WEAK, "session"},
	{STR("sid"), SECRET_WEAK, "session"},
	{STR("signature"), SECRET_WEAK, "signature"},
	{STR("sig"), SECRET_WEAK, "signature"},
	{STR("hmac"), SECRET_WEAK, "key"},
	{STR("salt"), SECRET_WEAK, "key"},
	{STR("key"), SECRET_WEAK, "key"},
};

/* As the end of a word written without signs. */
static const struct hint ends[] = {
	{STR("password"), SECRET_STRONG, "password"},
	{STR("passwd"), SECRET_STRONG, "password"},
	{STR("passphrase"), SECRET_STRONG, "password"},
	{STR("passcode"), SECRET_STRONG, "password"},
	{STR("pwd"), SECRET_STRONG, "password"},
	{STR("pass"), SECRET_STRONG, "password"},
	{STR("secret"), SECRET_STRONG, "secret"},
	{STR("credentials"), SECRET_TOKEN, "credentials"},
	{STR("apikey"), SECRET_STRONG, "key"},
	{STR("accesskey"), SECRET_STRONG, "key"},
	{STR("secretkey"), SECRET_STRONG, "key"},
	{STR("privatekey"), SECRET_STRONG, "key"},
	{STR("presharedkey"), SECRET_STRONG, "key"},
	{STR("accountkey"), SECRET_STRONG, "key"},
	{STR("sharedkey"), SECRET_STRONG, "key"},
	{STR("masterkey"), SECRET_STRONG, "key"},
	{STR("signingkey"), SECRET_STRONG, "key"},
	{STR("encryptionkey"), SECRET_STRONG, "key"},
	{STR("authkey"), SECRET_STRONG, "key"},
	{STR("licensekey"), SECRET_STRONG, "key"},
	{STR("subscriptionkey"), SECRET_STRONG, "key"},
	{STR("masterauth"), SECRET_STRONG, "password"},
	{STR("token"), SECRET_TOKEN, "token"},
	{STR("sessionid"), SECRET_WEAK, "session"},
	{STR("sessid"), SECRET_WEAK, "session"},
	{STR("cookie"), SECRET_COOKIE, "cookie"},
};

/* Words that end like a hint and are none. */
static const struct str not_ends[] = {
	STR("bypass"),    STR("compass"),  STR("trespass"),  STR("surpass"),
	STR("underpass"), STR("overpass"), STR("multipass"), STR("cwd"),
	STR("nonpass"),   STR("allpass"),  STR("onepass"),   STR("prepass"),
};

/* Before "key": it is a secret one, or surely none. */
static const struct str secret_keys[] = {
	STR("api"),        STR("access"),    STR("secret"),       STR("private"),
	STR("signing"),    STR("signature"), STR("encryption"),   STR("encrypt"),
	STR("decryption"), STR("auth"),      STR("account"),      STR("shared"),
	STR("master"),     STR("service"),   STR("storage"),      STR("client"),
	STR("consumer"),   STR("app"),       STR("application"),  STR("license"),
	STR("licence"),    STR("deploy"),    STR("deployment"),   STR("ssh"),
	STR("session"),    STR("crypto"),    STR("cipher"),       STR("aes"),
	STR("rsa"),        STR("hmac"),      STR("subscription"), STR("functions"),
	STR("admin"),      STR("write"),     STR("server"),       STR("preshared"),
	STR("jwt"),        STR("root"),      STR("recovery"),     STR("ingest"),
	STR("data"),       STR("tls"),       STR("ssl"),          STR("webhook"),
	STR("unseal"),     STR("agent"),     STR("registration"), STR("integration"),
};
static const struct str plain_keys[] = {
	STR("public"),  STR("primary"), STR("foreign"),     STR("cache"),    STR("row"),
	STR("sort"),    STR("map"),     STR("hash"),        STR("object"),   STR("partition"),
	STR("bucket"),  STR("unique"),  STR("composite"),   STR("column"),   STR("idempotency"),
	STR("routing"), STR("lookup"),  STR("publishable"), STR("registry"), STR("index"),
	STR("config"),  STR("group"),   STR("property"),    STR("build"),    STR("dedup"),
};

/* After a hint: the value is about the secret, not the secret. */
static const struct str about[] = {
	STR("count"),      STR("counts"),      STR("counter"),  STR("size"),      STR("len"),
	STR("length"),     STR("file"),        STR("files"),    STR("filename"),  STR("path"),
	STR("name"),       STR("names"),       STR("type"),     STR("types"),     STR("ids"),
	STR("url"),        STR("uri"),         STR("expired"),  STR("expires"),   STR("expiry"),
	STR("expiration"), STR("ttl"),         STR("valid"),    STR("invalid"),   STR("required"),
	STR("policy"),     STR("min"),         STR("max"),      STR("age"),       STR("limit"),
	STR("lifetime"),   STR("version"),     STR("enabled"),  STR("disabled"),  STR("field"),
	STR("header"),     STR("prompt"),      STR("manager"),  STR("provider"),  STR("store"),
	STR("endpoint"),   STR("used"),        STR("total"),    STR("kind"),      STR("location"),
	STR("dir"),        STR("class"),       STR("function"), STR("format"),    STR("algorithm"),
	STR("attempts"),   STR("error"),       STR("errors"),   STR("status"),    STR("source"),
	STR("stdin"),      STR("fingerprint"), STR("checksum"), STR("duration"),  STR("timeout"),
	STR("domain"),     STR("samesite"),    STR("secure"),   STR("httponly"),  STR("method"),
	STR("mode"),       STR("service"),     STR("server"),   STR("host"),      STR("port"),
	STR("rate"),       STR("rates"),       STR("issuer"),   STR("audience"),  STR("scope"),
	STR("index"),      STR("position"),    STR("offset"),   STR("ratio"),     STR("usage"),
	STR("ref"),        STR("reference"),   STR("renewer"),  STR("filter"),    STR("handler"),
	STR("per"),        STR("budget"),      STR("callback"), STR("exception"), STR("failure"),
	STR("go"),         STR("py"),          STR("js"),       STR("ts"),        STR("java"),
	STR("rs"),         STR("rb"),          STR("sh"),       STR("cpp"),       STR("failed"),
	STR("set"),        STR("state"),       STR("exists"),   STR("rotation"),
};

/* After a hint: the secret in some form, or one of several. */
static const struct str forms[] = {
	STR("base"),      STR("data"),         STR("value"),      STR("string"),  STR("text"),
	STR("b64"),       STR("hex"),          STR("base64"),     STR("pem"),     STR("prod"),
	STR("dev"),       STR("test"),         STR("old"),        STR("new"),     STR("current"),
	STR("plain"),     STR("raw"),          STR("json"),       STR("live"),    STR("default"),
	STR("plaintext"), STR("again"),        STR("confirm"),    STR("staging"), STR("primary"),
	STR("secondary"), STR("confirmation"), STR("production"), STR("phrase"),
};

bool secret_name_char(char c)
{
	return secret_alnum(c) || c == '_' || c == '-' || c == '.';
}

/* list has lower-case words only. */
static bool same_word(struct str w, struct str listed)
{
	return w.n == listed.n && (w.p[0] | 32) == listed.p[0] && str_eq_nocase(w, listed);
}

static bool among(struct str w, const struct str *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (same_word(w, list[i]))
			return true;
	return false;
}

static bool ends_nocase(struct str w, struct str end)
{
	return w.n >= end.n && (w.p[w.n - 1] | 32) == end.p[end.n - 1] &&
	       same_word(str_from(w, w.n - end.n), end);
}

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Does a word end before s.p[i], the one before being part of it? */
static bool ends_word(struct str s, size_t i)
{
	if (i == s.n || !secret_alnum(s.p[i]))
		return true;
	if (upper(s.p[i]) && !upper(s.p[i - 1]))
		return true; /* xY, 1Y */
	return upper(s.p[i]) && i + 1 < s.n && lower(s.p[i + 1]) && upper(s.p[i - 1]) &&
	       !(i + 2 == s.n && s.p[i + 1] == 's'); /* APIKey, but not APIs */
}

static size_t split(struct str name, struct str w[WORDS_MAX])
{
	size_t n = 0, i = 0;

	while (i < name.n && n < WORDS_MAX) {
		size_t from = i++;

		if (!secret_alnum(name.p[from]))
			continue;
		while (!ends_word(name, i))
			i++;
		w[n++] = (struct str){name.p + from, i - from};
	}
	return n;
}

static const struct hint *hint_of(struct str w)
{
	while (w.n && secret_digit(w.p[w.n - 1])) /* password2 */
		w.n--;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (same_word(w, words[i].word))
			return &words[i];
	if (among(w, not_ends, ARRAY_SIZE(not_ends)))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (ends_nocase(w, ends[i].word))
			return &ends[i];
	return NULL;
}

/* "key" and what stands before it. */
static enum secret_strength key_strength(const struct str *w, size_t at)
{
	for (size_t i = at; i-- > 0;) {
		if (among(w[i], plain_keys, ARRAY_SIZE(plain_keys)))
			return SECRET_NONE;
		if (among(w[i], secret_keys, ARRAY_SIZE(secret_keys)))
			return SECRET_STRONG;
	}
	return SECRET_WEAK;
}

/* What the words after the hint make of it. */
static void apply_rest(struct secret_name *out, const struct str *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool number = secret_digit(w[i].p[0]);

		if (among(w[i], about, ARRAY_SIZE(about))) {
			out->strength = SECRET_NONE;
		} else if (str_eq_nocase(w[i], STR("id")) || str_eq_nocase(w[i], STR("hash"))) {
			if (out->strength != SECRET_NONE)
				out->strength = SECRET_WEAK;
		} else if (!number && !among(w[i], forms, ARRAY_SIZE(forms))) {
			out->sure = false;
		}
	}
}

struct secret_name secret_name_of(struct str name)
{
	struct secret_name out = {.sure = true};
	struct str w[WORDS_MAX];
	size_t n = split(name, w);

	for (size_t i = n; i-- > 0;) {
		const struct hint *h = hint_of(w[i]);

		if (!h)
			continue;
		out.strength = h->strength;
		out.kind = h->kind;
		out.compound = n > 1 || !str_eq_nocase(w[i], h->word);
		out.folder = (str_eq(w[i], STR("PWD")) || str_eq(w[i], STR("OLDPWD"))) &&
			     (w[i].p == name.p || w[i].p[-1] == '.'); /* env.PWD */
		out.pass = str_eq(h->word, STR("pass"));
		if (str_eq(h->word, STR("key")))
			out.strength = key_strength(w, i);
		else if (i && among(w[i - 1], plain_keys, 1))
			out.strength = SECRET_NONE; /* public token */
		apply_rest(&out, w + i + 1, n - i - 1);
		break;
	}
	return out;
}
