// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * What surrounds a run: see environment.h. parts[] lists what is captured; most of it is one line
 * of a file, in the tables below. environment-program.c has what is slow, environment-config.c what
 * belongs to the command's own files and words.
 */
#include "exec/environment-priv.h"

#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "exec/cgroup.h"
#include "exec/program.h"
#include "text/secret.h"

#define MAX_FACT_FILE 4096 /* of /proc/cpuinfo the first processor */

/* ---- adding ---- */

static struct str clean(struct arena *a, struct str s, size_t max)
{
	struct buf b = {0};
	struct str out;

	if (s.n > max) {
		s.n = max;
		buf_add_str(&b, s);
		BUF_LIT(&b, "...");
	} else {
		buf_add_str(&b, s);
	}
	for (size_t i = 0; i < b.n; i++)
		if ((unsigned char)b.p[i] < ' ' || b.p[i] == 127)
			b.p[i] = ' ';
	out = arena_str(a, buf_str(&b));
	buf_release(&b);
	return out;
}

void capture_value(struct capture *c, struct str name, struct value v, const char *unit)
{
	struct variable *added = &array_push(*c->out, *c->n, *c->cap);

	*added = (struct variable){.name = clean(c->arena, name, 512),
				   .value = v,
				   .unit = str_of(unit),
				   .n = 1,
				   .spread = NAN};
}

void capture_text(struct capture *c, struct str name, struct str text)
{
	CLEANUP_BUF struct buf b = {0};

	bool hidden = secret_redact_value(&b, name, text) || text.n > ENVIRONMENT_MAX_TEXT;

	if (hidden && c->secrets)
		map_put(c->secrets, hash_str(name), (uint32_t)hash_str(text), NULL);
	capture_value(c, name, value_text(clean(c->arena, buf_str(&b), ENVIRONMENT_MAX_TEXT)), "");
}

void capture_guess(struct capture *c, struct str name, struct str text)
{
	CLEANUP_BUF struct buf b = {0};
	int64_t i;
	double d;

	if (str_i64(text, &i)) {
		buf_i64(&b, i);
		if (str_eq(buf_str(&b), text) && !secret_redact_value(&b, name, text)) {
			capture_value(c, name, value_int(i), "");
			return;
		}
	} else if (str_double(text, &d) && isfinite(d) && text.n < 25 &&
		   !secret_redact_value(&b, name, text)) {
		capture_value(c, name, value_real(d), "");
		return;
	}
	capture_text(c, name, text);
}

/* ---- facts that are a line of a file ---- */

enum fact_kind { FACT_TEXT, FACT_NUMBER, FACT_KB, FACT_CHOSEN /* the word in [] */ };

struct fact {
	const char *name, *path;
	const char *key; /* what the line begins with; NULL: the first line */
	enum fact_kind kind;
	const char *unit;
};

static const struct fact facts[] = {
	{"os.kernel", "/proc/sys/kernel/osrelease", NULL, FACT_TEXT, ""},
	{"os.kernel_build", "/proc/sys/kernel/version", NULL, FACT_TEXT, ""},
	{"os.name", "/etc/os-release", "PRETTY_NAME=", FACT_TEXT, ""},
	{"host.name", "/proc/sys/kernel/hostname", NULL, FACT_TEXT, ""},
	{"host.product", "/sys/class/dmi/id/product_name", NULL, FACT_TEXT, ""},
	{"cpu.model", "/proc/cpuinfo", "model name", FACT_TEXT, ""},
	{"cpu.microcode", "/proc/cpuinfo", "microcode", FACT_TEXT, ""},
	{"cpu.governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", NULL, FACT_TEXT,
	 ""},
	{"cpu.no_turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo", NULL, FACT_NUMBER, ""},
	{"cpu.boost", "/sys/devices/system/cpu/cpufreq/boost", NULL, FACT_NUMBER, ""},
	{"cpu.smt", "/sys/devices/system/cpu/smt/active", NULL, FACT_NUMBER, ""},
	{"memory.total", "/proc/meminfo", "MemTotal:", FACT_KB, "bytes"},
	{"memory.available", "/proc/meminfo", "MemAvailable:", FACT_KB, "bytes"},
	{"memory.swap_total", "/proc/meminfo", "SwapTotal:", FACT_KB, "bytes"},
	{"memory.swap_free", "/proc/meminfo", "SwapFree:", FACT_KB, "bytes"},
	{"memory.huge_pages", "/sys/kernel/mm/transparent_hugepage/enabled", NULL, FACT_CHOSEN, ""},
	{"kernel.overcommit", "/proc/sys/vm/overcommit_memory", NULL, FACT_NUMBER, ""},
	{"kernel.aslr", "/proc/sys/kernel/randomize_va_space", NULL, FACT_NUMBER, ""},
	{"load.1m", "/proc/loadavg", NULL, FACT_NUMBER, ""},
};

