// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <stdlib.h>

#include "base/mem.h"
#include "text/secret.h"

/* What becomes of it; NULL: nothing. bench/secrets.py has hundreds more. */
static const struct {
	const char *text, *redacted;
} table[] = {
	/* names and signs */
	{"DB_PASSWORD=hunter2", "DB_PASSWORD=[redacted password]"},
	{"password = hunter2\nuser = bob", "password = [redacted password]\nuser = bob"},
	{"password: correct horse", "password: [redacted password]"},
	{"{\"user\":\"bob\",\"dbPassword\":\"x1\",\"port\":1}",
	 "{\"user\":\"bob\",\"dbPassword\":\"[redacted password]\",\"port\":1}"},
	{"{\"pin\": 12345}", "{\"pin\": \"[redacted code]\"}"},
	{"{\\\"password\\\":\\\"x1\\\"}", "{\\\"password\\\":\\\"[redacted password]\\\"}"},
	{"&quot;password&quot;: &quot;x1&quot;",
	 "&quot;password&quot;: &quot;[redacted password]&quot;"},
	{"<db:password>x1</db:password>", "<db:password>[redacted password]</db:password>"},
	{"<add key=\"Password\" value=\"x1\"/>",
	 "<add key=\"Password\" value=\"[redacted password]\"/>"},
	{"- name: DB_PASSWORD\n  value: x1\n",
	 "- name: DB_PASSWORD\n  value: [redacted password]\n"},
	{"<key>password</key>\n<string>x1</string>",
	 "<key>password</key>\n<string>[redacted password]</string>"},
	{"password: |\n  one\n  two\nuser: bob", "password: |\n  [redacted password]\n\nuser: bob"},
	{"db:\n  password:\n    x1\n  port: 1",
	 "db:\n  password:\n    [redacted password]\n  port: 1"},
	{"password='it''s'", "password='[redacted password]'"},
	{"password=\"a\\\"b\" next", "password=\"[redacted password]\" next"},
	{"PW='ab'\"'\"'cd' run", "PW='[redacted password] run"},
	{"x password=a,b)c next", "x password=[redacted password] next"},
	{"Config(user=bob, password=x1)", "Config(user=bob, password=[redacted password])"},
	{"Server=db;Password=two words;X=1", "Server=db;Password=[redacted password];X=1"},
	{"?user=bob&password=x1&a=b", "?user=bob&password=[redacted password]&a=b"},
	{"+ DB_PASSWORD=x1 ./run --all", "+ DB_PASSWORD=[redacted password] ./run --all"},
	{"the password is hunter2", "the password is [redacted password]"},
	{"machine h login bob password zebra", "machine h login bob password [redacted password]"},
	{"requirepass foobared", "requirepass [redacted password]"},
	{"\033[1mpassword\033[0m=\033[2mx1\033[0m",
	 "\033[1mpassword\033[0m=\033[2m[redacted password]\033[0m"},
	{"name=\"password\"\r\n\r\nx1\r\n--", "name=\"password\"\r\n\r\n[redacted password]\r\n--"},
	{"setPassword(\"x1\")", "setPassword(\"[redacted password]\")"},
	{"Some { password: Some(\"x1\") }", "Some { password: Some(\"[redacted password]\") }"},
	{"define('DB_PASSWORD', 'x1');", "define('DB_PASSWORD', '[redacted password]');"},
	{"[\"password\", \"name\"]", NULL},
	{"<entry key=\"db.password\">x1</entry>",
	 "<entry key=\"db.password\">[redacted password]</entry>"},
	/* announced */
	{"echo hunter2 | docker login --password-stdin",
	 "echo [redacted password] | docker login --password-stdin"},
	{"echo 'bob:hunter2' | chpasswd", "echo 'bob:[redacted password]' | chpasswd"},
	{"echo hunter2 | grep 2", NULL},
	{"A temporary password is generated for root@localhost: x1!abc",
	 "A temporary password is generated for root@localhost: [redacted password]"},
	{"following password to proceed to installation:\n\n0123456789abcdef01\n\nx",
	 "following password to proceed to installation:\n\n[redacted password]\n\nx"},
	{"k: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  0123456789abcdef\n  01234567\nb: 1",
	 "k: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  [redacted secret]\n\nb: 1"},
	{"bob:$apr1$abcdefgh$0123456789012345678901", "bob:[redacted password hash]"},
	{"bob:{SHA}0123456789abcdefghijklmnop0=", "bob:[redacted password hash]"},
	{"bcp t in f -U sa -P hunter2", "bcp t in f -U sa -P [redacted password]"},
	{"PWD=/home/bob", NULL},
	{"UID=sa;PWD=x1", "UID=sa;PWD=[redacted password]"},
	/* headers */
	{"curl -H 'Authorization: Bearer abc123def' x",
	 "curl -H 'Authorization: [redacted credentials]' x"},
	{"Cookie: a=1; sid=2", "Cookie: [redacted cookie]"},
	{"sent Bearer abcdefgh12345678", "sent Bearer [redacted token]"},
	{"x Basic Ym9iOmh1bnRlcjI=", "x Basic [redacted credentials]"},
	{"X-Api-Key: abcd1234", "X-Api-Key: [redacted key]"},
	/* URLs */
	{"https://bob:x1@host/p", "https://bob:[redacted password]@host/p"},
	{"redis://:x1@host", "redis://:[redacted password]@host"},
	{"pg://bob:a@b/c@host/db", "pg://bob:[redacted password]@host/db"},
	{"bob:x1@tcp(db:3306)/app", "bob:[redacted password]@tcp(db:3306)/app"},
	/* commands */
	{"mysql -u root -px1 app", "mysql -u root -p[redacted password] app"},
	{"[\"mysql\",\"-px1\",\"db\"]", "[\"mysql\",\"-p[redacted password]\",\"db\"]"},
	{"curl -u bob:x1 -b c=d u", "curl -u bob:[redacted password] -b [redacted cookie] u"},
	{"tool --password x1 run", "tool --password [redacted password] run"},
	{"['t', '--password', 'x1']", "['t', '--password', '[redacted password]']"},
	{"- --password\n- x1\n", "- --password\n- [redacted password]\n"},
	{"mysql app <openssl rsa -passin pass:x1", "mysql app <openssl rsa -p[redacted password] "
						   "pass:[redacted password]"},
	{"htpasswd -b file bob x1", "htpasswd -b file bob [redacted password]"},
	{"sqlplus scott/x1@orcl", "sqlplus scott/[redacted password]@orcl"},
	{"kubectl --from-literal=a=x1 y", "kubectl --from-literal=a=[redacted secret] y"},
	/* forms */
	{"a\\ngh"
	 "p_0123456789abcdefghijABCDEFGHIJ012345\\n",
	 "a\\n[redacted GitHub token]\\n"},
	{"AK"
	 "IAQWERTYUIOP234567.",
	 "[redacted AWS key]."},
	{"h:5432:db:bob:x1", "h:5432:db:bob:[redacted password]"},
	{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
	 "-----BEGIN RSA PRIVATE KEY-----[redacted private key]\n\n-----END RSA PRIVATE KEY-----"},
	{"-----BEGIN PRIVATE KEY-----\nMIIEabcdefghijklmnop\nMIIEabcdefghijklmnop\nand so on",
	 "-----BEGIN PRIVATE KEY-----[redacted private key]\n\n\nand so on"},
	{"-----BEGIN PRIVATE KEY-----", NULL},
	{"a -----BEGIN PRIVATE KEY-\n", NULL},
	{"CREATE USER bob IDENTIFIED BY 'x1'",
	 "CREATE USER bob IDENTIFIED BY '[redacted password]'"},
	{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl.", "[redacted token]"},
	{"key = 0123456789abcdef0123456789abcdef", "key = [redacted key]"},
	{"'password' =&gt; &#39;x1&#39;", "'password' =&gt; &#39;[redacted password]&#39;"},
	{"[&quot;mysql&quot;,&quot;-px1&quot;]",
	 "[&quot;mysql&quot;,&quot;-p[redacted password]&quot;]"},
	/* escaped, and as it was before */
	{"note=password\\=x1", "note=password\\=[redacted password]"},
	{"GET /a?m=isql+-U+sa+-P+x1 HTTP", "GET /a?m=isql+-U+sa+-P+[redacted password] HTTP"},
	{"m=%2522password%2522%253A%2522x1%2522",
	 "m=%2522password%2522%253A%2522[redacted password]%2522"},
	{"&amp;quot;password&amp;quot;: &amp;quot;x1&amp;quot;",
	 "&amp;quot;password&amp;quot;: &amp;quot;[redacted password]&amp;quot;"},
	{"<a>- name: PASSWORD\n  value: &quot;x1&quot;</a>",
	 "<a>- name: PASSWORD\n  value: &quot;[redacted password]&quot;</a>"},
	{"{\"m\":\"<name>db.password</name>\\n<value>x1</value>\"}",
	 "{\"m\":\"<name>db.password</name>\\n<value>[redacted password]</value>\"}"},
	{"1,\"{\"\"password\"\": \"\"x1\"\"}\",x",
	 "1,\"{\"\"password\"\": \"\"[redacted password]\"\"}\",x"},
	{"sh -c 'PASSWORD='\"'\"'x1'\"'\"' run'", "sh -c 'PASSWORD='[redacted password] run'"},
	{"\033[1;33msshpass -p x1 ssh h\033[0m",
	 "\033[1;33msshpass -p [redacted password] ssh h\033[0m"},
	{"mysql -u root \\\n  -px1 app", "mysql -u root \\\n  -p[redacted password] app"},
	{"C:\\new\\token\\x1 50% of 100%20 a?b=c", NULL},
	{"name=\"\" value='' x=\"\"", NULL},
	/* below one another behind a log's header */
	{"10:00:01 app: password:\n10:00:02 app:   x1", "10:00:01 app: password:\n10:00:02 app:   "
							"[redacted password]"},
	{"w_1 | <key>password</key>\nw_1 | <string>x1</string>",
	 "w_1 | <key>password</key>\nw_1 | <string>[redacted password]</string>"},
	{"user,password,port\nbob,x1,1\r\neve,\"a,b\",2\n",
	 "user,password,port\nbob,[redacted password],1\r\neve,\"[redacted password]\",2\n"},
	{"id;token\n1;abcdef12\n2;abcdef34\n\ntoken",
	 "id;token\n1;[redacted token]\n2;[redacted token]\n\ntoken"},
	{"a, password, b\n1, x1, 2", NULL},
	{"user,password\nbob,x1,1\n", NULL},
	/* more announced */
	{"C: a001 LOGIN bob x1", "C: a001 LOGIN bob [redacted password]"},
	{"CREATE LOGIN bob disabled", NULL},
	{"net use Z: \\\\h\\s x1 /user:bob", "net use Z: \\\\h\\s [redacted password] /user:bob"},
	{"net use \\\\h\\s /user:bob x1", "net use \\\\h\\s /user:bob [redacted password]"},
	{"expect \"*assword*\"\nsend \"x1\\r\"",
	 "expect \"*assword*\"\nsend \"[redacted password]\\r\""},
	{"send \"x1\\r\"", NULL},
	{"10:00 app: AUTH hunter22", "10:00 app: AUTH [redacted password]"},
	{"AUTH bob hunter22", "AUTH bob [redacted password]"},
	{"AUTH failed for the second time", NULL},
	{"10:00 app: ENV DB_PASSWORD zebra", "10:00 app: ENV DB_PASSWORD [redacted password]"},
	{"login: bob pass: x1", "login: bob pass: [redacted password]"},
	{"got s.Ab3dEf6hIj9lMn2pQr5tUv8x", "got [redacted Vault token]"},
	{"by SK"
	 "0123456789abcdef0123456789abcdef",
	 "by [redacted Twilio key]"},
	/* none */
	{"commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b", NULL},
	{"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", NULL},
	{"id=550e8400-e29b-41d4-a716-446655440000 key=550e8400-e29b-41d4-a716-446655440000", NULL},
	{"Failed password for root from 10.0.0.1 port 22 ssh2", NULL},
	{"Access denied for user 'root'@'h' (using password: YES)", NULL},
	{"max_tokens=512 tokens: 1234 token_count=17 pass: 12 fail: 3", NULL},
	{"PASS: tests/test_password.sh", NULL},
	{"error: unexpected token: ';'", NULL},
	{"password=${DB_PASSWORD} token=$TOKEN secret=<redacted> key=***", NULL},
	{"passwordFile=/etc/x password_min_length: 8", NULL},
	{"DelegationTokenSecretManager: Starting expired token remover", NULL},
	{"public_key=AAAAB3NzaC1yc2EAAAADAQABAAABgQ primaryKey=Ab1Cd2Ef3Gh4Ij5Kl6", NULL},
	{"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----", NULL},
	{"ssh://git@github.com/a/b https://user@host/x http://host:8080/p@1", NULL},
	{"author=bob authority=x keyboard: us compass: north bypass=all", NULL},
	{"mysql -p app; curl -u bob https://x; ssh -p 2222 host", NULL},
	{"Basic authentication failed; Bearer token missing", NULL},
	{"token=Token{9f4ef63 ActivityRecord}", NULL},
	{"monkey=banana turkey: sandwich", NULL},
	{"session opened for user root; sessionid:0x14ed93111f20027", NULL},
	{"", NULL},
	{"pw", NULL},
};

static void cases(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *want = table[i].redacted ? table[i].redacted : table[i].text;
		CLEANUP_BUF struct buf b = {0}, again = {0};
		size_t n = secret_redact(&b, str_of(table[i].text));

		if (strcmp(buf_cstr(&b), want) != 0 || (n == 0) != !table[i].redacted)
			fail_msg("%s\n  is %s\n not %s", table[i].text, buf_cstr(&b), want);
		if (secret_found(str_of(table[i].text)) != (n > 0))
			fail_msg("%s: found?", table[i].text);
		/* What was redacted stays as it is. */
		if (secret_redact(&again, buf_str(&b)) || strcmp(buf_cstr(&again), want) != 0)
			fail_msg("%s\n  once more %s", table[i].text, buf_cstr(&again));
	}
}

