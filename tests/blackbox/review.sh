#!/usr/bin/env bash
# The pages in Debian's Chromium: choosing a month and a team, from a hotfix to its explanation, print, without scripts,
# without violations found by axe; the mailed review; the gate of pipelines. With the demo's data and without data.
. "$(dirname "$0")/lib.bash"
configure <"$root/tests/blackbox/review.toml"
start_daemon

nothing() { curl -s "$operations$1"; }
grep -q "Nothing has been reported yet" <(nothing /) || fail "a page without data"
node "$root/tests/clients/review.mjs" "$operations" empty || fail "the page without data in a browser"
same "a service that nobody knows" 404 "$(curl -s -o /dev/null -w '%{http_code}' "$operations/services/nobody")"
same "a month to come" 400 "$(curl -s -o /dev/null -w '%{http_code}' "$operations/months/2999-01")"
same "a month before everything" 400 "$(curl -s -o /dev/null -w '%{http_code}' "$operations/?month=1970-01")"
same "no month at all" 400 "$(curl -s -o /dev/null -w '%{http_code}' "$operations/months/October")"

"$root/deploy/demo/events" >"$work/demo.ndjson"
command_of import events "$work/demo.ndjson" --source demo
# names with markup must be shown as text
send_event '{"id":"x1","type":"deployment","service":"<b>bold</b>","version":"1\"><script>alert(1)</script>","state":"succeeded","url":"javascript:alert(1)","title":"a & b"}' >/dev/null
wait_until 30 metric_is 'releasehealth_deployments{service_name="<b>bold</b>",team_name="",deployment_environment="production",kind="planned",period="month"}' 1 || fail "the demo data are missing"
for page in / '/services/%3Cb%3Ebold%3C%2Fb%3E' "/deployments/$(curl -s "$operations/api/v1/deployments?service=%3Cb%3Ebold%3C%2Fb%3E" | jq -r '.items[0].id')"; do
  curl -s "$operations$page" >"$work/page"
  grep -q 'bold' "$work/page" || fail "$page does not show the service"
  ! grep -qi '<script\|<b>bold\|href="javascript' "$work/page" || fail "markup gets through: $page"
done
echo "ok: markup in names is text"
node "$root/tests/clients/review.mjs" "$operations" demo || fail "the pages in a browser"

# the mailed review
cat >"$work/sendmail" <<'SH'
#!/bin/sh
cat >"$(dirname "$0")/mail"
SH
chmod +x "$work/sendmail"
MAIL_TO=leads@example.com REVIEW_URL=https://health.example.com SENDMAIL=$work/sendmail RELEASEHEALTHD=$daemon RELEASEHEALTHD_CONFIG=$work/config.toml \
  "$root/deploy/mail-review" --team shop 2>>"$work/commands.log"
python3 - "$work" <<'PY'
import email, email.policy, pathlib, sys
work = pathlib.Path(sys.argv[1])
mail = email.message_from_bytes((work / "mail").read_bytes(), policy=email.policy.default)
text, page = mail.iter_parts()
assert mail["To"] == "leads@example.com" and mail["Subject"].startswith("Release health, 20"), mail["Subject"]
assert "checkout" in text.get_content() and "osf" not in text.get_content()
html = page.get_content()
assert page.get_filename().endswith(".html") and "<style>" in html and "<link" not in html and "<script" not in html
assert 'href="https://health.example.com/services/checkout?month=' in html
(work / "mailed.html").write_text(html)
PY
node "$root/tests/clients/review.mjs" "file://$work/mailed.html" file || fail "the mailed page in a browser"
echo "ok: the review is mailed as one file"
same "html is about one month" 2 "$("$daemon" report --config "$work/config.toml" --format html --from 2026-01 >/dev/null 2>&1; echo $?)"

# the gate of deploy/pipelines
export RELEASEHEALTHD_OPERATIONS_URL=$operations RELEASEHEALTHD_TOKEN=$token
gate() { "$root/deploy/pipelines/gate" "$@" >"$work/gate" 2>&1; echo $?; }
same "checkout is held" 1 "$(gate checkout)"
grep -E '^- .*hotfix' "$work/gate" | grep -qE '6.*5' || fail "the gate gives no reason"
same "what is healthy passes" 0 "$(gate '<b>bold</b>' production)"
same "what nobody knows is a misconfiguration" 3 "$(gate nobody)"
# three, and fewer in the first days of a month: its hotfixes are not overdue yet
exceeded=$(curl -sf "$operations/api/v1/gate?service=checkout" | jq '.reasons | length')
[ "$exceeded" -ge 1 ] || fail "no threshold of checkout is exceeded"
same "a badge" "releases: $exceeded threshold$([ "$exceeded" = 1 ] || echo s) exceeded" "$(curl -s "$operations/badge/checkout.svg" | sed -n 's/.*aria-label="\([^"]*\)".*/\1/p')"
stop_daemon
