#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large log for throughput: mkbig.py OUT BYTES DATA [SEED]

Messages of the labelled logs below DATA (column Content) in random order, with digits replaced by
other digits, under a header "YYYY-MM-DD HH:MM:SS,mmm LEVEL [worker-N] component: ". The same seed
gives the same bytes."""
import csv
import glob
import random
import sys
import time

LEVELS = ('DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL')


def messages(data):
    for path in sorted(glob.glob(f'{data}/*/*_2k.log_structured.csv')):
        with open(path, newline='', encoding='utf-8') as f:
            for r in csv.DictReader(f):
                level = (r.get('Level') or '').upper()
                yield (level if level in LEVELS else 'INFO', (r.get('Component') or 'main').replace(' ', '_'),
                       r['Content'])


def main(out, size, data, seed=1):
    rnd = random.Random(int(seed))
    pool = [(f' {level} [worker-', f'] {who}: '.encode(), text.encode()) for level, who, text in messages(data)]
    digits = []
    for _ in range(499):
        p = list('0123456789')
        rnd.shuffle(p)
        digits.append(bytes.maketrans(b'0123456789', ''.join(p).encode()))
    now, written, size = 1.7e9, 0, int(size)
    with open(out, 'wb', buffering=1 << 20) as f:
        while written < size:
            now += rnd.random() * 0.02
            level, who, text = pool[int(rnd.random() * len(pool))]
            stamp = time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(now))
            head = f'{stamp},{int(now % 1 * 1000):03d}{level}{int(rnd.random() * 24)}'.encode()
            line = head + who + text.translate(digits[int(rnd.random() * 499)]) + b'\n'
            f.write(line)
            written += len(line)


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
