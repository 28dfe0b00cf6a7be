#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
bats_require_minimum_version 1.5.0
# inquest why-died, and what inquest run says at its end, from outside.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$PWD XDG_CONFIG_HOME=$PWD GIT_CEILING_DIRECTORIES=$PWD LC_ALL=C
	unset INQUEST_STORE
}

field() {
	python3 -c 'import json,sys
d = json.load(sys.stdin)
for k in sys.argv[1].split("."):
    d = d[int(k)] if isinstance(d, list) else d[k]
print(d)' "$1"
}

@test "every text of the labelled set is read for what it is" {
	for f in "$TOP"/tests/death/*; do
		name=$(basename "$f")
		run --separate-stderr "$INQUEST" why-died --json "$f"
		[ "$status" -eq 0 ] || [ "$status" -eq 5 ]
		got=$(field cause <<<"$output")
		[ "$got" = "${name%%.*}" ] || {
			echo "$name: $got"
			return 1
		}
	done
}

@test "the sets of texts are read right, and no good end is taken for a bad one" {
	run python3 -B "$TOP/bench/death.py" "$INQUEST" "$TOP"/bench/death/*.texts
	[ "${#lines[@]}" -ge 4 ]
	[[ "$output" != *$'\n  '* ]]
	run python3 -B "$TOP/bench/death.py" "$INQUEST" "$TOP"/bench/death/*.well
	[ "${#lines[@]}" -ge 4 ]
	run grep -E '^  .*: (proven|likely) ' <<<"$output"
	[ -z "$output" ]
}

@test "an unknown end is exit status 5 and says so" {
	run "$INQUEST" why-died "$TOP/tests/death/unknown.docker-137.json"
	[ "$status" -eq 5 ]
	[[ "$output" == *"status 137 says no more than that"* ]]
	[[ "$output" == *dmesg* ]]
}

@test "evidence is quoted with its place, and who held the memory is told" {
	run "$INQUEST" why-died "$TOP/tests/death/oom-system.journal.txt"
	[ "$status" -eq 0 ]
	[[ "$output" == *"oom-system.journal.txt:13 "* ]]
	[[ "$output" == *"20911    3285.9 MB  cc1plus  <- killed"* ]]
}

@test "of the journal as JSON the messages are the kernel's lines" {
	run "$INQUEST" why-died "$TOP/tests/death/oom-cgroup.journal-json.txt"
	[ "$status" -eq 0 ]
	[[ "$output" == *"386      53.2 MB  die  <- killed"* ]]
}

@test "stdin, several files together, compressed ones" {
	run bash -c '"$INQUEST" why-died --json - <"$TOP/tests/death/oom-cgroup.dmesg.txt"'
	[ "$(field cause <<<"$output")" = oom-cgroup ]
	gzip -c "$TOP/tests/death/oom-cgroup.dmesg.txt" >k.gz
	run "$INQUEST" why-died --json "$TOP/tests/death/unknown.github-137.txt" k.gz
	[ "$(field cause <<<"$output")" = oom-cgroup ]
}

@test "another process's death is not ours" {
	run "$INQUEST" why-died --json --pid 4242 "$TOP/tests/death/oom-cgroup.dmesg.txt"
	[ "$status" -eq 0 ]
	run "$INQUEST" why-died --pid 1 "$TOP/tests/death/oom-cgroup.dmesg.txt"
	[ "$status" -eq 5 ]
	[[ "$output" == *"that was process 4242 (python3)"* ]]
}

@test "a window of time" {
	cat >sys.log <<-'EOF2'
		2026-02-11T09:00:00+00:00 h kernel: x[7]: segfault at 0 ip 55 sp 7f error 4 in x[55+1]
		2026-02-11T12:00:00+00:00 h kernel: eth0: link is up
	EOF2
	run "$INQUEST" why-died --around 2026-02-11T09:05:00Z sys.log
	[ "$status" -eq 0 ]
	run "$INQUEST" why-died --around 2026-02-11T12:00:00Z sys.log
	[ "$status" -eq 5 ]
	run "$INQUEST" why-died --around noon sys.log
	[ "$status" -eq 2 ]
}

@test "wrong usage and missing things" {
	run "$INQUEST" why-died
	[ "$status" -eq 5 ]
	run "$INQUEST" why-died nosuch
	[ "$status" -ne 0 ]
	[[ "$output" == *"no file and no recorded run 'nosuch'"* ]]
	run "$INQUEST" why-died --pid x
	[ "$status" -eq 2 ]
	printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000\004\000' >core
	head -c 200 /dev/zero >>core
	run "$INQUEST" why-died core
	[ "$status" -ne 0 ]
}

@test "run: the verdict at the end, in variables, and afterwards" {
	run "$INQUEST" run -- "$DIE" assert
	[ "$status" -eq 134 ]
	[[ "$output" == *"an assertion failed: "*"[proven: assert]"* ]]
	run --separate-stderr "$INQUEST" runs --columns run.death,run.death.sure --csv
	[[ "$output" == *,assert,proven ]]
	run "$INQUEST" why-died --json
	[ "$status" -eq 0 ]
	[ "$(field cause <<<"$output")" = assert ]
	id=$(field run <<<"$output")
	run "$INQUEST" why-died "$id"
	[ "$status" -eq 0 ]
	[[ "$output" == *"$id:stderr:1 "* ]]
}

@test "run: nothing is said of a good end, of a plain exit status and with -q" {
	run "$INQUEST" run -- true
	[ "${#lines[@]}" -eq 1 ]
	run "$INQUEST" run -- "$DIE" code3
	[ "${#lines[@]}" -eq 1 ]
	run "$INQUEST" run -q -- "$DIE" abort
	[ -z "$output" ]
}

@test "run: limits of resources are named" {
	run "$INQUEST" run --json --no-record -- bash -c "ulimit -v 200000; exec '$DIE' hog"
	[ "$(tail -1 <<<"$output" | field death.cause)" = rlimit-as ]
	run "$INQUEST" run --json --no-record -- bash -c "ulimit -t 1; exec '$DIE' spin"
	[ "$(tail -1 <<<"$output" | field death.cause)" = rlimit-cpu ]
	run "$INQUEST" run --json --no-record -- bash -c "ulimit -c unlimited; ulimit -S -t 1; exec '$DIE' spin"
	[ "$(tail -1 <<<"$output" | field death.cause)" = rlimit-cpu ] # whatever its core says
	run "$INQUEST" run --json --no-record -- bash -c "ulimit -n 40; exec '$DIE' files"
	[ "$(tail -1 <<<"$output" | field death.cause)" = rlimit-nofile ]
	run "$INQUEST" run --json --no-record -- bash -c "ulimit -f 100; exec '$DIE' grows"
	[ "$(tail -1 <<<"$output" | field death.cause)" = rlimit-fsize ]
}

@test "run: a handled exception is no cause of a kill" {
	run "$INQUEST" run --json --no-record -- python3 -c 'import os, traceback
try: {}[1]
except KeyError: traceback.print_exc()
os.kill(os.getpid(), 9)'
	[ "$status" -eq 137 ]
	cause=$(tail -1 <<<"$output" | field death.cause)
	[ "$cause" = signal-sent ] || [ "$cause" = unknown ]
	[[ "$(tail -1 <<<"$output" | field death.ruled_out)" == *exception* ]]
}

@test "run: silence shows the stacks and what it is, a time limit once more, both are evidence" {
	"$INQUEST" help -a | grep -q '^ *stacks' || skip "built without stacks"
	run "$INQUEST" run --hang-after 300ms --time-limit 6s -- "$DIE" deadlock
	[ "$status" -eq 143 ]
	[[ "$output" == *"no output for "*"a deadlock: threads "* ]]
	[[ "$output" == *"where it stood when its time was up"* ]]
	run "$INQUEST" runs show "$("$INQUEST" runs --csv | tail -1 | cut -d, -f1)"
	[[ "$output" == *stacks* ]]
}

@test "run: a core that is found shows the thread that died" {
	"$INQUEST" help -a | grep -q '^ *stacks' || skip "built without stacks"
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ] || skip "core_pattern sends cores elsewhere"
	ulimit -c unlimited || skip "no cores may be written"
	run "$INQUEST" run --no-record -- "$DIE" null
	[ "$status" -eq 139 ]
	[[ "$output" == *"the thread that died:"*null_page* ]]
	run "$INQUEST" why-died --json core*
	[ "$(field cause <<<"$output")" = fault ]
}

@test "run: hold at a line, go on at CONT" {
	"$INQUEST" run --no-record --hold-on '^round 3$' -- "$DIE" rounds >out 2>err &
	pid=$!
	for _ in $(seq 200); do
		grep -q 'held at: round 3' err && break
		sleep .05
	done
	grep -q "inquest stacks --tree" err
	child=$(sed -n 's/.*--tree \([0-9]*\),.*/\1/p' err)
	[[ "$(ps -o stat= -p "$child")" == T* ]]
	kill -CONT "$pid"
	for _ in $(seq 200); do
		grep -q 'round 5' out && break
		sleep .05
	done
	grep -q 'round 5' out
	kill "$pid"
	wait "$pid" || true
	run "$INQUEST" run --hang-after 1s --no-capture -- true
	[ "$status" -eq 2 ]
}

@test "stacks --watch tells what hangs" {
	"$INQUEST" help -a | grep -q '^ *stacks' || skip "built without stacks"
	"$DIE" deadlock &
	pid=$!
	sleep .3
	run "$INQUEST" stacks "$pid" --watch 700ms --json
	kill -9 "$pid"
	[ "$(field verdict.kind <<<"$output")" = deadlock ]
	run "$INQUEST" stacks 1 --watch 100ms
	[ "$status" -eq 2 ]
	run "$INQUEST" stacks 1 --watch soon
	[ "$status" -eq 2 ]
}

@test "the memory limit of a control group" {
	group=$(PYTHONDONTWRITEBYTECODE=1 python3 - "$TOP" <<'PY'
import sys
sys.path.insert(0, sys.argv[1] + '/bench')
import death
print(death.memory_group('inquest-why-died') or '')
PY
	)
	[ -n "$group" ] || skip "no memory control group can be made here"
	run "$INQUEST" run --json -- sh -c "echo \$\$ >'$group/cgroup.procs'; exec '$DIE' hog"
	rmdir "$group"
	[ "$status" -eq 137 ]
	[ "$(tail -1 <<<"$output" | field death.cause)" = oom-cgroup ]
}
