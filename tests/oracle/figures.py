"""Sections 10 and 11: periods and figures."""
import re
from datetime import datetime, timedelta, timezone

from coverage import Coverage
from resolution import path_of
from facts import SECOND, DAY, EPOCH, WAYS, instant


class Figures(Coverage):
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
        known = [d['finished'] for d in self.deployments + self.releases if d['place'] in self.places and d['finished'] is not None]
        known += [r['t'] for r in self.rows if (r['service'], r['environment']) in self.places]
        self.without_data = {label for label in labels if known and self.period(label)[1] <= min(known)}
        for place in places:
            crew = self.team(place[0])
            mates = {s for s, _ in self.places if s and self.team(s) == crew} if crew else {place[0]}
            self.scope(out, (place[0], crew, place[1]), {place}, self.with_members({place}), mates, labels, self.is_production(place[1]))
        for team in {self.team(s) for s, e in places if s and self.is_production(e)} - {''}:
            mine = {p for p in places if p[0] and self.team(p[0]) == team and self.is_production(p[1]) and p[1] not in self.groups}
            self.scope(out, ('', team, ''), mine, self.with_members(mine), {s for s, _ in self.places if s and self.team(s) == team}, labels, True)
        return out

    def scope(self, out, who, deployed, places, crew, labels, production):
        is_team, no_service = not who[2], who[2] and not who[0]

        def put(period, figure, value, numerator=None, denominator=None, observations=None, **names):
            values = (value, numerator, denominator, observations)
            out[who + (period, figure, tuple(sorted(names.items())))] = (None,) * 4 if period in self.without_data else values

        def ratio(period, figure, a, b, **names):
            put(period, figure, a / b if b else None, a if b else None, b if b else None, **names)

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

        mine = [d for d in self.deployments + self.releases if d['place'] in deployed and d['finished'] is not None]
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
            issues = [max(0, d['issue'] - d.get('issue_since', d['finished'])) / SECOND for d in failed if d['issue'] is not None]
            quantiles(label, 'time_to_issue_seconds', issues)
            for name, most in (('1h', 3600), ('24h', 86400), ('48h', 172800), ('7d', 604800)):
                put(label, 'changes_with_issue', sum(i <= most for i in issues), within=name)
            recovered = [(d['first'], (d['recovered'] - d.get('issue_since', d['finished'])) / SECOND) for d in failed if d['recovered'] is not None]
            quantiles(label, 'recovery_seconds', [s for _, s in recovered])
            for way in WAYS + ['none']:
                quantiles(label, 'recovery_by_remedy_seconds', [s for m, s in recovered if (WAYS[m['way']] if m else 'none') == way], remedy=way)
            leads = [(d['finished'], self.first_commit(d)) for d in changes]
            quantiles(label, 'lead_time_seconds', [max(0, f - c) / SECOND for f, c in leads if c is not None])
            responses = [max(0, d.get('response_until', d['finished']) - d['response_from']) / SECOND for d in hotfixes if d['response_from'] is not None]
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
        self.scope_now(put, ratio, places, mine, rows, production, no_service)

    def scope_now(self, put, ratio, places, mine, rows, production, no_service):
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
        def later(at):  # as of a past instant: not yet happened
            return at is None or at > now

        def unreviewed(facts):
            return 'review_held_at' not in facts or later(instant(facts, 'review_held_at'))
        services = {s for s, _ in places}
        unmerged = [h['finished'] for h in recent if self.merge_is_tracked(h) and h['hotfix_owes'] and later(h['back']) and later(h['rolled_back_by'] and h['rolled_back_by']['finished'])]
        ended = [d for d in mine if d['finished'] < now]
        newest = [[d for d in ended if d['place'] == p] for p in {d['place'] for d in ended}]
        newest = [max(some, key=lambda d: (d['finished'], path_of(d['repository']).encode())) for some in newest]
        merges_tracked = (any(self.merges_tracked_since(d) is not None for d in newest) or
                          any(self.merge_is_tracked(d) for d in ended if now - 90 * DAY <= d['finished'] and d['kind'] in ('planned', 'hotfix', 'rollback')))
        put('', 'unmerged_hotfixes', len(unmerged) if merges_tracked else None)
        put('', 'oldest_unmerged_hotfix_timestamp_seconds', min(unmerged) / SECOND if unmerged else None)
        severe = {(r['source'], r['subject']) for r in rows if r['severity'] in (1, 2) and r['resolved'] is not None and
                  now - 90 * DAY <= r['resolved'] < now - 7 * DAY and unreviewed(r['facts']) and self.review_is_tracked(r['service'], r['resolved'])}
        overdue = len(severe) + sum(h['finished'] < now - 7 * DAY and unreviewed(h['facts']) and self.review_is_tracked(h['service'], h['finished']) for h in recent)
        put('', 'overdue_reviews', overdue if any(self.reviews_tracked_since(s) is not None for s in services) else None)
        self.evidence(ratio, mine, rows)
        self.incident_evidence(ratio, places)
        first, run, (year, month) = min((d['finished'] for d in mine), default=None), 0, self.this_month()

        def in_month(back):
            a, b = self.month_begin(year, month - back), self.month_begin(year, month - back + 1)
            return sum(h['kind'] == 'hotfix' and a <= h['finished'] < b for h in mine)

        while first is not None and self.month_begin(year, month - run - 2) >= first and in_month(run + 1) > in_month(run + 2):
            run += 1
        put('', 'hotfix_rising_months', run)
