#!/usr/bin/env bash
# Both listeners over TLS 1.2 and 1.3, with replaced certificates, client certificates and users with bcrypt hashes.
. "$(dirname "$0")/lib.bash"
# certificate NAME SUBJECT: signed by the authority of this test
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=test authority" \
  -keyout "$work/ca.key" -out "$work/ca.pem" 2>"$work/openssl.log"
certificate() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
    -keyout "$work/$1.key" -out "$work/$1.csr" 2>>"$work/openssl.log"
  openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 -copy_extensions copy \
    -out "$work/$1.pem" 2>>"$work/openssl.log"
}
certificate server localhost
certificate client prometheus
hash=$(perl -e 'print crypt("open-sesame", q($2b$10$).substr(unpack("H*", `head -c 16 /dev/urandom`), 0, 22))')
case $hash in '$2'*) ;; *) fail "no bcrypt hash: $hash" ;; esac

configure </dev/null
python3 - "$work" "$hash" <<'PY'
import sys
work, hashed = sys.argv[1:]
file = f"{work}/config.toml"
text = open(file).read()
tls = f'tls_server_config = {{ cert_file = "server.pem", key_file = "server.key" }}\n'
mutual = f'tls_server_config = {{ cert_file = "server.pem", key_file = "server.key", client_auth_type = "RequireAndVerifyClientCert", client_ca_file = "ca.pem", min_version = "TLS13" }}\nbasic_auth_users = {{ prometheus = "{hashed}" }}\n'
text = text.replace("[operations]\n", tls + "[operations]\n" + mutual)
open(file, "w").write(text)
PY
command_of check-config >/dev/null || fail "the configuration"
setsid "$daemon" serve --config "$work/config.toml" 2>>"$work/daemon.log" &
daemon_pid=$!
pids+=("$daemon_pid")
intake=https://localhost:$intake_port operations=https://localhost:$operations_port
client=(curl -s --cacert "$work/ca.pem" --cert "$work/client.pem" --key "$work/client.key")
user=(-u prometheus:open-sesame)
wait_until 60 "${client[@]}" "${user[@]}" -f "$operations/-/ready" || fail "the daemon is not ready"
code() { "$@" -o /dev/null -w '%{http_code}' || true; }

for version in 1.2 1.3; do
  same "a delivery over TLS $version" 202 "$(code curl -s --cacert "$work/ca.pem" --tlsv$version --tls-max $version "$intake/api/v1/events" \
    -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "{\"id\":\"$version\",\"type\":\"deployment\",\"service\":\"checkout\",\"version\":\"$version\",\"state\":\"succeeded\"}")"
done
same "TLS 1.1 is not spoken" 000 "$(code curl -s --cacert "$work/ca.pem" --tlsv1.1 --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' "$intake/api/v1/events")"
same "plain HTTP is not, either" 000 "$(code curl -s "http://localhost:$intake_port/api/v1/events")"
same "our own client speaks TLS" '{"accepted":1,"duplicates":0,"ignored":0}' "$(SSL_CERT_FILE=$work/ca.pem "$daemon" send deployment id=own --format json service=checkout version=own \
  --url "$intake" --token-file <(echo "$token") | tr -d '\n')"

same "operations with certificate and user" 200 "$(code "${client[@]}" "${user[@]}" "$operations/metrics")"
same "without a certificate" 000 "$(code curl -s --cacert "$work/ca.pem" "${user[@]}" "$operations/metrics")"
same "TLS 1.2, where 1.3 is the least" 000 "$(code "${client[@]}" "${user[@]}" --tls-max 1.2 "$operations/metrics")"
same "without a user" 401 "$(code "${client[@]}" "$operations/metrics")"
same "with another password" 401 "$(code "${client[@]}" -u prometheus:guess "$operations/-/healthy")"
same "as nobody known" 401 "$(code "${client[@]}" -u alice:open-sesame "$operations/metrics")"
has_figures() { [ "$(code "${client[@]}" "${user[@]}" "$operations/api/v1/figures")" = 200 ]; }
wait_until 30 has_figures || fail "no figures for a user"
same "figures for a user" 200 "$(code "${client[@]}" "${user[@]}" "$operations/api/v1/figures")"
same "figures for a token" 200 "$(code "${client[@]}" -H "Authorization: Bearer $token" "$operations/api/v1/figures")"
same "figures for any other token" 401 "$(code "${client[@]}" -H "Authorization: Bearer guess" "$operations/api/v1/figures")"
same "a page for a token" 401 "$(code "${client[@]}" -H "Authorization: Bearer $token" "$operations/")"

# a new certificate is used without a restart, an invalid one is not
serial() { openssl s_client -connect "127.0.0.1:$intake_port" -CAfile "$work/ca.pem" </dev/null 2>/dev/null | openssl x509 -noout -serial; }
before=$(serial)
certificate server localhost
is_new() { [ "$(serial)" != "$before" ]; }
wait_until 10 is_new || fail "the new certificate is not used"
after=$(serial)
echo "half of a" >"$work/server.pem"
sleep 1.5
same "a wrong certificate is not used" "$after" "$(serial)"
kill -TERM "$daemon_pid"
wait "$daemon_pid" || fail "the daemon ended with $?"
grep -qF open-sesame "$work/daemon.log" && fail "a password is in the log"
echo "ok: no password in the log"
