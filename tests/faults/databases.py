"""Failures, failover and migration of PostgreSQL under the daemon."""
import os
import signal
import subprocess
import time

from house import Cluster, Daemon, Disk, Failed, wait_until
from load import Load
from report import settle


def postgres(house, programs, report, long):
    """PostgreSQL is stopped, killed, hanging, read-only, out of space or connections: every delivery is acknowledged."""
    disk = house.small_disk("disk", 400)
    cluster = Cluster(house, "postgres", folder=disk, options=["-c", "max_connections=14", "-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"])
    cluster.create().start()
    # slow: longer than the statement timeout
    daemon = Daemon(house, "daemon", programs.now, cluster.dsn, timeout="2s").start()
    failures = lambda reason: daemon.metric(f'releasehealth_database_failures_total{{reason="{reason}"}}')

    def broken(what, reason, break_it, mend, or_else=None):
        before = {r: failures(r) for r in (reason, or_else) if r}
        break_it()
        wait_until(30, f"{what}: counted as {reason}", lambda: any(failures(r) > n for r, n in before.items()))
        wait_until(30, f"{what}: goes on", load.goes_on())
        spooled = daemon.metric("releasehealth_spooled_deliveries")
        mend()
        wait_until(90, f"{what}: drained", daemon.has_drained)
        report.note(f"{what}: {int(spooled)} spooled meanwhile, counted as {reason}{' or ' + or_else if or_else else ''}, drained")

    def hold_all_connections():
        """Other clients hold all connections, and take the daemon's when it is terminated."""
        admin = subprocess.Popen(cluster.psql(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        admin.stdin.write("SELECT 'connected';\n")  # before the other clients use all connections
        admin.stdin.flush()
        admin.stdout.readline()
        words = " ".join(f"'{w}'" for w in cluster.psql())
        # ends with the cluster's folder, so that a failing test leaves no processes
        loop = f"while [ -d '{cluster.folder}' ] && ! {words} -c 'SELECT pg_sleep(100)'; do sleep 0.02; done"
        loops = [subprocess.Popen(["sh", "-c", loop], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) for _ in range(20)]
        time.sleep(1)
        admin.stdin.write("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%';\n")
        admin.stdin.flush()
        holders.append((admin, loops))

    def let_go():
        admin, loops = holders.pop()
        for loop in loops:
            os.killpg(loop.pid, signal.SIGKILL)
            loop.wait()
        admin.communicate("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid();\n")

    def start_again():
        if not cluster.answers():
            if cluster.process.poll() is None:
                cluster.kill()
            cluster.start()

    def lock_out():
        session = subprocess.Popen(cluster.psql(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        session.stdin.write("BEGIN; LOCK TABLE delivery;\n")
        session.stdin.flush()
        locker.append(session)

    holders, locker = [], []
    with Load("postgres", [daemon]) as load:
        settle(load)
        broken("stopped", "connection", cluster.stop, cluster.start)
        broken("stopped in immediate mode", "connection", lambda: cluster.stop("immediate"), cluster.start)
        broken("killed", "connection", cluster.kill, cluster.start)
        broken("read-only", "read_only", lambda: cluster.set("default_transaction_read_only", "on"), lambda: cluster.set("default_transaction_read_only", None))
        broken("slow", "timeout", lock_out, lambda: locker.pop().communicate("COMMIT;\n"))
        broken("out of connections", "connections", hold_all_connections, let_go)
        if disk:
            full = Disk(disk)
            # without room for its WAL PostgreSQL ends
            broken("without room", "disk_full", full.fill, lambda: (full.free(), start_again()), or_else="connection")
        else:
            report.note("skipped without root: a full disk")
        cluster.signal(signal.SIGSTOP)
        wait_until(30, "hanging: goes on", load.goes_on())
        cluster.signal(signal.SIGCONT)
        wait_until(60, "hanging: drained", daemon.has_drained)
        report.note("hanging: spooled and drained")
    report.add(load)
    if load.refused:
        raise Failed(f"rejected while PostgreSQL was failing: {load.refused[:5]}")
    report.check(cluster, daemon)


def failover(house, programs, report, long):
    """The primary is lost and its synchronous standby promoted: the daemon connects to it, and nothing is lost."""
    primary = Cluster(house, "primary").create().start()
    standby = Cluster(house, "standby").copy_of(primary).start()
    primary.set("synchronous_standby_names", "'standby'")
    wait_until(30, "the standby is synchronous", lambda: primary.sql("SELECT sync_state FROM pg_stat_replication") == "sync")
    daemon = Daemon(house, "daemon", programs.now, f"host='{primary.folder},{standby.folder}' port=5432,5432 user=releasehealthd dbname=postgres").start()
    with Load("failover", [daemon]) as load:
        settle(load)
        primary.kill()
        settle(load)
        standby.run("pg_ctl", "-D", standby.data, "-w", "promote")
        wait_until(60, "the standby takes what was spooled", daemon.has_drained)
        report.note("the primary was killed, the standby promoted; drained into it")
        settle(load)
    report.add(load)
    report.check(standby, daemon)


def replica(house, programs, report, long):
    """Figures and lists are read from a replica; while it is down deliveries continue and figures are unchanged."""
    primary = Cluster(house, "primary").create().start()
    standby = Cluster(house, "standby").copy_of(primary).start()
    daemon = Daemon(house, "daemon", programs.now, primary.dsn, read_url=standby.dsn).start()
    sessions = lambda of: set(of.sql("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%'").splitlines())
    with Load("replica", [daemon]) as load:
        load.services = [f"service-{n}" for n in range(20)]  # enough for two sessions to compute them
        settle(load)
        wait_until(30, "there are figures of the replica", lambda: daemon.metric("releasehealth_refresh_success") == 1)
        if "releasehealthd figures" not in sessions(standby) or "releasehealthd figures" in sessions(primary):
            raise Failed(f"figures are read from {sessions(primary)}, not from {sessions(standby)}")
        wait_until(60, "what came before the schema is drained", daemon.has_drained)
        standby.stop()
        wait_until(30, "the refresh fails", lambda: daemon.metric("releasehealth_refresh_success") == 0)
        settle(load)
        looks = lambda: (daemon.metric("releasehealth_database_up"), daemon.get("/-/ready")[0], daemon.metric("releasehealth_spooled_deliveries"))
        if looks() != (1, 200, 0):
            raise Failed(f"without its replica the daemon reports itself as failing: {looks()}")
        standby.start()
        wait_until(60, "the refresh succeeds", lambda: daemon.metric("releasehealth_refresh_success") == 1)
        if standby.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'releasehealthd figures'") != "2":
            raise Failed("all figures are read over one session")
        report.note("figures are read from the replica; without it deliveries went on")
    report.add(load)
    report.check(primary, daemon)


def upgrade(house, programs, report, long):
    """Two daemons on one database, upgraded one after the other across a migration while both accept deliveries."""
    cluster = Cluster(house, "postgres").create().start()
    one = Daemon(house, "one", programs.now, cluster.dsn).start()
    two = Daemon(house, "two", programs.now, cluster.dsn).start()

    def is_behind():
        return two.metric("releasehealth_schema_newer") == 1

    page = lambda d: {k: v for k, v in d.metrics("releasehealth_deployments").items() if 'period="7d"' in k}

    def agree():
        return page(one) == page(two) and len(page(one)) > 0

    def has_figures(d):
        return sum(page(d).values()) > 0

    with Load("upgrade", [one, two]) as load:
        settle(load)
        wait_until(30, "there are figures", lambda: has_figures(one) and has_figures(two))
        one.stop()
        one.program = programs.next
        one.start()
        wait_until(60, "the new one shows figures", lambda: one.metric("releasehealth_refresh_success") == 1)
        for _ in range(20):  # during the rebuild and after it
            if not has_figures(one) or not has_figures(two):
                raise Failed("figures are empty during the upgrade")
            time.sleep(0.1)
        wait_until(60, "history is rebuilt", lambda: cluster.sql("SELECT version > 0 FROM derived_by") == "t")
        wait_until(60, "the old daemon sees the new schema", is_behind)
        settle(load)
        two.stop()
        two.start()  # the old program starts under the new schema
        wait_until(60, "it sees it from the start, too", is_behind)
        settle(load)
        for command in ("migrate", "rebuild"):
            refused = two.command(command)
            if refused.returncode == 0 or "newer releasehealthd" not in refused.stdout:
                raise Failed(f"{command} of the old program: {refused.returncode} {refused.stdout}")
        report.note("the old daemon goes on under the new schema, starts under it, and leaves deriving to the new one")
        two.stop()
        two.program = programs.next
        two.start()
        wait_until(60, "nobody is behind", lambda: two.metric("releasehealth_schema_newer") == 0)
        settle(load)
    report.add(load)
    report.check(cluster, one)
    wait_until(90, "both serve the same figures", agree)
    report.note("both are upgraded, and serve the same figures")
