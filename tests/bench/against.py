"""Two builds of the daemon, alternating in one run: webhooks per second, and processor time per webhook."""
from intake import Sender, by_turns, derived
from parts import times
from table import at_least, at_most


class Side:
    """One build of the daemon with its own PostgreSQL."""

    def __init__(self, bench, name, binary):
        self.cluster = bench.cluster(name)
        self.daemon = bench.daemon(name, self.cluster, binary=binary)

    def measure(self, send, clients):
        """Returns webhooks per second, and microseconds per webhook of the daemon and its appending session."""
        before = times(self.daemon, self.cluster)
        sent = send(self.daemon.intake, clients)
        after = times(self.daemon, self.cluster)
        spent = sum(after[n] - before.get(n, 0) for n in after if n.startswith("daemon, ") or n == "PostgreSQL, append")
        return sent["rate"], spent / 1000 / sent["sent"]


def against(bench):
    """Webhooks, 8, 32 and 64 clients: this build against the one named by --against."""
    if not bench.against:
        print("benchmark against: skipped without --against")
        return
    this, other = Side(bench, "this", None), Side(bench, "other", bench.against)
    send, clusters = Sender(bench), [this.cluster, other.cluster]
    for side in (this, other):
        send(side.daemon.intake, 32, seconds=1)  # warm-up
    derived(*clusters)
    for clients in (8, 32, 64):
        new, old = by_turns(bench, clusters, lambda: this.measure(send, clients), lambda: other.measure(send, clients))
        yield at_least(0.9, f"webhooks acknowledged, {clients} clients / by the other build", "/s", [r for r, _ in new], [r for r, _ in old])
        yield at_most(1.1, f"processor time of a webhook, {clients} clients / of the other build", "us", [t for _, t in new], [t for _, t in old])
