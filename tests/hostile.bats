#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What nobody sane does: the answer is a message and an exit status, or a sensible result.

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	seq -f '2026-11-23 10:00:00 INFO worker: job %g done' 300 >app.log
}

# fails STATUS TEXT COMMAND...: ends so, says so, prints nothing else.
fails() {
	local status=$1 text=$2 got=0
	shift 2
	timeout 60 "$INQUEST" "$@" >out 2>err </dev/null || got=$?
	[ "$got" -eq "$status" ] || { echo "exit status $got: $*"; cat err; return 1; }
	[ ! -s out ] || { echo "prints: $*"; return 1; }
	[[ "$(cat err)" == *"$text"* ]] || { cat err; return 1; }
}

# Every command on FILE: done, found or bad input; JSON is JSON.
every_command() {
	local command got
	for command in 'log table --csv' 'log table --strip' 'log templates --json' 'log timeline --json' \
		'log digest' 'diff --json app.log'; do
		got=0
		# shellcheck disable=SC2086 # words
		timeout 60 "$INQUEST" $command "$1" >out 2>err || got=$?
		case $got in 0 | 1 | 3) ;; *) echo "$command $1: $got"; cat err; return 1 ;; esac
		case $command in *json*) [ ! -s out ] || python3 -m json.tool out >/dev/null || return 1 ;; esac
	done
}

@test "wrong command lines: exit status 2 and what is right" {
	fails 2 "after log stands one of: digest, table, templates, timeline" log
	fails 2 "did you mean 'log table'?" log tabel app.log
	fails 2 "no command 'dif'; did you mean 'diff'?" dif
	fails 2 "no command 'log tabl'; did you mean 'log table'?" help log tabl
	fails 2 "can be read only once" log table - -
	fails 2 "can be read only once" diff - -
	fails 2 "--since takes a time" log table --since yesterday app.log
	for command in 'log table' 'log templates' 'log timeline' 'log digest' diff; do
		# shellcheck disable=SC2086 # words
		{
			fails 2 "name a" $command
			fails 2 "no option --nonsense" $command --nonsense app.log
			fails 2 "no option -Z" $command -Z app.log
			fails 2 "takes a whole number, not 'x'" $command -j x app.log
			fails 2 "needs an argument" $command app.log --config
			fails 4 "no such file" $command -- --nonsense --nonsense
			"$INQUEST" $command --help | grep -q "^Usage: inquest $command "
		}
	done
}

@test "too many different messages: said so" {
	awk 'BEGIN { srand(1); for (i = 0; i < 100000; i++) { s = ""
		for (k = 0; k < 20; k++) s = s sprintf("%c", k % 5 ? 97 + int(rand() * 26) : 32)
		print "2026-11-23 10:00:00 INFO" s } }' >varied.log
	for command in 'log templates' 'log digest' 'diff app.log'; do
		# shellcheck disable=SC2086 # words
		"$INQUEST" $command varied.log >out 2>err || [ $? -eq 1 ]
		[ "$(grep -c 'too many different messages' err)" -eq 1 ]
	done
	"$INQUEST" log templates app.log 2>err
	[ ! -s err ]
}

@test "a day is a time" {
	[ "$("$INQUEST" log table --csv --since 2026-11-23 --until 2026-11-24 app.log | wc -l)" -eq 301 ]
	[ "$("$INQUEST" log table --csv --since 2026-11-24 app.log | wc -l)" -eq 1 ]
}

@test "a time without a year is one that log table prints" {
	seq -f 'Nov 23 04:15:%02.0f node1 sshd[601]: session opened' 40 >syslog.log
	time=$("$INQUEST" log table --csv syslog.log | sed -n 12p | cut -d, -f3)
	[ "$time" = 0000-11-23T04:15:11 ]
	[ "$("$INQUEST" log table --csv --until "$time" syslog.log | wc -l)" -eq 11 ]
	[ "$("$INQUEST" log table --csv --since "$time" syslog.log | wc -l)" -eq 31 ]
	[ "$("$INQUEST" log table --csv --since 0000-11-24 syslog.log | wc -l)" -eq 1 ]
}

