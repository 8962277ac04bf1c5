"""The real Alertmanager as a source: an alert that fires while the daemon has no database, is retried with a database, repeated and
resolved gives one incident."""
import pytest

from harness import SECRET, Alertmanager, Daemon, ago, request, wait_until

# Without a spool: only the database recognises a repeated delivery, and a spooled one counts as accepted.
CONFIG = f'[[source]]\nname = "alertmanager"\nkind = "alertmanager"\nsecret = "{SECRET}"\n[spool]\nmax_bytes = 0\n'
ROUTES = """
route: {{ receiver: rh, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 2s }}
receivers:
  - name: rh
    webhook_configs:
      - url: http://127.0.0.1:{port}/webhooks/alertmanager
        http_config: {{ authorization: {{ type: Bearer, credentials: {secret} }} }}
"""
TARGET = 'service_name="checkout",team_name="",deployment_environment="production"'
STARTED = ago(seconds=10).replace("Z", ".123456789Z")


@pytest.fixture(scope="module")
def daemon(house, program):
    """A daemon without its database."""
    daemon = Daemon(house, program, config=CONFIG, database=f"host={house.folder}/nowhere").start(until=None)
    wait_until(20, "the daemon is alive", lambda: daemon.get("/-/healthy").status == 200)
    return daemon


@pytest.fixture(scope="module")
def alertmanager(house, daemon):
    return Alertmanager(house, ROUTES.format(port=daemon.intake, secret=SECRET))


def alert(alertmanager, end):
    """Sends the alert, which is resolved once its end is in the past."""
    labels = {"alertname": "HighErrorRate", "service": "checkout", "severity": "critical"}
    alerts = [{"labels": labels, "annotations": {"summary": "Too many errors"}, "startsAt": STARTED, "endsAt": end}]
    assert request(alertmanager.port, "POST", "/api/v2/alerts", alerts).status == 200


def deliveries(daemon, outcome):
    return daemon.metric(f'releasehealth_deliveries_total{{outcome="{outcome}",source="alertmanager"}}')


def test_without_a_database_an_alert_is_rejected_and_retried(daemon, alertmanager):
    alert(alertmanager, ago(hours=-1))
    wait_until(30, "a delivery is rejected", lambda: (deliveries(daemon, "unavailable") or 0) >= 1)
    daemon.stop()
    daemon.configure(CONFIG, database="")
    daemon.start()
    wait_until(30, "Alertmanager retries", lambda: (deliveries(daemon, "accepted") or 0) >= 1)


def test_a_repeated_alert_is_one_open_incident(daemon):
    wait_until(30, "Alertmanager repeats the notification", lambda: (deliveries(daemon, "duplicate") or 0) >= 1)
    daemon.wait_for(f"releasehealth_open_incidents{{{TARGET}}}", 1, 20)


def test_a_resolved_alert_closes_its_incident(daemon, alertmanager):
    alert(alertmanager, ago())
    daemon.wait_for(f"releasehealth_open_incidents{{{TARGET}}}", 0)
    assert daemon.metric(f'releasehealth_incidents{{{TARGET},severity="1",period="7d"}}') == 1
    assert daemon.metric(f'releasehealth_restore_observations{{{TARGET},period="7d"}}') == 1


def test_two_deliveries_were_accepted(daemon):
    assert deliveries(daemon, "accepted") == 2  # firing and resolved


def test_a_rebuild_gives_the_same_history(daemon):
    daemon.stop()
    daemon.run("rebuild", "--check")
