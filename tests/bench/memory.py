"""The daemon's memory: idle, per series, per idle connection."""
import json
import pathlib
import socket
import subprocess
import time

from table import at_most, no_more_than

from harness import wait_until


def resident(daemon):
    for line in pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


def memory(bench):
    cluster = bench.cluster("memory")
    daemon = bench.daemon("memory", cluster)
    wait_until(60, "there are figures", lambda: daemon.metric("releasehealth_refresh_success") == 1)
    time.sleep(2)
    idle = resident(daemon)
    yield no_more_than(30e6, "memory of the daemon, idle / 30 MB", "B", [idle])

    waiting = []
    for _ in range(64):
        to = socket.create_connection(("127.0.0.1", daemon.intake))
        to.sendall(b"GET /webhooks/none HTTP/1.1\r\nHost: localhost\r\n\r\n")
        to.recv(4096)
        waiting.append(to)
    yield no_more_than(30e3, "memory of an idle connection / 30 kB", "B", [(resident(daemon) - idle) / len(waiting)])
    for to in waiting:
        to.close()

    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    events = "".join(
        json.dumps({"id": f"m{n}", "type": "deployment", "time": now, "service": f"service-{n % 900}", "state": "succeeded", "version": str(n)}) + "\n" for n in range(9000)
    )
    file = bench.house.folder / "memory.ndjson"
    file.write_text(events)
    before, series_before = resident(daemon), series(daemon)
    daemon.run("import", "events", file)
    wait_until(120, "the figures are there", lambda: "service-899" in daemon.get("/metrics").text)
    time.sleep(3)
    more = series(daemon) - series_before
    yield no_more_than(170, "memory of a series, with the bodies that are sent / 170 B", "B", [(resident(daemon) - before) / more])


def series(daemon):
    return sum(1 for line in daemon.get("/metrics").text.splitlines() if not line.startswith("#"))


def exposition(bench):
    done = json.loads(subprocess.run([bench.built / "tests/bench/bench_exposition", str(bench.rounds)], stdout=subprocess.PIPE, check=True, text=True).stdout)
    yield at_most(1 / 20, f"rendering {done['series']:,} series / prometheus-cpp's TextSerializer", "s", done["measured"], done["baseline"])
