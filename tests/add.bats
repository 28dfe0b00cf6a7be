#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# inquest add: files of every kind into the record of runs and the case.

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/none
	unset INQUEST_CASE INQUEST_STORE
	mkdir .git
	cat >app.log <<-'END'
		2026-11-23T10:00:00.100Z INFO pool: size 10
		2026-11-23T10:00:01.200Z INFO pool: request 1 served
		2026-11-23T10:00:02.300Z ERROR pool: cannot get a lease for job 17
		2026-11-23T10:00:03.400Z ERROR web: request failed
		java.io.IOException: no lease in time
			at org.example.Pool.take(Pool.java:17)
			at org.example.Web.serve(Web.java:40)
			at java.base/java.lang.Thread.run(Thread.java:1583)
	END
	cat >junit.xml <<-'END'
		<testsuite name="s" tests="3"><testcase classname="a.B" name="ok" time="0.5"/>
		<testcase classname="a.B" name="bad" time="1"><failure message="expected 3, got 4">trace</failure></testcase>
		<testcase classname="a.B" name="not now"><skipped/></testcase></testsuite>
	END
}

# The rows of the Symptoms table.
rows() { grep '^| S[0-9]' rca/*.md; }
# A value of a JSON document: value EXPR <file, where d is the document.
value() { python3 -c "import json,sys; d = json.load(sys.stdin); print($1)"; }
open_case() { "$INQUEST" new "Something is wrong" 2>/dev/null; }

@test "a log: exception with the program's own frames, error statement, counts" {
	open_case
	"$INQUEST" add app.log --as bad >out
	rows
	[ "$(rows | wc -l)" -eq 2 ]
	rows | grep -F 'exception | java.io.IOException: no lease in time, in org.example.Pool.take < org.example.Web.serve | 2026-11-23T10:00:03.400Z (event 4) | app.log:5 | r-'
	rows | grep -F 'error | cannot get a lease for job' | grep -F 'app.log:3 | r-'
	"$INQUEST" runs --columns 'log.errors,log.lines' --csv | tail -n 1 | grep -E ',2,8$'
	grep -A1 '^bad:' rca/*.md | grep -E -- '- r-[0-9a-f]{16}'
	"$INQUEST" status --check
}

@test "the same again changes nothing; another run adds its id to the row" {
	open_case
	"$INQUEST" add app.log --as bad
	cp rca/*.md before
	"$INQUEST" add app.log >out
	grep 'known already' out
	cmp before rca/*.md
	[ "$("$INQUEST" runs --csv | wc -l)" -eq 2 ]
	[ "$("$INQUEST" runs --csv | grep -c ',bad,')" -eq 1 ] # --as stays
	sed 's/10:00/11:30/; s/job 17/job 18/; s/Pool.java:17/Pool.java:19/' app.log >other.log
	"$INQUEST" add other.log --as bad
	[ "$(rows | wc -l)" -eq 2 ]
	[ "$(rows | grep -cE 'r-[0-9a-f]{16}, r-[0-9a-f]{16}')" -eq 2 ]
	rows | grep -F '(same type and 2 innermost own frames, 1.00)'
	rows | grep -E '\(same template[^|]*, 0\.[0-9]{2}\)'
}

@test "recordings of incidents: the program's own first frames, not the interceptor" {
	open_case
	"$INQUEST" add "$TOP/demo/ci/green.log" --as good
	"$INQUEST" add "$TOP/demo/ci/red.log" --as bad
	"$INQUEST" add "$TOP/demo/asan/asan.txt" --as bad
	rows | grep -F 'Error [ERR_INVALID_PACKAGE_TARGET]'
	rows | grep -F 'heap-use-after-free, in u8_byte2char < matchop < execute |'
	[ "$(rows | wc -l)" -eq 2 ]
	! grep -E 'strlen|interceptor' rca/*.md || false
}

@test "what good runs have too is no symptom" {
	open_case
	"$INQUEST" add app.log --as good
	[ "$(rows | wc -l)" -eq 0 ]
	sed 's/10:00/11:30/; $a 2026-11-23T11:30:05Z ERROR disk: no space left' app.log >bad.log
	"$INQUEST" add bad.log --as bad >out
	[ "$(rows | wc -l)" -eq 1 ]
	rows | grep 'no space left'
	grep 'the good run r-.* has it too' out
}

@test "results of tests, with what failed; many alike are one" {
	open_case
	"$INQUEST" add junit.xml --as bad
	rows | grep -F 'failed test | a.B.bad -- expected 3, got 4 |'
	"$INQUEST" runs --columns 'tests.passed,tests.failed,tests.skipped' --csv | tail -n 1 | grep ',1,1,1$'
	"$INQUEST" runs --where "test.a.B.bad == failed" --csv | grep ^r-
	{
		echo 1..9
		for i in $(seq 9); do printf 'not ok %s - t%s\n  ---\n  message: no database\n  ...\n' "$i" "$i"; done
	} >many.tap
	"$INQUEST" add many.tap --as bad
	rows | grep -F 'tests fail alike: no database -- 9 tests'
	[ "$(rows | wc -l)" -eq 2 ]
}

@test "folders, archives and standard input; two reports are one run" {
	mkdir d
	cp app.log junit.xml d
	tar czf d.tgz d
	for what in d d.tgz; do
		"$INQUEST" add --dry-run --json "$what" >out.json
		[ "$(value 'sorted(f["kind"] for f in d["files"])' <out.json)" = "['log', 'tests']" ]
		[ "$(value 'len(d["symptoms"])' <out.json)" -eq 3 ]
	done
	"$INQUEST" add d >out
	"$INQUEST" add d.tgz >out
	grep 'known already' out # the same files, wherever they lie
	[ "$("$INQUEST" runs --csv | wc -l)" -eq 2 ]
	"$INQUEST" add - <app.log | grep '^-  log, 8 lines, 2 symptoms'
}

@test "--dry-run records nothing; without a case it says so" {
	"$INQUEST" add --dry-run app.log | grep 'Nothing is recorded'
	[ ! -e .inquest ]
	"$INQUEST" add app.log | grep 'There is no open case'
	[ "$("$INQUEST" runs --csv | wc -l)" -eq 2 ]
	"$INQUEST" new one 2>/dev/null
	"$INQUEST" new two 2>/dev/null
	"$INQUEST" add junit.xml | grep 'goes to no case'
	"$INQUEST" add junit.xml --case one | grep 'Case rca/.*one.md'
}

@test "--dry-run --json: the document" {
	"$INQUEST" add --dry-run --json app.log junit.xml >out.json
	[ "$(value '(d["schema"], d["run"], d["case"])' <out.json)" = "('inquest.add/1', None, None)" ]
	[ "$(value '[d["files"][1][k] for k in ("kind", "reader", "cases", "passed", "failed", "error", "skipped", "time_sum", "first_name")]' <out.json)" = \
		"['tests', 'junit', 3, 1, 1, 0, 1, 1.5, 'ok']" ]
	[ "$(value 'd["symptoms"][0]["frames"]' <out.json)" = "['org.example.Pool.take', 'org.example.Web.serve']" ]
	[ "$(value '(d["files"][0]["lines"], d["files"][0]["reader"])' <out.json)" = "(8, None)" ]
}

@test "--run adds to a run, once" {
	"$INQUEST" add app.log --name first --as bad
	"$INQUEST" add junit.xml --run first
	[ "$("$INQUEST" runs --csv | wc -l)" -eq 2 ]
	"$INQUEST" runs --columns 'log.lines,tests.failed' --csv | tail -n 1 | grep ',8,1$'
	"$INQUEST" add junit.xml --run first | grep 'known already'
	"$INQUEST" runs --columns 'log.lines,tests.failed' --csv | tail -n 1 | grep ',8,1$'
	cp app.log more.log
	echo '2026-11-23T10:00:09Z INFO end' >>more.log
	"$INQUEST" add more.log --run first
	"$INQUEST" runs --columns 'log.lines' --csv | tail -n 1 | grep ',17$'
	! "$INQUEST" add app.log --run nobody || false
}

@test "--extract: a variable of a log for stored runs and new ones" {
	"$INQUEST" add app.log
	"$INQUEST" add --extract 'pool.size=/pool: size (\d+)/' | grep 'in 1 of 1 runs'
	"$INQUEST" runs --columns pool.size --csv | tail -n 1 | grep ',10$'
	sed 's/size 10/size 3/' app.log >later.log
	"$INQUEST" add later.log
	"$INQUEST" runs --columns pool.size --csv | tail -n 1 | grep ',3$'
	grep -A1 '^\[variable pool.size\]' inquest.conf | grep 'regex = pool: size'
	id=$("$INQUEST" log templates --json app.log | value 'next(r["id"] for r in d["rows"] if "served" in r["template"])')
	"$INQUEST" add --extract "served=$id:1"
	"$INQUEST" runs --columns served --csv | tail -n 1 | grep ',1$'
	"$INQUEST" add --extract 'pool.size=/size (\d)/' # again: replaced
	[ "$(grep -c '^\[variable pool.size\]' inquest.conf)" -eq 1 ]
	"$INQUEST" runs --columns pool.size --csv | sed -n 2p | grep ',1$'
	"$INQUEST" run -q -- echo 'pool: size 77'
	"$INQUEST" runs --columns pool.size --csv | tail -n 1 | grep ',7$'
	"$INQUEST" diff app.log later.log || [ $? -eq 1 ] # other commands read such settings too
}

@test "--pattern, --reader by name, by program, by shell" {
	printf 'step 1 loss=0.5\nstep 2 loss=0.25\n' >train.txt
	"$INQUEST" add --pattern 'loss=(?<loss>[0-9.]+)' --dry-run --json train.txt | value 'd["files"][0]["series"]' | grep "'loss'"
	cat >rows <<-'END'
		#!/bin/sh
		echo '{"name": "x.lines", "value": '"$(wc -l <"$1")"', "n": 3, "spread": 0.5}'
		echo '{"name": "x.time", "value": 1.5, "unit": "s", "better": "lower"}'
	END
	chmod +x rows
	"$INQUEST" add --reader ./rows app.log
	"$INQUEST" runs --columns 'x.*' --csv | tail -n 1 | grep ',8,1.5$'
	"$INQUEST" add --dry-run --json --reader 'grep -c ERROR "$1" | sed "s/.*/{\"name\":\"errors\",\"value\":&}/"' app.log |
		value 'd["files"][0]["variables"][0]["value"]' | grep '^2$'
	printf '1..1\nok 1 - x\n' >strange.txt
	"$INQUEST" add --dry-run --json --reader tap strange.txt | value 'd["files"][0]["passed"]' | grep '^1$'
}

@test "settings become variables, a core its signal" {
	echo '{"pool": {"size": 10}, "password": "hunter2"}' >app.json
	"$INQUEST" add app.json
	"$INQUEST" runs --columns 'config.*' --csv | tail -n 1 | grep ',\[redacted password\],10$'
	! grep -r hunter2 .inquest || false
}

@test "a value out of the range of the good runs" {
	open_case
	for i in 1 2 3 4 5 6; do
		printf '{"name":"rss","value":%s,"unit":"bytes"}\n' "10$i" >rows
		"$INQUEST" add --reader cat rows --as good
	done
	echo '{"name":"rss","value":900,"unit":"bytes"}' >rows
	"$INQUEST" add --reader cat rows --as bad
	rows | grep -F 'metric | rss -- 900 bytes, good runs 101 to 106 (6)'
}

@test "secrets stay out of everything" {
	open_case
	cat >s.log <<-'END'
		2026-11-23T10:00:00Z INFO start --password geheimxyz1
		2026-11-23T10:00:01Z ERROR db: cannot connect to postgres://bob:geheimxyz2@db/app
		2026-11-23T10:00:02Z ERROR web: request failed
		java.io.IOException: Authorization: Bearer geheimxyz3geheim
			at org.example.Pool.take(Pool.java:17)
	END
	cat >s.xml <<-'END'
		<testsuite><testcase classname="a" name="t[password=geheimxyz4]"><failure message="token=geheimxyz5">api_key=geheimxyz6geheim</failure></testcase></testsuite>
	END
	mkdir "password=geheimxyz7"
	cp s.log "password=geheimxyz7/x.log"
	"$INQUEST" add s.log s.xml "password=geheimxyz7" --as bad --name 'token=geheimxyz8'
	! grep -ra geheimxyz .inquest rca || false
}

@test "--system: what is there is added, what is absent is named" {
	"$INQUEST" add --system --json >out.json
	value 'd["notes"]' <out.json | grep absent
	[ "$(value 'd["run"][:2]' <out.json)" = r- ]
	"$INQUEST" add app.log --name first
	"$INQUEST" add --system --around first --run first
	! "$INQUEST" add --system --around nobody || false
}

@test "wrong usage and wrong input" {
	check() {
		local status=$1 text=$2 got=0
		shift 2
		"$INQUEST" add "$@" >out 2>err || got=$?
		[ "$got" -eq "$status" ] && grep -qF -e "$text" err out || { cat err out; return 1; }
	}
	check 2 "name what to add"
	check 2 "can be read only once" - -
	check 2 "--around belongs to --system" --around x app.log
	check 2 "exclude each other" --dry-run --extract 'a=/(b)/'
	check 2 "NAME=TEMPLATE:PARAM" --extract nonsense
	check 2 "no group" --extract 'a=/b/'
	check 2 "names no group" --pattern 'a(b)' app.log
	check 4 "no such" nothing.log
	printf '<testsuite><testcase name="a">' >cut.xml
	printf '<testsuite><testcase name="a"></b></testsuite>' >bad.xml
	check 3 "cannot be read: line 1" bad.xml app.log
	check 3 "it ended with status 1" --reader false app.log
	check 3 "is not {" --reader 'echo x' app.log
	open_case
	echo '<<<<<<< mine' >>"$(ls rca/*.md)"
	check 3 ".md:" app.log
}

@test "valgrind: its errors are symptoms, each with the stack where it happened" {
	open_case
	cat >vg.txt <<-'END'
		==7== Memcheck, a memory error detector
		==7== Command: ./v
		==7==
		said by the program
		==7== Invalid read of size 4
		==7==    at 0x1091: last (v.c:3)
		==7==    by 0x1092: main (v.c:9)
		==7==  Address 0x4a42050 is 8 bytes after a block of size 8 alloc'd
		==7==    at 0x4841: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
		==7==    by 0x1093: other (v.c:4)
		==7==
		==7== 100 bytes in 1 blocks are definitely lost in loss record 1 of 2
		==7==    at 0x4841: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
		==7==    by 0x1094: leak (v.c:5)
		==7==
		==7== 8 bytes in 1 blocks are still reachable in loss record 2 of 2
		==7==    at 0x4841: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
		==7==    by 0x1095: keep (v.c:6)
		==7==
		==7== ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)
	END
	"$INQUEST" add vg.txt --as bad
	[ "$(rows | wc -l)" -eq 2 ]
	rows | grep -F 'exception | Invalid read of size 4, in last < main |'
	rows | grep -F 'exception | definitely lost: 100 bytes in 1 blocks, in leak |'
	rows | grep -F 'vg.txt:5'
	[ "$("$INQUEST" runs --columns valgrind.errors --csv | tail -n 1 | cut -d, -f7)" = 2 ]
}

