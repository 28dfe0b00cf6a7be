#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # bats sets stderr_lines
bats_require_minimum_version 1.5.0
# inquest run from outside: what is passed through, what is recorded, what survives a kill.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$PWD XDG_CONFIG_HOME=$PWD GIT_CEILING_DIRECTORIES=$PWD
	unset INQUEST_STORE
}

# The value of a variable of the latest run, through SQL of the store's own tables.
sql() {
	python3 - "$@" <<'PY'
import sqlite3, sys
for row in sqlite3.connect('.inquest/store.db').execute(sys.argv[1]):
    print(*row, sep='|')
PY
}

jq_field() {
	python3 -c 'import json,sys; print(json.loads(sys.argv[2])[sys.argv[1]])' "$@"
}

variable() {
	sql "select coalesce(number, text) from fact where variable = '$1' order by no desc limit 1"
}

@test "output, streams and exit status are passed through" {
	run --separate-stderr "$INQUEST" run -q -- sh -c 'echo out; echo err >&2; exit 7'
	[ "$status" -eq 7 ]
	[ "$output" = out ]
	# shellcheck disable=SC2154 # run sets it
	[ "$stderr" = err ]
}

@test "stdin is the command's" {
	run bash -c 'printf "a\nb\n" | "$INQUEST" run -q -- sort -r'
	[ "$output" = $'b\na' ]
}

@test "exit statuses: signals, no such command, not executable, wrong usage" {
	run "$INQUEST" run -q -- sh -c 'kill -TERM $$'
	[ "$status" -eq 143 ]
	run "$INQUEST" run -- no-such-command-at-all
	[ "$status" -eq 127 ]
	run "$INQUEST" run -- /etc/passwd
	[ "$status" -eq 126 ]
	[ -z "$(ls .inquest/live)" ]
	run "$INQUEST" run
	[ "$status" -eq 2 ]
	run "$INQUEST" run --time-limit 5x -- true
	[ "$status" -eq 2 ]
	run "$INQUEST" run --set novalue -- true
	[ "$status" -eq 2 ]
	run "$INQUEST" run --pattern '(?<x' -- true
	[ "$status" -eq 2 ]
	run "$INQUEST" run --config none.json -- true
	[ "$status" -eq 4 ]
	run "$INQUEST" run --as fine -- true
	[ "$status" -eq 2 ]
	[ -z "$(ls .inquest/live)" ]
}

@test "limits of time and memory end the command and all of its tree" {
	run "$INQUEST" run --no-record --json --time-limit 200ms -- sh -c 'sleep 61.5 & sleep 61.5'
	[ "$status" -eq 143 ]
	[[ "$output" == *'"end":"time limit"'* ]]
	run pgrep -f 'sleep 61\.5'
	[ "$status" -ne 0 ]
	run "$INQUEST" run --no-record --json --memory-limit 50M -- \
		python3 -c 'x = bytearray(200 << 20); import time; time.sleep(60)'
	[ "$status" -eq 143 ]
	[[ "$output" == *'"end":"memory limit"'* ]]
	[ ! -e .inquest ]
}

@test "what a run was and what it printed is recorded" {
	cat >app.toml <<-'EOF'
		[db]
		pool = 5
	EOF
	echo x,y >data.csv
	cat >job <<-'EOF'
		#!/bin/sh
		for i in 1 2 3; do echo "step=$i loss=0.$i"; done
		echo "speed: 12.5"
	EOF
	chmod +x job
	run "$INQUEST" run --as bad --name first --set lr=0.1 --set note=hello --config app.toml \
		--input data.csv --pattern 'step=(?<step>\d+) loss=(?<loss>[0-9.]+)' \
		--pattern 'speed: (?<speed>[0-9.]+)' --json -- ./job --alpha 3
	[ "$status" -eq 0 ]
	[[ "$output" == *'"schema":"inquest.run-result/1"'* && "$output" != *"matches nothing"* ]]
	[ "$(variable lr)" = 0.1 ]
	[ "$(variable note)" = hello ]
	[ "$(variable config.app.toml.db.pool)" = 5 ]
	[ "$(variable file.data.csv.hash)" = "$(sha256sum <data.csv | cut -d' ' -f1)" ]
	[ "$(variable arg.alpha)" = 3 ]
	[ "$(variable run.exit)" = 0 ]
	[ "$(variable speed)" = 12.5 ]
	[ "$(variable program.path)" = ./job ]
	[ "$(sql 'select name, verdict, command from run')" = 'first|2|./job --alpha 3' ]
	[ -z "$(ls .inquest/live)" ]
	grep -rq 'speed: 12.5' .inquest/evidence
}

