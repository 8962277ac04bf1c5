"""The end of a local month, with a shifted clock of the daemon: at midnight in Berlin the count restarts."""
import pathlib

import pytest

from harness import Daemon

CONFIG = '[calendar]\ntime_zone = "Europe/Berlin"\n'
BEFORE_MIDNIGHT = "@2026-11-30 22:59:48"  # UTC: twelve seconds before the month turns in Berlin


@pytest.fixture(scope="module")
def daemon(house, program, sanitized):
    """Only its clock is shifted."""
    library = next((path for path in pathlib.Path("/usr/lib").rglob("libfaketime*.so.1") if "MT" not in path.name), None)
    if sanitized:
        pytest.skip("a sanitizer must be the first library")
    if not library:
        pytest.skip("libfaketime is not installed")
    daemon = Daemon(house, program, config=CONFIG)
    daemon.run("migrate")  # so that the start takes less than twelve seconds
    return daemon.start(TZ="UTC", LD_PRELOAD=str(library), FAKETIME=BEFORE_MIDNIGHT, FAKETIME_DONT_FAKE_MONOTONIC="1")


def hotfixes(period):
    return f'releasehealth_deployments{{service_name="checkout",team_name="",deployment_environment="production",kind="hotfix",period="{period}"}}'


def test_before_midnight_a_hotfix_is_this_months(daemon):
    daemon.send({"id": "a", "type": "deployment", "service": "checkout", "kind": "hotfix", "state": "succeeded", "time": "2026-11-30T22:59:40Z"})
    daemon.wait_for(hotfixes("month"), 1, 8)


def test_after_midnight_it_is_the_previous_months(daemon):
    daemon.wait_for(hotfixes("month"), 0, 25)
    assert daemon.metric(hotfixes("previous_month")) == 1
    daemon.stop()
