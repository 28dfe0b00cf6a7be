#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# inquest diff from outside: the answers that demo/*/README.md call good, every form of output.

setup() {
	cd "$TOP" || exit 1
	ci=(demo/ci/green.log demo/ci/red.log)
	server=(--good demo/server/good.log --good demo/server/good2.log --bad demo/server/bad.log)
	tmp=$BATS_TEST_TMPDIR
}

# json EXPR: EXPR of the document d in $output
json() {
	python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" <<<"$output"
}

@test "a dependency that drifted is the first divergence, the error comes after it" {
	run "$INQUEST" diff --json "${ci[@]}"
	[ "$status" -eq 1 ]
	[ "$(json 'd["schema"]')" = inquest.diff/1 ]
	[ "$(json 'd["first_divergence"]["bad"]["line"]')" = 3 ]
	[ "$(json 'd["first_divergence"]["good"]["line"]')" = 3 ]
	[ "$(json 'd["first_divergence"]["last_common_bad"]["line"]')" = 2 ]
	[ "$(json 'd["findings"][0]["kind"]')" = value ]
	[ "$(json 'd["findings"][0]["note"]')" = "2.1.0 -> 2.2.0" ]
	[ "$(json 'any(f["kind"] == "new" and f["evidence"][0]["line"] == 12 for f in d["findings"])')" = True ]
	# The same value in a second statement.
	[ "$(json '[f["trigger"] for f in d["findings"] if f["kind"] == "value"]')" = '[None, 1]' ]
	# The lines around the error are part of it: one entry on the screen.
	error=$(json '[f["rank"] for f in d["findings"] if f["evidence"][0]["line"] == 12][0]')
	[ "$(json '{f["trigger"] for f in d["findings"] if f["kind"] == "new" and f["evidence"][0]["line"] in (8, 9, 10)}')" = "{$error}" ]
}

@test "one changed value, seconds before the crash of a server with many threads" {
	run "$INQUEST" diff --json "${server[@]}"
	[ "$status" -eq 1 ]
	[ "$(json 'd["first_divergence"]["bad"]["line"]')" = 71 ]
	[ "$(json 'd["first_divergence"]["good"]["line"]')" = 71 ]
	# Both threads that met the full disk, among the first findings.
	[ "$(json '{1761, 1810} <= {f["evidence"][0]["line"] for f in d["findings"][:5]}')" = True ]
	# A client that left early: also in the second good run, hence no finding.
	[ "$(json 'any(f["evidence"][0]["line"] in (91, 92) and f["kind"] == "new" for f in d["findings"])')" = False ]
}

@test "the number of threads changes no byte, not even in the command" {
	run "$INQUEST" diff --json -v "${ci[@]}"
	want=$output
	[ "$(json 'd["command"]')" = "inquest diff --json -v ${ci[*]}" ]
	for j in -j1 '-j 8' --threads=3 '--threads 2'; do
		# shellcheck disable=SC2086 # one word or two
		run "$INQUEST" diff --json $j -v "${ci[@]}"
		[ "$output" = "$want" ]
	done
}

# next_works: the command of $output's last line runs and shows something
next_works() {
	next=$(printf '%s\n' "$output" | sed -n 's/^Next: inquest //p')
	[ -n "$next" ]
	(cd "$tmp" && eval "\"\$INQUEST\" $next") >"$tmp/shown" 2>"$tmp/err" || { cat "$tmp/err"; return 1; }
	[ -s "$tmp/shown" ]
}

