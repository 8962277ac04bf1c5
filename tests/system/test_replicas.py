"""Two daemons and eight clients on one database while its backends are killed at random: nothing is lost, nothing counts
twice, derived rows equal a rebuild, and both serve the same figures. RELEASEHEALTH_CHAOS_SECONDS is the duration."""
import collections
import contextlib
import dataclasses
import http.client
import itertools
import os
import random
import signal
import subprocess
import threading
import time

import pytest

from harness import TOKEN, Daemon, wait_until

SECONDS = int(os.environ.get("RELEASEHEALTH_CHAOS_SECONDS", 20))
PERIOD = "2026-03-01T00:00:00Z/2026-06-01T00:00:00Z"


@pytest.fixture(scope="module")
def other(house, program, daemon):
    """A second daemon on the database of the first."""
    return Daemon(house, program, "other", database=daemon.postgres.dsn).start()


def events(client):
    """A client's events: deployments of four services in two environments, some rolled back or hotfixes, in random order;
    incidents that open and are resolved; work and flags. Every client sends every third event."""
    own = random.Random()
    for n in itertools.count(1):
        shared = n % 3 == 0
        r = random.Random(n) if shared else own
        key = f"shared-{n}" if shared else f"c{client}-{n}"
        at = f"2026-{r.randint(3, 5):02}-{r.randint(1, 28):02}T{r.randrange(24):02}:{r.randrange(60):02}:00Z"
        service, incident, kind = r.choice(("checkout", "search", "cart", "pay")), f"i-{n // 3}", r.random()
        if kind < 0.6:
            event = {"type": "deployment", "subject": f"d-{key}", "service": service, "environment": "production" if r.random() < 0.8 else "staging"}
            event |= {"version": f"v{r.randrange(40)}", "state": r.choice(("succeeded", "succeeded", "succeeded", "failed"))}
            event |= {"ref": "hotfix/x"} if r.random() < 0.2 else {}
        elif kind < 0.75:
            event = {"type": "incident", "subject": incident, "service": service, "state": "open"}
        elif kind < 0.9:
            event = {"type": "incident", "subject": incident, "state": "resolved"}
        elif kind < 0.95:
            event = {"type": "work", "incident": incident, "person": f"p{client}", "seconds": r.randrange(4000)}
        else:
            event = {"type": "retraction", "of": "deployment", "subject": f"d-c{client}-{r.randrange(n)}", "retracted": True}
        yield {"id": key, "time": at, **event}


@dataclasses.dataclass
class Chaos:
    acknowledged: list = dataclasses.field(default_factory=list)
    undelivered: list = dataclasses.field(default_factory=list)
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)

    def send(self, client, daemon, end):
        """Sends events, each until it is acknowledged."""
        for event in events(client):
            while not accepts(daemon, event):
                self.counts["rejected"] += 1
                if time.monotonic() > end + 60:
                    self.undelivered.append(event["id"])
                    return
                time.sleep(0.1)
            self.acknowledged.append(event["id"])
            if time.monotonic() > end:
                return

    def kill(self, postgres):
        """Terminates a backend, or kills one, after which PostgreSQL restarts all of them."""
        victim = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%' ORDER BY random() LIMIT 1"
        with contextlib.suppress(subprocess.SubprocessError, ProcessLookupError):  # PostgreSQL may be restarting
            if random.randrange(20) == 0:
                if pid := postgres.sql(victim):
                    os.kill(int(pid), signal.SIGKILL)
                    self.counts["killed"] += 1
            elif postgres.sql(f"SELECT count(pg_terminate_backend(pid)) FROM ({victim}) AS victim") == "1":
                self.counts["terminated"] += 1


def accepts(daemon, event):
    with contextlib.suppress(OSError, http.client.HTTPException):
        return daemon.post("/api/v1/events", event, {"Authorization": f"Bearer {TOKEN}"}).status == 202
    return False


@pytest.fixture(scope="module")
def chaos(daemon, other):
    """What became of the deliveries, once all of them are derived."""
    chaos, end = Chaos(), time.monotonic() + SECONDS
    clients = [threading.Thread(target=chaos.send, args=(n, (daemon, other)[n % 2], end)) for n in range(1, 9)]
    for client in clients:
        client.start()
    while time.monotonic() < end:
        time.sleep(random.uniform(0.1, 0.9))
        chaos.kill(daemon.postgres)
    for client in clients:
        client.join()
    for d in (daemon, other):
        d.wait_for("releasehealth_spooled_deliveries", 0, 60)
    wait_until(120, "all touched things are derived", lambda: daemon.postgres.sql("SELECT count(*) FROM touched") == "0")
    return chaos


def test_the_clients_deliver_while_backends_are_killed(chaos):
    assert chaos.undelivered == []
    assert chaos.counts["terminated"] > SECONDS // 4, f"inconclusive: {chaos.counts}"
    assert len(chaos.acknowledged) > SECONDS * 10, f"inconclusive: {chaos.counts}"


def test_every_acknowledged_event_is_stored_once(daemon, chaos):
    stored = collections.Counter(daemon.postgres.sql("SELECT id FROM event").splitlines())
    assert set(chaos.acknowledged) - set(stored) == set()
    assert [key for key, times in stored.items() if times > 1] == []


def test_a_rebuild_finds_no_difference(daemon, chaos):
    daemon.run("rebuild", "--check")


def test_both_daemons_serve_the_same_figures(daemon, other, chaos):
    one, two = (d.json(f"/api/v1/figures?period={PERIOD}")["figures"] for d in (daemon, other))
    assert len(one) > 100
    assert one == two


def page(daemon):
    """Series of figures, without those of work, which a rolling window cuts at another instant in each daemon."""
    return {line for line in daemon.get("/metrics").text.splitlines() if line.startswith("releasehealth_") and "deployment_environment=" in line and not line.startswith("releasehealth_firefighting")}


def test_both_daemons_serve_the_same_page_of_metrics(daemon, other, chaos):
    """Each refreshes by itself: the pages agree once both have read the last generation."""
    end = time.monotonic() + 90
    while (one := page(daemon)) != (two := page(other)) and time.monotonic() < end:
        time.sleep(0.5)
    assert one and one == two
    other.stop()
