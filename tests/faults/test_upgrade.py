"""Two daemons on one database, upgraded one after the other across a migration while both accept deliveries."""
import time

from report import settle

from harness import GITHUB, Daemon, Load, wait_until


def page(daemon):
    return {k: v for k, v in daemon.metrics("releasehealth_deployments").items() if 'period="7d"' in k}


def has_figures(daemon):
    return sum(page(daemon).values()) > 0


def test_two_daemons_are_upgraded_one_after_the_other(house, program, successor, cluster, report):
    one, two = (Daemon(house, program, name, GITHUB, database=cluster.dsn).start("ready") for name in ("one", "two"))
    with Load("upgrade", [one, two]) as load:
        settle(load)
        wait_until(30, "there are figures", lambda: has_figures(one) and has_figures(two))
        one.stop()
        one.program = successor
        one.start("ready")
        one.wait_for("releasehealth_refresh_success", 1, seconds=60)
        for _ in range(20):  # during the rebuild and after it
            assert has_figures(one) and has_figures(two)
            time.sleep(0.1)
        wait_until(60, "history is rebuilt", lambda: cluster.sql("SELECT version > 0 FROM derived_by") == "t")
        two.wait_for("releasehealth_schema_newer", 1, seconds=60)
        settle(load)
        two.stop()
        two.start("ready")  # the old program starts under the new schema
        two.wait_for("releasehealth_schema_newer", 1, seconds=60)
        settle(load)
        for command in ("migrate", "rebuild"):
            refused = two.command(command)
            assert refused.returncode != 0 and "newer releasehealthd" in refused.stderr, command
        two.stop()
        two.program = successor
        two.start("ready")
        two.wait_for("releasehealth_schema_newer", 0, seconds=60)
        settle(load)
    report.add(load)
    report.check(cluster, one)
    wait_until(90, "both serve the same figures", lambda: page(one) == page(two) != {})
