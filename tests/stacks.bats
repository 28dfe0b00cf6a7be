#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # common.bash sets pid and nobody
bats_require_minimum_version 1.5.0
# inquest stacks from outside, on programs of our own (tests/state).

setup() {
	load state/common.bash
	cd "$BATS_TEST_TMPDIR" || return
	chmod 777 .
	pid='' started_pids=''
}

teardown() {
	end_started
}

stacks() {
	timeout 60 "$INQUEST" stacks --json "$@" >out.json
}

readonly NEST="'descend_again', 'descend', 'descend_again', 'descend', 'work'"

# A program in a source file, until it says that it is ready.
java_of() {
	command -v java >/dev/null && command -v jstack >/dev/null || skip "no JDK"
	java --version 2>/dev/null | grep -Eq '^[a-z]* (1[1-9]|[2-9][0-9])' || skip "no JDK from 11 on"
	started log java "$@"
}

@test "a JVM is asked for Java's frames, locks and deadlocks only if one says so" {
	may_trace || skip "no process may be traced here"
	java_of "$TOP/tests/state/Waits.java"
	timeout 60 "$INQUEST" stacks "$pid" >out
	grep -q "^note: process $pid is a JVM: --java asks it" out
	run ! grep -q "Waits" out
	timeout 60 "$INQUEST" stacks "$pid" --java --json >out.json
	judge out.json "circles() == [['four', 'three'], ['one \"quoted\"', 'two']]" "behind() == ['behind']" \
		"in_order(thread('two'), 'Waits.cross', 'Waits.lambda\$main\$1', 'java.lang.Thread.run')" \
		"frame(thread('two'), 'Waits.cross')['line'] - line('synchronized (other)', 'Waits.java') in (0, 1)" \
		"frame(thread('two'), 'Waits.cross')['language'] == 'java'" \
		"waits(thread('two')) == 'monitor' and whom(thread('two')) == 'one \"quoted\"'" \
		"in_order(thread('sleeper'), 'java.lang.Thread.sleep', 'Waits.sleep')" \
		"in_order(thread('busy'), 'Waits.spin')" "own(thread('three'))[0] == 'Waits.crossLocks'"
	timeout 60 env PATH=/nowhere "$INQUEST" stacks "$pid" --java >out
	grep -q "Waits.cross" out # beside the JVM's own java
	kill -STOP "$pid"
	timeout 60 "$INQUEST" stacks "$pid" --java >out
	grep -q "^note: Java of process $pid: it is stopped, and could not answer" out
	end_started
}

@test "JavaScript's functions by a perf map, which must be the process's own" {
	may_trace || skip "no process may be traced here"
	command -v node >/dev/null || skip "no node"
	cat >app.js <<-'JS'
		const shared = new Int32Array(new SharedArrayBuffer(4));
		function waitForEver(n) { Atomics.wait(shared, 0, 0); return n; }
		function handleRequest(n) { return waitForEver(n) + 1; }
		function main() { console.log('ready ' + process.pid); return handleRequest(3); }
		setTimeout(main, 300);
	JS
	started log node --perf-basic-prof --interpreted-frames-native-stack app.js
	sleep 0.5
	timeout 60 "$INQUEST" stacks "$pid" --json >out.json
	judge out.json "any(in_order(t, 'waitForEver', 'handleRequest', 'main') and frame(t, 'waitForEver')['line'] == 2 and frame(t, 'waitForEver')['file'].endswith('/app.js') and frame(t, 'main')['language'] == 'jit' for t in d['threads'])"
	touch -d yesterday "/tmp/perf-$pid.map"
	timeout 60 "$INQUEST" stacks "$pid" >out
	grep -q "^note: /tmp/perf-$pid.map is older than the process: it is not used" out
	run ! grep -q waitForEver out
	touch "/tmp/perf-$pid.map"
	if [ "$(id -u)" -eq 0 ]; then
		chown 65534 "/tmp/perf-$pid.map"
		timeout 60 "$INQUEST" stacks "$pid" >out
		grep -q "^note: /tmp/perf-$pid.map belongs to another user: it is not used" out
	fi
	rm -f "/tmp/perf-$pid.map"
	end_started
}

