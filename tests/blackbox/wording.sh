#!/usr/bin/env bash
# Comments, messages and documents use plain words: tests/blackbox/wording.py counts phrases to avoid (CONTRIBUTING.md, Form).
. "$(dirname "$0")/lib.bash"
python3 -B "$root/tests/blackbox/wording.py" "$root" || fail "phrases to avoid"
