#!/usr/bin/env bash
# Importing an export of events already delivered by webhooks changes no figure.
. "$(dirname "$0")/lib.bash"
configure <<'TOML'
[[source]]
name = "github"
kind = "github"
unauthenticated = true
[[source]]
name = "gitlab"
kind = "gitlab"
unauthenticated = true
[[source]]
name = "pagerduty"
kind = "pagerduty"
unauthenticated = true
[[source]]
name = "jira"
kind = "jira"
unauthenticated = true
TOML
python3 "$root/tests/blackbox/exports.py" make "$work"
start_daemon
for hook in "$work"/hook-*; do
  name=$(basename "$hook")
  kind=$(cut -d- -f2 <<<"$name")
  mapfile -t headers < <(sed '/^$/q;s/^/-H/' "$hook" | sed '/^$/d')
  status=$(sed '1,/^$/d' "$hook" | curl -s -o "$work/answer" -w '%{http_code}' "$intake/webhooks/$kind" "${headers[@]}" -H "Content-Type: application/json" --data-binary @-)
  [ "$status" = 202 ] || fail "$name: $status $(cat "$work/answer")"
done
# the month continues meanwhile: without its end and without figures divided by its days
figures() { command_of report --format csv --month "$(date -u +%Y-%m)" | cut -d, -f1,2,4- | grep -v _per_day | sort; }
things() { command_of export events | jq -r 'select(.type != "commit") | "\(.type) \(.source // "") \(.subject)"' | sort -u; }
figures >"$work/before"
things >"$work/things"
grep -q ',deployments,' "$work/before" || fail "no delivery arrived"
for format in github-deployments gitlab-deployments pagerduty jira; do
  command_of import "$format" "$work/$format.json" || fail "$format is not imported"
  diff <(figures) "$work/before" || fail "$format changes figures"
  diff <(things) "$work/things" || fail "$format gives other subjects than the webhooks"
  echo "ok: $format"
done
stop_daemon