@test "every thread, what it waits for, and where it is" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" first second behind:3 condition semaphore poll epoll read sleep \
		spin pause
	stacks "$pid"
	judge out.json "len(d['threads']) == 14" "d['schema'] == 'inquest.stacks/1'" \
		"circles() == [['first', 'second']]" "behind() == ['behind'] * 3" \
		"waits(thread('first')) == 'mutex'" "whom(thread('first')) == 'second'" \
		"whom(thread('second')) == 'first'" \
		"all(whom(t) == 'first' for t in named('behind'))" \
		"thread('first')['tid'] == $(tid first)" "thread('second')['tid'] == $(tid second)" \
		"waits(thread('condition')) == 'condition'" "'condition variable' in thread('condition')['waits_for']['text']" \
		"waits(thread('semaphore')) == 'condition'" "'semaphore' in thread('semaphore')['waits_for']['text']" \
		"waits(thread('sleep')) == 'sleep'" "waits(thread('pause')) == 'signal'" \
		"waits(thread('read')) == 'pipe'" "thread('spin')['state'] == 'R'" \
		"waits(thread('spin')) is None" "thread('spin')['how'] == 'stop'" \
		"all(t['complete'] and t['exact'] for t in d['threads'])" \
		"own(thread('first')) == ['cross', 'role_first', $NEST]" \
		"own(thread('spin')) == ['role_spin', $NEST]" \
		"own(thread('poll')) == ['role_poll', $NEST]" \
		"own(thread('epoll')) == ['role_epoll', $NEST]" \
		"own(thread('threads')) == ['main', '_start']" \
		"frame(thread('first'), 'cross')['line'] == line('pthread_mutex_lock(other);')" \
		"frame(thread('first'), 'cross')['file'].endswith('tests/state/threads.c')" \
		"frame(thread('read'), 'role_read')['line'] == line('if (read(ends[0], &byte, 1) < 0)')" \
		"not any(f['trust'] == 'guessed' for t in d['threads'] if t['how'] != 'nostop' for f in t['frames'])" \
		"d['disturbed'] == 0"
	judge out.json "[names_of(g) for g in d['groups']][0] in (['first'], ['second'])" \
		"['behind'] * 3 in [names_of(g) for g in d['groups']]" \
		"sorted(t for g in d['groups'] for t in g) == sorted(t['tid'] for t in d['threads'])"
}

@test "text: the deadlock first, threads in one place together, what it cost" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" first second behind:3 spin
	timeout 60 "$INQUEST" stacks "$pid" >out
	cat out
	grep -q "^process $pid threads: 7 threads$" out
	[ "$(grep -n '^deadlock of 2 threads:$' out | cut -d: -f1)" -eq 3 ]
	grep -q "^    $(tid first) (first) waits for mutex 0x[0-9a-f]* held by $(tid second) (second), at cross .*threads.c:[0-9]*$" out
	grep -q "^    3 more wait behind them$" out
	grep -q "^3 threads (behind) wait for mutex 0x[0-9a-f]* held by $(tid first) (first): [0-9]* [0-9]* [0-9]*$" out
	grep -q "^thread $(tid spin) (spin) runs$" out
	grep -q "^longest stop of a thread: [0-9.]* ms; system calls broken off: 0$" out
	timeout 60 "$INQUEST" stacks "$pid" --how nostop >out
	grep -q "^nothing was stopped$" out
	grep -q "^    no stack: it was running$" out
	timeout 60 "$INQUEST" stacks "$pid" --folded >out
	grep -q "^threads;clone3;start_thread;work;descend;.*;role_behind;.*pthread_mutex_lock.* 3$" out ||
		grep -q "work;descend;descend_again;descend;descend_again;role_behind;.* 3$" out
	[ "$(awk '{ n += $NF } END { print n }' out)" -eq 7 ]
}

@test "owners: a lock for writing, the end of a thread, oneself, mutexes of other kinds" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" writer reader self inherit_first inherit_second robust_first \
		robust_second
	stacks "$pid"
	judge out.json \
		"circles() == [['reader', 'writer'], ['robust_first', 'robust_second'], ['self']]" \
		"waits(thread('writer')) == 'join'" "whom(thread('writer')) == 'reader'" \
		"waits(thread('reader')) == 'rwlock'" "whom(thread('reader')) == 'writer'" \
		"whom(thread('self')) == 'self'" \
		"'inherit_second' in (whom(thread('inherit_first')), name_of(thread('inherit_second')['tid']))" \
		"{'inherit_first', 'inherit_second'} & {whom(thread('inherit_first')), whom(thread('inherit_second'))} or all(delayed(thread(n)) for n in ('inherit_first', 'inherit_second'))"
}

