// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Requests and threads: see entity.h.
 *
 * A key is one of a short list of spellings followed by the id. The list has the words that
 * tracing systems and frameworks print; which of them a log uses, if any, is learnt from a sample.
 */
#include "logset/entity.h"

#include "base/mem.h"

/* What precedes an id, best first: a trace spans what a span or a session does not. */
static const char *const keys[] = {
	"TraceID: ",
	"traceId=",
	"trace_id=",
	"trace_id: ",
	"traceid=",
	"traceID=",
	"trace=",
	"TraceId: ",
	"\"trace_id\":\"",
	"\"traceId\":\"",
	"request_id=",
	"requestId=",
	"request-id=",
	"req_id=",
	"reqId=",
	"RequestId: ",
	"request_id: ",
	"req-",
	"rid=",
	"correlation_id=",
	"correlationId=",
	"transaction_id=",
	"txid=",
	"session_id=",
	"sessionId=",
};

static bool id_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' ||
	       c == '_';
}

/* The id after the key in text; empty if the key is not there. */
static struct str find_id(struct str text, struct str key)
{
	size_t at = str_find(text, key), n = 0;
	struct str rest;

	if (at == text.n)
		return (struct str){text.p, 0};
	rest = str_from(text, at + key.n);
	while (n < rest.n && n < 64 && id_char(rest.p[n]))
		n++;
	return str_head(rest, n);
}

struct str entity_learn_key(const struct str *lines, size_t n)
{
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		struct str key = str_of(keys[k]);
		size_t hits = 0;

		for (size_t i = 0; i < n; i++)
			hits += find_id(lines[i], key).n >= 2;
		if (n && hits * 5 >= n)
			return key;
	}
	return (struct str){NULL, 0};
}

/* As hash_bytes(); most logs leave most of these fields empty. */
static uint64_t add_field(struct str s, uint64_t h)
{
	return s.n ? hash_bytes(s.p, s.n, h) : hash_fold(h ^ hash_fold(HASH_K0, HASH_K1), HASH_K0);
}

uint64_t entity_of(const struct logline *line, const struct entity_source *from)
{
	uint64_t h;

	if (from->request_key.n) {
		struct str id = find_id(line->raw, from->request_key);

		if (id.n >= 2)
			return hash_str(id) | 1;
	}
	if (!line->thread.n && !line->process.n)
		return 0;
	h = add_field(line->host, from->file.n ? hash_str(from->file) : 1);
	h = add_field(line->process, h);
	/* Two programs of a host may have had the same process id, one after the other. */
	if (line->thread.n)
		return add_field(line->thread, h) | 1;
	return add_field(line->function, ~h) | 1;
}
