"""Repositories that are imported more than once, each story with its own ledgers (system/test_git_again.py). Importing several states
of a repository gives the same derived rows as a fresh import of the last state."""
import os
import random
import subprocess

import synthetic

from harness import Daemon

NOW = 1_700_000_000
DAY = 86400


class Ledger(Daemon):
    """A daemon that is not started: commands import repositories into its database."""

    def __init__(self, house, program, name, rules, database):
        super().__init__(house, program, name, rules, database=database)
        self.run("migrate")

    def import_git(self, path, *options, code=0):
        """Its summary."""
        done = self.command("import", "git", path, *options)
        assert done.returncode == code, done.stderr
        return done.stderr

    def figures(self):
        """The figures of every month that the repositories cover."""
        return sorted(self.run("report", "--from", "2020-08", "--to", "2024-03", "--format", "csv").splitlines())


def live(events):
    """The version of each deployment by (service, tag), without retracted ones."""
    told, gone = {}, {}
    for e in sorted(events, key=lambda e: e["time"]):
        key = e["subject"]
        if e["type"] == "retraction" and e["of"] == "deployment":
            gone[key] = e["retracted"]
        elif e["type"] == "deployment":
            told.setdefault(key, {}).update(e)
    return {(e["service"], e["tag"]): e for key, e in told.items() if not gone.get(key)}


def tags(events):
    """The last report of each tag, in the order of receipt."""
    return {e["name"]: e for e in events if e["type"] == "tag"}


def three(folder):
    """Three repositories with the same tags; the hotfix of each is on a branch that is not merged yet."""
    made = []
    for n, name in enumerate(("cart", "search", "mail")):
        w = synthetic.Writer(f"{folder}/{name}.git")
        first = w.commit([], "Begin", NOW + n)
        main = w.commit([first], f"Work on {name}", NOW + DAY + n)
        hotfix = w.commit([main], f"Fix {name}", NOW + 2 * DAY + n)
        w.tag("1.0.0", main)
        w.annotate("1.0.1", hotfix, NOW + 2 * DAY + 60)
        main = w.commit([main], "More", NOW + 3 * DAY + n)
        w.branch("main", main)
        w.close()
        made.append((f"{folder}/{name}.git", name, main, hotfix))
    return made


def git(path, *command, at=NOW):
    date = f"{at} +0000"
    return subprocess.run(["git", "-C", path, "-c", "user.name=C", "-c", "user.email=c@example.com", *command], check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date}).stdout.strip()


def equal_tags(ledger, folder):
    """Three repositories with the same tags, twice, with a merge-back between."""
    rules = '[[rule]]\nname = "quick-patch"\nkind = "hotfix"\nwhen = { patch_release = true, within = "48h" }\n'
    made = three(folder)
    d = ledger("equal-tags", rules)
    for path, name, _, _ in made:
        said = d.import_git(path)
        assert "2 releases of 2 tags" in said and "\n7 stored, 0 duplicates" in said, said
    there = live(d.exported())
    assert sorted(there) == sorted((name, tag) for name in ("cart", "search", "mail") for tag in ("1.0.0", "1.0.1")), there
    for path, name, _, hotfix in made:  # an annotated tag has its own object and its commit
        told = {e["name"]: e for e in d.exported() if e["type"] == "tag" and e["repository"] == name}
        assert told["1.0.1"]["commit"] == hotfix and told["1.0.1"]["object"] == git(path, "rev-parse", "refs/tags/1.0.1"), told
        assert "object" not in told["1.0.0"] and told["1.0.1"]["at"] == "2023-11-16T22:14:20Z", told
    for path, *_ in made:
        assert "\n0 stored, 0 duplicates" in d.import_git(path), "the same state again"
    for path, name, main, hotfix in made:  # merged back three days later
        merge = git(path, "commit-tree", f"{main}^{{tree}}", "-p", main, "-p", hotfix, "-m", "Merge the fix", at=NOW + 5 * DAY)
        git(path, "update-ref", "refs/heads/main", merge)
        said = d.import_git(path)
        assert "\n2 stored" in said, said  # the commit on the default branch, and the state of the repository
    merged = {e["commit"]: e.get("merged_at") for e in d.exported() if e["type"] == "commit" and e.get("default_branch")}
    for _, name, _, hotfix in made:
        assert merged[hotfix] == "2023-11-19T22:13:20Z", (name, merged)
    fresh = ledger("equal-tags-fresh", rules)
    for path, *_ in made:
        fresh.import_git(path)
    assert d.figures() == fresh.figures()


