"""`releasehealthd sync` of Jira, Argo CD and Jenkins: their history, alone and with webhooks of the same things."""
import datetime
import hashlib
import json
import random

import pytest

from apis import SEED, ArgoCD, Jenkins, Jira, connector, deployments, incidents, iso, post, proof, read_twice, sync, told_alike
from apis.runs import NOW
from harness import SECRET

BEARER = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
COUNT = 120


@pytest.fixture(scope="module")
def connect(daemon):
    return connector(daemon)


# Jira


def jira_time(days):
    return iso(days).replace("Z", ".000+0000")


def issue(number, days, kind="Incident", labels=(), project="SHOP"):
    """In turn resolved at once, acknowledged, acknowledged and resolved, reopened, untouched."""
    moves = [["1", "6"], ["1", "3"], ["1", "3", "6"], ["1", "3", "6", "3"], ["1"]][number % 5]
    histories = [{"id": str(number * 10 + n), "created": jira_time(days - 0.1 * (n + 1)), "items": [{"field": "status", "from": old, "to": new, "fromString": old, "toString": new}]} for n, (old, new) in enumerate(zip(moves, moves[1:]))]
    histories.append({"id": str(number * 10 + 9), "created": jira_time(days - 0.01), "items": [{"field": "Rank", "from": "1", "to": "2"}]})
    last = days - 0.1 * (len(moves) - 1)
    category = {"1": "new", "3": "indeterminate", "6": "done"}[moves[-1]]
    return {
        "id": str(10000 + number), "key": f"{project}-{number}", "self": f"https://acme.atlassian.net/rest/api/2/issue/{10000 + number}", "changelog": {"startAt": 0, "maxResults": 40, "total": len(histories), "histories": histories[::-1]},
        "fields": {"summary": f"Outage {number}", "description": "See https://status.acme.example", "status": {"statusCategory": {"key": category}}, "resolution": {"name": "Done"} if category == "done" else None, "created": jira_time(days),
                   "updated": jira_time(last), "resolutiondate": jira_time(last) if category == "done" else None, "statuscategorychangedate": jira_time(last), "priority": {"name": "High"}, "issuetype": {"name": kind}, "labels": list(labels),
                   "components": [], "project": {"key": project}, "issuelinks": []},
    }  # fmt: skip


def issues(count=COUNT):
    return [issue(n, 80 - 79 * n / count) for n in range(1, count + 1)]


def tell_jira(daemon, name, api):
    """The webhooks of each issue, in any order: created, and each change."""
    bodies = []
    stamp = lambda text: int(datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp() * 1000)
    for one in api.issues:
        shown = {name: value for name, value in one.items() if name != "changelog"}
        as_of = lambda status, at, shown=shown: {**shown, "fields": {**shown["fields"], "status": {"statusCategory": {"key": {"1": "new", "3": "indeterminate", "6": "done"}[status]}}, "resolution": None, "resolutiondate": at}}
        bodies.append({"timestamp": stamp(one["fields"]["created"]), "webhookEvent": "jira:issue_created", "issue": as_of("1", None)})
        for history in one["changelog"]["histories"]:
            status = [item["to"] for item in history["items"] if item["field"] == "status"]
            bodies.append({"timestamp": stamp(history["created"]), "webhookEvent": "jira:issue_updated", "issue": as_of(status[0] if status else "1", history["created"]), "changelog": {"items": history["items"]}})
    random.Random(SEED).shuffle(bodies)
    for number, body in enumerate(bodies):
        text = json.dumps(body).encode()
        post(daemon, name, text, {"Content-Type": "application/json", "X-Hub-Signature": "sha256=" + proof(text), "X-Atlassian-Webhook-Identifier": f"{name}{number}"})


@pytest.mark.parametrize("user", ["ana@acme.example", None])
def test_incidents_of_jira(daemon, connect, user):
    name = "cloud" if user else "datacenter"
    api = Jira(daemon.house, [*issues(), issue(900, 5, "Bug"), issue(901, 4, "Bug", ["outage"])], user)
    connect((name, api, "jira", (f'api_user = "{user}"\n' if user else "") + 'incidents = { types = ["Incident"], labels = ["outage"] }\n'))
    stored, duplicates, unreported, requests = read_twice(daemon, name)
    assert requests == 2 * 2 and (stored, duplicates) == (24 * (2 + 2 + 3 + 4 + 1) + 2, 0)  # a labelled bug of two
    assert unreported == COUNT + 1
    found = {row[0]: [row[1], row[2], *row[4:7]] for row in incidents(daemon, name)}
    days = lambda number: 80 - 79 * number / COUNT
    assert len(found) == COUNT + 1 and found["Outage 901"][0] == "acknowledged"
    assert found["Outage 2"] == ["resolved", "2", iso(days(2)), iso(days(2) - 0.1), iso(days(2) - 0.2)]
    assert found["Outage 3"][0] == "acknowledged" and found["Outage 4"][0] == "open"


