/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 (FIPS 180-4), by nettle: what names evidence and runs, and tells whether files changed.
 * (base/hash.h is faster, but an adversary can make two texts collide.)
 */
#pragma once

#include "base/str.h"

#define SHA256_BYTES 32
#define SHA256_HEX   64

void sha256(struct str s, unsigned char out[SHA256_BYTES]);
/* As hexadecimal digits and a NUL. */
void sha256_hex(struct str s, char out[SHA256_HEX + 1]);
