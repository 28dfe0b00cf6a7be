/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two readers of Rust's libtest share. */
#pragma once

#include "base/str.h"

/*
 * The message of the first panic in what a test printed; empty if there is none. "thread 't::bad'
 * (12129) panicked at src/lib.rs:1:58:" has it on the next line, before Rust 1.73 it stands in
 * "panicked at 'message', src/lib.rs:1:58".
 */
struct str libtest_panic(struct str text);
