#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Chained exceptions printed by the interpreter, between plain lines."""
import sys, traceback


def load(name):
    return {"size": 3}[name]


def configure():
    try:
        load("colour")
    except KeyError as error:
        raise ValueError("bad configuration") from error


print("starting", flush=True)
sys.stderr = sys.stdout
try:
    configure()
except ValueError:
    traceback.print_exc()
print("using the default configuration", flush=True)
try:
    try:
        load("weight")
    except KeyError:
        [].pop()
except IndexError:
    traceback.print_exc()
print("still running", flush=True)
configure()
