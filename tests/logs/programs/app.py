#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small order service that logs through Python's logging. Usage: app.py FORMAT"""
import logging, random, sys, threading, time

FORMATS = {
    "basic": (logging.BASIC_FORMAT, None),
    "dash": ("%(asctime)s - %(name)s - %(levelname)s - %(message)s", None),
    "full": ("%(asctime)s [%(process)d] [%(threadName)s] %(levelname)-8s %(name)s "
             "%(filename)s:%(lineno)d: %(message)s", None),
    "iso": ("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z"),
    "brackets": ("[%(asctime)s] %(levelname)s in %(module)s: %(message)s", None),
    "epoch-s": ("%(s)d %(levelname)s %(message)s", None),
    "epoch-frac": ("%(created).6f %(levelname)s %(message)s", None),
    "epoch-ms": ("%(ms)d %(levelname)s %(message)s", None),
    "epoch-us": ("%(us)d %(levelname)s %(message)s", None),
    "epoch-ns": ("%(ns)d %(levelname)s %(message)s", None),
    "plain": ("%(message)s", None),
}
log = logging.getLogger("orders.pool")


class PoolError(Exception):
    pass


class Fields(logging.Filter):
    def filter(self, record):
        record.ns = time.time_ns()
        record.us = record.ns // 1000
        record.ms = record.ns // 1000000
        record.s = record.ns // 1000000000
        return True


def connect(order):
    try:
        return {"db1": 5432}["db%d" % (order % 3 + 1)]
    except KeyError as error:
        raise PoolError("no connection for order %d" % order) from error


def work(first):
    rng = random.Random(first)
    for order in range(first, first + 3):
        log.info("order %d accepted from 10.0.0.%d:%d", order, rng.randrange(200), 40000 + order)
        time.sleep(0.003 * (1 + rng.random()))
        log.debug("cache lookup key=order:%d took %.3f ms", order, rng.random())
        try:
            connect(order)
        except PoolError:
            if order % 9 == 7:
                try:
                    int("retries=%d" % order)
                except ValueError:
                    log.exception("order %d failed", order)
            else:
                log.warning("order %d queued, pool \"%s\" is empty", order, "db")
    log.error("worker done, %d%% of capacity left", first % 7)


def main():
    form, date = FORMATS[sys.argv[1]]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter(form, date))
    handler.addFilter(Fields())
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger("orders").info("starting with 2 workers")
    threads = [threading.Thread(target=work, args=(n,), name="worker-%d" % n) for n in (7, 14)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    logging.critical("no workers left, giving up")


main()
