// SPDX-License-Identifier: GPL-3.0-or-later
/* Any text as what dot answered: it is drawn, or it is an error and nothing is. */
#include <stdlib.h>

#include "report/diagram.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct str text =
	STR("dag { \"<a>\" -> b; b <-> c; b -> c; a [latent]; c [outcome, var=\"x.y\"] }");

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf svg = {0};
	struct dag g;
	int rc;

	if (n > 65536 || dag_parse(&g, text, 1, NULL))
		return 0;
	rc = diagram_draw(&g, (struct str){(const char *)data, n}, &svg, NULL);
	if (rc ? svg.n != 0 : !str_starts(buf_str(&svg), STR("<svg ")))
		abort();
	if (str_contains(buf_str(&svg), STR("<a>")) || str_contains(buf_str(&svg), STR("nan")))
		abort();
	buf_release(&svg);
	dag_release(&g);
	return 0;
}
