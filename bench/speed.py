#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Throughput beside peers, interleaved, medians: speed.py INQUEST LOG [BAD_LOG] [--rounds N]

CPU seconds (user + system) of each command on LOG, MB/s, and the ratio to `wc -l` in the same
round; wall-clock ratio of one thread to two; with BAD_LOG also `inquest diff LOG BAD_LOG`."""
import os
import resource
import statistics
import subprocess
import sys
import time


def measure(args):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with open(os.devnull, 'wb') as null:
        p = subprocess.Popen(args, stdout=null, stderr=subprocess.PIPE)
        _, err = p.communicate()
    if p.returncode not in (0, 1):
        sys.exit(f'{args}: {err.decode()}')
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - start


def main(args):
    rounds = 5
    if '--rounds' in args:
        i = args.index('--rounds')
        rounds = int(args[i + 1])
        del args[i:i + 2]
    inquest, log = args[0], args[1]
    commands = {'wc -l': ['wc', '-l', log], 'grep -c': ['grep', '-c', 'zzzzz', log],
                'templates -j1': [inquest, 'log', 'templates', '-j1', '--csv', log],
                'table -j1': [inquest, 'log', 'table', '-j1', '--csv', log],
                'table -j2': [inquest, 'log', 'table', '-j2', '--csv', log]}
    if len(args) > 2:
        commands['diff -j1'] = [inquest, 'diff', '-j1', log, args[2]]
        commands['diff -j2'] = [inquest, 'diff', '-j2', log, args[2]]
    got = {name: [] for name in commands}
    for _ in range(rounds):
        for name, c in commands.items():
            got[name].append(measure(c))
    size = os.path.getsize(log) / 1e6
    wc = statistics.median(c for c, _ in got['wc -l'])
    for name, runs in got.items():
        cpu, wall = (statistics.median(x) for x in zip(*runs))
        total = size + (os.path.getsize(args[2]) / 1e6 if name.startswith('diff') else 0)
        print(f'{name:14s} CPU {cpu:7.3f} s  wall {wall:7.3f} s  {total / cpu:8.1f} MB/s  {cpu / wc:6.1f} x wc -l')
    for name in ('table', 'diff'):
        if f'{name} -j2' in got:
            ratio = statistics.median(a[1] / b[1] for a, b in zip(got[f'{name} -j1'], got[f'{name} -j2']))
            print(f'{name}: two threads {ratio:.2f} x as fast as one')


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1:])
