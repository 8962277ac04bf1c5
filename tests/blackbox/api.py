#!/usr/bin/env python3
"""Calls every path of the OpenAPI document with valid and invalid parameters, and checks each response against it.
api.py OPERATIONS INTAKE TOKEN        FACTS on standard input: a known service, deployment and incident"""
import datetime, json, sys, urllib.error, urllib.parse, urllib.request

import jsonschema

operations, intake, token = sys.argv[1:4]
facts = json.load(sys.stdin)
document = json.load(urllib.request.urlopen(operations + "/openapi.yaml"))
calls = {}  # (path, method) -> [good, bad]

formats = jsonschema.FormatChecker([])


@formats.checks("date-time", raises=ValueError)
def is_time(value):
    return not isinstance(value, str) or datetime.datetime.fromisoformat(value).tzinfo is not None


def validate(value, schema, where):
    whole = dict(schema, components=document["components"])
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(whole, format_checker=formats).iter_errors(value))
    assert error is None, f"{where}: {error.json_path}: {error.message}"


def call(path, method, operation, query=None, body=None, headers=None, named=None, expect=None):
    """expect: the status; None for the document's success status."""
    at = intake if document["paths"][path].get("servers") else operations
    url = at + path
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            url = url.replace("{%s}" % parameter["name"], urllib.parse.quote(named if named is not None else facts[path], safe=""))
    if query:
        url += "?" + urllib.parse.urlencode(query)
    sent = dict(headers or {})
    if body is not None and "Content-Type" not in sent:
        sent["Content-Type"] = next(iter(operation["requestBody"]["content"]))
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, sent, method=method.upper())
    try:
        answer = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as e:
        answer = e
    text = answer.read().decode()
    where = f"{method.upper()} {url} {body if body is not None else ''} -> {answer.status}"
    known = operation["responses"]
    assert str(answer.status) in known, f"{where}: undocumented status: {text[:200]}"
    success = next(s for s in known if s.startswith("2"))
    assert str(answer.status) == str(expect or success), f"{where}: expected {expect or success}: {text[:200]}"
    types = known[str(answer.status)].get("content", {})
    if types:
        kind = answer.headers["Content-Type"].split(";")[0]
        assert kind in types, f"{where}: content type {kind}"
        if kind.endswith("json"):
            validate(json.loads(text), types[kind]["schema"], where)
    calls.setdefault((path, method), [0, 0])[answer.status >= 400] += 1
    return text, answer


bearer = {"Authorization": "Bearer " + token}
good_bodies = {
    "/api/v1/decide": [{"touches": ["money"]}, {"blast_radius": "small", "trajectory": "stable", "cause_known": True, "fix_tested": True}],
    "/api/v1/deployments/{id}": [{"cause": "edge_case", "reason": "found in review"}],
    "/api/v1/incidents/{id}": [{"review_held_at": "2026-01-01T00:00:00Z", "reason": "held"}],
    "/api/v1/events": [{"id": f"api-{n}", "type": kind, **({"of": "deployment", "subject": "nothing", "retracted": True} if kind == "retraction" else {})}
                       for n, kind in enumerate(("deployment", "incident", "work", "flag", "retraction"))]
    + [{"id": "api-c", "type": "commit", "commit": "5e1fabc"}, [{"id": "api-9", "type": "deployment", "service": "new", "state": "succeeded", "version": "1"}]],
}
# values that no schema distinguishes from valid ones
wrong_values = {"limit": ["0", "1001", "ten"], "after": ["nonsense", "[1,2,3]"], "months": ["0", "121", "x"], "period": ["yesterday", "2026-13"],
                "as_of": ["2999-01-01T00:00:00Z"]}


def good(path, method, operation):
    queries = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    needed = {p["name"]: p["example"] for p in queries if p["required"]}
    headers = {} if any(not s for s in operation.get("security", [{}])) else bearer
    if path in good_bodies and "requestBody" in operation:
        for body in good_bodies[path]:
            call(path, method, operation, needed, body, headers)
        return
    call(path, method, operation, needed, headers=headers)
    for p in queries:
        if p["name"] == "quantile":
            continue  # depends on the figure
        for value in p["schema"].get("enum", [p["example"]] if "example" in p else []):
            call(path, method, operation, needed | {p["name"]: value}, headers=headers)
    call(path, method, operation, {p["name"]: p["example"] for p in queries if "example" in p}, headers=headers)
    success = operation["responses"]["200"].get("content", {})
    if "text/csv" in success:
        text, answer = call(path, method, operation, needed, headers=headers | {"Accept": "text/csv"})
        assert answer.headers["Content-Type"].startswith("text/csv") and text.splitlines(), path
    if path.startswith("/api/") and "503" in operation["responses"]:
        _, answer = call(path, method, operation, needed, headers=headers)
        operation["responses"].setdefault("304", {})
        if operation["tags"] == ["lists"]:  # figures contain the time of the query
            call(path, method, operation, needed, headers=headers | {"If-None-Match": answer.headers["ETag"]}, expect=304)


