"""The backup of deploy/README.md: a pg_dump of a database in use, restored into another, gives the same figures, and so does an
export of the events, imported into an empty database."""
import concurrent.futures
import json
import subprocess

import pytest

from harness import BINARIES, Daemon, wait_until


def deployed(n, **more):
    """In a past month, so that its figures do not change."""
    return {"id": f"e{n}", "type": "deployment", "service": f"service-{n % 4}", "time": f"2026-10-{n % 28 + 1:02}T{n % 24:02}:00:00Z", "state": "succeeded", **more}


def dsn(daemon, database):
    return daemon.postgres.dsn.replace("dbname=postgres", f"dbname={database}")


@pytest.fixture(scope="module")
def backup(house, daemon):
    """A dump during deliveries."""
    for n in range(1, 41):
        daemon.send(deployed(n, version=str(n % 23), **({} if n % 7 else {"kind": "hotfix"})))
    file = house.folder / "backup"
    with concurrent.futures.ThreadPoolExecutor() as pool:
        sender = pool.submit(lambda: [daemon.send(deployed(n, version=str(n))) for n in range(41, 401)])
        subprocess.run([BINARIES / "pg_dump", "--format=custom", f"--file={file}", daemon.postgres.dsn], check=True)
        sender.result()
    return file


@pytest.fixture(scope="module")
def restored(house, program, daemon, backup):
    """A daemon of the dump in another database, not started."""
    subprocess.run([BINARIES / "createdb", f"--maintenance-db={daemon.postgres.dsn}", "restored"], check=True)
    subprocess.run([BINARIES / "pg_restore", f"--dbname={dsn(daemon, 'restored')}", backup], check=True)
    return Daemon(house, program, "restored", database=dsn(daemon, "restored"))


@pytest.fixture(scope="module")
def exported(house, restored):
    file = house.folder / "events.ndjson"
    file.write_text(restored.run("export", "events"))
    return file


def count(daemon, database, table, condition="true"):
    words = [BINARIES / "psql", "-qXAt", "-d", dsn(daemon, database), "-c", f"SELECT count(*) FROM {table} WHERE {condition}"]
    return int(subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True).stdout)


def test_the_restored_rows_are_those_of_a_derivation_of_the_events(restored):
    restored.run("rebuild", "--check")


def test_every_event_of_the_dump_is_exported(daemon, restored, exported):
    stored = count(daemon, "restored", "event")
    assert stored >= 40
    assert len(exported.read_text().splitlines()) == stored


def test_an_import_of_the_exported_events_gives_the_same_figures(house, program, daemon, restored, exported):
    subprocess.run([BINARIES / "createdb", f"--maintenance-db={daemon.postgres.dsn}", "imported"], check=True)
    imported = Daemon(house, program, "imported", database=dsn(daemon, "imported"))
    imported.run("import", "events", exported)
    report = json.loads(imported.run("report", "--month", "2026-10", "--format", "json"))
    assert report[0]["figures"]
    assert report == json.loads(restored.run("report", "--month", "2026-10", "--format", "json"))


def test_a_daemon_continues_on_the_restored_database(daemon, restored):
    restored.start()
    restored.send({"id": "after", "type": "deployment", "service": "service-0", "version": "after", "state": "succeeded"})
    wait_until(30, "the event is derived", lambda: count(daemon, "restored", "deployment", "version = 'after'") == 1)
