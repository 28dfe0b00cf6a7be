// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Any bytes as a digest: what is accepted is written and read back as the same bytes, alone and
 * merged with itself in any order.
 */
#include <stdlib.h>

#include "mine/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_same(const struct buf *a, const struct digest *d)
{
	struct buf b = {0};

	digest_write(d, &b);
	if (!str_eq(buf_str(a), buf_str(&b)))
		abort();
	buf_release(&b);
}

static void read_again(const struct buf *text)
{
	struct digest d;
	struct err err = {0};

	if (digest_read(&d, buf_str(text), &err) != 0)
		abort();
	check_same(text, &d);
	digest_release(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct digest d, twice, left, right;
	struct buf text = {0};
	struct err err = {0};

	if (digest_read(&d, (struct str){(const char *)data, n}, &err) != 0) {
		if (!err.msg[0])
			abort(); /* an error says why */
		return 0;
	}
	digest_write(&d, &text);
	read_again(&text);
	digest_merge(&twice, (const struct digest *const[]){&d, &d}, 2);
	digest_merge(&left, (const struct digest *const[]){&twice, &d}, 2);
	digest_merge(&right, (const struct digest *const[]){&d, &twice}, 2);
	buf_clear(&text);
	digest_write(&left, &text);
	check_same(&text, &right);
	read_again(&text);
	buf_release(&text);
	digest_release(&d);
	digest_release(&twice);
	digest_release(&left);
	digest_release(&right);
	return 0;
}
