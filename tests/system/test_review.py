"""The pages in Debian's Chromium: choosing a month and a team, from a hotfix to its explanation, print, without scripts, without
violations found by axe; the mailed review; the gate of pipelines. With the demo's data and without data."""
import email
import email.policy
import os
import re
import subprocess

import pytest

from harness import ROOT, TOKEN, demo

CONFIG = (ROOT / "tests/system/review.toml").read_text()
BOLD = "/services/%3Cb%3Ebold%3C%2Fb%3E"


@pytest.fixture(scope="module")
def filled(daemon):
    """The daemon with the demo's data, and with names that contain markup."""
    daemon.import_events(demo(), "demo")
    daemon.send({"id": "x1", "type": "deployment", "service": "<b>bold</b>", "version": '1"><script>alert(1)</script>', "state": "succeeded", "url": "javascript:alert(1)", "title": "a & b"})
    daemon.wait_for('releasehealth_deployments{service_name="<b>bold</b>",team_name="",deployment_environment="production",kind="planned",period="month"}', 1)
    return daemon


def test_without_data_the_page_says_so(daemon, node):
    assert "Nothing has been reported yet" in daemon.get("/").text
    node("review.mjs", daemon.url, "empty")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/services/nobody", 404, id="an unknown service"),
        pytest.param("/months/2999-01", 400, id="a month to come"),
        pytest.param("/?month=1970-01", 400, id="a month before everything"),
        pytest.param("/months/October", 400, id="no month at all"),
    ],
)
def test_an_unknown_service_or_month_is_an_error(daemon, path, status):
    assert daemon.get(path).status == status


def test_markup_in_names_is_text(filled):
    [bold] = filled.items("deployments?service=%3Cb%3Ebold%3C%2Fb%3E")
    for path in ("/", BOLD, f"/deployments/{bold['id']}"):
        page = filled.get(path).text
        assert "bold" in page, path
        assert re.findall('<script|<b>bold|href="javascript', page, re.I) == [], path


def test_the_pages_work_in_a_browser(filled, node):
    node("review.mjs", filled.url, "demo")


def test_the_review_is_mailed_as_one_file(filled, house, node):
    sendmail, written = house.folder / "sendmail", house.folder / "mail"
    sendmail.write_text('#!/bin/sh\ncat >"$(dirname "$0")/mail"\n')
    sendmail.chmod(0o755)
    variables = {"MAIL_TO": "leads@example.com", "REVIEW_URL": "https://health.example.com", "SENDMAIL": sendmail, "RELEASEHEALTHD": filled.program, "RELEASEHEALTHD_CONFIG": filled.config}
    subprocess.run([ROOT / "deploy/mail-review", "--team", "shop"], check=True, env={**os.environ, **variables})

    mail = email.message_from_bytes(written.read_bytes(), policy=email.policy.default)
    assert mail["To"] == "leads@example.com"
    assert mail["Subject"].startswith("Release health, 20")
    text, page = mail.iter_parts()
    assert "checkout" in text.get_content() and "osf" not in text.get_content()
    html = page.get_content()
    assert page.get_filename().endswith(".html")
    assert "<style>" in html and "<link" not in html and "<script" not in html
    assert 'href="https://health.example.com/services/checkout?month=' in html
    file = house.folder / "mailed.html"
    file.write_text(html)
    node("review.mjs", file.as_uri(), "file")


def test_html_is_about_one_month(filled):
    assert filled.command("report", "--format", "html", "--from", "2026-01").returncode == 2


def gate(daemon, *words):
    """The exit status and output of the gate of deploy/pipelines."""
    variables = {"RELEASEHEALTHD_OPERATIONS_URL": daemon.url, "RELEASEHEALTHD_TOKEN": TOKEN}
    done = subprocess.run([ROOT / "deploy/pipelines/gate", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env={**os.environ, **variables})
    return done.returncode, done.stdout


def test_the_gate_holds_checkout_with_a_reason(filled):
    status, output = gate(filled, "checkout")
    assert status == 1, output
    assert re.search(r"^- (?=.*hotfix).*6.*5", output, re.M), output


def test_the_gate_passes_a_healthy_service(filled):
    assert gate(filled, "<b>bold</b>", "production")[0] == 0


def test_an_unknown_service_is_a_misconfiguration(filled):
    assert gate(filled, "nobody")[0] == 3


def test_a_badge_counts_exceeded_thresholds(filled):
    # three, and fewer in the first days of a month: its hotfixes are not overdue yet
    exceeded = len(filled.json("/api/v1/gate?service=checkout")["reasons"])
    assert exceeded >= 1
    label = re.search(r'aria-label="([^"]*)"', filled.get("/badge/checkout.svg").text)[1]
    assert label == f"releases: {exceeded} threshold{'' if exceeded == 1 else 's'} exceeded"
    filled.stop()