@test "the next command can be pasted: logs without a year, a date, a zone; members of archives" {
	for head in '2024-05-01T10:00:0%d.5+02:00 INFO' 'Jun 20 05:43:4%d node1 app[12]:' '06-20 05:43:4%d.123 I/app ( 12):' \
		'05:43:4%d.5 INFO' '[    %d.25] usb:' '150000000%d.25 INFO' 'step %d:'; do
		# shellcheck disable=SC2059 # the heads are formats
		for i in 1 2 3 4 5 6 7 8 9; do printf "$head ok $i\n" $i; done >"$tmp/g.log"
		sed 's/ok 5/FAILED to open the disk/' "$tmp/g.log" >"$tmp/b.log"
		run bash -c 'cd "$1" && "$INQUEST" diff g.log b.log' - "$tmp"
		next_works
	done
	tar -C "$tmp" -cf "$tmp/b.tar" g.log b.log
	mkdir "$tmp/run" && mv "$tmp/b.tar" "$tmp/run"
	run bash -c 'cd "$1" && "$INQUEST" diff g.log run' - "$tmp"
	[[ "$output" == *"run/b.tar:b.log"* ]]
	next_works
	run bash -c 'cd "$1" && "$INQUEST" diff g.log - <b.log' - "$tmp"
	[[ "$output" != *Next:* ]]
}

@test "a line with a header and no text shows its time only" {
	printf '2024-05-01 10:00:0%d INFO step %d\n' 1 1 2 2 3 3 4 4 >"$tmp/good"
	sed '3s/INFO.*/INFO /' "$tmp/good" >"$tmp/bad"
	run "$INQUEST" diff "$tmp/good" "$tmp/bad"
	[ "$status" -eq 1 ]
	[[ "$output" == *"bad:3    + 10:00:03"* || "$output" == *"bad:3  + 10:00:03"* ]]
	[[ "$output" != *"10:00:03 2024-05-01"* ]]
}

@test "the same log twice: nothing differs" {
	run "$INQUEST" diff demo/server/good.log demo/server/good.log
	[ "$status" -eq 0 ]
	[[ "$output" == *"Nothing differs"* ]]
	run "$INQUEST" diff --lines demo/server/good.log demo/server/good.log
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "only timestamps, pids and addresses differ: nothing differs" {
	for i in 1 2; do
		for k in $(seq 1 200); do
			printf '2024-01-0%d 10:%02d:%02d.%03d INFO [worker-%d] net: connection from 10.0.%d.%d port %d, buffer 0x%x\n' \
				"$i" $((k / 60)) $((k % 60)) $((k * i % 1000)) $((k % 4)) "$i" $((k * i % 250)) \
				$((40000 + k * 7 * i % 200)) $((k * 4096 * i))
		done >"$tmp/$i.log"
	done
	run "$INQUEST" diff "$tmp/1.log" "$tmp/2.log"
	[ "$status" -eq 0 ]
}

@test "text: facts first, the next command last, nothing but text without a terminal" {
	run "$INQUEST" diff "${ci[@]}"
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == good*green.log* ]]
	[[ "$output" == *"First divergence"*"is-promise@2.1.0"*"is-promise@2.2.0"*"What differs"* ]]
	[[ "${lines[-1]}" == "Next: inquest "* ]]
	[[ "$output" != *$'\033'* ]]
	run "$INQUEST" diff --color always "${ci[@]}"
	[[ "$output" == *$'\033['* ]]
}

@test "--lines: file:line of the bad side, each once" {
	run "$INQUEST" diff --lines "${ci[@]}"
	[ "$status" -eq 1 ]
	for l in "${lines[@]}"; do [[ "$l" =~ ^demo/ci/red\.log:[0-9]+$ ]]; done
	[ "$(printf '%s\n' "${lines[@]}" | sort -u | wc -l)" -eq "${#lines[@]}" ]
	[[ "$output" == *"demo/ci/red.log:12"* ]]
}

@test "--vim: places that an error format of vim reads" {
	run "$INQUEST" diff --vim "${ci[@]}"
	[ "$status" -eq 1 ]
	for l in "${lines[@]}"; do [[ "$l" =~ ^demo/ci/(red|green)\.log:[0-9]+:1:\  ]]; done
}

