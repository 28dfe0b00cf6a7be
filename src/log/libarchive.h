/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libarchive, loaded when something packed is read: what it brings (an XML parser, Unicode tables,
 * the C++ runtime) took two fifths of the start-up time of every command (perf stat -r 40 inquest
 * --version).
 */
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "base/library.h"

#define LIBARCHIVE_FUNCTIONS(X)              \
	X(archive_entry_filetype)            \
	X(archive_entry_hardlink)            \
	X(archive_entry_is_data_encrypted)   \
	X(archive_entry_pathname)            \
	X(archive_entry_pathname_utf8)       \
	X(archive_error_string)              \
	X(archive_filter_bytes)              \
	X(archive_filter_count)              \
	X(archive_format)                    \
	X(archive_read_data_block)           \
	X(archive_read_free)                 \
	X(archive_read_new)                  \
	X(archive_read_next_header)          \
	X(archive_read_open1)                \
	X(archive_read_set_callback_data)    \
	X(archive_read_set_read_callback)    \
	X(archive_read_set_seek_callback)    \
	X(archive_read_set_skip_callback)    \
	X(archive_read_support_filter_bzip2) \
	X(archive_read_support_filter_gzip)  \
	X(archive_read_support_filter_lz4)   \
	X(archive_read_support_filter_xz)    \
	X(archive_read_support_filter_zstd)  \
	X(archive_read_support_format_empty) \
	X(archive_read_support_format_raw)   \
	X(archive_read_support_format_tar)   \
	X(archive_read_support_format_zip)   \
	X(archive_set_error)

struct libarchive {
	LIBARCHIVE_FUNCTIONS(LIBRARY_MEMBER)
};
