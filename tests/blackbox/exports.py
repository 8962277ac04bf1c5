#!/usr/bin/env python3
"""The same deployments and incidents, as sent by webhooks and as listed later by the tools' APIs.

  exports.py make FOLDER    writes hook-KIND-N (header lines, an empty line, a body) and FORMAT.json
"""
import datetime
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[2])
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
hooks = 0


def ago(minutes):
    return (now - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def hook(kind, headers, body):
    global hooks
    hooks += 1
    head = "".join(f"{name}: {value}\n" for name, value in headers.items())
    (folder / f"hook-{kind}-{hooks:02}").write_text(f"{head}\n{json.dumps(body)}")


def github():
    export = []
    for n, states in enumerate((["in_progress", "success"], ["in_progress", "failure"], ["success", "inactive"])):
        deployment = {
            "url": f"https://api.github.com/repos/acme/shop/deployments/{900 + n}", "id": 900 + n, "sha": f"{n + 1:040x}", "ref": "main", "task": "deploy",
            "environment": "production", "created_at": ago(60 - n), "creator": {"login": "robin"},
        }
        statuses = [{"id": 10 * n + i, "state": s, "environment": "production", "created_at": ago(50 - n - i), "creator": {"login": "robin"}} for i, s in enumerate(states)]
        for i, status in enumerate(statuses):
            hook("github", {"X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": f"{n}-{i}"},
                 {"action": "created", "deployment": deployment, "deployment_status": status, "repository": {"full_name": "acme/shop", "default_branch": "main"}})
        export.append({**deployment, "statuses": statuses[::-1]})
    return export


def gitlab():
    export = []
    for n, status in enumerate(("success", "failed")):
        sha = f"{n + 11:040x}"
        commit = f"https://gitlab.example.com/acme/cart/-/commit/{sha}"
        hook("gitlab", {"X-Gitlab-Event": "Deployment Hook", "X-Gitlab-Event-UUID": f"u{n}"},
             {"object_kind": "deployment", "status": status, "status_changed_at": ago(30 - n), "deployment_id": 70 + n, "deployable_url": "https://gitlab.example.com/acme/cart/-/jobs/1",
              "environment": "production", "project": {"path_with_namespace": "acme/cart"}, "short_sha": sha[:8], "commit_url": commit, "commit_title": "Rounding",
              "user": {"username": "robin"}, "ref": "main"})
        export.append({"id": 70 + n, "iid": n, "ref": "main", "sha": sha, "status": status, "created_at": ago(31 - n), "updated_at": ago(29 - n), "user": {"username": "robin"},
                       "environment": {"name": "production"}, "deployable": {"finished_at": ago(30 - n), "web_url": "https://gitlab.example.com/acme/cart/-/jobs/1",
                                                                             "commit": {"web_url": commit, "title": "Rounding"}}})
    return export


def pagerduty():
    incident = {"id": "PT4KHLK", "type": "incident", "html_url": "https://acme.pagerduty.com/incidents/PT4KHLK", "number": 2, "title": "Checkout is down", "status": "resolved",
                "created_at": ago(25), "urgency": "high", "priority": {"summary": "P1"}, "service": {"id": "PF9KMXH", "summary": "checkout"}}
    for n, (kind, at) in enumerate((("triggered", ago(25)), ("acknowledged", ago(20)), ("resolved", ago(10)))):
        hook("pagerduty", {"X-Webhook-Id": f"w{n}"}, {"event": {"id": f"E{n}", "event_type": f"incident.{kind}", "resource_type": "incident", "occurred_at": at, "data": {**incident, "status": kind}}})
    return {"incidents": [{**incident, "acknowledgements": [{"at": ago(20)}], "resolved_at": ago(10)}]}


def jira():
    at = (now - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    created = (now - datetime.timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    issue = {"id": "1", "key": "OPS-7", "fields": {"issuetype": {"name": "Incident"}, "summary": "Search is slow", "created": created, "updated": at,
                                                   "status": {"name": "Done", "statusCategory": {"key": "done"}}, "priority": {"name": "High"}, "resolutiondate": at,
                                                   "components": [{"name": "search"}], "project": {"key": "OPS"}}}
    hook("jira", {"X-Atlassian-Webhook-Identifier": "j1"}, {"timestamp": int((now - datetime.timedelta(minutes=5)).timestamp() * 1000), "webhookEvent": "jira:issue_updated", "issue": issue})
    return {"issues": [issue]}


for name, make in {"github-deployments": github, "gitlab-deployments": gitlab, "pagerduty": pagerduty, "jira": jira}.items():
    (folder / f"{name}.json").write_text(json.dumps(make()))
