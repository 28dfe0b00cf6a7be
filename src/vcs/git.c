// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Running git: see git.h. A repository is input: its own configuration may name programs (filters,
 * monitors, hooks, transports), which are all overridden in the environment (GIT_CONFIG_COUNT,
 * git-config(1)), because -c cannot take every name.
 */
#include "vcs/git.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "exec/exec.h"

#define SEC          INT64_C(1000000000)
#define GIT_LIMIT    (60 * SEC)
#define MAX_OUTPUT   ((size_t)64 << 20)
#define MAX_WORDS    12
#define MAX_SETTINGS 256

/* Settings that no repository may make. */
static const char *const settings[] = {
	"core.fsmonitor=false", "core.hooksPath=/dev/null", "core.untrackedCache=false",
	"core.pager=cat",       "submodule.recurse=false",  "protocol.allow=never",
	"status.renames=false", "core.askPass=true",        "log.showSignature=false",
};

static void add_env(struct git *g, char *text)
{
	if (g->n)
		g->n--; /* the NULL */
	array_push(g->env, g->n, g->cap) = text;
	array_push(g->env, g->n, g->cap) = NULL;
}

void git_add_setting(struct git *g, struct str key, const char *value)
{
	if (g->settings == MAX_SETTINGS)
		return;
	add_env(g, arena_printf(g->arena, "GIT_CONFIG_KEY_%u=" STR_FMT, g->settings, STR_ARG(key)));
	add_env(g, arena_printf(g->arena, "GIT_CONFIG_VALUE_%u=%s", g->settings, value));
	g->settings++;
}

/* HOME is where the user's own configuration is, which may say that a folder is safe. */
void git_init(struct git *g, const char *dir, struct arena *a)
{
	static const char *const fixed[] = {
		"PATH=/usr/local/bin:/usr/bin:/bin",
		"LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_OPTIONAL_LOCKS=0",
		"GIT_PAGER=cat",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ALLOW_PROTOCOL=none",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_ASKPASS=true",
	};
	char buf[4096];
	struct passwd entry, *found;

	*g = (struct git){.dir = dir, .arena = a, .limit_ns = GIT_LIMIT};
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		add_env(g, arena_printf(a, "%s", fixed[i]));
	if (getpwuid_r(geteuid(), &entry, buf, sizeof(buf), &found) == 0 && found)
		add_env(g, arena_printf(a, "HOME=%s", found->pw_dir));
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		struct str s = str_of(settings[i]);
		size_t eq = str_find_char(s, '=');

		git_add_setting(g, str_head(s, eq), s.p + eq + 1);
	}
}

int git_run(struct git *g, const char *args, struct buf *out, struct err *err)
{
	CLEANUP_FREE char *words = mem_strdup(args);
	char *argv[MAX_WORDS] = {(char *)(uintptr_t) "git"}, *save = NULL, *w;
	size_t n = 1, env = g->n;
	struct exec_result r;
	int rc;

	for (w = strtok_r(words, " ", &save); w && n < MAX_WORDS - 1;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	add_env(g, arena_printf(g->arena, "GIT_CONFIG_COUNT=%u", g->settings));
	rc = exec_output(argv, g->env, g->dir, g->limit_ns, MAX_OUTPUT, out, &r, err);
	g->n = env;
	g->env[env - 1] = NULL;
	if (rc)
		return rc;
	if (r.end != EXEC_EXITED || r.code)
		return err_set(err, r.end == EXEC_TIMEOUT ? ERR_LIMIT : ERR_NOTFOUND,
			       "git %s failed in %s", args, g->dir);
	return 0;
}

void git_release(struct git *g)
{
	free(g->env);
}
