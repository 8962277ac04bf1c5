"""From a hotfix to a firing alert and back, with the real Prometheus and the real Alertmanager in real time."""
import subprocess
import time

import pytest

from harness import ROOT, Alertmanager, Prometheus, wait_until

HOTFIXES = 'releasehealth_deployments{service_name="checkout",kind="hotfix",period="month"}'


@pytest.fixture(scope="module")
def alertmanager(house):
    return Alertmanager(house)


@pytest.fixture(scope="module")
def prometheus(house, daemon, alertmanager):
    return Prometheus(house, daemon, alertmanager)


def deployed(n, **more):
    return {"id": f"d{n}", "type": "deployment", "service": "checkout", "version": f"1.8.{n}", "state": "succeeded", **more}


def firing(alertmanager):
    return len(alertmanager.firing("alertname=ReleaseHealthHotfixes", "service_name=checkout"))


def test_the_rules_pass_their_own_tests():
    subprocess.run(["promtool", "test", "rules", ROOT / "dashboards/alerts_test.yaml"], check=True)


def test_the_committed_rules_are_what_the_defaults_give(program):
    rules = subprocess.run([program, "rules", "--config", ROOT / "tests/system/defaults.toml"], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert rules == (ROOT / "dashboards/alerts.yaml").read_text()


def test_five_hotfixes_this_month_are_quiet(daemon, prometheus, alertmanager):
    daemon.send(deployed(0), *(deployed(n, ref=f"hotfix/1.8.{n}") for n in range(1, 6)))
    prometheus.wait_for(HOTFIXES, 5, 20)
    time.sleep(4)  # longer than scrape, evaluation and group together
    assert firing(alertmanager) == 0


def test_the_sixth_hotfix_fires_and_reaches_alertmanager(daemon, alertmanager):
    daemon.send(deployed(6, ref="hotfix/1.8.6"))
    wait_until(20, "the alert fires", lambda: firing(alertmanager) == 1)


def test_an_override_to_planned_resolves_the_alert(daemon, prometheus, alertmanager):
    known = daemon.json("/api/v1/deployments/d6")["id"]
    assert daemon.amend(f"deployments/{known}", {"kind": "planned", "reason": "a planned patch, wrongly named"}).status == 202
    prometheus.wait_for(HOTFIXES, 5, 20)
    wait_until(20, "the alert is resolved", lambda: firing(alertmanager) == 0)


def test_the_page_of_metrics_passes_promtool(daemon):
    subprocess.run(["promtool", "check", "metrics"], input=daemon.get("/metrics").body, check=True)


def test_prometheus_scraped_without_a_mistake(daemon, prometheus):
    assert prometheus.value('min_over_time(up{job="releasehealthd"}[1m])') == 1
    daemon.stop()
