#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well `inquest diff` finds the lines that matter in labelled pairs of logs.

usage: pairs.py builds INQUEST DIR     DIR/CASE/{pass.log,fail.log,truth.tsv}: annotator, E|C, line
       pairs.py anomalies INQUEST DIR  DIR/CASE/{*.good,*.fail,inf.yaml}: lines that must be found
       pairs.py missing INQUEST DIR    DIR/faults.tsv: the statement that a fault suppresses

builds: mean F1 and recall of the lines printed by --lines against those annotated E (C is neutral),
        share of cases whose first line is a true one, and with a true one among the first five.
anomalies: lines found of those required, and how many lines were printed.
missing: rank of the suppressed statement among the findings of kind missing."""
import json
import os
import re
import statistics
import subprocess
import sys


def diff(inquest, *args):
    p = subprocess.run([inquest, 'diff', *args], capture_output=True)
    if p.returncode not in (0, 1):
        sys.exit(f'inquest diff {args}: {p.stderr.decode()}')
    return p.stdout.decode('utf-8', 'replace')


def lines_of(inquest, good, bad):
    out = diff(inquest, '--lines', good, bad)
    return list(dict.fromkeys(int(x.rsplit(':', 1)[1]) for x in out.splitlines()))


def builds(inquest, top):
    rows = []
    for case in sorted(os.listdir(top)):
        d = f'{top}/{case}'
        if not os.path.exists(f'{d}/truth.tsv'):
            continue
        truth = {}
        for line in open(f'{d}/truth.tsv'):
            who, kind, no = line.split()
            truth.setdefault(who, {})[int(no)] = kind
        got = lines_of(inquest, f'{d}/pass.log', f'{d}/fail.log')
        scores = []
        for marks in truth.values():
            true = {n for n, k in marks.items() if k == 'E'}
            flagged = set(got) - {n for n, k in marks.items() if k == 'C'}
            if true:
                tp = len(flagged & true)
                p, r = tp / max(1, len(flagged)), tp / len(true)
                scores.append((p, r, 2 * p * r / (p + r) if tp else 0.0))
        p, r, f = (statistics.mean(x) for x in zip(*scores))
        any_true = {n for m in truth.values() for n, k in m.items() if k == 'E'}
        top5 = [n in any_true for n in got[:5]]
        rows.append((p, r, f, top5[:1] == [True], any(top5)))
        print(f'{case:28s} P {p:.3f} R {r:.3f} F1 {f:.3f} lines {len(got):5d} first {int(top5[:1] == [True])} '
              f'five {int(any(top5))}')
    p, r, f, first, five = (statistics.mean(x) for x in zip(*rows))
    print(f'mean of {len(rows)}: P {p:.3f} R {r:.3f} F1 {f:.3f} first {first:.2f} five {five:.2f}')


def required(path):
    """The anomalies of an inf.yaml, by hand: this file has no other structure."""
    out, text, optional = [], None, False
    rows = open(path, encoding='utf-8').read().split('\n')
    for i, row in enumerate(rows):
        if re.match(r'\s*- (line|optional)', row) and text is not None:
            out.append((text, optional))
            text, optional = None, False
        if re.search(r'optional:\s*True', row, re.I):
            optional = True
        if re.search(r'line:\s*\|', row):
            text = rows[i + 1].strip()
    if text is not None:
        out.append((text, optional))
    return [t for t, o in out if not o]


def anomalies(inquest, top):
    found = wanted = printed = 0
    for case in sorted(os.listdir(top)):
        d = f'{top}/{case}'
        if not os.path.isdir(d):
            continue
        bad = next(f'{d}/{x}' for x in os.listdir(d) if x.endswith('.fail'))
        good = bad[:-5] + '.good'
        text = open(bad, encoding='utf-8', errors='replace').read().split('\n')
        got = [text[n - 1] for n in lines_of(inquest, good, bad)]
        want = required(f'{d}/inf.yaml')
        hit = [any(w in g for g in got) for w in want]
        print(f'{case:28s} found {sum(hit)} of {len(want)}, {len(got)} lines of {len(text)}')
        for w, h in zip(want, hit):
            if not h:
                print('   not found:', w)
        found, wanted, printed = found + sum(hit), wanted + len(want), printed + len(got)
    print(f'found {found} of {wanted}, {printed} lines')


def missing(inquest, top):
    loc = re.compile(r'\b(?:TRACE|DEBUG|INFO|WARN|ERROR)\s+(\S+#\d+)')
    hits = n = 0
    for row in [x.rstrip('\n').split('\t') for x in open(f'{top}/faults.tsv')][1:]:
        if '#' not in row[7]:
            continue
        want = (row[4].rsplit('-', 2)[0], row[7])
        out = json.loads(diff(inquest, '--json', '-v', f'{top}/{row[1]}', f'{top}/{row[2]}'))
        rank, seen = None, []
        for f in out['findings']:
            text = f['evidence'][0]['text']
            m = loc.search(text)
            if f['kind'] != 'missing' or not m:
                continue
            key = (text.split(' ', 2)[1].rsplit('-', 2)[0], m[1])
            if key not in seen:
                seen.append(key)
            if key == want:
                rank = seen.index(key) + 1
                break
        n, hits = n + 1, hits + bool(rank and rank <= 5)
        print(f'{row[0]:32s} {want[0]} {want[1]}: rank {rank}')
    print(f'in the top five: {hits} of {n}')


if __name__ == '__main__':
    if len(sys.argv) != 4 or sys.argv[1] not in ('builds', 'anomalies', 'missing'):
        sys.exit(__doc__)
    globals()[sys.argv[1]](sys.argv[2], sys.argv[3])
