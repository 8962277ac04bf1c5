"""Webhooks against the machine's limits: rows that pgbench inserts one by one, and a web server that returns empty
responses to the same request."""
import json
import pathlib
import re
import subprocess
import time

from table import at_least, at_most, no_more_than

from harness import BINARIES, Load, Process, free_port, wait_until

MARK = "7777777777"
here = pathlib.Path(__file__).resolve().parent


def templates(bench):
    """GitHub's own examples of a deployment status, with marks for unique numbers."""
    file = bench.house.folder / "templates"
    examples = json.loads((here.parent / "clients/node_modules/@octokit/webhooks-examples/api.github.com/index.json").read_text())
    bodies = []
    for one in next(e for e in examples if e["name"] == "deployment_status")["examples"]:
        text = json.dumps(one, separators=(",", ":"))
        if not 8000 < len(text) < 10000:
            continue
        for thing in ("deployment", "deployment_status"):
            text = re.sub(rf"\b{one[thing]['id']}\b", MARK, text)
        for thing in ("created_at", "updated_at"):
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            text = text.replace(one["deployment_status"][thing], now).replace(one["deployment"][thing], now)
        bodies.append(text.replace('"state":"pending"', '"state":"success"'))
    file.write_text("".join(b + "\n" for b in bodies))
    return file


class Sender:
    """Sends numbers that were not sent before."""

    def __init__(self, bench):
        self.bench, self.templates, self.next = bench, templates(bench), 0

    def __call__(self, port, clients, sign="right", expected=("202",), seconds=None):
        words = [self.bench.built / "tests/bench/bench_load", str(port), str(clients), str(seconds or self.bench.seconds), self.templates, sign, str(self.next)]
        done = json.loads(subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True).stdout)
        self.next += done["sent"]
        if not set(done["answers"]) <= set(expected):
            raise RuntimeError(f"answers: {done['answers']}")
        return done


class Nginx(Process):
    def __init__(self, bench):
        self.port, folder = free_port(), bench.house.folder
        (folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{ worker_connections 1024; }}\n"
            f"http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}/nginx.body;\n"
            f"  server {{ listen 127.0.0.1:{self.port}; location / {{ return 204; }} }} }}\n"
        )
        super().__init__(bench.house, "nginx", ["nginx", "-c", folder / "nginx.conf", "-p", folder])
        time.sleep(0.5)


class Pgbench:
    """A row of about 300 bytes with two unique indexes, inserted by a prepared statement; one COMMIT a row."""

    def __init__(self, bench, cluster):
        self.bench, self.cluster, self.script = bench, cluster, bench.house.folder / "insert.sql"
        cluster.sql(
            "CREATE TABLE bench_row (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source text NOT NULL, delivery_id text NOT NULL, "
            "received_at timestamptz NOT NULL, service text, environment text, version text, payload text, UNIQUE (source, delivery_id))"
        )
        self.script.write_text(
            "\\set n random(1, 9000000000000000)\n"
            "INSERT INTO bench_row (source, delivery_id, received_at, service, environment, version, payload) VALUES "
            f"('github', 'delivery-' || :n, now(), 'checkout', 'production', '1.2.3', '{'x' * 200}') ON CONFLICT DO NOTHING;\n"
        )

    def __call__(self, clients):
        words = [BINARIES / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(round(self.bench.seconds)), "-f", self.script]
        words += ["-h", self.cluster.folder, "-U", "releasehealthd", "postgres"]
        said = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True, cwd="/").stdout
        return float(re.search(r"tps = ([0-9.]+)", said).group(1))


def derived(*clusters):
    """Waits until the derivation backlog is empty, so that it does not affect the next measurement."""
    for cluster in clusters:
        wait_until(600, "everything is derived", lambda: cluster.sql("SELECT count(*) FROM touched") == "0")


def by_turns(bench, clusters, *sides):
    """Runs each side once per round, in reversed order every other round, without a backlog; returns a list per side."""
    results = [[] for _ in sides]
    for n in range(bench.rounds):
        for i in range(len(sides))[:: -1 if n % 2 else 1]:
            derived(*clusters)
            results[i].append(sides[i]())
    return results


def intake(bench):
    """Webhooks: signature checked, decoded, body stored, events stored, committed."""
    cluster = bench.cluster("intake")
    daemon = bench.daemon("intake", cluster)
    send, insert, nginx = Sender(bench), Pgbench(bench, cluster), Nginx(bench)
    send(daemon.intake, 32, seconds=1)  # warm
    for clients, target in ((1, 0.45), (8, 0.90), (32, 1.0), (64, 1.2)):
        sent, inserted = by_turns(bench, [cluster], lambda: send(daemon.intake, clients), lambda: insert(clients))
        rates = [s["rate"] for s in sent]
        yield at_least(target, f"webhooks acknowledged, {clients} clients / pgbench, single rows", "/s", rates, inserted)
        if clients == 32:
            yield at_most(2.5, "time to acknowledge, 32 clients: p99 / p50", "ms", [s["p99_ms"] for s in sent], [s["p50_ms"] for s in sent])
    empty = lambda: send(nginx.port, 64, expected=("204",))["rate"]
    sent, answered = by_turns(bench, [cluster], lambda: send(daemon.intake, 64)["rate"], empty)
    yield at_least(0.28, "webhooks acknowledged, 64 clients / nginx, empty answers", "/s", sent, answered)
    refused, answered = by_turns(bench, [cluster], lambda: send(daemon.intake, 64, "wrong", ("401",))["rate"], empty)
    yield at_least(0.55, "wrong signatures refused, 64 clients / nginx, empty answers", "/s", refused, answered)
    yield from size_of_webhooks(bench, cluster, daemon)


