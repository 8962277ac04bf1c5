"""The primary is lost and its synchronous standby promoted: the daemon connects to it, and nothing is lost."""
from report import settle

from harness import GITHUB, Cluster, Daemon, Load, wait_until


def test_the_promoted_standby_has_every_acknowledged_delivery(house, program, report):
    primary = Cluster(house, "primary").create().start()
    standby = Cluster(house, "standby").copy_of(primary).start()
    primary.set("synchronous_standby_names", "'standby'")
    wait_until(30, "the standby is synchronous", lambda: primary.sql("SELECT sync_state FROM pg_stat_replication") == "sync")
    both = f"host='{primary.folder},{standby.folder}' port=5432,5432 user=releasehealthd dbname=postgres"
    daemon = Daemon(house, program, config=GITHUB, database=both).start("ready")
    with Load("failover", [daemon]) as load:
        settle(load)
        primary.kill()
        settle(load)
        standby.run("pg_ctl", "-D", standby.data, "-w", "promote")
        wait_until(60, "the standby takes what was spooled", daemon.has_drained)
        settle(load)
    report.add(load)
    report.check(standby, daemon)
