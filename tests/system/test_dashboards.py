"""Grafana's dashboards equal the output of their source and keep its conventions, and every query of every panel has a result: from
a real Prometheus that scrapes the daemon, and from its PostgreSQL, where each month equals the API's."""
import json
import os
import re
import subprocess
import time

import pytest

from harness import ROOT, Prometheus, ago, demo, wait_until

CONFIG = (ROOT / "tests/system/review.toml").read_text()
DASHBOARDS = {file.name: json.loads(file.read_text()) for file in sorted((ROOT / "dashboards").glob("*.json"))}
CHOSEN = {"job": ".+", "instance": ".+", "team": ".*", "service": ".*", "environment": ".*", "period": "30d", "__rate_interval": "5s"}
# series of a running daemon and alerting rules: counters, health, alerts
LIVE = r"_total\b|\bALERTS\b|\bup\b|releasehealth_(build_info|config_|database_|delivery_|dead_|derive|last_delivery|limits_|refresh_|schema_|spool|underived|unplaced|process_)"
# the API's figures of the columns that SQL returns
COLUMNS = {
    "planned": ("deployments", {"kind": "planned"}),
    "hotfixes": ("deployments", {"kind": "hotfix"}),
    "rollbacks": ("deployments", {"kind": "rollback"}),
    "deployments per day": ("deployments_per_day", {}),
    "lead time": ("lead_time_seconds", {"quantile": "0.5"}),
    "change fail rate": ("change_fail_ratio", {}),
    "recovery time": ("recovery_seconds", {"quantile": "0.5"}),
    "rework rate": ("rework_ratio", {}),
    "rollback ratio": ("rollback_ratio", {}),
    "time to issue": ("time_to_issue_seconds", {"quantile": "0.5"}),
}


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def expressions(*names):
    """The places and PromQL of all queries of these dashboards."""
    for name in names:
        dashboard = DASHBOARDS[name]
        for p in panels(dashboard):
            yield from ((f"{name}: {p['title']}", t["expr"]) for t in p["targets"] if "expr" in t)
        for a in dashboard.get("annotations", {}).get("list", []):
            yield f"{name}: annotation {a['name']}", a["expr"]
        for v in dashboard["templating"]["list"]:
            if v["type"] == "query":
                selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", v["query"]["query"]).groups()
                yield f"{name}: variable {v['name']}", f"count by ({label}) ({selector})"


def stats():
    return [(f"{name}: {p['title']}", p["targets"][0]["expr"]) for name, d in DASHBOARDS.items() for p in panels(d) if p["type"] == "stat"]


def ask(prometheus, query, seconds=0, **chosen):
    """The result with these values of the dashboard's variables."""
    for name, value in (CHOSEN | chosen).items():
        query = query.replace("${%s}" % name, value).replace("$" + name, value)
    return prometheus.query(query, seconds)


def test_each_dashboard_is_what_its_source_gives(house):
    built, made, source = house.folder / "built", house.folder / "made", ROOT / "dashboards/grafana"
    made.mkdir()
    subprocess.run(["node_modules/.bin/tsc", "--outDir", built], cwd=source, check=True)
    subprocess.run(["node", built / "main.js", made, ROOT / "schema/grafana"], check=True, env={**os.environ, "NODE_PATH": str(source / "node_modules")})
    assert sorted(file.name for file in made.iterdir()) == list(DASHBOARDS)
    different = [name for name in DASHBOARDS if (made / name).read_bytes() != (ROOT / "dashboards" / name).read_bytes()]
    assert different == [], "cd dashboards/grafana && npm run build"


