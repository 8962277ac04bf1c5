"""Rootly's API, by its documentation."""
import hashlib
import hmac
import json
import time

from apis.runs import iso, post
from apis.server import Api, Reply
from harness import SECRET


class Rootly(Api):
    """Incidents as resources of JSON:API, each with its related ones as `included`."""

    SIZE = 50  # smaller than what may be asked for, so that tests have several pages

    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def is_authorized(self, headers):
        assert headers.get("Accept") == "application/vnd.api+json"
        return super().is_authorized(headers)

    def refusal(self):
        return Reply({"error": "Rate limit exceeded. Try again later."}, 429)

    def answer(self, asked):
        assert asked.path == "/v1/incidents" and (asked.query["sort"], asked.query["include"]) == ("created_at", "roles,causes")
        size, number = min(int(asked.query["page[size]"]), self.SIZE), int(asked.query["page[number]"])
        found = [one for one in self.incidents if one["attributes"]["updated_at"] >= asked.query["filter[updated_at][gte]"]]
        found.sort(key=lambda one: (one["attributes"]["created_at"], one["id"]))
        page, following = found[(number - 1) * size : number * size], number + 1 if number * size < len(found) else None
        link = following and f"https://api.rootly.example/v1/incidents?page%5Bnumber%5D={following}"
        included = {(resource["type"], resource["id"]): resource for one in page for resource in one["included"]}
        return Reply({"data": [{name: value for name, value in one.items() if name != "included"} for one in page], "included": list(included.values()),
                      "links": {"self": "", "first": "", "prev": None, "next": link, "last": ""}, "meta": {"current_page": number, "next_page": following, "prev_page": None, "total_count": len(found), "total_pages": -(-len(found) // size)}})  # fmt: skip

    # what tests read from it: an incident, and its webhooks

    @staticmethod
    def thing(number, source, days):
        """In turn: started, acknowledged, mitigated, resolved, closed, cancelled; every tenth is a test."""
        status = ["started", "acknowledged", "mitigated", "resolved", "closed", "cancelled"][number % 6]
        reached = lambda later, since: iso(days - later) if since <= number % 6 < 5 else None
        resource = lambda kind, name: {"data": {"id": f"{kind}-{name}", "type": kind, "attributes": {"name": name, "slug": name.lower()}}}
        role = {"id": f"role-{source}-{number}", "type": "incident_role_assignments", "attributes": {"user": {"data": {"id": "1", "type": "users", "attributes": {"full_name": "Ana"}}}}}
        cause = {"id": "cause-1", "type": "causes", "attributes": {"name": "Configuration", "slug": "configuration"}}
        reference = lambda one: {"id": one["id"], "type": one["type"]}
        return {
            "id": f"{source}-{number}", "type": "incidents", "included": [role, cause], "relationships": {"roles": {"data": [reference(role)]}, "causes": {"data": [reference(cause)]}, "events": {"meta": {}}},
            "attributes": {
                "title": f"Incident {number}", "kind": "test" if number % 10 == 0 else "normal", "slug": f"incident-{number}", "status": status, "url": f"https://{source}.rootly.example/incidents/{number}",
                "severity": resource("severities", "SEV2"), "services": [resource("services", f"checkout-{source}")], "environments": [resource("environments", "production")],
                "created_at": iso(days), "updated_at": iso(days - 0.5), "started_at": iso(days), "detected_at": iso(days - 0.01), "acknowledged_at": reached(0.05, 1), "mitigated_at": reached(0.1, 2), "resolved_at": reached(0.2, 3),
            },
        }  # fmt: skip

    @staticmethod
    def tell(daemon, name, one):
        attributes = one["attributes"]
        data = {**attributes, "id": one["id"], "severity": attributes["severity"]["data"]["attributes"], "roles": [{"user": {"full_name": "Ana"}}], "causes": [{"slug": "configuration"}]}
        data |= {field: [resource["data"]["attributes"] for resource in attributes[field]] for field in ("services", "environments")}

        def tell(kind, issued_at, **changes):
            body = json.dumps({"event": {"id": f"{one['id']}-{kind}", "type": kind, "issued_at": issued_at}, "data": {**data, **changes}}).encode()
            sent_at = str(int(time.time()))
            shown = hmac.new(SECRET.encode(), sent_at.encode() + body, hashlib.sha256).hexdigest()
            post(daemon, name, body, {"Content-Type": "application/json", "X-Rootly-Signature": f"t={sent_at},v1={shown}"})

        later = {"acknowledged_at": None, "mitigated_at": None, "resolved_at": None}
        tell("incident.created", attributes["created_at"], status="started", **later)
        last = {"cancelled": "incident.cancelled", "resolved": "incident.resolved", "mitigated": "incident.mitigated"}
        tell(last.get(attributes["status"], "incident.updated"), attributes["updated_at"])
