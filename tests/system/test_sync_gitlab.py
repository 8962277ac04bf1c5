"""`releasehealthd sync` of GitLab: the history of projects and groups, alone and with webhooks of the same things."""
import hashlib
import json
import os
import random

import pytest

from apis import GitLab, configuration, counted, derived, events, iso
from harness import SECRET, Daemon

SEED = int(os.environ.get("RELEASEHEALTH_SEED") or random.randrange(32768))
COUNT = 120


def sha(*words):
    return hashlib.sha1(repr(words).encode()).hexdigest()


def url(path, *rest):
    return "/".join([f"https://gitlab.example/{path}/-", *map(str, rest)])


def commit(number, days, path="acme/shop"):
    own = sha(path, number)
    return {"id": own, "title": f"Change {number}", "message": f"Change {number}\n\nWhy.", "created_at": iso(days), "committed_date": iso(days), "authored_date": iso(days + 0.5), "web_url": url(path, "commit", own)}  # fmt: skip


def deployment(number, days, status="success", path="acme/shop"):
    finished = iso(days) if status in ("success", "failed", "canceled") else None
    return {
        "id": number, "iid": number, "ref": "main", "sha": sha(path, number), "created_at": iso(days + 0.02), "updated_at": finished or iso(days), "status": status, "user": {"username": "ana"},
        "environment": {"id": 9, "name": "production"},
        "deployable": {"id": 7000 + number, "name": "deploy", "status": status, "created_at": iso(days + 0.02), "started_at": iso(days + 0.01), "finished_at": finished,
                       "web_url": url(path, "jobs", 7000 + number), "commit": commit(number, days + 0.2, path), "user": {"username": "ana"}},
    }  # fmt: skip


def merge_request(number, days, path="acme/shop"):
    return {"id": number, "iid": number, "title": f"Change {number}", "state": "merged", "merged_at": iso(days), "updated_at": iso(days), "created_at": iso(days + 1), "labels": ["hotfix"] if number % 10 == 0 else [],
            "source_branch": f"change-{number}", "target_branch": "main", "sha": sha(path, "head", number), "merge_commit_sha": sha(path, number), "squash_commit_sha": None, "web_url": url(path, "merge_requests", number)}  # fmt: skip


def tag(number, days, path="acme/shop"):
    return {"name": f"v1.{number}", "target": sha(path, "tag", number), "message": None, "created_at": iso(days) if number % 2 else None, "commit": commit(number, days, path)}


def release(number, days, path="acme/shop"):
    return {"id": f"gid://gitlab/Release/{900 + number}", "tagName": f"v1.{number}", "name": f"Release {number}", "createdAt": iso(days), "releasedAt": iso(days), "commit": {"sha": sha(path, number)},
            "links": {"selfUrl": url(path, "releases", f"v1.{number}")}}  # fmt: skip


def issue(number, days, *labels, kind="incident", closed=None, path="acme/shop"):
    return {"id": 5000 + number, "iid": number, "title": f"Outage {number}", "description": "", "state": "closed" if closed else "opened", "created_at": iso(days), "updated_at": closed or iso(days), "closed_at": closed,
            "labels": list(labels), "issue_type": kind, "severity": "HIGH", "moved_to_id": None, "web_url": url(path, "issues", number)}  # fmt: skip


def project(path="acme/shop", count=COUNT):
    numbers = range(1, count + 1)
    age = lambda n: 80 - 79 * n / count
    return {
        "default_branch": "main", "deployments": [deployment(n, age(n), ["success", "success", "failed"][n % 3], path) for n in numbers], "commits": [commit(n, age(n) + 0.2, path) for n in numbers],
        "merge_requests": [merge_request(n, age(n) + 0.2, path) for n in numbers], "tags": [tag(n, age(n) + 0.1, path) for n in numbers],
        "issues": [issue(n, age(n) - 0.1, closed=iso(age(n) - 0.2) if n % 2 else None, path=path) for n in range(1, 11)],
    }  # fmt: skip


@pytest.fixture(scope="module")
def place(house, program):
    """Makes a running daemon with one source for an API."""
    made = []

    def make(api, more='api_include = ["acme/*"]\n'):
        made.append(Daemon(house, program, f"gitlab{len(made)}", configuration(api, house, more, "gitlab")).start())
        return made[-1]

    return make


def sync(daemon, **options):
    return daemon.command("sync", "gitlab", "--since", iso(89)[:10], timeout=300, **options)


