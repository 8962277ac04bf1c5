"""`releasehealthd sync`: history from the tools' APIs, through limits and failures, resumed after kill -9, told twice."""
import base64
import datetime
import hashlib
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import time

import pytest

from apis import GitHub, Proxy, Reply, configuration, counted, events, iso
from harness import SECRET, Daemon, signature
from harness.certificates import certify, found_authority, openssl

SEED = int(os.environ.get("RELEASEHEALTH_SEED") or random.randrange(32768))


def sha(*words):
    return hashlib.sha1(repr(words).encode()).hexdigest()


def deployment(number, days, *states, repository="acme/shop", environment="production"):
    return {
        "id": number, "node_id": f"DE_{number}", "url": f"https://api.github.com/repos/{repository}/deployments/{number}", "sha": sha(repository, number), "ref": "main",
        "task": "deploy", "environment": environment, "production_environment": environment == "live", "description": "", "payload": {"version": f"1.{number}"},
        "creator": {"login": "ana"}, "created_at": iso(days), "updated_at": iso(days),
        "statuses": [{"state": state, "created_at": iso(days - 0.001 * (n + 1)), "environment": environment} for n, state in enumerate(states)],
    }  # fmt: skip


def pull_request(number, days, *labels, is_merged=True, repository="acme/shop"):
    return {
        "number": number, "node_id": f"PR_{number}", "url": f"https://api.github.com/repos/{repository}/pulls/{number}", "html_url": f"https://github.com/{repository}/pull/{number}",
        "title": f"Change {number}", "state": "closed", "merged": is_merged, "merged_at": iso(days) if is_merged else None, "updated_at": iso(days), "created_at": iso(days + 1),
        "merge_commit_sha": sha(repository, number), "labels": [{"name": label} for label in labels], "head": {"ref": f"change-{number}", "sha": sha(repository, "head", number)},
        "base": {"ref": "main", "repo": {"full_name": repository, "default_branch": "main"}}, "additions": 7, "deletions": 2,
    }  # fmt: skip


def commit(number, days, repository="acme/shop"):
    return {
        "sha": sha(repository, number), "url": f"https://api.github.com/repos/{repository}/commits/{sha(repository, number)}", "html_url": f"https://github.com/{repository}/commit/{number}",
        "commit": {"message": f"Change {number}", "author": {"date": iso(days + 0.5)}, "committer": {"date": iso(days)}},
    }  # fmt: skip


def tag(number, days, repository="acme/shop"):
    return {"name": f"v1.{number}", "target": {"oid": sha("tag", number), "tagger": {"date": iso(days)}, "target": {
        "oid": sha(repository, number), "committedDate": iso(days), "authoredDate": iso(days + 0.5), "message": f"Change {number}", "url": ""}}}  # fmt: skip


def shop(count=250):
    """A repository with that many deployments, each of a commit, a merged pull request and a tag of its own."""
    numbers = range(1, count + 1)
    age = lambda n: 80 - 79 * n / count
    return {"default_branch": "main", "deployments": [deployment(n, age(n), "in_progress", "success") for n in numbers], "pulls": [pull_request(n, age(n) + 0.2) for n in numbers],
            "commits": [commit(n, age(n) + 0.2) for n in numbers], "tags": [tag(n, age(n) + 0.1) for n in numbers]}  # fmt: skip


@pytest.fixture
def place(house, program):
    """Makes a configured database for an API."""
    made = []

    def make(api, more='api_include = ["acme/*"]\n', **options):
        made.append(None)
        daemon = Daemon(house, program, f"sync{len(made)}{time.monotonic_ns() % 100000}", configuration(api, house, more), **options)
        daemon.run("migrate")
        return daemon

    return make


def deliver(daemon, body):
    text = json.dumps(body).encode()
    answer = daemon.post("/webhooks/github", text, {"Content-Type": "application/json", "X-GitHub-Event": "deployment_status", "X-Hub-Signature-256": signature(text)})
    assert answer.status == 202, answer.text


def sync(daemon, *words, **options):
    return daemon.command("sync", "github", "--since", iso(89)[:10], *words, timeout=300, **options)


