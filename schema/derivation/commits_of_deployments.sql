-- Returns the commits of the deployments $1 (ids), as they report them and as the reports of the commits themselves do.
SELECT id, commit, coalesce(commit_facts->>'commit', '') AS whole FROM deployment WHERE id = ANY ($1::text[]) AND NOT is_release
