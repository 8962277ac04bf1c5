"""The quickstart's figures equal counts of the demo's files, and checkout exceeds its threshold."""
import collections
import csv
import datetime
import json
import os
import re
import socket
import subprocess
import time

import pytest

from harness import ROOT, free_port

DEMO = ROOT / "deploy/demo"
EXCEEDED = re.compile(r"^checkout .* 6 !", re.M)
NOW = time.gmtime()
MONTHS = [f"{n // 12}-{n % 12 + 1:02}" for n in range(NOW.tm_year * 12 + NOW.tm_mon - 12, NOW.tm_year * 12 + NOW.tm_mon)]


@pytest.fixture(scope="module")
def state(house):
    return house.folder / "q"


@pytest.fixture(scope="module")
def quickstart(program, state):
    """Runs it, and returns its output."""
    port = free_port()
    while is_used(port + 1):
        port = free_port()

    def run():
        words = [ROOT / "deploy/quickstart", "--once", "--port", str(port), "--state", state]
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env={**os.environ, "RELEASEHEALTHD_BINARY": str(program)})
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    return run


def is_used(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def figures(program, state):
    """Values of a year by month, service, figure and label."""
    words = [program, "report", "--config", state / "config.toml", "--from", MONTHS[0], "--to", MONTHS[-1], "--format", "csv"]
    report = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True).stdout
    return {(row["period"], row["service"], row["figure"], row["label"]): row["value"] for row in csv.DictReader(report.splitlines())}


def records(name):
    with open(DEMO / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_checkouts_six_hotfixes_exceed_their_threshold(quickstart):
    said = quickstart()
    assert EXCEEDED.search(said), said


def test_releases_of_osf_in_twelve_months_match_a_count(figures, state):
    """A patch release at most 48 h after the last release of its line is a hotfix."""
    time_of = lambda text: datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    releases = records("osf-releases.csv")
    events = map(json.loads, (state / "demo.ndjson").read_text().splitlines())
    shift = next(time_of(e["time"]) for e in events if e["id"] == "osf-26.16.0") - time_of(releases[-1]["released_at"])
    counted, before = collections.Counter(), {}
    for release in releases:
        at = time_of(release["released_at"]) + shift
        major, minor, patch = map(int, release["version"].split(".")[:3])
        quick = patch > 0 and (major, minor) in before and at - before[major, minor] <= datetime.timedelta(hours=48)
        counted[f"{at:%Y-%m}", "hotfix" if quick else "planned"] += 1
        before[major, minor] = at
    wanted = {(month, kind): str(counted[month, kind]) for month in MONTHS for kind in ("planned", "hotfix")}
    assert {key: figures.get((key[0], "osf", "deployments", f"kind={key[1]}")) for key in wanted} == wanted
    assert any(n != "0" for n in wanted.values())


KINDS = {
    "planned": ("deployments", "kind=planned", lambda r: r["state"] == "succeeded" and not r["ref"].startswith("hotfix") and not r["title"].startswith("Back to")),
    "hotfix": ("deployments", "kind=hotfix", lambda r: r["state"] == "succeeded" and r["ref"].startswith("hotfix")),
    "failed": ("failed_deployments", "", lambda r: r["state"] == "failed"),
}


@pytest.mark.parametrize("service", ["checkout", "search"])
@pytest.mark.parametrize("kind", KINDS)
def test_this_month_of_a_fictional_service_matches_a_count(figures, service, kind):
    figure, label, counts = KINDS[kind]
    wanted = [r for r in records("shop.csv") if (r["type"], r["service"]) == ("deployment", service) and r["at"].startswith("m") and counts(r)]
    assert figures[MONTHS[-1], service, figure, label] == str(len(wanted))


def test_search_was_rolled_back_once(figures):
    assert figures[MONTHS[-1], "search", "deployments", "kind=rollback"] == "1"


def test_a_second_start_has_the_same_figures_within_20_seconds(quickstart):
    began = time.monotonic()
    said = quickstart()
    assert EXCEEDED.search(said), said
    assert time.monotonic() - began <= 20
