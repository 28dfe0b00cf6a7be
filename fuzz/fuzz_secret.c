// SPDX-License-Identifier: GPL-3.0-or-later
/* Bytes as a text with secrets: what is left holds them no more, and blanking keeps the length. */
#include <stdlib.h>

#include "base/mem.h"
#include "text/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_BUF struct buf out = {0}, value = {0};
	struct str s = {(const char *)data, size};
	char *copy = mem_alloc(size + 1);
	size_t n = secret_redact(&out, s);

	if (secret_found(s) != (n > 0))
		abort();
	if (size)
		memcpy(copy, data, size);
	if ((secret_blank(copy, size) > 0) != (n > 0))
		abort();
	if (!n && (out.n != size || (size && memcmp(out.p, data, size) != 0)))
		abort();
	secret_redact_value(&value, str_head(s, size / 4), str_from(s, size / 4));
	free(copy);
	return 0;
}
