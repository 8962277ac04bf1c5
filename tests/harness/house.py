"""What a test starts, and the folder of its files. Everything listens on loopback or Unix sockets and is removed at the end."""
import contextlib
import datetime
import http.client
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A test failed or was inconclusive."""


def wait_until(seconds, what, condition):
    """Waits until the condition holds, and returns its value; an exception means that it does not hold yet."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException, subprocess.CalledProcessError, ValueError, LookupError):
            if value := condition():
                return value
        if time.monotonic() > end:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def ago(**duration):
    """The time that long ago, for example ago(minutes=5)."""
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**duration)).strftime("%Y-%m-%dT%H:%M:%SZ")


def first_ephemeral_port():
    with contextlib.suppress(OSError):
        return int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return 32768


def free_port():
    """A free port below the kernel's range for outgoing connections, whose ports may become used at any time."""
    while True:
        port = random.randrange(10000, max(12000, first_ephemeral_port()))
        with socket.socket() as s:
            with contextlib.suppress(OSError):
                s.bind(("127.0.0.1", port))
                return port


class House:
    """A folder for all files, and the processes that use it, which end in reverse order."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rh-test-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.running, self.mounts = [], []

    def small_disk(self, name, megabytes):
        """A separate file system; None if this user may not mount one."""
        place = self.folder / name
        place.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", place], stderr=subprocess.DEVNULL).returncode != 0:
            return None
        self.mounts.append(place)
        return place

    def logs(self, lines=20):
        """The last lines of every log, for a report of a failure."""
        return {log.name: "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) for log in sorted(self.folder.glob("*.log"))}

    def close(self, keep=False):
        for process in reversed(self.running):
            process.end()
        for place in self.mounts:
            subprocess.run(["umount", "-l", place], check=False)
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class Process:
    """A program in the background, whose output goes to a log of its name."""

    def __init__(self, house, name, words, **options):
        self.log = house.folder / f"{name}.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(w) for w in words], stdout=log, stderr=log, start_new_session=True, **options)
        house.running.append(self)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
                return
            self.process.kill()
            self.process.wait(10)
