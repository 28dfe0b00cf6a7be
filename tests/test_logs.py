#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded logs of tests/logs read by PROGRAM, compared with their expected fields, as TAP:
test_logs.py FOLDER PROGRAM ARGS... (called with a log's path appended; prints the columns of
`inquest log table --csv`). With -v all differences instead of the first three of each file."""
import csv
import glob
import io
import os
import subprocess
import sys

FIELDS = ('time', 'level', 'host', 'process', 'thread', 'function', 'source', 'message')
def compare(log, program):
    done = subprocess.run(program + [log], capture_output=True, check=False)
    if done.returncode:
        return [f'exit {done.returncode}: {done.stderr.decode()[:200]}'], 0
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode('utf-8', 'replace'), newline='')))
    got = {r['line']: r for r in rows}
    with open(log[:-4] + '.expected.csv', newline='', encoding='utf-8') as f:
        want = list(csv.DictReader(f))
    bad = []
    for w in want:
        g = got.pop(w['line'], None)
        if g is None:
            bad.append(f"line {w['line']}: no event, wanted {w['message'][:60]!r}")
            continue
        for field in FIELDS:
            if w[field].strip() != g[field].strip():
                bad.append(f"line {w['line']}: {field}: wanted {w[field][:90]!r}, "
                           f"got {g[field][:90]!r}")
                break
    bad += [f"line {n}: an event more: {g['message'][:60]!r}" for n, g in got.items()]
    return bad, len(want)


def main():
    args = sys.argv[1:]
    verbose = args[0] == '-v'
    folder, program = args[verbose], args[verbose + 1:]
    logs = sorted(glob.glob(f'{folder}/*.log'))
    print(f'1..{len(logs)}')
    failed = 0
    for i, log in enumerate(logs, 1):
        bad, n = compare(log, program)
        failed += bool(bad)
        name = os.path.basename(log)
        print(f'{"not ok" if bad else "ok"} {i} - {name}: {n} events' +
              (f', {len(bad)} differ' if bad else ''))
        for line in bad if verbose else bad[:3]:
            print(f'# {line}')
    return 1 if failed or not logs else 0


if __name__ == '__main__':
    sys.exit(main())