@test "a configuration file that cannot be read is told with its line, and the command is run" {
	echo '{"a": ' >app.json
	run "$INQUEST" run --config app.json -- true
	[ "$status" -eq 0 ]
	[[ "$output" == *"app.json: line "* ]]
	[ -n "$(variable file.app.json.hash)" ]
}

@test "the state of git is recorded" {
	git init -q . && git -c user.name=a -c user.email=a@example.org commit -q --allow-empty -m one
	run "$INQUEST" run -q -- true
	[ "$(variable git.commit)" = "$(git rev-parse HEAD)" ]
	[ "$(variable git.dirty)" = 0 ]
	echo 1 >new
	run "$INQUEST" run -q -- true
	[ "$(variable git.dirty)" = 1 ]
}

@test "a reader of the output that goes away ends the command, as without us" {
	run bash -c '"$INQUEST" run --json -- yes 2>err | head -1; echo ${PIPESTATUS[0]}'
	[ "${lines[0]}" = y ]
	[ "${lines[1]}" = 141 ]
}

@test "an interrupt reaches the command, which ends as it likes; the run is recorded" {
	"$INQUEST" run -q -- sh -c 'trap "echo bye; exit 9" TERM; echo ready; while :; do sleep 0.05; done' \
		>out &
	pid=$!
	until grep -q ready out; do sleep 0.05; done
	kill -TERM $pid
	status=0
	wait $pid || status=$?
	[ "$status" -eq 9 ]
	grep -q bye out
	[ "$(variable run.end)" = interrupted ]
}

@test "killed with its whole group: the next run records what was seen, nothing lives on" {
	setsid "$INQUEST" run --name killed --set a=1 -- sh -c 'echo seen; sleep 62.5' >out &
	until grep -q seen out; do sleep 0.05; done
	sleep 0.3
	pid=$(pgrep -f -- '--name killed' | head -1)
	kill -9 -- "-$pid"
	for _ in $(seq 100); do pgrep -f 'sleep 62\.5' >/dev/null || break; sleep 0.05; done
	run pgrep -f 'sleep 62\.5'
	[ "$status" -ne 0 ]
	[ "$(ls .inquest/live | wc -l)" -eq 1 ]
	run "$INQUEST" run -- true
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 interrupted run recorded"* ]]
	[ -z "$(ls .inquest/live)" ]
	[ "$(sql "select name, state from run where name = 'killed'")" = 'killed|2' ]
	[ "$(variable a)" = 1 ]
	grep -rqx seen .inquest/evidence
}

@test "what lies in .inquest/live and is no journal is told, and stays" {
	"$INQUEST" run -q -- true
	mkdir .inquest/live/.1.2-3 && touch -d '1 hour ago' .inquest/live/.1.2-3
	mkdir .inquest/live/other && echo x >.inquest/live/other/facts.jsonl
	run "$INQUEST" run -- true
	[ "$status" -eq 0 ]
	[[ "$output" == *"other: no journal of a run"* ]]
	[ -e .inquest/live/other/facts.jsonl ]
	[ ! -e .inquest/live/.1.2-3 ] # was killed before it began
}

@test "a store that cannot be written to loses nothing: the journal stays for the next run" {
	"$INQUEST" run -q -- true
	cp .inquest/store.db good.db
	echo 'not a database, but long enough to be looked at by anybody' >.inquest/store.db
	run "$INQUEST" run --name kept -- sh -c 'exit 3'
	[ "$status" -eq 3 ]
	[[ "$output" == *"what was seen lies in"* ]]
	cp good.db .inquest/store.db
	"$INQUEST" run -q -- true
	[ "$(sql "select state from run where name = 'kept'")" = 0 ]
	[ -z "$(ls .inquest/live)" ]
}

@test "the limit of open files is the one that was given to us" {
	run bash -c 'ulimit -S -n 99; "$INQUEST" run -q -- bash -c "ulimit -S -n"'
	[ "$output" = 99 ]
}

@test "the command is not slowed by a store that others write to: 8 runs at once" {
	for i in 1 2 3 4 5 6 7 8; do "$INQUEST" run -q --set "i=$i" -- true & done
	wait
	[ "$(sql 'select count(*) from run')" = 8 ]
	[ -z "$(ls .inquest/live)" ]
}

