#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where curves leave their band: curves.py INQUEST DATA

DATA/mlp holds base_*.csv (seeds of one training), cand_*.csv (another seed, with a fault from a step on that truth.json
tells, or none) and twin_*.csv (the same seed without the fault). DATA/nanogpt holds repeats of real trainings, each of
which is held against the others of its folder's name: none may depart. Prints recall, false alarms, the median error in
steps, how many intervals hold the true one, and how many twins part at the right step."""
import collections
import csv
import glob
import json
import os
import statistics
import subprocess
import sys


def diff(inquest, good, bad, metric):
    r = subprocess.run([inquest, 'diff', '--json', '--metric', metric, '--good', *good, '--bad', bad], capture_output=True, text=True)
    if r.returncode not in (0, 1, 5):
        sys.exit(r.stderr)
    return json.loads(r.stdout)


def rows(path, column):
    with open(path, newline='', encoding='utf-8') as f:
        return [(r['step'], r[column]) for r in csv.DictReader(f)]


def candidates(inquest, data):
    base = sorted(glob.glob(f'{data}/mlp/base_*.csv'))
    found, errors, held, false, faults, twins, exact, nulls = 0, [], 0, 0, 0, 0, 0, 0
    with open(f'{data}/mlp/truth.json', encoding='utf-8') as f:
        truth = json.load(f)
    for t in truth:
        path = f'{data}/mlp/{t["file"]}'
        d = diff(inquest, base, path, 'loss')['first_departure']
        first = t['first_affected_step']
        if first is None:
            nulls += 1
            false += d is not None
        else:
            faults += 1
            found += d is not None
        if d and first is not None:
            errors.append(abs(d['step'] - first))
            held += d['interval'][0] <= first <= d['interval'][1]
        print(f'  {t["file"]} {t["fault"]} {first}:', d and (d['step'], d['interval'], round(d['effect'], 3), round(d['z'], 1)))
        if t['twin']:
            twin = f'{data}/mlp/{t["twin"]}'
            u = diff(inquest, [twin], path, 'loss')['first_unequal']
            right = next((int(a[0]) for a, b in zip(rows(twin, 'loss'), rows(path, 'loss')) if a != b), None)
            twins += 1
            exact += (u and int(u['step'])) == right
    for i, path in enumerate(base):
        nulls += 1
        false += diff(inquest, base[:i] + base[i + 1:], path, 'loss')['first_departure'] is not None
    print(f'made: recall {found}/{faults} = {found / max(1, faults):.2f}, false alarms {false} of {nulls}, '
          f'median error {statistics.median(errors) if errors else None} steps; intervals that hold the step '
          f'{held}/{found}; twins exact {exact}/{twins}')


def repeats(inquest, data):
    groups = collections.defaultdict(list)
    for path in sorted(glob.glob(f'{data}/nanogpt/*.csv')):
        groups[os.path.basename(path).rsplit('_', 1)[0]].append(path)
    for name, paths in groups.items():
        if len(paths) < 4:
            continue
        for metric in ('train_loss', 'val_loss'):
            alarms = [os.path.basename(p) for i, p in enumerate(paths)
                      if diff(inquest, paths[:i] + paths[i + 1:], p, metric)['first_departure']]
            print(f'real: {name} {metric}: {len(alarms)} of {len(paths)} repeats depart', *alarms)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        print(__doc__)
        sys.exit(2)
    candidates(os.path.abspath(sys.argv[1]), sys.argv[2])
    repeats(os.path.abspath(sys.argv[1]), sys.argv[2])
