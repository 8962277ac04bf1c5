#!/usr/bin/env bash
# Mistyped words are errors that name the nearest known word; without a configuration nothing is created.
. "$(dirname "$0")/lib.bash"

# said EXIT WORDS -- ARGUMENTS...: expects that exit status and those words on stderr
said() {
  local expected=$1 words=$2 status=0
  shift 3
  "$daemon" "$@" >"$work/out" 2>"$work/said" </dev/null || status=$?
  [ "$status" = "$expected" ] || { cat "$work/said"; fail "exit $status instead of $expected: $*"; }
  grep -qF -- "$words" "$work/said" || { cat "$work/said"; fail "missing '$words': $*"; }
  echo "ok: $*: $words"
}

# no arguments print the help; without a configuration only serve and migrate create a PostgreSQL
unset RELEASEHEALTHD_CONFIG RELEASEHEALTHD_DATABASE_URL
export STATE_DIRECTORY=$work/nowhere
said 2 'Subcommands:' --
[ -e /etc/releasehealthd/config.toml ] && { echo "skipped: this machine has a configuration of its own"; exit 77; }
printf '%s' "$token" >"$work/token"
printf 'service,version,finished_at\nsearch,4.0,2026-01-05T00:00:00Z\n' >"$work/history.csv"
printf '[[source]]\nname = "github"\nkind = "github"\nsecret = "x"\n' >"$work/github.toml"
creators="serve migrate"
without="init doctor send amend rules sources reference healthcheck completion check-config redeliver classify"
declare -A arguments=(
  [import]="csv $work/history.csv" [export]="events" [explain]="deployment 1.8.2" [rebuild]="" [report]="--month 2026-10"
  [backfill]="--from 2026-01-01 --to 2026-01-02" [erase]="somebody --reason test" [replay]="" [discover]="")
for name in $("$daemon" completion bash | sed -n "s/^ *if .*words='\(.*\)'$/\1/p"); do
  case " $creators $without " in *" $name "*) continue ;; esac
  [ -n "${arguments[$name]+x}" ] || fail "no expectation for $name without a configuration"
  # shellcheck disable=SC2086
  said 2 'config: /etc/releasehealthd/config.toml not found; give --config FILE or set RELEASEHEALTHD_CONFIG' -- "$name" ${arguments[$name]}
done
said 2 'config: /etc/releasehealthd/config.toml not found' -- classify --stored
said 0 'not found; the defaults apply' -- check-config
said 2 'init: no terminal to ask on' -- init
same "doctor asks for a configuration" 1 "$("$daemon" doctor >"$work/out" 2>&1; echo $?)"
grep -qF 'releasehealthd init' "$work/out" || fail "doctor does not name init"
[ ! -e "$work/nowhere" ] || fail "something was created"
unset STATE_DIRECTORY
configure <<'TOML'
[[service]]
name = "checkout"
team = "shop"
was = ["cart"]
TOML
said 2 "database: no private PostgreSQL in \"$state/postgresql\"" -- report --config "$work/config.toml"
[ ! -e "$state" ] || fail "something was created"
said 0 'the schema is up to date' -- migrate --config "$work/config.toml"
export RELEASEHEALTHD_CONFIG=$work/config.toml
start_daemon  # so that commands share its PostgreSQL instead of starting one each
said 0 '1 stored' -- import csv "$work/history.csv"

