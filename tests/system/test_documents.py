"""Documents agree with the program: tables, commands, options, files."""
import re
import subprocess

import pytest

from harness import ROOT

FILES = subprocess.run(["git", "-C", ROOT, "ls-files", "*.md", "deploy/config.toml"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()


@pytest.fixture(scope="module")
def said(program):
    return lambda *words: subprocess.run([program, *words], stdout=subprocess.PIPE, text=True, check=True).stdout


@pytest.fixture(scope="module")
def options(said):
    """The options of each command."""
    cases = re.findall(r"^      ([a-z-]+)\) words='(.*)' ;;$", said("completion", "bash"), re.M)
    assert len(cases) > 15
    return {name: set(words.split()) for name, words in cases}


def commands(name):
    """The commands in a document, each with its words."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    return re.findall(r"(?:`|^ *|/)releasehealthd ([a-z][a-z-]+)([^`\n|>;)]*)", text, re.M)


def test_the_document_of_the_figures(said):
    text = (ROOT / "dashboards/figures.md").read_text()
    assert text.split("\n", 4)[4].rstrip("\n") == said("reference", "figures").rstrip("\n")


def test_the_document_of_the_configuration(said):
    text = (ROOT / "deploy/configuration.md").read_text()
    _, _, end = text.partition("counts each time")
    _, _, table = end.partition("\n\n")
    assert table.rstrip("\n") == said("reference", "configuration").rstrip("\n")


def test_the_table_of_the_threads(said):
    table = re.search(r"^\| thread .*?(?=\n\n)", (ROOT / "daemon/README.md").read_text(), re.M | re.S)[0]
    assert table == said("reference", "threads").rstrip("\n")


def test_the_bash_completion_is_valid(said):
    subprocess.run(["bash", "-n"], input=said("completion", "bash"), text=True, check=True)


@pytest.mark.parametrize("name", FILES)
def test_commands_and_options_of_a_document_exist(options, name):
    unknown = [command for command, _ in commands(name) if command not in options]
    assert unknown == []
    wrong = [(command, option) for command, words in commands(name) for option in re.findall(r"(?<= )--[a-z-]+", words) if option not in options[command]]
    assert wrong == []


def test_the_documents_have_commands():
    assert sum(len(commands(name)) for name in FILES) >= 20


@pytest.mark.parametrize("name", FILES)
def test_links_to_files_lead_somewhere(name):
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text())
    missing = [link for link in links if not (ROOT / name).parent.joinpath(link).exists()]
    assert missing == []
