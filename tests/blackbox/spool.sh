#!/usr/bin/env bash
# PostgreSQL is away, slow, read-only: deliveries are acknowledged all the same, survive kills of the daemon, and are all
# there, once, when it is back. One daemon keeps the PostgreSQL that the other, which is tested, uses.
. "$(dirname "$0")/lib.bash"
configure </dev/null
cp "$work/config.toml" "$work/keeper.toml"
sed -i "s/$intake_port/$(free_port)/; s/$operations_port/$(free_port)/" "$work/keeper.toml"
keeper_operations=http://$(sed -n '/operations/,$s/^listen = "\(.*\)"/\1/p' "$work/keeper.toml")
start_keeper() {
  setsid "$daemon" serve --config "$work/keeper.toml" 2>>"$work/keeper.log" &
  keeper_pid=$!
  pids+=("$keeper_pid")
  wait_until 60 curl -sf "$keeper_operations/-/ready" || fail "the keeper of PostgreSQL is not ready"
  wait_until 20 psql_of -c 'SELECT 1' || fail "PostgreSQL does not answer"
}
stop_keeper() { kill -TERM "$keeper_pid"; wait "$keeper_pid" || fail "the keeper ended with $?"; }

start_keeper_first() {
  setsid "$daemon" serve --config "$work/keeper.toml" 2>>"$work/keeper.log" &
  keeper_pid=$!
  pids+=("$keeper_pid")
  wait_until 60 test -S "$work/state/postgresql/socket/.s.PGSQL.5432" || ls -lR "$work/state/postgresql" | head -40
}
start_keeper_first
find "$work/state" -maxdepth 3 | head -20
stop_keeper
