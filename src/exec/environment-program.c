// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The slow parts of what surrounds a run: programs are hashed, asked for their version and their
 * libraries (by the dynamic loader's --list, which does not run them), packages are counted. Each
 * answer is remembered in a file of the cache folder under a key that is made of what it depends
 * on: file names with device, inode, size and time of change.
 */
#include "exec/environment-priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sha256.h"
#include "exec/elf.h"
#include "exec/exec.h"
#include "exec/program.h"

#define SEC          INT64_C(1000000000)
#define TOOL_LIMIT   (5 * SEC)
#define MAX_OUTPUT   ((size_t)256 << 10)
#define MAX_ENTRY    ((size_t)1 << 20)
#define MAX_DATABASE ((size_t)256 << 20)
#define MAX_PROGRAM  ((size_t)1 << 30) /* larger ones are not hashed */
#define ELF_HEAD     ((size_t)1 << 16)
#define MAX_SHEBANGS 4

/* ---- the cache: a file per name, "key\n" and the text ---- */

static char *cache_path(const char *dir, const char *name)
{
	char hex[SHA256_HEX + 1], *path;

	sha256_hex(str_of(name), hex);
	if (asprintf(&path, "%s/%.32s", dir, hex) < 0)
		abort();
	return path;
}

bool cache_get(const char *dir, const char *name, struct str key, struct buf *out)
{
	CLEANUP_FREE char *path = dir ? cache_path(dir, name) : NULL, *data = NULL;
	struct str rest, line;
	struct err err;
	size_t n;

	if (!path || file_read_small(path, MAX_ENTRY, &data, &n, &err))
		return false;
	rest = (struct str){data, n};
	if (!str_next(&rest, '\n', &line) || !str_eq(line, key))
		return false;
	buf_add_str(out, rest);
	return true;
}

/* Written beside and renamed: two that do this at once do the same. No fsync: it is a cache. */
void cache_put(const char *dir, const char *name, struct str key, struct str text)
{
	CLEANUP_FREE char *path = dir ? cache_path(dir, name) : NULL, *tmp = NULL;
	FILE *f;

	if (!path || memchr(key.p, '\n', key.n))
		return;
	mkdir(dir, 0700);
	if (asprintf(&tmp, "%s.%d", path, getpid()) < 0)
		abort();
	f = fopen(tmp, "we");
	if (!f)
		return;
	fprintf(f, STR_FMT "\n", STR_ARG(key));
	fwrite(text.p, 1, text.n, f);
	if (ferror(f) | fclose(f) || rename(tmp, path) < 0)
		unlink(tmp);
}

bool cache_key(struct buf *key, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	buf_printf(key, "%s %ju %ju %jd %jd.%09ld ", path, (uintmax_t)st.st_dev,
		   (uintmax_t)st.st_ino, (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec,
		   st.st_mtim.tv_nsec);
	return true;
}

/* ---- programs ---- */

/* The first bytes of a file. */
static struct str read_head(const char *path, char *buf, size_t cap)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, cap);

	return (struct str){buf, n > 0 ? (size_t)n : 0};
}

/* SHA-256 of a file, through the cache; false if it cannot be had. */
static bool hash_file(const char *dir, const char *path, size_t max, struct buf *out)
{
	CLEANUP_BUF struct buf key = {0}, name = {0};
	char hex[SHA256_HEX + 1];
	struct file_map m;
	struct err err;

	buf_printf(&name, "hash %s", path);
	if (!cache_key(&key, path))
		return false;
	if (cache_get(dir, buf_cstr(&name), buf_str(&key), out))
		return true;
	if (file_map_path(&m, path, &err))
		return false;
	if (m.size <= max) {
		sha256_hex((struct str){m.data, m.size}, hex);
		buf_add(out, hex, SHA256_HEX);
		cache_put(dir, buf_cstr(&name), buf_str(&key), buf_str(out));
	}
	file_map_release(&m);
	return out->n > 0;
}

