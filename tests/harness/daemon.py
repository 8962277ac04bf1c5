"""A releasehealthd as its users run it: a configuration, a state directory, two ports, and requests to them."""
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import signal
import subprocess

from harness.house import ROOT, Failed, free_port, wait_until
from harness.postgres import Server

TOKEN, SECRET = "sesame-open-4711", "hush-hush-4711"
SIGNING_TOKEN = "whsec_" + base64.b64encode(b"a signing key of 32 bytes, fixed").decode()  # of Standard Webhooks
GITHUB = f'[[source]]\nname = "github"\nkind = "github"\nsecret = "{SECRET}"\n'


class Answer:
    """A response."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


def request(port, method, path, body=None, headers=None, timeout=30):
    """One request to a port on loopback. A list or dictionary becomes JSON."""
    headers = dict(headers or {})
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        headers.setdefault("Content-Type", "application/json")
    to = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        to.request(method, path, body, headers)
        return Answer(to.getresponse())
    finally:
        to.close()


def demo():
    """The events of the demo, as of now."""
    return [json.loads(line) for line in subprocess.run([ROOT / "deploy/demo/events"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()]


def command(program, *words, environment=None, **options):
    """Any command of the program, whatever its exit status: returncode, stdout, stderr. Only `environment` configures it."""
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("RELEASEHEALTHD_")}
    return subprocess.run([program, *words], capture_output=True, text=True, check=False, env={**clean, **(environment or {})}, **options)


def signature(body):
    """GitHub's proof of a body, for the header X-Hub-Signature-256."""
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


