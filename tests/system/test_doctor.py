"""Each finding of `doctor` with its cause: it names the problem and the fix, and disappears once fixed."""
import contextlib
import json
import shutil
import uuid

import pytest

from harness import SECRET, Daemon, Failed, ago, signature, wait_until

COMMIT = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
LARGEST_SPOOL = 1 << 40


@pytest.fixture(scope="module")
def daemon(house, program):
    return Daemon(house, program)


@pytest.fixture(scope="module")
def source(house):
    """A source of GitHub whose secret is in a file."""
    file = house.folder / "github.secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    return f'[[source]]\nname = "github"\nkind = "github"\nsecret_file = "{file}"\n'


def findings(daemon):
    """The exit status and the findings."""
    done = daemon.command("doctor", "--format", "json")
    return done.returncode, json.loads(done.stdout)["findings"]


def finds(daemon, area, words):
    """Waits for such a finding with a fix, until new deliveries are derived; returns all findings."""

    def found():
        status, known = findings(daemon)
        return status == 1 and any(f["area"] == area and words in f["text"] and f["cure"] for f in known) and known

    try:
        return wait_until(30, "", found)
    except Failed:
        raise Failed(f"doctor does not find, in {area}: {words}\n{findings(daemon)}") from None


def deliver(daemon, event, payload):
    body = json.dumps(payload | {"repository": {"full_name": "acme/checkout", "default_branch": "main"}}).encode()
    headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": str(uuid.uuid4()), "X-Hub-Signature-256": signature(body), "Content-Type": "application/json"}
    assert daemon.post("/webhooks/github", body, headers).status == 202


def test_an_invalid_configuration(daemon):
    daemon.config.write_text('[intake]\nlisten = "nowhere"\n')
    finds(daemon, "configuration", "intake.listen")


def test_a_configuration_without_sources(daemon):
    daemon.config.write_text(f'state_dir = "{daemon.state}"\n')
    finds(daemon, "configuration", "every delivery is rejected")


def test_before_the_first_start_nothing_is_wrong(daemon, source):
    daemon.configure(source)
    daemon.run("doctor")


def test_a_secret_that_every_user_can_read(daemon, source, house):
    (house.folder / "github.secret").chmod(0o644)
    finds(daemon, "configuration", "every user of this machine can read")
    (house.folder / "github.secret").chmod(0o600)


def test_a_source_without_deliveries(daemon, source):
    daemon.configure(source)
    daemon.start()
    finds(daemon, "source", "no delivery accepted yet")


def test_deployments_without_pushes_and_incidents(daemon):
    deployment = {"id": 1, "sha": COMMIT, "ref": "main", "environment": "production", "created_at": ago()}
    deliver(daemon, "deployment_status", {"deployment": deployment, "deployment_status": {"id": 1, "state": "success", "environment": "production", "created_at": ago()}})
    finds(daemon, "source", "Pushes")
    finds(daemon, "coverage", "commit is missing in 1 of 1 services (acme/checkout)")
    finds(daemon, "coverage", "incident is missing")


def test_no_evidence_is_missing_with_pushes_pull_requests_and_an_incident(daemon):
    deliver(daemon, "push", {"ref": "refs/heads/main", "after": COMMIT, "deleted": False, "commits": [{"id": COMMIT, "message": "Start", "timestamp": ago()}]})
    merged = {"merged": True, "merged_at": ago(), "merge_commit_sha": COMMIT, "head": {"ref": "start"}, "base": {"ref": "main"}}
    request = {"number": 1, "title": "Start", "html_url": "https://github.com/acme/checkout/pull/1", "labels": [], "additions": 1, "deletions": 0, **merged}
    deliver(daemon, "pull_request", {"action": "closed", "number": 1, "pull_request": request})
    daemon.send({"id": "i1", "subject": "i1", "type": "incident", "service": "acme/checkout", "severity": 4, "state": "resolved", "started_at": ago(hours=1), "responders": [{"person": "robin"}]})
    missing = lambda: [f["text"] for f in findings(daemon)[1] if f["area"] in ("coverage", "source")]
    with contextlib.suppress(Failed):
        wait_until(60, "", lambda: not missing())
    assert missing() == []


def test_an_unmatched_name(daemon):
    daemon.send({"id": "i2", "subject": "i2", "type": "incident", "service": "chekout-api", "severity": 4, "state": "resolved"})
    finds(daemon, "names", "chekout-api")


def test_rejected_deliveries_of_a_source_but_not_of_clients_without_a_token(daemon):
    for _ in range(5):
        assert daemon.post("/webhooks/github", {}, {"X-GitHub-Event": "push", "X-Hub-Signature-256": "sha256=00"}).status == 401
    assert daemon.post("/webhooks/github", {}, {"X-Releasehealth-Test": "1", "X-Hub-Signature-256": signature(b"{}")}).status == 202
    for _ in range(3):
        assert daemon.post("/api/v1/events", []).status == 401
    known = finds(daemon, "source", "5 deliveries rejected today, the latest as unauthorized")
    assert [f["text"] for f in known if 'source "api"' in f["text"]] == []


def test_a_disk_that_is_smaller_than_the_spool_may_become(daemon, source, house):
    if shutil.disk_usage(house.folder).free >= LARGEST_SPOOL:
        pytest.skip("the disk has more than the largest spool")
    daemon.configure(f"{source}[spool]\nmax_bytes = {LARGEST_SPOOL}\n")
    finds(daemon, "disk", "MiB free")


def test_a_history_that_was_derived_with_different_rules(daemon, source):
    daemon.configure(source + '[[rule]]\nname = "all"\nkind = "hotfix"\nwhen = { service = "." }\n')
    finds(daemon, "database", "history was derived with different rules")
    daemon.run("rebuild")
    assert [f["text"] for f in findings(daemon)[1] if f["area"] == "database"] == []
    daemon.stop()
