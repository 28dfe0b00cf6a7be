#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# inquest runs from outside, on a store that the test's helper makes.

setup() {
	dir=$(mktemp -d)
	cd "$dir" || exit 1
	unset INQUEST_STORE XDG_CONFIG_HOME
	export HOME=$dir
	mkdir -p p/.git p/sub p/.inquest
	"$MAKE_RUNS" p/.inquest/store.db p/.inquest/evidence
	cd p/sub || exit 1
}

teardown() {
	rm -rf "$dir"
}

@test "the store is found from a folder below" {
	run "$INQUEST" runs --csv --columns loss
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "id,name,verdict,state,started,command,loss" ]
	[ "${#lines[@]}" -eq 4 ]
	[[ "${lines[1]}" == *",first,good,complete,2026-11-23T02:01:05.250Z,make check,0.5" ]]
	[[ "${lines[3]}" == *",third,bad,running,,,nan" ]]
}

@test "no store: a system error that names the place" {
	cd "$dir"
	run "$INQUEST" runs
	[ "$status" -eq 4 ]
	[[ "$output" == *".inquest/store.db: there is no store"* ]]
	[ ! -e .inquest ]
}

@test "--store, INQUEST_STORE and inquest.conf, in that order" {
	cd "$dir"
	mkdir conf env
	printf 'store = conf.db\n[log-format x]\nregex = (?<message>.*)\n' >inquest.conf
	run "$INQUEST" runs
	[[ "$output" == *"/conf.db: there is no store"* ]]
	INQUEST_STORE=env.db run "$INQUEST" runs
	[[ "$output" == *"env.db: there is no store"* ]]
	INQUEST_STORE=env.db run "$INQUEST" runs --store opt.db
	[[ "$output" == *"opt.db: there is no store"* ]]
	run "$INQUEST" runs --store ''
	[ "$status" -eq 2 ]
	# log commands read the same file
	echo hello >a.log
	run "$INQUEST" log table a.log
	[ "$status" -eq 0 ]
}

@test "conditions, order, limit" {
	run "$INQUEST" runs --csv --columns n --where 'n >= 2 and verdict != bad'
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[1]}" == *",second,"*",2" ]]
	run "$INQUEST" runs --csv --columns n --newest --limit 1
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[1]}" == *",third,"* ]]
	run "$INQUEST" runs --csv --where '"test.a b" == 1'
	[ "${#lines[@]}" -eq 2 ]
	run "$INQUEST" runs --where 'nosuch == 1'
	[ "$status" -eq 2 ]
	[[ "$output" == *"no field 'nosuch'"* ]]
}

@test "--columns takes globs; --differing leaves what differs" {
	run "$INQUEST" runs --csv --columns 'lo*,n'
	[ "${lines[0]}" = "id,name,verdict,state,started,command,loss,n" ]
	run "$INQUEST" runs --csv --differing
	[ "${lines[0]}" = "id,name,verdict,state,started,command,loss,n,var.name,test.a b" ]
	run "$INQUEST" runs --csv --differing --limit 1
	[ "${lines[0]}" = "id,name,verdict,state,started,command" ]
}

@test "JSON, JSON lines and CSV have the same cells" {
	"$INQUEST" runs --json >j
	"$INQUEST" runs --jsonl >l
	"$INQUEST" runs --csv >c
	python3 - <<'PY'
import csv, json
j = json.load(open('j'))
assert j['schema'] == 'inquest.runs/1'
assert [v['name'] for v in j['variables']] == ['host', 'loss', 'n', 'var.name', 'test.a b'], j['variables']
assert j['variables'][1] == {'name': 'loss', 'unit': 's', 'better': 'lower'}
l = [json.loads(x) for x in open('l')]
assert l == j['rows']
assert [r['loss'] for r in l] == [0.5, 'inf', 'nan'], l
assert l[1]['n'] == 2 and l[2]['n'] == 9007199254740993 and l[2]['started'] is None
assert l[0]['name'] == 'first' and l[0]['var.name'] == 'x' and l[1]['var.name'] is None
for a, b in zip(l, csv.DictReader(open('c'))):
    for k in a:
        want = '' if a[k] is None else a[k] if isinstance(a[k], str) else repr(a[k])
        assert b[k] == want, (k, a[k], b[k])
PY
}

