#!/usr/bin/env bash
# Inputs of public bug reports, replayed to a daemon: tests/reports.tsv holds queries for each with the right results, or
# `later` and the reason for results that are not right yet.
# The inputs are not in this repository: RELEASEHEALTH_REPORTS, or ../shared/data/cases/reports. The daemon's clock is set to
# the end of the day of the inputs.
. "$(dirname "$0")/lib.bash"
library=$(find /usr/lib -name 'libfaketime*.so.1' ! -name '*MT*' 2>/dev/null | head -n 1)
ldd "$daemon" | grep -qE 'lib[at]san' && { echo "SKIPPED: a sanitizer must be the first library"; exit 77; }
[ -n "$library" ] || { echo "SKIPPED: libfaketime is not installed"; exit 77; }
reports=${RELEASEHEALTH_REPORTS:-$root/../shared/data/cases/reports}
[ -d "$reports" ] || { echo "SKIPPED: no inputs of bug reports at $reports"; exit 77; }

token=hunt-token
cd "$work" || fail "no folder"
(umask 077 && printf %s hunt-secret >secret)
mapfile -t cases < <(awk -F '\t' 'NR > 1 && $2 != "later" { print $1 }' "$root/tests/reports.tsv" | sort -u)
missing=$(comm -13 <(tail -n +2 "$root/tests/reports.tsv" | cut -f 1 | sort -u) <(cd "$reports" && printf '%s\n' [0-9]*.json | sort))
[ -z "$missing" ] || fail "tests/reports.tsv has no row for: $missing"
python3 "$reports/replay.py" --config "${cases[@]/#/$reports/}" | configure
clock=(TZ=UTC LD_PRELOAD="$library" FAKETIME='@2026-11-29 21:00:00' FAKETIME_DONT_FAKE_MONOTONIC=1)
start_daemon "${clock[@]}"
for case in "${cases[@]}"; do
  env "${clock[@]}" python3 "$reports/replay.py" "$reports/$case" "$intake" >"replay.$case.txt" 2>&1 || fail "$case: $(tail -n 1 "replay.$case.txt")"
done

# ask QUESTION FILTER: a path of the API through jq, or `events` for the output of export
ask() {
  if [ "$1" = events ]; then command_of export events | jq -sc "$2"; else curl -sf "$operations$1" | jq -c "$2"; fi
}
is_answer() { [ "$(ask "$1" "$2" 2>&1)" = "$3" ]; }

wrong=0
while IFS=$'\t' read -r case question filter expected <&3; do
  if [ "$question" = later ]; then
    echo "SKIPPED: $case: $filter"
    continue
  fi
  if wait_until 20 is_answer "$question" "$filter" "$expected"; then
    echo "ok: $case: $filter"
  else
    echo "FAILED: $case: $question | $filter: $(ask "$question" "$filter" 2>&1); expected $expected"
    wrong=$((wrong + 1))
  fi
done 3< <(tail -n +2 "$root/tests/reports.tsv")
[ $wrong -eq 0 ] || fail "$wrong wrong results"
command_of rebuild --check || fail "a rebuild changes the timeline"
stop_daemon
