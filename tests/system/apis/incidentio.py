"""incident.io's API, by its documentation."""
import base64
import email.utils
import hashlib
import hmac
import json
import time

from apis.runs import iso, post
from apis.server import Api, Reply
from harness import SECRET


class IncidentIo(Api):
    """Incidents in the form of GET /v2/incidents, each with `updates`, the latest first."""

    SIZE = 50  # smaller than what may be asked for, so that tests have several pages

    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def limit_headers(self):
        return {}

    def refusal(self):
        """The end of the limit is told in the body only."""
        end = email.utils.formatdate(self.reset + self.skew + 1, usegmt=True).replace("GMT", "UTC")
        limit = {"name": "sync", "limit": self.limit, "remaining": 0, "retry_after": end}
        return Reply({"type": "too_many_requests", "status": 429, "rate_limit": limit, "errors": [{"code": "too_many_requests", "message": "Too many requests."}]}, 429)

    def answer(self, asked):
        if asked.path == "/v2/incident_updates":
            return self.page(asked, "incident_updates", next(one["updates"] for one in self.incidents if one["id"] == asked.query["incident_id"]))
        assert asked.path == "/v2/incidents" and asked.query["sort_by"] == "created_at_oldest_first" and "updated_at%5Bgte%5D=" in asked.full
        found = [one for one in self.incidents if one["updated_at"][:10] >= asked.query["updated_at[gte]"] and one["mode"] in ("standard", "retrospective")]
        found.sort(key=lambda one: (one["created_at"], one["id"]))
        return self.page(asked, "incidents", [{name: value for name, value in one.items() if name != "updates"} for one in found])

    def page(self, asked, name, objects):
        assert int(asked.query["page_size"]) <= 250
        begin = next((n for n, one in enumerate(objects, 1) if one["id"] == asked.query.get("after")), 0)
        size = min(int(asked.query["page_size"]), self.SIZE)
        meta = {"page_size": size, **({"after": objects[begin + size - 1]["id"]} if begin + size < len(objects) else {})}
        return Reply({name: objects[begin : begin + size], "pagination_meta": meta})

    # what tests read from it: an incident, and its webhooks

    @staticmethod
    def statuses(number):
        """In turn: live, live and accepted, resolved, closed after the review, declined, closed and reopened; every second of these resolved again."""
        later = [[], [], [("learning", 0.2)], [("learning", 0.2), ("closed", 0.4)], [("declined", 0.2)], [("closed", 0.2), ("live", 0.3)]]
        return [("triage", 0), ("live", 0.02), ("live", 0.03), *later[number % 6], *([("closed", 0.4)] if number % 12 == 11 else [])]

    @classmethod
    def thing(cls, number, source, days):
        """Every tenth is private, every ninth a test; every fourth has no timestamp of its resolution."""
        status = lambda category: {"id": category, "name": category.title(), "category": category, "rank": 1}
        statuses = cls.statuses(number)
        updates = [{"id": f"{source}{number:04}-{n}", "incident_id": f"{source}{number:04}", "created_at": iso(days - later), "new_incident_status": status(category), "message": ""} for n, (category, later) in enumerate(statuses)]
        times = {"Reported at": iso(days), "Impact started at": iso(days + 0.1) if number % 2 else None}
        times["Accepted at"] = iso(days - 0.05) if number % 6 in (1, 2, 3) else None
        times["Resolved at"] = iso(days - 0.19) if number % 6 in (2, 3) and number % 4 else None
        option = lambda name, value: {"custom_field": {"id": name, "name": name, "field_type": "single_select"}, "values": [{"value_option": {"id": value, "value": value}}]}
        return {
            "id": f"{source}{number:04}", "reference": f"INC-{number}", "name": f"Incident {number}", "mode": "test" if number % 9 == 0 else "standard", "visibility": "private" if number % 10 == 0 else "public",
            "created_at": iso(days), "updated_at": iso(days - 0.5), "incident_status": status(statuses[-1][0]), "severity": {"id": "1", "name": "Major", "rank": 2},
            "permalink": f"https://{source}.incident.example/incidents/{number}", "summary": "", "custom_field_entries": [option("Affected services", f"checkout-{source}"), option("Environment", "production")],
            "incident_timestamp_values": [{"incident_timestamp": {"id": name, "name": name, "rank": 1}, "value": {"value": value} if value else None} for name, value in times.items()],
            "incident_role_assignments": [{"role": {"name": "Lead"}, "assignee": {"id": "1", "name": "Ana", "email": "ana@acme.example"}}], "workload_minutes_total": 90.7 if number % 2 else 0, "updates": updates[::-1],
        }  # fmt: skip

    @classmethod
    def tell(cls, daemon, name, one):
        """Created in triage, each change of the status, and a last update."""
        if one["mode"] == "test" or one["visibility"] == "private":
            return

        def tell(kind, updated_at, status, before=None):
            incident = {**one, "updated_at": updated_at, "incident_status": status}
            incident["incident_timestamp_values"] = [t for t in one["incident_timestamp_values"] if t["value"] and t["value"]["value"] <= updated_at]
            incident.pop("updates")
            if before:
                incident = {"incident": incident, "previous_status": before, "new_status": status}
            body = json.dumps({"event_type": kind, kind: incident}).encode()
            identifier, sent_at = "msg_" + hashlib.sha256(body).hexdigest()[:24], str(int(time.time()))
            shown = base64.b64encode(hmac.new(SECRET.encode(), f"{identifier}.{sent_at}.".encode() + body, hashlib.sha256).digest()).decode()
            post(daemon, name, body, {"Content-Type": "application/json", "webhook-id": identifier, "webhook-timestamp": sent_at, "webhook-signature": "v1," + shown})

        before, *updates = one["updates"][::-1]
        tell("public_incident.incident_created_v2", one["created_at"], before["new_incident_status"])
        for update in updates:
            if update["new_incident_status"] != before["new_incident_status"]:
                tell("public_incident.incident_status_updated_v2", update["created_at"], update["new_incident_status"], before["new_incident_status"])
            before = update
        tell("public_incident.incident_updated_v2", one["updated_at"], one["incident_status"])
