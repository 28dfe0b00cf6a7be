// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Configuration files and ELF heads: the first byte chooses the kind. Names and texts that come out
 * hold no control characters.
 */
#include <stdlib.h>

#include "exec/elf.h"
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
	static const char *const names[] = {"a.json", "a.yaml", "a.toml", "a.ini", "a.conf", "a"};
	struct variable *v = NULL;
	size_t n = 0, cap = 0;
	struct elf_info e;
	struct str text;
	struct arena a;
	struct err err;

	if (!size)
		return 0;
	text = (struct str){(const char *)data + 1, size - 1};
	arena_init(&a);
	if (data[0] % 7 == 6)
		(void)elf_read(text, &e);
	else if (environment_config(&a, str_of(names[data[0] % 7]), text, true, &v, &n, &cap,
				    &err) > 0)
		abort();
	for (size_t i = 0; i < n; i++) {
		check_clean(v[i].name);
		if (v[i].value.kind == VALUE_TEXT)
			check_clean(v[i].value.text);
	}
	free(v);
	arena_release(&a);
	return 0;
}
