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

@test "logs of recorded runs: what a test program printed is one, a report for machines is none" {
	printf 'TAP version 13\n1..2\nok 1 - a\nok 2 - b\n' >good.tap
	printf 'TAP version 13\n1..2\nok 1 - a\n# cannot open file: /x/y\nnot ok 2 - b\n' >bad.tap
	printf '<testsuite name="s"><testcase name="a"/></testsuite>\n' >junit.xml
	"$INQUEST" add --as good --name g good.tap junit.xml >/dev/null
	"$INQUEST" add --as bad --name b bad.tap >/dev/null
	run "$INQUEST" diff --json good bad
	[ "$status" -eq 1 ]
	[ "$(json 'sorted((r["side"], r["state"], r["logs"]) for r in d["logs"]["runs"])')" = "[('bad', 'read', 1), ('good', 'read', 1)]" ]
	[ "$(json '[f["evidence"][0]["file"][19:] for f in d["logs"]["diff"]["findings"] if "cannot open" in f["text"]]')" = "['bad.tap']" ]
}

@test "logs of recorded runs: output that is no text" {
	"$INQUEST" run -q --name a -- head -c 3000 "$(command -v cat)" >/dev/null
	"$INQUEST" run -q --name b -- sh -c 'echo starting' >/dev/null
	run "$INQUEST" diff --json a b
	[ "$(json '[(r["side"], r["state"]) for r in d["logs"]["runs"]], d["logs"]["diff"]')" = "([('good', 'none'), ('bad', 'read')], None)" ]
	run "$INQUEST" diff a b
	[[ "$output" == *"1 of 1 good run without a log"*"one side has none to compare"* ]]
}

@test "logs of recorded runs: too large ones are left to --logs" {
	yes 'INFO a line of a large log that says nothing' | head -c 140000000 >a.log
	(cat a.log; echo "ERROR: out of luck") >b.log
	"$INQUEST" add --name a a.log >/dev/null
	"$INQUEST" add --name b b.log >/dev/null
	run "$INQUEST" diff a b
	[[ "$output" == *"1 of 1 good run not read, to be quick (r-"*"All: inquest diff --logs --good a --bad b"* ]]
	run "$INQUEST" diff --logs --lines a b
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == r-*:b.log:* ]]
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

# A repository in w of which runs are recorded; its commits are the same everywhere.
repository() {
	export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a
	export GIT_AUTHOR_DATE='2026-01-02T03:04:05Z' GIT_COMMITTER_DATE='2026-01-02T03:04:05Z'
	echo /.inquest >.git/info/exclude
	git checkout -q -b main
}

commit() { # FILE LINES TITLE
	seq "$2" >"$1"
	git add -A
	git commit -q -m "$3"
}

record() { # NAME
	"$INQUEST" run -q --name "$1" -- true
}

@test "code: the commits between, their files, uncommitted changes" {
	repository
	commit a 3 one && record good
	commit a 5 two && record good
	commit b 70 three
	printf '\0\1' >bin
	commit $'tab\there' 1 four && record bad
	commit c 1 five && record bad
	echo more >>c && record bad
	run "$INQUEST" diff --json 'name == good' 'name == bad'
	[ "$(json '[c["title"] for c in d["code"]["range"]["commits"]], d["code"]["range"]["relation"], d["code"]["range"]["only_bad"], d["code"]["range"]["only_good"]')" = "(['four', 'three'], 'forward', 2, 0)" ]
	[ "$(json '[(f["path"], f["added"], f["removed"], f["binary"]) for f in d["code"]["range"]["files"]["most"]]')" = "[('b', 70, 0, False), ('tab\\there', 1, 0, False), ('bin', 0, 0, True)]" ]
	[ "$(json 'd["code"]["good_commits"], d["code"]["bad_commits"], d["code"]["good_uncommitted"], d["code"]["bad_uncommitted"], d["code"]["same_uncommitted"]')" = "(2, 2, 0, 1, False)" ]
	run "$INQUEST" diff 'name == good' 'name == bad'
	[[ "$output" == *"(the newest of 2 good ones) .. "*"(the oldest after it of 2 bad ones): 2 commits, each on top of good"* ]]
	[[ "$output" == *"2026-01-02  four"*"3 files changed, 71 lines added, 0 removed"*"b  +70 -0"*"bin  binary"* ]]
	[[ "$output" == *"uncommitted changes: in 0 of 2 good and 1 of 3 bad runs, not the same ones"* ]]
	[[ "$output" == *"Next: git log -p $(git rev-parse HEAD~3 | cut -c1-12)..$(git rev-parse HEAD~1 | cut -c1-12)"* ]]
	run "$INQUEST" diff 'name == bad' 'name == good'
	[[ "$output" == *"good is the newer one, by 3 commits that bad lacks"*"five"* ]]
}

