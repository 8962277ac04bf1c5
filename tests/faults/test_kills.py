"""The daemon is killed -9 at every point of the write path, and at random instants."""
import random
import time

import pytest
from report import settle

from harness import Load, wait_until

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


def count_kill(report, load, kill):
    """Kills the daemon and counts unanswered requests."""
    before = len(load.unanswered)
    kill()
    time.sleep(0.3)  # the senders notice
    report.count["kills"] += 1
    report.count["in flight"] += len(load.unanswered) > before


def check(report, load, cluster, daemon):
    report.add(load)
    report.check(cluster, daemon)
    # kills that interrupt no request or no commit are inconclusive
    assert report.count["in flight"] > 0 and report.count["in doubt"] > 0, report.count


def test_a_kill_at_any_point_of_the_write_path_loses_and_doubles_nothing(cluster, daemon, report):
    def kill_at(point, meanwhile=lambda: None):
        what, thread, call, nth = point
        count_kill(report, load, lambda: daemon.kill_at(thread, call, nth, meanwhile))
        report.note(f"killed {what}")
        if cluster.process.poll() is None:
            wait_until(60, "PostgreSQL answers", cluster.answers)
        daemon.start("ready")
        settle(load)

    with Load("kills", [daemon]) as load:
        settle(load)
        for point in KILLS_WITH_POSTGRES:
            kill_at(point)
        cluster.stop("immediate")
        settle(load)
        for point in KILLS_WITH_SPOOL:
            kill_at(point)
        for point in KILLS_WHILE_DRAINING:
            kill_at(point, meanwhile=lambda: cluster.start(wait=False))
            cluster.stop("immediate")
            settle(load)
        cluster.start()
        settle(load)
    check(report, load, cluster, daemon)


@pytest.mark.skipif("not config.getoption('long')", reason="a hundred kills at random instants need --long")
def test_a_kill_at_a_random_instant_loses_and_doubles_nothing(cluster, daemon, report):
    with Load("random", [daemon]) as load:
        for n in range(100):
            settle(load)
            time.sleep(random.random())
            if n % 10 == 9:  # together with PostgreSQL
                random.choice([lambda: cluster.stop("immediate"), cluster.kill, lambda: cluster.stop("fast")])()
                time.sleep(random.random())
            count_kill(report, load, daemon.kill)
            daemon.start(until=None)
            if cluster.process.poll() is not None:
                cluster.start()
            wait_until(60, "ready", daemon.is_ready)
        settle(load)
    check(report, load, cluster, daemon)