def test_a_token_brings_the_whole_history_once(house, place):
    api = GitHub(house, {"acme/shop": shop(), "acme/blog": {"default_branch": "main"}, "other/tool": shop(3)})
    daemon = place(api)
    done = sync(daemon)
    assert done.returncode == 0, done.stderr
    stored, duplicates, unreported, requests = counted(done)
    assert (duplicates, requests) == (0, len(api.requests))
    # three events of a deployment, a commit with its tag, a commit of the branch, a merge with its branch's tip
    assert stored == 250 * 8
    assert len(events(daemon, "deployment")) == 3 * 250 and len(events(daemon, "tag")) == 250
    assert unreported == 250 + 250 + 2 * 250  # deployments, tags, commits with the tips of their branches
    before = events(daemon)
    again = sync(daemon)
    assert again.returncode == 0 and counted(again)[0] == 0, again.stderr
    assert counted(again)[3] < requests / 2  # it continues
    assert events(daemon) == before


def test_no_more_requests_than_pages(house, place):
    api = GitHub(house, {"acme/shop": shop(1000)})
    assert sync(place(api)).returncode == 0
    # the repositories; 10 pages each of deployments with statuses, pull requests with lines, commits, tags
    assert len(api.requests) == 1 + 6 * 10


def test_statuses_beyond_the_first_page_are_read(house, place):
    many = deployment(1, 10, *["in_progress"] * 150, "success")
    other = deployment(2, 9, *["in_progress"] * 40, "failure")
    daemon = place(GitHub(house, {"acme/shop": {"default_branch": "main", "deployments": [many, other]}}))
    assert sync(daemon).returncode == 0
    assert len(events(daemon, "deployment")) == 1 + 151 + 1 + 41


@pytest.mark.parametrize("failure", ["500", "502", "truncated", "closed", "refused"])
def test_failures_that_pass_lose_nothing(house, place, failure):
    shops = {"acme/shop": shop(150)}
    whole, failing = place(GitHub(house, shops)), GitHub(house, shops, failures=[failure], seed=SEED)
    daemon = place(failing)
    assert sync(whole).returncode == 0
    done = sync(daemon)
    assert done.returncode == 0 and failing.failed > 0, done.stderr
    assert events(daemon) == events(whole)


def test_a_rate_limit_is_waited_for_by_the_servers_clock(house, place):
    api = GitHub(house, {"acme/shop": shop(300)}, limit=10, pause=2, skew=3600)
    done = sync(place(api))
    assert done.returncode == 0 and api.refused == 0, done.stderr  # what is left of the limit is known before it is used up
    assert "waiting" in done.stderr and "rate limit" in done.stderr


def test_a_token_without_a_permission_loses_only_that_list(house, place):
    api = GitHub(house, {"acme/shop": shop(5)}, forbidden=["/pulls"])
    daemon = place(api)
    done = sync(daemon)
    assert done.returncode == 1
    assert re.search(r'pull requests of acme/shop: GET http://127.0.0.1:\d+/repos/acme/shop/pulls\S*: 403 Resource not accessible by personal access token; '
                     r'expected a token with the permission "Pull requests: read"', done.stderr), done.stderr  # fmt: skip
    assert len(events(daemon, "deployment")) == 15
    assert api.TOKEN not in done.stderr + done.stdout


def test_a_wrong_token_is_named_and_not_shown(house, place):
    api = GitHub(house, {"acme/shop": shop(5)})
    api.TOKEN, wrong = "another", api.TOKEN
    daemon = place(api)
    (house.folder / "github.api.token").write_text(wrong)
    done = sync(daemon)
    assert done.returncode == 1 and "401 Bad credentials" in done.stderr and wrong not in done.stderr, done.stderr


def test_a_killed_sync_goes_on_where_it_was(house, place):
    shops = {"acme/shop": shop(400)}
    whole, daemon = place(GitHub(house, shops)), None
    assert sync(whole).returncode == 0
    api = GitHub(house, shops)
    daemon = place(api).start()  # the database outlives the killed command
    chosen, kills = random.Random(SEED), 0
    words = [daemon.program, "sync", "github", "--since", iso(89)[:10], "--config", daemon.config]
    for _ in range(4):
        began = len(api.requests)
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            goal = began + chosen.randrange(1, 12)
            while process.poll() is None and len(api.requests) < goal:
                time.sleep(0.002)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                kills += 1
    done = sync(daemon)
    assert done.returncode == 0 and kills > 0, done.stderr
    assert events(daemon) == events(whole)
    # each kill repeats the repositories and a page with its details, and looks once at every list that was complete
    assert len(api.requests) <= 1 + 6 * 4 + kills * (1 + 2 + 6) + 1


