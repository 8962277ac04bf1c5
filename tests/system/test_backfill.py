"""Prometheus shows last year's figures on the first day: import, backfill, promtool's blocks, and a Prometheus with them."""
import collections
import csv
import datetime
import json
import subprocess

import pytest

from harness import Daemon, Prometheus, demo

CONFIG = """
[[rule]]
name = "quick-patch"
kind = "hotfix"
when = { patch_release = true, within = "48h" }
"""
YEAR = datetime.datetime.now(datetime.timezone.utc).year - 1
BEGIN, END = datetime.date(YEAR, 2, 25), datetime.date(YEAR, 4, 2)  # the days around the ends of two months of last year
STEP = "12h"


@pytest.fixture(scope="module")
def daemon(house, program):
    """Not started. It knows the demo's events, except those of GitHub."""
    daemon = Daemon(house, program, config=CONFIG)
    daemon.run("migrate")
    daemon.import_events([event for event in demo() if "github" not in json.dumps(event)], "demo")
    return daemon


@pytest.fixture(scope="module")
def backfill(daemon):
    return lambda *words: daemon.run("backfill", "--from", BEGIN.isoformat(), "--to", END.isoformat(), "--step", STEP, *words)


@pytest.fixture(scope="module")
def past(backfill):
    """The lines of one file with everything."""
    return backfill().splitlines()


@pytest.fixture(scope="module")
def days(house, backfill):
    """The same in files of one day each."""
    backfill("--directory", house.folder / "past")
    return sorted((house.folder / "past").glob("*.om"))


def samples(lines):
    return [line for line in lines if not line.startswith("#")]


def test_the_file_ends_as_openmetrics_does(past):
    assert past[-1] == "# EOF"


def test_no_family_comes_twice(past):
    families = collections.Counter(line for line in past if line.startswith("# TYPE"))
    assert families
    assert [family for family, count in families.items() if count > 1] == []


def test_every_series_has_the_labels_of_a_scrape(past, daemon):
    assert [line for line in samples(past) if 'job="releasehealthd"' not in line.partition("{")[2]] == []
    assert any(f'instance="127.0.0.1:{daemon.operations}"' in line for line in past)


def test_a_file_for_each_day(days):
    assert [day.stem for day in days] == [(BEGIN + datetime.timedelta(days=n)).isoformat() for n in range((END - BEGIN).days)]


def test_the_files_of_the_days_have_the_same_samples(past, days):
    assert sorted(line for day in days for line in samples(day.read_text().splitlines())) == sorted(samples(past))


def test_a_file_for_each_week_with_configured_labels(house, backfill):
    weeks = house.folder / "weeks"
    backfill("--split", "7d", "--directory", weeks, "--label", "instance=health.example.com:443", "--label", "region=eu", "--label", "job=")
    texts = [file.read_text() for file in weeks.glob("*.om")]
    assert len(texts) == 6
    assert any('{instance="health.example.com:443",region="eu",' in text for text in texts)
    assert not any("job=" in text for text in texts), "a label without a value"


@pytest.mark.parametrize("wrong", ["--label=job", "--label=1a=x", "--split=1h", "--step=1s"])
def test_labels_and_files_are_checked(daemon, wrong):
    done = daemon.command("backfill", "--from", BEGIN.isoformat(), "--to", END.isoformat(), *([] if "--step" in wrong else ["--step", STEP]), wrong)
    assert wrong.partition("=")[0] in done.stderr
    assert done.returncode == 2


@pytest.fixture(scope="module")
def prometheus(house, days):
    """With blocks of the days."""
    storage = house.folder / "tsdb"
    for day in days:
        done = subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", day, storage], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, f"promtool rejects {day}: {done.stdout}"
    return Prometheus(house, storage=storage)


def test_the_previous_month_at_the_first_instant_of_a_month_is_the_month_just_ended(daemon, prometheus):
    report = csv.reader(daemon.run("report", "--from", f"{YEAR}-02", "--to", f"{YEAR}-03", "--format", "csv").splitlines())
    told = {(row[0], row[3], row[7]): float(row[8]) for row in report if row[6] == "deployments"}
    compared = [(month, service, kind) for month in (2, 3) for service in ("osf", "checkout", "search") for kind in ("planned", "hotfix")]
    expected = {key: told[f"{YEAR}-{key[0]:02}", key[1], f"kind={key[2]}"] for key in compared}
    shown = {}
    for month, service, kind in compared:
        series = f'releasehealth_deployments{{service_name="{service}",kind="{kind}",period="previous_month"}}'
        shown[month, service, kind] = prometheus.value(series, at=f"{YEAR}-{month + 1:02}-01T00:00:00Z")
    assert shown == expected
    assert sum(expected.values()) > 5, "too few events: the test is inconclusive"


def test_the_month_to_date_is_there_too(prometheus):
    series = 'releasehealth_deployments{service_name="osf",kind="hotfix",period="month"}'
    assert len(prometheus.query(f"max_over_time({series}[31d])", at=f"{YEAR}-03-31T23:00:00Z")) == 1
