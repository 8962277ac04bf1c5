"""The company's month (company/story.py) by webhooks only, by the APIs only, and by both in random order: the same figures."""
import datetime
import random
import re

import pytest

from apis import SEED, GitHub, Jira, PagerDuty, derived
from company import forge, story
from harness import Daemon

THIS_MONTH = datetime.datetime.now(datetime.timezone.utc).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
BEGIN = (THIS_MONTH - datetime.timedelta(days=1)).replace(day=1)
PERIOD = f"{BEGIN:%Y-%m}-01T00:00:00Z/{BEGIN:%Y-%m}-26T00:00:00Z"
SINCE = f"{BEGIN - datetime.timedelta(days=3):%Y-%m-%d}"
REST = 'include = ["{name}.d/*.toml"]'
ENVIRONMENTS = "".join(f'[[environment]]\nname = "production-{region}"\nproduction = true\ngroup = "worldwide"\n' for region in ("eu", "us", "ap"))


@pytest.fixture(scope="module")
def facts():
    return list(story.facts(story.Month(BEGIN)))


@pytest.fixture(scope="module")
def tell(house, program, facts):
    """A daemon that is told the month: `steps` are "webhooks" and sources to sync, in order. Returns every figure, without evidence of
    the sources themselves."""

    def told(name, steps):
        apis = {"github": GitHub(house, forge.repositories(facts)), "pagerduty": PagerDuty(house, forge.incidents(facts)), "jira": Jira(house, forge.issues(facts), "ana")}
        more = {"github": 'api_include = ["acme/*"]\n', "pagerduty": "", "jira": 'api_user = "ana"\n'}
        text = forge.WEBHOOKS
        for kind, api in apis.items():
            token = house.folder / f"{name}.{kind}.token"
            token.write_text(api.TOKEN)
            token.chmod(0o600)
            text = re.sub(rf'(kind = "{kind}"\n)', rf'\1api_url = "{api.url}"\napi_token_file = "{token}"\n{more[kind]}', text)
        daemon = Daemon(house, program, name, text + ENVIRONMENTS, top=REST.format(name=name)).start()
        for step in steps:
            step(daemon)
        derived(daemon)
        done = daemon.command("discover", "--write", daemon.config.with_name(f"{name}.d") / "services.toml")
        assert done.returncode == 0, done.stderr
        daemon.reload()
        daemon.run("rebuild")
        report = daemon.run("report", "--format", "csv", "--period", PERIOD).splitlines()
        daemon.stop()
        return report

    return told


@pytest.fixture(scope="module")
def deliveries(facts):
    return [one for what, values in facts for one in getattr(forge, what)(values)]


def deliver(ones):
    def step(daemon):
        for one in ones:
            answer = daemon.post(one.path, one.body, {"Content-Type": "application/json", **one.headers(one.body)})
            assert answer.status == 202, (answer.text, one)

    return step


def sync(kind):
    def step(daemon):
        daemon.run("sync", kind, "--since", SINCE)

    return step


@pytest.fixture(scope="module")
def by_webhooks(tell, deliveries):
    return tell("by-webhooks", [deliver(random.Random(SEED).sample(deliveries, len(deliveries)))])


def test_the_apis_alone_give_the_same_figures(tell, by_webhooks):
    assert len(by_webhooks) > 100
    assert tell("by-apis", [sync(kind) for kind in ("jira", "github", "pagerduty")]) == by_webhooks


def test_both_in_random_order_give_the_same_figures(tell, deliveries, by_webhooks):
    chance = random.Random(SEED)
    shuffled = chance.sample(deliveries, len(deliveries))
    half = len(shuffled) // 2
    steps = [deliver(shuffled[:half]), deliver(shuffled[half:]), *(sync(kind) for kind in ("jira", "github", "pagerduty"))]
    chance.shuffle(steps)
    assert tell("by-both", steps) == by_webhooks, SEED
