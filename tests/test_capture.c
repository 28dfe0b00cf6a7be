// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "exec/environment.h"

/* Names and values of a capture as "name=value;" ...; text may hold NUL. */
static void read_all(struct str text, const char *program, struct buf *out, uint64_t *left_out)
{
	const struct environment_dump *d = environment_dump_of(text);
	struct variable *v = NULL;
	size_t n = 0, cap = 0;
	struct arena a;
	struct err err;

	buf_clear(out);
	if (!d != !program)
		fail_msg("%s: %s", program ? program : "nothing", d ? "taken" : "not taken");
	if (!d)
		return;
	assert_string_equal(environment_dump_program(d), program);
	arena_init(&a);
	assert_int_equal(environment_dump_read(d, &a, text, NULL, &v, &n, &cap, left_out, &err), 0);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, STR_FMT "=" STR_FMT ";", STR_ARG(v[i].name),
			   STR_ARG(v[i].value.text));
	free(v);
	arena_release(&a);
}

static void kinds(void **unused)
{
	static const struct {
		const char *program, *want;
		uint64_t left_out;
		struct str text;
	} cases[] = {
		{"env", "A=1 =2;HOME=/root;PATH=/bin;", 2,
		 STR("PATH=/bin\nHOME=/root\nA=1\n=2\n_=/usr/bin/env\nSHLVL=1\n")},
		{"env", "A=x y;HOME=/;PATH=/bin;", 0, STR("PATH=/bin\0HOME=/\0A=x\ny\0")},
		{"env", "E=;HOME=/;PATH=/bin;", 0,
		 STR("declare -x PATH=\"/bin\"\ndeclare -x HOME='/'\ndeclare -x E\n")},
		{"sysctl", "kernel.ostype=Linux;net.ipv4.tcp_rmem=4096 131072;vm.x=;", 1,
		 STR("kernel.ostype = Linux\nnet.ipv4.tcp_rmem = 4096\t131072\nvm.x =\n"
		     "kernel.random.uuid = 1\nsysctl: permission denied on key\n")},
		{"lscpu", "Architecture=x86_64;CPU(s)=4;Flags fpu=yes;Flags sse=yes;", 1,
		 STR("Architecture:  x86_64\nCPU(s):  4\nFlags:  fpu sse\nCPU MHz: 1\n")},
		{"ulimit", "core file size=0;open files=1024;stack=unlimited;", 0,
		 STR("core file size              (blocks, -c) 0\nopen files        (-n) 1024\n"
		     "stack    (kbytes, -s) unlimited\n")},
		{"ulimit", "nofiles=1024;time=unlimited;", 0,
		 STR("time(seconds)        unlimited\nnofiles              1024\n")},
		{"dpkg -l", "old=rc old 1.0;zlib1g:amd64=1:1.2;", 0,
		 STR("Desired=Unknown/Install\n| Status=Not\n||/ Name Version\n+++-===\n"
		     "ii  zlib1g:amd64  1:1.2  amd64  library\nrc  old  1.0  all  gone\n")},
		{"apt list", "libc6=2.36-9;", 0,
		 STR("Listing...\nlibc6/stable,now 2.36-9 amd64 [installed]\n")},
		{"conda list", "python=3.10.1 h1 conda-forge;", 0,
		 STR("# packages in environment at /opt:\n#\npython   3.10.1   h1  conda-forge\n")},
		{"conda list --export", "python=3.10.1=h1;", 0,
		 STR("# This file may be used to create an environment using:\n"
		     "python=3.10.1=h1\n")},
		{"pip list", "pip=23.0;", 0, STR("Package Version\n------- -------\npip  23.0\n")},
		{"npm ls", "@types/node=18.0.0;react=^18;", 0,
		 STR("p@1.0.0 /x\n├── @types/node@18.0.0\n└── UNMET DEPENDENCY react@^18\n")},
		{"rpm -qa", "gpg-pubkey=fd43-4ae0;kernel=5.14-70.x86_64, 5.14-71.x86_64;", 0,
		 STR("kernel-5.14-71.x86_64\nkernel-5.14-70.x86_64\ngpg-pubkey-fd43-4ae0\n")},
		{"pip freeze",
		 "numpy=1.26.0;x=git+https://me:[redacted password]@h/x.git#egg=x;y=file:///y;", 0,
		 STR("# c\nnumpy==1.26.0\n-e git+https://me:s3cretXyz@h/x.git#egg=x\r\n"
		     "y @ file:///y\n")},
		{"dpkg-query -W", "zlib1g:amd64=1:1.2.13;", 0,
		 STR("zlib1g:amd64\t1:1.2.13\nnone\t\n")},
		/* what is none */
		{NULL, "", 0, STR("")},
		{NULL, "", 0, STR("\n\n")},
		{NULL, "", 0, STR("level=info msg=started\nlevel=info msg=done\n")},
		{NULL, "", 0, STR("PATH=/bin\nlevel=info msg=started\n")},
		{NULL, "", 0, STR("2026-01-01 10:00:00 kernel: vm.x = 1\n")},
		{NULL, "", 0, STR("started\nchecking\n├── a@1.0\n└── b@2.0\ntests passed\n")},
		{NULL, "", 0, STR("PATH=/bin\nHOME=/\nA=1\nB=2\nstarting\nloading\nfailed\n")},
		{NULL, "", 0, STR("step\tloss\n1\t0.5\n2\t0.4\n")},
		{NULL, "", 0, STR("a==b\nassertion failed: 1 == 2\nat x.c:3\n")},
		{NULL, "", 0, STR("pkg-1.0-1.x86_64 installed\npkg-2.0-1.x86_64 removed\n")},
	};
	struct buf out = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t left_out = 0;

		read_all(cases[i].text, cases[i].program, &out, &left_out);
		if (!str_eq(buf_str(&out), str_of(cases[i].want)) || left_out != cases[i].left_out)
			fail_msg("%s: %s, %llu", cases[i].program, buf_cstr(&out),
				 (unsigned long long)left_out);
	}
	buf_release(&out);
}

static void secrets(void **unused)
{
	const struct str text = STR("PATH=/bin\nHOME=/\nDB_PASSWORD=hunter2\n");
	const struct environment_dump *d = environment_dump_of(text);
	struct map found = {0};
	struct variable *v = NULL;
	size_t n = 0, cap = 0;
	uint64_t left_out;
	struct arena a;
	struct err err;

	arena_init(&a);
	assert_non_null(d);
	assert_int_equal(environment_dump_read(d, &a, text, &found, &v, &n, &cap, &left_out, &err),
			 0);
	assert_int_equal(found.n, 1);
	assert_true(map_get(&found, hash_str(STR("DB_PASSWORD")), &(uint32_t){0}));
	assert_false(str_contains(v[0].value.text, STR("hunter")));
	map_release(&found);
	free(v);
	arena_release(&a);
}

static void too_many(void **unused)
{
	struct variable *v = NULL;
	struct buf text = {0};
	size_t n = 0, cap = 0;
	uint64_t left_out;
	struct arena a;
	struct err err;

	arena_init(&a);
	for (int i = 0; i <= 100000; i++)
		buf_printf(&text, "p%d==1\n", i);
	assert_int_equal(environment_dump_read(environment_dump_of(buf_str(&text)), &a,
					       buf_str(&text), NULL, &v, &n, &cap, &left_out, &err),
			 -ERR_LIMIT);
	assert_int_equal(n, 0);
	buf_release(&text);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(secrets),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
