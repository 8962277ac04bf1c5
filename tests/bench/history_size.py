"""A database of years: time of import, rebuild, queries and restart, against the minimum that PostgreSQL needs for the
same rows."""
import json
import signal
import subprocess
import time

from intake import Sender, by_turns
from table import at_least, at_most

from harness import BINARIES, wait_until

TABLES = ("delivery", "event", "deployment", "incident", "flag_change", "remedy", "work", "engagement", "commit_seen", "known_name", "place")


def seconds(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def copy_of(bench, cluster):
    """A plain COPY of the same rows into the same tables, with their indexes."""
    folder = cluster.folder / "copy"
    cluster.sql(f"COPY (SELECT 1) TO PROGRAM 'mkdir -p {folder}'")
    for table in TABLES:
        cluster.sql(f"COPY {table} TO '{folder}/{table}'", timeout=None)
    cluster.sql("CREATE DATABASE plain TEMPLATE template0")
    other = ["-h", cluster.folder, "-U", "releasehealthd", "plain"]
    schema = subprocess.run([BINARIES / "pg_dump", "-s", "-h", cluster.folder, "-U", "releasehealthd", "postgres"], stdout=subprocess.PIPE, check=True, cwd="/").stdout
    subprocess.run([BINARIES / "psql", "-qX", *other], input=schema, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True, cwd="/")
    words = [w for table in TABLES for w in ("-c", f"COPY {table} FROM '{folder}/{table}'")]
    took = seconds(lambda: subprocess.run([BINARIES / "psql", "-qX", *words, *other], check=True, cwd="/"))
    cluster.sql("DROP DATABASE plain")
    cluster.sql(f"COPY (SELECT 1) TO PROGRAM 'rm -r {folder}'")
    return took


def plan_time(cluster, query):
    """Milliseconds that PostgreSQL takes for a query without sending the result."""
    said = cluster.sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}", timeout=None)
    return json.loads(said)[0]["Execution Time"]


def refreshed(daemon):
    return daemon.metric("releasehealth_refresh_timestamp_seconds") or 0


def refresh_after(daemon, act):
    """Seconds of the next refresh."""
    before = refreshed(daemon)
    act()
    wait_until(300, "the figures are new", lambda: refreshed(daemon) > before)
    return daemon.metric("releasehealth_refresh_seconds")


def history(bench):
    """An import of years, a rebuild, and a daemon on that database."""
    cluster = bench.cluster("history")
    daemon = bench.daemon("history", cluster, start=False)
    file = bench.house.folder / "history.ndjson"
    with open(file, "wb") as out:
        subprocess.run([bench.here / "history.py", "--deployments", str(bench.events)], stdout=out, check=True)
    size = f"{bench.events:,} deployments"
    imported = seconds(lambda: daemon.run("import", "events", file))
    file.unlink()
    rebuilt = seconds(lambda: daemon.run("rebuild"))
    copied = copy_of(bench, cluster)
    yield at_most(2.5, f"import of {size}, derived / COPY of the same rows", "s", [imported], [copied])
    yield at_most(1.5, f"rebuild of {size} / their import", "s", [rebuilt], [imported])
    cluster.sql("VACUUM ANALYZE", timeout=None)
    yield from on_it(bench, cluster, daemon, size)


def on_it(bench, cluster, daemon, size):
    read_table = lambda: plan_time(cluster, "SELECT count(*) FROM deployment WHERE facts IS NOT NULL") / 1000
    started, read = by_turns(bench, [cluster], lambda: restart(daemon), read_table)
    yield at_most(0.2, f"ready after a restart with {size} / reading the table once", "s", started, read)

    daemon.start("ready")
    wait_until(600, "there are figures", lambda: daemon.metric("releasehealth_refresh_success") == 1)
    service = "service-001"
    send_one = lambda: bench.deploy(daemon, service)
    count = f"SELECT count(*) FROM deployment WHERE service = '{service}' AND environment = 'production' AND finished_at > now() - interval '90 days'"
    refreshes, counts = by_turns(bench, [cluster], lambda: refresh_after(daemon, send_one) * 1000, lambda: plan_time(cluster, count))
    yield at_most(60, f"refresh after one event, {size} / one count of its service's 90 days", "ms", refreshes, counts)

    passes, scans = by_turns(bench, [cluster], lambda: full_pass(daemon), read_table)
    yield at_most(3, f"all figures of all services, {size} / reading the table once", "s", passes, scans)

    raw = (
        "SELECT m, count(*), count(*) FILTER (WHERE kind = 'hotfix'), count(*) FILTER (WHERE failed) FROM generate_series(date_trunc('month', now()) - interval '24 months', now(), interval '1 month') AS m "
        f"JOIN deployment d ON d.service = '{service}' AND d.environment = 'production' AND d.finished_at >= m AND d.finished_at < m + interval '1 month' GROUP BY m"
    )
    months = lambda of: seconds(lambda: bench.read(daemon, f"/api/v1/months?service={of}&environment=production&months=24")) * 1000
    unasked = (f"service-{n:03}" for n in range(2, 2 + bench.rounds))  # responses are cached for a minute
    trends, raws = by_turns(bench, [cluster], lambda: months(next(unasked)), lambda: plan_time(cluster, raw))
    yield at_most(0.1, f"24 months of one service, {size} / the same from the rows with a covering index", "ms", trends, raws)
    months(service)
    trends, raws = by_turns(bench, [cluster], lambda: months(service), lambda: plan_time(cluster, raw))
    yield at_most(0.1, f"the same 24 months asked again, {size} / the same from the rows", "ms", trends, raws)

    other = bench.cluster("empty")
    empty = bench.daemon("empty", other)
    send = Sender(bench)
    full_rate, empty_rate = by_turns(bench, [cluster, other], lambda: send(daemon.intake, 32)["rate"], lambda: send(empty.intake, 32)["rate"])
    yield at_least(0.9, f"webhooks acknowledged, 32 clients, {size} stored / none", "/s", full_rate, empty_rate)


def is_ready(daemon):
    try:
        return daemon.is_ready()
    except OSError:  # not listening yet
        return False


def restart(daemon):
    daemon.start(until=None)
    began = time.monotonic()
    while not is_ready(daemon):
        if time.monotonic() - began > 120:
            raise RuntimeError("not ready")
        time.sleep(0.001)
    took = time.monotonic() - began
    daemon.stop()
    return took


def full_pass(daemon):
    """A reload recomputes every figure, as happens each minute because windows move without events. Takes the longest
    following refresh, because another may already be running."""
    daemon.process.send_signal(signal.SIGHUP)
    longest, until = 0, time.monotonic() + 5
    before = refreshed(daemon)
    while time.monotonic() < until:
        if refreshed(daemon) > before:
            longest = max(longest, daemon.metric("releasehealth_refresh_seconds"))
        time.sleep(0.05)  # continuous reading of the page would slow down the measurement
    return longest
