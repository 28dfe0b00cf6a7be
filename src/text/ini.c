// SPDX-License-Identifier: GPL-3.0-or-later
/* Configuration files: see ini.h. */
#include "text/ini.h"

int ini_parse(struct str text,
	      int (*fn)(void *arg, struct str section, struct str key, struct str value,
			struct err *err),
	      void *arg, struct err *err)
{
	struct str section = STR(""), line;
	size_t no = 0;

	while (str_next(&text, '\n', &line)) {
		size_t eq;
		int rc;

		no++;
		line = str_trim(line);
		if (!line.n || line.p[0] == '#' || line.p[0] == ';')
			continue;
		if (line.p[0] == '[') {
			if (line.p[line.n - 1] != ']')
				return err_set(err, ERR_INPUT, "line %zu: ']' is missing", no);
			section = str_trim((struct str){line.p + 1, line.n - 2});
			continue;
		}
		eq = str_find_char(line, '=');
		if (eq == line.n || eq == 0)
			return err_set(err, ERR_INPUT,
				       "line %zu: neither '[section]' nor 'key = value'", no);
		rc = fn(arg, section, str_trim(str_head(line, eq)),
			str_trim(str_from(line, eq + 1)), err);
		if (rc)
			return err_prepend(err, rc, "line %zu: ", no);
	}
	return 0;
}
