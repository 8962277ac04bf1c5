"""Opsgenie's Alert API, by its documentation."""
import datetime
import json
import re

from apis.runs import iso, post
from apis.server import Api, Reply
from harness import SECRET


def milliseconds(text):
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


class OpsGenie(Api):
    """Alerts in the form of GET /v2/alerts/ID: the list lacks their entity, details and description."""

    MOST = 20_000  # alerts of a query
    DETAILS = ("entity", "details", "description", "actions")

    def __init__(self, house, alerts, **options):
        super().__init__(house, **options)
        self.alerts = alerts

    def is_authorized(self, headers):
        return headers.get("Authorization") == f"GenieKey {self.TOKEN}"

    def limit_headers(self):
        return {} if self.limit is None else {"X-RateLimit-State": "OK" if self.left else "THROTTLED", "X-RateLimit-Reason": "ACCOUNT", "X-RateLimit-Period-In-Sec": int(self.pause) + 1}

    def refusal(self):
        return Reply({"message": "You are making too many requests!", "took": 0.001, "requestId": "1"}, 429)

    def answer(self, asked):
        if match := re.fullmatch("/v2/alerts/([^/]+)", asked.path):
            assert asked.query["identifierType"] == "id"
            found = [one for one in self.alerts if one["id"] == match[1]]
            return Reply({"data": found[0]}) if found else Reply({"message": "Alert does not exist"}, 404)
        assert asked.path == "/v2/alerts"
        sign, limit = re.fullmatch(r"createdAt ([<>]) (\d{13})", asked.query["query"]).groups()
        offset, size, key = int(asked.query["offset"]), min(int(asked.query["limit"]), 100), asked.query["sort"]
        if offset + size > self.MOST:
            return Reply({"message": "The sum of offset and limit is too large"}, 422)
        is_asked_for = lambda one: (milliseconds(one["createdAt"]) > int(limit)) == (sign == ">")
        found = sorted(filter(is_asked_for, self.alerts), key=lambda one: (one[key], one["id"]), reverse=asked.query["order"] == "desc")
        listed = [{name: value for name, value in one.items() if name not in self.DETAILS} for one in found[offset : offset + size]]
        paging = {"first": "https://api.opsgenie.example/v2/alerts?offset=0"}
        if offset + size < len(found):
            paging["next"] = f"https://api.opsgenie.example/v2/alerts?offset={offset + size}"
        return Reply({"data": listed, "paging": paging, "took": 0.1, "requestId": "1"})

    # what tests read from it: an alert, and its webhooks

    @staticmethod
    def thing(number, source, days):
        """Every second is acknowledged, every third closed; every fourth has its service as entity only."""
        is_acknowledged, is_closed = number % 2 == 0, number % 3 == 0
        report = {}
        if is_acknowledged:
            report |= {"ackTime": 600_000, "acknowledgedBy": "ana@acme.example"}
        if is_closed:
            report |= {"closeTime": 7_200_000, "closedBy": "ben@acme.example"}
        service = f"checkout-{source}"
        return {
            "id": f"{source}-{number}", "tinyId": str(number), "alias": f"alias-{source}-{number}", "message": f"Incident {number}", "status": "closed" if is_closed else "open",
            "acknowledged": is_acknowledged, "isSeen": True, "tags": ["env:production"] if number % 4 == 0 else ["env:production", f"service:{service}"], "snoozed": False, "count": number,
            "lastOccurredAt": iso(days), "createdAt": iso(days), "updatedAt": iso(days - 2 / 24), "source": "probe", "owner": "ana@acme.example", "priority": "P2", "responders": [], "report": report,
            "entity": service, "details": {"page": f"https://probe.example/{source}/{number}"}, "description": "", "integration": {"id": "1", "name": "API", "type": "API"},
        }  # fmt: skip

    @staticmethod
    def tell(daemon, name, one):
        created_at = milliseconds(one["createdAt"])
        alert = {field: one[field] for field in ("message", "tags", "alias", "entity", "priority", "tinyId")} | {"alertId": one["id"], "createdAt": created_at}

        def tell(action, elapsed, username="System"):
            body = json.dumps({"action": action, "alert": {**alert, "username": username, "updatedAt": (created_at + elapsed) * 1_000_000}, "integrationName": "Webhook"})
            post(daemon, name, body, {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"})

        tell("Create", 0)
        if "ackTime" in one["report"]:
            tell("Acknowledge", one["report"]["ackTime"], one["report"]["acknowledgedBy"])
        if "closeTime" in one["report"]:
            tell("Close", one["report"]["closeTime"], one["report"]["closedBy"])
