"""The story of a company (story.py) as reported by its tools. TOOLS: github, gitlab or jenkins.

  company configuration TOOLS                     prints [[source]] tables
  company send TOOLS MONTH SEED ROUND INTAKE      sends every delivery in a random order; in round 2 each is a duplicate
  company compare TOOLS MONTH OPERATIONS REPORT   compares every figure with expected.py; REPORT is the command's JSON output
  company explanations TOOLS MONTH                prints lines: thing, name, words, separated by tabs
  company services TOOLS                          prints their names
"""
import datetime
import importlib
import json
import random
import sys
import urllib.parse
import urllib.request

import expected
import story

ENVIRONMENTS = "".join(f'[[environment]]\nname = "production-{region}"\nproduction = true\ngroup = "worldwide"\n' for region in ("eu", "us", "ap"))


def begin_of(month):
    return datetime.datetime.fromisoformat(f"{month}-01T00:00:00+00:00")


def configuration(tools):
    print(tools.CONFIGURATION + ENVIRONMENTS)


def post(intake, one):
    request = urllib.request.Request(intake + one.path, one.body, {"Content-Type": "application/json", **one.headers(one.body)})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202, (answer.status, one)
        return json.load(answer)


def shuffled(deliveries, seed):
    """In random order, except sequences that one sender sends in order."""
    order = random.Random(seed)
    chains = {}
    for one in deliveries:
        chains.setdefault(one.chain, []).append(one)
    shuffled_ones = list(deliveries)
    order.shuffle(shuffled_ones)
    return [chains[one.chain].pop(0) if one.chain else one for one in shuffled_ones]


def send(tools, month, seed, repetition, intake):
    deliveries = [one for what, values in story.facts(story.Month(begin_of(month))) for one in getattr(tools, what)(values)]
    if repetition == "2":
        deliveries = [one for one in deliveries if one.is_repeated]
    for one in shuffled(deliveries, f"{seed} {repetition}"):
        counted = post(intake, one)
        known = counted["duplicates"] if repetition == "2" else counted["accepted"]
        assert known + counted["ignored"] > 0 and (repetition == "1" or counted["accepted"] == 0), (counted, one)
        assert counted["ignored"] == 0 or tools.is_ignored(one), (counted, one)
    print(len(deliveries), "deliveries")


def key_of(row):
    labels = ",".join(f"{name}={value}" for name, value in sorted(row["labels"].items()))
    return row["figure"] + (f"{{{labels}}}" if labels else "")


def figures_in(report):
    """Every figure with a value, except counts of 0, by service and environment. Members of a group are in the group."""
    found = {}
    for row in report["figures"]:
        if not row["service"] or row.get("group"):
            continue
        of_place = found.setdefault((row["service"], row["environment"]), {})
        if row["value"] is not None and (row["value"] != 0 or row["denominator"] is not None or row["observations"]):
            of_place[key_of(row)] = row["value"]
    return found


def compare(name, month, operations, report_file):
    begin = begin_of(month)
    period = f"{begin:%Y-%m-%dT%H:%M:%SZ}/{begin + datetime.timedelta(days=25):%Y-%m-%dT%H:%M:%SZ}"
    with urllib.request.urlopen(f"{operations}/api/v1/figures?{urllib.parse.urlencode({'period': period})}", timeout=30) as answer:
        of_api = json.load(answer)
    with open(report_file, encoding="utf-8") as file:
        of_command = json.load(file)
    differences = []
    for source, report in (("API", of_api), ("report", of_command)):
        report = report[0] if isinstance(report, list) else report
        found, wanted = figures_in(report), expected.FIGURES[name]
        for place in sorted(set(found) | set(wanted)):
            is_, should = found.get(place, {}), wanted.get(place, {})
            for key in sorted(set(is_) | set(should)):
                if key not in is_ or key not in should or abs(is_[key] - should[key]) > 1e-9:
                    differences.append(f"{source}: {place}: {key}: expected {should.get(key)}, got {is_.get(key)}")
    if differences:
        sys.exit("\n".join(differences))
    print(sum(len(figures) for figures in expected.FIGURES[name].values()), "figures")


def explanations(name, month):
    for thing, of, words in expected.EXPLANATIONS[name]:
        print(thing, of, words.format(month=month), sep="\t")


def services(name):
    print("\n".join(sorted(service for service, environment in expected.FIGURES[name])))


command, tools_name, *arguments = sys.argv[1:]
if command == "configuration":
    configuration(importlib.import_module(tools_name))
elif command == "send":
    send(importlib.import_module(tools_name), *arguments)
else:
    {"compare": compare, "explanations": explanations, "services": services}[command](tools_name, *arguments)