def moved_and_gone(ledger, folder):
    """Tags that moved or were deleted: a whole read retracts, a partial one does not."""
    path = f"{folder}/moved.git"
    w = synthetic.Writer(path)
    commits = [w.commit([], "Begin", NOW)]
    for n in range(1, 6):
        commits.append(w.commit([commits[-1]], f"Change {n}", NOW + n * DAY))
    for n, tag in enumerate(("1.0.0", "1.1.0", "1.2.0")):
        w.tag(tag, commits[n + 1])
    w.branch("main", commits[-1])
    w.close()
    d = ledger("moved")
    d.import_git(path)
    git(path, "update-ref", "refs/tags/1.1.0", commits[4])
    git(path, "update-ref", "-d", "refs/tags/1.2.0")
    said = d.import_git(path)
    assert "2 retracted: no longer in the repository" in said, said
    there = {tag: e["commit"] for (_, tag), e in live(d.exported()).items()}
    assert there == {"1.0.0": commits[1], "1.1.0": commits[4]}, there
    told = tags(d.exported())
    assert told["1.1.0"]["commit"] == commits[4] and told["1.2.0"]["deleted"] and "deleted" not in told["1.0.0"], told
    # a partial read retracts nothing: --since, a shallow clone, a clone without tags
    git(path, "update-ref", "-d", "refs/tags/1.0.0")
    assert "retracted: no longer" not in d.import_git(path, "--since", "2023-11-18")
    shallow = f"{folder}/shallow/moved.git"
    subprocess.run(["git", "clone", "-q", "--bare", "--depth", "2", f"file://{path}", shallow], check=True)
    said = d.import_git(shallow, "--repository", "moved", code=1 if not git(shallow, "tag") else 0)
    assert len(live(d.exported())) == 2
    assert "1 retracted" in d.import_git(path)


