"""`releasehealthd sync` of PagerDuty and Opsgenie: their history, alone and with webhooks of the same things."""
import os
import random
import re

import pytest

from apis import OpsGenie, PagerDuty, become, complete, connector, events, incidents, iso, sync

SEED = int(os.environ.get("RELEASEHEALTH_SEED") or random.randrange(32768))
KINDS = {"pagerduty": PagerDuty, "opsgenie": OpsGenie}


@pytest.fixture(scope="module")
def connect(daemon):
    return connector(daemon)


def age(number, count=120):
    """In days, of the thing with that number."""
    return 80 - 79 * number / count


def things(kind, source, count=120):
    return [KINDS[kind].thing(n, source, age(n, count)) for n in range(1, count + 1)]


def synced(daemon, connect, kind):
    """The API, and the numbers of a first sync; a second one brings nothing new."""
    api = KINDS[kind](daemon.house, things(kind, kind))
    connect((kind, api, kind, ""))
    counts = complete(daemon, kind)
    assert counts[3] == len(api.requests)
    before = events(daemon)
    again = complete(daemon, kind)
    assert again[0] == 0 and again[3] < counts[3], again
    assert events(daemon) == before
    return counts


def rows(daemon, kind):
    return {int(row[0].split()[1]): row[1:7] for row in incidents(daemon, kind)}


def test_incidents_of_pagerduty(daemon, connect):
    stored, _, unreported, requests = synced(daemon, connect, "pagerduty")
    assert (stored, unreported) == (120 * 2 + 60 + 40 + 8, 120)  # triggered and assigned; acknowledged, resolved, reopened
    assert requests == 3 + 2  # three windows of a month, two of them with a second page
    found = rows(daemon, "pagerduty")
    assert len(found) == 120 - 8  # without those that were merged: 12, 24, 36, 48, 72, 84, 96, 108
    assert found[6] == ["resolved", "2", "production", iso(age(6)), iso(age(6) - 0.1), iso(age(6) - 0.15)]
    assert found[15] == ["open", "2", "production", iso(age(15)), "None", "None"]
    assert 12 not in found


def test_alerts_of_opsgenie(daemon, connect):
    stored, _, unreported, requests = synced(daemon, connect, "opsgenie")
    assert (stored, unreported) == (120 + 60 + 40, 120)
    assert requests == 1 + 2 + 30  # no older alerts; two pages of new ones; the entity of those without a service tag
    found = rows(daemon, "opsgenie")
    assert len(found) == 120
    assert found[6] == ["resolved", "2", "production", iso(age(6)), iso(age(6) - 1 / 144), iso(age(6) - 1 / 12)]
    assert found[4] == ["acknowledged", "2", "production", iso(age(4)), iso(age(4) - 1 / 144), "None"]
    reported = [one for one in daemon.exported() if one["source"] == "opsgenie" and one["subject"] == "opsgenie-4"]
    assert {one["service"] for one in reported} == {"checkout-opsgenie"}


def test_changes_of_older_alerts_of_opsgenie(daemon, connect):
    api = OpsGenie(daemon.house, things("opsgenie", "opsgenie-changed", 12))
    connect(("opsgenie-changed", api, "opsgenie", ""))
    complete(daemon, "opsgenie-changed")
    api.alerts[0] |= {"status": "closed", "updatedAt": iso(-0.01), "report": {"closeTime": 86_400_000}}
    assert complete(daemon, "opsgenie-changed")[0] == 1
    assert rows(daemon, "opsgenie-changed")[1][::5] == ["resolved", iso(age(1, 12) - 1)]


# All tools


@pytest.mark.parametrize("kind", KINDS)
def test_webhooks_and_the_api_tell_the_same(daemon, connect, kind):
    names = [f"{kind}-{when}" for when in ("alone", "before", "after", "only")]
    told = {name: things(kind, name, 36) for name in names}
    connect(*((name, KINDS[kind](daemon.house, told[name]), kind, "") for name in names))
    alone, before, after, only = names
    for one in told[before]:
        KINDS[kind].tell(daemon, before, one)
    complete(daemon, alone)
    complete(daemon, before)
    complete(daemon, after)
    for name in (after, only):
        for one in told[name]:
            KINDS[kind].tell(daemon, name, one)
    wanted = incidents(daemon, alone)
    assert len(wanted) > 15
    for name in (before, after, only):
        become(daemon, name, wanted)


@pytest.mark.parametrize("failures", [("502", "truncated"), ("closed", "refused")], ids="-".join)
def test_failures_lose_nothing(daemon, connect, failures):
    apis = {kind: server(daemon.house, things(kind, f"{kind}-{failures[0]}", 16), failures=failures, seed=SEED + n, share=0.45) for n, (kind, server) in enumerate(KINDS.items())}
    connect(*((f"{kind}-{failures[0]}", api, kind, "") for kind, api in apis.items()))
    for kind in apis:
        complete(daemon, f"{kind}-{failures[0]}")
        wanted = [n for n in rows(daemon, kind) if n <= 16]
        assert list(rows(daemon, f"{kind}-{failures[0]}")) == wanted
    assert sum(api.failed for api in apis.values()) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_limits_are_waited_for(daemon, connect, kind):
    api = KINDS[kind](daemon.house, things(kind, f"{kind}-limit", 12), limit=3, pause=1)
    connect((f"{kind}-limit", api, kind, ""))
    assert [api.limited() for _ in range(4)] == [False, False, False, True]
    done = sync(daemon, f"{kind}-limit")
    assert done.returncode == 0 and "rate limit" in done.stderr, done.stderr
    assert list(rows(daemon, f"{kind}-limit")) == [n for n in rows(daemon, kind) if n <= 12]


PERMISSIONS = {
    "pagerduty": ("/log_entries", "incidents.read"),
    "opsgenie": ("/v2/alerts", "Read"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_permission_is_named(daemon, connect, kind):
    path, permission = PERMISSIONS[kind]
    api = KINDS[kind](daemon.house, [], forbidden=[path])
    connect((f"{kind}-permission", api, kind, ""))
    done = sync(daemon, f"{kind}-permission")
    assert done.returncode == 1
    assert re.search(rf'GET http://127.0.0.1:\d+{path}\S*: 403 .*; expected a token with the permission "{re.escape(permission)}"', done.stderr), done.stderr
    assert api.TOKEN not in done.stderr + done.stdout