/*
 * The interpreter that the first line of a script names, a program behind "env" looked up in PATH;
 * false if it is no script.
 */
static bool shebang(const struct capture *c, const char *path, struct buf *out)
{
	char buf[256];
	struct str head = read_head(path, buf, sizeof(buf)), line, word, rest;

	if (!str_starts(head, STR("#!")) || !str_next(&head, '\n', &line))
		return false;
	rest = str_trim(str_from(line, 2));
	if (!str_next(&rest, ' ', &word))
		return false;
	buf_clear(out);
	buf_add_str(out, word);
	if (!str_ends(word, STR("/env")))
		return true;
	do {
		if (!str_next(&rest, ' ', &word))
			return false;
	} while (!word.n || word.p[0] == '-' || memchr(word.p, '=', word.n));
	{
		CLEANUP_BUF struct buf name = {0};

		buf_add_str(&name, word);
		return program_find(out, buf_cstr(&name), c->o->envp, c->o->dir) == 0;
	}
}

/* "	libc.so.6 => /lib/libc.so.6 (0x7f..)" as "libc.so.6<TAB>/lib/libc.so.6". */
static void parse_list(struct str text, struct buf *out)
{
	struct str line, arrow = STR(" => ");

	while (str_next(&text, '\n', &line)) {
		size_t at;
		struct str name, path;

		line = str_trim(line);
		at = str_find(line, arrow);
		if (at == line.n)
			continue;
		name = str_head(line, at);
		path = str_from(line, at + arrow.n);
		path = str_head(path, str_find(path, STR(" (")));
		if (memchr(name.p, '\t', name.n))
			continue;
		buf_printf(out, STR_FMT "\t" STR_FMT "\n", STR_ARG(name), STR_ARG(path));
	}
}

/* The files in a list of libraries, for its key: any that changes may need others. */
static void add_library_keys(struct buf *key, struct str list)
{
	struct str line;

	while (str_next(&list, '\n', &line)) {
		CLEANUP_BUF struct buf path = {0};

		if (!line.n)
			continue;
		buf_add_str(&path, str_from(line, str_find_char(line, '\t') + 1));
		if (!cache_key(key, buf_cstr(&path)))
			BUF_LIT(key, "- ");
	}
}

/* Ask the program's own dynamic loader; a loader is one by its name, to be run at all. */
static void list_libraries(const struct capture *c, const char *path, struct buf *out)
{
	CLEANUP_FREE char *head = mem_alloc(ELF_HEAD);
	CLEANUP_BUF struct buf loader = {0}, text = {0};
	struct exec_result r;
	struct elf_info e;
	struct err err;
	const char *base;

	if (!elf_read(read_head(path, head, ELF_HEAD), &e) || !e.interpreter.n)
		return;
	buf_add_str(&loader, e.interpreter);
	base = strrchr(buf_cstr(&loader), '/');
	if (!base || strncmp(base, "/ld", 3) != 0)
		return;
	{
		char *argv[] = {loader.p, (char *)(uintptr_t) "--list", (char *)(uintptr_t)path,
				NULL};

		if (exec_output(argv, c->o->envp, c->o->dir, TOOL_LIMIT, MAX_OUTPUT, &text, &r,
				&err) == 0 &&
		    r.end == EXEC_EXITED && r.code == 0)
			parse_list(buf_str(&text), out);
	}
}

/* The list through the cache, whose text is the list behind the key of the libraries in it. */
static void get_libraries(const struct capture *c, const char *path, struct buf *list)
{
	CLEANUP_BUF struct buf key = {0}, name = {0}, text = {0}, now = {0};
	const char *libraries = program_env(c->o->envp, "LD_LIBRARY_PATH");
	struct str rest, line;

	buf_printf(&name, "libraries %s", path);
	if (!cache_key(&key, path))
		return;
	cache_key(&key, "/etc/ld.so.cache");
	buf_printf(&key, "%s", libraries ? libraries : "");
	if (cache_get(c->o->cache_dir, buf_cstr(&name), buf_str(&key), &text)) {
		rest = buf_str(&text);
		if (str_next(&rest, '\n', &line)) {
			add_library_keys(&now, rest);
			if (str_eq(line, buf_str(&now))) {
				buf_add_str(list, rest);
				return;
			}
		}
	}
	list_libraries(c, path, list);
	buf_clear(&text);
	add_library_keys(&text, buf_str(list));
	BUF_LIT(&text, "\n");
	buf_add_str(&text, buf_str(list));
	cache_put(c->o->cache_dir, buf_cstr(&name), buf_str(&key), buf_str(&text));
}

