"""A private PostgreSQL server, which tests stop, kill, copy and fill."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

from harness.house import wait_until

BINARIES = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))


class Server:
    """A PostgreSQL with its socket in a folder."""

    port = 5432

    def __init__(self, folder):
        self.folder = folder

    @property
    def dsn(self):
        return f"host='{self.folder}' port={self.port} user=releasehealthd dbname=postgres"

    def psql(self):
        return [BINARIES / "psql", "-qXAt", "-h", self.folder, "-p", str(self.port), "-U", "releasehealthd", "-d", "postgres"]

    def sql(self, query, writable=False, timeout=60):
        options = "-c default_transaction_read_only=off" if writable else ""
        done = subprocess.run([*self.psql(), "-c", query], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=timeout, text=True, env={**os.environ, "PGOPTIONS": options})
        return done.stdout.strip()

    def answers(self):
        try:
            return self.sql("SELECT 1") == "1"
        except subprocess.SubprocessError:
            return False

    def set(self, name, value):
        self.sql(f"ALTER SYSTEM {f'SET {name} = {value}' if value else f'RESET {name}'}", writable=True)
        self.sql("SELECT pg_reload_conf()")


class Cluster(Server):
    """A PostgreSQL that the test starts. As root it runs under the user postgres."""

    def __init__(self, house, name, folder=None, tcp_port=None, options=(), environment=None):
        super().__init__(folder or house.folder / name)
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
