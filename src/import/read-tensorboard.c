// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * TensorBoard's event files: records (TFRecord: length, its masked CRC-32C, data, its masked
 * CRC-32C; little endian), each a tensorflow.Event in protobuf. Scalars stand in simple_value or,
 * since TensorFlow 2, in a tensor of one element; both are series over the step. Formats:
 * tensorflow/core/util/event.proto, framework/summary.proto, framework/tensor.proto, and "TFRecords
 * format details" of the TFRecord tutorial.
 *
 * A record with a wrong checksum is left out; where a length's is wrong, the rest cannot be found.
 */
#include "import/metric.h"
#include "import/protobuf.h"

#define HEADER 12 /* length, checksum */
#define FOOTER 4  /* checksum */

struct events {
	struct import *im;
	struct metric_curves curves;
	uint32_t crc[256];
	uint64_t record; /* from 1 */
	uint64_t wrong, other, malformed;
	uint64_t first_wrong;
};

/* ---- records ---- */

static void crc_init(uint32_t table[256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? UINT32_C(0x82f63b78) : 0); /* Castagnoli, reflected */
		table[i] = c;
	}
}

static uint32_t masked_crc(const uint32_t table[256], struct str s)
{
	uint32_t c = UINT32_MAX;

	for (size_t i = 0; i < s.n; i++)
		c = c >> 8 ^ table[(c ^ (unsigned char)s.p[i]) & 255];
	c = ~c;
	return (c >> 15 | c << 17) + UINT32_C(0xa282ead8);
}

static uint64_t little(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)(unsigned char)p[i] << (8 * i);
	return v;
}

static bool header_ok(const uint32_t table[256], struct str s)
{
	return s.n >= HEADER && little(s.p + 8, 4) == masked_crc(table, str_head(s, 8));
}

/* ---- what is in them ---- */

enum { DT_FLOAT = 1, DT_DOUBLE = 2, DT_INT32 = 3, DT_INT64 = 9, DT_BFLOAT16 = 14, DT_HALF = 19 };

static double half_float(uint64_t bits)
{
	int exponent = (int)(bits >> 10 & 31);
	double fraction = (double)(bits & 1023), sign = bits >> 15 & 1 ? -1 : 1;

	if (exponent == 31)
		return fraction != 0 ? NAN : sign * INFINITY;
	return exponent ? sign * ldexp(1024 + fraction, exponent - 25)
			: sign * ldexp(fraction, -24);
}

static double number_of(uint64_t type, uint64_t bits)
{
	switch (type) {
	case DT_FLOAT: return protobuf_float(bits);
	case DT_DOUBLE: return protobuf_double(bits);
	case DT_BFLOAT16: return protobuf_float(bits << 16);
	case DT_HALF: return half_float(bits);
	case DT_INT32: return (double)(int32_t)bits;
	default: return (double)(int64_t)bits;
	}
}

static size_t size_of(uint64_t type)
{
	switch (type) {
	case DT_FLOAT:
	case DT_INT32: return 4;
	case DT_DOUBLE:
	case DT_INT64: return 8;
	case DT_BFLOAT16:
	case DT_HALF: return 2;
	default: return 0;
	}
}

/* A list of values, packed or not: of the one element its bits. */
static bool one_element(const struct protobuf_field *f, uint64_t *bits)
{
	struct str rest = f->bytes;

	if (f->wire != PROTOBUF_BYTES) {
		*bits = f->value;
		return true;
	}
	if (f->number == 5 && rest.n == 4)
		*bits = little(rest.p, 4);
	else if (f->number == 6 && rest.n == 8)
		*bits = little(rest.p, 8);
	else if (f->number == 5 || f->number == 6)
		return false;
	else
		return protobuf_varint(&rest, bits) && !rest.n;
	return true;
}

/* A tensor of one element: its value. */
static bool tensor_scalar(struct str t, double *v)
{
	struct protobuf_field f;
	uint64_t type = 0, bits = 0;
	size_t elements = 0, size;
	struct str content = {0};
	int rc;

	while ((rc = protobuf_next(&t, &f)) > 0) {
		if (f.number == 1 && f.wire == PROTOBUF_VARINT)
			type = f.value;
		else if (f.number == 4 && f.wire == PROTOBUF_BYTES)
			content = f.bytes;
		else if ((f.number >= 5 && f.number <= 7) || f.number == 10 || f.number == 13)
			elements += one_element(&f, &bits) ? 1 : 2;
	}
	size = size_of(type);
	if (rc < 0 || !size)
		return false;
	if (content.n) {
		if (content.n != size)
			return false;
		bits = little(content.p, size);
	} else if (elements != 1) {
		return false;
	}
	*v = number_of(type, bits);
	return true;
}

