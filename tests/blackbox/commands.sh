#!/usr/bin/env bash
# Runs every command in the documents against a daemon with some data; commands.tsv names tests for the others.
. "$(dirname "$0")/lib.bash"
cat >"$work/tail.toml" <<'TOML'
[[source]]
name = "github"
kind = "github"
secret = ["hush-hush-4711"]
TOML
configure <"$work/tail.toml"
start_daemon
send_event '[{"id":"1","type":"deployment","service":"checkout","environment":"production","version":"1.8.2","state":"succeeded","time":"2026-10-02T10:00:00Z"},
  {"id":"2","type":"incident","subject":"INC-7","service":"checkout","severity":1,"state":"open","time":"2026-10-02T11:00:00Z"},
  {"id":"3","type":"deployment","subject":"deploy-1","service":"checkout","environment":"production","version":"1.8.3","kind":"hotfix","state":"succeeded","time":"2026-10-02T12:00:00Z"}]' >/dev/null
wait_until 30 eval 'curl -s "$operations/api/v1/deployments" | jq -e ".items | length == 2"' || fail "the data are missing"
id=$(curl -s "$operations/api/v1/deployments" | jq -r '.items[] | select(.version == "1.8.3").id')
incident=$(curl -s "$operations/api/v1/incidents" | jq -r '.items[0].id')
printf '%s' "$token" >"$work/token"
printf '%s\n' '[[rule]]' 'name = "emergency"' 'kind = "hotfix"' 'when = { ref = "^emergency/" }' >"$work/rules.toml"
cd "$work"
mkdir -p bin && ln -s "$(cd "$root" && realpath "$daemon")" bin/releasehealthd
ln -s "$root/tests" tests && mkdir dashboards
PATH=$work/bin:$PATH RELEASEHEALTHD_URL=$intake RELEASEHEALTHD_TOKEN_FILE=$work/token python3 - "$root" "$work" "$operations" "$intake" "$id" "$incident" <<'PY'
import pathlib, re, subprocess, sys
root, work, operations, intake, deployment, incident = pathlib.Path(sys.argv[1]), *sys.argv[2:]
programs = "releasehealthd|curl|docker|helm|systemctl|promtool|psql|pg_dump|pg_restore|createdb|kubectl|apt|man|node|cmake"
here = {
    r"--token-file FILE": f"--token-file {work}/token", r"--config FILE": f"--config {work}/config.toml", r"--rules NEW\.toml": f"--rules {work}/rules.toml",
    r"\$SHA": "4f1c" * 10, r"deployment ID": f"deployment {deployment}", r"incident ID": f"incident {incident}", r"localhost:9621": operations.removeprefix("http://"),
    r"https://your\.host": intake, r"/etc/prometheus/": f"{work}/", r"erase NAME --reason \.\.\.": "erase nobody --reason test", r"figure NAME": "figure hotfixes --service checkout", r"bash\|zsh": "bash",
}
elsewhere = dict(line.split("\t") for line in (root / "tests/blackbox/commands.tsv").read_text().splitlines() if not line.startswith("#"))
files = subprocess.run(["git", "-C", root, "ls-files", "*.md"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
found = {}
for file in files:
    text = (root / file).read_text()
    fenced = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.M | re.S)
    blocks = [block for language, block in fenced if language in ("", "sh", "bash")]
    text = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.M | re.S)
    lines = [l.strip() for b in blocks for l in re.sub(r"(\\| \|)\n *", lambda m: " " if m[1] == "\\" else " | ", b).splitlines()]
    if file == "README.md":  # the output of quickstart
        lines = [l for b in blocks if not re.match(r"\d{4}-\d\d ", b) for l in b.splitlines()]
    inline = [re.sub(r"\s+", " ", c) for c in re.findall(rf"`((?:{programs})\s[^`]*)`", text)]
    inline = [c for c in inline if not re.fullmatch(r"releasehealthd [a-z-]+", c)]  # the name of a command
    for line in [*lines, *inline]:
        line = re.sub(r"\s+#.*", "", re.sub(r"  +", " ", line.strip()))
        if line and not line.startswith("printf "):
            found.setdefault(line, file)
wrong, ran, used = [], 0, set()
for line, file in found.items():
    if "X-Releasehealth-Test" in line:  # first_run.sh runs each as `init` prints it, and setup_test.cpp holds the documents to that
        continue
    if line in elsewhere:
        used.add(line)
        by = elsewhere[line]
        if by.startswith("tests/") and not (root / by.split(";")[0]).exists():
            wrong.append(f"commands.tsv: {by} does not exist")
        continue
    if not re.match(r"(releasehealthd|curl|promtool) ", line):
        wrong.append(f"{file}: {line}\n  is neither run here nor in commands.tsv")
        continue
    command = line
    for what, value in here.items():
        command = re.sub(what, value, command)
    if command.startswith("releasehealthd") and "--config" not in command:
        command += f" --url {operations}" if " amend " in command else ""
        command = re.sub(r"( >|$)", rf" --config {work}/config.toml\1", command, count=1)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, cwd=work, stdin=subprocess.DEVNULL)
    ran += 1
    if done.returncode != 0:
        wrong.append(f"{file}: {line}\n  ran as: {command}\n  exit {done.returncode}: {done.stdout[-300:]}")
wrong += [f"commands.tsv: no document has {line!r}" for line in elsewhere if line not in used]
print("\n".join(wrong))
sys.exit(f"{len(wrong)} wrong" if wrong else print(f"ok: {ran} commands run, {len(used)} covered by commands.tsv"))
PY
