/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of `inquest history` share: a metric along runs or the rows of a file. */
#pragma once

#include "cli/command.h"
#include "cli/derived.h"
#include "stats/changepoint.h"
#include "types/history.h"

#define HISTORY_MOST       ((size_t)1 << 24) /* values */
#define HISTORY_MIN_EFFECT .005              /* unless options say otherwise */
#define HISTORY_MIN_SD     1

struct history_values {
	bool json, restore, help;
	const char *file, *value, *reference, *step, *label;
	const char *where, *store, *model, *min_effect, *min_sd, *color;
};

/* Read columns of a file: CSV (commas, semicolons, tabs) or JSON lines; "-" is stdin. */
int history_read_file(struct history *h, const struct history_values *v, struct cli *cli,
		      struct err *err) ERR_CHECK;
/* The same of its bytes; h keeps copies. */
int history_read_data(struct history *h, const struct history_values *v, struct str data,
		      struct err *err) ERR_CHECK;
/* Read a variable of the stored runs. */
int history_read_runs(struct history *h, struct store *s, const struct derived *d,
		      struct str metric, const struct history_values *v, const char *root,
		      struct err *err) ERR_CHECK;
/* What else changed between the runs before c and those after it. */
int history_covariates(struct history *h, struct store *s, const struct change *c,
		       struct history_covariates *out, struct err *err) ERR_CHECK;

/* Both print to stdout; covariates has one element a change, or is NULL. */
void history_print_json(struct history *h, const struct changepoints *c,
			const struct history_covariates *covariates);
void history_print_text(struct cli *cli, struct history *h, const struct changepoints *c,
			const struct history_covariates *covariates);
/* The last run that had the old performance, and how to have it again. */
int history_print_restore(struct history *h, struct store *s, const struct changepoints *c,
			  struct err *err) ERR_CHECK;
/* The change to undo: the last for the worse, or the last if nothing says which way is better; NULL
 * if there is none. */
const struct change *history_worst(const struct history *h, const struct changepoints *c);