def test_what_a_webhook_delivered_is_not_new(house, place):
    api = GitHub(house, {"acme/shop": shop(20)})
    daemon = place(api).start()
    for one in api.repositories["acme/shop"]["deployments"][:15]:
        for status in one["statuses"]:
            body = {"action": "created", "deployment": {k: v for k, v in one.items() if k != "statuses"}, "deployment_status": {**status, "id": 1}, "repository": {"full_name": "acme/shop", "default_branch": "main"}}
            deliver(daemon, body)
    done = sync(daemon)
    assert counted(done)[2] == 5 + 20 + 2 * 20, done.stderr  # the deployments that no webhook delivered, tags, commits
    assert len(daemon.items("deployments?limit=100")) == 20


def test_only_named_repositories_are_read(house, place):
    shops = {name: shop(2) for name in ("acme/shop", "acme/shop-old", "acme/blog", "other/shop")}
    api = GitHub(house, shops)
    daemon = place(api, 'api_include = ["acme/*", "other/shop"]\napi_exclude = ["*-old"]\n')
    assert sync(daemon).returncode == 0
    assert {path.split("/")[2] + "/" + path.split("/")[3] for path in api.requests if "/repos/" in path} == {"acme/shop", "acme/blog", "other/shop"}


def test_changes_since_the_last_look_are_found(house, place):
    repository = shop(30)
    api = GitHub(house, {"acme/shop": repository})
    daemon = place(api)
    assert sync(daemon).returncode == 0
    late = deployment(1000, 0.01, "in_progress")
    repository["deployments"].append(late)
    api.sorted.clear()
    api.nodes[late["node_id"]] = late
    assert counted(daemon.command("sync", "github"))[0] == 2
    late["statuses"].append({"state": "success", "created_at": iso(0), "environment": "production"})
    done = daemon.command("sync", "github")
    assert counted(done)[:3] == [1, counted(done)[1], 0], done.stderr
    assert api.unchanged > 0  # pull requests


def test_a_dry_run_stores_nothing(house, place):
    api = GitHub(house, {"acme/shop": shop(3)})
    daemon = place(api).start()
    done = sync(daemon, "--dry-run")
    assert done.returncode == 0 and "services (1): acme/shop" in done.stdout, done.stdout + done.stderr
    assert events(daemon) == []


def test_a_page_of_another_host_is_not_asked_for(house, place):
    """The Link headers of the server name api.example: only their paths are used."""
    api = GitHub(house, {"acme/shop": shop(150)})
    assert sync(place(api)).returncode == 0
    assert any("page=2" in path for path in api.requests)


def test_a_private_authority_is_trusted_if_it_is_configured_and_a_proxy_is_used(house, place):
    found_authority(house)
    certify(house, "api", "localhost")
    api = GitHub(house, {"acme/shop": shop(3)}, tls=(house.folder / "api.pem", house.folder / "api.key"))
    unknown = sync(place(api))
    assert unknown.returncode == 1 and "certificate verify failed" in unknown.stderr and api.requests == [], unknown.stderr
    proxy = Proxy(house)
    connection = f'[sync]\nca_file = "{house.folder}/ca.pem"\nproxy = "{proxy.url}"\n'
    daemon = place(api, 'api_include = ["acme/*"]\n' + connection)
    done = sync(daemon, environment={"https_proxy": "http://127.0.0.1:1"})
    assert done.returncode == 0, done.stderr
    assert set(proxy.tunnels) == {f"127.0.0.1:{api.port}"} and len(proxy.tunnels) == 1  # the connection is kept


def test_nothing_is_asked_of_the_host_of_a_redirect(house, place):
    other = GitHub(house, {})

    class Moved(GitHub):
        def answer(self, asked):
            if asked.path.endswith("/pulls"):
                return Reply({"message": "Moved Permanently"}, 301, Location=f"{other.url}/elsewhere")
            if asked.path.endswith("/deployments"):  # a renamed repository
                return Reply({"message": "Moved Permanently"}, 301, Location="/repositories/1/list?per_page=100")
            if asked.path == "/repositories/1/list":
                asked.path = "/repos/acme/shop/deployments"
            return super().answer(asked)

    daemon = place(Moved(house, {"acme/shop": shop(3)}))
    done = sync(daemon)
    assert done.returncode == 1 and " redirects to another host or too often; expected the API itself at api_url" in done.stderr and other.requests == [], done.stderr
    assert len(events(daemon, "deployment")) == 9


def test_the_page_of_sources_shows_what_webhooks_missed(house, place):
    daemon = place(GitHub(house, {"acme/shop": shop(4)}, forbidden=["/pulls"])).start()
    sync(daemon)
    source = daemon.json("/api/v1/sources")["sources"][0]
    assert source["arrives_by"] == "sync" and source["sync"]["unreported"] == 12 and source["sync"]["failures"] == 1, source
    page = daemon.get("/sources").text
    assert "12 things that no webhook had reported" in page and "incomplete" in page and "Pull requests: read" in page


