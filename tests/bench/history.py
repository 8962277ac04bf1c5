#!/usr/bin/env python3
"""Writes a history of deployments and incidents as NDJSON in time order, deterministic for its numbers, to measure
imports and databases of a given size.

  tests/bench/history.py --deployments 1000000 --services 500 --years 5 > FILE
"""
import argparse
import datetime
import random
import sys
import zlib

ENVIRONMENTS = ("production", "production", "production", "production", "staging")
ROLLBACKS, HOTFIXES, FAILED, INCIDENTS = 0.03, 0.06, 0.10, 0.017  # shares of deployments
KEPT_LIVE = 8


def history(deployments, services, years, seed, until):
    pick, end = random.Random(seed).random, until.timestamp()
    begin = end - years * 365.25 * 86400
    step = (end - begin) / deployments
    live, highest = {}, {}  # by target: the latest live versions, the newest last; the highest version
    open_incidents = []
    for n in range(deployments):
        at = begin + n * step
        while open_incidents and open_incidents[0][0] <= at:
            ends, subject, service = open_incidents.pop(0)
            yield (f'{{"id":"{subject}r","type":"incident","subject":"{subject}","time":"{stamp(ends)}",'
                   f'"service":"{service}","state":"resolved"}}\n')
        service, environment = f"service-{int(pick() * services):03}", ENVIRONMENTS[int(pick() * 5)]
        place, luck = (service, environment), pick()
        before = live.setdefault(place, [])
        number = highest.get(place, 0) + 1
        ref, state = "main", "succeeded"
        if luck < ROLLBACKS and len(before) > 2:
            del before[-2:]
            number = before[-1]
        elif luck < ROLLBACKS + HOTFIXES:
            ref = "hotfix/7"
        elif luck < ROLLBACKS + HOTFIXES + FAILED:
            state = "failed"
        highest[place] = max(number, highest.get(place, 0))
        if state == "succeeded" and before[-1:] != [number]:
            live[place] = before[-KEPT_LIVE:] + [number]
        made_of = (zlib.crc32(f"{service} {environment}".encode()) << 24) + number  # a version always has one commit
        yield (f'{{"id":"e{n}","type":"deployment","subject":"d{n}","time":"{stamp(at)}","service":"{service}",'
               f'"environment":"{environment}","state":"{state}","started_at":"{stamp(at - 240)}","version":"1.{number}.0",'
               f'"commit":"{made_of * 0x9E3779B97F4A7C15 % 2**64:016x}{made_of:024x}","ref":"{ref}","first_commit_at":"{stamp(at - 86400 * pick())}"}}\n')
        if pick() < INCIDENTS:
            yield (f'{{"id":"i{n}","type":"incident","subject":"i{n}","time":"{stamp(at + 600)}","service":"{service}",'
                   f'"state":"open","severity":{1 + n % 5}}}\n')
            open_incidents.append((at + 1800 + 7200 * pick(), f"i{n}", service))
            open_incidents.sort()


def stamp(seconds):
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--deployments", type=int, required=True)
    words.add_argument("--services", type=int, default=500)
    words.add_argument("--years", type=float, default=5)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--until", type=datetime.datetime.fromisoformat, help="now otherwise, by the hour")
    given = words.parse_args()
    now = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
    sys.stdout.writelines(history(given.deployments, given.services, given.years, given.seed, given.until or now))


main()
