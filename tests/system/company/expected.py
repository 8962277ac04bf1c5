"""Every figure of the month's first 25 days, worked out by hand from story.py. Times in seconds. Counts of 0 and figures without a
value are omitted, so the figure of each missing key must be 0 or empty."""

# checkout: 1.8.2 and 1.8.3 are planned, 1.8.4 is the hotfix; 1.8.3 alone failed.
CHECKOUT = {
    "deployments{kind=planned}": 2,
    "deployments{kind=hotfix}": 1,
    "deployments_per_day": 0.12,  # 3 in 25 days
    "changes{kind=planned}": 2,
    "changes{kind=hotfix}": 1,
    "failed_changes{kind=planned}": 1,  # once, though an incident is attributed to it and a hotfix remediates it
    "hotfixes_per_planned_deployment": 0.5,  # 1 / 2
    "rework_ratio": 1 / 3,  # 1 hotfix of 3 deployments
    "change_fail_ratio": 1 / 3,  # 1 of 3 changes
    "planned_fail_ratio": 0.5,  # 1 of 2
    "hotfix_fail_ratio": 0,  # 0 of 1
    "rollback_ratio": 0,  # 0 of 3
    "time_to_issue_seconds{quantile=0.5}": 3600,  # 1.8.3 finished at 10:00, the incident was detected at 11:00
    "time_to_issue_seconds{quantile=0.9}": 3600,
    "changes_with_issue{within=1h}": 1,  # 1 h is within 1 h
    "changes_with_issue{within=24h}": 1,
    "changes_with_issue{within=48h}": 1,
    "changes_with_issue{within=7d}": 1,
    "recovery_seconds{quantile=0.5}": 10800,  # 10:00 to 13:00, the page's resolution; the ticket's 15:00 does not count
    "recovery_seconds{quantile=0.9}": 10800,
    "recovery_by_remedy_seconds{quantile=0.5,remedy=hotfix}": 10800,
    "recovery_by_remedy_seconds{quantile=0.9,remedy=hotfix}": 10800,
    "restore_seconds{quantile=0.5}": 7200,  # 11:00 to 13:00
    "restore_seconds{quantile=0.9}": 7200,
    # lead times: 1.8.2 08:00 to 10:00 = 7200, 1.8.3 06:00 to 10:00 = 14400, 1.8.4 11:50 to 12:30 = 2400
    "lead_time_seconds{quantile=0.5}": 7200,
    "lead_time_seconds{quantile=0.9}": 12960,  # 0.9 * 2 = 1.8: 7200 + 0.8 * (14400 - 7200)
    "hotfix_response_seconds{quantile=0.5}": 5400,  # detected at 11:00, the hotfix finished at 12:30
    "hotfix_response_seconds{quantile=0.9}": 5400,
    "hotfix_response_within_target_ratio": 1,  # 1 of 1 within 2 h
    "decision_seconds{quantile=0.5}": 4800,  # detected at 11:00, the hotfix started at 12:20
    "decision_seconds{quantile=0.9}": 4800,
    "decision_by_remedy_seconds{quantile=0.5,remedy=hotfix}": 4800,
    "decision_by_remedy_seconds{quantile=0.9,remedy=hotfix}": 4800,
    "incidents{severity=1}": 1,  # the page and the ticket are one
    "incidents_by_remedy{remedy=hotfix}": 1,
    "closed_too_early": 1,  # resolved on the 5th, merged back on the 6th; severity 1 without a review
    "hotfixes_by_cause{cause=unknown}": 1,
    "hotfixes_by_justification{justification=none}": 1,
    "hotfixes_with{fact=merged_back_at}": 1,
    "hotfixes_with{fact=lines_changed}": 1,
    "hotfix_size_lines{quantile=0.5}": 12,  # 9 added, 3 removed
    "hotfix_size_lines{quantile=0.9}": 12,
    "firefighting_seconds{method=engaged}": 13200,  # Ana and Ben, both from the acknowledgement at 11:10 to 13:00: 2 * 6600
}

