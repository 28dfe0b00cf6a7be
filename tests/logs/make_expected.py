#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes NAME.expected.csv for every recorded NAME.log of this folder: one row an event, its header's fields. Each format has a
regular expression of its own here, written from the format's definition; nothing of inquest is used. Lines that do not match belong
to the event above. (What generate.py writes has its expectations from there.)

Usage: make_expected.py [--check] [NAME...]"""
import csv, io, json, os, re, sys
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = "line,time,level,host,process,thread,function,source,message".split(",")
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

# ---- times: text as in the log -> RFC 3339 -------------------------------------------------------------------------

def zone(text):
    """+0530, +05:30, Z, UTC -> +05:30 or Z; nothing -> nothing."""
    if not text:
        return ""
    if text in ("Z", "UTC", "GMT") or re.fullmatch(r"[+-]00:?00", text):
        return "Z"
    return text if ":" in text else text[:3] + ":" + text[3:]


def numeric(text):
    """2026-11-23 02:11:16,578+02:00 and its like: year first, any separators."""
    m = re.fullmatch(r"(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)?", text)
    year, month, day, clock, fraction, offset = m.groups()
    return "%s-%s-%sT%s%s%s" % (year, month, day, clock, "." + fraction if fraction else "", zone(offset))


def named(text):
    """Dates with the month's name, in the order that the pattern in TIMES tells."""
    for pattern in TIMES:
        m = re.fullmatch(pattern, text)
        if m:
            break
    part = dict({"year": "0000", "fraction": "", "zone": "", "half": ""}, **{k: v or "" for k, v in m.groupdict().items()})
    hour = int(part["hour"])
    if part["half"]:
        hour = hour % 12 + (12 if part["half"] == "PM" else 0)
    return "%s-%02d-%02dT%02d:%s%s%s" % (part["year"], MONTHS.index(part["month"]) + 1, int(part["day"]), hour, part["rest"],
                                         "." + part["fraction"] if part["fraction"] else "", zone(part["zone"]))


CLOCK = r"(?P<hour>\d+):(?P<rest>\d\d:\d\d)(?:[.,](?P<fraction>\d+))?"
TIMES = [r"(?P<month>[A-Z]\w\w) +(?P<day>\d+) " + CLOCK,                                           # Nov 23 04:13:49
         r"\w\w\w (?P<month>\w\w\w) +(?P<day>\d+) " + CLOCK + r" (?P<year>\d{4})",                 # Mon Nov 23 01:44:34 2026
         r"(?P<month>\w\w\w) (?P<day>\d+), (?P<year>\d{4}) " + CLOCK + r" (?P<half>[AP]M)",        # Nov 23, 2026 2:11:21 AM
         r"(?P<day>\d+)[/ -](?P<month>\w\w\w)[/ -](?P<year>\d{4})[: ]" + CLOCK + r"(?: (?P<zone>[+-]\d{4}))?"]


