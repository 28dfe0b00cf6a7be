#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# inquest history from outside: on files, and on a store that the test's helper makes.

setup() {
	dir=$(mktemp -d)
	cd "$dir" || exit 1
	unset INQUEST_STORE XDG_CONFIG_HOME
	export HOME=$dir LC_ALL=C
}

teardown() {
	rm -rf "$dir"
}

# noisy N AT FACTOR: index,time,ref; a few percent of noise, a step of time at AT; ref is quiet.
noisy() {
	awk -v n="$1" -v at="$2" -v f="$3" 'function noise() { s = (s * 16807) % 2147483647; return s / 2147483647 - .5 }
		BEGIN { s = 42; print "index,time,ref"
		for (i = 0; i < n; i++) printf "%d,%.6f,%.6f\n", i, 100 * (i >= at ? f : 1) * (1 + .06 * noise()), 50 * (1 + .02 * noise()) }'
}

get() { # KEY of the JSON in $output
	python3 -c 'import json, sys; d = json.loads(sys.argv[1]); print(eval("d" + sys.argv[2]))' "$output" "$1"
}

@test "a step in a file: where, how much, exit status 1" {
	noisy 120 70 1.2 >a.csv
	run "$INQUEST" history --file a.csv --value time --json
	[ "$status" -eq 1 ]
	[ "$(get "['schema']")" = inquest.history/1 ]
	[ "$(get "['changes'][0]['index']")" = 70 ]
	[ "$(get "['changes'].__len__()")" = 1 ]
	[ "$(get "['changes'][0]['from'] <= 70 <= d['changes'][0]['to']")" = True ]
	[ "$(get "['changes'][0]['low'] < 1.2 < d['changes'][0]['high']")" = True ]
	[ "$(get "['changes'][0]['ratio'] == d['changes'][0]['after'] / d['changes'][0]['before'] or abs(d['changes'][0]['ratio'] - 1.2) < .02")" = True ]
	run "$INQUEST" history --file a.csv --value time
	[ "$status" -eq 1 ]
	[[ "$output" == *"history of time, a.csv: 120 values"* ]]
	[[ "$output" == *"  1  "*" %)  at 70"* ]]
	[[ "$output" == *"^"* ]]
	# stars without UTF-8, braille with
	[[ "$output" == *"*"* && "$output" != *$'\xe2\xa0'* ]]
	LC_ALL=C.UTF-8 run "$INQUEST" history --file a.csv --value time
	[[ "$output" == *$'\xe2\xa0'* && "$output" != *"*"* ]]
}

@test "no change: exit status 0; the same bytes each time" {
	noisy 200 999 1 >a.csv
	run "$INQUEST" history --file a.csv --value time
	[ "$status" -eq 0 ]
	[[ "$output" == *"No change"* ]]
	"$INQUEST" history --file a.csv --value time --json >one
	"$INQUEST" history --file a.csv --value time --json >two
	cmp one two
}

@test "too few values: exit status 5, and how many are wanted" {
	noisy 13 6 2 >a.csv
	run "$INQUEST" history --file a.csv --value time
	[ "$status" -eq 5 ]
	[[ "$output" == *"Not enough: 13 values can be used, 14 are the fewest that can tell"* ]]
	run "$INQUEST" history --file a.csv --value time --json
	[ "$status" -eq 5 ]
	[ "$(get "['enough']")" = False ]
	printf 'time\n' >none.csv
	run "$INQUEST" history --file none.csv
	[ "$status" -eq 5 ]
	printf 'time\n5\n' >one.csv
	run "$INQUEST" history --file one.csv
	[ "$status" -eq 5 ]
	[[ "$output" == *"1 value"* ]]
}

@test "a reference takes the machine's changes away, and they are told" {
	noisy 150 90 1.2 | awk -F, -v OFS=, 'NR > 1 && $1 >= 40 { $2 *= 1.5; $3 *= 1.5 } { print }' >a.csv
	run "$INQUEST" history --file a.csv --value time --json
	[ "$(get "['changes'].__len__()")" = 2 ]
	run "$INQUEST" history --file a.csv --value time --reference ref --json
	[ "$status" -eq 1 ]
	[ "$(get "['changes'].__len__()")" = 1 ]
	[ "$(get "['changes'][0]['index']")" = 90 ]
	[ "$(get "['changes'][0]['machine']")" = False ]
	[ "$(get "['machine'][0]['index']")" = 40 ]
	run "$INQUEST" history --file a.csv --value time --reference ref
	[[ "$output" == *"The machine itself changed (by the reference) at 40 (+50."* ]]
}

