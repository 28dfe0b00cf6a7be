// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Magic numbers first; then statistics. Text has next to no control bytes; a run of NUL bytes
 * counts once, because logs that were cut while being written, or lived through a crash, hold long
 * ones. UTF-16 without a byte order mark shows by NULs at every second place.
 */
#include "log/sniff.h"

#include "base/mem.h"

#define CONTROL_SHARE 32 /* binary: more than one control byte in so many */
#define CONTROL_SPARE 64 /* and two are always allowed */
#define CONTROL_KINDS 4  /* different control bytes that make binary data */
#define UTF16_MIN     16 /* bytes needed to see UTF-16 by its NULs */

struct magic {
	size_t at;
	struct str bytes;
	enum sniff_kind kind;
	const char *what, *hint;
};

#define M(s)                       \
	{                          \
		(s), sizeof(s) - 1 \
	}

static const char unpack_hint[] = "unpack it first";

static const struct magic magics[] = {
	{0, M("\x1f\x8b\x08"), SNIFF_GZIP, "gzip data", NULL},
	{0,
	 M("\xfd"
	   "7zXZ\0"),
	 SNIFF_PACKED, "xz data", NULL},
	{0, M("\x28\xb5\x2f\xfd"), SNIFF_PACKED, "zstd data", NULL},
	{0, M("\x04\x22\x4d\x18"), SNIFF_PACKED, "lz4 data", NULL},
	{0, M("PK\3\4"), SNIFF_PACKED, "a zip archive", NULL},
	{0, M("PK\5\6"), SNIFF_PACKED, "a zip archive", NULL},
	{0, M("\xff\xfe\0\0"), SNIFF_BINARY, "UTF-32 text", "convert it with iconv first"},
	{0, M("\0\0\xfe\xff"), SNIFF_BINARY, "UTF-32 text", "convert it with iconv first"},
	{0,
	 M("\x7f"
	   "ELF"),
	 SNIFF_BINARY, "an ELF file (program, library or core dump)", NULL},
	{0, M("\x89PNG\r\n"), SNIFF_BINARY, "a PNG image", NULL},
	{0, M("\xff\xd8\xff"), SNIFF_BINARY, "a JPEG image", NULL},
	{0, M("GIF8"), SNIFF_BINARY, "a GIF image", NULL},
	{0, M("%PDF-"), SNIFF_BINARY, "a PDF document", NULL},
	{0, M("SQLite format 3\0"), SNIFF_BINARY, "an SQLite database", NULL},
	{0, M("LPKSHHRH"), SNIFF_BINARY, "a systemd journal file",
	 "give inquest the output of journalctl --file=FILE -o export"},
	{0, M("ElfFile\0"), SNIFF_BINARY, "a Windows event log (EVTX)", "export it as text first"},
	{0, M("JAVA PROFILE"), SNIFF_BINARY, "a Java heap dump", NULL},
	{0, M("PERFILE2"), SNIFF_BINARY, "perf data", "give inquest the output of perf script"},
	{0, M("\xca\xfe\xba\xbe"), SNIFF_BINARY, "a Java class or Mach-O file", NULL},
	{0, M("!<arch>\n"), SNIFF_BINARY, "a Unix library archive", NULL},
	{0, M("7z\xbc\xaf\x27\x1c"), SNIFF_BINARY, "a 7-Zip archive", unpack_hint},
	{0, M("Rar!\x1a\7"), SNIFF_BINARY, "a RAR archive", unpack_hint},
	{0, M("MSCF\0\0\0\0"), SNIFF_BINARY, "a cabinet archive", unpack_hint},
	{0, M("\x1f\x9d"), SNIFF_BINARY, "compress (.Z) data", unpack_hint},
	{0, M("LZIP\1"), SNIFF_BINARY, "lzip data", unpack_hint},
	{0, M("\x89LZO\0\r\n"), SNIFF_BINARY, "lzop data", unpack_hint},
	{0, M("\x5d\0\0"), SNIFF_BINARY, "LZMA data", unpack_hint},
};

