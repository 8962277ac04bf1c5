"""The OpenAPI document passes its linter, and the responses of every path match it, for valid and invalid parameters and bodies."""
import datetime
import json
import subprocess
import urllib.parse

import jsonschema
import pytest

from harness import ROOT, TOKEN, demo, request

CONFIG = (ROOT / "tests/system/review.toml").read_text()
BEARER = {"Authorization": f"Bearer {TOKEN}"}
EVENTS = "/api/v1/events"
EXPLAIN = "/api/v1/figures/{figure}/explain"
SENDERS = "/webhooks/{name}"  # contract tests it with the proofs of its senders
BODIES = {
    ("/api/v1/decide", "post"): [{"touches": ["money"]}, {"blast_radius": "small", "trajectory": "stable", "cause_known": True, "fix_tested": True}],
    ("/api/v1/deployments/{id}", "patch"): [{"cause": "edge_case", "reason": "found in review"}],
    ("/api/v1/incidents/{id}", "patch"): [{"review_held_at": "2026-01-01T00:00:00Z", "reason": "held"}],
    (EVENTS, "post"): [
        *({"id": f"api-{n}", "type": kind} for n, kind in enumerate(("deployment", "incident", "work", "flag"))),
        {"id": "api-4", "type": "retraction", "of": "deployment", "subject": "nothing", "retracted": True},
        {"id": "api-c", "type": "commit", "commit": "5e1fabc"},
        [{"id": "api-9", "type": "deployment", "service": "new", "state": "succeeded", "version": "1"}],
    ],
}
# values that no schema distinguishes from valid ones
WRONG = {
    "limit": ["0", "1001", "ten"],
    "after": ["nonsense", "[1,2,3]"],
    "months": ["0", "121", "x"],
    "period": ["yesterday", "2026-13"],
    "as_of": ["2999-01-01T00:00:00Z"],
}

formats = jsonschema.FormatChecker([])


@formats.checks("date-time", raises=ValueError)
def is_time(value):
    return not isinstance(value, str) or datetime.datetime.fromisoformat(value).tzinfo is not None


class Api:
    """Calls of operations, each checked against the document."""

    def __init__(self, daemon, document, names):
        self.daemon, self.document, self.names = daemon, document, names
        self.succeeded = set()

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if method != "servers" and path != SENDERS:
                    yield path, method, operation

    def port(self, path):
        return self.daemon.intake if self.document["paths"][path].get("servers") else self.daemon.operations

    def validate(self, value, schema, where):
        whole = dict(schema, components=self.document["components"])
        error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(whole, format_checker=formats).iter_errors(value))
        assert error is None, f"{where}: {error.json_path}: {error.message}"

    def call(self, path, method, query=None, body=None, headers=None, named=None, expect=None):
        """`headers`: by default the token, if the operation requires one. `named`: the value of the path's parameter. `expect`: the
        status; by default the document's status of success."""
        operation = self.document["paths"][path][method]
        url = path
        for parameter in parameters(operation, "path"):
            url = url.replace("{%s}" % parameter["name"], urllib.parse.quote(named or self.names[path], safe=""))
        if query:
            url += "?" + urllib.parse.urlencode(query)
        sent = dict(proof(operation) if headers is None else headers)
        if body is not None:
            sent.setdefault("Content-Type", next(iter(operation["requestBody"]["content"])))
        answer = request(self.port(path), method.upper(), url, body if isinstance(body, bytes) or body is None else json.dumps(body), sent)
        where = f"{method.upper()} {url} {body if body is not None else ''} -> {answer.status}"
        known = operation["responses"]
        success = next(status for status in known if status.startswith("2"))
        assert str(answer.status) in known, f"{where}: undocumented status: {answer.text[:200]}"
        assert str(answer.status) == str(expect or success), f"{where}: expected {expect or success}: {answer.text[:200]}"
        if types := known[str(answer.status)].get("content", {}):
            kind = answer.headers["Content-Type"].split(";")[0]
            assert kind in types, f"{where}: content type {kind}"
            if kind.endswith("json"):
                self.validate(answer.json(), types[kind]["schema"], where)
        if answer.status < 400:
            self.succeeded.add((path, method))
        return answer


