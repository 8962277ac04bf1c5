"""A history without pushes and reviews: follow-ups are not tracked, so none of their thresholds fires. After one reported review the
reviews of its service are tracked."""
import datetime
import os
import re

import pytest

from harness import ago, wait_until

DEPLOYMENTS = int(os.environ.get("RELEASEHEALTH_DEPLOYMENTS", "20000"))
SERVICES = 300


@pytest.fixture(scope="module")
def filled(daemon):
    """The daemon with a history of the reported kinds of deployments alone."""
    now = datetime.datetime.now(datetime.timezone.utc)
    kinds = ["hotfix", *["planned"] * 10]
    common = {"type": "deployment", "state": "succeeded"}
    daemon.import_events(
        ({"id": f"d{n}", "service": f"service-{n % SERVICES}", "version": str(n), "kind": kinds[n % 11], "time": (now - datetime.timedelta(minutes=6 * n + 10)).isoformat(), **common} for n in range(DEPLOYMENTS)),
        "history",
    )
    wait_until(60, "all services have figures", lambda: len([labels for labels in daemon.metrics("releasehealth_deployments_per_day") if 'period="90d"' in labels]) == SERVICES)
    return daemon


def judged(daemon, *figures):
    """The judgements of these figures' thresholds, for services and teams."""
    names = ("releasehealth_threshold_exceeded", "releasehealth_team_threshold_exceeded")
    return [value for name in names for labels, value in daemon.metrics(name).items() if any(f'figure="{figure}"' in labels for figure in figures)]


def test_hotfixes_are_judged_because_their_kinds_are_reported(filled):
    assert len(judged(filled, "hotfixes")) == SERVICES


def test_no_threshold_of_follow_ups_is_judged(filled):
    assert judged(filled, "oldest_unmerged_hotfix_seconds", "overdue_reviews") == []


def test_without_a_source_of_incidents_no_figure_about_them_is_within_its_threshold(filled):
    """Known facts exceed one, since hotfixes remediate changes; a value within it would need a source of incidents."""
    assert 0 not in judged(filled, "change_fail_ratio", "time_to_issue_seconds", "hotfix_fail_ratio")


def test_the_page_shows_that_they_are_not_tracked(filled):
    assert filled.get("/").text.count("<dd>not tracked</dd>") == 2


def test_a_month_before_all_data_is_empty_and_has_no_checklist(filled):
    page = filled.get("/?month=2025-01").text
    assert (page.count('class="checklist"'), page.count("No data from production up to January 2025")) == (0, 1)


@pytest.mark.parametrize("path", ["/", "/services/service-1", "/services/service-11"])
def test_no_follow_up_is_due_or_overdue(filled, path):
    answer = filled.get(path)
    assert (answer.status, re.findall(">(?:overdue|due [0-9-]+)<", answer.text)) == (200, [])


def test_coverage_has_every_service(filled):
    assert filled.get("/coverage").status == 200
    assert len(filled.json("/api/v1/coverage")["services"]) == SERVICES


def test_the_gate_passes_and_names_what_it_does_not_know(filled):
    answer = filled.json("/api/v1/gate?service=service-1")
    assert answer["verdict"] == "pass"
    assert len([n for n in answer["not_judged"] if n["code"] == "no_data"]) > 3, answer


def test_after_one_reported_review_the_reviews_of_that_service_alone_are_tracked(filled):
    filled.send({"id": "r1", "subject": "i1", "type": "incident", "service": "service-1", "severity": 3, "state": "resolved", "review_held_at": ago(days=30)})
    wait_until(90, "the reviews of one service are judged", lambda: len(judged(filled, "overdue_reviews")) == 1)
    filled.stop()