static bool starts_at(struct str head, size_t at, struct str bytes)
{
	return head.n >= at && str_starts(str_from(head, at), bytes);
}

static bool is_bzip2(struct str head)
{
	return head.n >= 10 && str_starts(head, STR("BZh")) && head.p[3] >= '1' &&
	       head.p[3] <= '9' &&
	       (starts_at(head, 4, STR("1AY&SY")) ||
		starts_at(head, 4, (struct str)M("\x17\x72\x45\x38\x50\x90")));
}

/* A tar header: the octal number at 148 is the sum of the block's bytes, itself read as blanks. */
static bool is_tar(struct str head)
{
	unsigned sum = 0, want = 0;
	size_t i = 148;

	if (head.n < 512 || !head.p[0])
		return false;
	while (i < 156 && head.p[i] == ' ')
		i++;
	for (; i < 156 && head.p[i] >= '0' && head.p[i] <= '7'; i++)
		want = want * 8 + (unsigned)(head.p[i] - '0');
	for (i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)head.p[i];
	return sum == want;
}

/* Bytes that text does not have: control characters but for blanks, backspace, bell and escape. */
static bool is_odd(unsigned char c)
{
	return (c < 7 || (c > 13 && c < 32 && c != 27) || c == 127);
}

static bool looks_utf16(struct str s, size_t first)
{
	size_t nul = 0, other = 0;

	if (s.n < UTF16_MIN)
		return false;
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		nul += !s.p[i + first];
		other += !s.p[i + !first];
	}
	return nul > s.n / 2 * 2 / 5 && other <= s.n / 2 / 100;
}

static void judge_text(struct str head, struct sniff *out)
{
	size_t odd = 0, nul = 0, bytes = 0, first = head.n;
	uint32_t kinds = 0;

	for (size_t i = 0; i < head.n; i++) {
		unsigned char c = (unsigned char)head.p[i];

		if (c == 0 && i && head.p[i - 1] == 0)
			continue;
		bytes++;
		if (is_odd(c)) {
			odd++;
			nul += !c;
			kinds |= UINT32_C(1) << (c & 31);
			first = i < first ? i : first;
		}
	}
	/* One separator used all over (FIX has 0x01) is text; NULs or many kinds are not. */
	if (odd * CONTROL_SHARE <= bytes + CONTROL_SPARE ||
	    (nul * CONTROL_SHARE <= bytes && __builtin_popcount(kinds) < CONTROL_KINDS))
		return;
	if (looks_utf16(head, 1))
		out->kind = SNIFF_UTF16LE;
	else if (looks_utf16(head, 0))
		out->kind = SNIFF_UTF16BE;
	else
		*out = (struct sniff){.kind = SNIFF_BINARY, .what = "binary data", .at = first};
}

void sniff(struct str head, struct sniff *out)
{
	*out = (struct sniff){.kind = SNIFF_TEXT, .what = "text"};
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		const struct magic *m = &magics[i];

		if (starts_at(head, m->at, m->bytes)) {
			*out = (struct sniff){.kind = m->kind, .what = m->what, .hint = m->hint};
			return;
		}
	}
	if (is_bzip2(head))
		*out = (struct sniff){.kind = SNIFF_PACKED, .what = "bzip2 data"};
	else if (is_tar(head))
		*out = (struct sniff){.kind = SNIFF_PACKED, .what = "a tar archive"};
	else if (str_starts(head, STR("\xef\xbb\xbf")))
		out->skip = 3;
	else if (str_starts(head, STR("\xff\xfe")))
		*out = (struct sniff){.kind = SNIFF_UTF16LE, .what = "UTF-16 text", .skip = 2};
	else if (str_starts(head, STR("\xfe\xff")))
		*out = (struct sniff){.kind = SNIFF_UTF16BE, .what = "UTF-16 text", .skip = 2};
	if (out->kind == SNIFF_TEXT)
		judge_text(str_from(head, out->skip), out);
}
