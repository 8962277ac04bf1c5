"""An operator's tasks: reload, read logs, send from a pipeline, ask for reasons, move a database with export and import."""
import csv
import json
import os
import re
import signal
import stat
import time

import pytest

from harness import GITHUB, SECRET, TOKEN, Daemon, Process, free_port, request, wait_until

LOG = '[log]\nformat = "json"\nlevel = "debug"\n'
CONFIG = LOG + GITHUB.replace('name = "github"', 'name = "hub"')
RULE = '[[rule]]\nname = "first"\nkind = "hotfix"\nwhen = { service = "^checkout$" }\n'
RELOADED = "releasehealth_config_last_reload_successful"
MONTH = time.strftime("%Y-%m", time.gmtime())


@pytest.fixture(scope="module")
def daemon(house, program):
    """With the source "github"; its commands send to it with its token."""
    daemon = Daemon(house, program, config=LOG + GITHUB).start()
    token = house.folder / "token"
    token.write_text(f"{TOKEN}\n")
    daemon.environment.update(RELEASEHEALTHD_URL=f"http://127.0.0.1:{daemon.intake}", RELEASEHEALTHD_TOKEN_FILE=str(token))
    return daemon


def reload(daemon):
    return request(daemon.operations, "POST", "/-/reload")


def webhook(daemon, source):
    return daemon.post(f"/webhooks/{source}", "").status


def deployments(kind):
    return f'releasehealth_deployments{{service_name="checkout",team_name="",deployment_environment="production",kind="{kind}",period="month"}}'


def planned(daemon):
    """Values of the report's planned deployments of checkout."""
    figures = json.loads(daemon.run("report", "--format", "json"))[0]["figures"]
    return [f["value"] for f in figures if (f["figure"], f["service"], f["labels"].get("kind")) == ("deployments", "checkout", "planned")]


def test_an_invalid_configuration_is_rejected_as_a_whole(daemon):
    with open(daemon.config, "a", encoding="utf-8") as config:
        config.write('stat_dir = "x"\n')
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(RELOADED, 0, 5)
    refused = reload(daemon)
    assert (refused.status, "stat_dir: unknown key" in refused.text) == (500, True)
    assert daemon.command("check-config").returncode == 2
    assert webhook(daemon, "github") == 401


def test_a_valid_configuration_replaces_the_old_one(daemon):
    daemon.configure(CONFIG)
    assert reload(daemon).text.strip() == "reloaded"
    assert (webhook(daemon, "hub"), webhook(daemon, "github")) == (401, 404)


def test_send_reports_what_was_accepted(daemon):
    sent = daemon.run("send", "deployment", "subject=d1", "state=succeeded", "service=checkout", "version=1.0.0", "commit=aaaaaaa", "--format", "json")
    assert json.loads(sent) == {"accepted": 1, "duplicates": 0, "ignored": 0}
    daemon.run("send", "deployment", "service=checkout", "version=1.0.1", "ref=hotfix/1.0.1", "labels=a;b")
    daemon.wait_for(deployments("hotfix"), 1, 5)


def test_send_reports_an_error_and_fails(daemon):
    refused = daemon.command("send", "deployment", "service=checkout", "state=done")
    assert (refused.returncode, "state" in refused.stderr) == (2, True)


def test_explain_and_classify_name_the_rule(daemon):
    assert "hotfix, because default rule hotfix-ref matched ref hotfix/1.0.1" in daemon.run("explain", "deployment", "1.0.1", "--wide")
    assert json.loads(daemon.run("explain", "deployment", "1.0.1", "--json"))["about"]["kind"] == "hotfix"
    assert daemon.run("classify", "ref=hotfix/1.0.1").strip() == "hotfix: default rule hotfix-ref matched ref hotfix/1.0.1"


def test_amend_overrides_the_kind(daemon):
    amend = ["amend", "deployment", daemon.json("/api/v1/deployments/1.0.1")["id"], "--url", daemon.url]
    assert json.loads(daemon.run(*amend, "kind=planned", "--reason", "it was planned", "--format", "json")) == {"accepted": 1}
    refused = daemon.command(*amend, "kind=wrong", "--reason", "x")
    assert (refused.returncode, "kind" in refused.stderr) == (1, True)


