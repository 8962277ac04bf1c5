"""`releasehealthd sync` of Sentry, ServiceNow, Alertmanager and Grafana: their history, alone and with webhooks of the same things."""
import hashlib
import hmac
import json
import os
import random
import re

import pytest

from apis import Alertmanager, Grafana, Sentry, ServiceNow, become, complete, connector, events, incidents, iso, post, sync
from harness import SECRET, wait_until

SEED = int(os.environ.get("RELEASEHEALTH_SEED") or random.randrange(32768))
BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}


@pytest.fixture(scope="module")
def connect(daemon):
    return connector(daemon)


# Sentry


def issue(number, source, days):
    """Every third is resolved, every tenth archived, every twelfth returns after that; every fourth is assigned; every seventh is a warning."""
    activity = [{"type": "first_seen", "dateCreated": iso(days)}]
    then = lambda kind: activity.append({"type": kind, "dateCreated": iso(days - 0.1 * len(activity))})
    status, substatus = "unresolved", "ongoing"
    if number % 4 == 0:
        then("assigned")
    if number % 3 == 0:
        then("set_resolved_in_release")
        status, substatus = "resolved", None
    elif number % 10 == 0:
        then("set_ignored")
        status, substatus = "ignored", "archived_forever"
    if number % 12 == 0:
        then("set_regression")
        status, substatus = "unresolved", "regressed"
    identifier, level = str(4000 + number), "warning" if number % 7 == 0 else "error"
    tags = {"environment": "production", "release": f"checkout@1.{number}", "level": level}
    return {
        "id": identifier, "title": f"Error {number}", "level": level, "status": status, "substatus": substatus,
        "firstSeen": iso(days), "lastSeen": iso(days - 0.3), "permalink": f"https://{source}.sentry.example/issues/{identifier}/", "project": {"slug": f"checkout-{source}"},
        "assignedTo": {"type": "user", "id": "1"} if number % 4 == 0 else None, "count": str(random.randrange(1000)), "activity": activity,
        "event": {"eventID": f"e{number}", "dateCreated": iso(days), "tags": [{"key": key, "value": value} for key, value in tags.items()]} if number % 5 else None,
    }  # fmt: skip


def issues(source, count=120):
    return {"acme": [issue(n, source, 80 - 79 * n / count) for n in range(1, count + 1)]}


def tell_sentry(daemon, name, one, action):
    """The webhooks of an issue: `event_alert` of its first event, or an action."""
    kind = "event_alert" if action == "triggered" else "issue"
    if kind == "issue":
        data = {"issue": {**{key: value for key, value in one.items() if key not in ("event", "activity", "permalink")}, "web_url": one["permalink"]}}
    else:
        tags = [[tag["key"], tag["value"]] for tag in one["event"]["tags"]]
        data = {"event": {"issue_id": one["id"], "title": one["title"], "level": one["level"], "datetime": one["event"]["dateCreated"], "tags": tags, "project_slug": one["project"]["slug"]}}
    body = json.dumps({"action": action, "data": data}).encode()
    proof = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    post(daemon, name, body, {"Content-Type": "application/json", "Sentry-Hook-Resource": kind, "Sentry-Hook-Signature": proof, "Request-ID": f"{one['id']}{action}"})


def test_issues_of_sentry(daemon, connect):
    api = Sentry(daemon.house, issues("sentry"))
    connect(("sentry", api, "sentry", ""))
    stored, _, unreported, requests = complete(daemon, "sentry")
    all_issues = api.organizations["acme"]
    counts = [one for one in all_issues if one["level"] == "error"]
    changes = [one for one in counts if len(one["activity"]) > 1]
    # the organization, two pages of each list, the first event of each issue that counts, the activities of those that changed
    assert requests == len(api.requests) == 1 + 2 + len(counts) + 2 + len(changes)
    assert stored == len(all_issues) + sum(one["event"] is not None for one in counts) + sum(len(one["activity"]) - 1 for one in changes)
    assert unreported == len(all_issues)
    assert len(incidents(daemon, "sentry")) == len(counts)
    before = events(daemon)
    again = complete(daemon, "sentry")
    assert again[0] == 0 and again[3] < requests / 2
    assert events(daemon) == before


def test_sentry_tells_when_an_issue_changed(daemon):
    by_title = {row[0]: row for row in incidents(daemon, "sentry")}
    days = lambda number: 80 - 79 * number / 120
    assert by_title["Error 4"][1:8] == ["acknowledged", "2", "production", iso(days(4)), iso(days(4) - 0.1), "None", "checkout@1.4"]
    assert by_title["Error 3"][1] == "resolved" and by_title["Error 3"][6] == iso(days(3) - 0.1)
    assert by_title["Error 10"][1] == "resolved" and by_title["Error 12"][1] == "acknowledged"


