"""Small bare repositories with the traps of real repositories' tags and reverts:
make(path, seed)    random histories
Commits are written by `git fast-import`, which returns each name at once, so that messages can name earlier commits."""
import os
import random
import subprocess


class Writer:
    def __init__(self, path):
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", path], check=True)
        names, self.told = os.pipe()
        self.path = path
        self.git = subprocess.Popen(["git", "-C", path, "fast-import", "--quiet", f"--cat-blob-fd={self.told}"], stdin=subprocess.PIPE, pass_fds=[self.told])
        os.close(self.told)
        self.names = os.fdopen(names)
        self.marks = 0
        self.of = {}  # a commit's mark by its name: unpacked commits are known only by their mark

    def say(self, text):
        self.git.stdin.write(text.encode())

    def commit(self, parents, message, when, authored=None, ref=None):
        self.marks += 1
        body = message.encode()
        ref = ref or f"refs/scratch/{self.marks}"
        self.say(f"commit {ref}\nmark :{self.marks}\nauthor A <a@example.com> {authored or when} +0000\ncommitter C <c@example.com> {when} +0000\ndata {len(body)}\n")
        self.git.stdin.write(body)
        self.say("\n" + (f"from :{self.of[parents[0]]}\n" if parents else "") + "".join(f"merge :{self.of[p]}\n" for p in parents[1:]))
        content = "".join(f"line {self.marks} {n}\n" for n in range(1 + self.marks % 5))
        self.say(f"M 100644 inline file{self.marks % 7}\ndata {len(content)}\n{content}\n\nget-mark :{self.marks}\n")
        self.git.stdin.flush()
        name = self.names.readline().strip()
        self.of[name] = self.marks
        return name

    def branch(self, name, commit):
        self.say(f"reset refs/heads/{name}\nfrom :{self.of[commit]}\n\n")

    def tag(self, name, commit):
        self.say(f"reset refs/tags/{name}\nfrom :{self.of[commit]}\n\n")

    def annotate(self, name, commit, when):
        self.say(f"tag {name}\nfrom :{self.of[commit]}\ntagger T <t@example.com> {when} +0000\ndata 1\nx\n")

    def close(self):
        self.git.stdin.close()
        assert self.git.wait() == 0

    def run(self, *command):
        return subprocess.run(["git", "-C", self.path, *command], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def make(path, seed):
    r = random.Random(seed)
    w = Writer(path)
    now = 1_600_000_000
    main = w.commit([], "Begin", now)
    known, released = [main], []  # on main, in order
    lines = {}  # (major, minor) -> [head, next patch]
    version = [1, 0]
    title = lambda c: f"Change {c[:6]}"
    for n in range(r.randint(120, 220)):
        now += r.choice([60, 3600, 7200, 86400, 200_000])
        what = r.random()
        if what < 0.45:
            main = w.commit([main], f"{title(main)}\n\nWhy", now, now - r.choice([0, 3600, 400_000]))
        elif what < 0.55:  # a hotfix branch, merged here and, with git-flow, a second time
            side = w.commit([main], "Fix it", now - 60)
            name = r.choice(["hotfix/%d.%d.%d" % (*version, r.randint(1, 3)), "hotfix/urgent", "hot-fix-cart", "fix/no-hotfix"])
            kind = r.choice([f"Merge branch '{name}'", f"Merge pull request #{n} from acme/{name}", f"Merge remote-tracking branch 'origin/{name}'"])
            main = w.commit([main, side], kind, now)
            if r.random() < 0.5:
                again = w.commit([main], "Develop", now)
                main = w.commit([again, side], f"Merge branch '{name}' into develop", now)
        elif what < 0.75:  # reverts of every kind
            target = r.choice(known + released[-3:] * 2)
            named = r.choice([target, target[:12], target[:7]])
            main = w.commit([main], r.choice([
                f'Revert "{title(target)}"\n\nThis reverts commit {named}.',
                f'Revert "{title(target)}"\n\nThis reverts commit {named}.',
                f'Revert "{title(target)}"',
                f'Revert "Revert "{title(target)}""\n\nThis reverts commit {named}.',
                f'Reapply "{title(target)}"\n\nThis reverts commit {named}.',
                f"revert: {title(target)}\n\nThis reverts commit {named}.",
                f"fix(cart)!: revert {title(target)}",
                f"Squashed work (#{n})\n\n* one\n* This reverts commit {named}\n* two",
                f"Reverted part of it\n\nThis reverts commit {'0' * 40}."]), now)
        elif what < 0.85:  # a release of main
            if r.random() < 0.7:
                version[1] += 1
            else:
                version = [version[0] + 1, 0]
            major, minor = version
            base = f"{major}.{minor}.0"
            name = r.choice(["", "v"]) + base
            if r.random() < 0.5:
                w.tag(name, main)
            else:
                w.annotate(name, main, now + r.choice([0, 10, 90_000, -5]))
            if r.random() < 0.2:  # the same version again, or another on the same commit
                w.tag(("v" if name[0] != "v" else "") + base, r.choice([main, known[-1]]))
            if r.random() < 0.2:
                w.annotate(f"v0.{major * 100 + minor}.0", main, now + 3)
            if r.random() < 0.3:
                w.tag(f"v{base}-rc.{r.randint(0, 3)}", main)
                w.tag(f"checkout@{major}.{minor}.{r.randint(0, 2)}", main)
            lines[(major, minor)] = [main, 1]
            released.append(main)
        elif lines:  # a patch on its line, not on main, with a cherry-pick
            line = r.choice(sorted(lines))
            head, patch = lines[line]
            picked = r.choice(known)
            head = w.commit([head], f"{title(picked)}\n\n(cherry picked from commit {picked})", now)
            name = r.choice(["", "v"]) + "%d.%d.%d" % (*line, patch)
            if r.random() < 0.6:
                w.tag(name, head)
            else:
                w.annotate(name, head, now + r.choice([0, 30, 500_000]))
            if r.random() < 0.1:
                w.tag(name + ".1", head)
            lines[line] = [head, patch + r.choice([1, 1, 2])]
            if r.random() < 0.15:
                lines[line][1] += 1
                w.tag("%d.%d.%d" % (*line, patch + 1), known[0])  # time runs backwards
            released.append(head)
        else:
            continue
        known.append(main)
    for junk in ("all-tests-pass", "untagged-0f3", "release_42", "v7", "2021-05-01T131500", "2021-13-01T131500", "1.2", "x1.2.3"):
        w.tag(junk, r.choice(known))
    for n in range(5):  # tagged in a batch, much later
        w.annotate(f"0.1.{n}", known[n * 3], now + 500)
    w.branch("main", main)
    w.close()
    blob = subprocess.run(["git", "-C", path, "hash-object", "-w", "--stdin"], input=b"x", check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    w.run("update-ref", "refs/tags/9.9.9", blob)  # a tag without a commit
    w.run("update-ref", "refs/pull/7/head", known[-1])
    w.run("-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "advice.nestedTag=false", "tag", "-a", "-m", "a tag of a tag", "nested", "0.1.0")
    return path
