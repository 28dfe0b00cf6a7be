/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libdebuginfod (debuginfod_find_debuginfo(3)), loaded when a user asks for it; its functions are
 * declared here, so that nothing of it is needed to build.
 */
#pragma once

#include "base/library.h"

struct debuginfod_client;

/* The names and types are elfutils'. */
struct debuginfod_client *debuginfod_begin(void);
int debuginfod_find_debuginfo(struct debuginfod_client *client, const unsigned char *build_id,
			      int n, char **path);
int debuginfod_find_executable(struct debuginfod_client *client, const unsigned char *build_id,
			       int n, char **path);
void debuginfod_end(struct debuginfod_client *client);

#define LIBDEBUGINFOD_FUNCTIONS(X)    \
	X(debuginfod_begin)           \
	X(debuginfod_find_debuginfo)  \
	X(debuginfod_find_executable) \
	X(debuginfod_end)

struct libdebuginfod {
	LIBDEBUGINFOD_FUNCTIONS(LIBRARY_MEMBER)
};