@test "a good or bad run is noted in the case" {
	git init -q .
	"$INQUEST" run -q --as bad -- false || true # no case yet: only recorded
	"$INQUEST" new "it broke" 2>/dev/null
	run "$INQUEST" run --json --as bad -- false
	[ "$status" -eq 1 ]
	id=$(jq_field id "$output") case=$(jq_field case "$output")
	grep -q "$id" "$case"
	"$INQUEST" status --json | python3 -c 'import json,sys; d=json.load(sys.stdin); sys.exit(d["bad"] != [sys.argv[1]] or d["good"] != [])' "$id"
	"$INQUEST" new "another" 2>/dev/null # two are open: none is chosen
	run "$INQUEST" run --json --as good -- true
	[ "$status" -eq 0 ] && [ "$(jq_field case "$output")" = None ]
	"$INQUEST" run -q --as good --case another -- true
	"$INQUEST" status --json another | python3 -c 'import json,sys; sys.exit(len(json.load(sys.stdin)["good"]) != 1)'
}

@test "a pattern without names is refused before the command runs" {
	run -2 "$INQUEST" run --pattern 'a' -- touch ran
	[[ $output == *"names no group"* ]]
	[ ! -e ran ]
}

@test "PWD is recorded, an option given very often gets numbers" {
	"$INQUEST" run -q -- true -I a -I b --I.2 c -I d
	"$INQUEST" runs --columns 'arg.*' --csv | tail -n 1 | grep -F ',true,a,b,c,d' || { "$INQUEST" runs --columns 'arg.*' --csv; false; }
	[ "$("$INQUEST" runs --columns env.PWD --csv | tail -n 1 | sed 's/.*,//')" = "$PWD" ]
}

@test "^Z stops us with the command, so that the shell gets its terminal back; fg lets both go on" {
	for options in "" "--hold-on signal"; do
		run -7 timeout 60 python3 - "$INQUEST" run --no-record -q $options -- \
			sh -c 'echo ready; sleep .5; exit 7' <<-'EOF2'
			import os, pty, signal, sys, termios, tty
			pid, fd = pty.fork()
			if pid == 0: # a shell with one job
			    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
			    job = os.fork()
			    if job == 0:
			        os.setpgid(0, 0)
			        os.tcsetpgrp(0, os.getpid())
			        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
			        os.execv(sys.argv[1], sys.argv[1:])
			    _, status = os.waitpid(job, os.WUNTRACED)
			    if not os.WIFSTOPPED(status):
			        os._exit(99)
			    os.killpg(job, signal.SIGCONT)
			    _, status = os.waitpid(job, 0)
			    os._exit(os.waitstatus_to_exitcode(status))
			seen = b''
			while b'ready' not in seen:
			    seen += os.read(fd, 100)
			os.write(fd, b'\x1a')
			_, status = os.waitpid(pid, 0)
			sys.exit(os.waitstatus_to_exitcode(status))
		EOF2
	done
}

@test "what the command wrote last may be no whole line: ours begins on one of its own" {
	run --separate-stderr "$INQUEST" run --no-record --json -- sh -c 'printf half >&2'
	[ "${stderr_lines[0]}" = half ]
	[[ "${stderr_lines[1]}" == '{"schema"'* ]]
	run --separate-stderr "$INQUEST" run --no-record -q -- sh -c 'printf half >&2'
	[ "$stderr" = half ]
}

@test "series of the samples: what the kernel has of them" {
	"$INQUEST" run -q -- sh -c 'sleep 2 & sleep 2; wait'
	id=$(sql 'select id from run order by no desc limit 1')
	"$INQUEST" runs show "$id" --json | python3 -c 'import json, os, sys
d = json.load(sys.stdin)
s = {x["name"]: x for x in d["series"]}
for name in ("rss", "cpu", "faults.minor", "faults.major", "processes", "pss"):
    assert name in s, (name, sorted(s))
assert max(s["processes"]["y"]) == 3, s["processes"]
if os.path.exists("/proc/pressure/cpu"):
    assert all(0 <= y <= 1 for y in s["psi.cpu.some"]["y"]), s["psi.cpu.some"]
    assert [v["value"] for v in d["variables"] if v["name"] == "psi.of"][0] in ("group", "machine")
for x in s.values():
    assert len(x["x"]) == len(x["y"]) > 0, x'
}

@test "memory that grows is told by the step that the output counts" {
	run "$INQUEST" run --no-record -- python3 -c 'import time
keep = []
for i in range(60):
    keep.append(bytearray(1 << 20))
    print("step", i, flush=True)
    time.sleep(.05)'
	[[ "$output" == *"its memory rose all along, by 1."*" MB a step ("*" MB a second)"* ]]
}
