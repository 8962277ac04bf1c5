#!/usr/bin/env bash
# Each finding of `doctor` with its cause: it names the problem and the fix, and disappears once fixed.
. "$(dirname "$0")/lib.bash"
# finds AREA WORDS: doctor exits 1 with such a finding, once new deliveries are derived
found() {
  if "$daemon" doctor --config "$work/config.toml" --format json >"$work/found" 2>"$work/doctor.log"; then return 1; fi
  jq -e --arg area "$1" --arg words "$2" 'any(.findings[]; .area == $area and (.text | contains($words)) and .cure != "")' "$work/found" >/dev/null
}
finds() { wait_until 30 found "$1" "$2" || { cat "$work/found"; fail "doctor does not find: $1: $2"; }; echo "ok: $1: $2"; }
finds_nothing() { "$daemon" doctor --config "$work/config.toml" >"$work/found" 2>&1 || { cat "$work/found"; fail "doctor has a finding: $1"; }; echo "ok: clean: $1"; }

printf '[intake]\nlisten = "nowhere"\n' >"$work/config.toml"
finds configuration 'intake.listen'
printf 'state_dir = "%s"\n' "$state" >"$work/config.toml"
finds configuration 'every delivery is rejected'

(umask 077; echo "$secret" >"$work/github.secret")
secretive() { configure <<TOML
[[source]]
name = "github"
kind = "github"
secret_file = "$work/github.secret"
$1
TOML
}
secretive ''
finds_nothing "before the first start"
chmod 644 "$work/github.secret"
finds configuration 'every user of this machine can read'
chmod 600 "$work/github.secret"

start_daemon
finds source 'no delivery accepted yet'
signed() {
  curl -sf -o /dev/null "$intake/webhooks/github" -H 'Content-Type: application/json' -H "X-GitHub-Event: $1" -H "X-GitHub-Delivery: $RANDOM$RANDOM" \
    -H "X-Hub-Signature-256: sha256=$(printf %s "$2" | openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)" --data-binary "$2"
}
repository='"repository":{"full_name":"acme/checkout","default_branch":"main"}'
commit=6dcb09b5b57875f334f61aebed695e2e4193db5e now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
signed deployment_status '{"deployment":{"id":1,"sha":"'$commit'","ref":"main","environment":"production","created_at":"'"$now"'"},"deployment_status":{"id":1,"state":"success","environment":"production","created_at":"'"$now"'"},'"$repository}"
finds source 'Pushes'
finds coverage 'commit is missing in 1 of 1 services (acme/checkout)'
finds coverage 'incident is missing'
signed push '{"ref":"refs/heads/main","after":"'$commit'","deleted":false,"commits":[{"id":"'$commit'","message":"Start","timestamp":"'"$now"'"}],'"$repository}"
signed pull_request '{"action":"closed","number":1,"pull_request":{"number":1,"title":"Start","merged":true,"merged_at":"'"$now"'","merge_commit_sha":"'$commit'","html_url":"https://github.com/acme/checkout/pull/1","head":{"ref":"start"},"base":{"ref":"main"},"labels":[],"additions":1,"deletions":0},'"$repository}"
send_event '{"id":"i1","subject":"i1","type":"incident","service":"acme/checkout","severity":4,"state":"resolved","started_at":"'"$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:%SZ)"'","responders":[{"person":"robin"}]}' >/dev/null
cured() { ! jq -e 'any(.findings[]; .area == "coverage" or .area == "source")' <("$daemon" doctor --config "$work/config.toml" --format json 2>/dev/null) >/dev/null; }
wait_until 60 cured || { "$daemon" doctor --config "$work/config.toml"; fail "findings about coverage and setup remain"; }
echo "ok: no evidence is missing with pushes, pull requests and an incident"

send_event '{"id":"i2","subject":"i2","type":"incident","service":"chekout-api","severity":4,"state":"resolved"}' >/dev/null
finds names 'chekout-api'

for _ in 1 2 3 4 5; do curl -s -o /dev/null "$intake/webhooks/github" -H 'Content-Type: application/json' -H 'X-GitHub-Event: push' -H 'X-Hub-Signature-256: sha256=00' -d '{}'; done
curl -sf -o /dev/null "$intake/webhooks/github" -H 'Content-Type: application/json' -H 'X-Releasehealth-Test: 1' \
  -H "X-Hub-Signature-256: sha256=$(printf %s '{}' | openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)" -d '{}'
for _ in 1 2 3; do curl -s -o /dev/null "$intake/api/v1/events" -d '[]'; done
finds source '5 deliveries rejected today, the latest as unauthorized'
jq -e 'all(.findings[]; .text | contains("source \"api\"") | not)' "$work/found" >/dev/null || fail "a client without a token can make doctor fail"

printf '[[rule]]\nname = "all"\nkind = "hotfix"\nwhen = { service = "." }\n' | cat - >>"$work/config.toml"
finds database 'history was derived with different rules'
command_of rebuild >/dev/null
secretive $'[spool]\nmax_bytes = 1099511627776'
if [ "$(df --output=avail -B1 "$work" | tail -1)" -lt 1099511627776 ]; then finds disk 'MiB free'; else echo "skipped: the disk has more than the largest spool"; fi
stop_daemon
