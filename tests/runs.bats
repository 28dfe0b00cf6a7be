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

# ---- derived variables ----

@test "--define: a variable of all runs, in columns, conditions, every form and runs show" {
	run "$INQUEST" runs --define 'twice = n * 2' --define 'odd = if(twice > 3, "test.a b" + 1, host)'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "twice = n * 2: 3 of 3 runs have it" ]
	[ "${lines[1]}" = 'odd = if(twice > 3, "test.a b" + 1, host): 1 of 3 runs has it' ]
	[ -f ../inquest.conf ]
	run "$INQUEST" runs --csv --columns 'twice,odd,n'
	[ "${lines[0]}" = "id,name,verdict,state,started,command,n,odd,twice" ]
	[[ "${lines[1]}" == *",1,a,2" ]]
	[[ "${lines[2]}" == *",2,,4" ]]
	run "$INQUEST" runs --csv --columns twice --where 'twice > 2 and verdict != bad'
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[1]}" == *",second,"*",4" ]]
	run "$INQUEST" runs --csv --columns n --where 'odd == "" or twice == 2' --newest --limit 2
	[ "${#lines[@]}" -eq 3 ]
	[[ "${lines[1]}" == *",third,"* ]]
	run "$INQUEST" runs --csv --columns n --where 'not odd == a and odd != x and odd !~ y' --limit 1
	[ "${#lines[@]}" -eq 2 ]
	[[ "${lines[1]}" == *",second,"* ]]
	"$INQUEST" runs --json --differing >j
	python3 - <<'PY'
import json
j = json.load(open('j'))
v = {v['name']: v for v in j['variables']}
assert v['twice']['define'] == 'n * 2' and 'define' not in v['n'], v
assert [r['twice'] for r in j['rows']] == [2, 4, 18014398509481986], j['rows']
PY
	run "$INQUEST" runs show first
	[[ "$output" == *"twice "*"2"* ]]
	run "$INQUEST" runs show --json second
	[[ "$output" == *'"name":"twice","value":4'* ]]
	[[ "$output" != *'"name":"odd"'* ]] # missing
}

@test "--define of a series: stored, filled for runs that are there, not shown by its own name" {
	run "$INQUEST" runs --define 'end = last(curve)' --define 'at = time_to(curve, 0.5) + 0'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = "end = last(curve): 1 of 3 runs has it" ]
	run "$INQUEST" runs --csv --columns 'end,at,*(*' --where 'end < 1'
	[ "${lines[0]}" = "id,name,verdict,state,started,command,at,end" ]
	[[ "${lines[1]}" == *",first,"*",3,0.25" ]]
	[ "${#lines[@]}" -eq 2 ]
	run "$INQUEST" runs --csv --sql "SELECT number FROM fact WHERE variable = 'time_to(curve,0.5)'"
	[ "${lines[1]}" = "3.0" ] || [ "${lines[1]}" = "3" ]
	# what is always taken came with it
	run "$INQUEST" runs --csv --columns 'curve.*'
	[ "${lines[0]}" = "id,name,verdict,state,started,command,curve.diverged,curve.first_nan,curve.last,curve.max,curve.min" ]
	[[ "${lines[1]}" == *",2,2,0.25,1,0.25" ]]
}

@test "runs recorded later have definitions, and what is taken of their series" {
	"$INQUEST" runs --define 'gain = first(loss) / best(loss)'
	printf 'step,loss\n1,4\n2,nan\n3,0.5\n' >a.csv
	"$INQUEST" add --as good --name added a.csv
	run "$INQUEST" runs --csv --where 'name == added' --columns 'gain,loss.*'
	[ "${lines[0]}" = "id,name,verdict,state,started,command,gain,loss.best,loss.best_at,loss.diverged,loss.first_nan,loss.last" ]
	[[ "${lines[1]}" == *",8,0.5,3,2,2,0.5" ]]
	"$INQUEST" run --name ran --pattern 'step=(?<step>\d+) loss=(?<loss>\d+)' -- printf 'step=1 loss=6\nstep=2 loss=2\n'
	run "$INQUEST" runs --csv --where 'gain == 3' --columns 'gain,loss.last'
	[[ "${lines[1]}" == *",ran,"*",3,2" ]]
}