@test "nothing but odd bytes" {
	head -c 100000 /dev/zero | tr '\0' '\r' >cr
	head -c 100000 /dev/zero | tr '\0' '\n' >lf
	printf x >x
	printf '\xef\xbb\xbf' >bom
	{ head -c 3000000 /dev/zero | tr '\0' a; echo; cat app.log; } >long
	{ cat app.log; head -c 100000 /dev/zero; cat app.log; } >nul
	python3 - <<-'END'
		import random
		random.seed(3)
		word = lambda: "".join(random.choices("abcdefghijklmnop", k=7))
		print("\n".join(" ".join(word() for _ in range(5)) for _ in range(40000)), file=open("words", "w"))
		print("\n".join(f"2026-01-01 10:00:00 [t-{i}] INFO request {random.getrandbits(96):x}"
			for i in range(30000)), file=open("threads", "w"))
		print("\n".join('{"a":' * 3000 + "1" + "}" * 3000 for _ in range(9)), file=open("deep", "w"))
		print("\n".join(f"{y} INFO at {y}" for y in ("0001-01-01T00:00:00Z", "1677-09-21T00:12:43Z",
			"1969-12-31T23:59:59Z", "2262-04-11T23:47:17Z", "9999-12-31T23:59:59Z")), file=open("years", "w"))
		print("\n".join(f"{y} INFO x" for y in (0, 1, 9223372036, 9223372036854775807)), file=open("epochs", "w"))
	END
	for f in cr lf x bom long nul words threads deep years epochs; do
		every_command $f
	done
}

