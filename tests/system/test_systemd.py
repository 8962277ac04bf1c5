"""The daemon as systemd runs it: on sockets that outlive it, with notifications and watchdog, under a hardened unit."""
import fcntl
import http.client
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import pytest

from harness import ROOT, TOKEN, Daemon, wait_until

RESTARTS = 5
# The shell has the process id that the daemon inherits from it.
ON_ITS_DESCRIPTORS = 'exec 3<&"$1" 4<&"$2"; shift 2; export LISTEN_PID=$$ WATCHDOG_PID=$$; exec "$@"'


def listening():
    """A socket in the place of the daemon's own, with a descriptor that is neither 3 nor 4."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as made:
        return socket.socket(fileno=fcntl.fcntl(made, fcntl.F_DUPFD_CLOEXEC, 10))


class Manager:
    """A small service manager: it holds the listening sockets, starts a daemon on them, and hears its notifications."""

    def __init__(self, house, daemon):
        self.daemon, self.sockets = daemon, [listening(), listening()]
        daemon.intake, daemon.operations = (s.getsockname()[1] for s in self.sockets)  # not those of its configuration
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(str(house.folder / "notify"))
        self.notify.settimeout(1)
        self.environment = {"LISTEN_FDS": "2", "LISTEN_FDNAMES": "intake:operations", "NOTIFY_SOCKET": str(house.folder / "notify"), "WATCHDOG_USEC": "400000"}

    def start(self):
        descriptors = [s.fileno() for s in self.sockets]
        words = ["bash", "-c", ON_ITS_DESCRIPTORS, "bash", *map(str, descriptors), self.daemon.program, "serve", "--config", self.daemon.config]
        with open(self.daemon.log, "ab") as log:
            self.daemon.process = subprocess.Popen(words, stdout=log, stderr=log, pass_fds=descriptors, start_new_session=True, env={**self.daemon.environment, **self.environment})
        self.hear("READY=1")

    def hear(self, word):
        """Waits for a notification."""
        wait_until(60, f"{word} is notified", lambda: self.notify.recv(4096).decode().startswith(word))

    def close(self):
        for s in (*self.sockets, self.notify):
            s.close()


class Senders:
    """Four senders, each with a connection per delivery. No connection may fail: the sockets outlive the daemon."""

    def __init__(self, daemon):
        self.daemon, self.acknowledged, self.failed, self.done = daemon, [], [], threading.Event()
        self.threads = [threading.Thread(target=self.send, args=(n,)) for n in range(4)]

    def send(self, sender):
        n = 0
        while not self.done.is_set():
            n += 1
            key = f"{sender}-{n}"
            event = {"id": key, "type": "deployment", "service": "checkout", "version": key, "state": "succeeded"}
            try:
                status = self.daemon.post("/api/v1/events", event, {"Authorization": f"Bearer {TOKEN}"}).status
            except (OSError, http.client.HTTPException) as e:
                status = repr(e)
            if status == 202:
                self.acknowledged.append(key)
            else:
                self.failed.append((key, status))

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for t in self.threads:
            t.join()


@pytest.fixture(scope="module")
def daemon(house, program):
    return Daemon(house, program)


@pytest.fixture(scope="module")
def manager(house, daemon):
    manager = Manager(house, daemon)
    yield manager
    manager.close()


@pytest.fixture(scope="module")
def senders(daemon):
    return Senders(daemon)


def test_readiness_and_watchdog_are_notified(manager):
    manager.start()
    manager.hear("WATCHDOG=1")


def test_no_delivery_fails_while_the_daemon_is_restarted(daemon, manager, senders):
    with senders:
        for _ in range(RESTARTS):
            time.sleep(0.5)
            daemon.stop()
            manager.start()
        daemon.process.send_signal(signal.SIGHUP)
        manager.hear("RELOADING=1")
        manager.hear("READY=1")
        time.sleep(0.3)
    assert senders.failed == []
    assert len(senders.acknowledged) > 100, "inconclusive: too few deliveries"


def test_the_end_is_notified(daemon, manager):
    daemon.process.terminate()
    manager.hear("STOPPING=1")
    assert daemon.process.wait(60) == 0
    manager.close()


def test_each_acknowledged_delivery_is_stored(house, program, daemon, senders):
    after = Daemon(house, program, "after", state=daemon.state).start()
    after.wait_for("releasehealth_spooled_deliveries", 0, 60)  # on a busy machine all of them are spooled
    assert sorted(event["id"] for event in after.exported()) == sorted(senders.acknowledged)
    after.stop()


def analyze(*words):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run(["systemd-analyze", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


@pytest.mark.parametrize("unit", ["releasehealthd.service", "releasehealthd-sync.service"])
def test_the_units_exposure_is_low(unit):
    said = analyze("security", "--offline=true", ROOT / "deploy/systemd" / unit)
    exposure = re.search(r"exposure level.*: ([0-9.]+)", said)
    assert exposure and float(exposure[1]) <= 2.0, said[-500:]


def test_the_timer_syncs_every_hour():
    when = re.search(r"OnCalendar=(.*)", (ROOT / "deploy/systemd/releasehealthd-sync.timer").read_text())[1]
    assert "Normalized form: *-*-* *:00:00" in analyze("calendar", when)