def test_webhooks_of_sentry_and_its_api_tell_the_same(daemon, connect):
    apis = {name: Sentry(daemon.house, issues(name, 24)) for name in ("alone", "before", "after")}
    connect(*((name, api, "sentry", "") for name, api in apis.items()))

    def tell(name):
        for one in apis[name].organizations["acme"]:
            tell_sentry(daemon, name, one, "created")
            if one["event"]:
                tell_sentry(daemon, name, one, "triggered")
            if one["status"] == "resolved":
                tell_sentry(daemon, name, one, "resolved")

    tell("before")
    complete(daemon, "alone")
    assert complete(daemon, "before")[2] == 0  # webhooks had reported every issue
    complete(daemon, "after")
    tell("after")
    wanted = incidents(daemon, "alone")
    assert len(wanted) == 24 - 3
    for name in ("before", "after"):
        become(daemon, name, wanted)


# ServiceNow


def row(number, source, days, state=None):
    """Their states in turn: new, in progress, resolved, closed, canceled, and children of the incident before."""
    at = lambda later: iso(days - later).replace("T", " ").rstrip("Z")
    state = state or ["1", "2", "6", "7", "8", "2"][number % 6]
    is_done = state in ("6", "7")
    return {
        "sys_id": f"{source}{number:028}", "sys_mod_count": "0" if state == "1" else "3", "number": f"INC{number:07}", "short_description": f"Incident {number}", "description": "",
        "sys_created_on": at(0), "opened_at": at(0), "sys_updated_on": at(0 if state == "1" else 0.2), "state": (state, "Some state"), "priority": ("2", "2 - High"),
        "business_service": ("0123", f"checkout-{source}"), "assigned_to": ("4567", "Ana"), "caused_by": ("", ""), "correlation_id": "", "close_code": "",
        "resolved_at": at(0.1) if is_done else "", "parent_incident": ("89", f"INC{number - 2:07}") if number % 6 == 5 else "",
    }  # fmt: skip


def rows_of(source, count=240):
    return [row(n, source, 80 - 79 * n / count) for n in range(1, count + 1)]


def tell_servicenow(daemon, name, one):
    value = lambda field: one[field][0] if isinstance(one[field], tuple) else one[field]
    shown = lambda field: one[field][1] if isinstance(one[field], tuple) else one[field]
    utc = lambda field: one[field].replace(" ", "T") + "Z" if one[field] else ""
    body = {field: value(field) for field in ("sys_id", "sys_mod_count", "number", "short_description", "state", "priority", "description", "correlation_id")}
    body |= {"service": shown("business_service"), "assigned_to": shown("assigned_to"), "caused_by": "", "parent": shown("parent_incident"), "close_code": ""}
    post(daemon, name, json.dumps(body | {field: utc(field) for field in ("opened_at", "resolved_at", "sys_updated_on")}), BEARER)


USER = 'api_user = "reader"\n'


def test_incidents_of_servicenow(daemon, connect):
    api = ServiceNow(daemon.house, rows_of("servicenow"))
    connect(("servicenow", api, "servicenow", USER))
    stored, _, unreported, requests = complete(daemon, "servicenow")
    assert (unreported, requests) == (240, 3)
    # new ones; those that changed with their insertion, and that no earlier retraction holds; canceled ones with their retraction
    assert stored == 40 * (1 + 3 + 3 + 3 + 2 + 3)
    found = incidents(daemon, "servicenow")
    assert len(found) == 4 * 40
    by_title = {one[0]: one for one in found}
    days = lambda number: 80 - 79 * number / 240
    assert by_title["Incident 8"][1:7] == ["resolved", "2", "production", iso(days(8)), "None", iso(days(8) - 0.1)]
    assert by_title["Incident 7"][1:7] == ["acknowledged", "2", "production", iso(days(7)), iso(days(7) - 0.2), "None"]
    before = events(daemon)
    assert complete(daemon, "servicenow")[::3] == [0, 1]
    assert events(daemon) == before


def test_webhooks_of_servicenow_and_its_api_tell_the_same(daemon, connect):
    apis = {name: ServiceNow(daemon.house, rows_of(name, 24)) for name in ("snalone", "snbefore", "snafter")}
    connect(*((name, api, "servicenow", USER) for name, api in apis.items()))

    def tell(name):
        for one in apis[name].rows:
            if one["sys_mod_count"] != "0":
                tell_servicenow(daemon, name, {**one, "sys_mod_count": "0", "state": "1", "sys_updated_on": one["sys_created_on"], "resolved_at": "", "parent_incident": ""})
            tell_servicenow(daemon, name, one)

    tell("snbefore")
    complete(daemon, "snalone")
    assert complete(daemon, "snbefore")[2] == 0
    complete(daemon, "snafter")
    tell("snafter")
    wanted = incidents(daemon, "snalone")
    assert len(wanted) == 16
    for name in ("snbefore", "snafter"):
        become(daemon, name, wanted)


