"""Senders of uniquely numbered deliveries that record acknowledged, rejected and unanswered ones. Like GitHub they send
nothing twice: an event is not repeated after a 2xx."""
import hashlib
import http.client
import json
import threading
import time

from harness.daemon import TOKEN, signature


def canonical(key, service):
    body = json.dumps({"id": key, "type": "deployment", "service": service, "version": key, "state": "succeeded"})
    return "/api/v1/events", body.encode(), {"Authorization": f"Bearer {TOKEN}"}


def github(key, service):
    sha = hashlib.sha1(key.encode()).hexdigest()
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    deployment = {"id": key, "sha": sha, "ref": "main", "task": "deploy", "environment": "production", "created_at": at}
    status = {"id": key, "state": "success", "environment": "production", "created_at": at}
    body = json.dumps({"action": "created", "deployment": deployment, "deployment_status": status, "repository": {"full_name": service, "default_branch": "main"}}).encode()
    return "/webhooks/github", body, {"X-GitHub-Event": "deployment_status", "X-GitHub-Delivery": key, "X-Hub-Signature-256": signature(body)}


class Load:
    """Clients that send until they are stopped, each over its own connection."""

    services = [f"service-{n}" for n in range(8)]

    def __init__(self, name, daemons, clients=8, pause=0.004, keeps=True):
        self.name, self.daemons, self.pause, self.keeps = name, daemons, pause, keeps
        self.sent, self.acknowledged, self.unanswered, self.refused, self.took = 0, set(), set(), [], []
        self.broke = []  # errors of unanswered requests, and their duration
        self.lock, self.done = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.client, args=(n,)) for n in range(clients)]

    def client(self, n):
        count, to = 0, None
        daemon = self.daemons[n % len(self.daemons)]
        while not self.done.is_set():
            count += 1
            key = f"{self.name}-{n}-{count}"
            path, body, headers = (canonical, github)[count % 2](key, self.services[(n + len(self.threads) * count) % len(self.services)])
            began, status = time.monotonic(), None
            try:
                if to is None:
                    to = http.client.HTTPConnection("127.0.0.1", daemon.intake, timeout=15)
                    to.connect()
            except OSError:  # no connection: nothing was sent
                to = None
                self.done.wait(0.05)
                continue
            try:  # from here on only the daemon knows the outcome
                to.request("POST", path, body, {**headers, "Content-Type": "application/json"})
                answer = to.getresponse()
                answer.read()
                status = answer.status
                if not self.keeps:
                    to.close()
                    to = None
            except (OSError, http.client.HTTPException) as e:
                self.broke.append(f"{e!r} after {time.monotonic() - began:.3f} s")
                to.close()
                to = None
            with self.lock:
                if status == 202:
                    self.acknowledged.add(key)
                    self.took.append(time.monotonic() - began)
                elif status:
                    self.refused.append(status)
                else:
                    self.unanswered.add(key)
                self.sent += 1
            self.done.wait(self.pause if status == 202 else 0.05)

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for t in self.threads:
            t.join()

    def goes_on(self, more=40):
        """A condition: that many more deliveries were acknowledged from now on."""
        goal = len(self.acknowledged) + more
        return lambda: len(self.acknowledged) >= goal