@test "a folder of many runs: each has its own files as evidence, and keeps its id" {
	mlruns() { # mlruns RUN...
		mkdir -p mlruns/0
		printf "artifact_location: file:///x\nexperiment_id: '0'\n" >mlruns/0/meta.yaml
		for r; do
			mkdir -p mlruns/0/$r/params mlruns/0/$r/metrics mlruns/0/$r/artifacts
			printf "artifact_uri: file:///x\nrun_id: $r\nrun_name: name-$r\nstatus: 3\n" >mlruns/0/$r/meta.yaml
			printf 0.1 >mlruns/0/$r/params/lr
			printf "1700000000000 1.5 0\n1700000000100 0.$r 1\n" >mlruns/0/$r/metrics/loss
			printf 'token ghp_%036d\0' $r >mlruns/0/$r/artifacts/model.bin
		done
	}
	mlruns 1 2 3
	"$INQUEST" add mlruns >out
	cat out
	grep -F 'of no run, and not kept as evidence: 1 files' out
	[ "$("$INQUEST" runs --csv | tail -n +2 | wc -l)" -eq 3 ]
	"$INQUEST" runs show name-2 >out
	cat out
	grep -F 'Evidence (4)' out
	[ "$(grep -c 'mlruns/0/2/' out)" -eq 4 ]
	[ "$(find .inquest/evidence -type f | wc -l)" -eq 8 ] # lr is the same of all, the artifact without its token too
	grep -r ghp_0000 .inquest && false
	"$INQUEST" runs --csv >before
	mlruns 1 2 3 4
	"$INQUEST" add mlruns
	"$INQUEST" runs --csv >after
	[ "$(wc -l <after)" -eq 5 ]
	diff before after | grep -c '^<' && false
	"$INQUEST" add --json mlruns | value 'len(d["files"][0]["evidence"])' | grep -x 16
}

