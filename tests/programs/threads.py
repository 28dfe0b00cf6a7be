# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that stand in places of many kinds; says where they stand, as JSON, then waits.

usage: threads.py blocked [COUNT] | gil | rlock | lock | die
"""
import asyncio
import ctypes
import json
import os
import sys
import threading
import time

held = threading.Lock()
held.acquire()


def forever():
    with held:
        pass


def recurse(n):
    if n:
        return recurse(n - 1)
    return forever()


def generator():
    yield 1
    forever()
    yield 2


def delegating():
    yield from generator()


async def inner():
    forever()


async def outer():
    await inner()


class Größe:
    def __init__(self):
        self.count = 0

    def método(self, x):
        return [self.count for _ in map(self.через, [x])]

    def через(self, x):
        def 内部():
            forever()

        return (lambda: 内部())()


def kinds():
    return [
        lambda: recurse(30),
        lambda: recurse(1500),
        lambda: list(delegating()),
        lambda: asyncio.run(outer()),
        lambda: Größe().método(1),
        lambda: sorted([3, 1, 2], key=lambda x: forever()),
        lambda: exec("def \U0001d54f():\n\n  forever()\n\U0001d54f()", {"forever": forever}),
        lambda: eval(
            "forever(\n)"
        ),
    ]


def start(targets):
    threads = [threading.Thread(target=t, daemon=True) for t in targets]
    for t in threads:
        t.start()
    return threads


def stacks(threads):
    frames = sys._current_frames()
    found = {}
    for t in threads:
        lines, f = [], frames[t.ident]
        while f:
            name = getattr(f.f_code, "co_qualname", f.f_code.co_name)
            lines.append([name, f.f_code.co_filename, f.f_lineno])
            f = f.f_back
        found[t.native_id] = lines
    return found


def blocked(count):
    sys.setrecursionlimit(10000)
    threading.stack_size(64 << 20)
    threads = start(kinds() if not count else [lambda: recurse(10)] * count)
    time.sleep(0.5)
    print(json.dumps(stacks(threads)), flush=True)


def spin():
    while True:
        pass


def keep_gil():
    time.sleep(0.3)
    ctypes.PyDLL(None).sleep(1000)


def gil():
    threads = start([spin, spin, keep_gil])
    print(threads[2].native_id, flush=True)


def cross(kind):
    locks = [kind(), kind()]
    both = threading.Barrier(2)

    def take(mine, other):
        with mine:
            both.wait()
            with other:
                pass

    threads = start([lambda: take(*locks), lambda: take(*locks[::-1])])
    time.sleep(0.3)
    print(*[t.native_id for t in threads], flush=True)


def die():
    try:
        {}["ключ"]
    except KeyError:
        os.abort()


what = sys.argv[1]
if what == "blocked":
    blocked(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
elif what == "gil":
    gil()
elif what == "die":
    die()
else:
    cross({"lock": threading.Lock, "rlock": threading.RLock}[what])
time.sleep(1000)
