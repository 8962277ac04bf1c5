"""`releasehealthd sync` of Bitbucket Cloud and Azure DevOps: their history, alone and with webhooks of the same things."""
import hashlib
import json

import pytest

from apis import SEED, AzureDevOps, Bitbucket, complete, connector, deployments, events, iso, post, proof, read_twice, sync, told_alike
from harness import SECRET

COUNT = 120
age = lambda n, count=COUNT: 80 - 79 * n / count


@pytest.fixture(scope="module")
def connect(daemon):
    return connector(daemon)


def sha(*words):
    return hashlib.sha1(repr(words).encode()).hexdigest()


# Bitbucket


def bitbucket(count=COUNT, name="acme/shop"):
    numbers, commit = range(1, count + 1), lambda n: {"hash": sha(name, n), "date": iso(age(n, count) + 0.2), "message": f"Change {n}", "links": {"html": {"href": f"https://bitbucket.example/{name}/commits/{n}"}}}
    status = lambda n: ["SUCCESSFUL", "FAILED", "SUCCESSFUL", "STOPPED"][n % 4]
    running = lambda n: {"name": "IN_PROGRESS", "started_on": iso(age(n, count) + 0.01)}
    return {
        # the oldest first: their order is not documented
        "deployments": [{"uuid": f"{{d-{n}}}", "environment": {"uuid": "{e-1}"}, "release": {"name": f"#{n}", "url": "https://bitbucket.example", "commit": {"hash": sha(name, n)}},
                         "state": running(n) if n == count else {**running(n), "name": "COMPLETED", "status": {"name": status(n)}, "completed_on": iso(age(n, count))}} for n in numbers],
        "environments": [{"uuid": "{e-1}", "name": "Live", "environment_type": {"name": "Production"}}],
        "pullrequests": [{"id": n, "title": f"Change {n}", "state": "MERGED", "updated_on": iso(age(n, count) + 0.2), "merge_commit": {"hash": sha(name, n)[:12]}, "source": {"branch": {"name": f"change-{n}"}, "commit": {"hash": sha(name, "head", n)[:12]}},
                          "destination": {"branch": {"name": "main"}, "repository": {"full_name": name}}, "participants": [{"approved": n % 2 == 0}], "links": {"html": {"href": f"https://bitbucket.example/{name}/pull-requests/{n}"}}} for n in numbers],
        "commits": [commit(n) for n in numbers],
        "tags": [{"name": f"v1.{n}", "date": iso(age(n, count)), "target": commit(n)} for n in numbers],
    }  # fmt: skip


BITBUCKET = 'deployments = "deployment"\napi_include = ["acme/*"]\n'


def test_the_history_of_bitbucket(daemon, connect):
    api = Bitbucket(daemon.house, {"acme/shop": bitbucket(), "other/tool": bitbucket(3, "other/tool")})
    connect(("bitbucket", api, "bitbucket", BITBUCKET))
    stored, _, _, requests = read_twice(daemon, "bitbucket")
    # the workspace; two pages of deployments, each with environments; three of pull requests; two each of commits and tags
    assert requests == 1 + 2 * 2 + 3 + 2 + 2, api.requests
    assert stored == 2 * COUNT - 1 + 2 * COUNT + COUNT + COUNT
    found = {row[0]: row[1:] for row in deployments(daemon, "bitbucket")}
    assert len(found) == COUNT and found["deployment/{d-2}"] == ["live", "succeeded", "#2", sha("acme/shop", 2), iso(age(2) + 0.01), iso(age(2))]
    assert found["deployment/{d-120}"][1] == "running" and found["deployment/{d-1}"][1] == "failed"


