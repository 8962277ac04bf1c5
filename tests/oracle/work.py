"""Section 8: places, teams and firefighting."""
from facts import SECOND, HOUR, instant, is_retracted, merged
from follow_ups import FollowUps


class Work(FollowUps):
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
            member = self.member_meant(rows, facts['incident'], key[1]) if rows else None
            self.work.append({'key': key, 'person': facts.get('person', ''), 'service': facts.get('service', ''), 'begin': begin,
                              'end': end, 'seconds': facts.get('seconds'), 'at': at, 'valid': valid, 'rows': rows, 'member': member})
        self.places = {d['place'] for d in self.deployments if d['service']} | {(r['service'], r['environment']) for r in self.rows}
        for w in self.work:
            if w['valid'] and not w['rows'] and w['service']:
                if not any(p[0] == w['service'] and self.is_production(p[1]) for p in self.places):
                    self.places.add((w['service'], 'production'))
        self.places |= {(s, self.groups[e]) for s, e in self.places if e in self.groups}
        for service in self.settings['teams']:  # configured teams, by the service name in deployments
            if self.groups:
                self.places |= {(service, group) for group in self.groups.values()}
            elif not any(p[0] == service and self.is_production(p[1]) for p in self.places):
                self.places.add((service, 'production'))

    @staticmethod
    def member_meant(rows, subject, source):
        """The position among the incident's members: only the best one's work counts."""
        named = [n for n, m in enumerate(rows[0]['of']['members']) if m['subject'] == subject]
        own = [n for n in named if rows[0]['of']['members'][n]['source'] == source]
        return (own or named)[0]

    def team(self, service):
        if service in self.settings['teams']:
            return self.settings['teams'][service]
        naming = [d for d in self.deployments if d['service'] == service and d['facts'].get('team')]
        return max(naming, key=lambda d: (-1 if d['finished'] is None else d['finished'], d['id']))['facts']['team'] if naming else ''

    def first_place(self, service):
        mine = sorted(p[1] for p in self.places if p[0] == service and self.is_production(p[1]) and p[1] not in self.groups)
        return 'production' if 'production' in mine else mine[0] if mine else None

    # ---- section 8: firefighting

    def engage(self):
        self.with_people = set()  # incidents with known people at work
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
            best = min((w['member'] for w in work), default=None)
            work = [w for w in work if w['member'] == best]
            if work:
                for w in work:
                    if not w['service'] or w['service'] == r['service'] or w['service'] not in r['services']:
                        self.with_people.add((r['source'], r['subject']))
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
            if engaged:
                self.with_people.add((r['source'], r['subject']))
            else:
                for s in r['stretches']:
                    until = s[2] if s[2] is not None else s[1] if s[1] is not None else 1 << 62
                    if s[0] < min(until, s[0] + 72 * HOUR):
                        engaged.append((place, '', 'duration', s[0], min(until, s[0] + 72 * HOUR)))
            self.stretches += engaged
        for w in self.work:
            if w['valid'] and not w['rows'] and w['service']:
                add((w['service'], self.first_place(w['service'])), w['person'], 'reported', w)

    def firefighting(self, places, crew, begin, end):
        """People at work at each instant, and the evidence."""
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
