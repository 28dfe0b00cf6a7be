#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# inquest report from outside: on stores that the tests' helpers make, and on cases.
# shellcheck disable=SC2154 # stderr is set by run

bats_require_minimum_version 1.5.0

setup() {
	unset INQUEST_STORE INQUEST_CASE XDG_CONFIG_HOME
	export NO_COLOR=1 LC_ALL=C.UTF-8 TZ=UTC
	cd "$BATS_TEST_TMPDIR" || return
	export HOME=$PWD
	mkdir repo && cd repo && git init -q .
}

three_runs() { mkdir -p .inquest && "$MAKE_RUNS" .inquest/store.db .inquest/evidence; }

# Two logs of a program, one of which ends in a failure; as runs and as a case.
logs() {
	for i in 1 2 3 4 5 6; do echo "12:00:0$i INFO worker step $i done in 1$i ms"; done >good.log
	sed '$d' good.log >bad.log
	echo '12:00:07 ERROR pool exhausted: token=hunter2secretvalue1234567890abcdef' >>bad.log
	"$INQUEST" new "Pool is exhausted" >/dev/null
	"$INQUEST" add good.log --as good --name fine >/dev/null
	"$INQUEST" add bad.log --as bad --name broken >/dev/null
}

@test "a run: what is known of it, twice the same bytes" {
	three_runs
	run -0 --separate-stderr "$INQUEST" report first -o - --format md
	[[ "${lines[0]}" == "# Run first" ]]
	[[ "$output" == *"(**first**) counts as **good**."* ]]
	[[ "$output" == *"1 of 2 tests failed"* ]]
	[[ "$output" == *"expected 1"* && "$output" == *"line 2"* ]]
	[[ "$output" == *"| \`loss\` | **500 ms** | 20 | 125 ms | lower |"* ]]
	[[ "$output" == *"inquest run -- make check"* ]]
	"$INQUEST" report first -o a.html 2>/dev/null
	cp a.html b.html
	"$INQUEST" report first -o a.html 2>/dev/null
	cmp a.html b.html
	[[ "$(head -1 a.html)" == "<!DOCTYPE html>" ]]
}

@test "Markdown has its pictures beside it; names of files are chosen" {
	three_runs
	run -0 "$INQUEST" report first -o out.md
	[[ "$output" == "inquest: out.md, with its pictures beside it" ]]
	[[ "$(head -c 4 out-1.svg)" == "<svg" ]]
	grep -q '(out-1.svg)' out.md
	run -0 "$INQUEST" report first
	[[ "$output" == "inquest: first.html" && -s first.html ]]
	run -0 "$INQUEST" report first --format md
	[[ "$output" == "inquest: first.md, with its pictures beside it" && -s first.md ]]
	run -0 "$INQUEST" report first --title '../..//A <b>title' -o t.html
	grep -q '<title>../..//A &lt;b&gt;title</title>' t.html
}

@test "no file of others is replaced" {
	three_runs
	echo "my notes" >notes.md
	run -2 "$INQUEST" report first -o notes.md
	[[ "$output" == *"notes.md: there is such a file, and it is no report; --force replaces it"* ]]
	[ "$(cat notes.md)" = "my notes" ]
	run -0 "$INQUEST" report first -o notes.md --force
	run -0 "$INQUEST" report first -o notes.md
	echo "my picture" >x-1.svg
	run -2 "$INQUEST" report first -o x.md
	[[ "$output" == *"x-1.svg: there is such a file"* && ! -e x.md ]]
	run -4 "$INQUEST" report first -o nowhere/x.html
	run -2 "$INQUEST" report first -o x.txt
	[[ "$output" == *"x.txt: neither .html nor .md; --format says what it is to be"* ]]
	run -0 "$INQUEST" report first -o x.txt --format html
	run -0 "$INQUEST" report first -o /dev/null --format html
}

