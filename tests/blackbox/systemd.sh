#!/usr/bin/env bash
# Runs the daemon like systemd does: on sockets that outlive it, with notifications and watchdog, under a hardened unit.
. "$(dirname "$0")/lib.bash"
configure </dev/null
restarts=5
python3 "$root/tests/blackbox/service_manager.py" "$daemon" "$work/config.toml" "$token" $restarts >"$work/result.json" 2>"$work/manager.log" ||
  { cat "$work/manager.log"; fail "the service manager"; }
same "no delivery fails while the daemon is restarted $restarts times" '[]' "$(jq -c .failed "$work/result.json")"
same "it ends well" 0 "$(jq .exit "$work/result.json")"
[ "$(jq .acknowledged "$work/result.json")" -gt 100 ] || fail "too few deliveries: the test is inconclusive"
start_daemon
wait_until 60 metric_is releasehealth_spooled_deliveries 0 || fail "the spool does not drain"  # on a busy machine all are in it
same "each of them is stored" "$(jq -r '.ids[]' "$work/result.json" | sort)" "$(command_of export events | jq -r .id | sort)"
stop_daemon

if command -v systemd-analyze >/dev/null; then
  exposure=$(systemd-analyze security --offline=true "$root/deploy/systemd/releasehealthd.service" 2>&1 | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
  awk -v level="$exposure" 'BEGIN { exit !(level != "" && level <= 2.0) }' || fail "the unit's exposure is $exposure"
  echo "ok: systemd-analyze security: $exposure"
else
  echo "skipped: systemd-analyze is not there"
fi
