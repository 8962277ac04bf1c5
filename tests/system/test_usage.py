"""Mistyped words are errors that name the nearest known word; without a configuration nothing is created."""
import csv
import json
import pathlib
import re
import shlex

import pytest

from harness import Daemon, command

CONFIG = """
[[service]]
name = "checkout"
team = "shop"
was = ["cart"]
"""
NO_CONFIGURATION = "config: /etc/releasehealthd/config.toml not found; give --config FILE or set RELEASEHEALTHD_CONFIG"
unconfigured = pytest.mark.skipif(pathlib.Path("/etc/releasehealthd/config.toml").exists(), reason="this machine has a configuration of its own")


@pytest.fixture(scope="module")
def history(house):
    file = house.folder / "history.csv"
    file.write_text("service,version,finished_at\nsearch,4.0,2026-01-05T00:00:00Z\n")
    return file


@pytest.fixture(scope="module")
def nowhere(house):
    return house.folder / "nowhere"


@pytest.fixture(scope="module")
def alone(program, nowhere):
    """A command without a configuration."""
    return lambda line: command(program, *shlex.split(line), environment={"STATE_DIRECTORY": str(nowhere)})


@pytest.fixture(scope="module")
def daemon(house, program):
    """Not started yet."""
    return Daemon(house, program, config=CONFIG)


@pytest.fixture(scope="module")
def asked(daemon, program, house, history):
    """A command with the configuration that the environment names. The daemon runs, so that commands share its PostgreSQL
    instead of starting one each, and knows checkout from the configuration and search from the history."""
    daemon.start()

    def run(line):
        return command(program, *shlex.split(line.format(folder=house.folder, history=history)), environment={"RELEASEHEALTHD_CONFIG": str(daemon.config)})

    done = run("import csv {history}")
    assert "1 stored" in done.stderr
    assert done.returncode == 0
    return run


def lines(text):
    return [line for line in text.splitlines() if line]


# without a configuration


def test_no_arguments_print_the_help(alone):
    done = alone("")
    assert "Subcommands:" in done.stderr
    assert done.returncode == 2


@unconfigured
def test_without_a_configuration_only_serve_and_migrate_create_a_postgresql(alone, history):
    creators = ["serve", "migrate"]
    usable = "init doctor send amend rules sources reference healthcheck completion check-config redeliver sync classify".split()  # without a configuration
    arguments = {
        "import": f"csv {history}",
        "export": "events",
        "explain": "deployment 1.8.2",
        "rebuild": "",
        "report": "--month 2026-10",
        "backfill": "--from 2026-01-01 --to 2026-01-02",
        "erase": "somebody --reason test",
        "replay": "",
        "discover": "",
    }
    names = re.search(r"^ *if .*words='(.*)'$", alone("completion bash").stdout, re.M)[1].split()
    assert set(names) == {*creators, *usable, *arguments}
    for line in [*(f"{name} {words}" for name, words in arguments.items()), "classify --stored"]:
        done = alone(line)
        assert NO_CONFIGURATION in done.stderr, line
        assert done.returncode == 2, line


@unconfigured
def test_check_config_checks_the_defaults(alone):
    done = alone("check-config")
    assert "not found; the defaults apply" in done.stderr
    assert done.returncode == 0


@unconfigured
def test_init_needs_a_terminal(alone):
    done = alone("init")
    assert "init: no terminal to ask on" in done.stderr
    assert done.returncode == 2


@unconfigured
def test_doctor_asks_for_a_configuration(alone):
    done = alone("doctor")
    assert "releasehealthd init" in done.stdout + done.stderr
    assert done.returncode == 1


@unconfigured
def test_nothing_was_created(alone, nowhere):
    assert not nowhere.exists()


def test_a_report_needs_a_private_postgresql_and_creates_none(daemon):
    done = daemon.command("report")
    assert f'database: no private PostgreSQL in "{daemon.state}/postgresql"' in done.stderr
    assert done.returncode == 2
    assert not daemon.state.exists()


def test_migrate_creates_it(daemon):
    done = daemon.command("migrate")
    assert "the schema is up to date" in done.stderr
    assert done.returncode == 0


# mistyped words


KNOWN_TO_THE_PROGRAM = [
    ('unknown command "reprot"; did you mean "report"?', "reprot"),
    ('unknown command "teleport"; expected serve, ', "teleport"),
    ('report: unknown option "--mnoth"; did you mean "--month"?', "report --mnoth 2026-10"),
    ('report: unexpected argument "checkout"', "report checkout"),
    ('unknown format "markdwon"; did you mean "markdown"?', "report --format markdwon"),
    ('unknown figure "hotfixs"; did you mean "hotfixes"?', "report --figure hotfixs"),
    ('unknown format "gti"; did you mean "git"?', "import gti {folder}"),
    ('figure: unknown figure "hotfix_respons_seconds"; did you mean "hotfix_response_seconds"?', "explain figure hotfix_respons_seconds --service checkout"),
    ('period: unknown period "30"; did you mean "30d"?', "explain figure hotfixes --service checkout --period 30"),
    ('unknown period "october"; expected YYYY-MM', "report --period october"),
    ('unknown month "2026-13"; expected YYYY-MM', "report --month 2026-13"),
    ('figure: unknown figure "hotfixs"; did you mean "hotfixes"?', "explain figure hotfixs --service checkout"),
    ('classify: unknown kind "hotfx"; did you mean "hotfix"?', "classify service=checkout kind=hotfx"),
    ('classify: unknown field "versoin"; did you mean "version"?', "classify service=checkout versoin=1"),
    ('field: duplicate "service"; expected each field once', "classify service=a service=b"),
    ('--column: unknown field "vershun"; did you mean "version"?', "import csv {history} --column vershun=version"),
    ('--source: unknown source "nope"', "replay --source nope"),
    ("is in the future", "report --as-of 2099-01-01T00:00:00Z"),
    ('is in the name of service "search"; expected a full name or login, or --also-names', "erase search --reason test"),
    ('unknown page "figuers"; did you mean "figures"?', "reference figuers"),
]


