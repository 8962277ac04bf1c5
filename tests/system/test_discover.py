"""The unchanged output of `discover` maps the different names of each thing to one service, also with a catalogue of 150 components."""
import collections
import datetime
import hashlib
import re

import pytest

from harness import Daemon, wait_until

CONFIG = "".join(
    f'[[source]]\nname = "{name}"\nkind = "{kind}"\nunauthenticated = true\n'
    for name, kind in (("github", "github"), ("argocd", "argocd"), ("pd", "pagerduty"), ("jira", "jira"))
)
THINGS = [  # repository, application, (id, name) of PagerDuty, (project, component) of Jira; x17 resembles nothing, but deploys the commits of kite
    ("checkout-service", "checkout-prod", ("PCHK", "Checkout API"), ("SHOP", "Checkout")),
    ("search", "search-production", ("PSEA", "Search"), ("DISC", "Search engine")),
    ("payment-gateway", "payments-gateway", ("PPAY", "Payment Gateway"), ("PAY", "Payment gateway")),
    ("notification-hub", "notification-hub-live", ("PNOT", "Notification hub"), ("MSG", "NotificationHub")),
    ("product-catalog", "productcatalogservice", ("PCAT", "Product catalog"), ("SHOP", "Product Catalog")),
    ("identity-provider", "prod-identity-provider", ("PIDP", "Identity provider"), ("SEC", "identity_provider")),
    ("ledger", "ledger-svc-eu", ("PLED", "Ledger service"), ("FIN", "Ledger")),
    ("kite", "x17", ("PKIT", "Kite"), ("KITE", "Kite")),
]
SERVICES = {thing[0] for thing in THINGS}
COMPONENT = """---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  title: "Part {i}"
  annotations:
    github.com/project-slug: acme/{name}
    argocd/app-name: {name}-prod
    pagerduty.com/service-id: P{i:03}
  tags: [java]
  links:
    - url: https://example.com/{name}
      title: Runbook
spec:
  type: service
  lifecycle: production
  owner: group:default/team{team}
  system: shop
"""
GROUP = """---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: team{i}
spec:
  type: team
  profile: {{displayName: Team {i}}}
  children: []
  members: [a{i}, b{i}]
"""