/* "/usr/lib/libz.so.1.2.13 build 06eb..." */
static void add_library(struct capture *c, struct str soname, struct str at)
{
	CLEANUP_BUF struct buf name = {0}, value = {0}, path = {0};
	CLEANUP_FREE char *head = mem_alloc(ELF_HEAD), *real;
	struct elf_info e;

	buf_add_str(&path, at);
	real = realpath(buf_cstr(&path), NULL);
	buf_printf(&name, "lib." STR_FMT, STR_ARG(soname));
	buf_printf(&value, "%s", real ? real : "not found");
	if (real && elf_read(read_head(real, head, ELF_HEAD), &e) && e.build_id.n) {
		BUF_LIT(&value, " build ");
		for (size_t i = 0; i < e.build_id.n; i++)
			buf_printf(&value, "%02x", (unsigned char)e.build_id.p[i]);
	}
	capture_text(c, buf_str(&name), buf_str(&value));
}

void capture_program(struct capture *c)
{
	CLEANUP_BUF struct buf path = {0}, hash = {0}, list = {0};
	struct str rest, line;

	if (!c->o->argv || program_find(&path, c->o->argv[0], c->o->envp, c->o->dir))
		return;
	capture_text(c, STR("program.path"), buf_str(&path));
	if (hash_file(c->o->cache_dir, buf_cstr(&path), MAX_PROGRAM, &hash))
		capture_text(c, STR("program.hash"), buf_str(&hash));
	for (unsigned i = 0; i < MAX_SHEBANGS && shebang(c, buf_cstr(&path), &path); i++)
		if (i == 0)
			capture_text(c, STR("program.interpreter"), buf_str(&path));
	get_libraries(c, buf_cstr(&path), &list);
	rest = buf_str(&list);
	while (str_next(&rest, '\n', &line)) {
		size_t tab = str_find_char(line, '\t');

		if (line.n)
			add_library(c, str_head(line, tab), str_from(line, tab + 1));
	}
}

/* ---- compilers and interpreters ---- */

static const struct tool {
	const char *name, *option;
} tools[] = {
	{"cc", "--version"},      {"c++", "--version"},    {"gcc", "--version"},
	{"g++", "--version"},     {"clang", "--version"},  {"clang++", "--version"},
	{"python", "--version"},  {"node", "--version"},   {"java", "--version"},
	{"ruby", "--version"},    {"perl", "--version"},   {"php", "--version"},
	{"go", "version"},        {"rustc", "--version"},  {"cargo", "--version"},
	{"make", "--version"},    {"cmake", "--version"},  {"ninja", "--version"},
	{"meson", "--version"},   {"bash", "--version"},   {"R", "--version"},
	{"Rscript", "--version"}, {"julia", "--version"},  {"dotnet", "--version"},
	{"pytest", "--version"},  {"mpirun", "--version"}, {"nvcc", "--version"},
	{"ctest", "--version"},   {"npm", "--version"},
};

/* The tool of which name is a version: python3.11, gcc-12. */
static const struct tool *find_tool(struct str name)
{
	while (name.n > 1 && strchr("0123456789.-", name.p[name.n - 1]))
		name.n--;
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (str_eq(name, str_of(tools[i].name)))
			return &tools[i];
	return NULL;
}