@test "stdin, semicolons, tabs, JSON lines, no header, gzip: the same" {
	noisy 100 60 1.3 >a.csv
	"$INQUEST" history --file a.csv --value time --json | sed 's/"source":"[^"]*"/S/' >want || true
	[ -s want ]
	check() { # FILE [OPTIONS]
		"$INQUEST" history --file "$@" --json | sed 's/"source":"[^"]*"/S/' >got || true
		cmp want got
	}
	"$INQUEST" history --file - --value time --json <a.csv | sed 's/"source":"[^"]*"/S/' >got || true
	cmp want got
	tr , ';' <a.csv >a.txt; check a.txt --value time
	tr , '\t' <a.csv >a.tsv; check a.tsv --value time
	gzip -k a.csv; check a.csv.gz --value time
	awk -F, 'NR > 1 { printf "{\"index\": %s, \"time\": %s}\n", $1, $2 }' a.csv >a.jsonl; check a.jsonl --value time
	sed 's/"metric":"time"/"metric":"2"/' want >want2; mv want2 want
	sed 1d a.csv >b.csv; check b.csv --value 2
	awk -F, 'NR > 1 { printf "{\"x\": {\"time\": %s}}\n", $2 }' a.csv >n.jsonl
	run "$INQUEST" history --file n.jsonl --value x.time --json
	[ "$(get "['changes'][0]['index']")" = 60 ]
	# the only column needs no name
	cut -d, -f2 b.csv >c.csv
	run "$INQUEST" history --file c.csv --json
	[ "$(get "['changes'][0]['index']")" = 60 ]
}

@test "rows are sorted by --step, equal ones stay in order; --label names them" {
	noisy 80 50 1.3 | awk -F, 'NR == 1 { print "when,time,who" } NR > 1 { printf "%d,%s,c%d\n", $1 * 10, $2, $1 }' >a.csv
	(head -1 a.csv; sed 1d a.csv | sort -t, -k2) >b.csv
	run "$INQUEST" history --file b.csv --value time --step when --label who --json
	[ "$status" -eq 1 ]
	[ "$(get "['changes'][0]['index']")" = 50 ]
	[ "$(get "['changes'][0]['step']")" = 500.0 ] || [ "$(get "['changes'][0]['step']")" = 500 ]
	[ "$(get "['changes'][0]['labels']['before'] == 'c%d' % (d['changes'][0]['from'] - 1)")" = True ]
	run "$INQUEST" history --file b.csv --value time --step when --label who
	[[ "$output" == *", step 500, after c"*", up to c"* ]]
	sed 's/^500,/x,/' b.csv >c.csv
	run "$INQUEST" history --file c.csv --value time --step when
	[ "$status" -eq 3 ]
	sed 's/^500,/,/' b.csv >c.csv
	run "$INQUEST" history --file c.csv --value time --step when
	[ "$status" -eq 3 ]
	[[ "$output" == *"no step in 'when'"* ]]
	sed 's/^5[0-9]0,/500,/' a.csv >d.csv
	run "$INQUEST" history --file d.csv --value time --step when --json
	[ "$(get "['changes'][0]['index']")" = 50 ]
}

