"""Two daemons on a PostgreSQL behind PgBouncer, which is killed meanwhile: no acknowledged delivery is lost, and commands work."""
import re
import shutil
import subprocess
import time

import pytest

from harness import GITHUB, Daemon, Load, Process, free_port, wait_until

pytestmark = pytest.mark.skipif(not shutil.which("pgbouncer"), reason="pgbouncer is not installed (deploy/packages pool)")

# session settings of the daemon that a pool does not pass on: set on the role instead
ROLE = "jit = off", "lock_timeout = '10s'", "statement_timeout = '30s'", "idle_in_transaction_session_timeout = '60s'"


class PgBouncer(Process):
    def __init__(self, house, cluster, mode, port):
        users, config = house.folder / "users", house.folder / "pgbouncer.ini"
        house.folder.chmod(0o755)
        users.write_text('"releasehealthd" ""\n')
        config.write_text(
            f"[databases]\npostgres = host={cluster.folder} port={cluster.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = trust\n"
            f"auth_file = {users}\npool_mode = {mode}\ndefault_pool_size = 20\nmax_client_conn = 100\n"
            "ignore_startup_parameters = options\n" + ("max_prepared_statements = 100\n" if mode == "transaction" else "")
        )
        super().__init__(house, "pgbouncer", ["pgbouncer", config], cwd="/", **cluster.user)

    def end(self):
        self.process.kill()  # the signal for an immediate stop differs between versions
        self.process.wait(30)


def version():
    said = subprocess.run(["pgbouncer", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return tuple(map(int, re.search(r"(\d+)\.(\d+)", said).groups()))


@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_a_pool_that_is_killed_and_started_again_loses_nothing(house, program, cluster, report, mode):
    if mode == "transaction" and version() < (1, 21):
        pytest.skip("prepared statements in a pool of transactions need PgBouncer 1.21")
    for setting in ROLE:
        cluster.sql(f"ALTER ROLE releasehealthd SET {setting}")
    port = free_port()
    pool = PgBouncer(house, cluster, mode, port)
    dsn = f"host=127.0.0.1 port={port} user=releasehealthd dbname=postgres"
    daemons = [Daemon(house, program, f"{mode}-{n}", GITHUB, database=dsn).start("ready") for n in range(2)]
    with Load(mode, daemons) as load:
        time.sleep(5)
        pool.end()
        time.sleep(2)
        PgBouncer(house, cluster, mode, port)
        time.sleep(5)
    report.add(load)
    for daemon in daemons:
        wait_until(120, "the spool is drained", daemon.has_drained)
    report.check(cluster, daemons[0])
    for words in (["rebuild"], ["report"], ["export", "events"]):
        daemons[0].run(*words)
    sessions = cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
    report.note(f"by {mode}: {len(load.acknowledged)} acknowledged; {sessions} sessions of the server for two daemons")
    for daemon in daemons:
        daemon.stop()