def test_webhooks_of_jira_and_its_api_tell_the_same(daemon, connect):
    told_alike(daemon, connect, "jira", lambda: Jira(daemon.house, issues(20), "ana"), tell_jira, incidents, 'api_user = "ana"\n')


def test_a_search_that_jira_refuses_is_named(daemon, connect):
    api = Jira(daemon.house, [], "ana", forbidden=["/search"])
    connect(("refused", api, "jira", 'api_user = "ana"\n'))
    done = sync(daemon, "refused")
    assert done.returncode == 1 and 'issues: POST ' in done.stderr and 'expected a token with the permission "Browse projects"' in done.stderr, done.stderr


# Argo CD


def application(number, name="shop"):
    """Three syncs that succeeded, of which the last deployed the image it shows; every fourth failed after that, every fifth is running."""
    at = lambda days: iso(days - number / 100)
    sync = lambda n: {"id": n, "revision": f"{number:03}{n}" * 10, "deployStartedAt": at(60 - 10 * n + 0.01), "deployedAt": at(60 - 10 * n), "initiatedBy": {"username": "ana"}, "source": {"repoURL": "https://git.acme.example/manifests.git", "targetRevision": "main"}}
    history = [sync(n) for n in range(3)]
    operation = {"phase": "Succeeded", "startedAt": history[-1]["deployStartedAt"], "finishedAt": history[-1]["deployedAt"], "syncResult": {"revision": history[-1]["revision"]}, "operation": {"initiatedBy": {"username": "ana"}}}
    if number % 4 == 0:
        operation.update(phase="Failed", startedAt=at(20), finishedAt=at(19.9))
    elif number % 5 == 0:
        operation.update(phase="Running", startedAt=at(20), finishedAt=None)
    return {
        "metadata": {"name": f"{name}-{number}", "namespace": "argocd", "labels": {"environment": "production"}, "annotations": {}}, "spec": {"source": history[0]["source"], "project": "default"},
        "status": {"history": history, "operationState": operation, "summary": {"images": [f"ghcr.io/acme/{name}-{number}:1.{number}"]}, "reconciledAt": iso(1), "resources": [{"kind": "Deployment"}]},
    }  # fmt: skip


def tell_argocd(daemon, name, api):
    """The notification of the last operation, and those of earlier syncs, before which images were shown that the API has forgotten."""
    for one in api.applications:
        status, source = one["status"], one["spec"]["source"]
        body = {"app": one["metadata"]["name"], "namespace": "argocd", "labels": one["metadata"]["labels"], "annotations": None, "repository": source["repoURL"], "chart": None, "target_revision": "main", "sources": [], "url": "https://argocd.acme.example"}
        state = status["operationState"]
        for sync in status["history"]:
            if sync["deployStartedAt"] != state["startedAt"]:
                operation = {"phase": "Succeeded", "startedAt": sync["deployStartedAt"], "finishedAt": sync["deployedAt"], "revision": sync["revision"], "initiatedBy": "ana"}
                post(daemon, name, json.dumps({**body, "images": [], "operation": operation}).encode(), BEARER)
        for phase in ("Running", state["phase"]):
            operation = {"phase": phase, "startedAt": state["startedAt"], "finishedAt": state["finishedAt"] if phase != "Running" else None, "revision": state["syncResult"]["revision"], "initiatedBy": "ana"}
            post(daemon, name, json.dumps({**body, "images": status["summary"]["images"], "operation": operation}).encode(), BEARER)


def test_syncs_of_argo_cd(daemon, connect):
    api = ArgoCD(daemon.house, [application(n) for n in range(1, 41)])
    connect(("argo", api, "argocd", ""))
    stored, _, unreported, requests = read_twice(daemon, "argo")
    running, failed = 6, 10
    # two or three earlier syncs, and the last operation with its start
    assert requests == 1 and stored == 40 * 2 + running + failed + 2 * 40 - running
    assert unreported == 40 * 3 + running + failed
    found = {row[0]: row[1:] for row in deployments(daemon, "argo")}
    assert len(found) == unreported
    last = application(1)["status"]["history"][-1]
    assert found[f"argocd/shop-1/{last['deployStartedAt']}"] == ["production", "succeeded", "1.1", "", last["deployStartedAt"], last["deployedAt"]]
    assert {row[1] for row in found.values()} == {"succeeded", "failed", "running"}


