#!/usr/bin/env bash
# Histories of git repositories, counted a second time with git itself.
. "$(dirname "$0")/lib.bash"
configure </dev/null
command_of migrate
python3 "$root/tests/git/truth.py" check "$daemon" "$work/config.toml" "${RELEASEHEALTH_REPOSITORIES:-4}" || fail "a repository's history"
