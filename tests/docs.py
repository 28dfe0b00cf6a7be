#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output that README.md and docs/ show is what the program prints today, as TAP:
docs.py TOP INQUEST. Blocks that begin with "$ inquest" are run at TOP with COLUMNS=110."""
import glob
import os
import re
import subprocess
import sys

BLOCK = re.compile(r'^```\n\$ (inquest .*)\n((?:.*\n)*?)```$', re.M)


def main(top, inquest):
    env = dict(os.environ, COLUMNS='110', PATH=os.path.dirname(inquest) + ':' + os.environ['PATH'], LC_ALL='C.UTF-8')
    for k in ('CLICOLOR_FORCE', 'INQUEST_CONFIG'):
        env.pop(k, None)
    cases = [(f, c, want) for f in ['README.md'] + sorted(glob.glob('docs/*.md', root_dir=top))
             for c, want in BLOCK.findall(open(f'{top}/{f}', encoding='utf-8').read())]
    print(f'1..{len(cases)}')
    failed = not cases
    for i, (path, command, want) in enumerate(cases, 1):
        p = subprocess.run(command, shell=True, cwd=top, env=env, capture_output=True)
        got = p.stdout.decode('utf-8', 'replace')
        same = '\n'.join(x.rstrip() for x in got.split('\n')) == '\n'.join(x.rstrip() for x in want.split('\n'))
        failed = failed or not same
        print(f'{"ok" if same else "not ok"} {i} - {path}: {command}')
        if not same:
            print('\n'.join('# ' + x for x in (got or p.stderr.decode()).split('\n')))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