def bad(path, method, operation):
    queries = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    needed = {p["name"]: p["example"] for p in queries if p["required"]}
    responses = operation["responses"]
    if queries:
        call(path, method, operation, needed | {"nonsense": "1"}, expect=400)
    for p in queries:
        values = wrong_values.get(p["name"], [])
        values = values + (["nonsense"] if "enum" in p["schema"] else []) + (["yesterday"] if p["schema"].get("format") == "date-time" else [])
        for value in values:
            text, _ = call(path, method, operation, needed | {p["name"]: value}, expect=400)
            assert json.loads(text)["detail"].startswith(p["name"] + ": "), f"{path} does not name {p['name']}: {text}"
        if p["required"]:
            call(path, method, operation, expect=400)
    if path == "/api/v1/gate":
        call(path, method, operation, {"service": "no-such-thing"}, expect=404)
    elif "404" in responses and method == "get":
        if path == "/api/v1/figures/{figure}/explain":
            call(path, method, operation, {"service": facts["service"]}, named="nonsense", expect=400)
        else:
            call(path, method, operation, needed, named="no-such-thing", expect=404)
    if "requestBody" in operation:
        bad_bodies(path, method, operation)
    other = "DELETE"
    at = intake if document["paths"][path].get("servers") else operations
    request = urllib.request.Request(at + path.replace("{", "").replace("}", ""), method=other)
    try:
        urllib.request.urlopen(request)
        raise AssertionError(f"{path} takes {other}")
    except urllib.error.HTTPError as e:
        assert e.status == 405 and method.upper() in e.headers["Allow"], f"{path}: {e.status} {e.headers['Allow']}"


def bad_bodies(path, method, operation):
    example = good_bodies[path][0]
    if any(not s for s in operation["security"]):
        headers = {}
    else:
        headers = bearer
        call(path, method, operation, body=example, expect=401)
        call(path, method, operation, body=example, headers={"Authorization": "Bearer wrong"}, expect=401)
    call(path, method, operation, body=b"{", headers=headers, expect=400)
    call(path, method, operation, body=b'{"reason":"a","reason":"b"}', headers=headers, expect=400)
    call(path, method, operation, body=b"[]" if path != "/api/v1/events" else b"7", headers=headers, expect=400)
    if path != "/api/v1/decide":
        call(path, method, operation, body=b"x", headers=headers | {"Content-Type": "text/html"}, expect=415)
    schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
    for name, field in properties_of(schema):
        if path == "/api/v1/events" and name == "type":
            continue
        wrong = {"string": 7, "boolean": "yes", "integer": "many", "array": "one"}.get((field.get("type") or ["string"])[0], 7)
        if field.get("enum"):
            wrong = "nonsense"
        if not field:
            continue  # its meaning depends on the sender
        body = dict(example, **{name: wrong}) if isinstance(example, dict) else example
        text, _ = call(path, method, operation, body=body, headers=headers, expect=400)
        pointers = [e["pointer"] for e in json.loads(text)["errors"]]
        assert "/" + name in pointers, f"{path}: {name} is not named: {text}"


    if path == "/api/v1/decide":
        call(path, method, operation, body={"incident": "no-such-thing"}, headers=headers, expect=404)


def properties_of(schema):
    name = schema["$ref"].rsplit("/", 1)[1]
    if name == "Events":
        name = "DeploymentEvent"
    return document["components"]["schemas"][name]["properties"].items()


def pages(path, operation):
    """All pages together equal the list in one response."""
    whole = json.loads(call(path, "get", operation, {"limit": "1000"})[0])["items"]
    seen, after = [], None
    for _ in range(60):
        text, answer = call(path, "get", operation, {"limit": "3"} | ({"after": after} if after else {}))
        page = json.loads(text)
        seen += page["items"]
        after = page["next"]
        assert bool(after) == bool(answer.headers["Link"]), path
        if not after:
            break
    assert seen == whole[: len(seen)] and (after or len(seen) == len(whole)), path


facts["/months/{month}"] = datetime.date.today().strftime("%Y-%m")
facts["/services/{service}"] = facts["service"]
facts["/badge/{file}"] = facts["service"] + ".svg"
facts["/webhooks/{name}"] = "nobody"
facts["/api/v1/figures/{figure}/explain"] = "hotfixes"
facts["/deployments/{id}"] = facts["deployment"]
for thing in ("deployment", "incident"):
    facts[f"/api/v1/{thing}s/{{id}}"] = facts[f"/api/v1/{thing}s/{{id}}/explain"] = facts[thing]

for path, methods in document["paths"].items():
    for method, operation in methods.items():
        if method == "servers":
            continue
        if path == "/webhooks/{name}":  # tested with the senders' own clients
            calls[(path, method)] = [1, 1]
            continue
        if path == "/api/v1/figures/{figure}/explain":
            for p in operation["parameters"]:
                if p["name"] == "service":
                    p["required"] = True  # or a team
                p.pop("example", None) if p["name"] not in ("service", "environment", "period") else None
        good(path, method, operation)
        bad(path, method, operation)
        if operation["tags"] == ["lists"]:
            if path.count("/") == 3:
                pages(path, operation)
missed = [f"{m} {p}" for p, methods in document["paths"].items() for m in methods if m != "servers" and calls.get((p, m), [0])[0] == 0]
assert not missed, missed
print(f"{len(calls)} operations, {sum(c[0] for c in calls.values())} good and {sum(c[1] for c in calls.values())} bad calls")
