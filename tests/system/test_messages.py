"""Every message with which the program rejects a configuration, a command or a request: messages.tsv has a wrong input for each, and
its complete text. The last test fails for a message of the code that no test expects."""
import html
import json
import re
import shlex
import socket
import subprocess

import pytest

from harness import ROOT, TOKEN, Daemon, command, request, wait_until

CONFIG = """
[[source]]
name = "github"
kind = "github"
unauthenticated = true
[[source]]
name = "rootly"
kind = "rootly"
unauthenticated = true
[[source]]
name = "cloud"
kind = "cloudevents"
unauthenticated = true
[[source]]
name = "pager"
kind = "pagerduty"
secret = "pager"
[[token]]
name = "reader"
scopes = ["read"]
token = "reader"
[[token]]
name = "restricted"
scopes = ["send", "read", "amend"]
token = "restricted"
services = ["search"]
environments = ["production"]
[[service]]
name = "checkout"
team = "shop"
[[service]]
name = "search"
repository = "acme/search"
"""
LIMITS = "max_json_depth = 5\nmax_json_values = 1000\nmax_batch = 3\nmax_body_bytes = 4096\nmax_header_bytes = 1024\n"
HASH = "$2b$04$suRWrWb0MeqvKJ71R.0a2e1KIoFYVS5AiPWuErESDsj2G2/7cP5qW"  # of "sesame"


def rows(kind):
    lines = (ROOT / "tests/system/messages.tsv").read_text().splitlines()
    return [line.split("\t")[1:] for line in lines if line.startswith(f"{kind}\t")]


def as_bytes(text):
    """The bytes of a text of the table, in which \\n, \\t and \\xff are escapes."""
    return text.encode().decode("unicode_escape").encode("latin-1")


@pytest.fixture(scope="module")
def daemon(house, program):
    """It knows a deployment and an incident of checkout, and a deployment of the unconfigured service post-office."""
    (house.folder / "token").write_text(TOKEN)
    for name in ("empty", "tagged"):
        subprocess.run(["git", "init", "-q", house.folder / name], check=True)
    git = ["git", "-C", house.folder / "tagged", "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Begin"], check=True)
    subprocess.run([*git, "tag", "first"], check=True)
    started = Daemon(house, program, config=CONFIG, intake=LIMITS, operations="max_answer = 100\n").start()
    common = {"state": "succeeded", "time": "2026-10-05T10:00:00Z", "type": "deployment"}
    started.send({**common, "id": "d1", "service": "checkout", "version": "1.0"}, {**common, "id": "d2", "service": "post-office"}, {**common, "id": "i1", "service": "checkout", "type": "incident", "state": "open"})
    wait_until(30, "they are derived", lambda: len(started.items("deployments")) == 2 and len(started.items("incidents")) == 1)
    return started


@pytest.fixture(scope="module")
def filled(daemon):
    """Fills in what differs between runs."""
    values = {
        "{folder}": str(daemon.house.folder),
        "{intake}": str(daemon.intake),
        "{operations}": str(daemon.operations),
        "{deployment}": daemon.json("/api/v1/deployments/d1")["id"],
    }
    return lambda text: re.sub("|".join(values), lambda m: values[m[0]], text)


def run(daemon, line, given, configuration="daemon.toml"):
    """The exit status and stderr of a command, whose variables stand before it, where `given` is a file."""
    folder = daemon.house.folder
    (folder / "given").write_bytes(as_bytes(given))
    words = shlex.split(line)
    environment = {"RELEASEHEALTHD_CONFIG": configuration}
    while "=" in words[0]:
        name, _, environment[name] = words.pop(0).partition("=")
    done = command(daemon.program, *words, environment=environment, cwd=folder)
    return done.returncode, done.stderr.strip()


def check(daemon, text, given):
    (daemon.house.folder / "config.toml").write_bytes(as_bytes(text))
    return run(daemon, "check-config", given, "config.toml")


def ask(daemon, line, given):
    """The status of a request, and its problem: of the document, of the page, or of the dead letter that it became."""
    asked, *lines = line.split(" | ")
    method, path = asked.split()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **dict(header.split(": ", 1) for header in lines)}
    port = daemon.intake if path.startswith(("/webhooks", "/api/v1/events")) else daemon.operations
    answer = request(port, method, path, as_bytes(given), headers)
    if answer.status == 202:
        return 202, daemon.items("deliveries?limit=1")[0]["detail"]
    if answer.headers["Content-Type"].startswith("text/html"):
        return answer.status, html.unescape(re.search(r'<p class="lead">(.*?)</p>', answer.text)[1])
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    return answer.status, "; ".join([problem["detail"], *(f"{one['pointer']}: {one['detail']}" for one in problem.get("errors", []))])


