"""One story reported by each source of tier 1, in random orders and each delivery twice: the figures are the same for all. An
alert that Alertmanager reports as firing after its resolution fires again, so its notifications keep their order."""
import time

import pytest

from harness import GITHUB, SECRET, SIGNING_TOKEN, TOKEN

CONFIG = f"""
{GITHUB}incidents = {{ labels = ["incident"] }}
[[source]]
name = "gitlab"
kind = "gitlab"
secret = "{SIGNING_TOKEN}"
[[source]]
name = "alertmanager"
kind = "alertmanager"
secret = "{SECRET}"
[[source]]
name = "pagerduty"
kind = "pagerduty"
secret = "{SECRET}"
[[source]]
name = "cdevents"
kind = "cloudevents"
secret = "{SECRET}"
[[source]]
name = "standard"
kind = "standard-webhooks"
secret = "{SIGNING_TOKEN}"
[[source]]
name = "argocd"
kind = "argocd"
secret = "{SECRET}"
[[source]]
name = "jenkins"
kind = "jenkins"
secret = "{SECRET}"
jobs = ["deploy"]
environment = "production"
"""
SENDERS = ["github", "gitlab", "alertmanager", "pagerduty", "cloudevents", "standard-webhooks", "argocd", "jenkins"]
WEEK = {  # two planned releases, a rollback, a hotfix, an incident of half an hour
    'deployments{kind="planned",period="7d"} 2',
    'deployments{kind="rollback",period="7d"} 1',
    'deployments{kind="hotfix",period="7d"} 1',
    'changes{kind="planned",period="7d"} 2',
    'rolled_back_changes{period="7d"} 1',
    'failed_changes{kind="planned",period="7d"} 2',
    'time_to_issue_seconds{quantile="0.5",period="7d"} 6570',
    'restore_seconds{quantile="0.5",period="7d"} 1800',
    'incidents{severity="unknown",period="7d"} 1',
}


@pytest.fixture(scope="module")
def rounds(node, daemon):
    """Two rounds of the same deliveries, each with a row for each source: its name and its accepted, duplicate and ignored deliveries."""
    now = time.time_ns() // 1_000_000
    outputs = [node("stories.mjs", f"http://127.0.0.1:{daemon.intake}", seed, now, SECRET, SIGNING_TOKEN, TOKEN) for seed in (1, 2)]
    return [[line.split("\t") for line in output.splitlines()] for output in outputs]


@pytest.fixture(scope="module")
def page(daemon, rounds):
    """One page of metrics for all sources: a refresh between two would change figures of the current month."""
    for source in SENDERS:
        hotfixes = f'{{service_name="story-{source}",team_name="",deployment_environment="production",kind="hotfix",period="7d"}}'
        daemon.wait_for("releasehealth_deployments" + hotfixes, 1, 20)
    time.sleep(2)  # a refresh with all of them
    return daemon.get("/metrics").text.splitlines()


def figures(page, source):
    """All series of the source's service, without failed deployments, which CDEvents lack."""
    lines = [line for line in page if f'service_name="story-{source}"' in line and not line.startswith("releasehealth_failed_deployments")]
    return sorted(line.replace(f"story-{source}", "story") for line in lines)


def test_eight_sources_report_the_story(rounds):
    assert [source for source, *_ in rounds[0]] == SENDERS


def test_a_second_time_everything_is_known_but_an_alert_that_fires_again(rounds):
    assert sum(int(accepted) for _, accepted, _, _ in rounds[1]) == 6
    assert sum(int(ignored) for *_, ignored in rounds[1]) == 0


def test_the_figures_are_those_of_the_story(page):
    place = 'service_name="story",team_name="",deployment_environment="production",'
    week = {line.replace(place, "").removeprefix("releasehealth_") for line in figures(page, "github")}
    assert WEEK - week == set(), week


@pytest.mark.parametrize("source", SENDERS[1:])
def test_the_figures_of_every_source_are_those_of_github(page, source):
    assert figures(page, source) == figures(page, "github")


def test_no_delivery_is_dead(daemon, page):
    assert daemon.metric("releasehealth_dead_deliveries") == 0


def test_rebuild_agrees(daemon, page):
    daemon.stop()
    daemon.run("rebuild", "--check")