def test_each_dashboard_has_its_own_uid():
    assert len({d["uid"] for d in DASHBOARDS.values()}) == len(DASHBOARDS)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_variables_keep_the_conventions_of_dashboard_linter(name):
    dashboard = DASHBOARDS[name]
    variables = {v["name"]: v for v in dashboard["templating"]["list"]}
    source = variables["datasource"]
    assert (source["type"], source["query"], source["label"]) == ("datasource", "prometheus", "Data source")
    for needed in ("job", "instance"):
        v = variables[needed]
        assert v["multi"] and v["includeAll"] and v["allValue"] == ".+" and v["datasource"]["uid"] == "${datasource}", needed
    for v in variables.values():
        assert v["type"] != "query" or v["refresh"] == 2, f"{v['name']} is not refreshed when the time range changes"
        assert v.get("label"), f"{v['name']} has no label"
    used = json.dumps(dashboard["panels"]) + json.dumps(dashboard.get("annotations", {}))
    for v in set(variables) - {"instance"}:  # which the linter requires everywhere
        assert re.search(r"\$\{?" + v + r"\b", used + json.dumps([w for n, w in variables.items() if n != v])), f"${v} is not used"
    assert not dashboard["editable"] and dashboard["id"] is None and 36 <= dashboard["schemaVersion"] <= 39
    assert 0 < len(dashboard["uid"]) <= 40 and dashboard["tags"] and dashboard["description"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_have_a_description_a_unit_and_the_daemons_thresholds(name):
    for p in panels(DASHBOARDS[name]):
        title, defaults = p["title"], p["fieldConfig"]["defaults"]
        assert title and p["description"].endswith((".", "`")), f"{title}: no description"
        assert defaults.get("unit"), f"{title}: no unit"
        assert defaults.get("noValue"), f"{title}: has no text for missing data"
        assert p["datasource"]["uid"] in ("${datasource}", "${postgres}"), title
        assert p["targets"], title
        colours = {s["value"] for s in defaults.get("thresholds", {}).get("steps", [])}
        # the daemon's own limits are in no metric
        assert name == "daemon.json" or colours <= {None, 1}, f"{title}: {colours} are not the daemon's thresholds"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_queries_match_job_and_instance_and_invent_no_data(name):
    for p in panels(DASHBOARDS[name]):
        title = p["title"]
        for t in p["targets"]:
            if "rawSql" in t:
                continue
            bare = re.sub(r'"[^"]*"', '""', t["expr"])
            for metric, matchers in re.findall(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})", t["expr"]):
                assert 'job=~"$job"' in matchers, f"{title}: {metric} lacks the job matcher"
                assert 'instance=~"$instance"' in matchers, f"{title}: {metric} lacks the instance matcher"
                assert not metric.endswith("_total") or f"rate({metric}" in bare, f"{title}: {metric} is a counter without rate()"
            assert "rate(" not in bare or "[$__rate_interval]" in t["expr"], f"{title}: a rate over a fixed interval"
            assert t["datasource"]["uid"] == "${datasource}", title
            assert "vector(" not in t["expr"], f"{title}: missing data becomes a number"
            assert "ALERTS" not in t["expr"], f"{title}: uses alerts instead of the daemon's judgement"
            assert p["type"] != "stat" or t.get("instant") and not t.get("range"), f"{title}: a stat must be an instant query"


@pytest.fixture(scope="module")
def prometheus(house, daemon):
    prometheus = Prometheus(house, daemon)
    prometheus.wait_for('count(up{job="releasehealthd"})', 1, 20)
    return prometheus


def test_without_data_every_query_is_valid(prometheus):
    for _, query in expressions(*DASHBOARDS):
        ask(prometheus, query)


@pytest.fixture(scope="module")
def filled(daemon, prometheus):
    """The daemon with the demo's data, an open incident, and one that a hotfix fixed."""
    daemon.import_events([event for event in demo() if event.get("service") != "osf"], "demo")
    hotfix = {"type": "deployment", "service": "checkout", "version": "1.9.3", "ref": "hotfix/1.9.3", "state": "succeeded", "reviewed": True}
    daemon.send(
        {"id": "i1", "subject": "open", "type": "incident", "service": "search", "severity": 3, "state": "open", "time": ago(minutes=5)},
        {"id": "i2", "subject": "answered", "type": "incident", "service": "checkout", "severity": 2, "state": "open", "culprit": "checkout-118", "time": ago(minutes=4)},
        {"id": "h1", "incident": "answered", "started_at": ago(minutes=3), "finished_at": ago(minutes=2), **hotfix},
        {"id": "i3", "subject": "answered", "type": "incident", "state": "resolved", "time": ago(minutes=1)},
    )
    prometheus.wait_for('releasehealth_open_incidents{service_name="search"}', 1)
    return daemon


