"""The environment of a scenario: a private PostgreSQL and daemons on it. Everything listens on loopback or Unix sockets
and is removed at the end."""
import contextlib
import http.client
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

BINARIES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
TOKEN, SECRET = "sesame-open-4711", "hush-hush-4711"


class Failed(Exception):
    """A scenario failed or was inconclusive."""


def wait_until(seconds, what, condition):
    """Waits until the condition holds; an exception means that it does not hold yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException, subprocess.CalledProcessError, ValueError):
            if condition():
                return
        time.sleep(0.05)
    raise Failed(f"not within {seconds} s: {what}")


def free_port():
    """A free port below the kernel's range for outgoing connections."""
    while True:
        port = random.randrange(10000, 32000)
        with socket.socket() as s:
            with contextlib.suppress(OSError):
                s.bind(("127.0.0.1", port))
                return port


class House:
    """A folder for all files, and the processes that use it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rh-faults-", dir="/tmp"))
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

    def close(self):
        for process in reversed(self.running):
            process.end()
        for place in self.mounts:
            subprocess.run(["umount", "-l", place], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


class Image:
    """A disk in a file, whose contents are what a power loss would leave. Only explicitly flushed data are written to it."""

    def __init__(self, house, name, megabytes):
        self.house, self.file = house, house.folder / f"{name}.img"
        with open(self.file, "wb") as out:
            out.truncate(megabytes << 20)
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.file], check=True)

    def mount(self, name):
        place = self.house.folder / name
        place.mkdir()
        self.mount_at(place)
        place.chmod(0o755)
        return place

    def mount_at(self, place):
        subprocess.run(["mount", "-o", "loop,commit=300", self.file, place], check=True)
        self.house.mounts.append(place)

    def copy(self, name):
        other = object.__new__(Image)
        other.house, other.file = self.house, self.house.folder / f"{name}.img"
        subprocess.run(["cp", "--sparse=always", self.file, other.file], check=True)
        return other


class Disk:
    """Fills a file system, and empties it again."""

    def __init__(self, place):
        self.filler = pathlib.Path(place) / "filler"

    def fill(self):
        with contextlib.suppress(OSError), open(self.filler, "wb", buffering=0) as out:
            for size in (1 << 20, 4096):
                with contextlib.suppress(OSError):
                    while True:
                        out.write(bytes(size))

    def free(self):
        self.filler.unlink()


class Cluster:
    """A PostgreSQL server. As root it runs under the user postgres."""

    def __init__(self, house, name, folder=None, tcp_port=None, options=(), environment=None):
        self.folder = folder or house.folder / name
        self.folder.mkdir(exist_ok=True)
        self.data, self.log = self.folder / "data", house.folder / f"{name}.log"
        self.tcp_port, self.options, self.process = tcp_port, list(options), None
        self.environment, self.user = {**os.environ, **(environment or {})}, {}
        if os.geteuid() == 0:
            self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(self.folder, "postgres", "postgres")
        house.running.append(self)

    def run(self, program, *words):
        with open(self.log, "ab") as log:
            subprocess.run([BINARIES / program, *words], stdout=log, stderr=log, cwd="/", check=True, **self.user)

    def create(self):
        self.run("initdb", "-D", self.data, "-U", "releasehealthd", "-A", "trust", "-E", "UTF8", "--no-locale")
        return self

    def copy_of(self, primary):
        """A standby that follows the primary."""
        self.run("pg_basebackup", "-D", self.data, "-R", "-X", "stream", "-d", f"{primary.dsn} application_name=standby")
        return self

    @property
    def dsn(self):
        return f"host='{self.folder}' port={self.port} user=releasehealthd dbname=postgres"

    @property
    def port(self):
        return self.tcp_port or 5432

    def start(self, wait=True):
        listen = ["-c", "listen_addresses=127.0.0.1" if self.tcp_port else "listen_addresses="]
        words = [BINARIES / "postgres", "-D", self.data, "-k", self.folder, "-p", str(self.port), *listen, *self.options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, cwd="/", start_new_session=True, env=self.environment, **self.user)
        if wait:
            wait_until(60, "PostgreSQL answers", self.answers)
        return self

    def sql(self, query, writable=False, timeout=60):
        options = "-c default_transaction_read_only=off" if writable else ""
        done = subprocess.run([*self.psql(), "-c", query], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=timeout, text=True, env={**os.environ, "PGOPTIONS": options})
        return done.stdout.strip()

    def psql(self):
        return [BINARIES / "psql", "-qXAt", "-h", self.folder, "-p", str(self.port), "-U", "releasehealthd", "-d", "postgres"]

    def answers(self):
        try:
            return self.sql("SELECT 1") == "1"
        except subprocess.SubprocessError:
            return False

    def set(self, name, value):
        self.sql(f"ALTER SYSTEM {f'SET {name} = {value}' if value else f'RESET {name}'}", writable=True)
        self.sql("SELECT pg_reload_conf()")

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")
        self.process.wait(60)

    def processes(self):
        """The postmaster and all its child processes."""
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], stdout=subprocess.PIPE, text=True, check=False)
        return [self.process.pid, *map(int, children.stdout.split())]

    def signal(self, number):
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait(30)

    def end(self):
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)


class Daemon:
    """A releasehealthd with its own configuration, state directory and ports."""

    def __init__(self, house, name, program, dsn, state=None, wrap=(), environment=None, timeout="30s", read_url=None):
        self.house, self.name, self.program, self.wrap = house, name, program, list(wrap)
        self.environment = {**os.environ, **(environment or {})}
        self.intake, self.operations = free_port(), free_port()
        self.state, self.log = state or house.folder / f"{name}.state", house.folder / f"{name}.log"
        self.config, self.process = house.folder / f"{name}.toml", None
        self.config.write_text(
            f'state_dir = "{self.state}"\n' + (f'[database]\nstatement_timeout = "{timeout}"\nurl = "{dsn}"\n' if dsn else "") + (f'read_url = "{read_url}"\n' if read_url else "") + f'[intake]\nlisten = "127.0.0.1:{self.intake}"\n[operations]\nlisten = "127.0.0.1:{self.operations}"\n'
            f'[[token]]\nname = "test"\nscopes = ["send", "read"]\ntoken = "{TOKEN}"\n'
            f'[[source]]\nname = "github"\nkind = "github"\nsecret = "{SECRET}"\n'
        )
        house.running.append(self)

    def start(self, ready=True):
        words = [*self.wrap, self.program, "serve", "--config", self.config]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True, env=self.environment)
        if ready:
            wait_until(60, f"{self.name} is ready", self.is_ready)
        return self

    def get(self, path):
        to = http.client.HTTPConnection("127.0.0.1", self.operations, timeout=10)
        try:
            to.request("GET", path)
            answer = to.getresponse()
            return answer.status, answer.read().decode()
        finally:
            to.close()

    def is_ready(self):
        return self.get("/-/ready")[0] == 200

    def metrics(self, name):
        """The values of all series of that name by their label text."""
        found = {}
        for line in self.get("/metrics")[1].splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] == name:
                found[series.partition("{")[2].rstrip("}")] = float(value)
        return found

    def metric(self, series):
        name, _, labels = series.partition("{")
        return self.metrics(name).get(labels.rstrip("}"))

    def has_drained(self):
        return self.metric("releasehealth_spooled_deliveries") == 0 and self.metric("releasehealth_database_up") == 1

    def thread(self, name):
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            if (task / "comm").read_text().strip() == name:
                return int(task.name)
        raise Failed(f"{self.name} has no thread {name}")

    def kill_at(self, thread, call, nth, meanwhile=lambda: None):
        """Sends kill -9 when that thread enters that system call for the nth time from now, in the unmodified program.
        The body of the `with` statement runs once the trap is set."""
        task = self.thread(thread)
        words = ["strace", "-qq", "-o", "/dev/null", "-p", str(task), "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={nth}"]
        tracer = subprocess.Popen(words, stderr=subprocess.PIPE)
        try:
            status = pathlib.Path(f"/proc/{self.process.pid}/task/{task}/status")
            wait_until(10, "the trap is set", lambda: self.process.poll() is not None or "TracerPid:\t0\n" not in status.read_text())
            meanwhile()
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            raise Failed(f"{thread} did not come to {call}") from None
        finally:
            tracer.kill()
            tracer.communicate()

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def stop(self):
        self.process.terminate()
        if (status := self.process.wait(60)) != 0:
            raise Failed(f"{self.name} ended with {status}")

    def command(self, *words):
        return subprocess.run([self.program, *words, "--config", self.config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def peak_memory_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
        return 0

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
