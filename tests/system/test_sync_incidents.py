"""`releasehealthd sync` of PagerDuty, Opsgenie, incident.io, Rootly and FireHydrant: their history, alone and with webhooks of the same."""
import base64
import hashlib
import hmac
import json
import time

import pytest

from apis import SEED, FireHydrant, IncidentIo, Opsgenie, PagerDuty, Rootly, Sources, iso
from apis.runs import NOW
from harness import SECRET, Daemon

COUNT = 120
age = lambda n, count=COUNT: 80 - 79 * n / count


@pytest.fixture(scope="module")
def sources(house, program):
    return Sources(Daemon(house, program).start())


def states(found):
    return [row[1] for row in found]


def post_signed(sources, name, body, header, prefix=""):
    text = json.dumps(body).encode()
    proof = prefix + hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    sources.post(name, text, {"Content-Type": "application/json", header: proof})


# PagerDuty


def log_of(number, days):
    """Every incident is triggered and notified; in turn acknowledged and resolved, acknowledged, untouched, resolved as merged."""
    resolved = number % 4 in (0, 3)
    incident = {
        "id": f"P{number:05}", "type": "incident", "title": f"Outage {number}", "status": ["resolved", "acknowledged", "triggered", "resolved"][number % 4], "created_at": iso(days), "urgency": "high", "priority": {"summary": "P1"},
        "service": {"id": "PSVC", "summary": "checkout"}, "html_url": f"https://acme.pagerduty.example/incidents/P{number:05}", "incident_key": f"key-{number}", "assignments": [], "acknowledgements": [],
        "resolve_reason": {"type": "merge_resolve_reason", "incident": {"id": "P00001"}} if number % 4 == 3 else None,
    }  # fmt: skip
    entry = lambda kind, later, **more: {"id": f"R{number}{kind[:3]}", "type": f"{kind}_log_entry", "created_at": iso(days - later), "incident": incident, "agent": {"type": "user_reference", "summary": "Ana"}, **more}
    all_entries = [entry("trigger", 0), entry("assign", 0, assignees=[{"type": "user_reference", "summary": "Ana"}]), entry("notify", 0.01)]
    if number % 4 in (0, 1):
        all_entries.append(entry("acknowledge", 0.1))
    if resolved:
        all_entries.append(entry("resolve", 0.2))
    return all_entries


def log(count=COUNT):
    return [one for n in range(1, count + 1) for one in log_of(n, age(n, count))]


def tell_pagerduty(sources, name, api):
    types = {"trigger": "triggered", "assign": "reassigned", "acknowledge": "acknowledged", "resolve": "resolved"}
    for one in api.entries:
        kind = one["type"].removesuffix("_log_entry")
        if kind in types:
            data = {**one["incident"], "assignees": [{"summary": "Ana"}]}
            post_signed(sources, name, {"event": {"id": f"01{one['id']}{name}", "event_type": f"incident.{types[kind]}", "occurred_at": one["created_at"], "data": data}}, "X-PagerDuty-Signature", "v1=")


def test_the_log_of_pagerduty(sources):
    api = PagerDuty(sources.daemon.house, log())
    sources.connect(("pagerduty", api, "pagerduty", ""))
    stored, _, unreported, requests = sources.read_twice("pagerduty")
    assert requests == 3 * 2  # three windows of 30 days, each with about 150 entries
    assert stored == COUNT * 2 + COUNT // 2 + COUNT // 2 and unreported == COUNT
    found = {row[0]: row[1:] for row in sources.incidents("pagerduty")}
    assert len(found) == COUNT * 3 // 4  # merged ones are none
    assert found["P00120"] == ["resolved", "1", iso(1), iso(0.9), iso(0.8)]
    assert found["P00001"][0] == "acknowledged" and found["P00002"][0] == "open"


def test_webhooks_of_pagerduty_and_its_api_tell_the_same(sources):
    tell = lambda name, api: tell_pagerduty(sources, name, api)
    sources.told_alike("pagerduty", lambda: PagerDuty(sources.daemon.house, log(20)), tell, sources.incidents)