def test_every_query_of_every_panel_has_a_result(filled, prometheus):
    empty = []
    for _ in range(6):
        time.sleep(5)  # rates and alerts need several scrapes
        empty = [(place, query) for place, query in expressions(*DASHBOARDS) if not ask(prometheus, query)]
        if not empty:
            break
    assert empty == []


@pytest.mark.parametrize("panel", list(panels(DASHBOARDS["monthly-trends.json"])), ids=lambda panel: panel["title"])
def test_each_month_from_postgresql_equals_the_api(filled, panel):
    sql = panel["targets"][0]["rawSql"]
    for old, new in (("service:sqlstring", "'checkout', 'search'"), ("environment:sqlstring", "'production'"), ("zone:sqlstring", "'UTC'"), ("months", "24")):
        sql = sql.replace("${%s}" % old, new)
    assert "${" not in sql
    words = ["psql", "-qXAt", "-h", filled.state / "postgresql", "-U", "releasehealthd", "-d", "postgres", "-c", f"SELECT json_agg(q) FROM ({sql}) AS q"]
    rows = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
    months = filled.json("/api/v1/months?months=24&team=shop")
    assert [row["time"][:7] for row in rows] == [month["period"] for month in months]
    for row, month in zip(rows, months):
        for column, value in row.items():
            if column != "time":
                figure, labels = COLUMNS[column]
                found = [f["value"] for f in month["figures"] if (f["service"], f["figure"], f["labels"]) == ("", figure, labels)]
                assert found == [None if value is None else pytest.approx(value, rel=1e-3, abs=1e-9)], f"{column} of {month['period']}"
    assert any(value for row in rows for column, value in row.items() if column != "time"), "empty"


def test_every_panel_about_releases_shows_backfilled_history(filled, house):
    past, blocks = house.folder / "past", house.folder / "backfilled"
    start = time.gmtime(time.time() // 60 * 60 - 2400)
    filled.run("backfill", "--from", time.strftime("%Y-%m-%dT%H:%M:%SZ", start), "--to", ago(), "--step", "1m", "--directory", past)
    for day in past.glob("*.om"):
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", day, blocks], check=True)
    alone = Prometheus(house, name="backfilled", storage=blocks)
    queries = [(place, query) for place, query in expressions(*(name for name in DASHBOARDS if name != "daemon.json")) if not re.search(LIVE, query)]
    assert [(place, query) for place, query in queries if not ask(alone, query, 2400)] == []
    assert len(queries) > 40


def exceeded(prometheus, service):
    """The value of the fleet's stat for one service; None without a value."""
    [query] = [query for place, query in stats() if place == "release-health.json: Thresholds exceeded"]
    found = ask(prometheus, query, service=service)
    return found[0]["value"][1] if found else None


def test_one_exceeded_threshold_is_1_in_the_stat(filled, prometheus):
    """One overdue review of a service that reports reviews; a quiet service has none; without reports none is judged."""
    filled.send(
        {"id": "s0", "subject": "s0", "type": "incident", "service": "solo", "severity": 3, "state": "resolved", "review_held_at": ago(days=20), "time": ago(days=21)},
        {"id": "s1", "type": "deployment", "service": "solo", "version": "1", "state": "succeeded", "finished_at": ago(days=12)},
        {"id": "q1", "type": "deployment", "service": "quiet", "version": "1", "kind": "planned", "state": "succeeded", "finished_at": ago(days=12)},
        {"id": "s2", "subject": "s2", "type": "incident", "service": "solo", "severity": 2, "state": "open", "time": ago(days=11)},
        {"id": "s3", "subject": "s2", "type": "incident", "state": "resolved", "time": ago(days=10)},
    )
    wait_until(30, "solo exceeds one threshold", lambda: exceeded(prometheus, "solo") == "1")
    assert exceeded(prometheus, "quiet") == "0"
    assert exceeded(prometheus, "nobody") is None


def test_no_stat_has_a_value_while_the_daemon_is_down(filled, prometheus):
    filled.stop()
    prometheus.wait_for('count(up{job="releasehealthd"} == 0)', 1)
    assert stats()
    shown = [place for place, query in stats() if "up{" not in query and ask(prometheus, query)]  # `up` is Prometheus' own
    assert shown == []