# search: 2.0.0 and 2.1.0 are planned; a new proxy alone is a redeployment; 2.0.0 with the new proxy rolls 2.1.0 back.
SEARCH = {
    "deployments{kind=planned}": 2,
    "deployments{kind=rollback}": 1,
    "deployments{kind=redeploy}": 1,
    "deployments_per_day": 0.12,  # 2 planned and 1 rollback in 25 days, without the redeployment
    "changes{kind=planned}": 2,
    "failed_changes{kind=planned}": 1,  # 2.1.0, because it was rolled back
    "rolled_back_changes": 1,
    "hotfixes_per_planned_deployment": 0,  # 0 of 2
    "rework_ratio": 0,  # 0 of 3
    "change_fail_ratio": 0.5,  # 1 of 2
    "planned_fail_ratio": 0.5,
    "rollback_ratio": 0.5,
    "time_to_issue_seconds{quantile=0.5}": 6600,  # 2.1.0 finished at 12:00, the rollback started at 13:50
    "time_to_issue_seconds{quantile=0.9}": 6600,
    "changes_with_issue{within=24h}": 1,
    "changes_with_issue{within=48h}": 1,
    "changes_with_issue{within=7d}": 1,
    "recovery_seconds{quantile=0.5}": 7200,  # 12:00 to 14:00, when the rollback finished
    "recovery_seconds{quantile=0.9}": 7200,
    "recovery_by_remedy_seconds{quantile=0.5,remedy=rollback}": 7200,
    "recovery_by_remedy_seconds{quantile=0.9,remedy=rollback}": 7200,
    # lead times: 2.0.0 08:00 to 14:00 = 21600, 2.1.0 10:00 to 12:00 = 7200; a rollback is no change
    "lead_time_seconds{quantile=0.5}": 14400,
    "lead_time_seconds{quantile=0.9}": 20160,  # 7200 + 0.9 * (21600 - 7200)
}

# cart in the group of its three regions (figures.md section 17): 3.0.0 and 3.1.0 are one release each, with the finish of their
# first region; 3.1.0 is rolled back in ap alone, which makes it a rolled-back release.
CART = {
    "deployments{kind=planned}": 2,
    "deployments{kind=rollback}": 1,
    "deployments_per_day": 0.12,  # 3 in 25 days
    "changes{kind=planned}": 2,
    "failed_changes{kind=planned}": 1,
    "rolled_back_changes": 1,
    "hotfixes_per_planned_deployment": 0,
    "rework_ratio": 0,
    "change_fail_ratio": 0.5,  # 1 of 2 releases
    "planned_fail_ratio": 0.5,
    "rollback_ratio": 0.5,
    "time_to_issue_seconds{quantile=0.5}": 1200,  # the member in ap finished at 10:00, its rollback started at 10:20
    "time_to_issue_seconds{quantile=0.9}": 1200,
    "changes_with_issue{within=1h}": 1,
    "changes_with_issue{within=24h}": 1,
    "changes_with_issue{within=48h}": 1,
    "changes_with_issue{within=7d}": 1,
    "recovery_seconds{quantile=0.5}": 1800,  # 10:00 to 10:30, in ap, too
    "recovery_seconds{quantile=0.9}": 1800,
    "recovery_by_remedy_seconds{quantile=0.5,remedy=rollback}": 1800,
    "recovery_by_remedy_seconds{quantile=0.9,remedy=rollback}": 1800,
    # lead times to the first region: 3.0.0 06:00 to 08:00 = 7200, 3.1.0 06:00 to 09:00 = 10800
    "lead_time_seconds{quantile=0.5}": 9000,
    "lead_time_seconds{quantile=0.9}": 10440,  # 7200 + 0.9 * 3600
}

