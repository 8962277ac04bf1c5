"""`releasehealthd sync` of PagerDuty, Opsgenie, incident.io, Rootly and FireHydrant: their history, alone and with webhooks of the same things."""
import os
import random
import re

import pytest

from apis import FireHydrant, IncidentIo, OpsGenie, PagerDuty, Rootly, become, complete, connector, events, incidents, iso, sync

SEED = int(os.environ.get("RELEASEHEALTH_SEED") or random.randrange(32768))
KINDS = {"pagerduty": PagerDuty, "opsgenie": OpsGenie, "incidentio": IncidentIo, "rootly": Rootly, "firehydrant": FireHydrant}


@pytest.fixture(scope="module")
def connect(daemon):
    return connector(daemon)


def age(number, count=120):
    """In days, of the thing with that number."""
    return 80 - 79 * number / count


def things(kind, source, count=120):
    return [KINDS[kind].thing(n, source, age(n, count)) for n in range(1, count + 1)]


def synced(daemon, connect, kind):
    """The numbers of a first sync; a second one brings nothing new."""
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


def reported(daemon, source, subject, field):
    return [one[field] for one in daemon.exported() if one["source"] == source and one["subject"] == subject and field in one]


# incident.io


PUBLIC = [n for n in range(1, 121) if n % 10 and n % 9]
COUNTED = [n for n in PUBLIC if n % 6 != 4]


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


def test_incidents_of_incidentio(daemon, connect):
    stored, _, unreported, requests = synced(daemon, connect, "incidentio")
    assert requests == 3 + len(PUBLIC)  # pages of the 107 incidents that are no tests, and the updates of the public ones
    changes = sum(len(IncidentIo.statuses(n)) - 2 for n in PUBLIC)  # without creation and repetition
    worked = [n for n in COUNTED if n % 2]
    assert (stored, unreported) == (2 * len(PUBLIC) + changes + len(worked), len(PUBLIC) + len(worked))
    found = rows(daemon, "incidentio")
    assert sorted(found) == COUNTED
    assert found[3] == ["resolved", "2", "production", iso(age(3) + 0.1), iso(age(3) - 0.05), iso(age(3) - 0.19)]
    assert found[1] == ["acknowledged", "2", "production", iso(age(1) + 0.1), iso(age(1) - 0.05), "None"]
    assert found[8] == ["resolved", "2", "production", iso(age(8)), iso(age(8) - 0.05), iso(age(8) - 0.2)]  # by its update
    assert found[5][0] == "open" and found[11][::5] == ["resolved", iso(age(11) - 0.4)]  # reopened
    assert reported(daemon, "incidentio", "incidentio0003", "review_held_at") == [iso(age(3) - 0.4)]
    assert reported(daemon, "incidentio", "incidentio0003/workload", "seconds") == [5442]


def test_a_change_of_incidentio_is_read_alone(daemon, connect):
    api = IncidentIo(daemon.house, things("incidentio", "incidentio-changed", 12))
    connect(("incidentio-changed", api, "incidentio", ""))
    complete(daemon, "incidentio-changed")
    closed = {"id": "new", "incident_id": "incidentio-changed0001", "created_at": iso(0.01), "new_incident_status": {"category": "closed"}}
    api.incidents[0] |= {"updated_at": iso(0.01), "incident_status": {"category": "closed"}, "updates": [closed, *api.incidents[0]["updates"]]}
    stored, _, _, requests = complete(daemon, "incidentio-changed")
    assert stored == 1 + 2 and requests < 1 + 5  # the status; the incident and its workload
    assert rows(daemon, "incidentio-changed")[1][::5] == ["resolved", iso(0.01)]


# Rootly


def test_incidents_of_rootly(daemon, connect):
    stored, _, unreported, requests = synced(daemon, connect, "rootly")
    gone = [n for n in range(1, 121) if n % 10 == 0 or n % 6 == 5]
    assert (stored, unreported, requests) == (2 * (120 - len(gone)) + len(gone), 120, 3)  # with each report, that it counts
    found = rows(daemon, "rootly")
    assert sorted(found) == [n for n in range(1, 121) if n not in gone]
    assert found[3] == ["resolved", "2", "production", iso(age(3)), iso(age(3) - 0.05), iso(age(3) - 0.2)]
    assert found[1] == ["acknowledged", "2", "production", iso(age(1)), iso(age(1) - 0.05), "None"]
    for field, value in (("responders", [{"person": "Ana"}]), ("cause", "configuration"), ("services", ["checkout-rootly"])):
        assert reported(daemon, "rootly", "rootly-3", field) == [value]


# FireHydrant


def test_incidents_of_firehydrant(daemon, connect):
    stored, _, unreported, requests = synced(daemon, connect, "firehydrant")
    gone = [n for n in range(1, 121) if n % 10 == 0 or n % 11 == 0]
    counted = [n for n in range(1, 121) if n not in gone]
    milestones = sum(n % 6 + 1 for n in counted)  # with the last one, that the incident counts
    assert (stored, unreported, requests) == (milestones + len(counted) + len(gone), 120, 3 + 1)
    found = rows(daemon, "firehydrant")
    assert sorted(found) == counted
    assert found[4] == ["resolved", "2", "production", iso(age(4)), iso(age(4) - 0.1), iso(age(4) - 0.2)]
    assert found[3] == ["acknowledged", "2", "production", iso(age(3)), iso(age(3) - 0.1), "None"]
    assert reported(daemon, "firehydrant", "firehydrant-5", "review_held_at") == [iso(age(5) - 0.25)]


def test_an_incident_of_firehydrant_that_is_archived_later(daemon, connect):
    api = FireHydrant(daemon.house, things("firehydrant", "firehydrant-archived", 9))
    connect(("firehydrant-archived", api, "firehydrant", ""))
    complete(daemon, "firehydrant-archived")
    assert len(rows(daemon, "firehydrant-archived")) == 9
    for one in api.incidents:
        one |= {"updated_at": iso(-0.001), "discarded_at": iso(-0.001)}
    assert complete(daemon, "firehydrant-archived")[0] == 9
    assert rows(daemon, "firehydrant-archived") == {}


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
    apis = {kind: server(daemon.house, things(kind, f"{kind}-{failures[0]}", 16), failures=failures, seed=SEED + n, share=0.3) for n, (kind, server) in enumerate(KINDS.items())}
    connect(*((f"{kind}-{failures[0]}", api, kind, "") for kind, api in apis.items()))
    for kind in apis:
        complete(daemon, f"{kind}-{failures[0]}")
        assert list(rows(daemon, f"{kind}-{failures[0]}")) == [n for n in rows(daemon, kind) if n <= 16]
    assert sum(api.failed for api in apis.values()) > 0


@pytest.mark.parametrize("kind", KINDS)
def test_limits_are_waited_for(daemon, connect, kind):
    api = KINDS[kind](daemon.house, things(kind, f"{kind}-limit", 12), limit=8, pause=1)
    connect((f"{kind}-limit", api, kind, ""))
    while not api.limited():
        pass
    done = sync(daemon, f"{kind}-limit")
    assert done.returncode == 0 and "rate limit" in done.stderr, done.stderr
    assert list(rows(daemon, f"{kind}-limit")) == [n for n in rows(daemon, kind) if n <= 12]


PERMISSIONS = {
    "pagerduty": ("/log_entries", "incidents.read"),
    "opsgenie": ("/v2/alerts", "Read"),
    "incidentio": ("/v2/incidents", "View data, like public incidents and organization settings"),
    "rootly": ("/v1/incidents", "Incidents: Read"),
    "firehydrant": ("/v1/incidents", "read_incidents"),
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
