#!/usr/bin/env bash
# A first installation: `init` writes a configuration for every kind of source, `doctor` has no finding, the daemon starts, the
# printed test deliveries show on /sources and in no figure, and `doctor` then lists the missing steps.
. "$(dirname "$0")/lib.bash"
same "without a terminal init asks for flags" 2 "$("$daemon" init --config "$work/new/config.toml" </dev/null >/dev/null 2>&1; echo $?)"
kinds=$("$daemon" sources | sed -n 's/^\([a-z][a-z0-9-]*\).*/\1/p' | paste -sd,)
"$daemon" init --config "$work/new/config.toml" --source "$kinds" --time-zone Europe/Berlin --public-url "$intake" --state-dir "$state" --yes >"$work/said" || fail "init"
same "secrets are for their user alone" "600 700" "$(stat -c %a "$work/new/secrets/token" "$work/new/secrets" | paste -sd' ')"
same "an existing configuration is not overwritten" 2 "$("$daemon" init --config "$work/new/config.toml" --yes >/dev/null 2>&1; echo $?)"
# for any file name and working directory
(cd "$work" && "$daemon" init --config "odd's place/config.toml" --source argocd,argocd --state-dir ./odd --yes >odd.said) || fail "init in an odd place"
same "a kind once, the state directory whole" "1 1" "$(grep -c 'kind = "argocd"' "$work/odd's place/config.toml") $(grep -c "state_dir = \"$work/odd\"" "$work/odd's place/config.toml")"
"$daemon" check-config --config "$work/odd's place/config.toml" >/dev/null || fail "check-config in an odd place"
curl() { printf '%s\n' "$@" >"$work/odd.arguments"; }
eval "$(sed -n '/^curl/,/-d/p' "$work/odd.said")"
unset -f curl
same "the printed test delivery reads the secret there" "Authorization: Bearer $(cat "$work/odd's place/secrets/argocd.secret")" "$(grep '^Authorization' "$work/odd.arguments")"
same "an invalid URL is an error" 2 "$("$daemon" init --config "$work/none.toml" --public-url 'x; echo y' --yes >/dev/null 2>&1; echo $?)"
mkdir -m 777 "$work/loose" "$work/loose/secrets" && : >"$work/loose/secrets/token" && echo kept >"$work/loose/secrets/github.secret" && chmod 666 "$work/loose/secrets"/*
"$daemon" init --config "$work/loose/config.toml" --source github --yes >/dev/null || fail "init over an empty secret"
same "a secret that is there stays, an empty one is written, both for their user alone" "kept 600 600 700" "$(cat "$work/loose/secrets/github.secret") $(stat -c %a "$work/loose/secrets/github.secret" "$work/loose/secrets/token" "$work/loose/secrets" | paste -sd' ')"
same "an unknown owner is an error before anything is written" "2 no" "$("$daemon" init --config "$work/owned/config.toml" --owner no-such-user --yes >/dev/null 2>&1; echo "$? $([ -e "$work/owned" ] && echo yes || echo no)")"
if [ "$(id -u)" -eq 0 ]; then
  "$daemon" init --config "$work/owned/config.toml" --owner nobody --yes >/dev/null || fail "init --owner"
  same "the secrets belong to the daemon's user" "nobody nobody" "$(stat -c %U "$work/owned/secrets" "$work/owned/secrets/token" | paste -sd' ')"
fi
[ -s "$work/loose/secrets/token" ] || fail "the empty token stayed"

sed -i "1i intake.listen = \"127.0.0.1:$intake_port\"\noperations.listen = \"127.0.0.1:$operations_port\"" "$work/new/config.toml"
"$daemon" check-config --config "$work/new/config.toml" >"$work/checked" 2>&1 || { cat "$work/checked"; fail "check-config"; }
"$daemon" doctor --config "$work/new/config.toml" >"$work/found" || { cat "$work/found"; fail "doctor has a finding before the first start"; }
echo "ok: doctor has no findings"

cp "$work/new/config.toml" "$work/config.toml" && cp -r "$work/new/secrets" "$work/secrets"
start_daemon
page() { curl -sf "$operations$1"; }
grep -q "to do" <(page /) || fail "an empty installation shows no checklist"
! grep -q 'class="card' <(page /) || fail "an empty installation shows cards"
# the printed commands
python3 - "$work/said" "$work" <<'PY' >"$work/tests.sh"
import re, sys
text = open(sys.argv[1]).read()
found = re.findall(r"^(curl .*?-d '\{\}')$", text, re.M | re.S)
assert len(found) >= 20, len(found)
print("\n".join(f"{command.replace('curl ', 'curl -s ', 1)}; echo" for command in found))
PY
bash "$work/tests.sh" >"$work/answers"
same "every test delivery is accepted as one" "$(grep -c '^curl' "$work/tests.sh")" "$(grep -c 'a test delivery' "$work/answers")"
same "a wrong secret is refused" 401 "$(curl -s -o /dev/null -w '%{http_code}' "$intake/webhooks/argocd" -H 'X-Releasehealth-Test: 1' -H 'Authorization: Bearer wrong' -d '{}')"
of_argocd() { curl -sf "$operations/api/v1/sources" | jq -c '.sources[] | select(.name == "argocd") | .last_day | [.test, .unauthorized]'; }
shows() { [ "$(of_argocd)" = "[1,1]" ]; }
wait_until 30 shows || fail "/sources does not show the test delivery: $(of_argocd)"
page /sources >"$work/page"
for words in 'a test delivery' 'never received' 'Pushes' 'kind: Alert'; do grep -q "$words" "$work/page" || fail "/sources lacks: $words"; done
same "nothing was counted" 0 "$(curl -sf "$operations/api/v1/deployments" | jq '.items | length')"
same "doctor finds what was never received" 1 "$("$daemon" doctor --config "$work/config.toml" --format json >"$work/found"; echo $?)"
jq -e '[.findings[] | select(.area == "source")] | length > 10' "$work/found" >/dev/null || fail "doctor: $(cat "$work/found")"
echo "ok: /sources and doctor list what was never received"
same "an unknown team is named" 1 "$(page '/?team=nope' | grep -c 'Unknown team')"
stop_daemon
