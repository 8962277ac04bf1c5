"""Exhausted resources: disk for the spool, descriptors, DNS, a correct clock."""
import pathlib
import socket
import subprocess

import pytest
from report import settle

from harness import GITHUB, Daemon, Disk, Load, free_port, wait_until


def test_a_full_disk_of_the_spool_gives_503_and_not_ready_until_there_is_room(house, program, cluster, report):
    state = house.small_disk("state", 40)
    if not state:
        pytest.skip("a disk that is full needs root")
    daemon = Daemon(house, program, "spooling", GITHUB, database=cluster.dsn, state=state).start("ready")
    with Load("disk", [daemon]) as load:
        settle(load)
        cluster.stop("fast")
        disk = Disk(state)
        settle(load)
        disk.fill()
        daemon.wait_for("releasehealth_spool_writable", 0)
        wait_until(10, "503", lambda: 503 in load.refused)
        assert not daemon.is_ready()
        disk.free()
        wait_until(30, "ready again by itself", daemon.is_ready)
        settle(load)
        cluster.start()
        wait_until(60, "drained", daemon.has_drained)
    report.add(load)
    report.check(cluster, daemon)
    daemon.stop()


def test_existing_connections_are_served_without_descriptors_and_new_ones_once_there_are_some(house, program, cluster, report, sanitized):
    if sanitized:
        pytest.skip("a sanitizer opens a pipe to check an object, and misreads a failure")
    daemon = Daemon(house, program, "few-files", GITHUB, database=cluster.dsn, wrap=["prlimit", "--nofile=60:60"]).start("ready")
    with Load("files", [daemon], clients=2) as load:
        settle(load)
        idle = [socket.create_connection(("127.0.0.1", daemon.intake), timeout=5) for _ in range(80)]
        settle(load)
        for s in idle[:40]:
            s.close()
        wait_until(20, "counted", lambda: daemon.metric('releasehealth_limits_reached_total{limit="intake.open_files"}') > 0)
        for s in idle:
            s.close()
        settle(load)
    report.add(load)
    report.check(cluster, daemon)
    daemon.stop()


def test_deliveries_are_spooled_while_the_name_of_the_database_is_unknown(house, program, cluster, report):
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        pytest.skip("names that are gone need root")
    hosts, resolver = house.folder / "hosts", house.folder / "resolv.conf"
    known = "127.0.0.1 localhost\n127.0.0.1 database.test\n"
    hosts.write_text(known)
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    bind = f"mount --bind {hosts} /etc/hosts && mount --bind {resolver} /etc/resolv.conf && exec \"$@\""
    cluster.stop()
    cluster.tcp_port = free_port()
    cluster.start()
    dsn = f"host=database.test port={cluster.tcp_port} user=releasehealthd dbname=postgres"
    daemon = Daemon(house, program, "by-name", GITHUB, database=dsn, wrap=["unshare", "-m", "sh", "-c", bind, "sh"]).start("ready")
    with Load("names", [daemon]) as load:
        settle(load)
        hosts.write_text("127.0.0.1 localhost\n")
        cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%'")
        wait_until(30, "counted", lambda: daemon.metric('releasehealth_database_failures_total{reason="name_resolution"}') > 0)
        settle(load)
        hosts.write_text(known)
        wait_until(60, "drained", daemon.has_drained)
    report.add(load)
    daemon.stop()
    reader = Daemon(house, program, "reader", GITHUB, database=cluster.dsn).start("ready")  # needs no name resolution
    report.check(cluster, reader)
    reader.stop()


def test_jumps_of_the_clock_are_counted_and_deliveries_from_the_future_replayed(house, program, cluster, report, sanitized):
    library = next(iter(pathlib.Path("/usr/lib").rglob("libfaketime.so.1")), None)
    if not library:
        pytest.skip("libfaketime is not installed")
    if sanitized:
        pytest.skip("a sanitizer must be loaded first")
    shift = house.folder / "shift"
    shift.write_text("+0")
    environment = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(shift), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    daemon = Daemon(house, program, "shifted", GITHUB, database=cluster.dsn, environment=environment).start("ready")
    with Load("clock", [daemon], clients=2) as load:
        for n, by in enumerate(("-3600", "+3600"), start=1):  # an hour back, then two ahead
            settle(load)
            shift.write_text(by)
            wait_until(20, f"jump {n} is counted", lambda: daemon.metric("releasehealth_clock_jumps_total") >= n)
        settle(load)
    report.add(load)
    replayed = daemon.command("replay")  # deliveries from an hour ahead were dead-lettered
    assert replayed.returncode == 0 and int(replayed.stderr.split()[0]) > 0, replayed.stderr
    report.check(cluster, daemon)
    daemon.stop()
