"""Exhausted resources: disk for the spool, descriptors, DNS, a correct clock, and connections taken by malicious senders."""
import json
import pathlib
import socket
import subprocess
import sys
import time

from house import Cluster, Daemon, Disk, Failed, free_port, wait_until
from load import Load
from report import settle


def machine(house, programs, report, long):
    """Exhausted resources: disk for the spool, descriptors, DNS, a correct clock."""
    cluster = Cluster(house, "postgres").create().start()
    for part in (state_disk, descriptors, names, clock):
        part(house, programs, report, cluster)
    shared_disk(house, programs, report)


def state_disk(house, programs, report, cluster):
    state = house.small_disk("state", 40)
    if not state:
        return report.note("skipped without root: the disk of the spool")
    daemon = Daemon(house, "spooling", programs.now, cluster.dsn, state=state).start()
    with Load("disk", [daemon]) as load:
        settle(load)
        cluster.stop("fast")
        disk = Disk(state)
        settle(load)
        disk.fill()
        wait_until(30, "a full disk is told of", lambda: daemon.metric("releasehealth_spool_writable") == 0)
        wait_until(10, "503", lambda: 503 in load.refused)
        if daemon.is_ready():
            raise Failed("ready without a durable place")
        disk.free()
        wait_until(30, "ready again by itself", daemon.is_ready)
        settle(load)
        cluster.start()
        wait_until(60, "drained", daemon.has_drained)
    report.add(load)
    report.check(cluster, daemon)
    report.note("the spool's disk was full: 503, not ready, and ready again when there was room")
    daemon.stop()


def shared_disk(house, programs, report):
    """The private PostgreSQL and the spool on one full disk: neither accepts anything, nothing is lost."""
    state = house.small_disk("shared", 160)
    if not state:
        return report.note("skipped without root: one disk for all")
    daemon = Daemon(house, "private", programs.now, None, state=state / "state").start()
    with Load("shared", [daemon]) as load:
        settle(load)
        disk = Disk(state)
        disk.fill()
        wait_until(30, "503", lambda: 503 in load.refused)
        wait_until(30, "not ready", lambda: not daemon.is_ready())
        disk.free()
        wait_until(60, "ready again by itself", daemon.is_ready)
        settle(load)
        wait_until(60, "drained", daemon.has_drained)
    stored = {json.loads(line)["id"] for line in daemon.command("export", "events").stdout.splitlines() if line.startswith("{")}
    if lost := load.acknowledged - stored:
        raise Failed(f"lost on a full disk: {sorted(lost)[:5]}")
    report.add(load)
    report.count["stored"] += len(load.acknowledged)
    report.note("PostgreSQL and spool had one disk, and it was full: not ready, and ready again by itself")
    daemon.stop()


def descriptors(house, programs, report, cluster):
    if programs.is_sanitized:  # a sanitizer opens a pipe to check an object, and misreads a failure
        return report.note("skipped under a sanitizer, which needs files itself: descriptors")
    daemon = Daemon(house, "few-files", programs.now, cluster.dsn, wrap=["prlimit", "--nofile=60:60"]).start()
    with Load("files", [daemon], clients=2) as load:
        settle(load)
        idle = []
        for _ in range(80):
            s = socket.socket()
            s.settimeout(5)
            s.connect(("127.0.0.1", daemon.intake))
            idle.append(s)
        settle(load)  # existing connections are still served
        for s in idle[:40]:
            s.close()
        wait_until(20, "counted", lambda: daemon.metric('releasehealth_limits_reached_total{limit="intake.open_files"}') > 0)
        for s in idle:
            s.close()
        settle(load)
    report.add(load)
    report.check(cluster, daemon)
    report.note("out of descriptors: who was connected was served on, the rest when there were some again")
    daemon.stop()


def names(house, programs, report, cluster):
    hosts, resolver = house.folder / "hosts", house.folder / "resolv.conf"
    known = "127.0.0.1 localhost\n127.0.0.1 database.test\n"
    hosts.write_text(known)
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    bind = f"mount --bind {hosts} /etc/hosts && mount --bind {resolver} /etc/resolv.conf && exec \"$@\""
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return report.note("skipped without root: names that are gone")
    cluster.stop()
    cluster.tcp_port = free_port()
    cluster.start()
    dsn = f"host=database.test port={cluster.tcp_port} user=releasehealthd dbname=postgres"
    daemon = Daemon(house, "by-name", programs.now, dsn, wrap=["unshare", "-m", "sh", "-c", bind, "sh"]).start()
    with Load("names", [daemon]) as load:
        settle(load)
        hosts.write_text("127.0.0.1 localhost\n")
        cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%'")
        counted = 'releasehealth_database_failures_total{reason="name_resolution"}'
        wait_until(30, "counted", lambda: daemon.metric(counted) > 0)
        settle(load)
        hosts.write_text(known)
        wait_until(60, "drained", daemon.has_drained)
    report.add(load)
    daemon.stop()
    reader = Daemon(house, "reader", programs.now, cluster.dsn).start()  # needs no name resolution
    report.check(cluster, reader)
    reader.stop()
    report.note("the name of the database was gone: spooled and drained")


def clock(house, programs, report, cluster):
    library = next(iter(pathlib.Path("/usr/lib").rglob("libfaketime.so.1")), None)
    if not library:
        return report.note("skipped: libfaketime is not installed")
    if programs.is_sanitized:
        return report.note("skipped under a sanitizer, which must be loaded first: the clock")
    shift = house.folder / "shift"
    shift.write_text("+0")
    environment = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(shift), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    daemon = Daemon(house, "shifted", programs.now, cluster.dsn, environment=environment).start()
    with Load("clock", [daemon], clients=2) as load:
        for n, by in enumerate(("-3600", "+3600"), start=1):
            settle(load)
            shift.write_text(by)
            wait_until(20, f"jump {n} is counted", lambda: daemon.metric("releasehealth_clock_jumps_total") >= n)
        settle(load)
    report.add(load)
    replayed = daemon.command("replay")  # deliveries from an hour ahead were dead-lettered
    if replayed.returncode != 0 or replayed.stdout.startswith("0 "):
        raise Failed(f"replay: {replayed.stdout}")
    report.check(cluster, daemon)
    report.note("the clock jumped an hour back, then two ahead: counted; what seemed to come from the future was replayed")
    daemon.stop()


def crowd(house, programs, report, long):
    """Slow senders and a flood of connections from other addresses: healthy senders finish well before their timeout."""
    cluster = Cluster(house, "postgres").create().start()
    daemon = Daemon(house, "daemon", programs.now, cluster.dsn).start()
    strictest = 10.0 if programs.is_sanitized else 1.0  # timeouts of GitHub and Sentry in seconds
    seconds = 60 if long else 12
    with Load("quiet", [daemon], keeps=False) as quiet:
        time.sleep(4)
    with Load("crowd", [daemon], keeps=False) as load:
        words = [sys.executable, pathlib.Path(__file__).with_name("attack.py"), str(daemon.intake), str(seconds)]
        attack = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    p99 = lambda l: sorted(l.took)[int(len(l.took) * 0.99)]
    report.note(f"{attack.stdout.strip()} bad connections; p99 of {len(load.took)} healthy deliveries {p99(load) * 1000:.0f} ms (alone {p99(quiet) * 1000:.0f} ms), {len(load.refused)} refused, {len(load.unanswered)} cut off")
    for each in (quiet, load):
        report.add(each)
    if p99(load) > strictest or load.refused or load.unanswered:
        raise Failed(f"requests of healthy senders failed: {load.broke[:3]}")
    report.check(cluster, daemon)