def complete(daemon):
    done = sync(daemon)
    assert done.returncode == 0, done.stderr
    return counted(done)


def deliver(daemon, kind, body):
    text = json.dumps(body).encode()
    key = hashlib.sha1(text).hexdigest()
    answer = daemon.post("/webhooks/gitlab", text, {"Content-Type": "application/json", "X-Gitlab-Event": kind, "X-Gitlab-Token": SECRET, "Idempotency-Key": key})
    assert answer.status == 202, answer.text


def things(daemon, kind, *members):
    derived(daemon)
    return sorted([str(one.get(member)) for member in members] for one in daemon.json(f"/api/v1/{kind}?limit=1000")["items"])


def deployments(daemon):
    return things(daemon, "deployments", "subject", "service", "environment", "state", "kind", "commit", "started_at", "finished_at")


def incidents(daemon):
    return things(daemon, "incidents", "subject", "service", "state", "severity", "started_at", "resolved_at")


def test_the_history_of_a_group_is_read_once(house, place):
    api = GitLab(house, {"acme/shop": project(), "acme/tools/cli": {"default_branch": None, "environments_access_level": "disabled", "issues_access_level": "disabled"}, "other/tool": project("other/tool", 3)})
    daemon = place(api)
    stored, duplicates, unreported, requests = complete(daemon)
    # the group; 2 pages each of deployments with their tiers, merge requests, commits and tags, 1 of issues; merge requests of the
    # empty project
    assert requests == len(api.requests) == 1 + 5 * 2 + 1 + 1, api.requests
    # two states of a deployment, a merge and its tip, a commit, a tag with its commit, incidents opened and closed
    assert (stored, duplicates) == (COUNT * 2 + COUNT * 2 + COUNT + COUNT * 2 + 10 + 5, 0)
    assert len(deployments(daemon)) == COUNT and len(incidents(daemon)) == 10
    by_subject = {row[0]: row for row in deployments(daemon)}
    assert by_subject["120"][1:6] == ["acme/shop", "production", "succeeded", "hotfix", sha("acme/shop", 120)]
    assert by_subject["119"][3] == "failed" and by_subject["120"][6:] == [iso(1.01), iso(1)]
    before = events(daemon)
    again = complete(daemon)
    assert again[0] == 0 and again[3] <= requests and events(daemon) == before


def test_the_tier_of_an_environment_tells_that_it_is_production(house, place):
    live = [{**deployment(n, 5 - n / 10), "environment": {"id": n, "name": f"live-{n}"}} for n in range(1, 31)]
    tiers = {f"live-{n}": "PRODUCTION" if n % 2 else "STAGING" for n in range(1, 30)}  # one was deleted
    for kind in ("deployment", "pipeline"):
        daemon = place(GitLab(house, {"acme/shop": {"default_branch": "main", "deployments": live, "tiers": tiers}}), f'deployments = "{kind}"\napi_include = ["acme/*"]\n')
        complete(daemon)
        production = {one["environment"] for one in daemon.exported() if one.get("production_environment")}
        assert production == {f"live-{n}" for n in range(1, 30, 2)}


def test_one_project_is_named_without_its_group(house, place):
    api = GitLab(house, {"acme/shop": project(count=3), "acme/blog": project("acme/blog", 3)})
    daemon = place(api, 'api_include = ["acme/shop"]\n')
    complete(daemon)
    assert {row[1] for row in deployments(daemon)} == {"acme/shop"}


@pytest.mark.parametrize("failure", ["500", "truncated", "refused"])
def test_failures_that_pass_lose_nothing(house, place, failure):
    whole = place(GitLab(house, {"acme/shop": project()}))
    complete(whole)
    api = GitLab(house, {"acme/shop": project()}, failures=[failure], seed=SEED, limit=8, pause=1, skew=-300)
    daemon = place(api)
    complete(daemon)
    assert events(daemon) == events(whole), SEED


def test_a_missing_permission_is_named(house, place):
    done = sync(place(GitLab(house, {"acme/shop": project(count=3)}, forbidden=["/merge_requests"])))
    assert done.returncode == 1 and 'merge requests of acme/shop: GET' in done.stderr and 'expected a token with the permission "read_api, as Reporter of the project"' in done.stderr


