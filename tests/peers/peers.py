"""Cases of three other tools through this engine: agreements, and differences by choice (figures.md section 13).
The cases are a folder with middleware/, pelorus/ and metrik/, each with a cases.json in the form that its README describes.
"""
import json
import statistics
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def at(seconds):
    return (EPOCH + timedelta(seconds=seconds)).isoformat().replace('+00:00', 'Z')


def seconds(text):
    return (datetime.fromisoformat(text.replace('Z', '+00:00')) - EPOCH).total_seconds()


def load(cases, peer):
    with open(f'{cases}/{peer}/cases.json', encoding='utf-8') as f:
        return json.load(f)


class Case:
    """A case as events of separate services, all in one team."""

    def __init__(self, peer, name):
        self.peer, self.name, self.team, self.events, self.wanted = peer, name, f'{peer} {name}'[:180], [], []

    def service(self, name='service'):
        return f'{self.team} {name}'[:199]

    def deploy(self, subject, when, state='succeeded', service='service', first_commit=None):
        e = {'type': 'deployment', 'subject': f'{self.team} {subject}'[:199], 'service': self.service(service), 'team': self.team,
             'time': at(when), 'state': state, 'version': str(subject)[:199]}
        if first_commit is not None:
            e['first_commit_at'] = at(first_commit)
        self.events.append(e)

    def incident(self, subject, opened, resolved=None, service='service'):
        name = f'{self.team} {subject}'[:199]
        self.events.append({'type': 'incident', 'subject': name, 'service': self.service(service), 'time': at(opened), 'state': 'open'})
        if resolved is not None:
            self.events.append({'type': 'incident', 'subject': name, 'time': at(resolved), 'state': 'resolved'})

    def compare(self, what, figure, begin, end, theirs, why='', service=None, scale=1, otherwise=None, **labels):
        """`otherwise`: the result of their rule with our choice; our figure must equal it or theirs."""
        self.wanted.append((what, figure, begin, end, theirs, why, service, scale, otherwise, labels))


def middleware(cases):
    told = load(cases, 'middleware')
    for n, c in enumerate(told['cfr'] + told['cfr_weekly']):
        case = Case('middleware', c['name'])
        for d in c['deployments']:
            case.deploy(d['id'], seconds(d['at']))
        for i in c['incidents']:
            case.incident(i['id'], seconds(i['opened_at']))
        if 'expect' in c and 'cfr_percent' in c['expect']:
            case.compare('change failure rate, %', 'change_fail_ratio', 0, seconds(c['now']) + 1, c['expect']['cfr_percent'],
                         'nothing to divide by is no value, not 0', scale=100, otherwise=None if not c['deployments'] else 'same')
        for d, links in c.get('expect', {}).get('links', {}).items():
            case.wanted.append(('incidents of ' + d, 'links', d, None, len(links), '', None, 1, 'same', {}))
        for week, e in c.get('expect_weekly', {}).items():
            begin = seconds(week)
            case.compare(f'changes, week of {week[:10]}', 'changes', begin, begin + 7 * 86400, len(e['total']), otherwise='same', kind='planned')
            case.compare(f'failed, week of {week[:10]}', 'failed_changes', begin, begin + 7 * 86400, len(e['failed']), otherwise='same', kind='planned')
        yield case
    for c in told['mttr']:
        case = Case('middleware', 'recovery: ' + c['name'])
        spans = [(seconds(i['opened_at']), seconds(i['resolved_at'])) for i in c['incidents']]
        for n, (a, b) in enumerate(spans):
            case.incident(f'i{n}', a, b)
        begin = seconds(c['window']['from']) if 'window' in c else 0
        weeks = c.get('expect_weekly') or {None: c['expect']}
        for week, e in weeks.items():
            a = seconds(week) if week else 0
            b = a + 7 * 86400 if week else 4e9
            mine = [y - x for x, y in spans if a <= x < b]
            case.compare('recovery, s' + (f', week of {week[:10]}' if week else ''), 'restore_seconds', a, b, e['mean_s'], 'median, not mean',
                         otherwise=statistics.median(mine) if mine else None, quantile='0.5')
        yield case


