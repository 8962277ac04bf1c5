#!/usr/bin/env bash
# An operator's tasks: reload, read logs, send from a pipeline, ask for reasons, move a database with export and import.
. "$(dirname "$0")/lib.bash"
configure <<TOML
[log]
format = "json"
level = "debug"
[[source]]
name = "github"
kind = "github"
secret = "$secret"
TOML
start_daemon

# an invalid configuration is rejected as a whole, and the old one stays active
cp "$work/config.toml" "$work/right.toml"
echo 'stat_dir = "x"' >>"$work/config.toml"
kill -HUP "$daemon_pid"
wait_until 5 metric_is releasehealth_config_last_reload_successful 0 || fail "the failed reload is not on /metrics"
same "a wrong configuration is refused by /-/reload, too" 500 "$(curl -s -o "$work/reload" -w '%{http_code}' -X POST "$operations/-/reload")"
grep -q 'stat_dir: unknown key' "$work/reload" || fail "/-/reload does not report the error"
same "check-config exits with 2" 2 "$("$daemon" check-config --config "$work/config.toml" >/dev/null 2>&1; echo $?)"
sed 's/name = "github"/name = "hub"/' "$work/right.toml" >"$work/config.toml"
same "a right one is taken" reloaded "$(curl -s -X POST "$operations/-/reload")"
same "its new source answers" 401 "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$intake/webhooks/hub")"
same "its old one is gone" 404 "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$intake/webhooks/github")"

# pipelines and people
printf '%s\n' "$token" >"$work/token"
export RELEASEHEALTHD_URL=$intake RELEASEHEALTHD_TOKEN_FILE=$work/token
same "send" '{"accepted":1,"duplicates":0,"ignored":0}' "$(command_of send deployment subject=d1 state=succeeded service=checkout version=1.0.0 commit=aaaaaaa --format json)"
command_of send deployment service=checkout version=1.0.1 ref=hotfix/1.0.1 'labels=a;b' >/dev/null
same "send reports the error and fails" 2 "$("$daemon" send deployment service=checkout state=done >/dev/null 2>&1; echo $?)"
wait_until 5 metric_is 'releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",kind="hotfix",period="month"}' 1 || fail "the hotfix is not counted"
grep -q 'hotfix, because default rule hotfix-ref matched ref hotfix/1.0.1' <(command_of explain deployment 1.0.1) || fail "explain does not name the rule"
same "classify" "hotfix: default rule hotfix-ref matched ref hotfix/1.0.1" "$(command_of classify ref=hotfix/1.0.1)"
same "explain says the same as data" "hotfix" "$(command_of explain deployment 1.0.1 --json | jq -r .about.kind)"
id=$(curl -s "$operations/api/v1/deployments/1.0.1" | jq -r .id)
same "amend" '{"accepted":1}' "$(command_of amend deployment "$id" kind=planned --reason 'it was planned' --url "$operations" --format json)"
same "amend reports the error and fails" 1 "$("$daemon" amend deployment "$id" kind=wrong --reason x --url "$operations" >/dev/null 2>&1; echo $?)"

