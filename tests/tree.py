#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the tree itself, as TAP: src/ROOMS is obeyed, every file has its licence line, sizes
stay within the limits, nothing writable is global outside cli/."""
import os
import re
import subprocess
import sys

THIRD_PARTY = {'archive.h', 'archive_entry.h', 'cmark-gfm.h', 'cmark-gfm-core-extensions.h',
               'cmark-gfm-extension_api.h', 'elfutils/libdw.h', 'expat.h', 'jansson.h', 'libpq-fe.h',
               'libsmartcols/libsmartcols.h', 'nettle/sha2.h', 'pcre2.h', 'sqlite3.h', 'tree_sitter/api.h',
               'yaml.h', 'zlib.h'}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
GLOBAL = re.compile(r'^(?!static const|const|extern|typedef|struct \w+;|struct \w+ \{|enum|union|return)'
                    r'(?:static\s+)?(?:struct\s+)?\w+[\s*]+\w+(?:\[[^\]]*\])?\s*(?:=|;)'
                    r'|^\s+static (?!const|inline)[^(\n]*(?:=|;)', re.M)


def rooms(top):
    table = {}
    for line in open(f'{top}/src/ROOMS', encoding='utf-8'):
        if line.startswith('#') or not line.strip():
            continue
        name, rest = line.split(':', 1)
        may, headers, _ = (p.split() if i < 2 else p for i, p in enumerate(rest.split('|', 2)))
        table[name] = (set(may), {os.path.basename(h) for h in headers})
    return table


def sources(top):
    for d, _, files in os.walk(f'{top}/src'):
        for f in sorted(files):
            if f.endswith(('.c', '.h')):
                yield os.path.relpath(os.path.join(d, f), top)


def check_rooms(top):
    table, bad = rooms(top), []
    for path in sources(top):
        room = path.split('/')[1]
        if room not in table:
            bad.append(f'{path}: room {room} is not in src/ROOMS')
            continue
        may, headers = table[room]
        for kind, inc in INCLUDE.findall(open(f'{top}/{path}', encoding='utf-8').read()):
            if kind == '"':
                other = inc.split('/')[0]
                if other != room and other != 'config.h' and other not in may:
                    bad.append(f'{path}: {room} may not include {inc}')
            elif inc in THIRD_PARTY and os.path.basename(inc) not in headers:
                bad.append(f'{path}: <{inc}> is not for {room}')
    for name in table:
        if not os.path.isdir(f'{top}/src/{name}'):
            bad.append(f'src/ROOMS names {name}, which does not exist')
    return bad


def tracked(top):
    try:
        out = subprocess.run(['git', '-c', f'safe.directory={top}', '-C', top, 'ls-files'],
                             capture_output=True, text=True, check=True)
        return out.stdout.split('\n')[:-1]
    except (OSError, subprocess.CalledProcessError):
        return None


def check_licence(top):
    bad = []
    for path in tracked(top) or sources(top):
        code = path.endswith(('.c', '.h', '.py', '.sh', '.bats', '.build', '.scd', '.css', '.js', '.mjs')) or \
            path.split('/')[0] in ('scripts', '.ci') or path == 'Makefile'
        if not code or not os.path.isfile(f'{top}/{path}'):
            continue
        head = open(f'{top}/{path}', encoding='utf-8').read(400)
        if 'SPDX-License-Identifier: ' not in head:
            bad.append(f'{path}: no SPDX line')
    return bad


def check_sizes(top):
    bad = []
    for path in sources(top):
        lines = open(f'{top}/{path}', encoding='utf-8').read().split('\n')
        if len(lines) > 1000:
            bad.append(f'{path}: {len(lines)} lines, 1000 at most')
        start = None
        for no, line in enumerate(lines, 1):
            if line == '{':
                start = no
            elif line == '}' and start:
                if no - start > 100:
                    bad.append(f'{path}:{start}: a function of {no - start} lines, 100 at most')
                start = None
        for no, line in enumerate(lines, 1):
            if len(line.expandtabs(8)) > 100 and 'http' not in line:
                bad.append(f'{path}:{no}: longer than 100 columns')
    return bad


def check_globals(top):
    bad = []
    for path in sources(top):
        if path.startswith('src/cli/'):
            continue
        text = open(f'{top}/{path}', encoding='utf-8').read()
        for m in GLOBAL.finditer(text):
            if 'const' not in m[0]:
                bad.append(f'{path}:{text.count(chr(10), 0, m.start()) + 1}: writable global: '
                           f'{m[0].strip()}')
    return bad


def check_architecture(top):
    text = open(f'{top}/ARCHITECTURE.md', encoding='utf-8').read()
    rows = re.findall(r'^\| `([a-z]+)/` \|', text, re.M)
    return [f'ARCHITECTURE.md: {rows.count(room)} rows for {room}/, not one'
            for room in rooms(top) if rows.count(room) != 1]


def check_scripts(top):
    """Every script in sh or bash can be parsed: those of the benchmarks no other test runs."""
    bad = []
    for name in tracked(top) or []:
        path = os.path.join(top, name)
        with open(path, 'rb') as f:
            head = f.readline()
        shell = {b'#!/bin/sh\n': 'sh', b'#!/bin/bash\n': 'bash'}.get(head)
        if shell:
            r = subprocess.run([shell, '-n', path], capture_output=True, text=True)
            bad += [f'{name}: {line}' for line in r.stderr.splitlines()]
    return bad


CHECKS = [('rooms include only what src/ROOMS allows', check_rooms),
          ('every file has its licence line', check_licence),
          ('functions, files and lines keep their limits', check_sizes),
          ('no writable globals outside cli/', check_globals),
          ('every room stands once in ARCHITECTURE.md', check_architecture),
          ('every shell script can be parsed', check_scripts)]


def main(top):
    print(f'1..{len(CHECKS)}')
    failed = False
    for i, (name, fn) in enumerate(CHECKS, 1):
        bad = fn(top)
        failed = failed or bool(bad)
        print(f'{"not ok" if bad else "ok"} {i} - {name}')
        for line in bad:
            print(f'# {line}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
