#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2034,SC2154 # common.bash sets pid, and reads started_pids
bats_require_minimum_version 1.5.0
# inquest add of snapshots and cores, on programs of our own (tests/state).

setup() {
	load state/common.bash
	cd "$BATS_TEST_TMPDIR" || return
	pid='' started_pids=''
}

teardown() {
	end_started
}

@test "a deadlock in a snapshot is one symptom, the same in the next" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" first second behind:3
	timeout 60 "$INQUEST" stacks --json "$pid" >one.json
	timeout 60 "$INQUEST" stacks --json --watch 700ms "$pid" >two.json
	"$INQUEST" new "it hangs" >/dev/null
	"$INQUEST" add --as bad one.json >out
	grep -qE '^  S1 +call stack +deadlock of 2 threads, in cross$' out || { cat out; return 1; }
	"$INQUEST" add --as bad --json two.json >out.json
	judge out.json "[s['id'] for s in d['symptoms']] == ['S1']" "not d['symptoms'][0]['new']" \
		"{v['name']: v['value'] for v in d['variables']}['stacks.deadlocks'] == 1" \
		"{v['name']: v['value'] for v in d['variables']}['stacks.verdict'] == 'deadlock'" \
		"{v['name']: v['value'] for v in d['variables']}['stacks.threads'] == 6"
}

@test "a loop is a symptom with its place, a program that moves is none" {
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" spin
	timeout 60 "$INQUEST" stacks --json --watch 700ms "$pid" >spin.json
	"$INQUEST" add --dry-run --json spin.json >out.json
	judge out.json "len(d['symptoms']) == 1" "d['symptoms'][0]['what'].startswith('busy loop, in ')" \
		"'role_spin' in d['symptoms'][0]['frames']"
	sed 's/"kind":"busy loop"/"kind":"moving"/' spin.json >moves.json
	cmp -s spin.json moves.json && return 1
	"$INQUEST" add --dry-run --json moves.json >out.json
	judge out.json "d['symptoms'] == []"
}

@test "a core: the signal, and where the thread that died stood" {
	case $(cat /proc/sys/kernel/core_pattern 2>/dev/null || echo unknown) in
	*/* | '|'* | unknown) skip "cores go elsewhere here" ;;
	esac
	(ulimit -c unlimited && exec "$TARGETS/crash" null) >log 2>&1 3>&- || true
	ls core* >/dev/null 2>&1 || skip "no core is written here"
	"$INQUEST" add --dry-run --json core* >out.json
	judge out.json "[s['type'] for s in d['symptoms']] == ['SIGSEGV']" \
		"d['symptoms'][0]['frames'] == ['null_pointer', 'handle_order', 'handle_all']" \
		"{v['name']: v['value'] for v in d['variables']}['core.signal'] == 'SIGSEGV'"
	# what `inquest core` wrote says the same
	timeout 60 "$INQUEST" core --json core* >died.json
	"$INQUEST" add --dry-run --json died.json >again.json
	judge again.json "d['symptoms'][0]['key'] == '$(python3 -c "
import json; print(json.load(open('out.json'))['symptoms'][0]['key'])")'"
}

@test "a snapshot that is damaged is an error that names it" {
	printf '{"schema":"inquest.stacks/1","threads":[{"tid":1,' >cut.json
	local status=0
	"$INQUEST" add --dry-run cut.json >out || status=$?
	[ "$status" -eq 3 ]
	grep -qx '  cannot be read: the document is cut off' out
}
