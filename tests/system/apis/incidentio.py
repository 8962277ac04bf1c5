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
    """Incidents in the form of GET /v2/incidents; test incidents are not listed."""

    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def limit_headers(self):
        return {}

    def refusal(self):
        return Reply({"type": "too_many_requests", "status": 429, "errors": [{"code": "too_many_requests", "message": "Rate limit exceeded"}]}, 429,
                     Retry_After=email.utils.formatdate(time.time() + self.skew + self.pause + 1, usegmt=True))  # fmt: skip

    def answer(self, asked):
        assert asked.path == "/v2/incidents" and asked.query["sort_by"] == "created_at_oldest_first"
        size = min(int(asked.query["page_size"]), 250)
        found = [one for one in self.incidents if one["updated_at"][:10] >= asked.query["updated_at[gte]"] and one["mode"] in ("standard", "retrospective")]
        found.sort(key=lambda one: (one["created_at"], one["id"]))
        ids = [one["id"] for one in found]
        begin = ids.index(asked.query["after"]) + 1 if "after" in asked.query else 0
        page = found[begin : begin + size]
        meta = {"page_size": size, "total_record_count": len(found)}
        if begin + size < len(found):
            meta["after"] = page[-1]["id"]
        return Reply({"incidents": page, "pagination_meta": meta})

    # what tests read from it: an incident, and its webhooks

    @staticmethod
    def thing(number, source, days):
        """In turn: live, accepted, resolved in the post-incident flow, closed after it, declined, merged. Every tenth is private, every ninth a test."""
        category = ["live", "live", "learning", "closed", "declined", "merged"][number % 6]
        times = {"Reported at": iso(days), "Impact started at": iso(days + 0.1) if number % 2 else None}
        times["Accepted at"] = iso(days - 0.05) if number % 6 in (1, 2, 3) else None
        times["Resolved at"] = iso(days - 0.2) if number % 6 in (2, 3) else None
        times["Closed at"] = iso(days - 0.4) if number % 6 == 3 else None
        option = lambda name, value: {"custom_field": {"id": name, "name": name, "field_type": "single_select"}, "values": [{"value_option": {"id": value, "value": value}}]}
        return {
            "id": f"{source}{number:04}", "reference": f"INC-{number}", "name": f"Incident {number}", "mode": "test" if number % 9 == 0 else "standard", "visibility": "private" if number % 10 == 0 else "public",
            "created_at": iso(days), "updated_at": iso(days - 0.5), "incident_status": {"id": category, "name": category.title(), "category": category, "rank": 1}, "severity": {"id": "1", "name": "Major", "rank": 2},
            "permalink": f"https://{source}.incident.example/incidents/{number}", "summary": "", "custom_field_entries": [option("Affected services", f"checkout-{source}"), option("Environment", "production")],
            "incident_timestamp_values": [{"incident_timestamp": {"id": name, "name": name, "rank": 1}, "value": {"value": value} if value else None} for name, value in times.items()],
            "incident_role_assignments": [{"role": {"name": "Lead"}, "assignee": {"id": "1", "name": "Ana", "email": "ana@acme.example"}}], "workload_minutes_total": 90.7 if number % 2 else 0,
        }  # fmt: skip

    @staticmethod
    def tell(daemon, name, one):
        """Created in triage; then its present status, or the last two."""
        if one["mode"] == "test" or one["visibility"] == "private":
            return

        def tell(kind, updated_at, category, before=None):
            incident = {**one, "updated_at": updated_at, "incident_status": {**one["incident_status"], "category": category}}
            if category in ("triage", "live"):  # without the times that come later
                incident["incident_timestamp_values"] = [t for t in one["incident_timestamp_values"] if t["incident_timestamp"]["name"] not in ("Resolved at", "Closed at")]
            if before:
                incident = {"incident": incident, "previous_status": {"category": before}, "new_status": {"category": category}}
            body = json.dumps({"event_type": kind, kind: incident}).encode()
            identifier, sent_at = "msg_" + hashlib.sha256(body).hexdigest()[:24], str(int(time.time()))
            shown = base64.b64encode(hmac.new(SECRET.encode(), f"{identifier}.{sent_at}.".encode() + body, hashlib.sha256).digest()).decode()
            post(daemon, name, body, {"Content-Type": "application/json", "webhook-id": identifier, "webhook-timestamp": sent_at, "webhook-signature": "v1," + shown})

        times = {t["incident_timestamp"]["name"]: (t["value"] or {}).get("value") for t in one["incident_timestamp_values"]}
        category, changed = one["incident_status"]["category"], "public_incident.incident_status_updated_v2"
        tell("public_incident.incident_created_v2", one["created_at"], "triage")
        if category == "closed":
            tell(changed, times["Resolved at"], "learning", "live")
            tell(changed, times["Closed at"], "closed", "learning")
        else:
            tell(changed, one["updated_at"], category, "triage")
