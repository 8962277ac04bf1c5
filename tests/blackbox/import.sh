#!/usr/bin/env bash
# Imports of histories: errors, resumption, duplicates, and moving a database with two commands.
. "$(dirname "$0")/lib.bash"
configure <"$root/tests/blackbox/review.toml"
"$root/deploy/demo/events" | grep -v '"service":"osf"' >"$work/demo.ndjson"
lines=$(wc -l <"$work/demo.ndjson")
{ head -n 10 "$work/demo.ndjson"; echo '{"id":"bad","type":"deploy"}'; tail -n +11 "$work/demo.ndjson"; echo '{'; } >"$work/bad.ndjson"
command_of migrate
import() { "$daemon" import "$@" --config "$work/config.toml" >"$work/out" 2>"$work/talk"; echo $?; }

same "a dry run stores nothing, and fails on a bad record" 1 "$(import events "$work/bad.ndjson" --dry-run)"
same "--strict stops at it" 1 "$(import events "$work/bad.ndjson" --strict)"
grep -q "bad.ndjson:11: .*type" "$work/talk" || fail "the bad record is not named"
grep -q "^10 stored, 0 duplicates" "$work/talk" || fail "the records before the bad one are not kept: $(cat "$work/talk")"
same "without it the others are stored" 1 "$(import events "$work/bad.ndjson")"
grep -q "^$((lines - 10)) stored, 10 duplicates" "$work/talk" || fail "the import does not resume: $(cat "$work/talk")"
grep -q "bad.ndjson:$((lines + 2)): " "$work/talk" || fail "the last bad record is not named"
same "again changes nothing" 0 "$(import events "$work/demo.ndjson")"
grep -q "^0 stored, $lines duplicates" "$work/talk" || fail "$(cat "$work/talk")"
same "only what happened from then on" 0 "$(import events "$work/demo.ndjson" --dry-run --since 2999-01-01)"
grep -q "^0 events" "$work/talk" || fail "--since"
same "what no file is" 1 "$(import events "$work/none.ndjson")"
same "what no repository is" 1 "$(import git "$work")"
same "what no pattern is" 2 "$(import git "$work" --tags '(')"
same "an invalid export" 1 "$(printf '<html>' | import jira -)"
printf '[{"url":"https://api.github.com/repos/acme/shop/releases/7","id":7,"tag_name":"v1.2.3","published_at":"2026-01-02T03:04:05Z","draft":false,"prerelease":false}]' >"$work/releases.json"
same "an export of GitHub" 0 "$(import github-releases "$work/releases.json")"

# after a kill the import resumes from there
python3 - >"$work/many.ndjson" <<'PY'
for n in range(15000):
    print('{"id":"m%d","type":"deployment","time":"2025-%02d-01T00:00:00Z","service":"many-%d","version":"1.%d","state":"succeeded"}' % (n, 1 + n % 12, n % 5, n))
PY
setsid "$daemon" serve --config "$work/config.toml" 2>>"$work/daemon.log" &
daemon_pid=$!
pids+=("$daemon_pid")
wait_until 60 metric_is releasehealth_refresh_success 1 || fail "the daemon has no figures"
"$daemon" import events "$work/many.ndjson" --config "$work/config.toml" >/dev/null 2>&1 &
killed=$!
stored() { psql -h "$state/postgresql" -U releasehealthd -d postgres -Atc "SELECT count(*) FROM event WHERE id LIKE 'm%'"; }
some_are() { [ "$(stored)" -gt 0 ]; }
wait_until 30 some_are || fail "nothing is imported"
kill -9 $killed
wait $killed 2>/dev/null || true
same "an import that was killed" 0 "$(import events "$work/many.ndjson")"
same "each is there once" 15000 "$(stored)"
read -r new _ old _ < <(tail -n 1 "$work/talk" | sed 's/,//')
[ "$((new + old))" = 15000 ] && [ "$old" -gt 0 ] || fail "the import does not resume: $(tail -n 1 "$work/talk")"
echo "ok: the import resumes ($old were stored already)"

# an export into a fresh database gives the same figures, also as of a past instant
last_month=$(date -u -d "$(date -u +%Y-%m-01) -1 month" +%Y-%m)  # the current month's end moves
figures() { "$daemon" report --config "$1" --from 2025-01 --to "$last_month" --format csv 2>>"$work/commands.log" | sort | sha256sum; }
then=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1
send_event '{"id":"late","type":"deployment","service":"checkout","version":"9.9.9","state":"succeeded"}' >/dev/null
command_of export events >"$work/all.ndjson"
as_of() { "$daemon" report --config "$1" --as-of "$then" --format csv 2>>"$work/commands.log" | sort | sha256sum; }
one=$(figures "$work/config.toml") one_then=$(as_of "$work/config.toml")
sed "s|$state|$work/moved|" "$work/config.toml" >"$work/moved.toml"
"$daemon" migrate --config "$work/moved.toml" 2>>"$work/commands.log"
"$daemon" import events "$work/all.ndjson" --config "$work/moved.toml" 2>>"$work/commands.log"
same "a database that moved has the same figures" "$one" "$(figures "$work/moved.toml")"
same "and the same as they were known earlier" "$one_then" "$(as_of "$work/moved.toml")"
[ "$one_then" != "$("$daemon" report --config "$work/config.toml" --format csv 2>>"$work/commands.log" | sort | sha256sum)" ] || fail "the late event changes no figure"
stop_daemon
