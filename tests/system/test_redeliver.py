"""Deliveries that GitHub sent during downtime are fetched from its API: over TLS, once, and only missed ones."""
import hashlib
import hmac
import json
import re
import subprocess
import time

import pytest

from harness import GITHUB, ROOT, SECRET, Process, free_port, wait_until

CONFIG = GITHUB
DEPLOYMENTS = 'releasehealth_deployments{service_name="acme/checkout",team_name="",deployment_environment="production",kind="planned",period="7d"}'


@pytest.fixture(scope="module")
def api(house):
    """GitHub's API with seven attempts at a hook: its URL."""
    port, key, certificate = free_port(), house.folder / "key.pem", house.folder / "cert.pem"
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*request, "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    server = Process(house, "api", ["node", ROOT / "tests/clients/github_api.mjs", port, key, certificate, "ghp_token"])
    wait_until(20, "the API is ready", lambda: "ready" in server.log.read_text())
    return f"https://localhost:{port}"


@pytest.fixture(scope="module")
def redeliver(house, daemon, api):
    """The command, once the daemon has one of the deliveries, which it recognizes by its GUID."""
    for token in ("ghp_token", "ghp_other"):
        (house.folder / token).write_text(f"{token}\n")
    deliver(daemon)

    def run(*words, token="ghp_token", repository="acme/checkout", certificate=house.folder / "cert.pem"):
        words = ["redeliver", "github", "--repository", repository, "--api", api, "--token-file", house.folder / token, *words]
        return daemon.command(*words, environment={"SSL_CERT_FILE": str(certificate)})

    return run


def deliver(daemon):
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 59 * 60))
    body = json.dumps({
        "deployment": {"id": 1, "ref": "main", "sha": "b" * 39 + "1", "environment": "production"},
        "deployment_status": {"id": 1, "state": "success", "environment": "production", "created_at": created},
        "repository": {"full_name": "acme/checkout", "default_branch": "main"},
    })
    signature = "sha256=" + hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": "seen", "X-Hub-Signature-256": signature}
    assert daemon.post("/webhooks/github", body, headers).status == 202


def test_a_dry_run_lists_deliveries_never_answered_with_the_oldest_first(redeliver):
    lines = redeliver("--dry-run").stdout.splitlines()
    assert [line.split(" ", 1)[1] for line in lines if " deliveries of " not in line] == ["missed deployment_status", "hello ping", "dead deployment_status"]


@pytest.mark.parametrize(("words", "counts"), [
    ([], "1 stored, 0 duplicates, 1 ignored, 1 dead, 0 rejected"),
    ([], "0 stored, 2 duplicates, 1 ignored, 0 dead, 0 rejected"),
    (["--all"], "1 stored, 3 duplicates, 1 ignored, 0 dead, 0 rejected"),
])
def test_missed_deliveries_are_fetched_once(redeliver, words, counts):
    assert redeliver(*words).stderr.splitlines()[-1] == counts


def test_figures_count_the_fetched_deployments(daemon, redeliver):
    daemon.wait_for(DEPLOYMENTS, 3, 20)
    assert daemon.metric("releasehealth_dead_deliveries") == 1


@pytest.mark.parametrize(("problem", "words", "options"), [
    ("404 Not Found", ["--hook", "99"], {}),
    ("401 Bad credentials", [], {"token": "ghp_other"}),
    ("404 Not Found", [], {"repository": "acme/other"}),
    ("TLS: .*certificate verify failed", [], {"certificate": "/dev/null"}),
])
def test_an_answer_that_is_no_list_of_deliveries_is_an_error(redeliver, problem, words, options):
    done = redeliver(*words, **options)
    assert done.returncode == 1 and re.search(problem, done.stderr), done.stderr


def test_a_repository_without_a_hook_to_the_source_is_an_error(daemon, redeliver):
    daemon.configure(GITHUB.replace('name = "github"', 'name = "elsewhere"'))
    done = redeliver()
    assert "no hook of repos/acme/checkout has a URL that ends with /webhooks/elsewhere; select one with --hook" in done.stderr
    assert done.returncode == 1
    daemon.stop()
