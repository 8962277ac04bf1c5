"""Options and fixtures of the system tests. One file is one scenario: its tests run in order and share what they started; the
first failure ends the file, with the logs of everything that it started."""
import pathlib
import subprocess

import pytest

from harness import ROOT, Daemon, House, is_sanitized

pytest.register_assert_rewrite("again", "truth")  # whose assertions show differences, too
NOTHING_RAN = 77  # for ctest: skipped


def pytest_addoption(parser):
    parser.addoption("--daemon", type=pathlib.Path, default=ROOT / "build/release/releasehealthd", help="the program")
    parser.addoption("--long", action="store_true", help="the long run of a scenario")
    parser.addoption("--keep", action="store_true", help="keep the folder with all files and logs")


@pytest.fixture(scope="session")
def program(pytestconfig):
    return pytestconfig.getoption("--daemon").resolve()


@pytest.fixture(scope="session")
def long(pytestconfig):
    return pytestconfig.getoption("--long")


@pytest.fixture(scope="session")
def sanitized(program):
    return is_sanitized(program)


@pytest.fixture(scope="module")
def house(request):
    house = House()
    yield house
    keep = request.config.getoption("--keep")
    house.close(keep)
    if keep:
        print(house.folder)


@pytest.fixture(scope="module")
def daemon(request, house, program):
    """A started daemon with the module's CONFIG."""
    return Daemon(house, program, config=getattr(request.module, "CONFIG", "")).start()


@pytest.fixture(scope="session")
def node():
    """Runs a client of tests/clients, and returns its output; what it says goes into the report of a failure."""

    def run(script, *words, **options):
        done = subprocess.run(["node", ROOT / "tests/clients" / script, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    return run


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    house = getattr(item, "funcargs", {}).get("house")
    if report.failed and house:
        report.sections += [(name, text) for name, text in house.logs().items()]


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and reporter and not reporter.stats.get("passed") and reporter.stats.get("skipped"):
        session.exitstatus = NOTHING_RAN
