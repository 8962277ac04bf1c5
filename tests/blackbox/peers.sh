#!/usr/bin/env bash
# The expectations of three other tools for their own cases, through this engine: the same, or different for a reason
# (figures.md §13). The cases are not in this repository: RELEASEHEALTH_PEERS, or ../shared/data/cases.
. "$(dirname "$0")/lib.bash"

cases=${RELEASEHEALTH_PEERS:-$root/../shared/data/cases}
[ -d "$cases" ] || { echo "SKIPPED: no cases of other tools at $cases"; exit 77; }

configure </dev/null
start_daemon
python3 "$root/tests/peers/peers.py" events "$cases" >"$work/events.ndjson"
command_of import events "$work/events.ndjson" --source peers
wait_until 60 command_of rebuild --check || fail "the timeline differs from a derivation of the events"
python3 "$root/tests/peers/peers.py" compare "$cases" "$operations" >"$work/table.tsv" || { grep UNEXPLAINED "$work/table.tsv"; fail "a difference without a reason"; }
if [ -n "${RELEASEHEALTH_WRITE_PEERS:-}" ]; then cp "$work/table.tsv" "$root/tests/peers/table.tsv"; fi
diff "$root/tests/peers/table.tsv" "$work/table.tsv" || fail "the figures differ from tests/peers/table.tsv"
echo "ok: $(($(wc -l <"$work/table.tsv") - 1)) figures match tests/peers/table.tsv"
