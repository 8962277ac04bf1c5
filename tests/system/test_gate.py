"""deploy/pipelines/gate has three ways to say no: hold (1), unavailable (2), misconfigured (3). A typo never counts as "no answer"."""
import http.server
import os
import subprocess
import threading
import time
import urllib.parse

import pytest

from harness import ROOT, Daemon, free_port, wait_until

CONFIG = """
[[threshold]]
figure = "hotfixes"
period = "month"
above = 0
"""
HASH = "$2b$04$suRWrWb0MeqvKJ71R.0a2e1KIoFYVS5AiPWuErESDsj2G2/7cP5qW"  # of "sesame"
PIPELINES = ROOT / "deploy/pipelines"


def gate(*words, **variables):
    """The exit status and output of the gate with these variables of its environment."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("RELEASEHEALTH")}
    done = subprocess.run([PIPELINES / "gate", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env={**clean, **variables})
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def asked(daemon):
    """The gate of the daemon, which knows a hotfix of checkout and a planned deployment of "mail room"."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    common = {"type": "deployment", "state": "succeeded", "time": now}
    daemon.send({"id": "1", "service": "checkout", "version": "1.8.3", "kind": "hotfix", **common}, {"id": "2", "service": "mail room", "version": "4.0", "kind": "planned", **common})
    daemon.wait_for('releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",kind="hotfix",period="month"}', 1)
    return lambda *words: gate(*words, RELEASEHEALTHD_OPERATIONS_URL=url(daemon))


def url(daemon, scheme="http"):
    return f"{scheme}://127.0.0.1:{daemon.operations}"


def answer(daemon, service):
    return daemon.json("/api/v1/gate?" + urllib.parse.urlencode({"service": service}))


def test_an_unset_variable_is_a_misconfiguration(asked):
    status, said = gate("checkout")
    assert (status, "RELEASEHEALTHD_OPERATIONS_URL is not set" in said) == (3, True)


def test_an_exceeded_threshold_holds_with_its_reason_and_a_link(asked, daemon):
    status, said = asked("checkout")
    assert status == 1 and "checkout: hold" in said and f"{url(daemon)}/services/checkout" in said
    reason = next(line for line in said.splitlines() if line.startswith("- ") and "hotfix" in line)
    assert "1" in reason and "0" in reason


def test_a_healthy_service_passes(asked):
    status, said = asked("mail room", "production")
    assert (status, "mail room: pass" in said) == (0, True)


def test_missing_evidence_is_named_and_holds_nothing(daemon):
    said = answer(daemon, "mail room")
    assert said["verdict"] == "pass"
    assert any(n["code"] == "no_data" and n["figure"] == "change_fail_ratio" and "incident source" in n["text"] for n in said["not_judged"])


def test_missing_evidence_holds_with_without_data_hold(asked, daemon):
    daemon.reload(CONFIG + '[gate]\nwithout_data = "hold"\n')
    wait_until(10, "it holds", lambda: asked("mail room", "production")[0] == 1)
    assert "no incident source knows the service" in asked("mail room", "production")[1]
    reasons = [r for r in answer(daemon, "mail room")["reasons"] if r["figure"] == "change_fail_ratio"]
    assert [(r["code"], r["value"], r["threshold"]) for r in reasons] == [("no_data", None, None)]
    daemon.reload(CONFIG)
    wait_until(10, "it passes again", lambda: asked("mail room", "production")[0] == 0)


def test_an_unknown_service_or_environment_is_a_misconfiguration(asked):
    status, said = asked("chekcout")
    assert (status, "status 404" in said) == (3, True)
    assert asked("checkout", "prodution")[0] == 3
    assert asked()[0] == 3


def test_the_intake_listener_is_the_wrong_one(asked, daemon):
    assert gate("checkout", RELEASEHEALTHD_OPERATIONS_URL=f"http://127.0.0.1:{daemon.intake}")[0] == 3


