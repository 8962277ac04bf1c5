"""The spool: order, duplicates, restarts, its limit. (Failures of PostgreSQL are in tests/faults.)"""
import pytest

from harness import TOKEN, Cluster, Daemon, wait_until


@pytest.fixture(scope="module")
def postgres(house):
    return Cluster(house, "postgres").create()


@pytest.fixture(scope="module")
def daemon(house, program, postgres):
    """Started while PostgreSQL is not running."""
    return Daemon(house, program, database=postgres.dsn).start(until="ready")


@pytest.fixture(scope="module")
def acknowledged():
    """Ids of acknowledged deliveries in their order."""
    return []


def delivery(key):
    return {"id": f"n{key}", "type": "deployment", "service": "checkout", "version": str(key), "state": "succeeded"}


def post(daemon, key):
    return daemon.post("/api/v1/events", delivery(key), {"Authorization": f"Bearer {TOKEN}"})


def send(daemon, acknowledged, count):
    """Sends the next deliveries, each of which is acknowledged."""
    for key in range(len(acknowledged) + 1, len(acknowledged) + count + 1):
        answer = post(daemon, key)
        assert answer.status == 202, answer.text
        acknowledged.append(f"n{key}")


def stored(postgres, order):
    return postgres.sql(f"SELECT id FROM event WHERE source = 'api' ORDER BY {order}").split()


def assert_stored_once(daemon, postgres, acknowledged):
    wait_until(60, "the spool is drained", daemon.has_drained)
    assert sorted(stored(postgres, "id")) == sorted(acknowledged)


def test_after_kill_9_the_spool_holds_what_it_held(daemon, acknowledged):
    send(daemon, acknowledged, 20)
    daemon.kill()
    daemon.start(until="ready")
    assert daemon.metric("releasehealth_spooled_deliveries") == 20


def test_a_repeated_delivery_is_a_duplicate_in_the_spool_too(daemon):
    assert post(daemon, 7).json() == {"accepted": 0, "duplicates": 1, "ignored": 0}
    assert daemon.metric("releasehealth_database_up") == 0


def test_what_was_acknowledged_without_postgresql_is_stored_once_in_the_order_of_receipt(daemon, postgres, acknowledged):
    postgres.start()
    assert_stored_once(daemon, postgres, acknowledged)
    assert stored(postgres, "received_at") == acknowledged


def test_figures_report_the_deliveries_spooled_while_postgresql_is_read_only(daemon, postgres, acknowledged):
    postgres.set("default_transaction_read_only", "on")
    wait_until(10, "PostgreSQL is read-only", lambda: postgres.sql("SHOW default_transaction_read_only") == "on")
    send(daemon, acknowledged, 10)
    assert daemon.json("/api/v1/figures")["spooled"] == 10
    postgres.set("default_transaction_read_only", None)
    assert_stored_once(daemon, postgres, acknowledged)


def test_a_full_spool_answers_503_and_is_not_ready(daemon, postgres, acknowledged):
    daemon.stop()
    postgres.stop()
    daemon.configure("[spool]\nmax_bytes = 2000\n")
    daemon.start(until="ready")
    while (answer := post(daemon, len(acknowledged) + 1)).status == 202:
        acknowledged.append(f"n{len(acknowledged) + 1}")
        assert len(acknowledged) < 1000, "the spool has no limit"
    assert (answer.status, "Retry-After" in answer.headers) == (503, True)
    assert daemon.get("/-/ready").status == 503


def test_a_full_spool_is_drained_as_it_was(daemon, postgres, acknowledged):
    postgres.start()
    assert_stored_once(daemon, postgres, acknowledged)
    wait_until(10, "it is ready again", daemon.is_ready)
    daemon.stop()
    daemon.run("rebuild", "--check")
    postgres.stop()