# Values that differ for a set of tools; None without such a report.
SEARCH_WITHOUT_STARTS = {  # only the rollback's end at 14:00 is known
    "time_to_issue_seconds{quantile=0.5}": 7200,
    "time_to_issue_seconds{quantile=0.9}": 7200,
}
CART_WITHOUT_STARTS = {  # only the end is known: 10:00 to 10:30
    "time_to_issue_seconds{quantile=0.5}": 1800,
    "time_to_issue_seconds{quantile=0.9}": 1800,
}
CHECKOUT_OF_GITLAB = {
    # Opsgenie leads, and has no time of detection; incident.io's "Reported at" is 11:05 (section 18: the lead's, else the earliest of the
    # others'). From 10:00 to 11:05 = 3900, which is not within 1 h; from 11:05 to the hotfix's finish at 12:30 = 5100.
    "time_to_issue_seconds{quantile=0.5}": 3900,
    "time_to_issue_seconds{quantile=0.9}": 3900,
    "changes_with_issue{within=1h}": None,
    "hotfix_response_seconds{quantile=0.5}": 5100,
    "hotfix_response_seconds{quantile=0.9}": 5100,
    # Flux reports only the hotfix's end at 12:30, so it started then: 5100 as well
    "decision_seconds{quantile=0.5}": 5100,
    "decision_seconds{quantile=0.9}": 5100,
    "decision_by_remedy_seconds{quantile=0.5,remedy=hotfix}": 5100,
    "decision_by_remedy_seconds{quantile=0.9,remedy=hotfix}": 5100,
    # GitLab's merge requests have no line count
    "hotfixes_with{fact=lines_changed}": None,
    "hotfix_size_lines{quantile=0.5}": None,
    "hotfix_size_lines{quantile=0.9}": None,
    # incident.io reports 220 minutes of work, which is stronger evidence than the acknowledgement
    "firefighting_seconds{method=engaged}": None,
    "firefighting_seconds{method=reported}": 13200,
}
CHECKOUT_OF_JENKINS = {
    # the ticket has one assignee: Ana, from her start at 11:10 to 13:00, when the alert was resolved
    "firefighting_seconds{method=engaged}": 6600,
}


def changed(figures, by):
    return {key: value for key, value in {**figures, **by}.items() if value is not None}


# By set of tools, service and environment.
FIGURES = {
    "github": {("checkout", "production"): CHECKOUT, ("search", "production"): SEARCH, ("cart", "worldwide"): CART},
    "gitlab": {("checkout", "production"): changed(CHECKOUT, CHECKOUT_OF_GITLAB), ("search", "production"): changed(SEARCH, SEARCH_WITHOUT_STARTS),
               ("cart", "worldwide"): changed(CART, CART_WITHOUT_STARTS)},
    "jenkins": {("deploy-checkout", "production"): changed(CHECKOUT, CHECKOUT_OF_JENKINS), ("search", "production"): changed(SEARCH, SEARCH_WITHOUT_STARTS),
                ("cart", "worldwide"): changed(CART, CART_WITHOUT_STARTS)},
}

# Type and name of a deployment or incident, and words in its `explain` output. {month} is like 2026-10.
HOTFIX = [("deployment", "1.8.4", words) for words in (
    "hotfix, because default rule hotfix-label matched label hotfix",
    "(1.8.3), because incident",  # the remediated change
)]
EXPLANATIONS = {
    "github": HOTFIX + [
        ("deployment", "1.8.4", "(tag v1.8.4 of acme/checkout)"),
        ("deployment", "1.8.4", "merged back     {month}-06T09:00:00Z"),  # merged back by the commit cherry-picked from it
        ("deployment", "2.1.0", "own image       registry.example/acme/search-service:2.1.0"),
        ("incident", "Q1PAY7", "SHOP-17 of jira (SHOP-17 names acme.pagerduty.com/incidents/q1pay7)"),
        ("incident", "SHOP-17", "Q1PAY7 of pagerduty (leading report)"),
        ("incident", "SHOP-17", "(1.8.3), in progress or live when it started"),
    ],
    "gitlab": HOTFIX + [
        ("deployment", "1.8.4", "(tag v1.8.4 of acme/shop/checkout-service)"),
        ("deployment", "1.8.4", "merged back"),  # at the push's receipt: GitLab does not report its time
        ("incident", "052652ac-5d1c-464a-812a-7dd18bbfba8c", "01FCNDV6P870EA6S7TK1DSYDG0 of incidentio"),
        ("incident", "01FCNDV6P870EA6S7TK1DSYDG0", "052652ac-5d1c-464a-812a-7dd18bbfba8c of opsgenie (leading report)"),
    ],
    "jenkins": HOTFIX + [
        ("deployment", "1.8.4", "merged back     {month}-06T09:00:00Z"),
        ("deployment", "2.1.0", "own image       registry.example/acme/search:2.1.0"),
        ("incident", "9d385017c611228701d22104cc95c371", "51b405c910ff8e5d/{month}-05T11:00:00.000000000Z of alertmanager (leading report)"),
    ],
}