@test "missing, nan, infinite and zero values" {
	noisy 120 70 1.3 | awk -F, -v OFS=, '$1 == 5 { $2 = "" } $1 == 6 { $2 = "nan" } $1 == 7 { $2 = "inf" } $1 == 8 { $2 = "NA" } { print }' >a.csv
	run "$INQUEST" history --file a.csv --value time --json
	[ "$status" -eq 1 ]
	[ "$(get "['left_out']")" = 4 ]
	[ "$(get "['changes'][0]['index']")" = 70 ]
	run "$INQUEST" history --file a.csv --value time
	[[ "$output" == *"4 left out (no finite number)"* ]]
	# with a value that has no logarithm there are no ratios
	sed 's/^9,[^,]*/9,0/' a.csv >b.csv
	run "$INQUEST" history --file b.csv --value time --json
	[ "$(get "['logs']")" = False ]
	[ "$(get "['changes'][0]['index']")" = 70 ]
	[ "$(get "['changes'][0]['ratio']")" = None ]
	sed 's/^\(9,[^,]*\),.*/\1,0/' a.csv >c.csv
	run "$INQUEST" history --file c.csv --value time --reference ref
	[ "$status" -eq 3 ]
	[[ "$output" == *"value 9 of the reference is 0: it must be above 0"* ]]
	yes 7 | head -500 >constant.csv
	run "$INQUEST" history --file constant.csv
	[ "$status" -eq 0 ]
}

@test "what is wrong is said with its place" {
	noisy 20 10 2 >a.csv
	: >empty.csv
	run "$INQUEST" history --file empty.csv --value time
	[ "$status" -eq 3 ]
	[[ "$output" == *"empty.csv: it is empty"* ]]
	run "$INQUEST" history --file a.csv
	[ "$status" -eq 2 ]
	[[ "$output" == *"--value must say which column: index, time, ref"* ]]
	run "$INQUEST" history --file a.csv --value tim
	[ "$status" -eq 2 ]
	[[ "$output" == *"no column 'tim'; there are: index, time, ref"* ]]
	sed 's/^7,[^,]*/7,fast/' a.csv >b.csv
	run "$INQUEST" history --file b.csv --value time
	[ "$status" -eq 3 ]
	[[ "$output" == *"b.csv: line 9: 'fast' in 'time' is no number"* ]]
	printf '{"time": 1}\n{"time": "x"}\n' >c.jsonl
	run "$INQUEST" history --file c.jsonl --value time
	[ "$status" -eq 3 ]
	[[ "$output" == *"c.jsonl: line 2: 'time' is no number"* ]]
	printf '{"time": 1}\n[1]\n' >d.jsonl
	run "$INQUEST" history --file d.jsonl --value time
	[ "$status" -eq 3 ]
	[[ "$output" == *"line 2: not a JSON object"* ]]
	run "$INQUEST" history --file c.jsonl --value tim
	[ "$status" -eq 2 ]
	run "$INQUEST" history --file nosuch.csv --value time
	[ "$status" -eq 4 ]
	for wrong in "--file a.csv time" "" "a b" "x --value time" "--file a.csv --value time --where x" \
		"--file a.csv --value time --min-effect -1" "--file a.csv --value time --min-sd x" "x --restore --json"; do
		run "$INQUEST" history $wrong
		[ "$status" -eq 2 ]
	done
}

@test "names from the file cannot harm the terminal or the JSON" {
	printf '"a\033[31m""b"\n' >a.csv
	for i in $(seq 1 40); do echo $((100 + i % 3)); done >>a.csv
	run "$INQUEST" history --file a.csv --json
	[ "$status" -eq 0 ]
	[ "$(get "['metric']")" = $'a\033[31m"b' ]
	run "$INQUEST" history --file a.csv
	[ "$status" -eq 0 ]
	[[ "$output" != *$'\033'* ]]
}

@test "the smallest effect can be chosen" {
	noisy 300 150 1.03 >a.csv
	run "$INQUEST" history --file a.csv --value time --json
	[ "$status" -eq 1 ]
	run "$INQUEST" history --file a.csv --value time --min-effect 5%
	[ "$status" -eq 0 ]
	run "$INQUEST" history --file a.csv --value time --min-sd 9
	[ "$status" -eq 0 ]
}

@test "a trend that bends" {
	awk 'function noise() { s = (s * 16807) % 2147483647; return s / 2147483647 - .5 }
		BEGIN { s = 42; for (i = 0; i < 200; i++) print 100 + (i < 120 ? i : 120 + 4 * (i - 120)) + noise() }' >a.csv
	run "$INQUEST" history --file a.csv --json
	[ "$status" -eq 1 ]
	[ "$(get "['model']")" = trend ]
	[ "$(get "['changes'].__len__()")" = 1 ]
	[ "$(get "['changes'][0]['from'] <= 121 and d['changes'][0]['to'] >= 119")" = True ]
	run "$INQUEST" history --file a.csv
	[[ "$output" == *"growth a step"* ]]
	run "$INQUEST" history --file a.csv --model level --json
	[ "$(get "['model']")" = level ]
}

