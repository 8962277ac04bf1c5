#!/usr/bin/env bash
# The end of a local month, with a shifted clock of the daemon: at midnight in Berlin the count restarts.
. "$(dirname "$0")/lib.bash"
library=$(find /usr/lib -name 'libfaketime*.so.1' ! -name '*MT*' 2>/dev/null | head -n 1)
ldd "$daemon" | grep -qE 'lib[at]san' && { echo "skipped: a sanitizer must be the first library"; exit 77; }
[ -n "$library" ] || { echo "skipped: libfaketime is not installed"; exit 77; }

configure <<'TOML'
[calendar]
time_zone = "Europe/Berlin"
TOML
# 23:59:48 on November 30 in Berlin, twelve seconds before the month turns; only the daemon's clock is shifted
start_daemon TZ=UTC LD_PRELOAD="$library" FAKETIME='@2026-11-30 22:59:48' FAKETIME_DONT_FAKE_MONOTONIC=1
send_event '{"id":"a","type":"deployment","service":"checkout","kind":"hotfix","state":"succeeded","time":"2026-11-30T22:59:40Z"}' >/dev/null
series() { echo "releasehealth_deployments{service_name=\"checkout\",team_name=\"\",deployment_environment=\"production\",kind=\"hotfix\",period=\"$1\"}"; }
wait_until 8 metric_is "$(series month)" 1 || fail "the hotfix is not in its month: $(metric "$(series month)")"
echo "ok: before midnight it is this month's"
wait_until 25 metric_is "$(series month)" 0 || fail "the month did not change: $(metric "$(series month)")"
same "after midnight it is the previous month's" 1 "$(metric "$(series previous_month)")"
stop_daemon