/* The first line of what it says of itself that is not empty (perl's is not). */
static void ask_version(const struct capture *c, const char *path, const char *option,
			struct buf *out)
{
	char *argv[] = {(char *)(uintptr_t)path, (char *)(uintptr_t)option, NULL};
	CLEANUP_BUF struct buf text = {0};
	struct exec_result r;
	struct str rest, line;
	struct err err;

	if (exec_output(argv, c->o->envp, c->o->dir, TOOL_LIMIT, MAX_OUTPUT, &text, &r, &err))
		return;
	rest = buf_str(&text);
	while (str_next(&rest, '\n', &line)) {
		if (str_trim(line).n) {
			buf_add_str(out, str_head(str_trim(line), 200));
			return;
		}
	}
}

/* name as it was called is part of the question: of busybox and ccache it decides the answer. */
static void add_tool(struct capture *c, const char *name)
{
	struct str base = str_of(strrchr(name, '/') ? strrchr(name, '/') + 1 : name);
	const struct tool *t = find_tool(base);
	CLEANUP_BUF struct buf path = {0}, key = {0}, entry = {0}, version = {0}, variable = {0};
	CLEANUP_FREE char *real = NULL;

	if (!t || program_find(&path, name, c->o->envp, c->o->dir))
		return;
	buf_printf(&variable, "tool." STR_FMT, STR_ARG(base));
	for (size_t i = 0; i < *c->n; i++)
		if (str_eq((*c->out)[i].name, buf_str(&variable)))
			return;
	real = realpath(buf_cstr(&path), NULL);
	buf_printf(&entry, "version %s", buf_cstr(&path));
	if (!real || !cache_key(&key, real))
		return;
	if (!cache_get(c->o->cache_dir, buf_cstr(&entry), buf_str(&key), &version)) {
		ask_version(c, buf_cstr(&path), t->option, &version);
		cache_put(c->o->cache_dir, buf_cstr(&entry), buf_str(&key), buf_str(&version));
	}
	if (version.n)
		capture_text(c, buf_str(&variable), buf_str(&version));
}

/* The C compiler, and those that the command's words or the first line of a script name. */
void capture_tools(struct capture *c)
{
	CLEANUP_BUF struct buf path = {0};

	add_tool(c, "cc");
	if (!c->o->argv || program_find(&path, c->o->argv[0], c->o->envp, c->o->dir))
		return;
	for (char *const *w = c->o->argv; *w; w++)
		add_tool(c, *w);
	for (unsigned i = 0; i < MAX_SHEBANGS && shebang(c, buf_cstr(&path), &path); i++)
		add_tool(c, buf_cstr(&path));
}

/* ---- packages ---- */

static uint64_t count_lines(struct str text, const char *line)
{
	struct str one;
	uint64_t n = 0;

	while (str_next(&text, '\n', &one))
		n += str_eq(one, str_of(line));
	return n;
}

/* The data base of the package manager as a whole: text, of which a line stands for a package. */
void capture_packages(struct capture *c)
{
	static const struct {
		const char *path, *line;
	} databases[] = {
		{"/var/lib/dpkg/status", "Status: install ok installed"},
		{"/lib/apk/db/installed", ""},
		{"/var/lib/rpm/rpmdb.sqlite", NULL},
		{"/usr/lib/sysimage/rpm/rpmdb.sqlite", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		CLEANUP_BUF struct buf hash = {0}, key = {0}, count = {0};
		const char *path = databases[i].path;
		struct file_map m;
		struct err err;

		if (!hash_file(c->o->cache_dir, path, MAX_DATABASE, &hash))
			continue;
		capture_text(c, STR("packages.hash"), buf_str(&hash));
		if (!databases[i].line || !cache_key(&key, path))
			continue;
		if (!cache_get(c->o->cache_dir, "packages", buf_str(&key), &count) &&
		    !file_map_path(&m, path, &err)) {
			buf_u64(&count,
				count_lines((struct str){m.data, m.size}, databases[i].line));
			file_map_release(&m);
			cache_put(c->o->cache_dir, "packages", buf_str(&key), buf_str(&count));
		}
		capture_guess(c, STR("packages.count"), buf_str(&count));
	}
}