# changed rules: the changes they would make, history derived without them, and a rebuild
{ cat "$work/config.toml"; printf '[[rule]]\nname = "first"\nkind = "hotfix"\nwhen = { service = "^checkout$" }\n'; } >"$work/rules.toml"
month=$(date -u +%Y-%m)
same "a dry run names the month and the moves" "$month  planned -> hotfix 1" "$(command_of classify --dry-run --rules "$work/rules.toml" | head -n 1)"
grep -q "checkout production d1 (1.0.0)  planned: no rule matched" <(command_of classify --stored --month "$month" --service checkout) || fail "classify --stored"
same "rules are as they were" 0 "$(metric releasehealth_rebuild_needed)"
cp "$work/config.toml" "$work/before.toml"
cp "$work/rules.toml" "$work/config.toml"
curl -sf -X POST "$operations/-/reload" >/dev/null
wait_until 5 metric_is releasehealth_rebuild_needed 1 || fail "/metrics does not report that a rebuild is needed"
same "the past is as it was" "1.0.0" "$(command_of report --format json | jq -r '.[0].figures[] | select(.figure == "deployments" and .labels.kind == "planned" and .service == "checkout") | if .value == 2 then "1.0.0" else .value end')"
command_of rebuild
wait_until 5 metric_is releasehealth_rebuild_needed 0 || fail "the rebuild is not on /metrics"
wait_until 5 metric_is 'releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",kind="hotfix",period="month"}' 1 || fail "the rule does not apply to history"
cp "$work/before.toml" "$work/config.toml"
curl -sf -X POST "$operations/-/reload" >/dev/null
command_of rebuild
same "no figure has a value before any event" "null" "$(command_of report --as-of 2026-01-01T00:00:00Z --format json | jq -c '.[0].figures[0].value // null')"
printf 'service,version,finished_at\nsearch,4.0,2026-01-05T00:00:00Z\nsearch,4.1,2026-01-06T00:00:00Z\nsearch,bad,yesterday\n' >"$work/history.csv"
same "a bad row fails the import and is reported" 1 "$("$daemon" import csv "$work/history.csv" --config "$work/config.toml" >/dev/null 2>"$work/import"; echo $?)"
grep -q 'history.csv:4: .*finished_at' "$work/import" || fail "the bad row is not reported: $(cat "$work/import")"
same "and the others are there, once" "0 stored, 2 duplicates" "$("$daemon" import csv "$work/history.csv" --config "$work/config.toml" 2>&1 >/dev/null | tail -n 1)"

# an export into a fresh database gives the same figures
wait_until 5 metric_is 'releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",kind="planned",period="month"}' 2 || fail "the override is not counted"
command_of export events >"$work/all.ndjson"
report() { "$daemon" report --config "$1" --from 2026-01 --to 2026-12 --format csv 2>/dev/null | cut -d, -f1,4-; }
report "$work/config.toml" >"$work/before.csv"
sed "s|$work/state|$work/other|" "$work/config.toml" >"$work/other.toml"
"$daemon" migrate --config "$work/other.toml" 2>>"$work/commands.log"
"$daemon" import events "$work/all.ndjson" --config "$work/other.toml" 2>>"$work/commands.log"
report "$work/other.toml" >"$work/after.csv"
# deployments per day of the current month change every second
diff <(grep -v deployments_per_day "$work/before.csv") <(grep -v deployments_per_day "$work/after.csv") || fail "export and import give other figures"
echo "ok: export and import give the same figures ($(wc -l <"$work/before.csv") rows)"

# an empty configuration, as in a truncated file: serve reports it, and a reload rejects it
: >"$work/empty.toml"
STATE_DIRECTORY=$work/empty RELEASEHEALTHD_DATABASE_URL="host=$state/postgresql user=releasehealthd dbname=postgres" \
  RELEASEHEALTHD_INTAKE_LISTEN=127.0.0.1:$(free_port) RELEASEHEALTHD_OPERATIONS_LISTEN=127.0.0.1:$(free_port) \
  "$daemon" serve --config "$work/empty.toml" 2>"$work/empty.log" &
empty_pid=$!
pids+=("$empty_pid")
wait_until 30 grep -q 'the configuration is empty: running on defaults only' "$work/empty.log" || fail "serve does not report that it runs on defaults"
kill -TERM "$empty_pid"
wait "$empty_pid" || fail "the daemon on defaults ended with $?"
same "its state directory is for its user" "rwx--" "$(stat -c %A "$work/empty" | cut -c 2-6)"
cp "$work/empty.toml" "$work/config.toml"
kill -HUP "$daemon_pid"
wait_until 5 metric_is releasehealth_config_last_reload_successful 0 || fail "SIGHUP accepts an empty configuration"
same "the sources are still there" 401 "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$intake/webhooks/hub")"
cp "$work/before.toml" "$work/config.toml"

# log lines are JSON without secrets and bodies
stop_daemon
jq -es 'all(has("ts") and has("level") and has("msg"))' "$work/daemon.log" >/dev/null || fail "a line of the log is not JSON"
if grep -qE "$token|$secret|hotfix/1.0.1" "$work/daemon.log"; then fail "the log holds a secret or a body"; fi
echo "ok: $(wc -l <"$work/daemon.log") log lines are JSON without secrets and bodies"
