"""Jira's API, by its documentation: Cloud's search with tokens, and Data Center's with positions."""
import base64

from apis.server import Api, Reply

STATUSES = {"1": "new", "3": "indeterminate", "6": "done"}


class Jira(Api):
    """Issues with their fields and `changelog`; `user` is that of Cloud, None means Data Center."""

    def __init__(self, house, issues, user=None, **options):
        super().__init__(house, **options)
        self.issues, self.user = issues, user

    def is_authorized(self, headers):
        if not self.user:
            return super().is_authorized(headers)
        return headers.get("Authorization") == "Basic " + base64.b64encode(f"{self.user}:{self.TOKEN}".encode()).decode()

    def refusal(self):
        return Reply("", 429, Retry_After=self.pause)

    def limit_headers(self):
        return {}

    def answer(self, asked):
        if asked.path == "/rest/api/2/status":
            return Reply([{"id": number, "name": f"Status {number}", "statusCategory": {"key": key}} for number, key in STATUSES.items()])
        if asked.path == "/rest/api/2/search/jql" and self.user:
            body = asked.body
            assert body["expand"] == "changelog" and "statuscategorychangedate" in body["fields"]
            begin, found = int(body.get("nextPageToken") or 0), self.found(body["jql"])
            end = begin + body["maxResults"]
            return Reply({"issues": found[begin:end], "isLast": end >= len(found), **({"nextPageToken": str(end)} if end < len(found) else {})})
        if asked.path == "/rest/api/2/search" and not self.user:
            assert asked.query["expand"] == "changelog"
            begin, found = int(asked.query["startAt"]), self.found(asked.query["jql"])
            return Reply({"startAt": begin, "maxResults": 100, "total": len(found), "issues": found[begin : begin + int(asked.query["maxResults"])]})
        return Reply({"errorMessages": ["null for uri"]}, 404)

    def found(self, jql):
        """Those of the types and labels that the query names, updated since its time, the oldest first."""
        condition, _, rest = jql.partition(') AND updated >= "')
        since, _, order = rest.partition('"')
        assert order == " ORDER BY updated ASC, key ASC" and len(since) == 16, jql
        fits = lambda fields: f'"{fields["issuetype"]["name"]}"' in condition or any(f'"{label}"' in condition.partition("labels in")[2] for label in fields["labels"])
        all_found = [one for one in self.issues if fits(one["fields"]) and one["fields"]["updated"][:16].replace("T", " ") >= since]
        return sorted(all_found, key=lambda one: (one["fields"]["updated"], one["key"]))
