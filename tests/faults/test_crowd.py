"""Slow senders and a flood of connections from other addresses: healthy senders finish well before their timeout."""
import pathlib
import subprocess
import sys
import time

from harness import Load


def p99(load):
    return sorted(load.took)[int(len(load.took) * 0.99)]


def test_healthy_senders_are_served_during_an_attack(cluster, daemon, report, long, sanitized):
    strictest = 10.0 if sanitized else 1.0  # timeouts of GitHub and Sentry in seconds
    with Load("quiet", [daemon], keeps=False) as quiet:
        time.sleep(4)
    with Load("crowd", [daemon], keeps=False) as load:
        words = [sys.executable, pathlib.Path(__file__).with_name("attack.py"), str(daemon.intake), "60" if long else "12"]
        attack = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    report.note(f"{attack.stdout.strip()} bad connections; p99 of {len(load.took)} healthy deliveries {p99(load) * 1000:.0f} ms (alone {p99(quiet) * 1000:.0f} ms)")
    for each in (quiet, load):
        report.add(each)
    assert p99(load) <= strictest and not load.refused and not load.unanswered, load.broke[:3]
    report.check(cluster, daemon)
