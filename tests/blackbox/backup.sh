#!/usr/bin/env bash
# The backup of deploy/README.md: a pg_dump of a database in use, restored into another, gives the same figures, and so does
# an export of the events, imported into an empty database.
. "$(dirname "$0")/lib.bash"
configure </dev/null
start_daemon
cp "$work/config.toml" "$work/first.toml"
sockets=$work/state/postgresql
url() { echo "host='$sockets' port=5432 user=releasehealthd dbname=$1"; }

# deployed N MORE: in a past month, so that its figures do not change
deployed() {
  send_event "$(printf '{"id":"e%d","type":"deployment","service":"service-%d","time":"2026-10-%02dT%02d:00:00Z","state":"succeeded"%s}' "$1" $(($1 % 4)) $(($1 % 28 + 1)) $(($1 % 24)) "$2")" >/dev/null
}
for n in $(seq 40); do
  kind=$([ $((n % 7)) -eq 0 ] && echo ',"kind":"hotfix"' || true)
  deployed "$n" ",\"version\":\"$((n % 23))\"$kind"
done
(for n in $(seq 41 400); do deployed "$n" ",\"version\":\"$n\""; done) &
sender=$!
pg_dump --format=custom --file="$work/backup" "$(url postgres)"
wait "$sender"
echo "ok: a dump during deliveries"

report() { "$daemon" report --month 2026-10 --format json --config "$1" 2>>"$work/commands.log"; }

psql -qX -d "$(url postgres)" -c 'CREATE DATABASE restored' -c 'CREATE DATABASE imported'
pg_restore --dbname="$(url restored)" "$work/backup"
for name in restored imported; do
  sed "1a [database]\nurl = \"$(url $name)\"" "$work/first.toml" >"$work/$name.toml"
done
stored=$(psql -qXAt -d "$(url restored)" -c 'SELECT count(*) FROM event')
[ "$stored" -ge 40 ] || fail "the dump has $stored events"
"$daemon" rebuild --check --config "$work/restored.toml" >/dev/null || fail "the restored rows differ from a derivation of the events"
"$daemon" export events --config "$work/restored.toml" >"$work/events.ndjson"
same "every event of the dump is exported" "$stored" "$(wc -l <"$work/events.ndjson")"
"$daemon" import events "$work/events.ndjson" --config "$work/imported.toml" >/dev/null
report "$work/restored.toml" >"$work/restored.json"
report "$work/imported.toml" >"$work/imported.json"
[ "$(jq 'length' "$work/restored.json")" -gt 0 ] || fail "no figures"
diff "$work/restored.json" "$work/imported.json" || fail "an import of the exported events gives other figures"
echo "ok: an import of the exported events gives the same figures"

# a daemon continues on the restored database
place_of_its_own other
configure <<TOML
[database]
url = "$(url restored)"
TOML
start_daemon
send_event '{"id":"after","type":"deployment","service":"service-0","version":"after","state":"succeeded"}' >/dev/null
wait_until 30 eval '[ "$(psql -qXAt -d "$(url restored)" -c "SELECT count(*) FROM deployment WHERE version = '"'after'"'")" = 1 ]' || fail "not derived"
echo "ok: a daemon continues on the restored database"
