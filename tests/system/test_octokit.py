"""Every example delivery of GitHub's own collection, signed by its own client library, with the expected results in
octokit.tsv. RELEASEHEALTH_WRITE_FIXTURES=1 regenerates the table."""
import collections
import os
import pathlib
import re

import pytest

from harness import ROOT, SECRET

TABLE = pathlib.Path(__file__).with_name("octokit.tsv")
CONFIG = f"""
[[source]]
name = "statuses"
kind = "github"
secret = "{SECRET}"
incidents = {{ labels = ["bug"] }}
[[source]]
name = "releases"
kind = "github"
secret = "{SECRET}"
deployments = "release"
environment = "production"
[[source]]
name = "workflows"
kind = "github"
secret = "{SECRET}"
deployments = "workflow_run"
environment = "production"
workflows = [".github/workflows/test.yml"]
"""


@pytest.fixture(scope="module")
def answers(node, daemon):
    """A row for each delivery: event, example, action, source, status, id, and the reason for ignoring it, if any."""
    output = node("octokit.mjs", f"http://127.0.0.1:{daemon.intake}", SECRET, "statuses", "releases", "workflows")
    return [line.split("\t") for line in output.splitlines()]


@pytest.fixture(scope="module")
def results(daemon, answers):
    """The table: event, example, action, source, and the events that the delivery becomes."""
    events = daemon.exported()
    rows = [["event", "example", "action", "source", "becomes"]]
    for event, example, action, source, _, delivery, ignored in answers:
        found = collections.Counter(described(e) for e in events if e["id"] == delivery or e["id"].startswith(f"{delivery}/"))
        stored = ", ".join(f"{count} x {text}" if count > 1 else text for text, count in sorted(found.items()))
        rows.append([event, example, action, source, ignored or stored])
    return rows


def described(event):
    if event["type"] == "retraction":
        return f"{event['of']} {'retracted' if event['retracted'] else 'returned'}"
    if event["type"] == "commit":
        return "commit on the default branch" if event.get("default_branch") else "commit"
    return f"{event['type']} {event.get('state', 'null')}"


def table():
    return [line.split("\t") for line in TABLE.read_text().splitlines()]


def reasons():
    return sorted({becomes.removeprefix("ignored: ") for *_, becomes in table() if becomes.startswith("ignored: ")})


def test_every_delivery_is_answered_202(answers):
    assert [answer for answer in answers if answer[4] != "202"] == [] and answers


def test_every_delivery_becomes_what_the_table_says(results):
    if os.environ.get("RELEASEHEALTH_WRITE_FIXTURES"):
        TABLE.write_text("".join("\t".join(row) + "\n" for row in results))
    assert results == table()


def test_no_delivery_is_dead(daemon, results):
    daemon.wait_for("releasehealth_refresh_success", 1, 10)
    assert daemon.metric("releasehealth_dead_deliveries") == 0
    daemon.stop()


@pytest.mark.parametrize("reason", reasons())
def test_the_readme_lists_every_reason_for_ignoring_a_delivery(reason):
    readme = (ROOT / "collectors/github/README.md").read_text()
    section = re.search(r"^## Ignored\n(.*?)^## ", readme, re.M | re.S)[1]
    patterns = [re.escape(listed).replace("…", ".*") for listed in re.findall(r"^\| `(.*?)`", section, re.M)]
    assert any(re.fullmatch(pattern, reason) for pattern in patterns), patterns
