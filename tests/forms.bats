#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Tables as text, CSV, JSON and JSONL hold the same cells, whatever bytes the log has, for any number
# of threads; read back by Python's own csv and json.

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	python3 - >hostile.log <<'EOF'
import random, sys
random.seed(7)
odd = [b'"', b"'", b',', b'\\', b'\t', b'\x00', b'\x1b[31m', b'\x7f', b'\xff', b'\xc3', b'\xe2\x82\xac',
       b'\xf0\x9f\x98\x80', b'\r', b'{"a": "b"}', b'[x]', b'\xed\xa0\x80', b'a b', b'=1', b'\x0b']
for i in range(3000):
    text = b''.join(random.choices(odd + [b'word', b' '], k=random.randrange(12)))
    sys.stdout.buffer.write(b'2026-11-23 10:00:%02d INFO [t %d] part: %s\n' % (i // 100, i % 3, text))
EOF
}

# agree COMMAND...: its CSV, JSON and JSONL say the same; prints the number of rows.
agree() {
	"$INQUEST" "$@" --csv >t.csv && "$INQUEST" "$@" --json >t.json && "$INQUEST" "$@" --jsonl >t.jsonl
	python3 - <<'EOF'
import csv, json
doc = json.load(open('t.json', encoding='utf-8'))
assert doc['schema'].startswith('inquest.log-') and doc['schema'].endswith('/1'), doc['schema']
lines = [json.loads(l) for l in open('t.jsonl', encoding='utf-8', newline='\n')]
assert lines == doc['rows']
rows = list(csv.reader(open('t.csv', encoding='utf-8', newline=''), strict=True))
names, rows = rows[0], rows[1:]
assert len(rows) == len(lines), (len(rows), len(lines))
for cells, row in zip(rows, lines):
    assert list(row)[:len(names)] == names  # JSON may say more behind them
    for cell, value in zip(cells, row.values()):
        if isinstance(value, list):
            value, cell = value, json.loads(cell)
        elif value is None:
            value = ''
        elif not isinstance(value, str):
            cell = type(value)(cell)
        assert cell == value, (cell, value)
print(len(rows))
EOF
}

@test "log table: a recorded log" {
	n=$(agree log table "$TOP/demo/server/bad.log")
	[ "$n" -gt 1000 ]
}

@test "log table: hostile bytes" {
	[ "$(agree log table hostile.log)" -gt 2000 ]
}

@test "log templates: hostile bytes" {
	[ "$(agree log templates hostile.log)" -gt 1 ]
}

@test "no rows: still a table" {
	: >empty.log
	[ "$(agree log table empty.log)" -eq 0 ]
	[ "$(agree log templates empty.log)" -eq 0 ]
}

@test "a filter that nothing passes, in the first parts or in all" {
	for _ in 1 2 3 4 5 6 7 8; do cat hostile.log; done >big.log
	echo '2026-11-23 11:00:00 INFO [t 9] part: the one' >>big.log
	[ "$(agree log table --where 'thread == "t 9"' big.log)" -eq 1 ] ||
		[ "$(agree log table --grep 'the one' big.log)" -eq 1 ]
	[ "$(agree log table --grep 'no such text' big.log)" -eq 0 ]
}

@test "threads do not matter" {
	for form in --csv --json --jsonl; do
		"$INQUEST" log table -j 1 $form hostile.log >one
		"$INQUEST" log table -j 5 $form hostile.log | cmp - one
	done
	"$INQUEST" log table -j 1 hostile.log >one
	"$INQUEST" log table -j 5 hostile.log | cmp - one
}

@test "text: one line a row, without control bytes, valid UTF-8" {
	"$INQUEST" log table hostile.log >text
	[ "$(wc -l <text)" -eq "$("$INQUEST" log table --jsonl hostile.log | wc -l | awk '{print $1 + 1}')" ]
	python3 -c "t = open('text', encoding='utf-8', newline='').read()
assert not any(c != '\n' and (ord(c) < 32 or 127 <= ord(c) < 160) for c in t)"
}

@test "a reader that goes away ends it quietly; a full disk is told" {
	for _ in 1 2 3 4 5 6 7 8 9; do cat hostile.log; done >big.log
	for form in '' --csv --json --jsonl; do
		"$INQUEST" log table $form big.log 2>err | head -1 >/dev/null
		[ ! -s err ] || { cat err; false; }
		[ -w /dev/full ] || continue
		run bash -c "\"\$INQUEST\" log table $form big.log >/dev/full"
		[ "$status" -eq 4 ]
		run bash -c "\"\$INQUEST\" log templates $form big.log >/dev/full"
		[ "$status" -eq 4 ]
	done
}
