#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accuracy of templates on labelled logs, raw file in, no configuration.

usage: mining.py INQUEST DATA [SYSTEM...]     (DATA/SYSTEM/SYSTEM_2k.log and ..._structured_corrected.csv)

GA   share of lines whose group holds exactly the lines of one true group
FGA  F1 over groups
PA   share of lines whose template text equals the true one
FTA  F1 over templates: text right and all its lines of that template
A line that the program counts to the event above (a continuation) has that event's template."""
import collections
import csv
import io
import os
import subprocess
import sys


def run(*args):
    return subprocess.run(args, capture_output=True, check=True).stdout.decode('utf-8', 'replace')


def predict(inquest, log, nlines):
    text = {r['id']: r['template'] for r in csv.DictReader(io.StringIO(run(inquest, 'log', 'templates', '--csv', log)))}
    ids = [None] * (nlines + 1)
    for r in csv.DictReader(io.StringIO(run(inquest, 'log', 'table', '--csv', log), newline='')):
        ids[int(r['line'])] = r['template']
    for i in range(1, nlines + 1):
        ids[i] = ids[i] or ids[i - 1] or 'none'
    return ids[1:], [text.get(i, '') for i in ids[1:]]


def f1(right, predicted, true):
    p, r = right / predicted, right / true
    return 2 * p * r / (p + r) if right else 0.0


def metrics(truth, ids, texts):
    n, tc, pc = len(truth), collections.Counter(truth), collections.Counter(ids)
    pairs = collections.Counter(zip(ids, truth))
    good = [c for (p, t), c in pairs.items() if c == pc[p] == tc[t]]
    of = collections.defaultdict(set)
    for t, p in zip(truth, texts):
        of[p].add(t)
    right = sum(s == {p} for p, s in of.items())
    return (sum(good) / n, f1(len(good), len(pc), len(tc)), sum(a == b for a, b in zip(truth, texts)) / n,
            f1(right, len(of), len(tc)))


def main(inquest, data, *systems):
    total = []
    print(f'{"":12s}   GA   FGA    PA   FTA')
    for s in systems or sorted(d for d in os.listdir(data) if os.path.isdir(f'{data}/{d}')):
        with open(f'{data}/{s}/{s}_2k.log_structured_corrected.csv', newline='', encoding='utf-8') as f:
            truth = [r['EventTemplate'] for r in csv.DictReader(f)]
        m = metrics(truth, *predict(inquest, f'{data}/{s}/{s}_2k.log', len(truth)))
        total.append(m)
        print(f'{s:12s} ' + ' '.join(f'{x:5.3f}' for x in m))
    print(f'{"mean":12s} ' + ' '.join(f'{sum(x) / len(total):5.3f}' for x in zip(*total)))


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
