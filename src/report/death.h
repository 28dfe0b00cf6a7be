/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a program died, for people and as JSON. */
#pragma once

#include "report/style.h"
#include "types/death.h"

/* words: of causes and of how sure, which are state/'s (death_word(), death_sure_word()). */
struct death_words {
	const char *(*cause)(enum death_cause cause);
	const char *(*sure)(enum death_sure sure);
};

/* One screen: the verdict, its evidence, what else, what not, what next. */
void death_text(const struct death *d, const struct death_words *w, bool color, size_t width,
		struct buf *out);
/* One to four lines, each after "inquest: ". */
void death_lines(const struct death *d, const struct death_words *w, struct buf *out);
/* The members of inquest.death/1 without the object around them (docs/formats.md). */
void death_json(const struct death *d, const struct death_words *w, struct buf *out);
