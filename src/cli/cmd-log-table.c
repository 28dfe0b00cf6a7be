// SPDX-License-Identifier: GPL-3.0-or-later
/* inquest log table: one row an event. */
#include <stddef.h>

#include "cli/logs.h"
#include "cli/ordered.h"
#include "text/timestamp.h"

struct values {
	struct logs_values logs;
};

static const struct option options[] = {
	LOGS_OUTPUT_OPTIONS(struct values, logs),
	LOGS_OPTIONS(struct values, logs),
	{OPTION_END},
};

static void csv_cell(struct buf *b, struct str s)
{
	bool quote = false;

	for (size_t i = 0; i < s.n && !quote; i++)
		quote = s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\r' || s.p[i] == '\n';
	if (!quote) {
		buf_add_str(b, s);
		return;
	}
	buf_add_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_add_char(b, '"');
		buf_add_char(b, s.p[i]);
	}
	buf_add_char(b, '"');
}

static void format_part(void *arg, size_t part, struct buf *out)
{
	struct logs *l = arg;
	const struct logset_file *f = &l->set.files[l->set.parts[part].file];
	struct logcursor c;
	struct logline line;
	struct buf params = {0};

	logset_part_cursor(&l->set, part, &c);
	while (logcursor_next(&c, &line)) {
		uint32_t tmpl = f->recs[line.no - 1].tmpl & ~LOGREC_CONT;
		const struct template *t = templates_get(l->set.templates, tmpl);
		struct str p[MINE_MAX_PARAMS];
		struct event_time time;
		size_t n;

		if (!line.head)
			continue;
		logreader_time(f->reader, &line, &time);
		csv_cell(out, f->name);
		buf_add_char(out, ',');
		buf_u64(out, line.no);
		buf_add_char(out, ',');
		timestamp_format(&time, out);
		buf_add_char(out, ',');
		csv_cell(out, line.level_text);
		buf_add_char(out, ',');
		csv_cell(out, line.host);
		buf_add_char(out, ',');
		csv_cell(out, line.process);
		buf_add_char(out, ',');
		csv_cell(out, line.thread);
		buf_add_char(out, ',');
		csv_cell(out, line.function);
		buf_add_char(out, ',');
		csv_cell(out, line.source);
		buf_add_char(out, ',');
		csv_cell(out, t->id);
		buf_add_char(out, ',');
		csv_cell(out, line.message);
		buf_add_char(out, ',');
		n = templates_params(l->set.templates, tmpl, line.message, p, MINE_MAX_PARAMS);
		buf_clear(&params);
		buf_add_char(&params, '[');
		for (size_t i = 0; i < n; i++)
			buf_printf(&params, "%s\"" STR_FMT "\"", i ? "," : "", STR_ARG(p[i]));
		buf_add_char(&params, ']');
		csv_cell(out, buf_str(&params));
		buf_add_char(out, '\n');
	}
	buf_release(&params);
	logcursor_release(&c);
}

static int table(struct cli *cli, struct logs *l, const struct values *v, struct err *err)
{
	unsigned n = l->opts.threads ? l->opts.threads : task_cpus();

	puts("file,line,time,level,host,process,thread,function,source,template,message,params");
	return ordered_output(n, l->set.nparts, format_part, l, 0, stdout, err);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct values v = {0};
	struct option_list rest = {0};
	struct logs logs = {0};
	struct err err;
	int rc = options_parse(options, argc, argv, &v, &rest, &err), status;

	if (!rc && !rest.n)
		rc = err_set(&err, ERR_USAGE, "name a log");
	if (!rc)
		rc = logs_init(&logs, cli, &v.logs, &err);
	for (size_t i = 0; !rc && i < rest.n; i++)
		rc = logs_add(&logs, rest.items[i], 0, &err);
	if (!rc) {
		logs_mine(&logs, cli);
		rc = table(cli, &logs, &v, &err);
	}
	status = !rc                ? EXIT_DONE
		 : rc == -ERR_USAGE ? command_usage(&cmd_log_table, &err)
				    : command_fail(rc, &err);
	logs_release(&logs);
	logs_values_release(&v.logs);
	options_list_release(&rest);
	return status;
}

const struct command cmd_log_table = {
	.name = "log table",
	.stage = "analyse",
	.summary = "one row an event, its header fields and parameters in columns",
	.usage = "[OPTIONS] FILE...",
	.options = options,
	.run = run,
};
