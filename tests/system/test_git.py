"""Imports of git repositories, compared with counts by git itself. RELEASEHEALTH_REPOSITORIES is the number of random ones (4);
RELEASEHEALTH_CLONES is a folder with clones OWNER+NAME/repo of the real ones, whose counted truths are at ../shared/data/truth."""
import collections
import json
import os
import pathlib

import pytest
import truth

from harness import ROOT, Cluster, Daemon

SEEDS = range(int(os.environ.get("RELEASEHEALTH_REPOSITORIES") or 4))
CLONES = os.environ.get("RELEASEHEALTH_CLONES")
TRUTHS = sorted((ROOT.parent / "shared/data/truth").glob("*.json"))


@pytest.fixture(scope="module")
def daemon(house, program):
    """Commands import into its database; it is not started."""
    daemon = Daemon(house, program, database=Cluster(house, "postgres").create().start().dsn)
    daemon.run("migrate")
    return daemon


@pytest.fixture(scope="module")
def contents():
    """What the random repositories contain."""
    return collections.Counter()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_repository_is_imported_as_git_counts_it(daemon, contents, seed):
    contents.update(truth.check(daemon, seed))


def test_the_random_repositories_contain_every_special_case(contents):
    assert {what for what, n in contents.items() if n > 0} == {"releases", "reverts", "failed", "dropped", "hotfix", "sized"}


@pytest.fixture(scope="module")
def releases():
    """The number of releases of each real repository."""
    return {}


def imports(name):
    """The command that imports a real repository."""
    return ["import", "git", clone(name), "--tags", truth.PATTERNS.get(name, "versions"), "--service", name, "--no-sizes"]


def clone(name):
    return pathlib.Path(CLONES or "/nowhere") / name / "repo"


@pytest.mark.parametrize("file", TRUTHS, ids=lambda file: getattr(file, "stem", "none"))
def test_a_real_repository_is_as_counted(daemon, releases, file):
    if not CLONES:
        pytest.skip("no real repositories: RELEASEHEALTH_CLONES is not set")
    if not clone(file.stem).is_dir():
        pytest.skip(f"no clone at {clone(file.stem)}")
    releases[file.stem] = truth.compare_counted(daemon, file.stem, clone(file.stem), json.loads(file.read_text()))


def test_real_repositories_are_imported_into_one_daemon_twice(daemon, releases):
    if not releases:
        pytest.skip("no real repositories")
    for name in releases:
        daemon.run(*imports(name))
    for name in releases:
        assert "\n0 stored, 0 duplicates" in daemon.command(*imports(name)).stderr
    stored = collections.Counter(e["service"] for e in daemon.exported() if e["type"] == "deployment" and e["service"] in releases)
    assert stored == releases
