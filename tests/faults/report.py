"""The result of a scenario: each acknowledged delivery is stored once, and the figures count it once."""
import contextlib

from harness import Failed, wait_until


class Report:
    """The result of a scenario."""

    columns = ["sent", "acknowledged", "refused", "unanswered", "stored", "in doubt", "lost", "doubled", "kills", "in flight", "MB"]

    def __init__(self, name, is_sanitized=False):
        self.name, self.most_memory = name, 2000 if is_sanitized else 500
        self.count = dict.fromkeys(self.columns, 0)
        self.acknowledged, self.unanswered, self.notes = set(), set(), []

    def add(self, load):
        self.acknowledged |= load.acknowledged
        self.unanswered |= load.unanswered
        for column, n in (("sent", load.sent), ("acknowledged", len(load.acknowledged)), ("refused", len(load.refused)), ("unanswered", len(load.unanswered))):
            self.count[column] += n

    def note(self, what):
        self.notes.append(what)

    def remember_memory(self, daemon):
        """The maximum resident memory, which must stay bounded."""
        self.count["MB"] = max(self.count["MB"], daemon.peak_memory_mb())
        if self.count["MB"] > self.most_memory:
            raise Failed(f"{self.count['MB']} MB resident")

    def check(self, cluster, daemon):
        """After recovery, compares stored with acknowledged deliveries, and figures with both."""
        wait_until(120, "the spool is drained", daemon.has_drained)
        wait_until(240, "everything is derived", lambda: cluster.sql("SELECT count(*) FROM touched") == "0")
        rows = cluster.sql("SELECT id FROM event WHERE source = 'api' UNION ALL SELECT key FROM delivery WHERE source = 'github'").splitlines()
        stored = set(rows)
        self.count["stored"] = len(stored)
        self.count["lost"] = len(self.acknowledged - stored)
        self.count["in doubt"] = len(self.unanswered & stored)
        strangers = stored - self.acknowledged - self.unanswered

        def counted():
            by_series = daemon.metrics("releasehealth_deployments")
            return int(sum(value for labels, value in by_series.items() if 'period="7d"' in labels))

        with contextlib.suppress(Failed):  # reported below with the numbers
            wait_until(60, "the figures count it", lambda: counted() == len(stored))
        self.count["doubled"] = len(rows) - len(stored) + counted() - len(stored)
        if self.count["lost"] or self.count["doubled"] or strangers:
            raise Failed(f"{self.count}, {len(strangers)} never sent, lost: {sorted(self.acknowledged - stored)[:3]}")
        self.remember_memory(daemon)
        daemon.run("rebuild", "--check")

    def check_exported(self, daemon, acknowledged):
        """Compares the events of a daemon whose database has nothing else with acknowledged deliveries."""
        lost = acknowledged - {event["id"] for event in daemon.exported()}
        self.count["stored"] += len(acknowledged) - len(lost)
        self.count["lost"] += len(lost)
        if lost:
            raise Failed(f"lost: {sorted(lost)[:5]}")


def settle(load, seconds=40):
    wait_until(seconds, "deliveries are acknowledged", load.goes_on())


def table(reports):
    columns = Report.columns
    rows = [["scenario", *columns], *([r.name, *(str(r.count[c]) for c in columns)] for r in reports)]
    total = {c: (max if c == "MB" else sum)(r.count[c] for r in reports) for c in columns}
    rows.append(["all", *(str(total[c]) for c in columns)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))) for row in rows)
