"""Comments, messages and documents use plain words (CONTRIBUTING.md, Form): at most two phrases to avoid per 1,000 words, and none of
those that never fit."""
import pathlib
import re
import subprocess

import pytest

from harness import ROOT

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
THIS = pathlib.Path(__file__).relative_to(ROOT).as_posix()


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


def is_checked(name):
    # migrations are never edited, fixtures are other people's words, and this file has the phrases themselves
    skipped = "/fixtures/" in name or name.startswith("schema/migrations/") or name == THIS
    return (ROOT / name).suffix in CODE | TEXT and (ROOT / name).is_file() and not skipped


@pytest.fixture(scope="module")
def lines():
    """The lines that people read, by file."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return {name: prose(ROOT / name) for name in listed if is_checked(name)}


@pytest.fixture(scope="module")
def words(lines):
    return sum(len(re.findall(r"[A-Za-z']+", line)) for text in lines.values() for line in text)


def phrases(lines, patterns):
    """Each occurrence, by file."""
    found = {name: [f"{what}: {line.strip()[:100]}" for line in text for what, p in patterns.items() for _ in re.finditer(p, line, re.I)] for name, text in lines.items()}
    return {name: here for name, here in found.items() if here}


def test_the_files_are_there(words):
    assert words >= 50_000


def test_phrases_that_never_fit_are_absent(lines):
    assert phrases(lines, NEVER) == {}


def test_phrases_to_avoid_are_at_most_two_per_1000_words(lines, words):
    found = phrases(lines, SELDOM)
    worst = sorted(found.items(), key=lambda item: -len(item[1]))[:10]
    report = "\n".join(f"{len(here):4} {name}\n" + "\n".join(f"       {line}" for line in here[:5]) for name, here in worst)
    assert 1000 * sum(map(len, found.values())) / words <= MOST_PER_THOUSAND, report


NEVER_A_VARIABLE = "of in with over by on into before under beside about without within during behind against through between toward off per after as"
ONLY_A_FIELD = "at from to"  # the time of a record, and the ends of an interval
NO_TYPE = "return co_return case throw else delete new goto operator public using not".split()
DECLARED = re.compile(
    rf"""(?<![\w.>:]) (?!(?:{"|".join(NO_TYPE)})\b) [A-Za-z_][\w:<>, *&]*?[\w>*&]\s+[*&]*  # a type
         (?P<name>(?:{NEVER_A_VARIABLE.replace(" ", "|")})_? | (?:{ONLY_A_FIELD.replace(" ", "|")})(?!;|\{{))
         (?=[,;)={{\[:]|\ =|\s*$)""",
    re.VERBOSE,
)
BOUND = re.compile(rf"(?:auto[&\s]*\[|\[(?:[^\]]*,)?\s*&?)(?:[\w\s,]*,\s*)?(?P<name>{NEVER_A_VARIABLE.replace(' ', '|')}|at|from|to)\s*(?:[,\]]|=[^=])")


def declared(text):
    """Variables of C++ lines that are named by a preposition."""
    for number, line in enumerate(text.splitlines(), 1):
        code = re.sub(r"//.*", "", re.sub(r'"(?:[^"\\]|\\.)*"', '""', line))
        is_field = code.startswith(" ") and "(" not in code and "=" not in code
        for match in [*DECLARED.finditer(code), *BOUND.finditer(code)]:
            if not (is_field and match["name"] in ONLY_A_FIELD.split()):
                yield f"{number}: {match['name']}: {line.strip()}"


@pytest.mark.parametrize(
    "line, name",
    [
        ("void read(const json::value& in, int n) {", "in"),
        ("  const auto of = find(all);", "of"),
        ("  for (auto at = begin; at < end; ++at) {", "at"),
        ("  session* within_ = nullptr;", "within_"),
        ("  for (const auto& [name, of] : all)", "of"),
        ("  return [with = c.with](int n) {", "with"),
        ("  timestamp at;", None),
        ("  std::optional<timestamp> from, to;", None),
        ("  double of(const std::string& word) const;", None),
        ("  return in;  // of = 1", None),
    ],
)
def test_the_guard_of_names_finds_a_declaration(line, name):
    assert [one.split(": ")[1] for one in declared(line)] == [name] * (name is not None)


def test_no_variable_is_named_by_a_preposition():
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "collectors", "daemon"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    sources = [name for name in listed if name.endswith((".cpp", ".hpp"))]
    assert len(sources) > 300
    assert [f"{name}:{one}" for name in sources for one in declared((ROOT / name).read_text())] == []
