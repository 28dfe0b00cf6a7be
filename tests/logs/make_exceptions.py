#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes exceptions.csv: the exceptions inside the events of the logs in this folder. Like make_expected.py it uses nothing of inquest.

A row an exception: the log, the first line of the event (as in NAME.expected.csv), depth (0 is the exception that was reported, 1 its
cause, and so on), type, first line of the message, number of frames printed, and the innermost frame: function and file:line. An
empty cell says nothing (another reading is as good). Of several stacks of one report (goroutines, sanitizers) only the first counts.

Usage: make_exceptions.py [--check]"""
import csv, io, os, re, sys

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = "log,line,depth,type,message,frames,function,source".split(",")
NAME = r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+"


def exception(kind, message, frames):
    """frames: (function, source), innermost first."""
    return dict(type=kind, message=message, frames=len(frames), function=frames[0][0] if frames else "",
                source=frames[0][1] if frames else "")


def java(lines):
    chain, frames = [], []
    for line in lines:
        head = re.match(r"(?:Exception in thread \"[^\"]*\" |Caused by: )?(%s): (.*)" % NAME, line)
        frame = re.match(r"\s+at (\S+)\((\S+)\)", line)
        if head:
            frames = []
            chain.append((head[1], head[2], frames))
        elif frame and chain:
            frames.append((frame[1], frame[2]))
    return [exception(*e) for e in chain]


def python(lines):
    chain, frames = [], []
    for line in lines:
        frame = re.match(r'  File "([^"]+)", line (\d+), in (.*)', line)
        head = re.match(r"([A-Za-z_][\w.]*): (.*)", line)
        if line.startswith("Traceback ("):
            frames = []
        elif frame:
            frames.insert(0, (frame[3], "%s:%s" % (frame[1], frame[2])))
        elif head and frames:
            chain.insert(0, (head[1], head[2], frames))
            frames = []
    return [exception(*e) for e in chain]


def go(lines):
    if not lines[0].startswith("panic: "):
        return []
    first = lines[lines.index("") + 2:]
    first = first[:first.index("")]
    return [exception("panic", lines[0][7:], [(re.sub(r"\([^()]*\)$", "", f), s.split()[0]) for f, s in zip(first[::2], first[1::2])])]


def rust(lines):
    frames = []
    for line in lines:
        frame, place = re.match(r" +\d+: (.*)", line), re.match(r" +at (\S+):\d+$", line)
        if frame:
            frames.append((frame[1], ""))
        elif place:
            frames[-1] = (frames[-1][0], place[1])
    return [exception("panic", lines[1], frames)] if "panicked at" in lines[0] else []


def node(lines):
    frames = [re.match(r"    at (\S+).*?\((\S+?:\d+):\d+\)|    at ()(\S+:\d+):\d+", line) for line in lines]
    head = [m for m in (re.match(r"(\w*Error): (.*)", line) for line in lines) if m]
    return [exception(head[0][1], head[0][2], [(f[1] or "", f[2] or f[4]) for f in frames if f])] if head else []


def dotnet(lines):
    """The inner exception's frames come first, then a line that ends it, then the outer's."""
    heads = [m for m in (re.match(r"\s*(?:Unhandled exception\. |---> )?(%s): (.*)" % NAME, line) for line in lines) if m]
    stacks = [[]]
    for line in lines:
        frame = re.match(r"\s+at (.*?)\(.*?\)(?: in (\S+):line (\d+))?", line)
        if "End of inner exception" in line:
            stacks.insert(0, [])
        elif frame:
            stacks[0].append((frame[1], "%s:%s" % (frame[2], frame[3]) if frame[2] else ""))
    return [exception(h[1], h[2], s) for h, s in zip(heads, stacks)]


def terminate(lines):
    m = re.match(r"terminate called after throwing an instance of '(.*)'", lines[0])
    return [exception(m[1], lines[1].split("what():")[1].strip(), [])] if m else []


def sanitizer(lines):
    text = "\n".join(lines)
    m = re.search(r"ERROR: \w+Sanitizer: (detected memory leaks|\S+)|WARNING: ThreadSanitizer: (.*?) \(pid", text)
    if not m:
        return []
    first = re.search(r"(?:^ +#\d+ .*\n)+", text, re.M)[0].splitlines()
    frames = [re.match(r" +#\d+ (?:0x[0-9a-f]+ in )?(\S+) (\S+)", f) for f in first]
    return [exception(m[1] or m[2], "", [(f[1], "" if f[2][0] == "(" else re.sub(r"^([^:]+:\d+):\d+$", r"\1", f[2]))
                                                 for f in frames])]


def undefined(lines):
    m = re.match(r"\S+: runtime error: (.*)", lines[0])
    return [exception("", m[1], [])] if m else []


KINDS = {"python-dash": python, "python-full": python, "python-crlf": python, "python-chained": python, "log4j-hadoop": java,
         "log4j-source": java, "logback-spring": java, "jul-two-lines": java, "java-uncaught": java, "go-panic": go, "rust-panic": rust,
         "node-error": node, "dotnet-console": dotnet, "dotnet-unhandled": dotnet, "cxx-terminate": terminate}
for compiler in "gcc", "clang":
    KINDS.update({"asan-" + compiler: sanitizer, "leak-" + compiler: sanitizer, "tsan-" + compiler: sanitizer,
                  "ubsan-" + compiler: undefined})


def events(name):
    with open(os.path.join(HERE, name + ".log"), encoding="utf-8", newline="") as file:
        lines = [line.rstrip("\r") for line in file.read().split("\n")]
    with open(os.path.join(HERE, name + ".expected.csv"), encoding="utf-8", newline="") as file:
        heads = [int(row["line"]) for row in csv.DictReader(file)]
    for begin, end in zip(heads, heads[1:] + [len(lines) + 1]):
        yield begin, lines[begin - 1:end - 1]


def main(check):
    text = io.StringIO()
    out = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    out.writeheader()
    for name, parse in KINDS.items():
        for line, lines in events(name):
            for depth, row in enumerate(parse(lines)):
                out.writerow(dict(row, log=name + ".log", line=line, depth=depth))
    path = os.path.join(HERE, "exceptions.csv")
    if check:
        return open(path, encoding="utf-8", newline="").read() != text.getvalue()
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
