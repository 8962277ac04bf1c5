"""Alertmanager's API and that of Grafana, by their documentation."""
import re

from apis.server import Api, Reply


class Alertmanager(Api):
    """Receivers by name, each a list of alerts in the form of webhooks; `suppressed` alerts are not shown. It asks for no token."""

    TOKEN, PREFIX, RECEIVERS = None, "", "/api/v2/receivers"

    def __init__(self, house, receivers, **options):
        super().__init__(house, **options)
        self.receivers = receivers

    def is_authorized(self, headers):
        return headers.get("Authorization") is None

    def answer(self, asked):
        if asked.path == self.RECEIVERS:
            return Reply([{"name": name} for name in self.receivers])
        if asked.path != self.PREFIX + "/api/v2/alerts":
            return Reply({"message": "Not found"}, 404)
        assert [asked.query[name] for name in ("active", "silenced", "inhibited", "unprocessed")] == ["true", "false", "false", "false"]
        names = [name for name in self.receivers if re.fullmatch(asked.query["receiver"], name)]
        return Reply([self.listed(alert, name) for name in names for alert in self.receivers[name] if alert["status"] == "firing"])

    @staticmethod
    def listed(alert, receiver):
        """Times are cut to milliseconds."""
        cut = lambda text: re.sub(r"(\.\d{3})\d+", r"\1", text)
        return {**alert, "startsAt": cut(alert["startsAt"]), "endsAt": "2999-01-01T00:00:00.000Z", "updatedAt": "2999-01-01T00:00:00.000Z",
                "status": {"state": "active", "silencedBy": [], "inhibitedBy": []}, "receivers": [{"name": receiver}]}  # fmt: skip


class Grafana(Alertmanager):
    """Contact points instead of receivers, and a token."""

    TOKEN, PREFIX, RECEIVERS = Api.TOKEN, "/api/alertmanager/grafana", "/api/v1/provisioning/contact-points"

    def is_authorized(self, headers):
        return Api.is_authorized(self, headers)
