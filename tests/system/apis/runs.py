"""Runs of `sync`: a source's configuration, what a run told, and what it stored."""
import contextlib
import datetime
import hashlib
import hmac
import os
import random
import re
import urllib.parse

from harness import SECRET, Failed, wait_until

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


def connector(daemon):
    """Adds sources to a running daemon: name, API, kind, more lines."""
    sources = []

    def add(*rows):
        sources.extend(configuration(api, daemon.house, more, kind, name) for name, api, kind, more in rows)
        daemon.reload("".join(sources))

    return add


def sync(daemon, name, *words):
    return daemon.command("sync", name, "--since", iso(89)[:10], *words, timeout=300)


def complete(daemon, name):
    """As `counted`, of a run without failures."""
    done = sync(daemon, name)
    assert done.returncode == 0, done.stderr
    return counted(done)


def read_twice(daemon, name):
    """The counts of a first run; a second one stores nothing."""
    first = complete(daemon, name)
    before = events(daemon, source=name)
    assert complete(daemon, name)[0] == 0 and events(daemon, source=name) == before
    return first


def proof(body):
    """The HMAC of a body in hex."""
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def post(daemon, name, body, headers):
    answer = daemon.post(f"/webhooks/{name}", body, headers)
    assert answer.status == 202, answer.text


def things(daemon, kind, name, *members):
    """Members of the deployments or incidents of a source."""
    derived(daemon)
    found, after = [], ""
    while after is not None:
        page = daemon.json(f"/api/v1/{kind}?limit=1000" + (after and "&after=" + urllib.parse.quote(after)))
        found += [one for one in page["items"] if one["source"] == name]
        after = page["next"]
    return sorted([str(one.get(member)) for member in members] for one in found)


def incidents(daemon, name):
    """The incidents of a source, without what differs between sources."""
    return things(daemon, "incidents", name, "title", "state", "severity", "environment", "started_at", "acknowledged_at", "resolved_at", "culprit")


def deployments(daemon, name):
    return things(daemon, "deployments", name, "subject", "environment", "state", "version", "commit", "started_at", "finished_at")


def become(daemon, name, wanted):
    with contextlib.suppress(Failed):
        wait_until(20, f"{name} has the incidents", lambda: incidents(daemon, name) == wanted)
    assert incidents(daemon, name) == wanted


def told_alike(daemon, connect, kind, make, tell, read, more=""):
    """By its API alone, by webhooks alone, and by both in either order, a tool tells the same."""
    apis = {f"{kind}-{order}": make() for order in ("alone", "before", "after", "only")}
    connect(*((name, api, kind, more) for name, api in apis.items()))
    for name in (f"{kind}-before", f"{kind}-only"):
        tell(daemon, name, apis[name])
    complete(daemon, f"{kind}-alone")
    assert complete(daemon, f"{kind}-before")[2] == 0  # webhooks had reported all
    complete(daemon, f"{kind}-after")
    tell(daemon, f"{kind}-after", apis[f"{kind}-after"])
    wanted = read(daemon, f"{kind}-only")
    assert wanted
    for order in ("alone", "before", "after"):
        assert read(daemon, f"{kind}-{order}") == wanted, (order, SEED)
