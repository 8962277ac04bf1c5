"""Section 16: coverage and tracking."""
from facts import DAY, instant
from releases import Releases
from resolution import path_of


def first(times):
    return min((t for t in times if t is not None), default=None)


class Coverage(Releases):
    def look_at_reports(self):
        """First reports of a repository's pushes and merges, a crew's reviews, and a service's own merge-backs."""
        self.merges_of, self.reviews_of, self.own_merges_of = {}, {}, {}

        def keep(table, key, at):
            if at is not None and key:
                table[key] = min(at, table.get(key, at))

        for c in self.commits_seen():
            keep(self.merges_of, path_of(c['facts'].get('repository')), c['told'])
        for d in self.deployments:
            keep(self.own_merges_of, d['service'], instant(d['facts'], 'merged_back_at'))
        for one in self.deployments + self.rows:
            keep(self.reviews_of, one['service'] and self.crew(one['service']), instant(one['facts'], 'review_held_at'))
        for d in self.deployments:
            d['commit_known'] = bool(d['commit'] and self.first_commit(d) is not None and
                                     (d['facts'].get('title') or d['commit_facts'].get('title')))
        for release in self.releases:
            members = [d for d in self.deployments if any(d is m for m in release['members'])]
            release['commit_known'] = any(m['commit_known'] for m in members)
            release['repository'] = next((m['repository'] for m in members if m['repository']), '')

    def crew(self, service):
        return ('team', self.team(service)) if self.team(service) else ('service', service)

    def tracked_since(self, table, key, due):
        """The finish from which things are tracked; None if untracked."""
        at = table.get(key)
        return None if at is None or at > self.now else at - due

    def merges_tracked_since(self, d):
        return first([self.tracked_since(self.merges_of, path_of(d['repository']), DAY),
                      self.tracked_since(self.own_merges_of, d['service'], DAY)])

    def reviews_tracked_since(self, service):
        return self.tracked_since(self.reviews_of, self.crew(service), 7 * DAY)

    def merge_is_tracked(self, d):
        since = self.merges_tracked_since(d)
        return since is not None and d['finished'] >= since

    def review_is_tracked(self, service, ended):
        since = self.reviews_tracked_since(service)
        return since is not None and ended >= since

    def evidence(self, ratio, mine, rows):
        now, begin = self.now, self.now - 90 * DAY
        recent = [d for d in mine if begin <= d['finished'] < now and d['kind'] in ('planned', 'hotfix', 'rollback')]
        hotfixes = [d for d in recent if d['kind'] == 'hotfix']
        started = [r for r in rows if begin <= r['t'] < now and r['service']]

        def each(some):
            return {(r['source'], r['subject']) for r in some}

        severe = [r for r in started if r['severity'] in (1, 2)]
        tracked = [r for r in severe if self.review_is_tracked(r['service'], now if r['resolved'] is None else r['resolved'])]
        ratio('', 'coverage_ratio', sum(d['commit_known'] for d in recent), len(recent), evidence='commit')
        ratio('', 'coverage_ratio', sum(map(self.merge_is_tracked, recent)), len(recent), evidence='merge')
        ratio('', 'coverage_ratio', sum(self.review_is_tracked(h['service'], h['finished']) for h in hotfixes) + len(each(tracked)),
              len(hotfixes) + len(each(severe)), evidence='review')
        ratio('', 'coverage_ratio', sum(h['cause'] not in ('', 'unknown') for h in hotfixes), len(hotfixes), evidence='cause')
        ratio('', 'coverage_ratio', len(each(started) & self.with_people), len(each(started)), evidence='people')

    def incident_evidence(self, ratio, places):
        named = len({s for s, _ in places if any(r['service'] == s for r in self.rows)})
        ratio('', 'coverage_ratio', named, named, evidence='incident')
