#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `inquest run` costs its command, and what is left when it is killed.

run.py INQUEST [--rounds N] [--kills N]

1. Wall time of `true` and of a program of about a second, under run and spawned plainly, in turns:
   medians and their difference. 2. CPU of run itself, the sampler's included, as a share of the
   time that process trees of several sizes sleep. 3. kill -9 of the whole group at random moments
   (seed 1): every byte that had been passed on must be in the evidence of the run that the next
   command records, and the store sound."""
import argparse
import glob
import json
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

WORK = ['awk', 'BEGIN { for (i = 0; i < 1500000; i++) x += i % 7 }']


def plain(command):
    start = time.monotonic()
    p = subprocess.Popen(command, stdout=subprocess.DEVNULL, close_fds=False)
    p.wait()
    return (time.monotonic() - start) * 1e3


def under_run(inquest, command, *options):
    start = time.monotonic()
    p = subprocess.run([inquest, 'run', '--json', *options, '--', *command],
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    total = (time.monotonic() - start) * 1e3
    return json.loads(p.stderr.decode().split('\n')[0]), total


def lifetimes(inquest, rounds):
    for name, command, n in (('true', ['true'], rounds * 5), ('1 s of awk', WORK, rounds)):
        a, b, total, before = [], [], [], []
        for _ in range(n):
            a.append(plain(command))
            r, t = under_run(inquest, command)
            b.append(r['wall_ns'] / 1e6)
            total.append(t - b[-1])
            before.append(r['before_ns'] / 1e6)
        diffs = [y - x for x, y in zip(a, b)]
        print(f'{name}: plain {statistics.median(a):.2f} ms, under run {statistics.median(b):.2f} ms, '
              f'added {statistics.median(diffs):+.2f} ms (quartiles '
              f'{", ".join(f"{q:+.2f}" for q in statistics.quantiles(diffs, n=4)[::2])}, n = {n}); outside the '
              f'lifetime {statistics.median(total):.1f} ms, of which capturing {statistics.median(before):.1f} ms')


def sampler(inquest):
    for n in (1, 10, 50, 200):
        command = ['sleep', '4'] if n == 1 else \
            ['sh', '-c', f'i=1; while [ $i -lt {n} ]; do sleep 4 & i=$((i + 1)); done; wait']
        r, _ = under_run(inquest, command)
        print(f'{n} processes: {100 * r["sampler_ns"] / r["wall_ns"]:.3f} % of a CPU, '
              f'{r["samples"]} samples in {r["wall_ns"] / 1e9:.1f} s')


def kills(inquest, n):
    rnd = random.Random(1)
    command = ['sh', '-c', 'i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); echo "line $i of the output"; done']
    expected, lost, empty = [], 0, 0
    for _ in range(n):
        out = tempfile.TemporaryFile()
        p = subprocess.Popen([inquest, 'run', '-q', '--', *command], stdout=out, start_new_session=True)
        time.sleep(rnd.random() * 0.4)
        os.killpg(p.pid, signal.SIGKILL)
        p.wait()
        out.seek(0)
        expected.append(out.read())
    time.sleep(0.5)
    p = subprocess.run([inquest, 'run', '--', 'true'], stderr=subprocess.PIPE, check=True)
    print('the next run says:', p.stderr.decode().strip().split('\n')[-1])
    kept = [open(f, 'rb').read() for f in glob.glob('.inquest/evidence/*/*')]
    for seen in expected:
        if not seen:
            empty += 1
        elif not any(k.startswith(seen) for k in kept):
            lost += 1
    db = sqlite3.connect('.inquest/store.db')
    sound = db.execute('pragma integrity_check').fetchone()[0]
    states = db.execute('select state, count(*) from run group by state').fetchall()
    print(f'{n} kills ({empty} before anything was printed): {lost} lost something; store {sound}; '
          f'left in .inquest/live: {len(glob.glob(".inquest/live/*"))}; runs by state {dict(states)}')
    return lost == 0 and sound == 'ok'


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument('inquest')
    args.add_argument('--rounds', type=int, default=11)
    args.add_argument('--kills', type=int, default=100)
    a = args.parse_args()
    inquest = os.path.abspath(a.inquest)
    with tempfile.TemporaryDirectory() as d:
        os.chdir(d)
        print(f'load before: {os.getloadavg()[0]:.1f}')
        under_run(inquest, ['true'])
        lifetimes(inquest, a.rounds)
        sampler(inquest)
        ok = kills(inquest, a.kills)
        os.chdir('/')
    return 0 if ok else 1


if __name__ == '__main__':
    sys.exit(main())
