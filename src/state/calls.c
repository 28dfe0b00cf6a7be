// SPDX-License-Identifier: GPL-3.0-or-later
/* System calls: see calls.h. */
#include "state/calls.h"

/* clang-format off */
static const struct call_info calls[] = {
	{0, "read", WAIT_FD, "fpd", false},
	{1, "write", WAIT_FD, "fpd", true},
	{2, "open", WAIT_KERNEL, "pxx", false},
	{7, "poll", WAIT_POLL, "pdm", false},
	{16, "ioctl", WAIT_FD, "fxp", false},
	{17, "pread64", WAIT_FD, "fpdd", false},
	{18, "pwrite64", WAIT_FD, "fpdd", true},
	{19, "readv", WAIT_FD, "fpd", false},
	{20, "writev", WAIT_FD, "fpd", true},
	{23, "select", WAIT_POLL, "dpppt", false},
	{34, "pause", WAIT_SIGNAL, "", false},
	{35, "nanosleep", WAIT_SLEEP, "pp", false},
	{40, "sendfile", WAIT_FD, "ffpd", true},
	{42, "connect", WAIT_FD, "fpd", false},
	{43, "accept", WAIT_FD, "fpp", false},
	{44, "sendto", WAIT_FD, "fpdx", true},
	{45, "recvfrom", WAIT_FD, "fpdx", false},
	{46, "sendmsg", WAIT_FD, "fpx", true},
	{47, "recvmsg", WAIT_FD, "fpx", false},
	{61, "wait4", WAIT_CHILD, "cpxp", false},
	{65, "semop", WAIT_CONDITION, "dpd", false},
	{69, "msgsnd", WAIT_OTHER, "dpdx", false},
	{70, "msgrcv", WAIT_OTHER, "dpddx", false},
	{72, "fcntl", WAIT_FILE_LOCK, "fdp", false},
	{73, "flock", WAIT_FILE_LOCK, "fx", false},
	{74, "fsync", WAIT_FD, "f", true},
	{75, "fdatasync", WAIT_FD, "f", true},
	{128, "rt_sigtimedwait", WAIT_SIGNAL, "ppt", false},
	{130, "rt_sigsuspend", WAIT_SIGNAL, "p", false},
	{202, "futex", WAIT_CONDITION, "pwdt", false},
	{219, "restart_syscall", WAIT_OTHER, "", false},
	{220, "semtimedop", WAIT_CONDITION, "dpdt", false},
	{230, "clock_nanosleep", WAIT_SLEEP, "dxpp", false},
	{232, "epoll_wait", WAIT_POLL, "fpdm", false},
	{242, "mq_timedsend", WAIT_FD, "fpddt", true},
	{243, "mq_timedreceive", WAIT_FD, "fpdpt", false},
	{247, "waitid", WAIT_CHILD, "xcpxp", false},
	{257, "openat", WAIT_KERNEL, "dpxx", false},
	{270, "pselect6", WAIT_POLL, "dpppt", false},
	{271, "ppoll", WAIT_POLL, "pdt", false},
	{275, "splice", WAIT_FD, "fpfpdx", false},
	{281, "epoll_pwait", WAIT_POLL, "fpdm", false},
	{288, "accept4", WAIT_FD, "fppx", false},
	{299, "recvmmsg", WAIT_FD, "fpdxt", false},
	{426, "io_uring_enter", WAIT_FD, "fddx", false},
	{441, "epoll_pwait2", WAIT_POLL, "fpdt", false},
	{449, "futex_waitv", WAIT_CONDITION, "pdxt", false},
	{454, "futex_wait", WAIT_CONDITION, "pdxxt", false},
};
/* clang-format on */

const struct call_info *call_find(int64_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

static void futex_operation(struct buf *out, uint64_t op)
{
	static const char *const names[] = {"WAIT",           "WAKE",        "FD",
					    "REQUEUE",        "CMP_REQUEUE", "WAKE_OP",
					    "LOCK_PI",        "UNLOCK_PI",   "TRYLOCK_PI",
					    "WAIT_BITSET",    "WAKE_BITSET", "WAIT_REQUEUE_PI",
					    "CMP_REQUEUE_PI", "LOCK_PI2"};

	if ((op & 0x7f) < ARRAY_SIZE(names))
		buf_printf(out, "%s", names[op & 0x7f]);
	else
		buf_printf(out, "%#llx", (unsigned long long)op);
}

static void argument(struct buf *out, char kind, uint64_t v)
{
	switch (kind) {
	case 'f':
	case 'd':
	case 'c': buf_i64(out, (int64_t)(int32_t)v); break;
	case 'w': futex_operation(out, v); break;
	case 'm':
		if ((int32_t)v < 0)
			BUF_LIT(out, "no limit");
		else
			buf_printf(out, "%d ms", (int32_t)v);
		break;
	case 't': buf_printf(out, v ? "time limit" : "no limit"); break;
	default:
		if (v)
			buf_printf(out, "%#llx", (unsigned long long)v);
		else
			buf_printf(out, kind == 'p' ? "NULL" : "0");
	}
}

void call_text(struct buf *out, const struct proc_syscall *c)
{
	const struct call_info *info;

	if (c->running || c->number < 0)
		return;
	info = call_find(c->number);
	if (!info) {
		buf_printf(out, "system call %lld", (long long)c->number);
		return;
	}
	buf_printf(out, "%s(", info->name);
	for (size_t i = 0; info->args[i]; i++) {
		if (i)
			BUF_LIT(out, ", ");
		argument(out, info->args[i], c->args[i]);
	}
	buf_add_char(out, ')');
}