/* A value of a summary: its tag, and a number if it is a scalar. */
static void value(struct events *e, struct str s, double step)
{
	struct protobuf_field f;
	struct str tag = {0}, tensor = {0};
	bool scalar = false, any = false;
	double v = NAN;
	int rc;

	while ((rc = protobuf_next(&s, &f)) > 0) {
		if (f.number == 1 && f.wire == PROTOBUF_BYTES) {
			tag = f.bytes;
		} else if (f.number == 2 && f.wire == PROTOBUF_FIXED32) {
			v = protobuf_float(f.value);
			scalar = any = true;
		} else if (f.number == 8 && f.wire == PROTOBUF_BYTES) {
			tensor = f.bytes;
			any = true;
		} else if (f.number >= 4 && f.number <= 6) { /* an image, a histogram, audio */
			any = true;
		}
	}
	if (rc < 0) {
		e->malformed++;
		return;
	}
	if (!scalar && tensor.n)
		scalar = tensor_scalar(tensor, &v);
	if (scalar && tag.n)
		metric_point(&e->curves, METRIC_LAST_RUN, import_name(e->im, tag), STR(""),
			     STR("step"), step, v, e->record);
	else
		e->other += any;
}

static void event(struct events *e, struct str s)
{
	struct protobuf_field f;
	struct str summary = {0}, rest = s;
	double step = 0;
	int rc;

	while ((rc = protobuf_next(&rest, &f)) > 0) {
		if (f.number == 2 && f.wire == PROTOBUF_VARINT)
			step = (double)(int64_t)f.value;
		else if (f.number == 5 && f.wire == PROTOBUF_BYTES)
			summary = f.bytes;
	}
	if (rc < 0) {
		e->malformed++;
		return;
	}
	while ((rc = protobuf_next(&summary, &f)) > 0)
		if (f.number == 1 && f.wire == PROTOBUF_BYTES)
			value(e, f.bytes, step);
	e->malformed += rc < 0;
}

static int records(struct events *e, struct str data, struct err *err)
{
	while (data.n) {
		uint64_t n;

		e->record++;
		if (data.n >= HEADER && !header_ok(e->crc, data)) {
			if (e->record == 1)
				return err_set(err, ERR_INPUT,
					       "record 1: the checksum of its length is wrong: no "
					       "event file");
			import_note(e->im, e->record,
				    "record %llu: the checksum of its length is wrong: the rest is "
				    "left out",
				    (unsigned long long)e->record);
			return 0;
		}
		n = data.n >= HEADER ? little(data.p, 8) : 0;
		if (data.n < HEADER + FOOTER || n > data.n - HEADER - FOOTER) {
			import_note(e->im, e->record, "record %llu is cut off",
				    (unsigned long long)e->record);
			return 0;
		}
		data = str_from(data, HEADER);
		if (little(data.p + n, FOOTER) == masked_crc(e->crc, str_head(data, (size_t)n)))
			event(e, str_head(data, (size_t)n));
		else if (!e->wrong++)
			e->first_wrong = e->record;
		data = str_from(data, (size_t)n + FOOTER);
	}
	return 0;
}

static int recognise(struct str path, struct str head)
{
	uint32_t table[256];

	if (str_contains(path, STR("tfevents")))
		return 95;
	crc_init(table);
	return header_ok(table, head) ? 95 : 0;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	struct events e = {.im = im};
	int rc;

	if (!files->data.n)
		import_note(im, 0, "the file is empty");
	crc_init(e.crc);
	metric_curves_init(&e.curves, im);
	rc = records(&e, files->data, err);
	if (e.wrong)
		import_note(im, e.first_wrong,
			    "record %llu%s: the checksum is wrong: left out (%llu in all)",
			    (unsigned long long)e.first_wrong, e.wrong > 1 ? " and others" : "",
			    (unsigned long long)e.wrong);
	if (e.malformed)
		import_note(im, 0, "%llu events or values are no protobuf: left out",
			    (unsigned long long)e.malformed);
	if (e.other)
		import_note(im, 0,
			    "%llu values are no scalars (images, histograms, texts): left out",
			    (unsigned long long)e.other);
	metric_curves_release(&e.curves);
	return rc;
}

const struct import_reader read_tensorboard = {
	.name = "tensorboard",
	.what = "TensorBoard event files",
	.recognise = recognise,
	.read = read_file,
};
