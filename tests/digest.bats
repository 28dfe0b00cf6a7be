#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# log digest from outside: the same bytes in any order, nothing half-written, what is no digest.

setup() {
	D=$BATS_TEST_TMPDIR
	A=$TOP/demo/server/good.log
	B=$TOP/demo/server/bad.log
	C=$TOP/demo/ci/green.log
	[ -s "$A" ] && [ -s "$B" ] && [ -s "$C" ]
}

digest() {
	"$INQUEST" log digest "$@"
}

@test "a digest names its schema and counts lines and bytes" {
	digest -o "$D/a" "$A"
	head -1 "$D/a" >"$D/head"
	n=$(wc -l <"$A") bytes=$(wc -c <"$A")
	[[ "$(cat "$D/head")" == '{"schema":"inquest.digest/1","runs":1,"files":1,"lines":'"$n,\"bytes\":$bytes,"* ]]
	python3 -c 'import json,sys
rows = [json.loads(l) for l in open(sys.argv[1])]
assert rows[0]["shapes"] == len(rows) - 1
assert sum(r["count"] for r in rows[1:]) == rows[0]["lines"]' "$D/a"
}

@test "stdout and -o give the same, for any number of threads" {
	digest -j 1 -o "$D/a" "$A" "$B"
	digest -j 7 "$A" "$B" | cmp - "$D/a"
	digest "$B" "$A" | cmp - "$D/a"
}

@test "merging: any order, any grouping, compressed or not" {
	digest -o "$D/a" "$A"
	digest -o "$D/b" "$B"
	digest -o "$D/c" "$C"
	digest --merge -o "$D/ab" "$D/a" "$D/b"
	digest --merge -o "$D/bc" "$D/b" "$D/c"
	digest --merge "$D/b" "$D/a" | cmp - "$D/ab"
	digest --merge -o "$D/abc" "$D/ab" "$D/c"
	digest --merge "$D/a" "$D/bc" | cmp - "$D/abc"
	gzip -k "$D/c"
	digest --merge "$D/c.gz" "$D/a" "$D/b" | cmp - "$D/abc"
	digest --merge "$D/abc" | cmp - "$D/abc"
}

@test "logs as one run and merged run by run: the same but for what counts runs" {
	digest "$A" "$B" | sed 's/"runs":[0-9]*\(,"least":[0-9]*,"most":[0-9]*\)*//' >"$D/one"
	digest -o "$D/a" "$A"
	digest -o "$D/b" "$B"
	digest --merge "$D/a" "$D/b" >"$D/two"
	[[ "$(head -1 "$D/two")" == *'"runs":2,"files":2,'* ]]
	sed 's/"runs":[0-9]*\(,"least":[0-9]*,"most":[0-9]*\)*//' "$D/two" | cmp - "$D/one"
}

@test "an empty log has an empty digest" {
	: >"$D/empty"
	run digest "$D/empty"
	[ "$status" -eq 0 ]
	[ "$output" = '{"schema":"inquest.digest/1","runs":1,"files":1,"lines":0,"bytes":0,"coarse":0,"shapes":0}' ]
}

@test "bad digests: file, line and byte, exit status 3, and the output is not touched" {
	digest -o "$D/a" "$A"
	echo before >"$D/out"
	head -c 5000 "$D/a" >"$D/cut"
	run digest --merge -o "$D/out" "$D/a" "$D/cut"
	[ "$status" -eq 3 ]
	[[ "$output" == *"/cut: the digest ends within line "* ]]
	sed '3s/"count":[0-9]*/"count":x/' "$D/a" >"$D/damaged"
	run digest --merge -o "$D/out" "$D/damaged"
	[ "$status" -eq 3 ]
	[[ "$output" == *"/damaged: line 3, byte "*": expected a number"* ]]
	run digest --merge -o "$D/out" "$A"
	[ "$status" -eq 3 ]
	[[ "$output" == *"good.log: is no digest (inquest.digest/1)"* ]]
	head -1 "$D/a" | sed 's:digest/1:digest/2:' >"$D/version"
	run digest --merge -o "$D/out" "$D/version"
	[ "$status" -eq 3 ]
	[[ "$output" == *"/version: line 1, byte 1: expected {\"schema\":\"inquest.digest/1\""* ]]
	[ "$(cat "$D/out")" = before ]
	[ -z "$(find "$D" -name '*tmp*')" ]
}

@test "wrong usage" {
	run digest
	[ "$status" -eq 2 ]
	run digest --merge
	[ "$status" -eq 2 ]
	digest -o "$D/a" "$A"
	run digest "$D/a"
	[ "$status" -eq 2 ]
	[[ "$output" == *"--merge"* ]]
}

@test "what cannot be written is a system error" {
	run digest -o "$D/no/such/dir" "$C"
	[ "$status" -eq 4 ]
	[ -w /dev/full ] || skip "no /dev/full"
	run bash -c '"$INQUEST" log digest "$1" >/dev/full' - "$C"
	[ "$status" -eq 4 ]
}

# kind and place of each finding of a diff
findings() {
	"$INQUEST" diff --json "$@" 2>/dev/null |
		python3 -c 'import json,sys
for f in json.load(sys.stdin)["findings"]:
	print(f["kind"], f["evidence"][0]["file"].split("/")[-1], f["evidence"][0]["line"])' | sort
}

