"""Counts phrases to avoid in comments, messages and documents: at most two per 1,000 words, and none of those that never fit."""
import pathlib
import re
import subprocess
import sys

MOST_PER_THOUSAND = 2.0
# never: the glossary has another word for it
NEVER = {
    "whoever": r"\bwho(?:so)?ever\b",
    "limit of a figure (threshold)": r"\blimits? (?:is|are) broken\b|\bbroken limits?\b|\bbeyond its limit\b",
    "kept as dead (dead-letter)": r"\bkept as dead\b",
    "set aside (quarantined)": r"\b(?:was|were|is|are) set aside\b",
}
# seldom: often a clause where the field has a noun, or a sentence without its subject
SELDOM = {
    "a clause as a noun": r"(?:^|[.:;,(] |\b(?:and|but|of|by|that) )what (?:is|was|are|has|had|comes?|it|they|one|others?|a|the|does|did|holds|waits?)\b",
    "told, tells": r"\b(?:told|tells?|telling)\b",
    "somebody, nobody, anybody": r"\b(?:some|no|any)body\b",
    "a sentence that begins with Of": r"(?:^|[.;:] )of (?:an?|those|these|its|one|each|several)\b",
    "takes (accepts)": r"\b(?:takes?|took|taken) (?:no|deliveries|events|it|them)\b",
    "says so (reports)": r"\b(?:says?|said) (?:so|why|how|what|that|it)\b",
    "but for": r"\bbut for\b",
}
COMMENT = {".py": r"#\s?(.*)$", ".sh": r"#\s?(.*)$", ".bash": r"#\s?(.*)$", ".sql": r"--\s?(.*)$"}
CODE = {".cpp", ".hpp", ".ts", ".mjs", *COMMENT}
TEXT = {".md", ".mustache", ".toml", ".yaml", ".yml"}


def prose(path):
    """The lines of a file that people read."""
    lines = path.read_text(errors="replace").splitlines()
    if path.suffix in TEXT:
        return lines
    pattern = COMMENT.get(path.suffix, r"(?:^|\s)//+[!/<]*\s?(.*)$")
    found = [m[1] for line in lines if (m := re.search(pattern, line))]
    if path.suffix in {".cpp", ".hpp", ".ts"}:
        found += [s for line in lines for s in re.findall(r'"((?:[^"\\]|\\.){12,})"', line) if " " in s]
    return found


def files(root):
    listed = subprocess.run(["git", "-C", root, "ls-files"], stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")
    for name in listed:
        path = pathlib.Path(root, name)
        # migrations are never edited, fixtures are other people's words, and these are the words themselves
        skipped = "/fixtures/" in name or name.startswith("schema/migrations/") or name.endswith("tests/blackbox/wording.py")
        if path.suffix in CODE | TEXT and path.is_file() and not skipped:
            yield name, path


def main(root):
    words, hits, worst, forbidden = 0, 0, [], []
    for name, path in files(root):
        lines = prose(path)
        words += sum(len(re.findall(r"[A-Za-z']+", line)) for line in lines)
        here = []
        for line in lines:
            forbidden += [f"{name}: {what}: {line.strip()[:100]}" for what, p in NEVER.items() if re.search(p, line, re.I)]
            here += [f"{what}: {line.strip()[:100]}" for what, p in SELDOM.items() for _ in re.finditer(p, line, re.I)]
        hits += len(here)
        worst += [(len(here), name, here)] if here else []
    rate = 1000 * hits / max(words, 1)
    for count, name, here in sorted(worst, reverse=True)[: 10 if rate > MOST_PER_THOUSAND else 0]:
        print(f"{count:4} {name}\n" + "\n".join(f"       {line}" for line in here[:5]))
    print("\n".join(forbidden))
    if words < 50_000:
        sys.exit(f"only {words} words found: nothing was checked")
    if forbidden or rate > MOST_PER_THOUSAND:
        sys.exit(f"{rate:.1f} phrases to avoid per 1,000 words, at most {MOST_PER_THOUSAND}; {len(forbidden)} that never fit")
    print(f"ok: {rate:.1f} phrases to avoid per 1,000 of {words} words")


main(sys.argv[1])
