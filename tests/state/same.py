#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""same.py LIVE.json CORE.json: what 'stacks' says of a live process and 'core' of a core that was made of it at the same
moment is the same: threads, frames, waits, circles. What a core cannot hold is left out: names of threads, what files
were, and threads that ran. Prints what differs; exit status 1."""
import json
import re
import sys


def frames(t):
    return [(f['function'], f['file'], f['line'], f['language'], f['inlined'], f['trust']) for f in t['frames']]


def wait(t):
    w = t['waits_for']
    if not w:
        return None
    if w['kind'] in ('pipe', 'socket', 'file', 'poll'):
        return 'a file'
    if w['kind'] == 'gil':  # who waits for it wakes up every few milliseconds
        return 'gil', w['id']
    return w['kind'], w['id'], w.get('address'), re.sub(r' \(.*?\)', '', w['text'] or '')


def circles(d):
    return sorted((sorted(x['threads']), sorted(x['behind'])) for x in d['deadlocks'])


def main(live, core):
    a, b = (json.load(open(path, encoding='utf-8')) for path in (live, core))
    bad = []
    if circles(a) != circles(b):
        bad.append(('deadlocks', circles(a), circles(b)))
    threads = [{t['tid']: t for t in d['threads']} for d in (a, b)]
    if sorted(threads[0]) != sorted(threads[1]):
        bad.append(('threads', sorted(threads[0]), sorted(threads[1])))
    for tid, t in threads[0].items():
        other = threads[1].get(tid)
        if not other or t['state'] == 'R':
            continue
        for what, of in (('frames', frames), ('wait', wait), ('holds_gil', lambda x: x['holds_gil'])):
            if of(t) != of(other):
                bad.append((f'{what} of {tid} {t["name"]}', of(t), of(other)))
    for x in bad:
        print(*x, sep='\n    ')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
