#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the logs of this folder whose programs cannot be run here, after the descriptions of their formats, and the
expectations beside them. Usage: generate.py [DIRECTORY]; generate.py journal prints entries for systemd-journal-remote."""
import csv, datetime, json, os, random, sys

START = datetime.datetime(2026, 3, 17, 16, 13, 38, 811000)
COLUMNS = "line,time,level,host,process,thread,function,source,message".split(",")
JAVA = ["java.lang.IllegalStateException: order 7 is lost",
        "\tat org.example.orders.App.store(App.java:26)", "\tat org.example.orders.App.run(App.java:36)",
        "\tat java.base/java.lang.Thread.run(Thread.java:840)",
        "Caused by: java.io.IOException: Connection reset by peer: db1:5432",
        "\tat org.example.orders.App.read(App.java:19)", "\tat org.example.orders.App.store(App.java:24)",
        "\t... 2 more"]


class Log:
    """Lines of a log, and of each event its fields."""

    def __init__(self, seed):
        self.rng, self.now, self.lines, self.rows = random.Random(seed), START, [], []

    def tick(self):
        self.now += datetime.timedelta(microseconds=self.rng.randrange(200, 900000))
        return self.now

    def add(self, line, more=(), **fields):
        self.rows.append(dict(dict.fromkeys(COLUMNS, ""), line=len(self.lines) + 1, **fields))
        self.lines += [line, *more]

    def write(self, directory, name, end="\n"):
        with open(os.path.join(directory, name + ".log"), "w", newline="", encoding="utf-8") as file:
            file.write("".join(line + end for line in self.lines))
        with open(os.path.join(directory, name + ".expected.csv"), "w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            out.writeheader()
            out.writerows(self.rows)


def stamp(t, digits=3, zone=""):
    """RFC 3339 with so many digits of the second's fraction."""
    fraction = "%09d" % (t.microsecond * 1000)
    return t.strftime("%Y-%m-%dT%H:%M:%S") + ("." + fraction[:digits] if digits else "") + zone


def yearless(t, digits=3):
    return "0000" + stamp(t, digits)[4:]


TAGS = [("ActivityManager", "Start proc %d:org.example.app/u0a%d for activity"),
        ("WindowManager", "printFreezingDisplayLogsopening app wtoken = AppWindowToken{%x token=Token{%x}}"),
        ("PowerManagerService", "acquire lock=%d, flags=0x%x, tag=\"View Lock\", ws=null"),
        ("AudioManager", "getRingerMode: volume %d of %d"), ("chatty", "uid=%d expire %d lines")]


