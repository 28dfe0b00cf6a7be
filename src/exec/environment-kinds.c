// SPDX-License-Identifier: GPL-3.0-or-later
/* What lines of env, pip freeze and so on look like: see environment-dump.h. */
#include <string.h>

#include "exec/environment-dump.h"

#define KNOWN_NAMES 2 /* of environment variables, to be sure */

struct str dump_word(struct str *rest)
{
	size_t from = 0, to;
	struct str w;

	while (from < rest->n && (rest->p[from] == ' ' || rest->p[from] == '\t'))
		from++;
	for (to = from; to < rest->n && rest->p[to] != ' ' && rest->p[to] != '\t';)
		to++;
	w = (struct str){rest->p + from, to - from};
	*rest = str_from(*rest, to);
	return w;
}

/* ---- pieces of lines ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool only(struct str s, const char *more)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alpha(s.p[i]) && !is_digit(s.p[i]) && !strchr(more, s.p[i]))
			return false;
	return s.n > 0 && !memchr(s.p, 0, s.n);
}

static bool is_package(struct str s)
{
	return only(s, "._+-:@/~") &&
	       (is_alpha(s.p[0]) || is_digit(s.p[0]) || s.p[0] == '@' || s.p[0] == '_');
}

static bool is_version(struct str s)
{
	return s.n && is_digit(s.p[0]) && only(s, ".:+~-_!^");
}

static bool has_line(struct str head, struct str beginning)
{
	struct str line;

	while (str_next(&head, '\n', &line))
		if (str_starts(line, beginning))
			return true;
	return false;
}

/* ---- env, printenv, export -p ---- */

static bool sure_env(struct str head)
{
	static const struct str names[] = {
		STR("PATH="),  STR("HOME="),     STR("PWD="),    STR("LANG="),
		STR("USER="),  STR("SHELL="),    STR("TERM="),   STR("LOGNAME="),
		STR("SHLVL="), STR("HOSTNAME="), STR("LC_ALL="), STR("XDG_RUNTIME_DIR=")};
	size_t known = 0;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_BUF struct buf declared = {0};

		buf_printf(&declared, "declare -x " STR_FMT, STR_ARG(names[i]));
		known += has_line(head, names[i]) || has_line(head, buf_str(&declared)) ||
			 has_line(head, str_from(buf_str(&declared), 11));
	}
	return known >= KNOWN_NAMES;
}

static enum cut cut_env(struct str line, struct pair *p)
{
	static const struct str marks[] = {STR("declare -x "), STR("export ")};
	bool declared = false;
	size_t eq;

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (str_starts(line, marks[i])) {
			line = str_from(line, marks[i].n);
			declared = true;
		}
	eq = str_find_char(line, '=');
	*p = (struct pair){str_head(line, eq), str_from(line, eq + 1)};
	if (declared && p->value.n > 1 && strchr("\"'", p->value.p[0]) &&
	    p->value.p[p->value.n - 1] == p->value.p[0])
		p->value = (struct str){p->value.p + 1, p->value.n - 2};
	if (declared && eq == line.n)
		return only(line, "_") ? CUT_PAIR : CUT_NOT;
	return eq < line.n && only(p->name, "_.%()-") && !is_digit(p->name.p[0]) ? CUT_PAIR
										 : CUT_NOT;
}

static const char *const env_by_itself[] = {"_", "SHLVL", "OLDPWD", NULL};

/* ---- sysctl -a ---- */

static enum cut cut_sysctl(struct str line, struct pair *p)
{
	size_t eq = str_find(line, STR(" ="));

	if (str_starts(line, STR("sysctl: ")))
		return CUT_NOTHING;
	*p = (struct pair){str_head(line, eq), str_trim(str_from(line, eq + 2))};
	return eq < line.n && only(p->name, "._-/:@") && memchr(p->name.p, '.', p->name.n)
		       ? CUT_PAIR
		       : CUT_NOT;
}

static bool sure_sysctl(struct str head)
{
	static const struct str roots[] = {STR("kernel."), STR("vm."), STR("net."), STR("fs.")};

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		if (has_line(head, roots[i]))
			return true;
	return false;
}

static const char *const sysctl_by_itself[] = {"fs.dentry-state",
					       "fs.file-nr",
					       "fs.inode-nr",
					       "fs.inode-state",
					       "fs.quota.*",
					       "kernel.ns_last_pid",
					       "kernel.random.*",
					       "kernel.pty.nr",
					       "kernel.sched_domain.*",
					       "net.netfilter.nf_conntrack_count",
					       "kernel.tainted_*",
					       NULL};

/* ---- pip ---- */

static enum cut cut_pip(struct str line, struct pair *p)
{
	size_t at = str_find(line, STR("=="));