@test "the case document is never replaced by its own report" {
	logs
	cp rca/*.md before
	run -2 "$INQUEST" report -o "$(echo rca/*.md)"
	cmp before rca/*.md
}

@test "runs: sides by verdict, by order, by option" {
	three_runs
	run -0 --separate-stderr "$INQUEST" report third first -o - --format md
	[[ "$output" == *"Which runs count as good is what was recorded of them."* ]]
	[[ "$output" == *"1 good run against 1 bad one."* ]]
	run -0 --separate-stderr "$INQUEST" report second third -o - --format md
	[[ "$output" == *"The first that was named counts as good here, the others as bad."* ]]
	run -0 --separate-stderr "$INQUEST" report good bad -o - --format md
	[[ "$output" == *"1 good run against 1 bad one."* ]]
	[[ "$output" == *"inquest diff --good good --bad bad"* ]]
	[[ "$output" != *"counts as good here"* ]]
	run -0 --separate-stderr "$INQUEST" report --good first --bad second third -o - --format md
	[[ "$output" == *"1 good run against 2 bad ones."* ]]
	run -0 --separate-stderr "$INQUEST" report first --bad third -o - --format md
	run -0 --separate-stderr "$INQUEST" report --good first --bad third --metric n -o - --format md
	[[ "$output" == *"\`n\`"* && "$output" != *"\`loss\`"* ]]
	run -4 "$INQUEST" report first nobody -o -
	run -2 "$INQUEST" report --good first --bad third second extra --within x -o -
	run -2 "$INQUEST" report --good first -o -
	[[ "$output" == *"name good runs and bad ones"* ]]
}

@test "a comparison quotes the lines of the logs, without secrets" {
	logs
	run -0 --separate-stderr "$INQUEST" report good bad -o - --format md
	[[ "$output" == *"First divergence"* ]]
	[[ "$output" == *"+      6  12:00:07 ERROR pool exhausted"* ]]
	[[ "$output" == *"SHA-256"* ]]
	[[ "$output" != *hunter2* ]]
	run -0 "$INQUEST" report good bad -o c.html
	run -1 grep -q hunter2 c.html
}

@test "the commands of the evidence show the quoted lines" {
	logs
	"$INQUEST" report broken -o - --format md 2>/dev/null >page
	command=$(grep -m1 '^sed -n ' page)
	run -0 bash -c "$command"
	[[ "$output" == *"ERROR pool exhausted"* ]]
}

@test "the history of a metric" {
	mkdir -p .inquest
	awk 'BEGIN { s = 42; for (i = 0; i < 80; i++) { s = (s * 16807) % 2147483647
		printf "- %d %.6f - %s\n", 1700000000 + i * 86400, (i < 50 ? 100 : 120) * (1 + .02 * s / 2147483647), i < 50 ? "gcc-12" : "gcc-13" } }' |
		"$MAKE_HISTORY" .inquest/store.db
	run -0 --separate-stderr "$INQUEST" report history bench.time -o - --format md
	[[ "$output" == *"\`bench.time\` along 80 runs changed 1 time. It changed by **+"* ]]
	[[ "$output" == *"\`compiler\`: gcc-12 -> gcc-13"* ]]
	[[ "$output" == *"How to have the old performance again"* ]]
	run -2 "$INQUEST" report history nothing -o -
	[[ "$output" == *"no run has a variable 'nothing'"* ]]
	run -2 "$INQUEST" report history -o -
	run -2 "$INQUEST" report history a b -o -
	"$INQUEST" report history bench.time 2>/dev/null
	[ -s history-bench.time.html ]
}

@test "a case: question, symptoms, divergence, hypotheses with diagrams, conclusion" {
	logs
	doc=$(echo rca/*.md)
	python3 - "$doc" <<'PY'
import sys
p = sys.argv[1]
s = open(p).read()
s = s.replace('outcome:\n', 'outcome: log.lines\n')
s = s.replace('## Hypotheses\n', '''## Hypotheses

### H1 The pool is too small

prior: 0.30
posterior: 0.71

Seen *only* under load.

```dagitty
dag { load -> wait -> failure; failure [outcome]; load [exposure] }
```

| id | prediction | tested by | result |
| --- | --- | --- | --- |
| P1 | a larger pool mends it | E1 | holds |

### H2 Something else

prior: 0.70

```dagitty
dag { a -> b
b -> a }
```
''')
s = s.replace('\n## Conclusion', '\n## My notes\n\n[a link](http://example.com/)\n\n## Conclusion\n\nThe pool.\n')
open(p, 'w').write(s)
PY
	run -0 --separate-stderr "$INQUEST" report -o - --format md
	[[ "${lines[0]}" == "# Pool is exhausted" ]]
	[[ "$output" == *"2 hypotheses; the most probable is **H1 The pool is too small**, with 0.71 after the experiments"* ]]
	[[ "$output" == *"S1"*"pool exhausted"* ]]
	[[ "$output" == *"First divergence"* ]]
	[[ "$output" == *"### H1 The pool is too small"* ]]
	[[ "$output" == *"Seen *only* under load."* && "$output" != *"prior: 0.30"* ]]
	[[ "$output" == *"a cycle: a -> b -> a"* ]]
	[[ "$output" == *"P1"*"a larger pool mends it"* ]]
	[[ "$output" == *"## My notes"* && "$output" == *"The pool."* ]]
	[[ "$output" != *"](http://example.com/)"* ]]
	place=$(grep -n 'b -> a }' "$doc" | head -1 | cut -d: -f1)
	[[ "$output" == *":$place:3: a cycle"* ]]
	run -0 "$INQUEST" report
	[[ "$output" == *"-pool-is-exhausted-report.html"* ]]
	run -0 "$INQUEST" report pool-is-exhausted -o p.html
	run -0 "$INQUEST" report "$doc" -o p.html
	run -0 "$INQUEST" report --case pool-is-exhausted -o p.html
	run -2 "$INQUEST" report --case pool-is-exhausted broken -o p.html
}

@test "a diagram is drawn where dot is, and shown as text where it is not" {
	command -v dot >/dev/null || skip "no dot (graphviz)"
	logs
	printf '\n### H1 x\n\n```dagitty\ndag { "<script>alert(1)</script>" -> b }\n```\n' >h
	sed -i '/^## Hypotheses/r h' rca/*.md
	"$INQUEST" report -o with.html 2>/dev/null
	grep -q 'class="dg"' with.html
	run -1 grep -q '<script>alert' with.html
	mkdir bin
	ln -s "$(command -v git)" bin/git
	PATH=$PWD/bin "$INQUEST" report -o without.html 2>/dev/null
	run -1 grep -q 'class="dg"' without.html
	grep -q 'not installed' without.html
}

@test "a case without records says what is missing" {
	logs
	rm -rf .inquest
	run -0 --separate-stderr "$INQUEST" report -o - --format md
	[[ "$output" == *"There are no records of runs here"* ]]
	[[ "$output" == *"not recorded here"* ]]
	[[ "$output" == *"pool exhausted"* ]]
	run -4 "$INQUEST" report broken -o -
	[[ "$output" == *"no case is called 'broken', and there are no recorded runs here"* ]]
	run -4 "$INQUEST" report --good a --bad b -o -
	run -4 "$INQUEST" report history x -o -
}

@test "evidence that is not here is said to be missing" {
	logs
	rm -rf .inquest/evidence
	run -0 --separate-stderr "$INQUEST" report broken -o - --format md
	[[ "$output" == *"not kept on this machine"* ]]
	run -0 --separate-stderr "$INQUEST" report -o - --format md
}

@test "words: nothing of that name, something near, several things" {
	three_runs
	run -4 "$INQUEST" report nobody -o -
	[[ "$output" == *"no run and no case is called 'nobody'; inquest runs lists runs"* ]]
	run -4 "$INQUEST" report fist -o -
	[[ "$output" == *"did you mean 'first'?"* ]]
	run -2 "$INQUEST" report r- -o -
	run -2 "$INQUEST" report good -o -
	[[ "$output" == *"'good' is of several runs: name also what they are compared with"* ]]
	"$INQUEST" new first >/dev/null
	run -2 "$INQUEST" report first -o -
	[[ "$output" == *"'first' is a case ("*"-first.md) and a run (r-"*"): say --case 'first', or the run's id"* ]]
	run -0 --separate-stderr "$INQUEST" report --case first -o - --format md
	[[ "${lines[0]}" == "# first" ]]
	run -4 "$INQUEST" report fisrt -o -
	[[ "$output" == *"did you mean 'first'?"* ]]
	mkdir second
	run -0 --separate-stderr "$INQUEST" report second -o - --format md
	[[ "${lines[0]}" == "# Run second" ]]
	echo text >file.txt
	run -3 "$INQUEST" report file.txt -o -
	[[ "$output" == *"file.txt: is no case; reports are of recorded runs"* ]]
	run -4 "$INQUEST" report -o - --case nothing
	run -4 "$INQUEST" report first --store nowhere.db -o -
}

@test "a broken case is an error with its place" {
	mkdir rca
	printf -- '---\ninquest: 1\n<<<<<<< a\n' >rca/2026-01-01-x.md
	run -3 "$INQUEST" report x -o -
	[[ "$output" == *"rca/2026-01-01-x.md:3:"* ]]
}
