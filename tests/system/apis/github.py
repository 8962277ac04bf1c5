"""GitHub's REST and GraphQL API, by its documentation."""
import re
from apis.server import Api, Reply, page_of


class GitHub(Api):
    """Repositories by full name, each a dictionary: default_branch, and lists of REST objects in any order: deployments (each with
    `statuses`), releases, runs, pulls, commits, issues; tags in the form of GraphQL."""

    SIZE = 30  # statuses of a deployment in one answer

    def __init__(self, house, repositories, **options):
        super().__init__(house, **options)
        self.repositories = repositories
        self.sorted, self.nodes = {}, {}
        for repository in repositories.values():
            for name in ("deployments", "pulls"):
                self.nodes.update({one["node_id"]: one for one in repository.get(name, [])})

    def answer(self, asked):
        if asked.path.endswith("/graphql"):
            return self.graphql(asked.body["query"], asked.body["variables"])
        match = re.fullmatch(r"/repos/([^/]+/[^/]+)/(deployments|releases|actions/runs|pulls|commits|issues)", asked.path)
        repository = match and self.repositories.get(match[1])
        if not repository:
            return Reply({"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}, 404)
        return getattr(self, match[2].replace("/", "_"))(asked, repository)

    def list(self, asked, repository, name, key, *, member=None, without=(), condition=None):
        """A page of the repository's objects, the newest first."""
        objects = self.sorted.setdefault((id(repository), name), sorted(repository.get(name, []), key=key, reverse=True))
        if condition:
            objects = [one for one in objects if condition(one)]
        page, headers = page_of(asked, objects)
        page = [{k: v for k, v in one.items() if k not in without} for one in page]
        return Reply({"total_count": len(objects), member: page} if member else page, **headers)

    def deployments(self, asked, repository):
        return self.list(asked, repository, "deployments", lambda one: (one["created_at"], one["id"]), without=["statuses"])

    def releases(self, asked, repository):
        return self.list(asked, repository, "releases", lambda one: one["created_at"])

    def actions_runs(self, asked, repository):
        return self.list(asked, repository, "runs", lambda one: one["created_at"], member="workflow_runs")

    def pulls(self, asked, repository):
        assert (asked.query["state"], asked.query["sort"], asked.query["direction"]) == ("closed", "updated", "desc")
        return self.list(asked, repository, "pulls", lambda one: (one["updated_at"], one["number"]), without=["additions", "deletions", "merged"])

    def commits(self, asked, repository):
        assert asked.query["sha"] == repository["default_branch"]
        time = lambda one: one["commit"]["committer"]["date"]
        return self.list(asked, repository, "commits", time, condition=lambda one: asked.query["since"] <= time(one) <= asked.query["until"])

    def issues(self, asked, repository):
        def is_asked_for(one):
            wanted = set(filter(None, asked.query.get("labels", "").split(",")))
            has_type = asked.query.get("type") in (None, (one.get("type") or {}).get("name"))
            return has_type and wanted <= {label["name"] for label in one["labels"]} and one["updated_at"] >= asked.query["since"]

        return self.list(asked, repository, "issues", lambda one: one["updated_at"], condition=is_asked_for)

    # GraphQL

    def graphql(self, query, variables):
        if "repositoryOwner" in query:
            names = sorted(name for name in self.repositories if name.startswith(variables["owner"] + "/"))
            nodes, info = self.connection([self.node_of(name) for name in names], variables["after"], 100)
            return Reply({"data": {"repositoryOwner": {"repositories": {"nodes": nodes, "pageInfo": info}} if names else None}})
        if "nodes(ids" in query:
            return Reply({"data": {"nodes": [self.node(one, variables.get("after")) for one in variables["ids"]]}})
        name = f"{variables['owner']}/{variables['name']}"
        if name not in self.repositories:
            return Reply({"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": f"Could not resolve to a Repository with the name '{name}'."}]})
        if "refs(" not in query:
            return Reply({"data": {"repository": self.node_of(name)}})
        tags = sorted(self.repositories[name].get("tags", []), key=lambda one: (one["target"].get("target") or one["target"])["committedDate"], reverse=True)
        nodes, info = self.connection(tags, variables["after"], 100)
        return Reply({"data": {"repository": {"refs": {"nodes": nodes, "pageInfo": info}}}})

    def node_of(self, name):
        return {"nameWithOwner": name, "isDisabled": False, "isEmpty": False, "defaultBranchRef": {"name": self.repositories[name]["default_branch"]}}

    @staticmethod
    def connection(nodes, after, size):
        begin = int(after or 0)
        return nodes[begin : begin + size], {"hasNextPage": begin + size < len(nodes), "endCursor": str(begin + size)}

    def node(self, identifier, after):
        one = self.nodes.get(identifier)
        if one is None:
            return None
        if "additions" in one:
            return {"id": identifier, "additions": one["additions"], "deletions": one["deletions"]}
        nodes, info = self.connection(one["statuses"], after, 100 if after else self.SIZE)
        return {"id": identifier, "statuses": {"nodes": [self.status(s) for s in nodes], "pageInfo": info}}

    @staticmethod
    def status(one):
        return {"state": one["state"].upper(), "createdAt": one["created_at"], "updatedAt": one["created_at"], "environment": one.get("environment"), "logUrl": one.get("log_url"), "environmentUrl": None, "description": ""}
