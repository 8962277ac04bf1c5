"""Processor time of a webhook: the sender, the daemon's threads, PostgreSQL's sessions."""
import os
import pathlib
import sys

from intake import Nginx, Pgbench, Sender, derived


def times(daemon, cluster):
    """Run time of each in nanoseconds; PostgreSQL's sessions by the application names that the daemon sets."""
    spent = {}

    def add(name, task):
        spent[name] = spent.get(name, 0) + int((task / "schedstat").read_text().split()[0])

    for task in pathlib.Path(f"/proc/{daemon.process.pid}/task").iterdir():
        add(f"daemon, {(task / 'comm').read_text().strip().replace('releasehealthd', 'io')}", task)
    for line in cluster.sql("SELECT pid, coalesce(nullif(application_name, ''), backend_type) FROM pg_stat_activity WHERE pid <> pg_backend_pid()").splitlines():
        pid, name = line.split("|")
        add(f"PostgreSQL, {name.removeprefix('releasehealthd ')}", pathlib.Path("/proc") / pid)
    return spent


def parts(bench):
    """Microseconds per webhook, and the time that two of the targets would leave. Has no target itself."""
    cluster = bench.cluster("parts")
    daemon = bench.daemon("parts", cluster)
    send, insert, nginx = Sender(bench), Pgbench(bench, cluster), Nginx(bench)
    send(daemon.intake, 64, seconds=1)
    cores = len(os.sched_getaffinity(0))

    def tell(what, rate, spent):
        print(f"{what}: {rate:,.0f} a second leave {cores * 1e6 / rate:.1f} us of {cores} cores", file=sys.stderr)
        for name, us in sorted(spent.items(), key=lambda one: -one[1]):
            if us >= 0.1:
                print(f"  {us:6.1f}  {name}", file=sys.stderr)

    for sign, answers in (("right", ("202",)), ("wrong", ("401",))):
        derived(cluster)
        before = times(daemon, cluster)
        sent = send(daemon.intake, 64, sign, answers)
        after = times(daemon, cluster)
        spent = {name: (ns - before.get(name, 0)) / 1000 / sent["sent"] for name, ns in after.items()}
        tell(f"signatures {sign}", sent["rate"], spent | {"sender": sent["cpu_s"] * 1e6 / sent["sent"]})
    derived(cluster)
    tell("1.2 times pgbench", 1.2 * insert(64), {})
    tell("0.28 of nginx", 0.28 * send(nginx.port, 64, expected=("204",))["rate"], {})
    yield from ()