@test "text on a terminal: what varies stays, the rest is counted" {
	script -qec true /dev/null >/dev/null 2>&1 || skip "no script(1), or no terminals"
	run script -qec "stty cols 60; '$INQUEST' runs" /dev/null
	[[ "$output" == *loss* ]]
	[[ "$output" != *host* ]]
	[[ "$output" == *"columns do not fit"* ]]
}

@test "runs show: all of one run" {
	run "$INQUEST" runs show first
	[ "$status" -eq 0 ]
	[[ "$output" == *"verdict  good"* ]]
	[[ "$output" == *"loss"*"0.5"*"20"*"0.125"*"lower"* ]]
	[[ "$output" == *"Series (1)"*"curve"*"3"*"1"*"0.25"* ]]
	[[ "$output" == *"Tests: 2, of which 1 failed"*"suite.bad"*"failed"*"expected 1"* ]]
	[[ "$output" == *"Evidence (1)"*"app.log"* ]]
	"$INQUEST" runs show --json first >j
	python3 - <<'PY'
import json
j = json.load(open('j'))
assert j['schema'] == 'inquest.run/1' and j['started_ns'] == 1795399265250000001
s = j['series'][0]
assert s['x'] == [1, 2, 3] and s['y'] == [1, 'nan', 0.25], s
assert [t['status'] for t in j['tests']] == ['passed', 'failed']
assert j['tests'][1]['detail'] == 'line 1\nline 2' and j['tests'][0]['seconds'] is None
v = {v['name']: v for v in j['variables']}
assert v['loss'] == {'name': 'loss', 'value': 0.5, 'unit': 's', 'better': 'lower', 'n': 20, 'spread': 0.125}
PY
	run "$INQUEST" runs show nosuch
	[ "$status" -eq 4 ]
	run "$INQUEST" runs show
	[ "$status" -eq 2 ]
}

@test "escape sequences of names do not reach the terminal" {
	run "$INQUEST" runs show second
	[[ "$output" != *$'\033'* ]]
	run "$INQUEST" runs
	[[ "$output" != *$'\033'* ]]
}

@test "runs remove" {
	run "$INQUEST" runs remove second
	[ "$status" -eq 0 ]
	run "$INQUEST" runs --csv
	[ "${#lines[@]}" -eq 3 ]
	run "$INQUEST" runs remove second
	[ "$status" -eq 4 ]
	run "$INQUEST" runs --check
	[ "$status" -eq 0 ]
}

@test "--check: evidence that was changed or is gone" {
	run "$INQUEST" runs --check
	[ "$status" -eq 0 ]
	[[ "$output" == *"evidence: 1 sound" ]]
	f=$(find ../.inquest/evidence -type f)
	chmod +w "$f"
	echo more >>"$f"
	run "$INQUEST" runs --check
	[ "$status" -eq 3 ]
	[[ "$output" == *"was changed since it was kept"* ]]
	rm "$f"
	run "$INQUEST" runs --check
	[ "$status" -eq 0 ]
	[[ "$output" == *"1 not here"* ]]
}

@test "--sql only reads" {
	run "$INQUEST" runs --csv --sql 'SELECT count(*) AS n, NULL AS none FROM run'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "n,none" ]
	[ "${lines[1]}" = "3," ]
	run "$INQUEST" runs --sql 'DELETE FROM run'
	[ "$status" -eq 2 ]
	run "$INQUEST" runs --sql 'SELECT 1' --where 'n == 1'
	[ "$status" -eq 2 ]
}

@test "wrong usage" {
	run "$INQUEST" runs shwo x
	[ "$status" -eq 2 ]
	[[ "$output" == *"runs show RUN"* ]]
	run "$INQUEST" runs --json --csv
	[ "$status" -eq 2 ]
}

@test "a store that is none, and a full output" {
	echo nonsense that is long enough to be no database at all >x.db
	run "$INQUEST" runs --store x.db
	[ "$status" -eq 3 ]
	run bash -c '"$INQUEST" runs --csv >/dev/full'
	[ "$status" -eq 4 ]
}

@test "a limit on the size of files is an error, and nothing is lost" {
	run bash -c 'ulimit -f 1; exec "$INQUEST" run -- seq 100000'
	[ "$status" -eq 0 ] # the command's own
	[[ "$output" == *"File too large"*"what was seen lies in"* ]]
	run "$INQUEST" runs --check
	[ "$status" -eq 0 ]
}
