"""FireHydrant's API, by its documentation."""
import json

from apis.runs import iso, post, proof
from apis.server import Api, Reply

MILESTONES = ("started", "detected", "acknowledged", "mitigated", "resolved", "retrospective_completed")


class FireHydrant(Api):
    """Incidents in the form of GET /v1/incidents."""

    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def limit_headers(self):
        return {}

    def refusal(self):
        return Reply({"error": "rate limit exceeded"}, 429, RateLimit_Limit=self.limit, Retry_After=int(self.pause) + 1)

    def answer(self, asked):
        assert asked.path == "/v1/incidents"
        size, number, wants_archived = min(int(asked.query["per_page"]), 50), int(asked.query["page"]), asked.query.get("archived") == "true"
        found = [one for one in self.incidents if one["updated_at"] > asked.query["updated_after"] and (one["discarded_at"] is not None) == wants_archived]
        found.sort(key=lambda one: one["created_at"], reverse=True)
        pages = -(-len(found) // size)
        page = [{name: value for name, value in one.items() if name not in ("updated_at", "reached")} for one in found[(number - 1) * size : number * size]]
        return Reply({"data": page, "pagination": {"count": len(found), "page": number, "items": size, "pages": pages, "last": pages, "prev": None, "next": number + 1 if number < pages else None}})

    # what tests read from it: an incident, and its webhooks

    @staticmethod
    def thing(number, source, days):
        """They have reached the milestones in turn, every fourth by an investigation without an acknowledgement; every tenth is a game day, every eleventh
        archived. Every second tells its milestones by phases only."""
        kinds = ["investigating" if kind == "acknowledged" and number % 4 == 0 else kind for kind in MILESTONES[: number % 6 + 1]]
        reached = [{"type": kind, "occurred_at": iso(days - 0.05 * n)} for n, kind in enumerate(kinds)]
        phases = [{"name": "Some phase", "milestones": [{"slug": one["type"], "occurred_at": one["occurred_at"]} for one in reached] + [{"slug": "closed", "occurred_at": None}]}]
        named = lambda name: {"id": name, "name": name}
        return {
            "id": f"{source}-{number}", "name": f"Incident {number}", "created_at": iso(days), "started_at": iso(days), "updated_at": iso(days - 0.5), "discarded_at": iso(days - 0.5) if number % 11 == 0 else None,
            "description": "", "summary": "", "severity": "GAMEDAY" if number % 10 == 0 else "SEV2", "current_milestone": reached[-1]["type"], "milestones": [] if number % 2 else reached, "lifecycle_phases": phases,
            "incident_url": f"https://{source}.firehydrant.example/incidents/{number}", "services": [named(f"checkout-{source}")], "environments": [named("production")],
            "role_assignments": [{"status": "active", "user": {"id": "1", "name": "Ana"}}], "reached": reached,
        }  # fmt: skip

    @staticmethod
    def tell(daemon, name, one):
        def tell(operation, milestones):
            incident = {**one, "milestones": milestones, "current_milestone": milestones[-1]["type"], "discarded_at": None}
            body = json.dumps({"event": {"operation": operation, "resource_type": "incident"}, "data": {"incident": incident}}).encode()
            post(daemon, name, body, {"Content-Type": "application/json", "fh-signature": proof(body)})

        for count in range(1, len(one["reached"]) + 1):
            tell("CREATED" if count == 1 else "UPDATED", one["reached"][:count])
        if one["discarded_at"]:
            tell("ARCHIVED", one["reached"])