def parameters(operation, place):
    return [p for p in operation.get("parameters", []) if p["in"] == place]


def required(operation):
    return {p["name"]: p["example"] for p in parameters(operation, "query") if p["required"]}


def proof(operation):
    return {} if any(not s for s in operation.get("security", [{}])) else BEARER


@pytest.fixture(scope="module")
def api(daemon):
    daemon.import_events([event for event in demo() if event.get("service") != "osf"], "demo")
    daemon.wait_for('releasehealth_deployments{service_name="checkout",team_name="shop",deployment_environment="production",kind="hotfix",period="month"}', 6, 10)
    names = {
        "/months/{month}": datetime.date.today().strftime("%Y-%m"),
        "/services/{service}": "checkout",
        "/badge/{file}": "checkout.svg",
        EXPLAIN: "hotfixes",
        "/deployments/{id}": daemon.items("hotfixes?limit=1")[0]["id"],
    }
    for thing, known in (("deployments", names["/deployments/{id}"]), ("incidents", daemon.items("incidents?limit=1")[0]["id"])):
        names[f"/api/v1/{thing}/{{id}}"] = names[f"/api/v1/{thing}/{{id}}/explain"] = known
    document = daemon.get("/openapi.yaml").json()
    for p in document["paths"][EXPLAIN]["get"]["parameters"]:
        if p["name"] == "service":
            p["required"] = True  # or a team
        if p["name"] not in ("service", "environment", "period"):
            p.pop("example", None)
    return Api(daemon, document, names)


def test_the_openapi_document_passes_its_linter(daemon, house):
    file = house.folder / "openapi.json"
    file.write_bytes(daemon.get("/openapi.yaml").body)
    words = [ROOT / "tests/clients/node_modules/.bin/spectral", "lint", file, "--ruleset", ROOT / "tests/system/spectral.yaml", "--fail-severity", "hint"]
    subprocess.run(words, check=True)


def test_valid_parameters_are_accepted(api):
    for path, method, operation in api.operations():
        if "requestBody" in operation:
            continue
        needed, queries = required(operation), parameters(operation, "query")
        api.call(path, method, needed)
        for p in queries:
            if p["name"] == "quantile":
                continue  # depends on the figure
            for value in p["schema"].get("enum", [p["example"]] if "example" in p else []):
                api.call(path, method, needed | {p["name"]: value})
        api.call(path, method, {p["name"]: p["example"] for p in queries if "example" in p})


def test_tables_are_also_csv(api):
    for path, method, operation in api.operations():
        if "text/csv" in operation["responses"].get("200", {}).get("content", {}):
            answer = api.call(path, method, required(operation), headers=proof(operation) | {"Accept": "text/csv"})
            assert answer.headers["Content-Type"].startswith("text/csv") and answer.text.splitlines(), path


def test_an_unchanged_list_is_not_sent_again(api):
    for path, method, operation in api.operations():
        if operation["tags"] == ["lists"]:  # figures contain the time of the query
            known = api.call(path, method, required(operation)).headers["ETag"]
            operation["responses"].setdefault("304", {})
            api.call(path, method, required(operation), headers=proof(operation) | {"If-None-Match": known}, expect=304)


def test_all_pages_of_a_list_together_equal_the_list(api):
    for path, method, operation in api.operations():
        if operation["tags"] != ["lists"] or path.count("/") != 3:
            continue
        whole = api.call(path, method, {"limit": "1000"}).json()["items"]
        seen, after = [], None
        for _ in range(60):
            answer = api.call(path, method, {"limit": "3"} | ({"after": after} if after else {}))
            page = answer.json()
            seen += page["items"]
            after = page["next"]
            assert bool(after) == bool(answer.headers["Link"]), path
            if not after:
                break
        assert seen == whole[: len(seen)], path
        assert after or len(seen) == len(whole), path