def pelorus(cases):
    for c in load(cases, 'pelorus')['cases']:
        case = Case('pelorus', c['name'])
        committed, leads, restores, apps = {}, {}, {}, set()
        for k in c['commits']:
            key = (k['app'], k['image'])
            committed[key] = min(k['at'], committed.get(key, k['at']))
        first = {}
        for d in c['deploys']:
            key = (d['app'], d['image'])
            first[key] = min(d['at'], first.get(key, d['at']))
        for (app, image), when in sorted(first.items()):
            apps.add(app)
            case.deploy(image, when, service=app, first_commit=committed.get((app, image)))
            if (app, image) in committed:
                leads.setdefault(app, []).append(max(0, when - committed[app, image]))
        for f in c['failures']:
            case.incident(f['issue'], f['opened_at'], f['resolved_at'], service=f['app'])
            if f['resolved_at']:
                restores.setdefault(f['app'], []).append(f['resolved_at'] - f['opened_at'])
        failed = {app: set() for app in apps}  # a change that was live for at most seven days when the incident started
        for f in c['failures']:
            live = [when for (app, _), when in first.items() if app == f['app'] and when <= f['opened_at'] <= when + 7 * 86400]
            failed.get(f['app'], set()).update([max(live)] if live else [])
        changes = {app: sum(a == app for a, _ in first) for app in apps}
        means = {'sdp:lead_time:by_app': ('lead_time_seconds', leads), 'sdp:time_to_restore:by_app': ('restore_seconds', restores)}
        for e in c['expect']:
            for s in e['samples']:
                app = s['labels'].get('app')
                if e['expr'] in means and app in apps:
                    figure, values = means[e['expr']]
                    case.compare(f'{e["expr"]} of {app}', figure, 0, 4e9, s['value'], 'median, not mean', service=app,
                                 otherwise=statistics.median(values[app]) if values.get(app) else None, quantile='0.5')
                elif e['expr'] == 'sdp:change_failure_rate:by_app' and app in apps:
                    case.compare(f'{e["expr"]} of {app}', 'change_fail_ratio', 0, 4e9, s['value'],
                                 'failed changes among changes, each once and only within 7 days, not failures among commits', service=app,
                                 otherwise=len(failed[app]) / changes[app])
                elif e['expr'] == 'sdp:change_failure_rate:global':
                    case.compare(e['expr'], 'change_fail_ratio', 0, 4e9, s['value'], 'sum over sum, not a mean of ratios', service='',
                                 otherwise=sum(map(len, failed.values())) / sum(changes.values()))
                elif e['expr'] in ('sdp:lead_time:global', 'sdp:time_to_restore:global'):
                    figure, values = means[e['expr'].replace('global', 'by_app')]
                    pooled = [v for some in values.values() for v in some]
                    case.compare(e['expr'], figure, 0, 4e9, s['value'], 'pooled median, not a mean of means', service='',
                                 otherwise=statistics.median(pooled), quantile='0.5')
        yield case


