// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a file and, if they fit into a pipe, as a stream: nothing may crash, hang or grow.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hash.h"
#include "log/input.h"

#define PIPE_ROOM 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_fd(int fd)
{
	static const struct loginput_opts o = {.max_spool = 4 << 20, .max_members = 200};
	struct loginputs s;
	struct err err = {0};
	char path[32];

	loginputs_init(&s);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (loginputs_add(&s, path, &o, &err) != 0) {
		if (!err.msg[0] || s.n || s.nnotes || s.nspools)
			abort(); /* an error says why and leaves nothing behind */
	} else if (s.spooled > o.max_spool) {
		abort();
	}
	for (size_t i = 0; i < s.n; i++) { /* every byte is there */
		uint64_t h = hash_bytes(s.in[i].map.data, s.in[i].map.size, 0);

		__asm__ volatile("" : : "r"(h));
	}
	loginputs_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP_FD int fd = memfd_create("fuzz", MFD_CLOEXEC);
	int ends[2];

	if (fd < 0 || file_write_all(fd, data, n, NULL) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	read_fd(fd);
	if (n > PIPE_ROOM)
		return 0;
	if (pipe(ends) != 0 || file_write_all(ends[1], data, n, NULL) != 0)
		abort();
	close(ends[1]);
	read_fd(ends[0]);
	close(ends[0]);
	return 0;
}
