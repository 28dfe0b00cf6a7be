// SPDX-License-Identifier: GPL-3.0-or-later
/* What surrounds a run: captured variables, configuration files, arguments, ELF, git. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "base/file.h"
#include "config.h"
#include "exec/elf.h"
#include "exec/environment.h"
#include "vcs/vcs.h"

struct table {
	struct arena a;
	struct variable *v;
	size_t n, cap;
};

static const struct variable *find(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->v[i].name, str_of(name)))
			return &t->v[i];
	return NULL;
}

static void assert_text(const struct table *t, const char *name, const char *want)
{
	const struct variable *v = find(t, name);

	if (!v)
		fail_msg("no variable %s among %zu", name, t->n);
	assert_int_equal(v->value.kind, VALUE_TEXT);
	if (!str_eq(v->value.text, str_of(want)))
		fail_msg("%s is '" STR_FMT "', not '%s'", name, STR_ARG(v->value.text), want);
}

static void assert_int(const struct table *t, const char *name, int64_t want)
{
	const struct variable *v = find(t, name);

	if (!v)
		fail_msg("no variable %s among %zu", name, t->n);
	assert_int_equal(v->value.kind, VALUE_INT);
	assert_int_equal(v->value.integer, want);
}

static void release(struct table *t)
{
	free(t->v);
	arena_release(&t->a);
	*t = (struct table){0};
}

static char *word(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void capture(struct table *t, const struct environment_opts *o)
{
	arena_init(&t->a);
	environment_capture(&t->a, o, &t->v, &t->n, &t->cap);
}

static void test_capture(void **state)
{
	char dir[] = "/tmp/test-environment-XXXXXX";
	char *env[] = {word("PATH=/usr/bin:/bin"),
		       word("LC_ALL=C.UTF-8"),
		       word("OMP_NUM_THREADS=4"),
		       word("MY_TOKEN=abc"),
		       word("MINE_X=1.5"),
		       word("TZ=Europe/Rome"),
		       word("odd"),
		       NULL};
	char *argv[] = {word("sh"), word("-c"), word("true"), NULL};
	const char *const allow[] = {"MINE_*", NULL};
	struct environment_opts o = {.envp = env, .argv = argv, .allow = allow, .nofile = 77};
	struct table t = {0}, again = {0};

	assert_non_null(mkdtemp(dir));
	o.cache_dir = dir;
	for (int round = 0; round < 2; round++) { /* cold, then warm */
		release(&t);
		capture(&t, &o);
		assert_text(&t, "env.LC_ALL", "C.UTF-8");
		assert_int(&t, "env.OMP_NUM_THREADS", 4);
		assert_true(find(&t, "env.MINE_X")->value.real == 1.5);
		assert_null(find(&t, "env.MY_TOKEN"));
		assert_int(&t, "env.others", 2);
		assert_int(&t, "ulimit.files", 77);
		assert_text(&t, "os.time_zone", "Europe/Rome");
		assert_true(find(&t, "memory.total")->value.integer > 0);
		assert_str(find(&t, "memory.total")->unit, "bytes");
		assert_non_null(find(&t, "os.kernel"));
		assert_non_null(find(&t, "host.virtual"));
		assert_non_null(find(&t, "load.1m"));
		assert_text(&t, "program.path", "/usr/bin/sh");
		assert_int_equal(find(&t, "program.hash")->value.text.n, 64);
		assert_non_null(find(&t, "lib.libc.so.6"));
		assert_null(find(&t, "env.odd"));
		assert_null(find(&t, "lib."));
	}
	/* without a cache, and without a command, the same but for what moves */
	o.cache_dir = NULL;
	capture(&again, &o);
	assert_int_equal(again.n, t.n);
	release(&again);
	o.argv = NULL;
	capture(&again, &o);
	assert_null(find(&again, "program.path"));
	assert_non_null(find(&again, "os.kernel"));
	release(&again);
	release(&t);
}

