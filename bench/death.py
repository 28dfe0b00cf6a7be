#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes of death named right: death.py INQUEST [-v]

Small programs that die, each in a way that is known, run by `inquest run` and looked at once more by `inquest why-died` from
what was recorded; and texts that other programs leave (tests/death/CAUSE.*), by `inquest why-died`. A verdict is right if it
names the cause. What the machine cannot do (a language that is missing, a memory cgroup without root) is skipped and said."""
import json, os, shutil, subprocess, sys, tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILES = {
    'ball.cc': '#include <vector>\n#include <cstdint>\nint main() { std::vector<char> v; v.resize(INT64_MAX / 4); }\n',
    'thrown.cc': '#include <stdexcept>\nint main() { throw std::runtime_error("no such table: orders"); }\n',
    'joinable.cc': '#include <thread>\nint main() { std::thread t([] {}); }\n',
    'asan.c': '#include <stdlib.h>\nint main(void) { char *p = malloc(4); free(p); return p[0]; }\n',
    'ubsan.c': 'int main(int argc, char **argv) { int k = 2147483647; k += argc; return k == 3; }\n',
    'smash.c': '#include <string.h>\nvoid f(const char *s) { char b[8]; strcpy(b, s); }\n'
               'int main(int c, char **v) { f("much longer than eight bytes, by far"); return c; }\n',
    'uncaught.js': 'const t = {};\nfunction pick() { return t.row.id; }\npick();\n',
    'heap.js': 'const a = [];\nfor (;;) a.push(new Array(1000).fill(a.length));\n',
    'deep.js': 'function f(n) { return f(n + 1) + 1; }\nf(0);\n',
    'Uncaught.java': 'class Uncaught { public static void main(String[] a) { String s = null; s.length(); } }\n',
    'Heap.java': 'import java.util.*; class Heap { public static void main(String[] a) { List<long[]> l = new ArrayList<>();'
                 ' for (;;) l.add(new long[1 << 20]); } }\n',
    'panic.go': 'package main\nvar s []int\nfunc main() { println(s[3]) }\n',
    'asleep.go': 'package main\nfunc main() { c := make(chan int); <-c }\n',
    'panic.rs': 'fn main() { let v: Option<u32> = None; println!("{}", v.unwrap()); }\n',
    'Deep.java': 'class Deep { static int f(int n) { return f(n + 1) + 1; } public static void main(String[] a) { f(0); } }\n',
    'map.go': 'package main\nvar m map[string]int\nfunc main() { m["a"] = 1 }\n',
    'deep.rs': 'fn f(n: u64) -> u64 { let a = [n; 100]; if n == u64::MAX { 0 } else { f(n + 1) + a[(n % 100) as usize] } }\n'
               'fn main() { println!("{}", f(0)); }\n',
    'abort.rs': 'fn main() { std::process::abort() }\n',
    'at.cc': '#include <vector>\nint main() { std::vector<int> v(3); return v.at(10); }\n',
    'corrupt.c': '#include <stdlib.h>\n#include <string.h>\n'
                 'int main(void) { char *p = malloc(24); memset(p, 255, 64); free(malloc(3000)); return 0; }\n',
    'bad.c': 'int main(void) { return x }\n',
    'script.sh': '#!/nonexistent/interpreter\necho\n',
    'plain.txt': 'no program\n',
}
BUILD = [['gcc', '-g', '-O0', '-w', '-pthread', TOP + '/tests/programs/die.c', '-o', 'die'], ['g++', '-w', 'ball.cc', '-o', 'ball'],
         ['g++', '-w', 'thrown.cc', '-o', 'thrown'], ['g++', '-w', '-pthread', 'joinable.cc', '-o', 'joinable'],
         ['gcc', '-w', '-g', '-fsanitize=address', 'asan.c', '-o', 'asan'],
         ['gcc', '-w', '-fsanitize=undefined', '-fno-sanitize-recover', 'ubsan.c', '-o', 'ubsan'],
         ['gcc', '-w', '-O1', '-fstack-protector-all', '-U_FORTIFY_SOURCE', 'smash.c', '-o', 'smash'],
         ['javac', 'Uncaught.java', 'Heap.java', 'Deep.java'], ['go', 'build', '-o', 'gomap', 'map.go'],
         ['rustc', 'deep.rs', '-o', 'rsdeep'], ['rustc', 'abort.rs', '-o', 'rsabort'], ['g++', '-w', 'at.cc', '-o', 'at'],
         ['gcc', '-w', 'corrupt.c', '-o', 'corrupt'], ['go', 'build', '-o', 'gopanic', 'panic.go'], ['go', 'build', '-o', 'goasleep', 'asleep.go'],
         ['rustc', '-O', 'panic.rs', '-o', 'rspanic']]
# cause, command; GROUP is a memory cgroup of 40 MB.
CASES = [
    ('fault', './die null'), ('fault', './die wild'), ('fault', './die noncanonical'), ('stack-overflow', './die overflow'),
    ('fault', './die divide'), ('fault', './die illegal'), ('fault', './die breakpoint'), ('fault', './die bus'),
    ('abort', './die abort'), ('assert', './die assert'), ('abort', './die free'), ('abort', './smash'), ('seccomp', './die seccomp'),
    ('rlimit-as', 'bash -c "ulimit -v 200000; exec ./die hog"'), ('rlimit-data', 'bash -c "ulimit -d 100000; exec ./die hog"'),
    ('rlimit-cpu', 'bash -c "ulimit -t 1; exec ./die spin"'), ('rlimit-cpu', 'bash -c "ulimit -S -t 1; exec ./die spin"'),
    ('rlimit-cpu', 'bash -c "ulimit -t 1; ./die spin; exit $?"'),
    ('rlimit-fsize', 'bash -c "ulimit -f 100; exec ./die grows"'), ('rlimit-nofile', 'bash -c "ulimit -n 40; exec ./die files"'),
    ('rlimit-nproc', 'setpriv --reuid=65533 --clear-groups bash -c "ulimit -u 20; exec ./die forks"'),
    ('pipe', './die pipe'), ('space', './die full'), ('signal-sent', './die alarm'), ('signal-sent', './die term'),
    ('signal-sent', './die kill'), ('signal-sent', './die hup'), ('interrupted', './die interrupt'), ('exit', './die code3'),
    ('exit', 'cp /nonexistent/a /tmp/b'), ('no-command', 'sh -c "nonexistent-command --x"'), ('not-executable', 'sh -c ./plain.txt'),
    ('not-executable', 'bash -c "./script.sh; exit $?"'), ('time-limit', 'timeout 1 ./die spin'), ('time-limit', 'INQUEST --time-limit 1s -- ./die deadlock'),
    ('memory-limit', 'INQUEST --memory-limit 100M -- ./die leak'),
    ('oom-cgroup', 'sh -c "echo $$ >GROUP/cgroup.procs; exec ./die hog"'),
    ('oom-cgroup', 'sh -c "echo $$ >GROUP/cgroup.procs; ./die hog; exit $?"'),
    ('allocation', './ball'), ('exception', './thrown'), ('abort', './joinable'), ('sanitizer', './asan'), ('sanitizer', './ubsan'),
    ('exception', 'python3 -c "{}[1]"'), ('allocation', 'python3 -c "bytearray(1 << 60)"'), ('assert', 'python3 -c "assert 1 == 2"'),
    ('exception', 'python3 -c "f = lambda n: f(n + 1)\nf(0)"'), ('interrupted', 'python3 -c "raise KeyboardInterrupt"'),
    ('space', 'python3 -c "f = open(\'/dev/full\', \'w\'); f.write(\'x\'); f.close()"'), ('exit', 'python3 -c "import sys; sys.exit(\'no input\')"'),
    ('fault', 'sh -c "./die null; exit $?"'), ('assert', 'make -f make.mk'),
    ('exception', 'node uncaught.js'), ('heap', 'node --max-old-space-size=40 heap.js'), ('stack-overflow', 'node deep.js'),
    ('exception', 'java -Xshare:auto -cp . Uncaught'), ('heap', 'java -Xmx40m -cp . Heap'), ('panic', './gopanic'), ('deadlock', './goasleep'),
    ('panic', './rspanic'), ('none', 'true'), ('exit', 'perl -e "die 1"'), ('exception', 'node -e "Promise.reject(new Error(1))"'),
    ('exit', 'node -e "process.exit(4)"'), ('stack-overflow', 'java -cp . Deep'), ('panic', './gomap'), ('stack-overflow', './rsdeep'),
    ('abort', './rsabort'), ('exception', './at'), ('abort', './corrupt'), ('signal-sent', 'sh -c "kill -USR1 $$"'),
    ('exit', 'make nosuchtarget'), ('exception', 'python3 -c "import nosuchmodule"'), ('abort', 'python3 -c "import os; os.abort()"'),
    ('fault', 'python3 -c "import ctypes; ctypes.string_at(0)"'), ('exit', 'grep x /nonexistent'), ('exit', 'gcc -c bad.c'),
]
FILES['make.mk'] = 'all:\n\t./die assert\n'


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


def verdict(text):
    for line in reversed(text.splitlines()):
        if line.startswith('{"schema":"inquest.'):
            return json.loads(line)
    return {}


def run_one(inquest, command, env, group):
    options = []
    if command.startswith('INQUEST '):
        first, command = command[8:].split(' -- ', 1)
        options = first.split()
    command = command.replace('GROUP', group or '')
    for d in ('.inquest', 'core'):
        shutil.rmtree(d, ignore_errors=True)
    argv = [w.encode().decode('unicode_escape') if '\\n' in w else w for w in split(command)]
    p = subprocess.run([inquest, 'run', '--json', *options, '--', *argv], env=env, capture_output=True, text=True, errors='replace',
                       timeout=120, stdin=subprocess.DEVNULL)
    now = verdict(p.stderr).get('death', {})
    if now.get('cause') == 'none':
        return now, now
    p = subprocess.run([inquest, 'why-died', '--json'], env=env, capture_output=True, text=True)
    return now, verdict(p.stdout)


def split(command):
    import shlex
    return shlex.split(command)


def programs(inquest, verbose):
    n, right, later, skipped, wrong = 0, 0, 0, [], []
    env = dict(os.environ, LC_ALL='C', INQUEST_STORE='', NO_COLOR='1')
    for k in ('INQUEST_STORE', 'INQUEST_CASE'):
        env.pop(k, None)
    group = memory_group('inquest-death')
    with tempfile.TemporaryDirectory() as d:
        os.chmod(d, 0o755)
        os.chdir(d)
        env['HOME'] = d
        env['GOCACHE'] = os.path.expanduser('~/.cache/go-build')
        os.mkdir('.git')
        for name, text in FILES.items():
            open(name, 'w', encoding='utf-8').write(text)
        os.chmod('script.sh', 0o755)
        for argv in BUILD:
            if shutil.which(argv[0]):
                subprocess.run(argv, stderr=subprocess.DEVNULL, check=False)
        for want, command in CASES:
            words = split(command)
            missing = (words[0].startswith('./') and not os.path.exists(words[0])) or (
                not words[0].startswith('./') and words[0] != 'INQUEST' and not shutil.which(words[0])) or (
                words[0] == 'java' and not os.path.exists('Heap.class')) or ('GROUP' in command and not group) or (
                words[0] == 'setpriv' and os.geteuid() != 0)
            if missing:
                skipped.append(command)
                continue
            now, after = run_one(inquest, command, env, group)
            n += 1
            right += now.get('cause') == want
            later += after.get('cause') == want
            for how, v in (('run', now), ('why-died', after)):
                if v.get('cause') != want:
                    wrong.append(f'{how}: {command!r}: {v.get("cause")}, not {want}: {v.get("sentence")}')
            if verbose:
                print(f'{now.get("sure", ""):9} {now.get("cause", ""):15} {command!r}: {now.get("sentence")}', flush=True)
        os.chdir('/')
    if group:
        os.rmdir(group)
    print(f'programs: {n} ways to die; `run` names {right} right ({100 * right / n:.0f} %), `why-died` afterwards {later} ({100 * later / n:.0f} %)')
    for s in skipped:
        print(f'  skipped here: {s}')
    return wrong


def remains(inquest):
    folder, n, right, wrong = TOP + '/tests/death', 0, 0, []
    for name in sorted(os.listdir(folder)):
        want = name.split('.')[0]
        p = subprocess.run([inquest, 'why-died', '--json', name], cwd=folder, capture_output=True, text=True)
        v = verdict(p.stdout)
        n += 1
        right += v.get('cause') == want
        if v.get('cause') != want:
            wrong.append(f'why-died: {name}: {v.get("cause")}: {v.get("sentence")}')
    print(f'remains of programs: {n} texts; `why-died` names {right} right ({100 * right / n:.0f} %)')
    return wrong


def main(inquest, *rest):
    inquest = os.path.abspath(inquest)
    wrong = remains(inquest) + programs(inquest, '-v' in rest)
    for w in wrong:
        print('  wrong:', w)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
