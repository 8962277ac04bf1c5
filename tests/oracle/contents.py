"""Sections 7 and 22: what changes bring, by the ancestry of their commits."""
from facts import DAY, instant
from resolution import path_of
from stacks import Stacks


class Contents(Stacks):
    def bring(self):
        self.nodes = {c['sha']: c for c in self.commits_seen()}
        for d in self.deployments:
            if d['is_change'] and 'parents' in d['commit_facts']:
                below = d['stack'][-2] if len(d['stack']) > 1 else None
                d['content'] = self.content(d, self.whole(d), self.whole(below) if below else '')

    @staticmethod
    def whole(d):
        named = d['commit_facts'].get('commit', '').lower()
        return named if d['commit'] and named.startswith(d['commit']) else d['commit']

    def content(self, d, commit, base):
        new = self.new_commits(commit, base) if base else None
        if new is None:
            return {'first': None}
        brought = [self.nodes[sha]['facts'] for sha in new if len(self.nodes[sha]['facts']['parents']) < 2]
        d['facts'].setdefault('new_commits', len(brought))
        if brought and all('lines_changed' in f for f in brought):
            d['facts'].setdefault('lines_changed', sum(f['lines_changed'] for f in brought))
        is_based = self.is_based_on(d, commit, base) if brought else None
        if is_based is not None and d['kind'] == 'hotfix':
            d['facts'].setdefault('branched_from_production', is_based)
        return {'first': min((instant(f, 'committed_at') for f in brought if instant(f, 'committed_at') is not None), default=None)}

    def parents(self, sha):
        return self.nodes[sha]['facts'].get('parents') if sha in self.nodes else None

    def new_commits(self, commit, base):
        """The commits that only `commit` contains; nothing if a report that may matter is missing."""
        top, marks, at, open_, done = float('inf'), {}, {}, {}, set()

        def enter(sha, mark, otherwise):
            before = marks.get(sha, set())
            if mark <= before:
                return
            if sha not in at:
                said = instant(self.nodes[sha]['facts'], 'committed_at') if sha in self.nodes else None
                at[sha] = otherwise if said is None else said
            marks[sha] = before | mark
            open_[sha] = (at[sha], sha)

        enter(commit, {'change'}, top)
        enter(base, {'base'}, top)
        while open_:
            new = [at[sha] for sha in done if marks[sha] == {'change'}]
            is_any_new_open = any(marks[sha] == {'change'} for sha in open_)
            if not is_any_new_open and (not new or max(open_.values())[0] < min(new) - DAY):
                break
            sha = max(open_.values())[1]
            del open_[sha]
            if self.parents(sha) is None:
                return None
            done.add(sha)
            for parent in self.parents(sha):
                enter(parent, marks[sha], at[sha])
        return [sha for sha in done if marks[sha] == {'change'}]

    def is_based_on(self, d, commit, base):
        own, sha = self.nodes[commit]['facts'].get('pull_request'), commit
        for _ in range(100):  # corrected parents may form a circle
            if not self.parents(sha):
                return None
            sha = self.parents(sha)[0]
            if sha == base:
                return True
            node = self.nodes.get(sha)
            if node is None:
                return None
            is_own = own and node['facts'].get('pull_request') == own
            if not is_own and node['reached'] is not None and d['started'] is not None and node['reached'] <= d['started']:
                return False
        return None

    def first_contained(self, d):
        """When a commit of the default branch first contained the commit of a hotfix."""
        facts, commit = d['commit_facts'], self.whole(d)
        made = instant(facts, 'committed_at')
        if 'parents' not in facts or 'default_branch' in facts or made is None:
            return None
        times = []
        for c in self.nodes.values():
            is_here = path_of(c['facts'].get('repository')) == path_of(d['repository'])
            if not is_here or c['reached'] is None or c['reached'] < made - DAY or self.parents(c['sha']) is None:
                continue
            open_, seen = [c['sha']], set()
            while open_:
                sha = open_.pop()
                if sha in seen or self.parents(sha) is None and sha != commit:
                    continue
                seen.add(sha)
                said = instant(self.nodes[sha]['facts'], 'committed_at') if sha in self.nodes else None
                if sha != commit and (said is None or said >= made - DAY):
                    open_ += self.parents(sha)
            if commit in seen:
                times.append(c['reached'])
        return min(times, default=None)
