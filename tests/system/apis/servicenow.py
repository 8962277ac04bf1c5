"""ServiceNow's Table API, by its documentation."""
import base64
import re
import urllib.parse

from apis.server import Api, Reply


class ServiceNow(Api):
    """Rows of the table incident, each a dictionary of values, or of (value, display value)."""

    USER = "reader"

    def __init__(self, house, rows, **options):
        super().__init__(house, **options)
        self.rows = rows

    def is_authorized(self, headers):
        return headers.get("Authorization") == "Basic " + base64.b64encode(f"{self.USER}:{self.TOKEN}".encode()).decode()

    def limit_headers(self):
        return {} if self.limit is None else {"X-RateLimit-Limit": self.limit, "X-RateLimit-Reset": int(self.reset + self.skew) + 1}

    def refusal(self):
        return Reply({"error": {"message": "Rate limit exceeded", "detail": "Rejected by rate limiting"}, "status": "failure"}, 429)

    def answer(self, asked):
        assert asked.path == "/api/now/table/incident" and asked.query["sysparm_display_value"] == "all"
        since = re.fullmatch(r"sys_updated_on>=(\S+ \S+)\^ORDERBYsys_created_on\^ORDERBYsys_id", asked.query["sysparm_query"])[1]
        rows = sorted((row for row in self.rows if row["sys_updated_on"] >= since), key=lambda row: (row["sys_created_on"], row["sys_id"]))
        begin, size = int(asked.query["sysparm_offset"]), int(asked.query["sysparm_limit"])
        fields = asked.query["sysparm_fields"].split(",")
        page = [{name: self.field(row.get(name, "")) for name in fields} for row in rows[begin : begin + size]]
        links = {"X_Total_Count": len(rows)}
        if begin + size < len(rows):
            query = urllib.parse.urlencode({**asked.query, "sysparm_offset": begin + size})
            links["Link"] = f'<https://acme.service-now.example{asked.raw_path}?{query}>;rel="next",<https://acme.service-now.example{asked.raw_path}>;rel="last"'
        return Reply({"result": page}, **links)

    @staticmethod
    def field(value):
        value, shown = value if isinstance(value, tuple) else (value, value)
        return {"value": value, "display_value": shown}