	if (line.p[0] == '#')
		return CUT_NOTHING;
	if (str_starts(line, STR("-e "))) {
		size_t egg = str_find(line, STR("#egg="));

		*p = (struct pair){str_from(line, egg + 5), str_from(line, 3)};
		return egg < line.n ? CUT_PAIR : CUT_NOT;
	}
	if (at < line.n) {
		struct str version = str_from(line, at + 2);

		*p = (struct pair){str_head(line, at), version};
		if (version.n && version.p[0] == '=')
			p->value = str_from(version, 1);
		return is_package(p->name) && p->value.n && !memchr(version.p, ' ', version.n)
			       ? CUT_PAIR
			       : CUT_NOT;
	}
	at = str_find(line, STR(" @ "));
	*p = (struct pair){str_head(line, at), str_from(line, at + 3)};
	return at < line.n && is_package(p->name) ? CUT_PAIR : CUT_NOT;
}

/* "Package Version", dashes, two columns and perhaps where it is. */
static enum cut cut_pip_list(struct str line, struct pair *p)
{
	struct str rest = line;

	*p = (struct pair){.name = dump_word(&rest), .value = dump_word(&rest)};
	if (line.p[0] == '-' || str_eq(p->value, STR("Version")))
		return CUT_NOTHING;
	return is_package(p->name) && p->value.n ? CUT_PAIR : CUT_NOT;
}

static bool sure_pip_list(struct str head)
{
	struct str line;

	return str_next(&head, '\n', &line) && str_eq(dump_word(&line), STR("Package")) &&
	       str_eq(dump_word(&line), STR("Version"));
}

/* ---- dpkg, apt, rpm ---- */

/* "ii  name:arch  version  arch  what it is"; another state than ii belongs to the version. */
static enum cut cut_dpkg(struct str line, struct pair *p)
{
	struct str rest = line, state = dump_word(&rest);

	*p = (struct pair){.name = dump_word(&rest), .value = dump_word(&rest)};
	if (strchr("|+D", line.p[0]) && line.p[0])
		return CUT_NOTHING;
	if (state.n < 2 || state.n > 3 || !only(state, "") || !is_package(p->name) ||
	    !is_version(p->value))
		return CUT_NOT;
	if (!str_eq(state, STR("ii")))
		p->value = (struct str){line.p, (size_t)(p->value.p + p->value.n - line.p)};
	return CUT_PAIR;
}

static bool sure_dpkg(struct str head)
{
	return has_line(head, STR("Desired=")) || has_line(head, STR("ii  "));
}

static enum cut cut_dpkg_query(struct str line, struct pair *p)
{
	size_t tab = str_find_char(line, '\t');

	*p = (struct pair){str_head(line, tab), str_from(line, tab + 1)};
	if (tab < line.n && !p->value.n && is_package(p->name))
		return CUT_NOTHING; /* known, but not installed */
	return is_package(p->name) && is_version(p->value) ? CUT_PAIR : CUT_NOT;
}

/* "name/stable,now 1.2-3 amd64 [installed]" */
static enum cut cut_apt(struct str line, struct pair *p)
{
	size_t slash = str_find_char(line, '/');
	struct str rest = str_from(line, slash);

	dump_word(&rest);
	*p = (struct pair){str_head(line, slash), dump_word(&rest)};
	if (str_starts(line, STR("Listing...")) || str_starts(line, STR("WARNING:")))
		return CUT_NOTHING;
	return slash < line.n && is_package(p->name) && is_version(p->value) ? CUT_PAIR : CUT_NOT;
}

static bool sure_apt(struct str head)
{
	return str_contains(head, STR(" [installed"));
}

/* "name-version-release.arch" */
static enum cut cut_rpm(struct str line, struct pair *p)
{
	size_t at = line.n;

	for (int dashes = 0; at > 0; at--)
		if (line.p[at - 1] == '-' && ++dashes == 2)
			break;
	if (at < 2)
		return CUT_NOT;
	*p = (struct pair){str_head(line, at - 1), str_from(line, at)};
	return is_package(p->name) && only(p->value, "._+-~^:") ? CUT_PAIR : CUT_NOT;
}

static bool sure_rpm(struct str head)
{
	static const struct str archs[] = {STR(".x86_64"),  STR(".noarch"),  STR(".aarch64"),
					   STR(".i686"),    STR(".ppc64le"), STR(".s390x"),
					   STR(".armv7hl"), STR(".riscv64")};
	struct str line;
	size_t n = 0, with = 0;

	while (str_next(&head, '\n', &line) && line.n) {
		n++;
		for (size_t i = 0; i < ARRAY_SIZE(archs); i++)
			with += str_ends(str_trim(line), archs[i]);
	}
	return with > 0 && with * 2 >= n;
}

/* ---- conda ---- */

static enum cut cut_conda(struct str line, struct pair *p)
{
	struct str rest = line;

	p->name = dump_word(&rest);
	p->value = str_trim(rest);
	return line.p[0] == '#'                    ? CUT_NOTHING
	       : is_package(p->name) && p->value.n ? CUT_PAIR
						   : CUT_NOT;
}

