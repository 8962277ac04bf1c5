"""The APIs of PagerDuty, Opsgenie, incident.io, Rootly and FireHydrant, by their documentation."""
import time
import urllib.parse

from apis.server import Api, Reply


class PagerDuty(Api):
    """The log of all incidents, each entry with its incident; `most` entries of a window are shown."""

    def __init__(self, house, entries, most=10_000, **options):
        super().__init__(house, **options)
        self.entries, self.most = sorted(entries, key=lambda one: one["created_at"], reverse=True), most

    def is_authorized(self, headers):
        return headers.get("Authorization") == f"Token token={self.TOKEN}" and headers.get("Accept") == "application/vnd.pagerduty+json;version=2"

    def limit_headers(self):
        return {} if self.limit is None else {"ratelimit-remaining": self.left, "ratelimit-reset": max(1, int(self.reset - time.time()) + 1)}

    def refusal(self):
        return Reply({"error": {"message": "Rate Limit Exceeded", "code": 2020}}, 429)

    def answer(self, asked):
        if asked.path != "/log_entries":
            return Reply({"error": {"message": "Not Found", "code": 2100}}, 404)
        assert asked.query["include[]"] == "incidents" and asked.query["is_overview"] == "false"
        offset, limit = int(asked.query["offset"]), int(asked.query["limit"])
        if offset + limit > self.most or asked.query["until"] < asked.query["since"]:
            return Reply({"error": {"message": "Invalid Input Provided", "code": 2001}}, 400)
        found = [one for one in self.entries if asked.query["since"] <= one["created_at"] <= asked.query["until"]]
        return Reply({"log_entries": found[offset : offset + limit], "limit": limit, "offset": offset, "more": offset + limit < len(found), "total": None})


class Opsgenie(Api):
    def __init__(self, house, alerts, **options):
        super().__init__(house, **options)
        self.alerts = alerts

    def is_authorized(self, headers):
        return headers.get("Authorization") == f"GenieKey {self.TOKEN}"

    def limit_headers(self):
        return {} if self.limit is None else {"X-RateLimit-State": "OK"}

    def refusal(self):
        return Reply({"message": "You are making too many requests!"}, 429)

    def answer(self, asked):
        if asked.path != "/v2/alerts":
            return Reply({"message": "Not found"}, 404)
        assert (asked.query["sort"], asked.query["order"]) == ("updatedAt", "desc")
        begin, size = int(asked.query.get("offset", 0)), int(asked.query["limit"])
        found = sorted(self.alerts, key=lambda one: one["updatedAt"], reverse=True)
        query = urllib.parse.urlencode({**asked.query, "offset": begin + size})
        paging = {"next": f"https://api.opsgenie.example{asked.raw_path}?{query}"} if begin + size < len(found) else {}
        return Reply({"data": found[begin : begin + size], "paging": paging, "took": 0.1})


class IncidentIo(Api):
    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def limit_headers(self):
        return {}

    def answer(self, asked):
        if asked.path != "/v2/incidents":
            return Reply({"type": "not_found"}, 404)
        size, found = int(asked.query["page_size"]), [one for one in self.incidents if one["updated_at"] >= asked.query["updated_at[gte]"]]
        begin = next((n + 1 for n, one in enumerate(found) if one["id"] == asked.query.get("after")), 0)
        page = found[begin : begin + min(size, 50)]  # as if 50 were the most, so that there are pages
        return Reply({"incidents": page, "pagination_meta": {"page_size": size, **({"after": page[-1]["id"]} if begin + 50 < len(found) else {})}})


class Rootly(Api):
    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def is_authorized(self, headers):
        return super().is_authorized(headers) and headers.get("Accept") == "application/vnd.api+json"

    def answer(self, asked):
        if asked.path != "/v1/incidents":
            return Reply({"errors": [{"title": "Not found"}]}, 404)
        size, number = int(asked.query["page[size]"]), int(asked.query["page[number]"])
        found = [one for one in self.incidents if one["attributes"]["updated_at"] >= asked.query["filter[updated_at][gte]"]]
        last = max(1, -(-len(found) // size))
        return Reply({"data": found[(number - 1) * size : number * size], "meta": {"current_page": number, "next_page": number + 1 if number < last else None, "total_pages": last}})


class FireHydrant(Api):
    def __init__(self, house, incidents, **options):
        super().__init__(house, **options)
        self.incidents = incidents

    def answer(self, asked):
        if asked.path != "/v1/incidents":
            return Reply({"detail": "not found"}, 404)
        size, number = int(asked.query["per_page"]), int(asked.query["page"])
        found = [one for one in self.incidents if one["updated_at"] > asked.query["updated_after"]]
        pages = max(1, -(-len(found) // size))
        return Reply({"data": found[(number - 1) * size : number * size], "pagination": {"count": len(found), "page": number, "pages": pages, "next": number + 1 if number < pages else None}})
