"""Runs of `sync`: a source's configuration, what a run told, and what it stored."""
import datetime
import re

from harness import SECRET, wait_until

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
