#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change points against labelled series, through the program, default settings:
changepoint.py BUILD DATA, where DATA holds tcpd/ (annotations.json: series -> annotator -> indices), timing/ and
timing_ref/ (truth.json: series -> [{index}]), each with one CSV a series. F1 (margin 5, index 0 counts as true) and
covering as van den Burg & Williams 2020 define them; beside them precision, recall and false alarms of unchanged
series, and the score of reporting nothing. Then the blocks of unchanged timing_ref series as A/A tests."""
import json
import os
import subprocess
import sys

MARGIN = 5


def matched(true, found):
    left, n = set(found), 0
    for t in sorted(true):
        near = sorted((abs(t - x), x) for x in left if abs(t - x) <= MARGIN)
        if near:
            n += 1
            left.remove(near[0][1])
    return n


def f1(annotators, found):
    sets, found = [set(a) | {0} for a in annotators], set(found) | {0}
    precision = matched(set().union(*sets), found) / len(found)
    recall = sum(matched(s, found) / len(s) for s in sets) / len(sets)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0


def segments(changes, n):
    ends = [0] + sorted(c for c in set(changes) if 0 < c < n) + [n]
    return list(zip(ends, ends[1:]))


def jaccard(a, b):
    both = min(a[1], b[1]) - max(a[0], b[0])
    return max(both, 0) / (max(a[1], b[1]) - min(a[0], b[0]))


def covering(annotators, found, n):
    total = 0
    for a in annotators:
        total += sum((s[1] - s[0]) * max(jaccard(s, t) for t in segments(found, n)) for s in segments(a, n)) / n
    return total / len(annotators)


def history(build, path, value, reference):
    args = [f'{build}/inquest', 'history', '--file', path, '--value', value, '--json']
    p = subprocess.run(args + (['--reference', reference] if reference else []), capture_output=True, check=False)
    if p.returncode not in (0, 1, 5):
        sys.exit(p.stderr.decode())
    return [c['index'] for c in json.loads(p.stdout)['changes']]


def measure(name, series):
    scores, nothing, covers, nothings = [], [], [], []
    hit = said = true = alarms = unchanged = 0
    for annotators, found, n in series:
        scores.append(f1(annotators, found))
        nothing.append(f1(annotators, []))
        covers.append(covering(annotators, found, n))
        nothings.append(covering(annotators, [], n))
        if len(annotators) == 1:
            hit += matched(annotators[0], found)
            said += len(found)
            true += len(annotators[0])
        if not any(annotators):
            unchanged += 1
            alarms += len(found)
    k = len(scores)
    line = f'{name}: {k} series, F1 {sum(scores) / k:.3f} (nothing {sum(nothing) / k:.3f}), ' \
           f'covering {sum(covers) / k:.3f} ({sum(nothings) / k:.3f})'
    if true:
        line += f', precision {hit / max(said, 1):.2f}, recall {hit / true:.2f}'
    if unchanged:
        line += f', false alarms per unchanged series {alarms / unchanged:.2f} of {unchanged}'
    print(line)


def rows(path):
    return [line.strip().split(',') for line in open(path, encoding='utf-8')][1:]


def folder(build, data, kind, value, reference=None):
    d = f'{data}/{kind}'
    if not os.path.isdir(d):
        return
    if kind == 'tcpd':
        truth = {k: list(v.values()) for k, v in json.load(open(f'{d}/annotations.json', encoding='utf-8')).items()}
    else:
        truth = {k: [[c['index'] for c in v]] for k, v in json.load(open(f'{d}/truth.json', encoding='utf-8')).items()}
    series = []
    for k in sorted(truth):
        path = f'{d}/{k}.csv'
        series.append((truth[k], history(build, path, value, reference), len(rows(path))))
    measure(f'{kind} {value}' + (f' / {reference}' if reference else ''), series)


def same(build, data):
    d = f'{data}/timing_ref'
    if not os.path.isdir(d):
        return
    pairs = ''
    for k, changes in sorted(json.load(open(f'{d}/truth.json', encoding='utf-8')).items()):
        if not changes:
            pairs += ''.join(f'{r[1]} {r[4]}\n' for r in rows(f'{d}/{k}.csv'))
    p = subprocess.run([f'{build}/bench/bench_twosample', '--same'], input=pairs, text=True, capture_output=True, check=True)
    print('the same work twice,', p.stdout, end='')


def main(build, data):
    for part in ('min5', 'median5', 'first'):
        folder(build, data, 'timing_ref', part, f'ref_{part}')
    folder(build, data, 'timing', 'wall_ns_min5')
    folder(build, data, 'tcpd', 'value')
    same(build, data)


if __name__ == '__main__':
    main(*sys.argv[1:])