@test "builds: optimised, stripped, static, without tables" {
	may_trace || skip "no process may be traced here"
	local build checked=0
	for build in O2 stripped static fp nofp; do
		[ -x "$TARGETS/threads_$build" ] || continue
		started log "$TARGETS/threads_$build" first second behind:3 writer reader spin
		stacks "$pid"
		echo "$build"
		judge out.json "circles() == [['first', 'second'], ['reader', 'writer']]" \
			"behind() == ['behind'] * 3" "all(t['frames'] for t in d['threads'])"
		case $build in
		O2 | static)
			judge out.json "in_order(thread('first'), 'role_first', $NEST, 'start_thread')" \
				"in_order(thread('spin'), 'role_spin', $NEST, 'start_thread')" \
				"frame(thread('reader'), 'role_reader')['line'] == line('pthread_rwlock_rdlock(&lock);')" \
				"all(t['complete'] for t in d['threads'])"
			;;
		stripped)
			judge out.json "all(t['complete'] for t in d['threads'])" \
				"all(len([f for f in t['frames'] if f['own']]) >= 5 for t in named('behind'))" \
				"in_order(thread('first'), 'start_thread')"
			;;
		fp | nofp) # no rule leads from these functions to their callers
			judge out.json "in_order(thread('first'), 'role_first', $NEST)" \
				"in_order(thread('spin'), $NEST)" "in_order(thread('first'), 'start_thread')"
			;;
		esac
		checked=$((checked + 1))
		end_started
	done
	[ "$checked" -ge 4 ]
}

@test "inlined calls, recursion, signal handlers, another stack" {
	may_trace || skip "no process may be traced here"
	local build
	for build in threads threads_O2; do
		started log "$TARGETS/$build" inlined recursion handler altstack
		stacks "$pid"
		judge out.json \
			"[f['function'] for f in thread('inlined')['frames'] if f['inlined']][:2] == ['innermost', 'between']" \
			"in_order(thread('inlined'), 'innermost', 'between', 'role_inlined', $NEST, 'start_thread')" \
			"frame(thread('inlined'), 'between')['line'] == line('	innermost();')" \
			"frame(thread('inlined'), 'role_inlined')['line'] == line('	between();')" \
			"in_order(thread('handler'), 'on_signal', 'role_handler', $NEST, 'start_thread')" \
			"in_order(thread('altstack'), 'on_signal', 'role_altstack', $NEST, 'start_thread')" \
			"sum(f['signal'] for f in thread('handler')['frames']) == 1" \
			"sum(f['signal'] for f in thread('altstack')['frames']) == 1" \
			"functions(thread('recursion')).count('recurse') > 900" \
			"in_order(thread('recursion'), 'role_recursion', $NEST, 'start_thread')" \
			"thread('recursion')['complete']"
		stacks "$pid" --frames 10
		judge out.json "len(thread('recursion')['frames']) == 10" \
			"thread('recursion')['skipped'] > 4900" \
			"functions(thread('recursion'))[-1] == 'clone3'" \
			"'recurse' in functions(thread('recursion'))[:3]"
		end_started
	done
}

@test "--lines none, --args, --locals" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" first second
	stacks "$pid" --lines none
	judge out.json "own(thread('first')) == ['cross', 'role_first', $NEST]" \
		"not any(f['file'] for t in d['threads'] for f in t['frames'])"
	stacks "$pid" --args
	judge out.json \
		"[v['name'] for v in frame(thread('first'), 'descend')['values']] == ['r', 'n']" \
		"[f['values'][1]['value'] for f in thread('first')['frames'] if f['function'] == 'descend'] == ['1', '3']" \
		"all(v['argument'] for v in frame(thread('first'), 'descend')['values'])" \
		"'first' in frame(thread('first'), 'cross')['values'][0]['value'] or frame(thread('first'), 'cross')['values'][0]['value'].startswith('0x')"
	stacks "$pid" --locals
	judge out.json \
		"[v['name'] for v in frame(thread('first'), 'descend')['values']] == ['r', 'n', 'room']" \
		"[v['argument'] for v in frame(thread('first'), 'descend')['values']] == [True, True, False]"
}

