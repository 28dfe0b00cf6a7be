/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of a stack as runtimes, sanitizers and debuggers print it. */
#pragma once

#include "base/str.h"

struct frame_text {
	struct str function; /* "org.example.App.run", "main"; empty if unknown */
	struct str file;     /* empty if unknown */
	uint32_t line;       /* 0 if unknown */
};

/* "at org.example.App.run(App.java:12)", "at Db.Read(Int32 n) in /x/Db.cs:line 19",
 * "at store (/srv/app.js:9:19)", "at /srv/app.js:9:19". s: without indentation. */
bool frame_at(struct str s, struct frame_text *f);
/* "File "/srv/app.py", line 12, in run" */
bool frame_python(struct str s, struct frame_text *f);
/* Cut "#12 " off the front of *s, and the blanks around the rest; false if there is none. */
bool frame_number(struct str *s);
/* "#0 0x55 in last /srv/fault.c:14:3", "#1 count fault.c:20 (mod+0x12)", "#2  0x7f in main (n=1)
 * at app.cc:30", "#3  0x7f __clone3" */
bool frame_numbered(struct str s, struct frame_text *f);
/* "main.crash(0x1)": Go's first line of a frame; "/srv/app.go:108 +0xe5": its second; Rust's
 * "at ./src/main.rs:64:64" without the "at ". */
bool frame_go(struct str s, struct frame_text *f);
bool frame_place(struct str s, struct frame_text *f);

/* Is it code of the program rather than of a runtime, a sanitizer or a system library? */
bool frame_is_own(const struct frame_text *f);
