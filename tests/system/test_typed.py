"""Typed input of send and amend: fields are checked before sending, and the output reports the result."""
import re
import shlex

import pytest

from harness import TOKEN, command, free_port, wait_until


@pytest.fixture(scope="module")
def typed(daemon, program):
    """A command whose URLs and token the environment names, and all of its output."""
    environment = {"RELEASEHEALTHD_URL": f"http://127.0.0.1:{daemon.intake}", "RELEASEHEALTHD_OPERATIONS_URL": daemon.url, "RELEASEHEALTHD_TOKEN": TOKEN}

    def run(line):
        done = command(program, *shlex.split(line), environment=environment)
        return done.returncode, done.stdout + done.stderr

    return run


REJECTED = [
    (2, 'send: unknown field "versoin"; did you mean "version"?', "send deployment service=checkout versoin=1.9.3"),
    (2, 'send: unknown field "severity"', "send deployment service=checkout severity=1"),
    (2, 'unknown type "deploymnet"; did you mean "deployment"?', "send deploymnet service=checkout"),
    (2, "/state", "send deployment service=checkout state=done"),
    (2, "/time", "send deployment service=checkout time=yesterday"),
    (2, "send: a deployment needs service=NAME", "send deployment version=1"),
    (1, 'send: unknown deployment "d1"; a new one needs service=NAME', "send deployment subject=d1 state=succeeded"),
]


@pytest.mark.parametrize(("expected", "words", "line"), REJECTED)
def test_send_rejects(typed, expected, words, line):
    status, said = typed(line)
    assert words in said
    assert status == expected


def test_no_rejected_event_is_stored(typed, daemon):
    assert daemon.exported() == []


def test_send_links_to_the_page_of_the_event(typed, daemon):
    status, said = typed("send deployment service=checkout version=1.9.3 kind=hotfix")
    assert "accepted: checkout 1.9.3, hotfix (explicit kind)" in said
    assert status == 0
    path = re.search(rf"^ *{daemon.url}(/.*)$", said, re.M)[1]
    page = daemon.get(path)
    assert "1.9.3" in page.text
    assert page.status == 200


ACCEPTED = [
    ("accepted: checkout 1.9.4, running", "send deployment subject=d1 service=checkout version=1.9.4 state=running"),
    ("accepted: checkout 1.9.4, planned (", "send deployment subject=d1 state=succeeded"),
    ("accepted: search 2.0 in staging, planned (", "send deployment service=search version=2.0 environment=staging"),
    ("accepted: checkout 1.9.5, planned (", "send deployment id=twice service=checkout version=1.9.5"),
    ("duplicate, already stored: checkout 1.9.5, planned (", "send deployment id=twice service=checkout version=1.9.5"),
    ("accepted: incident INC-7 of checkout, open", "send incident subject=INC-7 service=checkout severity=2 state=open"),
    ("accepted: work ", "send work incident=INC-7 person=alice seconds=600"),
    ("accepted: ", "send deployment service=checkout version=1.9.6 shoe_size=44 --allow-unknown"),
    ('{"accepted":1,"duplicates":0,"ignored":0}', "send deployment service=checkout version=1.9.7 --format json"),
]


@pytest.mark.parametrize(("words", "line"), ACCEPTED)
def test_send_reports_the_result(typed, words, line):
    status, said = typed(line)
    assert words in said
    assert status == 0


def test_an_event_whose_result_is_unknown_is_stored_nevertheless(typed, daemon):
    status, said = typed(f"send deployment service=checkout version=1.9.8 --operations-url http://127.0.0.1:{free_port()}")
    assert "cannot look up the result" in said
    assert status == 0
    assert [event.get("version") for event in daemon.exported()].count("1.9.8") == 1


# amend


def kind_of(daemon, deployment):
    return daemon.json(f"/api/v1/deployments/{deployment}")["kind"]


def test_amend_accepts_the_same_references_as_explain(typed, daemon):
    status, said = typed("amend deployment 1.9.3 kind=planned --reason 'it was planned'")
    assert "accepted: deployment 1.9.3" in said
    assert status == 0
    wait_until(10, "the override is applied", lambda: kind_of(daemon, "1.9.3") == "planned")
    status, said = typed("amend deployment d1 kind=hotfix --reason 'it was one'")
    assert "accepted: deployment d1" in said
    assert status == 0


AMENDED = [
    ("accepted: deployment 1.9.3", "amend deployment 1.9.3 --withdraw kind --reason 'it was a hotfix after all'"),
    ('{"accepted":1}', "amend incident INC-7 severity=1 --reason 'worse than that' --format json"),
]


@pytest.mark.parametrize(("words", "line"), AMENDED)
def test_amend_reports_the_result(typed, words, line):
    status, said = typed(line)
    assert words in said
    assert status == 0


def test_an_ambiguous_reference_needs_more_words(typed):
    status, said = typed("send deployment service=search version=1.9.3")
    assert "accepted: " in said
    assert status == 0
    status, said = typed("amend deployment 1.9.3 kind=planned --reason x")
    assert 'amend: "1.9.3" matches several deployments; expected --service, --environment or an id:' in said
    assert "search" in said.partition("or an id:")[2], "the deployments of the name are not listed"
    assert status == 1
    status, said = typed("amend deployment 1.9.3 kind=hotfix --service search --reason 'it was one'")
    assert "accepted: deployment 1.9.3" in said
    assert status == 0


NOT_AMENDED = [
    (1, 'amend: unknown deployment "1.9.3" of service "payments"', "amend deployment 1.9.3 kind=hotfix --service payments --reason x"),
    (1, 'amend: unknown incident "INC-8"', "amend incident INC-8 severity=1 --reason x"),
    (2, 'amend: unknown field "knid"; did you mean "kind"?', "amend deployment 1.9.3 knid=planned --reason x"),
    (2, 'amend: unknown field "kinds"; did you mean "kind"?', "amend deployment d1 --withdraw kinds --reason x"),
    (1, "amend: ", "amend deployment d1 kind=wrong --reason x"),
    (2, 'unknown thing "deploment"; did you mean "deployment"?', "amend deploment d1 kind=planned --reason x"),
]


@pytest.mark.parametrize(("expected", "words", "line"), NOT_AMENDED)
def test_amend_rejects(typed, expected, words, line):
    status, said = typed(line)
    assert words in said
    assert status == expected


def test_the_daemon_stops(daemon):
    daemon.stop()
