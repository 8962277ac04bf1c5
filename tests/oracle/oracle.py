#!/usr/bin/env python3
"""A second, simple implementation of figures.md: no database, no increments, everything compared with everything.

Shares no code or language with the daemon. Reads files with a history (events, configuration, instant) and the
figures that the daemon computed for it, and reports differences.

    tests/oracle/oracle.py FILE...        exit 1 if anything differs
"""
import json
import sys

sys.dont_write_bytecode = True
from facts import us
from figures import Figures


class History(Figures):
    """Computes each section from the preceding ones."""

    def __init__(self, told):
        super().__init__(told)
        self.run_stacks()
        self.bring()
        self.blame()
        self.remedy()
        self.judge()
        self.follow_up()
        self.find_places()
        self.engage()
        self.release()
        self.look_at_reports()


def close(a, b):
    if a is None or b is None:
        return a is None and b is None
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def check(told):
    h = History(told)
    expected, wrong, seen = h.figures([p['label'] for p in told['periods']]), [], set()
    for p in told['periods']:
        if h.period(p['label']) != (us(p['begin']), us(p['end'])):
            wrong.append(f"period {p['label']}: {p['begin']} {p['end']}")
    for f in told['figures']:
        key = (f['service'], f['team'], f['environment'], f['period'], f['figure'], tuple(sorted(f['labels'].items())))
        seen.add(key)
        says, should = (f['value'], f['numerator'], f['denominator'], f['observations']), expected.get(key)
        if should is None or not all(close(a, b) for a, b in zip(says, should)):
            wrong.append(f'{key}: {says}, not {should}')
    for key, (value, *_) in expected.items():
        if value and key not in seen:
            wrong.append(f'{key}: missing, should be {value}')
    return wrong


def main(files):
    failed, compared = 0, 0
    for name in files:
        with open(name, encoding='utf-8') as f:
            told = json.load(f)
        compared += len(told['figures'])
        wrong = check(told)
        failed += bool(wrong)
        for line in wrong[:20]:
            print(f'{name}: {line}')
    print(f'{len(files)} histories, {compared} figures compared, {failed} histories differ')
    return 1 if failed or not compared else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
