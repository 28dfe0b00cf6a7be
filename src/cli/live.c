// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Writing the journal of a run: see live.h. Each record is one write(2) to a file opened for
 * appending: what is written survives us, and a record is never half there unless the disk is full.
 * A failure to write ends recording, not the command.
 */
#include "cli/live.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "text/json.h"

static void append(struct live *l, int fd, struct str s)
{
	struct err err;

	if (!l->error && file_write_all(fd, s.p, s.n, &err))
		l->error = errno ? errno : EIO;
}

static void append_line(struct live *l, int fd)
{
	buf_add_char(&l->line, '\n');
	append(l, fd, buf_str(&l->line));
	buf_clear(&l->line);
}

static int open_in(const char *dir, const char *name, struct err *err)
{
	CLEANUP_FREE char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		abort();
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	return fd < 0 ? err_errno(err, "%s: cannot create", path) : fd;
}

/*
 * Named by time and process, so that they are taken in in their order; by a dot before it, which
 * keeps others away from it until it is locked and has its first line.
 */
static int make_dir(struct live *l, const char *parent, struct err *err)
{
	struct timespec t;

	if (mkdir(parent, 0700) < 0 && errno != EEXIST)
		return err_errno(err, "%s: cannot create", parent);
	clock_gettime(CLOCK_REALTIME, &t);
	if (asprintf(&l->dir, "%s/.%lld.%09ld-%d", parent, (long long)t.tv_sec, t.tv_nsec,
		     getpid()) < 0)
		abort();
	if (mkdir(l->dir, 0700) < 0)
		return err_errno(err, "%s: cannot create", l->dir);
	return 0;
}

static void write_run(struct live *l, const struct live_run *run)
{
	buf_printf(&l->line, "{\"run\":{\"version\":1,\"verdict\":%d,\"started_ns\":%lld,\"name\":",
		   (int)run->verdict, (long long)run->started_ns);
	json_add_string(&l->line, run->name);
	BUF_LIT(&l->line, ",\"command\":");
	json_add_string(&l->line, run->command);
	BUF_LIT(&l->line, "}}");
	append_line(l, l->facts);
}

static int publish(struct live *l, const char *parent, struct err *err)
{
	char *name;

	if (asprintf(&name, "%s/%s", parent, strrchr(l->dir, '/') + 2) < 0)
		abort();
	if (l->error || rename(l->dir, name) < 0) {
		errno = l->error ? l->error : errno;
		free(name);
		return err_errno(err, "%s: cannot write", l->dir);
	}
	free(l->dir);
	l->dir = name;
	return 0;
}

int live_begin(struct live *l, const char *parent, const struct live_run *run, struct err *err)
{
	const struct {
		int *fd;
		const char *name;
	} files[] = {{&l->facts, "facts.jsonl"},
		     {&l->samples, "samples.jsonl"},
		     {&l->out, "stdout"},
		     {&l->err, "stderr"},
		     {&l->times, "times.jsonl"}};
	int rc;

	*l = (struct live){.facts = -1, .samples = -1, .out = -1, .err = -1, .times = -1};
	rc = make_dir(l, parent, err);
	for (size_t i = 0; !rc && i < ARRAY_SIZE(files); i++) {
		*files[i].fd = open_in(l->dir, files[i].name, err);
		rc = *files[i].fd < 0 ? *files[i].fd : 0;
		if (i == 0 && !rc)
			flock(l->facts, LOCK_EX);
	}
	if (!rc) {
		write_run(l, run);
		rc = publish(l, parent, err);
	}
	if (rc)
		live_end(l, true);
	return rc;
}

void live_variable(struct live *l, const struct variable *v)
{
	BUF_LIT(&l->line, "{\"variable\":");
	json_add_string(&l->line, v->name);
	switch (v->value.kind) {
	case VALUE_INT: buf_printf(&l->line, ",\"int\":%lld", (long long)v->value.integer); break;
	case VALUE_REAL:
		BUF_LIT(&l->line, ",\"real\":");
		json_add_real(&l->line, v->value.real);
		break;
	default: BUF_LIT(&l->line, ",\"text\":"); json_add_string(&l->line, v->value.text);
	}
	if (v->unit.n) {
		BUF_LIT(&l->line, ",\"unit\":");
		json_add_string(&l->line, v->unit);
	}
	if (v->better)
		buf_printf(&l->line, ",\"better\":%d", (int)v->better);
	BUF_LIT(&l->line, "}");
	append_line(l, l->facts);
}