@pytest.mark.parametrize(("words", "line"), KNOWN_TO_THE_PROGRAM)
def test_a_mistyped_word_is_an_error_of_usage(asked, words, line):
    done = asked(line)
    assert words in done.stderr
    assert done.returncode == 2


KNOWN_TO_THE_DATABASE = [
    ('unknown service "serach"; did you mean "search"?', "report --service serach"),
    ('unknown service "serach"; did you mean "search"?', "report --service serach --format html"),
    ('unknown service "nope"; expected checkout or search', "report --service nope"),
    ('unknown team "shpo"; did you mean "shop"?', "report --team shpo"),
    ('unknown service "chekcout"; did you mean "checkout"?', "explain figure hotfixes --service chekcout"),
    ('unknown team "nope"; expected shop', "explain figure rework_ratio --team nope"),
    ('unknown service "serach"', "classify --stored --service serach"),
    ('unknown deployment "9.9.9"', "explain deployment 9.9.9"),
]


@pytest.mark.parametrize(("words", "line"), KNOWN_TO_THE_DATABASE)
def test_an_unknown_name_is_an_error(asked, words, line):
    done = asked(line)
    assert words in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("name", ["search", "cart"])
def test_a_known_service_has_a_report_also_by_its_former_name(asked, name):
    done = asked(f"report --service {name}")
    assert done.returncode == 0, done.stderr


# reports of one figure or team


@pytest.fixture(scope="module")
def report(asked, daemon, house):
    """The report of a month in which checkout had a planned deployment and a hotfix."""
    file = house.folder / "shop.csv"
    file.write_text("service,version,kind,finished_at\ncheckout,1.0,planned,2026-01-05T00:00:00Z\ncheckout,1.0.1,hotfix,2026-01-06T00:00:00Z\n")
    done = asked(f"import csv {file}")
    assert "2 stored" in done.stderr
    assert done.returncode == 0
    return lambda *words: daemon.run("report", "--month", "2026-01", *words)


@pytest.fixture(scope="module")
def all_figures(report):
    return lines(report("--format", "csv"))


NAMES = ["hotfixes", "deployments", "releasehealth_deployments", "hotfixes_per_planned_deployment", "rollback_ratio", "lead_time_seconds", "oldest_unmerged_hotfix_seconds", "changes_with_issue"]


@pytest.mark.parametrize("format_", ["text", "markdown", "html", "csv", "json"])
@pytest.mark.parametrize("name", NAMES)
def test_every_format_has_one_figure_by_all_of_its_names(report, all_figures, name, format_):
    text = report("--figure", name, "--format", format_)
    assert text
    if format_ == "csv":
        assert len(lines(text)) < len(all_figures)
    if format_ == "json":
        assert len({figure["figure"] for figure in json.loads(text)[0]["figures"]}) <= 1
    if format_ == "html":
        assert "<table>" in text


def test_hotfixes_as_csv(report):
    rows = list(csv.reader(report("--figure", "hotfixes", "--format", "csv").splitlines()))[1:]
    assert sorted([*row[3:5], *row[6:]] for row in rows) == [
        ["", "shop", "deployments", "kind=hotfix", "1"],
        ["checkout", "shop", "deployments", "kind=hotfix", "1"],
        ["search", "", "deployments", "kind=hotfix", "0"],
    ]


def test_hotfixes_as_json(report):
    assert len(json.loads(report("--figure", "hotfixes", "--format", "json"))[0]["figures"]) == 3


def test_a_metric_with_a_label_has_a_table_for_each_value(report):
    assert len([line for line in report("--figure", "deployments").splitlines() if line.startswith("service")]) == 4


@pytest.mark.parametrize(("words", "row"), [("--figure hotfixes", r"team shop +1$"), ("", r"team shop +1 +1 +0"), ("--format markdown", r"\| team shop +\| +1 \| +1 ")])
def test_a_report_of_a_team_has_the_row_of_the_team(report, words, row):
    text = report("--team", "shop", *words.split())
    assert any(re.match(row, line) for line in text.splitlines()), text


def test_a_report_of_all_services_has_no_row_of_a_team(report):
    figures = re.split(r"^Thresholds", report(), flags=re.M)[0]
    assert not [line for line in figures.splitlines() if line.startswith("team")]