@test "recordings of crashes: type and frames of each" {
	what() { # what NAME: the symptoms with a type or frames
		"$INQUEST" add --dry-run --json "$BATS_TEST_DIRNAME/crashes/$1.log" |
			value '"\n".join(s["type"] + ": " + " < ".join(s["frames"]) for s in d["symptoms"] if s["kind"] in ("exception", "call stack"))' >out
		sed "s/^/$1: /" out
	}
	what gdb-crash
	[ "$(cat out)" = 'SIGSEGV: sum < handle < main' ]
	what gdb-full
	[ "$(cat out)" = 'SIGSEGV: sum < handle < main' ]
	for by in gcc clang; do
		what ub-$by # four errors of one function
		for type in signed-integer-overflow shift-exponent misaligned-pointer-use division-by-zero; do
			[ "$(grep -cx "$type: compute < main" out)" -eq 1 ]
		done
	done
	what race-gcc
	[ "$(cat out)" = 'data race: calls::operator() < operator()' ]
	what mocha
	printf '%s\n' 'Error: take < Context.<anonymous>' 'AssertionError [ERR_ASSERTION]: Context.<anonymous>' | diff - out
	what jest
	[ "$(cat out)" = 'TypeError: take < Object.take' ]
	what node
	[ "$(cat out)" = 'Error: Object.take < [eval] < [eval]-wrapper' ]
}

