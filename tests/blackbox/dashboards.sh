#!/usr/bin/env bash
# Grafana's dashboards equal the output of their source and keep its conventions, and every query of every panel has a result: from
# a real Prometheus that scrapes the daemon, and from its PostgreSQL, where each month equals the API's.
. "$(dirname "$0")/lib.bash"
(cd "$root/dashboards/grafana" && node_modules/.bin/tsc --outDir "$work/built" && mkdir -p "$work/made" &&
  NODE_PATH=$root/dashboards/grafana/node_modules node "$work/built/main.js" "$work/made" "$root/schema/grafana")
for made in "$work"/made/*.json; do
  cmp -s "$made" "$root/dashboards/$(basename "$made")" || fail "dashboards/$(basename "$made") differs from its source's output: cd dashboards/grafana && npm run build"
done
same "every dashboard has a source" "$(cd "$work/made" && ls)" "$(cd "$root/dashboards" && ls -- *.json)"
check() { python3 "$root/tests/blackbox/dashboards.py" "$@" "$root"/dashboards/*.json; }
exceeded_of() { check stat --prometheus "$prometheus" --title 'Thresholds exceeded' --service "$1"; }
exceeded_is() { [ "$(exceeded_of "$1")" = "$2" ]; }
check conventions

configure <"$root/tests/system/review.toml"
start_daemon
start_prometheus
wait_until 20 value_is 'count(up{job="releasehealthd"})' 1 || fail "Prometheus scrapes nothing"
check without-data --prometheus "$prometheus"

"$root/deploy/demo/events" | grep -v '"service":"osf"' >"$work/demo.ndjson"
command_of import events "$work/demo.ndjson" --source demo
ago() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%SZ; }
send_event "[
 {\"id\":\"i1\",\"subject\":\"open\",\"type\":\"incident\",\"service\":\"search\",\"severity\":3,\"state\":\"open\",\"time\":\"$(ago '5 minutes')\"},
 {\"id\":\"i2\",\"subject\":\"answered\",\"type\":\"incident\",\"service\":\"checkout\",\"severity\":2,\"state\":\"open\",\"culprit\":\"checkout-118\",\"time\":\"$(ago '4 minutes')\"},
 {\"id\":\"h1\",\"type\":\"deployment\",\"service\":\"checkout\",\"version\":\"1.9.3\",\"ref\":\"hotfix/1.9.3\",\"state\":\"succeeded\",\"incident\":\"answered\",\"started_at\":\"$(ago '3 minutes')\",\"finished_at\":\"$(ago '2 minutes')\",\"reviewed\":true},
 {\"id\":\"i3\",\"subject\":\"answered\",\"type\":\"incident\",\"state\":\"resolved\",\"time\":\"$(ago '1 minute')\"}]" >/dev/null
wait_until 30 value_is 'releasehealth_open_incidents{service_name="search"}' 1 || fail "the events did not reach Prometheus"
sleep 5  # for rates, and for alerts
check with-data --prometheus "$prometheus" --postgres "$state/postgresql" --api "$operations"

# history written by backfill, in a Prometheus without any scrape: every panel about releases shows it
this_minute=$(($(date +%s) / 60 * 60))
command_of backfill --from "$(date -u -d "@$((this_minute - 2400))" +%Y-%m-%dT%H:%M:%SZ)" --to "$(ago '0 hours')" --step 1m --directory "$work/past"
for day in "$work"/past/*.om; do
  promtool tsdb create-blocks-from openmetrics "$day" "$work/backfilled" >"$work/promtool.log" 2>&1 || fail "promtool rejects $day"
done
port=$(free_port)
echo 'global: {}' >"$work/nothing.yml"
prometheus --config.file="$work/nothing.yml" --storage.tsdb.path="$work/backfilled" --web.listen-address="127.0.0.1:$port" 2>"$work/backfilled.log" &
pids+=($!)
wait_until 30 curl -sf "http://127.0.0.1:$port/-/ready" || fail "Prometheus is not ready"
check backfilled --prometheus "http://127.0.0.1:$port"

# one overdue review of a service that reports reviews exceeds one threshold; a quiet service has none; without reports none is judged
send_event "[
 {\"id\":\"s0\",\"subject\":\"s0\",\"type\":\"incident\",\"service\":\"solo\",\"severity\":3,\"state\":\"resolved\",\"review_held_at\":\"$(ago '20 days')\",\"time\":\"$(ago '21 days')\"},
 {\"id\":\"s1\",\"type\":\"deployment\",\"service\":\"solo\",\"version\":\"1\",\"state\":\"succeeded\",\"finished_at\":\"$(ago '12 days')\"},
 {\"id\":\"q1\",\"type\":\"deployment\",\"service\":\"quiet\",\"version\":\"1\",\"kind\":\"planned\",\"state\":\"succeeded\",\"finished_at\":\"$(ago '12 days')\"},
 {\"id\":\"s2\",\"subject\":\"s2\",\"type\":\"incident\",\"service\":\"solo\",\"severity\":2,\"state\":\"open\",\"time\":\"$(ago '11 days')\"},
 {\"id\":\"s3\",\"subject\":\"s2\",\"type\":\"incident\",\"state\":\"resolved\",\"time\":\"$(ago '10 days')\"}]" >/dev/null
wait_until 30 exceeded_is solo 1 || fail "one exceeded threshold is $(exceeded_of solo) in the stat"
same "a service within its thresholds" 0 "$(exceeded_of quiet)"
same "a service that nobody knows" - "$(exceeded_of nobody)"

stop_daemon
wait_until 30 value_is 'count(up{job="releasehealthd"} == 0)' 1 || fail "Prometheus does not notice that the daemon is down"
check without-daemon --prometheus "$prometheus"
