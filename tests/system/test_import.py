"""Imports of histories: errors, resumption, duplicates, and moving a database with two commands."""
import csv
import datetime
import json
import re
import subprocess
import time

import pytest

from harness import ROOT, Daemon, demo, wait_until

CONFIG = (ROOT / "tests/system/review.toml").read_text()
RELEASE = {"url": "https://api.github.com/repos/acme/shop/releases/7", "id": 7, "tag_name": "v1.2.3", "published_at": "2026-01-02T03:04:05Z", "draft": False, "prerelease": False}


@pytest.fixture(scope="module")
def daemon(house, program):
    """Not started yet."""
    daemon = Daemon(house, program, config=CONFIG)
    daemon.run("migrate")
    return daemon


@pytest.fixture(scope="module")
def history():
    return [json.dumps(event) for event in demo() if event.get("service") != "osf"]


@pytest.fixture(scope="module")
def files(house, history):
    """The history with and without two bad records, and many events."""
    contents = {
        "demo.ndjson": history,
        "bad.ndjson": [*history[:10], '{"id":"bad","type":"deploy"}', *history[10:], "{"],
        "many.ndjson": [json.dumps({"id": f"m{n}", "type": "deployment", "time": f"2025-{1 + n % 12:02}-01T00:00:00Z", "service": f"many-{n % 5}", "version": f"1.{n}", "state": "succeeded"}) for n in range(15000)],
        "releases.json": [json.dumps([RELEASE])],
    }
    for name, lines in contents.items():
        (house.folder / name).write_text("".join(line + "\n" for line in lines))
    return house.folder


def has_line(begin, text):
    return re.search(f"^{begin}", text, re.M)


def test_a_dry_run_fails_on_a_bad_record(daemon, files):
    assert daemon.command("import", "events", files / "bad.ndjson", "--dry-run").returncode == 1


def test_strict_stops_at_a_bad_record_and_keeps_those_before_it(daemon, files):
    done = daemon.command("import", "events", files / "bad.ndjson", "--strict")
    assert done.returncode == 1
    assert re.search(r"bad.ndjson:11: .*type", done.stderr), done.stderr
    assert has_line("10 stored, 0 duplicates", done.stderr), done.stderr


def test_without_strict_the_other_records_are_stored(daemon, files, history):
    done = daemon.command("import", "events", files / "bad.ndjson")
    assert done.returncode == 1
    assert has_line(f"{len(history) - 10} stored, 10 duplicates", done.stderr), done.stderr
    assert f"bad.ndjson:{len(history) + 2}: " in done.stderr


def test_the_same_import_again_changes_nothing(daemon, files, history):
    done = daemon.command("import", "events", files / "demo.ndjson")
    assert done.returncode == 0
    assert has_line(f"0 stored, {len(history)} duplicates", done.stderr), done.stderr


def test_since_drops_earlier_events(daemon, files):
    done = daemon.command("import", "events", files / "demo.ndjson", "--dry-run", "--since", "2999-01-01")
    assert done.returncode == 0
    assert has_line("0 events", done.stderr), done.stderr


def test_a_missing_file_fails(daemon, files):
    assert daemon.command("import", "events", files / "none.ndjson").returncode == 1


def test_a_folder_without_a_repository_fails(daemon, files):
    assert daemon.command("import", "git", files).returncode == 1


def test_an_invalid_pattern_is_an_error_of_usage(daemon, files):
    assert daemon.command("import", "git", files, "--tags", "(").returncode == 2


def test_an_invalid_export_fails(daemon):
    assert daemon.command("import", "jira", "-", input="<html>").returncode == 1


def test_an_export_of_github_is_imported(daemon, files):
    daemon.run("import", "github-releases", files / "releases.json")


def test_an_import_resumes_after_a_kill(daemon, files):
    stored = lambda: int(daemon.postgres.sql("SELECT count(*) FROM event WHERE id LIKE 'm%'"))
    daemon.start()
    with subprocess.Popen([daemon.program, "import", "events", files / "many.ndjson", "--config", daemon.config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
        try:
            wait_until(30, "something is imported", lambda: stored() > 0)
        finally:
            killed.kill()
    done = daemon.command("import", "events", files / "many.ndjson")
    assert done.returncode == 0
    assert stored() == 15000
    new, old = map(int, re.match(r"(\d+) stored, (\d+) duplicates", done.stderr.splitlines()[-1]).groups())
    assert new + old == 15000
    assert old > 0


@pytest.fixture(scope="module")
def instant(daemon):
    """Before the last event."""
    then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    daemon.send({"id": "late", "type": "deployment", "service": "checkout", "version": "9.9.9", "state": "succeeded"})
    return then


@pytest.fixture(scope="module")
def moved(house, program, daemon, instant):
    """An export of all events in a fresh database."""
    file = house.folder / "all.ndjson"
    file.write_text(daemon.run("export", "events"))
    moved = Daemon(house, program, "moved", config=CONFIG)
    moved.run("migrate")
    moved.run("import", "events", file)
    return moved


def figures(daemon, *words):
    return sorted(daemon.run("report", *words, "--format", "csv").splitlines())


def test_a_database_that_moved_has_the_same_figures(daemon, moved):
    last_month = datetime.datetime.now(datetime.timezone.utc).replace(day=1) - datetime.timedelta(days=1)  # the end of the current month moves
    months = ("--from", "2025-01", "--to", last_month.strftime("%Y-%m"))
    assert figures(moved, *months) == figures(daemon, *months)


def test_a_database_that_moved_has_the_same_figures_as_they_were_known_earlier(daemon, moved, instant):
    assert figures(moved, "--as-of", instant) == figures(daemon, "--as-of", instant)


def test_the_last_event_changes_a_figure(daemon, instant):
    now, then = ([row[6:] for row in csv.reader(figures(daemon, *words)) if row[3] == "checkout" and row[6] == "deployments"] for words in ((), ("--as-of", instant)))
    assert now != then  # the times of the periods always differ, so this compares the deployments alone
    daemon.stop()
