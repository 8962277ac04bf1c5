"""Section 14: the commit that a version stands for."""
import re

from facts import instant, is_retracted, ordered


def repository_key(text):
    key = re.sub(r'^[a-z]+://', '', text.lower())
    key = re.sub(r'^[^/@]*@', '', key)
    return re.sub(r'\.git$', '', key)


def behind_host(key):
    first, _, rest = key.partition('/')
    return rest if '/' in rest and ('.' in first or ':' in first) else None


def path_of(repository):
    key = repository_key(repository or '')
    return behind_host(key) or key


def same_repository(a, b):
    return a == b or (b and behind_host(a) == b) or (a and behind_host(b) == a)


def tokens(version):
    found, before = [], ''
    for run in re.finditer(r'[0-9a-z]+', version.lower()):
        introduced = before == 'sha' and version[run.start() - 1] == '-'
        text = before = run[0]
        for word in ('sha', 'g'):
            if re.fullmatch(word + '[0-9a-f]{7,40}', text):
                text, introduced = text[len(word):], True
                break
        if re.fullmatch('[0-9a-f]{7,40}', text):
            mixed = re.search('[0-9]', text) and re.search('[a-f]', text)
            if introduced or mixed or len(text) == 40:
                found.append(text)
    return found


class Resolution:
    """From the reports of tags and commits in `self.reports`, by (thing, source, subject)."""

    def tags(self):
        named = {}
        for key, reports in self.of('tag'):
            if is_retracted(reports):
                continue
            for r in reports:
                if r['type'] != 'retraction' and r['fields'].get('name'):
                    named.setdefault((repository_key(r['fields'].get('repository', '')), r['fields']['name']), []).append(r)
        for (key, name), reports in list(named.items()):
            hosts = [k for k in named if k[1] == name and behind_host(k[0]) == key]
            for k in hosts:
                named[k] = named[k] + reports
            if hosts:
                del named[key, name]
        return named

    def commit_of_object(self, key, reports, thing):
        """The commit of a tag's ref: from a report that names both, otherwise the object if it is a known commit."""
        for r in reversed(ordered(reports)):
            if r['fields'].get('object', '').lower() == thing and r['fields'].get('commit'):
                return r['fields']['commit'].lower()
        fits = self.beginning(thing, key)
        return fits.pop() if len(fits) == 1 else ''

    def tag_commit(self, key, reports, start):
        history = {}
        for r in ordered(reports):
            at = instant(r['fields'], 'at')
            at = r['at'] if at is None else at
            if r['fields'].get('deleted') is True:
                history[at] = ''
            elif r['fields'].get('commit'):
                history[at] = r['fields']['commit'].lower()
            elif r['fields'].get('object'):
                history[at] = self.commit_of_object(key, reports, r['fields']['object'].lower())
        before = [at for at in history if at <= start]
        if before:
            return history[max(before)]
        return next((history[at] for at in sorted(history) if at > start and history[at]), '')

    def known_commits(self):
        """Pairs of a commit and the repository in its report."""
        for (_, _, subject), reports in self.of('commit'):
            for r in reports:
                if r['type'] != 'retraction' and not is_retracted(reports):
                    yield subject.lower(), r['fields'].get('repository', '')
        for _, reports in self.of('tag'):
            for r in reports:
                if r['fields'].get('commit') and not is_retracted(reports):
                    yield r['fields']['commit'].lower(), r['fields'].get('repository', '')

    def beginning(self, digits, key):
        """Known commits with that prefix, of a repository or without one; a shortened name equals the longer one."""
        fits = {sha for sha, of in self.known_commits() if sha.startswith(digits) and (not of or same_repository(repository_key(of), key))}
        return {sha for sha in fits if not any(longer != sha and longer.startswith(sha) for longer in fits)}

    def resolve(self, service, version, repository, start):
        if not version or not repository:
            return ''
        mine, commits = repository_key(repository), set()
        for token in tokens(version):
            fits = self.beginning(token, mine)
            if len(fits) == 1:
                commits |= fits
        if len(commits) == 1:
            return commits.pop()
        plain = re.sub('^[vV]', '', version)
        versions = list(dict.fromkeys([plain, plain.split('+')[0]]))
        patterns = [service + between + '{}' for between in ('@', '-v', '-', '/v', '/')] + ['v{}', '{}', 'release-{}', 'release/{}']
        tags = self.tags()
        for pattern in patterns:
            for v in versions:
                for (key, name), reports in sorted(tags.items()):
                    if name == pattern.format(v) and same_repository(key, mine):
                        commit = self.tag_commit(key, reports, start)
                        if commit:
                            return commit
        return ''
