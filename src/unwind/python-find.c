// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Finding CPython in an image: by the symbol _PyRuntime, else the section of that name, of what is
 * called python or libpython; of the program itself if it has Python inside. Its version is told by
 * Py_Version (from 3.11 on), else by the names of files that are mapped.
 */
#include "unwind/python-priv.h"

static struct str base_name(struct str path)
{
	size_t from = path.n;

	while (from > 0 && path.p[from - 1] != '/')
		from--;
	return str_from(path, from);
}

/* "3.8" behind "python", or "38" behind "cpython-". */
static unsigned minor_in(struct str path)
{
	static const char *const before[] = {"python3.", "cpython-3"};

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		size_t at = str_find(path, str_of(before[i]));
		struct str rest = str_from(path, at + strlen(before[i]));
		unsigned v = 0;
		size_t n = 0;

		if (at == path.n)
			continue;
		for (; n < 2 && n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9'; n++)
			v = v * 10 + (unsigned)(rest.p[n] - '0');
		if (n)
			return v;
	}
	return 0;
}

static unsigned minor_by_names(const struct image *im)
{
	unsigned minor = 0;

	for (size_t i = 0; i < im->nmaps && !minor; i++)
		minor = minor_in(im->maps[i].path);
	return minor;
}

static unsigned find_minor(struct unwind *u, const struct image *im, const char *module,
			   struct str path)
{
	uint64_t at = unwind_symbol(u, module, "Py_Version"), version;
	unsigned minor;

	if (at && im->read(im->arg, at, &version, sizeof(version)) && version >> 24 == 3)
		return version >> 16 & 0xff;
	minor = minor_in(base_name(path));
	return minor ? minor : minor_by_names(im);
}

static bool find_in(struct unwind *u, const struct image *im, struct str path, bool symbols,
		    struct python_where *w)
{
	struct arena a;

	arena_init(&a);
	*w = (struct python_where){0};
	if (symbols)
		w->runtime = unwind_symbol(u, arena_str(&a, path).p, "_PyRuntime");
	if (!w->runtime)
		w->runtime = unwind_section(u, arena_str(&a, path).p, ".PyRuntime");
	if (w->runtime)
		w->minor = find_minor(u, im, arena_str(&a, path).p, path);
	arena_release(&a);
	return w->runtime != 0;
}

static bool is_interpreter(struct str path)
{
	struct str name = base_name(path);

	return path.n && path.p[0] == '/' &&
	       (str_starts(name, STR("python")) || str_starts(name, STR("libpython")));
}

static bool find_any(struct unwind *u, const struct image *im, struct python_where *w)
{
	struct str last = STR("");
	const struct image_map *program = NULL;

	for (size_t i = 0; i < im->nmaps; i++) {
		struct str path = im->maps[i].path;

		if (!program && path.n && path.p[0] == '/')
			program = &im->maps[i];
		if (str_eq(path, last) || !is_interpreter(path))
			continue;
		last = path;
		if (find_in(u, im, path, true, w))
			return true;
	}
	/* To search all symbols of a large program takes its time: only if there is a hint. */
	return program && !is_interpreter(program->path) &&
	       find_in(u, im, program->path, minor_by_names(im) != 0, w);
}

bool python_find(struct unwind *u, const struct image *im, struct python_where *w, struct str *why)
{
	*why = STR("");
	if (!find_any(u, im, w))
		return false;
	if (!w->minor)
		*why = STR("its version of Python cannot be told: no Python frames");
	else if (w->minor < PYTHON_OLDEST || w->minor > PYTHON_NEWEST)
		*why = STR(
			"only frames of Python 3.8 to 3.14 can be read: this is another version");
	return !why->n;
}
