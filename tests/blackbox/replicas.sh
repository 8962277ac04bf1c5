#!/usr/bin/env bash
# Two daemons and eight clients on one database while its backends are killed at random: nothing is lost, nothing counts
# twice, derived rows equal a rebuild, and both serve the same figures. RELEASEHEALTH_CHAOS_SECONDS is the duration.
. "$(dirname "$0")/lib.bash"
seconds=${RELEASEHEALTH_CHAOS_SECONDS:-20}

configure </dev/null
start_daemon
one_intake=$intake one_operations=$operations
cp "$work/config.toml" "$work/one.toml"
socket=$work/state/postgresql
place_of_its_own other
configure <<TOML
[database]
url = "host='$socket' port=5432 user=releasehealthd dbname=postgres"
TOML
start_daemon
two_intake=$intake two_operations=$operations
database() { psql -h "$socket" -U releasehealthd -d postgres -qAtX -c "$1" 2>>"$work/psql.log"; }
database "SELECT 1" >/dev/null || fail "psql does not reach the database"

# A client's events: deployments of four services in two environments, some rolled back or hotfixes, in random order;
# incidents that open and are resolved; work and flags. Another client also sends every third event.
events() {
  awk -v client="$1" -v seed="$RANDOM" 'BEGIN {
    srand(seed); split("checkout search cart pay", service, " "); split("succeeded succeeded succeeded failed", state, " ")
    for (n = 1; n <= 100000; ++n) {
      shared = n % 3 == 0
      id = shared ? "shared-" n : "c" client "-" n
      if (shared) srand(n)   # the same for every client
      at = sprintf("2026-%02d-%02dT%02d:%02d:00Z", 3 + int(rand() * 3), 1 + int(rand() * 28), int(rand() * 24), int(rand() * 60))
      s = service[1 + int(rand() * 4)]; v = int(rand() * 40); r = rand()
      if (r < 0.6)
        printf "{\"id\":\"%s\",\"type\":\"deployment\",\"subject\":\"d-%s\",\"time\":\"%s\",\"service\":\"%s\",\"environment\":\"%s\",\"version\":\"v%d\",\"state\":\"%s\"%s}\n", id, id, at, s, rand() < 0.8 ? "production" : "staging", v, state[1 + int(rand() * 4)], rand() < 0.2 ? ",\"ref\":\"hotfix/x\"" : ""
      else if (r < 0.75)
        printf "{\"id\":\"%s\",\"type\":\"incident\",\"subject\":\"i-%s\",\"time\":\"%s\",\"service\":\"%s\",\"state\":\"open\"}\n", id, int(n / 3), at, s
      else if (r < 0.9)
        printf "{\"id\":\"%s\",\"type\":\"incident\",\"subject\":\"i-%s\",\"time\":\"%s\",\"state\":\"resolved\"}\n", id, int(n / 3), at
      else if (r < 0.95)
        printf "{\"id\":\"%s\",\"type\":\"work\",\"time\":\"%s\",\"incident\":\"i-%s\",\"person\":\"p%d\",\"seconds\":%d}\n", id, at, int(n / 3), client, int(rand() * 4000)
      else
        printf "{\"id\":\"%s\",\"type\":\"retraction\",\"of\":\"deployment\",\"subject\":\"d-c%d-%d\",\"time\":\"%s\",\"retracted\":true}\n", id, client, int(rand() * n), at
      if (shared) srand(seed + n)
    } }'
}