/* The cache knows that a file changed. */
static void test_cache_follows_changes(void **state)
{
	char dir[] = "/tmp/test-environment-XXXXXX", *env[] = {word("PATH=/usr/bin:/bin"), NULL};
	char path[64], *argv[] = {path, NULL};
	struct environment_opts o = {.envp = env, .argv = argv};
	struct table t = {0}, u = {0};
	FILE *f;

	assert_non_null(mkdtemp(dir));
	o.cache_dir = dir;
	snprintf(path, sizeof(path), "%s/script", dir);
	f = fopen(path, "w");
	fputs("#!/usr/bin/env -S sh -e\ntrue\n", f);
	fclose(f);
	chmod(path, 0755);
	capture(&t, &o);
	assert_text(&t, "program.interpreter", "/usr/bin/sh");
	assert_non_null(find(&t, "lib.libc.so.6"));
	f = fopen(path, "a");
	fputs("false\n", f);
	fclose(f);
	capture(&u, &o);
	assert_false(
		str_eq(find(&t, "program.hash")->value.text, find(&u, "program.hash")->value.text));
	release(&t);
	release(&u);
}

static const struct {
	const char *path, *data;
	int rc;
	const char *expected; /* NAME=VALUE, separated by newlines; * before an integer */
} configs[] = {
	{"a.json", "{\"a\": {\"b\": [1, 2.5, \"x\"], \"c\": true, \"d\": null}, \"e\": \"7\"}", 0,
	 "config.a.json.a.b.0=*1\nconfig.a.json.a.b.2=x\nconfig.a.json.a.c=true\n"
	 "config.a.json.a.d=null\nconfig.a.json.e=7"},
	{"./a.json", "[]", 0, ""},
	{"a.json", "{\"a\": ", -ERR_INPUT, ""},
	{"a.json", "{\"big\": 9223372036854775807}", 0, "config.a.json.big=*9223372036854775807"},
	{"noname", " {\"a\": 1}", 0, "config.noname.a=*1"},
	{"noname", " {\"a\": ", 0, ""},
	{"noname", "a = 1", 0, ""},
	{"b.toml",
	 "# head\ntitle = \"x # y\" # tail\n[owner]\nname = 'Tom'\n[a.\"b.c\"]\nk = [1,\n 2, # "
	 "two\n "
	 "3]\nn = 5 # five\nt = \"\"\"one\ntwo\"\"\"\n[[bin]]\nname = \"p\"\n[[bin]]\nname = "
	 "\"q\"\n",
	 0,
	 "config.b.toml.title=x # y\nconfig.b.toml.owner.name=Tom\nconfig.b.toml.a.b.c.k=[1, 2, "
	 "3]\n"
	 "config.b.toml.a.b.c.n=*5\nconfig.b.toml.a.b.c.t=one two\nconfig.b.toml.bin.0.name=p\n"
	 "config.b.toml.bin.1.name=q"},
	{"c.ini", "top=1\n[s]\nk = v ; comment\nurl: http://x/y\n; c\n", 0,
	 "config.c.ini.top=*1\nconfig.c.ini.s.k=v\nconfig.c.ini.s.url=http://x/y"},
	{"c.ini", "[s\n", -ERR_INPUT, ""},
	{"c.ini", "[s]\nno key\n", -ERR_INPUT, ""},
	{"nginx.conf", "server {\n listen 80;\n}\n", 0, ""},
	{"d.env", "export A=1\nB='two words'\n", 0, "config.d.env.A=*1\nconfig.d.env.B=two words"},
	{"e.toml", "a = [1,\n2", 0, "config.e.toml.a=[1, 2"},
	{"e.toml", "a = \"\"\"never\nclosed", 0, "config.e.toml.a=\"\"\"never closed"},
#if HAVE_YAML
	{"f.yaml",
	 "a: 1\nb:\n  - x\n  - c: 'yes'\n    d: 007\nbase: &b {k: v}\nuse: *b\n? [complex, key]\n: "
	 "z\n---\nsecond: 2\n",
	 0,
	 "config.f.yaml.a=*1\nconfig.f.yaml.b.0=x\nconfig.f.yaml.b.1.c=yes\n"
	 "config.f.yaml.b.1.d=007\nconfig.f.yaml.use.k=v\nconfig.f.yaml.1.second=*2"},
	{"f.yml", "a: [1, 2", -ERR_INPUT, ""},
	{"f.yml", "", 0, ""},
#endif
};