@test "names that are no names" {
	mkdir names && cd names
	esc=$(printf 'a\033[31mb') nl=$(printf 'a\nb "c",d') bad=$(printf 'a\377b')
	long=$(printf '%0240d' 7)
	for name in "$esc" "$nl" "$bad" "$long"; do
		sed 's/job/task/; $s/INFO/ERROR/; $s/done/failed/' ../app.log >"$name"
		"$INQUEST" log table --csv ./*"${name#a}" | python3 -c 'import csv, sys
assert {len(row) for row in csv.reader(sys.stdin)} == {12}'
		for form in '' --json --lines --vim '--format github' '--format gitlab' '--format markdown'; do
			# shellcheck disable=SC2086 # words
			run "$INQUEST" diff $form ../app.log "$name"
			[ "$status" -eq 1 ]
			[[ "$output" != *$'\033'* ]]
		done
		"$INQUEST" diff --json ../app.log "$name" >../out || true
		python3 -m json.tool ../out >/dev/null
	done
}

@test "nothing in common is a difference; the same, at another time, is none" {
	: >empty
	cp app.log copy.log
	sed 's/2026-11-23 10/2026-11-24 17/' app.log >later.log
	head -3 app.log >few.log
	"$INQUEST" diff app.log app.log
	"$INQUEST" diff app.log copy.log
	"$INQUEST" diff app.log later.log
	"$INQUEST" diff empty empty
	for other in empty few.log; do
		run "$INQUEST" diff app.log $other
		[ "$status" -eq 1 ]
		run "$INQUEST" diff $other app.log
		[ "$status" -eq 1 ]
	done
}

@test "archives cut anywhere: what can be had, or exit status 3" {
	python3 -c 'import random; random.seed(5)
for i in range(200): print(f"2026-11-23 10:00:00 INFO worker: {random.getrandbits(64):x} done")' >r.log
	tar czf r.tgz r.log app.log && tar cf r.tar r.log app.log && zip -q r.zip r.log app.log
	xz -k r.log && zstd -q r.log && bzip2 -k r.log
	for f in r.tgz r.tar r.zip r.log.xz r.log.zst r.log.bz2; do
		size=$(stat -c %s $f)
		for part in 0 10 300 900 999; do
			head -c $((size * part / 1000)) $f >half
			got=0
			timeout 20 "$INQUEST" log table half >out 2>err || got=$?
			case $got in 0 | 3) ;; *) echo "$f $part: $got"; cat err; return 1 ;; esac
			[ $got -eq 0 ] || grep -q '^inquest: half: .*byte' err || { echo "$f $part"; cat err; return 1; }
		done
	done
}

@test "archives in archives, bombs" {
	cp app.log 0.log && tar cf 0.tar 0.log
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do tar cf $i.tar $((i - 1)).tar; done
	"$INQUEST" log table 3.tar | grep -q 'job 300 done'
	fails 3 "nested too deeply" log table 12.tar
	head -c 300M /dev/zero | gzip -1 | gzip -1 >bomb.gz
	fails 3 "nothing except NUL bytes" log table bomb.gz
	head -c 11000000 /dev/zero | gzip >part.gz
	for i in $(seq 150); do cat part.gz; done >bomb.gz
	fails 3 "nothing except NUL bytes in its first gigabyte" log table bomb.gz
}

@test "killed: no file is left, none is replaced" {
	mkfifo pipe
	echo old >out.digest
	sleep 20 >pipe 3>&- &
	writer=$!
	timeout -s INT .5 "$INQUEST" log digest -o out.digest pipe || true
	timeout -s INT .5 "$INQUEST" log table --split level -o split pipe || true
	kill $writer
	[ "$(cat out.digest)" = old ]
	[ "$(find . -name '*tmp*' -o -path './split/*' | wc -l)" -eq 0 ]
}

@test "the folder of --split goes if nothing comes to be in it" {
	seq -f '2026-11-23 10:00:00 [t-%g] INFO job done' 600 >threads.log
	fails 3 "more than 500 files" log table --split thread -o split threads.log
	[ ! -e split ]
	mkdir mine
	fails 3 "more than 500 files" log table --split thread -o mine threads.log
	[ -d mine ]
	# An expression that takes a long time, and the program killed meanwhile.
	awk 'BEGIN { for (i = 0; i < 100000; i++) print "2026-11-23 10:00:00 INFO worker: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab" }' >slow.log
	"$INQUEST" log table --split level -o split --grep '(a+)+[cd]' slow.log 3>&- &
	for _ in $(seq 200); do [ -d split ] && break; sleep .05; done
	[ -d split ]
	kill %1
	wait %1 || true
	[ ! -e split ]
}

@test "output: a device stays a device, a link a link, a full one is told" {
	fails 4 "No space left" log digest -o /dev/full app.log
	[ -c /dev/full ]
	"$INQUEST" log digest -o /dev/null app.log
	[ -c /dev/null ]
	echo old >real && ln -s real link
	"$INQUEST" log digest -o link app.log
	[ -L link ] && grep -q inquest.digest real
	for command in 'log table' 'log templates --json' 'log timeline' 'log digest' 'diff app.log' 'log table --strip'; do
		got=0
		# shellcheck disable=SC2086 # words
		"$INQUEST" $command app.log >/dev/full 2>err || got=$?
		[ "$command" = 'diff app.log' ] || [ $got -eq 4 ] || { echo "$command: $got"; return 1; }
		# shellcheck disable=SC2086 # words
		"$INQUEST" $command app.log 2>err | head -c 1 >/dev/null
		[ ! -s err ]
	done
}

@test "lines that are cut: in which file" {
	{ head -c 3000000 /dev/zero | tr '\0' a; echo; cat app.log; } >long.log
	for command in 'log table' 'log digest'; do
		# shellcheck disable=SC2086 # words
		"$INQUEST" $command app.log long.log 2>err >out
		[ "$(cat err)" = "inquest: long.log: 1 line is longer than 1048576 bytes: only the beginning is read" ]
	done
}

@test "a file that shrinks while it is read: only that is said" {
	for _ in 1 2 3 4 5 6 7 8 9 10; do cat app.log app.log app.log app.log; done >big.log
	for _ in 1 2 3 4 5; do cat big.log big.log; done >shrinks.log
	mkfifo later
	# It is mapped before the pipe is waited for.
	(sleep 1; truncate -s 5000 shrinks.log; cat app.log >later) 3>&- &
	"$INQUEST" log table shrinks.log later 2>err >out
	wait $!
	[ "$(cat err)" = "inquest: shrinks.log: shrank while it was read" ]
}

@test "a file that shrinks while it is read" {
	for _ in 1 2 3 4 5 6 7 8 9 10; do cat app.log app.log app.log app.log; done >shrink.log
	(for _ in 1 2 3 4 5 6; do truncate -s 5000 shrink.log; cat app.log >>shrink.log; done) 3>&- &
	writer=$!
	for _ in 1 2 3 4 5 6; do
		got=0
		timeout 20 "$INQUEST" log table shrink.log >out 2>err || got=$?
		case $got in 0 | 3) ;; *) echo "exit status $got"; cat err; return 1 ;; esac
	done
	wait $writer
}
