// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Lines of bytes as messages: both classifiers give the same canonical form, which is never longer
 * than the message; the templates do not depend on the order of the lines; parameters are slices of
 * their message. A first line that begins with '#' holds known templates up to the line "#".
 */
#include <stdlib.h>

#include "mine/mine-priv.h"

#define LINES_MAX 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_mask(struct str message)
{
	CLEANUP_FREE char *exact = mem_alloc(message.n); /* sanitizers see reads outside */
	char fast[MASK_ROOM], slow[MASK_ROOM];
	struct coarsener *o;
	size_t n;

	if (message.n)
		memcpy(exact, message.p, message.n);
	message.p = exact;
	n = mask_message(mask_classifier(), message, fast);

	if (n > message.n || n > MASK_MAX + 1 ||
	    n != mask_message(mask_classifier_scalar(), message, slow) ||
	    memcmp(fast, slow, n) != 0)
		abort();
	o = coarsener_new();
	for (unsigned mode = 1; mode <= MASK_COARSE; mode++)
		if (mask_coarsen(o, mode, (struct str){fast, n}, slow) > n + 1)
			abort();
	coarsener_free(o);
}

static void check_params(const struct templates *t, uint32_t i, struct str m)
{
	struct str p[MINE_MAX_PARAMS];
	size_t n = templates_params(t, i, m, p, MINE_MAX_PARAMS);

	for (size_t k = 0; k < n; k++)
		if (p[k].p < m.p || p[k].p + p[k].n > m.p + m.n ||
		    (k && p[k].p < p[k - 1].p + p[k - 1].n))
			abort();
}

static struct templates *mine(const struct str *lines, size_t n, bool backwards,
			      const struct templates_known *known, uint32_t *shapes)
{
	struct miner *m = miner_new();
	struct templates *t;

	for (size_t i = 0; i < n; i++) {
		size_t k = backwards ? n - 1 - i : i;
		struct logline line = {.message = lines[k], .head = true};

		line.level = lines[k].n && *lines[k].p == 'E' ? LEVEL_ERROR : LEVEL_INFO;
		shapes[k] = miner_add(m, &line);
	}
	t = templates_new(&m, 1, known);
	miner_free(m);
	return t;
}

static void check(const struct str *lines, size_t n, const struct templates_known *known)
{
	uint32_t sa[LINES_MAX], sb[LINES_MAX];
	struct templates *a = mine(lines, n, false, known, sa),
			 *b = mine(lines, n, true, known, sb);

	if (templates_count(a) != templates_count(b))
		abort();
	for (size_t i = 0; i < n; i++) {
		uint32_t ta = templates_of_shape(a, 0, sa[i]), tb = templates_of_shape(b, 0, sb[i]);

		if (ta != tb || !str_eq(templates_get(a, ta)->text, templates_get(b, tb)->text))
			abort();
		check_params(a, ta, lines[i]);
	}
	templates_free(a);
	templates_free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size}, lines[LINES_MAX];
	struct templates_known *known = NULL;
	struct err err;
	size_t n = 0;

	if (size && *rest.p == '#') {
		size_t end = str_find(rest, STR("\n#\n"));

		known = templates_known_new();
		if (templates_known_add(known, str_from(str_head(rest, end), 1), &err) != 0) {
			templates_known_free(known);
			known = NULL;
		}
		rest = str_from(rest, end + 3);
	}
	while (n < LINES_MAX && str_next(&rest, '\n', &lines[n]))
		check_mask(lines[n++]);
	check(lines, n, known);
	templates_known_free(known);
	return 0;
}
