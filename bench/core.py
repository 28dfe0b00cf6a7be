#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""inquest core on large cores, beside eu-stack and gdb.

usage: core.py BUILD [--rounds N] [ROW...]
Rows: touched sparse depth threads maps cut (all). Each makes a core of its own with tests/state/large (touched: 3.5 GB
of noise, sparse: 20 GB of memory, one page in 256 of it), looks at it with each tool in turn, and takes it away; medians of time,
processor time and peak memory. Cores are written into TMPDIR (/var/tmp), where the kernel's core_pattern must be a plain
name; a row is left out where there is no room for it.
"""
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

NULL = subprocess.DEVNULL
LIMIT = 30
TOUCHED = 3584
# what large is told, and how much room its core takes in MB
ROWS = {
    'touched': (f'{TOUCHED} MB of noise, 20 threads', [f'touched={TOUCHED}', 'threads=20'], TOUCHED),
    'sparse': ('20 GB of memory, one page in 256 of it, 20 threads', ['sparse=20000', 'threads=20'], 200),
    'depth': ('a stack of 1,000,000 frames', ['depth=1000000'], 100),
    'threads': ('2,000 threads', ['threads=2000'], 200),
    'maps': ('20,000 mappings', ['maps=20000'], 100),
}


def tools(inquest, program, core):
    out = {'inquest': [inquest, 'core', core]}
    if shutil.which('eu-stack'):
        out['eu-stack'] = ['eu-stack', '-n', '0', '--core', core]
    if shutil.which('gdb'):
        out['gdb'] = ['gdb', '-nx', '-batch', '-ex', 'thread apply all bt', program, core]
    return out


def cost(tool):
    """Seconds by the clock (None: not by the limit), of the processor, MB of memory, status."""
    start = time.monotonic()
    pid = os.posix_spawnp(tool[0], tool, dict(os.environ, DEBUGINFOD_URLS=''),
                          file_actions=[(os.POSIX_SPAWN_OPEN, fd, '/dev/null', os.O_RDWR, 0) for fd in (0, 1, 2)])
    end = start + LIMIT
    while True:
        got, status, usage = os.wait4(pid, os.WNOHANG)
        if got:
            break
        if time.monotonic() > end:
            os.kill(pid, 9)
            return None, *took(os.wait4(pid, 0)[2]), 0
        time.sleep(0.001)
    return time.monotonic() - start, *took(usage), os.waitstatus_to_exitcode(status)


def took(usage):
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def no_limits():
    for what in (resource.RLIMIT_CORE, resource.RLIMIT_STACK):
        resource.setrlimit(what, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def make(program, told, where):
    subprocess.run([program] + told, cwd=where, preexec_fn=no_limits, stdout=NULL, stderr=NULL, check=False)
    cores = [f'{where}/{name}' for name in os.listdir(where)]
    return cores[0] if cores else None


def show(title, got):
    print(title)
    ours = statistics.median(x[0] for x in got['inquest'])
    for name, runs in got.items():
        times = [x[0] for x in runs if x[0] is not None]
        if not times:
            print(f'  {name:10s} not within {LIMIT} s{"":33s}{statistics.median(x[2] for x in runs):8.0f} MB')
            continue
        ms = statistics.median(times)
        print(f'  {name:10s} {ms * 1e3:9.1f} ms {f"({ms / ours:.1f} x)" if name != "inquest" else "":12s} processor '
              f'{statistics.median(x[1] for x in runs) * 1e3:9.1f} ms {statistics.median(x[2] for x in runs):8.0f} MB')


def row(o, name, where):
    title, told, room = ROWS[name]
    free = shutil.disk_usage(where).free >> 20
    if free < 2 * room:
        print(f'{title}: left out, no room in {where} ({free} MB)')
        return
    core = make(o.program, told, where)
    if not core:
        print(f'{title}: left out, no core is written here (core_pattern, ulimit -c)')
        return
    every = tools(o.inquest, o.program, core)
    got = {tool: [] for tool in every}
    for _ in range(o.rounds):
        for tool in random.sample(list(every), len(every)):
            # Who did not come to an end once will not the next time.
            if not got[tool] or got[tool][-1][0] is not None:
                got[tool].append(cost(every[tool]))
    size = os.stat(core)
    show(f'{title}: a core of {size.st_size >> 20} MB, {size.st_blocks >> 11} of them on disk', got)
    os.unlink(core)


def row_cut(o, where):
    """Cut off at a hundred places, at random: how it ends, and how long it takes."""
    core = make(o.program, ['touched=64', 'threads=200', 'maps=500'], where)
    if not core:
        print('cut off: left out, no core is written here')
        return
    size = os.stat(core).st_size
    runs = []
    for _ in range(100):
        # half of them in the headers and notes
        size = random.randrange(1, min(size, random.choice((size, 400000))))
        os.truncate(core, size)
        runs.append(cost([o.inquest, 'core', core]))
        if size < 1000:
            os.unlink(core)
            core = make(o.program, ['touched=64', 'threads=200', 'maps=500'], where)
            size = os.stat(core).st_size
    print(f'cut off at 100 places: {sum(x[3] == 0 for x in runs)} told what they hold, {sum(x[3] == 3 for x in runs)} an '
          f'error, {sum(x[3] not in (0, 3) for x in runs)} otherwise; longest {max(x[0] for x in runs) * 1e3:.0f} ms, '
          f'most memory {max(x[2] for x in runs):.0f} MB')
    os.unlink(core)


class Options:
    def __init__(self, args):
        self.rounds = 7
        if '--rounds' in args:
            i = args.index('--rounds')
            self.rounds = int(args[i + 1])
            del args[i:i + 2]
        self.inquest = os.path.abspath(f'{args[0]}/inquest')
        self.program = os.path.abspath(f'{args[0]}/tests/state/large')
        self.rows = args[1:] or list(ROWS) + ['cut']


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    options = Options(sys.argv[1:])
    for each in options.rows:
        with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR', '/var/tmp')) as tmp:
            if each == 'cut':
                row_cut(options, tmp)
            else:
                row(options, each, tmp)
        sys.stdout.flush()
