"""Runs every command in the documents against a daemon with some data; commands.tsv names tests for the others."""
import os
import re
import subprocess

import pytest

from harness import ROOT, SECRET, TOKEN, wait_until

CONFIG = f"""
[[source]]
name = "github"
kind = "github"
secret = ["{SECRET}"]
"""
RULES = """
[[rule]]
name = "emergency"
kind = "hotfix"
when = { ref = "^emergency/" }
"""
EVENTS = [
    {"id": "1", "type": "deployment", "service": "checkout", "environment": "production", "version": "1.8.2", "state": "succeeded", "time": "2026-10-02T10:00:00Z"},
    {"id": "2", "type": "incident", "subject": "INC-7", "service": "checkout", "severity": 1, "state": "open", "time": "2026-10-02T11:00:00Z"},
    {"id": "3", "type": "deployment", "subject": "deploy-1", "service": "checkout", "environment": "production", "version": "1.8.3", "kind": "hotfix", "state": "succeeded", "time": "2026-10-02T12:00:00Z"},
]
PROGRAMS = "releasehealthd|curl|docker|helm|systemctl|promtool|psql|pg_dump|pg_restore|createdb|kubectl|apt|man|node|cmake"


def in_document(name):
    """The commands in a document: lines of its code blocks, and inline code."""
    text = (ROOT / name).read_text()
    blocks = [block for language, block in re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.M | re.S) if language in ("", "sh", "bash")]
    if name == "README.md":
        lines = [line for block in blocks if not re.match(r"\d{4}-\d\d ", block) for line in block.splitlines()]  # without the output of quickstart
    else:
        joined = [re.sub(r"(\\| \|)\n *", lambda end: " " if end[1] == "\\" else " | ", block) for block in blocks]
        lines = [line for block in joined for line in block.splitlines()]
    prose = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S)
    inline = [re.sub(r"\s+", " ", code) for code in re.findall(rf"`((?:{PROGRAMS})\s[^`]*)`", prose)]
    lines += [code for code in inline if not re.fullmatch(r"releasehealthd [a-z-]+", code)]  # which is the name of a command
    lines = [re.sub(r"\s+#.*", "", re.sub(r"  +", " ", line.strip())) for line in lines]
    return [line for line in lines if line and not line.startswith("printf ")]


def in_documents():
    """Each command and the first document that has it."""
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "*.md"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    found = {}
    for name in names:
        for line in in_document(name):
            found.setdefault(line, name)
    return found


COMMANDS = in_documents()
ELSEWHERE = dict(line.split("\t") for line in (ROOT / "tests/system/commands.tsv").read_text().splitlines() if not line.startswith("#"))
# test_first_run.py runs those with X-Releasehealth-Test as `init` prints them, and setup_test.cpp compares the documents with that
HERE = [line for line in COMMANDS if line not in ELSEWHERE and "X-Releasehealth-Test" not in line]


@pytest.fixture(scope="module")
def run(house, daemon):
    """Runs a command of a document with the values of this daemon, in a folder of its own."""
    daemon.send(*EVENTS)
    wait_until(30, "the data are there", lambda: len(daemon.items("deployments")) == 2)
    deployment = next(item["id"] for item in daemon.items("deployments") if item["version"] == "1.8.3")
    incident = daemon.items("incidents")[0]["id"]
    folder = house.folder / "here"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/releasehealthd").symlink_to(daemon.program)
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / "dashboards").mkdir()
    (folder / "token").write_text(TOKEN)
    (folder / "rules.toml").write_text(RULES)
    intake = f"http://127.0.0.1:{daemon.intake}"
    environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}", "RELEASEHEALTHD_URL": intake, "RELEASEHEALTHD_TOKEN_FILE": str(folder / "token")}
    values = {
        r"--token-file FILE": f"--token-file {folder}/token",
        r"--config FILE": f"--config {daemon.config}",
        r"--rules NEW\.toml": f"--rules {folder}/rules.toml",
        r"\$SHA": "4f1c" * 10,
        r"deployment ID": f"deployment {deployment}",
        r"incident ID": f"incident {incident}",
        r"localhost:9621": daemon.url.removeprefix("http://"),
        r"https://your\.host": intake,
        r"/etc/prometheus/": f"{folder}/",
        r"erase NAME --reason \.\.\.": "erase nobody --reason test",
        r"figure NAME": "figure hotfixes --service checkout",
        r"bash\|zsh": "bash",
    }

    def run(line):
        for pattern, value in values.items():
            line = re.sub(pattern, value, line)
        if line.startswith("releasehealthd") and "--config" not in line:
            line += f" --url {daemon.url}" if " amend " in line else ""
            line = re.sub(r"( >|$)", rf" --config {daemon.config}\1", line, count=1)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, cwd=folder, stdin=subprocess.DEVNULL, check=False, env=environment
        )
        assert done.returncode == 0, f"ran as: {line}\n{done.stdout[-300:]}"

    return run


@pytest.mark.parametrize("line", HERE)
def test_a_command_of_a_document_runs(run, line):
    assert re.match(r"(releasehealthd|curl|promtool) ", line), f"{COMMANDS[line]} has a command that is neither run here nor in commands.tsv"
    run(line)


def test_a_document_has_every_command_of_the_table():
    unused = [line for line in ELSEWHERE if line not in COMMANDS]
    assert unused == [], unused


def test_every_test_that_the_table_names_exists():
    files = [test.split(";")[0] for test in ELSEWHERE.values() if test.startswith("tests/")]
    missing = [file for file in files if not (ROOT / file).exists()]
    assert missing == [], missing
