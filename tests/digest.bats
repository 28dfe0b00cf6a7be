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
