#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of tests and benchmarks against what is right: reports.py BUILD DATA/reports

DATA/reports/expected.json maps "FOLDER/FILE" to counts: cases, passed, failed, error, skipped, time_sum; of TAP ok, not_ok,
skip, todo, plan, bail; rows and first_name of benchmarks; {"parse": "error"} for a file that must be refused. One line a file
that differs (with -v: every file), then the totals; exit status 1 if any differs."""
import json
import os
import re
import subprocess
import sys


def got_of(program, path):
    run = subprocess.run([program, path], capture_output=True, timeout=60, check=False)
    if run.returncode:
        return {'crash': run.returncode}
    got = json.loads(run.stdout)
    got['non_json_lines'] = got['skipped_lines']
    return got


def same_first(want, bench):
    """hyperfine: of its first command the mean, the median and the number of times."""
    for name, (median, n, _) in bench.items():
        m = re.match(r'bench\.' + re.escape(want['command']) + r'(\(.*\))?\.time$', name)
        if m:
            mean = bench.get(name + '.mean', [None])[0]
            return [mean, n] == [want['mean'], want['n_times']] and abs(median - want['median']) <= 1e-9 * abs(median)
    return False


def same(key, want, got):
    if key == 'note':
        return True
    if key == 'first_name':  # the name may have its file before it and parameters behind it
        first = min(got.get('bench', {}).items(), key=lambda b: b[1][2], default=('', 0))[0]
        return re.match(r'bench\.(.*::)?' + re.escape(want) + r'[.(]', first) is not None
    if key == 'first':
        return same_first(want, got.get('bench', {}))
    if key == 'time_sum':
        return abs(want - got.get(key, -1)) <= 1e-3 + 1e-6 * abs(want)
    return got.get(key) == want


def compare(name, want, got):
    """What differs, as text; empty if nothing does."""
    if name.startswith('gotest_json/') and 'cases' in got:  # there only these events count
        got['cases'] = got['passed'] + got['failed'] + got['skipped']
    if 'parse' in got and 'parse' not in want and got['format']:
        return f"refused: {got['why']}"
    return ', '.join(f'{k}: {got.get(k)} instead of {v}' for k, v in want.items() if not same(k, v, got))


def main(argv):
    verbose = '-v' in argv
    build, data = [a for a in argv[1:] if a != '-v']
    program = os.path.join(build, 'bench', 'bench_import')
    with open(os.path.join(data, 'expected.json'), encoding='utf-8') as f:
        expected = json.load(f)
    families, good = {}, 0
    for name, want in sorted(expected.items()):
        got = got_of(program, os.path.join(data, name))
        diff = compare(name, want, got)
        good += not diff
        family = families.setdefault(name.split('/')[0], [0, 0])
        family[0] += not diff
        family[1] += 1
        if diff or verbose:
            print(f"{'differs' if diff else 'same'}  {name}  {got.get('format', 'crash')}  {diff}".rstrip())
    for family, (n, of) in sorted(families.items()):
        print(f'{family}: {n} of {of}')
    print(f'total: {good} of {len(expected)} files as expected')
    return good != len(expected)


if __name__ == '__main__':
    sys.exit(main(sys.argv))
