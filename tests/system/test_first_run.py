"""A first installation: `init` writes a configuration for every kind of source, `doctor` has no finding, the daemon starts, the
printed test deliveries show on /sources and in no figure, and `doctor` then lists the missing steps."""
import json
import os
import re
import stat
import subprocess

import pytest

from harness import Daemon, wait_until


@pytest.fixture(scope="module")
def daemon(house, program):
    """A daemon whose configuration `init` writes."""
    daemon = Daemon(house, program)
    daemon.config = house.folder / "new/config.toml"
    return daemon


@pytest.fixture(scope="module")
def output(daemon):
    """The output of the `init` for all kinds of source."""
    kinds = re.findall(r"^[a-z][a-z0-9-]*", daemon.run("sources"), re.M)
    return daemon.run("init", "--source", ",".join(kinds), "--time-zone", "Europe/Berlin", "--public-url", f"http://127.0.0.1:{daemon.intake}", "--state-dir", daemon.state, "--yes")


def init(daemon, config, *words):
    """The exit status and output of `init` for another configuration, whose name is relative to the folder of the test."""
    done = subprocess.run([daemon.program, "init", "--config", config, *words], cwd=daemon.house.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout


def printed_commands(output):
    return re.findall(r"^curl .*?-d '\{\}'$", output, re.M | re.S)


def modes(*files):
    return [f"{stat.S_IMODE(file.stat().st_mode):o}" for file in files]


def test_without_a_terminal_init_requires_flags(daemon):
    assert daemon.command("init").returncode == 2


def test_secrets_are_readable_by_their_user_alone(daemon, output):
    secrets = daemon.config.parent / "secrets"
    assert modes(secrets / "token", secrets) == ["600", "700"]


def test_an_existing_configuration_is_not_overwritten(daemon, output):
    assert daemon.command("init", "--yes").returncode == 2


def test_any_file_name_and_working_directory_works(daemon, house):
    status, printed = init(daemon, "odd's place/config.toml", "--source", "argocd,argocd", "--state-dir", "./odd", "--yes")
    assert status == 0
    config = house.folder / "odd's place/config.toml"
    text = config.read_text()
    assert (text.count('kind = "argocd"'), text.count(f'state_dir = "{house.folder}/odd"')) == (1, 1)
    subprocess.run([daemon.program, "check-config", "--config", config], check=True)
    [command] = printed_commands(printed)
    arguments = subprocess.run(["bash", "-c", f"curl() {{ printf '%s\\n' \"$@\"; }}\n{command}"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    secret = (config.parent / "secrets/argocd.secret").read_text().strip()
    assert f"Authorization: Bearer {secret}" in arguments


def test_an_invalid_url_is_an_error(daemon):
    assert init(daemon, "none.toml", "--public-url", "x; echo y", "--yes")[0] == 2


def test_an_existing_secret_stays_and_an_empty_one_is_written(daemon, house):
    loose = house.folder / "loose"
    secrets = loose / "secrets"
    token, kept = secrets / "token", secrets / "github.secret"
    secrets.mkdir(parents=True)
    token.write_text("")
    kept.write_text("kept\n")
    for path, mode in ((loose, 0o777), (secrets, 0o777), (token, 0o666), (kept, 0o666)):
        path.chmod(mode)
    assert init(daemon, "loose/config.toml", "--source", "github", "--yes")[0] == 0
    assert kept.read_text() == "kept\n"
    assert token.read_text() != ""
    assert modes(kept, token, secrets) == ["600", "600", "700"]


def test_an_unknown_owner_is_an_error_before_anything_is_written(daemon, house):
    assert init(daemon, "owned/config.toml", "--owner", "no-such-user", "--yes")[0] == 2
    assert not (house.folder / "owned").exists()


def test_the_secrets_belong_to_the_owner(daemon, house):
    if os.geteuid() != 0:
        pytest.skip("only root may give files to another user")
    assert init(daemon, "owned/config.toml", "--owner", "nobody", "--yes")[0] == 0
    secrets = house.folder / "owned/secrets"
    assert (secrets.owner(), (secrets / "token").owner()) == ("nobody", "nobody")


def test_before_the_first_start_nothing_is_wrong(daemon, output):
    listeners = f'intake.listen = "127.0.0.1:{daemon.intake}"\noperations.listen = "127.0.0.1:{daemon.operations}"\n'
    daemon.config.write_text(listeners + daemon.config.read_text())
    daemon.run("check-config")
    daemon.run("doctor")


def test_an_empty_installation_shows_a_checklist_and_no_cards(daemon):
    daemon.start()
    page = daemon.get("/").text
    assert "to do" in page
    assert 'class="card' not in page


def test_every_printed_test_delivery_is_accepted_as_one(daemon, output):
    commands = printed_commands(output)
    assert len(commands) >= 20
    for command in commands:
        answer = subprocess.run(["bash", "-c", command], stdout=subprocess.PIPE, text=True, check=True).stdout
        assert "a test delivery" in answer, command


def test_a_test_delivery_with_a_wrong_secret_is_rejected(daemon):
    assert daemon.post("/webhooks/argocd", {}, {"X-Releasehealth-Test": "1", "Authorization": "Bearer wrong"}).status == 401


def test_sources_show_the_test_deliveries_and_what_is_missing(daemon):
    def last_day():
        [argocd] = [s for s in daemon.get("/api/v1/sources").json()["sources"] if s["name"] == "argocd"]
        return argocd["last_day"]["test"], argocd["last_day"]["unauthorized"]

    wait_until(30, "the API has one test delivery and one rejected", lambda: last_day() == (1, 1))
    page = daemon.get("/sources").text
    for words in ("a test delivery", "never received", "Pushes", "kind: Alert"):
        assert words in page


def test_test_deliveries_count_in_no_figure(daemon):
    assert daemon.get("/api/v1/deployments").json()["items"] == []


def test_doctor_finds_sources_without_deliveries(daemon):
    done = daemon.command("doctor", "--format", "json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)["findings"]
    assert len([f for f in findings if f["area"] == "source"]) > 10, findings


def test_an_unknown_team_is_named(daemon):
    lines = daemon.get("/?team=nope").text.splitlines()
    assert len([line for line in lines if "Unknown team" in line]) == 1
    daemon.stop()
