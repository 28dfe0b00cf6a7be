// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Bytes as a log: reading them in parts gives the same lines as reading them at once, every slice
 * can be touched, offsets and numbers rise, times decode to what formats. If the first line begins
 * with "#regex " or "#lnav " the rest of it is a user-defined format.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "log/reader.h"
#include "text/timestamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static uint64_t touch(uint64_t h, struct str s)
{
	return hash_word(h, hash_bytes(s.p ? s.p : "", s.n, s.n));
}

struct pass {
	uint64_t hash, lines, next, heads;
};

static void read_part(const struct logreader *r, uint64_t from, uint64_t end, struct pass *p)
{
	struct logcursor c;
	struct logline l;

	logcursor_init(&c, r, from, p->lines, end);
	while (logcursor_next(&c, &l)) {
		struct event_time t;
		CLEANUP_BUF struct buf out = {0};

		if (l.no != ++p->lines || l.offset < p->next || (l.no == 1 && !l.head))
			abort();
		p->next = l.offset + l.raw.n;
		p->heads += l.head;
		logreader_time(r, &l, &t);
		timestamp_format(&t, &out);
		p->hash = hash_word(p->hash, l.offset << 1 | l.head);
		p->hash = touch(p->hash, l.raw);
		p->hash = touch(p->hash, logline_text(&l));
		p->hash = touch(p->hash, l.time_text);
		p->hash = touch(p->hash, l.level_text);
		p->hash = touch(p->hash, l.host);
		p->hash = touch(p->hash, l.process);
		p->hash = touch(p->hash, l.thread);
		p->hash = touch(p->hash, l.function);
		p->hash = touch(p->hash, l.source);
		p->hash = touch(p->hash, buf_str(&out));
		p->hash = hash_word(p->hash, l.level);
	}
	logcursor_release(&c);
}

static struct logformat_set *own_formats(struct str *text)
{
	struct str line = str_head(*text, str_find_char(*text, '\n'));
	struct logformat_set *s;
	struct err err;
	int rc;

	if (!str_starts(line, STR("#regex ")) && !str_starts(line, STR("#lnav ")))
		return NULL;
	*text = str_from(*text, line.n + 1);
	s = logformat_set_new();
	rc = line.p[1] == 'r' ? logformat_set_add_regex(s, STR("own"), str_from(line, 7), &err)
			      : logformat_set_add_lnav(s, str_from(line, 6), &err);
	if (rc == 0)
		return s;
	logformat_set_free(s);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct logformat_set *own = own_formats(&text);
	struct logreader *r = logreader_new(text, own);
	struct pass whole = {0};

	read_part(r, 0, text.n, &whole);
	for (size_t want = 1; want < text.n; want = want * 7 + 3) {
		struct pass parts = {0};
		uint64_t *cuts;
		size_t n = logreader_cuts(r, want, &cuts);

		if (cuts[0] != 0 || cuts[n] != text.n)
			abort();
		for (size_t i = 0; i < n; i++)
			read_part(r, cuts[i], cuts[i + 1], &parts);
		free(cuts);
		if (parts.hash != whole.hash || parts.lines != whole.lines)
			abort();
	}
	logreader_free(r);
	logformat_set_free(own);
	return 0;
}
