#!/usr/bin/env bash
# Repositories that are imported again: with equal tag names, moved or deleted tags, and unusual clones.
. "$(dirname "$0")/lib.bash"
mkdir -p "$work/again"
python3 "$root/tests/git/again.py" "$daemon" "$work/again" || fail "importing a repository again"
