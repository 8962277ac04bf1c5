#!/usr/bin/env python3
"""Checks Grafana's dashboards.
    dashboards.py conventions FILES                   the rules of dashboard-linter
    dashboards.py without-data --prometheus URL FILES every query is understood by an empty daemon's Prometheus
    dashboards.py with-data --prometheus URL --postgres FOLDER --api URL FILES   every query has a result; months equal the API's
    dashboards.py backfilled --prometheus URL FILES  every panel about releases shows the last 40 minutes, written by backfill alone
    dashboards.py stat --title TITLE --service SERVICE --prometheus URL FILES   the value of the fleet's stat for one service; - without a value
    dashboards.py without-daemon --prometheus URL FILES   no stat shows a value without the daemon"""
import argparse, json, pathlib, re, subprocess, time, urllib.parse, urllib.request

options = argparse.ArgumentParser()
options.add_argument("what")
options.add_argument("--title")
options.add_argument("--service")
options.add_argument("--prometheus")
options.add_argument("--postgres")
options.add_argument("--api")
options.add_argument("files", nargs="+")
given = options.parse_args()
dashboards = {pathlib.Path(f).name: json.loads(pathlib.Path(f).read_text()) for f in given.files}


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def conventions(name, dashboard):
    variables = {v["name"]: v for v in dashboard["templating"]["list"]}
    source = variables["datasource"]
    assert source["type"] == "datasource" and source["query"] == "prometheus" and source["label"] == "Data source", name
    for needed in ("job", "instance"):
        v = variables[needed]
        assert v["multi"] and v["includeAll"] and v["allValue"] == ".+" and v["datasource"]["uid"] == "${datasource}", (name, needed)
    for v in variables.values():
        assert v["type"] != "query" or v["refresh"] == 2, f"{name}: {v['name']} is not refreshed when the time range changes"
        assert v.get("label"), f"{name}: {v['name']} has no label"
    assert not dashboard["editable"] and dashboard["id"] is None and 36 <= dashboard["schemaVersion"] <= 39, name
    assert 0 < len(dashboard["uid"]) <= 40 and dashboard["tags"] and dashboard["description"], name
    titles = [p["title"] for p in panels(dashboard)]
    used = json.dumps(dashboard["panels"]) + json.dumps(dashboard.get("annotations", {}))
    for v in set(variables) - {"instance"}:  # which the linter requires everywhere
        assert re.search(r"\$\{?" + v + r"\b", used + json.dumps([w for n, w in variables.items() if n != v])), f"{name}: ${v} is not used"
    for p in panels(dashboard):
        at = f"{name}: {p['title']}"
        assert p["title"] and p["description"].endswith((".", "`")), f"{at}: no description"
        assert p["fieldConfig"]["defaults"].get("unit"), f"{at}: no unit"
        assert p["fieldConfig"]["defaults"].get("noValue"), f"{at}: has no text for missing data"
        assert p["datasource"]["uid"] in ("${datasource}", "${postgres}"), at
        assert p["targets"], at
        for t in p["targets"]:
            if "rawSql" in t:
                continue
            bare = re.sub(r'"[^"]*"', '""', t["expr"])
            for metric, matchers in re.findall(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})", t["expr"]):
                assert 'job=~"$job"' in matchers, f"{at}: {metric} lacks the job matcher"
                assert 'instance=~"$instance"' in matchers, f"{at}: {metric} lacks the instance matcher"
                assert not metric.endswith("_total") or f"rate({metric}" in bare, f"{at}: {metric} is a counter without rate()"
            assert "rate(" not in bare or "[$__rate_interval]" in t["expr"], f"{at}: a rate over a fixed interval"
            assert t["datasource"]["uid"] == "${datasource}", at
            assert "vector(" not in t["expr"], f"{at}: missing data becomes a number"
            assert "ALERTS" not in t["expr"], f"{at}: uses alerts instead of the daemon's judgement"
            assert p["type"] != "stat" or t.get("instant") and not t.get("range"), f"{at}: a stat must be an instant query"
        colours = [s["value"] for s in p["fieldConfig"]["defaults"].get("thresholds", {}).get("steps", [])]
        own = name == "daemon.json"  # the daemon's own limits are in no metric
        assert own or set(colours) <= {None, 1}, f"{at}: {colours} are not the daemon's thresholds"
    return len(titles)


chosen = {"job": ".+", "instance": ".+", "team": ".*", "service": ".*", "environment": ".*", "period": "30d", "__rate_interval": "5s"}


def ask(query, over=None):
    """The result now, or for every minute of the given seconds before now."""
    for name, value in chosen.items():
        query = query.replace("${%s}" % name, value).replace("$" + name, value)
    asked = {"query": query}
    if over:
        end = int(time.time()) // 60 * 60
        asked |= {"start": end - over, "end": end, "step": 60}
    try:
        answer = json.load(urllib.request.urlopen(given.prometheus + "/api/v1/query" + ("_range" if over else ""), urllib.parse.urlencode(asked).encode()))
    except urllib.error.HTTPError as e:
        raise AssertionError(f"{json.load(e)['error']}: {query}")
    return answer["data"]["result"]