end=$((SECONDS + seconds))
clients=()
for client in 1 2 3 4 5 6 7 8; do
  (
    to=$one_intake
    [ $((client % 2)) -eq 0 ] && to=$two_intake
    while [ $SECONDS -lt $end ] && IFS= read -r event; do
      until curl -sf -m 10 "$to/api/v1/events" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$event" >/dev/null; do
        echo refused >>"$work/refused.$client"
        [ $SECONDS -lt $((end + 60)) ] || exit 1
        sleep 0.1
      done
      id=${event#*\"id\":\"}
      echo "${id%%\"*}" >>"$work/acknowledged.$client"
    done < <(events "$client")
  ) &
  clients+=($!)
done
kills=0 crashes=0
while [ $SECONDS -lt $end ]; do
  sleep "0.$((RANDOM % 9 + 1))"
  if [ $((RANDOM % 20)) -eq 0 ]; then  # with kill -9 PostgreSQL restarts all of its backends
    victim=$(database "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%' ORDER BY random() LIMIT 1") || true  # PostgreSQL may be restarting
    [ -n "$victim" ] && kill -9 "$victim" 2>/dev/null && crashes=$((crashes + 1)) || true
  else
    killed=$(database "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'releasehealthd%' ORDER BY random() LIMIT 1) AS victim") || true
    [ "$killed" = 1 ] && kills=$((kills + 1)) || true
  fi
done
wait "${clients[@]}" || fail "a client could not deliver its events"
cat "$work"/acknowledged.* | sort >"$work/acknowledged"
refused=$(cat "$work"/refused.* 2>/dev/null | wc -l || true)
echo "ok: $(wc -l <"$work/acknowledged") acknowledged, $refused rejected and sent again, $kills backends terminated, $crashes killed -9"
[ "$kills" -gt "$((seconds / 4))" ] && [ "$(wc -l <"$work/acknowledged")" -gt "$((seconds * 10))" ] || fail "too few kills or deliveries: the test is inconclusive"

spooled() { curl -s "$1/metrics" | awk '$1 == "releasehealth_spooled_deliveries" { print $2 }'; }
spools_are_empty() { [ "$(spooled "$one_operations") $(spooled "$two_operations")" = "0 0" ]; }
wait_until 60 spools_are_empty || fail "a spool is not drained"
queue_is_empty() { [ "$(database "SELECT count(*) FROM touched")" = 0 ]; }
wait_until 120 queue_is_empty || fail "the queue is not derived"
database "SELECT id FROM event" | LC_ALL=C sort >"$work/stored"
same "every acknowledged event is stored" 0 "$(LC_ALL=C sort -u "$work/acknowledged" | LC_ALL=C comm -23 - "$work/stored" | wc -l)"
same "none is there twice" 0 "$(uniq -d "$work/stored" | wc -l)"
"$daemon" rebuild --check --config "$work/one.toml" 2>>"$work/commands.log" || fail "rebuild --check finds a difference"
echo "ok: rebuild --check finds no difference in $(database "SELECT (SELECT count(*) FROM deployment) || ' deployments, ' || (SELECT count(*) FROM incident) || ' incidents, ' || (SELECT count(*) FROM remedy) || ' remedies'")"

over=2026-03-01T00:00:00Z/2026-06-01T00:00:00Z
figures_of() { curl -sf "$1/api/v1/figures?period=$over" | jq -S .figures; }
figures_of "$one_operations" >"$work/one.json"
figures_of "$two_operations" >"$work/two.json"
[ "$(jq length "$work/one.json")" -gt 100 ] || fail "there are too few figures"
cmp "$work/one.json" "$work/two.json" || fail "the daemons' figures differ"
# each refreshes by itself: the pages agree once both have seen the last generation, except for work that a rolling window
# cuts at another instant
page_of() { curl -s "$1/metrics" | grep -E '^releasehealth_[^ ]*deployment_environment=' | grep -v '^releasehealth_firefighting' | sort; }
pages_agree() { cmp -s <(page_of "$one_operations") <(page_of "$two_operations"); }
wait_until 90 pages_agree || fail "the pages differ: $(diff <(page_of "$one_operations") <(page_of "$two_operations") | head -5)"
echo "ok: both serve the same $(jq length "$work/one.json") figures and the same page of $(page_of "$one_operations" | wc -l) series"
stop_daemon
