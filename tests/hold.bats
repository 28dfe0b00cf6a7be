#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
bats_require_minimum_version 1.5.0
# inquest run --hold-on: it stands still at that moment, nobody traces it, and its fate stays its own.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$PWD XDG_CONFIG_HOME=$PWD GIT_CEILING_DIRECTORIES=$PWD
	unset INQUEST_STORE
	ulimit -c 0
}

teardown() {
	[ -z "${run:-}" ] || kill -9 "$run" 2>/dev/null || true
}

# Start "inquest run --json OPTIONS" in the background and wait until it is held: $run, $child.
hold() {
	rm -f out err
	"$INQUEST" run --no-record --json "$@" >out 2>err &
	run=$!
	for _ in $(seq 400); do
		grep -qs '^inquest: look at it' err && break
		sleep .05
	done
	child=$(sed -n 's/.*--tree \([0-9]*\),.*/\1/p' err)
	[ -n "$child" ] || { cat err; false; }
}

# It stands, and no debugger is at it.
stands() {
	[[ "$(ps -o stat= -p "$child")" == T* ]]
	grep -q '^TracerPid:.0$' "/proc/$child/status"
}

end() {
	status=0
	wait "$run" || status=$?
	run=
}

go_on() {
	kill -CONT "$run"
	end
}

field() {
	grep '^{' err | python3 -c 'import json, sys
v = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    v = v[key]
print(v)' "$1"
}

gone() {
	for _ in $(seq 100); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep .05
	done
	false
}

@test "signals hold before they end it, and then end it: faults, traps, those that were sent" {
	while read -r way signal code cause; do
		hold --hold-on signal -- "$DIE" "$way"
		stands
		grep -q "held before SIG$signal ends process $child" err
		go_on
		[ "$status" -eq "$code" ]
		[ "$(field end)" = signal ]
		[ "$(field death.cause)" = "$cause" ]
		[ "$(field held_ns)" -gt 0 ]
	done <<-'END'
		null SEGV 139 fault
		noncanonical SEGV 139 fault
		overflow SEGV 139 stack-overflow
		divide FPE 136 fault
		illegal ILL 132 fault
		breakpoint TRAP 133 fault
		abort ABRT 134 abort
		assert ABRT 134 assert
		alarm ALRM 142 signal-sent
		pipe PIPE 141 pipe
		term TERM 143 signal-sent
	END
}

@test "the stack of the thread and why it dies are told at once; inquest stacks sees it" {
	"$INQUEST" help -a | grep -q '^ *stacks' || skip "built without stacks"
	hold --hold-on signal -- "$DIE" null
	grep -q 'a null pointer, in null_page' err
	grep -q '^    null_page ' err
	"$INQUEST" stacks "$child" | grep -q null_page
	stands # after that too
	go_on
	[ "$status" -eq 139 ]
	[[ "$(field death.evidence)" == *"'held'"* ]]
}

@test "exit holds with its status, in the function that called it" {
	hold --hold-on exit -- "$DIE" code3
	stands
	grep -q "held before process $child exits with status 3" err
	if "$INQUEST" help -a | grep -q '^ *stacks'; then
		grep -q '^    code3 ' err
	fi
	go_on
	[ "$status" -eq 3 ]
	[ "$(field end)" = exited ]
}

@test "exit: threads that run are there still, children that exit do not count" {
	hold --hold-on exit -- python3 -c 'import os, subprocess, threading, time
subprocess.run(["true"])
for _ in range(3):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
threading.Thread(target=lambda: os._exit(7)).start()
time.sleep(60)'
	stands
	[ "$(ls "/proc/$child/task" | wc -l)" -eq 5 ]
	go_on
	[ "$status" -eq 7 ]
}

@test "two threads that crash at once: one hold, one death" {
	hold --hold-on signal -- python3 -c 'import ctypes, threading, time
b = threading.Barrier(4)
def die():
    b.wait()
    ctypes.string_at(1)
for _ in range(4):
    threading.Thread(target=die).start()'
	stands
	[ "$(grep -c 'held before' err)" -eq 1 ]
	go_on
	[ "$status" -eq 139 ]
}

@test "a child's death holds the whole tree; its parent sees it as it was" {
	hold --hold-on signal -- sh -c "'$DIE' null; echo \$?"
	stands
	for pid in $(ps -o ppid= -p "$child"); do
		[[ "$(ps -o stat= -p "$pid")" == T* ]]
	done
	go_on
	[ "$status" -eq 0 ]
	[ "$(cat out)" = 139 ]
}

