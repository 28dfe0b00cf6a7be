// SPDX-License-Identifier: GPL-3.0-or-later
/* What the end of a command says about a predicate: see exec.h. */
#include "exec/exec.h"

#include <signal.h>

static bool is_crash(int sig)
{
	static const int crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		if (sig == crashes[i])
			return true;
	return false;
}

static enum verdict signal_verdict(int sig, bool oom)
{
	if (is_crash(sig))
		return VERDICT_BAD;
	if (sig == SIGKILL)
		return oom ? VERDICT_BAD : VERDICT_UNTESTABLE;
	return sig == SIGINT || sig == SIGTERM ? VERDICT_STOP : VERDICT_UNTESTABLE;
}

enum verdict exec_verdict(const struct exec_result *r, bool oom_is_symptom)
{
	bool oom = oom_is_symptom && (r->oom_kills || r->end == EXEC_MEMORY);

	switch (r->end) {
	case EXEC_STOPPED: return VERDICT_STOP;
	case EXEC_TIMEOUT: return VERDICT_UNTESTABLE;
	case EXEC_MEMORY: return oom ? VERDICT_BAD : VERDICT_UNTESTABLE;
	case EXEC_SIGNALED: return signal_verdict(r->sig, oom);
	case EXEC_EXITED: break;
	}
	if (r->code == 0)
		return VERDICT_GOOD;
	if (r->code < 125)
		return VERDICT_BAD;
	if (r->code > 128)
		return signal_verdict(r->code - 128, oom);
	return r->code == 126 || r->code == 127 ? VERDICT_STOP : VERDICT_UNTESTABLE;
}
