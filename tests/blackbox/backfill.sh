#!/usr/bin/env bash
# Prometheus shows last year's figures on the first day: import, backfill, promtool's blocks, and a Prometheus with them.
. "$(dirname "$0")/lib.bash"
configure <<TOML
[[rule]]
name = "quick-patch"
kind = "hotfix"
when = { patch_release = true, within = "48h" }
TOML
"$root/deploy/demo/events" | grep -v github >"$work/demo.ndjson"
command_of migrate
command_of import events "$work/demo.ndjson" --source demo

# the days around the ends of two months of last year, hourly
last_year=$(($(date -u +%Y) - 1))
past() { "$daemon" backfill --config "$work/config.toml" --from "$last_year-02-25" --to "$last_year-04-02" --step 12h "$@" 2>>"$work/commands.log"; }
past >"$work/past.om"
same "it ends as OpenMetrics does" "# EOF" "$(tail -n 1 "$work/past.om")"
same "no family comes twice" "" "$(grep '^# TYPE' "$work/past.om" | sort | uniq -d)"
same "every series has the labels of a scrape" 0 "$(grep -v '^#' "$work/past.om" | grep -cv "{.*job=\"releasehealthd\"" || true)"
grep -qF "instance=\"127.0.0.1:$operations_port\"" "$work/past.om" || fail "no instance"

# a file for each day, together with the same contents
past --directory "$work/past"
days=$((($(date -u -d "$last_year-04-02" +%s) - $(date -u -d "$last_year-02-25" +%s)) / 86400))
same "a file for each day" "$days" "$(find "$work/past" -name "$last_year-*.om" | wc -l)"
same "the same samples" "$(grep -v '^#' "$work/past.om" | sort | sha256sum)" "$(cat "$work"/past/*.om | grep -v '^#' | sort | sha256sum)"
for day in "$work"/past/*.om; do
  promtool tsdb create-blocks-from openmetrics "$day" "$work/tsdb" >"$work/promtool.log" 2>&1 || fail "promtool rejects $day"
done
past --split 7d --directory "$work/weeks" --label instance=health.example.com:443 --label region=eu --label job=
same "a file for each week" 6 "$(find "$work/weeks" -name '*.om' | wc -l)"
grep -q '{instance="health.example.com:443",region="eu",' "$work"/weeks/*.om || fail "configured labels are missing"
if grep -q 'job=' "$work"/weeks/*.om; then fail "a label without a value"; fi
for wrong in --label=job '--label=1a=x' --split=1h --step=1s; do
  past "$wrong" >/dev/null && fail "$wrong is accepted"
done
echo "ok: labels and files are checked"
port=$(free_port)
prometheus=http://127.0.0.1:$port
echo 'global: {}' >"$work/prometheus.yml"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --storage.tsdb.retention.time=20y --web.listen-address="127.0.0.1:$port" 2>"$work/prometheus.log" &
pids+=($!)
wait_until 30 curl -sf "$prometheus/-/ready" || fail "Prometheus is not ready"

# at the first instant of a month, previous_month is the month just ended
"$daemon" report --config "$work/config.toml" --from "$last_year-02" --to "$last_year-03" --format csv 2>>"$work/commands.log" | tr -d '\r' >"$work/report.csv"
compared=0 sum=0
for month in 02 03; do
  next=$(date -u -d "$last_year-$month-01 +1 month" +%Y-%m-%dT00:00:00Z)
  for service in osf checkout search; do
    for kind in planned hotfix; do
      told=$(awk -F, -v m="$last_year-$month" -v s=$service -v l="kind=$kind" '$1 == m && $4 == s && $7 == "deployments" && $8 == l { print $9 }' "$work/report.csv")
      shown=$(curl -s --data-urlencode "query=releasehealth_deployments{service_name=\"$service\",kind=\"$kind\",period=\"previous_month\"}" --data-urlencode "time=$next" "$prometheus/api/v1/query" | jq -r '.data.result[0].value[1]')
      same "$service, $kind in $last_year-$month" "$told" "$shown"
      compared=$((compared + 1)) sum=$((sum + told))
    done
  done
done
[ $sum -gt 5 ] || fail "too few events: the test is inconclusive"
half=$(curl -s --data-urlencode "query=max_over_time(releasehealth_deployments{service_name=\"osf\",kind=\"hotfix\",period=\"month\"}[31d])" --data-urlencode "time=$last_year-03-31T23:00:00Z" "$prometheus/api/v1/query" | jq -r '.data.result | length')
same "and the month to date" 1 "$half"
echo "ok: $compared values of last year, $(grep -cv '^#' "$work/past.om") samples"