static void test_config(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++) {
		struct table t = {0};
		struct str rest = str_of(configs[i].expected), line;
		struct err err;
		int rc;

		arena_init(&t.a);
		rc = environment_config(&t.a, str_of(configs[i].path), str_of(configs[i].data),
					true, &t.v, &t.n, &t.cap, &err);
		if (rc != configs[i].rc)
			fail_msg("%s: %s", configs[i].data, rc ? err.msg : "no error");
		if (rc)
			assert_non_null(strstr(err.msg, "line "));
		assert_true(t.n >= 1 && str_ends(t.v[0].name, STR(".hash")));
		assert_int_equal(t.v[0].value.text.n, 64);
		if (!rest.n && !rc)
			assert_int_equal(t.n, 1);
		while (rest.n && str_next(&rest, '\n', &line)) {
			size_t eq = str_find_char(line, '=');
			char *name = arena_printf(&t.a, STR_FMT, STR_ARG(str_head(line, eq)));
			const char *value = line.p + eq + 1;
			char *want = arena_printf(&t.a, "%.*s", (int)(line.n - eq - 1), value);

			if (*want == '*')
				assert_int(&t, name, strtoll(want + 1, NULL, 10));
			else
				assert_text(&t, name, want);
		}
		release(&t);
	}
}

/* Depth and number of keys have an end, and laughs do not multiply. */
static void test_config_limits(void **state)
{
	struct buf b = {0};
	struct table t = {0};
	struct err err;

	arena_init(&t.a);
	for (int i = 0; i < 1000; i++)
		BUF_LIT(&b, "[");
	for (int i = 0; i < 1000; i++)
		BUF_LIT(&b, "]");
	assert_int_equal(environment_config(&t.a, STR("deep.json"), buf_str(&b), true, &t.v, &t.n,
					    &t.cap, &err),
			 0);
	assert_int_equal(t.n, 1);
	buf_clear(&b);
	for (int i = 0; i < 20000; i++)
		buf_printf(&b, "k%d = %d\n", i, i);
	assert_int_equal(environment_config(&t.a, STR("many.ini"), buf_str(&b), true, &t.v, &t.n,
					    &t.cap, &err),
			 -ERR_LIMIT);
	assert_int_equal(t.n, 10002);
#if HAVE_YAML
	buf_clear(&b);
	BUF_LIT(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 12; i++) {
		buf_printf(&b, "a%d: &a%d [", i, i);
		for (int k = 0; k < 9; k++)
			buf_printf(&b, "%s*a%d", k ? ", " : "", i - 1);
		BUF_LIT(&b, "]\n");
	}
	assert_int_equal(environment_config(&t.a, STR("laughs.yaml"), buf_str(&b), true, &t.v, &t.n,
					    &t.cap, &err),
			 -ERR_LIMIT);
	buf_clear(&b); /* libyaml would take minutes for these */
	for (int i = 0; i < 60000; i++)
		BUF_LIT(&b, "{a: ");
	assert_int_equal(environment_config(&t.a, STR("deep.yaml"), buf_str(&b), true, &t.v, &t.n,
					    &t.cap, &err),
			 -ERR_LIMIT);
	assert_string_equal(err.msg, "deep.yaml: line 1: nested too deep");
	buf_clear(&b);
	for (int i = 0; i < 60000; i++)
		buf_printf(&b, "k%d: &k%d x\n", i, i);
	assert_int_equal(environment_config(&t.a, STR("anchors.yaml"), buf_str(&b), true, &t.v,
					    &t.n, &t.cap, &err),
			 -ERR_LIMIT);
	assert_string_equal(err.msg, "anchors.yaml: line 1002: too many anchors");
#endif
	buf_release(&b);
	release(&t);
}

static void test_arguments(void **state)
{
	char *argv[] = {word("train"), word("--lr=0.5"), word("--epochs"), word("10"),
			word("-j4"),   word("-n"),       word("3"),        word("--fast"),
			word("--"),    word("-x"),       word("data.csv"), word("-5"),
			NULL};
	char *more[] = {word("cc"),  word("-I"),    word("a"), word("-I"), word("b"),
			word("-O2"), word("-Wall"), word("-"), word("-5"), NULL};
	struct table t = {0};

	arena_init(&t.a);
	environment_arguments(&t.a, argv, &t.v, &t.n, &t.cap);
	assert_text(&t, "arg.0", "train");
	assert_true(find(&t, "arg.lr")->value.real == 0.5);
	assert_int(&t, "arg.epochs", 10);
	assert_int(&t, "arg.j", 4);
	assert_int(&t, "arg.n", 3);
	assert_text(&t, "arg.fast", "true");
	assert_text(&t, "arg.1", "-x");
	assert_text(&t, "arg.2", "data.csv");
	assert_int(&t, "arg.3", -5);
	release(&t);
	arena_init(&t.a);
	environment_arguments(&t.a, more, &t.v, &t.n, &t.cap);
	assert_text(&t, "arg.I", "a");
	assert_text(&t, "arg.I.2", "b");
	assert_int(&t, "arg.O", 2);
	assert_text(&t, "arg.Wall", "true");
	assert_text(&t, "arg.1", "-");
	release(&t);
	arena_init(&t.a);
	environment_arguments(&t.a, NULL, &t.v, &t.n, &t.cap);
	assert_int_equal(t.n, 0);
	release(&t);
}

