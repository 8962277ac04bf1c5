"""Section 9: follow-ups."""
from facts import HOUR, HOTFIX, instant, ordered, is_retracted, merged, same_commit
from failures import Failures


class FollowUps(Failures):
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
            for k in ('ref', 'title', 'pull_request'):  # a push of the same commit has its own
                facts[k] = requests[-1].get(k) if requests else None
            on_default = [r for r in told if facts.get('default_branch') and r['fields'].get('default_branch')]
            at = instant(facts, 'merged_at')
            merges = [instant(r['fields'], 'merged_at') for r in on_default if instant(r['fields'], 'merged_at') is not None]
            pushed = [self.tracked_from(r) for r in told if {'ref', 'default_branch', 'pull_request', 'merged_at'} & set(r['fields'])]
            seen.append({'sha': sha, 'facts': facts, 'told': min(pushed, default=None), 'merged': reports[0]['at'] if at is None else at,
                         'reached': merges[-1] if merges else min((r['at'] for r in on_default), default=None)})
        return seen

    @staticmethod
    def tracked_from(report):
        """Who reports parents has read the repository from its first commit on."""
        made = instant(report['fields'], 'committed_at') if 'parents' in report['fields'] else None
        return report['at'] if made is None else min(made, report['at'])

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
            found = [at for at in (self.merged_back(h['commit'], seen), self.first_contained(h)) if at is not None]
            h['back'] = min(found, default=None) if back is None else back
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
