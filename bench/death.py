#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes of death named right: death.py INQUEST [-v] [SET...]

A set is a file: NAME.programs has small programs that die, each in a way that is known, run by `inquest run` and looked at once
more by `inquest why-died` from what was recorded; NAME.texts and NAME.well have texts that other programs leave, the latter of
runs that ended well, for `inquest why-died`. Without a SET all of bench/death are measured, and the texts of tests/death.

A set consists of sections that begin with a line `#### WORDS`. Texts: `#### CAUSE NAME`, then the text, in which U+241B stands
for an escape character and U+240D for a carriage return. Programs: `#### file NAME`, then its content; `#### build` and
`#### run`, then a command on each line, those of `run` behind their CAUSE. Where several causes may rightly be named they are
joined by `|`. GROUP is a memory cgroup of 40 MB, TOP this source tree, `INQUEST OPTIONS -- COMMAND` gives options to `inquest
run`. What the machine cannot do (a language that is missing, a memory cgroup without root) is skipped and said. A verdict is right if it names the cause; how many are right is told
for each degree of certainty as well."""
import collections, json, os, shlex, shutil, signal, subprocess, sys, tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def sections(path):
    """(words of the head, body) of each section of the file."""
    head, body, out = None, [], []
    for line in open(path, encoding='utf-8', newline='\n'):
        if line.startswith('#### '):
            if head:
                out.append((head, ''.join(body)))
            head, body = line[5:].split(), []
        else:
            body.append(line)
    return out + ([(head, ''.join(body))] if head else [])


def memory_group(name):
    """A memory cgroup of 40 MB below ours, of either version; None where none can be made."""
    for line in open('/proc/self/cgroup', encoding='utf-8'):
        _, controllers, path = line.strip().split(':', 2)
        if 'memory' in controllers.split(','):
            where, limit = '/sys/fs/cgroup/memory' + path, 'memory.limit_in_bytes'
        elif not controllers:
            where, limit = '/sys/fs/cgroup' + path, 'memory.max'
        else:
            continue
        where = where.rstrip('/')
        if not os.path.exists(where + '/cgroup.procs'):  # no cgroups are mounted here
            continue
        where += '/' + name
        try:
            os.makedirs(where, exist_ok=True)
            open(where + '/' + limit, 'w', encoding='utf-8').write(str(40 << 20))
            return where
        except OSError:
            try:
                os.rmdir(where)
            except OSError:
                pass
    return None


class Tally:
    """Of one set: how many were right, by certainty, and what was wrong."""

    def __init__(self, what):
        self.what, self.sure, self.wrong = what, collections.OrderedDict(), []

    def add(self, name, want, v, verbose):
        got, sure = v.get('cause'), v.get('sure', '')
        right = got in want.split('|')
        n = self.sure.setdefault(sure, [0, 0])
        n[0] += right
        n[1] += 1
        if not right:
            self.wrong.append(f'{self.what}: {name}: {sure} {got}, not {want}: {v.get("sentence")}')
        if verbose:
            print(f'{"" if right else "WRONG":6}{sure:9} {got or "":15} {name}: {v.get("sentence")}', flush=True)

    def __str__(self):
        right, n = (sum(x[k] for x in self.sure.values()) for k in (0, 1))
        by = ', '.join(f'{s or "?"} {r} of {k}' for s, (r, k) in sorted(self.sure.items()))
        return f'{self.what}: {right} of {n} right ({100 * right / max(n, 1):.0f} %); {by}'


def verdict(text):
    for line in reversed(text.splitlines()):
        if line.startswith('{"schema":"inquest.'):
            return json.loads(line)
    return {}


def run_one(inquest, command, env):
    options = []
    if command.startswith('INQUEST '):
        first, command = command[8:].split(' -- ', 1)
        options = first.split()
    for d in ('.inquest', 'core'):
        shutil.rmtree(d, ignore_errors=True)
    argv = [w.encode().decode('unicode_escape') if '\\n' in w else w for w in shlex.split(command)]
    p = subprocess.run([inquest, 'run', '--json', *options, '--', *argv], env=env, capture_output=True, text=True, errors='replace',
                       timeout=120, stdin=subprocess.DEVNULL)
    now = verdict(p.stderr).get('death', {})
    if now.get('cause') == 'none':
        return now, now
    p = subprocess.run([inquest, 'why-died', '--json'], env=env, capture_output=True, text=True, errors='replace')
    return now, verdict(p.stdout)


def missing(command, group):
    words = shlex.split(command)
    return 'GROUP' in command and not group or words[0] == 'setpriv' and os.geteuid() != 0 or words[0] != 'INQUEST' and not (
        os.path.exists(words[0]) if words[0].startswith('./') else shutil.which(words[0])) or any(
        w.endswith('.exe') and not os.path.exists(w) or w.startswith('./') and ' ' not in w and not os.path.exists(w) for w in words)


def programs(inquest, path, verbose):
    name = os.path.basename(path).split('.')[0]
    now, later, skipped = Tally(f'{name}: run'), Tally(f'{name}: why-died of the run'), []
    env = dict(os.environ, LC_ALL='C', NO_COLOR='1', GOCACHE=os.path.expanduser('~/.cache/go-build'))
    for k in ('INQUEST_STORE', 'INQUEST_CASE'):
        env.pop(k, None)
    group = memory_group('inquest-death')
    with tempfile.TemporaryDirectory() as d:
        os.chmod(d, 0o755)
        os.chdir(d)
        env['HOME'] = d
        os.mkdir('.git')
        for head, body in sections(path):
            if head[0] == 'file':
                os.makedirs(os.path.dirname('./' + head[1]), exist_ok=True)
                open(head[1], 'w', encoding='utf-8').write(body)
                os.chmod(head[1], 0o755 if body.startswith('#!') else 0o644)
            elif head[0] == 'build':
                for command in body.splitlines():
                    argv = shlex.split(command.replace('TOP', TOP))
                    if shutil.which(argv[0]):
                        subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            else:
                for line in body.splitlines():
                    want, command = line.split(' ', 1)
                    if missing(command, group):
                        skipped.append(command)
                        continue
                    a, b = run_one(inquest, command.replace('GROUP', group or ''), env)
                    now.add(command, want, a, verbose)
                    later.add(command, want, b, verbose and a.get('cause') != b.get('cause'))
        os.chdir('/')
    if group:
        os.rmdir(group)
    for s in skipped:
        print(f'{name}: skipped here: {s}')
    return [now, later]


def texts(inquest, path, verbose):
    tally = Tally(os.path.basename(path))
    with tempfile.TemporaryDirectory() as d:
        for (want, name), body in ((h, b) for h, b in sections(path)):
            open(d + '/' + name, 'w', encoding='utf-8', newline='').write(body.replace('\u241b', '\x1b').replace('\u240d', '\r'))
            p = subprocess.run([inquest, 'why-died', '--json', name], cwd=d, capture_output=True, text=True, errors='replace')
            tally.add(name, want, verdict(p.stdout), verbose)
    return [tally]


def remains(inquest, verbose):
    tally, folder = Tally('tests/death'), TOP + '/tests/death'
    for name in sorted(os.listdir(folder)):
        p = subprocess.run([inquest, 'why-died', '--json', name], cwd=folder, capture_output=True, text=True, errors='replace')
        tally.add(name, name.split('.')[0], verdict(p.stdout), verbose)
    return [tally]


def main(inquest, *rest):
    inquest, verbose = os.path.abspath(inquest), '-v' in rest
    signal.signal(signal.SIGINT, signal.default_int_handler)  # jobs in the background inherit that it is ignored
    sets = [os.path.abspath(a) for a in rest if a != '-v']
    tallies = [] if sets else remains(inquest, verbose)
    for path in sets or sorted(os.path.join(TOP, 'bench/death', n) for n in os.listdir(TOP + '/bench/death')):
        tallies += (programs if path.endswith('.programs') else texts)(inquest, path, verbose)
    for t in tallies:
        print(t)
        for w in t.wrong:
            print('  ' + w)
    return 1 if any(t.wrong for t in tallies) else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
