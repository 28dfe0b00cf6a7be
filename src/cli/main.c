// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The program's entry: what the environment says (colour, terminal, temporary directory), signals,
 * and the command that was named. Only here and in the commands is anything printed or exited.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/command.h"
#include "config.h"

/* Colour of a stream: NO_COLOR, CLICOLOR_FORCE, TERM=dumb, then isatty. */
static bool want_color(int fd)
{
	const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"),
		   *term = getenv("TERM");

	if (no && *no)
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

/* The locale's characters, as setlocale(3) would choose them. */
static bool is_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *v = getenv(names[i]);

		if (v && *v)
			return strcasestr(v, "UTF-8") || strcasestr(v, "UTF8");
	}
	return false;
}

static int terminal_width(void)
{
	struct winsize w;
	const char *columns = getenv("COLUMNS");
	uint64_t n;

	if (columns && str_u64(str_of(columns), &n) && n >= 40 && n <= 1000)
		return (int)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
		return w.ws_col;
	return 100;
}

/*
 * A mapped file that shrinks while it is read: let the missing page read as zeros. The reader
 * notices by file_map_shrank().
 */
static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE),
		  at = (uintptr_t)info->si_addr & ~(page - 1);

	if (info->si_code == BUS_ADRERR &&
	    mmap((void *)at, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
		    MAP_FAILED)
		return;
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Directories with thousands of logs: as many files as the system allows. Returns what was
 * allowed before. */
static uint64_t raise_file_limit(void)
{
	struct rlimit limit;
	uint64_t given;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	given = limit.rlim_cur;
	if (limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return given;
}

/* Progress: a line on stderr, rewritten, when it is a terminal and half a second has gone. */
struct meter {
	struct progress base;
	_Atomic uint64_t done;
	_Atomic int64_t next_ns;
	int64_t start_ns;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void meter_step(struct progress *p, uint64_t done)
{
	struct meter *m = (struct meter *)p;
	uint64_t sum = atomic_fetch_add(&m->done, done) + done;
	int64_t now = now_ns(), next = atomic_load(&m->next_ns);
	double s = (double)(now - m->start_ns) / 1e9;

	if (now < next ||
	    !atomic_compare_exchange_strong(&m->next_ns, &next, now + INT64_C(200000000)))
		return;
	fprintf(stderr, "\r\033[K%.1f MB", (double)sum / 1e6);
	if (p->total > sum)
		fprintf(stderr, " of %.1f MB, %.0f s left", (double)p->total / 1e6,
			s * (double)(p->total - sum) / (double)sum);
	fflush(stderr);
}

static bool is_help(const char *arg)
{
	return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0;
}

static int run_command(const struct command *c, struct cli *cli, int argc, char **argv)
{
	struct meter meter = {.base = {.step = meter_step}, .start_ns = now_ns()};
	int status;

	atomic_store(&meter.next_ns, meter.start_ns + INT64_C(500000000));
	if (isatty(STDERR_FILENO))
		cli->progress = &meter.base;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (is_help(argv[i])) {
			command_print_help(c, stdout);
			return EXIT_DONE;
		}
	}
	status = c->run(cli, argc, argv);
	if (atomic_load(&meter.next_ns) != meter.start_ns + INT64_C(500000000))
		fputs("\r\033[K", stderr);
	return status;
}

static bool is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

/* What is still to be written, or could not be before; the status to exit with. Who closed the pipe
 * knows it. */
static int finish(int status)
{
	bool lost = ferror(stdout);

	if ((fflush(stdout) == 0 && !lost) || errno == EPIPE || (lost && is_pipe(STDOUT_FILENO)))
		return status;
	fprintf(stderr, "inquest: stdout: %s\n", strerror(errno));
	return EXIT_SYSTEM;
}

int main(int argc, char **argv)
{
	static const struct sigaction sigbus = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};
	struct cli cli = {.color_out = want_color(STDOUT_FILENO),
			  .color_err = want_color(STDERR_FILENO),
			  .utf8 = is_utf8(),
			  .tmpdir = getenv("TMPDIR"),
			  .width = terminal_width(),
			  .table_width = isatty(STDOUT_FILENO) ? terminal_width() : 0};
	static char help_word[] = "help";
	char *help_argv[] = {help_word, NULL};
	const struct command *c;
	int used, status;

	sigaction(SIGBUS, &sigbus, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error of write() */
	cli.nofile = raise_file_limit();
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("inquest " INQUEST_VERSION);
		return finish(EXIT_DONE);
	}
	if (argc < 2 || is_help(argv[1]))
		return finish(cmd_help.run(&cli, 1, help_argv));
	c = command_find(argc, argv, &used);
	if (c)
		status = run_command(c, &cli, argc - used, argv + used);
	else if (argc > 2 && is_help(argv[2]) && command_print_group(argv[1], stdout))
		status = EXIT_DONE;
	else
		return command_unknown(argc - 1, argv + 1);
	return finish(status);
}