@test "code: neither descends, nothing in common, the same commit, no commit" {
	repository
	commit a 3 one && git tag one
	commit b 3 left && record left
	git checkout -q -b other one
	commit c 3 right && record right
	git checkout -q --orphan alone && git rm -qrf . && commit d 4 alone && record alone
	record again
	(mkdir "$tmp/none" && cd "$tmp/none" && record none)
	run "$INQUEST" diff 'name == left' 'name == right'
	[[ "$output" == *"neither descends from the other: since $(git rev-parse one | cut -c1-12) good has 1 commit of its own, bad 1"*right* ]]
	run "$INQUEST" diff 'name == left' 'name == alone'
	[[ "$output" == *"no common ancestor is here"* ]]
	run "$INQUEST" diff alone again
	[[ "$output" != *"Between the commits"* ]]
	run "$INQUEST" diff --json alone none
	[ "$(json 'd["code"]["good"], d["code"]["range"]')" = "(None, None)" ]
	run "$INQUEST" diff --json 'name == left or name == alone' 'name == right or name == again'
	[ "$(json 'd["code"]["both_commits"], d["code"]["range"]["commits"][0]["title"]')" = "(1, 'right')" ]
	run "$INQUEST" diff --json --metric run.wall left right
	[ "$(json 'd["code"], d["logs"]')" = "(None, None)" ]
}

@test "code: a commit that is not here: what to fetch" {
	repository
	git remote add origin 'https://me:secret@example.org/x y.git'
	commit a 3 one && record good
	commit a 9 two && record bad
	gone=$(git rev-parse HEAD)
	git reset -q --hard HEAD~1
	git reflog expire --expire=now --all && git gc -q --prune=now
	run "$INQUEST" diff 'name == good' 'name == bad'
	[[ "$output" == *"commit ${gone:0:12} of the bad runs is not in this repository"* ]]
	[[ "$output" == *"Next: git fetch 'https://example.org/x y.git' $gone"* ]]
	run "$INQUEST" diff --json 'name == good' 'name == bad'
	[ "$(json 'd["code"]["range"], "not in this repository" in d["code"]["problem"]')" = "(None, True)" ]
	for remote in "--upload-pack=touch $tmp/pwned" "ext::touch $tmp/pwned"; do
		git remote set-url origin -- "$remote"
		commit a 4 three && record worse
		git reset -q --hard HEAD~1 && git reflog expire --expire=now --all && git gc -q --prune=now
		run "$INQUEST" diff 'name == good' 'name == worse'
		[[ "$output" == *"git fetch --all"* && "$output" != *pwned* ]]
	done
	rm -rf .git
	run "$INQUEST" diff 'name == good' 'name == bad'
	[[ "$output" == *"commit"*"of the good runs is not in this repository; commit ${gone:0:12} of the bad"* ]]
}

@test "code: titles, paths and settings of a hostile repository" {
	repository
	commit a 1 one && record good
	mkdir "$tmp/bin" && printf '#!/bin/sh\ntouch %q\n' "$tmp/pwned" >"$tmp/bin/x" && chmod +x "$tmp/bin/x"
	echo '* diff=evil filter=evil' >.gitattributes
	commit $'\e[31mred\n.txt' 2 $'\e]0;title\a \e[2J <script>'
	record bad
	for key in diff.evil.command diff.evil.textconv diff.external core.pager gpg.program core.fsmonitor; do
		git config $key "$tmp/bin/x"
	done
	git config log.showSignature true
	run "$INQUEST" diff 'name == good' 'name == bad'
	[[ "$output" == *"<script>"* && "$output" != *$'\e'* && "$output" != *$'\a'* ]]
	[ ! -e "$tmp/pwned" ]
	run "$INQUEST" diff --json 'name == good' 'name == bad'
	[ "$(json 'chr(27) in d["code"]["range"]["commits"][0]["title"]')" = True ]
}

