#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
bats_require_minimum_version 1.5.0
# inquest stacks and core of Python programs: what the program says of itself is what is read.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$PWD XDG_CONFIG_HOME=$PWD GIT_CEILING_DIRECTORIES=$PWD PYTHONIOENCODING=utf-8
	program=$TOP/tests/programs/threads.py
	for python in "${PYTHON:-/usr/bin/python3}" ''; do
		[ -x "$python" ] && break
	done
	[ -n "$python" ] || skip "no /usr/bin/python3"
	"$python" -c 'import sys; sys.exit(not (3, 8) <= sys.version_info < (3, 15))' ||
		skip "frames of $("$python" --version) cannot be read"
}

teardown() {
	[ -z "$pid" ] && return
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

# The program with its first line of output in said; it goes on in the background.
start() {
	"$python" "$program" "$@" >said.txt 3>&- &
	pid=$!
	for _ in {1..300}; do
		[ -s said.txt ] && break
		sleep 0.1
	done
	said=$(<said.txt)
	"$INQUEST" stacks "$pid" >/dev/null 2>err.txt || {
		! grep -q 'may not be looked at\|ptrace' err.txt || skip "$(<err.txt)"
		cat err.txt
		false
	}
}

@test "every frame of every kind, as Python itself tells it" {
	start blocked
	"$INQUEST" stacks "$pid" --json --frames 10000 >stacks.json
	"$python" - said.txt stacks.json <<'PY'
import json, sys
said = json.load(open(sys.argv[1], encoding="utf-8"))
found = json.load(open(sys.argv[2], encoding="utf-8"))
threads = {str(t["tid"]): t for t in found["threads"]}
assert len(said) == 8, said
for tid, frames in said.items():
    t = threads[tid]
    python = [f for f in t["frames"] if f["language"] == "python"]
    assert [[f["function"], f["file"], f["line"]] for f in python] == frames, tid
    assert t["exact"] and t["complete"] and not t["holds_gil"], t
    loops = [f for f in t["frames"] if f["language"] == "native"
             and f["function"] and f["function"].startswith("_PyEval_EvalFrameDefault")]
    assert not loops, loops
    # The program's are own, the library's and the interpreter's are not.
    for f in t["frames"]:
        assert f["own"] == (f["file"] is not None and f["language"] == "python"
                            and ("threads.py" in f["file"] or f["file"] == "<string>")), f
names = {f["function"].split(".")[-1] for t in threads.values() for f in t["frames"]
         if f["language"] == "python"}
assert {"método", "через", "内部", "\U0001d54f"} & names, names
PY
}

@test "the short form shows Python, not the interpreter" {
	start blocked 5
	run "$INQUEST" stacks "$pid"
	[[ $output == *"5 threads"*" wait for Lock 0x"*" of Python, whose holder is unknown"* ]]
	[[ $output == *"    forever "*"threads.py:19"* ]]
	[[ $output == *"    recurse "*"threads.py:25"* ]]
	[[ $output != *vectorcall* ]]
	run "$INQUEST" stacks "$pid" -v
	[[ $output == *Thread._bootstrap*clone* || $output == *_bootstrap*clone* ]]
}

@test "of a deep recursion the middle is left out" {
	start blocked
	run "$INQUEST" stacks "$pid" -v --frames 100
	[[ $output == *"frames left out"* ]]
	[[ $output == *_bootstrap* ]]
	[ "$(grep -c ' recurse ' <<<"$output")" -lt 300 ]
}

@test "who holds the interpreter's lock, and who waits for it" {
	start gil
	sleep 1
	"$INQUEST" stacks "$pid" --json >stacks.json
	"$python" - "$said" stacks.json <<'PY'
import json, sys
threads = json.load(open(sys.argv[2]))["threads"]
holders = [t for t in threads if t["holds_gil"]]
assert [t["tid"] for t in holders] == [int(sys.argv[1])], holders
waiting = [t for t in threads if t["waits_for"] and t["waits_for"]["kind"] == "gil"]
assert len(waiting) == 2, waiting
for t in waiting:
    assert t["waits_for"]["id"] == holders[0]["tid"], t["waits_for"]
    assert any(f["function"] == "spin" for f in t["frames"])
PY
	run "$INQUEST" stacks "$pid"
	[[ $output == *"thread $said"*"holds Python's lock (GIL)"* ]]
	[[ $output == *"Python's lock (GIL) held by $said"* ]]
	[[ $output != *deadlock* ]]
}

@test "a deadlock of two RLocks" {
	start rlock
	run "$INQUEST" stacks "$pid"
	read -r one two <<<"$said"
	[[ $output == *"deadlock of 2 threads:"* ]]
	[[ $output == *"$one (python3"*" waits for RLock 0x"*" held by $two "* ]]
	[[ $output == *"$two (python3"*" waits for RLock 0x"*" held by $one "* ]]
	[[ $output == *", at "*take*threads.py:* ]]
}

@test "a deadlock of two Locks has no holders: nothing is made up" {
	start lock
	run "$INQUEST" stacks "$pid"
	[[ $output == *"2 threads"*" wait for different ones, such as Lock 0x"* ]]
	[[ $output != *deadlock* ]]
}

@test "nothing was stopped of threads that wait" {
	start blocked
	run "$INQUEST" stacks "$pid"
	[[ $output == *"nothing was stopped"* ]]
}

@test "a core tells the exception that was being handled" {
	[ "$(</proc/sys/kernel/core_pattern)" = core ] || skip "cores go elsewhere"
	run bash -c 'ulimit -c unlimited; "$@"' - "$python" "$program" die
	core=$(find . -name "core*" | head -1)
	[ -n "$core" ] || skip "no core was written"
	run "$INQUEST" core "$core"
	[[ $output == *"exception: KeyError: ключ (caught, and being handled)"* ]]
	[[ $output == *"got the signal; holds Python's lock (GIL)"* ]]
	[[ $output == *"    die "*threads.py:* ]]
	[[ $output == *"    <module> "*threads.py:* ]]
}