def either_order(ledger, folder, seed):
    """Two states of a random repository: the old one read before the new one, and after it."""
    folder = folder / f"random-{seed}"
    folder.mkdir()
    new, old = synthetic.make(f"{folder}/shop.git", 1000 + seed), f"{folder}/old/shop.git"
    subprocess.run(["git", "clone", "-q", "--mirror", new, old], check=True)
    git(old, "config", "--unset", "remote.origin.url")
    r = random.Random(seed)
    tags = git(old, "tag").split()
    for tag in r.sample(tags, len(tags) // 5):  # not created yet
        git(old, "update-ref", "-d", f"refs/tags/{tag}")
    history = git(old, "rev-list", "--first-parent", "main").split()
    for tag in r.sample(git(old, "tag").split(), 3):  # moved later
        git(old, "update-ref", f"refs/tags/{tag}", r.choice(history[20:]))
    git(old, "update-ref", "refs/heads/main", history[10])
    for tag in git(old, "for-each-ref", "--format=%(refname) %(creatordate:unix)", "refs").splitlines():
        ref, _, at = tag.partition(" ")
        if at and int(at) > int(git(old, "log", "-1", "--format=%ct", history[10])):
            git(old, "update-ref", "-d", ref)
    last = int(git(new, "log", "-1", "--format=%ct", "main"))  # a state has the time of its newest reachable commit
    commit = git(new, "commit-tree", "main^{tree}", "-p", "main", "-m", "The last one", at=last + DAY)
    git(new, "update-ref", "refs/heads/main", commit)
    wanted = ledger(f"random-{seed}-fresh")
    wanted.import_git(new)
    for name, order in (("forward", (old, new, new)), ("backward", (new, old)), ("again", (old, new, old))):
        d = ledger(f"random-{seed}-{name}")
        for path in order:
            d.import_git(path)
        assert sorted(live(d.exported())) == sorted(live(wanted.exported())), f"seed {seed}, {name}"
        assert d.figures() == wanted.figures(), f"seed {seed}, {name}: " + "\n".join(sorted(set(d.figures()) ^ set(wanted.figures()))[:10])


def clones(ledger, folder):
    """Clones that lack data, belong to another user, or contain texts of another encoding are imported, or fail with advice."""
    path = f"{folder}/clones/cart.git"
    os.makedirs(f"{folder}/clones")
    w = synthetic.Writer(path)
    commits = [w.commit([], "Begin", NOW)]
    for n in range(1, 8):
        commits.append(w.commit([commits[-1]], f"Change {n}", NOW + n * DAY))
    w.tag("1.0.0", commits[2])
    w.tag("1.0.1", commits[5])
    w.tag("1.0.2", commits[7])
    w.branch("main", commits[-1])
    w.close()
    git(path, "config", "uploadpack.allowFilter", "true")
    latin = subprocess.run(["git", "-C", path, "-c", "i18n.commitEncoding=ISO-8859-1", "-c", "user.name=C", "-c", "user.email=c@example.com", "commit-tree", f"{commits[-1]}^{{tree}}", "-p", commits[-1]],
                           input=b"Caf\xe9", check=True, stdout=subprocess.PIPE, env={**os.environ, "GIT_COMMITTER_DATE": f"{NOW + 9 * DAY} +0000"}).stdout.decode().strip()
    git(path, "update-ref", "refs/heads/main", latin)
    git(path, "update-ref", "refs/tags/1.1.0", latin)
    raw = subprocess.run(["git", "-C", path, "hash-object", "-t", "commit", "-w", "--stdin"], check=True, stdout=subprocess.PIPE,
                         input=f"tree {git(path, 'rev-parse', latin + '^{tree}')}\nparent {latin}\nauthor A <a@example.com> {NOW + 10 * DAY} +0000\ncommitter C <c@example.com> {NOW + 10 * DAY} +0000\n\n".encode() + b"Caf\xe9 again\n").stdout.decode().strip()
    git(path, "update-ref", "refs/heads/main", raw)
    git(path, "update-ref", "refs/tags/1.1.1", raw)

    d = ledger("whole")
    d.import_git(path)
    titles = {e["commit"]: e["title"] for e in d.exported() if e["type"] == "commit"}
    assert titles[latin] == "Café" and titles[raw] == "Caf\ufffd again", titles

    shallow, partial, other, none = (f"{folder}/clones/{name}/cart.git" for name in ("shallow", "partial", "other", "none"))
    subprocess.run(["git", "clone", "-q", "--bare", "--depth", "2", "--no-single-branch", f"file://{path}", shallow], check=True)
    d = ledger("of-shallow")
    said = d.import_git(shallow)
    assert "a shallow clone (run git fetch --unshallow --tags): stored events are not retracted" in said, said
    assert {tag for _, tag in live(d.exported())} >= {"1.1.0", "1.1.1"}

    subprocess.run(["git", "clone", "-q", "--bare", "--filter=blob:none", f"file://{path}", partial], check=True)
    d = ledger("of-partial")
    said = d.import_git(partial)
    assert "5 releases" in said and "without size" in said, said

    if os.getuid() == 0:
        subprocess.run(["cp", "-r", path, f"{folder}/clones/owned.git"], check=True)
        subprocess.run(["chown", "-R", "65534", f"{folder}/clones/owned.git"], check=True)
        assert "5 releases" in ledger("of-owned").import_git(f"{folder}/clones/owned.git")

    d = ledger("of-none")
    subprocess.run(["git", "clone", "-q", "--bare", "--no-tags", f"file://{path}", none], check=True)
    assert "no tags; expected tags of releases (git fetch --tags" in d.import_git(none, code=1)
    assert "none of 5 tags matches --tags numbers; expected a pattern" in d.import_git(path, "--tags", "numbers", code=1)
    subprocess.run(["git", "init", "-q", "--bare", "--object-format=sha256", other], check=True)
    assert "SHA-256 object names, which libgit2 cannot read; import a copy with SHA-1 names" in d.import_git(other, code=1)


def meanings(ledger, folder):
    """Facts that a history lacks are not invented."""
    path = f"{folder}/next.js"
    w = synthetic.Writer(path)
    first = w.commit([], "Begin", NOW)
    side = w.commit([first], "Fix the cart", NOW + 60)
    main = w.commit([first, side], "Merge branch 'hotfix/urgent'", NOW + DAY)
    w.tag("1.0.0", first)
    w.tag("1.1.0", main)  # a feature release whose last commit merges a hotfix branch
    bad = w.commit([main], "Break it", NOW + 2 * DAY)
    w.tag("1.2.0", bad)
    revert = w.commit([bad], f'Revert "Break it"\n\nThis reverts commit {bad}.', NOW + 3 * DAY)
    patch = w.commit([bad], "Other patch", NOW + 4 * DAY)
    w.tag("1.2.1", patch)  # does not contain the revert
    w.annotate("1.2.2", side, NOW + 6 * DAY)  # brings no new commit
    w.branch("main", revert)
    w.close()
    d = ledger("meanings")
    said = d.import_git(path)
    there = live(d.exported())
    assert {s for s, _ in there} == {"next.js"}, there
    assert "ref" not in there["next.js", "1.1.0"]
    assert there["next.js", "1.2.2"]["new_commits"] == 0 and not there["next.js", "1.2.2"].get("first_commit_at")
    failed = [e for e in d.exported() if e["type"] == "incident"]
    assert [e["state"] for e in failed] == ["open"] and "resolved_at" not in failed[0], failed
    w2 = git(path, "commit-tree", "main^{tree}", "-p", "main", "-m", "Release", at=NOW + 7 * DAY)
    git(path, "update-ref", "refs/heads/main", w2)
    git(path, "update-ref", "refs/tags/1.3.0", w2)
    d.import_git(path)
    resolved = [e for e in d.exported() if e["type"] == "incident"][-1]
    assert resolved["state"] == "resolved" and resolved["resolved_at"] == "2023-11-21T22:13:20Z", resolved
    assert "2 patch releases within 48 h of their predecessor; no rule classifies them" in said, said
    assert 'when = { patch_release = true, within = "48h" }' in said, said
    out = d.run("import", "git", path, "--dry-run")
    assert "services (1): next.js" in out and "first 2023-11-14T22:13:20Z, last 2023-11-21T22:13:20Z" in out, out