def test_deployments_of_bitbucket_since_the_last_look_are_found_in_any_order(daemon, connect):
    data = bitbucket(8, "acme/blog")
    data["deployments"][-1]["state"]["started_on"] = iso(0.5)
    api = Bitbucket(daemon.house, {"acme/blog": data})
    connect(("bitbucket-later", api, "bitbucket", BITBUCKET))
    complete(daemon, "bitbucket-later")
    data["deployments"][-1]["state"] = {**data["deployments"][-1]["state"], "name": "COMPLETED", "status": {"name": "FAILED"}, "completed_on": iso(0)}
    assert complete(daemon, "bitbucket-later")[0] == 1
    assert {row[0]: row[2] for row in deployments(daemon, "bitbucket-later")}["deployment/{d-8}"] == "failed"


def test_pull_requests_of_bitbucket_are_known_from_webhooks(daemon, connect):
    data = {"pullrequests": bitbucket(6, "acme/cart")["pullrequests"]}
    connect(("bitbucket-hooks", Bitbucket(daemon.house, {"acme/cart": data}), "bitbucket", BITBUCKET))
    for one in data["pullrequests"]:
        body = json.dumps({"pullrequest": one, "repository": {"full_name": "acme/cart"}}).encode()
        post(daemon, "bitbucket-hooks", body, {"Content-Type": "application/json", "X-Event-Key": "pullrequest:fulfilled", "X-Hub-Signature": "sha256=" + proof(body), "X-Request-UUID": str(one["id"])})
    assert complete(daemon, "bitbucket-hooks")[2] == 0


# Azure DevOps


def build(number, days):
    """Of the pipeline `checkout`, or `other`; in turn succeeded, failed, partially succeeded, canceled."""
    result = ["succeeded", "failed", "partiallySucceeded", "canceled"][number % 4]
    stage = lambda name, began, ended: {"type": "Stage", "name": name, "identifier": name, "attempt": 1, "state": "completed", "result": result, "startTime": iso(days + began), "finishTime": iso(days + ended)}
    return {
        "id": number, "buildNumber": f"1.{number}", "status": "completed", "result": result, "queueTime": iso(days + 0.03), "startTime": iso(days + 0.02), "finishTime": iso(days), "definition": {"name": "checkout" if number % 6 else "other"},
        "sourceBranch": "refs/heads/main", "sourceVersion": sha(number), "repository": {"name": "shop"}, "url": f"https://dev.azure.example/builds/{number}", "_links": {"web": {"href": f"https://dev.azure.example/runs/{number}"}},
        "timeline": [stage("Build", 0.02, 0.01), stage("Production", 0.01, 0), {"type": "Job", "name": "deploy"}, {"type": "Stage", "name": "Skipped", "identifier": "Skipped", "attempt": 1, "state": "completed", "result": "skipped", "startTime": None}],
    }  # fmt: skip


def azure_deployment(number, days):
    return {"id": number, "attempt": 1, "deploymentStatus": ["succeeded", "failed"][number % 2], "startedOn": iso(days + 0.01), "completedOn": iso(days), "requestedFor": {"displayName": "Ana"}, "releaseDefinition": {"name": "checkout"},
            "release": {"id": 500 + number, "name": f"Release-{number}", "artifacts": [{"definitionReference": {"sourceVersion": {"id": sha(number)}, "branch": {"id": "refs/heads/main"}}}], "_links": {"web": {"href": "https://dev.azure.example"}}},
            "releaseEnvironment": {"id": 9, "name": "Production"}}  # fmt: skip


def azure(count=COUNT):
    numbers = range(1, count + 1)
    return {
        "builds": [build(n, age(n, count)) for n in numbers], "deployments": [azure_deployment(n, age(n, count)) for n in numbers], "repositories": [{"id": "r-1", "name": "shop", "defaultBranch": "refs/heads/main"}],
        "pullrequests": [{"pullRequestId": n, "title": f"Change {n}", "status": "completed", "closedDate": iso(age(n, count) + 0.2), "sourceRefName": f"refs/heads/change-{n}", "targetRefName": "refs/heads/main", "repository": {"id": "r-1", "name": "shop"},
                          "lastMergeCommit": {"commitId": sha(n)}, "lastMergeSourceCommit": {"commitId": sha("head", n)}, "reviewers": [{"vote": 10}]} for n in numbers],
    }  # fmt: skip


