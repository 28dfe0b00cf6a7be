# SPDX-License-Identifier: GPL-3.0-or-later
# What stacks.bats and core.bats share. TARGETS: the folder of the programs that are looked at.

# started LOG COMMAND...: in the background, until it says "ready"; its id in $pid.
started() {
	local log=$1
	shift
	"$@" >"$log" 2>&1 3>&- &
	pid=$!
	started_pids="${started_pids-} $pid"
	for _ in $(seq 400); do
		! grep -q '^ready ' "$log" || return 0
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	echo "not ready: $*"
	cat "$log"
	return 1
}

end_started() {
	local p
	for p in ${started_pids-}; do
		kill -CONT "$p" 2>/dev/null || true
		kill -TERM "$p" 2>/dev/null || true
	done
	for p in ${started_pids-}; do
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			kill -0 "$p" 2>/dev/null || break
			sleep 0.05
		done
		kill -KILL "$p" 2>/dev/null || true # unshare waits for what it started
		wait "$p" 2>/dev/null || true
	done
	started_pids=
}

# The tid that the program's log gives to a role.
tid() {
	awk -v role="$1" '$1 == role { print $2; exit }' "${2-log}"
}

judge() {
	python3 "$TOP/tests/state/judge.py" "$@"
}

# May we trace a child of ours? Asked of the kernel, not of the program under test.
may_trace() {
	python3 - <<'PY'
import ctypes, os, sys, time
child = os.fork()
if child == 0:
    time.sleep(30)
libc = ctypes.CDLL(None, use_errno=True)
seized = libc.ptrace(0x4206, child, 0, 0) == 0
os.kill(child, 9)
os.waitpid(child, 0)
sys.exit(0 if seized else 1)
PY
}

# fails STATUS TEXT COMMAND...: ends so, says so, prints nothing else.
fails() {
	local status=$1 text=$2 got=0
	shift 2
	timeout 60 "$@" >out 2>err </dev/null || got=$?
	[ "$got" -eq "$status" ] || { echo "exit status $got: $*"; cat err; return 1; }
	[ ! -s out ] || { echo "prints: $*"; return 1; }
	[[ "$(cat err)" == *"$text"* ]] || { cat err; return 1; }
}

readonly nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# Skips unless we are root and nobody can run what was built.
need_nobody() {
	[ "$(id -u)" -eq 0 ] || skip "not root: there is no other user to be"
	"${nobody[@]}" "$INQUEST" --version >/dev/null 2>&1 || skip "nobody cannot run what is built here"
}
