// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Writes a page of page-sample.h, which is sample, hostile or small: page_sample PAGE html|body, or
 * page_sample PAGE md FOLDER. The golden files of test_page.c are its output for small.
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

static const struct named {
	const char *name;
	void (*fill)(struct page *p);
} pages[] = {{"sample", sample_fill}, {"hostile", hostile_fill}, {"small", small_fill}};

int main(int argc, char **argv)
{
	CLEANUP_BUF struct buf out = {0};
	struct page_files files = {0};
	const struct named *page = pages;
	struct page p;
	int bad = 0;

	if (argc < 3)
		return 2;
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		if (!strcmp(argv[1], pages[i].name))
			page = &pages[i];
	page->fill(&p);
	if (argc == 3) {
		struct str s;

		page_html(&p, &out);
		s = !strcmp(argv[2], "body") ? sample_body(&out) : buf_str(&out);
		fwrite(s.p, 1, s.n, stdout);
	} else {
		CLEANUP_FREE char *name = NULL;

		page_md(&p, str_of(page->name), &files, &out);
		bad = asprintf(&name, "%s.md", page->name) < 0 || write_file(argv[3], name, &out);
		for (size_t i = 0; i < files.n; i++)
			bad |= write_file(argv[3], files.files[i].name, &files.files[i].bytes);
	}
	page_files_release(&files);
	page_release(&p);
	return bad;
}
