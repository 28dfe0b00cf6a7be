// SPDX-License-Identifier: GPL-3.0-or-later
/* What cargo bench prints, of criterion or of libtest, where no tests are in it (those are read
 * with the tests: bench_rust_line()). */
#include "import/bench.h"

static void read_lines(struct bench *b, struct str data)
{
	CLEANUP_IMPORT_LINES struct import_lines l = IMPORT_LINES(data);
	struct str line;

	while (import_next_line(&l, &line))
		if (!bench_rust_line(b, line, l.no))
			b->im->skipped_lines += line.n > 0;
}

static int recognise(struct str path, struct str head)
{
	CLEANUP_BENCH struct bench b;
	struct import im;
	int sure;

	import_init(&im);
	bench_init(&b, &im);
	if (str_contains(head, STR("time:")) || str_contains(head, STR(" ... bench:")))
		read_lines(&b, head);
	sure = b.rows ? 80 : 0;
	import_release(&im);
	return sure;
}

static int read_file(struct import *im, const struct import_file *files, size_t n, struct err *err)
{
	bench_text(im, files->data, read_lines);
	return 0;
}

const struct import_reader read_criterion = {
	.name = "criterion",
	.what = "cargo bench: criterion and libtest",
	.recognise = recognise,
	.read = read_file,
};