static bool find_line(struct str data, const char *key, struct str *line)
{
	while (str_next(&data, '\n', line)) {
		if (!key)
			return true;
		if (str_starts(*line, str_of(key))) {
			*line = str_trim(str_from(*line, strlen(key)));
			if (line->n && line->p[0] == ':')
				*line = str_trim(str_from(*line, 1));
			return true;
		}
	}
	return false;
}

static struct str unquoted(struct str s)
{
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		return (struct str){s.p + 1, s.n - 2};
	return s;
}

static void add_fact(struct capture *c, const struct fact *f, struct str line)
{
	struct str word = str_head(line, str_find_char(line, ' ')), name = str_of(f->name);
	size_t open = str_find_char(line, '[');
	uint64_t n;
	double d;

	switch (f->kind) {
	case FACT_TEXT:
		line = unquoted(str_trim(line));
		if (line.n)
			capture_text(c, name, line);
		return;
	case FACT_KB:
		if (str_u64(word, &n) && n < INT64_MAX / 1024)
			capture_value(c, name, value_int((int64_t)n * 1024), f->unit);
		return;
	case FACT_NUMBER:
		if (str_u64(word, &n) && n <= INT64_MAX)
			capture_value(c, name, value_int((int64_t)n), f->unit);
		else if (str_double(word, &d))
			capture_value(c, name, value_real(d), f->unit);
		return;
	case FACT_CHOSEN:
		word = str_from(line, open + 1);
		capture_text(c, name, str_head(word, str_find_char(word, ']')));
		return;
	}
}

/* As much of a file as a page holds. */
static struct str read_head(const char *path, char buf[MAX_FACT_FILE])
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, MAX_FACT_FILE);

	return (struct str){buf, n > 0 ? (size_t)n : 0};
}

static void part_facts(struct capture *c)
{
	char buf[MAX_FACT_FILE];
	struct str data = {0}, line;
	const char *path = "";

	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		if (strcmp(path, facts[i].path) != 0)
			data = read_head(facts[i].path, buf);
		path = facts[i].path;
		if (find_line(data, facts[i].key, &line))
			add_fact(c, &facts[i], line);
	}
}

/* ---- the other parts ---- */

static void part_machine(struct capture *c)
{
	struct utsname u;
	cpu_set_t set;

	if (uname(&u) == 0)
		capture_text(c, STR("os.arch"), str_of(u.machine));
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		capture_value(c, STR("cpu.usable"), value_int(CPU_COUNT(&set)), "");
	capture_value(c, STR("cpu.online"), value_int(sysconf(_SC_NPROCESSORS_ONLN)), "");
}

/* What a file that is there, or holds a word, tells of being inside a container or a machine that
 * is none. The first that holds counts. */
static void part_virtual(struct capture *c)
{
	static const struct {
		const char *what, *path, *word;
	} signs[] = {
		{"docker", "/.dockerenv", NULL},
		{"podman", "/run/.containerenv", NULL},
		{"kubernetes", "/proc/self/cgroup", "kubepods"},
		{"docker", "/proc/self/cgroup", "docker"},
		{"lxc", "/proc/self/cgroup", "/lxc"},
		{"wsl", "/proc/sys/kernel/osrelease", "microsoft"},
		{"virtual machine", "/proc/cpuinfo", " hypervisor"},
	};
	char buf[MAX_FACT_FILE];

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		bool there = signs[i].word ? str_contains_nocase(read_head(signs[i].path, buf),
								 str_of(signs[i].word))
					   : access(signs[i].path, F_OK) == 0;

		if (there) {
			capture_text(c, STR("host.virtual"), str_of(signs[i].what));
			return;
		}
	}
	capture_text(c, STR("host.virtual"), STR("none"));
}