def test_a_large_history_needs_its_pages_only_and_little_memory(house, place, long):
    """Limited as GitHub limits a token, but renewed after seconds: 5,000 requests an hour."""
    if not long:
        pytest.skip("100,000 deployments: --long")
    deployments, pulls = 100_000, 20_000
    whole = shop(deployments)
    whole["pulls"], whole["commits"], whole["tags"] = whole["pulls"][:pulls], [], []
    api = GitHub(house, {"acme/shop": whole}, limit=500, pause=3)
    daemon = place(api).start()
    words = [daemon.program, "sync", "github", "--since", iso(89)[:10], "--config", daemon.config]
    began, peak, told = time.monotonic(), 0, house.folder / "large.log"
    with told.open("w") as stderr, subprocess.Popen(words, stderr=stderr) as process:
        while process.poll() is None:  # not its ru_maxrss, which begins with the memory of this process
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak = max([peak, *map(int, re.findall(r"VmHWM:\s+(\d+)", status))])
            time.sleep(0.05)
    took, required = time.monotonic() - began, 1 + 2 * deployments // 100 + 2 * pulls // 100 + 2
    print(f"{took:.0f} s, {len(api.requests)} requests of {required} required, {peak // 1024} MB\n{told.read_text()[-300:]}")
    assert process.returncode == 0 and len(api.requests) <= required * 1.05 and peak < 300 * 1024


