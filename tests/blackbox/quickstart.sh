#!/usr/bin/env bash
# The quickstart's figures equal counts with awk over the demo's files, and checkout exceeds its threshold.
. "$(dirname "$0")/lib.bash"

port=$(free_port)
while (exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null; do port=$(free_port); done
RELEASEHEALTHD_BINARY=$daemon "$root/deploy/quickstart" --once --port "$port" --state "$work/q" >"$work/quickstart.log"
grep -q '^checkout .* 6 !' "$work/quickstart.log" || fail "checkout's six hotfixes are not marked as above the threshold"
echo "ok: checkout has 6 hotfixes this month, above its threshold"

year_ago=$(date -u -d "$(date -u +%Y-%m-01) -11 months" +%Y-%m) this_month=$(date -u +%Y-%m)
"$daemon" report --config "$work/q/config.toml" --from "$year_ago" --to "$this_month" --format csv 2>>"$work/commands.log" | tr -d '\r' >"$work/report.csv"
figure() { awk -F, -v m="$1" -v s="$2" -v f="$3" -v l="$4" '$1 == m && $4 == s && $7 == f && $8 == l { print $9 }' "$work/report.csv"; }

# osf: releases by month, and patch releases at most 48 h after the last release of their line
now=$(date -u -d "$(jq -r 'select(.id == "osf-26.16.0").time' "$work/q/demo.ndjson")" +%s)
last=$(date -u -d "$(tail -n 1 "$root/deploy/demo/osf-releases.csv" | cut -d, -f2)" +%s)
tail -n +2 "$root/deploy/demo/osf-releases.csv" | TZ=UTC awk -F, -v shift="$((now - last))" '
  { split($2, p, /[-T:Z]/); t = mktime(p[1] " " p[2] " " p[3] " " p[4] " " p[5] " " p[6]) + shift
    split($1, v, "."); line = v[1] "." v[2]; m = strftime("%Y-%m", t)
    if (v[3] > 0 && line in seen && t - seen[line] <= 172800) hotfix[m]++; else planned[m]++
    seen[line] = t; months[m] = 1 }
  END { for (m in months) print m, planned[m] + 0, hotfix[m] + 0 }' | sort >"$work/osf"
checked=0
for m in $(seq 0 11); do
  month=$(date -u -d "$(date -u +%Y-%m-01) -$m months" +%Y-%m)
  read -r _ planned hotfix < <(grep "^$month " "$work/osf" || echo "$month 0 0")
  [ "$(figure "$month" osf deployments kind=planned) $(figure "$month" osf deployments kind=hotfix)" = "$planned $hotfix" ] ||
    fail "osf in $month: awk counts $planned planned and $hotfix hotfixes, the report $(figure "$month" osf deployments kind=planned) and $(figure "$month" osf deployments kind=hotfix)"
  checked=$((checked + planned + hotfix))
done
echo "ok: $checked deployments of osf in twelve months match awk's counts"

# this month of the fictional services, from shop.csv only
for service in checkout search; do
  for want in planned hotfix failed; do
    case $want in
      planned) n=$(awk -F, -v s=$service '$2 == "deployment" && $3 == s && $4 ~ /^m/ && $9 == "succeeded" && $7 !~ /^hotfix/ && $8 !~ /^Back to/' "$root/deploy/demo/shop.csv" | wc -l)
               got=$(figure "$this_month" $service deployments kind=planned) ;;
      hotfix)  n=$(awk -F, -v s=$service '$2 == "deployment" && $3 == s && $4 ~ /^m/ && $9 == "succeeded" && $7 ~ /^hotfix/' "$root/deploy/demo/shop.csv" | wc -l)
               got=$(figure "$this_month" $service deployments kind=hotfix) ;;
      failed)  n=$(awk -F, -v s=$service '$2 == "deployment" && $3 == s && $4 ~ /^m/ && $9 == "failed"' "$root/deploy/demo/shop.csv" | wc -l)
               got=$(figure "$this_month" $service failed_deployments "") ;;
    esac
    same "$service, $want this month" "$n" "$got"
  done
done
same "search was rolled back once" 1 "$(figure "$this_month" search deployments kind=rollback)"

# a second start finds its data and is quick
began=$SECONDS
RELEASEHEALTHD_BINARY=$daemon "$root/deploy/quickstart" --once --port "$port" --state "$work/q" >"$work/again.log"
grep -q '^checkout .* 6 !' "$work/again.log" || fail "the data are missing at the second start"
[ $((SECONDS - began)) -le 20 ] || fail "the second start took $((SECONDS - began)) s"
echo "ok: a second start has the same figures after $((SECONDS - began)) s"