@test "an exception without frames is one of its own, whatever follows" {
	printf '%s\n' 'TypeError: one' 'then' 'RangeError: two' 'Error: no frames, no symptom of this kind' >plain.log
	for i in $(seq 31); do echo "line $i"; done >>plain.log
	printf '%s\n' 'a stack' '    at far (/srv/a.js:1:2)' '    at away (/srv/a.js:3:4)' >>plain.log
	"$INQUEST" add --dry-run --json plain.log | value '[(s["type"], s["line"]) for s in d["symptoms"] if s["kind"] != "error"]' >out
	cat out
	grep -F "('TypeError', 1)" out
	grep -F "('RangeError', 3)" out
	grep -F "('', 36)" out
	printf 'ERROR x\n' >short.log # after a long one
	"$INQUEST" add --dry-run plain.log short.log
}

@test "killed at random moments: store and case stay valid, nothing recorded is lost" {
	open_case
	"$INQUEST" add app.log --as bad
	for i in 1 2 3 4 5 6; do
		sed "s/10:00/1$i:00/; s/IOException/IO${i}Exception/" app.log >"k$i.log"
		timeout -s KILL "0.0$((i * 7 % 10))" "$INQUEST" add "k$i.log" --as bad >/dev/null 2>&1 || true
		"$INQUEST" runs --csv >runs.csv
		[ "$(grep -c ^r- runs.csv)" -ge 1 ]
		"$INQUEST" status --check >/dev/null
		rows | grep -F 'java.io.IOException'
		"$INQUEST" add "k$i.log" --as bad >/dev/null
	done
	[ "$(grep -c ^r- <("$INQUEST" runs --csv))" -eq 7 ]
	[ "$(rows | grep -c 'IO[0-9]Exception')" -eq 6 ]
}
