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

@test "an unknown command suggests the nearest" {
	run "$INQUEST" hepl
	[ "$status" -eq 2 ]
	[[ "$output" == *"did you mean 'help'"* ]]
}

@test "a full disk on stdout is a system error" {
	[ -w /dev/full ] || skip "no /dev/full"
	run bash -c '"$INQUEST" help >/dev/full'
	[ "$status" -eq 4 ]
}
