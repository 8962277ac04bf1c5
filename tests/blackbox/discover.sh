#!/usr/bin/env bash
# The unchanged output of `discover` maps the different names of each thing to one service, also with a catalogue of 150 components.
. "$(dirname "$0")/lib.bash"
{ echo 'include = ["conf.d/*.toml"]'; configure <<'TOML' && cat "$work/config.toml"; } >"$work/with_include"
[[source]]
name = "github"
kind = "github"
unauthenticated = true
[[source]]
name = "argocd"
kind = "argocd"
unauthenticated = true
[[source]]
name = "pd"
kind = "pagerduty"
unauthenticated = true
[[source]]
name = "jira"
kind = "jira"
unauthenticated = true
TOML
mv "$work/with_include" "$work/config.toml"
start_daemon
written=$work/conf.d/services.toml

# discover ARGUMENTS...: returns its exit status, with stderr in $work/said and stdout in $work/out
discover() { "$daemon" discover --config "$work/config.toml" "$@" >"$work/out" 2>"$work/said" && echo 0 || echo $?; }
said() { grep -qF -- "$1" "$work/said" || { cat "$work/said"; fail "not said: $1"; }; }

# A month of eight things with four names each; x17 resembles nothing, but deploys the commits of kite.
python3 - "$intake" >"$work/things" <<'PY'
import datetime, hashlib, json, sys, urllib.request
things = [  # repository, application, (id, name) of PagerDuty, (project, component) of Jira
    ("checkout-service", "checkout-prod", ("PCHK", "Checkout API"), ("SHOP", "Checkout")),
    ("search", "search-production", ("PSEA", "Search"), ("DISC", "Search engine")),
    ("payment-gateway", "payments-gateway", ("PPAY", "Payment Gateway"), ("PAY", "Payment gateway")),
    ("notification-hub", "notification-hub-live", ("PNOT", "Notification hub"), ("MSG", "NotificationHub")),
    ("product-catalog", "productcatalogservice", ("PCAT", "Product catalog"), ("SHOP", "Product Catalog")),
    ("identity-provider", "prod-identity-provider", ("PIDP", "Identity provider"), ("SEC", "identity_provider")),
    ("ledger", "ledger-svc-eu", ("PLED", "Ledger service"), ("FIN", "Ledger")),
    ("kite", "x17", ("PKIT", "Kite"), ("KITE", "Kite")),
]
begin = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(days=32)
text = lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ")
def post(source, body, **header):
    request = urllib.request.Request(f"{sys.argv[1]}/webhooks/{source}", json.dumps(body).encode(), {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in header.items()}})
    with urllib.request.urlopen(request) as answer:
        counts = json.load(answer)
        assert answer.status == 202 and counts["accepted"] == 1, (source, counts, body)
for n, (repository, app, (pd_id, pd_name), (project, part)) in enumerate(things):
    for i in range(4):
        at = begin + datetime.timedelta(days=7 * i, hours=2 * n)
        sha = hashlib.sha1(f"{repository} {i}".encode()).hexdigest()
        post("github", {"deployment_status": {"state": "success", "environment": "production", "created_at": text(at)},
                        "deployment": {"id": 100 * n + i, "ref": "main", "sha": sha}, "repository": {"full_name": f"acme/{repository}", "default_branch": "main"}},
             X_GitHub_Event="deployment_status", X_GitHub_Delivery=f"{n}-{i}")
        post("argocd", {"app": app, "namespace": "argocd", "labels": {"environment": "production"}, "repository": "https://git.example/acme/deploy.git",
                        "target_revision": "main", "images": [f"registry.example/acme/{repository}:{sha if app == 'x17' else f'1.{i}.{n}'}"],
                        "operation": {"phase": "Succeeded", "startedAt": text(at + datetime.timedelta(minutes=2)), "finishedAt": text(at + datetime.timedelta(minutes=4)), "revision": sha[::-1]}})
    for i in range(3):
        at = begin + datetime.timedelta(days=7 * i, hours=2 * n, minutes=40)
        post("pd", {"event": {"id": f"{n}-{i}", "event_type": "incident.triggered", "resource_type": "incident", "occurred_at": text(at),
                              "data": {"id": f"Q{n}{i}", "type": "incident", "status": "triggered", "created_at": text(at), "title": "down", "urgency": "high",
                                       "service": {"id": pd_id, "summary": pd_name}}}}, X_Webhook_Id=f"{n}-{i}")
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        post("jira", {"timestamp": int(at.timestamp() * 1000), "webhookEvent": "jira:issue_created", "issue": {"id": str(1000 + 10 * n + i), "key": f"{project}-{10 * n + i}", "self": "https://acme.example/1",
             "fields": {"summary": "down", "issuetype": {"name": "Incident"}, "project": {"key": project}, "priority": {"name": "Highest"}, "status": {"name": "Open", "statusCategory": {"key": "new"}},
                        "created": stamp, "updated": stamp, "labels": [], "components": [{"name": part}]}}})