void live_value(struct live *l, const char *name, struct value v, const char *unit)
{
	live_variable(l,
		      &(struct variable){.name = str_of(name), .value = v, .unit = str_of(unit)});
}

void live_pattern(struct live *l, const char *regex)
{
	BUF_LIT(&l->line, "{\"pattern\":");
	json_add_string(&l->line, str_of(regex));
	BUF_LIT(&l->line, "}");
	append_line(l, l->facts);
}

void live_output(struct live *l, enum exec_stream s, int64_t at_ns, struct str bytes)
{
	uint64_t *lines = &l->lines[s == EXEC_STDERR];

	if (bytes.n > LIVE_MAX_OUTPUT - l->kept)
		bytes.n = LIVE_MAX_OUTPUT - l->kept;
	if (!bytes.n)
		return;
	append(l, s == EXEC_STDOUT ? l->out : l->err, bytes);
	l->kept += bytes.n;
	buf_printf(&l->line, "{\"at_ns\":%lld,\"stream\":\"%s\",\"line\":%llu,\"bytes\":%zu}",
		   (long long)at_ns, s == EXEC_STDOUT ? "out" : "err",
		   (unsigned long long)*lines + 1, bytes.n);
	append_line(l, l->times);
	*lines += str_count_char(bytes, '\n');
}

/* What is not known of this moment is left out. */
static void add_known(struct buf *b, const char *key, uint64_t v)
{
	if (v != EXEC_UNKNOWN)
		buf_printf(b, ",\"%s\":%llu", key, (unsigned long long)v);
}

void live_sample(struct live *l, const struct exec_sample *s)
{
	buf_printf(&l->line,
		   "{\"at_ns\":%lld,\"rss\":%llu,\"cpu_ns\":%llu,\"read\":%llu,\"write\":%llu,"
		   "\"processes\":%u,\"threads\":%u,\"fds\":%u,\"minor\":%llu,\"major\":%llu",
		   (long long)s->at_ns, (unsigned long long)s->rss, (unsigned long long)s->cpu_ns,
		   (unsigned long long)s->read_bytes, (unsigned long long)s->write_bytes,
		   s->processes, s->threads, s->fds, (unsigned long long)s->minor_faults,
		   (unsigned long long)s->major_faults);
	add_known(&l->line, "pss", s->pss);
	add_known(&l->line, "group_memory", s->group_memory);
	add_known(&l->line, "group_swap", s->group_swap);
	for (size_t i = 0; i < EXEC_PSI; i++)
		if (isfinite(s->psi[i]))
			buf_printf(&l->line, ",\"psi%zu\":%.4g", i, s->psi[i]);
	BUF_LIT(&l->line, "}");
	append_line(l, l->samples);
}

void live_text(struct live *l, const char *name, struct str text)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FD int fd = -1;
	struct err err;

	if (!text.n)
		return;
	if (asprintf(&path, "%s/%s", l->dir, name) < 0)
		abort();
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if ((fd < 0 || file_write_all(fd, text.p, text.n, &err)) && !l->error)
		l->error = errno;
}

void live_complete(struct live *l, int64_t started_ns)
{
	buf_printf(&l->line, "{\"complete\":true,\"started_ns\":%lld}", (long long)started_ns);
	append_line(l, l->facts);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void live_end(struct live *l, bool remove)
{
	static const char *const names[] = {"samples.jsonl", "stdout", "stderr",     "times.jsonl",
					    "kernel",        "stacks", "facts.jsonl"};

	for (size_t i = 0; remove && l->dir && i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *path = NULL;

		if (asprintf(&path, "%s/%s", l->dir, names[i]) < 0)
			abort();
		unlink(path);
	}
	if (remove && l->dir)
		rmdir(l->dir);
	close_fd(&l->samples);
	close_fd(&l->out);
	close_fd(&l->err);
	close_fd(&l->times);
	close_fd(&l->facts); /* last: it holds the lock */
	free(l->dir);
	l->dir = NULL;
	buf_release(&l->line);
}
