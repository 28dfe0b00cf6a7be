#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Train a small network on two spirals and print its loss as CSV: train.py SEED [STEP]

From STEP on, one label in six is wrong: the mistake of today.csv. The recordings here were made by

    for s in 1 2 3 4 5; do ./train.py $s >monday-$s.csv; done; ./train.py 6 240 >today.csv
"""
import math
import random
import sys

HIDDEN, BATCH, STEPS = 12, 32, 400


def point(r, wrong):
    label = r.randrange(2)
    mixed_up = wrong and r.random() < 1 / 6
    t = r.random() * 4
    a = t + math.pi * label
    return t / 4 * math.cos(a) + r.gauss(0, .03), t / 4 * math.sin(a) + r.gauss(0, .03), label ^ mixed_up


def main(seed, wrong_from):
    r = random.Random(seed)
    w = [[r.gauss(0, 1.5) for _ in range(3)] for _ in range(HIDDEN)]
    v = [r.gauss(0, .5) for _ in range(HIDDEN + 1)]
    print('step,loss,rate')
    for step in range(STEPS):
        rate = .6 / (1 + step / 100)
        gw, gv, loss = [[0.0] * 3 for _ in range(HIDDEN)], [0.0] * (HIDDEN + 1), 0.0
        for _ in range(BATCH):
            x, y, label = point(r, step >= wrong_from)
            h = [math.tanh(a * x + b * y + c) for a, b, c in w] + [1.0]
            p = 1 / (1 + math.exp(-max(-30, min(30, sum(s * t for s, t in zip(v, h))))))
            loss -= math.log(max(1e-9, p if label else 1 - p)) / BATCH
            d = (p - label) / BATCH
            for i in range(HIDDEN):
                back = d * v[i] * (1 - h[i] * h[i])
                gw[i][0] += back * x
                gw[i][1] += back * y
                gw[i][2] += back
                gv[i] += d * h[i]
            gv[HIDDEN] += d
        print(f'{step},{loss:.6f},{rate:.6f}')
        w = [[a - rate * g for a, g in zip(row, grow)] for row, grow in zip(w, gw)]
        v = [a - rate * g for a, g in zip(v, gv)]


if __name__ == '__main__':
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else STEPS)
