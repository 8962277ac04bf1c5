"""Figures and lists are read from a replica; while it is down deliveries continue and figures are unchanged."""
from report import settle

from harness import GITHUB, Cluster, Daemon, Load, wait_until


def sessions(server):
    return set(server.sql("SELECT application_name FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%'").splitlines())


def test_figures_are_read_from_the_replica_and_deliveries_continue_without_it(house, program, report):
    primary = Cluster(house, "primary").create().start()
    standby = Cluster(house, "standby").copy_of(primary).start()
    daemon = Daemon(house, program, config=GITHUB, database=primary.dsn, read_url=standby.dsn).start("ready")
    with Load("replica", [daemon]) as load:
        load.services = [f"service-{n}" for n in range(20)]  # enough for two sessions to compute them
        settle(load)
        daemon.wait_for("releasehealth_refresh_success", 1)
        assert "releasehealthd figures" in sessions(standby) - sessions(primary)
        wait_until(60, "what came before the schema is drained", daemon.has_drained)
        standby.stop()
        daemon.wait_for("releasehealth_refresh_success", 0)
        settle(load)
        assert (daemon.metric("releasehealth_database_up"), daemon.is_ready(), daemon.metric("releasehealth_spooled_deliveries")) == (1, True, 0)
        standby.start()
        daemon.wait_for("releasehealth_refresh_success", 1, seconds=60)
        assert standby.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'releasehealthd figures'") == "2"
    report.add(load)
    report.check(primary, daemon)
