#!/usr/bin/env bash
# Imports of git repositories, compared with counts by git itself.
. "$(dirname "$0")/lib.bash"
configure </dev/null
command_of migrate
python3 "$root/tests/git/truth.py" check "$daemon" "$work/config.toml" "${RELEASEHEALTH_REPOSITORIES:-4}" || fail "a repository's history"
clones=${RELEASEHEALTH_CLONES:-} truths=$root/../shared/data/truth
if [ -d "$clones" ] && [ -d "$truths" ]; then
  python3 "$root/tests/git/truth.py" real "$daemon" "$work/config.toml" "$clones" "$truths" || fail "a real repository"
else
  echo "SKIPPED: real repositories (RELEASEHEALTH_CLONES=folder with owner+name/repo, and counted truths at ../shared/data/truth)"
fi
