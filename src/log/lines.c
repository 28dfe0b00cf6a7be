// SPDX-License-Identifier: GPL-3.0-or-later
/* Cutting bytes into lines. */
#include "log/log-priv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * The end of the line at p: the \n or end. *control is set if the line holds a control character
 * other than a tab (the \r of a CRLF too).
 */
const char *line_end(const char *p, const char *end, bool *control)
{
	*control = false;
#ifdef __SSE2__
	while (end - p >= 16) {
		__m128i v = _mm_loadu_si128((const void *)p);
		__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
		__m128i tab = _mm_cmpeq_epi8(v, _mm_set1_epi8('\t'));
		unsigned nl = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
		unsigned ctl = (unsigned)_mm_movemask_epi8(_mm_andnot_si128(tab, low));

		if (nl) {
			*control = *control || (ctl & (nl - 1) & ~nl);
			return p + __builtin_ctz(nl);
		}
		*control = *control || ctl;
		p += 16;
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