static void part_cgroup(struct capture *c)
{
	static const struct {
		const char *name, *controller, *v1, *v2;
	} files[] = {
		{"cgroup.memory_max", "memory", "memory.limit_in_bytes", "memory.max"},
		{"cgroup.cpu_quota", "cpu", "cpu.cfs_quota_us", "cpu.max"},
		{"cgroup.cpus", "cpuset", "cpuset.cpus", "cpuset.cpus.effective"},
		{"cgroup.pids_max", "pids", "pids.max", "pids.max"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_BUF struct buf b = {0};

		if (cgroup_read(&b, files[i].controller, files[i].v1, files[i].v2) && b.n)
			capture_guess(c, str_of(files[i].name), buf_str(&b));
	}
}

static void part_limits(struct capture *c)
{
	static const struct {
		const char *name, *unit;
		int resource;
	} limits[] = {
		{"ulimit.files", "", RLIMIT_NOFILE},         {"ulimit.processes", "", RLIMIT_NPROC},
		{"ulimit.stack", "bytes", RLIMIT_STACK},     {"ulimit.core", "bytes", RLIMIT_CORE},
		{"ulimit.memory", "bytes", RLIMIT_AS},       {"ulimit.data", "bytes", RLIMIT_DATA},
		{"ulimit.file_size", "bytes", RLIMIT_FSIZE}, {"ulimit.cpu", "s", RLIMIT_CPU},
		{"ulimit.locked", "bytes", RLIMIT_MEMLOCK},
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit r;

		if (getrlimit(limits[i].resource, &r) < 0)
			continue;
		if (limits[i].resource == RLIMIT_NOFILE && c->o->nofile)
			r.rlim_cur = c->o->nofile;
		if (r.rlim_cur == RLIM_INFINITY || r.rlim_cur > INT64_MAX)
			capture_text(c, str_of(limits[i].name), STR("unlimited"));
		else
			capture_value(c, str_of(limits[i].name), value_int((int64_t)r.rlim_cur),
				      limits[i].unit);
	}
}

static void part_time_zone(struct capture *c)
{
	const char *tz = program_env(c->o->envp, "TZ");
	char link[512];
	ssize_t n = readlink("/etc/localtime", link, sizeof(link));
	struct str s = {link, n > 0 ? (size_t)n : 0}, word = STR("zoneinfo/");

	if (tz)
		s = str_of(tz);
	else
		s = str_from(s, str_find(s, word) + word.n);
	capture_text(c, STR("os.time_zone"), s.n ? s : STR("UTC"));
}

/* Names of variables whose values are kept; * at the end: all that begin so. What may be a secret
 * (a proxy with a password) is not among them. */
static const char *const allowed[] = {
	"PATH",
	"LANG",
	"LANGUAGE",
	"LC_*",
	"TZ",
	"TERM",
	"SHELL",
	"CI",
	"TMPDIR",
	"PWD",
	"OMP_*",
	"GOMP_*",
	"KMP_*",
	"MKL_*",
	"OPENBLAS_*",
	"BLIS_*",
	"NUMEXPR_*",
	"VECLIB_*",
	"CUDA_VISIBLE_DEVICES",
	"CUDA_LAUNCH_BLOCKING",
	"CUBLAS_WORKSPACE_CONFIG",
	"NCCL_*",
	"HIP_VISIBLE_DEVICES",
	"ROCR_VISIBLE_DEVICES",
	"TF_*",
	"XLA_FLAGS",
	"PYTORCH_*",
	"TORCH_*",
	"LD_*",
	"MALLOC_*",
	"GLIBC_TUNABLES",
	"JE_MALLOC_CONF",
	"TCMALLOC_*",
	"GOMAXPROCS",
	"GOGC",
	"GODEBUG",
	"GOFLAGS",
	"GOMEMLIMIT",
	"GOTRACEBACK",
	"CGO_ENABLED",
	"PYTHON*",
	"VIRTUAL_ENV",
	"CONDA_DEFAULT_ENV",
	"NODE_ENV",
	"NODE_OPTIONS",
	"NODE_PATH",
	"UV_*",
	"JAVA_HOME",
	"JAVA_TOOL_OPTIONS",
	"JDK_JAVA_OPTIONS",
	"MAVEN_OPTS",
	"GRADLE_OPTS",
	"RUSTFLAGS",
	"RUST_BACKTRACE",
	"RUST_LOG",
	"CFLAGS",
	"CXXFLAGS",
	"CPPFLAGS",
	"LDFLAGS",
	"CC",
	"CXX",
	"MAKEFLAGS",
	"ASAN_OPTIONS",
	"UBSAN_OPTIONS",
	"TSAN_OPTIONS",
	"LSAN_OPTIONS",
	"MSAN_OPTIONS",
	"DOTNET_*",
	"RUBYOPT",
	"RUBYLIB",
	"PERL5LIB",
	"PERL_HASH_SEED",
	"OMPI_MCA_*",
	"SLURM_NTASKS",
	"SLURM_CPUS_PER_TASK",
	"SLURM_JOB_NUM_NODES",
	"DEBUG",
	"VERBOSE",
	"SOURCE_DATE_EPOCH",
	NULL,
};

static bool listed(const char *const *list, struct str name)
{
	for (; list && *list; list++) {
		struct str l = str_of(*list);
		bool prefix = l.n && l.p[l.n - 1] == '*';

		if (prefix ? str_starts(name, str_head(l, l.n - 1)) : str_eq(name, l))
			return true;
	}
	return false;
}

static void part_variables(struct capture *c)
{
	int64_t others = 0;

	for (char *const *e = c->o->envp; e && *e; e++) {
		struct str s = str_of(*e), name = str_head(s, str_find_char(s, '='));
		CLEANUP_BUF struct buf b = {0};

		if (!listed(allowed, name) && !listed(c->o->allow, name)) {
			others++;
			continue;
		}
		buf_printf(&b, "env." STR_FMT, STR_ARG(name));
		capture_guess(c, buf_str(&b), str_from(s, name.n + 1));
	}
	capture_value(c, STR("env.others"), value_int(others), "");
}

static void (*const parts[])(struct capture *c) = {
	part_facts,     part_machine,   part_virtual,    part_cgroup,   part_limits,
	part_time_zone, part_variables, capture_program, capture_tools, capture_packages,
};

void environment_capture(struct arena *a, const struct environment_opts *o, struct variable **out,
			 size_t *n, size_t *cap)
{
	struct capture c = {a, o, out, n, cap, NULL};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		parts[i](&c);
}
