// SPDX-License-Identifier: GPL-3.0-or-later
/* Opening records: see records.h. */
#include "cli/records.h"

int records_open(struct records *r, const char *store, struct err *err)
{
	int rc = workspace_find(&r->workspace, store, err);

	if (!rc)
		rc = workspace_open(&r->workspace, STORE_READ, &r->store, err);
	if (!rc)
		rc = derived_load(&r->derived, &r->workspace, r->store, err);
	return rc;
}

void records_release(struct records *r)
{
	derived_release(&r->derived);
	store_close(r->store);
	workspace_release(&r->workspace);
}