PIPELINES = 'pipelines = ["checkout"]\nenvironment = "production"\n'


@pytest.mark.parametrize(
    "name, settings, subject, things",
    [
        ("build", PIPELINES, "build/2", 100),
        ("run", PIPELINES, "run/2", 100),
        ("stage", 'stages = ["Production"]\n', "run/2/Production/1", 120),
        ("release", "", "release/502/9/2", 120),
    ],
)
def test_the_history_of_azure_devops(daemon, connect, name, settings, subject, things):
    api = AzureDevOps(daemon.house, {"Shop": azure(), "Empty": {}})
    connect((f"azure-{name}", api, "azure-devops", f'deployments = "{name}"\n{settings}'))
    requests = read_twice(daemon, f"azure-{name}")[3]
    # projects; two pages of what is deployed, with a timeline for each run; two of pull requests, each with repositories; an empty project
    assert requests == 1 + 2 + 2 * 2 + 2 + (COUNT if name == "stage" else 0), api.requests
    found = {row[0]: row[1:] for row in deployments(daemon, f"azure-{name}")}
    assert len(found) == things
    environment, state, version, commit, _, finished = found[subject]
    assert (environment.lower(), state, finished) == ("production", "succeeded", iso(age(2)))
    assert commit == sha(2) and version in ("1.2", "Release-2")
    assert len(events(daemon, "commit", f"azure-{name}")) == 2 * COUNT


def tell_azure(daemon, name, api):
    for one in api.projects["Shop"]["builds"]:
        resource = {**{key: one[key] for key in ("id", "buildNumber", "status", "result", "startTime", "finishTime", "definition", "url")}, "sourceGetVersion": f"LG:refs/heads/main:{one['sourceVersion']}"}
        body = json.dumps({"id": f"{name}-b{one['id']}", "eventType": "build.complete", "createdDate": one["finishTime"], "resource": resource}).encode()
        post(daemon, name, body, {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"})
    for one in api.projects["Shop"]["pullrequests"]:
        resource = {**one, "repository": {**one["repository"], "defaultBranch": "refs/heads/main"}}
        body = json.dumps({"id": f"{name}-p{one['pullRequestId']}", "eventType": "git.pullrequest.updated", "createdDate": one["closedDate"], "resource": resource}).encode()
        post(daemon, name, body, {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"})


def test_service_hooks_of_azure_devops_and_its_api_tell_the_same(daemon, connect):
    settings = 'deployments = "build"\npipelines = ["checkout", "other"]\nenvironment = "production"\n'
    told_alike(daemon, connect, "azure-devops", lambda: AzureDevOps(daemon.house, {"Shop": azure(20)}), tell_azure, deployments, settings)


@pytest.mark.parametrize("kind", ["bitbucket", "azure-devops"])
def test_failures_that_pass_lose_nothing(daemon, connect, kind):
    make = {"bitbucket": lambda **how: Bitbucket(daemon.house, {"acme/fails": bitbucket(name="acme/fails")}, **how), "azure-devops": lambda **how: AzureDevOps(daemon.house, {"Shop": azure()}, **how)}[kind]
    more = {"bitbucket": BITBUCKET, "azure-devops": ""}[kind]
    connect((f"{kind}-whole", make(), kind, more), (f"{kind}-failing", make(failures=["500", "truncated", "refused"], share=0.4, seed=SEED, limit=4 if kind == "azure-devops" else None), kind, more))
    for name in ("whole", "failing"):
        complete(daemon, f"{kind}-{name}")
    assert deployments(daemon, f"{kind}-failing") == deployments(daemon, f"{kind}-whole"), SEED


def test_a_missing_permission_is_named(daemon, connect):
    connect(("azure-refused", AzureDevOps(daemon.house, {"Shop": azure(3)}, forbidden=["/pullrequests"]), "azure-devops", ""))
    done = sync(daemon, "azure-refused")
    assert done.returncode == 1 and 'pull requests of Shop: GET ' in done.stderr and 'expected a token with the permission "Code: Read"' in done.stderr, done.stderr