static bool sure_conda(struct str head)
{
	return has_line(head, STR("# packages in environment at"));
}

/* "name=version=build" */
static enum cut cut_conda_export(struct str line, struct pair *p)
{
	size_t eq = str_find_char(line, '=');

	if (line.p[0] == '#' || line.p[0] == '@')
		return CUT_NOTHING;
	*p = (struct pair){str_head(line, eq), str_from(line, eq + 1)};
	return is_package(p->name) && p->value.n ? CUT_PAIR : CUT_NOT;
}

static bool sure_conda_export(struct str head)
{
	return has_line(head, STR("# This file may be used to create an environment"));
}

/* ---- npm ls ---- */

/* Without what draws the tree; "@" in front belongs to the name. */
static enum cut cut_npm(struct str line, struct pair *p)
{
	struct str s = line, rest;
	size_t at;
	bool drawn = false;

	while (s.n && ((unsigned char)s.p[0] >= 0x80 || strchr("+-`| ", s.p[0]))) {
		drawn = true;
		s = str_from(s, 1);
	}
	if (str_starts(s, STR("UNMET ")))
		dump_word(&s);
	if (str_starts(str_trim(s), STR("DEPENDENCY ")) ||
	    str_starts(str_trim(s), STR("OPTIONAL ")))
		dump_word(&s);
	rest = s;
	s = dump_word(&rest);
	for (at = s.n; at > 1 && s.p[at - 1] != '@';)
		at--;
	*p = (struct pair){str_head(s, at - (at > 1)), str_from(s, at)};
	if (str_eq(s, STR("(empty)")))
		return CUT_NOTHING;
	if (!drawn) /* the project itself, and where it is */
		return at > 1 && (!rest.n || str_contains(rest, STR("/"))) ? CUT_NOTHING : CUT_NOT;
	return at > 1 && is_package(p->name) && p->value.n ? CUT_PAIR : CUT_NOT;
}

static bool sure_npm(struct str head)
{
	static const struct str marks[] = {STR("├── "), STR("└── "), STR("├─┬ "),
					   STR("└─┬ "), STR("+-- "), STR("`-- ")};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (has_line(head, marks[i]))
			return true;
	return false;
}

/* ---- lscpu, ulimit -a ---- */

static enum cut cut_lscpu(struct str line, struct pair *p)
{
	size_t colon = str_find_char(line, ':');

	*p = (struct pair){str_trim(str_head(line, colon)), str_trim(str_from(line, colon + 1))};
	return colon < line.n && p->name.n ? CUT_PAIR : CUT_NOT;
}

static bool sure_lscpu(struct str head)
{
	return str_starts(head, STR("Architecture:")) && has_line(head, STR("CPU(s):"));
}

static const char *const lscpu_by_itself[] = {"CPU MHz", "CPU(s) scaling MHz", "BogoMIPS", NULL};

/* "open files                      (-n) 1024"; dash: "nofiles              1024" */
static enum cut cut_ulimit(struct str line, struct pair *p)
{
	size_t blank = line.n, open = str_find_char(line, '(');
	uint64_t n;

	while (blank > 0 && line.p[blank - 1] != ' ')
		blank--;
	*p = (struct pair){str_trim(str_head(line, open < blank ? open : blank)),
			   str_from(line, blank)};
	return p->name.n && (str_eq(p->value, STR("unlimited")) || str_u64(p->value, &n)) ? CUT_PAIR
											  : CUT_NOT;
}

static bool sure_ulimit(struct str head)
{
	return str_contains(head, STR("-n) ")) || has_line(head, STR("time(seconds)"));
}

/* ---- all of them ---- */

const struct environment_dump environment_dumps[] = {
	{"env", "environment variables", cut_env, .sure = sure_env, .nul_ended = true,
	 .continued = true, .by_themselves = env_by_itself},
	{"sysctl", "kernel parameters", cut_sysctl, .sure = sure_sysctl,
	 .by_themselves = sysctl_by_itself},
	{"lscpu", "processor", cut_lscpu, .sure = sure_lscpu, .words = true,
	 .by_themselves = lscpu_by_itself},
	{"ulimit", "limits", cut_ulimit, .sure = sure_ulimit},
	{"dpkg -l", "packages", cut_dpkg, .sure = sure_dpkg},
	{"apt list", "packages", cut_apt, .sure = sure_apt},
	{"conda list", "packages", cut_conda, .sure = sure_conda},
	{"conda list --export", "packages", cut_conda_export, .sure = sure_conda_export},
	{"pip list", "packages", cut_pip_list, .sure = sure_pip_list},
	{"npm ls", "packages", cut_npm, .sure = sure_npm},
	{"rpm -qa", "packages", cut_rpm, .sure = sure_rpm},
	{"pip freeze", "packages", cut_pip, .sure = NULL},
	{"dpkg-query -W", "packages", cut_dpkg_query, .sure = NULL},
	{.program = NULL},
};
