#!/usr/bin/env bash
# A history without pushes and reviews: follow-ups are not tracked, so none of their thresholds fires. After one reported review the
# reviews of its service are tracked.
. "$(dirname "$0")/lib.bash"
configure </dev/null
start_daemon
python3 - "${RELEASEHEALTH_DEPLOYMENTS:-20000}" >"$work/history.ndjson" <<'PY'
import datetime, json, sys
now = datetime.datetime.now(datetime.timezone.utc)
for n in range(int(sys.argv[1])):
    service, at = f"service-{n % 300}", now - datetime.timedelta(minutes=6 * n + 10)
    kind = "hotfix" if n % 11 == 0 else "planned"
    print(json.dumps({"id": f"d{n}", "type": "deployment", "service": service, "version": str(n), "kind": kind, "state": "succeeded",
                      "time": at.isoformat()}))
PY
command_of import events "$work/history.ndjson" --source history >/dev/null
judged() { curl -sf "$operations/metrics" | grep -E "^releasehealth_(team_)?threshold_exceeded.*figure=\"($1)\"" | wc -l; }
all_there() { [ "$(curl -sf "$operations/metrics" | grep -c '^releasehealth_deployments_per_day.*period="90d"')" = 300 ]; }
wait_until 60 all_there || fail "the 300 services are missing"
same "hotfixes are judged: their kinds are reported" 300 "$(judged hotfixes)"
same "no threshold of follow-ups is judged" 0 "$(judged 'oldest_unmerged_hotfix_seconds|overdue_reviews')"
# exceeded by known facts: hotfixes remediate changes; within would need a source of incidents
same "without a source of incidents none of theirs is within" 0 "$(curl -sf "$operations/metrics" | grep -cE '^releasehealth_threshold_exceeded.*figure="(change_fail_ratio|time_to_issue_seconds|hotfix_fail_ratio)".* 0$')"
curl -sf "$operations/" >"$work/page"
same "the page says that they are not tracked" 2 "$(grep -o '<dd>not tracked</dd>' "$work/page" | wc -l)"
curl -sf "$operations/?month=2025-01" >"$work/page"
same "a month before all data has no checklist, and says that it is empty" "0 1" "$(grep -c 'class="checklist"' "$work/page") $(grep -c 'No data from production up to January 2025' "$work/page")"
for path in / /services/service-1 /services/service-11; do same "$path: no follow-up is overdue or due" 0 "$(curl -sf "$operations$path" | grep -cE '>(overdue|due [0-9-]+)<')"; done
curl -sf "$operations/coverage" >"$work/page"
grep -q '300' <(curl -sf "$operations/api/v1/coverage" | jq '.services | length') || fail "coverage of 300 services"
gate() { curl -sf "$operations/api/v1/gate?service=service-1" | jq -c "$1"; }
same "the gate passes, and says what it does not know" '["pass",true]' "$(gate '[.verdict, ([.not_judged[] | select(.code == "no_data")] | length > 3)]')"
send_event "{\"id\":\"r1\",\"subject\":\"i1\",\"type\":\"incident\",\"service\":\"service-1\",\"severity\":3,\"state\":\"resolved\",\"review_held_at\":\"$(date -u -d '30 days ago' +%Y-%m-%dT%H:%M:%SZ)\"}" >/dev/null
tracked() { [ "$(judged overdue_reviews)" = 1 ]; }
wait_until 90 tracked || fail "reviews of a service are not tracked after a reported one: $(judged overdue_reviews)"
echo "ok: after one reported review, reviews of that service only are tracked"
stop_daemon
