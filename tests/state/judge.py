#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""judge.py OUT.json EXPRESSION...: every expression is true of the document, else it is printed
with what stands there and the exit status is 1. In expressions: d, and the functions below."""
import json
import os
import sys


class Document:
    def __init__(self, d, source):
        self.d, self.source = d, source

    def named(self, name):
        return [t for t in self.d['threads'] if t['name'] == name]

    def thread(self, name):
        found = self.named(name)
        assert len(found) == 1, f'{len(found)} threads {name}'
        return found[0]

    def name_of(self, tid):
        return next(t['name'] for t in self.d['threads'] if t['tid'] == tid)

    def names_of(self, tids):
        return sorted(self.name_of(t) for t in tids)

    def circles(self):
        return sorted(self.names_of(x['threads']) for x in self.d['deadlocks'])

    def behind(self):
        return sorted(name for x in self.d['deadlocks'] for name in self.names_of(x['behind']))

    def own(self, t):
        return [f['function'] for f in t['frames'] if f['own']]

    def functions(self, t):
        return [f['function'] for f in t['frames']]

    def in_order(self, t, *names):
        """These stand in the stack in this order, others may be between them."""
        rest = iter(self.functions(t))
        return all(any(f == n for f in rest) for n in names)

    def frame(self, t, function):
        return next(f for f in t['frames'] if f['function'] == function)

    def waits(self, t):
        w = t['waits_for']
        return w and w['kind']

    def whom(self, t):
        w = t['waits_for']
        return w and w['id'] and self.name_of(w['id'])

    def delayed(self, t):
        """The kernel refused it a mutex, as that would be a deadlock (at times it refuses all in the
        circle), and the C library lets it wait for ever, at a word of its own stack."""
        return '__pthread_mutex_lock_full' in self.functions(t) and self.whom(t) is None and \
            t['waits_for']['address'].startswith('0x7f')

    def line(self, text, file='threads.c'):
        """The number of the only line of a program's source that has this text."""
        lines = open(os.path.join(self.source, file), encoding='utf-8').read().split('\n')
        found = [i for i, x in enumerate(lines, 1) if text in x]
        assert len(found) == 1, f'{len(found)} lines with {text}'
        return found[0]


def main(path, *expressions):
    with open(path, encoding='utf-8') as f:
        doc = Document(json.load(f), os.path.dirname(os.path.abspath(__file__)))
    names = {n: getattr(doc, n) for n in dir(doc) if not n.startswith('__')}
    bad = 0
    for e in expressions:
        try:
            value = eval(e, names)  # the tests' own text
        except Exception as x:  # what went wrong is the answer
            value, e = False, f'{e}: {type(x).__name__} {x}'
        if not value:
            bad += 1
            print(f'not so: {e}')
            left = e.split(' == ')[0]
            try:
                print('   it is:', eval(left, names))
            except Exception:
                pass
    if bad:
        for t in doc.d.get('threads', []):
            print(t['tid'], t['name'], t['state'], t['how'], t['waits_for'], doc.functions(t)[:12])
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
