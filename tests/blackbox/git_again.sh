#!/usr/bin/env bash
# Repositories that are imported again: of equal tag names, with tags that moved or went, as odd clones.
. "$(dirname "$0")/lib.bash"
mkdir -p "$work/again"
python3 "$root/tests/git/again.py" "$daemon" "$work/again" || fail "a repository that is imported again"
