// SPDX-License-Identifier: GPL-3.0-or-later
/* Where programs are: see program.h. */
#include "exec/program.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

const char *program_env(char *const *envp, const char *name)
{
	size_t n = strlen(name);

	for (; envp && *envp; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			return *envp + n + 1;
	return NULL;
}

/* A relative path is one from the folder in which the command will run. */
static int look(struct buf *path, const char *dir)
{
	CLEANUP_BUF struct buf full = {0};
	struct stat st;

	if (dir && path->p[0] != '/')
		buf_printf(&full, "%s/", dir);
	buf_add_str(&full, buf_str(path));
	if (stat(buf_cstr(&full), &st) < 0)
		return errno == EACCES ? EACCES : ENOENT;
	if (!S_ISREG(st.st_mode) || access(buf_cstr(&full), X_OK) < 0)
		return EACCES;
	return 0;
}

int program_find(struct buf *path, const char *name, char *const *envp, const char *dir)
{
	const char *list = program_env(envp, "PATH");
	struct str rest = str_of(list ? list : "/usr/local/bin:/usr/bin:/bin"), part;
	int result = ENOENT;

	buf_clear(path);
	if (strchr(name, '/')) {
		buf_printf(path, "%s", name);
		return look(path, dir);
	}
	for (bool more = *name; more;) {
		size_t end = str_find_char(rest, ':');
		int rc;

		part = str_head(rest, end);
		more = end < rest.n;
		rest = str_from(rest, end + 1);
		buf_clear(path);
		buf_add_str(path, part.n ? part : STR("."));
		buf_printf(path, "/%s", name);
		rc = look(path, dir);
		if (!rc)
			return 0;
		if (rc == EACCES)
			result = EACCES;
	}
	return result;
}