at = begin + datetime.timedelta(days=3, hours=5)
post("pd", {"event": {"id": "w", "event_type": "incident.triggered", "resource_type": "incident", "occurred_at": text(at), "data": {"id": "QW", "type": "incident", "status": "triggered",
            "created_at": text(at), "title": "down", "urgency": "high", "service": {"id": "PDWH", "summary": "Data warehouse"}}}}, X_Webhook_Id="w")
print("\n".join(sorted(t[0] for t in things)))
PY
wait_until 30 eval '[ "$(curl -s "$operations/api/v1/deployments?limit=1000" | jq ".items | length")" = 64 ]' || fail "not derived"

same "proposals are written" 0 "$(discover --write "$written")"
said '"Data warehouse" of pd, 1 incidents, no deployment: no similar service'
grep -q '"x17"\].*# guess: 0 % similar to "kite", 4 commits in common' "$written" || { cat "$written"; fail "the proposal lacks a reason for x17"; }
reload_and_rebuild
same "every thing is one service with what all sources deployed" "$(sed 's/^/8 /' "$work/things")" \
  "$(curl -s "$operations/api/v1/deployments?limit=1000" | jq -r '.items[].service' | sort | uniq -c | sed 's/^ *//')"
same "and with the incidents of both" "$(sed 's/^/6 /' "$work/things")" \
  "$(curl -s "$operations/api/v1/incidents?limit=1000" | jq -r '.items[] | .service' | grep -vx 'Data warehouse' | sort | uniq -c | sed 's/^ *//')"
same "the API lists them, and the one that nobody deploys" "$(cat "$work/things" - <<<'Data warehouse' | sort)" \
  "$(curl -s "$operations/api/v1/services?limit=1000" | jq -r '.items[].service' | sort -u)"
before=$(sha256sum "$written")
same "a second time there is nothing to propose" 0 "$(discover --write "$written")"
said 'nothing to propose'
same "and the file stays as it is" "$before" "$(sha256sum "$written")"

# A catalogue of 150 components, one of them an already defined service, and a malformed file.
python3 - "$work/src" <<'PY'
import pathlib, sys
root = pathlib.Path(sys.argv[1])
for i in range(150):
    name = "checkout-service" if i == 0 else f"part{i:03}"
    folder = root / f"team{i % 9}" / name
    folder.mkdir(parents=True)
    (folder / "catalog-info.yaml").write_text(f"""---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: {name}
  title: "Part {i}"
  annotations:
    github.com/project-slug: acme/{name}
    argocd/app-name: {name}-prod
    pagerduty.com/service-id: P{i:03}
  tags: [java]
  links:
    - url: https://example.com/{name}
      title: Runbook
spec:
  type: service
  lifecycle: production
  owner: group:default/team{i % 9}
  system: shop
""")
(root / "org.yaml").write_text("\n".join(f"""---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: team{i}
spec:
  type: team
  profile: {{displayName: Team {i}}}
  children: []
  members: [a{i}, b{i}]""" for i in range(9)))
(root / "catalog-info.yaml").write_text("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets: [./org.yaml]\n")
(root / "broken").mkdir()
(root / "broken/catalog-info.yaml").write_text("apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: [x\n")
PY
same "a catalogue is written, but for a service that stands elsewhere" 1 "$(discover "$work/src" --write "$work/conf.d/catalogue.toml")"
said "$work/src/broken/catalog-info.yaml:5: "
said '153 files: 150 components, 0 systems, 9 groups, 0 other entities, 0 templates; 1 problems'
said "149 services and 9 teams appended"
said '[[service]] "checkout-service" lacks:'
line=$(grep '^aliases = ' "$work/said")
same "the file that a person may have edited stays as it is" "$before" "$(sha256sum "$written")"
same "it can be read as it is, and a second time only the line is missing" 1 "$(discover "$work/src" --write "$work/conf.d/catalogue.toml")"
grep -q appended "$work/said" && fail "appended again"

# The user adds the proposed line and team: the line replaces the table of aliases.
python3 - "$written" "$line" <<'PY'
import re, sys
file, line = sys.argv[1:]
text = open(file).read()
table = re.search(r'\[\[service\]\]\nname = "checkout-service".*?(?=\n\[\[|\Z)', text, re.S)[0]
new = re.sub(r"\[service\.aliases\]\n.*", "", table, flags=re.S) + 'team = "team0"\n' + line + "\n"
open(file, "w").write(text.replace(table, new))
PY
reload_and_rebuild
same "then nothing is left to propose" 0 "$(discover "$work/src" --write "$work/conf.d/catalogue.toml")"
said 'nothing to propose'
same "and the things are the same" "$(sed 's/^/8 /' "$work/things")" \
  "$(curl -s "$operations/api/v1/deployments?limit=1000" | jq -r '.items[].service' | sort | uniq -c | sed 's/^ *//')"

echo '[[team]]' >"$work/not-included.toml"
same "a file that is not read is refused" 2 "$(discover --write "$work/not-included.toml")"
said 'exists but the configuration does not include it'
stop_daemon