def text(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def deployments(n, thing, begin):
    """Four of a thing, each reported by GitHub and Argo CD: source, headers, body."""
    repository, application = thing[:2]
    for i in range(4):
        at, sha = begin + datetime.timedelta(days=7 * i, hours=2 * n), hashlib.sha1(f"{repository} {i}".encode()).hexdigest()
        yield "github", {"X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": f"{n}-{i}"}, {
            "deployment_status": {"state": "success", "environment": "production", "created_at": text(at)},
            "deployment": {"id": 100 * n + i, "ref": "main", "sha": sha},
            "repository": {"full_name": f"acme/{repository}", "default_branch": "main"},
        }
        started, finished = (text(at + datetime.timedelta(minutes=minutes)) for minutes in (2, 4))
        yield "argocd", {}, {
            "app": application, "namespace": "argocd", "labels": {"environment": "production"}, "repository": "https://git.example/acme/deploy.git",
            "target_revision": "main", "images": [f"registry.example/acme/{repository}:{sha if application == 'x17' else f'1.{i}.{n}'}"],
            "operation": {"phase": "Succeeded", "startedAt": started, "finishedAt": finished, "revision": sha[::-1]},
        }


def incidents(n, thing, begin):
    """Three of a thing, each reported by PagerDuty and Jira: source, headers, body."""
    (identifier, name), (project, component) = thing[2:]
    for i in range(3):
        at = begin + datetime.timedelta(days=7 * i, hours=2 * n, minutes=40)
        yield page(f"{n}-{i}", f"Q{n}{i}", at, identifier, name)
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        yield "jira", {}, {"timestamp": int(at.timestamp() * 1000), "webhookEvent": "jira:issue_created", "issue": {
            "id": str(1000 + 10 * n + i), "key": f"{project}-{10 * n + i}", "self": "https://acme.example/1", "fields": {
                "summary": "down", "issuetype": {"name": "Incident"}, "project": {"key": project}, "priority": {"name": "Highest"},
                "status": {"name": "Open", "statusCategory": {"key": "new"}}, "created": stamp, "updated": stamp, "labels": [], "components": [{"name": component}]}}}


def page(event, incident, at, identifier, name):
    return "pd", {"X-Webhook-Id": event}, {"event": {
        "id": event, "event_type": "incident.triggered", "resource_type": "incident", "occurred_at": text(at),
        "data": {"id": incident, "type": "incident", "status": "triggered", "created_at": text(at), "title": "down", "urgency": "high", "service": {"id": identifier, "summary": name}}}}


@pytest.fixture(scope="module")
def daemon(house, program):
    """It knows a month of eight things with four names each, and an incident of something that nobody deploys."""
    daemon = Daemon(house, program, config=CONFIG, top='include = ["conf.d/*.toml"]').start()
    begin = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(days=32)
    deliveries = [page("w", "QW", begin + datetime.timedelta(days=3, hours=5), "PDWH", "Data warehouse")]
    for n, thing in enumerate(THINGS):
        deliveries += [*deployments(n, thing, begin), *incidents(n, thing, begin)]
    for source, headers, body in deliveries:
        answer = daemon.post(f"/webhooks/{source}", body, headers)
        assert answer.status == 202 and answer.json()["accepted"] == 1, (source, answer.text, body)
    wait_until(30, "all deployments are derived", lambda: len(daemon.items("deployments?limit=1000")) == 64)
    return daemon


@pytest.fixture(scope="module")
def services(house):
    """The file of the proposals."""
    return house.folder / "conf.d/services.toml"


@pytest.fixture(scope="module")
def catalogue(house):
    """A folder with 150 components, one of them an already defined service, and a malformed file."""
    folder = house.folder / "src"
    for i in range(150):
        name = "checkout-service" if i == 0 else f"part{i:03}"
        component = folder / f"team{i % 9}" / name
        component.mkdir(parents=True)
        (component / "catalog-info.yaml").write_text(COMPONENT.format(name=name, i=i, team=i % 9))
    (folder / "org.yaml").write_text("".join(GROUP.format(i=i) for i in range(9)))
    (folder / "catalog-info.yaml").write_text("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets: [./org.yaml]\n")
    (folder / "broken").mkdir()
    (folder / "broken/catalog-info.yaml").write_text("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: [x\n")
    return folder


def discover(daemon, file, *folders):
    """The exit status and messages of discover."""
    done = daemon.command("discover", *folders, "--write", file)
    return done.returncode, done.stderr


def count(daemon, things):
    """The number of deployments or incidents of each service."""
    return collections.Counter(item["service"] for item in daemon.items(f"{things}?limit=1000"))


def test_proposals_are_written_with_reasons(daemon, services):
    status, said = discover(daemon, services)
    assert status == 0 and '"Data warehouse" of pd, 1 incidents, no deployment: no similar service' in said
    assert re.search(r'"x17"\].*# guess: 0 % similar to "kite", 4 commits in common', services.read_text()), services.read_text()


def test_every_thing_is_one_service_with_the_deployments_and_incidents_of_all_sources(daemon):
    daemon.reload()
    daemon.run("rebuild")
    assert count(daemon, "deployments") == dict.fromkeys(SERVICES, 8)
    assert count(daemon, "incidents") == {**dict.fromkeys(SERVICES, 6), "Data warehouse": 1}


def test_the_api_lists_the_things_and_the_one_that_nobody_deploys(daemon):
    assert {item["service"] for item in daemon.items("services?limit=1000")} == {*SERVICES, "Data warehouse"}


def test_a_second_time_there_is_nothing_to_propose_and_the_file_stays(daemon, services):
    before = services.read_bytes()
    status, said = discover(daemon, services)
    assert (status, services.read_bytes()) == (0, before) and "nothing to propose" in said


def test_a_catalogue_is_written_but_for_a_service_defined_elsewhere(house, daemon, services, catalogue):
    before = services.read_bytes()
    status, said = discover(daemon, house.folder / "conf.d/catalogue.toml", catalogue)
    assert status == 1 and services.read_bytes() == before  # a person may have edited it
    for message in (
        f"{catalogue}/broken/catalog-info.yaml:5: ",
        "153 files: 150 components, 0 systems, 9 groups, 0 other entities, 0 templates; 1 problems",
        "services appended: 149, teams: 9",
        '[[service]] "checkout-service" lacks:',
    ):
        assert message in said


def test_the_catalogue_can_be_read_and_only_the_proposed_line_is_missing(house, daemon, services, catalogue):
    status, said = discover(daemon, house.folder / "conf.d/catalogue.toml", catalogue)
    assert status == 1 and "appended" not in said
    add_team_and_aliases(services, next(line for line in said.splitlines() if line.startswith("aliases = ")))
    daemon.reload()
    daemon.run("rebuild")
    status, said = discover(daemon, house.folder / "conf.d/catalogue.toml", catalogue)
    assert status == 0 and "nothing to propose" in said
    assert count(daemon, "deployments") == dict.fromkeys(SERVICES, 8)


def add_team_and_aliases(services, line):
    """As a user does: the proposed line replaces the table of aliases."""
    config = services.read_text()
    table = re.search(r'\[\[service\]\]\nname = "checkout-service".*?(?=\n\[\[|\Z)', config, re.S)[0]
    services.write_text(config.replace(table, re.sub(r"\[service\.aliases\]\n.*", "", table, flags=re.S) + f'team = "team0"\n{line}\n'))


def test_a_file_that_the_configuration_does_not_include_is_an_error(house, daemon):
    other = house.folder / "not-included.toml"
    other.write_text("[[team]]\n")
    status, said = discover(daemon, other)
    assert status == 2 and "exists but the configuration does not include it" in said
    daemon.stop()