@pytest.mark.parametrize("failure", ["502", "truncated", "closed", "refused"])
def test_failures_lose_nothing(daemon, connect, failure):
    options = {"failures": [failure], "seed": SEED, "share": 0.15}
    sentry, servicenow = f"sentry-{failure}", f"servicenow-{failure}"
    apis = [Sentry(daemon.house, issues(sentry, 12), **options), ServiceNow(daemon.house, rows_of(servicenow), **{**options, "share": 0.7})]
    connect((sentry, apis[0], "sentry", ""), (servicenow, apis[1], "servicenow", USER))
    assert complete(daemon, sentry)[0] > 12 and len(incidents(daemon, sentry)) == 11
    complete(daemon, servicenow)
    assert len(incidents(daemon, servicenow)) == 160 and sum(api.failed for api in apis) > 0


def test_limits_are_waited_for(daemon, connect):
    apis = [Sentry(daemon.house, issues("sentry-limit", 12), limit=8, pause=1, skew=-3600), ServiceNow(daemon.house, rows_of("servicenow-limit"), limit=2, pause=1)]
    connect(("sentry-limit", apis[0], "sentry", ""), ("servicenow-limit", apis[1], "servicenow", USER))
    for name, number in (("sentry-limit", 11), ("servicenow-limit", 160)):
        done = sync(daemon, name)
        assert done.returncode == 0 and "rate limit" in done.stderr, done.stderr
        assert len(incidents(daemon, name)) == number
    assert apis[0].refused == 0  # Sentry tells what is left of the limit, ServiceNow only its end
    assert apis[1].refused > 0


def test_a_missing_permission_is_named(daemon, connect):
    apis = [Sentry(daemon.house, issues("sentry-permission", 3), forbidden=["/issues/"]), ServiceNow(daemon.house, [], forbidden=["/incident"])]
    connect(("sentry-permission", apis[0], "sentry", ""), ("servicenow-permission", apis[1], "servicenow", USER))
    for name, path, permission in (("sentry-permission", "/api/0/organizations/acme/issues/", "event:read"), ("servicenow-permission", "/api/now/table/incident", "sn_incident_read")):
        done = sync(daemon, name)
        assert done.returncode == 1
        assert re.search(rf'GET http://127.0.0.1:\d+{path}\S*: 403 .*; expected a token with the permission "{permission}"', done.stderr), done.stderr
        assert apis[0].TOKEN not in done.stderr + done.stdout


# Alertmanager and Grafana


def alert(number, name, status="firing"):
    return {
        "status": status, "labels": {"alertname": f"Alert {number}", "service": f"checkout-{name}", "severity": "critical"}, "annotations": {"summary": f"Alert {number}"},
        "startsAt": iso(number / 10 + 0.1).replace("Z", ".328009385Z"), "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://prometheus.example/graph", "fingerprint": f"{number:016x}",
    }  # fmt: skip


def tell_alert(daemon, name, one, **changes):
    post(daemon, name, json.dumps({"alerts": [{**one, **changes}], "groupKey": "{}:{}"}), BEARER)


@pytest.mark.parametrize(("name", "kind", "server"), [("alertmanager", "alertmanager", Alertmanager), ("grafana", "grafana", Grafana)])
def test_alerts_that_fire(daemon, connect, name, kind, server):
    api = server(daemon.house, {"release-health": [alert(n, name, "firing" if n > 20 else "resolved") for n in range(1, 141)], "release.health": [alert(500, name)], "pager": [alert(501, name)]})
    connect((name, api, kind, 'api_include = ["release-health"]\n'))
    told = api.receivers["release-health"][20:80]
    for one in told:
        tell_alert(daemon, name, one)
    wait_until(30, "webhooks are derived", lambda: len(incidents(daemon, name)) == 60)
    stored, _, unreported, requests = complete(daemon, name)
    assert (stored, unreported, requests) == (60, 120, 2)  # the API cuts the starts by which subjects differ
    assert len(incidents(daemon, name)) == 120
    assert complete(daemon, name)[0] == 0
    # webhooks of alerts that the API told first: repeated, then resolved
    for one in api.receivers["release-health"][80:]:
        tell_alert(daemon, name, one)
        tell_alert(daemon, name, one, status="resolved", endsAt=iso(0.05))
    state = lambda: [row[1] for row in incidents(daemon, name)]
    wait_until(30, "webhooks resolve alerts", lambda: state().count("resolved") == 60)
    assert len(state()) == 120 and {row[6] for row in incidents(daemon, name) if row[1] == "resolved"} == {iso(0.05)}
