// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The reader alone: how fast it cuts a file into lines with fields, or what it sees.
 *   reader FILE          lines, heads, MB/s
 *   reader --csv FILE    file,line,time,level,host,process,thread,function,source,template,
 *                        message,params of every head, as `inquest log table --csv` (template and
 *                        params empty)
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "log/reader.h"
#include "text/timestamp.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void cell(struct str s, char end)
{
	bool quote = false;

	for (size_t i = 0; i < s.n; i++)
		quote = quote || strchr("\",\n\r", s.p[i]);
	if (quote)
		putchar('"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			putchar('"');
		putchar(s.p[i]);
	}
	if (quote)
		putchar('"');
	putchar(end);
}

static void row(const struct logreader *r, const char *name, const struct logline *l)
{
	struct event_time t;
	CLEANUP_BUF struct buf time = {0};

	logreader_time(r, l, &t);
	timestamp_format(&t, &time);
	cell(str_of(name), ',');
	printf("%llu,", (unsigned long long)l->no);
	cell(buf_str(&time), ',');
	cell(l->level_text, ',');
	cell(l->host, ',');
	cell(l->process, ',');
	cell(l->thread, ',');
	cell(l->function, ',');
	cell(l->source, ',');
	putchar(',');
	cell(l->message, ',');
	putchar('\n');
}

int main(int argc, char **argv)
{
	bool csv = argc > 2 && !strcmp(argv[1], "--csv");
	const char *path = argv[argc - 1];
	struct file_map map;
	struct err err = {0};
	struct logreader *r;
	struct logcursor c;
	struct logline line;
	uint64_t heads = 0, bytes = 0;
	double t0, t1;

	if (argc < 2 || file_map_path(&map, path, &err)) {
		fprintf(stderr, "reader: %s\n", err.msg);
		return 4;
	}
	t0 = now();
	r = logreader_new((struct str){map.data, map.size}, NULL);
	t1 = now();
	logcursor_init(&c, r, 0, 0, map.size);
	if (csv)
		puts("file,line,time,level,host,process,thread,function,source,template,message,"
		     "params");
	while (logcursor_next(&c, &line)) {
		heads += line.head;
		bytes += line.message.n;
		if (csv && line.head)
			row(r, path, &line);
	}
	if (!csv)
		printf("%llu lines, %llu heads, %llu bytes of messages, learnt in %.1f ms, "
		       "%.0f MB/s\n",
		       (unsigned long long)c.no, (unsigned long long)heads,
		       (unsigned long long)bytes, (t1 - t0) * 1e3,
		       (double)map.size / (now() - t1) * 1e-6);
	for (uint32_t i = 0; !csv && logreader_format(r, i); i++)
		printf("  %s\n", logreader_format(r, i));
	logcursor_release(&c);
	logreader_free(r);
	file_map_release(&map);
	return 0;
}