@test "--format github, gitlab, markdown" {
	run "$INQUEST" diff --format github "${ci[@]}"
	[ "$status" -eq 1 ]
	for l in "${lines[@]}"; do [[ "$l" =~ ^::(error|warning)\ file=demo/ci/[a-z.]+,line=[0-9]+,title=.*:: ]]; done
	run "$INQUEST" diff --format gitlab "${ci[@]}"
	[ "$(json 'd[0]["location"]["path"]')" = demo/ci/red.log ]
	[ "$(json 'len({x["fingerprint"] for x in d}) == len(d)')" = True ]
	run "$INQUEST" diff --format markdown "${ci[@]}"
	[[ "${lines[1]}" == "| no | kind |"* ]]
}

@test "the same bytes for any number of threads" {
	for form in --json --lines; do
		"$INQUEST" diff "$form" -j1 "${server[@]}" >"$tmp/1" || true
		"$INQUEST" diff "$form" -j4 "${server[@]}" | sed 's/-j4/-j1/' >"$tmp/4"
		cmp "$tmp/1" "$tmp/4"
	done
}

@test "directories and archives stand for their files" {
	mkdir -p "$tmp/g" "$tmp/b"
	cp demo/ci/green.log "$tmp/g/ci.log"
	cp demo/ci/red.log "$tmp/b/ci.log"
	cp demo/server/good2.log "$tmp/g/server.log"
	cp demo/server/good2.log "$tmp/b/server.log"
	run "$INQUEST" diff --json "$tmp/g" "$tmp/b"
	[ "$status" -eq 1 ]
	[ "$(json '{f["evidence"][0]["file"].rsplit("/", 1)[1] for f in d["findings"]}')" = "{'ci.log'}" ]
	tar -C "$tmp" -czf "$tmp/b.tar.gz" b
	run "$INQUEST" diff --json "$tmp/g" "$tmp/b.tar.gz"
	[ "$status" -eq 1 ]
	[ "$(json 'd["first_divergence"]["bad"]["line"]')" = 3 ]
}

@test "standard input is a log too" {
	run bash -c '"$INQUEST" diff --lines demo/ci/green.log - <demo/ci/red.log'
	[ "$status" -eq 1 ]
	[[ "$output" == *"-:12"* ]]
}

@test "a lost empty side, and wrong usage" {
	: >"$tmp/empty"
	run "$INQUEST" diff "$tmp/empty" demo/ci/red.log
	[ "$status" -eq 1 ]
	run "$INQUEST" diff "$tmp/empty" "$tmp/empty"
	[ "$status" -eq 0 ]
	run "$INQUEST" diff demo/ci/green.log
	[ "$status" -eq 2 ]
	run "$INQUEST" diff a b c
	[ "$status" -eq 2 ]
	run "$INQUEST" diff --json --lines "${ci[@]}"
	[ "$status" -eq 2 ]
	run "$INQUEST" diff "$tmp/nothing" demo/ci/red.log
	[ "$status" -eq 4 ]
	[[ "$output" == *"$tmp/nothing"* ]]
	run "$INQUEST" diff /bin/true demo/ci/red.log
	[ "$status" -eq 3 ]
}

@test "a log that ends early: its end is the divergence" {
	head -n 1000 demo/server/good.log >"$tmp/cut"
	run "$INQUEST" diff --json demo/server/good.log "$tmp/cut"
	[ "$status" -eq 1 ]
	[ "$(json 'd["first_divergence"]["last_common_bad"]["line"]')" = 1000 ]
	[ "$(json 'd["first_divergence"]["good"]["line"]')" = 1001 ]
	[ "$(json 'd["first_divergence"]["bad"]')" = None ]
	: >"$tmp/empty"
	run "$INQUEST" diff --json demo/ci/green.log "$tmp/empty"
	[ "$status" -eq 1 ]
	[ "$(json 'd["first_divergence"]["good"]["line"]')" = 1 ]
}