@test "signals that are handled, ignored or harmless pass" {
	"$INQUEST" run --no-record --json --hold-on signal -- python3 -c 'import os, signal, subprocess
n = 0
def count(*_):
    global n
    n += 1
signal.signal(signal.SIGUSR1, count)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for s in (signal.SIGUSR1, signal.SIGTERM, signal.SIGWINCH, signal.SIGURG):
    os.kill(os.getpid(), s)
subprocess.run(["true"])
print(n)' >out 2>err
	[ "$(cat out)" = 1 ]
	[ "$(field held_ns)" = 0 ]
}

@test "who sent it, and how, is in the signal that comes again" {
	hold --hold-on signal -- python3 -c 'import ctypes, os, time
print(os.getpid(), flush=True)
time.sleep(60)' &
	until [ -s out ]; do sleep .05; done
	sh -c "kill -ABRT $(cat out); echo \$\$ >sender; sleep .1"
	wait $! # "look at it" is there
	grep -q "SIGABRT, by process $(cat sender)" err || ! "$INQUEST" help -a | grep -q '^ *stacks'
	run=$(sed -n 's/.*kill -CONT \([0-9]*\)$/\1/p' err)
	kill -CONT "$run"
	gone "$(cat out)"
	run=
}

@test "^Z and SIGSTOP stop it as without us, SIGCONT lets it go on" {
	"$INQUEST" run --no-record --json --hold-on signal -- \
		sh -c 'echo $$; kill -STOP $$; echo went on; exit 4' >out 2>err &
	run=$!
	until [ -s out ]; do sleep .05; done
	sleep .2
	[[ "$(ps -o stat= -p "$(cat out)")" == [Tt]* ]]
	kill -CONT "$(cat out)"
	end
	[ "$status" -eq 4 ]
	grep -q 'went on' out
}

@test "let go by somebody else: the run sees it, the fate is the same" {
	hold --hold-on signal -- "$DIE" alarm
	stands
	kill -CONT "$child"
	end
	[ "$status" -eq 142 ]
	grep -q '^inquest: it goes on' err
}

@test "killed while it is held: nothing is left" {
	for on in signal exit; do
		hold --hold-on $on -- sh -c "'$DIE' null; exit 3"
		kill -9 "$run"
		gone "$child"
	done
	hold --hold-on signal -- "$DIE" null
	kill -9 "$child"
	end
	[ "$status" -eq 137 ]
}

@test "an end that is asked for is no hold: time limit, TERM to inquest, what is left behind" {
	run "$INQUEST" run --no-record --json --time-limit 300ms --hold-on signal -- sleep 60
	[ "$status" -eq 143 ]
	[[ "$output" != *"held before"* ]]
	run "$INQUEST" run --no-record --json --hold-on signal -- sh -c 'sleep 60 & exit 0'
	[ "$status" -eq 0 ]
	[[ "$output" != *"held before"* && "$output" == *'"left_behind":1'* ]]
	"$INQUEST" run --no-record --json --hold-on signal -- sh -c 'echo on; exec sleep 60' >out 2>err &
	run=$!
	until [ -s out ]; do sleep .05; done
	kill -TERM "$run"
	end
	[ "$status" -eq 143 ]
	[ "$(field end)" = interrupted ]
}

@test "time stands still while it is held" {
	hold --time-limit 3s --hold-on '^ready$' -- sh -c 'echo ready; sleep 1; exit 5'
	stands
	sleep 3.5
	kill -0 "$run"
	go_on
	[ "$status" -eq 5 ]
	[ "$(field end)" = exited ]
	[ "$(field held_ns)" -gt 3000000000 ]
}

@test "a word of output: signal as a regex, nothing that is said twice" {
	hold --hold-on '[s]ignal' -- sh -c 'echo a signal; sleep 1; echo a signal; exit 2'
	grep -q '^inquest: held at: a signal$' err
	stands
	go_on
	[ "$status" -eq 2 ]
	[ "$(grep -c 'held at' err)" -eq 1 ]
	run "$INQUEST" run --hold-on '(' -- true
	[ "$status" -eq 2 ]
	run "$INQUEST" run --no-capture --hold-on x -- true
	[ "$status" -eq 2 ]
	run "$INQUEST" run --no-record -q --no-capture --hold-on signal -- sh -c 'exit 3'
	[ "$status" -eq 3 ]
}

@test "what cannot be traced is told before anything is run" {
	command -v strace >/dev/null || skip "no strace"
	export ASAN_OPTIONS=detect_leaks=0 # its search for leaks traces too
	run strace -f -qq -o /dev/null -e inject=ptrace:error=EPERM \
		"$INQUEST" run --no-record --hold-on signal -- touch ran
	[[ "$output" == *"may not be traced"* ]] || skip "strace cannot do that here"
	[ "$status" -eq 126 ]
	[ ! -e ran ]
}
