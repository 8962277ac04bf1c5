#!/usr/bin/env bash
# What three other tools expect of their own cases, through our engine: the same, or different for a reason (figures.md §13).
# The cases are facts from elsewhere that this repository does not hold: RELEASEHEALTH_PEERS, or ../shared/data/cases.
. "$(dirname "$0")/lib.bash"

cases=${RELEASEHEALTH_PEERS:-$root/../shared/data/cases}
[ -d "$cases" ] || { echo "SKIPPED: no cases of other tools at $cases"; exit 77; }

configure </dev/null
start_daemon
python3 "$root/tests/peers/peers.py" events "$cases" >"$work/events.ndjson"
command_of import events "$work/events.ndjson" --source peers
wait_until 60 command_of rebuild --check || fail "the timeline is not what the events say"
python3 "$root/tests/peers/peers.py" compare "$cases" "$operations" >"$work/table.tsv" || { grep UNEXPLAINED "$work/table.tsv"; fail "a difference without a reason"; }
if [ -n "${RELEASEHEALTH_WRITE_PEERS:-}" ]; then cp "$work/table.tsv" "$root/tests/peers/table.tsv"; fi
diff "$root/tests/peers/table.tsv" "$work/table.tsv" || fail "tests/peers/table.tsv says otherwise"
echo "ok: $(($(wc -l <"$work/table.tsv") - 1)) figures of other tools are as tests/peers/table.tsv says"