def size_of_webhooks(bench, cluster, daemon):
    """Bytes on disk of a webhook, against the same row with its body as JSONB; also with all its derived rows."""
    derived(cluster)
    tables = ("delivery", "event", "deployment")
    count = int(cluster.sql("SELECT count(*) FROM delivery"))
    cluster.sql("VACUUM FULL delivery, event, deployment")
    delivery, *others = (int(cluster.sql(f"SELECT pg_total_relation_size('{t}')")) / count for t in tables)
    cluster.sql(
        "CREATE TABLE bench_json (LIKE delivery INCLUDING ALL);"
        "ALTER TABLE bench_json ALTER body SET STORAGE EXTENDED, ALTER body TYPE jsonb USING convert_from(body, 'UTF8')::jsonb"
    )
    bodies = [b.replace("'", "''") for b in (bench.house.folder / "templates").read_text().splitlines()]
    for at, body in enumerate(bodies):
        cluster.sql(
            "INSERT INTO bench_json (source, key, received_at, outcome, detail, headers, body) "
            f"SELECT source, key || {at} || n, received_at, outcome, detail, headers, "
            f"replace('{body}', '{MARK}', (1000000000 + n)::text)::jsonb FROM generate_series(1, 2000) AS n, "
            "(SELECT * FROM delivery LIMIT 1) AS one"
        )
    as_json = int(cluster.sql("SELECT pg_total_relation_size('bench_json')")) / (2000 * len(bodies))
    yield at_most(0.40, "a webhook stored, indexes included / the same row with its body as JSONB", "B", [delivery], [as_json])
    whole, whole_as_json = delivery + sum(others), as_json + sum(others)
    yield at_most(0.80, "the same with its event and deployment, with all their indexes / with its body as JSONB", "B", [whole], [whole_as_json])


def slow_disk(bench):
    """Webhooks with an fdatasync of 2 ms, as on a network disk."""
    library = bench.house.folder / "slow.so"
    source = "#define _GNU_SOURCE\n#include <unistd.h>\n#include <sys/syscall.h>\nint fdatasync(int f) { usleep(2000); return syscall(SYS_fdatasync, f); }\n"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, "-x", "c", "-"], input=source, text=True, check=True)
    library.chmod(0o755)
    cluster = bench.cluster("slow", environment={"LD_PRELOAD": str(library)})
    daemon = bench.daemon("slow", cluster)
    send, insert = Sender(bench), Pgbench(bench, cluster)
    send(daemon.intake, 32, seconds=1)
    sent, inserted = by_turns(bench, [cluster], lambda: send(daemon.intake, 32)["rate"], lambda: insert(32))
    yield at_least(1.0, "fdatasync of 2 ms: webhooks, 32 clients / pgbench, single rows", "/s", sent, inserted)


def spool(bench):
    """PostgreSQL unavailable: acknowledged deliveries go to the spool."""
    cluster = bench.cluster("spool")
    daemon = bench.daemon("spool", cluster)
    send = Sender(bench)
    send(daemon.intake, 32, seconds=1)
    there, away = [], []
    for _ in range(bench.rounds):
        derived(cluster)
        there.append(send(daemon.intake, 32)["rate"])
        cluster.stop("immediate")
        send(daemon.intake, 32, seconds=1)
        away.append(send(daemon.intake, 32)["rate"])
        cluster.start()
        wait_until(300, "the spool is drained", daemon.has_drained)
    yield at_least(1.3, "acknowledged without PostgreSQL, 32 clients / with it", "/s", away, there)


def freshness(bench):
    """Time until an acknowledged deployment counts on /metrics at 1,000 deliveries per second."""
    cluster = bench.cluster("fresh")
    daemon = bench.daemon("fresh", cluster)
    took = []
    began_load = time.monotonic()
    load = Load("fresh", [daemon], clients=8, pause=0.006)
    load.services = [f"service-{n}" for n in range(500)]
    with load:
        time.sleep(3)
        for n in range(20 * bench.rounds):
            service = f"probe-{n}"
            daemon.send({"id": service, "type": "deployment", "service": service, "version": service, "state": "succeeded"})
            began = time.monotonic()
            wait_until(30, "it counts", lambda: f'service_name="{service}"' in daemon.get("/metrics").text)
            took.append(time.monotonic() - began)
        rate = len(load.acknowledged) / (time.monotonic() - began_load)
    took.sort()
    yield no_more_than(2, f"acknowledged until on /metrics, at {rate:,.0f} events/s, p99 / 2 s", "s", [took[int(0.99 * (len(took) - 1))]])
