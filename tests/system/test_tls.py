"""Both listeners over TLS 1.2 and 1.3, with replaced certificates, client certificates and users with bcrypt hashes."""
import base64
import http.client
import json
import socket
import ssl
import time
import warnings

import pytest

from harness import TOKEN, Daemon, request, wait_until
from harness.certificates import certify, found_authority

HASH = "$2b$10$t0ILCrmIRAHLls9yM/M4GOY7Avn1MmU67WSv9OYPMT9Kfd/FrLyce"  # of "open-sesame"
SERVER = 'tls_server_config = { cert_file = "server.pem", key_file = "server.key" }'
MUTUAL = 'tls_server_config = { cert_file = "server.pem", key_file = "server.key", client_auth_type = "RequireAndVerifyClientCert", client_ca_file = "ca.pem", min_version = "TLS13" }'
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def user(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


USER = user("prometheus", "open-sesame")


@pytest.fixture(scope="module")
def daemon(house, program):
    found_authority(house)
    certify(house, "server", "localhost")
    certify(house, "client", "prometheus")
    daemon = Daemon(house, program, intake=SERVER, operations=f'{MUTUAL}\nbasic_auth_users = {{ prometheus = "{HASH}" }}')
    daemon.run("check-config")
    daemon.start(until=None)
    wait_until(60, "the daemon is ready", lambda: operate(daemon, "/-/ready") == 200)
    return daemon


def client(daemon, certificate=False, version=None):
    """A client's TLS, with a certificate of its own, and with one version only."""
    tls = ssl.create_default_context(cafile=daemon.house.folder / "ca.pem")
    if certificate:
        tls.load_cert_chain(daemon.house.folder / "client.pem", daemon.house.folder / "client.key")
    if version:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.1
            tls.minimum_version = tls.maximum_version = version
    return tls


def ask(port, method, path, tls, body=None, headers=None):
    """The status of an answer over TLS."""
    to = http.client.HTTPSConnection("localhost", port, timeout=30, context=tls)
    try:
        to.request(method, path, body, headers or {})
        return to.getresponse().status
    finally:
        to.close()


def operate(daemon, path, headers=USER, **how):
    return ask(daemon.operations, "GET", path, client(daemon, **{"certificate": True, **how}), headers=headers)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name)
def test_a_delivery_is_accepted_over(daemon, version):
    event = {"id": version.name, "type": "deployment", "service": "checkout", "version": version.name, "state": "succeeded"}
    assert ask(daemon.intake, "POST", "/api/v1/events", client(daemon, version=version), json.dumps(event), {**BEARER, "Content-Type": "application/json"}) == 202


def test_tls_1_1_is_not_spoken(daemon):
    tls = client(daemon, version=ssl.TLSVersion.TLSv1_1)
    tls.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="(?i)alert.protocol.version"):
        ask(daemon.intake, "GET", "/api/v1/events", tls)


def test_plain_http_is_not_spoken_either(daemon):
    with pytest.raises((OSError, http.client.HTTPException)):
        request(daemon.intake, "GET", "/api/v1/events")


def test_the_programs_own_client_speaks_tls(daemon, house):
    token = house.folder / "token"
    token.write_text(f"{TOKEN}\n")
    own = ["send", "deployment", "id=own", "--format", "json", "service=checkout", "version=own", "--url", f"https://localhost:{daemon.intake}", "--token-file", token]
    sent = daemon.run(*own, environment={"SSL_CERT_FILE": str(house.folder / "ca.pem")})
    assert json.loads(sent) == {"accepted": 1, "duplicates": 0, "ignored": 0}


def test_operations_answer_with_certificate_and_user(daemon):
    assert operate(daemon, "/metrics") == 200


def test_operations_do_not_answer_without_a_certificate(daemon):
    with pytest.raises(OSError):
        operate(daemon, "/metrics", certificate=False)


def test_operations_do_not_answer_over_less_than_their_least_version(daemon):
    with pytest.raises(ssl.SSLError, match="(?i)alert.protocol.version"):
        operate(daemon, "/metrics", version=ssl.TLSVersion.TLSv1_2)


@pytest.mark.parametrize(("path", "headers"), [("/metrics", {}), ("/-/healthy", user("prometheus", "guess")), ("/metrics", user("alice", "open-sesame"))])
def test_operations_reject_other_users(daemon, path, headers):
    assert operate(daemon, path, headers) == 401


def test_figures_are_for_a_user_or_a_token_and_pages_for_a_user(daemon):
    wait_until(30, "figures for a user", lambda: operate(daemon, "/api/v1/figures") == 200)
    assert operate(daemon, "/api/v1/figures", BEARER) == 200
    assert operate(daemon, "/api/v1/figures", {"Authorization": "Bearer guess"}) == 401
    assert operate(daemon, "/", BEARER) == 401


def serial(daemon):
    """Of the intake's certificate."""
    with socket.create_connection(("127.0.0.1", daemon.intake), timeout=30) as to, client(daemon).wrap_socket(to, server_hostname="127.0.0.1") as secured:
        return secured.getpeercert()["serialNumber"]


def test_a_new_certificate_is_used_without_a_restart_and_a_wrong_one_is_not(daemon, house):
    before = serial(daemon)
    certify(house, "server", "localhost")
    wait_until(10, "the new certificate is used", lambda: serial(daemon) != before)
    after = serial(daemon)
    (house.folder / "server.pem").write_text("half of a\n")
    time.sleep(1.5)
    assert serial(daemon) == after


def test_no_password_is_in_the_log(daemon):
    daemon.stop()
    assert "open-sesame" not in daemon.log.read_text()
