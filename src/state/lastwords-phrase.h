/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside state/lastwords*.c: short words for the columns of the tables of phrases. */
#pragma once

#include "state/lastwords-priv.h"

/* how sure, how telling */
#define SURE   DEATH_PROVEN, DEATH_STRONG
#define LIKELY DEATH_LIKELY, DEATH_STRONG
#define SAID   DEATH_LIKELY, DEATH_FAIR
#define MAYBE  DEATH_POSSIBLE, DEATH_FAIR
#define FAINT  DEATH_LIKELY, DEATH_WEAK

/* what goes into the sentence */
#define FROM         WHAT_FROM, NULL, 0
#define BEHIND       WHAT_BEHIND, NULL, 0
#define BEHIND_OF(t) WHAT_BEHIND_TEXT, t, 0
#define LINE         WHAT_LINE, NULL, 0
#define NONE         WHAT_NOTHING, NULL, 0
#define TEXT(t)      WHAT_TEXT, t, 0

/* it ended by this signal, and that is all */
#define ENDS(sig) DEATH_LIKELY, DEATH_FAIR, WHAT_NOTHING, NULL, sig
