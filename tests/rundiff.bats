#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# inquest diff of recorded runs from outside: their logs, the code between their commits, captures of
# environments, several curves, bad input.

setup() {
	top=$TOP
	tmp=$BATS_TEST_TMPDIR
	mkdir "$tmp/w" && cd "$tmp/w" || exit 1
	git init -q .
	export INQUEST_STORE=$tmp/w/.inquest/store.db
}

# json EXPR: EXPR of the document d in $output
json() {
	python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" <<<"$output"
}

add_server() {
	"$INQUEST" add --as good --name good1 "$top/demo/server/good.log" >/dev/null
	"$INQUEST" add --as good --name good2 "$top/demo/server/good2.log" >/dev/null
	"$INQUEST" add --as bad --name bad1 "$top/demo/server/bad.log" >/dev/null
}

@test "logs of recorded runs: the same findings as of the files" {
	add_server
	id=$("$INQUEST" runs --csv --where 'name == bad1' 2>/dev/null | sed -n 2p | cut -d, -f1)
	run "$INQUEST" diff --json --good "$top"/demo/server/good*.log --bad "$top/demo/server/bad.log"
	files=$(json '[(f["kind"], f["text"], f["note"], f["evidence"][0]["line"]) for f in d["findings"]], d["first_divergence"]["bad"]["line"]')
	run "$INQUEST" diff --json good bad
	[ "$status" -eq 1 ]
	[ "$(json 'd["logs"]["diff"]["schema"]')" = inquest.diff/1 ]
	[ "$(json '[(f["kind"], f["text"], f["note"], f["evidence"][0]["line"]) for f in d["logs"]["diff"]["findings"]], d["logs"]["diff"]["first_divergence"]["bad"]["line"]')" = "$files" ]
	[ "$(json 'd["logs"]["diff"]["first_divergence"]["bad"]["file"]')" = "$id:bad.log" ]
	[ "$(json 'sorted((r["side"], r["state"], r["logs"]) for r in d["logs"]["runs"])')" = "[('bad', 'read', 1), ('good', 'read', 1), ('good', 'read', 1)]" ]
	[ "$(json 'd["logs"]["new_errors"] >= 3')" = True ]
	run "$INQUEST" diff good bad
	[ "$status" -eq 1 ] # though no metric is worse
	[[ "$output" == *"What their logs say"*"$id:bad.log:71"*CHECKED*"new     $id:bad.log:1761"*"All: inquest diff --logs --good good --bad bad"* ]]
	[ "${#lines[@]}" -le 50 ]
	run "$INQUEST" diff --logs good bad
	[ "$status" -eq 1 ]
	[[ "$output" == *"First divergence"*"$id:bad.log:71"*"Back from the symptom"* ]]
	run "$INQUEST" diff --logs --lines good bad
	[ "${lines[0]}" = "$id:bad.log:1761" ]
	run "$INQUEST" diff --metric log.lines good bad # asked for one variable: logs are not read
	[[ "$output" != *"What their logs say"* ]]
	run "$INQUEST" diff --logs --metric x good bad
	[ "$status" -eq 2 ]
	run "$INQUEST" diff --logs "$top/demo/ci/green.log" "$top/demo/ci/red.log"
	[ "$status" -ne 0 ]
}

@test "logs of recorded runs: what varies from run to run is no finding" {
	for run in a1 a2 b; do
		seq 1 200 | sed "s/^/INFO request of session $run done, number /" >$run.log
		"$INQUEST" add --name $run $run.log >/dev/null
	done
	run "$INQUEST" diff --logs --good a1 a2 --bad b
	[ "$status" -eq 0 ]
	[[ "$output" == *"Nothing differs"* ]]
	run "$INQUEST" diff --good a1 a2 --bad b
	[ "$status" -eq 0 ]
	[[ "$output" == *"nothing differs beyond what varies"* ]]
}

@test "logs of recorded runs: a warning or fewer lines alone are no reason to fail" {
	seq 1 200 | sed 's/^/INFO request done in ms: /' >a.log
	(cat a.log; echo "INFO closing down the listener") >b.log
	"$INQUEST" add --as good --name a a.log >/dev/null
	"$INQUEST" add --as bad --name b b.log >/dev/null
	run "$INQUEST" diff --json a b
	[ "$status" -eq 0 ]
	[ "$(json 'len(d["logs"]["diff"]["findings"]) > 0, d["logs"]["new_errors"]')" = "(True, 0)" ]
}

@test "logs of recorded runs: none, elsewhere, too many, of stdout and stderr" {
	"$INQUEST" run -q --name a -- true
	"$INQUEST" run -q --name b --set x=1 -- true
	run "$INQUEST" diff a b # nothing was written: nothing to say
	[[ "$output" != *"What their logs say"* ]]
	run "$INQUEST" diff --json a b
	[ "$(json '[r["state"] for r in d["logs"]["runs"]], d["logs"]["diff"]')" = "(['none', 'none'], None)" ]
	run "$INQUEST" diff --logs a b
	[ "$status" -eq 4 ]
	[[ "$output" == *"of the good runs no log is kept on this machine"* ]]
	for i in 1 2 3 4 5 6 7 8 9 10; do
		"$INQUEST" run -q --name many --set i=$i -- sh -c 'echo starting; echo "loaded 7 modules" >&2; echo done'
	done
	"$INQUEST" run -q --name broken -- sh -c 'echo starting; echo "ERROR: cannot load module: no such file" >&2' || true
	run "$INQUEST" diff many broken
	[ "$status" -eq 1 ]
	[[ "$output" == *"2 of 10 good runs not read, to be quick"*":stderr:1"*"cannot load module"* ]]
	run "$INQUEST" diff --json many broken
	[ "$(json '[sum(r["state"] == s for r in d["logs"]["runs"]) for s in ("read", "left out")]')" = "[9, 2]" ]
	run "$INQUEST" diff --json --logs many broken
	[ "$(json 'd["findings"][0]["good_count"]')" = 0 ]
	rm -rf .inquest/evidence
	run "$INQUEST" diff many broken
	[[ "$output" == *"10 of 10 good runs with logs that are not on this machine"* ]]
}
