#!/usr/bin/env bash
# A 2xx is on disk: the daemon is killed -9 again and again while deliveries come in, and every acknowledged one is there,
# once. SIGTERM lets requests in progress end.
. "$(dirname "$0")/lib.bash"
configure </dev/null

rounds=5 sent=0
for round in $(seq $rounds); do
  start_daemon
  # four senders, each remembering what was acknowledged
  senders=()
  for sender in 1 2 3 4; do
    (
      for n in $(seq 200); do
        id=$round-$sender-$n
        body="{\"id\":\"$id\",\"type\":\"deployment\",\"service\":\"checkout\",\"version\":\"$id\",\"state\":\"succeeded\"}"
        curl -sf -m 5 "$intake/api/v1/events" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$body" >/dev/null || break
        echo "$id" >>"$work/acknowledged.$sender"
      done
    ) &
    senders+=($!)
  done
  sleep "0.$((RANDOM % 5 + 3))"
  kill -9 "$daemon_pid"
  wait "$daemon_pid" 2>/dev/null || true
  wait "${senders[@]}" || true
done
sent=$(cat "$work"/acknowledged.* | wc -l)
[ "$sent" -gt 50 ] || fail "only $sent deliveries were acknowledged: this has shown nothing"

start_daemon
command_of export events | jq -r .id | sort >"$work/stored"
same "no acknowledged delivery is lost" 0 "$(cat "$work"/acknowledged.* | sort | comm -23 - "$work/stored" | wc -l)"
same "none is there twice" 0 "$(uniq -d "$work/stored" | wc -l)"
echo "ok: $sent acknowledged, $(wc -l <"$work/stored") stored, $rounds kills"
command_of rebuild --check >/dev/null || fail "rebuild --check finds a difference"
echo "ok: rebuild --check finds no difference"

# a request whose body is still on its way when SIGTERM comes
exec 3<>"/dev/tcp/127.0.0.1/$intake_port"
body='{"id":"late","type":"deployment","service":"checkout","version":"late","state":"succeeded"}'
printf 'POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' \
  "$token" "${#body}" "${body:0:20}" >&3
sleep 0.3
kill -TERM "$daemon_pid"
sleep 0.3
printf %s "${body:20}" >&3
read -r -t 5 status <&3
exec 3>&-
same "a request in progress is answered after SIGTERM" "HTTP/1.1 202 Accepted" "${status%$'\r'}"
wait "$daemon_pid" || fail "the daemon ended with $?"
start_daemon
same "and it is stored" late "$(command_of export events | jq -r 'select(.id == "late").id')"

# the private PostgreSQL is killed under the daemon: 503, /metrics goes on, and a moment later deliveries are taken again
has_figures() { grep -q '^releasehealth_deployments{' <(curl -sf "$operations/metrics"); }
wait_until 20 has_figures || fail "the figures are not there after a start"
kill -9 "$(head -n 1 "$work/state/postgresql/data/postmaster.pid")"
has_figures || fail "/metrics does not answer without PostgreSQL"
wait_until 30 send_event '{"id":"after","type":"deployment","service":"checkout","version":"after","state":"succeeded"}' ||
  fail "deliveries are not taken again after PostgreSQL was killed"
wait_until 10 metric_is releasehealth_database_up 1 || fail "the database does not come back"
same "nothing was lost with PostgreSQL's kill" 0 "$(command_of export events | jq -r .id | sort | comm -13 - "$work/stored" | wc -l)"
stop_daemon