def same(got, status, message):
    """Compares; <library> in the message stands for a text of a library, which differs between its versions."""
    wanted = message.replace("\\n", "\n")
    pattern = ".*".join(map(re.escape, wanted.split("<library>")))
    said = wanted if re.fullmatch(pattern, got[1]) else got[1]
    assert (got[0], said) == (int(status), wanted)


@pytest.mark.parametrize(("text", "given", "status", "message"), rows("config"))
def test_a_wrong_configuration_is_explained(daemon, filled, text, given, status, message):
    same(check(daemon, text, given), status, filled(message))


@pytest.mark.parametrize(("line", "given", "status", "message"), rows("command"))
def test_a_wrong_command_is_explained(daemon, filled, line, given, status, message):
    same(run(daemon, filled(line), given), status, filled(message))


@pytest.mark.parametrize(("line", "given", "status", "message"), rows("request"))
def test_a_wrong_request_is_explained(daemon, filled, line, given, status, message):
    same(ask(daemon, filled(line), given), status, filled(message))


# inputs that are too long for the table


def test_too_many_causes_are_a_mistake(daemon):
    causes = json.dumps([f"cause {n}" for n in range(101)])
    assert check(daemon, f"[figures]\ncauses = {causes}", "") == (2, "config.toml:2:10: figures.causes: 101 causes; expected at most 100")


def test_too_many_included_files_are_a_mistake(daemon):
    (daemon.house.folder / "many").mkdir()
    for n in range(1001):
        (daemon.house.folder / f"many/{n}.toml").touch()
    assert check(daemon, 'include = "many/*.toml"', "") == (2, "config.toml:1:11: include: 1001 files; expected at most 1000")


@pytest.mark.parametrize(
    ("line", "given", "status", "message"),
    [
        ("POST /api/v1/events", "[" + "0," * 1000 + "0]", 413, "contains too many JSON values"),
        ("POST /api/v1/events", " " * 5000, 413, "the request body exceeds this endpoint's limit"),
        ("POST /api/v1/events | X-Long: " + "a" * 2000, "{}", 431, "the request header exceeds this listener's limit"),
    ],
)
def test_a_request_that_is_too_large_is_rejected(daemon, line, given, status, message):
    assert ask(daemon, line, given) == (status, message)


def test_a_request_that_is_not_http_is_rejected(daemon):
    with socket.create_connection(("127.0.0.1", daemon.intake), timeout=10) as to:
        to.sendall(b"release 1.0\r\n\r\n")
        answer = to.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 400 ")
    same((400, json.loads(answer.partition("\r\n\r\n")[2])["detail"]), 400, "invalid HTTP request: <library>")


def test_a_request_without_a_user_is_rejected(daemon):
    daemon.reload(CONFIG, operations=f'max_answer = 100\nbasic_auth_users = {{ ada = "{HASH}" }}\n')
    answer = daemon.get("/api/v1/figures")
    assert (answer.status, answer.json()["detail"]) == (401, "authentication required; expected a user and password")


# the code

# The calls that make the message of a rejection; errors of storage and defects of the program are none.
REJECTION = re.compile(
    r"\b(?:wrong|wrong_type|mistake|invalid|warn|expected|usage_error)\("
    r"|\b(?:error|wrong)\(errc::(?:malformed|media_type|too_large|unauthorized|forbidden)"
    r"|\{errc::malformed"
)
LITERAL, CHARACTER = r'"((?:[^"\\\n]|\\.)*)"', r"'(?:[^'\\]|\\.)'"
PART = re.compile(rf"{LITERAL}|{CHARACTER}|[(){{}}]")


def literals(code):
    """The texts in the arguments of every such call."""
    code = re.sub(r'"\s*\n\s*"', "", re.sub(r"(?<!\S)// .*", "", code))
    for call in REJECTION.finditer(code):
        depth = 1
        for part in PART.finditer(code, call.end()):
            if part[1] is not None:
                yield part[1].replace('\\"', '"')
            else:
                depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(part[0], 0)
            if depth == 0:
                break


def messages():
    """The texts of these calls that are more than a word, with their files."""
    for folder in ("collectors", "daemon"):
        for file in sorted((ROOT / folder).rglob("*.[ch]pp")):
            for text in literals(file.read_text()):
                if len(text) > 9 and " " in text:
                    yield file.relative_to(ROOT), text


def texts_of_tests():
    """What the tests expect, with adjacent literals joined. Mutants repeat the code itself."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard", "tests"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    files = [ROOT / name for name in listed if name.endswith((".cpp", ".hpp", ".py", ".sh", ".tsv", ".mjs")) and "/mutants/" not in name]
    every = "".join(file.read_text() for file in files if file.exists())
    return re.sub(r'"\s*(?:R"\(|[fru]?")', "", every).replace('\\"', '"')


def test_every_message_of_the_code_is_expected_by_a_test():
    found, expected = list(messages()), texts_of_tests()
    assert len(found) > 200
    missing = [f"{file}: {text}" for file, text in found if text.strip() not in expected]
    assert not missing, "\n".join(missing)
