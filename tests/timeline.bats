#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# log timeline from outside: the order of several logs, what is shown, what is left out.

setup() {
	D=$BATS_TEST_TMPDIR
	cd "$D" || exit
}

timeline() {
	"$INQUEST" log timeline "$@"
}

# file:line of each event shown
places() {
	timeline --csv "$@" 2>/dev/null | tail -n +2 |
		python3 -c 'import csv,sys; print(" ".join(r[2] + ":" + r[3] for r in csv.reader(sys.stdin)))'
}

# line: marks of each event shown
marks() {
	timeline --jsonl "$@" 2>/dev/null |
		python3 -c 'import json,sys
for l in sys.stdin:
	r = json.loads(l)
	print(r["line"], *r["marks"], end="; ")'
}

@test "logs in different zones are merged in UTC, each in its own order" {
	cat >a.log <<-END
		2024-03-01T10:00:00Z INFO alpha starts
		2024-03-01T10:00:04Z INFO alpha waits
		2024-03-01T10:00:02Z INFO alpha is late with this
		2024-03-01T10:00:09Z INFO alpha ends
	END
	cat >b.log <<-END
		2024-03-01T12:00:01+02:00 INFO beta starts
		2024-03-01T12:00:05+02:00 INFO beta ends
	END
	[ "$(places a.log b.log)" = "a.log:1 b.log:1 a.log:2 a.log:3 b.log:2 a.log:4" ]
	[ "$(places --all b.log a.log)" = "a.log:1 b.log:1 a.log:2 a.log:3 b.log:2 a.log:4" ]
	run timeline b.log a.log
	[[ "${lines[0]}" == "2024-03-01" ]]
	[[ "${lines[2]}" == "10:00:01  "*"+1.00s  b.log:1  "* ]]
}

@test "first and last of a template, and how many are left out between" {
	for i in $(seq 1 50); do
		printf '2024-03-01 10:00:%02d INFO step %d done\n' "$i" "$i"
	done >a.log
	[ "$(marks a.log)" = "1 start first; 50 last end; " ]
	run timeline a.log
	[ "${#lines[@]}" -eq 4 ]
	[[ "${lines[2]}" =~ ^\ +\.\.\.\ 48\ events\ left\ out$ ]]
	[ "$(timeline --all a.log | wc -l)" -eq 51 ]
	[ "$(timeline --all --jsonl a.log | grep -c '"marks":\[\]')" -eq 48 ]
}

@test "a silence that is unusual for its log is shown" {
	for i in $(seq 1 40) $(seq 70 90); do
		printf '2024-03-01 10:%02d:%02d INFO step %d done\n' $((i / 60)) $((i % 60)) "$i"
	done >a.log
	[ "$(marks a.log)" = "1 start first; 41 silence; 61 last end; " ]
	timeline --jsonl a.log | grep -q '"line":41,.*"silence_ns":30000000000,"left_out":39,'
	timeline a.log | grep -q 'silence  *(silent for 30.00s) step 70 done'
	# steady but slow: nothing unusual
	for i in $(seq 1 50); do
		printf '2024-03-01 10:%02d:00 INFO step %d done\n' "$i" "$i"
	done >b.log
	[ "$(marks b.log)" = "1 start first; 50 last end; " ]
}

@test "symptoms are marked, also those inside an event; repeats are left out" {
	{
		echo '2024-03-01 10:00:00 INFO up'
		for i in $(seq 1 30); do
			echo "2024-03-01 10:00:01 ERROR cannot reach peer $i: connection refused"
		done
		echo '2024-03-01 10:00:02 INFO request 7 went wrong:'
		echo 'java.lang.IllegalStateException: no session'
		echo '	at org.example.App.run(App.java:7)'
		echo '2024-03-01 10:00:03 WARN queue is nearly full'
		echo '2024-03-01 10:00:04 INFO down'
	} >a.log
	[ "$(marks a.log)" = "1 start only; 2 first symptom; 31 last symptom; 32 only symptom; 35 only warning; 36 only end; " ]
}

@test "times without year or date are put next to those that have one" {
	cat >a.log <<-END
		2024-12-31T23:59:58Z INFO alpha starts
		2025-01-01T00:00:05Z INFO alpha ends
	END
	cat >b.log <<-END
		Dec 31 23:59:59 host app[7]: beta starts
		Jan  1 00:00:03 host app[7]: beta ends
	END
	[ "$(places a.log b.log)" = "a.log:1 b.log:1 b.log:2 a.log:2" ]
	timeline a.log b.log 2>&1 >/dev/null | grep -q 'b.log: its times have no year; taken as 2024'
}

@test "logs without times are interleaved by position, which is said" {
	printf 'a %s\n' one two three four >a.log
	printf 'b %s\n' one four >b.log
	[ "$(places --all a.log b.log)" = "a.log:1 b.log:1 a.log:2 a.log:3 a.log:4 b.log:2" ]
	timeline a.log b.log 2>&1 >/dev/null | grep -q 'no log has times: interleaved by position'
	echo '2024-03-01T10:00:00Z INFO c' >c.log
	timeline a.log c.log 2>&1 >/dev/null | grep -q 'a.log: has no times; its events are placed'
}

@test "conditions choose the events" {
	for i in $(seq 10 59); do
		printf '2024-03-01 10:00:%02d INFO [worker-%d] step %d done\n' "$i" $((i % 2)) "$i"
	done >a.log
	[ "$(marks --since 10:00:20 --until 10:00:30 a.log)" = "11 start first; 20 last end; " ]
	[ "$(marks --grep 'step 1[35]' a.log)" = "4 start first; 6 last end; " ]
	[ "$(timeline --all --csv --where 'thread == "worker-1"' a.log | wc -l)" -eq 26 ]
	run timeline --level error a.log
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "the forms agree, and threads do not matter" {
	set -- "$TOP/demo/server/good.log" "$TOP/demo/server/bad.log"
	timeline --json "$@" >t.json
	timeline --jsonl -j 3 "$@" >t.jsonl
	python3 -c 'import json
d = json.load(open("t.json"))
assert d["schema"] == "inquest.log-timeline/1"
assert d["rows"] == [json.loads(l) for l in open("t.jsonl")]
assert len({(r["file"], r["line"]) for r in d["rows"]}) == len(d["rows"])'
	timeline "$@" | grep -q 'symptom  *Severe unrecoverable error, exiting'
	timeline --all --jsonl "$@" >all.jsonl
	"$INQUEST" log table --csv "$@" >table.csv
	python3 -c 'import csv,json
a = sorted((r["file"], r["line"]) for r in map(json.loads, open("all.jsonl")))
b = sorted((r["file"], int(r["line"])) for r in csv.DictReader(open("table.csv", newline="")))
assert a == b'
}

@test "wrong usage and odd input" {
	run timeline
	[ "$status" -eq 2 ]
	: >empty.log
	run timeline empty.log
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run timeline nosuch.log
	[ "$status" -eq 4 ]
	[ -w /dev/full ] || skip "no /dev/full"
	run bash -c '"$INQUEST" log timeline "$TOP/demo/server/bad.log" >/dev/full'
	[ "$status" -eq 4 ]
}
