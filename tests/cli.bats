#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The program from outside: help, wrong usage, exit statuses.

@test "version" {
	run "$INQUEST" --version
	[ "$status" -eq 0 ]
	[[ "$output" =~ ^inquest\ [0-9] ]]
}

@test "no arguments: the short help, no error" {
	run "$INQUEST"
	[ "$status" -eq 0 ]
	[[ "$output" == *"Usage: inquest COMMAND"* ]]
}

@test "every command listed by help -a has its own help with a usage line" {
	run "$INQUEST" help -a
	[ "$status" -eq 0 ]
	list=$(printf '%s\n' "$output" | sed -n 's/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p')
	[ -n "$list" ]
	while read -r c; do
		# shellcheck disable=SC2086 # two words make a command
		run "$INQUEST" $c --help
		[ "$status" -eq 0 ]
		[[ "$output" == "Usage: inquest $c"* ]]
	done <<<"$list"
}

@test "help -a, the manual page and the pages that are built name the same commands" {
	"$INQUEST" help -a | sed -n 's/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p' | tr ' ' - | sort >"$BATS_TEST_TMPDIR/help"
	"$INQUEST" help --man | sed -n 's/^\*inquest-\(.*\)\*(1)$/\1/p' | sort >"$BATS_TEST_TMPDIR/man"
	sed -n "s/^ *'\\([a-z -]*\\)',\$/\\1/p" "$TOP/man/meson.build" | tr ' ' - | sort >"$BATS_TEST_TMPDIR/built"
	# a build without elfutils
	"$INQUEST" stacks --help >/dev/null 2>&1 || sed -i '/^core$/d; /^stacks$/d' "$BATS_TEST_TMPDIR/built"
	[ -s "$BATS_TEST_TMPDIR/help" ]
	diff "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/man"
	diff "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/built"
	# the stages of an investigation, in their order
	[ "$("$INQUEST" help -a | grep -xE 'open|observe|analyse|about' | tr '\n' ' ')" = "open observe analyse about " ]
}

@test "the first word of commands has help: what follows it" {
	for words in 'log --help' 'log -h' 'help log'; do
		# shellcheck disable=SC2086 # words
		run "$INQUEST" $words
		[ "$status" -eq 0 ]
		[[ "$output" == "Usage: inquest log COMMAND"*"log table "*"log timeline "* ]]
	done
	run "$INQUEST" nothing --help
	[ "$status" -eq 2 ]
}

@test "an unknown command suggests the nearest" {
	run "$INQUEST" hepl
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean 'help'"* ]]
}

@test "a full disk on stdout is a system error" {
	[ -w /dev/full ] || skip "no /dev/full"
	for words in help --help --version 'diff --help' 'diff --json demo/ci/green.log demo/ci/red.log' \
		'diff demo/server/good.log demo/server/bad.log'; do
		# shellcheck disable=SC2016 # for the inner shell
		run bash -c 'cd "$TOP" && "$INQUEST" $1 >/dev/full' - "$words"
		[ "$status" -eq 4 ] || { echo "$words: $status"; return 1; }
		[[ "$output" == *"No space left"* ]]
	done
}

@test "the exception of an event stands in its JSON" {
	run "$INQUEST" log table --jsonl "$TOP/demo/asan/asan.txt"
	[ "$status" -eq 0 ]
	python3 - "$output" <<'PY'
import json, sys
e = json.loads(sys.argv[1].split('\n')[0])
assert e['exception_type'] == 'heap-use-after-free', e
assert e['lines'] == 61 and any(f.startswith('matchop (') for f in e['frames']), e
PY
	run "$INQUEST" log timeline "$TOP/demo/asan/asan.txt"
	[[ "$output" == *symptom*heap-use-after-free* ]]
}