def test_notifications_of_argo_cd_and_its_api_tell_the_same(daemon, connect):
    make = lambda: ArgoCD(daemon.house, [application(n, "blog") for n in range(1, 21)])
    told_alike(daemon, connect, "argocd", make, tell_argocd, deployments)


# Jenkins


def build(number, days, folder="shop/deploy"):
    commit = hashlib.sha1(f"{folder}{number}".encode()).hexdigest()
    started = int((NOW - datetime.timedelta(days=days)).timestamp() * 1000)
    is_running = number % 50 == 0
    return {
        "number": number, "url": f"https://ci.acme.example/job/{folder.replace('/', '/job/')}/{number}/", "building": is_running, "result": None if is_running else ["SUCCESS", "FAILURE", "SUCCESS", "ABORTED"][number % 4],
        "timestamp": started, "duration": 0 if is_running else 60000,
        "actions": [{}, {"parameters": [{"name": "VERSION", "value": f"1.{number}"}, {"name": "SERVICE", "value": "checkout"}]}, {"lastBuiltRevision": {"SHA1": commit, "branch": [{"name": "refs/remotes/origin/main"}]}, "remoteUrls": ["https://git.acme.example/acme/shop.git"]}],
    }  # fmt: skip


def builds(count=COUNT):
    return {"shop/deploy": [build(n, 80 - 79 * n / count) for n in range(1, count + 1)], "deploy-blog": [build(n, 70 - n, "deploy-blog") for n in range(1, 4)]}


def tell_jenkins(daemon, name, api):
    for job, all_builds in api.jobs.items():
        for one in all_builds:
            revision = one["actions"][2]
            base = {"full_url": one["url"], "number": one["number"], "parameters": {p["name"]: p["value"] for p in one["actions"][1]["parameters"]},
                    "scm": {"commit": revision["lastBuiltRevision"]["SHA1"], "branch": "origin/main", "url": revision["remoteUrls"][0]}}  # fmt: skip
            phases = [{**base, "phase": "STARTED", "status": None, "timestamp": one["timestamp"], "duration": 0}]
            if not one["building"]:
                phases.append({**base, "phase": "COMPLETED", "status": one["result"], "timestamp": one["timestamp"] + one["duration"], "duration": one["duration"]})
            for phase in phases:
                post(daemon, name, json.dumps({"name": job.rpartition("/")[2], "url": "".join(f"job/{part}/" for part in job.split("/")), "build": phase}).encode(), BEARER)


JENKINS = 'api_user = "ana"\njobs = ["shop/deploy", "deploy-blog"]\nenvironment = "production"\n'


def test_builds_of_jenkins(daemon, connect):
    api = Jenkins(daemon.house, {**builds(), "other": [build(1, 3, "other")]})
    connect(("ci", api, "jenkins", JENKINS))
    stored, _, unreported, requests = read_twice(daemon, "ci")
    assert requests == 2 + 2 + 1 and unreported == COUNT + 3
    assert stored == 2 * (COUNT + 3) - COUNT // 50
    found = {row[0]: row[1:] for row in deployments(daemon, "ci")}
    one = build(120, 1)
    assert found["shop/deploy#120"][:4] == ["production", "succeeded", "1.120", one["actions"][2]["lastBuiltRevision"]["SHA1"]]
    assert found["deploy-blog#1"][1] == "failed" and found["shop/deploy#100"][1] == "running" and len(found) == COUNT + 3


def test_notifications_of_jenkins_and_its_api_tell_the_same(daemon, connect):
    told_alike(daemon, connect, "jenkins", lambda: Jenkins(daemon.house, builds(20)), tell_jenkins, deployments, JENKINS)


def test_a_job_that_jenkins_does_not_know_is_named(daemon, connect):
    connect(("unknown", Jenkins(daemon.house, {}), "jenkins", JENKINS))
    done = sync(daemon, "unknown")
    assert done.returncode == 1 and "/job/shop/job/deploy/api/json?tree=fullName,name: 404" in done.stderr, done.stderr