static void test_elf(void **state)
{
	struct file_map m;
	struct elf_info e;
	struct err err;

	assert_int_equal(file_map_path(&m, "/proc/self/exe", &err), 0);
	assert_true(elf_read((struct str){m.data, m.size}, &e));
	assert_true(str_starts(e.interpreter, STR("/")));
	assert_true(e.build_id.n >= 8);
	for (size_t n = 0; n < 2000; n += 7) /* cut anywhere */
		(void)elf_read((struct str){m.data, n}, &e);
	assert_false(elf_read(STR("#!/bin/sh"), &e));
	file_map_release(&m);
}

static int shell(const char *dir, const char *script)
{
	CLEANUP_BUF struct buf b = {0};

	buf_printf(
		&b,
		"cd '%s' && export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 "
		"GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a "
		"GIT_COMMITTER_EMAIL=a@example.org GIT_COMMITTER_DATE=2026-01-02T03:04:05Z && (%s) "
		">/dev/null 2>&1",
		dir, script);
	return system(buf_cstr(&b));
}

static void state_of(const char *dir, struct arena *a, struct vcs_state *s)
{
	struct err err;

	if (vcs_state(dir, a, s, &err))
		fail_msg("%s", err.msg);
}

static void test_vcs(void **state)
{
	char dir[] = "/tmp/test-vcs-XXXXXX", sub[64];
	struct vcs_state s, t;
	struct table v = {0};
	struct err err;

	arena_init(&v.a);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(vcs_state(dir, &v.a, &s, &err), -ERR_NOTFOUND);
	assert_int_equal(shell(dir, "git init -b main && git remote add origin "
				    "https://me:secret@example.org/x.git && mkdir sub"),
			 0);
	state_of(dir, &v.a, &s);
	assert_int_equal(s.commit.n, 0);
	assert_str(s.branch, "main");
	assert_str(s.remote, "https://example.org/x.git");
	assert_false(s.dirty);
	assert_int_equal(shell(dir, "echo 1 >a && git add a && git commit -m one"), 0);
	snprintf(sub, sizeof(sub), "%s/sub", dir);
	state_of(sub, &v.a, &s);
	assert_true(str_eq(s.root, str_of(dir)));
	assert_int_equal(s.commit.n, 40);
	assert_int_equal(s.commit_time, 1767323045);
	assert_false(s.dirty);
	/* the hash depends on what differs, tracked or not, and on nothing else */
	assert_int_equal(shell(dir, "echo 2 >a && echo 3 >new"), 0);
	state_of(dir, &v.a, &s);
	assert_true(s.dirty && s.diff_hash.n == 64);
	assert_int_equal(shell(dir, "touch -d 2001-01-01 a new && git add a"), 0);
	state_of(sub, &v.a, &t);
	assert_true(t.dirty);
	assert_int_equal(shell(dir, "echo 4 >new"), 0);
	state_of(dir, &v.a, &t);
	assert_false(str_eq(s.diff_hash, t.diff_hash));
	assert_int_equal(shell(dir, "echo 3 >new"), 0);
	state_of(dir, &v.a, &t);
	assert_true(str_eq(s.diff_hash, t.diff_hash));
	assert_int_equal(shell(dir, "rm a && ln -s x link && git checkout --detach"), 0);
	state_of(dir, &v.a, &t);
	assert_int_equal(t.branch.n, 0);
	vcs_variables(&v.a, &t, &v.v, &v.n, &v.cap);
	assert_non_null(find(&v, "git.commit"));
	assert_int(&v, "git.dirty", 1);
	assert_non_null(find(&v, "git.diff"));
	release(&v);
}

