#!/usr/bin/env bash
# One story reported by each source of tier 1, in random orders and each delivery twice: the figures are the same for all. An alert
# that Alertmanager reports as firing after its resolution fires again, so its notifications keep their order.
. "$(dirname "$0")/lib.bash"
signing_token=whsec_$(head -c 24 /dev/urandom | base64)

configure <<TOML
[[source]]
name = "github"
kind = "github"
secret = "$secret"
incidents = { labels = ["incident"] }
[[source]]
name = "gitlab"
kind = "gitlab"
secret = "$signing_token"
[[source]]
name = "alertmanager"
kind = "alertmanager"
secret = "$secret"
[[source]]
name = "pagerduty"
kind = "pagerduty"
secret = "$secret"
[[source]]
name = "cdevents"
kind = "cloudevents"
secret = "$secret"
[[source]]
name = "standard"
kind = "standard-webhooks"
secret = "$signing_token"
[[source]]
name = "argocd"
kind = "argocd"
secret = "$secret"
[[source]]
name = "jenkins"
kind = "jenkins"
secret = "$secret"
jobs = ["deploy"]
environment = "production"
TOML
start_daemon

now=$(date +%s%3N)
for seed in 1 2; do
  node "$root/tests/clients/stories.mjs" "$intake" "$seed" "$now" "$secret" "$signing_token" "$token" >"$work/told.$seed"
done
sources=$(cut -f1 "$work/told.1")
same "eight sources tell the story" 8 "$(wc -l <"$work/told.1")"
same "told again, everything is known but an alert that fires again" "6 0" \
  "$(awk -F '\t' '{ a += $2; i += $4 } END { print a + 0, i + 0 }' "$work/told.2")"

# figures_of SOURCE: all series of its service in the page on standard input, without failed deployments, which CDEvents lack
figures_of() {
  grep "service_name=\"story-$1\"" | grep -v '^releasehealth_failed_deployments' |
    sed "s/story-$1/story/" | sort
}
is_told() { curl -s "$operations/metrics" | figures_of "$1" | grep -q "releasehealth_deployments{.*kind=\"hotfix\",period=\"7d\"} 1$"; }
for source in $sources; do wait_until 20 is_told "$source" || fail "the hotfix of $source is not counted"; done
sleep 2 # a refresh with all of them
curl -s "$operations/metrics" >"$work/page" # one page for all: a refresh between two would change figures of the current month

figures_of github <"$work/page" >"$work/expected"
grep 'period="7d"' "$work/expected" | sed 's/{.*deployment_environment="production",/{/' >"$work/week"
for wanted in 'deployments{kind="planned",period="7d"} 2' 'deployments{kind="rollback",period="7d"} 1' \
  'deployments{kind="hotfix",period="7d"} 1' 'changes{kind="planned",period="7d"} 2' 'rolled_back_changes{period="7d"} 1' \
  'failed_changes{kind="planned",period="7d"} 2' 'time_to_issue_seconds{quantile="0.5",period="7d"} 6570' \
  'restore_seconds{quantile="0.5",period="7d"} 1800' 'incidents{severity="unknown",period="7d"} 1'; do
  grep -qxF "releasehealth_$wanted" "$work/week" || { cat "$work/week"; fail "no releasehealth_$wanted"; }
done
echo "ok: two planned releases, a rollback, a hotfix, an incident of half an hour"
for source in $sources; do
  figures_of "$source" <"$work/page" >"$work/figures"
  diff "$work/expected" "$work/figures" || fail "the figures of $source differ from github's"
done
echo "ok: $(wc -l <"$work/expected") series are the same for $(echo $sources | tr ' ' ',')"
same "none is dead" 0 "$(metric releasehealth_dead_deliveries)"
stop_daemon
command_of rebuild --check || fail "rebuild --check"
echo "ok: rebuild --check agrees"
