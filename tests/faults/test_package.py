"""The files of the private PostgreSQL are replaced while it runs: the daemon restarts it, and nothing is lost."""
import os
import pathlib
import shutil
import time

import pytest
from report import settle

from harness import BINARIES, GITHUB, Daemon, Load, wait_until

INSTALLED = pathlib.Path("/usr/lib/postgresql")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a mount of its own over the server's files needs root")


def replace_files(folder):
    """Replaces each file by an equal copy like a package manager: unpacked next to the old one, then renamed."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            new = file.with_name(file.name + ".new")
            shutil.copy2(file, new)
            os.utime(new)
            new.replace(file)


def test_an_upgrade_of_its_package_restarts_the_private_postgresql_once(house, program, report):
    copy = house.folder / "installed"
    server = BINARIES.parent.relative_to(INSTALLED)
    shutil.copytree(INSTALLED / server, copy / server, symlinks=True, ignore=shutil.ignore_patterns("bitcode"))
    house.folder.chmod(0o755)
    mount = ["unshare", "-m", "sh", "-c", f'mount --bind "$0" {INSTALLED} && exec "$@"', copy]
    daemon = Daemon(house, program, config=GITHUB, wrap=mount).start("ready")
    started = lambda: daemon.postgres.sql("SELECT pg_postmaster_start_time()")
    with Load("package", [daemon]) as load:
        settle(load)
        before = started()
        time.sleep(7)  # longer than the required quiet time
        assert started() == before, "restarted although nothing was replaced"
        replace_files(copy)
        wait_until(60, "the server is restarted", lambda: started() != before)
        wait_until(60, "the daemon stores again", daemon.has_drained)
        settle(load)
        once = started()
        time.sleep(7)
        assert started() == once, "restarted more than once"
    report.add(load)
    assert not load.refused and not load.unanswered, load.broke[:3]
    report.check(daemon.postgres, daemon)
    assert "files were replaced" in daemon.log.read_text()
