/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What `docker inspect` (podman's too) and `kubectl get pod|event|job -o json` say of how a
 * container ended. Sources: Docker Engine API 1.43 (ContainerInspect), Kubernetes API v1 (Pod,
 * PodStatus, ContainerState, Event), batch/v1 (Job).
 */
#pragma once

#include "base/err.h"
#include "state/death.h"

/* Does the text look like such a document? By its first bytes; it may still be damaged. */
bool container_is(struct str text);
/* Clues of all containers in it; *found: how many ended badly or say why. -ERR_INPUT: no JSON. */
int container_read(struct death_clues *c, struct str file, struct str text, size_t *found,
		   struct err *err) ERR_CHECK;