def test_other_names_of_the_url_work(asked, daemon):
    assert gate("checkout", RELEASEHEALTHD_URL=url(daemon))[0] == 1
    status, said = gate("checkout", RELEASEHEALTH_URL=url(daemon))
    assert (status, "deprecated" in said) == (1, True)


def test_no_connection_is_unavailable(asked):
    assert gate("checkout", RELEASEHEALTHD_OPERATIONS_URL=f"http://127.0.0.1:{free_port()}")[0] == 2


@pytest.mark.parametrize("wrong", ["tcp://nowhere", "ftp://127.0.0.1", "file:///etc/passwd", "http://releases.invalid:9621"])
def test_a_url_that_can_never_answer_is_a_misconfiguration(asked, wrong):
    assert gate("checkout", RELEASEHEALTHD_OPERATIONS_URL=wrong)[0] == 3


def test_https_to_a_listener_without_tls_is_a_misconfiguration(asked, daemon):
    assert gate("checkout", RELEASEHEALTHD_OPERATIONS_URL=url(daemon, "https"))[0] == 3
    daemon.stop()


def test_a_daemon_without_its_database_is_unavailable(house, program):
    alone = Daemon(house, program, "alone", database=f"host=127.0.0.1 port={free_port()} connect_timeout=1").start(until=None)
    wait_until(30, "it is alive", lambda: alone.get("/-/healthy").status == 200)
    status, said = gate("checkout", RELEASEHEALTHD_OPERATIONS_URL=url(alone))
    assert (status, "status 503" in said) == (2, True)
    alone.stop()


def test_a_daemon_that_wants_a_user_is_a_misconfiguration(house, program):
    guarded = Daemon(house, program, "guarded", operations=f"basic_auth_users = {{ alice = '{HASH}' }}").start(until=None)
    wait_until(30, "it answers", lambda: guarded.get("/-/healthy").status == 401)
    status, said = gate("checkout", RELEASEHEALTHD_OPERATIONS_URL=url(guarded))
    assert (status, "status 401" in said) == (3, True)
    guarded.stop()


class Proxy(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the request names as its service."""

    def do_GET(self):
        self.send_response(int(self.path.split("service=")[1]))
        self.send_header("Location", "/login")
        self.end_headers()
        self.wfile.write(b"<html>Log in")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def proxy():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(("status", "expected"), [*((s, 3) for s in (200, 302, 400, 401, 403, 404)), *((s, 2) for s in (429, 500, 502, 504))])
def test_answers_of_a_proxy_in_between(proxy, status, expected):
    assert gate(str(status), RELEASEHEALTHD_OPERATIONS_URL=proxy)[0] == expected


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (1, 1), (2, 0), (3, 3)])
def test_the_step_of_github_actions_goes_on_when_unavailable_only(house, status, expected):
    lines = (PIPELINES / "github-actions.yml").read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip() == "run: |")
    indent = len(lines[at + 1]) - len(lines[at + 1].lstrip())
    body = []
    for line in lines[at + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            break
        body.append(line[indent:])
    fake = house.folder / "deploy/pipelines/gate"
    fake.parent.mkdir(parents=True, exist_ok=True)
    fake.write_text(f"#!/bin/sh\nexit {status}\n")
    fake.chmod(0o755)
    done = subprocess.run(["bash", "-e", "-c", "\n".join(body)], cwd=house.folder, env={"GITHUB_STEP_SUMMARY": "/dev/null", "PATH": "/usr/bin:/bin"}, check=False)
    assert done.returncode == expected


def test_the_examples_of_gitlab_and_jenkins_fail_on_a_misconfiguration():
    texts = {name: (PIPELINES / name).read_text() for name in ("github-actions.yml", "gitlab-ci.yml", "Jenkinsfile")}
    assert all("RELEASEHEALTHD_OPERATIONS_URL" in text for text in texts.values())
    assert "exit_codes: 2" in texts["gitlab-ci.yml"]
    assert "status > 2" in texts["Jenkinsfile"] and "status != 0" not in texts["Jenkinsfile"]