@test "--locals: values of every kind, and what references and pointers lead to" {
	may_trace || skip "no process may be traced here"
	[ -x "$TARGETS/values" ] || skip "no C++ compiler"
	started log "$TARGETS/values"
	stacks "$pid" --locals
	python3 - <<'PY'
import json, re
d = json.load(open('out.json'))
frame = next(f for f in d['threads'][0]['frames'] if 'hold' in (f['function'] or ''))
value = {v['name']: re.sub(r'0x[0-9a-f]+', 'P', v['value']) for v in frame['values']}
assert value == {
    'reference': 'P {x = 7, y = 0.25, name = P "seven", c = RED}',
    'list': 'P {value = 1, next = P}',
    'text': '"short"',
    'longer': 'P "' + 'l' * 120 + '"...',
    'nothing': 'NULL',
    'third': '1.5',
    'd': '{inherited = 42, low = 5, high = 17, below = -3, at = {x = 1, y = 2.5, name = P "inner", c = GREEN}}',
    'numbers': '{4, 5, 6}',
    'letters': '"letters"',
    'small': '-7',
    'yes': 'true',
    'many': '{_M_impl = {_M_start = P, _M_finish = P, _M_end_of_storage = P}}',
}, value
PY
}

@test "a thread that cannot be stopped: all others are printed" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" vfork pause:5 spin
	for how in auto stop nostop; do
		stacks "$pid" --how "$how"
		judge out.json "len(d['threads']) == 8" "thread('vfork')['state'] == 'D'" \
			"all(in_order(t, 'role_pause', $NEST, 'start_thread') for t in named('pause'))" \
			"len(named('pause')) == 5" "in_order(thread('vfork'), 'vfork', 'role_vfork', $NEST, 'start_thread')"
		[ "$how" = nostop ] || judge out.json "in_order(thread('spin'), 'role_spin', $NEST)"
	done
	kill -0 "$pid"
}

@test "no blocked call returns" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/calls"
	kill -USR1 "$pid" # what a loaded machine may have done before
	sleep 0.3
	for how in auto nostop; do
		for _ in 1 2 3; do
			stacks "$pid" --how "$how"
			judge out.json "len(d['threads']) == 21" "d['disturbed'] == 0" "d['pause_ns'] == 0"
		done
		kill -USR1 "$pid"
		sleep 0.3
		tail -n 1 log
		[ "$(tail -n 1 log)" = "returned 0 of 20:" ]
	done
	# That the program would notice: a debugger's stop ends some of them.
	stacks "$pid" --how stop
	judge out.json "any(t['how'] == 'stop' for t in d['threads'])" # on a slow machine not all in time
	kill -USR1 "$pid"
	sleep 0.3
	[[ "$(tail -n 1 log)" == "returned "[1-9]*" of 20: "* ]]
}

@test "killed at any moment: the program goes on" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" first second pause:20 spin
	timeout 250 python3 - "$INQUEST" "$pid" <<'PY'
import random, subprocess, sys, time
program, pid = sys.argv[1:]
command = [program, 'stacks', '--how', 'stop', '--json', pid]


def states():
    import os
    out = []
    for tid in os.listdir(f'/proc/{pid}/task'):
        out.append(open(f'/proc/{pid}/task/{tid}/stat').read().rsplit(')', 1)[1].split()[0])
    return out


begin = time.monotonic()
subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
usual = time.monotonic() - begin
killed = 0
for _ in range(40): # bench/stacks.py: a hundred times
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    time.sleep(random.random() * usual)
    p.kill()
    killed += p.wait() == -9
    end = time.monotonic() + 20
    while set(states()) & {'t', 'T'}:
        assert time.monotonic() < end, f'left stopped: {states()}'
        time.sleep(0.01)
print(killed, 'killed in the middle')
assert killed >= 8
PY
}

@test "two locks in the same order: never a deadlock" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" busy:4
	for how in auto nostop stop; do
		for _ in $(seq 30); do # bench/stacks.py looks a hundred times
			stacks "$pid" --how "$how" --lines none
			grep -qF '"deadlocks":[]' out.json || { cat out.json; return 1; }
		done
	done
}

