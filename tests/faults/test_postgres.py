"""PostgreSQL is stopped, killed, hanging, read-only, out of space or connections: every delivery is acknowledged, and stored once
PostgreSQL is well again."""
import os
import signal
import subprocess
import time

import pytest
from report import settle

from harness import GITHUB, Cluster, Daemon, Disk, Load, wait_until


@pytest.fixture(scope="module")
def disk(house):
    return house.small_disk("disk", 400)


@pytest.fixture(scope="module")
def cluster(house, disk):
    return Cluster(house, "postgres", folder=disk, options=["-c", "max_connections=14", "-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"]).create().start()


@pytest.fixture(scope="module")
def daemon(house, program, cluster):
    return Daemon(house, program, config=GITHUB, database=cluster.dsn, statement_timeout="2s").start("ready")


@pytest.fixture
def spools(cluster, daemon, report):
    """Breaks PostgreSQL while senders send, and mends it. The failures are counted for one of the reasons."""

    def spools(what, break_it, mend, *reasons):
        failures = lambda reason: daemon.metric(f'releasehealth_database_failures_total{{reason="{reason}"}}')
        with Load(what.replace(" ", "-"), [daemon]) as load:
            settle(load)
            before = {reason: failures(reason) for reason in reasons}
            break_it()
            if reasons:
                wait_until(30, f"{what}: counted as {' or '.join(reasons)}", lambda: any(failures(r) > n for r, n in before.items()))
            wait_until(30, f"{what}: goes on", load.goes_on())
            spooled = daemon.metric("releasehealth_spooled_deliveries")
            mend()
            wait_until(90, f"{what}: drained", daemon.has_drained)
            report.note(f"{what}: {int(spooled)} spooled meanwhile, {'counted as ' + ' or '.join(reasons) + ', ' if reasons else ''}drained")
        report.add(load)
        assert not load.refused
        report.check(cluster, daemon)

    return spools


def test_deliveries_are_spooled_while_it_is_stopped(spools, cluster):
    spools("stopped", cluster.stop, cluster.start, "connection")


def test_deliveries_are_spooled_after_a_stop_in_immediate_mode(spools, cluster):
    spools("stopped in immediate mode", lambda: cluster.stop("immediate"), cluster.start, "connection")


def test_deliveries_are_spooled_after_kill_9_of_it(spools, cluster):
    spools("killed", cluster.kill, cluster.start, "connection")


def test_deliveries_are_spooled_while_it_is_read_only(spools, cluster):
    spools("read-only", lambda: cluster.set("default_transaction_read_only", "on"), lambda: cluster.set("default_transaction_read_only", None), "read_only")


def test_deliveries_are_spooled_while_a_statement_takes_longer_than_its_timeout(spools, cluster):
    locker = subprocess.Popen(cluster.psql(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)

    def lock_out():
        locker.stdin.write("BEGIN; LOCK TABLE delivery;\n")
        locker.stdin.flush()

    spools("slow", lock_out, lambda: locker.communicate("COMMIT;\n"), "timeout")


def test_deliveries_are_spooled_while_others_hold_all_connections(spools, cluster):
    admin = subprocess.Popen(cluster.psql(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    loops = []

    def hold_all_connections():
        """Other clients hold all connections, and take the daemon's when it is terminated."""
        admin.stdin.write("SELECT 'connected';\n")  # before the other clients use all connections
        admin.stdin.flush()
        admin.stdout.readline()
        words = " ".join(f"'{w}'" for w in cluster.psql())
        # ends with the cluster's folder, so that a failing test leaves no processes
        loop = f"while [ -d '{cluster.folder}' ] && ! {words} -c 'SELECT pg_sleep(100)'; do sleep 0.02; done"
        loops.extend(subprocess.Popen(["sh", "-c", loop], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) for _ in range(20))
        time.sleep(1)
        admin.stdin.write("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%';\n")
        admin.stdin.flush()

    def let_go():
        for loop in loops:
            os.killpg(loop.pid, signal.SIGKILL)
            loop.wait()
        admin.communicate("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid();\n")

    spools("out of connections", hold_all_connections, let_go, "connections")


def test_deliveries_are_spooled_while_its_disk_is_full(spools, cluster, disk):
    if not disk:
        pytest.skip("a disk that is full needs root")
    full = Disk(disk)

    def make_room():
        full.free()
        if not cluster.answers():  # without room for its WAL PostgreSQL ends
            if cluster.process.poll() is None:
                cluster.kill()
            cluster.start()

    spools("without room", full.fill, make_room, "disk_full", "connection")


def test_deliveries_are_spooled_while_it_hangs(spools, cluster):
    spools("hanging", lambda: cluster.signal(signal.SIGSTOP), lambda: cluster.signal(signal.SIGCONT))
