"""The faults. Each scenario keeps senders sending while something breaks, and then counts: what was acknowledged is stored,
once, and the figures count it once."""
import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import time

from house import Cluster, Daemon, Disk, Failed, Image, free_port, wait_until
from load import Load


class Report:
    """What a scenario came to."""

    columns = ["sent", "acknowledged", "refused", "unanswered", "stored", "in doubt", "lost", "doubled", "kills", "in flight"]

    def __init__(self, name):
        self.name, self.notes = name, []
        self.count = dict.fromkeys(self.columns, 0)
        self.acknowledged, self.unanswered = set(), set()

    def add(self, load):
        self.acknowledged |= load.acknowledged
        self.unanswered |= load.unanswered
        for column, n in (("sent", load.sent), ("acknowledged", len(load.acknowledged)), ("refused", len(load.refused)), ("unanswered", len(load.unanswered))):
            self.count[column] += n

    def note(self, what):
        self.notes.append(what)
        print(f"  {self.name}: {what}", flush=True)

    def check(self, cluster, daemon):
        """Once everything is back: what is stored against what was acknowledged, and what is counted against both."""
        wait_until(120, "the spool is drained", daemon.has_drained)
        wait_until(240, "everything is derived", lambda: cluster.sql("SELECT count(*) FROM touched") == "0")
        rows = cluster.sql("SELECT id FROM event WHERE source = 'api' UNION ALL SELECT key FROM delivery WHERE source = 'github'").splitlines()
        stored = set(rows)
        self.count["stored"] = len(stored)
        self.count["lost"] = len(self.acknowledged - stored)
        self.count["in doubt"] = len(self.unanswered & stored)
        strangers = stored - self.acknowledged - self.unanswered

        def counted():
            by_series = daemon.metrics("releasehealth_deployments")
            return int(sum(value for labels, value in by_series.items() if 'period="7d"' in labels))

        with contextlib.suppress(Failed):  # said below, with the numbers
            wait_until(60, "the figures count it", lambda: counted() == len(stored))
        self.count["doubled"] = len(rows) - len(stored) + counted() - len(stored)
        if self.count["lost"] or self.count["doubled"] or strangers:
            raise Failed(f"{self.count}, {len(strangers)} that nobody sent, of the lost: {sorted(self.acknowledged - stored)[:3]}")
        again = daemon.command("rebuild", "--check")
        if again.returncode != 0:
            raise Failed(f"rebuild --check: {again.stdout[:500]}")


def settle(load, seconds=40):
    wait_until(seconds, "deliveries are acknowledged", load.goes_on())


def count_kill(report, load, kill):
    """Kills, and sees how many requests were never answered."""
    before = len(load.unanswered)
    kill()
    time.sleep(0.3)  # the senders notice
    report.count["kills"] += 1
    report.count["in flight"] += len(load.unanswered) > before


