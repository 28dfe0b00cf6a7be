// SPDX-License-Identifier: GPL-3.0-or-later
/* What is mapped where: see image.h. */
#include "unwind/image.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

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

static int open_in(const char *root, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	CLEANUP_FD int folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return folder < 0 ? -1 : (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
}

int image_open_file(const char *root, const char *path)
{
	CLEANUP_FD int where = path[0] != '/' ? -1
			       : root         ? open_in(root, path)
					      : open(path, O_PATH | O_CLOEXEC);
	char again[64];
	struct stat st;

	if (where < 0 || fstat(where, &st) != 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return -1;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", where);
	return open(again, O_RDONLY | O_CLOEXEC);
}
