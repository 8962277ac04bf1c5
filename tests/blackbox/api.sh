#!/usr/bin/env bash
# The OpenAPI document passes its linter, and responses of every path match it, for valid and invalid parameters.
. "$(dirname "$0")/lib.bash"
configure <"$root/tests/system/review.toml"
start_daemon
"$root/deploy/demo/events" | grep -v '"service":"osf"' >"$work/demo.ndjson"
command_of import events "$work/demo.ndjson" --source demo
wait_until 10 metric_is 'releasehealth_deployments{service_name="checkout",team_name="shop",deployment_environment="production",kind="hotfix",period="month"}' 6 || fail "the demo data are missing"

curl -s "$operations/openapi.yaml" >"$work/openapi.json"
"$root/tests/clients/node_modules/.bin/spectral" lint "$work/openapi.json" --ruleset "$root/tests/blackbox/spectral.yaml" --fail-severity hint >"$work/spectral.log" || fail "the OpenAPI document"
echo "ok: the OpenAPI document passes its linter"

deployment=$(curl -s "$operations/api/v1/hotfixes?limit=1" | jq -r '.items[0].id')
incident=$(curl -s "$operations/api/v1/incidents?limit=1" | jq -r '.items[0].id')
told=$(jq -n --arg d "$deployment" --arg i "$incident" '{service: "checkout", deployment: $d, incident: $i}' |
  python3 "$root/tests/blackbox/api.py" "$operations" "$intake" "$token") || fail "the API"
echo "ok: $told, each as documented"
stop_daemon
