#!/usr/bin/env bash
# From a hotfix to a firing alert and back, with the real Prometheus and the real Alertmanager in real time.
. "$(dirname "$0")/lib.bash"

promtool test rules "$root/dashboards/alerts_test.yaml" >"$work/promtool.log" || fail "the unit tests of the rules"
same "dashboards/alerts.yaml is what the defaults give" "$("$daemon" rules --config "$root/tests/blackbox/defaults.toml")" "$(cat "$root/dashboards/alerts.yaml")"

configure </dev/null
start_daemon

alertmanager_port=$(free_port)
sed -e 's|group_wait: 30s|group_wait: 1s|' "$root/deploy/alertmanager.yml" >"$work/alertmanager.yml"
amtool check-config "$work/alertmanager.yml" >"$work/amtool.log" || fail "deploy/alertmanager.yml"
prometheus-alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/alertmanager" --web.listen-address="127.0.0.1:$alertmanager_port" --cluster.listen-address= 2>"$work/alertmanager.log" &
pids+=($!)
start_prometheus "$alertmanager_port"
wait_until 30 curl -sf "http://127.0.0.1:$alertmanager_port/-/ready" || fail "Alertmanager is not ready"

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

id=$(curl -sf "$operations/api/v1/deployments/d6" | jq -r .id)
curl -sf -X PATCH "$operations/api/v1/deployments/$id" -H "Authorization: Bearer $token" -H 'Content-Type: application/merge-patch+json' \
  -d '{"kind":"planned","reason":"a planned patch, wrongly named"}' >/dev/null
wait_until 20 value_is "$count" 5 || fail "the override did not reach Prometheus"
wait_until 20 firing_is 0 || fail "the override did not resolve the alert"
echo "ok: an override to planned resolves it"

curl -s "$operations/metrics" | promtool check metrics || fail "promtool check metrics"
same "Prometheus scraped OpenMetrics without a mistake" 1 "$(value 'min_over_time(up{job="releasehealthd"}[1m])')"
stop_daemon
