#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""vm-checks.py [NAME...]: what bench/vm looks at, inside the virtual machine, as root. A line 'ok' or
'not ok' for each check, then a summary. NAMEs choose checks by how their names begin; the suites of
tests/*.bats (bats_...) are run only when asked for by name, or where there is KVM."""
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

BUILD = '/opt/build'
DIE = BUILD + '/tests/die'
STATE = BUILD + '/tests/state/'
SYSTEMD_COREDUMP = open('/proc/sys/kernel/core_pattern').read().strip()
NEST = ['descend_again', 'descend', 'descend_again', 'descend', 'work']
sys.path.insert(0, '/opt/top/tests/state')


class Skip(Exception):
    pass


def run(*argv, user=None, text=None, timeout=300):
    """Status and both streams together."""
    if user:
        argv = ('runuser', '-u', user, '--') + argv
    p = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, input=text,
                       stdin=None if text else subprocess.DEVNULL, timeout=timeout, text=True,
                       errors='replace')
    return p.returncode, p.stdout


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def has(text, *words):
    for w in words:
        expect(w in text, f'no "{w}" in:\n{text}')


def sysctl(name, value):
    with open('/proc/sys/' + name.replace('.', '/'), 'w') as f:
        f.write(str(value))


def why(text):
    """The verdict on a text."""
    status, out = run('inquest', 'why-died', '--json', '-', text=text)
    expect(status in (0, 5), out)
    return json.loads(out[out.index('{'):])


def verdict(out):
    """Cause and sureness that `inquest run` tells."""
    m = re.search(r'\[(\w+): ([\w-]+)\]', out)
    expect(m, f'no verdict in:\n{out}')
    return m.group(2), m.group(1)


def oom(*argv, sure=('proven',), words=()):
    status, out = run(*argv)
    cause, how = verdict(out)
    expect(cause == 'oom-cgroup' and how in sure, out)
    has(out, *words)
    return status, out


class Started:
    """A program of tests/state in the background, until it says "ready"."""

    def __init__(self, *argv, user=None, wait=60):
        self.log = tempfile.NamedTemporaryFile('w+')
        if user:
            argv = ('setpriv', '--reuid=' + user, '--regid=' + user, '--clear-groups') + argv
        self.p = subprocess.Popen(argv, stdout=self.log, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL)
        end = time.monotonic() + wait
        while '\nready ' not in '\n' + open(self.log.name).read():
            expect(time.monotonic() < end and self.p.poll() is None,
                   'not ready: ' + open(self.log.name).read())
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.p.kill()
        self.p.wait()

    @property
    def pid(self):
        return str(self.p.pid)


def stacks(*argv, user=None):
    status, out = run('inquest', 'stacks', '--json', *argv, user=user)
    expect(status == 0, out)
    import judge
    return judge.Document(json.loads(out[out.index('{"schema'):]), '/opt/top/tests/state')


def check_locked(d):
    expect(d.circles() == [['first', 'second']], f'circles: {d.circles()}')
    expect(d.own(d.thread('first')) == ['cross', 'role_first'] + NEST,
           f"frames: {d.own(d.thread('first'))}")


# ---- control groups of version 2 ----


def v2_inquest_inside_a_scope():
    oom('systemd-run', '-q', '--scope', '-p', 'MemoryMax=50M', 'inquest', 'run', '--no-record', '--', DIE, 'hog',
        words=['limit 50 MiB of /system.slice/run-', 'Killed process'])


def v2_scope_inside_inquest():
    oom('inquest', 'run', '--no-record', '--', 'systemd-run', '-q', '--scope', '-p', 'MemoryMax=50M', DIE, 'hog',
        words=['limit 50 MiB of /system.slice/run-'])


def v2_inquest_inside_a_service():
    oom('systemd-run', '-q', '--wait', '--pipe', '-p', 'MemoryMax=50M', 'inquest', 'run', '--no-record', '--', DIE,
        'hog', words=['limit 50 MiB of /system.slice/run-'])


def v2_limit_of_the_slice_above():
    run('systemctl', 'set-property', '--runtime', 'inquestlab.slice', 'MemoryMax=60M')
    oom('systemd-run', '-q', '--scope', '--slice', 'inquestlab.slice', 'inquest', 'run', '--no-record', '--', DIE, 'hog',
        words=['limit 60 MiB of /inquestlab.slice'])


def group(name, limit):
    """A control group that is killed as a whole."""
    path = '/sys/fs/cgroup/' + name
    os.makedirs(path, exist_ok=True)
    for file, value in (('memory.max', limit), ('memory.oom.group', '1')):
        with open(f'{path}/{file}', 'w') as f:
            f.write(value)
    return path


def v2_group_is_killed_as_a_whole():
    path = group('lab1', '50M')
    _, out = oom('inquest', 'run', '--no-record', '--', 'sh', '-c',
                 f'echo $$ >{path}/cgroup.procs; sleep 60 & {DIE} hog; echo survived',
                 words=['limit 50 MiB of /lab1'])
    expect('survived' not in out, out)


def v2_inquest_is_killed_with_its_group():
    path = group('lab2', '60M')
    with tempfile.TemporaryDirectory() as d:
        os.chdir(d)
        run('sh', '-c', f'echo $$ >{path}/cgroup.procs; exec inquest run -- {DIE} hog')
        status, out = run('inquest', 'run', '--', 'true')
        expect(status == 0, out)
        status, out = run('inquest', 'runs', '--csv')
        expect('interrupted' in out or 'lost' in out, out)
        os.chdir('/')


def v2_a_child_that_the_shell_survives():
    # Whether the kernel means a child of ours is sure only if it was seen: on a slow machine it may not be.
    oom('inquest', 'run', '--no-record', '--', 'sh', '-c', f'systemd-run -q --scope -p MemoryMax=50M {DIE} hog; exit 137',
        sure=('proven', 'likely', 'possible'), words=['limit 50 MiB'])


def v2_whole_machine():
    # By hand: to wait until the kernel finds nothing more to drop takes minutes in an emulated machine.
    big = 'import time; x = bytearray(300 << 20); print("ready 1", flush=True); time.sleep(600)'
    with Started('systemd-run', '-q', '--wait', '--pipe', '-p', 'OOMScoreAdjust=0', 'inquest', 'run', '--no-record', '--',
                 'python3', '-c', big) as s:
        time.sleep(2)
        with open('/proc/sysrq-trigger', 'w') as f:
            f.write('f')
        s.p.wait(60)
        out = open(s.log.name).read()
    expect(verdict(out) == ('oom-system', 'proven'), out)
    run('journalctl', '--sync')
    d = why(run('journalctl', '-k', '-n', '200', '-o', 'short-iso')[1])
    expect(d['cause'] == 'oom-system', d)
    expect(d['memory'] and d['memory'][0]['killed'], d['memory'])


def v2_throttled():
    with Started('systemd-run', '-q', '--scope', '-p', 'CPUQuota=10%', STATE + 'threads', 'spin', wait=200) as s:
        d = stacks(s.pid, '--watch', '3s')
        expect(d.d['verdict']['kind'] == 'throttled', d.d['verdict'])
        has(d.d['verdict']['sentence'], 'control group')


def v2_units_and_the_journal():
    run('systemd-run', '-q', '--wait', '--unit=lab-hog', '-p', 'MemoryMax=50M', DIE, 'hog')
    run('systemd-run', '-q', '--wait', '--unit=lab-time', '-p', 'RuntimeMaxSec=1', 'sleep', '60')
    run('systemd-run', '-q', '--wait', '--unit=lab-fault', DIE, 'null')
    run('systemd-run', '-q', '--wait', '--unit=lab-exec', '/nonexistent')
    run('systemd-run', '-q', '--wait', '--unit=lab-filter', '-p', 'SystemCallFilter=~getpid', 'sh', '-c', 'kill -0 $$; python3 -c "import os; os.getpid()"')
    run('journalctl', '--sync')
    wanted = {'lab-hog': ('oom', 'oom-cgroup'), 'lab-time': ('time-limit',), 'lab-fault': ('fault',),
              'lab-filter': ('seccomp',)}
    forms = ['short', 'short-full', 'short-iso', 'short-iso-precise', 'short-precise', 'short-monotonic', 'short-unix',
             'with-unit', 'cat', 'json', 'export', 'verbose']
    wrong = []
    for unit, causes in wanted.items():
        texts = [('status', run('systemctl', 'status', '--no-pager', '-l', unit)[1])]
        texts += [(o, run('journalctl', '-u', unit, '-o', o, '--no-pager')[1]) for o in forms]
        for name, text in texts:
            cause = why(text)['cause']
            if cause not in causes:
                wrong.append(f'{unit} as {name}: {cause}\n{text}')
    expect(not wrong, '\n'.join(wrong))


def v2_kernel_log_in_all_forms():
    oom('inquest', 'run', '--no-record', '--', 'systemd-run', '-q', '--scope', '-p', 'MemoryMax=50M', DIE, 'hog')
    run('journalctl', '--sync')
    forms = ['short', 'short-full', 'short-iso', 'short-precise', 'short-monotonic', 'with-unit', 'cat', 'json',
             'export', 'verbose']
    texts = [('dmesg', run('dmesg')[1]), ('dmesg -T', run('dmesg', '-T')[1])]
    texts += [(o, run('journalctl', '-k', '-n', '150', '-o', o, '--no-pager')[1]) for o in forms]
    for name, text in texts:
        d = why(text)
        expect(d['cause'] == 'oom-cgroup' and d['sure'] == 'proven', f'{name}: {d}')
        expect(d['memory'] and d['memory'][0]['name'] == 'die', f"{name}: {d['memory']}")


def v2_oomd():
    if not os.path.exists('/proc/pressure/memory'):
        raise Skip('no PSI')
    os.makedirs('/run/systemd/oomd.conf.d', exist_ok=True)
    with open('/run/systemd/oomd.conf.d/lab.conf', 'w') as f:
        f.write('[OOM]\nDefaultMemoryPressureDurationSec=2s\n')
    # It looks at who is being reclaimed from: without swap there is nothing to reclaim.
    run('sh', '-c', 'dd if=/dev/zero of=/swap bs=1M count=400 && chmod 600 /swap && mkswap /swap && swapon /swap')
    run('systemctl', 'restart', 'systemd-oomd')
    if run('systemctl', 'is-active', 'systemd-oomd')[0] != 0:
        raise Skip('systemd-oomd does not run here')
    run('systemctl', 'set-property', '--runtime', 'laboomd.slice', 'ManagedOOMMemoryPressure=kill',
        'ManagedOOMMemoryPressureLimit=5%')
    run('timeout', '60', 'systemd-run', '-q', '--wait', '--slice=laboomd.slice', '--unit=lab-oomd', '-p', 'MemoryHigh=30M',
        DIE, 'hog')
    run('systemctl', 'stop', 'lab-oomd')
    run('systemctl', 'stop', 'systemd-oomd')
    run('swapoff', '/swap')
    run('journalctl', '--sync')
    text = run('journalctl', '-u', 'lab-oomd', '-u', 'systemd-oomd', '-o', 'short-iso')[1]
    if 'systemd-oomd killed' not in text:
        raise Skip('systemd-oomd did not kill')
    expect(why(text)['cause'] == 'oom-daemon', text)
    text = run('systemctl', 'status', '--no-pager', 'lab-oomd')[1]
    expect(why(text)['cause'] == 'oom-daemon', text)


# ---- cores ----


def core_of_systemd(user=None):
    sysctl('kernel.core_pattern', SYSTEMD_COREDUMP)
    status, out = run('inquest', 'run', '--no-record', '--', DIE, 'null', user=user)
    expect(status == 139 and verdict(out) == ('fault', 'proven'), out)
    has(out, '/var/lib/systemd/coredump/core.die.', 'the thread that died:', 'null_page')
    status, out = run('inquest', 'core', '--find', 'die', user=user)
    expect(status == 1, out)
    path = re.search(r'/var/lib/systemd/coredump/\S*\.zst', out).group(0)
    status, out = run('inquest', 'core', path, user=user)
    expect(status == 0, out)
    has(out, 'there is:  a null pointer', 'null_page', 'die.c:')
    d = json.loads(run('inquest', 'why-died', '--json', path, user=user)[1])
    expect((d['cause'], d['sure']) == ('fault', 'proven'), d)
    return path


def core_systemd_as_root():
    core_of_systemd()


def core_systemd_as_user():
    core_of_systemd('someone')


def core_packed():
    path = core_of_systemd()
    os.chdir(tempfile.mkdtemp())
    run('sh', '-c', f'zstd -dqc {path} >core')
    for packer in (('gzip', '-c'), ('xz', '-c'), ('lz4', '-c'), ('bzip2', '-c')):
        status, _ = run('sh', '-c', ' '.join(packer) + ' core >packed')
        if status == 0:
            status, out = run('inquest', 'core', 'packed')
            expect(status == 0, out)
            has(out, 'null_page')
    run('sh', '-c', f'head -c 7000 {path} >cut')
    status, out = run('inquest', 'core', 'cut')
    expect(status in (0, 3), out)
    run('sh', '-c', 'zstd -qc /etc/passwd >none.zst')
    status, out = run('inquest', 'core', 'none.zst')
    expect(status == 3, out)
    has(out, 'none.zst: this is no core file')
    os.chdir('/')


def core_gone_but_in_the_journal():
    core_of_systemd()
    for f in glob.glob('/var/lib/systemd/coredump/*.die.*'):
        os.unlink(f)
    time.sleep(5)
    _, out = run('inquest', 'core', '--find', 'die')
    has(out, f'{DIE}: missing', 'coredumpctl info')


def core_of_a_limit():
    """SIGXFSZ and SIGXCPU leave cores, which must not hide the limit."""
    for limit, what, cause in (('-f 100', 'grows', 'rlimit-fsize'), ('-t 1', 'spin', 'rlimit-cpu')):
        _, out = run('sh', '-c', f'ulimit {limit}; cd /tmp; exec inquest run --no-record -- {DIE} {what}')
        expect(verdict(out)[0] == cause, out)


def core_patterns():
    d = tempfile.mkdtemp()
    os.chdir(d)
    for pattern, uses, file in (('core', 1, './core.'), ('crash-%p', 0, './crash-'), (f'{d}/at/%e.%p.%t', 0, f'{d}/at/die.'),
                                (f'{d}/at/%u/%h-%s', 1, f'{d}/at/0/lab-11.')):
        os.makedirs(d + '/at/0', exist_ok=True)
        sysctl('kernel.core_uses_pid', uses)
        sysctl('kernel.core_pattern', pattern)
        status, out = run('sh', '-c', f'ulimit -c unlimited; inquest run --no-record -- {DIE} null')
        expect(status == 139, out)
        has(out, 'null_page')
        status, out = run('inquest', 'core', '--find', 'die')
        expect(status == 1, out)
        has(out, file)
    status, out = run('sh', '-c', f'ulimit -c 0; inquest run --no-record -- {DIE} null')
    expect(status == 139 and verdict(out) == ('fault', 'proven'), out)
    sysctl('kernel.core_pattern', '|/bin/true %p')
    status, out = run('inquest', 'run', '--no-record', '--', DIE, 'null')
    has(out, 'the kernel gave its core to /bin/true (kernel.core_pattern)')
    _, out = run('inquest', 'core', '--find', 'nosuch')
    has(out, 'the kernel hands cores to /bin/true')
    sysctl('kernel.core_uses_pid', 0)
    sysctl('kernel.core_pattern', SYSTEMD_COREDUMP)
    os.chdir('/')


# ---- stacks ----


def stacks_each_way():
    with Started(STATE + 'threads', 'first', 'second', 'behind:3', 'pause', 'spin') as s:
        for how in ('auto', 'nostop', 'stop'):
            check_locked(stacks(s.pid, '--how', how))


def stacks_by_bpf():
    with Started(STATE + 'threads', 'first', 'second', 'behind:3', 'pause', 'spin') as s:
        d = stacks(s.pid, '--how', 'bpf')
        check_locked(d)
        expect(d.thread('first')['how'] == 'bpf', d.thread('first')['how'])
        expect(d.d['disturbed'] == 0, d.d['disturbed'])


def stacks_as_user():
    with Started(STATE + 'threads', 'first', 'second', 'pause', 'spin', user='someone') as s:
        for how in ('auto', 'nostop', 'stop'):
            check_locked(stacks(s.pid, '--how', how, user='someone'))
        status, out = run('inquest', 'stacks', s.pid, '--how', 'bpf', user='someone')
        expect(status == 4, out)
        has(out, 'this needs root')


def stacks_of_a_thread_that_cannot_stop():
    with Started(STATE + 'threads', 'vfork', 'pause:5', 'spin') as s:
        for how in ('auto', 'nostop', 'stop', 'bpf'):
            d = stacks(s.pid, '--how', how)
            expect(d.thread('vfork')['state'] == 'D', d.thread('vfork'))
            expect(all(d.in_order(t, 'role_pause', *NEST) for t in d.named('pause')), how)
            expect(d.in_order(d.thread('vfork'), 'vfork', 'role_vfork', *NEST), d.functions(d.thread('vfork')))
            expect(d.thread('vfork')['kernel_stack'], 'no kernel stack')


def stacks_of_200_threads():
    with Started(STATE + 'threads', 'first', 'second', 'behind:198', wait=120) as s:
        for how in ('auto', 'bpf'):
            d = stacks(s.pid, '--how', how)
            check_locked(d)
            expect(len(d.behind()) == 198, len(d.behind()))


def inside(user, *flags):
    with Started('unshare', *flags, '--kill-child', '-f', STATE + 'threads', 'first', 'second', 'behind:2',
                 user=user) as s:
        for u in {None, user}:
            check_locked(stacks('--tree', s.pid, user=u))


def stacks_in_a_container():
    inside(None, '-m', '-p', '-i', '-n', '-C')


def stacks_in_a_user_namespace_of_root():
    inside(None, '-U', '-r', '-m', '-p')


def stacks_in_a_user_namespace_of_a_user():
    inside('someone', '-U', '-r', '-m', '-p')


def stacks_of_a_filtered_service():
    run('systemd-run', '-q', '--unit=lab-seccomp', '-p', 'SystemCallFilter=@system-service', '-p', 'NoNewPrivileges=yes',
        '-p', 'DynamicUser=yes', '-p', 'PrivateTmp=yes', '-p', 'ProtectSystem=strict', '-p', 'ProtectProc=invisible',
        '-p', 'MemoryDenyWriteExecute=yes', STATE + 'threads', 'first', 'second', 'pause', 'spin')
    time.sleep(4)
    pid = run('systemctl', 'show', '-P', 'MainPID', 'lab-seccomp')[1].strip()
    try:
        for how in ('auto', 'nostop', 'stop', 'bpf'):
            check_locked(stacks(pid, '--how', how))
    finally:
        run('systemctl', 'kill', '-s', 'KILL', 'lab-seccomp')


def stacks_with_hidden_processes():
    with Started(STATE + 'threads', 'first', 'second') as other, \
            Started(STATE + 'threads', 'first', 'second', user='someone') as own:
        expect(run('mount', '-o', 'remount,hidepid=2', '/proc')[0] == 0, 'remount')
        try:
            status, out = run('inquest', 'stacks', other.pid, user='someone')
            expect(status == 4, out)
            has(out, f'no process {other.pid}')
            check_locked(stacks(own.pid, user='someone'))
            check_locked(stacks(own.pid))
        finally:
            run('mount', '-o', 'remount,hidepid=0', '/proc')


def hang(user):
    out = run('timeout', '100', 'inquest', 'run', '--no-record', '--hang-after', '1s', '--time-limit', '15s', '--',
              DIE, 'deadlock', user=user)[1]
    return out


def yama_0_and_1_as_user():
    with Started(STATE + 'threads', 'first', 'second', 'spin', user='someone') as s:
        try:
            sysctl('kernel.yama.ptrace_scope', 1)
            for how in ('auto', 'nostop', 'stop'):
                status, out = run('inquest', 'stacks', s.pid, '--how', how, user='someone')
                expect(status == 4, out)
                has(out, 'kernel.yama.ptrace_scope is 1', 'run this as root')
            check_locked(stacks(s.pid))
            out = hang('someone')
            has(out, 'deadlock of 2 threads', 'other_order')
        finally:
            sysctl('kernel.yama.ptrace_scope', 0)
        check_locked(stacks(s.pid, user='someone'))


def yama_2():
    with Started(STATE + 'threads', 'first', 'second', 'spin', user='someone') as s:
        try:
            sysctl('kernel.yama.ptrace_scope', 2)
            status, out = run('inquest', 'stacks', s.pid, user='someone')
            expect(status == 4, out)
            has(out, 'kernel.yama.ptrace_scope is 2', 'run this as root')
            for how in ('auto', 'nostop', 'stop', 'bpf'):
                check_locked(stacks(s.pid, '--how', how))
            has(hang('someone'), 'no stacks: ', 'ptrace_scope is 2', '[proven: time-limit]')
            has(hang(None), 'deadlock of 2 threads')
        finally:
            sysctl('kernel.yama.ptrace_scope', 0)


def zz_yama_3():
    """Cannot be taken back: the last."""
    with Started(STATE + 'threads', 'first', 'second', 'spin', user='someone') as s:
        sysctl('kernel.yama.ptrace_scope', 3)
        for user in ('someone', None):
            for how in ('auto', 'nostop', 'stop'):
                status, out = run('inquest', 'stacks', s.pid, '--how', how, user=user)
                expect(status == 4, out)
                has(out, 'ptrace_scope is 3', 'not even root')


# ---- the suites of the tests ----


def bats(suite, user=None):
    env = ['INQUEST=' + BUILD + '/inquest', 'TARGETS=' + STATE.rstrip('/'), 'TOP=/opt/top', 'DIE=' + DIE,
           'MAKE_RUNS=' + BUILD + '/tests/make_runs', 'MAKE_HISTORY=' + BUILD + '/tests/make_history',
           'HOME=/tmp', 'PATH=' + os.environ['PATH']]
    argv = (('runuser', '-u', user, '--') if user else ()) + \
        ('env', '-i', *env, 'bats', '--tap', f'/opt/top/tests/{suite}.bats')
    out = ''
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          text=True, errors='replace') as p:
        for line in p.stdout:
            out += line
            if re.match('(ok|not ok) ', line):
                print(f'# {suite}{" as " + user if user else ""}: {line}', end='', flush=True)
    expect(re.search('^ok ', out, re.M) and not re.search('^not ok ', out, re.M),
           re.sub('^ok .*\n', '', out, flags=re.M))


def bats_stacks():
    bats('stacks')


def bats_stacks_as_user():
    bats('stacks', 'someone')


def with_plain_cores(suite, user=None):
    sysctl('kernel.core_pattern', 'core')
    try:
        bats(suite, user)
    finally:
        sysctl('kernel.core_pattern', SYSTEMD_COREDUMP)


def bats_core():
    with_plain_cores('core')


def bats_core_as_user():
    with_plain_cores('core', 'someone')


def bats_why_died():
    bats('why-died')


def bats_why_died_with_plain_cores():
    with_plain_cores('why-died')


def bats_why_died_as_user():
    bats('why-died', 'someone')


def bats_run():
    bats('run')


def bats_run_as_user():
    bats('run', 'someone')


def main():
    checks = [(n, f) for n, f in globals().items()
              if re.match('(v2|core|stacks|yama|zz_yama|bats)_', n) and callable(f) and n != 'core_of_systemd']
    checks.sort(key=lambda c: c[0].startswith('zz_'))
    kvm = 'tsc' in open('/sys/devices/system/clocksource/clocksource0/available_clocksource').read() and \
        'kvm-clock' in open('/sys/devices/system/clocksource/clocksource0/available_clocksource').read()
    names = sys.argv[1:]
    counts = {'ok': 0, 'not ok': 0, 'skipped': 0}
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    print(f'# Linux {os.uname().release}', flush=True)
    for name, check in checks:
        if names and not name.startswith(tuple(names)) or not names and name.startswith('bats_') and not kvm:
            continue
        begin, skip, why_not = time.monotonic(), '', ''
        os.chdir('/tmp')
        try:
            check()
        except Skip as e:
            skip = f' # SKIP {e}'
        except Exception as e:  # whatever it is, the next one is to be run
            why_not = f'{type(e).__name__}: {e}'
        word = 'not ok' if why_not else 'ok'
        counts['skipped' if skip else word] += 1
        print(f'{word} {name} ({time.monotonic() - begin:.0f} s){skip}', flush=True)
        for line in why_not.splitlines()[:40]:
            print('#     ' + line, flush=True)
    print('lab: ' + ', '.join(f'{n} {word}' for word, n in counts.items()), flush=True)


main()
