"""A real Prometheus that scrapes a daemon, and a real Alertmanager."""
import json
import subprocess
import time
import urllib.parse

from harness.daemon import request
from harness.house import ROOT, Failed, Process, free_port, wait_until


class Prometheus(Process):
    """Without a daemon it scrapes nothing, and serves what its storage in `storage` already has. With one it has the configuration
    of deploy/, with shorter intervals."""

    def __init__(self, house, daemon=None, alertmanager=None, name="prometheus", storage=None):
        self.port = free_port()
        config = house.folder / f"{name}.yml"
        text = "global: {}\n"
        if daemon:
            text = (ROOT / "deploy/prometheus.yml").read_text()
            for old, new in (
                ("30s", "1s"),
                ("releasehealth-alerts.yaml", f"{ROOT}/dashboards/alerts.yaml"),
                ("127.0.0.1:9093", f"127.0.0.1:{alertmanager.port if alertmanager else 9}"),
                ("127.0.0.1:9621", f"127.0.0.1:{daemon.operations}"),
            ):
                text = text.replace(old, new)
        config.write_text(text)
        subprocess.run(["promtool", "check", "config", config], check=True, stdout=subprocess.DEVNULL)
        super().__init__(house, name, ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={storage or house.folder / (name + '.tsdb')}", "--storage.tsdb.retention.time=20y", f"--web.listen-address=127.0.0.1:{self.port}"])
        wait_until(30, f"{name} is ready", lambda: request(self.port, "GET", "/-/ready").status == 200)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def query(self, expression, time=None):
        """The samples of a query at an instant, by default now."""
        parameters = {"query": expression, **({"time": time} if time else {})}
        return request(self.port, "GET", "/api/v1/query?" + urllib.parse.urlencode(parameters)).json()["data"]["result"]


    def query(self, expression, seconds=0, at=None):
        """The series of a query: now, at another instant, or for each minute of the last seconds."""
        asked = {"query": expression, **({"time": at} if at else {})}
        if seconds:
            end = int(time.time()) // 60 * 60
            asked |= {"start": end - seconds, "end": end, "step": 60}
        answer = request(self.port, "GET", f"/api/v1/query{'_range' if seconds else ''}?{urllib.parse.urlencode(asked)}").json()
        if answer["status"] != "success":
            raise Failed(f"{answer['error']}: {expression}")
        return answer["data"]["result"]

    def value(self, expression, at=None):
        """The first value of a query; None if there is none."""
        found = self.query(expression, at=at)
        return float(found[0]["value"][1]) if found else None

    def wait_for(self, expression, value, seconds=30):
        wait_until(seconds, f"{expression} is {value} in Prometheus", lambda: self.value(expression) == value)


class Alertmanager(Process):
    """Without another configuration it has the one of deploy/, without waiting for groups."""

    def __init__(self, house, config=None, name="alertmanager"):
        self.port = free_port()
        file = house.folder / f"{name}.yml"
        file.write_text(config or (ROOT / "deploy/alertmanager.yml").read_text().replace("group_wait: 30s", "group_wait: 1s"))
        subprocess.run(["amtool", "check-config", file], check=True, stdout=subprocess.DEVNULL)
        words = ["prometheus-alertmanager", f"--config.file={file}", f"--storage.path={house.folder / name}", f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="]
        super().__init__(house, name, words)
        wait_until(30, "Alertmanager is ready", lambda: request(self.port, "GET", "/-/ready").status == 200)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def firing(self, *matchers):
        """Alerts that match, for example "alertname=ReleaseHealthHotfixes"."""
        done = subprocess.run(["amtool", f"--alertmanager.url={self.url}", "alert", "query", *matchers, "-o", "json"], check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout)
