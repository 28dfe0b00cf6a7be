// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Taking secrets out of text:
 *   secret FILE...        how many are found, on how many lines, MB/s
 *   secret --lines FILE   the lines that change, as they are then, with their numbers
 *   secret --text FILE    the text without its secrets
 *   secret --texts FILE   the same for each text of a file in which a NUL ends each
 */
#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "text/secret.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void lines(struct str rest, bool print, uint64_t *all, uint64_t *changed)
{
	CLEANUP_BUF struct buf b = {0};
	struct str line;

	while (str_next(&rest, '\n', &line)) {
		++*all;
		buf_clear(&b);
		if (!secret_redact(&b, line))
			continue;
		++*changed;
		if (print)
			printf("%llu: " STR_FMT "\n", (unsigned long long)*all,
			       STR_ARG(buf_str(&b)));
	}
}

static void texts(struct str rest)
{
	CLEANUP_BUF struct buf b = {0};
	struct str text;

	while (str_next(&rest, '\0', &text)) {
		buf_clear(&b);
		secret_redact(&b, text);
		buf_add_char(&b, '\0');
		fwrite(b.p, 1, b.n, stdout);
	}
}

static void speed(const char *path, struct str s)
{
	CLEANUP_BUF struct buf b = {0};
	uint64_t all = 0, changed = 0;
	double t = now();
	size_t found;

	buf_reserve(&b, s.n + s.n / 8);
	memset(b.p, 0, b.cap);
	t = now();
	found = secret_redact(&b, s);
	t = now() - t;
	lines(s, false, &all, &changed);
	printf("%s: %zu secrets, %llu of %llu lines, %.0f MB/s\n", path, found,
	       (unsigned long long)changed, (unsigned long long)all, (double)s.n / t / 1e6);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		uint64_t all = 0, changed = 0;
		struct file_map m;
		struct err err;
		struct str s;

		if (argv[i][0] == '-')
			continue;
		if (file_map_path(&m, argv[i], &err)) {
			fprintf(stderr, "%s: %s\n", argv[i], err.msg);
			return 4;
		}
		s = (struct str){m.data, m.size};
		if (strcmp(argv[1], "--lines") == 0) {
			lines(s, true, &all, &changed);
		} else if (strcmp(argv[1], "--texts") == 0) {
			texts(s);
		} else if (strcmp(argv[1], "--text") == 0) {
			CLEANUP_BUF struct buf b = {0};

			secret_redact(&b, s);
			fwrite(b.p, 1, b.n, stdout);
		} else {
			speed(argv[i], s);
		}
		file_map_release(&m);
	}
	return 0;
}
