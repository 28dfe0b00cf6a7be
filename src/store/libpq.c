// SPDX-License-Identifier: GPL-3.0-or-later
/* libpq when it is needed: see libpq.h. */
#include "store/libpq.h"

#include <dlfcn.h>
#include <string.h>

#include "base/mem.h"

int libpq_load(struct libpq *l, struct err *err)
{
	static const char *const names[] = {
#define LIBPQ_NAME(name) #name,
		LIBPQ_FUNCTIONS(LIBPQ_NAME)
#undef LIBPQ_NAME
	};
	void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL), *found;

	_Static_assert(sizeof(*l) == sizeof(names) / sizeof(names[0]) * sizeof(found),
		       "a pointer each");
	if (!library)
		return err_set(err, ERR_SYSTEM,
			       "a PostgreSQL store needs libpq (Debian's package libpq5): %s",
			       dlerror());
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		found = dlsym(library, names[i]);
		if (!found)
			return err_set(err, ERR_SYSTEM, "libpq is too old: it has no %s", names[i]);
		memcpy((char *)l + i * sizeof(found), &found, sizeof(found));
	}
	return 0;
}