# Where a kill meets a delivery: on its way in, before the statement, in the middle of the COMMIT, after it, before the answer.
KILLS_WITH_POSTGRES = [
    ("as a request is read", "releasehealthd", "recvmsg", 25),
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
    """The daemon a hundred times at random instants, every tenth time PostgreSQL with it."""
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


def postgres(house, programs, report, long):
    """PostgreSQL is stopped, killed, hangs, takes no writes, has no room, no connection: all is acknowledged."""
    disk = house.small_disk("disk", 400)
    cluster = Cluster(house, "postgres", folder=disk, options=["-c", "max_connections=14", "-c", "max_wal_size=64MB", "-c", "min_wal_size=32MB"])
    cluster.create().start()
    daemon = Daemon(house, "daemon", programs.now, cluster.dsn).start()
    failures = lambda reason: daemon.metric(f'releasehealth_database_failures_total{{reason="{reason}"}}')

    def broken(what, reason, break_it, mend):
        before = failures(reason)
        break_it()
        wait_until(30, f"{what}: counted as {reason}", lambda: failures(reason) > before)
        wait_until(30, f"{what}: goes on", load.goes_on())
        spooled = daemon.metric("releasehealth_spooled_deliveries")
        mend()
        wait_until(90, f"{what}: drained", daemon.has_drained)
        report.note(f"{what}: {int(spooled)} spooled meanwhile, counted as {reason}, drained")

    def hold_all_connections():
        """Whoever has a connection keeps it, and takes that of the daemon when it is ended."""
        admin = subprocess.Popen(cluster.psql(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
        words = " ".join(f"'{w}'" for w in cluster.psql())
        loop = f"until {words} -c 'SELECT pg_sleep(100)'; do sleep 0.02; done"
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

    holders = []
    with Load("postgres", [daemon]) as load:
        settle(load)
        broken("stopped", "connection", cluster.stop, cluster.start)
        broken("stopped in immediate mode", "connection", lambda: cluster.stop("immediate"), cluster.start)
        broken("killed", "connection", cluster.kill, cluster.start)
        broken("read-only", "read_only", lambda: cluster.set("default_transaction_read_only", "on"), lambda: cluster.set("default_transaction_read_only", None))
        broken("out of connections", "connections", hold_all_connections, let_go)
        if disk:
            full = Disk(disk)
            broken("without room", "disk_full", full.fill, lambda: (full.free(), start_again()))
        else:
            report.note("skipped without root: a full disk")
        cluster.signal(signal.SIGSTOP)
        wait_until(30, "hanging: goes on", load.goes_on())
        cluster.signal(signal.SIGCONT)
        wait_until(60, "hanging: drained", daemon.has_drained)
        report.note("hanging: spooled and drained")
    report.add(load)
    if load.refused:
        raise Failed(f"refused while PostgreSQL was broken: {load.refused[:5]}")
    report.check(cluster, daemon)


def failover(house, programs, report, long):
    """The primary is lost, its synchronous standby is promoted: the daemon finds it by itself, and nothing is lost."""
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


def upgrade(house, programs, report, long):
    """Two daemons on one database, one upgraded after the other over a migration, while both take deliveries."""
    cluster = Cluster(house, "postgres").create().start()
    one = Daemon(house, "one", programs.now, cluster.dsn).start()
    two = Daemon(house, "two", programs.now, cluster.dsn).start()

    def is_behind():
        return two.metric("releasehealth_schema_newer") == 1

    def agree():
        page = lambda d: {k: v for k, v in d.metrics("releasehealth_deployments").items() if 'period="7d"' in k}
        return page(one) == page(two) and len(page(one)) > 0

    with Load("upgrade", [one, two]) as load:
        settle(load)
        one.stop()
        one.program = programs.next
        one.start()
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


def machine(house, programs, report, long):
    """What the machine runs out of: disk for the spool, descriptors, names, the right time."""
    cluster = Cluster(house, "postgres").create().start()
    for part in (state_disk, descriptors, names, clock):
        part(house, programs, report, cluster)


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


def descriptors(house, programs, report, cluster):
    daemon = Daemon(house, "few-files", programs.now, cluster.dsn, wrap=["prlimit", "--nofile=60:60"]).start()
    with Load("files", [daemon], clients=2) as load:
        settle(load)
        idle = []
        for _ in range(80):
            s = socket.socket()
            s.settimeout(5)
            s.connect(("127.0.0.1", daemon.intake))
            idle.append(s)
        settle(load)  # who is connected is served on
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
    wait_until(60, "derived", lambda: cluster.sql("SELECT count(*) FROM touched") == "0")
    report.note("the name of the database was gone: spooled and drained")
    daemon.stop()


def clock(house, programs, report, cluster):
    library = next(iter(pathlib.Path("/usr/lib").rglob("libfaketime.so.1")), None)
    if not library:
        return report.note("skipped: libfaketime is not installed")
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
    replayed = daemon.command("replay")  # what came from an hour ahead was kept as dead
    if replayed.returncode != 0 or replayed.stdout.startswith("0 "):
        raise Failed(f"replay: {replayed.stdout}")
    report.check(cluster, daemon)
    report.note("the clock jumped an hour back, then two ahead: counted; what seemed to come from the future was replayed")
    daemon.stop()


def power(house, programs, report, long):
    """The power goes: what is on the disk at that instant, and nothing else, is what the next start has. Spool and private
    PostgreSQL are on it."""
    if os.geteuid() != 0:
        return report.note("skipped without root: a disk in a file")
    image = Image(house, "disk", 400)
    place = image.mount("before")
    daemon = Daemon(house, "daemon", programs.now, None, state=place / "state").start()

    def processes():
        """The daemon's and its PostgreSQL's."""
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
            if n % 3 == 2:  # PostgreSQL hangs: what is acknowledged is in the spool
                signal_all(signal.SIGSTOP, [pid for pid in all_of_them if pid != daemon.process.pid])
                settle(load)
            time.sleep(random.random() / 2)
            signal_all(signal.SIGSTOP, all_of_them)
            time.sleep(0.1)  # answers that are on their way arrive
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
            raise Failed(f"lost with the power: {sorted(acknowledged - stored)[:5]}")
        report.note(f"the power went at {len(acknowledged)} acknowledged: all of them are on the disk")
        left.stop()


def crowd(house, programs, report, long):
    """Slow senders and a flood of connections from other addresses: healthy senders stay far from their deadline."""
    cluster = Cluster(house, "postgres").create().start()
    daemon = Daemon(house, "daemon", programs.now, cluster.dsn).start()
    strictest = 1.0  # seconds that Sentry waits
    seconds = 60 if long else 12
    with Load("quiet", [daemon], keeps=False) as quiet:
        time.sleep(4)
    with Load("crowd", [daemon], keeps=False) as load:
        words = [sys.executable, pathlib.Path(__file__).with_name("attack.py"), str(daemon.intake), str(seconds)]
        attack = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    memory = daemon.peak_memory_mb()
    p99 = lambda l: sorted(l.took)[int(len(l.took) * 0.99)]
    report.note(f"{attack.stdout.strip()} bad connections; p99 of {len(load.took)} healthy deliveries {p99(load) * 1000:.0f} ms (alone {p99(quiet) * 1000:.0f} ms), {len(load.refused)} refused, {len(load.unanswered)} cut off; {memory} MB resident at most")
    for each in (quiet, load):
        report.add(each)
    if p99(load) > strictest or load.refused or load.unanswered:
        raise Failed("healthy senders suffered")
    if memory > 500:
        raise Failed(f"{memory} MB resident")
    report.check(cluster, daemon)


ALL = {f.__name__: f for f in (kills, power, postgres, failover, upgrade, machine, crowd)}
