"""Sudden ends of the daemon: killed at every point of the write path, killed at random, or power loss."""
import contextlib
import json
import os
import pathlib
import random
import signal
import time

from house import Cluster, Daemon, Failed, Image, wait_until
from load import Load
from report import settle


def count_kill(report, load, kill):
    """Kills the daemon and counts unanswered requests."""
    before = len(load.unanswered)
    kill()
    time.sleep(0.3)  # the senders notice
    report.count["kills"] += 1
    report.count["in flight"] += len(load.unanswered) > before


# The points of a kill: while receiving, before the statement, in the middle of the COMMIT, after it, before the response.
KILLS_WITH_POSTGRES = [
    ("as a request is read", "releasehealthd", "recvfrom", 25),
    ("before the statement is sent", "append", "sendto", 5),
    ("while PostgreSQL commits", "append", "poll", 5),
    ("after the commit, before it is known", "append", "recvfrom", 5),
    ("before the answer is sent", "releasehealthd", "sendmsg", 9),
]
KILLS_WITH_SPOOL = [
    ("before the spool's pages are written", "spool", "pwrite64", 3),
    ("before they are on the disk", "spool", "fdatasync", 3),
    ("before the answer of what was spooled", "releasehealthd", "sendmsg", 9),
]
KILLS_WHILE_DRAINING = [
    ("after the commit of what was spooled, before it is removed", "append", "pwrite64", 1),
    ("before the removal is on the disk", "append", "fdatasync", 1),
]


def kills(house, programs, report, long):
    """The daemon is killed -9 at every point of the write path."""
    cluster = Cluster(house, "postgres").create().start()
    daemon = Daemon(house, "daemon", programs.now, cluster.dsn).start()

    def kill_at(point, load, meanwhile=lambda: None):
        what, thread, call, nth = point
        count_kill(report, load, lambda: daemon.kill_at(thread, call, nth, meanwhile))
        report.note(f"killed {what}")
        if cluster.process.poll() is None:
            wait_until(60, "PostgreSQL answers", cluster.answers)
        daemon.start()
        settle(load)

    with Load("kills", [daemon]) as load:
        settle(load)
        for point in KILLS_WITH_POSTGRES:
            kill_at(point, load)
        cluster.stop("immediate")
        settle(load)
        for point in KILLS_WITH_SPOOL:
            kill_at(point, load)
        for point in KILLS_WHILE_DRAINING:
            kill_at(point, load, meanwhile=lambda: cluster.start(wait=False))
            cluster.stop("immediate")
            settle(load)
        cluster.start()
        settle(load)
    report.add(load)
    report.check(cluster, daemon)
    if long:
        random_kills(cluster, daemon, report)


def random_kills(cluster, daemon, report, most=100):
    """Kills the daemon a hundred times at random instants, every tenth time together with PostgreSQL."""
    with Load("random", [daemon]) as load:
        for n in range(most):
            settle(load)
            time.sleep(random.random())
            if n % 10 == 9:
                random.choice([lambda: cluster.stop("immediate"), cluster.kill, lambda: cluster.stop("fast")])()
                time.sleep(random.random())
            count_kill(report, load, daemon.kill)
            daemon.start(ready=False)
            if cluster.process.poll() is not None:
                cluster.start()
            wait_until(60, "ready", daemon.is_ready)
        settle(load)
    report.add(load)
    report.check(cluster, daemon)


def power(house, programs, report, long):
    """Power loss: the next start has only the disk's contents at that instant. Spool and private PostgreSQL are on that
    disk."""
    if os.geteuid() != 0:
        return report.note("skipped without root: a disk in a file")
    image = Image(house, "disk", 400)
    place = image.mount("before")
    daemon = Daemon(house, "daemon", programs.now, None, state=place / "state").start()

    def processes():
        """The ids in the daemon's spool and its PostgreSQL."""
        mine = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if str(place / "state").encode() in (process / "cmdline").read_bytes() or (process / "cwd").resolve().is_relative_to(place):
                    mine.append(int(process.name))
        return [daemon.process.pid, *mine]

    def signal_all(number, pids):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    for n in range(10 if long else 3):
        with Load(f"power-{n}", [daemon]) as load:
            settle(load)
            all_of_them = processes()
            if n % 3 == 2:  # PostgreSQL hangs: acknowledged deliveries are in the spool
                signal_all(signal.SIGSTOP, [pid for pid in all_of_them if pid != daemon.process.pid])
                settle(load)
            time.sleep(random.random() / 2)
            signal_all(signal.SIGSTOP, all_of_them)
            time.sleep(0.1)  # responses in transit arrive
            acknowledged = set(load.acknowledged)
            after = image.copy(f"after-{n}")
            signal_all(signal.SIGCONT, all_of_them)
        report.add(load)
        left = Daemon(house, f"left-{n}", programs.now, None, state=after.mount(f"after-{n}") / "state").start()
        wait_until(60, "what the power left is drained", left.has_drained)
        stored = {json.loads(line)["id"] for line in left.command("export", "events").stdout.splitlines() if line.startswith("{")}
        report.count["lost"] += len(acknowledged - stored)
        report.count["stored"] += len(acknowledged & stored)
        if acknowledged - stored:
            raise Failed(f"lost in the power loss: {sorted(acknowledged - stored)[:5]}")
        report.note(f"the power went at {len(acknowledged)} acknowledged: all of them are on the disk")
        left.stop()
