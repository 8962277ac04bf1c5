"""Runs of `sync`: a source's configuration, what a run told, and what it stored."""
import datetime
import os
import random
import re
import urllib.parse

from harness import SECRET, wait_until

SEED = int(os.environ.get("RELEASEHEALTH_SEED") or random.randrange(32768))
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def iso(days):
    """That many days ago."""
    return (NOW - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def configuration(api, house, more="", kind="github", name=None):
    """A source that is read through an API; without a token if that has none."""
    name = name or kind
    lines = f'[[source]]\nname = "{name}"\nkind = "{kind}"\nsecret = "{SECRET}"\napi_url = "{api.url}"\n'
    if api.TOKEN is not None:
        token = house.folder / f"{name}.api.token"
        token.write_text(api.TOKEN + "\n")
        token.chmod(0o600)
        lines += f'api_token_file = "{token}"\n'
    return lines + more


def events(daemon, kind=None, source=None):
    """The stored events, comparable: without ids, times of receipt and the name of their source if it is given."""
    found = []
    for one in daemon.exported():
        if kind in (None, one["type"]) and source in (None, one["source"]):
            for name in ("id", "exported", "received_at", *(["source"] if source else [])):
                one.pop(name, None)
            found.append(repr(sorted(one.items())))
    return sorted(found)


def counted(done):
    """stored events, duplicates, unreported things, requests."""
    match = re.search(r"(\d+) events stored, (\d+) duplicates, (\d+) things that no delivery had reported, (\d+) requests", done.stderr)
    assert match, done.stderr
    return [int(number) for number in match.groups()]


def derived(daemon):
    """Waits until every event that was accepted is derived."""
    wait_until(30, "all is derived", lambda: daemon.has_drained() and daemon.postgres.sql("SELECT count(*) FROM touched").strip() == "0")


class Sources:
    """Sources with APIs, added to one running daemon."""

    def __init__(self, daemon):
        self.daemon, self.configured = daemon, ""

    def connect(self, *rows):
        """Each row: name, API, kind, more lines of its configuration."""
        self.configured += "".join(configuration(api, self.daemon.house, more, kind, name) for name, api, kind, more in rows)
        self.daemon.reload(self.configured)

    def sync(self, name, *words):
        return self.daemon.command("sync", name, "--since", iso(89)[:10], *words, timeout=300)

    def complete(self, name):
        done = self.sync(name)
        assert done.returncode == 0, done.stderr
        return counted(done)

    def read_twice(self, name):
        """The counts of a first run; a second one stores nothing."""
        first = self.complete(name)
        before = events(self.daemon, source=name)
        assert self.complete(name)[0] == 0 and events(self.daemon, source=name) == before
        return first

    def post(self, name, body, headers):
        answer = self.daemon.post(f"/webhooks/{name}", body, headers)
        assert answer.status == 202, answer.text

    def things(self, kind, name, *members):
        """The deployments or incidents of a source."""
        derived(self.daemon)
        found, after = [], ""
        while after is not None:
            page = self.daemon.json(f"/api/v1/{kind}?limit=1000" + (after and "&after=" + urllib.parse.quote(after)))
            found += [one for one in page["items"] if one["source"] == name]
            after = page["next"]
        return sorted([str(one.get(member)) for member in members] for one in found)

    def incidents(self, name):
        return self.things("incidents", name, "subject", "state", "severity", "started_at", "acknowledged_at", "resolved_at")

    def deployments(self, name):
        return self.things("deployments", name, "subject", "environment", "state", "version", "commit", "started_at", "finished_at")

    def told_alike(self, kind, make, tell, read, more=""):
        """By its API alone, by webhooks alone, and by both in either order, a tool tells the same."""
        apis = {f"{kind}-{order}": make() for order in ("alone", "before", "after", "only")}
        self.connect(*((name, api, kind, more) for name, api in apis.items()))
        for name in (f"{kind}-before", f"{kind}-only"):
            tell(name, apis[name])
        self.complete(f"{kind}-alone")
        assert self.complete(f"{kind}-before")[2] == 0  # webhooks had reported all
        self.complete(f"{kind}-after")
        tell(f"{kind}-after", apis[f"{kind}-after"])
        wanted = read(f"{kind}-only")
        assert wanted
        for order in ("alone", "before", "after"):
            assert read(f"{kind}-{order}") == wanted, (order, SEED)