@test "one event is missing in the middle: the divergence is where it was due" {
	grep -v 'Snapshot loaded' demo/server/good.log >"$tmp/without"
	run "$INQUEST" diff --json demo/server/good.log "$tmp/without"
	[ "$status" -eq 1 ]
	[ "$(json 'd["first_divergence"]["good"]["line"]')" = 73 ]
	[ "$(json 'd["first_divergence"]["last_common_bad"]["line"]')" = 72 ]
	[ "$(json 'd["findings"][0]["kind"], d["findings"][0]["evidence"][0]["line"]')" = "('missing', 73)" ]
}

@test "a traceback is shown with its exception" {
	printf 'test_a ... ok\ntest_b ... ok\n\nOK\n' >"$tmp/good"
	printf 'test_a ... ok\ntest_b ... FAIL\n\nTraceback (most recent call last):\n  File "t.py", line 4, in test_b\n    self.assertEqual(3, 2)\nAssertionError: 3 != 2\n\nFAILED\n' >"$tmp/bad"
	run "$INQUEST" diff "$tmp/good" "$tmp/bad"
	[ "$status" -eq 1 ]
	[[ "$output" == *"Traceback (most recent call last): / AssertionError: 3 != 2"* ]]
}

# curves NAME FACTOR FROM SEED: a loss of 400 steps, times FACTOR from a step on.
curves() {
	awk -v factor="$2" -v from="$3" -v seed="$4" 'BEGIN { srand(seed); print "step,loss,lr"
		for (t = 0; t < 400; t++) { n = 0; for (k = 0; k < 12; k++) n += rand()
			printf "%d,%.6f,0.1\n", t, (.2 + 2 / (1 + t / 20)) * exp(.1 * (n - 6)) * (t < from ? 1 : factor) } }' >"$tmp/$1.csv"
}

@test "curves: where one leaves the band of the good ones" {
	for i in 1 2 3 4; do curves good$i 1 0 $i; done
	curves bad 1.3 200 9
	curves same 1 0 8
	run "$INQUEST" diff --json --good "$tmp"/good?.csv --bad "$tmp/bad.csv"
	[ "$status" -eq 1 ]
	[ "$(json 'd["schema"], d["metric"], d["verdict"], d["runs"], d["steps"], len(d["good"])')" = "('inquest.curve/1', 'loss', 'departs', 4, 400, 4)" ]
	[ "$(json '190 <= d["first_departure"]["step"] <= 210, d["first_departure"]["direction"], 1.2 < d["first_departure"]["effect"] < 1.4')" = "(True, 'above', True)" ]
	[ "$(json 'd["first_departure"]["interval"][0] <= d["first_departure"]["step"] <= d["first_departure"]["interval"][1]')" = True ]
	[ "$(json '[(m["metric"], m["verdict"]) for m in d["metrics"]]')" = "[('loss', 'departs'), ('lr', 'equal')]" ]
	run "$INQUEST" diff --good "$tmp"/good?.csv --bad "$tmp/bad.csv"
	[ "$status" -eq 1 ]
	[[ "$output" == *"leaves the band of the 4 good runs, upwards, at step "*"to the end"* ]]
	run "$INQUEST" diff --good "$tmp"/good?.csv "$tmp/same.csv"
	[ "$status" -eq 0 ]
	[[ "$output" == *"stays within the band of the 4 good runs"* ]]
}

