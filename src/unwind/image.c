// SPDX-License-Identifier: GPL-3.0-or-later
/* What is mapped where: see image.h. */
#include "unwind/image.h"

const struct image_map *image_find(const struct image *im, uint64_t addr)
{
	size_t low = 0, high = im->nmaps;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (im->maps[mid].end <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < im->nmaps && im->maps[low].start <= addr ? &im->maps[low] : NULL;
}
