#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stacks of a Python program with many threads, by `inquest stacks` and by gdb's py-bt, in turns.

usage: stacks-python.py INQUEST [THREADS [ROUNDS]]     (50 threads, 5 rounds)

The program is run by /usr/bin/python3, whose symbols for gdb are in python3-dbg. Told are the medians of the wall time
and of the CPU time of the whole command, their ratios, and how many Python frames each printed: py-bt leaves a frame
out that it cannot read. Without gdb, or without py-bt, inquest's figures stand alone."""
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time

PYTHON = '/usr/bin/python3'
HERE = os.path.dirname(os.path.abspath(__file__))


def timed(argv):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    p = subprocess.run(argv, capture_output=True, text=True, errors='replace')
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, p.stdout


def main(inquest, threads=50, rounds=5):
    program = subprocess.Popen([PYTHON, HERE + '/../tests/programs/threads.py', 'blocked', str(threads)],
                               stdout=subprocess.PIPE)
    program.stdout.readline()
    pid = str(program.pid)
    tools = {'inquest': [inquest, 'stacks', '-v', pid], 'start': [inquest, '--version']}
    if shutil.which('gdb'):
        tools['gdb'] = ['gdb', '-batch', '-p', pid, '-ex', 'thread apply all py-bt']
    times = {name: [] for name in tools}
    frames = {}
    try:
        for _ in range(rounds):
            for name, argv in tools.items():
                # gdb takes seconds; the others are noise unless they are run often
                for _ in range(1 if name == 'gdb' else 5):
                    wall, cpu, text = timed(argv)
                    times[name].append((wall, cpu))
                frames[name] = sum('threads.py' in line for line in text.splitlines())
    finally:
        program.kill()
    print(f'{threads} threads, {rounds} rounds; load {os.getloadavg()[0]:.1f}')
    median = {}
    for name, t in times.items():
        median[name] = [statistics.median(x) for x in zip(*t)]
        print(f'{name:8} wall {median[name][0] * 1e3:9.2f} ms  cpu {median[name][1] * 1e3:9.2f} ms'
              + ('' if name == 'start' else f'  lines with threads.py: {frames[name]}'))
    if 'gdb' in median and frames['gdb']:
        print('gdb / inquest: wall %.0f, cpu %.0f' % tuple(g / i for g, i in zip(median['gdb'], median['inquest'])))
    else:
        print('gdb or its py-bt is not there: no comparison (gdb, python3-dbg)')


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:4]))
