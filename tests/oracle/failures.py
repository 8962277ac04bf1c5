"""Sections 5 to 7: attribution, remediations, failed changes and their times."""
import hashlib
import re

from artifacts import same_version
from facts import DAY, ROLLBACK, FLAG, HOTFIX, instant, is_retracted, merged, same_commit
from contents import Contents


class Failures(Contents):
    # ---- section 5: attribution

    def named(self, name, source):
        own = [d for d in self.deployments if d['subject'] == name and d['source'] == source]
        others = [d for d in self.deployments if d['subject'] == name and d['source'] != source]
        if own:
            return own
        if len({d['source'] for d in others}) == 1:
            return others
        service, rest = name.rpartition('@')[0], name.rpartition('@')[2]
        found = [d for d in self.deployments if self.has_commit(d, rest) or
                 (d['version'] and (same_version(d['version'], rest) or same_version(d['version'], name)))]
        return [d for d in found if service and d['service'].lower() == service.lower()] or found

    @staticmethod
    def has_commit(d, name):
        return bool(d['commit'] and re.fullmatch('[0-9a-fA-F]+', name) and same_commit(d['commit'], name))

    def culprits(self, i):
        """Section 14: in the incident's services, otherwise in the only matching service, by version only if that is named."""
        name = i['culprit']
        matches = [d for d in self.named(name, i['culprit_source']) if d['production'] and d['finished'] is not None]
        own = [d for d in matches if d['service'] in i['services']]
        if own:
            return own
        named = name.rpartition('@')[0].lower()
        matches = [d for d in matches if d['subject'] == name or self.has_commit(d, name.rpartition('@')[2]) or
                   (named and d['service'].lower() == named)]
        return matches if len({d['service'] for d in matches}) == 1 else []

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
            return d['production'] and d['service'] == service and i['environment'] in ('', d['environment'], self.groups.get(d['environment']))

        t = i['t']
        live = [d for d in self.live_at(service, t) if d['is_change'] and fits(d)]
        if i['culprit'] == 'none':
            row['reason'] = 'not_a_change'
        elif i['culprit']:
            matches = self.culprits(i)
            changes = [d for d in matches if self.change_of(d)]
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
                latest = max(running, key=lambda d: (d['started'], d['source'].encode(), d['subject'].encode(), d['environment'].encode()))
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

    # ---- section 6: remediations

    def incident_named(self, subject, source):
        """Its rows from the own source, otherwise from the only other source with it or from several that are one incident."""
        named = [(m, r) for r in self.rows for m in r['of']['members'] if m['subject'] == subject]
        own = [r for m, r in named if m['source'] == source]
        if own:
            return own
        is_one = len({m['source'] for m, _ in named}) == 1 or len({id(r['of']) for _, r in named}) == 1
        return list({id(r): r for _, r in named}.values()) if is_one else []

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
                if c and facts.get('service') in (None, c['service']) and facts.get('environment') in (None, c['environment'], self.groups.get(c['environment'])):
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
        """Like named(), among the deployments of the hotfix's target."""
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
