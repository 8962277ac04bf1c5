#!/usr/bin/env bash
# A month of a company as three sets of tools report it, signed, in random order and twice (company/story.py has the facts). With
# the unchanged services that `discover` proposes, every figure equals the one worked out by hand (company/expected.py).
. "$(dirname "$0")/lib.bash"
seed=${RELEASEHEALTH_SEED:-$RANDOM}
echo "RELEASEHEALTH_SEED=$seed"
# the previous month: complete, and within the horizons of discover (90 days) and follow-ups
month=$(date -u -d "$(date -u +%Y-%m-01) -1 month" +%Y-%m)
company() { python3 -B "$root/tests/blackbox/company" "$@"; }
# list PATH: the items of a list, one JSON line each
list() { curl -sf "$operations/api/v1/$1" | jq -c '.items[]'; }
# figures FILE: every figure of the month in the command's output
figures() { command_of report --format "$1" --period "$month-01T00:00:00Z/$month-26T00:00:00Z" || fail "report"; }

# A figure without evidence is not judged; pages, API, command and metrics list unmatched names and services without known commits.
says_what_is_missing() {
  unmatched() { curl -sf "$operations/api/v1/coverage" | jq -r '.unmatched[].name' | LC_ALL=C sort -u; }
  wait_until 90 eval '[ "$(curl -s "$operations/metrics" | grep "^releasehealth_unmatched_names" | awk "{ n += \$NF } END { print n + 0 }")" -gt 0 ]' || fail "$1: /metrics has no unmatched name"
  unmatched >"$work/unmatched"
  [ -s "$work/unmatched" ] || fail "$1: the API has no unmatched name"
  curl -sf "$operations/coverage" >"$work/coverage"
  curl -sf "$operations/sources" >"$work/sources"
  curl -sf "$operations/?month=$month" >"$work/month"
  "$daemon" doctor --config "$work/config.toml" >"$work/doctor" && fail "$1: doctor finds nothing"
  for file in month coverage sources doctor; do grep -qF "$(head -1 "$work/unmatched")" "$work/$file" || { cat "$work/$file"; fail "$1: $file does not name $(head -1 "$work/unmatched")"; }; done
  local missing="incident commit"
  if [ "$1" = jenkins ]; then missing=incident; fi  # its builds name their commits
  for evidence in $missing; do grep -q "^coverage: $evidence is missing" "$work/doctor" || { cat "$work/doctor"; fail "$1: doctor does not report missing evidence: $evidence"; }; done
  grep -q 'match[es]* no service' "$work/month" || fail "$1: the month page does not count unmatched names"
  # no threshold is within for a deployed service without evidence
  curl -sf "$operations/api/v1/coverage" | jq -r '.services[] | select(.evidence.incident == null) | .service' | sort -u >"$work/blind"
  [ -s "$work/blind" ] || fail "$1: every service has a source of incidents"
  while read -r service; do
    same "$1: $service: no failure threshold is within" 0 "$(curl -s "$operations/metrics" | grep "^releasehealth_threshold_exceeded{service_name=\"$service\"" | grep -cE 'figure="(change_fail_ratio|time_to_issue_seconds)".* 0$')"
    curl -sf "$operations/badge/$service.svg" >"$work/badge"
    grep -qE 'not judged|exceeded' "$work/badge" || { cat "$work/badge"; fail "$1: the badge of $service"; }
    curl -sfG "$operations/api/v1/gate" --data-urlencode "service=$service" | jq -e '[.not_judged[] | select(.figure == "change_fail_ratio" and .code == "no_data")] | length == 1' >/dev/null || fail "$1: the gate of $service does not report no_data"
  done <"$work/blind"
}

for tools in github gitlab jenkins; do
  place_of_its_own "$tools"
  written=$work/$tools.d/services.toml
  company configuration "$tools" | configure
  { echo "include = [\"$tools.d/*.toml\"]" && cat "$work/config.toml"; } >"$work/with_include"
  mv "$work/with_include" "$work/config.toml"
  start_daemon
  company send "$tools" "$month" "$seed" 1 "$intake"
  says_what_is_missing "$tools"
  "$daemon" discover --config "$work/config.toml" --write "$written" 2>"$work/discover.log" || fail "$tools: discover"
  reload_and_rebuild
  figures csv >"$work/first"
  company send "$tools" "$month" "$seed" 2 "$intake"
  figures csv >"$work/second"
  same "$tools: the same deliveries again, in another order, change no figure" "" "$(diff "$work/first" "$work/second")"

  company services "$tools" >"$work/services"
  same "$tools: one service per thing" "$(cat "$work/services")" "$(list services | jq -r .service | sort -u)"
  same "$tools: one incident" 1 "$(list incidents | wc -l)"
  figures json >"$work/report.json"
  company compare "$tools" "$month" "$operations" "$work/report.json" || { cat "$written"; fail "$tools: figures differ"; }
  echo "ok: $tools: every figure equals the one worked out by hand"
  while IFS=$'\t' read -r thing name words; do
    command_of explain "$thing" "$name" >"$work/explained"
    grep -qF -- "$words" "$work/explained" || { cat "$work/explained"; fail "$tools: explain $thing $name lacks: $words"; }
  done < <(company explanations "$tools" "$month")
  echo "ok: $tools: explain gives the reasons"

  "$daemon" discover --config "$work/config.toml" --write "$written" 2>"$work/discover.log" || fail "$tools: discover again"
  same "$tools: nothing is left to propose" "nothing to propose" "$(cat "$work/discover.log")"
  same "$tools: no name is left unmatched" "[]" "$(curl -sf "$operations/api/v1/coverage" | jq -c .unmatched)"
  same "$tools: every service has a source of incidents, or none of its own" "[]" "$(curl -sf "$operations/api/v1/coverage" | jq -c '[.services[] | select(.service == "checkout" and (.missing | index("incident") or index("commit")))]')"
  same "$tools: no delivery is dead" 0 "$(metric releasehealth_dead_deliveries)"
  stop_daemon
  command_of rebuild --check >/dev/null || fail "$tools: rebuild --check"
done
