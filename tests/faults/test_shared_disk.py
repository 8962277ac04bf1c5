"""The private PostgreSQL and the spool on one full disk: neither accepts anything, nothing is lost."""
import pytest
from report import settle

from harness import GITHUB, Daemon, Disk, Load, wait_until


def test_a_daemon_on_a_full_disk_is_not_ready_and_ready_again_when_there_is_room(house, program, report):
    state = house.small_disk("shared", 160)
    if not state:
        pytest.skip("a disk that is full needs root")
    daemon = Daemon(house, program, config=GITHUB, state=state / "state").start("ready")
    with Load("shared", [daemon]) as load:
        settle(load)
        disk = Disk(state)
        disk.fill()
        wait_until(30, "503", lambda: 503 in load.refused)
        wait_until(30, "not ready", lambda: not daemon.is_ready())
        disk.free()
        wait_until(60, "ready again by itself", daemon.is_ready)
        settle(load)
        wait_until(60, "drained", daemon.has_drained)
    report.add(load)
    report.check_exported(daemon, load.acknowledged)