@pytest.mark.parametrize(("path", "method"), BODIES)
def test_valid_bodies_are_accepted(api, path, method):
    for body in BODIES[path, method]:
        api.call(path, method, body=body)


def test_every_operation_succeeded_at_least_once(api):
    assert [(path, method) for path, method, _ in api.operations() if (path, method) not in api.succeeded] == []


def test_an_invalid_parameter_is_an_error_that_names_it(api):
    for path, method, operation in api.operations():
        needed, queries = required(operation), parameters(operation, "query")
        if queries:
            api.call(path, method, needed | {"nonsense": "1"}, expect=400)
        for p in queries:
            wrong = [*WRONG.get(p["name"], [])]
            wrong += ["nonsense"] if "enum" in p["schema"] else []
            wrong += ["yesterday"] if p["schema"].get("format") == "date-time" else []
            for value in wrong:
                text = api.call(path, method, needed | {p["name"]: value}, expect=400).text
                assert json.loads(text)["detail"].startswith(p["name"] + ": "), f"{path} does not name {p['name']}: {text}"
            if p["required"]:
                api.call(path, method, expect=400)


def test_unknown_names_are_not_found(api):
    for path, method, operation in api.operations():
        if path == "/api/v1/gate":
            api.call(path, method, {"service": "no-such-thing"}, expect=404)
        elif path == EXPLAIN:
            api.call(path, method, {"service": "checkout"}, named="nonsense", expect=400)
        elif "404" in operation["responses"] and method == "get":
            api.call(path, method, required(operation), named="no-such-thing", expect=404)
    api.call("/api/v1/decide", "post", body={"incident": "no-such-thing"}, expect=404)


@pytest.mark.parametrize(("path", "method"), BODIES)
def test_without_a_valid_token_bodies_are_rejected(api, path, method):
    if proof(api.document["paths"][path][method]):
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            api.call(path, method, body=BODIES[path, method][0], headers=headers, expect=401)
    else:
        assert path == "/api/v1/decide"


@pytest.mark.parametrize(("path", "method"), BODIES)
def test_malformed_bodies_are_rejected(api, path, method):
    for body in (b"{", b'{"reason":"a","reason":"b"}', b"7" if path == EVENTS else b"[]"):
        api.call(path, method, body=body, expect=400)
    if path != "/api/v1/decide":
        api.call(path, method, body=b"x", headers=BEARER | {"Content-Type": "text/html"}, expect=415)


@pytest.mark.parametrize(("path", "method"), BODIES)
def test_a_field_of_the_wrong_type_is_an_error_that_points_at_it(api, path, method):
    name = next(iter(api.document["paths"][path][method]["requestBody"]["content"].values()))["schema"]["$ref"].rsplit("/", 1)[1]
    fields = api.document["components"]["schemas"]["DeploymentEvent" if name == "Events" else name]["properties"]
    for name, field in fields.items():
        if not field or (path, name) == (EVENTS, "type"):
            continue  # its meaning depends on the sender, or on the type
        wrong = {"string": 7, "boolean": "yes", "integer": "many", "array": "one"}.get((field.get("type") or ["string"])[0], 7)
        if field.get("enum"):
            wrong = "nonsense"
        text = api.call(path, method, body=BODIES[path, method][0] | {name: wrong}, expect=400).text
        assert "/" + name in [e["pointer"] for e in json.loads(text)["errors"]], f"{path}: {name} is not named: {text}"


def test_other_methods_are_rejected_with_the_allowed_ones(api):
    for path, method, _ in api.operations():
        answer = request(api.port(path), "DELETE", path.replace("{", "").replace("}", ""))
        assert answer.status == 405 and method.upper() in answer.headers["Allow"], f"{path}: {answer.status} {answer.headers['Allow']}"
    api.daemon.stop()
