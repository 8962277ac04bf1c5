"""Section 18: joining reports of several tools into one incident."""
import hashlib

from facts import DAY, instant, merged, ordered

ALONE = 'none'


def names_in(name):
    """A page's URL with its query replaced by a digest."""
    name = name.lower()
    if '://' not in name:
        return [name] if name else []
    name = name.split('://', 1)[1].split('#')[0]
    page, _, query = name.partition('?')
    return [page.rstrip('/')] + (['sha256:' + hashlib.sha256(name.encode()).hexdigest()] if query else [])


def keys_of(facts, field):
    value = facts.get(field, [])
    return {n for v in ([value] if isinstance(value, str) else value) for n in names_in(v)}


class Joins:
    def rank(self, i):
        """Filtered-out reports rank last."""
        return (not i['let_in'], self.settings['ranks'].get(i['source'], 99))

    def lets_in(self, source, reports):
        told = [r for r in reports if r['type'] != 'retraction']
        if merged(told).get('duplicate') is True:
            return False
        wanted, any_of = self.settings['severities'].get(source), self.settings['any_of'].get(source, {})
        own = [r for r in told if not r['override']]
        if not own:
            return True
        facts, is_in = {}, False
        for r in own:
            facts.update(r['fields'])
            fits = not any(f in facts for f in any_of) or any(self.one_of(facts.get(f), words) for f, words in any_of.items())
            if fits and (not wanted or facts.get('severity') in wanted):
                is_in = True
            if not fits and r['fields'].get('reclassified') is True:
                is_in = False
        return is_in

    @staticmethod
    def one_of(value, words):
        return any(v in words for v in (value if isinstance(value, list) else [value]))

    def better(self, i):
        """The rank: smaller is better."""
        return (self.rank(i), i['t'], i['source'].encode(), i['subject'].encode())

    @staticmethod
    def is_open_within(i, at, around):
        return abs(i['t'] - at) <= around or any(s[0] <= at + around and (s[1] is None or s[1] >= at - around)
                                                 for s in i['stretches'] if s[0] != s[1])

    def meant(self, x, name, explicit):
        """The incidents that a name in a report of `x` means: at most one of each source."""
        for source in {i['source'] for i in self.joinable}:
            if source == x['source'] and not explicit:
                continue
            others = [i for i in self.joinable if i is not x and i['source'] == source]
            for field, reused in (('names', False), ('keys', True)):
                fitting = [i for i in others if name in i[field]]
                if len(fitting) == 1 and not reused:
                    yield fitting[0]
                    continue
                fitting.sort(key=lambda i: (not self.open_at(i, x['t']), abs(i['t'] - x['t']), i['subject'].encode()))
                if fitting and (self.open_at(fitting[0], x['t']) or abs(fitting[0]['t'] - x['t']) <= DAY):
                    yield fitting[0]

    def link(self, alone):
        for i in alone:
            i['names'], i['keys'] = {i['subject'].lower()}, keys_of(i['facts'], 'keys')
            page = names_in(i['facts'].get('url', ''))[-1:]
            i['keys' if i['source'] in self.settings['monitors'] else 'names'] |= set(page)
            i['names'] |= keys_of(i['facts'], 'names')
            i['same_as'] = keys_of(i['facts'], 'same_as')
            i['links'] = keys_of(i['facts'], 'links')
        self.joinable = [i for i in alone if ALONE not in i['same_as'] and
                         (not i['environment'] or self.is_production(i['environment']))]
        self.linked = {id(i): [] for i in alone}
        for x in self.joinable:
            for field in ('links', 'same_as'):
                for name in x[field]:
                    for y in self.meant(x, name, field == 'same_as'):
                        self.linked[id(x)].append(y)
                        self.linked[id(y)].append(x)

    def about(self, x):
        """The incidents that an issue adds facts to when it names several of one better-ranked source."""
        if x['source'] not in self.settings['trackers']:
            return []
        for source in sorted({y['source'] for y in self.linked[id(x)]}):
            several = {id(y): y for y in self.linked[id(x)] if y['source'] == source and self.rank(y)[1] < self.rank(x)[1]}
            if len(several) > 1:
                return list(several.values())
        return []

    def follows(self, x):
        found = [y for y in self.linked[id(x)] if not self.about(y) and self.better(y) < self.better(x)]
        return self.best(found, x)

    def best(self, found, x):
        return min(found, key=lambda y: (self.rank(y), abs(y['t'] - x['t']), y['source'].encode(), y['subject'].encode()), default=None)

    def lead(self, x):
        up = self.follows(x)
        if up:
            return self.lead(up)
        leads = []
        for y in self.linked[id(x)]:
            if self.about(y) or self.better(y) < self.better(x):
                continue
            up = self.follows(y)
            while up and up is not x and self.better(x) < self.better(up):
                up = self.follows(up)
            if up and up is not x:
                end = self.lead(up)
                if end['source'] != x['source'] and self.better(end) < self.better(x) and self.is_open_within(end, x['t'], DAY):
                    leads.append(end)
        end = self.best(leads, x)
        return self.lead(end) if end else x

    def join(self, reports):
        """Joins the incidents of all reports (by thing)."""
        alone = [i for i in (self.fold_incident(*key[1:], rs) for key, rs in reports) if i]
        told = {key[1:]: rs for key, rs in reports}
        for i in alone:
            i['let_in'] = self.lets_in(i['source'], told[(i['source'], i['subject'])])
        self.link(alone)
        groups = {}
        for x in alone:
            if not self.about(x):
                groups.setdefault(id(self.lead(x)), (self.lead(x), []))[1].append(x)
        joined = []
        for lead, members in groups.values():
            if not lead['let_in']:
                continue
            others = sorted((m for m in members if m is not lead), key=self.better)
            adding = [x for x in alone if any(self.lead(y) is lead for y in self.about(x))]
            joined.append(self.fold_joined(lead, others, sorted(adding, key=lambda x: alone.index(x)), told))
        return joined

    def fold_joined(self, lead, others, adding, told):
        reports = list(told[(lead['source'], lead['subject'])])
        for o in others + adding:
            said = [dict(r, fields={k: v for k, v in r['fields'].items() if k not in ('same_as', 'links', 'keys')})
                    for r in told[(o['source'], o['subject'])] if r['override'] and r['type'] != 'retraction']
            reports += [r for r in said if o in others and set(r['fields']) - {'by', 'reason', 'was'}]
        i = self.fold_incident(lead['source'], lead['subject'], ordered(reports))
        i['members'] = [lead] + others
        first = min(i['members'], key=lambda m: (m['source'].encode(), m['subject'].encode()))  # all were received at the same time
        i['culprit_source'] = next((m['source'] for m in i['members'] if m is not lead and m['culprit']), '') if not i['culprit'] else lead['source']
        for o in others + adding:
            for fact in ('cause', 'review_held_at'):
                if fact not in i['facts'] and fact in o['facts']:
                    i['facts'][fact] = o['facts'][fact]
        if others:
            self.complete(i, others, told[(lead['source'], lead['subject'])])
        i['source'], i['subject'] = first['source'], first['subject']
        return i

    def complete(self, i, others, told):
        started = [instant(o['facts'], 'started_at') for o in others if instant(o['facts'], 'started_at') is not None]
        detected = [instant(o['facts'], 'detected_at') for o in others if instant(o['facts'], 'detected_at') is not None]
        acknowledged = [o['acknowledged'] for o in others if o['acknowledged'] is not None]
        span = i['stretches'][0]
        if 'started_at' not in i['facts'] and started:
            span[0] = i['t'] = min(started) if span[1] is None else min(min(started), span[1])
        if 'detected_at' not in i['facts']:
            i['detected'] = min(detected) if detected else i['t']
        if i['acknowledged'] is None and acknowledged:
            i['acknowledged'] = min(acknowledged)
        configured = self.settings['teams']
        if not any(s in configured for s in i['services']):
            best = next((o for o in others if any(s in configured for s in o['services'])), None)
            best = best or (next((o for o in others if o['services']), None) if not i['services'] else None)
            if best:
                i['services'] = best['services']
        i['environment'] = i['environment'] or next((o['environment'] for o in others if o['environment']), '')
        if not any(p.get('person') for p in i['facts'].get('responders', [])):
            i['facts']['responders'] = next((o['facts']['responders'] for o in others if o['facts'].get('responders')), [])
        i['culprit'] = i['culprit'] or next((o['culprit'] for o in others if o['culprit']), '')
        if not i['severity']:
            i['severity'] = min((o['severity'] for o in others if o['severity']), default=None)
        if i['stretches'][-1][1] is None and self.is_silent(told) and all(o['stretches'][-1][1] is not None for o in others):
            last = i['stretches'][-1]
            last[1] = max(last[0], min(o['stretches'][-1][1] for o in others))
            i['resolved'] = last[1]
            i['restored'] = last[1] if last[2] is None else last[2]

    @staticmethod
    def is_silent(told):
        """The daemon's own report after 30 days without reports."""
        noticed = [r['at'] for r in told if 'silent_since' in r['fields']]
        last = [r['at'] for r in told if 'silent_since' not in r['fields']]
        return bool(noticed and last) and max(noticed) - max(last) >= 30 * DAY
