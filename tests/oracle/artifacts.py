"""Section 14: a service's own images, and the identity of deployments."""
import re

from facts import same_commit

MOVING = {'latest', 'stable', 'main', 'master', 'production', 'prod', 'prd', 'live'}


def parse(element):
    """Parses a reference or an object into (repository, tag, digest)."""
    if isinstance(element, dict):
        return tuple(element.get(k) or '' for k in ('repository', 'tag', 'digest'))
    whole, _, digest = element.partition('@')
    found = re.fullmatch(r'(.*?)(?::([^/:]*))?', whole)
    return found[1], found[2] or '', digest


def revision(element):
    if isinstance(element, dict):
        return tuple(element.get(k) or '' for k in ('revision', 'repository', 'chart'))
    return element, '', ''


def split_version(version):
    """Splits a version without leading v from its build metadata."""
    found = re.fullmatch(r'(?:[vV](?=[0-9]))?(.*?)(\+[0-9A-Za-z.-]+)?', version, re.S)
    return found[1], found[2] or ''


def same_version(a, b):
    (a, one), (b, other) = split_version(a), split_version(b)
    return a == b and (not one or not other or one == other)


def same_images(a, b):
    """None if they name different repositories."""
    if [i[0] for i in a] != [i[0] for i in b]:
        return None
    return all(x[2] == y[2] if x[2] and y[2] else x[1] != '' and x[1] == y[1] for x, y in zip(a, b))


def is_same(a, b):
    if a['images'] and b['images'] and not same_images(a['sidecars'], b['sidecars']):
        return False
    if a['commit'] and b['commit']:
        return same_commit(a['commit'], b['commit'])
    if a['images'] and b['images'] and same_images(a['images'], b['images']) is not None:
        return same_images(a['images'], b['images'])
    if a['version'] and b['version']:
        return not a['moves'] and not b['moves'] and same_version(a['version'], b['version'])
    return bool(a['revisions']) and a['revisions'] == b['revisions']


class Artifacts:
    """From one deployment's facts."""

    def __init__(self, facts, service, environment, source, settings):
        self.names = [service.lower()] if service else []
        self.moving = MOVING | {environment.lower(), str(facts.get('environment', '')).lower(), *settings['groups']}
        self.all = [parse(e) for e in facts.get('artifacts', [])]
        self.revisions = [revision(e) for e in facts.get('revisions', [])]
        self.pattern = settings.get('images', {}).get(source)
        self.counts_sidecars = service in settings.get('sidecars', [])
        self.own, self.others, self.known = self.choose()

    def choose(self):
        def service_of(image):
            reference = image[0] + (':' + image[1] if image[1] else '') + ('@' + image[2] if image[2] else '')
            found = re.search(self.pattern, reference, re.I)
            return (found.groupdict().get('service') or '').lower() if found else None

        ways = [lambda i: any(n in i[0].lower() for n in self.names)]
        if self.pattern:
            ways = [lambda i: service_of(i) in self.names, lambda i: service_of(i) is not None] + ways
        for is_own in ways:
            own = [i for i in self.all if is_own(i)]
            if own:
                return own, [i for i in self.all if i not in own], True
        return self.all, [], False

    def moves(self, name):
        return name.lower() in self.moving

    def version(self):
        tags = {i[1] for i in self.own if i[1]}
        own = {i[1] for i in self.own if i[1] and i[0].split('/')[-1].lower() in self.names}
        if len(own or tags) == 1:
            return min(own or tags)
        charts = {r[0] for r in self.revisions if r[2] or (not r[1] and re.search(r'\d+\.\d', r[0]))}
        return min(charts) if len(charts) == 1 else ''

    def compared(self, images):
        return sorted({(re.sub('^(index.)?(docker.io/)?(library/)?', '', i[0].lower()), '' if self.moves(i[1]) else i[1], i[2])
                       for i in images})

    def identity(self, commit, version, by_hand):
        images = [] if by_hand else self.compared(self.own)
        if images and not self.known and len(self.revisions) > 1:
            images = sorted(images + [(f'source {repository + ("#" + chart if chart else "") or n}', of, '')
                                      for n, (of, repository, chart) in enumerate(self.revisions)])
        sidecars = [i for i in self.compared(self.others) if i[1] or i[2]] if self.counts_sidecars else []
        return {'commit': commit, 'version': version, 'moves': self.moves(version), 'images': images, 'sidecars': sidecars,
                'revisions': {(repository, chart, of) for of, repository, chart in self.revisions}}