@test "curves: a twin tells the step exactly, two runs tell nothing" {
	curves good 1 0 7
	curves bad 1.001 250 7
	run "$INQUEST" diff --json "$tmp/good.csv" "$tmp/bad.csv"
	[ "$status" -eq 1 ]
	[ "$(json 'd["verdict"], d["first_unequal"]["step"], d["first_unequal"]["last_equal"], d["first_departure"]["interval"]')" = "('parts', 250, 249, [250, 250])" ]
	curves other 1 0 8
	run "$INQUEST" diff "$tmp/other.csv" "$tmp/bad.csv"
	[ "$status" -eq 5 ] # the learning rate is the same, the loss is not decided
	sed -i 's/,0.1$//; s/,lr$//' "$tmp"/*.csv
	run "$INQUEST" diff "$tmp/other.csv" "$tmp/bad.csv"
	[ "$status" -eq 5 ]
	[[ "$output" == *"only 3 good runs can tell"* ]]
	run "$INQUEST" diff --metric nothing "$tmp/other.csv" "$tmp/bad.csv"
	[ "$status" -eq 3 ]
	[[ "$output" == *"no series 'nothing'; it has: loss"* ]]
	run "$INQUEST" diff --metric loss "$tmp/other.csv" demo/ci/red.log
	[ "$status" -eq 3 ]
	run "$INQUEST" diff --metric loss --good "$tmp/other.csv" --bad "$tmp/bad.csv" "$tmp/good.csv"
	[ "$status" -eq 5 ]
	[[ "$output" == *"0 of 2 depart (there is no band of good runs: 3 would make one)"* ]]
}

@test "curves: a training that hardly began, and one that did not" {
	for i in 1 2 3 4; do curves good$i 1 0 $i; done
	curves bad 1.3 0 9
	for lines in 2 5; do # one step, four steps
		head -n "$lines" "$tmp/bad.csv" >"$tmp/short.csv"
		run "$INQUEST" diff --metric loss --good "$tmp"/good?.csv --bad "$tmp/short.csv"
		[ "$status" -eq 5 ] || [ "$status" -eq 1 ]
		[[ "$output" != *"stays within"* ]]
	done
	head -n 2 "$tmp/bad.csv" >"$tmp/short.csv"
	run "$INQUEST" diff --json --metric loss --good "$tmp"/good?.csv --bad "$tmp/short.csv"
	[ "$status" -eq 5 ]
	[ "$(json 'd["verdict"]')" = unknown ]
	head -n 1 "$tmp/bad.csv" >"$tmp/head.csv"
	: >"$tmp/nothing.csv"
	for f in head nothing; do
		run "$INQUEST" diff --good "$tmp"/good?.csv --bad "$tmp/$f.csv"
		[ "$status" -eq 3 ]
		[[ "$output" == *"$f.csv: no curve in it"* ]]
	done
}

@test "curves: several bad ones, each judged, together or not" {
	for i in 1 2 3 4; do curves good$i 1 0 $i; done
	curves bad1 1.5 200 9
	curves bad2 1.5 200 10
	curves late 1.5 300 11
	curves same 1 0 8
	bad=("$tmp/same.csv" "$tmp/late.csv" "$tmp/bad1.csv" "$tmp/bad2.csv")
	run "$INQUEST" diff --json --good "$tmp"/good?.csv --bad "${bad[@]}"
	[ "$status" -eq 1 ]
	[ "$(json '[(r["run"][-8:-4], r["verdict"], r["metric"]) for r in d["bad_runs"]]')" = "[('same', 'within', 'loss'), ('late', 'departs', 'loss'), ('bad1', 'departs', 'loss'), ('bad2', 'departs', 'loss')]" ]
	[ "$(json 'd["together"]["runs"], d["together"]["depart"], d["together"]["interval"], d["together"]["last"] >= 290 > 210 > d["together"]["first"]')" = "(4, 3, None, True)" ]
	[ "$(json 'd["bad"]["name"][-8:-5] == "bad", d["verdict"], len(d["metrics"])')" = "(True, 'departs', 8)" ]
	run "$INQUEST" diff --svg "$tmp/plot.svg" --good "$tmp"/good?.csv --bad "${bad[@]}"
	[[ "$output" == *"loss of 4 bad runs: 3 of 4 depart, not together: the first at "*"same.csv: stays within"*"4 bad 4"* ]]
	grep -q "loss of 4 bad runs" "$tmp/plot.svg"
	run "$INQUEST" diff --json --good "$tmp"/good?.csv --bad "$tmp/bad1.csv" "$tmp/bad2.csv"
	[ "$(json 'len(d["together"]["interval"])')" = 2 ]
	run "$INQUEST" diff --good "$tmp"/good?.csv --bad "$tmp/same.csv" "$tmp/good1.csv"
	[ "$status" -eq 0 ]
	printf 'step,other\n1,2\n2,3\n' >"$tmp/none.csv"
	run "$INQUEST" diff --good "$tmp"/good?.csv --bad "$tmp/bad1.csv" "$tmp/none.csv"
	[ "$status" -eq 3 ]
	[[ "$output" == *"none.csv: the good runs have none of its series: other"* ]]
	many=()
	for i in $(seq 20); do cp "$tmp/bad1.csv" "$tmp/many$i.csv"; many+=("$tmp/many$i.csv"); done
	run "$INQUEST" diff --good "$tmp"/good?.csv --bad "${many[@]}"
	[[ "$output" == *"20 of 20 depart, together"*"8 more: -v shows them"* ]]
	[ "${#lines[@]}" -le 50 ]
}

@test "curves: compressed ones, CSV and JSON lines" {
	for i in 1 2 3; do curves good$i 1 0 $i; done
	curves bad 1.5 200 9
	run "$INQUEST" diff --json --good "$tmp"/good?.csv --bad "$tmp/bad.csv"
	want=$(json 'd["first_departure"]')
	python3 - "$tmp" <<'EOF'
import bz2, csv, gzip, json, lzma, sys
for name, pack in (("good1", gzip), ("good2", lzma), ("good3", bz2), ("bad", gzip)):
    text = open(f"{sys.argv[1]}/{name}.csv").read()
    rows = "".join(json.dumps({k: float(v) for k, v in r.items()}) + "\n" for r in csv.DictReader(text.splitlines()))
    for ext, data in (("csv", text), ("jsonl", rows)):
        open(f"{sys.argv[1]}/{name}.{ext}.packed", "wb").write(pack.compress(data.encode()))
EOF
	for ext in csv jsonl; do
		run "$INQUEST" diff --json --good "$tmp"/good?.$ext.packed --bad "$tmp/bad.$ext.packed"
		[ "$status" -eq 1 ]
		[ "$(json 'd["first_departure"]')" = "$want" ]
	done
	head -c 100 "$tmp/bad.csv.packed" >"$tmp/cut" # what is damaged is no curve but a log that cannot be read
	run "$INQUEST" diff --metric loss --good "$tmp"/good?.csv.packed --bad "$tmp/cut"
	[ "$status" -ne 1 ]
	(cd "$tmp" && tar czf two.tar.gz good1.csv good2.csv)
	run "$INQUEST" diff --metric loss "$tmp/two.tar.gz" "$tmp/bad.csv"
	[ "$status" -eq 3 ]
	[[ "$output" == *"an archive of 2 files"* ]]
}

@test "runs: what differs, and what cannot be told" {
	cd "$tmp" && mkdir runs && cd runs
	for i in 1 2 3 4 5; do
		"$INQUEST" run -q --name a --set rate=$i.5 --set mode=fast -- true
		"$INQUEST" run -q --name b --set rate=2$i.5 --set mode=slow -- true
	done
	run "$INQUEST" diff --json a b
	[ "$(json 'd["schema"], len(d["good"]), len(d["bad"]), d["order_confounded"]')" = "('inquest.rundiff/1', 5, 5, False)" ]
	[ "$(json '[(r["section"], r["verdict"], r["good"]["common"], r["bad"]["common"], r["separate"]) for r in d["rows"] if r["name"] == "mode"]')" = "[('setting', 'differs', 'fast', 'slow', True)]" ]
	[ "$(json '[(r["section"], r["verdict"], r["effect_is"], r["p"] < .01) for r in d["rows"] if r["name"] == "rate"]')" = "[('number', 'differs', 'ratio', True)]" ]
	run "$INQUEST" diff a b
	[[ "$output" == *"mode"*"fast"*"slow"* ]]
	run "$INQUEST" diff --metric rate 'name == "a"' b
	[ "$status" -eq 0 ]
	run "$INQUEST" diff a a
	[ "$status" -eq 2 ]
	[[ "$output" == *"is on both sides"* ]]
	run "$INQUEST" diff a nothing
	[ "$status" -eq 4 ]
	[[ "$output" == *"'nothing' is no file, and no run has that id or name"* ]]
	run "$INQUEST" diff a 'rate > 1e9'
	[ "$status" -eq 4 ]
	[[ "$output" == *"no run satisfies 'rate > 1e9'"* ]]
	run "$INQUEST" diff --metric nothing a b
	[ "$status" -eq 4 ]
	run "$INQUEST" diff --within x a b
	[ "$status" -eq 2 ]
	id=$("$INQUEST" runs --csv 2>/dev/null | sed -n 2p | cut -d, -f1)
	run "$INQUEST" diff --metric run.wall "${id:0:8}" b
	[ "$status" -eq 5 ]
	[[ "$output" == *"not enough runs"* ]]
}

@test "curves: the plot as SVG, whatever the names" {
	for i in 1 2 3; do curves good$i 1 0 $i; done
	curves bad 1.5 200 9
	name="$tmp/a<script>&\"$(printf '\033[31m\001\377').csv"
	mv "$tmp/bad.csv" "$name"
	run "$INQUEST" diff --svg "$tmp/plot.svg" --good "$tmp"/good?.csv --bad "$name"
	[ "$status" -eq 1 ]
	python3 - "$tmp/plot.svg" <<-'END'
		import sys
		import xml.etree.ElementTree as ET
		tree = ET.parse(sys.argv[1])
		tags = [e.tag.split('}')[1] for e in tree.iter()]
		kinds = [e.get('class', '').split(' ')[0] for e in tree.iter()]
		assert 'script' not in tags and kinds.count('line') == 4 and kinds.count('band') == 2, kinds
		assert 'a<script>&"' in next(e.text for e in tree.iter() if e.tag.endswith('title'))
	END
	run "$INQUEST" diff --svg "$tmp/none/plot.svg" --good "$tmp"/good?.csv --bad "$name"
	[ "$status" -eq 4 ]
}

@test "files of settings: their keys, whatever the order" {
	printf '{"server": {"port": 80, "host": "a"}, "debug": false, "list": [1, 2]}\n' >"$tmp/a.json"
	printf '{"debug": true, "list": [1, 2], "server": {"host": "a", "port": 81}}\n' >"$tmp/b.json"
	run "$INQUEST" diff "$tmp/a.json" "$tmp/b.json"
	[ "$status" -eq 1 ]
	[[ "$output" == *"server.port"*80*81* ]]
	[[ "$output" == *"debug"*false*true* ]]
	[[ "$output" != *"server.host"* ]]
	run "$INQUEST" diff --json "$tmp/a.json" "$tmp/b.json"
	[ "$(json 'sorted((r["name"], r["section"]) for r in d["rows"])')" = "[('debug', 'setting'), ('server.port', 'setting')]" ]
	run "$INQUEST" diff "$tmp/a.json" "$tmp/a.json"
	[ "$status" -eq 0 ]
	printf 'LANG=C\nA=1\n' >"$tmp/a.env"
	printf 'A=1\nLANG=de_DE\nB=2\n' >"$tmp/b.env"
	run "$INQUEST" diff "$tmp/a.env" "$tmp/b.env"
	[ "$status" -eq 1 ]
	[[ "$output" == *LANG*C*de_DE* ]]
}
