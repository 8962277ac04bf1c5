#!/usr/bin/env python3
"""Checks the rendered chart: well-formed, complete and consistent; values.yaml against its schema."""
import json
import pathlib
import sys

import jsonschema
import yaml

chart = pathlib.Path(sys.argv[1])
schema = json.loads((chart / "values.schema.json").read_text())
values = yaml.safe_load((chart / "values.yaml").read_text())
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(values, schema)
for wrong in ({"replicas": 0}, {"image": {"repository": ""}}, {"replica": 2}):
    if jsonschema.Draft7Validator(schema).is_valid({**values, **wrong}):
        sys.exit(f"the schema accepts {wrong}")


def kinds(file):
    found = {}
    for thing in filter(None, yaml.safe_load_all(pathlib.Path(file).read_text())):
        assert {"apiVersion", "kind", "metadata"} <= set(thing), thing
        labels = thing["metadata"]["labels"]
        for label in ("name", "instance", "version", "component", "part-of", "managed-by"):
            assert labels[f"app.kubernetes.io/{label}"], (thing["kind"], label)
        found.setdefault(thing["kind"], []).append(thing)
    return found


few, all_of_it = kinds(sys.argv[2]), kinds(sys.argv[3])
assert set(few) == {"ConfigMap", "Pod", "Service", "ServiceAccount", "StatefulSet"}, set(few)
assert set(all_of_it) == set(few) | {"Ingress", "NetworkPolicy", "ServiceMonitor", "PrometheusRule"}, set(all_of_it)
for found in (few, all_of_it):
    pods = found["StatefulSet"][0]["spec"]
    labels = pods["template"]["metadata"]["labels"]
    for selector in (pods["selector"]["matchLabels"], found["Service"][0]["spec"]["selector"]):
        assert selector.items() <= labels.items(), selector
    container = pods["template"]["spec"]["containers"][0]
    ports = {p["name"] for p in container["ports"]}
    assert {p["targetPort"] for p in found["Service"][0]["spec"]["ports"]} <= ports
    assert {container[probe]["httpGet"]["port"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")} <= ports
    volumes = {v["name"] for v in pods["template"]["spec"]["volumes"]} | {c["metadata"]["name"] for c in pods.get("volumeClaimTemplates", [])}
    assert {m["name"] for m in container["volumeMounts"]} == volumes, volumes
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
assert all_of_it["PrometheusRule"][0]["spec"]["groups"][0]["rules"]
dashboards = [c for c in all_of_it["ConfigMap"] if "grafana_dashboard" in c["metadata"]["labels"]]
assert len(dashboards) == len(list((chart / "files").glob("*.json"))) >= 4
for one in dashboards:
    for text in one["data"].values():
        assert json.loads(text)["panels"]
print(f"ok: {sum(map(len, few.values()))} and {sum(map(len, all_of_it.values()))} objects, the schema accepts the values and rejects invalid ones")
