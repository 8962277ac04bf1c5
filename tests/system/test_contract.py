"""Every kind of source with real clients: authenticated deliveries are accepted once, others are rejected as in sources.md."""
import json
import re
import subprocess

import pytest

from harness import SECRET, SIGNING_TOKEN, Daemon

INCIDENT = {"issueKey": "SHOP-9", "title": "down", "type": "INCIDENT", "status": "TODO", "createdDate": "2026-11-03T10:20:00+00:00", "component": "lake"}
OPEN_INCIDENTS = 'releasehealth_open_incidents{service_name="lake",team_name="",deployment_environment="production"}'
CLOSE = "/webhooks/devlake/issue/SHOP-9/close"


@pytest.fixture(scope="module")
def sources(node):
    """A source of every kind in the contract, as TOML."""
    return node("contract.mjs", "config", SECRET, SIGNING_TOKEN)


@pytest.fixture(scope="module")
def daemon(house, program, sources):
    return Daemon(house, program, config=sources).start()


def curl(daemon, path, *words):
    """The status of a request as DevLake's documents show it."""
    url = f"http://127.0.0.1:{daemon.intake}{path}"
    return int(subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url, *words], stdout=subprocess.PIPE, check=True).stdout)


def test_every_kind_of_source_is_in_the_contract(program, sources):
    listed = subprocess.run([program, "sources"], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert sorted(re.findall(r'^kind = "(.*)"', sources, re.M)) == sorted(line.split()[0] for line in listed.splitlines() if line and line[0] != " ")


def test_deliveries_with_a_proof_are_accepted_once_and_others_rejected(node, daemon):
    checks = node("contract.mjs", "run", f"http://127.0.0.1:{daemon.intake}", SECRET, SIGNING_TOKEN).splitlines()
    assert checks and [check for check in checks if not check.startswith("ok\t")] == []


def test_a_subject_beyond_ascii_arrives_as_it_was_meant(daemon):
    assert [e["service"] for e in daemon.exported() if e.get("service", "").startswith("svc ")] == ['svc "a" é'] * 2


def test_no_delivery_is_dead(daemon):
    assert daemon.metric("releasehealth_dead_deliveries") == 0


def test_an_incident_opens_and_closes_with_the_requests_of_devlake(daemon):
    proof = ["-H", f"Authorization: Bearer {SECRET}"]
    assert curl(daemon, "/webhooks/devlake/issues", *proof, "-H", "Content-Type: application/json", "-d", json.dumps(INCIDENT)) == 202
    daemon.wait_for(OPEN_INCIDENTS, 1, 20)
    assert curl(daemon, CLOSE, *proof, "-X", "POST") == 202  # without a body
    daemon.wait_for(OPEN_INCIDENTS, 0, 20)


def test_an_incident_does_not_close_without_a_proof(daemon):
    assert curl(daemon, CLOSE, "-X", "POST") == 401


def test_neither_secrets_nor_queries_are_in_the_log(daemon):
    log = daemon.log.read_text()
    assert [word for word in (SECRET, SIGNING_TOKEN, "access_token") if word in log] == []
    daemon.stop()
