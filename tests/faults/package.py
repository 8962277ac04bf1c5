"""Package upgrades on the machine while the daemon runs."""
import os
import pathlib
import shutil
import time

from house import BINARIES, Cluster, Daemon, Failed, wait_until
from load import Load
from report import settle

INSTALLED = pathlib.Path("/usr/lib/postgresql")


def replace_files(folder):
    """Replaces each file by an equal copy like a package manager: unpacked next to the old one, then renamed."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            new = file.with_name(file.name + ".new")
            shutil.copy2(file, new)
            os.utime(new)
            new.replace(file)


def package(house, programs, report, long):
    """The files of the private PostgreSQL are replaced while it runs: the daemon restarts it, and nothing is lost."""
    if os.geteuid() != 0:
        return report.note("skipped without root: a mount of its own over the server's files")
    copy = house.folder / "installed"
    server = BINARIES.parent.relative_to(INSTALLED)
    shutil.copytree(INSTALLED / server, copy / server, symlinks=True, ignore=shutil.ignore_patterns("bitcode"))
    house.folder.chmod(0o755)
    mount = ["unshare", "-m", "sh", "-c", f'mount --bind "$0" {INSTALLED} && exec "$@"', copy]
    daemon = Daemon(house, "daemon", programs.now, None, wrap=mount).start()
    private = object.__new__(Cluster)
    private.folder, private.tcp_port = daemon.state / "postgresql", None
    started = lambda: private.sql("SELECT pg_postmaster_start_time()")
    with Load("package", [daemon]) as load:
        settle(load)
        before = started()
        time.sleep(7)  # longer than the required quiet time: nothing is replaced yet
        if started() != before:
            raise Failed("restarted although nothing was replaced")
        replace_files(copy)
        wait_until(60, "the server is restarted", lambda: started() != before)
        wait_until(60, "the daemon stores again", daemon.has_drained)
        settle(load)
        once = started()
        time.sleep(7)
        if started() != once:
            raise Failed("restarted more than once")
    report.add(load)
    if load.refused or load.unanswered:
        raise Failed(f"refused {load.refused[:5]}, unanswered {len(load.unanswered)}: {load.broke[:3]}")
    report.check(private, daemon)
    if "files were replaced" not in daemon.log.read_text():
        raise Failed("the restart is not logged")
    report.note("its files were replaced: restarted once, spooled meanwhile, drained")
