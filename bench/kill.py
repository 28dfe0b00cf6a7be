#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments of `inquest add`: kill.py INQUEST [N]

Each of N (100) times a new log is added to a case and killed after a random time; then the store must be readable, the
case valid, and every run and symptom that was recorded before still there. The same log is then added in peace. What
share of the kills came while it still ran is told: kills after the end prove nothing."""
import os, random, signal, subprocess, sys, tempfile, time


def main(inquest, n):
    r = random.Random(5)
    lost = invalid = early = done = 0
    with tempfile.TemporaryDirectory() as d:
        env = dict(os.environ, HOME=d, XDG_CONFIG_HOME=d + "/none")
        env.pop("INQUEST_CASE", None)
        env.pop("INQUEST_STORE", None)

        def run(*argv):
            return subprocess.run([inquest, *argv], cwd=d, env=env, capture_output=True, text=True)

        def log(i):
            with open(f"{d}/k{i}.log", "w", encoding="utf-8") as f:
                for k in range(2000):
                    f.write(f"2026-11-23T10:{k // 60 % 60:02}:{k % 60:02}Z INFO job {k} of {i} done\n")
                f.write(f"2026-11-23T11:00:00Z ERROR failed\njava.io.IO{i}Exception: no\n\tat org.example.A{i}.f(A.java:1)\n"
                        "\tat org.example.B.g(B.java:2)\n")

        os.mkdir(d + "/.git")
        run("new", "killed")
        log(0)
        start = time.monotonic()
        run("add", "k0.log", "--as", "bad")
        span = time.monotonic() - start
        expected = 1
        for i in range(1, n + 1):
            log(i)
            p = subprocess.Popen([inquest, "add", f"k{i}.log", "--as", "bad"], cwd=d, env=env,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(r.uniform(0, span * 1.2))
            early += p.poll() is None
            p.send_signal(signal.SIGKILL)
            done += p.wait() == 0
            runs = run("runs", "--csv")
            case = run("status", "--json")
            if runs.returncode or run("status", "--check").returncode:
                invalid += 1
                print("invalid:", runs.stderr, run("status", "--check").stdout)
            rows = runs.stdout.count("\nr-")
            if rows < expected or any(f"IO{k}Exception" not in case.stdout for k in range(i)):
                lost += 1
                print(f"lost at {i}: {rows} runs of {expected}")
            again = run("add", f"k{i}.log", "--as", "bad")
            expected += 1
            if again.returncode:
                invalid += 1
                print(again.stderr)
        final = run("runs", "--csv").stdout.count("\nr-")
        left = [f for _, _, files in os.walk(d + "/.inquest") for f in files if "tmp" in f]
    print(f"{n} kills, {early} while it ran: {lost} with something lost, {invalid} invalid; "
          f"{final} runs of {n + 1} in the end; {len(left)} files left behind")
    return lost or invalid or final != n + 1


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__)
        sys.exit(2)
    sys.exit(main(os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100) != 0)
