"""Shared by every section: times, and reports in order."""
from datetime import datetime, timedelta, timezone

SECOND = 1_000_000
HOUR, DAY = 3600 * SECOND, 86400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ROLLBACK, FLAG, HOTFIX = 0, 1, 2  # in tie-breaking order
WAYS = ['rollback', 'flag', 'hotfix']


def us(text):
    """An RFC 3339 time as microseconds since the epoch."""
    at = datetime.fromisoformat(text.replace('Z', '+00:00'))
    return round((at - EPOCH) / timedelta(microseconds=1))


def instant(fields, name):
    return us(fields[name]) if isinstance(fields.get(name), str) else None


# ---- section 2: things, and folding of their reports

RANKS = {s: n for words in ('pending running canceled failed succeeded', 'open acknowledged resolved')
         for n, s in enumerate(words.split(), 1)}


def ordered(reports):
    return sorted(reports, key=lambda r: (r['at'], RANKS.get(r['fields'].get('state'), 0), r['id'].encode()))


def is_retracted(reports):
    said = [r['fields'].get('retracted', True) for r in reports if r['type'] == 'retraction']
    return bool(said) and said[-1] is not False


def merged(reports):
    facts = {}
    for r in reports:
        for name, value in r['fields'].items():
            facts[name] = value
    return {name: value for name, value in facts.items() if value is not None}


def same_commit(a, b):
    a, b = sorted((a.lower(), b.lower()), key=len)
    return a == b or (len(a) >= 7 and b.startswith(a) and all(c in '0123456789abcdef' for c in a + b))