def epoch(text):
    """Seconds, perhaps with a fraction, or milli-, micro-, nanoseconds, by the number of digits."""
    whole, _, fraction = text.partition(".")
    digits = max(len(whole) - 10, 0)
    seconds, fraction = int(whole[:10]), whole[10:] + fraction
    return (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S") + \
        ("." + fraction if fraction or digits else "") + "Z"


def glog(text):
    """20261123 02:11:49.206800, or 1123 02:11:26.595223."""
    date, clock = text.split(" ")
    return "%s-%s-%sT%s" % (date[:-4] or "0000", date[-4:-2], date[-2:], clock)


def two_digit_year(text):
    """26/11/23 02:11:19 or 261123 021119."""
    d = re.sub(r"\D", "", text)
    return "20%s-%s-%sT%s:%s:%s" % tuple(d[i:i + 2] for i in range(0, 12, 2))


def clock_only(text):
    return "0000-01-01T" + text


def no_time(text):
    return ""

# ---- formats: (expression, time) ----------------------------------------------------------------------------------------

ISO = r"(?P<time>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)"
SYSLOG = r"(?P<host>\S+) (?P<function>[^\s\[:]+)(?:\[(?P<process>\d+)\])?: ?(?P<message>.*)"
MONTH_DAY = r"(?P<time>\w\w\w +\d+ [\d:.]+)"
ACCESS = r"(?P<host>\S+) (?P<message_a>\S+ \S+) \[(?P<time>[^\]]+)\] (?P<message>\".*)"
PYTHON_FULL = ISO + (r" \[(?P<process>\d+)\] \[(?P<thread>[^\]]+)\] (?P<level>[A-Z]+) +(?P<function>\S+) (?P<source>\S+:\d+): "
                     r"(?P<message>.*)")
LEVEL = r"(?P<level>TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE)"
EPOCH = r"(?P<time>\d+(?:\.\d+)?) " + LEVEL + " (?P<message>.*)"
LOG4J = {
    "log4j-zookeeper": (ISO + r" \[myid:\] - (?P<level>\w+) +\[(?P<thread>.*?):(?P<source>(?P<function>\w+)@\d+)\] - (?P<message>.*)", numeric),
    "log4j-hadoop": (ISO + r" (?P<level>\w+) (?P<function>\S+): (?P<message>.*)", numeric),
    "log4j-hadoop-thread": (ISO + r" (?P<level>\w+) \[(?P<thread>[^\]]+)\] (?P<function>\S+): (?P<message>.*)", numeric),
    "log4j-spark": (r"(?P<time>\d\d/\d\d/\d\d \d\d:\d\d:\d\d) (?P<level>\w+) (?P<function>\S+): (?P<message>.*)", two_digit_year),
    "log4j-source": (r"(?P<time>\d+ \w\w\w \d{4} [\d:,]+) \[(?P<thread>[^\]]+)\] (?P<level>\w+) +(?P<function>\S+) "
                     r"\((?P<source>\S+:\d+)\) - (?P<message>.*)", named),
    "log4j-hdfs": (r"(?P<time>\d{6} \d{6}) (?P<process>\d+) (?P<level>\w+) (?P<function>\S+): (?P<message>.*)", two_digit_year),
    "log4j-level": (r"(?P<level>[A-Z]+) +" + ISO + r" \[(?P<thread>[^\]]+)\] (?P<function>\S+) - (?P<message>.*)", numeric),
    "logback-default": (r"(?P<time>\d\d:\d\d:\d\d\.\d+) \[(?P<thread>[^\]]+)\] (?P<level>\w+) +(?P<function>\S+) - (?P<message>.*)",
                        clock_only),
    "logback-spring": (ISO + r" +(?P<level>[A-Z]+) (?P<process>\d+) --- \[ *(?P<thread>[^\]]+)\] (?P<function>\S+) +: (?P<message>.*)",
                       numeric),
    "logback-plain": (ISO + r" (?P<level>\w+) +\[(?P<thread>[^\]]+)\] (?P<function>\S+): (?P<message>.*)", numeric),
    "jul-one-line": (ISO + r" (?P<level>\w+) \[(?P<function>\S+)\] (?P<message>.*)", numeric),
}
PYTHON = {
    "python-basic": (LEVEL + r":(?P<function>[\w.]+):(?P<message>.*)", no_time),
    "python-dash": (ISO + r" - (?P<function>\S+) - (?P<level>\w+) - (?P<message>.*)", numeric),
    "python-full": (PYTHON_FULL, numeric),
    "python-colour": (PYTHON_FULL, numeric),
    "python-iso": (ISO + r" (?P<level>[A-Z]+) (?P<function>\S+): (?P<message>.*)", numeric),
    "python-crlf": (ISO + r" (?P<level>[A-Z]+) (?P<function>\S+): (?P<message>.*)", numeric),
    "python-brackets": (r"\[" + ISO + r"\] (?P<level>[A-Z]+) in (?P<function>\w+): (?P<message>.*)", numeric),
    "python-epoch-s": (EPOCH, epoch), "python-epoch-frac": (EPOCH, epoch), "python-epoch-ms": (EPOCH, epoch),
    "python-epoch-us": (EPOCH, epoch), "python-epoch-ns": (EPOCH, epoch),
    "rank": (r"\[(?P<process>rank\d+)\]: " + ISO + r" - (?P<function>\S+) - (?P<level>\w+) - (?P<message>.*)", numeric),
    "srun": (r"(?P<process>\d+): (?P<message>(?:starting with|order \d+ (?:accepted|queued|failed)|cache lookup|worker done|no workers).*)",
             no_time),
}
NATIVE = {
    "go-std": (r"(?P<time>\d{4}/\d\d/\d\d [\d:]+) (?:(?P<level>error): )?(?P<message>.*)", numeric),
    "go-micro": (r"(?P<time>\d{4}/\d\d/\d\d [\d:.]+) (?P<source>\S+:\d+): (?P<message>.*)", numeric),
    "go-zap-dev": (ISO + r"\t(?P<level>\w+)\t(?P<function>\S+)\t(?P<source>\S+:\d+)\t(?P<message>.*)", numeric),
    "go-klog": (r"(?P<level>[IWEF])(?P<time>\d{4} [\d:.]+) +(?P<thread>\d+) (?P<source>\S+:\d+)\] (?P<message>.*)", glog),
    "glog": (r"(?P<level>[IWEF])(?P<time>\d{8} [\d:.]+) +(?P<thread>\d+) (?P<source>\S+:\d+)\] (?P<message>.*)", glog),
    "rust-env-logger": (r"\[" + ISO + r" (?P<level>\w+) +(?P<function>\S+)\] (?P<message>.*)", numeric),
    "rust-env-logger-us": (r"\[" + ISO + r" (?P<level>\w+) +(?P<function>\S+)\] (?P<message>.*)", numeric),
    "rust-tracing": (ISO + r" +(?P<level>\w+) (?P<thread>ThreadId\(\d+\)) (?P<message>.*)", numeric),
}
SERVERS = {
    "nginx-access": (ACCESS, named), "apache-access": (ACCESS, named), "apache-common": (ACCESS, named),
    "nginx-error": (r"(?P<time>\d{4}/\d\d/\d\d [\d:]+) \[(?P<level>\w+)\] (?P<process>\d+)#(?P<thread>\d+): (?P<message>.*)", numeric),
    "apache-error": (r"\[(?P<time>[A-Z][^\]]+)\] \[(?P<function>\w+):(?P<level>\w+)\] \[pid (?P<process>\d+):tid (?P<thread>\d+)\] "
                     r"(?P<message>.*)", lambda text: named(text)),
    "redis": (r"(?P<process>\d+):\w (?P<time>\d+ \w\w\w \d{4} [\d:.]+) (?P<level>[*#.-]) (?P<message>.*)", named),
    "named": (r"(?P<time>\d+-\w\w\w-\d{4} [\d:.]+) (?P<function>[\w-]+): (?P<level>\w+): (?P<message>.*)", named),
    "postgres": (ISO + r" \[(?P<process>\d+)\] (?P<level>[A-Z]+):  (?P<message>.*)", numeric),
}
SYSTEM = {
    "syslog-rfc3164": (MONTH_DAY + " " + SYSLOG, named),
    "syslog-rfc3164-pri": (r"<(?P<level>\d+)>" + MONTH_DAY + " " + SYSLOG, named),
    "syslog-iso": (ISO + " " + SYSLOG, numeric),
    "syslog-rfc5424": (r"<(?P<level>\d+)>1 " + ISO + r" (?P<host>\S+) (?P<function>\S+) (?:-|(?P<process>\d+)) \S+ "
                       r"(?:-|(?:\[[^\]]*\])+) +(?P<message>.*)", numeric),
    "journal-short": (MONTH_DAY + " " + SYSLOG, named),
    "journal-short-precise": (MONTH_DAY + " " + SYSLOG, named),
    "journal-short-iso": (ISO + " " + SYSLOG, numeric),
    "journal-short-full": (r"\w\w\w " + ISO + " " + SYSLOG, numeric),
    "journal-short-unix": (r"(?P<time>\d{10}\.\d+) " + SYSLOG, epoch),
    "dmesg": (r"(?P<time>\[ *\d+\.\d+\]) (?P<message>.*)", no_time),
    "dmesg-levels": (r"kern +:(?P<level>\w+) *: (?P<time>\[ *\d+\.\d+\]) (?P<message>.*)", no_time),
    "dmesg-raw": (r"<(?P<level>\d+)>(?P<time>\[ *\d+\.\d+\]) (?P<message>.*)", no_time),
    "dmesg-ctime": (r"\[(?P<time>[A-Z]\w\w \w\w\w [^\]]+)\] (?P<message>.*)", named),
    "dmesg-iso": (ISO + r" (?P<message>.*)", numeric),
}
FORMATS = {**LOG4J, **PYTHON, **NATIVE, **SERVERS, **SYSTEM}

# ---- JSON lines and logfmt: field -> column ---------------------------------------------------------------------------

OBJECTS = {
    "go-slog-json": dict(time="time", level="level", source="source", message="msg"),
    "go-zap": dict(time="ts", level="level", function="logger", source="caller", message="msg"),
    "node-pino": dict(time="time", level="level", host="hostname", process="pid", function="name", message="msg"),
    "node-ts": dict(time="ts", level="level", source="caller", message="msg"),
    "node-winston": dict(time="timestamp", level="level", message="message"),
    "node-nested": dict(time="@timestamp", level="log.level", function="log.logger", process="process.pid",
                        thread="process.thread.name", host="host.name", message="message"),
    "rust-tracing-json": dict(time="timestamp", level="level", function="target", message="fields.message"),
    "journal-json": dict(time="__REALTIME_TIMESTAMP", level="PRIORITY", host="_HOSTNAME", process="_PID", thread="TID",
                         function="SYSLOG_IDENTIFIER", source="CODE_FILE", message="MESSAGE"),
    "go-slog-text": dict(time="time", level="level", message="msg"),
    "go-logrus": dict(time="time", level="level", message="msg"),
}


def members(text, prefix=""):
    """A JSON object as name -> the text of its value (numbers as written), nested names joined by dots."""
    flat = {}
    for key, value in (json.loads(text, parse_float=str, parse_int=str) if isinstance(text, str) else text).items():
        if isinstance(value, dict):
            flat.update(members(value, prefix + key + "."))
        else:
            flat[prefix + key] = value
    return flat


def pairs(text):
    return {k: json.loads(v) if v.startswith('"') else v for k, v in re.findall(r'(\S+?)=("(?:[^"\\]|\\.)*"|\S*)', text)}


def objects(name, lines):
    for no, line in enumerate(lines, 1):
        if not line.startswith(("{", "time=")):
            continue
        have = pairs(line) if line.startswith("time=") else members(line)
        row = {column: have.get(key, "") for column, key in OBJECTS[name].items()}
        row["time"] = epoch(row["time"]) if re.fullmatch(r"[\d.]+", row["time"]) else numeric(row["time"])
        if have.get("CODE_LINE"):
            row["source"] += ":" + have["CODE_LINE"]
        yield dict(row, line=no, message=row["message"].split("\n")[0])

# ---- other shapes -----------------------------------------------------------------------------------------------------------

def journal_export(lines):
    """Entries are groups of lines; a field of several lines is in binary form, its length before it."""
    entry = {}
    for no, line in enumerate(lines + [""], 1):
        key, equals, value = line.partition("=")
        if not line:
            if "MESSAGE" in entry:
                source = entry.get("CODE_FILE", "") + (":" + entry["CODE_LINE"] if "CODE_LINE" in entry else "")
                yield dict(line=entry["line"], time=epoch(entry["__REALTIME_TIMESTAMP"]), level=entry["PRIORITY"],
                           host=entry["_HOSTNAME"], process=entry.get("_PID", ""), thread=entry.get("TID", ""),
                           function=entry["SYSLOG_IDENTIFIER"], source=source, message=entry["MESSAGE"])
            entry = {}
            continue
        entry.setdefault("line", no)
        if line == "MESSAGE":
            entry["MESSAGE"] = lines[no][8:]
        elif equals and re.fullmatch(r"[A-Z_]+", key):
            entry.setdefault(key, value)


def two_lines(lines):
    """java.util.logging's default: a line with time and place, a line with level and message."""
    for no, line in enumerate(lines, 1):
        m = re.fullmatch(r"(\w\w\w \d+, \d{4} \d+:\d\d:\d\d [AP]M) (\S+ \S+)", line)
        if m:
            level, _, message = lines[no].partition(": ")
            yield dict(line=no, time=named(m[1]), level=level, function=m[2], message=message)


def lines_of_events(*heads):
    """Text without headers: an event begins at each line that one of the expressions matches."""
    expression = re.compile("|".join(heads))
    return lambda lines: [dict(line=no, message=said(lines, no)) for no, line in enumerate(lines, 1) if expression.match(line)]


def said(lines, no):
    """The message of the event at line no: its first line with letters; a sanitizer draws a rule above its report."""
    return next(line for line in lines[no - 1:] if re.search("[A-Za-z]", line)) if lines[no - 1].startswith("=====") else lines[no - 1]


def progress(lines):
    return [dict(line=no, message=COLOUR.sub("", line.rstrip("\r").split("\r")[-1])) for no, line in enumerate(lines, 1)]


SAID = r"storing|done|sum |\d+ orders|waiting"
OTHERS = {
    "journal-export": journal_export,
    "jul-two-lines": two_lines,
    "progress": progress,
    "make": lines_of_events(r"\S"),
    "python-chained": None,     # below
    "java-uncaught": lines_of_events("Exception in thread"),
    "go-panic": lines_of_events(SAID, "panic: "),
    "rust-panic": lines_of_events(SAID, "thread '"),
    "node-error": lines_of_events(SAID, r"/srv/app/app.js:\d+$"),
    "cxx-terminate": lines_of_events(SAID, "terminate called"),
    "gdb-threads": lines_of_events(r"\[", "Using host", "Thread ", r"__futex\S+ \("),
    "eu-stack": lines_of_events("PID ", "TID "),
}
for compiler in "gcc", "clang":
    for kind in "asan", "leak":
        OTHERS["%s-%s" % (kind, compiler)] = lines_of_events(SAID, "=====")
    OTHERS["ubsan-" + compiler] = lines_of_events(SAID, r"\S+: runtime error: ")
    OTHERS["tsan-" + compiler] = lambda lines: [dict(line=no, message=said(lines, no)) for no, line in enumerate(lines, 1)
                                                if re.match(SAID + "|ThreadSanitizer: ", line) or
                                                line.startswith("=====") and lines[no].startswith("WARNING: ")]


def chained(lines):
    """Tracebacks of the interpreter; the sentence between two of them keeps them together."""
    inside = together = False
    for no, line in enumerate(lines, 1):
        if line.startswith("Traceback ("):
            if not together:
                yield dict(line=no, message=line)
            inside, together = True, False
        elif line.startswith(("The above exception was", "During handling of")):
            together = True
        elif inside and line and not line.startswith(" "):
            inside = False      # the exception itself
        elif line and not inside and not line.startswith(" "):
            yield dict(line=no, message=line)


OTHERS["python-chained"] = chained


def headed(name, lines):
    expression, time = FORMATS[name]
    for no, line in enumerate(lines, 1):
        m = re.fullmatch(expression, COLOUR.sub("", line.rstrip("\r")))
        if m:
            row = {k: v or "" for k, v in m.groupdict().items() if k in COLUMNS}
            yield dict(row, line=no, time=time(row["time"]) if "time" in row else "")


def expected(name):
    with open(os.path.join(HERE, name + ".log"), encoding="utf-8", errors="surrogateescape", newline="") as file:
        lines = file.read().split("\n")
    if lines[-1] == "":
        lines.pop()
    rows = objects(name, lines) if name in OBJECTS else OTHERS[name](lines) if name in OTHERS else headed(name, lines)
    text = io.StringIO()
    out = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    out.writeheader()
    for row in rows:
        out.writerow(dict(row, message=row["message"].strip(" \r")))
    return text.getvalue()


def main(check, names):
    stale = 0
    for name in names or sorted([*FORMATS, *OBJECTS, *OTHERS]):
        path, text = os.path.join(HERE, name + ".expected.csv"), expected(name)
        if check and open(path, encoding="utf-8", newline="").read() != text:
            print("%s.expected.csv: not what the log says" % name)
            stale = 1
        if not check:
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
    return stale


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv, [a for a in sys.argv[1:] if a != "--check"]))