def logcat(directory):
    """adb logcat -v threadtime, and -v brief."""
    long, brief, spans = Log(1), Log(2), Log(3)
    for i in range(40):
        for log in long, brief, spans:
            t, (tag, text) = log.tick(), TAGS[log.rng.randrange(len(TAGS))]
            level, message = log.rng.choice("VDIWE"), text % (log.rng.randrange(9999), log.rng.randrange(9999))
            pid, tid = log.rng.choice([1702, 2227, 13]), log.rng.choice([1702, 2395, 10454])
            if log is long:
                if i == 0:
                    log.add("--------- beginning of main", message="--------- beginning of main")
                log.add("%s %5d %5d %s %s: %s" % (t.strftime("%m-%d %H:%M:%S.") + "%03d" % (t.microsecond // 1000), pid, tid,
                        level, tag.ljust(8), message), time=yearless(t), level=level, process=pid, thread=tid,
                        function=tag, message=message)
            elif log is brief:
                log.add("%s/%s(%5d): %s" % (level, tag.ljust(8), pid, message), level=level, process=pid, function=tag,
                        message=message)
            else:
                log.add("%s %s/%s(%5d): %s" % (t.strftime("%m-%d %H:%M:%S.") + "%03d" % (t.microsecond // 1000), level,
                        tag.ljust(8), pid, message), time=yearless(t), level=level, process=pid, function=tag,
                        message=message)
    long.write(directory, "logcat-threadtime")
    brief.write(directory, "logcat-brief")
    spans.write(directory, "logcat-time")


def cbs(directory):
    """Windows' C:\\Windows\\Logs\\CBS\\CBS.log."""
    log = Log(4)
    for i in range(30):
        t = log.tick()
        level, who = ("Info", "CBS") if i % 3 else ("Info", "CSI")
        if i % 11 == 7:
            level = "Error"
        message = log.rng.choice(["Loaded Servicing Stack v6.1.7601.%d with Core: C:\\Windows\\winsxs\\cbscore.dll" % (i + 23505),
                                  "Read out cached package applicability for package: Package_for_KB%d~31bf3856ad364e35, "
                                  "ApplicableState: %d, CurrentState:%d" % (2928120 + i, i % 7, i % 5),
                                  "Failed to get next element [HRESULT = 0x800f080d - CBS_E_MANIFEST_INVALID_ITEM]",
                                  "SQM: Initializing online with Windows opt-in: False"])
        if who == "CSI":
            message = "%08x@%s:%02d" % (i, t.strftime("%Y/%-m/%-d:%H:%M:%S"), i) + " WcpInitialize (wcp.dll version 0.0.0.6) called"
        more = ["  [l:%d{%d}]\"C:\\Windows\\winsxs\\pending.xml\"" % (i * 2, i)] if i % 9 == 4 else []
        log.add("%s, %-21s %-6s %s" % (t.strftime("%Y-%m-%d %H:%M:%S"), level, who, message), more,
                time=stamp(t, 0), level=level, function=who, message=message)
    log.write(directory, "windows-cbs", "\r\n")


def containers(directory):
    """Docker's json-file driver and the kubelet's CRI format: the program's lines in an envelope, stack traces too."""
    docker, cri = Log(5), Log(6)
    for i in range(24):
        for log in docker, cri:
            trace = i % 10 == 6
            stream = "stderr" if trace else "stdout"
            lines = ["Could not store order %d" % i] + JAVA if trace else \
                ["Accepted order %d from /10.0.0.%d:%d \"new\"" % (i, log.rng.randrange(200), 40000 + i)]
            t, first, more = log.tick(), None, []
            for n, line in enumerate(lines):
                nano = stamp(t + datetime.timedelta(microseconds=20 * n), 6) + "%03dZ" % log.rng.randrange(100, 1000)
                if log is docker:
                    text = json.dumps({"log": line + "\n", "stream": stream, "time": nano}, separators=(",", ":"))
                else:
                    text = "%s %s F %s" % (nano, stream, line)
                first, when = (text, nano) if first is None else (first, when)
                more += [text] if n else []
            log.add(first, more, time=when, message=lines[0])
    t = stamp(cri.tick(), 6) + "789Z"
    cri.add(t + " stdout P the first half of a long line, ", [t + " stdout F and its second half"], time=t,
            message="the first half of a long line, ")
    docker.write(directory, "docker-json-file")
    cri.write(directory, "kubernetes-cri")


def pipelines(directory):
    """GitHub Actions (as downloaded) and GitLab CI (with and without time stamps)."""
    steps = [("Checkout", ["git version 2.39.5", "HEAD is now at 0f1e2d3 orders: retry once"]),
             ("Build", ["[1/3] Compiling C object app.p/a.c.o", "[2/3] Compiling C object app.p/b.c.o", "[3/3] Linking target app"]),
             ("Test", ["1/2 unit OK 0.02s", "2/2 end-to-end FAIL 1.31s"])]
    github, gitlab, stamped = Log(7), Log(8), Log(9)

    def gh(text, level="", message=None, more=()):
        t = stamp(github.tick(), 6) + "%dZ" % github.rng.randrange(10)
        github.add(t + " " + text, [t + " " + m for m in more], time=t, level=level, message=text if message is None else message)

    def gl(text, message=None):
        gitlab.add(text, message=text if message is None else message)

    def gs(text, message=None, stream="O"):
        t = stamp(stamped.tick(), 6, "Z")
        stamped.add("%s 00%s %s" % (t, stream, text), time=t, message=text if message is None else message)

    gh("Current runner version: '2.311.0'")
    gl("Running with gitlab-runner 16.6.1 (f5da3c5a)")
    gs("Running with gitlab-runner 16.6.1 (f5da3c5a)")
    for name, lines in steps:
        gh("##[group]Run make " + name.lower())
        gh("\x1b[36;1mmake %s\x1b[0m" % name.lower(), message="make " + name.lower())
        gh("shell: /usr/bin/bash -e {0}")
        gh("##[endgroup]")
        epoch, section = int(github.now.timestamp()), name.lower() + "_script"
        for say in gl, gs:
            say("section_start:%d:%s\r\x1b[0K\x1b[0K\x1b[36;1m%s the orders\x1b[0;m" % (epoch, section, name), name + " the orders")
            say("\x1b[32;1m$ make %s\x1b[0;m" % name.lower(), "$ make " + name.lower())
        for line in lines:
            gh(line)
            gl(line)
            gs(line)
        if name == "Build":
            gh("##[warning]a.c:1:18: unused variable 'unused'", "warning", "a.c:1:18: unused variable 'unused'")
        if name == "Test":
            gh("Traceback (most recent call last):", more=["  File \"/home/runner/work/orders/orders/test.py\", line 12, in <module>",
               "    store(7)", "  File \"/home/runner/work/orders/orders/test.py\", line 4, in store",
               "    raise KeyError(order)", "KeyError: 7"])
        gl("section_end:%d:%s\r\x1b[0K" % (epoch + 2, section), "section_end:%d:%s" % (epoch + 2, section))
    gh("##[error]Process completed with exit code 2.", "error", "Process completed with exit code 2.")
    gh("Cleaning up orphan processes")
    gl("\x1b[31;1mERROR: Job failed: exit code 2", "ERROR: Job failed: exit code 2")
    gl("\x1b[0;m", "")
    gitlab.rows.pop()
    gs("\x1b[31;1mERROR: Job failed: exit code 2\x1b[0;m", "ERROR: Job failed: exit code 2", "E")
    github.write(directory, "github-actions")
    gitlab.write(directory, "gitlab-ci")
    stamped.write(directory, "gitlab-ci-timestamps")


def dotnet(directory):
    """.NET's console logger (two lines an event, no time) and an unhandled exception."""
    log = Log(10)
    trace = ["System.InvalidOperationException: order 7 is lost",
             " ---> System.IO.IOException: Connection reset by peer",
             "   at Orders.Db.Read(Int32 order) in /srv/app/Orders/Db.cs:line 19",
             "   --- End of inner exception stack trace ---",
             "   at Orders.Db.Store(Int32 order) in /srv/app/Orders/Db.cs:line 31",
             "   at Orders.Worker.<>c__DisplayClass3_0.<Run>b__0() in /srv/app/Orders/Worker.cs:line 12",
             "   at System.Threading.Tasks.Task.ExecuteWithThreadLocal(Task& currentTaskSlot, Thread threadPoolThread)"]
    for i in range(12):
        level, text, more = ("info", "Accepted order %d from 10.0.0.7:%d" % (i, 40000 + i), [])
        if i % 5 == 3:
            level, text, more = "fail", "Could not store order %d" % i, ["      " + line for line in trace]
        if i % 7 == 4:
            level, text = "warn", "Slow order %d: took %d ms" % (i, i * 31)
        log.add("%s: Orders.Worker[%d]" % (level, i % 3), ["      " + text] + more, level=level, function="Orders.Worker",
                message=text)
    log.write(directory, "dotnet-console")
    log = Log(11)
    log.add("storing 3 orders", message="storing 3 orders")
    log.add("Unhandled exception. " + trace[0], trace[1:], message="Unhandled exception. " + trace[0])
    log.write(directory, "dotnet-unhandled")


def klog(directory):
    """klog as Kubernetes' components write it: structured messages."""
    log = Log(12)
    for i in range(30):
        t, level = log.tick(), log.rng.choice("IIIIWE")
        where = "%s.go:%d" % (log.rng.choice(["kubelet", "reconciler", "pod_workers"]), log.rng.randrange(20, 2500))
        message = "\"SyncLoop ADD\" source=\"api\" pods=[\"default/orders-%d\"]" % i if level == "I" else \
            "Unable to sync pod \"default/orders-%d\": connection refused" % i
        log.add("%s%s.%06d %7d %s] %s" % (level, t.strftime("%m%d %H:%M:%S"), t.microsecond, 1 + i % 4, where, message),
                time=yearless(t, 6), level=level, thread=1 + i % 4, source=where, message=message)
    log.write(directory, "klog-kubelet")


def squid(directory):
    """Squid's access.log: epoch, how long the client was served, client, result, bytes, request."""
    log = Log(14)
    for i in range(60):
        t, client = log.tick(), "10.0.0.%d" % log.rng.randrange(1, 30)
        result = log.rng.choice(["TCP_MISS/200", "TCP_MEM_HIT/200", "TCP_DENIED/403", "TCP_TUNNEL/200"])
        request = "CONNECT db%d.example.org:443" % (i % 3) if "TUNNEL" in result else "GET http://example.org/orders/%d" % i
        message = "%s %d %s - %s %s" % (result, log.rng.randrange(300, 90000), request,
                                        log.rng.choice(["HIER_DIRECT/93.184.216.34", "HIER_NONE/-"]),
                                        log.rng.choice(["text/html", "-", "application/json"]))
        log.add("%d.%03d %6d %s %s" % (t.replace(tzinfo=datetime.timezone.utc).timestamp(), t.microsecond // 1000,
                log.rng.choice([0, 3, 41, 187, log.rng.randrange(60000)]), client, message),
                time=stamp(t, 3, "Z"), host=client, message=message)
    log.write(directory, "squid-access")


def slurm(directory):
    """slurmctld.log: only some lines say their level."""
    log = Log(15)
    for i in range(80):
        t = log.tick()
        level, message = log.rng.choice([
            ("", "_slurm_rpc_submit_batch_job: JobId=%d InitPrio=%d usec=%d" % (i, 4294901000 + i, 300 + i * 7)),
            ("", "sched: Allocate JobId=%d NodeList=node%d #CPUs=%d Partition=debug" % (i, i % 4, 1 + i % 8)),
            ("", "_job_complete: JobId=%d WEXITSTATUS %d" % (i, i % 3)),
            ("", "Terminate signal (SIGINT or SIGTERM) received"),
            ("", "_job_complete: JobId=%d done" % i)])
        if i % 9 == 4:
            level, message = log.rng.choice([("error", "Nodes node%d not responding" % (i % 4)),
                                             ("debug2", "Tree head got back %d looking for 2" % (i % 2)),
                                             ("debug", "sched: Running job scheduler for full queue."),
                                             ("warning", "can't honor --ntasks-per-node set to %d" % i)])
        text = "%s: %s%s" % (level, " " if level == "debug" else "", message) if level else message
        log.add("[%s] %s" % (stamp(t), text), time=stamp(t), level=level, message=message)
    log.write(directory, "slurm")


def mysql(directory):
    """MySQL 8's error log: time, connection's thread (0: none), level, number of the message, component."""
    log = Log(16)
    said = [("System", "MY-010116", "Server", "/usr/sbin/mysqld (mysqld 8.0.36) starting as process %d"),
            ("Warning", "MY-010068", "Server", "CA certificate ca%d.pem is self signed."),
            ("Note", "MY-012366", "InnoDB", "Using Linux native AIO"),
            ("ERROR", "MY-012592", "InnoDB", "Operating system error number %d in a file operation."),
            ("Note", "MY-010914", "Server", "Aborted connection %d to db: 'orders' user: 'app' host: 'node1' "
             "(Got an error reading communication packets).")]
    for i in range(60):
        t, (level, code, part, message) = log.tick(), log.rng.choice(said)
        thread = log.rng.choice([0, 0, 1, 2, 8, 9, 11])
        message = message % i if "%d" in message else message
        log.add("%s %d [%s] [%s] [%s] %s" % (stamp(t, 6, "Z"), thread, level, code, part, message), time=stamp(t, 6, "Z"),
                level=level, thread=thread, function=part, message=message)
    log.write(directory, "mysql8-error")


def collected(directory):
    """Lines of several files in one, each behind the name of its file, as grep and collectors write them."""
    log = Log(17)
    for i in range(60):
        t, (name, pid, who) = log.tick(), log.rng.choice([
            ("api", 25746, "orders.api.wsgi"), ("store", 2931, "orders.store.manager"), ("audit", 25998, "orders.audit.host")])
        level, message = log.rng.choice([("INFO", "Took %d seconds to store order %d" % (i % 7, i)),
                                         ("INFO", "Order %d accepted" % i), ("WARNING", "Order %d is late" % i)])
        log.add("%s.log.1.2026-03-17_16:13:08 %s %d %s %s %s" % (name, stamp(t).replace("T", " "), pid, level, who, message),
                time=stamp(t), level=level, process=pid, function=who, message=message)
    log.write(directory, "collected-files")


def brackets(directory):
    """log4j's "[%d] %p %m": messages that begin with what they are about, in brackets: some of them, and all."""
    some, every = Log(18), Log(19)
    for i in range(60):
        for log in some, every:
            t, (level, message) = log.tick(), log.rng.choice([
                ("INFO", "[Log partition=orders-%d, dir=/srv/queue] Rolled new segment at offset %d" % (i % 20, i * 1000)),
                ("WARN", "[Log partition=orders-%d, dir=/srv/queue] Flush took %d ms" % (i % 20, 900 + i))])
            if log is some and i % 3:
                level, message = log.rng.choice([("INFO", "Awaiting connections on 0.0.0.0:%d" % (9000 + i)),
                                                 ("INFO", "[Coordinator %d]: Starting up" % (i % 4)),
                                                 ("ERROR", "Could not append to orders-%d" % i)])
            log.add("[%s] %s %s" % (stamp(t).replace("T", " ").replace(".", ","), level, message), time=stamp(t), level=level,
                    message=message)
    some.write(directory, "log4j-brackets")
    every.write(directory, "log4j-partition")


def tail(directory):
    """log4j's "[%d] %p %m (%c)": who speaks stands behind the message."""
    log = Log(20)
    for i in range(60):
        t = log.tick()
        level, who, message = log.rng.choice([
            ("INFO", "orders.log.Log", "[Log partition=orders-%d, dir=/srv/queue] Rolled new segment at offset %d" % (i % 20, i * 1000)),
            ("INFO", "orders.network.Acceptor", "Awaiting connections on 0.0.0.0:%d (plain)" % (9000 + i)),
            ("WARN", "orders.server.Coordinator", "[Coordinator %d]: Rebalance took %d ms" % (i % 4, 900 + i)),
            ("ERROR", "orders.server.Replica$Fetcher", "Could not append to orders-%d" % i)])
        log.add("[%s] %s %s (%s)" % (stamp(t).replace("T", " ").replace(".", ","), level, message, who),
                JAVA if level == "ERROR" else (), time=stamp(t), level=level, function=who, message=message)
    log.write(directory, "log4j-tail")
    log = Log(21)
    for i in range(60):
        t = log.tick()
        level, text = log.rng.choice([("INFO", "Preparing to rebalance group g%d" % (i % 7)), ("INFO", "Stabilized group g%d" % (i % 7)),
                                      ("WARN", "Member m-%d has failed" % i)])
        message, who = "[Coordinator %d]: %s" % (i % 3, text), "orders.server.Coordinator"
        log.add("[%s] %s %s (%s)" % (stamp(t).replace("T", " ").replace(".", ","), level, message, who),
                time=stamp(t), level=level, function=who, message=message)
    log.write(directory, "log4j-tail-brackets")


def journal():
    """Entries in the journal's export format."""
    rng, us = random.Random(13), 1795399511123456
    out = []
    for i in range(30):
        us += rng.randrange(500, 900000)
        who, pid = rng.choice([("orders", 812), ("sshd", 640), ("kernel", None), ("systemd", 1)])
        text = "order %d stored in %d ms" % (i, rng.randrange(50)) if who == "orders" else \
            rng.choice(["Started Session %d of User alice." % i, "Connection closed by 10.0.0.%d port %d" % (i, 40000 + i)])
        entry = ["__REALTIME_TIMESTAMP=%d" % us, "__MONOTONIC_TIMESTAMP=%d" % (us - 1795390000000000),
                 "_BOOT_ID=0f1e2d3c4b5a69788796a5b4c3d2e1f0", "_MACHINE_ID=00112233445566778899aabbccddeeff", "_HOSTNAME=node1",
                 "PRIORITY=%d" % rng.choice([3, 4, 5, 6, 6, 6, 7]), "SYSLOG_IDENTIFIER=" + who,
                 "_TRANSPORT=" + ("kernel" if who == "kernel" else "journal")]
        if pid:
            entry += ["_PID=%d" % pid, "_COMM=" + who]
        if who == "orders":
            entry += ["CODE_FILE=orders.c", "CODE_LINE=%d" % (100 + i % 3), "CODE_FUNC=store", "TID=%d" % (900 + i % 2)]
        if i % 10 == 9:
            text += "\n  second line of the message"
            data = text.encode()
            out.append("\n".join(entry).encode() + b"\nMESSAGE\n" + len(data).to_bytes(8, "little") + data + b"\n\n")
        else:
            out.append("\n".join(entry + ["MESSAGE=" + text]).encode() + b"\n\n")
    sys.stdout.buffer.write(b"".join(out))


if sys.argv[1:] == ["journal"]:
    journal()
else:
    for generate in logcat, cbs, containers, pipelines, dotnet, klog, squid, slurm, mysql, collected, brackets, tail:
        generate(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
