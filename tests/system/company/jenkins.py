"""Jenkins, Kubernetes, Alertmanager and ServiceNow. A job deploys checkout, a controller the rest; neither reports commits or pull
requests, which the pipeline itself sends as canonical events."""
import json

from company.delivery import SECRET, Delivery, bearer, configuration, delivery, iso, milliseconds, password
from harness import TOKEN

CONFIGURATION = configuration(
    ("jenkins", SECRET, 'jobs = ["deploy-checkout"]\nenvironment = "production"\n'),
    ("kubernetes", SECRET, ""),
    ("alertmanager", SECRET, ""),
    ("servicenow", SECRET, ""),
)

REPOSITORIES = {"checkout": "acme/checkout", "search": "acme/search", "cart": "acme/cart"}
RULE = "http://prometheus.example/graph?g0.expr=rate%28payment_errors_total%5B5m%5D%29+%3E+0.1&g0.tab=1"


def own_event(identifier, **values):
    return Delivery("/api/v1/events", json.dumps({"id": identifier, **values}).encode(), bearer(TOKEN))


def commit(f):
    values = {"type": "commit", "commit": f.sha, "repository": REPOSITORIES[f.service], "title": f.title, "authored_at": iso(f.authored), "time": iso(f.authored)}
    if f.branch == "main":
        values |= {"default_branch": True, "merged_at": iso(f.pushed)}
    if f.picked_from:
        values["picked_from"] = f.picked_from
    yield own_event(f"commit-{f.sha}", **values)


def tag(f):
    yield own_event(f"tag-{f.sha}", type="tag", repository=REPOSITORIES[f.service], name=f"v{f.version}", commit=f.sha, at=iso(f.at))


def pull_request(f):
    yield own_event(f"pull-{f.number}", type="commit", commit=f.sha, repository=REPOSITORIES[f.service], title=f.title, labels=f.labels, pull_request=str(f.number),
                    ref=f.branch, merged_at=iso(f.merged), lines_changed=f.added + f.removed, time=iso(f.merged))


def deployment(f):
    if f.service == "checkout":
        yield from build(f)
    else:
        yield rollout(f)


def build(f):
    common = {"name": "deploy-checkout", "display_name": "deploy-checkout", "url": "job/deploy-checkout/"}
    took = milliseconds(f.finished) - milliseconds(f.started)
    for phase, at, more in (("STARTED", f.started, {}), ("COMPLETED", f.finished, {"duration": took, "status": "SUCCESS"}), ("FINALIZED", f.finished, {"duration": took, "status": "SUCCESS"})):
        yield delivery("jenkins", {**common, "build": {
            "full_url": f"https://jenkins.example/job/deploy-checkout/{f.number}/", "number": f.number, "queue_id": f.number, "timestamp": milliseconds(at), "phase": phase,
            "url": f"job/deploy-checkout/{f.number}/", "scm": {"url": "https://git.example/acme/checkout.git", "branch": f"origin/{f.branch}", "commit": f.sha},
            "parameters": {"VERSION": f.version}, "artifacts": {}, **more}}, password())


def rollout(f):
    """The object behind a rollout, which lacks the start."""
    environment = "production" + (f"-{f.region}" if f.region else "")
    containers = [{"name": "app", "image": f"registry.example/acme/{f.service}:{f.version}"}] + ([{"name": "proxy", "image": f"envoyproxy/envoy:{f.proxy}"}] if f.proxy else [])
    return delivery("kubernetes", {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {
            "name": f.service, "namespace": "shop", "uid": f"{f.service}-{environment}", "generation": f.number, "labels": {"environment": environment},
            "annotations": {"deployment.kubernetes.io/revision": str(f.number)}},
        "spec": {"replicas": 3, "template": {"metadata": {"annotations": {
            "org.opencontainers.image.source": f"https://git.example/{REPOSITORIES[f.service]}", "org.opencontainers.image.revision": f.sha}}, "spec": {"containers": containers}}},
        "status": {"updatedReplicas": 3, "conditions": [
            {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "lastUpdateTime": iso(f.finished)},
            {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable", "lastUpdateTime": iso(f.finished)}]}}, bearer())


def page(f):
    """An alert that fires after its resolution fires again: its notifications keep their order, and only the last is repeated."""
    if f.state == "acknowledged":
        return  # an alert has no responders
    labels = {"alertname": "PaymentErrors", "env": "production", "service": "checkout", "severity": "critical"}
    status = "resolved" if f.state == "resolved" else "firing"
    yield delivery("alertmanager", {
        "version": "4", "receiver": "release-health", "status": status, "groupKey": '{}:{alertname="PaymentErrors"}', "truncatedAlerts": 0,
        "groupLabels": {"alertname": "PaymentErrors"}, "commonLabels": labels, "commonAnnotations": {}, "externalURL": "http://alertmanager.example:9093",
        "alerts": [{"status": status, "labels": labels, "annotations": {"summary": "Payments fail"} if status == "firing" else {},
                    "startsAt": f.opened.strftime("%Y-%m-%dT%H:%M:%S.000000000Z"), "endsAt": iso(f.at) if status == "resolved" else "0001-01-01T00:00:00Z",
                    "generatorURL": RULE, "fingerprint": "51b405c910ff8e5d"}]}, bearer(), chain="alertmanager", is_repeated=status == "resolved")


def ticket(f):
    """Ana is assigned; a ticket has one assignee."""
    state, version = {"open": ("1", "0"), "acknowledged": ("2", "1"), "resolved": ("6", "2")}[f.state]
    yield delivery("servicenow", {
        "sys_id": "9d385017c611228701d22104cc95c371", "sys_mod_count": version, "number": "INC0010017", "short_description": "Customers with gift cards cannot pay",
        "state": state, "priority": "1", "service": "Checkout Service", "assigned_to": "" if f.state == "open" else "Ana", "caused_by": "",
        "description": f"Alert of Prometheus: {RULE}", "correlation_id": "", "parent": "", "close_code": "Solved (Permanently)" if f.state == "resolved" else "",
        "opened_at": iso(f.opened), "resolved_at": iso(f.at) if f.state == "resolved" else "", "sys_updated_on": iso(f.at), "deleted": False}, password())


def is_ignored(one):
    return b'"FINALIZED"' in one.body  # it repeats COMPLETED
