#!/usr/bin/env bash
# Typed input of send and amend: fields are checked before sending, and the output reports the result.
. "$(dirname "$0")/lib.bash"
configure </dev/null
start_daemon
export RELEASEHEALTHD_URL=$intake RELEASEHEALTHD_OPERATIONS_URL=$operations RELEASEHEALTHD_TOKEN=$token

# said EXIT WORDS -- ARGUMENTS...: expects that exit status and those words on stdout or stderr
said() {
  local expected=$1 words=$2 status=0
  shift 3
  "$daemon" "$@" >"$work/out" 2>"$work/said" </dev/null || status=$?
  [ "$status" = "$expected" ] || { cat "$work/out" "$work/said"; fail "exit $status instead of $expected: $*"; }
  grep -qF -- "$words" "$work/out" "$work/said" || { cat "$work/out" "$work/said"; fail "missing '$words': $*"; }
  echo "ok: $*: $words"
}
stored() { command_of export events | wc -l; }

said 2 'send: unknown field "versoin"; did you mean "version"?' -- send deployment service=checkout versoin=1.9.3
said 2 'send: unknown field "severity"' -- send deployment service=checkout severity=1
said 2 'unknown type "deploymnet"; did you mean "deployment"?' -- send deploymnet service=checkout
said 2 '/state' -- send deployment service=checkout state=done
said 2 '/time' -- send deployment service=checkout time=yesterday
said 2 'send: a deployment needs service=NAME' -- send deployment version=1
said 1 'send: unknown deployment "d1"; a new one needs service=NAME' -- send deployment subject=d1 state=succeeded
same "none of them is stored" 0 "$(stored)"

said 0 'accepted: checkout 1.9.3, hotfix (explicit kind)' -- send deployment service=checkout version=1.9.3 kind=hotfix
link=$(sed -n 's/^ *\(http.*\)/\1/p' "$work/out")
grep -q '1.9.3' <(curl -sf "$link") || fail "the linked page lacks the deployment: $link"
said 0 'accepted: checkout 1.9.4, running' -- send deployment subject=d1 service=checkout version=1.9.4 state=running
said 0 'accepted: checkout 1.9.4, planned (' -- send deployment subject=d1 state=succeeded
said 0 'accepted: search 2.0 in staging, planned (' -- send deployment service=search version=2.0 environment=staging
said 0 'accepted: checkout 1.9.5, planned (' -- send deployment id=twice service=checkout version=1.9.5
said 0 'duplicate, already stored: checkout 1.9.5, planned (' -- send deployment id=twice service=checkout version=1.9.5
said 0 'accepted: incident INC-7 of checkout, open' -- send incident subject=INC-7 service=checkout severity=2 state=open
said 0 'accepted: work ' -- send work incident=INC-7 person=alice seconds=600
said 0 'accepted: ' -- send deployment service=checkout version=1.9.6 shoe_size=44 --allow-unknown
said 0 '{"accepted":1,"duplicates":0,"ignored":0}' -- send deployment service=checkout version=1.9.7 --format json
said 0 'cannot look up the result' -- send deployment service=checkout version=1.9.8 --operations-url "http://127.0.0.1:$(free_port)"
same "it is stored nevertheless" 1 "$(command_of export events | grep -c '"version":"1.9.8"')"

# amend accepts the same references as explain
said 0 'accepted: deployment 1.9.3' -- amend deployment 1.9.3 kind=planned --reason 'it was planned'
kind_of() { curl -s "$operations/api/v1/deployments/$1" | jq -r .kind; }
wait_until 10 eval '[ "$(kind_of 1.9.3)" = planned ]' || fail "the override is not applied"
said 0 'accepted: deployment d1' -- amend deployment d1 kind=hotfix --reason 'it was one'
said 0 'accepted: deployment 1.9.3' -- amend deployment 1.9.3 --withdraw kind --reason 'it was a hotfix after all'
said 0 '{"accepted":1}' -- amend incident INC-7 severity=1 --reason 'worse than that' --format json
said 0 'accepted: ' -- send deployment service=search version=1.9.3
said 1 'amend: "1.9.3" matches several deployments; expected --service, --environment or an id:' -- amend deployment 1.9.3 kind=planned --reason x
grep -q 'search' "$work/said" || fail "the deployments of the name are not listed"
said 0 'accepted: deployment 1.9.3' -- amend deployment 1.9.3 kind=hotfix --service search --reason 'it was one'
said 1 'amend: unknown deployment "1.9.3" of service "payments"' -- amend deployment 1.9.3 kind=hotfix --service payments --reason x
said 1 'amend: unknown incident "INC-8"' -- amend incident INC-8 severity=1 --reason x
said 2 'amend: unknown field "knid"; did you mean "kind"?' -- amend deployment 1.9.3 knid=planned --reason x
said 2 'amend: unknown field "kinds"; did you mean "kind"?' -- amend deployment d1 --withdraw kinds --reason x
said 1 'amend: ' -- amend deployment d1 kind=wrong --reason x
said 2 'unknown thing "deploment"; did you mean "deployment"?' -- amend deploment d1 kind=planned --reason x
stop_daemon
