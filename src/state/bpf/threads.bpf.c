// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs in the kernel, once for each thread of one process (BPF task iterator, Linux 5.8; of one
 * process only since 6.1): its registers in user mode, its state and how often it was switched. The
 * thread itself notices nothing. Offsets in kernel structs are found when this is loaded (CO-RE),
 * so only the fields that are read are declared.
 */
#include "state/bpf/kernel.h"
#include "state/bpf/threads.h"

char LICENSE[] SEC("license") = "GPL";

const volatile int wanted_process;

SEC("iter/task")
int threads(struct bpf_iter__task *ctx)
{
	struct task_struct *t = ctx->task;
	struct bpf_thread out = {};
	struct pt_regs *regs;

	if (!t || t->tgid != wanted_process)
		return 0;
	out.tid = t->pid;
	out.state = t->__state;
	out.on_cpu = t->on_cpu;
	out.switches = t->nvcsw;
	out.forced_switches = t->nivcsw;
	regs = (struct pt_regs *)bpf_task_pt_regs(t);
	bpf_probe_read_kernel(out.regs, sizeof(out.regs), regs);
	bpf_seq_write(ctx->meta->seq, &out, sizeof(out));
	return 0;
}
