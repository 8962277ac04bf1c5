"""Power loss: the next start has only the disk's contents at that instant. Spool and private PostgreSQL are on that disk."""
import contextlib
import os
import pathlib
import random
import signal
import time

import pytest
from report import settle

from harness import GITHUB, Daemon, Image, Load, wait_until

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="a disk in a file needs root")


def processes(daemon, place):
    """The ids of the daemon and of all processes with files at that place, such as its PostgreSQL."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if str(place / "state").encode() in (process / "cmdline").read_bytes() or (process / "cwd").resolve().is_relative_to(place):
                found.append(int(process.name))
    return [daemon.process.pid, *found]


def signal_all(number, pids):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def test_every_acknowledged_delivery_is_on_the_disk(house, program, report, long):
    image = Image(house, "disk", 400)
    place = image.mount("before")
    daemon = Daemon(house, program, config=GITHUB, state=place / "state").start("ready")
    for n in range(10 if long else 3):
        with Load(f"power-{n}", [daemon]) as load:
            settle(load)
            all_of_them = processes(daemon, place)
            if n % 3 == 2:  # PostgreSQL hangs: acknowledged deliveries are in the spool
                signal_all(signal.SIGSTOP, [pid for pid in all_of_them if pid != daemon.process.pid])
                settle(load)
            time.sleep(random.random() / 2)
            signal_all(signal.SIGSTOP, all_of_them)
            time.sleep(0.1)  # responses in transit arrive
            acknowledged = set(load.acknowledged)
            after = image.copy(f"after-{n}")
            signal_all(signal.SIGCONT, all_of_them)
        report.add(load)
        left = Daemon(house, program, f"left-{n}", GITHUB, state=after.mount(f"after-{n}") / "state").start("ready")
        wait_until(60, "what the power left is drained", left.has_drained)
        report.check_exported(left, acknowledged)
        report.note(f"the power went at {len(acknowledged)} acknowledged: all of them are on the disk")
        left.stop()
