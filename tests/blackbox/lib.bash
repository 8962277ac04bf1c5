# Shared by the black-box tests: a daemon with a private PostgreSQL of its own in a temporary folder, and the checks.
# shellcheck shell=bash
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
daemon=${1:?usage: $0 path/to/releasehealthd}
work=$(mktemp -d /tmp/rh-blackbox-XXXXXX)
chmod 711 "$work"
pids=()

finish() {
  local rc=$?
  trap - EXIT
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ $rc -ne 0 ] && [ $rc -ne 77 ]; then
    for log in "$work"/*.log; do [ -e "$log" ] && { echo "--- $(basename "$log")"; tail -n 20 "$log"; }; done
  fi
  rm -rf "$work"
  exit $rc
}
trap finish EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
same() { [ "$2" = "$3" ] || { echo "expected: $2"; echo "got:      $3"; fail "$1"; }; echo "ok: $1"; }

# free_port: below the kernel's range for outgoing connections, whose ports may become used or enter TIME_WAIT at any time
free_port() {
  local port ephemeral
  read -r ephemeral _ </proc/sys/net/ipv4/ip_local_port_range
  while :; do
    port=$((10000 + RANDOM % ((ephemeral > 12000 ? ephemeral : 32768) - 10000)))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# wait_until SECONDS COMMAND...: repeats the command until it succeeds
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
}

# place_of_its_own NAME: ports and a state directory for the next daemon
place_of_its_own() {
  intake_port=$(free_port) operations_port=$(free_port)
  while [ "$operations_port" = "$intake_port" ]; do operations_port=$(free_port); done
  intake=http://127.0.0.1:$intake_port operations=http://127.0.0.1:$operations_port
  state=$work/$1
}
place_of_its_own state
token=sesame-open-4711
secret=hush-hush-4711

# configure: writes the top of a configuration, and the rest from standard input
configure() {
  { cat <<TOML
state_dir = "$state"
[intake]
listen = "127.0.0.1:$intake_port"
[operations]
listen = "127.0.0.1:$operations_port"
[[token]]
name = "test"
scopes = ["send", "read", "amend"]
token = "$token"
TOML
    cat; } >"$work/config.toml"
}

# start_daemon [ENVIRONMENT...]: starts it in the background and waits until it is ready
start_daemon() {
  env "$@" setsid "$daemon" serve --config "$work/config.toml" 2>>"$work/daemon.log" &
  daemon_pid=$!
  pids+=("$daemon_pid")
  wait_until 60 metric_is releasehealth_refresh_success 1 || fail "the daemon has no figures"
  curl -sf "$operations/-/ready" >/dev/null || fail "the daemon is not ready"
}

stop_daemon() {
  kill -TERM "$daemon_pid"
  wait "$daemon_pid" || fail "the daemon ended with $?"
}

command_of() { "$daemon" "$@" --config "$work/config.toml" 2>>"$work/commands.log"; }

# reload_and_rebuild: reloads the running daemon's configuration and rebuilds history with it
reload_and_rebuild() {
  "$daemon" check-config --config "$work/config.toml" >>"$work/commands.log" || fail "the configuration is wrong"
  local reloads="grep -c 'configuration reloaded' $work/daemon.log" before
  before=$(eval "$reloads" || true)
  kill -HUP "$daemon_pid"
  wait_until 10 eval "[ \"\$($reloads)\" -gt $before ]" || fail "not reloaded"
  command_of rebuild >/dev/null || fail "rebuild"
}

# send_event JSON
send_event() {
  curl -sf "$intake/api/v1/events" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$1"
}

# start_prometheus [ALERTMANAGER_PORT]: as in deploy/, with shorter intervals
start_prometheus() {
  local port
  port=$(free_port)
  prometheus=http://127.0.0.1:$port
  sed -e "s|30s|1s|; s|releasehealth-alerts.yaml|$root/dashboards/alerts.yaml|; s|127.0.0.1:9093|127.0.0.1:${1:-9}|; s|127.0.0.1:9621|127.0.0.1:$operations_port|" \
    "$root/deploy/prometheus.yml" >"$work/prometheus.yml"
  promtool check config "$work/prometheus.yml" >"$work/promtool.log" || fail "deploy/prometheus.yml"
  prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$port" 2>"$work/prometheus.log" &
  pids+=($!)
  wait_until 30 curl -sf "$prometheus/-/ready" || fail "Prometheus is not ready"
}
query() { curl -s --data-urlencode "query=$1" "$prometheus/api/v1/query"; }
value() { query "$1" | jq -r '.data.result[0].value[1] // "none"'; }
value_is() { [ "$(value "$1")" = "$2" ]; }

# metric SERIES: its value on /metrics
metric() { curl -s "$operations/metrics" | awk -v series="$1" 'index($0, series " ") == 1 { print $NF }'; }
metric_is() { [ "$(metric "$1")" = "$2" ]; }