@test "a deleted program, a file that another has replaced" {
	may_trace || skip "no process may be traced here"
	cp "$TARGETS/threads" gone
	started log ./gone first second
	rm gone
	stacks "$pid"
	judge out.json "circles() == [['first', 'second']]" \
		"own(thread('first')) == ['cross', 'role_first', $NEST]" \
		"frame(thread('first'), 'cross')['line'] == line('pthread_mutex_lock(other);')" \
		"d['processes'][0]['deleted']"
	cp "$TARGETS/calls" gone
	stacks "$pid"
	judge out.json "own(thread('first')) == ['cross', 'role_first', $NEST]"
	timeout 60 "$INQUEST" stacks "$pid" >out
	grep -q "^process $pid gone (its file is deleted): 3 threads$" out
}

@test "namespaces: other process ids, files that are only there" {
	may_trace || skip "no process may be traced here"
	unshare -m -p -f --mount-proc true 2>/dev/null || skip "no namespace may be made here"
	cat >inside.sh <<-EOF
		mount -t tmpfs none /mnt && cp "$TARGETS/threads_stripped" "$TARGETS/threads" /mnt/ &&
			exec "/mnt/\$1" first second behind:2 writer reader
	EOF
	for build in threads threads_stripped; do
		started log unshare -m -p -f --kill-child --mount-proc sh inside.sh $build
		stacks --tree "$pid"
		judge out.json "circles() == [['first', 'second'], ['reader', 'writer']]" \
			"behind() == ['behind'] * 2" "thread('first')['tid'] != $(tid first)" \
			"whom(thread('first')) == 'second'" "all(t['complete'] for t in d['threads'])"
		[ $build = threads_stripped ] ||
			judge out.json "own(thread('first')) == ['cross', 'role_first', $NEST]"
		end_started
	done
}

@test "processes: children, pipes, locks of files" {
	may_trace || skip "no process may be traced here"
	for mode in child any pipe circle full flock record; do
		started log "$TARGETS/processes" $mode
		child=$(tid child)
		sleep 0.5 # the parent waits on purpose
		stacks --tree "$pid"
		echo "$mode"
		judge out.json "[p['pid'] for p in d['processes']] == [$pid, $child]" \
			"d['threads'][0]['waits_for']['id'] == $child"
		case $mode in
		circle | full) judge out.json "[x['threads'] for x in d['deadlocks']] == [[$pid, $child]]" \
			"d['threads'][1]['waits_for']['id'] == $pid" ;;
		*) judge out.json "d['deadlocks'] == []" ;;
		esac
		case $mode in
		child | any | full) want=child ;;
		flock | record) want=lock ;;
		*) want=pipe ;;
		esac
		judge out.json "waits(d['threads'][0]) == '$want'"
		kill "$child"
		end_started
	done
}

@test "by name, several, a tree" {
	may_trace || skip "no process may be traced here"
	cp "$TARGETS/threads" peculiar
	started log ./peculiar pause
	one=$pid
	started log2 ./peculiar pause
	stacks --name '^peculiar$'
	judge out.json "sorted(p['pid'] for p in d['processes']) == sorted([$one, $pid])" \
		"len(d['threads']) == 4" "all(p['name'] == 'peculiar' for p in d['processes'])"
	stacks "$pid" "$one"
	judge out.json "[p['pid'] for p in d['processes']] == [$pid, $one]"
	fails 4 "no process matches" "$INQUEST" stacks --name '^peculiar_other$'
}

@test "a zombie, a thread of the kernel, a process that is stopped or filtered" {
	may_trace || skip "no process may be traced here"
	python3 -c 'import os, time
child = os.fork()
if child == 0: os._exit(0)
print("child", child, flush=True); print("ready", flush=True); time.sleep(600)' >log 3>&- &
	started_pids=$!
	for _ in $(seq 100); do ! grep -q ready log || break; sleep 0.05; done
	stacks "$(tid child)"
	judge out.json "len(d['threads']) == 1" "d['threads'][0]['state'] == 'Z'" \
		"d['threads'][0]['why_not'] == 'it has ended (a zombie)'" "d['threads'][0]['frames'] == []"
	started log "$TARGETS/threads" seccomp pause
	stacks "$pid"
	judge out.json "in_order(thread('seccomp'), 'role_seccomp', $NEST)"
	kill -STOP "$pid"
	sleep 0.2
	for how in auto nostop stop; do
		stacks "$pid" --how "$how"
		judge out.json "all(t['state'] == 'T' for t in d['threads'])" \
			"waits(thread('pause')) == 'stopped'" "in_order(thread('pause'), 'role_pause', $NEST)"
	done
	grep -q '^State:.T' "/proc/$pid/status"
	kill -CONT "$pid"
	if [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ]; then
		stacks 2
		judge out.json "d['threads'][0]['why_not'] == 'a thread of the kernel'"
	fi
}

