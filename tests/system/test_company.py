"""A month of a company as three sets of tools report it, signed, in random order and twice (company/story.py has the facts). With
the unchanged services that `discover` proposes, every figure equals the one worked out by hand (company/expected.py)."""
import datetime
import json
import os
import random
import re
import urllib.parse

import pytest

from company import expected, github, gitlab, jenkins, story
from harness import Daemon, wait_until

SEED = os.environ.get("RELEASEHEALTH_SEED") or str(random.randrange(32768))
TOOLS = {"github": github, "gitlab": gitlab, "jenkins": jenkins}
ENVIRONMENTS = "".join(f'[[environment]]\nname = "production-{region}"\nproduction = true\ngroup = "worldwide"\n' for region in ("eu", "us", "ap"))
# the previous month: complete, and within the horizons of discover (90 days) and follow-ups
THIS_MONTH = datetime.datetime.now(datetime.timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
BEGIN = (THIS_MONTH - datetime.timedelta(days=1)).replace(day=1)
PERIOD = f"{BEGIN:%Y-%m}-01T00:00:00Z/{BEGIN:%Y-%m}-26T00:00:00Z"


@pytest.fixture(scope="module", params=TOOLS)
def tools(request):
    return request.param


@pytest.fixture(scope="module")
def daemon(house, program, tools):
    """It knows the month, and no services."""
    (house.folder / "seed.log").write_text(f"RELEASEHEALTH_SEED={SEED}\n")
    daemon = Daemon(house, program, tools, TOOLS[tools].CONFIGURATION + ENVIRONMENTS, top=f'include = ["{tools}.d/*.toml"]').start()
    send(daemon, TOOLS[tools])
    return daemon


@pytest.fixture(scope="module")
def blind(daemon):
    """Services without a source of incidents."""
    found = sorted({s["service"] for s in coverage(daemon)["services"] if s["evidence"]["incident"] is None})
    assert found
    return found


def send(daemon, tools, is_repeated=False):
    """Every delivery in a random order; a repeated one is a duplicate."""
    deliveries = [one for what, values in story.facts(story.Month(BEGIN)) for one in getattr(tools, what)(values)]
    if is_repeated:
        deliveries = [one for one in deliveries if one.is_repeated]
    for one in shuffled(deliveries, f"{SEED} {2 if is_repeated else 1}"):
        answer = daemon.post(one.path, one.body, {"Content-Type": "application/json", **one.headers(one.body)})
        assert answer.status == 202, (answer.text, one)
        counted = answer.json()
        known = counted["duplicates" if is_repeated else "accepted"]
        assert known + counted["ignored"] > 0 and not (is_repeated and counted["accepted"]), (counted, one)
        assert counted["ignored"] == 0 or tools.is_ignored(one), (counted, one)


def shuffled(deliveries, seed):
    """In random order, except sequences that one sender sends in order."""
    chains = {}
    for one in deliveries:
        chains.setdefault(one.chain, []).append(one)
    shuffled_ones = list(deliveries)
    random.Random(seed).shuffle(shuffled_ones)
    return [chains[one.chain].pop(0) if one.chain else one for one in shuffled_ones]


def coverage(daemon):
    return daemon.json("/api/v1/coverage")


def page(daemon, path):
    answer = daemon.get(path)
    assert answer.status == 200, answer.text
    return answer.text


def month_page(daemon):
    return page(daemon, f"/?month={BEGIN:%Y-%m}")


def report(daemon, form):
    """Every figure of the month in the command's output."""
    return daemon.run("report", "--format", form, "--period", PERIOD)


def discover(daemon, tools):
    """Writes the proposals where the configuration includes them, and returns its messages."""
    done = daemon.command("discover", "--write", daemon.config.with_name(f"{tools}.d") / "services.toml")
    assert done.returncode == 0, done.stderr
    return done.stderr


# A figure without evidence is not judged; pages, API, command and metrics list unmatched names and services without known commits.


def test_unmatched_names_are_listed_everywhere(daemon):
    wait_until(90, "/metrics has unmatched names", lambda: sum(daemon.metrics("releasehealth_unmatched_names").values()) > 0)
    name = min(unmatched["name"] for unmatched in coverage(daemon)["unmatched"])
    doctor = daemon.command("doctor")
    assert doctor.returncode != 0
    texts = {"month": month_page(daemon), "coverage": page(daemon, "/coverage"), "sources": page(daemon, "/sources"), "doctor": doctor.stdout}
    assert [where for where, text in texts.items() if name not in text] == []
    assert re.search("match(es)* no service", texts["month"])


def test_doctor_reports_missing_evidence(daemon, tools):
    said = daemon.command("doctor").stdout
    for evidence in ["incident"] if tools == "jenkins" else ["incident", "commit"]:  # builds of Jenkins name their commits
        assert re.search(f"^coverage: {evidence} is missing", said, re.M), said


def test_without_incidents_no_failure_threshold_is_within(daemon, blind):
    within = [labels for labels, value in daemon.metrics("releasehealth_threshold_exceeded").items() if value == 0]
    judged = re.compile(f'service_name="({"|".join(map(re.escape, blind))})".*figure="(change_fail_ratio|time_to_issue_seconds)"')
    assert [labels for labels in within if judged.match(labels)] == []


def test_badge_and_gate_of_a_service_without_incidents_do_not_judge_it(daemon, blind):
    for service in blind:
        assert re.search("not judged|exceeded", page(daemon, f"/badge/{urllib.parse.quote(service)}.svg")), service
        gate = daemon.json("/api/v1/gate?" + urllib.parse.urlencode({"service": service}))
        assert [n["code"] for n in gate["not_judged"] if n["figure"] == "change_fail_ratio"] == ["no_data"], service


# With the services that are proposed.


def test_the_same_deliveries_again_in_another_order_change_no_figure(daemon, tools):
    discover(daemon, tools)
    daemon.reload()
    daemon.run("rebuild")
    before = report(daemon, "csv").splitlines()
    send(daemon, TOOLS[tools], is_repeated=True)
    assert report(daemon, "csv").splitlines() == before


def test_every_thing_is_one_service_and_the_outage_one_incident(daemon, tools):
    assert sorted({s["service"] for s in daemon.items("services")}) == sorted(service for service, _ in expected.FIGURES[tools])
    assert len(daemon.items("incidents")) == 1


def figures_in(figures):
    """Every figure with a value, except counts of 0, by service, environment and its name. Members of a group are in the group."""
    found = {}
    for row in figures:
        is_empty = row["value"] is None or (row["value"] == 0 and row["denominator"] is None and not row["observations"])
        if row["service"] and not row.get("group") and not is_empty:
            labels = ",".join(f"{name}={value}" for name, value in sorted(row["labels"].items()))
            found[row["service"], row["environment"], row["figure"] + (f"{{{labels}}}" if labels else "")] = row["value"]
    return found


@pytest.mark.parametrize("source", ["API", "command"])
def test_every_figure_equals_the_one_worked_out_by_hand(daemon, tools, source):
    of_month = daemon.json("/api/v1/figures?" + urllib.parse.urlencode({"period": PERIOD})) if source == "API" else json.loads(report(daemon, "json"))
    found = figures_in((of_month[0] if isinstance(of_month, list) else of_month)["figures"])
    wanted = {(*place, figure): value for place, figures in expected.FIGURES[tools].items() for figure, value in figures.items()}
    assert {key: (value, wanted.get(key)) for key, value in found.items() if abs(value - wanted.get(key, float("inf"))) > 1e-9} == {}
    assert wanted.keys() - found.keys() == set()


def test_explain_gives_the_reasons(daemon, tools):
    for thing, name, words in expected.EXPLANATIONS[tools]:
        assert words.format(month=f"{BEGIN:%Y-%m}") in daemon.run("explain", thing, name, "--wide")


def test_nothing_is_left_to_propose(daemon, tools):
    assert discover(daemon, tools).strip() == "nothing to propose"
    assert coverage(daemon)["unmatched"] == []
    assert [s for s in coverage(daemon)["services"] if s["service"] == "checkout" and {"incident", "commit"} & set(s["missing"])] == []


def test_no_delivery_is_dead(daemon):
    assert daemon.metric("releasehealth_dead_deliveries") == 0


def test_rebuild_agrees(daemon):
    daemon.stop()
    daemon.run("rebuild", "--check")
