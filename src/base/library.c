// SPDX-License-Identifier: GPL-3.0-or-later
/* A shared library when it is needed: see library.h. */
#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

int library_load(void *pointers, const char *const *names, size_t n, const char *soname,
		 const char *what, struct err *err)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL), *found;

	if (!library)
		return err_set(err, ERR_SYSTEM, "this needs %s: %s", what, dlerror());
	for (size_t i = 0; i < n; i++) {
		found = dlsym(library, names[i]);
		if (!found)
			return err_set(err, ERR_SYSTEM, "%s is too old: it has no %s", what,
				       names[i]);
		memcpy((char *)pointers + i * sizeof(found), &found, sizeof(found));
	}
	return 0;
}
