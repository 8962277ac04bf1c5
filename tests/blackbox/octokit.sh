#!/usr/bin/env bash
# Every example delivery of GitHub's own collection, signed by its own client library, with the expected results in
# octokit.tsv. RELEASEHEALTH_WRITE_FIXTURES=1 regenerates the table.
. "$(dirname "$0")/lib.bash"
table=$root/tests/blackbox/octokit.tsv

configure <<TOML
[[source]]
name = "statuses"
kind = "github"
secret = "$secret"
incidents = { labels = ["bug"] }
[[source]]
name = "releases"
kind = "github"
secret = "$secret"
deployments = "release"
environment = "production"
[[source]]
name = "workflows"
kind = "github"
secret = "$secret"
deployments = "workflow_run"
environment = "production"
workflows = [".github/workflows/test.yml"]
TOML
start_daemon

node "$root/tests/clients/octokit.mjs" "$intake" "$secret" statuses releases workflows >"$work/answers.tsv"
same "every delivery is answered 202" 202 "$(cut -f5 "$work/answers.tsv" | sort -u)"

command_of export events >"$work/events.ndjson"
{
  printf 'event\texample\taction\tsource\tbecomes\n'
  while IFS=$'\t' read -r event index action source _ id became; do
    if [ -z "$became" ]; then
      became=$(jq -r --arg id "$id" 'select(.id == $id or (.id | startswith($id + "/"))) |
        if .type == "retraction" then "\(.of) \(if .retracted then "retracted" else "returned" end)"
        elif .type == "commit" then "commit\(if .default_branch then " on the default branch" else "" end)"
        else "\(.type) \(.state)" end' "$work/events.ndjson" | sort | uniq -c | sed -E 's/^ *1 //; s/^ *([0-9]+) /\1 x /' | paste -sd, | sed 's/,/, /g')
    fi
    printf '%s\t%s\t%s\t%s\t%s\n' "$event" "$index" "$action" "$source" "$became"
  done <"$work/answers.tsv"
} >"$work/octokit.tsv"
if [ -n "${RELEASEHEALTH_WRITE_FIXTURES:-}" ]; then cp "$work/octokit.tsv" "$table"; fi
diff "$table" "$work/octokit.tsv" || fail "a delivery's result differs from the table"
echo "ok: $(($(wc -l <"$table") - 1)) deliveries give the results in the table"

wait_until 10 metric_is releasehealth_refresh_success 1
same "none is dead" 0 "$(metric releasehealth_dead_deliveries)"

# Every reason for ignoring a delivery is in the source's README, where `…` matches any words.
sed -n '/^## Ignored/,/^## [^I]/s/^| `\([^`]*\)`.*/\1/p' "$root/collectors/github/README.md" >"$work/listed"
cut -f5 "$table" | sed -n 's/^ignored: //p' | sort -u | while read -r reason; do
  known=no
  while read -r pattern; do
    # shellcheck disable=SC2053
    if [[ $reason == ${pattern//…/*} ]]; then known=yes; fi
  done <"$work/listed"
  [ $known = yes ] || fail "ignored for a reason that the README does not list: $reason"
done
echo "ok: every reason is listed in the README"
