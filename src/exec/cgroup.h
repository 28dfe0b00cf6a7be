/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control groups that this process and its children are in (cgroups(7)), versions 1 and 2. */
#pragma once

#include "base/buf.h"

/*
 * The content of a file of our group, blanks at its end cut: of the controller ("memory", v1) by
 * the name v1_name, or of the one hierarchy (v2) by the name v2_name, whichever is there. False if
 * neither is.
 */
bool cgroup_read(struct buf *out, const char *controller, const char *v1_name, const char *v2_name);
/* How often the kernel killed in our memory cgroup for want of memory; 0 if it cannot be told. */
uint64_t cgroup_oom_kills(void);
