"""The cost of resolving versions by tags, with 300 repositories, 1,000,000 commits and 100,000 tags."""
import json
import subprocess

from table import at_least


def tags(bench):
    done = subprocess.run([bench.built / "tests/bench/bench_tags"], stdout=subprocess.PIPE, check=True, text=True)
    for case in map(json.loads, done.stdout.splitlines()):
        yield at_least(0.5, f"derived: {case['name']} / without a repository", "/s", case["measured"], case["baseline"])