@test "captures of environments: what was added, removed, changed; secrets hidden" {
	printf 'PATH=/bin\nHOME=/root\nDB_PASSWORD=hunter2\nSAME_TOKEN=abcdefgh12345678\nGONE=1\n_=x\n' >a
	printf 'HOME=/root\nPATH=/opt/bin:/bin\nDB_PASSWORD=hunter3\nSAME_TOKEN=abcdefgh12345678\nNEW=2\n_=y\n' >b
	run "$INQUEST" diff a b
	[ "$status" -eq 1 ]
	[[ "$output" == *"Environment variables, as env prints them"*PATH*/bin*/opt/bin:/bin*"GONE"*removed*"NEW"*added* ]]
	[[ "$output" == *"[redacted password]"*"another [redacted password]"* && "$output" != *hunter* && "$output" != *SAME_TOKEN* ]]
	[[ "$output" == *"2 changed, 1 removed, 1 added; 2 the same; left out, as they change by themselves: 1"* ]]
	run "$INQUEST" diff --json a b
	[[ "$output" != *hunter* ]]
	[ "$(json 'd["capture"], [(r["name"], r["change"]) for r in d["rows"]], d["logs"], d["code"]')" = "('env', [('DB_PASSWORD', 'changed'), ('PATH', 'changed'), ('GONE', 'removed'), ('NEW', 'added')], None, None)" ]
	run "$INQUEST" diff a a
	[ "$status" -eq 0 ]
	printf 'DB_PASSWORD=hunter2\nA=1\n' >a.env
	printf 'DB_PASSWORD=hunter3\nA=1\n' >b.env
	run "$INQUEST" diff a.env b.env # of files of settings too
	[ "$status" -eq 1 ]
	[[ "$output" == *"another [redacted password]"*"1 changed"* ]]
	: >empty
	run "$INQUEST" diff a empty
	[ "$status" -eq 1 ]
	[[ "$output" == *"0 changed, 5 removed, 0 added"* ]]
}

@test "captures of environments: packages; what is of another kind is a log" {
	printf 'numpy==1.26.0\nleft==1.10\nscipy==1.11\n' >a
	printf 'scipy==1.11\nnumpy==2.0.0\nright==0.1\nleft==1.1\n' >b
	run "$INQUEST" diff --json a b
	[ "$(json 'd["capture"], [(r["name"], r["good"]["common"], r["bad"]["common"]) for r in d["rows"]]')" = "('pip freeze', [('left', '1.10', '1.1'), ('numpy', '1.26.0', '2.0.0'), ('right', '', '0.1')])" ]
	dpkg-query -W 2>/dev/null >c || printf 'a\t1.0\n' >c
	run "$INQUEST" diff a c
	[[ "$output" == *"lines"* ]]
	printf 'n\e[31mumpy==1.0\n' >evil
	run "$INQUEST" diff a evil
	[[ "$output" != *$'\e'* ]]
	long=$(printf 'x%.0s' $(seq 6000))
	printf 'PATH=/bin\nHOME=/\nLONG=%sa\n' "$long" >a
	printf 'PATH=/bin\nHOME=/\nLONG=%sb\n' "$long" >b
	run "$INQUEST" diff a b # though the values are cut before their difference
	[ "$status" -eq 1 ]
	[[ "$output" == *LONG*"another xxx"* ]]
}

# metrics NAME VALUE...: a run of that name for each value of a time.
metrics() {
	local name=$1
	shift
	for value in "$@"; do
		printf '{"name":"time","value":%s,"unit":"s","better":"lower","n":1}\n' "$value" >m.jsonl
		"$INQUEST" add --name "$name" --reader cat m.jsonl >/dev/null 2>&1
	done
}

