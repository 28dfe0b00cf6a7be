/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words, letters and numbers that say how severe a log record is. */
#pragma once

#include "types/event.h"

/* A word in any case: "info", "WARNING", "SEVERE", "crit"; LEVEL_UNKNOWN if it is none. */
enum level level_of_word(struct str s);
/* The same, faster, where at least 8 bytes may be read at s.p. */
enum level level_of_word8(struct str s);
/* A single letter as glog, klog and logcat write it: V T D I N W E C F A. */
enum level level_of_letter(char c);
/* What log programs with a column of their own use: words, letters, pino and bunyan numbers. */
enum level level_of_any(struct str s);
/* A syslog priority, facility * 8 + severity. */
enum level level_of_priority(unsigned pri);
/* numbers of pino and bunyan (10 trace ... 60 fatal) or of Python's logging (10 debug ... 50) */
enum level level_of_number(uint64_t n);

/* "error"; "" for LEVEL_UNKNOWN. */
const char *level_name(enum level l);