@test "--undefine, and definitions that are edited by hand" {
	printf '# mine\n[variable a]\n# why\ndefine = n + 1\nunit = m\nbetter = higher\n' >../inquest.conf
	"$INQUEST" runs --define 'b = a + 1'
	"$INQUEST" runs --define 'a = n + 2'
	run "$INQUEST" runs --json --columns a,b --limit 1
	[[ "$output" == *'{"name":"a","unit":"m","better":"higher","define":"n + 2"}'* ]]
	[[ "$output" == *'"a":3,"b":4}'* ]]
	grep -q '^# why$' ../inquest.conf
	run "$INQUEST" runs --undefine b
	[ "$output" = "b is not defined any more" ]
	run "$INQUEST" runs --where 'b == 4'
	[ "$status" -eq 2 ]
	run "$INQUEST" runs --undefine b
	[ "$status" -eq 4 ]
	[[ "$output" == *"inquest.conf defines no 'b'"* ]]
	printf '[variable c]\ndefine = n +\n' >../inquest.conf
	run "$INQUEST" runs
	[ "$status" -eq 3 ]
	[[ "$output" == *"/inquest.conf: line 2: expression, column 4: "* ]]
	printf '[variable c]\ndefine = d\n[variable d]\ndefine = c\n' >../inquest.conf
	run "$INQUEST" runs
	[ "$status" -eq 3 ]
	[[ "$output" == *"'c' is defined by itself: c -> d -> c"* ]]
	printf '[variable c]\ndefine = 1\nbetter = more\n' >../inquest.conf
	run "$INQUEST" runs
	[ "$status" -eq 3 ]
	# it is no reason to lose a run
	run "$INQUEST" run --name kept -- true
	[ "$status" -eq 0 ]
	rm ../inquest.conf
	run "$INQUEST" runs --csv --where 'name == kept'
	[ "${#lines[@]}" -eq 2 ]
}

@test "definitions that are refused leave the file as it was" {
	"$INQUEST" add --extract 'logged=/x=(\d+)/'
	"$INQUEST" runs --define 'a = n'
	cp ../inquest.conf was
	while IFS='|' read -r define message; do
		run "$INQUEST" runs --define "$define"
		[ "$status" -eq 2 ] || { echo "$define: $status"; return 1; }
		[[ "$output" == *"$message"* ]] || { echo "$define: $output"; return 1; }
		cmp was ../inquest.conf
	done <<'END'
b|'NAME = EXPRESSION' is wanted
b =|'NAME = EXPRESSION' is wanted
= 1|the name before '=' has 1 to
b = n +|expression, column 4
b = nn|no run has a variable 'nn'
b = hots|no run has a variable 'hots'; did you mean "host"?
b = test.a|no run has a variable 'test.a'; did you mean "test.a b"?
b = b + 1|'b' is defined by itself: b -> b
a = a|'a' is defined by itself: a -> a
n = 1|runs have recorded a variable 'n'
verdict = 1|'verdict' is a field of every run
b[1] = 1|a name holds no quotes
logged = 1|'logged' is taken from logs
b = curve(n)|no function 'curve'
END
	run "$INQUEST" runs --define 'b = 1' --csv
	[ "$status" -eq 2 ]
	run "$INQUEST" add --extract 'a=/x=(\d+)/'
	[ "$status" -eq 2 ]
	[[ "$output" == *"the name is taken by a definition"* ]]
}

@test "a name that is recorded later is shown as recorded, with a warning" {
	"$INQUEST" runs --define 'speed = n * 2'
	"$INQUEST" run --set speed=7 -- true
	run "$INQUEST" runs --columns speed --csv
	[ "$status" -eq 0 ]
	[[ "$output" == *"/inquest.conf:2: 'speed' is recorded by runs, too"* ]]
	[[ "${lines[5]}" == *",true,7" ]]
	[[ "${lines[2]}" == *"," ]]
}

@test "--define before there is a store" {
	mkdir -p ../../new/.git
	cd ../../new
	run "$INQUEST" runs --define 'b = work / time'
	[ "$status" -eq 0 ]
	[ "$output" = "b = work / time: no runs are recorded yet" ]
	[ ! -e .inquest ]
	"$INQUEST" run --set work=6 --set time=2 -- true
	run "$INQUEST" runs --columns b --csv
	[[ "${lines[1]}" == *",true,3" ]]
}

@test "text in a pipe: few variables, those that differ, and how many there are besides" {
	run "$INQUEST" runs
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == *loss*" n "* || "${lines[1]}" == *loss*" n "* ]]
	[[ "$output" != *host* ]]
	[[ "$output" == *"1 of 5 variables are not shown"*"--columns '*' shows all"* ]]
	run "$INQUEST" runs --columns '*'
	[[ "$output" == *host* ]]
	[[ "$output" != *"not shown"* ]]
	run "$INQUEST" runs --limit 1 # nothing can differ
	[[ "$output" == *host* ]]
}