# Opsgenie


def alert(number, days):
    """In turn acknowledged and closed, open, acknowledged, closed."""
    took = {"ackTime": 600_000, "acknowledgedBy": "ana"} if number % 4 in (0, 2) else {}
    if number % 4 in (0, 3):
        took |= {"closeTime": 1_800_000, "closedBy": "ana"}
    later = max([value for value in took.values() if isinstance(value, int)], default=0) / 86_400_000
    return {"id": f"a-{number}", "tinyId": str(number), "alias": f"alias-{number}", "message": f"Outage {number}", "status": "closed" if "closeTime" in took else "open", "acknowledged": "ackTime" in took, "priority": "P1", "tags": ["service:checkout"],
            "createdAt": iso(days), "updatedAt": iso(days - later), "owner": "ana", "report": took}  # fmt: skip


def alerts(count=COUNT):
    return [alert(n, age(n, count)) for n in range(1, count + 1)]


def tell_opsgenie(sources, name, api):
    created = lambda one: int(time.mktime(time.strptime(one["createdAt"], "%Y-%m-%dT%H:%M:%SZ"))) * 1000
    for one in api.alerts:
        steps = [("Create", 0), *([("Acknowledge", one["report"]["ackTime"])] if "ackTime" in one["report"] else []), *([("Close", one["report"]["closeTime"])] if "closeTime" in one["report"] else [])]
        for action, later in steps:
            body = {**{key: one[key] for key in ("alias", "message", "priority", "tags")}, "alertId": one["id"], "username": "ana", "createdAt": created(one), "updatedAt": (created(one) + later) * 1_000_000}
            sources.post(name, json.dumps({"action": action, "alert": body}).encode(), {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"})


def test_alerts_of_opsgenie(sources):
    api = Opsgenie(sources.daemon.house, alerts())
    sources.connect(("opsgenie", api, "opsgenie", ""))
    stored, _, unreported, requests = sources.read_twice("opsgenie")
    assert requests == 2 and stored == COUNT * 2 and unreported == COUNT
    found = {row[0]: row[1:] for row in sources.incidents("opsgenie")}
    assert found["a-120"][0] == "resolved" and found["a-2"][0] == "acknowledged" and found["a-1"][0] == "open" and len(found) == COUNT


def test_webhooks_of_opsgenie_and_its_api_tell_the_same(sources):
    tell = lambda name, api: tell_opsgenie(sources, name, api)
    sources.told_alike("opsgenie", lambda: Opsgenie(sources.daemon.house, alerts(20)), tell, sources.incidents)


# incident.io


def incident_io(number, days):
    """In turn resolved, live, declined, private."""
    category = ["closed", "live", "declined", "live"][number % 4]
    stamps = {"Reported at": iso(days), "Accepted at": iso(days - 0.1), "Resolved at": iso(days - 0.2) if category == "closed" else None}
    return {
        "id": f"01FC{number:022}", "reference": f"INC-{number}", "name": f"Outage {number}", "permalink": f"https://app.incident.example/incidents/{number}", "incident_status": {"name": category.title(), "category": category}, "mode": "standard",
        "visibility": "private" if number % 4 == 3 else "public", "severity": {"name": "Critical", "rank": 3}, "created_at": iso(days), "updated_at": iso(days - 0.2),
        "incident_timestamp_values": [{"incident_timestamp": {"name": name}, "value": {"value": value} if value else None} for name, value in stamps.items()],
        "custom_field_entries": [{"custom_field": {"name": "Affected services"}, "values": [{"value_catalog_entry": {"name": "checkout"}}]}], "incident_role_assignments": [], "workload_minutes_total": number,
    }  # fmt: skip


def incidents_io(count=COUNT):
    return [incident_io(n, age(n, count)) for n in range(1, count + 1)]


def tell_incident_io(sources, name, api):
    now = str(int(time.time()))
    for number, one in enumerate(api.incidents):
        if one["visibility"] == "private":
            continue
        for step, kind in enumerate(("incident_created_v2", "incident_status_updated_v2")):
            began = {**one, "incident_status": {"name": "Live", "category": "live"}, "updated_at": one["created_at"], "incident_timestamp_values": one["incident_timestamp_values"][:1], "workload_minutes_total": 0}
            body = json.dumps({"event_type": f"public_incident.{kind}", f"public_incident.{kind}": began if step == 0 else {"incident": one, "previous_status": {"category": "live"}}}).encode()
            key = f"msg_{name}{number}{step}"
            proof = base64.b64encode(hmac.new(base64.b64decode(WHSEC), f"{key}.{now}.".encode() + body, hashlib.sha256).digest()).decode()
            sources.post(name, body, {"Content-Type": "application/json", "webhook-id": key, "webhook-timestamp": now, "webhook-signature": f"v1,{proof}"})


WHSEC = base64.b64encode(SECRET.encode()[:24].ljust(24, b"x")).decode()


def test_incidents_of_incident_io(sources):
    api = IncidentIo(sources.daemon.house, incidents_io())
    sources.connect(("incidentio", api, "incidentio", ""))
    _, _, unreported, requests = sources.read_twice("incidentio")
    assert requests == 3
    found = {row[0]: row[1:] for row in sources.incidents("incidentio")}
    assert len(found) == COUNT // 2  # neither declined nor private ones
    assert found[incident_io(120, 1)["id"]] == ["resolved", "1", iso(1), iso(0.9), iso(0.8)]
    assert unreported >= COUNT // 2


# Rootly


def rootly(number, days):
    """In turn resolved, started, cancelled, mitigated."""
    status = ["resolved", "started", "cancelled", "mitigated"][number % 4]
    document = lambda name: {"data": {"id": name, "type": "things", "attributes": {"slug": name, "name": name}}}
    return {"id": f"r-{number}", "type": "incidents", "attributes": {
        "title": f"Outage {number}", "kind": "normal", "status": status, "url": f"https://rootly.example/incidents/{number}", "severity": document("sev1"), "services": [document("checkout")], "environments": [document("production")],
        "started_at": iso(days), "acknowledged_at": iso(days - 0.05), "mitigated_at": iso(days - 0.1) if status in ("resolved", "mitigated") else None, "resolved_at": iso(days - 0.2) if status == "resolved" else None, "created_at": iso(days), "updated_at": iso(days - 0.2)}}  # fmt: skip


def test_incidents_of_rootly(sources):
    api = Rootly(sources.daemon.house, [rootly(n, age(n)) for n in range(1, COUNT + 1)])
    sources.connect(("rootly", api, "rootly", ""))
    assert sources.read_twice("rootly")[3] == 2
    found = {row[0]: row[1:] for row in sources.incidents("rootly")}
    assert len(found) == COUNT * 3 // 4 and found["r-120"] == ["resolved", "1", iso(1), iso(0.95), iso(0.8)]
    assert found["r-1"][0] in ("open", "acknowledged")


def signed_at(sources, name, body):
    now, text = str(int(time.time())), json.dumps(body).encode()
    proof = hmac.new(SECRET.encode(), now.encode() + text, hashlib.sha256).hexdigest()
    sources.post(name, text, {"Content-Type": "application/json", "X-Rootly-Signature": f"t={now},v1={proof}"})


def tell_rootly(sources, name, api):
    for one in api.incidents:
        plain = {**one["attributes"], "id": one["id"], "severity": {"slug": "sev1", "name": "sev1"}, "services": [{"name": "checkout"}], "environments": [{"name": "production"}]}
        began = {**plain, "status": "started", "acknowledged_at": None, "mitigated_at": None, "resolved_at": None}
        signed_at(sources, name, {"event": {"id": f"{name}{one['id']}c", "type": "incident.created", "issued_at": plain["created_at"]}, "data": began})
        kind = {"resolved": "resolved", "cancelled": "cancelled"}.get(plain["status"], "updated")
        signed_at(sources, name, {"event": {"id": f"{name}{one['id']}u", "type": f"incident.{kind}", "issued_at": plain["updated_at"]}, "data": plain})


def test_webhooks_of_rootly_and_its_api_tell_the_same(sources):
    tell = lambda name, api: tell_rootly(sources, name, api)
    sources.told_alike("rootly", lambda: Rootly(sources.daemon.house, [rootly(n, age(n, 20)) for n in range(1, 21)]), tell, sources.incidents)


# FireHydrant


def hydrant(number, days):
    """In turn resolved, acknowledged, a game day, started."""
    reached = [("started", 0), ("acknowledged", 0.1), ("resolved", 0.2)][: [3, 2, 1, 1][number % 4]]
    return {"id": f"f-{number}", "name": f"Outage {number}", "severity": "GAMEDAY" if number % 4 == 2 else "SEV1", "incident_url": f"https://app.firehydrant.example/incidents/{number}", "current_milestone": reached[-1][0],
            "milestones": [{"type": kind, "occurred_at": iso(days - later)} for kind, later in reached], "services": [{"name": "checkout"}], "environments": [{"name": "production"}], "role_assignments": [], "created_at": iso(days), "updated_at": iso(days - 0.3)}  # fmt: skip


def hydrants(count=COUNT):
    return [hydrant(n, age(n, count)) for n in range(1, count + 1)]


def tell_firehydrant(sources, name, api):
    for one in api.incidents:
        for reached in range(1, len(one["milestones"]) + 1):
            milestones = one["milestones"][:reached]
            body = {"event": {"operation": "CREATED" if reached == 1 and one["severity"] == "SEV1" else "UPDATED", "resource_type": "incident"}, "data": {"incident": {**one, "milestones": milestones, "current_milestone": milestones[-1]["type"]}}}
            post_signed(sources, name, body, "fh-signature")


def test_incidents_of_firehydrant(sources):
    api = FireHydrant(sources.daemon.house, hydrants())
    sources.connect(("firehydrant", api, "firehydrant", ""))
    assert sources.read_twice("firehydrant")[3] == 2
    found = {row[0]: row[1:] for row in sources.incidents("firehydrant")}
    assert len(found) == COUNT * 3 // 4 and found["f-120"] == ["resolved", "1", iso(1), iso(0.9), iso(0.8)]
    assert found["f-1"][0] == "acknowledged" and found["f-3"][0] == "open"


def test_webhooks_of_firehydrant_and_its_api_tell_the_same(sources):
    tell = lambda name, api: tell_firehydrant(sources, name, api)
    sources.told_alike("firehydrant", lambda: FireHydrant(sources.daemon.house, hydrants(20)), tell, sources.incidents)


@pytest.mark.parametrize("kind, make", [("pagerduty", PagerDuty), ("opsgenie", Opsgenie), ("incidentio", IncidentIo), ("rootly", Rootly), ("firehydrant", FireHydrant)])
def test_a_missing_permission_is_named(sources, kind, make):
    sources.connect((f"{kind}-refused", make(sources.daemon.house, [], forbidden=["/"]), kind, ""))
    done = sources.sync(f"{kind}-refused")
    assert done.returncode == 1 and "expected a token with the permission" in done.stderr and "403" in done.stderr, done.stderr


@pytest.mark.parametrize("kind, make", [("pagerduty", lambda house, **how: PagerDuty(house, log(), **how)), ("opsgenie", lambda house, **how: Opsgenie(house, alerts(), **how))])
def test_failures_that_pass_lose_nothing(sources, kind, make):
    sources.connect((f"{kind}-whole", make(sources.daemon.house), kind, ""), (f"{kind}-failing", make(sources.daemon.house, failures=["500", "truncated", "refused"], share=0.5, seed=SEED, limit=3), kind, ""))
    sources.complete(f"{kind}-whole")
    sources.complete(f"{kind}-failing")
    assert sources.incidents(f"{kind}-failing") == sources.incidents(f"{kind}-whole"), (SEED, NOW)
