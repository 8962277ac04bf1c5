"""The API of Bitbucket Cloud, by its documentation."""
import re
import urllib.parse

from apis.server import Api, Reply


class Bitbucket(Api):
    """Repositories by full name, each with lists of objects: deployments, environments, pullrequests, commits, tags. Deployments come in
    the order in which they are given: their sort is not documented."""

    def __init__(self, house, repositories, **options):
        super().__init__(house, **options)
        self.repositories = repositories

    def limit_headers(self):
        return {}

    def refusal(self):
        return Reply("Rate limit for this resource has been exceeded", 429)

    def answer(self, asked):
        match = re.fullmatch(r"/2\.0/repositories/([^/]+)(?:/([^/]+)(?:/(deployments|environments|pullrequests|commits/main|refs/tags))?)?", asked.path)
        if not match:
            return Reply({"type": "error", "error": {"message": "Not found"}}, 404)
        if not match[2]:
            return self.page(asked, [{"full_name": name} for name in self.repositories if name.startswith(match[1] + "/")])
        repository = self.repositories.get(f"{match[1]}/{match[2]}")
        if repository is None:
            return Reply({"type": "error", "error": {"message": f"Repository {match[1]}/{match[2]} not found"}}, 404)
        if not match[3]:
            return Reply({"full_name": f"{match[1]}/{match[2]}"})
        objects = repository.get(match[3].rpartition("/")[2] if match[3] != "commits/main" else "commits", [])
        if match[3] == "pullrequests":
            assert asked.query["state"] == "MERGED" and asked.query["fields"] == "+values.participants"
            objects = sorted((one for one in objects if one["state"] == "MERGED"), key=lambda one: one["updated_on"], reverse=True)
        elif match[3] == "commits/main":
            objects = sorted(objects, key=lambda one: one["date"], reverse=True)
        elif match[3] == "refs/tags":
            objects = sorted(objects, key=lambda one: one["target"]["date"], reverse=True)
        return self.page(asked, objects)

    @staticmethod
    def page(asked, objects):
        size, number = int(asked.query.get("pagelen", 10)), int(asked.query.get("page", 1))
        query = urllib.parse.urlencode({**asked.query, "page": number + 1})
        following = {"next": f"https://api.bitbucket.example{asked.raw_path}?{query}"} if number * size < len(objects) else {}
        return Reply({"pagelen": size, "page": number, "size": len(objects), "values": objects[(number - 1) * size : number * size], **following})
