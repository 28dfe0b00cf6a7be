#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # common.bash sets pid
bats_require_minimum_version 1.5.0
# Debug information from a server of our own on 127.0.0.1: only if it is asked for.

setup() {
	load state/common.bash
	cd "$BATS_TEST_TMPDIR" || return
	export DEBUGINFOD_CACHE_PATH=$PWD/cache HOME=$PWD
	unset DEBUGINFOD_URLS
	may_trace || skip "no process may be traced here"
}

teardown() {
	[ -z "${server-}" ] || kill "$server" 2>/dev/null || true
	end_started
}

# A stripped program that runs, its debug information at a server.
serve() {
	command -v debuginfod >/dev/null || skip "no debuginfod"
	command -v objcopy >/dev/null || skip "no objcopy"
	mkdir files program
	cp "$TARGETS/threads" files/threads
	objcopy --strip-all files/threads program/threads
	port=$((20000 + RANDOM % 20000))
	debuginfod -d :memory: -p $port -F files >server.log 2>&1 3>&- &
	server=$!
	for _ in $(seq 100); do
		! grep -q "groom\|rescan.*completed\|served\|fc traverse" server.log || break
		sleep 0.1
	done
	sleep 1
	urls=http://127.0.0.1:$port/
	started log program/threads pause
}

@test "asked for: names and lines from the server" {
	serve
	timeout 60 "$INQUEST" stacks "$pid" >out
	run ! grep -q role_pause out
	DEBUGINFOD_URLS=$urls timeout 60 "$INQUEST" stacks "$pid" --debuginfod >out
	grep -q "role_pause  *.*threads.c:" out
	run ! grep -q "no server answered" out
	kill "$server"
	wait "$server" || true
	server=
	rm -rf cache
	DEBUGINFOD_URLS=$urls timeout 60 "$INQUEST" stacks "$pid" --debuginfod >out
	grep -q "^note: debuginfod: no server answered for" out
	run ! grep -q role_pause out
}

@test "not asked for: nothing is connected to, whatever the environment says" {
	command -v strace >/dev/null || skip "no strace"
	cp "$TARGETS/threads_stripped" threads
	started log ./threads first second pause
	DEBUGINFOD_URLS="http://127.0.0.1:1/" strace -f -e trace=network -o trace \
		"$INQUEST" stacks "$pid" --lines all -v --args >out 2>/dev/null || true
	grep -q "deadlock of 2 threads" out
	run ! grep -E "connect\(|AF_INET" trace
	[ ! -e cache ]
	# and that this would be seen
	DEBUGINFOD_URLS="http://127.0.0.1:1/" strace -f -e trace=network -o trace \
		"$INQUEST" stacks "$pid" --debuginfod >out 2>/dev/null || true
	! grep -q "cannot be used\|this needs" out || skip "no libdebuginfod"
	grep -q "connect(" trace
}

@test "--debuginfod without a server to ask" {
	fails 2 "DEBUGINFOD_URLS is not set" "$INQUEST" stacks $$ --debuginfod
	DEBUGINFOD_URLS='' fails 2 "DEBUGINFOD_URLS is not set" "$INQUEST" core nowhere --debuginfod
}
