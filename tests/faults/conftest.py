"""Fixtures of the scenarios. A file is one scenario, with one report of what was sent and stored; a table of all reports ends the run."""
import pytest
from report import Report, table

from harness import GITHUB, Cluster, Daemon

REPORTS = []


@pytest.fixture(scope="module")
def report(request, sanitized):
    REPORTS.append(Report(request.module.__name__.removeprefix("test_"), sanitized))
    return REPORTS[-1]


@pytest.fixture(scope="session")
def successor(program):
    """The same program with a schema that is one migration ahead."""
    return program.parent / "tests/releasehealthd_next"


@pytest.fixture(scope="module")
def cluster(house):
    return Cluster(house, "postgres").create().start()


@pytest.fixture(scope="module")
def daemon(house, program, cluster):
    return Daemon(house, program, config=GITHUB, database=cluster.dsn).start("ready")


def pytest_terminal_summary(terminalreporter):
    if REPORTS:
        terminalreporter.section("deliveries")
        for report in REPORTS:
            for note in report.notes:
                terminalreporter.write_line(f"{report.name}: {note}")
        terminalreporter.write_line(table(REPORTS))
