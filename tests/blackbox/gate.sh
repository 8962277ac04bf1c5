#!/usr/bin/env bash
# deploy/pipelines/gate has three ways to say no: hold, unavailable, misconfigured. A typo never counts as "no answer".
. "$(dirname "$0")/lib.bash"
hash='$2b$04$suRWrWb0MeqvKJ71R.0a2e1KIoFYVS5AiPWuErESDsj2G2/7cP5qW'  # of "sesame"
configure <<'TOML'
[[threshold]]
figure = "hotfixes"
period = "month"
above = 0
TOML
start_daemon
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
send_event "[{\"id\":\"1\",\"type\":\"deployment\",\"service\":\"checkout\",\"version\":\"1.8.3\",\"kind\":\"hotfix\",\"state\":\"succeeded\",\"time\":\"$now\"},
  {\"id\":\"2\",\"type\":\"deployment\",\"service\":\"mail room\",\"version\":\"4.0\",\"kind\":\"planned\",\"state\":\"succeeded\",\"time\":\"$now\"}]" >/dev/null
wait_until 30 metric_is 'releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",kind="hotfix",period="month"}' 1 || fail "the hotfix is not counted"

unset RELEASEHEALTHD_URL RELEASEHEALTHD_OPERATIONS_URL RELEASEHEALTHD_TOKEN RELEASEHEALTHD_TOKEN_FILE RELEASEHEALTH_URL RELEASEHEALTH_TOKEN
gate() { "$root/deploy/pipelines/gate" "$@" >"$work/gate" 2>"$work/gate.err" && echo 0 || echo $?; }
says() { grep -qF -- "$1" "$work/gate" "$work/gate.err" || { cat "$work/gate" "$work/gate.err"; fail "the gate's output lacks: $1"; }; }

same "an unset variable is a misconfiguration" 3 "$(gate checkout)"
says 'RELEASEHEALTHD_OPERATIONS_URL is not set'
export RELEASEHEALTHD_OPERATIONS_URL=$operations
same "an exceeded threshold holds" 1 "$(gate checkout)"
says 'checkout: hold'
grep -E '^- .*hotfix' "$work/gate" | grep -qE '1.*0' || fail "the gate gives no reason: $(cat "$work/gate")"
says "$operations/services/checkout"
same "a healthy service passes" 0 "$(gate 'mail room' production)"
says 'mail room: pass'
# mail room has no source of incidents: with without_data = "hold" that holds, without enough changes too
same "missing evidence is named, and holds nothing" "pass true" "$(curl -sfG "$operations/api/v1/gate" --data-urlencode 'service=mail room' | jq -r '"\(.verdict) \(any(.not_judged[]; .code == "no_data" and .figure == "change_fail_ratio" and (.text | contains("incident source"))))"')"
printf '[gate]\nwithout_data = "hold"\n' >>"$work/config.toml"
kill -HUP "$daemon_pid"
holds_without_data() { [ "$(gate 'mail room' production)" = 1 ]; }
wait_until 10 holds_without_data || fail "without_data = hold holds nothing"
says 'no incident source knows the service'
same "its reason has no value" '[["no_data",null,null]]' "$(curl -sfG "$operations/api/v1/gate" --data-urlencode 'service=mail room' | jq -c '[.reasons[] | select(.figure == "change_fail_ratio") | [.code, .value, .threshold]]')"
sed -i '/^\[gate\]/,$d' "$work/config.toml"
kill -HUP "$daemon_pid"
passes_again() { [ "$(gate 'mail room' production)" = 0 ]; }
wait_until 10 passes_again || fail "the gate does not pass again"
same "an unknown service is a misconfiguration" 3 "$(gate chekcout)"
says 'status 404'
same "and so is an unknown environment" 3 "$(gate checkout prodution)"
same "and no service" 3 "$(gate)"
same "the intake listener is the wrong one" 3 "$(RELEASEHEALTHD_OPERATIONS_URL=$intake gate checkout)"
same "RELEASEHEALTHD_URL is enough" 1 "$(RELEASEHEALTHD_URL=$operations RELEASEHEALTHD_OPERATIONS_URL='' gate checkout)"
same "names of the release before work, with a warning" 1 "$(RELEASEHEALTH_URL=$operations RELEASEHEALTHD_OPERATIONS_URL='' gate checkout)"
says 'deprecated'
same "no connection is unavailable" 2 "$(RELEASEHEALTHD_OPERATIONS_URL=http://127.0.0.1:$(free_port) gate checkout)"
same "no URL is a misconfiguration" 3 "$(RELEASEHEALTHD_OPERATIONS_URL=tcp://nowhere gate checkout)"
same "nor is another scheme" 3 "$(RELEASEHEALTHD_OPERATIONS_URL=ftp://127.0.0.1 gate checkout)"
same "nor a file" 3 "$(RELEASEHEALTHD_OPERATIONS_URL=file:///etc/passwd gate checkout)"
same "https to a listener without TLS is a misconfiguration" 3 "$(RELEASEHEALTHD_OPERATIONS_URL=https${operations#http} gate checkout)"
same "and so is a host that nobody knows" 3 "$(RELEASEHEALTHD_OPERATIONS_URL=http://releases.invalid:9621 gate checkout)"
stop_daemon

# without its PostgreSQL the daemon answers 503
mv "$work/config.toml" "$work/before.toml"
{ echo '[database]'; echo "url = \"host=127.0.0.1 port=$(free_port) connect_timeout=1\""; } | configure
"$daemon" serve --config "$work/config.toml" 2>>"$work/daemon.log" &
daemon_pid=$!
pids+=("$daemon_pid")
wait_until 30 curl -sf "$operations/-/healthy" || fail "the daemon does not start without PostgreSQL"
same "503 is unavailable" 2 "$(gate checkout)"
says 'status 503'
stop_daemon

# with users configured, other clients get 401
sed "s|^\[operations\]|[operations]\nbasic_auth_users = { alice = '$hash' }|" "$work/before.toml" >"$work/config.toml"
"$daemon" serve --config "$work/config.toml" 2>>"$work/daemon.log" &
daemon_pid=$!
pids+=("$daemon_pid")
wait_until 30 eval '[ "$(curl -s -o /dev/null -w "%{http_code}" "$operations/-/healthy")" != 000 ]' || fail "the daemon does not start"
same "401 is a misconfiguration" 3 "$(gate checkout)"
says 'status 401'
stop_daemon

# responses of a proxy in between
python3 - "$operations_port" <<'PY' &
import http.server, sys
class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status = int(self.path.split("service=")[1])
        self.send_response(status)
        self.send_header("Location", "/login")
        self.end_headers()
        self.wfile.write(b"<html>Log in")
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Proxy).serve_forever()
PY
pids+=($!)
wait_until 10 eval '[ "$(curl -s -o /dev/null -w "%{http_code}" "$operations/?service=200")" = 200 ]' || fail "no proxy"
for status in 200 302 400 401 403 404; do same "$status from somebody else is a misconfiguration" 3 "$(gate $status)"; done
for status in 429 500 502 504; do same "$status is unavailable" 2 "$(gate $status)"; done

