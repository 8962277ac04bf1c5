"""GitLab, Flux, Opsgenie and incident.io. Flux deploys a chart (checkout) and manifests with an image (search)."""
from company.delivery import SECRET, bearer, configuration, delivery, iso, milliseconds, signed, standard_webhook
from company.story import sha
from harness import SIGNING_TOKEN

CONFIGURATION = configuration(("gitlab", SIGNING_TOKEN, ""), ("flux", SECRET, ""), ("opsgenie", SECRET, ""), ("incidentio", SIGNING_TOKEN, ""))

PROJECTS = {"checkout": "acme/shop/checkout-service", "search": "acme/shop/search", "cart": "acme/shop/cart"}
OBJECTS = {"checkout": "checkout-prod", "search": "search-production", "cart": "cart"}
INCIDENT = "https://app.incident.example/acme/incidents/7"


def gitlab(event, identifier, value, service):
    value["project"] = {"path_with_namespace": PROJECTS[service], "default_branch": "main"}
    return delivery("gitlab", value, standard_webhook(identifier, X_Gitlab_Event=event, Idempotency_Key=identifier))


def commit(f):
    message = f.title + (f"\n\n(cherry picked from commit {f.picked_from})" if f.picked_from else "")
    yield gitlab("Push Hook", f"push-{f.sha}", {"object_kind": "push", "ref": f"refs/heads/{f.branch}", "checkout_sha": f.sha, "commits": [
        {"id": f.sha, "message": message, "timestamp": iso(f.authored), "url": f"https://gitlab.example/{PROJECTS[f.service]}/-/commit/{f.sha}"}]}, f.service)


def tag(f):
    yield gitlab("Tag Push Hook", f"tag-{f.sha}", {"object_kind": "tag_push", "before": "0" * 40, "after": sha(f.service, f"tag {f.version}"),
                                                   "ref": f"refs/tags/v{f.version}", "checkout_sha": f.sha, "user_username": "ana", "commits": []}, f.service)


def pull_request(f):
    # fast-forward after the squash: there is no merge commit
    yield gitlab("Merge Request Hook", f"merge-{f.number}", {"object_kind": "merge_request", "labels": [{"title": name} for name in f.labels], "object_attributes": {
        "iid": f.number, "action": "merge", "state": "merged", "title": f.title, "source_branch": f.branch, "target_branch": f.base, "merge_commit_sha": None,
        "squash_commit_sha": f.sha, "last_commit": {"id": f.head}, "updated_at": f.merged.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "url": f"https://gitlab.example/{PROJECTS[f.service]}/-/merge_requests/{f.number}"}}, f.service)


def deployment(f):
    """Flux reports only the end."""
    metadata = {"environment": "production" + (f"-{f.region}" if f.region else "")}
    if f.service == "search":
        api, kind, reason, group = "kustomize.toolkit.fluxcd.io/v1", "Kustomization", "ReconciliationSucceeded", "kustomize.toolkit.fluxcd.io"
        metadata[f"{group}/revision"] = f"main@sha1:{sha('deploy', str(f.number))}"
        metadata["event.toolkit.fluxcd.io/image"] = f"registry.example/{PROJECTS[f.service]}:{f.version}"
    else:
        api, kind, reason, group = "helm.toolkit.fluxcd.io/v2", "HelmRelease", "UpgradeSucceeded", "helm.toolkit.fluxcd.io"
        metadata[f"{group}/revision"] = f.version
    value = {"involvedObject": {"apiVersion": api, "kind": kind, "name": OBJECTS[f.service], "namespace": "shop", "uid": "5cf3bf31"}, "severity": "info",
             "timestamp": iso(f.finished), "message": "done", "reason": reason, "reportingController": kind, "metadata": metadata}
    yield delivery("flux", value, signed("X-Signature", "sha512=", "sha512", Gotk_Component="helm-controller"))


def page(f):
    action = {"open": "Create", "acknowledged": "Acknowledge", "resolved": "Close"}[f.state]
    yield delivery("opsgenie", {"action": action, "alert": {
        "alertId": "052652ac-5d1c-464a-812a-7dd18bbfba8c", "tinyId": "7", "alias": "checkout-payments", "message": "Payments fail", "priority": "P1",
        "tags": ["env:production", "service:checkout-api"], "teams": [], "username": "ana@acme.example", "entity": "", "source": "prometheus",
        "details": {"incident": INCIDENT}, "createdAt": milliseconds(f.opened), "updatedAt": milliseconds(f.at) * 1_000_000},
        "integrationId": "i", "integrationName": "release health"}, bearer())


def ticket(f):
    """The incident that a person declares. Ana and Ben work on it; incident.io counts their minutes: 220 in the end."""
    status, category, minutes = {"open": ("Investigating", "live", 0), "acknowledged": ("Investigating", "live", 5), "resolved": ("Documenting", "learning", 220)}[f.state]
    times = {"Reported at": f.opened, "Accepted at": None if f.state == "open" else f.opened, "Resolved at": f.at if f.state == "resolved" else None}
    incident = {
        "id": "01FCNDV6P870EA6S7TK1DSYDG0", "reference": "INC-7", "name": "Customers with gift cards cannot pay", "permalink": INCIDENT, "mode": "standard",
        "incident_status": {"name": status, "category": category}, "severity": {"name": "Critical", "rank": 3}, "created_at": iso(f.opened), "updated_at": iso(f.at),
        "incident_timestamp_values": [{"incident_timestamp": {"name": name}, "value": {"value": iso(when)} if when else None} for name, when in times.items()],
        "custom_field_entries": [{"custom_field": {"name": "Affected services"}, "values": [{"value_catalog_entry": {"name": "Checkout service"}}]}],
        "incident_role_assignments": [{"role": {"name": "Lead"}, "assignee": {"name": "Ana"}}, {"role": {"name": "Communications"}, "assignee": {"name": "Ben"}}],
        "workload_minutes_total": minutes}
    kind = {"open": "incident_created_v2", "acknowledged": "incident_updated_v2", "resolved": "incident_status_updated_v2"}[f.state]
    if f.state == "resolved":
        incident = {"incident": incident, "new_status": {"category": category}, "previous_status": {"category": "live"}}
    value = {"event_type": f"public_incident.{kind}", f"public_incident.{kind}": incident}
    yield delivery("incidentio", value, standard_webhook(f"msg_{f.state}"))


def is_ignored(_):
    return False
