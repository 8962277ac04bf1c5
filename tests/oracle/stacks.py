"""Sections 3 and 4: the live stack, kinds."""
import re
from datetime import timedelta

from artifacts import is_same
from facts import SECOND, HOUR, EPOCH, instant
from reports import Reports


class Stacks(Reports):
    # ---- sections 3 and 4: the live stack, kinds

    def run_stacks(self):
        places = {}
        for d in self.deployments:
            if d['state'] == 'succeeded' and d['service']:
                places.setdefault(d['place'], []).append(d)
        for all_ in places.values():
            self.run_stack(sorted(all_, key=lambda d: d['order']))

    def run_stack(self, deployments):
        stack, lines = [], {}  # elements: by, is_change, covers since when, identities
        for d in deployments:
            me, now = d['identity'], d['finished']

            def answers(e):
                return any(is_same(me, i) for i in e['names'])

            def reachable(n):
                return all(now - above['covers'] <= self.settings['rollback_lookback'] * SECOND for above in stack[n + 1:])

            targets = [n for n, e in enumerate(stack) if answers(e) and reachable(n)]
            if 'kind' in d['override']:
                d['kind'] = d['override']['kind']
            elif stack and answers(stack[-1]):
                d['kind'] = 'redeploy'
            elif 'kind' in d['facts']:
                d['kind'] = d['facts']['kind']
            elif [n for n in targets if n < len(stack) - 1]:
                d['kind'] = 'rollback'
            else:
                d['kind'] = self.by_rules(d, lines)
            if d['kind'] == 'rollback':
                target = targets[-1] if targets else None
                if target is None and len(stack) > 1 and reachable(len(stack) - 2):
                    target = len(stack) - 2
                    stack[target]['names'].append(me)
                gone = stack[target + 1:] if target is not None else stack[-1:]
                stack = stack[:len(stack) - len(gone)]
                for e in gone:
                    if e['change']:
                        e['by']['rolled_back_by'] = d
                if target is None:
                    stack.append({'by': d, 'change': False, 'covers': gone[0]['covers'] if gone else now, 'names': [me]})
            elif d['kind'] != 'redeploy':
                d['is_change'] = True
                stack.append({'by': d, 'change': True, 'covers': now, 'names': [me]})
                if self.line(d['version']):
                    lines.setdefault(self.line(d['version'])[:2], {})[self.line(d['version'])[2:]] = now
            d['live'] = stack[-1]['by'] if stack else None
            d['stack'] = [e['by'] for e in stack]

    @staticmethod
    def line(version):
        found = re.search(r'(\d+)\.(\d+)(?:\.(\d+))?(?:\.(\d+))?', version)
        return tuple(int(n or 0) for n in found.groups()) if found else None

    def during_incident(self, d):
        at = d['finished'] if d['started'] is None else d['started']
        return any(d['service'] in i['services'] and self.open_at(i, at) and
                   (i['environment'] in (d['environment'], self.groups.get(d['environment'])) or (not i['environment'] and d['production']))
                   for i in self.incidents)

    def by_rules(self, d, lines):
        texts = {}
        for facts in (d['facts'], d['commit_facts']):
            for key in ('ref', 'title', 'task', 'workflow'):
                texts.setdefault(key, []).extend(facts.get('all_texts', {}).get(key) or ([facts[key]] if facts.get(key) else []))
            texts.setdefault('label', []).extend(facts.get('labels', []))

        def says(key, pattern):
            return [t for t in texts[key] if re.search(pattern, t, re.I)]

        line = self.line(d['version'])
        is_patch = bool(line) and line[2] > 0
        told = instant(d['facts'], 'line_released_at')
        lower = [told] if told is not None else [at for n, at in lines.get(line[:2], {}).items() if n < line[2:]] if line else []
        if is_patch and any(0 <= d['finished'] - at <= 48 * HOUR for at in lower):
            return 'hotfix'
        if is_patch and self.during_incident(d):
            return 'hotfix'
        local = (EPOCH + timedelta(microseconds=d['finished'])).astimezone(self.zone)
        if says('title', '^Fix') and not (local.weekday() < 4 and 9 <= local.hour < 16):
            return 'hotfix'
        if says('task', 'rollback') or says('label', 'rollback') or says('workflow', 'rollback'):
            return 'rollback'
        if says('title', r'^(Revert "|Roll ?back)') and not says('title', '^Revert "Revert'):
            return 'rollback'
        if says('ref', r'^(refs/heads/)?hotfix/') or says('label', 'hotfix|emergency') or says('title', '^(hotfix|emergency|urgent fix)'):
            return 'hotfix'
        return 'planned'
