#!/usr/bin/env python3
"""The daemon on a PostgreSQL behind PgBouncer: no acknowledged delivery is lost, figures and commands are the same.

  tests/systems/pgbouncer.py DAEMON session|transaction
"""
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
from house import Cluster, Daemon, House, free_port, wait_until
from load import Load
from report import Report

# session settings of the daemon that a pool does not pass on: set on the role instead
ROLE = "jit = off", "lock_timeout = '10s'", "statement_timeout = '30s'", "idle_in_transaction_session_timeout = '60s'"


class PgBouncer:
    def __init__(self, house, cluster, mode):
        self.port, self.folder, self.user = free_port(), cluster.folder, cluster.user
        (house.folder / "users").write_text('"releasehealthd" ""\n')
        self.config = house.folder / "pgbouncer.ini"
        self.config.write_text(
            f"[databases]\npostgres = host={cluster.folder} port={cluster.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\nauth_type = trust\n"
            f"auth_file = {house.folder}/users\npool_mode = {mode}\ndefault_pool_size = 20\nmax_client_conn = 100\n"
            "ignore_startup_parameters = options\n" + ("max_prepared_statements = 100\n" if mode == "transaction" else "")
        )
        self.log = house.folder / "pgbouncer.log"
        house.folder.chmod(0o755)
        house.running.append(self)
        self.start()

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(["pgbouncer", self.config], stdout=log, stderr=log, cwd="/", **self.user)

    def end(self):
        self.process.kill()  # the signal for an immediate stop differs between versions
        self.process.wait(30)


def main():
    program, mode = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    house = House()
    try:
        cluster = Cluster(house, "server").create().start()
        for setting in ROLE:
            cluster.sql(f"ALTER ROLE releasehealthd SET {setting}")
        pool = PgBouncer(house, cluster, mode)
        daemons = [Daemon(house, f"d{n}", program, f"host=127.0.0.1 port={pool.port} user=releasehealthd dbname=postgres").start() for n in range(2)]
        with Load("pool", daemons, clients=8) as load:
            time.sleep(5)
            pool.end()
            time.sleep(2)
            pool.start()
            time.sleep(5)
        report = Report("pgbouncer")
        report.add(load)
        for d in daemons:
            wait_until(120, "the spool is drained", d.has_drained)
        report.check(cluster, daemons[0])
        for words in (["rebuild"], ["report"], ["export", "events"]):
            done = daemons[0].command(*words)
            assert done.returncode == 0, f"{words}: {done.stdout}"
        sessions = cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
        print(f"ok: by {mode}: {len(load.acknowledged)} acknowledged, none lost or doubled; rebuild, report, export; {sessions} sessions of the server for two daemons")
    except Exception:
        print(pool.log.read_text()[-3000:])
        raise
    finally:
        house.close()


main()
