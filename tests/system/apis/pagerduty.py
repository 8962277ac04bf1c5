"""PagerDuty's REST API, by its documentation."""
import hashlib
import json
import random

from apis.runs import iso, post, proof
from apis.server import Api, Reply


class PagerDuty(Api):
    """Incidents in the form of GET /incidents, each with its log entries as `log` (without their `incident`)."""

    MOST = 10_000  # records of a query

    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def is_authorized(self, headers):
        assert headers.get("Accept") == "application/vnd.pagerduty+json;version=2"
        return headers.get("Authorization") == f"Token token={self.TOKEN}"

    def limit_headers(self):
        return {} if self.limit is None else {"ratelimit-limit": self.limit, "ratelimit-remaining": self.left, "ratelimit-reset": int(self.pause) + 1}

    def refusal(self):
        return Reply({"error": {"message": "Rate Limit Exceeded", "code": 2020}}, 429)

    def answer(self, asked):
        if asked.path != "/log_entries":
            return Reply({"error": {"message": "Not Found", "code": 2100}}, 404)
        assert (asked.query["time_zone"], asked.query["is_overview"], asked.query["include[]"]) == ("UTC", "false", "incidents")
        offset, limit = int(asked.query["offset"]), min(int(asked.query["limit"]), 100)
        if offset + limit > self.MOST:
            return Reply({"error": {"message": "Invalid Input Provided", "code": 2001, "errors": ["Offset is too large"]}}, 400)
        listed = lambda one: {name: value for name, value in one.items() if name != "log"}
        entries = [(entry, one) for one in self.incidents for entry in one["log"] if asked.query["since"] <= entry["created_at"] < asked.query["until"]]
        entries.sort(key=lambda pair: (pair[0]["created_at"], pair[0]["id"]), reverse=True)
        page = [{**entry, "incident": listed(one)} for entry, one in entries[offset : offset + limit]]
        return Reply({"log_entries": page, "limit": limit, "offset": offset, "more": offset + limit < len(entries), "total": None})

    # what tests read from it: an incident, and its webhooks

    @staticmethod
    def thing(number, source, days):
        """Every second is acknowledged, every third resolved, every twelfth merged into another, every fifteenth returns after that."""
        reference = lambda kind, summary: {"id": f"P{summary}", "type": f"{kind}_reference", "summary": summary}
        log = []

        def then(kind, **more):
            created_at = iso(days - 0.05 * len(log))
            log.append({"id": f"R{number:03}{len(log)}", "type": f"{kind}_log_entry", "created_at": created_at, "agent": reference("service", "Monitoring"), **more})

        then("trigger")
        then("assign", assignees=[reference("user", "Ana"), reference("user", "Ben")])
        if number % 2 == 0:
            then("acknowledge", agent=reference("user", "Ana"))
        if number % 5 == 0:
            then("annotate", agent=reference("user", "Ana"))
        status = "acknowledged" if number % 2 == 0 else "triggered"
        if number % 3 == 0:
            then("resolve", agent=reference("user", "Ben"))
            status = "resolved"
        if number % 15 == 0:
            status = "triggered"
        changed_at = iso(days - 0.3) if number % 15 == 0 else log[-1]["created_at"]
        return {
            "id": f"{source}{number}", "type": "incident", "incident_number": number, "title": f"Incident {number}", "status": status, "urgency": "low" if number % 7 == 0 else "high",
            "created_at": iso(days), "updated_at": iso(days - 0.4), "last_status_change_at": changed_at, "resolved_at": changed_at if status == "resolved" else None,
            "html_url": f"https://{source}.pagerduty.example/incidents/{number}", "incident_key": f"key-{source}-{number}", "service": reference("service", f"checkout-{source}"),
            "priority": reference("priority", "P2"), "assignments": [], "acknowledgements": [], "alert_counts": {"all": random.randrange(100)},
            "resolve_reason": {"type": "merge_resolve_reason"} if number % 12 == 0 and status == "resolved" else None, "log": log,
        }  # fmt: skip

    @staticmethod
    def tell(daemon, name, one):
        """The webhooks of an incident."""
        data = {key: value for key, value in one.items() if key not in ("log", "assignments", "resolve_reason", "last_status_change_at")}

        def tell(event_type, occurred_at, assignees=(), **more):
            shown = [{"type": "user_reference", "summary": summary} for summary in assignees]
            body = json.dumps({"event": {"id": f"{one['id']}{event_type}{occurred_at}", "event_type": event_type, "occurred_at": occurred_at, "data": {**data, "assignees": shown, **more}}}).encode()
            post(daemon, name, body, {"Content-Type": "application/json", "X-PagerDuty-Signature": "v1=" + proof(body), "X-Webhook-Id": hashlib.sha256(body).hexdigest()})

        for entry in one["log"]:
            kind = entry["type"].removesuffix("_log_entry")
            if kind == "trigger":
                tell("incident.triggered", entry["created_at"], ["Ana", "Ben"])
            elif kind == "acknowledge":
                tell("incident.acknowledged", entry["created_at"], ["Ana"])
            elif kind == "resolve":
                tell("incident.resolved", entry["created_at"], resolve_reason=one["resolve_reason"])
        if one["incident_number"] % 15 == 0:
            tell("incident.reopened", one["last_status_change_at"], ["Ana", "Ben"])
