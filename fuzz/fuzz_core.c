// SPDX-License-Identifier: GPL-3.0-or-later
/* Any bytes as a core file: an error, or stacks of no more frames than asked for. */
#include <stdlib.h>
#include <sys/mman.h>

#include "base/file.h"
#include "report/stacks.h"
#include "state/look.h"

#define FRAMES 20

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct look_opts o = {.unwind = {.lines = UNWIND_LINES_OWN, .max_frames = FRAMES},
				    .arguments = true,
				    .locals = true};
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct stack_death death;
	struct err err = {""};
	struct look l;
	struct buf out = {0};
	int rc;

	if (fd < 0 || file_write_all(fd, data, n, NULL) != 0)
		abort();
	rc = look_core(&l, fd, &o, &death, &err);
	if (rc) {
		if (rc != -ERR_INPUT || !err.msg[0])
			abort();
		return 0;
	}
	if (!l.stacks.nthreads)
		abort();
	for (size_t i = 0; i < l.stacks.nthreads; i++)
		if (l.stacks.threads[i].skipped_at > l.stacks.threads[i].nframes)
			abort();
	stacks_json(&l.stacks, STR("fuzz"), &out);
	stacks_text(&l.stacks, &(struct stacks_look){.verbose = true}, &out);
	buf_release(&out);
	look_release(&l);
	return 0;
}