def metrik(cases):
    for c in load(cases, 'metrik')['cases']:
        case = Case('metrik', f'{c["kind"]} {c["name"]} {c["from_ms"]}')
        with open(f'{cases}/metrik/{c["file"]}', encoding='utf-8') as f:
            builds = json.load(f)
        later = 1.6e9 if c['from_ms'] < 0.6e12 else 0  # some cases count milliseconds from 1970, before any time that is accepted
        begin, end, leads, deployed = c['from_ms'] / 1000 + later, (c['to_ms'] + 1) / 1000 + later, [], 0
        for pipeline, stage in c['pipeline_stage'].items():
            carried = []
            for b in sorted((b for b in builds if str(b['pipelineId']) == pipeline), key=lambda b: b['timestamp']):
                carried += [k['timestamp'] / 1000 + later for k in b['changeSets']]
                for s in b['stages']:
                    if s['name'] != stage or s['status'] not in ('SUCCESS', 'FAILED'):
                        continue
                    done = (s['startTimeMillis'] + s['durationMillis'] + s.get('pauseDurationMillis', 0)) / 1000 + later
                    good = s['status'] == 'SUCCESS'
                    case.deploy(f'{pipeline}-{b["number"]}', done, 'succeeded' if good else 'failed', pipeline, min(carried, default=None) if good else None)
                    deployed += good and begin <= done < end
                    if good:
                        if carried and begin <= done < end:
                            leads.append(max(0, done - min(carried)))
                        carried = []
        if c['kind'] == 'cfr':
            case.compare('change failure rate, %', 'change_fail_ratio', begin, end, c['expect']['percent'],
                         'a failed attempt never reached production: it is counted as such, and fails no change', service='', scale=100,
                         otherwise=0 if deployed else None)
        elif c['kind'] == 'mttr':
            mean = c['expect']['mean_ms']
            case.compare('recovery, s', 'recovery_seconds', begin, end, None if mean is None else mean / 1000,
                         'a failed attempt never reached production: nothing has to recover from it', service='', otherwise=None, quantile='0.5')
        elif c['kind'] == 'df':
            case.compare('deployments', 'deployments', begin, end, c['expect']['count'], service='', otherwise='same', kind='planned')
        else:
            mean = c['expect']['mean_ms']
            case.compare('lead time, s', 'lead_time_seconds', begin, end, None if mean is None else mean / 1000,
                         'median over changes from their first commit, not mean over commits', service='',
                         otherwise=statistics.median(leads) if leads else None, quantile='0.5')
        yield case


def all_cases(cases):
    for n, case in enumerate(c for peer in (middleware, pelorus, metrik) for c in peer(cases)):
        for m, e in enumerate(case.events):
            e['id'] = f'peer-{n}-{m}'
        yield case


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return json.load(answer)


def ask(url, case, figure, begin, end, service, labels):
    if figure == 'links':
        subject = urllib.parse.quote(f'{case.team} {begin}', safe='')
        return len(get(f'{url}/api/v1/deployments/{subject}')['blamed_by'])
    if not case.events or begin >= end:
        return None
    scope = {'team': case.team} if service == '' else {'service': case.service(service or 'service')}
    query = urllib.parse.urlencode(dict(scope, period=f'{at(begin)}/{at(end)}'))
    for f in get(f'{url}/api/v1/figures?{query}')['figures']:
        is_scope = f['service'] == '' if service == '' else f['service'] != ''
        if f['figure'] == figure and f['labels'] == labels and is_scope:
            return f['value']
    return None


def close(a, b):
    if a is None or b is None:
        return a is None and b is None
    return abs(a - b) <= 1e-6 * max(1, abs(a), abs(b))


def shown(value):
    return '-' if value is None else f'{value:.10g}'


def events(cases):
    return [event for case in all_cases(cases) for event in case.events]


def table(cases, url):
    """Lines of peer, case, what, theirs, ours, verdict, with the figures of the daemon at that URL."""
    lines = ['peer\tcase\twhat\ttheirs\tours\tverdict']
    for case in all_cases(cases):
        for what, figure, begin, end, theirs, why, service, scale, otherwise, labels in case.wanted:
            ours = ask(url, case, figure, begin, end, service, labels)
            ours = None if ours is None else ours * scale
            same = close(theirs, ours) or (figure in ('changes', 'failed_changes', 'deployments') and not theirs and ours is None)
            by_choice = not same and why and otherwise != 'same' and close(otherwise, ours)
            verdict = 'same' if same else f'differs: {why}' if by_choice else 'UNEXPLAINED'
            lines.append('\t'.join((case.peer, case.name, what, shown(theirs), shown(ours), verdict)))
    return lines
