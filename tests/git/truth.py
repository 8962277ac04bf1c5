#!/usr/bin/env python3
"""Counts a repository's releases and reverts independently, with the git program and by the rules of the counted truths (system/test_git.py).
    truth.py compare DAEMON CONFIG REPOSITORY TRUTH.json [--tags PATTERN]   a real one against a counted truth"""
import collections
import datetime
import json
import re
import subprocess
import sys

import synthetic

VERSIONS = r"^v?(\d+)\.(\d+)\.(\d+)$"
DAY = 86400


def git(path, *command):
    return subprocess.run(["git", "-C", path, *command], check=True, stdout=subprocess.PIPE, errors="replace", text=True).stdout


def month(t):
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y-%m")


class Truth:
    def __init__(self, path, pattern, names_are_times=False, until=None, only_head=None):
        self.path = path
        head = only_head or "HEAD"
        self.tags = 0
        found = []
        for line in git(path, "for-each-ref", "--format=%(refname:strip=2)%09%(objecttype)%09%(creatordate:unix)%09%(objectname)", "refs/tags").splitlines():
            name, kind, date, _ = line.split("\t")
            peeled = subprocess.run(["git", "-C", path, "rev-parse", "-q", "--verify", f"refs/tags/{name}^{{commit}}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
            if not peeled or (until and int(date) > until):
                continue
            self.tags += 1
            m = re.match(pattern, name)
            if not m:
                continue
            at = int(date)
            if names_are_times:
                try:
                    at = int(datetime.datetime.strptime(name + "Z", "%Y-%m-%dT%H%M%S%z").timestamp())
                except ValueError:
                    continue
            found.append((at, tuple(int(g) for g in m.groups() if g and g.isdigit()), name, peeled))
        self.matching = len(found)
        found.sort()
        self.same_version = self.same_commit = 0
        if found and len(found[0][1]) > 1:
            by_version = {}
            for f in found:
                by_version.setdefault(f[1], f)
            self.same_version = len(found) - len(by_version)
            by_commit = {}
            for f in by_version.values():
                if f[3] not in by_commit or f[1] > by_commit[f[3]][1]:
                    by_commit[f[3]] = f
            self.same_commit = len(by_version) - len(by_commit)
            found = sorted(by_commit.values())
        self.releases = found
        self.read_commits(head)
        self.read_lines()
        self.read_reverts()

    def read_commits(self, head):
        begin = [head] + [r[3] for r in self.releases]
        text = subprocess.run(["git", "-C", self.path, "log", "--format=%H%x00%P%x00%ct%x00%s%x00%b%x01", "--stdin"], input="\n".join(begin), check=True, stdout=subprocess.PIPE, errors="replace", text=True).stdout
        self.commits = {}
        for record in text.split("\x01"):
            if record.strip():
                sha, parents, at, subject, body = record.lstrip("\n").split("\x00")
                self.commits[sha] = (parents.split(), int(at), subject, body)
        self.on_head = self.reach(git(self.path, "rev-parse", head).strip(), set())
        self.first = {}
        for r in self.releases:
            for sha in self.reach(r[3], self.first):
                self.first[sha] = r

    def reach(self, start, known):
        found, todo = set(), [start]
        while todo:
            sha = todo.pop()
            if sha in found or sha in known or sha not in self.commits:
                continue
            found.add(sha)
            todo += self.commits[sha][0]
        return found

    def read_lines(self):
        self.predecessor = {}
        if self.releases and len(self.releases[0][1]) > 2:
            for a, b in zip(*[sorted(self.releases, key=lambda r: r[1])[n:] for n in (0, 1)]):
                if a[1][:2] == b[1][:2]:
                    self.predecessor[b[2]] = a

    def read_reverts(self):
        names = sorted(self.on_head)
        self.reverts, self.after_release = [], []
        for sha in self.on_head:
            parents, at, subject, body = self.commits[sha]
            named = re.search(r"This reverts commit ([0-9a-f]{7,40})", body)
            reapplied = subject.startswith(('Revert "Revert "', 'Reapply "'))
            if not (subject.startswith('Revert "') or named) or reapplied:
                continue
            self.reverts.append(at)
            hits = [n for n in names if n.startswith(named.group(1))] if named else []
            if len(hits) == 1 and hits[0] in self.first and self.first[hits[0]][0] <= at:
                self.after_release.append((sha, hits[0], at, self.first[hits[0]]))

    def by_month(self):
        rows = collections.defaultdict(lambda: [0] * 7)
        for r in self.releases:
            row = rows[month(r[0])]
            row[0] += 1
            if r[1][2:3] > (0,):
                row[1] += 1
                before = self.predecessor.get(r[2])
                if before and r[0] >= before[0]:
                    for n, most in ((2, DAY), (3, 2 * DAY), (4, 7 * DAY)):
                        row[n] += r[0] - before[0] <= most
        for at in self.reverts:
            rows[month(at)][5] += 1
        for revert in self.after_release:
            rows[month(revert[2])][6] += 1
        return dict(sorted(rows.items()))


def dry_run(daemon, config, path, *options):
    done = subprocess.run([daemon, "import", "git", path, "--dry-run", "--config", config, *options], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    rows = {w[0]: [int(n) for n in w[1:]] for w in (line.split() for line in done.stdout.splitlines()[1:]) if re.fullmatch(r"\d{4}-\d\d", w[0])}
    return rows, done.stderr


def unix(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def check(daemon, seed):
    """The events and the summary of `import git` of a random repository equal the counts here. Returns how much it contains."""
    path = synthetic.make(f"{daemon.house.folder}/{seed}.git", seed)
    for options, pattern in ((("--tags", "versions"), VERSIONS), (("--tags", r"^v?(\d+)\.(\d+)\.(\d+)(?:\.(\d+))?$"), r"^v?(\d+)\.(\d+)\.(\d+)(?:\.(\d+))?$"),
                             (("--tags", "numbers"), r"^(?:release[_-]|v|r)?(\d+)$"), (("--tags", "times"), r"^\d{4}-\d\d-\d\dT\d{6}$")):
        truth = Truth(path, pattern, options[1] == "times")
        rows, said = dry_run(daemon.program, daemon.config, path, *options)
        assert rows == truth.by_month(), f"seed {seed}, {options}: {rows}\n{truth.by_month()}"
        assert f"{len(truth.releases)} releases of {truth.tags} tags: {truth.tags - truth.matching if options[1] != 'times' else truth.tags - len(truth.releases)} excluded" in said, (said, truth.tags, truth.matching)
        assert f"{truth.same_version} with a duplicate version, {truth.same_commit} on a commit" in said, said
    truth = Truth(path, VERSIONS)
    command = ["import", "git", path, "--source", f"git{seed}", "--service", f"service{seed}"]
    daemon.run(*command)
    again = daemon.command(*command).stderr
    assert "\n0 stored, " in again, again
    events = [e for e in daemon.exported() if e["source"] == f"git{seed}"]
    deployed = {e["tag"]: (unix(e["finished_at"]), e["commit"]) for e in events if e["type"] == "deployment"}
    assert deployed == {r[2]: (r[0], r[3]) for r in truth.releases}, f"seed {seed}"
    tag_of = {e["subject"]: e["tag"] for e in events if e["type"] == "deployment"}
    failed = {e["subject"].split("~")[0]: (unix(e["started_at"]), tag_of[e["culprit"]]) for e in events if e["type"] == "incident"}
    assert failed == {"revert-" + sha[:12]: (at, release[2]) for sha, _, at, release in truth.after_release}, f"seed {seed}"
    for e in events:
        if e["type"] == "commit":
            assert e["default_branch"] == (e["commit"] in truth.on_head), e
            assert e.get("picked_from", "") == (re.findall(r"cherry picked from commit ([0-9a-f]+)", truth.commits[e["commit"]][3]) or [""])[-1], e
    first = {e["tag"]: unix(e["first_commit_at"]) for e in events if e.get("first_commit_at")}
    for n, r in enumerate(truth.releases):
        brought = [c[1] for sha, c in truth.commits.items() if truth.first.get(sha) == r and len(c[0]) < 2]
        wanted = min(brought) if n > 0 and brought and min(brought) <= r[0] else None
        assert first.get(r[2]) == wanted, (seed, r, first.get(r[2]), wanted)
    return collections.Counter(releases=len(truth.releases), reverts=len(truth.reverts), failed=len(truth.after_release), dropped=truth.same_version + truth.same_commit,
                               hotfix=sum(1 for e in events if e["type"] == "deployment" and "hot" in e.get("ref", "")), sized=sum("lines_changed" in e for e in events))


def compare(daemon, config, path, file, pattern):
    """`path` is a clone whose HEAD is the truth's head."""
    told = json.load(open(file, encoding="utf-8"))
    rows, said = dry_run(daemon, config, path, "--tags", pattern)
    differ = []

    def same(what, mine, theirs):
        theirs = {k: v for k, v in theirs.items() if v} if isinstance(theirs, dict) else theirs
        if mine != theirs:
            differ.append(f"{what}: {mine} here, {theirs} there")
    column = lambda n: {m: row[n] for m, row in rows.items() if row[n]}
    same("releases", column(0), told["releases_per_month"])
    same("patches", column(1), told.get("patch_per_month", {}))
    if "same_line" in told:
        same("within 48 h", column(3), told["same_line"]["within_48h_per_month"])
    same("reverts", column(5), told["reverts_per_month"])
    same("reverts after a release", sum(column(6).values()), told["reverts_after_release"]["n"])
    print(said + ("\n".join(differ) if differ else "ok: as counted"))
    return 1 if differ else 0


# Which tags of the counted repositories are releases; the others' are versions.
PATTERNS = {"alphagov+whitehall": r"(?:release_|v)(\d+)", "18F+identity-idp": "times"}
# Differences of the truths: a tag of a tag is a release, too.
MISCOUNTED = {"18F+identity-idp": 1}


def compare_counted(daemon, name, path, told):
    """Months of a real repository against its counted truth. Returns the number of releases."""
    rows, _ = dry_run(daemon.program, daemon.config, path, "--tags", PATTERNS.get(name, "versions"))
    for n, key in ((0, "releases_per_month"), (1, "patch_per_month"), (5, "reverts_per_month")):
        here, there = {m: row[n] for m, row in rows.items() if row[n]}, {m: c for m, c in told.get(key, {}).items() if c}
        off = sum(abs(here.get(m, 0) - there.get(m, 0)) for m in {*here, *there})
        assert off == (MISCOUNTED.get(name, 0) if n == 0 else 0), f"{name}: {key} differs by {off}"
    if "same_line" in told:
        assert {m: row[3] for m, row in rows.items() if row[3]} == told["same_line"]["within_48h_per_month"], f"{name}: within 48 h"
    assert sum(row[6] for row in rows.values()) == told["reverts_after_release"]["n"], f"{name}: reverts of a release"
    return sum(row[0] for row in rows.values())


if __name__ == "__main__":
    if len(sys.argv) < 6 or sys.argv[1] != "compare":
        sys.exit(__doc__)
    sys.exit(compare(*sys.argv[2:6], sys.argv[sys.argv.index("--tags") + 1] if "--tags" in sys.argv else "versions"))
