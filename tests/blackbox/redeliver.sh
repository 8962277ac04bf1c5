#!/usr/bin/env bash
# Deliveries that GitHub sent during downtime are fetched from its API: over TLS, once, and only missed ones.
. "$(dirname "$0")/lib.bash"
printf '[[source]]\nname = "github"\nkind = "github"\nsecret = "%s"\n' "$secret" | configure
start_daemon

api_port=$(free_port)
api=https://localhost:$api_port
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>"$work/openssl.log"
node "$root/tests/clients/github_api.mjs" "$api_port" "$work/key.pem" "$work/cert.pem" ghp_token >"$work/api.log" 2>&1 &
pids+=($!)
wait_until 20 grep -q ready "$work/api.log" || fail "the API is not ready"
echo ghp_token >"$work/token"
echo ghp_other >"$work/wrong"

repository=acme/checkout token_file=$work/token certificate=$work/cert.pem
redeliver() {
  SSL_CERT_FILE=$certificate "$daemon" redeliver github --repository "$repository" --api "$api" --token-file "$token_file" \
    --config "$work/config.toml" "$@" 2>&1
}

# the delivered one is recognized by its GUID
body='{"deployment":{"id":1,"ref":"main","sha":"'$(printf 'b%.0s' {1..39})'1","environment":"production"},"deployment_status":{"id":1,"state":"success","environment":"production","created_at":"'$(date -u -d '-59 minutes' +%FT%TZ)'"},"repository":{"full_name":"acme/checkout","default_branch":"main"}}'
signature=$(printf '%s' "$body" | openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)
curl -sf "$intake/webhooks/github" -H 'Content-Type: application/json' -H 'X-GitHub-Event: deployment_status' \
  -H 'X-GitHub-Delivery: seen' -H "X-Hub-Signature-256: sha256=$signature" -d "$body" >"$work/answer" || fail "the delivery was rejected"

same "what was never answered, the oldest first" "missed deployment_status,hello ping,dead deployment_status" \
  "$(redeliver --dry-run 2>/dev/null | grep -v ' deliveries of ' | cut -d' ' -f2- | paste -sd,)"
same "fetched" "1 stored, 0 duplicates, 1 ignored, 1 dead, 0 rejected" "$(redeliver | tail -n 1)"
same "fetched again" "0 stored, 2 duplicates, 1 ignored, 0 dead, 0 rejected" "$(redeliver | tail -n 1)"
same "everything" "1 stored, 3 duplicates, 1 ignored, 0 dead, 0 rejected" "$(redeliver --all | tail -n 1)"
place='service_name="acme/checkout",team_name="",deployment_environment="production"'
wait_until 20 metric_is "releasehealth_deployments{$place,kind=\"planned\",period=\"7d\"}" 3 || fail "fetched deliveries are not counted"
echo "ok: three deployments are counted"
same "the dead one is" 1 "$(metric releasehealth_dead_deliveries)"

# refused WORDS ARGUMENTS...: exit 1 with these words
refused() {
  local out
  if out=$(redeliver "${@:2}"); then fail "$1: exit 0"; fi
  grep -q "$1" <<<"$out" || { echo "$out"; fail "no '$1'"; }
  echo "ok: $1"
}
refused "404 Not Found" --hook 99
token_file=$work/wrong refused "401 Bad credentials"
repository=acme/other refused "404 Not Found"
certificate=/dev/null refused "TLS: .*certificate verify failed"
sed 's/name = "github"/name = "elsewhere"/' "$work/config.toml" >"$work/other.toml"
mv "$work/other.toml" "$work/config.toml"
refused "no hook of repos/acme/checkout has a URL that ends with /webhooks/elsewhere; select one with --hook"
