// SPDX-License-Identifier: GPL-3.0-or-later
/* Cutting bytes into lines. */
#include "log/log-priv.h"
#include "text/visible.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
/* A bit for each of the 16 bytes at p that is a control character. */
static inline unsigned control_bits(__m128i v)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v));
}

static inline unsigned byte_bits(__m128i v, char c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}
#endif

/*
 * The end of the line at p: the \n or end. *control is set if the line holds a control character
 * other than a tab (the \r of a CRLF too).
 */
const char *line_end(const char *p, const char *end, bool *control)
{
	*control = false;
#ifdef __SSE2__
	while (end - p >= 32) {
		__m128i v = _mm_loadu_si128((const void *)p);
		__m128i w = _mm_loadu_si128((const void *)(p + 16));
		uint32_t bits = control_bits(v) | control_bits(w) << 16, nl;

		if (bits) { /* tabs are not worth a compare in every round */
			nl = byte_bits(v, '\n') | byte_bits(w, '\n') << 16;
			bits &= ~(byte_bits(v, '\t') | byte_bits(w, '\t') << 16);
			*control = *control || (bits & (nl - 1) & ~nl);
			if (nl)
				return p + __builtin_ctz(nl);
		}
		p += 32;
	}
#endif
	for (; p < end && *p != '\n'; p++)
		*control = *control || ((unsigned char)*p < 0x20 && *p != '\t');
	return p;
}

struct str line_text(struct str raw, bool first, bool control, struct buf *scratch)
{
	buf_clear(scratch);
	if (first && str_starts(raw, STR("\xef\xbb\xbf")))
		raw = str_from(raw, 3);
	return control ? visible_text(raw, scratch) : raw;
}
