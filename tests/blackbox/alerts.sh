#!/usr/bin/env bash
# From a hotfix to a firing alert and back, with the real Prometheus and the real Alertmanager in real time; and every
# query of the dashboard has an answer there.
. "$(dirname "$0")/lib.bash"

promtool test rules "$root/dashboards/alerts_test.yaml" >"$work/promtool.log" || fail "the rules' own tests"
same "dashboards/alerts.yaml is what the defaults give" "$("$daemon" rules --config "$root/tests/blackbox/defaults.toml")" "$(cat "$root/dashboards/alerts.yaml")"

configure </dev/null
start_daemon

# as in deploy/, with other ports and a faster pace
prometheus_port=$(free_port) alertmanager_port=$(free_port)
sed -e "s|30s|1s|; s|releasehealth-alerts.yaml|$root/dashboards/alerts.yaml|; s|127.0.0.1:9093|127.0.0.1:$alertmanager_port|; s|127.0.0.1:9621|127.0.0.1:$operations_port|" \
  "$root/deploy/prometheus.yml" >"$work/prometheus.yml"
sed -e 's|group_wait: 30s|group_wait: 1s|' "$root/deploy/alertmanager.yml" >"$work/alertmanager.yml"
promtool check config "$work/prometheus.yml" >"$work/promtool.log" || fail "deploy/prometheus.yml"
amtool check-config "$work/alertmanager.yml" >>"$work/promtool.log" || fail "deploy/alertmanager.yml"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$prometheus_port" 2>"$work/prometheus.log" &
pids+=($!)
prometheus-alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/alertmanager" --web.listen-address="127.0.0.1:$alertmanager_port" --cluster.listen-address= 2>"$work/alertmanager.log" &
pids+=($!)
prometheus=http://127.0.0.1:$prometheus_port
wait_until 30 curl -sf "$prometheus/-/ready" || fail "Prometheus is not ready"
wait_until 30 curl -sf "http://127.0.0.1:$alertmanager_port/-/ready" || fail "Alertmanager is not ready"

query() { curl -s --data-urlencode "query=$1" "$prometheus/api/v1/query"; }
value() { query "$1" | jq -r '.data.result[0].value[1] // "none"'; }
value_is() { [ "$(value "$1")" = "$2" ]; }
firing() { amtool --alertmanager.url="http://127.0.0.1:$alertmanager_port" alert query alertname=ReleaseHealthHotfixes service_name=checkout -o json | jq length; }
firing_is() { [ "$(firing)" = "$1" ]; }

send_event '{"id":"d0","type":"deployment","service":"checkout","version":"1.8.0","state":"succeeded"}' >/dev/null
for n in 1 2 3 4 5; do
  send_event "{\"id\":\"d$n\",\"type\":\"deployment\",\"service\":\"checkout\",\"version\":\"1.8.$n\",\"ref\":\"hotfix/1.8.$n\",\"state\":\"succeeded\"}" >/dev/null
done
count='releasehealth_deployments{service_name="checkout",kind="hotfix",period="month"}'
wait_until 20 value_is "$count" 5 || fail "five hotfixes did not reach Prometheus"
sleep 4
same "five hotfixes this month are quiet" 0 "$(firing)"

began=$SECONDS
send_event '{"id":"d6","type":"deployment","service":"checkout","version":"1.8.6","ref":"hotfix/1.8.6","state":"succeeded"}' >/dev/null
wait_until 20 firing_is 1 || fail "the sixth hotfix did not fire"
echo "ok: the sixth fires and reaches Alertmanager ($((SECONDS - began)) s)"

queries=0
while read -r expression; do
  expression=${expression//\$job/.+} expression=${expression//\$service/.+} expression=${expression//\$environment/.+}
  answer=$(query "$expression")
  [ "$(jq -r .status <<<"$answer")" = success ] || fail "a query of the dashboard: $(jq -r .error <<<"$answer"): $expression"
  # an annotation is about an instant and may have nothing to show at this one
  case $expression in changes*) continue ;; esac
  [ "$(jq '.data.result | length' <<<"$answer")" -gt 0 ] || fail "a query of the dashboard has no answer: $expression"
  queries=$((queries + 1))
done < <(jq -r '[.. | objects | .expr? // empty] | .[]' "$root/dashboards/release-health.json")
[ $queries -ge 10 ] || fail "the dashboard has only $queries queries"
echo "ok: all $queries queries of the dashboard have an answer"

id=$(curl -sf "$operations/api/v1/deployments/d6" | jq -r .id)
curl -sf -X PATCH "$operations/api/v1/deployments/$id" -H "Authorization: Bearer $token" -H 'Content-Type: application/merge-patch+json' \
  -d '{"kind":"planned","reason":"a planned patch, wrongly named"}' >/dev/null
wait_until 20 value_is "$count" 5 || fail "the override did not reach Prometheus"
wait_until 20 firing_is 0 || fail "the override did not resolve the alert"
echo "ok: an override to planned resolves it"

curl -s "$operations/metrics" | promtool check metrics || fail "promtool check metrics"
same "Prometheus scraped OpenMetrics without a mistake" 1 "$(value 'min_over_time(up{job="releasehealthd"}[1m])')"
stop_daemon