def test_a_dry_run_of_changed_rules_names_the_month_and_the_moves(daemon, house):
    rules = house.folder / "rules.toml"
    rules.write_text(daemon.config.read_text() + RULE)
    assert daemon.run("classify", "--dry-run", "--rules", rules).splitlines()[0] == f"{MONTH}  planned -> hotfix 1"
    assert "checkout production d1 (1.0.0)  planned: no rule matched" in daemon.run("classify", "--wide", "--stored", "--month", MONTH, "--service", "checkout")
    assert daemon.metric("releasehealth_rebuild_needed") == 0


def test_changed_rules_apply_to_history_after_a_rebuild_only(daemon):
    daemon.reload(CONFIG + RULE)
    daemon.wait_for("releasehealth_rebuild_needed", 1, 5)
    assert planned(daemon) == [2]
    daemon.run("rebuild")
    daemon.wait_for("releasehealth_rebuild_needed", 0, 5)
    daemon.wait_for(deployments("hotfix"), 1, 5)
    daemon.reload(CONFIG)
    daemon.run("rebuild")


def test_no_figure_has_a_value_before_any_event(daemon):
    figures = json.loads(daemon.run("report", "--as-of", "2026-01-01T00:00:00Z", "--format", "json"))[0]["figures"]
    assert [f for f in figures if f["value"] is not None] == []


def test_a_bad_row_fails_an_import_and_the_others_are_stored_once(daemon, house):
    history = house.folder / "history.csv"
    history.write_text("service,version,finished_at\nsearch,4.0,2026-01-05T00:00:00Z\nsearch,4.1,2026-01-06T00:00:00Z\nsearch,bad,yesterday\n")
    first, second = (daemon.command("import", "csv", history) for _ in range(2))
    assert first.returncode == 1 and re.search(r"history\.csv:4: .*finished_at", first.stderr), first.stderr
    assert second.stderr.splitlines()[-1] == "0 stored, 2 duplicates"


def rows(daemon):
    """The report of a year, without what changes during the current month: its end, and deployments per day."""
    report = list(csv.DictReader(daemon.run("report", "--from", "2026-01", "--to", "2026-12", "--format", "csv").splitlines()))
    return [{**row, "begin": "", "end": ""} for row in report if row["figure"] != "deployments_per_day"]


def test_an_export_imported_into_an_empty_database_gives_the_same_figures(daemon, house, program):
    daemon.wait_for(deployments("planned"), 2, 5)
    exported = house.folder / "all.ndjson"
    exported.write_text(daemon.run("export", "events"))
    other = Daemon(house, program, "other", CONFIG)
    other.run("migrate")
    other.run("import", "events", exported)
    before = rows(daemon)
    assert len(before) > 0
    assert before == rows(other)


def test_serve_reports_that_an_empty_configuration_means_defaults(daemon, house, program):
    """A truncated file is such a configuration."""
    empty, state = house.folder / "empty.toml", house.folder / "empty"
    empty.write_text("")
    listen = {f"RELEASEHEALTHD_{name}_LISTEN": f"127.0.0.1:{free_port()}" for name in ("INTAKE", "OPERATIONS")}
    environment = {**os.environ, **listen, "STATE_DIRECTORY": str(state), "RELEASEHEALTHD_DATABASE_URL": daemon.postgres.dsn}
    serve = Process(house, "empty", [program, "serve", "--config", empty], env=environment)
    wait_until(30, "it reports the defaults", lambda: "the configuration is empty: running on defaults only" in serve.log.read_text())
    serve.process.terminate()
    assert serve.process.wait(60) == 0
    assert stat.filemode(state.stat().st_mode)[1:6] == "rwx--"


def test_a_reload_rejects_an_empty_configuration(daemon):
    assert daemon.metric(RELOADED) == 1
    daemon.config.write_text("")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(RELOADED, 0, 5)
    assert webhook(daemon, "hub") == 401
    daemon.configure(CONFIG)


def test_log_lines_are_json_without_secrets_and_bodies(daemon):
    daemon.stop()
    text = daemon.log.read_text()
    assert [line for line in text.splitlines() if not {"ts", "level", "msg"} <= json.loads(line).keys()] == []
    assert re.findall(f"{TOKEN}|{SECRET}|hotfix/1.0.1", text) == []
