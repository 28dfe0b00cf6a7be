/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ways of taking a snapshot share. */
#pragma once

#include "state/snapshot.h"

int64_t snapshot_now(void); /* CLOCK_MONOTONIC */

/* status, stat and syscall of a thread; false: it is gone. */
bool snapshot_look(struct snapshot *s, struct snapshot_thread *t, struct buf *scratch);
/* Of these only what tells whether it has moved: status and syscall. */
bool snapshot_look_again(struct snapshot *s, struct snapshot_thread *t, struct buf *scratch);
/* What /proc/TID/syscall tells of a blocked thread's registers: sp, pc, the call's arguments (vfork
 * keeps its return address in a register of these). */
void snapshot_set_registers(struct snapshot_thread *t);
/* Room for the stack of each, then the memory from its stack pointer on, of all in wanted. */
void snapshot_make_room(struct snapshot *s, struct snapshot_thread *t, size_t most);
void snapshot_copy(struct snapshot *s, struct snapshot_thread *const *wanted, size_t n,
		   size_t most);

/* Blocked threads, untouched. Those that move are left without a stack. */
void snapshot_nostop(struct snapshot *s, const struct snapshot_opts *o);
/* Blocked threads with all their registers; false: the kernel does not give them. */
bool snapshot_bpf(struct snapshot *s, const struct snapshot_opts *o);
/* Those without a stack, one after another; or all threads at once. */
void snapshot_stop_each(struct snapshot *s, const struct snapshot_opts *o);
void snapshot_stop_all(struct snapshot *s, const struct snapshot_opts *o);