class Daemon:
    """A releasehealthd with its own configuration, state directory and ports. Without `database` it runs a private PostgreSQL.
    `config` ends its configuration, `top` begins it; `intake` and `operations` are more lines of these tables."""

    def __init__(self, house, program, name="daemon", config="", *, top="", intake="", operations="", database=None, read_url=None, statement_timeout="30s", scopes=("send", "read", "amend"), state=None, wrap=(), environment=None):
        self.house, self.name, self.program, self.wrap = house, name, program, list(wrap)
        self.environment = {**os.environ, **(environment or {})}
        self.intake, self.operations = free_port(), free_port()
        self.state, self.log = state or house.folder / f"{name}.state", house.folder / f"{name}.log"
        self.config, self.process = house.folder / f"{name}.toml", None
        self.tables = {"top": top, "intake": intake, "operations": operations, "database": "", "token": f'[[token]]\nname = "test"\nscopes = {json.dumps(list(scopes))}\ntoken = "{TOKEN}"\n'}
        if database:
            replica = f'read_url = "{read_url}"\n' if read_url else ""
            self.tables["database"] = f'[database]\nstatement_timeout = "{statement_timeout}"\nurl = "{database}"\n{replica}'
        self.configure(config)
        house.running.append(self)

    def configure(self, config, **tables):
        """Writes the configuration; a running daemon does not read it before reload()."""
        self.tables.update(tables)
        t = self.tables
        self.config.write_text(
            f'state_dir = "{self.state}"\n{t["top"]}\n{t["database"]}[intake]\nlisten = "127.0.0.1:{self.intake}"\n{t["intake"]}\n'
            f'[operations]\nlisten = "127.0.0.1:{self.operations}"\n{t["operations"]}\n{t["token"]}{config}'
        )

    # life

    def start(self, until="figures", **environment):
        """Starts it and waits until it is "ready", until there are "figures", or for nothing."""
        words = [*self.wrap, self.program, "serve", "--config", self.config]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True, env={**self.environment, **environment})
        if until == "figures":
            wait_until(60, f"{self.name} has figures", lambda: self.metric("releasehealth_refresh_success") == 1)
        if until:
            wait_until(60, f"{self.name} is ready", self.is_ready)
        return self

    def is_ready(self):
        return self.get("/-/ready").status == 200

    def stop(self):
        self.process.terminate()
        if (status := self.process.wait(60)) != 0:
            raise Failed(f"{self.name} ended with {status}")

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
                return
            self.process.kill()
            self.process.wait(10)

    def reload(self, config=None, **tables):
        """Lets it read its configuration again, a new one if given."""
        if config is not None:
            self.configure(config, **tables)
        self.run("check-config")
        reloads = lambda: self.log.read_text().count("configuration reloaded")
        before = reloads()
        self.process.send_signal(signal.SIGHUP)
        wait_until(10, f"{self.name} is reloaded", lambda: reloads() > before)

    # requests

    @property
    def url(self):
        """Of its operations listener."""
        return f"http://127.0.0.1:{self.operations}"

    def get(self, path, headers=None, port=None):
        return request(port or self.operations, "GET", path, headers=headers)

    def json(self, path):
        """The JSON of an answer 200."""
        answer = self.get(path, {"Authorization": f"Bearer {TOKEN}"})
        if answer.status != 200:
            raise Failed(f"{path}: {answer.status} {answer.text}")
        return answer.json()

    def items(self, path):
        """The items of a list of the API."""
        return self.json(f"/api/v1/{path}")["items"]

    def post(self, path, body, headers=None):
        """To the intake, without a token."""
        return request(self.intake, "POST", path, body, headers)

    def send(self, *events):
        """Events in canonical form; returns the counts of the answer 202."""
        answer = self.post("/api/v1/events", list(events), {"Authorization": f"Bearer {TOKEN}"})
        if answer.status != 202:
            raise Failed(f"{self.name} does not accept: {answer.status} {answer.text}")
        return answer.json()

    def amend(self, path, change):
        """PATCH of a deployment or incident, below /api/v1/."""
        return request(self.operations, "PATCH", f"/api/v1/{path}", json.dumps(change), {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/merge-patch+json"})

    # metrics

    def metrics(self, name):
        """The values of all series of that name by their label text."""
        found = {}
        for line in self.get("/metrics").text.splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] == name:
                found[series.partition("{")[2].rstrip("}")] = float(value)
        return found

    def metric(self, series):
        """Its value; None if there is no such series."""
        name, _, labels = series.partition("{")
        return self.metrics(name).get(labels.rstrip("}"))

    def wait_for(self, series, value, seconds=30):
        """Waits until the series has that value."""
        try:
            wait_until(seconds, "", lambda: self.metric(series) == value)
        except Failed:
            raise Failed(f"{series} is {self.metric(series)}, not {value}") from None

    def has_drained(self):
        return self.metric("releasehealth_spooled_deliveries") == 0 and self.metric("releasehealth_database_up") == 1

    # commands

    def command(self, *words, environment=None, **options):
        """A command with this daemon's configuration, whatever its exit status: returncode, stdout, stderr."""
        return command(self.program, *words, "--config", self.config, environment={**self.environment, **(environment or {})}, **options)

    def run(self, *words, **options):
        """The output of a command that succeeds."""
        done = self.command(*words, **options)
        if done.returncode != 0:
            raise Failed(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def import_events(self, events, source):
        """Imports events in canonical form from a file."""
        file = self.house.folder / f"{source}.ndjson"
        file.write_text("".join(json.dumps(event) + "\n" for event in events))
        return self.run("import", "events", file, "--source", source)

    def exported(self):
        """Every stored event."""
        return [json.loads(line) for line in self.run("export", "events").splitlines()]

    # its process

    @property
    def postgres(self):
        """Its private PostgreSQL."""
        return Server(self.state / "postgresql")

    def thread(self, name):
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            if (task / "comm").read_text().strip() == name:
                return int(task.name)
        raise Failed(f"{self.name} has no thread {name}")

    def kill_at(self, thread, call, nth, meanwhile=lambda: None):
        """Sends kill -9 when that thread enters that system call for the nth time from now, in the unmodified program.
        `meanwhile` runs once the trap is set."""
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

    def peak_memory_mb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
        return 0


def is_sanitized(program):
    """Sanitizers are slower, need more memory, and must be loaded first."""
    linked = subprocess.run(["ldd", program], stdout=subprocess.PIPE, check=True, text=True).stdout
    return "libasan" in linked or "libtsan" in linked
