#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many lines' header fields are right: header.py FOLDER PROGRAM [ARGS...]

FOLDER has one folder a system with X_2k.log and X_2k.log_structured_corrected.csv (loghub's form).
PROGRAM ARGS... FILE prints the table that `inquest log table --csv` prints. A line is right if its
message is the labelled Content (blanks at the ends aside) and every labelled header column stands in
its field: Level in level, Pid in process (or thread), Tid in thread, Component in function, Node or
User in host, and the time of day in time."""
import csv
import io
import os
import re
import subprocess
import sys

csv.field_size_limit(1 << 30)


def has(value, *cells):
    value = value.strip().rstrip(':')
    return not value or any(value == c.strip() or value in c for c in cells)


def number(v):
    return v[:-2] if v.endswith('.0') else v


def checks(system, truth, row):
    """name -> right? of one line"""
    out = {'message': truth['Content'].strip() == row['message'].strip()}
    fields = (row['host'], row['process'], row['thread'], row['function'], row['source'])
    for key in ('Level',):
        if key in truth and system not in ('Linux',):
            out['level'] = truth[key].strip().lower() == row['level'].strip().lower()
    for key in ('Pid', 'PID'):
        if key in truth:
            out['process'] = has(number(truth[key]), row['process'], row['thread'])
    if 'Tid' in truth:
        out['thread'] = has(truth['Tid'], row['thread'])
    for key in ('Component', 'Program'):
        if key in truth:
            out['function'] = has(truth[key], row['function']) or \
                any(truth[key].strip().endswith(f) for f in (row['function'],) if f)
    if system == 'Linux':
        out['host'] = truth['Level'] == row['host']
    for key in ('Node', 'User'):
        if key in truth:
            out['host'] = has(truth[key], *fields)
    time = ' '.join(truth.get(k, '') for k in ('Date', 'Time') if truth.get(k))
    if time:
        want = re.findall(r'\d+', time)
        got = re.findall(r'\d+', row['time'])
        digits = ''.join(want)
        if system == 'HDFS':  # a number there: its zeros in front are lost
            digits = truth['Time'].zfill(6)
        out['time'] = bool(got) and (''.join(got[3:6]) in digits or
                                     ''.join(got[1:6]) in digits)
    return out


def measure(folder, system, program):
    log = f'{folder}/{system}/{system}_2k.log'
    with open(f'{log}_structured_corrected.csv', newline='', encoding='utf-8') as f:
        truth = list(csv.DictReader(f))
    done = subprocess.run(program + [log], capture_output=True, check=False)
    text = done.stdout.decode('utf-8', 'replace').replace('\0', '')
    rows = {int(r['line']): r for r in csv.DictReader(io.StringIO(text, newline=''))}
    bad, right, shown = {}, 0, {}
    for t in truth:
        row = rows.get(int(t['LineId']))
        wrong = ['event'] if row is None else [k for k, ok in checks(system, t, row).items() if not ok]
        for k in wrong:
            bad[k] = bad.get(k, 0) + 1
            shown.setdefault(k, (t, row))
        right += not wrong
    return right, len(truth), bad, shown


def main():
    folder, program = sys.argv[1], sys.argv[2:]
    verbose = os.environ.get('VERBOSE')
    total = lines = 0
    for system in sorted(os.listdir(folder)):
        if not os.path.isdir(f'{folder}/{system}'):
            continue
        right, n, bad, shown = measure(folder, system, program)
        total, lines = total + right, lines + n
        print(f'{system:12} {right / n:7.2%}  ' + ' '.join(f'{k}:{v}' for k, v in bad.items()))
        if verbose:
            for k, (t, row) in shown.items():
                print('   ', k, dict(list(t.items())[:-2]), '\n       ', row)
    print(f'{"all":12} {total / lines:7.2%}')


if __name__ == '__main__':
    main()
