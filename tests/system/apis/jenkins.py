"""Jenkins' API, by its documentation."""
import base64
import re

from apis.server import Api, Reply


class Jenkins(Api):
    """Jobs by their full name, each a list of builds in any order."""

    USER = "ana"

    def __init__(self, house, jobs, **options):
        super().__init__(house, **options)
        self.jobs = jobs

    def is_authorized(self, headers):
        return headers.get("Authorization") == "Basic " + base64.b64encode(f"{self.USER}:{self.TOKEN}".encode()).decode()

    def limit_headers(self):
        return {}

    def answer(self, asked):
        match = re.fullmatch(r"((?:/job/[^/]+)+)/api/json", asked.path)
        name = match and match[1].replace("/job/", "/")[1:]
        if name not in self.jobs:
            return Reply("<html>Not Found</html>", 404)
        if asked.query["tree"] == "fullName,name":
            return Reply({"fullName": name, "name": name.rpartition("/")[2]})
        begin, end = re.fullmatch(r"allBuilds\[number,url,result,building,timestamp,duration,actions\[.*\]\]\{(\d+),(\d+)\}", asked.query["tree"]).groups()
        builds = sorted(self.jobs[name], key=lambda one: one["number"], reverse=True)
        return Reply({"_class": "hudson.model.FreeStyleProject", "allBuilds": builds[int(begin) : int(end)]})
