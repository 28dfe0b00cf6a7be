#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TensorBoard's event files, whole and broken, as TAP: test_training.py BENCH_IMPORT"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), 'reports'))
import events  # noqa: E402

SERIES = {'train/loss': '(0, 2.5) (10, nan) (20, 0.5) 3 points', 'acc': '(0, 0.25) (-1, 0.75) 2 points',
          'val': '(20, 1.5) (30, 2.5) (40, 3.5) (50, 4.5) (60, 1.5) 6 points', 'n': '(50, -3) (60, 7) 2 points'}


def read(program, data):
    with tempfile.NamedTemporaryFile(suffix='.tfevents') as f:
        f.write(data)
        f.flush()
        out = subprocess.run([program, '-v', f.name], capture_output=True, text=True, check=True).stdout
    series = {}
    for line in out.split('\n'):
        if ' series ' in line:
            name, points = line.split(' series ')[1].split(' [')[0], line.split(': ', 2)[2]
            series[name] = points
    return series, out


def whole(program):
    series, out = read(program, events.sample())
    return series == SERIES and '4 values are no scalars' in out


def cut(program):
    """Every length of a file: what is whole is read, the rest is a note."""
    data = events.version() + events.event(1, events.simple('x', 0.5)) + events.event(2, events.simple('x', 0.25))
    ends = [len(events.version()), len(events.version() + events.event(1, events.simple('x', 0.5))), len(data)]
    for n in range(len(data)):
        series, out = read(program, data[:n])
        want = {} if n < ends[1] else {'x': '(1, 0.5) 1 points'}
        noted = 'is cut off' in out or 'the file is empty' in out
        if series != want or noted != (n not in ends):
            return False
    return True


def wrong_data(program):
    """A flipped bit in a record's data: it is left out, the others are read."""
    first, second = events.event(1, events.simple('x', 0.5)), events.event(2, events.simple('x', 0.25))
    bad = first[:20] + bytes([first[20] ^ 1]) + first[21:]
    series, out = read(program, events.version() + bad + second)
    return series == {'x': '(2, 0.25) 1 points'} and 'record 2: the checksum is wrong' in out


def wrong_length(program):
    first, second = events.event(1, events.simple('x', 0.5)), events.event(2, events.simple('x', 0.25))
    bad = bytes([second[0] ^ 1]) + second[1:]
    series, out = read(program, events.version() + first + bad + first)
    return series == {'x': '(1, 0.5) 1 points'} and 'record 3: the checksum of its length is wrong' in out


def huge_length(program):
    """A length beyond the file, with its right checksum."""
    length = (1 << 63).to_bytes(8, 'little')
    _, out = read(program, events.version() + length + events.masked(length).to_bytes(4, 'little') + b'12345')
    return 'record 2 is cut off' in out


def malformed(program):
    series, out = read(program, events.version() + events.record(b'\xff\xff\xff') + events.event(3, events.simple('x', 1)))
    return series == {'x': '(3, 1) 1 points'} and '1 events or values are no protobuf' in out


def main(program):
    tests = [whole, cut, wrong_data, wrong_length, huge_length, malformed]
    assert events.crc32c(b'123456789') == 0xe3069283  # the check value of CRC-32C
    print(f'1..{len(tests)}')
    failed = 0
    for i, test in enumerate(tests, 1):
        ok = test(program)
        failed += not ok
        print(f"{'ok' if ok else 'not ok'} {i} - {test.__name__}")
    return failed != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
