#!/usr/bin/env bash
# SIGTERM completes requests in progress; a killed private PostgreSQL restarts by itself. (tests/faults kills the daemon.)
. "$(dirname "$0")/lib.bash"
configure </dev/null
start_daemon

# a request with an incomplete body at SIGTERM
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

# the private PostgreSQL is killed under the daemon: 503, /metrics still responds, and soon deliveries are accepted again
has_figures() { grep -q '^releasehealth_deployments{' <(curl -sf "$operations/metrics"); }
wait_until 20 has_figures || fail "no figures after a start"
kill -9 "$(head -n 1 "$work/state/postgresql/data/postmaster.pid")"
has_figures || fail "/metrics does not respond without PostgreSQL"
wait_until 30 send_event '{"id":"after","type":"deployment","service":"checkout","version":"after","state":"succeeded"}' ||
  fail "deliveries are not accepted again after PostgreSQL was killed"
wait_until 10 metric_is releasehealth_database_up 1 || fail "the database does not come back"
wait_until 10 metric_is releasehealth_spooled_deliveries 0 || fail "the spool is not drained"
same "nothing was lost with PostgreSQL's kill" "after late" "$(command_of export events | jq -r .id | sort | xargs)"

# SIGTERM while deriving ends within the drain: a statement that waits for a lock is cancelled
psql_private() { psql -qXAt -h "$work/state/postgresql" -U releasehealthd -d postgres "$@"; }
(echo 'BEGIN; LOCK TABLE deployment;'; sleep 120) | psql_private >/dev/null 2>&1 &
holder=$!
pids+=("$holder")
lock_is_held() { [ "$(psql_private -c "SELECT count(*) FROM pg_locks WHERE relation = 'deployment'::regclass AND mode = 'AccessExclusiveLock' AND granted")" = 1 ]; }
wait_until 10 lock_is_held || fail "the table is not locked"
send_event '{"id":"last","type":"deployment","service":"checkout","version":"last","state":"succeeded"}' >/dev/null
deriving_waits() { [ "$(psql_private -c "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'releasehealthd derive' AND wait_event_type = 'Lock'")" = 1 ]; }
wait_until 10 deriving_waits || fail "deriving does not wait for the table"
began=$SECONDS
kill -TERM "$daemon_pid"
wait "$daemon_pid" || fail "the daemon ended with $?"
[ $((SECONDS - began)) -le 10 ] || fail "SIGTERM while deriving took $((SECONDS - began)) s"
echo "ok: SIGTERM while deriving ends within the drain"
