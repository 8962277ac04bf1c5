"""Inputs of public bug reports, replayed to a daemon: tests/reports.tsv holds queries for each with the right results, or `later`
and the reason for results that are not right yet. The inputs are not in this repository: RELEASEHEALTH_REPORTS, or
../shared/data/cases/reports. The daemon's clock is set to the end of the day of the inputs."""
import contextlib
import os
import pathlib
import subprocess
import sys

import pytest

from harness import ROOT, Daemon, Failed, wait_until

REPORTS = pathlib.Path(os.environ.get("RELEASEHEALTH_REPORTS", ROOT / "../shared/data/cases/reports"))
LIBRARY = next(iter(pathlib.Path("/usr/lib").rglob("libfaketime.so.1")), None)
if not LIBRARY:
    pytest.skip("libfaketime is not installed", allow_module_level=True)
if not REPORTS.is_dir():
    pytest.skip(f"no inputs of bug reports at {REPORTS}", allow_module_level=True)

ROWS = [line.split("\t") for line in (ROOT / "tests/reports.tsv").read_text().splitlines()[1:]]
CASES = sorted({row[0] for row in ROWS if row[1] != "later"})
CLOCK = {"TZ": "UTC", "LD_PRELOAD": str(LIBRARY), "FAKETIME": "@2026-11-29 21:00:00", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
TOKEN = '[[token]]\nname = "hunt"\nscopes = ["send", "read", "amend"]\ntoken = "hunt-token"\n'


def replay(*words, **options):
    """The output of the program beside the inputs, which signs and sends them."""
    done = subprocess.run([sys.executable, REPORTS / "replay.py", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def replayed(house, program, sanitized):
    """A daemon that has received all cases."""
    if sanitized:
        pytest.skip("a sanitizer must be the first library")
    secret = house.folder / "secret"
    secret.touch(0o600)
    secret.write_text("hunt-secret")
    daemon = Daemon(house, program, config=TOKEN + replay("--config", *(REPORTS / case for case in CASES)))
    daemon.start(**CLOCK)
    for case in CASES:
        replay(REPORTS / case, f"http://127.0.0.1:{daemon.intake}", env={**os.environ, **CLOCK})
    return daemon


def test_every_input_has_a_row():
    assert {file.name for file in REPORTS.glob("[0-9]*.json")} - {row[0] for row in ROWS} == set()


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}: {row[2]}" for row in ROWS])
def test_a_bug_report_gives_the_right_result(replayed, row):
    _, question, query = row[:3]
    if question == "later":
        pytest.skip(query)

    def result():
        """Of a path of the API through jq, or for `events` of the output of export."""
        words, text = (["-s"], replayed.run("export", "events")) if question == "events" else ([], replayed.get(question).text)
        return subprocess.run(["jq", "-c", *words, query], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout.strip()

    with contextlib.suppress(Failed):
        wait_until(20, "the result is right", lambda: result() == row[3])
    assert result() == row[3]


def test_a_rebuild_changes_nothing(replayed):
    replayed.run("rebuild", "--check")
    replayed.stop()