@test "diff with a digest in place of the good log finds what is new all the same" {
	digest -o "$D/a" "$A"
	findings "$A" "$B" | grep ^new >"$D/logs"
	findings "$D/a" "$B" | grep ^new >"$D/digest"
	[ -s "$D/logs" ]
	cmp "$D/logs" "$D/digest"
	run "$INQUEST" diff "$D/a" "$B"
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == "good  $D/a (1 run): 2,188 lines" ]]
	[[ "$output" == *"good.log:71 - "* ]]
	[[ "$output" == *"bad.log:71  + "*"snapshot.compression.method = CHECKED"* ]]
	[[ "$output" == *"No space le"* ]]
}

@test "diff with a digest on the bad side, or on both" {
	digest -o "$D/a" "$A"
	digest -o "$D/b" "$B"
	findings "$D/a" "$D/b" | grep ^new >"$D/both"
	findings "$A" "$D/b" | grep ^new | cmp - "$D/both"
	for place in 1761 1810 1859; do
		grep -q "^new bad.log $place$" "$D/both"
	done
	for form in --lines --vim "--format github" "--format gitlab" "--format markdown" -v; do
		# shellcheck disable=SC2086 # a form may be two words
		run "$INQUEST" diff $form "$D/a" "$D/b"
		[ "$status" -eq 1 ]
		[[ "$output" == *bad.log* ]]
	done
}

@test "nothing differs between a log and its digest" {
	digest -o "$D/a" "$A"
	for pair in "$D/a $A" "$A $D/a" "$D/a $D/a"; do
		# shellcheck disable=SC2086 # two names
		run "$INQUEST" diff $pair
		[ "$status" -eq 0 ]
	done
}

@test "values: what a digest knows completely is compared, the rest is not claimed to be new" {
	for i in $(seq 1 200); do
		echo "mirror m$((i % 3)).example.org served part-$i of release 7 from $((i % 50)) hosts"
	done >"$D/good"
	{ cat "$D/good"; echo "mirror m9.test.invalid served part-4711 of release 7 from 4000 hosts"; } >"$D/bad"
	digest -o "$D/g" "$D/good"
	"$INQUEST" diff --json "$D/g" "$D/bad" >"$D/out" || [ "$?" -eq 1 ]
	grep -q 'm9.test.invalid' "$D/out"
	grep -q '0 ... 49 -> 4000' "$D/out"
	[ "$(grep -c '"kind"' "$D/out")" -eq "$(grep -c '"kind": "value"' "$D/out")" ]
	# of more names than are kept one that is not among those kept may have been there
	for i in $(seq 1 200); do
		echo "user at /home/$(echo "$i" | tr 0-9 a-j) logged in"
	done >"$D/good"
	{ cat "$D/good"; echo "user at /home/zzxy logged in"; } >"$D/bad"
	run "$INQUEST" diff "$D/good" "$D/bad"
	[[ "$output" == *"value"*"/home/zzxy"* ]]
	digest -o "$D/g" "$D/good"
	run "$INQUEST" diff "$D/g" "$D/bad"
	[ "$status" -eq 0 ]
}

@test "a digest of a log without end of shapes is coarse, and says less" {
	python3 -c 'import random
random.seed(1)
w = lambda: "".join(random.choice("abcdefghijklmnop") for _ in range(8))
for i in range(45000):
	print("said", w(), w())
print("step one")
print("step two")' >"$D/good"
	{ cat "$D/good"; echo "ERROR disk is full"; } >"$D/bad"
	digest -o "$D/g" "$D/good"
	head -1 "$D/g" | grep -q '"coarse":[1-9]'
	digest --merge "$D/g" "$D/g" | head -1 | grep -q '"runs":2,.*"coarse":[1-9]'
	run "$INQUEST" diff --lines "$D/g" "$D/bad"
	[ "$status" -eq 1 ]
	[[ "${lines[0]}" == *"too many different messages"* ]]
	[ "${lines[1]}" = "$D/bad:45003" ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a baseline: made, kept when something differs, updated" {
	run "$INQUEST" diff --baseline "$D/green" "$A"
	[[ "$output" == *"--update --as-good makes it"* ]]
	[ "$status" -eq 4 ]
	run "$INQUEST" diff --baseline "$D/green" --update "$A"
	[ "$status" -eq 0 ]
	digest "$A" | cmp - "$D/green"
	cp "$D/green" "$D/before"
	run "$INQUEST" diff --baseline "$D/green" --update "$B"
	[ "$status" -eq 1 ]
	[[ "$output" == *"not updated"* ]]
	cmp "$D/green" "$D/before"
	run "$INQUEST" diff --baseline "$D/green" --update "$A"
	[ "$status" -eq 0 ]
	digest --merge "$D/before" "$D/before" | cmp - "$D/green"
	run "$INQUEST" diff --baseline "$D/green" --update --as-good "$B"
	[ "$status" -eq 0 ]
	head -1 "$D/green" | grep -q '"runs":3,'
	! findings --baseline "$D/green" "$B" | grep -q ^new || false
	gzip -c "$A" | "$INQUEST" diff --baseline "$D/green" --update --as-good -
	head -1 "$D/green" | grep -q '"runs":4,'
}

@test "a baseline: wrong usage" {
	run "$INQUEST" diff --update "$A" "$B"
	[ "$status" -eq 2 ]
	run "$INQUEST" diff --baseline "$D/green" --as-good "$B"
	[ "$status" -eq 2 ]
	run "$INQUEST" diff --baseline "$D/green"
	[ "$status" -eq 2 ]
	run "$INQUEST" diff --baseline "$A" "$B"
	[ "$status" -eq 3 ]
	[[ "$output" == *"is no digest"*"inquest log digest makes one"* ]]
	digest "$A" | head -c 3000 >"$D/cut"
	run "$INQUEST" diff "$D/cut" "$B"
	[ "$status" -eq 3 ]
	[[ "$output" == *"ends within line"* ]]
}
