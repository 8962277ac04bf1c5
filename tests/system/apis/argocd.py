"""Argo CD's API, by its documentation."""
from apis.server import Api, Reply


class ArgoCD(Api):
    """Applications in the form of Kubernetes, in one answer."""

    def __init__(self, house, applications, **options):
        super().__init__(house, **options)
        self.applications = applications

    def limit_headers(self):
        return {}

    def answer(self, asked):
        if asked.path != "/api/v1/applications":
            return Reply({"error": "not found", "code": 5}, 404)
        wanted = [field.split(".") for field in asked.query["fields"].split(",")]
        assert all(field[0] == "items" for field in wanted)
        return Reply({"items": [self.chosen(one, [field[1:] for field in wanted]) for one in self.applications] or None})

    @staticmethod
    def chosen(application, fields):
        """The fields that are asked for alone."""
        found = {}
        for path in fields:
            place, value = found, application
            for name in path[:-1]:
                place, value = place.setdefault(name, {}), value.get(name, {})
            if path[-1] in value:
                place[path[-1]] = value[path[-1]]
        return found
