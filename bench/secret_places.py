# SPDX-License-Identifier: GPL-3.0-or-later
"""Places where a text with a secret may stand: each gives the text as it is written there."""
import json, shlex, urllib.parse


def one(text):
    return text.replace("\r", "").strip("\n").replace("\n", " ")


def xml(s):
    return "".join(c if c >= " " or c in "\t\n\r" else "?" for c in s).replace("&", "&amp;").replace(
        "<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def inner(s):
    """Inside the quotes of JSON."""
    return json.dumps(s, ensure_ascii=False)[1:-1]


def lines(prefix):
    return lambda t: "".join(f"{prefix}{line}\n" for line in t.splitlines())


def before(prefix, suffix=""):
    return lambda t: prefix + one(t) + suffix


T = "2026-11-23T10:00:00Z "
TRACE = "\n\tat org.example.App.run(App.java:1)\n\tat org.example.App.main(App.java:2)\n"
PLACES = [
    ("alone", lambda t: t),
    # logs
    ("log", before(T + "INFO app: ", "\n")), ("log-lines", lines(T + "INFO app: ")),
    ("log-text", lambda t: T + "INFO app: start " + t + "\n"), ("log-syslog", before("Nov 23 10:00:00 host app[12]: ", "\n")),
    ("log-python", before("2026-11-23 10:00:00,123 - app.db - ERROR - ", "\n")), ("log-spring", before("2026-11-23 10:00:00.123  INFO 1 --- [main] o.e.App : ", "\n")),
    ("log-bracket", before("[2026-11-23 10:00:00] [error] [pid 1:tid 2] ", "\n")), ("log-glog", before("I1123 10:00:00.123456       1 app.go:12] ", "\n")),
    ("log-level", before("ERROR: ", "\n")), ("log-end", before(T + "ERROR app: cannot do it, giving up: ", "\n")),
    ("log-logfmt", lambda t: f'time={T.strip()} level=error msg="{inner(t)}" port=1\n'), ("log-compose", lines("web_1  | ")),
    ("log-buildkit", before("#8 0.123 ", "\n")), ("log-actions", before("2026-11-23T10:00:00.1234567Z ##[debug]", "\n")),
    ("log-workflow", before("::error file=a.c,line=1::", "\n")), ("log-colour", before("\x1b[31mERROR\x1b[0m \x1b[1;33m", "\x1b[0m\n")),
    ("log-gitlab", before("\x1b[32;1m$ ", "\x1b[0;m\n")), ("log-tabs", before("2026-11-23\t10:00:00\terror\t", "\t12 ms\n")),
    ("log-kernel", before("[   12.345678] app: ", "\n")), ("log-crlf", lambda t: T + "INFO app: " + one(t) + "\r\n"),
    # prose
    ("prose", before("we ran ", " and it failed with code 1\n")), ("prose-stop", before("It said ", ". Then it stopped.\n")),
    ("prose-comma", before("with ", ", which is wrong\n")), ("prose-quoted", lambda t: f'the command "{one(t)}" failed\n'),
    ("prose-single", lambda t: f"the command '{one(t)}' failed\n"), ("prose-tick", before("run `", "` again\n")),
    ("prose-paren", before("it failed (", ") twice\n")), ("prose-bracket", before("failed [", "]\n")), ("markdown", lambda t: "see\n```\n" + t + "\n```\n"),
    ("comment-hash", before("# ", "\n")), ("comment-slashes", before("// ", "\n")), ("diff-plus", lines("+")), ("diff-minus", lines("-")),
    # documents
    ("json", lambda t: f'{{"level":"error","msg":"{inner(t)}","port":1}}\n'), ("json-end", lambda t: f'{{"level":"error","msg":"it: {inner(t)}"}}\n'),
    ("json-ascii", lambda t: json.dumps({"level": "error", "msg": t, "n": 1})), ("json-list", lambda t: json.dumps(["a", one(t), "b"])),
    ("json-json", lambda t: json.dumps({"log": json.dumps({"msg": t, "n": 1}), "n": 2})),
    ("json-html", lambda t: json.dumps({"msg": t}).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")),
    ("xml-text", lambda t: f"<failure>{xml(t)}</failure>"), ("xml-attribute", lambda t: f'<failure message="{xml(one(t))}" type="x"/>'),
    ("xml-all", lambda t: f'<failure message="{xml(t).replace(chr(39), "&#39;").replace(chr(10), "&#10;")}"/>'),
    ("xml-cdata", lambda t: f"<system-out><![CDATA[{t}]]></system-out>"), ("xml-twice", lambda t: f"<a>{xml(xml(t))}</a>"),
    ("test-name", lambda t: f'<testcase classname="c" name="t1[{xml(one(t))}]"/>'), ("test-pytest", before("FAILED tests/a.py::test_x[", "] - assert 1 == 2\n")),
    ("test-tap", before("not ok 3 - ", "\n")), ("test-assert", before("E   AssertionError: assert '", "' == 'x'\n")),
    ("yaml-plain", before("note: ", "\nport: 1\n")), ("yaml-double", lambda t: f'note: "{inner(t)}"\nport: 1\n'),
    ("yaml-single", lambda t: "note: '" + one(t).replace("'", "''") + "'\nport: 1\n"), ("yaml-block", lambda t: "note: |\n" + lines("  ")(t) + "port: 1\n"),
    ("yaml-item", before("run:\n  - ", "\n  - true\n")), ("yaml-run", before("- run: ", "\n")),
    ("ini", before("[a]\nnote = ", "\nport = 1\n")), ("env", lambda t: f"NOTE={shlex.quote(one(t))}\n"), ("env-plain", before("NOTE=", "\n")),
    ("env-double", lambda t: 'NOTE="' + one(t).replace('"', '\\"') + '"\n'),
    ("properties", lambda t: "note=" + one(t).replace(":", "\\:").replace("=", "\\=") + "\n"), ("toml", lambda t: f'note = "{inner(t)}"\n'),
    ("csv", lambda t: '1,"' + one(t).replace('"', '""') + '",x\n'), ("csv-plain", before("1;", ";x\n")), ("tsv", before("1\t", "\tx\n")),
    ("markdown-table", before("| a | ", " | b |\n")),
    # commands
    ("shell", lambda t: f"sh -c {shlex.quote(one(t))}\n"), ("shell-double", lambda t: 'bash -lc "' + one(t).replace("\\", "\\\\").replace('"', '\\"') + '"\n'),
    ("shell-trace", before("+ ", "\n")), ("shell-trace-sh", before("++ sh -x a.sh\n+ ", "\n")), ("shell-prompt", before("bob@host:~$ ", "\n")), ("shell-sudo", before("sudo -E ", "\n")),
    ("shell-and", before("cd /a && ", " && echo ok\n")), ("shell-after", before("cd /a; ", " > out.txt 2>&1\n")), ("shell-set", before("FOO=1 ", "\n")),
    ("shell-ssh", lambda t: f"ssh bob@host {shlex.quote(one(t))}\n"), ("shell-ps", before("root      1234  0.0  0.1  1234  567 ?  S  10:00  0:00 ", "\n")),
    ("shell-history", before("  501  ", "\n")), ("cmd-prompt", before("C:\\Users\\bob> ", "\n")), ("powershell", before("PS C:\\> ", "\n")),
    ("make-echo", before("make[1]: *** [Makefile:3: all] Error 1: ", "\n")), ("ninja-failed", before("FAILED: a.o\n", "\n")),
    ("docker-run", before("RUN ", "\n")), ("docker-step", before("Step 3/7 : ", "\n")), ("docker-step-run", before("Step 3/7 : RUN ", "\n")),
    ("docker-buildkit", before("#8 [3/7] RUN ", "\n")), ("compose-command", before("    command: ", "\n")),
    ("argv-python", lambda t: repr(["sh", "-c", one(t)])), ("argv-error", lambda t: f"subprocess.CalledProcessError: Command {one(t)!r} returned non-zero exit status 1.\n"),
    # programs' own ways
    ("python-repr", lambda t: f"{{'msg': {t!r}, 'port': 1}}"), ("python-bytes", lambda t: repr(t.encode())), ("python-error", before("ValueError: ", "\n")),
    ("python-tuple", lambda t: repr(("a", t, 1))), ("java-cause", lambda t: "Caused by: java.io.IOException: " + one(t) + TRACE),
    ("java-exception", before("Exception in thread \"main\" java.lang.IllegalStateException: ", TRACE)), ("java-map", before("{msg=", ", port=1}\n")),
    ("java-list", before("[a, ", ", b]\n")), ("go-map", before("map[msg:", " port:1]\n")), ("go-error", lambda t: f'error="dial: {inner(one(t))}"\n'),
    ("ruby-inspect", lambda t: f'#<A:0x0001 @msg="{inner(t)}", @n=1>'), ("rust-panic", lambda t: f"thread 'main' panicked at src/a.rs:1:2:\n{t}\n"), ("rust-err", lambda t: f'Err(Custom {{ kind: Other, error: "{inner(t)}" }})'),
    ("js-object", lambda t: "{ msg: '" + t.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "', port: 1 }"), ("sql-string", lambda t: "INSERT INTO log VALUES (1, '" + one(t).replace("'", "''") + "', 2);\n"),
    ("c-backtrace", lambda t: f'#1  0x0000 in run (msg=0x7ff "{inner(one(t))}") at a.c:1\n'), ("strace", lambda t: f'write(2, "{inner(t)}", 10) = 10\n'),
    # the net
    ("query", lambda t: f"GET /a?msg={urllib.parse.quote(one(t), safe='')}&x=1 HTTP/1.1\n"), ("query-plus", lambda t: f"GET /a?x=1&msg={urllib.parse.quote_plus(one(t))} HTTP/1.1\n"),
    ("header", before("> X-Note: ", "\n")), ("header-in", before("< x-note: ", "\n")), ("access-log", lambda t: f'1.2.3.4 - - [23/Nov/2026:10:00:00 +0000] "GET /{urllib.parse.quote(one(t))} HTTP/1.1" 200 1\n'),
    # files
    ("file", before("/tmp/out/", ".log: not found\n")), ("file-line", before("a/b.conf:12: ", "\n")), ("file-grep", before("./a/b.sh:12:", "\n")), ("file-quoted", before("cannot open '/tmp/", "'\n")),
]
