#!/usr/bin/env python3
"""figures.md read a second time, as simply as it can be: no database, no increments, everything compared with everything.

Shares nothing with the daemon, not even a language. Reads files with a history (events, configuration, instant) and the
figures that the daemon computed for it, and says where it would have said otherwise.

    tests/oracle/oracle.py FILE...        exit 1 if anything differs
"""
import hashlib
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

SECOND = 1_000_000
HOUR, DAY = 3600 * SECOND, 86400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ROLLBACK, FLAG, HOTFIX = 0, 1, 2  # in the order of ties
WAYS = ['rollback', 'flag', 'hotfix']


def us(text):
    """An RFC 3339 time as microseconds since the epoch."""
    at = datetime.fromisoformat(text.replace('Z', '+00:00'))
    return round((at - EPOCH) / timedelta(microseconds=1))


def instant(fields, name):
    return us(fields[name]) if isinstance(fields.get(name), str) else None


# ---- section 2: things, and how reports of them are folded

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


class History:
    def __init__(self, told):
        self.settings, self.now = told['settings'], us(told['now'])
        self.zone = ZoneInfo(self.settings['zone'])
        self.reports = {}
        for e in told['events']:
            r = dict(e, at=us(e['time']))
            self.reports.setdefault((e['thing'], e['source'], e['subject']), []).append(r)
        for key, reports in self.reports.items():
            self.reports[key] = ordered(reports)
        self.incidents = [i for i in (self.fold_incident(*key[1:], rs) for key, rs in self.of('incident')) if i]
        self.deployments = [d for key, rs in self.of('deployment') for d in self.fold_deployment(*key[1:], rs)]
        self.run_stacks()
        self.blame()
        self.remedy()
        self.judge()
        self.follow_up()
        self.find_places()
        self.engage()

    def of(self, thing):
        return [(key, rs) for key, rs in self.reports.items() if key[0] == thing]

    def is_production(self, environment):
        return environment in ('production', 'prod-eu')

    def commit_facts(self, sha):
        about = ordered([r for key, rs in self.of('commit') if sha and same_commit(key[2], sha) for r in rs])
        told = [r for r in about if r['type'] != 'retraction']
        if is_retracted(about):
            return {}
        return dict(merged(told), all_texts={k: {r['fields'][k] for r in told if r['fields'].get(k)} for k in ('ref', 'title')})

    def fold_deployment(self, source, subject, reports):
        told = [r for r in reports if r['type'] != 'retraction']
        if is_retracted(reports) or not told:
            return []
        named = [(r['fields'].get('service'), r['fields'].get('environment')) for r in told]
        services, environments = {s for s, _ in named if s}, {e for _, e in named if e} or {'production'}
        pairs = {(s, e) for s, e in named if s and e}
        alone_s = {s for s in services if all(p[0] != s for p in pairs)}
        alone_e = {e for _, e in named if e and all(p[1] != e for p in pairs)}
        places = pairs | {(s, e) for s in alone_s for e in (alone_e or environments)} | {(s, e) for e in alone_e for s in (services or {''})}
        places = places or {('', sorted(environments)[0])}
        out = []
        for s, e in places:
            own = [r for r, (rs, re_) in zip(told, named) if rs in (None, s) and re_ in (None, e)]
            if own:
                out.append(self.fold_place(source, subject, s, e, own))
        return out

    def fold_place(self, source, subject, service, environment, own):
        reports, overrides = [r for r in own if not r['override']], [r for r in own if r['override']]
        facts, over = merged(reports), merged(overrides)
        firsts = [r['fields']['first_commit_at'] for r in reports if 'first_commit_at' in r['fields']]
        state, finished, running = '', None, None
        for r in reports:
            said = r['fields'].get('state')
            if r['fields'].get('corrected'):
                state, finished = '', None
            if said == 'running' and running is None:
                running = r['at']
            if said in ('succeeded', 'failed', 'canceled') and said != state:
                state, finished = said, instant(r['fields'], 'finished_at')
                finished = r['at'] if finished is None else finished
        facts.update({k: v for k, v in over.items() if k not in ('by', 'reason', 'was')})
        if instant(over, 'finished_at') is not None:
            finished = instant(over, 'finished_at')
        if not state:
            finished = None
        started = instant(facts, 'started_at')
        started = running if started is None else started
        started = finished if started is None else started
        commit = facts.get('commit', '').lower()
        key = '\0'.join((source, subject, service, environment))
        day = self.day_order(facts.get('version', '')) if facts.get('date_only') is True else ''
        return {'source': source, 'subject': subject, 'service': service, 'environment': environment,
                'place': (service, environment), 'production': self.is_production(environment), 'state': state,
                'finished': finished, 'started': started, 'version': facts.get('version', ''), 'commit': commit,
                'facts': facts, 'override': over, 'commit_facts': self.commit_facts(commit), 'kind': '',
                'id': hashlib.sha256(key.encode()).hexdigest()[:20], 'is_change': False, 'live': None, 'stack': [],
                'rolled_back_by': None, 'order': (finished or 0, day, source.encode(), subject.encode()),
                'brings_no_commit': bool(firsts) and firsts[-1] is None}

    @staticmethod
    def day_order(version):
        """Section 23.11: numbers by their value, a prerelease before its release."""
        found = re.match(r'[^0-9]*(\d+(?:\.\d+)*)(.*)', version)
        if not found:
            return ''
        rest = found[2] if found[2].startswith('-') else '~'
        return ''.join(f'{int(n):020}.' for n in found[1].split('.')) + rest

    def fold_incident(self, source, subject, reports):
        told = [dict(r, fields=dict(r['fields'])) for r in reports if r['type'] != 'retraction']
        if is_retracted(reports) or not told:
            return None
        for r in told:
            if 'service' in r['fields']:
                one = r['fields'].pop('service')
                r['fields'].setdefault('services', [one])
        plain, overrides = [r for r in told if not r['override']], [r for r in told if r['override']]
        facts, over = merged(plain), merged(overrides)
        facts.update({k: v for k, v in over.items() if k not in ('by', 'reason', 'was')})
        detected, t = instant(facts, 'detected_at'), instant(facts, 'started_at')
        t = detected if t is None else t
        t = (plain or overrides)[0]['at'] if t is None else t
        stretches = [[t, None, None]]  # from, until, mitigated
        for r in plain:
            last, state = stretches[-1], r['fields'].get('state')
            said = instant(r['fields'], 'resolved_at')
            ends = None
            if state == 'resolved':
                ends = said if said is not None else r['at'] if last[1] is None else None
            elif not state and said is not None and (len(stretches) == 1 or said > last[0]):
                ends = said
            elif state == 'open' and 'resolved_at' in r['fields'] and said is None:
                last[1] = None  # withdrawn
            elif state in ('open', 'acknowledged') and last[1] is not None and r['at'] > last[1]:
                stretches.append([r['at'], None, None])
            if ends is not None:
                if len(stretches) > 1:  # an undated reopening began at its end at the latest
                    last[0] = max(stretches[-2][1], min(last[0], ends))
                last[1] = max(last[0], ends)
        if instant(over, 'resolved_at') is not None:
            stretches[-1][1] = max(stretches[-1][0], instant(over, 'resolved_at'))
        for r in plain + overrides:
            at = instant(r['fields'], 'mitigated_at') if 'mitigated_at' in facts else None
            if at is not None:
                of = [s for s in stretches if s[0] <= at] or stretches[:1]
                of[-1][2] = max(of[-1][0], at if of[-1][1] is None else min(at, of[-1][1]))
        acknowledged = instant(facts, 'acknowledged_at')
        for r in plain:
            if acknowledged is None and r['fields'].get('state') == 'acknowledged':
                acknowledged = r['at']
        last = stretches[-1]
        return {'source': source, 'subject': subject, 'services': sorted(set(facts.get('services', []))),
                'environment': facts.get('environment', ''), 'severity': facts.get('severity'), 't': t,
                'detected': t if detected is None else detected, 'acknowledged': acknowledged, 'stretches': stretches,
                'resolved': last[1], 'restored': last[1] if last[2] is None else last[2],
                'culprit': facts.get('culprit', ''), 'facts': facts}

    @staticmethod
    def open_at(incident, at):
        return any(s[0] <= at and (s[1] is None or at < s[1]) for s in incident['stretches'])

    # ---- sections 3 and 4: the live stack, kinds

    def run_stacks(self):
        places = {}
        for d in self.deployments:
            if d['state'] == 'succeeded' and d['service']:
                places.setdefault(d['place'], []).append(d)
        for all_ in places.values():
            self.run_stack(sorted(all_, key=lambda d: d['order']))

    @staticmethod
    def is_same(a, b):
        if a[0] and b[0]:
            return same_commit(a[0], b[0])
        return a[1] != '' and a[1] == b[1]

    def run_stack(self, deployments):
        stack, lines = [], {}  # elements: by, is_change, covers since when, identities
        for d in deployments:
            me, now = (d['commit'], d['version']), d['finished']

            def answers(e):
                return any(self.is_same(me, i) for i in e['names'])

            def reachable(n):
                return all(now - above['covers'] <= self.settings['rollback_lookback'] * SECOND for above in stack[n + 1:])

            targets = [n for n, e in enumerate(stack) if answers(e) and reachable(n)]
            if 'kind' in d['override']:
                d['kind'] = d['override']['kind']
            elif stack and answers(stack[-1]):
                d['kind'] = 'redeploy'
            elif 'kind' in d['facts']:
                d['kind'] = d['facts']['kind']
            elif [n for n in targets if n < len(stack) - 1]:
                d['kind'] = 'rollback'
            else:
                d['kind'] = self.by_rules(d, lines)
            if d['kind'] == 'rollback':
                target = targets[-1] if targets else None
                if target is None and len(stack) > 1 and reachable(len(stack) - 2):
                    target = len(stack) - 2
                    stack[target]['names'].append(me)
                gone = stack[target + 1:] if target is not None else stack[-1:]
                stack = stack[:len(stack) - len(gone)]
                for e in gone:
                    if e['change']:
                        e['by']['rolled_back_by'] = d
                if target is None:
                    stack.append({'by': d, 'change': False, 'covers': gone[0]['covers'] if gone else now, 'names': [me]})
            elif d['kind'] != 'redeploy':
                d['is_change'] = True
                stack.append({'by': d, 'change': True, 'covers': now, 'names': [me]})
                if self.line(d['version']):
                    lines.setdefault(self.line(d['version'])[:2], {})[self.line(d['version'])[2:]] = now
            d['live'] = stack[-1]['by'] if stack else None
            d['stack'] = [e['by'] for e in stack]

    @staticmethod
    def line(version):
        found = re.search(r'(\d+)\.(\d+)(?:\.(\d+))?(?:\.(\d+))?', version)
        return tuple(int(n or 0) for n in found.groups()) if found else None

    def during_incident(self, d):
        at = d['finished'] if d['started'] is None else d['started']
        return any(d['service'] in i['services'] and self.open_at(i, at) and
                   (i['environment'] == d['environment'] or (not i['environment'] and d['production']))
                   for i in self.incidents)

    def by_rules(self, d, lines):
        texts = {}
        for facts in (d['facts'], d['commit_facts']):
            for key in ('ref', 'title', 'task', 'workflow'):
                texts.setdefault(key, []).extend(facts.get('all_texts', {}).get(key) or ([facts[key]] if facts.get(key) else []))
            texts.setdefault('label', []).extend(facts.get('labels', []))

        def says(key, pattern):
            return [t for t in texts[key] if re.search(pattern, t, re.I)]

        line = self.line(d['version'])
        is_patch = bool(line) and line[2] > 0
        told = instant(d['facts'], 'line_released_at')
        lower = [told] if told is not None else [at for n, at in lines.get(line[:2], {}).items() if n < line[2:]] if line else []
        if is_patch and any(0 <= d['finished'] - at <= 48 * HOUR for at in lower):
            return 'hotfix'
        if is_patch and self.during_incident(d):
            return 'hotfix'
        local = (EPOCH + timedelta(microseconds=d['finished'])).astimezone(self.zone)
        if says('title', '^Fix') and not (local.weekday() < 4 and 9 <= local.hour < 16):
            return 'hotfix'
        if says('task', 'rollback') or says('label', 'rollback') or says('workflow', 'rollback'):
            return 'rollback'
        if says('title', r'^(Revert "|Roll ?back)') and not says('title', '^Revert "Revert'):
            return 'rollback'
        if says('ref', r'^(refs/heads/)?hotfix/') or says('label', 'hotfix|emergency') or says('title', '^(hotfix|emergency|urgent fix)'):
            return 'hotfix'
        return 'planned'

    # ---- section 5: blame

    def named(self, name, source):
        own = [d for d in self.deployments if d['subject'] == name and d['source'] == source]
        others = [d for d in self.deployments if d['subject'] == name and d['source'] != source]
        if own:
            return own
        if len({d['source'] for d in others}) == 1:
            return others
        return [d for d in self.deployments if d['version'] == name or (d['commit'] and same_commit(d['commit'], name))]

    @staticmethod
    def change_of(d):
        if d['is_change']:
            return d
        return d['live'] if d['kind'] == 'redeploy' and d['live'] and d['live']['is_change'] else None

    @staticmethod
    def nearest(matches, t):
        before = [d for d in matches if d['finished'] <= t]
        after = [d for d in matches if d['finished'] > t]
        if before:
            return max(before, key=lambda d: d['order'])
        return min(after, key=lambda d: d['order']) if after else None

    def live_at(self, service, t):
        last = {}
        for d in self.deployments:
            if d['production'] and d['service'] == service and d['state'] == 'succeeded' and d['finished'] <= t:
                if d['environment'] not in last or last[d['environment']]['order'] < d['order']:
                    last[d['environment']] = d
        return [d['live'] for d in last.values() if d['live']]

    def blame(self):
        self.rows = []  # an incident in each of its services
        for i in self.incidents:
            for service in i['services'] or ['']:
                self.rows.append(self.blame_row(i, service))

    def blame_row(self, i, service):
        row = dict(i, service=service, of=i, change=None, reason='', production=True)
        if i['environment'] and not self.is_production(i['environment']):
            return dict(row, production=False)

        def fits(d):
            return d['production'] and d['service'] == service and i['environment'] in ('', d['environment'])

        t = i['t']
        live = [d for d in self.live_at(service, t) if d['is_change'] and fits(d)]
        if i['culprit'] == 'none':
            row['reason'] = 'not_a_change'
        elif i['culprit']:
            matches = [d for d in self.named(i['culprit'], i['source']) if d['production'] and d['finished'] is not None]
            changes = [d for d in matches if self.change_of(d)]
            changes = [d for d in changes if d['service'] in i['services']] or changes
            if changes:
                row['change'] = self.change_of(self.nearest(changes, t))
            elif matches:
                row['reason'] = 'not_a_change' if self.nearest(matches, t)['state'] == 'succeeded' else 'failed_deployment'
            else:
                row['reason'] = 'culprit_unknown'
        elif not service:
            row['reason'] = 'no_service'
        else:
            running = [d for d in self.deployments if fits(d) and (d['is_change'] or d['state'] in ('failed', 'canceled')) and
                       d['started'] is not None and d['finished'] is not None and d['started'] <= t < d['finished']]
            if running:
                latest = max(running, key=lambda d: (d['started'], d['source'].encode(), d['subject'].encode()))
                if latest['is_change']:
                    row['change'] = latest
                else:
                    row['reason'] = 'failed_deployment'
            elif not live:
                row['reason'] = 'no_deployment'
            else:
                latest = max(live, key=lambda d: d['order'])
                if t - latest['finished'] <= 7 * DAY:
                    row['change'] = latest
                else:
                    row['reason'] = 'outside_window'
        if not row['environment']:
            top = self.live_at(service, t)
            row['environment'] = (row['change']['environment'] if row['change'] else
                                  max(top, key=lambda d: d['order'])['environment'] if top else 'production')
        if row['change'] and row['change']['override'].get('failed') is False:  # section 22
            row['change'], row['reason'] = None, 'not_a_change'
        return row

    # ---- section 6: remedies

    def incident_named(self, subject, source):
        """Its rows: of the own source, else of the only other one that has it."""
        rows = [r for r in self.rows if r['subject'] == subject]
        own = [r for r in rows if r['source'] == source]
        return own or (rows if len({r['source'] for r in rows}) == 1 else [])

    def remedy(self):
        self.remedies = []
        for d in self.deployments:
            if not d['production'] or not d['service'] or d['kind'] not in ('hotfix', 'rollback') or d['state'] != 'succeeded':
                continue
            names = self.incident_named(d['facts']['incident'], d['source']) if d['facts'].get('incident') else []
            if d['kind'] == 'rollback':
                changes = [c for c in self.deployments if c['rolled_back_by'] is d] or [None]
            else:
                changes = [self.remedied_by(d, names)]
            for c in changes:
                if c or names:
                    self.remedies.append({'way': ROLLBACK if d['kind'] == 'rollback' else HOTFIX, 'by': d, 'id': d['id'], 'change': c,
                                          'names': names[0]['of'] if names else None, 'start': d['started'], 'finish': d['finished']})
        for key, reports in self.of('flag'):
            told = [r for r in reports if r['type'] != 'retraction']
            if is_retracted(reports) or not told:
                continue
            facts = merged(told)
            if facts.get('on', True) is not False or not facts.get('incident'):
                continue
            names = self.incident_named(facts['incident'], key[1])
            at = instant(facts, 'at')
            at = told[0]['at'] if at is None else at
            changes = []
            for r in names:
                c = r['change']
                if c and facts.get('service') in (None, c['service']) and facts.get('environment') in (None, c['environment']):
                    if not any(c is other for other in changes):
                        changes.append(c)
            identifier = hashlib.sha256('\0'.join(key[1:]).encode()).hexdigest()[:20]
            for c in changes or ([None] if names else []):
                self.remedies.append({'way': FLAG, 'by': None, 'id': identifier, 'change': c, 'names': names[0]['of'], 'start': at, 'finish': at})

    def remedied_by(self, h, names):
        def latest(rows):
            mine = [r for r in rows if r['change'] and r['change']['place'] == h['place'] and r['change'] is not h]
            if not mine:
                return None
            return max(mine, key=lambda r: (r['detected'], r['source'].encode(), r['subject'].encode(), r['change']['id']))['change']

        fixes = h['facts'].get('fixes')
        if fixes:
            if fixes == 'none':
                return None
            matches = [d for d in self.named_in(fixes, h) if d['finished'] is not None]
            changes = [self.change_of(d) for d in matches]
            changes = [c for c in changes if c and c is not h]
            return self.nearest(changes, h['started']) if changes else None
        if h['facts'].get('incident'):
            return latest(names)
        open_ = latest([r for r in self.rows if self.open_at(r, h['started'])])
        if open_:
            return open_
        before = [d for d in self.deployments if d['place'] == h['place'] and d['state'] == 'succeeded' and
                  d['finished'] <= h['started'] and d['order'] < h['order']]
        if before:
            for d in reversed(max(before, key=lambda d: d['order'])['stack']):
                if d['is_change'] and d['kind'] == 'planned':
                    return d if h['started'] - d['finished'] <= 7 * DAY else None
        return None

    def named_in(self, name, h):
        """As named(), among the deployments of the hotfix's place."""
        whole, self.deployments = self.deployments, [d for d in self.deployments if d['place'] == h['place']]
        try:
            return self.named(name, h['source'])
        finally:
            self.deployments = whole

    # ---- section 7: failed changes and their times

    def judge(self):
        for r in self.rows:
            r['decision'] = None
        for c in self.deployments:
            if not c['is_change']:
                c['failed'] = False
                continue
            blaming = [r for r in self.rows if r['change'] is c]
            remedies = sorted((m for m in self.remedies if m['change'] is c), key=lambda m: (m['start'], m['way'], m['id']))
            by_hand = c['override'].get('failed')
            if by_hand is False:
                c.update(failed=False, issue=None, first=None, recovered=None)
                continue
            c['failed'] = bool(blaming or remedies or by_hand)
            c['issue'] = min([r['detected'] for r in blaming] + [m['start'] for m in remedies], default=None)
            c['first'] = remedies[0] if remedies else None
            c['recovered'] = None
            if blaming:
                if all(r['restored'] is not None for r in blaming):
                    c['recovered'] = max(r['restored'] for r in blaming)
            elif remedies:
                c['recovered'] = remedies[0]['finish']
        for d in self.deployments:
            d['response_from'] = None
            if d['kind'] == 'hotfix' and d['production'] and d['service']:
                mine = [m['change'] for m in self.remedies if m['by'] is d and m['change']]
                d['response_from'] = min((r['detected'] for r in self.rows if any(r['change'] is c for c in mine) and
                                          self.open_at(r, d['started'])), default=None)
        for r in self.rows:
            if r['production']:
                mine = [m for m in self.remedies if ((r['change'] and m['change'] is r['change']) or m['names'] is r['of']) and
                        m['start'] >= r['detected'] and (r['restored'] is None or m['start'] <= r['restored'])]
                r['decision'] = min(mine, key=lambda m: (m['start'], m['way'], m['id'])) if mine else None

    # ---- section 9: follow-ups and discipline

    def commits_seen(self):
        seen, shas = [], {}
        for key, reports in self.of('commit'):
            shas.setdefault(key[2], []).extend(reports)
        for sha, reports in shas.items():
            reports = ordered(reports)
            told = [r for r in reports if r['type'] != 'retraction']
            if is_retracted(reports) or not told:
                continue
            facts = merged(told)
            requests = [r['fields'] for r in told if 'pull_request' in r['fields']]
            for k in ('ref', 'title', 'pull_request'):  # a push of the same commit tells its own
                facts[k] = requests[-1].get(k) if requests else None
            on_default = [r for r in told if facts.get('default_branch') and r['fields'].get('default_branch')]
            at = instant(facts, 'merged_at')
            merges = [instant(r['fields'], 'merged_at') for r in on_default if instant(r['fields'], 'merged_at') is not None]
            seen.append({'sha': sha, 'facts': facts, 'merged': reports[0]['at'] if at is None else at,
                         'reached': merges[-1] if merges else min((r['at'] for r in on_default), default=None)})
        return seen

    def merged_back(self, commit, seen):
        if not commit:
            return None
        times = []
        own = [c for c in seen if same_commit(c['sha'], commit)]
        for c in seen:
            f = c['facts']
            there = same_commit(c['sha'], commit) or (f.get('picked_from') and same_commit(f['picked_from'], commit))
            for o in own:
                of = o['facts']
                there = there or (of.get('picked_from') and same_commit(of['picked_from'], c['sha']))
                twin = (of.get('pull_request') and f.get('pull_request') and of['pull_request'] != f['pull_request'] and
                        of.get('repository') == f.get('repository') and c['merged'] >= o['merged'])
                there = there or (twin and any(of.get(k) and of[k] == f.get(k) for k in ('ref', 'title')))
            if there and c['reached'] is not None:
                times.append(c['reached'])
        return min(times, default=None)

    def follow_up(self):
        seen = self.commits_seen()
        names = ('approved branched_from_production cherry_picked reviewed tested regression_test rollback_path verified '
                 'communicated lines_changed action_items merged_back_at review_held_at justification decision cause').split()
        for h in self.deployments:
            if h['kind'] != 'hotfix' or not h['production'] or not h['service']:
                continue
            mine = [m for m in self.remedies if m['by'] is h]
            named = [r for r in self.rows if r['production'] and any(m['names'] is r['of'] for m in mine)]
            open_ = [r for r in self.rows if r['production'] and self.open_at(r, h['started']) and
                     any(m['change'] is not None and m['change'] is r['change'] for m in mine)]
            h['answers'] = named + open_
            told, about = h['facts'], dict(h['commit_facts'], **h['facts'])
            causes = [(is_named, r['detected'], r['facts']['cause'], r['source'], r['subject'])
                      for is_named, rows in ((1, named), (0, open_)) for r in rows if r['facts'].get('cause')]
            best = sorted(causes, key=lambda c: (-c[0], -c[1], c[3].encode(), c[4].encode()))
            h['cause'] = told.get('cause') or (best[0][2] if best else '')
            h['justified'] = 'justification' in told or any(r['severity'] in (1, 2) for r in h['answers'])
            h['attributed'] = any(m['change'] for m in mine)
            h['hotfix_owes'] = told.get('default_branch') is not True
            h['owes'] = h['hotfix_owes'] and not h['rolled_back_by']
            back = instant(told, 'merged_back_at')
            h['back'] = self.merged_back(h['commit'], seen) if back is None else back
            h['size'] = about.get('lines_changed')
            shown = {n for n in names if about.get(n) not in (None, False, '', [], {})}
            if about.get('lines_changed') is not None:
                shown.add('lines_changed')
            if 'cherry_picked' not in about and h['commit_facts'].get('picked_from'):
                shown.add('cherry_picked')
            shown -= {'merged_back_at', 'cause'}
            h['done'] = shown | ({'merged_back_at'} if h['back'] is not None else set()) | ({'cause'} if h['cause'] else set())
        for r in self.rows:
            r['recommended'] = self.recommend(r) if r['production'] else None
            hotfixes = [m['by'] for m in self.remedies if m['way'] == HOTFIX and
                        (m['names'] is r['of'] or (r['change'] and m['change'] is r['change'] and self.open_at(r, m['start'])))]
            early = any(h['owes'] and (h['back'] is None or h['back'] > (r['resolved'] or 0)) for h in hotfixes)
            r['too_early'] = (r['production'] and r['resolved'] is not None and
                              (early or (r['severity'] in (1, 2) and 'review_held_at' not in r['facts'])))

    @staticmethod
    def recommend(r):
        f = r['facts']
        if not any(k in f for k in ('touches', 'blast_radius', 'trajectory', 'cause_known', 'fix_tested')):
            return None
        if set(f.get('touches', [])) & {'money', 'data', 'identity', 'access', 'security'}:
            return 'rollback'
        known = f.get('cause_known') is True
        if not known and (f.get('trajectory') == 'rising' or f.get('blast_radius') == 'large'):
            return 'rollback'
        if known and f.get('fix_tested') is True:
            return 'hotfix'
        waited = r['decision']['start'] - r['detected'] if r['decision'] else 0
        if f.get('blast_radius') == 'small' and f.get('trajectory') in ('stable', 'falling') and waited <= HOUR:
            return 'watch'
        return 'rollback'

    # ---- places and teams

    def find_places(self):
        self.work = []
        for key, reports in self.of('work'):
            told = [r for r in reports if r['type'] != 'retraction']
            if is_retracted(reports) or not told:
                continue
            facts = merged(told)
            begin, end = instant(facts, 'begin'), instant(facts, 'end')
            at = told[0]['at'] if begin is None else begin
            if begin is not None and end is not None:
                valid = begin < end
            else:
                valid = facts.get('seconds') is not None
            rows = self.incident_named(facts['incident'], key[1]) if facts.get('incident') else []
            self.work.append({'key': key, 'person': facts.get('person', ''), 'service': facts.get('service', ''), 'begin': begin,
                              'end': end, 'seconds': facts.get('seconds'), 'at': at, 'valid': valid, 'rows': rows})
        self.places = {d['place'] for d in self.deployments if d['service']} | {(r['service'], r['environment']) for r in self.rows}
        for w in self.work:
            if w['valid'] and not w['rows'] and w['service']:
                if not any(p[0] == w['service'] and self.is_production(p[1]) for p in self.places):
                    self.places.add((w['service'], 'production'))
        for service in self.settings['teams']:  # configured, under the name that its deployments use
            if not any(p[0] == service and self.is_production(p[1]) for p in self.places):
                self.places.add((service, 'production'))

    def team(self, service):
        if service in self.settings['teams']:
            return self.settings['teams'][service]
        naming = [d for d in self.deployments if d['service'] == service and d['facts'].get('team')]
        return max(naming, key=lambda d: (-1 if d['finished'] is None else d['finished'], d['id']))['facts']['team'] if naming else ''

    def first_place(self, service):
        mine = sorted(p[1] for p in self.places if p[0] == service and self.is_production(p[1]))
        return 'production' if 'production' in mine else mine[0] if mine else None

    # ---- section 8: firefighting

    def engage(self):
        self.stretches, self.lumps = [], []  # (place, person, strength, from, until), (place, strength, at, seconds, piece)

        def add(place, person, strength, w):
            if w['begin'] is not None and w['end'] is not None:
                self.stretches.append((place, person, strength, w['begin'], w['end']))
            else:
                self.lumps.append((place, strength, w['at'], w['seconds'], w['key']))

        for r in self.rows:
            if not r['production'] or not r['service']:
                continue
            place = (r['service'], r['environment'])
            work = [w for w in self.work if w['valid'] and any(x['of'] is r['of'] for x in w['rows'])]
            if work:
                for w in work:
                    if not w['service'] or w['service'] == r['service'] or w['service'] not in r['services']:
                        add(place, w['person'], 'reported', w)
                continue
            engaged = []
            for p in r['facts'].get('responders', []):
                joined = instant(p, 'from')
                if joined is None:
                    joined = r['detected'] if r['acknowledged'] is None else r['acknowledged']
                if instant(p, 'to') is not None:
                    spans = [(joined, instant(p, 'to'))]
                else:
                    spans = [(max(joined, s[0]), s[2] if s[2] is not None else s[1] if s[1] is not None else 1 << 62) for s in r['stretches']]
                engaged += [(place, p['person'], 'engaged', a, b) for a, b in spans if a < b]
            if not engaged:
                for s in r['stretches']:
                    until = s[2] if s[2] is not None else s[1] if s[1] is not None else 1 << 62
                    if s[0] < min(until, s[0] + 72 * HOUR):
                        engaged.append((place, '', 'duration', s[0], min(until, s[0] + 72 * HOUR)))
            self.stretches += engaged
        for w in self.work:
            if w['valid'] and not w['rows'] and w['service']:
                add((w['service'], self.first_place(w['service'])), w['person'], 'reported', w)

    def firefighting(self, places, crew, begin, end):
        """Instant by instant: who is at work, and by which evidence."""
        out = {'reported': 0, 'engaged': 0, 'duration': 0}
        mine = [(p, m, max(a, begin), min(b, end)) for place, p, m, a, b in self.stretches if place in places and max(a, begin) < min(b, end)]
        known = [(max(a, begin), min(b, end)) for place, p, m, a, b in self.stretches if place[0] in crew and p and max(a, begin) < min(b, end)]
        edges = sorted({x for s in mine for x in s[2:]} | {x for s in known for x in s})
        for a, b in zip(edges, edges[1:]):
            now = [(p, m) for p, m, x, y in mine if x <= a and b <= y]
            for person in {p for p, _ in now}:
                if person == '' and any(x <= a and b <= y for x, y in known):
                    continue
                methods = {m for p, m in now if p == person}
                out[next(m for m in out if m in methods)] += (b - a) / SECOND
        for strength, seconds, _ in {(m, s, piece) for place, m, at, s, piece in self.lumps if place in places and begin <= at < end}:
            out[strength] += seconds
        return out

    # ---- sections 10 and 11

    def month_begin(self, year, month):
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        local = datetime(year, month, 1, tzinfo=self.zone)
        at = local.astimezone(timezone.utc)
        if at.astimezone(self.zone).replace(tzinfo=None) != local.replace(tzinfo=None):  # midnight does not exist
            while (at - timedelta(minutes=1)).astimezone(self.zone).month == month:
                at -= timedelta(minutes=1)
        return round((at - EPOCH) / timedelta(microseconds=1))

    def this_month(self):
        local = (EPOCH + timedelta(microseconds=self.now)).astimezone(self.zone)
        return local.year, local.month

    def period(self, label):
        year, month = self.this_month()
        if label == 'month':
            return self.month_begin(year, month), self.now
        if label == 'previous_month':
            return self.month_begin(year, month - 1), self.month_begin(year, month)
        if re.fullmatch(r'\d+d', label):
            return self.now - int(label[:-1]) * DAY, self.now
        year = int(label[:4])
        first, length = (3 * int(label[6]) - 2, 3) if label[5] == 'Q' else (int(label[5:]), 1)
        begin, end = self.month_begin(year, first), self.month_begin(year, first + length)
        return begin, max(begin, min(end, self.now))

    def capacity(self, team, begin, end):
        engineers, seconds = self.settings['engineers'].get(team), 0
        if not engineers:
            return None
        day = (EPOCH + timedelta(microseconds=begin)).astimezone(self.zone).date() - timedelta(days=1)
        while True:
            nine, five = (datetime(day.year, day.month, day.day, h, tzinfo=self.zone).astimezone(timezone.utc) for h in (9, 17))
            a, b = ((x - EPOCH) // timedelta(microseconds=1) for x in (nine, five))
            if a >= end:
                return engineers * seconds or None
            if day.weekday() < 5:
                seconds += max(0, min(b, end) - max(a, begin)) / SECOND
            day += timedelta(days=1)

    def figures(self, labels):
        out = {}
        places = sorted(self.places)
        known = [d['finished'] for d in self.deployments if d['place'] in self.places and d['finished'] is not None]
        known += [r['t'] for r in self.rows if (r['service'], r['environment']) in self.places]
        self.without_data = {label for label in labels if known and self.period(label)[1] <= min(known)}
        for place in places:
            crew = self.team(place[0])
            mates = {s for s, _ in self.places if s and self.team(s) == crew} if crew else {place[0]}
            self.scope(out, (place[0], crew, place[1]), {place}, mates, labels, self.is_production(place[1]))
        for team in {self.team(s) for s, e in places if s and self.is_production(e)} - {''}:
            mine = {p for p in places if p[0] and self.team(p[0]) == team and self.is_production(p[1])}
            self.scope(out, ('', team, ''), mine, {s for s, _ in self.places if s and self.team(s) == team}, labels, True)
        return out

    def scope(self, out, who, places, crew, labels, production):
        is_team, no_service = not who[2], who[2] and not who[0]

        def put(period, figure, value, numerator=None, denominator=None, observations=None, **names):
            values = (value, numerator, denominator, observations)
            out[who + (period, figure, tuple(sorted(names.items())))] = (None,) * 4 if period in self.without_data else values

        def ratio(period, figure, a, b):
            put(period, figure, a / b if b else None, a if b else None, b if b else None)

        def quantiles(period, figure, values, **names):
            values = sorted(max(0, v) for v in values)
            for q in (0.5, 0.9):
                value = None
                if values:
                    rank = q * (len(values) - 1)
                    low = int(rank)
                    high = min(low + 1, len(values) - 1)
                    value = values[low] + (rank - low) * (values[high] - values[low])
                put(period, figure, value, observations=len(values) if values else None, quantile=str(q), **names)

        mine = [d for d in self.deployments if d['place'] in places and d['finished'] is not None]
        rows = [r for r in self.rows if (r['service'], r['environment']) in places and r['production']]
        for label in labels:
            begin, end = self.period(label)
            ended = [d for d in mine if begin <= d['finished'] < end]
            kinds = {k: [d for d in ended if d['kind'] == k] for k in ('planned', 'hotfix', 'rollback', 'redeploy')}
            if not no_service:
                for k, some in kinds.items():
                    put(label, 'deployments', len(some), kind=k)
                put(label, 'failed_deployments', sum(d['state'] == 'failed' for d in ended))
            started = {}
            for r in sorted((r for r in rows if begin <= r['t'] < end), key=lambda r: (r['change'] is None, r['change'] and r['change']['id'], r['service'].encode())):
                started.setdefault((r['source'], r['subject']), r)
            started = list(started.values())
            if production:
                for s in (1, 2, 3, 4, 5, None):
                    put(label, 'incidents', sum(r['severity'] == s for r in started), severity=str(s or 'unknown'))
                for reason in 'no_deployment outside_window culprit_unknown no_service not_a_change failed_deployment'.split():
                    put(label, 'unattributed_incidents', sum(r['reason'] == reason for r in started), reason=reason)
            if not production or no_service:
                continue
            n = {k: len(v) for k, v in kinds.items()}
            total, hotfixes = n['planned'] + n['hotfix'] + n['rollback'], kinds['hotfix']
            put(label, 'deployments_per_day', total * DAY / (end - begin) if end > begin else None, total if end > begin else None)
            ratio(label, 'hotfixes_per_planned_deployment', n['hotfix'], n['planned'])
            ratio(label, 'rework_ratio', n['hotfix'], total)
            changes = [d for d in ended if d['is_change']]
            failed = [d for d in changes if d['failed']]
            for k in ('planned', 'hotfix'):
                ratio(label, k + '_fail_ratio', sum(d['kind'] == k for d in failed), sum(d['kind'] == k for d in changes))
                put(label, 'changes', sum(d['kind'] == k for d in changes), kind=k)
                put(label, 'failed_changes', sum(d['kind'] == k for d in failed), kind=k)
            back = sum(d['rolled_back_by'] is not None and d['failed'] for d in changes)
            put(label, 'rolled_back_changes', back)
            ratio(label, 'change_fail_ratio', len(failed), len(changes))
            ratio(label, 'rollback_ratio', back, len(changes))
            issues = [max(0, d['issue'] - d['finished']) / SECOND for d in failed if d['issue'] is not None]
            quantiles(label, 'time_to_issue_seconds', issues)
            for name, most in (('1h', 3600), ('24h', 86400), ('48h', 172800), ('7d', 604800)):
                put(label, 'changes_with_issue', sum(i <= most for i in issues), within=name)
            recovered = [(d['first'], (d['recovered'] - d['finished']) / SECOND) for d in failed if d['recovered'] is not None]
            quantiles(label, 'recovery_seconds', [s for _, s in recovered])
            for way in WAYS + ['none']:
                quantiles(label, 'recovery_by_remedy_seconds', [s for m, s in recovered if (WAYS[m['way']] if m else 'none') == way], remedy=way)
            leads = [(d['finished'], instant(d['facts'], 'first_commit_at'), None if d['brings_no_commit'] else instant(d['commit_facts'], 'authored_at')) for d in changes]
            quantiles(label, 'lead_time_seconds', [max(0, f - (c if a is None else a)) / SECOND for f, a, c in leads if a is not None or c is not None])
            responses = [max(0, d['finished'] - d['response_from']) / SECOND for d in hotfixes if d['response_from'] is not None]
            quantiles(label, 'hotfix_response_seconds', responses)
            ratio(label, 'hotfix_response_within_target_ratio', sum(s <= self.settings['response_target'] for s in responses), len(responses))
            quantiles(label, 'restore_seconds', [(r['restored'] - r['t']) / SECOND for r in started if r['restored'] is not None])
            decided = [(WAYS[r['decision']['way']], (r['decision']['start'] - r['detected']) / SECOND) for r in started if r['decision']]
            quantiles(label, 'decision_seconds', [s for _, s in decided])
            for way in WAYS:
                quantiles(label, 'decision_by_remedy_seconds', [s for w, s in decided if w == way], remedy=way)
                put(label, 'incidents_by_remedy', sum(w == way for w, _ in decided), remedy=way)
            put(label, 'incidents_by_remedy', len(started) - len(decided), remedy='none')
            for way in WAYS + ['watch']:
                put(label, 'incidents_by_recommendation', sum(r['recommended'] == way for r in started), remedy=way)
            put(label, 'incidents_against_policy', sum(bool(r['decision'] and r['recommended'] and r['recommended'] != WAYS[r['decision']['way']]) for r in started))
            put(label, 'closed_too_early', sum(r['too_early'] for r in started))
            put(label, 'unjustified_hotfixes', sum(not h['justified'] for h in hotfixes))
            put(label, 'unattributed_hotfixes', sum(not h['attributed'] for h in hotfixes))
            known = self.settings['causes']
            for cause in known + ['unknown', 'other']:
                put(label, 'hotfixes_by_cause', sum((h['cause'] if h['cause'] in known else 'other' if h['cause'] else 'unknown') == cause for h in hotfixes), cause=cause)
            for j in ('revenue', 'data', 'security', 'core_workflow', 'none'):
                put(label, 'hotfixes_by_justification', sum(h['facts'].get('justification', 'none') == j for h in hotfixes), justification=j)
            for fact in {f for h in hotfixes for f in h['done']}:
                put(label, 'hotfixes_with', sum(fact in h['done'] for h in hotfixes), fact=fact)
            quantiles(label, 'hotfix_size_lines', [h['size'] for h in hotfixes if h['size'] is not None])
            fire = self.firefighting(places, crew, begin, end)
            for method, seconds in fire.items():
                put(label, 'firefighting_seconds', seconds, method=method)
            if is_team:
                capacity = self.capacity(who[1], begin, end)
                put(label, 'capacity_seconds', capacity)
                put(label, 'firefighting_ratio', sum(fire.values()) / capacity if capacity else None, sum(fire.values()) if capacity else None, capacity)
        self.scope_now(put, places, mine, rows, production, no_service)

    def scope_now(self, put, places, mine, rows, production, no_service):
        now = self.now
        if production:
            open_ = [r for r in rows if any(s[0] <= now and (s[1] is None or now < s[1]) for s in r['stretches'])]
            put('', 'open_incidents', len({(r['source'], r['subject']) for r in open_}))
            put('', 'oldest_open_incident_timestamp_seconds', min(r['t'] for r in open_) / SECOND if open_ else None)
        if no_service:
            return
        for k in ('planned', 'hotfix', 'rollback', 'redeploy'):
            last = max((d['finished'] for d in mine if d['kind'] == k and d['finished'] <= now), default=None)
            put('', 'last_deployment_timestamp_seconds', None if last is None else last / SECOND, kind=k)
        if not production:
            return
        recent = [h for h in mine if h['kind'] == 'hotfix' and now - 90 * DAY <= h['finished'] <= now]
        def later(at):  # of a past instant: it had not happened
            return at is None or at > now

        def unreviewed(facts):
            return 'review_held_at' not in facts or later(instant(facts, 'review_held_at'))
        unmerged = [h['finished'] for h in recent if h['hotfix_owes'] and later(h['back']) and later(h['rolled_back_by'] and h['rolled_back_by']['finished'])]
        put('', 'unmerged_hotfixes', len(unmerged))
        put('', 'oldest_unmerged_hotfix_timestamp_seconds', min(unmerged) / SECOND if unmerged else None)
        severe = {(r['source'], r['subject']) for r in rows if r['severity'] in (1, 2) and r['resolved'] is not None and
                  now - 90 * DAY <= r['resolved'] < now - 7 * DAY and unreviewed(r['facts'])}
        put('', 'overdue_reviews', len(severe) + sum(h['finished'] < now - 7 * DAY and unreviewed(h['facts']) for h in recent))
        first, run, (year, month) = min((d['finished'] for d in mine), default=None), 0, self.this_month()

        def in_month(back):
            a, b = self.month_begin(year, month - back), self.month_begin(year, month - back + 1)
            return sum(h['kind'] == 'hotfix' and a <= h['finished'] < b for h in mine)

        while first is not None and self.month_begin(year, month - run - 2) >= first and in_month(run + 1) > in_month(run + 2):
            run += 1
        put('', 'hotfix_rising_months', run)


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
