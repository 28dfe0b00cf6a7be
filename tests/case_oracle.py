#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scanner of the case document against cmark-gfm, as TAP:
case_oracle.py BENCH_CASE [DOCUMENTS [SEED]]. Random documents and tables must have the same
headings, rows and cells, and escaped texts must be shown as they are."""
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

NS = '{http://commonmark.org/xml/1.0}'
LINES = ['| a | b |', '|---|---|', '| --- | :-: |', 'a | b', '--|--', '| 1 | 2 | 3 |', '| x |', '|', '||', 'text',
         'more text', '', '', '', '# H', '## H ##', '#no', '```', '````', '~~~', '``` sh', '    code', '   | i | j |',
         '> q', '> | a | b |', '> |---|---|', '>', '- item', '-', '  in item', '      deep', '1. one', '2) two', '10. ten',
         '===', '---', '***', '- - -', '<div>', '</div>', '<!-- c', '-->', '<b>bold</b> text', '<b>', '\tcode', '- ```',
         '  ```', '* | a | b |', '  | a | b |', '  |---|---|', '> ```', '> # H', '- # H', ':--', '\\| esc |', '| `a|b` | c |',
         '| \\| | d |', '| a', 'b |', '+', '<pre>', '</pre>', '<?php', '?>', '   # H', '    # H', '|-|-|', '- | -', '1.',
         '  - sub', '    - subsub', '>> qq', '> - qi', '>   in', '-   wide', '|\t|', '| \\\\| | e |']


def cmark(text):
    p = subprocess.run(['cmark-gfm', '-e', 'table', '-e', 'strikethrough', '-t', 'xml', '--sourcepos'],
                       input=text.encode(), capture_output=True, check=True)
    xml = re.sub(rb'[\x00-\x08\x0b\x0c\x0e-\x1f]', b'', p.stdout)
    return ET.fromstring(xml)


def line_of(e):
    return int(e.get('sourcepos').split(':')[0])


def plain(e):
    """The text of a cell; code without its ticks, a tag for a line break as one."""
    kind = e.tag[len(NS):]
    if kind == 'html_inline':
        return '\n' if e.text == '<br>' else e.text
    return (e.text or '') * (kind in ('text', 'code')) + ''.join(plain(c) for c in e)


def loose(s):
    return re.sub(r'[`\s\x0b\x0c]', '', s)


def theirs(text):
    out = []
    for e in cmark(text):
        kind = e.tag[len(NS):]
        if kind == 'heading':
            out.append(('heading', line_of(e), int(e.get('level'))))
        if kind == 'table':
            out += [('row', [loose(plain(c)) for c in r]) for r in e]
    return out


def ours(bench, text, tmp):
    with open(tmp, 'w', encoding='utf-8', newline='') as f:
        f.write(text)
    out, width = [], 0
    for line in subprocess.run([bench, 'scan', tmp], capture_output=True, check=True).stdout.decode().splitlines():
        kind, no, x = json.loads(line)
        if kind == 'heading':
            out.append(('heading', no, x))
            continue
        # a header sets the number of cells; the scanner says where the lines are, not which is one
        out.append(('row', no, [loose(c) for c in x]))
    rows, last = [], None
    for item in out:
        if item[0] == 'heading':
            rows.append(item)
            last = None
            continue
        _, no, cells = item
        head = last is None or no not in (last + 1, last + 2) or (no == last + 2 and not first)
        first, last = head, no
        width = len(cells) if head else width
        rows.append(('row', (cells + [''] * width)[:width]))
    return rows


def document(rng):
    return '\n'.join(rng.choice(LINES) for _ in range(rng.randint(2, 14))) + '\n'


CELLS = ['a', 'b c', '\\|', '`x|y`', '`x\\|y`', '', ' ', 'é', '日本', '\\', 'x\\\\|', '`', '-', ':-', '#', '> q', '**']


def table(rng):
    n = rng.randint(1, 5)
    row = lambda k, c: ' ' * rng.randint(0, 3) + '|' + '|'.join(' ' + rng.choice(c) + ' ' for _ in range(k)) + '|'
    lines = [row(n, CELLS[:3]), row(n, ['---', ':-:', '-', '--:'])]
    lines += [row(max(1, n + rng.choice([-1, 0, 0, 0, 1])), CELLS) for _ in range(rng.randint(0, 6))]
    return '\n'.join(['text', ''] * rng.randint(0, 1) + lines) + '\n' + rng.choice(['', '\nafter\n', '# H\n', '> q\n'])


PIECES = list('abc *_`~<>[]()!&;#|\\\\-+.:/=\'"{}$@') + ['<br>', '&lt;', '__', '**', '](', '\n', 'http://x.y/a_b', '\\|',
                                                     '<b>', '<!--', '~~', 'a_b', '%', '<a@b.c>', '<http://x>', 'é', '`|`']


def check(name, n, bad, no):
    print(f'{"not ok" if bad else "ok"} {no} - {name} ({n})')
    for b in bad[:3]:
        print('\n'.join('# ' + x for x in b.split('\n')))
    return not bad


def compare(bench, make, n, rng, tmp):
    bad = []
    for _ in range(n):
        text = make(rng)
        a, b = ours(bench, text, tmp), theirs(text)
        # cmark gives some headings of several lines the line of their end
        if a != b:
            bad.append(f'{text!r}\nours   {a}\ncmark  {b}')
    return bad


def escapes(bench, n, rng, tmp):
    texts = [''.join(rng.choice(PIECES) for _ in range(rng.randint(1, 12))).strip() for _ in range(n)]
    texts = [re.sub(r'[ \t]*\n[ \t]*', '\n', t) for t in texts if t]
    with open(tmp, 'wb') as f:
        f.write(b'\0'.join(t.encode() for t in texts))
    out = subprocess.run([bench, 'escape', tmp], capture_output=True, check=True).stdout.decode()
    rows = list(cmark(out)[0])[1:]
    got = [plain(r[0]) if len(r) else '' for r in rows]
    if len(got) != len(texts):
        return [f'{len(texts)} texts, {len(got)} rows']
    return [f'{t!r} is shown as {g!r}' for t, g in zip(texts, got)
            if re.sub(r' +', ' ', t) != re.sub(r' +', ' ', g)]


def main(bench, n=400, seed=1):
    n, rng = int(n), random.Random(int(seed))
    if not shutil.which('cmark-gfm'):
        print('1..0 # SKIP cmark-gfm is absent: the scanner is not compared with it')
        return 0
    print('1..3')
    with tempfile.NamedTemporaryFile() as f:
        good = check('random documents: headings and rows', n, compare(bench, document, n, rng, f.name), 1)
        good &= check('random tables: rows and cells', n, compare(bench, table, n, rng, f.name), 2)
        good &= check('escaped texts are shown as they are', 10 * n, escapes(bench, 10 * n, rng, f.name), 3)
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
