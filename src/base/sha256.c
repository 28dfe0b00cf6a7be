// SPDX-License-Identifier: GPL-3.0-or-later
/* SHA-256: see sha256.h. */
#include "base/sha256.h"

#include <nettle/sha2.h>

void sha256(struct str s, unsigned char out[SHA256_BYTES])
{
	struct sha256_ctx c;

	sha256_init(&c);
	sha256_update(&c, s.n, (const uint8_t *)(s.p ? s.p : ""));
	sha256_digest(&c, SHA256_BYTES, out);
}

void sha256_hex(struct str s, char out[SHA256_HEX + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char h[SHA256_BYTES];

	sha256(s, h);
	for (size_t i = 0; i < sizeof(h); i++) {
		out[2 * i] = digits[h[i] >> 4];
		out[2 * i + 1] = digits[h[i] & 15];
	}
	out[SHA256_HEX] = 0;
}
