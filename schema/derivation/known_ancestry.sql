-- Returns the stored ancestry of the commits $1.
SELECT sha, parents, microseconds(committed_at) AS committed_at, lines_changed, microseconds(reached_at) AS reached_at, pull_request
FROM commit_seen WHERE sha = ANY ($1::text[]) AND parents IS NOT NULL