/* More commits and files than are kept; ids that are none; a commit that is not there. */
static void test_vcs_between(void **state)
{
	char dir[] = "/tmp/test-vcs-XXXXXX";
	struct str none = STR("0123456789012345678901234567890123456789"), first;
	struct code_range r = {.changed = 77};
	struct vcs_state s;
	struct arena a;
	struct err err;

	arena_init(&a);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(vcs_between(dir, &a, none, none, &r, &err), -ERR_NOTFOUND);
	assert_int_equal(shell(dir, "git init -b main && echo 1 >a && git add a && "
				    "git commit -m one"),
			 0);
	state_of(dir, &a, &s);
	first = s.commit;
	assert_int_equal(shell(dir, "for i in $(seq 60); do git commit --allow-empty -m $i; done;"
				    "for i in $(seq 250); do seq $i >f$i; done; git add . &&"
				    "git commit -m last"),
			 0);
	state_of(dir, &a, &s);
	assert_int_equal(vcs_between(dir, &a, first, STR("main"), &r, &err), -ERR_USAGE);
	assert_int_equal(vcs_between(dir, &a, STR("--output=x"), first, &r, &err), -ERR_USAGE);
	assert_int_equal(vcs_between(dir, &a, first, none, &r, &err), -ERR_NOTFOUND);
	assert_int_equal(r.changed, 77);
	assert_false(vcs_has_commit(dir, none) || vcs_has_commit(dir, STR("HEAD")));
	assert_true(vcs_has_commit(dir, first) && vcs_descends(dir, s.commit, first));
	assert_false(vcs_descends(dir, first, s.commit) || vcs_descends(dir, STR("HEAD"), first));
	assert_int_equal(vcs_between(dir, &a, first, s.commit, &r, &err), 0);
	assert_int_equal(r.relation, CODE_FORWARD);
	assert_int_equal(r.only_bad, 61);
	assert_int_equal(r.ncommits, CODE_COMMITS);
	assert_str(r.commits[0].title, "last");
	assert_str(r.commits[1].title, "60");
	assert_int_equal(r.commits[1].time, 1767323045);
	assert_int_equal(r.changed, 250);
	assert_int_equal(r.nfiles, CODE_FILES);
	assert_str(r.files[0].path, "f250");
	assert_int_equal(r.files[0].added, 250);
	assert_int_equal(r.added, 250 * 251 / 2);
	assert_int_equal(vcs_between(dir, &a, first, first, &r, &err), 0);
	assert_int_equal(r.relation, CODE_SAME);
	assert_int_equal(r.ncommits, 0);
	arena_release(&a);
}

/* Nothing that a repository names is run. */
static void test_vcs_hostile(void **state)
{
	char dir[] = "/tmp/test-vcs-XXXXXX", mark[64];
	struct vcs_state s;
	struct arena a;

	arena_init(&a);
	assert_non_null(mkdtemp(dir));
	snprintf(mark, sizeof(mark), "%s/mark", dir);
	assert_int_equal(
		shell(dir, "git init -b main && echo '* filter=a=b diff=d' >.gitattributes && echo "
			   "1 >f && "
			   "git add . && git commit -m one && x='touch \"$PWD\"/mark; cat' && "
			   "git config 'filter.a=b.clean' \"$x\" && git config "
			   "'filter.a=b.process' \"$x\" && "
			   "git config 'filter.a=b.required' true && "
			   "git config core.fsmonitor \"$x\" && git config diff.external \"$x\" && "
			   "git config diff.d.textconv \"$x\" && git config core.pager \"$x\" && "
			   "printf '#!/bin/sh\\ntouch mark' >.git/hooks/post-index-change && "
			   "chmod +x .git/hooks/* && sleep 0.01 && echo 2 >f && touch f"),
		0);
	state_of(dir, &a, &s);
	assert_true(s.dirty);
	assert_int_equal(access(mark, F_OK), -1);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capture),     cmocka_unit_test(test_cache_follows_changes),
		cmocka_unit_test(test_config),      cmocka_unit_test(test_config_limits),
		cmocka_unit_test(test_arguments),   cmocka_unit_test(test_elf),
		cmocka_unit_test(test_vcs_between), cmocka_unit_test(test_vcs),
		cmocka_unit_test(test_vcs_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
