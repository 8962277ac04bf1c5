"""GitHub with its own deployments, PagerDuty and Jira: by their webhooks, and as their APIs list the same month."""
import datetime
import itertools

from company import github
from company.delivery import SECRET, configuration, iso
from company.story import sha

WEBHOOKS = configuration(("github", SECRET, ""), ("pagerduty", SECRET, ""), ("jira", SECRET, ""))
commit, tag, pull_request, page, ticket = github.commit, github.tag, github.pull_request, github.page, github.ticket


def deployment_of(f):
    number, environment = 1000 + f.number, "production" + (f"-{f.region}" if f.region else "")
    status = lambda state, at: {"id": number * 10 + len(state), "state": state, "created_at": iso(at), "updated_at": iso(at), "environment": environment}
    return {"id": number, "node_id": f"DE_{number}", "url": f"https://api.github.com/repos/{github.REPOSITORIES[f.service]}/deployments/{number}", "sha": f.sha, "ref": f.branch, "task": "deploy", "environment": environment,
            "production_environment": False, "description": "", "payload": {}, "creator": {"login": "ana"}, "created_at": iso(f.started), "updated_at": iso(f.finished),
            "statuses": [status("in_progress", f.started), status("success", f.finished)]}  # fmt: skip


def deployment(f):
    one = deployment_of(f)
    statuses = one.pop("statuses")
    yield github.github("deployment", f"deployment-{one['id']}", {"action": "created", "deployment": one}, f.service)
    for status in statuses:
        yield github.github("deployment_status", f"status-{status['id']}", {"action": "created", "deployment": one, "deployment_status": status}, f.service)


def is_ignored(_):
    return False


def repositories(facts):
    """What GitHub's API lists. Its lists of commits have those of the default branch only."""
    found = {name: {"default_branch": "main", "deployments": [], "commits": [], "tags": [], "pulls": []} for name in github.REPOSITORIES.values()}
    for what, f in facts:
        if what not in ("commit", "tag", "pull_request", "deployment"):
            continue
        repository = found[github.REPOSITORIES[f.service]]
        if what == "deployment":
            repository["deployments"].append(deployment_of(f))
        elif what == "commit" and f.branch == "main":
            message = f.title + (f"\n\n(cherry picked from commit {f.picked_from})" if f.picked_from else "")
            url = f"https://github.com/{github.REPOSITORIES[f.service]}/commit/{f.sha}"
            repository["commits"].append({"sha": f.sha, "html_url": url, "commit": {"message": message, "author": {"date": iso(f.authored)}, "committer": {"date": iso(f.pushed)}}})
        elif what == "tag":
            commit_of = {"oid": f.sha, "committedDate": iso(f.authored), "authoredDate": iso(f.authored), "message": f.title, "url": ""}
            repository["tags"].append({"name": f"v{f.version}", "target": {"oid": sha(f.service, f"tag {f.version}"), "tagger": {"date": iso(f.at)}, "target": commit_of}})
        elif what == "pull_request":
            repository["pulls"].append({
                "number": f.number, "node_id": f"PR_{f.number}", "html_url": f"https://github.com/{github.REPOSITORIES[f.service]}/pull/{f.number}", "title": f.title, "state": "closed", "merged": True, "merged_at": iso(f.merged),
                "updated_at": iso(f.merged), "created_at": iso(f.merged), "merge_commit_sha": f.sha, "labels": [{"name": name} for name in f.labels], "head": {"ref": f.branch, "sha": f.head},
                "base": {"ref": f.base, "repo": {"full_name": github.REPOSITORIES[f.service], "default_branch": "main"}}, "additions": f.added, "deletions": f.removed})  # fmt: skip
    return found


def incidents(facts):
    """What PagerDuty's API lists: the incident as it is now, and who did what."""
    pages = [f for what, f in facts if what == "page"]
    kinds = {"open": "trigger", "acknowledged": "acknowledge", "resolved": "resolve"}
    service = {"type": "service_reference", "summary": "Monitoring"}
    agents = {"open": service, "acknowledged": github.PEOPLE[0], "resolved": github.PEOPLE[0]}
    log = [{"id": f"R{number}", "type": f"{kinds[f.state]}_log_entry", "created_at": iso(f.at), "agent": agents[f.state]} for number, f in enumerate(pages)]
    # both are assigned; the acknowledgement leaves Ana, who takes Ben in again
    assigned = {"type": "assign_log_entry", "agent": service, "assignees": github.PEOPLE}
    log += [{**assigned, "id": "R8", "created_at": iso(pages[0].at)}, {**assigned, "id": "R9", "created_at": iso(pages[1].at + datetime.timedelta(seconds=1))}]
    return [{"id": "Q1PAY7", "type": "incident", "status": "resolved", "created_at": iso(pages[0].opened), "title": "Payments fail", "urgency": "high", "html_url": github.PAGE, "priority": {"summary": "P1"},
             "service": {"id": "PCHKAPI", "type": "service_reference", "summary": "Checkout API"}, "incident_key": "checkout-payments", "assignments": [], "resolve_reason": None, "log": log}]  # fmt: skip


def issues(facts):
    """What Jira's API lists: the issue as it is now, with its changelog."""
    tickets = [f for what, f in facts if what == "ticket"]
    stamp = lambda at: at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    ids = {"open": "1", "acknowledged": "3", "resolved": "6"}
    histories = [{"id": ids[f.state], "created": stamp(f.at), "items": [{"field": "status", "from": ids[before.state], "to": ids[f.state]}]} for before, f in itertools.pairwise(tickets)]
    last = tickets[-1]
    return [{"id": "10017", "key": "SHOP-17", "self": "https://acme.example/rest/api/2/issue/10017", "changelog": {"histories": histories[::-1]}, "fields": {
        "summary": "Customers with gift cards cannot pay", "description": f"Payments fail since the release. Page: {github.PAGE}.", "issuetype": {"name": "Incident"}, "project": {"key": "SHOP"}, "priority": {"name": "Highest"},
        "status": {"statusCategory": {"key": "done"}}, "resolution": {"name": "Done"}, "resolutiondate": stamp(last.at), "created": stamp(last.opened), "updated": stamp(last.at), "labels": [], "components": [{"name": "Checkout"}],
        "issuelinks": []}}]  # fmt: skip
