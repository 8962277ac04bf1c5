"""Azure DevOps' API, by its documentation."""
import base64
import re

from apis.server import Api, Reply


class AzureDevOps(Api):
    """Projects by name, each with lists of objects: deployments, builds (each with the records of its `timeline`), pullrequests,
    repositories."""

    def __init__(self, house, projects, **options):
        super().__init__(house, **options)
        self.projects = projects

    def is_authorized(self, headers):
        return headers.get("Authorization") == "Basic " + base64.b64encode(f":{self.TOKEN}".encode()).decode()

    def answer(self, asked):
        assert asked.query["api-version"] == "7.1"
        if asked.path == "/_apis/projects":
            return Reply({"count": len(self.projects), "value": [{"id": name, "name": name} for name in self.projects]})
        match = re.fullmatch(r"/([^/]+)/_apis/(release/deployments|build/builds|build/builds/(\d+)/timeline|git/pullrequests|git/repositories)", asked.path)
        project = match and self.projects.get(match[1])
        if project is None:
            return Reply({"message": "VS800075: The project does not exist"}, 404)
        name = match[2].rpartition("/")[2]
        if match[3]:
            return Reply({"records": next(one["timeline"] for one in project["builds"] if one["id"] == int(match[3]))})
        objects = project.get(name, [])
        if name == "repositories":
            return Reply({"value": objects})
        if name == "pullrequests":
            assert asked.query["searchCriteria.status"] == "completed" and asked.query["searchCriteria.queryTimeRangeType"] == "closed"
            found, begin = [one for one in objects if one["closedDate"] >= asked.query["searchCriteria.minTime"]], int(asked.query.get("$skip", 0))
            return Reply({"value": found[begin : begin + 100]})
        key, since = ("startedOn", "minStartedTime") if name == "deployments" else ("finishTime", "minTime")
        found = sorted((one for one in objects if one[key] >= asked.query[since]), key=lambda one: one[key])
        begin = int(asked.query.get("continuationToken", 0))
        more = {"x_ms_continuationtoken": begin + 100} if begin + 100 < len(found) else {}
        return Reply({"value": [{n: v for n, v in one.items() if n != "timeline"} for one in found[begin : begin + 100]]}, **more)
