"""Importing an export of events already delivered by webhooks changes no figure."""
import csv
import datetime
import json

import pytest

CONFIG = "".join(f'[[source]]\nname = "{kind}"\nkind = "{kind}"\nunauthenticated = true\n' for kind in ("github", "gitlab", "pagerduty", "jira"))
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def ago(minutes):
    return (NOW - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


# The same deployments and incidents, as sent by webhooks (headers, body) and as listed later by the tool's API.


def github():
    hooks, export = [], []
    for n, states in enumerate((["in_progress", "success"], ["in_progress", "failure"], ["success", "inactive"])):
        deployment = {
            "url": f"https://api.github.com/repos/acme/shop/deployments/{900 + n}", "id": 900 + n, "sha": f"{n + 1:040x}", "ref": "main", "task": "deploy",
            "environment": "production", "created_at": ago(60 - n), "creator": {"login": "robin"},
        }
        statuses = [{"id": 10 * n + i, "state": s, "environment": "production", "created_at": ago(50 - n - i), "creator": {"login": "robin"}} for i, s in enumerate(states)]
        for i, status in enumerate(statuses):
            hooks.append(({"X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": f"{n}-{i}"},
                          {"action": "created", "deployment": deployment, "deployment_status": status, "repository": {"full_name": "acme/shop", "default_branch": "main"}}))
        export.append({**deployment, "statuses": statuses[::-1]})
    return hooks, export


def gitlab():
    hooks, export = [], []
    for n, status in enumerate(("success", "failed")):
        sha = f"{n + 11:040x}"
        commit = f"https://gitlab.example.com/acme/cart/-/commit/{sha}"
        hooks.append(({"X-Gitlab-Event": "Deployment Hook", "X-Gitlab-Event-UUID": f"u{n}"},
                      {"object_kind": "deployment", "status": status, "status_changed_at": ago(30 - n), "deployment_id": 70 + n, "deployable_url": "https://gitlab.example.com/acme/cart/-/jobs/1",
                       "environment": "production", "project": {"path_with_namespace": "acme/cart"}, "short_sha": sha[:8], "commit_url": commit, "commit_title": "Rounding",
                       "user": {"username": "robin"}, "ref": "main"}))
        export.append({"id": 70 + n, "iid": n, "ref": "main", "sha": sha, "status": status, "created_at": ago(31 - n), "updated_at": ago(29 - n), "user": {"username": "robin"},
                       "environment": {"name": "production"}, "deployable": {"finished_at": ago(30 - n), "web_url": "https://gitlab.example.com/acme/cart/-/jobs/1",
                                                                             "commit": {"web_url": commit, "title": "Rounding"}}})
    return hooks, export


def pagerduty():
    incident = {"id": "PT4KHLK", "type": "incident", "html_url": "https://acme.pagerduty.com/incidents/PT4KHLK", "number": 2, "title": "Checkout is down", "status": "resolved",
                "created_at": ago(25), "urgency": "high", "priority": {"summary": "P1"}, "service": {"id": "PF9KMXH", "summary": "checkout"}}
    hooks = [({"X-Webhook-Id": f"w{n}"}, {"event": {"id": f"E{n}", "event_type": f"incident.{kind}", "resource_type": "incident", "occurred_at": at, "data": {**incident, "status": kind}}})
             for n, (kind, at) in enumerate((("triggered", ago(25)), ("acknowledged", ago(20)), ("resolved", ago(10))))]
    return hooks, {"incidents": [{**incident, "acknowledgements": [{"at": ago(20)}], "resolved_at": ago(10)}]}


def jira():
    resolved, created = (ago(minutes).replace("Z", ".000+0000") for minutes in (5, 15))
    issue = {"id": "1", "key": "OPS-7", "fields": {"issuetype": {"name": "Incident"}, "summary": "Search is slow", "created": created, "updated": resolved,
                                                   "status": {"name": "Done", "statusCategory": {"key": "done"}}, "priority": {"name": "High"}, "resolutiondate": resolved,
                                                   "components": [{"name": "search"}], "project": {"key": "OPS"}}}
    at = int((NOW - datetime.timedelta(minutes=5)).timestamp() * 1000)
    return [({"X-Atlassian-Webhook-Identifier": "j1"}, {"timestamp": at, "webhookEvent": "jira:issue_updated", "issue": issue})], {"issues": [issue]}


FORMATS = {"github-deployments": github, "gitlab-deployments": gitlab, "pagerduty": pagerduty, "jira": jira}


@pytest.fixture(scope="module")
def delivered(daemon):
    """Figures and subjects once the webhooks are delivered."""
    for tool in FORMATS.values():
        for headers, body in tool()[0]:
            answer = daemon.post(f"/webhooks/{tool.__name__}", body, headers)
            assert answer.status == 202, answer.text
    return figures(daemon), subjects(daemon)


def figures(daemon):
    """The month continues meanwhile: without its end and without figures divided by its days."""
    rows = csv.DictReader(daemon.run("report", "--format", "csv", "--month", f"{NOW:%Y-%m}").splitlines())
    return [{**row, "end": None} for row in rows if not row["figure"].endswith("_per_day")]


def subjects(daemon):
    return {(e["type"], e.get("source"), e["subject"]) for e in daemon.exported() if e["type"] != "commit"}


def test_webhooks_give_figures(delivered):
    assert any(row["figure"] == "deployments" for row in delivered[0])


@pytest.mark.parametrize("name", FORMATS)
def test_importing_an_export_changes_no_figure(house, daemon, delivered, name):
    file = house.folder / f"{name}.json"
    file.write_text(json.dumps(FORMATS[name]()[1]))
    daemon.run("import", name, file)
    assert figures(daemon) == delivered[0]


def test_exports_have_the_same_subjects_as_the_webhooks(daemon, delivered):
    assert subjects(daemon) == delivered[1]
    daemon.stop()
