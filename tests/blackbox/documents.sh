#!/usr/bin/env bash
# Documents agree with the program: tables, commands, options, files.
. "$(dirname "$0")/lib.bash"
same "dashboards/figures.md" "$("$daemon" reference figures)" "$(tail -n +5 "$root/dashboards/figures.md")"
same "deploy/configuration.md" "$("$daemon" reference configuration)" "$(sed '1,/counts each time/d;0,/^$/d' "$root/deploy/configuration.md")"
same "daemon/README.md" "$("$daemon" reference threads)" "$(sed -n '/^| thread /,/^$/p' "$root/daemon/README.md")"
"$daemon" completion bash | bash -n || fail "the bash completion is invalid"
python3 - "$root" "$daemon" <<'PY'
import pathlib, re, subprocess, sys
root, daemon = pathlib.Path(sys.argv[1]), sys.argv[2]
files = subprocess.run(["git", "-C", root, "ls-files", "*.md", "deploy/config.toml"], stdout=subprocess.PIPE, text=True, check=True).stdout.split() or ["README.md"]
said = subprocess.run([daemon, "completion", "bash"], stdout=subprocess.PIPE, text=True, check=True).stdout
options = {name: set(words.split()) for name, words in re.findall(r"^      ([a-z-]+)\) words='(.*)' ;;$", said, re.M)}
assert len(options) > 15, said
wrong, seen = [], 0
for file in files:
    text = (root / file).read_text()
    for command, rest in re.findall(r"(?:`|^ *|/)releasehealthd ([a-z][a-z-]+)([^`\n|>;)]*)", text.replace("\\\n", " "), re.M):
        if command not in options:
            wrong.append(f"{file}: there is no command {command}")
            continue
        seen += 1
        wrong += [f"{file}: {command} has no {o}" for o in re.findall(r"(?<= )--[a-z-]+", rest) if o not in options[command]]
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        if not (root / file).parent.joinpath(link).exists():
            wrong.append(f"{file}: {link} does not exist")
print("\n".join(wrong))
sys.exit(f"{len(wrong)} wrong" if wrong or seen < 20 else 0)
PY
echo "ok: commands, options and links of all documents"
