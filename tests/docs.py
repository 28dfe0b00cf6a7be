#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output that README.md and docs/ show is what the program prints today, as TAP:
docs.py TOP INQUEST. Blocks that begin with "$ inquest" are run at TOP with COLUMNS=110; those of
docs/example-NAME.md and docs/runs.md one after the other in an empty repository that holds files of
demo/, and with what they say on stderr. Any day counts as today."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

DAY = re.compile(r'\b20\d\d-\d\d-\d\d-')
FILES = {'docs/report.md': 'demo/ci/*.log', 'docs/runs.md': 'demo/training/*.csv', 'docs/example-history.md': 'demo/history/*.csv'}  # of other examples: those of demo/ci
BLOCK = re.compile(r'^```\n\$ (inquest .*)\n((?:.*\n)*?)```$', re.M)


def example_folder(top, where, files):
    subprocess.run(['git', 'init', '-q', where], check=True)
    for path in glob.glob(f'{top}/{files}'):
        shutil.copy(path, where)
    return where


def text(s):
    return DAY.sub('DAY-', '\n'.join(x.rstrip() for x in s.strip().split('\n')))


def main(top, inquest):
    with tempfile.TemporaryDirectory() as tmp:
        return check(os.path.abspath(top), os.path.abspath(inquest), tmp)


def check(top, inquest, tmp):
    env = dict(os.environ, COLUMNS='110', PATH=os.path.dirname(inquest) + ':' + os.environ['PATH'], LC_ALL='C.UTF-8')
    for k in ('CLICOLOR_FORCE', 'INQUEST_CONFIG', 'INQUEST_STORE', 'INQUEST_CASE'):
        env.pop(k, None)
    folders = {}
    cases = [(f, c, want) for f in ['README.md'] + sorted(glob.glob('docs/*.md', root_dir=top))
             for c, want in BLOCK.findall(open(f'{top}/{f}', encoding='utf-8').read())]
    print(f'1..{len(cases)}')
    failed = not cases
    for i, (path, command, want) in enumerate(cases, 1):
        example = path.startswith('docs/example-') or path in FILES
        if example and path not in folders:
            folders[path] = example_folder(top, f'{tmp}/{len(folders)}', FILES.get(path, 'demo/ci/*.log'))
        p = subprocess.run(command, shell=True, cwd=folders.get(path, top), env=env, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT if example else subprocess.PIPE)
        got = p.stdout.decode('utf-8', 'replace')
        same = text(got) == text(want)
        failed = failed or not same
        print(f'{"ok" if same else "not ok"} {i} - {path}: {command}')
        if not same:
            print('\n'.join('# ' + x for x in (got or (p.stderr or b'').decode()).split('\n')))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
