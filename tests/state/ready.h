/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs that are looked at share: they say who is who, and end after a while. */
#pragma once

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LIFE 600 /* seconds, should nobody end us */

static inline void nap(long ns)
{
	struct timespec t = {ns / 1000000000L, ns % 1000000000L};

	nanosleep(&t, NULL);
}

static inline void ready(void)
{
	printf("ready %d\n", (int)getpid());
	fflush(stdout);
}
