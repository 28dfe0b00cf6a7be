// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Feeds files to a fuzz target without a fuzzer: one TAP line each. Arguments: files, and
 * directories of files.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"

#define REPLAY_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static unsigned replay(const char *path, unsigned no)
{
	struct err err;
	char *data;
	size_t n;

	if (file_read_small(path, REPLAY_MAX, &data, &n, &err) != 0) {
		printf("not ok %u - %s\n", no + 1, err.msg);
		exit(1);
	}
	/* A copy of exactly this size, so that a sanitizer sees reads beyond it. */
	uint8_t *exact = mem_alloc(n);

	memcpy(exact, data, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	free(data);
	printf("ok %u - %s\n", no + 1, path);
	fflush(stdout);
	return no + 1;
}

int main(int argc, char **argv)
{
	unsigned no = 0;

	for (int i = 1; i < argc; i++) {
		struct dirent **names;
		int n = scandir(argv[i], &names, not_hidden, alphasort);

		if (n < 0) {
			no = replay(argv[i], no);
			continue;
		}
		for (int k = 0; k < n; k++) {
			CLEANUP_FREE char *path = NULL;

			if (asprintf(&path, "%s/%s", argv[i], names[k]->d_name) < 0)
				abort();
			no = replay(path, no);
			free(names[k]);
		}
		free(names);
	}
	printf("1..%u\n", no);
	return no == 0;
}