@test "exit status: worse, equivalent, undecided, an error in a log beats undecided" {
	metrics a 1.00 1.01 1.02 1.03 1.04 1.05
	metrics worse 2.00 2.01 2.02 2.03 2.04 2.05
	metrics few 2.00
	run "$INQUEST" diff a worse
	[ "$status" -eq 1 ]
	[[ "$output" == *"time"*"worse"* ]]
	run "$INQUEST" diff worse a
	[ "$status" -eq 0 ]
	[[ "$output" == *"better"* ]]
	run "$INQUEST" diff a few
	[ "$status" -eq 5 ]
	[[ "$output" == *"not enough runs"* ]]
	one=$("$INQUEST" runs --csv --where 'name == a' 2>/dev/null | sed -n 2p | cut -d, -f1)
	run "$INQUEST" diff "$one" few # one against one
	[ "$status" -eq 5 ]
	run "$INQUEST" diff "$one" "$one"
	[ "$status" -eq 2 ]
	[[ "$output" == *"is on both sides"* ]]
	run "$INQUEST" diff "$one" "${one:0:9}"
	[ "$status" -eq 2 ]
}

@test "exit status: a new error in a log is found, also where metrics decide nothing" {
	"$INQUEST" run -q --name a -- sh -c 'echo "starting up"; echo "all done"'
	"$INQUEST" run -q --name b -- sh -c 'echo "starting up"; echo "ERROR: cannot open /var/db: permission denied"; echo "all done"'
	"$INQUEST" run -q --name c -- sh -c 'echo "starting up"; echo "all done" '
	run "$INQUEST" diff a b
	[ "$status" -eq 1 ]
	[[ "$output" == *"0 worse"* && "$output" == *"permission denied"* ]]
	run "$INQUEST" diff b a # what failed before and no longer does is no failure
	[ "$status" -eq 5 ]
	run "$INQUEST" diff a c
	[ "$status" -eq 5 ]
}

@test "bad input: nothing in common" {
	printf '{"name":"x","value":1}\n' >a.jsonl
	printf '{"name":"y","value":1}\n' >b.jsonl
	for s in a b; do "$INQUEST" add --name $s --reader cat $s.jsonl >/dev/null 2>&1; done
	run "$INQUEST" diff a b
	[ "$status" -eq 5 ]
	[[ "$output" == *"no variable and no test in common: nothing can be compared"* ]]
	run "$INQUEST" diff --json a b
	[ "$(json 'd["common"], len(d["rows"])')" = "(0, 2)" ]
}

@test "bad input: ten thousand variables differ: one screen; names that are none" {
	for s in a b; do
		seq 10000 | awk -v s=$s '{ printf "{\"name\":\"v%d\",\"value\":\"%s%d\"}\n", $1, s, $1 }' >$s.jsonl
		printf '{"name":"\\u001b[31mred\\u0007 <script>","value":"%s\\u001b[2J","unit":"\\u001b]0;x"}\n' $s >>$s.jsonl
		"$INQUEST" add --name $s --reader cat $s.jsonl >/dev/null 2>&1
	done
	run "$INQUEST" diff a b
	[ "${#lines[@]}" -le 40 ]
	[[ "$output" == *"more: -v shows them"* && "$output" != *$'\e'* && "$output" != *$'\a'* ]]
	run "$INQUEST" diff -v a b
	[ "${#lines[@]}" -ge 10000 ]
	[[ "$output" != *$'\e'* ]]
	run "$INQUEST" diff --json a b
	[ "$(json 'len(d["rows"])')" = 10001 ]
	python3 -c 'import json; [json.dump({f"k{i}": s + str(i) for i in range(10000)}, open(s + ".json", "w")) for s in "ab"]'
	run "$INQUEST" diff a.json b.json
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -le 40 ]
	[[ "$output" == *"9970 more: -v shows them"*"10000 changed"* ]]
}

@test "another denominator is said first; so is an order that confounds" {
	for s in a b; do
		[ $s = a ] && n=1000 || n=900
		for i in 1 2; do
			printf '{"name":"accuracy","value":0.9%d,"better":"higher","n":%d}\n' $i $n >m.jsonl
			"$INQUEST" add --name $s --reader cat m.jsonl >/dev/null 2>&1
		done
	done
	run "$INQUEST" diff a b
	[[ "$output" == *"another denominator: accuracy stands for 1,000 samples in good, 900 in bad"*"Metrics"* ]]
	for i in 1 2; do "$INQUEST" run -q --name first --set k=$i -- true; done
	for i in 1 2; do "$INQUEST" run -q --name "then" --set k=$i -- true; done
	run "$INQUEST" diff first "then"
	[[ "$output" == *"order confounded"*"Metrics"* ]]
}