# words that the program knows by itself
said 2 'unknown command "reprot"; did you mean "report"?' -- reprot
said 2 'unknown command "teleport"; expected serve, ' -- teleport
said 2 'report: unknown option "--mnoth"; did you mean "--month"?' -- report --mnoth 2026-10
said 2 'report: unexpected argument "checkout"' -- report checkout
said 2 'unknown format "markdwon"; did you mean "markdown"?' -- report --format markdwon
said 2 'unknown figure "hotfixs"; did you mean "hotfixes"?' -- report --figure hotfixs
said 2 'unknown format "gti"; did you mean "git"?' -- import gti "$work"
said 2 'figure: unknown figure "hotfix_respons_seconds"; did you mean "hotfix_response_seconds"?' -- explain figure hotfix_respons_seconds --service checkout
said 2 'period: unknown period "30"; did you mean "30d"?' -- explain figure hotfixes --service checkout --period 30
said 2 'unknown period "october"; expected YYYY-MM' -- report --period october
said 2 'unknown month "2026-13"; expected YYYY-MM' -- report --month 2026-13
said 2 'figure: unknown figure "hotfixs"; did you mean "hotfixes"?' -- explain figure hotfixs --service checkout
said 2 'classify: unknown kind "hotfx"; did you mean "hotfix"?' -- classify service=checkout kind=hotfx
said 2 'classify: unknown field "versoin"; did you mean "version"?' -- classify service=checkout versoin=1
said 2 'field service: given twice' -- classify service=a service=b
said 2 '--column: unknown field "vershun"; did you mean "version"?' -- import csv "$work/history.csv" --column vershun=version
said 2 '--source: unknown source "nope"' -- replay --source nope
said 2 'is in the future' -- report --as-of 2099-01-01T00:00:00Z
said 2 'is in the name of service "search"; expected a full name or login, or --also-names' -- erase search --reason test
said 2 'unknown page "figuers"; did you mean "figures"?' -- reference figuers

# names known only from the database and the configuration
said 1 'unknown service "serach"; did you mean "search"?' -- report --service serach
said 1 'unknown service "serach"; did you mean "search"?' -- report --service serach --format html
said 1 'unknown service "nope"; expected checkout or search' -- report --service nope
said 1 'unknown team "shpo"; did you mean "shop"?' -- report --team shpo
said 1 'unknown service "chekcout"; did you mean "checkout"?' -- explain figure hotfixes --service chekcout
said 1 'unknown team "nope"; expected shop' -- explain figure rework_ratio --team nope
said 1 'unknown service "serach"' -- classify --stored --service serach
said 1 'unknown deployment "9.9.9"' -- explain deployment 9.9.9
"$daemon" report --service search >"$work/out" 2>&1 || fail "no report for a known service: $(cat "$work/out")"
"$daemon" report --service cart >"$work/out" 2>&1 || fail "no report for a former name: $(cat "$work/out")"

# one figure in every format, by any of its names; a team's report has the team's row
printf 'service,version,kind,finished_at\ncheckout,1.0,planned,2026-01-05T00:00:00Z\ncheckout,1.0.1,hotfix,2026-01-06T00:00:00Z\n' >"$work/shop.csv"
said 0 '2 stored' -- import csv "$work/shop.csv"
report() { "$daemon" report --month 2026-01 "$@" 2>>"$work/commands.log" | tr -d '\r'; }
all=$(report --format csv | grep -c .)
for name in hotfixes deployments releasehealth_deployments 'hotfixes/planned' 'rolled back' lead_time_seconds oldest_unmerged_hotfix_seconds changes_with_issue; do
  for format in text markdown html csv json; do
    report --figure "$name" --format "$format" >"$work/out"
    [ -s "$work/out" ] || fail "nothing of $name as $format"
    case $format in
      csv) [ "$(grep -c . "$work/out")" -lt "$all" ] || fail "$name gives all figures as csv" ;;
      json) [ "$(jq '[.[0].figures[].figure] | unique | length <= 1' "$work/out")" = true ] || fail "$name gives more than one figure as json" ;;
      html) grep -q '<table>' "$work/out" || fail "$name gives no table as html" ;;
    esac
  done
done
echo "ok: every format has one figure by all of its names"
same "hotfixes as csv" ",shop,deployments,kind=hotfix,1 checkout,shop,deployments,kind=hotfix,1 search,,deployments,kind=hotfix,0" \
  "$(report --figure hotfixes --format csv | tail -n +2 | cut -d, -f4,5,7- | sort | xargs)"
same "hotfixes as json" 3 "$(report --figure hotfixes --format json | jq '.[0].figures | length')"
same "a metric with a label has a table for each value" 4 "$(report --figure deployments | grep -c '^service')"
grep -qE '^team shop +1$' <(report --figure hotfixes --team shop) || fail "no row of the team in one figure"
grep -qE '^team shop +1 +1 +0' <(report --team shop) || fail "no row of the team: $(report --team shop)"
grep -qE '^\| team shop +\| +1 \| +1 ' <(report --team shop --format markdown) || fail "no row of the team as Markdown"
if report | sed '/^Thresholds/,$d' | grep -q '^team'; then fail "a report of all services has a row of a team"; fi
echo "ok: a report of a team has the team's row"
