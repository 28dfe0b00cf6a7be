// SPDX-License-Identifier: GPL-3.0-or-later
/* See protobuf.h. */
#include "import/protobuf.h"

bool protobuf_varint(struct str *rest, uint64_t *v)
{
	*v = 0;
	for (unsigned i = 0; i < 10 && i < rest->n; i++) {
		unsigned char c = (unsigned char)rest->p[i];

		*v |= (uint64_t)(c & 127) << (7 * i);
		if (c < 128) {
			*rest = str_from(*rest, i + 1);
			return true;
		}
	}
	return false;
}

static bool fixed(struct str *rest, size_t n, uint64_t *v)
{
	*v = 0;
	if (rest->n < n)
		return false;
	for (size_t i = 0; i < n; i++)
		*v |= (uint64_t)(unsigned char)rest->p[i] << (8 * i);
	*rest = str_from(*rest, n);
	return true;
}

static bool field(struct str *rest, struct protobuf_field *f)
{
	uint64_t tag, n;

	if (!protobuf_varint(rest, &tag))
		return false;
	*f = (struct protobuf_field){.number = tag >> 3, .wire = (unsigned)tag & 7};
	switch (f->wire) {
	case PROTOBUF_VARINT: return protobuf_varint(rest, &f->value);
	case PROTOBUF_FIXED64: return fixed(rest, 8, &f->value);
	case PROTOBUF_FIXED32: return fixed(rest, 4, &f->value);
	case PROTOBUF_BYTES:
		if (!protobuf_varint(rest, &n) || n > rest->n)
			return false;
		f->bytes = str_head(*rest, (size_t)n);
		*rest = str_from(*rest, (size_t)n);
		return true;
	default: return false;
	}
}

int protobuf_next(struct str *rest, struct protobuf_field *f)
{
	if (!rest->n)
		return 0;
	if (field(rest, f))
		return 1;
	rest->n = 0;
	return -1;
}

double protobuf_double(uint64_t bits)
{
	double v;

	memcpy(&v, &bits, sizeof(v));
	return v;
}

double protobuf_float(uint64_t bits)
{
	uint32_t half = (uint32_t)bits;
	float v;

	memcpy(&v, &half, sizeof(v));
	return (double)v;
}
