// SPDX-License-Identifier: GPL-3.0-or-later
/* What programs print of an environment: names and values are text without control characters. */
#include <stdlib.h>

#include "exec/environment.h"

static void check_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	const struct environment_dump *d = environment_dump_of(text);
	struct map secrets = {0};
	struct variable *v = NULL;
	size_t n = 0, cap = 0;
	uint64_t left_out;
	struct arena a;
	struct err err;

	if (!d)
		return 0;
	arena_init(&a);
	if (environment_dump_read(d, &a, text, &secrets, &v, &n, &cap, &left_out, &err))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		check_clean(v[i].name);
		check_clean(v[i].value.text);
		if (v[i].value.kind != VALUE_TEXT)
			abort();
	}
	map_release(&secrets);
	free(v);
	arena_release(&a);
	return 0;
}
