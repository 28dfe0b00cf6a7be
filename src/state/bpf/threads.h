/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What threads.bpf.c writes for each thread. Both sides include it. */
#pragma once

#define BPF_THREAD_REGS 21 /* struct pt_regs of x86-64 */

struct bpf_thread {
	unsigned int tid, state;
	int on_cpu;
	unsigned int unused;
	unsigned long long switches, forced_switches;
	/* r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs flags rsp ss */
	unsigned long long regs[BPF_THREAD_REGS];
};
