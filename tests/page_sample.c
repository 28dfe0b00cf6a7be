// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Writes a page of page-sample.h: page_sample sample|hostile html > FILE, or
 * page_sample sample|hostile md FOLDER.
 */
#include <stdio.h>

#include "page-sample.h"
#include "report/page-html.h"
#include "report/page-md.h"

static int write_file(const char *dir, const char *name, const struct buf *b)
{
	CLEANUP_FREE char *path = NULL;
	FILE *f;
	int bad;

	if (asprintf(&path, "%s/%s", dir, name) < 0 || !(f = fopen(path, "w")))
		return 1;
	bad = fwrite(b->p, 1, b->n, f) != b->n;
	return fclose(f) || bad;
}

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf out = {0};
	struct page_files files = {0};
	struct page p;
	int bad = 0;

	if (argc < 3)
		return 2;
	if (!strcmp(argv[1], "hostile"))
		hostile_fill(&p);
	else
		sample_fill(&p);
	if (!strcmp(argv[2], "html")) {
		page_html(&p, &out);
		fwrite(out.p, 1, out.n, stdout);
	} else if (argc == 4) {
		page_md(&p, STR("sample"), &files, &out);
		bad = write_file(argv[3], "sample.md", &out);
		for (size_t i = 0; i < files.n; i++)
			bad |= write_file(argv[3], files.files[i].name, &files.files[i].bytes);
	}
	page_files_release(&files);
	page_release(&p);
	return bad;
}
