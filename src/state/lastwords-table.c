// SPDX-License-Identifier: GPL-3.0-or-later
/* Phrases that tell of an end: see lastwords-priv.h. The first that fits counts, so that the more
 * telling stand before the more general. */
#include <signal.h>

#include "state/lastwords-priv.h"

#define SURE    DEATH_PROVEN, DEATH_STRONG
#define LIKELY  DEATH_LIKELY, DEATH_STRONG
#define SAID    DEATH_LIKELY, DEATH_FAIR
#define MAYBE   DEATH_POSSIBLE, DEATH_FAIR
#define FROM    WHAT_FROM, NULL, 0
#define BEHIND  WHAT_BEHIND, NULL, 0
#define LINE    WHAT_LINE, NULL, 0
#define NONE    WHAT_NOTHING, NULL, 0
#define TEXT(t) WHAT_TEXT, t, 0

const struct lastwords_phrase lastwords_phrases[] = {
	/* somebody's guess */
	{" was sent SIGKILL! Perhaps out of memory?", NULL, DEATH_UNKNOWN, DEATH_POSSIBLE,
	 DEATH_FAIR, WHAT_NOTHING, NULL, SIGKILL},
	{" was sent SIGTERM!", NULL, DEATH_SENT, DEATH_POSSIBLE, DEATH_FAIR, WHAT_TEXT, "SIGTERM",
	 SIGTERM},
	{"WORKER TIMEOUT (pid:", NULL, DEATH_TIME_LIMIT, LIKELY, TEXT("gunicorn's --timeout")},
	{"Killed signal terminated program ", NULL, DEATH_UNKNOWN, DEATH_LIKELY, DEATH_FAIR,
	 WHAT_NOTHING, NULL, SIGKILL},

	/* Slurm */
	{"DUE TO TIME LIMIT", NULL, DEATH_TIME_LIMIT, SURE, TEXT("of its Slurm job or step")},
	{"DUE TO PREEMPTION", NULL, DEATH_EVICTED, SURE,
	 TEXT("a Slurm job with more right preempted it")},
	{"DUE TO NODE FAILURE", NULL, DEATH_NODE, SURE, TEXT("NODE FAIL of Slurm")},
	{"DUE TO NODE FAIL", NULL, DEATH_NODE, SURE, TEXT("NODE FAIL of Slurm")},
	{"Node failure on ", NULL, DEATH_NODE, SURE, FROM},
	{"DUE TO JOB NOT ENDING WITH SIGNALS", NULL, DEATH_TIME_LIMIT, LIKELY,
	 TEXT("it did not end when Slurm asked it to")},
	{"slurmstepd: error: *** ", " CANCELLED AT ", DEATH_CANCELLED, LIKELY, TEXT("scancel")},
	{"srun: forcing job termination", NULL, DEATH_CANCELLED, MAYBE, TEXT("srun")},
	{"oom_kill event", NULL, DEATH_OOM_GROUP, SURE,
	 TEXT("the memory that its Slurm job asked for")},
	{"oom-kill event", NULL, DEATH_OOM_GROUP, SURE,
	 TEXT("the memory that its Slurm job asked for")},
	{"oom_kill_event", NULL, DEATH_OOM_GROUP, SURE,
	 TEXT("the memory that its Slurm job asked for")},
	{"srun: error: ", ": Out Of Memory", DEATH_OOM_GROUP, SURE,
	 TEXT("the memory that its Slurm job asked for")},
	{"slurmstepd: error: Exceeded job memory limit", NULL, DEATH_MEMORY_LIMIT, SURE,
	 TEXT("of its Slurm job")},
	{" exceeded memory limit (", ", being killed", DEATH_MEMORY_LIMIT, SURE, FROM},
	{"slurmstepd: error: Detected", "oom", DEATH_OOM_GROUP, SURE,
	 TEXT("the memory that its Slurm job asked for")},

	/* CI services */
	{"has exceeded the maximum execution time of ", NULL, DEATH_TIME_LIMIT, SURE, FROM},
	{"The action '", "' has timed out after ", DEATH_TIME_LIMIT, SURE, FROM},
	{"The operation was canceled.", NULL, DEATH_CANCELLED, SAID,
	 TEXT("by hand, by a newer run, or because another job of the matrix failed")},
	{"The runner has received a shutdown signal", NULL, DEATH_NODE, LIKELY,
	 TEXT("the runner was shut down, often because memory or CPU ran out on it")},
	{"lost communication with the server", NULL, DEATH_NODE, LIKELY,
	 TEXT("the runner no longer answered, often because memory or CPU ran out on it")},
	{"Job failed: execution took longer than ", NULL, DEATH_TIME_LIMIT, SURE, FROM},
	{"Job's log exceeded limit", NULL, DEATH_CANCELLED, LIKELY, FROM},
	{"Job failed: canceled", NULL, DEATH_CANCELLED, SURE, NONE},
	{"script canceled externally", NULL, DEATH_CANCELLED, SURE,
	 TEXT("by the user interface or API")},
	{"Job failed (system failure): ", NULL, DEATH_IMAGE, LIKELY, BEHIND},
	{"Timeout has been exceeded", NULL, DEATH_TIME_LIMIT, SURE, TEXT("Jenkins' timeout step")},
	{"Cancelling nested steps due to timeout", NULL, DEATH_TIME_LIMIT, SURE,
	 TEXT("Jenkins' timeout step")},
	{"Build timed out (after ", NULL, DEATH_TIME_LIMIT, SURE, FROM},
	{"Aborted by ", NULL, DEATH_CANCELLED, LIKELY, FROM},
	{"RequestAbortedException", NULL, DEATH_NODE, MAYBE, TEXT("Jenkins lost its agent")},
	{"Cannot contact ", "Exception", DEATH_NODE, LIKELY, TEXT("Jenkins lost its agent")},
	{"was marked offline: Connection was broken", NULL, DEATH_NODE, LIKELY, FROM},
	{"# Received cancellation signal, interrupting", NULL, DEATH_CANCELLED, LIKELY,
	 TEXT("Buildkite")},
	{"Received cancellation signal", NULL, DEATH_CANCELLED, LIKELY, TEXT("Buildkite")},
	{"agent lost", NULL, DEATH_NODE, LIKELY, FROM},
	{"Job timed out after ", NULL, DEATH_TIME_LIMIT, SURE, FROM},
	{"Too long with no output (exceeded ", NULL, DEATH_SILENCE, SURE, FROM},
	{"No output has been received in the last ", NULL, DEATH_SILENCE, SURE, FROM},

	/* test programs' own limits of time */
	{"panic: test timed out after ", NULL, DEATH_TIME_LIMIT, SURE, FROM},
	{"timeout: sending signal ", " to command", DEATH_TIME_LIMIT, SURE, TEXT("timeout(1)")},
	{"Failed: Timeout (>", NULL, DEATH_TIME_LIMIT, LIKELY, FROM},
	{"Failed: Timeout >", NULL, DEATH_TIME_LIMIT, LIKELY, FROM},
	{"***Timeout ", NULL, DEATH_TIME_LIMIT, LIKELY, TEXT("of CTest")},

	{" TIMEOUT in ", NULL, DEATH_TIME_LIMIT, LIKELY, TEXT("of Bazel's test")},
	{" TIMEOUT ", "killed by signal ", DEATH_TIME_LIMIT, LIKELY, TEXT("of Meson's test")},

	/* other schedulers */
	{"exceeding memory limits", NULL, DEATH_MEMORY_LIMIT, SURE, TEXT("YARN")},
	{"beyond physical memory limits", NULL, DEATH_MEMORY_LIMIT, SURE, TEXT("YARN")},
	{"beyond the 'PHYSICAL' memory limit", NULL, DEATH_MEMORY_LIMIT, SURE, TEXT("YARN")},

	/* Kubernetes, as text */
	{"OOMKilled", NULL, DEATH_OOM_GROUP, LIKELY, TEXT("the limit of its container")},
	{"failed liveness probe", NULL, DEATH_PROBE, SURE, TEXT("liveness probe")},
	{"failed startup probe", NULL, DEATH_PROBE, SURE, TEXT("startup probe")},
	{"Liveness probe failed", NULL, DEATH_PROBE, SAID, FROM},
	{"The node was low on resource: ", NULL, DEATH_EVICTED, SURE, FROM},
	{"Pod ephemeral local storage usage exceeds", NULL, DEATH_EVICTED, SURE, FROM},
	{"DeadlineExceeded", NULL, DEATH_TIME_LIMIT, LIKELY, TEXT("activeDeadlineSeconds")},
	{"ErrImagePull", NULL, DEATH_IMAGE, SAID, FROM},
	{"ImagePullBackOff", NULL, DEATH_IMAGE, SAID, FROM},

	/* systemd */
	{"A process of this unit has been killed by the OOM killer", NULL, DEATH_OOM, SURE, NONE},
	{"Failed with result 'oom-kill'", NULL, DEATH_OOM, SURE, NONE},
	{"Failed with result 'timeout'", NULL, DEATH_TIME_LIMIT, SURE, TEXT("of its systemd unit")},
	{"Failed with result 'watchdog'", NULL, DEATH_PROBE, SURE, TEXT("systemd's watchdog")},
	{"Watchdog timeout (limit ", NULL, DEATH_PROBE, SURE, FROM},
	{" timed out. Killing.", NULL, DEATH_TIME_LIMIT, LIKELY,
	 TEXT("of its systemd unit to stop in")},
	{"operation timed out. Terminating.", NULL, DEATH_TIME_LIMIT, LIKELY,
	 TEXT("of its systemd unit")},
	{"systemd-oomd killed ", NULL, DEATH_OOM_DAEMON, SURE, TEXT("systemd-oomd")},
	{"systemd-oomd", "Killed ", DEATH_OOM_DAEMON, SURE, TEXT("systemd-oomd")},
	{"earlyoom", "sending SIG", DEATH_OOM_DAEMON, SURE, TEXT("earlyoom")},
	{"status=203/EXEC", NULL, DEATH_NOT_EXECUTABLE, SURE, TEXT("status=203/EXEC of systemd")},
	{"status=9/KILL", NULL, DEATH_UNKNOWN, DEATH_LIKELY, DEATH_FAIR, WHAT_NOTHING, NULL,
	 SIGKILL},
	{"status=11/SEGV", NULL, DEATH_FAULT, DEATH_LIKELY, DEATH_FAIR, WHAT_TEXT, "SIGSEGV",
	 SIGSEGV},
	{"status=6/ABRT", NULL, DEATH_ABORT, DEATH_LIKELY, DEATH_FAIR, WHAT_TEXT, "SIGABRT",
	 SIGABRT},
	{"status=15/TERM", NULL, DEATH_SENT, DEATH_LIKELY, DEATH_FAIR, WHAT_TEXT, "SIGTERM",
	 SIGTERM},

	/* sanitizers */
	{"ERROR: AddressSanitizer: ", NULL, DEATH_SANITIZER, SURE, FROM},
	{"ERROR: LeakSanitizer: ", NULL, DEATH_SANITIZER, SURE, FROM},
	{"ERROR: HWAddressSanitizer: ", NULL, DEATH_SANITIZER, SURE, FROM},
	{"WARNING: ThreadSanitizer: ", NULL, DEATH_SANITIZER, LIKELY, FROM},
	{"WARNING: MemorySanitizer: ", NULL, DEATH_SANITIZER, SURE, FROM},
	{"ERROR: ThreadSanitizer: ", NULL, DEATH_SANITIZER, SURE, FROM},
	{"ERROR: UndefinedBehaviorSanitizer: ", NULL, DEATH_SANITIZER, SURE, FROM},
	{"SUMMARY: UndefinedBehaviorSanitizer: ", NULL, DEATH_SANITIZER, LIKELY, FROM},
	{"ERROR: libFuzzer: ", NULL, DEATH_SANITIZER, SURE, FROM},
	{": runtime error: ", NULL, DEATH_SANITIZER, DEATH_LIKELY, DEATH_FAIR, FROM},

	/* graphics cards, before memory in general */
	{"CUDA out of memory", NULL, DEATH_GPU_MEMORY, LIKELY, FROM},
	{"CUDA error: out of memory", NULL, DEATH_GPU_MEMORY, LIKELY, FROM},
	{"CUDA_ERROR_OUT_OF_MEMORY", NULL, DEATH_GPU_MEMORY, LIKELY, FROM},
	{"cudaErrorMemoryAllocation", NULL, DEATH_GPU_MEMORY, LIKELY, FROM},
	{"HIP out of memory", NULL, DEATH_GPU_MEMORY, LIKELY, FROM},
	{"MPS backend out of memory", NULL, DEATH_GPU_MEMORY, LIKELY, FROM},
	{"RESOURCE_EXHAUSTED: Out of memory", NULL, DEATH_GPU_MEMORY, LIKELY, FROM},
	{"CUDA error: ", NULL, DEATH_GPU, LIKELY, FROM},
	{"uncorrectable ECC error", NULL, DEATH_GPU, LIKELY, FROM},

	/* heaps of runtimes */
	{"JavaScript heap out of memory", NULL, DEATH_HEAP, SURE,
	 TEXT("JavaScript heap out of memory")},
	{"FATAL ERROR: ", "Allocation failed", DEATH_HEAP, SURE, FROM},
	{"java.lang.OutOfMemoryError: unable to create", "thread", DEATH_PROCESSES, LIKELY, FROM},
	{"java.lang.OutOfMemoryError", NULL, DEATH_HEAP, LIKELY, FROM},
	{"There is insufficient memory for the Java Runtime Environment", NULL, DEATH_ALLOCATION,
	 SURE, TEXT("the Java runtime got none")},
	{"java.lang.StackOverflowError", NULL, DEATH_STACK, LIKELY, FROM},
	{"A fatal error has been detected by the Java Runtime Environment", NULL, DEATH_FAULT,
	 LIKELY, TEXT("in or under the Java runtime (hs_err_pid*.log tells more)")},

	{"Allowed memory size of ", " exhausted", DEATH_HEAP, SURE, FROM},
	{"System.OutOfMemoryException", NULL, DEATH_HEAP, LIKELY, FROM},

	/* no process, file, space */
	{"unable to create native thread", NULL, DEATH_PROCESSES, LIKELY, FROM},
	{"can't start new thread", NULL, DEATH_PROCESSES, LIKELY, FROM},
	{"pthread_create failed", NULL, DEATH_PROCESSES, LIKELY, FROM},
	{"ork: retry: Resource temporarily unavailable", NULL, DEATH_PROCESSES, SAID,
	 TEXT("fork: EAGAIN")},
	{"ork: Resource temporarily unavailable", NULL, DEATH_PROCESSES, LIKELY,
	 TEXT("fork: EAGAIN")},
	{"ork failed: Resource temporarily unavailable", NULL, DEATH_PROCESSES, LIKELY,
	 TEXT("fork: EAGAIN")},
	{"annot fork", NULL, DEATH_PROCESSES, LIKELY, FROM},
	{"BlockingIOError: [Errno 11] Resource temporarily unavailable", NULL, DEATH_PROCESSES,
	 SAID, TEXT("EAGAIN")},
	{"Resource temporarily unavailable", "hread", DEATH_PROCESSES, SAID, FROM},
	{"Too many open files in system", NULL, DEATH_FILES, SAID, FROM},
	{"ENFILE", NULL, DEATH_FILES, SAID, FROM},
	{"Too many open files", NULL, DEATH_RLIMIT_NOFILE, SAID, TEXT("EMFILE")},
	{"EMFILE", NULL, DEATH_RLIMIT_NOFILE, SAID, TEXT("EMFILE")},
	{"No space left on device", NULL, DEATH_SPACE, SAID, FROM},
	{"ENOSPC", NULL, DEATH_SPACE, SAID, FROM},
	{"Disk quota exceeded", NULL, DEATH_SPACE, SAID, FROM},
	{"File too large", NULL, DEATH_RLIMIT_FSIZE, SAID, TEXT("EFBIG")},
	{"File size limit exceeded", NULL, DEATH_RLIMIT_FSIZE, DEATH_LIKELY, DEATH_STRONG,
	 WHAT_TEXT, "SIGXFSZ", SIGXFSZ},
	{"CPU time limit exceeded", NULL, DEATH_RLIMIT_CPU, DEATH_LIKELY, DEATH_STRONG, WHAT_TEXT,
	 "SIGXCPU", SIGXCPU},

	/* stacks */
	{"has overflowed its stack", NULL, DEATH_STACK, SURE, FROM},
	{"goroutine stack exceeds ", NULL, DEATH_STACK, SURE, FROM},
	{"fatal error: stack overflow", NULL, DEATH_STACK, SURE, NONE},
	{"Maximum call stack size exceeded", NULL, DEATH_STACK, LIKELY, FROM},
	{"Fatal Python error: Cannot recover from stack overflow", NULL, DEATH_STACK, SURE, FROM},

	/* memory that was refused */
	{"std::bad_alloc", NULL, DEATH_ALLOCATION, SAID, TEXT("std::bad_alloc")},
	{"runtime: out of memory", NULL, DEATH_ALLOCATION, LIKELY, FROM},
	{"memory allocation of ", " bytes failed", DEATH_ALLOCATION, SURE, FROM},
	{"ArrayMemoryError: ", NULL, DEATH_ALLOCATION, SAID, FROM},
	{"MemoryError", NULL, DEATH_ALLOCATION, SAID, FROM},
	{"virtual memory exhausted", NULL, DEATH_ALLOCATION, LIKELY, FROM},
	{"memory exhausted", NULL, DEATH_ALLOCATION, SAID, FROM},
	{"annot allocate memory", NULL, DEATH_ALLOCATION, SAID, TEXT("ENOMEM")},
	{"annot allocate ", " bytes", DEATH_ALLOCATION, SAID, FROM},
	{"malloc failed", NULL, DEATH_ALLOCATION, SAID, FROM},
	{"malloc returned ", "NULL", DEATH_ALLOCATION, SAID, FROM},
	{"failed to allocate memory", NULL, DEATH_ALLOCATION, SAID, FROM},
	{"ailed to allocate ", " bytes", DEATH_ALLOCATION, SAID, FROM},
	{"nable to allocate ", NULL, DEATH_ALLOCATION, SAID, FROM},
	{"ut of memory", NULL, DEATH_ALLOCATION, SAID, LINE},

	/* ends of C and C++ */
	{"Assertion `", "' failed", DEATH_ASSERT, SURE, FROM},
	{"Assertion failed: ", NULL, DEATH_ASSERT, SURE, FROM},
	{"*** stack smashing detected ***", NULL, DEATH_ABORT, SURE, FROM},
	{"*** buffer overflow detected ***", NULL, DEATH_ABORT, SURE, FROM},
	{"double free or corruption", NULL, DEATH_ABORT, SURE, FROM},
	{"free(): ", NULL, DEATH_ABORT, SURE, FROM},
	{"malloc(): ", NULL, DEATH_ABORT, SURE, FROM},
	{"realloc(): ", NULL, DEATH_ABORT, SURE, FROM},
	{"munmap_chunk(): invalid pointer", NULL, DEATH_ABORT, SURE, FROM},
	{"corrupted size vs. prev_size", NULL, DEATH_ABORT, SURE, FROM},
	{"corrupted double-linked list", NULL, DEATH_ABORT, SURE, FROM},
	{"pure virtual method called", NULL, DEATH_ABORT, SURE, FROM},
	{"terminate called without an active exception", NULL, DEATH_ABORT, SURE,
	 TEXT("std::terminate(), as when a thread is destroyed that was not joined")},
	{"terminate called recursively", NULL, DEATH_ABORT, LIKELY, FROM},
	{"Process terminating with default action of signal 11", NULL, DEATH_FAULT, LIKELY,
	 TEXT("SIGSEGV, under valgrind")},

	/* other runtimes */
	{"Unhandled exception. ", NULL, DEATH_EXCEPTION, SURE, BEHIND},
	{"Unhandled Exception: ", NULL, DEATH_EXCEPTION, SURE, BEHIND},
	{"Fatal error:  Uncaught ", NULL, DEATH_EXCEPTION, SURE, BEHIND},
	{"Fatal error: Uncaught ", NULL, DEATH_EXCEPTION, SURE, BEHIND},
	{":in `", "Error)", DEATH_EXCEPTION, LIKELY, BEHIND},
	{":in '", "Error)", DEATH_EXCEPTION, LIKELY, BEHIND},

	/* Go */
	{"fatal error: all goroutines are asleep - deadlock!", NULL, DEATH_DEADLOCK, SURE, FROM},
	{"fatal error: concurrent map ", NULL, DEATH_PANIC, SURE, FROM},

	/* loading and starting */
	{"error while loading shared libraries: ", NULL, DEATH_LIBRARY, SURE, BEHIND},
	{"symbol lookup error: ", NULL, DEATH_LIBRARY, SURE, BEHIND},
	{"version `GLIBC", "' not found", DEATH_LIBRARY, SURE, FROM},
	{"Exec format error", NULL, DEATH_NOT_EXECUTABLE, LIKELY, FROM},
	{"bad interpreter: ", NULL, DEATH_NOT_EXECUTABLE, LIKELY, FROM},
	{"cannot execute: ", NULL, DEATH_NOT_EXECUTABLE, LIKELY, FROM},
	{"executable file not found in $PATH", NULL, DEATH_NO_COMMAND, LIKELY, FROM},
	{"ommand not found", NULL, DEATH_NO_COMMAND, DEATH_LIKELY, DEATH_WEAK, WHAT_LINE, NULL, 0},
	{"sh: ", ": not found", DEATH_NO_COMMAND, DEATH_LIKELY, DEATH_WEAK, WHAT_LINE, NULL, 0},
	{"Broken pipe", NULL, DEATH_PIPE, DEATH_POSSIBLE, DEATH_WEAK, WHAT_FROM, NULL, 0},
	{"KeyboardInterrupt", NULL, DEATH_INTERRUPTED, SAID, TEXT("KeyboardInterrupt")},
};
const size_t lastwords_nphrases = ARRAY_SIZE(lastwords_phrases);