# ---- settings ----

@test "config: the settings in force and where they come from" {
	run "$INQUEST" config
	[ "$status" -eq 0 ]
	[[ "$output" == *"store"*"p/.inquest/store.db"* ]]
	printf '# c\nstore = other.db\n[log-format x]\nregex = (?<message>.*)\n' >../inquest.conf
	mkdir -p "$HOME/.config/inquest"
	printf 'store = user.db\n[variable v]\ndefine = 1\n' >"$HOME/.config/inquest/inquest.conf"
	"$INQUEST" config --json >j
	INQUEST_STORE=e.db INQUEST_CASE=nothing "$INQUEST" config --csv --store o.db >c 2>e
	INQUEST_STORE=e.db run "$INQUEST" config --show-origin
	[[ "$output" == *"e.db"*"INQUEST_STORE"* ]]
	[[ "$output" == *"log-format.x.regex"*"(?<message>.*)"*"/p/inquest.conf:4"* ]]
	python3 - <<'PY'
import csv, json, os
j = json.load(open('j'))
assert j['schema'] == 'inquest.config/1'
r = {x['key']: x for x in j['rows']}
assert r['store']['value'].endswith('/p/other.db') and r['store']['line'] == 2, r
assert r['store']['origin'] == 'file' and r['store']['source'].endswith('/p/inquest.conf')
assert r['case'] == {'key': 'case', 'value': '', 'origin': 'default', 'source': None, 'line': None}
assert r['variable.v.define']['source'] == os.environ['HOME'] + '/.config/inquest/inquest.conf'
assert r['variable.v.define']['line'] == 3
c = {x['key']: x for x in csv.DictReader(open('c'))}
assert c['store']['value'] == 'o.db' and c['store']['origin'] == 'command line', c
assert c['store']['source'] == '--store' and c['case']['source'] == 'INQUEST_CASE'
assert 'nothing' in open('e').read()
PY
	run "$INQUEST" config --store 'postgresql://me:hunter2secret@host/db' --show-origin
	[[ "$output" != *hunter2secret* ]]
	run "$INQUEST" config store
	[ "$status" -eq 2 ]
}

@test "what a file holds that is no setting is warned of, once, with its place" {
	printf 'stor = x\n[varible v]\ndefine = 1\n[variable v]\ndefin = 1\n[log-format x]\nqq = 1\n' >../inquest.conf
	for c in config runs; do
		run "$INQUEST" $c
		[ "$status" -eq 0 ]
		[[ "$output" == *"/p/inquest.conf:1: no setting 'stor'; did you mean store?"* ]]
		[[ "$output" == *"/p/inquest.conf:3: no section [varible v]; did you mean variable?"* ]]
		[[ "$output" == *"/p/inquest.conf:5: no setting 'defin' in [variable]; did you mean define?"* ]]
		[[ "$output" == *"/p/inquest.conf:7: no setting 'qq' in [log-format]; there are: regex lnav"* ]]
		[ "$(grep -c ':1:' <<<"$output")" -eq 1 ]
	done
	INQUEST_STOR=x run "$INQUEST" config
	[[ "$output" == *"environment: no setting 'INQUEST_STOR'; did you mean 'INQUEST_STORE'?"* ]]
	echo nonsense >../inquest.conf
	run "$INQUEST" config
	[ "$status" -eq 3 ]
	[[ "$output" == *"inquest.conf: line 1: "* ]]
}

@test "conditions mean the same of a derived variable as of the one that it is" {
	"$INQUEST" runs --define 'd = loss' --define 'e = n' --define 'f = host' --define 'g = "test.a b"'
	for pair in loss:d n:e host:f '"test.a b":g'; do
		stored=${pair%%:*} derived=${pair##*:}
		for c in '== 0.5' '!= 0.5' '< 1' '> 1' '>= 0.5' '<= inf' '== inf' '== nan' '!= nan' '> nan' \
			'< zzz' '== ""' '!= ""' '~ a' '!~ a' '== 9007199254740993' '> 9007199254740992' \
			'in (1, a, nan)' '== 2.0' '< a' '>= b'; do
			want=$("$INQUEST" runs --csv --columns n --where "$stored $c")
			got=$("$INQUEST" runs --csv --columns n --where "$derived $c")
			[ "$got" = "$want" ] || { echo "$derived $c: $got, not $want"; return 1; }
		done
	done
}