# the examples continue on exit 2 and fail on exit 3
for example in github-actions.yml gitlab-ci.yml Jenkinsfile; do
  grep -q RELEASEHEALTHD_OPERATIONS_URL "$root/deploy/pipelines/$example" || fail "$example has no URL"
done
python3 - "$root/deploy/pipelines" "$work" <<'PY' || fail "the step of GitHub Actions"
import pathlib, subprocess, sys
pipelines, work = map(pathlib.Path, sys.argv[1:])
lines = (pipelines / "github-actions.yml").read_text().splitlines()
at = next(i for i, l in enumerate(lines) if l.strip() == "run: |")
indent = len(lines[at + 1]) - len(lines[at + 1].lstrip())
body = []
for line in lines[at + 1:]:
    if line.strip() and len(line) - len(line.lstrip()) < indent: break
    body.append(line[indent:])
(work / "deploy/pipelines").mkdir(parents=True)
for status, expected in ((0, 0), (1, 1), (2, 0), (3, 3)):
    fake = work / "deploy/pipelines/gate"
    fake.write_text(f"#!/bin/sh\nexit {status}\n")
    fake.chmod(0o755)
    done = subprocess.run(["bash", "-e", "-c", "\n".join(body)], cwd=work, env={"GITHUB_STEP_SUMMARY": "/dev/null", "PATH": "/usr/bin:/bin"})
    assert done.returncode == expected, (status, done.returncode)
assert "exit_codes: 2" in (pipelines / "gitlab-ci.yml").read_text()
jenkins = (pipelines / "Jenkinsfile").read_text()
assert "status > 2" in jenkins and "status != 0" not in jenkins
PY
echo "ok: the examples go on with 2 and fail with 1 and 3"
