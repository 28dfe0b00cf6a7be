#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # common.bash sets pid and nobody
bats_require_minimum_version 1.5.0
# inquest core from outside, on cores of our own programs (tests/state).

setup() {
	load state/common.bash
	cd "$BATS_TEST_TMPDIR" || return
}

# dump PROGRAM HOW: its core in ./core. Skips where the kernel writes none here.
dump() {
	local pattern
	pattern=$(cat /proc/sys/kernel/core_pattern 2>/dev/null || echo unknown)
	case $pattern in
	*/* | '|'* | unknown) skip "cores go elsewhere here: core_pattern is $pattern" ;;
	esac
	rm -f core*
	(ulimit -c unlimited && exec "$TARGETS/$1" ${2+"$2"}) >log 2>&1 3>&- || true
	[ ! -e core ] || return 0
	[ -z "$(ls core* 2>/dev/null)" ] || { mv core* core; return 0; }
	skip "no core is written here (ulimit -c, a read-only file system)"
}

cause() {
	timeout 60 "$INQUEST" core core >out
	grep -qxF -- "$1" out || { cat out; return 1; }
}

json() {
	timeout 60 "$INQUEST" core core --json "$@" >out.json
}

readonly ORDER="'handle_order', 'handle_all', 'main'"

@test "a signal, its cause, and where" {
	dump crash null
	cause "died of signal 11 (Segmentation fault): address not mapped"
	grep -qx "address:   0x8" out
	grep -qx "there is:  8 bytes from a null pointer" out
	grep -q "^thread [0-9]* (crash) got the signal$" out
	grep -q "^    null_pointer  *.*tests/state/crash.c:$(awk '/nothing->next->number;/ { print NR }' "$TOP/tests/state/crash.c")$" out
	grep -q "^2 threads wait for a signal: [0-9]* [0-9]*$" out
	json
	judge out.json "d['death']['signal'] == 11" "d['death']['cause'] == 'address not mapped'" \
		"d['death']['address'] == '0x8'" "d['death']['there'] == '8 bytes from a null pointer'" \
		"d['death']['sender'] is None" "d['death']['truncated'] is False"
	judge out.json "len(d['threads']) == 3" "[t['crashed'] for t in d['threads']] == [True, False, False]" \
		"own(d['threads'][0])[:-1] == ['null_pointer', $ORDER]" \
		"frame(d['threads'][0], 'null_pointer')['line'] == line('nothing->next->number;', 'crash.c')" \
		"all(in_order(t, 'work', 'start_thread') for t in d['threads'][1:])" \
		"all(t['complete'] and t['how'] == 'core' for t in d['threads'])" \
		"[t['state'] for t in d['threads']] == ['R', 'S', 'S']" \
		"[waits(t) for t in d['threads']] == [None, 'signal', 'signal']" \
		"d['threads'][1]['system_call'] == 'pause()'"
	json --args
	judge out.json "frame(d['threads'][0], 'handle_order')['values'][1]['value'] == '\"null\"' or 'null' in frame(d['threads'][0], 'handle_order')['values'][1]['value']"
}

@test "pointers of every wrong kind" {
	dump crash wild
	cause "there is:  memory that is not mapped: freed, or never there (a wild pointer)"
	grep -qx "address:   0x123456789000" out
	dump crash bad
	cause "there is:  an address outside of what a program can have (a damaged pointer)"
	dump crash readonly
	cause "there is:  $TARGETS/crash, which may not be written"
	dump crash nocode
	cause "there is:  $TARGETS/crash, which is no code: a wrong function pointer or a damaged return address"
	json
	judge out.json "in_order(d['threads'][0], 'no_code', $ORDER)"
	dump crash nullcall
	cause "there is:  a null pointer"
	json
	judge out.json "in_order(d['threads'][0], 'null_call', $ORDER)" \
		"d['threads'][0]['frames'][0]['pc'] == '0'"
}

@test "a full stack: the middle is left out" {
	dump crash stack
	cause "there is:  just below the stack: the stack is full (endless recursion, or a very large local variable)"
	json
	judge out.json "len(d['threads'][0]['frames']) == 1000" "d['threads'][0]['skipped'] > 5000" \
		"in_order(d['threads'][0], 'endless', 'stack_overflow', $ORDER)" "d['threads'][0]['complete']"
	if dump crash_cxx stack; then
		cause "there is:  just below the stack: the stack is full (endless recursion, or a very large local variable)"
	fi
}

@test "other signals" {
	dump crash division
	cause "died of signal 8 (Floating point exception): division of an integer by zero"
	dump crash illegal
	cause "died of signal 4 (Illegal instruction): illegal operand"
	dump crash bus
	cause "died of signal 7 (Bus error): beyond the end of a mapped file, or no memory left for it"
	grep -qx "there is:  $PWD/short" out
	dump crash quit
	cause "died of signal 3 (Quit): sent by kill()"
	dump crash_O2 division
	json
	judge out.json "in_order(d['threads'][0], 'division', $ORDER)"
}

@test "the message of an assertion, and of the allocator" {
	dump crash assert
	cause "died of signal 6 (Aborted): sent by a thread: abort(), raise() or pthread_kill()"
	grep -q "^message:   .*Assertion \`zero == 42 && \"the answer is wrong\"' failed\.$" out
	dump crash doublefree
	cause "message:   free(): double free detected in tcache 2"
	dump crash abort
	cause "died of signal 6 (Aborted): sent by a thread: abort(), raise() or pthread_kill()"
	run grep "^message:" out
	[ "$status" -ne 0 ]
}

@test "exceptions of C++" {
	[ -x "$TARGETS/crash_cxx" ] || skip "there was no C++ compiler"
	dump crash_cxx throw
	cause "exception: std::runtime_error: item 4711 is not there"
	json
	judge out.json "in_order(d['threads'][0], 'shop::cart::checkout(char const*)', 'main')" \
		"d['death']['exception'] == 'std::runtime_error'" "d['death']['what'] == 'item 4711 is not there'"
	dump crash_cxx own
	cause "exception: shop::missing_item: item 4712 is not there either"
	dump crash_cxx number
	cause "exception: int: 42"
	dump crash_cxx text
	cause "exception: char const*: a text"
	dump crash_cxx string
	grep -q . log
	timeout 60 "$INQUEST" core core >out
	grep -q "^exception: std::.*string<.*: a string$" out
	dump crash_cxx second
	cause "exception: shop::second_base: a second base"
	dump crash_cxx virtual
	cause "exception: shop::virtual_base: a virtual base"
	dump crash_cxx nested
	cause "exception: std::_Nested_exception<std::logic_error>: outer"
	dump crash_cxx again
	cause "exception: std::runtime_error: again"
	dump crash_cxx range
	grep -q . log
	timeout 60 "$INQUEST" core core >out
	grep -q "^exception: std::out_of_range: .*17.*3" out
	dump crash_cxx thread
	cause "exception: std::logic_error: in a thread"
	dump crash_cxx assert
	timeout 60 "$INQUEST" core core >out
	grep -q "^message:   .*the cart is too small" out
	dump crash_cxx memory
	timeout 60 "$INQUEST" core core >out
	grep -Eq "^exception: std::(length_error|bad_alloc)" out
}

@test "cut off: what it holds" {
	dump crash null
	size=$(stat -c %s core)
	mv core whole
	for part in 2 3 10 50; do
		head -c $((size / part)) whole >core
		got=0
		timeout 60 "$INQUEST" core core >out 2>err || got=$?
		[ "$got" -eq 0 ] || [ "$got" -eq 3 ] || { echo "$part: $got"; cat err; return 1; }
		[ "$got" -ne 0 ] || grep -q "^note: the core is cut off" out
		[ "$got" -ne 0 ] || grep -q "^died of signal 11 " out
	done
	head -c $((size / 2)) whole >core
	cause "note: the core is cut off: some of its memory is missing"
}

@test "a program that was built anew since: said so" {
	cp "$TARGETS/crash" program
	TARGETS=$PWD dump program null
	cp "$TARGETS/crash_O2" program
	timeout 60 "$INQUEST" core core >out
	grep -q "^note: .*program.*another build" out
	grep -q "^died of signal 11 " out
	rm program
	timeout 60 "$INQUEST" core core >out
	grep -q "^died of signal 11 " out
	grep -q "^2 threads wait for a signal" out
}

@test "of gcore" {
	command -v gcore >/dev/null || skip "no gdb"
	may_trace || skip "no process may be traced here"
	started log "$TARGETS/threads" first second pause
	gcore -o live "$pid" >/dev/null 2>&1 || { end_started; skip "gcore cannot make one here"; }
	end_started
	timeout 60 "$INQUEST" core "live.$pid" >out
	grep -qx "of a process that lived: no signal ended it" out
	timeout 60 "$INQUEST" core "live.$pid" --json >out.json
	judge out.json "len(d['threads']) == 4" \
		"sum(in_order(t, 'cross', 'role_first', 'work', 'start_thread') for t in d['threads']) == 1" \
		"sum(in_order(t, 'role_pause', 'work', 'start_thread') for t in d['threads']) == 1"
}

@test "where its files are: beneath a folder, or where one says" {
	cp "$TARGETS/crash" program
	TARGETS=$PWD dump program null
	mkdir -p "root$PWD"
	mv program "root$PWD/moved"
	timeout 60 "$INQUEST" core core >out
	grep -q "^note: $PWD/program: the file is not here: names and lines are missing (--exe and --root say where)$" out
	run ! grep -q "null_pointer" out
	timeout 60 "$INQUEST" core core --exe "root$PWD/moved" >out
	grep -q "null_pointer .*crash.c:" out
	run ! grep -q "^note:" out
	ln "root$PWD/moved" "root$PWD/program"
	timeout 60 "$INQUEST" core core --root root >out
	grep -q "null_pointer .*crash.c:" out
	grep -q " libc.so.6+0x" out # of the same build here
	run ! grep -q "^note:" out
	timeout 60 "$INQUEST" core core --exe "$TARGETS/crash_O2" >out
	grep -q "^note: .*program.*another build" out
	fails 4 "--exe: nowhere" "$INQUEST" core core --exe nowhere
	fails 4 "--root: nowhere" "$INQUEST" core core --root nowhere
	fails 2 "not a folder" "$INQUEST" core core --root core
}

@test "debug information apart: by its link, by build id; without any network" {
	command -v objcopy >/dev/null || skip "no objcopy"
	cp "$TARGETS/crash" program
	objcopy --only-keep-debug program program.debug
	objcopy --strip-all --add-gnu-debuglink=program.debug program
	TARGETS=$PWD dump program null
	timeout 60 "$INQUEST" core core >out
	grep -q "null_pointer .*crash.c:" out
	mkdir .debug
	mv program.debug .debug
	timeout 60 "$INQUEST" core core >out
	grep -q "null_pointer .*crash.c:" out
	id=$(readelf -n program | sed -n 's/.*Build ID: //p')
	mkdir -p "root/usr/lib/debug/.build-id/${id:0:2}" "root$PWD"
	mv .debug/program.debug "root/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug"
	timeout 60 "$INQUEST" core core >out
	run ! grep -q "null_pointer" out
	timeout 60 "$INQUEST" core core --root root >out
	grep -q "null_pointer .*crash.c:" out
	# of another build
	objcopy --only-keep-debug "$TARGETS/crash_O2" program.debug
	timeout 60 "$INQUEST" core core >out
	run ! grep -q "null_pointer" out
	# without a build id the checksum counts
	cp "$TARGETS/crash" program
	objcopy --remove-section=.note.gnu.build-id program
	objcopy --only-keep-debug program program.debug
	objcopy --strip-all --add-gnu-debuglink=program.debug program
	TARGETS=$PWD dump program null
	timeout 60 "$INQUEST" core core >out
	grep -q "null_pointer .*crash.c:" out
	printf x >>program.debug
	timeout 60 "$INQUEST" core core >out
	run ! grep -q "null_pointer" out
}

@test "memory that was left out of the core" {
	for filter in 0x33 0x00 0xff; do
		rm -f core*
		echo $filter >/proc/self/coredump_filter
		dump crash null
		timeout 60 "$INQUEST" core core >out
		grep -qx "there is:  8 bytes from a null pointer" out
		grep -q "null_pointer .*crash.c:" out
		if [ $filter = 0x00 ]; then
			grep -q "^note: stacks were not dumped" out
		else
			grep -q "^    main " out
			run ! grep -q "^note:" out
		fi
	done
}

@test "a program in Go, what its runtime puts between the crash and its end too" {
	command -v go >/dev/null || skip "no go"
	cat >crash.go <<-'GO'
		package main

		type cart struct{ items int }

		//go:noinline
		func (c *cart) checkout(p *int) int { return *p + c.items }
		func main()                         { println((&cart{1}).checkout(nil)) }
	GO
	HOME=$PWD GOFLAGS=-mod=mod GO111MODULE=off go build -o crash crash.go || skip "go cannot build here"
	export GOTRACEBACK=crash
	TARGETS=$PWD dump crash
	timeout 60 "$INQUEST" core core --json >out.json
	judge out.json "in_order(d['threads'][0], 'runtime.raise', 'runtime.sigreturn', 'runtime.sigpanic', 'main.(*cart).checkout', 'main.main', 'runtime.main', 'runtime.goexit')" \
		"not any(f['trust'] == 'guessed' for f in d['threads'][0]['frames'])"
}

@test "a program in Rust" {
	command -v rustc >/dev/null || skip "no rustc"
	cat >crash.rs <<-'RUST'
		mod shop {
		    pub struct Cart { pub items: Vec<i32> }
		    impl Cart {
		        #[inline(never)]
		        pub fn checkout(&self) -> i32 { if self.items.len() > 1 { std::process::abort() }; self.items[0] }
		    }
		}
		fn main() { println!("{}", shop::Cart { items: vec![1, 2] }.checkout()) }
	RUST
	rustc -g -o crash crash.rs 2>err || skip "rustc cannot build here"
	TARGETS=$PWD dump crash
	timeout 60 "$INQUEST" core core --json >out.json
	judge out.json "in_order(d['threads'][0], *[f for f in functions(d['threads'][0]) if f and f.endswith('Cart>::checkout') or f == 'crash::main'])" \
		"any(f and 'shop::Cart' in f and f.endswith('::checkout') and '17h' not in f for f in functions(d['threads'][0]))"
}

# live_and_core COMMAND...: what stacks says of it, and core of its core.
live_and_core() {
	command -v gcore >/dev/null || skip "no gdb"
	may_trace || skip "no process may be traced here"
	timeout 60 "$INQUEST" stacks "$pid" --json --frames 3000 >live.json
	gcore -o live "$pid" >/dev/null 2>&1 || { end_started; skip "gcore cannot make one here"; }
	timeout 60 "$INQUEST" core "live.$pid" --json --frames 3000 >out.json
}

@test "a core says what was said of the live process: waits, circles, frames" {
	started log "$TARGETS/threads" first second behind:3 writer reader self robust_first robust_second \
		inherit_first inherit_second pause poll epoll read sleep condition semaphore inlined handler altstack
	live_and_core
	end_started
	python3 "$TOP/tests/state/same.py" live.json out.json
	judge out.json "len(d['deadlocks']) == 4" "sum(len(x['behind']) for x in d['deadlocks']) == 3" \
		"{'mutex', 'rwlock', 'join', 'signal', 'poll', 'file', 'sleep', 'condition'} <= {waits(t) for t in d['threads']}"
}

@test "the same of Python: frames, locks, who holds the interpreter's lock" {
	for python in /usr/bin/python3 ''; do
		[ -x "$python" ] && break
	done
	[ -n "$python" ] || skip "no /usr/bin/python3"
	for how in gil rlock lock; do
		started log sh -c 'echo "ready $$"; exec "$@"' - "$python" "$TOP/tests/programs/threads.py" $how
		sleep 1.5
		live_and_core
		end_started
		python3 "$TOP/tests/state/same.py" live.json out.json
		case $how in
		gil) judge out.json "sum(t['holds_gil'] for t in d['threads']) == 1" \
			"sum(waits(t) == 'gil' and t['waits_for']['id'] is not None for t in d['threads']) == 2" ;;
		rlock) judge out.json "len(d['deadlocks']) == 1" ;;
		lock) judge out.json "len(d['deadlocks']) == 0" ;;
		esac
	done
}

@test "what is no core" {
	fails 3 "no core file" "$INQUEST" core "$TOP/README.md"
	fails 3 "but no core" "$INQUEST" core "$TARGETS/crash"
	fails 4 "No such file" "$INQUEST" core nowhere
	fails 3 "must be a file" "$INQUEST" core .
	: >empty
	fails 3 "no core file" "$INQUEST" core empty
	mkfifo pipe
	fails 3 "must be a file" "$INQUEST" core pipe
	fails 2 "which core file?" "$INQUEST" core
	fails 2 "one core, not 2" "$INQUEST" core a b
	fails 2 "exclude each other" "$INQUEST" core a --json --folded
}

@test "compressed, as collectors keep them" {
	command -v zstd >/dev/null && command -v xz >/dev/null || skip "no zstd, no xz"
	dump crash null
	zstd -q core && mv core.zst core.crash.0.1.2.3.zst
	timeout 60 "$INQUEST" core core.crash.0.1.2.3.zst >out
	grep -qx "there is:  8 bytes from a null pointer" out
	grep -q "^    null_pointer  *.*tests/state/crash.c:" out
	timeout 60 "$INQUEST" why-died core.crash.0.1.2.3.zst >out
	grep -q "^it crashed: SIGSEGV, address not mapped: 8 bytes from a null pointer, in null_pointer" out
	timeout 60 "$INQUEST" add --dry-run --json core.crash.0.1.2.3.zst >out
	grep -q '"kind":"core"' out && grep -q 'SIGSEGV' out
	gzip -c core >packed && timeout 60 "$INQUEST" core packed >out2
	xz -c core >packed && timeout 60 "$INQUEST" core packed >out3
	cmp out2 out3
	head -c "$(($(stat -c %s packed) / 2))" packed >half # what there is of it is read
	timeout 60 "$INQUEST" core half >out
	grep -q "^the core is cut off" out || grep -q "null_pointer" out
	zstd -qc "$TOP/README.md" >text.zst
	fails 3 "text.zst: this is no core file" "$INQUEST" core text.zst
	head -c 200 packed | tr '\000' '\377' >bad
	fails 3 "bad: " "$INQUEST" core bad
	mkdir full && fails 4 "set TMPDIR to a place with room" env TMPDIR="$PWD/nowhere" "$INQUEST" core packed
}
