/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading protocol buffers without their description: one field after another (the wire format of
 * protobuf.dev/programming-guides/encoding). Groups, which nobody writes, are malformed.
 */
#pragma once

#include "base/str.h"

enum { PROTOBUF_VARINT = 0, PROTOBUF_FIXED64 = 1, PROTOBUF_BYTES = 2, PROTOBUF_FIXED32 = 5 };

struct protobuf_field {
	uint64_t number;
	unsigned wire;
	uint64_t value;   /* of all but PROTOBUF_BYTES */
	struct str bytes; /* of PROTOBUF_BYTES */
};

/* Cut the next field off *rest. 1; 0: the end; -1: malformed (then *rest is empty). */
int protobuf_next(struct str *rest, struct protobuf_field *f);
bool protobuf_varint(struct str *rest, uint64_t *v);

double protobuf_double(uint64_t bits); /* of a FIXED64 field */
double protobuf_float(uint64_t bits);  /* of a FIXED32 field */