@test "one that is traced already" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" spin pause
	python3 - "$(tid spin)" <<'PY' 3>&- &
import ctypes, sys, time
assert ctypes.CDLL(None).ptrace(0x4206, int(sys.argv[1]), 0, 0) == 0
time.sleep(600)
PY
	started_pids="$! $started_pids"
	for _ in $(seq 200); do
		! grep -q '^TracerPid:.0$' "/proc/$(tid spin)/status" || sleep 0.05
	done
	for how in auto stop; do
		stacks "$pid" --how "$how"
		judge out.json "'debugger' in thread('spin')['why_not']" "in_order(thread('pause'), 'role_pause', $NEST)"
	done
}

@test "no such process, one that vanishes, wrong arguments" {
	sh -c 'exit 0' &
	gone=$!
	wait "$gone"
	fails 4 "no process $gone" "$INQUEST" stacks "$gone"
	fails 4 "no process $gone" "$INQUEST" stacks --tree "$gone"
	for _ in $(seq 30); do
		sleep 0.0"$((RANDOM % 10))" &
		got=0
		timeout 60 "$INQUEST" stacks --json "$!" >out 2>err || got=$?
		[ "$got" -eq 0 ] || [ "$got" -eq 4 ]
	done
	fails 2 "which process?" "$INQUEST" stacks
	fails 2 "exclude each other" "$INQUEST" stacks 1 --name x
	fails 2 "exclude each other" "$INQUEST" stacks 1 --json --folded
	for wrong in x 0 -1 1x 99999999999999999999 ''; do
		fails 2 "" "$INQUEST" stacks -- "$wrong"
	done
	fails 2 "--how" "$INQUEST" stacks 1 --how gently
	fails 2 "--name" "$INQUEST" stacks --name '('
	fails 2 "whole number" "$INQUEST" stacks 1 --frames many
}

@test "an ordinary user: his own processes, not those of others" {
	need_nobody
	started log "$TARGETS/threads" pause
	fails 4 "process $pid belongs to root: run this as root" "${nobody[@]}" "$INQUEST" stacks "$pid"
	started log "${nobody[@]}" "$TARGETS/threads" undumpable
	fails 4 "run this as" "${nobody[@]}" "$INQUEST" stacks "$pid"
	may_trace || skip "no process may be traced here"
	started log "${nobody[@]}" "$TARGETS/threads" first second behind:2 spin vfork
	timeout 60 "${nobody[@]}" "$INQUEST" stacks --json "$pid" >out.json
	judge out.json "circles() == [['first', 'second']]" "behind() == ['behind'] * 2" \
		"own(thread('first')) == ['cross', 'role_first', $NEST]" \
		"in_order(thread('spin'), 'role_spin', $NEST)" "thread('first')['how'] == 'nostop'" \
		"all(t['complete'] for t in d['threads'])"
}

@test "a deleted program, as an ordinary user" {
	need_nobody
	may_trace || skip "no process may be traced here"
	cp "$TARGETS/threads" gone
	started log "${nobody[@]}" ./gone first second
	rm gone
	timeout 60 "${nobody[@]}" "$INQUEST" stacks --json "$pid" >out.json
	judge out.json "circles() == [['first', 'second']]" "own(thread('first')) == ['cross', 'role_first', $NEST]"
}

@test "two snapshots: what moved; two processes: where threads stand" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" first second pause
	stacks "$pid"
	mv out.json before.json
	stacks "$pid"
	run -0 "$INQUEST" diff before.json out.json
	[[ "$output" == "threads: 0 moved, "*" 0 new, 0 gone" ]] || { echo "$output"; return 1; }
	mv out.json after.json
	end_started
	started log "$TARGETS/threads" pause sleep
	stacks "$pid"
	run -1 "$INQUEST" diff after.json out.json
	[[ "$output" == *"compared by where threads stand"*"sleep"* ]] || { echo "$output"; return 1; }
	run -1 "$INQUEST" diff --json after.json out.json
	printf '%s\n' "$output" >d.json
	judge d.json "d['schema'] == 'inquest.stackdiff/1'" "d['matched_by'] == 'place'" \
		"any(c['kind'] == 'gone' for c in d['changes'])"
}