def expressions(name, dashboard):
    for p in panels(dashboard):
        for t in p["targets"]:
            if "expr" in t:
                yield f"{name}: {p['title']}", t["expr"]
    for a in dashboard.get("annotations", {}).get("list", []):
        yield f"{name}: annotation {a['name']}", a["expr"]
    for v in dashboard["templating"]["list"]:
        if v["type"] == "query":
            selector, label = re.fullmatch(r"label_values\((.*), (\w+)\)", v["query"]["query"]).groups()
            yield f"{name}: variable {v['name']}", f"count by ({label}) ({selector})"


def months():
    """Compares months from PostgreSQL with the API's, for a team's services together."""
    columns = {"planned": ("deployments", {"kind": "planned"}), "hotfixes": ("deployments", {"kind": "hotfix"}),
               "rollbacks": ("deployments", {"kind": "rollback"}), "deployments per day": ("deployments_per_day", {}),
               "lead time": ("lead_time_seconds", {"quantile": "0.5"}), "change fail rate": ("change_fail_ratio", {}),
               "recovery time": ("recovery_seconds", {"quantile": "0.5"}), "rework rate": ("rework_ratio", {}),
               "rollback ratio": ("rollback_ratio", {}), "time to issue": ("time_to_issue_seconds", {"quantile": "0.5"})}
    told = json.load(urllib.request.urlopen(given.api + "/api/v1/months?months=24&team=shop"))
    compared = 0
    for p in panels(dashboards["monthly-trends.json"]):
        sql = p["targets"][0]["rawSql"]
        for name, value in {"service": "'checkout', 'search'", "environment": "'production'", "zone": "'UTC'"}.items():
            sql = sql.replace("${%s:sqlstring}" % name, value)
        sql = sql.replace("${months}", "24")
        assert "${" not in sql, sql
        command = ["psql", "-qXAt", "-h", given.postgres, "-U", "releasehealthd", "-d", "postgres", "-c", f"SELECT json_agg(q) FROM ({sql}) AS q"]
        rows = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        assert [r["time"][:7] for r in rows] == [m["period"] for m in told], p["title"]
        for row, month in zip(rows, told):
            for column, value in row.items():
                if column == "time":
                    continue
                figure, labels = columns[column]
                mine = [f["value"] for f in month["figures"] if f["service"] == "" and f["figure"] == figure and f["labels"] == labels]
                assert len(mine) == 1, (column, mine)
                same = mine[0] is None and value is None or mine[0] is not None and value is not None and abs(mine[0] - value) <= 1e-3 * abs(value) + 1e-9
                assert same, f"{p['title']}, {column} of {month['period']}: PostgreSQL {value}, API {mine[0]}"
                compared += value is not None
        assert any(v is not None and v != 0 for r in rows for k, v in r.items() if k != "time"), f"{p['title']} is empty"
    return compared


def stats():
    for name, d in dashboards.items():
        for p in panels(d):
            if p["type"] == "stat":
                yield f"{name}: {p['title']}", p["targets"][0]["expr"]


if given.what == "stat":
    chosen["service"] = given.service
    [query] = [q for at, q in stats() if at == f"release-health.json: {given.title}"]
    found = ask(query)
    print(found[0]["value"][1] if found else "-")
elif given.what == "without-daemon":
    shown = [at for at, query in stats() if "up{" not in query and ask(query)]  # `up` is Prometheus' own
    assert not shown, "a value while the daemon is down:\n" + "\n".join(shown)
    print(f"ok: none of {len(list(stats()))} stats has a value while the daemon is down")
elif given.what == "conventions":
    count = sum(conventions(name, d) for name, d in dashboards.items())
    assert len({d["uid"] for d in dashboards.values()}) == len(dashboards)
    print(f"ok: {count} panels of {len(dashboards)} dashboards keep the conventions")
elif given.what == "backfilled":
    # series of a running daemon and alerting rules: counters, health, alerts
    live = r"_total\b|\bALERTS\b|\bup\b|releasehealth_(build_info|config_|database_|delivery_|dead_|derive|last_delivery|limits_|refresh_|schema_|spool|underived|unplaced|process_)"
    asked = [q for name, d in dashboards.items() if name != "daemon.json" for q in expressions(name, d) if not re.search(live, q[1])]
    empty = [f"{at}: {query}" for at, query in asked if not ask(query, 2400)]
    assert not empty, "no answer:\n" + "\n".join(empty)
    assert len(asked) > 40, asked
    print(f"ok: {len(asked)} queries show backfilled history")
else:
    asked = [q for name, d in dashboards.items() for q in expressions(name, d)]
    empty = [f"{at}: {query}" for at, query in asked if not ask(query)]
    if given.what == "without-data":
        print(f"ok: without data {len(asked)} queries are valid, {len(empty)} have no result")
    else:
        assert not empty, "no answer:\n" + "\n".join(empty)
        print(f"ok: all {len(asked)} Prometheus queries have a result")
        print(f"ok: {months()} monthly values from PostgreSQL equal the API's")
