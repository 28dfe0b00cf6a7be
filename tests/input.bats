#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What the program is given to read, from outside: packed logs read the same, bad input is told apart
# by its exit status and never hangs, crashes or prints half of something.

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	seq -f '2026-11-23 10:00:00 INFO worker: job %g done' 3000 >app.log
}

table() {
	timeout 60 "$INQUEST" log table --csv "$@"
}

# bad STATUS TEXT FILE...: fails so, says so, prints nothing else.
bad() {
	local status=$1 text=$2
	shift 2
	local got=0
	table "$@" >out 2>err || got=$?
	[ "$got" -eq "$status" ] || { echo "exit status $got"; cat err; return 1; }
	[ ! -s out ]
	[[ "$(cat err)" == *"$text"* ]] || { cat err; return 1; }
}

@test "packed, in archives, through pipes: the same rows" {
	table app.log | cut -d, -f2- >want
	[ "$(wc -l <want)" -eq 3001 ]
	gzip -k app.log && xz -k app.log && bzip2 -k app.log && zstd -q app.log
	tar czf t.tgz app.log && tar cf t.tar app.log.xz && zip -q t.zip app.log.gz
	for f in app.log.gz app.log.xz app.log.bz2 app.log.zst t.tgz t.tar t.zip; do
		table "$f" | cut -d, -f2- | cmp - want
		table - <"$f" | cut -d, -f2- | cmp - want
		# shellcheck disable=SC2002 # a pipe is meant
		cat "$f" | table - | cut -d, -f2- | cmp - want
	done
	iconv -t UTF-16 app.log >app16.log
	table app16.log | cut -d, -f2- | cmp - want
	table <(cat app.log) | cut -d, -f2- | cmp - want
}

@test "a directory: every file in order, what is no log is named on stderr" {
	mkdir -p d/b && cp app.log d/z.log && gzip -c app.log >d/b/a.log.gz && cp "$(type -P true)" d/true
	ln -s ../.. d/b/loop && mkfifo d/fifo
	table d >out 2>err
	[ "$(cut -d, -f1 out | sed 1d | uniq | tr '\n' ' ')" = "d/b/a.log.gz d/z.log " ]
	grep -q '^inquest: d: 2 skipped: fifo (no regular file), true (an ELF file' err
}

@test "truncated: the rows so far and a note" {
	gzip -c app.log | head -c 5000 >cut.gz
	table cut.gz >out 2>err
	[ "$(wc -l <out)" -gt 500 ]
	grep -q '^inquest: cut.gz: truncated at byte 5000 of the packed data; [0-9]* bytes recovered' err
}

@test "damaged data: file and offset, exit status 3" {
	gzip -c app.log >c.gz && size=$(stat -c %s c.gz)
	printf XXXX | dd of=c.gz bs=1 seek=$((size - 8)) conv=notrunc status=none # its checksum
	bad 3 "c.gz: damaged at byte " c.gz
	zip -q c.zip app.log && printf XXXX | dd of=c.zip bs=1 seek=4000 conv=notrunc status=none
	bad 3 "c.zip: damaged at byte " c.zip
}

@test "no logs: exit status 3" {
	bad 3 "true: not a log but an ELF file (program, library or core dump) (byte 0)" "$(type -P true)"
	head -c 100000 /dev/zero >zeros
	bad 3 "zeros: not a log but nothing except NUL bytes" zeros
	head -c 100000000 /dev/zero | bad 3 "-: not a log but nothing except NUL bytes" -
	mkdir empty
	bad 3 "empty: no logs in this directory" empty
}

@test "not there, not allowed, a full disk: exit status 4" {
	bad 4 "nothing: no such file or directory" nothing
	gzip app.log
	TMPDIR=/nowhere bad 4 "cannot make a temporary file in /nowhere (set TMPDIR)" app.log.gz
}

@test "random bytes never crash" {
	for seed in 1 2 3 4 5 6 7 8; do
		python3 -c "import random, sys
random.seed($seed)
sys.stdout.buffer.write(random.randbytes(50000) if $seed % 2 else
	bytes(random.choices(b'\n\r\t\033[]{}\"\\\\,:0a\x00\xff', k=50000)))" >random
		got=0
		table random >out 2>err || got=$?
		[ "$got" -eq 0 ] || [ "$got" -eq 3 ]
	done
}

@test "escapes in the names of archive members do not reach the terminal" {
	tar cf esc.tar --transform "s/app/$(printf '\033[31m')app/" app.log
	printf '\211PNG\r\n' >p && mkdir e && cp p "$(printf 'e/\033[31mp')" && cp app.log e
	table esc.tar e >out 2>err
	! grep -q "$(printf '\033')" out || false
	! grep -q "$(printf '\033')" err || false
}

@test "a log that grows while it is read is read as it was" {
	(while :; do echo more >>app.log; done) 3>&- &
	writer=$!
	table app.log >out
	kill $writer
	[ "$(tail -c 1 out | wc -l)" -eq 1 ]
	[ "$(grep -c 'job 3000 done' out)" -eq 1 ]
}
