#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks of live processes beside eu-stack and gdb, interleaved, medians and ratios of medians:
stacks.py BUILD [--rounds N] [ROW...]

Rows: total many pause calls state killed frames deadlock busy. Targets are the programs of
tests/state. The pause is the longest time that three threads of the target, which sleep for 50 us
over and over at real-time priority, could not run."""
import collections
import json
import os
import random
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

MANY = ['first', 'second', 'behind:99', 'condition:99']
NULL = subprocess.DEVNULL


class Target:
    """A program of tests/state, until the end of the block."""

    def __init__(self, command, env=None):
        self.log = tempfile.NamedTemporaryFile('w+')
        self.p = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=dict(os.environ, **(env or {})))
        end = time.monotonic() + 60
        while not re.search(r'^ready', self.text(), re.M):
            if self.p.poll() is not None or time.monotonic() > end:
                sys.exit(f'{command}: {self.text()}')
            time.sleep(0.02)
        self.pid = self.p.pid

    def text(self):
        with open(self.log.name, encoding='utf-8') as f:
            return f.read()

    def ask(self):
        """What it says of itself, and forgets."""
        n = self.text().count('\n')
        os.kill(self.pid, signal.SIGUSR1)
        end = time.monotonic() + 10
        while self.text().count('\n') == n and time.monotonic() < end:
            time.sleep(0.01)
        return self.text().split('\n')[-2]

    def pause(self):
        return max(int(x) for x in self.ask().split()[1:]) / 1e6

    def stopped(self):
        out = 0
        for tid in os.listdir(f'/proc/{self.pid}/task'):
            with open(f'/proc/{self.pid}/task/{tid}/stat', encoding='utf-8') as f:
                out += f.read().rsplit(')', 1)[1].split()[0] in 'tT'
        return out

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for s in (signal.SIGCONT, signal.SIGTERM):
            self.p.send_signal(s)
        try:
            self.p.wait(0.5)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()


def tools(inquest):
    out = collections.OrderedDict()
    out['inquest'] = [inquest, 'stacks', '-v']
    out['inquest --how nostop'] = [inquest, 'stacks', '-v', '--how', 'nostop']
    out['inquest --how stop'] = [inquest, 'stacks', '-v', '--how', 'stop']
    if shutil.which('eu-stack'):
        out['eu-stack'] = ['eu-stack', '-p']
    if shutil.which('gdb'):
        out['gdb'] = ['gdb', '-nx', '-batch', '-ex', 'thread apply all bt', '-p']
    return out


def run(tool, pid, limit=120):
    """Milliseconds by the clock (None: not by the limit), and what it printed."""
    start = time.monotonic()
    try:
        p = subprocess.run(tool + [str(pid)], stdout=subprocess.PIPE, stderr=NULL, stdin=NULL, timeout=limit,
                           env=dict(os.environ, DEBUGINFOD_URLS=''))
        return (time.monotonic() - start) * 1e3, p.stdout.decode('utf-8', 'replace')
    except subprocess.TimeoutExpired as e:
        return None, (e.stdout or b'').decode('utf-8', 'replace')


def interleaved(all_tools, rounds, take):
    got = {name: [] for name in all_tools}
    for _ in range(rounds):
        for name in random.sample(list(all_tools), len(all_tools)):
            got[name].append(take(all_tools[name]))
    return got


def median(values):
    return statistics.median(v for v in values if v is not None)


def ratios(ours, peers):
    return ', '.join(f'{name} {peers[name] / ours:.1f} x' for name in ('eu-stack', 'gdb') if name in peers)


def cost(tool, pid):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ms = run(tool, pid)[0]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ms, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def row_total(o, title='200 blocked threads, 20 calls deep', roles=MANY, peers=('eu-stack', 'gdb'), rounds=0):
    print(f'{title}: total, by the clock and in processor time')
    for build in ('threads_O2', 'threads'):
        with Target([f'{o.targets}/{build}'] + list(roles), {'DEPTH': '20'}) as t:
            chosen = {k: v for k, v in tools(o.inquest).items() if k.startswith('inquest') or k in peers}
            got = interleaved(chosen, rounds or o.rounds, lambda tool: cost(tool, t.pid))
        ms, cpu = ({name: median(x[i] for x in v) for name, v in got.items()} for i in (0, 1))
        for name in ms:
            own = name.startswith('inquest')
            print(f'  {build:10s} {name:20s} {ms[name]:8.1f} ms {ratios(ms[name], ms) if own else "":28s}'
                  f' {cpu[name]:8.1f} ms {ratios(cpu[name], cpu) if own else ""}'.rstrip())


def row_many(o):
    row_total(o, '2000 blocked threads', ['first', 'second', 'behind:999', 'condition:999'], ('eu-stack',),
              max(3, o.rounds // 3))


def row_pause(o):
    with Target([f'{o.targets}/threads_O2'] + MANY + ['probe:3'], {'DEPTH': '20'}) as t:
        every = dict(tools(o.inquest), nothing=['sh', '-c', 'sleep 0.2'])
        stops = collections.defaultdict(list)

        def take(tool):
            t.ask()
            time.sleep(0.1)
            t.ask()
            run(tool, t.pid)
            if tool[0] == o.inquest:
                out = subprocess.run(tool[:2] + ['--json'] + tool[3:] + [str(t.pid)], stdout=subprocess.PIPE, check=True)
                stops[' '.join(tool)].append(json.loads(out.stdout)['pause_ns'] / 1e6)
            return t.pause()
        got = interleaved(every, o.rounds, take)
    print('200 blocked threads and 3 probes: longest pause of the target (median, largest; as inquest tells it)')
    for name, v in got.items():
        told = stops.get(' '.join(every[name]))
        print(f'  {name:22s} {median(v):9.2f} ms {max(v):9.2f} ms   {f"{median(told):.2f} ms" if told else ""}')


def row_calls(o):
    with Target([f'{o.targets}/calls']) as t:
        def take(tool):
            t.ask()
            run(tool, t.pid)
            return int(t.ask().split()[1])
        got = interleaved(tools(o.inquest), o.rounds, take)
    print('of 20 blocking calls, those that came back because of the tool (median, most)')
    for name, v in got.items():
        print(f'  {name:22s} {median(v):5.0f} {max(v):5d}')


def row_state(o):
    print('one thread that cannot be stopped, and 5 that pause: time until these were printed')
    for name, tool in tools(o.inquest).items():
        with Target([f'{o.targets}/threads', 'vfork', 'pause:5']) as t:
            ms, text = run(tool, t.pid, 15)
            group = re.search(r'^(\d+) threads \(pause\)', text, re.M)
            named = int(group[1]) if group else text.count('role_pause')
            print(f'  {name:22s} {"hangs (ended after 15 s)" if ms is None else f"{ms:9.1f} ms"}   {named} of 5')


def row_killed(o):
    print('killed at a random moment: target left stopped')
    for name, tool in tools(o.inquest).items():
        if name == 'inquest --how nostop':
            continue
        times = 100 if name.startswith('inquest') else 30
        left = in_time = 0
        with Target([f'{o.targets}/threads', 'first', 'second', 'pause:20', 'spin']) as t:
            usual = run(tool, t.pid)[0] / 1e3
            for _ in range(times):
                p = subprocess.Popen(tool + [str(t.pid)], stdout=NULL, stderr=NULL, stdin=NULL)
                time.sleep(random.random() * usual)
                p.kill()
                in_time += p.wait() == -9
                end = time.monotonic() + 3
                while t.stopped() and time.monotonic() < end:
                    time.sleep(0.01)
                if t.stopped():
                    left += 1
                    os.kill(t.pid, signal.SIGCONT)
        print(f'  {name:22s} {left:5d} of {times} ({in_time} before it was done)')


def frames_of_peer(text):
    out, tid = collections.Counter(), None
    for line in text.split('\n'):
        m = re.match(r'TID (\d+):', line)
        if m:
            tid = int(m[1])
        elif tid and re.match(r'#\d+ +0x[0-9a-f]+ +\S+', line):
            out[tid] += 1
    return out


def row_frames(o):
    print('frames with a name, inlined ones apart: threads with fewer than eu-stack names, frames of both')
    roles = ['first', 'second', 'behind:5', 'writer', 'reader', 'condition', 'semaphore', 'poll', 'epoll', 'read',
             'sleep', 'pause', 'inlined', 'handler', 'altstack', 'recursion', 'spin']
    for build in ('threads', 'threads_O2', 'threads_stripped', 'threads_static', 'threads_fp', 'threads_nofp'):
        if not os.access(f'{o.targets}/{build}', os.X_OK):
            continue
        with Target([f'{o.targets}/{build}'] + roles) as t:
            peer = frames_of_peer(run(['eu-stack', '-n', '0', '-p'], t.pid)[1])
            for how in ('auto', 'nostop'):
                d = json.loads(run([o.inquest, 'stacks', '--json', '--frames', '10000', '--how', how], t.pid)[1])
                ours = {x['tid']: sum(bool(f['function']) and not f['inlined'] for f in x['frames']) for x in d['threads']
                        if how == 'auto' or x['state'] != 'R'}
                guessed = sum(f['trust'] == 'guessed' for x in d['threads'] for f in x['frames'])
                fewer = [f"{x['name']} {ours[x['tid']]}<{peer[x['tid']]}" for x in d['threads']
                         if x['tid'] in ours and ours[x['tid']] < peer[x['tid']]]
                print(f'  {build:17s} {how:7s} {len(fewer):3d} of {len(ours)}   {sum(ours.values())} and '
                      f'{sum(peer[x] for x in ours)}, {guessed} guessed   {" ".join(fewer[:4])}')


def circles(inquest, *args):
    d = json.loads(subprocess.run([inquest, 'stacks', '--json', *args], stdout=subprocess.PIPE, check=True).stdout)
    name = {x['tid']: x['name'] for x in d['threads']}
    return sorted(sorted(name[t] for t in x['threads']) for x in d['deadlocks'])


def row_deadlock(o):
    print('deadlock named')
    wanted = [['first', 'second'], ['reader', 'writer']]
    roles = ['first', 'second', 'writer', 'reader', 'behind:3']
    with tempfile.TemporaryDirectory() as tmp:
        for build in ('threads', 'threads_O2', 'threads_stripped', 'threads_static'):
            program = f'{o.targets}/{build}'
            if not os.access(program, os.X_OK):
                continue
            with Target([program] + roles) as t:
                print(f'  {build:32s} {circles(o.inquest, str(t.pid)) == wanted}')
            shutil.copy(program, f'{tmp}/gone')
            with Target([f'{tmp}/gone'] + roles) as t:
                os.unlink(f'{tmp}/gone')
                print(f'  {build + ", deleted":32s} {circles(o.inquest, str(t.pid)) == wanted}')
            container = ['unshare', '-m', '-p', '-f', '--kill-child', '--mount-proc']
            if subprocess.run(container + ['true'], stderr=NULL).returncode == 0:
                inner = f'mount -t tmpfs none /mnt && cp {program} /mnt/p && exec /mnt/p ' + ' '.join(roles)
                with Target(container + ['sh', '-c', inner]) as t:
                    print(f'  {build + ", container":32s} {circles(o.inquest, "--tree", str(t.pid)) == wanted}')


def row_busy(o):
    print('4 busy threads that take two locks in the same order: looks that told a deadlock')
    with Target([f'{o.targets}/threads', 'busy:4']) as t:
        for how in ('auto', 'nostop', 'stop'):
            false = sum(circles(o.inquest, '--how', how, str(t.pid)) != [] for _ in range(100))
            print(f'  {"--how " + how:22s} {false} of 100')


class Options:
    def __init__(self, args):
        self.rounds = 9
        if '--rounds' in args:
            i = args.index('--rounds')
            self.rounds = int(args[i + 1])
            del args[i:i + 2]
        self.inquest = os.path.abspath(f'{args[0]}/inquest')
        self.targets = os.path.abspath(f'{args[0]}/tests/state')
        self.rows = args[1:] or ['total', 'pause', 'calls', 'many', 'state', 'killed', 'frames', 'deadlock', 'busy']


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    options = Options(sys.argv[1:])
    for row in options.rows:
        globals()['row_' + row](options)
        sys.stdout.flush()
