#!/usr/bin/env bash
# The real Alertmanager as a source: an alert that fires while the daemon has no database, is retried with a database,
# repeated and resolved gives one incident.
. "$(dirname "$0")/lib.bash"

alertmanager_port=$(free_port)
cat >"$work/alertmanager.yml" <<YAML
route: { receiver: rh, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 2s }
receivers:
  - name: rh
    webhook_configs:
      - url: $intake/webhooks/alertmanager
        http_config: { authorization: { type: Bearer, credentials: $secret } }
YAML
amtool check-config "$work/alertmanager.yml" >"$work/amtool.log" || fail "the Alertmanager's configuration"
prometheus-alertmanager --config.file="$work/alertmanager.yml" --storage.path="$work/alertmanager" \
  --web.listen-address="127.0.0.1:$alertmanager_port" --cluster.listen-address= 2>"$work/alertmanager.log" &
pids+=($!)
alertmanager=http://127.0.0.1:$alertmanager_port
wait_until 30 curl -sf "$alertmanager/-/ready" || fail "Alertmanager is not ready"
alert() {
  curl -sf "$alertmanager/api/v2/alerts" -H 'Content-Type: application/json' -d "[{\"labels\":{\"alertname\":\"HighErrorRate\",
    \"service\":\"checkout\",\"severity\":\"critical\"},\"annotations\":{\"summary\":\"Too many errors\"},\"startsAt\":\"$1\",\"endsAt\":\"$2\"}]"
}
source_of() { printf '[[source]]\nname = "alertmanager"\nkind = "alertmanager"\nsecret = "%s"\n' "$secret"; }
counted() { metric "releasehealth_deliveries_total{outcome=\"$1\",source=\"alertmanager\"}"; }
at_least() { [ "$(counted "$1")" -ge "$2" ] 2>/dev/null; }

# no database: 503, which Alertmanager retries
source_of | configure
sed -i '1a [database]\nurl = "host='"$work"'/nowhere"' "$work/config.toml"
sed -i 's/^state_dir.*//' "$work/config.toml"
printf '[spool]\nmax_bytes = 0\n' >>"$work/config.toml"
"$daemon" serve --config "$work/config.toml" 2>>"$work/daemon.log" &
daemon_pid=$!
pids+=("$daemon_pid")
wait_until 20 curl -sf "$operations/-/healthy" || fail "the daemon without a database does not respond"
started=$(date -u -d '-10 seconds' +%Y-%m-%dT%H:%M:%S.123456789Z)
alert "$started" "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
wait_until 30 at_least unavailable 1 || fail "no delivery was rejected without a database"
echo "ok: rejected with 5xx without a database ($(counted unavailable) times)"
stop_daemon

source_of | configure
start_daemon
wait_until 30 at_least accepted 1 || fail "Alertmanager did not retry"
wait_until 30 at_least duplicate 1 || fail "Alertmanager did not repeat the notification"
place='service_name="checkout",team_name="",deployment_environment="production"'
wait_until 20 metric_is "releasehealth_open_incidents{$place}" 1 || fail "the alert did not open an incident"
echo "ok: one open incident after a retry and a repetition"

alert "$started" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
wait_until 30 metric_is "releasehealth_open_incidents{$place}" 0 || fail "the resolved alert did not close the incident"
same "one incident, of severity 1" 1 "$(metric "releasehealth_incidents{$place,severity=\"1\",period=\"7d\"}")"
same "restored once" 1 "$(metric "releasehealth_restore_observations{$place,period=\"7d\"}")"
same "two deliveries were accepted: firing and resolved" 2 "$(counted accepted)"
stop_daemon
command_of rebuild --check || fail "rebuild --check"
echo "ok: rebuild --check agrees"
