"""GitHub, Argo CD, PagerDuty and Jira. GitHub reports no deployments: Argo CD deploys images, which are tagged by versions."""
from company.delivery import SECRET, bearer, configuration, delivery, iso, milliseconds, signed
from company.story import sha

CONFIGURATION = configuration(("github", SECRET, ""), ("argocd", SECRET, ""), ("pagerduty", SECRET, ""), ("jira", SECRET, ""))

REPOSITORIES = {"checkout": "acme/checkout", "search": "acme/search-service", "cart": "acme/cart"}
APPLICATIONS = {"checkout": "checkout-prod", "search": "search-production", "cart": "cart"}
PAGE = "https://acme.pagerduty.com/incidents/Q1PAY7"
PEOPLE = [{"type": "user_reference", "id": "PANA", "summary": "Ana"}, {"type": "user_reference", "id": "PBEN", "summary": "Ben"}]


def github(event, identifier, value, service, pushed=None):
    value["repository"] = {"full_name": REPOSITORIES[service], "default_branch": "main", **({"pushed_at": int(pushed.timestamp())} if pushed else {})}
    return delivery("github", value, signed("X-Hub-Signature-256", "sha256=", X_GitHub_Event=event, X_GitHub_Delivery=identifier))


def commit_of(service, commit, message, authored):
    return {"id": commit, "message": message, "timestamp": iso(authored), "url": f"https://github.com/{REPOSITORIES[service]}/commit/{commit}"}


def commit(f):
    message = f.title + (f"\n\n(cherry picked from commit {f.picked_from})" if f.picked_from else "")
    one = commit_of(f.service, f.sha, message, f.authored)
    yield github("push", f"push-{f.sha}", {"ref": f"refs/heads/{f.branch}", "after": f.sha, "commits": [one], "head_commit": one}, f.service, f.pushed)


def tag(f):
    # an annotated tag: `after` is the tag's own object
    one = commit_of(f.service, f.sha, f.title, f.authored)
    yield github("push", f"tag-{f.sha}", {"ref": f"refs/tags/v{f.version}", "after": sha(f.service, f"tag {f.version}"), "created": True, "deleted": False,
                                          "commits": [], "head_commit": one}, f.service, f.at)


def pull_request(f):
    yield github("pull_request", f"pull-{f.number}", {"action": "closed", "pull_request": {
        "number": f.number, "merged": True, "merged_at": iso(f.merged), "merge_commit_sha": f.sha, "title": f.title,
        "html_url": f"https://github.com/{REPOSITORIES[f.service]}/pull/{f.number}", "labels": [{"name": name} for name in f.labels],
        "head": {"ref": f.branch, "sha": f.head}, "base": {"ref": f.base}, "additions": f.added, "deletions": f.removed}}, f.service)


def deployment(f):
    def image(version):
        return f"registry.example/{REPOSITORIES[f.service]}:{version}"

    def sync(phase, version, finished):
        return delivery("argocd", {
            "app": APPLICATIONS[f.service] + (f"-{f.region}" if f.region else ""), "namespace": "argocd", "project": "shop",
            "labels": {"environment": "production" + (f"-{f.region}" if f.region else "")}, "annotations": None,
            "repository": "https://git.example/acme/deploy.git", "chart": "", "target_revision": "main", "sources": [],
            "url": f"https://argocd.example/applications/argocd/{APPLICATIONS[f.service]}",
            "images": ([image(version)] if version else []) + ([f"docker.io/envoyproxy/envoy:{f.proxy}"] if f.proxy else []),
            "operation": {"phase": phase, "startedAt": iso(f.started), "finishedAt": finished, "revision": sha("deploy", f"{f.number}"), "revisions": None,
                          "initiatedBy": None}}, bearer())

    yield sync("Running", f.before, None)  # with the previous images
    yield sync("Succeeded", f.version, iso(f.finished))


def page(f):
    event = {"open": "triggered", "acknowledged": "acknowledged", "resolved": "resolved"}[f.state]
    identifier = f"01{event}"
    yield delivery("pagerduty", {"event": {
        "id": identifier, "event_type": f"incident.{event}", "resource_type": "incident", "occurred_at": iso(f.at), "agent": PEOPLE[0],
        "data": {"id": "Q1PAY7", "type": "incident", "number": 7, "status": event, "created_at": iso(f.opened), "title": "Payments fail", "urgency": "high",
                 "html_url": PAGE, "service": {"id": "PCHKAPI", "type": "service_reference", "summary": "Checkout API"}, "priority": {"summary": "P1"},
                 "incident_key": "checkout-payments", "assignees": [] if f.state == "resolved" else PEOPLE, "teams": []}}},
        signed("X-PagerDuty-Signature", "v1=", X_Webhook_Id=identifier))


def ticket(f):
    def stamp(at):
        return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    status, category = {"open": ("Open", "new"), "acknowledged": ("In Progress", "indeterminate"), "resolved": ("Done", "done")}[f.state]
    before = {"acknowledged": "Open", "resolved": "In Progress"}.get(f.state)
    value = {"timestamp": milliseconds(f.at), "webhookEvent": "jira:issue_updated" if before else "jira:issue_created", "user": {"displayName": "Ana"}, "issue": {
        "id": "10017", "key": "SHOP-17", "self": "https://acme.example/rest/api/2/issue/10017", "fields": {
            "summary": "Customers with gift cards cannot pay", "description": f"Payments fail since the release. Page: {PAGE}.", "issuetype": {"name": "Incident"},
            "project": {"key": "SHOP"}, "priority": {"name": "Highest"}, "status": {"name": status, "statusCategory": {"key": category}},
            "resolution": {"name": "Done"} if f.state == "resolved" else None, "resolutiondate": stamp(f.at) if f.state == "resolved" else None,
            "created": stamp(f.opened), "updated": stamp(f.at), "labels": [], "components": [{"name": "Checkout"}], "fixVersions": []}}}
    if before:
        value["changelog"] = {"id": "1", "items": [{"field": "status", "fromString": before, "toString": status}]}
    yield delivery("jira", value, signed("X-Hub-Signature", "sha256=", X_Atlassian_Webhook_Identifier=f"jira-{f.state}"))


def is_ignored(_):
    return False