def webhooks_of(data, path="acme/shop"):
    """The webhooks that would have reported a project's history."""
    own = {"path_with_namespace": path, "default_branch": "main"}
    for one in data["deployments"]:
        for status, changed_at in (("running", one["deployable"]["started_at"]), (one["status"], one["deployable"]["finished_at"])):
            yield "Deployment Hook", {"object_kind": "deployment", "status": status, "status_changed_at": changed_at, "deployment_id": one["id"], "deployable_url": one["deployable"]["web_url"],
                                      "environment": "production", "environment_tier": "production", "project": own, "ref": "main", "short_sha": one["sha"][:8], "commit_url": one["deployable"]["commit"]["web_url"],
                                      "commit_title": one["deployable"]["commit"]["title"], "user": {"username": "ana"}}  # fmt: skip
    for one in data["merge_requests"]:
        attributes = {**{name: one[name] for name in ("iid", "title", "merged_at", "updated_at", "source_branch", "target_branch", "merge_commit_sha")}, "action": "merge", "url": one["web_url"], "last_commit": {"id": one["sha"]}}
        yield "Merge Request Hook", {"object_kind": "merge_request", "object_attributes": attributes, "labels": [{"title": label} for label in one["labels"]], "project": own}
    for one in data["issues"]:
        base = {"id": one["id"], "iid": one["iid"], "title": one["title"], "url": one["web_url"], "created_at": one["created_at"], "severity": "high", "type": "Incident", "labels": []}
        yield "Issue Hook", {"object_kind": "issue", "object_attributes": {**base, "action": "open", "state": "opened", "updated_at": one["created_at"], "closed_at": None}, "project": own}
        if one["closed_at"]:
            yield "Issue Hook", {"object_kind": "issue", "object_attributes": {**base, "action": "close", "state": "closed", "updated_at": one["closed_at"], "closed_at": one["closed_at"]}, "project": own}


def test_webhooks_and_the_api_tell_the_same(house, place):
    data = {name: value for name, value in project(count=24).items() if name not in ("commits", "tags")}
    alone, before, after, only = (place(GitLab(house, {"acme/shop": data})) for _ in range(4))
    hooks = list(webhooks_of(data))
    random.Random(SEED).shuffle(hooks)
    for kind, body in hooks:
        deliver(before, kind, body)
        deliver(only, kind, body)
    assert complete(before)[2] == 0  # webhooks had reported all
    for daemon in (alone, after):
        complete(daemon)
    for kind, body in hooks:
        deliver(after, kind, body)
    for told in (deployments, incidents):
        wanted = told(only)
        assert wanted and told(alone) == told(before) == told(after) == wanted, SEED


def test_jobs_and_releases_are_read_if_they_are_the_deployments(house, place):
    data = {"default_branch": "main", "deployments": [deployment(1, 5), {**deployment(2, 4), "deployable": None}], "releases": [release(n, 60 - n / 3) for n in range(1, 131)]}
    jobs = place(GitLab(house, {"acme/shop": data}), 'deployments = "pipeline"\napi_include = ["acme/*"]\n')
    complete(jobs)
    assert [row[:4] for row in deployments(jobs)] == [["job/7001", "acme/shop", "production", "succeeded"]]
    releases = place(GitLab(house, {"acme/shop": data}), 'deployments = "release"\nenvironment = "production"\napi_include = ["*"]\n')
    complete(releases)
    deliver(releases, "Release Hook", {"object_kind": "release", "action": "create", "id": 901, "name": "Release 1", "tag": "v1.1", "created_at": iso(60 - 1 / 3), "released_at": iso(60 - 1 / 3),
                                       "url": url("acme/shop", "releases", "v1.1"), "commit": {"id": sha("acme/shop", 1)}, "project": {"path_with_namespace": "acme/shop"}})  # fmt: skip
    found = deployments(releases)
    assert len(found) == 130 and "release/901" in [row[0] for row in found]


def test_issues_with_a_label_are_read_one_filter_after_the_other(house, place):
    data = {"default_branch": "main", "issues": [issue(1, 9), issue(2, 8, "outage", kind="issue"), issue(3, 7, "question", kind="issue"), issue(4, 6, "outage")]}
    daemon = place(GitLab(house, {"acme/shop": data}), 'api_include = ["acme/*"]\nincidents.labels = ["outage"]\n')
    complete(daemon)
    assert [row[0] for row in incidents(daemon)] == ["acme/shop#1", "acme/shop#2", "acme/shop#4"]
