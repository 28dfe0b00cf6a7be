#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The long version of the case document's tests: case.py BENCH_CASE [SEED]. 10,000 edits by program and
person in turn, 2,000 merges by git, 3,000 documents against cmark-gfm, a document of 10 MB."""
import os
import subprocess
import sys
import tempfile


def run(*args):
    p = subprocess.run(args, capture_output=True, text=True)
    print(p.stdout.strip())
    return p.returncode


def big(path, size):
    """Text, code, tables and, last, the symptoms."""
    part = ('## Notes\n\nText of *people*, some | pipes.\n\n```\n| id |\n|---|\n| S1 | in code |\n```\n\n'
            '| host | load |\n| --- | --- |\n| a | 0.7 |\n| b | 1.9 |\n\n- item\n  - item\n\n')
    with open(path, 'w', encoding='utf-8') as f:
        f.write('---\ninquest: 1\ntitle: big\nstatus: open\n---\n# big\n\n')
        f.write(part * (size // 2 // len(part)))
        f.write('## Symptoms\n\n| id | kind | what |\n| --- | --- | --- |\n')
        row = '| S%d | exception | TimeoutError: pool exhausted, in acquire, after 3 retries |\n'
        f.writelines(row % i for i in range(1, size // 2 // len(row)))


def main(bench, seed='1'):
    here = os.path.dirname(os.path.abspath(__file__))
    bad = run(bench, 'edit', '10000', seed)
    with tempfile.TemporaryDirectory() as d:
        bad |= run(bench, 'merge', '2000', seed, d)
        big(f'{d}/big.md', 10_000_000)
        bad |= run(bench, 'speed', f'{d}/big.md')
    bad |= run(sys.executable, f'{here}/../tests/case_oracle.py', bench, '3000', seed)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
