"""Sections 1 and 2: things, and the folding of their reports."""
import hashlib
import re
from zoneinfo import ZoneInfo

from artifacts import Artifacts
from facts import us, instant, ordered, is_retracted, merged, same_commit
from joins import Joins
from resolution import Resolution, repository_key, same_repository


class Reports(Resolution, Joins):
    def __init__(self, told):
        self.settings, self.now = told['settings'], us(told['now'])
        self.zone = ZoneInfo(self.settings['zone'])
        self.groups = self.settings['groups']  # by environment
        self.reports = {}
        for e in told['events']:
            r = dict(e, at=us(e['time']))
            self.reports.setdefault((e['thing'], e['source'], e['subject']), []).append(r)
        for key, reports in self.reports.items():
            self.reports[key] = ordered(reports)
        self.productions = {r['fields'].get('environment', '').lower() for rs in self.reports.values() if not is_retracted(rs)
                            for r in rs if r['fields'].get('production_environment') is True}
        self.incidents = self.join(self.of('incident'))
        self.deployments = [d for key, rs in self.of('deployment') for d in self.fold_deployment(*key[1:], rs)]

    def of(self, thing):
        return [(key, rs) for key, rs in self.reports.items() if key[0] == thing]

    def is_production(self, environment):
        """Production by its name or by a report (section 15)."""
        return environment in ('production', 'prod-eu') or environment in self.groups.values() or environment in self.productions

    def commit_facts(self, sha, repository):
        """From reports about commits of that repository or without one."""
        mine, about = repository_key(repository or ''), []
        for key, reports in self.of('commit'):
            if not sha or not same_commit(key[2], sha):
                continue
            named = [(r, repository_key(r['fields'].get('repository') or '')) for r in reports]
            ours = [r for r, of in named if not mine or not of or same_repository(of, mine)]
            if len(ours) == len(reports) or any(mine and of and same_repository(of, mine) for _, of in named):
                about += ours
        about = ordered(about)
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
        content = Artifacts(facts, service, environment, source, self.settings)
        version = facts.get('version', '') or content.version()
        commit, repository, manifests = facts.get('commit', '').lower(), facts.get('repository', ''), facts.get('manifest_repository')
        if manifests and same_repository(repository_key(repository), repository_key(manifests)):
            repository, commit = '', commit if 'commit' in over else ''
        if not commit:
            start = instant(facts, 'created_at') if started is None else started
            commit = self.resolve(service, version, repository, start or 0)
        key = '\0'.join((source, subject, service, environment))
        day = self.day_order(version) if facts.get('date_only') is True else ''
        return {'source': source, 'subject': subject, 'service': service, 'environment': environment,
                'place': (service, environment), 'production': self.is_production(environment), 'state': state,
                'finished': finished, 'started': started, 'version': version, 'commit': commit,
                'identity': content.identity(commit, version, 'version' in over and 'artifacts' not in over),
                'facts': facts, 'override': over, 'commit_facts': self.commit_facts(commit, repository), 'kind': '',
                'id': hashlib.sha256(key.encode()).hexdigest()[:20], 'is_change': False, 'live': None, 'stack': [],
                'rolled_back_by': None, 'order': (finished or 0, day, source.encode(), subject.encode(), environment.encode()),
                'brings_no_commit': bool(firsts) and firsts[-1] is None, 'repository': repository}

    @staticmethod
    def day_order(version):
        """Section 23.11: numbers sort by value, a prerelease before its release."""
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
                last[1] = None  # withdrawn end
            elif state in ('open', 'acknowledged') and last[1] is not None and r['at'] > last[1]:
                stretches.append([r['at'], None, None])
            if ends is not None:
                if len(stretches) > 1:  # an undated reopening began no later than its end
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
