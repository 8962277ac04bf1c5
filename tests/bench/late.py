"""The cost of a late event in a service of many deployments, against deriving that service from scratch."""
import json
import subprocess

from table import at_most


def late_events(bench):
    done = subprocess.run([bench.built / "tests/bench/bench_derive"], stdout=subprocess.PIPE, check=True, text=True)
    for case in map(json.loads, done.stdout.splitlines()):
        yield at_most(0.05, f"derived: {case['name']}, of {case['among']:,} / all of them", "s", case["measured"], case["baseline"])
