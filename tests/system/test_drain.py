"""SIGTERM completes requests in progress; a killed private PostgreSQL restarts by itself. (tests/faults kills the daemon.)"""
import json
import os
import signal
import socket
import subprocess
import time

from harness import TOKEN, wait_until


def deployment(key):
    return {"id": key, "type": "deployment", "service": "checkout", "version": key, "state": "succeeded"}


def has_figures(daemon):
    return bool(daemon.metrics("releasehealth_deployments"))


def test_a_request_in_progress_is_answered_after_sigterm(daemon):
    body = json.dumps(deployment("late")).encode()
    head = f"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", daemon.intake), timeout=5) as to:
        to.sendall(head.encode() + body[:20])
        time.sleep(0.3)
        daemon.process.terminate()
        time.sleep(0.3)
        to.sendall(body[20:])
        assert to.makefile("rb").readline() == b"HTTP/1.1 202 Accepted\r\n"
    assert daemon.process.wait(60) == 0


def test_and_it_is_stored(daemon):
    daemon.start()
    assert [event["id"] for event in daemon.exported()] == ["late"]


def test_metrics_respond_while_the_private_postgresql_is_killed(daemon):
    wait_until(20, "figures after a start", lambda: has_figures(daemon))
    postmaster = (daemon.state / "postgresql/data/postmaster.pid").read_text().split()[0]
    os.kill(int(postmaster), signal.SIGKILL)
    assert has_figures(daemon)


def test_deliveries_are_accepted_again_and_none_is_lost(daemon):
    accepts = lambda: daemon.post("/api/v1/events", deployment("after"), {"Authorization": f"Bearer {TOKEN}"}).status == 202
    wait_until(30, "deliveries are accepted again", accepts)
    daemon.wait_for("releasehealth_database_up", 1, 10)
    daemon.wait_for("releasehealth_spooled_deliveries", 0, 10)
    assert sorted(event["id"] for event in daemon.exported()) == ["after", "late"]


def test_sigterm_while_deriving_ends_within_the_drain(daemon):
    """The daemon cancels a statement that waits for a lock."""
    postgres = daemon.postgres
    holder = subprocess.Popen(postgres.psql(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)
    holder.stdin.write("BEGIN; LOCK TABLE deployment;\n")
    holder.stdin.flush()
    held = "SELECT count(*) FROM pg_locks WHERE relation = 'deployment'::regclass AND mode = 'AccessExclusiveLock' AND granted"
    wait_until(10, "the table is locked", lambda: postgres.sql(held) == "1")
    daemon.send(deployment("last"))
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'releasehealthd derive' AND wait_event_type = 'Lock'"
    wait_until(10, "deriving waits for the table", lambda: postgres.sql(waiting) == "1")
    began = time.monotonic()
    daemon.stop()
    assert time.monotonic() - began <= 10
    holder.kill()
    holder.communicate()
