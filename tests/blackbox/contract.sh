#!/usr/bin/env bash
# Every kind of source with real clients: authenticated deliveries are accepted once, others are rejected as in sources.md.
. "$(dirname "$0")/lib.bash"
signing_token=whsec_$(head -c 24 /dev/urandom | base64)
node "$root/tests/clients/contract.mjs" config "$secret" "$signing_token" | configure
same "every kind of source is in the contract" "$("$daemon" sources | grep -v '^ ' | cut -d' ' -f1 | sort)" \
  "$(sed -n 's/^kind = "\(.*\)"/\1/p' "$work/config.toml" | sort)"
start_daemon
node "$root/tests/clients/contract.mjs" run "$intake" "$secret" "$signing_token" >"$work/checks" || { grep FAILED "$work/checks"; fail "the contract"; }
echo "ok: $(wc -l <"$work/checks") checks"
same "the subject as it was meant" "2" "$(command_of export events | grep -c '"service":"svc \\"a\\" é"')"
same "none is dead" 0 "$(metric releasehealth_dead_deliveries)"

# DevLake's paths, with curl
devlake() { curl -s -o "$work/answer" -w '%{http_code}' -H "Authorization: Bearer $secret" "$intake/webhooks/devlake$1" "${@:2}"; }
same "an incident, as posted to DevLake" 202 "$(devlake /issues -H 'Content-Type: application/json' -d \
  '{"issueKey":"SHOP-9","title":"down","type":"INCIDENT","status":"TODO","createdDate":"2026-11-03T10:20:00+00:00","component":"lake"}')"
place='service_name="lake",team_name="",deployment_environment="production"'
wait_until 20 metric_is "releasehealth_open_incidents{$place}" 1 || fail "the incident is not open"
same "closed by its path, without a body" 202 "$(devlake /issue/SHOP-9/close -X POST)"
wait_until 20 metric_is "releasehealth_open_incidents{$place}" 0 || fail "the incident is not closed"
echo "ok: an incident opened and closed with DevLake's requests"
same "no proof, no close" 401 "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$intake/webhooks/devlake/issue/SHOP-9/close")"
grep -qF "$secret" "$work/daemon.log" && fail "a secret is in the log"
grep -qF "access_token" "$work/daemon.log" && fail "a query is in the log"
echo "ok: neither secrets nor queries in the log"
