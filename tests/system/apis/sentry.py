"""Sentry's API, by its documentation."""
import re
import urllib.parse

from apis.server import Api, Reply


class Sentry(Api):
    """Organizations by slug, each a list of issues with the members of the list, and `event` (the first one, None: expired) and
    `activity` (the oldest first)."""

    def __init__(self, house, organizations, **options):
        super().__init__(house, **options)
        self.organizations = organizations

    def limit_headers(self):
        return {} if self.limit is None else {"X-Sentry-Rate-Limit-Remaining": self.left, "X-Sentry-Rate-Limit-Reset": int(self.reset + self.skew) + 1}

    def refusal(self):
        return Reply({"detail": "You are attempting to use this endpoint too frequently."}, 429)

    def answer(self, asked):
        if asked.path == "/api/0/organizations/":
            return self.page(asked, [{"slug": slug, "name": slug.title()} for slug in self.organizations], 100)
        match = re.fullmatch(r"/api/0/organizations/([^/]+)/issues/(?:([^/]+)/(events/oldest/)?)?", asked.path)
        issues = match and self.organizations.get(match[1])
        if issues is None:
            return Reply({"detail": "The requested resource does not exist"}, 404)
        if not match[2]:
            return self.issues(asked, issues)
        issue = next(one for one in issues if one["id"] == match[2])
        if match[3]:
            return Reply({"groupID": issue["id"], **issue["event"]}) if issue["event"] else Reply({"detail": "Event not found"}, 404)
        return Reply({**self.listed(issue), "activity": issue["activity"][::-1]})

    def issues(self, asked, issues):
        query = urllib.parse.parse_qs(asked.full.partition("?")[2], keep_blank_values=True)
        assert query["query"] == [""] and query["project"] == ["-1"]
        order = {"new": "firstSeen", "date": "lastSeen"}[asked.query["sort"]]
        found = [one for one in issues if one["lastSeen"][:19] >= asked.query["start"] and one["firstSeen"][:19] <= asked.query["end"]]
        found.sort(key=lambda one: (one[order], one["id"]), reverse=True)
        return self.page(asked, [self.listed(one) for one in found], int(asked.query["limit"]))

    @staticmethod
    def listed(issue):
        return {name: value for name, value in issue.items() if name not in ("event", "activity")}

    @staticmethod
    def page(asked, objects, size):
        """A page by its cursor; there are always links to both neighbours, with whether they have results."""
        begin = int(asked.query.get("cursor", "0:0:0").split(":")[1])

        def link(position, name, has_results):
            query = urllib.parse.urlencode({**dict(urllib.parse.parse_qsl(asked.full.partition("?")[2], keep_blank_values=True)), "cursor": f"0:{position}:0"})
            return f'<https://sentry.example{asked.raw_path}?{query}>; rel="{name}"; results="{str(has_results).lower()}"; cursor="0:{position}:0"'

        links = [link(max(0, begin - size), "previous", begin > 0), link(begin + size, "next", begin + size < len(objects))]
        return Reply(objects[begin : begin + size], Link=", ".join(links))
