#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work load of record.sh: five sessions that store, read and watch settings, a bounded number of times."""
import json, logging, random, sys, threading, time
from kazoo.client import KazooClient
from kazoo.exceptions import KazooException

logging.basicConfig(level=logging.CRITICAL)
failed = []

def document(rng, size):
    """A JSON text of the kind that services keep in ZooKeeper: repetitive, so that it compresses well."""
    rows = [{"host": "10.0.%d.%d" % (rng.randrange(4), rng.randrange(250)), "weight": rng.randrange(100),
             "enabled": True, "labels": ["production", "eu-west"]} for _ in range(size)]
    return json.dumps(rows).encode()

def session(number, rounds):
    rng = random.Random(number)
    zk = KazooClient("127.0.0.1:2181", timeout=4.0, connection_retry={"max_tries": 3, "delay": 0.2},
                     command_retry={"max_tries": 1, "delay": 0.1})
    try:
        zk.start(timeout=10)
        base = "/services/s%d" % number
        zk.ensure_path(base)
        zk.create(base + "/live", b"up", ephemeral=True)
        for i in range(rounds):
            path = "%s/node-%03d" % (base, i)
            zk.create(path, document(rng, 20))
            if i % 3 == 0:
                zk.get_children(base, watch=lambda event: None)
            if i % 4 == 1:
                zk.set(path, document(rng, 24))
            if i % 5 == 2:
                zk.get("%s/node-%03d" % (base, rng.randrange(i)))
            time.sleep(0.02)
        zk.delete(base + "/live")
    except (KazooException, Exception) as error:
        failed.append(number)
        print("client: session %d: %s: %s" % (number, type(error).__name__, error))
    finally:
        zk.stop()
        zk.close()

def wait_until_up():
    zk = KazooClient("127.0.0.1:2181", timeout=4.0)
    zk.start(timeout=20)
    zk.stop()
    zk.close()

wait_until_up()
threads = [threading.Thread(target=session, args=(n, 72)) for n in range(5)]
for t in threads:
    t.start()
    time.sleep(0.05)
for t in threads:
    t.join()
sys.exit(1 if failed else 0)
