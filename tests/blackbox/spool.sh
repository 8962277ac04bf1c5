#!/usr/bin/env bash
# The spool: order, duplicates, restarts, its limit. (Failures of PostgreSQL are in tests/faults.) One daemon runs the
# PostgreSQL that the other, tested one uses.
. "$(dirname "$0")/lib.bash"
keeper_port=$(free_port)
cat >"$work/keeper.toml" <<TOML
state_dir = "$work/keeper"
[intake]
listen = "127.0.0.1:$(free_port)"
[operations]
listen = "127.0.0.1:$keeper_port"
TOML
dsn="host='$work/keeper/postgresql' port=5432 user=releasehealthd dbname=postgres"
sql() { psql -qXAt -d "$dsn" -c "$1"; }
start_keeper() {
  setsid "$daemon" serve --config "$work/keeper.toml" 2>>"$work/keeper.log" &
  keeper_pid=$!
  pids+=("$keeper_pid")
  wait_until 60 sql 'SELECT 1' || fail "PostgreSQL does not respond"
}
stop_keeper() { kill -TERM "$keeper_pid"; wait "$keeper_pid" || fail "the keeper ended with $?"; }

# start_tested: there may be no database and so no figures
start_tested() {
  setsid "$daemon" serve --config "$work/config.toml" 2>>"$work/daemon.log" &
  daemon_pid=$!
  pids+=("$daemon_pid")
  wait_until 60 curl -sf "$operations/-/ready" || fail "the daemon is not ready"
}
numbered=0
# send N: sends the next N deliveries, expects each to be acknowledged, and records their ids
send() {
  local n
  for n in $(seq "$1"); do
    numbered=$((numbered + 1))
    curl -sf -m 10 "$intake/api/v1/events" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
      -d "{\"id\":\"n$numbered\",\"type\":\"deployment\",\"service\":\"checkout\",\"version\":\"$numbered\",\"state\":\"succeeded\"}" \
      >>"$work/answers" || return 1
    echo "n$numbered" >>"$work/sent"
  done
}
is_drained() { metric_is releasehealth_spooled_deliveries 0 && metric_is releasehealth_database_up 1; }
stored() { sql "SELECT id FROM event WHERE source = 'api' ORDER BY id"; }
check_stored() {
  wait_until 60 is_drained || fail "the spool is not drained after $1"
  same "$1: everything that was acknowledged is stored, once" "$(sort "$work/sent")" "$(stored | sort)"
}

configure <<TOML
[database]
url = "$dsn"
TOML

# PostgreSQL unavailable from the start, and the daemon killed meanwhile
start_tested
send 20 || fail "refused without PostgreSQL"
kill -9 "$daemon_pid"
wait "$daemon_pid" 2>/dev/null || true
start_tested
same "after kill -9 the spool holds what it held" 20 "$(metric releasehealth_spooled_deliveries)"
again='{"id":"n7","type":"deployment","service":"checkout","version":"7","state":"succeeded"}'
same "a repeated delivery is a duplicate in the spool, too" '{"accepted":0,"duplicates":1,"ignored":0}' "$(send_event "$again" | tr -d '\n')"
same "a database that is away" 0 "$(metric releasehealth_database_up)"
start_keeper
check_stored "PostgreSQL gone"
same "in the order of receipt" "$(head -20 "$work/sent")" "$(sql "SELECT id FROM event WHERE source = 'api' ORDER BY received_at")"

# read-only PostgreSQL: figures are served with the number of spooled deliveries
sql "ALTER SYSTEM SET default_transaction_read_only = on" && sql "SELECT pg_reload_conf()" >/dev/null
wait_until 10 test "$(sql 'SHOW default_transaction_read_only')" = on
send 10 || fail "rejected while PostgreSQL is read-only"
same "the figures report spooled deliveries" 10 "$(curl -s "$operations/api/v1/figures" | jq .spooled)"
PGOPTIONS='-c default_transaction_read_only=off' sql "ALTER SYSTEM RESET default_transaction_read_only"
sql "SELECT pg_reload_conf()" >/dev/null
check_stored "PostgreSQL read-only"

# full: 503, with the spool unchanged
stop_daemon
stop_keeper
sed -i '1a [spool]\nmax_bytes = 2000' "$work/config.toml"
sed -i '/^\[spool\]/,/^max_bytes/{H;d}; $G' "$work/config.toml"
start_tested
until ! send 1; do [ "$(wc -l <"$work/sent")" -lt 1000 ] || fail "the spool has no limit"; done
status=$(curl -s -o "$work/answer" -D "$work/head" -w '%{http_code}' "$intake/api/v1/events" -H "Authorization: Bearer $token" \
  -H 'Content-Type: application/json' -d '{"id":"over","type":"deployment","service":"checkout","version":"over","state":"succeeded"}')
same "a full spool is answered" 503 "$status"
grep -qi '^retry-after: ' "$work/head" || fail "no Retry-After"
same "not ready" 503 "$(curl -s -o /dev/null -w '%{http_code}' "$operations/-/ready")"
start_keeper
check_stored "a full spool"
wait_until 10 curl -sf "$operations/-/ready" || fail "not ready after the spool was drained"
stop_daemon
command_of rebuild --check || fail "rebuild --check"
echo "ok: rebuild --check agrees; $(wc -l <"$work/sent") acknowledged"
stop_keeper