class App(GitHub):
    """A GitHub App: a signed JSON Web Token buys a token of an installation, which lasts a little longer than the margin of sync."""

    def __init__(self, house, repositories, public_key):
        super().__init__(house, repositories)
        self.house, self.public_key, self.bought = house, public_key, []

    def is_authorized(self, headers):
        kind, _, token = headers["Authorization"].partition(" ")
        return kind == "Bearer" and (token in self.bought[-1:] or self.is_signed(token))

    def is_signed(self, token):
        head, claims, signature = token.split(".")
        decode = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        (self.house.folder / "jwt.signature").write_bytes(decode(signature))
        words = ["openssl", "dgst", "-sha256", "-verify", self.public_key, "-signature", self.house.folder / "jwt.signature"]
        claims = json.loads(decode(claims))
        is_valid = json.loads(decode(head)) == {"alg": "RS256", "typ": "JWT"} and claims["iss"] == "4711" and claims["exp"] - claims["iat"] <= 600 and claims["iat"] < time.time()
        return is_valid and subprocess.run(words, input=token.rpartition(".")[0].encode(), stdout=subprocess.DEVNULL, check=False).returncode == 0

    def answer(self, asked):
        if asked.path != "/app/installations/77/access_tokens":
            return super().answer(asked)
        self.bought.append(f"ghs_{len(self.bought)}")
        ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5, seconds=1)
        return Reply({"token": self.bought[-1], "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}, 201)


def test_an_app_buys_tokens_with_its_key(house, place):
    for words in (["genrsa", "-out", "app.pem", "2048"], ["rsa", "-in", "app.pem", "-pubout", "-out", "app.public.pem"]):
        openssl(house, *words)
    api = App(house, {"acme/shop": shop(450)}, house.folder / "app.public.pem")
    daemon = place(api, 'api_include = ["acme/*"]\napi_user = "4711/77"\n')
    (house.folder / "github.api.token").write_text((house.folder / "app.pem").read_text())
    done = sync(daemon)
    assert done.returncode == 0 and len(api.bought) > 1, done.stderr  # renewed on the way
    assert len(events(daemon, "deployment")) == 3 * 450
    assert not any(token in done.stderr for token in api.bought)


@pytest.mark.parametrize(
    "more, key, message",
    [
        ('api_user = "4711"\n', None, 'api_user: invalid value "4711"; expected APP/INSTALLATION for the private key of a GitHub App'),
        ('api_user = "4711/77"\n', "-----BEGIN PRIVATE KEY-----\nnot a key\n", "api_token_file: not the private key of a GitHub App in PEM form"),
    ],
)
def test_a_wrong_app_is_named(house, place, more, key, message):
    daemon = place(GitHub(house, {}), f'api_include = ["acme/*"]\n{more}')
    (house.folder / "github.api.token").write_text(key or (house.folder / "app.pem").read_text())
    done = sync(daemon)
    assert done.returncode == 1 and message in done.stderr, done.stderr
    assert "not a key" not in done.stderr


def test_a_source_without_a_token_is_named(house, program):
    config = f'[[source]]\nname = "github"\nkind = "github"\nsecret = "{SECRET}"\n[[source]]\nname = "flux"\nkind = "flux"\nsecret = "{SECRET}"\n'
    daemon = Daemon(house, program, "without-a-token", config)
    for name, why in (("github", "; expected the path of a file with a token"), ("flux", ", because sync reads no API of flux")):
        done = daemon.command("sync", name)
        assert done.returncode == 2 and f'sync: "{name}" has no api_token_file{why}' in done.stderr, done.stderr


RELEASE = {"id": 5, "url": "https://api.github.com/repos/acme/shop/releases/5", "tag_name": "v1.5", "name": "Release 5", "draft": False, "prerelease": False, "target_commitish": "main",
           "author": {"login": "ana"}, "html_url": "https://github.com/acme/shop/releases/5", "created_at": iso(3), "published_at": iso(3), "updated_at": iso(3)}  # fmt: skip
RUN = {"id": 6, "name": "Deploy", "path": ".github/workflows/deploy.yml", "status": "completed", "conclusion": "success", "run_attempt": 1, "head_branch": "main", "head_sha": sha("run"),
       "html_url": "https://github.com/acme/shop/actions/runs/6", "created_at": iso(2), "run_started_at": iso(2), "updated_at": iso(1.9)}  # fmt: skip


def issue(number, days, *labels, kind=None, closed=None):
    return {"number": number, "url": f"https://api.github.com/repos/acme/shop/issues/{number}", "html_url": f"https://github.com/acme/shop/issues/{number}", "title": f"Outage {number}",
            "state": "closed" if closed else "open", "closed_at": closed, "created_at": iso(days), "updated_at": closed or iso(days), "labels": [{"name": label} for label in labels],
            "type": {"name": kind} if kind else None, "body": ""}  # fmt: skip


@pytest.mark.parametrize(
    "settings, expected",
    [
        ('deployments = "release"\nenvironment = "production"\n', {"version": "v1.5", "finished_at": iso(3), "state": "succeeded"}),
        ('deployments = "workflow_run"\nenvironment = "production"\nworkflows = ["Deploy"]\n', {"commit": sha("run"), "finished_at": iso(1.9), "state": "succeeded"}),
    ],
)
def test_releases_and_runs_are_read_instead_of_deployments(house, place, settings, expected):
    api = GitHub(house, {"acme/shop": {"default_branch": "main", "releases": [RELEASE], "runs": [RUN], "deployments": [deployment(1, 4, "success")]}})
    daemon = place(api, f'api_include = ["acme/shop"]\n{settings}').start()
    assert sync(daemon).returncode == 0
    found = daemon.items("deployments")
    assert len(found) == 1 and {name: found[0][name] for name in expected} == expected, found


def test_issues_are_read_once_for_each_label_and_type(house, place):
    issues = [issue(1, 9, "incident", closed=iso(8)), issue(2, 7, "question"), issue(3, 6, kind="Incident"), issue(4, 5, "incident", kind="Incident")]
    pull = {**issue(5, 4, "incident"), "pull_request": {}}
    daemon = place(GitHub(house, {"acme/shop": {"default_branch": "main", "issues": [*issues, pull]}}), 'api_include = ["acme/shop"]\nincidents = { labels = ["incident"], types = ["Incident"] }\n').start()
    assert sync(daemon).returncode == 0
    found = {one["subject"] if "subject" in one else one["url"]: one for one in daemon.items("incidents")}
    assert sorted(name.rpartition("/")[2].rpartition("#")[2] for name in found) == ["1", "3", "4"], found
    first = next(one for name, one in found.items() if name.endswith("1"))
    assert (first["state"], first["started_at"], first["resolved_at"]) == ("resolved", iso(9), iso(8))


def test_enterprise_server_has_its_own_paths(house, place):
    class Enterprise(GitHub):
        def answer(self, asked):
            assert asked.path.startswith("/api/v3/") or asked.path == "/api/graphql", asked.path
            asked.path = asked.path.removeprefix("/api/v3").replace("/api/graphql", "/graphql")
            return super().answer(asked)

    api = Enterprise(house, {"acme/shop": shop(150)})
    daemon = place(api)
    daemon.configure(configuration(api, house, 'api_include = ["acme/*"]\n').replace(api.url, f"{api.url}/api/v3"))
    done = sync(daemon)
    assert done.returncode == 0, done.stderr
    assert len(events(daemon, "deployment")) == 3 * 150 and len(events(daemon, "tag")) == 150
