"""Section 17: one release over several environments."""
from artifacts import is_same
from facts import DAY, instant
from work import Work


class Releases(Work):
    # ---- section 17

    def release(self):
        """Releases of the groups, which replace their members' deployments."""
        self.releases = []
        for service in sorted({d['service'] for d in self.deployments} - {''}):
            for group in sorted(set(self.groups.values())):
                mine = [d for d in self.deployments if d['service'] == service and self.groups.get(d['environment']) == group]
                changes = self.one_by_one(sorted((d for d in mine if d['is_change']), key=self.place_in_order))
                rollbacks = self.together(sorted((d for d in mine if d['kind'] == 'rollback'), key=self.place_in_order), changes)
                others = [[d] for d in mine if not d['is_change'] and d['kind'] != 'rollback']
                self.releases += [self.row_of(some, group) for some in changes + rollbacks + others]

    @staticmethod
    def place_in_order(d):
        return d['order'] + (d['environment'].encode(),)

    @staticmethod
    def one_by_one(changes):
        releases = []
        for c in changes:
            fits = [r for r in releases if is_same(r[0]['identity'], c['identity']) and
                    all(d['environment'] != c['environment'] for d in r) and c['finished'] - r[-1]['finished'] <= 7 * DAY]
            if fits:
                fits[-1].append(c)
            else:
                releases.append([c])
        return releases

    def together(self, rollbacks, releases):
        """Joins consecutive rollbacks of one release within the window, transitively."""
        sets = [[r] for r in rollbacks]
        for release in releases:
            popping = [r for r in rollbacks if any(c['rolled_back_by'] is r for c in release)]
            for a, b in zip(popping, popping[1:]):
                of_a, of_b = (next(s for s in sets if any(x is r for x in s)) for r in (a, b))
                if b['finished'] - a['finished'] <= 7 * DAY and of_a is not of_b:
                    of_a += of_b
                    sets = [s for s in sets if s is not of_b]
        return [sorted(s, key=self.place_in_order) for s in sets]

    def first_commit(self, d):
        if 'first_commit' in d:
            return d['first_commit']
        told = instant(d['facts'], 'first_commit_at')
        if told is not None or d['brings_no_commit']:
            return told
        return d['content']['first'] if 'content' in d else instant(d['commit_facts'], 'authored_at')

    def row_of(self, members, group):
        first = members[0]

        def lacking(key):
            return next((d[key] for d in members if d.get(key) not in (None, '')), None)

        facts = {}
        for d in reversed(members):
            facts.update(d['facts'])
        commits = [self.first_commit(d) for d in members if self.first_commit(d) is not None or 'first_commit_at' in d['facts']]
        by_hand = next((d['override']['failed'] for d in members if isinstance(d['override'].get('failed'), bool)), None)
        failed = any(d.get('failed') for d in members) if by_hand is None else by_hand
        failing = [d for d in members if failed and d.get('failed') and d['issue'] is not None]
        failing = min(failing, key=lambda d: (d['issue'], self.place_in_order(d))) if failing else None
        responding = failing or next((d for d in members if d.get('response_from') is not None), None)
        row = dict(first, environment=group, place=(first['service'], group), members=members, facts=facts, failed=failed, issue=None, first=None,
                   recovered=None, first_commit=commits[0] if commits else None, rolled_back_by=lacking('rolled_back_by'),
                   cause=lacking('cause') or '', hotfix_owes=all(d['hotfix_owes'] for d in members if d['kind'] == 'hotfix' and 'hotfix_owes' in d),
                   back=lacking('back'), size=lacking('size'),
                   justified=any(d.get('justified') for d in members), attributed=any(d.get('attributed') for d in members),
                   done=set().union(*(d.get('done', set()) for d in members)), response_from=None)
        if failing:
            row.update(issue=failing['issue'], first=failing['first'], recovered=failing['recovered'], issue_since=failing['finished'])
        if responding:
            row.update(response_from=responding['response_from'], response_until=responding['finished'])
        return row

    def with_members(self, places):
        return places | {(s, e) for s, group in places for e in self.groups if self.groups[e] == group}