static void values(void **state)
{
	static const struct {
		const char *name, *value, *redacted;
	} t[] = {
		{"DB_PASSWORD", "x", "[redacted password]"},
		{"GITHUB_TOKEN", "abcd", "[redacted token]"},
		{"DATABASE_URL", "pg://bob:x1@h/d", "pg://bob:[redacted password]@h/d"},
		{"API_KEY", "short", "[redacted key]"},
		{"AUTHOR", "bob", "bob"},
		{"PATH", "/usr/bin:/bin", "/usr/bin:/bin"},
		{"PWD", "/home/bob", "/home/bob"},
		{"env.OLDPWD", "/home/bob", "/home/bob"},
		{"PWD", "x1", "[redacted password]"},
		{"MYSQL_PWD", "/x1", "[redacted password]"},
		{"PASSWORD", "", ""},
		{"TOKEN_FILE", "/run/token", "/run/token"},
		{"NOTE", "token=abc123def", "token=[redacted token]"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		CLEANUP_BUF struct buf b = {0};

		secret_redact_value(&b, str_of(t[i].name), str_of(t[i].value));
		assert_string_equal(buf_cstr(&b), t[i].redacted);
	}
}

static void arguments(void **state)
{
	static const struct {
		const char *argv[5];
		const char *last; /* argument as it is then */
	} t[] = {
		{{"/usr/bin/mysql", "-psecret"}, "-p[redacted password]"},
		{{"curl", "-u", "bob:x1"}, "bob:[redacted password]"},
		{{"tool", "--password", "x1"}, "[redacted password]"},
		{{"tool", "--password=x1"}, "--password=[redacted password]"},
		{{"tool", "--token", "--verbose"}, "--verbose"},
		{{"redis-cli", "-a", "x1"}, "[redacted password]"},
		{{"ssh", "-p", "22"}, "22"},
		{{"tool", "password"}, "password"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		CLEANUP_BUF struct buf b = {0};
		char *argv[5];
		size_t n = 0;

		for (; t[i].argv[n]; n++)
			argv[n] = mem_strdup(t[i].argv[n]);
		secret_redact_arg(&b, argv, n - 1);
		assert_string_equal(buf_cstr(&b), t[i].last);
		while (n)
			free(argv[--n]);
	}
}

static void blank(void **state)
{
	char text[] = "a\0password=hunter2\0b";

	assert_int_equal(secret_blank(text, sizeof(text) - 1), 1);
	assert_memory_equal(text, "a\0password=xxxxxxx\0b", sizeof(text) - 1);
}

/* The work grows with the text, not faster: places that rules look far from. */
static void linear(void **state)
{
	static const char *const pieces[] = {"password=\"",
					     "-----BEGIN RSA PRIVATE KEY-----",
					     "://a:b",
					     "eyJhbGciOi.",
					     "mysql -u ",
					     "token: ",
					     "password: |\n ",
					     "<password>",
					     "name=\"password\" ",
					     "$6$a",
					     ":AA",
					     "key=(",
					     "echo ",
					     "echo a|",
					     "$ANSIBLE_VAULT;",
					     "$ANSIBLE_VAULT;\n",
					     "password to proceed to installation:",
					     "('password',",
					     "AUTH ",
					     "\\",
					     "&amp;",
					     "%25",
					     "?a=+",
					     "\"'\"'",
					     "''",
					     "\033[1m",
					     "password:\n",
					     "a1 LOGIN ",
					     "a,password\nx1,x2\n",
					     "password,",
					     "Password for the elastic user",
					     "Private-Lines: 1\n"};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		CLEANUP_BUF struct buf b = {0}, out = {0};

		while (b.n < 300000)
			buf_add_str(&b, str_of(pieces[i]));
		secret_redact(&out, buf_str(&b)); /* must end soon: the test's time limit */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cases), cmocka_unit_test(values), cmocka_unit_test(arguments),
		cmocka_unit_test(blank), cmocka_unit_test(linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