# ---- stored runs ----

# runs AT: 60 lines for make_history, the step and a new compiler at AT.
runs() {
	noisy 60 "$1" 1.3 | awk -F, -v at="$1" 'NR > 1 { print "-", 1700000000 + $1 * 60, $2, $3, ($1 < at ? "gcc-12" : "gcc-13") }'
}

@test "stored runs: the runs on either side, and what else changed there" {
	mkdir -p .git .inquest
	runs 35 | "$MAKE_HISTORY" .inquest/store.db
	run "$INQUEST" history bench.time --json
	[ "$status" -eq 1 ]
	[ "$(get "['changes'][0]['index']")" = 35 ]
	[ "$(get "['reference']")" = bench.time.reference ]
	[ "$(get "['order']")" = time ]
	[ "$(get "['changes'][0]['covariates']")" = "[{'name': 'compiler', 'before': 'gcc-12', 'after': 'gcc-13'}]" ]
	[[ "$(get "['changes'][0]['runs']['before']")" == r-* ]]
	run "$INQUEST" history bench.time
	[ "$status" -eq 1 ]
	[[ "$output" == *"compiler: gcc-12 -> gcc-13"* ]]
	[[ "$output" == *"Next: inquest history bench.time --restore"* ]]
	run "$INQUEST" history bench.time --restore
	[ "$status" -eq 1 ]
	[[ "$output" == *"The last run before it changed: r-"* ]]
	[[ "$output" == *"  make bench"* ]]
	run "$INQUEST" history bench.time --where 'compiler == gcc-13'
	[ "$status" -eq 0 ]
	run "$INQUEST" history nosuch
	[ "$status" -eq 2 ]
	[[ "$output" == *"no run has a variable 'nosuch'"* ]]
	run "$INQUEST" history bench.time --reference nosuch
	[ "$status" -eq 2 ]
	run "$INQUEST" history compiler
	[ "$status" -eq 5 ]
}

@test "stored runs: faster is no loss to restore" {
	mkdir -p .git .inquest
	noisy 60 30 0.7 | awk -F, 'NR > 1 { print "-", 1700000000 + $1, $2, "-", "gcc" }' | "$MAKE_HISTORY" .inquest/store.db
	run "$INQUEST" history bench.time --json
	[ "$status" -eq 1 ]
	[ "$(get "['reference']")" = None ]
	run "$INQUEST" history bench.time --restore
	[[ "$output" == *"Nothing to restore"* ]]
}

@test "stored runs are in the order of their commits, whenever they ran" {
	git init -q repo && cd repo && git config user.name a && git config user.email a@example.org
	for i in $(seq 0 29); do git commit -q --allow-empty -m "c$i"; done
	mkdir .inquest
	# the newest commits were measured first
	noisy 30 18 1.4 | sed 1d >values
	git rev-list --reverse HEAD | paste -d, - values | awk -F, '{ print $1, 1700000000 - $2, $3, "-", "gcc" }' |
		sort -k2n | "$MAKE_HISTORY" .inquest/store.db
	run "$INQUEST" history bench.time --json
	[ "$status" -eq 1 ]
	[ "$(get "['order']")" = commit ]
	[ "$(get "['changes'][0]['index']")" = 18 ]
	[ "$(get "['changes'][0]['ratio'] > 1")" = True ]
	before=$(get "['changes'][0]['commits']['before']")
	[ "$before" = "$(git rev-list --reverse HEAD | sed -n "$(get "['changes'][0]['from']")p")" ]
	run "$INQUEST" history bench.time
	[[ "$output" == *"in the order of commits"*", commits ${before:0:10}.."* ]]
	run "$INQUEST" history bench.time --restore
	[[ "$output" == *"  git checkout $before"* ]]
	# elsewhere, without the repository, by time
	mkdir -p ../away/.inquest && cp .inquest/store.db ../away/.inquest && cd ../away
	run "$INQUEST" history bench.time --json
	[ "$(get "['order']")" = time ]
	[ "$(get "['changes'][0]['ratio'] < 1")" = True ]
}
