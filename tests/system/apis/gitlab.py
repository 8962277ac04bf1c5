"""GitLab's REST and GraphQL API, by its documentation."""
import re

from apis.server import Api, Reply, page_of


class GitLab(Api):
    """Projects by path, each a dictionary: default_branch, switched-off features (`issues_access_level` and so on), and lists of REST
    objects in any order: deployments, merge_requests, commits, tags, issues; releases in the form of GraphQL."""

    def __init__(self, house, projects, **options):
        super().__init__(house, **options)
        self.projects = projects

    def limit_headers(self):
        return {} if self.limit is None else {"RateLimit-Remaining": self.left, "RateLimit-Reset": int(self.reset + self.skew) + 1}

    def refusal(self):
        return Reply("Retry later\n", 429)

    def answer(self, asked):
        if asked.path == "/api/graphql":
            return (self.tiers if "tier" in asked.body["query"] else self.releases)(asked.body["query"], asked.body["variables"])
        if group := re.fullmatch(r"/api/v4/groups/(.+)/projects", asked.path):
            assert asked.query["include_subgroups"] == "true"
            return self.listed(asked, [self.project(path) for path in sorted(self.projects) if path.startswith(group[1] + "/")])
        if asked.path == "/api/v4/projects":
            assert asked.query["membership"] == "true"
            return self.listed(asked, [self.project(path) for path in sorted(self.projects)])
        match = re.fullmatch(r"/api/v4/projects/([^/]+(?:/[^/]+)+?)(?:/(deployments|merge_requests|repository/commits|repository/tags|issues))?", asked.path)
        if not match or match[1] not in self.projects:
            return Reply({"message": "404 Project Not Found"}, 404)
        assert "%2F" in asked.raw_path
        if not match[2]:
            return Reply(self.project(match[1]))
        return getattr(self, match[2].replace("repository/", ""))(asked, self.projects[match[1]])

    def project(self, path):
        features = {name: value for name, value in self.projects[path].items() if not isinstance(value, list)}
        return {"id": sum(path.encode()), "path_with_namespace": path, "web_url": f"https://gitlab.example/{path}", **features}

    @staticmethod
    def listed(asked, objects):
        page, headers = page_of(asked, objects)
        return Reply(page, **headers)

    def changed(self, asked, objects):
        """Those that were updated in the span that is asked for, the oldest first."""
        assert (asked.query["order_by"], asked.query["sort"]) == ("updated_at", "asc")
        found = [one for one in objects if asked.query["updated_after"] <= one["updated_at"] <= asked.query["updated_before"]]
        return self.listed(asked, sorted(found, key=lambda one: (one["updated_at"], one["id"])))

    def deployments(self, asked, project):
        return self.changed(asked, project.get("deployments", []))

    def merge_requests(self, asked, project):
        assert (asked.query["state"], asked.query["scope"]) == ("merged", "all")
        return self.changed(asked, [one for one in project.get("merge_requests", []) if one["state"] == "merged"])

    def issues(self, asked, project):
        assert asked.query["scope"] == "all"
        fits = lambda one: asked.query.get("issue_type", one["issue_type"]) == one["issue_type"] and asked.query.get("labels") in (None, *one["labels"])
        return self.changed(asked, [one for one in project.get("issues", []) if fits(one)])

    def commits(self, asked, project):
        assert asked.query["ref_name"] == project["default_branch"]
        found = [one for one in project.get("commits", []) if asked.query["since"] <= one["committed_date"] <= asked.query["until"]]
        return self.listed(asked, sorted(found, key=lambda one: one["committed_date"], reverse=True))

    def tags(self, asked, project):
        assert (asked.query["order_by"], asked.query["sort"]) == ("updated", "desc")
        return self.listed(asked, sorted(project.get("tags", []), key=lambda one: one["created_at"] or one["commit"]["created_at"], reverse=True))

    def tiers(self, query, variables):
        """Of the environments that the project has under `tiers`."""
        project = self.projects.get(variables["path"])
        names = {name.replace("name", "e"): value for name, value in variables.items() if name != "path"}
        assert all(f"{alias}: environment(name: $name{alias[1:]})" in query for alias in names)
        known = (project or {}).get("tiers", {})
        return Reply({"data": {"project": project and {alias: {"name": name, "tier": known[name]} if name in known else None for alias, name in names.items()}}})

    def releases(self, query, variables):
        assert "RELEASED_AT_DESC" in query
        project = self.projects.get(variables["path"])
        if not project:
            return Reply({"data": {"project": None}})
        found = sorted(project.get("releases", []), key=lambda one: one["releasedAt"], reverse=True)
        begin = int(variables["after"] or 0)
        end = begin + 100
        return Reply({"data": {"project": {"releases": {"nodes": found[begin:end], "pageInfo": {"hasNextPage": end < len(found), "endCursor": str(end)}}}}})
